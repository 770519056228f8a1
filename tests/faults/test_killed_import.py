"""A server is killed again and again while it imports: never a part of the rows, never one lost that was confirmed.

``make faults`` is the whole proof: 50 kills on each database, 3,000 rows an import. The test run kills fewer times and
imports less. The control kills a server that commits piece by piece, and must be caught.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from minsheng.kernel import clock, migrations
from minsheng.sample import load
from tests.bench.asking import log_in, once
from tests.conftest import SECRET_KEYS
from tests.databases import PostgresUnavailableError
from tests.factories.workbooks import saved, tables_of
from tests.missing import missing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.databases import Databases, Template

TIMES = int(os.environ.get("FAULTS", "1"))
TOWNSHIPS = 30 if "FAULTS" in os.environ else 6
SIZES = {"counties": 1, "townships": TOWNSHIPS, "targets": 100, "rounds": 1}
ROWS = TOWNSHIPS * 100
PERIOD = "2020-01"
PATIENCE = 120.0
KILLS_AN_IMPORT = 2
"""A job that was interrupted more often than the product allows is given up by it."""


def build(url: str) -> None:
    """Fill a county of townships whose hundred reports each wait for one clerk."""
    migrations.upgrade(url)
    load.synthetic(url, SIZES)
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM report_value"))
        connection.execute(sa.text("UPDATE report SET status = 'draft'"))
        role = "(SELECT id FROM role WHERE code = 'clerk')"
        user = "(SELECT id FROM user_account WHERE username = 'bench-county')"
        connection.execute(sa.text(f"UPDATE role_grant SET role_id = {role} WHERE user_id = {user}"))
    engine.dispose()


@dataclass
class Victim:
    """A served copy of the county, and what was seen of it."""

    url: str
    folder: Path
    nursery: subprocess.Popen[str]
    planted: str = ""
    port: int = 0
    pid: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    partial: int = 0
    lost: int = 0
    kills: int = 0

    def start(self) -> None:
        """Serve, and wait until it answers."""
        settings = {"database_url": self.url, "secret_keys": SECRET_KEYS, "data_dir": str(self.folder)}
        made = self.nursery.stdin, self.nursery.stdout
        assert made[0] is not None
        assert made[1] is not None
        made[0].write(json.dumps({**settings, "planted": self.planted}) + "\n")
        made[0].flush()
        born = json.loads(made[1].readline())
        self.pid, self.port = born["pid"], born["port"]
        # It listens before it is born: the first question waits until there is somebody to answer.
        assert once(self.port, "GET", "/livez", None, {})[0] == 200
        if not self.headers:
            self.headers = log_in(self.port, "bench-county")

    def kill(self) -> None:
        """End it as a power cut would."""
        os.kill(self.pid, signal.SIGKILL)
        until = time.monotonic() + PATIENCE
        with suppress(ProcessLookupError):
            while time.monotonic() < until:
                os.kill(self.pid, 0)
                time.sleep(0.005)
        self.pid = 0
        self.kills += 1

    def ask(self, method: str, path: str, body: bytes | str | None = None, **headers: str) -> Any:
        """Send one request; return the body of its answer."""
        status, text = once(self.port, method, f"/api/v1{path}", body, {**self.headers, **headers})  # type: ignore[arg-type]
        assert status < 300, text[:500]
        return json.loads(text) if text[:1] == b"{" else text

    def state(self, job: str) -> str:
        """Return how a job stands."""
        found: str = self.ask("GET", f"/jobs/{job}")["state"]
        return found

    def wait(self, job: str) -> float:
        """Wait until a job is done; return how long that took."""
        began = time.monotonic()
        while (state := self.state(job)) != "done":
            assert state in {"queued", "running"}, self.ask("GET", f"/jobs/{job}")
            assert time.monotonic() - began < PATIENCE, f"the job is still {state}"
            time.sleep(0.02)
        return time.monotonic() - began

    def count(self, figure: int) -> int:
        """Return how many of the rows say what an import brought, as the database tells it."""
        engine = sa.create_engine(self.url)
        with engine.connect() as connection:
            found: int = connection.execute(
                sa.text("SELECT count(*) FROM report_value WHERE current = :n"), {"n": figure * 1_000_000}
            ).scalar_one()
        engine.dispose()
        return found

    def look(self, figure: int, *, told: bool) -> None:
        """Judge what a kill left behind."""
        found = self.count(figure)
        self.partial += found not in {0, ROWS}
        self.lost += told and found != ROWS


class Import:
    """The county's workbook, filled in anew for every import."""

    def __init__(self, victim: Victim) -> None:
        self.victim = victim
        county = str(load.key(load.UNIT, 3))
        self.query = f"period={PERIOD}&unit_id={county}"
        self.tables = tables_of(victim.ask("GET", f"/entry-sheet.xlsx?{self.query}&below=true"))
        self.figure = 0

    def begin(self) -> str:
        """Upload the next figures, see them tried, ask for them to be written; return the job."""
        for row in self.tables["填报"][3:]:
            keys = row[0].split("|")
            # What the last import brought is what this one was made on.
            keys[3] = keys[4] = str(self.figure) if self.figure else ""
            row[0], row[10], row[11] = "|".join(keys), self.figure + 1, ""
        self.figure += 1
        content = saved(self.tables)
        kind = {"Content-Type": "application/octet-stream"}
        tried = self.victim.ask("POST", f"/report-uploads?{self.query}", content, **kind)["id"]
        self.victim.wait(tried)
        found: str = self.victim.ask("POST", "/report-uploads:commit", json.dumps({"id": tried}))["id"]
        return found


