"""The ledger's only way in: one entry with its two sides, under one conditional update of its line's totals.

The update asks for everything at once: that the line is open, not frozen, its year not closed, and that no account
falls below what it may. It holds the line's row until the transaction ends, so what is read after it is what counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import col

from minsheng.funds.accounts import HELD_BY_FREEZE, KIND_NAMES, ROUTES, Account, Kind
from minsheng.funds.models import MOST_FEN, FundBalance, FundLine, FundShare, LedgerEntry, LedgerPosting
from minsheng.funds.reasons import ORDINARY, PLANNING, lowest, why_not, yuan
from minsheng.funds.refusals import AlreadyReversed, DuplicatePaper, InUse, Overdraft
from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.kernel.errors import invalid

_BALANCES = FundBalance.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Subject:
    """What of a later feature an entry is written for."""

    kind: str
    id: UUID


def post(
    session: Session,
    line: FundLine,
    kind: Kind,
    fen: int,
    *,
    dated_on: date,
    paper: str,
    source: Account | None = None,
    target: Account | None = None,
    against: LedgerEntry | None = None,
    project_id: UUID | None = None,
    subject: Subject | None = None,
    due_on: date | None = None,
    note: str | None = None,
    by_user: bool = False,
) -> LedgerEntry:
    """Write one event of money on a line and return its entry.

    ``source`` and ``target`` choose among the accounts that :data:`accounts.ROUTES` allows, where there is a choice.
    ``by_user`` puts it into the books of the unit that uses the money instead of the keeper's.

    Raises:
        Problem: the day, the amount or the paper is wrong, or the line does not hold it; nothing is written then.
    """
    sources, targets = ROUTES[kind]
    giving, taking = source or sources[0], target or targets[0]
    if giving not in sources or taking not in targets:
        message = f"{kind} does not go from {giving} to {taking}"
        raise ValueError(message)
    if not (0 < abs(fen) <= MOST_FEN) or (fen < 0 and kind is not Kind.PLAN):
        raise invalid("/fen", "amount-range", f"金额应为正数，不超过{MOST_FEN}分。")
    entry = LedgerEntry(
        line_id=line.id,
        programme_id=line.programme_id,
        item_id=line.item_id,
        unit_id=line.unit_id,
        book_id=line.unit_id if by_user else line.keeper_id,
        number=0,
        kind=kind,
        fen=fen,
        dated_on=dated_on,
        paper=paper,
        due_on=due_on,
        note=note,
        against_id=against.id if against else None,
        project_id=project_id,
        subject_kind=subject.kind if subject else None,
        subject_id=subject.id if subject else None,
        author_name="",
    )
    _write(session, entry, {giving: -fen, taking: fen})
    return entry


def reverse(
    session: Session,
    entry: LedgerEntry,
    *,
    dated_on: date,
    paper: str,
    note: str | None = None,
    subject: Subject | None = None,
) -> LedgerEntry:
    """Write the entry that takes another back, and return it.

    Raises:
        AlreadyReversed: it was taken back before, or is itself a reversal.
        InUse: receipts, recoveries or the like rest on it.
        Problem: the line does not allow it now.
    """
    if entry.reversal_of is not None:
        message = "冲销记录不能再冲销，请重新登记。"
        raise AlreadyReversed(message)
    sides = session.execute(
        select(col(LedgerPosting.account), col(LedgerPosting.fen)).where(col(LedgerPosting.entry_id) == entry.id)
    ).all()
    back = LedgerEntry(
        line_id=entry.line_id,
        programme_id=entry.programme_id,
        item_id=entry.item_id,
        unit_id=entry.unit_id,
        book_id=entry.book_id,
        number=0,
        kind=entry.kind,
        fen=-entry.fen,
        dated_on=dated_on,
        paper=paper,
        note=note,
        reversal_of=entry.id,
        against_id=entry.against_id,
        project_id=entry.project_id,
        subject_kind=subject.kind if subject else entry.subject_kind,
        subject_id=subject.id if subject else entry.subject_id,
        author_name="",
    )
    _write(session, back, {Account(account): -fen for account, fen in sides})
    return back


def _write(session: Session, entry: LedgerEntry, sides: Mapping[Account, int]) -> None:
    session.require(entry)
    if entry.dated_on > clock.today():
        raise invalid("/dated_on", "future-date", "日期不能晚于今天。")
    if entry.reversal_of is not None:
        # For the words: whoever takes back a notice that was received is told so, not that something runs short.
        _still_stands(session, entry.reversal_of)
    entry.number = _take(session, entry, sides)
    if entry.reversal_of is None:
        _once(session, entry)
        _within(session, entry)
    else:
        _still_stands(session, entry.reversal_of)
    who = session.caller
    entry.author_id, entry.author_name = (who.user_id, who.name) if who else (None, "系统")
    session.add(entry)
    # The entry first: its sides point to it.
    session.flush()
    session.add_all(
        LedgerPosting(
            entry_id=entry.id,
            line_id=entry.line_id,
            programme_id=entry.programme_id,
            item_id=entry.item_id,
            unit_id=entry.unit_id,
            book_id=entry.book_id,
            kind=entry.kind,
            account=account,
            dated_on=entry.dated_on,
            fen=fen,
        )
        for account, fen in sides.items()
    )
    session.flush()


def turnover(kind: Kind, fen: int) -> dict[str, int]:
    """Return what an event adds to the totals that no account keeps."""
    if kind is Kind.DISBURSEMENT:
        return {"paid": fen}
    if kind is Kind.BOUNCE:
        return {"paid": -fen}
    if kind is Kind.RECOVERY:
        return {"recovered": fen}
    return {}


def _take(session: Session, entry: LedgerEntry, sides: Mapping[Account, int]) -> int:
    """Change the line's totals if everything allows it, and return the entry's number.

    Raises:
        Problem: what does not allow it.
    """
    kind = Kind(entry.kind)
    deltas: dict[str, int] = {**{str(account): fen for account, fen in sides.items()}, **turnover(kind, entry.fen)}
    held = kind in HELD_BY_FREEZE and entry.reversal_of is None
    totals = _BALANCES.c
    statement = (
        update(_BALANCES)
        .where(
            totals.line_id == entry.line_id,
            totals.state.in_(PLANNING if kind is Kind.PLAN else ORDINARY),
            totals.closed_through < entry.dated_on.year,
            *([totals.freezes == 0] if held else []),
            *((totals[name] + fen).between(lowest(name), MOST_FEN) for name, fen in deltas.items()),
            *([totals.planned + deltas["planned"] >= totals.shared] if "planned" in deltas else []),
        )
        .values(entries=totals.entries + 1, **{name: totals[name] + fen for name, fen in deltas.items()})
        .returning(totals.entries)
    )
    number = session.connection().execute(statement).scalar_one_or_none()
    if number is None:
        raise why_not(session, entry, deltas, held=held)
    return int(number)


def _once(session: Session, entry: LedgerEntry) -> None:
    """Refuse a paper that was entered before and not taken back."""
    same = session.execute(
        select(col(LedgerEntry.id), col(LedgerEntry.number)).where(
            col(LedgerEntry.line_id) == entry.line_id,
            col(LedgerEntry.kind) == entry.kind,
            col(LedgerEntry.paper) == entry.paper,
            col(LedgerEntry.reversal_of).is_(None),
        )
    ).all()
    if not same:
        return
    undone = session.execute(
        select(col(LedgerEntry.reversal_of)).where(col(LedgerEntry.reversal_of).in_([key for key, _ in same]))
    )
    back = set(undone.scalars())
    taken = [number for key, number in same if key not in back]
    if taken:
        message = f"“{entry.paper}”已登记过{KIND_NAMES[Kind(entry.kind)]}（第{taken[0]}号）。"
        raise DuplicatePaper(message)


def _within(session: Session, entry: LedgerEntry) -> None:
    """Refuse more than the notice, the payment or the project's share it rests on."""
    if entry.against_id is not None:
        against = session.get_one(LedgerEntry, entry.against_id)
        left = against.fen - _sum(session, LedgerEntry.against_id, entry.against_id, entry.kind)
        if _sum(session, LedgerEntry.reversal_of, entry.against_id, against.kind):
            message = f"第{against.number}号已冲销。"
            raise InUse(message)
        if entry.fen > left:
            message = f"第{against.number}号只剩{yuan(left)}元，不能登记{yuan(entry.fen)}元。"
            raise Overdraft(message, extra={"available_fen": left, "asked_fen": entry.fen})
    if entry.project_id is not None and entry.kind == Kind.DISBURSEMENT:
        share = session.execute(
            select(col(FundShare.amount_fen)).where(
                col(FundShare.project_id) == entry.project_id, col(FundShare.line_id) == entry.line_id
            )
        ).scalar_one_or_none()
        paid = session.execute(
            select(func.coalesce(func.sum(col(LedgerEntry.fen)), 0)).where(
                col(LedgerEntry.project_id) == entry.project_id,
                col(LedgerEntry.line_id) == entry.line_id,
                col(LedgerEntry.kind) == Kind.DISBURSEMENT,
            )
        ).scalar_one()
        left = (share or 0) - int(paid)
        if entry.fen > left:
            message = f"本资金捆绑到该项目的份额只剩{yuan(left)}元，不能拨付{yuan(entry.fen)}元。"
            raise Overdraft(message, extra={"available_fen": left, "asked_fen": entry.fen})


def _sum(session: Session, column: Any, key: UUID, kind: str) -> int:  # noqa: ANN401 - a mapped column
    found = session.execute(
        select(func.coalesce(func.sum(col(LedgerEntry.fen)), 0)).where(column == key, col(LedgerEntry.kind) == kind)
    ).scalar_one()
    return int(found)


def _still_stands(session: Session, key: UUID) -> None:
    """Refuse to take back what was taken back before, or what others rest on."""
    if session.execute(select(col(LedgerEntry.id)).where(col(LedgerEntry.reversal_of) == key).limit(1)).first():
        message = "这一笔已经冲销过。"
        raise AlreadyReversed(message)
    resting = session.execute(
        select(func.coalesce(func.sum(col(LedgerEntry.fen)), 0))
        .where(col(LedgerEntry.against_id) == key)
        .group_by(col(LedgerEntry.kind))
    ).scalars()
    if any(int(each) for each in resting):
        message = "已有到位、支出或退回记在这一笔之下，请先冲销它们。"
        raise InUse(message)
