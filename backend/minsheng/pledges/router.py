"""Pledges over HTTP."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import col, select

from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import IfMatch, allow
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.kernel.signing import Head
from minsheng.org.models import Unit
from minsheng.permissions import P
from minsheng.pledges import pdf, service, word
from minsheng.pledges.models import Pledge
from minsheng.pledges.paper import paper_of
from minsheng.pledges.policy import PLEDGE
from minsheng.pledges.schemas import (
    PledgeBrief,
    PledgeChange,
    PledgedTask,
    PledgeIn,
    PledgeOut,
    PledgeStates,
    PledgeStatus,
)
from minsheng.pledges.snapshot import fingerprint
from minsheng.programmes.models import Programme

router = APIRouter(tags=["pledges"], route_class=Route)

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"


class DocxResponse(Response):
    media_type = DOCX


class PdfResponse(Response):
    media_type = PDF


def _binary(kind: str) -> dict[int | str, dict[str, object]]:
    return {200: {"content": {kind: {"schema": {"type": "string", "format": "binary"}}}}}


def present_pledges(session: Session, pledges: Sequence[Pledge]) -> list[PledgeOut]:
    """Return pledges with their frozen content and buttons; steps of the other side are not shown."""
    bases = {pledge.base_id for pledge in pledges if pledge.base_id}
    numbers = dict(session.exec(select(Pledge.id, Pledge.number).where(col(Pledge.id).in_(bases))).all())
    return [
        PledgeOut(
            **pledge.model_dump(
                exclude={"created_at", "content", "sequence", "unit_signer_id", "giver_signer_id"},
            ),
            programme_name=pledge.content["programme"]["name"],
            giver_name=pledge.content["giver"]["name"],
            unit_name=pledge.content["unit"]["name"],
            base_number=numbers.get(pledge.base_id) if pledge.base_id else None,
            against_number=(pledge.content["base"] or {}).get("against"),
            made_on=date.fromisoformat(pledge.content["made_on"]),
            tasks=[PledgedTask.model_validate(task) for task in pledge.content["tasks"]],
            changes=[PledgeChange.model_validate(change) for change in pledge.content["changes"]],
            intact=fingerprint(pledge.content) == pledge.sha256,
            actions=[each for each in PLEDGE.actions(session, pledge) if each.reason != service.NOT_THIS_SIDE],
        )
        for pledge in pledges
    ]


@router.get("/pledges", summary="目标责任书列表", operation_id="listPledges")
def list_pledges(
    page: Paging,
    session: Annotated[Session, allow(P.TASK_READ)],
    programme_id: Annotated[UUID | None, Query(description="所属计划")] = None,
    unit_id: Annotated[UUID | None, Query(description="责任单位")] = None,
    giver_id: Annotated[UUID | None, Query(description="下达单位")] = None,
    status: Annotated[PledgeStatus | None, Query(description="状态")] = None,
) -> Page[PledgeBrief]:
    """Pledges of the caller's area, supplements among them; drafts only for whoever gives them."""
    statement = select(Pledge)
    for column, value in (
        (Pledge.programme_id, programme_id),
        (Pledge.unit_id, unit_id),
        (Pledge.giver_id, giver_id),
        (Pledge.status, status),
    ):
        if value is not None:
            statement = statement.where(column == value)
    found: Sequence[Pledge] = session.exec(page.apply(statement, (Pledge.id,))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda pledge: (pledge.id,))
    return Page(
        items=[
            PledgeBrief(
                **pledge.model_dump(include=set(PledgeBrief.model_fields) - {"giver_name", "unit_name"}),
                giver_name=pledge.content["giver"]["name"],
                unit_name=pledge.content["unit"]["name"],
            )
            for pledge in found
        ],
        next=following,
    )


@router.post("/pledges", status_code=201, summary="制作目标责任书", operation_id="createPledge")
def create_pledge(body: PledgeIn, response: Response, session: Annotated[Session, allow(P.PLEDGE_EDIT)]) -> PledgeOut:
    """Freeze the issued tasks of a unit into a draft: text and numbers that no later change touches."""
    made = service.create(session, body)
    rows.tag(response, made)
    return present_pledges(session, [made])[0]


