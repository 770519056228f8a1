"""Contracts, rules and payments over HTTP."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlmodel import col, select

from minsheng.disbursements import contracts, requests
from minsheng.disbursements.models import Contract, Disbursement, DisbursementStep, PaymentRule
from minsheng.disbursements.policy import DISBURSEMENT, PAYMENT_RULE
from minsheng.disbursements.present import (
    present_contracts,
    present_disbursements,
    present_rules,
    present_steps,
)
from minsheng.disbursements.schemas import (
    ContractIn,
    ContractOut,
    ContractPatch,
    DisbursementIn,
    DisbursementOut,
    DisbursementPatch,
    DisbursementStatus,
    DisbursementStepOut,
    PaymentRuleIn,
    PaymentRuleOut,
    PaymentRuleTerms,
    RuleStatus,
)
from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import IfMatch, allow
from minsheng.kernel.fields import Day
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.permissions import P

router = APIRouter(tags=["disbursements"], route_class=Route)

Reading = Annotated[Session, allow(P.FUND_READ)]
Asking = Annotated[Session, allow(P.DISBURSEMENT_ASK)]
Ruling = Annotated[Session, allow(P.PAYMENT_RULE_EDIT)]
UnitQuery = Annotated[UUID | None, Query(description="单位")]
TaskQuery = Annotated[UUID | None, Query(description="任务")]


@router.get("/contracts", summary="合同", operation_id="listContracts")
def list_contracts(
    page: Paging, session: Reading, unit_id: UnitQuery = None, task_id: TaskQuery = None
) -> Page[ContractOut]:
    """Contracts with the work measured so far and what was paid."""
    return rows.page_of(session, page, Contract, present_contracts, unit_id=unit_id, task_id=task_id)


@router.post("/contracts", status_code=201, summary="登记合同", operation_id="createContract")
def create_contract(body: ContractIn, response: Response, session: Asking) -> ContractOut:
    """Enter a contract: the base of caps on its payments."""
    row = contracts.enter(session, body)
    rows.tag(response, row)
    return present_contracts(session, [row])[0]


@router.get("/contracts/{id}", summary="一份合同", operation_id="getContract")
def get_contract(id: UUID, response: Response, session: Reading) -> ContractOut:  # noqa: A002
    """Return one contract."""
    row = rows.fetch(session, Contract, id)
    rows.tag(response, row)
    return present_contracts(session, [row])[0]


@router.patch("/contracts/{id}", summary="登记计量与结算", operation_id="changeContract")
def change_contract(
    id: UUID,  # noqa: A002
    body: ContractPatch,
    version: IfMatch,
    response: Response,
    session: Asking,
) -> ContractOut:
    """Note the work measured so far, and the settlement."""
    row = rows.hold(session, Contract, id, version)
    contracts.change(session, row, body)
    rows.tag(response, row)
    return present_contracts(session, [row])[0]


@router.get("/payment-rules", summary="支付规则", operation_id="listPaymentRules")
def list_payment_rules(
    page: Paging,
    session: Reading,
    unit_id: UnitQuery = None,
    status: Annotated[RuleStatus | None, Query(description="状态")] = None,
) -> Page[PaymentRuleOut]:
    """Rules on payments, one's own and those from above."""
    return rows.page_of(session, page, PaymentRule, present_rules, unit_id=unit_id, status=status)


@router.post("/payment-rules", status_code=201, summary="拟订支付规则", operation_id="createPaymentRule")
def create_payment_rule(body: PaymentRuleIn, response: Response, session: Ruling) -> PaymentRuleOut:
    """Write a rule as a draft; it binds from the day it is switched on."""
    row = contracts.set_rule(session, body)
    rows.tag(response, row)
    return present_rules(session, [row])[0]


@router.get("/payment-rules/{id}", summary="一条支付规则", operation_id="getPaymentRule")
def get_payment_rule(id: UUID, response: Response, session: Reading) -> PaymentRuleOut:  # noqa: A002
    """Return one rule."""
    row = rows.fetch(session, PaymentRule, id)
    rows.tag(response, row)
    return present_rules(session, [row])[0]


