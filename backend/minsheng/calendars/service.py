"""What is done with the calendar: the days of the product, the changes of units, the answer for one unit."""

import csv
from collections import defaultdict
from datetime import date, timedelta
from functools import cache
from importlib import resources
from uuid import UUID

from sqlmodel import col, select

from minsheng.calendars.models import CalendarYear, DayChange, NationalDay
from minsheng.calendars.rules import Calendar, Special, missing
from minsheng.calendars.schemas import CalendarDayOut, CalendarYearIn, DayChangeIn
from minsheng.kernel import clock, rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Conflict, Duplicate, FieldError, Invalid
from minsheng.kernel.ids import new_id
from minsheng.kernel.lifecycle import ReasonIn
from minsheng.org.models import Unit

_NAMES = {"holiday": "放假", "workday": "上班"}


@cache
def shipped() -> tuple[tuple[date, str, str], ...]:
    """Return the days that come with the product: day, kind, name."""
    text = resources.files("minsheng.calendars").joinpath("data/state_council.csv").read_text(encoding="utf-8")
    return tuple((date.fromisoformat(day), kind, name) for day, kind, name in list(csv.reader(text.splitlines()))[1:])


def ensure_days(session: Session) -> None:
    """Give an installation the days of every year that it does not hold yet; years it holds are left as they are.

    They are no person's change and stand in a file that comes with each version, so they are not journalled.
    """
    held = national_years(session)
    fresh = [
        {
            "id": new_id(),
            "version": 1,
            "created_at": clock.now(),
            "day": day,
            "kind": kind,
            "name": name,
            "source": f"国务院办公厅{day.year}年节假日安排",
        }
        for day, kind, name in shipped()
        if day.year not in held
    ]
    if fresh:
        session.connection().execute(NationalDay.__table__.insert(), fresh)  # type: ignore[attr-defined]


def calendar_of(session: Session, unit_id: UUID) -> Calendar:
    """Return the working days that hold for a unit: the nearest unit's word, then the State Council's."""
    return calendars_of(session, {unit_id})[unit_id]


def calendars_of(session: Session, units: set[UUID]) -> dict[UUID, Calendar]:
    """Return the calendar of each of some units; units without a word of their own share one."""
    national: dict[date, Special] = {
        day: Special(kind, name, source)
        for day, kind, name, source in session.exec(
            select(  # type: ignore[call-overload]
                NationalDay.day, NationalDay.kind, NationalDay.name, NationalDay.source
            )
        ).all()
    }
    known = frozenset(day.year for day in national)
    entered: dict[UUID, set[int]] = defaultdict(set)
    for year in session.exec(select(CalendarYear).where(CalendarYear.status == "active")).all():
        entered[year.unit_id].add(year.year)
    changed: dict[UUID, dict[date, Special]] = defaultdict(dict)
    for each in session.exec(select(DayChange).where(DayChange.status == "active")).all():
        changed[each.unit_id][each.day] = Special(each.kind, each.name, each.source, each.unit_id, each.id)  # type: ignore[arg-type]
    plain = Calendar(known, national)
    found = {}
    for unit in units:
        # The furthest first, so that the nearest has the last word.
        speaking = [at for at in _chain(session, unit) if at in entered or at in changed]
        found[unit] = plain
        for at in reversed(speaking):
            above = found[unit]
            found[unit] = Calendar(above.years | entered[at], {**above.special, **changed[at]})
    return found


def _chain(session: Session, unit_id: UUID) -> list[UUID]:
    """Return a unit and those above it, nearest first."""
    found = [unit_id]
    unit = session.get(Unit, unit_id)
    while unit is not None and unit.parent_id is not None:
        found.append(unit.parent_id)
        unit = session.get(Unit, unit.parent_id)
    return found


def days_of(calendar: Calendar, year: int) -> list[CalendarDayOut]:
    """Return every day of a year with its answer.

    Raises:
        CalendarMissing: the year is not known.
    """
    if year not in calendar.years:
        raise missing(year)
    first = date(year, 1, 1)
    return [_day(calendar, first + timedelta(days=n)) for n in range((date(year, 12, 31) - first).days + 1)]


