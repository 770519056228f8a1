"""What is done with milestones: drafting, fixing, marking, counting."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import case, func
from sqlmodel import col, select

from minsheng.calendars import named
from minsheng.calendars import service as calendars
from minsheng.calendars.rules import Calendar
from minsheng.kernel import clock, rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Conflict, FieldError, Invalid, Locked, WrongState, invalid
from minsheng.milestones import dates
from minsheng.milestones.models import FACTS, SETTLED, Milestone, MilestoneMove
from minsheng.milestones.schemas import Anchor, BatchesIn, Check, MilestoneIn, MilestonePatch
from minsheng.plans import rules
from minsheng.plans import service as plans
from minsheng.programmes.models import Programme
from minsheng.targets.models import Task

MAX_PER_TASK = 200
CHECK_NAMES = {"project": "立项", "funds": "资金", "land": "用地", "tender": "招标"}
OPTIONAL = frozenset(
    {
        "phase",
        "anchor",
        "start_on",
        "work_days",
        "deliverable",
        "planned_count",
        "forecast_on",
        "started_on",
        "actual_count",
        "note",
    }
)


def of_task(session: Session, task_id: UUID) -> list[Milestone]:
    """Return a task's milestones in order, without those struck out."""
    return list(
        session.exec(
            select(Milestone)
            .where(Milestone.task_id == task_id, Milestone.status != "void")
            .order_by(col(Milestone.seq), col(Milestone.id))
        ).all()
    )


def create(session: Session, body: MilestoneIn) -> Milestone:
    """Add a draft milestone to a task."""
    milestone = draft(session, body)
    session.add(milestone)
    session.flush()
    return milestone


def draft(session: Session, body: MilestoneIn) -> Milestone:
    """Return a new milestone of a task, not yet added.

    Raises:
        NotFound: the task is not visible.
        Forbidden: the caller may not plan it.
        Invalid: a date outside the task, a foreign predecessor.
    """
    task = rows.fetch(session, Task, body.task_id)
    # Not dumped: a dump writes quantities as text.
    fields = {name: getattr(body, name) for name in MilestoneIn.model_fields}
    fields |= _by_anchor(session, task, fields)
    milestone = _new(session, task, **{name: fields[name] for name in fields.keys() - {"task_id", "checks", "after"}})
    milestone.checks = _checks(body.checks)
    milestone.after = [str(each) for each in body.after]
    _check(session, task, milestone)
    return milestone


def anchored(session: Session, task: Task, anchor: Anchor, where: str, calendar: Calendar | None = None) -> date:
    """Return the day a named day leads to, the last one between the programme's start and the task's deadline.

    Raises:
        Invalid: there is none between them.
        CalendarMissing: a year that must be counted through is not known.
    """
    calendar = calendar or calendars.calendar_of(session, task.unit_id)
    starts_on = rows.fetch(session, Programme, task.programme_id).starts_on
    found = named.anchored(anchor.pure(), starts_on, task.deadline, calendar)
    if found is None:
        message = f"计划开始 {starts_on} 与任务期限 {task.deadline} 之间没有“{named.text(anchor.pure())}”"
        raise invalid(where, "outside", message)
    return found


def _by_anchor(session: Session, task: Task, fields: dict[str, Any]) -> dict[str, Any]:
    """Return the date of a milestone as its fields give it: by a named day, or by itself.

    Raises:
        Invalid: both ways, or neither.
    """
    anchor: Anchor | None = fields.get("anchor")
    if anchor is None:
        if fields.get("planned_on") is None:
            raise invalid("/planned_on", "required", "请填计划日期，或选按哪个节日定")
        return {"anchor": None}
    if fields.get("planned_on") is not None:
        raise invalid("/anchor", "two-dates", "计划日期与按节日定，只填一样")
    day = anchored(session, task, anchor, "/anchor")
    return {"anchor": anchor.model_dump(), "planned_on": day, "precision": "day"}


def _dated(session: Session, milestone: Milestone, fields: dict[str, Any]) -> dict[str, Any]:
    """Return what a change of a draft's date sets: a date by itself puts an end to the named day."""
    if milestone.status != "draft" or (fields.get("anchor") is None and "planned_on" not in fields):
        return {}
    return _by_anchor(session, rows.fetch(session, Task, milestone.task_id), fields)


def create_batches(session: Session, body: BatchesIn) -> list[Milestone]:
    """Add one draft milestone for each batch, numbered behind those that are there.

    Raises:
        Invalid: names every batch whose date lies outside the task or whose count is not above zero.
    """
    task = rows.fetch(session, Task, body.task_id)
    known = [each.batch_no or 0 for each in of_task(session, task.id)]
    first = max(known, default=0) + 1
    made = []
    for index, batch in enumerate(body.batches):
        if batch.count <= 0:
            raise invalid(f"/batches/{index}/count", "not-positive", "每批的计划数应大于 0")
        milestone = _new(
            session,
            task,
            name=f"{body.name}（第{first + index}批）",
            phase=body.phase,
            kind="batch",
            weight=body.weight,
            planned_on=batch.planned_on,
            precision=batch.precision,
            planned_count=batch.count,
            batch_no=first + index,
        )
        milestone.seq += index
        _check(session, task, milestone, f"/batches/{index}")
        made.append(milestone)
    session.add_all(made)
    session.flush()
    return made


