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


def downgrade() -> None:
    op.drop_index("ix_day_change_unit_id_day", "day_change")
    op.drop_table("day_change")
    op.drop_index("ix_calendar_year_unit_id_year", "calendar_year")
    op.drop_table("calendar_year")
    op.drop_table("national_day")
