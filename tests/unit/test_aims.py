"""Aims beyond a plain floor, and sums up a tree, against naive second implementations."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.boards import service, terms
from minsheng.boards.gathering import Entry, Gathered
from minsheng.boards.service import Line
from minsheng.plans import aims, rules
from minsheng.plans.aimed import InForce, judge_in_force
from minsheng.plans.aims import Aim
from minsheng.plans.rules import MonthlyVector, StraightLine, planned_value
from minsheng.plans.terms import Terms
from minsheng.programmes.models import Programme
from minsheng.rule_sets.service import preset
from minsheng.targets.adjusted import in_force
from minsheng.targets.states import Standing

POINTS_10_30 = preset("points-10-30")

YEAR = StraightLine(date(2026, 1, 1), date(2026, 12, 31))
END = date(2026, 12, 31)
FIGURES = st.decimals(min_value=0, max_value=10**6, places=3)
D = Decimal

# --- a random tree: Σ at every tier is the sum over its leaves ----------------------------------------------


@dataclass
class Node:
    """A unit with what it reported, if it is a leaf and reported at all."""

    value: Decimal | None
    pair: tuple[Decimal, Decimal] | None
    children: list[Node] = field(default_factory=list)


def _leaf() -> st.SearchStrategy[Node]:
    pair = st.none() | st.tuples(FIGURES, st.decimals(min_value=D("0.001"), max_value=10**6, places=3))
    return st.builds(Node, st.none() | FIGURES, pair)


TREES = st.recursive(
    _leaf(), lambda below: st.builds(Node, st.none() | FIGURES, st.none(), st.lists(below, min_size=1, max_size=5))
)


def _grow(node: Node, accumulation: str, aggregation: str, entries: list[Entry], parent: UUID | None = None) -> Entry:
    entry = Entry(
        target_id=uuid4(),
        task_id=uuid4(),
        parent_id=parent,
        unit_id=uuid4(),
        item_id=uuid4(),
        indicator_id=UUID(int=1),
        operator="ge",
        value=D(1),
        accumulation=accumulation,
        aggregation=aggregation,
        deadline=END,
        plan=YEAR,
        issued_on=YEAR.start,
        reported=[] if node.value is None else [(END, node.value)],
    )
    if aggregation == "ratio":
        entry.terms = Terms(Aim(kind="ratio", accumulation="snapshot"))
        entry.reported = []
        if node.pair:
            entry.rated = [(END, *node.pair)]
            entry.reported = [(END, aims.rate(*node.pair, 100))]
    entries.append(entry)
    for child in node.children:
        entry.children.append(_grow(child, accumulation, aggregation, entries, entry.task_id))
    return entry


def _lines(entries: list[Entry]) -> list[Line]:
    """Return what a board makes of entries at the end of the year."""
    programme = Programme(
        unit_id=uuid4(), year=2026, name="计划", starts_on=YEAR.start, ends_on=END, issued_on=YEAR.start
    )
    return service.lit(Gathered(programme, [], entries), POINTS_10_30, END).lines


def _naive_leaves(entry: Entry) -> list[Entry]:
    return [entry] if not entry.children else [leaf for child in entry.children for leaf in _naive_leaves(child)]


@given(TREES, st.sampled_from(["cumulative", "snapshot"]))
def test_every_tier_is_the_sum_of_its_leaves(tree: Node, accumulation: str) -> None:
    """Also with children that never reported, and whatever a split unit itself reported before."""
    entries: list[Entry] = []
    _grow(tree, accumulation, "sum", entries)
    wanted = []
    for entry in entries:
        figures = [leaf.reported for leaf in _naive_leaves(entry)]
        known = [Fraction(each[0][1]) for each in figures if each]
        wanted.append((sum(known) if known else None, figures.count([])))
    found = [(line.actual if line.actual is None else Fraction(line.actual), line.missing) for line in _lines(entries)]
    assert found == wanted


@given(TREES)
def test_a_rate_at_every_tier_is_sum_over_sum(tree: Node) -> None:
    entries: list[Entry] = []
    _grow(tree, "snapshot", "ratio", entries)
    wanted: list[Fraction | None] = []
    for entry in entries:
        pairs = [leaf.rated[0][1:] for leaf in _naive_leaves(entry) if leaf.rated]
        under = sum((Fraction(below) for _, below in pairs), Fraction(0))
        wanted.append(sum((Fraction(over) for over, _ in pairs), Fraction(0)) * 100 / under if pairs else None)
    for line, exact in zip(_lines(entries), wanted, strict=True):
        if exact is None:
            assert line.actual is None
        else:
            assert line.actual is not None
            assert 0 <= exact - Fraction(line.actual) < Fraction(1, 10**6)


@given(FIGURES, st.decimals(min_value=D("0.001"), max_value=10**6, places=3), st.decimals(0, 1000, places=6))
def test_a_cut_rate_meets_exactly_when_the_true_one_does(over: Decimal, under: Decimal, target: Decimal) -> None:
    exact = Fraction(over) * 100 / Fraction(under)
    assert (aims.rate(over, under, 100) >= target) == (exact >= target)
    assert (aims.rate(over, under, 100, "le") <= target) == (exact <= target)


# --- what is in force ----------------------------------------------------------------------------------------


@given(
    FIGURES, st.lists(st.tuples(st.dates(date(2026, 1, 1), END), FIGURES), max_size=5), st.dates(date(2026, 1, 1), END)
)
def test_the_value_in_force_is_the_last_one_begun(
    first: Decimal, changes: list[tuple[date, Decimal]], on: date
) -> None:
    changes.sort(key=lambda change: change[0])
    steps, value = [], first
    for day, new in changes:
        steps.append((day, (value, None)))
        value = new
    expected = first
    for day, new in changes:
        if day <= on:
            expected = new
    assert in_force((value, None), steps, on)[0] == expected


@given(
    st.lists(st.tuples(st.integers(1, 300), FIGURES), min_size=1, max_size=8, unique_by=lambda each: each[0]),
    st.integers(0, 300),
    st.integers(0, 300),
    st.integers(-60, 400),
)
def test_a_moved_deadline_spreads_only_what_lies_ahead(
    points: list[tuple[int, Decimal]], since: int, left: int, on: int
) -> None:
    """Day for day against counting: before the change the plan is the old one, at the new deadline all of it is due."""
    first = date(2026, 1, 1)
    vector = MonthlyVector(tuple((first + timedelta(day), value) for day, value in sorted(points)))
    old = max(*(day for day, _ in points), since)
    new = since + left
    change, day = first + timedelta(since), first + timedelta(on)
    found = aims.stretched(vector, change, first + timedelta(old), first + timedelta(new))

    def reached(at: int) -> int:
        """The old day whose plan is asked for on a new one: the latest that is moved to it or before."""
        if at < since:
            return at
        moved = [
            d for d, _ in points if d >= since and (d - since) * (new - since) // max(old - since, 1) <= at - since
        ]
        if old == since:
            moved = [d for d, _ in points if d >= since] if at >= new else []
        return max(moved, default=since - 1)

    assert planned_value(found, day) == planned_value(vector, first + timedelta(reached(on)))
    assert all(earlier < later for (earlier, _), (later, _) in pairwise(found.points))


def test_an_adjusted_vector_keeps_its_shape() -> None:
    vector = MonthlyVector(((date(2026, 6, 30), D(10)), (date(2026, 9, 30), D(20)), (END, D(30))))
    assert aims.scaled(vector, D(20)).points == (
        (date(2026, 6, 30), D("6.666666")),
        (date(2026, 9, 30), D("13.333333")),
        (END, D(20)),
    )
    assert aims.scaled(vector, D(30)) is vector


@given(st.lists(st.integers(0, 500).map(Decimal), min_size=1, max_size=4))
def test_slices_rise_to_each_years_end(parts: list[Decimal]) -> None:
    slices = [(2024 + place, part) for place, part in enumerate(parts)]
    deadline = date(2023 + len(parts), 12, 31)
    vector = aims.sliced(slices, deadline)
    assert rules.vector_problems(vector.points, sum(parts), deadline) == []
    for place in range(len(parts)):
        assert rules.planned_value(vector, date(2024 + place, 12, 31)) == sum(parts[: place + 1])


def test_slices_that_end_within_a_year() -> None:
    vector = aims.sliced([(2025, D(12)), (2026, D(6))], date(2026, 6, 15))
    assert vector.points[-1] == (date(2026, 6, 15), D(18))
    assert [day for day, _ in vector.points] == sorted({day for day, _ in vector.points})


@pytest.mark.parametrize(
    "start, deadline, per, ends",
    [
        ("2026-02-05", "2026-04-30", "month", ["2026-02-28", "2026-03-31", "2026-04-30"]),
        ("2026-02-05", "2026-04-10", "month", ["2026-02-28", "2026-03-31", "2026-04-10"]),
        ("2026-02-05", "2026-12-31", "quarter", ["2026-03-31", "2026-06-30", "2026-09-30", "2026-12-31"]),
        ("2026-12-05", "2027-01-31", "year", ["2026-12-31", "2027-01-31"]),
    ],
)
def test_periods(start: str, deadline: str, per: str, ends: list[str]) -> None:
    found = aims.period_ends(date.fromisoformat(start), date.fromisoformat(deadline), per)
    assert [day.isoformat() for day in found] == ends


def test_a_busy_month_does_not_make_up_for_an_idle_one() -> None:
    aim = Aim(kind="frequency", value=D(2), per_period="month", periods=4)
    figures = [(date(2026, 1, 31), D(2)), (date(2026, 2, 28), D(8)), (date(2026, 3, 31), D(8))]
    assert aim.whole == 8
    assert aims.periods_kept(figures, aim, date(2026, 1, 1), date(2026, 4, 30), date(2026, 4, 15)) == (2, 3)
    plan = aims.fit(YEAR, aim)
    assert rules.planned_value(plan, date(2026, 3, 31)) == 6  # type: ignore[arg-type]


# --- words and lights ----------------------------------------------------------------------------------------

LEVELS = ("劣Ⅴ", "Ⅴ", "Ⅳ", "Ⅲ")


@pytest.mark.parametrize(
    "aim, actual, word, share",
    [
        (Aim("ge", D(10), floor=D(8), stretch=D(12)), "7", "short", "70"),
        (Aim("ge", D(10), floor=D(8), stretch=D(12)), "8", "floor", "80"),
        (Aim("ge", D(10), floor=D(8), stretch=D(12)), "10", "met", "100"),
        (Aim("ge", D(10), floor=D(8), stretch=D(12)), "11", "over", "110"),
        (Aim("ge", D(10), floor=D(8), stretch=D(12)), "96.17", "stretch", "961.7"),
        (Aim("range", D(2), D(3)), "1", "short", "50"),
        (Aim("range", D(2), D(3)), "3", "met", "150"),
        (Aim("range", D(2), D(3)), "4", "beyond", "200"),
        (Aim("le", D("4.3"), accumulation="snapshot", stretch=D(4)), "4.2", "met", "97.7"),
        (Aim("le", D("4.3"), accumulation="snapshot", stretch=D(4)), "3.57", "stretch", "83"),
        (Aim("le", D("4.3"), accumulation="snapshot", floor=D(5)), "4.8", "floor", "111.6"),
        (Aim("le", D("4.3"), accumulation="snapshot"), "4.4", "beyond", "102.3"),
        (Aim("le", D(60), accumulation="snapshot", baseline=D(100)), "80", "short", "50"),
        (Aim("ge", D(12), kind="policy", accumulation="snapshot", baseline=D(6)), "9", "short", "50"),
        (Aim("le", D(6), kind="policy", accumulation="snapshot", baseline=D(12)), "6", "met", "100"),
        (Aim("ge", D(3), kind="ordinal", accumulation="snapshot", levels=LEVELS), "2", "short", "0"),
        (Aim("ge", D(3), kind="ordinal", accumulation="snapshot", levels=LEVELS), "4", "over", "100"),
        (Aim("ge", None), "4", "none", None),
        (Aim("ge", D(4)), None, "none", None),
    ],
)
def test_how_far_a_figure_goes(aim: Aim, actual: str | None, word: str, share: str | None) -> None:
    figure = None if actual is None else D(actual)
    assert aims.attainment(aim, figure) == word
    reached = aims.progress(aim, figure)
    assert (None if reached is None else rules.percent(reached)) == share


@pytest.mark.parametrize(
    "aim, actual, on, light, standing, said",
    [
        (Aim("range", D(2), D(3)), "4", "2026-03-01", "red", "behind", "超出区间上限3共1"),
        (Aim("range", D(2), D(3)), "2", "2026-03-01", "done", "ahead", "目标区间2至3"),
        (Aim("range", D(2), D(3)), "1", END.isoformat(), "red", "behind", "目标区间2至3"),
        (
            Aim("ge", D(12), kind="policy", accumulation="snapshot", baseline=D(6)),
            "6",
            "2026-12-30",
            "green",
            "on",
            "由6到12",
        ),
        (
            Aim("ge", D(12), kind="policy", accumulation="snapshot", baseline=D(6)),
            "6",
            "2026-12-31",
            "red",
            "behind",
            "尚未达到",
        ),
        (
            Aim("ge", D(12), kind="policy", accumulation="snapshot", baseline=D(6)),
            "12",
            "2026-02-01",
            "done",
            "on",
            "已达到",
        ),
        (
            Aim("ge", D(4), kind="ordinal", accumulation="snapshot", baseline=D(1), levels=LEVELS),
            "3",
            "2026-12-31",
            "red",
            "behind",
            "由劣Ⅴ到Ⅲ，现为Ⅳ",
        ),
        (Aim("le", D(60), accumulation="snapshot", baseline=D(100)), "80", "2026-07-02", "green", "on", "已降20"),
        (Aim("le", D(60), accumulation="snapshot", baseline=D(100)), "95", "2026-07-02", "red", "behind", "应降40"),
        (Aim("le", D(60), accumulation="snapshot", baseline=D(100)), "59", "2026-07-02", "done", "ahead", "现为59"),
        (Aim("ge", D(10), approximate=True, stretch=D(12)), "12", "2026-07-02", "done", "ahead", "达到力争值12"),
        (Aim("ge", D(10), approximate=True), "5", "2026-07-02", "green", "on", "目标为约10"),
    ],
)
def test_lights_of_other_aims(aim: Aim, actual: str, on: str, light: str, standing: str, said: str) -> None:
    found = judge_in_force(POINTS_10_30, InForce(aim), D(actual), YEAR, date.fromisoformat(on), END)
    assert (found.light, found.standing) == (light, standing), found.explanation
    assert said in found.explanation
    assert found.steps[-1][0] == "结论"


def test_a_state_is_told_and_ends_on_its_day() -> None:
    state = Standing("not_applicable", date(2026, 3, 1), date(2026, 4, 1), "没有这类项目", "温政办〔2026〕3号")
    assert [state.holds(date(2026, 2, 28) + timedelta(days=days)) for days in (0, 1, 31, 32)] == [
        False,
        True,
        True,
        False,
    ]
    found = judge_in_force(POINTS_10_30, InForce(Aim("ge", D(1)), state=state), D(1), YEAR, date(2026, 3, 2), END)
    assert (found.light, found.standing, found.progress) == ("none", None, None)
    assert found.explanation == "不适用（自2026-03-01至2026-04-01：没有这类项目），不亮灯，不计入应计数。"


def test_an_of_which_line_is_not_added_twice() -> None:
    entries: list[Entry] = []
    wanted = _grow(Node(D(5), None), "cumulative", "sum", entries)
    within = _grow(Node(D(2), None), "cumulative", "sum", entries)
    within.indicator_id = UUID(int=2)
    within.terms = Terms(Aim(value=D(1)), part_of=wanted.indicator_id)
    whole, part = _lines(entries)
    count, value = service.rates([whole, part])
    assert (count.met, count.base) == (2, 2)
    assert value is not None
    assert (value.actual, value.base) == (5, 1)
    assert terms.counts(whole)
    assert not terms.counts(part)