def _new(session: Session, task: Task, **fields: Any) -> Milestone:  # noqa: ANN401 - fields of the table
    if task.status == "void":
        message = "这个任务已作废。"
        raise WrongState(message)
    present = of_task(session, task.id)
    if len(present) >= MAX_PER_TASK:
        message = f"一个任务最多 {MAX_PER_TASK} 个节点。"
        raise Conflict(message)
    milestone = Milestone(
        task_id=task.id,
        programme_id=task.programme_id,
        item_id=task.item_id,
        unit_id=task.unit_id,
        holder_id=task.giver_id if task.status == "draft" else task.unit_id,
        seq=max((each.seq for each in present), default=0) + 1,
        **fields,
    )
    session.require(milestone)
    milestone.planned_on = dates.latest(milestone.planned_on, milestone.precision)
    return milestone


def _checks(wanted: Sequence[Check]) -> list[dict[str, Any]]:
    kinds = [each.kind for each in wanted]
    for index, kind in enumerate(kinds):
        if kind in kinds[:index]:
            raise invalid(f"/checks/{index}/kind", "duplicate", f"“{CHECK_NAMES[kind]}”写了两次")
    return [each.model_dump() for each in wanted]


def _check(session: Session, task: Task, milestone: Milestone, where: str = "") -> None:
    check_day(session, task, milestone.planned_on, milestone.precision, f"{where}/planned_on")
    if milestone.planned_count is not None and milestone.planned_count <= 0:
        raise invalid(f"{where}/planned_count", "not-positive", "每批的计划数应大于 0")
    if milestone.start_on and milestone.start_on > milestone.planned_on:
        raise invalid(f"{where}/start_on", "after-end", "计划开始日不能晚于计划日期")
    if milestone.after:
        _check_order(session, milestone)


def check_day(session: Session, task: Task, day: date, precision: str, where: str) -> None:
    """Keep a planned date between the programme's start and the task's deadline.

    Raises:
        Invalid: it lies outside.
    """
    programme = session.get(Programme, task.programme_id)
    starts_on = programme.starts_on if programme else day
    if not starts_on <= day <= task.deadline:
        written = str(day) if precision == "day" else f"{dates.text(day, precision)}（最后一天 {day}）"
        message = f"{written} 应在计划开始 {starts_on} 与任务期限 {task.deadline} 之间"
        raise invalid(where, "outside", message)


def _check_order(session: Session, milestone: Milestone) -> None:
    """Keep the order of a task's milestones free of circles.

    Raises:
        Invalid: a predecessor of another task, or one that waits for this very milestone.
    """
    # Those struck out since are still known: whoever waited for one waits for nothing.
    known = {
        str(each.id): each
        for each in session.exec(select(Milestone).where(Milestone.task_id == milestone.task_id)).all()
    }
    queue = list(milestone.after)
    for index, each in enumerate(milestone.after):
        if each not in known and each != str(milestone.id):
            raise invalid(f"/after/{index}", "foreign", "前置节点不在这个任务里")
    seen: set[str] = set()
    while queue:
        at = queue.pop()
        if at == str(milestone.id):
            raise invalid("/after", "cycle", "节点的先后关系成了环")
        if at not in seen and at in known:
            queue += known[at].after
        seen.add(at)


def change(session: Session, milestone: Milestone, body: MilestonePatch) -> None:
    """Change a draft in anything, a fixed milestone in its facts.

    Raises:
        Locked: the plan of a fixed milestone; names the fields.
    """
    fields = {name: getattr(body, name) for name in body.model_fields_set - {"checks", "after"}}
    for name, value in fields.items():
        if value is None and name not in OPTIONAL:
            raise invalid(f"/{name}", "null", "不能为空")
    planned = sorted(body.model_fields_set - FACTS)
    if milestone.status != "draft" and planned:
        message = "节点已确定，不能直接修改；改日期须申请调整。"
        raise Locked(
            message, errors=[FieldError(pointer=f"/{name}", code="locked", message=message) for name in planned]
        )
    if (counted := fields.get("actual_count")) is not None and counted < 0:
        raise invalid("/actual_count", "negative", "实际数不能为负数")
    started = fields.get("started_on")
    if started and started > clock.today():
        raise invalid("/started_on", "future", "实际开始日不能晚于今天")
    fields |= _dated(session, milestone, fields)
    for name, value in fields.items():
        setattr(milestone, name, value)
    if body.checks is not None:
        milestone.checks = _checks(body.checks)
    if body.after is not None:
        milestone.after = [str(each) for each in body.after]
    if milestone.status == "draft":
        milestone.planned_on = dates.latest(milestone.planned_on, milestone.precision)
        _check(session, rows.fetch(session, Task, milestone.task_id), milestone)
    session.flush()


