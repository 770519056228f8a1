"""Programmes, items and indicators over HTTP."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlmodel import col, select

from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import IfMatch, allow
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.org.service import unit_names
from minsheng.permissions import P
from minsheng.programmes import indicators, service
from minsheng.programmes.models import Indicator, Item, ItemLead, Measure, Programme
from minsheng.programmes.policy import ITEM, PROGRAMME
from minsheng.programmes.schemas import (
    IndicatorIn,
    IndicatorOut,
    IndicatorPatch,
    ItemIn,
    ItemOut,
    ItemPatch,
    LeadOut,
    MeasureIn,
    MeasureOut,
    ProgrammeIn,
    ProgrammeOut,
    ProgrammePatch,
)

router = APIRouter(tags=["programmes"], route_class=Route)

YearQuery = Annotated[int | None, Query(ge=1990, le=2200, description="年度")]


def present_programmes(session: Session, programmes: Sequence[Programme]) -> list[ProgrammeOut]:
    """Return programmes with their owners' names and buttons."""
    names = unit_names(session, {programme.unit_id for programme in programmes})
    return [
        ProgrammeOut(
            **programme.model_dump(exclude={"created_at"}),
            unit_name=names.get(programme.unit_id),
            actions=PROGRAMME.actions(session, programme),
        )
        for programme in programmes
    ]


def present_items(session: Session, items: Sequence[Item]) -> list[ItemOut]:
    """Return items with their leads and indicators."""
    keys = [item.id for item in items]
    leads: dict[UUID, list[ItemLead]] = defaultdict(list)
    for lead in session.exec(
        select(ItemLead).where(col(ItemLead.item_id).in_(keys), ItemLead.status != "ended").order_by(col(ItemLead.id))
    ).all():
        leads[lead.item_id].append(lead)
    names = unit_names(session, {lead.department_id for each in leads.values() for lead in each})
    counted: dict[UUID, list[IndicatorOut]] = defaultdict(list)
    for indicator, measure in session.exec(
        select(Indicator, Measure)
        .join(Measure, col(Measure.id) == col(Indicator.measure_id))
        .where(col(Indicator.item_id).in_(keys))
        .order_by(col(Indicator.id))
    ).all():
        counted[indicator.item_id].append(present_indicator(indicator, measure))
    return [
        ItemOut(
            **item.model_dump(exclude={"created_at", "unit_id"}),
            leads=[
                LeadOut(unit_id=lead.department_id, unit_name=names.get(lead.department_id), role=lead.role)  # type: ignore[arg-type]
                for lead in leads[item.id]
            ],
            indicators=counted[item.id],
            actions=ITEM.actions(session, item),
        )
        for item in items
    ]


def present_indicator(indicator: Indicator, measure: Measure) -> IndicatorOut:
    """Return an indicator with its unit of measure."""
    return IndicatorOut(
        id=indicator.id,
        version=indicator.version,
        item_id=indicator.item_id,
        name=indicator.name,
        measure_id=measure.id,
        measure_name=measure.name,
        decimals=measure.decimals,
        accumulation=indicator.accumulation,  # type: ignore[arg-type]
        aggregation=indicator.aggregation,  # type: ignore[arg-type]
        kind=indicator.kind,  # type: ignore[arg-type]
        better=indicator.better,  # type: ignore[arg-type]
        counting=indicator.counting,  # type: ignore[arg-type]
        survey=indicator.survey,  # type: ignore[arg-type]
        numerator_name=indicator.numerator_name,
        denominator_name=indicator.denominator_name,
        per=indicator.per,
        levels=indicator.levels,
        per_period=indicator.per_period,  # type: ignore[arg-type]
        part_of=indicator.part_of,
    )


@router.get("/programmes", summary="计划列表", operation_id="listProgrammes")
def list_programmes(
    page: Paging,
    session: Annotated[Session, allow(P.PROGRAMME_READ)],
    year: YearQuery = None,
    unit_id: Annotated[UUID | None, Query(description="主办机构")] = None,
    status: Annotated[Literal["draft", "issued", "closed"] | None, Query(description="状态")] = None,
) -> Page[ProgrammeOut]:
    """Programmes of the caller's area, and those issued above."""
    statement = select(Programme)
    if year:
        statement = statement.where(Programme.year == year)
    if unit_id:
        statement = statement.where(Programme.unit_id == unit_id)
    if status:
        statement = statement.where(Programme.status == status)
    found: Sequence[Programme] = session.exec(page.apply(statement, (Programme.year, Programme.id))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda programme: (programme.year, programme.id))
    return Page(items=present_programmes(session, found), next=following)


@router.post("/programmes", status_code=201, summary="新建计划", operation_id="createProgramme")
def create_programme(
    body: ProgrammeIn, response: Response, session: Annotated[Session, allow(P.PROGRAMME_EDIT)]
) -> ProgrammeOut:
    """Start a promise list as a draft of a unit in the caller's area."""
    programme = service.create(session, body)
    rows.tag(response, programme)
    return present_programmes(session, [programme])[0]


@router.get("/programmes/{id}", summary="一个计划", operation_id="getProgramme")
def get_programme(
    id: UUID,  # noqa: A002
    response: Response,
    session: Annotated[Session, allow(P.PROGRAMME_READ)],
) -> ProgrammeOut:
    """Return one programme."""
    programme = rows.fetch(session, Programme, id)
    rows.tag(response, programme)
    return present_programmes(session, [programme])[0]


