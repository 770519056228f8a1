"""The desk of a county: what goes up to the city's list is passed there, and accepted only by the city."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.screens import desk_cell

if TYPE_CHECKING:
    from tests.e2e.conftest import Site
    from tests.factories.world import World

ROADS, COVER = "农村公路提升", "公交覆盖率"
CAUSE = {"cause_code": "land", "cause_note": "用地批复下周到位"}


def test_county_passes_what_the_city_accepts(site: Site, world: World) -> None:
    clerk, second = site.api("a1-clerk"), site.api("a2-clerk")
    clerk.write(ROADS, current="4.5", **CAUSE)
    clerk.write(COVER, value="97")
    clerk.submit(ROADS, COVER)
    second.write(ROADS, current="2")
    second.submit(ROADS)

    reviewer = site.visit("a-reviewer")
    desk = reviewer.go("/")
    expect(desk.locator("#judge .what b").get_by_text("温州市2026年民生实事", exact=True)).to_have_count(1)
    reviewer.go(f"/review?programme={world['list']}&period=2026-11")
    expect(desk_cell(desk, "柳市镇", 0)).to_contain_text("待审")
    desk_cell(desk, "柳市镇", 0).click()
    panel = desk.get_by_role("complementary")
    expect(panel.get_by_role("heading", level=2)).to_have_text(ROADS)
    expect(panel).to_contain_text("用地批复下周到位")
    assert reviewer.faults() == []
    reviewer.picture("desk-report")
    panel.get_by_role("button", name="退回").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("原因").fill("里程与附表不符")
    assert reviewer.faults() == []
    dialog.get_by_role("button", name="取消").click()

    reviewer.picture("desk")
    desk.get_by_role("button", name="选中全部等我处理的").click()
    expect(desk.get_by_text("已选 3 份")).to_be_visible()
    desk.get_by_role("button", name="审核通过 3").click()
    expect(desk.get_by_text("审核通过 3 份")).to_be_visible()
    expect(desk_cell(desk, "柳市镇", 0)).to_contain_text("已审")
    rows = (clerk.rows()[ROADS], clerk.rows()[COVER], second.rows()[ROADS])
    assert [row["status"] for row in rows] == ["reviewed"] * 3
    assert clerk.rows()[ROADS]["cells"][0]["value"] == "24.5"

    # The city's list is not the county's to accept.
    office = site.visit("a-office")
    own = office.go(f"/review?programme={world['list']}&period=2026-11")
    expect(desk_cell(own, "柳市镇", 0)).to_contain_text("已审")
    expect(own.get_by_role("button", name="选中全部等我处理的")).to_have_count(0)
    own.get_by_role("button", name="导出台账").click()
    expect(own.get_by_role("dialog").get_by_role("button", name="县月报")).to_be_visible()
    assert office.faults() == []
    office.picture("ledger")
