"""Reads the ledger's totals: as they are now, or as they stood on a day, by whatever one looks at."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import extract, func, select

from minsheng.funds.accounts import Account, Kind
from minsheng.funds.facts import Facts
from minsheng.funds.models import FundBalance, FundLine, FundSource, LedgerEntry, LedgerPosting
from minsheng.funds.pace import Flow
from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.org.service import subtree

By = Literal["source", "tier", "kind", "item", "unit", "usage", "line"]
# As columns, not as values.
_LINE: Any = FundLine
_SOURCE: Any = FundSource
_BALANCE: Any = FundBalance
_ENTRY: Any = LedgerEntry
_POSTING: Any = LedgerPosting
_TOTALS = ("recovered", *(str(each) for each in Account))


@dataclass(frozen=True, slots=True)
class Row:
    """A line with its facts and what it may be put together by."""

    line: UUID
    source: UUID
    tier: str | None
    kind: str
    item: UUID | None
    unit: UUID
    usage: str
    confirmed: bool
    facts: Facts

    def key(self, by: By) -> UUID | str | None:
        """Return what this line is counted under."""
        found: UUID | str | None = getattr(self, by)
        return found


def lines(session: Session, programme: UUID, on: date | None = None, unit: UUID | None = None) -> list[Row]:
    """Return every line of a list that is not void, with its facts now or at the end of a day."""
    chosen = (
        select(
            _LINE.id,
            _LINE.source_id,
            _SOURCE.tier,
            _SOURCE.kind,
            _LINE.item_id,
            _LINE.unit_id,
            _LINE.usage,
            _LINE.status,
        )
        .join(_SOURCE, _SOURCE.id == _LINE.source_id)
        .where(_LINE.programme_id == programme, _LINE.status != "void")
        .order_by(_LINE.id)
    )
    if unit is not None:
        chosen = chosen.where(_LINE.unit_id.in_(subtree(session, unit)))
    found = session.execute(chosen).all()
    keys = [row[0] for row in found]
    totals = facts_now(session, keys) if on is None else _facts_on(session, programme, on)
    return [
        Row(line, source, tier, kind, item, unit_id, usage, status != "unconfirmed", totals.get(line, Facts()))
        for line, source, tier, kind, item, unit_id, usage, status in found
    ]


def facts_now(session: Session, keys: Sequence[UUID]) -> dict[UUID, Facts]:
    """Return the facts of lines as they are now."""
    columns = [getattr(_BALANCE, name) for name in _TOTALS]
    found: dict[UUID, Facts] = {}
    for at in range(0, len(keys), 500):
        part = select(_BALANCE.line_id, *columns).where(_BALANCE.line_id.in_(keys[at : at + 500]))
        for line, *values in session.execute(part).all():
            found[line] = Facts.of(dict(zip(_TOTALS, values, strict=True)))
    return found


def _facts_on(session: Session, programme: UUID, on: date) -> dict[UUID, Facts]:
    summed = (
        select(_POSTING.line_id, _POSTING.account, _POSTING.kind, func.sum(_POSTING.fen))
        .where(_POSTING.programme_id == programme, _POSTING.dated_on <= on)
        .group_by(_POSTING.line_id, _POSTING.account, _POSTING.kind)
    )
    totals: dict[UUID, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for line, account, kind, fen in session.execute(summed).all():
        _count(totals[line], account, kind, int(fen))
    return {line: Facts.of(each) for line, each in totals.items()}


def _count(totals: dict[str, int], account: str, kind: str, fen: int) -> None:
    totals[account] += fen
    if kind == Kind.RECOVERY and account in {Account.CASH, Account.RETURNED}:
        totals["recovered"] += fen


def by_month(session: Session, programme: UUID, on: date, unit: UUID | None = None) -> list[tuple[date, Facts]]:
    """Return the facts at the end of each month up to a day, from the first month in which money moved."""
    year, month_of = extract("year", _POSTING.dated_on), extract("month", _POSTING.dated_on)
    summed = (
        select(year, month_of, _POSTING.account, _POSTING.kind, func.sum(_POSTING.fen))
        .join(_LINE, _LINE.id == _POSTING.line_id)
        .where(_POSTING.programme_id == programme, _POSTING.dated_on <= on, _LINE.status != "void")
        .group_by(year, month_of, _POSTING.account, _POSTING.kind)
    )
    if unit is not None:
        summed = summed.where(_LINE.unit_id.in_(subtree(session, unit)))
    months: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for in_year, in_month, account, kind, fen in session.execute(summed).all():
        _count(months[date(int(in_year), int(in_month), 1)], account, kind, int(fen))
    if not months:
        return []
    month, last = min(months), min(on, clock.today()).replace(day=1)
    running, found = Facts(), []
    while month <= last:
        running += Facts.of(months.get(month, {}))
        found.append((month, running))
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return found


@dataclass(slots=True)
class Streams:
    """What came to and went from a line: money that is to come, and money that is there."""

    noticed: list[Flow]
    arrived: list[Flow]
    came: list[Flow]
    went: list[Flow]


def streams(session: Session, programme: UUID, on: date) -> dict[UUID, Streams]:
    """Return the dated amounts of every line up to a day; what was reversed by then never was."""
    undone = select(_ENTRY.reversal_of).where(
        _ENTRY.programme_id == programme, _ENTRY.reversal_of.is_not(None), _ENTRY.dated_on <= on
    )
    flowing = (
        select(
            _POSTING.line_id,
            _POSTING.account,
            _POSTING.dated_on,
            _POSTING.fen,
            _ENTRY.due_on,
        )
        .join(_ENTRY, _ENTRY.id == _POSTING.entry_id)
        .where(
            _POSTING.programme_id == programme,
            _POSTING.dated_on <= on,
            _POSTING.account.in_([Account.DUE, Account.CASH]),
            _ENTRY.reversal_of.is_(None),
            _ENTRY.id.not_in(undone.correlate(None)),
        )
        .order_by(_POSTING.dated_on, _POSTING.id)
    )
    found: dict[UUID, Streams] = defaultdict(lambda: Streams([], [], [], []))
    for line, account, day, fen, until in session.execute(flowing).all():
        at = found[line]
        into, out = (at.noticed, at.arrived) if account == Account.DUE else (at.came, at.went)
        (into if fen > 0 else out).append(Flow(day, abs(fen), until))
    return found
