"""Money: where it comes from, the lines it is given in, and the ledger that says what became of every fen.

All amounts are integers of fen. What stands in the ledger is written by ``ledger.py`` alone.
"""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from minsheng.funds.accounts import Account, Kind
from minsheng.kernel.access import Scoped
from minsheng.kernel.db import Figure, Instant, Row
from minsheng.kernel.sealed import sealed
from minsheng.permissions import P

MOST_FEN = 2**53 - 1
"""The largest amount: what every reader of JSON still reads exactly, some 90 trillion yuan."""


def _within(column: str, lowest: int = 0) -> CheckConstraint:
    return CheckConstraint(f"{column} BETWEEN {lowest} AND {MOST_FEN}", name=f"ck_{column}")


class FundSource(Row, table=True):
    """Money promised to a list by one paper: a grant of a tier, a donation, a loan (资金来源)."""

    __tablename__ = "fund_source"
    __scope__ = Scoped(read=P.FUND_READ, header=("status", frozenset({"active"})))
    __table_args__ = (
        Index("ix_fund_source_programme_id", "programme_id"),
        Index("ix_fund_source_unit_id_year", "unit_id", "year"),
        _within("amount_fen"),
    )

    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    year: int = Field(nullable=False)
    kind: str = Field(nullable=False)
    tier: str | None = None
    name: str = Field(nullable=False)
    document_number: str | None = None
    document_on: date | None = None
    amount_fen: int = Field(sa_type=BigInteger, nullable=False)
    approximate: bool = Field(default=False, nullable=False)
    note: str | None = None
    status: str = Field(default="active", nullable=False)