@router.patch("/programmes/{id}", summary="修改计划草稿", operation_id="changeProgramme")
def change_programme(
    id: UUID,  # noqa: A002
    body: ProgrammePatch,
    version: IfMatch,
    response: Response,
    session: Annotated[Session, allow(P.PROGRAMME_EDIT)],
) -> ProgrammeOut:
    """Change a draft; an issued list is locked."""
    programme = rows.hold(session, Programme, id, version)
    service.change(session, programme, body)
    rows.tag(response, programme)
    return present_programmes(session, [programme])[0]


PROGRAMME.mount(router, "/programmes", "Programme", ProgrammeOut, present_programmes)


@router.get("/items", summary="项目列表", operation_id="listItems")
def list_items(
    page: Paging,
    session: Annotated[Session, allow(P.PROGRAMME_READ)],
    programme_id: Annotated[UUID | None, Query(description="所属计划")] = None,
) -> Page[ItemOut]:
    """Items of the catalogue with leads and indicators, in catalogue order."""
    statement = select(Item).where(Item.status != "void")
    if programme_id:
        statement = statement.where(Item.programme_id == programme_id)
    found: Sequence[Item] = session.exec(page.apply(statement, (Item.seq, Item.id))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda item: (item.seq, item.id))
    return Page(items=present_items(session, found), next=following)


@router.post("/items", status_code=201, summary="新增项目", operation_id="createItem")
def create_item(body: ItemIn, response: Response, session: Annotated[Session, allow(P.PROGRAMME_EDIT)]) -> ItemOut:
    """Add a node to the catalogue of a draft."""
    item = service.create_item(session, body)
    rows.tag(response, item)
    return present_items(session, [item])[0]


@router.get("/items/{id}", summary="一个项目", operation_id="getItem")
def get_item(id: UUID, response: Response, session: Annotated[Session, allow(P.PROGRAMME_READ)]) -> ItemOut:  # noqa: A002
    """Return one item."""
    item = rows.fetch(session, Item, id)
    rows.tag(response, item)
    return present_items(session, [item])[0]


@router.patch("/items/{id}", summary="修改项目", operation_id="changeItem")
def change_item(
    id: UUID,  # noqa: A002
    body: ItemPatch,
    version: IfMatch,
    response: Response,
    session: Annotated[Session, allow(P.PROGRAMME_EDIT)],
) -> ItemOut:
    """Change a node of a draft's catalogue."""
    item = rows.hold(session, Item, id, version)
    service.change_item(session, item, body)
    rows.tag(response, item)
    return present_items(session, [item])[0]


ITEM.mount(router, "/items", "Item", ItemOut, present_items)


@router.post("/indicators", status_code=201, summary="新增指标", operation_id="createIndicator")
def create_indicator(
    body: IndicatorIn, response: Response, session: Annotated[Session, allow(P.PROGRAMME_EDIT)]
) -> IndicatorOut:
    """Add what is counted to an item of a draft."""
    indicator = indicators.create(session, body)
    rows.tag(response, indicator)
    return present_indicator(indicator, rows.fetch(session, Measure, indicator.measure_id))


@router.get("/indicators/{id}", summary="一个指标", operation_id="getIndicator")
def get_indicator(
    id: UUID,  # noqa: A002
    response: Response,
    session: Annotated[Session, allow(P.PROGRAMME_READ)],
) -> IndicatorOut:
    """Return one indicator."""
    indicator = rows.fetch(session, Indicator, id)
    rows.tag(response, indicator)
    return present_indicator(indicator, rows.fetch(session, Measure, indicator.measure_id))


@router.patch("/indicators/{id}", summary="修改指标", operation_id="changeIndicator")
def change_indicator(
    id: UUID,  # noqa: A002
    body: IndicatorPatch,
    version: IfMatch,
    response: Response,
    session: Annotated[Session, allow(P.PROGRAMME_EDIT)],
) -> IndicatorOut:
    """Change what is counted while the list is a draft."""
    indicator = rows.hold(session, Indicator, id, version)
    indicators.change(session, indicator, body)
    rows.tag(response, indicator)
    return present_indicator(indicator, rows.fetch(session, Measure, indicator.measure_id))


@router.get("/measures", summary="计量单位", operation_id="listMeasures")
def list_measures(page: Paging, session: Annotated[Session, allow(P.PROGRAMME_READ)]) -> Page[MeasureOut]:
    """Units of measure."""
    found: Sequence[Measure] = session.exec(page.apply(select(Measure), (Measure.name, Measure.id))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda measure: (measure.name, measure.id))
    return Page(items=[MeasureOut.model_validate(measure) for measure in found], next=following)


@router.post("/measures", status_code=201, summary="新增计量单位", operation_id="createMeasure")
def create_measure(
    body: MeasureIn, response: Response, session: Annotated[Session, allow(P.PROGRAMME_EDIT)]
) -> MeasureOut:
    """Add a unit of measure."""
    measure = service.create_measure(session, body)
    rows.tag(response, measure)
    return MeasureOut.model_validate(measure)
