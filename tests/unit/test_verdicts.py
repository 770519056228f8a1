"""The light of any target on any date equals a second, naive implementation, by every shipped rule set."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from minsheng.plans.measures import Peers
from minsheng.plans.rules import DatedWeight, MonthlyVector, StraightLine
from minsheng.plans.verdicts import Case, assess
from minsheng.rule_sets.service import preset, presets

ENDS = [date(2026, month, monthrange(2026, month)[1]) for month in range(1, 13)]
ISSUED, DEADLINE = date(2026, 1, 1), date(2026, 12, 31)
BADNESS: dict[str, list[str]] = {
    "points-10-30": ["green", "yellow", "red"],
    "yinchuan-2025": ["green", "yellow", "red"],
}


def planned(points: list[tuple[date, int]] | None, on: date) -> Fraction:
    """Percent expected, by walking."""
    if points is None:
        gone = sum(1 for n in range(1, 365) if ISSUED + timedelta(days=n) <= min(on, DEADLINE))
        return Fraction(gone * 100, 364)
    value = 0
    for day, wanted in points:
        if day <= on:
            value = wanted
    return Fraction(value)


def by_points(gap: Fraction) -> str:
    """Ten and thirty points, both ends yellow."""
    return "red" if gap > 30 else "yellow" if gap >= 10 else "green"


def naive(  # noqa: C901, PLR0911, PLR0912 - one rule after the other, as the papers say them
    code: str, points: list[tuple[date, int]] | None, figures: dict[date, int], on: date, peers: list[int] | None
) -> str:
    """Percent of a target of 100 as whole numbers, rule by rule, as the papers say it."""
    last = on.replace(day=monthrange(on.year, on.month)[1])
    done = Fraction(max([(day, value) for day, value in figures.items() if day <= last], default=(on, 0))[1])
    expected = planned(points, on)
    gap = expected - done
    finished = done >= 100
    earlier = [end for end in ENDS if ISSUED < end < on]
    below = sum(1 for each in peers or [] if each < done)
    above = sum(1 for each in peers or [] if each > done)
    if code == "points-10-30":
        return "done" if finished else by_points(gap)
    if code == "yinchuan-2025":
        months = 0 if done > 0 else sum(1 for end in ENDS if end <= on and planned(points, end) > 0)
        start = "red" if months >= 3 else "yellow" if months >= 1 else "green"
        order = BADNESS[code]
        return "done" if finished else max(start, by_points(gap), key=order.index)
    if code == "dazu-five":
        steps = ((30, "red"), (60, "orange"), (80, "yellow"), (100, "green"))
        return next((light for bound, light in steps if done < bound), "done")
    if code == "cangnan-month":
        missed = "red" if peers is not None and below < 3 else "yellow"
        return "done" if finished else missed if gap > 0 else "green"
    if code == "tianjin-bond":
        start, end = date(2026, 1, 31), date(2026, 7, 31)
        due = Fraction(100) if on >= end else Fraction(max(0, (on - start).days) * 100, (end - start).days)
        if finished:
            return "done"
        return "green" if done >= due else "yellow" if done * 10 >= due * 7 else "red"
    if code == "ouhai-made-up":
        return "done" if finished else "red" if gap > 0 else "green"
    if code == "sanming-escalation":
        if finished or gap <= 0:
            return "done" if finished else "green"
        times = 1
        for end in reversed(earlier):
            if naive("ouhai-made-up", points, figures, end, None) != "red":
                break
            times += 1
        return "blue" if times == 1 else "orange" if times == 2 else "red"
    if code == "guangyuan-second":
        if finished or by_points(gap) != "yellow":
            return "done" if finished else by_points(gap)
        return (
            "letter" if any(naive("points-10-30", points, figures, e, None) == "yellow" for e in earlier) else "yellow"
        )
    if code == "days-7-15":
        if finished:
            return "done"
        if points is None:
            late = (on - ISSUED).days - done * 364 / 100
        else:
            asked = [day for day, wanted in points if wanted > done]
            late = Fraction((on - asked[0]).days) if asked else Fraction(0)
        return "green" if late <= 0 else "yellow" if late <= 7 else "orange" if late < 15 else "red"
    if code == "hengyang-honour":
        if peers is None:
            return "done" if finished else "none"
        light = "done" if finished else "yellow" if below + 1 <= 3 else "plain"
        return "red" if light in {"plain", "done"} and above < 3 else light
    raise AssertionError(code)


FIGURES = st.dictionaries(st.sampled_from(ENDS), st.integers(0, 110), max_size=12)
POINTS = st.none() | st.lists(st.integers(0, 100), min_size=12, max_size=12).map(
    lambda values: list(zip(ENDS, [*sorted(values)[:-1], 100], strict=True))
)
ANY_DAY = st.dates(date(2026, 1, 1), date(2027, 3, 31)) | st.sampled_from(ENDS)


@given(
    st.sampled_from(sorted(presets())), POINTS, FIGURES, ANY_DAY, st.none() | st.lists(st.integers(0, 110), max_size=9)
)
def test_any_light_on_any_date_equals_the_naive_one(
    code: str, points: list[tuple[date, int]] | None, figures: dict[date, int], on: date, peers: list[int] | None
) -> None:
    line = StraightLine(ISSUED, DEADLINE)
    plan: Any = line if points is None else MonthlyVector(tuple((day, Decimal(value)) for day, value in points))
    case = Case(
        operator="ge",
        accumulation="cumulative",
        target=Decimal(100),
        plan=plan,
        line=line,
        deadline=DEADLINE,
        figures=tuple((day, Decimal(value)) for day, value in sorted(figures.items())),
        ends=tuple(ENDS),
    )

    def own(day: date) -> int:
        last = day.replace(day=monthrange(day.year, day.month)[1])
        known = [value for when, value in sorted(figures.items()) if when <= last]
        return known[-1] if known else 0

    others = None
    if peers is not None:
        others = lambda day: Peers(tuple(sorted(Fraction(each, 100) for each in [*peers, own(day)])))  # noqa: E731
    wanted = naive(code, points, figures, on, None if peers is None else [*peers, own(on)])
    found = assess(preset(code), case, on, others)
    assert found.light == wanted, found.explanation
    name = preset(code).names[found.light]
    assert found.steps[-1][0] == "结论"
    assert name in found.explanation
    assert found.gap_points == planned(points, on) - own(on) or code == "tianjin-bond"


DAYS = st.dates(date(2026, 1, 1), DEADLINE)
MILESTONES = st.lists(
    st.tuples(st.integers(0, 5), DAYS, st.none() | st.tuples(DAYS, DAYS), st.none() | DAYS), max_size=6
)


@given(MILESTONES, POINTS, FIGURES, ANY_DAY, st.sampled_from(["points", "days"]))
def test_the_light_by_milestones_equals_the_naive_one(
    milestones: list[tuple[int, date, tuple[date, date] | None, date | None]],
    points: list[tuple[date, int]] | None,
    figures: dict[date, int],
    on: date,
    measure: str,
) -> None:
    """Weight due by the day against weight reached, one by one; without weights by the plan, and it says so."""
    line = StraightLine(ISSUED, DEADLINE)
    plan: Any = line if points is None else MonthlyVector(tuple((day, Decimal(value)) for day, value in points))
    case = Case(
        operator="ge",
        accumulation="cumulative",
        target=Decimal(100),
        plan=plan,
        line=line,
        deadline=DEADLINE,
        figures=tuple((day, Decimal(value)) for day, value in sorted(figures.items())),
        milestones=tuple(
            DatedWeight(weight, ((date.min, first), *([move] if move else [])), reached)
            for weight, first, move, reached in milestones
        ),
    )
    shipped = preset("points-10-30" if measure == "points" else "days-7-15")
    rules = replace(shipped, dimensions=tuple(replace(each, base="milestone") for each in shipped.dimensions))
    found = assess(rules, case, on)
    whole = sum(weight for weight, *_ in milestones)
    if not whole:
        plain = assess(shipped, case, on)
        assert (found.light, found.gap_points) == (plain.light, plain.gap_points)
        assert "没有带权重的节点" in found.explanation
        return

    def due(day: date) -> Fraction:
        share = 0
        for weight, first, move, _ in milestones:
            at = move[1] if move and move[0] <= day else first
            share += weight if at <= day else 0
        return Fraction(share * 100, whole)

    reached = Fraction(sum(weight for weight, _, _, day in milestones if day and day <= on) * 100, whole)
    last = on.replace(day=monthrange(on.year, on.month)[1])
    counted = [value for day, value in sorted(figures.items()) if day <= last]
    if counted and counted[-1] >= 100:
        wanted = "done"
    elif measure == "points":
        wanted = by_points(due(on) - reached)
    else:
        walked = (date(2025, 12, 31) + timedelta(days=n) for n in range(1, 1 + 366 * 2))
        asked = [day for day in walked if due(day) > reached]
        late = (on - asked[0]).days if asked and not any(move for _, _, move, _ in milestones) else None
        if late is None:
            return
        wanted = "green" if late <= 0 else "yellow" if late <= 7 else "orange" if late < 15 else "red"
    assert found.light == wanted, found.explanation
    assert (found.gap_points, found.progress) == (due(on) - reached, reached / 100)
    assert "节点完成" in found.explanation
