"""A payment on its way: separate hands, rules as data, the ledger, and everything that is refused."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from minsheng.disbursements.policy import DISBURSEMENT
from tests.factories import corpus, payments, problems

if TYPE_CHECKING:
    from fastapi import FastAPI

    from tests.conftest import Callers
    from tests.factories.world import World

PAID = {"voucher": "付-0001", "paid_on": "2026-11-22"}
RECEIVED = {"received_on": "2026-11-22"}
REVERSED = {"voucher": "冲-0001", "reversed_on": "2026-11-22", "reason": "银行已退票，同意冲销"}


def test_a_payment_goes_through_separate_hands_and_back(people: Callers, world: World, app: FastAPI) -> None:
    database = app.state.database
    payments.purse(people, world, database)
    payments.open_line(database, world, "L2", 500_00)
    clerk, finance, payer = people["a1-clerk"], people["a-finance"], people["a-payer"]
    body = payments.request(world, ("L1", 3_000_00), ("L2", 500_00), due_on="2026-11-20")
    made = clerk.post("/disbursements", body, status=201)
    path = f"/disbursements/{made['id']}"
    assert (made["amount_fen"], made["status"], made["late_days"]) == (3_500_00, "draft", 2)
    assert [each["verb"] for each in made["actions"]] == ["submit", "cancel"]
    assert made["payee_number"] == "****0001"
    changed = clerk.patch(path, {"lines": body["lines"][:1]}, version=1)
    assert (changed["amount_fen"], len(changed["lines"])) == (3_000_00, 1)
    changed = clerk.patch(path, {"lines": body["lines"]}, version=2)
    assert (changed["amount_fen"], len(changed["lines"])) == (3_500_00, 2)
    content = corpus.pdf()
    key = {"sha256": hashlib.sha256(content).hexdigest()}
    clerk.post("/uploads", {**key, "size": len(content)}, status=201)
    binary = {"Upload-Offset": "0", "Content-Type": "application/octet-stream"}
    assert clerk.call("PATCH", f"/uploads/{key['sha256']}", content=content, headers=binary).status_code == 200
    paper = {"disbursement_id": made["id"], "kind": "certificate", "name": "计量证书", **key}
    hung = clerk.post("/payment-papers", paper, status=201)
    assert hung["name"] == "计量证书.pdf"
    assert payer.call("GET", f"/payment-papers/{hung['id']}/content").content == content
    clerk.post(f"{path}/submit", version=3)
    problems.problem(clerk.call("POST", "/payment-papers", json=paper), 409, "locked")
    problems.problem(clerk.call("POST", f"/payment-papers/{hung['id']}/void", version=1), 409, "locked")
    assert clerk.call("PATCH", path, version=4, json={"note": "x"}).json()["code"] == "locked"
    finance.post(f"{path}/return", {"reason": "请附计量证书"}, version=4)
    clerk.post(f"{path}/submit", version=5)
    assert finance.post(f"{path}/approve", {"decision": "同意"}, version=6)["status"] == "approved"
    assert payments.books(database) == {"L1": (10_000_00, 0, 0), "L2": (500_00, 0, 0)}
    paid = payer.post(f"{path}/pay", PAID, version=7)
    assert (paid["status"], paid["voucher"], paid["paid_tail"]) == ("paid", "付-0001", "0001")
    assert all(line["entry_id"] for line in paid["lines"])
    assert payments.books(database) == {"L1": (7_000_00, 3_000_00, 3_000_00), "L2": (0, 500_00, 500_00)}
    problems.problem(payer.call("POST", f"{path}/pay", json=PAID, version=8), 409, "wrong-state")
    clerk.post(f"{path}/confirm", RECEIVED, version=8)
    payer.post(f"{path}/ask-reversal", {"reason": "收款户名不符，银行退回"}, version=9)
    finance.post(f"{path}/keep", {"reason": "已更正户名"}, version=10)
    payer.post(f"{path}/ask-reversal", {"reason": "收款户名不符，银行退回"}, version=11)
    done = finance.post(f"{path}/reverse", REVERSED, version=12)
    assert (done["status"], done["actions"]) == ("reversed", [])
    assert payments.books(database) == {"L1": (10_000_00, 0, 0), "L2": (500_00, 0, 0)}
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
    again = payments.approved(people, world, ("L1", 1))
    for voucher in ("付-0001", "冲-0001"):
        refused = payer.call("POST", f"{again}/pay", json={**PAID, "voucher": voucher}, version=3)
        assert problems.places(refused, 409, "duplicate-voucher") == [("/voucher", "duplicate-voucher")]
    assert payments.books(database)["L1"] == (10_000_00, 0, 0)


ROLES = ("office", "lead_department", "clerk", "reviewer", "leader", "finance", "payer", "auditor")
"""Who is there in a county; each is one person with one role."""
MAY = {
    "submit": "lead_department clerk",
    "cancel": "lead_department clerk",
    "approve": "finance",
    "forward": "finance",
    "return": "finance",
    "sign": "leader",
    "refuse": "leader",
    "send-back": "payer",
    "pay": "payer",
    "confirm": "lead_department clerk",
    "ask-reversal": "payer",
    "reverse": "finance",
    "keep": "finance",
}
"""Move → the roles that may make it. Nobody else may, whatever state the payment is in."""

NOT_AFTER = {
    #              who       may not then …
    "ask": "approve forward return sign refuse send-back pay ask-reversal reverse keep",
    "approve": "send-back cancel pay confirm ask-reversal",
    "forward": "sign refuse send-back cancel pay confirm ask-reversal",
    "sign": "send-back cancel pay confirm ask-reversal",
    "pay": "confirm reverse keep",
    "confirm": "ask-reversal reverse keep",
    "ask-reversal": "reverse keep",
}
"""What one person did on a payment → what the same person may not do on it, with every role in his hands.

