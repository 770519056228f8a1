"""Programmes: one promise list with its catalogue of items and what is counted in each."""

from datetime import date
from uuid import UUID

from sqlalchemy import JSON, Index, inspect
from sqlalchemy.orm.attributes import get_history
from sqlmodel import Field

from minsheng.kernel.access import Open, Scoped, Session
from minsheng.kernel.db import Row
from minsheng.kernel.errors import Locked, Problem
from minsheng.permissions import P

_ISSUED = ("status", frozenset({"issued", "closed"}))


class Programme(Row, table=True):
    """One promise list of one unit (计划), with its year and its calendar."""

    __scope__ = Scoped(read=P.PROGRAMME_READ, header=_ISSUED, guest="id")
    __table_args__ = (Index("ix_programme_unit_id_year", "unit_id", "year"),)

    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    year: int = Field(nullable=False)
    name: str = Field(nullable=False)
    kind: str = Field(default="livelihood", nullable=False)
    status: str = Field(default="draft", nullable=False)
    starts_on: date = Field(nullable=False)
    ends_on: date = Field(nullable=False)
    issued_on: date | None = None
    level_labels: list[str] = Field(default_factory=list, sa_type=JSON, nullable=False)
    rule_set: str = Field(default="points-10-30", nullable=False)
    rule_reason: str | None = None
    source: str | None = None
    # Ids of rows that are never deleted and were looked up when they were written: no foreign key is needed, and SQLite
    # would have to rebuild a table that half of the others point to.
    predecessor_id: UUID | None = None

    @staticmethod
    def __lock__(session: Session, row: "Programme") -> Problem | None:
        """Refuse a change of an issued programme, except by a move."""
        before = get_history(row, "status").deleted or [row.status]
        return Locked() if before[0] != "draft" and row.id not in session.moving else None


def _locked_with_programme(session: Session, row: "Item | ItemLead | ItemListing | Indicator") -> Problem | None:
    if row.id in session.moving:
        return None
    programme = session.get(Programme, row.programme_id)
    return Locked() if programme is not None and programme.status != "draft" else None


class Item(Row, table=True):
    """A node of the catalogue, at any depth (大项/小项)."""

    __scope__ = Scoped(read=P.PROGRAMME_READ, header=_ISSUED, guest="programme_id")
    __lock__ = staticmethod(_locked_with_programme)
    __table_args__ = (Index("ix_item_programme_id_seq", "programme_id", "seq"),)

    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id", index=True)
    parent_id: UUID | None = Field(default=None, foreign_key="item.id")
    seq: int = Field(default=0, nullable=False)
    code: str = Field(nullable=False)
    title: str = Field(nullable=False)
    status: str = Field(default="draft", nullable=False)
    kind: str | None = None
    origin: str = Field(default="own", nullable=False)
    standard: str | None = None
    source_document: str | None = None
    # See ``Programme.predecessor_id``.
    predecessor_item_id: UUID | None = None
    upper_item_id: UUID | None = None


class ItemListing(Row, table=True):
    """An item that counts in another programme too (R006): shown in both, counted once."""

    __tablename__ = "item_listing"
    __scope__ = Scoped(read=P.PROGRAMME_READ, header=_ISSUED, guest="programme_id")
    __lock__ = staticmethod(_locked_with_programme)
    __table_args__ = (
        Index("ix_item_listing_programme_id", "programme_id"),
        Index("ix_item_listing_item_id", "item_id"),
    )

    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    item_id: UUID = Field(nullable=False, foreign_key="item.id")
    status: str = Field(default="draft", nullable=False)


class ItemLead(Row, table=True):
    """A department that leads an item or helps with it (牵头/配合): the line axis of authority."""

    __tablename__ = "item_lead"
    __scope__ = Scoped(read=P.PROGRAMME_READ, header=_ISSUED, guest="programme_id")
    __lock__ = staticmethod(_locked_with_programme)
    __authority__ = True
    __table_args__ = (
        Index("ix_item_lead_item_id", "item_id"),
        Index("ix_item_lead_department_id", "department_id"),
    )

    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    item_id: UUID = Field(nullable=False, foreign_key="item.id")
    department_id: UUID = Field(nullable=False, foreign_key="unit.id")
    role: str = Field(nullable=False)
    status: str = Field(default="draft", nullable=False)


class Cadence(Row, table=True):
    """How often and by when a list is reported on (填报周期): what its rounds are made from.

    ``cut_offs`` are ``[after, day]`` pairs, see :class:`minsheng.calendars.periods.CutOff`. A cadence in force is not
    changed: it ends, and another begins. ``made_until`` is the last day its rounds reach so far.
    """

    __scope__ = Scoped(read=P.PROGRAMME_READ, header=("status", frozenset({"active", "ended"})))
    __table_args__ = (Index("ix_cadence_programme_id", "programme_id"), Index("ix_cadence_unit_id", "unit_id"))

    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    every: str = Field(nullable=False)
    content: str = Field(default="figures", nullable=False)
    per: str = Field(default="task", nullable=False)
    title: str | None = None
    tier: str | None = None
    cut_offs: list[list[int]] = Field(sa_type=JSON, nullable=False)
    hour: int = Field(default=18, nullable=False)
    holiday: str = Field(default="none", nullable=False)
    later_by: int = Field(default=1, nullable=False)
    open_after_days: int = Field(default=0, nullable=False)
    close_after_days: int = Field(default=5, nullable=False)
    from_on: date | None = None
    until_on: date | None = None
    made_until: date | None = None
    end_reason: str | None = None
    status: str = Field(default="draft", nullable=False)

    @staticmethod
    def __lock__(session: Session, row: "Cadence") -> Problem | None:
        """Refuse a change of a cadence that is in force or over, except by a move."""
        before = get_history(row, "status").deleted or [row.status]
        started = inspect(row).persistent and before[0] != "draft"
        return Locked("填报周期已启用，请先停用再另设。") if started and row.id not in session.moving else None


class Measure(Row, table=True):
    """A unit of measure (计量单位)."""

    __scope__ = Open("计量单位是公用的代码表", edit=P.PROGRAMME_EDIT)

    name: str = Field(nullable=False, unique=True)
    decimals: int = Field(default=0, nullable=False)
    dimension: str = Field(default="count", nullable=False)


class Indicator(Row, table=True):
    """What is counted in an item, in which unit of measure, by which arithmetic (指标)."""

    __scope__ = Scoped(read=P.PROGRAMME_READ, header=_ISSUED, guest="programme_id")
    __lock__ = staticmethod(_locked_with_programme)
    __table_args__ = (Index("ix_indicator_item_id", "item_id"),)

    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id", index=True)
    item_id: UUID = Field(nullable=False, foreign_key="item.id")
    measure_id: UUID = Field(nullable=False, foreign_key="measure.id")
    name: str = Field(nullable=False)
    accumulation: str = Field(nullable=False)
    aggregation: str = Field(nullable=False)
    kind: str = Field(default="count", nullable=False)
    better: str = Field(default="higher", nullable=False)
    counting: str | None = None
    survey: str = Field(default="census", nullable=False)
    numerator_name: str | None = None
    denominator_name: str | None = None
    per: int = Field(default=100, nullable=False)
    levels: list[str] = Field(default_factory=list, sa_type=JSON, nullable=False)
    per_period: str | None = None
    part_of: UUID | None = Field(default=None, foreign_key="indicator.id")
    status: str = Field(default="draft", nullable=False)
