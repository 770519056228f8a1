"""A figure that was typed and taken away again leaves the row as it was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.conftest import Callers
    from tests.factories.world import World


def test_a_cleared_figure_is_judged_by_the_last_month_and_not_as_nothing(people: Callers, world: World) -> None:
    clerk = people["a1-clerk"]
    report, target = str(world["november:roads:a1"]), str(world["roads:a1:target"])

    def row() -> dict[str, Any]:
        return next(each for each in clerk.get("/entry-sheet")["rows"] if each["id"] == report)

    def judged() -> tuple[Any, ...]:
        cell = row()["cells"][0]
        return cell["current"], cell["value"], cell["progress_pct"], cell["light"]

    before = judged()
    assert before == (None, None, "66.7", "yellow")
    for typed in ("3.5", None):
        change = {
            "report_id": report,
            "base_version": row()["version"],
            "values": [{"target_id": target, "current": typed}],
        }
        [result] = clerk.post("/reports:batch", {"changes": [change]})["results"]
        assert result["outcome"] == "applied"
    assert judged() == before
