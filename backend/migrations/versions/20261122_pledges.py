"""Catalogues that are copied, sent round and listed twice; base figures; acknowledgements; pledges."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_pledges"
down_revision = "20261122_kinds_and_changes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("programme", sa.Column("predecessor_id", sa.Uuid(), nullable=True))
    op.add_column("item", sa.Column("kind", sa.String(), nullable=True))
    op.add_column("item", sa.Column("origin", sa.String(), nullable=False, server_default="own"))
    op.add_column("item", sa.Column("standard", sa.String(), nullable=True))
    op.add_column("item", sa.Column("source_document", sa.String(), nullable=True))
    op.add_column("item", sa.Column("predecessor_item_id", sa.Uuid(), nullable=True))
    op.add_column("item", sa.Column("upper_item_id", sa.Uuid(), nullable=True))
    op.create_table(
        "item_listing",
        *_row(),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_item_listing_programme_id", "item_listing", ["programme_id"])
    op.create_index("ix_item_listing_item_id", "item_listing", ["item_id"])
    op.create_table(
        "programme_invitation",
        *_row(),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_programme_invitation_unit_id_programme_id", "programme_invitation", ["unit_id", "programme_id"])
    op.create_index("ix_programme_invitation_programme_id", "programme_invitation", ["programme_id"])
    op.create_table(
        "programme_comment",
        *_row(),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"]),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_programme_comment_unit_id_programme_id", "programme_comment", ["unit_id", "programme_id"])
    op.create_index("ix_programme_comment_programme_id", "programme_comment", ["programme_id"])
    op.create_table(
        "pledge",
        *_row(),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("giver_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("base_id", sa.Uuid(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("supplement", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_reason", sa.String(), nullable=True),
        sa.Column("unit_signer_id", sa.Uuid(), nullable=True),
        sa.Column("unit_signer_name", sa.String(), nullable=True),
        sa.Column("unit_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("giver_signer_id", sa.Uuid(), nullable=True),
        sa.Column("giver_signer_name", sa.String(), nullable=True),
        sa.Column("giver_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"]),
        sa.ForeignKeyConstraint(["giver_id"], ["unit.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.ForeignKeyConstraint(["base_id"], ["pledge.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("giver_id", "year", "sequence", "supplement"),
    )
    op.create_index("ix_pledge_unit_id_id", "pledge", ["unit_id", "id"])
    op.create_index("ix_pledge_programme_id_giver_id", "pledge", ["programme_id", "giver_id"])
    op.create_table(
        "base_figure",
        *_row(),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_base_figure_unit_id_kind_year", "base_figure", ["unit_id", "kind", "year"], unique=True)
    op.create_table(
        "acknowledgement",
        *_row(),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("person_name", sa.String(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"]),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"]),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.ForeignKeyConstraint(["by_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_acknowledgement_unit_id_id", "acknowledgement", ["unit_id", "id"])
    op.create_index("ix_acknowledgement_task_id", "acknowledgement", ["task_id"])
    op.create_index("ix_acknowledgement_by_id_status", "acknowledgement", ["by_id", "status"])


def downgrade() -> None:
    op.drop_table("acknowledgement")
    op.drop_table("base_figure")
    op.drop_table("pledge")
    op.drop_table("programme_comment")
    op.drop_table("programme_invitation")
    op.drop_table("item_listing")
    for name in ("upper_item_id", "predecessor_item_id", "source_document", "standard", "origin", "kind"):
        op.drop_column("item", name)
    op.drop_column("programme", "predecessor_id")


def _row() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    ]
