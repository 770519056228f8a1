"""Which value of a target is in force on a day, and which it was issued with (guide 3.5)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlmodel import col, select

from minsheng.kernel.access import Session
from minsheng.targets.models import TargetAdjustment

Values = tuple[Decimal | None, Decimal | None]
"""A target's value and, of a range, its upper bound."""

Step = tuple[date, Values]
"""The day from which an adjustment holds, and what was in force before it."""


def in_force(present: Values, steps: Sequence[Step], on: date) -> Values:
    """Return what is in force on a day: the value before the first adjustment that is later, else the present one.

    ``steps`` are the approved adjustments in the order of their days, each with the values it replaced.
    """
    for effective_on, before in steps:
        if effective_on > on:
            return before
    return present


def approved(
    session: Session, *, targets: Iterable[UUID] | None = None, programme: UUID | None = None
) -> dict[UUID, list[TargetAdjustment]]:
    """Return the approved adjustments of targets, or of a whole programme, in the order of their days."""
    statement = select(TargetAdjustment).where(TargetAdjustment.status == "approved")
    if programme is not None:
        statement = statement.where(TargetAdjustment.programme_id == programme)
    if targets is not None:
        statement = statement.where(col(TargetAdjustment.target_id).in_(set(targets)))
    found: dict[UUID, list[TargetAdjustment]] = defaultdict(list)
    for row in session.exec(
        statement.order_by(
            col(TargetAdjustment.effective_on), col(TargetAdjustment.decided_at), col(TargetAdjustment.id)
        )
    ).all():
        found[row.target_id].append(row)
    return found


def steps_of(adjustments: Iterable[TargetAdjustment]) -> list[Step]:
    """Return adjustments as steps."""
    return [(each.effective_on, (each.old_value, each.old_value_max)) for each in adjustments]


def originals(session: Session, programme: UUID) -> dict[UUID, Decimal | None]:
    """Return the value that each adjusted target of a programme was issued with."""
    return {key: rows[0].old_value for key, rows in approved(session, programme=programme).items()}
