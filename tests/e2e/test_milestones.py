"""A township takes a template, schedules it backwards, asks for another date; its county approves; both dates stay."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.e2e.conftest import Site
    from tests.factories.world import World


def test_milestones_from_template_to_an_approved_move(site: Site, world: World) -> None:  # noqa: PLR0915 - one story
    clerk = site.visit("a1-clerk")
    page = clerk.go(f"/milestones?programme={world['list']}")
    page.get_by_label("任务").select_option(label="农村公路提升 · 柳市镇")
    expect(page.get_by_text("这个任务还没有节点")).to_be_visible()
    page.get_by_role("button", name=re.compile("补贴发放")).click()
    expect(page.get_by_role("slider")).to_have_count(6)
    names = page.locator(".gn li")
    expect(names.nth(0)).to_contain_text("最迟开始日 2026年9月23日 已过")
    expect(names.nth(5)).to_contain_text("还剩 39 天（29 个工作日）")
    assert clerk.faults() == []

    names.nth(5).get_by_role("button").click()
    panel = page.get_by_role("complementary", name="退票补发")
    panel.get_by_role("button", name="修改").click()
    dialog = page.get_by_role("dialog", name="修改节点")
    dialog.get_by_label("权重").fill("10")
    assert clerk.faults() == []
    dialog.get_by_role("button", name="保存").click()
    expect(panel).to_contain_text("权重 10")

    page.get_by_role("button", name="倒排工期").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("到 2026年12月31日，共 67 个工作日。")
    dialog.get_by_label("退票补发 工作日").fill("8")
    dialog.get_by_label("退票补发 工作日").press("Tab")
    expect(dialog).to_contain_text("共 70 个工作日")
    page.wait_for_timeout(300)  # A button that was grey a moment ago is still turning blue.
    assert clerk.faults() == []
    clerk.picture("milestones-schedule")
    dialog.get_by_role("button", name="写入节点").click()
    expect(page.get_by_text("已写入节点。")).to_be_visible()
    page.get_by_role("button", name="确定 6 个草稿节点").click()
    expect(page.get_by_role("button", name="确定 6 个草稿节点")).to_have_count(0)

    # The keyboard moves by working days: over the weekend of 19 and 20 December.
    pin = page.get_by_role("slider", name="打卡发放")
    expect(pin).to_have_attribute("aria-valuetext", re.compile("^2026年12月21日"))
    pin.press("ArrowLeft")
    expect(pin).to_have_attribute("aria-valuetext", "2026年12月18日")
    pin.press("Enter")
    dialog = page.get_by_role("dialog", name="申请改期")
    expect(dialog.get_by_label("改到")).to_have_value("2026-12-18")
    assert clerk.faults() == []
    dialog.get_by_label("原因").fill("财政资金提前到位")
    dialog.get_by_role("button", name="提交申请").click()
    expect(names.nth(4)).to_contain_text("申请改到 2026年12月18日，待批准")
    clerk.picture("milestones-asked")

    office = site.visit("a-office")
    page = office.go("/milestones?view=moves")
    row = page.get_by_role("row").filter(has_text="打卡发放")
    expect(row).to_contain_text("提前 3 天")
    assert office.faults() == []
    office.picture("milestones-moves")
    row.get_by_role("button", name="批准", exact=True).click()
    expect(row).to_contain_text("已批准")

    page = clerk.go(f"/milestones?programme={world['list']}")
    expect(page.locator(".gc .base")).to_have_count(1)
    page.get_by_role("button", name=re.compile("打卡发放")).click()
    panel = page.get_by_role("complementary", name="打卡发放")
    for said in ("2026年12月21日", "2026年12月18日", "已批准", "财政资金提前到位"):
        expect(panel).to_contain_text(said)
    assert clerk.faults() == []
    clerk.picture("milestones-both")
    told = site.api("a1-clerk").client.get("/milestones").json()["items"]
    (moved,) = (each for each in told if each["name"] == "打卡发放")
    assert (moved["baseline_on"], moved["planned_on"]) == ("2026-12-21", "2026-12-18")


def test_the_calendar_shows_the_year_and_takes_a_day_of_a_unit(site: Site) -> None:
    office = site.visit("a-office")
    page = office.go("/calendar?year=2026")
    expect(page.get_by_text("全年 248 个工作日")).to_be_visible()
    page.get_by_role("button", name="2026年11月24日 工作日").click()
    dialog = page.get_by_role("dialog")
    assert office.faults() == []
    dialog.get_by_label("事由").fill("台风停工")
    dialog.get_by_label("原因或文号").fill("市防指第3号令")
    dialog.get_by_role("button", name="改为放假").click()
    expect(page.get_by_text("全年 247 个工作日")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="台风停工")).to_contain_text("市防指第3号令")
    office.provoked.append(r"422 .*year=2027")
    page.get_by_role("button", name="下一年").click()
    expect(page.get_by_text("缺少 2027 年的节假日安排")).to_be_visible()
    page.get_by_role("button", name="补录 2027 年").click()
    dialog = page.get_by_role("dialog")
    assert office.faults() == []
    dialog.get_by_label("每行一天").fill("2027-01-01 放假 元旦\n2027-02-20 上班 春节")
    dialog.get_by_role("button", name="补录 2 天").click()
    expect(page.get_by_text("由机构按通知补录")).to_be_visible()
    assert office.faults() == []
    office.picture("calendar")
