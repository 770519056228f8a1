"""Reports as workbooks over HTTP: download, try, commit; trying and committing are jobs of the person who asks."""

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import col, select
from starlette.concurrency import run_in_threadpool

from minsheng.calendars import periods
from minsheng.jobs.router import accepted
from minsheng.jobs.schemas import JobOut
from minsheng.kernel import heap, jobs, rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import allow
from minsheng.kernel.errors import Conflict, Invalid
from minsheng.kernel.fields import Period
from minsheng.kernel.http import Route
from minsheng.kernel.jobs import File, Kind
from minsheng.kernel.workers import Work
from minsheng.org.models import Unit
from minsheng.org.service import in_tree_order, subtree
from minsheng.permissions import P
from minsheng.programmes.service import in_catalogue_order
from minsheng.reports import upload, upload_rows, versions, workbook, workbook_sheet
from minsheng.reports.facts import ReportFacts, facts_of
from minsheng.reports.models import Report
from minsheng.reports.upload_rows import Upload
from minsheng.reports.upload_schemas import UploadCommit, UploadPreview
from minsheng.reports.workbook_sheet import Meta

router = APIRouter(tags=["reports"], route_class=Route)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TRY, COMMIT = "reports.try", "reports.commit"
MOST_ROWS = 5_000
"""Reports of one download; a larger area is downloaded part by part."""
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}, "example": "（.xlsx 文件）"}
        },
    }
}

PeriodQuery = Annotated[Period, Query(description="填报期")]


class XlsxResponse(Response):
    media_type = XLSX


