"""Sources, lines, obligations, freezes and years over HTTP."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlmodel import col, select

from minsheng.funds import lines, opening
from minsheng.funds.models import FundBalance, FundFreeze, FundLine, FundObligation, FundSource, FundYear
from minsheng.funds.policy import FUND_FREEZE, FUND_LINE, FUND_OBLIGATION, FUND_SOURCE, FUND_YEAR
from minsheng.funds.present import (
    present_freezes,
    present_lines,
    present_obligations,
    present_sources,
    present_years,
)
from minsheng.funds.schemas import (
    FundFreezeIn,
    FundFreezeOut,
    FundLineIn,
    FundLineOut,
    FundLinePatch,
    FundObligationIn,
    FundObligationOut,
    FundSourceIn,
    FundSourceOut,
    FundSourcePatch,
    FundTier,
    FundYearIn,
    FundYearOut,
    LineStatus,
    SourceKind,
    SourceStatus,
    Usage,
)
from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import IfMatch, allow
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.permissions import P

router = APIRouter(tags=["funds"], route_class=Route)

Reading = Annotated[Session, allow(P.FUND_READ)]
Editing = Annotated[Session, allow(P.FUND_EDIT)]
ProgrammeQuery = Annotated[UUID | None, Query(description="所属计划")]
ItemQuery = Annotated[UUID | None, Query(description="项目")]
UnitQuery = Annotated[UUID | None, Query(description="单位")]
LineQuery = Annotated[UUID | None, Query(description="资金明细")]


@router.get("/fund-sources", summary="资金来源", operation_id="listFundSources")
def list_fund_sources(
    page: Paging,
    session: Reading,
    programme_id: ProgrammeQuery = None,
    tier: Annotated[FundTier | None, Query(description="级次")] = None,
    kind: Annotated[SourceKind | None, Query(description="类别")] = None,
    status: Annotated[SourceStatus | None, Query(description="状态")] = None,
) -> Page[FundSourceOut]:
    """Where the money of lists comes from, with how much of it lines were given."""
    return rows.page_of(
        session, page, FundSource, present_sources, programme_id=programme_id, tier=tier, kind=kind, status=status
    )


@router.post("/fund-sources", status_code=201, summary="登记资金来源", operation_id="createFundSource")
def create_fund_source(body: FundSourceIn, response: Response, session: Editing) -> FundSourceOut:
    """Enter a source of a list by its paper."""
    row = lines.create_source(session, body)
    rows.tag(response, row)
    return present_sources(session, [row])[0]


@router.get("/fund-sources/{id}", summary="一个资金来源", operation_id="getFundSource")
def get_fund_source(id: UUID, response: Response, session: Reading) -> FundSourceOut:  # noqa: A002
    """Return one source."""
    row = rows.fetch(session, FundSource, id)
    rows.tag(response, row)
    return present_sources(session, [row])[0]


@router.patch("/fund-sources/{id}", summary="修改资金来源", operation_id="changeFundSource")
def change_fund_source(
    id: UUID,  # noqa: A002
    body: FundSourcePatch,
    version: IfMatch,
    response: Response,
    session: Editing,
) -> FundSourceOut:
    """Change what was sent of a source."""
    row = rows.hold(session, FundSource, id, version)
    lines.change_source(session, row, body)
    rows.tag(response, row)
    return present_sources(session, [row])[0]


FUND_SOURCE.mount(router, "/fund-sources", "FundSource", FundSourceOut, present_sources)


@router.get("/fund-lines", summary="资金明细", operation_id="listFundLines")
def list_fund_lines(
    page: Paging,
    session: Reading,
    programme_id: ProgrammeQuery = None,
    source_id: Annotated[UUID | None, Query(description="资金来源")] = None,
    item_id: ItemQuery = None,
    task_id: Annotated[UUID | None, Query(description="任务")] = None,
    unit_id: UnitQuery = None,
    usage: Annotated[Usage | None, Query(description="项目支出或工作经费")] = None,
    status: Annotated[LineStatus | None, Query(description="状态")] = None,
    frozen: Annotated[bool | None, Query(description="只看冻结的或未冻结的")] = None,
) -> Page[FundLineOut]:
    """What payments are made from, each line with its five facts and the rates between them."""
    statement = select(FundLine)
    for column, value in (
        (FundLine.programme_id, programme_id),
        (FundLine.source_id, source_id),
        (FundLine.item_id, item_id),
        (FundLine.task_id, task_id),
        (FundLine.unit_id, unit_id),
        (FundLine.usage, usage),
        (FundLine.status, status),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if frozen is not None:
        held = col(FundBalance.freezes) > 0
        statement = statement.join(FundBalance, col(FundBalance.line_id) == col(FundLine.id)).where(
            held if frozen else ~held
        )
    found: Sequence[FundLine] = session.exec(page.apply(statement, (FundLine.id,))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda row: (row.id,))
    return Page(items=present_lines(session, found), next=following)


@router.post("/fund-lines", status_code=201, summary="编制资金明细", operation_id="createFundLine")
def create_fund_line(body: FundLineIn, response: Response, session: Editing) -> FundLineOut:
    """Make a line from a source; what is planned for it is its first entry in the ledger."""
    row = lines.create_line(session, body)
    rows.tag(response, row)
    return present_lines(session, [row])[0]


@router.get("/fund-lines/{id}", summary="一项资金明细", operation_id="getFundLine")
def get_fund_line(id: UUID, response: Response, session: Reading) -> FundLineOut:  # noqa: A002
    """Return one line with its money."""
    row = rows.fetch(session, FundLine, id)
    rows.tag(response, row)
    return present_lines(session, [row])[0]


@router.patch("/fund-lines/{id}", summary="修改资金明细", operation_id="changeFundLine")
def change_fund_line(
    id: UUID,  # noqa: A002
    body: FundLinePatch,
    version: IfMatch,
    response: Response,
    session: Editing,
) -> FundLineOut:
    """Change what was sent of a line; amounts change by entries alone."""
    row = rows.hold(session, FundLine, id, version)
    lines.change_line(session, row, body)
    rows.tag(response, row)
    return present_lines(session, [row])[0]


FUND_LINE.mount(router, "/fund-lines", "FundLine", FundLineOut, present_lines)


@router.get("/fund-obligations", summary="配套要求", operation_id="listFundObligations")
def list_fund_obligations(
    page: Paging,
    session: Reading,
    programme_id: ProgrammeQuery = None,
    unit_id: UnitQuery = None,
    tier: Annotated[FundTier | None, Query(description="级次")] = None,
) -> Page[FundObligationOut]:
    """What places must add, what they paid in and what is missing."""
    return rows.page_of(
        session, page, FundObligation, present_obligations, programme_id=programme_id, unit_id=unit_id, tier=tier
    )


@router.post("/fund-obligations", status_code=201, summary="下达配套要求", operation_id="createFundObligation")
def create_fund_obligation(body: FundObligationIn, response: Response, session: Editing) -> FundObligationOut:
    """Enter what a place must add; its lines then name it, and their receipts fulfil it."""
    row = lines.create_obligation(session, body)
    rows.tag(response, row)
    return present_obligations(session, [row])[0]


FUND_OBLIGATION.mount(router, "/fund-obligations", "FundObligation", FundObligationOut, present_obligations)


@router.get("/fund-freezes", summary="资金冻结", operation_id="listFundFreezes")
def list_fund_freezes(page: Paging, session: Reading, line_id: LineQuery = None) -> Page[FundFreezeOut]:
    """Who froze which line and why, and how it ended."""
    return rows.page_of(session, page, FundFreeze, present_freezes, line_id=line_id)


@router.post("/fund-freezes", status_code=201, summary="冻结一项资金", operation_id="createFundFreeze")
def create_fund_freeze(
    body: FundFreezeIn, response: Response, session: Annotated[Session, allow(P.FUND_FREEZE)]
) -> FundFreezeOut:
    """Keep money from leaving a line until this is lifted; what comes in or comes back is still noted."""
    row = opening.freeze(session, rows.fetch(session, FundLine, body.line_id), body.reason)
    rows.tag(response, row)
    return present_freezes(session, [row])[0]


FUND_FREEZE.mount(router, "/fund-freezes", "FundFreeze", FundFreezeOut, present_freezes)


@router.get("/fund-years", summary="年度结账", operation_id="listFundYears")
def list_fund_years(page: Paging, session: Reading, unit_id: UnitQuery = None) -> Page[FundYearOut]:
    """Which years are closed in whose books."""
    return rows.page_of(session, page, FundYear, present_years, unit_id=unit_id)


@router.post("/fund-years", status_code=201, summary="结账", operation_id="createFundYear")
def create_fund_year(
    body: FundYearIn, response: Response, session: Annotated[Session, allow(P.FUND_CLOSE)]
) -> FundYearOut:
    """Close a year in a unit's books: nothing is dated in it or before it any more."""
    row = lines.close_year(session, body)
    rows.tag(response, row)
    return present_years(session, [row])[0]


FUND_YEAR.mount(router, "/fund-years", "FundYear", FundYearOut, present_years)
