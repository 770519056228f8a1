"""Jobs: each his own, run with his rights of the moment, once and as a whole whatever happens to workers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from minsheng.kernel import clock, jobs
from minsheng.kernel.access import Access
from minsheng.kernel.door import open_session
from minsheng.kernel.errors import Conflict
from minsheng.kernel.jobs import File, Kind
from minsheng.kernel.workers import ATTEMPTS, LEASE, Worker
from minsheng.org.models import Unit
from minsheng.reports import workbook_router
from tests.conftest import at
from tests.factories.problems import problem
from tests.factories.world import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

    from minsheng.kernel.workers import Work
    from tests.conftest import Callers
    from tests.factories.world import World

KIND = workbook_router.TRY


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Work], None]], None]:
    """Let uploads be worked on by another function: what jobs do is theirs, what becomes of them is looked at here."""

    def put(run: Callable[[Work], None]) -> None:
        monkeypatch.setitem(jobs.KINDS, KIND, Kind("report.edit", run))

    return put


def test_a_job_is_its_makers_and_ends_once(  # noqa: PLR0915 - one story
    app: FastAPI, people: Callers, world: World, told: Callable[[Callable[[Work], None]], None]
) -> None:
    clerk, other = people["a1-clerk"], people["a1-second"]
    worker = Worker(app.state.database, app.state.authenticate)
    params = {"period": "2026-11", "unit_id": str(world["a1"])}
    seen: list[Any] = []

    def make() -> str:
        answer = clerk.call("POST", "/report-uploads", params=params, content=b"PK")
        assert (answer.status_code, answer.json()["state"]) == (202, "queued"), answer.text
        found: str = answer.json()["id"]
        return found

    def state(key: str) -> str:
        found: str = clerk.get(f"/jobs/{key}")["state"]
        return found

    def work(work: Work) -> None:
        with work.reading() as session:
            seen.append((session.who.username, sorted(row.name for row in session.exec(sa.select(Unit)).scalars())))
        work.step(1, 4, "一半")
        seen.append(clerk.get(f"/jobs/{work.job.id}")["done"])
        with work.ending() as session:
            work.result = {"units": 1}
            work.keep(File("made", "甲.txt", "text/plain", b"made"))
            session.flush()

    told(work)
    key = make()
    for path in (f"/jobs/{key}", f"/jobs/{key}/files/workbook", f"/report-uploads/{key}"):
        problem(other.call("GET", path), 404, "not-found")
    problem(other.call("POST", "/jobs:cancel", json={"id": key}), 404, "not-found")
    # Who closed the browser finds his own again, and nobody else's.
    later = make()
    assert [each["id"] for each in clerk.get("/jobs")["items"]] == [later, key]
    first = clerk.get("/jobs", limit=1)
    assert [each["id"] for each in clerk.get("/jobs", limit=1, cursor=first["next"])["items"]] == [key]
    clerk.post("/jobs:cancel", {"id": later})
    assert [each["id"] for each in clerk.get("/jobs", state="queued")["items"]] == [key]
    (mine,) = clerk.get("/jobs", state="queued")["items"]
    assert ([each["name"] for each in mine["files"]], other.get("/jobs")["items"]) == (["workbook"], [])
    problem(other.call("POST", "/report-uploads:commit", json={"id": key}), 404, "not-found")
    assert worker.run_due() == 1
    done = clerk.get(f"/jobs/{key}")
    assert (done["state"], done["result"], done["done"], done["total"], done["problem"]) == (
        "done",
        {"units": 1},
        4,
        4,
        None,
    )
    assert [file["name"] for file in done["files"]] == ["made", "workbook"]
    assert clerk.call("GET", f"/jobs/{key}/files/made").content == b"made"
    problem(other.call("GET", f"/jobs/{key}/files/made"), 404, "not-found")
    assert seen[0][0] == "a1-clerk"
    assert "灵溪镇" not in seen[0][1]
    assert seen[1] == 1
    # Ended is ended: it is not run again, and a cancel leaves it as it is.
    clerk.post("/jobs:cancel", {"id": key})
    assert (worker.run_due(), state(key)) == (0, "done")
    # One that waits never runs once it is cancelled; the same key never makes a second job.
    key = make()
    clerk.post("/jobs:cancel", {"id": key})
    assert (worker.run_due(), state(key)) == (0, "cancelled")
    headers = {"Idempotency-Key": "upload-of-november"}
    first, again = (
        clerk.call("POST", "/report-uploads", params=params, content=b"PK", headers=headers).json()["id"] for _ in "12"
    )
    assert first == again
    assert worker.run_due() == 1
    # Nobody fills the queue for the others.
    full = [clerk.call("POST", "/report-uploads", params=params, content=b"PK").status_code for _ in range(21)]
    assert full == [202] * 20 + [409]
    assert worker.run_due() == 20
    # Files go after a while, the job stays.
    later = NOW + jobs.KEPT + timedelta(hours=1)
    with at(later), open_session(app.state.database, Access.system("test"), write=True) as session:
        assert jobs.forget_old(session) == 46
        session.commit()
    assert clerk.get(f"/jobs/{first}")["files"] == []


def test_what_goes_wrong_is_kept_and_what_dies_is_taken_up_again(  # noqa: PLR0915 - one trouble after the other
    app: FastAPI, people: Callers, world: World, told: Callable[[Callable[[Work], None]], None]
) -> None:
    clerk = people["a1-clerk"]
    database, authenticate = app.state.database, app.state.authenticate
    worker, second = Worker(database, authenticate), Worker(database, authenticate)
    params = {"period": "2026-11", "unit_id": str(world["a1"])}

    def make() -> str:
        found: str = clerk.call("POST", "/report-uploads", params=params, content=b"PK").json()["id"]
        return found

    def ended(key: str) -> tuple[str, str | None]:
        found = clerk.get(f"/jobs/{key}")
        return found["state"], found["problem"] and found["problem"]["code"]

    troubles: list[Exception] = []

    def rename(work: Work) -> None:
        with work.ending() as session:
            session.access = session.access.__class__.system("test")
            unit = session.get(Unit, world["a1"])
            unit.name = f"{unit.name}+"
            session.add(unit)
            session.flush()
            raise troubles[-1]

    for trouble, wanted in (
        (Conflict("不行"), ("failed", "conflict")),
        (RuntimeError("bug"), ("failed", "internal")),
    ):
        troubles.append(trouble)
        told(rename)
        key = make()
        worker.run_due()
        assert ended(key) == wanted
    assert people["admin"].get(f"/units/{world['a1']}")["name"] == "柳市镇"

    # A worker that dies leaves its lease behind: nobody takes the job before that has run out, then somebody does.
    runs: list[int] = []

    class Died(BaseException):
        """The process is gone."""

    def die(work: Work) -> None:
        runs.append(work.job.attempts)
        raise Died

    told(die)
    key = make()
    for attempt in range(1, ATTEMPTS + 1):
        with at(NOW + attempt * (LEASE + timedelta(seconds=1))):
            with pytest.raises(Died):
                worker.run_due()
            assert second.run_due() == 0
            assert clerk.get(f"/jobs/{key}")["state"] == "running"
    with at(NOW + 9 * LEASE):
        assert second.run_due() == 1
    assert (runs, ended(key)) == ([1, 2, 3], ("failed", "conflict"))

    # One that was only thought dead finds its lease gone at the end, and takes back what it did.
    def slow(work: Work) -> None:
        runs.append(work.job.attempts)
        if work.job.attempts == 1:
            with at(clock.now() + LEASE + timedelta(seconds=1)):
                assert second.run_due() == 1
        with work.ending():
            work.result = {"by": work.job.attempts}

    told(slow)
    key = make()
    worker.run_due()
    assert clerk.get(f"/jobs/{key}")["result"] == {"by": 2}

    # Asked to stop while it runs, it ends without effect.
    def stopped(work: Work) -> None:
        clerk.post("/jobs:cancel", {"id": str(work.job.id)})
        with work.ending():
            work.result = {"done": True}

    told(stopped)
    key = make()
    worker.run_due()
    assert (ended(key), clerk.get(f"/jobs/{key}")["result"]) == (("cancelled", None), None)

    # The maker's rights are those of the moment it runs.
    told(lambda work: work.reading().close())
    key = make()
    grant = people["admin"].get(f"/grants/{world['grant:a1-clerk']}")
    people["admin"].post(f"/grants/{grant['id']}/revoke", version=grant["version"])
    worker.run_due()
    assert ended(key) == ("failed", "forbidden")
