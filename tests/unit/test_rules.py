"""Progress arithmetic: plans, shares, reports, rates (guide 3.6, 4.1, 5.2, 10; R010, R053, R106, R108, R131)."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from minsheng.kernel import quantity
from minsheng.plans.rules import (
    MonthlyVector,
    NothingReportedError,
    StraightLine,
    SumMismatchError,
    completed,
    count_rate,
    expected_share,
    expected_value,
    fell,
    meets,
    percent,
    percent_clear_of,
    printed_differs,
    progress,
    sum_actuals,
    value_rate,
    vector_problems,
)

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
AMOUNTS = st.integers(1, 10**15).map(quantity.from_scaled)
YEAR = StraightLine(date(2026, 1, 1), date(2026, 12, 31))
# Nothing is planned for the flood season, June and July (R108).
SEASONS = MonthlyVector(
    (
        (date(2026, 3, 31), Decimal(30)),
        (date(2026, 5, 31), Decimal(50)),
        (date(2026, 6, 30), Decimal(50)),
        (date(2026, 7, 31), Decimal(50)),
        (date(2026, 10, 31), Decimal(80)),
    )
)


# --- plans ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "on, share",
    [
        (date(2025, 12, 31), Fraction(0)),
        (date(2026, 1, 1), Fraction(0)),
        (date(2026, 1, 2), Fraction(1, 364)),
        (date(2026, 7, 2), Fraction(1, 2)),
        (date(2026, 12, 30), Fraction(363, 364)),
        (date(2026, 12, 31), Fraction(1)),
        (date(2027, 1, 1), Fraction(1)),
    ],
)
def test_a_straight_line_counts_whole_days_from_the_day_after_issue(on: date, share: Fraction) -> None:
    assert expected_share(YEAR, Decimal(80), on) == share
    assert expected_value(YEAR, Decimal(80), on) == share * 80


@pytest.mark.parametrize("start", [date(2026, 5, 1), date(2026, 6, 1)])
def test_a_line_without_length_is_nothing_then_everything(start: date) -> None:
    """A task issued on or after its own deadline is due at once."""
    line = StraightLine(start, date(2026, 5, 1))
    assert expected_share(line, Decimal(1), date(2026, 4, 30)) == 0
    assert expected_share(line, Decimal(1), date(2026, 5, 1)) == 1


@pytest.mark.parametrize(
    "on, value",
    [
        (date(2026, 3, 30), 0),
        (date(2026, 3, 31), 30),
        (date(2026, 5, 30), 30),
        (date(2026, 5, 31), 50),
        (date(2026, 7, 15), 50),
        (date(2026, 10, 30), 50),
        (date(2026, 10, 31), 80),
        (date(2027, 2, 1), 80),
    ],
)
def test_a_monthly_vector_binds_from_its_day_on(on: date, value: int) -> None:
    assert expected_value(SEASONS, Decimal(80), on) == value
    assert expected_share(SEASONS, Decimal(80), on) == Fraction(value, 80)


def test_a_monthly_vector_is_not_clipped_at_the_target() -> None:
    assert expected_share(SEASONS, Decimal(64), date(2026, 12, 31)) == Fraction(5, 4)


@pytest.mark.parametrize("target", [Decimal(0), Decimal(-5)])
def test_a_target_without_share_is_expected_at_the_end_of_the_vector(target: Decimal) -> None:
    assert expected_share(SEASONS, target, date(2026, 10, 30)) == 0
    assert expected_share(SEASONS, target, date(2026, 10, 31)) == 1
    assert expected_share(MonthlyVector(()), target, date(2026, 1, 1)) == 1


@given(DAYS, DAYS, DAYS, DAYS)
def test_a_straight_line_is_monotone_and_within_0_and_1(start: date, deadline: date, one: date, other: date) -> None:
    line = StraightLine(start, deadline)
    earlier, later = (expected_share(line, Decimal(7), day) for day in sorted((one, other)))
    assert 0 <= earlier <= later <= 1
    assert expected_share(line, Decimal(7), deadline) == 1
    assert expected_share(line, Decimal(7), min(start, deadline - timedelta(days=1))) == 0


@given(DAYS, st.integers(1, 1500), st.integers(0, 1499))
def test_every_day_of_a_straight_line_adds_the_same(start: date, length: int, passed: int) -> None:
    assume(passed < length)
    line = StraightLine(start, start + timedelta(days=length))
    today, tomorrow = (expected_share(line, Decimal(7), start + timedelta(days=passed + more)) for more in (0, 1))
    assert tomorrow - today == Fraction(1, length)


@given(st.lists(st.tuples(DAYS, AMOUNTS), unique_by=lambda point: point[0], max_size=14).map(sorted), AMOUNTS, DAYS)
def test_a_vector_equals_a_walk_over_its_points(points: list[tuple[date, Decimal]], target: Decimal, on: date) -> None:
    planned = Decimal(0)
    for day, value in points:
        if day <= on:
            planned = value
    plan = MonthlyVector(tuple(points))
    assert expected_value(plan, target, on) == Fraction(planned)
    assert expected_share(plan, target, on) * Fraction(target) == Fraction(planned)


@pytest.mark.parametrize(
    "points, faults",
    [
        ([("2026-03-31", "30"), ("2026-06-30", "30"), ("2026-12-31", "80")], []),
        ([("2026-12-31", "80")], []),
        ([], [("final-differs-from-target", None)]),
        ([("2026-03-31", "30"), ("2026-03-31", "80")], [("unordered", 1)]),
        ([("2026-04-30", "30"), ("2026-03-31", "80")], [("unordered", 1)]),
        ([("2026-03-31", "30"), ("2026-04-30", "29.999999"), ("2026-05-31", "80")], [("falling", 1)]),
        ([("2026-03-31", "-1"), ("2026-05-31", "80")], [("falling", 0)]),
        ([("2026-12-31", "79"), ("2027-01-01", "80")], [("beyond-deadline", 1)]),
        ([("2026-03-31", "30"), ("2026-12-31", "79.999999")], [("final-differs-from-target", 1)]),
        ([("2026-12-31", "80.1")], [("final-differs-from-target", 0)]),
        (
            [("2027-03-31", "90"), ("2026-12-31", "70")],
            [("beyond-deadline", 0), ("unordered", 1), ("falling", 1), ("final-differs-from-target", 1)],
        ),
    ],
)
def test_faults_of_a_vector(points: list[tuple[str, str]], faults: list[tuple[str, int | None]]) -> None:
    read = [(date.fromisoformat(day), Decimal(value)) for day, value in points]
    found = vector_problems(read, Decimal(80), date(2026, 12, 31))
    assert [(problem.code, problem.index) for problem in found] == faults
    assert all(problem.message for problem in found)


def test_without_a_target_the_final_value_is_free() -> None:
    assert vector_problems([(date(2026, 3, 31), Decimal(30))], None, date(2026, 12, 31)) == []


# --- progress ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "operator, target, actual, met, share",
    [
        ("ge", "300", "2885.1", True, Fraction(28851, 3000)),  # 961.7 %
        ("ge", "100", "100", True, Fraction(1)),
        ("ge", "100", "99.999999", False, Fraction(99999999, 100000000)),
        ("eq", "12", "12", True, Fraction(1)),
        ("eq", "12", "13", True, Fraction(13, 12)),
        ("eq", "12", "11", False, Fraction(11, 12)),
        ("le", "4.3", "3.57", True, Fraction(357, 430)),  # unemployment
        ("le", "732", "732", True, Fraction(1)),
        ("le", "732", "733", False, Fraction(733, 732)),
        ("ge", "0", "0", True, Fraction(1)),
        ("ge", "0", "5", True, Fraction(1)),
        ("ge", "0", "-1", False, Fraction(0)),
        ("ge", "-5", "-6", False, Fraction(0)),
        ("ge", "-5", "-4", True, Fraction(1)),
        ("le", "0", "0", True, None),
        ("le", "0", "2", False, None),
        ("ge", None, "5", None, None),
        ("ge", "5", None, None, None),
        ("le", None, None, None, None),
    ],
)
def test_met_and_progress(
    operator: str,
    target: str | None,
    actual: str | None,
    met: bool | None,  # noqa: FBT001 - a column of the table above
    share: Fraction | None,
) -> None:
    aim = None if target is None else Decimal(target)
    figure = None if actual is None else Decimal(actual)
    assert meets(operator, aim, figure) is met
    assert progress(operator, aim, figure) == share


@pytest.mark.parametrize("operator", ["", "gt", "GE", ">="])
def test_an_unknown_operator_is_an_error_even_without_figures(operator: str) -> None:
    with pytest.raises(ValueError, match="unknown operator"):
        meets(operator, None, None)
    with pytest.raises(ValueError, match="unknown operator"):
        progress(operator, None, None)


# --- reports ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "previous, current, value, pair",
    [
        ("10", "5", None, ("5", "15")),
        ("10", None, "15", ("5", "15")),
        ("10", "5", "15", ("5", "15")),
        (None, "5", None, ("5", "5")),
        (None, None, "15", ("15", "15")),
        ("10", "-4", None, ("-4", "6")),
        ("10", None, "6", ("-4", "6")),
        ("10", "0", None, ("0", "10")),
        ("0.1", "0.2", "0.3", ("0.2", "0.3")),
    ],
)
def test_previous_and_current_make_the_new_cumulative(
    previous: str | None, current: str | None, value: str | None, pair: tuple[str, str]
) -> None:
    read = [None if figure is None else Decimal(figure) for figure in (previous, current, value)]
    assert completed(*read) == tuple(map(Decimal, pair))


def test_figures_that_do_not_add_up_are_refused_with_all_three() -> None:
    with pytest.raises(SumMismatchError, match=r"10 \+ 5 != 15\.000001") as caught:
        completed(Decimal(10), Decimal(5), Decimal("15.000001"))
    error = caught.value
    assert (error.previous, error.current, error.value) == (Decimal(10), Decimal(5), Decimal("15.000001"))


def test_nothing_reported_is_not_zero() -> None:
    with pytest.raises(NothingReportedError):
        completed(Decimal(10), None, None)


@given(AMOUNTS, AMOUNTS)
def test_either_figure_gives_the_other(previous: Decimal, current: Decimal) -> None:
    pair = completed(previous, current, None)
    assert Fraction(pair[1]) == Fraction(previous) + Fraction(current)
    assert completed(previous, None, pair[1]) == pair


@pytest.mark.parametrize(
    "previous, value, falls",
    [("98.2", "97.9", True), ("98.2", "98.2", False), ("98.2", "98.3", False), (None, "1", False), ("1", None, False)],
)
def test_a_snapshot_may_fall_and_is_noticed(previous: str | None, value: str | None, falls: bool) -> None:  # noqa: FBT001
    read = [None if figure is None else Decimal(figure) for figure in (previous, value)]
    assert fell(*read) is falls


# --- rates ------------------------------------------------------------------------------------------------


def test_the_base_of_a_rate_is_shown() -> None:
    """153 of 183, of which 12 do not apply: the printed 88.4 % fits neither base (R009, R010)."""
    rate = count_rate([True] * 153 + [False] * 18 + [None] * 12)
    assert (rate.met, rate.base, rate.left_out) == (153, 171, 12)
    assert rate.share is not None
    assert percent(rate.share) == "89.5"
    for base in (171, 183):
        assert printed_differs(Decimal("88.4"), Decimal(base), Decimal(153))
        assert not printed_differs(Decimal(percent(Fraction(153, base))), Decimal(base), Decimal(153))


def test_a_rate_over_nothing_is_no_rate() -> None:
    assert count_rate([None, None]).share is None
    assert count_rate([]).left_out == 0
    assert value_rate([(None, Decimal(5))]).share is None
    assert value_rate([(Decimal(0), Decimal(5))]).share is None


def test_a_surplus_never_hides_a_gap() -> None:
    """Total met, one district at 6.4 times its target, eight short (天津 toilets, practice 5.5)."""
    pairs = [(Decimal(100), Decimal(640)), *[(Decimal(100), Decimal(60))] * 8]
    value = value_rate(pairs)
    count = count_rate(meets("ge", target, actual) for target, actual in pairs)
    assert value.share == Fraction(1120, 900)
    assert count.share == Fraction(1, 9)
    assert (value.short, value.shortfall) == (8, Decimal(320))
    assert (value.actual, value.base) == (Decimal(1120), Decimal(900))


def test_silent_units_stay_in_the_base_and_units_without_target_leave_it() -> None:
    rate = value_rate([(Decimal(10), None), (Decimal(10), Decimal(10)), (None, Decimal(7))])
    assert (rate.actual, rate.base) == (Decimal(10), Decimal(20))
    assert (rate.short, rate.shortfall, rate.missing, rate.left_out) == (1, Decimal(10), 1, 1)
    assert rate.share == Fraction(1, 2)


@given(st.lists(st.tuples(st.integers(1, 10**6), st.integers(0, 10**6)), min_size=1, max_size=30))
def test_shortfall_is_zero_only_if_every_unit_is_done(pairs: list[tuple[int, int]]) -> None:
    rate = value_rate((Decimal(target), Decimal(actual)) for target, actual in pairs)
    count = count_rate(actual >= target for target, actual in pairs)
    assert rate.shortfall == sum(target - actual for target, actual in pairs if actual < target)
    assert rate.short == count.base - count.met
    assert (rate.shortfall == 0) == (count.share == 1)


def test_roll_up_names_who_is_missing() -> None:
    assert sum_actuals([Decimal("0.1"), None, Decimal("0.2")]).total == Decimal("0.3")
    assert sum_actuals([Decimal("0.1"), None, Decimal("0.2")]).missing == 1
    assert sum_actuals([None]).total is None
    assert sum_actuals([Decimal(0), None]).total == Decimal(0)


# --- percentages ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "share, places, written",
    [
        (Fraction(28851, 3000), 1, "961.7"),
        (Fraction(1), 1, "100"),
        (Fraction(0), 1, "0"),
        (Fraction(7, 12), 2, "58.33"),
        (Fraction(1045, 10000), 1, "10.5"),  # 10.45: half up, where a float or half-even gives 10.4
        (Fraction(10449999, 10**8), 1, "10.4"),
        (Fraction(-1045, 10000), 1, "-10.5"),
        (Fraction(-1, 10**6), 1, "0"),
        (Fraction(5, 1000), 0, "1"),
        (Fraction(1, 3), 6, "33.333333"),
        (Fraction(161, 1000), 3, "16.1"),
    ],
)
def test_percent(share: Fraction, places: int, written: str) -> None:
    assert percent(share, places) == written


@pytest.mark.parametrize(
    "share, written",
    [
        ("0.0996", "9.96"),
        ("0.1", "10"),
        ("0.1004", "10.04"),
        ("0.099999996", "9.999999"),
        ("0.100000004", "10.000001"),
        ("0.29999", "29.999"),
        ("0.3000001", "30.00001"),
        ("0.195", "19.5"),
    ],
)
def test_a_distance_never_reads_as_a_bound_it_has_not_reached(share: str, written: str) -> None:
    assert percent_clear_of(Fraction(share), (Fraction(1, 10), Fraction(3, 10))) == written


@given(st.fractions(-2, 2), st.lists(st.integers(-200, 200), max_size=4))
def test_the_written_percentage_stands_on_the_side_of_the_exact_one(share: Fraction, bounds: list[int]) -> None:
    written = Fraction(percent_clear_of(share, [Fraction(bound, 100) for bound in bounds]))
    exact = share * 100
    for bound in bounds:
        assert (written > bound, written < bound) == (exact > bound, exact < bound)
    assert abs(written - exact) <= Fraction(1, 20)


@pytest.mark.parametrize(
    "printed, target, actual, differs",
    [
        ("100", "7230", "6818", True),  # 泰顺: 94.3 %
        ("67.1", "73.6", "46.3", True),  # 安徽 2007: 62.9 %
        ("96.13", "70000", "67290", False),
        ("96.12", "70000", "67290", False),  # cut instead of rounded
        ("96.14", "70000", "67290", True),
        ("96.11", "70000", "67290", True),
        ("137", "15000", "20612", False),
        ("137.0", "15000", "20612", True),  # printed to a tenth, and a tenth is wrong
        ("961.7", "300", "2885.1", False),
        ("1E+2", "50", "50", False),
        ("100", "0", "5", False),
        ("100", None, "5", False),
        ("100", "5", None, False),
    ],
)
def test_printed_and_computed_rates(printed: str, target: str | None, actual: str | None, differs: bool) -> None:  # noqa: FBT001
    read = [None if figure is None else Decimal(figure) for figure in (target, actual)]
    assert printed_differs(Decimal(printed), *read) is differs
