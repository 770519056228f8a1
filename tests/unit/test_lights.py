"""Lights: bands to the last millionth, ceilings, silence, and the words that go with them (guide 4.4, 10)."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.kernel import quantity
from minsheng.plans.lights import Judgement, count_standings, judge
from minsheng.plans.rules import MonthlyVector, Plan, StraightLine
from minsheng.rule_sets.service import preset

POINTS_10_30 = preset("points-10-30")

# 100 days, so that a day is a percentage point.
LINE = StraightLine(date(2026, 1, 1), date(2026, 4, 11))
START, END = LINE.start, LINE.deadline
DAYS = st.dates(date(2025, 6, 1), date(2027, 6, 1))
MILLIONTHS = st.integers(1, 10**14)


def light_of(
    target: str | None,
    actual: str | None,
    on: date,
    operator: str = "ge",
    accumulation: str = "cumulative",
    plan: Plan = LINE,
    deadline: date | None = None,
) -> Judgement:
    return judge(
        POINTS_10_30,
        operator,
        accumulation,
        None if target is None else Decimal(target),
        None if actual is None else Decimal(actual),
        plan,
        on,
        deadline=deadline,
    )


def after(days: int) -> date:
    return START + timedelta(days=days)


# --- bands ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "actual, light, standing, gap",
    [
        ("60", "green", "ahead", "-10"),
        ("50.000001", "green", "ahead", "-0.000001"),
        ("50", "green", "on", "0"),
        ("49.999999", "green", "on", "0.000001"),
        ("40.001", "green", "on", "9.999"),
        ("40.000001", "green", "on", "9.999999"),
        ("40", "yellow", "behind", "10"),
        ("39.999999", "yellow", "behind", "10.000001"),
        ("20.000001", "yellow", "behind", "29.999999"),
        ("20", "yellow", "behind", "30"),
        ("19.999999", "red", "behind", "30.000001"),
        ("19.999", "red", "behind", "30.001"),
        ("0", "red", "behind", "50"),
    ],
)
def test_bands_on_day_50_of_100(actual: str, light: str, standing: str, gap: str) -> None:
    seen = light_of("100", actual, after(50))
    assert (seen.light, seen.standing) == (light, standing)
    assert seen.progress == Fraction(actual) / 100
    assert seen.expected == Fraction(1, 2)
    assert seen.gap_points == Fraction(gap)


@pytest.mark.parametrize(
    "days, light",
    [
        (-5, "green"),
        (0, "green"),
        (9, "green"),
        (10, "yellow"),
        (30, "yellow"),
        (31, "red"),
        (100, "red"),
        (500, "red"),
    ],
)
def test_a_silent_unit_falls_behind_day_by_day(days: int, light: str) -> None:
    seen = light_of("100", None, after(days))
    assert seen.light == light
    assert seen.progress == 0
    assert "尚无审核通过的数，按0计" in seen.explanation
    assert ("累计完成", "0（尚无审核通过的数，按0计）") in seen.steps


def test_a_third_is_compared_as_a_third() -> None:
    """Day 40 of 120 expects one third; 7/30 is exactly 10 points behind, which no decimal says."""
    line = StraightLine(date(2026, 1, 1), date(2026, 5, 1))
    assert light_of("30", "7", date(2026, 2, 10), plan=line).light == "yellow"
    assert light_of("30", "7.000001", date(2026, 2, 10), plan=line).light == "green"
    assert light_of("30", "1", date(2026, 2, 10), plan=line).light == "yellow"
    assert light_of("30", "0.999999", date(2026, 2, 10), plan=line).light == "red"


def test_a_flood_season_without_work_is_not_behind() -> None:
    plan = MonthlyVector(
        (
            (date(2026, 5, 31), Decimal(50)),
            (date(2026, 6, 30), Decimal(50)),
            (date(2026, 7, 31), Decimal(50)),
            (date(2026, 8, 31), Decimal(80)),
        )
    )
    assert light_of("80", "50", date(2026, 7, 31), plan=plan).gap_points == 0
    assert light_of("80", "50", date(2026, 8, 30), plan=plan).light == "green"
    assert light_of("80", "50", date(2026, 8, 31), plan=plan).light == "red"


# --- done -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "operator, actual, on, standing, words",
    [
        ("ge", "100", after(50), "ahead", "已完成"),
        ("ge", "961.7", after(50), "ahead", "已完成，超额861.7"),
        ("ge", "100", END, "on", "已完成"),
        ("ge", "100.1", END, "ahead", "已完成，超额0.1"),
        ("eq", "100", after(50), "ahead", "已完成"),
        ("eq", "103", after(50), "ahead", "已完成，超出3"),
    ],
)
def test_a_target_that_is_met_is_done_on_any_day(
    operator: str, actual: str, on: date, standing: str, words: str
) -> None:
    seen = light_of("100", actual, on, operator)
    assert (seen.light, seen.standing) == ("done", standing)
    assert seen.explanation.endswith(f"%，{words}。")


def test_961_7_percent() -> None:
    seen = light_of("300", "2885.1", date(2026, 4, 1))
    assert seen.light == "done"
    assert seen.progress == Fraction(28851, 3000)
    assert seen.explanation == "截至2026年4月1日，目标不低于300，累计完成2885.1，完成率961.7%，已完成，超额2585.1。"


def test_done_is_never_behind_though_the_plan_asks_for_more_than_the_target() -> None:
    seen = light_of("100", "100", END, plan=MonthlyVector(((START, Decimal(150)),)))
    assert (seen.light, seen.standing, seen.gap_points) == ("done", "on", Fraction(50))


def test_a_snapshot_that_falls_below_its_target_is_done_no_longer() -> None:
    assert light_of("98", "98.2", END, accumulation="snapshot").light == "done"
    seen = light_of("98", "97.9", END, accumulation="snapshot")
    assert seen.light == "green"
    assert "当前值97.9" in seen.explanation


# --- ceilings ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target, actual, on, light, standing, gap",
    [
        ("4.3", "3.57", START, "green", "on", None),
        ("4.3", "3.57", after(99), "green", "on", None),
        ("4.3", "0", START, "green", "on", None),
        ("4.3", "0", after(99), "green", "on", None),
        ("4.3", "4.3", after(99), "green", "on", None),
        ("4.3", "3.57", END, "done", "on", None),
        ("4.3", "4.3", after(200), "done", "on", None),
        ("4.3", "4.300001", START - timedelta(days=9), "red", "behind", Fraction(1, 43000)),
        ("732", "732", after(10), "green", "on", None),
        ("732", "805.2", after(10), "red", "behind", Fraction(10)),
        ("732", "733", END, "red", "behind", Fraction(100, 732)),
        ("0", "0", after(10), "green", "on", None),
        ("0", "2", after(10), "red", "behind", None),
    ],
)
def test_a_ceiling_is_never_judged_against_time(
    target: str, actual: str, on: date, light: str, standing: str, gap: Fraction | None
) -> None:
    seen = light_of(target, actual, on, "le", "snapshot")
    assert (seen.light, seen.standing, seen.gap_points) == (light, standing, gap)
    assert seen.expected is None


@pytest.mark.parametrize(
    "target, actual, on, words",
    [
        ("4.3", "3.57", after(50), "当前值3.57，未超出控制目标，余量0.73，不按时间进度判定，亮绿灯。"),
        ("4.3", "3.57", END, "当前值3.57，已到期限，未超出控制目标，已完成。"),
        ("732", "805.2", after(50), "当前值805.2，超出控制目标73.2（10个百分点），亮红灯。"),
        ("0", "2", after(50), "当前值2，超出控制目标2，亮红灯。"),
    ],
)
def test_the_words_of_a_ceiling(target: str, actual: str, on: date, words: str) -> None:
    seen = light_of(target, actual, on, "le", "snapshot")
    assert seen.explanation == f"截至{on.year}年{on.month}月{on.day}日，目标不超过{target}，{words}"


def test_the_steps_of_a_broken_ceiling_show_the_excess() -> None:
    assert light_of("732", "805.2", after(50), "le", "snapshot").steps == (
        ("目标", "不超过732"),
        ("当前值", "805.2"),
        ("占控制目标", "805.2 ÷ 732 = 110%"),
        ("超出", "805.2 − 732 = 73.2"),
        ("超出百分点", "110% − 100% = 10 个百分点"),
        ("结论", "红灯：落后序时进度超过30个百分点，或超出控制目标"),
    )


def test_the_task_deadline_overrules_the_end_of_the_plan() -> None:
    assert light_of("4.3", "3.57", END, "le", "snapshot", deadline=after(101)).light == "green"
    assert light_of("4.3", "3.57", after(101), "le", "snapshot", deadline=after(101)).light == "done"
    monthly = MonthlyVector(((after(10), Decimal(4)), (after(20), Decimal("4.3"))))
    assert light_of("4.3", "3.57", after(19), "le", "snapshot", plan=monthly).light == "green"
    assert light_of("4.3", "3.57", after(20), "le", "snapshot", plan=monthly).light == "done"
    assert light_of("4.3", "3.57", after(20), "le", "snapshot", plan=MonthlyVector(())).light == "green"


# --- none -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operator", ["ge", "le", "eq"])
@pytest.mark.parametrize("actual", [None, "5"])
def test_without_a_yearly_target_there_is_no_light(operator: str, actual: str | None) -> None:
    seen = light_of(None, actual, after(50), operator)
    assert (seen.light, seen.standing, seen.progress, seen.expected, seen.gap_points) == ("none", *[None] * 4)
    assert seen.explanation == "常态化任务，不设年度目标，不亮灯。"


@pytest.mark.parametrize("operator", ["ge", "le", "eq"])
def test_a_snapshot_without_a_figure_has_no_light(operator: str) -> None:
    seen = light_of("92", None, after(50), operator, "snapshot")
    assert (seen.light, seen.standing, seen.progress) == ("none", None, None)
    assert seen.explanation == "尚无审核通过的数，不亮灯。"


@pytest.mark.parametrize(
    "operator, target, on, light",
    [
        ("le", "732", after(50), "green"),
        ("le", "732", END, "none"),
        ("ge", "0", after(50), "none"),
        ("eq", "0", END, "none"),
    ],
)
def test_silence_never_earns_done(operator: str, target: str, on: date, light: str) -> None:
    assert light_of(target, None, on, operator).light == light
    assert light_of(target, "0", on, operator).light == ("done" if light == "none" else light)


@pytest.mark.parametrize("operator, accumulation", [("gt", "cumulative"), ("ge", "flow")])
def test_unknown_words_are_errors(operator: str, accumulation: str) -> None:
    with pytest.raises(ValueError, match="unknown"):
        light_of(None, None, START, operator, accumulation)


# --- words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "actual, words",
    [
        (
            "57.3",
            "完成率57.3%，序时进度50%，快于序时进度7.3个百分点，亮绿灯（不落后于序时进度，或落后不足10个百分点）。",
        ),
        ("50", "完成率50%，序时进度50%，与序时进度持平，亮绿灯（不落后于序时进度，或落后不足10个百分点）。"),
        ("40.01", "完成率40%，序时进度50%，落后9.99个百分点，亮绿灯（不落后于序时进度，或落后不足10个百分点）。"),
        ("30", "完成率30%，序时进度50%，落后20个百分点，亮黄灯（落后序时进度10至30个百分点，含10和30）。"),
        (
            "19.999",
            "完成率20%，序时进度50%，落后30.001个百分点，亮红灯（落后序时进度超过30个百分点，或超出控制目标）。",
        ),
    ],
)
def test_one_sentence_with_its_numbers(actual: str, words: str) -> None:
    seen = light_of("100", actual, after(50))
    assert seen.explanation == f"截至2026年2月20日，目标不低于100，累计完成{actual}，{words}"


def test_almost_done_does_not_read_as_done() -> None:
    assert "完成率99.99%，" in light_of("10000", "9999", END).explanation


def test_the_whole_arithmetic_of_a_straight_line() -> None:
    line = StraightLine(date(2026, 1, 1), date(2026, 12, 31))
    assert light_of("300", "100", date(2026, 7, 2), plan=line).steps == (
        ("目标", "不低于300"),
        ("累计完成", "100"),
        ("完成率", "100 ÷ 300 ≈ 33.33%"),
        ("序时进度", "自2026-01-01已过182天 ÷ 至2026-12-31共364天 = 50%"),
        ("落后", "50% − 33.33% ≈ 16.67 个百分点"),
        ("比较方式", "按分数精确比较，不先四舍五入"),
        ("结论", "黄灯：落后序时进度10至30个百分点，含10和30"),
    )


@pytest.mark.parametrize(
    "plan, target, on, step",
    [
        (LINE, "300", START, ("序时进度", "自2026-01-01起算，尚未经过一天，按0计")),
        (LINE, "300", END, ("序时进度", "已到期限2026-04-11，按100%计")),
        (MonthlyVector(((START, Decimal(60)),)), "300", END, ("计划累计", "60")),
        (MonthlyVector(((START, Decimal(60)),)), "300", END, ("序时进度", "60 ÷ 300 = 20%")),
        (MonthlyVector(((START, Decimal(0)),)), "0", END, ("序时进度", "= 100%")),
        (LINE, "0", END, ("完成率", "目标不大于0，只分达到（100%）与未达到（0%）")),
    ],
)
def test_the_step_that_names_the_plan(plan: Plan, target: str, on: date, step: tuple[str, str]) -> None:
    assert step in light_of(target, "-1", on, plan=plan).steps


# --- properties -------------------------------------------------------------------------------------------


def naive_light(target: int, actual: int, expected: tuple[int, int]) -> tuple[str, str]:
    """Light and standing by whole numbers alone: millionths, and the plan as numerator and denominator."""
    over, under = expected
    if actual >= target:
        return "done", "ahead" if actual * under > over * target else "on"
    behind = (over * target - actual * under) * 100
    point = target * under
    if behind > 30 * point:
        return "red", "behind"
    if behind >= 10 * point:
        return "yellow", "behind"
    return "green", "ahead" if behind < 0 else "on"


@given(MILLIONTHS, st.data(), DAYS, DAYS, DAYS)
def test_any_light_on_a_straight_line_equals_the_naive_one(
    target: int, data: st.DataObject, start: date, deadline: date, on: date
) -> None:
    actual = data.draw(st.integers(0, target + target // 5))
    passed = whole = 0
    day = start
    while day < deadline:
        day += timedelta(days=1)
        whole += 1
        passed += day <= on
    expected = (passed, whole) if whole else (int(on >= deadline), 1)
    seen = judge(
        POINTS_10_30,
        "ge",
        "cumulative",
        quantity.from_scaled(target),
        quantity.from_scaled(actual),
        StraightLine(start, deadline),
        on,
    )
    assert (seen.light, seen.standing) == naive_light(target, actual, expected)
    assert seen.expected == Fraction(*expected)
    assert seen.progress == Fraction(actual, target)


@given(
    st.lists(st.tuples(DAYS, st.integers(0, 120)), unique_by=lambda point: point[0], max_size=13).map(sorted),
    st.integers(0, 120),
    DAYS,
)
def test_any_light_on_a_monthly_plan_equals_the_naive_one(
    points: list[tuple[date, int]], actual: int, on: date
) -> None:
    """Whole points of a target of 100, so that the bounds themselves are hit often."""
    planned = 0
    for day, value in points:
        if day <= on:
            planned = value
    plan = MonthlyVector(tuple((day, Decimal(value)) for day, value in points))
    seen = judge(POINTS_10_30, "ge", "cumulative", Decimal(100), Decimal(actual), plan, on)
    assert (seen.light, seen.standing) == naive_light(100, actual, (planned, 100))


@given(MILLIONTHS, st.integers(0, 2 * 10**14), DAYS, DAYS)
def test_any_ceiling_depends_on_time_only_at_its_deadline(target: int, actual: int, deadline: date, on: date) -> None:
    seen = judge(
        POINTS_10_30,
        "le",
        "snapshot",
        quantity.from_scaled(target),
        quantity.from_scaled(actual),
        StraightLine(date(2025, 6, 1), deadline),
        on,
    )
    within = "done" if on >= deadline else "green"
    assert seen.light == ("red" if actual > target else within)
    assert seen.gap_points == (Fraction(100 * (actual - target), target) if actual > target else None)


@given(st.lists(st.tuples(st.none() | st.integers(0, 120), st.integers(-10, 120)), max_size=30))
def test_ahead_on_and_behind_are_counted_apart(cases: list[tuple[int | None, int]]) -> None:
    seen = [
        light_of(None if actual is None else "100", None if actual is None else str(actual), after(days))
        for actual, days in cases
    ]
    counts = count_standings(seen)
    wanted = Counter(
        "unjudged" if actual is None else naive_light(100, actual, (min(max(days, 0), 100), 100))[1]
        for actual, days in cases
    )
    assert (counts.ahead, counts.on, counts.behind, counts.unjudged) == (
        wanted["ahead"],
        wanted["on"],
        wanted["behind"],
        wanted["unjudged"],
    )
