"""What is done with contracts and with the rules on payments."""

from uuid import UUID

from sqlmodel import col, func, select

from minsheng.disbursements.facts import PAID
from minsheng.disbursements.models import Contract, Disbursement, Payee, PaymentRule
from minsheng.disbursements.schemas import ContractIn, ContractPatch, PaymentRuleIn, PaymentRuleTerms
from minsheng.kernel import clock, rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Duplicate, FieldError, WrongState, invalid
from minsheng.org.models import Unit
from minsheng.programmes.models import Programme
from minsheng.targets.models import Task


def enter(session: Session, body: ContractIn) -> Contract:
    """Enter a contract of a task.

    Raises:
        NotFound: task or payee is not visible.
        Duplicate: the unit has a contract of this number.
    """
    task = rows.fetch(session, Task, body.task_id)
    row = Contract(
        **{name: getattr(body, name) for name in type(body).model_fields},
        unit_id=task.unit_id,
        programme_id=task.programme_id,
        item_id=task.item_id,
    )
    session.require(row)
    if task.status != "issued":
        message = "任务下达后才能登记合同。"
        raise WrongState(message)
    rows.fetch(session, Payee, body.payee_id)
    if body.signed_on > clock.today():
        raise invalid("/signed_on", "future-date", "签订日期不能晚于今天")
    same = select(Contract.id).where(Contract.unit_id == row.unit_id, Contract.number == row.number)
    if session.exec(same).first() is not None:
        message = "这个编号的合同已经登记。"
        raise Duplicate(message, errors=[FieldError(pointer="/number", code="duplicate", message=message)])
    session.add(row)
    session.flush()
    return row


def change(session: Session, row: Contract, body: ContractPatch) -> None:
    """Note what was measured and settled; the journal keeps what it was before."""
    for name in body.model_fields_set:
        value = getattr(body, name)
        if value is None and name == "work_fen":
            raise invalid("/work_fen", "required", "不能为空")
        if name in {"work_on", "settled_on"} and value is not None:
            if value > clock.today():
                raise invalid(f"/{name}", "future-date", "日期不能晚于今天")
            if value < row.signed_on:
                raise invalid(f"/{name}", "before-contract", "不能早于合同签订日期")
        setattr(row, name, value)
    session.add(row)
    session.flush()


def paid(session: Session, keys: set[UUID]) -> dict[UUID, int]:
    """Return what was paid on contracts, less what was taken back."""
    found = session.exec(
        select(Disbursement.contract_id, func.sum(col(Disbursement.amount_fen)))
        .where(col(Disbursement.contract_id).in_(keys), col(Disbursement.status).in_(PAID))
        .group_by(col(Disbursement.contract_id))
    ).all()
    return {key: int(fen) for key, fen in found if key is not None}


def set_rule(session: Session, body: PaymentRuleIn) -> PaymentRule:
    """Write a rule as a draft.

    Raises:
        NotFound: unit or programme is not visible.
    """
    rows.fetch(session, Unit, body.unit_id)
    row = PaymentRule(**{name: getattr(body, name) for name in type(body).model_fields})
    session.require(row)
    if body.programme_id:
        rows.fetch(session, Programme, body.programme_id)
    session.add(row)
    session.flush()
    return row


def change_rule(session: Session, row: PaymentRule, body: PaymentRuleTerms) -> None:
    """Replace the terms of a draft."""
    for name in PaymentRuleTerms.model_fields:
        setattr(row, name, getattr(body, name))
    session.add(row)
    session.flush()
