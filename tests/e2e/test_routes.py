"""Every route, for somebody who uses it: no accessibility fault, no foreign request, nothing in the console."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.e2e.conftest import Site
    from tests.e2e.people import Visitor
    from tests.factories.world import World

#: Route, who opens it, the heading that says that it is there.
ROUTES = [
    ("/", "a1-clerk", "测试a1-clerk"),
    ("/", "a-reviewer", "测试a-reviewer"),
    ("/reports", "a1-clerk", "月度填报"),
    ("/deviations", "office", "数据偏差"),
    ("/deviations/figures", "office", "上级口径的数"),
    ("/deviations/verifications", "office", "核实记录"),
    ("/reports?period=2026-10", "a1-clerk", "月度填报"),
    ("/review?programme={list}&period=2026-11", "a-reviewer", "审核台"),
    ("/review?programme={list}&period=2026-11&panel=silent", "a-reviewer", "审核台"),
    ("/silence", "a-office", "催报"),
    ("/silence?view=rates", "a-office", "催报"),
    ("/programmes", "office", "计划与指标"),
    ("/programmes/{list}", "office", "温州市2026年民生实事"),
    ("/programmes/{draft_list}", "office", "温州市2027年民生实事"),
    ("/programmes/{list}/split", "office", "任务分解"),
    ("/programmes/{list}/cadences", "office", "填报周期"),
    ("/rounds?programme={list}&show=closed", "office", "填报期"),
    ("/milestones?programme={list}", "a1-clerk", "节点与工期"),
    ("/milestones?view=moves", "a-office", "节点与工期"),
    ("/milestones/templates", "a-office", "节点模板"),
    ("/calendar", "a-office", "日历"),
    ("/programmes/{draft_list}/diff?against={list}", "office", "与上年比较"),
    ("/programmes/{draft_list}/comments", "office", "征求意见"),
    ("/pledges?programme={list}", "office", "目标责任书"),
    ("/pledges", "a1-clerk", "目标责任书"),
    ("/funds?programme={list}", "a-finance", "资金台账"),
    ("/funds?programme={list}&view=rates&by=month", "a-finance", "资金台账"),
    ("/funds?programme={list}&view=delays", "a-finance", "资金台账"),
    ("/payments", "a-finance", "资金拨付"),
    ("/payments?view=calendar", "a-finance", "资金拨付"),
    ("/payments/new", "a1-clerk", "申请拨付"),
    ("/payments/pay", "a-payer", "支付登记"),
    ("/subsidies", "a1-clerk", "补贴发放"),
    ("/accounts", "a-finance", "账户与收款单位"),
    ("/dash", "office", "驾驶舱"),
    ("/rules", "office", "亮灯规则"),
    ("/checks", "office", "核对规则"),
    ("/checks/new", "office", "新的核对规则"),
    ("/changes", "a1-clerk", "调整与状态"),
    ("/units", "admin", "机构"),
    ("/people", "admin", "人员与授权"),
    ("/settings", "a1-clerk", "设置"),
    ("/help", "a1-clerk", "帮助"),
    ("/nowhere", "a1-clerk", "没有这个页面"),
    ("/login", "", "民生实事"),
]


#: The colours of every part are on these; type and layout do not change with contrast.
COLOURFUL = {"/", "/reports", "/dash"}


def faults_of_every_look(visitor: Visitor, route: str, picture: str) -> list[str]:
    """Return what axe finds on the screen in each size and colour that a person can choose."""
    found = visitor.faults()
    visitor.picture(picture)
    # Colours are the same in large type, which is judged no more strictly.
    visitor.wear(font=150, nav="narrow")
    found += [f"150 % {fault}" for fault in visitor.faults(colours=False)]
    visitor.picture(f"{picture}-150")
    if route in COLOURFUL:
        visitor.wear(contrast="high")
        found += [f"high contrast {fault}" for fault in visitor.faults(others=False)]
        visitor.picture(f"{picture}-high")
    visitor.wear()
    return found


def test_no_route_has_an_accessibility_fault_or_calls_elsewhere(library: Site, world: World) -> None:
    names = {name: str(key) for name, key in world.ids.items()}
    visitors = {who: library.visit(who) for who in {who for _, who, _ in ROUTES if who}}
    faults: dict[str, list[str]] = {}
    for number, (route, who, heading) in enumerate(ROUTES):
        visitor = visitors[who] if who else library.stranger()
        page = visitor.go(route.format_map(names))
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        if found := faults_of_every_look(visitor, route, f"route-{number:02d}"):
            faults[f"{route} {who}"] = found
    assert faults == {}


def test_panels_and_dialogs_have_no_accessibility_fault(library: Site, world: World) -> None:
    faults: dict[str, list[str]] = {}

    clerk = library.visit("a1-clerk")
    page = clerk.go("/reports")
    clerk.wear(font=150, nav="narrow")
    expect(page.get_by_role("grid")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="历月情况")).to_be_visible()
    faults["entry panel"] = clerk.faults()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="历月情况")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="键盘说明")).to_be_visible()
    faults["keys"] = clerk.faults()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="测试a1-clerk").click()
    expect(page.get_by_role("link", name="设置")).to_be_visible()
    faults["own menu"] = clerk.faults()

    admin = library.visit("admin")
    page = admin.go("/units")
    page.get_by_role("button", name="新增").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    faults["unit form"] = admin.faults()

    office = library.visit("office")
    page = office.go(f"/rounds?programme={world['list']}&show=closed")
    page.get_by_role("button", name="2026年10月").click()
    panel = page.get_by_role("complementary", name="2026年10月")
    expect(panel.get_by_role("heading", name="例外放开")).to_be_visible()
    faults["round"] = office.faults()
    panel.get_by_role("button", name="批准例外").click()
    expect(page.get_by_role("dialog", name="批准例外")).to_be_visible()
    faults["exception"] = office.faults()
    page.keyboard.press("Escape")
    page = office.go(f"/programmes/{world['list']}/cadences")
    page.get_by_role("button", name="新设周期").click()
    expect(page.get_by_role("cell", name="顺延", exact=False).first).to_be_visible()
    faults["cadence"] = office.faults()
    page = office.go(f"/programmes/{world['list']}/split")
    page.get_by_role("button", name="按比例分").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    faults["weights"] = office.faults()
    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_the_documentation_opens_without_anybody_else(library: Site, path: str) -> None:
    visitor = library.stranger()
    visitor.page.goto(library.origin + path)
    # One of the two draws only what is in view, so this is an operation of the first group; either reads a large file.
    expect(visitor.page.locator("body")).to_contain_text("在所有设备上退出", timeout=20_000)
    # Four hundred operations are drawn, which takes a slow machine longer than a screen of ours.
    visitor.settle(20_000)
    assert f"{library.origin}/api/v1/openapi.json" in {request.url for request in visitor.requests}


def test_the_checks_see_what_they_look_for(library: Site) -> None:
    visitor = library.stranger()
    page = visitor.go("/login")
    page.evaluate("document.body.append(Object.assign(new Image(), { src: '/emblem.svg' }))")
    assert [fault.split(":")[0] for fault in visitor.faults()] == ["image-alt"]
    page.evaluate("console.error('planted')")
    # Nobody listens there, so nothing leaves this machine.
    page.evaluate("fetch('http://127.0.0.1:9/elsewhere').catch(() => null)")
    with pytest.raises(AssertionError, match="9/elsewhere"):
        visitor.check()
    visitor.requests.clear()
    with pytest.raises(AssertionError, match="planted"):
        visitor.check()
    visitor.complaints.clear()
