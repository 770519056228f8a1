"""Events of money as people enter them: which paper belongs to what, and who may note it."""

from sqlmodel import select

from minsheng.funds import ledger, lines
from minsheng.funds.accounts import KIND_NAMES, Account, Kind
from minsheng.funds.models import FundBalance, FundLine, FundProject, LedgerEntry
from minsheng.funds.schemas import LedgerEntryIn, LedgerReversalIn
from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import WrongState, invalid

_AGAINST = {Kind.RECEIPT: Kind.NOTICE, Kind.RECOVERY: Kind.DISBURSEMENT, Kind.EXPENDITURE: Kind.DISBURSEMENT}
"""What an event may rest on."""
_ONLY = {
    "due_on": (Kind.NOTICE,),
    "into": (Kind.RECOVERY,),
    "out_of": (Kind.RECOVERY,),
    "project_id": (Kind.EXPENDITURE, Kind.INVESTMENT),
    "against_id": tuple(_AGAINST),
}
"""Fields that only some events have."""
_BY_USER = (Kind.EXPENDITURE, Kind.INVESTMENT)
"""What the unit that uses the money notes in its own books, where the keeper does not."""


def enter(session: Session, body: LedgerEntryIn) -> LedgerEntry:
    """Write one event.

    Raises:
        NotFound: the line, or what it rests on, is not visible.
        Problem: something does not fit, or the ledger refuses it; nothing is written then.
    """
    line = rows.fetch(session, FundLine, body.line_id)
    kind = Kind(body.kind)
    for name, kinds in _ONLY.items():
        if getattr(body, name) is not None and kind not in kinds:
            raise invalid(f"/{name}", "not-for-kind", f"{KIND_NAMES[kind]}没有这一项。")
    if body.fen == 0 or (body.fen < 0 and kind is not Kind.PLAN):
        raise invalid("/fen", "amount-range", "金额应大于零；只有计划调减可为负。")
    against = _against(session, line, kind, body)
    source = Account(body.out_of) if body.out_of else None
    if kind is Kind.RECEIPT:
        source = Account.DUE if against else Account.DIRECT
    if body.project_id is not None:
        rows.fetch(session, FundProject, body.project_id)
    return ledger.post(
        session,
        line,
        kind,
        body.fen,
        dated_on=body.dated_on,
        paper=body.paper,
        source=source,
        target=Account(body.into) if body.into else None,
        against=against,
        project_id=body.project_id,
        due_on=body.due_on,
        note=body.note,
        by_user=kind in _BY_USER and not lines.keeps(session, line.keeper_id),
    )


def _against(session: Session, line: FundLine, kind: Kind, body: LedgerEntryIn) -> LedgerEntry | None:
    """Return the entry that an event rests on.

    Raises:
        Invalid: it is of another line or kind, or a receipt names none although notices wait for it.
    """
    if body.against_id is None:
        waiting = select(FundBalance.id).where(FundBalance.line_id == line.id, FundBalance.due > 0)
        if kind is Kind.RECEIPT and session.exec(waiting).first():
            raise invalid("/against_id", "missing", "有已下达未到位的资金，请指明到位的是哪一笔下达。")
        return None
    against = rows.fetch(session, LedgerEntry, body.against_id)
    if against.line_id != line.id or against.kind != _AGAINST[kind] or against.reversal_of is not None:
        raise invalid("/against_id", "foreign", f"应是本明细的一笔{KIND_NAMES[_AGAINST[kind]]}。")
    return against


def reverse(session: Session, body: LedgerReversalIn) -> LedgerEntry:
    """Take an entry back by another that names it.

    Raises:
        NotFound: it is not visible.
        WrongState: it was written for a disbursement or the like, which takes it back itself.
        Problem: the ledger refuses it.
    """
    entry = rows.fetch(session, LedgerEntry, body.entry_id)
    session.require(entry)
    if entry.subject_kind is not None:
        raise WrongState("这一笔由拨付单登记，请在拨付单上冲销。")
    return ledger.reverse(session, entry, dated_on=body.dated_on, paper=body.paper, note=body.reason)
