"""Moves of a fixed date: asked for by whoever plans, decided by the tier that gave the task, both dates kept."""

from datetime import date
from uuid import UUID

from sqlmodel import select

from minsheng.kernel import clock, rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Duplicate, FieldError, Forbidden, OwnWork, WrongState, invalid
from minsheng.kernel.lifecycle import DecisionIn, ReasonIn
from minsheng.milestones import dates, service
from minsheng.milestones.models import Milestone, MilestoneMove
from minsheng.milestones.schemas import MoveIn
from minsheng.permissions import P
from minsheng.plans import service as plans
from minsheng.targets.models import Task


def ask(session: Session, body: MoveIn, start_on: date | None = None) -> MilestoneMove:
    """Ask for another date of a fixed milestone that is not reached yet.

    Raises:
        NotFound: the milestone is not visible.
        Forbidden: the caller may not plan the task.
        WrongState: a draft is simply changed; what is done is not moved.
        Duplicate: a request is waiting already.
        Invalid: no date or two, the same date, or one outside the task.
    """
    milestone = rows.hold(session, Milestone, body.milestone_id)
    task = rows.fetch(session, Task, milestone.task_id)
    to_on, precision = _wanted(session, task, body)
    move = MilestoneMove(
        milestone_id=milestone.id,
        task_id=task.id,
        item_id=task.item_id,
        unit_id=task.unit_id,
        giver_id=task.giver_id,
        from_on=milestone.planned_on,
        from_precision=milestone.precision,
        to_on=to_on,
        to_precision=precision,
        to_start_on=start_on,
        to_anchor=body.anchor.model_dump() if body.anchor else None,
        reason=body.reason,
        document=body.document,
        asked_by=session.who.user_id,
        asked_at=clock.now(),
    )
    session.require(move)
    if milestone.status != "issued":
        message = "节点还是草稿，可直接修改。" if milestone.status == "draft" else "节点已完成，不再改期。"
        raise WrongState(message)
    if waiting(session, milestone.id):
        message = "这个节点已有一份改期申请待批准。"
        raise Duplicate(message, errors=[FieldError(pointer="/milestone_id", code="duplicate", message=message)])
    if (move.to_on, move.to_precision, move.to_anchor) == (move.from_on, move.from_precision, milestone.anchor):
        raise invalid("/anchor" if body.anchor else "/to_on", "unchanged", "新日期与原日期相同")
    service.check_day(session, task, move.to_on, move.to_precision, "/to_on")
    session.add(move)
    session.flush()
    return move


def _wanted(session: Session, task: Task, body: MoveIn) -> tuple[date, str]:
    if body.anchor is None:
        if body.to_on is None:
            raise invalid("/to_on", "required", "请填新日期，或选按哪个节日定")
        return dates.latest(body.to_on, body.precision), body.precision
    if body.to_on is not None:
        raise invalid("/anchor", "two-dates", "新日期与按节日定，只填一样")
    return service.anchored(session, task, body.anchor, "/anchor"), "day"


def waiting(session: Session, milestone_id: UUID) -> bool:
    """Say whether a request for a milestone waits for its decision."""
    found = select(MilestoneMove.id).where(MilestoneMove.milestone_id == milestone_id, MilestoneMove.status == "asked")
    return session.exec(found).first() is not None


def giver_decides(session: Session, move: MilestoneMove) -> None:
    """Leave the decision to the tier that gave the task, or one above it.

    Raises:
        Forbidden: the caller's right does not reach there.
    """
    if not session.access.in_area(P.TASK_SPLIT, move.giver_id):
        message = "改期由下达任务的单位批准。"
        raise Forbidden(message)


def not_own_request(session: Session, move: MilestoneMove) -> None:
    """Keep whoever asks from approving.

    Raises:
        OwnWork: he asked.
    """
    if session.caller is not None and move.asked_by == session.caller.user_id:
        message = "申请由您提出，须由他人批准。"
        raise OwnWork(message)


def still_open(session: Session, move: MilestoneMove) -> None:
    """Refuse to move what has been reached since.

    Raises:
        WrongState: the milestone is done.
    """
    milestone = session.get(Milestone, move.milestone_id)
    if milestone is None or milestone.status != "issued":
        message = "节点已完成，不再改期。"
        raise WrongState(message)


def note_decision(session: Session, move: MilestoneMove, body: DecisionIn | ReasonIn | None) -> None:
    """Keep who decided, when, and what he said."""
    move.decided_by = session.who.user_id
    move.decided_at = clock.now()
    move.decision_note = body.reason if isinstance(body, ReasonIn) else body.decision if body else None


def carry_out(session: Session, move: MilestoneMove, _body: object) -> None:
    """Set the new date; what was planned before stays in the move and in the milestone's first date."""
    milestone = rows.hold(session, Milestone, move.milestone_id)
    session.moving[milestone.id] = "move"
    milestone.planned_on = move.to_on
    milestone.precision = move.to_precision
    milestone.anchor = move.to_anchor
    if move.to_start_on is not None:
        milestone.start_on = move.to_start_on
    elif milestone.start_on and milestone.start_on > milestone.planned_on:
        milestone.start_on = milestone.planned_on
    session.add_all([milestone, move])
    session.flush()
    plans.follow_milestones(session, move.task_id)
