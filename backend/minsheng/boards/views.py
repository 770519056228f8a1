"""Views over many lights: the history of a target, the spread across units, and a changed rule tried on the past."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from sqlmodel import col, select

from minsheng.boards.gathering import Gathered
from minsheng.boards.models import FrozenLight, MadeUpMark
from minsheng.boards.service import Line, lit
from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.rule_sets.definition import RuleSet


@dataclass(frozen=True, slots=True)
class Change:
    """A target whose light another rule set would change on a day."""

    on: date
    before: Line
    after: Line


@dataclass(frozen=True, slots=True)
class Trial:
    """One day under two rule sets: how many of each light, and what changes."""

    on: date
    before: Counter[str]
    after: Counter[str]
    changes: list[Change]


def tried(
    gathered: Gathered, before: RuleSet, after: RuleSet, days: Sequence[date], visible: frozenset[UUID] | None
) -> list[Trial]:
    """Judge the targets reported directly by two rule sets on some days. Lights of the same key are the same light."""
    found = []
    for day in days:
        old = {line.entry.target_id: line for line in lit(gathered, before, day, visible).direct}
        new = {line.entry.target_id: line for line in lit(gathered, after, day, visible).direct}
        found.append(
            Trial(
                day,
                Counter(line.judgement.light for line in old.values()),
                Counter(line.judgement.light for line in new.values()),
                [
                    Change(day, line, new[key])
                    for key, line in old.items()
                    if line.judgement.light != new[key].judgement.light
                ],
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Spread:
    """How evenly an indicator advances across units (R127): shares of the lowest, the middle and the highest."""

    item_id: UUID
    indicator_id: UUID
    lowest: Line
    highest: Line
    low: Fraction
    median: Fraction
    high: Fraction
    units: int
    missing: int


def spreads(lines: Sequence[Line]) -> list[Spread]:
    """Return the spread of each indicator over lines; ceilings and what has no target are left out.

    A cumulative figure that never came counts as nothing done, as its light does; a snapshot without one is missing.
    """
    groups: dict[UUID, list[tuple[Fraction, Line]]] = defaultdict(list)
    missing: Counter[UUID] = Counter()
    for line in lines:
        if line.entry.value is None or line.entry.operator == "le":
            continue
        key = line.entry.indicator_id
        share = line.judgement.progress
        missing[key] += line.missing > 0
        if share is not None:
            groups[key].append((share, line))
    found = []
    for key, group in groups.items():
        ordered = sorted(group, key=lambda each: (each[0], each[1].entry.target_id))
        shares = [share for share, _ in ordered]
        middle = len(shares) // 2
        median = shares[middle] if len(shares) % 2 else (shares[middle - 1] + shares[middle]) / 2
        lowest, highest = ordered[0][1], ordered[-1][1]
        found.append(
            Spread(lowest.entry.item_id, key, lowest, highest, shares[0], median, shares[-1], len(shares), missing[key])
        )
    return found


@dataclass(frozen=True, slots=True)
class Month:
    """The light of one target for one period: frozen, or as it stands while the round is open or not frozen yet."""

    period: str
    ends_on: date
    light: str
    rule_set: str
    frozen: bool
    made_up_on: date | None
    explanation: str


def months(
    session: Session, gathered: Gathered, rule_set: RuleSet, targets: set[UUID], visible: frozenset[UUID] | None
) -> dict[UUID, list[Month]]:
    """Return the lights of some targets, period by period up to the last that fell due."""
    now = clock.now()
    rounds = [each for each in gathered.rounds if each.due_at <= now]
    frozen: dict[tuple[UUID, UUID], tuple[FrozenLight, date | None]] = {
        (row.target_id, row.round_id): (row, made_up)
        for row, made_up in session.exec(
            select(FrozenLight, MadeUpMark.ends_on)  # type: ignore[call-overload]
            .join(MadeUpMark, col(MadeUpMark.frozen_light_id) == col(FrozenLight.id), isouter=True)
            .where(FrozenLight.programme_id == gathered.programme.id, col(FrozenLight.target_id).in_(targets))
        ).all()
    }
    found: dict[UUID, list[Month]] = {key: [] for key in targets}
    for each in rounds:
        live: dict[UUID, Line] = {}
        for key in targets:
            if (key, each.id) in frozen:
                row, made_up = frozen[(key, each.id)]
                month = Month(each.period, each.ends_on, row.light, row.rule_set, True, made_up, row.explanation)
            else:
                live = live or {
                    line.entry.target_id: line for line in lit(gathered, rule_set, each.ends_on, visible).lines
                }
                if key not in live:
                    continue
                judged = live[key].judgement
                month = Month(each.period, each.ends_on, judged.light, rule_set.code, False, None, judged.explanation)
            found[key].append(month)
    return found
