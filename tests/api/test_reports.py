"""Reports from the first figure to acceptance: arithmetic, locks, the way through every hand, batches and lists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import at
from tests.factories.lists import PromiseList
from tests.factories.problems import places, problem

if TYPE_CHECKING:
    import httpx

    from tests.conftest import Callers
    from tests.factories.world import World

CAUSE = {"cause_code": "land", "cause_note": "用地批复下周到位"}
DECEMBER = datetime(2026, 12, 1, 2, tzinfo=UTC)
NOVEMBER_CLOSES = datetime(2026, 12, 10, 16, tzinfo=UTC)


class Paper:
    """One report of November in somebody's hands; it always knows the newest version."""

    def __init__(self, people: Callers, world: World, name: str, clerk: str, month: str = "november") -> None:
        self.people = people
        self.clerk = people[clerk]
        self.id = str(world[f"{month}:{name}"])
        self.target = str(world[f"{name}:target"])

    @property
    def path(self) -> str:
        """The report's address."""
        return f"/reports/{self.id}"

    def now(self, by: str | None = None) -> dict[str, Any]:
        """Return the report as somebody sees it."""
        found: dict[str, Any] = (self.people[by] if by else self.clerk).get(self.path)
        return found

    def write(self, by: str | None = None, **body: Any) -> httpx.Response:
        """Write into the draft; figures of the one target by their names."""
        figures = {key: body.pop(key) for key in ("current", "value", "base", "fall_reason") if key in body}
        values = [{"target_id": self.target, **figures}] if figures else []
        caller = self.people[by] if by else self.clerk
        return caller.call("PATCH", self.path, json={"values": values, **body}, version=self.now()["version"])

    def move(self, verb: str, by: str | None = None, **body: Any) -> httpx.Response:
        """Make one move."""
        caller = self.people[by] if by else self.clerk
        return caller.call("POST", f"{self.path}/{verb}", json=body or None, version=self.now()["version"])

    def to(self, *steps: tuple[str, str | None]) -> dict[str, Any]:
        """Make moves that must succeed."""
        for verb, by in steps:
            answer = self.move(verb, by, **({"reason": "与附表不符"} if verb in {"return", "send-back"} else {}))
            assert answer.status_code == 200, answer.text
        return self.now()

    def cell(self) -> dict[str, Any]:
        """Return the one figure."""
        (found,) = self.now()["cells"]
        cell: dict[str, Any] = found
        return cell


@pytest.fixture
def roads(people: Callers, world: World) -> Paper:
    """Return a1's roads of November: a city list, 20 of 30 km so far."""
    return Paper(people, world, "roads:a1", "a1-clerk")


@pytest.fixture
def cover(people: Callers, world: World) -> Paper:
    """Return a1's coverage of November: a snapshot, 96 % so far, 95 wanted."""
    return Paper(people, world, "cover:a1", "a1-clerk")


@pytest.fixture
def schools(people: Callers, world: World) -> Paper:
    """Return a2's kindergartens of November: a county list, 3 of 6 so far."""
    return Paper(people, world, "schools:a2", "a2-clerk")


# Figures


PREVIOUS_AND_THIS_PERIOD_MAKE_THE_NEW_CUMULATIVE: list[tuple[dict[str, Any], tuple[str | None, ...]]] = [
    ({"current": "3.5"}, ("20", "3.5", "23.5")),
    ({"value": "23.5"}, ("20", "3.5", "23.5")),
    ({"current": "3.5", "value": "23.5"}, ("20", "3.5", "23.5")),
    ({"current": "0"}, ("20", "0", "20")),
    ({"current": "0.001"}, ("20", "0.001", "20.001")),
    ({"current": "-20"}, ("20", "-20", "0")),
    ({"value": "288.51"}, ("20", "268.51", "288.51")),
    ({"current": None, "value": None}, ("20", None, None)),
]


def test_previous_and_this_period_make_the_new_cumulative(roads: Paper) -> None:
    for typed, expected in PREVIOUS_AND_THIS_PERIOD_MAKE_THE_NEW_CUMULATIVE:
        answer = roads.write(**typed)
        assert answer.status_code == 200, answer.text
        cell = roads.cell()
        assert (cell["previous"], cell["current"], cell["value"]) == expected


