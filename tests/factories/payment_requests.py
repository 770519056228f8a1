"""Payments in the prepared world: one request for every operation, and payments in every state."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tests.factories import corpus
from tests.factories.payments import credit_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.factories.world import World

LINE = {"source_id": "@source:city", "unit_id": "@a1", "item_id": "@list.roads", "code": "P01", "name": "公路",
        "purpose": "农村公路改造"}  # fmt: skip
ACCOUNT = {"unit_id": "@city", "name": "专户", "bank_name": "农行", "number": "1203282009200012345"}
PAYEE = {"unit_id": "@city", "name": "养护公司", "credit_code": credit_code(1), "bank_name": "工行",
         "number": "6222021203000000001"}  # fmt: skip
CONTRACT = {"task_id": "@roads:a1", "payee_id": "@payee:city", "number": "合-1", "name": "施工合同",
            "amount_fen": 100_000, "signed_on": "2026-03-01"}  # fmt: skip
RULE = {"unit_id": "@city", "name": "提示", "source": "办法", "kind": "amount", "effect": "warn", "above_fen": 10**9}
LINES = [{"line_id": "@line:pay", "fen": 100}]
PAYMENT = {"task_id": "@roads:a1", "account_id": "@account:city", "payee_id": "@payee:city", "stage": "progress",
           "purpose": "进度款", "lines": LINES}  # fmt: skip
GROUPS = [{"name": "低保户", "persons": 2, "fen": 100}]
BATCH = {"task_id": "@roads:a1", "line_id": "@line:pay", "account_id": "@account:city", "name": "补贴",
         "standard": "每人", "groups": GROUPS, "posted_from": "2026-11-02", "posted_to": "2026-11-10"}  # fmt: skip
EVENT = {"batch_id": "@batch:paid", "kind": "bounce", "persons": 1, "fen": 10, "happened_on": "2026-11-22",
         "voucher": "退-1", "reason": "销户"}  # fmt: skip

PAPER: dict[str, Any] = {"disbursement_id": "@pay:draft", "kind": "contract", "name": "合同.pdf",
         "sha256": hashlib.sha256(corpus.pdf()).hexdigest()}  # fmt: skip

BY = {
    "submit": "a1-clerk",
    "approve": "finance",
    "forward": "finance",
    "sign": "leader",
    "pay": "payer",
    "confirm": "a1-clerk",
    "ask-reversal": "payer",
    "reverse": "finance",
}
WAYS = {
    "draft": "",
    "submitted": "submit",
    "signing": "submit forward",
    "approved": "submit approve",
    "paid": "submit approve pay",
    "reversing": "submit approve pay ask-reversal",
}
"""How the payment of each name got where it is; batches go as far as being paid."""
BATCHES = ("draft", "submitted", "signing", "approved", "paid")
DATED = {"paid_on": "2026-11-22", "received_on": "2026-11-22", "reversed_on": "2026-11-22"}
REASON = {"reason": "票据不符"}
MOVES: dict[str, tuple[str, str, dict[str, Any] | None]] = {
    # verb: who, on the payment of which name, with which body
    "submit": ("a1-clerk", "draft", None),
    "approve": ("finance", "submitted", {"decision": None}),
    "forward": ("finance", "submitted", {"decision": None}),
    "return": ("finance", "submitted", REASON),
    "sign": ("leader", "signing", {"decision": None}),
    "refuse": ("leader", "signing", REASON),
    "send-back": ("payer", "approved", REASON),
    "cancel": ("a1-clerk", "draft", REASON),
    "pay": ("payer", "approved", {"voucher": "付-新", "paid_on": "2026-11-22"}),
    "confirm": ("a1-clerk", "paid", {"received_on": "2026-11-22"}),
    "ask-reversal": ("payer", "paid", REASON),
    "reverse": ("finance", "reversing", {"voucher": "冲-新", "reversed_on": "2026-11-22", **REASON}),
    "keep": ("finance", "reversing", REASON),
}
OF_BATCHES = tuple(MOVES)[:9]


def camel(verb: str) -> str:
    """Return a verb as it stands in an operation's name."""
    first, *rest = verb.split("-")
    return first + "".join(each.capitalize() for each in rest)


def _id(name: str) -> dict[str, str]:
    return {"id": f"@{name}"}


def _row(name: str) -> dict[str, Any]:
    return {"rows": [{"id": f"@{name}", "version": f"#{name}"}]}


