"""The arithmetic of checks against second implementations that are written in another way, and what rules say."""

from __future__ import annotations

import statistics
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from minsheng.checks import rules, wording
from minsheng.checks.schemas import Definition, SumCheck
from minsheng.checks.service import shipped

MILLION = 10**6
whole = st.integers(-(10**12), 10**12)
positive = st.integers(1, 10**12)
maybe = st.none() | st.integers(0, 10**9)
DEFINITION: TypeAdapter[Definition] = TypeAdapter(Definition)


def exact(scaled: int) -> Decimal:
    """Return so many millionths."""
    return Decimal(scaled) / MILLION


def some(scaled: int | None) -> Decimal | None:
    """Return so many millionths, or nothing."""
    return None if scaled is None else exact(scaled)


@given(whole, st.none() | whole, st.none() | whole, st.none() | positive)
def test_outside_is_what_whole_numbers_say(value: int, low: int | None, high: int | None, base: int | None) -> None:
    # In millionths of millionths nothing is a fraction.
    one = MILLION if base is None else base
    expected = None
    if high is not None and value * MILLION > high * one:
        expected = "high"
    if low is not None and value * MILLION < low * one:
        expected = "low"
    assert rules.outside(exact(value), some(low), some(high), some(base)) == expected


@given(positive, st.none() | st.integers(0, 10**12), maybe, maybe, maybe)
def test_a_jump_is_what_whole_numbers_say(
    value: int, last: int | None, low: int | None, high: int | None, gap: int | None
) -> None:
    expected = None
    if last is not None:
        if gap is not None and not last - gap <= value <= last + gap:
            expected = "difference"
        if last and high is not None and value * MILLION > high * last:
            expected = "high"
        if last and low is not None and value * MILLION < low * last:
            expected = "low"
    assert rules.jumped(exact(value), some(last), some(low), some(high), some(gap)) == expected


@given(st.lists(whole, max_size=6), whole, st.sampled_from(["eq", "le", "ge"]), st.integers(0, 10**7))
def test_a_sum_is_what_whole_numbers_say(parts: list[int], off: int, operator: str, tolerance: int) -> None:
    off %= 3 * 10**7
    total = sum(parts) + off
    allowed = {
        "eq": total in range(sum(parts) - tolerance, sum(parts) + tolerance + 1),
        "le": total <= sum(parts) + tolerance,
        "ge": total >= sum(parts) - tolerance,
    }[operator]
    found = rules.unbalanced(exact(total), [exact(part) for part in parts], operator, exact(tolerance))  # type: ignore[arg-type]
    assert found == (None if allowed else Fraction(off, MILLION))


@given(st.integers(0, 10**12), st.integers(0, 10**12), maybe, maybe)
def test_a_quotient_is_what_multiplying_says(over: int, under: int, low: int | None, high: int | None) -> None:
    expected = None
    if under == 0:
        expected = "zero" if over else None
    elif low is not None and over * MILLION < low * under:
        expected = "low"
    elif high is not None and over * MILLION > high * under:
        expected = "high"
    assert rules.quotient(exact(over), exact(under), some(low), some(high)) == expected


@given(st.integers(1, 10**6), st.sampled_from([1, 10**4, 10**8]), st.sampled_from(["low", "high"]), st.integers(1, 9))
def test_whatever_was_typed_in_the_wrong_unit_is_told_by_its_factor(
    base: int, factor: int, side: str, tenths: int
) -> None:
    """A usual figure, times or divided by a factor, is told; the figure itself and one plainly wrong are not."""
    usual = Decimal(base) * tenths
    typed = usual * factor if side == "high" else usual / factor
    band, factors = (Decimal(1), Decimal(10)), [Decimal(10**8), Decimal(10**4)]
    expected = None if factor == 1 else (side, Decimal(factor))
    assert rules.slipped(typed, Decimal(base), *band, factors) == expected
    assert rules.slipped(usual * 100, Decimal(base), *band, factors) is None
    for nothing in (None, Decimal(0)):
        assert rules.slipped(typed, nothing, *band, factors) is None
    assert rules.slipped(Decimal(0), Decimal(base), *band, factors) is None


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**9), max_size=9), maybe, maybe, st.integers(1, 4))
def test_siblings_are_compared_with_the_library_s_median(
    value: int, others: list[int], low: int | None, high: int | None, least: int
) -> None:
    found = rules.apart(
        Fraction(value, MILLION), [Fraction(each, MILLION) for each in others], some(low), some(high), least
    )
    if len(others) < least:
        assert found is None
        return
    middle = statistics.median([Fraction(each) for each in others])
    side = None
    if high is not None and middle and value * MILLION > high * middle:
        side = "high"
    if low is not None and value * MILLION < low * middle:
        side = "low"
    assert found == (None if side is None else (side, middle / MILLION))


