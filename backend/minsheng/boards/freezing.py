"""Freezing: once a round has closed, the light of each target at its end is written down for good.

Time changes no status, so nothing waits for a clock: whoever freezes, and however late, finds what was locked when the
round closed. What a light hangs on beside the figures (the rules in force) may change only after the rounds that have
closed were frozen.
"""

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import col, select

from minsheng.boards.gathering import Gathered, gather
from minsheng.boards.models import FrozenLight, MadeUpMark
from minsheng.boards.service import Line, lit
from minsheng.exemptions.models import Exemption
from minsheng.exemptions.policy import EXEMPTION
from minsheng.kernel import clock
from minsheng.kernel.access import Access, Session
from minsheng.kernel.db import Database
from minsheng.kernel.door import open_session
from minsheng.plans import service as plans
from minsheng.plans.verdicts import made_up_on
from minsheng.programmes.models import Programme
from minsheng.programmes.policy import PROGRAMME
from minsheng.reports.models import Round
from minsheng.reports.rounds import leading
from minsheng.reports.settling import before_opening
from minsheng.rule_sets import service as rule_sets
from minsheng.rule_sets.definition import DONE
from minsheng.targets.models import TargetAdjustment, TaskState
from minsheng.targets.policy import ADJUSTMENT, STATE

EVERY_SECONDS = 600.0

log = logging.getLogger("minsheng")


def waiting(session: Session, programme: Programme) -> list[Round]:
    """Return the rounds of a programme that have closed and are not frozen yet, in order."""
    frozen = set(
        session.exec(select(FrozenLight.round_id).where(FrozenLight.programme_id == programme.id).distinct()).all()
    )
    now = clock.now()
    return [each for each in leading(session, programme.id) if each.closes_at <= now and each.id not in frozen]


@dataclass(frozen=True)
class Frozen:
    """What is to be written down for one round that has closed."""

    round_id: UUID
    lights: list[FrozenLight]
    marks: list[MadeUpMark]


def judged(session: Session, programme: Programme, most: int | None = None) -> Iterator[Frozen]:
    """Yield what the rounds that wait are to be frozen with, the oldest first; nothing is written.

    A round's figures are locked once it has closed, so what is judged now holds whenever it is written.
    """
    rounds = waiting(session, programme)[:most]
    if not rounds:
        return
    rule_set = rule_sets.in_force(session, programme.rule_set)
    gathered = gather(session, programme, reports=rule_set.watches_reports)
    for each in rounds:
        lights = [_row(line, each, programme) for line in lit(gathered, rule_set, each.ends_on).lines]
        yield Frozen(each.id, lights, _marks(session, gathered, each))


def freeze(session: Session, programme: Programme, most: int | None = None) -> int:
    """Freeze what is waiting in one programme, under the system's access; return how many lights were written.

    ``most`` is the number of rounds to take, the oldest first. Running it again writes nothing.
    """
    return sum(_write(session, each) for each in judged(session, programme, most))


def _write(session: Session, frozen: Frozen) -> int:
    session.add_all([*frozen.lights, *frozen.marks])
    session.flush()
    return len(frozen.lights)


def _row(line: Line, each: Round, programme: Programme) -> FrozenLight:
    judged = line.judgement
    return FrozenLight(
        round_id=each.id,
        target_id=line.entry.target_id,
        programme_id=programme.id,
        item_id=line.entry.item_id,
        unit_id=line.entry.unit_id,
        ends_on=each.ends_on,
        rule_set=line.rule_set.code,
        light=judged.light,
        standing=judged.standing,
        actual=line.actual,
        progress_pct=plans.progress_text(judged),
        expected_pct=plans.expected_text(judged),
        gap_points=plans.gap_text(judged, line.rule_set),
        explanation=judged.explanation,
        steps=[list(step) for step in judged.steps],
    )


