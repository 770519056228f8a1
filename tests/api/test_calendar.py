"""The calendar over HTTP: the answer for a unit, its own days, years that are missing, who may edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.factories.problems import places, problem

if TYPE_CHECKING:
    from tests.conftest import Callers
    from tests.factories.world import World


def change(world: World, unit: str, day: str, kind: str = "holiday") -> dict[str, Any]:
    """Return a day set otherwise."""
    return {"unit_id": str(world[unit]), "day": day, "kind": kind, "name": "台风停工", "source": "市防指第3号令"}


YEAR = {
    "year": 2027,
    "source": "国务院办公厅关于2027年部分节假日安排的通知",
    "days": [
        {"day": "2027-01-01", "kind": "holiday", "name": "元旦"},
        {"day": "2027-02-05", "kind": "holiday", "name": "春节"},
        {"day": "2027-02-20", "kind": "workday", "name": "春节"},
    ],
}


def test_everybody_reads_a_year_with_the_answer_for_each_day(people: Callers, world: World) -> None:
    found = people["a1-clerk"].get("/calendar", year=2026)
    assert (found["unit_id"], found["unit_name"], found["origin"]) == (str(world["a1"]), "柳市镇", "national")
    assert (len(found["days"]), found["workdays"], found["editable"]) == (365, 248, False)
    by_day = {day["on"]: day for day in found["days"]}
    shown = {
        "2026-02-13": (True, "workday", None),
        "2026-02-14": (True, "makeup", "春节"),
        "2026-02-15": (False, "holiday", "春节"),
        "2026-02-28": (True, "makeup", "春节"),
        "2026-03-01": (False, "weekend", None),
        "2026-10-01": (False, "holiday", "国庆节"),
    }
    assert {on: (by_day[on]["working"], by_day[on]["kind"], by_day[on]["name"]) for on in shown} == shown
    assert by_day["2026-10-01"]["source"] == "国务院办公厅2026年节假日安排"
    assert people["a1-clerk"].get("/calendar")["year"] == 2026
    assert people["a-office"].get("/calendar", unit_id=world["a1"])["editable"] is True


def test_counting_working_days(people: Callers) -> None:
    clerk = people["a1-clerk"]
    found = clerk.get("/calendar/workday", on="2026-09-30", count=3, until="2026-10-10")
    del found["unit_id"]
    assert found == {
        "on": "2026-09-30",
        "working": True,
        "name": None,
        "previous": "2026-09-29",
        "next": "2026-10-08",
        "count": 3,
        "day": "2026-10-10",
        "until": "2026-10-10",
        "between": 3,
    }
    assert clerk.get("/calendar/workday", on="2026-10-08", count=-1)["day"] == "2026-09-30"
    last = clerk.get("/calendar/workday", on="2026-12-31")
    assert (last["working"], last["previous"], last["next"], last["day"]) == (True, "2026-12-30", None, "2026-12-31")
    assert clerk.get("/calendar/workday")["on"] == "2026-11-22"


def test_a_missing_year_is_an_error_that_says_so(people: Callers) -> None:
    clerk = people["a1-clerk"]
    for path, params in (
        ("/calendar", {"year": 2027}),
        ("/calendar/workday", {"on": "2027-01-04"}),
        ("/calendar/workday", {"on": "2026-12-30", "count": 5}),
        ("/calendar/workday", {"on": "2026-12-30", "until": "2027-01-10"}),
    ):
        answer = clerk.call("GET", path, params=params)
        body = problem(answer, 422, "calendar-missing")
        assert (body["year"], "2027" in body["detail"]) == (2027, True)
    assert problem(clerk.call("GET", "/calendar", params={"year": 2003}), 422, "calendar-missing")["year"] == 2003


def test_the_nearest_unit_has_the_last_word(people: Callers, world: World) -> None:
    city, county = people["office"], people["a-office"]
    made = city.post("/day-changes", change(world, "city", "2026-11-23"), status=201)
    county.post("/day-changes", change(world, "a", "2026-11-23", "workday"), status=201)

    def working(who: str, unit: str) -> bool:
        found: bool = people[who].get("/calendar/workday", on="2026-11-23", unit_id=world[unit])["working"]
        return found

    answers = {unit: working("office", unit) for unit in ("city", "city_dept", "b", "b1", "a", "a_dept", "a1")}
    assert answers == {
        "city": False,
        "city_dept": False,
        "b": False,
        "b1": False,
        "a": True,
        "a_dept": True,
        "a1": True,
    }
    assert (working("b1-clerk", "b1"), working("a1-clerk", "a1"), working("outsider-clerk", "other_town")) == (
        False,
        True,
        True,
    )
    # A whole line sees the same answer as the unit itself.
    assert working("lead", "a1") is True
    day = next(d for d in people["b1-clerk"].get("/calendar", year=2026)["days"] if d["on"] == "2026-11-23")
    assert (day["kind"], day["name"], day["unit_id"], day["change_id"]) == (
        "holiday",
        "台风停工",
        str(world["city"]),
        made["id"],
    )
    listed = people["a1-clerk"].get("/day-changes")["items"]
    assert [(row["unit_name"], row["kind"], row["actions"]) for row in listed] == [
        ("温州市", "holiday", []),
        ("乐清市", "workday", []),
    ]
    # Taken back, not deleted.
    assert [each["verb"] for each in made["actions"]] == ["void"]
    void = city.post(f"/day-changes/{made['id']}/void", {"reason": "台风改道"}, version=made["version"])
    assert (void["status"], void["void_reason"], void["actions"]) == ("void", "台风改道", [])
    assert (working("office", "b1"), len(people["a1-clerk"].get("/day-changes")["items"])) == (True, 2)


def test_who_may_edit(people: Callers, world: World) -> None:
    body = change(world, "a", "2026-11-23")
    for who, status in (("a1-clerk", 403), ("a-reviewer", 403), ("b-office", 404), ("a-admin", 201)):
        answer = people[who].call("POST", "/day-changes", json=body)
        assert answer.status_code == status, (who, answer.text)
    for who, unit, status in (("a-office", "city", 403), ("b-office", "b1", 201)):
        answer = people[who].call("POST", "/day-changes", json=change(world, unit, "2026-11-24"))
        assert answer.status_code == status, (who, answer.text)


def test_bad_days_are_named(people: Callers, world: World) -> None:
    office = people["office"]
    office.post("/day-changes", change(world, "city", "2026-11-23"), status=201)
    cases = (
        (change(world, "city", "2026-11-23", "workday"), 409, "duplicate", [("/day", "duplicate")]),
        (change(world, "a", "2026-11-23"), 409, "conflict", [("/day", "already-so")]),
        (change(world, "city", "2026-11-28"), 409, "conflict", [("/day", "already-so")]),
        (change(world, "city", "2027-01-01"), 422, "calendar-missing", [("/year", "calendar-missing")]),
        (change(world, "city", "2026-02-30"), 422, "invalid", None),
    )
    for body, status, code, named in cases:
        answer = office.call("POST", "/day-changes", json=body)
        found = places(answer, status, code)
        assert named is None or found == named, answer.text


def test_a_year_is_entered_whole_and_taken_back_whole(people: Callers, world: World) -> None:
    office = people["office"]
    body = {**YEAR, "unit_id": str(world["city"])}
    year = office.post("/calendar-years", body, status=201)
    found = people["a1-clerk"].get("/calendar", year=2027)
    assert (found["origin"], found["workdays"]) == ("unit", 261 - 2 + 1)
    assert people["b1-clerk"].get("/calendar/workday", on="2026-12-31", count=1)["day"] == "2027-01-04"
    # Another city has to enter it itself.
    problem(people["outsider"].call("GET", "/calendar", params={"year": 2027}), 422, "calendar-missing")
    assert places(office.call("POST", "/calendar-years", json=body), 409, "duplicate") == [("/year", "duplicate")]
    listed = people["a1-clerk"].get("/calendar-years")["items"]
    assert [(row["year"], row["unit_name"], row["status"]) for row in listed] == [(2027, "温州市", "active")]
    office.post(f"/calendar-years/{year['id']}/void", {"reason": "录错文件"}, version=1)
    problem(people["a1-clerk"].call("GET", "/calendar", params={"year": 2027}), 422, "calendar-missing")
    assert {row["status"] for row in office.get("/day-changes")["items"]} == {"void"}
    office.post("/calendar-years", body, status=201)
    assert people["a1-clerk"].get("/calendar", year=2027)["workdays"] == 260


def test_every_wrong_line_of_a_year_is_named(people: Callers, world: World) -> None:
    body = {
        "unit_id": str(world["city"]),
        "year": 2027,
        "source": "通知",
        "days": [
            {"day": "2027-01-01", "kind": "holiday", "name": "元旦"},
            {"day": "2027-01-01", "kind": "holiday", "name": "元旦"},
            {"day": "2026-12-31", "kind": "holiday", "name": "元旦"},
            {"day": "2027-01-04", "kind": "workday", "name": "元旦"},
        ],
    }
    answer = people["office"].call("POST", "/calendar-years", json=body)
    assert places(answer) == [
        ("/days/1/day", "duplicate"),
        ("/days/2/day", "outside"),
        ("/days/3/day", "not-weekend"),
    ]
    known = {**body, "year": 2026, "days": [{"day": "2026-06-01", "kind": "holiday", "name": "儿童节"}]}
    places(people["office"].call("POST", "/calendar-years", json=known), 409, "duplicate")
