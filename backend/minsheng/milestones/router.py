"""Milestones, their moves and their schedules over HTTP."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlmodel import col, select

from minsheng.calendars import named
from minsheng.calendars.service import calendars_of
from minsheng.kernel import clock, rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import IfMatch, allow
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.milestones import counting, dates, moves, phases, planning, service
from minsheng.milestones.models import Milestone, MilestoneMove
from minsheng.milestones.policy import MILESTONE, MILESTONE_MOVE
from minsheng.milestones.schemas import (
    ApplyIn,
    BatchesIn,
    CountsOut,
    MilestoneIn,
    MilestoneOut,
    MilestonePatch,
    MilestonesOut,
    MilestoneStatus,
    MoveBrief,
    MoveIn,
    MoveOut,
    MoveStatus,
    PhasesOut,
    ScheduleApplied,
    ScheduleApplyIn,
    ScheduleIn,
    ScheduleOut,
)
from minsheng.org.service import unit_names
from minsheng.permissions import P
from minsheng.programmes.models import Item, Programme
from minsheng.targets.models import Task

router = APIRouter(tags=["milestones"], route_class=Route)

Reader = Annotated[Session, allow(P.TASK_READ)]
Planner = Annotated[Session, allow(P.PLAN_EDIT)]


def anchor_text(kept: dict[str, Any] | None) -> str | None:
    """Write a kept anchor as offices say it."""
    return named.text(named.Anchor(**kept)) if kept else None


def _titles(session: Session, keys: set[UUID]) -> dict[UUID, str]:
    return dict(session.exec(select(Item.id, Item.title).where(col(Item.id).in_(keys))).all())


def present(session: Session, milestones: Sequence[Milestone]) -> list[MilestoneOut]:
    """Return milestones with names, countdown, the moves of their dates and buttons."""
    today = clock.today()
    names = unit_names(session, {each.unit_id for each in milestones})
    titles = _titles(session, {each.item_id for each in milestones})
    open_in = {each.unit_id for each in milestones if each.status in {"draft", "issued"}}
    calendars = calendars_of(session, open_in)
    moved: dict[UUID, list[MoveBrief]] = defaultdict(list)
    for move in session.exec(
        select(MilestoneMove)
        .where(col(MilestoneMove.milestone_id).in_([each.id for each in milestones]))
        .order_by(col(MilestoneMove.asked_at), col(MilestoneMove.id))
    ).all():
        moved[move.milestone_id].append(
            MoveBrief(
                id=move.id,
                from_on=move.from_on,
                from_text=dates.text(move.from_on, move.from_precision),
                to_on=move.to_on,
                to_text=dates.text(move.to_on, move.to_precision),
                reason=move.reason,
                status=move.status,  # type: ignore[arg-type]
            )
        )
    found = []
    for each in milestones:
        waits = each.status in {"draft", "issued"}
        baseline = each.baseline_on
        found.append(
            MilestoneOut.model_validate(
                {
                    **each.model_dump(exclude={"created_at", "holder_id", "marked_by", "baseline_precision"}),
                    "item_title": titles.get(each.item_id),
                    "unit_name": names.get(each.unit_id),
                    "planned_text": dates.text(each.planned_on, each.precision),
                    "anchor_text": anchor_text(each.anchor),
                    "baseline_text": dates.text(baseline, each.baseline_precision or "day") if baseline else None,
                    "late": counting.is_late(each, today),
                    "start_passed": counting.is_start_passed(each, today),
                    "days_left": (each.planned_on - today).days if waits else None,
                    "workdays_left": planning.workdays_left(calendars[each.unit_id], today, each.planned_on)
                    if waits
                    else None,
                    "moves": moved[each.id],
                    "actions": MILESTONE.actions(session, each),
                }
            )
        )
    return found


def present_moves(session: Session, asked: Sequence[MilestoneMove]) -> list[MoveOut]:
    """Return moves with both dates, names and buttons."""
    names = unit_names(session, {each.unit_id for each in asked})
    titles = _titles(session, {each.item_id for each in asked})
    milestones = dict(
        session.exec(
            select(Milestone.id, Milestone.name).where(col(Milestone.id).in_({each.milestone_id for each in asked}))
        ).all()
    )
    return [
        MoveOut(
            **each.model_dump(exclude={"created_at", "to_start_on"}),
            milestone_name=milestones.get(each.milestone_id),
            item_title=titles.get(each.item_id),
            unit_name=names.get(each.unit_id),
            from_text=dates.text(each.from_on, each.from_precision),
            to_text=dates.text(each.to_on, each.to_precision),
            to_anchor_text=anchor_text(each.to_anchor),
            days=(each.to_on - each.from_on).days,
            actions=MILESTONE_MOVE.actions(session, each),
        )
        for each in asked
    ]


@router.get("/milestone-counts", summary="节点完成情况", operation_id="getMilestoneCounts")
def get_counts(session: Reader, programme_id: Annotated[UUID, Query(description="计划")]) -> CountsOut:
    """Count the fixed milestones of a programme; built, accepted and in use are three figures."""
    programme = rows.fetch(session, Programme, programme_id)
    fixed = counting.fixed_in(session, programme.id)
    total, units = counting.count(session, fixed)
    return CountsOut(
        programme_id=programme.id,
        on=clock.today(),
        total=total,
        units=units,
        phases=phases.count(session, fixed),
    )


@router.get("/tasks/{id}/phases", summary="任务的各阶段", operation_id="getTaskPhases")
def get_phases(id: UUID, session: Reader) -> PhasesOut:  # noqa: A002
    """Return a task's phases with their dates planned and real, as its milestones stand today."""
    task = rows.fetch(session, Task, id)
    found = phases.phases(service.of_task(session, task.id), clock.today())
    return PhasesOut(task_id=task.id, current=phases.current(found), phases=found)


