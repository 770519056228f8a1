"""Changing what was issued: adjustments with both values for ever, and states of a task beside its life cycle."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.conftest import at
from tests.factories.lists import PromiseList
from tests.factories.problems import places, problem

if TYPE_CHECKING:
    from tests.conftest import Callers
    from tests.factories.world import World


def question(world: World, name: str = "roads:a1:target", **changed: Any) -> dict[str, Any]:
    return {
        "target_id": str(world[name]),
        "new_value": "25",
        "effective_on": "2026-06-01",
        "reason": "省里核减建设任务",
        "document_number": "温政办〔2026〕12号",
        **changed,
    }


def adjust(
    people: Callers, world: World, asker: str = "a1-clerk", by: str = "a-office", **changed: Any
) -> dict[str, Any]:
    """Ask and approve; return the approved adjustment."""
    asked = people[asker].post("/adjustments", question(world, **changed), status=201)
    body = {"decision": "同意"}
    found: dict[str, Any] = people[by].post(f"/adjustments/{asked['id']}/approve", body, version=1)
    return found


def test_both_values_stay_and_each_day_has_its_own(people: Callers, world: World) -> None:
    made = adjust(people, world)
    assert (made["status"], made["old_value"], made["new_value"], made["version"]) == ("approved", "30", "25", 2)
    assert (made["decided_unit_name"], made["decision"], made["actions"]) == ("乐清市", "同意", [])
    target = people["a1-clerk"].get(f"/tasks/{world['roads:a1']}")["targets"][0]
    assert (target["value"], target["original_value"]) == ("25", "30")
    assert [(each["old_value"], each["new_value"], each["effective_on"]) for each in target["adjustments"]] == [
        ("30", "25", "2026-06-01")
    ]
    office = people["office"]

    def light(on: str) -> dict[str, Any]:
        found: dict[str, Any] = office.get("/boards/light", target_id=str(world["roads:a1:target"]), on=on)
        return found

    before, after = light("2026-05-31"), light("2026-10-31")
    assert (before["value"], before["original_value"]) == ("30", "30")
    assert "调整" not in before["explanation"]
    assert (after["value"], after["original_value"], after["light"], after["progress_pct"]) == (
        "25",
        "30",
        "green",
        "80",
    )
    assert "目标自2026-06-01起由30调整为25" in after["explanation"]
    cells = {cell["target_id"]: cell for cell in office.get("/boards/matrix", programme_id=str(world["list"]))["cells"]}
    cell = cells[str(world["roads:a1:target"])]
    assert (cell["value"], cell["original_value"]) == ("25", "30")
    rows = people["a-office"].get(f"/programmes/{world['list']}/split", unit_id=str(world["a"]))["rows"]
    row = next(row for row in rows if row["target_id"] == str(world["roads:a:target"]))
    share = next(each for each in row["cells"] if each["unit_id"] == str(world["a1"]))
    assert (share["value"], share["original_value"], row["sum"], row["balance"]) == ("25", "30", "55", "short")
    # A second change starts where the first one ended, and the value first issued is still told.
    adjust(people, world, new_value="40", effective_on="2026-10-15")
    lag = {each["target_id"]: each for each in office.get("/boards/lag", on="2026-10-31")["items"]}
    row = lag[str(world["roads:a1:target"])]
    assert (row["value"], row["original_value"], row["light"]) == ("40", "30", "red")
    assert (light("2026-07-01")["value"], light("2026-01-31")["value"]) == ("25", "30")
    curve = office.get("/boards/curve", target_id=str(world["roads:a1:target"]))
    shown = {point["on"]: point["expected_value"] for point in curve["points"]}
    assert (shown["2026-12-31"], curve["value"]) == ("40", "40")
    sheet = people["a1-clerk"].get(f"/reports/{world['november:roads:a1']}")
    assert (sheet["cells"][0]["target_value"], sheet["cells"][0]["original_value"]) == ("40", "30")


def test_a_monthly_plan_goes_with_the_value_in_force(people: Callers, world: World) -> None:
    office = people["a-office"]
    draft = PromiseList(office, world["a"])
    indicator = draft.indicator(draft.item("1", "公路")["id"], "里程")
    root = draft.task(indicator, "9")
    share = draft.task(indicator, "9", unit=world["a1"], parent=root["id"])
    draft.issue("2026-11-02")
    target = share["targets"][0]["id"]
    points = [{"on": "2026-11-20", "value": "3"}, {"on": "2026-12-31", "value": "9"}]
    plan = {"kind": "monthly", "points": points}
    answer = people["a1-clerk"].call("PUT", f"/targets/{target}/plan", json=plan, version=0)
    assert answer.status_code == 200, answer.text
    body = {"target_id": target, "new_value": "7", "effective_on": "2026-11-10", "reason": "核减"}
    asked = people["a1-clerk"].post("/adjustments", body, status=201)
    office.post(f"/adjustments/{asked['id']}/approve", {}, version=1)
    shown = {each["on"]: each["expected_value"] for each in office.get("/boards/curve", target_id=target)["points"]}
    assert shown["2026-11-30"] == "2.333"
    light = office.get("/boards/light", target_id=target, on="2026-11-20")
    assert {"label": "计划累计", "value": "2.333333"} in light["steps"]
    before = office.get("/boards/light", target_id=target, on="2026-11-09")
    assert {"label": "目标", "value": "不低于9"} in before["steps"] or before["value"] == "9"


def test_who_asks_never_approves_and_only_a_higher_tier_does(people: Callers, world: World) -> None:
    clerk, county, city = people["a1-clerk"], people["a-office"], people["office"]
    # The county asks for its own share; its own office cannot answer, the city can.
    asked = county.post("/adjustments", question(world, "roads:a:target", new_value="58"), status=201)
    path = f"/adjustments/{asked['id']}"
    own = next(each for each in asked["actions"] if each["verb"] == "approve")
    assert (own["enabled"], own["reason"]) == (False, "须由下达任务的上级批准。")
    problem(county.call("POST", f"{path}/approve", json={}, version=1), 409, "conflict")
    assert problem(city.call("POST", f"{path}/withdraw", version=1), 409, "conflict")
    assert city.post(f"{path}/refuse", {"reason": "任务不减"}, version=1)["decision"] == "任务不减"
    problem(city.call("POST", f"{path}/approve", json={}, version=2), 409, "wrong-state")
    # The top of the tree answers itself, but not the very person who asked.
    asked = city.post("/adjustments", question(world, "roads:city:target", new_value="98"), status=201)
    problem(city.call("POST", f"/adjustments/{asked['id']}/approve", json={}, version=1), 409, "own-work")
    assert city.post(f"/adjustments/{asked['id']}/withdraw", version=1)["status"] == "withdrawn"
    # A neighbour, a leader and whoever sits elsewhere do not ask.
    for who, status, code in (
        ("a2-clerk", 404, "not-found"),
        ("leader", 403, "forbidden"),
        ("a-office", 409, "conflict"),
        ("outsider-clerk", 404, "not-found"),
    ):
        problem(people[who].call("POST", "/adjustments", json=question(world)), status, code)
    assert clerk.get("/adjustments")["items"] == []
    assert [each["status"] for each in county.get("/adjustments", programme_id=str(world["list"]))["items"]] == [
        "refused"
    ]
    assert city.get("/adjustments", status="withdrawn", unit_id=str(world["city"]))["items"][0]["new_value"] == "98"


def test_what_cannot_be_asked_is_named(people: Callers, world: World) -> None:
    clerk = people["a1-clerk"]
    for changed, named in (
        ({"new_value": "30"}, [("/new_value", "unchanged")]),
        ({"new_value": "24.0001"}, [("/new_value", "decimals")]),
        ({"new_value": "-1"}, [("/new_value", "negative")]),
        ({"new_value_max": "40"}, [("/new_value_max", "kind")]),
        ({"effective_on": "2026-02-04"}, [("/effective_on", "outside")]),
        ({"effective_on": "2027-01-01"}, [("/effective_on", "outside")]),
        ({"reason": " "}, [("/reason", "string-too-short")]),
        ({"confirmed": "yes"}, [("/confirmed", "literal-error")]),
    ):
        assert places(clerk.call("POST", "/adjustments", json=question(world, **changed))) == named, changed
    clerk.post("/adjustments", question(world), status=201)
    assert places(clerk.call("POST", "/adjustments", json=question(world)), 409, "duplicate") == [
        ("/target_id", "duplicate")
    ]
    draft = question(world, "parks:city:target")
    problem(people["office"].call("POST", "/adjustments", json=draft), 409, "conflict")


def test_a_target_below_what_is_done_needs_the_word(people: Callers, world: World) -> None:
    """Twenty kilometres are counted: a target of nineteen is nearly always a slip."""
    clerk, county = people["a1-clerk"], people["a-office"]
    slip = question(world, new_value="19")
    answer = clerk.call("POST", "/adjustments", json=slip)
    assert places(answer) == [("/new_value", "below-done")]
    assert "已完成 20" in answer.json()["detail"]
    asked = clerk.post("/adjustments", {**slip, "confirmed": "below-done"}, status=201)
    assert asked["below_done"] is True
    county.post(f"/adjustments/{asked['id']}/approve", {}, version=1)
    light = county.get("/boards/light", target_id=str(world["roads:a1:target"]), on="2026-10-31")
    assert (light["light"], light["attainment"], light["attainment_name"]) == ("done", "over", "超额完成")
    # Of a split target it is the sum beneath that is done: 20 and 28 in the county.
    above = question(world, "roads:a:target", new_value="47.9")
    answer = county.call("POST", "/adjustments", json=above)
    assert "已完成 48" in answer.json()["detail"]
    # More may be done between question and answer.
    asked = county.post("/adjustments", {**above, "new_value": "48"}, status=201)
    report = f"/reports/{world['november:roads:a2']}"
    values = {"values": [{"target_id": str(world["roads:a2:target"]), "current": "1"}]}
    written = people["a2-clerk"].patch(report, values, version=1)
    sent = people["a2-clerk"].post(f"{report}/submit", version=written["version"])
    people["a-reviewer"].post(f"{report}/review", version=sent["version"])
    late = people["office"].call("POST", f"/adjustments/{asked['id']}/approve", json={}, version=1)
    assert places(late, 409, "conflict") == [("/new_value", "below-done")]


def test_an_answer_ahead_of_its_day_holds_from_that_day(people: Callers, world: World) -> None:
    clerk, county = people["a1-clerk"], people["a-office"]
    asked = clerk.post("/adjustments", question(world, effective_on="2026-12-01"), status=201)
    county.post(f"/adjustments/{asked['id']}/approve", {}, version=1)
    task = f"/tasks/{world['roads:a1']}"
    assert [clerk.get(task)["targets"][0][name] for name in ("value", "original_value")] == ["30", "30"]
    for on, value in (("2026-11-30", "30"), ("2026-12-01", "25")):
        light = county.get("/boards/light", target_id=str(world["roads:a1:target"]), on=on)
        assert (light["value"], light["adjusted"] is None) == (value, value == "30")
    with at(datetime(2026, 12, 1, 4, tzinfo=UTC)):
        assert again_in(people, "a1-clerk").get(task)["targets"][0]["value"] == "25"
    earlier = clerk.call("POST", "/adjustments", json=question(world, new_value="26"))
    assert places(earlier) == [("/effective_on", "before-last")]


def test_deadline_operator_and_stretch_change_like_the_value(people: Callers, world: World) -> None:
    """Both versions are visible wherever both values are, and each day is judged by its own."""
    clerk, county, city = people["a1-clerk"], people["a-office"], people["office"]

    def asked(who: Any, name: str, **said: str) -> Any:
        body = {"target_id": str(world[name]), "effective_on": "2026-10-01", "reason": "汛期停工", **said}
        return who.call("POST", "/adjustments", json=body)

    for said, named in (
        ({}, [("/new_value", "unchanged")]),
        ({"new_operator": "le"}, [("/new_operator", "direction")]),
        ({"new_operator": "range"}, [("/new_value_max", "missing")]),
        ({"new_operator": "range", "new_value_max": "30"}, [("/new_value_max", "order")]),
        ({"new_stretch": "29"}, [("/new_stretch", "order")]),
        ({"new_deadline": "2027-01-01"}, [("/new_deadline", "outside")]),
        ({"new_deadline": "2026-09-30"}, [("/new_deadline", "before-effective")]),
    ):
        assert places(asked(clerk, "roads:a1:target", **said)) == named, said
    assert places(asked(county, "roads:a:target", new_deadline="2026-11-30")) == [("/new_deadline", "before-shares")]
    target = str(world["roads:a1:target"])
    before = city.get("/boards/light", target_id=target, on="2026-11-15")
    made = asked(
        clerk, "roads:a1:target", new_deadline="2026-11-30", new_operator="range", new_value_max="36", new_stretch="35"
    ).json()
    county.post(f"/adjustments/{made['id']}/approve", {}, version=1)
    assert [made[f"{side}_{name}"] for side in ("old", "new") for name in ("value", "operator", "deadline")] == [
        *("30", "ge", "2026-12-31"),
        *("30", "range", "2026-11-30"),
    ]
    task = clerk.get(f"/tasks/{world['roads:a1']}")
    assert (task["deadline"], task["original_deadline"]) == ("2026-11-30", "2026-12-31")
    pair = {
        "issued": {"operator": "ge", "value": "30", "value_max": None, "stretch": None, "deadline": "2026-12-31"},
        "now": {"operator": "range", "value": "30", "value_max": "36", "stretch": "35", "deadline": "2026-11-30"},
    }
    after = city.get("/boards/light", target_id=target, on="2026-11-15")
    assert (before["adjusted"], after["adjusted"]) == (None, pair)
    # Issued on 5 February: 283 of 329 days by then, of the shorter way 283 of 298.
    assert (before["expected_pct"], after["expected_pct"]) == ("86", "95")
    assert "期限自2026-10-01起由2026-12-31调整为2026-11-30" in after["explanation"]
    assert "由不低于30调整为30至36，力争值由不设调整为35" in after["explanation"]
    assert city.get("/boards/light", target_id=target, on="2026-09-30")["adjusted"] is None
    cells = {cell["target_id"]: cell for cell in city.get("/boards/matrix", programme_id=str(world["list"]))["cells"]}
    assert cells[target]["adjusted"] == pair
    rows = county.get(f"/programmes/{world['list']}/split", unit_id=str(world["a"]))["rows"]
    row = next(row for row in rows if row["target_id"] == str(world["roads:a:target"]))
    assert [each["adjusted"] for each in row["cells"] if each["target_id"] == target] == [pair]
    sheet = clerk.get(f"/reports/{world['november:roads:a1']}")
    assert (sheet["cells"][0]["adjusted"], sheet["deadline"]) == (pair, "2026-11-30")
    changed = [
        entry["changes"]
        for entry in people["auditor"].get("/changes", limit=1000)["items"]
        if entry["entity"] == "task" and entry["entity_id"] == str(world["roads:a1"]) and entry["action"] == "adjust"
    ]
    assert changed == [{"deadline": ["2026-12-31", "2026-11-30"]}]


def again_in(people: Callers, who: str) -> Any:
    from tests.conftest import Caller  # noqa: PLC0415 - the class, not the fixture

    return Caller(people.client, who)


def state(world: World, task: str = "roads:a1", **changed: Any) -> dict[str, Any]:
    return {
        "task_id": str(world[task]),
        "kind": "suspended",
        "from_on": "2026-11-01",
        "reason": "用地批复未到",
        **changed,
    }


def test_a_state_puts_the_light_out_and_says_which_base_is_used(people: Callers, world: World) -> None:
    clerk, county, city = people["a1-clerk"], people["a-office"], people["office"]

    def column(on: str) -> tuple[int, int, int, str | None, str | None, dict[str, int]]:
        items = city.get("/boards/matrix", programme_id=str(world["list"]), on=on)["items"]
        found = next(item for item in items if item["id"] == str(world["list.roads"]))
        return tuple(found[name] for name in ("met", "base", "left_out", "value_base", "value_pct", "states"))  # type: ignore[return-value]

    assert column("2026-11-30") == (0, 3, 0, "100", "58", {})
    asked = clerk.post("/task-states", state(world), status=201)
    assert column("2026-11-30")[:3] == (0, 3, 0)
    problem(clerk.call("POST", f"/task-states/{asked['id']}/approve", json={}, version=1), 403, "forbidden")
    made = county.post(f"/task-states/{asked['id']}/approve", {"decision": "同意暂缓"}, version=1)
    assert (made["status"], made["decided_unit_name"], [each["verb"] for each in made["actions"]]) == (
        "approved",
        "乐清市",
        ["end"],
    )
    # Suspended stays in the base: the promise stands.
    assert column("2026-11-30") == (0, 3, 0, "100", "58", {"suspended": 1})
    assert column("2026-10-31")[5] == {}
    light = city.get("/boards/light", target_id=str(world["roads:a1:target"]), on="2026-11-30")
    assert (light["light"], light["standing"]) == ("none", None)
    assert light["explanation"] == "暂缓实施（自2026-11-01起：用地批复未到），不亮灯，仍计入应计数。"
    task = clerk.get(f"/tasks/{world['roads:a1']}")
    assert (task["state"]["kind"], task["state"]["from_on"]) == ("suspended", "2026-11-01")
    report = clerk.get(f"/reports/{world['november:roads:a1']}")
    assert (report["excused"], report["problems"]) == (True, [])
    owed = {each["programme_id"]: each["draft"] for each in clerk.get("/workbench")["owed"]}
    assert owed[str(world["list"])] == 1
    # Back to work from the 25th: the month is owed again, and the board tells both.
    ended = county.post(f"/task-states/{asked['id']}/end", {"until_on": "2026-11-25"}, version=2)
    assert (ended["status"], ended["until_on"]) == ("ended", "2026-11-25")
    assert clerk.get(f"/reports/{world['november:roads:a1']}")["excused"] is False
    assert (column("2026-11-24")[5], column("2026-11-25")[5]) == ({"suspended": 1}, {})


def test_what_does_not_apply_leaves_the_denominator(people: Callers, world: World) -> None:
    clerk, county, city = people["b1-clerk"], people["b-office"], people["office"]
    body = state(world, "roads:b1", kind="not_applicable", from_on="2026-02-05", reason="辖区内没有农村公路")
    asked = clerk.post("/task-states", body, status=201)
    county.post(f"/task-states/{asked['id']}/approve", {}, version=1)
    matrix = city.get("/boards/matrix", programme_id=str(world["list"]), on="2026-10-31")
    found = next(item for item in matrix["items"] if item["id"] == str(world["list.roads"]))
    assert (found["met"], found["base"], found["left_out"], found["value_base"]) == (0, 2, 1, "60")
    assert found["states"] == {"not_applicable": 1}
    cell = next(cell for cell in matrix["cells"] if cell["target_id"] == str(world["roads:b1:target"]))
    assert (cell["light"], cell["state"]) == ("none", "not_applicable")
    summary = city.get("/boards/summary", on="2026-10-31")["items"]
    row = next(row for row in summary if row["programme_id"] == str(world["list"]))
    assert (row["base"], row["left_out"]) == (4, 1)
    assert str(world["roads:b1:target"]) not in {row["target_id"] for row in city.get("/boards/lag")["items"]}


def test_a_state_that_cannot_be_asked_is_named(people: Callers, world: World) -> None:
    clerk = people["a1-clerk"]
    for changed, named in (
        ({"until_on": "2026-11-01"}, [("/until_on", "order")]),
        ({"from_on": "2025-12-31"}, [("/from_on", "outside")]),
        ({"kind": "bored"}, [("/kind", "literal-error")]),
    ):
        assert places(clerk.call("POST", "/task-states", json=state(world, **changed))) == named, changed
    first = clerk.post("/task-states", state(world, until_on="2026-12-01"), status=201)
    again = clerk.call("POST", "/task-states", json=state(world, from_on="2026-11-30"))
    assert places(again, 409, "duplicate") == [("/from_on", "duplicate")]
    clerk.post("/task-states", state(world, from_on="2026-12-01", kind="waiting_policy"), status=201)
    assert clerk.post(f"/task-states/{first['id']}/withdraw", version=1)["status"] == "withdrawn"
    problem(people["office"].call("POST", "/task-states", json=state(world, "parks:a")), 409, "conflict")
    problem(people["a2-clerk"].call("POST", "/task-states", json=state(world)), 404, "not-found")
    # The unit that gave the task may ask as well, somebody else there or above decides.
    given = people["a-office"].post("/task-states", state(world, "roads:a2", kind="not_handed_down"), status=201)
    problem(people["a-office"].call("POST", f"/task-states/{given['id']}/approve", json={}, version=1), 409, "own-work")
    wrong = people["office"].post(f"/task-states/{given['id']}/approve", {}, version=1)
    end = people["office"].call("POST", f"/task-states/{given['id']}/end", json={"until_on": "2026-11-01"}, version=2)
    assert (wrong["status"], places(end)) == ("approved", [("/until_on", "order")])


def test_nothing_issued_changes_except_by_an_adjustment(people: Callers, world: World) -> None:
    """Every road to an issued target but the adjustment is locked."""
    county, city = people["a-office"], people["office"]
    indicator, target = str(world["roads"]), {"indicator_id": str(world["roads"]), "value": "25"}
    for method, path, body, version in (
        ("PATCH", f"/tasks/{world['roads:a1']}", {"targets": [target]}, 2),
        ("PATCH", f"/tasks/{world['roads:a1']}", {"deadline": "2026-12-30"}, 2),
        ("POST", f"/tasks/{world['roads:a1']}/void", None, 2),
        ("POST", f"/tasks/{world['roads:a1']}/issue", None, 2),
    ):
        answer = county.call(method, path, json=body, version=version)
        assert answer.status_code == 409, (path, answer.text)
    cell = {"parent_id": str(world["roads:a"]), "unit_id": str(world["a1"]), "indicator_id": indicator, "value": "25"}
    for value in ("25", None):
        results = county.post("/tasks:split", {"cells": [{**cell, "value": value}]})["results"]
        assert [(each["outcome"], each["errors"][0]["code"]) for each in results] == [("refused", "locked")]
    for method, path, body, version in (
        ("PATCH", f"/indicators/{indicator}", {"better": "lower"}, 2),
        ("PATCH", f"/items/{world['list.roads']}", {"title": "改名"}, 2),
        ("PATCH", f"/programmes/{world['list']}", {"name": "改名"}, 2),
        ("POST", f"/items/{world['list.roads']}/void", None, 2),
    ):
        answer = city.call(method, path, json=body, version=version)
        assert answer.status_code == 409, (path, answer.text)
    assert people["a1-clerk"].get(f"/tasks/{world['roads:a1']}")["targets"][0]["value"] == "30"
    entries = city.get("/changes", types="target", limit=1000)["items"]
    adjust(people, world)
    more = city.get("/changes", types="target,target_adjustment", limit=1000)["items"]
    last = [each for each in more if each["entity_id"] == str(world["roads:a1:target"])][-1]
    assert len([each for each in entries if each["action"] == "adjust"]) == 0
    assert (last["action"], last["changes"]) == ("adjust", {"value": ["30", "25"]})
