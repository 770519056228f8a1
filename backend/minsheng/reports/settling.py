"""What is done with closed rounds: opened again for one unit, settled and signed, reopened."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

import orjson
from sqlmodel import col, func, select

from minsheng.kernel import clock, rows, sealing
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Conflict, Duplicate, FieldError, Forbidden, invalid
from minsheng.kernel.ids import new_id
from minsheng.kernel.lifecycle import ReasonIn
from minsheng.kernel.signing import Head
from minsheng.org.models import Unit
from minsheng.permissions import P
from minsheng.programmes.models import Programme
from minsheng.reports import as_reported
from minsheng.reports.account_schemas import ExceptionIn, RoundSettleIn
from minsheng.reports.as_reported import GONE, tally_of
from minsheng.reports.granted import RoundException
from minsheng.reports.models import COUNTED, Report, Round
from minsheng.reports.settled import Piece, SettledPart, SettledSection, Settlement

LONGEST = timedelta(days=366)

before_opening: list[Callable[[Session, Programme], None]] = []
"""What must be written down before a closed round can change: the boards freeze its lights."""


class Settled(Conflict):
    """The round is settled and signed: whoever wants to change it reopens it first, with a reason (R191)."""

    code, title = "settled", "填报期已结账"


def newest(session: Session, round_id: UUID) -> Settlement | None:
    """Return the last settlement of a round."""
    return session.exec(
        select(Settlement).where(Settlement.round_id == round_id).order_by(col(Settlement.edition).desc())
    ).first()


def refuse_settled(session: Session, round_: Round) -> None:
    """Keep a settled round as it is.

    Raises:
        Settled: it is settled and was not reopened.
    """
    last = newest(session, round_.id)
    if last is not None and last.status == "settled":
        message = f"{round_.words}已由{last.signed_name}结账，请先反结账并写明原因。"
        raise Settled(message)


# Exceptions


def grant(session: Session, body: ExceptionIn) -> RoundException:
    """Open a closed round again for one unit, or one task of it.

    Raises:
        NotFound: the round or the unit is not visible.
        Forbidden: the round belongs to another office.
        Conflict: it is not closed yet, or settled.
        Invalid: the end is past or too far, or the unit reports nothing in this round.
        Duplicate: it is open for the unit already.
    """
    round_ = rows.fetch(session, Round, body.round_id)
    rows.fetch(session, Unit, body.unit_id)
    caller = session.caller
    row = RoundException(
        round_id=body.round_id,
        unit_id=body.unit_id,
        task_id=body.task_id,
        until=body.until,
        reason=body.reason,
        programme_id=round_.programme_id,
        giver_id=round_.unit_id,
        granted_by=caller.user_id if caller else None,
        granted_name=caller.name if caller else "",
    )
    session.require(row)
    now = clock.now()
    if round_.closes_at > now:
        message = "填报期还没有关闭，不必例外。"
        raise Conflict(message)
    refuse_settled(session, round_)
    if not now < body.until <= now + LONGEST:
        raise invalid("/until", "range", "放开到的时间应在今后一年之内")
    due = select(Report.id).where(
        Report.round_id == round_.id, Report.unit_id == body.unit_id, col(Report.status).not_in(GONE)
    )
    if session.exec(due).first() is None:
        raise invalid("/unit_id", "nothing-due", "该单位在这一期没有填报任务")
    of_task = due.where(Report.task_id == body.task_id, col(Report.item_id).is_not(None))
    if body.task_id and session.exec(of_task).first() is None:
        raise invalid("/task_id", "nothing-due", "该单位在这一期没有这项任务")
    granted = session.exec(
        select(RoundException).where(
            RoundException.round_id == round_.id,
            RoundException.unit_id == body.unit_id,
            RoundException.status == "active",
            RoundException.until > now,
        )
    ).all()
    if any(each.task_id in {None, body.task_id} for each in granted):
        message = "已对该单位放开，可先收回再另行批准。"
        raise Duplicate(message, errors=[FieldError(pointer="/unit_id", code="duplicate", message=message)])
    for prepare in before_opening:
        prepare(session, rows.fetch(session, Programme, round_.programme_id))
    session.add(row)
    session.flush()
    return row


def keep_revoked(_session: Session, row: RoundException, body: ReasonIn) -> None:
    """Note why and when an exception was taken back."""
    row.revoke_reason, row.revoked_at = body.reason, clock.now()


def not_over(_session: Session, row: RoundException) -> None:
    """Take back only what still runs.

    Raises:
        Conflict: it has run out by itself.
    """
    if row.until <= clock.now():
        message = "放开的期限已过，已自动恢复锁定。"
        raise Conflict(message)


# Settling


def settle(session: Session, round_: Round, body: RoundSettleIn) -> Settlement:
    """Freeze what was reported in a closed round as its next edition, signed by the caller.

    Raises:
        Conflict: the round is not closed yet.
        Settled: it is settled already.
        Forbidden: the caller does not see everything that was reported in it.
    """
    if round_.closes_at > clock.now() or round_.status != "active":
        message = f"{round_.words}还没有关闭，不能结账。"
        raise Conflict(message)
    refuse_settled(session, round_)
    if session.access.why is None and not session.access.in_area(P.REPORT_READ, round_.unit_id):
        raise Forbidden
    last = newest(session, round_.id)
    composed = as_reported.compose(session, round_)
    parts, sections = composed.parts, _sections(composed)
    contents = [part.content() for part in parts]
    hashes = [as_reported.sha256(content) for content in contents]
    whole = "".join(contents)
    caller = session.caller
    settlement = Settlement(
        id=new_id(),
        round_id=round_.id,
        programme_id=round_.programme_id,
        unit_id=round_.unit_id,
        period=round_.period,
        edition=(last.edition if last else 0) + 1,
        sha256=as_reported.sha256(whole),
        parts_sha256=_listed(hashes),
        parts=[[hash_, len(part.lines)] for hash_, part in zip(hashes, parts, strict=True)],
        sections=[[_listed(each.beside), each.rows] for each in sections if each.place == 1],
        sections_sha256=_listed(_listed(each.beside) for each in sections if each.place == 1),
        size=len(whole.encode()),
        remark=body.remark or None,
        signed_by=caller.user_id if caller else None,
        signed_name=caller.name if caller else "",
        signed_at=clock.now(),
    )
    session.add(settlement)
    session.flush()
    session.add_all(
        SettledPart(
            settlement_id=settlement.id,
            unit_id=part.unit.id,
            seq=number,
            sha256=hash_,
            content=content,
            tally=dict(part.tally),
            open_items=part.open_items,
        )
        for number, (part, content, hash_) in enumerate(zip(parts, contents, hashes, strict=True), start=1)
    )
    session.add_all(
        SettledSection(
            settlement_id=settlement.id,
            unit_id=each.part.unit.id,
            item_id=each.item_id,
            seq=each.seq,
            place=each.place,
            sha256=each.beside[each.place - 1],
            beside=each.beside,
            content=each.part.content(),
            tally=dict(each.part.tally),
            open_items=each.part.open_items,
        )
        for each in sections
    )
    session.flush()
    return settlement


@dataclass(frozen=True)
class _Section:
    """One branch's part of an item; ``rows`` are those of the whole item."""

    item_id: UUID
    seq: int
    place: int
    beside: list[str]
    rows: int
    part: as_reported.Part


