"""Which version of a target is in force on a day, and which it was issued with (guide 3.5).

The rows carry what was decided last, also when its day is still to come; what holds on a day is asked here.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from sqlmodel import col, select

from minsheng.kernel.access import Session
from minsheng.targets.models import Target, TargetAdjustment, Task
from minsheng.targets.schemas import AdjustedOut, TermsOut

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Version:
    """What a target asks for: ``value`` of a range is its lower bound."""

    operator: str = "ge"
    value: Decimal | None = None
    value_max: Decimal | None = None
    stretch: Decimal | None = None


Step = tuple[date, Version]
"""The day from which an adjustment holds, and the version that was in force before it."""

DeadlineStep = tuple[date, date]
"""The day from which another deadline holds, and the deadline before it."""


def in_force(present: T, steps: Sequence[tuple[date, T]], on: date) -> T:
    """Return what is in force on a day: what was before the first change that is later, else what was decided last.

    ``steps`` are the approved changes in the order of their days, each with what it replaced.
    """
    for effective_on, before in steps:
        if effective_on > on:
            return before
    return present


def version_of(target: Target) -> Version:
    """Return what was decided last about a target."""
    return Version(target.operator, target.value, target.value_max, target.stretch)


def before(row: TargetAdjustment) -> Version:
    """Return the version that an adjustment replaces."""
    return Version(row.old_operator, row.old_value, row.old_value_max, row.old_stretch)


def after(row: TargetAdjustment) -> Version:
    """Return the version that an adjustment brings."""
    return Version(row.new_operator, row.new_value, row.new_value_max, row.new_stretch)


@dataclass
class Changes:
    """The approved adjustments of some tasks in the order of their days."""

    by_target: dict[UUID, list[TargetAdjustment]] = field(default_factory=lambda: defaultdict(list))
    deadlines: dict[UUID, list[DeadlineStep]] = field(default_factory=lambda: defaultdict(list))

    def of(self, target: UUID) -> list[TargetAdjustment]:
        """Return the adjustments of one target."""
        return self.by_target.get(target, [])

    def steps(self, target: UUID) -> list[Step]:
        """Return what changed in a target; a mere change of the deadline is its task's."""
        return [(row.effective_on, before(row)) for row in self.of(target) if before(row) != after(row)]

    def moved(self, task: UUID) -> list[DeadlineStep]:
        """Return the changes of a task's deadline, whichever of its targets they were asked with."""
        return self.deadlines.get(task, [])

    def first(self, target: Target) -> Version:
        """Return the version a target was issued with."""
        found = self.of(target.id)
        return before(found[0]) if found else version_of(target)

    def first_deadline(self, task: UUID, present: date) -> date:
        """Return the deadline a task was issued with."""
        found = self.moved(task)
        return found[0][1] if found else present


def approved(session: Session, *, tasks: Iterable[UUID] | None = None, programme: UUID | None = None) -> Changes:
    """Return the approved adjustments of tasks, or of a whole programme."""
    statement = select(TargetAdjustment).where(TargetAdjustment.status == "approved")
    if programme is not None:
        statement = statement.where(TargetAdjustment.programme_id == programme)
    if tasks is not None:
        statement = statement.where(col(TargetAdjustment.task_id).in_(set(tasks)))
    found = Changes()
    for row in session.exec(
        statement.order_by(
            col(TargetAdjustment.effective_on), col(TargetAdjustment.decided_at), col(TargetAdjustment.id)
        )
    ).all():
        found.by_target[row.target_id].append(row)
        if row.old_deadline != row.new_deadline:
            found.deadlines[row.task_id].append((row.effective_on, row.old_deadline))
    return found


def adjusted(changes: Changes, target: Target, task: Task) -> AdjustedOut | None:
    """Return what a target was issued with and what was decided last; None where that is the same."""
    return told(
        changes.first(target), changes.first_deadline(task.id, task.deadline), version_of(target), task.deadline
    )


def told(issued: Version, issued_deadline: date, now: Version, deadline: date) -> AdjustedOut | None:
    """Return both versions of an adjusted target as they travel."""
    if (issued, issued_deadline) == (now, deadline):
        return None
    return AdjustedOut(
        issued=TermsOut(**asdict(issued), deadline=issued_deadline), now=TermsOut(**asdict(now), deadline=deadline)
    )
