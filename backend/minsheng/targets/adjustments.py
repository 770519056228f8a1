"""Adjusting an issued target: asked, decided by the higher tier, and never forgotten (guide 3.5, R019)."""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel import col, select

from minsheng.kernel import quantity, rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Conflict, Duplicate, FieldError, Invalid, Problem, invalid
from minsheng.programmes.models import Indicator, Programme
from minsheng.targets.adjusted import after, before, version_of
from minsheng.targets.duties import may_ask
from minsheng.targets.models import Target, TargetAdjustment, Task
from minsheng.targets.schemas import AdjustmentIn
from minsheng.targets.terms import check_figure

done_sources: list[Callable[[Session, Target], Decimal | None]] = []
"""What tells how much of a target is already done; the reports add themselves."""

deadline_doubts: list[Callable[[Session, Task, date], str | None]] = []
"""What stands against another deadline of a task; the milestones add themselves."""

applied: list[Callable[[Session, Target, TargetAdjustment], None]] = []
"""What else happens when a target changes; later features add theirs."""


def ask(session: Session, body: AdjustmentIn) -> TargetAdjustment:
    """Ask for another version of an issued target: value, operator, stretch, or the deadline of its task.

    Raises:
        NotFound: the target is not visible.
        Forbidden: it lies outside the caller's area.
        Conflict: it is a draft still, the list is closed, or the caller does not sit in the unit.
        Duplicate: an earlier question is open.
        Invalid: names every figure or day that is wrong.
    """
    target = rows.fetch(session, Target, body.target_id)
    task = rows.fetch(session, Task, target.task_id)
    row = TargetAdjustment(
        target_id=target.id,
        task_id=task.id,
        programme_id=target.programme_id,
        item_id=target.item_id,
        unit_id=target.unit_id,
        giver_id=target.giver_id,
        **_versions(target, task, body),
        effective_on=body.effective_on,
        reason=body.reason,
        document_number=body.document_number,
        asked_by=session.caller.user_id if session.caller else None,
    )
    session.require(row)
    may_ask(session, target.unit_id)
    if target.status != "issued":
        message = "目标还没有下达，可以直接修改，不必调整。"
        raise Conflict(message)
    programme = session.get(Programme, target.programme_id)
    if programme is None or programme.status != "issued":
        message = "计划已办结，目标不能再调整。"
        raise Conflict(message)
    if session.exec(
        select(TargetAdjustment.id).where(TargetAdjustment.target_id == target.id, TargetAdjustment.status == "asked")
    ).first():
        message = "这个目标已有一份调整申请待批。"
        raise Duplicate(message, errors=[FieldError(pointer="/target_id", code="duplicate", message=message)])
    _check(session, target, task, programme, row)
    row.below_done = body.confirmed is not None and _beyond(session, target, row) is not None
    if body.confirmed is None:
        refuse_below_done(session, target, row)
    session.add(row)
    session.flush()
    return row


def _versions(target: Target, task: Task, body: AdjustmentIn) -> dict[str, Any]:
    """Return both versions; what is not named stays, and only a range has an upper bound."""
    operator = body.new_operator or target.operator
    bound = body.new_value_max if body.new_value_max is not None else target.value_max
    return {
        "old_value": target.value,
        "old_value_max": target.value_max,
        "old_operator": target.operator,
        "old_stretch": target.stretch,
        "old_deadline": task.deadline,
        "new_value": target.value if body.new_value is None else body.new_value,
        "new_value_max": bound if operator == "range" else body.new_value_max,
        "new_operator": operator,
        "new_stretch": target.stretch if body.new_stretch is None else body.new_stretch,
        "new_deadline": body.new_deadline or task.deadline,
    }


def _check(session: Session, target: Target, task: Task, programme: Programme, row: TargetAdjustment) -> None:
    indicator = session.get_one(Indicator, target.indicator_id)
    for name in ("new_value", "new_value_max", "new_stretch"):
        check_figure(session, indicator, getattr(row, name), f"/{name}")
    found = [*_faults(indicator, row), *_days(session, target, task, programme, row)]
    if found:
        errors = [FieldError(pointer=f"/{name}", code=code, message=message) for name, code, message in found]
        raise Invalid(errors[0].message, errors=errors)


def _faults(indicator: Indicator, row: TargetAdjustment) -> Iterable[tuple[str, str, str]]:
    if after(row) == before(row) and row.new_deadline == row.old_deadline:
        yield "new_value", "unchanged", "新目标与现在的目标相同"
    if row.new_operator != row.old_operator:
        yield from _another_operator(indicator, row)
    if row.new_operator != "range":
        if row.new_value_max is not None:
            yield "new_value_max", "kind", "只有区间目标才有上限"
    elif row.new_value is None or row.new_value_max is None:
        yield "new_value_max", "missing", "区间目标要有下限和上限"
    elif row.new_value_max <= row.new_value:
        yield "new_value_max", "order", "区间的上限应大于下限"
    stretch, value = row.new_stretch, row.new_value
    if stretch is not None and value is not None and (stretch < value if row.new_operator != "le" else stretch > value):
        message = f"应为：目标 ≤ 力争（控制类相反），现在的力争值是 {quantity.text(stretch)}，请一并调整"
        yield "new_stretch", "order", message
    if stretch is not None and value is None:
        yield "new_stretch", "kind", "没有年度目标，就没有力争值"


