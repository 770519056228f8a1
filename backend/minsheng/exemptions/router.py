"""Exemptions over HTTP."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlmodel import col, select

from minsheng.exemptions import service
from minsheng.exemptions.models import Exemption
from minsheng.exemptions.policy import EXEMPTION
from minsheng.exemptions.schemas import ExemptionIn, ExemptionOut, ExemptionStatus
from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import allow
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.org.service import unit_names
from minsheng.permissions import P
from minsheng.programmes.models import Item

router = APIRouter(tags=["exemptions"], route_class=Route)


def present_exemptions(session: Session, found: Sequence[Exemption]) -> list[ExemptionOut]:
    """Return exemptions with names and buttons."""
    names = unit_names(session, {row.unit_id for row in found})
    titles = dict(
        session.exec(select(Item.id, Item.title).where(col(Item.id).in_({row.item_id for row in found}))).all()
    )
    hidden = {"created_at", "giver_id", "asked_by", "decided_by"}
    return [
        ExemptionOut(
            **row.model_dump(exclude=hidden),
            unit_name=names.get(row.unit_id),
            item_title=titles.get(row.item_id),
            actions=EXEMPTION.actions(session, row),
        )
        for row in found
    ]


@router.get("/exemptions", summary="亮灯豁免", operation_id="listExemptions")
def list_exemptions(
    page: Paging,
    session: Annotated[Session, allow(P.TASK_READ)],
    programme_id: Annotated[UUID | None, Query(description="所属计划")] = None,
    target_id: Annotated[UUID | None, Query(description="目标")] = None,
    status: Annotated[ExemptionStatus | None, Query(description="状态")] = None,
) -> Page[ExemptionOut]:
    """Return justified reasons that were asked for, and what became of them."""
    statement = select(Exemption)
    if programme_id:
        statement = statement.where(Exemption.programme_id == programme_id)
    if target_id:
        statement = statement.where(Exemption.target_id == target_id)
    if status:
        statement = statement.where(Exemption.status == status)
    found: Sequence[Exemption] = session.exec(page.apply(statement, (Exemption.id,))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda row: (row.id,))
    return Page(items=present_exemptions(session, found), next=following)


@router.post("/exemptions", status_code=201, summary="申请亮灯豁免", operation_id="createExemption")
def create_exemption(
    body: ExemptionIn, response: Response, session: Annotated[Session, allow(P.REPORT_EDIT)]
) -> ExemptionOut:
    """Ask for an exemption with a justified reason; the tier above decides."""
    row = service.ask(session, body)
    rows.tag(response, row)
    return present_exemptions(session, [row])[0]


@router.get("/exemptions/{id}", summary="一份豁免申请", operation_id="getExemption")
def get_exemption(
    id: UUID,  # noqa: A002
    response: Response,
    session: Annotated[Session, allow(P.TASK_READ)],
) -> ExemptionOut:
    """Return one justified reason."""
    row = rows.fetch(session, Exemption, id)
    rows.tag(response, row)
    return present_exemptions(session, [row])[0]


EXEMPTION.mount(router, "/exemptions", "Exemption", ExemptionOut, present_exemptions)
