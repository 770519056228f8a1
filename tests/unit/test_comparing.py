"""Whether two figures agree, against a second implementation that knows no fractions."""

from __future__ import annotations

from decimal import Context, Decimal, Inexact, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.deviations.comparing import Allowance, factor, percent_apart

FIGURES = st.integers(-(10**17), 10**17).map(lambda number: Decimal(number).scaleb(-6))
BOUNDS = st.none() | st.integers(0, 10**9).map(lambda number: Decimal(number).scaleb(-6))


def near(ours: Decimal, theirs: Decimal, absolute: Decimal | None, percent: Decimal | None) -> bool:
    """Say the same in whole millionths of millionths."""
    with localcontext(Context(prec=90, traps=[Inexact])):
        scaled = [int((each or Decimal(0)) * 10**6) for each in (ours, theirs, absolute, percent)]
    apart = abs(scaled[0] - scaled[1])
    return (
        apart == 0
        or (absolute is not None and apart <= scaled[2])
        or (percent is not None and apart * 100 * 10**6 <= scaled[3] * abs(scaled[1]))
    )


@given(FIGURES, FIGURES, BOUNDS, BOUNDS)
def test_agreement_is_what_whole_numbers_say(
    ours: Decimal, theirs: Decimal, absolute: Decimal | None, percent: Decimal | None
) -> None:
    assert Allowance(absolute, percent).agrees(ours, theirs) == near(ours, theirs, absolute, percent)


@given(FIGURES, BOUNDS, st.integers(-3, 3))
def test_the_bounds_are_inclusive(theirs: Decimal, absolute: Decimal | None, step: int) -> None:
    """Figures right at the bound, a millionth inside it and a millionth outside."""
    bound = absolute or Decimal(0)
    with localcontext(Context(prec=90)):
        ours = theirs + bound + Decimal(step).scaleb(-6)
        expected = abs(ours - theirs) <= bound
    assert Allowance(bound).agrees(ours, theirs) == expected
    # What one bound allows the other cannot forbid.
    assert Allowance(bound, Decimal(0)).agrees(ours, theirs) == expected


@pytest.mark.parametrize(
    ("ours", "theirs", "absolute", "percent", "agrees"),
    [
        ("10", "10", None, None, True),
        ("10", "10.000001", None, None, False),
        ("98", "100", None, "2", True),
        ("97.999999", "100", None, "2", False),
        ("102", "100", None, "2", True),
        ("1", "0", None, "1000", False),
        ("1", "0", "1", "0", True),
        ("0", "0", None, None, True),
        ("-98", "-100", None, "2", True),
        ("3", "2", "1", "5", True),
        ("1030", "1000", "1", "5", True),
    ],
)
def test_examples(ours: str, theirs: str, absolute: str | None, percent: str | None, agrees: bool) -> None:  # noqa: FBT001
    rule = Allowance(*(None if each is None else Decimal(each) for each in (absolute, percent)))
    assert rule.agrees(Decimal(ours), Decimal(theirs)) is agrees


def test_words_percent_and_factor() -> None:
    assert Allowance().words() == "须相等"
    assert Allowance(Decimal("0.50"), Decimal(2)).words() == "相差不超过 0.5，或相差不超过对方数的 2%"
    assert [percent_apart(Decimal(ours), Decimal(theirs)) for ours, theirs in ((10, 12), (12, 10), (1, 0), (5, 5))] == [
        "-16.7",
        "20",
        None,
        "0",
    ]
    assert [factor(*pair) for pair in ((0, 0), (0, 3), (2, 3), (1, 8), (3, 3))] == [None, "0", "0.6667", "0.125", "1"]
