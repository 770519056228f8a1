"""The boards: lights on chosen days with their arithmetic, roll-up, the two rates, the lag list and who sees what."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import at
from tests.factories.lists import PromiseList
from tests.factories.problems import places, problem

if TYPE_CHECKING:
    from tests.conftest import Caller, Callers
    from tests.factories.world import World


def light(caller: Caller, target: object, on: str | None = None) -> Any:
    """Return one light with its arithmetic."""
    return caller.get("/boards/light", target_id=str(target), **({"on": on} if on else {}))


def accept(people: Callers, report: dict[str, Any], target: object, value: str, **more: str) -> None:
    """Take a report of a city's list through every hand."""
    clerk = people["a1-clerk"]
    body = {"values": [{"target_id": str(target), "value": value}], **more}
    written = clerk.patch(f"/reports/{report['id']}", body, version=report["version"])
    submitted = clerk.post(f"/reports/{report['id']}/submit", version=written["version"])
    people["a-reviewer"].post(f"/reports/{report['id']}/review", version=submitted["version"])


# One light


def test_a_light_is_worked_out_step_by_step(people: Callers, world: World) -> None:
    found = light(people["a1-clerk"], world["roads:a1:target"], "2026-10-31")
    assert found == {
        "target_id": str(world["roads:a1:target"]),
        "on": "2026-10-31",
        "rule_set": "points-10-30",
        "light": "yellow",
        "light_name": "黄灯",
        "standing": "behind",
        "progress_pct": "66.7",
        "expected_pct": "81.5",
        "gap_points": "14.8",
        "bad": True,
        "waived": None,
        "parts": [],
        "value": "30",
        "original_value": "30",
        "adjusted": None,
        "attainment": "short",
        "attainment_name": "未达到",
        "explanation": (
            "截至2026年10月31日，目标不低于30，累计完成20，完成率66.7%，序时进度81.5%，落后14.8个百分点，"
            "亮黄灯（落后序时进度10至30个百分点，含10和30）。"
        ),
        "steps": [
            {"label": "目标", "value": "不低于30"},
            {"label": "累计完成", "value": "20"},
            {"label": "完成率", "value": "20 ÷ 30 ≈ 66.67%"},
            {"label": "序时进度", "value": "自2026-02-05已过268天 ÷ 至2026-12-31共329天 ≈ 81.46%"},
            {"label": "落后", "value": "81.46% − 66.67% ≈ 14.79 个百分点"},
            {"label": "比较方式", "value": "按分数精确比较，不先四舍五入"},
            {"label": "结论", "value": "黄灯：落后序时进度10至30个百分点，含10和30"},
        ],
    }


LIGHTS_ON_CHOSEN_DAYS: list[tuple[str, str, tuple[str | None, ...]]] = [
    # Before October's figure is there, everybody stands at nothing; on the day of issue nothing is expected.
    ("roads:a1", "2026-02-05", ("green", "on", "0", "0", "0")),
    ("roads:a1", "2026-03-09", ("green", "on", "0", "9.7", "9.7")),
    ("roads:a1", "2026-03-10", ("yellow", "behind", "0", "10", "10.03")),
    ("roads:a1", "2026-05-14", ("yellow", "behind", "0", "29.8", "29.8")),
    ("roads:a1", "2026-05-15", ("red", "behind", "0", "30.1", "30.1")),
    ("roads:a2", "2026-10-31", ("green", "ahead", "93.3", "81.5", "-11.9")),
    ("roads:b1", "2026-10-31", ("red", "behind", "25", "81.5", "56.5")),
    ("roads:a2", "2026-12-31", ("green", "on", "93.3", "100", "6.7")),
    ("schools:a1", "2026-10-31", ("done", "ahead", "100", "81.5", "-18.5")),
    ("cover:a1", "2026-10-31", ("done", "ahead", "101.1", "81.5", "-19.6")),
    ("cover:a1", "2026-09-30", ("none", None, None, None, None)),
    ("roads:a", "2026-10-31", ("green", "on", "80", "81.5", "1.5")),
    ("roads:city", "2026-10-31", ("yellow", "behind", "58", "81.5", "23.5")),
]


def test_lights_on_chosen_days(people: Callers, world: World) -> None:
    for name, on, expected in LIGHTS_ON_CHOSEN_DAYS:
        found = light(people["office"] if name != "schools:a1" else people["a-office"], world[f"{name}:target"], on)
        assert (
            tuple(found[key] for key in ("light", "standing", "progress_pct", "expected_pct", "gap_points")) == expected
        )


