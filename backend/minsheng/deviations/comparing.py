"""Whether two figures for the same thing agree. Pure: figures and a tolerance are given, nothing is looked up."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from minsheng.kernel import quantity


@dataclass(frozen=True, slots=True)
class Allowance:
    """How far two figures may lie apart.

    Attributes:
        absolute: at most so much, in the indicator's own unit of measure.
        percent: at most so many per cent of their figure.

    Both bounds are inclusive. Where both are given, one of them is enough: the absolute one is there for small figures,
    of which any difference is many per cent. Where neither is given the figures must be equal.
    """

    absolute: Decimal | None = None
    percent: Decimal | None = None

    def agrees(self, ours: Decimal, theirs: Decimal) -> bool:
        """Say whether two figures are close enough."""
        apart = abs(Fraction(ours) - Fraction(theirs))
        if not apart:
            return True
        if self.absolute is not None and apart <= Fraction(self.absolute):
            return True
        # Multiplied out: of a figure that is zero no difference is a share.
        return self.percent is not None and apart * 100 <= Fraction(self.percent) * abs(Fraction(theirs))

    def words(self) -> str:
        """Return the rule as a clerk reads it."""
        parts = []
        if self.absolute is not None:
            parts.append(f"相差不超过 {quantity.text(self.absolute)}")
        if self.percent is not None:
            parts.append(f"相差不超过对方数的 {quantity.text(self.percent)}%")
        return "，或".join(parts) or "须相等"


def percent_apart(ours: Decimal, theirs: Decimal) -> str | None:
    """Return by how many per cent of theirs ours lies above it (negative: below), to one place; None of zero."""
    if not theirs:
        return None
    exact = (Fraction(ours) - Fraction(theirs)) * 1000 / abs(Fraction(theirs))
    tenths = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return quantity.text(Decimal(tenths if exact >= 0 else -tenths) / 10)


def factor(confirmed: int, base: int) -> str | None:
    """Return the verification factor (核实系数) to four places, half up; None where nothing was looked at."""
    if not base:
        return None
    return quantity.text(Decimal((2 * confirmed * 10_000 + base) // (2 * base)) / 10_000)
