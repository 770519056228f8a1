"""Named days: 春节, 国庆 or a place's own yearly day, and working days before and after them (R132).

The named day itself is never counted, nor are the holidays round it: the first working day before 春节 is the last one
before the whole holiday, and the fifth after 国庆 is counted from the end of the holiday.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Literal

from minsheng.calendars.rules import Calendar, missing

NamedDay = Literal[
    "new_year",
    "spring_festival",
    "lantern",
    "qingming",
    "labour_day",
    "dragon_boat",
    "mid_autumn",
    "national_day",
    "date",
]
Side = Literal["before", "after"]

NAMES: Mapping[str, str] = {
    "new_year": "元旦",
    "spring_festival": "春节",
    "lantern": "元宵",
    "qingming": "清明",
    "labour_day": "劳动节",
    "dragon_boat": "端午",
    "mid_autumn": "中秋",
    "national_day": "国庆",
}
_FIXED = {"new_year": "01-01", "labour_day": "05-01", "national_day": "10-01"}


@dataclass(frozen=True, slots=True)
class Anchor:
    """So many working days before or after a named day; ``date`` is a place's own ``month_day``, such as 汛期."""

    day: NamedDay
    side: Side
    work_days: int = 1
    month_day: str | None = None
    name: str | None = None


@cache
def festivals() -> Mapping[int, Mapping[str, str]]:
    """Return month and day of the festivals that move, by year."""
    text = resources.files("minsheng.calendars").joinpath("data/festivals.csv").read_text(encoding="utf-8")
    return {int(row.pop("year")): row for row in csv.DictReader(text.splitlines())}


def named_day(anchor: Anchor, year: int) -> date:
    """Return the named day in a year.

    Raises:
        CalendarMissing: the festivals of the year are not known.
    """
    month_day = anchor.month_day if anchor.day == "date" else _FIXED.get(anchor.day)
    if month_day is None:
        if year not in festivals():
            raise missing(year)
        month_day = festivals()[year][anchor.day]
    return date.fromisoformat(f"{year}-{month_day}")


def anchored(anchor: Anchor, first: date, last: date, calendar: Calendar) -> date | None:
    """Return the last day within a span that an anchor leads to; None when none of its years does.

    Raises:
        CalendarMissing: a year that must be counted through is not known.
    """
    count = anchor.work_days if anchor.side == "after" else -anchor.work_days
    # What lies before New Year's Day is dated by the year that follows.
    for year in range(last.year + 1, first.year - 1, -1):
        start = named_day(anchor, year)
        # No holiday is longer than ten days: what cannot reach back into the span need not be counted.
        earliest = start if count > 0 else start - timedelta(days=2 * anchor.work_days + 15)
        if earliest > last:
            continue
        found = calendar.add_workdays(start, count)
        if found <= last:
            return found if found >= first else None
    return None


def text(anchor: Anchor) -> str:
    """Write an anchor as offices say it: 春节前, 国庆后第5个工作日."""
    name = (anchor.name or f"每年{anchor.month_day}") if anchor.day == "date" else NAMES[anchor.day]
    side = "前" if anchor.side == "before" else "后"
    return f"{name}{side}" if anchor.work_days == 1 and side == "前" else f"{name}{side}第{anchor.work_days}个工作日"
