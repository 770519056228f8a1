"""The arithmetic of progress: what is expected by a day, what is reached, what a report adds.

Pure functions over dates and exact decimals. Shares are ``Fraction`` with 1 for the whole and are never
rounded or clipped; only ``percent`` and ``percent_clear_of`` turn one into text. Operators are the words of
the contract: "ge" (at least), "le" (at most, a ceiling), "eq" (exactly).
"""

import math
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from minsheng.kernel import quantity

PLACES_AT_MOST = 6
"""A percentage travels as a quantity, so it never has more decimals than one."""


# --- plan: the expected progress (序时进度) ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StraightLine:
    """Even progress from ``start`` (the day of issue) to ``deadline`` (guide 4.1, R106)."""

    start: date
    deadline: date


@dataclass(frozen=True, slots=True)
class MonthlyVector:
    """Cumulative values in the indicator's unit, each binding from its day on (guide 4.1, R108).

    A month may be zero (flood season): the value is then repeated or the point left out. ``vector_problems``
    says what is wrong with a vector before it is stored; dates must be strictly increasing here.
    """

    points: tuple[tuple[date, Decimal], ...]


@dataclass(frozen=True, slots=True)
class MilestoneSteps:
    """Share of the weights of milestones that are due, each share binding from its day on (guide 4.1).

    A share may fall: a milestone whose date was moved in the middle of the year counts as due on the days on which
    its old date was in force, and not on those from the move to its new date. ``milestone_steps`` makes the points.
    """

    points: tuple[tuple[date, Fraction], ...]


Plan = StraightLine | MonthlyVector | MilestoneSteps

ProblemCode = Literal["unordered", "falling", "beyond-deadline", "final-differs-from-target"]


@dataclass(frozen=True, slots=True)
class VectorProblem:
    """One fault of a monthly plan. ``index`` counts points from 0; an empty vector is at fault as a whole (None)."""

    code: ProblemCode
    index: int | None
    message: str


def vector_problems(
    points: Sequence[tuple[date, Decimal]], target: Decimal | None, deadline: date
) -> list[VectorProblem]:
    """Every fault of a monthly plan, in the order of its points (R108: "annual total checks").

    - unordered: a date is not later than the one before;
    - falling: a cumulative value is below the one before, or the first is below zero;
    - beyond-deadline: a date is after the task's deadline (the deadline itself is allowed);
    - final-differs-from-target: the last value is not the target; not checked without a target.
    """
    problems = []
    day_before: date | None = None
    value_before = Decimal(0)
    for index, (day, value) in enumerate(points):
        if day_before is not None and day <= day_before:
            problems.append(VectorProblem("unordered", index, f"日期{day}应晚于前一个节点{day_before}"))
        if value < value_before:
            low, high = quantity.text(value), quantity.text(value_before)
            problems.append(VectorProblem("falling", index, f"累计值{low}不能小于前一个节点的{high}"))
        if day > deadline:
            problems.append(VectorProblem("beyond-deadline", index, f"日期{day}晚于任务期限{deadline}"))
        day_before, value_before = day, value
    if target is not None and value_before != target:
        planned, wanted = quantity.text(value_before), quantity.text(target)
        last = len(points) - 1 if points else None
        message = f"最后一个节点的累计值{planned}应等于目标值{wanted}"
        problems.append(VectorProblem("final-differs-from-target", last, message))
    return problems


@dataclass(frozen=True, slots=True)
class DatedWeight:
    """One milestone: its weight, the dates planned for it with the days from which each was in force, when reached."""

    weight: int
    planned: tuple[tuple[date, date], ...]
    reached: date | None = None

    def due(self, on: date) -> bool:
        """Whether the date in force on a day had come by then."""
        in_force = [day for since, day in self.planned if since <= on]
        return bool(in_force) and in_force[-1] <= on


def milestone_steps(milestones: Sequence[DatedWeight]) -> MilestoneSteps:
    """Expected share by day: weights of the milestones due over all weights; zero weights count nothing.

    Raises ``ValueError`` when no milestone has a weight.
    """
    total = sum(each.weight for each in milestones)
    if total <= 0:
        raise ValueError("no weights")
    days = sorted({day for each in milestones for pair in each.planned for day in pair} - {date.min})
    points: list[tuple[date, Fraction]] = []
    for day in days:
        share = Fraction(sum(each.weight for each in milestones if each.due(day)), total)
        if share != (points[-1][1] if points else 0):
            points.append((day, share))
    return MilestoneSteps(tuple(points))


def weight_reached(milestones: Sequence[DatedWeight], on: date) -> Fraction | None:
    """Share of the weight that was reached by the end of a day; None when no milestone has a weight."""
    total = sum(each.weight for each in milestones)
    if total <= 0:
        return None
    return Fraction(sum(each.weight for each in milestones if each.reached and each.reached <= on), total)


def ten_day_end(day: date) -> bool:
    """Whether a day ends a ten-day period (旬): the 10th, the 20th or the last of its month."""
    return day.day in {10, 20, monthrange(day.year, day.month)[1]}


