"""Mappings and the import of bulletins over HTTP."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import ValidationError
from sqlmodel import col, select
from starlette.concurrency import run_in_threadpool

from minsheng.deviations import importing, sheets
from minsheng.deviations.mapping import (
    FigureMappingIn,
    FigureMappingOut,
    FigureMappingPatch,
    FigureUploadOut,
    InspectionOut,
    MappingContentIn,
    Mode,
    SheetOut,
)
from minsheng.deviations.models import FigureMapping
from minsheng.deviations.schemas import ExternalFigureIn
from minsheng.kernel import rows, validation
from minsheng.kernel.access import Session
from minsheng.kernel.door import IfMatch, allow
from minsheng.kernel.errors import Duplicate, FieldError, Invalid, invalid
from minsheng.kernel.fields import Day, Line, Period, Remark
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.org.models import Unit
from minsheng.permissions import P
from minsheng.programmes.models import Indicator, Item, Programme
from minsheng.reports.schemas import SourceBasis

router = APIRouter(tags=["deviations"], route_class=Route)

Keeping = Annotated[Session, allow(P.OFFICIAL_EDIT)]
_FILE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": {
                "schema": {"type": "string", "format": "binary"},
                "example": "（.xlsx 或 CSV 文件）",
            }
        },
    }
}


def present_mappings(found: Sequence[FigureMapping]) -> list[FigureMappingOut]:
    """Return mappings with what they say."""
    return [
        FigureMappingOut(
            **row.model_dump(exclude={"created_at", "content"}), content=MappingContentIn.model_validate(row.content)
        )
        for row in found
    ]


@router.get("/figure-mappings", summary="导入映射", operation_id="listFigureMappings")
def list_mappings(
    page: Paging, session: Keeping, programme_id: Annotated[UUID | None, Query(description="所属计划")] = None
) -> Page[FigureMappingOut]:
    """Mappings that are kept for the next issue of a bulletin."""
    return rows.page_of(
        session, page, FigureMapping, lambda _, found: present_mappings(found), programme_id=programme_id
    )


@router.post("/figure-mappings", status_code=201, summary="保存导入映射", operation_id="createFigureMapping")
def create_mapping(body: FigureMappingIn, response: Response, session: Keeping) -> FigureMappingOut:
    """Keep a mapping under a name, for the caller's own unit."""
    programme = rows.fetch(session, Programme, body.programme_id)
    row = FigureMapping(
        unit_id=session.who.unit_id,
        programme_id=programme.id,
        name=body.name,
        content=_checked(session, programme.id, body.content),
    )
    session.require(row)
    _name_is_free(session, row, body.name)
    session.add(row)
    session.flush()
    rows.tag(response, row)
    return present_mappings([row])[0]


@router.patch("/figure-mappings/{id}", summary="修改导入映射", operation_id="changeFigureMapping")
def change_mapping(
    id: UUID,  # noqa: A002
    body: FigureMappingPatch,
    version: IfMatch,
    response: Response,
    session: Keeping,
) -> FigureMappingOut:
    """Change a mapping; what was imported by it stays as it is."""
    row = rows.hold(session, FigureMapping, id, version)
    if body.name is not None and body.name != row.name:
        _name_is_free(session, row, body.name)
        row.name = body.name
    if body.content is not None:
        row.content = _checked(session, row.programme_id, body.content)
    session.add(row)
    session.flush()
    rows.tag(response, row)
    return present_mappings([row])[0]


def _name_is_free(session: Session, row: FigureMapping, name: str) -> None:
    taken = select(FigureMapping.id).where(FigureMapping.unit_id == row.unit_id, FigureMapping.name == name)
    if session.exec(taken).first() is not None:
        message = "已有同名的映射。"
        raise Duplicate(message, errors=[FieldError(pointer="/name", code="duplicate", message=message)])


def _known(session: Session, programme_id: UUID, content: MappingContentIn) -> None:
    columns = [each.indicator_id for each in content.values]
    named = {key for key in (*columns, *content.indicators.values()) if key}
    indicators = set(
        session.exec(
            select(Indicator.id)
            .join(Item, col(Item.id) == col(Indicator.item_id))
            .where(Item.programme_id == programme_id, col(Indicator.id).in_(named))
        ).all()
    )
    units = set(session.exec(select(Unit.id).where(col(Unit.id).in_({*content.places.values()} - {None}))).all())
    errors = [
        FieldError(pointer=f"/content/values/{index}/indicator_id", code="foreign", message="计划里没有这项指标")
        for index, key in enumerate(columns)
        if key and key not in indicators
    ]
    errors += [
        FieldError(pointer=f"/content/indicators/{name}", code="foreign", message=f"“{name}”对应的指标不在计划里")
        for name, key in content.indicators.items()
        if key and key not in indicators
    ]
    errors += [
        FieldError(pointer=f"/content/places/{name}", code="foreign", message=f"“{name}”对应的单位不存在")
        for name, key in content.places.items()
        if key and key not in units
    ]
    if errors:
        raise Invalid(errors[0].message, errors=errors)