def attack(victim: Victim, times: int) -> None:
    """Kill the server so many times in the middle of imports, each at another instant."""
    chance = random.Random(11)
    victim.start()
    work = Import(victim)
    duration = victim.wait(work.begin())
    assert victim.count(work.figure) == ROWS
    while victim.kills < times:
        job = work.begin()
        for _ in range(min(KILLS_AN_IMPORT, times - victim.kills)):
            until = time.monotonic() + chance.uniform(0, duration)
            told = False
            while not told and time.monotonic() < until:
                told = victim.state(job) == "done"
            victim.kill()
            victim.look(work.figure, told=told)
            victim.start()
        victim.wait(job)
        victim.look(work.figure, told=True)


@pytest.fixture
def county(
    engine_name: str,
    databases: Databases,
    _templates: dict[str, tuple[Template, bytes]],
    tmp_path: Path,
    nursery: subprocess.Popen[str],
) -> Iterator[Victim]:
    """Return a county to attack; the clock runs, as it does in the server."""
    key = f"county:{engine_name}"
    clock.fix(None)
    if key not in _templates:
        try:
            _templates[key] = (databases.template(engine_name, "county", build), b"")  # type: ignore[arg-type]
        except PostgresUnavailableError as error:
            missing(str(error))
    with _templates[key][0].copy() as url:
        victim = Victim(url, tmp_path, nursery)
        yield victim
        if victim.pid:
            victim.kill()


def test_a_killed_import_is_whole_or_nothing(county: Victim, capsys: pytest.CaptureFixture[str]) -> None:
    attack(county, TIMES)
    with capsys.disabled():
        print(f"\n{county.kills} kills during imports of {ROWS} rows: {county.partial} partial, {county.lost} lost")
    assert (county.kills, county.partial, county.lost) == (TIMES, 0, 0)
    # Once each: the figures of all imports and nothing more are in the record.
    engine = sa.create_engine(county.url)
    with engine.connect() as connection:
        versions = connection.execute(sa.text("SELECT min(version), max(version), count(*) FROM report_value")).one()
        entries = connection.execute(
            sa.text("SELECT count(*) FROM journal_entry WHERE entity = 'report_value'")
        ).scalar_one()
    engine.dispose()
    imports = 1 + -(-TIMES // KILLS_AN_IMPORT)
    assert (tuple(versions), entries) == ((imports, imports, ROWS), imports * ROWS)


def test_an_import_that_commits_piece_by_piece_is_caught(county: Victim) -> None:
    county.planted = "pieces"
    county.start()
    work = Import(county)
    job = work.begin()
    # As soon as the first piece is there, and long before the last.
    until = time.monotonic() + PATIENCE
    while not (found := county.count(work.figure)):
        assert time.monotonic() < until
    county.kill()
    county.look(work.figure, told=False)
    assert 0 < found < ROWS
    assert (county.partial, bool(job)) == (1, True)