def _marks(session: Session, gathered: Gathered, each: Round) -> list[MadeUpMark]:
    """Return the marks of earlier months that the figures of a round have made up."""
    # Columns, not rows: of a city's year there are two hundred thousand, and few of them are to be marked.
    earlier: Sequence[Any] = session.exec(
        select(  # type: ignore[call-overload]
            FrozenLight.id, FrozenLight.target_id, FrozenLight.rule_set, FrozenLight.light, FrozenLight.ends_on
        )
        .join(MadeUpMark, col(MadeUpMark.frozen_light_id) == col(FrozenLight.id), isouter=True)
        .where(
            FrozenLight.programme_id == each.programme_id,
            FrozenLight.ends_on < each.ends_on,
            FrozenLight.light != DONE,
            col(MadeUpMark.id).is_(None),
        )
    ).all()
    entries = {entry.target_id: entry for entry in gathered.entries}
    known = rule_sets.all_in_force(session, {row.rule_set for row in earlier})
    found = []
    for row in earlier:
        entry = entries.get(row.target_id)
        if entry is None or made_up_on(known[row.rule_set], entry.case, row.ends_on, row.light, each.ends_on) is None:
            continue
        found.append(
            MadeUpMark(
                frozen_light_id=row.id,
                target_id=entry.target_id,
                programme_id=each.programme_id,
                item_id=entry.item_id,
                unit_id=entry.unit_id,
                ends_on=each.ends_on,
            )
        )
    return found


def freeze_first(session: Session, programme: Programme, _body: object = None) -> None:
    """Freeze what is waiting before something changes that lights hang on, in the transaction of the change.

    What the move has changed already is not flushed yet, so the lights are those of before.
    """
    system = Access.system("lights of closed rounds are frozen")
    with Session(session.connection(), access=system, write=True) as beside:
        own = beside.get(Programme, programme.id)
        if own is not None:
            freeze(beside, own)
            beside.flush()
        beside.expunge_all()


def freeze_list_first(session: Session, row: TargetAdjustment | TaskState | Exemption, _body: object = None) -> None:
    """Freeze the list of a row that is being decided: its day may lie in a month that has closed."""
    programme = session.get(Programme, row.programme_id)
    if programme is not None:
        freeze_first(session, programme)


def freeze_due(database: Database, stop: threading.Event | None = None) -> int:
    """Freeze every programme's closed rounds, or those before ``stop``; return how many lights were written.

    Judging takes long and only reads; each round is then written in a transaction of its own, so that on SQLite nobody
    waits long for the one writer.
    """
    system = Access.system("lights of closed rounds are frozen")
    with open_session(database, system, write=False) as session:
        keys: Sequence[UUID] = session.exec(select(Programme.id).where(Programme.status != "draft")).all()
        due = [key for key in keys for _ in waiting(session, session.get_one(Programme, key))]
    written = 0
    for key in due:
        # One round at a time: what was made up since hangs on what the round before was frozen with.
        with open_session(database, system, write=False) as session:
            found = list(judged(session, session.get_one(Programme, key), most=1))
            session.expunge_all()
        if stop is not None and stop.is_set():
            break
        with open_session(database, system, write=True) as session:
            try:
                written += sum(_write(session, each) for each in found)
                session.commit()
            except (IntegrityError, OperationalError) as error:
                # Another process was faster, or the database is busy: the next turn finds what is left.
                log.info("freezing is left to the next turn", exc_info=error)
    return written


def keep_freezing(database: Database, stop: threading.Event) -> None:
    """Freeze at the start and every ten minutes, until told to stop: the work of a thread beside the server."""
    while not stop.is_set():
        try:
            freeze_due(database, stop)
        except Exception:
            log.exception("freezing failed; it will be tried again")
        stop.wait(EVERY_SECONDS)


before_opening.append(freeze_first)
# The lights of months that have closed were given by the old rules, whenever somebody first looks.
PROGRAMME.moves["change-rules"].effects.insert(0, freeze_first)
for decided, verb in ((ADJUSTMENT, "approve"), (STATE, "approve"), (STATE, "end"), (EXEMPTION, "approve")):
    decided.moves[verb].effects.insert(0, freeze_list_first)
