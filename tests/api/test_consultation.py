"""A draft sent round: who reads it meanwhile, what units say to it, and what becomes of that."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.conftest import Caller, at
from tests.factories.problems import places, problem
from tests.factories.world import NOW

if TYPE_CHECKING:
    import httpx

    from tests.conftest import Callers
    from tests.factories.world import World

UNTIL = "2026-11-25"


def move(people: Callers, world: World, verb: str, body: Any = None) -> httpx.Response:
    """Move the city's draft."""
    path = f"/programmes/{world['draft_list']}"
    version = people["office"].get(path)["version"]
    return people["office"].call("POST", f"{path}/{verb}", json=body, version=version)


def ask(people: Callers, world: World, *units: str, until: str = UNTIL) -> httpx.Response:
    """Send the city's draft round."""
    return move(people, world, "consult", {"until": until, "unit_ids": [str(world[unit]) for unit in units]})


def say(world: World, unit: str, text: str = "建议调整", item: str | None = "draft_list.parks") -> dict[str, Any]:
    """Return an opinion."""
    return {
        "programme_id": str(world["draft_list"]),
        "unit_id": str(world[unit]),
        "item_id": str(world[item]) if item else None,
        "text": text,
    }


def test_only_units_that_are_asked_read_the_draft_and_only_meanwhile(people: Callers, world: World) -> None:
    path, item = f"/programmes/{world['draft_list']}", f"/items/{world['draft_list.parks']}"

    def readers() -> list[str]:
        found = []
        for who in ("office", "a-office", "a1-clerk", "b-office", "b1-clerk", "lead", "outsider"):
            answers = {people[who].call("GET", each).status_code for each in (path, item)}
            assert len(answers) == 1, who
            if answers == {200}:
                found.append(who)
        return found

    assert readers() == ["office"]
    asked = ask(people, world, "a", "city_dept").json()
    assert (asked["status"], [action["verb"] for action in asked["actions"]]) == ("consultation", ["revise", "issue"])
    # Whoever covers a unit that is asked reads with it, beneath and beside nobody does.
    assert readers() == ["office", "a-office", "lead"]
    invited = people["a-office"].get("/invitations", programme_id=str(world["draft_list"]))["items"]
    assert [(row["unit_name"], row["until"], row["comments"]) for row in invited] == [("乐清市", UNTIL, 0)]
    body = {"title": "x"}
    problem(people["office"].call("PATCH", item, json=body, version=1), 409, "locked")
    assert move(people, world, "revise").json()["status"] == "draft"
    assert readers() == ["office"]
    assert people["office"].call("PATCH", item, json=body, version=1).status_code == 200
    assert ask(people, world, "b").status_code == 200
    assert readers() == ["office", "b-office"]
    rows = people["office"].get("/invitations", programme_id=str(world["draft_list"]))["items"]
    assert [(row["unit_name"], row["status"]) for row in rows] == [
        ("乐清市", "ended"),
        ("温州市交通运输局", "ended"),
        ("苍南县", "active"),
    ]


def test_opinions_are_collected_by_item_and_answered(people: Callers, world: World) -> None:
    ask(people, world, "a", "b")
    county, other, office = people["a-office"], people["b-office"], people["office"]
    first = county.post("/comments", say(world, "a", "建议把目标调为 12 个"), status=201)
    whole = county.post("/comments", say(world, "a", "总体同意", None), status=201)
    theirs = other.post("/comments", say(world, "b", "无意见"), status=201)
    assert (first["item_title"], first["unit_name"], first["author_name"], first["status"]) == (
        "口袋公园",
        "乐清市",
        "测试a-office",
        "open",
    )
    programme = str(world["draft_list"])

    def seen(who: str, **query: Any) -> list[str]:
        return [row["text"] for row in people[who].get("/comments", programme_id=programme, **query)["items"]]

    assert seen("office") == ["建议把目标调为 12 个", "总体同意", "无意见"]
    assert seen("office", item_id=str(world["draft_list.parks"])) == ["建议把目标调为 12 个", "无意见"]
    assert seen("a-office") == ["建议把目标调为 12 个", "总体同意"]
    assert seen("b-office") == ["无意见"]
    counted = office.get("/invitations", programme_id=programme)["items"]
    assert [(row["unit_name"], row["comments"]) for row in counted] == [("乐清市", 2), ("苍南县", 1)]
    body = {"outcome": "adopted", "answer": "已按意见调整。"}
    # The county writes lists too, but this one is the city's.
    problem(county.call("POST", f"/comments/{first['id']}/answer", json=body, version=1), 403, "forbidden")
    done = office.post(f"/comments/{first['id']}/answer", body, version=1)
    assert (done["status"], done["outcome"], done["answer"]) == ("answered", "adopted", "已按意见调整。")
    problem(county.call("POST", f"/comments/{first['id']}/withdraw", version=2), 409, "wrong-state")
    problem(other.call("POST", f"/comments/{whole['id']}/withdraw", version=1), 404, "not-found")
    problem(office.call("POST", f"/comments/{theirs['id']}/withdraw", version=1), 403, "forbidden")
    assert county.post(f"/comments/{whole['id']}/withdraw", version=1)["status"] == "void"
    move(people, world, "revise")
    # What was said and answered stays readable for whoever said it.
    answered = county.get("/comments", programme_id=programme, status="answered")["items"]
    assert [(row["answer"], row["item_title"]) for row in answered] == [("已按意见调整。", None)]


