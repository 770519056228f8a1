"""Published figures that are easily worked out wrongly: they come out right when entered as a clerk would."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import minsheng.sample
from tests.conftest import at
from tests.factories.lists import PromiseList

if TYPE_CHECKING:
    from tests.conftest import Callers
    from tests.factories.world import World

FILE = Path(minsheng.sample.__file__).parent / "data" / "published_traps.csv"
LATER = datetime(2026, 12, 1, 2, tzinfo=UTC)


def lines() -> list[dict[str, str]]:
    """Return the published figures."""
    with FILE.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def published(item: str, trap: str) -> dict[str, str]:
    """Return one line of the published figures."""
    (found,) = [line for line in lines() if line["item"] == item and line["trap"] == trap]
    return found


class Promise:
    """A published promise as the county's list, carried by townships, with the figures they report."""

    def __init__(self, people: Callers, world: World, line: dict[str, str], **shares: str | None) -> None:
        self.people = people
        self.world = world
        self.made = PromiseList(people["a-office"], world["a"], name=line["item"])
        indicator = self.made.indicator(
            self.made.item("1", line["item"])["id"],
            line["indicator"] or line["item"],
            line["unit"] or "项",
            int(line["decimals"]),
            line["accumulation"],
        )
        operator, target = line["operator"], line["target"] or None
        root = self.made.task(indicator, target, operator=operator)
        self.root: str = root["targets"][0]["id"]
        self.targets = {}
        for unit, share in (shares or {"a1": target}).items():
            task = self.made.task(indicator, share, world[unit], root["id"], operator)
            self.targets[unit] = task["targets"][0]["id"]
        self.made.issue("2026-02-05")

    def report(self, value: str, unit: str = "a1", period: str = "2026-11", **more: Any) -> dict[str, Any]:
        """Report a figure and have it accepted; return the report as it was submitted."""
        clerk = self.people[f"{unit}-clerk"]
        (row,) = clerk.get("/reports", programme_id=self.made.id, period=period)["items"]
        path = f"/reports/{row['id']}"
        body = {"values": [{"target_id": self.targets[unit], "value": value}], **more}
        written = clerk.patch(path, body, version=row["version"])
        submitted: dict[str, Any] = clerk.post(f"{path}/submit", version=written["version"])
        self.people["a-office"].post(f"{path}/accept", version=submitted["version"])
        return submitted

    def light(self, unit: str = "a1", on: str = "2026-11-30") -> dict[str, Any]:
        """Return a unit's light."""
        target = self.root if unit == "a" else self.targets[unit]
        found: dict[str, Any] = self.people["a-office"].get("/boards/light", target_id=target, on=on)
        return found

    def item(self) -> dict[str, Any]:
        """Return the item's rates in the matrix."""
        (found,) = self.people["a-office"].get("/boards/matrix", programme_id=self.made.id)["items"]
        item: dict[str, Any] = found
        return item


# Ceilings


@pytest.mark.parametrize(
    "value, light, standing, progress, gap",
    [
        ("0", "green", "on", "0", None),
        ("731", "green", "on", "99.9", None),
        ("732", "green", "on", "100", None),
        ("733", "red", "behind", "100.1", "0.1"),
    ],
)
def test_registered_unemployed_kept_to_732(
    people: Callers, world: World, value: str, light: str, standing: str, progress: str, gap: str | None
) -> None:
    """静安区芷江西路街道 2023: 失业登记控制在 732 人. Fewer is better, and no day of the year asks for more."""
    line = published("失业登记人数控制", "ceiling")
    assert (line["target"], line["operator"], line["accumulation"]) == ("732", "le", "snapshot")
    promise = Promise(people, world, line)
    why = {"cause_code": "staff", "cause_note": "企业减产"} if light == "red" else {}
    report = promise.report(value, **why)
    assert report["behind"] is (light == "red")
    found = promise.light()
    assert (found["light"], found["standing"], found["progress_pct"], found["expected_pct"], found["gap_points"]) == (
        light,
        standing,
        progress,
        None,
        gap,
    )


def test_an_unemployment_rate_below_4_3_that_stands_at_3_57(people: Callers, world: World) -> None:
    """失业率低于 4.3 %, 实际 3.57: kept all year, done at the deadline and not before; not 83 % of anything."""
    line = published("失业登记人数控制", "ceiling") | {"unit": "%", "decimals": "2", "target": "4.3"}
    promise = Promise(people, world, line)
    assert promise.report("3.57")["warnings"] == []
    found = promise.light()
    assert (found["light"], found["standing"], found["progress_pct"], found["gap_points"]) == (
        "green",
        "on",
        "83",
        None,
    )
    assert found["explanation"] == (
        "截至2026年11月30日，目标不超过4.3，当前值3.57，未超出控制目标，余量0.73，不按时间进度判定，亮绿灯。"
    )
    assert promise.light(on="2026-12-31")["light"] == "done"
    (row,) = (
        row
        for row in people["a1-clerk"].get("/entry-sheet", period="2026-11")["rows"]
        if row["programme_id"] == promise.made.id
    )
    assert row["cells"][0]["plan_value"] is None
    item = promise.item()
    assert (item["met"], item["base"], item["count_pct"], item["value_pct"]) == (1, 1, "100", None)


