"""Adjusting an issued target: asked, decided by the higher tier, and never forgotten (guide 3.5, R019)."""

from collections.abc import Callable
from decimal import Decimal

from sqlmodel import col, select

from minsheng.kernel import clock, quantity, rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Conflict, Duplicate, FieldError, Invalid, Problem, invalid
from minsheng.programmes.models import Indicator, Programme
from minsheng.targets.adjusted import Values
from minsheng.targets.duties import may_ask
from minsheng.targets.models import Target, TargetAdjustment, Task
from minsheng.targets.schemas import AdjustmentIn
from minsheng.targets.terms import check_figure

done_sources: list[Callable[[Session, Target], Decimal | None]] = []
"""What tells how much of a target is already done; the reports add themselves."""

applied: list[Callable[[Session, Target, TargetAdjustment], None]] = []
"""What else happens when a target changes; later features add theirs."""


def ask(session: Session, body: AdjustmentIn) -> TargetAdjustment:
    """Ask for another value of an issued target.

    Raises:
        NotFound: the target is not visible.
        Forbidden: it lies outside the caller's area.
        Conflict: it is a draft still, the list is closed, or the caller does not sit in the unit.
        Duplicate: an earlier question is open.
        Invalid: names every figure or day that is wrong.
    """
    target = rows.fetch(session, Target, body.target_id)
    row = TargetAdjustment(
        target_id=target.id,
        programme_id=target.programme_id,
        item_id=target.item_id,
        unit_id=target.unit_id,
        giver_id=target.giver_id,
        old_value=target.value,
        old_value_max=target.value_max,
        new_value=body.new_value,
        new_value_max=body.new_value_max,
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
    _check(session, target, row)
    row.below_done = body.confirmed is not None and done_beyond(session, target, body.new_value) is not None
    if body.confirmed is None:
        refuse_below_done(session, target, body.new_value)
    session.add(row)
    session.flush()
    return row


def _check(session: Session, target: Target, row: TargetAdjustment) -> None:
    indicator = session.get_one(Indicator, target.indicator_id)
    check_figure(session, indicator, row.new_value, "/new_value")
    check_figure(session, indicator, row.new_value_max, "/new_value_max")
    found: list[tuple[str, str, str]] = []
    if target.operator == "range":
        if row.new_value_max is None:
            found.append(("new_value_max", "missing", "区间目标要有下限和上限"))
        elif row.new_value_max <= row.new_value:
            found.append(("new_value_max", "order", "区间的上限应大于下限"))
    elif row.new_value_max is not None:
        found.append(("new_value_max", "kind", "只有区间目标才有上限"))
    if (row.new_value, row.new_value_max) == (target.value, target.value_max):
        found.append(("new_value", "unchanged", "新目标与现在的目标相同"))
    task = session.get_one(Task, target.task_id)
    if (task.issued_on and row.effective_on < task.issued_on) or row.effective_on > task.deadline:
        message = f"生效日应在下达日 {task.issued_on} 至期限 {task.deadline} 之间"
        found.append(("effective_on", "outside", message))
    latest = _latest(session, target)
    if latest is not None and row.effective_on < latest.effective_on:
        message = f"上一次调整自 {latest.effective_on} 起生效，新的调整不能更早"
        found.append(("effective_on", "before-last", message))
    if found:
        errors = [FieldError(pointer=f"/{name}", code=code, message=message) for name, code, message in found]
        raise Invalid(errors[0].message, errors=errors)


def _latest(session: Session, target: Target) -> TargetAdjustment | None:
    return session.exec(
        select(TargetAdjustment)
        .where(TargetAdjustment.target_id == target.id, TargetAdjustment.status == "approved")
        .order_by(col(TargetAdjustment.effective_on).desc())
    ).first()


def done_beyond(session: Session, target: Target, value: Decimal) -> Decimal | None:
    """Return what is already done when it is more than a value."""
    for source in done_sources:
        done = source(session, target)
        if done is not None and done > value:
            return done
    return None


def refuse_below_done(session: Session, target: Target, value: Decimal) -> None:
    """Refuse a target below what is done unless somebody says so on purpose: it is nearly always a slip.

    Raises:
        Invalid: it is below.
    """
    done = done_beyond(session, target, value)
    if done is not None:
        message = f"已完成 {quantity.text(done)}，新目标 {quantity.text(value)} 低于已完成数；确实要下调，须另行确认"
        raise invalid("/new_value", "below-done", message)


# Guards and effects of the life cycle


def still_stands(session: Session, row: TargetAdjustment) -> None:
    """Let a question be approved only while what it was asked about holds, and not before its day.

    Raises:
        Conflict: the target has changed since, is done beyond the new value, the list is closed, or the day is to come.
    """
    target = session.get_one(Target, row.target_id)
    present: Values = (target.value, target.value_max)
    programme = session.get(Programme, row.programme_id)
    if programme is None or programme.status != "issued":
        message = "计划已办结，目标不能再调整。"
        raise Conflict(message)
    if present != (row.old_value, row.old_value_max):
        message = "申请之后目标已另行调整，请撤回后重新申请。"
        raise Conflict(message)
    if row.effective_on > clock.today():
        message = f"生效日 {row.effective_on} 还没有到，到期再批准。"
        raise Conflict(message)
    if not row.below_done:
        try:
            refuse_below_done(session, target, row.new_value)
        except Problem as problem:
            raise Conflict(problem.detail, errors=problem.errors) from None


def apply(session: Session, row: TargetAdjustment, _body: object) -> None:
    """Put the new value in force; the old one stays with the adjustment."""
    target = session.get_one(Target, row.target_id)
    session.moving[target.id] = "adjust"
    target.value, target.value_max = row.new_value, row.new_value_max
    session.add(target)
    for follow in applied:
        follow(session, target, row)
