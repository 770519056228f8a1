"""Put the money of the published lines on fund lines, with the printed rate beside the one their own figures give.

The column of money that moved is printed without a common meaning: the notes say whether it was paid, noticed, received
or completed investment. Money that was paid came in before; where no source prints how much, as much is noted as was
paid, and the entry says so.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Literal
from uuid import UUID

from minsheng.funds import ledger, lines
from minsheng.funds.accounts import Account, Kind
from minsheng.funds.models import FundLine
from minsheng.funds.schemas import FundLineIn, FundSourceIn
from minsheng.kernel.access import Session
from minsheng.programmes.models import Programme
from minsheng.sample import published
from minsheng.sample.published import Row

Moved = Literal["investment", "notice", "receipt", "payment"]
YI = 100_000_000_00
MONEY_UNITS = {"亿元": YI, "万元": 10_000_00}
"""Units of measure in which a line's own rate is a rate of money."""
_RECEIVED = re.compile(r"到位(?:资金)? ?([\d.]+)亿")


@dataclass(frozen=True, slots=True)
class Money:
    """What a published line says of money, in fen."""

    planned: int
    received: int | None
    moved: int
    how: Moved
    percent: Decimal | None


def read(row: Row) -> Money | None:
    """Return what a line says of money; nothing when it says nothing."""
    planned, moved = (_fen(row[name]) for name in ("funds_planned_yuan", "funds_disbursed_yuan"))
    if not planned and not moved:
        return None
    note = row["note"]
    if not planned and row["target"] and row["unit"] in MONEY_UNITS:
        planned = int(Decimal(row["target"]) * MONEY_UNITS[row["unit"]])
    named = _RECEIVED.search(note)
    received = int(Decimal(named[1]) * YI) if named else None
    if row["indicator"] == "资金到位" and row["actual"]:
        received = int(Decimal(row["actual"]) * MONEY_UNITS[row["unit"]])
    if "planned column holds 到位资金" in note:
        planned, received = 0, planned
    how: Moved = "payment"
    if "completed investment" in note:
        how = "investment"
    elif "= issued" in note:
        how = "notice"
    elif "= award obtained" in note:
        how = "receipt"
    printed = row["printed_pct"] if row["unit"] in MONEY_UNITS else ""
    return Money(planned, received, moved, how, Decimal(printed) if printed else None)


def _fen(yuan: str) -> int:
    return int(Decimal(yuan or 0) * 100)


def load(session: Session, unit_id: UUID, rows: Sequence[Row] | None = None) -> dict[int, FundLine]:
    """Put lines on the books of a unit, a list a year; return each by its number in the source."""
    found: dict[int, FundLine] = {}
    known = [(row, money) for row in (published.lines() if rows is None else rows) if (money := read(row))]
    for year, of_year in groupby(sorted(known, key=lambda each: int(each[0]["year"])), lambda each: each[0]["year"]):
        programme = Programme(
            unit_id=unit_id,
            year=int(year),
            name=f"{year}年各地公布的资金汇编",
            starts_on=date(int(year), 1, 1),
            ends_on=date(int(year), 12, 31),
        )
        session.add(programme)
        session.flush()
        body = FundSourceIn(programme_id=programme.id, unit_id=unit_id, kind="other", name="各地公布", amount_fen=0)
        source = lines.create_source(session, body)
        for row, money in of_year:
            found[int(row["line"])] = _line(session, source.id, unit_id, row, money)
    return found


def _line(session: Session, source: UUID, unit_id: UUID, row: Row, money: Money) -> FundLine:
    on = date.fromisoformat(row["as_of"] or f"{row['year']}-12-31")
    line = lines.create_line(
        session,
        FundLineIn(
            source_id=source,
            unit_id=unit_id,
            code=row["line"],
            name=f"{row['region']}：{row['item'] or row['category']}"[:200],
            purpose=(row["indicator"] or row["item"] or row["category"])[:200],
            planned_fen=money.planned,
            dated_on=on,
            stated_percent=money.percent,
            stated_source=f"{row['source_title']} {row['source_url']}".strip()[:500] or None,
        ),
    )
    paper = f"第{row['line']}行"
    received, said = money.received, None
    if money.how == "receipt":
        received = money.moved
    elif received is None and money.how == "payment" and money.moved:
        received, said = money.moved, "未公布到位数，按拨付数登记"
    if received:
        ledger.post(session, line, Kind.RECEIPT, received, dated_on=on, paper=paper, source=Account.DIRECT, note=said)
    moves: dict[Moved, Kind] = {
        "investment": Kind.INVESTMENT,
        "notice": Kind.NOTICE,
        "payment": Kind.DISBURSEMENT,
    }
    if money.how in moves and money.moved:
        ledger.post(session, line, moves[money.how], money.moved, dated_on=on, paper=paper)
    return line
