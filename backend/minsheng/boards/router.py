"""The boards over HTTP: matrix, lag list, curve, one light's arithmetic, summary."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlmodel import col, select

from minsheng.boards import marks, service, terms  # noqa: F401 - the marks freeze closed rounds first
from minsheng.boards.schemas import (
    BoardCell,
    BoardItem,
    BoardTotals,
    BoardUnit,
    LagOut,
    LagRow,
    MatrixOut,
    SummaryOut,
    SummaryRow,
)
from minsheng.boards.service import Line, Picture, picture
from minsheng.calendars.periods import month_end
from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import allow
from minsheng.kernel.errors import NotFound
from minsheng.kernel.fields import Day
from minsheng.kernel.http import Route
from minsheng.org.service import in_tree_order, unit_names
from minsheng.permissions import P
from minsheng.plans import rules
from minsheng.plans import service as plans
from minsheng.plans.schemas import CurveOut, CurvePoint, DisputeOut, JudgementOut, PartOut, Step
from minsheng.plans.verdicts import PARTS
from minsheng.programmes.models import Indicator, Item, Measure, Programme
from minsheng.programmes.service import in_catalogue_order
from minsheng.reports.disputes import disputed
from minsheng.rule_sets import service as rule_sets
from minsheng.rule_sets.definition import RuleSet
from minsheng.targets.models import Target

router = APIRouter(tags=["boards"], prefix="/boards", route_class=Route)

OnQuery = Annotated[Day | None, Query(description="判定日；省略为最近应报期")]
Door = Annotated[Session, allow(P.BOARD_READ)]


def _totals(tally: Counter[str], rule_set: RuleSet) -> BoardTotals:
    return BoardTotals(
        ahead=tally["ahead"],
        on=tally["on"],
        behind=tally["behind"],
        unjudged=tally["unjudged"],
        lights={light: tally[f"light {light}"] for light in rule_set.lights},
    )


def _percent(share: Fraction | None) -> str | None:
    return None if share is None else rules.percent_clear_of(share, [Fraction(1)])


@router.get("/matrix", summary="亮灯矩阵", operation_id="getMatrix")
def matrix(
    session: Door,
    programme_id: Annotated[UUID, Query(description="计划")],
    on: OnQuery = None,
    under: Annotated[UUID | None, Query(description="只看某单位及其直接下级")] = None,
) -> MatrixOut:
    """Return the lights of a programme as units × items; each cell is the worst of the item's indicators."""
    programme = rows.fetch(session, Programme, programme_id)
    seen = picture(session, programme, on)
    ordered = in_tree_order(session, {line.entry.unit_id for line in seen.lines})
    if under:
        ordered = [(unit, depth) for unit, depth in ordered if under in (unit.id, unit.parent_id)]
    items = in_catalogue_order(session, {line.entry.item_id for line in seen.lines})
    found: dict[tuple[UUID, UUID], list[Line]] = defaultdict(list)
    for line in seen.lines:
        found[(line.entry.unit_id, line.entry.item_id)].append(line)
    # As the table reads: databases give the lines in orders of their own.
    groups = {key: found[key] for unit, _ in ordered for item in items if (key := (unit.id, item.id)) in found}
    by_item = service.by_item(seen.direct)
    disputes = disputed(session, programmes=[programme.id])
    return MatrixOut(
        programme_id=programme.id,
        programme_name=programme.name,
        on=on,
        due_on=seen.due_on,
        rule_set=rule_sets.present(seen.rule_set),
        items=[_item(item, by_item[item.id]) for item in items],
        units=[
            BoardUnit(id=unit.id, parent_id=unit.parent_id, name=unit.name, tier=unit.tier, depth=depth)
            for unit, depth in ordered
        ],
        cells=[_cell(key, lines, seen, disputes) for key, lines in groups.items()],
        totals=_totals(service.totals(seen.direct), seen.rule_set),
    )


def _item(item: Item, lines: list[Line]) -> BoardItem:
    count, value = service.rates(lines)
    return BoardItem(
        id=item.id,
        code=item.code,
        title=item.title,
        met=count.met,
        base=count.base,
        left_out=count.left_out,
        count_pct=_percent(count.share),
        value_pct=_percent(value.share) if value else None,
        **terms.item_facts(lines, value),
    )


