"""The one clock. Instants are aware UTC; a day is a day in Beijing, where every deadline of the domain lives."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")

_fixed: datetime | None = None


def now() -> datetime:
    """Return the present instant in UTC."""
    return _fixed or datetime.now(UTC)


def today() -> date:
    """Return the present day in Beijing."""
    return now().astimezone(BEIJING).date()


def day_of(instant: datetime) -> date:
    """Return the Beijing day an instant falls on."""
    return instant.astimezone(BEIJING).date()


def at(day: date, hour: int) -> datetime:
    """Return the UTC instant of a full hour (0–24) on a Beijing day."""
    return (datetime(day.year, day.month, day.day, tzinfo=BEIJING) + timedelta(hours=hour)).astimezone(UTC)


def fix(instant: datetime | None) -> None:
    """Stop the clock at an instant, or let it run again: for tests and for seeding a year that has passed."""
    global _fixed  # noqa: PLW0603 - one process has one clock
    _fixed = instant


@contextmanager
def held(instant: datetime) -> Iterator[None]:
    """Stop the clock at an instant for a while; afterwards it stands or runs as before."""
    before = _fixed
    fix(instant)
    try:
        yield
    finally:
        fix(before)
