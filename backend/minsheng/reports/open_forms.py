"""Reports as writing into very many of them needs: what each asks for and holds, as columns and without what is shown.

:mod:`minsheng.reports.facts` knows all about a report, lights and checks included, and costs accordingly. An import
only writes: of a report it takes the columns, of its list, item, unit and indicators one object for all.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import func
from sqlmodel import case, col, select

from minsheng.kernel.access import Session
from minsheng.kernel.db import Row
from minsheng.org.models import Unit
from minsheng.programmes.models import Indicator, Item, Measure, Programme
from minsheng.reports import contents, forms
from minsheng.reports.models import FORECAST, Report, ReportValue, Round
from minsheng.targets.models import Target, Task

T = TypeVar("T", bound=Row)

CHUNK = 2_000
"""Reports that are gathered together."""

REPORT = (
    *("id", "version", "programme_id", "round_id", "task_id", "item_id", "unit_id", "period"),
    *("status", "returned", "return_reason", "touched_at", "touched_by", *contents.WORDS),
)
VALUE = (
    *("id", "version", "report_id", "round_id", "target_id", "item_id", "unit_id", "ends_on", "previous"),
    *("basis", "source_note", "touched_at", "touched_by", *contents.FIGURES),
)


class _Target(NamedTuple):
    """The columns of a target that a figure is worked out with."""

    id: UUID
    operator: str


@dataclass(slots=True)
class OpenSlot:
    """One target of a report, and the columns of its figure if there is one yet."""

    target: _Target
    indicator: Indicator
    measure: Measure
    row: Any = None
    previous: Decimal | None = None
    last_basis: str | None = None


@dataclass(slots=True)
class OpenForm:
    """One report to write into."""

    report: Any
    programme: Programme
    round: Round
    item: Item
    unit: Unit
    figures: list[OpenSlot] = field(default_factory=list)
    by_target: dict[UUID, OpenSlot] = field(default_factory=dict)
    known: forms.Known = field(default_factory=lambda: forms.Known({}, ()))


class Around:
    """What many reports share, read once and kept."""

    def __init__(self) -> None:
        self._kept: dict[type[Row], dict[UUID, Any]] = defaultdict(dict)

    def rows(self, session: Session, kind: type[T], keys: Collection[UUID]) -> Mapping[UUID, T]:
        """Return the visible rows among some ids."""
        kept = self._kept[kind]
        if missing := set(keys) - kept.keys():
            kept |= {row.id: row for row in session.exec(select(kind).where(col(kind.id).in_(missing))).all()}
        return kept


def by_unit(session: Session, keys: Collection[UUID], *, hold: bool) -> list[UUID]:
    """Return the visible ones among some reports, those of a unit together; held until the transaction ends if asked.

    They are held in one order for everybody: two uploads of the same reports wait for each other and never for ever.
    """
    found: list[tuple[UUID, UUID]] = []
    ordered = sorted(keys)
    for begin in range(0, len(ordered), CHUNK):
        asked = (
            select(Report.unit_id, Report.id)
            .where(col(Report.id).in_(ordered[begin : begin + CHUNK]))
            .order_by(col(Report.id))
        )
        found += session.exec(asked.with_for_update() if hold else asked).all()
    return [key for _, key in sorted(found)]


def open_forms(session: Session, keys: Sequence[UUID], around: Around) -> dict[UUID, OpenForm]:
    """Gather reports by their ids; one whose parts the caller may not see is left out."""
    columns: Any = [getattr(Report, name) for name in REPORT]
    reports: Sequence[Any] = session.exec(select(*columns).where(col(Report.id).in_(keys))).all()
    seen = _shared(session, reports, around)
    # Asked by units alone: by their ids as well, SQLite would try each of them under each unit the caller may see.
    units = {each.unit_id for each in reports}
    visible = set(session.exec(select(Task.id).where(col(Task.unit_id).in_(units))).all())
    found = {
        each.id: OpenForm(each, programme, round_, item, unit)
        for each in reports
        if each.task_id in visible
        and (programme := seen[Programme].get(each.programme_id))
        and (round_ := seen[Round].get(each.round_id))
        and (item := seen[Item].get(each.item_id))
        and (unit := seen[Unit].get(each.unit_id))
    }
    _add_slots(session, found, around)
    _add_words(session, found)
    return found


def _shared(session: Session, reports: Sequence[Any], around: Around) -> dict[type[Row], Mapping[UUID, Any]]:
    parts: tuple[tuple[type[Row], str], ...] = (
        (Programme, "programme_id"),
        (Round, "round_id"),
        (Item, "item_id"),
        (Unit, "unit_id"),
    )
    return {kind: around.rows(session, kind, {getattr(each, name) for each in reports}) for kind, name in parts}


def _add_slots(session: Session, found: Mapping[UUID, OpenForm], around: Around) -> None:
    # A plan or a text is due, and no figure (R164).
    asking = [form for form in found.values() if form.round.content == "figures"]
    tasks = {form.report.task_id for form in asking}
    targets: dict[UUID, list[Any]] = defaultdict(list)
    for each in session.exec(
        select(Target.id, Target.operator, Target.task_id, Target.indicator_id).where(
            col(Target.task_id).in_(tasks),
            # Told the few units, a database does not look through all that the caller may see.
            col(Target.unit_id).in_({form.unit.id for form in asking}),
            Target.status != "void",
        )
    ).all():
        targets[each.task_id].append(each)  # type: ignore[attr-defined]
    keys = {each.indicator_id for part in targets.values() for each in part}
    indicators = around.rows(session, Indicator, keys)
    measures = around.rows(session, Measure, {indicators[key].measure_id for key in keys & indicators.keys()})
    columns: Any = [getattr(ReportValue, name) for name in VALUE]
    statement: Any = select(*columns).where(col(ReportValue.report_id).in_([form.report.id for form in asking]))
    held = {(row.report_id, row.target_id): row for row in session.exec(statement).all()}
    before = _before(session, asking)
    for form in asking:
        report, round_ = form.report, form.round
        drafted = report.status == "draft"
        for each in sorted(targets[report.task_id], key=lambda each: each.indicator_id):
            indicator = indicators.get(each.indicator_id)
            if indicator is None:
                continue
            row = held.get((report.id, each.id))
            previous, basis = before.get((each.id, round_.starts_on, round_.ends_on), (None, None))
            if not drafted:
                previous = row.previous if row is not None else None
            slot = OpenSlot(
                _Target(each.id, each.operator), indicator, measures[indicator.measure_id], row, previous, basis
            )
            form.figures.append(slot)
            form.by_target[each.id] = slot


def _before(
    session: Session, asking: Collection[OpenForm]
) -> dict[tuple[UUID, date, date], tuple[Decimal | None, str | None]]:
    """Return the last figure that was handed in before each period, and what the last one within or before rested on.

    As :mod:`minsheng.reports.facts` has it: of two that end together the longer counts, of a correction and what it
    corrects the newer.
    """
    spans = {(form.round.starts_on, form.round.ends_on) for form in asking}
    handed_in = (
        col(Report.task_id).in_({form.report.task_id for form in asking}),
        col(Report.unit_id).in_({form.unit.id for form in asking}),
        col(Report.status).not_in(forms.UNSAID),
        col(ReportValue.value).is_not(None),
        ReportValue.state != FORECAST,
    )
    found: dict[tuple[UUID, date, date], tuple[Decimal | None, str | None]] = {}
    for starts_on, ends_on in spans:
        ends: Any = ReportValue.ends_on
        columns: Any = [ReportValue.target_id, func.max(case((ends < starts_on, ends))), func.max(ends)]
        newest: Any = (
            select(*columns)
            .join(Report, col(Report.id) == col(ReportValue.report_id))
            .where(*handed_in, ends < ends_on)
            .group_by(col(ReportValue.target_id))
        )
        days: dict[UUID, tuple[date | None, date]] = {
            target: (before, last) for target, before, last in session.exec(newest).all()
        }
        if not days:
            continue
        columns = [ReportValue.target_id, ReportValue.ends_on, ReportValue.value, ReportValue.source_basis]
        statement: Any = (
            select(*columns)
            .join(Report, col(Report.id) == col(ReportValue.report_id))
            .join(Round, col(Round.id) == col(Report.round_id))
            .where(*handed_in, ends.in_({day for pair in days.values() for day in pair if day}))
            .order_by(col(Round.starts_on).desc(), col(Report.revision))
        )
        for target, day, value, basis in session.exec(statement).all():
            before, last = days.get(target, (None, None))
            figure, source = found.get((target, starts_on, ends_on), (None, None))
            if day == before:
                figure = value
            if day == last:
                source = basis
            found[target, starts_on, ends_on] = figure, source
    return found


def _add_words(session: Session, found: Mapping[UUID, OpenForm]) -> None:
    tasks, units = ({getattr(form.report, name) for form in found.values()} for name in ("task_id", "unit_id"))
    words = forms.last_words(session, tasks, units)
    for form in found.values() if words else ():
        earlier = [said for period, said in words.get(form.report.task_id, ()) if period < form.round.period]
        if earlier:
            form.known = forms.Known(earlier[-1], ())
