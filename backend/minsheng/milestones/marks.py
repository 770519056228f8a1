"""Marks of what was done: reached, built, accepted and in use, each on its day and by whom."""

from typing import Any

from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Conflict, FieldError, OwnWork, invalid
from minsheng.milestones.models import Milestone
from minsheng.milestones.schemas import DoneIn
from minsheng.milestones.service import CHECK_NAMES


def is_works(_session: Session, milestone: Milestone) -> None:
    """Keep 完工 for works.

    Raises:
        Conflict: any other kind is simply reached.
    """
    if milestone.kind != "works":
        message = "不是工程节点，直接标“完成”。"
        raise Conflict(message)


def is_no_works(_session: Session, milestone: Milestone) -> None:
    """Keep works from being merely reached: built, accepted and in use are three facts.

    Raises:
        Conflict: it is a works milestone.
    """
    if milestone.kind == "works":
        message = "工程节点分完工、验收、投用三步记。"
        raise Conflict(message)


def checks_met(_session: Session, milestone: Milestone) -> None:
    """Refuse to mark what could not have begun.

    Raises:
        Conflict: names what is not in place.
    """
    missing = [CHECK_NAMES[each["kind"]] for each in milestone.checks if each["state"] == "open"]
    if missing:
        message = f"前置条件还没有具备：{'、'.join(missing)}。"
        raise Conflict(message, errors=[FieldError(pointer="/checks", code="not-met", message=message)])


def counted(_session: Session, milestone: Milestone) -> None:
    """Let no batch be done without its figure.

    Raises:
        Conflict: the actual count is missing.
    """
    if milestone.kind == "batch" and milestone.planned_count is not None and milestone.actual_count is None:
        message = "请先填本批实际数。"
        raise Conflict(message, errors=[FieldError(pointer="/actual_count", code="required", message=message)])


def not_own_mark(session: Session, milestone: Milestone) -> None:
    """Keep whoever marked the works as built from accepting them.

    Raises:
        OwnWork: he did.
    """
    if session.caller is not None and milestone.marked_by == session.caller.user_id:
        message = "完工由您标记，验收须由他人办理。"
        raise OwnWork(message)


def mark(field: str, behind: str | None = None) -> Any:  # noqa: ANN401 - an effect
    """Return the effect that notes the day of a mark, no earlier than the mark before it and never in the future."""

    def note(session: Session, milestone: Milestone, body: DoneIn) -> None:
        if body.on > clock.today():
            raise invalid("/on", "future", "日期不能晚于今天")
        earliest = getattr(milestone, behind) if behind else milestone.started_on
        if earliest and body.on < earliest:
            raise invalid("/on", "before", f"不能早于前一步的日期 {earliest}")
        setattr(milestone, field, body.on)
        milestone.marked_by = session.who.user_id
        if body.note:
            milestone.note = body.note

    return note


def unmark(_session: Session, milestone: Milestone, _body: object) -> None:
    """Take a mark back; the journal keeps it."""
    milestone.reached_on = milestone.built_on = None
    milestone.marked_by = None