def test_a_ceiling_on_money_that_is_used_up_is_kept(people: Callers, world: World) -> None:
    """棠溪镇 2022: 成本 90 万元 of at most 90."""
    promise = Promise(people, world, published("项目总成本", "ceiling"))
    promise.report("90")
    assert (promise.light()["light"], promise.light()["progress_pct"]) == ("green", "100")
    assert promise.light(on="2026-12-31")["light"] == "done"


def test_the_balance_of_a_ceiling_is_shown_as_it_is(people: Callers, world: World) -> None:
    line = published("项目总成本", "ceiling")
    promise = Promise(people, world, line, a1="50", a2="41")
    (row,) = people["a-office"].get(f"/programmes/{promise.made.id}/split", unit_id=str(world["a"]))["rows"]
    assert (row["operator"], row["sum"], row["balance"], row["difference"]) == ("le", "91", "over", "1")


# Above 100 %


def test_houses_at_283_6_percent_are_not_clipped(people: Callers, world: World) -> None:
    """湖南 2011: 113,423 of 40,000 户, printed as 283.6 %."""
    line = published("农村危房改造", "over_100")
    promise = Promise(people, world, line)
    promise.report(line["actual"])
    found = promise.light()
    assert (found["light"], found["progress_pct"], found["standing"]) == ("done", "283.6", "ahead")
    assert found["progress_pct"] == line["printed_pct"]
    assert "超额73423" in found["explanation"]
    assert (promise.item()["count_pct"], promise.item()["value_pct"]) == ("100", "283.6")


@pytest.mark.parametrize(
    "target, actual, percent",
    [("1000", "9617", "961.7"), ("1000", "2860", "286"), ("3", "29", "966.7"), ("1", "999999", "99999900")],
)
def test_961_7_percent_is_normal(people: Callers, world: World, target: str, actual: str, percent: str) -> None:
    line = published("农村危房改造", "over_100") | {"target": target}
    promise = Promise(people, world, line)
    promise.report(actual)
    assert (promise.light()["light"], promise.light()["progress_pct"]) == ("done", percent)
    curve = people["a-office"].get("/boards/curve", target_id=promise.targets["a1"])["points"]
    assert [point["actual_pct"] for point in curve if point["actual_value"]] == [percent]


# Printed against computed


@pytest.mark.parametrize(
    "item, trap, computed, light",
    [
        ("12项民生工程", "printed_differs", "62.9", "yellow"),
        ("教共体组建与活动", "printed_differs", "115.7", "done"),
    ],
)
def test_a_rate_is_computed_and_never_typed(
    people: Callers, world: World, item: str, trap: str, computed: str, light: str
) -> None:
    """安徽 2007 printed 67.1 % for 46.3 of 73.6; 乐清 2022 printed 72 % for 81 of 70 (R010): the figures decide."""
    line = published(item, trap)
    promise = Promise(people, world, line)
    promise.report(line["actual"], cause_code="funds", cause_note="按公布数填")
    found = promise.light()
    assert (found["progress_pct"], found["light"]) == (computed, light)
    assert line["printed_pct"] not in found["explanation"]


def test_6818_of_7230_is_not_100_percent(people: Callers, world: World) -> None:
    """泰顺: printed as 100 %; one household short is not done either."""
    line = published("农村危房改造", "over_100") | {"target": "7230"}
    promise = Promise(people, world, line)
    promise.report("6818")
    assert (promise.light()["progress_pct"], promise.light()["light"]) == ("94.3", "green")
    line = line | {"target": "72300"}
    promise = Promise(people, world, line | {"item": "另一项"})
    promise.report("72299")
    assert (promise.light()["progress_pct"], promise.light()["light"]) == ("99.999", "green")
    assert (promise.item()["met"], promise.item()["value_pct"]) == (0, "99.999")


# Without a yearly target


