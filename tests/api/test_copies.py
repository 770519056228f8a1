"""This year's list out of last year's, what became of each item, and items that count in two lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.lists import PromiseList
from tests.factories.problems import places, problem

if TYPE_CHECKING:
    from tests.conftest import Callers
    from tests.factories.world import World

CATALOGUE = (
    # code, title, code of the parent
    ("1", "城乡环境", None),
    ("1.1", "口袋公园", "1"),
    ("1.2", "农村公路", "1"),
    ("1.2.1", "县道", "1.2"),
    ("2", "教育", None),
)


class Lists:
    """A list of the city three levels deep, with leads, indicators and targets on the leaves."""

    def __init__(self, people: Callers, world: World) -> None:
        self.office = people["office"]
        self.list = PromiseList(
            self.office, world["city"], name="温州市2026年十件实事", starts_on="2024-02-29", ends_on="2026-12-31"
        )
        self.items: dict[str, dict[str, Any]] = {}
        for code, title, parent in CATALOGUE:
            above = self.items[parent]["id"] if parent else None
            self.items[code] = self.list.item(code, title, above, leads=(world["city_dept"],))
        for code in ("1.1", "1.2.1", "2"):
            indicator = self.list.indicator(self.items[code]["id"], f"数量{code}", "个", 0)
            self.list.task(indicator, "12", deadline="2026-10-31")

    def copy(self, *, status: int = 201, **body: Any) -> Any:
        """Copy the list."""
        now = self.office.get(f"/programmes/{self.list.id}")
        return self.office.post(
            f"/programmes/{self.list.id}/copy", {"year": 2027, **body}, version=now["version"], status=status
        )

    def tree(self, programme: str) -> dict[str, dict[str, Any]]:
        """Return the items of a list by code."""
        found = self.office.get("/items", programme_id=programme, limit=1000)["items"]
        return {item["code"]: item for item in found}


@pytest.fixture
def lists(people: Callers, world: World) -> Lists:
    """Return the list to copy."""
    return Lists(people, world)


def test_a_copy_takes_the_whole_tree_and_moves_every_date(lists: Lists, world: World) -> None:
    made = lists.copy(targets=True)
    assert {key: made[key] for key in ("name", "year", "status", "starts_on", "ends_on", "issued_on")} == {
        "name": "温州市2027年十件实事",
        "year": 2027,
        "status": "draft",
        "starts_on": "2025-02-28",
        "ends_on": "2027-12-31",
        "issued_on": None,
    }
    assert made["predecessor_id"] == lists.list.id
    old, new = lists.tree(lists.list.id), lists.tree(made["id"])
    titles = {item["id"]: item["title"] for item in (*old.values(), *new.values())}
    assert [(item["code"], item["title"], titles.get(item["parent_id"])) for item in new.values()] == [
        (item["code"], item["title"], titles.get(item["parent_id"])) for item in old.values()
    ]
    assert {item["code"]: titles[item["predecessor_item_id"]] for item in new.values()} == {
        item["code"]: item["title"] for item in old.values()
    }
    assert {item["id"] for item in old.values()} & {item["id"] for item in new.values()} == set()
    assert [lead["unit_id"] for lead in new["1.2.1"]["leads"]] == [str(world["city_dept"])]
    assert [(each["name"], each["measure_name"]) for each in new["1.2.1"]["indicators"]] == [("数量1.2.1", "个")]
    tasks = lists.office.get("/tasks", programme_id=made["id"])["items"]
    assert sorted((task["item_title"], task["deadline"], task["targets"][0]["value"]) for task in tasks) == [
        ("县道", "2027-10-31", "12"),
        ("口袋公园", "2027-10-31", "12"),
        ("教育", "2027-10-31", "12"),
    ]
    assert {task["targets"][0]["source_note"] for task in tasks} == {"沿用2026年目标"}
    assert {task["status"] for task in tasks} == {"draft"}
    bare = lists.copy(year=2028)
    assert lists.office.get("/tasks", programme_id=bare["id"])["items"] == []
    assert bare["starts_on"] == "2026-02-28"


def test_the_next_part_of_a_commitment_is_proposed(people: Callers, world: World) -> None:
    """Sixty over three years: last year's list says all of it, next year's its own part; then nothing (R028)."""
    office = people["office"]
    draft = PromiseList(office, world["city"], name="温州市2026年实事", ends_on="2028-12-31")
    long = draft.indicator(draft.item("1", "污水管网")["id"], "里程")
    plain = draft.indicator(draft.item("2", "公交线路")["id"], "线路", "条", 0)
    slices = [{"year": 2026 + place, "value": value} for place, value in enumerate(("12", "24", "24"))]
    target = {"indicator_id": long["id"], "value": "60", "stretch": "70", "quota": "50", "slices": slices}
    body = {"item_id": long["item_id"], "unit_id": str(world["city"]), "deadline": "2028-12-31", "targets": [target]}
    office.post("/tasks", body, status=201)
    draft.task(plain, "12", deadline="2026-10-31")

    def copied(year: int) -> tuple[str, list[tuple[Any, ...]]]:
        version = office.get(f"/programmes/{draft.id}")["version"]
        made = office.post(f"/programmes/{draft.id}/copy", {"year": year, "targets": True}, version=version, status=201)
        tasks = office.get("/tasks", programme_id=made["id"])["items"]
        rows = [(task["deadline"], task["targets"][0]) for task in tasks]
        return made["id"], sorted((row["value"], day, row["stretch"], row["slices"], row["quota"]) for day, row in rows)

    made, found = copied(2027)
    assert found == [("12", "2027-10-31", None, [], None), ("24", "2027-12-31", None, [], None)]
    changed = {row["title"]: row["changes"] for row in office.get(f"/programmes/{made}/diff")["rows"]}
    assert changed == {
        "污水管网": [
            {
                "field": "target",
                "label": "目标",
                "old": "里程不少于60公里（2026年12、2027年24、2028年24）",
                "new": "里程不少于24公里",
            }
        ],
        "公交线路": [],
    }
    assert copied(2029)[1] == [("12", "2029-10-31", None, [], None)]


def test_the_diff_names_kept_changed_new_and_dropped(lists: Lists) -> None:
    made = lists.copy()
    office, new = lists.office, lists.tree(made["id"])
    office.patch(
        f"/items/{new['1.1']['id']}",
        {"title": "口袋公园建设", "kind": "works", "leads": []},
        version=new["1.1"]["version"],
    )
    office.patch(f"/items/{new['1.2.1']['id']}", {"parent_id": new["2"]["id"]}, version=new["1.2.1"]["version"])
    office.post(f"/items/{new['1.2']['id']}/void", version=new["1.2"]["version"])
    body = {"programme_id": made["id"], "code": "3", "title": "医疗", "seq": 3}
    assert office.post("/items", body, status=201)["predecessor_item_id"] is None
    found = office.get(f"/programmes/{made['id']}/diff")
    assert (found["against_id"], found["against_year"], found["year"]) == (lists.list.id, 2026, 2027)
    assert [(row["outcome"], row["level"], row["title"], row["against_title"]) for row in found["rows"]] == [
        ("kept", 1, "城乡环境", "城乡环境"),
        ("changed", 2, "口袋公园建设", "口袋公园"),
        ("kept", 1, "教育", "教育"),
        ("changed", 2, "县道", "县道"),
        ("new", 1, "医疗", None),
        ("dropped", 2, None, "农村公路"),
    ]
    changed = {row["title"]: row["changes"] for row in found["rows"] if row["outcome"] == "changed"}
    assert [(each["field"], each["old"], each["new"]) for each in changed["口袋公园建设"]] == [
        ("title", "口袋公园", "口袋公园建设"),
        ("kind", None, "工程"),
        ("leads", "温州市交通运输局(牵头)", None),
    ]
    assert [(each["field"], each["old"], each["new"]) for each in changed["县道"]] == [("parent", "农村公路", "教育")]
    counts = [{key: value for key, value in level.items() if value != 0} for level in found["levels"]]
    assert counts == [
        {"level": 1, "label": "大项", "total": 3, "against_total": 2, "new": 1, "kept": 2},
        {"level": 2, "label": "小项", "total": 2, "against_total": 2, "dropped": 1, "changed": 2},
        {"level": 3, "label": "第3层", "against_total": 1},
    ]
    # Two lists that no copy links are compared by titles that each has once.
    fresh = PromiseList(office, lists.list.unit, name="另一份")
    fresh.item("7", "教育")
    fresh.item("8", "养老")
    rows = office.get(f"/programmes/{fresh.id}/diff", against=lists.list.id)["rows"]
    assert [(row["outcome"], row["title"]) for row in rows if row["outcome"] != "dropped"] == [
        ("changed", "教育"),
        ("new", "养老"),
    ]
    assert sum(row["outcome"] == "dropped" for row in rows) == 4
    assert places(office.call("GET", f"/programmes/{fresh.id}/diff")) == [("against", "missing")]


def test_a_county_takes_over_what_it_was_given(people: Callers, world: World) -> None:
    office = people["a-office"]
    source = office.get(f"/programmes/{world['list']}")
    body = {"year": 2026, "unit_id": str(world["a"]), "targets": True}
    made = office.post(f"/programmes/{source['id']}/copy", body, version=source["version"], status=201)
    assert (made["unit_name"], made["name"], made["predecessor_id"]) == (
        "乐清市",
        "乐清市温州市2026年民生实事",
        None,
    )
    items = {each["code"]: each for each in office.get("/items", programme_id=made["id"])["items"]}
    assert {(each["origin"], each["predecessor_item_id"]) for each in items.values()} == {("handed_down", None)}
    assert items["1.1"]["upper_item_id"] == str(world["list.roads"])
    tasks = office.get("/tasks", programme_id=made["id"])["items"]
    assert [(task["item_title"], task["targets"][0]["value"]) for task in tasks] == [("农村公路提升", "60")]
    own = {"origin": "own"}
    answer = office.call("PATCH", f"/items/{items['1.1']['id']}", json=own, version=items["1.1"]["version"])
    assert places(answer) == [("/origin", "origin")]
    gone = {"origin": "own", "upper_item_id": None}
    assert office.patch(f"/items/{items['1.1']['id']}", gone, version=items["1.1"]["version"])["origin"] == "own"
    rows = office.get(f"/programmes/{made['id']}/diff", against=source["id"])["rows"]
    assert [row["outcome"] for row in rows] == ["changed", "changed", "changed"]


def test_what_cannot_be_copied_is_named(lists: Lists, people: Callers, world: World) -> None:
    path = f"/programmes/{lists.list.id}/copy"
    office = lists.office
    version = office.get(f"/programmes/{lists.list.id}")["version"]
    for body, place in (
        ({"year": 2026}, ("/year", "same-year")),
        ({"year": 1980}, ("/year", "greater-than-equal")),
        ({"year": "2027"}, ("/year", "int-type")),
        ({}, ("/year", "missing")),
        ({"year": 2027, "name": ""}, ("/name", "string-too-short")),
    ):
        assert places(office.call("POST", path, json=body, version=version)) == [place]
    problem(office.call("POST", path, json={"year": 2027}), 428, "precondition-required")
    problem(office.call("POST", path, json={"year": 2027}, version=version + 7), 412, "stale-version")
    other = {"year": 2027, "unit_id": str(world["other"])}
    problem(office.call("POST", path, json=other, version=version), 404, "not-found")
    problem(people["a-office"].call("POST", path, json={"year": 2027}, version=version), 404, "not-found")
    issued = f"/programmes/{world['list']}/copy"
    problem(people["a-office"].call("POST", issued, json={"year": 2027}, version=2), 403, "forbidden")
    problem(people["a1-clerk"].call("POST", issued, json={"year": 2027}, version=2), 403, "forbidden")


def test_an_item_in_two_lists_is_counted_once(lists: Lists, world: World) -> None:
    office = lists.office
    road = str(world["list.roads"])
    body = {"programme_id": lists.list.id, "item_id": road}
    made = office.post("/item-listings", body, status=201)
    assert (made["item_title"], made["owner_programme_name"], made["status"]) == (
        "农村公路提升",
        "温州市2026年民生实事",
        "draft",
    )
    problem(office.call("POST", "/item-listings", json=body), 409, "duplicate")
    own = {"programme_id": lists.list.id, "item_id": lists.items["1.1"]["id"]}
    assert places(office.call("POST", "/item-listings", json=own)) == [("/item_id", "own-item")]
    locked = {"programme_id": str(world["list"]), "item_id": lists.items["1.1"]["id"]}
    problem(office.call("POST", "/item-listings", json=locked), 409, "locked")
    found = office.get("/programme-tally", year=2026, unit_id=str(world["city"]))
    assert [(row["programme_name"], row["own"], row["shared"]) for row in found["rows"]] == [
        ("温州市2026年民生实事", 2, 0),
        ("温州市2027年民生实事(草稿)", 1, 0),
        ("温州市2026年十件实事", 3, 1),
    ]
    assert (found["listed"], found["distinct"]) == (7, 6)
    office.post(f"/item-listings/{made['id']}/end", version=made["version"])
    found = office.get("/programme-tally", year=2026, unit_id=str(world["city"]))
    assert (found["listed"], found["distinct"]) == (6, 6)
    assert office.get("/item-listings", programme_id=lists.list.id)["items"] == []
    again = office.post("/item-listings", body, status=201)
    lists.list.issue()
    assert office.get("/item-listings", item_id=road)["items"][0]["status"] == "issued"
    problem(office.call("POST", f"/item-listings/{again['id']}/end", version=2), 409, "wrong-state")
