"""Proves that the totals are what the ledger says: everything is worked out once more from the postings alone."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from minsheng.funds.accounts import Account, Kind
from minsheng.funds.ledger import turnover
from minsheng.funds.models import FundBalance, FundLine, LedgerEntry, LedgerPosting
from minsheng.kernel.access import Session

# As columns, not as values.
_LINE: Any = FundLine
_BALANCE: Any = FundBalance
_ENTRY: Any = LedgerEntry
_POSTING: Any = LedgerPosting
_TOTALS = (*(str(each) for each in Account), "paid", "recovered", "entries")


@dataclass(frozen=True, slots=True)
class Proof:
    """What was looked at, and every place where two figures that must agree do not."""

    lines: int
    entries: int
    postings: int
    faults: list[str]


def prove(session: Session, programme: UUID) -> Proof:
    """Work out every visible line of a list once more."""
    wanted: dict[UUID, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_TOTALS, 0))
    faults: list[str] = []
    numbers: dict[UUID, int] = {}
    summed = (
        select(_POSTING.line_id, _POSTING.account, func.sum(_POSTING.fen), func.count())
        .where(_POSTING.programme_id == programme)
        .group_by(_POSTING.line_id, _POSTING.account)
    )
    postings = 0
    for line, account, fen, count in session.execute(summed).all():
        wanted[line][account] = int(fen)
        postings += count
    turned = (
        select(
            _ENTRY.line_id,
            _ENTRY.kind,
            func.sum(_ENTRY.fen),
            func.count(),
            func.max(_ENTRY.number),
        )
        .where(_ENTRY.programme_id == programme)
        .group_by(_ENTRY.line_id, _ENTRY.kind)
    )
    for line, kind, fen, count, number in session.execute(turned).all():
        wanted[line]["entries"] += count
        numbers[line] = max(number, numbers.get(line, 0))
        for name, more in turnover(Kind(kind), int(fen)).items():
            wanted[line][name] += more
    # Numbers are unique by constraint, so that as many as the highest are all of them.
    faults += [f"{line}: 编号有缺" for line, number in numbers.items() if number != wanted[line]["entries"]]
    faults += [f"{entry}: 两边不平" for entry in _uneven(session, programme)]
    kept = (
        select(_BALANCE.line_id, *(getattr(_BALANCE, name) for name in _TOTALS))
        .join(_LINE, _LINE.id == _BALANCE.line_id)
        .where(_LINE.programme_id == programme)
    )
    known = {line: dict(zip(_TOTALS, values, strict=True)) for line, *values in session.execute(kept).all()}
    for line in known.keys() | wanted.keys():
        for name in _TOTALS:
            kept_fen, summed_fen = known.get(line, {}).get(name), wanted[line][name]
            if kept_fen != summed_fen:
                faults.append(f"{line}: {name} 余额{kept_fen}，分录合计{summed_fen}")
    return Proof(len(known), sum(each["entries"] for each in wanted.values()), postings, sorted(faults))


def _uneven(session: Session, programme: UUID) -> list[UUID]:
    """Return entries whose sides do not add up to nothing, are fewer than two, or are of another amount."""
    taken = func.sum(func.abs(_POSTING.fen))
    found = (
        select(_ENTRY.id)
        .outerjoin(_POSTING, _POSTING.entry_id == _ENTRY.id)
        .where(_ENTRY.programme_id == programme)
        .group_by(_ENTRY.id, _ENTRY.fen)
        .having(
            (func.coalesce(func.sum(_POSTING.fen), 1) != 0)
            | (func.count(_POSTING.id) < 2)
            | (taken != 2 * func.abs(_ENTRY.fen))
        )
    )
    return list(session.execute(found).scalars())