WRONG_FIGURE_NAMES_ITS_CELL_AND_CHANGES_NOTHING: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({"current": "3.5", "value": "23"}, [("/values/0/value", "sum-mismatch")]),
    ({"current": "-20.001"}, [("/values/0/value", "negative")]),
    ({"value": "-1"}, [("/values/0/value", "negative")]),
    ({"current": "1.0001"}, [("/values/0/current", "decimals")]),
    ({"value": "999999999999.0001"}, [("/values/0/value", "decimals")]),
    ({"current": "999999999999"}, [("/values/0/value", "quantity")]),
    ({"current": 1}, [("/values/0/current", "string-type")]),
    ({"current": "1e3"}, [("/values/0/current", "quantity")]),
    ({"fall_reason": "坏\x00字"}, [("/values/0/fall_reason", "control-character")]),
]


def test_a_wrong_figure_names_its_cell_and_changes_nothing(roads: Paper) -> None:
    for typed, named in WRONG_FIGURE_NAMES_ITS_CELL_AND_CHANGES_NOTHING:
        before = roads.now()
        assert places(roads.write(note="不该留下", **typed)) == named
        assert roads.now() == before


def test_a_mismatch_says_the_whole_sum(roads: Paper) -> None:
    answer = roads.write(current="3.5", value="23")
    assert answer.json()["errors"][0]["message"] == "上期累计 20 + 本期 3.5 = 23.5，与填的累计 23 不符"


def test_a_snapshot_has_no_period_figure_and_may_fall(cover: Paper) -> None:
    assert places(cover.write(current="1")) == [("/values/0/current", "snapshot")]
    assert cover.write(value="95.5").status_code == 200
    cell = cover.cell()
    assert (cell["previous"], cell["current"], cell["value"], cell["light"]) == ("96", None, "95.5", "done")
    assert cover.now()["problems"] == []
    assert cover.to(("submit", None))["status"] == "submitted"


def test_a_cumulative_that_falls_needs_a_reason(roads: Paper) -> None:
    roads.write(value="19", **CAUSE)
    body = problem(roads.move("submit"), 409, "conflict")
    assert [(each["pointer"], each["code"]) for each in body["errors"]] == [
        (f"/cells/{roads.target}/fall_reason", "fall-unexplained")
    ]
    assert body["errors"][0]["message"] == "“农村公路提升”比上期减少，请写明原因"
    roads.write(fall_reason="上月多报一段，已核减")
    assert roads.to(("submit", None))["status"] == "submitted"


def test_who_is_behind_says_why_before_it_goes_in(roads: Paper) -> None:
    roads.write(current="1")
    report = roads.now()
    assert report["behind"] is True
    assert [(each["pointer"], each["code"]) for each in report["problems"]] == [
        ("/cause_code", "cause-missing"),
        ("/cause_note", "cause-missing"),
    ]
    assert [(each["verb"], each["enabled"]) for each in report["actions"]] == [("submit", False)]
    assert places(roads.write(cause_code="lazy")) == [("/cause_code", "literal-error")]
    roads.write(cause_code="weather")
    assert places(roads.move("submit"), 409, "conflict") == [("/cause_note", "cause-missing")]
    roads.write(cause_note=" ")
    assert places(roads.move("submit"), 409, "conflict") == [("/cause_note", "cause-missing")]
    roads.write(cause_note="连续降雨")
    assert roads.to(("submit", None))["status"] == "submitted"


def test_on_time_needs_no_cause(roads: Paper) -> None:
    roads.write(value="28")
    assert (roads.now()["behind"], roads.cell()["light"]) == (False, "green")
    assert roads.to(("submit", None))["status"] == "submitted"


def test_what_looks_odd_is_asked_about_and_stops_nobody(roads: Paper) -> None:
    roads.write(value="301")
    assert [(each["code"], each["pointer"]) for each in roads.now()["warnings"]] == [
        ("unit-slip", f"/cells/{roads.target}/value")
    ]
    assert roads.to(("submit", None))["status"] == "submitted"


def test_a_corrected_month_makes_the_next_one_wrong_until_it_is_looked_at(
    roads: Paper, people: Callers, world: World
) -> None:
    clerk = roads.clerk
    roads.write(value="28")
    roads.to(("submit", None))
    (december,) = clerk.get("/reports", period="2026-12", item_id=str(world["list.roads"]))["items"]
    path = f"/reports/{december['id']}"
    body = {"values": [{"target_id": roads.target, "current": "2"}]}
    filled = clerk.patch(path, body, version=december["version"])
    assert (filled["cells"][0]["previous"], filled["cells"][0]["value"]) == ("28", "30")
    roads.to(("return", "a-reviewer"))
    roads.write(value="27.5")
    roads.to(("submit", None))
    now = clerk.get(path)
    assert now["cells"][0]["previous"] == "27.5"
    assert [(each["code"], each["message"]) for each in now["problems"]] == [
        ("sum-mismatch", "“农村公路提升”上期累计已变为 27.5，与本期 2、累计 30 不符")
    ]


