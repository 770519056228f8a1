"""Periods of collection (旬, 周, 月, 季, 半年) and when their reports are due. Pure: a calendar is given.

A cut-off is named relative to its period and then moved by the holiday policy, because places have three opposite
rules for a cut-off that is no working day: earlier, later by some working days, or not at all.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from minsheng.calendars.rules import Calendar
from minsheng.kernel import clock

Every = Literal["ten_days", "week", "month", "quarter", "half_year"]
Holiday = Literal["earlier_workday", "later_workday", "none"]

LEADING: tuple[Every, ...] = ("month", "ten_days", "week", "quarter", "half_year")
"""Which form the lights of a list follow when it has several: the month; without one the shortest."""

_ONE = timedelta(days=1)
_MONTHS: dict[Every, int] = {"month": 1, "quarter": 3, "half_year": 6}
_FORMS: tuple[tuple[Every, re.Pattern[str]], ...] = (
    ("ten_days", re.compile(r"(\d{4})-(\d\d)-([123])")),
    ("week", re.compile(r"(\d{4})-W(\d\d)")),
    ("quarter", re.compile(r"(\d{4})-Q([1-4])")),
    ("half_year", re.compile(r"(\d{4})-H([12])")),
    ("month", re.compile(r"(\d{4})-(\d\d)")),
)
_WEEKDAYS = "一二三四五六日"
_NAMES: dict[Every, str] = {"ten_days": "旬", "week": "周", "month": "月", "quarter": "季", "half_year": "半年"}


@dataclass(frozen=True, slots=True)
class Period:
    """One period of one form, with its key as it travels: 2026-11, 2026-11-1, 2026-W47, 2026-Q4, 2026-H2."""

    every: Every
    key: str
    starts_on: date
    ends_on: date


def month_end(day: date) -> date:
    """Return the last day of a day's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def period_of(every: Every, day: date) -> Period:
    """Return the period of a form that holds a day. A week belongs to the year that holds its Thursday (ISO 8601)."""
    if every == "week":
        year, week, weekday = day.isocalendar()
        start = day - timedelta(days=weekday - 1)
        return Period(every, f"{year}-W{week:02}", start, start + timedelta(days=6))
    if every == "ten_days":
        third = min((day.day - 1) // 10, 2)
        start = day.replace(day=10 * third + 1)
        end = day.replace(day=10 * third + 10) if third < 2 else month_end(day)
        return Period(every, f"{day:%Y-%m}-{third + 1}", start, end)
    span = _MONTHS[every]
    number = (day.month - 1) // span
    start = date(day.year, number * span + 1, 1)
    end = month_end(date(day.year, number * span + span, 1))
    key = {"month": f"{day:%Y-%m}", "quarter": f"{day.year}-Q{number + 1}", "half_year": f"{day.year}-H{number + 1}"}
    return Period(every, key[every], start, end)


def form(key: str) -> Every:
    """Return the form a period's key is written in.

    Raises:
        ValueError: it is none of ours.
    """
    for every, pattern in _FORMS:
        if pattern.fullmatch(key):
            return every
    raise ValueError(key)


def read(key: str) -> Period:
    """Return the period that a key names.

    Raises:
        ValueError: there is no such period, as there is no week 53 in most years.
    """
    every = form(key)
    year, rest = int(key[:4]), key[5:]
    match every:
        case "week":
            day = date.fromisocalendar(year, int(rest[1:]), 4)
        case "ten_days":
            day = date(year, int(rest[:2]), 10 * int(rest[3]) - 5)
        case "month":
            day = date(year, int(rest), 1)
        case _:
            day = date(year, int(rest[1]) * _MONTHS[every], 1)
    return period_of(every, day)


def periods(every: Every, first: date, last: date) -> list[Period]:
    """Return the periods of a form from the one that holds the first day to the one that holds the last."""
    found = []
    at = first
    while at <= last:
        found.append(period_of(every, at))
        at = found[-1].ends_on + _ONE
    return found


def in_order(keys: Iterable[str]) -> list[str]:
    """Return keys by the day their periods start, the shorter first."""
    return sorted(keys, key=lambda key: ((each := read(key)).starts_on, each.ends_on, key))


def leading(keys: Iterable[str]) -> Every | None:
    """Return the form that lights are judged and frozen by among the periods of a list."""
    found = {form(key) for key in keys}
    return next((every for every in LEADING if every in found), None)


@dataclass(frozen=True, slots=True)
class CutOff:
    """A day relative to a period.

    Of a week it is the weekday 1 to 7, ``after`` weeks later; else the day of the month ``after`` months behind the
    period's last one. A day that a month lacks is its last.
    """

    after: int
    day: int


@dataclass(frozen=True, slots=True)
class Rule:
    """When the reports of one cadence are asked for.

    Attributes:
        cut_offs: one, or three for the three 旬 of a month.
        later_by: the which working day after the holiday, for ``later_workday``.
        open_after_days: days from the period's first to the opening.
        close_after_days: days from the due day to the lock, at the end of which it closes.
    """

    every: Every
    cut_offs: Sequence[CutOff]
    hour: int = 18
    holiday: Holiday = "none"
    later_by: int = 1
    open_after_days: int = 0
    close_after_days: int = 5


@dataclass(frozen=True, slots=True)
class Dates:
    """When one period opens, falls due and closes; ``named_on`` is the cut-off before the holiday policy."""

    period: Period
    named_on: date
    due_on: date
    opens_at: datetime
    due_at: datetime
    closes_at: datetime


def name(key: str) -> str:
    """Return a period as people say it: 2026年11月, 2026年11月上旬, 2026年第47周, 2026年四季度, 2026年下半年."""
    year, rest, *third = key.split("-")
    if rest[0] == "W":
        return f"{year}年第{int(rest[1:])}周"
    if rest[0] == "Q":
        return f"{year}年{'一二三四'[int(rest[1]) - 1]}季度"
    if rest[0] == "H":
        return f"{year}年{'上下'[int(rest[1]) - 1]}半年"
    return f"{year}年{int(rest)}月" + ("上中下"[int(third[0]) - 1] + "旬" if third else "")


def named_on(rule: Rule, period: Period) -> date:
    """Return the day that the cut-off of a period names."""
    if rule.every == "week":
        (cut_off,) = rule.cut_offs
        return period.starts_on + timedelta(days=7 * cut_off.after + cut_off.day - 1)
    cut_off = rule.cut_offs[int(period.key[-1]) - 1 if rule.every == "ten_days" else 0]
    months = period.ends_on.month - 1 + cut_off.after
    first = date(period.ends_on.year + months // 12, months % 12 + 1, 1)
    return first.replace(day=min(cut_off.day, month_end(first).day))


def due_on(rule: Rule, period: Period, calendar: Calendar) -> date:
    """Return the day a period falls due, moved by the holiday policy.

    Raises:
        CalendarMissing: the policy asks about a year whose holidays are not known.
    """
    day = named_on(rule, period)
    if rule.holiday == "none" or calendar.is_workday(day):
        return day
    return (
        calendar.previous_workday(day)
        if rule.holiday == "earlier_workday"
        else calendar.add_workdays(day, rule.later_by)
    )


def dates(rule: Rule, period: Period, calendar: Calendar) -> Dates:
    """Return when a period opens, falls due and closes.

    A cut-off moved before the opening takes the opening along: what is due can be sent.

    Raises:
        CalendarMissing: the policy asks about a year whose holidays are not known.
    """
    due = due_on(rule, period, calendar)
    opens = min(period.starts_on + timedelta(days=rule.open_after_days), due)
    return Dates(
        period,
        named_on(rule, period),
        due,
        clock.at(opens, 0),
        clock.at(due, rule.hour),
        clock.at(due + timedelta(days=rule.close_after_days), 24),
    )


def words(rule: Rule) -> str:
    """Return a cadence as people say it: 每月，次月5日18时截止."""
    days = "、".join(_cut_off(rule.every, each) for each in rule.cut_offs)
    moved = {
        "none": "",
        "earlier_workday": "，遇节假日提前到前一工作日",
        "later_workday": f"，遇节假日顺延到节后第{rule.later_by}个工作日",
    }
    return f"每{_NAMES[rule.every]}，{days}{rule.hour}时截止{moved[rule.holiday]}"


def _cut_off(every: Every, cut_off: CutOff) -> str:
    after, day = cut_off.after, cut_off.day
    if every == "week":
        return f"{('本', '下')[after] if after < 2 else f'{after}周后的'}周{_WEEKDAYS[day - 1]}"
    month = ("当月" if every in {"month", "ten_days"} else "末月", "次月")[after] if after < 2 else f"{after}个月后的"
    return f"{month}{'末' if day == 31 else f'{day}日'}"