REQUESTS: dict[str, dict[str, Any]] = {
    "listBankAccounts": {"by": "a1-clerk"},
    "createBankAccount": {"by": "finance", "body": {**ACCOUNT, "number": "62220212030001"}, "status": 201},
    "getBankAccount": {"by": "a1-clerk", "path": _id("account:city")},
    "getBankAccountNumber": {"by": "payer", "path": _id("account:city")},
    "changeBankAccount": {"by": "finance", "path": _id("account:city"), "body": {"name": "资金专户"}},
    "disableBankAccount": {"by": "finance", "path": _id("account:city")},
    # It is in use: the refusal is the usual answer.
    "enableBankAccount": {"by": "finance", "path": _id("account:city"), "status": 409},
    "listPayees": {"by": "a1-clerk"},
    "createPayee": {"by": "finance", "body": {**PAYEE, "credit_code": credit_code(2)}, "status": 201},
    "getPayee": {"by": "a1-clerk", "path": _id("payee:city")},
    "getPayeeNumber": {"by": "payer", "path": _id("payee:city")},
    "changePayee": {"by": "finance", "path": _id("payee:city"), "body": {"name": "养护工程公司"}},
    "disablePayee": {"by": "finance", "path": _id("payee:city")},
    "enablePayee": {"by": "finance", "path": _id("payee:city"), "status": 409},
    "listContracts": {"by": "a1-clerk"},
    "createContract": {"by": "a1-clerk", "body": {**CONTRACT, "number": "合-2"}, "status": 201},
    "getContract": {"by": "finance", "path": _id("contract:a1")},
    "changeContract": {"by": "a1-clerk", "path": _id("contract:a1"), "body": {"work_fen": 50_000}},
    "listPaymentRules": {"by": "finance"},
    "createPaymentRule": {"by": "finance", "body": RULE, "status": 201},
    "getPaymentRule": {"by": "a1-clerk", "path": _id("payrule:active")},
    "savePaymentRuleTerms": {
        "by": "finance",
        "path": _id("payrule:draft"),
        "body": {"kind": "amount", "effect": "warn", "above_fen": 1},
    },
    "activatePaymentRule": {"by": "finance", "path": _id("payrule:draft")},
    "retirePaymentRule": {"by": "finance", "path": _id("payrule:active")},
    "voidPaymentRule": {"by": "finance", "path": _id("payrule:draft")},
    "listDisbursements": {"by": "finance"},
    "createDisbursement": {"by": "a1-clerk", "body": PAYMENT, "status": 201},
    "getDisbursement": {"by": "payer", "path": _id("pay:paid")},
    "changeDisbursement": {"by": "a1-clerk", "path": _id("pay:draft"), "body": {"note": "请尽快"}},
    "approveDisbursements": {"by": "finance", "body": _row("pay:submitted")},
    "returnDisbursements": {"by": "finance", "body": _row("pay:submitted")},
    "listDisbursementSteps": {"by": "finance"},
    "listSubsidyBatches": {"by": "finance"},
    "createSubsidyBatch": {"by": "a1-clerk", "body": BATCH, "status": 201},
    "getSubsidyBatch": {"by": "payer", "path": _id("batch:paid")},
    "changeSubsidyBatch": {"by": "a1-clerk", "path": _id("batch:draft"), "body": {"name": "11月补贴"}},
    "listPaymentPapers": {"by": "finance"},
    "createPaymentPaper": {
        "by": "a1-clerk",
        "body": {**PAPER, "batch_id": "@batch:draft", "disbursement_id": None},
        "status": 201,
    },
    "getPaymentPaperContent": {"by": "payer", "path": _id("paper:draft")},
    "voidPaymentPaper": {"by": "a1-clerk", "path": _id("paper:draft")},
    "listSubsidyEvents": {"by": "payer"},
    "createSubsidyEvent": {"by": "payer", "body": {**EVENT, "voucher": "退-2"}, "status": 201},
}
REQUESTS |= {
    f"{camel(verb)}{noun}": {"by": by, "path": _id(f"{key}:{state}"), "body": body}
    for noun, key, verbs in (("Disbursement", "pay", tuple(MOVES)), ("SubsidyBatch", "batch", OF_BATCHES))
    for verb, (by, state, body) in MOVES.items()
    if verb in verbs
}


def prepare(call: Callable[..., Any], world: World) -> None:
    """Give the city an account and a payee, and leave payments of a township in every state."""

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: filled(each) for name, each in value.items()}
        if isinstance(value, list):
            return [filled(each) for each in value]
        return str(world[value[1:]]) if isinstance(value, str) and value[:1] == "@" else value

    def made(by: str, path: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
        row: dict[str, Any] = call(by, "POST", path, filled(body), None).json()
        world.ids[key] = UUID(row["id"])
        return row

    made("finance", "/fund-lines", "line:pay", {**LINE, "planned_fen": 0})
    came = {"line_id": "@line:pay", "kind": "receipt", "fen": 100_000, "dated_on": "2026-03-01", "paper": "收9"}
    made("finance", "/ledger-entries", "entry:pay:receipt", came)
    made("finance", "/bank-accounts", "account:city", ACCOUNT)
    made("finance", "/payees", "payee:city", PAYEE)
    made("a1-clerk", "/contracts", "contract:a1", CONTRACT)
    for name in ("draft", "active"):
        made("finance", "/payment-rules", f"payrule:{name}", RULE)
    call("finance", "POST", f"/payment-rules/{world['payrule:active']}/activate", None, 1)
    for address, key, body in (("/disbursements", "pay", PAYMENT), ("/subsidy-batches", "batch", BATCH)):
        for name in WAYS if key == "pay" else BATCHES:
            made("a1-clerk", address, f"{key}:{name}", body)
            _bring(call, world, f"{address}/{world[f'{key}:{name}']}", key, name)
    made("a1-clerk", "/payment-papers", "paper:draft", PAPER)
    event = made("payer", "/subsidy-events", "event:bounce", EVENT)
    world.ids["entry:event:bounce"] = UUID(event["entry_id"])


def _bring(call: Callable[..., Any], world: World, path: str, key: str, name: str) -> None:
    """Take a payment where its name says, and name what was written on the way."""
    for version, verb in enumerate(WAYS[name].split(), start=1):
        said = {**(MOVES[verb][2] or {}), "voucher": f"{key}-{name}"} if verb == "pay" else MOVES[verb][2]
        row = call(BY[verb], "POST", f"{path}/{verb}", said, version).json()
        if verb == "pay":
            entry = row["entry_id"] if key == "batch" else row["lines"][0]["entry_id"]
            world.ids[f"entry:{key}:{name}"] = UUID(entry)
    steps = call("finance", "GET", f"/disbursement-steps?{_QUERY[key]}={world[f'{key}:{name}']}", None, None)
    for row in steps.json()["items"]:
        world.ids[f"step:{key}:{name}:{row['verb']}"] = UUID(row["id"])


_QUERY = {"pay": "disbursement_id", "batch": "batch_id"}
