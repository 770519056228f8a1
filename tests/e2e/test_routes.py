"""Every route, for somebody who uses it: no accessibility fault, no foreign request, nothing in the console."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.e2e.conftest import Site
    from tests.factories.world import World

#: Route, who opens it, the heading that says that it is there.
ROUTES = [
    ("/", "a1-clerk", "测试a1-clerk"),
    ("/", "a-reviewer", "测试a-reviewer"),
    ("/reports", "a1-clerk", "月度填报"),
    ("/reports?period=2026-10", "a1-clerk", "月度填报"),
    ("/review?programme={list}&period=2026-11", "a-reviewer", "审核台"),
    ("/review?programme={list}&period=2026-11&panel=silent", "a-reviewer", "审核台"),
    ("/programmes", "office", "计划与指标"),
    ("/programmes/{list}", "office", "温州市2026年民生实事"),
    ("/programmes/{draft_list}", "office", "温州市2027年民生实事"),
    ("/programmes/{list}/split", "office", "任务分解"),
    ("/milestones?programme={list}", "a1-clerk", "节点与工期"),
    ("/milestones?view=moves", "a-office", "节点与工期"),
    ("/milestones/templates", "a-office", "节点模板"),
    ("/calendar", "a-office", "日历"),
    ("/programmes/{draft_list}/diff?against={list}", "office", "与上年比较"),
    ("/programmes/{draft_list}/comments", "office", "征求意见"),
    ("/pledges?programme={list}", "office", "目标责任书"),
    ("/pledges", "a1-clerk", "目标责任书"),
    ("/dash", "office", "驾驶舱"),
    ("/rules", "office", "亮灯规则"),
    ("/changes", "a1-clerk", "调整与状态"),
    ("/units", "admin", "机构"),
    ("/people", "admin", "人员与授权"),
    ("/settings", "a1-clerk", "设置"),
    ("/help", "a1-clerk", "帮助"),
    ("/nowhere", "a1-clerk", "没有这个页面"),
]


#: The colours of every part are on these; type and layout do not change with contrast.
COLOURFUL = {"/", "/reports", "/dash"}


@pytest.mark.parametrize("font, contrast", [(100, "normal"), (150, "normal"), (100, "high")])
def test_no_route_has_an_accessibility_fault_or_calls_elsewhere(
    site: Site, world: World, font: int, contrast: str
) -> None:
    people = {who: site.visit(who, font=font, contrast=contrast) for who in {who for _, who, _ in ROUTES}}
    faults: dict[str, list[str]] = {}
    for number, (route, who, heading) in enumerate(ROUTES):
        if contrast == "high" and route not in COLOURFUL:
            continue
        visitor = people[who]
        page = visitor.go(route.format_map({name: str(key) for name, key in world.ids.items()}))
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        if found := visitor.faults():
            faults[f"{route} {who}"] = found
        visitor.picture(f"route-{number:02d}-{font}-{contrast}")
    stranger = site.stranger(font=font, contrast=contrast)
    expect(stranger.go("/login").get_by_role("heading", level=1)).to_have_text("民生实事")
    if found := stranger.faults():
        faults["/login"] = found
    assert faults == {}


def test_panels_and_dialogs_have_no_accessibility_fault(site: Site, world: World) -> None:
    faults: dict[str, list[str]] = {}

    clerk = site.visit("a1-clerk", font=150)
    page = clerk.go("/reports")
    expect(page.get_by_role("grid")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="历月情况")).to_be_visible()
    clerk.settle()
    faults["entry panel"] = clerk.faults()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="键盘说明")).to_be_visible()
    faults["keys"] = clerk.faults()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="测试a1-clerk").click()
    expect(page.get_by_role("link", name="设置")).to_be_visible()
    faults["own menu"] = clerk.faults()

    admin = site.visit("admin")
    page = admin.go("/units")
    page.get_by_role("button", name="新增").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    faults["unit form"] = admin.faults()

    office = site.visit("office")
    page = office.go(f"/programmes/{world['list']}/split")
    page.get_by_role("button", name="按比例分").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    faults["weights"] = office.faults()
    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_the_documentation_opens_without_anybody_else(site: Site, path: str) -> None:
    visitor = site.stranger()
    visitor.page.goto(site.origin + path)
    expect(visitor.page.locator("body")).to_contain_text("民生实事", timeout=30_000)
    # One of the two draws only what is in view.
    for _ in range(200):
        if "月度填报表" in visitor.page.locator("body").inner_text():
            break
        visitor.page.mouse.wheel(0, 600)
        visitor.page.wait_for_timeout(50)
    expect(visitor.page.locator("body")).to_contain_text("月度填报表")
    visitor.settle()
    assert f"{site.origin}/api/v1/openapi.json" in {request.url for request in visitor.requests}


def test_the_checks_see_what_they_look_for(site: Site) -> None:
    visitor = site.stranger()
    page = visitor.go("/login")
    page.evaluate("document.body.append(Object.assign(new Image(), { src: '/emblem.svg' }))")
    assert [fault.split(":")[0] for fault in visitor.faults()] == ["image-alt"]
    page.evaluate("console.error('planted')")
    # Nobody listens there, so nothing leaves this machine.
    page.evaluate("fetch('http://127.0.0.1:9/elsewhere').catch(() => null)")
    page.wait_for_timeout(300)
    with pytest.raises(AssertionError, match="9/elsewhere"):
        visitor.check()
    visitor.requests.clear()
    with pytest.raises(AssertionError, match="planted"):
        visitor.check()
    visitor.complaints.clear()
