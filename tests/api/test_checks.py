"""Check rules over HTTP: what they hold up on every path, explanations that stay, and trying a rule on old data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from tests.factories.problems import places, problem

if TYPE_CHECKING:
    from fastapi import FastAPI

    from tests.conftest import Caller, Callers
    from tests.factories.world import World

A1 = "november:roads:a1"
"""Nothing written yet; 20 of 30 km up to October, so October brought 20."""
CAUSE = {"cause_code": "land", "cause_note": "用地批复下周到位"}


def rule_in(unit: object, definition: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """Return a new draft of a unit."""
    return {"unit_id": str(unit), "name": "核对", "severity": "warn", "definition": definition, **changed}


def active(office: Caller, unit: object, definition: dict[str, Any], **changed: Any) -> str:
    """Return the id of a rule that was made and switched on."""
    made = office.post("/check-rules", rule_in(unit, definition, **changed), status=201)
    assert office.post(f"/check-rules/{made['id']}/activate", version=1)["status"] == "active"
    key: str = made["id"]
    return key


def write(caller: Caller, key: object, values: list[dict[str, Any]], **words: Any) -> Any:
    """Write into a report and return it."""
    version = caller.get(f"/reports/{key}")["version"]
    return caller.patch(f"/reports/{key}", {"values": values, **words}, version=version)


def submit(caller: Caller, key: object) -> Any:
    """Try to submit a report."""
    return caller.call("POST", f"/reports/{key}/submit", version=caller.get(f"/reports/{key}")["version"])


def at_fault(refused: Any) -> list[tuple[str, str]]:
    """Return the places that a submit was refused for."""
    return [(each["pointer"], each["code"]) for each in problem(refused, 409, "conflict")["errors"]]


def told(report: Any) -> list[tuple[str, str, bool]]:
    """Return what was found: the rule's kind, the message, and whether an explanation counts."""
    return [(each["kind"], each["message"], each["explanation"] is not None) for each in report["findings"]]


def test_a_warning_asks_for_an_explanation_that_holds_while_the_figures_do(people: Callers, world: World) -> None:
    office, clerk, key = people["office"], people["a1-clerk"], world[A1]
    target = str(world["roads:a1:target"])
    place = f"/cells/{target}"
    rule = active(office, world["city"], {"kind": "jump", "high": "2"}, name="突增")
    calm = write(clerk, key, [{"target_id": target, "current": "5"}], **CAUSE)
    assert (calm["findings"], calm["warnings"], calm["problems"]) == ([], [], [])
    report = write(clerk, key, [{"target_id": target, "current": "45.5"}])
    message = "“农村公路提升”本期数 45.5 超过上期 20 的 2 倍"
    assert told(report) == [("jump", message, False)]
    (finding,) = report["findings"]
    assert finding["figures"] == [
        {"label": "农村公路提升本期数", "value": "45.5", "own": True},
        {"label": "上期本期数", "value": "20", "own": False},
    ]
    assert (finding["rule_id"], finding["rule_name"], finding["target_id"]) == (rule, "突增", target)
    assert [(each["pointer"], each["code"]) for each in report["warnings"]] == [(f"{place}/current", "check-jump")]
    assert [(each["pointer"], each["code"]) for each in report["problems"]] == [
        (f"{place}/explanation", "explanation-missing")
    ]
    # Saving went through; submitting does not, on any path.
    refused = submit(clerk, key)
    assert at_fault(refused) == [(f"{place}/explanation", "explanation-missing")]
    rows = [{"id": str(key), "version": report["version"]}]
    (result,) = clerk.post("/reports:submit", {"rows": rows})["results"]
    assert (result["outcome"], [each["pointer"] for each in result["errors"]]) == ("refused", [f"{place}/explanation"])
    assert [each["enabled"] for each in report["actions"] if each["verb"] == "submit"] == [False]
    # The explanation comes with the figure, alone, or in a batch; it stays with the numbers it explained.
    report = write(clerk, key, [{"target_id": target, "explanation": "上月两个村漏报"}])
    assert (told(report), report["warnings"], report["problems"]) == ([("jump", message, True)], [], [])
    assert write(clerk, key, [{"target_id": target, "explanation": "上月两个村漏报"}])["version"] == report["version"]
    change = {"target_id": target, "current": "46", "explanation": None}
    batch = {"report_id": str(key), "base_version": report["version"], "values": [change]}
    (result,) = clerk.post("/reports:batch", {"changes": [batch]})["results"]
    report = result["report"]
    assert [each["counts"] for each in report["explanations"]] == [False]
    assert [each["explanation"] for each in report["findings"]] == [None]
    change = {"target_id": target, "explanation": "上月三个村漏报，已补"}
    batch = {"report_id": str(key), "base_version": report["version"], "values": [change]}
    (result,) = clerk.post("/reports:batch", {"changes": [batch]})["results"]
    assert [(each["text"], each["author_name"], each["counts"]) for each in result["report"]["explanations"]] == [
        ("上月两个村漏报", "测试a1-clerk", False),
        ("上月三个村漏报，已补", "测试a1-clerk", True),
    ]
    assert [each["value"] for each in result["report"]["explanations"][0]["figures"]] == ["45.5", "20"]
    assert submit(clerk, key).status_code == 200
    # The reviewer sees it on the desk, the office counts it; switched off, the rule asks no more and the words stay.
    desk = people["a-reviewer"].get("/reports/desk", programme_id=world["list"], period="2026-11")
    cell = next(each for each in desk["cells"] if each["report_id"] == str(key))
    assert (cell["findings"], cell["explained"]) == (1, 1)
    found = office.get("/check-hits", programme_id=world["list"])
    assert [(each["rule_id"], each["hits"], each["explained"]) for each in found["rules"]] == [(rule, 1, 1)]
    assert [(each["unit_name"], each["explanation"]) for each in found["hits"]] == [("柳市镇", "上月三个村漏报，已补")]
    office.post(f"/check-rules/{rule}/retire", version=2)
    report = people["a-reviewer"].get(f"/reports/{key}")
    assert (report["findings"], len(report["explanations"])) == ([], 2)


