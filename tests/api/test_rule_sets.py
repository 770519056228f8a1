"""Rule sets over HTTP: drafts with their faults, switching on, a programme that changes them, and trying them first."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from minsheng.boards.freezing import freeze_due
from minsheng.kernel.db import Database
from tests.conftest import at
from tests.factories.problems import places, problem

if TYPE_CHECKING:
    from fastapi import FastAPI

    from tests.conftest import Caller, Callers
    from tests.factories.world import World

DECEMBER = datetime(2026, 12, 11, 2, tzinfo=UTC)
JANUARY = datetime(2027, 1, 12, 2, tzinfo=UTC)


def shipped(caller: Caller, code: str) -> Any:
    """Return a shipped rule set as it travels."""
    return next(row for row in caller.get("/rule-sets", limit=100)["items"] if row["code"] == code)


def draft_in(unit: object, definition: Any, code: str = "wenzhou-2026") -> dict[str, Any]:
    """Return a new draft of a unit."""
    return {
        "unit_id": str(unit),
        "code": code,
        "name": "温州市2026年亮灯规则",
        "year": 2026,
        "source": "温州市督查办法",
        "definition": definition,
    }


def strict(caller: Caller) -> Any:
    """Return the 10/30 rule with 5 and 20 points instead."""
    definition = copy.deepcopy(shipped(caller, "points-10-30")["definition"])
    bands = definition["dimensions"][0]["bands"]
    bands[0]["high"] = bands[1]["low"] = "5"
    bands[1]["high"] = bands[2]["low"] = "20"
    return definition


def matrix(caller: Caller, world: World, on: str | None = None) -> dict[tuple[str, str], str]:
    """Return the lights of the city's list."""
    found = caller.get("/boards/matrix", programme_id=str(world["list"]), **({"on": on} if on else {}))
    names = {unit["id"]: unit["name"] for unit in found["units"]}
    codes = {item["id"]: item["code"] for item in found["items"]}
    return {(names[cell["unit_id"]], codes[cell["item_id"]]): cell["light"] for cell in found["cells"]}


def test_a_draft_is_refused_with_every_fault_at_its_place(people: Callers, world: World) -> None:
    office = people["office"]
    good = strict(office)
    dimension = good["dimensions"][0]

    def wrong(**changed: Any) -> list[tuple[str, str]]:
        body = draft_in(world["city"], {**copy.deepcopy(good), **changed})
        found = places(office.call("POST", "/rule-sets", json=body))
        checked = office.post("/rule-sets:check", {"definition": body["definition"]})["faults"]
        assert [(fault["pointer"], fault["code"]) for fault in checked] == found
        return found

    def bands(*changes: tuple[int, str, Any]) -> list[tuple[str, str]]:
        changed = copy.deepcopy(dimension)
        for number, name, value in changes:
            changed["bands"][number][name] = value
        return wrong(dimensions=[changed])

    at_band = "/definition/dimensions/0/bands"
    assert bands((2, "low", "15")) == [(f"{at_band}/2/low", "overlapping-bands")]
    assert bands((2, "low", "21")) == [(f"{at_band}/2/low", "missing-band")]
    assert bands((2, "low_inclusive", True)) == [(f"{at_band}/2/low_inclusive", "overlapping-bands")]
    assert bands((1, "low_inclusive", False)) == [(f"{at_band}/1/low_inclusive", "missing-band")]
    assert bands((0, "low", "0")) == [(f"{at_band}/0/low", "missing-band")]
    assert bands((2, "high", "99")) == [(f"{at_band}/2/high", "missing-band")]
    assert bands((1, "light", "purple")) == [(f"{at_band}/1/light", "unknown-colour")]
    assert bands((0, "light", "done")) == [(f"{at_band}/0/light", "unknown-colour")]
    assert bands((1, "high", "3")) == [
        (f"{at_band}/1/high", "empty-band"),
        (f"{at_band}/2/low", "missing-band"),
    ]
    assert wrong(dimensions=[{**dimension, "measure": "place"}]) == [
        ("/definition/dimensions/0/measure", "unknown-measure")
    ]
    assert wrong(dimensions=[dimension, dimension]) == [("/definition/dimensions/1/kind", "duplicate")]
    assert wrong(waived="purple") == [("/definition/waived", "unknown-colour")]
    assert wrong(places=[{"side": "bottom", "n": 3, "when": ["blue"], "to": "red"}]) == [
        ("/definition/places/0/when", "unknown-colour")
    ]
    colours = copy.deepcopy(good["colours"])
    colours[1]["glyph"] = colours[0]["glyph"]
    assert wrong(colours=colours) == [("/definition/colours/1/glyph", "duplicate")]
    assert wrong(colours=[*good["colours"][:3], good["colours"][3]]) == [("/definition/colours", "missing-colour")]
    colours = copy.deepcopy(good["colours"])
    colours[0]["name"] = " "
    found = places(office.call("POST", "/rule-sets", json=draft_in(world["city"], {**good, "colours": colours})))
    assert found == [("/definition/colours/0/name", "blank")]
    office.post("/rule-sets", draft_in(world["city"], good), status=201)
    again = office.call("POST", "/rule-sets", json=draft_in(world["city"], good))
    assert places(again, 409, "duplicate") == [("/code", "duplicate")]


