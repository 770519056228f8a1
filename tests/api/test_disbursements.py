"""A payment on its way: separate hands, rules as data, the ledger, and everything that is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.factories import money, problems

if TYPE_CHECKING:
    from fastapi import FastAPI

    from tests.conftest import Callers
    from tests.factories.world import World

PAID = {"voucher": "付-0001", "paid_on": "2026-11-22"}
RECEIVED = {"received_on": "2026-11-22"}
REVERSED = {"voucher": "冲-0001", "reversed_on": "2026-11-22", "reason": "银行已退票，同意冲销"}


def test_a_payment_goes_through_separate_hands_and_back(people: Callers, world: World, app: FastAPI) -> None:
    database = app.state.database
    money.purse(people, world, database)
    money.open_line(database, world, "L2", 500_00)
    clerk, finance, payer = people["a1-clerk"], people["a-finance"], people["a-payer"]
    body = money.request(world, ("L1", 3_000_00), ("L2", 500_00), due_on="2026-11-20")
    made = clerk.post("/disbursements", body, status=201)
    path = f"/disbursements/{made['id']}"
    assert (made["amount_fen"], made["status"], made["late_days"]) == (3_500_00, "draft", 2)
    assert [each["verb"] for each in made["actions"]] == ["submit", "cancel"]
    assert made["payee_number"] == "****0001"
    changed = clerk.patch(path, {"lines": body["lines"][:1]}, version=1)
    assert (changed["amount_fen"], len(changed["lines"])) == (3_000_00, 1)
    changed = clerk.patch(path, {"lines": body["lines"]}, version=2)
    assert (changed["amount_fen"], len(changed["lines"])) == (3_500_00, 2)
    clerk.post(f"{path}/submit", version=3)
    assert clerk.call("PATCH", path, version=4, json={"note": "x"}).json()["code"] == "locked"
    finance.post(f"{path}/return", {"reason": "请附计量证书"}, version=4)
    clerk.post(f"{path}/submit", version=5)
    assert finance.post(f"{path}/approve", {"decision": "同意"}, version=6)["status"] == "approved"
    assert money.books(database) == {"L1": (10_000_00, 0, 0), "L2": (500_00, 0, 0)}
    paid = payer.post(f"{path}/pay", PAID, version=7)
    assert (paid["status"], paid["voucher"], paid["paid_tail"]) == ("paid", "付-0001", "0001")
    assert all(line["entry_id"] for line in paid["lines"])
    assert money.books(database) == {"L1": (7_000_00, 3_000_00, 3_000_00), "L2": (0, 500_00, 500_00)}
    problems.problem(payer.call("POST", f"{path}/pay", json=PAID, version=8), 409, "wrong-state")
    clerk.post(f"{path}/confirm", RECEIVED, version=8)
    payer.post(f"{path}/ask-reversal", {"reason": "收款户名不符，银行退回"}, version=9)
    finance.post(f"{path}/keep", {"reason": "已更正户名"}, version=10)
    payer.post(f"{path}/ask-reversal", {"reason": "收款户名不符，银行退回"}, version=11)
    done = finance.post(f"{path}/reverse", REVERSED, version=12)
    assert (done["status"], done["actions"]) == ("reversed", [])
    assert money.books(database) == {"L1": (10_000_00, 0, 0), "L2": (500_00, 0, 0)}
    steps = clerk.get("/disbursement-steps", disbursement_id=made["id"])["items"]
    assert [(each["verb"], each["author_name"]) for each in steps] == [
        ("submit", "测试a1-clerk"),
        ("return", "测试a-finance"),
        ("submit", "测试a1-clerk"),
        ("approve", "测试a-finance"),
        ("pay", "测试a-payer"),
        ("confirm", "测试a1-clerk"),
        ("ask-reversal", "测试a-payer"),
        ("keep", "测试a-finance"),
        ("ask-reversal", "测试a-payer"),
        ("reverse", "测试a-finance"),
    ]
    # The number of a voucher is used up, even by what was taken back.
    again = money.approved(people, world, ("L1", 1))
    for voucher in ("付-0001", "冲-0001"):
        refused = payer.call("POST", f"{again}/pay", json={**PAID, "voucher": voucher}, version=3)
        assert problems.places(refused, 409, "duplicate-voucher") == [("/voucher", "duplicate-voucher")]
    assert money.books(database)["L1"] == (10_000_00, 0, 0)
