"""Everything that is known about a report, gathered in a handful of queries for any number of reports."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TypeVar
from uuid import UUID

from sqlalchemy import event
from sqlmodel import col, select

from minsheng.kernel.access import Session
from minsheng.kernel.db import Row
from minsheng.kernel.errors import FieldError
from minsheng.org.models import Unit
from minsheng.plans import aims, rules
from minsheng.plans import service as plans
from minsheng.plans.aimed import InForce
from minsheng.plans.lights import Judgement
from minsheng.plans.models import Plan
from minsheng.plans.terms import Terms, terms_of
from minsheng.programmes.models import Indicator, Item, Measure, Programme
from minsheng.reports.models import Report, ReportValue, Round
from minsheng.rule_sets import service as rule_sets
from minsheng.rule_sets.definition import RuleSet
from minsheng.targets.adjusted import approved, steps_of
from minsheng.targets.models import Target, Task
from minsheng.targets.states import standings

T = TypeVar("T", bound=Row)

_KEPT = "report_facts"

JUMP = 3
"""A month's figure beyond this many times the plan's pace so far is asked about."""

FAR_ABOVE = 10
"""A cumulative figure beyond this many times the target is probably in another unit of measure (R057)."""


@dataclass
class Figure:
    """One target of a report with the row that carries its figure, if there is one yet."""

    target: Target
    indicator: Indicator
    measure: Measure
    plan: rules.Plan
    rule_set: RuleSet
    on: date
    deadline: date
    row: ReportValue | None
    previous: Decimal | None
    terms: Terms
    start: date | None = None

    @cached_property
    def in_force(self) -> InForce:
        """Return what is in force at the end of the period."""
        found = self.terms.on(self.on, self.start, self.deadline)
        row = self.row
        if row is not None and row.numerator is not None and row.denominator is not None:
            found = replace(found, numerator=row.numerator, denominator=row.denominator)
        return found

    @property
    def value(self) -> Decimal | None:
        """Return the target's value in force at the end of the period."""
        return self.in_force.aim.value

    @property
    def fitted(self) -> rules.Plan:
        """Return the plan that goes with it."""
        return aims.fit(self.plan, self.in_force.aim, self.terms.slices)

    @cached_property
    def judgement(self) -> Judgement:
        """Judge the figure at the end of its period."""
        return plans.judge_at(
            self.rule_set,
            self.target.operator,
            self.indicator.accumulation,
            self.value,
            self.row.value if self.row and self.row.value is not None else self.previous,
            self.fitted,
            self.on,
            self.deadline,
            self.in_force,
        )

    def put(self, row: ReportValue) -> None:
        """Take the row that was just written, and judge anew when next asked."""
        self.row = row
        for kept in ("judgement", "in_force"):
            self.__dict__.pop(kept, None)

    @property
    def plan_value(self) -> Decimal | None:
        """Return the cumulative figure due at the end of the period, cut to the measure's decimals upwards."""
        aim = self.in_force.aim
        if aim.whole is None or aim.operator == "le" or aim.at_once:
            return None
        exact = rules.expected_value(self.fitted, aim.whole, self.on)
        scale: int = 10**self.measure.decimals
        upwards = -((-exact.numerator * scale) // exact.denominator)
        return Decimal(upwards) / Decimal(scale)


@dataclass
class ReportFacts:
    """A report with what it hangs on."""

    report: Report
    programme: Programme
    round: Round
    task: Task
    item: Item
    unit: Unit
    rule_set: RuleSet
    figures: list[Figure] = field(default_factory=list)

    @cached_property
    def by_target(self) -> dict[UUID, Figure]:
        """Return the figures by their target."""
        return {figure.target.id: figure for figure in self.figures}

    @property
    def behind(self) -> bool:
        """Say whether any figure that was typed is behind: then a cause is asked for."""
        return any(
            figure.judgement.bad for figure in self.figures if figure.row is not None and figure.row.value is not None
        )

    def problems(self) -> list[FieldError]:
        """Return what must be put right before the report goes in."""
        found: list[FieldError] = []
        for figure in self.figures:
            where = f"/cells/{figure.target.id}"
            name = figure.indicator.name
            row = figure.row
            if row is None or row.value is None:
                if self.report.excused:
                    continue
                found.append(FieldError(pointer=f"{where}/value", code="missing", message=f"“{name}”还没有填"))
                continue
            if figure.indicator.accumulation == "cumulative":
                previous, current = figure.previous or Decimal(0), row.current or Decimal(0)
                if previous + current != row.value:
                    message = f"“{name}”上期累计已变为 {previous}，与本期 {current}、累计 {row.value} 不符"
                    found.append(FieldError(pointer=f"{where}/value", code="sum-mismatch", message=message))
                if rules.fell(figure.previous, row.value) and not (row.fall_reason or "").strip():
                    message = f"“{name}”比上期减少，请写明原因"
                    found.append(FieldError(pointer=f"{where}/fall_reason", code="fall-unexplained", message=message))
        if self.behind:
            if not self.report.cause_code:
                found.append(FieldError(pointer="/cause_code", code="cause-missing", message="落后序时，请选原因"))
            if not (self.report.cause_note or "").strip():
                found.append(
                    FieldError(pointer="/cause_note", code="cause-missing", message="落后序时，请用一句话说明")
                )
        return found

    def warnings(self) -> list[FieldError]:
        """Return what is worth a second look but stops nobody."""
        found: list[FieldError] = []
        for figure in self.figures:
            row, target = figure.row, figure.in_force.aim.whole
            found += self._doubts(figure)
            plain = figure.indicator.kind in {"count", "frequency"} and figure.target.operator != "le"
            if row is None or row.value is None or not target or not plain:
                continue
            where = f"/cells/{figure.target.id}/value"
            if row.value > FAR_ABOVE * target:
                message = f"“{figure.indicator.name}”超过目标的 {FAR_ABOVE} 倍，请核对计量单位（{figure.measure.name}）"
                found.append(FieldError(pointer=where, code="unit-slip", message=message))
            elif figure.previous and row.current is not None and row.current > JUMP * figure.previous:
                message = f"“{figure.indicator.name}”本期数是以前累计的 {JUMP} 倍以上，请核对"
                found.append(FieldError(pointer=where, code="jump", message=message))
        return found

    def _doubts(self, figure: Figure) -> list[FieldError]:
        """Return what is doubtful about a part that exceeds its whole, or a rate above all there is."""
        row = figure.row
        if row is None or row.value is None:
            return []
        where, name = f"/cells/{figure.target.id}/value", figure.indicator.name
        if row.numerator is not None and row.denominator is not None and row.numerator > row.denominator:
            message = f"“{name}”的分子大于分母，请核对"
            return [FieldError(pointer=where, code="over-one", message=message)]
        for whole in self.figures:
            above = whole.row.value if whole.row else None
            if whole.indicator.id == figure.indicator.part_of and above is not None and row.value > above:
                message = f"其中项“{name}”{row.value} 大于“{whole.indicator.name}”{above}，请核对"
                return [FieldError(pointer=where, code="part-exceeds", message=message)]
        return []


def facts_of(session: Session, reports: Sequence[Report]) -> dict[UUID, ReportFacts]:
    """Gather the facts of reports; a report whose parts the caller may not see is left out.

    They are kept until the next flush: the guards behind every button ask for the same facts again.
    """
    kept: dict[UUID, ReportFacts] = session.info.setdefault(_KEPT, {})
    if any(report.id not in kept for report in reports):
        kept |= _gather(session, reports)
    return {report.id: kept[report.id] for report in reports if report.id in kept}


def keep(session: Session, facts: ReportFacts) -> None:
    """Go on with facts that were brought up to date by hand, instead of gathering them again after a flush."""
    session.info.setdefault(_KEPT, {})[facts.report.id] = facts


@event.listens_for(Session, "after_flush")
@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, *_: object) -> None:
    session.info.pop(_KEPT, None)


