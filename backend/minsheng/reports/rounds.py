"""Rounds: made from the cadences of a list, moved by the office, expecting a report of every task."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlmodel import col, select

from minsheng.calendars import periods
from minsheng.calendars.rules import Calendar, CalendarMissing
from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.kernel.errors import invalid
from minsheng.org.models import Unit
from minsheng.programmes import cadences
from minsheng.programmes.models import Cadence, Programme
from minsheng.reports import counted, documents
from minsheng.reports.granted import RoundException, running
from minsheng.reports.models import Report, Round
from minsheng.reports.schemas import RoundPatch
from minsheng.targets.models import Task, TaskState


def rounds_of(programme: Programme, cadence: Cadence, calendar: Calendar = cadences.EMPTY) -> list[Round]:
    """Return the rounds of a cadence that are still to be made, from where it begins to the end of the list.

    Where the calendar of a later year is not known yet, they reach as far as it is.

    Raises:
        CalendarMissing: not even the first can be worked out.
    """
    assert programme.issued_on is not None  # noqa: S101 - rounds come with the issue
    first = max(programme.issued_on, cadence.from_on or programme.issued_on)
    if cadence.made_until is not None:
        first = cadence.made_until + timedelta(days=1)
    last = min(programme.ends_on, cadence.until_on or programme.ends_on)
    rule = cadences.rule_of(cadence)
    found: list[Round] = []
    for period in periods.periods(rule.every, first, last):
        try:
            dates = periods.dates(rule, period, calendar)
        except CalendarMissing:
            if not found:
                raise
            break
        found.append(
            Round(
                programme_id=programme.id,
                unit_id=programme.unit_id,
                cadence_id=cadence.id,
                period=period.key,
                content=cadence.content,
                per=cadence.per,
                title=cadence.title,
                tier=cadence.tier,
                starts_on=period.starts_on,
                ends_on=period.ends_on,
                opens_at=dates.opens_at,
                due_at=dates.due_at,
                closes_at=dates.closes_at,
            )
        )
    return found


def make(session: Session, cadence: Cadence, _body: object) -> None:
    """Make the rounds of a cadence that starts, or those that were waiting for a calendar.

    Tasks that are issued already are expected to report in them; with the issue of the list the tasks follow.

    Raises:
        Invalid: the cadence has no period in the span of the list.
        CalendarMissing: the calendar of the first period's year is not known.
    """
    programme = session.get_one(Programme, cadence.programme_id)
    with_list = programme.id in session.moving
    if not with_list and cadence.made_until is None:
        # Added in the middle of a year it asks for nothing that is past.
        cadence.from_on = max(cadence.from_on or clock.today(), clock.today())
    calendar = cadences.calendar_for(session, cadences.rule_of(cadence), programme)
    made = rounds_of(programme, cadence, calendar)
    if not made:
        raise invalid("/from_on", "empty", "在计划起止日期内没有一期")
    cadence.made_until = made[-1].ends_on
    session.add_all(made)
    session.flush()
    documents.forget(session)
    if not with_list:
        _expect_of_all(session, programme, made)


def _expect_of_all(session: Session, programme: Programme, rounds: Sequence[Round]) -> None:
    tasks = session.exec(select(Task).where(Task.programme_id == programme.id, Task.status == "issued")).all()
    handed_on = {task.parent_id for task in tasks}
    _expect(session, [task for task in tasks if task.id not in handed_on], rounds)
    session.flush()
    for state in session.exec(
        select(TaskState).where(TaskState.programme_id == programme.id, TaskState.status == "approved")
    ).all():
        counted.excuse(session, state, None)


def expect_reports(session: Session, task: Task, _body: object) -> None:
    """Expect a report of a task in every round that has not closed, unless it is split further."""
    with_list = task.programme_id in session.moving
    shares = session.exec(select(Task).where(Task.parent_id == task.id, Task.status != "void")).all()
    # A share that is not handed down yet may never be: until then the unit above reports itself.
    if any(share.status == "issued" or (with_list and share.giver_id == _owner(session, task)) for share in shares):
        return
    rounds = session.exec(select(Round).where(Round.programme_id == task.programme_id, Round.status == "active")).all()
    _expect(session, [task], rounds)


def _expect(session: Session, tasks: Sequence[Task], rounds: Sequence[Round]) -> None:
    now = clock.now()
    tiers: dict[UUID, str] = {}
    if any(each.tier for each in rounds):
        units = {task.unit_id for task in tasks}
        tiers = {unit.id: unit.tier for unit in session.exec(select(Unit).where(col(Unit.id).in_(units))).all()}

    def asks(each: Round, task: Task) -> bool:
        return each.closes_at > now and each.tier in {None, tiers.get(task.unit_id)}

    session.add_all(
        Report(
            programme_id=task.programme_id,
            round_id=each.id,
            task_id=task.id,
            item_id=task.item_id,
            unit_id=task.unit_id,
            period=each.period,
        )
        for task in tasks
        for each in rounds
        if each.per == "task" and asks(each, task)
    )
    for each in rounds:
        if each.per == "unit":
            session.add_all(documents.expected(session, [task for task in tasks if asks(each, task)], [each]))


def _owner(session: Session, task: Task) -> UUID:
    return session.get_one(Programme, task.programme_id).unit_id


def cancel(session: Session, cadence: Cadence) -> list[Report]:
    """Make the rounds void that have not opened when their cadence ends; return the reports that fall away."""
    upcoming = session.exec(
        select(Round).where(Round.cadence_id == cadence.id, Round.status == "active", Round.opens_at > clock.now())
    ).all()
    for each in upcoming:
        each.status = "void"
        each.change_reason = cadence.end_reason
        session.add(each)
    keys = {each.id for each in upcoming}
    return list(session.exec(select(Report).where(col(Report.round_id).in_(keys), Report.status == "draft")).all())


def open_drafts(session: Session, task_id: UUID) -> list[Report]:
    """Return the drafts of a task that may still change; what its unit owes as a whole is not the task's."""
    return list(
        session.exec(
            select(Report)
            .join(Round, col(Round.id) == col(Report.round_id))
            .where(
                Report.task_id == task_id,
                col(Report.item_id).is_not(None),
                Report.status == "draft",
                Round.closes_at > clock.now(),
            )
        ).all()
    )


