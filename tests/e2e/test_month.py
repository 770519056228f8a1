"""A month of three townships and their county, from the opening of the round to the signed account."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e import month as months
from tests.e2e.people import Visitor, says, starts
from tests.e2e.screens import at_hand, cell, desk_cell, line
from tests.factories.workbooks import edited, saved, tables_of

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.e2e.conftest import Site
    from tests.factories.world import World

ROADS, COVER = "农村公路提升", "公交覆盖率"
REPAIR, BRIDGES, LAMPS, RIVERS = (title for title, _, _ in months.SHARED)
LAST = months.TITLES[-1]
#: Milliseconds for what moves hundreds of rows at once, on a slow machine too.
LONG = 60_000
SHEET, NOW = "填报", 10


@dataclass
class Month:
    """Who takes part, and the list they work on."""

    site: Site
    first: Visitor
    second: Visitor
    third: Visitor
    office: Visitor
    #: Ids of the world as the API writes them.
    ids: dict[str, str]
    folder: Path

    @property
    def programme(self) -> str:
        """The county's list."""
        return self.ids["winter"]

    def desk(self) -> Page:
        """Open the county's desk on the list."""
        page = self.office.go(f"/review?programme={self.programme}&period=2026-11")
        expect(desk_cell(page, "柳市镇", 0)).to_be_visible()
        return page


def test_a_month_of_three_townships_and_their_county(month_site: Site, month: World, tmp_path: Path) -> None:
    site = month_site
    clerks = [site.visit("a1-clerk", offline=True), site.visit("a2-clerk"), site.visit("a3-clerk")]
    story = Month(site, *clerks, site.visit("a-office"), {name: str(key) for name, key in month.ids.items()}, tmp_path)
    the_round_opens(story)
    the_first_types_without_a_network(story)
    the_second_pastes_a_thousand_cells(story)
    the_third_sends_a_workbook(story)
    the_county_returns_one(story)
    the_clerk_mends_it(story)
    the_county_accepts_the_rest(story)
    a_correction_goes_the_same_way(story)
    the_ledger_goes_out(story)
    the_city_counts_otherwise(story)
    the_account_is_signed(story)
    nobody_writes_any_more(story)


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


def the_first_types_without_a_network(story: Month) -> None:
    clerk = story.first
    page = clerk.go("/reports")
    at_hand(page)
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    clerk.context.set_offline(True)
    clerk.provoked.append("ERR_INTERNET_DISCONNECTED")

    cell(page, ROADS, 0).click()
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    page.keyboard.type("97.5")
    page.keyboard.press("Enter")
    expect(cell(page, ROADS, 0)).to_contain_text("已存本机，等待网络")
    expect(page.get_by_text("离线，已填内容存在本机")).to_be_visible()
    cell(page, REPAIR, 0).click()
    for figure in ("12", "5", "200"):
        page.keyboard.type(figure)
        page.keyboard.press("Enter")

    # What else the form holds waits with the figures.
    cell(page, ROADS, 0).click()
    page.keyboard.press("Control+Enter")
    panel = page.get_by_role("complementary", name="这一格的说明")
    panel.get_by_label("完成投资（万元）").fill("128.5")
    panel.get_by_label("形象进度", exact=True).fill("主体三层封顶")
    page.keyboard.press("Tab")
    expect(page.get_by_text("7 格待发送")).to_be_visible()
    clerk.picture("month-2-offline")

    # The browser is closed altogether, and opened again while there is still no network.
    page = clerk.reopen("/reports")
    expect(cell(page, ROADS, 0)).to_contain_text("4")
    starts(cell(page, COVER, 1), "97.5")
    expect(page.get_by_text("连不上服务器，显示的是本机存的内容")).to_be_visible()
    clerk.picture("month-2-reopened")
    assert story.site.api("a1-clerk").rows()[ROADS]["cells"][0]["current"] is None

    answered: list[int] = []
    page.on("response", lambda r: answered.append(r.status) if r.url.endswith("/reports:batch") else None)
    clerk.context.set_offline(False)
    for title, column in ((ROADS, 0), (COVER, 1), (REPAIR, 0), (LAMPS, 0)):
        expect(cell(page, title, column)).to_contain_text("已保存")
    assert answered == [200]
    rows = story.site.api("a1-clerk").rows()
    assert (rows[ROADS]["cells"][0]["current"], rows[COVER]["cells"][0]["value"]) == ("4", "97.5")
    assert (rows[ROADS]["invested_fen"], rows[ROADS]["physical_note"]) == (128_500_000, "主体三层封顶")
    assert [rows[title]["cells"][0]["current"] for title in (REPAIR, BRIDGES, LAMPS, RIVERS)] == [
        "12",
        "5",
        "200",
        None,
    ]
    clerk.go("/reports")
    says(cell(page, ROADS, 0), "4")
    # What is in hand goes up; one figure of the list the township owes to the end.
    for title in (COVER, REPAIR, BRIDGES, LAMPS):
        page.get_by_role("checkbox", name=f"选择 {title}").check()
    page.get_by_role("button", name="提交所选 4 行").click()
    expect(page.get_by_text("已提交 4 行。")).to_be_visible()