def test_a_draft_is_switched_on_and_then_locked(people: Callers, world: World) -> None:
    office = people["office"]
    made = office.post("/rule-sets", draft_in(world["city"], strict(office)), status=201)
    assert [action["verb"] for action in made["actions"]] == ["activate", "void"]
    path = f"/rule-sets/{made['id']}"
    problem(people["a1-clerk"].call("GET", path), 404, "not-found")
    renamed = office.patch(path, {"name": "新名", "year": None}, version=1)
    assert (renamed["name"], renamed["year"], renamed["version"]) == ("新名", None, 2)
    draft = office.get("/programmes", status="draft")["items"][0]
    early = office.call(
        "PATCH", f"/programmes/{draft['id']}", json={"rule_set": "wenzhou-2026"}, version=draft["version"]
    )
    assert places(early) == [("/rule_set", "rule-set-not-active")]
    active = office.post(f"{path}/activate", version=2)
    assert (active["status"], [action["verb"] for action in active["actions"]]) == ("active", ["retire"])
    problem(office.call("PATCH", path, json={"name": "再改"}, version=3), 409, "locked")
    assert people["a1-clerk"].get(path)["actions"] == []
    problem(people["outsider"].call("GET", path), 404, "not-found")
    mine = office.patch(f"/programmes/{draft['id']}", {"rule_set": "wenzhou-2026"}, version=draft["version"])
    assert mine["rule_set"] == "wenzhou-2026"
    answer = office.call("POST", f"{path}/retire", version=3)
    assert problem(answer, 409, "conflict")["detail"] == "还有 1 个计划在用这套规则，请先更换。"
    # A shipped one is nobody's to change, and a county's is not the city's to use.
    preset = shipped(office, "points-10-30")
    assert preset["actions"] == []
    problem(office.call("PATCH", f"/rule-sets/{preset['id']}", json={"name": "改"}, version=1), 403, "forbidden")
    county = people["a-office"].post("/rule-sets", draft_in(world["a"], strict(office), "yueqing"), status=201)
    people["a-office"].post(f"/rule-sets/{county['id']}/activate", version=1)
    foreign = {"rule_set": "yueqing", "reason": "试一试"}
    listed = office.get(f"/programmes/{world['list']}")
    refused = office.call("POST", f"/programmes/{world['list']}/change-rules", json=foreign, version=listed["version"])
    assert places(refused) == [("/rule_set", "foreign-rule-set")]


