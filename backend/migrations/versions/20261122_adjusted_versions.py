"""Adjustments of deadline, operator and stretch beside the value; plans that know the deadline they were made for."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_adjusted_versions"
down_revision = "20261122_milestone_templates"
branch_labels = None
depends_on = None


def _fill() -> None:
    """Give every adjustment what its target and task say: nothing but values was ever adjusted."""
    adjustment = sa.table(
        "target_adjustment",
        *(sa.column(name) for name in ("target_id", "task_id")),
        *(sa.column(f"{side}_{name}") for side in ("old", "new") for name in ("operator", "stretch", "deadline")),
    )
    target = sa.table("target", *(sa.column(name) for name in ("id", "task_id", "operator", "stretch")))
    task = sa.table("task", sa.column("id"), sa.column("deadline"))

    def of_target(name: str) -> sa.ScalarSelect:  # type: ignore[type-arg]
        return sa.select(target.c[name]).where(target.c.id == adjustment.c.target_id).scalar_subquery()

    deadline = (
        sa.select(task.c.deadline)
        .join(target, target.c.task_id == task.c.id)
        .where(target.c.id == adjustment.c.target_id)
        .scalar_subquery()
    )
    op.execute(
        adjustment.update().values(
            task_id=of_target("task_id"),
            **{f"{side}_{name}": of_target(name) for side in ("old", "new") for name in ("operator", "stretch")},
            **{f"{side}_deadline": deadline for side in ("old", "new")},
        )
    )


def upgrade() -> None:
    """Add both sides of what may change; until now it was the same on both."""
    with op.batch_alter_table("target_adjustment") as table:
        table.add_column(sa.Column("task_id", sa.Uuid(), nullable=True))
        for side in ("old", "new"):
            table.add_column(sa.Column(f"{side}_operator", sa.String(), nullable=True))
            table.add_column(sa.Column(f"{side}_stretch", sa.BigInteger(), nullable=True))
            table.add_column(sa.Column(f"{side}_deadline", sa.Date(), nullable=True))
    _fill()
    with op.batch_alter_table("target_adjustment") as table:
        table.alter_column("task_id", existing_type=sa.Uuid(), nullable=False)
        for side in ("old", "new"):
            table.alter_column(f"{side}_operator", existing_type=sa.String(), nullable=False)
            table.alter_column(f"{side}_deadline", existing_type=sa.Date(), nullable=False)
        table.alter_column("new_value", existing_type=sa.BigInteger(), nullable=True)
        table.create_foreign_key("fk_target_adjustment_task_id", "task", ["task_id"], ["id"])
    op.create_index("ix_target_adjustment_task_id", "target_adjustment", ["task_id"], unique=False)
    with op.batch_alter_table("plan") as table:
        table.add_column(sa.Column("deadline_changes", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Take them away again; an adjustment that left the value as it was reads as one to the same value."""
    with op.batch_alter_table("plan") as table:
        table.drop_column("deadline_changes")
    op.drop_index("ix_target_adjustment_task_id", table_name="target_adjustment")
    op.execute("UPDATE target_adjustment SET new_value = COALESCE(old_value, 0) WHERE new_value IS NULL")
    with op.batch_alter_table("target_adjustment") as table:
        table.drop_constraint("fk_target_adjustment_task_id", type_="foreignkey")
        table.alter_column("new_value", existing_type=sa.BigInteger(), nullable=False)
        for side in ("old", "new"):
            for name in ("operator", "stretch", "deadline"):
                table.drop_column(f"{side}_{name}")
        table.drop_column("task_id")