def test_a_stop_refuses_the_submit_and_not_the_draft(people: Callers, world: World) -> None:
    office, clerk, key = people["office"], people["a1-clerk"], world[A1]
    target = str(world["roads:a1:target"])
    active(office, world["city"], {"kind": "range", "relative_to": "target", "high": "2"}, severity="stop")
    active(office, world["city"], {"kind": "slip", "against": "last"}, severity="stop", message="请核对单位")
    # Rules of another place or list, and those that concern other figures, hold nobody up.
    active(people["b-office"], world["b"], {"kind": "range", "high": "1"}, severity="stop")
    elsewhere = {"indicators": "cover", "units": "a2", "items": "list.cover"}
    for applies in ({"measures": ["所"]}, *({name: [str(world[key])]} for name, key in elsewhere.items())):
        active(office, world["city"], {"kind": "range", "high": "1"}, severity="stop", applies=applies)
    active(
        office,
        world["city"],
        {"kind": "range", "high": "1"},
        severity="stop",
        applies={"items": [str(world["list.cover"])]},
    )
    active(people["a-office"], world["a"], {"kind": "range", "high": "1"}, programme_id=str(world["county_list"]))
    report = write(clerk, key, [{"target_id": target, "value": "100000"}], **CAUSE)
    assert told(report) == [
        ("range", "“农村公路提升”累计数 100000 超过目标值 30 的 2 倍", False),
        (
            "slip",
            "请核对单位（“农村公路提升”累计数 100000 像是大了一万倍（上期数 20），请核对计量单位“公里”）",
            False,
        ),
    ]
    refused = submit(clerk, key)
    assert at_fault(refused) == [
        (f"/cells/{target}/value", "check-range"),
        (f"/cells/{target}/value", "check-slip"),
    ]
    # Words do not help against a stop.
    assert write(clerk, key, [{"target_id": target, "explanation": "属实"}])["explanations"] == []
    assert submit(clerk, key).status_code == 409
    assert told(write(clerk, key, [{"target_id": target, "value": "30"}])) == []
    assert submit(clerk, key).status_code == 200


def test_siblings_and_base_figures(people: Callers, world: World) -> None:
    office = people["office"]
    for unit, value in (("a1", "1000"), ("a2", "2000")):
        figure = {"unit_id": str(world[unit]), "kind": "常住人口", "year": 2025, "value": value, "source": "公报"}
        office.post("/base-figures", figure, status=201)
    head = {"base_kind": "常住人口"}
    active(office, world["city"], {"kind": "siblings", "high": "2", "least": 1, **head})
    active(office, world["city"], {"kind": "range", "relative_to": "base", "high": "0.04", **head})
    write(people["a2-clerk"], world["november:roads:a2"], [{"target_id": str(world["roads:a2:target"]), "value": "30"}])
    target = str(world["roads:a1:target"])

    def found(value: str) -> list[tuple[str, str, bool]]:
        return told(write(people["a1-clerk"], world[A1], [{"target_id": target, "value": value}]))

    assert found("30.001") == []  # a2 has handed in nothing
    assert submit(people["a2-clerk"], world["november:roads:a2"]).status_code == 200
    assert found("30") == []
    assert found("30.001") == [
        (
            "siblings",
            "“农村公路提升”累计数 30.001，按常住人口平均为 0.03，超过 1 个同级单位中位数 0.015 的 2 倍",
            False,
        )
    ]
    assert [kind for kind, *_ in found("40.001")] == ["siblings", "range"]


