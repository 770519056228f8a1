"""How long money takes: what came in first goes out first. Pure arithmetic over dated amounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from minsheng.kernel import quantity


@dataclass(frozen=True, slots=True)
class Flow:
    """So many fen on a day; ``until`` is the day by which it is to move on."""

    on: date
    fen: int
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """So many fen that took so many days."""

    days: int
    fen: int


def through(came: Sequence[Flow], went: Sequence[Flow]) -> tuple[list[Passed], list[Flow]]:
    """Return how long each part took from coming to going, and what of what came is still there.

    What went before anything came (papers are dated backwards at times) took no days.
    """
    waiting = sorted(came, key=lambda each: each.on)
    passed: list[Passed] = []
    at, left = 0, waiting[0].fen if waiting else 0
    for each in sorted(went, key=lambda flow: flow.on):
        wanted = each.fen
        while wanted > 0 and at < len(waiting):
            part = min(wanted, left)
            passed.append(Passed(max(0, (each.on - waiting[at].on).days), part))
            wanted -= part
            left -= part
            if left == 0:
                at += 1
                left = waiting[at].fen if at < len(waiting) else 0
    still = [Flow(waiting[at].on, left, waiting[at].until)] if at < len(waiting) else []
    return passed, still + waiting[at + 1 :]


def mean(passed: Sequence[Passed]) -> str | None:
    """Return the days an average fen took, to one place."""
    total = sum(each.fen for each in passed)
    if total == 0:
        return None
    exact = Fraction(sum(each.days * each.fen for each in passed), total)
    return quantity.text(Decimal(int((exact * 20 + 1) // 2)).scaleb(-1))


def resting(still: Sequence[Flow], on: date, days: int) -> tuple[int, int]:
    """Return how much has lain for more than so many days, and the most days that anything has."""
    old = [each for each in still if (on - each.on).days > days]
    return sum(each.fen for each in old), max(((on - each.on).days for each in still), default=0)


def late(still: Sequence[Flow], on: date) -> tuple[int, int]:
    """Return how much should have moved on before a day, and by how many days the latest of it is late."""
    over = [(each, each.until) for each in still if each.until is not None and each.until < on]
    return sum(each.fen for each, _ in over), max(((on - until).days for _, until in over), default=0)