Asking: submitting a returned request again, cancelling one's own and confirming the receipt stay with the asker.
"""

WAYS = {
    #  move tried  →  how the payment got there: one person for each step, the first asks and submits
    "submit": [""],
    "approve": ["submit"],
    "forward": ["submit"],
    "return": ["submit"],
    "sign": ["submit forward"],
    "refuse": ["submit forward"],
    "send-back": ["submit approve", "submit forward sign"],
    "cancel": ["submit approve", "submit forward sign"],
    "pay": ["submit approve", "submit forward sign"],
    "confirm": ["submit approve pay", "submit forward sign pay"],
    "ask-reversal": ["submit approve pay confirm", "submit forward sign pay confirm"],
    "reverse": ["submit approve pay confirm ask-reversal"],
    "keep": ["submit approve pay confirm ask-reversal"],
}

SAID: dict[str, dict[str, Any]] = {
    "approve": {},
    "forward": {},
    "sign": {},
    "pay": PAID,
    "confirm": RECEIVED,
    "reverse": REVERSED,
} | {verb: {"reason": "不妥，退回"} for verb in ("return", "refuse", "send-back", "cancel", "ask-reversal", "keep")}


class Desk:
    """A county where seven people hold every role at once, and each role is held by one person alone."""

    def __init__(self, people: Callers) -> None:
        self.people = people
        self.vouchers = 0

    def say(self, verb: str) -> dict[str, Any] | None:
        """Return the body of a move; every voucher is a new one."""
        self.vouchers += 1
        said = SAID.get(verb)
        return {**said, "voucher": f"号-{self.vouchers}"} if said and "voucher" in said else said

    def call(self, who: str, path: str, verb: str, version: int) -> tuple[int, str]:
        """Try a move; return status and code of the answer."""
        answer = self.people[who].call("POST", f"{path}/{verb}", json=self.say(verb), version=version)
        return answer.status_code, answer.json().get("code", "")

    def bring(self, body: dict[str, Any], way: str) -> tuple[str, int]:
        """Bring a new payment somewhere: all-1 asks and submits, all-2 makes the next step, and so on."""
        made = self.people["all-1"].post("/disbursements", body, status=201)
        path, version = f"/disbursements/{made['id']}", 1
        for number, verb in enumerate(way.split(), start=1):
            assert self.call(f"all-{number}", path, verb, version) == (200, ""), (way, verb)
            version += 1
        return path, version


@pytest.mark.parametrize("engine_name", ["sqlite"])  # no rule here asks the database anything
def test_every_move_belongs_to_its_roles_and_to_other_hands(people: Callers, world: World, app: FastAPI) -> None:
    """All roles × all moves; then all pairs of what one person did and would do, with every role in his hands."""
    payments.purse(people, world, app.state.database, 10**9)
    alone = tuple((f"one-{role}", "a", role) for role in ROLES)
    at_once = tuple((f"all-{number}", "a", role) for number in range(1, 6) for role in ROLES)
    payments.employ(app.state.database, world, alone + at_once)
    desk = Desk(people)
    wrong, pairs = [], set()
    for verb, way in ((verb, way) for verb, ways in WAYS.items() for way in ways):
        path, version = desk.bring(payments.request(world, ("L1", 100)), way)
        # The roles are asked once a move; how the payment got there makes no difference to them.
        kept_out = set(ROLES) - set(MAY[verb].split()) if way == WAYS[verb][0] else set()
        answers = {role: desk.call(f"one-{role}", path, verb, version) for role in sorted(kept_out)}
        wrong += [(role, verb, found) for role, found in answers.items() if found != (403, "forbidden")]
        done = ["ask", *way.split()[1:]]
        free = f"one-{MAY[verb].split()[0]}"
        for number, duty in enumerate(done, start=1):
            if verb not in NOT_AFTER[duty].split():
                free = f"all-{number}"
                continue
            pairs.add((duty, verb))
            if (found := desk.call(f"all-{number}", path, verb, version)) != (409, "own-work"):
                wrong.append((duty, verb, found))
        # What the table does not forbid is allowed.
        if (found := desk.call(free, path, verb, version)) != (200, ""):
            wrong.append((free, verb, found))
    assert wrong == []
    assert pairs == {(duty, verb) for duty, verbs in NOT_AFTER.items() for verb in verbs.split()}
    assert set(WAYS) == set(MAY) == set(DISBURSEMENT.moves)


def test_what_does_not_belong_together_is_refused_and_nothing_is_posted(
    people: Callers, world: World, app: FastAPI
) -> None:
    database = app.state.database
    payments.purse(people, world, database, 1_000_00)
    clerk, finance, payer = people["a1-clerk"], people["a-finance"], people["a-payer"]
    towns = payments.account(world, unit_id=str(world["a1"]), number="9" * 12)
    other = finance.post("/bank-accounts", towns, status=201)
    second = finance.post("/payees", payments.payee(world, 2), status=201)
    contract = clerk.post(
        "/contracts",
        {
            "task_id": str(world["roads:a1"]),
            "payee_id": second["id"],
            "number": "LQ-1",
            "name": "施工合同",
            "amount_fen": 100_000_00,
            "signed_on": "2026-03-01",
        },
        status=201,
    )
    for name, task, changed in (
        ("schools", "schools:a1", {}),
        ("city", "roads:a1", {"keeper": "city"}),
        ("elsewhere", "roads:a2", {}),
        ("item", "roads:a1", {"task_id": None, "item_id": world["list.cover"]}),
    ):
        payments.open_line(database, world, name, 100_00, task=task, **changed)
    a_thousand = ("L1", 1_000_00)
    for draws, changed, status, code, pointer in (
        ([("schools", 1)], {}, 409, "wrong-purpose", "/lines/0/line_id"),
        ([a_thousand, ("item", 1)], {}, 409, "wrong-purpose", "/lines/1/line_id"),
        ([a_thousand, ("city", 1)], {}, 409, "unit-mismatch", "/lines/1/line_id"),
        ([("elsewhere", 1)], {}, 404, "not-found", None),
        ([a_thousand, a_thousand], {}, 422, "invalid", "/lines/1/line_id"),
        ([a_thousand], {"account_id": other["id"]}, 409, "unit-mismatch", "/account_id"),
        ([a_thousand], {"contract_id": contract["id"]}, 409, "unit-mismatch", "/payee_id"),
        ([("L1", 0)], {}, 422, "invalid", "/lines/0/fen"),
        ([("L1", -5)], {}, 422, "invalid", "/lines/0/fen"),
        ([("L1", 2**53)], {}, 422, "invalid", "/lines/0/fen"),
        ([("L1", 0.015)], {}, 422, "invalid", "/lines/0/fen"),
        ([("L1", "10.005")], {}, 422, "invalid", "/lines/0/fen"),
        ([("L1", 2**53 - 1), ("item", 2**53 - 1)], {}, 422, "invalid", "/lines"),
        ([], {}, 422, "invalid", "/lines"),
    ):
        answer = clerk.call("POST", "/disbursements", json=payments.request(world, *draws, **changed))
        body = problems.problem(answer, status, code)
        assert [each["pointer"] for each in body["errors"]] == ([pointer] if pointer else []), (draws, body)
    # Approved, and then refused by the ledger: too much, frozen, closed, out of use, dated wrongly.
    path = payments.approved(people, world, ("L1", 1_000_01))
    before = payments.books(database)

    def refused(status: int, code: str, **said: str) -> None:
        answer = payer.call("POST", f"{path}/pay", json={**PAID, **said}, version=3)
        problems.problem(answer, status, code)
        assert payments.books(database) == before
        assert payer.get(path)["status"] == "approved"

    refused(409, "overdraft")
    refused(422, "invalid", paid_on="2026-11-21")
    refused(422, "invalid", paid_on="2026-11-23")
    refused(422, "invalid", voucher="")
    finance.post(f"/payees/{world['payee']}/disable", version=1)
    refused(409, "not-in-use")
    finance.post(f"/payees/{world['payee']}/enable", version=2)
    path = payments.approved(people, world, ("L1", 10))
    payments.freeze(database, world, "L1")
    refused(409, "line-frozen")
    assert payer.call("POST", f"{path}/pay", json=PAID, version=2).status_code == 412
    assert payer.call("POST", f"{path}/pay", json=PAID).status_code == 428


def test_rules_stop_ask_for_a_leader_or_warn(people: Callers, world: World, app: FastAPI) -> None:
    database = app.state.database
    payments.purse(people, world, database, 10**10)
    clerk, finance, leader, payer = (people[each] for each in ("a1-clerk", "a-finance", "a-leader", "a-payer"))

    def rule(kind: str, effect: str, **terms: Any) -> dict[str, Any]:
        body = {"unit_id": str(world["a"]), "name": kind, "source": "办法", "kind": kind, "effect": effect, **terms}
        made = finance.post("/payment-rules", body, status=201)
        return finance.post(f"/payment-rules/{made['id']}/activate", version=1)

    first = rule("first_payment", "leader", above_fen=2_000_000_00)
    rule("work_share", "stop", percent="80")
    rule("contract_share", "leader", percent="30", months=3)
    rule("milestone", "warn")
    rule("dedicated_account", "stop")
    refused = finance.call("POST", "/payment-rules", json={"unit_id": str(world["a"]), "name": "x", "source": "y",
                                                           "kind": "work_share", "effect": "stop"})  # fmt: skip
    assert problems.places(refused) == [("", "rule-terms")]
    frozen = finance.call("PUT", f"/payment-rules/{first['id']}/terms", version=2,
                          json={"kind": "amount", "effect": "warn", "above_fen": 1})  # fmt: skip
    problems.problem(frozen, 409, "locked")
    contract = {"task_id": str(world["roads:a1"]), "payee_id": str(world["payee"]), "number": "LQ-1", "name": "施工",
                "amount_fen": 3_000_000_00, "signed_on": "2026-03-01"}  # fmt: skip
    contract = clerk.post("/contracts", contract, status=201)
    works = {"work_fen": 1_000_000_00, "work_on": "2026-11-01", "work_paper": "计量证书第1期"}
    clerk.patch(f"/contracts/{contract['id']}", works, version=1)
    # 80.00 % of the work done, to the fen.
    over = clerk.post(
        "/disbursements", payments.request(world, ("L1", 800_000_01), contract_id=contract["id"]), status=201
    )
    answer = clerk.call("POST", f"/disbursements/{over['id']}/submit", version=1)
    assert problems.places(answer, 409, "payment-rule") == [("/amount_fen", "work_share")]
    clerk.patch(f"/disbursements/{over['id']}", {"lines": [{"line_id": str(world["line:L1"]), "fen": 800_000_00}]},
                version=1)  # fmt: skip
    path = f"/disbursements/{over['id']}"
    asked = clerk.post(f"{path}/submit", version=2)
    assert [each["kind"] for each in asked["findings"]] == ["first_payment", "milestone"]
    assert asked["leader_needed"]
    problems.problem(finance.call("POST", f"{path}/approve", json={}, version=3), 409, "leader-needed")
    finance.post(f"{path}/forward", {}, version=3)
    leader.post(f"{path}/sign", {"decision": "同意"}, version=4)
    payer.post(f"{path}/pay", PAID, version=5)
    assert clerk.get(f"/contracts/{contract['id']}")["paid_fen"] == 800_000_00
    # A second one of 100,000.01 yuan is within the work done by now, but over 30 % of the contract in three months.
    clerk.patch(f"/contracts/{contract['id']}", {"work_fen": 2_000_000_00}, version=2)
    again = clerk.post(
        "/disbursements", payments.request(world, ("L1", 100_000_01), contract_id=contract["id"]), status=201
    )
    asked = clerk.post(f"/disbursements/{again['id']}/submit", version=1)
    assert [each["kind"] for each in asked["findings"]] == ["contract_share", "milestone"]