def _day(calendar: Calendar, day: date) -> CalendarDayOut:
    working = calendar.is_workday(day)
    found = calendar.special.get(day)
    weekend = day.weekday() > 4
    kind = ("makeup" if weekend else "workday") if working else ("holiday" if found else "weekend")
    return CalendarDayOut(
        on=day,
        working=working,
        kind=kind,  # type: ignore[arg-type]
        name=found.name if found else None,
        source=found.source if found else None,
        unit_id=found.unit_id if found else None,
        change_id=found.change_id if found else None,
    )


def national_years(session: Session) -> set[int]:
    """Return the years that came with the product."""
    days = session.exec(select(NationalDay.day)).all()  # type: ignore[call-overload]
    return {day.year for day in days}


def change_day(session: Session, body: DayChangeIn) -> DayChange:
    """Set a day otherwise for a unit and everything beneath it.

    Raises:
        NotFound: the unit is not visible.
        CalendarMissing: the year must be entered as a whole first; one day would make it look complete.
        Duplicate: the unit has set this day already.
        Conflict: the day is already so.
    """
    rows.fetch(session, Unit, body.unit_id)
    change = DayChange(**body.model_dump())
    session.require(change)
    calendar = calendar_of(session, body.unit_id)
    now = calendar.special.get(body.day)
    if now is not None and now.unit_id == body.unit_id:
        message = f"{body.day} 已另定为{_NAMES[now.kind]}，请先撤销。"
        raise Duplicate(message, errors=[FieldError(pointer="/day", code="duplicate", message=message)])
    if calendar.is_workday(body.day) == (body.kind == "workday"):
        message = f"{body.day} 本来就{_NAMES[body.kind]}，不必另定。"
        raise Conflict(message, errors=[FieldError(pointer="/day", code="already-so", message=message)])
    session.add(change)
    session.flush()
    return change


def enter_year(session: Session, body: CalendarYearIn) -> CalendarYear:
    """Enter a whole year for a unit and everything beneath it.

    Raises:
        NotFound: the unit is not visible.
        Duplicate: the year is known already.
        Invalid: names every day outside the year, twice, or set to what the week says anyway.
    """
    rows.fetch(session, Unit, body.unit_id)
    entered = CalendarYear(unit_id=body.unit_id, year=body.year, source=body.source)
    session.require(entered)
    if body.year in calendar_of(session, body.unit_id).years:
        message = f"{body.year} 年已有节假日安排；个别日期请另定。"
        raise Duplicate(message, errors=[FieldError(pointer="/year", code="duplicate", message=message)])
    errors = []
    seen: set[date] = set()
    for index, each in enumerate(body.days):
        where = f"/days/{index}/day"
        if each.day.year != body.year:
            errors.append(FieldError(pointer=where, code="outside", message=f"{each.day} 不在 {body.year} 年"))
        if each.day in seen:
            errors.append(FieldError(pointer=where, code="duplicate", message=f"{each.day} 写了两次"))
        if each.kind == "workday" and each.day.weekday() < 5:
            errors.append(FieldError(pointer=where, code="not-weekend", message=f"{each.day} 不是周末，本来就上班"))
        seen.add(each.day)
    if errors:
        raise Invalid(errors[0].message, errors=errors)
    already = select(DayChange).where(DayChange.unit_id == body.unit_id, DayChange.status == "active")
    held = {change.day for change in session.exec(already).all()}
    session.add(entered)
    session.add_all(
        DayChange(unit_id=body.unit_id, day=each.day, kind=each.kind, name=each.name, source=body.source)
        for each in body.days
        if each.day not in held
    )
    session.flush()
    return entered


def keep_reason(_session: Session, row: DayChange | CalendarYear, body: ReasonIn) -> None:
    """Keep why a day or a year was taken back."""
    row.void_reason = body.reason


def days_entered(session: Session, year: CalendarYear) -> list[DayChange]:
    """Return the days that were entered with a year and still stand."""
    return list(
        session.exec(
            select(DayChange).where(
                DayChange.unit_id == year.unit_id,
                DayChange.status == "active",
                DayChange.source == year.source,
                col(DayChange.day).between(date(year.year, 1, 1), date(year.year, 12, 31)),
            )
        ).all()
    )
