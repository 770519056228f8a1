"""Cadences over HTTP."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlmodel import select

from minsheng.calendars import periods
from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import IfMatch, allow
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.permissions import P
from minsheng.programmes import cadences
from minsheng.programmes.cadence_schemas import CadenceIn, CadenceOut, CadencePatch, CutOffOut, PreviewOut
from minsheng.programmes.models import Cadence
from minsheng.programmes.policy import CADENCE

router = APIRouter(tags=["cadences"], route_class=Route)


def present_cadences(session: Session, found: Sequence[Cadence]) -> list[CadenceOut]:
    """Return cadences in words and with their buttons."""
    return [
        CadenceOut(
            **row.model_dump(exclude={"created_at", "unit_id", "cut_offs"}),
            cut_offs=[CutOffOut(after=after, day=day) for after, day in row.cut_offs],
            words=periods.words(cadences.rule_of(row)),
            actions=CADENCE.actions(session, row),
        )
        for row in found
    ]


@router.get("/cadences", summary="填报周期", operation_id="listCadences")
def list_cadences(
    page: Paging,
    session: Annotated[Session, allow(P.PROGRAMME_READ)],
    programme_id: Annotated[UUID | None, Query(description="所属计划")] = None,
) -> Page[CadenceOut]:
    """Return how often and by when lists are reported on."""
    statement = select(Cadence).where(Cadence.status != "void")
    if programme_id:
        statement = statement.where(Cadence.programme_id == programme_id)
    found: Sequence[Cadence] = session.exec(page.apply(statement, (Cadence.id,))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda row: (row.id,))
    return Page(items=present_cadences(session, found), next=following)


@router.post("/cadences", status_code=201, summary="新设填报周期", operation_id="createCadence")
def create_cadence(body: CadenceIn, response: Response, session: Annotated[Session, allow(P.ROUND_EDIT)]) -> CadenceOut:
    """Add a cadence; in a list that is issued it has to be started, with a draft it starts when the list is issued."""
    row = cadences.create(session, body)
    rows.tag(response, row)
    return present_cadences(session, [row])[0]


@router.post("/cadences:preview", summary="预览全年截止日", operation_id="previewCadence")
def preview_cadence(body: CadenceIn, session: Annotated[Session, allow(P.PROGRAMME_READ)]) -> PreviewOut:
    """Return every period that terms would give, with its cut-off after the holiday policy; nothing is kept."""
    return cadences.preview(session, body)


@router.get("/cadences/{id}", summary="一个填报周期", operation_id="getCadence")
def get_cadence(id: UUID, response: Response, session: Annotated[Session, allow(P.PROGRAMME_READ)]) -> CadenceOut:  # noqa: A002
    """Return one cadence."""
    row = rows.fetch(session, Cadence, id)
    rows.tag(response, row)
    return present_cadences(session, [row])[0]


@router.patch("/cadences/{id}", summary="修改填报周期", operation_id="changeCadence")
def change_cadence(
    id: UUID,  # noqa: A002
    body: CadencePatch,
    version: IfMatch,
    response: Response,
    session: Annotated[Session, allow(P.ROUND_EDIT)],
) -> CadenceOut:
    """Change a cadence that is not started; what is in force ends, and another begins."""
    row = rows.hold(session, Cadence, id, version)
    cadences.change(session, row, body)
    rows.tag(response, row)
    return present_cadences(session, [row])[0]


CADENCE.mount(router, "/cadences", "Cadence", CadenceOut, present_cadences)
