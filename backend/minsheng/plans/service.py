"""Plans of targets, and how a target is judged at a date."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from sqlmodel import col, select

from minsheng.kernel import quantity
from minsheng.kernel.access import Session
from minsheng.kernel.errors import FieldError, Invalid, Locked, Stale
from minsheng.plans import rules
from minsheng.plans.lights import Judgement
from minsheng.plans.models import Plan
from minsheng.plans.schemas import PlanIn, PlanOut, PlanPoint, PlanStep
from minsheng.programmes.models import Indicator, Measure
from minsheng.rule_sets.definition import RuleSet
from minsheng.targets.adjusted import approved
from minsheng.targets.models import Target, Task

Guard = Callable[[Session, Target], None]

guards: list[Guard] = []
"""Reasons why a plan may not be changed any more; later features add theirs."""


StepSource = Callable[[Session, UUID], rules.MilestoneSteps | None]

step_sources: list[StepSource] = []
"""Ask for the shares that a task's milestones expect; the feature that keeps them registers here."""


def plan_of(session: Session, target: Target) -> Plan | None:
    """Return the plan row of a target, if anybody made one."""
    return session.exec(select(Plan).where(Plan.target_id == target.id)).one_or_none()


def shape(kind: str, points: list[list[str]], start: date | None, deadline: date) -> rules.Plan:
    """Return the pure plan behind a stored one."""
    if kind == "milestones":
        return rules.MilestoneSteps(tuple((date.fromisoformat(on), Fraction(share)) for on, share in points))
    if kind in {"monthly", "ten_day"} and points:
        return rules.MonthlyVector(tuple((date.fromisoformat(on), quantity.parse(value)) for on, value in points))
    return rules.StraightLine(start or deadline, deadline)


def save(session: Session, target: Target, task: Task, body: PlanIn, version: int) -> Plan:
    """Set the plan of an issued target.

    Raises:
        Locked: the task is a draft, or figures have been submitted against the plan.
        Stale: somebody else changed it.
        Invalid: names every point that is out of order, falls, or misses the target.
    """
    plan = plan_of(session, target)
    present_version = plan.version if plan else 0
    if plan is None:
        plan = Plan(target_id=target.id, unit_id=target.unit_id, item_id=target.item_id)
    # Whoever may not plan here at all is told so before anything about the state of the plan.
    session.require(plan)
    if task.status != "issued":
        message = "任务下达后才能排进度计划。"
        raise Locked(message)
    for guard in guards:
        guard(session, target)
    points = _checked_points(session, target, task, body)
    if present_version != version:
        message = "计划已被他人修改，请重新打开。"
        raise Stale(message, extra={"your_version": version, "current_version": present_version})
    plan.kind = body.kind
    plan.points = [[on.isoformat(), quantity.text(value)] for on, value in points]
    if body.kind == "milestones":
        plan.points = _steps_of(session, task.id)
    plan.deadline_changes = len(approved(session, tasks=[task.id]).moved(task.id))
    session.add(plan)
    session.flush()
    return plan


def _checked_points(session: Session, target: Target, task: Task, body: PlanIn) -> list[tuple[date, Decimal]]:
    """Return the points of a plan.

    Raises:
        Invalid: the kind does not fit the target, or names every point that is wrong.
    """
    points = [(point.on, point.value) for point in body.points]
    if body.kind in {"monthly", "ten_day"}:
        if target.operator == "le":
            raise _problem("/kind", "not-for-ceiling", "控制类目标不按时间进度判定，不排各月计划")
        _check_decimals(session, target, points)
        _check_points(points, target.value, task.deadline)
        if body.kind == "ten_day":
            _check_ten_days([on for on, _ in points], task.deadline)
    elif points:
        raise _problem("/points", "not-for-straight", "这种计划不带各期数字")
    elif body.kind == "milestones" and target.operator == "le":
        raise _problem("/kind", "not-for-ceiling", "控制类目标不按时间进度判定，不按节点排计划")
    return points


def _steps_of(session: Session, task_id: UUID) -> list[list[str]]:
    steps = next((found for source in step_sources if (found := source(session, task_id))), None)
    if steps is None:
        raise _problem("/kind", "no-milestones", "任务还没有已确定且有权重的节点，不能按节点判定")
    return [[on.isoformat(), str(share)] for on, share in steps.points]


