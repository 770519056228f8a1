"""Versions of a report: a correction after acceptance is a new row beside the one it corrects."""

from collections.abc import Iterable

from minsheng.kernel.access import Session
from minsheng.kernel.errors import Conflict
from minsheng.reports.facts import facts_of
from minsheng.reports.models import COUNTED, Report


def newest(reports: Iterable[Report]) -> list[Report]:
    """Return the reports that are worked on, one for a task and round: not void, and not corrected by another.

    Whoever lists whole rounds asks for this; whoever adds up figures asks for ``COUNTED``, of which there is never more
    than one for a task and round; whoever asks who is silent looks at ``revision == 1``: nobody owes a correction.
    """
    known = [each for each in reports if each.status != "void"]
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
