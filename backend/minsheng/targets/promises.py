"""The owner's own promises: copied into another year's list, compared with it, complete before they are issued."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from minsheng.kernel import quantity
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Conflict, FieldError
from minsheng.programmes.copies import shifted
from minsheng.programmes.models import Indicator, Item, Measure, Programme
from minsheng.programmes.schemas import CopyIn
from minsheng.targets.models import Target, Task


def copy_promises(
    session: Session, source: Programme, made: Programme, body: CopyIn, known: Mapping[UUID, UUID]
) -> None:
    """Take the owner's targets and deadlines along into a copied list, as a first draft.

    For another owner they are what it was given: its own tasks of the list above. Of a commitment over several years
    the part of the new year is proposed (R028), and nothing once its years are over.
    """
    if not body.targets:
        return
    years = made.year - source.year
    tasks = session.exec(
        select(Task).where(Task.programme_id == source.id, Task.unit_id == made.unit_id, Task.status != "void")
    ).all()
    # A unit may have been given an item twice; the copy promises it once.
    for task in {task.item_id: task for task in sorted(tasks, key=lambda each: each.id, reverse=True)}.values():
        if task.item_id not in known:
            continue
        targets = session.exec(select(Target).where(Target.task_id == task.id, Target.status != "void")).all()
        proposed = [
            (target, terms)
            for target in targets
            if target.indicator_id in known and (terms := _proposed(target, source, made)) is not None
        ]
        if targets and not proposed:
            continue
        deadline = min(shifted(task.deadline, years), made.ends_on)
        if any(target.slices for target in targets):
            deadline = min(deadline, max(date(made.year, 12, 31), made.starts_on + timedelta(days=1)))
        root = Task(
            programme_id=made.id,
            item_id=known[task.item_id],
            unit_id=made.unit_id,
            giver_id=made.unit_id,
            deadline=deadline,
        )
        session.add(root)
        session.flush()
        for target, terms in proposed:
            session.add(
                Target(
                    **terms,
                    task_id=root.id,
                    indicator_id=known[target.indicator_id],
                    programme_id=made.id,
                    item_id=root.item_id,
                    unit_id=root.unit_id,
                    giver_id=root.giver_id,
                )
            )


def _proposed(target: Target, source: Programme, made: Programme) -> dict[str, Any] | None:
    """Return what a copied list proposes for a target; None for a commitment that has no part in its year."""
    kept = target.model_dump(exclude=_NOT_COPIED)
    if not target.slices or source.year == made.year:
        note = f"沿用{source.year}年目标" if source.year != made.year else target.source_note
        return {**kept, "source_note": note}
    parts = {int(year): quantity.parse(value) for year, value in target.slices}
    if made.year not in parts:
        return None
    whole = quantity.text(target.value) if target.value is not None else ""
    note = f"{min(parts)}至{max(parts)}年共{whole}，{made.year}年分年数"
    return {**kept, **dict.fromkeys(_OF_THE_WHOLE), "value": parts[made.year], "slices": [], "source_note": note}


_OF_THE_WHOLE = ("value_max", "floor", "stretch", "quota", "stated_actual", "stated_rate", "stated_on")
"""What belongs to all years of a commitment together and so to none of them alone."""

_NOT_COPIED = {
    "id",
    "version",
    "created_at",
    "status",
    "task_id",
    "indicator_id",
    "programme_id",
    "item_id",
    "unit_id",
    "giver_id",
    "basis",
    "source_note",
}


def promised(session: Session, programme: Programme) -> dict[UUID, str]:
    """Return what the owner promises for each item in words, to be compared with another year's."""
    found: dict[UUID, list[str]] = defaultdict(list)
    for target, indicator, measure in session.exec(
        select(Target, Indicator, Measure)
        .join(Task, col(Task.id) == col(Target.task_id))
        .join(Indicator, col(Indicator.id) == col(Target.indicator_id))
        .join(Measure, col(Measure.id) == col(Indicator.measure_id))
        .where(Task.programme_id == programme.id, col(Task.parent_id).is_(None), Target.status != "void")
        .order_by(col(Indicator.id))
    ).all():
        found[target.item_id].append(f"{indicator.name}{_words(target, measure.name)}")
    return {key: "、".join(each) for key, each in found.items()}


def _words(target: Target, measure: str) -> str:
    if target.value is None:
        return "不设年度目标"
    sign = {"ge": "不少于", "le": "不超过", "eq": "等于"}.get(target.operator, "")
    bound = "" if target.value_max is None else f"至{quantity.text(target.value_max)}"
    parts = "、".join(f"{year}年{value}" for year, value in target.slices)
    return f"{sign}{quantity.text(target.value)}{bound}{measure}" + (f"（{parts}）" if parts else "")


def promises_complete(session: Session, programme: Programme) -> None:
    """Refuse to issue a list with a leaf that does not say what is to be done, by when and by whom (R007).

    The target is the standard in figures, the owner's task names the deadline and who answers for it. A text of the
    standard and a lead department are no condition: of 53 leaves in four published lists none prints the first.

    Raises:
        Conflict: names every such item and indicator.
    """
    tasks = session.exec(select(Task).where(Task.programme_id == programme.id, Task.status == "draft")).all()
    roots = {task.item_id: task for task in tasks if task.parent_id is None}
    aimed = set(
        session.exec(
            select(Target.indicator_id).where(
                col(Target.task_id).in_([task.id for task in roots.values()]), Target.status == "draft"
            )
        ).all()
    )
    outside = {task.item_id for task in tasks if not programme.starts_on < task.deadline <= programme.ends_on}
    errors = []
    for item, indicator in session.exec(
        select(Item, Indicator)
        .join(Indicator, col(Indicator.item_id) == col(Item.id))
        .where(Item.programme_id == programme.id, Item.status == "draft")
        .order_by(Item.seq, col(Item.id), col(Indicator.id))  # type: ignore[arg-type]
    ).all():
        where = f"/items/{item.id}"
        if item.id not in roots:
            errors.append(FieldError(pointer=where, code="no-target", message=f"“{item.title}”还没有目标与期限"))
        elif indicator.id not in aimed:
            message = f"“{item.title}”的“{indicator.name}”还没有目标"
            errors.append(FieldError(pointer=f"/indicators/{indicator.id}", code="no-target", message=message))
        if item.id in outside:
            message = f"“{item.title}”的期限不在计划起止日期之内"
            errors.append(FieldError(pointer=where, code="deadline-outside", message=message))
    found = list({error.pointer: error for error in errors}.values())
    if found:
        message = f"有 {len(found)} 处目标或期限不全，不能下达：{found[0].message}。"
        raise Conflict(message, errors=found[:100])
