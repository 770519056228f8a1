"""Copies are equal to their template and independent; the private server lives exactly as long as its run."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests import databases
from tests.databases import Databases, PostgresUnavailableError, plain_url
from tests.missing import missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]


@pytest.fixture
def made() -> Iterator[Databases]:
    with Databases() as all_of_them:
        yield all_of_them


def build_sqlite(url: str) -> None:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE county (name TEXT)")
        database.execute("INSERT INTO county VALUES ('乐清市')")
        database.commit()


def build_postgres(url: str) -> None:
    with psycopg.connect(plain_url(url)) as database:
        database.execute("CREATE TABLE county (name text)")
        database.execute("INSERT INTO county VALUES ('乐清市')")


def names_sqlite(url: str, *added: str) -> list[str]:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
        database.executemany("INSERT INTO county VALUES (?)", [(name,) for name in added])
        database.commit()
        return [name for (name,) in database.execute("SELECT name FROM county")]


def names_postgres(url: str, *added: str) -> list[str]:
    with psycopg.connect(plain_url(url)) as database:
        for name in added:
            database.execute("INSERT INTO county VALUES (%s)", [name])
        return [name for (name,) in database.execute("SELECT name FROM county")]


def check_copies(
    made: Databases, engine: databases.Engine, build: Callable[[str], None], names: Callable[..., list[str]]
) -> None:
    try:
        template = made.template(engine, "counties", build)
    except PostgresUnavailableError as reason:
        missing(str(reason))
    assert made.template(engine, "counties", lambda _: pytest.fail("built twice")) is template
    with template.copy() as first, template.copy() as second:
        assert first != second
        assert names(first, "苍南县") == ["乐清市", "苍南县"]
        assert names(second) == ["乐清市"]
    with template.copy() as third:
        assert names(third) == ["乐清市"]


def test_copies_of_sqlite_are_equal_and_independent(made: Databases) -> None:
    check_copies(made, "sqlite", build_sqlite, names_sqlite)


@pytest.mark.postgresql
def test_copies_of_postgres_are_equal_and_independent(made: Databases) -> None:
    check_copies(made, "postgresql", build_postgres, names_postgres)


def test_a_copy_of_sqlite_leaves_no_file(made: Databases) -> None:
    with made.template("sqlite", "counties", build_sqlite).copy() as url:
        file = Path(url.removeprefix("sqlite:///"))
        names_sqlite(url, "苍南县")
    assert [left.name for left in file.parent.iterdir()] == ["counties.sqlite"]


def test_a_sqlite_template_that_is_still_open_is_refused(made: Databases) -> None:
    held: list[sqlite3.Connection] = []

    def build(url: str) -> None:
        build_sqlite(url)
        reader = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        held.append(reader)
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM county").fetchall()
        names_sqlite(url, "苍南县")

    with pytest.raises(RuntimeError, match="still in use"):
        made.template("sqlite", "busy", build)
    held[0].close()


@pytest.mark.postgresql
def test_a_copy_of_postgres_is_dropped_with_connections_open(made: Databases) -> None:
    try:
        template = made.template("postgresql", "counties", build_postgres)
    except PostgresUnavailableError as reason:
        missing(str(reason))
    with template.copy() as url:
        left_open = psycopg.connect(plain_url(url))
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(plain_url(url))
    left_open.close()


USER = """
import sys, time
from tests.databases import postgres_server
print(postgres_server(), flush=True)
time.sleep(60)
"""


def run_user(run: str) -> tuple[subprocess.Popen[str], str]:
    surroundings = {**os.environ, "PYTEST_XDIST_TESTRUNUID": run, "PYTHONPATH": f"{ROOT}:{ROOT / 'backend'}"}
    surroundings.pop(databases.GIVEN, None)
    user = subprocess.Popen([sys.executable, "-c", USER], env=surroundings, stdout=subprocess.PIPE, text=True)
    assert user.stdout is not None
    url = user.stdout.readline().strip()
    if not url:
        user.wait()
        missing("The private PostgreSQL did not start.")
    return user, url


def alive(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.postgresql
def test_two_workers_share_one_server_and_nothing_is_left_after_both_were_killed() -> None:
    run = os.urandom(6).hex()
    first, url = run_user(run)
    second, same = run_user(run)
    assert same == url
    home = Path(f"/tmp/minsheng-{os.getuid()}-{run}")  # noqa: S108
    state = json.loads((home / "state.json").read_text())

    first.send_signal(signal.SIGKILL)
    first.wait()
    time.sleep(0.2)
    psycopg.connect(plain_url(url)).close()

    second.send_signal(signal.SIGKILL)
    second.wait()
    for user in (first, second):
        assert user.stdout is not None
        user.stdout.close()
    until = time.monotonic() + 20
    while time.monotonic() < until and (alive(state["server"]) or alive(state["keeper"])):
        time.sleep(0.05)
    left = [what for what in ("server", "keeper") if alive(state[what])]
    left += [str(path) for path in (home, Path(state["data"])) if path.exists()]
    assert left == []


def test_a_given_server_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    given = "postgresql+psycopg://somebody@db.example/postgres"
    monkeypatch.setenv(databases.GIVEN, given)
    assert databases.postgres_server() == given