def test_a_month_that_has_not_begun_may_be_filled_but_not_submitted(people: Callers, world: World) -> None:
    clerk = people["a1-clerk"]
    (december,) = clerk.get("/reports", period="2026-12", item_id=str(world["list.roads"]))["items"]
    path = f"/reports/{december['id']}"
    body = {"values": [{"target_id": str(world["roads:a1:target"]), "value": "30"}]}
    filled = clerk.patch(path, body, version=1)
    assert filled["round"]["state"] == "scheduled"
    answer = clerk.call("POST", f"{path}/submit", version=filled["version"])
    assert problem(answer, 409, "conflict")["detail"] == "2026年12月填报期还没有开始，可以先填，到期再提交。"
    with at(DECEMBER):
        people.log_in_anew()
        assert people["a1-clerk"].post(f"{path}/submit", version=filled["version"])["status"] == "submitted"


# The way through every hand


def test_each_state_is_locked_against_the_clerk(roads: Paper) -> None:
    roads.write(value="28")
    for steps in ((("submit", None),), (("review", "a-reviewer"),), (("accept", "office"),)):
        before = roads.to(*steps)
        assert problem(roads.write(value="29"), 409, "locked")
        assert problem(roads.write(note="x"), 409, "locked")
        change = {"report_id": roads.id, "base_version": before["version"], "note": "x"}
        result = roads.clerk.post("/reports:batch", {"changes": [change]})["results"][0]
        assert (result["outcome"], result["code"]) == ("refused", "locked")
        problem(roads.move("submit"), 409, "wrong-state")
        assert roads.now() == before
    assert roads.now()["status"] == "accepted"


def test_the_actions_of_each_hand(roads: Paper) -> None:
    def verbs(by: str) -> list[tuple[str, bool]]:
        return [(each["verb"], each["enabled"]) for each in roads.now(by)["actions"]]

    roads.write(value="28")
    assert verbs("a1-clerk") == [("submit", True)]
    assert verbs("a-reviewer") == []
    roads.to(("submit", None))
    assert verbs("a1-clerk") == [("recall", True)]
    assert verbs("a-reviewer") == [("review", True), ("return", True)]
    assert dict(verbs("office"))["accept"] is False
    assert verbs("lead") == verbs("leader") == []
    roads.to(("review", "a-reviewer"))
    assert verbs("a1-clerk") == verbs("a-reviewer") == []
    assert verbs("office") == [("accept", True), ("send-back", True)]
    roads.to(("accept", "office"))
    assert verbs("office") == []


def test_recall_takes_back_what_nobody_has_looked_at(roads: Paper) -> None:
    roads.write(value="28")
    assert roads.to(("submit", None), ("recall", None))["status"] == "draft"
    assert roads.write(value="28.5").status_code == 200
    roads.to(("submit", None), ("review", "a-reviewer"))
    problem(roads.move("recall"), 409, "wrong-state")


def test_a_return_carries_its_reason_until_it_comes_in_again(roads: Paper) -> None:
    roads.write(value="28")
    roads.to(("submit", None))
    assert places(roads.move("return", "a-reviewer")) == [("", "missing")]
    assert places(roads.move("return", "a-reviewer", reason="")) == [("/reason", "string-too-short")]
    assert places(roads.move("return", "a-reviewer", reason="  ")) == [("/reason", "blank")]
    answer = roads.move("return", "a-reviewer", reason="里程与附表不符𬭎")
    report = answer.json()
    assert (report["status"], report["returned"], report["return_reason"]) == ("draft", True, "里程与附表不符𬭎")
    assert roads.to(("submit", None))["returned"] is False


def test_the_owner_sends_back_what_was_reviewed_and_it_counts_no_more(roads: Paper, people: Callers) -> None:
    roads.write(value="28")
    roads.to(("submit", None), ("review", "a-reviewer"))
    found = people["office"].get("/boards/light", target_id=roads.target)
    assert (found["on"], found["progress_pct"]) == ("2026-11-30", "93.3")
    report = roads.to(("send-back", "office"))
    assert (report["status"], report["returned"], report["reviewed_at"]) == ("draft", True, None)
    found = people["office"].get("/boards/light", target_id=roads.target)
    assert (found["on"], found["progress_pct"]) == ("2026-10-31", "66.7")
    assert roads.to(("submit", None), ("review", "a-reviewer"), ("accept", "office"))["status"] == "accepted"


