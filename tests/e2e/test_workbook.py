"""A clerk fills the month in Excel: out, back with a fault, the good rows written; the office takes the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.people import says
from tests.factories.workbooks import edited, tables_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Site

SHEET, NOW, SUM = "填报", 10, 11


def test_a_month_goes_out_as_a_workbook_and_comes_back_with_a_fault(site: Site, tmp_path: Path) -> None:
    clerk = site.visit("a1-clerk")
    page = clerk.go("/reports")
    page.get_by_role("button", name="Excel 填报").click()
    dialog = page.get_by_role("dialog")
    with page.expect_download() as waiting:
        dialog.get_by_role("button", name="下载填报表").click()
    assert waiting.value.suggested_filename == "柳市镇2026-11填报表.xlsx"
    book = tmp_path / "month.xlsx"
    waiting.value.save_as(book)
    blank = book.read_bytes()
    at = {row[5]: number for number, row in enumerate(tables_of(blank)[SHEET])}
    roads, schools = at["农村公路提升"], at["新建幼儿园"]
    book.write_bytes(edited(blank, SHEET, {(roads, NOW): 3.5, (schools, NOW): "1.2万"}))
    dialog.get_by_label("选择填报表").set_input_files(book)
    wrong = dialog.get_by_role("row").filter(has_text="新建幼儿园")
    expect(wrong).to_contain_text("请换算成“所”后填数字")
    expect(wrong).to_contain_text(f"K{schools + 1}")
    expect(dialog.get_by_text("有 1 行错误")).to_be_visible()
    assert clerk.faults() == []
    clerk.picture("workbook")
    with page.expect_download() as waiting:
        dialog.get_by_role("button", name="下载标注了错误的表").click()
    assert waiting.value.suggested_filename == "柳市镇2026-11填报表（标注）.xlsx"
    dialog.get_by_role("button", name="只写没错的 1 行").click()
    expect(dialog.get_by_text("新填 1 行，变更 0 行；1 行没有写。")).to_be_visible()
    dialog.get_by_role("button", name="关闭").last.click()
    line = page.get_by_role("grid").get_by_role("row").filter(has_text="农村公路提升")
    expect(line.locator("[data-col='1']")).to_contain_text("23.5")

    office = site.visit("office")
    page = office.go("/review")
    page.get_by_role("button", name="导出台账").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="县月报").click()
    assert office.faults() == []
    with page.expect_download() as waiting:
        dialog.get_by_role("button", name="导出台账").click()
    assert waiting.value.suggested_filename.endswith("县月报.xlsx")
    expect(dialog.get_by_text("已导出")).to_be_visible()
    office.picture("ledger")
    says(dialog.get_by_role("heading"), "导出台账")
