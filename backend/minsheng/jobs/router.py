"""Jobs over HTTP: each sees and stops his own."""

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

import orjson
from fastapi import APIRouter, Path, Query, Response
from sqlalchemy import Row

from minsheng.jobs.schemas import JobFileOut, JobOut, JobRef, JobState
from minsheng.kernel import jobs
from minsheng.kernel.access import Session
from minsheng.kernel.door import allow
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.kernel.workers import live

router = APIRouter(tags=["jobs"], route_class=Route)

_WHERE = "/api/v1/jobs/{}"


def present(session: Session, row: Row[Any]) -> JobOut:
    """Return a job of the caller."""
    return _present(row, jobs.files_of(session, [row.id])[row.id])


def _present(row: Row[Any], listed: Sequence[Row[Any]]) -> JobOut:
    """Return a job; what this process knows of its progress is fresher than the row."""
    done, total, note = row.done, row.total, row.note
    if row.state == "running":
        done, total, note = live.get(row.id, (done, total, note))
    where = _WHERE.format(row.id)
    files = [
        JobFileOut(
            name=file.name,
            filename=file.filename,
            media_type=file.media_type,
            href=f"{where}/files/{file.name}",
        )
        for file in listed
    ]
    return JobOut(
        **{name: getattr(row, name) for name in ("id", "kind", "title", "state", "created_at")},
        started_at=row.started_at,
        finished_at=row.finished_at,
        done=done,
        total=total,
        note=note,
        problem=orjson.loads(row.problem) if row.problem else None,
        result=orjson.loads(row.result) if row.result else None,
        files=files,
    )


def accepted(session: Session, response: Response, key: UUID) -> JobOut:
    """Answer 202 with a job that was just enqueued, and where to look for it."""
    response.status_code = 202
    response.headers["Location"] = _WHERE.format(key)
    return present(session, jobs.own(session, key))


@router.get("/jobs", summary="我的任务", operation_id="listJobs")
def list_jobs(
    page: Paging,
    session: Annotated[Session, allow(None)],
    state: Annotated[JobState | None, Query(description="状态")] = None,
) -> Page[JobOut]:
    """Return the caller's own jobs, the newest first: who closed the browser finds here what was going on."""
    before = UUID(page.after[0]) if page.after else None
    found, following = page.cut(jobs.of_caller(session, state, before, page.limit + 1), lambda row: (row.id,))
    files = jobs.files_of(session, [row.id for row in found])
    return Page(items=[_present(row, files[row.id]) for row in found], next=following)


@router.get("/jobs/{id}", summary="任务进度", operation_id="getJob")
def get_job(id: UUID, session: Annotated[Session, allow(None)]) -> JobOut:  # noqa: A002
    """Return one of the caller's own jobs: progress, result, the files it made, or why it failed."""
    return present(session, jobs.own(session, id))


@router.post("/jobs:cancel", summary="取消任务", operation_id="cancelJob")
def cancel_job(body: JobRef, session: Annotated[Session, allow(None)]) -> JobOut:
    """Stop one of the caller's own jobs. A waiting one never runs; a running one ends at its next step, without effect.

    A job that has ended stays as it is.
    """
    jobs.cancel(session, body.id)
    return present(session, jobs.own(session, body.id))


@router.get(
    "/jobs/{id}/files/{name}",
    summary="任务的文件",
    operation_id="getJobFile",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}},
)
def get_job_file(
    id: UUID,  # noqa: A002
    name: Annotated[str, Path(pattern=r"^[a-z]{1,20}$")],
    session: Annotated[Session, allow(None)],
) -> Response:
    """Return a file that one of the caller's own jobs made."""
    jobs.own(session, id)
    file = jobs.file_of(session, id, name)
    where = f"attachment; filename*=UTF-8''{quote(file.filename)}"
    return Response(file.content, media_type=file.media_type, headers={"Content-Disposition": where})
