"""Plans of targets: the straight line, the monthly vector, and when a plan is fixed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.lists import PromiseList
from tests.factories.problems import places, problem

if TYPE_CHECKING:
    from tests.conftest import Caller, Callers
    from tests.factories.world import World


def points(*pairs: tuple[str, str]) -> dict[str, Any]:
    """Return a monthly plan."""
    return {"kind": "monthly", "points": [{"on": on, "value": value} for on, value in pairs]}


YEAR = points(
    ("2026-03-31", "2.5"),
    ("2026-04-30", "10"),
    ("2026-05-31", "10"),
    ("2026-06-30", "10"),
    ("2026-11-30", "27.125"),
    ("2026-12-31", "30"),
)


def save(caller: Caller, target: object, body: dict[str, Any], version: int) -> Any:
    """Save a plan."""
    return caller.call("PUT", f"/targets/{target}/plan", json=body, version=version)


@pytest.fixture
def fresh(people: Callers, world: World) -> tuple[PromiseList, str, str]:
    """Return an issued list with one task of a township that nobody has reported on: list, task, target."""
    made = PromiseList(people["office"], world["city"])
    roads = made.indicator(made.item("1", "公路")["id"], "里程")
    root = made.task(roads, "30")
    share = made.task(roads, "30", world["a1"], root["id"])
    return made, share["id"], share["targets"][0]["id"]


def test_the_plan_nobody_made_is_a_straight_line(people: Callers, world: World) -> None:
    answer = people["a1-clerk"].call("GET", f"/targets/{world['roads:a1:target']}/plan")
    assert answer.json() == {
        "target_id": str(world["roads:a1:target"]),
        "version": 0,
        "kind": "straight",
        "points": [],
        "steps": [],
    }
    assert answer.headers["etag"] == '"0"'


def test_a_monthly_plan_binds_from_its_points_and_months_may_be_zero(
    fresh: tuple[PromiseList, str, str], people: Callers
) -> None:
    made, _, target = fresh
    made.issue("2026-02-05")
    clerk = people["a1-clerk"]
    answer = save(clerk, target, YEAR, 0)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
    assert answer.json() == {"target_id": target, "version": 1, "steps": [], **YEAR}
    assert clerk.get(f"/targets/{target}/plan") == answer.json()
    expected = {
        "2026-02-05": "0",
        "2026-03-30": "0",
        "2026-03-31": "8.3",
        "2026-04-29": "8.3",
        "2026-04-30": "33.3",
        "2026-06-30": "33.3",
        "2026-11-29": "33.3",
        "2026-11-30": "90.4",
        "2026-12-31": "100",
    }
    found = {day: clerk.get("/boards/light", target_id=target, on=day)["expected_pct"] for day in expected}
    assert found == expected
    (row,) = (row for row in clerk.get("/entry-sheet", period="2026-11")["rows"] if row["programme_id"] == made.id)
    assert row["cells"][0]["plan_value"] == "27.125"
    changed = save(clerk, target, {"kind": "straight"}, 1)
    assert (changed.status_code, changed.json()["version"], changed.json()["points"]) == (200, 2, [])


EVERY_POINT_THAT_IS_WRONG_IS_NAMED: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    (points(), [("/points", "empty")]),
    ({"kind": "monthly"}, [("/points", "empty")]),
    ({"kind": "straight", "points": [{"on": "2026-12-31", "value": "30"}]}, [("/points", "not-for-straight")]),
    (points(("2026-12-31", "29.999")), [("/points/0", "final-differs-from-target")]),
    (points(("2026-12-31", "30.001")), [("/points/0", "final-differs-from-target")]),
    (points(("2027-01-01", "30")), [("/points/0", "beyond-deadline")]),
    (points(("2026-06-30", "10"), ("2026-06-30", "30")), [("/points/1", "unordered")]),
    (points(("2026-07-31", "10"), ("2026-06-30", "30")), [("/points/1", "unordered")]),
    (points(("2026-06-30", "-1"), ("2026-12-31", "30")), [("/points/0", "falling")]),
    (
        points(("2026-06-30", "20"), ("2026-05-31", "10"), ("2027-01-31", "15")),
        [
            ("/points/1", "unordered"),
            ("/points/1", "falling"),
            ("/points/2", "beyond-deadline"),
            ("/points/2", "final-differs-from-target"),
        ],
    ),
    (points(("2026-06-30", "1.0001"), ("2026-12-31", "30")), [("/points/0/value", "decimals")]),
    ({"kind": "weekly"}, [("/kind", "literal-error")]),
    (points(("2026-06-30", "1e1")), [("/points/0/value", "quantity")]),
    (points(("30 June", "1")), [("/points/0/on", "date-form")]),
]


def test_every_point_that_is_wrong_is_named(fresh: tuple[PromiseList, str, str], people: Callers) -> None:
    made, _, target = fresh
    made.issue("2026-02-05")
    clerk = people["a1-clerk"]
    for body, named in EVERY_POINT_THAT_IS_WRONG_IS_NAMED:
        assert places(save(clerk, target, body, 0)) == named
        assert clerk.get(f"/targets/{target}/plan")["version"] == 0


def test_two_editors_of_a_plan_do_not_overwrite_each_other(
    fresh: tuple[PromiseList, str, str], people: Callers
) -> None:
    made, _, target = fresh
    made.issue("2026-02-05")
    assert save(people["a1-clerk"], target, YEAR, 0).status_code == 200
    body = problem(save(people["a1-second"], target, {"kind": "straight"}, 0), 412, "stale-version")
    assert (body["your_version"], body["current_version"]) == (0, 1)
    answer = people["a1-second"].call("PUT", f"/targets/{target}/plan", json=YEAR)
    problem(answer, 428, "precondition-required")


def test_a_plan_comes_after_the_issue_and_before_the_first_report(
    fresh: tuple[PromiseList, str, str], people: Callers
) -> None:
    made, task, target = fresh
    office, clerk = made.office, people["a1-clerk"]
    problem(save(clerk, target, YEAR, 0), 404, "not-found")
    problem(save(office, target, YEAR, 0), 409, "locked")
    made.issue("2026-02-05")
    assert save(clerk, target, YEAR, 0).status_code == 200
    (report,) = clerk.get("/reports", programme_id=made.id, period="2026-11")["items"]
    filled = clerk.patch(
        f"/reports/{report['id']}", {"values": [{"target_id": target, "value": "28"}]}, version=report["version"]
    )
    assert save(clerk, target, {"kind": "straight"}, 1).status_code == 200
    submitted = clerk.post(f"/reports/{report['id']}/submit", version=filled["version"])
    answer = save(clerk, target, YEAR, 2)
    assert problem(answer, 409, "locked")["detail"] == "已有报告按这个计划提交，计划不能再改。"
    clerk.post(f"/reports/{report['id']}/recall", version=submitted["version"])
    assert save(clerk, target, YEAR, 2).status_code == 200
    assert clerk.get(f"/tasks/{task}")["status"] == "issued"


def test_a_ceiling_is_not_planned_by_month(people: Callers, world: World) -> None:
    """A ceiling is never judged against elapsed time: a vector for it would be shown and never used."""
    made = PromiseList(people["office"], world["city"])
    jobs = made.indicator(made.item("1", "失业")["id"], "人数", "人", 0, "snapshot")
    root = made.task(jobs, "732", operator="le")
    made.issue("2026-02-05")
    target = root["targets"][0]["id"]
    body = points(("2026-12-31", "732"))
    assert places(save(people["office"], target, body, 0)) == [("/kind", "not-for-ceiling")]


def test_who_may_plan(people: Callers, world: World) -> None:
    target = world["schools:a1:target"]
    body = points(("2026-12-31", "4"))
    for name, status, code in (
        ("a-lead", 403, "forbidden"),
        ("leader", 403, "forbidden"),
        ("a-reviewer", 403, "forbidden"),
        ("a2-clerk", 404, "not-found"),
        ("b-office", 404, "not-found"),
        ("outsider", 404, "not-found"),
    ):
        problem(save(people[name], target, body, 0), status, code)
