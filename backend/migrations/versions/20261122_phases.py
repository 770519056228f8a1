"""Milestones under the name of their phase; moves to a named day."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_phases"
down_revision = "20261122_adjusted_versions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("milestone", sa.Column("phase", sa.String(), nullable=True))
    op.add_column("milestone_move", sa.Column("to_anchor", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("milestone_move", "to_anchor")
    op.drop_column("milestone", "phase")
