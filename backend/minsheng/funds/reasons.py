"""What kept a line's totals from changing, said so that a clerk can act on it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from minsheng.funds.accounts import ACCOUNT_NAMES, KIND_NAMES, Account, Kind
from minsheng.funds.models import MOST_FEN, FundBalance, LedgerEntry
from minsheng.funds.refusals import LineClosed, LineFrozen, LineUnconfirmed, Overdraft, YearClosed
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Problem, invalid

_BALANCES = FundBalance.__table__  # type: ignore[attr-defined]
ORDINARY = ("active",)
"""States of a line in which money moves."""
PLANNING = ("unconfirmed", "active")
"""States in which its plan may change."""
_SIGNED = frozenset(str(each) for each in Account if not each.never_negative)


def lowest(name: str) -> int:
    """Return the least that one of a line's totals may be."""
    return -MOST_FEN if name in _SIGNED else 0


def why_not(session: Session, entry: LedgerEntry, deltas: Mapping[str, int], *, held: bool) -> Problem:
    """Return what kept the totals from changing."""
    found = session.connection().execute(select(_BALANCES).where(_BALANCES.c.line_id == entry.line_id)).mappings().one()
    word = ("冲销" if entry.reversal_of else "") + KIND_NAMES[Kind(entry.kind)]
    if found["state"] == "unconfirmed" and entry.kind != Kind.PLAN:
        return LineUnconfirmed(f"资金尚未明确，不能登记{word}：请先确认资金。")
    if found["state"] not in PLANNING:
        return LineClosed(f"资金明细已办结或作废，不能登记{word}。")
    if found["closed_through"] >= entry.dated_on.year:
        return YearClosed(f"{found['closed_through']}年度及以前已结账，不能登记{entry.dated_on.year}年的{word}。")
    if held and found["freezes"]:
        return LineFrozen(f"资金已冻结，解冻前不能登记{word}。")
    return _short(found, deltas, word, abs(entry.fen))


def _short(found: Mapping[Any, Any], deltas: Mapping[str, int], word: str, asked: int) -> Problem:
    if found["planned"] + deltas.get("planned", 0) < found["shared"]:
        return Overdraft(f"计划投入不能少于已捆绑到项目的{yuan(found['shared'])}元。")
    for name, fen in deltas.items():
        after = found[name] + fen
        if after < 0 and name not in _SIGNED:
            what = ACCOUNT_NAMES[Account(name)] if name not in {"paid", "recovered"} else "已拨付"
            return Overdraft(
                f"{what}只有{yuan(found[name])}元，不能{word}{yuan(asked)}元，差{yuan(-after)}元。",
                extra={"account": name, "available_fen": found[name], "asked_fen": -fen},
            )
    return invalid("/fen", "amount-range", f"金额累计超过{MOST_FEN}分。")


def yuan(fen: int) -> str:
    """Return an amount as it is written: 1,234.50."""
    whole, part = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}.{part:02d}"