def _gather(session: Session, reports: Sequence[Report]) -> dict[UUID, ReportFacts]:
    programmes = rows_by_id(session, Programme, {report.programme_id for report in reports})
    rounds = rows_by_id(session, Round, {report.round_id for report in reports})
    tasks = rows_by_id(session, Task, {report.task_id for report in reports})
    items = rows_by_id(session, Item, {report.item_id for report in reports})
    units = rows_by_id(session, Unit, {report.unit_id for report in reports})
    in_force = rule_sets.all_in_force(session, {each.rule_set for each in programmes.values()})
    found: dict[UUID, ReportFacts] = {}
    for report in reports:
        unit = units.get(report.unit_id)
        if report.task_id in tasks and report.item_id in items and report.programme_id in programmes and unit:
            found[report.id] = ReportFacts(
                report=report,
                programme=programmes[report.programme_id],
                round=rounds[report.round_id],
                task=tasks[report.task_id],
                item=items[report.item_id],
                unit=unit,
                rule_set=in_force[programmes[report.programme_id].rule_set],
            )
    _add_figures(session, found)
    return found


def rows_by_id(session: Session, kind: type[T], keys: set[UUID]) -> dict[UUID, T]:
    """Return the visible rows among some ids."""
    found = session.exec(select(kind).where(col(kind.id).in_(keys))).all()
    return {row.id: row for row in found}


