"""When a rule chases, and when a unit may be chased again: pure questions of days and hours."""

from datetime import date, datetime, timedelta


def fires_on(kind: str, number: int, due_day: date, day: date) -> bool:
    """Say whether a rule chases on a day.

    ``before``: so many days before the cut-off day; ``after``: so many after it; ``every``: each so many days once it
    has passed. ``repeated`` never sends anything.
    """
    late = (day - due_day).days
    match kind:
        case "before":
            return late == -number
        case "after":
            return late == number
        case "every":
            return late > 0 and late % number == 0
        case _:
            return False


WAITS = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 240))
"""How long to wait after each failed attempt; after the last one a chase is given up."""


def again_after(attempts: int) -> timedelta | None:
    """Return how long to wait after so many failed attempts, or nothing when enough was tried."""
    return WAITS[attempts - 1] if attempts <= len(WAITS) else None


def earliest(last: datetime | None, cooldown: timedelta) -> datetime | None:
    """Return from when on a unit may be chased again; nothing when it was never chased."""
    return None if last is None else last + cooldown
