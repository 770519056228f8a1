"""Official figures beside ours: what agrees, what opens a case, and how a case ends."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from minsheng.deviations.pending import unscorable
from minsheng.kernel.access import Access
from minsheng.kernel.door import open_session
from tests.conftest import at

if TYPE_CHECKING:
    from uuid import UUID

    from fastapi import FastAPI

    from tests.conftest import Callers
    from tests.factories.world import World

ANSWER = {
    "cause_code": "cutoff",
    "explanation": "省厅按25日截止，我方按月末",
    "prevention": "以后按25日另列一数",
}


def figure(world: World, target: str, printed: str, **changed: Any) -> dict[str, Any]:
    """Return an official figure of October."""
    return {
        "target_id": str(world[f"{target}:target"]),
        "period": "2026-10",
        "printed": printed,
        "factor": "1",
        "source_name": "浙江省交通运输厅",
        "document": "民生实事进展通报第10期",
        **changed,
    }


def counted(people: Callers, world: World, value: str) -> str:
    """Let b1 report November's roads and have it reviewed and accepted; return the report's id."""
    found = people["b1-clerk"].get("/reports", period="2026-11")["items"]
    (row,) = [each for each in found if each["task_id"] == str(world["roads:b1"])]
    path = f"/reports/{row['id']}"
    values = {"values": [{"target_id": str(world["roads:b1:target"]), "value": value}]}
    people["b1-clerk"].patch(path, {**values, **BEHIND}, version=1)
    people["b1-clerk"].post(f"{path}/submit", version=2)
    people["b-reviewer"].post(f"{path}/review", version=3)
    people["office"].post(f"{path}/accept", version=4)
    found: str = row["id"]
    return found


BEHIND = {"cause_code": "weather", "cause_note": "台风停工"}


def test_figures_are_compared_by_the_tolerance_of_their_list(people: Callers, world: World) -> None:
    office = people["office"]
    rule = {"programme_id": str(world["list"]), "percent": "2"}
    tolerance = office.post("/tolerances", rule, status=201)
    assert (tolerance["words"], tolerance["answer_days"]) == ("相差不超过对方数的 2%", 5)
    assert office.post("/tolerances", rule, status=409)["code"] == "duplicate"
    people["a-office"].post("/tolerances", rule, status=403)

    near = office.post("/external-figures", figure(world, "roads:a1", "20.3"), status=201)
    assert (near["value"], near["as_of"], near["compared"]) == (
        "20.3",
        "2026-10-31",
        {
            "outcome": "agreed",
            "own_value": "20",
            "own_on": "2026-10-31",
            "missing": 0,
            "difference": "-0.3",
            "percent": "-1.5",
            "allowed": "相差不超过对方数的 2%",
        },
    )
    assert near["deviation_id"] is None
    # In ten kilometres as printed: the factor was stated.
    far = office.post(
        "/external-figures", figure(world, "roads:b1", "1.2", factor="10", printed_unit="十公里"), status=201
    )
    assert (far["value"], far["printed"], far["compared"]["outcome"]) == ("12", "1.2", "beyond")
    # A county's own figure is the sum over its townships: 20 + 28.
    county = office.post("/external-figures", figure(world, "roads:a", "５０"), status=201)
    assert (county["value"], county["compared"]["own_value"], county["compared"]["outcome"]) == ("50", "48", "beyond")
    # Nothing of ours is counted up to January: nothing to compare, no case.
    early = office.post("/external-figures", figure(world, "roads:a2", "3", period="2026-01"), status=201)
    assert (early["compared"]["outcome"], early["deviation_id"]) == ("none", None)

    cases = office.get("/deviations")["items"]
    assert [(each["unit_name"], each["own_value"], each["their_value"], each["due_on"]) for each in cases] == [
        ("灵溪镇", "10", "12", "2026-11-27"),
        ("乐清市", "48", "50", "2026-11-27"),
    ]
    assert [(each["report_id"] is None, each["scorable"], each["percent"]) for each in cases] == [
        (False, False, "-16.7"),
        (True, False, "-4"),
    ]
    assert [each["id"] for each in people["a-office"].get("/deviations")["items"]] == [cases[1]["id"]]
    assert people["a1-clerk"].get("/deviations")["items"] == []

    # An indicator's own tolerance goes before the list's; cases that are open stay open.
    own = {"programme_id": str(world["list"]), "indicator_id": str(world["roads"]), "absolute": "2"}
    office.post("/tolerances", own, status=201)
    assert office.get(f"/external-figures/{county['id']}")["compared"]["outcome"] == "agreed"
    assert office.get(f"/deviations/{cases[1]['id']}")["status"] == "open"

    for body, code in (
        (figure(world, "roads:b1", "12"), "duplicate"),
        (figure(world, "parks:a", "12"), "wrong-state"),
    ):
        assert office.post("/external-figures", body, status=409)["code"] == code
    for printed, factor in (("约12", "1"), ("/", "1"), ("999999999999", "10"), ("0.000001", "0.1")):
        refused = office.post("/external-figures", figure(world, "roads:b1", printed, factor=factor), status=422)
        assert refused["errors"][0]["pointer"] == "/printed"
    assert office.post("/external-figures", figure(world, "roads:b1", "1", factor="0"), status=422)["code"] == "invalid"
    people["b1-clerk"].post("/external-figures", figure(world, "roads:b1", "12"), status=403)

    # One of several figures is official; striking one takes the case it opened with it.
    chosen = office.patch(f"/external-figures/{far['id']}", {"official": True}, version=1)
    other = office.post(
        "/external-figures", figure(world, "roads:b1", "10", source_name="国家统计局温州调查队"), status=201
    )
    office.patch(f"/external-figures/{other['id']}", {"official": True}, version=1)
    marked = office.get("/external-figures", target_id=far["target_id"])["items"]
    assert [(each["source_name"], each["official"]) for each in marked] == [
        ("浙江省交通运输厅", False),
        ("国家统计局温州调查队", True),
    ]
    # What a source has changed takes the place of what it said, in one step and with a reason.
    told = {"id": other["id"], "version": other["version"] + 1, "reason": "调查队更正"}
    moved = figure(world, "roads:b1", "11", source_name="国家统计局温州调查队")
    wrong = {**moved, "period": "2026-11", "replaces": told}
    assert office.post("/external-figures", wrong, status=422)["errors"][0]["pointer"] == "/replaces/id"
    people["b-office"].post("/external-figures", {**moved, "replaces": told}, status=403)
    assert office.post("/external-figures", moved, status=409)["code"] == "duplicate"
    other = office.post("/external-figures", {**moved, "replaces": told}, status=201)
    assert (other["value"], other["replaces_id"], other["official"]) == ("11", told["id"], True)
    struck = office.get(f"/external-figures/{told['id']}")
    assert (struck["status"], struck["void_reason"], struck["official"]) == ("void", "调查队更正", False)
    people["b-office"].post(f"/external-figures/{far['id']}/void", {"reason": "录错了"}, version=3, status=403)
    office.post(f"/external-figures/{far['id']}/void", {"reason": "录错了"}, version=chosen["version"] + 1)
    assert office.get(f"/deviations/{cases[0]['id']}")["status"] == "void"
    office.patch(f"/external-figures/{far['id']}", {"official": True}, version=4, status=409)


def marks(people: Callers, world: World) -> list[str | None]:
    """Return the state of b1's roads wherever they are shown."""
    office, target, programme = people["office"], str(world["roads:b1:target"]), str(world["list"])
    (sheet,) = [
        each["cells"][0]
        for each in people["b1-clerk"].get("/entry-sheet", period="2026-11")["rows"]
        if each["cells"][0]["target_id"] == target
    ]
    desk = office.get("/reports/desk", programme_id=programme, period="2026-11")["cells"]
    cells = office.get("/boards/matrix", programme_id=programme)["cells"]
    spread = office.get("/boards/dispersion", programme_id=programme)["items"]
    shown = [
        sheet["dispute"],
        *(
            each["dispute"]
            for each in desk
            if (each["unit_id"], each["item_id"]) == (str(world["b1"]), str(world["list.roads"]))
        ),
        *(each["dispute"] for each in cells if each["target_id"] == target),
        *(each["dispute"] for each in office.get("/boards/lag")["items"] if each["target_id"] == target),
        *(each["min_dispute"] for each in spread if each["min_target_id"] == target),
        office.get("/boards/curve", target_id=target)["dispute"],
        office.get("/boards/target", target_id=target)["dispute"],
    ]
    assert len(shown) == 7
    (summary,) = [each for each in office.get("/boards/summary")["items"] if each["programme_id"] == programme]
    (owed,) = [each for each in people["b1-clerk"].get("/workbench")["owed"] if each["programme_id"] == programme]
    (october,) = office.get("/rounds", programme_id=programme, period="2026-10")["items"]
    items = office.get(f"/rounds/{october['id']}/account")["open_items"]
    stands = [each["unit_name"] for each in items if each["kind"] == "dispute"]
    assert [summary["disputed"], owed["disputed"], len(stands)] == [int(shown[0] is not None)] * 3
    return [each and each["state"] for each in shown]


