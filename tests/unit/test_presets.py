"""Each shipped rule set reproduces its published rule on hand-made boundary cases (practice 1.1)."""

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from minsheng.plans.lights import Judgement
from minsheng.plans.measures import Peers
from minsheng.plans.rules import MonthlyVector, Plan, StraightLine
from minsheng.plans.verdicts import Case, Due, Waiver, assess, made_up_on
from minsheng.rule_sets.definition import faults
from minsheng.rule_sets.service import preset, presets

# 100 days, so that a day is a percentage point.
LINE = StraightLine(date(2026, 1, 1), date(2026, 4, 11))
MONTHS = tuple(date(2026, month, monthrange(2026, month)[1]) for month in range(1, 13))
BY_MONTH = MonthlyVector(tuple((end, Decimal(10 * number)) for number, end in enumerate(MONTHS[:10], start=1)))
YEAR = StraightLine(date(2026, 1, 1), date(2026, 12, 31))


def case(figures: dict[int, str], plan: Plan = BY_MONTH, line: StraightLine = YEAR, **more: object) -> Case:
    """Return a target of 100 with the cumulative figure of some months."""
    return Case(
        operator="ge",
        accumulation="cumulative",
        target=Decimal(100),
        plan=plan,
        line=line,
        deadline=line.deadline,
        figures=tuple((MONTHS[month - 1], Decimal(value)) for month, value in sorted(figures.items())),
        ends=MONTHS,
        **more,  # type: ignore[arg-type]
    )


def lit(code: str, given: Case, on: date, peers: list[str] | None = None) -> Judgement:
    """Judge by a preset, among others whose percentages are given, its own included."""
    others = None
    if peers is not None:
        shares = sorted(Fraction(each) / 100 for each in peers)
        names = {share: tuple(f"镇{share * 100}" for each in shares if each == share) for share in shares}
        found = Peers(tuple(shares), names)
        others = lambda _: found  # noqa: E731
    return assess(preset(code), given, on, others)


def test_every_preset_is_sound_and_has_its_source() -> None:
    assert sorted(presets()) == [
        "cangnan-month",
        "days-7-15",
        "dazu-five",
        "guangyuan-second",
        "hengyang-honour",
        "ouhai-made-up",
        "points-10-30",
        "sanming-escalation",
        "tianjin-bond",
        "yinchuan-2025",
    ]
    for code, content in presets().items():
        assert faults(preset(code)) == [], code
        assert len(content["source"]) > 20, code


@pytest.mark.parametrize(
    "behind, light",
    [("9.999999", "green"), ("10", "yellow"), ("30", "yellow"), ("30.000001", "red"), ("0", "green"), ("-50", "done")],
)
def test_yinchuan_both_ends_belong_to_yellow(behind: str, light: str) -> None:
    on = LINE.start + timedelta(days=50)
    given = case({2: str(50 - Decimal(behind))}, LINE, LINE)
    assert lit("points-10-30", given, on).light == light
    assert lit("yinchuan-2025", given, on).light == light


@pytest.mark.parametrize(
    "month, figure, light",
    [(1, None, "yellow"), (2, None, "yellow"), (3, None, "red"), (4, None, "red"), (3, "0", "red"), (3, "30", "green")],
)
def test_yinchuan_a_start_missed_three_months_running_is_red(month: int, figure: str | None, light: str) -> None:
    """January expects a start; the plan asks for so little that progress itself stays green."""
    slow = MonthlyVector(tuple((end, Decimal(number)) for number, end in enumerate(MONTHS, start=1)))
    found = lit("yinchuan-2025", case({month: figure} if figure else {}, slow), MONTHS[month - 1])
    assert (found.light, dict(found.parts)["progress"]) == (light, "green")
    assert dict(found.parts)["money"] == "none"
    if light == "red":
        assert f"计划开工月以来已有{month}个月没有开工，改亮红灯" in found.explanation


def test_yinchuan_a_start_is_not_missed_before_its_month() -> None:
    late = MonthlyVector(((MONTHS[5], Decimal(50)), (MONTHS[11], Decimal(100))))
    lights = [dict(lit("yinchuan-2025", case({}, late), end).parts)["start"] for end in MONTHS[:8]]
    assert lights == ["green"] * 5 + ["yellow"] * 2 + ["red"]


