"""Milestone templates as rows; milestones dated by a named day."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_milestone_templates"
down_revision = "20261122_pledges"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("milestone", sa.Column("anchor", sa.JSON(), nullable=True))
    op.create_table(
        "milestone_template",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_index("ix_milestone_template_unit_id_id", "milestone_template", ["unit_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_milestone_template_unit_id_id", "milestone_template")
    op.drop_table("milestone_template")
    op.drop_column("milestone", "anchor")