def test_own_work_is_judged_by_somebody_else(schools: Paper, people: Callers, world: World) -> None:
    """A clerk who also reviews and accepts for the county does not judge what he submitted himself."""
    admin = people["admin"]
    for role in ("reviewer", "office"):
        body = {
            "user_id": str(world["user:a2-clerk"]),
            "role_id": str(world[f"role:{role}"]),
            "unit_id": str(world["a"]),
        }
        admin.post("/grants", body, status=201)
    schools.write(value="6")
    schools.to(("submit", None))
    for verb, body in (
        ("review", {}),
        ("accept", {}),
        ("return", {"reason": "自己退回"}),
        ("send-back", {"reason": "自己退"}),
    ):
        problem(schools.move(verb, **body), 409, "own-work")
    assert schools.to(("review", "a-reviewer"))["status"] == "reviewed"
    problem(schools.move("accept"), 409, "own-work")
    assert schools.to(("accept", "a-office"))["status"] == "accepted"


def test_only_who_stands_above_reviews(roads: Paper, people: Callers, world: World) -> None:
    body = {
        "user_id": str(world["user:a1-second"]),
        "role_id": str(world["role:reviewer"]),
        "unit_id": str(world["a1"]),
    }
    people["admin"].post("/grants", body, status=201)
    roads.write(value="28")
    roads.to(("submit", None))
    answer = roads.move("review", "a1-second")
    assert problem(answer, 409, "conflict")["detail"] == "须由填报单位的上级审核。"
    problem(roads.move("review", "b-reviewer"), 404, "not-found")
    problem(roads.move("review", "a-office"), 403, "forbidden")
    assert roads.to(("review", "reviewer"))["status"] == "reviewed"


def test_a_county_accepts_its_own_list_directly_and_not_the_citys(
    schools: Paper, roads: Paper, people: Callers
) -> None:
    schools.write(value="6")
    schools.to(("submit", None))
    answer = schools.move("accept", "office")
    assert problem(answer, 409, "conflict")["detail"] == "须由计划的主办机构确认。"
    assert schools.to(("accept", "a-office"))["status"] == "accepted"
    roads.write(value="28")
    roads.to(("submit", None))
    answer = roads.move("accept", "office")
    assert problem(answer, 409, "conflict")["detail"] == "中间一级还没有审核。"
    roads.to(("review", "a-reviewer"))
    answer = roads.move("accept", "a-office")
    assert problem(answer, 409, "conflict")["detail"] == "须由计划的主办机构确认。"
    assert roads.to(("accept", "office"))["status"] == "accepted"


# Many at once


def test_a_bulk_move_judges_each_row(roads: Paper, cover: Paper, schools: Paper, people: Callers) -> None:
    clerk = roads.clerk
    roads.write(value="28")
    cover.write(value="95")
    rows = [
        {"id": roads.id, "version": roads.now()["version"]},
        {"id": cover.id, "version": 1},
        {"id": schools.id, "version": 1},
        {"id": roads.id, "version": roads.now()["version"]},
        {"id": "00000000-0000-7000-8000-000000000000", "version": 1},
    ]
    results = clerk.post("/reports:submit", {"rows": rows})["results"]
    assert [(each["id"], each["outcome"], each["status"], each["code"]) for each in results] == [
        (roads.id, "moved", "submitted", None),
        (cover.id, "conflict", "draft", "stale-version"),
        (schools.id, "refused", None, "not-found"),
        (roads.id, "conflict", "submitted", "stale-version"),
        (rows[4]["id"], "refused", None, "not-found"),
    ]
    assert results[0]["version"] == roads.now()["version"]
    problem(people["a-reviewer"].call("POST", "/reports:submit", json={"rows": rows}), 403, "forbidden")


def test_an_atomic_bulk_move_is_all_or_nothing_and_names_every_row(roads: Paper, cover: Paper) -> None:
    roads.write(value="28")
    rows = [{"id": roads.id, "version": roads.now()["version"]}, {"id": cover.id, "version": 1}]
    body = {"rows": [*rows, {"id": cover.id, "version": 7}], "mode": "atomic"}
    answer = roads.clerk.call("POST", "/reports:submit", json=body)
    assert places(answer, 409, "conflict") == [
        (f"/rows/1/cells/{cover.target}/value", "missing"),
        ("/rows/2", "stale-version"),
    ]
    assert roads.now()["status"] == "draft"
    cover.write(value="95")
    body = {"rows": [rows[0], {"id": cover.id, "version": cover.now()["version"]}], "mode": "atomic"}
    results = roads.clerk.post("/reports:submit", body)["results"]
    assert [each["outcome"] for each in results] == ["moved", "moved"]


