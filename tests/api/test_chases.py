"""Silence and chases: who is listed, who may chase whom, cool-down, rules, delivery through every channel, rates."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any
from uuid import UUID

from minsheng.chases import sending
from minsheng.chases.timing import WAITS
from minsheng.kernel import clock
from tests.conftest import at
from tests.factories.problems import places, problem
from tests.factories.world import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

    from tests.conftest import Callers
    from tests.factories.world import World

LATE = datetime(2026, 12, 7, 2, tzinfo=UTC)
"""Two days after the cut-off of November, three before it closes."""
SHUT = datetime(2026, 12, 12, 2, tzinfo=UTC)


def standing(people: Callers, who: str, **query: Any) -> dict[tuple[str, str], tuple[str, int, int]]:
    """Return state, owed and returned by list and unit, as somebody sees them."""
    found = people[who].get("/silence", **query)["items"]
    return {
        (row["programme_name"][:3], row["unit_name"]): (row["state"], row["owed"], row["returned"]) for row in found
    }


def test_silence_is_listed_by_unit_round_and_tier(people: Callers, world: World) -> None:
    everything = people["office"].get("/silence", period="2026-11")
    assert standing(people, "office", period="2026-11") == {
        ("温州市", "柳市镇"): ("due", 2, 0),
        ("温州市", "虹桥镇"): ("due", 1, 0),
        ("温州市", "灵溪镇"): ("due", 2, 0),
        ("乐清市", "柳市镇"): ("due", 1, 0),
        ("乐清市", "虹桥镇"): ("due", 1, 0),
    }
    assert everything["counts"] == {"township": {"due": 5}}
    assert {row["days_over"] for row in everything["items"]} == {-13}
    # Every tier sees its own, a unit sees itself, strangers see nothing.
    assert set(standing(people, "b-office", period="2026-11")) == {("温州市", "灵溪镇")}
    assert {unit for _, unit in standing(people, "a1-clerk")} == {"柳市镇"}
    assert standing(people, "outsider") == {}
    assert people["office"].get("/silence", tier="county")["items"] == []
    report = f"/reports/{world['november:schools:a1']}"
    clerk = people["a1-clerk"]
    clerk.patch(report, {"values": [{"target_id": str(world["schools:a1:target"]), "value": "4"}]}, version=1)
    clerk.post(f"{report}/submit", version=2)
    assert ("乐清市", "柳市镇") not in standing(people, "a1-clerk", period="2026-11")
    people["a-reviewer"].post(f"{report}/return", {"reason": "数字不符"}, version=3)
    assert standing(people, "a1-clerk", period="2026-11")[("乐清市", "柳市镇")] == ("returned", 1, 1)
    with at(LATE):
        people.log_in_anew()
        assert {row[0] for row in standing(people, "office", period="2026-11").values()} == {"late", "returned"}
        assert set(standing(people, "office", state="late", period="2026-11")) == {
            ("温州市", "柳市镇"),
            ("温州市", "虹桥镇"),
            ("温州市", "灵溪镇"),
            ("乐清市", "虹桥镇"),
        }
    with at(SHUT):
        people.log_in_anew()
        assert {row[0] for row in standing(people, "office", period="2026-11").values()} == {"missing"}


def test_a_chase_is_sent_read_and_answered_and_not_repeated_within_the_cool_down(people: Callers, world: World) -> None:
    round_id = str(world["list"]) and people["office"].get("/rounds", programme_id=str(world["list"]), period="2026-11")
    november = round_id["items"][0]["id"]
    body = {"round_id": november, "unit_id": str(world["a1"])}
    made = people["a-office"].post("/chases", {**body, "text": "{单位}欠{未交}份，{逾期}"}, status=201)
    assert (made["text"], made["nth"], made["owed"], made["status"]) == ("柳市镇欠2份，还剩 13 天", 1, 2, "delivered")
    # Again, at once: refused with the instant from which on it may be.
    for who in ("a-office", "a-reviewer", "office"):
        refused = people[who].call("POST", "/chases", json=body)
        found = problem(refused, 409, "chase-too-soon")
        assert found["earliest"] == (NOW + timedelta(hours=24)).isoformat().replace("+00:00", "Z")
    for who, status in (("b-office", 404), ("a1-clerk", 403), ("outsider", 404), ("leader", 403)):
        assert people[who].call("POST", "/chases", json=body).status_code == status, who
    own = people["a-office"].call("POST", "/chases", json={**body, "unit_id": str(world["a"])})
    assert problem(own, 409, "nothing-owed")
    wrong = people["a-office"].call("POST", "/chases", json={**body, "text": "{phone}"})
    assert places(wrong) == [("/text", "placeholder")]
    off = people["a-office"].call("POST", "/chases", json={**body, "unit_id": str(world["a2"]), "channel": "http"})
    assert places(off) == [("/channel", "not-configured")]
    # The unit sees it on its start page, and says that it has read it; its neighbour does not see it.
    message = people["a1-clerk"].get("/chases", unit_id=str(world["a1"]), unread=True)["items"]
    assert [(row["id"], [each["verb"] for each in row["actions"]]) for row in message] == [(made["id"], ["read"])]
    assert people["a2-clerk"].get("/chases")["items"] == []
    read = people["a1-clerk"].post(f"/chases/{made['id']}/read", version=message[0]["version"])
    assert (read["status"], read["read_at"] is not None, read["actions"]) == ("read", True, [])
    listed = people["office"].get("/silence", unit_id=str(world["a1"]), period="2026-11")["items"]
    assert [(row["chases"], row["read"], row["answered"]) for row in listed if row["round_id"] == november] == [
        (1, True, False)
    ]
    # Many at once: each is judged alone.
    targets = [{"round_id": november, "unit_id": str(world[unit])} for unit in ("a1", "a2", "b1", "other_town")]
    looked = people["office"].post("/chases:batch", {"targets": targets, "dry_run": True})["results"]
    sent = people["office"].post("/chases:batch", {"targets": targets})["results"]
    for results, done in ((looked, "ready"), (sent, "sent")):
        assert [(row["outcome"], row["code"]) for row in results] == [
            ("refused", "chase-too-soon"),
            (done, None),
            (done, None),
            ("refused", "not-found"),
        ]
    twice = people["office"].call("POST", "/chases:batch", json={"targets": [targets[0], targets[0]]})
    assert places(twice) == [("/targets/1", "duplicate")]
    # A call is made by a person, who notes how it went.
    with at(NOW + timedelta(hours=24)):
        people.log_in_anew()
        called = people["a-office"].post("/chases", {**body, "channel": "phone"}, status=201)
        assert (called["nth"], called["status"]) == (2, "queued")
        path = f"/chases/{called['id']}"
        missed = people["a-office"].post(f"{path}/fail", {"reason": "无人接听"}, version=1)
        assert (missed["status"], missed["failure"]) == ("failed", "无人接听")
        people["a-office"].post(f"{path}/retry", version=2)
        assert people["a-office"].post(f"{path}/deliver", version=3)["status"] == "delivered"


@contextmanager
def receiver(answers: list[int]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Serve an address that answers posts with the given codes, one after the other; 0 hangs up without a word."""
    seen: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            seen.append({**body, "key": self.headers["Idempotency-Key"], "token": self.headers["Authorization"]})
            code = answers.pop(0)
            if not code:
                self.close_connection = True
                return
            self.send_response(code)
            if code == 302:
                self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/send", seen
    finally:
        server.shutdown()
        server.server_close()