def _another_operator(indicator: Indicator, row: TargetAdjustment) -> Iterable[tuple[str, str, str]]:
    """Say what is wrong with another operator; a ceiling stays a ceiling, since its plan and its sums hang on it."""
    if "le" in {row.old_operator, row.new_operator}:
        yield "new_operator", "direction", "控制类（不超过）与完成类目标不能互换"
    if indicator.kind in {"ordinal", "policy", "frequency"}:
        yield "new_operator", "kind", "等级、政策参数、频次的目标只用“不少于”或“不超过”"


def _days(
    session: Session, target: Target, task: Task, programme: Programme, row: TargetAdjustment
) -> Iterable[tuple[str, str, str]]:
    if (task.issued_on and row.effective_on < task.issued_on) or row.effective_on > row.old_deadline:
        message = f"生效日应在下达日 {task.issued_on} 至期限 {row.old_deadline} 之间"
        yield "effective_on", "outside", message
    moves = row.new_deadline != row.old_deadline
    # Another deadline is the task's, so what was decided with its other targets comes before it too.
    about = TargetAdjustment.task_id == task.id if moves else TargetAdjustment.target_id == target.id
    latest = session.exec(
        select(TargetAdjustment)
        .where(about, TargetAdjustment.status == "approved")
        .order_by(col(TargetAdjustment.effective_on).desc())
    ).first()
    if latest is not None and row.effective_on < latest.effective_on:
        message = f"上一次调整自 {latest.effective_on} 起生效，新的调整不能更早"
        yield "effective_on", "before-last", message
    if moves:
        yield from _deadline(session, task, programme, row)


def _deadline(
    session: Session, task: Task, programme: Programme, row: TargetAdjustment
) -> Iterable[tuple[str, str, str]]:
    day = row.new_deadline
    if not programme.starts_on < day <= programme.ends_on:
        yield "new_deadline", "outside", f"期限应在 {programme.starts_on} 至 {programme.ends_on} 之间"
    if day < row.effective_on:
        yield "new_deadline", "before-effective", f"新期限不能早于生效日 {row.effective_on}"
    above = session.get(Task, task.parent_id) if task.parent_id else None
    if above is not None and day > above.deadline:
        yield "new_deadline", "after-parent", f"不能晚于上级任务的期限 {above.deadline}；请先调整上级任务"
    shares = session.exec(select(Task).where(Task.parent_id == task.id, Task.status != "void")).all()
    latest = max((share.deadline for share in shares), default=day)
    if day < latest:
        yield "new_deadline", "before-shares", f"不能早于已分解任务的期限 {latest}"
    for doubt in deadline_doubts:
        message = doubt(session, task, day)
        if message:
            yield "new_deadline", "before-steps", message


def done_beyond(session: Session, target: Target, value: Decimal) -> Decimal | None:
    """Return what is already done when it is more than a value."""
    for source in done_sources:
        done = source(session, target)
        if done is not None and done > value:
            return done
    return None


def _beyond(session: Session, target: Target, row: TargetAdjustment) -> Decimal | None:
    """Return what is already done when it is more than a value that is new."""
    if row.new_value is None or row.new_value == row.old_value:
        return None
    return done_beyond(session, target, row.new_value)


def refuse_below_done(session: Session, target: Target, row: TargetAdjustment) -> None:
    """Refuse a target below what is done unless somebody says so on purpose: it is nearly always a slip.

    Raises:
        Invalid: it is below.
    """
    done, value = _beyond(session, target, row), row.new_value
    if done is not None and value is not None:
        message = f"已完成 {quantity.text(done)}，新目标 {quantity.text(value)} 低于已完成数；确实要下调，须另行确认"
        raise invalid("/new_value", "below-done", message)


# Guards and effects of the life cycle


def still_stands(session: Session, row: TargetAdjustment) -> None:
    """Let a question be approved only while what it was asked about holds, also ahead of its day.

    Raises:
        Conflict: the target has changed since, is done beyond the new value, or the list is closed.
    """
    target = session.get_one(Target, row.target_id)
    task = session.get_one(Task, row.task_id)
    programme = session.get(Programme, row.programme_id)
    if programme is None or programme.status != "issued":
        message = "计划已办结，目标不能再调整。"
        raise Conflict(message)
    moves = row.new_deadline != row.old_deadline
    if version_of(target) != before(row) or (moves and task.deadline != row.old_deadline):
        message = "申请之后目标已另行调整，请撤回后重新申请。"
        raise Conflict(message)
    if moves:
        found = [
            FieldError(pointer=f"/{name}", code=code, message=message)
            for name, code, message in _deadline(session, task, programme, row)
        ]
        if found:
            raise Conflict(f"{found[0].message}。", errors=found)
    if not row.below_done:
        try:
            refuse_below_done(session, target, row)
        except Problem as problem:
            raise Conflict(problem.detail, errors=problem.errors) from None


def apply(session: Session, row: TargetAdjustment, _body: object) -> None:
    """Write what was decided; the version before stays with the adjustment and holds until the day."""
    target = session.get_one(Target, row.target_id)
    if after(row) != before(row):
        session.moving[target.id] = "adjust"
        target.value, target.value_max = row.new_value, row.new_value_max
        target.operator, target.stretch = row.new_operator, row.new_stretch
        session.add(target)
    if row.new_deadline != row.old_deadline:
        task = session.get_one(Task, row.task_id)
        session.moving[task.id] = "adjust"
        task.deadline = row.new_deadline
        session.add(task)
    for follow in applied:
        follow(session, target, row)
