"""The change feed: a gap-free order that a late commit cannot slip behind, and nobody else's changes in it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from minsheng.kernel import journal
from minsheng.kernel.access import Access
from minsheng.kernel.db import Database
from minsheng.kernel.door import open_session
from minsheng.kernel.journal import JournalOrder
from minsheng.org.models import Unit
from minsheng.reports.models import Report

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Engine

    from tests.conftest import Caller, Callers
    from tests.factories.world import World


def _read(caller: Caller, limit: int, **params: Any) -> list[dict[str, Any]]:
    """Page through the whole feed."""
    found: list[dict[str, Any]] = []
    cursor = {}
    while True:
        page = caller.get("/changes", limit=limit, **cursor, **params)
        found += page["items"]
        cursor = {"cursor": page["next"]}
        if not page["more"]:
            return found


def _sequence(engine: Engine) -> None:
    with engine.connect().execution_options(minsheng_write=True) as connection, connection.begin():
        journal.sequence(connection)


def _numbers(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return [row.seq for row in connection.execute(select(JournalOrder.seq).order_by(JournalOrder.seq))]  # type: ignore[call-overload,arg-type]


def test_order_has_no_gap_and_pages_of_any_size_agree(people: Callers, world: World, url: str) -> None:
    people["a1-clerk"].patch(f"/reports/{world['november:roads:a1']}", {"note": "第一次"}, version=1)
    whole = _read(people["office"], 1000)
    assert whole[-1]["changes"]["note"] == [None, "第一次"]
    assert [each["seq"] for each in whole] == sorted({each["seq"] for each in whole})
    for size in (7, 100):
        assert _read(people["office"], size) == whole
    database = Database(url)
    numbers = _numbers(database.engine)
    database.dispose()
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_cursor_is_good_for_ever_and_reads_on(people: Callers, world: World) -> None:
    office = people["office"]
    end = office.get("/changes", limit=1000)
    while end["more"]:
        end = office.get("/changes", limit=1000, cursor=end["next"])
    assert office.get("/changes", limit=1000, cursor=end["next"])["items"] == []
    people["a1-clerk"].patch(f"/reports/{world['november:roads:a1']}", {"note": "后来"}, version=1)
    following = office.get("/changes", limit=1000, cursor=end["next"])["items"]
    assert [(each["entity"], each["action"]) for each in following] == [("report", "change")]


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_a_late_commit_is_not_skipped(people: Callers, world: World, url: str) -> None:
    """The entry that was written first is committed last: it comes later in the order, and no reader misses it."""
    database = Database(url)
    office = people["office"]
    _read(office, 1000)

    def note(session: Any, report: UUID, text: str) -> None:
        row = session.get_one(Report, report)
        row.note = text
        session.add(row)
        session.flush()

    early = open_session(database, Access.system("test"), write=True)
    late = open_session(database, Access.system("test"), write=True)
    note(early, world["november:roads:a1"], "先写后交")
    note(late, world["november:roads:a2"], "后写先交")
    late.commit()
    first = _read(office, 1000, types="report")
    assert first[-1]["changes"]["note"] == [None, "后写先交"]
    page = office.get("/changes", limit=1000, types="report")
    while page["more"]:
        page = office.get("/changes", limit=1000, types="report", cursor=page["next"])
    early.commit()
    following = office.get("/changes", limit=1000, types="report", cursor=page["next"])["items"]
    assert [each["changes"]["note"][1] for each in following] == ["先写后交"]
    assert following[0]["seq"] == first[-1]["seq"] + 1
    early.close()
    late.close()
    database.dispose()


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_four_writers_and_a_reader(people: Callers, world: World, url: str) -> None:
    """Every change is read exactly once and in order while others write."""
    database = Database(url, pool_size=6)
    office = people["office"]
    start = office.get("/changes", limit=1000)
    while start["more"]:
        start = office.get("/changes", limit=1000, cursor=start["next"])
    rounds, writers = 25, 4
    done = threading.Event()

    def write(number: int) -> None:
        for turn in range(rounds):
            with open_session(database, Access.system("test"), write=True) as session:
                unit = Unit(parent_id=world["a"], name=f"{number}-{turn}", kind="village", tier="village", sort=turn)
                session.add(unit)
                session.flush()
                if turn % 5 == 4:
                    session.rollback()
                else:
                    session.commit()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    seen: list[dict[str, Any]] = []
    cursor = start["next"]
    while True:
        finished = not any(thread.is_alive() for thread in threads)
        page = office.get("/changes", limit=13, cursor=cursor)
        seen += page["items"]
        cursor = page["next"]
        if finished and not page["items"]:
            break
    done.set()
    names = [each["changes"]["name"][1] for each in seen]
    expected = {f"{number}-{turn}" for number in range(writers) for turn in range(rounds) if turn % 5 != 4}
    assert len(names) == len(expected)
    assert set(names) == expected
    assert [each["seq"] for each in seen] == sorted(each["seq"] for each in seen)
    numbers = _numbers(database.engine)
    assert numbers == list(range(1, len(numbers) + 1))
    database.dispose()


def test_a_draft_is_its_givers_until_it_is_issued(people: Callers, world: World) -> None:
    """The county does not hear of the city's draft; it hears of the issue."""
    task = str(world["parks:a"])
    tasks_of = lambda user: [  # noqa: E731
        each for each in _read(people[user], 1000, types="task") if each["entity_id"] == task
    ]
    assert tasks_of("a-office") == []
    assert [each["action"] for each in tasks_of("office")] == ["create"]
    people["office"].post(f"/programmes/{world['draft_list']}/issue", {}, version=1)
    assert [each["action"] for each in tasks_of("a-office")] == ["issue"]
    assert [each["action"] for each in tasks_of("office")] == ["create", "issue"]


def test_only_ones_own(people: Callers, world: World) -> None:
    """A county reads its area and the headers above it, an outsider nothing of either."""
    beneath = {str(world[name]) for name in ("a", "a_dept", "a1", "a2")}
    above = {str(world["city"])}
    county = _read(people["a-office"], 1000)
    assert {each["unit_id"] for each in county} == beneath | above | {None}
    from_above = {each["entity"] for each in county if each["unit_id"] in above}
    assert from_above == {"unit", "programme", "cadence", "item", "item_lead", "indicator", "report_round"}
    other = {str(world[name]) for name in ("other", "other_county", "other_town")}
    assert {each["unit_id"] for each in _read(people["outsider"], 1000)} == other | {None}
    assert people["a1-clerk"].call("GET", "/changes").status_code == 403


def test_types_are_known(people: Callers) -> None:
    only = _read(people["office"], 1000, types="unit,measure")
    assert {each["entity"] for each in only} == {"unit", "measure"}
    refused = people["office"].call("GET", "/changes", params={"types": "unit,secret"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "types")


def test_nothing_secret_travels(people: Callers) -> None:
    unit = people["admin"].me["user"]["unit_id"]
    body = {"username": "new-clerk", "name": "新人", "unit_id": unit, "password": "never-in-the-feed"}
    people["admin"].post("/users", body, status=201)
    entry = _read(people["auditor"], 1000, types="user_account")[-1]
    assert entry["changes"]["username"] == [None, "new-clerk"]
    assert entry["changes"]["password_hash"] == [None, "***"]
