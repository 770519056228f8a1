"""States of a task beside its life cycle: not applicable, waiting for policy, suspended, not handed down (R009, R010).

A task that is not applicable or not handed down leaves the denominator. One that waits or is suspended stays in it:
the promise stands, only its light is put out, and the board says why.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import col, select

from minsheng.kernel import clock, rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Conflict, Duplicate, FieldError, invalid
from minsheng.programmes.models import Programme
from minsheng.targets.duties import may_ask
from minsheng.targets.models import Task, TaskState
from minsheng.targets.schemas import EndIn, StateIn

NAMES = {
    "not_applicable": "不适用",
    "waiting_policy": "等待政策",
    "suspended": "暂缓实施",
    "not_handed_down": "尚未下达",
}
OUTSIDE = frozenset({"not_applicable", "not_handed_down"})
"""States whose tasks are in no denominator."""

HELD: tuple[str, ...] = ("approved", "ended")
"""Statuses of a state that held or holds on its days."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A state as the boards see it."""

    kind: str
    from_on: date
    until_on: date | None
    reason: str
    document_number: str | None = None

    def holds(self, on: date) -> bool:
        """Say whether it holds on a day; the last day is the one before ``until_on``."""
        return self.from_on <= on and (self.until_on is None or on < self.until_on)

    @property
    def name(self) -> str:
        """Its word."""
        return NAMES[self.kind]


def ask(session: Session, body: StateIn) -> TaskState:
    """Ask for a state of an issued task.

    Raises:
        NotFound: the task is not visible.
        Forbidden: it lies outside the caller's area.
        Conflict: it is not issued, or the caller sits elsewhere.
        Duplicate: another state is asked for or holds in those days.
        Invalid: the days are out of order or outside the list.
    """
    task = rows.fetch(session, Task, body.task_id)
    row = TaskState(
        **body.model_dump(),
        programme_id=task.programme_id,
        item_id=task.item_id,
        unit_id=task.unit_id,
        giver_id=task.giver_id,
        asked_by=session.caller.user_id if session.caller else None,
    )
    session.require(row)
    may_ask(session, task.unit_id, task.giver_id)
    programme = rows.fetch(session, Programme, task.programme_id)
    if task.status != "issued" or programme.status != "issued":
        message = "只有已下达、未办结的任务才能申请。"
        raise Conflict(message)
    if not programme.starts_on <= row.from_on <= programme.ends_on:
        raise invalid("/from_on", "outside", f"起始日应在 {programme.starts_on} 至 {programme.ends_on} 之间")
    if row.until_on is not None and row.until_on <= row.from_on:
        raise invalid("/until_on", "order", "恢复日应晚于起始日")
    refuse_overlap(session, row)
    session.add(row)
    session.flush()
    return row


def refuse_overlap(session: Session, row: TaskState, statuses: Sequence[str] = ("asked", *HELD)) -> None:
    """Keep to one state at a time.

    Raises:
        Duplicate: another is asked for or holds in the same days.
    """
    statement = select(TaskState).where(
        TaskState.task_id == row.task_id, TaskState.id != row.id, col(TaskState.status).in_(statuses)
    )
    for other in session.exec(statement).all():
        if (other.until_on or date.max) > row.from_on and (row.until_on or date.max) > other.from_on:
            message = f"这些日子里已有“{NAMES[other.kind]}”（自 {other.from_on}）。"
            raise Duplicate(message, errors=[FieldError(pointer="/from_on", code="duplicate", message=message)])


def standings(
    session: Session, *, programme: UUID | None = None, tasks: Iterable[UUID] | None = None
) -> dict[UUID, list[Standing]]:
    """Return the approved states of tasks, or of a whole programme, by task."""
    statement = select(TaskState).where(col(TaskState.status).in_(HELD))
    if programme is not None:
        statement = statement.where(TaskState.programme_id == programme)
    if tasks is not None:
        statement = statement.where(col(TaskState.task_id).in_(set(tasks)))
    found: dict[UUID, list[Standing]] = defaultdict(list)
    for row in session.exec(statement.order_by(col(TaskState.from_on), col(TaskState.id))).all():
        found[row.task_id].append(Standing(row.kind, row.from_on, row.until_on, row.reason, row.document_number))
    return found


def standing_on(known: Sequence[Standing], on: date) -> Standing | None:
    """Return the state that holds on a day."""
    return next((each for each in known if each.holds(on)), None)


def today(session: Session, tasks: Iterable[UUID]) -> dict[UUID, TaskState]:
    """Return the states that hold today, by task."""
    on = clock.today()
    statement = select(TaskState).where(col(TaskState.task_id).in_(set(tasks)), col(TaskState.status).in_(HELD))
    return {
        row.task_id: row
        for row in session.exec(statement).all()
        if Standing(row.kind, row.from_on, row.until_on, row.reason).holds(on)
    }


# Guards and effects of the life cycle


def no_overlap(session: Session, row: TaskState) -> None:
    """Refuse to approve a second state of the same days."""
    refuse_overlap(session, row, HELD)


def set_end(_session: Session, row: TaskState, body: object) -> None:
    """Note the day from which a state no longer holds.

    Raises:
        Invalid: it is not after the beginning.
    """
    assert isinstance(body, EndIn)  # noqa: S101 - the life cycle asks for it
    if body.until_on <= row.from_on:
        raise invalid("/until_on", "order", "恢复日应晚于起始日")
    row.until_on = body.until_on
