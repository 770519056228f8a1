"""Working days, milestones and their moves."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_calendar_milestones"
down_revision = "20261122_first_tables"
branch_labels = None
depends_on = None


def _row() -> list[sa.Column]:  # type: ignore[type-arg]
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "national_day",
        *_row(),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("day"),
    )
    op.create_table(
        "calendar_year",
        *_row(),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("void_reason", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_calendar_year_unit_id_year", "calendar_year", ["unit_id", "year"], unique=False)
    op.create_table(
        "day_change",
        *_row(),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("void_reason", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_day_change_unit_id_day", "day_change", ["unit_id", "day"], unique=False)

    op.create_table(
        "milestone",
        *_row(),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("work_days", sa.Integer(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=True),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("precision", sa.String(), nullable=False),
        sa.Column("baseline_on", sa.Date(), nullable=True),
        sa.Column("baseline_precision", sa.String(), nullable=True),
        sa.Column("forecast_on", sa.Date(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("reached_on", sa.Date(), nullable=True),
        sa.Column("built_on", sa.Date(), nullable=True),
        sa.Column("passed_on", sa.Date(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("marked_by", sa.Uuid(), nullable=True),
        sa.Column("deliverable", sa.String(), nullable=True),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.Column("batch_no", sa.Integer(), nullable=True),
        sa.Column("planned_count", sa.BigInteger(), nullable=True),
        sa.Column("actual_count", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"]),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"]),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.ForeignKeyConstraint(["holder_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_milestone_task_id_seq", "milestone", ["task_id", "seq"], unique=False)
    op.create_index("ix_milestone_unit_id_planned_on", "milestone", ["unit_id", "planned_on"], unique=False)
    op.create_index("ix_milestone_programme_id", "milestone", ["programme_id"], unique=False)
    op.create_table(
        "milestone_move",
        *_row(),
        sa.Column("milestone_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("giver_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("from_precision", sa.String(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("to_precision", sa.String(), nullable=False),
        sa.Column("to_start_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestone.id"]),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"]),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.ForeignKeyConstraint(["giver_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_milestone_move_milestone_id", "milestone_move", ["milestone_id"], unique=False)
    op.create_index("ix_milestone_move_task_id", "milestone_move", ["task_id"], unique=False)
    op.create_index("ix_milestone_move_unit_id", "milestone_move", ["unit_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_milestone_move_unit_id", "milestone_move")
    op.drop_index("ix_milestone_move_task_id", "milestone_move")
    op.drop_index("ix_milestone_move_milestone_id", "milestone_move")
    op.drop_table("milestone_move")
    op.drop_index("ix_milestone_programme_id", "milestone")
    op.drop_index("ix_milestone_unit_id_planned_on", "milestone")
    op.drop_index("ix_milestone_task_id_seq", "milestone")
    op.drop_table("milestone")
    op.drop_index("ix_day_change_unit_id_day", "day_change")
    op.drop_table("day_change")
    op.drop_index("ix_calendar_year_unit_id_year", "calendar_year")
    op.drop_table("calendar_year")
    op.drop_table("national_day")
