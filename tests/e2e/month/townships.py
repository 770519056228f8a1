"""What the three townships do in a month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.month import world as months
from tests.e2e.month.story import BRIDGES, COVER, LAMPS, LAST, LONG, REPAIR, RIVERS, ROADS
from tests.e2e.people import says, starts
from tests.e2e.screens import at_hand, cell
from tests.factories.workbooks import edited, tables_of

if TYPE_CHECKING:
    from tests.e2e.month.story import Month

SHEET, NOW = "填报", 10


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
