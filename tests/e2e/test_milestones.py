"""A township sees what can no longer be met in time; a county keeps its own days and enters a year."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.e2e.conftest import Site
    from tests.factories.world import World


def test_steps_that_should_have_begun_are_named(site: Site, world: World) -> None:
    clerk = site.visit("a1-clerk")
    page = clerk.go(f"/milestones?programme={world['list']}")
    page.get_by_label("任务").select_option(label="农村公路提升 · 柳市镇")
    page.get_by_role("button", name=re.compile("补贴发放")).click()
    names = page.locator(".gn li")
    expect(names.nth(0)).to_contain_text("最迟开始日 2026年9月23日 已过")
    expect(names.nth(5)).to_contain_text("还剩 39 天（29 个工作日）")
    phases = page.get_by_role("list", name="任务的各阶段").get_by_role("listitem")
    expect(phases.nth(0)).to_contain_text("制定办法")
    expect(phases.nth(2)).to_contain_text("资金发放")
    assert clerk.faults() == []
    clerk.picture("milestones-late")


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
