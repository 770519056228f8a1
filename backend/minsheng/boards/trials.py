"""Over HTTP: the history of lights, the spread across units, and the simulator of a changed rule."""

from datetime import date
from fractions import Fraction
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from sqlmodel import col, select

from minsheng.boards import service, views
from minsheng.boards.gathering import Gathered
from minsheng.boards.schemas import (
    HistoryOut,
    HistoryRow,
    MonthLight,
    SimulatedChange,
    SimulatedDay,
    SimulationIn,
    SimulationOut,
    SpreadOut,
    SpreadsOut,
)
from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import allow
from minsheng.kernel.errors import FieldError, Invalid, NotFound, invalid
from minsheng.kernel.fields import Day
from minsheng.kernel.http import Route
from minsheng.org.models import Unit
from minsheng.org.service import unit_names
from minsheng.permissions import P
from minsheng.plans import rules
from minsheng.plans import service as plans
from minsheng.programmes.models import Indicator, Item, Programme
from minsheng.reports.disputes import disputed
from minsheng.rule_sets import service as rule_sets
from minsheng.rule_sets.definition import RuleSet
from minsheng.rule_sets.models import RuleSet as RuleSetRow

router = APIRouter(tags=["boards"], route_class=Route)

MOST = 500
"""Changes named by a simulation; the counts are over all of them."""

Door = Annotated[Session, allow(P.BOARD_READ)]


@router.get("/boards/history", summary="逐月的灯", operation_id="getLightHistory")
def history(
    session: Door,
    programme_id: Annotated[UUID, Query(description="计划")],
    target_id: Annotated[UUID | None, Query(description="只看一个目标")] = None,
    unit_id: Annotated[UUID | None, Query(description="只看一个单位的目标")] = None,
    item_id: Annotated[UUID | None, Query(description="只看一个项目的目标")] = None,
) -> HistoryOut:
    """Return the lights of past periods: frozen ones as they were given, with the later mark that a month was made up.

    One of target, unit or item has to be named: a whole city's year is no page.
    """
    if not (target_id or unit_id or item_id):
        raise invalid("target_id", "missing", "请指定目标、单位或项目之一")
    programme = rows.fetch(session, Programme, programme_id)
    rule_set = rule_sets.in_force(session, programme.rule_set)
    gathered, visible = service.gathered_for(session, programme, [rule_set])
    wanted = {
        entry.target_id: entry
        for entry in gathered.entries
        if (visible is None or entry.target_id in visible)
        and target_id in {None, entry.target_id}
        and unit_id in {None, entry.unit_id}
        and item_id in {None, entry.item_id}
    }
    if target_id and not wanted:
        raise NotFound
    found = views.months(session, gathered, rule_set, set(wanted), visible)
    known = rule_sets.all_in_force(session, {each.rule_set for months in found.values() for each in months})
    return HistoryOut(
        programme_id=programme.id,
        rows=[
            HistoryRow(
                target_id=key,
                unit_id=entry.unit_id,
                item_id=entry.item_id,
                months=[_month(each, known[each.rule_set]) for each in found[key]],
            )
            for key, entry in wanted.items()
        ],
    )


def _month(each: views.Month, rule_set: RuleSet) -> MonthLight:
    made_up = None
    if each.made_up_on is not None and rule_set.made_up is not None and each.light in rule_set.made_up.when:
        made_up = rule_sets.mark(rule_set, rule_set.made_up.to)
    return MonthLight(
        period=each.period,
        ends_on=each.ends_on,
        light=each.light,
        mark=rule_sets.mark(rule_set, each.light),
        frozen=each.frozen,
        made_up_on=each.made_up_on,
        made_up=made_up,
        explanation=each.explanation,
    )


