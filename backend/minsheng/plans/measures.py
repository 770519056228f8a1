"""What a figure is measured in when a light is given: points, days, places, and against whom.

Pure. The measured value is an exact fraction; bands compare it, words round it.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from minsheng.plans.rules import Plan, StraightLine, expected_share, percent, percent_clear_of
from minsheng.rule_sets.definition import Dimension, RuleSet

_FURTHEST = timedelta(days=366 * 8)
"""No plan is longer than a programme, and a programme has six years at most."""


@dataclass(frozen=True, slots=True)
class Peers:
    """Everybody a target is compared with, itself among them: shares in rising order, and who stands at each."""

    shares: tuple[Fraction, ...]
    names: Mapping[Fraction, tuple[str, ...]] = field(default_factory=dict)

    @property
    def average(self) -> Fraction:
        """Plain average of the shares; each counts once whatever its size."""
        return sum(self.shares, Fraction(0)) / len(self.shares)

    def below(self, share: Fraction) -> int:
        """How many are strictly below a share."""
        return bisect_left(self.shares, share)

    def above(self, share: Fraction) -> int:
        """How many are strictly above a share."""
        return len(self.shares) - bisect_right(self.shares, share)

    def place(self, share: Fraction, side: str) -> int:
        """Place counted from one side; the tied share a place."""
        return (self.below(share) if side == "bottom" else self.above(share)) + 1

    def instead(self, old: Fraction | None, new: Fraction | None, own: str) -> "Peers":
        """Return those compared when one of them stands elsewhere: what a figure would mean before it counts."""
        if old == new:
            return self
        shares = list(self.shares)
        names = {share: tuple(name for name in each if name != own) for share, each in self.names.items()}
        if old is not None and old in shares:
            shares.remove(old)
        if new is not None:
            insort(shares, new)
            names[new] = (*names.get(new, ()), own)
        return Peers(tuple(shares), names)

    def words(self, share: Fraction, side: str, own: str) -> str:
        """Say the place with everybody who shares it."""
        tied = len(self.shares) - self.below(share) - self.above(share) - 1
        named = [name for name in self.names.get(share, ()) if name != own]
        also = ""
        if tied > 0:
            also = f"，与{'、'.join(named)}并列" if len(named) == tied else f"，另有{tied}个单位并列"
        end = "末" if side == "bottom" else "前"
        return f"在{len(self.shares)}个同类单位中居{end}第{self.place(share, side)}位{also}"


def line_of(dimension: Dimension, line: StraightLine) -> StraightLine:
    """Return the straight line a dimension compares with: issue to deadline, or some months from the next month on."""
    if dimension.span_months is None:
        return line
    return StraightLine(_month_end(line.start, 0), _month_end(line.start, dimension.span_months))


def _month_end(day: date, more: int) -> date:
    months = day.year * 12 + day.month + more  # the month after the one wanted, counted from 0
    return date(months // 12, months % 12 + 1, 1) - timedelta(days=1)


def days_late(plan: Plan, target: Decimal, share: Fraction, on: date) -> Fraction:
    """Days since the plan expected more than ``share``; negative before that day.

    A straight line is read backwards exactly; of any other plan it is the first day that asks for more, and the day
    itself counts 0, as a day by which something is due.
    """
    if isinstance(plan, StraightLine):
        return (on - plan.start).days - share * (plan.deadline - plan.start).days
    low, high = on - _FURTHEST, on + _FURTHEST
    if expected_share(plan, target, high) <= share:
        return Fraction(0)
    while (high - low).days > 1:
        middle = low + (high - low) // 2
        if expected_share(plan, target, middle) > share:
            high = middle
        else:
            low = middle
    return Fraction((on - high).days)


@dataclass(frozen=True, slots=True)
class Reading:
    """A measured value with the words of it: ``sentence`` for the explanation, ``step`` for the arithmetic."""

    value: Fraction
    sentence: str
    step: tuple[str, str] | None = None


def measured(
    rule_set: RuleSet,
    *,
    share: Fraction,
    expected: Fraction,
    plan: Plan,
    target: Decimal,
    on: date,
    peers: Peers | None,
) -> Fraction | None:
    """Return what the bands of progress are asked about; None where there is nobody to compare with."""
    dimension = rule_set.progress
    gap = expected - share
    value: Fraction | None = gap * 100
    match dimension.measure:
        case "points" if dimension.base == "peers":
            value = None if peers is None else (peers.average - share) * 100
        case "relative":
            value = gap / expected * 100 if expected > 0 else min(gap, Fraction(0)) * 100
        case "days":
            value = days_late(plan, target, share, on)
        case "percent":
            value = share * 100
        case "place":
            value = None if peers is None else Fraction(peers.place(share, "bottom"))
    return value


def reading(rule_set: RuleSet, value: Fraction, *, share: Fraction, peers: Peers | None, own: str) -> Reading | None:
    """Put a measured value into words; None where the gap in points says it already."""
    dimension = rule_set.progress
    bounds = tuple(Fraction(each) / 100 for each in (*dimension.bounds, Decimal(0)))
    written = percent_clear_of(abs(value) / 100, bounds)
    match dimension.measure:
        case "points" if dimension.base == "peers" and peers is not None:
            average = percent(peers.average)
            words = f"{len(peers.shares)}个同类单位平均{average}%，"
            words += f"低于平均{written}个百分点" if value > 0 else f"不低于平均，高{written}个百分点"
            return Reading(value, words, ("与平均比", f"{average}% − {percent(share, 2)}% = {_signed(value)} 个百分点"))
        case "relative":
            words = f"比应有进度低{written}%" if value > 0 else "不低于应有进度"
            return Reading(value, words, ("比应有进度低", f"{_signed(value)}%"))
        case "days":
            words = f"落后计划{written}天" if value > 0 else "不落后于计划"
            return Reading(value, words, ("落后天数", f"{_signed(value)} 天"))
        case "percent":
            return Reading(value, "按完成率判定", None)
        case "place" if peers is not None:
            words = peers.words(share, "bottom", own)
            return Reading(value, words, ("名次", words))
        case _:
            return None


def _signed(value: Fraction) -> str:
    written = percent(abs(value) / 100, 2)
    return f"−{written}" if value < 0 and written != "0" else written
