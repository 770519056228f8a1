"""Where money is kept and may go, what was asked for, and through whose hands it went."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Index, UniqueConstraint, inspect
from sqlalchemy.orm.attributes import get_history
from sqlmodel import Field

from minsheng.kernel.access import Scoped, Session
from minsheng.kernel.db import Figure, Instant, Row
from minsheng.kernel.errors import Locked, Problem
from minsheng.permissions import P

_KNOWN_BELOW = ("status", frozenset({"active", "disabled"}))
"""Townships ask for payments from the account of their county, to payees that the county has checked."""


class BankAccount(Row, table=True):
    """An account that a unit pays from; ``dedicated`` is 专户: money of one purpose, kept and booked apart (R237)."""

    __tablename__ = "bank_account"
    __scope__ = Scoped(read=P.FUND_READ, header=_KNOWN_BELOW)
    __secret__ = frozenset({"number_sealed"})
    __table_args__ = (Index("ix_bank_account_unit_id_id", "unit_id", "id"),)

    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    programme_id: UUID | None = Field(default=None, foreign_key="programme.id")
    name: str = Field(nullable=False)
    bank_name: str = Field(nullable=False)
    number_sealed: str = Field(nullable=False)
    number_tail: str = Field(nullable=False)
    dedicated: bool = Field(default=True, nullable=False)
    purpose: str | None = None
    opened_on: date | None = None
    status: str = Field(default="active", nullable=False)


class Payee(Row, table=True):
    """An organisation that money may be paid to, with its checked credit code. Persons are never payees."""

    __scope__ = Scoped(read=P.FUND_READ, header=_KNOWN_BELOW)
    __secret__ = frozenset({"number_sealed"})
    __table_args__ = (
        Index("ix_payee_unit_id_id", "unit_id", "id"),
        Index("ix_payee_credit_code", "credit_code"),
    )

    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    name: str = Field(nullable=False)
    credit_code: str = Field(nullable=False)
    bank_name: str = Field(nullable=False)
    number_sealed: str = Field(nullable=False)
    number_tail: str = Field(nullable=False)
    status: str = Field(default="active", nullable=False)


class Contract(Row, table=True):
    """What a payee does for how much: the base of caps on payments, with the work measured so far."""

    __scope__ = Scoped(read=P.FUND_READ, line="item_id")
    __table_args__ = (
        Index("ix_contract_unit_id_id", "unit_id", "id"),
        Index("ix_contract_task_id", "task_id"),
        UniqueConstraint("unit_id", "number"),
    )

    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    item_id: UUID = Field(nullable=False, foreign_key="item.id")
    task_id: UUID = Field(nullable=False, foreign_key="task.id")
    payee_id: UUID = Field(nullable=False, foreign_key="payee.id")
    number: str = Field(nullable=False)
    name: str = Field(nullable=False)
    amount_fen: int = Field(sa_type=BigInteger, nullable=False)
    signed_on: date = Field(nullable=False)
    # Work measured and certified so far (工程计量), and the paper that says so.
    work_fen: int = Field(default=0, sa_type=BigInteger, nullable=False)
    work_on: date | None = None
    work_paper: str | None = None
    # Settled (结算): caps that hold until then fall away.
    settled_on: date | None = None


class PaymentRule(Row, table=True):
    """A cap or a condition on payments as data: it binds the unit's own and all beneath (支付规则)."""

    __tablename__ = "payment_rule"
    __scope__ = Scoped(read=P.FUND_READ, header=("status", frozenset({"active", "retired"})))
    __table_args__ = (Index("ix_payment_rule_unit_id_id", "unit_id", "id"),)

    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    programme_id: UUID | None = Field(default=None, foreign_key="programme.id")
    name: str = Field(nullable=False)
    kind: str = Field(nullable=False)
    effect: str = Field(nullable=False)
    above_fen: int | None = Field(default=None, sa_type=BigInteger)
    percent: Decimal | None = Field(default=None, sa_type=Figure)
    months: int | None = None
    source: str = Field(nullable=False)
    status: str = Field(default="draft", nullable=False)

    @staticmethod
    def __lock__(session: Session, row: "PaymentRule") -> Problem | None:
        """Refuse a change of a rule that payments were held up by."""
        before = get_history(row, "status").deleted or [row.status]
        if before[0] == "draft" or row.id in session.moving:
            return None
        return Locked("规则启用后不能再改：请停用后另设。")


_OPEN = frozenset({"draft", "returned"})
"""States in which what is asked for may still be changed."""


