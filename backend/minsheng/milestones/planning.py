"""Schedules of a task: computed, and written to its milestones; templates are schedules with names."""

from dataclasses import dataclass
from datetime import date

from minsheng.calendars import named
from minsheng.calendars import service as calendars
from minsheng.calendars.rules import Calendar, CalendarMissing
from minsheng.kernel import clock, rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import FieldError, invalid
from minsheng.milestones import moves, schedule, service, templates
from minsheng.milestones.models import Milestone, MilestoneMove
from minsheng.milestones.schedule import Slot, Step
from minsheng.milestones.schemas import (
    ApplyIn,
    MilestoneIn,
    MoveIn,
    ScheduleApplyIn,
    ScheduledStep,
    ScheduleIn,
    ScheduleOut,
    StepIn,
)
from minsheng.programmes.models import Programme
from minsheng.targets.models import Task


@dataclass(frozen=True)
class Scheduled:
    """A task's steps with their slots."""

    task: Task
    anchor: date
    calendar: Calendar
    steps: list[Step]
    slots: dict[str, Slot]


def _steps(given: list[StepIn], dues: dict[str, date]) -> list[Step]:
    keys = [each.key for each in given]
    return [
        Step(
            each.key,
            each.work_days,
            tuple(each.after) if each.after is not None else tuple(keys[index - 1 : index]),
            dues.get(each.key),
        )
        for index, each in enumerate(given)
    ]


def compute(session: Session, body: ScheduleIn) -> Scheduled:
    """Schedule steps from a day.

    Raises:
        NotFound: the task is not visible.
        Invalid: the steps make a circle, or do not fit between the programme's start and the deadline; names each.
        CalendarMissing: a year that is needed is not known.
    """
    task = rows.fetch(session, Task, body.task_id)
    calendar = calendars.calendar_of(session, task.unit_id)
    dues = {
        each.key: service.anchored(session, task, each.anchor, f"/steps/{index}/anchor", calendar)
        for index, each in enumerate(body.steps)
        if each.anchor is not None
    }
    steps = _steps(body.steps, dues)
    service.all_or_invalid(
        [
            FieldError(pointer=f"/steps/{each.index}", code=each.code, message=each.message)
            for each in schedule.faults(steps)
        ]
    )
    backward = body.direction == "backward"
    anchor = body.anchor or (task.deadline if backward else clock.today())
    programme = rows.fetch(session, Programme, task.programme_id)
    if not programme.starts_on <= anchor <= task.deadline:
        message = f"{anchor} 应在计划开始 {programme.starts_on} 与任务期限 {task.deadline} 之间"
        raise invalid("/anchor", "outside", message)
    slots = (schedule.backward if backward else schedule.forward)(steps, anchor, calendar)
    _refuse_outside(body.steps, slots, dues, programme.starts_on, task.deadline)
    return Scheduled(task, anchor, calendar, steps, slots)


def _refuse_outside(
    steps: list[StepIn], slots: dict[str, Slot], dues: dict[str, date], first: date, last: date
) -> None:
    errors = []
    for index, step in enumerate(steps):
        slot, where = slots[step.key], f"/steps/{index}/work_days"
        if slot.start < first:
            message = f"工期排不下：“{step.name}”最迟 {slot.start} 就要开始，早于计划开始 {first}"
            errors.append(FieldError(pointer=where, code="before-programme", message=message))
        if dues.get(step.key, slot.finish) < slot.finish:
            message = f"工期排不下：“{step.name}”要到 {slot.finish} 才完成，晚于节日定的 {dues[step.key]}"
            errors.append(FieldError(pointer=where, code="after-anchor", message=message))
        if slot.finish > last:
            message = f"工期排不下：“{step.name}”要到 {slot.finish} 才完成，晚于任务期限 {last}"
            errors.append(FieldError(pointer=where, code="after-deadline", message=message))
    service.all_or_invalid(errors)


