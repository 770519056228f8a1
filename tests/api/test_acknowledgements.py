"""Receipts of tasks by unit and lead department, and shares suggested by base figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.factories.lists import PromiseList
from tests.factories.problems import places, problem

if TYPE_CHECKING:
    from tests.conftest import Callers
    from tests.factories.world import World


def test_unit_and_lead_department_both_take_note(people: Callers, world: World) -> None:
    office = people["office"]
    made = PromiseList(office, world["city"])
    roads = made.indicator(made.item("1", "公路", leads=(world["city_dept"],))["id"], "里程")
    root = made.task(roads, "100")
    share = made.task(roads, "60", world["a"], root["id"])
    assert share["acknowledgements"] == []
    made.issue()

    def asked(who: str, **query: Any) -> list[tuple[str, str, str, list[str]]]:
        rows = people[who].get("/acknowledgements", programme_id=made.id, **query)["items"]
        return sorted(
            (row["unit_name"], row["side"], row["status"], [each["verb"] for each in row["actions"]]) for row in rows
        )

    assert asked("office") == [
        ("乐清市", "lead", "pending", []),
        ("乐清市", "unit", "pending", []),
        ("温州市", "lead", "pending", []),
    ]
    assert asked("a-office") == [("乐清市", "lead", "pending", []), ("乐清市", "unit", "pending", ["acknowledge"])]
    assert asked("lead", by_id=str(world["city_dept"])) == [
        ("乐清市", "lead", "pending", ["acknowledge"]),
        ("温州市", "lead", "pending", ["acknowledge"]),
    ]
    assert asked("b-office") == []
    rows = {row["side"]: row for row in people["a-office"].get("/acknowledgements", programme_id=made.id)["items"]}
    path = f"/acknowledgements/{rows['unit']['id']}/acknowledge"
    problem(office.call("POST", path, version=1), 403, "forbidden")
    problem(people["a-reviewer"].call("POST", path, version=1), 403, "forbidden")
    problem(people["b-office"].call("POST", path, version=1), 404, "not-found")
    done = people["a-office"].post(path, version=1)
    assert (done["status"], done["person_name"]) == ("acknowledged", "测试a-office")
    problem(people["a-office"].call("POST", path, version=2), 409, "wrong-state")
    cell = office.get(f"/programmes/{made.id}/split")["rows"][0]["cells"][0]
    assert (cell["unit_acknowledged_at"], cell["lead_acknowledged_at"]) == ("2026-11-22T02:00:00Z", None)
    refs = [
        {"id": row["id"], "version": row["version"]}
        for row in people["lead"].get("/acknowledgements", programme_id=made.id, by_id=str(world["city_dept"]))["items"]
    ]
    results = people["lead"].post("/acknowledgements:acknowledge", {"rows": refs})["results"]
    assert [result["outcome"] for result in results] == ["moved", "moved"]
    cell = office.get(f"/programmes/{made.id}/split")["rows"][0]["cells"][0]
    assert cell["lead_acknowledged_at"] == "2026-11-22T02:00:00Z"
    seen = people["a-office"].get(f"/tasks/{share['id']}")["acknowledgements"]
    assert sorted((each["side"], each["person_name"]) for each in seen) == [
        ("lead", "测试lead"),
        ("unit", "测试a-office"),
    ]
    actions = [
        each["action"] for each in people["auditor"].get("/changes", types="acknowledgement", limit=1000)["items"]
    ]
    assert actions[-3:] == ["acknowledge"] * 3


def test_shares_by_a_base_figure_add_up_exactly(people: Callers, world: World) -> None:
    office = people["office"]

    def note(unit: str, value: str, year: int = 2025, kind: str = "常住人口", who: str = "office") -> Any:
        body = {"unit_id": str(world[unit]), "kind": kind, "year": year, "value": value, "source": "统计公报"}
        return people[who].call("POST", "/base-figures", json=body)

    body = {
        "parent_id": str(world["roads:city"]),
        "indicator_id": str(world["roads"]),
        "unit_ids": [str(world["a"]), str(world["b"])],
        "kind": "常住人口",
    }
    assert note("a", "145.3").status_code == 201
    answer = office.call("POST", "/tasks:suggest", json=body)
    assert places(answer, 409, "conflict") == [("/unit_ids/1", "no-figure")]
    assert note("b", "84.7").status_code == 201
    assert note("b", "83.1", 2020).status_code == 201
    found = office.post("/tasks:suggest", body)
    assert found["total"] == "100"
    assert [(each["unit_name"], each["figure"], each["year"], each["value"]) for each in found["shares"]] == [
        ("乐清市", "145.3", 2025, "63.174"),
        ("苍南县", "84.7", 2025, "36.826"),
    ]
    assert places(office.call("POST", "/tasks:suggest", json={**body, "year": 2020}), 409, "conflict") == [
        ("/unit_ids/0", "no-figure")
    ]
    rate = {**body, "parent_id": str(world["cover:city"]), "indicator_id": str(world["cover"])}
    assert places(office.call("POST", "/tasks:suggest", json=rate)) == [("/indicator_id", "not-additive")]
    # Noted again, a figure of the same year is corrected, and its history is in the record.
    corrected = note("a", "146").json()
    assert (corrected["value"], corrected["version"]) == ("146", 2)
    listed = people["a-office"].get("/base-figures")["items"]
    assert [(row["unit_name"], row["kind"], row["value"], row["basis"]) for row in listed] == [
        ("乐清市", "常住人口", "146", "entered")
    ]
    assert places(note("a", "-1")) == [("/value", "negative")]
    problem(note("other", "1"), 404, "not-found")
    problem(note("a1", "1", who="a1-clerk"), 403, "forbidden")
    for unit in ("a", "b"):
        note(unit, "0", 2024, "户数")
    zero = {**body, "kind": "户数"}
    assert places(office.call("POST", "/tasks:suggest", json=zero)) == [("/unit_ids", "no-basis")]
