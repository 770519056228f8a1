"""What is a working day, and counting in working days. Pure: a calendar is given, nothing is looked up.

A day is worked from Monday to Friday, unless it is set as a holiday, or is a weekend set as a working day. Only years
that are complete can be asked about: a year whose holidays are not known is refused by name and never guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from minsheng.kernel.errors import FieldError, Problem

Kind = Literal["holiday", "workday"]
_ONE = timedelta(days=1)


class CalendarMissing(Problem):
    """A year whose holidays nobody has entered: working days in it cannot be counted."""

    status, code, title = 422, "calendar-missing", "缺少这一年的工作日历"


def missing(year: int) -> CalendarMissing:
    """Return the problem that says which year is missing."""
    message = f"{year} 年的节假日安排还没有录入，不能推算工作日；请在“日历”中补录 {year} 年。"
    error = FieldError(pointer="/year", code="calendar-missing", message=message)
    return CalendarMissing(message, errors=[error], extra={"year": year})


@dataclass(frozen=True, slots=True)
class Special:
    """A day that departs from the week; ``unit_id`` is None where the State Council set it."""

    kind: Kind
    name: str
    source: str = ""
    unit_id: UUID | None = None
    change_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of one unit.

    Attributes:
        years: the years that are complete.
        special: the days that depart from the week, the nearest unit's word for each.
    """

    years: frozenset[int]
    special: Mapping[date, Special]

    def is_workday(self, day: date) -> bool:
        """Say whether a day is worked.

        Raises:
            CalendarMissing: its year is not known.
        """
        if day.year not in self.years:
            raise missing(day.year)
        found = self.special.get(day)
        return day.weekday() < 5 if found is None else found.kind == "workday"

    def next_workday(self, day: date) -> date:
        """Return the first working day after a day."""
        day += _ONE
        while not self.is_workday(day):
            day += _ONE
        return day

    def previous_workday(self, day: date) -> date:
        """Return the last working day before a day."""
        day -= _ONE
        while not self.is_workday(day):
            day -= _ONE
        return day

    def at_or_before(self, day: date) -> date:
        """Return a day itself if it is worked, else the last working day before it."""
        return day if self.is_workday(day) else self.previous_workday(day)

    def at_or_after(self, day: date) -> date:
        """Return a day itself if it is worked, else the first working day after it."""
        return day if self.is_workday(day) else self.next_workday(day)

    def add_workdays(self, day: date, count: int) -> date:
        """Return the ``count``-th working day after a day, or before it for a negative count; 0 is the day itself.

        The day itself is never counted, as a time limit begins on the day after the event.
        """
        step = self.next_workday if count > 0 else self.previous_workday
        for _ in range(abs(count)):
            day = step(day)
        return day

    def workdays_between(self, start: date, end: date) -> int:
        """Count the working days after ``start`` up to and with ``end``; negative when ``end`` is before ``start``.

        Between working days it is what :meth:`add_workdays` needs to lead from one to the other.
        """
        if end < start:
            return -self.workdays_between(end - _ONE, start - _ONE)
        days = (end - start).days
        return sum(self.is_workday(start + timedelta(days=ahead)) for ahead in range(1, days + 1))