def follow_milestones(session: Session, task_id: UUID) -> None:
    """Let the plans that hang on a task's milestones follow a change of them."""
    plans = session.exec(
        select(Plan)
        .join(Target, col(Target.id) == col(Plan.target_id))
        .where(Target.task_id == task_id, Plan.kind == "milestones")
    ).all()
    for plan in plans:
        plan.points = _steps_of(session, task_id)
        session.add(plan)


def refuse_used(session: Session, task_id: UUID) -> None:
    """Refuse new milestones behind a plan that may not be changed any more.

    Raises:
        Locked: figures have been submitted against it.
    """
    for target in session.exec(
        select(Target)
        .join(Plan, col(Plan.target_id) == col(Target.id))
        .where(Target.task_id == task_id, Plan.kind == "milestones")
    ).all():
        for guard in guards:
            guard(session, target)


def _check_decimals(session: Session, target: Target, points: list[tuple[date, Decimal]]) -> None:
    measure = session.exec(
        select(Measure)
        .join(Indicator, col(Indicator.measure_id) == col(Measure.id))
        .where(Indicator.id == target.indicator_id)
    ).one()
    message = f"“{measure.name}”最多 {measure.decimals} 位小数"
    errors = [
        FieldError(pointer=f"/points/{index}/value", code="decimals", message=message)
        for index, (_, value) in enumerate(points)
        if value * 10**measure.decimals % 1
    ]
    if errors:
        raise Invalid(message, errors=errors)


def _check_points(points: list[tuple[date, Decimal]], target: Decimal | None, deadline: date) -> None:
    if not points:
        raise _problem("/points", "empty", "请填各月累计计划")
    found = rules.vector_problems(points, target, deadline)
    if found:
        errors = [
            FieldError(
                pointer=f"/points/{each.index}" if each.index is not None else "/points",
                code=each.code,
                message=each.message,
            )
            for each in found
        ]
        raise Invalid(errors[0].message, errors=errors)


def _check_ten_days(days: list[date], deadline: date) -> None:
    message = "旬计划的日期应为每旬末日（10日、20日、月末）或任务期限"
    errors = [
        FieldError(pointer=f"/points/{index}/on", code="not-ten-day-end", message=message)
        for index, day in enumerate(days)
        if not rules.ten_day_end(day) and day != deadline
    ]
    if errors:
        raise Invalid(message, errors=errors)


def _problem(pointer: str, code: str, message: str) -> Invalid:
    return Invalid(message, errors=[FieldError(pointer=pointer, code=code, message=message)])


def present(target: Target, plan: Plan | None) -> PlanOut:
    """Return a plan as it travels."""
    kind = plan.kind if plan else "straight"
    points = [(date.fromisoformat(on), text) for on, text in plan.points] if plan else []
    by_milestones = kind == "milestones"
    return PlanOut(
        target_id=target.id,
        version=plan.version if plan else 0,
        kind=kind,  # type: ignore[arg-type]
        points=[] if by_milestones else [PlanPoint(on=on, value=quantity.parse(text)) for on, text in points],
        steps=[
            PlanStep(on=on, expected_pct=rules.percent(Fraction(text)))
            for on, text in (points if by_milestones else ())
        ],
    )


def gap_text(judgement: Judgement, rule_set: RuleSet) -> str | None:
    """Return the gap in percentage points, never rounded onto a bound it does not reach."""
    if judgement.gap_points is None:
        return None
    return rules.percent_clear_of(judgement.gap_points / 100, (*rule_set.bounds, Fraction(0)))


def progress_text(judgement: Judgement) -> str | None:
    """Return the progress in percent, 100 only when it is."""
    return None if judgement.progress is None else rules.percent_clear_of(judgement.progress, [Fraction(1)])


def expected_text(judgement: Judgement) -> str | None:
    """Return the expected progress in percent."""
    return None if judgement.expected is None else rules.percent(judgement.expected)


def target_with_task(session: Session, key: UUID) -> tuple[Target, Task] | None:
    """Return a visible target and its task."""
    found = session.exec(select(Target, Task).where(Target.id == key, Task.id == Target.task_id)).one_or_none()
    return (found[0], found[1]) if found else None
