"""Running jobs: leased, so that another worker takes over when one dies, and ended in the transaction of their work.

What a job writes and that it is done are one commit, guarded by the lease: a worker that was thought dead and was not
finds its lease gone and takes everything back. Killed at any instant, a job has either happened or will happen again.
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlalchemy import insert, or_, select, update
from sqlalchemy.exc import OperationalError

from minsheng.kernel import clock
from minsheng.kernel.access import Access, Session
from minsheng.kernel.db import Database, PoolTimeout
from minsheng.kernel.door import Authenticate, open_session
from minsheng.kernel.errors import Conflict, Forbidden, Internal, Problem, Unavailable
from minsheng.kernel.jobs import FILES, JOBS, KINDS, File, forget_old, wake

log = logging.getLogger("minsheng")

LEASE = timedelta(seconds=60)
LOOK_SECONDS = 3.0
"""How often an idle worker looks for jobs of other processes: one indexed read."""
TELL_SECONDS = 0.4
ATTEMPTS = 3
_TIDY_SECONDS = 3600.0

live: dict[UUID, tuple[int, int, str]] = {}
"""Progress of the jobs that this process runs: fresher than the rows, which are written now and then."""


class CancelledError(Exception):
    """The maker does not want the job any more."""


class LeaseLostError(Exception):
    """Somebody else runs the job by now; what this worker did is taken back."""


@dataclass(frozen=True)
class Taken:
    """A job under lease."""

    id: UUID
    kind: str
    user_id: UUID
    payload: dict[str, Any]
    attempts: int


class Work:
    """What a job's function works with: its payload and files, progress, and sessions of the job's maker."""

    def __init__(self, worker: "Worker", job: Taken) -> None:
        self.job = job
        self.payload = job.payload
        self.result: dict[str, Any] = {}
        self.ended = False
        self._worker = worker
        self._database = worker.database
        self._kept: list[File] = []
        self._writing = False
        self._told = time.monotonic()

    def reading(self) -> Session:
        """Open a session that reads with the maker's present rights."""
        return self._admitted(write=False)

    @contextmanager
    def ending(self) -> Iterator[Session]:
        """Open a session that writes with the maker's rights; its commit is the end of the job.

        Raises:
            CancelledError: the maker took it back meanwhile; nothing is written.
            LeaseLostError: another worker has the job; nothing is written.
        """
        session = self._admitted(write=True)
        self._writing = True
        try:
            yield session
            session.flush()
            self._end(session)
            session.commit()
            self.ended = True
        finally:
            session.close()
            self._writing = False

    def keep(self, file: File) -> None:
        """Keep a file with the job when it ends."""
        self._kept.append(file)

    def step(self, done: int, total: int, note: str) -> None:
        """Say how far the work is, and go on holding the job.

        Raises:
            CancelledError: the maker does not want it any more.
            LeaseLostError: another worker has the job.
        """
        live[self.job.id] = (done, total, note)
        # SQLite has one writer, and this job is it: the row is told when it ends.
        if time.monotonic() - self._told < TELL_SECONDS or (self._writing and self._database.sqlite):
            return
        self._told = time.monotonic()
        with open_session(self._database, Access.system("jobs are run"), write=True) as session:
            connection = session.connection()
            values = {"done": done, "total": total, "note": note, "lease_until": clock.now() + LEASE}
            held = connection.execute(update(JOBS).where(self._mine).values(**values)).rowcount
            asked = connection.execute(select(JOBS.c.cancel_asked).where(JOBS.c.id == self.job.id)).scalar_one()
            session.commit()
        if not held:
            raise LeaseLostError
        if asked:
            raise CancelledError

    @property
    def _mine(self) -> Any:  # noqa: ANN401 - a condition
        return (
            (JOBS.c.id == self.job.id)
            & (JOBS.c.state == "running")
            & (JOBS.c.worker == self._worker.name)
            & (JOBS.c.attempts == self.job.attempts)
        )

    def _admitted(self, *, write: bool) -> Session:
        """Open a session as the door does for a request.

        Raises:
            Unauthenticated: the maker's account is disabled.
            Forbidden: he no longer holds the permission the job needs.
        """
        permission = KINDS[self.job.kind].permission
        session = open_session(self._database, Access.system("jobs are run"), write=write)
        try:
            session.caller = self._worker.authenticate.person(session, self.job.user_id)
            session.access = session.caller.access
            session.permission = permission
            session.request_id = f"job-{self.job.id}"
        except BaseException:
            session.close()
            raise
        if not session.access.holds(permission):
            session.close()
            raise Forbidden
        return session

    def _end(self, session: Session) -> None:
        connection = session.connection()
        wanted = self._mine & JOBS.c.cancel_asked.is_(False)
        values = {"state": "done", "result": orjson.dumps(self.result).decode(), "finished_at": clock.now()}
        done, total, note = live.get(self.job.id, (0, 0, ""))
        values |= {"done": total or done, "total": total, "note": note, "lease_until": None}
        if not connection.execute(update(JOBS).where(wanted).values(**values)).rowcount:
            asked = connection.execute(select(JOBS.c.cancel_asked).where(self._mine)).scalar_one_or_none()
            raise CancelledError if asked else LeaseLostError
        for file in self._kept:
            connection.execute(insert(FILES), {"job_id": self.job.id, **file.__dict__})

    def settle(self, state: str, problem: Problem | None = None) -> None:
        """Write down how a job ended that did not do its work."""
        body = orjson.dumps(problem.body()).decode() if problem else None
        ended = None if state == "queued" else clock.now()
        values = {"state": state, "problem": body, "lease_until": None, "finished_at": ended}
        with open_session(self._database, Access.system("jobs are run"), write=True) as session:
            session.connection().execute(update(JOBS).where(self._mine).values(**values))
            session.commit()


