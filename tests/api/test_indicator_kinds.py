"""Every kind of indicator and target over HTTP: what is refused by name, what is reported, how it is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.lists import DEADLINE, PromiseList
from tests.factories.problems import places, problem

if TYPE_CHECKING:
    from tests.conftest import Callers
    from tests.factories.world import World


@pytest.fixture
def draft(people: Callers, world: World) -> PromiseList:
    """Return an empty draft of the county."""
    return PromiseList(people["a-office"], world["a"])


def indicator_in(draft: PromiseList, item: str, measure: str = "座", **changed: Any) -> dict[str, Any]:
    return {
        "item_id": item,
        "name": "指标",
        "measure_id": draft.measure(measure, 2 if measure == "%" else 0),
        **changed,
    }


RATE = {"kind": "ratio", "numerator_name": "已通户数", "denominator_name": "总户数"}
SCALE = {"kind": "ordinal", "levels": ["劣Ⅴ", "Ⅴ", "Ⅳ", "Ⅲ", "Ⅱ", "Ⅰ"]}


def test_kinds_bring_their_own_arithmetic(draft: PromiseList) -> None:
    item = draft.item("1", "样样都有")["id"]
    for measure, body, wanted in (
        ("个", {}, ("cumulative", "sum")),
        ("%", RATE, ("snapshot", "ratio")),
        ("类", SCALE, ("snapshot", "none")),
        ("次", {"kind": "frequency", "per_period": "quarter"}, ("cumulative", "sum")),
        ("种", {"kind": "policy"}, ("snapshot", "none")),
        ("元/人·月", {"accumulation": "snapshot"}, ("snapshot", "none")),
        (
            "人",
            {"counting": "net", "survey": "sample", "better": "lower", "accumulation": "snapshot"},
            ("snapshot", "sum"),
        ),
    ):
        made = draft.office.post("/indicators", indicator_in(draft, item, measure, **body), status=201)
        assert (made["accumulation"], made["aggregation"]) == wanted, body
        assert {name: made[name] for name in body} == body
    for measure, wrong, named in (
        ("元/人·月", {"aggregation": "sum"}, [("/aggregation", "not-summable")]),
        ("%", {"aggregation": "sum"}, [("/aggregation", "not-summable")]),
        ("%", {"kind": "ratio"}, [("/numerator_name", "missing"), ("/denominator_name", "missing")]),
        ("%", {**RATE, "aggregation": "none", "accumulation": "cumulative"}, [("/accumulation", "kind")]),
        ("类", {**SCALE, "levels": ["好"]}, [("/levels", "levels")]),
        ("类", {**SCALE, "levels": ["好", "好"]}, [("/levels", "levels")]),
        ("类", {"levels": ["差", "好"]}, [("/levels", "kind")]),
        ("次", {"kind": "frequency"}, [("/per_period", "missing")]),
        ("种", {"kind": "policy", "aggregation": "sum"}, [("/aggregation", "kind")]),
        ("个", {"aggregation": "ratio"}, [("/aggregation", "kind")]),
    ):
        answer = draft.office.call("POST", "/indicators", json=indicator_in(draft, item, measure, **wrong))
        assert places(answer) == named, wrong


def test_a_part_is_counted_as_its_whole_is(draft: PromiseList) -> None:
    """Of-which lines (其中): same item, same unit of measure, no circle; mixing units is refused by name."""
    office = draft.office
    item, other = draft.item("1", "住房")["id"], draft.item("2", "道路")["id"]
    whole = office.post("/indicators", indicator_in(draft, item, "套", name="保障房"), status=201)
    part = office.post("/indicators", indicator_in(draft, item, "套", name="公租房", part_of=whole["id"]), status=201)
    mixed = office.call("POST", "/indicators", json=indicator_in(draft, item, "公里", name="道路", part_of=whole["id"]))
    assert places(mixed) == [("/part_of", "mixed-measures")]
    assert "“公里”" in mixed.json()["detail"] and "“套”" in mixed.json()["detail"]  # noqa: PT018
    elsewhere = office.call("POST", "/indicators", json=indicator_in(draft, other, "套", part_of=whole["id"]))
    assert places(elsewhere) == [("/part_of", "foreign-indicator")]
    path = f"/indicators/{whole['id']}"
    assert places(office.call("PATCH", path, json={"part_of": part["id"]}, version=1)) == [("/part_of", "cycle")]
    measure = {"measure_id": draft.measure("栋")}
    assert places(office.call("PATCH", path, json=measure, version=1)) == [("/part_of", "mixed-measures")]
    assert office.patch(f"/indicators/{part['id']}", {"part_of": None}, version=1)["part_of"] is None


def test_targets_say_all_they_promise(draft: PromiseList) -> None:
    office = draft.office
    item = draft.item("1", "样样都有")["id"]
    count = office.post("/indicators", indicator_in(draft, item), status=201)["id"]
    fewer = office.post("/indicators", indicator_in(draft, item, better="lower"), status=201)["id"]
    level = office.post("/indicators", indicator_in(draft, item, "类", **SCALE), status=201)["id"]
    policy = office.post("/indicators", indicator_in(draft, item, "种", kind="policy"), status=201)["id"]
    body = {"item_id": item, "parent_id": None, "unit_id": draft.unit, "deadline": DEADLINE}
    full = {
        "indicator_id": count,
        "value": "120",
        "floor": "100",
        "stretch": "150",
        "baseline": "80",
        "approximate": True,
        "origin": "handed_down",
        "quota": "110",
        "source_document": "温政办〔2026〕12号",
        "slices": [{"year": 2025, "value": "50"}, {"year": 2026, "value": "70"}],
        "rate_base": "年度计划",
        "stated": {"actual": "60", "rate": "49.9", "on": "2026-06-30"},
    }
    span = {"indicator_id": level, "operator": "range", "value": "2", "value_max": "3"}
    for wrong, named in (
        ({**full, "floor": "121"}, [("stretch", "order")]),
        ({**full, "slices": [{"year": 2026, "value": "119"}]}, [("slices", "slices-differ")]),
        ({**full, "slices": [{"year": 2027, "value": "120"}]}, [("slices", "beyond-deadline")]),
        ({**full, "value": None}, [("value", "missing")]),
        ({**full, "value_max": "130"}, [("value_max", "kind")]),
        ({**full, "operator": "range"}, [("value_max", "missing")]),
        ({**full, "operator": "range", "value_max": "120"}, [("value_max", "order")]),
        ({**full, "baseline": "120"}, [("baseline", "order")]),
        ({**full, "quota": "1.5"}, [("quota", "decimals")]),
        ({"indicator_id": fewer, "operator": "ge", "value": "3"}, [("operator", "direction")]),
        ({"indicator_id": level, "value": "7"}, [("value", "level")]),
        ({"indicator_id": level, "value": "1.5"}, [("value", "level")]),
        (span, [("operator", "kind")]),
        ({"indicator_id": policy, "value": "12"}, [("baseline", "missing")]),
    ):
        answer = office.call("POST", "/tasks", json={**body, "targets": [wrong]})
        assert places(answer) == [(f"/targets/0/{name}", code) for name, code in named], wrong
    targets = [
        full,
        {"indicator_id": fewer, "value": "3"},
        {"indicator_id": level, "value": "4"},
        {"indicator_id": policy, "value": "12", "baseline": "6"},
    ]
    made = {
        each["indicator_id"]: each
        for each in office.post("/tasks", {**body, "targets": targets}, status=201)["targets"]
    }
    assert {name: made[count][name] for name in full} == full
    assert (made[count]["pressure"], made[count]["original_value"], made[count]["adjustments"]) == ("10", "120", [])
    assert (made[fewer]["operator"], made[fewer]["origin"], made[fewer]["quota"]) == ("le", "own", None)


def issued(
    draft: PromiseList, people: Callers, world: World, measure: str, target: dict[str, Any], **kind: Any
) -> dict[str, str]:
    """Issue one indicator given to both townships; return their targets by clerk."""
    office = draft.office
    item = draft.item("1", "供水")["id"]
    indicator = office.post("/indicators", indicator_in(draft, item, measure, **kind), status=201)["id"]
    body = {"item_id": item, "deadline": DEADLINE, "targets": [{"indicator_id": indicator, **target}]}
    root = office.post("/tasks", {**body, "unit_id": draft.unit}, status=201)
    found = {"a-office": root["targets"][0]["id"]}
    for unit in ("a1", "a2"):
        share = office.post("/tasks", {**body, "unit_id": str(world[unit]), "parent_id": root["id"]}, status=201)
        found[f"{unit}-clerk"] = share["targets"][0]["id"]
    draft.issue("2026-11-02")
    return found


def report_of(people: Callers, clerk: str, target: str) -> dict[str, Any]:
    rows = people[clerk].get("/entry-sheet", period="2026-11")["rows"]
    return next(row for row in rows if row["cells"][0]["target_id"] == target)


def hand_in(people: Callers, clerk: str, target: str, **figures: str) -> dict[str, Any]:
    """Report, submit and review one figure; return the cell."""
    report = report_of(people, clerk, target)
    path = f"/reports/{report['id']}"
    body = {"values": [{"target_id": target, **figures}], "cause_code": "funds", "cause_note": "资金未到位"}
    written = people[clerk].patch(path, body, version=report["version"])
    sent = people[clerk].post(f"{path}/submit", version=written["version"])
    people["a-reviewer"].post(f"{path}/review", version=sent["version"])
    cell: dict[str, Any] = written["cells"][0]
    return cell


def test_a_rate_is_reported_as_two_figures_and_rolled_up_from_them(
    draft: PromiseList, people: Callers, world: World
) -> None:
    """Two thirds of three households and one of ninety-seven: three of a hundred, not the mean of two rates (R015)."""
    targets = issued(draft, people, world, "%", {"value": "66.67"}, **RATE)
    clerk, target = people["a1-clerk"], targets["a1-clerk"]
    report = report_of(people, "a1-clerk", target)
    path = f"/reports/{report['id']}"
    for wrong, named in (
        ({"value": "66"}, [("/values/0/value", "rate-typed")]),
        ({"numerator": "2", "denominator": "0"}, [("/values/0/denominator", "not-positive")]),
        ({"numerator": "-2", "denominator": "3"}, [("/values/0/numerator", "negative")]),
    ):
        body = {"values": [{"target_id": target, **wrong}]}
        assert places(clerk.call("PATCH", path, json=body, version=report["version"])) == named
    half = clerk.patch(path, {"values": [{"target_id": target, "numerator": "4"}]}, version=report["version"])
    assert (half["cells"][0]["numerator"], half["cells"][0]["value"]) == ("4", None)
    assert [each["code"] for each in half["problems"]] == ["missing"]
    whole = clerk.patch(path, {"values": [{"target_id": target, "denominator": "3"}]}, version=half["version"])
    assert [each["code"] for each in whole["warnings"]] == ["over-one"]
    cell = hand_in(people, "a1-clerk", target, numerator="2", denominator="3")
    assert (cell["value"], cell["light"], cell["current"]) == ("66.666666", "green", None)
    cell = hand_in(people, "a2-clerk", targets["a2-clerk"], numerator="1", denominator="97")
    assert cell["value"] == "1.030927"
    # The county has no figure of its own: three of a hundred.
    light = draft.office.get("/boards/light", target_id=targets["a-office"], on="2026-12-31")
    assert (light["progress_pct"], light["attainment"]) == ("4.5", "short")
    assert {"label": "分子、分母", "value": "3 ÷ 100"} in light["steps"]
    lag = draft.office.get("/boards/lag", programme_id=draft.id, on="2026-12-31")["items"]
    assert [(row["unit_name"], row["numerator"], row["denominator"]) for row in lag] == [("虹桥镇", "1", "97")]
    # 66.6666… is below 66.67 however it is rounded.
    assert draft.office.get("/boards/light", target_id=target, on="2026-12-31")["light"] == "green"


def test_levels_and_parameters_change_at_once(draft: PromiseList, people: Callers, world: World) -> None:
    targets = issued(draft, people, world, "类", {"value": "4", "baseline": "2"}, **SCALE)
    clerk, target = people["a1-clerk"], targets["a1-clerk"]
    report = report_of(people, "a1-clerk", target)
    body = {"values": [{"target_id": target, "value": "7"}]}
    answer = clerk.call("PATCH", f"/reports/{report['id']}", json=body, version=report["version"])
    assert places(answer) == [("/values/0/value", "level")]
    cell = hand_in(people, "a1-clerk", target, value="3")
    assert (cell["light"], cell["progress_pct"], cell["levels"][2]) == ("green", "50", "Ⅳ")
    assert "目标由Ⅴ到Ⅲ，现为Ⅳ" in cell["explanation"]
    late = draft.office.get("/boards/light", target_id=target, on="2026-12-31")
    assert (late["light"], late["standing"], late["gap_points"]) == ("red", "behind", "50")
    assert hand_in(people, "a2-clerk", targets["a2-clerk"], value="5")["light"] == "done"
    matrix = draft.office.get("/boards/matrix", programme_id=draft.id, on="2026-11-30")
    assert {cell["attainment"] for cell in matrix["cells"]} == {"short", "over", "none"}
    assert (matrix["items"][0]["met"], matrix["items"][0]["base"], matrix["items"][0]["value_pct"]) == (1, 2, None)


def test_parts_warn_and_never_double(draft: PromiseList, people: Callers, world: World) -> None:
    office = draft.office
    item = draft.item("1", "住房")["id"]
    whole = office.post("/indicators", indicator_in(draft, item, "套", name="保障房"), status=201)["id"]
    part = office.post("/indicators", indicator_in(draft, item, "套", name="公租房", part_of=whole), status=201)["id"]
    targets = [{"indicator_id": whole, "value": "10"}, {"indicator_id": part, "value": "4"}]
    body = {"item_id": item, "deadline": DEADLINE, "targets": targets}
    root = office.post("/tasks", {**body, "unit_id": draft.unit}, status=201)
    share = office.post("/tasks", {**body, "unit_id": str(world["a1"]), "parent_id": root["id"]}, status=201)
    draft.issue("2026-11-02")
    keys = {each["indicator_id"]: each["id"] for each in share["targets"]}
    clerk = people["a1-clerk"]
    report = next(
        row
        for row in clerk.get("/entry-sheet", period="2026-11")["rows"]
        if keys[whole] in {cell["target_id"] for cell in row["cells"]}
    )
    values = [{"target_id": keys[whole], "current": "5"}, {"target_id": keys[part], "current": "6"}]
    path = f"/reports/{report['id']}"
    written = clerk.patch(path, {"values": values}, version=report["version"])
    assert [(each["code"], each["pointer"]) for each in written["warnings"]] == [
        ("part-exceeds", f"/cells/{keys[part]}/value")
    ]
    sent = clerk.post(f"{path}/submit", version=written["version"])
    people["a-reviewer"].post(f"{path}/review", version=sent["version"])
    column = office.get("/boards/matrix", programme_id=draft.id, on="2026-11-30")["items"][0]
    # The part is met and the whole is not: two count, and the sum has five houses, not eleven.
    assert (column["met"], column["base"]) == (1, 2)
    assert (column["value_actual"], column["value_base"], column["value_pct"], column["measure_name"]) == (
        "5",
        "10",
        "50",
        "套",
    )
    assert (column["short"], column["shortfall"]) == (1, "5")


def test_what_is_issued_keeps_its_kind(people: Callers, world: World) -> None:
    answer = people["office"].call("PATCH", f"/indicators/{world['roads']}", json={"better": "lower"}, version=2)
    problem(answer, 409, "locked")
