"""All published lines load through the public interface with the right operator, unit and base."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from minsheng.sample import published

if TYPE_CHECKING:
    from tests.conftest import Callers
    from tests.factories.world import World

FILE = Path(published.__file__).parent / "data" / "published_targets.csv"


def naive(row: dict[str, str]) -> bool:
    """Say whether a printed rate differs, the long way: in whole steps of its own last place, rounded or cut."""
    if not (row["target"] and row["actual"] and row["printed_pct"]) or Decimal(row["target"]) == 0:
        return False
    places = len(row["printed_pct"].partition(".")[2])
    steps = Decimal(row["actual"]) * 100 * 10**places
    cut = int(steps // Decimal(row["target"]))
    up = int((2 * steps + Decimal(row["target"])) // (2 * Decimal(row["target"])))
    return int(Decimal(row["printed_pct"]) * 10**places) not in {cut, up}


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=False)
def test_all_775_lines_load_and_the_differing_are_listed(people: Callers, world: World) -> None:
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = {int(row["line"]): row for row in csv.DictReader(file)}
    assert len(rows) == 775
    office = people["office"]

    def call(method: str, path: str, body: Any) -> Any:
        answer = office.call(method, path, json=body)
        assert answer.status_code < 300, (path, body, answer.text)
        return answer.json()

    loaded = published.load(call, str(world["city"]))
    assert loaded.targets.keys() == loaded.indicators.keys() == rows.keys()
    assert len(loaded.programmes) == 18
    for number, row in rows.items():
        target, indicator = loaded.targets[number], loaded.indicators[number]
        printed = {name: None if value == "" else Decimal(value) for name, value in row.items() if name in _FIGURES}
        stated = target["stated"] or {"actual": None, "rate": None}
        found = {
            "target": target["value"],
            "actual": stated["actual"],
            "printed_pct": stated["rate"],
            "baseline": target["baseline"],
        }
        assert {name: None if value is None else Decimal(value) for name, value in found.items()} == printed, row
        assert (target["operator"], indicator["measure_name"], target["rate_base"] or "") == (
            row["operator"],
            row["unit"],
            row["rate_base"],
        ), row
        assert (indicator["kind"], indicator["accumulation"], indicator["aggregation"]) == (
            row["kind"],
            row["accumulation"],
            row["aggregation"],
        )
        assert indicator["decimals"] >= max(
            len(row[name].partition(".")[2].rstrip("0")) for name in ("target", "actual")
        )
    assert {number for number, row in rows.items() if row["operator"] == "le"} == CEILINGS
    differing = published.report(call, loaded)
    assert [each["line"] for each in differing] == [number for number, row in rows.items() if naive(row)]
    assert len(differing) == DIFFERING
    known = {each["line"]: (each["stated_rate"], each["computed_pct"], each["rate_base"]) for each in differing}
    assert known == {**known, **NAMED}


_FIGURES = ("target", "actual", "printed_pct", "baseline")
CEILINGS = {164, 646}
DIFFERING = 23
NAMED: dict[int, tuple[str, str, str]] = {
    # The printed rate is a share of the money that has come in, not of the plan.
    61: ("88.3", "82.86", "到位资金"),
    # Only the item as a whole has the printed rate; its own figures give more than all.
    231: ("72", "115.71", "年度目标"),
    657: ("67.1", "62.91", "年度目标"),
    765: ("155.9", "156", "年度目标"),
}