def test_a_list_in_force_changes_its_rules_with_a_reason(people: Callers, world: World) -> None:
    office = people["office"]
    before = matrix(office, world)
    assert before[("柳市镇", "1.1")] == "yellow"
    listed = office.get(f"/programmes/{world['list']}")
    path = f"/programmes/{world['list']}/change-rules"
    assert places(office.call("POST", path, json={"rule_set": "none-such", "reason": "常务会议"}, version=2)) == [
        ("/rule_set", "unknown-rule-set")
    ]
    assert places(office.call("POST", path, json={"rule_set": "points-10-30", "reason": "常务会议"}, version=2)) == [
        ("/rule_set", "unchanged")
    ]
    changed = office.post(path, {"rule_set": "dazu-five", "reason": "市政府常务会议决定"}, version=listed["version"])
    assert (changed["rule_set"], changed["rule_reason"]) == ("dazu-five", "市政府常务会议决定")
    found = office.get("/boards/matrix", programme_id=str(world["list"]))
    assert [(each["key"], each["name"], each["good"]) for each in found["rule_set"]["lights"]] == [
        ("green", "绿灯", True),
        ("yellow", "黄灯", False),
        ("orange", "橙灯", False),
        ("red", "红灯", False),
        ("done", "蓝灯", None),
        ("none", "不亮灯", None),
    ]
    assert matrix(office, world) == {
        ("温州市", "1.1"): "orange",
        ("乐清市", "1.1"): "green",
        ("柳市镇", "1.1"): "yellow",
        ("虹桥镇", "1.1"): "green",
        ("苍南县", "1.1"): "red",
        ("灵溪镇", "1.1"): "red",
        ("温州市", "1.2"): "none",
        ("柳市镇", "1.2"): "done",
        ("灵溪镇", "1.2"): "green",
    }
    entry = people["auditor"].get("/changes", types="programme", limit=1000)["items"][-1]
    assert (entry["action"], entry["changes"]["rule_set"]) == ("change-rules", ["points-10-30", "dazu-five"])


def test_a_place_among_others_is_the_same_for_everybody(people: Callers, world: World) -> None:
    office = people["office"]
    version = office.get(f"/programmes/{world['list']}")["version"]
    office.post(
        f"/programmes/{world['list']}/change-rules", {"rule_set": "cangnan-month", "reason": "试行"}, version=version
    )
    seen = matrix(office, world)
    assert {key: light for key, light in seen.items() if key[1] == "1.1"} == {
        ("温州市", "1.1"): "red",
        ("乐清市", "1.1"): "red",
        ("苍南县", "1.1"): "red",
        ("柳市镇", "1.1"): "red",
        ("虹桥镇", "1.1"): "green",
        ("灵溪镇", "1.1"): "red",
    }
    assert matrix(people["a1-clerk"], world)[("柳市镇", "1.1")] == "red"
    said = people["a1-clerk"].get("/boards/light", target_id=str(world["roads:a1:target"]))
    assert "在3个同类单位中居末第2位，改亮红灯" in said["explanation"]
    assert "灵溪镇" not in said["explanation"]
    assert matrix(people["a-office"], world) == {
        key: seen[key] for key in seen if key[0] in {"乐清市", "柳市镇", "虹桥镇"}
    }


def test_a_rule_is_tried_on_the_past_and_nothing_is_written(people: Callers, world: World, app: FastAPI) -> None:
    office = people["office"]

    def count() -> int:
        with app.state.database.engine.connect() as connection:
            return int(connection.execute(sa.text("SELECT count(*) FROM journal_entry")).scalar_one())

    before = count()
    body = {"programme_id": str(world["list"]), "definition": strict(office), "dates": ["2026-10-31", "2026-03-01"]}
    found = office.post("/rule-sets:simulate", body)
    assert found["days"] == [
        {
            "on": "2026-03-01",
            "before": {"green": 3, "yellow": 0, "red": 0, "done": 0, "none": 2},
            "after": {"green": 0, "yellow": 3, "red": 0, "done": 0, "none": 2},
            "changed": 3,
        },
        {
            "on": "2026-10-31",
            "before": {"green": 2, "yellow": 1, "red": 1, "done": 1, "none": 0},
            "after": {"green": 2, "yellow": 1, "red": 1, "done": 1, "none": 0},
            "changed": 0,
        },
    ]
    assert found["changed"] == 3
    assert {(each["unit_name"], each["before"], each["after"]) for each in found["changes"]} == {
        ("柳市镇", "green", "yellow"),
        ("虹桥镇", "green", "yellow"),
        ("灵溪镇", "green", "yellow"),
    }
    body = {"programme_id": str(world["list"]), "rule_set": "cangnan-month"}
    assert [day["on"] for day in office.post("/rule-sets:simulate", body)["days"]][-1] == "2026-10-31"
    assert count() == before
    for wrong, pointer in (
        ({}, "/rule_set"),
        ({"rule_set": "none-such"}, "/rule_set"),
        ({"rule_set": "points-10-30", "definition": strict(office)}, "/rule_set"),
    ):
        answer = office.call("POST", "/rule-sets:simulate", json={"programme_id": str(world["list"]), **wrong})
        assert [place for place, _ in places(answer)] == [pointer]
    problem(
        people["outsider"].call("POST", "/rule-sets:simulate", json={**body, "programme_id": str(world["list"])}),
        404,
        "not-found",
    )


