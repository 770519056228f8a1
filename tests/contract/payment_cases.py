"""What everybody is answered about payments, as the arguments of the sweep's cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.factories import payment_requests as given

if TYPE_CHECKING:
    from collections.abc import Iterator

WHO = ("a1-clerk", "a2-clerk", "a-office", "lead", "auditor", "finance", "leader", "payer", "outsider-clerk", "")
"""Who is asked about payments: whoever has a duty, his neighbours, strangers and nobody."""

_STATES = [("pay", name) for name in given.WAYS] + [("batch", name) for name in given.BATCHES]
THINGS: dict[str, tuple[str, str, str | None, bool]] = {
    # name: kind, unit, item, whether it is a draft that nobody beneath reads
    "line:pay": ("fund_line", "a1", "list.roads", False),
    "entry:pay:receipt": ("ledger_entry", "a1", "list.roads", False),
    "entry:pay:paid": ("ledger_entry", "a1", "list.roads", False),
    "entry:pay:reversing": ("ledger_entry", "a1", "list.roads", False),
    "entry:batch:paid": ("ledger_entry", "a1", "list.roads", False),
    "entry:event:bounce": ("ledger_entry", "a1", "list.roads", False),
    "account:city": ("bank_account", "city", None, False),
    "payee:city": ("payee", "city", None, False),
    "contract:a1": ("contract", "a1", "list.roads", False),
    "payrule:draft": ("payment_rule", "city", None, True),
    "payrule:active": ("payment_rule", "city", None, False),
    "paper:draft": ("payment_paper", "a1", "list.roads", False),
    "event:bounce": ("subsidy_event", "a1", "list.roads", False),
    **{
        f"{key}:{name}": ("disbursement" if key == "pay" else "subsidy_batch", "a1", "list.roads", False)
        for key, name in _STATES
    },
    **{
        f"step:{key}:{name}:{verb}": ("disbursement_step", "a1", "list.roads", False)
        for key, name in _STATES
        for verb in given.WAYS[name].split()
    },
}
GIVEN = frozenset({"fund_line", "ledger_entry"})
"""Kinds that the keeper of the books alone changes; of the others the unit may too, where the move is its own."""
KINDS = frozenset(kind for kind, *_ in THINGS.values()) - GIVEN
HEADERS = frozenset({"bank_account", "payee", "payment_rule"})
BOTH = frozenset({"disbursement", "subsidy_batch", "payment_paper"})
ASKS = frozenset({"fund.read", "disbursement.ask", "disbursement.confirm"})
ROLES = {
    "clerk": ASKS,
    "lead_department": ASKS,
    "leader": frozenset({"disbursement.sign"}),
    "finance": frozenset({"disbursement.approve", "payee.edit", "payment_rule.edit"}),
    "payer": frozenset({"unit.read", "programme.read", "fund.read", "disbursement.pay", "account.reveal"}),
}
"""What each role holds besides."""
PERMISSIONS = {
    "submit": "ask",
    "cancel": "ask",
    "approve": "approve",
    "forward": "approve",
    "return": "approve",
    "reverse": "approve",
    "keep": "approve",
    "sign": "sign",
    "refuse": "sign",
    "send-back": "pay",
    "pay": "pay",
    "ask-reversal": "pay",
    "confirm": "confirm",
}
LISTED = {
    "listBankAccounts": ("fund.read", "bank_account", "/bank-accounts"),
    "listPayees": ("fund.read", "payee", "/payees"),
    "listContracts": ("fund.read", "contract", "/contracts"),
    "listPaymentRules": ("fund.read", "payment_rule", "/payment-rules"),
    "listDisbursements": ("fund.read", "disbursement", "/disbursements"),
    "listDisbursementSteps": ("fund.read", "disbursement_step", "/disbursement-steps"),
    "listPaymentPapers": ("fund.read", "payment_paper", "/payment-papers"),
    "listSubsidyBatches": ("fund.read", "subsidy_batch", "/subsidy-batches"),
    "listSubsidyEvents": ("fund.read", "subsidy_event", "/subsidy-events"),
}
BULK = ("approve", "return")
SIGNED = frozenset({"listDisbursementSteps", "listSubsidyEvents", "createSubsidyEvent"})
"""Who did what with a payment is told by name to whoever may see it."""


def reads() -> Iterator[dict[str, Any]]:
    """Return reads of one thing."""
    for operation, names in (
        ("getBankAccount", ("account:city",)),
        ("getPayee", ("payee:city",)),
        ("getContract", ("contract:a1",)),
        ("getPaymentRule", ("payrule:draft", "payrule:active")),
        ("getDisbursement", ("pay:draft", "pay:paid")),
        ("getPaymentPaperContent", ("paper:draft",)),
        ("getSubsidyBatch", ("batch:draft", "batch:paid")),
    ):
        for name in names:
            yield {"operation": operation, "permission": "fund.read", "path": name}
    for operation, name in (("getBankAccountNumber", "account:city"), ("getPayeeNumber", "payee:city")):
        yield {"operation": operation, "permission": "account.reveal", "path": name, "must_cover": (name,)}


def writes() -> Iterator[dict[str, Any]]:
    """Return writes: the unit asks, the keeper of the books decides and pays."""

    def edit(operation: str, by: str, path: str, body: Any = None, allowed: int = 200) -> dict[str, Any]:
        return {"operation": operation, "permission": by, "path": path, "body": body, "must_cover": (path,),
                "allowed": allowed}  # fmt: skip

    def made(operation: str, by: str, body: Any, units: tuple[str, ...], *seen: str) -> dict[str, Any]:
        return {"operation": operation, "permission": by, "body": body, "units": units, "allowed": 201,
                "must_see": tuple((name, 404) for name in seen)}  # fmt: skip

    city = ("city",)
    yield made("createBankAccount", "payee.edit", {**given.ACCOUNT, "number": "62220212030001"}, city, "city")
    yield made("createPayee", "payee.edit", {**given.PAYEE, "number": "62220212030001"}, city, "city")
    yield made("createPaymentRule", "payment_rule.edit", given.RULE, city, "city")
    town = ("a1",)
    contract = {**given.CONTRACT, "number": "合-2"}
    yield made("createContract", "disbursement.ask", contract, town, "roads:a1", "payee:city")
    named = ("roads:a1", "line:pay", "account:city", "payee:city")
    yield made("createDisbursement", "disbursement.ask", given.PAYMENT, town, *named)
    yield made("createSubsidyBatch", "disbursement.ask", given.BATCH, town, *named[:3])
    yield made("createSubsidyEvent", "disbursement.pay", {**given.EVENT, "voucher": "退-2"}, city, "batch:paid")
    paper = given.PAPER | {"disbursement_id": None, "batch_id": "@batch:draft"}
    yield made("createPaymentPaper", "disbursement.ask", paper, town, "batch:draft")
    yield edit("voidPaymentPaper", "disbursement.ask", "paper:draft")
    for noun, name in (("BankAccount", "account:city"), ("Payee", "payee:city")):
        yield edit(f"change{noun}", "payee.edit", name, {"name": "新名"})
        yield edit(f"disable{noun}", "payee.edit", name)
        yield edit(f"enable{noun}", "payee.edit", name, allowed=409)
    yield edit("changeContract", "disbursement.ask", "contract:a1", {"work_fen": 50_000})
    terms = {"kind": "amount", "effect": "warn", "above_fen": 1}
    yield edit("savePaymentRuleTerms", "payment_rule.edit", "payrule:draft", terms)
    yield edit("activatePaymentRule", "payment_rule.edit", "payrule:draft")
    yield edit("retirePaymentRule", "payment_rule.edit", "payrule:active")
    yield edit("voidPaymentRule", "payment_rule.edit", "payrule:draft")
    yield edit("changeDisbursement", "disbursement.ask", "pay:draft", {"note": "请尽快"})
    yield edit("changeSubsidyBatch", "disbursement.ask", "batch:draft", {"name": "新名"})
    for noun, key, verbs in (("Disbursement", "pay", tuple(given.MOVES)), ("SubsidyBatch", "batch", given.OF_BATCHES)):
        for verb in verbs:
            _, state, body = given.MOVES[verb]
            by = f"disbursement.{PERMISSIONS[verb]}"
            yield edit(f"{given.camel(verb)}{noun}", by, f"{key}:{state}", body)
