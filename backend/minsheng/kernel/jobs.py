"""Slow work: a row that is enqueued in the transaction that needs it, and what its maker may see of it.

A job belongs to the person who made it and runs with the authority he has at that moment, through the same door. Who
runs it, and how often after a worker died, is in :mod:`minsheng.kernel.workers`.
"""

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from sqlalchemy import Index, LargeBinary, Row, delete, event, func, insert, select, update
from sqlmodel import Field, SQLModel

from minsheng.kernel import clock
from minsheng.kernel.access import Private, Session
from minsheng.kernel.db import Instant
from minsheng.kernel.errors import Conflict, NotFound
from minsheng.kernel.ids import new_id

if TYPE_CHECKING:
    from minsheng.kernel.workers import Work

KEPT = timedelta(days=7)
"""How long the files of a finished job stay."""

MOST_WAITING = 20
"""Unfinished jobs of one person."""

_OWN = "只归发起人所见：由内核按人读取"


class Job(SQLModel, table=True):
    """One piece of slow work; ``state`` is queued, running, done, failed or cancelled."""

    __tablename__ = "job"
    __scope__ = Private(_OWN)
    __table_args__ = (Index("ix_job_state_id", "state", "id"), Index("ix_job_user_id_id", "user_id", "id"))

    id: UUID = Field(primary_key=True)
    kind: str = Field(nullable=False)
    title: str = Field(nullable=False)
    user_id: UUID = Field(nullable=False, foreign_key="user_account.id")
    state: str = Field(nullable=False)
    payload: str = Field(nullable=False)
    done: int = Field(nullable=False)
    total: int = Field(nullable=False)
    note: str = Field(nullable=False)
    attempts: int = Field(nullable=False)
    worker: str | None = None
    lease_until: datetime | None = Field(default=None, sa_type=Instant)
    cancel_asked: bool = Field(nullable=False)
    problem: str | None = None
    result: str | None = None
    created_at: datetime = Field(sa_type=Instant, nullable=False)
    started_at: datetime | None = Field(default=None, sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)


class JobFile(SQLModel, table=True):
    """A file that a job was given or has made, beside the row so that both are committed together."""

    __tablename__ = "job_file"
    __scope__ = Private(_OWN)

    job_id: UUID = Field(primary_key=True, foreign_key="job.id")
    name: str = Field(primary_key=True)
    filename: str = Field(nullable=False)
    media_type: str = Field(nullable=False)
    content: bytes = Field(sa_type=LargeBinary, nullable=False)


JOBS = Job.__table__  # type: ignore[attr-defined]
FILES = JobFile.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class File:
    """A file by its name within the job."""

    name: str
    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Kind:
    """What is done for one kind of job, and the permission its session names at the door."""

    permission: str
    run: "Callable[[Work], None]"


KINDS: dict[str, Kind] = {}
"""Every kind of job; features that have slow work enter theirs."""

wake = threading.Event()
"""Set when this process has committed a job: the worker beside the server need not wait for its next look."""

_MADE = "made a job"


def enqueue(session: Session, kind: str, title: str, payload: Mapping[str, Any], *files: File) -> UUID:
    """Put a job of the caller into the queue, in his transaction.

    Raises:
        Conflict: as many of his jobs wait already as anybody may keep waiting.
    """
    assert kind in KINDS  # noqa: S101 - a job that nobody can run would wait for ever
    key = new_id()
    connection = session.connection()
    waiting = (JOBS.c.user_id == session.who.user_id) & JOBS.c.state.in_(["queued", "running"])
    if connection.execute(select(func.count()).select_from(JOBS).where(waiting)).scalar_one() >= MOST_WAITING:
        message = f"您已有 {MOST_WAITING} 个任务在等待，请稍后再试。"
        raise Conflict(message)
    connection.execute(
        insert(JOBS),
        {
            "id": key,
            "kind": kind,
            "title": title,
            "user_id": session.who.user_id,
            "state": "queued",
            "payload": orjson.dumps(payload).decode(),
            "done": 0,
            "total": 0,
            "note": "",
            "attempts": 0,
            "cancel_asked": False,
            "created_at": clock.now(),
        },
    )
    for file in files:
        connection.execute(insert(FILES), {"job_id": key, **file.__dict__})
    session.info[_MADE] = True
    return key


@event.listens_for(Session, "after_commit")
def _wake(session: Session) -> None:
    if session.info.pop(_MADE, False):
        wake.set()


def own(session: Session, key: UUID, kind: str | None = None) -> Row[Any]:
    """Return a job of the caller, perhaps of one kind only.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    found = session.connection().execute(select(JOBS).where(JOBS.c.id == key, JOBS.c.user_id == session.who.user_id))
    row = found.one_or_none()
    if row is None or kind not in (None, row.kind):
        raise NotFound
    return row


def of_caller(session: Session, state: str | None, before: UUID | None, most: int) -> list[Row[Any]]:
    """Return the caller's jobs, the newest first, perhaps only those in a state or older than one of them."""
    statement = select(JOBS).where(JOBS.c.user_id == session.who.user_id)
    if state is not None:
        statement = statement.where(JOBS.c.state == state)
    if before is not None:
        statement = statement.where(JOBS.c.id < before)
    # Ids grow with time.
    return list(session.connection().execute(statement.order_by(JOBS.c.id.desc()).limit(most)))


def payload_of(row: Row[Any]) -> dict[str, Any]:
    """Return what a job was given."""
    found: dict[str, Any] = orjson.loads(row.payload)
    return found


def files_of(session: Session, keys: Collection[UUID]) -> dict[UUID, list[Row[Any]]]:
    """Return what files jobs have, without their content; the jobs must be known to be the caller's."""
    columns = (FILES.c.job_id, FILES.c.name, FILES.c.filename, FILES.c.media_type)
    found: dict[UUID, list[Row[Any]]] = {key: [] for key in keys}
    for row in session.connection().execute(
        select(*columns).where(FILES.c.job_id.in_(keys)).order_by(FILES.c.job_id, FILES.c.name)
    ):
        found[row.job_id].append(row)
    return found


def file_of(session: Session, key: UUID, name: str) -> File:
    """Return one file of a job; the job must be known to be the caller's.

    Raises:
        NotFound: the job has no such file, or it is no longer kept.
    """
    row = session.connection().execute(select(FILES).where(FILES.c.job_id == key, FILES.c.name == name)).one_or_none()
    if row is None:
        message = "没有这个文件，或已过保存期。"
        raise NotFound(message)
    return File(row.name, row.filename, row.media_type, row.content)


def cancel(session: Session, key: UUID) -> None:
    """Take a waiting job out of the queue; ask one that runs to stop at its next step.

    A job that has ended stays as it is: what is done is not undone.
    """
    own(session, key)
    connection = session.connection()
    waiting = (JOBS.c.id == key) & (JOBS.c.state == "queued")
    connection.execute(update(JOBS).where(waiting).values(state="cancelled", finished_at=clock.now()))
    connection.execute(update(JOBS).where(JOBS.c.id == key, JOBS.c.state == "running").values(cancel_asked=True))


def forget_old(session: Session) -> int:
    """Drop the files of jobs that ended a while ago; return how many."""
    old = select(JOBS.c.id).where(JOBS.c.finished_at < clock.now() - KEPT)
    return int(session.connection().execute(delete(FILES).where(FILES.c.job_id.in_(old))).rowcount)
