"""Writes about tasks and what is changed after they were issued."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.contract import oracle
from tests.contract.oracle import THINGS
from tests.contract.scope.cases import Case

if TYPE_CHECKING:
    from collections.abc import Iterator


def task_writes() -> Iterator[Case]:
    states = {
        "roads:city_dept": (200, 200, 200),
        "parks:a": (200, 409, 200),
        "parks:city": (422, 409, 200),
        "roads:a": (409, 409, 409),
        "roads:a1": (409, 409, 409),
        "roads:b1": (409, 409, 409),
        "schools:a1": (409, 409, 409),
        "cover:void": (409, 409, 409),
    }
    for name, outcomes in states.items():
        for operation, allowed in zip(("changeTask", "issueTask", "voidTask"), outcomes, strict=True):
            body = {"deadline": "2026-12-30"} if operation == "changeTask" else None
            yield Case(operation, "task.split", name, body=body, must_cover=(name,), allowed=allowed)
    for item, parent, unit, allowed in (
        ("county_list.schools", "schools:a", "a_dept", 201),
        ("county_list.schools", "schools:a", "a1", 409),
        ("county_list.schools", "schools:a", "b1", 422),
        ("list.roads", "roads:b", "b1", 409),
        ("list.roads", "roads:a", "other_town", 422),
        ("list.roads", "schools:a", "a1", 422),
        ("draft_list.parks", "parks:city", "b", 201),
    ):
        indicator = item.split(".")[1]
        yield Case(
            "createTask",
            "task.split",
            body={
                "item_id": f"@{item}",
                "parent_id": f"@{parent}",
                "unit_id": f"@{unit}",
                "deadline": "2026-12-31",
                "targets": [{"indicator_id": f"@{indicator}", "value": "1"}],
            },
            must_see=((item, 404), (parent, 404), (unit, 422)),
            units=(THINGS[parent].unit,) if allowed < 422 else (),
            allowed=allowed,
        )
    for target, allowed in (
        ("roads:a_dept:target", 200),
        ("roads:a1:target", 409),
        ("roads:b1:target", 409),
        ("schools:a2:target", 409),
        ("parks:a:target", 409),
    ):
        yield Case(
            "savePlan",
            "plan.edit",
            target,
            body={"kind": "straight", "points": []},
            units=(THINGS[target].unit,),
            allowed=allowed,
        )


def change_writes() -> Iterator[Case]:
    """Adjustments and states: the unit asks for itself, a tier above decides."""

    def sitting(*units: str, done: int = 200) -> Any:
        return lambda who: done if oracle.SEAT[who] in units else 409

    for name, giver in (("roads:a2", "a"), ("roads:b1", "b"), ("schools:a2", "a")):
        unit = THINGS[name].unit
        target = {"target_id": f"@{name}:target", "new_value": "41", "effective_on": "2026-11-01", "reason": "核减"}
        yield Case(
            "createAdjustment",
            "change.ask",
            body=target,
            must_see=((f"{name}:target", 404),),
            units=(unit,),
            allowed=sitting(unit, done=201),
        )
        task = {"task_id": f"@{name}", "kind": "suspended", "from_on": "2025-01-01", "reason": "暂缓"}
        yield Case(
            "createTaskState",
            "change.ask",
            body={**task, "from_on": "2026-02-05", "until_on": "2026-02-06"},
            must_see=((name, 404),),
            units=(unit,),
            allowed=sitting(unit, giver, done=201),
        )
    asked = (("Adjustment", "adjustment:roads:a1", ("a1",)), ("TaskState", "state:roads:a2", ("a2", "a")))
    for noun, name, asking in asked:
        cover = {"must_cover": (name,)}
        yield Case(f"approve{noun}", "change.decide", name, body={}, **cover)  # type: ignore[arg-type]
        yield Case(f"refuse{noun}", "change.decide", name, body={"reason": "不减"}, **cover)  # type: ignore[arg-type]
        yield Case(f"withdraw{noun}", "change.ask", name, allowed=sitting(*asking), **cover)  # type: ignore[arg-type]
    body = {"until_on": "2026-11-25"}
    name = "state:cover:b1"
    # Beneath the city, which gave it, the county's office has no say in it.
    yield Case("endTaskState", "change.decide", name, body=body, must_cover=(name,), allowed=sitting("city"))
