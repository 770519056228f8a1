"""Arithmetic of the sample: shares, plans and how a figure grows through a year.

Figures are whole numbers of the smallest step of their measure ("scaled"), so that
sums are exact; fractions are exact too. `Decimal` appears only at the edges.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from random import Random

# Share of the year's work per month. School works live in the summer holiday, dikes rest in the
# flood season, teeth are sealed in term time, streets are not dug up around the spring festival.
SEASONS = {
    "教育": (0, 0, 5, 5, 10, 10, 25, 30, 15, 0, 0, 0),
    "水利": (0, 5, 15, 20, 15, 5, 0, 0, 5, 15, 15, 5),
    "口腔": (0, 0, 15, 30, 30, 15, 0, 0, 10, 0, 0, 0),
    "城建": (0, 0, 5, 10, 10, 10, 15, 15, 15, 10, 10, 0),
    "住建": (0, 0, 0, 10, 10, 15, 15, 15, 15, 10, 10, 0),
    "养老": (0, 0, 5, 5, 10, 15, 15, 15, 15, 10, 10, 0),
    "地灾": (0, 0, 0, 10, 20, 0, 0, 0, 20, 30, 20, 0),
}
BUILDING = SEASONS["城建"]
# Up to this many pieces a straight line would call every unfinished piece late.
FEW = 12
SLIGHT = 50  # thousandths of the plan


def scaled(value: Decimal, decimals: int) -> int:
    """The figure in steps of its measure; a finer figure is an error, never rounded."""
    steps = value.scaleb(decimals)
    if steps != steps.to_integral_value():
        message = f"{value} has more than {decimals} decimals"
        raise ValueError(message)
    return int(steps)


def unscaled(steps: int, decimals: int) -> Decimal:
    """The inverse of `scaled`."""
    return Decimal(steps).scaleb(-decimals)


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` by largest remainder: whole steps that add up to it exactly."""
    whole = sum(weights)
    if whole == 0:
        weights, whole = [1] * len(weights), len(weights)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(
        range(len(weights)),
        key=lambda i: (-(total * weights[i] % whole), i),
    )
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, monthrange(year, month)[1])


def months(start: date, end: date) -> range:
    """The months of one year from `start` to `end`, both included."""
    return range(start.month, end.month + 1)


def plan_points(
    category: str,
    target: int,
    decimals: int,
    start: date,
    deadline: date,
) -> list[tuple[date, int]] | None:
    """Cumulative points at month ends, the last one at the deadline; None means a straight line."""
    season = SEASONS.get(category)
    if season is None and decimals == 0 and target <= FEW:
        season = BUILDING
    if season is None:
        return None
    span = months(start, deadline)
    work = [season[month - 1] for month in span]
    whole = sum(work)
    reached = [target * part // whole for part in accumulate(work)]
    days = [min(month_end(start.year, month), deadline) for month in span]
    return list(zip(days, [*reached[:-1], target], strict=True))


def expected(
    points: Sequence[tuple[date, int]] | None,
    target: int,
    start: date,
    deadline: date,
    on: date,
) -> Fraction:
    """The share of the target that should be reached on a day."""
    if on >= deadline:
        return Fraction(1)
    if points is None:
        return Fraction(max((on - start).days, 0), (deadline - start).days)
    return Fraction(max((value for day, value in points if day <= on), default=0), target)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A reporting task's figure: its target, its plan per month and how its unit works."""

    key: str
    target: int
    plan: dict[int, Fraction]
    lag: int  # thousandths of the plan that are missing; negative is ahead


def _alone(leaf: Leaf, rng: Random) -> dict[int, int]:
    """How the figure grows when no published number is known."""
    path: dict[int, int] = {}
    best = 0
    for month, share in leaf.plan.items():
        if leaf.target <= FEW:
            # With few pieces a slight lag is no piece at all, not a whole one.
            lag = leaf.lag if abs(leaf.lag) > SLIGHT else 0
            steps = leaf.target * share * (1000 - lag) / 1000
            now = -(-steps // 1) if lag < 0 else steps // 1
        else:
            now = leaf.target * share * (1000 - leaf.lag - rng.randint(-20, 20)) / 1000 // 1
        best = max(best, int(now))
        path[month] = best
    return path


def cumulative(
    leaves: Sequence[Leaf],
    total: int | None,
    anchor: int | None,
    seed: str,
) -> dict[str, dict[int, int]]:
    """Monthly cumulative figures per leaf; in month `anchor` they add up to `total` exactly."""
    rngs = {leaf.key: Random(f"{seed}:{leaf.key}") for leaf in leaves}  # noqa: S311 - a sample
    paths = {leaf.key: _alone(leaf, rngs[leaf.key]) for leaf in leaves}
    if total is None or anchor is None:
        return paths
    at_anchor = shares(total, [6 * paths[leaf.key][anchor] + leaf.target for leaf in leaves])
    for leaf, known in zip(leaves, at_anchor, strict=True):
        path, rng = paths[leaf.key], rngs[leaf.key]
        shape = leaf.plan[anchor]
        best = known
        for month in path:
            if month == anchor:
                path[month] = known
            elif month < anchor:
                # The way to a known figure follows the plan, or the months where the plan is silent.
                part = leaf.plan[month] / shape if shape else Fraction(month, anchor)
                path[month] = int(known * min(part, Fraction(1)))
            else:
                more = rng.randint(0, max(leaf.target, 100) // 100) if best >= leaf.target else 0
                best = max(best + (more if leaf.target > FEW else 0), path[month])
                path[month] = best
    return paths


def without_target(span: Sequence[int], total: int, anchor: int) -> dict[int, int]:
    """A figure nobody set a target for grows evenly through its one known point."""
    return {month: total * month // anchor for month in span}


def rates(
    keys: Sequence[str],
    span: Sequence[int],
    level: int,
    ceiling: int,
    anchor: int,
    seed: str,
) -> dict[str, dict[int, int]]:
    """Monthly rates around `level`; in month `anchor` their mean is `level` exactly.

    A rate at its ceiling stays there but for one unit in one month: such figures fall in life.
    """
    rng = Random(f"{seed}:rates")  # noqa: S311 - a sample
    room = min(ceiling - level, 200)
    # Neighbours differ by opposite amounts, which is what keeps the mean.
    offsets: list[int] = []
    for _ in range(len(keys) // 2):
        apart = rng.randint(0, room // 10) * 10 if room else 0
        offsets += [apart, -apart]
    offsets += [0] * (len(keys) - len(offsets))
    rng.shuffle(offsets)
    paths: dict[str, dict[int, int]] = {}
    for key, offset in zip(keys, offsets, strict=True):
        paths[key] = {}
        for month in span:
            drift = (month - anchor) * 10 + rng.randint(0, 1) * 10 if room and month != anchor else 0
            paths[key][month] = min(ceiling, level + offset + drift)
    one, when = keys[rng.randrange(len(keys))], span[len(span) // 2 + 1]
    if when != anchor:
        paths[one][when] = min(paths[one][when] - 60, paths[one][when - 1] - 60)
    return paths