@pytest.mark.parametrize(
    "value, expected",
    [
        ("40.001", ("green", "9.999")),
        ("40", ("yellow", "10")),
        ("39.999", ("yellow", "10.001")),
        ("20", ("yellow", "30")),
        ("19.999", ("red", "30.001")),
    ],
)
def test_both_bounds_belong_to_yellow(people: Callers, world: World, value: str, expected: tuple[str, str]) -> None:
    """Half of the year is expected on the last day of November: 10 and 30 points behind are both yellow."""
    made = PromiseList(people["office"], world["city"])
    roads = made.indicator(made.item("1", "公路")["id"], "里程")
    root = made.task(roads, "100")
    share = made.task(roads, "100", world["a1"], root["id"])
    target = share["targets"][0]["id"]
    made.issue("2026-11-01")
    plan = {"kind": "monthly", "points": [{"on": "2026-11-30", "value": "50"}, {"on": "2026-12-31", "value": "100"}]}
    assert people["a1-clerk"].call("PUT", f"/targets/{target}/plan", json=plan, version=0).status_code == 200
    report = people["a1-clerk"].get("/reports", programme_id=made.id, period="2026-11")["items"][0]
    accept(people, report, target, value, cause_code="land", cause_note="用地未批")
    found = light(people["office"], target)
    assert (found["on"], found["light"], found["gap_points"]) == ("2026-11-30", *expected)


# The day of judgement


def test_nobody_turns_yellow_before_his_report_is_due_and_silence_shows_after(people: Callers, world: World) -> None:
    office, target = people["office"], world["roads:a2:target"]
    assert (light(office, target)["on"], light(office, target)["light"]) == ("2026-10-31", "green")
    assert light(office, target, "2026-12-31")["light"] == "green"
    for moment, on, colour in (
        (datetime(2026, 12, 5, 9, 59, tzinfo=UTC), "2026-10-31", "green"),
        (datetime(2026, 12, 5, 10, 0, tzinfo=UTC), "2026-11-30", "green"),
        (datetime(2027, 1, 5, 10, 0, tzinfo=UTC), "2026-12-31", "green"),
    ):
        with at(moment):
            people.log_in_anew()
            found = light(people["office"], target)
            assert (found["on"], found["light"], found["progress_pct"]) == (on, colour, "93.3")
    with at(datetime(2026, 12, 5, 10, 0, tzinfo=UTC)):
        people.log_in_anew()
        silent = light(people["office"], world["roads:a1:target"])
        assert (silent["on"], silent["light"], silent["gap_points"]) == ("2026-11-30", "yellow", "23.9")


def test_a_figure_counts_from_its_review(people: Callers, world: World) -> None:
    clerk, office, target = people["a1-clerk"], people["office"], world["roads:a1:target"]
    path = f"/reports/{world['november:roads:a1']}"
    body = {"values": [{"target_id": str(target), "value": "29"}]}
    version = clerk.get(path)["version"]
    written = clerk.patch(path, body, version=version)
    submitted = clerk.post(f"{path}/submit", version=written["version"])
    assert light(office, target)["progress_pct"] == "66.7"
    people["a-reviewer"].post(f"{path}/review", version=submitted["version"])
    found = light(office, target)
    assert (found["on"], found["progress_pct"], found["light"]) == ("2026-11-30", "96.7", "green")
    assert light(office, target, "2026-10-31")["progress_pct"] == "66.7"


# The matrix