@router.get("/milestones", summary="节点列表", operation_id="listMilestones")
def list_milestones(
    page: Paging,
    session: Reader,
    task_id: Annotated[UUID | None, Query(description="任务")] = None,
    programme_id: Annotated[UUID | None, Query(description="计划")] = None,
    unit_id: Annotated[UUID | None, Query(description="承担单位")] = None,
    status: Annotated[MilestoneStatus | None, Query(description="状态")] = None,
) -> Page[MilestoneOut]:
    """Milestones of the caller's area and lines by their planned date; what is struck out only when asked for."""
    statement = select(Milestone)
    for column, value in (
        (Milestone.task_id, task_id),
        (Milestone.programme_id, programme_id),
        (Milestone.unit_id, unit_id),
    ):
        if value is not None:
            statement = statement.where(column == value)
    statement = statement.where(Milestone.status == status if status else Milestone.status != "void")
    found: Sequence[Milestone] = session.exec(
        page.apply(statement, (Milestone.planned_on, Milestone.id))  # type: ignore[call-overload]
    ).all()
    found, following = page.cut(found, lambda each: (each.planned_on, each.id))
    return Page(items=present(session, found), next=following)


@router.post("/milestones", status_code=201, summary="新增节点", operation_id="createMilestone")
def create_milestone(body: MilestoneIn, response: Response, session: Planner) -> MilestoneOut:
    """Add a milestone to a task: by whoever gives it while it is a draft, by its unit afterwards."""
    milestone = service.create(session, body)
    rows.tag(response, milestone)
    return present(session, [milestone])[0]


@router.post("/milestones:batches", status_code=201, summary="分批节点", operation_id="createMilestoneBatches")
def create_batches(body: BatchesIn, session: Planner) -> MilestonesOut:
    """Add a repeating milestone, one for each batch with its planned count."""
    return MilestonesOut(items=present(session, service.create_batches(session, body)))


@router.post("/milestones:apply", status_code=201, summary="套用节点模板", operation_id="applyMilestoneTemplate")
def apply_template(body: ApplyIn, session: Planner) -> MilestonesOut:
    """Put a template's steps under a task as drafts, scheduled backwards from its deadline."""
    return MilestonesOut(items=present(session, planning.apply_template(session, body)))


@router.post("/schedules", summary="试排工期", operation_id="computeSchedule")
def compute_schedule(body: ScheduleIn, session: Reader) -> ScheduleOut:
    """Schedule steps backwards from a deadline, or forwards from a start; nothing is written."""
    return planning.present(body, planning.compute(session, body))


@router.post("/milestones:schedule", summary="按排定的工期定节点", operation_id="applySchedule")
def apply_schedule(body: ScheduleApplyIn, session: Planner) -> ScheduleApplied:
    """Write a schedule: drafts are dated at once, a fixed milestone gets a request that waits for approval."""
    milestones, asked = planning.apply(session, body)
    return ScheduleApplied(milestones=present(session, milestones), asked=present_moves(session, asked))


@router.get("/milestones/{id}", summary="一个节点", operation_id="getMilestone")
def get_milestone(id: UUID, response: Response, session: Reader) -> MilestoneOut:  # noqa: A002
    """Return one milestone."""
    milestone = rows.fetch(session, Milestone, id)
    rows.tag(response, milestone)
    return present(session, [milestone])[0]


@router.patch("/milestones/{id}", summary="修改节点", operation_id="changeMilestone")
def change_milestone(
    id: UUID,  # noqa: A002
    body: MilestonePatch,
    version: IfMatch,
    response: Response,
    session: Planner,
) -> MilestoneOut:
    """Change a draft in anything; of a fixed milestone the forecast, the start, the checks, the count and the note."""
    milestone = rows.hold(session, Milestone, id, version)
    service.change(session, milestone, body)
    rows.tag(response, milestone)
    return present(session, [milestone])[0]


MILESTONE.mount(router, "/milestones", "Milestone", MilestoneOut, present)


@router.get("/milestone-moves", summary="改期申请", operation_id="listMilestoneMoves")
def list_moves(
    page: Paging,
    session: Reader,
    task_id: Annotated[UUID | None, Query(description="任务")] = None,
    status: Annotated[MoveStatus | None, Query(description="状态")] = None,
) -> Page[MoveOut]:
    """Requests for other dates in the caller's area and lines, with both dates, whatever was decided."""
    return rows.page_of(session, page, MilestoneMove, present_moves, task_id=task_id, status=status)


@router.post("/milestone-moves", status_code=201, summary="申请改期", operation_id="createMilestoneMove")
def create_move(body: MoveIn, response: Response, session: Planner) -> MoveOut:
    """Ask for another date of a fixed milestone; it stands as it is until the giver of the task approves."""
    move = moves.ask(session, body)
    rows.tag(response, move)
    return present_moves(session, [move])[0]


@router.get("/milestone-moves/{id}", summary="一份改期申请", operation_id="getMilestoneMove")
def get_move(id: UUID, response: Response, session: Reader) -> MoveOut:  # noqa: A002
    """Return one request."""
    move = rows.fetch(session, MilestoneMove, id)
    rows.tag(response, move)
    return present_moves(session, [move])[0]


MILESTONE_MOVE.mount(router, "/milestone-moves", "MilestoneMove", MoveOut, present_moves)
