"""Rows in bulk for measuring: cheap, endless, the same for a seed.

Rows are plain tuples made while they are read, so that millions need no memory.
Ids are whole numbers from 1 within each table; figures are `Decimal`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

# Knuth's multiplicative hash: spreads consecutive numbers, costs one multiplication.
_SPREAD, _MASK = 2654435761, 0xFFFFFFFF
_FIRST_YEAR = 2020

UnitRow = tuple[int, int | None, str, str, str]
TaskRow = tuple[int, int, int]
TargetRow = tuple[int, int, int, str, Decimal]
RoundRow = tuple[int, str]
ReportRow = tuple[int, int, int, int, str, int, Decimal, Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Synthetic:
    """A tree, its targets and their reports; all counts are totals, not per parent."""

    provinces: int
    cities: int
    counties: int
    townships: int
    targets: int
    rounds: int
    seed: int

    @property
    def first_township(self) -> int:
        """The id of the first township; the reporting units are this and the following."""
        return self.provinces + self.cities + self.counties + 1

    def units(self) -> Iterator[UnitRow]:
        """(id, parent id, code, name, tier), parents first, children dealt out evenly."""
        above, number = 0, 0
        tiers = (
            ("province", self.provinces, "测试省"),
            ("city", self.cities, "测试市"),
            ("county", self.counties, "测试县"),
            ("township", self.townships, "测试镇"),
        )
        parents = 0
        for tier, count, name in tiers:
            first = number + 1
            for place in range(count):
                number += 1
                parent = above + place * parents // count if parents else None
                yield number, parent, f"{900000000000 + number}", f"{name}{place + 1}", tier
            if count:
                above, parents = first, count

    def items(self) -> Iterator[tuple[int, str]]:
        """(id, title): one item, with one indicator of the same id, per target."""
        for number in range(1, self.targets + 1):
            yield number, f"测试事项{number}"

    def tasks(self) -> Iterator[TaskRow]:
        """(id, item id, unit id): every township has every item."""
        number = 0
        for place in range(self.townships):
            for item in range(1, self.targets + 1):
                number += 1
                yield number, item, self.first_township + place

    def target_rows(self) -> Iterator[TargetRow]:
        """(id, task id, indicator id, operator, value); a task's only target has its id."""
        for task, item, _ in self.tasks():
            yield task, task, item, "ge", Decimal(self._target(task))

    def round_rows(self) -> Iterator[RoundRow]:
        """(id, period), one a month."""
        for number in range(self.rounds):
            year, month = divmod(number, 12)
            yield number + 1, f"{_FIRST_YEAR + year}-{month + 1:02d}"

    def round_span(self, number: int) -> tuple[date, date]:
        """The first day of round `number` and of the one after it."""
        start, end = (divmod(step, 12) for step in (number - 1, number))
        return (
            date(_FIRST_YEAR + start[0], start[1] + 1, 1),
            date(_FIRST_YEAR + end[0], end[1] + 1, 1),
        )

    def reports(self) -> Iterator[ReportRow]:
        """(id, task id, round id, unit id, status, target id, previous, current, value).

        Round by round, as they are filed. The last round is one third each accepted,
        submitted and draft; earlier ones are accepted.
        """
        number, mix, seed = 0, ("accepted", "submitted", "draft"), self.seed * 7919
        for turn in range(1, self.rounds + 1):
            last = turn == self.rounds
            for task, _, unit in self.tasks():
                number += 1
                goal = self._target(task)
                pace = 70 + ((task + seed) * _SPREAD & _MASK) % 45  # percent of the straight line
                before = goal * (turn - 1) * pace // (self.rounds * 100)
                value = goal * turn * pace // (self.rounds * 100)
                yield (
                    number,
                    task,
                    turn,
                    unit,
                    mix[number % 3] if last else "accepted",
                    task,
                    Decimal(before),
                    Decimal(value - before),
                    Decimal(value),
                )

    def _target(self, task: int) -> int:
        return 1 + ((task ^ self.seed) * _SPREAD & _MASK) % 5000


def synthetic(
    *,
    provinces: int = 1,
    cities: int = 1,
    counties: int = 12,
    townships: int = 150,
    targets: int = 111,
    rounds: int = 12,
    seed: int = 1,
) -> Synthetic:
    """A benchmark's world; the defaults give 150 x 111 x 12 = 199,800 reports."""
    return Synthetic(provinces, cities, counties, townships, targets, rounds, seed)