def months(caller: Caller, world: World, name: str = "roads:a1") -> list[tuple[str, str, bool, str | None]]:
    """Return a target's lights month by month."""
    found = caller.get("/boards/history", programme_id=str(world["list"]), target_id=str(world[f"{name}:target"]))
    (row,) = found["rows"]
    return [(each["period"][5:], each["light"], each["frozen"], each["made_up_on"]) for each in row["months"]]


def test_lights_freeze_when_their_round_closes_and_a_later_figure_is_a_mark(
    people: Callers, world: World, app: FastAPI
) -> None:
    office = people["office"]
    database: Database = app.state.database
    assert months(office, world)[-3:] == [
        ("08", "red", False, None),
        ("09", "red", False, None),
        ("10", "yellow", False, None),
    ]
    # Nine rounds have closed since February: nine targets of the city's list, three of the county's.
    assert freeze_due(database) == 9 * (9 + 3)
    assert freeze_due(database) == 0
    frozen = months(office, world)
    assert frozen[-1] == ("10", "yellow", True, None)
    # The list changes its rules: what has closed stays as it was, what follows is judged anew.
    version = office.get(f"/programmes/{world['list']}")["version"]
    office.post(
        f"/programmes/{world['list']}/change-rules", {"rule_set": "ouhai-made-up", "reason": "试行"}, version=version
    )
    assert months(office, world) == frozen
    path = f"/reports/{world['november:roads:a1']}"
    clerk = people["a1-clerk"]
    body = {
        "values": [{"target_id": str(world["roads:a1:target"]), "value": "26"}],
        "cause_code": "land",
        "cause_note": "征地",
    }
    written = clerk.patch(path, body, version=clerk.get(path)["version"])
    sent = clerk.post(f"{path}/submit", version=written["version"])
    people["a-reviewer"].post(f"{path}/review", version=sent["version"])
    with at(DECEMBER):
        people.log_in_anew()
        office = people["office"]
        assert months(office, world)[-1] == ("11", "red", False, None)
        assert freeze_due(database) == 9 + 3
        found = months(office, world)
        # October asked for 81.46 %, November's figure is 86.67 %.
        assert found[-2:] == [("10", "yellow", True, "2026-11-30"), ("11", "red", True, None)]
    with database.engine.connect() as connection:
        for statement in ("UPDATE frozen_light SET light = 'green'", "DELETE FROM made_up_mark"):
            with pytest.raises(DatabaseError):
                connection.execute(sa.text(statement))
            connection.rollback()
    answer = people["a1-clerk"].call("GET", "/boards/history", params={"programme_id": str(world["list"])})
    assert places(answer) == [("target_id", "missing")]
    problem(
        people["a2-clerk"].call(
            "GET",
            "/boards/history",
            params={"programme_id": str(world["list"]), "target_id": str(world["roads:a1:target"])},
        ),
        404,
        "not-found",
    )


