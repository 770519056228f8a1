"""Money as it is shown: rows with the names of what they hang on, and their facts from the ledger."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from minsheng.funds import pooling, reading
from minsheng.funds.accounts import ACCOUNT_NAMES, KIND_NAMES, Account, Kind
from minsheng.funds.facts import Facts, Rate, agreeing, rates
from minsheng.funds.models import (
    FundBalance,
    FundFreeze,
    FundLine,
    FundObligation,
    FundProject,
    FundShare,
    FundSource,
    FundYear,
    LedgerEntry,
    LedgerPosting,
)
from minsheng.funds.policy import FUND_FREEZE, FUND_LINE, FUND_OBLIGATION, FUND_SOURCE, FUND_YEAR
from minsheng.funds.schemas import (
    FactsOut,
    FundFreezeOut,
    FundLineOut,
    FundObligationOut,
    FundProjectOut,
    FundRateOut,
    FundShareOut,
    FundSourceOut,
    FundYearOut,
    LedgerEntryOut,
    PostingOut,
    StatedRateOut,
)
from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.org.service import unit_names
from minsheng.programmes.models import Item


def facts_out(facts: Facts) -> FactsOut:
    """Return facts as they travel."""
    return FactsOut(**{f"{name}_fen": getattr(facts, name) for name in Facts.__slots__})


def rates_out(found: Sequence[Rate]) -> list[FundRateOut]:
    """Return rates as they travel."""
    return [
        FundRateOut(
            name=each.name,
            label=each.label,
            numerator_fen=each.numerator,
            denominator_fen=each.denominator,
            percent=each.percent,
        )
        for each in found
    ]


def present_sources(session: Session, found: Sequence[FundSource]) -> list[FundSourceOut]:
    """Return sources with what lines were given of them."""
    units = unit_names(session, {row.unit_id for row in found})
    given = dict(
        session.exec(
            select(FundLine.source_id, func.sum(FundBalance.planned))
            .join(FundBalance, col(FundBalance.line_id) == col(FundLine.id))
            .where(col(FundLine.source_id).in_([row.id for row in found]), FundLine.status != "void")
            .group_by(col(FundLine.source_id))
        ).all()
    )
    return [
        FundSourceOut(
            **row.model_dump(exclude={"created_at"}),
            unit_name=units.get(row.unit_id),
            allocated_fen=int(given.get(row.id) or 0),
            actions=FUND_SOURCE.actions(session, row),
        )
        for row in found
    ]


def present_lines(session: Session, found: Sequence[FundLine]) -> list[FundLineOut]:
    """Return lines with their money."""
    units = unit_names(session, {row.unit_id for row in found} | {row.keeper_id for row in found})
    sources = {
        row.id: row
        for row in session.exec(
            select(FundSource).where(col(FundSource.id).in_({row.source_id for row in found}))
        ).all()
    }
    items = {
        row.id: row for row in session.exec(select(Item).where(col(Item.id).in_({row.item_id for row in found}))).all()
    }
    keys = [row.id for row in found]
    held = {
        line: (freezes > 0, shared)
        for line, freezes, shared in session.exec(
            select(FundBalance.line_id, FundBalance.freezes, FundBalance.shared).where(
                col(FundBalance.line_id).in_(keys)
            )
        ).all()
    }
    facts = reading.facts_now(session, keys)
    return [
        _line(session, row, sources.get(row.source_id), items.get(row.item_id), units, held[row.id], facts[row.id])  # type: ignore[arg-type]
        for row in found
    ]


def _line(
    session: Session,
    row: FundLine,
    source: FundSource | None,
    item: Item | None,
    units: dict[UUID, str],
    held: tuple[bool, int],
    facts: Facts,
) -> FundLineOut:
    stated = None
    if row.stated_percent is not None:
        stated = StatedRateOut(
            percent=row.stated_percent, source=row.stated_source, agrees=agreeing(row.stated_percent, facts)
        )
    return FundLineOut(
        **row.model_dump(exclude={"created_at", "stated_percent", "stated_source"}),
        source_name=source.name if source else None,
        source_kind=source.kind if source else None,  # type: ignore[arg-type]
        tier=source.tier if source else None,  # type: ignore[arg-type]
        item_code=item.code if item else None,
        item_title=item.title if item else None,
        unit_name=units.get(row.unit_id),
        keeper_name=units.get(row.keeper_id),
        frozen=held[0],
        shared_fen=held[1],
        facts=facts_out(facts),
        rates=rates_out(rates(facts)),
        stated=stated,
        actions=FUND_LINE.actions(session, row),
    )


def present_entries(session: Session, found: Sequence[LedgerEntry]) -> list[LedgerEntryOut]:
    """Return entries with their sides."""
    keys = [row.id for row in found]
    names = dict(
        session.exec(
            select(FundLine.id, FundLine.name).where(col(FundLine.id).in_({row.line_id for row in found}))
        ).all()
    )
    back: dict[Any, UUID] = dict(
        session.exec(
            select(LedgerEntry.reversal_of, LedgerEntry.id).where(col(LedgerEntry.reversal_of).in_(keys))
        ).all()
    )
    sides: dict[UUID, list[PostingOut]] = defaultdict(list)
    for entry, account, fen in session.exec(
        select(LedgerPosting.entry_id, LedgerPosting.account, LedgerPosting.fen)
        .where(col(LedgerPosting.entry_id).in_(keys))
        .order_by(col(LedgerPosting.fen))
    ).all():
        label = ACCOUNT_NAMES[Account(account)]
        sides[entry].append(PostingOut(account=account, label=label, fen=fen))  # type: ignore[arg-type]
    return [
        LedgerEntryOut(
            **row.model_dump(exclude={"version", "book_id", "author_id"}),
            line_name=names.get(row.line_id),
            label=KIND_NAMES[Kind(row.kind)],
            reversed_by=back.get(row.id),
            postings=sides[row.id],
        )
        for row in found
    ]


def present_obligations(session: Session, found: Sequence[FundObligation]) -> list[FundObligationOut]:
    """Return obligations with what was paid in."""
    units = unit_names(session, {row.unit_id for row in found})
    came = dict(
        session.exec(
            select(
                FundLine.obligation_id,
                func.sum(-FundBalance.allotted - FundBalance.due - FundBalance.direct),
            )
            .join(FundBalance, col(FundBalance.line_id) == col(FundLine.id))
            .where(col(FundLine.obligation_id).in_([row.id for row in found]), FundLine.status != "void")
            .group_by(col(FundLine.obligation_id))
        ).all()
    )
    today = clock.today()
    outs = []
    for row in found:
        received = int(came.get(row.id) or 0)
        missing = max(0, row.amount_fen - received)
        outs.append(
            FundObligationOut(
                **row.model_dump(exclude={"created_at"}),
                unit_name=units.get(row.unit_id),
                received_fen=received,
                missing_fen=missing,
                overdue=missing > 0 and row.due_on is not None and row.due_on < today,
                actions=FUND_OBLIGATION.actions(session, row),
            )
        )
    return outs


def present_shares(session: Session, found: Sequence[FundShare]) -> list[FundShareOut]:
    """Return shares with the lines and sources they come from."""
    known = {
        key: (name, source, tier)
        for key, name, source, tier in session.exec(
            select(FundLine.id, FundLine.name, FundSource.name, FundSource.tier)
            .join(FundSource, col(FundSource.id) == col(FundLine.source_id))
            .where(col(FundLine.id).in_({row.line_id for row in found}))
        ).all()
    }
    paid = pooling.paid_for(session, {row.project_id for row in found})
    outs = []
    for row in found:
        name, source, tier = known.get(row.line_id, (None, None, None))
        spent = paid.get((row.project_id, row.line_id), 0)
        outs.append(
            FundShareOut(
                **row.model_dump(exclude={"created_at", "item_id", "keeper_id"}),
                line_name=name,
                source_name=source,
                tier=tier,  # type: ignore[arg-type]
                paid_fen=spent,
                left_fen=row.amount_fen - spent,
            )
        )
    return outs


def present_projects(session: Session, found: Sequence[FundProject]) -> list[FundProjectOut]:
    """Return projects with the shares of their lines."""
    units = unit_names(session, {row.unit_id for row in found})
    shares: dict[UUID, list[FundShareOut]] = defaultdict(list)
    rows = session.exec(
        select(FundShare).where(col(FundShare.project_id).in_([row.id for row in found])).order_by(col(FundShare.id))
    ).all()
    for each in present_shares(session, rows):
        shares[each.project_id].append(each)
    return [
        FundProjectOut(
            **row.model_dump(exclude={"created_at"}),
            unit_name=units.get(row.unit_id),
            amount_fen=sum(each.amount_fen for each in shares[row.id]),
            paid_fen=sum(each.paid_fen for each in shares[row.id]),
            shares=shares[row.id],
        )
        for row in found
    ]


def present_freezes(session: Session, found: Sequence[FundFreeze]) -> list[FundFreezeOut]:
    """Return freezes with their buttons."""
    hidden = {"item_id", "keeper_id", "author_id", "lifted_by"}
    return [FundFreezeOut(**row.model_dump(exclude=hidden), actions=FUND_FREEZE.actions(session, row)) for row in found]


def present_years(session: Session, found: Sequence[FundYear]) -> list[FundYearOut]:
    """Return closed years with their buttons."""
    units = unit_names(session, {row.unit_id for row in found})
    return [
        FundYearOut(**row.model_dump(), unit_name=units.get(row.unit_id), actions=FUND_YEAR.actions(session, row))
        for row in found
    ]
