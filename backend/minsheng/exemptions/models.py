"""Exemptions: a justified reason (正当理由) for being behind, asked for below and decided on above."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm.attributes import get_history
from sqlmodel import Field

from minsheng.kernel.access import Scoped, Session
from minsheng.kernel.db import Instant, Row
from minsheng.kernel.errors import Locked, Problem
from minsheng.permissions import P


class Exemption(Row, table=True):
    """Why one target may be behind for a while; only an approved one changes its light."""

    __scope__ = Scoped(read=P.TASK_READ, line="item_id")
    __table_args__ = (
        Index("ix_exemption_unit_id_id", "unit_id", "id"),
        Index("ix_exemption_target_id", "target_id"),
        Index("ix_exemption_programme_id", "programme_id"),
    )

    target_id: UUID = Field(nullable=False, foreign_key="target.id")
    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    item_id: UUID = Field(nullable=False, foreign_key="item.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    giver_id: UUID = Field(nullable=False, foreign_key="unit.id")
    starts_on: date = Field(nullable=False)
    ends_on: date = Field(nullable=False)
    reason: str = Field(nullable=False)
    status: str = Field(default="asked", nullable=False)
    asked_by: UUID | None = None
    decided_by: UUID | None = None
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    decision: str | None = None

    @staticmethod
    def __lock__(session: Session, row: "Exemption") -> Problem | None:
        """Refuse a change of what was decided."""
        before = get_history(row, "status").deleted or [row.status]
        return Locked("已经作出决定，不能再改。") if before[0] != "asked" and row.id not in session.moving else None
