"""Payments, contracts and rules as they are shown."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlmodel import col, select

from minsheng.disbursements import contracts
from minsheng.disbursements.accounts import masked
from minsheng.disbursements.batch_policy import SUBSIDY_BATCH
from minsheng.disbursements.caps import NAMES
from minsheng.disbursements.models import (
    BankAccount,
    Contract,
    Disbursement,
    DisbursementLine,
    DisbursementStep,
    Payee,
    PaymentRule,
)
from minsheng.disbursements.policy import DISBURSEMENT, PAYMENT_RULE
from minsheng.disbursements.schemas import (
    ContractOut,
    DisbursementOut,
    DisbursementStepOut,
    DrawOut,
    PaymentRuleOut,
)
from minsheng.funds.models import FundLine
from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.org.service import unit_names
from minsheng.programmes.models import Item

_UNTOLD = {
    "created_at",
    "hands",
    "asked_by",
    "approved_by",
    "signed_by",
    "paid_by",
    "confirmed_by",
    "reversal_asked_by",
    "reversal_asked_at",
    "reversed_by",
}


def late_days(row: Disbursement, today: date) -> int | None:
    """Return by how many days a payment is or was later than it was due (R241)."""
    if row.due_on is None or row.status in {"cancelled", "reversed"}:
        return None
    days = ((row.paid_on or today) - row.due_on).days
    return days if days > 0 else None


def present_disbursements(session: Session, found: Sequence[Disbursement]) -> list[DisbursementOut]:
    """Return payments with the names of what they name, their lines and buttons."""
    units = unit_names(session, {row.unit_id for row in found} | {row.keeper_id for row in found})
    items = {row.item_id for row in found}
    titles = dict(session.exec(select(Item.id, Item.title).where(col(Item.id).in_(items))).all())
    payees = {
        row.id: row
        for row in session.exec(select(Payee).where(col(Payee.id).in_({each.payee_id for each in found}))).all()
    }
    named = select(BankAccount.id, BankAccount.name).where(col(BankAccount.id).in_({row.account_id for row in found}))
    accounts = dict(session.exec(named).all())
    lines = _lines(session, found)
    today = clock.today()
    return [
        DisbursementOut(
            **row.model_dump(exclude=_UNTOLD),
            unit_name=units.get(row.unit_id),
            keeper_name=units.get(row.keeper_id),
            item_title=titles.get(row.item_id),
            account_name=accounts.get(row.account_id),
            payee_name=payee.name if (payee := payees.get(row.payee_id)) else None,
            payee_number=masked(payee) if payee else None,
            late_days=late_days(row, today),
            lines=lines[row.id],
            actions=DISBURSEMENT.actions(session, row),
        )
        for row in found
    ]


def _lines(session: Session, found: Sequence[Disbursement]) -> dict[UUID, list[DrawOut]]:
    draws = session.exec(
        select(DisbursementLine)
        .where(col(DisbursementLine.disbursement_id).in_([row.id for row in found]), DisbursementLine.fen > 0)
        .order_by(col(DisbursementLine.id))
    ).all()
    known = {
        key: (code, name)
        for key, code, name in session.exec(
            select(FundLine.id, FundLine.code, FundLine.name).where(
                col(FundLine.id).in_({draw.line_id for draw in draws})
            )
        ).all()
    }
    shown: dict[UUID, list[DrawOut]] = defaultdict(list)
    for draw in draws:
        code, name = known.get(draw.line_id, (None, None))
        shown[draw.disbursement_id].append(
            DrawOut(
                line_id=draw.line_id,
                line_code=code,
                line_name=name,
                fen=draw.fen,
                entry_id=draw.entry_id,
                reversal_id=draw.reversal_id,
            )
        )
    return shown


def present_steps(found: Sequence[DisbursementStep]) -> list[DisbursementStepOut]:
    """Return what happened to payments, in the words of the buttons."""
    return [
        DisbursementStepOut(
            id=row.id,
            disbursement_id=row.disbursement_id,
            verb=row.verb,
            batch_id=row.batch_id,
            label=(SUBSIDY_BATCH if row.batch_id else DISBURSEMENT).moves[row.verb].label,
            text=row.text,
            author_name=row.author_name,
            at=row.created_at,
        )
        for row in found
    ]


def present_contracts(session: Session, found: Sequence[Contract]) -> list[ContractOut]:
    """Return contracts with what was paid on them."""
    units = unit_names(session, {row.unit_id for row in found})
    wanted = select(Payee.id, Payee.name).where(col(Payee.id).in_({row.payee_id for row in found}))
    payees = dict(session.exec(wanted).all())
    paid = contracts.paid(session, {row.id for row in found})
    return [
        ContractOut(
            **row.model_dump(exclude={"created_at"}),
            unit_name=units.get(row.unit_id),
            payee_name=payees.get(row.payee_id),
            paid_fen=paid.get(row.id, 0),
        )
        for row in found
    ]


def present_rules(session: Session, found: Sequence[PaymentRule]) -> list[PaymentRuleOut]:
    """Return rules on payments with their buttons."""
    units = unit_names(session, {row.unit_id for row in found})
    return [
        PaymentRuleOut(
            **row.model_dump(exclude={"created_at"}),
            unit_name=units.get(row.unit_id),
            kind_name=NAMES[row.kind],
            actions=PAYMENT_RULE.actions(session, row),
        )
        for row in found
    ]