@router.get("/pledges/{id}", summary="一份目标责任书", operation_id="getPledge")
def get_pledge(
    id: UUID,  # noqa: A002
    response: Response,
    session: Annotated[Session, allow(P.TASK_READ)],
) -> PledgeOut:
    """Return one pledge with its frozen content."""
    pledge = rows.fetch(session, Pledge, id)
    rows.tag(response, pledge)
    return present_pledges(session, [pledge])[0]


@router.post("/pledges/{id}/supplement", status_code=201, summary="制作补充责任书", operation_id="supplementPledge")
def supplement_pledge(
    id: UUID,  # noqa: A002
    version: IfMatch,
    response: Response,
    session: Annotated[Session, allow(P.PLEDGE_EDIT)],
) -> PledgeOut:
    """Freeze what changed since a pledge came into force into a numbered supplement: old beside new."""
    made = service.supplement(session, rows.hold(session, Pledge, id, version))
    rows.tag(response, made)
    return present_pledges(session, [made])[0]


@router.get(
    "/pledges/{id}/document.docx",
    summary="责任书 .docx",
    operation_id="getPledgeDocx",
    response_class=DocxResponse,
    responses=_binary(DOCX),
)
def get_docx(
    id: UUID,  # noqa: A002
    request: Request,
    session: Annotated[Session, allow(P.TASK_READ)],
) -> DocxResponse:
    """Return the paper for Word and WPS, in the official layout; it needs nothing of the server's system."""
    pledge = rows.fetch(session, Pledge, id)
    seal = service.seal_of(session, pledge)
    made = pdf.made_once(_folder(request), _name(pledge, seal, "docx"), lambda: word.render(paper_of(pledge, seal)))
    return DocxResponse(made, headers=_headers(pledge, "docx"))


@router.get(
    "/pledges/{id}/document.pdf",
    summary="责任书 PDF",
    operation_id="getPledgePdf",
    response_class=PdfResponse,
    responses=_binary(PDF),
)
def get_pdf(
    id: UUID,  # noqa: A002
    request: Request,
    session: Annotated[Session, allow(P.TASK_READ)],
) -> PdfResponse:
    """Return the paper as PDF (GB/T 9704-2012), drawn once a version; 503 on a machine without Pango."""
    pledge = rows.fetch(session, Pledge, id)
    fonts = request.app.state.settings.data_dir / "fonts"
    seal = service.seal_of(session, pledge)
    made = pdf.made_once(
        _folder(request), _name(pledge, seal, "pdf"), lambda: pdf.render(paper_of(pledge, seal), fonts)
    )
    return PdfResponse(made, headers=_headers(pledge, "pdf"))


def _folder(request: Request) -> Path:
    found: Path = request.app.state.settings.data_dir / "papers"
    return found


def _name(pledge: Pledge, seal: Head | None, kind: str) -> str:
    sealed = f"-{seal.size}" if seal else ""
    return f"{pledge.id}-{pledge.version}-{pledge.sha256[:16]}-{pdf.LAYOUT}{sealed}.{kind}"


def _headers(pledge: Pledge, kind: str) -> dict[str, str]:
    name = quote(f"{pledge.title}-{pledge.content['unit']['name']}.{kind}")
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "ETag": f'"{pledge.version}"'}


PLEDGE.mount(router, "/pledges", "Pledge", PledgeOut, present_pledges)


@router.get("/programmes/{id}/pledge-states", summary="责任书签订情况", operation_id="getPledgeStates")
def get_states(
    id: UUID,  # noqa: A002
    session: Annotated[Session, allow(P.TASK_READ)],
    unit_id: Annotated[UUID | None, Query(description="下达单位；省略为主办机构")] = None,
) -> PledgeStates:
    """Say for every unit that was given tasks whether its pledge is made, sent, signed, in force, or out of date."""
    programme = rows.fetch(session, Programme, id)
    giver = rows.fetch(session, Unit, unit_id or programme.unit_id)
    return service.states(session, programme, giver)
