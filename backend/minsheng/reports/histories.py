"""What lights hang on beside a target's own figures: approved reasons, and the days its reports were due and came in.

Each is one query for any number of targets, asked by the boards for a whole list and by sheet and desk for their rows.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select

from minsheng.exemptions.models import Exemption
from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.plans.verdicts import Due, Waiver
from minsheng.reports.models import Report, Round
from minsheng.reports.rounds import leading


def waivers(session: Session, programmes: Collection[UUID]) -> dict[UUID, tuple[Waiver, ...]]:
    """Return the approved reasons of lists, by target."""
    found: dict[UUID, list[Waiver]] = defaultdict(list)
    for row in session.exec(
        select(Exemption)
        .where(col(Exemption.programme_id).in_(programmes), Exemption.status == "approved")
        .order_by(col(Exemption.starts_on))
    ).all():
        found[row.target_id].append(Waiver(row.starts_on, row.ends_on, row.reason))
    return {key: tuple(each) for key, each in found.items()}


def dues(
    session: Session, programmes: Collection[UUID], tasks: Collection[UUID] | None = None
) -> dict[UUID, tuple[Due, ...]]:
    """Return when the reports of lists, or of some of their tasks, were due and came in, by task.

    Only those of the form that lights follow: a late text, or a ten-day figure beside the month, lights nothing.
    """
    today = clock.today()
    lights = {key: {each.id for each in leading(session, key, every_tier=True)} for key in programmes}
    found: dict[UUID, list[Due]] = defaultdict(list)
    statement = (
        select(  # type: ignore[call-overload]
            Report.task_id,
            Report.programme_id,
            Round.id,
            Round.ends_on,
            Round.due_at,
            Round.closes_at,
            Report.submitted_at,
        )
        .join(Round, col(Round.id) == col(Report.round_id))
        # A correction says nothing about when the month was first handed in.
        .where(col(Report.programme_id).in_(programmes), Report.status != "void", Report.revision == 1)
        .order_by(col(Round.ends_on))
    )
    if tasks is not None:
        statement = statement.where(col(Report.task_id).in_(tasks))
    for task, programme, key, ends_on, due_at, closes_at, submitted_at in session.exec(statement).all():
        if key not in lights[programme]:
            continue
        last = clock.day_of(closes_at - timedelta(seconds=1))
        sent = clock.day_of(submitted_at) if submitted_at else None
        found[task].append(Due(ends_on, clock.day_of(due_at - timedelta(seconds=1)), sent, min(today, last)))
    return {key: tuple(each) for key, each in found.items()}
