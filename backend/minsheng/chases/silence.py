"""Who is silent: reports that are due, late, missing or returned, by round and unit; and how units reported over time.

Units are listed in the order of the tree and never ranked, and no person is named (guide 9).
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import case
from sqlmodel import col, func, select

from minsheng.chases.models import Chase, ChaseRule
from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.org.models import Unit
from minsheng.org.service import in_tree_order
from minsheng.permissions import P
from minsheng.programmes.models import Programme
from minsheng.reports.facts import rows_by_id
from minsheng.reports.models import Report, Round

MOST = 1000
ROUNDS_IN_A_ROW = 3
"""Silence in so many rounds in a row is shown to the leader where no rule says otherwise."""

OWED = ("draft",)
"""States in which a report is still with its unit."""
EXPECTED = (col(Report.status) != "void", col(Report.excused).is_(False), col(Report.revision) == 1)
"""What a unit has to report at all: the conditions in one place. Nobody owes a correction."""


@dataclass(frozen=True)
class Silent:
    """What one unit has not reported in one round.

    Attributes:
        chases: every chase of it, the oldest first.
        submitted_at: when a report of it last came in.
    """

    round: Round
    unit: Unit
    owed: int
    returned: int
    chases: Sequence[Chase]
    submitted_at: datetime | None

    @property
    def days_over(self) -> int:
        """Days since the cut-off day; negative before it."""
        return (clock.today() - clock.day_of(self.round.due_at)).days

    def state(self, now: datetime) -> str:
        """Return due, late, missing or returned at an instant."""
        if self.returned and now < self.round.closes_at:
            return "returned"
        if now < self.round.due_at:
            return "due"
        return "late" if now < self.round.closes_at else "missing"

    @property
    def answered(self) -> bool:
        """Whether anything came in after the last chase."""
        last = self.chases[-1].created_at if self.chases else None
        return last is not None and self.submitted_at is not None and self.submitted_at > last


def silent(
    session: Session,
    *,
    programme_id: UUID | None = None,
    unit_id: UUID | None = None,
    period: str | None = None,
    round_ids: set[UUID] | None = None,
) -> list[Silent]:
    """Return who is silent among what the caller sees, in rounds that have opened, in the order of the tree."""
    now = clock.now()
    statement = (
        select(
            col(Report.round_id),
            col(Report.unit_id),
            func.count(),
            func.sum(case((col(Report.returned).is_(True), 1), else_=0)),
        )
        .join(Round, col(Round.id) == col(Report.round_id))
        .where(*EXPECTED, col(Report.status).in_(OWED), Round.opens_at <= now)
        .group_by(col(Report.round_id), col(Report.unit_id))
    )
    for column, value in (
        (Report.programme_id, programme_id),
        (Report.unit_id, unit_id),
        (Report.period, period),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if round_ids is not None:
        statement = statement.where(col(Report.round_id).in_(round_ids))
    found: Sequence[Any] = session.exec(statement).all()
    rounds = rows_by_id(session, Round, {row[0] for row in found})
    units = {
        unit.id: (unit, place) for place, (unit, _) in enumerate(in_tree_order(session, {row[1] for row in found}))
    }
    keys = {(row[0], row[1]) for row in found if row[0] in rounds and row[1] in units}
    chases = chases_of(session, keys)
    last = _last_submissions(session, keys)
    ordered = sorted(found, key=lambda row: units[row[1]][1] if row[1] in units else 0)
    listed = [
        Silent(
            round=rounds[row[0]],
            unit=units[row[1]][0],
            owed=row[2],
            returned=int(row[3] or 0),
            chases=chases.get((row[0], row[1]), []),
            submitted_at=last.get((row[0], row[1])),
        )
        for row in ordered
        if (row[0], row[1]) in keys
    ]
    # The newest round first; the tree's order within it.
    return sorted(listed, key=lambda each: (each.round.ends_on, str(each.round.programme_id)), reverse=True)


def chases_of(session: Session, keys: set[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], list[Chase]]:
    """Return the chases of some rounds and units, the oldest first."""
    found: dict[tuple[UUID, UUID], list[Chase]] = defaultdict(list)
    rows = session.exec(
        select(Chase)
        .where(col(Chase.round_id).in_({key[0] for key in keys}), col(Chase.unit_id).in_({key[1] for key in keys}))
        .order_by(col(Chase.nth))
    ).all()
    for row in rows:
        found[(row.round_id, row.unit_id)].append(row)
    return found


def _last_submissions(session: Session, keys: set[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], datetime]:
    rows = session.exec(
        select(Report.round_id, Report.unit_id, func.max(Report.submitted_at))
        .where(
            col(Report.round_id).in_({key[0] for key in keys}),
            col(Report.unit_id).in_({key[1] for key in keys}),
            col(Report.submitted_at).is_not(None),
        )
        .group_by(col(Report.round_id), col(Report.unit_id))
    ).all()
    return {(row[0], row[1]): row[2] for row in rows if row[2] is not None}


def chasable(session: Session, unit: Unit) -> bool:
    """Say whether the caller sits above a unit with the right to chase it: nobody chases himself."""
    return unit.parent_id is not None and session.access.in_area(P.REPORT_CHASE, unit.parent_id)


@dataclass(frozen=True)
class Repeated:
    """A unit that did not report in full in several rounds in a row, up to the last one that fell due."""

    programme: Programme
    unit: Unit
    rounds: int
    since: str
    chases: int


def in_a_row(owed: Sequence[bool]) -> int:
    """Return how many rounds in a row, counted from the newest, were not reported; the oldest comes first."""
    count = 0
    for each in reversed(owed):
        if not each:
            break
        count += 1
    return count


def rounds_wanted(session: Session, programme_id: UUID | None) -> int:
    """Return how many silent rounds in a row are shown to the leader: the least that a rule in the area says."""
    rules = session.exec(select(ChaseRule).where(ChaseRule.kind == "repeated", ChaseRule.status == "active")).all()
    said = [rule.number for rule in rules if rule.programme_id is None or rule.programme_id == programme_id]
    return min(said, default=ROUNDS_IN_A_ROW)


def repeated(session: Session, programme_id: UUID | None = None) -> tuple[int, list[Repeated]]:
    """Return the units beneath the caller that stayed silent in several rounds in a row, and in how many at least."""
    wanted = rounds_wanted(session, programme_id)
    tally = _tally(session, programme_id, None, None)
    programmes = rows_by_id(session, Programme, {row[0] for row in tally})
    rounds = rows_by_id(session, Round, {row[1] for row in tally})
    sequences: dict[tuple[UUID, UUID], list[tuple[Round, bool]]] = defaultdict(list)
    for programme, round_id, unit, expected, complete, _ in tally:
        sequences[(programme, unit)].append((rounds[round_id], complete < expected))
    order = {
        unit.id: (unit, place)
        for place, (unit, _) in enumerate(in_tree_order(session, {unit for _, unit in sequences}))
    }
    home = session.caller.unit_id if session.caller else None
    found = []
    for (programme, unit), rows in sequences.items():
        rows.sort(key=lambda row: row[0].ends_on)
        count = in_a_row([missed for _, missed in rows])
        if count >= wanted and unit in order and programme in programmes and unit != home:
            silent_rounds = [row[0] for row in rows[-count:]]
            chases = chases_of(session, {(each.id, unit) for each in silent_rounds})
            found.append(
                Repeated(
                    programme=programmes[programme],
                    unit=order[unit][0],
                    rounds=count,
                    since=silent_rounds[0].period,
                    chases=sum(len(each) for each in chases.values()),
                )
            )
    return wanted, sorted(found, key=lambda each: (each.programme.name, order[each.unit.id][1]))


@dataclass(frozen=True)
class Rate:
    """How one unit reported in one programme over a span."""

    programme: Programme
    unit: Unit
    expected: int
    on_time: int
    complete: int


def percent(part: int, whole: int) -> str:
    """Return a share in per cent with one place, rounded half up."""
    return str((Decimal(part * 100) / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)) if whole else "0.0"


def rates(session: Session, starts_on: date, ends_on: date, programme_id: UUID | None = None) -> list[Rate]:
    """Return the rates per programme and unit over the rounds that end within a span and have fallen due."""
    sums: dict[tuple[UUID, UUID], Counter[str]] = defaultdict(Counter)
    for programme, _, unit, expected, complete, on_time in _tally(session, programme_id, starts_on, ends_on):
        sums[(programme, unit)].update(expected=expected, complete=complete, on_time=on_time)
    programmes = rows_by_id(session, Programme, {key[0] for key in sums})
    order = {unit.id: (unit, place) for place, (unit, _) in enumerate(in_tree_order(session, {key[1] for key in sums}))}
    found = [
        Rate(programmes[key[0]], order[key[1]][0], tally["expected"], tally["on_time"], tally["complete"])
        for key, tally in sums.items()
        if key[0] in programmes and key[1] in order
    ]
    return sorted(found, key=lambda each: (each.programme.name, order[each.unit.id][1]))


def _tally(
    session: Session, programme_id: UUID | None, starts_on: date | None, ends_on: date | None
) -> list[tuple[UUID, UUID, UUID, int, int, int]]:
    """Count what was expected, handed in, and handed in on time, by programme, round and unit; due rounds only."""
    handed_in = col(Report.status).not_in(OWED)
    statement = (
        select(  # type: ignore[call-overload]
            Report.programme_id,
            Report.round_id,
            Report.unit_id,
            func.count(),
            func.sum(case((handed_in, 1), else_=0)),
            func.sum(case((handed_in & (col(Report.submitted_at) <= col(Round.due_at)), 1), else_=0)),
        )
        .join(Round, col(Round.id) == col(Report.round_id))
        .where(*EXPECTED, Round.due_at <= clock.now())
        .group_by(Report.programme_id, Report.round_id, Report.unit_id)
    )
    if programme_id is not None:
        statement = statement.where(Report.programme_id == programme_id)
    if starts_on is not None:
        statement = statement.where(Round.ends_on >= starts_on)
    if ends_on is not None:
        statement = statement.where(Round.ends_on <= ends_on)
    rows: Sequence[Any] = session.exec(statement).all()
    return [(row[0], row[1], row[2], int(row[3]), int(row[4] or 0), int(row[5] or 0)) for row in rows]
