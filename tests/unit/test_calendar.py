"""Working days: every day against calendars that others keep, and counting against a naive second way."""

from __future__ import annotations

import warnings
from datetime import date, timedelta
from typing import TYPE_CHECKING

import chinese_calendar
import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workalendar.asia import China

from minsheng.calendars.rules import Calendar, CalendarMissing, Special
from minsheng.calendars.service import shipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)
OURS = Calendar(
    frozenset(range(2004, 2027)),
    {day: Special(kind, name) for day, kind, name in shipped()},  # type: ignore[arg-type]
)

MAKE_UP_2005 = date(2005, 12, 31)
"""A Saturday worked for 3 January 2006 by the notice for 2006: chinesecalendar files that notice under 2006."""
PROLONGED_2020 = {date(2020, 1, 31), date(2020, 2, 1)}
"""The Spring Festival prolonged to 2 February in the epidemic: workalendar has the first notice, without it."""


def days(first: date = FIRST, last: date = LAST) -> Iterator[date]:
    """Return every day of a span."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def differences(other: Callable[[date], bool], first: date = FIRST, last: date = LAST) -> set[date]:
    """Return the days about which another calendar says something else."""
    return {day for day in days(first, last) if OURS.is_workday(day) != other(day)}


def test_every_day_is_what_chinesecalendar_says() -> None:
    assert differences(chinese_calendar.is_workday) == {MAKE_UP_2005}


def test_every_day_is_what_python_holidays_says() -> None:
    theirs = holidays.country_holidays("CN", years=range(2003, 2028))
    assert differences(theirs.is_working_day) == set()
    assert OURS.is_workday(MAKE_UP_2005)


def test_every_day_is_what_workalendar_says_where_it_has_the_notices() -> None:
    theirs = China()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert differences(theirs.is_working_day, date(2018, 1, 1), date(2023, 12, 31)) == PROLONGED_2020


def test_the_file_holds_each_day_once_and_no_day_that_the_week_says_anyway() -> None:
    listed = [day for day, _, _ in shipped()]
    assert listed == sorted(set(listed))
    assert {day.year for day in listed} == OURS.years
    assert {kind for _, kind, _ in shipped()} == {"holiday", "workday"}
    assert [day for day, kind, _ in shipped() if kind == "workday" and day.weekday() < 5] == []


@pytest.mark.parametrize("day", [date(2003, 12, 31), date(2027, 1, 1)])
def test_a_year_that_is_not_known_is_refused_by_name(day: date) -> None:
    for ask in (OURS.is_workday, OURS.at_or_after, OURS.at_or_before):
        with pytest.raises(CalendarMissing, match=str(day.year)) as caught:
            ask(day)
        assert caught.value.extra == {"year": day.year}


def test_counting_that_leaves_the_known_years_is_refused_by_name() -> None:
    assert OURS.add_workdays(date(2026, 12, 30), 1) == LAST
    with pytest.raises(CalendarMissing, match="2027"):
        OURS.add_workdays(date(2026, 12, 30), 2)
    with pytest.raises(CalendarMissing, match="2003"):
        OURS.previous_workday(date(2004, 1, 2))


def test_counting_over_the_spring_festival() -> None:
    """2026: holiday from 15 to 23 February, 14 and 28 February worked."""
    assert OURS.add_workdays(date(2026, 2, 14), 1) == date(2026, 2, 24)
    assert OURS.add_workdays(date(2026, 2, 13), 1) == date(2026, 2, 14)
    assert OURS.add_workdays(date(2026, 2, 20), -1) == date(2026, 2, 14)
    assert OURS.workdays_between(date(2026, 2, 13), date(2026, 2, 28)) == 6
    assert OURS.at_or_before(date(2026, 2, 20)) == date(2026, 2, 14)
    assert OURS.at_or_after(date(2026, 2, 20)) == date(2026, 2, 24)


SPAN = st.dates(date(2006, 1, 1), date(2024, 12, 31))


@settings(deadline=None)
@given(SPAN, st.integers(-300, 300))
def test_adding_and_taking_away_are_inverse(day: date, count: int) -> None:
    start = OURS.at_or_after(day)
    reached = OURS.add_workdays(start, count)
    assert OURS.is_workday(reached)
    assert OURS.add_workdays(reached, -count) == start
    assert OURS.workdays_between(start, reached) == count


@settings(deadline=None)
@given(SPAN, SPAN)
def test_counting_agrees_with_a_naive_loop(one: date, other: date) -> None:
    start, end = min(one, other), min(max(one, other), min(one, other) + timedelta(days=400))
    listed = [day for day in days(start, end) if day != start and chinese_calendar.is_workday(day)]
    assert OURS.workdays_between(start, end) == len(listed)
    backwards = [day for day in days(start, end) if day != end and chinese_calendar.is_workday(day)]
    assert OURS.workdays_between(end, start) == -len(backwards)
    for count, day in enumerate(listed[:30], start=1):
        assert OURS.add_workdays(start, count) == day


@given(
    st.sets(st.dates(date(2025, 1, 1), date(2025, 12, 31)), max_size=40), st.dates(date(2025, 2, 1), date(2025, 9, 1))
)
def test_any_set_of_holidays_keeps_the_rules(closed: set[date], day: date) -> None:
    own = Calendar(frozenset({2025}), {each: Special("holiday", "停工") for each in closed})
    after = own.next_workday(day)
    assert own.previous_workday(after) <= day < after
    assert not any(own.is_workday(each) for each in days(day + timedelta(days=1), after - timedelta(days=1)))
