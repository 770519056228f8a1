"""Figures that went up and are looked at again: a correction, and another source's number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.month import world as months
from tests.e2e.month.story import REPAIR
from tests.e2e.people import says
from tests.e2e.screens import cell, desk_cell, line
from tests.factories.workbooks import saved

if TYPE_CHECKING:
    from tests.e2e.month.story import Month


def a_correction_goes_the_same_way(story: Month) -> None:
    clerk = story.first
    page = clerk.go("/reports")
    expect(line(page, REPAIR)).to_contain_text("已确认")
    cell(page, REPAIR, 0).click()
    page.keyboard.press("Control+Enter")
    panel = page.get_by_role("complementary", name="这一格的说明")
    panel.get_by_role("button", name="申请更正").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("原因").fill("漏报一段村道")
    dialog.get_by_role("button", name="开始更正").click()
    expect(line(page, REPAIR)).to_contain_text("第 2 版更正 · 自确认后改动 0 项")
    cell(page, REPAIR, 0).click()
    page.keyboard.type("13")
    page.keyboard.press("Enter")
    expect(cell(page, REPAIR, 0)).to_contain_text("已保存")
    expect(line(page, REPAIR)).to_contain_text("自确认后改动 1 项")
    clerk.picture("month-8-correction")
    page.get_by_role("button", name="提交填好的 1 行").click()
    expect(page.get_by_text("已提交 1 行。")).to_be_visible()
    # What was accepted counts until the correction is.
    assert counted(story, REPAIR) == "12"

    desk = story.desk()
    expect(desk_cell(desk, "柳市镇", 0)).to_contain_text("待审")
    desk_cell(desk, "柳市镇", 0).click()
    panel = desk.get_by_role("complementary")
    expect(panel.get_by_role("heading", name="各版与改动")).to_contain_text("自确认后改动 1 项")
    expect(panel.get_by_text("漏报一段村道")).to_be_visible()
    says(panel.locator(".change-table tbody tr"), "累计数水毁道路修复1213")
    panel.locator(".change-table").scroll_into_view_if_needed()
    story.office.picture("month-8-versions")
    panel.get_by_role("button", name="确认", exact=True).click()
    expect(desk_cell(desk, "柳市镇", 0)).to_contain_text("确认")
    assert counted(story, REPAIR) == "13"


def counted(story: Month, title: str) -> str:
    """Return what counts for the first township."""
    target = story.ids[f"{title}:a1:target"]
    found = story.site.api("a-office").get("/boards/target", target_id=target, on="2026-11-30")
    assert isinstance(found["actual"], str)
    return found["actual"]


def the_city_counts_otherwise(story: Month) -> None:
    office = story.office
    page = office.go("/deviations")
    page.get_by_role("button", name="导入通报").click()
    dialog = page.get_by_role("dialog")
    told = [["乡镇", "修复公里"], ["柳市镇", 13], ["虹桥镇", 14], ["北白象镇", 12.5]]
    book = story.folder / "bulletin.xlsx"
    book.write_bytes(saved({"通报": told}))
    dialog.get_by_label("选择通报文件").set_input_files(book)
    dialog.get_by_label("计划").select_option(label=f"2026 · {months.NAME}")
    dialog.get_by_label("发布机构").fill("温州市水利局")
    dialog.get_by_label("文件名或文号").fill("冬修进展通报第3期")
    dialog.get_by_label("所属期").fill("2026-11")
    dialog.get_by_label("映射名称（下期再用）").fill("水利局月度通报")
    dialog.get_by_label("是哪项指标").select_option(label=f"1 {REPAIR}")
    assert office.faults() == []
    dialog.get_by_role("button", name="检查", exact=True).click()
    expect(dialog.get_by_role("row").filter(has_text="虹桥镇")).to_contain_text("超出容差，将立案")
    office.picture("month-9-bulletin")
    dialog.get_by_role("button", name="导入 3 个").click()
    expect(dialog.get_by_text("新增 3 个，改数 0 个，未变 0 个；其中 1 个超出容差，已立案。")).to_be_visible()
    dialog.get_by_role("button", name="关闭").last.click()
    page.get_by_role("row").filter(has_text="虹桥镇").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"虹桥镇 · {REPAIR}")
    case = page.url.partition("/deviations")[2]

    # Whoever looks at the figure sees that it is contested, and is led to the case.
    clerk = story.second
    theirs = clerk.go("/reports")
    mark = line(theirs, REPAIR).get_by_role("link")
    expect(mark).to_contain_text("与温州市水利局 2026年11月 的数 14 不符，待答复")
    clerk.picture("month-9-mark")
    mark.click()
    theirs.get_by_role("button", name="答复").click()
    dialog = theirs.get_by_role("dialog")
    dialog.get_by_label("原因").select_option(label="截止时点不同")
    dialog.get_by_label("一句话说明").fill("通报截至12月5日，我方按月末")
    dialog.get_by_label("今后怎样避免").fill("以后两个时点各列一数")
    assert clerk.faults() == []
    dialog.get_by_role("button", name="答复", exact=True).click()
    expect(theirs.get_by_role("heading", level=1)).to_contain_text("待裁定")

    page = office.go(f"/deviations{case}")
    page.get_by_role("button", name="裁定").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("以我方数为准").check()
    dialog.get_by_label("依据").fill("已与水利局核对附表")
    dialog.get_by_role("button", name="裁定", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已裁定")
    assert office.faults() == []
    office.picture("month-9-settled")
    theirs = clerk.go("/reports")
    expect(cell(theirs, REPAIR, 0)).to_be_visible()
    expect(line(theirs, REPAIR).get_by_role("link")).to_have_count(0)