def test_changing_the_rules_freezes_what_has_closed_first(people: Callers, world: World) -> None:
    office = people["office"]
    version = office.get(f"/programmes/{world['list']}")["version"]
    office.post(
        f"/programmes/{world['list']}/change-rules", {"rule_set": "cangnan-month", "reason": "试行"}, version=version
    )
    assert months(office, world)[-1] == ("10", "yellow", True, None)
    entries = people["auditor"].get("/changes", types="frozen_light", limit=1000)["items"]
    assert {entry["action"] for entry in entries} == {"create"}


def test_a_justified_reason_is_asked_for_below_and_approved_above(people: Callers, world: World) -> None:
    clerk, county, city = people["a1-clerk"], people["a-office"], people["office"]
    target = str(world["roads:a1:target"])
    body = {"target_id": target, "starts_on": "2026-10-01", "ends_on": "2026-10-31", "reason": "台风停工"}
    assert places(clerk.call("POST", "/exemptions", json={**body, "ends_on": "2026-09-30"})) == [
        ("/ends_on", "before-start")
    ]
    assert places(clerk.call("POST", "/exemptions", json={**body, "starts_on": "2025-10-01"})) == [
        ("/starts_on", "outside")
    ]
    problem(people["a2-clerk"].call("POST", "/exemptions", json=body), 404, "not-found")
    asked = clerk.post("/exemptions", body, status=201)
    assert (asked["status"], [each["verb"] for each in asked["actions"]]) == ("asked", ["withdraw"])
    problem(clerk.call("POST", "/exemptions", json=body), 409, "duplicate")
    assert matrix(city, world)[("柳市镇", "1.1")] == "yellow"
    path = f"/exemptions/{asked['id']}"
    decision = {"decision": "情况属实，同意"}
    problem(clerk.call("POST", f"{path}/approve", json=decision, version=1), 403, "forbidden")
    approved = county.post(f"{path}/approve", decision, version=1)
    assert (approved["status"], approved["decision"], approved["actions"]) == ("approved", "情况属实，同意", [])
    light = city.get("/boards/light", target_id=target)
    assert (light["light"], light["standing"], light["waived"]) == ("green", "behind", "台风停工")
    assert light["explanation"].endswith("；有正当理由并经批准（台风停工），由黄灯改亮绿灯。")
    lag = {row["unit_name"]: row["waived"] for row in city.get("/boards/lag", programme_id=str(world["list"]))["items"]}
    assert lag == {"柳市镇": "台风停工", "灵溪镇": None}
    # A share given by the county is the county's to decide; its own is the city's.
    own = people["a-lead"].call("POST", "/exemptions", json={**body, "target_id": str(world["roads:a:target"])})
    assert own.status_code in {403, 404}
    refused = people["b1-clerk"].post("/exemptions", {**body, "target_id": str(world["roads:b1:target"])}, status=201)
    problem(
        county.call("POST", f"/exemptions/{refused['id']}/refuse", json={"reason": "不属实"}, version=1),
        404,
        "not-found",
    )
    no = {"reason": "已可提前安排"}
    assert city.post(f"/exemptions/{refused['id']}/refuse", no, version=1)["decision"] == "已可提前安排"
    assert matrix(city, world)[("灵溪镇", "1.1")] == "red"


def test_the_spread_across_units(people: Callers, world: World) -> None:
    found = people["office"].get("/boards/dispersion", programme_id=str(world["list"]))["items"]
    keys = (
        "item_code",
        "units",
        "missing",
        "min_pct",
        "min_unit",
        "median_pct",
        "max_pct",
        "max_unit",
        "spread_points",
    )
    assert [tuple(row[key] for key in keys) for row in found] == [
        ("1.1", 3, 0, "25", "灵溪镇", "66.7", "93.3", "虹桥镇", "68.3"),
        ("1.2", 2, 0, "84.2", "灵溪镇", "92.6", "101.1", "柳市镇", "16.8"),
    ]
    counties = people["office"].get("/boards/dispersion", programme_id=str(world["list"]), tier="county")["items"]
    assert [tuple(row[key] for key in keys) for row in counties] == [
        ("1.1", 2, 0, "25", "苍南县", "52.5", "80", "乐清市", "55")
    ]
