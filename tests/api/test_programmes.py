"""Promise lists: the catalogue as a draft, what must stand before it is issued, and the lock from then on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.lists import DEADLINE, PromiseList, programme_in
from tests.factories.problems import places, problem

if TYPE_CHECKING:
    from tests.conftest import Caller, Callers
    from tests.factories.world import World


@pytest.fixture
def draft(people: Callers, world: World) -> PromiseList:
    """Return an empty list of the city."""
    return PromiseList(people["office"], world["city"])


# The list itself


def test_a_list_starts_as_a_draft_of_its_owner(people: Callers, world: World) -> None:
    office = people["office"]
    answer = office.call("POST", "/programmes", json=programme_in(world["city"], source="温政发〔2026〕1号"))
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    made = answer.json()
    assert {**made, "id": None, "actions": None} == {
        **programme_in(world["city"]),
        "id": None,
        "actions": None,
        "version": 1,
        "unit_name": "温州市",
        "kind": "livelihood",
        "status": "draft",
        "issued_on": None,
        "level_labels": ["大项", "小项"],
        "rule_set": "points-10-30",
        "rule_reason": None,
        "predecessor_id": None,
        "reporting": ["每月，次月5日18时截止"],
        "source": "温政发〔2026〕1号",
    }
    assert made["actions"] == [
        {"verb": "consult", "label": "征求意见", "enabled": False, "reason": "计划里还没有项目。"},
        {"verb": "issue", "label": "下达", "enabled": False, "reason": "计划里还没有项目，不能下达。"},
    ]
    changed = office.patch(f"/programmes/{made['id']}", {"name": "实事", "source": None}, version=1)
    assert (changed["name"], changed["source"], changed["version"]) == ("实事", None, 2)


WRONG_LIST_NAMES_THE_FIELD: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"ends_on": "2026-01-01"}, ("/ends_on", "before-start")),
    ({"ends_on": "2034-12-31"}, ("/ends_on", "too-long")),
    ({"year": 2027}, ("/year", "outside")),
    ({"year": 1989}, ("/year", "greater-than-equal")),
    ({"year": "2026"}, ("/year", "int-type")),
    ({"year": True}, ("/year", "int-type")),
    ({"cut_off_day": 29}, ("/cut_off_day", "less-than-equal")),
    ({"cut_off_hour": 0}, ("/cut_off_hour", "greater-than-equal")),
    ({"close_after_days": 61}, ("/close_after_days", "less-than-equal")),
    ({"rule_set": "other"}, ("/rule_set", "unknown-rule-set")),
    ({"kind": "other"}, ("/kind", "literal-error")),
    ({"level_labels": ["一"] * 9}, ("/level_labels", "too-long")),
    ({"level_labels": ["大\x07项"]}, ("/level_labels/0", "control-character")),
    ({"status": "issued"}, ("/status", "extra-forbidden")),
    ({"issued_on": "2026-02-01"}, ("/issued_on", "extra-forbidden")),
]


def test_a_wrong_list_names_the_field(people: Callers, world: World) -> None:
    for changed, place in WRONG_LIST_NAMES_THE_FIELD:
        answer = people["office"].call("POST", "/programmes", json=programme_in(world["city"], **changed))
        assert places(answer) == [place]


def test_only_an_office_writes_lists_and_only_for_its_area(people: Callers, world: World) -> None:
    problem(people["a-office"].call("POST", "/programmes", json=programme_in(world["city"])), 403, "forbidden")
    problem(people["a-office"].call("POST", "/programmes", json=programme_in(world["b"])), 404, "not-found")
    problem(people["a1-clerk"].call("POST", "/programmes", json=programme_in(world["a1"])), 403, "forbidden")
    assert people["a-office"].post("/programmes", programme_in(world["a"]), status=201)["unit_name"] == "乐清市"


def test_a_draft_is_its_owners_and_an_issued_list_is_a_header_below(people: Callers, world: World) -> None:
    clerk = people["a1-clerk"]
    assert [each["name"] for each in clerk.get("/programmes")["items"]] == [
        "温州市2026年民生实事",
        "乐清市2026年民生实事",
    ]
    for path in (
        f"/programmes/{world['draft_list']}",
        f"/items/{world['draft_list.parks']}",
        f"/indicators/{world['parks']}",
    ):
        problem(clerk.call("GET", path), 404, "not-found")
    assert clerk.get("/items", programme_id=str(world["draft_list"]))["items"] == []
    assert [item["code"] for item in clerk.get("/items", programme_id=str(world["list"]))["items"]] == [
        "1",
        "1.1",
        "1.2",
    ]
    problem(clerk.call("PATCH", f"/items/{world['list.roads']}", json={"title": "x"}, version=1), 403, "forbidden")
    assert people["office"].get("/programmes", status="draft")["items"][0]["id"] == str(world["draft_list"])
    assert people["b1-clerk"].get("/programmes", unit_id=str(world["a"]))["items"] == []


# The catalogue


def test_the_catalogue_is_a_tree_of_eight_levels_at_most(draft: PromiseList, people: Callers, world: World) -> None:
    parents: list[str | None] = [None]
    for depth in range(1, 9):
        parents.append(draft.item(".".join("1" * depth), f"第{depth}层", parents[-1])["id"])
    body = {"programme_id": draft.id, "parent_id": parents[-1], "code": "9", "title": "第9层"}
    assert places(draft.office.call("POST", "/items", json=body)) == [("/parent_id", "too-deep")]
    aside = draft.item("2", "旁支")
    beneath = draft.item("2.1", "旁支之下", aside["id"])
    answer = draft.office.call("PATCH", f"/items/{aside['id']}", json={"parent_id": parents[7]}, version=1)
    assert places(answer) == [("/parent_id", "too-deep")]
    for target in (aside["id"], beneath["id"]):
        answer = draft.office.call("PATCH", f"/items/{aside['id']}", json={"parent_id": target}, version=1)
        assert places(answer) == [("/parent_id", "cycle")]
    moved = draft.office.patch(f"/items/{aside['id']}", {"parent_id": parents[6]}, version=1)
    assert moved["parent_id"] == parents[6]
    listed = draft.office.get("/items", programme_id=draft.id)["items"]
    assert len(listed) == 10


def test_a_parent_of_another_list_is_refused(draft: PromiseList, world: World) -> None:
    for parent in ("list.group", "draft_list.parks"):
        body = {"programme_id": draft.id, "parent_id": str(world[parent]), "code": "1", "title": "x"}
        assert places(draft.office.call("POST", "/items", json=body)) == [("/parent_id", "foreign-parent")]
    gone = draft.item("1", "作废的")
    draft.office.post(f"/items/{gone['id']}/void", version=1)
    body = {"programme_id": draft.id, "parent_id": gone["id"], "code": "2", "title": "x"}
    assert places(draft.office.call("POST", "/items", json=body)) == [("/parent_id", "foreign-parent")]


def test_leads_are_the_whole_list_each_time(draft: PromiseList, people: Callers, world: World) -> None:
    item = draft.item("1", "公路", leads=(world["city_dept"],))
    assert [(lead["unit_name"], lead["role"]) for lead in item["leads"]] == [("温州市交通运输局", "lead")]
    path = f"/items/{item['id']}"
    both = [
        {"unit_id": str(world["city_dept"]), "role": "cooperate"},
        {"unit_id": str(world["a_dept"]), "role": "lead"},
    ]
    changed = draft.office.patch(path, {"leads": both}, version=1)
    assert changed["version"] == 2
    assert [(lead["unit_name"], lead["role"]) for lead in changed["leads"]] == [
        ("温州市交通运输局", "cooperate"),
        ("乐清市教育局", "lead"),
    ]
    assert places(draft.office.call("PATCH", path, json={"leads": [both[0], both[0]]}, version=2)) == [
        ("/leads/1/unit_id", "duplicate")
    ]
    foreign = [{"unit_id": str(world["other"])}]
    assert places(draft.office.call("PATCH", path, json={"leads": foreign}, version=2)) == [
        ("/leads/0/unit_id", "unknown-unit")
    ]
    assert draft.office.patch(path, {"leads": []}, version=2)["leads"] == []


def test_an_item_with_others_beneath_it_is_not_voided(draft: PromiseList) -> None:
    group = draft.item("1", "大项")
    part = draft.item("1.1", "小项", group["id"])
    answer = draft.office.call("POST", f"/items/{group['id']}/void", version=1)
    assert problem(answer, 409, "conflict")["detail"] == "请先作废它下面的项目。"
    draft.office.post(f"/items/{part['id']}/void", version=1)
    draft.office.post(f"/items/{group['id']}/void", version=1)
    assert draft.office.get("/items", programme_id=draft.id)["items"] == []


def test_a_voided_item_takes_nothing_more(draft: PromiseList) -> None:
    item = draft.item("1", "公路")
    draft.office.post(f"/items/{item['id']}/void", version=1)
    body = {"item_id": item["id"], "name": "里程", "measure_id": draft.measure("公里")}
    problem(draft.office.call("POST", "/indicators", json=body), 409, "wrong-state")
    problem(draft.office.call("PATCH", f"/items/{item['id']}", json={"title": "x"}, version=2), 409, "wrong-state")


# What is counted


def test_indicators_and_measures(draft: PromiseList, world: World) -> None:
    item = draft.item("1", "公路")
    made = draft.indicator(item["id"], "里程")
    assert {**made, "id": None} == {
        "id": None,
        "version": 1,
        "item_id": item["id"],
        "name": "里程",
        "measure_id": draft.measure("公里"),
        "measure_name": "公里",
        "decimals": 3,
        "accumulation": "cumulative",
        "aggregation": "sum",
        "kind": "count",
        "better": "higher",
        "counting": None,
        "survey": "census",
        "numerator_name": None,
        "denominator_name": None,
        "per": 100,
        "levels": [],
        "per_period": None,
        "part_of": None,
    }
    path = f"/indicators/{made['id']}"
    changed = draft.office.patch(path, {"name": "新改建里程", "measure_id": draft.measure("条")}, version=1)
    assert (changed["name"], changed["measure_name"], changed["decimals"]) == ("新改建里程", "条", 0)
    assert places(draft.office.call("PATCH", path, json={"measure_id": None}, version=2)) == [("/measure_id", "null")]
    problem(draft.office.call("PATCH", path, json={"measure_id": item["id"]}, version=2), 404, "not-found")
    assert draft.office.get(f"/items/{item['id']}")["indicators"] == [changed]


WRONG_MEASURE_NAMES_THE_FIELD: list[tuple[dict[str, Any], int, str, list[tuple[str, str]]]] = [
    ({"name": "公里"}, 409, "duplicate", [("/name", "duplicate")]),
    ({"name": "公 里"}, 422, "invalid", [("/name", "string-pattern-mismatch")]),
    ({"name": "新单位", "decimals": 7}, 422, "invalid", [("/decimals", "less-than-equal")]),
    ({"name": "新单位", "decimals": "3"}, 422, "invalid", [("/decimals", "int-type")]),
    ({"name": "新单位", "dimension": "love"}, 422, "invalid", [("/dimension", "literal-error")]),
]


def test_a_wrong_measure_names_the_field(people: Callers) -> None:
    for body, status, code, named in WRONG_MEASURE_NAMES_THE_FIELD:
        assert places(people["office"].call("POST", "/measures", json=body), status, code) == named


def test_a_rate_or_standard_is_never_summed(draft: PromiseList) -> None:
    """What stands at a moment adds up only where it is a count; a percentage never does (R014)."""
    item = draft.item("1", "覆盖率")
    made = draft.indicator(item["id"], "覆盖率", "%", 2, "snapshot")
    assert made["aggregation"] == "none"


# Issuing


def test_an_incomplete_list_is_refused_with_all_that_is_missing(draft: PromiseList) -> None:
    office, path = draft.office, f"/programmes/{draft.id}/issue"
    assert (
        problem(office.call("POST", path, json={}, version=1), 409, "conflict")["detail"]
        == "计划里还没有项目，不能下达。"
    )
    group = draft.item("1", "交通")
    bare = draft.item("1.1", "公路", group["id"])
    other = draft.item("1.2", "公交", group["id"])
    answer = office.call("POST", path, json={}, version=1)
    assert places(answer, 409, "conflict") == [
        (f"/items/{bare['id']}", "no-indicator"),
        (f"/items/{other['id']}", "no-indicator"),
    ]
    roads = draft.indicator(bare["id"], "里程")
    second = draft.indicator(bare["id"], "条数", "条", 0)
    buses = draft.indicator(other["id"], "线路", "条", 0)
    answer = office.call("POST", path, json={}, version=1)
    assert places(answer, 409, "conflict") == [
        (f"/items/{bare['id']}", "no-target"),
        (f"/items/{other['id']}", "no-target"),
    ]
    root = draft.task(roads, "100")
    draft.task(buses, None)
    # The second indicator of the first item still has no target.
    answer = office.call("POST", path, json={}, version=1)
    assert places(answer, 409, "conflict") == [(f"/indicators/{second['id']}", "no-target")]
    both = [{"indicator_id": each["id"], "value": "100"} for each in (roads, second)]
    office.patch(f"/tasks/{root['id']}", {"targets": both}, version=1)
    assert draft.issue()["status"] == "issued"


def test_a_deadline_that_a_later_change_left_outside_stops_the_issue(draft: PromiseList) -> None:
    item = draft.item("1", "公路")
    draft.task(draft.indicator(item["id"], "里程"), "100")
    draft.office.patch(f"/programmes/{draft.id}", {"ends_on": "2026-11-30"}, version=1)
    answer = draft.office.call("POST", f"/programmes/{draft.id}/issue", json={}, version=2)
    assert places(answer, 409, "conflict") == [(f"/items/{item['id']}", "deadline-outside")]


DAY_OF_ISSUE_IS_CHECKED: list[tuple[str, tuple[str, str]]] = [
    ("2026-11-23", ("/issued_on", "future")),
    ("2025-12-31", ("/issued_on", "outside")),
    ("2026-13-01", ("/issued_on", "date-from-datetime-parsing")),
]


def test_the_day_of_issue_is_checked(draft: PromiseList) -> None:
    draft.task(draft.indicator(draft.item("1", "公路")["id"], "里程"), "100")
    for day, place in DAY_OF_ISSUE_IS_CHECKED:
        answer = draft.office.call("POST", f"/programmes/{draft.id}/issue", json={"issued_on": day}, version=1)
        assert places(answer) == [place]
        assert draft.office.get(f"/programmes/{draft.id}")["status"] == "draft"


def test_issuing_hands_down_and_opens_the_rounds(draft: PromiseList, people: Callers, world: World) -> None:
    item = draft.item("1", "公路")
    roads = draft.indicator(item["id"], "里程")
    root = draft.task(roads, "100")
    share = draft.task(roads, "100", world["a1"], root["id"])
    clerk = people["a1-clerk"]
    problem(clerk.call("GET", f"/tasks/{share['id']}"), 404, "not-found")
    issued = draft.issue("2026-09-15")
    assert (issued["status"], issued["issued_on"]) == ("issued", "2026-09-15")
    assert [action["verb"] for action in issued["actions"]] == ["change-rules", "close"]
    mine = clerk.get(f"/tasks/{share['id']}")
    assert (mine["status"], mine["issued_on"]) == ("issued", "2026-09-15")
    rounds = clerk.get("/rounds", programme_id=draft.id)["items"]
    assert [(each["period"], each["state"], each["due_at"], each["closes_at"]) for each in rounds] == [
        ("2026-09", "closed", "2026-10-05T10:00:00Z", "2026-10-10T16:00:00Z"),
        ("2026-10", "closed", "2026-11-05T10:00:00Z", "2026-11-10T16:00:00Z"),
        ("2026-11", "open", "2026-12-05T10:00:00Z", "2026-12-10T16:00:00Z"),
        ("2026-12", "scheduled", "2027-01-05T10:00:00Z", "2027-01-10T16:00:00Z"),
    ]
    reports = clerk.get("/reports", programme_id=draft.id)["items"]
    assert [(each["period"], each["unit_id"], each["status"]) for each in reports] == [
        ("2026-11", str(world["a1"]), "draft"),
        ("2026-12", str(world["a1"]), "draft"),
    ]


def test_everything_of_an_issued_list_is_locked_on_every_route(
    draft: PromiseList, people: Callers, world: World
) -> None:
    group = draft.item("1", "交通")
    item = draft.item("1.1", "公路", group["id"], (world["city_dept"],))
    roads = draft.indicator(item["id"], "里程")
    root = draft.task(roads, "100")
    share = draft.task(roads, "60", world["a"], root["id"])
    draft.issue()
    office = draft.office
    targets = [{"indicator_id": roads["id"], "value": "1"}]
    state = {
        path: office.get(path)
        for path in (f"/programmes/{draft.id}", f"/items/{item['id']}", f"/tasks/{root['id']}", f"/tasks/{share['id']}")
    }
    measure = draft.measure("公里")

    def version(path: str) -> int:
        found: int = office.get(path)["version"]
        return found

    attempts: list[tuple[str, str, Any]] = [
        ("PATCH", f"/programmes/{draft.id}", {"name": "x"}),
        ("PATCH", f"/items/{item['id']}", {"title": "x"}),
        ("PATCH", f"/items/{item['id']}", {"leads": []}),
        ("PATCH", f"/items/{item['id']}", {"parent_id": None}),
        ("PATCH", f"/indicators/{roads['id']}", {"name": "x"}),
        ("PATCH", f"/tasks/{root['id']}", {"deadline": "2026-12-01"}),
        ("PATCH", f"/tasks/{share['id']}", {"targets": targets}),
    ]
    for method, path, body in attempts:
        problem(office.call(method, path, json=body, version=version(path)), 409, "locked")
    for path, body in (
        ("/items", {"programme_id": draft.id, "code": "2", "title": "x"}),
        (
            "/items",
            {"programme_id": draft.id, "code": "2", "title": "x", "leads": [{"unit_id": str(world["city_dept"])}]},
        ),
        ("/indicators", {"item_id": item["id"], "name": "x", "measure_id": measure}),
        ("/tasks", {"item_id": group["id"], "unit_id": draft.unit, "deadline": DEADLINE, "targets": targets}),
    ):
        answer = office.call("POST", path, json=body)
        assert answer.status_code == 409, answer.text
        assert answer.json()["code"] in {"locked", "duplicate"}
    cell = {"parent_id": root["id"], "unit_id": str(world["a"]), "indicator_id": roads["id"], "value": "61"}
    refused = office.post("/tasks:split", {"cells": [cell]})["results"][0]
    assert (refused["outcome"], refused["errors"][0]["code"]) == ("refused", "locked")
    problem(office.call("POST", "/tasks:split", json={"mode": "atomic", "cells": [cell]}), 409, "locked")
    for path in (f"/items/{item['id']}/void", f"/tasks/{share['id']}/void", f"/tasks/{share['id']}/issue"):
        problem(office.call("POST", path, version=version(path.rpartition("/")[0])), 409, "wrong-state")
    again = office.call("POST", f"/programmes/{draft.id}/issue", json={}, version=version(f"/programmes/{draft.id}"))
    problem(again, 409, "wrong-state")
    assert {path: office.get(path) for path in state} == state


def test_closing_ends_a_list_for_good(people: Callers, world: World) -> None:
    office, path = people["office"], f"/programmes/{world['list']}"
    closed = office.post(f"{path}/close", version=office.get(path)["version"])
    assert (closed["status"], closed["actions"]) == ("closed", [])
    body = {
        "parent_id": str(world["roads:a"]),
        "unit_id": str(world["a_dept"]),
        "indicator_id": str(world["roads"]),
        "value": "1",
    }
    refused = people["a-office"].post("/tasks:split", {"cells": [body]})["results"][0]
    assert (refused["outcome"], refused["errors"][0]["code"]) == ("refused", "locked")
    problem(office.call("PATCH", path, json={"name": "x"}, version=closed["version"]), 409, "locked")


def test_only_the_owner_issues(people: Callers, world: World) -> None:
    path = f"/programmes/{world['draft_list']}/issue"
    for name, status, code in (
        ("a-office", 404, "not-found"),
        ("reviewer", 403, "forbidden"),
        ("outsider", 404, "not-found"),
        ("a1-clerk", 403, "forbidden"),
    ):
        problem(people[name].call("POST", path, json={}, version=1), status, code)


# Lines


def test_who_leads_an_item_reads_it_under_the_whole_government_and_nothing_else(
    draft: PromiseList, people: Callers, world: World
) -> None:
    lead, other = people["lead"], people["a-lead"]

    def tasks(caller: Caller) -> list[str]:
        names = {str(key): name for name, key in world.ids.items()}
        return sorted(names.get(task["id"], task["unit_name"]) for task in caller.get("/tasks", limit=1000)["items"])

    of_line = [
        "cover:a1",
        "cover:b1",
        "cover:city",
        "roads:a",
        "roads:a1",
        "roads:a2",
        "roads:b",
        "roads:b1",
        "roads:city",
    ]
    assert tasks(lead) == of_line
    assert tasks(other) == ["schools:a", "schools:a1", "schools:a2"]
    mine = draft.item("1", "公路", leads=(world["city_dept"],))
    roads = draft.indicator(mine["id"], "里程")
    root = draft.task(roads, "100")
    theirs = draft.indicator(draft.item("2", "园区", leads=(world["a_dept"],))["id"], "个数", "个", 0)
    draft.task(theirs, "3")
    draft.task(roads, "100", world["b1"], root["id"])
    assert tasks(lead) == of_line
    draft.issue()
    assert tasks(lead) == sorted([*of_line, "温州市", "灵溪镇"])
    assert tasks(other) == ["schools:a", "schools:a1", "schools:a2"]
    report = world["november:roads:b1"]
    assert lead.get(f"/reports/{report}")["unit_name"] == "灵溪镇"
    problem(lead.call("PATCH", f"/reports/{report}", json={"note": "x"}, version=1), 403, "forbidden")
    problem(lead.call("POST", f"/reports/{report}/submit", version=1), 403, "forbidden")
    problem(lead.call("GET", f"/reports/{world['november:schools:a1']}"), 404, "not-found")
    problem(lead.call("GET", f"/tasks/{world['schools:a1']}"), 404, "not-found")