# Fixing


def task_issued(session: Session, milestone: Milestone) -> None:
    """Let a milestone be fixed by itself only under an issued task.

    Raises:
        Conflict: the task is still a draft; its milestones are fixed with it.
        Locked: a plan that follows the milestones has been reported against.
    """
    task = session.get(Task, milestone.task_id)
    if task is None or task.status != "issued":
        message = "任务下达后节点才确定。"
        raise Conflict(message)
    if milestone.weight:
        plans.refuse_used(session, milestone.task_id)


def fix(_session: Session, milestone: Milestone, _body: object) -> None:
    """Keep the date that was fixed for ever, and hand the milestone to the unit."""
    milestone.baseline_on = milestone.planned_on
    milestone.baseline_precision = milestone.precision
    milestone.holder_id = milestone.unit_id


def tell_plans(session: Session, milestone: Milestone, _body: object) -> None:
    """Let plans by milestones hear of a change."""
    session.add(milestone)
    session.flush()
    plans.follow_milestones(session, milestone.task_id)


def steps(session: Session, task_id: UUID) -> rules.MilestoneSteps | None:
    """Return the shares that a task's fixed milestones expect; none without weights."""
    fixed = weights(session, tasks=[task_id]).get(task_id, ())
    return rules.milestone_steps(fixed) if any(each.weight for each in fixed) else None


def weights(
    session: Session, *, programme: UUID | None = None, tasks: Collection[UUID] | None = None
) -> dict[UUID, tuple[rules.DatedWeight, ...]]:
    """Return the fixed milestones of tasks, or of a whole list, as they are judged: weights, dates, days reached."""
    fixed = select(  # type: ignore[call-overload]
        Milestone.id,
        Milestone.task_id,
        Milestone.weight,
        func.coalesce(Milestone.baseline_on, Milestone.planned_on),
        case((col(Milestone.kind) == "works", col(Milestone.built_on)), else_=col(Milestone.reached_on)),
    ).where(col(Milestone.status).in_(["issued", *SETTLED]))
    asked = select(  # type: ignore[call-overload]
        MilestoneMove.milestone_id, MilestoneMove.decided_at, MilestoneMove.to_on
    ).where(MilestoneMove.status == "approved")
    if programme is not None:
        fixed = fixed.where(Milestone.programme_id == programme)
        asked = asked.join(Milestone, col(Milestone.id) == col(MilestoneMove.milestone_id)).where(
            Milestone.programme_id == programme
        )
    if tasks is not None:
        fixed = fixed.where(col(Milestone.task_id).in_(tasks))
        asked = asked.where(col(MilestoneMove.task_id).in_(tasks))
    found: dict[UUID, list[rules.DatedWeight]] = defaultdict(list)
    rows = session.exec(fixed.order_by(col(Milestone.seq), col(Milestone.id))).all()
    moved: dict[UUID, list[tuple[date, date]]] = defaultdict(list)
    if rows:
        for key, decided_at, to_on in session.exec(
            asked.order_by(col(MilestoneMove.decided_at), col(MilestoneMove.id))
        ).all():
            moved[key].append((clock.day_of(decided_at) if decided_at else date.min, to_on))
    for key, task, weight, first, reached in rows:
        found[task].append(rules.DatedWeight(weight, ((date.min, first), *moved[key]), reached))
    return {task: tuple(each) for task, each in found.items()}


def drafts_of(session: Session, task: Task) -> Sequence[Milestone]:
    """Return a task's draft milestones."""
    return session.exec(select(Milestone).where(Milestone.task_id == task.id, Milestone.status == "draft")).all()


def dates_fit(session: Session, task: Task) -> None:
    """Refuse to hand down a task whose milestones end after its deadline.

    Raises:
        Conflict: names each of them.
    """
    late = [each for each in drafts_of(session, task) if each.planned_on > task.deadline]
    if late:
        message = f"有 {len(late)} 个节点晚于任务期限 {task.deadline}：{late[0].name}。"
        errors = [
            FieldError(pointer=f"/milestones/{each.id}", code="after-deadline", message=f"“{each.name}”晚于期限")
            for each in late[:100]
        ]
        raise Conflict(message, errors=errors)


def beyond(session: Session, task: Task, day: date) -> str | None:
    """Say which milestones that are still to come would lie after another deadline of their task."""
    late = [each for each in of_task(session, task.id) if each.status in {"draft", "issued"} and each.planned_on > day]
    return f"有 {len(late)} 个节点晚于新期限：{late[0].name}；请先改期" if late else None


def refuse_existing(session: Session, task: Task) -> None:
    """Put a template only under a task that has no milestones yet.

    Raises:
        Conflict: it has.
    """
    if of_task(session, task.id):
        message = "这个任务已有节点；请先作废草稿，或直接修改。"
        raise Conflict(message)


def all_or_invalid(errors: list[FieldError]) -> None:
    """Refuse when anything was found.

    Raises:
        Invalid: names every place.
    """
    if errors:
        raise Invalid(errors[0].message, errors=errors)
