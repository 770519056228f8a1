"""Lights that were frozen when their round closed, and the later mark that a month was made up."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field

from minsheng.kernel.access import Scoped
from minsheng.kernel.db import Figure, Row
from minsheng.permissions import P


class FrozenLight(Row, table=True):
    """The light of one target for one closed round: written once by the system, never changed."""

    __tablename__ = "frozen_light"
    __scope__ = Scoped(read=P.BOARD_READ, line="item_id")
    __table_args__ = (
        UniqueConstraint("round_id", "target_id"),
        Index("ix_frozen_light_unit_id_ends_on", "unit_id", "ends_on"),
        Index("ix_frozen_light_programme_id_ends_on", "programme_id", "ends_on"),
        Index("ix_frozen_light_target_id", "target_id"),
    )

    round_id: UUID = Field(nullable=False, foreign_key="report_round.id")
    target_id: UUID = Field(nullable=False, foreign_key="target.id")
    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    item_id: UUID = Field(nullable=False, foreign_key="item.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    ends_on: date = Field(nullable=False)
    rule_set: str = Field(nullable=False, foreign_key="rule_set.code")
    light: str = Field(nullable=False)
    standing: str | None = None
    actual: Decimal | None = Field(default=None, sa_type=Figure)
    progress_pct: str | None = None
    expected_pct: str | None = None
    gap_points: str | None = None
    explanation: str = Field(nullable=False)
    steps: list[list[str]] = Field(default_factory=list, sa_type=JSON, nullable=False)


class MadeUpMark(Row, table=True):
    """A later figure reached what a missed month asked for: a fact beside the frozen light, not a rewrite."""

    __tablename__ = "made_up_mark"
    __scope__ = Scoped(read=P.BOARD_READ, line="item_id")
    __table_args__ = (
        Index("ix_made_up_mark_unit_id", "unit_id"),
        Index("ix_made_up_mark_programme_id", "programme_id"),
    )

    frozen_light_id: UUID = Field(nullable=False, foreign_key="frozen_light.id", unique=True)
    target_id: UUID = Field(nullable=False, foreign_key="target.id")
    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    item_id: UUID = Field(nullable=False, foreign_key="item.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    ends_on: date = Field(nullable=False)
