"""Texts that each unit owes once for the whole list, however many tasks it has (R164)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import event
from sqlmodel import col, select

from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.reports.models import Report, Round
from minsheng.targets.models import Task, TaskState

_KEPT, _ASKING = "unit_texts", "unit_texts_asked"
_HELD = ("approved", "ended")


def expected(session: Session, tasks: Sequence[Task], rounds: Iterable[Round]) -> list[Report]:
    """Return the reports that units still owe in rounds that ask each unit once, from the first task of each on."""
    asked = [each for each in rounds if each.per == "unit"]
    known = _known(session, {each.id for each in asked})
    found = []
    for task in tasks:
        for each in asked:
            if task.unit_id not in known[each.id]:
                known[each.id].add(task.unit_id)
                found.append(
                    Report(
                        programme_id=task.programme_id,
                        round_id=each.id,
                        task_id=task.id,
                        unit_id=task.unit_id,
                        period=each.period,
                    )
                )
    return found


def _known(session: Session, rounds: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Return which units are asked already; kept, because the tasks of a list are issued one after the other."""
    kept: dict[UUID, set[UUID]] = session.info.setdefault(_KEPT, {})
    if missing := set(rounds) - set(kept):
        kept |= {key: set() for key in missing}
        for round_id, unit_id in session.exec(
            select(Report.round_id, Report.unit_id).where(
                col(Report.round_id).in_(missing), col(Report.item_id).is_(None), Report.status != "void"
            )
        ).all():
            kept[round_id].add(unit_id)
    return kept


@event.listens_for(Session, "after_commit")
@event.listens_for(Session, "after_soft_rollback")
def forget(session: Session, *_: object) -> None:
    """Ask the database anew: rounds were made, or texts fell away."""
    session.info.pop(_KEPT, None)
    session.info.pop(_ASKING, None)


def review(session: Session, programme_id: UUID, unit_id: UUID) -> list[Report]:
    """Bring what a unit owes up to date after one of its tasks was handed on, held or taken up again.

    A text is excused while all tasks of its unit are held. Returned are the drafts that fall away, because no task is
    left with the unit.
    """
    if not _asked(session, programme_id):
        return []
    # What this very request issues is not written yet: the rows know it, the database does not.
    own = _issued(session, Task.programme_id == programme_id, Task.unit_id == unit_id)
    handed_on = {share.parent_id for share in _issued(session, col(Task.parent_id).in_({task.id for task in own}))}
    left = {task.id for task in own} - handed_on
    drafts = session.exec(
        select(Report, Round.ends_on)  # type: ignore[call-overload]
        .join(Round, col(Round.id) == col(Report.round_id))
        .where(
            Report.programme_id == programme_id,
            Report.unit_id == unit_id,
            col(Report.item_id).is_(None),
            Report.status == "draft",
            col(Report.corrects_id).is_(None),
            Round.closes_at > clock.now(),
        )
    ).all()
    if not left:
        forget(session)
        return [report for report, _ in drafts]
    held = _held(session, left)
    for report, ends_on in drafts:
        excused = all(any(_holds(each, ends_on) for each in held[task]) for task in left)
        if report.excused != excused:
            report.excused = excused
            session.add(report)
    return []


def _asked(session: Session, programme_id: UUID) -> bool:
    """Say whether a list asks its units for texts at all; kept, since every share that is issued asks it."""
    kept: dict[UUID, bool] = session.info.setdefault(_ASKING, {})
    if programme_id not in kept:
        asking = select(Round.id).where(Round.programme_id == programme_id, Round.per == "unit").limit(1)
        kept[programme_id] = session.exec(asking).first() is not None
    return kept[programme_id]


def _issued(session: Session, *conditions: Any) -> list[Task]:  # noqa: ANN401
    return [task for task in session.exec(select(Task).where(*conditions)).all() if task.status == "issued"]


def _held(session: Session, tasks: Collection[UUID]) -> dict[UUID, list[TaskState]]:
    found: dict[UUID, list[TaskState]] = defaultdict(list)
    for state in session.exec(select(TaskState).where(col(TaskState.task_id).in_(tasks))).all():
        if state.status in _HELD:
            found[state.task_id].append(state)
    return found


def _holds(state: TaskState, on: date) -> bool:
    return state.from_on <= on and (state.until_on is None or on < state.until_on)
