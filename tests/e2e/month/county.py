"""What the county's office does in a month."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.month import world as months
from tests.e2e.month.story import BRIDGES, LAST, LONG, REPAIR, RIVERS
from tests.e2e.people import says
from tests.e2e.screens import cell, desk_cell

if TYPE_CHECKING:
    from tests.e2e.month.story import Month


def the_round_opens(story: Month) -> None:
    story.site.turn_to(months.BEFORE)
    page = story.office.go(f"/rounds?programme={story.programme}&show=all")
    november = page.get_by_role("row").filter(has_text="2026年11月")
    expect(november).to_contain_text("未开始")
    expect(november).to_contain_text("0 / 258")
    page = story.first.go("/reports?period=2026-11")
    expect(cell(page, REPAIR, 0)).to_contain_text("填报期还没开始")

    story.site.turn_to(months.NOW)
    page = story.office.go(f"/rounds?programme={story.programme}")
    expect(page.get_by_role("row").filter(has_text="2026年11月")).to_contain_text("填报中")
    assert story.office.faults() == []
    story.office.picture("month-1-round")


def the_county_returns_one(story: Month) -> None:
    desk = story.desk()
    expect(desk_cell(desk, "柳市镇", 0)).to_contain_text("待审")
    expect(desk_cell(desk, "虹桥镇", 249)).to_contain_text("待审")
    desk_cell(desk, "柳市镇", 1).click()
    panel = desk.get_by_role("complementary")
    expect(panel.get_by_role("heading", level=2)).to_have_text(BRIDGES)
    story.office.picture("month-5-return")
    panel.get_by_role("button", name="退回").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("原因").fill("里程与附表不符")
    dialog.get_by_role("button", name="退回", exact=True).click()
    expect(desk_cell(desk, "柳市镇", 1)).to_contain_text("退回")
    told = story.site.api("a1-clerk").rows()[BRIDGES]
    assert (told["status"], told["returned"], told["return_reason"]) == ("draft", True, "里程与附表不符")


def the_county_accepts_the_rest(story: Month) -> None:
    desk = story.desk()
    expect(desk_cell(desk, "柳市镇", 1)).to_contain_text("待审")
    desk.get_by_role("button", name="选中全部等我处理的").click()
    expect(desk.get_by_text("已选 257 份")).to_be_visible()
    desk.get_by_role("button", name="确认 257").click()
    expect(desk.get_by_text("确认 257 份")).to_be_visible(timeout=LONG)
    expect(desk_cell(desk, "柳市镇", 1)).to_contain_text("确认")
    story.office.picture("month-7-accepted")
    for username, title in (("a1-clerk", BRIDGES), ("a2-clerk", LAST), ("a3-clerk", RIVERS)):
        assert story.site.api(username).rows()[title]["status"] == "accepted"


def the_ledger_goes_out(story: Month) -> None:
    page = story.office.page
    page.get_by_role("button", name="导出台账").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="县月报").click()
    with page.expect_download(timeout=LONG) as waiting:
        dialog.get_by_role("button", name="导出台账").click()
    assert waiting.value.suggested_filename.endswith("县月报.xlsx")
    expect(dialog.get_by_text("已导出")).to_be_visible()
    says(dialog.get_by_role("heading"), "导出台账")


def the_account_is_signed(story: Month) -> None:
    # One clerk has the sheet open over the close.
    story.first.go("/reports")
    story.site.turn_to(months.AFTER)
    page = story.office.go(f"/rounds?programme={story.programme}&show=closed")
    row = page.get_by_role("row").filter(has_text="2026年11月")
    expect(row).to_contain_text("已关闭")
    expect(row).to_contain_text("257 / 258")
    row.get_by_role("button", name="2026年11月").click()
    panel = page.get_by_role("complementary", name="2026年11月")
    panel.get_by_role("button", name="未报 1").click()
    expect(panel.get_by_role("listitem")).to_contain_text(f"柳市镇 4 {RIVERS}")
    panel.get_by_role("button", name="结账", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("未报 1")
    dialog.get_by_label("结账说明（可不填）").fill("柳市镇河道清淤月底未报，按缺报记")
    assert story.office.faults() == []
    dialog.get_by_role("button", name="签字结账").click()
    expect(row).to_contain_text("已结账")
    expect(panel).to_contain_text("应报 258，按时 257，迟报 0，未报 1")
    expect(panel).to_contain_text("测试a-office 12月14日 10:00 签字")
    expect(panel).to_contain_text(re.compile("SHA-256 [0-9a-f]{64}"))
    assert story.office.faults() == []
    story.office.picture("month-10-signed")
