"""Batches of subsidies over HTTP."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlmodel import select

from minsheng.disbursements import batches
from minsheng.disbursements.batch_models import SubsidyBatch, SubsidyEvent
from minsheng.disbursements.batch_policy import SUBSIDY_BATCH
from minsheng.disbursements.batch_schemas import (
    BatchStatus,
    SubsidyBatchIn,
    SubsidyBatchOut,
    SubsidyBatchPatch,
    SubsidyEventIn,
    SubsidyEventOut,
)
from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import IfMatch, allow
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.org.service import unit_names
from minsheng.permissions import P

router = APIRouter(tags=["disbursements"], route_class=Route)

Reading = Annotated[Session, allow(P.FUND_READ)]
Asking = Annotated[Session, allow(P.DISBURSEMENT_ASK)]
_UNTOLD = {"created_at", "hands", "asked_by", "approved_by", "signed_by", "paid_by"}


def present_batches(session: Session, found: Sequence[SubsidyBatch]) -> list[SubsidyBatchOut]:
    """Return batches with what became of them."""
    names = unit_names(session, {row.unit_id for row in found})
    return [
        SubsidyBatchOut(
            **row.model_dump(exclude=_UNTOLD),
            unit_name=names.get(row.unit_id),
            credited_persons=batches.credited(row, "persons"),
            credited_fen=batches.credited(row, "fen"),
            in_full_and_on_time=batches.in_full_and_on_time(row),
            actions=SUBSIDY_BATCH.actions(session, row),
        )
        for row in found
    ]


@router.get("/subsidy-batches", summary="补贴发放批次", operation_id="listSubsidyBatches")
def list_subsidy_batches(
    page: Paging,
    session: Reading,
    programme_id: Annotated[UUID | None, Query(description="所属计划")] = None,
    unit_id: Annotated[UUID | None, Query(description="单位")] = None,
    status: Annotated[BatchStatus | None, Query(description="状态")] = None,
) -> Page[SubsidyBatchOut]:
    """Batches of the caller's area and lines: due, paid, returned by the bank, paid again, recovered."""
    return rows.page_of(
        session, page, SubsidyBatch, present_batches, programme_id=programme_id, unit_id=unit_id, status=status
    )


@router.post("/subsidy-batches", status_code=201, summary="登记发放批次", operation_id="createSubsidyBatch")
def create_subsidy_batch(body: SubsidyBatchIn, response: Response, session: Asking) -> SubsidyBatchOut:
    """Write a batch as a draft; persons are counts by kind, never names."""
    row = batches.ask(session, body)
    rows.tag(response, row)
    return present_batches(session, [row])[0]


@router.get("/subsidy-batches/{id}", summary="一个发放批次", operation_id="getSubsidyBatch")
def get_subsidy_batch(id: UUID, response: Response, session: Reading) -> SubsidyBatchOut:  # noqa: A002
    """Return one batch."""
    row = rows.fetch(session, SubsidyBatch, id)
    rows.tag(response, row)
    return present_batches(session, [row])[0]


@router.patch("/subsidy-batches/{id}", summary="修改发放批次", operation_id="changeSubsidyBatch")
def change_subsidy_batch(
    id: UUID,  # noqa: A002
    body: SubsidyBatchPatch,
    version: IfMatch,
    response: Response,
    session: Asking,
) -> SubsidyBatchOut:
    """Change a batch that is not handed in, or was returned."""
    row = rows.hold(session, SubsidyBatch, id, version)
    batches.change(session, row, body)
    rows.tag(response, row)
    return present_batches(session, [row])[0]


SUBSIDY_BATCH.mount(router, "/subsidy-batches", "SubsidyBatch", SubsidyBatchOut, present_batches)


@router.get("/subsidy-events", summary="退票、补发与追回", operation_id="listSubsidyEvents")
def list_subsidy_events(
    page: Paging, session: Reading, batch_id: Annotated[UUID | None, Query(description="哪个批次")] = None
) -> Page[SubsidyEventOut]:
    """What became of paid batches, in order."""
    statement = select(SubsidyEvent)
    if batch_id:
        statement = statement.where(SubsidyEvent.batch_id == batch_id)
    found: Sequence[SubsidyEvent] = session.exec(page.apply(statement, (SubsidyEvent.id,))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda row: (row.id,))
    return Page(items=[SubsidyEventOut.model_validate(row) for row in found], next=following)


@router.post("/subsidy-events", status_code=201, summary="登记退票、补发或追回", operation_id="createSubsidyEvent")
def create_subsidy_event(
    body: SubsidyEventIn, response: Response, session: Annotated[Session, allow(P.DISBURSEMENT_PAY)]
) -> SubsidyEventOut:
    """Note what the bank returned, what was paid again and what was recovered; each is posted to the ledger."""
    row = batches.note(session, body)
    rows.tag(response, row)
    return SubsidyEventOut.model_validate(row)
