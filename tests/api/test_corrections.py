"""Corrections after acceptance, what an approval keeps, comments, and what a form knows before anybody types."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from minsheng.kernel import clock
from minsheng.reports.schemas import EntrySheet
from tests.factories.problems import places, problem
from tests.factories.workbooks import brought_in, edited, entry_workbook, tables_of

if TYPE_CHECKING:
    from fastapi import FastAPI

    from tests.conftest import Callers
    from tests.factories.world import World

ACCEPTED = "october:roads:a1"
"""20 of 30 km, accepted."""

CAUSE = {"cause_code": "land", "cause_note": "用地批复下周到位"}
STILL_OPEN = datetime(2026, 11, 6, 2, tzinfo=UTC)
"""When October may still be corrected."""


def figures(people: Callers, key: str) -> list[tuple[Any, ...]]:
    """Return the figures of a report as the office sees them."""
    return [(cell["current"], cell["value"]) for cell in people["office"].get(f"/reports/{key}")["cells"]]


def done(people: Callers, world: World) -> str:
    """Return what the board counts for the roads of a1 at the end of October."""
    found = people["office"].get("/boards/target", target_id=world["roads:a1:target"], on="2026-10-31")
    return str(found["actual"])


def test_what_was_approved_stays_whatever_is_tried(  # noqa: PLR0915 - every path, one after the other
    app: FastAPI, people: Callers, world: World
) -> None:
    key, target = str(world[ACCEPTED]), str(world["roads:a1:target"])
    before = people["a1-clerk"].get(f"/reports/{key}")
    change = {"values": [{"target_id": target, "value": "12"}]}
    batch = {"changes": [{"report_id": key, "base_version": before["version"], **change}]}
    ways: list[tuple[str, str, str, Any]] = [
        ("a1-clerk", "PATCH", f"/reports/{key}", change),
        ("a1-clerk", "POST", "/reports:batch", {"mode": "atomic", **batch}),
        ("a1-clerk", "POST", f"/reports/{key}/submit", None),
        ("a1-clerk", "POST", f"/reports/{key}/recall", None),
        ("a1-clerk", "POST", f"/reports/{key}/drop", None),
        ("a-reviewer", "POST", f"/reports/{key}/review", None),
        ("a-reviewer", "POST", f"/reports/{key}/return", {"reason": "数字不对"}),
        ("a-reviewer", "POST", f"/reports/{key}/supersede", None),
        ("office", "POST", f"/reports/{key}/accept", None),
        ("office", "POST", f"/reports/{key}/send-back", {"reason": "数字不对"}),
        ("a-office", "POST", f"/reports/{key}/withdraw", None),
    ]
    for who, method, path, body in ways:
        answer = people[who].call(method, path, json=body, version=None if ":" in path else before["version"])
        assert answer.status_code == 409, (path, answer.text)
        assert people["a1-clerk"].get(f"/reports/{key}") == before, path
    each = people["a1-clerk"].call("POST", "/reports:batch", json=batch).json()["results"]
    assert [(row["outcome"], row["code"]) for row in each] == [("refused", "locked")]

    def bring_in(period: str, current: int, name: str = "农村公路提升") -> list[tuple[Any, ...]]:
        """Fill this month's figure into a fresh workbook and upload it; return what became of the row."""
        content = entry_workbook(people["a1-clerk"], period, str(world["a1"]))
        at = next(at for at, row in enumerate(tables_of(content)["填报"]) if at > 2 and row[5] == name)
        filled = edited(content, "填报", {(at, 10): current, (at, 11): ""})
        rows = brought_in(app, people["a1-clerk"], period, str(world["a1"]), filled)
        return [(row["outcome"], [each["code"] for each in row["errors"]]) for row in rows]

    with clock.held(STILL_OPEN):
        assert bring_in("2026-10", 9) == [("wrong", ["locked"])]
    assert bring_in("2026-10", 9) == [("wrong", ["round-closed"])]
    assert people["a1-clerk"].get(f"/reports/{key}") == before
    # A review that is taken back keeps what it approved, and the report says what was changed since.
    paper = str(world["november:roads:a1"])

    def now() -> dict[str, Any]:
        found: dict[str, Any] = people["a1-clerk"].get(f"/reports/{paper}")
        return found

    def write(value: str) -> None:
        body = {"values": [{"target_id": target, "value": value}], "note": "路基完成"}
        assert people["a1-clerk"].call("PATCH", f"/reports/{paper}", json=body, version=now()["version"]).is_success

    def move(who: str, verb: str, body: Any = None) -> None:
        answer = people[who].call("POST", f"/reports/{paper}/{verb}", json=body, version=now()["version"])
        assert answer.status_code == 200, answer.text

    write("28")
    move("a1-clerk", "submit")
    move("a-reviewer", "review")
    assert (now()["changed_since"], now()["changes"]) == (None, [])
    reviewed = now()
    assert bring_in("2026-11", 7) == [("wrong", ["locked"])]
    assert now() == reviewed
    move("office", "send-back", {"reason": "请核对", "comments": [{"target_id": target, "text": "差两公里"}]})
    write("26")
    told = now()
    assert told["changed_since"] == "review"
    assert [(each["label"], each["old"], each["new"]) for each in told["changes"]] == [("累计数", "28", "26")]
    assert [(each["text"], each["target_id"], each["status"]) for each in told["comments"]] == [
        ("差两公里", target, "open")
    ]
    (version,) = people["office"].get(f"/reports/{paper}/versions")["items"]
    (approval,) = version["approvals"]
    assert (approval["verb"], approval["approver_name"]) == ("review", "测试a-reviewer")
    assert [(each["field"], each["old"], each["new"]) for each in approval["changes"]] == [("value", "28", "26")]
    # By a workbook as by typing: what was approved stays, and the report says what differs.
    assert bring_in("2026-11", 5) == [("changed", [])]
    assert [(each["label"], each["old"], each["new"]) for each in now()["changes"]] == [("累计数", "28", "25")]
    (version,) = people["office"].get(f"/reports/{paper}/versions")["items"]
    (kept,) = version["approvals"]
    assert {name: kept[name] for name in kept if name != "changes"} == {
        name: approval[name] for name in approval if name != "changes"
    }
    assert [(each["field"], each["old"], each["new"]) for each in kept["changes"]] == [("value", "28", "25")]
    wrong = {"reason": "请核对", "comments": [{"target_id": str(world["roads:a2:target"]), "text": "别人的数"}]}
    move("a1-clerk", "submit")
    answer = people["a-reviewer"].call("POST", f"/reports/{paper}/return", json=wrong, version=now()["version"])
    assert places(answer) == [("/comments/0/target_id", "foreign-target")]
    assert now()["status"] == "submitted"