@router.get("/boards/dispersion", summary="进展是否平衡", operation_id="getDispersion")
def dispersion(
    session: Door,
    programme_id: Annotated[UUID, Query(description="计划")],
    on: Annotated[Day | None, Query(description="判定日；省略为最近应报期")] = None,
    tier: Annotated[
        Literal["city", "county", "township"] | None, Query(description="只比某一层级；省略为直接填报的单位")
    ] = None,
) -> SpreadsOut:
    """Return the lowest, middle and highest share of each indicator across units, the most uneven first (R127)."""
    programme = rows.fetch(session, Programme, programme_id)
    seen = service.picture(session, programme, on)
    lines = seen.direct
    if tier:
        units = set(
            session.exec(
                select(Unit.id).where(Unit.tier == tier, col(Unit.id).in_({line.entry.unit_id for line in seen.lines}))
            ).all()
        )
        lines = [line for line in seen.lines if line.entry.unit_id in units]
    found = sorted(views.spreads(lines), key=lambda each: (each.low - each.high, each.indicator_id))
    names = unit_names(session, {line.entry.unit_id for each in found for line in (each.lowest, each.highest)})
    items = _items(session, {each.item_id for each in found})
    disputes = disputed(session, programmes=[programme.id])
    indicators = dict(
        session.exec(
            select(Indicator.id, Indicator.name).where(col(Indicator.id).in_({each.indicator_id for each in found}))
        ).all()
    )
    return SpreadsOut(
        programme_id=programme.id,
        on=on,
        items=[
            SpreadOut(
                item_id=each.item_id,
                item_code=items[each.item_id].code,
                item_title=items[each.item_id].title,
                indicator_id=each.indicator_id,
                indicator_name=indicators[each.indicator_id],
                units=each.units,
                missing=each.missing,
                min_pct=_percent(each.low),
                min_unit=names.get(each.lowest.entry.unit_id, ""),
                min_target_id=each.lowest.entry.target_id,
                min_dispute=disputes.get(each.lowest.entry.target_id),
                median_pct=_percent(each.median),
                max_pct=_percent(each.high),
                max_unit=names.get(each.highest.entry.unit_id, ""),
                max_target_id=each.highest.entry.target_id,
                max_dispute=disputes.get(each.highest.entry.target_id),
                spread_points=rules.percent(each.high - each.low),
                expected_pct=plans.expected_text(each.lowest.judgement),
            )
            for each in found
        ],
    )


def _percent(share: Fraction) -> str:
    return rules.percent_clear_of(share, [Fraction(1)])


def _items(session: Session, keys: set[UUID]) -> dict[UUID, Item]:
    return {item.id: item for item in session.exec(select(Item).where(col(Item.id).in_(keys))).all()}


@router.post("/rule-sets:simulate", summary="在过去的数据上试用规则", operation_id="simulateRuleSet")
def simulate(body: SimulationIn, session: Annotated[Session, allow(P.BOARD_READ)]) -> SimulationOut:
    """Judge past days by another rule set and say what would change; nothing is written."""
    programme = rows.fetch(session, Programme, body.programme_id)
    before = rule_sets.in_force(session, programme.rule_set)
    after = _tried(session, body)
    gathered, visible = service.gathered_for(session, programme, [before, after])
    days = sorted(set(body.dates)) or _due_days(gathered)
    found = views.tried(gathered, before, after, days, visible)
    changes = [change for trial in reversed(found) for change in trial.changes]
    named = changes[:MOST]
    names = unit_names(session, {change.after.entry.unit_id for change in named})
    items = _items(session, {change.after.entry.item_id for change in named})
    return SimulationOut(
        before=rule_sets.present(before),
        after=rule_sets.present(after),
        days=[
            SimulatedDay(
                on=trial.on,
                before={light: trial.before[light] for light in before.lights},
                after={light: trial.after[light] for light in after.lights},
                changed=len(trial.changes),
            )
            for trial in found
        ],
        changed=len(changes),
        changes=[
            SimulatedChange(
                on=change.on,
                target_id=change.after.entry.target_id,
                unit_id=change.after.entry.unit_id,
                unit_name=names.get(change.after.entry.unit_id, ""),
                item_id=change.after.entry.item_id,
                item_code=items[change.after.entry.item_id].code,
                item_title=items[change.after.entry.item_id].title,
                before=change.before.judgement.light,
                after=change.after.judgement.light,
                explanation=change.after.judgement.explanation,
            )
            for change in named
        ],
    )


def _tried(session: Session, body: SimulationIn) -> RuleSet:
    """Return the rule set to try.

    Raises:
        Invalid: none or two are given, the code is unknown, or the content has faults.
    """
    if (body.rule_set is None) == (body.definition is None):
        raise invalid("/rule_set", "one-of", "请给出规则代号或规则内容，二者之一")
    if body.rule_set is not None:
        row = session.exec(select(RuleSetRow).where(RuleSetRow.code == body.rule_set)).one_or_none()
        if row is None:
            raise invalid("/rule_set", "unknown-rule-set", f"没有亮灯规则“{body.rule_set}”")
        return rule_sets.pure(row)
    assert body.definition is not None  # noqa: S101 - one of the two is given
    errors: list[FieldError] = rule_sets.check(body.definition)
    if errors:
        raise Invalid(errors[0].message, errors=errors)
    return rule_sets.compiled("draft", "试用的规则", "未保存", rule_sets.stored(body.definition))


def _due_days(gathered: Gathered) -> list[date]:
    due_on = gathered.due_on
    return [each.ends_on for each in gathered.rounds if due_on is not None and each.ends_on <= due_on]
