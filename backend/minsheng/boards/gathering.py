"""What every light of a programme is made of, gathered in a handful of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from sqlmodel import col, select

from minsheng.boards.terms import Pair, add_terms, rolled
from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.milestones import service as milestones
from minsheng.org.service import unit_names
from minsheng.plans import rules
from minsheng.plans import service as plans
from minsheng.plans.models import Plan
from minsheng.plans.terms import Terms
from minsheng.plans.verdicts import Case, Due, Waiver
from minsheng.programmes.models import Indicator, Measure, Programme
from minsheng.reports import histories
from minsheng.reports.models import COUNTED, FORECAST, Report, ReportValue, Round
from minsheng.reports.rounds import leading
from minsheng.targets.models import Target, Task


@dataclass
class Entry:
    """One target with everything its light may hang on; sums are made from the entries beneath."""

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
    issued_on: date | None
    measure_name: str = ""
    reported: list[tuple[date, Decimal]] = field(default_factory=list)
    unaccepted: set[date] = field(default_factory=set)
    dues: tuple[Due, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    milestones: tuple[rules.DatedWeight, ...] = ()
    terms: Terms | None = None
    rated: list[Pair] = field(default_factory=list)
    unit_name: str = ""
    depth: int = 0
    ends: tuple[date, ...] = ()
    children: list["Entry"] = field(default_factory=list)

    @property
    def leaf(self) -> bool:
        """Whether it is reported directly."""
        return not self.children

    def leaves(self) -> Iterable["Entry"]:
        """Return the entries that are reported directly beneath this one."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()

    @cached_property
    def figures(self) -> tuple[tuple[date, Decimal], ...]:
        """The counted figures in order; of a sum or a rate of two figures, one for every day a part was reported."""
        if self.leaf:
            return tuple(self.reported)
        if self.aggregation == "ratio":
            return tuple((day, rate) for day, _, _, rate in rolled(self))
        if self.aggregation != "sum":
            return ()
        total = Decimal(0)
        known: dict[UUID, Decimal] = {}
        days: dict[date, Decimal] = {}
        for on, key, value in sorted(
            (on, leaf.target_id, value) for leaf in self.leaves() for on, value in leaf.figures
        ):
            # Twelve digits and six places, added a few thousand times: within the 28 digits of the default context.
            total += value - known.get(key, Decimal(0))
            known[key] = value
            days[on] = total
        return tuple(days.items())

    @cached_property
    def case(self) -> Case:
        """What the light is judged by."""
        return Case(
            operator=self.operator,
            accumulation=self.accumulation,
            target=self.value,
            plan=self.plan,
            line=rules.StraightLine(self.issued_on or self.deadline, self.deadline),
            deadline=self.deadline,
            figures=self.figures,
            dues=self.dues,
            ends=self.ends,
            waivers=self.waivers,
            own=self.unit_name,
            terms=self.terms,
            milestones=self.milestones,
            bounds=self.ends,
            pairs=tuple(self.rated if self.leaf else [each[:3] for each in rolled(self)]) if self.terms else (),
        )


@dataclass
class Gathered:
    """All issued targets of one programme in a session's scope, and the rounds that its lights follow."""

    programme: Programme
    rounds: Sequence[Round]
    entries: list[Entry]

    @cached_property
    def due_on(self) -> date | None:
        """End of the last round that fell due."""
        now = clock.now()
        return max((each.ends_on for each in self.rounds if each.due_at <= now), default=None)


def gather(session: Session, programme: Programme, *, reports: bool = False) -> Gathered:
    """Gather every issued target of a programme; ``reports`` adds when reports were due and came in."""
    rounds = leading(session, programme.id)
    entries = _entries(session, programme)
    _add_figures(session, programme, entries)
    add_terms(session, programme, entries)
    excused = histories.waivers(session, [programme.id])
    dues = histories.dues(session, [programme.id]) if reports else {}
    steps = milestones.weights(session, programme=programme.id)
    for entry in entries:
        entry.milestones = steps.get(entry.task_id, ())
        entry.waivers = excused.get(entry.target_id, ())
        entry.dues = dues.get(entry.task_id, ())
    by_task = {(entry.task_id, entry.indicator_id): entry for entry in entries}
    names = unit_names(session, {entry.unit_id for entry in entries})
    ends = tuple(each.ends_on for each in rounds)
    for entry in entries:
        entry.unit_name = names.get(entry.unit_id, "")
        entry.ends = ends
        parent = by_task.get((entry.parent_id, entry.indicator_id)) if entry.parent_id else None
        if parent is not None:
            parent.children.append(entry)
    for entry in entries:
        if entry.parent_id is None or (entry.parent_id, entry.indicator_id) not in by_task:
            _set_depth(entry, 0)
    return Gathered(programme, rounds, entries)


def _set_depth(entry: Entry, depth: int) -> None:
    entry.depth = depth
    for child in entry.children:
        _set_depth(child, depth + 1)


def _entries(session: Session, programme: Programme) -> list[Entry]:
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
        # Of equals the first is shown: on every database and every day the same one.
        .order_by(col(Target.id))
    ).all()
    return [
        Entry(
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
            issued_on=issued_on,
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


def _add_figures(session: Session, programme: Programme, entries: list[Entry]) -> None:
    """Give each target its counted figures in order of their periods, and which of them are not accepted yet."""
    by_target = {entry.target_id: entry for entry in entries}
    for target, ends_on, value, status in session.exec(
        select(ReportValue.target_id, ReportValue.ends_on, ReportValue.value, Report.status)  # type: ignore[call-overload]
        .join(Report, col(Report.id) == col(ReportValue.report_id))
        .join(Round, col(Round.id) == col(Report.round_id))
        .where(
            Report.programme_id == programme.id,
            col(Report.status).in_(COUNTED),
            col(ReportValue.value).is_not(None),
            ReportValue.state != FORECAST,
        )
        # Two periods that end on one day: the figure of the longer one is the one that counts.
        .order_by(col(ReportValue.ends_on), col(Round.starts_on).desc())
    ).all():
        entry = by_target.get(target)
        if entry is not None:
            if entry.reported and entry.reported[-1][0] == ends_on:
                entry.reported.pop()
                entry.unaccepted.discard(ends_on)
            entry.reported.append((ends_on, value))
            if status != "accepted":
                entry.unaccepted.add(ends_on)
