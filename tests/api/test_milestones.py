"""Milestones over HTTP: drafting, fixing, moving with approval, marking, scheduling, and plans that follow them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.factories.lists import PromiseList
from tests.factories.problems import places, problem

if TYPE_CHECKING:
    from tests.conftest import Caller, Callers
    from tests.factories.world import World


def step(task: object, name: str, planned_on: str, **more: Any) -> dict[str, Any]:
    """Return a new milestone."""
    return {"task_id": str(task), "name": name, "planned_on": planned_on, **more}


def made(caller: Caller, task: object, *pairs: tuple[str, str, int]) -> list[dict[str, Any]]:
    """Draft milestones (name, date, weight) and fix them."""
    drafts = [caller.post("/milestones", step(task, name, on, weight=weight), status=201) for name, on, weight in pairs]
    return [caller.post(f"/milestones/{each['id']}/issue", version=each["version"]) for each in drafts]


def fresh(people: Callers, world: World) -> tuple[str, str]:
    """Return a newly issued task of a township and its target, on which nobody has reported."""
    promise = PromiseList(people["office"], world["city"])
    roads = promise.indicator(promise.item("1", "公路")["id"], "里程")
    root = promise.task(roads, "30")
    share = promise.task(roads, "30", world["a1"], root["id"])
    promise.issue("2026-02-05")
    return share["id"], share["targets"][0]["id"]


def move(caller: Caller, row: dict[str, Any], verb: str, body: Any = None, status: int = 200) -> Any:
    """Make a move of a milestone or of a request."""
    kind = "milestone-moves" if "milestone_id" in row else "milestones"
    return caller.post(f"/{kind}/{row['id']}/{verb}", body, version=row["version"], status=status)


def test_a_draft_is_the_givers_until_the_task_is_issued(people: Callers, world: World) -> None:
    office = people["office"]
    draft = office.post(
        "/milestones",
        step(world["parks:a"], "选址", "2026-11-12", precision="ten_days", weight=30, planned_count="3.5"),
        status=201,
    )
    assert (draft["planned_on"], draft["planned_text"], draft["status"]) == ("2026-11-20", "2026年11月中旬", "draft")
    assert (draft["late"], draft["baseline_on"], draft["unit_name"]) == (False, None, "乐清市")
    # The unit beneath hears of it with the task, not before.
    assert people["a-office"].get("/milestones", task_id=world["parks:a"])["items"] == []
    problem(people["a-office"].call("GET", f"/milestones/{draft['id']}"), 404, "not-found")
    problem(
        people["a-office"].call("POST", "/milestones", json=step(world["parks:a"], "x", "2026-11-12")), 404, "not-found"
    )
    changed = office.patch(f"/milestones/{draft['id']}", {"planned_on": "2026-12-02", "precision": "month"}, version=1)
    assert (changed["planned_on"], changed["planned_text"]) == ("2026-12-31", "2026年12月")
    problem(office.call("POST", f"/milestones/{draft['id']}/issue", version=2), 409, "conflict")
    programme = office.get(f"/programmes/{world['draft_list']}")
    office.post(f"/programmes/{programme['id']}/issue", {"issued_on": "2026-11-20"}, version=programme["version"])
    (seen,) = people["a-office"].get("/milestones", task_id=world["parks:a"])["items"]
    assert (seen["status"], seen["baseline_on"], seen["baseline_text"]) == ("issued", "2026-12-31", "2026年12月")
    assert (seen["days_left"], seen["workdays_left"]) == (39, 29)
    # From now on the plan is locked, the facts are the unit's.
    answer = people["a-office"].call(
        "PATCH", f"/milestones/{draft['id']}", json={"planned_on": "2026-12-01", "note": "x"}, version=seen["version"]
    )
    assert places(answer, 409, "locked") == [("/planned_on", "locked")]
    done = people["a-office"].patch(
        f"/milestones/{draft['id']}",
        {"forecast_on": "2026-12-20", "checks": [{"kind": "land", "state": "met", "note": "温自规12号"}]},
        version=seen["version"],
    )
    assert (done["forecast_on"], done["checks"][0]["state"]) == ("2026-12-20", "met")


def test_a_milestone_after_the_deadline_stops_the_issue(people: Callers, world: World) -> None:
    office = people["office"]
    office.post("/milestones", step(world["parks:a"], "完工", "2026-12-31"), status=201)
    task = office.get(f"/tasks/{world['parks:a']}")
    office.patch(f"/tasks/{task['id']}", {"deadline": "2026-12-20"}, version=task["version"])
    programme = office.get(f"/programmes/{world['draft_list']}")
    answer = office.call(
        "POST", f"/programmes/{programme['id']}/issue", json={"issued_on": "2026-11-20"}, version=programme["version"]
    )
    assert [code for _, code in places(answer, 409, "conflict")] == ["after-deadline"]
    # Voided with its task.
    office.post(f"/tasks/{task['id']}/void", version=task["version"] + 1)
    (gone,) = office.get("/milestones", task_id=task["id"], status="void")["items"]
    assert (gone["name"], office.get("/milestones", task_id=task["id"])["items"]) == ("完工", [])


def test_bad_milestones_are_named(people: Callers, world: World) -> None:
    clerk, task = people["a1-clerk"], world["roads:a1"]
    first = clerk.post("/milestones", step(task, "设计", "2026-11-30"), status=201)
    second = clerk.post("/milestones", step(task, "施工", "2026-12-20", after=[first["id"]]), status=201)
    foreign = people["a2-clerk"].post("/milestones", step(world["roads:a2"], "施工", "2026-12-20"), status=201)
    cases: tuple[tuple[dict[str, Any], list[tuple[str, str]]], ...] = (
        ({"planned_on": "2027-01-01"}, [("/planned_on", "outside")]),
        ({"planned_on": "2025-12-31"}, [("/planned_on", "outside")]),
        ({"start_on": "2026-12-25"}, [("/start_on", "after-end")]),
        ({"after": [foreign["id"]]}, [("/after/0", "foreign")]),
        ({"kind": "batch", "planned_count": "-1"}, [("/planned_count", "not-positive")]),
        ({"checks": [{"kind": "land"}, {"kind": "land"}]}, [("/checks/1/kind", "duplicate")]),
    )
    for more, named in cases:
        answer = clerk.call("POST", "/milestones", json=step(task, "x", "2026-12-20") | more)
        assert places(answer) == named, more
    circle = clerk.call("PATCH", f"/milestones/{first['id']}", json={"after": [second["id"]]}, version=1)
    assert places(circle) == [("/after", "cycle")]
    assert places(clerk.call("PATCH", f"/milestones/{first['id']}", json={"name": None}, version=1)) == [
        ("/name", "null")
    ]
    future = clerk.call("PATCH", f"/milestones/{first['id']}", json={"started_on": "2026-11-23"}, version=1)
    assert places(future) == [("/started_on", "future")]
    negative = clerk.call("PATCH", f"/milestones/{first['id']}", json={"actual_count": "-1"}, version=1)
    assert places(negative) == [("/actual_count", "negative")]
    # Whoever waited for a milestone that was struck out can still be changed.
    move(clerk, first, "void")
    clerk.patch(f"/milestones/{second['id']}", {"name": "主体施工"}, version=1)
    problem(people["b1-clerk"].call("POST", "/milestones", json=step(task, "x", "2026-12-20")), 404, "not-found")
    problem(people["lead"].call("POST", "/milestones", json=step(task, "x", "2026-12-20")), 403, "forbidden")


def test_a_move_keeps_both_dates_and_needs_the_giver(people: Callers, world: World) -> None:
    clerk = people["a1-clerk"]
    (row,) = made(clerk, world["roads:a1"], ("路基完成", "2026-11-20", 40))
    assert (row["late"], row["days_left"], row["baseline_on"]) == (True, -2, "2026-11-20")
    body = {"milestone_id": row["id"], "to_on": "2026-12-08", "precision": "ten_days", "reason": "台风影响工期"}
    asked = clerk.post("/milestone-moves", body, status=201)
    assert (asked["from_on"], asked["to_on"], asked["to_text"], asked["days"], asked["status"]) == (
        "2026-11-20",
        "2026-12-10",
        "2026年12月上旬",
        20,
        "asked",
    )
    assert [each["verb"] for each in asked["actions"]] == ["withdraw"]
    assert clerk.get(f"/milestones/{row['id']}")["planned_on"] == "2026-11-20"
    assert places(clerk.call("POST", "/milestone-moves", json=body), 409, "duplicate") == [
        ("/milestone_id", "duplicate")
    ]
    # A reviewer or a clerk does not approve; the county's office does.
    problem(clerk.call("POST", f"/milestone-moves/{asked['id']}/approve", json={}, version=1), 403, "forbidden")
    county = people["a-office"].get("/milestone-moves", status="asked")["items"]
    assert [(each["milestone_name"], [a["verb"] for a in each["actions"]]) for each in county] == [
        ("路基完成", ["approve", "refuse", "withdraw"])
    ]
    approved = move(people["a-office"], asked, "approve", {"decision": "同意"})
    assert (approved["status"], approved["decision_note"], approved["actions"]) == ("approved", "同意", [])
    now = clerk.get(f"/milestones/{row['id']}")
    assert (now["planned_on"], now["planned_text"], now["baseline_on"], now["late"]) == (
        "2026-12-10",
        "2026年12月上旬",
        "2026-11-20",
        False,
    )
    assert [(each["from_on"], each["to_on"], each["status"]) for each in now["moves"]] == [
        ("2026-11-20", "2026-12-10", "approved")
    ]
    # Another date may hang on a named day; refused or not, a request names one way alone.
    eve = {"day": "new_year", "side": "before", "work_days": 3}
    for wrong, place in (
        ({**body, "anchor": eve}, ("/anchor", "two-dates")),
        ({**body, "to_on": None}, ("/to_on", "required")),
    ):
        assert places(clerk.call("POST", "/milestone-moves", json=wrong)) == [place]
    named = clerk.post("/milestone-moves", {**body, "to_on": None, "anchor": eve, "precision": "day"}, status=201)
    assert (named["to_on"], named["to_anchor_text"]) == ("2026-12-29", "元旦前第3个工作日")
    move(people["a-office"], named, "approve", {})
    held = clerk.get(f"/milestones/{row['id']}")
    assert (held["planned_on"], held["anchor_text"], held["baseline_on"]) == (
        "2026-12-29",
        "元旦前第3个工作日",
        "2026-11-20",
    )
    refused = clerk.post("/milestone-moves", {**body, "to_on": "2026-12-25"}, status=201)
    assert move(people["a-office"], refused, "refuse", {"reason": "不能再推"})["decision_note"] == "不能再推"
    third = clerk.post("/milestone-moves", {**body, "to_on": "2026-12-25"}, status=201)
    assert move(clerk, third, "withdraw")["status"] == "withdrawn"
    found = clerk.get(f"/milestones/{row['id']}")
    assert (found["planned_on"], [each["status"] for each in found["moves"]]) == (
        "2026-12-29",
        ["approved", "approved", "refused", "withdrawn"],
    )


def test_who_asks_does_not_approve_and_the_own_tier_does_not_decide(people: Callers, world: World) -> None:
    county, city = people["a-office"], people["office"]
    (row,) = made(county, world["roads:a1"], ("路基完成", "2026-12-20", 40))
    body = {"milestone_id": row["id"], "to_on": "2026-12-10", "reason": "提前完成"}
    own = county.post("/milestone-moves", body, status=201)
    problem(county.call("POST", f"/milestone-moves/{own['id']}/approve", json={}, version=1), 409, "own-work")
    (row,) = made(county, world["roads:a"], ("全县贯通", "2026-12-20", 40))
    asked = county.post("/milestone-moves", {**body, "milestone_id": row["id"]}, status=201)
    greyed = {each["verb"]: each["enabled"] for each in asked["actions"]}
    assert greyed == {"approve": False, "refuse": False, "withdraw": True}
    assert move(city, asked, "approve", {})["status"] == "approved"
    for bad, status, code in (
        ({"to_on": "2026-12-10"}, 422, "invalid"),
        ({"to_on": "2027-02-01"}, 422, "invalid"),
        ({"to_on": "2026-12-15", "reason": ""}, 422, "invalid"),
    ):
        answer = county.call("POST", "/milestone-moves", json={**body, "milestone_id": row["id"], **bad})
        problem(answer, status, code)
    draft = county.post("/milestones", step(world["roads:a"], "草稿", "2026-12-20"), status=201)
    answer = county.call("POST", "/milestone-moves", json={**body, "milestone_id": draft["id"]})
    problem(answer, 409, "wrong-state")


def test_built_is_not_accepted_and_accepted_is_not_in_use(people: Callers, world: World) -> None:
    clerk, reviewer = people["a1-clerk"], people["a-reviewer"]
    checks = [{"kind": "land", "state": "open"}, {"kind": "tender", "state": "waived"}]
    row = clerk.post(
        "/milestones", step(world["roads:a1"], "竣工", "2026-11-30", kind="works", checks=checks), status=201
    )
    row = move(clerk, row, "issue")
    answer = clerk.call("POST", f"/milestones/{row['id']}/build", json={"on": "2026-11-20"}, version=2)
    assert ("用地" in problem(answer, 409, "conflict")["detail"], places(answer, 409, "conflict")) == (
        True,
        [("/checks", "not-met")],
    )
    met = [{"kind": "land", "state": "met", "note": "12号"}, {"kind": "tender", "state": "waived"}]
    row = clerk.patch(f"/milestones/{row['id']}", {"checks": met, "started_on": "2026-03-01"}, version=2)
    for on, code in (("2026-11-23", "future"), ("2026-02-28", "before")):
        answer = clerk.call("POST", f"/milestones/{row['id']}/build", json={"on": on}, version=3)
        assert places(answer) == [("/on", code)]
    problem(clerk.call("POST", f"/milestones/{row['id']}/reach", json={"on": "2026-11-20"}, version=3), 409, "conflict")
    row = move(clerk, row, "build", {"on": "2026-11-10"})
    assert (row["status"], row["built_on"], row["passed_on"], row["late"]) == ("built", "2026-11-10", None, False)
    row = move(clerk, row, "revert", {"reason": "标错日期"})
    assert (row["status"], row["built_on"]) == ("issued", None)
    row = move(clerk, row, "build", {"on": "2026-11-12"})
    problem(clerk.call("POST", f"/milestones/{row['id']}/pass", json={"on": "2026-11-15"}, version=6), 403, "forbidden")
    answer = reviewer.call("POST", f"/milestones/{row['id']}/pass", json={"on": "2026-11-01"}, version=6)
    assert places(answer) == [("/on", "before")]
    counts = people["office"].get("/milestone-counts", programme_id=world["list"])["total"]
    assert (counts["works"], counts["built"], counts["passed"], counts["opened"]) == (1, 1, 0, 0)
    row = move(reviewer, row, "pass", {"on": "2026-11-15", "note": "验收意见书17号"})
    row = move(clerk, row, "open", {"on": "2026-11-22"})
    assert (row["status"], row["built_on"], row["passed_on"], row["opened_on"], row["actions"]) == (
        "opened",
        "2026-11-12",
        "2026-11-15",
        "2026-11-22",
        [],
    )
    counts = people["office"].get("/milestone-counts", programme_id=world["list"])
    assert (counts["total"]["built"], counts["total"]["passed"], counts["total"]["opened"]) == (1, 1, 1)
    assert [unit["unit_name"] for unit in counts["units"]] == ["柳市镇"]


def test_batches_are_counted_one_by_one(people: Callers, world: World) -> None:
    clerk = people["a1-clerk"]
    body = {
        "task_id": str(world["roads:a1"]),
        "name": "白内障手术",
        "weight": 5,
        "batches": [
            {"planned_on": "2026-11-10", "count": "120"},
            {"planned_on": "2026-12-01", "precision": "month", "count": "80.5"},
        ],
    }
    items = clerk.post("/milestones:batches", body, status=201)["items"]
    assert [(each["name"], each["batch_no"], each["planned_on"], each["planned_count"]) for each in items] == [
        ("白内障手术（第1批）", 1, "2026-11-10", "120"),
        ("白内障手术（第2批）", 2, "2026-12-31", "80.5"),
    ]
    refs = [{"id": each["id"], "version": 1} for each in items]
    results = clerk.post("/milestones:issue", {"rows": refs})["results"]
    assert [each["outcome"] for each in results] == ["moved", "moved"]
    answer = clerk.call("POST", f"/milestones/{items[0]['id']}/reach", json={"on": "2026-11-09"}, version=2)
    assert places(answer, 409, "conflict") == [("/actual_count", "required")]
    clerk.patch(f"/milestones/{items[0]['id']}", {"actual_count": "118"}, version=2)
    row = clerk.post(f"/milestones/{items[0]['id']}/reach", {"on": "2026-11-09"}, version=3)
    assert (row["status"], row["reached_on"], row["actual_count"]) == ("reached", "2026-11-09", "118")
    more = clerk.call(
        "POST", "/milestones:batches", json={**body, "batches": [{"planned_on": "2026-12-01", "count": "0"}]}
    )
    assert places(more) == [("/batches/0/count", "not-positive")]
    total = people["a-office"].get("/milestone-counts", programme_id=world["list"])["total"]
    assert (total["fixed"], total["due"], total["on_time"], total["late"], total["done"]) == (2, 1, 1, 0, 1)


def chain(task: object, *lengths: int, **more: Any) -> dict[str, Any]:
    """Return a schedule of a chain of steps."""
    steps = [{"key": f"s{n}", "name": f"第{n}步", "work_days": days} for n, days in enumerate(lengths, start=1)]
    return {"task_id": str(task), "steps": steps, **more}


def test_a_schedule_is_computed_backwards_and_forwards(people: Callers, world: World) -> None:
    clerk, task = people["a1-clerk"], world["roads:a1"]
    found = clerk.post("/schedules", chain(task, 10, 20, 5))
    assert (found["anchor"], found["start_on"], found["finish_on"], found["work_days"]) == (
        "2026-12-31",
        "2026-11-13",
        "2026-12-31",
        35,
    )
    assert [(each["start_on"], each["finish_on"], each["start_passed"]) for each in found["steps"]] == [
        ("2026-11-13", "2026-11-26", True),
        ("2026-11-27", "2026-12-24", False),
        ("2026-12-25", "2026-12-31", False),
    ]
    assert found["passed"] == ["第1步"]
    assert [(each["days_left"], each["workdays_left"]) for each in found["steps"]] == [(-9, -6), (5, 5), (33, 25)]
    ahead = clerk.post("/schedules", chain(task, 10, 20, 5, direction="forward", anchor="2026-11-13"))
    assert ahead["steps"] == found["steps"]
    assert clerk.get("/milestones", task_id=task)["items"] == []
    # A unit that does not work on a day needs one day more.
    office = people["a-office"]
    body = {"unit_id": str(world["a1"]), "day": "2026-12-28", "kind": "holiday", "name": "停工", "source": "台风"}
    office.post("/day-changes", body, status=201)
    assert clerk.post("/schedules", chain(task, 10, 20, 5))["start_on"] == "2026-11-12"


def test_a_schedule_that_does_not_fit_names_the_steps(people: Callers, world: World) -> None:
    clerk, task = people["a1-clerk"], world["roads:a1"]
    answer = clerk.call("POST", "/schedules", json=chain(task, 10, 200, 60))
    assert places(answer) == [("/steps/0/work_days", "before-programme"), ("/steps/1/work_days", "before-programme")]
    late = chain(task, 20, 10, direction="forward", anchor="2026-11-23")
    problem(clerk.call("POST", "/schedules", json=late), 422, "calendar-missing")
    year = {"unit_id": str(world["city"]), "year": 2027, "source": "通知"}
    days = [{"day": "2027-01-01", "kind": "holiday", "name": "元旦"}]
    people["office"].post("/calendar-years", {**year, "days": days}, status=201)
    assert places(clerk.call("POST", "/schedules", json=late)) == [("/steps/1/work_days", "after-deadline")]
    steps = chain(task, 5, 5)
    steps["steps"][0]["after"] = ["s2"]
    assert places(clerk.call("POST", "/schedules", json=steps)) == [("/steps/0", "cycle"), ("/steps/1", "cycle")]
    outside = clerk.call("POST", "/schedules", json=chain(task, 5, anchor="2027-01-05"))
    assert places(outside) == [("/anchor", "outside")]


def test_a_template_is_dated_backwards_and_a_new_schedule_asks_for_moves(people: Callers, world: World) -> None:
    clerk, task = people["a1-clerk"], world["roads:a1"]
    codes = [each["code"] for each in clerk.get("/milestone-templates")["items"]]
    assert codes == ["works", "subsidy", "insurance", "training", "service", "policy", "ongoing"]
    items = clerk.post("/milestones:apply", {"task_id": str(task), "template": "subsidy"}, status=201)["items"]
    assert [(each["name"], each["start_on"], each["planned_on"], each["weight"]) for each in items][-2:] == [
        ("打卡发放", "2026-12-11", "2026-12-24", 25),
        ("退票补发", "2026-12-25", "2026-12-31", 5),
    ]
    assert [each["version"] for each in items] == [1] * 6
    assert items[1]["after"] == [items[0]["id"]]
    assert (items[0]["start_passed"], items[3]["checks"][0]) == (True, {"kind": "funds", "state": "open", "note": None})
    again = clerk.call("POST", "/milestones:apply", json={"task_id": str(task), "template": "subsidy"})
    problem(again, 409, "conflict")
    clerk.post("/milestones:issue", {"rows": [{"id": each["id"], "version": 1} for each in items[:5]]})
    body = {
        "task_id": str(task),
        "anchor": "2026-12-24",
        "steps": [
            {"key": f"k{n}", "name": each["name"], "work_days": each["work_days"], "milestone_id": each["id"]}
            for n, each in enumerate(items[3:])
        ],
    }
    missing = clerk.call("POST", "/milestones:schedule", json=body)
    assert places(missing) == [("/reason", "required")]
    done = clerk.post("/milestones:schedule", {**body, "reason": "提前一周发放"})
    assert [(each["from_on"], each["to_on"]) for each in done["asked"]] == [
        ("2026-12-10", "2026-12-03"),
        ("2026-12-24", "2026-12-17"),
    ]
    assert [(each["status"], each["planned_on"]) for each in done["milestones"]] == [
        ("issued", "2026-12-10"),
        ("issued", "2026-12-24"),
        ("draft", "2026-12-24"),
    ]
    move(people["a-office"], done["asked"][1], "approve", {})
    now = clerk.get(f"/milestones/{items[4]['id']}")
    assert (now["planned_on"], now["start_on"], now["baseline_on"]) == ("2026-12-17", "2026-12-04", "2026-12-24")
    # The template names the phases of its kind: what they span and how they stand follows from the steps.
    found = clerk.get(f"/tasks/{task}/phases")
    assert found["current"] == "制定办法"
    assert [
        (each["name"], each["state"], each["starts_on"], each["ends_on"], each["total"]) for each in found["phases"]
    ] == [
        ("制定办法", "late", "2026-09-23", "2026-10-20", 1),
        ("申报审核", "late", "2026-10-21", "2026-12-10", 3),
        ("资金发放", "ahead", "2026-12-04", "2026-12-24", 2),
    ]
    first, second = (clerk.get(f"/milestones/{each['id']}") for each in items[:2])
    move(clerk, first, "reach", {"on": "2026-10-19"})
    # A phase is only a name: it may be put right after the date was fixed, for that and every later step.
    clerk.patch(f"/milestones/{second['id']}", {"phase": "申报登记"}, version=second["version"])
    found = clerk.get(f"/tasks/{task}/phases")
    assert [(each["name"], each["state"], each["finished_on"]) for each in found["phases"]] == [
        ("制定办法", "done", "2026-10-19"),
        ("申报登记", "late", None),
        ("申报审核", "ahead", None),
        ("资金发放", "ahead", None),
    ]
    programme = clerk.get(f"/tasks/{task}")["programme_id"]
    assert clerk.get("/milestone-counts", programme_id=programme)["phases"] == [
        {"kind": None, "phase": "申报登记", "tasks": 1}
    ]
    assert people["b1-clerk"].call("GET", f"/tasks/{task}/phases").status_code == 404


def test_a_place_keeps_its_own_template_dated_by_named_days(people: Callers, world: World) -> None:
    county, clerk, task = people["a-office"], people["a1-clerk"], str(world["roads:a1"])
    holiday = {"day": "national_day", "side": "after", "work_days": 20}
    flood = {"day": "date", "month_day": "04-15", "name": "汛期", "side": "before"}
    steps = [
        {"key": "dike", "name": "堤防加固", "work_days": 10, "anchor": flood},
        {"key": "works", "name": "完工", "kind": "works", "work_days": 15, "after": ["dike"], "anchor": holiday},
        {"key": "check", "name": "决算", "work_days": 5, "after": ["works"], "checks": ["funds"], "weight": 20},
    ]
    body = {"unit_id": str(world["a"]), "kind": "works", "name": "水利工程", "steps": steps}
    own = county.post("/milestone-templates", body, status=201)
    assert (own["unit_name"], own["work_days"], own["status"]) == ("乐清市", 30, "active")
    # Those beneath use it, those beside do not know it, and the shipped ones are nobody's to change.
    assert [each["name"] for each in clerk.get("/milestone-templates", kind="works")["items"]] == [
        "工程建设",
        "水利工程",
    ]
    problem(people["b-office"].call("GET", f"/milestone-templates/{own['id']}"), 404, "not-found")
    (shipped,) = people["b-office"].get("/milestone-templates", kind="works")["items"]
    refused = county.call("PATCH", f"/milestone-templates/{shipped['id']}", json={"name": "x"}, version=1)
    problem(refused, 403, "forbidden")
    problem(clerk.call("PATCH", f"/milestone-templates/{own['id']}", json={"name": "x"}, version=1), 403, "forbidden")
    made_of = clerk.post("/milestones:apply", {"task_id": task, "template": own["code"]}, status=201)["items"]
    assert [(each["name"], each["start_on"], each["planned_on"], each["anchor_text"]) for each in made_of] == [
        ("堤防加固", "2026-03-31", "2026-04-14", "汛期前"),
        ("完工", "2026-10-14", "2026-11-03", "国庆后第20个工作日"),
        ("决算", "2026-12-25", "2026-12-31", None),
    ]
    # Changed later, it leaves what was made of it alone; a wrong step is named.
    for wrong, place in (
        ({"steps": [{**steps[0], "after": ["dike"]}]}, ("/steps/0", "cycle")),
        ({"steps": [{**steps[0], "checks": ["land", "land"]}]}, ("/steps/0/checks", "duplicate")),
        ({"steps": None}, ("/steps", "null")),
        ({"steps": [{**steps[0], "anchor": {**flood, "month_day": None}}]}, ("/steps/0/anchor", "month-day")),
        ({"steps": [{**steps[0], "anchor": {**flood, "month_day": "02-29"}}]}, None),
    ):
        answer = county.call("PATCH", f"/milestone-templates/{own['id']}", json=wrong, version=1)
        found = places(answer)
        assert place is None or found == [place]
    own = county.patch(f"/milestone-templates/{own['id']}", {"steps": [{**steps[2], "after": []}]}, version=1)
    assert own["steps"][0]["after"] == []
    own = county.post(f"/milestone-templates/{own['id']}/retire", version=own["version"])
    again = {"task_id": str(world["roads:a2"]), "template": own["code"]}
    assert places(people["a2-clerk"].call("POST", "/milestones:apply", json=again)) == [
        ("/template", "template-retired")
    ]
    # One milestone by itself: dated by the day, given a date of its own, and back.
    new = {"task_id": task, "name": "迎检"}
    assert places(clerk.call("POST", "/milestones", json=new)) == [("/planned_on", "required")]
    anchor = {"day": "new_year", "side": "before"}
    both = clerk.call("POST", "/milestones", json={**new, "anchor": anchor, "planned_on": "2026-12-01"})
    assert places(both) == [("/anchor", "two-dates")]
    one = clerk.post("/milestones", {**new, "anchor": anchor}, status=201)
    assert (one["planned_on"], one["anchor_text"]) == ("2026-12-31", "元旦前")
    one = clerk.patch(f"/milestones/{one['id']}", {"planned_on": "2026-12-01"}, version=1)
    assert (one["planned_on"], one["anchor"]) == ("2026-12-01", None)
    far = clerk.call("PATCH", f"/milestones/{one['id']}", json={"anchor": {**holiday, "work_days": 100}}, version=2)
    problem(far, 422, "calendar-missing")
    late = {"task_id": task, "direction": "forward", "anchor": "2026-11-23"}
    late["steps"] = [{"key": "a", "name": "完工", "work_days": 9, "anchor": {**holiday, "work_days": 35}}]  # type: ignore[assignment]
    assert places(clerk.call("POST", "/schedules", json=late)) == [("/steps/0/work_days", "after-anchor")]
    fits = clerk.post("/schedules", {**late, "steps": [{**late["steps"][0], "work_days": 2}]})  # type: ignore[dict-item]
    assert (fits["steps"][0]["due_on"], fits["steps"][0]["due_text"]) == ("2026-11-24", "国庆后第35个工作日")


def test_a_plan_by_milestones_judges_draws_and_follows_a_move(people: Callers, world: World) -> None:
    clerk, office = people["a1-clerk"], people["office"]
    task, target = fresh(people, world)

    def save(version: int) -> Any:
        return clerk.call("PUT", f"/targets/{target}/plan", json={"kind": "milestones"}, version=version)

    assert places(save(0)) == [("/kind", "no-milestones")]
    rows = made(clerk, task, ("立项", "2026-03-31", 10), ("过半", "2026-06-30", 40), ("完工", "2026-12-31", 50))
    saved = save(0).json()
    assert (saved["kind"], saved["points"]) == ("milestones", [])
    assert [(each["on"], each["expected_pct"]) for each in saved["steps"]] == [
        ("2026-03-31", "10"),
        ("2026-06-30", "50"),
        ("2026-12-31", "100"),
    ]
    days = {"2026-03-30": "0", "2026-03-31": "10", "2026-06-29": "10", "2026-06-30": "50", "2026-12-31": "100"}
    lights = {on: office.get("/boards/light", target_id=target, on=on) for on in days}
    assert {on: light["expected_pct"] for on, light in lights.items()} == days
    assert {"label": "序时进度", "value": "到期节点的权重 ÷ 全部权重 = 50%"} in lights["2026-06-30"]["steps"]
    curve = {each["on"]: each["expected_pct"] for each in office.get("/boards/curve", target_id=target)["points"]}
    assert (curve["2026-05-31"], curve["2026-06-30"], curve["2026-12-31"]) == ("10", "50", "100")
    programme = office.get(f"/tasks/{task}")["programme_id"]
    (cell,) = (
        each
        for each in office.get("/boards/matrix", programme_id=programme, on="2026-11-22")["cells"]
        if each["target_id"] == target
    )
    assert (cell["expected_pct"], cell["light"]) == ("50", "red")
    # Moved today: the days before stay as they were judged, from today on the old date no longer counts.
    asked = clerk.post(
        "/milestone-moves", {"milestone_id": rows[1]["id"], "to_on": "2026-12-15", "reason": "征地滞后"}, status=201
    )
    move(people["office"], asked, "approve", {})
    days = {"2026-06-30": "50", "2026-11-21": "50", "2026-11-22": "10", "2026-12-15": "50", "2026-12-31": "100"}
    assert {on: office.get("/boards/light", target_id=target, on=on)["expected_pct"] for on in days} == days
    assert clerk.get(f"/targets/{target}/plan")["version"] == 2
    # Once it is reported against, no milestone with a weight slips in behind it.
    (report,) = clerk.get("/reports", period="2026-11", programme_id=programme)["items"]
    figures = {"values": [{"target_id": target, "value": "5"}], "cause_code": "land", "cause_note": "征地滞后"}
    written = clerk.patch(f"/reports/{report['id']}", figures, version=report["version"])
    clerk.post(f"/reports/{report['id']}/submit", version=written["version"])
    late = clerk.post("/milestones", step(task, "绿化", "2026-12-20", weight=5), status=201)
    problem(clerk.call("POST", f"/milestones/{late['id']}/issue", version=1), 409, "locked")


def test_a_ten_day_plan_ends_its_periods_and_may_stand_still(people: Callers, world: World) -> None:
    clerk = people["a1-clerk"]
    _, target = fresh(people, world)
    points = [("2026-03-10", "0"), ("2026-03-20", "5"), ("2026-03-31", "5"), ("2026-12-31", "30")]
    body = {"kind": "ten_day", "points": [{"on": on, "value": value} for on, value in points]}
    answer = clerk.call("PUT", f"/targets/{target}/plan", json=body, version=0)
    assert (answer.status_code, answer.json()["kind"], answer.json()["points"]) == (200, "ten_day", body["points"])
    days = {"2026-03-19": "0", "2026-03-20": "16.7", "2026-04-30": "16.7", "2026-12-31": "100"}
    found = {on: clerk.get("/boards/light", target_id=target, on=on)["expected_pct"] for on in days}
    assert found == days
    body["points"][1]["on"] = "2026-03-15"  # type: ignore[index]
    assert places(clerk.call("PUT", f"/targets/{target}/plan", json=body, version=1)) == [
        ("/points/1/on", "not-ten-day-end")
    ]
