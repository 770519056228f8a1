"""Working days: every day against calendars that others keep, and counting against a naive second way."""

from __future__ import annotations

import warnings
from datetime import date, timedelta
from typing import TYPE_CHECKING

import chinese_calendar
import holidays
import pytest
from holidays.calendars.chinese import _ChineseLunisolar
from hypothesis import given, settings
from hypothesis import strategies as st
from lunardate import LunarDate
from workalendar.asia import China

from minsheng.calendars.named import NAMES, Anchor, anchored, festivals, named_day, text
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


WORKED = [day for day in days(date(2004, 6, 1)) if chinese_calendar.is_workday(day)]


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


# Named days

MOON = {"spring_festival": (1, 1), "lantern": (1, 15), "dragon_boat": (5, 5), "mid_autumn": (8, 15)}
SUN = {"new_year": (1, 1), "labour_day": (5, 1), "national_day": (10, 1)}


def festival(name: str, year: int) -> date:
    """Return a named day as other libraries compute it."""
    if name in MOON:
        found: date = LunarDate(year, *MOON[name]).to_solar_date()
        return found
    return date(year, *SUN[name]) if name in SUN else _ChineseLunisolar().qingming_date(year)[0]


def test_the_named_days_are_what_others_compute() -> None:
    theirs = _ChineseLunisolar()
    assert list(festivals()) == list(range(2004, 2051))
    for year in festivals():
        assert {name: named_day(Anchor(name, "before"), year) for name in NAMES} == {  # type: ignore[arg-type]
            name: festival(name, year) for name in NAMES
        }
        assert festival("spring_festival", year) == theirs.lunar_new_year_date(year)[0]
        assert festival("dragon_boat", year) == theirs.dragon_boat_date(year)[0]
        assert festival("mid_autumn", year) == theirs.mid_autumn_date(year)[0]


@pytest.mark.parametrize(
    "anchor, day, words",
    [
        (Anchor("spring_festival", "before"), date(2026, 2, 14), "春节前"),
        (Anchor("spring_festival", "after"), date(2026, 2, 24), "春节后第1个工作日"),
        (Anchor("national_day", "before"), date(2026, 9, 30), "国庆前"),
        (Anchor("national_day", "after", 5), date(2026, 10, 13), "国庆后第5个工作日"),
        (Anchor("new_year", "before"), date(2026, 12, 31), "元旦前"),
        (Anchor("lantern", "before", 2), date(2026, 2, 28), "元宵前第2个工作日"),
        (Anchor("date", "before", 1, "04-15", "汛期"), date(2026, 4, 14), "汛期前"),
    ],
)
def test_a_named_day_of_2026(anchor: Anchor, day: date, words: str) -> None:
    assert anchored(anchor, date(2026, 1, 1), LAST, OURS) == day
    assert text(anchor) == words


def test_a_named_day_needs_the_calendar_of_its_year() -> None:
    with pytest.raises(CalendarMissing, match="2027"):
        anchored(Anchor("spring_festival", "before"), date(2026, 1, 1), date(2027, 3, 1), OURS)
    with pytest.raises(CalendarMissing, match="2051"):
        named_day(Anchor("qingming", "after"), 2051)


@settings(deadline=None, max_examples=60)
@given(
    SPAN, st.integers(0, 700), st.sampled_from(sorted(NAMES)), st.sampled_from(["before", "after"]), st.integers(1, 40)
)
def test_a_named_day_leads_to_the_last_day_in_the_span(
    day: date, length: int, name: str, side: str, count: int
) -> None:
    last = min(day + timedelta(days=length), date(2024, 12, 31))
    reached = []
    for year in range(2005, 2026):
        start = festival(name, year)
        behind = [each for each in WORKED if each > start]
        before = [each for each in WORKED if each < start]
        reached.append(behind[count - 1] if side == "after" else before[-count])
    within = [each for each in reached if day <= each <= last]
    found = anchored(Anchor(name, side, count), day, last, OURS)  # type: ignore[arg-type]
    assert found == (max(within) if within else None)
