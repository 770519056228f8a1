"""What the moves of a payment do: who it was, what the rules say, and what goes into the ledger."""

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from minsheng.disbursements import facts, requests
from minsheng.disbursements.batch_models import SubsidyBatch
from minsheng.disbursements.duties import Payment
from minsheng.disbursements.models import (
    BankAccount,
    Contract,
    Disbursement,
    DisbursementLine,
    DisbursementStep,
    Payee,
    PaymentVoucher,
)
from minsheng.disbursements.refusals import DuplicateVoucher, LeaderNeeded, NotInUse
from minsheng.disbursements.schemas import PaidIn, ReceivedIn, ReversedIn
from minsheng.funds import ledger
from minsheng.funds.accounts import Kind
from minsheng.funds.models import FundLine, LedgerEntry
from minsheng.kernel import clock, rows
from minsheng.kernel.access import Session, find
from minsheng.kernel.errors import FieldError, invalid
from minsheng.kernel.lifecycle import DecisionIn, ReasonIn

SUBJECT = "disbursement"


def step(session: Session, row: Payment, body: object) -> None:
    """Note who made the move that is under way, and in which words."""
    text = next((said for name in ("reason", "decision", "note") if (said := getattr(body, name, None))), None)
    session.add(
        DisbursementStep(
            disbursement_id=row.id if isinstance(row, Disbursement) else None,
            batch_id=row.id if isinstance(row, SubsidyBatch) else None,
            item_id=row.item_id,
            unit_id=row.unit_id,
            keeper_id=row.keeper_id,
            verb=session.moving[row.id],
            text=text,
            author_id=session.caller.user_id if session.caller else None,
            author_name=session.caller.name if session.caller else "系统",
        )
    )


def by(duty: str) -> Callable[[Session, Payment, Any], None]:
    """Return the effect that keeps who had this duty, and when."""

    def note(session: Session, row: Payment, _body: object) -> None:
        setattr(row, f"{duty}_by", session.who.user_id)
        setattr(row, f"{duty}_at", clock.now())

    return note


def hand_in(session: Session, row: Disbursement, _body: object) -> None:
    """Check once more that everything belongs together, and ask the rules.

    Raises:
        CapExceeded: a rule forbids it.
    """
    lines = [rows.fetch(session, FundLine, draw.line_id) for draw in requests.draws_of(session, row)]
    requests.check(session, row, lines)
    ask_rules(session, row)


def ask_rules(session: Session, row: Payment) -> None:
    """Keep what the rules say to a request that is handed in, and whose hand it was.

    Raises:
        CapExceeded: a rule forbids it.
    """
    found = facts.judged(session, row, clock.today())
    facts.refuse_stopped(found)
    row.findings = [{"kind": each.kind, "effect": each.effect, "message": each.message} for each in found]
    row.leader_needed = any(each.effect == "leader" for each in found)
    if (who := str(session.who.user_id)) not in row.hands:
        row.hands = [*row.hands, who]
    row.approved_by = row.approved_at = row.signed_by = row.signed_at = None


def in_use(session: Session, row: Payment) -> None:
    """Refuse to go on with an account or a payee that was taken out of use.

    Raises:
        NotInUse: one of them was.
    """
    _still_used(find(session, BankAccount, row.account_id), "/account_id")
    if isinstance(row, Disbursement):
        _still_used(find(session, Payee, row.payee_id), "/payee_id")


def _still_used(found: BankAccount | Payee | None, pointer: str) -> None:
    if found is not None and found.status != "active":
        message = f"“{found.name}”已停用。"
        raise NotInUse(message, errors=[FieldError(pointer=pointer, code="not-in-use", message=message)])


def no_leader(_session: Session, row: Payment) -> None:
    """Keep back what a leader has to sign.

    Raises:
        LeaderNeeded: he has.
    """
    if row.leader_needed:
        message = "按支付规则须报领导签批。"
        raise LeaderNeeded(message)


def approve(session: Session, row: Payment, _body: object) -> None:
    """Ask the rules again on the day of the approval.

    Raises:
        CapExceeded: a rule forbids it by now.
        LeaderNeeded: a leader has to sign by now.
    """
    ask_rules_again(session, row, clock.today())


def ask_rules_again(session: Session, row: Payment, on: date) -> None:
    """Ask the rules on the day of a decision or a payment.

    Raises:
        CapExceeded: a rule forbids it by now.
        LeaderNeeded: a leader has to sign, and none has.
    """
    found = facts.judged(session, row, on)
    facts.refuse_stopped(found)
    if row.signed_by is None and any(each.effect == "leader" for each in found):
        message = "按支付规则须报领导签批；已批准的请退回，重新报批。"
        raise LeaderNeeded(message)