def test_the_outbox_tries_again_by_itself_gives_up_and_never_sends_twice(  # noqa: PLR0915 - one story
    people: Callers, world: World, app: FastAPI
) -> None:
    settings, database = app.state.settings, app.state.database
    office = people["office"]
    november = office.get("/rounds", programme_id=str(world["list"]), period="2026-11")["items"][0]["id"]

    def chase(unit: str, channel: str = "http", who: str = "office", round_id: str = november) -> str:
        body = {"round_id": round_id, "unit_id": str(world[unit]), "channel": channel, "text": "请报{填报期}"}
        made = people[who].post("/chases", body, status=201)
        assert (made["status"], made["attempts"], made["again_at"]) == ("queued", 0, None)
        # What has not been tried yet goes by itself.
        assert "retry" not in {each["verb"] for each in made["actions"]}
        return str(made["id"])

    def stands(key: str, who: str = "office") -> tuple[str, int, datetime | None]:
        row = people[who].get(f"/chases/{key}")
        return row["status"], row["attempts"], row["again_at"] and datetime.fromisoformat(row["again_at"])

    with receiver([302, 500, 204]) as (url, seen):
        settings.chase_http_url, settings.chase_http_token = url, "secret"
        logged, posted = chase("a1", "log"), chase("b1")
        # An address inside is refused as long as the settings do not name it; it is tried again in a minute.
        assert sending.deliver(database, settings) == 1
        line = json.loads((settings.data_dir / "chases.log").read_text(encoding="utf-8"))
        assert (line["id"], line["unit_name"], line["text"]) == (logged, "柳市镇", "请报2026年11月")
        assert (stands(posted), seen) == (("queued", 1, NOW + timedelta(minutes=1)), [])
        row = office.get(f"/chases/{posted}")
        assert "内网" in row["failure"]
        # By hand nobody says that it arrived.
        problem(office.call("POST", f"/chases/{posted}/deliver", version=row["version"]), 409, "conflict")
        settings.chase_http_private_hosts = "127.0.0.1"
        assert sending.deliver(database, settings) == 0
        assert seen == []
        with at(NOW + timedelta(minutes=1)):
            assert sending.deliver(database, settings) == 0
            assert stands(posted) == ("queued", 2, NOW + timedelta(minutes=6))
            # One click sends at once.
            office.post(f"/chases/{posted}/retry", version=office.get(f"/chases/{posted}")["version"])
            assert sending.deliver(database, settings) == 0
            assert stands(posted) == ("queued", 3, NOW + timedelta(minutes=16))
            assert "500" in office.get(f"/chases/{posted}")["failure"]
        with at(NOW + timedelta(minutes=16)):
            with ThreadPoolExecutor(3) as pool:
                assert sum(pool.map(lambda _: sending.deliver(database, settings), range(3))) == 1
            assert sending.deliver(database, settings) == 0
        row = office.get(f"/chases/{posted}")
        assert (row["status"], row["attempts"], row["failure"], row["again_at"]) == ("delivered", 4, None, None)
        assert [(each["key"], each["token"], each["text"]) for each in seen] == [
            (posted, "Bearer secret", "请报2026年11月")
        ] * 3
    # Refused again and again it is given up; one click still sends it.
    with receiver([503] * 6 + [204]) as (url, seen):
        settings.chase_http_url = url
        refused, now = chase("a2"), NOW
        for number, wait in enumerate((*WAITS, None), start=1):
            with at(now):
                sending.deliver(database, settings)
            assert stands(refused)[:2] == ("queued" if wait else "failed", number)
            now += wait or timedelta()
        assert stands(refused) == ("failed", 6, None)
        office.post(f"/chases/{refused}/retry", version=office.get(f"/chases/{refused}")["version"])
        assert sending.deliver(database, settings) == 1
        assert len(seen) == 7
    # No answer, or a process that died while it sent: it may have arrived, so only a person sends it again.
    own = people["a-office"].get("/rounds", programme_id=str(world["county_list"]), period="2026-11")["items"][0]["id"]
    with receiver([0, 500]) as (url, seen):
        settings.chase_http_url = url
        silent = chase("a1", who="a-office", round_id=own)
        assert (sending.deliver(database, settings), stands(silent, "a-office")) == (0, ("failed", 1, None))
        assert "可能已经送达" in people["a-office"].get(f"/chases/{silent}")["failure"]
        version = people["a-office"].get(f"/chases/{silent}")["version"]
        again = people["a-office"].post(f"/chases/{silent}/retry", version=version)
        assert sending._claim(database, UUID(silent)) is not None
        busy = people["a-office"].call("POST", f"/chases/{silent}/retry", version=again["version"] + 1)
        problem(busy, 409, "conflict")
        with at(NOW + timedelta(minutes=3)):
            assert sending.deliver(database, settings) == 0
        assert (stands(silent, "a-office"), len(seen)) == (("failed", 2, None), 1)
        # Who has reported meanwhile is left in peace.
        late = chase("a2", who="a-office", round_id=own)
        assert sending.deliver(database, settings) == 0
        report, clerk = f"/reports/{world['november:schools:a2']}", people["a2-clerk"]
        clerk.patch(report, {"values": [{"target_id": str(world["schools:a2:target"]), "value": "6"}]}, version=1)
        clerk.post(f"{report}/submit", version=2)
        with at(NOW + timedelta(minutes=1)):
            assert sending.deliver(database, settings) == 0
        assert (stands(late, "a-office"), len(seen)) == (("failed", 1, None), 2)
        assert people["a-office"].get(f"/chases/{late}")["failure"] == "单位已经报齐，不再发。"
    # The thread does the same and ends when told to.
    stop = threading.Event()
    thread = threading.Thread(target=sending.keep_sending, args=(database, settings, stop))
    thread.start()
    stop.set()
    thread.join(5)
    assert not thread.is_alive()


