"""Ledgers over HTTP: each is made as a job of the person who asks, however large it is."""

from typing import Annotated

from fastapi import APIRouter, Response

from minsheng.calendars import periods
from minsheng.jobs.router import accepted
from minsheng.jobs.schemas import JobOut
from minsheng.kernel import jobs, rows, sealing
from minsheng.kernel.access import Session
from minsheng.kernel.door import allow
from minsheng.kernel.http import Route
from minsheng.kernel.jobs import File, Kind
from minsheng.kernel.workers import Work
from minsheng.org.models import Unit
from minsheng.org.service import subtree
from minsheng.permissions import P
from minsheng.programmes.models import Programme
from minsheng.reports import ledger_files, ledgers
from minsheng.reports.ledgers import Ledger
from minsheng.reports.upload_schemas import LedgerIn
from minsheng.reports.workbook_router import XLSX

router = APIRouter(tags=["reports"], route_class=Route)

LEDGER = "reports.ledger"
_MEDIA = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}


@router.post("/ledgers", summary="导出台账", operation_id="createLedger", status_code=202)
def create_ledger(body: LedgerIn, response: Response, session: Annotated[Session, allow(P.REPORT_READ)]) -> JobOut:
    """Make the office's own ledger of one list and month as a job; its file is called ``ledger``.

    Rows are those the caller may see when the job runs, in the order of the catalogue and the tree.
    """
    programme = rows.fetch(session, Programme, body.programme_id)
    if body.unit_id is not None:
        rows.fetch(session, Unit, body.unit_id)
    title = f"导出 {programme.name} {periods.name(body.period)} 台账"
    return accepted(session, response, jobs.enqueue(session, LEDGER, title, body.model_dump(mode="json")))


def _make(work: Work) -> None:
    asked = LedgerIn.model_validate(work.payload)
    with work.reading() as session:
        programme = rows.fetch(session, Programme, asked.programme_id)
        units = frozenset(subtree(session, asked.unit_id)) if asked.unit_id else None
        ledger = Ledger(programme, asked.period, asked.layout, units)
        seal = sealing.latest(session.connection())
        content, count = ledger_files.write(ledger, ledgers.rows_of(session, ledger, work.step), asked.format, seal)
    work.result = {"rows": count}
    work.keep(File("ledger", f"{ledger.title}.{asked.format}", _MEDIA[asked.format], content))


jobs.KINDS[LEDGER] = Kind(P.REPORT_READ, _make)
