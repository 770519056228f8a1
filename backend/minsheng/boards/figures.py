"""One target in full, a sum over chosen targets, and printed rates that disagree with their own figures."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field
from sqlmodel import col, select

from minsheng.boards import terms
from minsheng.boards.service import Line, picture
from minsheng.kernel import quantity, rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import allow
from minsheng.kernel.errors import FieldError, Invalid, NotFound
from minsheng.kernel.fields import Day, Out, Quantity
from minsheng.kernel.http import Route
from minsheng.org.service import unit_names
from minsheng.permissions import P
from minsheng.plans import aims, rules
from minsheng.plans.schemas import Attainment, DisputeOut, Light
from minsheng.programmes.models import Indicator, Item, Measure, Programme
from minsheng.reports.disputes import disputed
from minsheng.targets.adjusted import approved
from minsheng.targets.models import Target, TaskState
from minsheng.targets.present import present_target
from minsheng.targets.schemas import StateBrief, TargetOut
from minsheng.targets.states import HELD

router = APIRouter(tags=["boards"], prefix="/boards", route_class=Route)

Door = Annotated[Session, allow(P.BOARD_READ)]
OnQuery = Annotated[Day | None, Query(description="判定日；省略为最近应报期")]


class SliceProgress(Out):
    """One year's part of a commitment and what was done in that year."""

    year: int = Field(examples=[2026])
    value: Quantity
    done: Quantity | None = Field(description="当年完成数")
    pct: str | None = Field(description="当年完成数 ÷ 当年数", examples=["61.9"])


class TargetDetail(Out):
    """A target with everything that belongs to it on a day."""

    target: TargetOut
    programme_name: str
    unit_name: str | None = Field(examples=["柳市镇"])
    item_title: str
    indicator_name: str
    measure_name: str = Field(examples=["公里"])
    levels: list[str]
    on: Day
    actual: Quantity | None
    figure_on: Day | None = Field(description="数字截至哪天")
    numerator: Quantity | None
    denominator: Quantity | None
    missing: int = Field(description="合计中还没有数的单位", examples=[0])
    whole: Quantity | None = Field(description="判定日应达的全数：频次为每期次数乘期数")
    progress_pct: str | None = Field(description="完成数 ÷ 全数，不封顶", examples=["61.9"])
    rate_base: str = Field(description="完成率的分母是什么", examples=["年度目标"])
    attainment: Attainment = Field(examples=["short"])
    attainment_name: str = Field(examples=["未达到"])
    light: Light = Field(examples=["yellow"])
    explanation: str
    slices: list[SliceProgress]
    periods_kept: int | None = Field(description="频次：做到的期数")
    periods_ended: int | None = Field(description="频次：已过的期数")
    states: list[StateBrief]
    dispute: DisputeOut | None = Field(description="与上级或统计口径不符、还没有了结的偏差", examples=[None])


class TotalOut(Out):
    """A sum over targets of one unit of measure; beside it how many stand below their own."""

    item_id: UUID
    item_title: str
    measure_name: str | None = Field(examples=["公里"])
    targets: int = Field(description="相加的目标数", examples=[3])
    value_base: Quantity = Field(description="目标之和")
    value_actual: Quantity = Field(description="完成数之和")
    value_pct: str | None = Field(examples=["96.1"])
    short: int = Field(description="低于各自目标的个数")
    shortfall: Quantity
    missing: int = Field(description="还没有数的个数，按 0 计")
    left_out: int = Field(description="没有目标或不计入的个数")


class Discrepancy(Out):
    """A printed rate beside the one its own figures give; both are kept (R010)."""

    target_id: UUID
    item_code: str
    item_title: str
    indicator_name: str
    measure_name: str
    value: Quantity | None
    stated_actual: Quantity | None
    stated_rate: Quantity = Field(description="公布的完成率", examples=["100"])
    computed_pct: str = Field(description="按其数字算出的完成率", examples=["94.3"])
    rate_base: str
    source_note: str | None


