"""The terms of targets as they stand in the database: aim, adjustments, slices, and what holds on a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import col, select

from minsheng.kernel import quantity
from minsheng.kernel.access import Session
from minsheng.plans.aimed import InForce
from minsheng.plans.aims import Aim, Slices, period_ends
from minsheng.programmes.models import Indicator, Programme
from minsheng.targets.adjusted import Step, approved, in_force, steps_of
from minsheng.targets.models import Target
from minsheng.targets.states import Standing as State
from minsheng.targets.states import standing_on


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything that decides what a target asks for on a day."""

    aim: Aim
    slices: Slices = ()
    steps: Sequence[Step] = ()
    states: Sequence[State] = ()
    part_of: UUID | None = None
    per: int = 100

    @property
    def original(self) -> Decimal | None:
        """The value the target was issued with."""
        return self.steps[0][1][0] if self.steps else self.aim.value

    def on(self, day: date, start: date | None = None, deadline: date | None = None) -> InForce:
        """Return what is in force on a day; a count per period needs the span it runs over."""
        value, value_max = in_force((self.aim.value, self.aim.value_max), self.steps, day)
        aim = replace(self.aim, value=value, value_max=value_max)
        if aim.kind == "frequency" and start is not None and deadline is not None:
            aim = replace(aim, periods=len(period_ends(start, deadline, aim.per_period or "month")))
        held = [effective_on for effective_on, _ in self.steps if effective_on <= day]
        return InForce(
            aim=aim,
            original=self.original,
            adjusted_on=held[-1] if held else None,
            state=standing_on(self.states, day),
        )


def terms_of(target: Target, indicator: Indicator, steps: Sequence[Step] = (), states: Sequence[State] = ()) -> Terms:
    """Return the terms of one target."""
    return Terms(
        aim=Aim(
            operator=target.operator,
            value=target.value,
            value_max=target.value_max,
            kind=indicator.kind,
            accumulation=indicator.accumulation,
            baseline=target.baseline,
            floor=target.floor,
            stretch=target.stretch,
            levels=tuple(indicator.levels),
            per_period=indicator.per_period,
            approximate=target.approximate,
        ),
        slices=[(int(year), quantity.parse(value)) for year, value in target.slices],
        steps=steps,
        states=states,
        part_of=indicator.part_of,
        per=indicator.per,
    )


def uncommon(session: Session, programme: Programme, states: Mapping[UUID, Sequence[State]]) -> dict[UUID, Terms]:
    """Return the terms of those targets of a programme that are more than one value to reach or keep under.

    Nearly every target is plain, and a board reads thousands: only the others are loaded whole. Slices exist only
    where a list runs over several years.
    """
    changes = approved(session, programme=programme.id)
    found: dict[UUID, Terms] = {}
    wanted = [
        col(Target.operator) == "range",
        col(Target.floor).is_not(None),
        col(Target.stretch).is_not(None),
        col(Target.baseline).is_not(None),
        col(Target.approximate).is_(True),
        col(Indicator.kind) != "count",
        col(Indicator.part_of).is_not(None),
        col(Target.id).in_(changes.keys()),
        col(Target.task_id).in_(states.keys()),
    ]
    if programme.ends_on.year > programme.starts_on.year:
        wanted = [col(Target.id).is_not(None)]
    for target, indicator in session.exec(
        select(Target, Indicator)
        .join(Indicator, col(Indicator.id) == col(Target.indicator_id))
        .where(Target.programme_id == programme.id, Target.status == "issued", or_(*wanted))
    ).all():
        found[target.id] = terms_of(
            target, indicator, steps_of(changes.get(target.id, ())), states.get(target.task_id, ())
        )
    return found
