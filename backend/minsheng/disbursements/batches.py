"""What is done with batches of subsidies: posted, approved, paid, and what comes back from the bank."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from minsheng.calendars.service import calendar_of
from minsheng.disbursements import moves, requests
from minsheng.disbursements.batch_models import SubsidyBatch, SubsidyEvent
from minsheng.disbursements.batch_schemas import GroupIn, SubsidyBatchIn, SubsidyBatchPatch, SubsidyEventIn
from minsheng.disbursements.duties import apart, keeps_books
from minsheng.disbursements.models import BankAccount
from minsheng.disbursements.refusals import BatchBalance, NotInUse, PostingTooShort, UnitMismatch
from minsheng.disbursements.schemas import PaidIn
from minsheng.funds import ledger
from minsheng.funds.accounts import Kind
from minsheng.funds.models import MOST_FEN, FundLine, LedgerEntry
from minsheng.funds.reasons import yuan
from minsheng.funds.refusals import WrongPurpose
from minsheng.kernel import clock, rows
from minsheng.kernel.access import Session, refuse_locked
from minsheng.kernel.errors import FieldError, WrongState, invalid
from minsheng.permissions import P
from minsheng.targets.models import Task

SUBJECT = "subsidy_batch"
_NEEDED = frozenset({"name", "standard", "groups", "posted_from", "posted_to", "posting_workdays"})


def ask(session: Session, body: SubsidyBatchIn) -> SubsidyBatch:
    """Write a batch as a draft.

    Raises:
        NotFound: task, line or account is not visible.
        Problem: they do not belong together.
    """
    task = rows.fetch(session, Task, body.task_id)
    line = rows.fetch(session, FundLine, body.line_id)
    row = SubsidyBatch(
        **{name: getattr(body, name) for name in type(body).model_fields if name != "groups"},
        **_sums(body.groups),
        unit_id=task.unit_id,
        keeper_id=line.keeper_id,
        programme_id=task.programme_id,
        item_id=task.item_id,
        hands=[str(session.who.user_id)],
    )
    session.require(row)
    if task.status != "issued":
        message = "任务下达后才能登记发放批次。"
        raise WrongState(message)
    check(session, row)
    session.add(row)
    session.flush()
    return row


def change(session: Session, row: SubsidyBatch, body: SubsidyBatchPatch) -> None:
    """Change a batch that is not handed in.

    Raises:
        Locked: it is, or was paid.
    """
    if row.status == "paid":
        message = "批次已发放，不能再改；退票、补发、追回另行登记。"
        raise WrongState(message)
    refuse_locked(session, row)
    for name in body.model_fields_set:
        value = getattr(body, name)
        if value is None and name in _NEEDED:
            raise invalid(f"/{name}", "required", "不能为空")
        if name != "groups":
            setattr(row, name, value)
    if body.groups is not None:
        for name, value in _sums(body.groups).items():
            setattr(row, name, value)
    if (who := str(session.who.user_id)) not in row.hands:
        row.hands = [*row.hands, who]
    check(session, row)
    session.add(row)
    session.flush()


def _sums(groups: Sequence[GroupIn]) -> dict[str, Any]:
    total = sum(each.fen for each in groups)
    if total > MOST_FEN:
        raise invalid("/groups", "amount-range", f"合计超过{MOST_FEN}分")
    return {
        "groups": [each.model_dump() for each in groups],
        "persons": sum(each.persons for each in groups),
        "amount_fen": total,
    }


def check(session: Session, row: SubsidyBatch) -> None:
    """Ask whether what a batch names belongs together and its posting is long enough.

    Raises:
        UnitMismatch: the account is not that of the keeper of the money.
        WrongPurpose: the line is for something else.
        PostingTooShort: fewer working days than it has to be.
    """
    requests.fits(session, "/line_id", row, rows.fetch(session, FundLine, row.line_id))
    account = rows.fetch(session, BankAccount, row.account_id)
    if account.unit_id != row.keeper_id:
        raise requests.at("/account_id", UnitMismatch, "付款账户不是资金管理单位的账户。")
    if account.programme_id not in {None, row.programme_id}:
        raise requests.at("/account_id", WrongPurpose, "这个专户只用于另一计划。")
    if account.status != "active":
        raise requests.at("/account_id", NotInUse, f"“{account.name}”已停用。")
    if row.posted_to < row.posted_from:
        raise invalid("/posted_to", "before-start", "公示止日不能早于起日")
    calendar = calendar_of(session, row.unit_id)
    days = calendar.workdays_between(row.posted_from - timedelta(days=1), row.posted_to)
    if days < row.posting_workdays:
        message = f"公示只有 {days} 个工作日，应不少于 {row.posting_workdays} 个。"
        raise requests.at("/posted_to", PostingTooShort, message)


def hand_in(session: Session, row: SubsidyBatch, _body: object) -> None:
    """Check a batch once more, and ask the rules."""
    check(session, row)
    moves.ask_rules(session, row)


def posting_over(_session: Session, row: SubsidyBatch) -> None:
    """Refuse to approve while the list still hangs.

    Raises:
        PostingTooShort: it does.
    """
    if clock.today() <= row.posted_to:
        message = f"名单公示到 {row.posted_to} 为止，期满后才能审批。"
        raise PostingTooShort(message)


def pay(session: Session, row: SubsidyBatch, body: PaidIn) -> None:
    """Enter the payment of a batch.

    Raises:
        Problem: a rule, the voucher or the ledger does not allow it; nothing is posted then.
    """
    moves.on_a_day(row, body)
    moves.ask_rules_again(session, row, body.paid_on)
    row.voucher, row.paid_on = body.voucher, body.paid_on
    moves.use_voucher(session, row.keeper_id, body.voucher, SUBJECT, row.id)
    entry = ledger.post(
        session,
        rows.fetch(session, FundLine, row.line_id),
        Kind.DISBURSEMENT,
        row.amount_fen,
        dated_on=body.paid_on,
        paper=body.voucher,
        subject=ledger.Subject(SUBJECT, row.id),
    )
    row.entry_id = entry.id


_not_asked_or_approved = apart("hands", "approved_by", "signed_by")
_by_the_keeper = keeps_books(P.DISBURSEMENT_PAY)


def note(session: Session, body: SubsidyEventIn) -> SubsidyEvent:
    """Note what became of a paid batch, here and in the ledger.

    Raises:
        WrongState: it is not paid.
        BatchBalance: more than was paid, returned or credited, in persons or in fen.
        Problem: the ledger or the voucher does not allow it.
    """
    batch = rows.hold(session, SubsidyBatch, body.batch_id)
    _by_the_keeper(session, batch)
    _not_asked_or_approved(session, batch)
    if batch.status != "paid" or batch.paid_on is None:
        message = "批次还没有发放。"
        raise WrongState(message)
    if body.happened_on < batch.paid_on:
        raise invalid("/happened_on", "before-payment", "不能早于发放日期")
    if body.happened_on > clock.today():
        raise invalid("/happened_on", "future-date", "日期不能晚于今天")
    for name, left in (("persons", _left(batch, body.kind, "persons")), ("fen", _left(batch, body.kind, "fen"))):
        if getattr(body, name) > left:
            shown = f"{left} 人" if name == "persons" else f"{yuan(left)} 元"
            message = f"{_WORDS[body.kind]}最多 {shown}。"
            place = FieldError(pointer=f"/{name}", code="batch-balance", message=message)
            raise BatchBalance(message, errors=[place])
    moves.use_voucher(session, batch.keeper_id, body.voucher, SUBJECT, batch.id)
    entry = _post(session, batch, body)
    column = {"bounce": "bounced", "repay": "repaid", "recover": "recovered"}[body.kind]
    for name in ("persons", "fen"):
        setattr(batch, f"{column}_{name}", getattr(batch, f"{column}_{name}") + getattr(body, name))
    session.add(batch)
    who = session.who
    event = SubsidyEvent(
        **body.model_dump(),
        item_id=batch.item_id,
        unit_id=batch.unit_id,
        keeper_id=batch.keeper_id,
        entry_id=entry.id,
        author_id=who.user_id,
        author_name=who.name,
    )
    session.add(event)
    session.flush()
    return event


_WORDS = {"bounce": "退票", "repay": "补发", "recover": "追回"}


def credited(batch: SubsidyBatch, name: str) -> int:
    """Return how many persons, or fen, are on their cards now, recovered ones not taken off."""
    if batch.paid_on is None:
        return 0
    whole: int = batch.persons if name == "persons" else batch.amount_fen
    back: int = getattr(batch, f"bounced_{name}") - getattr(batch, f"repaid_{name}")
    return whole - back


def _left(batch: SubsidyBatch, kind: str, name: str) -> int:
    """Return the most that may still be returned, paid again or recovered."""
    there = credited(batch, name) - int(getattr(batch, f"recovered_{name}"))
    again: int = getattr(batch, f"bounced_{name}") - getattr(batch, f"repaid_{name}")
    return again if kind == "repay" else there


def _post(session: Session, batch: SubsidyBatch, body: SubsidyEventIn) -> LedgerEntry:
    line = rows.fetch(session, FundLine, batch.line_id)
    kind = {"bounce": Kind.BOUNCE, "repay": Kind.DISBURSEMENT, "recover": Kind.RECOVERY}[body.kind]
    # A second return of what was paid again cannot rest on the first payment alone: the batch's own counts bound it.
    return ledger.post(
        session,
        line,
        kind,
        body.fen,
        dated_on=body.happened_on,
        paper=body.voucher,
        subject=ledger.Subject(SUBJECT, batch.id),
        note=body.reason,
    )


def in_full_and_on_time(batch: SubsidyBatch) -> bool | None:
    """Say whether everybody has what was due by the day it was due (R252); ``None`` before it was paid."""
    if batch.paid_on is None:
        return None
    in_time = batch.due_on is None or batch.paid_on <= batch.due_on
    return in_time and credited(batch, "fen") == batch.amount_fen and credited(batch, "persons") == batch.persons
