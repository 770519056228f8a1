"""Exceptions: a closed round that is open again for one unit, for a reason and a while (guide 5.4)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, col, select

from minsheng.kernel import clock
from minsheng.kernel.access import Scoped, Session
from minsheng.kernel.db import Instant, Row
from minsheng.permissions import P


class RoundException(Row, table=True):
    """A unit, or one task of it, may still write into a closed round until an instant.

    It lies with the unit that it lets write and is given by the owner of the list. That it has run out is a matter of
    the clock and no state.
    """

    __tablename__ = "round_exception"
    __scope__ = Scoped(read=P.REPORT_READ, giver="giver_id")
    __table_args__ = (
        Index("ix_round_exception_unit_id_id", "unit_id", "id"),
        Index("ix_round_exception_round_id", "round_id"),
        Index("ix_round_exception_programme_id", "programme_id"),
    )

    round_id: UUID = Field(nullable=False, foreign_key="report_round.id")
    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    giver_id: UUID = Field(nullable=False, foreign_key="unit.id")
    task_id: UUID | None = Field(default=None, foreign_key="task.id")
    until: datetime = Field(sa_type=Instant, nullable=False)
    reason: str = Field(nullable=False)
    granted_by: UUID | None = None
    granted_name: str = Field(nullable=False)
    revoke_reason: str | None = None
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    status: str = Field(default="active", nullable=False)

    def lets(self, unit_id: UUID, task_id: UUID | None) -> bool:
        """Say whether it lets a unit write about a task; whether it still runs was asked before."""
        return self.unit_id == unit_id and self.task_id in {None, task_id}


def running(session: Session, rounds: Collection[UUID]) -> list[RoundException]:
    """Return the exceptions of rounds that run now, of units that the caller may see."""
    if not rounds:
        return []
    return list(
        session.exec(
            select(RoundException).where(
                col(RoundException.round_id).in_(rounds),
                RoundException.status == "active",
                RoundException.until > clock.now(),
            )
        ).all()
    )
