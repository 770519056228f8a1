"""Targets, adjustments and states as answers: each with the names it needs, in a handful of queries."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from minsheng.kernel import clock, quantity
from minsheng.kernel.access import Session
from minsheng.org.service import unit_names
from minsheng.programmes.models import Indicator, Item, Measure
from minsheng.targets.adjusted import Changes, in_force, version_of
from minsheng.targets.models import Target, TargetAdjustment, TaskState
from minsheng.targets.policy import ADJUSTMENT, STATE
from minsheng.targets.schemas import (
    AdjustmentBrief,
    AdjustmentOut,
    SliceOut,
    StatedOut,
    StateOut,
    TargetOut,
)

_SAME = (
    "id",
    "indicator_id",
    "floor",
    "baseline",
    "approximate",
    "origin",
    "quota",
    "basis",
    "source_note",
    "source_document",
    "rate_base",
)


def present_targets(session: Session, tasks: Sequence[UUID], changes: Changes) -> dict[UUID, list[TargetOut]]:
    """Return the targets of tasks, with what they were issued with and every change since."""
    found: dict[UUID, list[TargetOut]] = defaultdict(list)
    targets = session.exec(
        select(Target).where(col(Target.task_id).in_(tasks), Target.status != "void").order_by(col(Target.indicator_id))
    ).all()
    for target in targets:
        found[target.task_id].append(present_target(target, changes))
    return found


def present_target(target: Target, changes: Changes) -> TargetOut:
    """Return one target with its changes; what was decided ahead of its day is not in force yet."""
    stated = None
    if (target.stated_actual, target.stated_rate) != (None, None):
        stated = StatedOut(actual=target.stated_actual, rate=target.stated_rate, on=target.stated_on)
    now = in_force(version_of(target), changes.steps(target.id), clock.today())
    first = changes.first(target)
    pressure = None
    if now.value is not None and target.quota is not None:
        pressure = quantity.total((now.value, target.quota.copy_negate()))
    return TargetOut(
        **{name: getattr(target, name) for name in _SAME},
        operator=now.operator,  # type: ignore[arg-type]
        value=now.value,
        value_max=now.value_max,
        stretch=now.stretch,
        original_value=first.value,
        original_value_max=first.value_max,
        original_operator=first.operator,  # type: ignore[arg-type]
        original_stretch=first.stretch,
        pressure=pressure,
        slices=[SliceOut(year=int(year), value=quantity.parse(value)) for year, value in target.slices],
        stated=stated,
        adjustments=[AdjustmentBrief.model_validate(each) for each in changes.of(target.id)],
    )


def present_adjustments(session: Session, found: Sequence[TargetAdjustment]) -> list[AdjustmentOut]:
    """Return adjustments with names and buttons."""
    names = _names(session, found)
    titles = _titles(session, {row.item_id for row in found})
    known = {
        target: (indicator, measure)
        for target, indicator, measure in session.exec(
            select(Target.id, Indicator.name, Measure.name)
            .join(Indicator, col(Indicator.id) == col(Target.indicator_id))
            .join(Measure, col(Measure.id) == col(Indicator.measure_id))
            .where(col(Target.id).in_({row.target_id for row in found}))
        ).all()
    }
    answers = []
    for row in found:
        indicator, measure = known.get(row.target_id, (None, None))
        answers.append(
            AdjustmentOut(
                **row.model_dump(exclude={"created_at", "decided_unit_id"}),
                item_title=titles.get(row.item_id),
                indicator_name=indicator,
                measure_name=measure,
                unit_name=names.get(row.unit_id),
                asked_at=row.created_at,
                decided_unit_name=names.get(row.decided_unit_id) if row.decided_unit_id else None,
                actions=ADJUSTMENT.actions(session, row),
            )
        )
    return answers


def present_states(session: Session, found: Sequence[TaskState]) -> list[StateOut]:
    """Return states with names and buttons."""
    names = _names(session, found)
    titles = _titles(session, {row.item_id for row in found})
    return [
        StateOut(
            **row.model_dump(exclude={"created_at", "decided_unit_id"}),
            item_title=titles.get(row.item_id),
            unit_name=names.get(row.unit_id),
            asked_at=row.created_at,
            decided_unit_name=names.get(row.decided_unit_id) if row.decided_unit_id else None,
            actions=STATE.actions(session, row),
        )
        for row in found
    ]


def _names(session: Session, found: Sequence[TargetAdjustment] | Sequence[TaskState]) -> dict[UUID, str]:
    return unit_names(session, {unit for row in found for unit in (row.unit_id, row.decided_unit_id) if unit})


def _titles(session: Session, items: set[UUID]) -> dict[UUID, str]:
    return dict(session.exec(select(Item.id, Item.title).where(col(Item.id).in_(items))).all())
