"""Rule sets over HTTP."""

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlmodel import select

from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import IfMatch, allow
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.org.service import unit_names
from minsheng.permissions import P
from minsheng.rule_sets import service
from minsheng.rule_sets.models import RuleSet
from minsheng.rule_sets.policy import RULE_SET
from minsheng.rule_sets.schemas import (
    CheckIn,
    CheckOut,
    DefinitionIn,
    FaultOut,
    RuleSetIn,
    RuleSetPatch,
    RuleSetRow,
)

router = APIRouter(tags=["rule-sets"], route_class=Route)


def present_rule_sets(session: Session, found: Sequence[RuleSet]) -> list[RuleSetRow]:
    """Return rule sets with their owners' names and buttons."""
    names = unit_names(session, {row.unit_id for row in found if row.unit_id})
    return [
        RuleSetRow(
            **row.model_dump(exclude={"created_at", "definition"}),
            definition=DefinitionIn.model_validate(row.definition),
            unit_name=names.get(row.unit_id) if row.unit_id else None,
            actions=RULE_SET.actions(session, row),
        )
        for row in found
    ]


@router.get("/rule-sets", summary="亮灯规则", operation_id="listRuleSets")
def list_rule_sets(
    page: Paging,
    session: Annotated[Session, allow(P.PROGRAMME_READ)],
    status: Annotated[Literal["draft", "active", "retired"] | None, Query(description="状态")] = None,
    unit_id: Annotated[UUID | None, Query(description="制定机构")] = None,
) -> Page[RuleSetRow]:
    """Return the shipped rule sets, those of the caller's area, and those in force above."""
    statement = select(RuleSet).where(RuleSet.status != "void")
    if status:
        statement = statement.where(RuleSet.status == status)
    if unit_id:
        statement = statement.where(RuleSet.unit_id == unit_id)
    found: Sequence[RuleSet] = session.exec(page.apply(statement, (RuleSet.code, RuleSet.id))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda row: (row.code, row.id))
    return Page(items=present_rule_sets(session, found), next=following)


@router.post("/rule-sets", status_code=201, summary="新建亮灯规则", operation_id="createRuleSet")
def create_rule_set(body: RuleSetIn, response: Response, session: Annotated[Session, allow(P.RULE_EDIT)]) -> RuleSetRow:
    """Start a draft; bands that overlap or leave a hole are refused, each with its place."""
    row = service.create(session, body)
    rows.tag(response, row)
    return present_rule_sets(session, [row])[0]


@router.post("/rule-sets:check", summary="检查规则内容", operation_id="checkRuleSet")
def check_rule_set(body: CheckIn, session: Annotated[Session, allow(P.PROGRAMME_READ)]) -> CheckOut:  # noqa: ARG001
    """Say what is wrong with a content, without keeping it."""
    return CheckOut(faults=[FaultOut(**each.model_dump()) for each in service.check(body.definition)])


@router.get("/rule-sets/{id}", summary="一套亮灯规则", operation_id="getRuleSet")
def get_rule_set(
    id: UUID,  # noqa: A002
    response: Response,
    session: Annotated[Session, allow(P.PROGRAMME_READ)],
) -> RuleSetRow:
    """Return one rule set."""
    row = rows.fetch(session, RuleSet, id)
    rows.tag(response, row)
    return present_rule_sets(session, [row])[0]


@router.patch("/rule-sets/{id}", summary="修改规则草稿", operation_id="changeRuleSet")
def change_rule_set(
    id: UUID,  # noqa: A002
    body: RuleSetPatch,
    version: IfMatch,
    response: Response,
    session: Annotated[Session, allow(P.RULE_EDIT)],
) -> RuleSetRow:
    """Change a draft; what has been switched on is locked."""
    row = rows.hold(session, RuleSet, id, version)
    service.change(session, row, body)
    rows.tag(response, row)
    return present_rule_sets(session, [row])[0]


RULE_SET.mount(router, "/rule-sets", "RuleSet", RuleSetRow, present_rule_sets)
