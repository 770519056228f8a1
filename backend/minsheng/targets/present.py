"""Targets, adjustments and states as answers: each with the names it needs, in a handful of queries."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from minsheng.kernel import quantity
from minsheng.kernel.access import Session
from minsheng.org.service import unit_names
from minsheng.programmes.models import Indicator, Item, Measure
from minsheng.targets.adjusted import approved
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
    "operator",
    "value",
    "value_max",
    "floor",
    "stretch",
    "baseline",
    "approximate",
    "origin",
    "quota",
    "basis",
    "source_note",
    "source_document",
    "rate_base",
)


def present_targets(session: Session, tasks: Sequence[UUID]) -> dict[UUID, list[TargetOut]]:
    """Return the targets of tasks, with what they were issued with and every change since."""
    found: dict[UUID, list[TargetOut]] = defaultdict(list)
    targets = session.exec(
        select(Target).where(col(Target.task_id).in_(tasks), Target.status != "void").order_by(col(Target.indicator_id))
    ).all()
    changes = approved(session, targets=[target.id for target in targets])
    for target in targets:
        found[target.task_id].append(present_target(target, changes.get(target.id, [])))
    return found


def present_target(target: Target, changes: Sequence[TargetAdjustment]) -> TargetOut:
    """Return one target with its changes."""
    stated = None
    if (target.stated_actual, target.stated_rate) != (None, None):
        stated = StatedOut(actual=target.stated_actual, rate=target.stated_rate, on=target.stated_on)
    pressure = None
    if target.value is not None and target.quota is not None:
        pressure = quantity.total((target.value, target.quota.copy_negate()))
    return TargetOut(
        **{name: getattr(target, name) for name in _SAME},
        original_value=changes[0].old_value if changes else target.value,
        pressure=pressure,
        slices=[SliceOut(year=int(year), value=quantity.parse(value)) for year, value in target.slices],
        stated=stated,
        adjustments=[AdjustmentBrief.model_validate(each) for each in changes],
    )


def present_adjustments(session: Session, found: Sequence[TargetAdjustment]) -> list[AdjustmentOut]:
    """Return adjustments with names and buttons."""
    names = _names(session, found)
    titles = _titles(session, {row.item_id for row in found})
    known = {
        target: (operator, indicator, measure)
        for target, operator, indicator, measure in session.exec(
            select(Target.id, Target.operator, Indicator.name, Measure.name)
            .join(Indicator, col(Indicator.id) == col(Target.indicator_id))
            .join(Measure, col(Measure.id) == col(Indicator.measure_id))
            .where(col(Target.id).in_({row.target_id for row in found}))
        ).all()
    }
    answers = []
    for row in found:
        operator, indicator, measure = known.get(row.target_id, ("ge", None, None))
        answers.append(
            AdjustmentOut(
                **row.model_dump(exclude={"created_at", "decided_unit_id"}),
                item_title=titles.get(row.item_id),
                indicator_name=indicator,
                measure_name=measure,
                operator=operator,  # type: ignore[arg-type]
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