@pytest.mark.parametrize(
    "done, accepted, light",
    [
        ("29.999999", True, "red"),
        ("30", True, "orange"),
        ("59.999999", True, "orange"),
        ("60", True, "yellow"),
        ("80", True, "green"),
        ("99.999999", True, "green"),
        ("100", False, "green"),
        ("100", True, "done"),
    ],
)
def test_dazu_judges_absolute_progress_and_blue_is_accepted(done: str, accepted: bool, light: str) -> None:  # noqa: FBT001
    found = lit("dazu-five", case({6: done}, accepted=accepted), MONTHS[5])
    assert found.light == light
    if done == "29.999999":
        assert "完成率29.999999%" in found.explanation
    if not accepted:
        assert "已达到目标，报告尚未确认" in found.explanation
    if light == "done":
        assert preset("dazu-five").names["done"] == "蓝灯"


@pytest.mark.parametrize(
    "figure, peers, light",
    [
        ("60", ["60", "90", "90", "90"], "green"),
        ("59.999999", ["59.999999", "50", "40", "30"], "yellow"),
        ("50", ["50", "45", "40", "90"], "red"),
        # The third from below is shared: everybody on it is among the bottom three.
        ("50", ["50", "50", "50", "40", "30", "90"], "red"),
        ("50", ["50", "50", "45", "40", "30", "90"], "yellow"),
        ("50", ["50", "50"], "red"),
    ],
)
def test_cangnan_missed_and_in_the_bottom_three_with_ties(figure: str, peers: list[str], light: str) -> None:
    assert lit("cangnan-month", case({6: figure}), MONTHS[5], peers).light == light


def test_cangnan_names_the_tied_and_counts_who_is_not_named() -> None:
    found = lit("cangnan-month", case({6: "50"}, own="镇50"), MONTHS[5], ["50", "40", "30", "90"])
    assert found.explanation.endswith(
        "；在4个同类单位中居末第3位，改亮红灯（没有完成当月累计计划，且排在末三位，并列的在内）。"
    )
    shares = (Fraction(1, 2), Fraction(1, 2))
    unnamed = assess(preset("cangnan-month"), case({6: "50"}, own="甲镇"), MONTHS[5], lambda _: Peers(shares))
    assert "居末第1位，另有1个单位并列" in unnamed.explanation
    both = Peers(shares, {Fraction(1, 2): ("甲镇", "乙镇")})
    named = assess(preset("cangnan-month"), case({6: "50"}, own="甲镇"), MONTHS[5], lambda _: both)
    assert "居末第1位，与乙镇并列" in named.explanation


def test_tianjin_six_months_from_the_month_after_issue() -> None:
    """Issued in January: the line runs from the end of January to the end of July, 181 days; 30 April is day 89."""
    line = StraightLine(date(2026, 1, 15), date(2026, 12, 31))
    plan = MonthlyVector(((MONTHS[11], Decimal(100)),))
    expected = Fraction(89, 181)

    def light(share: Fraction) -> str:
        target = Decimal(181 * 100)
        given = Case("ge", "cumulative", target, plan, line, line.deadline, ((MONTHS[3], Decimal(int(share * 18100))),))
        return lit("tianjin-bond", given, MONTHS[3]).light

    assert light(expected) == "green"
    assert light(expected * Fraction(7, 10)) == "yellow"
    assert light(expected - Fraction(1, 18100)) == "yellow"
    assert light(expected * Fraction(7, 10) - Fraction(1, 18100)) == "red"
    assert lit("tianjin-bond", case({7: "99"}, plan, line), MONTHS[6]).light == "yellow"
    assert lit("tianjin-bond", case({1: "0"}, plan, line), MONTHS[0]).light == "green"


def test_ouhai_a_month_that_is_made_up_turns_from_red_to_yellow() -> None:
    rules = preset("ouhai-made-up")
    given = case({3: "29.999999", 4: "35", 5: "50"})
    assert [assess(rules, given, end).light for end in MONTHS[2:5]] == ["red", "red", "green"]
    assert made_up_on(rules, given, MONTHS[2], "red", MONTHS[11]) == MONTHS[3]
    assert made_up_on(rules, given, MONTHS[3], "red", MONTHS[11]) == MONTHS[4]
    assert made_up_on(rules, given, MONTHS[3], "red", MONTHS[3]) is None
    assert made_up_on(rules, given, MONTHS[4], "green", MONTHS[11]) is None
    assert rules.made_up is not None
    assert (rules.made_up.when, rules.made_up.to) == (frozenset({"red"}), "yellow")


