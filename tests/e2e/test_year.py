"""A list through its year: copied, split, signed, planned, reported, adjusted; both values on screen and on paper."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.sync_api import expect
from pypdf import PdfReader

from tests.e2e.people import Visitor, says, starts

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.e2e.conftest import Site

NAME = "乐清市2027年民生实事"
ITEM = "新建公办幼儿园"
PAPER = "民实责〔2027〕1号"


@dataclass
class Year:
    """Who takes part, and the address of the list once it is there."""

    site: Site
    office: Visitor
    clerk: Visitor
    folder: Path
    programme: str = ""

    def item(self, visitor: Visitor) -> Page:
        """Open the one item of the list."""
        page = visitor.go(f"/programmes/{self.programme}")
        page.get_by_role("treeitem", name=re.compile(ITEM)).click()
        expect(page.locator(".ip-target")).to_be_visible()
        return page


def test_a_year_from_last_years_list_to_the_printed_supplement(site: Site, tmp_path: Path) -> None:
    year = Year(site, site.visit("a-office"), site.visit("a1-clerk"), tmp_path)
    copy_last_year(year)
    see_what_is_new(year)
    hear_the_townships(year)
    bring_forward_and_issue(year)
    split_with_paste(year)
    acknowledge(year)
    sign_both(year)
    plan_backwards(year)
    move_a_milestone(year)
    report_two(year)
    adjust_with_approval(year)
    both_values_in_the_matrix(year)
    suspend_the_neighbour(year)
    print_the_supplement(year)


def copy_last_year(year: Year) -> None:
    page = year.office.go("/programmes")
    row = page.locator(".pr-row").filter(has_text="乐清市2026年民生实事")
    row.get_by_role("button", name="复制").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("计划名称")).to_have_value(NAME)
    dialog.get_by_label("目标与期限也带过来，作为初稿").check()
    assert year.office.faults() == []
    year.office.picture("year-copy")
    dialog.get_by_role("button", name="复制").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(NAME)
    year.programme = page.url.rpartition("/")[2].partition("?")[0]


def see_what_is_new(year: Year) -> None:
    page = year.office.page
    page.get_by_role("treeitem", name=re.compile("新建幼儿园")).click()
    panel = page.locator(".ip")
    panel.get_by_label("名称").fill(ITEM)
    panel.get_by_label("项目类型").select_option(label="工程类")
    panel.get_by_label("来源文件（可不填）").fill("2026年政府工作报告第三部分")
    panel.get_by_role("button", name="保存", exact=True).click()
    expect(panel.get_by_role("heading", level=2)).to_contain_text(ITEM)
    assert year.office.faults() == []
    page.get_by_role("link", name="与上年比较").click()
    expect(page.locator(".df-levels")).to_contain_text("变更 1")
    line = page.get_by_role("row").filter(has_text=ITEM)
    expect(line).to_contain_text("名称")
    expect(line).to_contain_text("工程")
    assert year.office.faults() == []
    year.office.picture("year-diff")
    page.get_by_role("link", name="回到计划").click()


def hear_the_townships(year: Year) -> None:
    page = year.office.page
    page.get_by_role("button", name="征求意见").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("意见截止日").fill("2026-11-30")
    assert year.office.faults() == []
    year.office.picture("year-consult")
    dialog.get_by_role("button", name="送出征求意见").click()
    expect(page.get_by_text("正在征求意见，草稿锁定。")).to_be_visible()

    theirs = year.clerk.go(f"/programmes/{year.programme}/comments")
    theirs.get_by_label("针对").select_option(label=f"1 {ITEM}")
    theirs.get_by_role("textbox", name="意见").fill("建议我镇 3 所。")
    assert year.clerk.faults() == []
    theirs.get_by_role("button", name="提交意见").click()
    expect(theirs.get_by_text("建议我镇 3 所。")).to_be_visible()

    page = year.office.go(f"/programmes/{year.programme}/comments")
    page.get_by_role("button", name="答复").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="答复").fill("采纳，分解时按此安排。")
    assert year.office.faults() == []
    dialog.get_by_role("button", name="答复", exact=True).click()
    expect(page.get_by_text("采纳，分解时按此安排。")).to_be_visible()
    year.office.picture("year-comments")


def bring_forward_and_issue(year: Year) -> None:
    """What was copied starts next year; the list runs from this month on, so that it can be issued today."""
    page = year.office.go(f"/programmes/{year.programme}")
    page.get_by_role("button", name="收回修改").click()
    page.get_by_role("dialog").get_by_role("button", name="确认收回").click()
    page.get_by_role("button", name="修改计划信息").click()
    head = page.get_by_role("dialog")
    head.get_by_label("开始日期").fill("2026-11-01")
    head.get_by_role("button", name="保存").click()
    expect(page.get_by_text("2026年11月1日—2027年12月31日")).to_be_visible()
    page.get_by_role("button", name="下达", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="确认下达").click()
    expect(page.get_by_text("已下达，项目、指标、目标与期限不能直接修改。")).to_be_visible()


def split_with_paste(year: Year) -> None:
    page = year.office.page
    page.get_by_role("link", name="任务分解").click()
    grid = page.get_by_role("grid", name="任务分解")
    row = grid.locator("tr[data-line]")
    cells = row.locator("[data-col]")
    cells.first.click()
    # As Excel puts it on the clipboard: a full-width digit, a trailing line break.
    year.office.copy("4\t５\r\n")
    page.keyboard.press("Control+v")
    expect(row.locator(".s-sum")).to_contain_text("不足")
    says(row.locator(".s-sum"), "9▼不足1")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("6")
    page.keyboard.press("Enter")
    expect(row.locator(".s-sum")).not_to_contain_text("不足")
    starts(row.locator(".s-sum"), "10")
    page.get_by_role("button", name="保存 2 格").click()
    page.get_by_role("button", name="下达全部草稿 2 项").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("把 2 项任务下达给 2 个单位。")
    dialog.get_by_role("button", name="确认下达").click()
    expect(cells.first).to_contain_text("已下达")


def acknowledge(year: Year) -> None:
    theirs = year.clerk.go(f"/programmes/{year.programme}")
    theirs.get_by_role("button", name="签收 1 项").click()
    expect(theirs.get_by_text("已签收 1 项任务。")).to_be_visible()
    page = year.office.page
    page.reload()
    expect(page.get_by_role("grid", name="任务分解").locator("[data-col]").first).to_contain_text("已签收")


def sign_both(year: Year) -> None:
    page = year.office.go(f"/pledges?programme={year.programme}")
    page.get_by_role("button", name="为其余 2 个单位制作").click()
    page.get_by_role("button", name="送签 2 份草稿").click()
    expect(page.get_by_text("已送签 2 份。")).to_be_visible()
    assert year.office.faults() == []
    year.office.picture("year-pledges")

    theirs = year.clerk.go("/pledges")
    theirs.get_by_role("link", name=PAPER).click()
    expect(theirs.get_by_role("heading", level=1)).to_contain_text(f"{NAME}目标责任书")
    theirs.get_by_role("button", name="签订").click()
    theirs.get_by_role("dialog").get_by_role("button", name="确认签订").click()
    expect(theirs.locator(".pp-sides")).to_contain_text("✓ 测试a1-clerk")
    assert year.clerk.faults() == []

    page.get_by_role("link", name=PAPER).click()
    page.get_by_role("button", name="会签生效").click()
    page.get_by_role("dialog").get_by_role("button", name="确认会签生效").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已生效")
    assert year.office.faults() == []
    year.office.picture("year-pledge")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载 .docx").click()
    assert waiting.value.suggested_filename == f"{NAME}目标责任书-柳市镇.docx"
    text = printed(year, page, "pledge.pdf")
    for part in (NAME, "乙方：柳市镇", "≥4所", "签订人：测试a1-clerk", "签订人：测试a-office"):
        assert part in text


def plan_backwards(year: Year) -> None:
    """The township takes a template, dates it from the deadline backwards and fixes it."""
    county = year.site.api("a-office")
    notice = {"unit_id": county.get("/me")["user"]["unit_id"], "year": 2027, "source": "放假通知"}
    county.post("/calendar-years", {**notice, "days": [{"day": "2027-10-01", "kind": "holiday", "name": "国庆节"}]})
    page = year.clerk.go(f"/milestones?programme={year.programme}")
    page.get_by_label("任务").select_option(label=f"{ITEM} · 柳市镇")
    expect(page.get_by_text("这个任务还没有节点")).to_be_visible()
    page.get_by_role("button", name=re.compile("工程建设")).click()
    expect(page.get_by_role("slider")).to_have_count(6)
    names = page.locator(".gn li")
    expect(names.nth(0)).to_contain_text("还剩 214 天（154 个工作日）")
    expect(names.nth(5)).to_contain_text("还剩 404 天（289 个工作日）")
    assert year.clerk.faults() == []
    names.nth(5).get_by_role("button").click()
    panel = page.get_by_role("complementary", name="主体完工并交付使用")
    panel.get_by_role("button", name="修改").click()
    dialog = page.get_by_role("dialog", name="修改节点")
    dialog.get_by_label("权重").fill("50")
    assert year.clerk.faults() == []
    dialog.get_by_role("button", name="保存").click()
    expect(panel).to_contain_text("权重 50")

    page.get_by_role("button", name="倒排工期").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("到 2027年12月31日，共 150 个工作日。")
    dialog.get_by_label("主体完工并交付使用 工作日").fill("40")
    dialog.get_by_label("主体完工并交付使用 工作日").press("Tab")
    expect(dialog).to_contain_text("共 145 个工作日")
    assert year.clerk.faults() == []
    year.clerk.picture("year-schedule")
    dialog.get_by_role("button", name="写入节点").click()
    expect(page.get_by_text("已写入节点。")).to_be_visible()
    page.get_by_role("button", name="确定 6 个草稿节点").click()
    expect(page.get_by_role("button", name="确定 6 个草稿节点")).to_have_count(0)


def move_a_milestone(year: Year) -> None:
    """The keyboard moves by working days; the date that was fixed changes only when the county says so, and stays."""
    page = year.clerk.page
    pin = page.get_by_role("slider", name="招标完成")
    expect(pin).to_have_attribute("aria-valuetext", re.compile("^2027年9月2日"))
    # From Thursday over a weekend to Friday.
    for _ in range(4):
        pin.press("ArrowLeft")
    expect(pin).to_have_attribute("aria-valuetext", "2027年8月27日")
    pin.press("Enter")
    dialog = page.get_by_role("dialog", name="申请改期")
    expect(dialog.get_by_label("改到")).to_have_value("2027-08-27")
    assert year.clerk.faults() == []
    dialog.get_by_label("原因").fill("设计提前完成")
    dialog.get_by_role("button", name="提交申请").click()
    expect(page.locator(".gn li").nth(3)).to_contain_text("申请改到 2027年8月27日，待批准")
    year.clerk.picture("year-move-asked")

    theirs = year.office.go("/milestones?view=moves")
    row = theirs.get_by_role("row").filter(has_text="招标完成")
    expect(row).to_contain_text("提前 6 天")
    assert year.office.faults() == []
    year.office.picture("year-moves")
    row.get_by_role("button", name="批准", exact=True).click()
    expect(row).to_contain_text("已批准")

    page = year.clerk.go(f"/milestones?programme={year.programme}")
    expect(page.locator(".gc .base")).to_have_count(1)
    page.get_by_role("button", name=re.compile("招标完成")).click()
    panel = page.get_by_role("complementary", name="招标完成")
    for said in ("2027年9月2日", "2027年8月27日", "已批准", "设计提前完成"):
        expect(panel).to_contain_text(said)
    assert year.clerk.faults() == []
    year.clerk.picture("year-moved")
    told = year.site.api("a1-clerk").get("/milestones", programme_id=year.programme)["items"]
    (moved,) = (each for each in told if each["name"] == "招标完成")
    assert (moved["baseline_on"], moved["planned_on"]) == ("2027-09-02", "2027-08-27")


def report_two(year: Year) -> None:
    """Two kindergartens are open at the end of November; every desk has passed them."""
    clerk, reviewer, county = (year.site.api(who) for who in ("a1-clerk", "a-reviewer", "a-office"))
    clerk.write(ITEM, current="2")
    clerk.submit(ITEM)
    row = clerk.rows()[ITEM]
    reviewer.post(f"/reports/{row['id']}/review", version=row["version"])
    row = clerk.rows()[ITEM]
    county.post(f"/reports/{row['id']}/accept", version=row["version"])


def adjust_with_approval(year: Year) -> None:
    page = year.item(year.clerk)
    target = page.locator(".ip-target")
    expect(target).to_contain_text("≥ 4 所")
    page.get_by_role("button", name="申请调整", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("现在的目标 ≥ 4 所")
    assert year.clerk.faults() == []
    year.clerk.provoked.append(r"422 .*/api/v1/adjustments$")
    dialog.get_by_label("新的目标值").fill("1")
    dialog.get_by_label("生效日").fill("2026-11-22")
    dialog.get_by_label("原因").fill("省里核减建设任务")
    dialog.get_by_label("文号（可不填）").fill("温政办〔2026〕12号")
    year.clerk.picture("year-adjust")
    dialog.get_by_role("button", name="提出申请").click()
    # Two are done: one needs a deliberate word.
    expect(dialog).to_contain_text("已完成 2，新目标 1 低于已完成数")
    expect(dialog.get_by_label("确实下调到已完成数以下")).to_be_visible()
    assert year.clerk.faults() == []
    year.clerk.picture("year-adjust-below")
    dialog.get_by_label("新的目标值").fill("3")
    dialog.get_by_role("button", name="提出申请").click()
    expect(page.get_by_text("申请已提出，等上级批准。")).to_be_visible()
    page.get_by_role("link", name="看申请").click()
    mine = page.get_by_role("row").filter(has_text=ITEM)
    expect(mine).to_contain_text("待批")
    expect(mine.get_by_role("button", name="批准", exact=True)).to_have_count(0)

    theirs = year.office.go("/changes")
    row = theirs.get_by_role("row").filter(has_text=ITEM)
    expect(row.locator(".ch-values")).to_be_visible()
    says(row.locator(".ch-values"), "原目标≥4→新目标≥3所")
    assert year.office.faults() == []
    year.office.picture("year-desk")
    row.get_by_role("button", name="批准", exact=True).click()
    dialog = theirs.get_by_role("dialog")
    expect(dialog).to_contain_text("由 ≥ 4 调整为 ≥ 3 所")
    dialog.get_by_label("批准意见（可不填）").fill("同意")
    assert year.office.faults() == []
    dialog.get_by_role("button", name="确认批准").click()
    expect(theirs.get_by_text("没有待批的申请")).to_be_visible()
    theirs.get_by_role("button", name=re.compile("全部")).click()
    expect(row).to_contain_text("已批准")
    assert year.office.faults() == []
    says(year.item(year.clerk).locator(".ip-target"), "≥3所4")


def cell_of(page: Page, unit: str) -> Locator:
    """Return the light of a township for the one item."""
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile(f"{unit}$")))
    return row.get_by_role("gridcell").first


def both_values_in_the_matrix(year: Year) -> None:
    page = year.office.go(f"/dash?programme={year.programme}&on=2026-11-30")
    cell = cell_of(page, "柳市镇")
    expect(cell).to_be_visible()
    says(cell, "●66.734")
    expect(cell).to_have_attribute("aria-label", re.compile("目标由 4 调整为 3"))
    assert year.office.faults() == []
    cell.click()
    panel = page.locator(".lp-facts")
    expect(panel).to_contain_text("2026-11-22 起由 4 调整为 3（省里核减建设任务，温政办〔2026〕12号）")
    says(panel.locator("dd").first, "≥3所4")
    assert year.office.faults() == []
    year.office.picture("year-matrix")
    target = year.site.api("a1-clerk").rows()[ITEM]["cells"][0]["target_id"]
    before = year.site.api("a-office").get("/boards/light", target_id=target, on="2026-11-21")
    assert (before["value"], before["original_value"]) == ("4", "4")


def suspend_the_neighbour(year: Year) -> None:
    """The other township cannot begin; its light says why instead of turning red."""
    neighbour = year.site.visit("a2-clerk")
    page = year.item(neighbour)
    page.get_by_role("button", name="申请特殊状态").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("状态").select_option(label="暂缓实施")
    dialog.get_by_label("从哪天起").fill("2026-11-01")
    dialog.get_by_label("原因").fill("用地批复未到")
    assert neighbour.faults() == []
    neighbour.picture("year-state")
    dialog.get_by_role("button", name="提出申请").click()
    expect(page.get_by_text("申请已提出，等上级批准。")).to_be_visible()
    county = year.site.api("a-office")
    (asked,) = county.get("/task-states", status="asked")["items"]
    county.post(f"/task-states/{asked['id']}/approve", {"decision": "同意"}, version=asked["version"])
    page = year.office.go(f"/dash?programme={year.programme}&on=2026-11-30")
    expect(cell_of(page, "虹桥镇")).to_contain_text("暂缓实施")
    year.office.picture("year-matrix-state")


def print_the_supplement(year: Year) -> None:
    page = year.office.go(f"/pledges?programme={year.programme}")
    line = page.get_by_role("row").filter(has_text="柳市镇")
    expect(line).to_contain_text("任务有变动")
    line.get_by_role("link", name="制作补充责任书").click()
    page.get_by_role("button", name="制作补充责任书").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("补充责任书（一）")
    change = page.locator(".pp-table").first.get_by_role("row").nth(1)
    until = "2027年12月31日"
    says(change.get_by_role("cell"), "≥4所", "≥3所", until, until, "调整")
    assert year.office.faults() == []
    year.office.picture("year-supplement")
    text = printed(year, page, "supplement.pdf")
    assert "共调整1处" in text
    assert f"{ITEM}：新建幼儿园≥4所≥3所" in text


def printed(year: Year, page: Page, name: str) -> str:
    """Return the text of the paper that is open, without white space."""
    # The first paper of a server loads Pango and every font of the machine.
    with page.expect_download(timeout=60_000) as waiting:
        page.get_by_role("button", name="下载 PDF").click()
    paper = year.folder / name
    waiting.value.save_as(paper)
    return "".join("".join(sheet.extract_text() for sheet in PdfReader(paper).pages).split())
