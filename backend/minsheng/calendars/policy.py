"""Life cycles of what units set in the calendar: nothing is deleted, it is taken back with a reason."""

from minsheng.calendars import service
from minsheng.calendars.models import CalendarYear, DayChange
from minsheng.kernel.access import Session
from minsheng.kernel.lifecycle import Lifecycle, Move, ReasonIn
from minsheng.permissions import P


def _void(summary: str) -> Move:
    return Move(
        frozenset({"active"}),
        "void",
        P.CALENDAR_EDIT,
        "撤销",
        summary,
        takes=ReasonIn,
        effects=[service.keep_reason],
    )


DAY_CHANGE = Lifecycle(
    DayChange, "active", {"void": _void("撤销另定的日期，恢复上级或国务院的安排")}, final=frozenset({"void"})
)
CALENDAR_YEAR = Lifecycle(
    CalendarYear, "active", {"void": _void("撤销补录的年度，连同当时录入的日期")}, final=frozenset({"void"})
)


def void_days(session: Session, year: CalendarYear, body: ReasonIn) -> None:
    """Take back the days of a year with it: they would be read as whole when the year is entered again."""
    for change in service.days_entered(session, year):
        DAY_CHANGE.follow(session, change, "void", body)
        session.add(change)


CALENDAR_YEAR.extend("void", effect=void_days)
