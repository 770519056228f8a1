"""Tasks and targets: the split from tier to tier, its balance, and who may change what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.lists import DEADLINE, PromiseList
from tests.factories.problems import places, problem

if TYPE_CHECKING:
    from tests.conftest import Caller, Callers
    from tests.factories.world import World


class Roads(PromiseList):
    """A draft list of the city with one item that promises 100 km."""

    def __init__(self, office: Caller, world: World) -> None:
        super().__init__(office, world["city"])
        self.road = self.item("1", "公路", leads=(world["city_dept"],))
        self.kilometres = self.indicator(self.road["id"], "里程")
        self.root = self.task(self.kilometres, "100")

    def cell(self, unit: Any, value: str | None, **more: Any) -> dict[str, Any]:
        """Return one cell of the split grid."""
        return {
            "parent_id": self.root["id"],
            "unit_id": str(unit),
            "indicator_id": self.kilometres["id"],
            "value": value,
            **more,
        }

    def split(self, *cells: dict[str, Any], **how: Any) -> list[dict[str, Any]]:
        """Save cells of the grid."""
        found: list[dict[str, Any]] = self.office.post("/tasks:split", {"cells": list(cells), **how})["results"]
        return found

    def row(self) -> dict[str, Any]:
        """Return the one row of the split grid."""
        (found,) = self.office.get(f"/programmes/{self.id}/split")["rows"]
        row: dict[str, Any] = found
        return row


@pytest.fixture
def roads(people: Callers, world: World) -> Roads:
    """Return the draft list."""
    return Roads(people["office"], world)


def outcomes(results: list[dict[str, Any]]) -> list[str]:
    """Return what became of each cell."""
    return [result["outcome"] for result in results]


# Balance


@pytest.mark.parametrize(
    "shares, balance, total, difference",
    [
        ((), "short", "0", "-100"),
        (("60", "40"), "balanced", "100", "0"),
        (("60", "39.999"), "short", "99.999", "-0.001"),
        (("60.5", "60.125"), "over", "120.625", "20.625"),
        (("0.1", "0.2"), "short", "0.3", "-99.7"),
        (("0", "100"), "balanced", "100", "0"),
    ],
)
def test_the_balance_of_a_split_is_exact(
    roads: Roads, world: World, shares: tuple[str, ...], balance: str, total: str, difference: str
) -> None:
    cells = [roads.cell(world[unit], value) for unit, value in zip("ab", shares, strict=False)]
    if cells:
        assert outcomes(roads.split(*cells)) == ["created"] * len(cells)
    row = roads.row()
    assert (row["value"], row["balance"], row["sum"], row["difference"]) == ("100", balance, total, difference)
    assert [cell["value"] for cell in row["cells"]] == list(shares)
    assert row["balance_reason"] is None


def test_what_cannot_be_added_has_no_balance(roads: Roads, world: World) -> None:
    item = roads.item("2", "覆盖率")
    rate = roads.indicator(item["id"], "覆盖率", "%", 2, "snapshot")
    root = roads.task(rate, "95")
    roads.task(rate, "90", world["a"], root["id"])
    open_ended = roads.indicator(roads.item("3", "常态化")["id"], "次数", "次", 0)
    other = roads.task(open_ended, None)
    roads.task(open_ended, "3", world["a"], other["id"])
    rows = roads.office.get(f"/programmes/{roads.id}/split")["rows"]
    assert [(row["balance"], row["sum"], row["difference"]) for row in rows] == [
        ("short", "0", "-100"),
        ("none", None, None),
        ("none", "3", None),
    ]
    assert [row["balance_reason"] for row in rows[1:]] == [
        "比率、标准类指标不能相加，不比较合计",
        "上级任务没有目标值，无从比较",
    ]


# The grid


def test_the_grid_shows_units_and_saves_cell_by_cell(roads: Roads, world: World) -> None:
    grid = roads.office.get(f"/programmes/{roads.id}/split")
    assert [unit["name"] for unit in grid["units"]] == ["乐清市", "苍南县", "温州市交通运输局"]
    results = roads.split(
        roads.cell(world["a"], "60"),
        roads.cell(world["a"], "60"),
        roads.cell(world["b"], "40.0001"),
        roads.cell(world["b"], "-1"),
        roads.cell(world["other_county"], "1"),
        roads.cell(world["city"], "1"),
        roads.cell(world["b"], "40", deadline="2027-01-01"),
        roads.cell(world["b"], "40", deadline="2026-10-31"),
        roads.cell(world["b"], None),
        roads.cell(world["a2"], None),
    )
    assert [(result["index"], result["outcome"]) for result in results] == [
        (0, "created"),
        (1, "unchanged"),
        (2, "refused"),
        (3, "refused"),
        (4, "refused"),
        (5, "refused"),
        (6, "refused"),
        (7, "created"),
        (8, "changed"),
        (9, "unchanged"),
    ]
    assert [(error["pointer"], error["code"]) for result in results for error in result["errors"]] == [
        ("/cells/2/value", "decimals"),
        ("/cells/3/value", "negative"),
        ("/cells/4/unit_id", "unknown-unit"),
        ("/cells/5/unit_id", "not-beneath"),
        ("/cells/6/deadline", "outside"),
    ]
    row = roads.row()
    assert [(cell["unit_id"], cell["value"], cell["status"]) for cell in row["cells"]] == [
        (str(world["a"]), "60", "draft")
    ]


def test_an_emptied_cell_leaves_no_task_behind(roads: Roads, people: Callers, world: World) -> None:
    (made,) = roads.split(roads.cell(world["a"], "60"))
    (gone,) = roads.split(roads.cell(world["a"], None))
    assert gone["outcome"] == "changed"
    task = roads.office.get(f"/tasks/{made['task_id']}")
    assert (task["status"], task["targets"]) == ("void", [])
    (again,) = roads.split(roads.cell(world["a"], "61"))
    assert again["outcome"] == "created"
    roads.issue()
    assert [
        (task["id"], task["targets"][0]["value"])
        for task in people["a-office"].get("/tasks", programme_id=roads.id, status="issued")["items"]
    ] == [(again["task_id"], "61")]


def test_atomic_saves_all_or_nothing_and_names_the_cell(roads: Roads, world: World) -> None:
    cells = [roads.cell(world["a"], "60"), roads.cell(world["b"], "1.2345"), roads.cell(world["city"], "1")]
    answer = roads.office.call("POST", "/tasks:split", json={"mode": "atomic", "cells": cells})
    assert places(answer) == [("/cells/1/value", "decimals"), ("/cells/2/unit_id", "not-beneath")]
    assert roads.row()["cells"] == []
    assert outcomes(roads.split(cells[0], mode="atomic")) == ["created"]


def test_a_dry_run_says_what_would_be_and_writes_nothing(roads: Roads, world: World) -> None:
    cells = [roads.cell(world["a"], "60"), roads.cell(world["b"], "1.2345")]
    assert outcomes(roads.split(*cells, dry_run=True)) == ["created", "refused"]
    assert roads.row()["cells"] == []
    assert outcomes(roads.split(*cells)) == ["created", "refused"]


ONLY_THE_ONE_FORM_OF_A_QUANTITY_IS_READ: list[str] = [
    "1e2",
    "NaN",
    "",
    " 1",
    "1.",
    ".5",
    "+1",
    "1,000",
    "１",
    "-0.0000001",
    "9" * 13,
]


def test_only_the_one_form_of_a_quantity_is_read(roads: Roads, world: World) -> None:
    for value in ONLY_THE_ONE_FORM_OF_A_QUANTITY_IS_READ:
        answer = roads.office.call("POST", "/tasks:split", json={"cells": [roads.cell(world["a"], value)]})
        assert places(answer) == [("/cells/0/value", "quantity")]


def test_the_largest_quantity_is_kept_exactly(roads: Roads, world: World) -> None:
    assert outcomes(roads.split(roads.cell(world["a"], "999999999999.999"))) == ["created"]
    row = roads.row()
    assert (row["cells"][0]["value"], row["sum"], row["difference"]) == (
        "999999999999.999",
        "999999999999.999",
        "999999999899.999",
    )


# Single tasks


def test_a_wrong_task_names_the_field(roads: Roads, world: World) -> None:
    roads.task(roads.kilometres, "60", world["a"], roads.root["id"])
    other = roads.indicator(roads.item("2", "别的")["id"], "个数", "个", 0)
    good = {
        "item_id": roads.road["id"],
        "parent_id": roads.root["id"],
        "unit_id": str(world["b"]),
        "deadline": DEADLINE,
        "targets": [{"indicator_id": roads.kilometres["id"], "value": "40"}],
    }
    twice = good["targets"] * 2  # type: ignore[operator]
    for changed, place in (
        ({"parent_id": None}, ("/unit_id", "not-owner")),
        ({"parent_id": str(world["roads:city"])}, ("/parent_id", "foreign-parent")),
        ({"unit_id": str(world["city"])}, ("/unit_id", "not-beneath")),
        ({"unit_id": str(world["other"])}, ("/unit_id", "unknown-unit")),
        ({"deadline": "2026-01-01"}, ("/deadline", "outside")),
        ({"deadline": "2027-01-01"}, ("/deadline", "outside")),
        ({"targets": []}, ("/targets", "too-short")),
        ({"targets": twice}, ("/targets/1/indicator_id", "duplicate")),
        ({"targets": [{"indicator_id": other["id"], "value": "1"}]}, ("/targets/0/indicator_id", "foreign-indicator")),
        ({"targets": [{"indicator_id": roads.kilometres["id"], "value": 40}]}, ("/targets/0/value", "string-type")),
        ({"targets": [{"indicator_id": roads.kilometres["id"]}]}, ("/targets/0/value", "missing")),
        (
            {"targets": [{"indicator_id": roads.kilometres["id"], "value": "1", "operator": "gt"}]},
            ("/targets/0/operator", "literal-error"),
        ),
    ):
        assert places(roads.office.call("POST", "/tasks", json={**good, **changed})) == [place]
    problem(roads.office.call("POST", "/tasks", json={**good, "unit_id": str(world["a"])}), 409, "duplicate")
    problem(roads.office.call("POST", "/tasks", json={**good, "parent_id": roads.road["id"]}), 404, "not-found")
    assert len(roads.row()["cells"]) == 1
    assert roads.office.post("/tasks", good, status=201)["unit_name"] == "苍南县"


def test_a_deadline_lies_within_the_one_above(roads: Roads, world: World) -> None:
    share = roads.task(roads.kilometres, "60", world["a"], roads.root["id"], deadline="2026-11-30")
    office, root, mine = roads.office, f"/tasks/{roads.root['id']}", f"/tasks/{share['id']}"
    answer = office.call("PATCH", root, json={"deadline": "2026-10-31"}, version=1)
    assert places(answer) == [("/deadline", "before-shares")]
    assert office.patch(root, {"deadline": "2026-11-30"}, version=1)["version"] == 2
    answer = office.call("PATCH", mine, json={"deadline": DEADLINE}, version=1)
    assert places(answer) == [("/deadline", "after-parent")]
    assert office.patch(mine, {"deadline": "2026-10-31"}, version=1)["deadline"] == "2026-10-31"


def test_the_targets_of_a_draft_are_the_whole_list(roads: Roads) -> None:
    second = roads.indicator(roads.road["id"], "条数", "条", 0)
    path = f"/tasks/{roads.root['id']}"
    both = [
        {"indicator_id": roads.kilometres["id"], "operator": "eq", "value": "0.5", "source_note": "第3页"},
        {"indicator_id": second["id"], "operator": "le", "value": None},
    ]
    changed = roads.office.patch(path, {"targets": both}, version=1)
    assert changed["version"] == 2
    assert [(each["operator"], each["value"], each["source_note"], each["basis"]) for each in changed["targets"]] == [
        ("eq", "0.5", "第3页", "entered"),
        ("le", None, None, "entered"),
    ]
    one = roads.office.patch(path, {"targets": both[1:]}, version=2)
    assert [(each["operator"], each["value"]) for each in one["targets"]] == [("le", None)]


def test_voiding_a_task_takes_its_shares_along(roads: Roads, people: Callers, world: World) -> None:
    share = roads.task(roads.kilometres, "60", world["a"], roads.root["id"])
    beneath = roads.task(roads.kilometres, "60", world["a1"], share["id"])
    gone = roads.office.post(f"/tasks/{share['id']}/void", version=1)
    assert (gone["status"], gone["targets"], gone["actions"]) == ("void", [], [])
    assert roads.office.get(f"/tasks/{beneath['id']}")["status"] == "void"
    assert roads.row()["cells"] == []
    problem(roads.office.call("PATCH", f"/tasks/{share['id']}", json={"deadline": DEADLINE}, version=2), 409, "locked")
    again = roads.task(roads.kilometres, "60", world["a"], roads.root["id"])
    roads.issue()
    assert people["a-office"].get(f"/tasks/{again['id']}")["status"] == "issued"


def test_voiding_an_item_takes_its_tasks_along(roads: Roads) -> None:
    gone = roads.indicator(roads.item("2", "不做了")["id"], "个数", "个", 0)
    task = roads.task(gone, "3")
    roads.office.post(f"/items/{gone['item_id']}/void", version=1)
    assert roads.office.get(f"/tasks/{task['id']}")["status"] == "void"
    roads.issue()
    assert [each["title"] for each in roads.office.get("/items", programme_id=roads.id)["items"]] == ["公路"]


# Tier by tier


def test_a_promise_goes_down_three_tiers_and_each_sees_its_own(roads: Roads, people: Callers, world: World) -> None:
    county, clerk, sibling, neighbour = (people[name] for name in ("a-office", "a1-clerk", "a2-clerk", "b-office"))
    roads.split(roads.cell(world["a"], "60"), roads.cell(world["b"], "40"))
    assert county.get("/tasks", programme_id=roads.id)["items"] == []
    problem(county.call("GET", f"/programmes/{roads.id}/split"), 404, "not-found")
    roads.issue()
    (mine,) = county.get("/tasks", programme_id=roads.id)["items"]
    assert (mine["unit_name"], mine["giver_id"], mine["status"]) == ("乐清市", str(world["city"]), "issued")

    body = [
        {
            "parent_id": mine["id"],
            "unit_id": str(world[unit]),
            "indicator_id": roads.kilometres["id"],
            "value": value,
        }
        for unit, value in (("a1", "35"), ("a2", "30"))
    ]
    results = county.post("/tasks:split", {"cells": body})["results"]
    assert outcomes(results) == ["created", "created"]
    grid = county.get(f"/programmes/{roads.id}/split", unit_id=str(world["a"]))
    assert (grid["unit_name"], [unit["name"] for unit in grid["units"]]) == (
        "乐清市",
        ["柳市镇", "虹桥镇", "乐清市教育局"],
    )
    assert [(row["value"], row["sum"], row["balance"], row["difference"]) for row in grid["rows"]] == [
        ("60", "65", "over", "5")
    ]
    for caller in (clerk, sibling):
        assert caller.get("/tasks", programme_id=roads.id)["items"] == []
    drafts = [county.get(f"/tasks/{result['task_id']}") for result in results]
    assert [action["verb"] for action in drafts[0]["actions"]] == ["issue", "void"]
    moved = county.post("/tasks:issue", {"rows": [{"id": each["id"], "version": 1} for each in drafts]})["results"]
    assert [(each["outcome"], each["status"], each["version"]) for each in moved] == [("moved", "issued", 2)] * 2
    (own,) = clerk.get("/tasks", programme_id=roads.id)["items"]
    assert (own["id"], own["targets"][0]["value"], own["issued_on"]) == (drafts[0]["id"], "35", "2026-11-22")
    problem(clerk.call("GET", f"/tasks/{drafts[1]['id']}"), 404, "not-found")
    problem(clerk.call("GET", f"/tasks/{mine['id']}"), 404, "not-found")
    problem(neighbour.call("GET", f"/tasks/{mine['id']}"), 404, "not-found")
    assert [task["unit_name"] for task in neighbour.get("/tasks", programme_id=roads.id)["items"]] == ["苍南县"]
    assert len(roads.office.get("/tasks", programme_id=roads.id)["items"]) == 5


def test_a_county_does_not_change_what_the_city_gave(people: Callers, world: World) -> None:
    county, given = people["a-office"], f"/tasks/{world['roads:a']}"
    targets = [{"indicator_id": str(world["roads"]), "value": "1"}]
    version = county.get(given)["version"]
    problem(county.call("PATCH", given, json={"targets": targets}, version=version), 403, "forbidden")
    problem(county.call("POST", f"{given}/void", version=version), 403, "forbidden")
    cell = {
        "parent_id": str(world["roads:city"]),
        "unit_id": str(world["a"]),
        "indicator_id": str(world["roads"]),
        "value": "1",
    }
    (refused,) = county.post("/tasks:split", {"cells": [cell]})["results"]
    assert (refused["outcome"], refused["errors"][0]["code"]) == ("refused", "not-found")
    body = {
        "item_id": str(world["list.roads"]),
        "parent_id": str(world["roads:city"]),
        "unit_id": str(world["a2"]),
        "deadline": DEADLINE,
        "targets": targets,
    }
    problem(county.call("POST", "/tasks", json=body), 404, "not-found")
    assert county.get(given)["targets"][0]["value"] == "60"
    assert county.get(given)["actions"] == []


def test_a_draft_beneath_a_draft_waits_for_the_one_above(roads: Roads, people: Callers, world: World) -> None:
    share = roads.task(roads.kilometres, "60", world["a"], roads.root["id"])
    beneath = roads.task(roads.kilometres, "60", world["a1"], share["id"])
    for task, detail in ((share, "计划尚未下达。"), (beneath, "计划尚未下达。")):
        answer = roads.office.call("POST", f"/tasks/{task['id']}/issue", version=1)
        assert problem(answer, 409, "conflict")["detail"] == detail
    roads.issue()
    assert roads.office.get(f"/tasks/{beneath['id']}")["status"] == "draft"
    # Until the county hands it down the county itself reports.
    expecting = [each["unit_id"] for each in roads.office.get("/reports", programme_id=roads.id)["items"]]
    assert expecting == [str(world["a"])] * 2
    people["a-office"].post(f"/tasks/{beneath['id']}/issue", version=1)
    live = [each["unit_id"] for each in roads.office.get("/reports", programme_id=roads.id, status="draft")["items"]]
    assert live == [str(world["a1"])] * 2


def test_units_that_have_ended_are_given_nothing(roads: Roads, people: Callers, world: World) -> None:
    people["admin"].patch(f"/units/{world['b']}", {"valid_to": "2026-11-21"}, version=1)
    (refused,) = roads.split(roads.cell(world["b"], "40"))
    assert [(error["pointer"], error["code"]) for error in refused["errors"]] == [("/cells/0/unit_id", "unit-ended")]
    people["admin"].patch(f"/units/{world['b']}", {"valid_to": "2026-11-22"}, version=2)
    assert outcomes(roads.split(roads.cell(world["b"], "40"))) == ["created"]


def test_only_an_office_splits(people: Callers, world: World) -> None:
    cell = {
        "parent_id": str(world["roads:a1"]),
        "unit_id": str(world["a1"]),
        "indicator_id": str(world["roads"]),
        "value": "1",
    }
    for name in ("a1-clerk", "a-reviewer", "leader", "lead", "auditor"):
        problem(people[name].call("POST", "/tasks:split", json={"cells": [cell]}), 403, "forbidden")