def planned_value(plan: MonthlyVector, on: date) -> Decimal:
    """Cumulative value planned by the end of ``on``: the last point at or before it, 0 before the first."""
    reached = bisect_right(plan.points, on, key=lambda point: point[0])
    return plan.points[reached - 1][1] if reached else Decimal(0)


def expected_share(plan: Plan, target: Decimal, on: date) -> Fraction:
    """Share of the target that the plan expects by the end of ``on`` (guide 4.1, R106, R108).

    A straight line gives 0 to 1: whole days elapsed since the start, which itself counts 0, over the days from
    start to deadline; 1 from the deadline on, also when the line has no length. A monthly vector gives its
    step value over the target and is not clipped. A target of zero or less has no share: a vector then expects
    all (1) from its last point on and nothing (0) before. Milestones give the share of their weights that is due.
    """
    match plan:
        case StraightLine(start, deadline):
            if on >= deadline:
                return Fraction(1)
            if on <= start:
                return Fraction(0)
            return Fraction((on - start).days, (deadline - start).days)
        case MonthlyVector(points):
            if target > 0:
                return Fraction(planned_value(plan, on)) / Fraction(target)
            return Fraction(int(not points or on >= points[-1][0]))
        case MilestoneSteps(points):
            reached = bisect_right(points, on, key=lambda point: point[0])
            return points[reached - 1][1] if reached else Fraction(0)


def expected_value(plan: Plan, target: Decimal, on: date) -> Fraction:
    """Expected cumulative value by the end of ``on`` in the indicator's unit; exact, so seldom a round number."""
    if isinstance(plan, MonthlyVector):
        return Fraction(planned_value(plan, on))
    return expected_share(plan, target, on) * Fraction(target)


# --- progress against a target ----------------------------------------------------------------------------


def meets(operator: str, target: Decimal | None, actual: Decimal | None) -> bool | None:
    """Whether the target is met; None when there is no target or no figure.

    "eq" is met from its value on, as "ge" is: work done beyond a count is not work undone (R018). Whoever
    shows an "eq" must name the excess. Raises ``ValueError`` for an unknown operator.
    """
    if operator not in {"ge", "le", "eq"}:
        raise ValueError(f"unknown operator: {operator!r}")
    if target is None or actual is None:
        return None
    return actual <= target if operator == "le" else actual >= target


def progress(operator: str, target: Decimal | None, actual: Decimal | None) -> Fraction | None:
    """Share of the target reached, never clipped: 961.7 % is normal (guide 3.6, R131).

    None when there is no target or no figure. For a ceiling ("le", R053) it is the share of the ceiling used
    up, which is not an achievement. A target of zero or less has no share: "ge" and "eq" are then all (1) or
    nothing (0), a ceiling gives None. Raises ``ValueError`` for an unknown operator.
    """
    met = meets(operator, target, actual)
    if target is None or actual is None:
        return None
    if target > 0:
        (over, unit), (whole, part) = actual.as_integer_ratio(), target.as_integer_ratio()
        return Fraction(over * part, unit * whole)
    return None if operator == "le" else Fraction(int(bool(met)))


# --- what a report adds -----------------------------------------------------------------------------------


class SumMismatchError(ValueError):
    """Previous cumulative plus this period is not the new cumulative (guide 5.2)."""

    def __init__(self, previous: Decimal, current: Decimal, value: Decimal) -> None:
        """Keep the three figures, in the indicator's unit, for the message at the cell."""
        self.previous, self.current, self.value = previous, current, value
        super().__init__(f"{quantity.text(previous)} + {quantity.text(current)} != {quantity.text(value)}")


class NothingReportedError(ValueError):
    """Neither this period's figure nor the new cumulative was given."""


def completed(previous: Decimal | None, current: Decimal | None, value: Decimal | None) -> tuple[Decimal, Decimal]:
    """Fill in the missing one of this period's figure and the new cumulative; return both (guide 5.2).

    ``previous`` is the last cumulative, None or 0 in the first round. ``current`` may be negative: a correction
    downwards, see ``fell``. Raises ``SumMismatchError`` when both are given and do not add up, and
    ``NothingReportedError`` when neither is.
    """
    before = Decimal(0) if previous is None else previous
    if current is None:
        if value is None:
            raise NothingReportedError("neither current nor value given")
        return quantity.total((value, before.copy_negate())), value
    after = quantity.total((before, current))
    if value is not None and value != after:
        raise SumMismatchError(before, current, value)
    return current, after


def fell(previous: Decimal | None, value: Decimal | None) -> bool:
    """Whether a figure is below the last one and so needs a reason (guide 5.2; snapshots do fall, guide 10)."""
    return previous is not None and value is not None and value < previous


# --- rates over several units -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CountRate:
    """How many are done, out of how many. ``left_out`` stand beside the base and not in it (R009, R010)."""

    met: int
    base: int
    left_out: int

    @property
    def share(self) -> Fraction | None:
        """Met over base; None over an empty base."""
        return Fraction(self.met, self.base) if self.base else None


