"""Back-scheduling, dates with a precision, and what milestones expect by a day, each against a second way."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minsheng.calendars.rules import Calendar, CalendarMissing, Special
from minsheng.calendars.service import shipped
from minsheng.milestones import dates
from minsheng.milestones.schedule import Slot, Step, backward, faults, forward, order, span
from minsheng.milestones.schemas import TemplateStep
from minsheng.milestones.templates import length, pure
from minsheng.milestones.templates import shipped as templates
from minsheng.plans.rules import DatedWeight, expected_share, milestone_steps, ten_day_end

CALENDAR = Calendar(
    frozenset(range(2004, 2027)),
    {day: Special(kind, name) for day, kind, name in shipped()},  # type: ignore[arg-type]
)
ONE = timedelta(days=1)
DEADLINES = st.dates(date(2018, 1, 1), date(2026, 12, 31))


@st.composite
def plans(draw: st.DrawFn) -> list[Step]:
    """Return steps that wait for earlier ones, in a shuffled order."""
    made = []
    for number in range(draw(st.integers(1, 8))):
        behind = draw(st.sets(st.integers(0, number - 1), max_size=3)) if number else set()
        made.append(Step(f"s{number}", draw(st.integers(1, 20)), tuple(f"s{each}" for each in sorted(behind))))
    return draw(st.permutations(made))


def worked(first: date, last: date) -> list[date]:
    """Return the working days of a span by another library, one by one."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if chinese_calendar.is_workday(day)]


@settings(deadline=None)
@given(plans(), DEADLINES)
def test_backwards_every_step_is_whole_and_as_late_as_it_can_be(steps: list[Step], deadline: date) -> None:
    slots = backward(steps, deadline, CALENDAR)
    last = worked(deadline - timedelta(days=20), deadline)[-1]
    assert span(slots).finish == last
    for step in steps:
        slot = slots[step.key]
        assert len(worked(slot.start, slot.finish)) == step.work_days
        followers = [slots[each.key].start for each in steps if step.key in each.after]
        # The next working day after it is the first of a follower, or lies behind the deadline.
        limit = min(followers) if followers else deadline + ONE
        assert slot.finish < limit
        assert worked(slot.finish + ONE, limit - ONE) == []


@settings(deadline=None)
@given(plans(), DEADLINES)
def test_backwards_and_forwards_are_inverse(steps: list[Step], deadline: date) -> None:
    late = backward(steps, deadline, CALENDAR)
    begin = span(late).start
    early = forward(steps, begin, CALENDAR)
    # Begun on the latest day, the whole ends on the last working day of the deadline, and no step may begin later.
    assert span(early) == span(late)
    assert all(early[key].start <= late[key].start for key in late)
    again = backward(steps, span(early).finish, CALENDAR)
    assert again == late


@settings(deadline=None)
@given(st.lists(st.integers(1, 25), min_size=1, max_size=6), DEADLINES)
def test_a_chain_there_and_back_is_the_same(lengths: list[int], deadline: date) -> None:
    steps = [Step(f"s{n}", days, (f"s{n - 1}",) if n else ()) for n, days in enumerate(lengths)]
    late = backward(steps, deadline, CALENDAR)
    assert forward(steps, late["s0"].start, CALENDAR) == late
    days = worked(late["s0"].start, deadline)
    assert len(days) == sum(lengths)
    # A naive second way: deal the working days out from the end.
    for number in range(len(lengths) - 1, -1, -1):
        taken = [days.pop() for _ in range(lengths[number])]
        assert late[f"s{number}"] == Slot(taken[-1], taken[0])


def test_over_the_spring_festival_by_hand() -> None:
    steps = [Step("tender", 3), Step("works", 5, ("tender",))]
    late = backward(steps, date(2026, 2, 27), CALENDAR)
    # 24, 25, 26, 27 February and the worked Saturday before the holiday; then 11 to 13 February.
    assert late == {
        "tender": Slot(date(2026, 2, 11), date(2026, 2, 13)),
        "works": Slot(date(2026, 2, 14), date(2026, 2, 27)),
    }


def test_a_year_that_is_missing_stops_the_schedule() -> None:
    with pytest.raises(CalendarMissing, match="2003"):
        backward([Step("a", 10)], date(2004, 1, 5), CALENDAR)
    with pytest.raises(CalendarMissing, match="2027"):
        forward([Step("a", 10)], date(2026, 12, 25), CALENDAR)


@pytest.mark.parametrize(
    "steps, found",
    [
        ([Step("a", 1), Step("a", 1)], [("duplicate", 1)]),
        ([Step("a", 0)], [("too-short", 0)]),
        ([Step("a", 1, ("b",))], [("unknown-step", 0)]),
        ([Step("a", 1, ("a",))], [("cycle", 0)]),
        ([Step("a", 1, ("c",)), Step("b", 1), Step("c", 1, ("a",))], [("cycle", 0), ("cycle", 2)]),
        ([Step("b", 1, ("a",)), Step("a", 1)], []),
    ],
)
def test_wrong_steps_are_named(steps: list[Step], found: list[tuple[str, int]]) -> None:
    assert [(each.code, each.index) for each in faults(steps)] == found


