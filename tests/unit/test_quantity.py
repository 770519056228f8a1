"""Exact decimals: one canonical text, one exact integer, and no rounding anywhere (architecture section 5)."""

from decimal import Decimal, Inexact, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.kernel import quantity

SCALED = st.integers(-(10**18) + 1, 10**18 - 1)


@pytest.mark.parametrize(
    "raw, written",
    [
        ("0", "0"),
        ("-0", "0"),
        ("-0.000", "0"),
        ("961.7", "961.7"),
        ("961.70", "961.7"),
        ("100", "100"),
        ("100.000000", "100"),
        ("007", "7"),
        ("-3.50", "-3.5"),
        ("0.000001", "0.000001"),
        ("999999999999.999999", "999999999999.999999"),
    ],
)
def test_reads_the_wire_form_and_writes_one_canonical_text(raw: str, written: str) -> None:
    value = quantity.parse(raw)
    assert quantity.text(value) == written
    assert not (value == 0 and value.is_signed())


@pytest.mark.parametrize(
    "raw",
    [
        *("", " ", "-", ".5", "5.", "+5", "1e3", "1E3", "1,000", " 1", "1 ", "1\n", "NaN", "Infinity", "--1", "1.2.3"),
        "1234567890123",  # 13 digits before the point
        "1.1234567",  # 7 decimals
        "\uff15",  # full-width five: a digit to Python, not to the contract
        "\u0665",  # Arabic-Indic five
        "5万",
    ],
)
def test_refuses_everything_else(raw: str) -> None:
    with pytest.raises(ValueError, match="not a quantity"):
        quantity.parse(raw)


@pytest.mark.parametrize(
    "value, written",
    [
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-6"), "0.000001"),
        (Decimal("-0E+5"), "0"),
        (Decimal(1200), "1200"),
        # 34 digits: more than the default context would keep.
        (Decimal("1234567890123456789012345678.901234"), "1234567890123456789012345678.901234"),
    ],
)
def test_text_has_no_exponent_and_loses_no_digit(value: Decimal, written: str) -> None:
    assert quantity.text(value) == written


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), Decimal("-Infinity")])
def test_what_is_no_number_is_refused(value: Decimal) -> None:
    with pytest.raises(ValueError, match="not a finite quantity"):
        quantity.text(value)
    with pytest.raises(ValueError, match="out of range"):
        quantity.to_scaled(value)


@pytest.mark.parametrize(
    "value, scaled",
    [
        ("0", 0),
        ("0.000001", 1),
        ("-0.000001", -1),
        ("961.7", 961_700_000),
        ("-1.5", -1_500_000),
        ("1.5000000", 1_500_000),  # a seventh decimal that says nothing is exact
        ("999999999999.999999", 10**18 - 1),
        ("-999999999999.999999", -(10**18) + 1),
    ],
)
def test_scaled_form(value: str, scaled: int) -> None:
    assert quantity.to_scaled(Decimal(value)) == scaled
    assert quantity.from_scaled(scaled) == Decimal(value)


@pytest.mark.parametrize("value", ["0.0000001", "-0.0000019", "1E-7"])
def test_a_seventh_decimal_is_refused_not_rounded(value: str) -> None:
    with pytest.raises(ValueError, match="more than 6 decimals"):
        quantity.to_scaled(Decimal(value))


@pytest.mark.parametrize("value", ["1000000000000", "-1000000000000", "1E+12"])
def test_the_limit_itself_is_out_of_range(value: str) -> None:
    with pytest.raises(ValueError, match="out of range"):
        quantity.to_scaled(Decimal(value))


@pytest.mark.parametrize("scaled", [10**18, -(10**18)])
def test_a_scaled_value_at_the_limit_is_refused(scaled: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        quantity.from_scaled(scaled)


def test_a_narrow_decimal_context_changes_nothing() -> None:
    with localcontext() as context:
        context.prec = 3
        value = quantity.parse("123456789012.654321")
        assert quantity.text(value) == "123456789012.654321"
        assert quantity.to_scaled(value) == 123456789012654321
        assert quantity.text(quantity.from_scaled(123456789012654321)) == "123456789012.654321"
        assert quantity.total([value, Decimal("0.000001")]) == Decimal("123456789012.654322")


@given(SCALED)
def test_from_scaled_and_to_scaled_are_inverse(scaled: int) -> None:
    value = quantity.from_scaled(scaled)
    assert quantity.to_scaled(value) == scaled
    assert Fraction(value) == Fraction(scaled, 10**6)


@given(SCALED)
def test_text_and_parse_are_inverse(scaled: int) -> None:
    written = quantity.text(quantity.from_scaled(scaled))
    assert quantity.to_scaled(quantity.parse(written)) == scaled
    assert quantity.text(quantity.parse(written)) == written
    assert "." not in written or not written.endswith(("0", "."))


@given(st.from_regex(quantity.PATTERN.replace(r"\d", "[0-9]"), fullmatch=True).map(str.strip))
def test_every_text_of_the_published_pattern_is_read(raw: str) -> None:
    assert Fraction(quantity.parse(raw)) == Fraction(raw)


@given(st.lists(SCALED, max_size=50))
def test_total_is_exact(scaled: list[int]) -> None:
    assert Fraction(quantity.total(map(quantity.from_scaled, scaled))) == Fraction(sum(scaled), 10**6)


def test_total_refuses_to_round() -> None:
    with pytest.raises(Inexact):
        quantity.total([Decimal("1E+60"), Decimal("1E-60")])
