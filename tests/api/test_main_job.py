"""The main job over HTTP: a clerk reports, the county reviews and accepts, the city reads the lights."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Callers
    from tests.factories.world import World


def test_a_month_from_entry_to_acceptance(people: Callers, world: World) -> None:
    clerk, reviewer, office = people["a1-clerk"], people["a-reviewer"], people["office"]
    report = str(world["november:roads:a1"])
    target = str(world["roads:a1:target"])

    sheet = clerk.get("/entry-sheet")
    assert sheet["period"] == "2026-11"
    assert [row["item_code"] for row in sheet["rows"]] == ["1.1", "1.2", "1"]
    row = next(row for row in sheet["rows"] if row["id"] == report)
    assert row["cells"][0]["previous"] == "20"
    assert row["actions"] == [
        {"verb": "submit", "label": "提交", "enabled": False, "reason": "还有 1 处须补充：“农村公路提升”还没有填"}
    ]

    change = {"report_id": report, "base_version": row["version"], "values": [{"target_id": target, "current": "3.5"}]}
    result = clerk.post("/reports:batch", {"changes": [change]})["results"][0]
    assert result["outcome"] == "applied"
    cell = result["report"]["cells"][0]
    assert (cell["previous"], cell["current"], cell["value"]) == ("20", "3.5", "23.5")
    assert cell["light"] == "yellow"
    assert [each["code"] for each in result["report"]["problems"]] == ["cause-missing", "cause-missing"]

    refused = clerk.post("/reports:submit", {"rows": [{"id": report, "version": result["version"]}]})["results"][0]
    assert (refused["outcome"], refused["code"]) == ("refused", "conflict")
    written = clerk.patch(
        f"/reports/{report}", {"cause_code": "land", "cause_note": "用地批复下周到位"}, version=result["version"]
    )
    submitted = clerk.post(f"/reports/{report}/submit", version=written["version"])
    assert submitted["status"] == "submitted"

    early = office.call("POST", f"/reports/{report}/accept", version=submitted["version"])
    assert (early.status_code, early.json()["detail"]) == (409, "中间一级还没有审核。")

    returned = reviewer.post(f"/reports/{report}/return", {"reason": "里程与附表不符"}, version=submitted["version"])
    assert (returned["status"], returned["returned"], returned["return_reason"]) == ("draft", True, "里程与附表不符")
    again = clerk.post(f"/reports/{report}/submit", version=returned["version"])
    reviewed = reviewer.post(f"/reports/{report}/review", version=again["version"])
    accepted = office.post(f"/reports/{report}/accept", version=reviewed["version"])
    assert (accepted["status"], accepted["returned"]) == ("accepted", False)

    matrix = office.get("/boards/matrix", programme_id=str(world["list"]))
    lights = {(cell["unit_id"], cell["item_id"]): cell for cell in matrix["cells"]}
    mine = lights[str(world["a1"]), str(world["list.roads"])]
    assert (mine["progress_pct"], mine["light"]) == ("78.3", "yellow")
    city = lights[str(world["city"]), str(world["list.roads"])]
    assert (city["progress_pct"], city["own"], city["missing"]) == ("61.5", False, 0)
    december = {row["task_id"]: row for row in clerk.get("/entry-sheet", period="2026-12")["rows"]}
    assert december[str(world["roads:a1"])]["cells"][0]["previous"] == "23.5"
