"""Phases of a task (工程阶段, R113): its milestones put together under a name, in the order in which they begin.

Nothing is stored of a phase but its name on the milestones: what it spans and how it stands follows from them.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from typing import get_args
from uuid import UUID

from sqlmodel import col, select

from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.milestones.counting import done_on, is_late
from minsheng.milestones.models import Milestone
from minsheng.milestones.schemas import PhaseCount, PhaseOut
from minsheng.programmes.models import Item
from minsheng.programmes.schemas import ItemKind

_KINDS = (*get_args(ItemKind), None)


def phases(milestones: Sequence[Milestone], today: date) -> list[PhaseOut]:
    """Return the phases of one task's milestones, given in order; a milestone without one belongs to none."""
    groups: dict[str, list[Milestone]] = {}
    for each in milestones:
        if each.phase is not None:
            groups.setdefault(each.phase, []).append(each)
    found = [_phase(name, group, today) for name, group in groups.items()]
    first = next((index for index, each in enumerate(found) if each.state != "done"), None)
    if first is not None and found[first].state == "ahead":
        found[first] = found[first].model_copy(update={"state": "current"})
    return found


def current(found: Sequence[PhaseOut]) -> str | None:
    """Return the first phase that is not done."""
    return next((each.name for each in found if each.state != "done"), None)


def _phase(name: str, group: Sequence[Milestone], today: date) -> PhaseOut:
    ends = [done_on(each) for each in group]
    reached = [day for day in ends if day is not None]
    begun = [day for day in (each.started_on or done_on(each) for each in group) if day is not None]
    finished = len(reached) == len(group)
    late = any(is_late(each, today) for each in group)
    return PhaseOut(
        name=name,
        state="done" if finished else "late" if late else "current" if begun else "ahead",
        starts_on=min((each.start_on for each in group if each.start_on), default=None),
        ends_on=max(each.planned_on for each in group),
        started_on=min(begun, default=None),
        finished_on=max(reached) if finished else None,
        total=len(group),
        done=len(reached),
    )


def count(session: Session, milestones: Sequence[Milestone]) -> list[PhaseCount]:
    """Count how many tasks stand in which phase, by the kind of promise and the phases' order in it."""
    today = clock.today()
    by_task: dict[UUID, list[Milestone]] = defaultdict(list)
    for each in milestones:
        by_task[each.task_id].append(each)
    kinds = dict(
        session.exec(select(Item.id, Item.kind).where(col(Item.id).in_({each.item_id for each in milestones}))).all()
    )
    counts: Counter[tuple[str | None, str | None]] = Counter()
    places: dict[tuple[str | None, str | None], int] = {}
    for group in by_task.values():
        found, kind = phases(group, today), kinds.get(group[0].item_id)
        if found:
            names = [each.name for each in found]
            at = current(found)
            counts[kind, at] += 1
            places.setdefault((kind, at), names.index(at) if at is not None else len(names))
    order = sorted(counts, key=lambda key: (_KINDS.index(key[0]), places[key], key[1] or ""))
    return [PhaseCount(kind=kind, phase=phase, tasks=counts[kind, phase]) for kind, phase in order]  # type: ignore[arg-type]