def test_the_matrix_of_the_city(people: Callers, world: World) -> None:
    found = people["office"].get("/boards/matrix", programme_id=str(world["list"]))
    assert (found["on"], found["due_on"]) == (None, "2026-10-31")
    assert [(unit["name"], unit["tier"], unit["depth"]) for unit in found["units"]] == [
        ("温州市", "city", 0),
        ("乐清市", "county", 1),
        ("柳市镇", "township", 2),
        ("虹桥镇", "township", 2),
        ("苍南县", "county", 1),
        ("灵溪镇", "township", 2),
    ]
    names = {str(world[name]): name for name in ("city", "a", "a1", "a2", "b", "b1", "list.roads", "list.cover")}
    cells = {
        (names[cell["unit_id"]], names[cell["item_id"]].removeprefix("list.")): (
            cell["light"],
            cell["progress_pct"],
            cell["expected_pct"],
            cell["gap_points"],
            cell["own"],
            cell["missing"],
        )
        for cell in found["cells"]
    }
    assert cells == {
        ("city", "roads"): ("yellow", "58", "81.5", "23.5", False, 0),
        ("a", "roads"): ("green", "80", "81.5", "1.5", False, 0),
        ("b", "roads"): ("red", "25", "81.5", "56.5", False, 0),
        ("a1", "roads"): ("yellow", "66.7", "81.5", "14.8", True, 0),
        ("a2", "roads"): ("green", "93.3", "81.5", "-11.9", True, 0),
        ("b1", "roads"): ("red", "25", "81.5", "56.5", True, 0),
        ("city", "cover"): ("none", None, None, None, False, 2),
        ("a1", "cover"): ("done", "101.1", "81.5", "-19.6", True, 0),
        ("b1", "cover"): ("green", "84.2", "81.5", "-2.8", True, 0),
    }
    assert found["totals"] == {
        "ahead": 3,
        "on": 0,
        "behind": 2,
        "unjudged": 0,
        "lights": {"green": 2, "yellow": 1, "red": 1, "done": 1, "none": 0},
    }
    assert [
        (item["code"], item["met"], item["base"], item["left_out"], item["count_pct"], item["value_pct"])
        for item in found["items"]
    ] == [("1.1", 0, 3, 0, "0", "58"), ("1.2", 1, 2, 0, "50", None)]
    assert [each["key"] for each in found["rule_set"]["lights"]] == ["green", "yellow", "red", "done", "none"]


def test_a_part_of_the_matrix(people: Callers, world: World) -> None:
    office = people["office"]
    found = office.get("/boards/matrix", programme_id=str(world["list"]), under=str(world["a"]))
    assert [(unit["name"], unit["depth"]) for unit in found["units"]] == [("乐清市", 1), ("柳市镇", 2), ("虹桥镇", 2)]
    assert len(found["cells"]) == 4
    early = office.get("/boards/matrix", programme_id=str(world["list"]), on="2026-09-30")
    assert {cell["progress_pct"] for cell in early["cells"]} == {None, "0"}


def test_a_roll_up_says_how_many_are_missing(people: Callers, world: World) -> None:
    made = PromiseList(people["office"], world["city"])
    roads = made.indicator(made.item("1", "公路")["id"], "里程")
    root = made.task(roads, "100")
    own = made.task(roads, "60", world["a1"], root["id"])
    made.task(roads, "40", world["b1"], root["id"])
    made.issue("2026-02-05")

    def city() -> tuple[Any, ...]:
        cells = made.office.get("/boards/matrix", programme_id=made.id)["cells"]
        (cell,) = (cell for cell in cells if cell["unit_id"] == str(world["city"]))
        return cell["progress_pct"], cell["own"], cell["missing"]

    assert city() == ("0", False, 2)
    report = people["a1-clerk"].get("/reports", programme_id=made.id, period="2026-11")["items"][0]
    accept(people, report, own["targets"][0]["id"], "60.5")
    assert city() == ("60.5", False, 1)


def test_count_rate_and_value_rate_stand_side_by_side(people: Callers, world: World) -> None:
    """One unit's surplus fills the sum, but not the other unit's promise."""
    made = PromiseList(people["office"], world["city"])
    roads = made.indicator(made.item("1", "公路")["id"], "里程")
    root = made.task(roads, "10")
    own = made.task(roads, "2", world["a1"], root["id"])
    made.task(roads, "8", world["b1"], root["id"])
    made.issue("2026-02-05")
    report = people["a1-clerk"].get("/reports", programme_id=made.id, period="2026-11")["items"][0]
    accept(people, report, own["targets"][0]["id"], "12.8")
    (item,) = made.office.get("/boards/matrix", programme_id=made.id)["items"]
    assert (item["met"], item["base"], item["count_pct"], item["value_pct"]) == (1, 2, "50", "128")


# Lag list, curve, summary


def test_the_lag_list_is_furthest_first_with_causes(people: Callers, world: World) -> None:
    clerk = people["a1-clerk"]
    path, target = f"/reports/{world['november:roads:a1']}", str(world["roads:a1:target"])
    written = clerk.patch(
        path,
        {"values": [{"target_id": target, "current": "1"}], "cause_code": "funds", "cause_note": "上级资金未到"},
        version=clerk.get(path)["version"],
    )
    clerk.post(f"{path}/submit", version=written["version"])
    found = people["office"].get("/boards/lag")
    assert found["total"] == 3
    assert [
        (row["unit_name"], row["item_code"], row["actual"], row["value"], row["gap_points"], row["light"])
        for row in found["items"]
    ] == [
        ("灵溪镇", "1.1", "10", "40", "56.5", "red"),
        ("虹桥镇", "1", "3", "6", "31.5", "red"),
        ("柳市镇", "1.1", "20", "30", "14.8", "yellow"),
    ]
    assert [(row["cause_code"], row["cause_note"]) for row in found["items"]] == [
        ("land", None),
        ("land", None),
        ("funds", "上级资金未到"),
    ]
    assert people["office"].get("/boards/lag", limit=1)["total"] == 3
    assert len(people["office"].get("/boards/lag", limit=1)["items"]) == 1
    county = people["a-office"].get("/boards/lag")
    assert [(row["unit_name"], row["programme_name"], row["gap_points"]) for row in county["items"]] == [
        ("虹桥镇", "乐清市2026年民生实事", "31.5"),
        ("柳市镇", "温州市2026年民生实事", "14.8"),
    ]


