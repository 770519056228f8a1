"""Periods and cut-offs: a whole year of each policy against expectations that are worked out naively here."""

from __future__ import annotations

import calendar as months
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.calendars import periods
from minsheng.calendars.periods import CutOff, Rule
from minsheng.calendars.rules import Calendar, CalendarMissing, Special
from minsheng.calendars.service import shipped
from minsheng.kernel import clock
from minsheng.plans.rules import StraightLine
from minsheng.plans.verdicts import Case

OURS = Calendar(
    frozenset(range(2004, 2027)),
    {day: Special(kind, name) for day, kind, name in shipped()},  # type: ignore[arg-type]
)
ONE = timedelta(days=1)
ANNOUNCED = 2026
DAYS = st.dates(date(2004, 1, 1), date(2030, 12, 31))
EVERY = st.sampled_from(periods.LEADING)
TEN_DAYS = (CutOff(0, 9), CutOff(0, 19), CutOff(0, 28))


def worked(day: date) -> bool:
    """Another library's word for a working day."""
    return bool(chinese_calendar.is_workday(day))


def naive_due(day: date, policy: str, later_by: int) -> date | None:
    """Walk day by day; of a year whose holidays nobody has announced only what asks for none can be said."""
    if policy != "none" and day.year > ANNOUNCED:
        return None
    if policy == "none" or worked(day):
        return day
    if policy == "earlier_workday":
        while not worked(day):
            day -= ONE
        return day
    left = later_by
    while left:
        day += ONE
        left -= worked(day)
    return day


def year_of(rule: Rule, year: int) -> dict[str, date | None]:
    found: dict[str, date | None] = {}
    for each in periods.periods(rule.every, date(year, 1, 1), date(year, 12, 31)):
        try:
            found[each.key] = periods.due_on(rule, each, OURS)
        except CalendarMissing:
            found[each.key] = None
    return found


