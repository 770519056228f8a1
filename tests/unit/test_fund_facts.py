"""Rates name their base, and what came first goes first: against naive second implementations."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from minsheng.funds.accounts import ROUTES, Account
from minsheng.funds.facts import Facts, agreeing, ahead, elapsed, percent, rates
from minsheng.funds.pace import Flow, Passed, late, mean, resting, through
from minsheng.funds.reasons import yuan

YI = 100_000_000_00
START = date(2026, 1, 1)


def test_every_event_goes_from_one_account_to_another() -> None:
    for kind, (sources, targets) in ROUTES.items():
        assert not set(sources) & set(targets), kind
        # Money that was there once is never less than nothing; only where it comes from may be.
        assert all(each.never_negative for each in targets), kind
    assert {each for each in Account if not each.never_negative} == {"budget", "allotted", "direct", "works"}


def test_facts_and_rates() -> None:
    totals = {"planned": 1000, "allotted": -900, "due": 100, "direct": -50, "cash": 150, "advanced": 200, "spent": 480,
              "returned": 20, "recovered": 30, "invested": 990}  # fmt: skip
    facts = Facts.of(totals)
    assert facts == Facts(planned=1000, noticed=900, received=850, due=100, paid=680, recovered=30, spent=480,
                          advanced=200, returned=20, cash=150, invested=990)  # fmt: skip
    assert facts.received == facts.cash + facts.paid + facts.returned
    assert [(each.label, each.percent) for each in rates(facts)] == [
        ("下达 ÷ 计划", "90"),
        ("到位 ÷ 下达", "88.89"),
        ("到位 ÷ 计划", "85"),
        ("拨付 ÷ 到位", "80"),
        ("拨付 ÷ 计划", "68"),
        ("支出 ÷ 拨付", "70.59"),
        ("完成投资 ÷ 计划", "99"),
    ]
    assert {each.percent for each in rates(Facts())} == {None}
    assert facts + facts == Facts.of({name: 2 * fen for name, fen in totals.items()})
    assert [yuan(fen) for fen in (0, 5, 1_234_50, -1_00, 2**53 - 1)] == [
        "0.00", "0.05", "1,234.50", "-1.00", "90,071,992,547,409.91",
    ]  # fmt: skip


def test_printed_rates_are_told_apart_by_their_base() -> None:
    """As 凤台 and 界首 printed them: paid ÷ received, and paid ÷ planned; what is neither agrees with nothing."""
    fengtai = Facts(planned=910 * YI // 100, noticed=854 * YI // 100, received=854 * YI // 100, paid=754 * YI // 100)
    assert agreeing(Decimal("88.3"), fengtai) == ["拨付 ÷ 到位"]
    assert agreeing(Decimal("82.9"), fengtai) == ["拨付 ÷ 计划"]
    assert agreeing(Decimal(60), Facts(planned=72 * YI // 10, paid=43 * YI // 10)) == ["拨付 ÷ 计划"]
    assert agreeing(Decimal("60.0"), Facts(planned=72 * YI // 10, paid=43 * YI // 10)) == ["拨付 ÷ 计划"]
    assert agreeing(Decimal("97.6"), fengtai) == []
    # 49.8351 per cent, printed as cut; 49.82 is neither cut nor rounded.
    cut = Facts(planned=2426, invested=1209)
    assert [agreeing(Decimal(printed), cut) for printed in ("49.83", "49.84", "49.82", "50")] == [
        ["完成投资 ÷ 计划"],
        ["完成投资 ÷ 计划"],
        [],
        ["完成投资 ÷ 计划"],
    ]


@given(st.integers(0, 10**16), st.integers(1, 10**16), st.integers(0, 3))
def test_percent_rounds_half_up_once(numerator: int, denominator: int, places: int) -> None:
    exact = Fraction(numerator * 100 * 10**places, denominator)
    whole, rest = divmod(exact.numerator, exact.denominator)
    wanted = whole + (2 * rest >= exact.denominator)
    assert Decimal(percent(numerator, denominator, places) or "") * 10**places == wanted


def test_elapsed_time_and_points_ahead() -> None:
    assert [elapsed(START, date(2026, 12, 31), START + timedelta(days)) for days in (-5, 0, 72, 364, 900)] == [
        0, Fraction(1, 365), Fraction(1, 5), 1, 1,
    ]  # fmt: skip
    assert ahead(Facts(planned=1000, paid=150), Fraction(1, 5)) == "-5"
    assert ahead(Facts(planned=3, paid=1), Fraction(0)) == "33.33"
    assert ahead(Facts(paid=1), Fraction(0)) is None


flows = st.lists(st.tuples(st.integers(0, 300), st.integers(1, 30)), max_size=6)


@given(flows, flows)
@settings(max_examples=60)
def test_what_came_first_goes_first(came: list[tuple[int, int]], went: list[tuple[int, int]]) -> None:
    """Fen by fen: each that goes is the oldest that is still there."""
    flow = lambda found: [Flow(START + timedelta(day), fen, START + timedelta(day + 30)) for day, fen in found]  # noqa: E731
    waiting = [day for day, fen in sorted(came, key=lambda each: each[0]) for _ in range(fen)]
    leaving = [day for day, fen in sorted(went, key=lambda each: each[0]) for _ in range(fen)]
    took = [max(0, out - into) for into, out in zip(waiting, leaving, strict=False)]
    rest = waiting[len(took) :]

    passed, still = through(flow(came), flow(went))
    assert [each.days for each in passed for _ in range(each.fen)] == took
    assert [(each.on - START).days for each in still for _ in range(each.fen)] == rest
    wanted = (Decimal(sum(took)) / len(took)).quantize(Decimal("0.1"), ROUND_HALF_UP) if took else None
    assert (mean(passed) is None) == (wanted is None)
    if wanted is not None:
        assert Decimal(mean(passed) or "") == wanted
    today = START + timedelta(200)
    assert resting(still, today, 90) == (
        sum(200 - day > 90 for day in rest),
        max((200 - day for day in rest), default=0),
    )
    over = [200 - day - 30 for day in rest if day + 30 < 200]
    assert late(still, today) == (len(over), max(over, default=0))


def test_nothing_passed_has_no_mean() -> None:
    assert (mean([]), mean([Passed(3, 1), Passed(0, 3)])) == (None, "0.8")
    assert late([Flow(START, 5)], date(2027, 1, 1)) == (0, 0)