@router.get(
    "/entry-sheet.xlsx",
    summary="填报表工作簿",
    operation_id="getEntryWorkbook",
    response_class=XlsxResponse,
    responses={200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}},
)
def get_entry_workbook(
    session: Annotated[Session, allow(P.REPORT_READ)],
    period: PeriodQuery,
    unit_id: Annotated[UUID, Query(description="填报单位")],
    below: Annotated[bool, Query(description="连同下级单位")] = False,  # noqa: FBT002
) -> XlsxResponse:
    """Return a month's reports as a workbook to fill in and upload again: what may not be typed is locked.

    Ids, versions and what every cell held at the download travel hidden in each row.
    """
    unit = rows.fetch(session, Unit, unit_id)
    found = _reports(session, unit, period, beneath=below)
    meta = Meta(period, unit.id, unit.name, below)
    made = workbook_sheet.write(meta, workbook.lines_of(found))
    name = quote(f"{unit.name}{period}填报表.xlsx")
    return XlsxResponse(made, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"})


def _reports(session: Session, unit: Unit, period: str, *, beneath: bool) -> list[ReportFacts]:
    """Return the reports of a month in the order of the tree and the catalogue; of several rows of a task the newest.

    Raises:
        Conflict: more than one workbook should hold.
    """
    units = subtree(session, unit.id) if beneath else [unit.id]
    statement = select(Report).where(col(Report.unit_id).in_(units), Report.period == period, Report.status != "void")
    every = session.exec(statement.order_by(col(Report.id)).limit(MOST_ROWS + 1)).all()
    if len(every) > MOST_ROWS:
        message = f"超过 {MOST_ROWS} 份报告，请按下级单位分别下载。"
        raise Conflict(message)
    newest = versions.newest(every)
    known = facts_of(session, newest)
    tree = {found.id: at for at, (found, _) in enumerate(in_tree_order(session, {each.unit_id for each in newest}))}
    items = in_catalogue_order(session, {each.item_id for each in newest if each.item_id})
    order = {item.id: at for at, item in enumerate(items)}
    return sorted(
        known.values(),
        key=lambda facts: (tree[facts.unit.id], str(facts.programme.id), order.get(facts.item.id, 0)),
    )


@router.post(
    "/report-uploads",
    summary="上传填报表（核对）",
    operation_id="uploadReports",
    status_code=202,
    openapi_extra=_BODY,
)
async def upload_reports(
    request: Request,
    response: Response,
    session: Annotated[Session, allow(P.REPORT_EDIT)],
    period: PeriodQuery,
    unit_id: Annotated[UUID, Query(description="填报表是哪个单位下载的")],
) -> JobOut:
    """Try a filled-in workbook as a job: nothing is written; its result says row by row what a commit would do."""
    content = await request.body()
    return await run_in_threadpool(_upload, session, response, content, period, unit_id)


def _upload(session: Session, response: Response, content: bytes, period: str, unit_id: UUID) -> JobOut:
    unit = rows.fetch(session, Unit, unit_id)
    # Whoever sends something else learns it at once, not from a job.
    upload_rows.refuse_foreign(content)
    title = f"核对{unit.name}{periods.name(period)}填报表"
    payload = {"period": period, "unit_id": str(unit.id)}
    file = File("workbook", f"{unit.name}{period}填报表.xlsx", XLSX, content)
    return accepted(session, response, jobs.enqueue(session, TRY, title, payload, file))


@router.post("/report-uploads:commit", summary="写入上传的填报表", operation_id="commitReportUpload", status_code=202)
def commit_upload(body: UploadCommit, response: Response, session: Annotated[Session, allow(P.REPORT_EDIT)]) -> JobOut:
    """Write an uploaded workbook as a job, in one transaction: every row, or with ``good`` those without a fault.

    The rows are judged anew: what somebody changed since the preview is a conflict, never overwritten.
    """
    source = jobs.own(session, body.id, TRY)
    if source.state != "done":
        message = "核对还没有完成，请稍候。" if source.state in {"queued", "running"} else "核对没有成功，请重新上传。"
        raise Conflict(message)
    title = source.title.replace("核对", "写入", 1)
    key = jobs.enqueue(session, COMMIT, title, {"source": str(source.id), "mode": body.mode})
    return accepted(session, response, key)


@router.get(
    "/report-uploads/{id}", summary="填报表核对结果", operation_id="getReportUpload", response_model=UploadPreview
)
def get_upload(id: UUID, session: Annotated[Session, allow(P.REPORT_EDIT)]) -> Response:  # noqa: A002
    """Return what each row of an uploaded workbook would do, or has done: new, changed, same, or wrong and why."""
    row = jobs.own(session, id)
    # Made by the job as this very model: it need not be read and written again.
    return Response(jobs.file_of(session, row.id, "preview").content, media_type="application/json")


# The jobs


def _try(work: Work) -> None:
    with heap.settled(), work.reading() as session:
        read = _read(session, work, work.job.id, work.payload)
        upload.judge(session, read, work.step, write=False, draw=read.drawn)
    _keep(work, read, committed=False)


def _commit(work: Work) -> None:
    source = UUID(work.payload["source"])
    with heap.settled(), work.reading() as session:
        row = jobs.own(session, source, TRY)
        read = _read(session, work, source, jobs.payload_of(row))
    with heap.settled(), work.ending() as session:
        upload.judge(session, read, work.step, write=True, draw=read.drawn)
        wrong = read.tally["wrong"]
        if wrong and work.payload["mode"] == "all":
            errors = [error for each in read.first("wrong") for error in each.errors]
            message = f"有 {wrong} 行有错，整张表都没有写入。"
            raise Invalid(message, errors=errors[:500])
        _keep(work, read, committed=True)


def _read(session: Session, work: Work, source: UUID, payload: dict[str, Any]) -> Upload:
    work.step(0, 0, "读取")
    unit = rows.fetch(session, Unit, UUID(payload["unit_id"]))
    content = jobs.file_of(session, source, "workbook").content
    return upload_rows.read(content, Meta(payload["period"], unit.id, unit.name, beneath=False))


def _keep(work: Work, read: Upload, *, committed: bool) -> None:
    """Keep preview and marked copy with the job."""
    preview = read.preview(committed=committed)
    work.result = preview.model_dump(exclude={"rows"})
    work.keep(File("preview", "preview.json", "application/json", preview.model_dump_json().encode()))
    if read.tally["wrong"] and read.drawn:
        marked = workbook_sheet.write(read.meta, (line for _, line in sorted(read.lines.items())), "填报表（标注）")
        name = f"{read.meta.unit_name}{read.meta.period}填报表（标注）.xlsx"
        work.keep(File("marked", name, XLSX, marked))


jobs.KINDS[TRY] = Kind(P.REPORT_EDIT, _try)
jobs.KINDS[COMMIT] = Kind(P.REPORT_EDIT, _commit)
