"""What is already done of a target, and what a state of its task means for the reports that are still owed."""

from decimal import Decimal

from sqlmodel import col, select

from minsheng.kernel import clock, quantity
from minsheng.kernel.access import Session
from minsheng.programmes.models import Indicator
from minsheng.reports import documents
from minsheng.reports.models import COUNTED, FORECAST, Report, ReportValue, Round
from minsheng.targets.models import Target, Task, TaskState


def done(session: Session, target: Target) -> Decimal | None:
    """Return the newest counted figure of a target, or the sum over the targets beneath it; None where none is.

    Levels and rates are not looked at: they fall as they rise, so that nothing is done for good.
    """
    indicator = session.get(Indicator, target.indicator_id)
    if indicator is None or indicator.accumulation != "cumulative" or indicator.kind != "count":
        return None
    tasks = {target.task_id}
    level = tasks
    while level:
        level = set(session.exec(select(Task.id).where(col(Task.parent_id).in_(level), Task.status == "issued")).all())
        tasks = tasks | level
    figures = session.exec(
        select(ReportValue.target_id, ReportValue.value)  # type: ignore[type-var]
        .join(Report, col(Report.id) == col(ReportValue.report_id))
        .join(Round, col(Round.id) == col(Report.round_id))
        .join(Target, col(Target.id) == col(ReportValue.target_id))
        .where(
            col(Report.task_id).in_(tasks),
            Target.indicator_id == target.indicator_id,
            col(Report.status).in_(COUNTED),
            col(ReportValue.value).is_not(None),
            ReportValue.state != FORECAST,
        )
        .order_by(col(ReportValue.ends_on), col(Round.starts_on).desc())
    ).all()
    # In the order of their dates, so that the last one of each target stays.
    newest = {key: value for key, value in figures if value is not None}
    return quantity.total(newest.values()) if newest else None


def excuse(session: Session, state: TaskState, _body: object) -> None:
    """Nobody owes reports of the days of an approved state; whoever wants to may still report.

    When it ends, the reports of later days are owed as before.
    """
    for report, ends_on in session.exec(
        select(Report, Round.ends_on)  # type: ignore[call-overload]
        .join(Round, col(Round.id) == col(Report.round_id))
        .where(
            Report.task_id == state.task_id,
            col(Report.item_id).is_not(None),
            Report.status == "draft",
            Round.closes_at > clock.now(),
        )
    ).all():
        held = state.from_on <= ends_on and (state.until_on is None or ends_on < state.until_on)
        if report.excused != held and ends_on >= state.from_on:
            report.excused = held
            session.add(report)
    documents.review(session, state.programme_id, state.unit_id)
