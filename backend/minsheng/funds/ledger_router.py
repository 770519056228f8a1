"""The ledger, pooled projects, rates and the proof over HTTP."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlmodel import select

from minsheng.funds import entries, overview, pooling, proving
from minsheng.funds.models import FundProject, FundShare, LedgerEntry
from minsheng.funds.overview import Grouping
from minsheng.funds.present import present_entries, present_projects, present_shares
from minsheng.funds.router import ItemQuery, LineQuery, ProgrammeQuery, Reading, UnitQuery
from minsheng.funds.schemas import (
    EntryKind,
    FundDelaysOut,
    FundProjectIn,
    FundProjectOut,
    FundProofOut,
    FundRatesOut,
    FundShareIn,
    FundShareOut,
    FundSharePatch,
    LedgerEntryIn,
    LedgerEntryOut,
    LedgerReversalIn,
)
from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import IfMatch, allow
from minsheng.kernel.fields import Day
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.permissions import P
from minsheng.programmes.models import Programme

router = APIRouter(tags=["funds"], route_class=Route)

Posting = Annotated[Session, allow(P.FUND_POST)]
Editing = Annotated[Session, allow(P.FUND_EDIT)]
OnQuery = Annotated[Day | None, Query(description="截至哪一天；省略为现在")]


@router.get("/ledger-entries", summary="资金台账", operation_id="listLedgerEntries")
def list_ledger_entries(
    page: Paging,
    session: Reading,
    line_id: LineQuery = None,
    programme_id: ProgrammeQuery = None,
    unit_id: UnitQuery = None,
    project_id: Annotated[UUID | None, Query(description="捆绑项目")] = None,
    kind: Annotated[EntryKind | None, Query(description="事项")] = None,
    since: Annotated[Day | None, Query(description="凭证日期不早于")] = None,
    until: Annotated[Day | None, Query(description="凭证日期不晚于")] = None,
) -> Page[LedgerEntryOut]:
    """Every event of money with its paper and its two sides, in the order in which they were noted."""
    statement = select(LedgerEntry)
    for column, value in (
        (LedgerEntry.line_id, line_id),
        (LedgerEntry.programme_id, programme_id),
        (LedgerEntry.unit_id, unit_id),
        (LedgerEntry.project_id, project_id),
        (LedgerEntry.kind, kind),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if since is not None:
        statement = statement.where(LedgerEntry.dated_on >= since)
    if until is not None:
        statement = statement.where(LedgerEntry.dated_on <= until)
    found: Sequence[LedgerEntry] = session.exec(page.apply(statement, (LedgerEntry.id,))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda row: (row.id,))
    return Page(items=present_entries(session, found), next=following)


@router.post("/ledger-entries", status_code=201, summary="登记一笔", operation_id="createLedgerEntry")
def create_ledger_entry(body: LedgerEntryIn, session: Posting) -> LedgerEntryOut:
    """Note one event of money; it is never changed, only taken back by a reversal."""
    return present_entries(session, [entries.enter(session, body)])[0]


@router.get("/ledger-entries/{id}", summary="台账的一笔", operation_id="getLedgerEntry")
def get_ledger_entry(id: UUID, session: Reading) -> LedgerEntryOut:  # noqa: A002
    """Return one entry."""
    return present_entries(session, [rows.fetch(session, LedgerEntry, id)])[0]


@router.post("/ledger-reversals", status_code=201, summary="冲销一笔", operation_id="createLedgerReversal")
def create_ledger_reversal(body: LedgerReversalIn, session: Posting) -> LedgerEntryOut:
    """Take an entry back by another that names it; each at most once."""
    return present_entries(session, [entries.reverse(session, body)])[0]


@router.get("/fund-projects", summary="捆绑项目", operation_id="listFundProjects")
def list_fund_projects(
    page: Paging,
    session: Reading,
    programme_id: ProgrammeQuery = None,
    item_id: ItemQuery = None,
    unit_id: UnitQuery = None,
) -> Page[FundProjectOut]:
    """Projects that several lines pay for, with the share of each."""
    return rows.page_of(
        session, page, FundProject, present_projects, programme_id=programme_id, item_id=item_id, unit_id=unit_id
    )


@router.post("/fund-projects", status_code=201, summary="登记捆绑项目", operation_id="createFundProject")
def create_fund_project(body: FundProjectIn, session: Editing) -> FundProjectOut:
    """Enter a project that lines are going to pay for together."""
    return present_projects(session, [pooling.create_project(session, body)])[0]


@router.get("/fund-projects/{id}", summary="一个捆绑项目", operation_id="getFundProject")
def get_fund_project(id: UUID, response: Response, session: Reading) -> FundProjectOut:  # noqa: A002
    """Return one project with its shares."""
    row = rows.fetch(session, FundProject, id)
    rows.tag(response, row)
    return present_projects(session, [row])[0]


@router.get("/fund-shares", summary="捆绑份额", operation_id="listFundShares")
def list_fund_shares(
    page: Paging,
    session: Reading,
    line_id: LineQuery = None,
    project_id: Annotated[UUID | None, Query(description="捆绑项目")] = None,
) -> Page[FundShareOut]:
    """What lines give to projects, and what was paid of it."""
    return rows.page_of(session, page, FundShare, present_shares, line_id=line_id, project_id=project_id)


@router.post("/fund-shares", status_code=201, summary="捆绑一项资金", operation_id="createFundShare")
def create_fund_share(body: FundShareIn, response: Response, session: Editing) -> FundShareOut:
    """Promise a part of a line's plan to a project that it may be used for."""
    row = pooling.create_share(session, body)
    rows.tag(response, row)
    return present_shares(session, [row])[0]


