"""The arithmetic of checks: one pure function for each kind, in exact fractions; nothing here knows a row or a word.

Bounds are inclusive: a figure that stands on its bound passes. A check that lacks what it needs (no last figure, no
target, too few siblings) passes too: whoever cannot be compared is not doubted.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal

Side = Literal["low", "high"]
Sum = Literal["eq", "le", "ge"]


def outside(value: Decimal, low: Decimal | None, high: Decimal | None, base: Decimal | None = None) -> Side | None:
    """Say on which side a figure lies outside its bounds, which are multiples of ``base`` where there is one."""
    whole = Fraction(1) if base is None else Fraction(base)
    if low is not None and Fraction(value) < Fraction(low) * whole:
        return "low"
    if high is not None and Fraction(value) > Fraction(high) * whole:
        return "high"
    return None


def jumped(
    value: Decimal,
    last: Decimal | None,
    low: Decimal | None,
    high: Decimal | None,
    difference: Decimal | None,
) -> Side | Literal["difference"] | None:
    """Say whether a figure is too many times the last one, too small a part of it, or too far away from it.

    Nothing is a multiple of nought: with a last figure of nought only the difference is looked at.
    """
    if last is None:
        return None
    side = outside(value, low, high, last) if last > 0 else None
    if side is not None:
        return side
    if difference is not None and abs(Fraction(value) - Fraction(last)) > Fraction(difference):
        return "difference"
    return None


def unbalanced(total: Decimal, parts: Sequence[Decimal], operator: Sum, tolerance: Decimal) -> Fraction | None:
    """Return by how much a total differs from the sum of its parts where the operator does not allow it."""
    gap = Fraction(total) - sum((Fraction(part) for part in parts), Fraction(0))
    wrong = {"eq": abs(gap), "le": gap, "ge": -gap}[operator] > Fraction(tolerance)
    return gap if wrong else None


def quotient(over: Decimal, under: Decimal, low: Decimal | None, high: Decimal | None) -> Side | Literal["zero"] | None:
    """Say on which side one figure divided by another lies outside; something divided by nought is always wrong."""
    if under == 0:
        return "zero" if over != 0 else None
    share = Fraction(over) / Fraction(under)
    if low is not None and share < Fraction(low):
        return "low"
    return "high" if high is not None and share > Fraction(high) else None


def slipped(
    value: Decimal,
    base: Decimal | None,
    low: Decimal,
    high: Decimal,
    factors: Sequence[Decimal],
) -> tuple[Side, Decimal] | None:
    """Say whether a figure makes sense only after it is divided or multiplied by ten thousand, or another factor.

    The usual band is ``low`` to ``high`` times the base. What lies outside it and by no factor inside is another fault.
    """
    if base is None or base <= 0 or value <= 0:
        return None
    least, most, figure = Fraction(low) * Fraction(base), Fraction(high) * Fraction(base), Fraction(value)
    if least <= figure <= most:
        return None
    for factor in sorted(factors):
        if figure > most and least <= figure / Fraction(factor) <= most:
            return "high", factor
        if figure < least <= figure * Fraction(factor) <= most:
            return "low", factor
    return None


def median(values: Sequence[Fraction]) -> Fraction:
    """Return the middle value, or the mean of the two in the middle."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def apart(
    value: Fraction, siblings: Sequence[Fraction], low: Decimal | None, high: Decimal | None, least: int
) -> tuple[Side, Fraction] | None:
    """Say on which side a figure lies too far from the median of its siblings, and what the median is."""
    if len(siblings) < max(least, 1):
        return None
    middle = median(siblings)
    if low is not None and value < Fraction(low) * middle:
        return "low", middle
    if high is not None and middle > 0 and value > Fraction(high) * middle:
        return "high", middle
    return None