@given(plans())
def test_the_order_puts_nothing_before_what_it_waits_for(steps: list[Step]) -> None:
    placed = [step.key for step in order(steps)]
    assert sorted(placed) == sorted(step.key for step in steps)
    assert all(placed.index(each) < placed.index(step.key) for step in steps for each in step.after)


@settings(deadline=None)
@given(plans(), DEADLINES, st.data())
def test_a_last_day_of_its_own_holds_a_step_and_what_lies_before_it(
    steps: list[Step], deadline: date, data: st.DataObject
) -> None:
    days = st.none() | st.integers(0, 300).map(lambda back: deadline - timedelta(days=back))
    due = [Step(each.key, each.work_days, each.after, data.draw(days)) for each in steps]
    slots = backward(due, deadline, CALENDAR)
    for step in due:
        followers = [slots[each.key].start - ONE for each in due if step.key in each.after]
        limit = min([*followers, deadline, *([step.due] if step.due else [])])
        assert slots[step.key].finish == worked(limit - timedelta(days=20), limit)[-1]
        assert len(worked(slots[step.key].start, slots[step.key].finish)) == step.work_days


def test_the_templates_are_whole() -> None:
    assert list(templates()) == ["works", "subsidy", "insurance", "training", "service", "policy", "ongoing"]
    # Every kind has steps, and phases that each stand in one piece.
    for code, template in templates().items():
        steps = [TemplateStep(**step) for step in template["steps"]]
        assert sum(step.weight for step in steps) == 100, code
        assert faults(pure(steps)) == []
        names = [step.phase for step in steps]
        assert None not in names
        assert [name for name, _ in groupby(names)] == list(dict.fromkeys(names)), code
        assert len(set(names)) >= 3, code
        whole = span(backward(pure(steps), date(2026, 12, 31), CALENDAR))
        assert len(worked(whole.start, whole.finish)) == length(steps)
        assert whole.start >= date(2026, 1, 1), code


# Dates


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_the_latest_day_of_a_period(day: date) -> None:
    end = monthrange(day.year, day.month)[1]
    found = {each: dates.latest(day, each) for each in ("day", "ten_days", "month", "quarter")}
    assert found["day"] == day
    assert found["month"] == day.replace(day=end)
    assert all(day <= each for each in found.values())
    for precision, last in found.items():
        # The period ends there: the next day is written otherwise, and every day between is written the same.
        assert dates.latest(last, precision) == last
        assert dates.text(last, precision) == dates.text(day, precision)
        assert dates.text(last + ONE, precision) != dates.text(day, precision)
    assert ten_day_end(found["ten_days"])
    assert ten_day_end(day) == (dates.latest(day, "ten_days") == day)


def test_dates_are_written_as_they_were_given() -> None:
    day = date(2026, 11, 15)
    written = [dates.text(day, each) for each in ("day", "ten_days", "month", "quarter")]
    assert written == ["2026年11月15日", "2026年11月中旬", "2026年11月", "2026年第四季度"]
    assert dates.latest(date(2026, 2, 21), "ten_days") == date(2026, 2, 28)


# What milestones expect

DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@st.composite
def dated(draw: st.DrawFn) -> DatedWeight:
    """Return a milestone with some moves of its date, in the order of their approval."""
    moves = draw(st.lists(st.tuples(DAYS, DAYS), max_size=3))
    since = sorted(day for day, _ in moves)
    pairs = ((date.min, draw(DAYS)), *zip(since, (to for _, to in moves), strict=True))
    return DatedWeight(draw(st.integers(0, 50)), pairs)


@given(st.lists(dated(), min_size=1, max_size=6), DAYS)
def test_the_expected_share_agrees_with_asking_each_milestone(milestones: list[DatedWeight], on: date) -> None:
    total = sum(each.weight for each in milestones)
    if not total:
        with pytest.raises(ValueError, match="no weights"):
            milestone_steps(milestones)
        return
    due = 0
    for each in milestones:
        in_force = date.max
        for since, planned in each.planned:
            if since <= on:
                in_force = planned
        due += each.weight if in_force <= on else 0
    plan = milestone_steps(milestones)
    assert expected_share(plan, Fraction(7), on) == Fraction(due, total)  # type: ignore[arg-type]
    assert expected_share(plan, Fraction(7), date(2027, 1, 1)) <= 1  # type: ignore[arg-type]


def test_a_move_does_not_rewrite_the_days_before_it() -> None:
    """Due on 30 June, moved on 10 July to 30 September: behind from July to the move, not after it."""
    moved = DatedWeight(30, ((date.min, date(2026, 6, 30)), (date(2026, 7, 10), date(2026, 9, 30))))
    plan = milestone_steps([moved, DatedWeight(70, ((date.min, date(2026, 12, 31)),))])
    assert plan.points == (
        (date(2026, 6, 30), Fraction(3, 10)),
        (date(2026, 7, 10), Fraction(0)),
        (date(2026, 9, 30), Fraction(3, 10)),
        (date(2026, 12, 31), Fraction(1)),
    )