class Worker:
    """Takes one job after the other: a thread beside the server, or a process of its own."""

    def __init__(self, database: Database, authenticate: Authenticate) -> None:
        self.database = database
        self.authenticate = authenticate
        self.name = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self._tidied = time.monotonic()

    def keep_working(self, stop: threading.Event) -> None:
        """Run jobs until told to stop; a job that runs then is given up, and taken again after the start."""
        with suppress(OperationalError):
            self.release_dead()
        while not stop.is_set():
            try:
                wake.clear()
                if not self.run_one():
                    self._tidy()
                    wake.wait(LOOK_SECONDS)
            except (OperationalError, PoolTimeout) as error:
                log.info("jobs are left to the next turn", exc_info=error)
                stop.wait(LOOK_SECONDS)
            except Exception:
                log.exception("a worker's turn failed; it goes on")
                stop.wait(LOOK_SECONDS)

    def run_due(self) -> int:
        """Run what is waiting, one after the other; return how many jobs that were."""
        count = 0
        while self.run_one():
            count += 1
        return count

    def run_one(self) -> bool:
        """Run the oldest job that waits; return whether there was one."""
        job = self._take()
        if job is None:
            return False
        work = Work(self, job)
        try:
            self._run(work)
        finally:
            live.pop(job.id, None)
        return True

    def _run(self, work: Work) -> None:
        job = work.job
        try:
            if job.attempts > ATTEMPTS:
                message = "任务多次中断，没有完成，请重新提交。"
                raise Conflict(message)  # noqa: TRY301 - it is settled like every other refusal
            KINDS[job.kind].run(work)
            if not work.ended:
                with work.ending():
                    pass
        except CancelledError:
            work.settle("cancelled")
        except LeaseLostError:
            log.warning("a job's lease was lost", extra={"job": str(job.id)})
        except Problem as problem:
            work.settle("failed", problem)
        except (OperationalError, PoolTimeout) as error:
            log.warning("a job met a busy database", extra={"job": str(job.id)}, exc_info=error)
            work.settle(*(("queued",) if job.attempts < ATTEMPTS else ("failed", Unavailable())))
        except Exception:
            log.exception("a job failed", extra={"job": str(job.id)})
            work.settle("failed", Internal("系统内部错误，请凭任务编号联系管理员。"))

    def _take(self) -> Taken | None:
        due = or_(JOBS.c.state == "queued", (JOBS.c.state == "running") & (JOBS.c.lease_until < clock.now()))
        oldest = select(JOBS).where(due).order_by(JOBS.c.id).limit(1)
        system = Access.system("jobs are run")
        # Looking costs no writer: on SQLite an idle worker is in nobody's way.
        with open_session(self.database, system, write=False) as session:
            if session.connection().execute(oldest.with_only_columns(JOBS.c.id)).first() is None:
                return None
        with open_session(self.database, system, write=True) as session:
            connection = session.connection()
            row = connection.execute(oldest.with_for_update(skip_locked=True)).one_or_none()
            if row is None:
                return None
            now = clock.now()
            values = {"state": "running", "worker": self.name, "attempts": row.attempts + 1, "lease_until": now + LEASE}
            connection.execute(
                update(JOBS).where(JOBS.c.id == row.id).values(**values, started_at=row.started_at or now)
            )
            session.commit()
        return Taken(row.id, row.kind, row.user_id, orjson.loads(row.payload), row.attempts + 1)

    def release_dead(self) -> None:
        """Free the jobs of workers of this machine that are no more, without waiting for their leases."""
        with open_session(self.database, Access.system("jobs are run"), write=True) as session:
            connection = session.connection()
            for row in connection.execute(select(JOBS.c.id, JOBS.c.worker).where(JOBS.c.state == "running")).all():
                if _gone(row.worker):
                    held = (JOBS.c.id == row.id) & (JOBS.c.worker == row.worker)
                    connection.execute(update(JOBS).where(held).values(lease_until=clock.now() - LEASE))
            session.commit()

    def _tidy(self) -> None:
        if time.monotonic() - self._tidied > _TIDY_SECONDS:
            self._tidied = time.monotonic()
            with open_session(self.database, Access.system("jobs are run"), write=True) as session:
                forget_old(session)
                session.commit()


def _gone(worker: str) -> bool:
    host, number, _ = worker.rsplit(":", 2)
    if host != socket.gethostname():
        return False
    if int(number) == os.getpid():
        # This process has only just started: the name is of an earlier life.
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