def test_work_without_a_yearly_target_leaves_the_base(people: Callers, world: World) -> None:
    """凯里: 农村危房改造 without a target, 0 户 reported: neither met nor missed, and no cause is asked for."""
    line = next(each for each in lines() if (each["trap"], each["accumulation"]) == ("no_target", "cumulative"))
    assert (line["target"], line["actual"]) == ("", "0")
    promise = Promise(people, world, line, a1=None, a2="10")
    report = promise.report("0")
    assert (report["behind"], report["cells"][0]["target_value"], report["cells"][0]["light"]) == (False, None, "none")
    found = promise.light()
    assert (found["light"], found["standing"], found["progress_pct"]) == ("none", None, None)
    assert found["explanation"] == "常态化任务，不设年度目标，不亮灯。"
    promise.report("10", "a2")
    item = promise.item()
    assert (item["met"], item["base"], item["left_out"], item["count_pct"], item["value_pct"]) == (
        1,
        1,
        1,
        "100",
        "100",
    )


# Falling snapshots


def test_a_coverage_that_falls_again_loses_its_light(people: Callers, world: World) -> None:
    """黔东南 2023: 97.5 % of at least 95 on 30 March, "can fall again": no reason is asked, the light tells."""
    line = published("30户以上自然村寨垃圾收运设施覆盖率", "snapshot_may_fall")
    promise = Promise(people, world, line)
    promise.report(line["actual"])
    assert (promise.light()["light"], promise.light()["progress_pct"]) == ("done", "102.6")
    with at(LATER):
        people.log_in_anew()
        report = promise.report("94.99", period="2026-12", cause_code="coordination", cause_note="两村停运")
        assert (report["cells"][0]["previous"], report["cells"][0]["fall_reason"]) == ("97.5", None)
        found = promise.light(on="2026-12-31")
        assert (found["light"], found["progress_pct"], found["gap_points"]) == ("green", "99.99", "0.01")
        assert promise.light()["light"] == "done"
        assert promise.item()["met"] == 0


# A total that hides a unit


def test_a_total_that_is_met_does_not_hide_the_districts_that_are_not(people: Callers, world: World) -> None:
    """天津 2020: 65.5 of 53 亿元, one district at 6.4 times its target and the rest short."""
    line = published("一产固定资产投资", "total_hides_unit")
    promise = Promise(people, world, line, a1="6.5", a2="46.5")
    promise.report("41.5")
    promise.report("24", "a2", cause_code="funds", cause_note="投资未到位")
    item = promise.item()
    assert (item["met"], item["base"], item["count_pct"], item["value_pct"]) == (1, 2, "50", "123.6")
    assert item["value_pct"] == line["computed_pct"]
    assert (promise.light("a")["light"], promise.light("a")["progress_pct"]) == ("done", "123.6")
    assert (promise.light("a1")["light"], promise.light("a1")["progress_pct"]) == ("done", "638.5")
    assert (promise.light("a2")["light"], promise.light("a2")["progress_pct"]) == ("red", "51.6")
    lag = people["a-office"].get("/boards/lag", programme_id=promise.made.id)["items"]
    assert [(row["unit_name"], row["cause_code"], row["gap_points"]) for row in lag] == [("虹桥镇", "funds", "39")]


def test_toilets_in_tens_of_thousands_keep_their_decimals(people: Callers, world: World) -> None:
    """天津 2020: 31 of 29.59 万座; two decimals of 万 are hundreds of toilets."""
    line = published("改造提升农村户厕", "total_hides_unit")
    promise = Promise(people, world, line, a1="29.58", a2="0.01")
    promise.report("31")
    item = promise.item()
    assert (item["met"], item["base"], item["count_pct"], item["value_pct"]) == (1, 2, "50", "104.8")
    grid = people["a-office"].get(f"/programmes/{promise.made.id}/split", unit_id=str(world["a"]))["rows"][0]
    assert (grid["value"], grid["sum"], grid["balance"], grid["difference"]) == ("29.59", "29.59", "balanced", "0")


# Units of measure


def test_a_slip_of_ten_thousand_is_asked_about(people: Callers, world: World) -> None:
    """R057: 364,251 万人 is a slip of the unit; it is asked about, named with its unit, and kept if it is meant."""
    line = published("改造提升农村户厕", "total_hides_unit")
    promise = Promise(people, world, line)
    report = promise.report("310000")
    assert [(each["code"], each["message"]) for each in report["warnings"]] == [
        ("unit-slip", "“户厕”超过目标的 10 倍，请核对计量单位（万座）")
    ]
    assert promise.light()["progress_pct"] == "1047651.2"


def test_every_published_trap_about_targets_is_entered_above() -> None:
    """A line that is added to the file is to be added here."""
    traps = sorted({line["trap"] for line in lines()})
    assert traps == [
        "ceiling",
        "counted_unfinished",
        "no_target",
        "over_100",
        "printed_differs",
        "snapshot_may_fall",
        "suspended",
        "total_hides_unit",
        "zone_without_code",
    ]
