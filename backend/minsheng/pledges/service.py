"""What is done with pledges: made, sent, signed by both sides, supplemented."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from minsheng.kernel import clock, rows, sealing
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Conflict, Duplicate, FieldError, Forbidden, OwnWork, WrongState, invalid
from minsheng.kernel.lifecycle import ReasonIn
from minsheng.kernel.signing import Head
from minsheng.org.models import Unit
from minsheng.org.service import unit_names
from minsheng.permissions import P
from minsheng.pledges.models import Pledge
from minsheng.pledges.schemas import PledgeIn, PledgeState, PledgeStates
from minsheng.pledges.snapshot import Frozen, differences, fingerprint, tasks_of
from minsheng.programmes.models import Programme

NOT_THIS_SIDE = "这一步由对方办理。"


def create(session: Session, body: PledgeIn) -> Pledge:
    """Freeze what a unit was given into a draft.

    Raises:
        NotFound: programme or unit is not visible.
        Conflict: nothing was issued to the unit.
        Duplicate: it has a pledge already; what changed since goes into a supplement.
    """
    programme = rows.fetch(session, Programme, body.programme_id)
    giver = rows.fetch(session, Unit, body.giver_id or programme.unit_id)
    unit = rows.fetch(session, Unit, body.unit_id)
    if not session.access.sits(P.PLEDGE_EDIT, giver.id):
        message = "由下达单位制作责任书。"
        raise Forbidden(message)
    tasks = tasks_of(session, programme, giver.id).get(unit.id)
    if not tasks:
        message = f"“{unit.name}”还没有{giver.name}下达的任务，不能制作责任书。"
        raise Conflict(message)
    standing = select(Pledge.id).where(
        Pledge.programme_id == programme.id,
        Pledge.giver_id == giver.id,
        Pledge.unit_id == unit.id,
        Pledge.status != "void",
    )
    if session.exec(standing).first():
        message = f"“{unit.name}”已有这个计划的责任书。"
        raise Duplicate(message, errors=[FieldError(pointer="/unit_id", code="duplicate", message=message)])
    last = session.exec(
        select(func.max(Pledge.sequence)).where(Pledge.giver_id == giver.id, Pledge.year == programme.year)
    ).one()
    sequence = (last or 0) + 1
    number = body.number_pattern.replace("{year}", str(programme.year)).replace("{n}", str(sequence))
    title = f"{programme.name}目标责任书"
    content = _content(programme, giver, unit, number, title, tasks)
    pledge = Pledge(
        programme_id=programme.id,
        giver_id=giver.id,
        unit_id=unit.id,
        year=programme.year,
        sequence=sequence,
        number=number,
        title=title,
        content=content,
        sha256=fingerprint(content),
    )
    session.add(pledge)
    session.flush()
    return pledge


def _content(programme: Programme, giver: Unit, unit: Unit, number: str, title: str, tasks: Sequence[Frozen]) -> Frozen:
    return {
        "format": 1,
        "number": number,
        "title": title,
        "made_on": clock.today().isoformat(),
        "programme": {
            "id": str(programme.id),
            "name": programme.name,
            "year": programme.year,
            "source": programme.source,
        },
        "giver": {"id": str(giver.id), "name": giver.name},
        "unit": {"id": str(unit.id), "name": unit.name},
        "base": None,
        "tasks": list(tasks),
        "changes": [],
    }


def supplement(session: Session, base: Pledge) -> Pledge:
    """Freeze what changed since a pledge, or since its last supplement, into a numbered supplement.

    Raises:
        WrongState: the pledge is not in force, or its last supplement is not.
        Conflict: nothing changed.
        Invalid: a supplement supplements the pledge itself, not another supplement.
    """
    if base.base_id is not None:
        raise invalid("/id", "supplement", "请对原责任书制作补充责任书")
    if not session.access.sits(P.PLEDGE_EDIT, base.giver_id):
        raise Forbidden(NOT_THIS_SIDE)
    if base.status != "in_force":
        message = "责任书生效后才能制作补充责任书；未生效的请作废后重新制作。"
        raise WrongState(message)
    family = session.exec(select(Pledge).where(Pledge.base_id == base.id).order_by(col(Pledge.supplement))).all()
    if any(each.status not in {"in_force", "void"} for each in family):
        message = "上一份补充责任书还没有生效。"
        raise WrongState(message)
    standing = [each for each in family if each.status == "in_force"]
    latest = standing[-1] if standing else base
    programme = rows.fetch(session, Programme, base.programme_id)
    tasks = tasks_of(session, programme, base.giver_id).get(base.unit_id, [])
    changes = differences(latest.content["tasks"], tasks)
    if not changes:
        message = "签订以来任务、目标与期限没有变动，不需要补充责任书。"
        raise Conflict(message)
    count = max((each.supplement for each in family), default=0) + 1
    number, title = f"{base.number}补{count}", f"{base.title}补充责任书（{_numeral(count)}）"
    content = {
        **_content(
            programme,
            rows.fetch(session, Unit, base.giver_id),
            rows.fetch(session, Unit, base.unit_id),
            number,
            title,
            tasks,
        ),
        "base": {"number": base.number, "against": latest.number, "sha256": latest.sha256},
        "changes": changes,
    }
    made = Pledge(
        programme_id=base.programme_id,
        giver_id=base.giver_id,
        unit_id=base.unit_id,
        base_id=base.id,
        year=base.year,
        sequence=base.sequence,
        supplement=count,
        number=number,
        title=title,
        content=content,
        sha256=fingerprint(content),
    )
    session.add(made)
    session.flush()
    return made


def _numeral(count: int) -> str:
    digits = "〇一二三四五六七八九"
    if count < 10:
        return digits[count]
    tens, ones = divmod(count, 10)
    return f"{digits[tens] if tens > 1 else ''}十{digits[ones] if ones else ''}" if count < 100 else str(count)


# Moves


def giver_side(session: Session, pledge: Pledge) -> None:
    """Let only the giving unit itself act.

    Raises:
        Forbidden: the caller sits elsewhere.
    """
    if not session.access.sits(P.PLEDGE_EDIT, pledge.giver_id):
        raise Forbidden(NOT_THIS_SIDE)


def giver_signs(session: Session, pledge: Pledge) -> None:
    """Let only the giving unit sign for itself.

    Raises:
        Forbidden: the caller sits elsewhere.
    """
    if not session.access.sits(P.PLEDGE_SIGN, pledge.giver_id):
        raise Forbidden(NOT_THIS_SIDE)


def unit_side(session: Session, pledge: Pledge) -> None:
    """Let only the unit itself take it on, not whoever covers it from above.

    Raises:
        Forbidden: the caller sits elsewhere.
    """
    if not session.access.sits(P.PLEDGE_SIGN, pledge.unit_id):
        raise Forbidden(NOT_THIS_SIDE)


def another_person(session: Session, pledge: Pledge) -> None:
    """Refuse that one person signs for both sides.

    Raises:
        OwnWork: he signed for the unit.
    """
    if session.caller and pledge.unit_signer_id == session.caller.user_id:
        message = "同一人不能代表双方签订。"
        raise OwnWork(message)


def still_true(session: Session, pledge: Pledge) -> None:
    """Refuse to send what is no longer so.

    Raises:
        Conflict: tasks changed since it was made.
    """
    programme = rows.fetch(session, Programme, pledge.programme_id)
    tasks = tasks_of(session, programme, pledge.giver_id).get(pledge.unit_id, [])
    if differences(pledge.content["tasks"], tasks):
        message = "制作以来任务、目标或期限有变动，请作废后重新制作。"
        raise Conflict(message)


def send(_session: Session, pledge: Pledge, _body: object) -> None:
    """Note when it went out."""
    pledge.sent_at, pledge.returned_reason = clock.now(), None


def sign(session: Session, pledge: Pledge, _body: object) -> None:
    """Note who took it on for the unit, and when."""
    pledge.unit_signer_id, pledge.unit_signer_name = session.who.user_id, session.who.name
    pledge.unit_signed_at = clock.now()


def countersign(session: Session, pledge: Pledge, _body: object) -> None:
    """Note who confirmed it for the giver, and when: from then on it is in force."""
    pledge.giver_signer_id, pledge.giver_signer_name = session.who.user_id, session.who.name
    pledge.giver_signed_at = clock.now()


def hand_back(_session: Session, pledge: Pledge, body: ReasonIn) -> None:
    """Note why it came back."""
    pledge.sent_at, pledge.returned_reason = None, body.reason


def seal_of(session: Session, pledge: Pledge) -> Head | None:
    """Return the first head of the sealed record that covers a pledge as it stands; none for the first minutes."""
    return sealing.covering(session.connection(), pledge.id)


# Who has signed


def states(session: Session, programme: Programme, giver: Unit) -> PledgeStates:
    """Return every unit that was given tasks, with how far its pledge has come."""
    given = tasks_of(session, programme, giver.id)
    papers: dict[UUID, list[Any]] = defaultdict(list)
    for pledge in session.exec(
        select(Pledge)
        .where(Pledge.programme_id == programme.id, Pledge.giver_id == giver.id, Pledge.status != "void")
        .order_by(col(Pledge.supplement))
    ).all():
        papers[pledge.unit_id].append(pledge)
    names = unit_names(session, {*given, *papers})
    order = Counter({key: number for number, key in enumerate(_by_place(session, set(names)))})
    found = []
    for unit in sorted({*given, *papers} & names.keys(), key=lambda key: order[key]):
        mine = papers[unit]
        latest = mine[-1] if mine else None
        standing = [each for each in mine if each.status == "in_force"]
        outdated = bool(standing) and bool(differences(standing[-1].content["tasks"], given.get(unit, [])))
        found.append(
            PledgeState(
                unit_id=unit,
                unit_name=names[unit],
                tasks=len(given.get(unit, [])),
                state=latest.status if latest else "none",
                outdated=outdated,
                pledge_id=latest.id if latest else None,
                pledge_version=latest.version if latest else None,
                number=latest.number if latest else None,
                supplements=sum(each.supplement > 0 for each in mine),
            )
        )
    return PledgeStates(
        programme_id=programme.id,
        programme_name=programme.name,
        giver_id=giver.id,
        giver_name=giver.name,
        rows=found,
    )


def _by_place(session: Session, keys: set[UUID]) -> list[UUID]:
    return list(
        session.exec(select(Unit.id).where(col(Unit.id).in_(keys)).order_by(col(Unit.sort), col(Unit.id))).all()
    )