def _sections(composed: as_reported.Composed) -> list[_Section]:
    found = []
    for seq, (item, branches) in enumerate(composed.sections.items(), start=1):
        beside = [as_reported.sha256(each.content()) for each in branches]
        rows_ = sum(len(each.lines) for each in branches)
        found += [_Section(item, seq, place, beside, rows_, each) for place, each in enumerate(branches, start=1)]
    return found


def _listed(hashes: Iterable[str]) -> str:
    """Return the hash of a list of hashes, one a line."""
    return as_reported.sha256("".join(f"{each}\n" for each in hashes))


def seal_of(session: Session, settlement: Settlement) -> Head | None:
    """Return the first head of the sealed record that covers a settlement as it stands; none for the first minutes."""
    return sealing.covering(session.connection(), settlement.id)


def keep_reopened(session: Session, row: Settlement, body: ReasonIn) -> None:
    """Note who reopened a settled round, when and why; the signature stays."""
    row.reopen_reason, row.reopened_at = body.reason, clock.now()
    row.reopened_name = session.caller.name if session.caller else ""


def is_newest(session: Session, row: Settlement) -> None:
    """Reopen only the last edition.

    Raises:
        Conflict: there is a later one.
    """
    last = newest(session, row.round_id)
    if last is not None and last.edition != row.edition:
        message = "已有更新的一版。"
        raise Conflict(message)


