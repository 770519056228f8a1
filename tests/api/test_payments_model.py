"""Requests, payments, reversals and batches in any order, beside a model of plain numbers: they never disagree.

``FAULTS`` in the environment makes the walk long; the test run takes a short one.
"""

from __future__ import annotations

import os
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.factories import payments

if TYPE_CHECKING:
    from fastapi import FastAPI

    from minsheng.kernel.db import Database
    from tests.conftest import Callers
    from tests.factories.world import World

WALK = {"max_examples": 60, "stateful_step_count": 40} if "FAULTS" in os.environ else {
    "max_examples": 4,
    "stateful_step_count": 12,
}  # fmt: skip
CASH = 1_000
TODAY = "2026-11-22"
SIGN = {"bounce": -1, "repay": 1, "recover": -1}

amounts = st.integers(1, 700)
numbers = count(1)


class Line:
    """What the model knows of a line."""

    def __init__(self) -> None:
        self.cash, self.paid, self.posted = CASH, 0, 0

    def move(self, fen: int, *, entry: bool = True, out: bool = True) -> None:
        """Take money out, or put it back when negative; only payments and their reversals are entries of payment."""
        self.cash -= fen
        self.paid += fen if out else 0
        self.posted += fen if entry else 0


class Payments(RuleBasedStateMachine):
    """One walk over two lines of its own, in a world that all walks share."""

    people: ClassVar[Callers]
    world: ClassVar[World]
    database: ClassVar[Database]

    def __init__(self) -> None:
        super().__init__()
        run = next(numbers)
        self.codes = [f"M{run}-{part}" for part in "ab"]
        self.lines = {code: Line() for code in self.codes}
        self.requests: list[dict[str, Any]] = []
        self.batches: list[dict[str, Any]] = []
        for code in self.codes:
            payments.open_line(self.database, self.world, code, CASH)

    def voucher(self) -> str:
        return f"号-{next(numbers)}"

    def call(self, who: str, path: str, body: Any, version: int | None = None) -> tuple[int, Any]:
        answer = self.people[who].call("POST", path, json=body, version=version)
        return answer.status_code, answer.json()

    @rule(first=amounts, second=st.none() | amounts)
    def ask(self, first: int, second: int | None) -> None:
        draws = {self.codes[0]: first} | ({self.codes[1]: second} if second else {})
        path = payments.approved(self.people, self.world, *draws.items())
        self.requests.append({"path": path, "draws": draws, "state": "approved", "version": 3})

    @precondition(lambda self: self.requests)
    @rule(data=st.data())
    def pay(self, data: st.DataObject) -> None:
        row = data.draw(st.sampled_from(self.requests), "request")
        body = {"voucher": self.voucher(), "paid_on": TODAY}
        status, answer = self.call("a-payer", f"{row['path']}/pay", body, row["version"])
        enough = all(fen <= self.lines[code].cash for code, fen in row["draws"].items())
        if row["state"] != "approved":
            assert (status, answer["code"]) == (409, "wrong-state")
        elif not enough:
            assert (status, answer["code"]) == (409, "overdraft")
        else:
            assert status == 200, answer
            for code, fen in row["draws"].items():
                self.lines[code].move(fen)
            row |= {"state": "paid", "version": answer["version"]}

    @precondition(lambda self: any(row["state"] == "paid" for row in self.requests))
    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        row = data.draw(st.sampled_from([each for each in self.requests if each["state"] == "paid"]), "request")
        status, answer = self.call("a-payer", f"{row['path']}/ask-reversal", {"reason": "退票"}, row["version"])
        assert status == 200, answer
        body = {"voucher": self.voucher(), "reversed_on": TODAY, "reason": "同意"}
        status, answer = self.call("a-finance", f"{row['path']}/reverse", body, answer["version"])
        assert status == 200, answer
        for code, fen in row["draws"].items():
            self.lines[code].move(-fen)
        row |= {"state": "reversed", "version": answer["version"]}

    @rule(persons=st.integers(1, 5), fen=amounts)
    def batch(self, persons: int, fen: int) -> None:
        code = self.codes[1]
        body = {
            "task_id": str(self.world["roads:a1"]),
            "line_id": str(self.world[f"line:{code}"]),
            "account_id": str(self.world["account"]),
            "name": "补贴",
            "standard": "每人",
            "groups": [{"name": "低保户", "persons": persons, "fen": fen}],
            "posted_from": "2026-11-02",
            "posted_to": "2026-11-10",
        }
        made = self.people["a1-clerk"].post("/subsidy-batches", body, status=201)
        path = f"/subsidy-batches/{made['id']}"
        self.people["a1-clerk"].post(f"{path}/submit", version=1)
        self.people["a-finance"].post(f"{path}/approve", {}, version=2)
        status, answer = self.call("a-payer", f"{path}/pay", {"voucher": self.voucher(), "paid_on": TODAY}, 3)
        if fen > self.lines[code].cash:
            assert (status, answer["code"]) == (409, "overdraft")
            return
        assert status == 200, answer
        self.lines[code].move(fen)
        whole = {"persons": persons, "fen": fen}
        self.batches.append({"id": made["id"], "there": whole, "bounced": {"persons": 0, "fen": 0}})

    @precondition(lambda self: self.batches)
    @rule(data=st.data(), kind=st.sampled_from(sorted(SIGN)), persons=st.integers(1, 4), fen=st.integers(1, 400))
    def event(self, data: st.DataObject, kind: str, persons: int, fen: int) -> None:
        row = data.draw(st.sampled_from(self.batches), "batch")
        body = {"batch_id": row["id"], "kind": kind, "persons": persons, "fen": fen, "happened_on": TODAY,
                "voucher": self.voucher(), "reason": "户名不符"}  # fmt: skip
        status, answer = self.call("a-payer", "/subsidy-events", body)
        left = row["bounced"] if kind == "repay" else row["there"]
        line = self.lines[self.codes[1]]
        if persons > left["persons"] or fen > left["fen"]:
            assert (status, answer["code"]) == (409, "batch-balance")
            return
        if kind == "repay" and fen > line.cash:
            assert (status, answer["code"]) == (409, "overdraft")
            return
        assert status == 201, answer
        line.move(SIGN[kind] * fen, entry=kind == "repay", out=kind != "recover")
        for name, number in (("persons", persons), ("fen", fen)):
            row["there"][name] += SIGN[kind] * number
            if kind != "recover":
                row["bounced"][name] -= SIGN[kind] * number

    @invariant()
    def the_books_agree(self) -> None:
        found = payments.books(self.database)
        for code, line in self.lines.items():
            assert found[code] == (line.cash, line.paid, line.posted)
            assert line.cash >= 0


def test_any_order_of_moves_agrees_with_plain_numbers(people: Callers, world: World, app: FastAPI) -> None:
    payments.purse(people, world, app.state.database)
    Payments.people, Payments.world, Payments.database = people, world, app.state.database
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Payments,
        settings=settings(deadline=None, database=None, suppress_health_check=list(HealthCheck), **WALK),
    )