def test_a_unit_that_is_asked_reads_what_is_planned_for_it(people: Callers, world: World) -> None:
    """The county reads its own share of the draft and splits it no further; its neighbour reads nothing of it."""
    programme = str(world["draft_list"])

    def planned(who: str) -> list[tuple[str, str, str]]:
        tasks = people[who].get("/tasks", programme_id=programme)["items"]
        return [(task["unit_name"], task["status"], task["targets"][0]["value"]) for task in tasks]

    assert planned("a-office") == []
    ask(people, world, "a", "b")
    assert planned("a-office") == [("乐清市", "draft", "18")]
    assert (planned("b-office"), planned("a1-clerk")) == ([], [])
    share = {
        "item_id": str(world["draft_list.parks"]),
        "parent_id": str(world["parks:a"]),
        "unit_id": str(world["a1"]),
        "deadline": "2026-12-31",
        "targets": [{"indicator_id": str(world["parks"]), "value": "3"}],
    }
    problem(people["a-office"].call("POST", "/tasks", json=share), 409, "wrong-state")
    task = people["a-office"].get(f"/tasks/{world['parks:a']}")
    assert not any(action["enabled"] for action in task["actions"])
    change = {"deadline": "2026-11-30"}
    refused = people["a-office"].call("PATCH", f"/tasks/{world['parks:a']}", json=change, version=task["version"])
    problem(refused, 403, "forbidden")
    move(people, world, "revise")
    assert planned("a-office") == []


def test_a_consultation_ends_with_the_issue(people: Callers, world: World) -> None:
    ask(people, world, "a")
    assert move(people, world, "issue", {"issued_on": None}).json()["status"] == "issued"
    rows = people["office"].get("/invitations", programme_id=str(world["draft_list"]))["items"]
    assert [row["status"] for row in rows] == ["ended"]
    problem(people["a-office"].call("POST", "/comments", json=say(world, "a")), 409, "wrong-state")
    # Issued, it is readable from beneath like any other list.
    assert people["b1-clerk"].get(f"/programmes/{world['draft_list']}")["status"] == "issued"


def test_what_is_wrong_with_an_opinion_is_named(people: Callers, world: World) -> None:
    county = people["a-office"]
    problem(county.call("POST", "/comments", json=say(world, "a")), 404, "not-found")
    for units, until, place in (
        (("a",), "2026-11-21", ("/until", "past")),
        (("a", "a"), UNTIL, ("/unit_ids/1", "duplicate")),
        (("a", "other"), UNTIL, ("/unit_ids/1", "unknown-unit")),
        (("city",), UNTIL, ("/unit_ids/0", "not-beneath")),
        ((), UNTIL, ("/unit_ids", "too-short")),
    ):
        assert places(ask(people, world, *units, until=until)) == [place]
    assert ask(people, world, "a").status_code == 200
    assert places(county.call("POST", "/comments", json=say(world, "a", item="list.roads"))) == [
        ("/item_id", "foreign-item")
    ]
    problem(people["office"].call("POST", "/comments", json=say(world, "a")), 403, "forbidden")
    problem(people["office"].call("POST", "/comments", json=say(world, "city")), 409, "conflict")
    problem(people["leader"].call("POST", "/comments", json=say(world, "city")), 403, "forbidden")
    with at(NOW + timedelta(days=4)):
        late = Caller(county.client, "a-office").call("POST", "/comments", json=say(world, "a"))
    assert problem(late, 409, "conflict")["detail"] == "征求意见已于 2026-11-25 截止。"