class DiscrepanciesOut(Out):
    """Every printed rate that differs from the computed one."""

    checked: int = Field(description="有目标、完成数和公布率的行数", examples=[438])
    items: list[Discrepancy]


BASE = "年度目标"
"""What a rate is a share of, unless its source says otherwise."""


@router.get("/target", summary="一个目标的全貌", operation_id="getTargetDetail")
def target_detail(
    session: Door, target_id: Annotated[UUID, Query(description="目标")], on: OnQuery = None
) -> TargetDetail:
    """Return a target with both values, slices, periods, states and the base of its rate."""
    target = rows.fetch(session, Target, target_id)
    programme = rows.fetch(session, Programme, target.programme_id)
    line = next((each for each in picture(session, programme, on).lines if each.entry.target_id == target_id), None)
    if line is None:
        raise NotFound
    indicator = rows.fetch(session, Indicator, target.indicator_id)
    aim = terms.aim(line)
    entry, found = line.entry, line.in_force
    history = entry.reported
    word = terms.attainment(line)
    kept = ended = None
    if indicator.kind == "frequency" and entry.leaf:
        start = programme.issued_on or programme.starts_on
        kept, ended = aims.periods_kept(history, aim, start, terms.deadline(line), line.judged_on)
    share = aims.progress(aim, line.actual)
    changes = approved(session, tasks=[target.task_id])
    return TargetDetail(
        target=present_target(target, changes),
        programme_name=programme.name,
        unit_name=unit_names(session, {target.unit_id}).get(target.unit_id),
        item_title=rows.fetch(session, Item, target.item_id).title,
        indicator_name=indicator.name,
        measure_name=entry.measure_name,
        levels=indicator.levels,
        on=line.judged_on,
        actual=line.actual,
        figure_on=line.figure_on,
        numerator=found.numerator if found else None,
        denominator=found.denominator if found else None,
        missing=line.missing,
        whole=aim.whole,
        progress_pct=None if share is None else rules.percent_clear_of(share, [Fraction(1)]),
        rate_base=target.rate_base or BASE,
        attainment=word,
        attainment_name=aims.ATTAINMENTS[word],
        light=line.judgement.light,
        explanation=line.judgement.explanation,
        slices=_slices(target, line, history),
        periods_kept=kept,
        periods_ended=ended,
        states=[StateBrief.model_validate(row) for row in _states(session, target.task_id)],
        dispute=disputed(session, targets=[target_id]).get(target_id),
    )


def _states(session: Session, task_id: UUID) -> list[TaskState]:
    return list(
        session.exec(
            select(TaskState)
            .where(TaskState.task_id == task_id, col(TaskState.status).in_(HELD))
            .order_by(col(TaskState.from_on))
        ).all()
    )


def _slices(target: Target, line: Line, history: list[tuple[date, Decimal]]) -> list[SliceProgress]:
    """Return each year's part with what was done in that year: the rise of the cumulative figure over it."""
    found = []
    for year, part in ((int(year), quantity.parse(value)) for year, value in target.slices):
        within = [value for day, value in history if day <= min(date(year, 12, 31), line.judged_on)]
        before = [value for day, value in history if day < date(year, 1, 1)]
        done = None
        if line.entry.leaf and within and line.judged_on.year >= year:
            start = before[-1] if before else Decimal(0)
            done = quantity.total((within[-1], start.copy_negate()))
        share = Fraction(done) / Fraction(part) if done is not None and part > 0 else None
        pct = None if share is None else rules.percent_clear_of(share, [Fraction(1)])
        found.append(SliceProgress(year=year, value=part, done=done, pct=pct))
    return found