def _add_figures(session: Session, found: dict[UUID, ReportFacts]) -> None:
    task_ids = {facts.task.id for facts in found.values()}
    targets: dict[UUID, list[tuple[Target, Indicator, Measure, Plan | None]]] = defaultdict(list)
    made: tuple[Target, Indicator, Measure, Plan | None]
    for made in session.exec(
        select(Target, Indicator, Measure, Plan)
        .join(Indicator, col(Indicator.id) == col(Target.indicator_id))
        .join(Measure, col(Measure.id) == col(Indicator.measure_id))
        .join(Plan, col(Plan.target_id) == col(Target.id), isouter=True)
        .where(col(Target.task_id).in_(task_ids), Target.status != "void")
        .order_by(col(Indicator.id))
    ).all():
        targets[made[0].task_id].append(made)
    rows = {
        (row.report_id, row.target_id): row
        for row in session.exec(select(ReportValue).where(col(ReportValue.report_id).in_(found))).all()
    }
    keys = [each[0].id for group in targets.values() for each in group]
    earlier = _earlier(session, found, keys)
    changes = approved(session, targets=keys)
    states = standings(session, tasks=task_ids)
    for key, facts in found.items():
        for target, indicator, measure, plan in targets[facts.task.id]:
            row = rows.get((key, target.id))
            past = [entry for entry in earlier[target.id] if entry[0] < facts.round.ends_on]
            previous = past[-1][1] if past else None
            if facts.report.status != "draft":
                previous = row.previous if row else None
            facts.figures.append(
                Figure(
                    target=target,
                    indicator=indicator,
                    measure=measure,
                    plan=plans.shape(
                        plan.kind if plan else "straight",
                        plan.points if plan else [],
                        facts.task.issued_on,
                        facts.task.deadline,
                    ),
                    rule_set=facts.rule_set,
                    on=facts.round.ends_on,
                    deadline=facts.task.deadline,
                    row=row,
                    previous=previous,
                    terms=terms_of(
                        target, indicator, steps_of(changes.get(target.id, ())), states.get(target.task_id, ())
                    ),
                    start=facts.task.issued_on,
                )
            )


def _earlier(
    session: Session, found: dict[UUID, ReportFacts], target_ids: list[UUID]
) -> dict[UUID, list[tuple[date, Decimal]]]:
    """Return the figures that were submitted before, in order of their periods; drafts need them, others froze them."""
    past: dict[UUID, list[tuple[date, Decimal]]] = defaultdict(list)
    drafts = [facts.round.ends_on for facts in found.values() if facts.report.status == "draft"]
    if not drafts:
        return past
    for target_id, ends_on, value in session.exec(
        select(ReportValue.target_id, ReportValue.ends_on, ReportValue.value)  # type: ignore[call-overload]
        .join(Report, col(Report.id) == col(ReportValue.report_id))
        .where(
            col(ReportValue.target_id).in_(target_ids),
            ReportValue.ends_on < max(drafts),
            col(Report.status).not_in(["draft", "void"]),
            col(ReportValue.value).is_not(None),
        )
        .order_by(col(ReportValue.target_id), col(ReportValue.ends_on))
    ).all():
        past[target_id].append((ends_on, value))
    return past
