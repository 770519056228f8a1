"""Check rules over HTTP: drafts, switching on, trying on old data, and what the active ones found."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlmodel import col, select

from minsheng.checks import known, service
from minsheng.checks.models import CheckRule
from minsheng.checks.policy import CHECK_RULE
from minsheng.checks.schemas import (
    CheckRuleIn,
    CheckRuleOut,
    CheckRulePatch,
    CheckStatus,
    HitsOut,
    TrialIn,
    TrialOut,
)
from minsheng.checks.wording import sentence
from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import IfMatch, allow
from minsheng.kernel.fields import Period
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.org.service import unit_names
from minsheng.permissions import P
from minsheng.programmes.models import Indicator, Programme

router = APIRouter(tags=["checks"], route_class=Route)

Reader = Annotated[Session, allow(P.PROGRAMME_READ)]
Editor = Annotated[Session, allow(P.RULE_EDIT)]
ReportReader = Annotated[Session, allow(P.REPORT_READ)]


def present(session: Session, found: Sequence[CheckRule]) -> list[CheckRuleOut]:
    """Return rules with the names of what they are about, a sentence and buttons."""
    units = unit_names(session, {row.unit_id for row in found if row.unit_id})
    pure = {row.id: known.content(row.definition, row.applies) for row in found}
    keys = {
        UUID(str(key))
        for row in found
        for name in ("total", "over", "under")
        if (key := row.definition.get(name)) is not None
    } | {UUID(key) for row in found for key in row.definition.get("parts", ())}
    names: dict[UUID, str] = {}
    if keys:
        names = dict(session.exec(select(Indicator.id, Indicator.name).where(col(Indicator.id).in_(keys))).all())
    programmes = {row.programme_id for row in found if row.programme_id}
    lists: dict[UUID, str] = {}
    if programmes:
        lists = dict(session.exec(select(Programme.id, Programme.name).where(col(Programme.id).in_(programmes))).all())
    return [
        CheckRuleOut(
            **row.model_dump(exclude={"created_at", "definition", "applies"}),
            unit_name=units.get(row.unit_id) if row.unit_id else None,
            programme_name=lists.get(row.programme_id) if row.programme_id else None,
            definition=pure[row.id][0],
            applies=pure[row.id][1],
            sentence=sentence(pure[row.id][0], names),
            actions=CHECK_RULE.actions(session, row),
        )
        for row in found
    ]


@router.get("/check-rules", summary="核对规则", operation_id="listCheckRules")
def list_check_rules(
    page: Paging,
    session: Reader,
    status: Annotated[CheckStatus | None, Query(description="状态；不填则除作废外全部")] = None,
    unit_id: Annotated[UUID | None, Query(description="制定机构")] = None,
    programme_id: Annotated[UUID | None, Query(description="只管这个计划的")] = None,
) -> Page[CheckRuleOut]:
    """Return the shipped patterns, the rules of the caller's area, and those in force above."""
    statement = select(CheckRule).where(CheckRule.status == status if status else CheckRule.status != "void")
    if unit_id:
        statement = statement.where(CheckRule.unit_id == unit_id)
    if programme_id:
        statement = statement.where(CheckRule.programme_id == programme_id)
    found: Sequence[CheckRule] = session.exec(page.apply(statement, (CheckRule.id,))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda row: (row.id,))
    return Page(items=present(session, found), next=following)


@router.post("/check-rules", status_code=201, summary="新建核对规则", operation_id="createCheckRule")
def create_check_rule(body: CheckRuleIn, response: Response, session: Editor) -> CheckRuleOut:
    """Start a draft; it holds nobody up before it is switched on."""
    row = service.create(session, body)
    rows.tag(response, row)
    return present(session, [row])[0]


@router.post("/check-rules:try", summary="试用核对规则", operation_id="tryCheckRule")
def try_check_rule(body: TrialIn, session: ReportReader) -> TrialOut:
    """Say which reports of the last rounds a rule would have stopped or asked about; nothing is written."""
    return service.attempt(session, body)


@router.get("/check-hits", summary="核对情况", operation_id="getCheckHits")
def get_check_hits(
    session: ReportReader,
    programme_id: Annotated[UUID, Query(description="计划")],
    period: Annotated[Period | None, Query(description="填报期；省略为最近开始的一期")] = None,
) -> HitsOut:
    """Return how often each active rule holds in one period, how much of it was explained, and where."""
    return service.found_in(session, rows.fetch(session, Programme, programme_id), period)


@router.get("/check-rules/{id}", summary="一条核对规则", operation_id="getCheckRule")
def get_check_rule(id: UUID, response: Response, session: Reader) -> CheckRuleOut:  # noqa: A002
    """Return one rule."""
    row = rows.fetch(session, CheckRule, id)
    rows.tag(response, row)
    return present(session, [row])[0]


@router.patch("/check-rules/{id}", summary="修改核对规则草稿", operation_id="changeCheckRule")
def change_check_rule(
    id: UUID,  # noqa: A002
    body: CheckRulePatch,
    version: IfMatch,
    response: Response,
    session: Editor,
) -> CheckRuleOut:
    """Change a draft; what has been switched on is locked."""
    row = rows.hold(session, CheckRule, id, version)
    service.change(session, row, body)
    rows.tag(response, row)
    return present(session, [row])[0]


CHECK_RULE.mount(router, "/check-rules", "CheckRule", CheckRuleOut, present)
