"""Units over HTTP."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import col, select
from starlette.concurrency import run_in_threadpool

from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import IfMatch, allow
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.org import service
from minsheng.org.models import BaseFigure, Unit
from minsheng.org.schemas import BaseFigureIn, BaseFigureOut, ImportOut, Tier, UnitIn, UnitOut, UnitPatch
from minsheng.permissions import P

router = APIRouter(tags=["units"], route_class=Route)

_CSV_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": "code,name,parent_code,kind,tier\n330382101000,柳市镇,330382000000,government,township\n",
            }
        },
    }
}


@router.get("/units", summary="机构列表", operation_id="listUnits")
def list_units(
    page: Paging,
    session: Annotated[Session, allow(P.UNIT_READ)],
    parent_id: Annotated[UUID | None, Query(description="只看某机构的直接下级")] = None,
    tier: Annotated[Tier | None, Query(description="层级")] = None,
    q: Annotated[str | None, Query(max_length=50, pattern=r"^[^\x00-\x1f]*$", description="名称包含")] = None,
) -> Page[UnitOut]:
    """Units in the caller's area, with those above as headers; ordered by their place in the tree's lists."""
    statement = select(Unit)
    if parent_id:
        statement = statement.where(Unit.parent_id == parent_id)
    if tier:
        statement = statement.where(Unit.tier == tier)
    if q:
        statement = statement.where(col(Unit.name).contains(q, autoescape=True))
    found: Sequence[Unit] = session.exec(page.apply(statement, (Unit.sort, Unit.id))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda unit: (unit.sort, unit.id))
    return Page(items=[UnitOut.model_validate(unit) for unit in found], next=following)


@router.post("/units", status_code=201, summary="新增机构", operation_id="createUnit")
def create_unit(body: UnitIn, response: Response, session: Annotated[Session, allow(P.UNIT_EDIT)]) -> UnitOut:
    """Add a unit beneath one in the caller's area."""
    unit = service.create(session, body)
    rows.tag(response, unit)
    return UnitOut.model_validate(unit)


@router.post("/units/import", summary="从 CSV 导入机构", operation_id="importUnits", openapi_extra=_CSV_BODY)
async def import_units(
    request: Request,
    session: Annotated[Session, allow(P.UNIT_EDIT)],
    dry_run: Annotated[bool, Query(description="只检查，不写入")] = False,  # noqa: FBT002 - a query parameter
) -> ImportOut:
    """Import units (UTF-8 or GB18030 CSV): every line or none, with every wrong line and column named."""
    content = await request.body()
    return await run_in_threadpool(service.load, session, content, dry_run=dry_run)


@router.get("/units/{id}", summary="一个机构", operation_id="getUnit")
def get_unit(id: UUID, response: Response, session: Annotated[Session, allow(P.UNIT_READ)]) -> UnitOut:  # noqa: A002
    """Return one unit."""
    unit = rows.fetch(session, Unit, id)
    rows.tag(response, unit)
    return UnitOut.model_validate(unit)


@router.patch("/units/{id}", summary="修改机构", operation_id="changeUnit")
def change_unit(
    id: UUID,  # noqa: A002
    body: UnitPatch,
    version: IfMatch,
    response: Response,
    session: Annotated[Session, allow(P.UNIT_EDIT)],
) -> UnitOut:
    """Change a unit; closing it is giving it a last day."""
    unit = rows.hold(session, Unit, id, version)
    service.change(session, unit, body)
    rows.tag(response, unit)
    return UnitOut.model_validate(unit)


def present_figures(session: Session, figures: Sequence[BaseFigure]) -> list[BaseFigureOut]:
    """Return base figures with the names of their units."""
    names = service.unit_names(session, {figure.unit_id for figure in figures})
    return [
        BaseFigureOut(**figure.model_dump(exclude={"created_at"}), unit_name=names.get(figure.unit_id))
        for figure in figures
    ]


@router.get("/base-figures", summary="基础数据", operation_id="listBaseFigures")
def list_figures(
    page: Paging,
    session: Annotated[Session, allow(P.UNIT_READ)],
    unit_id: Annotated[UUID | None, Query(description="哪个单位")] = None,
    kind: Annotated[str | None, Query(max_length=20, pattern=r"^[^\x00-\x1f]+$", description="哪种数据")] = None,
) -> Page[BaseFigureOut]:
    """Population, households and the like of the caller's units, by which targets can be shared out."""
    statement = select(BaseFigure)
    if unit_id:
        statement = statement.where(BaseFigure.unit_id == unit_id)
    if kind:
        statement = statement.where(BaseFigure.kind == kind)
    found: Sequence[BaseFigure] = session.exec(page.apply(statement, (BaseFigure.id,))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda figure: (figure.id,))
    return Page(items=present_figures(session, found), next=following)


@router.post("/base-figures", status_code=201, summary="登记基础数据", operation_id="createBaseFigure")
def create_figure(
    body: BaseFigureIn, response: Response, session: Annotated[Session, allow(P.FIGURE_EDIT)]
) -> BaseFigureOut:
    """Note a real figure of a unit with its year and source; one figure a unit, kind and year."""
    figure = service.note_figure(session, body)
    rows.tag(response, figure)
    return present_figures(session, [figure])[0]