def send_back(people: Callers, world: World, correction: str) -> None:
    """Send a reviewed correction back: what it corrects counts again, until it is reviewed once more."""
    clerk, key, path = people["a1-clerk"], str(world[ACCEPTED]), f"/reports/{correction}"
    answer = people["office"].call(
        "POST", f"{path}/send-back", json={"reason": "请附台账"}, version=clerk.get(path)["version"]
    )
    assert answer.status_code == 200
    assert (clerk.get(f"/reports/{key}")["status"], done(people, world)) == ("accepted", "20")
    items = clerk.get(f"{path}/versions")["items"]
    assert [(each["revision"], each["status"], each["counts"]) for each in items] == [
        (1, "accepted", True),
        (3, "draft", False),
    ]
    (sent,) = [row for row in clerk.get("/entry-sheet", period="2026-10")["rows"] if row["id"] == correction]
    assert (sent["returned"], sent["revision"], [each["value"] for each in sent["cells"]]) == (True, 3, ["18"])
    (progress,) = [
        each
        for each in people["office"].get("/round-progress", programme_id=world["list"])["rounds"]
        if each["period"] == "2026-10"
    ]
    assert (progress["tally"]["expected"], progress["tally"]["counted"]) == (5, 5)
    problem(
        people["office"].call("POST", f"/reports/{key}/reinstate", version=clerk.get(f"/reports/{key}")["version"]),
        409,
        "wrong-state",
    )


