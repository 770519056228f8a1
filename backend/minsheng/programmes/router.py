"""Programmes, items and indicators over HTTP."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlmodel import col, select

from minsheng.calendars import periods
from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import IfMatch, allow
from minsheng.kernel.errors import invalid
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.org.service import unit_names
from minsheng.permissions import P
from minsheng.programmes import cadences, copies, indicators, listings, service
from minsheng.programmes.models import Indicator, Item, ItemLead, ItemListing, Measure, Programme
from minsheng.programmes.policy import ITEM, LISTING, PROGRAMME
from minsheng.programmes.schemas import (
    CopyIn,
    DiffOut,
    IndicatorIn,
    IndicatorOut,
    IndicatorPatch,
    ItemIn,
    ItemOut,
    ItemPatch,
    LeadOut,
    ListingIn,
    ListingOut,
    MeasureIn,
    MeasureOut,
    ProgrammeIn,
    ProgrammeOut,
    ProgrammePatch,
    ProgrammeStatus,
    TallyOut,
)

router = APIRouter(tags=["programmes"], route_class=Route)

YearQuery = Annotated[int | None, Query(ge=1990, le=2200, description="年度")]


def present_programmes(session: Session, programmes: Sequence[Programme]) -> list[ProgrammeOut]:
    """Return programmes with their owners' names and buttons."""
    names = unit_names(session, {programme.unit_id for programme in programmes})
    reporting: dict[UUID, list[str]] = defaultdict(list)
    for cadence in cadences.of_programmes(session, [programme.id for programme in programmes]):
        if cadence.status != "ended":
            reporting[cadence.programme_id].append(periods.words(cadences.rule_of(cadence)))
    return [
        ProgrammeOut(
            **programme.model_dump(exclude={"created_at"}),
            unit_name=names.get(programme.unit_id),
            reporting=reporting[programme.id],
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
    status: Annotated[ProgrammeStatus | None, Query(description="状态")] = None,
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


@router.post("/programmes/{id}/copy", status_code=201, summary="复制为新年度的计划", operation_id="copyProgramme")
def copy_programme(
    id: UUID,  # noqa: A002
    body: CopyIn,
    version: IfMatch,
    response: Response,
    session: Annotated[Session, allow(P.PROGRAMME_EDIT)],
) -> ProgrammeOut:
    """Make a draft of a whole list: tree, indicators and leads, every date moved to the new year.

    For another owner the items are handed down and point to the items above.
    """
    source = rows.fetch(session, Programme, id)
    if source.version != version:
        raise rows.stale(session, source, version)
    made = copies.copy(session, source, body)
    rows.tag(response, made)
    return present_programmes(session, [made])[0]


@router.get("/programmes/{id}/diff", summary="与另一份计划比较", operation_id="getDiff")
def get_diff(
    id: UUID,  # noqa: A002
    session: Annotated[Session, allow(P.PROGRAMME_READ)],
    against: Annotated[UUID | None, Query(description="与哪个计划比较；省略为复制来源")] = None,
) -> DiffOut:
    """Say item by item what is kept, new, dropped and changed against an earlier list."""
    programme = rows.fetch(session, Programme, id)
    earlier = against or programme.predecessor_id
    if earlier is None:
        raise invalid("against", "missing", "这个计划不是复制来的，请指定与哪个计划比较")
    return copies.diff(session, programme, rows.fetch(session, Programme, earlier))


@router.get("/programme-tally", summary="各计划项目数", operation_id="getTally")
def get_tally(
    session: Annotated[Session, allow(P.PROGRAMME_READ)],
    year: YearQuery = None,
    unit_id: Annotated[UUID | None, Query(description="主办机构")] = None,
) -> TallyOut:
    """Count the leaf items of the lists of a year; an item that counts in several is counted once in the total."""
    statement = select(Programme).order_by(col(Programme.year), col(Programme.id)).limit(500)
    if year:
        statement = statement.where(Programme.year == year)
    if unit_id:
        statement = statement.where(Programme.unit_id == unit_id)
    return listings.tally(session, session.exec(statement).all())


def present_listings(session: Session, found: Sequence[ItemListing]) -> list[ListingOut]:
    """Return listings with the names on both ends."""
    items = {
        item.id: item
        for item in session.exec(select(Item).where(col(Item.id).in_({each.item_id for each in found}))).all()
    }
    keys = {each.programme_id for each in found} | {item.programme_id for item in items.values()}
    names = dict(session.exec(select(Programme.id, Programme.name).where(col(Programme.id).in_(keys))).all())
    shown = []
    for each in found:
        item = items.get(each.item_id)
        shown.append(
            ListingOut(
                id=each.id,
                version=each.version,
                programme_id=each.programme_id,
                programme_name=names.get(each.programme_id),
                item_id=each.item_id,
                item_code=item.code if item else None,
                item_title=item.title if item else None,
                owner_programme_id=item.programme_id if item else None,
                owner_programme_name=names.get(item.programme_id) if item else None,
                status=each.status,  # type: ignore[arg-type]
                actions=LISTING.actions(session, each),
            )
        )
    return shown


@router.get("/item-listings", summary="兼列项目", operation_id="listItemListings")
def list_listings(
    page: Paging,
    session: Annotated[Session, allow(P.PROGRAMME_READ)],
    programme_id: Annotated[UUID | None, Query(description="列入哪个计划")] = None,
    item_id: Annotated[UUID | None, Query(description="哪个项目")] = None,
) -> Page[ListingOut]:
    """Items that count in another list too."""
    statement = select(ItemListing).where(ItemListing.status != "ended")
    if programme_id:
        statement = statement.where(ItemListing.programme_id == programme_id)
    if item_id:
        statement = statement.where(ItemListing.item_id == item_id)
    found: Sequence[ItemListing] = session.exec(page.apply(statement, (ItemListing.id,))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda listing: (listing.id,))
    return Page(items=present_listings(session, found), next=following)


@router.post("/item-listings", status_code=201, summary="兼列项目到另一计划", operation_id="createItemListing")
def create_listing(
    body: ListingIn, response: Response, session: Annotated[Session, allow(P.PROGRAMME_EDIT)]
) -> ListingOut:
    """Let an item of another list count in a draft too; totals count it once."""
    listing = listings.create(session, body)
    rows.tag(response, listing)
    return present_listings(session, [listing])[0]


LISTING.mount(router, "/item-listings", "ItemListing", ListingOut, present_listings)
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
