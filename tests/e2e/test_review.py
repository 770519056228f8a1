"""The desks: a county returns and passes what townships sent, and accepts what is its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.people import says

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.e2e.conftest import Site
    from tests.factories.world import World

ROADS, COVER, SCHOOLS = "农村公路提升", "公交覆盖率", "新建幼儿园"
CAUSE = {"cause_code": "land", "cause_note": "用地批复下周到位"}


def desk_cell(page: Page, unit: str, column: int) -> Locator:
    """Return one cell of the matrix of units and items."""
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=unit, exact=True))
    return row.get_by_role("gridcell").nth(column)


def test_county_returns_one_passes_the_rest_and_accepts_its_own_list(  # noqa: PLR0915 - one story
    site: Site, world: World
) -> None:
    clerk, second = site.api("a1-clerk"), site.api("a2-clerk")
    clerk.write(ROADS, current="3.5", **CAUSE)
    clerk.write(COVER, value="97")
    clerk.write(SCHOOLS, current="0")
    clerk.submit(ROADS, COVER, SCHOOLS)
    second.write(ROADS, current="2")
    second.write(SCHOOLS, current="1", **CAUSE)
    second.submit(ROADS, SCHOOLS)

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
    dialog.get_by_role("button", name="退回", exact=True).click()
    expect(desk_cell(desk, "柳市镇", 0)).to_contain_text("退回")
    told = clerk.rows()[ROADS]
    assert (told["status"], told["returned"], told["return_reason"]) == ("draft", True, "里程与附表不符")

    town = site.visit("a1-clerk")
    page = town.go("/")
    cards = page.locator(".wb-cards li")
    # Six small items have never been filled in; the returned one is owed again.
    says(cards, "7 待填报", "1 被退回", "0 已逾期")
    page.get_by_role("link", name="去改").click()
    expect(page.get_by_text("退回原因：里程与附表不符")).to_be_visible()
    expect(page.get_by_role("grid").locator("tbody tr[data-line]")).to_have_count(1)
    page.get_by_role("grid").locator("[data-line] [data-col='0']").click()
    page.keyboard.type("4.5")
    page.keyboard.press("Enter")
    expect(page.get_by_role("grid").locator("[data-col='0']")).to_contain_text("已保存")
    page.get_by_role("button", name="提交填好的 1 行").click()
    expect(page.get_by_text("已提交 1 行。")).to_be_visible()

    reviewer.go(f"/review?programme={world['list']}&period=2026-11")
    expect(desk_cell(desk, "柳市镇", 0)).to_contain_text("待审")
    reviewer.picture("desk")
    desk.get_by_role("button", name="选中全部等我处理的").click()
    expect(desk.get_by_text("已选 3 份")).to_be_visible()
    desk.get_by_role("button", name="审核通过 3").click()
    expect(desk.get_by_text("审核通过 3 份")).to_be_visible()
    expect(desk_cell(desk, "柳市镇", 0)).to_contain_text("已审")
    assert [row["status"] for row in (clerk.rows()[ROADS], clerk.rows()[COVER], second.rows()[ROADS])] == [
        "reviewed"
    ] * 3
    assert clerk.rows()[ROADS]["cells"][0]["value"] == "24.5"

    office = site.visit("a-office")
    own = office.go(f"/review?programme={world['county_list']}&period=2026-11")
    expect(desk_cell(own, "柳市镇", 0)).to_contain_text("待审")
    own.get_by_role("button", name="选中全部等我处理的").click()
    expect(own.get_by_text("已选 2 份")).to_be_visible()
    own.get_by_role("button", name="确认 2").click()
    expect(own.get_by_text("确认 2 份")).to_be_visible()
    assert [api.rows()[SCHOOLS]["status"] for api in (clerk, second)] == ["accepted", "accepted"]
    # The city's list is not the county's to accept.
    office.go(f"/review?programme={world['list']}&period=2026-11")
    expect(desk_cell(own, "柳市镇", 0)).to_contain_text("已审")
    expect(own.get_by_role("button", name="选中全部等我处理的")).to_have_count(0)
