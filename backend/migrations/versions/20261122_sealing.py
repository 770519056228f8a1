"""The sealed record: the hashes of its tree, signed heads and their keys, none of which can be rewritten."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_sealing"
down_revision = "20261122_disbursements"
branch_labels = None
depends_on = None

APPEND_ONLY = ("sealed_entry", "seal_key", "signed_head")
KEYS = {
    "journal_entry": ("id",),
    "journal_order": ("seq", "entry_id"),
    "sealed_entry": ("seq",),
    "seal_key": ("id",),
    "signed_head": ("size",),
}
"""Append-only tables with the columns of which each is unique."""


def upgrade() -> None:
    op.create_table(
        "sealed_entry",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("nodes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_table(
        "seal_key",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("algorithm", sa.String(), nullable=False),
        sa.Column("public", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "signed_head",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["seal_key.id"]),
        sa.PrimaryKeyConstraint("size"),
    )
    _refuse_rewriting()


def _refuse_rewriting() -> None:
    """Let the database itself refuse to change or delete what was sealed."""
    for table in APPEND_ONLY:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
            )
            continue
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    if op.get_bind().dialect.name == "sqlite":
        # INSERT OR REPLACE takes the old row away without asking the DELETE trigger.
        for table, columns in KEYS.items():
            there = " OR ".join(f"{column} = NEW.{column}" for column in columns)
            op.execute(
                f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608 - names from above
                f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {there}) "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in ("journal_entry", "journal_order"):
            op.execute(f"DROP TRIGGER {table}_no_replace")
    op.drop_table("signed_head")
    op.drop_table("seal_key")
    op.drop_table("sealed_entry")
