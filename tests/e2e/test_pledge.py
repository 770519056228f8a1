"""Last year's list becomes this year's: edited, issued, split by workbook, signed for by both sides, supplemented."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import python_calamine
import xlsxwriter
from playwright.sync_api import expect
from pypdf import PdfReader

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.e2e.conftest import Site
    from tests.factories.world import World

NAME = "乐清市2027年民生实事"
A1, A2 = 8, 9
"""Columns of the two townships in the workbook."""


def words(place: Locator) -> str:
    """Return the text without any white space."""
    return re.sub(r"\s+", "", place.inner_text())


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


def copied_list(page: Page) -> None:
    """Copy the county's list of this year into the next one."""
    row = page.locator(".pr-row").filter(has_text="乐清市2026年民生实事")
    row.get_by_role("button", name="复制").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("计划名称")).to_have_value(NAME)
    dialog.get_by_label("目标与期限也带过来，作为初稿").check()


def test_last_years_list_is_copied_split_by_workbook_signed_and_supplemented(  # noqa: PLR0915 - one story
    site: Site, world: World, tmp_path: Path
) -> None:
    office = site.visit("a-office")
    page = office.go("/programmes")
    copied_list(page)
    dialog = page.get_by_role("dialog")
    assert office.faults() == []
    office.picture("copy")
    dialog.get_by_role("button", name="复制").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(NAME)

    # The head still spans next year; this list is to run now, so that it can be issued today.
    page.get_by_role("treeitem", name=re.compile("新建幼儿园")).click()
    panel = page.locator(".ip")
    panel.get_by_label("名称").fill("新建公办幼儿园")
    panel.get_by_label("项目类型").select_option(label="工程类")
    panel.get_by_label("来源文件（可不填）").fill("2026年政府工作报告第三部分")
    panel.get_by_role("button", name="保存", exact=True).click()
    expect(panel.get_by_role("heading", level=2)).to_contain_text("新建公办幼儿园")
    assert office.faults() == []
    page.get_by_role("link", name="与上年比较").click()
    expect(page.locator(".df-levels")).to_contain_text("变更 1")
    line = page.get_by_role("row").filter(has_text="新建公办幼儿园")
    expect(line).to_contain_text("名称")
    expect(line).to_contain_text("工程")
    assert office.faults() == []
    office.picture("diff")

    # Units say what they think of the draft before it is issued.
    page.get_by_role("link", name="回到计划").click()
    page.get_by_role("button", name="征求意见").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("意见截止日").fill("2026-11-30")
    # The button has just been enabled; its colour is on the way.
    office.picture("consult")
    assert office.faults() == []
    dialog.get_by_role("button", name="送出征求意见").click()
    expect(page.get_by_text("正在征求意见，草稿锁定。")).to_be_visible()
    programme = page.url.rpartition("/")[2].partition("?")[0]
    clerk = site.visit("a1-clerk")
    theirs = clerk.go(f"/programmes/{programme}/comments")
    theirs.get_by_label("针对").select_option(label="1 新建公办幼儿园")
    theirs.get_by_role("textbox", name="意见").fill("建议我镇 3 所。")
    assert clerk.faults() == []
    theirs.get_by_role("button", name="提交意见").click()
    expect(theirs.get_by_text("建议我镇 3 所。")).to_be_visible()
    page = office.go(f"/programmes/{programme}/comments")
    page.get_by_role("button", name="答复").click()
    page.get_by_role("dialog").get_by_role("textbox", name="答复").fill("采纳，分解时按此安排。")
    assert office.faults() == []
    page.get_by_role("dialog").get_by_role("button", name="答复", exact=True).click()
    expect(page.get_by_text("采纳，分解时按此安排。")).to_be_visible()
    office.picture("comments")
    assert office.faults() == []

    # What was copied starts next year; the dates are brought forward, then the list is issued.
    page = office.go(f"/programmes/{programme}")
    page.get_by_role("button", name="收回修改").click()
    page.get_by_role("dialog").get_by_role("button", name="确认收回").click()
    page.get_by_role("button", name="修改计划信息").click()
    head = page.get_by_role("dialog")
    head.get_by_label("开始日期").fill("2026-11-01")
    head.get_by_role("button", name="保存").click()
    expect(page.get_by_text("2026-11-01 — 2027-12-31")).to_be_visible()
    page.get_by_role("button", name="下达", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="确认下达").click()
    expect(page.get_by_text("已下达，项目、指标、目标与期限不能直接修改。")).to_be_visible()

    # The split goes out as a workbook and comes back with one wrong cell.
    page.get_by_role("link", name="任务分解").click()
    grid = page.get_by_role("grid", name="任务分解")
    expect(grid).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载表格").click()
    book = tmp_path / waiting.value.suggested_filename
    assert book.name == f"{NAME}任务分解-乐清市.xlsx"
    waiting.value.save_as(book)
    blank = book.read_bytes()
    book.write_bytes(filled(blank, (3, A1, 3), (3, A2, "七")))
    page.get_by_role("button", name="上传表格").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("选择分解表").set_input_files(book)
    wrong = dialog.get_by_role("row").filter(has_text="J4")
    expect(wrong).to_contain_text("应为数字")
    expect(dialog.get_by_text("有 1 格错误")).to_be_visible()
    assert office.faults() == []
    office.picture("upload")
    book.write_bytes(filled(blank, (3, A1, 3), (3, A2, 7)))
    dialog.get_by_label("选择分解表").set_input_files(book)
    dialog.get_by_role("button", name="保存 2 格").click()
    expect(dialog.get_by_text("新增 2 格，变更 0 格，0 格有错没有保存。")).to_be_visible()
    dialog.get_by_role("button", name="关闭").last.click()
    row = grid.locator("tr[data-line]")
    assert words(row.locator(".s-sum")).startswith("10")
    page.get_by_role("button", name="下达全部草稿 2 项").click()
    page.get_by_role("dialog").get_by_role("button", name="确认下达").click()
    expect(row.locator("[data-col]").first).to_contain_text("已下达")

    # The township takes note of its task.
    theirs = clerk.go(f"/programmes/{programme}")
    theirs.get_by_role("button", name="签收 1 项").click()
    expect(theirs.get_by_text("已签收 1 项任务。")).to_be_visible()
    page.reload()
    expect(grid.locator("tr[data-line] [data-col]").first).to_contain_text("已签收")

    # The pledge: made, sent, signed here and there.
    page = office.go(f"/pledges?programme={programme}")
    office.picture("pledges")
    page.get_by_role("button", name="为其余 2 个单位制作").click()
    page.get_by_role("button", name="送签 2 份草稿").click()
    expect(page.get_by_text("已送签 2 份。")).to_be_visible()
    assert office.faults() == []
    theirs = clerk.go("/pledges")
    theirs.get_by_role("link", name="民实责〔2027〕1号").click()
    expect(theirs.get_by_role("heading", level=1)).to_contain_text(f"{NAME}目标责任书")
    theirs.get_by_role("button", name="签订").click()
    theirs.get_by_role("dialog").get_by_role("button", name="确认签订").click()
    expect(theirs.get_by_text("✓ 测试a1-clerk")).to_be_visible()
    assert clerk.faults() == []
    page.reload()
    page.get_by_role("link", name="民实责〔2027〕1号").click()
    page.get_by_role("button", name="会签生效").click()
    page.get_by_role("dialog").get_by_role("button", name="确认会签生效").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已生效")
    office.picture("pledge")
    assert office.faults() == []
    # The first paper of a server loads Pango and every font of the machine.
    with page.expect_download(timeout=60_000) as waiting:
        page.get_by_role("button", name="下载 PDF").click()
    paper = tmp_path / "pledge.pdf"
    waiting.value.save_as(paper)
    text = "".join("".join(each.extract_text() for each in PdfReader(paper).pages).split())
    for part in (NAME, "乙方：柳市镇", "≥3所", "签订人：测试a1-clerk", "签订人：测试a-office"):
        assert part in text
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载 .docx").click()
    assert waiting.value.suggested_filename == f"{NAME}目标责任书-柳市镇.docx"

    # The city gives the county a further task: its paper is out of date, and a supplement says what is new.
    city, county = site.api("office"), site.api("a-office")
    under = {"programme_id": str(world["list"]), "unit_id": str(world["a"])}
    made = city.post("/pledges", under)
    sent = city.post(f"/pledges/{made['id']}/send", version=made["version"])
    signed = county.post(f"/pledges/{made['id']}/sign", version=sent["version"])
    site.api("leader").post(f"/pledges/{made['id']}/countersign", version=signed["version"])
    given = {
        "item_id": str(world["list.cover"]),
        "parent_id": str(world["cover:city"]),
        "unit_id": str(world["a"]),
        "deadline": "2026-12-31",
        "targets": [{"indicator_id": str(world["cover"]), "value": "92"}],
    }
    task = city.post("/tasks", given)
    city.post(f"/tasks/{task['id']}/issue", version=1)
    mayor = site.visit("office")
    page = mayor.go(f"/pledges?programme={world['list']}")
    line = page.get_by_role("row").filter(has_text="乐清市")
    expect(line).to_contain_text("任务有变动")
    line.get_by_role("link", name="制作补充责任书").click()
    page.get_by_role("button", name="制作补充责任书").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("补充责任书（一）")
    change = page.locator(".pp-table").first.get_by_role("row").nth(1)
    assert [words(each) for each in change.get_by_role("cell").all()] == ["—", "≥92%", "—", "2026年12月31日", "新增"]
    assert mayor.faults() == []
    mayor.picture("supplement")