@router.patch("/fund-shares/{id}", summary="改变捆绑份额", operation_id="changeFundShare")
def change_fund_share(
    id: UUID,  # noqa: A002
    body: FundSharePatch,
    version: IfMatch,
    response: Response,
    session: Editing,
) -> FundShareOut:
    """Give another amount to a project, not less than was paid for it."""
    row = rows.hold(session, FundShare, id, version)
    pooling.change_share(session, row, body.amount_fen)
    rows.tag(response, row)
    return present_shares(session, [row])[0]


@router.get("/fund-rates", summary="资金进度", operation_id="getFundRates")
def get_fund_rates(
    session: Reading,
    programme_id: Annotated[UUID, Query(description="计划")],
    by: Annotated[Grouping, Query(description="按什么归并")] = "source",
    on: OnQuery = None,
    unit_id: Annotated[UUID | None, Query(description="单位及其下级")] = None,
) -> FundRatesOut:
    """Rates that name their base, beside elapsed time, by sources, tiers, items, units or months."""
    return overview.rates_of(session, rows.fetch(session, Programme, programme_id), by, on, unit_id)


@router.get("/fund-delays", summary="资金快慢", operation_id="getFundDelays")
def get_fund_delays(
    session: Reading,
    programme_id: Annotated[UUID, Query(description="计划")],
    on: OnQuery = None,
    idle_after: Annotated[int, Query(ge=0, le=3650, description="到位后多少天不拨算闲置")] = 90,
) -> FundDelaysOut:
    """Days from notice to receipt to payment, and what is late or lies idle; what came first goes first."""
    return overview.delays_of(session, rows.fetch(session, Programme, programme_id), on, idle_after)


@router.get("/fund-proof", summary="核对台账", operation_id="getFundProof")
def get_fund_proof(session: Reading, programme_id: Annotated[UUID, Query(description="计划")]) -> FundProofOut:
    """Work every visible total of a list out once more from the postings alone."""
    programme = rows.fetch(session, Programme, programme_id)
    found = proving.prove(session, programme.id)
    return FundProofOut(
        programme_id=programme.id,
        lines=found.lines,
        entries=found.entries,
        postings=found.postings,
        sound=not found.faults,
        faults=found.faults[:100],
    )