def change_round(session: Session, round_: Round, body: RoundPatch) -> None:
    """Move the cut-off or the lock of a round.

    Raises:
        Invalid: the instants are out of order.
    """
    round_.due_at = body.due_at or round_.due_at
    round_.closes_at = body.closes_at or round_.closes_at
    round_.change_reason = body.reason
    if not round_.opens_at < round_.due_at <= round_.closes_at:
        raise invalid("/due_at", "order", "应为：开始 < 截止 ≤ 关闭")
    session.flush()


# Which rounds the lights follow


def leading(session: Session, programme_id: UUID, *, every_tier: bool = False) -> list[Round]:
    """Return the rounds whose ends the lights of a list are judged and frozen by, in order.

    A list with a month has its months, however many ten-day figures it collects beside them; without one the shortest
    form leads. Where the tiers have rounds of their own, a period's lights wait for the last of them to close;
    ``every_tier`` returns them all. Rounds of texts light nothing.
    """
    rounds = session.exec(
        select(Round)
        .where(Round.programme_id == programme_id, Round.status == "active", Round.content == "figures")
        .order_by(col(Round.ends_on), col(Round.closes_at), col(Round.id))
    ).all()
    every = periods.leading(each.period for each in rounds)
    found = [each for each in rounds if periods.form(each.period) == every]
    return found if every_tier else list({each.period: each for each in found}.values())


def of_period(session: Session, programme_id: UUID, period: str, round_id: UUID | None = None) -> list[Round]:
    """Return the rounds of a list that one desk shows: one by its id, else those of a period in which figures are due.

    Several only where the tiers have rounds of their own; the one that closes last comes last.
    """
    statement = select(Round).where(
        Round.programme_id == programme_id, Round.period == period, Round.status == "active"
    )
    own = Round.content == "figures" if round_id is None else Round.id == round_id
    return list(session.exec(statement.where(own).order_by(col(Round.closes_at), col(Round.id))).all())


class Lock:
    """Says of reports in some rounds whether they are locked now: closed, and open again by no exception."""

    def __init__(self, closed: set[UUID], exceptions: Sequence[RoundException]) -> None:
        self._closed = closed
        self._exceptions: dict[UUID, list[RoundException]] = defaultdict(list)
        for each in exceptions:
            self._exceptions[each.round_id].append(each)

    def __call__(self, report: Report) -> bool:
        """Say whether a report is locked."""
        return report.round_id in self._closed and self.reopened_until(report) is None

    def reopened_until(self, report: Report) -> datetime | None:
        """Return until when an exception lets a report of a closed round be written."""
        granted = self._exceptions[report.round_id] if report.round_id in self._closed else ()
        task = report.task_id if report.item_id else None
        return max((each.until for each in granted if each.lets(report.unit_id, task)), default=None)


def lock_of(session: Session, rounds: Collection[Round]) -> Lock:
    """Return what is locked in some rounds, asked for all of them at once."""
    now = clock.now()
    closed = {each.id for each in rounds if each.closes_at <= now}
    return Lock(closed, running(session, closed))


def late(round_: Round, submitted_at: datetime | None) -> bool:
    """Say whether a report came in after the soft close."""
    return submitted_at is not None and submitted_at >= round_.due_at


def reopened_now(now: datetime) -> ColumnElement[bool]:
    """Return the condition under which a report is open again by an exception; asked beside ``report``."""
    return exists(
        select(RoundException.id).where(
            RoundException.round_id == Report.round_id,
            RoundException.unit_id == Report.unit_id,
            or_(
                col(RoundException.task_id).is_(None),
                and_(col(RoundException.task_id) == Report.task_id, col(Report.item_id).is_not(None)),
            ),
            RoundException.status == "active",
            RoundException.until > now,
        )
    )
