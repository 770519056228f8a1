"""What a target aims at in full: ranges, stretch, levels, parameters, reductions, counts per period (R013 to R018).

Pure functions over exact figures. The plain floor, ceiling and count stay with ``rules`` and ``lights``; here the other
forms are brought down to them, and what they have of their own is judged. Nothing is rounded or clipped.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from minsheng.kernel import quantity
from minsheng.plans import rules
from minsheng.plans.rules import MonthlyVector, Plan, StraightLine

Attainment = Literal["none", "short", "floor", "met", "over", "stretch", "beyond"]

ATTAINMENTS: dict[Attainment, str] = {
    "none": "未判定",
    "short": "未达到",
    "floor": "达到保底",
    "met": "达到目标",
    "over": "超额完成",
    "stretch": "达到力争",
    "beyond": "超出上限",
}
"""The word for how far a figure goes; done beyond the target is a word of its own (R018)."""

Slices = Sequence[tuple[int, Decimal]]
"""Years and their parts of a commitment."""


@dataclass(frozen=True, slots=True)
class Aim:
    """A target as it is judged, in the indicator's unit; of an ordinal scale the figures are places from 1 (worst).

    ``value`` of a range is its lower bound. ``periods`` is how many periods a count per period runs over.
    """

    operator: str = "ge"
    value: Decimal | None = None
    value_max: Decimal | None = None
    kind: str = "count"
    accumulation: str = "cumulative"
    baseline: Decimal | None = None
    floor: Decimal | None = None
    stretch: Decimal | None = None
    levels: tuple[str, ...] = ()
    per_period: str | None = None
    periods: int = 1
    approximate: bool = False

    @property
    def whole(self) -> Decimal | None:
        """What is to be reached in all: of a count per period, the count times the periods."""
        return self.value if self.value is None or self.periods == 1 else self.value * self.periods

    @property
    def reduces(self) -> bool:
        """Whether it is a way down from a baseline and so judged along it, not a ceiling."""
        return (
            self.kind == "count"
            and self.operator == "le"
            and self.accumulation == "snapshot"
            and self.value is not None
            and self.baseline is not None
            and self.baseline > self.value
        )

    @property
    def at_once(self) -> bool:
        """Whether it changes in one step, so that elapsed time says nothing: a level, a policy parameter."""
        return self.kind in {"ordinal", "policy"}

    def words(self, figure: Decimal) -> str:
        """Write a figure as people do: the label of a level, the number of anything else."""
        if self.levels and figure % 1 == 0 and 1 <= figure <= len(self.levels):
            return self.levels[int(figure) - 1]
        return quantity.text(figure)

    def worded(self, value: Decimal | None) -> str:
        """Write a value that may be none."""
        return "无年度目标" if value is None else self.words(value)

    def asked(self, operator: str, value: Decimal | None, value_max: Decimal | None) -> str:
        """Write a value with its operator."""
        if value is not None and operator == "range":
            return f"{self.words(value)}至{self.words(value_max or value)}"
        prefix = "" if value is None else {"ge": "不低于", "le": "不超过", "eq": "等于"}.get(operator, "")
        return prefix + self.worded(value)


def meets(aim: Aim, actual: Decimal | None) -> bool | None:
    """Whether the aim is met; None when there is no target or no figure. A range is met inside it."""
    if aim.operator != "range":
        return rules.meets(aim.operator, aim.whole, actual)
    if aim.value is None or actual is None:
        return None
    return actual >= aim.value and (aim.value_max is None or actual <= aim.value_max)


def progress(aim: Aim, actual: Decimal | None) -> Fraction | None:
    """Share of the aim reached, never clipped; of a way from a baseline, the share of that way."""
    if aim.value is None or actual is None:
        return None
    if aim.baseline is not None and aim.baseline != aim.value and (aim.at_once or aim.reduces):
        return Fraction(actual - aim.baseline) / Fraction(aim.value - aim.baseline)
    if aim.at_once:
        return Fraction(int(bool(meets(aim, actual))))
    return rules.progress("ge" if aim.operator == "range" else aim.operator, aim.whole, actual)


def attainment(aim: Aim, actual: Decimal | None) -> Attainment:
    """The word for how far a figure goes (R018, R131)."""
    met = meets(aim, actual)
    if met is None or actual is None or aim.whole is None:
        return "none"
    down = aim.operator == "le"
    if met:
        if aim.stretch is not None and (actual <= aim.stretch if down else actual >= aim.stretch):
            return "stretch"
        return "over" if aim.operator in {"ge", "eq"} and actual > aim.whole else "met"
    if aim.floor is not None and (actual <= aim.floor if down else actual >= aim.floor):
        return "floor"
    if aim.operator == "range":
        return "beyond" if actual > aim.whole else "short"
    return "beyond" if down and not aim.reduces else "short"


# --- plans that follow from the aim ------------------------------------------------------------------------


def fit(plan: Plan, aim: Aim, slices: Slices = ()) -> Plan:
    """Return the plan that goes with the value in force.

    A vector that ends elsewhere, because the target was adjusted since, is stretched or shrunk to it. Where nobody
    planned by hand, a count per period is expected period by period, and a commitment over years by its slices.
    """
    whole = aim.whole
    if whole is not None and isinstance(plan, MonthlyVector):
        return scaled(plan, whole)
    if whole is not None and isinstance(plan, StraightLine):
        if aim.kind == "frequency":
            ends = period_ends(plan.start, plan.deadline, aim.per_period or "month")
            return MonthlyVector(tuple((day, (aim.value or Decimal(0)) * place) for place, day in enumerate(ends, 1)))
        if slices:
            return scaled(sliced(slices, plan.deadline), whole)
    return plan


def scaled(plan: MonthlyVector, whole: Decimal) -> MonthlyVector:
    """Return a vector brought to another end in proportion; cut downwards to storable figures, exact at the end."""
    last = plan.points[-1][1] if plan.points else Decimal(0)
    if last in {whole, 0}:
        return plan
    factor = Fraction(whole) / Fraction(last)
    return MonthlyVector(
        tuple((day, whole if value == last else _cut(factor * Fraction(value))) for day, value in plan.points)
    )


def stretched(plan: MonthlyVector, since: date, old: date, new: date) -> MonthlyVector:
    """Return a vector for another deadline: points from the day of the change on keep their share of the time left.

    What was planned before that day stays. Where no time was left, everything still planned moves to the new deadline;
    where two points meet on a day, the later one counts.
    """
    points: dict[date, Decimal] = {}
    for day, value in plan.points:
        moved = day
        if day >= since:
            left = (old - since).days
            moved = since + timedelta((day - since).days * (new - since).days // left) if left > 0 else new
        points[moved] = value
    return MonthlyVector(tuple(points.items()))


def _cut(exact: Fraction) -> Decimal:
    return Decimal(exact.numerator * 10**quantity.SCALE // exact.denominator).scaleb(-quantity.SCALE)


def period_ends(start: date, deadline: date, per_period: str) -> list[date]:
    """Return the ends of the months, quarters or years from the one with ``start`` to the deadline's, each counting."""
    length = {"month": 1, "quarter": 3, "year": 12}[per_period]
    found: list[date] = []
    month = start.year * 12 + (start.month - 1) // length * length
    while not found or found[-1] < deadline:
        month += length
        end = date(month // 12, month % 12 + 1, 1) - timedelta(days=1)
        found.append(min(end, deadline))
    return found


def sliced(slices: Slices, deadline: date) -> MonthlyVector:
    """Return yearly slices as a vector: each year's part in twelve even steps, the whole of it at the year's end."""
    points: list[tuple[date, Decimal]] = []
    before = Decimal(0)
    for year, part in slices:
        for month in range(1, 13):
            end = date(year, 12, 31) if month == 12 else date(year, month + 1, 1) - timedelta(days=1)
            day = min(end, deadline)
            value = before + (part if month == 12 or day == deadline else _cut(Fraction(part) * month / 12))
            if points and points[-1][0] == day:
                points.pop()
            points.append((day, value))
            if day == deadline:
                break
        before += part
    return MonthlyVector(tuple(points))


def periods_kept(
    figures: Sequence[tuple[date, Decimal]], aim: Aim, start: date, deadline: date, on: date
) -> tuple[int, int]:
    """Return in how many of the periods that have ended the count was kept, and how many have ended.

    ``figures`` are cumulative at the ends of months. More in one period does not make up for less in another.
    """
    ended = [day for day in period_ends(start, deadline, aim.per_period or "month") if day <= on]
    kept, before = 0, Decimal(0)
    for day in ended:
        known = [value for each, value in figures if each <= day]
        after = known[-1] if known else Decimal(0)
        kept += after - before >= (aim.value or Decimal(0))
        before = after
    return kept, len(ended)


# --- rates of two figures ----------------------------------------------------------------------------------


def rate(numerator: Decimal, denominator: Decimal, per: int, operator: str = "ge") -> Decimal:
    """Return numerator over denominator as a storable figure, cut to the side that never flatters (R015).

    Six places hold no third. Cut downwards for what must be reached and upwards for a ceiling, the stored figure meets
    a target exactly when the true rate does, because a target has six places at most. Raises ``ValueError`` unless the
    denominator is above zero.
    """
    if denominator <= 0:
        raise ValueError("denominator must be above zero")
    exact = Fraction(numerator) * per / Fraction(denominator)
    return -_cut(-exact) if operator == "le" else _cut(exact)


def rolled_rate(
    figures: Sequence[tuple[Decimal, Decimal] | None], per: int, operator: str = "ge"
) -> tuple[Decimal, Decimal, Decimal] | None:
    """Return Σ numerators, Σ denominators and their rate over the units that have both; None when none has."""
    given = [each for each in figures if each is not None]
    over, under = quantity.total(n for n, _ in given), quantity.total(d for _, d in given)
    return (over, under, rate(over, under, per, operator)) if under > 0 else None
