"""Rates by whatever one looks at, and what is late or idle: the ledger's figures put together."""

from collections import defaultdict
from datetime import date
from functools import reduce
from operator import add
from typing import Literal, cast
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from minsheng.calendars import periods
from minsheng.funds import reading
from minsheng.funds.facts import Facts, ahead, elapsed, percent, rates
from minsheng.funds.models import FundLine, FundSource
from minsheng.funds.pace import Passed, late, mean, resting, through
from minsheng.funds.present import facts_out, rates_out
from minsheng.funds.reading import By
from minsheng.funds.schemas import DelayOut, FundDelaysOut, FundRatesOut, RateRowOut
from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.org.service import unit_names
from minsheng.programmes.models import Item, Programme

Grouping = Literal["source", "tier", "kind", "item", "unit", "usage", "month"]


def _sum(found: list[Facts]) -> Facts:
    return reduce(add, found, Facts())


def rates_of(session: Session, programme: Programme, by: Grouping, on: date | None, unit: UUID | None) -> FundRatesOut:
    """Return the rates of a list by sources, tiers, items, units or months, against elapsed time."""
    rows = reading.lines(session, programme.id, on, unit)
    day = on or clock.today()
    passed = elapsed(programme.starts_on, programme.ends_on, day)
    total = _sum([row.facts for row in rows])
    unconfirmed = sum(row.facts.planned for row in rows if not row.confirmed)
    admin = sum(row.facts.paid for row in rows if row.usage == "admin")
    promised = session.exec(
        select(func.sum(FundSource.amount_fen)).where(
            FundSource.programme_id == programme.id, FundSource.status == "active"
        )
    ).one()

    def out(key: str | None, label: str | None, facts: Facts, share: bool = True) -> RateRowOut:  # noqa: FBT001, FBT002
        return RateRowOut(
            key=key,
            label=label,
            facts=facts_out(facts),
            rates=rates_out(rates(facts)),
            ahead_points=ahead(facts, passed) if share else None,
        )

    if by == "month":
        months = reading.by_month(session, programme.id, day, unit)
        found = []
        for month, facts in months:
            key = f"{month:%Y-%m}"
            end = min(periods.month_end(month), day)
            row = out(key, periods.name(key), facts)
            row.ahead_points = ahead(facts, elapsed(programme.starts_on, programme.ends_on, end))
            found.append(row)
    else:
        groups: dict[UUID | str | None, list[Facts]] = defaultdict(list)
        for each in rows:
            groups[each.key(cast("By", by))].append(each.facts)
        names = _names(session, by, set(groups))
        found = [out(None if key is None else str(key), names.get(key), _sum(facts)) for key, facts in groups.items()]
    return FundRatesOut(
        programme_id=programme.id,
        on=day,
        by=by,
        elapsed_percent=percent(passed.numerator, passed.denominator) or "0",
        promised_fen=int(promised or 0),
        unconfirmed_fen=unconfirmed,
        unconfirmed_percent=percent(unconfirmed, total.planned),
        admin_fen=admin,
        admin_percent=percent(admin, total.paid),
        total=out(None, None, total),
        rows=found,
    )


def _names(session: Session, by: Grouping, keys: set[UUID | str | None]) -> dict[UUID | str | None, str]:
    chosen = {key for key in keys if isinstance(key, UUID)}
    if by == "unit":
        return {key: name for key, name in unit_names(session, chosen).items()}  # noqa: C416 - the keys' type is wider
    if by == "item":
        found = session.exec(select(Item.id, Item.code, Item.title).where(col(Item.id).in_(chosen))).all()
        return {key: f"{code} {title}" for key, code, title in found}
    if by == "source":
        return dict(session.exec(select(FundSource.id, FundSource.name).where(col(FundSource.id).in_(chosen))).all())
    return {}


def delays_of(session: Session, programme: Programme, on: date | None, idle_after: int) -> FundDelaysOut:
    """Return how long money takes on the lines of a list, and what is late or lies idle, the worst first."""
    day = on or clock.today()
    flows = reading.streams(session, programme.id, day)
    known = {
        key: (name, unit)
        for key, name, unit in session.exec(
            select(FundLine.id, FundLine.name, FundLine.unit_id).where(FundLine.programme_id == programme.id)
        ).all()
    }
    units = unit_names(session, {unit for _, unit in known.values()})
    arrivals: list[Passed] = []
    payments: list[Passed] = []
    found = []
    for line, stream in flows.items():
        arrived, coming = through(stream.noticed, stream.arrived)
        paid, lying = through(stream.came, stream.went)
        arrivals += arrived
        payments += paid
        overdue, overdue_days = late(coming, day)
        idle, idle_days = resting(lying, day, idle_after)
        name, unit = known[line]
        found.append(
            DelayOut(
                line_id=line,
                line_name=name,
                unit_id=unit,
                unit_name=units.get(unit),
                arrival_days=mean(arrived),
                payment_days=mean(paid),
                overdue_fen=overdue,
                overdue_days=overdue_days,
                idle_fen=idle,
                idle_days=idle_days,
            )
        )
    found.sort(key=lambda row: (-row.overdue_fen - row.idle_fen, str(row.line_id)))
    return FundDelaysOut(
        programme_id=programme.id,
        on=day,
        idle_after=idle_after,
        arrival_days=mean(arrivals),
        payment_days=mean(payments),
        overdue_fen=sum(row.overdue_fen for row in found),
        idle_fen=sum(row.idle_fen for row in found),
        rows=found,
    )
