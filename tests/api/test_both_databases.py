"""The same list, made and reported by the same requests on either database, shows every person the same figures."""

from __future__ import annotations

import json
import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from minsheng.rule_sets.service import presets
from tests.factories.lists import PromiseList

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from tests.conftest import Callers
    from tests.factories.world import World

    Opened = Callable[[str], AbstractContextManager[tuple[Callers, World]]]

pytestmark = pytest.mark.postgresql

TOWNS = {"a1": "a-reviewer", "a2": "a-reviewer", "b1": "b-reviewer"}
"""Township -> who reviews its reports."""
ENDS = [date(2026, month, monthrange(2026, month)[1]) for month in range(2, 13)]
DAYS = ("2026-03-10", "2026-08-31", "2026-11-30")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Share:
    """What one township promised, by which plan, and what it says in November; ``steps`` are tenths of the target."""

    target: int
    steps: list[int] | None
    figure: int | None
    hands: tuple[str, ...]


@dataclass(frozen=True)
class Promise:
    """An item with one indicator, given to the three townships; figures are whole numbers of its smallest decimal."""

    decimals: int
    snapshot: bool
    operator: str
    shares: tuple[Share, Share, Share]

    def text(self, number: int) -> str:
        """Write a figure with the indicator's decimals."""
        return str(Decimal(number).scaleb(-self.decimals))


PLANS = st.none() | st.lists(st.integers(0, 10), min_size=10, max_size=10).map(lambda steps: [*sorted(steps), 10])
SHARES = st.builds(
    Share,
    target=st.integers(1, 999).map(lambda number: number * 10),
    steps=PLANS,
    figure=st.none() | st.integers(0, 12_000),
    hands=st.sampled_from([(), ("submit",), ("submit", "review")]),
)
PROMISES = st.builds(
    Promise,
    decimals=st.integers(0, 3),
    snapshot=st.booleans(),
    operator=st.sampled_from(["ge", "le"]),
    shares=st.tuples(SHARES, SHARES, SHARES),
)


