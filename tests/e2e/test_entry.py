"""A township clerk fills in the month: by keyboard and paste, against a colleague, in a hurry."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.people import says, starts
from tests.e2e.screens import at_hand, cell, line
from tests.factories.world import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Route

    from tests.e2e.conftest import Site
    from tests.factories.world import World

ROADS, COVER, SCHOOLS = "农村公路提升", "公交覆盖率", "新建幼儿园"


def test_a_clerk_sees_what_is_owed_types_pastes_gives_a_cause_and_submits(site: Site) -> None:  # noqa: PLR0915 - one story
    clerk = site.stranger()
    page = clerk.go("/reports")
    expect(page).to_have_url(f"{site.origin}/login?next=/reports")
    page.get_by_label("账号").fill("a1-clerk")
    page.get_by_label("密码").fill("wrong-password-1")
    page.keyboard.press("Enter")
    clerk.provoked.append(r"401 .*/api/v1/session$")
    expect(page.get_by_role("alert")).to_contain_text("密码")
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("月度填报")

    clerk.go("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("测试a1-clerk")
    cards = page.locator(".wb-cards li")
    says(cards, "9 待填报", "0 被退回", "0 已逾期")
    owed = page.locator("#owed li")
    says(owed.locator(".what b"), "乐清市2026年民生实事", "柳市镇2026年小微实事", "温州市2026年民生实事")
    for number, rows_left in enumerate(("1 行未交，共 1 行", "6 行未交，共 6 行", "2 行未交，共 2 行")):
        expect(owed.nth(number).locator(".what small")).to_contain_text(f" · {rows_left}")
    owed.first.get_by_role("link", name="去填报").click()
    at_hand(page)

    page.keyboard.type("3.5")
    page.keyboard.press("Enter")
    expect(cell(page, ROADS, 0)).to_contain_text("已保存")
    says(cell(page, ROADS, 0), "3.5✓已保存")
    says(cell(page, ROADS, 1), "23.5")
    # Excel's clipboard: full-width digits, a thousands comma, a trailing line break.
    clerk.copy("９７\r\n1,000\r\n")
    page.keyboard.press("Control+v")
    expect(cell(page, SCHOOLS, 0)).to_contain_text("请核对计量单位")
    says(cell(page, COVER, 1), "97✓已保存")
    starts(cell(page, SCHOOLS, 0), "1,000▲“新建幼儿园”超过目标的10倍")
    page.keyboard.press("Control+z")
    expect(cell(page, SCHOOLS, 0)).to_contain_text("还没有填")
    cell(page, SCHOOLS, 0).click()
    page.keyboard.type("=")
    page.keyboard.press("Shift+Enter")
    expect(cell(page, SCHOOLS, 0)).to_contain_text("已保存")
    says(cell(page, SCHOOLS, 0), "0✓已保存")
    cell(page, COVER, 1).click()
    page.keyboard.type("12a")
    page.keyboard.press("Enter")
    says(cell(page, COVER, 1), "12a✕“12a”不是数字")
    cell(page, COVER, 1).click()
    page.keyboard.type("97")
    page.keyboard.press("Enter")
    expect(cell(page, COVER, 1)).to_contain_text("已保存")

    row = line(page, ROADS)
    row.get_by_label(f"{ROADS} 落后原因").select_option("land")
    page.keyboard.type("用地批复下周到位")
    page.keyboard.press("Enter")
    expect(cell(page, ROADS, 3)).to_contain_text("已保存")
    clerk.picture("entry")
    page.get_by_role("button", name="提交填好的 3 行").click()
    expect(page.get_by_text("已提交 3 行。")).to_be_visible()
    expect(row.locator(".c-item")).to_contain_text("已提交")
    says(cell(page, ROADS, 0), "3.5已提交，撤回后才能改")

    rows = site.api("a1-clerk").rows()
    told = {
        title: (row["status"], row["cells"][0]["current"], row["cells"][0]["value"], row["cause_code"])
        for title, row in rows.items()
        if not title.startswith("小微")
    }
    assert told == {
        ROADS: ("submitted", "3.5", "23.5", "land"),
        COVER: ("submitted", None, "97", None),
        SCHOOLS: ("submitted", "0", "4", None),
    }
    assert rows[ROADS]["cause_note"] == "用地批复下周到位"


def test_two_clerks_in_one_cell_meet_and_settle_it(site: Site) -> None:
    first, second = site.visit("a1-clerk"), site.visit("a1-second")
    mine, theirs = first.go("/reports"), second.go("/reports")
    at_hand(mine)
    at_hand(theirs)
    theirs.keyboard.type("5")
    theirs.keyboard.press("Enter")
    expect(cell(theirs, ROADS, 0)).to_contain_text("已保存")
    mine.keyboard.type("6")
    mine.keyboard.press("Enter")
    expect(cell(mine, ROADS, 0)).to_contain_text("⇄")
    says(cell(mine, ROADS, 0), "6⇄他人在您填写时改成了5")
    assert site.api("a1-clerk").rows()[ROADS]["cells"][0]["current"] == "5"

    submit = mine.get_by_role("button", name=re.compile("^提交"))
    expect(submit).to_have_attribute("aria-disabled", "true")
    cell(mine, ROADS, 0).click()
    mine.keyboard.press("Control+Enter")
    panel = mine.get_by_role("complementary", name="这一格的说明")
    expect(panel.get_by_text("两边填的不一样")).to_be_visible()
    first.picture("entry-conflict")
    assert first.faults() == []
    panel.get_by_role("button", name="用我的").click()
    expect(cell(mine, ROADS, 0)).to_contain_text("已保存")
    says(cell(mine, ROADS, 0), "6✓已保存")
    assert site.api("a1-clerk").rows()[ROADS]["cells"][0]["current"] == "6"

    # The other way round: this time the first clerk gives in.
    cell(theirs, ROADS, 0).click()
    theirs.keyboard.type("7")
    theirs.keyboard.press("Enter")
    expect(cell(theirs, ROADS, 0)).to_contain_text("⇄")
    # Both figures and the choice stand at the cell itself.
    cell(theirs, ROADS, 0).click()
    hint = theirs.locator(".hint")
    expect(hint).to_contain_text("我填的 7")
    hint.get_by_role("button", name="用对方的").click()
    expect(cell(theirs, ROADS, 0)).not_to_contain_text("⇄")
    starts(cell(theirs, ROADS, 0), "6")
    assert site.api("a1-second").rows()[ROADS]["cells"][0]["current"] == "6"


def _late(route: Route) -> None:
    answer = route.fetch()
    time.sleep(1)
    route.fulfill(response=answer)


def test_a_session_that_ends_while_typing_costs_nothing(site: Site) -> None:
    clerk = site.visit("a1-clerk")
    page = clerk.go("/reports")
    at_hand(page)
    site.api("a1-clerk").end_every_session()
    clerk.provoked.append(r"401 ")
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.origin}/login?next=/reports")
    page.get_by_label("账号").fill("a1-clerk")
    page.get_by_label("密码").fill(PASSWORD)
    # The sheet is read before what waited is sent, and arrives after it was stored: the older answer must not win.
    page.route("**/api/v1/entry-sheet*", _late)
    page.keyboard.press("Enter")
    expect(cell(page, ROADS, 0)).to_contain_text("已保存")
    clerk.settle()
    says(cell(page, ROADS, 0), "4✓已保存")


def test_who_may_not_write_and_what_is_closed_cannot_be_typed_into(library: Site, world: World) -> None:
    reader = library.visit("auditor")
    page = reader.go(f"/reports?unit={world['a1']}")
    expect(cell(page, ROADS, 0)).to_be_visible()
    at_hand(page)
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="提交填好的 0 行")).to_have_attribute("aria-disabled", "true")
    expect(page.get_by_role("checkbox", name=f"选择 {ROADS}")).to_have_count(0)
    assert reader.batches() == []

    clerk = library.visit("a1-clerk")
    page = clerk.go("/reports?period=2026-10")
    cell(page, ROADS, 0).click()
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    starts(cell(page, ROADS, 0), "20")
    assert clerk.batches() == []