def _cell(key: tuple[UUID, UUID], lines: list[Line], seen: Picture, disputes: Mapping[UUID, DisputeOut]) -> BoardCell:
    line = service.worst(lines, seen.rule_set)
    judged = line.judgement
    return BoardCell(
        unit_id=key[0],
        item_id=key[1],
        target_id=line.entry.target_id,
        light=judged.light,
        progress_pct=plans.progress_text(judged),
        expected_pct=plans.expected_text(judged),
        gap_points=plans.gap_text(judged, line.rule_set),
        standing=judged.standing,
        waived=judged.waived is not None,
        own=line.entry.leaf,
        missing=line.missing,
        dispute=next((disputes[each.entry.target_id] for each in lines if each.entry.target_id in disputes), None),
        **terms.cell_facts(line),
    )


@router.get("/lag", summary="滞后清单", operation_id="getLagList")
def lag(
    session: Door,
    programme_id: Annotated[UUID | None, Query(description="计划；省略为全部")] = None,
    on: OnQuery = None,
    limit: Annotated[int, Query(ge=1, le=500, description="最多几行")] = 100,
) -> LagOut:
    """Return the targets behind plan, furthest first, with gap and cause (R109, R128)."""
    statement = select(Programme).where(Programme.status == "issued")
    if programme_id:
        statement = statement.where(Programme.id == rows.fetch(session, Programme, programme_id).id)
    found: list[tuple[Line, Programme]] = []
    for programme in session.exec(statement).all():
        seen = picture(session, programme, on)
        found += [(line, programme) for line in seen.direct if service.lags(line)]
    found.sort(key=lambda entry: (-(entry[0].judgement.gap_points or 0), entry[0].entry.target_id))
    return LagOut(total=len(found), items=_lag_rows(session, found[:limit]))


def _lag_rows(session: Session, found: list[tuple[Line, Programme]]) -> list[LagRow]:
    names = unit_names(session, {line.entry.unit_id for line, _ in found})
    items = {
        item.id: item
        for item in session.exec(select(Item).where(col(Item.id).in_({line.entry.item_id for line, _ in found}))).all()
    }
    indicators = {
        indicator.id: (indicator.name, measure)
        for indicator, measure in session.exec(
            select(Indicator, Measure.name)
            .join(Measure, col(Measure.id) == col(Indicator.measure_id))
            .where(col(Indicator.id).in_({line.entry.indicator_id for line, _ in found}))
        ).all()
    }
    causes: dict[UUID, tuple[str | None, str | None]] = {}
    for programme in {programme.id: programme for _, programme in found}.values():
        causes |= service.causes(
            session, programme, {line.entry.task_id for line, owner in found if owner is programme}
        )
    disputes = disputed(session, targets={line.entry.target_id for line, _ in found})
    result = []
    for line, programme in found:
        judged = line.judgement
        entry = line.entry
        code, note = causes.get(entry.task_id, (None, None))
        result.append(
            LagRow(
                target_id=entry.target_id,
                programme_id=programme.id,
                programme_name=programme.name,
                unit_id=entry.unit_id,
                unit_name=names.get(entry.unit_id, ""),
                item_id=entry.item_id,
                item_code=items[entry.item_id].code,
                item_title=items[entry.item_id].title,
                indicator_name=indicators[entry.indicator_id][0],
                measure_name=indicators[entry.indicator_id][1],
                operator=terms.aim(line).operator,  # type: ignore[arg-type]
                actual=line.actual,
                **terms.lag_facts(line),
                judged_on=line.judged_on,
                light=judged.light,
                progress_pct=plans.progress_text(judged),
                expected_pct=plans.expected_text(judged),
                gap_points=plans.gap_text(judged, line.rule_set),
                waived=judged.waived,
                cause_code=code,
                cause_note=note,
                explanation=judged.explanation,
                dispute=disputes.get(entry.target_id),
            )
        )
    return result


def _line_of(session: Session, target_id: UUID, on: date | None) -> tuple[Line, Picture]:
    target = rows.fetch(session, Target, target_id)
    programme = rows.fetch(session, Programme, target.programme_id)
    seen = picture(session, programme, on)
    for line in seen.lines:
        if line.entry.target_id == target_id:
            return line, seen
    raise NotFound


