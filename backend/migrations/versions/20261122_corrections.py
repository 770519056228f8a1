"""Corrections as new versions of a report; what a figure rests on; comments and what an approval approved."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_corrections"
down_revision = "20261122_phases"
branch_labels = None
depends_on = None

# The first migration left the constraint to each database to name; SQLite names none, PostgreSQL by its own habit.
NAMING = {"uq": "%(table_name)s_%(column_0_N_name)s_key"}
ONE_A_ROUND = "report_task_id_round_id_key"
ONE_A_REVISION = "uq_report_task_id_round_id_revision"
APPROVALS = "report_approval"


def _report() -> tuple[sa.Column, ...]:  # type: ignore[type-arg]
    return (
        sa.Column("revision", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("correction_reason", sa.String(), nullable=True),
        sa.Column("physical_note", sa.String(), nullable=True),
        sa.Column("physical_pct", sa.BigInteger(), nullable=True),
        sa.Column("invested_fen", sa.BigInteger(), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
    )


def _figure() -> tuple[sa.Column, ...]:  # type: ignore[type-arg]
    return (
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("source_basis", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False, server_default="final"),
        sa.Column("approx", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("expected", sa.BigInteger(), nullable=True),
    )


def _row(*columns: sa.Column) -> tuple[sa.Column | sa.Constraint, ...]:  # type: ignore[type-arg]
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["report_id"], ["report.id"]),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
    )


def _tables() -> None:
    op.create_table(
        APPROVALS,
        *_row(
            sa.Column("verb", sa.String(), nullable=False),
            sa.Column("approver_id", sa.Uuid(), nullable=True),
            sa.Column("approver_name", sa.String(), nullable=True),
            sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("words", sa.JSON(), nullable=False),
            sa.Column("figures", sa.JSON(), nullable=False),
        ),
    )
    op.create_table(
        "report_comment",
        *_row(
            sa.Column("target_id", sa.Uuid(), nullable=True),
            sa.Column("text", sa.String(), nullable=False),
            sa.Column("author_id", sa.Uuid(), nullable=True),
            sa.Column("author_name", sa.String(), nullable=False),
            sa.Column("status", sa.String(), nullable=False),
            sa.Column("answer", sa.String(), nullable=True),
            sa.Column("settled_name", sa.String(), nullable=True),
            sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        ),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"]),
    )
    op.create_index("ix_report_approval_report_id", APPROVALS, ["report_id"], unique=False)
    op.create_index("ix_report_approval_unit_id", APPROVALS, ["unit_id"], unique=False)
    op.create_index("ix_report_comment_report_id", "report_comment", ["report_id"], unique=False)
    op.create_index("ix_report_comment_unit_id_id", "report_comment", ["unit_id", "id"], unique=False)


def _refuse_rewriting() -> None:
    """Let the database itself refuse a change of what was approved."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {APPROVALS}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {APPROVALS} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
        )
        return
    for event in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {APPROVALS}_no_{event.lower()} BEFORE {event} ON {APPROVALS} "
            f"BEGIN SELECT RAISE(ABORT, '{APPROVALS} is append-only'); END"
        )


def upgrade() -> None:
    """Let a task have several reports in a round, one of them counting."""
    with op.batch_alter_table("report", naming_convention=NAMING) as table:
        for column in _report():
            table.add_column(column)
        table.drop_constraint(ONE_A_ROUND, type_="unique")
        table.create_unique_constraint(ONE_A_REVISION, ["task_id", "round_id", "revision"])
        table.create_foreign_key("fk_report_corrects_id", "report", ["corrects_id"], ["id"])
    op.create_index("ix_report_corrects_id", "report", ["corrects_id"], unique=False)
    with op.batch_alter_table("report_value") as table:
        for column in _figure():
            table.add_column(column)
    _tables()
    _refuse_rewriting()


def downgrade() -> None:
    """Go back to one report; refused by the constraint where something was corrected: no version is thrown away."""
    op.drop_table("report_comment")
    op.drop_table(APPROVALS)
    with op.batch_alter_table("report_value") as table:
        for column in _figure():
            table.drop_column(column.name)
    op.drop_index("ix_report_corrects_id", table_name="report")
    with op.batch_alter_table("report", naming_convention=NAMING) as table:
        table.drop_constraint("fk_report_corrects_id", type_="foreignkey")
        table.drop_constraint(ONE_A_REVISION, type_="unique")
        table.create_unique_constraint(ONE_A_ROUND, ["task_id", "round_id"])
        for column in _report():
            table.drop_column(column.name)
