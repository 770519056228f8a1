"""One target in full, sums that refuse what does not add up, commitments over years and counts per period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.factories.lists import PromiseList
from tests.factories.problems import places

if TYPE_CHECKING:
    from tests.conftest import Callers
    from tests.factories.world import World


def hand_in(people: Callers, target: str, period: str, figure: str, unit: str = "a1") -> None:
    rows = people[f"{unit}-clerk"].get("/entry-sheet", period=period)["rows"]
    report = next(row for row in rows if target in {cell["target_id"] for cell in row["cells"]})
    path = f"/reports/{report['id']}"
    words = {"cause_code": "funds", "cause_note": "资金未到位"}
    body = {"values": [{"target_id": target, "current": figure}], **words}
    written = people[f"{unit}-clerk"].patch(path, body, version=report["version"])
    sent = people[f"{unit}-clerk"].post(f"{path}/submit", version=written["version"])
    people["a-reviewer"].post(f"{path}/review", version=sent["version"])


def given(draft: PromiseList, world: World, indicator: dict[str, Any], **target: Any) -> str:
    """Give an indicator to a township; return the township's target."""
    targets = [{"indicator_id": indicator["id"], **target}]
    body = {"item_id": indicator["item_id"], "deadline": draft.programme["ends_on"], "targets": targets}
    root = draft.office.post("/tasks", {**body, "unit_id": draft.unit}, status=201)
    share = {**body, "unit_id": str(world["a1"]), "parent_id": root["id"]}
    found: str = draft.office.post("/tasks", share, status=201)["targets"][0]["id"]
    return found


def test_a_commitment_over_years_is_told_by_year_and_as_a_whole(people: Callers, world: World) -> None:
    draft = PromiseList(people["a-office"], world["a"], ends_on="2028-12-31")
    indicator = draft.indicator(draft.item("1", "住房")["id"], "保障房", "套", 0)
    slices = [{"year": 2026, "value": "12"}, {"year": 2027, "value": "24"}, {"year": 2028, "value": "24"}]
    target = given(draft, world, indicator, value="60", slices=slices, quota="50", origin="handed_down")
    draft.issue("2026-11-02")
    hand_in(people, target, "2026-11", "9")
    detail = draft.office.get("/boards/target", target_id=target, on="2026-11-30")
    assert [(each["year"], each["done"], each["pct"]) for each in detail["slices"]] == [
        (2026, "9", "75"),
        (2027, None, None),
        (2028, None, None),
    ]
    assert (detail["progress_pct"], detail["whole"], detail["rate_base"]) == ("15", "60", "年度目标")
    assert (detail["target"]["quota"], detail["target"]["pressure"]) == ("50", "10")
    # Eleven of this year's twelve are due by the end of November: nine is five points of the whole behind.
    light = draft.office.get("/boards/light", target_id=target, on="2026-11-30")
    assert (light["light"], light["expected_pct"], light["gap_points"]) == ("green", "18.3", "3.3")
    shown = {
        each["on"]: each["expected_value"] for each in draft.office.get("/boards/curve", target_id=target)["points"]
    }
    assert (shown["2026-12-31"], shown["2027-12-31"], shown["2028-12-31"]) == ("12", "36", "60")


def test_a_count_per_period_is_kept_period_by_period(people: Callers, world: World) -> None:
    draft = PromiseList(people["a-office"], world["a"])
    item = draft.item("1", "巡诊")["id"]
    body = {"item_id": item, "name": "下乡巡诊", "measure_id": draft.measure("次"), "kind": "frequency"}
    indicator = draft.office.post("/indicators", {**body, "per_period": "month"}, status=201)
    target = given(draft, world, indicator, value="2")
    draft.issue("2026-11-02")
    hand_in(people, target, "2026-11", "3")
    detail = draft.office.get("/boards/target", target_id=target, on="2026-11-30")
    assert (detail["whole"], detail["periods_kept"], detail["periods_ended"], detail["progress_pct"]) == (
        "4",
        1,
        1,
        "75",
    )
    assert "每月2次，共2期" in detail["explanation"]
    light = draft.office.get("/boards/light", target_id=target, on="2026-11-30")
    assert (light["expected_pct"], light["standing"]) == ("50", "ahead")
    # Three in November do not make two in December.
    late = draft.office.get("/boards/target", target_id=target, on="2026-12-31")
    assert (late["periods_kept"], late["periods_ended"]) == (1, 2)


def test_sums_refuse_what_does_not_add_up_by_name(people: Callers, world: World) -> None:
    draft = PromiseList(people["a-office"], world["a"])
    office = draft.office
    group = draft.item("1", "道路")["id"]
    first = draft.indicator(draft.item("1.1", "新建", group)["id"], "新建里程")
    second = draft.indicator(draft.item("1.2", "改建", group)["id"], "改建里程")
    trees = draft.indicator(draft.item("2", "植树")["id"], "植树", "棵", 0)
    targets = [given(draft, world, first, value="10"), given(draft, world, second, value="5")]
    given(draft, world, trees, value="100")
    rate = draft.indicator(draft.item("3", "覆盖")["id"], "覆盖率", "%", 2, "snapshot")
    given(draft, world, rate, value="90")
    ceiling = draft.indicator(draft.item("4", "事故")["id"], "事故起数", "起", 0)
    given(draft, world, ceiling, value="3", operator="le")
    draft.issue("2026-11-02")
    hand_in(people, targets[0], "2026-11", "12.5")
    total = office.get("/boards/total", item_id=group, on="2026-11-30")
    # Two and a half kilometres too many on one road do not hide that the other has not begun.
    assert total == {
        "item_id": group,
        "item_title": "道路",
        "measure_name": "公里",
        "targets": 2,
        "value_base": "15",
        "value_actual": "12.5",
        "value_pct": "83.3",
        "short": 1,
        "shortfall": "5",
        "missing": 1,
        "left_out": 0,
    }
    items = {each["code"]: each for each in office.get("/items", programme_id=draft.id)["items"]}
    for code in ("3", "4"):
        answer = office.call("GET", "/boards/total", params={"item_id": items[code]["id"]})
        assert places(answer) == [("item_id", "not-summable")], code
    mixed = PromiseList(office, world["a"], name="混合清单")
    parent = mixed.item("1", "混合")["id"]
    for number, measure in enumerate(("公里", "棵"), 1):
        indicator = mixed.indicator(mixed.item(f"1.{number}", measure, parent)["id"], measure, measure, 0)
        given(mixed, world, indicator, value="1")
    mixed.issue("2026-11-02")
    answer = office.call("GET", "/boards/total", params={"item_id": parent})
    assert places(answer) == [("item_id", "mixed-measures")]
    assert answer.json()["detail"] == "计量单位不同，不能相加：“公里”、“棵”"