def test_sanming_the_next_colour_comes_only_after_the_earlier_one_was_not_met() -> None:
    given = case({1: "10", 2: "15", 3: "20", 4: "25", 5: "50", 6: "55"})
    found = [lit("sanming-escalation", given, end) for end in MONTHS[:7]]
    assert [each.light for each in found] == ["green", "blue", "orange", "red", "green", "blue", "orange"]
    assert "连续第3期蓝单，改亮红单" in found[3].explanation


def test_guangyuan_the_second_yellow_on_one_task_is_a_letter() -> None:
    given = case({1: "0", 2: "20", 3: "15", 4: "40", 5: "40", 6: "29.9"})
    found = [lit("guangyuan-second", given, end) for end in MONTHS[:6]]
    assert [each.light for each in found] == ["yellow", "green", "letter", "green", "letter", "red"]
    assert "累计第2次黄灯，改亮专函督办" in found[2].explanation
    assert "累计第3次黄灯" in found[4].explanation


@pytest.mark.parametrize(
    "days, light",
    [
        (-3, "green"),
        (0, "green"),
        (1, "yellow"),
        (7, "yellow"),
        (8, "orange"),
        (14, "orange"),
        (15, "red"),
        (40, "red"),
    ],
)
def test_days_behind(days: int, light: str) -> None:
    done = case({1: "10"}, LINE, LINE)
    assert lit("days-7-15", done, LINE.start + timedelta(days=10 + days)).light == light
    stepped = case({1: "10"}, MonthlyVector(((date(2026, 1, 10), Decimal(10)), (date(2026, 1, 20), Decimal(20)))), LINE)
    assert lit("days-7-15", stepped, date(2026, 1, 20) + timedelta(days=days)).light == light


@pytest.mark.parametrize(
    "own, light, bad",
    [
        ("90", "red", False),
        ("70", "red", False),
        ("60", "plain", False),
        ("40", "yellow", True),
        ("10", "yellow", True),
    ],
)
def test_hengyang_red_is_praise(own: str, light: str, bad: bool) -> None:  # noqa: FBT001
    found = lit("hengyang-honour", case({6: own}), MONTHS[5], ["90", "80", "70", "70", "60", "40", "20", "10"])
    assert (found.light, found.bad) == (light, bad)
    ceiling = Case("le", "snapshot", Decimal(5), YEAR, YEAR, YEAR.deadline, ((MONTHS[5], Decimal(6)),))
    assert lit("hengyang-honour", ceiling, MONTHS[5]).light == "yellow"
    assert lit("hengyang-honour", case({6: own}), MONTHS[5]).light == "none"


def test_an_approved_reason_changes_the_light_and_nothing_else() -> None:
    reason = Waiver(MONTHS[4], MONTHS[5], "台风停工")
    given = case({6: "5"}, waivers=(reason,))
    plain, waived = (lit("points-10-30", case({6: "5"}), MONTHS[5]), lit("points-10-30", given, MONTHS[5]))
    assert (plain.light, waived.light, waived.waived) == ("red", "green", "台风停工")
    assert (waived.standing, waived.gap_points) == (plain.standing, plain.gap_points) == ("behind", Fraction(55))
    assert waived.explanation.endswith("；有正当理由并经批准（台风停工），由红灯改亮绿灯。")
    assert lit("points-10-30", given, MONTHS[6]).light == "red"
    # A rule that knows no exemption knows none.
    assert lit("cangnan-month", given, MONTHS[5]).light == "yellow"


def test_reporting_is_a_dimension_of_its_own() -> None:
    from dataclasses import replace  # noqa: PLC0415 - only here

    from minsheng.rule_sets.definition import Band, Dimension  # noqa: PLC0415

    base = preset("points-10-30")
    bands = (
        Band("green", None, Decimal(0), high_inclusive=True),
        Band("yellow", Decimal(0), Decimal(5), high_inclusive=True),
        Band("red", Decimal(5), None),
    )
    rules = replace(base, dimensions=(*base.dimensions, Dimension("reporting", bands, measure="days")))
    due = date(2026, 7, 5)

    def light(sent: date | None, seen: date) -> str:
        return assess(rules, case({6: "60"}, dues=(Due(MONTHS[5], due, sent, seen),)), MONTHS[5]).light

    assert light(due, date(2026, 7, 10)) == "green"
    assert light(date(2026, 7, 10), date(2026, 7, 10)) == "yellow"
    assert light(date(2026, 7, 11), date(2026, 7, 20)) == "red"
    assert light(None, date(2026, 7, 10)) == "yellow"
    assert light(None, date(2026, 7, 11)) == "red"
    assert light(None, due) == "green"