def test_a_case_goes_from_answer_to_settlement(people: Callers, world: World) -> None:
    office, clerk = people["office"], people["b1-clerk"]
    office.post("/external-figures", figure(world, "roads:b1", "12"), status=201)
    (case,) = clerk.get("/deviations")["items"]
    path = f"/deviations/{case['id']}"
    assert (case["status"], case["allowed"], case["recurrence"]) == ("open", "须相等", 0)
    assert [each["verb"] for each in case["actions"]] == ["answer"]

    assert marks(people, world) == ["open"] * 7

    # The unit answers for itself; whoever keeps the figure, or an office above, judges.
    office.post(f"{path}/answer", ANSWER, version=1, status=403)
    ours = {"outcome": "ours", "reason": "台账齐全"}
    assert "还没有答复" in office.post(f"{path}/settle", ours, version=1, status=409)["detail"]
    answered = clerk.post(f"{path}/answer", ANSWER, version=1)
    assert (answered["status"], answered["cause_code"], answered["prevention"]) == (
        "answered",
        "cutoff",
        ANSWER["prevention"],
    )
    people["b-office"].post(f"{path}/settle", ours, version=2, status=403)
    with at(datetime(2026, 11, 22, 3, tzinfo=UTC)):
        back = office.post(f"{path}/return", {"reason": "没有说清截止日"}, version=2)
    assert (back["status"], back["due_on"], back["answered_at"] is None) == ("open", "2026-11-27", False)
    clerk.post(f"{path}/answer", {**ANSWER, "cause_code": "typing"}, version=3)
    assert marks(people, world) == ["answered"] * 7
    note = {
        "deviation_id": case["id"],
        "happened_on": "2026-11-21",
        "counterpart": "省交通运输厅规划处",
        "text": "对方答应下期更正",
    }
    people["b-office"].post("/deviation-notes", note, status=201)
    settled = office.post(f"{path}/settle", ours, version=4)
    assert (settled["status"], settled["outcome"], settled["scorable"], settled["cause_code"]) == (
        "settled",
        "ours",
        True,
        "typing",
    )
    assert marks(people, world) == [None] * 7
    log = [(each["kind"], each["author_name"]) for each in clerk.get("/deviation-notes")["items"]]
    assert log == [
        ("answer", "测试b1-clerk"),
        ("return", "测试office"),
        ("answer", "测试b1-clerk"),
        ("contact", "测试b-office"),
        ("settle", "测试office"),
    ]

    # The same pair of figures was settled: another look opens nothing. Another source does, and counts as the second.
    counted(people, world, "11")
    assert len(office.get("/deviations")["items"]) == 1
    office.post("/external-figures", figure(world, "roads:b1", "15", source_name="市统计局"), status=201)
    again = office.get("/deviations", status="open")["items"]
    assert [(each["own_value"], each["their_value"], each["recurrence"]) for each in again] == [("10", "15", 1)]
    # Silence is settled only when its time is over.
    people.log_in_anew()
    with at(datetime(2026, 11, 28, 2, tzinfo=UTC)):
        late = people["office"].get(f"/deviations/{again[0]['id']}")
        assert late["overdue"] is True
        people["office"].post(f"/deviations/{again[0]['id']}/settle", ours, version=1)
        people["office"].post(f"{path}/reopen", {"reason": "省厅来函"}, version=5)