def test_rules_chase_by_themselves_and_repeated_silence_reaches_the_leader(
    people: Callers, world: World, app: FastAPI
) -> None:
    settings, database = app.state.settings, app.state.database
    rule = {"unit_id": str(world["a"]), "programme_id": str(world["list"]), "kind": "after", "number": 2}
    made = people["a-office"].post("/chase-rules", rule, status=201)
    for who, unit, status in (("a-office", "city", 403), ("a-reviewer", "a", 403), ("b-office", "a", 404)):
        body = {**rule, "unit_id": str(world[unit])}
        assert people[who].call("POST", "/chase-rules", json=body).status_code == status, who
    by_hand = people["a-office"].call("POST", "/chase-rules", json={**rule, "channel": "phone"})
    assert places(by_hand) == [("/channel", "by-hand")]
    people["a-office"].patch(f"/chase-rules/{made['id']}", {"hour": 11}, version=1)
    assert sending.chase_by_rules(database, settings) == 0
    with at(LATE):
        # Ten o'clock in Beijing: not yet.
        assert sending.chase_by_rules(database, settings) == 0
    with at(LATE + timedelta(hours=1)):
        assert sending.chase_by_rules(database, settings) == 2
        assert sending.chase_by_rules(database, settings) == 0
        people.log_in_anew()
        log = people["a-office"].get("/chases")["items"]
        assert sorted((row["unit_name"], row["scheduled"], row["status"], row["by_unit_name"]) for row in log) == [
            ("柳市镇", True, "delivered", "乐清市"),
            ("虹桥镇", True, "delivered", "乐清市"),
        ]
        version = people["a-office"].get(f"/chase-rules/{made['id']}")["version"]
        stopped = people["a-office"].post(f"/chase-rules/{made['id']}/stop", version=version)
        assert (stopped["status"], [each["verb"] for each in stopped["actions"]]) == ("retired", ["restore"])
        # November is the only silent month since October was accepted; before that nobody reported.
        body = {"unit_id": str(world["city"]), "kind": "repeated", "number": 1}
        people["office"].post("/chase-rules", body, status=201)
        found = people["leader"].get("/silence/repeated", programme_id=str(world["list"]))
        assert (found["rounds"], {(row["unit_name"], row["rounds"], row["chases"]) for row in found["items"]}) == (
            1,
            {("柳市镇", 1, 1), ("虹桥镇", 1, 1), ("灵溪镇", 1, 0)},
        )
        assert people["a1-clerk"].get("/silence/repeated")["items"] == []
        span = {"starts_on": "2026-10-01", "ends_on": "2026-11-30", "programme_id": str(world["list"])}
        rates = people["office"].get("/silence/rates", **span)
        assert "基数" in rates["base"]
        assert {
            row["unit_name"]: (row["expected"], row["on_time"], row["complete"], row["complete_pct"])
            for row in rates["items"]
        } == {
            "柳市镇": (4, 2, 2, "50.0"),
            "虹桥镇": (2, 1, 1, "50.0"),
            "灵溪镇": (4, 2, 2, "50.0"),
        }
        backwards = people["office"].call(
            "GET", "/silence/rates", params={"starts_on": "2026-11-01", "ends_on": "2026-10-01"}
        )
        assert places(backwards) == [("ends_on", "before-start")]
    assert clock.now() == NOW