def test_the_curve_has_plan_and_actual_at_each_months_end(people: Callers, world: World) -> None:
    found = people["a1-clerk"].get("/boards/curve", target_id=str(world["roads:a1:target"]))
    assert (found["unit_name"], found["indicator_name"], found["measure_name"], found["value"]) == (
        "柳市镇",
        "农村公路提升",
        "公里",
        "30",
    )
    table = [
        (p["on"], p["expected_value"], p["expected_pct"], p["actual_value"], p["actual_pct"]) for p in found["points"]
    ]
    assert table[:2] == [("2026-02-05", "0", "0", None, None), ("2026-02-28", "2.097", "7", None, None)]
    assert table[-3:] == [
        ("2026-10-31", "24.438", "81.5", "20", "66.7"),
        ("2026-11-30", "27.173", "90.6", None, None),
        ("2026-12-31", "30", "100", None, None),
    ]
    assert len(table) == 12
    rolled = people["office"].get("/boards/curve", target_id=str(world["roads:city:target"]))["points"]
    assert [(p["on"], p["actual_value"]) for p in rolled if p["actual_value"]] == [("2026-10-31", "58")]


def test_the_summary_counts_what_is_reported_directly(people: Callers, world: World) -> None:
    found = people["office"].get("/boards/summary")["items"]
    assert [(row["programme_name"], row["met"], row["base"], row["left_out"], row["count_pct"]) for row in found] == [
        ("温州市2026年民生实事", 1, 5, 0, "20"),
        ("乐清市2026年民生实事", 1, 2, 0, "50"),
    ]
    assert people["office"].get("/boards/summary", year=2027)["items"] == []


# Scope


def test_each_sees_the_boards_of_his_area_and_line(people: Callers, world: World) -> None:
    def units(name: str, programme: str) -> list[str]:
        return [u["name"] for u in people[name].get("/boards/matrix", programme_id=str(world[programme]))["units"]]

    assert units("a-office", "list") == ["乐清市", "柳市镇", "虹桥镇"]
    assert units("a1-clerk", "list") == ["柳市镇"]
    assert units("lead", "list") == ["温州市", "乐清市", "柳市镇", "虹桥镇", "苍南县", "灵溪镇"]
    assert units("a-lead", "county_list") == ["乐清市", "柳市镇", "虹桥镇"]
    assert units("a-lead", "list") == []
    problem(
        people["b-office"].call("GET", "/boards/matrix", params={"programme_id": str(world["county_list"])}),
        404,
        "not-found",
    )
    problem(
        people["outsider"].call("GET", "/boards/matrix", params={"programme_id": str(world["list"])}), 404, "not-found"
    )
    for name in ("a2-clerk", "b1-clerk", "outsider", "a-lead"):
        for board in ("light", "curve"):
            answer = people[name].call("GET", f"/boards/{board}", params={"target_id": str(world["roads:a1:target"])})
            problem(answer, 404, "not-found")
    assert [row["unit_name"] for row in people["a2-clerk"].get("/boards/lag")["items"]] == ["虹桥镇"]
    assert [row["programme_name"] for row in people["lead"].get("/boards/summary")["items"]] == ["温州市2026年民生实事"]
    assert people["outsider"].get("/boards/summary")["items"] == []
    totals = people["a1-clerk"].get("/boards/matrix", programme_id=str(world["list"]))["totals"]
    assert [totals["lights"][light] for light in ("done", "yellow", "red")] == [1, 1, 0]


ABSURD_DAY_IS_REFUSED: list[str] = ["0001-01-01", "9999-12-31", "2026-02-30", "20261031", "1767225600", "", "today"]


