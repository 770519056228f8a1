"""Milestones of the sample: planned from templates, some reached, some late, moved with approval or waiting for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from uuid import UUID

from sqlmodel import col, select

from minsheng.calendars import service as calendars
from minsheng.calendars.rules import Calendar, CalendarMissing
from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.kernel.lifecycle import DecisionIn, ReasonIn
from minsheng.milestones import dates, moves, service, templates
from minsheng.milestones.models import Milestone, MilestoneMove, MilestoneTemplate
from minsheng.milestones.policy import MILESTONE, MILESTONE_MOVE
from minsheng.milestones.schemas import Check, DoneIn, MilestoneIn, MilestonePatch, MoveIn, TemplateStep
from minsheng.org.models import Unit
from minsheng.permissions import P
from minsheng.programmes.models import Item
from minsheng.sample.cast import MADE_UP, Cast
from minsheng.targets.models import Task

PLACES = {"柳市镇": 4, "虹桥镇": 3, "北白象镇": 3, "大荆镇": 2, "山福镇": 4, "灵溪镇": 3}
"""Township -> how many of its tasks have milestones."""
PACES = (70, 100, 85, 100)
"""Share of the time to the deadline, in hundredths, that the plans of tasks take one after another."""
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Planned:
    """A task that has milestones: where, by which template, at which pace; ``turn`` varies what happens to it."""

    task: UUID
    unit: UUID
    giver: UUID
    issued_on: date
    deadline: date
    steps: Sequence[TemplateStep]
    turn: int


def play(cast: Cast) -> None:
    """Plan, fix and report the steps of some townships' tasks; then ask for other dates and decide."""
    chosen = _chosen(cast)
    for each in chosen:
        clerk = cast.username(each.unit, "clerk")
        if clerk is None:
            continue
        with cast.acting(clerk, P.PLAN_EDIT, each.issued_on + timedelta(days=12)) as session:
            _plan(session, each, calendars.calendar_of(session, each.unit))
        _report(cast, each, clerk)
    _moves(cast, chosen)


def _chosen(cast: Cast) -> list[Planned]:
    session = cast.session
    kinds = {
        row.kind: templates.steps_of(row)
        for row in session.exec(select(MilestoneTemplate).where(col(MilestoneTemplate.unit_id).is_(None))).all()
    }
    found: list[Planned] = []
    for name, count in PLACES.items():
        tasks = session.exec(
            select(Task, Item.kind)
            .join(Item, col(Item.id) == col(Task.item_id))
            .join(Unit, col(Unit.id) == col(Task.unit_id))
            .where(Unit.name == name, Task.status == "issued", col(Item.kind).in_(kinds))
            .order_by(col(Item.kind).desc(), col(Task.id))
        ).all()
        found += [
            Planned(
                task.id,
                task.unit_id,
                task.giver_id,
                task.issued_on or task.deadline,
                task.deadline,
                kinds[str(kind)],
                turn,
            )
            for turn, (task, kind) in enumerate(tasks[:count])
        ]
    session.expunge_all()
    return found


