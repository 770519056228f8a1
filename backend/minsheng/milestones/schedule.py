"""Back-scheduling (倒排工期): from a deadline and durations in working days to the latest start of each step (R105).

Pure. A step takes whole working days and occupies its first and its last day; what follows begins on the next working
day. Backwards each step is as late as its followers let it be, forwards as early as those before it let it be.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from minsheng.calendars.rules import Calendar


@dataclass(frozen=True, slots=True)
class Step:
    """One step: ``after`` names the steps that must be finished before it begins, ``due`` the last day for itself."""

    key: str
    work_days: int
    after: tuple[str, ...] = ()
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """The first and the last working day of a step."""

    start: date
    finish: date


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the steps as given; ``index`` counts them from 0."""

    code: str
    index: int
    message: str


def faults(steps: Sequence[Step]) -> list[Fault]:
    """Name every repeated key, unknown predecessor, length below one day and circle."""
    found = []
    known = {step.key for step in steps}
    seen: set[str] = set()
    for index, step in enumerate(steps):
        if step.key in seen:
            found.append(Fault("duplicate", index, f"步骤“{step.key}”写了两次"))
        if step.work_days < 1:
            found.append(Fault("too-short", index, f"步骤“{step.key}”至少要 1 个工作日"))
        found += [
            Fault("unknown-step", index, f"步骤“{step.key}”的前一步“{each}”不存在")
            for each in step.after
            if each not in known
        ]
        seen.add(step.key)
    if found:
        return found
    placed = {step.key for step in order(steps)}
    return [
        Fault("cycle", index, f"步骤“{step.key}”的先后关系成了环")
        for index, step in enumerate(steps)
        if step.key not in placed
    ]


def order(steps: Sequence[Step]) -> list[Step]:
    """Return the steps, each behind what it waits for; steps in a circle, or behind one, are left out."""
    placed: dict[str, Step] = {}
    waiting = list(steps)
    while ready := [step for step in waiting if all(each in placed for each in step.after)]:
        placed |= {step.key: step for step in ready}
        waiting = [step for step in waiting if step.key not in placed]
    return list(placed.values())


def backward(steps: Sequence[Step], deadline: date, calendar: Calendar) -> dict[str, Slot]:
    """Return the latest slot of each step so that all are finished by the deadline, and each by its own last day.

    Raises:
        CalendarMissing: the steps reach into a year that is not known.
    """
    followers: dict[str, list[str]] = {step.key: [] for step in steps}
    for step in steps:
        for each in step.after:
            followers[each].append(step.key)
    last = calendar.at_or_before(deadline)
    found: dict[str, Slot] = {}
    for step in reversed(order(steps)):
        behind = [found[key].start for key in followers[step.key]]
        finish = calendar.previous_workday(min(behind)) if behind else last
        if step.due is not None and step.due < finish:
            finish = calendar.at_or_before(step.due)
        found[step.key] = Slot(calendar.add_workdays(finish, 1 - step.work_days), finish)
    return {step.key: found[step.key] for step in steps}


def forward(steps: Sequence[Step], start: date, calendar: Calendar) -> dict[str, Slot]:
    """Return the earliest slot of each step when work may begin on a day.

    Raises:
        CalendarMissing: the steps reach into a year that is not known.
    """
    first = calendar.at_or_after(start)
    found: dict[str, Slot] = {}
    for step in order(steps):
        ahead = [found[key].finish for key in step.after]
        begin = calendar.next_workday(max(ahead)) if ahead else first
        found[step.key] = Slot(begin, calendar.add_workdays(begin, step.work_days - 1))
    return {step.key: found[step.key] for step in steps}


def span(slots: Mapping[str, Slot]) -> Slot:
    """Return the first and the last day of all steps together."""
    return Slot(min(slot.start for slot in slots.values()), max(slot.finish for slot in slots.values()))
