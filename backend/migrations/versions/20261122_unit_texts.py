"""Texts that a unit owes once; sections of settlements for leading departments; chases that are tried again."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_unit_texts"
down_revision = "20261122_deviations"
branch_labels = None
depends_on = None

APPROVALS, SECTIONS = "report_approval", "settled_section"
WITHOUT_ITEM = ("report", "report_comment", APPROVALS, "attachment")
ONE_A_UNIT = "uq_report_one_a_unit"


def _refuse_rewriting(table: str) -> None:
    """Let the database itself refuse a change of what is kept for ever."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
        )
        return
    for event in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _let_item_be_empty(*, empty: bool) -> None:
    for name in WITHOUT_ITEM:
        with op.batch_alter_table(name) as table:
            table.alter_column("item_id", existing_type=sa.Uuid(), nullable=empty)
    if op.get_bind().dialect.name == "sqlite":
        # The table was copied, and its triggers went with the old one.
        _refuse_rewriting(APPROVALS)


def upgrade() -> None:
    """What was asked of each task so far stays so; only what is asked from now on may be asked of units."""
    for name in ("cadence", "report_round"):
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("per", sa.String(), nullable=False, server_default="task"))
    _let_item_be_empty(empty=True)
    given = sa.text("item_id IS NULL AND status != 'void'")
    op.create_index(
        ONE_A_UNIT,
        "report",
        ["round_id", "unit_id", "revision"],
        unique=True,
        sqlite_where=given,
        postgresql_where=given,
    )
    with op.batch_alter_table("chase") as table:
        table.add_column(sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("settlement") as table:
        table.add_column(sa.Column("sections", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("sections_sha256", sa.String(), nullable=True))
    op.create_table(
        SECTIONS,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settlement_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("beside", sa.JSON(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("tally", sa.JSON(), nullable=False),
        sa.Column("open_items", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["settlement_id"], ["settlement.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("settlement_id", "seq", "place"),
    )
    op.create_index("ix_settled_section_unit_id_settlement_id", SECTIONS, ["unit_id", "settlement_id"], unique=False)
    _refuse_rewriting(SECTIONS)


def downgrade() -> None:
    """Take them away; refused where a unit answered as a whole, since its text hangs on no item."""
    op.drop_table(SECTIONS)
    with op.batch_alter_table("settlement") as table:
        table.drop_column("sections_sha256")
        table.drop_column("sections")
    with op.batch_alter_table("chase") as table:
        table.drop_column("claimed_at")
    op.drop_index(ONE_A_UNIT, table_name="report")
    _let_item_be_empty(empty=False)
    for name in ("report_round", "cadence"):
        with op.batch_alter_table(name) as table:
            table.drop_column("per")
