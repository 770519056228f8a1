"""Silence, chases and their rules over HTTP."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import col, select

from minsheng.chases import channels, service, silence
from minsheng.chases.models import Chase, ChaseRule
from minsheng.chases.policy import CHASE, CHASE_RULE, send
from minsheng.chases.schemas import (
    ChannelOut,
    ChaseIn,
    ChaseOut,
    ChaseResult,
    ChaseResults,
    ChaseRuleIn,
    ChaseRuleOut,
    ChaseRulePatch,
    ChasesIn,
    ChaseStatus,
    RateOut,
    RatesOut,
    RepeatedList,
    RepeatedOut,
    RuleStatus,
    SilenceOut,
    SilenceState,
    SilentOut,
    Tier,
)
from minsheng.chases.texts import DEFAULT, PLACEHOLDERS
from minsheng.kernel import clock, rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import IfMatch, allow
from minsheng.kernel.errors import FieldError, Problem, invalid
from minsheng.kernel.fields import Day, Period
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.org.service import unit_names
from minsheng.permissions import P
from minsheng.programmes.models import Programme
from minsheng.reports.facts import rows_by_id

router = APIRouter(tags=["chases"], route_class=Route)

BASE = (
    "基数为期间内已到截止时间的应报报告，不含已作废和处于特殊状态、不必填报的；"
    "按时以最后一次提交时间不晚于截止时间计，被退回未重交的不算已提交。"
)


def _limits(request: Request) -> service.Limits:
    settings = request.app.state.settings
    return service.Limits(timedelta(hours=settings.chase_cooldown_hours), channels.ready(settings))


# Silence


@router.get("/silence", summary="谁还没报", operation_id="getSilence")
def get_silence(
    request: Request,
    session: Annotated[Session, allow(P.REPORT_READ)],
    programme_id: Annotated[UUID | None, Query(description="所属计划")] = None,
    unit_id: Annotated[UUID | None, Query(description="填报单位")] = None,
    period: Annotated[Period | None, Query(description="填报期")] = None,
    state: Annotated[SilenceState | None, Query(description="待报、逾期、缺报、被退回")] = None,
    tier: Annotated[Tier | None, Query(description="层级")] = None,
) -> SilenceOut:
    """Return what is due, late, missing or returned, by unit and round, with the chases that were sent.

    Counts are over everything that matches programme, unit and period; the list is what ``state`` and ``tier`` leave.
    """
    settings = request.app.state.settings
    now = clock.now()
    every = silence.silent(session, programme_id=programme_id, unit_id=unit_id, period=period)
    names = {row.id: row.name for row in rows_by_id(session, Programme, {e.round.programme_id for e in every}).values()}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    items = []
    for each in every:
        standing = each.state(now)
        counts[each.unit.tier][standing] += 1
        if (state and standing != state) or (tier and each.unit.tier != tier) or each.round.programme_id not in names:
            continue
        last = each.chases[-1] if each.chases else None
        items.append(
            SilentOut(
                programme_id=each.round.programme_id,
                programme_name=names[each.round.programme_id],
                round_id=each.round.id,
                period=each.round.period,
                title=each.round.title,
                due_at=each.round.due_at,
                closes_at=each.round.closes_at,
                unit_id=each.unit.id,
                unit_name=each.unit.name,
                tier=each.unit.tier,
                state=standing,  # type: ignore[arg-type]
                owed=each.owed,
                returned=each.returned,
                days_over=each.days_over,
                chases=len(each.chases),
                chased_at=last.created_at if last else None,
                chased_by=last.channel if last else None,
                read=last is not None and last.read_at is not None,
                answered=each.answered,
                chasable=silence.chasable(session, each.unit),
            )
        )
    ready = channels.ready(settings)
    return SilenceOut(
        items=items[: silence.MOST],
        counts={tier_: dict(states) for tier_, states in counts.items()},
        cut=len(items) > silence.MOST,
        channels=[
            ChannelOut(key=key, name=name, ready=key in ready, by_hand=key in service.BY_HAND)  # type: ignore[arg-type]
            for key, name in channels.NAMES.items()
        ],
        template=DEFAULT,
        placeholders=PLACEHOLDERS,
        cooldown_hours=settings.chase_cooldown_hours,
    )


@router.get("/silence/repeated", summary="连续未报", operation_id="getRepeatedSilence")
def get_repeated(
    session: Annotated[Session, allow(P.REPORT_READ)],
    programme_id: Annotated[UUID | None, Query(description="所属计划")] = None,
) -> RepeatedList:
    """Return the units beneath one's own that have not reported in full in several rounds in a row.

    How many rounds is a rule of kind ``repeated``; it is what a leader is shown on his start page (R137).
    """
    wanted, found = silence.repeated(session, programme_id)
    return RepeatedList(
        rounds=wanted,
        items=[
            RepeatedOut(
                programme_id=each.programme.id,
                programme_name=each.programme.name,
                unit_id=each.unit.id,
                unit_name=each.unit.name,
                tier=each.unit.tier,
                rounds=each.rounds,
                since=each.since,
                chases=each.chases,
            )
            for each in found
        ],
    )


@router.get("/silence/rates", summary="按时率与完整率", operation_id="getReportingRates")
def get_rates(
    session: Annotated[Session, allow(P.REPORT_READ)],
    starts_on: Annotated[Day | None, Query(description="期末从哪天起；省略为今年 1 月 1 日")] = None,
    ends_on: Annotated[Day | None, Query(description="期末到哪天止；省略为今天")] = None,
    programme_id: Annotated[UUID | None, Query(description="所属计划")] = None,
) -> RatesOut:
    """Return how many of the reports that fell due were handed in, and on time, by programme and unit.

    Units stand in the order of the tree; nobody is ranked and no person is counted.
    """
    until = ends_on or clock.today()
    since = starts_on or until.replace(month=1, day=1)
    if until < since:
        raise invalid("ends_on", "before-start", "结束日不能早于开始日")
    return RatesOut(
        starts_on=since,
        ends_on=until,
        base=BASE,
        items=[
            RateOut(
                programme_id=each.programme.id,
                programme_name=each.programme.name,
                unit_id=each.unit.id,
                unit_name=each.unit.name,
                tier=each.unit.tier,
                expected=each.expected,
                on_time=each.on_time,
                complete=each.complete,
                on_time_pct=silence.percent(each.on_time, each.expected),
                complete_pct=silence.percent(each.complete, each.expected),
            )
            for each in silence.rates(session, since, until, programme_id)
        ],
    )


# Chases


def present_chases(session: Session, found: Sequence[Chase]) -> list[ChaseOut]:
    """Return chases with names and buttons."""
    names = unit_names(session, {row.unit_id for row in found} | {row.by_unit_id for row in found})
    programmes = rows_by_id(session, Programme, {row.programme_id for row in found})
    hidden = {"created_at", "by_id", "rule_id", "occurrence", "try_at", "claimed_at", "read_by"}
    return [
        ChaseOut(
            **row.model_dump(exclude=hidden),
            sent_at=row.created_at,
            scheduled=row.rule_id is not None,
            again_at=row.try_at if row.failure and row.claimed_at is None else None,
            unit_name=names.get(row.unit_id),
            by_unit_name=names.get(row.by_unit_id),
            programme_name=programmes[row.programme_id].name if row.programme_id in programmes else None,
            actions=CHASE.actions(session, row),
        )
        for row in found
    ]


@router.get("/chases", summary="催报记录", operation_id="listChases")
def list_chases(
    page: Paging,
    session: Annotated[Session, allow(P.REPORT_READ)],
    unit_id: Annotated[UUID | None, Query(description="被催单位")] = None,
    programme_id: Annotated[UUID | None, Query(description="所属计划")] = None,
    round_id: Annotated[UUID | None, Query(description="填报期")] = None,
    status: Annotated[ChaseStatus | None, Query(description="状态")] = None,
    unread: Annotated[bool, Query(description="只列还没有读的")] = False,  # noqa: FBT002 - a query parameter
) -> Page[ChaseOut]:
    """Return the log of chases: what was sent to whom, through which channel, and what became of it."""
    statement = select(Chase)
    for column, value in (
        (Chase.unit_id, unit_id),
        (Chase.programme_id, programme_id),
        (Chase.round_id, round_id),
        (Chase.status, status),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if unread:
        statement = statement.where(col(Chase.read_at).is_(None))
    found: Sequence[Chase] = session.exec(page.apply(statement, (Chase.id,))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda row: (row.id,))
    return Page(items=present_chases(session, found), next=following)


@router.post("/chases", status_code=201, summary="催报一个单位", operation_id="createChase")
def create_chase(
    body: ChaseIn,
    request: Request,
    response: Response,
    session: Annotated[Session, allow(P.REPORT_CHASE)],
) -> ChaseOut:
    """Chase one unit for one round; within the cool-down it is refused with the earliest instant."""
    row = service.ask(session, body, _limits(request))
    send(session, row)
    rows.tag(response, row)
    return present_chases(session, [row])[0]


@router.post("/chases:batch", summary="一次催报多个单位", operation_id="sendChases")
def send_chases(body: ChasesIn, request: Request, session: Annotated[Session, allow(P.REPORT_CHASE)]) -> ChaseResults:
    """Chase many units with the same words; each stands alone and is judged as a single chase would be."""
    limits = _limits(request)
    given = [(target.round_id, target.unit_id) for target in body.targets]
    for index, key in enumerate(given):
        if key in given[:index]:
            raise invalid(f"/targets/{index}", "duplicate", "同一单位同一填报期写了两次")
    # Who owes what is asked once for all of them.
    known = {
        (each.round.id, each.unit.id): each for each in silence.silent(session, round_ids={key[0] for key in given})
    }
    results = []
    for target, key in zip(body.targets, given, strict=True):
        row: Chase | None = None
        problem: Problem | None = None
        try:
            with session.begin_nested():
                each = known.get(key) or service.look(session, target.round_id, target.unit_id)
                row = service.make(session, each, body.channel, body.text, limits)
                session.require(row)
                if not body.dry_run:
                    send(session, row)
        except Problem as refused:
            row, problem = None, refused
        finally:
            session.moving.clear()
        results.append(
            ChaseResult(
                round_id=target.round_id,
                unit_id=target.unit_id,
                outcome="refused" if row is None else "ready" if body.dry_run else "sent",
                chase_id=None if row is None or body.dry_run else row.id,
                text=row.text if row else None,
                code=problem.code if problem else None,
                detail=(problem.detail or problem.title) if problem else None,
                errors=_errors(problem),
            )
        )
    return ChaseResults(results=results)


def _errors(problem: Problem | None) -> list[FieldError]:
    return list(problem.errors) if problem else []


@router.get("/chases/{id}", summary="一次催报", operation_id="getChase")
def get_chase(id: UUID, response: Response, session: Annotated[Session, allow(P.REPORT_READ)]) -> ChaseOut:  # noqa: A002
    """Return one chase."""
    row = rows.fetch(session, Chase, id)
    rows.tag(response, row)
    return present_chases(session, [row])[0]


CHASE.mount(router, "/chases", "Chase", ChaseOut, present_chases)


# Rules


def present_rules(session: Session, found: Sequence[ChaseRule]) -> list[ChaseRuleOut]:
    """Return rules with names and buttons."""
    names = unit_names(session, {row.unit_id for row in found})
    programmes = rows_by_id(session, Programme, {row.programme_id for row in found if row.programme_id})
    return [
        ChaseRuleOut(
            **row.model_dump(exclude={"created_at"}),
            unit_name=names.get(row.unit_id),
            programme_name=programmes[row.programme_id].name if row.programme_id in programmes else None,
            actions=CHASE_RULE.actions(session, row),
        )
        for row in found
    ]


@router.get("/chase-rules", summary="催报规则", operation_id="listChaseRules")
def list_rules(
    page: Paging,
    session: Annotated[Session, allow(P.PROGRAMME_READ)],
    programme_id: Annotated[UUID | None, Query(description="只对这个计划的")] = None,
    status: Annotated[RuleStatus | None, Query(description="状态")] = None,
) -> Page[ChaseRuleOut]:
    """Return the rules by which units are chased by themselves."""
    statement = select(ChaseRule)
    if programme_id:
        statement = statement.where(ChaseRule.programme_id == programme_id)
    if status:
        statement = statement.where(ChaseRule.status == status)
    found: Sequence[ChaseRule] = session.exec(page.apply(statement, (ChaseRule.id,))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda row: (row.id,))
    return Page(items=present_rules(session, found), next=following)


@router.post("/chase-rules", status_code=201, summary="新增催报规则", operation_id="createChaseRule")
def create_rule(
    body: ChaseRuleIn, request: Request, response: Response, session: Annotated[Session, allow(P.ROUND_EDIT)]
) -> ChaseRuleOut:
    """Set a rule for the units beneath a unit: days before or after the cut-off, or every so many days."""
    row = service.create_rule(session, body, channels.ready(request.app.state.settings))
    rows.tag(response, row)
    return present_rules(session, [row])[0]


@router.get("/chase-rules/{id}", summary="一条催报规则", operation_id="getChaseRule")
def get_rule(id: UUID, response: Response, session: Annotated[Session, allow(P.PROGRAMME_READ)]) -> ChaseRuleOut:  # noqa: A002
    """Return one rule."""
    row = rows.fetch(session, ChaseRule, id)
    rows.tag(response, row)
    return present_rules(session, [row])[0]


@router.patch("/chase-rules/{id}", summary="修改催报规则", operation_id="changeChaseRule")
def change_rule(
    id: UUID,  # noqa: A002
    body: ChaseRulePatch,
    version: IfMatch,
    request: Request,
    response: Response,
    session: Annotated[Session, allow(P.ROUND_EDIT)],
) -> ChaseRuleOut:
    """Change days, hour, channel or words."""
    row = rows.hold(session, ChaseRule, id, version)
    service.change_rule(session, row, body, channels.ready(request.app.state.settings))
    rows.tag(response, row)
    return present_rules(session, [row])[0]


CHASE_RULE.mount(router, "/chase-rules", "ChaseRule", ChaseRuleOut, present_rules)