@pytest.mark.parametrize("year", [2020, 2025, 2026])
@pytest.mark.parametrize("policy", ["earlier_workday", "later_workday", "none"])
@pytest.mark.parametrize("later_by", [1, 2, 3])
def test_a_whole_year_of_cut_offs(year: int, policy: str, later_by: int) -> None:
    shared = {"holiday": policy, "later_by": later_by}
    ten = {
        f"{year}-{month:02}-{third}": naive_due(date(year, month, day), policy, later_by)
        for month in range(1, 13)
        for third, day in ((1, 9), (2, 19), (3, 28))
    }
    assert year_of(Rule("ten_days", TEN_DAYS, **shared), year) == ten  # type: ignore[arg-type]
    own = {f"{year}-{month:02}": naive_due(date(year, month, 25), policy, later_by) for month in range(1, 13)}
    assert year_of(Rule("month", (CutOff(0, 25),), **shared), year) == own  # type: ignore[arg-type]
    following = {
        f"{year}-{month:02}": naive_due(date(year + month // 12, month % 12 + 1, 5), policy, later_by)
        for month in range(1, 13)
    }
    assert year_of(Rule("month", (CutOff(1, 5),), **shared), year) == following  # type: ignore[arg-type]
    quarters = {
        f"{year}-Q{n}": naive_due(date(year + n // 4, n % 4 * 3 + 1, 10), policy, later_by) for n in range(1, 5)
    }
    assert year_of(Rule("quarter", (CutOff(1, 10),), **shared), year) == quarters  # type: ignore[arg-type]
    halves = {
        f"{year}-H1": naive_due(date(year, 6, 30), policy, later_by),
        f"{year}-H2": naive_due(date(year, 12, 31), policy, later_by),
    }
    assert year_of(Rule("half_year", (CutOff(0, 31),), **shared), year) == halves  # type: ignore[arg-type]
    weeks = {}
    tuesday = date(year, 1, 1)
    while tuesday.weekday() != 1:
        tuesday += ONE
    while tuesday.year == year:
        # A week is due on its own Tuesday; its year is that of its Thursday.
        thursday = tuesday + 2 * ONE
        number = (thursday - date(thursday.year, 1, 1)).days // 7 + 1
        weeks[f"{thursday.year}-W{number:02}"] = naive_due(tuesday, policy, later_by)
        tuesday += 7 * ONE
    found = year_of(Rule("week", (CutOff(0, 2),), **shared), year)  # type: ignore[arg-type]
    assert {key: found[key] for key in weeks if key in found} == {key: weeks[key] for key in weeks if key in found}
    assert len(weeks.keys() & found.keys()) >= 51


def test_the_documents_of_the_places() -> None:
    # 山东 2009: 9th, 19th, 28th, earlier: 9 October 2026 is worked, 19 September is a Saturday, 28 February too.
    early = year_of(Rule("ten_days", TEN_DAYS, holiday="earlier_workday"), 2026)
    assert early["2026-10-1"] == date(2026, 10, 9)
    assert early["2026-09-2"] == date(2026, 9, 18)
    # 管廊 2016: Tuesday noon; in the week of National Day the second working day after it.
    week = Rule("week", (CutOff(0, 2),), hour=12, holiday="later_workday", later_by=2)
    found = periods.dates(week, periods.read("2026-W41"), OURS)
    assert (found.named_on, found.due_on) == (date(2026, 10, 6), date(2026, 10, 9))
    assert found.due_at == clock.at(date(2026, 10, 9), 12)
    assert periods.words(week) == "每周，本周二12时截止，遇节假日顺延到节后第2个工作日"
    usual = Rule("month", (CutOff(1, 5),))
    assert periods.words(usual) == "每月，次月5日18时截止"
    found = periods.dates(usual, periods.read("2026-11"), OURS)
    assert (found.opens_at, found.due_at, found.closes_at) == (
        clock.at(date(2026, 11, 1), 0),
        clock.at(date(2026, 12, 5), 18),
        clock.at(date(2026, 12, 11), 0),
    )


def test_a_missing_year_is_an_error_that_says_so_and_only_where_it_is_asked() -> None:
    moved = Rule("month", (CutOff(1, 5),), holiday="earlier_workday")
    with pytest.raises(CalendarMissing, match="2027 年"):
        periods.due_on(moved, periods.read("2026-12"), OURS)
    assert periods.due_on(Rule("month", (CutOff(1, 5),)), periods.read("2026-12"), OURS) == date(2027, 1, 5)


def test_a_cut_off_moved_before_its_period_takes_the_opening_along() -> None:
    rule = Rule("ten_days", (CutOff(0, 5), CutOff(0, 19), CutOff(0, 28)), holiday="earlier_workday")
    found = periods.dates(rule, periods.read("2026-10-1"), OURS)
    assert found.due_on == date(2026, 9, 30)
    assert found.opens_at == clock.at(date(2026, 9, 30), 0) < found.due_at <= found.closes_at


@given(EVERY, DAYS)
def test_periods_tile_the_days_and_keys_are_read_back(every: periods.Every, day: date) -> None:
    each = periods.period_of(every, day)
    assert each.starts_on <= day <= each.ends_on
    assert periods.read(each.key) == each
    assert periods.form(each.key) == every
    assert periods.period_of(every, each.starts_on) == periods.period_of(every, each.ends_on) == each
    following = periods.period_of(every, each.ends_on + ONE)
    assert following.starts_on == each.ends_on + ONE
    assert periods.in_order([following.key, each.key]) == [each.key, following.key]


@given(EVERY, DAYS, st.integers(0, 2), st.integers(1, 31))
def test_the_named_day_against_a_naive_one(every: periods.Every, day: date, after: int, on: int) -> None:
    each = periods.period_of(every, day)
    if every == "week":
        rule = Rule(every, (CutOff(after, on % 7 + 1),))
        assert periods.named_on(rule, each).isoweekday() == on % 7 + 1
        assert 0 <= (periods.named_on(rule, each) - each.starts_on).days - 7 * after < 7
        return
    year, month = each.ends_on.year, each.ends_on.month + after
    while month > 12:
        year, month = year + 1, month - 12
    expected = date(year, month, min(on, months.monthrange(year, month)[1]))
    assert periods.named_on(Rule(every, (CutOff(after, on),) * 3), each) == expected


def test_a_day_is_judged_by_the_figures_of_its_period_or_of_its_month() -> None:
    day = date(2026, 12, 31)
    case = Case("ge", "cumulative", Decimal(10), StraightLine(date(2026, 1, 1), day), StraightLine(day, day), day)
    figures = tuple((date(2026, 11, on), Decimal(on)) for on in (10, 20, 30))
    plain = replace(case, figures=figures)
    by_month = replace(case, figures=figures, bounds=(date(2026, 10, 31), date(2026, 11, 30)))
    by_ten_days = replace(case, figures=figures, bounds=tuple(on for on, _ in figures))
    by_quarter = replace(case, figures=figures, bounds=(date(2026, 12, 31),))
    for on, month, ten_days in ((5, 30, 10), (10, 30, 10), (11, 30, 20), (30, 30, 30)):
        asked = date(2026, 11, on)
        assert [each.figure(asked) for each in (plain, by_month, by_quarter)] == [Decimal(month)] * 3
        assert by_ten_days.figure(asked) == Decimal(ten_days)


@pytest.mark.parametrize(
    ("keys", "every"),
    [
        (["2026-11-1", "2026-11", "2026-Q4"], "month"),
        (["2026-Q4", "2026-W47", "2026-11-2"], "ten_days"),
        (["2026-H2"], "half_year"),
        ([], None),
    ],
)
def test_lights_follow_the_month_or_else_the_shortest(keys: list[str], every: str | None) -> None:
    assert periods.leading(keys) == every
    for wrong in ("2026", "2026-13", "2026-W54", "2026-11-4", "2026-Q5"):
        with pytest.raises(ValueError, match=r"."):
            periods.read(wrong)


def test_every_form_has_its_name() -> None:
    keys = ("2026-11", "2026-01-1", "2026-11-3", "2026-W07", "2026-Q4", "2026-H1")
    assert [periods.name(key) for key in keys] == [
        "2026年11月",
        "2026年1月上旬",
        "2026年11月下旬",
        "2026年第7周",
        "2026年四季度",
        "2026年上半年",
    ]
