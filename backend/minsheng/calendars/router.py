"""The calendar over HTTP."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlmodel import select

from minsheng.calendars import service
from minsheng.calendars.models import CalendarYear, DayChange
from minsheng.calendars.policy import CALENDAR_YEAR, DAY_CHANGE
from minsheng.calendars.rules import CalendarMissing
from minsheng.calendars.schemas import (
    CalendarOut,
    CalendarYearIn,
    CalendarYearOut,
    DayChangeIn,
    DayChangeOut,
    WorkdayOut,
)
from minsheng.kernel import clock, rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import allow
from minsheng.kernel.fields import Day
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.org.models import Unit
from minsheng.org.service import unit_names
from minsheng.permissions import P

router = APIRouter(tags=["calendar"], route_class=Route)

UnitQuery = Annotated[UUID | None, Query(description="按哪个机构的日历；省略为本单位")]
Reader = Annotated[Session, allow(P.UNIT_READ)]
Editor = Annotated[Session, allow(P.CALENDAR_EDIT)]


@router.get("/calendar", summary="一年的工作日历", operation_id="getCalendar")
def get_calendar(
    session: Reader,
    year: Annotated[int | None, Query(ge=1990, le=2200, description="年度；省略为今年")] = None,
    unit_id: UnitQuery = None,
) -> CalendarOut:
    """Return every day of a year with the answer that holds for a unit; a year nobody entered is an error."""
    unit = rows.fetch(session, Unit, unit_id or session.who.unit_id)
    asked = year or clock.today().year
    calendar = service.calendar_of(session, unit.id)
    days = service.days_of(calendar, asked)
    return CalendarOut(
        year=asked,
        unit_id=unit.id,
        unit_name=unit.name,
        origin="national" if asked in service.national_years(session) else "unit",
        workdays=sum(day.working for day in days),
        editable=session.access.in_area(P.CALENDAR_EDIT, unit.id),
        days=days,
    )


@router.get("/calendar/workday", summary="数工作日", operation_id="getWorkday")
def get_workday(
    session: Reader,
    on: Annotated[Day | None, Query(description="从哪天起；省略为今天")] = None,
    count: Annotated[int, Query(ge=-1300, le=1300, description="往后数几个工作日，负数往前")] = 0,
    until: Annotated[Day | None, Query(description="再数到这一天有几个工作日")] = None,
    unit_id: UnitQuery = None,
) -> WorkdayOut:
    """Say whether a day is worked, which day is so many working days away, and how many lie between two days."""
    unit = rows.fetch(session, Unit, unit_id or session.who.unit_id)
    day: date = on or clock.today()
    calendar = service.calendar_of(session, unit.id)
    found = calendar.special.get(day)
    return WorkdayOut(
        on=day,
        unit_id=unit.id,
        working=calendar.is_workday(day),
        name=found.name if found else None,
        previous=_or_none(calendar.previous_workday, day),
        next=_or_none(calendar.next_workday, day),
        count=count,
        day=calendar.add_workdays(day, count),
        until=until,
        between=calendar.workdays_between(day, until) if until else None,
    )


def _or_none(look: Callable[[date], date], day: date) -> date | None:
    try:
        return look(day)
    except CalendarMissing:
        return None


def present_changes(session: Session, changes: Sequence[DayChange]) -> list[DayChangeOut]:
    """Return changed days with the names of their units."""
    names = unit_names(session, {change.unit_id for change in changes})
    return [
        DayChangeOut(
            **change.model_dump(exclude={"created_at"}),
            unit_name=names.get(change.unit_id),
            actions=DAY_CHANGE.actions(session, change),
        )
        for change in changes
    ]


def present_years(session: Session, years: Sequence[CalendarYear]) -> list[CalendarYearOut]:
    """Return entered years with the names of their units."""
    names = unit_names(session, {year.unit_id for year in years})
    return [
        CalendarYearOut(
            **year.model_dump(exclude={"created_at"}),
            unit_name=names.get(year.unit_id),
            actions=CALENDAR_YEAR.actions(session, year),
        )
        for year in years
    ]


@router.get("/day-changes", summary="另定的日期", operation_id="listDayChanges")
def list_changes(
    page: Paging,
    session: Reader,
    unit_id: Annotated[UUID | None, Query(description="由哪个机构另定")] = None,
) -> Page[DayChangeOut]:
    """Days that units of the caller's area, or those above him, set otherwise; also those taken back."""
    statement = select(DayChange)
    if unit_id:
        statement = statement.where(DayChange.unit_id == unit_id)
    found: Sequence[DayChange] = session.exec(page.apply(statement, (DayChange.day, DayChange.id))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda change: (change.day, change.id))
    return Page(items=present_changes(session, found), next=following)


@router.post("/day-changes", status_code=201, summary="另定一个日期", operation_id="createDayChange")
def create_change(body: DayChangeIn, response: Response, session: Editor) -> DayChangeOut:
    """Set a day otherwise for a unit and everything beneath it; the nearest unit's word counts."""
    change = service.change_day(session, body)
    rows.tag(response, change)
    return present_changes(session, [change])[0]


@router.get("/day-changes/{id}", summary="一个另定的日期", operation_id="getDayChange")
def get_change(id: UUID, response: Response, session: Reader) -> DayChangeOut:  # noqa: A002
    """Return one changed day."""
    change = rows.fetch(session, DayChange, id)
    rows.tag(response, change)
    return present_changes(session, [change])[0]


DAY_CHANGE.mount(router, "/day-changes", "DayChange", DayChangeOut, present_changes)


@router.get("/calendar-years", summary="补录的年度", operation_id="listCalendarYears")
def list_years(page: Paging, session: Reader) -> Page[CalendarYearOut]:
    """Years that units entered because the product did not know them yet."""
    found: Sequence[CalendarYear] = session.exec(
        page.apply(select(CalendarYear), (CalendarYear.year, CalendarYear.id))  # type: ignore[call-overload]
    ).all()
    found, following = page.cut(found, lambda year: (year.year, year.id))
    return Page(items=present_years(session, found), next=following)


@router.post("/calendar-years", status_code=201, summary="补录一个年度", operation_id="createCalendarYear")
def create_year(body: CalendarYearIn, response: Response, session: Editor) -> CalendarYearOut:
    """Enter a whole year from the State Council's notice, for a unit and everything beneath it."""
    year = service.enter_year(session, body)
    rows.tag(response, year)
    return present_years(session, [year])[0]


@router.get("/calendar-years/{id}", summary="一个补录的年度", operation_id="getCalendarYear")
def get_year(id: UUID, response: Response, session: Reader) -> CalendarYearOut:  # noqa: A002
    """Return one entered year."""
    year = rows.fetch(session, CalendarYear, id)
    rows.tag(response, year)
    return present_years(session, [year])[0]


CALENDAR_YEAR.mount(router, "/calendar-years", "CalendarYear", CalendarYearOut, present_years)