def parts_of(session: Session, keys: Sequence[UUID], *, heavy: bool = True) -> dict[UUID, list[Piece]]:
    """Return what the caller may see of settlements, in order; without its content unless ``heavy``.

    Parts of units in his area, and sections of items he leads where they tell of other units too.
    """
    found: dict[UUID, list[Piece]] = defaultdict(list)
    for part in _read(session, SettledPart, keys, ("seq",), heavy=heavy):
        found[part.settlement_id].append(part)
    if session.access.lines.get(P.REPORT_READ):
        for section in _read(session, SettledSection, keys, ("item_id", "beside", "seq", "place"), heavy=heavy):
            if not session.access.in_area(P.REPORT_READ, section.unit_id):
                found[section.settlement_id].append(section)
    return found


K = TypeVar("K", SettledPart, SettledSection)


def _read(session: Session, kind: type[K], keys: Sequence[UUID], own: Sequence[str], *, heavy: bool) -> list[K]:
    wanted = col(kind.settlement_id).in_(keys)
    order = [col(getattr(kind, name)) for name in own if name in {"seq", "place"}]
    if heavy:
        return list(session.exec(select(kind).where(wanted).order_by(*order)).all())
    names = ("settlement_id", "unit_id", "sha256", "tally", "open_items", *own)
    columns: list[Any] = [getattr(kind, name) for name in names]
    light: Any = select(*columns)
    rows_ = session.exec(light.where(wanted).order_by(*order)).all()
    return [kind(**dict(zip(names, values, strict=True)), content="") for values in rows_]


def content_of(parts: Sequence[Piece]) -> list[str]:
    """Return the lines of parts as they were hashed; a line that a part and a section both hold comes once."""
    if all(isinstance(part, SettledPart) for part in parts):
        return [part.content for part in parts]
    return list(dict.fromkeys(line for part in parts for line in part.content.splitlines(keepends=True)))


def lines_of(parts: Sequence[Piece]) -> list[as_reported.Line]:
    """Return the lines of parts, parsed."""
    return [orjson.loads(line) for text in content_of(parts) for line in text.splitlines()]


# Completeness


def progress(session: Session, programme: Programme) -> tuple[Sequence[Round], dict[UUID, Counter[str]]]:
    """Return the rounds of a list in order, and how complete each is over what the caller may see."""
    found = session.exec(
        select(Round)
        .where(Round.programme_id == programme.id, Round.status == "active")
        .order_by(col(Round.ends_on), col(Round.starts_on).desc(), col(Round.id))
    ).all()
    is_late = (col(Report.submitted_at).is_not(None)) & (col(Report.submitted_at) >= col(Round.due_at))
    live: Any = (
        select(Report.round_id, Report.status, Report.excused, is_late, func.count())  # type: ignore[call-overload]
        .join(Round, col(Round.id) == col(Report.round_id))
        .where(Report.programme_id == programme.id, col(Report.status).not_in(GONE))
    )
    tallies: dict[UUID, Counter[str]] = defaultdict(Counter)
    grouped = live.group_by(Report.round_id, Report.status, Report.excused, is_late)
    for round_id, status, excused, late, number in session.exec(grouped).all():
        for name, each in tally_of(status, excused=excused, late=bool(late)).items():
            tallies[round_id][name] += each * number
    # A report that is being corrected still speaks for its task; the correction beside it is expected of nobody.
    twice = (
        select(Report.task_id, Report.round_id)
        .where(Report.programme_id == programme.id, col(Report.status).not_in(GONE))
        .group_by(col(Report.task_id), col(Report.round_id))
        .having(func.count(col(Report.id)) > 1)
    )
    for task_id, round_id in session.exec(twice).all():
        both = session.exec(
            select(Report, Round)
            .join(Round, col(Round.id) == col(Report.round_id))
            .where(Report.task_id == task_id, Report.round_id == round_id, col(Report.status).not_in(GONE))
            .order_by(col(Report.created_at), col(Report.id))
        ).all()
        speaking = next((each for each, _ in reversed(both) if each.status in COUNTED), both[-1][0])
        for report, round_ in both:
            if report is not speaking:
                late = report.submitted_at is not None and report.submitted_at >= round_.due_at
                tallies[round_id].subtract(tally_of(report.status, excused=report.excused, late=late))
    return found, tallies
