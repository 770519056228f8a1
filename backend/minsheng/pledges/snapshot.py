"""What a pledge freezes: the tasks of one unit as text and numbers, and how two such records differ."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from minsheng.kernel import quantity
from minsheng.kernel.access import Session
from minsheng.org.service import unit_names
from minsheng.programmes.models import Indicator, Item, ItemLead, Measure, Programme
from minsheng.targets.models import Target, Task

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
                "value": None if target.value is None else quantity.text(target.value),
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
        elif _judged(*was) != _judged(task, target):
            found.append(_change("changed", key, task, target, was, (task, target)))
    for key, (task, target) in before.items():
        if key not in now:
            found.append(_change("dropped", key, task, target, (task, target), None))
    return found


def _by_target(tasks: Sequence[Frozen]) -> dict[str, tuple[Frozen, Frozen]]:
    return {target["target_id"]: (task, target) for task in tasks for target in task["targets"]}


def _judged(task: Frozen, target: Frozen) -> tuple[Any, ...]:
    return target["operator"], target["value"], task["deadline"]


def _change(
    kind: str,
    key: str,
    task: Frozen,
    target: Frozen,
    old: tuple[Frozen, Frozen] | None,
    new: tuple[Frozen, Frozen] | None,
) -> Frozen:
    was = _judged(*old) if old else (None, None, None)
    now = _judged(*new) if new else (None, None, None)
    return {
        "kind": kind,
        "target_id": key,
        "code": task["code"],
        "title": task["title"],
        "indicator": target["indicator"],
        "measure": target["measure"],
        "old_operator": was[0],
        "old_value": was[1],
        "old_deadline": was[2],
        "new_operator": now[0],
        "new_value": now[1],
        "new_deadline": now[2],
    }