def _plan(session: Session, each: Planned, calendar: Calendar) -> None:
    """Draft the steps along the way to the deadline and fix them; one task keeps its last one as a draft."""
    ends: dict[str, int] = {}
    for step in each.steps:
        ends[step.key] = step.work_days + max((ends[key] for key in step.after), default=0)
    first, whole = each.issued_on + timedelta(days=12), max(ends.values())
    days = (each.deadline - first).days * PACES[each.turn % len(PACES)] // 100
    made: dict[str, Milestone] = {}
    for step in each.steps:
        planned = _workday(calendar, first + timedelta(days=days * ends[step.key] // whole))
        starts = first + timedelta(days=days * (ends[step.key] - step.work_days) // whole)
        month = each.turn % 2 == 1 and dates.latest(planned, "month") <= each.deadline
        made[step.key] = service.create(
            session,
            MilestoneIn(
                task_id=each.task,
                name=step.name,
                phase=step.phase,
                kind="step" if step.kind == "batch" else step.kind,
                weight=step.weight,
                planned_on=planned,
                precision="month" if month else "day",
                start_on=starts,
                work_days=step.work_days,
                after=[made[key].id for key in step.after],
                deliverable=step.deliverable,
                checks=[Check(kind=kind) for kind in step.checks],
            ),
        )
    kept = 1 if each.turn == 3 else 0
    for milestone in list(made.values())[: len(made) - kept]:
        MILESTONE.apply(session, milestone, "issue")
    session.add_all(made.values())


def _workday(calendar: Calendar, day: date) -> date:
    try:
        return calendar.at_or_before(day)
    except CalendarMissing:
        # The sample is also loaded in a year whose holidays nobody has entered yet.
        return day


def _report(cast: Cast, each: Planned, clerk: str) -> None:
    """Mark what was done by yesterday; of some tasks the last step that fell due is still open."""
    rng = Random(f"{clerk}:{each.turn}")  # noqa: S311 - a sample
    built: list[tuple[UUID, date]] = []
    with cast.acting(clerk, P.PLAN_EDIT, cast.today) as session:
        due = [
            milestone
            for milestone in service.of_task(session, each.task)
            if milestone.status == "issued" and milestone.planned_on < cast.today
        ]
        open_still = due[-1:] if each.turn % 2 == 1 else []
        for milestone in due:
            if milestone in open_still:
                _excuse(cast, session, milestone)
                continue
            done = min(milestone.planned_on + timedelta(days=rng.randint(-9, 5)), cast.today - _DAY)
            started = max(min(milestone.start_on or done, done), each.issued_on)
            with clock.held(clock.at(done + _DAY, 9)):
                _change(session, milestone, started_on=started, checks=_met(milestone))
                verb = "build" if milestone.kind == "works" else "reach"
                MILESTONE.apply(session, milestone, verb, DoneIn(on=done))
                session.add(milestone)
                session.flush()
            if verb == "build":
                built.append((milestone.id, done))
    _accept(cast, each, clerk, built)


def _excuse(cast: Cast, session: Session, milestone: Milestone) -> None:
    _change(
        session,
        milestone,
        checks=_met(milestone),
        started_on=min(milestone.start_on or cast.today, cast.today),
        forecast_on=cast.today + timedelta(days=18),
        note="雨天多，施工进度放慢，已增加班组。",
    )


def _met(milestone: Milestone) -> list[Check]:
    return [Check(kind=each["kind"], state="met", note=MADE_UP) for each in milestone.checks]


def _change(session: Session, milestone: Milestone, **fields: object) -> None:
    service.change(session, milestone, MilestonePatch(**fields))  # type: ignore[arg-type]


def _accept(cast: Cast, each: Planned, clerk: str, built: list[tuple[UUID, date]]) -> None:
    """Let the county's reviewer accept what was built, and the township open it: two days later facts."""
    for key, done in built:
        passed, opened = done + timedelta(days=14), done + timedelta(days=30)
        unit = cast.session.get(Unit, each.unit)
        reviewer = cast.username(unit.parent_id, "review") if unit and unit.parent_id else None
        if reviewer is None or passed > cast.today:
            continue
        with cast.acting(reviewer, P.REPORT_REVIEW, passed) as session:
            milestone = session.get_one(Milestone, key)
            MILESTONE.apply(session, milestone, "pass", DoneIn(on=passed, note=MADE_UP))
            session.add(milestone)
        if opened > cast.today:
            continue
        with cast.acting(clerk, P.PLAN_EDIT, opened) as session:
            milestone = session.get_one(Milestone, key)
            MILESTONE.apply(session, milestone, "open", DoneIn(on=opened))
            session.add(milestone)


def _moves(cast: Cast, chosen: Sequence[Planned]) -> None:
    """Ask for other dates: one is approved, one refused, two wait."""
    wishes: tuple[tuple[str, int, str | None, str], ...] = (
        ("柳市镇", 1, "approve", "连续降雨和两次台风影响施工，工期顺延。"),
        ("虹桥镇", 1, "refuse", "管线迁改未完成，申请顺延。"),
        ("北白象镇", 1, None, "上级资金尚未到位，申请顺延。"),
        ("柳市镇", 3, None, "设备到货推迟，申请顺延。"),
    )
    for name, turn, verb, reason in wishes:
        each = next((one for one in chosen if one.unit == cast.units.get(name) and one.turn == turn), None)
        clerk = cast.username(each.unit, "clerk") if each else None
        if each is None or clerk is None:
            continue
        asked = _ask(cast, each, clerk, reason)
        office = cast.username(each.giver, "office")
        if asked is None or verb is None or office is None:
            continue
        with cast.acting(office, P.TASK_SPLIT, cast.today - 4 * _DAY) as session:
            move = session.get_one(MilestoneMove, asked)
            body = (
                DecisionIn(decision="情况属实，同意。")
                if verb == "approve"
                else ReasonIn(reason="请增加力量，按原日期完成。")
            )
            MILESTONE_MOVE.apply(session, move, verb, body)
            session.add(move)


def _ask(cast: Cast, each: Planned, clerk: str, reason: str) -> UUID | None:
    with cast.acting(clerk, P.PLAN_EDIT, cast.today - 6 * _DAY) as session:
        ahead = [m for m in service.of_task(session, each.task) if m.status == "issued"]
        if not ahead:
            return None
        # The one that is late, or the next.
        milestone = ahead[0]
        to_on = min(
            _workday(calendars.calendar_of(session, each.unit), max(milestone.planned_on, cast.today) + 14 * _DAY),
            each.deadline,
        )
        if to_on <= milestone.planned_on:
            return None
        body = MoveIn(milestone_id=milestone.id, to_on=to_on, reason=reason, document=MADE_UP)
        return moves.ask(session, body).id
