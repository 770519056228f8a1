"""Bank accounts and payees."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_disbursements"
down_revision = "20261122_funds"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bank_account",
        *_row("unit_id:unit", "programme_id?:programme"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("bank_name", sa.String(), nullable=False),
        sa.Column("number_sealed", sa.String(), nullable=False),
        sa.Column("number_tail", sa.String(), nullable=False),
        sa.Column("dedicated", sa.Boolean(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_bank_account_unit_id_id", "bank_account", ["unit_id", "id"])
    op.create_table(
        "payee",
        *_row("unit_id:unit"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("credit_code", sa.String(), nullable=False),
        sa.Column("bank_name", sa.String(), nullable=False),
        sa.Column("number_sealed", sa.String(), nullable=False),
        sa.Column("number_tail", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_payee_unit_id_id", "payee", ["unit_id", "id"])
    op.create_index("ix_payee_credit_code", "payee", ["credit_code"])


def downgrade() -> None:
    for name in ("payee", "bank_account"):
        op.drop_table(name)


def _row(*references: str) -> list[sa.Column | sa.Constraint]:  # type: ignore[type-arg]
    """Return what every row has, and its columns that name a row of another table: ``column:table``, ``?`` if any."""
    pairs = [each.split(":") for each in references]
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(column.rstrip("?"), sa.Uuid(), nullable=column.endswith("?")) for column, _ in pairs),
        *(sa.ForeignKeyConstraint([column.rstrip("?")], [f"{table}.id"]) for column, table in pairs),
    ]
