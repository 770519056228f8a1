"""What checks need beside the reports themselves, gathered in a few queries for any number of them.

Which checks there are, base figures and siblings are read for everybody alike: a figure is held
up or not, whoever looks.
Figures of the unit's other reports are read as the caller may see them, because messages name them.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlmodel import col, or_, select

from minsheng.checks.models import CheckRule, FigureExplanation
from minsheng.checks.schemas import Applies, Definition, RatioCheck, SumCheck
from minsheng.kernel.access import Access, Session
from minsheng.org.models import BaseFigure, Unit
from minsheng.programmes.models import Indicator, Item
from minsheng.reports.facts import ReportFacts
from minsheng.reports.models import Report, ReportValue
from minsheng.targets.models import Target, Task

Group = tuple[UUID | None, UUID, str]
"""Siblings: the task that was split, the indicator, the period."""

_DEFINITION: TypeAdapter[Definition] = TypeAdapter(Definition)

SILENT = ("draft", "void", "superseded")


@dataclass(frozen=True)
class Rule:
    """One check, ready to be asked."""

    id: UUID
    name: str
    severity: str
    unit_id: UUID
    programme_id: UUID | None
    definition: Definition
    applies: Applies
    message: str | None = None

    @property
    def named(self) -> tuple[UUID, ...]:
        """Return the indicators that the rule itself names."""
        if isinstance(self.definition, SumCheck):
            return tuple(each for each in (self.definition.total, *self.definition.parts) if each is not None)
        return (self.definition.over, self.definition.under) if isinstance(self.definition, RatioCheck) else ()


@dataclass
class Known:
    """What is known beside the reports themselves."""

    rules: Sequence[Rule] = ()
    above: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)
    over: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)
    bases: Mapping[tuple[UUID, str], list[tuple[int, Decimal]]] = field(default_factory=dict)
    siblings: Mapping[Group, Mapping[UUID, tuple[UUID, Decimal | None, Decimal | None]]] = field(default_factory=dict)
    others: Mapping[tuple[UUID, str, UUID], Mapping[UUID, tuple[Decimal | None, Decimal | None]]] = field(
        default_factory=dict
    )
    names: Mapping[UUID, str] = field(default_factory=dict)
    said: Mapping[tuple[UUID, UUID], Sequence[FigureExplanation]] = field(default_factory=dict)

    def base(self, unit: UUID, kind: str, year: int) -> Decimal | None:
        """Return the newest base figure of a unit up to a year."""
        found = [value for at, value in self.bases.get((unit, kind), ()) if at <= year]
        return found[-1] if found else None


def gather(session: Session, found: Collection[ReportFacts], trial: Rule | None = None) -> Known:
    """Gather what the active checks need, or the one that is tried."""
    known = Known(said=_said(session, found))
    with Session(session.connection(), access=Access.system("figures are checked alike"), write=False) as everybody:
        known.rules = [trial] if trial else in_force(everybody, {each.programme.id for each in found})
        if not known.rules:
            return known
        known.above = _chains(everybody, Unit, {each.unit.id for each in found})
        if any(rule.applies.items for rule in known.rules):
            known.over = _chains(everybody, Item, {each.item.id for each in found})
        siblings = [rule for rule in known.rules if rule.definition.kind == "siblings"]
        known.siblings = _siblings(everybody, found) if siblings else {}
        kinds = {kind for rule in known.rules if (kind := getattr(rule.definition, "base_kind", None))}
        units = {each.unit.id for each in found} | {
            unit for group in known.siblings.values() for unit, _, _ in group.values()
        }
        known.bases = _bases(everybody, kinds, units) if kinds else {}
    named = {key for rule in known.rules for key in rule.named}
    if named:
        known.names = dict(session.exec(select(Indicator.id, Indicator.name).where(col(Indicator.id).in_(named))).all())
        known.others = _others(session, found, named)
    return known


def in_force(session: Session, programmes: Collection[UUID]) -> list[Rule]:
    """Return the active checks that may concern some programmes."""
    rows = session.exec(
        select(CheckRule)
        .where(
            CheckRule.status == "active",
            col(CheckRule.unit_id).is_not(None),
            or_(col(CheckRule.programme_id).is_(None), col(CheckRule.programme_id).in_(programmes)),
        )
        .order_by(col(CheckRule.id))
    ).all()
    return [pure(row) for row in rows]


def content(definition: Mapping[str, Any], applies: Mapping[str, Any]) -> tuple[Definition, Applies]:
    """Return what a row keeps as it is asked; the same content is read once."""
    return _content(json.dumps(definition, sort_keys=True), json.dumps(applies, sort_keys=True))


@lru_cache(maxsize=1024)
def _content(definition: str, applies: str) -> tuple[Definition, Applies]:
    return _DEFINITION.validate_python(json.loads(definition)), Applies.model_validate(json.loads(applies))


def pure(row: CheckRule) -> Rule:
    """Return the check behind a row."""
    assert row.unit_id is not None  # noqa: S101 - patterns are never asked
    definition, applies = content(row.definition, row.applies)
    return Rule(row.id, row.name, row.severity, row.unit_id, row.programme_id, definition, applies, row.message)


def _chains(session: Session, kind: Any, keys: set[UUID]) -> dict[UUID, frozenset[UUID]]:  # noqa: ANN401 - a tree's table
    """Return, for each row of a tree, itself and everything above it, with one query a level."""
    parents: dict[UUID, UUID | None] = {}
    wanted = set(keys)
    while wanted:
        found = dict(session.exec(select(kind.id, kind.parent_id).where(kind.id.in_(wanted))).all())
        parents |= found
        wanted = {parent for parent in found.values() if parent and parent not in parents}
    chains = {}
    for key in keys:
        chain: set[UUID] = set()
        at: UUID | None = key
        while at is not None and at not in chain:
            chain.add(at)
            at = parents.get(at)
        chains[key] = frozenset(chain)
    return chains


def _bases(
    session: Session, kinds: Collection[str], units: Collection[UUID]
) -> dict[tuple[UUID, str], list[tuple[int, Decimal]]]:
    found: dict[tuple[UUID, str], list[tuple[int, Decimal]]] = defaultdict(list)
    for row in session.exec(
        select(BaseFigure)
        .where(col(BaseFigure.unit_id).in_(units), col(BaseFigure.kind).in_(kinds))
        .order_by(col(BaseFigure.year))
    ).all():
        found[row.unit_id, row.kind].append((row.year, row.value))
    return found


def _siblings(session: Session, found: Collection[ReportFacts]) -> dict[Group, dict[UUID, Any]]:
    """Return what units beside each other handed in, by task: the newest of corrected figures comes last and wins."""
    groups: dict[Group, dict[UUID, Any]] = defaultdict(dict)
    statement: Any = (
        select(  # type: ignore[call-overload]
            Task.parent_id,
            Target.indicator_id,
            Report.period,
            Task.id,
            Report.unit_id,
            ReportValue.value,
            ReportValue.current,
        )
        .join(Report, col(Report.id) == col(ReportValue.report_id))
        .join(Target, col(Target.id) == col(ReportValue.target_id))
        .join(Task, col(Task.id) == col(Target.task_id))
        .where(
            col(Report.round_id).in_({each.round.id for each in found}),
            col(Task.parent_id).in_({each.task.parent_id for each in found if each.task.parent_id}),
            col(Report.status).not_in(SILENT),
        )
        .order_by(col(Report.revision))
    )
    for parent, indicator, period, task, unit, value, current in session.exec(statement).all():
        groups[parent, indicator, period][task] = (unit, value, current)
    return groups


def _others(
    session: Session, found: Collection[ReportFacts], named: Collection[UUID]
) -> dict[tuple[UUID, str, UUID], dict[UUID, tuple[Decimal | None, Decimal | None]]]:
    """Return figures of the same units and periods in any of their reports, drafts too: they go up together."""
    figures: dict[tuple[UUID, str, UUID], dict[UUID, Any]] = defaultdict(dict)
    statement: Any = (
        select(  # type: ignore[call-overload]
            Report.unit_id,
            Report.period,
            Target.indicator_id,
            Report.task_id,
            ReportValue.value,
            ReportValue.current,
        )
        .join(Report, col(Report.id) == col(ReportValue.report_id))
        .join(Target, col(Target.id) == col(ReportValue.target_id))
        .where(
            col(Target.indicator_id).in_(named),
            col(Report.unit_id).in_({each.unit.id for each in found}),
            col(Report.period).in_({each.round.period for each in found}),
            col(Report.status).not_in(("void", "superseded")),
        )
        .order_by(col(Report.revision))
    )
    for unit, period, indicator, task, value, current in session.exec(statement).all():
        figures[unit, period, indicator][task] = (value, current)
    return figures


def _said(session: Session, found: Collection[ReportFacts]) -> dict[tuple[UUID, UUID], list[FigureExplanation]]:
    said: dict[tuple[UUID, UUID], list[FigureExplanation]] = defaultdict(list)
    targets = {figure.target.id for each in found for figure in each.figures}
    for row in session.exec(
        select(FigureExplanation)
        .where(
            col(FigureExplanation.target_id).in_(targets),
            col(FigureExplanation.round_id).in_({each.round.id for each in found}),
        )
        .order_by(col(FigureExplanation.id))
    ).all():
        said[row.target_id, row.round_id].append(row)
    return said