def count_rate(states: Iterable[bool | None]) -> CountRate:
    """Share of targets met, each counting once whatever its size (R131).

    A state is what ``meets`` says; pass False for a due figure that never came, since silence is not a reason
    to leave the base. None (no yearly target, not applicable) leaves it.
    """
    listed = tuple(states)
    judged = [state for state in listed if state is not None]
    return CountRate(sum(judged), len(judged), len(listed) - len(judged))


@dataclass(frozen=True, slots=True)
class ValueRate:
    """How much is done, out of how much, in the indicator's unit; not clipped.

    ``short`` counts the units below their own target and ``shortfall`` adds up what they lack, so that a
    surplus elsewhere cannot hide them. ``missing`` of the base have no figure and count as 0; ``left_out``
    have no target, and their figures are in neither sum (R009, R010, R131).
    """

    actual: Decimal
    base: Decimal
    short: int
    shortfall: Decimal
    missing: int
    left_out: int

    @property
    def share(self) -> Fraction | None:
        """Actual over base; None unless the base is above zero."""
        return Fraction(self.actual) / Fraction(self.base) if self.base > 0 else None


def value_rate(pairs: Iterable[tuple[Decimal | None, Decimal | None]]) -> ValueRate:
    """Share of the summed target reached, from (target, actual) per unit (R131).

    For one indicator that may be summed, with floors ("ge", "eq"); show it beside ``count_rate``, never alone.
    """
    targets, actuals, gaps = [], [], []
    missing = left_out = 0
    for target, actual in pairs:
        if target is None:
            left_out += 1
            continue
        missing += actual is None
        reached = Decimal(0) if actual is None else actual
        targets.append(target)
        actuals.append(reached)
        if reached < target:
            gaps.append(quantity.total((target, reached.copy_negate())))
    return ValueRate(
        quantity.total(actuals), quantity.total(targets), len(gaps), quantity.total(gaps), missing, left_out
    )


@dataclass(frozen=True, slots=True)
class RollUp:
    """Sum of the units' figures in the indicator's unit; None when no unit has one. ``missing`` have none (R148)."""

    total: Decimal | None
    missing: int


def sum_actuals(actuals: Iterable[Decimal | None]) -> RollUp:
    """Roll cumulative figures up the tree (R148). Rates and standards are never added: ask the indicator first."""
    listed = tuple(actuals)
    given = [actual for actual in listed if actual is not None]
    return RollUp(quantity.total(given) if given else None, len(listed) - len(given))


# --- percentages as text ----------------------------------------------------------------------------------


def percent(share: Fraction, places: int = 1) -> str:
    """Write a share as a percentage, rounded half up (away from zero) and without trailing zeros: "961.7", "100".

    Only for reading: a rounded figure is never compared.
    """
    return _written(_steps(share, places), places)


def _steps(share: Fraction, places: int) -> int:
    """Return a percentage in its last places, rounded half up; in whole numbers, since a board writes thousands."""
    scale: int = 10**places
    steps = (200 * scale * abs(share.numerator) + share.denominator) // (2 * share.denominator)
    return -steps if share.numerator < 0 else steps


def percent_clear_of(share: Fraction, bounds: Iterable[Fraction], places: int = 1) -> str:
    """Write a share as a percentage that does not read as a bound the share has not reached.

    A gap of 9.96 points is green and would read "10" at one place, a progress of 99.98 % is not done and would
    read "100". Decimals are added until the text stands on the same side of each of ``bounds`` (shares that can
    be written with ``PLACES_AT_MOST``) as the share; past those places it moves one step to the share's side.
    """
    near = tuple(bounds)
    above, below = share.numerator, share.denominator
    # The side of each bound on which the share stands, as the sign of a difference of whole numbers.
    stands = [(bound.numerator, bound.denominator) for bound in near]
    sides = [_sign(above * under - over * below) for over, under in stands]
    for tried in range(places, PLACES_AT_MOST + 1):
        steps, unit = _steps(share, tried), 100 * 10**tried
        if all(_sign(steps * under - over * unit) == side for (over, under), side in zip(stands, sides, strict=True)):
            return _written(steps, tried)
    lower = math.floor(share * 100 * 10**PLACES_AT_MOST)
    # A bound that sits on the lower step can only be left upwards, any other one downwards.
    at_bound = Fraction(lower, 100 * 10**PLACES_AT_MOST) in near
    return _written(lower + at_bound, PLACES_AT_MOST)


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def _written(steps: int, places: int) -> str:
    return quantity.text(Decimal(steps).scaleb(-places))


def printed_differs(printed: Decimal, target: Decimal | None, actual: Decimal | None) -> bool:
    """Whether a percentage printed in a source disagrees with the one its own figures give (R010, guide 10).

    Compared at the printed number of decimals; both half-up rounding and plain cutting pass, because offices
    do either. Without a target above zero or without a figure there is nothing to compare: False. Keep both
    numbers and flag it: 6,818 of 7,230 was printed as 100 %.
    """
    if target is None or actual is None or target <= 0:
        return False
    share = Fraction(actual) / Fraction(target)
    exponent = printed.as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    cut = Fraction(int(share * 100 * 10**places), 10**places)
    return Fraction(printed) not in {Fraction(percent(share, places)), cut}