def test_a_correction_runs_the_whole_way_beside_what_it_corrects(people: Callers, world: World) -> None:
    clock.fix(STILL_OPEN)
    clerk, key = people["a1-clerk"], str(world[ACCEPTED])
    target = str(world["roads:a1:target"])
    accepted = clerk.get(f"/reports/{key}")
    assert "correct" in [each["verb"] for each in accepted["actions"]]
    assert done(people, world) == "20"

    def correct(reason: str = "漏报一个村") -> Any:
        version = clerk.get(f"/reports/{key}")["version"]
        return clerk.call("POST", f"/reports/{key}/corrections", json={"reason": reason}, version=version)

    # Given up, it leaves no trace in what is worked on, and the next one has a number of its own.
    dropped = correct().json()
    assert clerk.call("POST", f"/reports/{dropped['id']}/drop", version=dropped["version"]).status_code == 200
    made = correct()
    assert made.status_code == 201, made.text
    new = made.json()
    assert (new["revision"], new["status"], new["corrects_id"], new["correction_reason"]) == (
        3,
        "draft",
        key,
        "漏报一个村",
    )
    assert [cell["value"] for cell in new["cells"]] == [cell["value"] for cell in accepted["cells"]] == ["20"]
    assert (new["changed_since"], new["changes"]) == ("correction", [])
    problem(correct(), 409, "conflict")
    assert "correct" not in [each["verb"] for each in clerk.get(f"/reports/{key}")["actions"]]
    # It is what sheet and desk work on; the boards still count the old one.
    assert [
        row["revision"]
        for row in clerk.get("/entry-sheet", period="2026-10")["rows"]
        if row["task_id"] == accepted["task_id"]
    ] == [3]
    owed = {each["period"]: (each["total"], each["draft"]) for each in clerk.get("/workbench")["owed"]}
    assert owed["2026-10"][1] == 1
    assert not [each for each in people["office"].get("/workbench")["missing"] if each["period"] == "2026-10"]
    path = f"/reports/{new['id']}"

    def step(who: str, verb: str) -> None:
        # In bulk, by the rules of one.
        rows = [{"id": new["id"], "version": clerk.get(path)["version"]}]
        answer = people[who].call("POST", f"/reports:{verb}", json={"rows": rows})
        assert [each["outcome"] for each in answer.json()["results"]] == ["moved"], answer.text

    body = {"values": [{"target_id": target, "value": "18"}], **CAUSE}
    assert clerk.call("PATCH", path, json=body, version=new["version"]).status_code == 200
    assert [each["field"] for each in clerk.get(path)["changes"]] == ["cause_note", "value"]
    counted = [done(people, world)]
    for who, verb in (("a1-clerk", "submit"), ("a-reviewer", "review")):
        step(who, verb)
        counted.append(done(people, world))
    assert counted == ["20", "20", "18"]
    send_back(people, world, new["id"])
    for who, verb in (("a1-clerk", "submit"), ("a-reviewer", "review"), ("office", "accept")):
        step(who, verb)
        counted.append(done(people, world))
    assert counted[3:] == ["20", "18", "18"]
    # The old one stays for ever with its figures.
    old = clerk.get(f"/reports/{key}")
    assert (old["status"], old["corrected_by"], figures(people, key)) == (
        "superseded",
        new["id"],
        [(cell["current"], cell["value"]) for cell in accepted["cells"]],
    )
    assert old["actions"] == []
    items = people["auditor"].get(f"{path}/versions")["items"]
    assert [(each["revision"], each["status"], each["counts"]) for each in items] == [
        (1, "superseded", False),
        (3, "accepted", True),
    ]
    assert [(each["field"], each["old"], each["new"]) for each in items[1]["changes"]] == [
        ("cause_note", None, "用地批复下周到位"),
        ("value", "20", "18"),
    ]
    (cell,) = [
        each
        for each in people["office"].get("/reports/desk", programme_id=world["list"], period="2026-10")["cells"]
        if each["report_id"] in {key, new["id"]}
    ]
    assert (cell["report_id"], cell["revision"], cell["changes"]) == (new["id"], 3, 2)
    # November starts from what counts now, and the comparison says what changed.
    november = clerk.get(f"/reports/{world['november:roads:a1']}")
    assert [each["previous"] for each in november["cells"]] == ["18"]
    (beside,) = people["a-reviewer"].get(f"/reports/{november['id']}/comparison")["items"]
    assert (beside["last"]["period"], beside["last"]["value"], beside["last_year"]) == ("2026-10", "18", None)


