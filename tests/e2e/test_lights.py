"""The office writes its own light rule, tries it on the past, switches it on; then the matrix by keys and on paper."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect
from pypdf import PdfReader

from tests.e2e.people import says
from tests.e2e.test_boards import ROADS, light

if TYPE_CHECKING:
    from tests.e2e.conftest import Site
    from tests.factories.world import World


def test_office_edits_tries_and_switches_on_a_rule_and_the_matrix_changes(  # noqa: PLR0915 - one journey
    site: Site, world: World
) -> None:
    office = site.visit("office")
    # The server is asked on purpose about bounds that do not rise; its answer is a list, not a refusal.
    page = office.go("/rules")
    expect(page.get_by_role("heading", level=1)).to_have_text("亮灯规则")
    page.get_by_role("row").filter(has_text="序时进度10/30个百分点").get_by_role("button", name="复制成草稿").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("名称").fill("温州市2026年从严亮灯")
    dialog.get_by_label("代号").fill("wenzhou-strict")
    assert office.faults() == []
    dialog.get_by_role("button", name="建立草稿").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("温州市2026年从严亮灯")

    bound = page.get_by_label("第 1 档上限", exact=True)
    bound.fill("40")
    bound.blur()
    expect(page.get_by_text("这一档是空的").first).to_be_visible()
    expect(page.get_by_role("button", name="启用")).to_have_attribute("aria-disabled", "true")
    second = page.get_by_label("第 2 档上限", exact=True)
    bound.fill("5")
    with page.expect_response(re.compile("rule-sets.*check")):
        bound.blur()
        second.fill("14")
    # What the server says about the first did not take away what is being typed into the second.
    office.settle()
    expect(second).to_have_value("14")
    second.blur()
    expect(page.get_by_text("这一档是空的")).to_have_count(0)
    says(page.locator(".rl-bands tbody td:nth-child(2)"), "<5", "≥5≤14", ">14")

    page.get_by_label("计划", exact=True).select_option(label="温州市2026年民生实事")
    page.get_by_role("button", name="试一试").click()
    expect(page.get_by_text(re.compile(r"共有 \d+ 处灯会变"))).to_be_visible()
    october = page.get_by_role("row").filter(has_text="2026年10月31日")
    says(october, "2026年10月31日■红灯1▲黄灯1●绿灯2◆已完成1■红灯2●绿灯2◆已完成11")
    first = page.locator(".rl-changes li").first
    expect(first).to_contain_text("柳市镇")
    expect(first).to_contain_text("落后14.8个百分点")
    office.picture("rule-editor")
    assert office.faults() == []

    page.get_by_role("button", name="启用").click()
    expect(page.get_by_text("启用后不能再改")).to_be_visible()
    assert office.faults() == []

    office.go(f"/programmes/{world['list']}")
    page.get_by_role("button", name="更换亮灯规则").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("亮灯规则").select_option(label="温州市2026年从严亮灯")
    dialog.get_by_label("原因").fill("市政府常务会议决定从严")
    assert office.faults() == []
    dialog.get_by_role("button", name="确认更换").click()
    expect(dialog).to_have_count(0)

    office.go(f"/dash?programme={world['list']}")
    page.get_by_role("button", name="展开乡镇").click()
    says(light(page, "柳市镇", 0), "■66.7")
    says(light(page, "灵溪镇", 0), "■25")
    light(page, "柳市镇", 0).click()
    months = page.get_by_role("list", name="逐月的灯")
    expect(months.get_by_role("listitem")).to_have_count(9)
    # October has closed under the old rule and stays yellow.
    expect(months.get_by_role("listitem").last).to_contain_text("2026年10月 黄灯")
    expect(page.get_by_role("heading", name="正当理由")).to_be_visible()
    spread = page.get_by_role("region", name="进展是否平衡")
    says(spread.get_by_role("row").nth(1), f"1.1{ROADS}3灵溪镇25%虹桥镇93.3%66.7%68.3")
    office.settle()
    office.picture("lights-after")
    assert office.faults() == []


def test_the_matrix_by_keys_and_on_paper(library: Site, world: World) -> None:
    office = library.visit("office")
    page = office.go(f"/dash?programme={world['list']}")
    page.get_by_role("button", name="展开乡镇").click()
    light(page, "温州市", 0).focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_role("complementary")).to_contain_text("柳市镇")
    page.keyboard.press("Escape")
    expect(page.get_by_role("complementary")).to_have_count(0)

    # Enough rows for several sheets.
    page.evaluate(
        "() => { const body = document.querySelector('table.lights tbody'); const rows = [...body.rows];"
        " for (let n = 0; n < 20; n += 1) rows.forEach(row => body.append(row.cloneNode(true))) }"
    )
    page.emulate_media(media="print")
    sheets = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True))).pages
    width, height = float(sheets[0].mediabox.width), float(sheets[0].mediabox.height)
    assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == (297, 210)
    texts = [re.sub(r"\s", "", sheet.extract_text()) for sheet in sheets]
    matrix = [text for text in texts if text.count("柳市镇") > 2]
    assert len(matrix) >= 3
    # The head of the table stands on each of its sheets, and nothing that is only for the screen on any.
    assert [text[:60] for text in matrix if "各灯数" not in text] == []
    assert not any("展开乡镇" in text or "判定日最近应报期" in text for text in texts)