def test_a_bulk_return_gives_its_reason_to_all(roads: Paper, cover: Paper, people: Callers) -> None:
    roads.write(value="28")
    cover.write(value="95")
    for paper in (roads, cover):
        paper.to(("submit", None))
    rows = [{"id": paper.id, "version": paper.now()["version"]} for paper in (roads, cover)]
    reviewer = people["a-reviewer"]
    assert places(reviewer.call("POST", "/reports:return", json={"rows": rows})) == [("/reason", "missing")]
    results = reviewer.post("/reports:return", {"rows": rows, "reason": "附表缺页"})["results"]
    assert [(each["outcome"], each["status"]) for each in results] == [("moved", "draft")] * 2
    assert [paper.now()["return_reason"] for paper in (roads, cover)] == ["附表缺页"] * 2


def change(paper: Paper, base: dict[str, Any] | None = None, **figures: Any) -> dict[str, Any]:
    """Return one report's change of a batch."""
    value = {"target_id": paper.target, **figures, **({"base": base} if base is not None else {})}
    return {"report_id": paper.id, "base_version": 1, "values": [value]}


def test_a_batch_writes_each_report_by_the_rules_of_one(roads: Paper, cover: Paper, schools: Paper) -> None:
    results = roads.clerk.post(
        "/reports:batch",
        {
            "changes": [
                change(roads, current="3.5"),
                change(cover, current="1"),
                change(schools, value="5"),
                {**change(cover, value="95"), "note": "已核对"},
                {**change(roads, value="1"), "values": [{"target_id": cover.target, "value": "1"}]},
            ]
        },
    )["results"]
    assert [(each["report_id"], each["outcome"], each["code"]) for each in results] == [
        (roads.id, "applied", None),
        (cover.id, "refused", "invalid"),
        (schools.id, "refused", "not-found"),
        (cover.id, "applied", None),
        (roads.id, "refused", "invalid"),
    ]
    named = [(each["errors"][0]["pointer"], each["errors"][0]["code"]) for each in results if each["errors"]]
    assert named == [("/values/0/current", "snapshot"), ("", "not-found"), ("/values/0/target_id", "foreign-target")]
    assert results[3]["report"] == cover.now()
    assert (roads.cell()["value"], cover.now()["note"]) == ("23.5", "已核对")
    again = roads.clerk.post("/reports:batch", {"changes": [change(roads, current="3.5")]})["results"][0]
    assert (again["outcome"], again["version"]) == ("unchanged", results[0]["version"])


def test_an_atomic_batch_names_every_row_and_a_dry_run_writes_nothing(roads: Paper, cover: Paper) -> None:
    before = (roads.now(), cover.now())
    wrong = [change(roads, current="3.5"), change(cover, current="1"), change(roads, value="-1")]
    answer = roads.clerk.call("POST", "/reports:batch", json={"mode": "atomic", "changes": wrong})
    assert places(answer) == [
        ("/changes/1/values/0/current", "snapshot"),
        ("/changes/2/values/0/value", "negative"),
    ]
    assert (roads.now(), cover.now()) == before
    tried = roads.clerk.post("/reports:batch", {"dry_run": True, "changes": wrong})["results"]
    assert [each["outcome"] for each in tried] == ["applied", "refused", "refused"]
    assert tried[0]["report"]["cells"][0]["value"] == "23.5"
    assert (roads.now(), cover.now()) == before


def test_a_figure_somebody_else_changed_is_a_conflict_with_both_values(
    roads: Paper, people: Callers, world: World
) -> None:
    other = people["a1-second"]
    first = other.post("/reports:batch", {"changes": [change(roads, {"current": None, "value": None}, current="4")]})
    assert first["results"][0]["outcome"] == "applied"
    mine = change(roads, {"current": None}, current="3.5")
    result = roads.clerk.post("/reports:batch", {"changes": [mine]})["results"][0]
    assert (result["outcome"], result["code"]) == ("conflict", "figure-conflict")
    assert result["conflicts"] == [
        {
            "target_id": roads.target,
            "field": "current",
            "mine": "3.5",
            "theirs": "4",
            "at": "2026-11-22T02:00:00Z",
            "by": str(world["user:a1-second"]),
        }
    ]
    assert roads.cell()["value"] == "24"
    problem(roads.clerk.call("POST", "/reports:batch", json={"mode": "atomic", "changes": [mine]}), 409, "conflict")
    same = roads.clerk.post("/reports:batch", {"changes": [change(roads, {"current": None}, current="4")]})
    assert same["results"][0]["outcome"] == "unchanged"
    settled = roads.clerk.post("/reports:batch", {"changes": [change(roads, {"current": "4"}, current="3.5")]})
    assert settled["results"][0]["outcome"] == "applied"
    stale = roads.clerk.call("PATCH", roads.path, json={"note": "x"}, version=1)
    problem(stale, 412, "stale-version")


