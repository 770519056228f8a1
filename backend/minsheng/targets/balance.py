"""Splitting a target: does what was handed down add up to what was promised, and a fair first draft.

Guide 3.4, R020 to R022: the sum of the children stands beside the parent as balanced, short or over. Over is
allowed (加压, a tier asks more of its units than it promised itself). Pure arithmetic in the indicator's unit
of measure; nothing here rounds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from minsheng.kernel import quantity

State = Literal["balanced", "short", "over", "none"]


@dataclass(frozen=True, slots=True)
class Balance:
    """How a split stands.

    ``sum`` and ``difference`` (sum minus parent, so negative is short) are in the indicator's unit. ``sum`` is
    None where adding makes no sense, ``difference`` is None whenever ``state`` is "none"; ``reason`` then says
    why, in words for the clerk. ``missing`` counts the children that hold no value yet.
    """

    state: State
    sum: Decimal | None
    difference: Decimal | None
    missing: int
    reason: str | None = None


def balance(parent: Decimal | None, children: Iterable[Decimal | None], aggregation: str) -> Balance:
    """Compare the children's targets with the parent's (guide 3.4, R020, R021).

    ``aggregation`` is the indicator's: "sum", or "none" for rates and standards, which are never added across
    places (R014, R015). A child without a value counts as missing and adds nothing. A parent that has been
    split to nobody is short by all of it. For a ceiling (``le``) the same arithmetic holds, but there "over"
    breaks the promise instead of exceeding it: the words are the caller's. Raises ``ValueError`` for an unknown
    aggregation.
    """
    listed = tuple(children)
    given = [child for child in listed if child is not None]
    missing = len(listed) - len(given)
    if aggregation == "none":
        return Balance("none", None, None, missing, "比率、标准类指标不能相加，不比较合计")
    if aggregation != "sum":
        raise ValueError(f"unknown aggregation: {aggregation!r}")
    added = quantity.total(given)
    if parent is None:
        return Balance("none", added, None, missing, "上级任务没有目标值，无从比较")
    difference = quantity.total((added, parent.copy_negate()))
    state: State = "balanced"
    if difference < 0:
        state = "short"
    elif difference > 0:
        state = "over"
    return Balance(state, added, difference, missing)


def split_suggestion(total: Decimal, weights: Sequence[Decimal | int], decimals: int) -> tuple[Decimal, ...]:
    """Share ``total`` out by weight (population, households, last year: R056) so that it adds up exactly.

    Largest remainder method: every unit gets its share cut to ``decimals`` places, what is left goes in
    smallest steps to the largest remainders, earlier units first on a tie. A unit of weight zero gets zero.
    Raises ``ValueError`` when the total is negative or finer than ``decimals``, or the weights give no basis
    (none, a negative one, all zero).
    """
    steps = Fraction(total) * 10**decimals
    if steps < 0 or steps.denominator != 1:
        raise ValueError(f"total cannot be shared out in steps of {decimals} decimals: {total}")
    parts = [Fraction(weight) for weight in weights]
    basis = sum(parts, Fraction(0))
    if basis <= 0 or min(parts) < 0:
        raise ValueError("weights must not be negative and not all be zero")
    ideal = [steps * part / basis for part in parts]
    shares = [int(share) for share in ideal]
    left = int(steps) - sum(shares)
    by_remainder = sorted(range(len(ideal)), key=lambda index: shares[index] - ideal[index])
    for index in by_remainder[:left]:
        shares[index] += 1
    return tuple(Decimal(share).scaleb(-decimals) for share in shares)
