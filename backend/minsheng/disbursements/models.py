"""Bank accounts and payees: where money is kept and where it may go."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from minsheng.kernel.access import Scoped
from minsheng.kernel.db import Row
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
    """An organisation that money may be paid to, with its checked credit code. Persons are never payees: see batches."""

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
