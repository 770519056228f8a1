"""Official figures, tolerances, cases about differences and what was verified."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_deviations"
down_revision = "20261122_checks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _figures()
    _cases()
    op.create_table(
        "verification",
        *_row("programme_id:programme", "item_id:item", "target_id:target", "unit_id:unit"),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("reported_value", sa.BigInteger(), nullable=False),
        sa.Column("verified_value", sa.BigInteger(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("checker_id", sa.Uuid(), nullable=True),
        sa.Column("checker_name", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("void_reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_verification_unit_id_id", "verification", ["unit_id", "id"])
    op.create_index("ix_verification_target_id", "verification", ["target_id"])


def _figures() -> None:
    op.create_table(
        "external_figure",
        *_row(
            "programme_id:programme",
            "item_id:item",
            "indicator_id:indicator",
            "target_id:target",
            "unit_id:unit",
            "keeper_id:unit",
        ),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("printed", sa.String(), nullable=False),
        sa.Column("printed_unit", sa.String(), nullable=True),
        sa.Column("factor", sa.BigInteger(), nullable=False),
        sa.Column("source_name", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("source_basis", sa.String(), nullable=True),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("official", sa.Boolean(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("void_reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["replaces_id"], ["external_figure.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_external_figure_unit_id_id", "external_figure", ["unit_id", "id"])
    op.create_index("ix_external_figure_programme_id_status", "external_figure", ["programme_id", "status"])
    op.create_index("ix_external_figure_target_id_period", "external_figure", ["target_id", "period"])
    op.create_table(
        "figure_mapping",
        *_row("unit_id:unit", "programme_id:programme"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("unit_id", "name"),
    )
    op.create_table(
        "deviation_tolerance",
        *_row("programme_id:programme", "unit_id:unit"),
        sa.Column("indicator_id", sa.Uuid(), nullable=True),
        sa.Column("absolute", sa.BigInteger(), nullable=True),
        sa.Column("percent", sa.BigInteger(), nullable=True),
        sa.Column("answer_days", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicator.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("programme_id", "indicator_id"),
    )
    op.create_index("ix_deviation_tolerance_programme_id", "deviation_tolerance", ["programme_id"])
    op.create_index("ix_deviation_tolerance_unit_id", "deviation_tolerance", ["unit_id"])


def _cases() -> None:
    op.create_table(
        "deviation",
        *_row(
            "external_figure_id:external_figure",
            "programme_id:programme",
            "item_id:item",
            "indicator_id:indicator",
            "target_id:target",
            "unit_id:unit",
            "keeper_id:unit",
        ),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("own_value", sa.BigInteger(), nullable=False),
        sa.Column("own_on", sa.Date(), nullable=False),
        sa.Column("their_value", sa.BigInteger(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("allowed", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("cause_code", sa.String(), nullable=True),
        sa.Column("explanation", sa.String(), nullable=True),
        sa.Column("prevention", sa.String(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("settlement", sa.String(), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("corrected_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_deviation_unit_id_id", "deviation", ["unit_id", "id"])
    op.create_index("ix_deviation_programme_id_status", "deviation", ["programme_id", "status"])
    op.create_index("ix_deviation_target_id_status", "deviation", ["target_id", "status"])
    op.create_index("ix_deviation_external_figure_id", "deviation", ["external_figure_id"])
    op.create_index("ix_deviation_indicator_id_unit_id", "deviation", ["indicator_id", "unit_id"])
    op.create_table(
        "deviation_note",
        *_row("deviation_id:deviation", "item_id:item", "unit_id:unit"),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("counterpart", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_deviation_note_deviation_id", "deviation_note", ["deviation_id"])
    op.create_index("ix_deviation_note_unit_id", "deviation_note", ["unit_id"])


def downgrade() -> None:
    for name in (
        "verification",
        "deviation_note",
        "deviation",
        "deviation_tolerance",
        "figure_mapping",
        "external_figure",
    ):
        op.drop_table(name)


def _row(*references: str) -> list[sa.Column | sa.Constraint]:  # type: ignore[type-arg]
    """Return what every row has, and its columns that name a row of another table: ``column:table``."""
    pairs = [each.split(":") for each in references]
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(column, sa.Uuid(), nullable=False) for column, _ in pairs),
        *(sa.ForeignKeyConstraint([column], [f"{table}.id"]) for column, table in pairs),
    ]
