"""Rounds: made when a list is issued, moved by the office, expecting a report of every task."""

from calendar import monthrange
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import col, select

from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.kernel.errors import invalid
from minsheng.programmes.models import Programme
from minsheng.reports.models import Report, Round
from minsheng.reports.schemas import RoundPatch
from minsheng.targets.models import Task


def rounds_of(programme: Programme) -> list[Round]:
    """Return the monthly rounds of a programme: from the month of issue to its last.

    A round opens with its month, falls due on the cut-off day of the next and closes some days later.
    """
    assert programme.issued_on is not None  # noqa: S101 - rounds come with the issue
    found = []
    at = programme.issued_on.replace(day=1)
    while at <= programme.ends_on:
        last = at.replace(day=monthrange(at.year, at.month)[1])
        following = last + timedelta(days=1)
        due = following.replace(day=programme.cut_off_day)
        found.append(
            Round(
                programme_id=programme.id,
                unit_id=programme.unit_id,
                period=f"{at:%Y-%m}",
                starts_on=at,
                ends_on=last,
                opens_at=clock.at(at, 0),
                due_at=clock.at(due, programme.cut_off_hour),
                closes_at=clock.at(due + timedelta(days=programme.close_after_days), 24),
            )
        )
        at = following
    return found


def make_rounds(session: Session, programme: Programme, _body: object) -> None:
    """Make the rounds when a programme is issued."""
    session.add_all(rounds_of(programme))
    session.flush()


def expect_reports(session: Session, task: Task, _body: object) -> None:
    """Expect a report of a task in every round that has not closed, unless it is split further."""
    with_list = task.programme_id in session.moving
    shares = session.exec(select(Task).where(Task.parent_id == task.id, Task.status != "void")).all()
    # A share that is not handed down yet may never be: until then the unit above reports itself.
    if any(share.status == "issued" or (with_list and share.giver_id == _owner(session, task)) for share in shares):
        return
    now = clock.now()
    rounds = session.exec(select(Round).where(Round.programme_id == task.programme_id)).all()
    session.add_all(
        Report(
            programme_id=task.programme_id,
            round_id=each.id,
            task_id=task.id,
            item_id=task.item_id,
            unit_id=task.unit_id,
            period=each.period,
        )
        for each in rounds
        if each.closes_at > now
    )


def _owner(session: Session, task: Task) -> UUID:
    return session.get_one(Programme, task.programme_id).unit_id


def open_drafts(session: Session, task_id: UUID) -> list[Report]:
    """Return the drafts of a task that may still change."""
    return list(
        session.exec(
            select(Report)
            .join(Round, col(Round.id) == col(Report.round_id))
            .where(Report.task_id == task_id, Report.status == "draft", Round.closes_at > clock.now())
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


def month_end(period: str) -> date:
    """Return the last day of a period."""
    year, month = int(period[:4]), int(period[5:])
    return date(year, month, monthrange(year, month)[1])