@given(st.lists(st.fractions(), min_size=1, max_size=9))
def test_the_median_has_as_many_on_either_side(values: list[Fraction]) -> None:
    middle = rules.median(values)
    assert sum(each < middle for each in values) <= len(values) / 2 >= sum(each > middle for each in values)
    assert all(first <= second for first, second in pairwise(sorted(values)))


A, B, C = (UUID(int=number) for number in (1, 4, 7))
NAMES = {A: "1栏", B: "4栏", C: "7栏"}


def test_a_rule_says_itself_in_a_sentence() -> None:
    said = {
        "本期数不超过上期的 5 倍": {"kind": "jump", "high": "5"},
        "累计数与上期相差不超过 300": {"kind": "jump", "figure": "value", "difference": "300"},
        "累计数不低于 0、不超过 100": {"kind": "range", "low": "0", "high": "100"},
        "累计数不超过常住人口的 1 倍": {"kind": "range", "relative_to": "base", "base_kind": "常住人口", "high": "1"},
        "“7栏” = “1栏” + “4栏”（累计数）": {"kind": "sum", "total": str(C), "parts": [str(A), str(B)]},
        "合计 ≥ 各其中项之和（累计数），容许相差 0.5": {"kind": "sum", "operator": "ge", "tolerance": "0.5"},
        "“1栏” ÷ “4栏”（累计数）不低于 0.5、不超过 2": {
            "kind": "ratio", "over": str(A), "under": str(B), "low": "0.5", "high": "2",
        },
        "累计数不应相差一万、一亿倍（通常是目标值的 0.1 至 10 倍）": {"kind": "slip"},
        "累计数按常住人口平均后，不超过同级单位中位数的 10 倍（至少 3 个单位已报）": {
            "kind": "siblings", "base_kind": "常住人口", "high": "10",
        },
    }  # fmt: skip
    for sentence, definition in said.items():
        assert wording.sentence(DEFINITION.validate_python(definition), NAMES) == sentence
    assert wording.number(Fraction(10, 3)) == "3.33"
    assert wording.number(Fraction(2, 3000)) == "0.000667"
    assert wording.number(Decimal("12.50")) == "12.5"


@pytest.mark.parametrize(
    "definition",
    [
        {"kind": "range"},
        {"kind": "range", "low": "5", "high": "4"},
        {"kind": "range", "relative_to": "base", "high": "1"},
        {"kind": "range", "base_kind": "常住人口", "high": "1"},
        {"kind": "jump"},
        {"kind": "jump", "high": "-1"},
        {"kind": "sum", "total": str(A)},
        {"kind": "sum", "parts": [str(A)]},
        {"kind": "sum", "total": str(A), "parts": [str(A), str(B)]},
        {"kind": "ratio", "over": str(A), "under": str(A), "low": "1"},
        {"kind": "slip", "low": "0"},
        {"kind": "slip", "factors": []},
        {"kind": "siblings"},
        {"kind": "unknown"},
        {"kind": "range", "high": 1.5},
    ],
)
def test_a_rule_that_asks_nothing_or_contradicts_itself_is_refused(definition: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        DEFINITION.validate_python(definition)


def test_every_shipped_pattern_can_be_read_and_copied() -> None:
    assert {entry["definition"]["kind"] for entry in shipped().values()} == {
        "range", "jump", "sum", "slip", "siblings",
    }  # fmt: skip
    for entry in shipped().values():
        definition = DEFINITION.validate_python(entry["definition"])
        assert wording.sentence(definition, {})
        assert not isinstance(definition, SumCheck) or definition.total is None
