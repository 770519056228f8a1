"""What the rules of a place say to one payment, gathered for everybody alike: a payment is held up, whoever looks."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlmodel import col, or_, select

from minsheng.disbursements.batch_models import SubsidyBatch
from minsheng.disbursements.caps import Facts, Finding, Rule, judge
from minsheng.disbursements.duties import Payment
from minsheng.disbursements.models import BankAccount, Contract, Disbursement, PaymentRule
from minsheng.disbursements.refusals import CapExceeded
from minsheng.kernel.access import Access, Session
from minsheng.kernel.errors import FieldError
from minsheng.milestones.models import Milestone
from minsheng.org.models import Unit

PAID = ("paid", "confirmed", "reversing")
"""States in which the money is out."""

_MILESTONE = Rule("所付节点", "milestone", "warn")
"""A milestone that is named and not accepted is told even where no rule asks for it."""


def judged(session: Session, row: Payment, on: date) -> list[Finding]:
    """Return what the rules in force say to a payment that is made on a day."""
    with Session(session.connection(), access=Access.system("payments are capped alike"), write=False) as everybody:
        rules = _rules(everybody, row)
        if isinstance(row, SubsidyBatch):
            # Subsidies have no contract and no milestone; what binds amounts and accounts binds them too.
            rules = [rule for rule in rules if rule.kind in {"amount", "dedicated_account"}]
            account = everybody.get_one(BankAccount, row.account_id)
            return judge(rules, Facts(fen=row.amount_fen, on=on, stage="other", dedicated=account.dedicated))
        if row.milestone_id and not any(rule.kind == "milestone" for rule in rules):
            rules = [*rules, _MILESTONE]
        return judge(rules, _facts(everybody, row, on)) if rules else []


def refuse_stopped(found: Sequence[Finding]) -> None:
    """Refuse what a rule forbids.

    Raises:
        CapExceeded: names every rule that does.
    """
    stops = [each for each in found if each.effect == "stop"]
    if stops:
        errors = [FieldError(pointer="/amount_fen", code=each.kind, message=each.message) for each in stops]
        raise CapExceeded(stops[0].message, errors=errors)


def _rules(session: Session, row: Payment) -> list[Rule]:
    found = session.exec(
        select(PaymentRule)
        .where(
            PaymentRule.status == "active",
            or_(col(PaymentRule.programme_id).is_(None), PaymentRule.programme_id == row.programme_id),
        )
        .order_by(col(PaymentRule.id))
    ).all()
    if not found:
        return []
    binding = {*_chain(session, row.unit_id), *_chain(session, row.keeper_id)}
    return [
        Rule(
            name=rule.name,
            kind=rule.kind,  # type: ignore[arg-type]
            effect=rule.effect,  # type: ignore[arg-type]
            above_fen=rule.above_fen or 0,
            percent=rule.percent or Decimal(0),
            months=rule.months or 0,
        )
        for rule in found
        if rule.unit_id in binding
    ]


def _chain(session: Session, unit: UUID) -> list[UUID]:
    found = []
    at: UUID | None = unit
    while at is not None:
        found.append(at)
        at = session.exec(select(Unit.parent_id).where(Unit.id == at)).one()
    return found


def _facts(session: Session, row: Disbursement, on: date) -> Facts:
    contract = session.get(Contract, row.contract_id) if row.contract_id else None
    milestone = session.get(Milestone, row.milestone_id) if row.milestone_id else None
    account = session.get_one(BankAccount, row.account_id)
    same = (
        [Disbursement.contract_id == contract.id]
        if contract
        else [Disbursement.task_id == row.task_id, Disbursement.payee_id == row.payee_id]
    )
    earlier = session.exec(
        select(Disbursement).where(*same, col(Disbursement.status).in_(PAID), Disbursement.id != row.id)
    ).all()
    return Facts(
        fen=row.amount_fen,
        on=on,
        stage=row.stage,
        earlier=[(each.paid_on, each.amount_fen) for each in earlier if each.paid_on is not None],
        contract_fen=contract.amount_fen if contract else None,
        work_fen=contract.work_fen if contract else None,
        settled=contract is not None and contract.settled_on is not None,
        milestone_met=accepted(milestone) if milestone else None,
        dedicated=account.dedicated,
    )


def accepted(milestone: Milestone) -> bool:
    """Say whether what a milestone stands for may be paid: works passed their acceptance, any other was reached."""
    return milestone.status in ({"passed", "opened"} if milestone.kind == "works" else {"reached"})