class FundLine(Row, table=True):
    """A part of a source for one purpose of one unit (资金明细): what payments are made from.

    ``unit_id`` uses the money; ``keeper_id`` keeps the books of it and alone changes the line.
    """

    __tablename__ = "fund_line"
    __scope__ = Scoped(read=P.FUND_READ, line="item_id", giver="keeper_id")
    __table_args__ = (
        Index("ix_fund_line_unit_id_id", "unit_id", "id"),
        Index("ix_fund_line_programme_id_item_id", "programme_id", "item_id"),
        Index("ix_fund_line_task_id", "task_id"),
        Index("ix_fund_line_keeper_id", "keeper_id"),
        Index("ix_fund_line_obligation_id", "obligation_id"),
        UniqueConstraint("source_id", "code"),
    )

    source_id: UUID = Field(nullable=False, foreign_key="fund_source.id")
    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    item_id: UUID | None = Field(default=None, foreign_key="item.id")
    task_id: UUID | None = Field(default=None, foreign_key="task.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    keeper_id: UUID = Field(nullable=False, foreign_key="unit.id")
    obligation_id: UUID | None = Field(default=None, foreign_key="fund_obligation.id")
    year: int = Field(nullable=False)
    code: str = Field(nullable=False)
    name: str = Field(nullable=False)
    # What it may be used for and nothing else (专款专用).
    purpose: str = Field(nullable=False)
    usage: str = Field(default="project", nullable=False)
    document_number: str | None = None
    functional_code: str | None = None
    economic_code: str | None = None
    # While it is not confirmed (资金未明确): when it should be, and who presses for it.
    expected_on: date | None = None
    pressing_id: UUID | None = Field(default=None, foreign_key="unit.id")
    rules: str | None = None
    # The rate that a published paper gives, beside the one that is worked out here.
    stated_percent: Decimal | None = Field(default=None, sa_type=Figure)
    stated_source: str | None = None
    reason: str | None = None
    status: str = Field(default="unconfirmed", nullable=False)


class FundBalance(Row, table=True):
    """The running totals of a line, one row a line: derived from the ledger, and what spending is guarded by.

    Never flushed: ``ledger.py`` changes it by conditional updates alone. The constraints say once more what they ask.
    """

    __tablename__ = "fund_balance"
    __scope__ = Scoped(read=P.FUND_READ, line="item_id", giver="keeper_id")
    __table_args__ = (
        Index("ix_fund_balance_unit_id", "unit_id"),
        Index("ix_fund_balance_keeper_id", "keeper_id"),
        *(_within(each, 0 if each.never_negative else -MOST_FEN) for each in Account),
        _within("paid"),
        _within("recovered"),
        _within("shared"),
        CheckConstraint("shared <= planned", name="ck_shared_of_planned"),
    )

    line_id: UUID = Field(nullable=False, foreign_key="fund_line.id", unique=True)
    item_id: UUID | None = Field(default=None, foreign_key="item.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    keeper_id: UUID = Field(nullable=False, foreign_key="unit.id")
    # The line's own state, its open freezes and the last closed year: the same update asks for them.
    state: str = Field(nullable=False)
    freezes: int = Field(default=0, nullable=False)
    closed_through: int = Field(default=0, nullable=False)
    entries: int = Field(default=0, nullable=False)
    budget: int = Field(default=0, sa_type=BigInteger, nullable=False)
    planned: int = Field(default=0, sa_type=BigInteger, nullable=False)
    allotted: int = Field(default=0, sa_type=BigInteger, nullable=False)
    due: int = Field(default=0, sa_type=BigInteger, nullable=False)
    direct: int = Field(default=0, sa_type=BigInteger, nullable=False)
    cash: int = Field(default=0, sa_type=BigInteger, nullable=False)
    advanced: int = Field(default=0, sa_type=BigInteger, nullable=False)
    spent: int = Field(default=0, sa_type=BigInteger, nullable=False)
    returned: int = Field(default=0, sa_type=BigInteger, nullable=False)
    works: int = Field(default=0, sa_type=BigInteger, nullable=False)
    invested: int = Field(default=0, sa_type=BigInteger, nullable=False)
    # Turnover that no account keeps: paid out less what bounced, and what came back by recovery.
    paid: int = Field(default=0, sa_type=BigInteger, nullable=False)
    recovered: int = Field(default=0, sa_type=BigInteger, nullable=False)
    # What projects that several lines pay for were promised of this one.
    shared: int = Field(default=0, sa_type=BigInteger, nullable=False)


@sealed
class LedgerEntry(Row, table=True):
    """One event of money on a line, with its paper. Never changed, never deleted: the database refuses both.

    ``book_id`` is the unit in whose books it stands: the keeper's, or for what the using unit notes itself its own.
    """

    __tablename__ = "ledger_entry"
    __scope__ = Scoped(read=P.FUND_READ, line="item_id", giver="book_id")
    __table_args__ = (
        UniqueConstraint("line_id", "number"),
        Index("ix_ledger_entry_line_id_kind_paper", "line_id", "kind", "paper"),
        Index("ix_ledger_entry_unit_id_id", "unit_id", "id"),
        Index("ix_ledger_entry_programme_id_dated_on", "programme_id", "dated_on"),
        Index("ix_ledger_entry_against_id", "against_id"),
        Index("ix_ledger_entry_subject_id", "subject_id"),
        Index("ix_ledger_entry_project_id", "project_id"),
        _within("fen", -MOST_FEN),
        CheckConstraint("fen <> 0", name="ck_fen_something"),
        CheckConstraint(
            f"kind = '{Kind.PLAN}' OR (fen > 0 AND reversal_of IS NULL) OR (fen < 0 AND reversal_of IS NOT NULL)",
            name="ck_fen_sign",
        ),
    )

    line_id: UUID = Field(nullable=False, foreign_key="fund_line.id")
    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    item_id: UUID | None = Field(default=None, foreign_key="item.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    book_id: UUID = Field(nullable=False, foreign_key="unit.id")
    # Without gaps from 1 within the line.
    number: int = Field(nullable=False)
    kind: str = Field(nullable=False)
    fen: int = Field(sa_type=BigInteger, nullable=False)
    dated_on: date = Field(nullable=False)
    paper: str = Field(nullable=False)
    # A notice: the day by which the money is to be there.
    due_on: date | None = None
    note: str | None = None
    reversal_of: UUID | None = Field(default=None, foreign_key="ledger_entry.id", unique=True)
    # The notice that a receipt fulfils, the payment that is recovered, bounced or spent.
    against_id: UUID | None = Field(default=None, foreign_key="ledger_entry.id")
    project_id: UUID | None = Field(default=None, foreign_key="fund_project.id")
    # What of a later feature it was written for: a disbursement, a batch.
    subject_kind: str | None = None
    subject_id: UUID | None = None
    author_id: UUID | None = None
    author_name: str = Field(nullable=False)


@sealed
class LedgerPosting(Row, table=True):
    """One side of an entry: so many fen on one account of its line. The sides of an entry add up to nothing."""

    __tablename__ = "ledger_posting"
    __scope__ = Scoped(read=P.FUND_READ, line="item_id", giver="book_id")
    __table_args__ = (
        UniqueConstraint("entry_id", "account"),
        Index("ix_ledger_posting_line_id_account", "line_id", "account"),
        Index("ix_ledger_posting_unit_id", "unit_id"),
        Index("ix_ledger_posting_programme_id_account_dated_on", "programme_id", "account", "dated_on"),
        _within("fen", -MOST_FEN),
        CheckConstraint("fen <> 0", name="ck_fen_something"),
    )

    entry_id: UUID = Field(nullable=False, foreign_key="ledger_entry.id")
    line_id: UUID = Field(nullable=False, foreign_key="fund_line.id")
    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    item_id: UUID | None = Field(default=None, foreign_key="item.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    book_id: UUID = Field(nullable=False, foreign_key="unit.id")
    kind: str = Field(nullable=False)
    account: str = Field(nullable=False)
    dated_on: date = Field(nullable=False)
    fen: int = Field(sa_type=BigInteger, nullable=False)


class FundObligation(Row, table=True):
    """What a place must add from its own money (配套): its lines name it, their receipts fulfil it."""

    __tablename__ = "fund_obligation"
    __scope__ = Scoped(read=P.FUND_READ, line="item_id", giver="keeper_id")
    __table_args__ = (
        Index("ix_fund_obligation_unit_id_id", "unit_id", "id"),
        Index("ix_fund_obligation_programme_id", "programme_id"),
        _within("amount_fen", 1),
    )

    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    item_id: UUID | None = Field(default=None, foreign_key="item.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    keeper_id: UUID = Field(nullable=False, foreign_key="unit.id")
    tier: str = Field(nullable=False)
    amount_fen: int = Field(sa_type=BigInteger, nullable=False)
    basis: str | None = None
    document_number: str | None = None
    due_on: date | None = None
    status: str = Field(default="active", nullable=False)


class FundProject(Row, table=True):
    """A piece of work that several lines pay for together (捆绑): each share stays traceable to its line."""

    __tablename__ = "fund_project"
    __scope__ = Scoped(read=P.FUND_READ, line="item_id", giver="keeper_id")
    __table_args__ = (
        Index("ix_fund_project_unit_id_id", "unit_id", "id"),
        Index("ix_fund_project_programme_id", "programme_id"),
        UniqueConstraint("keeper_id", "code"),
    )

    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    item_id: UUID | None = Field(default=None, foreign_key="item.id")
    task_id: UUID | None = Field(default=None, foreign_key="task.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    keeper_id: UUID = Field(nullable=False, foreign_key="unit.id")
    code: str = Field(nullable=False)
    name: str = Field(nullable=False)


class FundShare(Row, table=True):
    """What one line gives to a project."""

    __tablename__ = "fund_share"
    __scope__ = Scoped(read=P.FUND_READ, line="item_id", giver="keeper_id")
    __table_args__ = (
        UniqueConstraint("project_id", "line_id"),
        Index("ix_fund_share_line_id", "line_id"),
        Index("ix_fund_share_unit_id", "unit_id"),
        _within("amount_fen"),
    )

    project_id: UUID = Field(nullable=False, foreign_key="fund_project.id")
    line_id: UUID = Field(nullable=False, foreign_key="fund_line.id")
    item_id: UUID | None = Field(default=None, foreign_key="item.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    keeper_id: UUID = Field(nullable=False, foreign_key="unit.id")
    amount_fen: int = Field(sa_type=BigInteger, nullable=False)


class FundFreeze(Row, table=True):
    """Why nothing is paid from a line for now (冻结); it is free again when all of them are lifted."""

    __tablename__ = "fund_freeze"
    __scope__ = Scoped(read=P.FUND_READ, line="item_id", giver="keeper_id")
    __table_args__ = (
        Index("ix_fund_freeze_line_id", "line_id"),
        Index("ix_fund_freeze_unit_id_id", "unit_id", "id"),
    )

    line_id: UUID = Field(nullable=False, foreign_key="fund_line.id")
    item_id: UUID | None = Field(default=None, foreign_key="item.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    keeper_id: UUID = Field(nullable=False, foreign_key="unit.id")
    reason: str = Field(nullable=False)
    # The finding it hangs on, where it is one.
    subject_kind: str | None = None
    subject_id: UUID | None = None
    author_id: UUID | None = None
    author_name: str = Field(nullable=False)
    lifted_reason: str | None = None
    lifted_by: UUID | None = None
    lifted_name: str | None = None
    lifted_at: datetime | None = Field(default=None, sa_type=Instant)
    status: str = Field(default="frozen", nullable=False)


class FundYear(Row, table=True):
    """A closed year in a unit's books (年度结账): nothing is dated in it any more."""

    __tablename__ = "fund_year"
    __scope__ = Scoped(read=P.FUND_READ, header=("status", frozenset({"closed"})))
    __table_args__ = (UniqueConstraint("unit_id", "year"),)

    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    year: int = Field(nullable=False)
    author_name: str = Field(nullable=False)
    note: str | None = None
    status: str = Field(default="closed", nullable=False)
