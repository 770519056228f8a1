"""Subsidies to many: posted, approved, paid, returned by the bank, paid again and recovered; persons are counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.factories import payments, problems

if TYPE_CHECKING:
    from fastapi import FastAPI

    from tests.conftest import Callers
    from tests.factories.world import World

PAID = {"voucher": "发-0001", "paid_on": "2026-11-22"}


def batch(world: World, **changed: Any) -> dict[str, Any]:
    """Return a batch of 120 persons and 9,000 yuan."""
    return {
        "task_id": str(world["roads:a1"]),
        "line_id": str(world["line:L1"]),
        "account_id": str(world["account"]),
        "name": "11月补贴",
        "standard": "每人75元",
        "groups": [
            {"name": "低保户", "persons": 100, "fen": 7_500_00},
            {"name": "残疾人", "persons": 20, "fen": 1_500_00},
        ],
        "posted_from": "2026-11-02",
        "posted_to": "2026-11-10",
        "due_on": "2026-11-25",
        **changed,
    }


def test_a_batch_is_posted_paid_returned_paid_again_and_recovered(people: Callers, world: World, app: FastAPI) -> None:
    payments.purse(people, world, app.state.database)
    clerk, finance, payer = people["a1-clerk"], people["a-finance"], people["a-payer"]
    short = clerk.call("POST", "/subsidy-batches", json=batch(world, posted_to="2026-11-09"))
    assert problems.places(short, 409, "posting-too-short") == [("/posted_to", "posting-too-short")]
    named = batch(world, groups=[{"name": "低保户", "persons": 1, "fen": 1, "names": ["某某"]}])
    assert problems.places(clerk.call("POST", "/subsidy-batches", json=named)) == [
        ("/groups/0/names", "extra-forbidden")
    ]
    hanging = clerk.post("/subsidy-batches", batch(world, posted_to="2026-11-22"), status=201)
    clerk.post(f"/subsidy-batches/{hanging['id']}/submit", version=1)
    problems.problem(
        finance.call("POST", f"/subsidy-batches/{hanging['id']}/approve", json={}, version=2), 409, "posting-too-short"
    )
    made = clerk.post("/subsidy-batches", batch(world), status=201)
    path = f"/subsidy-batches/{made['id']}"
    assert (made["persons"], made["amount_fen"], made["in_full_and_on_time"]) == (120, 9_000_00, None)
    clerk.post(f"{path}/submit", version=1)
    finance.post(f"{path}/approve", {}, version=2)
    problems.problem(clerk.call("POST", f"{path}/pay", json=PAID, version=3), 403, "forbidden")
    paid = payer.post(f"{path}/pay", PAID, version=3)
    assert (paid["credited_persons"], paid["credited_fen"], paid["in_full_and_on_time"]) == (120, 9_000_00, True)
    assert payments.books(app.state.database)["L1"] == (1_000_00, 9_000_00, 9_000_00)

    def event(kind: str, persons: int, fen: int, voucher: str) -> dict[str, Any]:
        return {
            "batch_id": made["id"],
            "kind": kind,
            "persons": persons,
            "fen": fen,
            "happened_on": "2026-11-22",
            "voucher": voucher,
            "reason": "账号已销户",
        }

    for asked, pointer in (
        (event("repay", 1, 75_00, "补-1"), "/persons"),
        (event("bounce", 121, 75_00, "退-1"), "/persons"),
        (event("bounce", 1, 9_000_01, "退-1"), "/fen"),
    ):
        answer = payer.call("POST", "/subsidy-events", json=asked)
        assert problems.places(answer, 409, "batch-balance") == [(pointer, "batch-balance")]
    problems.problem(
        payer.call("POST", "/subsidy-events", json=event("bounce", 1, 1, "发-0001")), 409, "duplicate-voucher"
    )
    payer.post("/subsidy-events", event("bounce", 4, 300_00, "退-1"), status=201)
    assert payer.get(path)["in_full_and_on_time"] is False
    # Totals follow what is out now; the ledger's own payments keep every one that was made.
    assert payments.books(app.state.database)["L1"] == (1_300_00, 8_700_00, 9_000_00)
    payer.post("/subsidy-events", event("repay", 3, 225_00, "补-1"), status=201)
    problems.problem(
        people["a1-clerk"].call("POST", "/subsidy-events", json=event("repay", 1, 75_00, "补-2")), 403, "forbidden"
    )
    payer.post("/subsidy-events", event("recover", 2, 150_00, "追-1"), status=201)
    done = payer.get(path)
    assert {name: done[name] for name in done if name.endswith(("_persons", "_fen"))} == {
        "amount_fen": 9_000_00,
        "bounced_persons": 4,
        "bounced_fen": 300_00,
        "repaid_persons": 3,
        "repaid_fen": 225_00,
        "recovered_persons": 2,
        "recovered_fen": 150_00,
        "credited_persons": 119,
        "credited_fen": 8_925_00,
    }
    assert payments.books(app.state.database)["L1"] == (1_225_00, 8_925_00, 9_225_00)
    found = clerk.get("/subsidy-events", batch_id=made["id"])["items"]
    assert [(each["kind"], each["persons"], each["fen"]) for each in found] == [
        ("bounce", 4, 300_00),
        ("repay", 3, 225_00),
        ("recover", 2, 150_00),
    ]