def test_a_note_somebody_else_wrote_is_not_overwritten_unseen(roads: Paper, people: Callers) -> None:
    seen = roads.now()["version"]
    theirs = {"report_id": roads.id, "base_version": seen, "note": "桥涵已完工"}
    assert people["a1-second"].post("/reports:batch", {"changes": [theirs]})["results"][0]["outcome"] == "applied"
    mine = {"report_id": roads.id, "base_version": seen, "note": "路面未铺"}
    result = roads.clerk.post("/reports:batch", {"changes": [mine]})["results"][0]
    assert (result["outcome"], result["code"]) == ("refused", "stale-version")
    assert roads.now()["note"] == "桥涵已完工"
    # Figures are independent of the note, and so is the same note.
    again = {**change(roads, current="1"), "base_version": seen, "note": "桥涵已完工"}
    assert roads.clerk.post("/reports:batch", {"changes": [again]})["results"][0]["outcome"] == "applied"


def test_a_target_of_another_report_is_refused(roads: Paper, cover: Paper, world: World) -> None:
    for target in (cover.target, str(world["roads:a2:target"]), str(world["list"])):
        body = {"values": [{"target_id": target, "value": "1"}]}
        answer = roads.clerk.call("PATCH", roads.path, json=body, version=1)
        assert places(answer) == [("/values/0/target_id", "foreign-target")]
    twice = [{"target_id": roads.target, "value": "21"}, {"target_id": roads.target, "value": "22"}]
    answer = roads.clerk.call("PATCH", roads.path, json={"values": twice}, version=1)
    assert places(answer) == [("/values/1/target_id", "duplicate")]


# Rounds


def test_a_closed_round_refuses_every_path_and_an_extension_opens_it_again(people: Callers, world: World) -> None:
    paper = Paper(people, world, "roads:a1", "a1-clerk")
    sent = Paper(people, world, "roads:a2", "a2-clerk")
    paper.write(value="28")
    sent.write(value="29")
    sent.to(("submit", None))
    office = people["office"]
    round_ = paper.now()["round"]["id"]

    def attempts() -> list[int]:
        rows = {"rows": [{"id": paper.id, "version": paper.now()["version"]}]}
        answers = [
            paper.write(value="28.5"),
            paper.write(note="x"),
            paper.move("submit"),
            sent.move("recall"),
            sent.move("review", "a-reviewer"),
            sent.move("return", "a-reviewer", reason="太晚了"),
            sent.move("send-back", "office", reason="太晚了"),
        ]
        bulk = paper.clerk.post("/reports:submit", rows)["results"][0]
        batch = paper.clerk.post("/reports:batch", {"changes": [change(paper, value="28.5")]})["results"][0]
        dry = paper.clerk.post("/reports:batch", {"dry_run": True, "changes": [change(paper, value="28.5")]})[
            "results"
        ][0]
        assert [(each["outcome"], each["code"]) for each in (bulk, batch, dry)] == [("refused", "round-closed")] * 3
        for answer in answers:
            problem(answer, 409, "round-closed")
        return [answer.status_code for answer in answers]

    with at(NOVEMBER_CLOSES - timedelta(seconds=1)):
        people.log_in_anew()
        paper.clerk = people["a1-clerk"]
        assert paper.now()["round"]["state"] == "overdue"
        assert paper.write(note="赶在关闭前").status_code == 200
    with at(NOVEMBER_CLOSES):
        people.log_in_anew()
        paper.clerk, sent.clerk, office = people["a1-clerk"], people["a2-clerk"], people["office"]
        assert (paper.now()["round"]["state"], paper.now()["actions"]) == ("closed", [])
        assert attempts() == [409] * 7
        version = office.get(f"/rounds/{round_}")["version"]
        extension = {"closes_at": "2026-12-20T16:00:00Z", "reason": "台风期间推迟"}
        assert places(
            office.call("PATCH", f"/rounds/{round_}", json={"closes_at": extension["closes_at"]}, version=version)
        ) == [("/reason", "missing")]
        problem(
            people["a-office"].call("PATCH", f"/rounds/{round_}", json=extension, version=version), 403, "forbidden"
        )
        opened = office.patch(f"/rounds/{round_}", extension, version=version)
        assert (opened["state"], opened["closes_at"], opened["change_reason"]) == (
            "overdue",
            "2026-12-20T16:00:00Z",
            "台风期间推迟",
        )
        assert paper.to(("submit", None), ("review", "a-reviewer"))["status"] == "reviewed"