@router.put("/payment-rules/{id}/terms", summary="修改支付规则", operation_id="savePaymentRuleTerms")
def save_payment_rule_terms(
    id: UUID,  # noqa: A002
    body: PaymentRuleTerms,
    version: IfMatch,
    response: Response,
    session: Ruling,
) -> PaymentRuleOut:
    """Replace what a draft asks."""
    row = rows.hold(session, PaymentRule, id, version)
    contracts.change_rule(session, row, body)
    rows.tag(response, row)
    return present_rules(session, [row])[0]


PAYMENT_RULE.mount(router, "/payment-rules", "PaymentRule", PaymentRuleOut, present_rules)


@router.get("/disbursements", summary="拨付", operation_id="listDisbursements")
def list_disbursements(
    page: Paging,
    session: Reading,
    programme_id: Annotated[UUID | None, Query(description="所属计划")] = None,
    unit_id: UnitQuery = None,
    task_id: TaskQuery = None,
    status: Annotated[DisbursementStatus | None, Query(description="状态")] = None,
    due_from: Annotated[Day | None, Query(description="应付日期从哪天起")] = None,
    due_to: Annotated[Day | None, Query(description="应付日期到哪天止（含）")] = None,
) -> Page[DisbursementOut]:
    """Payments of the caller's area and lines, urgent ones named as such; by due date for the calendar."""
    statement = select(Disbursement)
    for column, value in (
        (Disbursement.programme_id, programme_id),
        (Disbursement.unit_id, unit_id),
        (Disbursement.task_id, task_id),
        (Disbursement.status, status),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if due_from is not None:
        statement = statement.where(col(Disbursement.due_on) >= due_from)
    if due_to is not None:
        statement = statement.where(col(Disbursement.due_on) <= due_to)
    found: Sequence[Disbursement] = session.exec(page.apply(statement, (Disbursement.id,))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda row: (row.id,))
    return Page(items=present_disbursements(session, found), next=following)


@router.post("/disbursements", status_code=201, summary="申请拨付", operation_id="createDisbursement")
def create_disbursement(body: DisbursementIn, response: Response, session: Asking) -> DisbursementOut:
    """Write a request as a draft: task, lines, account, payee and what it is for."""
    row = requests.ask(session, body)
    rows.tag(response, row)
    return present_disbursements(session, [row])[0]


@router.get("/disbursements/{id}", summary="一笔拨付", operation_id="getDisbursement")
def get_disbursement(id: UUID, response: Response, session: Reading) -> DisbursementOut:  # noqa: A002
    """Return one payment."""
    row = rows.fetch(session, Disbursement, id)
    rows.tag(response, row)
    return present_disbursements(session, [row])[0]


@router.patch("/disbursements/{id}", summary="修改拨付申请", operation_id="changeDisbursement")
def change_disbursement(
    id: UUID,  # noqa: A002
    body: DisbursementPatch,
    version: IfMatch,
    response: Response,
    session: Asking,
) -> DisbursementOut:
    """Change a request that is not handed in, or was returned."""
    row = rows.hold(session, Disbursement, id, version)
    requests.change(session, row, body)
    rows.tag(response, row)
    return present_disbursements(session, [row])[0]


@router.get("/disbursement-steps", summary="拨付经办记录", operation_id="listDisbursementSteps")
def list_disbursement_steps(
    page: Paging,
    session: Reading,
    disbursement_id: Annotated[UUID | None, Query(description="哪笔拨付")] = None,
    batch_id: Annotated[UUID | None, Query(description="哪个发放批次")] = None,
) -> Page[DisbursementStepOut]:
    """Who did what with a payment or a batch, when, in which words."""
    statement = select(DisbursementStep)
    if disbursement_id:
        statement = statement.where(DisbursementStep.disbursement_id == disbursement_id)
    if batch_id:
        statement = statement.where(DisbursementStep.batch_id == batch_id)
    found: Sequence[DisbursementStep] = session.exec(page.apply(statement, (DisbursementStep.id,))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda row: (row.id,))
    return Page(items=present_steps(found), next=following)


DISBURSEMENT.mount(router, "/disbursements", "Disbursement", DisbursementOut, present_disbursements)