def test_comments_are_open_until_somebody_settles_them(people: Callers, world: World) -> None:
    report, target = str(world["november:roads:a1"]), str(world["roads:a1:target"])
    body = {"report_id": report, "target_id": target, "text": "与台账差两公里"}
    made = people["a-reviewer"].call("POST", "/report-comments", json=body)
    assert made.status_code == 201
    said = made.json()
    assert (said["status"], said["author_name"]) == ("open", "测试a-reviewer")
    seen = people["a1-clerk"].get(f"/reports/{report}")
    assert (seen["open_comments"], seen["comments"]) == (1, [said])
    assert people["a1-clerk"].get("/entry-sheet", period="2026-11")["open_comments"] == 1
    path = f"/report-comments/{said['id']}"
    settled = people["a1-clerk"].call("POST", f"{path}/settle", json={"answer": "已补"}, version=1)
    assert (settled.json()["status"], settled.json()["answer"], settled.json()["settled_name"]) == (
        "settled",
        "已补",
        "测试a1-clerk",
    )
    assert people["a1-clerk"].get(f"/reports/{report}")["open_comments"] == 0
    assert people["a-reviewer"].call("POST", f"{path}/reopen", version=2).json()["answer"] is None
    assert people["a1-clerk"].get("/report-comments", status="settled")["items"] == []
    # Of one's own unit only, and of a figure of that very report.
    assert people["b1-clerk"].call("POST", "/report-comments", json=body).status_code == 404
    assert people["leader"].call("POST", "/report-comments", json=body).status_code == 403
    body["target_id"] = str(world["roads:a2:target"])
    assert places(people["a-reviewer"].call("POST", "/report-comments", json=body)) == [
        ("/target_id", "foreign-target")
    ]


def test_a_forecast_is_kept_and_never_counts_as_done(people: Callers, world: World) -> None:
    clerk, key, target = people["a1-clerk"], str(world["november:roads:a1"]), str(world["roads:a1:target"])

    def write(status: int = 200, **figure: Any) -> Any:
        version = clerk.get(f"/reports/{key}")["version"]
        # Without the forecast the unit is behind, so it says why.
        body = {"values": [{"target_id": target, **figure}], **CAUSE}
        answer = clerk.call("PATCH", f"/reports/{key}", json=body, version=version)
        assert answer.status_code == status, answer.text
        return answer

    write(value="31", state="forecast", approx=True, source_basis="estimate", expected="36.5")
    (cell,) = clerk.get(f"/reports/{key}")["cells"]
    assert (cell["state"], cell["approx"], cell["source_basis"], cell["expected"]) == (
        "forecast",
        True,
        "estimate",
        "36.5",
    )
    assert cell["progress_pct"] == "66.7"
    assert places(write(422, as_of="2026-12-01")) == [("/values/0/as_of", "range")]
    write(as_of="2026-11-20")
    for who, verb in (("a1-clerk", "submit"), ("a-reviewer", "review")):
        version = clerk.get(f"/reports/{key}")["version"]
        assert people[who].call("POST", f"/reports/{key}/{verb}", version=version).status_code == 200
    found = people["office"].get("/boards/target", target_id=target, on="2026-11-30")
    assert (found["actual"], found["figure_on"]) == ("20", "2026-10-31")
    # Final, it counts; an estimate that would close the target is doubted.
    version = clerk.get(f"/reports/{key}")["version"]
    answer = people["office"].call("POST", f"/reports/{key}/send-back", json={"reason": "已有实数"}, version=version)
    assert answer.status_code == 200
    write(state="preliminary")
    shown = clerk.get(f"/reports/{key}")
    assert ("estimate-closes" in [each["code"] for each in shown["warnings"]], shown["cells"][0]["as_of"]) == (
        True,
        "2026-11-20",
    )
    write(state="final", source_basis="registered", approx=False)
    assert "estimate-closes" not in [each["code"] for each in clerk.get(f"/reports/{key}")["warnings"]]
    assert [each["label"] for each in clerk.get(f"/reports/{key}")["changes"]] == ["数据来源", "数据性质", "约数"]