def test_the_instants_of_a_round_stay_in_order(people: Callers, world: World) -> None:
    office = people["office"]
    (round_,) = office.get("/rounds", programme_id=str(world["list"]), period="2026-11")["items"]
    for changed, named in (
        ({"due_at": "2026-12-30T00:00:00Z"}, ("/due_at", "order")),
        ({"closes_at": "2026-12-01T00:00:00Z"}, ("/due_at", "order")),
        ({"due_at": "2026-10-01T00:00:00Z"}, ("/due_at", "order")),
        ({"due_at": "2026-12-06T00:00:00"}, ("/due_at", "timezone")),
        ({"due_at": "1796000000"}, ("/due_at", "date-form")),
        ({"due_at": "9999-12-31T23:59:59-12:00"}, ("/due_at", "year-range")),
        ({"due_at": "0001-01-01T00:00:00+12:00"}, ("/due_at", "year-range")),
        ({"period": "2026-12"}, ("/period", "extra-forbidden")),
    ):
        body = {"reason": "试一试", **changed}
        answer = office.call("PATCH", f"/rounds/{round_['id']}", json=body, version=round_["version"])
        assert places(answer) == [named]
    assert office.get(f"/rounds/{round_['id']}") == round_


# What is owed, and what waits


def test_the_workbench_counts_what_is_owed_and_what_waits(people: Callers, world: World) -> None:
    def brief(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
        return [tuple(row[name] for name in names) for row in rows]

    owed = ("programme_name", "period", "state", "total", "draft", "returned", "days_left")
    clerk = people["a1-clerk"].get("/workbench")
    assert brief(clerk["owed"], *owed) == [
        ("乐清市2026年民生实事", "2026-11", "open", 1, 1, 0, 13),
        ("温州市2026年民生实事", "2026-11", "open", 2, 2, 0, 13),
    ]
    assert (clerk["to_review"], clerk["to_accept"], clerk["missing"]) == ([], [], [])
    roads, schools = Paper(people, world, "roads:a1", "a1-clerk"), Paper(people, world, "schools:a2", "a2-clerk")
    for paper, value in ((roads, "28"), (schools, "6")):
        paper.write(value=value)
        paper.to(("submit", None))
    waiting = ("programme_name", "period", "count")
    reviewer = people["a-reviewer"].get("/workbench")
    assert brief(reviewer["to_review"], *waiting) == [
        ("乐清市2026年民生实事", "2026-11", 1),
        ("温州市2026年民生实事", "2026-11", 1),
    ] or sorted(brief(reviewer["to_review"], *waiting)) == [
        ("乐清市2026年民生实事", "2026-11", 1),
        ("温州市2026年民生实事", "2026-11", 1),
    ]
    assert brief(people["a-office"].get("/workbench")["to_accept"], *waiting) == [
        ("乐清市2026年民生实事", "2026-11", 1)
    ]
    assert people["office"].get("/workbench")["to_accept"] == []
    roads.to(("review", "a-reviewer"))
    assert brief(people["office"].get("/workbench")["to_accept"], *waiting) == [("温州市2026年民生实事", "2026-11", 1)]
    assert people["b-reviewer"].get("/workbench")["to_review"] == []
    assert brief(people["a1-clerk"].get("/workbench")["owed"], *owed)[1] == (
        "温州市2026年民生实事",
        "2026-11",
        "open",
        2,
        1,
        0,
        13,
    )
    with at(datetime(2026, 12, 6, 2, tzinfo=UTC)):
        people.log_in_anew()
        late = people["a-reviewer"].get("/workbench")["missing"]
        assert [(each["unit_name"], each["programme_name"][:3], each["draft"], each["state"]) for each in late] == [
            ("柳市镇", "乐清市", 1, "overdue"),
            ("柳市镇", "温州市", 1, "overdue"),
            ("虹桥镇", "温州市", 1, "overdue"),
        ]
        assert brief(people["a1-clerk"].get("/workbench")["owed"], "period", "state", "days_left") == [
            ("2026-11", "overdue", -1),
            ("2026-11", "overdue", -1),
            ("2026-12", "open", 30),
            ("2026-12", "open", 30),
        ]


def test_the_desk_is_units_by_items_with_what_may_be_done(people: Callers, world: World) -> None:
    roads = Paper(people, world, "roads:a1", "a1-clerk")
    roads.write(value="28")
    roads.to(("submit", None))
    desk = people["a-reviewer"].get("/reports/desk", programme_id=str(world["list"]), period="2026-11")
    assert ([u["name"] for u in desk["units"]], [i["code"] for i in desk["items"]]) == (
        ["柳市镇", "虹桥镇"],
        ["1.1", "1.2"],
    )
    assert desk["counts"] == {
        "total": 3,
        "draft": 2,
        "submitted": 1,
        "reviewed": 0,
        "accepted": 0,
        "returned": 0,
        "overdue": 0,
    }
    cells = {(cell["unit_id"], cell["item_id"]): cell for cell in desk["cells"]}
    mine = cells[str(world["a1"]), str(world["list.roads"])]
    assert (mine["status"], mine["light"], mine["verbs"], mine["version"]) == (
        "submitted",
        "green",
        ["review", "return"],
        roads.now()["version"],
    )
    assert cells[str(world["a2"]), str(world["list.roads"])]["verbs"] == []
    city = people["office"].get("/reports/desk", programme_id=str(world["list"]), period="2026-11")
    assert city["counts"]["total"] == 5
    assert next(c for c in city["cells"] if c["report_id"] == roads.id)["verbs"] == []
    empty = people["office"].get("/reports/desk", programme_id=str(world["list"]), period="2025-01")
    assert (empty["round"], empty["cells"], empty["counts"]["total"]) == (None, [], 0)
    problem(
        people["b-reviewer"].call(
            "GET", "/reports/desk", params={"programme_id": str(world["county_list"]), "period": "2026-11"}
        ),
        404,
        "not-found",
    )


def test_the_entry_sheet_of_another_unit_is_for_those_above(people: Callers, world: World) -> None:
    own = people["a1-clerk"].get("/entry-sheet")
    assert (own["period"], own["unit_name"], own["periods"]) == (
        "2026-11",
        "柳市镇",
        [f"2026-{month:02}" for month in range(2, 13)],
    )
    above = people["a-reviewer"].get("/entry-sheet", unit_id=str(world["a1"]))
    assert [row["id"] for row in above["rows"]] == [row["id"] for row in own["rows"]]
    for name, unit in (("a1-clerk", "a2"), ("b-office", "a1"), ("outsider", "a1"), ("a1-clerk", "other_town")):
        problem(people[name].call("GET", "/entry-sheet", params={"unit_id": str(world[unit])}), 404, "not-found")
    # What is above is a header: its name may be read, its reports not.
    header = people["a1-clerk"].get("/entry-sheet", unit_id=str(world["a"]))
    assert (header["rows"], header["periods"]) == ([], [])
    october = people["a1-clerk"].get("/entry-sheet", period="2026-10")
    assert {row["status"] for row in october["rows"]} == {"accepted"}
    assert people["a1-clerk"].get("/entry-sheet", period="2025-01")["rows"] == []
    assert places(people["a1-clerk"].call("GET", "/entry-sheet", params={"period": "2026-13"})) == [
        ("period", "string-pattern-mismatch")
    ]


def test_reports_are_listed_by_filter_and_page(people: Callers, world: World) -> None:
    office = people["office"]
    live = [each for each in office.get("/reports", limit=1000)["items"] if each["status"] != "void"]
    assert len(live) == 7 * 11
    assert len(office.get("/reports", period="2026-10", status="accepted")["items"]) == 7
    assert [
        each["unit_id"] for each in office.get("/reports", item_id=str(world["list.cover"]), period="2026-11")["items"]
    ] == [
        str(world["a1"]),
        str(world["b1"]),
    ]
    assert office.get("/reports", returned=True)["items"] == []
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = office.get("/reports", period="2026-10", limit=3, **cursor)
        seen += [each["id"] for each in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen == [each["id"] for each in office.get("/reports", period="2026-10")["items"]]
    problem(office.call("GET", "/reports", params={"limit": 3, **cursor}), 400, "bad-cursor")
    assert {each["unit_id"] for each in people["a1-clerk"].get("/reports")["items"]} == {str(world["a1"])}


def test_a_task_that_is_split_later_is_no_longer_reported_by_the_unit_above(people: Callers, world: World) -> None:
    made = PromiseList(people["office"], world["city"])
    roads = made.indicator(made.item("1", "公路")["id"], "里程")
    root = made.task(roads, "100")
    county = made.task(roads, "60", world["a"], root["id"])
    made.issue("2026-09-01")

    def live() -> list[tuple[str, str]]:
        items = people["office"].get("/reports", programme_id=made.id)["items"]
        names = {str(world["a"]): "a", str(world["a1"]): "a1", str(world["city"]): "city"}
        return [(names[each["unit_id"]], each["period"]) for each in items if each["status"] != "void"]

    assert live() == [("a", "2026-11"), ("a", "2026-12")]
    share = made.task(roads, "60", world["a1"], county["id"], by=people["a-office"])
    assert live() == [("a", "2026-11"), ("a", "2026-12")]
    people["a-office"].post(f"/tasks/{share['id']}/issue", version=1)
    assert live() == [("a1", "2026-11"), ("a1", "2026-12")]