def test_sums_and_quotients_within_a_report_and_across_the_reports_of_a_unit(people: Callers, world: World) -> None:
    office = people["office"]
    roads, cover = str(world["roads"]), str(world["cover"])
    a1 = people["a1-clerk"]
    active(office, world["city"], {"kind": "ratio", "over": roads, "under": cover, "high": "0.25"})
    active(office, world["city"], {"kind": "sum", "total": roads, "parts": [cover], "operator": "le"})
    roads_at, cover_at = str(world["roads:a1:target"]), str(world["cover:a1:target"])
    assert told(write(a1, world[A1], [{"target_id": roads_at, "value": "25"}])) == []  # the other is still empty
    report = write(a1, world["november:cover:a1"], [{"target_id": cover_at, "value": "20"}])
    assert told(report) == [
        ("ratio", "“农村公路提升”25 ÷ “公交覆盖率”20 = 1.25，超过 0.25", False),
        ("sum", "“农村公路提升”25 应 ≤ “公交覆盖率”20 = 20，相差 5", False),
    ]
    # Both reports name it, each at its own figure; put right in one, it is gone from both.
    assert [each["target_id"] for each in a1.get(f"/reports/{world[A1]}")["findings"]] == [roads_at] * 2
    write(a1, world["november:cover:a1"], [{"target_id": cover_at, "value": "100"}])
    assert told(a1.get(f"/reports/{world[A1]}")) == []
    assert told(write(a1, world["november:cover:a1"], [{"target_id": cover_at, "value": "0"}]))[0] == (
        "ratio",
        "“农村公路提升”25 ÷ “公交覆盖率”0：除数为 0",
        False,
    )


def test_rules_are_drafted_tried_switched_on_and_locked(people: Callers, world: World, app: FastAPI) -> None:
    office = people["office"]
    definition = {"kind": "range", "figure": "value", "relative_to": "target", "high": "0.8"}
    asked = {**rule_in(world["city"], definition, severity="stop", name="试"), "rounds": 2}
    tried = office.post("/check-rules:try", asked)
    held = [(each["period"], each["unit_name"], each["item_code"], each["message"]) for each in tried["hits"]]
    assert held == [
        ("2026-10", "柳市镇", "1", "“新建幼儿园”累计数 4 超过目标值 4 的 0.8 倍"),
        ("2026-10", "柳市镇", "1.2", "“公交覆盖率”期末数 96 超过目标值 95 的 0.8 倍"),
        ("2026-10", "灵溪镇", "1.2", "“公交覆盖率”期末数 80 超过目标值 95 的 0.8 倍"),
        ("2026-10", "虹桥镇", "1.1", "“农村公路提升”累计数 28 超过目标值 30 的 0.8 倍"),
    ]
    assert (tried["reports"], tried["held"], tried["cut"]) == (7, 4, False)
    assert tried["periods"] == [{"period": "2026-10", "reports": 7, "held": 4}]
    assert people["b-office"].post("/check-rules:try", {**asked, "unit_id": str(world["b"])})["held"] == 1
    # A draft holds nobody up; it is not seen from below until it is switched on, and then it is locked.
    row = office.post("/check-rules", rule_in(world["city"], definition, severity="stop"), status=201)
    assert (row["sentence"], row["status"], row["kind"]) == ("累计数不超过目标值的 0.8 倍", "draft", "range")
    clerk = people["a1-clerk"]
    problem(clerk.call("GET", f"/check-rules/{row['id']}"), 404, "not-found")
    body = {"definition": {**definition, "high": "0.9"}, "message": "请核对"}
    row = office.patch(f"/check-rules/{row['id']}", body, version=1)
    assert (row["sentence"], row["message"], row["version"]) == ("累计数不超过目标值的 0.9 倍", "请核对", 2)
    row = office.post(f"/check-rules/{row['id']}/activate", version=2)
    assert [(each["verb"], each["enabled"]) for each in row["actions"]] == [("retire", True)]
    assert clerk.get(f"/check-rules/{row['id']}")["actions"] == []
    answer = office.call("PATCH", f"/check-rules/{row['id']}", json={"name": "另一个名字"}, version=3)
    problem(answer, 409, "locked")
    shipped = [each for each in clerk.get("/check-rules", limit=100)["items"] if each["unit_id"] is None]
    assert {"jump-current", "slip-target", "parts-equal"} <= {each["code"] for each in shipped}
    answer = office.call("POST", f"/check-rules/{shipped[0]['id']}/activate", version=1)
    problem(answer, 403, "forbidden")
    # What is not there is named, each in its place.
    wrong = rule_in(
        world["city"],
        {"kind": "sum", "total": str(world["schools"]), "parts": [str(world["city"])]},
        programme_id=str(world["list"]),
        applies={"items": [str(world["a1"])], "units": [str(world["list"])]},
    )
    assert places(office.call("POST", "/check-rules", json=wrong)) == [
        ("/definition/total", "foreign-indicator"),
        ("/definition/parts/0", "unknown-indicator"),
        ("/applies/items/0", "unknown-item"),
        ("/applies/units/0", "unknown-unit"),
    ]
    problem(clerk.call("POST", "/check-rules", json=rule_in(world["a1"], definition)), 403, "forbidden")
    # What was said can be changed by nobody.
    _explained(people, world)
    with pytest.raises(DatabaseError), app.state.database.engine.begin() as connection:
        connection.execute(sa.text("UPDATE figure_explanation SET text = 'x'"))


def _explained(people: Callers, world: World) -> None:
    active(people["office"], world["city"], {"kind": "range", "high": "1"})
    target = str(world["roads:a1:target"])
    values = [{"target_id": target, "value": "21", "explanation": "属实"}]
    assert len(write(people["a1-clerk"], world[A1], values)["explanations"]) == 1