def test_a_form_starts_with_what_is_known(people: Callers, world: World) -> None:
    clock.fix(STILL_OPEN)
    clerk, office = people["a1-clerk"], people["a-reviewer"]
    october, november = (str(world[f"{month}:roads:a1"]) for month in ("october", "november"))
    made = clerk.call(
        "POST",
        f"/reports/{october}/corrections",
        json={"reason": "补形象进度"},
        version=clerk.get(f"/reports/{october}")["version"],
    ).json()
    words = {"physical_note": "路基完成", "physical_pct": "60", "invested_fen": 128000000, "expected_on": "2026-12-20"}
    path = f"/reports/{made['id']}"
    body = {**words, **CAUSE, "values": [{"target_id": str(world["roads:a1:target"]), "source_basis": "registered"}]}
    assert clerk.call("PATCH", path, json=body, version=made["version"]).status_code == 200
    wrong = clerk.call("PATCH", path, json={"physical_pct": "101"}, version=clerk.get(path)["version"])
    assert places(wrong) == [("/physical_pct", "range")]
    for who, verb in ((clerk, "submit"), (office, "review")):
        assert who.call("POST", f"{path}/{verb}", version=clerk.get(path)["version"]).status_code == 200

    def now() -> dict[str, Any]:
        found: dict[str, Any] = clerk.get(f"/reports/{november}")
        return found

    step = clerk.call(
        "POST",
        "/milestones",
        json={"task_id": now()["task_id"], "name": "路面摊铺", "planned_on": "2026-11-15"},
    )
    assert step.status_code == 201, step.text
    for verb, taken, version in (("issue", None, 1), ("reach", {"on": "2026-11-05"}, 2)):
        answer = clerk.call("POST", f"/milestones/{step.json()['id']}/{verb}", json=taken, version=version)
        assert answer.status_code == 200, answer.text
    sentence = "11月5日“路面摊铺”完成。"
    assert now()["proposals"] == [sentence]
    found = now()
    assert {name: found[name] for name in words} == words
    assert (found["version"], found["cells"][0]["source_basis"]) == (1, "registered")
    # Four words and previous, day, total and source are there; the figure of the month is asked for.
    assert (found["prefill"]["filled"], found["prefill"]["total"]) == (8, 9)
    body = {"physical_note": "路面完成", "values": [{"target_id": str(world["roads:a1:target"]), "current": "4"}]}
    assert clerk.call("PATCH", f"/reports/{november}", json=body, version=1).status_code == 200
    found = now()
    assert {name: found[name] for name in words} == {**words, "physical_note": "路面完成"}
    assert (found["prefill"]["words"], found["prefill"]["filled"]) == (
        ["physical_pct", "invested_fen", "expected_on"],
        7,
    )
    # The milestone's sentence is taken over, not typed.
    noted = clerk.call("PATCH", f"/reports/{november}", json={"note": sentence}, version=found["version"])
    assert (noted.json()["proposals"], "note" in noted.json()["prefill"]["words"]) == ([], True)
    found = now()
    # What was cleared stays clear.
    cleared = clerk.call("PATCH", f"/reports/{november}", json={"physical_pct": None}, version=found["version"])
    assert cleared.json()["physical_pct"] is None


def test_one_sheet_for_a_whole_county(people: Callers, world: World) -> None:
    sheet = people["a-office"].get("/entry-sheet", period="2026-11", unit_id=world["a"], below=True)
    units = [row["unit_name"] for row in sheet["rows"]]
    names = sorted({(row["unit_name"], row["item_title"]) for row in sheet["rows"]})
    assert (sheet["below"], len(units), units) == (True, len(names), sorted(units, key=units.index))
    alone = people["a1-clerk"].get("/entry-sheet", period="2026-11")
    mine = [row["id"] for row in sheet["rows"] if row["unit_id"] == str(world["a1"])]
    assert mine == [row["id"] for row in alone["rows"]]
    assert people["b1-clerk"].call("GET", "/entry-sheet", params={"unit_id": str(world["a"])}).status_code == 404
    # It is put into words by itself: it says what the contract says, no more and no less.
    assert EntrySheet.model_validate(sheet).model_dump(mode="json") == sheet
