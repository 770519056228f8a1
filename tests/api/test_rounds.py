"""Rounds of every form, exceptions of closed ones, settlements and what was reported."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import python_calamine
import sqlalchemy as sa
from sqlmodel import SQLModel

from minsheng.kernel.settings import Settings
from tests.conftest import at
from tests.factories.problems import places, problem

if TYPE_CHECKING:
    from tests.conftest import Callers
    from tests.factories.world import World

CLOSED = datetime(2026, 12, 20, 2, tzinfo=UTC)
"""November closed on the tenth."""
TEN_DAYS = [{"after": 0, "day": 9}, {"after": 0, "day": 19}, {"after": 0, "day": 28}]


def rounds_of(people: Callers, programme: Any) -> dict[str, Any]:
    found = people["office"].get("/round-progress", programme_id=str(programme))["rounds"]
    return {f"{each['period']}{each['title'] or ''}": each for each in found}


def test_a_list_has_several_cadences_and_the_month_keeps_its_lights(people: Callers, world: World) -> None:
    office, clerk = people["office"], people["a1-clerk"]
    programme = str(world["list"])
    (monthly,) = office.get("/cadences", programme_id=programme)["items"]
    assert (monthly["words"], monthly["status"], monthly["made_until"]) == (
        "每月，次月5日18时截止",
        "active",
        "2026-12-31",
    )
    body = {
        "programme_id": programme,
        "every": "ten_days",
        "cut_offs": TEN_DAYS,
        "holiday": "earlier_workday",
        "tier": "township",
    }
    shown = office.post("/cadences:preview", body)["rows"]
    assert len(shown) == 36
    moved = {each["period"]: (each["named_on"], each["due_on"], each["why"]) for each in shown if each["moved"]}
    assert moved["2026-09-2"] == ("2026-09-19", "2026-09-18", "周末")
    assert moved["2026-02-2"] == ("2026-02-19", "2026-02-14", "春节")
    assert "2026-11-1" not in moved
    made = office.post("/cadences", body, status=201)
    assert made["words"] == "每旬，当月9日、当月19日、当月28日18时截止，遇节假日提前到前一工作日"
    problem(office.call("POST", "/cadences", json={**body, "tier": None}), 409, "duplicate")
    changed = office.patch(f"/cadences/{made['id']}", {"hour": 12}, version=1)
    started = office.post(f"/cadences/{made['id']}/start", version=changed["version"])
    assert (started["status"], started["made_until"]) == ("active", "2026-12-31")
    problem(
        office.call("PATCH", f"/cadences/{made['id']}", json={"hour": 9}, version=started["version"]), 409, "locked"
    )
    found = rounds_of(people, programme)
    assert sorted(each for each in found if found[each]["cadence_id"] == made["id"]) == [
        "2026-11-3",
        "2026-12-1",
        "2026-12-2",
        "2026-12-3",
    ]
    last = found["2026-11-3"]
    assert (last["due_at"], last["closes_at"]) == ("2026-11-27T04:00:00Z", "2026-12-02T16:00:00Z")
    assert last["tally"] == {"expected": 5, "reported": 0, "on_time": 0, "late": 0, "missing": 5, "counted": 0}
    sheet = clerk.get("/entry-sheet")
    assert sheet["period"] == "2026-11-3"
    assert sheet["periods"][-6:] == ["2026-11", "2026-11-3", "2026-12-1", "2026-12", "2026-12-2", "2026-12-3"]
    row = next(each for each in sheet["rows"] if each["task_id"] == str(world["roads:a1"]))
    assert row["cells"][0]["previous"] == "20"
    # The figure of the ten days and of the month end on one day: the month's is the one that counts.
    values = [{"target_id": str(world["roads:a1:target"]), "current": "3"}]
    cause = {"cause_code": "land", "cause_note": "用地批复未到"}
    wrote = clerk.patch(f"/reports/{row['id']}", {"values": values, **cause}, version=row["version"])
    clerk.post(f"/reports/{row['id']}/submit", version=wrote["version"])
    people["a-reviewer"].post(f"/reports/{row['id']}/review", version=wrote["version"] + 1)
    month = clerk.get(f"/reports/{world['november:roads:a1']}")
    assert month["cells"][0]["previous"] == "20"
    values[0]["current"] = "5"
    wrote = clerk.patch(f"/reports/{month['id']}", {"values": values, **cause}, version=month["version"])
    clerk.post(f"/reports/{month['id']}/submit", version=wrote["version"])
    light = {"target_id": str(world["roads:a1:target"])}
    assert people["office"].get("/boards/target", **light)["actual"] == "23"
    people["a-reviewer"].post(f"/reports/{month['id']}/review", version=wrote["version"] + 1)
    assert people["office"].get("/boards/target", **light)["actual"] == "25"
    history = office.get("/boards/history", programme_id=programme, **light)["rows"][0]["months"]
    assert [each["period"] for each in history] == [f"2026-{month:02}" for month in range(2, 11)]
    # What had begun stays; the rest is cancelled with its reports.
    ended = office.post(f"/cadences/{made['id']}/end", {"reason": "年底改为周报"}, version=started["version"])
    assert ended["status"] == "ended"
    assert sorted(rounds_of(people, programme)) == sorted({*found} - {"2026-12-1", "2026-12-2", "2026-12-3"})
    assert clerk.get("/entry-sheet")["periods"][-3:] == ["2026-11", "2026-11-3", "2026-12"]


def test_wrong_cadences_name_the_field_and_a_missing_year_is_said(people: Callers, world: World) -> None:
    office = people["office"]
    body: dict[str, Any] = {"programme_id": str(world["list"]), "every": "week", "cut_offs": [{"after": 0, "day": 2}]}
    for change, pointer in (
        ({"cut_offs": [{"after": 0, "day": 8}]}, "/cut_offs/0/day"),
        ({"every": "ten_days"}, "/cut_offs"),
        ({"cut_offs": []}, "/cut_offs"),
        ({"content": "document"}, "/title"),
        ({"hour": 0}, "/hour"),
        ({"from_on": "2026-12-01", "until_on": "2026-11-01"}, "/until_on"),
        ({"holiday": "guess"}, "/holiday"),
    ):
        answer = office.call("POST", "/cadences", json={**body, **change})
        assert [pointer_ for pointer_, _ in places(answer)] == [pointer], change
    for who, status in (("a-office", 403), ("a1-clerk", 403), ("outsider", 404)):
        assert people[who].call("POST", "/cadences", json=body).status_code == status
    quarter = {**body, "every": "quarter", "cut_offs": [{"after": 1, "day": 2}], "holiday": "later_workday"}
    rows = office.post("/cadences:preview", quarter)["rows"]
    assert [each["due_on"] for each in rows] == ["2026-04-02", "2026-07-02", "2026-10-08", None]
    assert "2027 年" in rows[-1]["why"]
    made = office.post("/cadences", quarter, status=201)
    problem(office.call("POST", f"/cadences/{made['id']}/start", version=1), 422, "calendar-missing")
    # As far as the calendar goes; the rest once the year is entered.
    weekly = office.post("/cadences", {**body, "holiday": "later_workday", "later_by": 2, "cut_offs": [
        {"after": 1, "day": 2}]}, status=201)  # fmt: skip
    started = office.post(f"/cadences/{weekly['id']}/start", version=1)
    assert started["made_until"] == "2026-12-27"
    assert [each["enabled"] for each in started["actions"] if each["verb"] == "complete"] == [True]
    problem(office.call("POST", f"/cadences/{weekly['id']}/complete", version=2), 422, "calendar-missing")
    year = {"unit_id": str(world["city"]), "year": 2027, "source": "通知",
            "days": [{"day": "2027-01-01", "kind": "holiday", "name": "元旦"}]}  # fmt: skip
    office.post("/calendar-years", year, status=201)
    done = office.post(f"/cadences/{weekly['id']}/complete", version=2)
    assert done["made_until"] == "2027-01-03"
    problem(office.call("POST", f"/cadences/{weekly['id']}/complete", version=3), 409, "conflict")
    assert office.get("/programmes/" + str(world["list"]))["reporting"] == [
        "每月，次月5日18时截止",
        "每季，次月2日18时截止，遇节假日顺延到节后第1个工作日",
        "每周，下周二18时截止，遇节假日顺延到节后第2个工作日",
    ]
    voided = office.post(f"/cadences/{made['id']}/void", version=1)
    assert (voided["status"], voided["actions"]) == ("void", [])


def test_a_text_is_due_once_a_unit_or_a_task_and_a_file_alone_answers(  # noqa: PLR0915 - one story
    people: Callers, world: World
) -> None:
    office, clerk, reviewer = people["office"], people["a1-clerk"], people["a-reviewer"]
    body = {
        "programme_id": str(world["list"]),
        "every": "half_year",
        "content": "document",
        "title": "半年总结",
        "cut_offs": [{"after": 0, "day": 20}],
        "open_after_days": 60,
    }
    wrong = office.call("POST", "/cadences", json={**body, "content": "figures", "per": "unit", "title": None})
    assert places(wrong) == [("/per", "per-task")]

    def started(title: str, **terms: Any) -> dict[str, Any]:
        made = office.post("/cadences", {**body, "title": title, **terms}, status=201)
        office.post(f"/cadences/{made['id']}/start", version=1)
        assert (made["per"], rounds_of(people, world["list"])[f"2026-H2{title}"]["per"]) == (
            terms.get("per", "unit"),
        ) * 2
        return rounds_of(people, world["list"])[f"2026-H2{title}"]

    plans, summary = started("实施方案", per="task"), started("半年总结")
    sheet = clerk.get("/entry-sheet", period="2026-H2")["rows"]
    assert [(each["round"]["title"], each["item_code"], each["item_title"], each["task_id"]) for each in sheet] == [
        ("半年总结", "", "半年总结", None),
        ("实施方案", "1.1", "农村公路提升", str(world["roads:a1"])),
        ("实施方案", "1.2", "公交覆盖率", str(world["cover:a1"])),
    ]
    whole, single = sheet[0], sheet[1]
    assert (whole["cells"], whole["round"]["content"], whole["round"]["per"], whole["item_id"]) == (
        [], "document", "unit", None,
    )  # fmt: skip
    assert [(each["pointer"], each["code"]) for each in whole["problems"]] == [("/note", "text-missing")]
    problem(clerk.call("POST", f"/reports/{whole['id']}/submit", version=1), 409, "conflict")
    figure = {"values": [{"target_id": str(world["roads:a1:target"]), "current": "3"}]}
    problem(clerk.call("PATCH", f"/reports/{single['id']}", json=figure, version=1), 422, "invalid")
    # Counties handed everything on; each township owes one text, and everybody sees so.
    owed = {
        (each["unit_name"], each["title"]): each["owed"] for each in office.get("/silence", period="2026-H2")["items"]
    }
    assert owed == {
        **{(name, "半年总结"): 1 for name in ("柳市镇", "虹桥镇", "灵溪镇")},
        ("柳市镇", "实施方案"): 2,
        ("虹桥镇", "实施方案"): 1,
        ("灵溪镇", "实施方案"): 2,
    }
    tally = {name: {"expected": each["tally"]["expected"], "missing": each["tally"]["missing"]}
             for name, each in rounds_of(people, world["list"]).items() if "H2" in name}  # fmt: skip
    assert tally == {"2026-H2实施方案": {"expected": 5, "missing": 5}, "2026-H2半年总结": {"expected": 3, "missing": 3}}
    chased = office.post("/chases", {"round_id": summary["id"], "unit_id": str(world["a1"])}, status=201)
    assert (chased["owed"], "2026年下半年“半年总结”" in chased["text"]) == (1, True)
    # A file alone answers; a department that leads one of the items has no part in it, its own item's it sees.
    headers = {"Content-Type": "application/octet-stream"}
    given = {"report_id": whole["id"], "name": "总结.txt"}
    sent = clerk.call("POST", "/attachments:upload", content="半年工作总结".encode(), params=given, headers=headers)
    assert (sent.status_code, sent.json()["item_id"]) == (201, None)
    assert clerk.get(f"/reports/{whole['id']}")["problems"] == []
    clerk.post(f"/reports/{whole['id']}/submit", version=1)
    said = reviewer.post("/report-comments", {"report_id": whole["id"], "text": "请补数字"}, status=201)
    assert said["text"] == "请补数字"
    assert reviewer.post(f"/reports/{whole['id']}/review", version=2)["status"] == "reviewed"
    assert people["lead"].call("GET", f"/reports/{whole['id']}").status_code == 404
    assert people["lead"].call("GET", f"/reports/{single['id']}").status_code == 200
    problem(people["outsider"].call("GET", f"/reports/{whole['id']}"), 404, "not-found")
    # The desk of figures does not mix the two; the desk of a text is asked for by its round.
    asked = {"programme_id": str(world["list"]), "period": "2026-H2"}
    assert office.get("/reports/desk", **asked)["cells"] == []
    desk = office.get("/reports/desk", **asked, round_id=summary["id"])
    assert [(each["id"], each["title"]) for each in desk["items"]] == [(None, "半年总结")]
    assert {each["status"] for each in desk["cells"]} == {"draft", "reviewed"}
    assert len(office.get("/reports/desk", **asked, round_id=plans["id"])["items"]) == 2
    done = rounds_of(people, world["list"])["2026-H2半年总结"]["tally"]
    assert (done["reported"], done["counted"], done["missing"]) == (1, 1, 2)
    on = office.get("/boards/history", programme_id=str(world["list"]), target_id=str(world["roads:a1:target"]))
    assert [each["period"] for each in on["rows"][0]["months"]][-1] == "2026-10"
    # While one of a unit's tasks is held the others still ask for its text; with the last one nobody asks any more.
    (other,) = (
        each for each in people["a2-clerk"].get("/entry-sheet", period="2026-H2")["rows"] if not each["item_id"]
    )
    state = {"task_id": str(world["roads:a2"]), "kind": "suspended", "from_on": "2026-11-01", "reason": "用地批复未到"}
    held = people["a2-clerk"].post("/task-states", state, status=201)
    people["a-office"].post(f"/task-states/{held['id']}/approve", {}, version=1)
    assert people["a2-clerk"].get(f"/reports/{other['id']}")["excused"] is True
    people["a-office"].post(f"/task-states/{held['id']}/end", {"until_on": "2026-11-25"}, version=2)
    assert people["a2-clerk"].get(f"/reports/{other['id']}")["excused"] is False
    # An exception for one task opens no text of the unit; the account and its snapshot name the text and the file.
    with at(datetime(2027, 1, 20, 2, tzinfo=UTC)):
        people.log_in_anew()
        office = people["office"]
        opened = {
            "round_id": summary["id"],
            "unit_id": str(world["a2"]),
            "until": "2027-01-25T02:00:00Z",
            "reason": "补报",
        }
        none = office.call("POST", "/round-exceptions", json={**opened, "task_id": str(world["roads:a2"])})
        assert places(none) == [("/task_id", "nothing-due")]
        signed = office.post(f"/rounds/{summary['id']}/settle", {}, version=1)
        assert sorted((each["kind"], each["unit_name"], each["item_title"]) for each in signed["open_items"]) == [
            ("missing", "灵溪镇", "半年总结"),
            ("missing", "虹桥镇", "半年总结"),
        ]
        path = f"/settlements/{signed['id']}/rows"
        lines = [json.loads(line) for line in office.call("GET", f"{path}.ndjson").text.splitlines()]
        assert [(each["unit_name"], each["status"], [file["name"] for file in each["files"]]) for each in lines] == [
            ("柳市镇", "reviewed", ["总结.txt"]),
            ("虹桥镇", "missing", []),
            ("灵溪镇", "missing", []),
        ]
        table = list(csv.DictReader(io.StringIO(office.call("GET", f"{path}.csv").content.decode("utf-8-sig"))))
        assert [row["附件"] for row in table] == ["总结.txt", "", ""]
    people.log_in_anew()


def test_who_hands_on_its_last_task_owes_no_text(people: Callers, world: World) -> None:
    office, county = people["office"], people["a-office"]
    key = str(world["draft_list"])
    body = {
        "programme_id": key,
        "every": "half_year",
        "content": "document",
        "title": "总结",
        "cut_offs": [{"after": 0, "day": 20}],
    }
    office.post("/cadences", body, status=201)
    version = office.get(f"/programmes/{key}")["version"]
    office.post(f"/programmes/{key}/issue", {"issued_on": "2026-11-22"}, version=version)

    def texts() -> list[tuple[str, str]]:
        found = office.get("/reports", programme_id=key, limit=200)["items"]
        names = {str(world[unit]): unit for unit in ("city", "a", "a1", "b")}
        return sorted({(names[each["unit_id"]], each["status"]) for each in found if each["item_id"] is None})

    assert texts() == [("a", "draft")]
    share = {
        "item_id": str(world["draft_list.parks"]),
        "parent_id": str(world["parks:a"]),
        "unit_id": str(world["a1"]),
        "deadline": "2026-11-30",
        "targets": [{"indicator_id": str(world["parks"]), "value": "18"}],
    }
    made = county.post("/tasks", share, status=201)
    county.post(f"/tasks/{made['id']}/issue", version=1)
    assert texts() == [("a", "void"), ("a1", "draft")]


def november(people: Callers, world: World) -> None:
    """Hand in November: a2 in time and reviewed, cover of a1 late and under review, the others not at all."""

    def written(unit: str, name: str, **figure: str) -> str:
        report = world[f"november:{name}"]
        values = [{"target_id": str(world[f"{name}:target"]), **figure}]
        people[f"{unit}-clerk"].patch(f"/reports/{report}", {"values": values, "note": "=1+1"}, version=1)
        return f"/reports/{report}"

    path = written("a2", "roads:a2", value="30")
    people["a2-clerk"].post(f"{path}/submit", version=2)
    people["a-reviewer"].post(f"{path}/review", version=3)
    with at(datetime(2026, 12, 8, 2, tzinfo=UTC)):
        people.log_in_anew()
        path = written("a1", "cover:a1", value="97")
        assert people["a1-clerk"].post(f"{path}/submit", version=2)["late"] is True
    people.log_in_anew()


def test_an_exception_lets_one_unit_write_until_it_ends(people: Callers, world: World) -> None:
    round_ = rounds_of(people, world["list"])["2026-11"]
    body = {
        "round_id": round_["id"],
        "unit_id": str(world["a1"]),
        "until": "2026-12-21T02:00:00Z",
        "reason": "台风停电两天",
    }
    problem(people["office"].call("POST", "/round-exceptions", json=body), 409, "conflict")
    note = {"note": "补报"}
    with at(CLOSED):
        people.log_in_anew()
        office, clerk, other = people["office"], people["a1-clerk"], people["a2-clerk"]
        own, foreign = f"/reports/{world['november:roads:a1']}", f"/reports/{world['november:roads:a2']}"
        for who, path in ((clerk, own), (other, foreign)):
            problem(who.call("PATCH", path, json=note, version=1), 409, "round-closed")
        for changed, pointer in (
            ({"until": "2026-12-20T02:00:00Z"}, "/until"),
            ({"until": "2028-12-20T02:00:00Z"}, "/until"),
            ({"unit_id": str(world["a"])}, "/unit_id"),
            ({"task_id": str(world["roads:a2"])}, "/task_id"),
        ):
            answer = office.call("POST", "/round-exceptions", json={**body, **changed})
            assert [pointer_ for pointer_, _ in places(answer)] == [pointer], changed
        # The county's office grants nothing in the city's list.
        problem(people["a-office"].call("POST", "/round-exceptions", json=body), 403, "forbidden")
        lights = {"programme_id": str(world["list"]), "target_id": str(world["roads:a1:target"])}
        assert office.get("/boards/history", **lights)["rows"][0]["months"][-1]["frozen"] is False
        made = office.post("/round-exceptions", {**body, "task_id": str(world["roads:a1"])}, status=201)
        # What is written afterwards must not change the lights of the month unseen.
        assert office.get("/boards/history", **lights)["rows"][0]["months"][-1]["frozen"] is True
        assert (made["running"], made["unit_name"], made["granted_name"]) == (
            True,
            "柳市镇",
            office.me["user"]["name"],
        )
        problem(
            clerk.call("PATCH", f"/reports/{world['november:cover:a1']}", json=note, version=1), 409, "round-closed"
        )
        problem(other.call("PATCH", foreign, json=note, version=1), 409, "round-closed")
        wrote = clerk.patch(own, note, version=1)
        assert wrote["reopened_until"] == "2026-12-21T02:00:00Z"
        assert [each["verb"] for each in wrote["actions"]] == ["submit"]
        assert [each["period"] for each in clerk.get("/workbench")["owed"]] == ["2026-11", "2026-12", "2026-12"]
        assert [each["id"] for each in clerk.get("/round-exceptions")["items"]] == [made["id"]]
        assert other.get("/round-exceptions")["items"] == []
        whole = office.post("/round-exceptions", body, status=201)
        problem(office.call("POST", "/round-exceptions", json=body), 409, "duplicate")
        clerk.patch(f"/reports/{world['november:cover:a1']}", note, version=1)
        done = office.post(f"/round-exceptions/{whole['id']}/revoke", {"reason": "已补报"}, version=1)
        assert (done["status"], done["running"], done["revoke_reason"]) == ("revoked", False, "已补报")
        problem(
            clerk.call("PATCH", f"/reports/{world['november:cover:a1']}", json={"note": "再补"}, version=2),
            409,
            "round-closed",
        )
    with at(CLOSED + timedelta(days=2)):
        people.log_in_anew()
        clerk = people["a1-clerk"]
        problem(clerk.call("PATCH", own, json={"note": "又改"}, version=wrote["version"]), 409, "round-closed")
        (row,) = (each for each in clerk.get("/round-exceptions")["items"] if each["id"] == made["id"])
        assert (row["status"], row["running"]) == ("active", False)
        problem(
            people["office"].call("POST", f"/round-exceptions/{made['id']}/revoke", json={"reason": "收回"}, version=1),
            409,
            "conflict",
        )
        entries = people["auditor"].get("/changes", types="round_exception", limit=100)["items"]
        assert [each["action"] for each in entries] == ["create", "create", "revoke"]
    people.log_in_anew()


def test_a_closed_round_is_settled_signed_and_stays_as_reported(  # noqa: PLR0915 - one story
    people: Callers, world: World
) -> None:
    november(people, world)
    round_ = rounds_of(people, world["list"])["2026-11"]
    path = f"/rounds/{round_['id']}/settle"
    problem(people["office"].call("POST", path, json={}, version=1), 409, "conflict")
    with at(CLOSED):
        people.log_in_anew()
        office = people["office"]
        granted = {
            "round_id": round_["id"],
            "unit_id": str(world["b1"]),
            "until": "2026-12-25T02:00:00Z",
            "reason": "灾后补报",
        }
        office.post("/round-exceptions", granted, status=201)
        account = office.get(f"/rounds/{round_['id']}/account")
        tally = {"expected": 5, "reported": 2, "on_time": 1, "late": 1, "missing": 3, "counted": 1}
        assert account["tally"] == tally
        assert account["missing_units"] == ["柳市镇", "灵溪镇"]
        problem(people["a-office"].call("POST", path, json={}, version=1), 403, "forbidden")
        # What nobody looked at in time stays under review and is told to who was to look, until the account is closed.
        waits = f"/reports/{world['november:cover:a1']}"
        problem(people["a-reviewer"].call("POST", f"{waits}/review", version=3), 409, "round-closed")
        for who, expected in (("a-reviewer", 1), ("office", 1), ("b-reviewer", 0), ("a1-clerk", 0), ("lead", 0)):
            stuck = people[who].get("/workbench")["unreviewed"]
            assert [(each["period"], each["count"], each["title"]) for each in stuck] == [
                ("2026-11", 1, None)
            ] * expected
        first = office.post(path, {"remark": "年底结账"}, version=1)
        problem(office.call("POST", path, json={}, version=1), 409, "settled")
        assert (first["edition"], first["tally"], first["whole"]) == (1, tally, True)
        assert first["signed_name"] == office.me["user"]["name"]
        assert sorted((each["kind"], each["unit_name"], each["item_code"]) for each in first["open_items"]) == [
            ("exception", "灵溪镇", None),
            ("late", "柳市镇", "1.2"),
            ("missing", "柳市镇", "1.1"),
            ("missing", "灵溪镇", "1.1"),
            ("missing", "灵溪镇", "1.2"),
            ("submitted", "柳市镇", "1.2"),
        ]
        (left,) = (each["words"] for each in first["open_items"] if each["kind"] == "submitted")
        assert left == "已报送，乐清市还没有审核"
        assert people["a-reviewer"].get("/workbench")["unreviewed"] == []
        rows = f"/settlements/{first['id']}/rows"
        whole = office.call("GET", f"{rows}.ndjson")
        digest = hashlib.sha256(whole.content).hexdigest()
        assert (digest, whole.headers["etag"]) == (first["sha256"], f'"{first["sha256"]}"')
        assert office.call("GET", f"{rows}.csv", headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
        lines = [json.loads(line) for line in whole.text.splitlines()]
        by_task = {line["task_id"]: line for line in lines}
        town = by_task[str(world["roads:a2"])]
        assert (town["status"], town["value"], town["previous"], town["late"]) == ("reviewed", "30", "28", False)
        silent = by_task[str(world["roads:b1"])]
        assert (silent["status"], silent["value"], silent["note"], silent["counted"]) == ("missing", None, None, False)
        table = list(csv.DictReader(io.StringIO(office.call("GET", f"{rows}.csv").content.decode("utf-8-sig"))))
        assert [row["累计数"] for row in table] == [line["value"] or "" for line in lines]
        assert {row["进展说明"] for row in table} == {"", "'=1+1"}
        book = python_calamine.load_workbook(io.BytesIO(office.call("GET", f"{rows}.xlsx").content))
        sheet = book.get_sheet_by_name("报送数据").to_python()
        assert [row[11] for row in sheet[1:]] == [float(line["value"]) if line["value"] else "" for line in lines]
        assert {row[21] for row in sheet[1:]} == {"", "=1+1"}
        # A county reads its own subtree, and can prove that it belongs to what was published.
        county = people["a-office"]
        seen = county.get(f"/settlements/{first['id']}")
        assert (seen["whole"], seen["tally"]["expected"]) == (False, 3)
        assert seen["missing_units"] == ["柳市镇"]
        part = county.call("GET", f"{rows}.ndjson")
        assert part.text == "".join(line + "\n" for line in whole.text.splitlines() if "灵溪镇" not in line)
        assert part.headers["etag"] == f'"{hashlib.sha256(part.content).hexdigest()}"'
        for each in seen["parts"]:
            own = "".join(
                line + "\n" for line in part.text.splitlines() if json.loads(line)["unit_id"] == each["unit_id"]
            )
            assert each["unit_id"] is None or hashlib.sha256(own.encode()).hexdigest() == each["sha256"]
        hashes = "".join(f"{each['sha256']}\n" for each in seen["parts"])
        assert hashlib.sha256(hashes.encode()).hexdigest() == seen["parts_sha256"]
        assert "灵溪镇" not in json.dumps(seen, ensure_ascii=False)
        # A department sees the items it leads in whatever unit, and proves it by the hashes of items and branches.
        lead = people["lead"]
        led = lead.get(f"/settlements/{first['id']}")
        assert (led["whole"], led["tally"], led["missing_units"]) == (False, tally, ["柳市镇", "灵溪镇"])
        sections = "".join(f"{each['sha256']}\n" for each in led["sections"])
        assert hashlib.sha256(sections.encode()).hexdigest() == led["sections_sha256"] == first["sections_sha256"]
        own = lead.call("GET", f"{rows}.ndjson").text.splitlines(keepends=True)
        assert sorted(own) == sorted(whole.text.splitlines(keepends=True))
        for each in led["sections"]:
            hashes = "".join(f"{branch['sha256']}\n" for branch in each["branches"])
            assert hashlib.sha256(hashes.encode()).hexdigest() == each["sha256"]
            for branch in each["branches"]:
                mine = [line for line in own if (read := json.loads(line))["item_id"] == each["item_id"]
                        and branch["unit_id"] in read["unit_path"]]  # fmt: skip
                assert hashlib.sha256("".join(mine).encode()).hexdigest() == branch["sha256"]
        sums = {(each["unit_name"], each["indicator"]): each["value"] for each in lead.get(
            f"/settlements/{first['id']}/totals")["rows"]}  # fmt: skip
        assert sums == {(each["unit_name"], each["indicator"]): each["value"] for each in office.get(
            f"/settlements/{first['id']}/totals")["rows"]}  # fmt: skip
        other = people["a-lead"].get(f"/settlements/{first['id']}")
        assert (other["open_items"], [each["item_id"] for each in other["sections"]]) == ([], [None, None])
        problem(people["a-lead"].call("GET", f"{rows}.ndjson"), 404, "not-found")
        problem(people["outsider"].call("GET", f"{rows}.ndjson"), 404, "not-found")
        # Settled, it is moved by nobody; the exception that was running goes on and is the next edition's.
        later = {"closes_at": "2027-01-20T02:00:00Z", "reason": "放宽"}
        problem(office.call("PATCH", f"/rounds/{round_['id']}", json=later, version=1), 409, "settled")
        more = {**granted, "unit_id": str(world["a1"])}
        problem(office.call("POST", "/round-exceptions", json=more), 409, "settled")
        values = {"values": [{"target_id": str(world["cover:b1:target"]), "value": "99"}]}
        report = f"/reports/{world['november:cover:b1']}"
        wrote = people["b1-clerk"].patch(report, values, version=1)
        people["b1-clerk"].post(f"{report}/submit", version=wrote["version"])
        assert office.call("GET", f"{rows}.ndjson").content == whole.content
        again = office.post(f"/settlements/{first['id']}/reopen", {"reason": "灵溪镇补报"}, version=1)
        assert (again["status"], again["signed_name"], again["reopen_reason"]) == (
            "reopened",
            first["signed_name"],
            "灵溪镇补报",
        )
        # An exception of its unit lets the reviewer finish; the next edition counts it.
        office.post("/round-exceptions", {**more, "reason": "审核人病假"}, status=201)
        assert [each["count"] for each in people["a-reviewer"].get("/workbench")["to_review"]] == [1]
        people["a-reviewer"].post(f"{waits}/review", version=3)
        second = office.post(path, {}, version=1)
        assert (second["edition"], second["tally"]["missing"], second["tally"]["counted"]) == (2, 2, 2)
        assert second["sha256"] != first["sha256"]
        assert office.call("GET", f"{rows}.ndjson").content == whole.content
        listed = office.get("/settlements", round_id=round_["id"])["items"]
        assert [(each["edition"], each["status"]) for each in listed] == [(1, "reopened"), (2, "settled")]
        shown = rounds_of(people, world["list"])["2026-11"]
        assert (shown["edition"], shown["settlement_status"], shown["exceptions"]) == (2, "settled", 2)
    people.log_in_anew()


def test_sums_up_the_tree_equal_plain_sql(people: Callers, world: World, settings: Settings) -> None:
    """Five rounds of chance: reports missing, late, returned, under review and counted, with figures of all sizes."""
    chance = random.Random(20261122)
    engine = sa.create_engine(settings.url)
    tables = SQLModel.metadata.tables
    report, value, round_ = tables["report"], tables["report_value"], tables["report_round"]
    november_id = rounds_of(people, world["list"])["2026-11"]["id"]
    with at(CLOSED):
        people.log_in_anew()
        office = people["office"]
        settled: dict[str, Any] = {}
        for _ in range(5):
            with engine.begin() as connection:
                due = connection.execute(
                    sa.select(round_.c.due_at).where(round_.c.period == "2026-11").limit(1)
                ).scalar_one()
                rows = connection.execute(
                    sa.select(report.c.id, report.c.task_id, report.c.unit_id, report.c.item_id, report.c.round_id)
                    .join(round_, round_.c.id == report.c.round_id)
                    .where(round_.c.period == "2026-11", report.c.status != "void")
                ).all()
                for row in rows:
                    status = chance.choice(["draft", "submitted", "reviewed", "accepted", "accepted"])
                    connection.execute(
                        report.update()
                        .where(report.c.id == row.id)
                        .values(
                            status=status,
                            returned=status == "draft" and chance.random() < 0.5,
                            submitted_at=due + timedelta(hours=chance.randint(-90, 90)) if status != "draft" else None,
                        )
                    )
                    target = connection.execute(
                        sa.select(tables["target"].c.id).where(tables["target"].c.task_id == row.task_id)
                    ).scalar_one()
                    figure = Decimal(chance.randint(-(10**12), 10**12)) / 10**6
                    known = connection.execute(sa.select(value.c.id).where(value.c.report_id == row.id)).first()
                    if known:
                        connection.execute(value.update().where(value.c.id == known.id).values(value=figure))
                    else:
                        shared = {"version": 1, "created_at": due, "basis": "reported"}
                        connection.execute(
                            value.insert().values(
                                id=row.id,
                                report_id=row.id,
                                round_id=row.round_id,
                                target_id=target,
                                item_id=row.item_id,
                                unit_id=row.unit_id,
                                ends_on=datetime(2026, 11, 30, tzinfo=UTC).date(),
                                value=figure,
                                **shared,
                            )
                        )
            if settled:
                office.post(f"/settlements/{settled['id']}/reopen", {"reason": "再来一次"}, version=1)
            settled = office.post(f"/rounds/{november_id}/settle", {}, version=1)
            found = {
                (each["unit_id"], each["indicator_id"]): each["value"]
                for each in office.get(f"/settlements/{settled['id']}/totals")["rows"]
            }
            with engine.connect() as connection:
                plain = connection.execute(
                    sa.text(
                        "WITH RECURSIVE above(unit, top) AS (SELECT id, id FROM unit UNION ALL "
                        "SELECT above.unit, unit.parent_id FROM above JOIN unit ON unit.id = above.top "
                        "WHERE unit.parent_id IS NOT NULL) "
                        "SELECT above.top, target.indicator_id, CAST(SUM(CASE WHEN report.status IN "
                        "('reviewed', 'accepted') THEN report_value.value END) AS TEXT) "
                        "FROM report JOIN report_round ON report_round.id = report.round_id "
                        "JOIN report_value ON report_value.report_id = report.id "
                        "JOIN target ON target.id = report_value.target_id "
                        "JOIN indicator ON indicator.id = target.indicator_id "
                        "JOIN above ON above.unit = report.unit_id "
                        "WHERE report_round.period = '2026-11' AND report.status <> 'void' "
                        "AND report_round.programme_id = (SELECT programme_id FROM report_round r WHERE r.id = :id) "
                        "AND indicator.aggregation = 'sum' GROUP BY above.top, target.indicator_id"
                    ),
                    {"id": november_id if engine.dialect.name == "postgresql" else november_id.replace("-", "")},
                ).all()

            def dashed(key: Any) -> str:
                text = str(key).replace("-", "")
                return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

            expected = {
                (dashed(unit), dashed(indicator)): None if total is None else Decimal(total) / 10**6
                for unit, indicator, total in plain
            }
            assert {key: None if each is None else Decimal(each) for key, each in found.items()} == expected
            assert len(expected) >= 5
    engine.dispose()
    people.log_in_anew()
