"""Targets of every kind on the screen: two figures for a rate, a level that is chosen, forms that know each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.people import starts

if TYPE_CHECKING:
    from tests.e2e.conftest import Site
    from tests.factories.world import World


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
    starts(river.locator(".c-fact").first, "≥Ⅲ")
    river.get_by_label("河道水质 等级").select_option(label="Ⅳ")
    for place in (water.locator("[data-col='0']"), water.locator("[data-col='1']"), river):
        expect(place).to_contain_text("已保存")
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
