"""Splitting a target (guide 3.4, R020 to R022, R056): the balance never lies and a suggestion adds up."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.kernel import quantity
from minsheng.targets.balance import balance, split_suggestion

MILLIONTHS = st.integers(0, 10**15)


@pytest.mark.parametrize(
    "parent, children, state, added, difference, missing",
    [
        ("100", ["60", "40"], "balanced", "100", "0", 0),
        ("100", ["60", "39.999999"], "short", "99.999999", "-0.000001", 0),
        ("100", ["60", "40.000001"], "over", "100.000001", "0.000001", 0),
        ("60.745", ["76.487"], "over", "76.487", "15.742", 0),  # 西湖: set by the city, set by itself
        ("100", ["60", None, None], "short", "60", "-40", 2),
        ("100", ["60", "40", None], "balanced", "100", "0", 1),
        ("100", [], "short", "0", "-100", 0),
        ("0", [], "balanced", "0", "0", 0),
        ("0.3", ["0.1", "0.2"], "balanced", "0.3", "0", 0),  # 0.1 + 0.2 is 0.30000000000000004 in floats
    ],
)
def test_balance(
    parent: str, children: list[str | None], state: str, added: str, difference: str, missing: int
) -> None:
    seen = balance(Decimal(parent), [None if child is None else Decimal(child) for child in children], "sum")
    assert seen.state == state
    assert seen.sum == Decimal(added)
    assert seen.difference == Decimal(difference)
    assert seen.missing == missing
    assert seen.reason is None


def test_rates_are_never_added() -> None:
    seen = balance(Decimal(92), [Decimal(92), Decimal(95), None], "none")
    assert (seen.state, seen.sum, seen.difference, seen.missing) == ("none", None, None, 1)
    assert seen.reason == "比率、标准类指标不能相加，不比较合计"


def test_a_parent_without_target_has_no_balance_but_a_sum() -> None:
    seen = balance(None, [Decimal(3), None, Decimal(10)], "sum")
    assert (seen.state, seen.sum, seen.difference, seen.missing) == ("none", Decimal(13), None, 1)
    assert seen.reason == "上级任务没有目标值，无从比较"


def test_an_unknown_aggregation_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown aggregation"):
        balance(Decimal(1), [], "average")


@given(MILLIONTHS, st.lists(st.none() | MILLIONTHS, max_size=30))
def test_balance_equals_an_independent_sum(parent: int, children: list[int | None]) -> None:
    seen = balance(
        quantity.from_scaled(parent),
        (None if child is None else quantity.from_scaled(child) for child in children),
        "sum",
    )
    added = 0
    absent = 0
    for child in children:
        if child is None:
            absent += 1
        else:
            added += child
    assert seen.sum is not None
    assert seen.difference is not None
    assert Fraction(seen.sum) == Fraction(added, 10**6)
    assert Fraction(seen.difference) == Fraction(added - parent, 10**6)
    assert seen.missing == absent
    assert seen.state == {0: "balanced", 1: "over", -1: "short"}[(added > parent) - (added < parent)]


@pytest.mark.parametrize(
    "total, weights, decimals, shares",
    [
        ("100", [1, 1, 1], 0, ["34", "33", "33"]),
        ("100", [1, 1, 1], 2, ["33.34", "33.33", "33.33"]),
        ("10", [1, 2, 3], 0, ["2", "3", "5"]),  # 1.67 3.33 5: the step goes to the largest remainder
        ("7", [5, 0, 5], 0, ["4", "0", "3"]),
        ("2", [1, 1, 1], 0, ["1", "1", "0"]),
        ("0", [3, 4], 0, ["0", "0"]),
        ("5.5", [1], 1, ["5.5"]),
        ("100", [Decimal("0.5"), Decimal("1.5")], 0, ["25", "75"]),
    ],
)
def test_split_by_largest_remainder(total: str, weights: list[Decimal | int], decimals: int, shares: list[str]) -> None:
    suggested = split_suggestion(Decimal(total), weights, decimals)
    assert [quantity.text(share) for share in suggested] == shares


@pytest.mark.parametrize(
    "total, weights, decimals",
    [("10.5", [1, 1], 0), ("-1", [1], 0), ("10", [], 0), ("10", [0, 0], 0), ("10", [3, -1], 0)],
)
def test_split_without_a_basis_is_an_error(total: str, weights: list[int], decimals: int) -> None:
    with pytest.raises(ValueError, match=r"shared out|weights"):
        split_suggestion(Decimal(total), weights, decimals)


@given(
    st.integers(0, 10**12),
    st.lists(st.integers(0, 10**7), min_size=1, max_size=40).filter(any),
    st.integers(0, 6),
)
def test_a_suggestion_adds_up_and_strays_less_than_one_step(steps: int, weights: list[int], decimals: int) -> None:
    step = Fraction(1, 10**decimals)
    suggested = split_suggestion(Decimal(steps).scaleb(-decimals), weights, decimals)
    assert sum(map(Fraction, suggested)) == steps * step
    ideal = [steps * step * weight / sum(weights) for weight in weights]
    assert all(abs(share - exact) < step for share, exact in zip(map(Fraction, suggested), ideal, strict=True))
    assert all((Fraction(share) / step).denominator == 1 for share in suggested)
    # Nobody with a smaller remainder was preferred to one with a larger.
    raised = [exact % step for share, exact in zip(suggested, ideal, strict=True) if Fraction(share) > exact]
    cut = [exact % step for share, exact in zip(suggested, ideal, strict=True) if Fraction(share) < exact]
    assert not raised or not cut or min(raised) >= max(cut)