def _checked(session: Session, programme_id: UUID, content: MappingContentIn) -> dict[str, Any]:
    """Return a mapping as it is kept.

    Raises:
        Invalid: it does not say which indicator a column of figures is about, or says it twice; it names an indicator
            of another list, or a unit that nobody knows.
    """
    _known(session, programme_id, content)
    for index, each in enumerate(content.values):
        where = f"/content/values/{index}/indicator_id"
        if content.indicator is None and each.indicator_id is None:
            raise invalid(where, "missing", "请指明这一列是哪项指标，或另指一列为指标")
        if content.indicator is not None and each.indicator_id is not None:
            raise invalid(where, "twice", "指标另有一列的，数的列不再指明指标")
    if content.indicator is not None and len(content.values) > 1:
        raise invalid("/content/values", "too-long", "指标另有一列的，数只能有一列")
    return content.model_dump(mode="json")


@router.post(
    "/external-figures:inspect",
    summary="看一个通报文件的开头",
    operation_id="inspectExternalFigures",
    openapi_extra=_FILE_BODY,
)
async def inspect_file(request: Request, session: Keeping) -> InspectionOut:
    """Return the first rows of every sheet, to point at columns; nothing is kept."""
    del session
    content = await request.body()
    return await run_in_threadpool(_inspect, content)


def _inspect(content: bytes) -> InspectionOut:
    return InspectionOut(
        sheets=[
            SheetOut(
                name=name,
                rows=len(sheet),
                columns=max((len(row) for row in sheet), default=0),
                head=[[sheets.text(cell) for cell in row[:30]] for row in sheet[:15]],
            )
            for name, sheet in sheets.read(content).items()
        ]
    )


@router.post(
    "/external-figures:upload",
    summary="导入通报",
    operation_id="uploadExternalFigures",
    openapi_extra=_FILE_BODY,
)
async def upload(
    request: Request,
    session: Keeping,
    mapping_id: Annotated[UUID, Query(description="按哪个映射读")],
    period: Annotated[Period, Query(description="所属期")],
    source_name: Annotated[Line, Query(description="发布机构")],
    document: Annotated[Remark, Query(description="文件名或文号")] = "",
    as_of: Annotated[Day | None, Query(description="截止日；省略为所属期末")] = None,
    published_on: Annotated[Day | None, Query(description="发布日期")] = None,
    source_basis: Annotated[SourceBasis | None, Query(description="数据来源")] = None,
    dry_run: Annotated[bool, Query(description="只检查，不写入")] = True,  # noqa: FBT002 - a query parameter
    mode: Annotated[Mode, Query(description="all 全部正确才导入；good 只导入正确的")] = "all",
) -> FigureUploadOut:
    """Read a bulletin by a mapping: first a preview cell by cell, then, asked again, the same written.

    At most 2,000 figures at once. What the same source has said before is left as it is; where it now says something
    else the earlier figure is struck and the new one takes its place. Beyond the tolerance cases open.
    """
    content = await request.body()
    try:
        figure = ExternalFigureIn(
            target_id=mapping_id,
            period=period,
            as_of=as_of,
            printed="0",
            factor=Decimal(1),
            source_name=source_name,
            document=document,
            published_on=published_on,
            source_basis=source_basis,
        )
    except ValidationError as error:
        raise validation.from_findings(error.errors()) from None
    return await run_in_threadpool(_upload, session, mapping_id, figure, content, dry_run, mode)


def _upload(
    session: Session,
    mapping_id: UUID,
    figure: ExternalFigureIn,
    content: bytes,
    dry_run: bool,  # noqa: FBT001
    mode: Mode,
) -> FigureUploadOut:
    mapping = rows.fetch(session, FigureMapping, mapping_id)
    programme = rows.fetch(session, Programme, mapping.programme_id)
    issue = importing.Issue(programme, MappingContentIn.model_validate(mapping.content), figure)
    return importing.load(session, issue, content, dry_run=dry_run, mode=mode)
