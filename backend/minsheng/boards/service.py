"""The picture behind every board: each target of a programme with its figure, its plan and its light.

Without a given day a target is judged at the end of the last round that fell due, or at the date of its own newest
figure when that is later: nobody turns yellow merely because this month's report is not yet due, and silence shows.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from uuid import UUID

from sqlmodel import col, func, select

from minsheng.boards import terms
from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.plans import rules
from minsheng.plans import service as plans
from minsheng.plans.aimed import Case
from minsheng.plans.lights import RULE_SETS, Judgement, RuleSet
from minsheng.plans.models import Plan
from minsheng.plans.terms import Terms
from minsheng.programmes.models import Indicator, Measure, Programme
from minsheng.reports.models import COUNTED, Report, ReportValue, Round
from minsheng.reports.service import month_end
from minsheng.targets.models import Target, Task


@dataclass
class Line:
    """One target in the picture."""

    target_id: UUID
    task_id: UUID
    parent_id: UUID | None
    unit_id: UUID
    item_id: UUID
    indicator_id: UUID
    operator: str
    value: Decimal | None
    accumulation: str
    aggregation: str
    deadline: date
    plan: rules.Plan
    rule_set: str
    measure_name: str = ""
    leaf: bool = True
    actual: Decimal | None = None
    figure_on: date | None = None
    missing: int = 0
    judged_on: date = date.min
    case: Case | None = None
    terms: Terms | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    children: list["Line"] = field(default_factory=list)

    @cached_property
    def judgement(self) -> Judgement:
        """Judge the line once."""
        return plans.judge_at(
            self.rule_set,
            self.operator,
            self.accumulation,
            self.value,
            self.actual,
            self.plan,
            self.judged_on,
            self.deadline,
            self.case,
        )

    def leaves(self) -> Iterable["Line"]:
        """Return the lines that are reported directly beneath this one."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()


@dataclass
class Picture:
    """All targets of one programme in the caller's scope."""

    programme: Programme
    rule_set: RuleSet
    on: date | None
    due_on: date | None
    lines: list[Line]

    @cached_property
    def direct(self) -> list[Line]:
        """Return the lines that are reported directly."""
        return [line for line in self.lines if line.leaf]


def picture(session: Session, programme: Programme, on: date | None) -> Picture:
    """Gather and judge every issued target of a programme."""
    due_on: date | None = session.exec(
        select(func.max(Round.ends_on)).where(Round.programme_id == programme.id, Round.due_at <= clock.now())
    ).one()
    floor = on or due_on or programme.issued_on or programme.starts_on
    lines = _lines(session, programme)
    until = month_end(f"{on:%Y-%m}") if on else None
    figures = _figures(session, programme, until)
    by_task = {(line.task_id, line.indicator_id): line for line in lines}
    for line in lines:
        parent = by_task.get((line.parent_id, line.indicator_id)) if line.parent_id else None
        if parent is not None:
            parent.children.append(line)
            parent.leaf = False
        if line.target_id in figures:
            line.figure_on, line.actual = figures[line.target_id]
    known = terms.gather(session, programme)
    terms.take_rates(session, programme, lines, until, known)
    for line in lines:
        _roll_up(line)
        newest = line.figure_on
        line.judged_on = on or (max(floor, newest) if newest else floor)
    terms.dress(programme, lines, known)
    return Picture(programme, RULE_SETS[programme.rule_set], on, due_on, lines)


def _lines(session: Session, programme: Programme) -> list[Line]:
    rows = session.exec(
        select(  # type: ignore[call-overload]
            Target.id,
            Task.id,
            Task.parent_id,
            Task.unit_id,
            Task.item_id,
            Target.indicator_id,
            Target.operator,
            Target.value,
            Indicator.accumulation,
            Indicator.aggregation,
            Task.deadline,
            Task.issued_on,
            Plan.kind,
            Plan.points,
            Measure.name,
        )
        .join(Task, col(Task.id) == col(Target.task_id))
        .join(Indicator, col(Indicator.id) == col(Target.indicator_id))
        .join(Measure, col(Measure.id) == col(Indicator.measure_id))
        .join(Plan, col(Plan.target_id) == col(Target.id), isouter=True)
        .where(Task.programme_id == programme.id, Task.status == "issued", Target.status == "issued")
    ).all()
    return [
        Line(
            target_id=target,
            task_id=task,
            parent_id=parent,
            unit_id=unit,
            item_id=item,
            indicator_id=indicator,
            operator=operator,
            value=value,
            accumulation=accumulation,
            aggregation=aggregation,
            deadline=deadline,
            plan=plans.shape(kind or "straight", points or [], issued_on, deadline),
            rule_set=programme.rule_set,
            measure_name=measure,
        )
        for (
            target,
            task,
            parent,
            unit,
            item,
            indicator,
            operator,
            value,
            accumulation,
            aggregation,
            deadline,
            issued_on,
            kind,
            points,
            measure,
        ) in rows
    ]


