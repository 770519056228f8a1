"""Accounts, payees, contracts, rules on payments, and payments on their way."""

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
    _contracts()
    _payments()


def _contracts() -> None:
    op.create_table(
        "contract",
        *_row("unit_id:unit", "programme_id:programme", "item_id:item", "task_id:task", "payee_id:payee"),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("work_fen", sa.BigInteger(), nullable=False),
        sa.Column("work_on", sa.Date(), nullable=True),
        sa.Column("work_paper", sa.String(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("unit_id", "number"),
    )
    op.create_index("ix_contract_unit_id_id", "contract", ["unit_id", "id"])
    op.create_index("ix_contract_task_id", "contract", ["task_id"])
    op.create_table(
        "payment_rule",
        *_row("unit_id:unit", "programme_id?:programme"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("effect", sa.String(), nullable=False),
        sa.Column("above_fen", sa.BigInteger(), nullable=True),
        sa.Column("percent", sa.BigInteger(), nullable=True),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_payment_rule_unit_id_id", "payment_rule", ["unit_id", "id"])


def _payments() -> None:
    op.create_table(
        "disbursement",
        *_row(
            "unit_id:unit",
            "keeper_id:unit",
            "programme_id:programme",
            "item_id:item",
            "task_id:task",
            "milestone_id?:milestone",
            "project_id?:fund_project",
            "contract_id?:contract",
            "account_id:bank_account",
            "payee_id:payee",
        ),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("leader_needed", sa.Boolean(), nullable=False),
        sa.Column("hands", sa.JSON(), nullable=False),
        *_done("asked"),
        *_done("approved"),
        *_done("signed"),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("voucher", sa.String(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        *_done("paid"),
        sa.Column("paid_name", sa.String(), nullable=True),
        sa.Column("paid_tail", sa.String(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        *_done("confirmed"),
        sa.Column("reversal_reason", sa.String(), nullable=True),
        *_done("reversal_asked"),
        sa.Column("reversal_voucher", sa.String(), nullable=True),
        sa.Column("reversed_on", sa.Date(), nullable=True),
        *_done("reversed"),
        sa.Column("status", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_disbursement_unit_id_id", "disbursement", ["unit_id", "id"])
    op.create_index("ix_disbursement_keeper_id_status", "disbursement", ["keeper_id", "status"])
    for column in ("task_id", "contract_id", "payee_id"):
        op.create_index(f"ix_disbursement_{column}", "disbursement", [column])
    op.create_table(
        "disbursement_line",
        *_row(
            "disbursement_id:disbursement",
            "line_id:fund_line",
            "item_id:item",
            "unit_id:unit",
            "keeper_id:unit",
            "entry_id?:ledger_entry",
            "reversal_id?:ledger_entry",
        ),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("disbursement_id", "line_id"),
        sa.UniqueConstraint("entry_id"),
        sa.UniqueConstraint("reversal_id"),
    )
    op.create_index("ix_disbursement_line_line_id", "disbursement_line", ["line_id"])
    op.create_index("ix_disbursement_line_unit_id", "disbursement_line", ["unit_id"])
    _batches()
    op.create_table(
        "disbursement_step",
        *_row(
            "disbursement_id?:disbursement",
            "batch_id?:subsidy_batch",
            "item_id:item",
            "unit_id:unit",
            "keeper_id:unit",
        ),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_disbursement_step_disbursement_id", "disbursement_step", ["disbursement_id"])
    op.create_index("ix_disbursement_step_batch_id", "disbursement_step", ["batch_id"])
    op.create_index("ix_disbursement_step_unit_id", "disbursement_step", ["unit_id"])
    op.create_table(
        "payment_paper",
        *_row(
            "disbursement_id?:disbursement",
            "batch_id?:subsidy_batch",
            "item_id:item",
            "unit_id:unit",
            "keeper_id:unit",
        ),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("disbursement_id", "batch_id", "sha256"):
        op.create_index(f"ix_payment_paper_{column}", "payment_paper", [column])
    op.create_index("ix_payment_paper_unit_id_id", "payment_paper", ["unit_id", "id"])
    op.create_table(
        "payment_voucher",
        *_row("keeper_id:unit"),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("keeper_id", "number"),
    )


def _batches() -> None:
    op.create_table(
        "subsidy_batch",
        *_row(
            "unit_id:unit",
            "keeper_id:unit",
            "programme_id:programme",
            "item_id:item",
            "task_id:task",
            "line_id:fund_line",
            "account_id:bank_account",
            "entry_id?:ledger_entry",
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("standard", sa.String(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("posted_from", sa.Date(), nullable=False),
        sa.Column("posted_to", sa.Date(), nullable=False),
        sa.Column("posting_workdays", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("leader_needed", sa.Boolean(), nullable=False),
        sa.Column("hands", sa.JSON(), nullable=False),
        *_done("asked"),
        *_done("approved"),
        *_done("signed"),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("voucher", sa.String(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        *_done("paid"),
        *(
            sa.Column(f"{what}_{name}", kind, nullable=False)
            for what in ("bounced", "repaid", "recovered")
            for name, kind in (("persons", sa.Integer()), ("fen", sa.BigInteger()))
        ),
        sa.Column("status", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("entry_id"),
    )
    op.create_index("ix_subsidy_batch_unit_id_id", "subsidy_batch", ["unit_id", "id"])
    op.create_index("ix_subsidy_batch_keeper_id_status", "subsidy_batch", ["keeper_id", "status"])
    op.create_index("ix_subsidy_batch_line_id", "subsidy_batch", ["line_id"])
    op.create_table(
        "subsidy_event",
        *_row("batch_id:subsidy_batch", "item_id:item", "unit_id:unit", "keeper_id:unit", "entry_id:ledger_entry"),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("voucher", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("entry_id"),
    )
    op.create_index("ix_subsidy_event_batch_id", "subsidy_event", ["batch_id"])
    op.create_index("ix_subsidy_event_unit_id", "subsidy_event", ["unit_id"])


def _done(duty: str) -> list[sa.Column]:  # type: ignore[type-arg]
    """Return who did something, and when."""
    return [
        sa.Column(f"{duty}_by", sa.Uuid(), nullable=True),
        sa.Column(f"{duty}_at", sa.DateTime(timezone=True), nullable=True),
    ]


def downgrade() -> None:
    for name in (
        "payment_voucher",
        "payment_paper",
        "disbursement_step",
        "subsidy_event",
        "subsidy_batch",
        "disbursement_line",
        "disbursement",
        "payment_rule",
        "contract",
        "payee",
        "bank_account",
    ):
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
