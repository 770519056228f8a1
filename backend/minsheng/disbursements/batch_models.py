"""Subsidies paid to many at once (一卡通), as counts and never as names; and the papers of payments and batches."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Index
from sqlalchemy.orm.attributes import get_history
from sqlmodel import Field

from minsheng.kernel.access import Scoped, Session
from minsheng.kernel.db import Instant, Row
from minsheng.kernel.errors import Locked, Problem
from minsheng.permissions import P


class SubsidyBatch(Row, table=True):
    """One round of paying a subsidy: the list was posted, so many persons are due so much (发放批次).

    ``groups`` are counts by kind of person: name, persons, fen.
    """

    __tablename__ = "subsidy_batch"
    __scope__ = Scoped(read=P.FUND_READ, line="item_id", giver="keeper_id", both=True)
    __table_args__ = (
        Index("ix_subsidy_batch_unit_id_id", "unit_id", "id"),
        Index("ix_subsidy_batch_keeper_id_status", "keeper_id", "status"),
        Index("ix_subsidy_batch_line_id", "line_id"),
    )

    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    keeper_id: UUID = Field(nullable=False, foreign_key="unit.id")
    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    item_id: UUID = Field(nullable=False, foreign_key="item.id")
    task_id: UUID = Field(nullable=False, foreign_key="task.id")
    line_id: UUID = Field(nullable=False, foreign_key="fund_line.id")
    account_id: UUID = Field(nullable=False, foreign_key="bank_account.id")
    name: str = Field(nullable=False)
    standard: str = Field(nullable=False)
    groups: list[dict[str, Any]] = Field(sa_type=JSON, nullable=False)
    persons: int = Field(nullable=False)
    amount_fen: int = Field(sa_type=BigInteger, nullable=False)
    posted_from: date = Field(nullable=False)
    posted_to: date = Field(nullable=False)
    posting_workdays: int = Field(nullable=False)
    due_on: date | None = None
    findings: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON, nullable=False)
    leader_needed: bool = Field(default=False, nullable=False)
    hands: list[str] = Field(default_factory=list, sa_type=JSON, nullable=False)
    asked_by: UUID | None = None
    asked_at: datetime | None = Field(default=None, sa_type=Instant)
    approved_by: UUID | None = None
    approved_at: datetime | None = Field(default=None, sa_type=Instant)
    signed_by: UUID | None = None
    signed_at: datetime | None = Field(default=None, sa_type=Instant)
    decision: str | None = None
    voucher: str | None = None
    paid_on: date | None = None
    paid_by: UUID | None = None
    paid_at: datetime | None = Field(default=None, sa_type=Instant)
    entry_id: UUID | None = Field(default=None, foreign_key="ledger_entry.id", unique=True)
    # What became of it at the bank and after: counts and fen that only grow.
    bounced_persons: int = Field(default=0, nullable=False)
    bounced_fen: int = Field(default=0, sa_type=BigInteger, nullable=False)
    repaid_persons: int = Field(default=0, nullable=False)
    repaid_fen: int = Field(default=0, sa_type=BigInteger, nullable=False)
    recovered_persons: int = Field(default=0, nullable=False)
    recovered_fen: int = Field(default=0, sa_type=BigInteger, nullable=False)
    status: str = Field(default="draft", nullable=False)

    @staticmethod
    def __lock__(session: Session, row: "SubsidyBatch") -> Problem | None:
        """Refuse a change of what was handed in; of what was paid only what became of it is noted."""
        before = get_history(row, "status").deleted or [row.status]
        if before[0] in {"draft", "returned", "paid"} or row.id in session.moving:
            return None
        return Locked("批次已提交，不能再改；如需修改请先退回。")


class SubsidyEvent(Row, table=True):
    """What became of a paid batch: returned by the bank, paid again, recovered; each stands in the ledger."""

    __tablename__ = "subsidy_event"
    __scope__ = Scoped(read=P.FUND_READ, line="item_id", giver="keeper_id")
    __table_args__ = (Index("ix_subsidy_event_batch_id", "batch_id"), Index("ix_subsidy_event_unit_id", "unit_id"))

    batch_id: UUID = Field(nullable=False, foreign_key="subsidy_batch.id")
    item_id: UUID = Field(nullable=False, foreign_key="item.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    keeper_id: UUID = Field(nullable=False, foreign_key="unit.id")
    kind: str = Field(nullable=False)
    persons: int = Field(nullable=False)
    fen: int = Field(sa_type=BigInteger, nullable=False)
    happened_on: date = Field(nullable=False)
    voucher: str = Field(nullable=False)
    reason: str = Field(nullable=False)
    entry_id: UUID = Field(nullable=False, foreign_key="ledger_entry.id", unique=True)
    author_id: UUID | None = None
    author_name: str = Field(nullable=False)


class PaymentPaper(Row, table=True):
    """One paper of a payment or a batch; the content lies in the file store under its hash."""

    __tablename__ = "payment_paper"
    __scope__ = Scoped(read=P.FUND_READ, line="item_id", giver="keeper_id", both=True)
    __table_args__ = (
        Index("ix_payment_paper_disbursement_id", "disbursement_id"),
        Index("ix_payment_paper_batch_id", "batch_id"),
        Index("ix_payment_paper_unit_id_id", "unit_id", "id"),
        Index("ix_payment_paper_sha256", "sha256"),
    )

    disbursement_id: UUID | None = Field(default=None, foreign_key="disbursement.id")
    batch_id: UUID | None = Field(default=None, foreign_key="subsidy_batch.id")
    item_id: UUID = Field(nullable=False, foreign_key="item.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    keeper_id: UUID = Field(nullable=False, foreign_key="unit.id")
    kind: str = Field(nullable=False)
    name: str = Field(nullable=False)
    sha256: str = Field(nullable=False)
    size: int = Field(nullable=False)
    media_type: str = Field(nullable=False)
    added_by: UUID | None = None
    status: str = Field(default="active", nullable=False)