@router.get("/total", summary="一个大项的合计", operation_id="getTotal")
def total(
    session: Door,
    item_id: Annotated[UUID, Query(description="大项或小项；大项为其下各小项之和")],
    on: OnQuery = None,
) -> TotalOut:
    """Add up what is reported directly under an item; mixed units of measure, rates and standards are refused by name.

    Parts (其中) are left out, since their wholes have them already.
    """
    item = rows.fetch(session, Item, item_id)
    seen = picture(session, rows.fetch(session, Programme, item.programme_id), on)
    beneath = _beneath(session, item)
    lines = [line for line in seen.direct if line.entry.item_id in beneath and not terms.is_part(line)]
    _refuse_mixing(lines)
    added = rules.value_rate(
        (terms.whole(line) if terms.met(line) is not None else None, line.actual) for line in lines
    )
    return TotalOut(
        item_id=item.id,
        item_title=item.title,
        measure_name=lines[0].entry.measure_name if lines else None,
        targets=len(lines),
        value_base=added.base,
        value_actual=added.actual,
        value_pct=None if added.share is None else rules.percent_clear_of(added.share, [Fraction(1)]),
        short=added.short,
        shortfall=added.shortfall,
        missing=added.missing,
        left_out=added.left_out,
    )


def _beneath(session: Session, item: Item) -> set[UUID]:
    known = session.exec(select(Item.id, Item.parent_id).where(Item.programme_id == item.programme_id)).all()
    found, more = {item.id}, {item.id}
    while more:
        more = {key for key, parent in known if parent in more} - found
        found |= more
    return found


def _refuse_mixing(lines: list[Line]) -> None:
    """Refuse a sum that means nothing.

    Raises:
        Invalid: names the units of measure that do not go together, or what is never added.
    """
    names = sorted({line.entry.measure_name for line in lines})
    wrong = None
    if len(names) > 1:
        wrong = ("mixed-measures", f"计量单位不同，不能相加：{'、'.join(f'“{name}”' for name in names)}")
    elif any(line.entry.aggregation != "sum" for line in lines):
        wrong = ("not-summable", f"“{names[0]}”是比率、标准或等级，不能相加")
    elif any(line.entry.operator == "le" for line in lines):
        wrong = ("not-summable", "控制类目标不是完成数，不能相加")
    if wrong:
        raise Invalid(wrong[1], errors=[FieldError(pointer="item_id", code=wrong[0], message=wrong[1])])


@router.get("/discrepancies", summary="公布率与计算率不符的目标", operation_id="getDiscrepancies")
def discrepancies(
    session: Door, programme_id: Annotated[UUID | None, Query(description="计划；省略为全部")] = None
) -> DiscrepanciesOut:
    """Return the targets whose source prints another rate than its own figures give; both are kept."""
    statement = (
        select(Target, Item, Indicator, Measure)
        .join(Item, col(Item.id) == col(Target.item_id))
        .join(Indicator, col(Indicator.id) == col(Target.indicator_id))
        .join(Measure, col(Measure.id) == col(Indicator.measure_id))
        .where(Target.status != "void", col(Target.stated_rate).is_not(None), col(Target.stated_actual).is_not(None))
        .order_by(col(Item.seq), col(Item.id), col(Target.id))
    )
    if programme_id is not None:
        programme = rows.fetch(session, Programme, programme_id)
        statement = statement.where(Target.programme_id == programme.id)
    checked = 0
    found = []
    for target, item, indicator, measure in session.exec(statement).all():
        printed, value, actual = target.stated_rate, target.value, target.stated_actual
        if printed is None or value is None or actual is None or value <= 0:
            continue
        checked += 1
        if rules.printed_differs(printed, value, actual):
            found.append(
                Discrepancy(
                    target_id=target.id,
                    item_code=item.code,
                    item_title=item.title,
                    indicator_name=indicator.name,
                    measure_name=measure.name,
                    value=value,
                    stated_actual=actual,
                    stated_rate=printed,
                    computed_pct=rules.percent(Fraction(actual) / Fraction(value), 2),
                    rate_base=target.rate_base or BASE,
                    source_note=target.source_note,
                )
            )
    return DiscrepanciesOut(checked=checked, items=found)
