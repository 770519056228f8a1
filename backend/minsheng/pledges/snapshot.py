"""What a pledge freezes: the tasks of one unit as text and numbers, and how two such records differ."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from minsheng.kernel import clock, quantity
from minsheng.kernel.access import Session
from minsheng.org.service import unit_names
from minsheng.programmes.models import Indicator, Item, ItemLead, Measure, Programme
from minsheng.targets.adjusted import approved
from minsheng.targets.models import Target, TargetAdjustment, Task

Frozen = dict[str, Any]


def fingerprint(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical form: keys sorted, no white space, UTF-8."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def tasks_of(session: Session, programme: Programme, giver: UUID) -> dict[UUID, list[Frozen]]:
    """Return the issued tasks that a unit gave, by the unit that took them on, in catalogue order."""
    facts = session.exec(
        select(Task, Item)
        .join(Item, col(Item.id) == col(Task.item_id))
        .where(
            Task.programme_id == programme.id,
            Task.giver_id == giver,
            Task.unit_id != giver,
            Task.status == "issued",
        )
        .order_by(col(Task.id))
    ).all()
    changes = approved(session, tasks=[task.id for task, _ in facts])
    targets: dict[UUID, list[Frozen]] = defaultdict(list)
    for target, indicator, measure in session.exec(
        select(Target, Indicator, Measure)
        .join(Indicator, col(Indicator.id) == col(Target.indicator_id))
        .join(Measure, col(Measure.id) == col(Indicator.measure_id))
        .where(col(Target.task_id).in_([task.id for task, _ in facts]), Target.status != "void")
        .order_by(col(Indicator.id), col(Target.id))
    ).all():
        targets[target.task_id].append(
            {
                "target_id": str(target.id),
                "indicator": indicator.name,
                "measure": measure.name,
                "operator": target.operator,
                "value": _text(target.value),
                "value_max": _text(target.value_max),
                "stretch": _text(target.stretch),
                "effective_on": _ahead(changes.of(target.id)),
            }
        )
    catalogue = {item.id: item for item in session.exec(select(Item).where(Item.programme_id == programme.id)).all()}
    lines = {item.id: _line(catalogue, item) for _, item in facts}
    leads = _leads(session, programme)
    found: dict[UUID, list[Frozen]] = defaultdict(list)
    # A number counts among the items beside it, so the order is that of the lines from the top of the tree.
    for task, item in sorted(facts, key=lambda fact: [(each.seq, each.id) for each in lines[fact[1].id]]):
        found[task.unit_id].append(
            {
                "task_id": str(task.id),
                "item_id": str(item.id),
                "code": item.code,
                "title": item.title,
                "path": [each.title for each in lines[item.id][:-1]],
                "standard": item.standard,
                "deadline": task.deadline.isoformat(),
                "leads": leads[item.id, "lead"],
                "helpers": leads[item.id, "cooperate"],
                "targets": targets[task.id],
            }
        )
    return found


def _text(value: Decimal | None) -> str | None:
    return None if value is None else quantity.text(value)


def _ahead(changes: Sequence[TargetAdjustment]) -> str | None:
    """Return the day from which a target holds that was adjusted ahead; what was decided last is what is signed."""
    last = changes[-1].effective_on if changes else None
    return last.isoformat() if last is not None and last > clock.today() else None


def _leads(session: Session, programme: Programme) -> dict[tuple[UUID, str], list[str]]:
    rows = session.exec(
        select(ItemLead)
        .where(ItemLead.programme_id == programme.id, ItemLead.status != "ended")
        .order_by(col(ItemLead.id))
    ).all()
    names = unit_names(session, {row.department_id for row in rows})
    found: dict[tuple[UUID, str], list[str]] = defaultdict(list)
    for row in rows:
        if row.department_id in names:
            found[row.item_id, row.role].append(names[row.department_id])
    return found


def _line(catalogue: Mapping[UUID, Item], item: Item) -> list[Item]:
    found = [item]
    while (above := found[0].parent_id) is not None and above in catalogue:
        found.insert(0, catalogue[above])
    return found


def differences(old: Sequence[Frozen], new: Sequence[Frozen]) -> list[Frozen]:
    """Return what a supplement lists, target by target, in the order of the new tasks; what was dropped at the end."""
    before, now = _by_target(old), _by_target(new)
    found = []
    for key, (task, target) in now.items():
        was = before.get(key)
        if was is None:
            found.append(_change("new", key, task, target, None, (task, target)))
        elif _differs(was, (task, target)):
            found.append(_change("changed", key, task, target, was, (task, target)))
    for key, (task, target) in before.items():
        if key not in now:
            found.append(_change("dropped", key, task, target, (task, target), None))
    return found


def _by_target(tasks: Sequence[Frozen]) -> dict[str, tuple[Frozen, Frozen]]:
    return {target["target_id"]: (task, target) for task in tasks for target in task["targets"]}


_JUDGED = ("operator", "value", "value_max", "stretch")
"""What is compared of a target beside its task's deadline. Papers of earlier versions do not hold all of it."""


def _differs(was: tuple[Frozen, Frozen], now: tuple[Frozen, Frozen]) -> bool:
    (old_task, old), (task, target) = was, now
    return old_task["deadline"] != task["deadline"] or any(
        name in old and old[name] != target[name] for name in _JUDGED
    )


def _judged(side: str, pair: tuple[Frozen, Frozen] | None) -> Frozen:
    task, target = pair or ({}, {})
    found = {f"{side}_{name}": target.get(name) for name in _JUDGED}
    return {**found, f"{side}_deadline": task.get("deadline")}


def _change(
    kind: str,
    key: str,
    task: Frozen,
    target: Frozen,
    old: tuple[Frozen, Frozen] | None,
    new: tuple[Frozen, Frozen] | None,
) -> Frozen:
    return {
        "kind": kind,
        "target_id": key,
        "code": task["code"],
        "title": task["title"],
        "indicator": target["indicator"],
        "measure": target["measure"],
        **_judged("old", old),
        **_judged("new", new),
        "effective_on": target.get("effective_on"),
    }
