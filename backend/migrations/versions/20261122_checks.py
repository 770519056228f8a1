"""Checks of reported figures as rows, and what was said about figures they asked about."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_checks"
down_revision = "20261122_jobs"
branch_labels = None
depends_on = None

SAID = "figure_explanation"


def _row(*columns: sa.Column) -> tuple[sa.Column, ...]:  # type: ignore[type-arg]
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *columns,
    )


def upgrade() -> None:
    op.create_table(
        "check_rule",
        *_row(
            sa.Column("unit_id", sa.Uuid(), nullable=True),
            sa.Column("programme_id", sa.Uuid(), nullable=True),
            sa.Column("code", sa.String(), nullable=True),
            sa.Column("name", sa.String(), nullable=False),
            sa.Column("kind", sa.String(), nullable=False),
            sa.Column("severity", sa.String(), nullable=False),
            sa.Column("definition", sa.JSON(), nullable=False),
            sa.Column("applies", sa.JSON(), nullable=False),
            sa.Column("message", sa.String(), nullable=True),
            sa.Column("based_on", sa.Uuid(), nullable=True),
            sa.Column("status", sa.String(), nullable=False),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_index("ix_check_rule_unit_id_id", "check_rule", ["unit_id", "id"])
    op.create_table(
        SAID,
        *_row(
            sa.Column("report_id", sa.Uuid(), nullable=False),
            sa.Column("round_id", sa.Uuid(), nullable=False),
            sa.Column("target_id", sa.Uuid(), nullable=False),
            sa.Column("rule_id", sa.Uuid(), nullable=False),
            sa.Column("item_id", sa.Uuid(), nullable=False),
            sa.Column("unit_id", sa.Uuid(), nullable=False),
            sa.Column("rule_name", sa.String(), nullable=False),
            sa.Column("message", sa.String(), nullable=False),
            sa.Column("figures", sa.JSON(), nullable=False),
            sa.Column("text", sa.String(), nullable=False),
            sa.Column("author_id", sa.Uuid(), nullable=True),
            sa.Column("author_name", sa.String(), nullable=True),
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"]),
        sa.ForeignKeyConstraint(["round_id"], ["report_round.id"]),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"]),
        sa.ForeignKeyConstraint(["rule_id"], ["check_rule.id"]),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_figure_explanation_target_id_round_id", SAID, ["target_id", "round_id"])
    op.create_index("ix_figure_explanation_unit_id", SAID, ["unit_id"])
    _refuse_rewriting()


def _refuse_rewriting() -> None:
    """Let the database itself refuse a change of what was said."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {SAID}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {SAID} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
        )
        return
    for event in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {SAID}_no_{event.lower()} BEFORE {event} ON {SAID} "
            f"BEGIN SELECT RAISE(ABORT, '{SAID} is append-only'); END"
        )


def downgrade() -> None:
    op.drop_table(SAID)
    op.drop_table("check_rule")
