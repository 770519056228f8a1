"""Writes about milestones, their templates and the calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.contract.oracle import THINGS
from tests.contract.scope.cases import Case

if TYPE_CHECKING:
    from collections.abc import Iterator


def milestone_writes() -> Iterator[Case]:
    """Whoever holds the plan of a task: its giver while it is a draft, its unit afterwards."""
    steps = [{"key": "a", "name": "设计", "work_days": 5}]
    for task in ("roads:a1", "roads:b1", "schools:a1", "parks:a"):
        holder = THINGS[task].giver if THINGS[task].draft else THINGS[task].unit
        body = {"task_id": f"@{task}", "name": "设计", "planned_on": "2026-12-20"}
        seen = {"must_see": ((task, 404),)}
        cover = {**seen, "units": (holder,)}
        yield Case("createMilestone", "plan.edit", body=body, allowed=201, **cover)  # type: ignore[arg-type]
        batches = {"task_id": f"@{task}", "name": "分批", "batches": [{"planned_on": "2026-12-20", "count": "5"}]}
        yield Case("createMilestoneBatches", "plan.edit", body=batches, allowed=201, **cover)  # type: ignore[arg-type]
        asked = {"task_id": f"@{task}", "steps": steps}
        yield Case("computeSchedule", "task.read", body=asked, **seen)
        yield Case("applySchedule", "plan.edit", body=asked, **cover)  # type: ignore[arg-type]
    for task in ("roads:city_dept", "schools:a2"):
        holder = THINGS[task].giver if THINGS[task].draft else THINGS[task].unit
        body = {"task_id": f"@{task}", "template": "subsidy"}
        yield Case(
            "applyMilestoneTemplate",
            "plan.edit",
            body=body,
            must_see=((task, 404),),
            units=(holder or "",),
            allowed=201,
        )
    day, why = {"on": "2026-11-20"}, {"reason": "标错日期"}
    for verb, permission, body, outcomes in (
        ("issue", "plan.edit", None, (409, 409, 409, 200, 409)),
        ("void", "plan.edit", None, (409, 409, 409, 200, 200)),
        ("reach", "plan.edit", day, (200, 409, 409, 409, 409)),
        ("build", "plan.edit", day, (409, 200, 409, 409, 409)),
        ("pass", "report.review", day, (409, 409, 200, 409, 409)),
        ("open", "plan.edit", day, (409, 409, 409, 409, 409)),
        ("revert", "plan.edit", why, (409, 409, 200, 409, 409)),
    ):
        for name, allowed in zip(STEPS, outcomes, strict=True):
            yield Case(f"{verb}Milestone", permission, name, body=body, must_cover=(name,), allowed=allowed)
    for name in STEPS:
        yield Case("changeMilestone", "plan.edit", name, body={"note": "进展"}, must_cover=(name,))
    for name, allowed in zip(STEPS, (409, 201, 409, 409, 409), strict=True):
        body = {"milestone_id": f"@{name}", "to_on": "2026-12-28", "reason": "台风影响"}
        seen = {"must_see": ((name, 404),), "must_cover": (name,)}
        yield Case("createMilestoneMove", "plan.edit", body=body, allowed=allowed, **seen)  # type: ignore[arg-type]
    for verb, permission, extra in (
        ("approve", "task.split", {}),
        ("refuse", "task.split", {"reason": "不能再推"}),
        ("withdraw", "plan.edit", None),
    ):
        # The tier that gave the task decides, not the unit's own.
        units = () if verb == "withdraw" else ("a",)
        yield Case(
            f"{verb}MilestoneMove",
            permission,
            "move:roads:a1",
            body=extra,
            must_cover=("move:roads:a1",),
            units=units,
        )


STEPS = ("step:roads:a1", "step:roads:b1", "built:roads:a2", "step:schools:a1", "step:parks:a")


def template_writes() -> Iterator[Case]:
    for unit in ("city", "a", "b", "other"):
        body = {
            "unit_id": f"@{unit}",
            "kind": "works",
            "name": "新",
            "steps": [{"key": "a", "name": "甲", "work_days": 5}],
        }
        seen = {"must_see": ((unit, 404),), "units": (unit,), "allowed": 201}
        yield Case("createMilestoneTemplate", "programme.edit", body=body, **seen)  # type: ignore[arg-type]
    for name in ("template:city", "template:a", "template:works"):
        cover = {"must_cover": (name,)}
        yield Case("changeMilestoneTemplate", "programme.edit", name, body={"name": "新名"}, **cover)  # type: ignore[arg-type]
        yield Case("retireMilestoneTemplate", "programme.edit", name, **cover)  # type: ignore[arg-type]
        yield Case("restoreMilestoneTemplate", "programme.edit", name, allowed=409, **cover)  # type: ignore[arg-type]


def calendar_writes() -> Iterator[Case]:
    for unit in ("city", "a", "a1", "b", "other"):
        asked = {"unit_id": f"@{unit}"}
        day = {"day": "2026-11-24", "kind": "holiday", "name": "停工", "source": "台风"}
        cover = {"must_see": ((unit, 404),), "units": (unit,), "allowed": 201}
        yield Case("createDayChange", "calendar.edit", body={**asked, **day}, **cover)  # type: ignore[arg-type]
        year = {"year": 2028, "source": "通知", "days": [{**day, "day": "2028-01-03"}]}
        del year["days"][0]["source"]  # type: ignore[index]
        yield Case("createCalendarYear", "calendar.edit", body={**asked, **year}, **cover)  # type: ignore[arg-type]
    for name in ("day:city", "day:a", "day:b", "year:city"):
        operation = "voidDayChange" if name.startswith("day") else "voidCalendarYear"
        yield Case(operation, "calendar.edit", name, body={"reason": "录错"}, must_cover=(name,))