def test_an_absurd_day_is_refused(people: Callers, world: World) -> None:
    for day in ABSURD_DAY_IS_REFUSED:
        for path, params in (
            ("matrix", {"programme_id": str(world["list"])}),
            ("lag", {}),
            ("light", {"target_id": str(world["roads:a1:target"])}),
            ("summary", {}),
        ):
            found = places(people["office"].call("GET", f"/boards/{path}", params={**params, "on": day}))
            assert [place for place, _ in found] == ["on"]


# The same light everywhere


RULES = (
    "points-10-30",
    "yinchuan-2025",
    "dazu-five",
    "cangnan-month",
    "guangyuan-second",
    "ouhai-made-up",
    "days-7-15",
)


def test_no_two_screens_show_two_lights_for_a_target_and_a_day(people: Callers, world: World) -> None:
    """Sheet, desk and matrix under every kind of rule, with a reason excused and a task suspended."""
    office, county, clerk = people["office"], people["a-office"], people["a1-clerk"]
    asked = clerk.post(
        "/exemptions",
        {
            "target_id": str(world["roads:a1:target"]),
            "starts_on": "2026-10-01",
            "ends_on": "2026-11-30",
            "reason": "省里资金没有下达",
        },
        status=201,
    )
    county.post(f"/exemptions/{asked['id']}/approve", {}, version=1)
    state = {"task_id": str(world["cover:b1"]), "kind": "suspended", "from_on": "2026-11-01", "reason": "等用地批复"}
    asked = people["b1-clerk"].post("/task-states", state, status=201)
    office.post(f"/task-states/{asked['id']}/approve", {}, version=1)
    accept(people, clerk.get(f"/reports/{world['november:roads:a1']}"), world["roads:a1:target"], "24")
    for name, day, weight in (("立项", "2026-03-31", 10), ("过半", "2026-10-15", 40), ("完工", "2026-12-31", 50)):
        body = {"task_id": str(world["roads:a1"]), "name": name, "planned_on": day, "weight": weight}
        step = clerk.post("/milestones", body, status=201)
        step = clerk.post(f"/milestones/{step['id']}/issue", version=step["version"])
        if name == "立项":
            clerk.post(f"/milestones/{step['id']}/reach", {"on": "2026-04-02"}, version=step["version"])
    definition = next(each for each in office.get("/rule-sets", limit=100)["items"] if each["code"] == RULES[0])
    dimensions = [{**each, "base": "milestone"} for each in definition["definition"]["dimensions"]]
    body = {"unit_id": str(world["city"]), "code": "by-steps", "name": "节点亮灯", "year": 2026, "source": "督查办法"}
    body["definition"] = {**definition["definition"], "dimensions": dimensions}
    made = office.post("/rule-sets", body, status=201)
    office.post(f"/rule-sets/{made['id']}/activate", version=1)
    for rules in (*RULES, "by-steps"):
        programme = office.get(f"/programmes/{world['list']}")
        if programme["rule_set"] != rules:
            body = {"rule_set": rules, "reason": "试行"}
            office.post(f"/programmes/{world['list']}/change-rules", body, version=programme["version"])
        seen = set()
        for period, on in (("2026-10", "2026-10-31"), ("2026-11", "2026-11-30")):
            matrix = office.get("/boards/matrix", programme_id=str(world["list"]), on=on)
            lights = {(cell["unit_id"], cell["item_id"]): cell["light"] for cell in matrix["cells"] if cell["own"]}
            desk = office.get("/reports/desk", programme_id=str(world["list"]), period=period)
            assert {(cell["unit_id"], cell["item_id"]): cell["light"] for cell in desk["cells"]} == lights, rules
            for cell in desk["cells"]:
                (shown,) = office.get(f"/reports/{cell['report_id']}")["cells"]
                board = light(office, shown["target_id"], on)
                assert (shown["light"], shown["explanation"]) == (board["light"], board["explanation"]), rules
                seen.add(shown["light"])
        rows = clerk.get("/entry-sheet", period="2026-11")["rows"]
        sheet = {cell["target_id"]: cell["light"] for row in rows for cell in row["cells"]}
        target = str(world["roads:a1:target"])
        assert sheet[target] == light(office, target, "2026-11-30")["light"], rules
        assert len(seen) > 1, rules
    # Ten of the hundred are reached, fifty were due: forty points behind, whatever the kilometres say, but excused.
    board = light(office, target, "2026-10-31")
    assert (board["light"], board["progress_pct"], board["gap_points"]) == ("green", "10", "40")
    assert "节点完成10%，序时进度50%，落后40个百分点，亮红灯" in board["explanation"]
    assert "没有带权重的节点" in light(office, world["roads:a2:target"], "2026-10-31")["explanation"]
