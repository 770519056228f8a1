"""A county office makes a list of its own, splits it by workbook, issues it, and a township sees what it got."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import python_calamine
import xlsxwriter
from playwright.sync_api import expect

from tests.e2e.people import says

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.e2e.conftest import Site

NAME = "乐清市2026年为民办实事补充清单"


A1, A2 = 8, 9
"""Columns of the two townships in the workbook."""


def filled(content: bytes, *cells: tuple[int, int, object]) -> bytes:
    """Return the downloaded workbook as a clerk saved it in another program."""
    book = python_calamine.load_workbook(io.BytesIO(content))
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    for name in book.sheet_names:
        sheet = made.add_worksheet(name)
        table = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        values = {(at, column): value for at, row in enumerate(table) for column, value in enumerate(row)}
        if name == "任务分解":
            values |= {(at, column): value for at, column, value in cells}
        for (at, column), value in values.items():
            if isinstance(value, str) and value:
                sheet.write_string(at, column, value)
            elif not isinstance(value, str):
                sheet.write(at, column, value)
    made.close()
    return out.getvalue()


def add_item(page: Page, code: str, title: str) -> None:
    """Write one item in the open dialog and close it."""
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("编号").fill(code)
    dialog.get_by_label("名称").fill(title)
    dialog.get_by_role("button", name="保存", exact=True).click()
    expect(dialog).to_have_count(0)


def add_indicator(page: Page, name: str, measure: str, target: str) -> None:
    """Give the selected item an indicator and a promised value."""
    page.get_by_role("button", name="添加指标").click()
    page.get_by_label("指标名称").fill(name)
    page.get_by_label("计量单位").select_option(label=measure)
    page.get_by_role("button", name="添加指标", exact=True).click()
    promise = page.get_by_role("heading", name="承诺目标")
    expect(promise).to_be_visible()
    page.get_by_label(f"{name} 目标值").fill(target)
    page.get_by_role("button", name="写下目标").click()
    expect(page.get_by_role("button", name="保存目标")).to_be_visible()


def test_county_makes_splits_and_issues_a_list_and_the_township_sees_it(  # noqa: PLR0915 - one story
    site: Site, tmp_path: Path
) -> None:
    office = site.visit("a-office")
    page = office.go("/programmes")
    page.get_by_role("button", name="新建计划").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("计划名称").fill(NAME)
    dialog.get_by_label("年度").fill("2026")
    dialog.get_by_label("开始日期").fill("2026-01-01")
    dialog.get_by_label("结束日期").fill("2026-12-31")
    assert office.faults() == []
    office.picture("programme-form")
    dialog.get_by_role("button", name="建立草稿").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(NAME)
    office.picture("programme-1")
    expect(page.get_by_text("先写大项，再在下面写小项；最末一级写指标和目标。")).to_be_visible()
    page.locator(".pe-tree .panel-head").get_by_role("button", name="新增大项").click()
    add_item(page, "1", "城乡环境")
    page.get_by_role("button", name="新增下级").click()
    add_item(page, "1.1", "口袋公园建设")
    page.get_by_role("treeitem", name=re.compile("口袋公园")).click()
    add_indicator(page, "新建口袋公园", "所（2 位小数）", "12")
    office.picture("programme-item")
    assert office.faults() == []
    expect(page.get_by_text("每个项目都有指标、目标和期限，可以下达。")).to_be_visible()
    page.get_by_role("button", name="下达", exact=True).click()
    issue = page.get_by_role("dialog")
    assert office.faults() == []
    issue.get_by_role("button", name="确认下达").click()
    expect(page.get_by_text("已下达，项目、指标、目标与期限不能直接修改。")).to_be_visible()

    page.get_by_role("link", name="任务分解").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("任务分解")
    grid = page.get_by_role("grid", name="任务分解")
    expect(grid).to_be_visible()
    says(grid.get_by_role("columnheader"), "事项与指标", "目标值", "已分与差额", "柳市镇", "虹桥镇")
    # The split goes out as a workbook and comes back with one wrong cell.
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载表格").click()
    book = tmp_path / waiting.value.suggested_filename
    assert book.name == f"{NAME}任务分解-乐清市.xlsx"
    waiting.value.save_as(book)
    blank = book.read_bytes()
    book.write_bytes(filled(blank, (3, A1, 6), (3, A2, "七")))
    page.get_by_role("button", name="上传表格").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("选择分解表").set_input_files(book)
    wrong = dialog.get_by_role("row").filter(has_text="J4")
    expect(wrong).to_contain_text("应为数字")
    expect(dialog.get_by_text("有 1 格错误")).to_be_visible()
    assert office.faults() == []
    office.picture("upload")
    book.write_bytes(filled(blank, (3, A1, 6), (3, A2, 6)))
    dialog.get_by_label("选择分解表").set_input_files(book)
    dialog.get_by_role("button", name="保存 2 格").click()
    expect(dialog.get_by_text("新增 2 格，变更 0 格，0 格有错没有保存。")).to_be_visible()
    dialog.get_by_role("button", name="关闭").last.click()
    row = grid.locator("tr[data-line]")
    expect(row.locator(".s-sum")).to_contain_text("12")
    assert office.faults() == []
    page.get_by_role("button", name="下达全部草稿 2 项").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("把 2 项任务下达给 2 个单位。")
    dialog.get_by_role("button", name="确认下达").click()
    expect(row.locator("[data-col]").first).to_contain_text("已下达")
    office.picture("split")

    clerk = site.visit("a1-clerk")
    grid = clerk.go("/reports").get_by_role("grid")
    owed = grid.get_by_role("row").filter(has_text="口袋公园建设")
    expect(owed).to_have_count(1)
    says(owed.locator(".c-fact").first, "≥6所")
    told = {api: site.api(api).rows()["口袋公园建设"] for api in ("a1-clerk", "a2-clerk")}
    assert [
        (who, row["programme_name"], row["status"], row["deadline"], row["cells"][0]["target_value"])
        for who, row in told.items()
    ] == [("a1-clerk", NAME, "draft", "2026-12-31", "6"), ("a2-clerk", NAME, "draft", "2026-12-31", "6")]