def the_second_pastes_a_thousand_cells(story: Month) -> None:
    clerk = story.second
    page = clerk.go("/reports")
    at_hand(page)
    # As Excel puts it on the clipboard: 本期数, 本期末累计, 落后原因, 原因说明; the last rows are behind.
    figures = ["11", "6", "180", "7", *["6"] * (months.LONG - 2), "1", "1"]
    words = [("", "")] * (len(figures) - 2) + [("用地", "用地批复下周到位"), ("天气", "台风停工三天")]
    block = "".join(f"{now}\t{now}\t{cause}\t{note}\r\n" for now, (cause, note) in zip(figures, words, strict=True))
    assert block.count("\t") + block.count("\n") == 1_000
    clerk.copy(block)
    cell(page, REPAIR, 0).click()
    page.keyboard.press("Control+v")
    expect(cell(page, LAST, 3)).to_contain_text("已保存", timeout=LONG)
    expect(page.get_by_role("status").filter(has_text="格已保存")).to_contain_text("254 格已保存")
    says(cell(page, LAST, 0), "1✓已保存")
    clerk.picture("month-3-paste")
    rows = story.site.api("a2-clerk").rows()
    assert [rows[title]["cells"][0]["current"] for title in months.TITLES] == figures
    assert [(rows[title]["cause_code"], rows[title]["cause_note"]) for title in months.TITLES[-2:]] == [
        ("land", "用地批复下周到位"),
        ("weather", "台风停工三天"),
    ]
    page.get_by_role("button", name="提交填好的 250 行").click()
    expect(page.get_by_text("已提交 250 行。")).to_be_visible(timeout=LONG)


def the_third_sends_a_workbook(story: Month) -> None:
    clerk = story.third
    page = clerk.go("/reports")
    page.get_by_role("button", name="Excel 填报").click()
    dialog = page.get_by_role("dialog")
    with page.expect_download() as waiting:
        dialog.get_by_role("button", name="下载填报表").click()
    assert waiting.value.suggested_filename == "北白象镇2026-11填报表.xlsx"
    book = story.folder / "month.xlsx"
    waiting.value.save_as(book)
    blank = book.read_bytes()
    at = {row[5]: number for number, row in enumerate(tables_of(blank)[SHEET])}
    wrong = {REPAIR: 12.5, BRIDGES: "1.2万", LAMPS: 150, RIVERS: "约7"}
    book.write_bytes(edited(blank, SHEET, {(at[title], NOW): value for title, value in wrong.items()}))
    dialog.get_by_label("选择填报表").set_input_files(book)
    bridges = dialog.get_by_role("row").filter(has_text=BRIDGES)
    expect(bridges).to_contain_text("请换算成“座”后填数字")
    expect(bridges).to_contain_text(f"K{at[BRIDGES] + 1}")
    expect(dialog.get_by_role("row").filter(has_text=RIVERS)).to_contain_text(f"K{at[RIVERS] + 1}")
    expect(dialog.get_by_text("有 2 行错误")).to_be_visible()
    assert clerk.faults() == []
    clerk.picture("month-4-workbook")
    with page.expect_download() as waiting:
        dialog.get_by_role("button", name="下载标注了错误的表").click()
    assert waiting.value.suggested_filename == "北白象镇2026-11填报表（标注）.xlsx"
    dialog.get_by_role("button", name="只写没错的 2 行").click()
    expect(dialog.get_by_text("新填 2 行，变更 0 行；2 行没有写。")).to_be_visible()
    dialog.get_by_role("button", name="关闭").last.click()
    starts(cell(page, REPAIR, 0), "12.5")

    # The same file, mended: what was written stands, the rest is new.
    mended = {**wrong, BRIDGES: 5, RIVERS: 7}
    book.write_bytes(edited(blank, SHEET, {(at[title], NOW): value for title, value in mended.items()}))
    page.get_by_role("button", name="Excel 填报").click()
    dialog.get_by_label("选择填报表").set_input_files(book)
    dialog.get_by_role("button", name="写入 2 行").click()
    expect(dialog.get_by_text("新填 2 行，变更 0 行；0 行没有写。")).to_be_visible()
    dialog.get_by_role("button", name="关闭").last.click()
    starts(cell(page, RIVERS, 0), "7")
    page.get_by_role("button", name="提交填好的 4 行").click()
    expect(page.get_by_text("已提交 4 行。")).to_be_visible()


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


def the_clerk_mends_it(story: Month) -> None:
    page = story.first.go("/")
    # The one returned is owed again.
    says(page.locator(".wb-cards li"), "4 待填报", "1 被退回", "0 已逾期")
    page.get_by_role("link", name="去改").click()
    expect(page.get_by_text("退回原因：里程与附表不符")).to_be_visible()
    expect(page.get_by_role("grid").locator("tbody tr[data-line]")).to_have_count(1)
    cell(page, BRIDGES, 0).click()
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    expect(cell(page, BRIDGES, 0)).to_contain_text("已保存")
    story.first.picture("month-6-mended")
    page.get_by_role("button", name="提交填好的 1 行").click()
    expect(page.get_by_text("已提交 1 行。")).to_be_visible()


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


def nobody_writes_any_more(story: Month) -> None:
    clerk = story.first
    page = clerk.page
    cell(page, RIVERS, 0).click()
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    expect(cell(page, RIVERS, 0)).to_contain_text("填报期已关闭，不能再改。")
    starts(cell(page, RIVERS, 0), "7✕")
    clerk.picture("month-11-refused")
    page = clerk.go("/reports?period=2026-11")
    expect(cell(page, RIVERS, 0)).to_contain_text("填报期已关闭")
    assert story.site.api("a1-clerk").rows()[RIVERS]["cells"][0]["current"] is None