@dataclass
class Played:
    """A list in the hands of its people on one database, and what its rows are called."""

    people: Callers
    world: World
    names: dict[str, str]
    targets: list[tuple[str, str, Promise, Share]] = field(default_factory=list)
    """Township, target, and what was promised there."""
    told: list[str] = field(default_factory=list)

    def make(self, promises: list[Promise], rule_set: str) -> str:
        """Make the list and issue it; return its id."""
        made = PromiseList(self.people["office"], self.world["city"], name="两库对照", rule_set=rule_set)
        for number, promise in enumerate(promises, 1):
            item = made.item(str(number), f"项目{number}")
            kind = "snapshot" if promise.snapshot else "cumulative"
            indicator = made.indicator(item["id"], "数量", f"单位{promise.decimals}", promise.decimals, kind)
            root = made.task(indicator, promise.text(30_000), operator=promise.operator)
            self._name(number, "", root, item=item, indicator=indicator)
            for town, share in zip(TOWNS, promise.shares, strict=True):
                value = promise.text(share.target)
                task = made.task(indicator, value, self.world[town], root["id"], operator=promise.operator)
                self._name(number, f" {town}", task)
                self.targets.append((town, task["targets"][0]["id"], promise, share))
        made.issue("2026-02-05")
        return made.id

    def _name(self, number: int, where: str, task: dict[str, Any], **more: dict[str, Any]) -> None:
        rows = {"task": task, "target": task["targets"][0], **more}
        self.names |= {row["id"]: f"{what} {number}{where}" for what, row in rows.items()}

    def send(self, who: str, method: str, path: str, **more: Any) -> Any:
        """Send a request and keep the answer, also a refusal, with names in place of ids; return what succeeded."""
        answer = self.people[who].call(method, path, **more)
        text = json.dumps([more.get("params"), answer.status_code, answer.json()], ensure_ascii=False)
        line = f"{who} {method} {path} {text}"
        self.told.append(UUID.sub(lambda found: self.names.get(found[0], "an id"), line))
        return answer.json() if answer.status_code == 200 else None

    def plan(self) -> None:
        """Plan month by month where the promise says so; of a ceiling that is refused, on both."""
        for town, target, promise, share in self.targets:
            if share.steps is not None:
                values = [promise.text(share.target * step // 10) for step in share.steps]
                points = [{"on": str(end), "value": value} for end, value in zip(ENDS, values, strict=True)]
                body = {"kind": "monthly", "points": points}
                self.send(f"{town}-clerk", "PUT", f"/targets/{target}/plan", json=body, version=0)

    def report(self, programme: str) -> None:
        """Report November as far as each hand went."""
        found = self.people["office"].get("/reports", period="2026-11", programme_id=programme, limit=100)["items"]
        reports = {self.names[each["task_id"]]: f"/reports/{each['id']}" for each in found}
        for town, target, promise, share in self.targets:
            path = reports[self.names[target].replace("target", "task")]
            values = [{"target_id": target, "value": promise.text(share.figure or 0)}]
            body = {"values": values, "cause_code": "land", "cause_note": "征地滞后"}
            row = share.figure is not None and self.send(f"{town}-clerk", "PATCH", path, json=body, version=1)
            for verb in share.hands:
                who = TOWNS[town] if verb == "review" else f"{town}-clerk"
                row = row and self.send(who, "POST", f"{path}/{verb}", version=row["version"])

    def look(self, programme: str) -> None:
        """Let each person look at what concerns him."""
        for who in ("office", "a-office", "b-reviewer", "a1-clerk", "lead"):
            for on in DAYS:
                self.send(who, "GET", "/boards/matrix", params={"programme_id": programme, "on": on})
            self.send(who, "GET", "/boards/lag", params={"programme_id": programme, "on": DAYS[-1]})
            self.send(who, "GET", "/boards/summary", params={"year": 2026, "on": DAYS[-1]})
        for _, target, _, _ in self.targets:
            self.send("office", "GET", "/boards/curve", params={"target_id": target})
            self.send("office", "GET", "/boards/light", params={"target_id": target, "on": DAYS[-1]})


@settings(
    max_examples=3,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(promises=st.lists(PROMISES, min_size=1, max_size=2), rule_set=st.sampled_from(sorted(presets())))
def test_no_plan_gives_a_person_another_figure_on_the_other_database(
    opened: Opened, promises: list[Promise], rule_set: str
) -> None:
    told: dict[str, list[str]] = {}
    for engine in ("sqlite", "postgresql"):
        with opened(engine) as (people, world):
            played = Played(people, world, {str(key): name for name, key in world.ids.items()})
            programme = played.make(promises, rule_set)
            played.names[programme] = "the list"
            played.plan()
            played.report(programme)
            played.look(programme)
            told[engine] = played.told
    assert len(told["sqlite"]) == len(told["postgresql"])
    for here, there in zip(told["sqlite"], told["postgresql"], strict=True):
        at = next((n for n, (one, other) in enumerate(zip(here, there, strict=False)) if one != other), 0)
        assert here == there, f"{here[:90]}: {here[at - 200 : at + 100]!r} | {there[at - 200 : at + 100]!r}"
    # What was compared are figures: the office sees every share of every promise by itself, as it was reviewed.
    for number, promise in enumerate(promises, 1):
        for town, share in zip(TOWNS, promise.shares, strict=True):
            asked = json.dumps({"target_id": f"target {number} {town}", "on": DAYS[-1]})
            (light,) = (line for line in told["sqlite"] if f"/boards/light [{asked}, 200, " in line)
            reviewed = any(
                "/review [null, 200, " in line and f'"task {number} {town}"' in line for line in told["sqlite"]
            )
            if reviewed and share.figure is not None:
                assert f"{Decimal(promise.text(share.figure)).normalize():f}，" in light
