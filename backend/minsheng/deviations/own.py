"""What we ourselves count for a target on a day: what somebody other than the clerk stands by, summed up the tree."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlmodel import col, or_, select

from minsheng.kernel import quantity
from minsheng.kernel.access import Session
from minsheng.programmes.models import Indicator
from minsheng.reports.models import COUNTED, FORECAST, Report, ReportValue
from minsheng.targets.models import Target, Task


@dataclass(frozen=True, slots=True)
class Own:
    """Our figure: its day, how many units of a sum have none yet, and the report it stands in unless it is a sum."""

    value: Decimal
    on: date
    missing: int
    report_id: UUID | None


def own_figures(
    session: Session, asked: Iterable[tuple[UUID, date]], pending: Collection[UUID] = ()
) -> dict[tuple[UUID, date], Own]:
    """Return, for targets and days, the newest counted figure that is not after the day.

    Of a target that was split it is the sum over the units that report; only indicators that add up have one. A pending
    report is one that counts from this very transaction on, though its row does not say so yet.
    """
    wanted = set(asked)
    targets = {
        target.id: (target, indicator)
        for target, indicator in session.exec(
            select(Target, Indicator)
            .join(Indicator, col(Indicator.id) == col(Target.indicator_id))
            .where(col(Target.id).in_({key for key, _ in wanted}))
        ).all()
    }
    leaves = _leaves(session, [target for target, _ in targets.values()])
    figures = _counted(session, {leaf for group in leaves.values() for leaf in group}, pending)
    found: dict[tuple[UUID, date], Own] = {}
    for key, day in wanted:
        if key not in targets:
            continue
        alone = leaves[key] == [key]
        if not alone and targets[key][1].aggregation != "sum":
            continue
        newest = [[each for each in figures[leaf] if each[0] <= day][-1:] for leaf in leaves[key]]
        known = [each[0] for each in newest if each]
        if known:
            found[(key, day)] = Own(
                value=quantity.total(value for _, value, _ in known),
                on=max(on for on, _, _ in known),
                missing=len(newest) - len(known),
                report_id=known[0][2] if alone else None,
            )
    return found


def _leaves(session: Session, targets: list[Target]) -> dict[UUID, list[UUID]]:
    """Return the targets that are reported directly beneath each target, or the target itself."""
    beneath: dict[tuple[UUID, UUID], list[tuple[UUID, UUID]]] = defaultdict(list)
    for indicator, parent, task, target in session.exec(
        select(Target.indicator_id, Task.parent_id, Task.id, Target.id)
        .join(Task, col(Task.id) == col(Target.task_id))
        .where(
            col(Target.indicator_id).in_({each.indicator_id for each in targets}),
            Task.status == "issued",
            col(Task.parent_id).is_not(None),
        )
        .order_by(col(Target.id))
    ).all():
        if parent is not None:
            beneath[(indicator, parent)].append((task, target))

    def walk(indicator: UUID, task: UUID, target: UUID) -> list[UUID]:
        shares = beneath.get((indicator, task))
        return [leaf for share in shares for leaf in walk(indicator, *share)] if shares else [target]

    return {each.id: walk(each.indicator_id, each.task_id, each.id) for each in targets}


def _counted(
    session: Session, leaves: set[UUID], pending: Collection[UUID]
) -> dict[UUID, list[tuple[date, Decimal, UUID]]]:
    found: dict[UUID, list[tuple[date, Decimal, UUID]]] = defaultdict(list)
    for target, on, value, report in session.exec(
        select(ReportValue.target_id, ReportValue.ends_on, ReportValue.value, Report.id)  # type: ignore[call-overload]
        .join(Report, col(Report.id) == col(ReportValue.report_id))
        .where(
            col(ReportValue.target_id).in_(leaves),
            or_(col(Report.status).in_(COUNTED), col(Report.id).in_(pending)),
            col(ReportValue.value).is_not(None),
            ReportValue.state != FORECAST,
        )
        # A correction follows what it corrects, so that the last one of a day is what counts.
        .order_by(col(ReportValue.ends_on), col(Report.revision))
    ).all():
        if value is not None:
            found[target].append((on, value, report))
    return found