class Disbursement(Row, table=True):
    """One payment on its way (拨付): asked for by the unit, approved, paid by the keeper of the books, confirmed.

    ``hands`` are the persons who wrote or handed in the request: none of them may approve or pay it.
    """

    __scope__ = Scoped(read=P.FUND_READ, line="item_id", giver="keeper_id", both=True)
    __table_args__ = (
        Index("ix_disbursement_unit_id_id", "unit_id", "id"),
        Index("ix_disbursement_keeper_id_status", "keeper_id", "status"),
        Index("ix_disbursement_task_id", "task_id"),
        Index("ix_disbursement_contract_id", "contract_id"),
        Index("ix_disbursement_payee_id", "payee_id"),
    )

    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    keeper_id: UUID = Field(nullable=False, foreign_key="unit.id")
    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    item_id: UUID = Field(nullable=False, foreign_key="item.id")
    task_id: UUID = Field(nullable=False, foreign_key="task.id")
    milestone_id: UUID | None = Field(default=None, foreign_key="milestone.id")
    project_id: UUID | None = Field(default=None, foreign_key="fund_project.id")
    contract_id: UUID | None = Field(default=None, foreign_key="contract.id")
    account_id: UUID = Field(nullable=False, foreign_key="bank_account.id")
    payee_id: UUID = Field(nullable=False, foreign_key="payee.id")
    stage: str = Field(nullable=False)
    purpose: str = Field(nullable=False)
    amount_fen: int = Field(sa_type=BigInteger, nullable=False)
    due_on: date | None = None
    urgent: bool = Field(default=False, nullable=False)
    note: str | None = None
    # What the rules said when it was handed in: shown to whoever decides.
    findings: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON, nullable=False)
    # Whether a leader has to sign it, by the rules of the day it was handed in.
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
    # Whom it was paid to, as it stood on that day.
    paid_name: str | None = None
    paid_tail: str | None = None
    received_on: date | None = None
    confirmed_by: UUID | None = None
    confirmed_at: datetime | None = Field(default=None, sa_type=Instant)
    reversal_reason: str | None = None
    reversal_asked_by: UUID | None = None
    reversal_asked_at: datetime | None = Field(default=None, sa_type=Instant)
    reversal_voucher: str | None = None
    reversed_on: date | None = None
    reversed_by: UUID | None = None
    reversed_at: datetime | None = Field(default=None, sa_type=Instant)
    status: str = Field(default="draft", nullable=False)

    @staticmethod
    def __lock__(session: Session, row: "Disbursement") -> Problem | None:
        """Refuse a change of what was handed in, except by a move."""
        before = get_history(row, "status").deleted or [row.status]
        if before[0] in _OPEN or row.id in session.moving:
            return None
        return Locked("申请已提交，不能再改；如需修改请先退回。")


def _locked_with_disbursement(session: Session, row: "DisbursementLine") -> Problem | None:
    above = session.get(Disbursement, row.disbursement_id)
    return Disbursement.__lock__(session, above) if above is not None and inspect(above).persistent else None


class DisbursementLine(Row, table=True):
    """What one budget line gives to a payment; ``fen`` is 0 when it was struck out of the draft."""

    __tablename__ = "disbursement_line"
    __scope__ = Scoped(read=P.FUND_READ, line="item_id", giver="keeper_id", both=True)
    __lock__ = staticmethod(_locked_with_disbursement)
    __table_args__ = (
        UniqueConstraint("disbursement_id", "line_id"),
        Index("ix_disbursement_line_line_id", "line_id"),
        Index("ix_disbursement_line_unit_id", "unit_id"),
    )

    disbursement_id: UUID = Field(nullable=False, foreign_key="disbursement.id")
    line_id: UUID = Field(nullable=False, foreign_key="fund_line.id")
    item_id: UUID = Field(nullable=False, foreign_key="item.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    keeper_id: UUID = Field(nullable=False, foreign_key="unit.id")
    fen: int = Field(sa_type=BigInteger, nullable=False)
    # Its entry in the ledger once it is paid, and the one that took it back.
    entry_id: UUID | None = Field(default=None, foreign_key="ledger_entry.id", unique=True)
    reversal_id: UUID | None = Field(default=None, foreign_key="ledger_entry.id", unique=True)


class DisbursementStep(Row, table=True):
    """What happened to a payment or a batch on its way: who did what, when, in which words (经办记录)."""

    __tablename__ = "disbursement_step"
    __scope__ = Scoped(read=P.FUND_READ, line="item_id", giver="keeper_id", both=True)
    __table_args__ = (
        Index("ix_disbursement_step_disbursement_id", "disbursement_id"),
        Index("ix_disbursement_step_batch_id", "batch_id"),
        Index("ix_disbursement_step_unit_id", "unit_id"),
    )

    disbursement_id: UUID | None = Field(default=None, foreign_key="disbursement.id")
    batch_id: UUID | None = Field(default=None, foreign_key="subsidy_batch.id")
    item_id: UUID = Field(nullable=False, foreign_key="item.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    keeper_id: UUID = Field(nullable=False, foreign_key="unit.id")
    verb: str = Field(nullable=False)
    text: str | None = None
    author_id: UUID | None = None
    author_name: str = Field(nullable=False)


class PaymentVoucher(Row, table=True):
    """A voucher number that was used in a keeper's books, by whatever it was used: once and never again."""

    __tablename__ = "payment_voucher"
    __scope__ = Scoped(read=P.FUND_READ, area="keeper_id")
    __table_args__ = (UniqueConstraint("keeper_id", "number"),)

    keeper_id: UUID = Field(nullable=False, foreign_key="unit.id")
    number: str = Field(nullable=False)
    subject_kind: str = Field(nullable=False)
    subject_id: UUID = Field(nullable=False)
