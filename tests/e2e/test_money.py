"""A yuan on its way through five pairs of hands, and what the overview says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.factories import payments
from tests.factories.corpus import photo

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.conftest import Site
    from tests.e2e.people import Visitor
    from tests.factories.world import World


def _open_line(site: Site, world: World) -> str:
    """Let finance enter a source, a line for the township's roads, an account and a payee; return the line's id."""
    finance = site.api("a-finance")
    task = finance.get(f"/tasks/{world['roads:a1']}")
    common = {"programme_id": task["programme_id"], "unit_id": str(world["a"])}
    source = finance.post(
        "/fund-sources",
        {**common, "kind": "fiscal", "tier": "provincial", "name": "省级公路补助", "amount_fen": 100_000_000},
    )
    line = finance.post(
        "/fund-lines",
        {
            "source_id": source["id"],
            "task_id": task["id"],
            "item_id": task["item_id"],
            "unit_id": task["unit_id"],
            "code": "A01",
            "name": "柳市镇公路省补",
            "purpose": "农村公路",
            "planned_fen": 50_000_000,
            "dated_on": "2026-02-10",
        },
    )
    finance.post("/bank-accounts", payments.account(world))
    finance.post("/payees", payments.payee(world))
    return str(line["id"])


def _note(page: Page, kind: str, amount: str, paper: str, day: str) -> None:
    """Enter one paper in the open dialog."""
    dialog = page.get_by_role("dialog", name="登记一笔")
    dialog.get_by_role("button", name=kind, exact=True).click()
    dialog.get_by_label("金额").fill(amount)
    dialog.get_by_label("日期").fill(day)
    dialog.get_by_label("文号或凭证号").fill(paper)
    dialog.get_by_role("button", name="登记", exact=True).click()
    expect(dialog.get_by_role("status").filter(has_text=f"已登记{kind}")).to_contain_text(paper)


def _note_papers(site: Site, line: str) -> Visitor:
    """Finance notes a notice and a part of it that has come."""
    finance = site.visit("a-finance")
    page = finance.go(f"/funds/{line}")
    page.get_by_role("button", name="登记一笔").click()
    _note(page, "下达", "400,000.5", "乐财建〔2026〕7号", "2026-03-01")
    _note(page, "到位", "250000", "进账单0001", "2026-04-01")
    page.get_by_role("dialog").locator(".modal-foot").get_by_role("button", name="关闭").click()
    ledger = page.get_by_role("region", name="台账与凭据")
    expect(ledger.get_by_role("row").filter(has_text="进账单0001")).to_contain_text("250,000.00")
    expect(ledger.get_by_role("row").filter(has_text="乐财建〔2026〕7号")).to_contain_text("400,000.50")
    return finance


def _ask(site: Site, line: str) -> str:
    """The township asks; what cannot be is said while it is typed. Return the payment's id."""
    clerk = site.visit("a1-clerk")
    page = clerk.go(f"/payments/new?line={line}")
    page.get_by_label("用途").fill("第一期进度款")
    # More than there is, and half a fen: said at once.
    amount = page.get_by_label("从 A01 支付")
    amount.fill("250000.01")
    expect(page.get_by_text("超过可用的 250,000.00 元")).to_be_visible()
    amount.fill("0.005")
    expect(page.get_by_text("金额写到分为止")).to_be_visible()
    amount.fill("100000")
    page.get_by_label("收款单位").select_option(label="乐清市通达公路养护1公司 ****0001")
    assert clerk.faults() == []
    page.get_by_role("button", name="存为草稿").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("草稿")
    paper = {"name": "计量支付证书.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    page.locator("input[type=file]").set_input_files(paper)
    expect(page.get_by_role("link", name="计量支付证书.jpg")).to_be_visible()
    assert clerk.faults() == []
    page.get_by_role("button", name="提交", exact=True).click()
    page.get_by_role("dialog", name="提交").locator(".modal-foot").get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("待审批")
    return page.url.split("/payments/")[1]


def _approve_and_pay(site: Site, finance: Visitor) -> Visitor:
    """Finance approves what it picked, the payer enters the voucher by keyboard."""
    page = finance.go("/payments")
    page.get_by_role("row").filter(has_text="第一期进度款").get_by_role("checkbox").check()
    page.get_by_role("button", name="同意所选").click()
    expect(page.get_by_role("status").filter(has_text="已同意 1 笔")).to_be_visible()

    payer = site.visit("a-payer")
    page = payer.go("/payments/pay")
    voucher = page.get_by_label("第一期进度款 的支付凭证号")
    page.get_by_label("第一期进度款 的银行付款日期").fill("2026-11-22")
    voucher.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("请填支付凭证号")
    voucher.fill("2026-付-0001")
    voucher.press("Enter")
    expect(page.get_by_role("heading", name="刚才登记的 1 笔")).to_be_visible()
    assert payer.faults() == []
    return payer


def _confirm(site: Site, payment: str) -> None:
    """Somebody else of the township says that the money is there."""
    receiver = site.visit("a1-second")
    page = receiver.go(f"/payments/{payment}")
    page.get_by_role("button", name="确认到账").click()
    dialog = page.get_by_role("dialog", name="确认到账")
    dialog.get_by_label("到账日期").fill("2026-11-22")
    dialog.locator(".modal-foot").get_by_role("button", name="确认到账").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已到账")


def _take_back(payer: Visitor, finance: Visitor, payment: str) -> None:
    """The payer asks for the reversal, finance approves it."""
    page = payer.go(f"/payments/{payment}")
    page.get_by_role("button", name="申请冲销").click()
    dialog = page.get_by_role("dialog", name="申请冲销")
    dialog.get_by_label("原因").fill("付错账户，银行已退回")
    dialog.locator(".modal-foot").get_by_role("button", name="申请冲销").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("冲销待批")
    page = finance.go(f"/payments/{payment}")
    page.get_by_role("button", name="同意冲销").click()
    dialog = page.get_by_role("dialog", name="同意冲销")
    dialog.get_by_label("冲销凭证号").fill("2026-冲-0001")
    dialog.get_by_label("款项退回日期").fill("2026-11-22")
    dialog.get_by_label("原因").fill("同意冲销")
    dialog.locator(".modal-foot").get_by_role("button", name="同意冲销").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已冲销")


def test_money_is_noticed_asked_for_approved_paid_confirmed_and_taken_back(site: Site, world: World) -> None:
    line = _open_line(site, world)
    finance = _note_papers(site, line)
    payment = _ask(site, line)
    payer = _approve_and_pay(site, finance)
    _confirm(site, payment)

    # 100,000 of 250,000 that came and of 500,000 that are planned.
    page = finance.go(f"/funds?programme={world['list']}")
    row = page.get_by_role("row").filter(has_text="柳市镇公路省补")
    expect(row).to_contain_text("40%")
    expect(row).to_contain_text("20%")
    expect(row).to_contain_text("10.00")
    assert finance.faults() == []
    page.get_by_role("button", name="流向").click()
    expect(page.get_by_role("img", name="从来源到用处")).to_contain_text("已拨付未支出")

    _take_back(payer, finance, payment)
    page = finance.go(f"/funds/{line}")
    expect(page.get_by_role("button", name="冲销第 4 号")).to_be_visible()
    expect(page.get_by_role("region", name="资金情况")).to_contain_text("结存 250,000.00")
    assert finance.faults() == []