def on_a_day(row: Payment, body: PaidIn) -> None:
    """Refuse a payment dated before its approval or after today.

    Raises:
        Invalid: it is.
    """
    if row.approved_at is not None and body.paid_on < clock.day_of(row.approved_at):
        raise invalid("/paid_on", "before-approval", "付款日期不能早于批准之日")
    if body.paid_on > clock.today():
        raise invalid("/paid_on", "future-date", "付款日期不能晚于今天")


def keep_decision(_session: Session, row: Payment, body: DecisionIn) -> None:
    """Keep the words of whoever decided last."""
    row.decision = body.decision


def pay(session: Session, row: Disbursement, body: PaidIn) -> None:
    """Enter a payment: the voucher is used up, every line's money leaves it, all in one transaction.

    Raises:
        Problem: a rule, the voucher or the ledger does not allow it; nothing is posted then.
    """
    on_a_day(row, body)
    if row.contract_id:
        # Two payments on one contract are judged one after the other.
        find(session, Contract, row.contract_id, lock=True)
    ask_rules_again(session, row, body.paid_on)
    payee = rows.fetch(session, Payee, row.payee_id)
    row.voucher, row.paid_on = body.voucher, body.paid_on
    row.paid_name, row.paid_tail = payee.name, payee.number_tail
    use_voucher(session, row.keeper_id, body.voucher, SUBJECT, row.id)
    for draw in requests.draws_of(session, row):
        line = rows.fetch(session, FundLine, draw.line_id)
        entry = ledger.post(
            session,
            line,
            Kind.DISBURSEMENT,
            draw.fen,
            dated_on=body.paid_on,
            paper=body.voucher,
            project_id=row.project_id,
            subject=ledger.Subject(SUBJECT, row.id),
        )
        draw.entry_id = entry.id
        session.add(draw)


def use_voucher(session: Session, keeper: Any, number: str, kind: str, subject: Any) -> None:  # noqa: ANN401 - ids
    """Use up a voucher number.

    Raises:
        DuplicateVoucher: it was used, or is being used by another payment at this moment.
    """
    session.add(PaymentVoucher(keeper_id=keeper, number=number, subject_kind=kind, subject_id=subject))
    try:
        session.flush()
    except IntegrityError as error:
        if "payment_voucher" not in str(error.orig):
            raise
        message = f"凭证号“{number}”已用过，一号只能付一笔。"
        place = FieldError(pointer="/voucher", code="duplicate-voucher", message=message)
        raise DuplicateVoucher(message, errors=[place]) from None


def receive(_session: Session, row: Disbursement, body: ReceivedIn) -> None:
    """Note the day on which the money was there.

    Raises:
        Invalid: before it was paid, or in the future.
    """
    if row.paid_on is not None and body.received_on < row.paid_on:
        raise invalid("/received_on", "before-payment", "到账日期不能早于付款日期")
    if body.received_on > clock.today():
        raise invalid("/received_on", "future-date", "到账日期不能晚于今天")
    row.received_on = body.received_on


def ask_reversal(_session: Session, row: Disbursement, body: ReasonIn) -> None:
    """Keep why the payment should be taken back."""
    row.reversal_reason = body.reason


def keep_payment(_session: Session, row: Disbursement, _body: object) -> None:
    """Let the payment stand; its receipt is confirmed anew."""
    row.reversal_reason = row.reversal_asked_by = row.reversal_asked_at = None
    row.received_on = row.confirmed_by = row.confirmed_at = None


def reverse(session: Session, row: Disbursement, body: ReversedIn) -> None:
    """Take a payment back: every line's entry by an entry that names it.

    Raises:
        Problem: the voucher was used, or later entries rest on the payment.
    """
    if row.paid_on is not None and body.reversed_on < row.paid_on:
        raise invalid("/reversed_on", "before-payment", "冲销日期不能早于付款日期")
    if body.reversed_on > clock.today():
        raise invalid("/reversed_on", "future-date", "冲销日期不能晚于今天")
    row.reversal_voucher, row.reversed_on = body.voucher, body.reversed_on
    use_voucher(session, row.keeper_id, body.voucher, SUBJECT, row.id)
    for draw in requests.draws_of(session, row):
        back = ledger.reverse(
            session, _entry(session, draw), dated_on=body.reversed_on, paper=body.voucher, note=row.reversal_reason
        )
        draw.reversal_id = back.id
        session.add(draw)


def _entry(session: Session, draw: DisbursementLine) -> LedgerEntry:
    return session.exec(select(LedgerEntry).where(LedgerEntry.id == draw.entry_id)).one()
