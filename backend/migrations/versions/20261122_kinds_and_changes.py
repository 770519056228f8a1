"""Kinds of indicators, the full form of a target, adjustments, states of a task, figures of a rate."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_kinds_and_changes"
down_revision = "20261122_light_rules"
branch_labels = None
depends_on = None


def _indicator() -> tuple[sa.Column, ...]:  # type: ignore[type-arg]
    return (
        sa.Column("kind", sa.String(), nullable=False, server_default="count"),
        sa.Column("better", sa.String(), nullable=False, server_default="higher"),
        sa.Column("counting", sa.String(), nullable=True),
        sa.Column("survey", sa.String(), nullable=False, server_default="census"),
        sa.Column("numerator_name", sa.String(), nullable=True),
        sa.Column("denominator_name", sa.String(), nullable=True),
        sa.Column("per", sa.Integer(), nullable=False, server_default="100"),
        sa.Column("levels", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("per_period", sa.String(), nullable=True),
        sa.Column("part_of", sa.Uuid(), nullable=True),
    )


def _target() -> tuple[sa.Column, ...]:  # type: ignore[type-arg]
    return (
        sa.Column("value_max", sa.BigInteger(), nullable=True),
        sa.Column("floor", sa.BigInteger(), nullable=True),
        sa.Column("stretch", sa.BigInteger(), nullable=True),
        sa.Column("baseline", sa.BigInteger(), nullable=True),
        sa.Column("approximate", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("origin", sa.String(), nullable=False, server_default="own"),
        sa.Column("quota", sa.BigInteger(), nullable=True),
        sa.Column("source_document", sa.String(), nullable=True),
        sa.Column("slices", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("rate_base", sa.String(), nullable=True),
        sa.Column("stated_actual", sa.BigInteger(), nullable=True),
        sa.Column("stated_rate", sa.BigInteger(), nullable=True),
        sa.Column("stated_on", sa.Date(), nullable=True),
    )


def _figure() -> tuple[sa.Column, ...]:  # type: ignore[type-arg]
    return (
        sa.Column("numerator", sa.BigInteger(), nullable=True),
        sa.Column("denominator", sa.BigInteger(), nullable=True),
    )


PARTS = ("programme_id", "item_id", "unit_id", "giver_id")


def upgrade() -> None:
    """Add the columns and two tables."""
    with op.batch_alter_table("indicator") as table:
        for column in _indicator():
            table.add_column(column)
        table.create_foreign_key("fk_indicator_part_of", "indicator", ["part_of"], ["id"])
    with op.batch_alter_table("target") as table:
        for column in _target():
            table.add_column(column)
    with op.batch_alter_table("report_value") as table:
        for column in _figure():
            table.add_column(column)
    with op.batch_alter_table("report") as table:
        table.add_column(sa.Column("excused", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "target_adjustment",
        *_request("target_id"),
        sa.Column("old_value", sa.BigInteger(), nullable=True),
        sa.Column("old_value_max", sa.BigInteger(), nullable=True),
        sa.Column("new_value", sa.BigInteger(), nullable=False),
        sa.Column("new_value_max", sa.BigInteger(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("below_done", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"]),
        *_references(),
    )
    op.create_table(
        "task_state",
        *_request("task_id"),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"]),
        *_references(),
    )
    for name, about in (("target_adjustment", "target_id"), ("task_state", "task_id")):
        op.create_index(f"ix_{name}_{about}", name, [about], unique=False)
        op.create_index(f"ix_{name}_programme_id", name, ["programme_id"], unique=False)
        op.create_index(f"ix_{name}_unit_id_id", name, ["unit_id", "id"], unique=False)


def _request(about: str) -> tuple[sa.Column, ...]:  # type: ignore[type-arg]
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(about, sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in PARTS),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("document_number", sa.String(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_unit_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
    )


def _references() -> tuple[sa.Constraint, ...]:
    owners = {"programme_id": "programme", "item_id": "item", "unit_id": "unit", "giver_id": "unit"}
    return (
        *(sa.ForeignKeyConstraint([name], [f"{table}.id"]) for name, table in owners.items()),
        sa.ForeignKeyConstraint(["decided_unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("task_state")
    op.drop_table("target_adjustment")
    with op.batch_alter_table("report") as table:
        table.drop_column("excused")
    with op.batch_alter_table("report_value") as table:
        for column in _figure():
            table.drop_column(column.name)
    with op.batch_alter_table("target") as table:
        for column in _target():
            table.drop_column(column.name)
    with op.batch_alter_table("indicator") as table:
        table.drop_constraint("fk_indicator_part_of", type_="foreignkey")
        for column in _indicator():
            table.drop_column(column.name)
