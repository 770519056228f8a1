"""Caps on payments: each rule against the words it comes from, with fractions instead of whole fen."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.disbursements.caps import Facts, Rule, judge, months_before

fens = st.integers(1, 10**12)
days = st.dates(date(2024, 1, 1), date(2027, 12, 31))
percents = st.decimals("0.000001", "1000", places=6)
paid = st.lists(st.tuples(days, fens), max_size=6)


def holds(rule: Rule, facts: Facts) -> bool:
    """Say once more, naively, whether a payment keeps a rule."""
    before = sum(fen for _, fen in facts.earlier)
    share = Fraction(rule.percent) / 100
    free = facts.contract_fen is None or facts.settled or facts.stage == "advance"
    whole = facts.contract_fen if facts.contract_fen is not None else facts.fen
    since = (facts.on.year * 12 + facts.on.month - rule.months, facts.on.day)
    recent = sum(fen for day, fen in facts.earlier if (day.year * 12 + day.month, day.day) > since)
    return {
        "amount": facts.fen <= rule.above_fen,
        "first_payment": bool(facts.earlier) or whole <= rule.above_fen,
        "contract": facts.contract_fen is not None or facts.fen <= rule.above_fen,
        "dedicated_account": facts.dedicated,
        "milestone": facts.milestone_met is True or (facts.milestone_met is None and facts.stage == "advance"),
        "work_share": free or Fraction(before + facts.fen) <= share * (facts.work_fen or 0),
        "contract_share": facts.contract_fen is None or Fraction(recent + facts.fen) <= share * facts.contract_fen,
    }[rule.kind]


@given(
    st.sampled_from(["amount", "first_payment", "contract", "dedicated_account", "milestone", "work_share",
                     "contract_share"]),
    st.builds(
        Facts,
        fen=fens,
        on=days,
        stage=st.sampled_from(["advance", "progress", "final", "other"]),
        earlier=paid,
        contract_fen=st.none() | fens,
        work_fen=st.none() | fens,
        settled=st.booleans(),
        milestone_met=st.none() | st.booleans(),
        dedicated=st.booleans(),
    ),
    fens,
    percents,
    st.integers(1, 24),
)  # fmt: skip
def test_rules_say_what_their_words_say(kind: str, facts: Facts, above: int, percent: Decimal, months: int) -> None:
    rule = Rule("规则", kind, "stop", above, percent, months)  # type: ignore[arg-type]
    assert (judge([rule], facts) == []) == holds(rule, facts)


def test_eighty_per_cent_to_the_fen() -> None:
    rule = Rule("进度款不超过80%", "work_share", "stop", percent=Decimal(80))
    facts = {"on": date(2026, 11, 22), "stage": "progress", "contract_fen": 10**9, "work_fen": 1_000_01}
    assert judge([rule], Facts(fen=800_00, **facts)) == []  # type: ignore[arg-type]
    (found,) = judge([rule], Facts(fen=800_01, **facts))  # type: ignore[arg-type]
    assert found.message == "进度款不超过80%：累计 800.01 元，超过已完工程量 1,000.01 元的 80%"


@given(days, st.integers(0, 60))
def test_months_go_back_to_a_day_that_exists(day: date, months: int) -> None:
    found = months_before(day, months)
    assert day.year * 12 + day.month - months == found.year * 12 + found.month
    assert found.day == day.day or (found.day < day.day and found.day >= 28)


@pytest.mark.parametrize(
    ("day", "months", "found"),
    [
        (date(2026, 5, 31), 3, date(2026, 2, 28)),
        (date(2024, 5, 31), 3, date(2024, 2, 29)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
    ],
)
def test_months_of_different_length(day: date, months: int, found: date) -> None:
    assert months_before(day, months) == found


def test_later_days_never_go_back_further() -> None:
    whole = [date.fromordinal(each) for each in range(date(2025, 1, 1).toordinal(), date(2026, 12, 31).toordinal())]
    assert all(months_before(a, 3) <= months_before(b, 3) for a, b in pairwise(whole))
