"""Comments at a report or a figure: said by whoever looks at it, settled by whoever puts it right."""

from collections.abc import Iterable

from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.kernel.errors import invalid
from minsheng.reports.facts import facts_of
from minsheng.reports.models import Report, ReportComment
from minsheng.reports.schemas import ReportCommentIn


def add(session: Session, report: Report, body: ReportCommentIn, where: str = "") -> ReportComment:
    """Say something about a report, or about one figure of it.

    Raises:
        Invalid: the figure belongs to another report.
    """
    if body.target_id is not None and body.target_id not in facts_of(session, [report])[report.id].by_target:
        raise invalid(f"{where}/target_id", "foreign-target", "这个目标不属于这份报告")
    made = ReportComment(
        report_id=report.id,
        target_id=body.target_id,
        item_id=report.item_id,
        unit_id=report.unit_id,
        text=body.text,
        author_id=session.caller.user_id if session.caller else None,
        author_name=session.caller.name if session.caller else "",
    )
    session.add(made)
    return made


def add_with_return(session: Session, report: Report, body: object) -> None:
    """Write the comments that came with a return."""
    said: Iterable[ReportCommentIn] = getattr(body, "comments", ())
    for index, each in enumerate(said):
        add(session, report, each, f"/comments/{index}")


def settle(session: Session, comment: ReportComment, body: object) -> None:
    """Note who settled a comment, and how."""
    comment.answer = getattr(body, "answer", None) or None
    comment.settled_name = session.caller.name if session.caller else None
    comment.settled_at = clock.now()


def reopen(_session: Session, comment: ReportComment, _body: object) -> None:
    """Take the settlement off again; the journal keeps it."""
    comment.answer = comment.settled_name = comment.settled_at = None
