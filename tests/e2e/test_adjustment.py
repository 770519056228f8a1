"""A township asks for a lower target, its county approves, and both values stand wherever the target is shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.e2e.conftest import Site
    from tests.factories.world import World

ROADS = "农村公路提升"


def words(place: Locator) -> str:
    """Return the text without any white space."""
    return re.sub(r"\s+", "", place.inner_text())


def test_a_target_is_adjusted_with_approval_and_both_values_stay(site: Site, world: World) -> None:  # noqa: PLR0915 - one story
    clerk = site.visit("a1-clerk")
    page = clerk.go(f"/programmes/{world['list']}?item={world['list.roads']}")
    expect(page.locator(".ip-target")).to_contain_text("≥ 30 公里")
    page.get_by_role("button", name="申请调整", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("现在的目标 ≥ 30 公里")
    assert clerk.faults() == []
    clerk.provoked.append(r"422 .*/api/v1/adjustments$")
    dialog.get_by_label("新的目标值").fill("19")
    dialog.get_by_label("生效日").fill("2026-06-01")
    dialog.get_by_label("原因").fill("省里核减建设任务")
    dialog.get_by_label("文号（可不填）").fill("温政办〔2026〕12号")
    clerk.picture("adjustment-1-ask")
    dialog.get_by_role("button", name="提出申请").click()
    # Twenty kilometres are done: nineteen needs a deliberate word.
    expect(dialog).to_contain_text("已完成 20，新目标 19 低于已完成数")
    expect(dialog.get_by_label("确实下调到已完成数以下")).to_be_visible()
    assert clerk.faults() == []
    clerk.picture("adjustment-2-below")
    dialog.get_by_label("新的目标值").fill("25")
    dialog.get_by_role("button", name="提出申请").click()
    expect(page.get_by_text("申请已提出，等上级批准。")).to_be_visible()
    page.get_by_role("link", name="看申请").click()
    mine = page.get_by_role("row").filter(has_text=ROADS)
    expect(mine).to_contain_text("待批")
    assert "批准" not in [words(button) for button in mine.get_by_role("button").all()]

    county = site.visit("a-office")
    page = county.go("/changes")
    row = page.get_by_role("row").filter(has_text=ROADS)
    assert words(row.locator(".ch-values")) == "原目标≥30→新目标≥25公里"
    assert county.faults() == []
    county.picture("adjustment-3-desk")
    row.get_by_role("button", name="批准", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("由 ≥ 30 调整为 ≥ 25 公里")
    dialog.get_by_label("批准意见（可不填）").fill("同意")
    assert county.faults() == []
    dialog.get_by_role("button", name="确认批准").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("没有待批的申请")).to_be_visible()
    page.get_by_role("button", name=re.compile("全部")).click()
    expect(page.get_by_role("row").filter(has_text=ROADS)).to_contain_text("已批准")
    assert county.faults() == []
    county.picture("adjustment-4-done")

    # Both values in the matrix, behind the light and in the unit's own list.
    office = site.visit("office")
    page = office.go(f"/dash?programme={world['list']}")
    page.get_by_role("button", name="展开乡镇").click()
    line = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile("柳市镇$")))
    cell = line.get_by_role("gridcell").nth(0)
    assert words(cell) == "●802530"
    assert "目标由 30 调整为 25" in (cell.get_attribute("aria-label") or "")
    assert office.faults() == []
    cell.click()
    panel = page.locator(".lp-facts")
    expect(panel).to_contain_text("2026-06-01 起由 30 调整为 25（省里核减建设任务，温政办〔2026〕12号）")
    assert words(panel.locator("dd").first) == "≥25公里30"
    assert office.faults() == []
    office.picture("adjustment-5-board")
    light = site.api("office").get("/boards/light", target_id=str(world["roads:a1:target"]), on="2026-05-31")
    assert (light["value"], light["original_value"]) == ("30", "30")

    page = clerk.go(f"/programmes/{world['list']}?item={world['list.roads']}")
    target = page.locator(".ip-target")
    assert words(target) == "≥25公里30"
    page.get_by_role("button", name="申请特殊状态").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("状态").select_option(label="暂缓实施")
    dialog.get_by_label("从哪天起").fill("2026-11-01")
    dialog.get_by_label("原因").fill("用地批复未到")
    assert clerk.faults() == []
    clerk.picture("adjustment-6-state")
    dialog.get_by_role("button", name="提出申请").click()
    expect(page.get_by_text("申请已提出，等上级批准。")).to_be_visible()
    asked = site.api("a-office").get("/task-states", status="asked")["items"][0]
    site.api("a-office").post(f"/task-states/{asked['id']}/approve", {"decision": "同意"}, version=1)
    page = office.go(f"/dash?programme={world['list']}&on=2026-11-30")
    page.get_by_role("button", name="展开乡镇").click()
    expect(line.get_by_role("gridcell").nth(0)).to_contain_text("暂缓实施")
    office.picture("adjustment-7-state")


def test_a_rate_is_typed_as_two_figures_and_a_level_is_chosen(site: Site, world: World) -> None:
    office = site.api("a-office")
    unit = str(world["a"])
    body = {"unit_id": unit, "year": 2026, "name": "乐清市2026年水务实事"}
    programme = office.post("/programmes", {**body, "starts_on": "2026-01-01", "ends_on": "2026-12-31"})
    kinds = (
        (
            "农村供水",
            {
                "kind": "ratio",
                "measure_id": str(world["%"]),
                "numerator_name": "已通户数",
                "denominator_name": "总户数",
            },
            "90",
        ),
        ("河道水质", {"kind": "ordinal", "measure_id": str(world["所"]), "levels": ["劣Ⅴ", "Ⅴ", "Ⅳ", "Ⅲ"]}, "4"),
    )
    for number, (title, kind, value) in enumerate(kinds, 1):
        item = office.post(
            "/items", {"programme_id": programme["id"], "code": str(number), "seq": number, "title": title}
        )
        indicator = office.post("/indicators", {"item_id": item["id"], "name": title, **kind})
        task = {
            "item_id": item["id"],
            "deadline": "2026-12-31",
            "targets": [{"indicator_id": indicator["id"], "value": value}],
        }
        root = office.post("/tasks", {**task, "unit_id": unit})
        office.post("/tasks", {**task, "unit_id": str(world["a1"]), "parent_id": root["id"]})
    version = office.get(f"/programmes/{programme['id']}")["version"]
    office.post(f"/programmes/{programme['id']}/issue", {"issued_on": "2026-11-02"}, version=version)

    clerk = site.visit("a1-clerk")
    page = clerk.go("/reports")
    water = page.get_by_role("row").filter(has_text="农村供水")
    river = page.get_by_role("row").filter(has_text="河道水质")
    water.locator("[data-col='0']").click()
    page.keyboard.type("2")
    page.keyboard.press("Tab")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(water).to_contain_text("已通户数 ÷ 总户数 = 66.67 %")
    assert words(river.locator(".c-fact").first).startswith("≥Ⅲ")
    river.get_by_label("河道水质 等级").select_option(label="Ⅳ")
    page.wait_for_timeout(1500)
    assert clerk.faults() == []
    clerk.picture("entry-kinds")
    rows = site.api("a1-clerk").rows()
    cell = rows["农村供水"]["cells"][0]
    assert (cell["numerator"], cell["denominator"], cell["value"]) == ("2", "3", "66.666666")
    assert rows["河道水质"]["cells"][0]["value"] == "3"
    clerk.go("/reports")
    expect(river.get_by_label("河道水质 等级")).to_have_value("3")

    page = site.visit("a-office").go(f"/programmes/{programme['id']}")
    page.get_by_role("treeitem", name=re.compile("河道水质")).click()
    expect(page.locator(".ip-target")).to_contain_text("≥ Ⅲ")


def test_the_forms_know_every_kind(site: Site, world: World) -> None:
    office = site.visit("office")
    page = office.go(f"/programmes/{world['draft_list']}?item={world['draft_list.parks']}")
    page.get_by_role("button", name="添加指标").click()
    page.get_by_label("指标名称").fill("水质")
    page.get_by_label("种类").select_option(label="等级")
    page.get_by_label("等级，从差到好").fill("劣Ⅴ、Ⅴ、Ⅳ、Ⅲ")
    page.get_by_label("计量单位").select_option(label="个（2 位小数）")
    page.get_by_text("方向、口径与其中项").click()
    assert office.faults() == []
    office.picture("indicator-form")
    page.get_by_role("button", name="添加指标", exact=True).click()
    office.settle()
    page.get_by_label("水质 目标值").select_option(label="Ⅲ")
    parks = page.locator(".pf-row").filter(has_not_text="水质")
    parks.get_by_text("保底、力争、上级下达数、依据").click()
    parks.get_by_label("力争").fill("35")
    parks.get_by_label("上级下达数").fill("25")
    expect(parks).to_contain_text("加压 5")
    assert office.faults() == []
    office.picture("promise-form")
    page.get_by_role("button", name="保存目标").click()
    expect(page.locator(".pf-say")).to_have_count(0)
    office.settle()
    task = site.api("office").get("/tasks", item_id=str(world["draft_list.parks"]), unit_id=str(world["city"]))
    targets = {target["stretch"]: target for target in task["items"][0]["targets"]}
    assert (targets["35"]["quota"], targets["35"]["pressure"], targets["35"]["origin"]) == ("25", "5", "handed_down")
    assert targets[None]["value"] == "4"
