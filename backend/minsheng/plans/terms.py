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
from minsheng.plans.aims import Aim, Slices, period_ends, stretched
from minsheng.plans.models import Plan as PlanRow
from minsheng.plans.rules import MonthlyVector, Plan, StraightLine
from minsheng.programmes.models import Indicator, Programme
from minsheng.targets.adjusted import Changes, DeadlineStep, Step, Version, approved, in_force
from minsheng.targets.models import Target
from minsheng.targets.states import Standing as State
from minsheng.targets.states import standing_on


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything that decides what a target asks for on a day.

    ``known_deadlines`` is how many of the ``deadlines`` the plan was made with.
    """

    aim: Aim
    slices: Slices = ()
    steps: Sequence[Step] = ()
    deadlines: Sequence[DeadlineStep] = ()
    known_deadlines: int = 0
    states: Sequence[State] = ()
    part_of: UUID | None = None
    per: int = 100

    @property
    def original(self) -> Decimal | None:
        """The value the target was issued with."""
        return self.steps[0][1].value if self.steps else self.aim.value

    def deadline(self, day: date, present: date) -> date:
        """Return the deadline in force on a day; ``present`` is the one that was decided last."""
        return in_force(present, self.deadlines, day)

    def plan(self, plan: Plan, day: date, present: date) -> Plan:
        """Return a plan as another deadline leaves it on a day: what lies ahead of the change is spread anew."""
        held = [step for step in self.deadlines if step[0] <= day]
        if isinstance(plan, StraightLine):
            return StraightLine(plan.start, self.deadline(day, present))
        if not isinstance(plan, MonthlyVector) or len(held) <= self.known_deadlines:
            return plan
        later = [before for _, before in self.deadlines[1:]] + [present]
        for (effective_on, before), after in list(zip(self.deadlines, later, strict=True))[
            self.known_deadlines : len(held)
        ]:
            plan = stretched(plan, effective_on, before, after)
        return plan

    def on(self, day: date, start: date | None = None, deadline: date | None = None) -> InForce:
        """Return what is in force on a day; a count per period needs the span it runs over."""
        present = Version(self.aim.operator, self.aim.value, self.aim.value_max, self.aim.stretch)
        now = in_force(present, self.steps, day)
        aim = replace(self.aim, operator=now.operator, value=now.value, value_max=now.value_max, stretch=now.stretch)
        deadline = None if deadline is None else self.deadline(day, deadline)
        if aim.kind == "frequency" and start is not None and deadline is not None:
            aim = replace(aim, periods=len(period_ends(start, deadline, aim.per_period or "month")))
        held = [effective_on for effective_on, _ in self.steps if effective_on <= day]
        moved = [effective_on for effective_on, _ in self.deadlines if effective_on <= day]
        return InForce(
            aim=aim,
            original=self.steps[0][1] if self.steps else present,
            adjusted_on=held[-1] if held else None,
            state=standing_on(self.states, day),
            deadline=deadline,
            moved=(moved[-1], self.deadlines[0][1]) if moved else None,
        )


def terms_of(
    target: Target, indicator: Indicator, changes: Changes, states: Sequence[State] = (), known_deadlines: int = 0
) -> Terms:
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
        steps=changes.steps(target.id),
        deadlines=changes.moved(target.task_id),
        known_deadlines=known_deadlines,
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
        col(Target.id).in_(changes.by_target.keys()),
        col(Target.task_id).in_(changes.deadlines.keys()),
        col(Target.task_id).in_(states.keys()),
    ]
    if programme.ends_on.year > programme.starts_on.year:
        wanted = [col(Target.id).is_not(None)]
    for target, indicator, known in session.exec(
        select(Target, Indicator, PlanRow.deadline_changes)
        .join(Indicator, col(Indicator.id) == col(Target.indicator_id))
        .join(PlanRow, col(PlanRow.target_id) == col(Target.id), isouter=True)
        .where(Target.programme_id == programme.id, Target.status == "issued", or_(*wanted))
    ).all():
        found[target.id] = terms_of(target, indicator, changes, states.get(target.task_id, ()), known or 0)
    return found
