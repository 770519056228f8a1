"""Every life cycle is sound, and a closed round refuses whatever would write into it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from minsheng.kernel import clock
from minsheng.kernel.ids import new_id
from minsheng.kernel.lifecycle import STATE_NAMES, Lifecycle
from minsheng.permissions import ROLES, Axis, P
from tests.conftest import at
from tests.factories import requests
from tests.factories.probe import Probe
from tests.factories.world import NOW

if TYPE_CHECKING:
    from tests.contract.conftest import Prepared

NOUNS = {"user_account": "User", "role_grant": "Grant"}
HELD = {
    permission for _, axes in ROLES.values() for axis in (Axis.AREA, Axis.LINE) for permission in axes.get(axis, ())
}
FIRST = {
    "user_account": "active",
    "role_grant": "active",
    "programme": "draft",
    "item": "draft",
    "task": "draft",
    "report": "draft",
    "report_comment": "open",
    "milestone": "draft",
    "milestone_move": "asked",
    "milestone_template": "active",
    "day_change": "active",
    "calendar_year": "active",
    "target_adjustment": "asked",
    "task_state": "asked",
    "rule_set": "draft",
    "check_rule": "draft",
    "exemption": "asked",
    "item_listing": "draft",
    "programme_comment": "open",
    "acknowledgement": "pending",
    "pledge": "draft",
    "chase": "queued",
    "chase_rule": "active",
    "attachment": "active",
    "cadence": "draft",
    "round_exception": "active",
    "settlement": "settled",
    "external_figure": "active",
    "deviation": "open",
    "verification": "active",
    "fund_source": "active",
    "fund_line": "unconfirmed",
    "fund_obligation": "active",
    "fund_freeze": "frozen",
    "fund_year": "closed",
    "bank_account": "active",
    "payee": "active",
    "payment_rule": "draft",
    "disbursement": "draft",
    "subsidy_batch": "draft",
    "payment_paper": "active",
}
"""Where each life cycle starts, said once more."""
WITH_THE_LIST = {("item", "issued"), ("item_listing", "issued")}
"""States that are entered as a consequence of another row's move, not by one's own."""


def faults(cycle: Lifecycle[Any], held: set[P], paths: set[str]) -> list[str]:
    """Return what is unsound about one life cycle."""
    name = str(cycle.kind.__tablename__)
    found = []
    reached = {cycle.initial} | {state for kind, state in WITH_THE_LIST if kind == name}
    while True:
        more = {move.target for move in cycle.moves.values() if move.sources & reached} - reached
        if not more:
            break
        reached |= more
    states = {cycle.initial, *cycle.final}.union(*({*move.sources, move.target} for move in cycle.moves.values()))
    found += [f"{name}: {state} is never reached" for state in sorted(states - reached)]
    leaving = set().union(*(move.sources for move in cycle.moves.values()))
    found += [f"{name}: {state} is a dead end" for state in sorted(states - leaving - cycle.final)]
    found += [f"{name}: {state} is final, yet left" for state in sorted(cycle.final & leaving)]
    found += [f"{name}: {state} has no name" for state in sorted(states - STATE_NAMES.keys())]
    if FIRST.get(name) != cycle.initial or cycle.kind.__table__.c.status.default.arg != cycle.initial:  # type: ignore[attr-defined]
        found.append(f"{name}: does not start in {cycle.initial}")
    labels = [move.label for move in cycle.moves.values()]
    found += [f"{name}: two moves are called {label}" for label in sorted(set(labels)) if labels.count(label) > 1]
    for verb, move in cycle.moves.items():
        if move.permission not in held:
            found.append(f"{name}: nobody may {verb}")
        if not any(path.endswith(f"/{{id}}/{verb}") for path in paths):
            found.append(f"{name}: {verb} has no address")
        if move.bulk and not any(path.endswith(f":{verb}") for path in paths):
            found.append(f"{name}: {verb} has no address for many")
        if not move.summary or not move.label:
            found.append(f"{name}: {verb} has no words")
    return found


def test_every_life_cycle_is_sound(prepared: Prepared) -> None:
    paths = set(prepared.contract["paths"])
    assert {str(cycle.kind.__tablename__) for cycle in Lifecycle.every} == FIRST.keys()
    assert [fault for cycle in Lifecycle.every for fault in faults(cycle, HELD, paths)] == []


@pytest.mark.parametrize(
    "operation_id",
    [name for name in requests.REQUESTS if name[-6:] in {"Report", "eports"} and not name.startswith(("get", "list"))],
)
def test_the_verb_is_the_address_the_entry_and_the_button(prepared: Prepared, operation_id: str) -> None:
    method, path, _ = requests.operations(prepared.contract)[operation_id]
    if method != "POST" or "{id}" not in path or requests.REQUESTS[operation_id].status != 200:
        return
    verb = path.rpartition("/")[2]
    wanted = requests.REQUESTS[operation_id]
    key = prepared.world[wanted.path["id"][1:]]
    row = prepared.send(wanted.by, "GET", f"/reports/{key}").json()
    assert [each["enabled"] for each in row["actions"] if each["verb"] == verb] == [True]
    assert prepared.request(operation_id).status_code == 200
    entries = prepared.send("auditor", "GET", "/changes", params={"types": "report", "limit": 1000}).json()["items"]
    last = [entry for entry in entries if entry["entity_id"] == str(key)][-1]
    assert (last["action"], last["version"]) == (verb, row["version"] + 1)


def test_a_closed_round_refuses_every_write(prepared: Prepared) -> None:
    """Whatever writes into reports is refused once the round is closed, whoever asks, and changes nothing."""
    writing = [
        name
        for name, (method, path, _) in requests.operations(prepared.contract).items()
        if method != "GET" and path.startswith(f"{requests.API}/reports")
    ]
    assert len(writing) == 19
    with at(NOW + timedelta(days=60)):
        cookies = log_in_again(prepared)
        probe = Probe(prepared.url)
        # What only a superseded report may do comes last: every other request meets the world as it was made.
        for name in sorted(writing, key="reinstateReport".__eq__):
            if name == "reinstateReport":
                _supersede(prepared, requests.REQUESTS[name])
            before = probe.fingerprint()
            answer = prepared.request(name, headers={"Cookie": cookies[requests.REQUESTS[name].by]})
            if answer.status_code == 200:
                results = answer.json()["results"]
                refused = [(row["outcome"], row["code"]) for row in results]
                assert refused == [("refused", "round-closed")] * len(results), (name, answer.text)
            else:
                assert (answer.status_code, answer.json()["code"]) == (409, "round-closed"), (name, answer.text)
            assert probe.fingerprint() == before, name
        report = prepared.world["november:roads:a1"]
        _open_again(prepared, "a1")
        for name in writing:
            wanted = requests.REQUESTS[name]
            answer = prepared.request(name, headers={"Cookie": cookies[wanted.by]})
            # An exception opens the round for the unit that it names, and for nobody else.
            named = set(re.findall(r"(?:october|november):\w+:(\w+)", repr(wanted)))
            assert len(named) == 1, name
            assert ("round-closed" in answer.text) == (named != {"a1"}), (name, answer.text)
        assert prepared.request("writeReport", version=1, headers={"Cookie": cookies["a1-clerk"]}).status_code == 412
        probe.close()
    with at(NOW + timedelta(days=70)):
        log_in_again(prepared)
        shown = prepared.client.get(f"/api/v1/reports/{report}", headers={"Cookie": cookies["a1-clerk"]}).json()
        assert (shown["actions"], shown["reopened_until"], shown["version"] > 1) == ([], None, True)
    prepared.renew()
    # The same requests are served while it is open.
    assert prepared.request("writeReport").status_code == 200


def _supersede(prepared: Prepared, wanted: requests.Request) -> None:
    """Let a correction have taken the place of the report that a request is about."""
    table = SQLModel.metadata.tables["report"]
    key = UUID(requests.fill(dict(wanted.path), prepared.world)["id"])
    with prepared.app.state.database.engine.begin() as connection:
        connection.execute(sa.update(table).where(table.c.id == key).values(status="superseded"))


def _open_again(prepared: Prepared, unit: str) -> None:
    """Let one unit write into the closed rounds of both months until the end of the week."""
    table = SQLModel.metadata.tables["round_exception"]
    moment = clock.now()
    with prepared.app.state.database.engine.begin() as connection:
        rounds = (("list:2026-10", "city"), ("list:2026-11", "city"), ("county_list:2026-11", "a"))
        for name, owner in rounds:
            connection.execute(
                table.insert().values(
                    id=new_id(),
                    version=1,
                    created_at=moment,
                    round_id=UUID(str(prepared.world[f"round:{name}"])),
                    programme_id=UUID(str(prepared.world[name.partition(":")[0]])),
                    unit_id=UUID(str(prepared.world[unit])),
                    giver_id=UUID(str(prepared.world[owner])),
                    until=moment + timedelta(days=7),
                    reason="台风停电",
                    granted_name="测试",
                    status="active",
                )
            )


def log_in_again(prepared: Prepared) -> dict[str, str]:
    """Return cookies that are good at the present moment: the sessions of the world have expired by then."""
    engine = prepared.app.state.database.engine
    table = sa.table("login_session", sa.column("expires_at"))
    moment = clock.now() + timedelta(hours=1)
    with engine.begin() as connection:
        connection.execute(
            sa.update(table).values(
                expires_at=moment if engine.dialect.name == "postgresql" else moment.strftime("%Y-%m-%d %H:%M:%S.%f")
            )
        )
    return prepared.cookies
