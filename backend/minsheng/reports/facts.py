"""Everything that is known about a report, gathered in a handful of queries for any number of reports."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
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
from minsheng.milestones import service as milestones
from minsheng.org.models import Unit
from minsheng.plans import rules
from minsheng.plans import service as plans
from minsheng.plans.models import Plan
from minsheng.plans.terms import Terms, terms_of
from minsheng.plans.verdicts import Case, Others
from minsheng.programmes.models import Indicator, Item, Measure, Programme
from minsheng.reports import checking, contents, forms, histories
from minsheng.reports.disputes import disputed
from minsheng.reports.judged import Figure, Figures
from minsheng.reports.models import FORECAST, Report, ReportComment, ReportValue, Round
from minsheng.reports.rounds import leading
from minsheng.rule_sets import service as rule_sets
from minsheng.rule_sets.definition import RuleSet
from minsheng.targets.adjusted import approved
from minsheng.targets.models import Target, Task
from minsheng.targets.states import standings

T = TypeVar("T", bound=Row)

_KEPT = "report_facts"

Comparison = Callable[[Session, Programme, date], Mapping[UUID, Others]]

comparisons: list[Comparison] = []
"""Tells whom each target of a list is compared with on a day; the boards, which see whole lists, add themselves."""

Answers = Callable[[Session, Collection[UUID]], Mapping[UUID, list[dict[str, str]]]]

answers: list[Answers] = []
"""Names the files, by name and hash, that were attached to some reports: in a round of texts a file alone answers."""

JUMP = 3
"""A month's figure beyond this many times the plan's pace so far is asked about."""

FAR_ABOVE = 10
"""A cumulative figure beyond this many times the target is probably in another unit of measure (R057)."""


@dataclass
class ReportFacts:
    """A report with what it hangs on.

    ``later`` is the correction of it that was not given up, ``split`` whether its task was handed on, ``baseline`` what
    it is compared with, ``answered`` whether something else than its own text says what is due. Of a text that a unit
    owes once, task and item are those it was first asked with.
    """

    report: Report
    programme: Programme
    round: Round
    task: Task
    item: Item
    unit: Unit
    rule_set: RuleSet
    figures: list[Figure] = field(default_factory=list)
    later: Report | None = None
    split: bool = False
    known: forms.Known = field(default_factory=lambda: forms.Known({}, ()))
    baseline: contents.Baseline | None = None
    comments: list[ReportComment] = field(default_factory=list)
    answered: bool = False
    inspectors: list[checking.Inspector] = field(default_factory=list)

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

    def changes(self) -> list[contents.Difference]:
        """Return what differs from what was approved, where an approval was taken back or is being corrected."""
        if self.baseline is None:
            return []
        rows = [figure.row for figure in self.figures if figure.row is not None]
        return contents.differences(self.baseline.snapshot, contents.taken(self.report, rows))

    def findings(self) -> list[checking.Finding]:
        """Return what the active checks find, judged by the figures as they stand now."""
        return [found for inspector in self.inspectors for found in inspector.findings(self)]

    def problems(self) -> list[FieldError]:
        """Return what must be put right before the report goes in."""
        return self._text_missing() if self.round.content == "document" else self._figures_wrong()

    def _figures_wrong(self) -> list[FieldError]:
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
        return found + checking.refusals(self.findings())

    def _text_missing(self) -> list[FieldError]:
        if self.answered or self.report.excused or (self.report.note or "").strip():
            return []
        return [
            FieldError(pointer="/note", code="text-missing", message=f"请写明“{self.round.title}”的内容，或上传文件")
        ]

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
        return found + checking.doubts(self.findings())

    def _doubts(self, figure: Figure) -> list[FieldError]:
        """Return what is doubtful about a part that exceeds its whole, or a rate above all there is."""
        row = figure.row
        if row is None or row.value is None:
            return []
        found = _rests_on(figure, row)
        if found:
            return found
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


def _rests_on(figure: Figure, row: ReportValue) -> list[FieldError]:
    """Doubt an estimate that would close the target: rough figures say how far it is, not that it is done (R143)."""
    rough = row.source_basis in {"estimate", "projected"} or row.approx
    whole = figure.in_force.aim.whole
    if row.value is None or row.state == FORECAST or not rough or not whole or figure.target.operator == "le":
        return []
    if row.value < whole:
        return []
    message = f"“{figure.indicator.name}”是估算数或约数，不能作为完成的依据，请补实数"
    return [FieldError(pointer=f"/cells/{figure.target.id}/value", code="estimate-closes", message=message)]


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
    items = rows_by_id(session, Item, {key for each in reports if (key := _item_of(tasks, each))})
    units = rows_by_id(session, Unit, {report.unit_id for report in reports})
    in_force = rule_sets.all_in_force(session, {each.rule_set for each in programmes.values()})
    later = {
        row.corrects_id: row
        for row in session.exec(
            select(Report).where(col(Report.corrects_id).in_([each.id for each in reports]), Report.status != "void")
        ).all()
    }
    found: dict[UUID, ReportFacts] = {}
    for report in reports:
        unit = units.get(report.unit_id)
        about = _item_of(tasks, report)
        item = items.get(about) if about else None
        if report.task_id in tasks and item and report.programme_id in programmes and unit:
            found[report.id] = ReportFacts(
                report=report,
                programme=programmes[report.programme_id],
                round=rounds[report.round_id],
                task=tasks[report.task_id],
                item=item,
                unit=unit,
                rule_set=in_force[programmes[report.programme_id].rule_set],
                later=later.get(report.id),
            )
    for key, files in papers(session, {key for key, each in found.items() if each.round.content == "document"}).items():
        found[key].answered = bool(files)
    _add_figures(session, found)
    _add_around(session, found)
    inspectors = [inspect(session, found.values()) for inspect in checking.inspections] if found else []
    for facts in found.values():
        facts.inspectors = inspectors
    return found


def papers(session: Session, reports: Collection[UUID]) -> dict[UUID, list[dict[str, str]]]:
    """Return the files that answer reports in rounds of texts."""
    found: dict[UUID, list[dict[str, str]]] = defaultdict(list)
    for answer in answers if reports else ():
        for key, files in answer(session, reports).items():
            found[key] += files
    return found


def _item_of(tasks: Mapping[UUID, Task], report: Report) -> UUID | None:
    task = tasks.get(report.task_id)
    return report.item_id or (task.item_id if task else None)


def _add_around(session: Session, found: Mapping[UUID, ReportFacts]) -> None:
    """Add what is known before anybody types, what was approved, and what was said."""
    reports = [each.report for each in found.values()]
    for key, baseline in contents.baselines(session, reports).items():
        found[key].baseline = baseline
    for comment in session.exec(
        select(ReportComment).where(col(ReportComment.report_id).in_(found)).order_by(col(ReportComment.id))
    ).all():
        found[comment.report_id].comments.append(comment)
    tasks = {each.task_id for each in reports}
    split = set(
        session.exec(select(Task.parent_id).where(col(Task.parent_id).in_(tasks), Task.status == "issued")).all()
    )
    words, sentences = forms.last_words(session, tasks), forms.reached(session, tasks)
    for facts in found.values():
        round_ = facts.round
        if facts.report.item_id is None:
            # It speaks for the unit, and not for the task that it was first asked with.
            continue
        facts.split = facts.task.id in split
        earlier = [said for period, said in words[facts.task.id] if period < round_.period]
        facts.known = forms.Known(
            earlier[-1] if earlier else {},
            [text for day, text in sentences[facts.task.id] if round_.starts_on <= day <= round_.ends_on],
        )


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
    past, bases = _handed_in(session, task_ids)
    changes = approved(session, tasks=task_ids)
    states = standings(session, tasks=task_ids)
    around = _Around(session, found.values())
    disputes = disputed(session, programmes={facts.programme.id for facts in found.values()})
    for key, facts in found.items():
        # A plan or a text is due, and no figure (R164).
        asked = targets[facts.task.id] if facts.round.content == "figures" else ()
        for target, indicator, measure, plan in asked:
            row = rows.get((key, target.id))
            earlier = [each for each in past[target.id] if each[0] < facts.round.starts_on]
            previous = earlier[-1][1] if earlier else None
            if facts.report.status != "draft":
                previous = row.previous if row else None
            known = terms_of(
                target,
                indicator,
                changes,
                states.get(target.task_id, ()),
                plan.deadline_changes if plan else 0,
            )
            facts.figures.append(
                Figure(
                    target=target,
                    indicator=indicator,
                    measure=measure,
                    rule_set=facts.rule_set,
                    on=facts.round.ends_on,
                    status=facts.report.status,
                    row=row,
                    previous=previous,
                    known=around.case(facts, target, indicator, plan, known),
                    past=past[target.id],
                    last_basis=next(
                        (each for on, each in reversed(bases[target.id]) if on < facts.round.ends_on), None
                    ),
                    others=around.others(facts, target.id),
                    dispute=disputes.get(target.id),
                )
            )


def _handed_in(
    session: Session, tasks: Collection[UUID]
) -> tuple[dict[UUID, Figures], dict[UUID, list[tuple[date, str | None]]]]:
    """Return the figures that were submitted, in order of their periods, and beside them what each rested on.

    Of two that end together the longer is last.
    """
    past: dict[UUID, Figures] = defaultdict(list)
    bases: dict[UUID, list[tuple[date, str | None]]] = defaultdict(list)
    for target_id, basis, *figures in session.exec(
        select(  # type: ignore[call-overload]
            ReportValue.target_id,
            ReportValue.source_basis,
            ReportValue.ends_on,
            ReportValue.value,
            ReportValue.numerator,
            ReportValue.denominator,
            Report.status,
        )
        .join(Report, col(Report.id) == col(ReportValue.report_id))
        .join(Round, col(Round.id) == col(Report.round_id))
        .where(
            # By tasks, which lead to few reports each: SQLite would try each target of a county on each of its reports.
            col(Report.task_id).in_(tasks),
            # Of a month that is being corrected both rows are known, the newer one last.
            col(Report.status).not_in(["draft", "superseded", "void"]),
            col(ReportValue.value).is_not(None),
            ReportValue.state != FORECAST,
        )
        .order_by(
            col(ReportValue.target_id),
            col(ReportValue.ends_on),
            col(Round.starts_on).desc(),
            col(Report.revision),
        )
    ).all():
        past[target_id].append(tuple(figures))
        bases[target_id].append((figures[0], basis))
    return past, bases


class _Around:
    """What the rules in force ask for beside the figures, read once for all reports and only where a rule asks."""

    def __init__(self, session: Session, found: Collection[ReportFacts]) -> None:
        self._session = session
        tasks = {facts.task.id for facts in found}

        def of(asks: Callable[[RuleSet], bool]) -> set[UUID]:
            return {facts.programme.id for facts in found if asks(facts.rule_set)}

        excusing = of(lambda each: each.waived is not None)
        watching = of(lambda each: each.watches_reports)
        counting = of(lambda each: bool(each.repeats or each.others))
        self._waivers = histories.waivers(session, excusing) if excusing else {}
        self._dues = histories.dues(session, watching, tasks) if watching else {}
        stepping = any(facts.rule_set.progress.base == "milestone" for facts in found)
        self._milestones = milestones.weights(session, tasks=tasks) if stepping else {}
        self._ends: dict[UUID, list[date]] = defaultdict(list)
        if counting:
            for programme in counting:
                self._ends[programme] = [each.ends_on for each in leading(session, programme)]
        self._others: dict[tuple[UUID, date], Mapping[UUID, Others]] = {}

    def case(self, facts: ReportFacts, target: Target, indicator: Indicator, plan: Plan | None, known: Terms) -> Case:
        """Return what the light of a target hangs on, without its figures."""
        issued, deadline = facts.task.issued_on, facts.task.deadline
        return Case(
            operator=target.operator,
            accumulation=indicator.accumulation,
            target=target.value,
            plan=plans.shape(plan.kind if plan else "straight", plan.points if plan else [], issued, deadline),
            line=rules.StraightLine(issued or deadline, deadline),
            deadline=deadline,
            dues=self._dues.get(facts.task.id, ()),
            ends=tuple(self._ends[facts.programme.id]),
            waivers=self._waivers.get(target.id, ()),
            own=facts.unit.name,
            terms=known,
            milestones=self._milestones.get(facts.task.id, ()),
        )

    def others(self, facts: ReportFacts, target: UUID) -> Others | None:
        """Return whom a rule that compares compares a target with."""
        if not facts.rule_set.compares or not comparisons:
            return None
        key = (facts.programme.id, facts.round.ends_on)
        if key not in self._others:
            self._others[key] = comparisons[0](self._session, facts.programme, facts.round.ends_on)
        return self._others[key].get(target)