def present(body: ScheduleIn, found: Scheduled) -> ScheduleOut:
    """Return a schedule as it travels, with the steps whose start has passed by name."""
    today = clock.today()
    whole = schedule.span(found.slots)
    steps = [
        ScheduledStep(
            key=each.key,
            name=each.name,
            work_days=each.work_days,
            start_on=found.slots[each.key].start,
            finish_on=found.slots[each.key].finish,
            due_on=next(step.due for step in found.steps if step.key == each.key),
            due_text=named.text(each.anchor.pure()) if each.anchor else None,
            start_passed=found.slots[each.key].start < today,
            days_left=(found.slots[each.key].start - today).days,
            workdays_left=workdays_left(found.calendar, today, found.slots[each.key].start),
        )
        for each in body.steps
    ]
    return ScheduleOut(
        task_id=found.task.id,
        direction=body.direction,
        anchor=found.anchor,
        start_on=whole.start,
        finish_on=whole.finish,
        work_days=found.calendar.workdays_between(whole.start, whole.finish) + 1,
        passed=[each.name for each in steps if each.start_passed],
        steps=steps,
    )


def workdays_left(calendar: Calendar, today: date, day: date) -> int | None:
    """Count the working days from today to a day; nothing where a year between is not known."""
    try:
        return calendar.workdays_between(today, day)
    except CalendarMissing:
        return None


def apply(session: Session, body: ScheduleApplyIn) -> tuple[list[Milestone], list[MilestoneMove]]:
    """Write a schedule to a task's milestones."""
    milestones, asked = _dated(session, body)
    session.add_all(milestones)
    session.flush()
    return milestones, asked


def _dated(session: Session, body: ScheduleApplyIn) -> tuple[list[Milestone], list[MilestoneMove]]:
    """Give each step its date: new steps and drafts are dated at once, fixed milestones get a request each.

    Raises:
        Invalid: a foreign milestone, or no reason where a fixed milestone would move.
    """
    found = compute(session, body)
    known = {each.id: each for each in service.of_task(session, found.task.id)}
    last = max((each.seq for each in known.values()), default=0)
    made: dict[str, Milestone] = {}
    asked: list[MilestoneMove] = []
    for index, step in enumerate(body.steps):
        slot = found.slots[step.key]
        milestone = known.get(step.milestone_id) if step.milestone_id else None
        if step.milestone_id and milestone is None:
            raise invalid(f"/steps/{index}/milestone_id", "foreign", "节点不在这个任务里")
        if milestone is None:
            wanted = MilestoneIn(task_id=found.task.id, name=step.name, planned_on=slot.finish)
            milestone = service.draft(session, wanted)
            milestone.seq = last = last + 1
        if milestone.status == "draft":
            session.require(milestone)
            milestone.planned_on, milestone.precision = slot.finish, "day"
            milestone.anchor = step.anchor.model_dump() if step.anchor else None
            milestone.start_on, milestone.work_days = slot.start, step.work_days
        elif milestone.status == "issued" and slot.finish != milestone.planned_on:
            if body.reason is None:
                raise invalid("/reason", "required", f"“{milestone.name}”已确定，改期须写明原因")
            wish = MoveIn(milestone_id=milestone.id, to_on=slot.finish, reason=body.reason)
            asked.append(moves.ask(session, wish, slot.start))
        made[step.key] = milestone
    for each in found.steps:
        if made[each.key].status == "draft":
            made[each.key].after = [str(made[key].id) for key in each.after]
    return list(made.values()), asked


def apply_template(session: Session, body: ApplyIn) -> list[Milestone]:
    """Put a template's steps under a task as drafts, scheduled backwards.

    Raises:
        Conflict: the task has milestones already.
        Invalid: no such template, or its steps do not fit.
    """
    task = rows.fetch(session, Task, body.task_id)
    template = templates.steps_of(templates.in_use(session, body.template))
    service.refuse_existing(session, task)
    steps = [
        StepIn(key=each.key, name=each.name, work_days=each.work_days, after=each.after, anchor=each.anchor)
        for each in template
    ]
    made, _ = _dated(session, ScheduleApplyIn(task_id=task.id, anchor=body.deadline, steps=steps))
    for milestone, step in zip(made, template, strict=True):
        milestone.phase, milestone.kind, milestone.weight = step.phase, step.kind, step.weight
        milestone.deliverable = step.deliverable
        milestone.checks = [{"kind": kind, "state": "open", "note": None} for kind in step.checks]
    session.add_all(made)
    session.flush()
    return made
