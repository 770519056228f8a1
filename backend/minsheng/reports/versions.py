"""Versions of a report: a correction after acceptance is a new row beside the one it corrects."""

from collections.abc import Iterable
from typing import Any, TypeVar

from sqlmodel import col, func, select

from minsheng.kernel import clock
from minsheng.kernel.access import Session, refuse_locked
from minsheng.kernel.errors import Conflict, WrongState
from minsheng.reports import contents
from minsheng.reports.facts import facts_of
from minsheng.reports.models import COUNTED, Report, ReportApproval, ReportValue

R = TypeVar("R")
"""A report, or columns of it: id, status and what it corrects."""


def newest(reports: Iterable[R]) -> list[R]:
    """Return the reports that are worked on, one for a task and round: not void, and not corrected by another.

    Whoever lists whole rounds asks for this; whoever adds up figures asks for ``COUNTED``, of which there is never more
    than one for a task and round; whoever asks who is silent looks at ``revision == 1``: nobody owes a correction.
    """
    known: list[Any] = [each for each in reports if each.status != "void"]  # type: ignore[attr-defined]
    corrected = {each.corrects_id for each in known}
    return [each for each in known if each.id not in corrected]


def is_correction(_session: Session, report: Report) -> None:
    """Let only a correction be given up: the report of the month itself is owed.

    Raises:
        Conflict: it corrects nothing.
    """
    if report.corrects_id is None:
        message = "这不是更正，应报的报告不能放弃。"
        raise Conflict(message)


def newer_counts(session: Session, report: Report) -> None:
    """Let a report be superseded only by a correction that counts itself.

    Raises:
        Conflict: there is none yet.
    """
    later = facts_of(session, [report])[report.id].later
    if later is None or later.status not in COUNTED:
        message = "更正还没有审核通过，原报告照旧有效。"
        raise Conflict(message)


def newer_is_back(session: Session, report: Report) -> None:
    """Let a report count again only while no correction of it does.

    Raises:
        Conflict: one counts.
    """
    later = facts_of(session, [report])[report.id].later
    if later is not None and later.status in COUNTED:
        message = "更正已审核通过，以更正为准。"
        raise Conflict(message)


def keep_approved(verb: str) -> object:
    """Return the effect that takes down what a review or acceptance approves."""

    def effect(session: Session, report: Report, _body: object) -> None:
        kept = contents.taken(report, contents.rows_of(session, [report.id])[report.id])
        session.add(
            ReportApproval(
                report_id=report.id,
                item_id=report.item_id,
                unit_id=report.unit_id,
                verb=verb,
                approver_id=session.caller.user_id if session.caller else None,
                approver_name=session.caller.name if session.caller else None,
                approved_at=clock.now(),
                words=dict(kept.words),
                figures={key: dict(said) for key, said in kept.figures.items()},
            )
        )

    return effect


_REPORT = ("programme_id", "round_id", "task_id", "item_id", "unit_id", "period", "excused", *contents.WORDS)
_FIGURE = ("round_id", "target_id", "item_id", "unit_id", "ends_on", "previous", "basis", "source_note")


def open_correction(session: Session, report: Report, reason: str) -> Report:
    """Begin the next version of an accepted report with a copy of all it says.

    Raises:
        RoundClosed: nothing of the round may change any more.
        WrongState: what is not accepted yet is returned instead.
        Conflict: a correction is under way, or has taken its place.
    """
    refuse_locked(session, report)
    if facts_of(session, [report])[report.id].later is not None:
        message = "这份报告已经有更正，请在更正上修改。"
        raise Conflict(message)
    if report.status != "accepted":
        message = "只有已确认的报告才用更正；还没确认的，请审核人退回后修改。"
        raise WrongState(message)
    last = session.exec(
        select(func.max(Report.revision)).where(Report.task_id == report.task_id, Report.round_id == report.round_id)
    ).one()
    made = Report(
        **{name: getattr(report, name) for name in _REPORT},
        revision=(last or report.revision) + 1,
        corrects_id=report.id,
        correction_reason=reason,
        touched_at=clock.now(),
        touched_by=session.caller.user_id if session.caller else None,
    )
    session.add(made)
    session.flush()
    session.add_all(
        ReportValue(report_id=made.id, **{name: getattr(row, name) for name in (*_FIGURE, *contents.FIGURES)})
        for row in contents.rows_of(session, [report.id])[report.id]
    )
    session.flush()
    return made


def every(session: Session, report: Report) -> list[Report]:
    """Return every version of what was reported for a task in a round, those given up left out, the first one first."""
    return list(
        session.exec(
            select(Report)
            .where(Report.task_id == report.task_id, Report.round_id == report.round_id, Report.status != "void")
            .order_by(col(Report.revision))
        ).all()
    )
