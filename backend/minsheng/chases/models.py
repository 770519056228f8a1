"""Chases (催报): what was sent to a silent unit, how it went, and the rules that send by themselves."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from minsheng.kernel.access import Scoped
from minsheng.kernel.db import Instant, Row
from minsheng.permissions import P


class Chase(Row, table=True):
    """One chase of one unit for one round (R136): the log of what was sent, and the outbox it is sent from.

    Nobody deletes a chase. What the unit owed when it was sent stays beside it.

    Attributes:
        by_unit_id: the unit that chases; of a rule, the unit that set it.
        nth: the how manieth chase of this unit in this round.
        occurrence: the day a rule fired on, so that no rule fires twice a day.
        try_at: when the delivery is to be tried (again); empty when there is nothing left to send.
        claimed_at: since when a process is sending it; nobody else does meanwhile.
    """

    __scope__ = Scoped(read=P.REPORT_READ)
    __table_args__ = (
        UniqueConstraint("round_id", "unit_id", "nth"),
        Index("ix_chase_unit_id_id", "unit_id", "id"),
        Index("ix_chase_status_try_at", "status", "try_at"),
        Index("ix_chase_programme_id_id", "programme_id", "id"),
    )

    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    round_id: UUID = Field(nullable=False, foreign_key="report_round.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    by_unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    by_id: UUID | None = None
    rule_id: UUID | None = Field(default=None, foreign_key="chase_rule.id")
    occurrence: date | None = None
    period: str = Field(nullable=False)
    nth: int = Field(nullable=False)
    channel: str = Field(nullable=False)
    text: str = Field(nullable=False)
    owed: int = Field(nullable=False)
    returned: int = Field(nullable=False)
    status: str = Field(default="queued", nullable=False)
    attempts: int = Field(default=0, nullable=False)
    try_at: datetime | None = Field(default=None, sa_type=Instant)
    claimed_at: datetime | None = Field(default=None, sa_type=Instant)
    delivered_at: datetime | None = Field(default=None, sa_type=Instant)
    failure: str | None = None
    read_at: datetime | None = Field(default=None, sa_type=Instant)
    read_by: UUID | None = None


class ChaseRule(Row, table=True):
    """When a unit's own units are chased by themselves, or when their silence is shown to the leader.

    Attributes:
        programme_id: the list it is about; empty for all.
        kind: before (so many days before the cut-off), after (after it), every (each so many days once it has passed),
            repeated (so many rounds in a row without a report are shown to the leader; nothing is sent).
        number: the days, or the rounds.
        hour: from which hour of the day on, Beijing time.
    """

    __tablename__ = "chase_rule"
    __scope__ = Scoped(read=P.PROGRAMME_READ)
    __table_args__ = (Index("ix_chase_rule_unit_id_id", "unit_id", "id"),)

    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    programme_id: UUID | None = Field(default=None, foreign_key="programme.id")
    kind: str = Field(nullable=False)
    number: int = Field(nullable=False)
    hour: int = Field(nullable=False)
    channel: str = Field(nullable=False)
    text: str = Field(nullable=False)
    status: str = Field(default="active", nullable=False)