@router.get("/light", summary="一盏灯的算法", operation_id="getLight")
def light(session: Door, target_id: Annotated[UUID, Query(description="目标")], on: OnQuery = None) -> JudgementOut:
    """Return how a light was worked out: every number and one sentence."""
    line, seen = _line_of(session, target_id, on)
    judged = line.judgement
    return JudgementOut(
        target_id=target_id,
        on=line.judged_on,
        rule_set=seen.rule_set.code,
        light=judged.light,
        light_name=seen.rule_set.names[judged.light],
        standing=judged.standing,
        progress_pct=plans.progress_text(judged),
        expected_pct=plans.expected_text(judged),
        gap_points=plans.gap_text(judged, line.rule_set),
        bad=judged.bad,
        waived=judged.waived,
        parts=[
            PartOut(kind=kind, name=PARTS[kind], light=lit, light_name=seen.rule_set.names[lit])  # type: ignore[arg-type]
            for kind, lit in judged.parts
        ],
        **terms.light_facts(line),
        explanation=judged.explanation,
        steps=[Step(label=label, value=value) for label, value in judged.steps],
    )


@router.get("/curve", summary="进度曲线", operation_id="getCurve")
def curve(session: Door, target_id: Annotated[UUID, Query(description="目标")]) -> CurveOut:
    """Return plan and actual of a target at each month's end (S 曲线)."""
    line, seen = _line_of(session, target_id, None)
    entry = line.entry
    start = entry.plan.start if isinstance(entry.plan, rules.StraightLine) else seen.programme.starts_on
    actual = dict(entry.figures)
    days = sorted({*actual, *_month_ends(start, entry.deadline)})
    names = unit_names(session, {entry.unit_id})
    item = rows.fetch(session, Item, entry.item_id)
    indicator = rows.fetch(session, Indicator, entry.indicator_id)
    measure = rows.fetch(session, Measure, indicator.measure_id)
    points = []
    for day in days:
        share, whole = terms.expected_on(line, day)
        figure = actual.get(day)
        done = entry.case.share(figure, day) if figure is not None else None
        points.append(
            CurvePoint(
                on=day,
                expected_value=service.decimal_of(share, whole, measure.decimals),
                expected_pct=rules.percent(share) if share is not None else None,
                actual_value=figure,
                actual_pct=_percent(done),
            )
        )
    return CurveOut(
        target_id=target_id,
        unit_name=names.get(entry.unit_id),
        item_title=item.title,
        indicator_name=indicator.name,
        measure_name=measure.name,
        value=entry.value,
        points=points,
        dispute=disputed(session, targets=[target_id]).get(target_id),
    )


def _month_ends(start: date, end: date) -> list[date]:
    found = [start]
    at = start
    while True:
        last = month_end(at)
        if last >= end:
            return [*found, end]
        found.append(last)
        at = date(last.year + last.month // 12, last.month % 12 + 1, 1)


@router.get("/summary", summary="计划一览", operation_id="getSummary")
def summary(
    session: Door,
    year: Annotated[int | None, Query(ge=1990, le=2200, description="年度")] = None,
    on: OnQuery = None,
) -> SummaryOut:
    """Return every issued programme with its lights and count rate, over the targets reported directly."""
    statement = select(Programme).where(Programme.status == "issued").order_by(col(Programme.year), col(Programme.id))
    if year:
        statement = statement.where(Programme.year == year)
    programmes = session.exec(statement).all()
    names = unit_names(session, {programme.unit_id for programme in programmes})
    disputes = disputed(session, programmes={programme.id for programme in programmes})
    found = []
    for programme in programmes:
        seen = picture(session, programme, on)
        if not seen.lines:
            continue
        count, _ = service.rates(seen.direct)
        found.append(
            SummaryRow(
                programme_id=programme.id,
                programme_name=programme.name,
                unit_id=programme.unit_id,
                unit_name=names.get(programme.unit_id, ""),
                year=programme.year,
                rule_set=rule_sets.present(seen.rule_set),
                totals=_totals(service.totals(seen.direct), seen.rule_set),
                met=count.met,
                base=count.base,
                left_out=count.left_out,
                count_pct=_percent(count.share),
                disputed=sum(line.entry.target_id in disputes for line in seen.lines),
            )
        )
    return SummaryOut(items=found)
