"""Many payments at once through two server processes: never more than a line holds, and what was acknowledged is there.

``make faults`` is the whole proof: 100 payments at once from each of 20 lines, on each database. The test run pays
fewer. The control serves a ledger without its guard, and must be caught.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import cycle
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from minsheng.disbursements.models import BankAccount, Disbursement, DisbursementLine, Payee
from minsheng.funds.models import FundLine
from minsheng.kernel import clock
from minsheng.kernel.access import Access
from minsheng.kernel.db import Database
from minsheng.kernel.door import open_session
from tests.bench.asking import once
from tests.conftest import SECRET_KEYS
from tests.factories import payments
from tests.factories import world as worlds

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path
    from uuid import UUID

    from tests.factories.world import World

WHOLE = "FAULTS" in os.environ
LINES = 20 if WHOLE else 1
AT_ONCE = 100 if WHOLE else 30
FEN = 7_77
ENOUGH_FOR = AT_ONCE * 6 // 10
"""So many of the payments a line has the money for, and a fen less than one more."""
SAME = 50 if WHOLE else 10
PATIENCE = 60.0


def fill(database: Database, world: World) -> dict[str, list[UUID]]:
    """Leave approved payments, by the code of their line; every fifth draws on the shared line too."""
    payments.employ(database, world, (("a-payer", "a", "payer"),))
    payments.open_line(database, world, "shared", 10**9)
    for number in range(LINES):
        payments.open_line(database, world, f"L{number:02d}", FEN * (ENOUGH_FOR + 1) - 1)
    made: dict[str, list[UUID]] = {}
    with open_session(database, Access.system("test world"), write=True) as session:
        town, county = world["a1"], world["a"]
        account = BankAccount(unit_id=county, name="专户", bank_name="农行", number_sealed="", number_tail="0001")
        payee = Payee(
            unit_id=county,
            name="公司",
            credit_code=payments.credit_code(1),
            bank_name="工行",
            number_sealed="",
            number_tail="0002",
        )
        session.add_all([account, payee])
        session.flush()
        whole = session.get_one(FundLine, world["line:shared"])
        for number in range(LINES):
            line = session.get_one(FundLine, world[f"line:L{number:02d}"])
            for turn in range(AT_ONCE):
                draws = [line, whole] if turn % 5 == 0 else [line]
                lies = {"unit_id": town, "keeper_id": county, "item_id": line.item_id}
                row = Disbursement(
                    **lies,
                    programme_id=line.programme_id,
                    task_id=world["roads:a1"],
                    account_id=account.id,
                    payee_id=payee.id,
                    stage="progress",
                    purpose="进度款",
                    amount_fen=FEN * len(draws),
                    approved_at=clock.now() - timedelta(days=2),
                    status="approved",
                )
                session.add(row)
                session.flush()
                session.add_all(
                    DisbursementLine(**lies, disbursement_id=row.id, line_id=each.id, fen=FEN) for each in draws
                )
                made.setdefault(line.code, []).append(row.id)
        session.commit()
    return made


@dataclass
class Payers:
    """Two processes that serve one database, and what they acknowledged."""

    url: str
    folder: Path
    nursery: subprocess.Popen[str]
    payments: dict[str, list[UUID]]
    ports: list[int] = field(default_factory=list)
    pids: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    today: date = field(default_factory=clock.today)

    def start(self, planted: str = "") -> None:
        """Serve twice and log the payer in."""
        settings = {"database_url": self.url, "secret_keys": SECRET_KEYS, "data_dir": str(self.folder)}
        made = self.nursery.stdin, self.nursery.stdout
        assert made[0] is not None
        assert made[1] is not None
        for _ in range(2):
            made[0].write(json.dumps({**settings, "planted": planted}) + "\n")
            made[0].flush()
            born = json.loads(made[1].readline())
            self.pids.append(born["pid"])
            self.ports.append(born["port"])
        headers = {"X-Minsheng-Client": "test", "Content-Type": "application/json"}
        body = json.dumps({"username": "a-payer", "password": worlds.PASSWORD})
        with closing(http.client.HTTPConnection("127.0.0.1", self.ports[0], timeout=PATIENCE)) as connection:
            connection.request("POST", "/api/v1/session", body=body, headers=headers)
            cookie = connection.getresponse().getheader("Set-Cookie")
        assert cookie is not None
        self.headers = {**headers, "Cookie": cookie.partition(";")[0], "If-Match": '"1"'}

    def stop(self) -> None:
        """End both."""
        for pid in self.pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def pay(self, port: int, payment: UUID, key: str, voucher: str) -> tuple[int, Any]:
        """Pay once; a busy server, or the same request still running, is asked again with the same key."""
        body = json.dumps({"voucher": voucher, "paid_on": self.today.isoformat()})
        headers = {**self.headers, "Idempotency-Key": key}
        until = time.monotonic() + PATIENCE
        while True:
            path = f"/api/v1/disbursements/{payment}/pay"
            status, text = once(port, "POST", path, body, headers)
            answer = json.loads(text)
            again = status == 503 or answer.get("code") == "still-running"
            if not again or time.monotonic() > until:
                return status, answer
            time.sleep(0.05)

    def attack(self) -> dict[str, list[tuple[int, Any]]]:
        """Pay everything of one line at once, line after line; return the answers by line."""
        found = {}
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for code, payments in self.payments.items():
                asked = [
                    pool.submit(self.pay, port, payment, f"key-{payment}", f"付-{payment.hex}")
                    for port, payment in zip(cycle(self.ports), payments, strict=False)
                ]
                found[code] = [each.result() for each in asked]
        return found

    def count(self, question: str) -> int:
        """Ask the database for one number."""
        engine = sa.create_engine(self.url)
        with engine.connect() as connection:
            number = int(connection.execute(sa.text(question)).scalar_one() or 0)
        engine.dispose()
        return number

    def books(self) -> dict[str, tuple[int, int, int]]:
        """Return what is left of each line, what its totals say was paid, and the sum of its ledger."""
        database = Database(self.url)
        found = payments.books(database)
        database.dispose()
        return found


@pytest.fixture
def payers(url: str, world: World, tmp_path: Path, nursery: subprocess.Popen[str]) -> Iterator[Payers]:
    """Return two servers-to-be over a world full of approved payments; the clock runs, as it does in them."""
    clock.fix(None)
    database = Database(url)
    payments = fill(database, world)
    database.dispose()
    found = Payers(url, tmp_path, nursery, payments)
    yield found
    found.stop()


def test_paying_at_once_never_takes_more_than_there_is(payers: Payers, capsys: pytest.CaptureFixture[str]) -> None:
    payers.start()
    began = time.monotonic()
    answers = payers.attack()
    seconds = time.monotonic() - began
    acknowledged = {code: [body for status, body in found if status == 200] for code, found in answers.items()}
    refused = {(status, body["code"]) for found in answers.values() for status, body in found if status != 200}
    books = payers.books()
    shared = FEN * sum(len(body["lines"]) == 2 for found in acknowledged.values() for body in found)
    with capsys.disabled():
        number = sum(map(len, acknowledged.values()))
        print(f"\n{LINES} x {AT_ONCE} payments at once in {seconds:.1f} s: {number} acknowledged, the rest overdrafts")
    for code, found in acknowledged.items():
        assert len(found) == ENOUGH_FOR, code
        assert books[code] == (FEN - 1, FEN * ENOUGH_FOR, FEN * ENOUGH_FOR), code
    assert books["shared"] == (10**9 - shared, shared, shared)
    assert refused == {(409, "overdraft")}
    assert payers.count("SELECT count(*) FROM disbursement WHERE status = 'paid'") == ENOUGH_FOR * LINES
    assert payers.count("SELECT count(*) FROM payment_voucher") == ENOUGH_FOR * LINES
    assert payers.count("SELECT sum(fen) FROM ledger_posting") == 0


def test_one_key_many_times_at_once_is_one_posting(payers: Payers) -> None:
    payers.start()
    payment = payers.payments["L00"][0]
    with ThreadPoolExecutor(SAME) as pool:
        asked = [
            pool.submit(payers.pay, port, payment, "the-same-key", "付-1")
            for port, _ in zip(cycle(payers.ports), range(SAME), strict=False)
        ]
        answers = [each.result() for each in asked]
    assert {status for status, _ in answers} == {200}
    assert all(body == answers[0][1] for _, body in answers)
    assert payers.count("SELECT count(*) FROM ledger_entry WHERE kind = 'disbursement'") == 2
    status, body = payers.pay(payers.ports[1], payment, "the-same-key", "付-2")
    assert (status, body["code"]) == (422, "idempotency-key-reused")


def test_a_ledger_without_its_guard_is_caught(payers: Payers) -> None:
    if payers.url.startswith("postgresql"):
        engine = sa.create_engine(payers.url)
        with engine.begin() as connection:
            names = sa.inspect(connection).get_check_constraints("fund_balance")
            for each in names:
                connection.execute(sa.text(f'ALTER TABLE fund_balance DROP CONSTRAINT "{each["name"]}"'))
        engine.dispose()
    payers.start("no guard")
    payers.payments = {"L00": payers.payments["L00"]}
    answers = payers.attack()["L00"]
    assert sum(status == 200 for status, _ in answers) > ENOUGH_FOR
    assert payers.books()["L00"][0] < 0