def blocked(app: FastAPI, world: World) -> dict[UUID, frozenset[str]]:
    """Return what no score may use."""
    with open_session(app.state.database, Access.system("test"), write=False) as session:
        return unscorable(session, world["list"])


def test_theirs_stands_until_our_report_is_corrected(people: Callers, world: World, app: FastAPI) -> None:
    office, clerk = people["office"], people["b1-clerk"]
    # The figure is known before ours: the case opens when ours is reviewed.
    early = office.post("/external-figures", figure(world, "roads:b1", "15", period="2026-11"), status=201)
    (first,) = office.get("/deviations")["items"]
    assert (first["own_value"], first["own_on"]) == ("10", "2026-10-31")
    report = counted(people, world, "12")
    assert [each["id"] for each in office.get("/deviations")["items"]] == [first["id"]]
    assert office.get(f"/deviations/{first['id']}")["now"]["own_value"] == "12"
    office.post(f"/external-figures/{early['id']}/void", {"reason": "初步数"}, version=1)

    office.post("/external-figures", figure(world, "roads:b1", "15", period="2026-11"), status=201)
    (case,) = office.get("/deviations", status="open")["items"]
    path = f"/deviations/{case['id']}"
    assert (case["report_id"], case["own_value"]) == (report, "12")
    clerk.post(f"{path}/answer", ANSWER, version=1)
    theirs = {"outcome": "theirs", "reason": "漏报3公里，以省厅为准"}
    settled = office.post(f"{path}/settle", theirs, version=2)
    assert (settled["scorable"], settled["correction_id"], settled["corrected_on"]) == (False, None, None)
    assert clerk.get(f"/reports/{report}")["cells"][0]["value"] == "12"
    assert blocked(app, world) == {world["roads:b1:target"]: frozenset({"2026-11"})}

    made = clerk.post(f"/reports/{report}/corrections", {"reason": "省厅通报为准"}, version=5, status=201)
    values = {"values": [{"target_id": str(world["roads:b1:target"]), "value": "15"}]}
    written = clerk.patch(f"/reports/{made['id']}", values, version=made["version"])
    again = office.get(path)
    assert (again["correction_id"], again["scorable"]) == (made["id"], False)
    sent = clerk.post(f"/reports/{made['id']}/submit", version=written["version"])
    people["b-reviewer"].post(f"/reports/{made['id']}/review", version=sent["version"])
    assert (office.get(path)["corrected_on"], blocked(app, world)) == ("2026-11-22", {})
    # Sent back, it counts no longer, and neither does the case as corrected.
    version = clerk.get(f"/reports/{made['id']}")["version"]
    office.post(f"/reports/{made['id']}/send-back", {"reason": "请附台账"}, version=version)
    back = office.get(path)
    assert (back["corrected_on"], back["scorable"], back["now"]["own_value"]) == (None, False, "12")
    assert blocked(app, world) == {world["roads:b1:target"]: frozenset({"2026-11"})}
    for who, verb in (("b1-clerk", "submit"), ("b-reviewer", "review")):
        version = clerk.get(f"/reports/{made['id']}")["version"]
        people[who].post(f"/reports/{made['id']}/{verb}", version=version)
    done = office.get(path)
    assert blocked(app, world) == {}
    assert (done["scorable"], done["corrected_on"], done["now"]["outcome"]) == (True, "2026-11-22", "agreed")
    assert [each["status"] for each in office.get("/deviations")["items"]] == ["void", "settled"]


