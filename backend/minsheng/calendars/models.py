"""Working days: what the State Council set for each year, and what a unit sets otherwise for itself and beneath."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from minsheng.kernel.access import Open, Scoped
from minsheng.kernel.db import Row
from minsheng.permissions import P

_BENEATH = ("status", frozenset({"active", "void"}))
"""What a unit sets binds everything beneath it, so everybody beneath reads it."""


class NationalDay(Row, table=True):
    """A day on which the State Council departs from the week: a holiday, or a weekend that is worked.

    Filled from the file of the product and never edited: whoever must depart from it sets a change at his unit.
    """

    __tablename__ = "national_day"
    __scope__ = Open("国务院公布的节假日与调休上班日，人人可查")

    day: date = Field(nullable=False, unique=True)
    kind: str = Field(nullable=False)
    name: str = Field(nullable=False)
    source: str = Field(nullable=False)


class CalendarYear(Row, table=True):
    """A unit's word that a year which the product does not know yet is complete with its own days."""

    __tablename__ = "calendar_year"
    __scope__ = Scoped(read=P.UNIT_READ, header=_BENEATH)
    __table_args__ = (Index("ix_calendar_year_unit_id_year", "unit_id", "year"),)

    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    year: int = Field(nullable=False)
    source: str = Field(nullable=False)
    void_reason: str | None = None
    status: str = Field(default="active", nullable=False)


class DayChange(Row, table=True):
    """A day that a unit sets otherwise, for itself and everything beneath it."""

    __tablename__ = "day_change"
    __scope__ = Scoped(read=P.UNIT_READ, header=_BENEATH)
    __table_args__ = (Index("ix_day_change_unit_id_day", "unit_id", "day"),)

    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    day: date = Field(nullable=False)
    kind: str = Field(nullable=False)
    name: str = Field(nullable=False)
    source: str = Field(nullable=False)
    void_reason: str | None = None
    status: str = Field(default="active", nullable=False)
