"""Fund sources and lines, and the ledger that the database itself refuses to rewrite."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_funds"
down_revision = "20261122_unit_texts"
branch_labels = None
depends_on = None

MOST_FEN = 2**53 - 1
APPEND_ONLY = {
    "ledger_entry": ("id = NEW.id OR reversal_of = NEW.reversal_of OR (line_id = NEW.line_id AND number = NEW.number)"),
    "ledger_posting": "id = NEW.id OR (entry_id = NEW.entry_id AND account = NEW.account)",
}
"""Tables that are only added to, and what would make a row take the place of another."""
ORIGINS = ("budget", "allotted", "direct", "works")
"""Accounts that money comes from: they run below zero."""
OTHERS = ("planned", "due", "cash", "advanced", "spent", "returned", "invested", "paid", "recovered", "shared")


def upgrade() -> None:
    _sources()
    _lines()
    _ledger()
    _refuse_rewriting()


def _sources() -> None:
    op.create_table(
        "fund_source",
        *_row("programme_id:programme", "unit_id:unit"),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("document_number", sa.String(), nullable=True),
        sa.Column("document_on", sa.Date(), nullable=True),
        _fen("amount_fen"),
        sa.Column("approximate", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        _within("amount_fen"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_fund_source_programme_id", "fund_source", ["programme_id"])
    op.create_index("ix_fund_source_unit_id_year", "fund_source", ["unit_id", "year"])
    op.create_table(
        "fund_obligation",
        *_row("programme_id:programme", "item_id:item:null", "unit_id:unit", "keeper_id:unit"),
        sa.Column("tier", sa.String(), nullable=False),
        _fen("amount_fen"),
        sa.Column("basis", sa.String(), nullable=True),
        sa.Column("document_number", sa.String(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        _within("amount_fen", 1),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_fund_obligation_unit_id_id", "fund_obligation", ["unit_id", "id"])
    op.create_index("ix_fund_obligation_programme_id", "fund_obligation", ["programme_id"])
    op.create_table(
        "fund_project",
        *_row("programme_id:programme", "item_id:item:null", "task_id:task:null", "unit_id:unit", "keeper_id:unit"),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("keeper_id", "code"),
    )
    op.create_index("ix_fund_project_unit_id_id", "fund_project", ["unit_id", "id"])
    op.create_index("ix_fund_project_programme_id", "fund_project", ["programme_id"])
    op.create_table(
        "fund_year",
        *_row("unit_id:unit"),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("unit_id", "year"),
    )


def _lines() -> None:
    op.create_table(
        "fund_line",
        *_row(
            "source_id:fund_source",
            "programme_id:programme",
            "item_id:item:null",
            "task_id:task:null",
            "unit_id:unit",
            "keeper_id:unit",
            "obligation_id:fund_obligation:null",
            "pressing_id:unit:null",
        ),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("usage", sa.String(), nullable=False),
        sa.Column("document_number", sa.String(), nullable=True),
        sa.Column("functional_code", sa.String(), nullable=True),
        sa.Column("economic_code", sa.String(), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("rules", sa.String(), nullable=True),
        sa.Column("stated_percent", sa.BigInteger(), nullable=True),
        sa.Column("stated_source", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source_id", "code"),
    )
    op.create_index("ix_fund_line_unit_id_id", "fund_line", ["unit_id", "id"])
    op.create_index("ix_fund_line_programme_id_item_id", "fund_line", ["programme_id", "item_id"])
    for column in ("task_id", "keeper_id", "obligation_id"):
        op.create_index(f"ix_fund_line_{column}", "fund_line", [column])
    op.create_table(
        "fund_balance",
        *_row("line_id:fund_line", "item_id:item:null", "unit_id:unit", "keeper_id:unit"),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("freezes", sa.Integer(), nullable=False),
        sa.Column("closed_through", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        *(_fen(each) for each in (*ORIGINS, *OTHERS)),
        *(_within(each, -MOST_FEN) for each in ORIGINS),
        *(_within(each) for each in OTHERS),
        sa.CheckConstraint("shared <= planned", name="ck_shared_of_planned"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("line_id"),
    )
    for column in ("unit_id", "keeper_id"):
        op.create_index(f"ix_fund_balance_{column}", "fund_balance", [column])
    op.create_table(
        "fund_share",
        *_row("project_id:fund_project", "line_id:fund_line", "item_id:item:null", "unit_id:unit", "keeper_id:unit"),
        _fen("amount_fen"),
        _within("amount_fen"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("project_id", "line_id"),
    )
    for column in ("line_id", "unit_id"):
        op.create_index(f"ix_fund_share_{column}", "fund_share", [column])
    op.create_table(
        "fund_freeze",
        *_row("line_id:fund_line", "item_id:item:null", "unit_id:unit", "keeper_id:unit"),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("lifted_reason", sa.String(), nullable=True),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_name", sa.String(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_fund_freeze_line_id", "fund_freeze", ["line_id"])
    op.create_index("ix_fund_freeze_unit_id_id", "fund_freeze", ["unit_id", "id"])


def _ledger() -> None:
    op.create_table(
        "ledger_entry",
        *_row(
            "line_id:fund_line",
            "programme_id:programme",
            "item_id:item:null",
            "unit_id:unit",
            "book_id:unit",
            "reversal_of:ledger_entry:null",
            "against_id:ledger_entry:null",
            "project_id:fund_project:null",
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        _fen("fen"),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("subject_kind", sa.String(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.String(), nullable=False),
        _within("fen", -MOST_FEN),
        sa.CheckConstraint("fen <> 0", name="ck_fen_something"),
        sa.CheckConstraint(
            "kind = 'plan' OR (fen > 0 AND reversal_of IS NULL) OR (fen < 0 AND reversal_of IS NOT NULL)",
            name="ck_fen_sign",
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("line_id", "number"),
        sa.UniqueConstraint("reversal_of"),
    )
    op.create_index("ix_ledger_entry_line_id_kind_paper", "ledger_entry", ["line_id", "kind", "paper"])
    op.create_index("ix_ledger_entry_unit_id_id", "ledger_entry", ["unit_id", "id"])
    op.create_index("ix_ledger_entry_programme_id_dated_on", "ledger_entry", ["programme_id", "dated_on"])
    for column in ("against_id", "subject_id", "project_id"):
        op.create_index(f"ix_ledger_entry_{column}", "ledger_entry", [column])
    op.create_table(
        "ledger_posting",
        *_row(
            "entry_id:ledger_entry",
            "line_id:fund_line",
            "programme_id:programme",
            "item_id:item:null",
            "unit_id:unit",
            "book_id:unit",
        ),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        _fen("fen"),
        _within("fen", -MOST_FEN),
        sa.CheckConstraint("fen <> 0", name="ck_fen_something"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("entry_id", "account"),
    )
    op.create_index("ix_ledger_posting_line_id_account", "ledger_posting", ["line_id", "account"])
    op.create_index("ix_ledger_posting_unit_id", "ledger_posting", ["unit_id"])
    op.create_index(
        "ix_ledger_posting_programme_id_account_dated_on", "ledger_posting", ["programme_id", "account", "dated_on"]
    )


def _row(*foreign: str) -> tuple[sa.Column | sa.Constraint, ...]:  # type: ignore[type-arg]
    """Return what every table has, and the columns that point to others: "column:table" or "column:table:null"."""
    named = [each.split(":") for each in foreign]
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Uuid(), nullable=bool(rest)) for name, _, *rest in named),
        *(sa.ForeignKeyConstraint([name], [f"{table}.id"]) for name, table, *_ in named),
    )


def _fen(name: str) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _within(name: str, lowest: int = 0) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{name} BETWEEN {lowest} AND {MOST_FEN}", name=f"ck_{name}")


def _refuse_rewriting() -> None:
    """Let the database itself refuse to change or delete what the ledger says."""
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
            )
        return
    for table, taken in APPEND_ONLY.items():
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        # INSERT OR REPLACE takes rows away without asking the trigger for DELETE.
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608 - names from above
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def downgrade() -> None:
    for table in (
        "ledger_posting",
        "ledger_entry",
        "fund_freeze",
        "fund_share",
        "fund_balance",
        "fund_line",
        "fund_year",
        "fund_project",
        "fund_obligation",
        "fund_source",
    ):
        op.drop_table(table)
