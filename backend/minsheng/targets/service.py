"""What is done with tasks and targets: giving, changing, issuing."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlmodel import col, select

from minsheng.kernel import clock, rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import (
    Conflict,
    Duplicate,
    FieldError,
    Locked,
    WrongState,
    invalid,
)
from minsheng.org.models import Unit
from minsheng.permissions import P
from minsheng.programmes.models import Item, Programme
from minsheng.targets.models import Target, Task
from minsheng.targets.schemas import (
    TargetIn,
    TaskIn,
    TaskPatch,
)
from minsheng.targets.terms import check_indicator, check_terms, take_terms


def create(session: Session, body: TaskIn) -> Task:
    """Give an item to a unit, as a draft.

    Raises:
        NotFound: item, parent or unit is not visible.
        Invalid: the unit is not beneath the giver, or a date or figure is wrong.
        Duplicate: the unit has this task already.
    """
    item = rows.fetch(session, Item, body.item_id)
    programme = rows.fetch(session, Programme, item.programme_id)
    parent = rows.fetch(session, Task, body.parent_id) if body.parent_id else None
    task = give(session, programme, item, parent, body.unit_id, body.deadline)
    set_targets(session, task, body.targets)
    return task


def give(
    session: Session, programme: Programme, item: Item, parent: Task | None, unit_id: UUID, deadline: date
) -> Task:
    """Return a new draft task of a unit, beneath a task or as the owner's own.

    Raises:
        Invalid: the unit is not beneath the giver, or the deadline does not fit.
        Duplicate: the unit has this task already.
    """
    unit = session.get(Unit, unit_id)
    if unit is None:
        raise invalid("/unit_id", "unknown-unit", "没有这个单位，或不在您的权限内")
    giver = programme.unit_id
    if parent is not None:
        _check_parent(session, parent, item, unit)
        giver = parent.unit_id
    elif unit_id != programme.unit_id:
        raise invalid("/unit_id", "not-owner", "计划的总任务只属于主办单位；给下级的任务请填 parent_id")
    if programme.status == "closed" or (parent is None and programme.status != "draft"):
        raise Locked
    if item.status == "void":
        message = "这个项目已作废。"
        raise WrongState(message)
    if unit.valid_to and unit.valid_to < clock.today():
        raise invalid("/unit_id", "unit-ended", f"“{unit.name}”已于 {unit.valid_to} 撤销")
    check_deadline(programme, parent, deadline)
    task = Task(
        programme_id=programme.id,
        item_id=item.id,
        unit_id=unit_id,
        giver_id=giver,
        parent_id=parent.id if parent else None,
        deadline=deadline,
    )
    session.require(task)
    twin = select(Task.id).where(Task.item_id == item.id, Task.unit_id == unit_id, Task.status != "void")
    twin = twin.where(Task.parent_id == parent.id) if parent else twin.where(col(Task.parent_id).is_(None))
    if session.exec(twin).first():
        message = f"“{unit.name}”已有这个任务。"
        raise Duplicate(message, errors=[FieldError(pointer="/unit_id", code="duplicate", message=message)])
    session.add(task)
    session.flush()
    return task


def _check_parent(session: Session, parent: Task, item: Item, unit: Unit) -> None:
    if parent.item_id != item.id or parent.status == "void":
        raise invalid("/parent_id", "foreign-parent", "上级任务不属于这个项目")
    if parent.status == "draft" and not session.access.in_area(P.TASK_SPLIT, parent.giver_id):
        message = "上级任务还是草稿，下达后才能分解。"
        raise WrongState(message)
    if not _beneath(session, unit, parent.unit_id):
        raise invalid("/unit_id", "not-beneath", f"“{unit.name}”不是被分解单位的下级")


def _beneath(session: Session, unit: Unit, above: UUID) -> bool:
    at = unit.parent_id
    while at is not None:
        if at == above:
            return True
        parent = session.get(Unit, at)
        at = parent.parent_id if parent else None
    return False


def check_deadline(programme: Programme, parent: Task | None, deadline: date) -> None:
    """Keep a deadline within the list and not after the task above.

    Raises:
        Invalid: it lies outside.
    """
    if not programme.starts_on < deadline <= programme.ends_on:
        message = f"期限应在 {programme.starts_on} 至 {programme.ends_on} 之间"
        raise invalid("/deadline", "outside", message)
    if parent and deadline > parent.deadline:
        raise invalid("/deadline", "after-parent", f"不能晚于上级任务的期限 {parent.deadline}")


def change(session: Session, task: Task, body: TaskPatch) -> None:
    """Change a draft task."""
    if task.status != "draft":
        message = "任务下达后不能直接修改，须走目标调整。"
        raise Locked(message)
    if body.deadline is not None:
        programme = rows.fetch(session, Programme, task.programme_id)
        check_deadline(programme, session.get(Task, task.parent_id) if task.parent_id else None, body.deadline)
        shares = session.exec(select(Task).where(Task.parent_id == task.id, Task.status != "void")).all()
        latest = max((share.deadline for share in shares), default=body.deadline)
        if body.deadline < latest:
            raise invalid("/deadline", "before-shares", f"不能早于已分解任务的期限 {latest}")
        task.deadline = body.deadline
    if body.targets is not None:
        task.version += 0 if session.is_modified(task) else 1
        set_targets(session, task, body.targets)
    session.flush()


def set_targets(session: Session, task: Task, wanted: Sequence[TargetIn]) -> None:
    """Make a draft task carry exactly these targets.

    Raises:
        Invalid: a foreign or repeated indicator, too many decimals, a negative figure.
    """
    known = {
        target.indicator_id: target
        for target in session.exec(select(Target).where(Target.task_id == task.id, Target.status != "void")).all()
    }
    seen: set[UUID] = set()
    for index, each in enumerate(wanted):
        if each.indicator_id in seen:
            raise invalid(f"/targets/{index}/indicator_id", "duplicate", "同一指标写了两次")
        seen.add(each.indicator_id)
        indicator = check_indicator(session, task.item_id, each.indicator_id, f"/targets/{index}")
        check_terms(session, indicator, each, task, f"/targets/{index}")
        target = known.get(each.indicator_id) or Target(
            task_id=task.id,
            indicator_id=each.indicator_id,
            programme_id=task.programme_id,
            item_id=task.item_id,
            unit_id=task.unit_id,
            giver_id=task.giver_id,
        )
        take_terms(target, indicator, each, share=task.parent_id is not None)
        session.add(target)
    for key, target in known.items():
        if key not in seen:
            target.status = "void"
            session.add(target)
    session.flush()


# Moves


def may_issue(session: Session, task: Task) -> None:
    """Let a task be handed down only when what it hangs on was.

    Raises:
        Conflict: the programme or the task above is still a draft.
    """
    programme = session.get(Programme, task.programme_id)
    if programme is None or programme.status != "issued":
        message = "计划尚未下达。"
        raise Conflict(message)
    if task.parent_id:
        parent = session.get(Task, task.parent_id)
        if parent is None or parent.status != "issued":
            message = "上级任务尚未下达。"
            raise Conflict(message)


def stamp(session: Session, task: Task, _body: object) -> None:
    """Note the day of issue, and lock the targets with their task."""
    programme = session.get(Programme, task.programme_id)
    with_list = programme is not None and programme.id in session.moving
    task.issued_on = programme.issued_on if programme is not None and with_list else clock.today()
    _follow_targets(session, task, "issued")


def void_targets(session: Session, task: Task, _body: object) -> None:
    """Void the targets with their task."""
    _follow_targets(session, task, "void")


def _follow_targets(session: Session, task: Task, status: str) -> None:
    for target in session.exec(select(Target).where(Target.task_id == task.id, Target.status == "draft")).all():
        session.moving[target.id] = session.moving[task.id]
        target.status = status
        session.add(target)


def draft_tasks(session: Session, programme: Programme) -> list[Task]:
    """Return the draft tasks that the owner gave, roots first."""
    found = session.exec(
        select(Task).where(
            Task.programme_id == programme.id, Task.giver_id == programme.unit_id, Task.status == "draft"
        )
    ).all()
    return sorted(found, key=lambda task: (task.parent_id is not None, task.id))


def drafts_of(session: Session, **having: UUID) -> Sequence[Task]:
    """Return the draft tasks of one item, or beneath one task."""
    return session.exec(select(Task).filter_by(status="draft", **having)).all()