def test_verifications_make_a_factor_with_its_base(people: Callers, world: World) -> None:
    office = people["office"]
    span = {"from_on": "2026-11-01", "to_on": "2026-11-30"}
    assert office.get("/verification-factors", **span)["items"] == []

    def checked(target: str, value: str, status: int = 201, **changed: str) -> Any:
        body = {
            "target_id": str(world[f"{target}:target"]),
            "checked_on": "2026-11-20",
            "verified_value": value,
            "method": "现场抽查，对照验收单",
            **changed,
        }
        return office.post("/verifications", body, status=status)

    held = checked("roads:b1", "10")
    assert (held["reported_value"], held["reported_on"], held["confirmed"]) == ("10", "2026-10-31", True)
    assert checked("roads:b1", "9.5")["confirmed"] is False
    wrong = checked("roads:a1", "20")
    checked("roads:a1", "20", status=422, checked_on="2026-11-23")
    checked("roads:a1", "20", status=409, checked_on="2026-03-01")
    office.post(f"/verifications/{wrong['id']}/void", {"reason": "记错了单位"}, version=1)
    office.post("/external-figures", figure(world, "roads:b1", "12"), status=201)
    (case,) = office.get("/deviations")["items"]
    people["b1-clerk"].post(f"/deviations/{case['id']}/answer", ANSWER, version=1)
    office.post(f"/deviations/{case['id']}/settle", {"outcome": "both", "reason": "截止日不同"}, version=2)
    expected = {
        "unit_id": str(world["b1"]),
        "unit_name": "灵溪镇",
        "checks": 2,
        "checks_confirmed": 1,
        "cases": 1,
        "cases_confirmed": 1,
        "base": 3,
        "confirmed": 2,
        "factor": "0.6667",
    }
    assert office.get("/verification-factors", **span)["items"] == [expected]
    assert people["b1-clerk"].get("/verification-factors", **span)["items"] == [expected]
    assert people["a-office"].get("/verification-factors", **span)["items"] == []
    # By Beijing days: the case was settled on the 22nd.
    before = office.get("/verification-factors", from_on="2026-11-01", to_on="2026-11-21")["items"]
    assert [(each["base"], each["factor"]) for each in before] == [(2, "0.5")]
    people["b1-clerk"].call("GET", "/verification-factors", params={"from_on": "2026-11-02", "to_on": "2026-11-01"})
