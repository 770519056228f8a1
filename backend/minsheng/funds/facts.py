"""The facts of money and the rates between them: pure arithmetic over the totals of the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal, Self

from minsheng.kernel import quantity

RateName = Literal[
    "noticed_of_planned",
    "received_of_noticed",
    "received_of_planned",
    "paid_of_received",
    "paid_of_planned",
    "spent_of_paid",
    "invested_of_planned",
]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the money of one line, or of many together; all in fen."""

    planned: int = 0
    noticed: int = 0
    received: int = 0
    due: int = 0
    paid: int = 0
    recovered: int = 0
    spent: int = 0
    advanced: int = 0
    returned: int = 0
    cash: int = 0
    invested: int = 0

    @classmethod
    def of(cls, totals: Mapping[str, int]) -> Self:
        """Return the facts that the totals of a line's accounts say; what is not named is nothing."""

        def at(name: str) -> int:
            return int(totals.get(name, 0))

        return cls(
            planned=at("planned"),
            noticed=-at("allotted"),
            received=-at("allotted") - at("due") - at("direct"),
            due=at("due"),
            # What is out: paid, less what bounced, was reversed or recovered.
            paid=at("advanced") + at("spent"),
            recovered=at("recovered"),
            spent=at("spent"),
            advanced=at("advanced"),
            returned=at("returned"),
            cash=at("cash"),
            invested=at("invested"),
        )

    @property
    def arrived(self) -> int:
        """What came of what was noticed: money that came without a notice is no part of it."""
        return self.noticed - self.due

    def __add__(self, other: Self) -> Self:
        """Return both together."""
        return type(self)(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate with the two figures it is made of."""

    name: RateName
    label: str
    numerator: int
    denominator: int

    @property
    def percent(self) -> str | None:
        """Per cent, rounded half up to two places; none of nothing."""
        return percent(self.numerator, self.denominator)


_RATES: tuple[tuple[RateName, str, str, str], ...] = (
    ("noticed_of_planned", "下达 ÷ 计划", "noticed", "planned"),
    ("received_of_noticed", "到位 ÷ 下达", "arrived", "noticed"),
    ("received_of_planned", "到位 ÷ 计划", "received", "planned"),
    ("paid_of_received", "拨付 ÷ 到位", "paid", "received"),
    ("paid_of_planned", "拨付 ÷ 计划", "paid", "planned"),
    ("spent_of_paid", "支出 ÷ 拨付", "spent", "paid"),
    ("invested_of_planned", "完成投资 ÷ 计划", "invested", "planned"),
)


def rates(facts: Facts) -> list[Rate]:
    """Return every rate: a rate without its base says nothing."""
    return [Rate(name, label, getattr(facts, above), getattr(facts, below)) for name, label, above, below in _RATES]


def percent(numerator: int, denominator: int, places: int = 2) -> str | None:
    """Return a share in per cent as text, rounded half up."""
    if denominator <= 0:
        return None
    exact = Fraction(numerator * 100, denominator)
    scale = 10**places
    # Half up on the exact fraction: a quotient of decimals would have been rounded once before.
    whole = (exact * scale * 2 + 1) // 2
    return quantity.text(Decimal(int(whole)).scaleb(-places))


def agreeing(printed: Decimal, facts: Facts) -> list[str]:
    """Return which rates a printed percentage is, to as many places as were printed: rounded, or simply cut."""
    places = max(0, -int(printed.normalize().as_tuple().exponent))
    steps = int(printed.scaleb(places))
    found = []
    for each in rates(facts):
        if each.denominator > 0:
            exact = Fraction(each.numerator * 100 * 10**places, each.denominator)
            if steps in {exact // 1, (exact * 2 + 1) // 2}:
                found.append(each.label)
    return found


def elapsed(starts_on: date, ends_on: date, on: date) -> Fraction:
    """Return the share of the time that has passed at the end of a day (序时)."""
    total = (ends_on - starts_on).days + 1
    return min(max(Fraction((on - starts_on).days + 1, total), Fraction(0)), Fraction(1))


def ahead(facts: Facts, passed: Fraction) -> str | None:
    """Return by how many points paid ÷ planned is ahead of the time, below zero when behind."""
    if facts.planned <= 0:
        return None
    points = (Fraction(facts.paid, facts.planned) - passed) * 100
    whole = (points * 200 + 1) // 2
    return quantity.text(Decimal(int(whole)).scaleb(-2))
