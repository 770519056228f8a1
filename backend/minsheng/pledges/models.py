"""Pledges (目标责任书, R059): what a unit signs for, frozen as text and numbers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, UniqueConstraint, inspect
from sqlmodel import Field

from minsheng.kernel.access import Scoped, Session
from minsheng.kernel.db import Instant, Row
from minsheng.kernel.errors import Locked, Problem
from minsheng.permissions import P


class Pledge(Row, table=True):
    """One paper between the unit that gives tasks and a unit that takes them on, or a numbered supplement to one."""

    __scope__ = Scoped(read=P.TASK_READ, giver="giver_id", draft=("status", frozenset({"draft", "void"})), both=True)
    __table_args__ = (
        UniqueConstraint("giver_id", "year", "sequence", "supplement"),
        Index("ix_pledge_unit_id_id", "unit_id", "id"),
        Index("ix_pledge_programme_id_giver_id", "programme_id", "giver_id"),
    )

    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    giver_id: UUID = Field(nullable=False, foreign_key="unit.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    base_id: UUID | None = Field(default=None, foreign_key="pledge.id")
    year: int = Field(nullable=False)
    sequence: int = Field(nullable=False)
    supplement: int = Field(default=0, nullable=False)
    number: str = Field(nullable=False)
    title: str = Field(nullable=False)
    content: dict[str, Any] = Field(sa_type=JSON, nullable=False)
    sha256: str = Field(nullable=False)
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    returned_reason: str | None = None
    unit_signer_id: UUID | None = None
    unit_signer_name: str | None = None
    unit_signed_at: datetime | None = Field(default=None, sa_type=Instant)
    giver_signer_id: UUID | None = None
    giver_signer_name: str | None = None
    giver_signed_at: datetime | None = Field(default=None, sa_type=Instant)
    status: str = Field(default="draft", nullable=False)

    @staticmethod
    def __lock__(session: Session, row: "Pledge") -> Problem | None:
        """Refuse every change but a move: what was frozen stays as it was."""
        if inspect(row).persistent and row.id not in session.moving:
            return Locked("责任书的内容不能修改，请作废后重新制作，或制作补充责任书。")
        return None