def _figures(session: Session, programme: Programme, until: date | None) -> dict[UUID, tuple[date, Decimal]]:
    """Return the newest counted figure of each target, no later than ``until``."""
    statement = (
        select(ReportValue.target_id, ReportValue.ends_on, ReportValue.value)  # type: ignore[call-overload]
        .join(Report, col(Report.id) == col(ReportValue.report_id))
        .where(
            Report.programme_id == programme.id,
            col(Report.status).in_(COUNTED),
            col(ReportValue.value).is_not(None),
        )
        .order_by(col(ReportValue.ends_on))
    )
    if until:
        statement = statement.where(ReportValue.ends_on <= until)
    # Ordered by date, so that the last one of each target stays.
    return {target: (ends_on, value) for target, ends_on, value in session.exec(statement).all()}


def _roll_up(line: Line) -> None:
    """Sum what was reported beneath; a rate is never summed."""
    if line.leaf:
        line.missing = int(line.actual is None)
        return
    leaves = list(line.leaves())
    if line.aggregation == "ratio":
        terms.roll_rates(line, leaves)
        return
    if line.aggregation != "sum":
        line.actual, line.figure_on, line.missing = None, None, len(leaves)
        return
    rolled = rules.sum_actuals(leaf.actual for leaf in leaves)
    line.actual, line.missing = rolled.total, rolled.missing
    dates = [leaf.figure_on for leaf in leaves]
    known = [each for each in dates if each is not None]
    line.figure_on = min(known) if known and len(known) == len(dates) else None


def worst(lines: Sequence[Line], rule_set: RuleSet) -> Line:
    """Return the line whose light is furthest down the rule set; the first among equals."""
    order = {light: rank for rank, light in enumerate((*rule_set.lights,))}
    return min(lines, key=lambda line: order.get(line.judgement.light, len(order)))


def totals(lines: Iterable[Line]) -> Counter[str]:
    """Count lights and standings."""
    tally: Counter[str] = Counter()
    for line in lines:
        tally[line.judgement.light] += 1
        tally[line.judgement.standing or "unjudged"] += 1
    return tally


def rates(lines: Sequence[Line]) -> tuple[rules.CountRate, rules.ValueRate | None]:
    """Return the count rate and the value rate of one item's direct lines; no surplus hides a gap."""
    met = [terms.met(line) for line in lines]
    wholes = [line for line in lines if terms.counts(line)]
    summable = {line.indicator_id for line in wholes if line.aggregation == "sum" and line.operator != "le"}
    value = None
    if len(summable) == 1 and len({line.indicator_id for line in wholes}) == 1:
        value = rules.value_rate((terms.whole(line), line.actual) for line in wholes)
    return rules.count_rate(met), value


def causes(session: Session, programme: Programme, tasks: set[UUID]) -> dict[UUID, tuple[str | None, str | None]]:
    """Return the newest cause that was reported for each task."""
    found: dict[UUID, tuple[str | None, str | None]] = {}
    for task, code, note in session.exec(
        select(Report.task_id, Report.cause_code, Report.cause_note)
        .where(
            Report.programme_id == programme.id,
            col(Report.task_id).in_(tasks),
            col(Report.cause_code).is_not(None),
            col(Report.status).not_in(["draft", "void"]),
        )
        .order_by(Report.period)
    ).all():
        found[task] = (code, note)
    return found


def history(session: Session, target: UUID) -> list[tuple[date, Decimal]]:
    """Return the counted figures of a target in order."""
    rows = session.exec(
        select(ReportValue.ends_on, ReportValue.value)  # type: ignore[call-overload]
        .join(Report, col(Report.id) == col(ReportValue.report_id))
        .where(
            ReportValue.target_id == target,
            col(Report.status).in_(COUNTED),
            col(ReportValue.value).is_not(None),
        )
        .order_by(col(ReportValue.ends_on))
    ).all()
    return [(on, value) for on, value in rows if value is not None]


def by_item(lines: Iterable[Line]) -> dict[UUID, list[Line]]:
    """Group lines by item."""
    found: dict[UUID, list[Line]] = defaultdict(list)
    for line in lines:
        found[line.item_id].append(line)
    return found


def decimal_of(share: Fraction | None, value: Decimal | None, decimals: int) -> Decimal | None:
    """Return a share of a target as a figure, rounded half up to the measure's decimals."""
    if share is None or value is None:
        return None
    scale: int = 10**decimals
    exact = share * Fraction(value) * scale
    return Decimal((2 * exact.numerator + exact.denominator) // (2 * exact.denominator)) / Decimal(scale)
