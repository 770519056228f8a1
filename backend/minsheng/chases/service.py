"""What is done with chases: made, judged, delivered by hand, read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from minsheng.chases import silence
from minsheng.chases.models import Chase, ChaseRule
from minsheng.chases.schemas import ChaseIn, ChaseRuleIn, ChaseRulePatch
from minsheng.chases.texts import fill, over
from minsheng.chases.timing import again_after, earliest
from minsheng.kernel import clock, rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Conflict, Forbidden, invalid
from minsheng.kernel.lifecycle import ReasonIn
from minsheng.org.models import Unit
from minsheng.programmes.models import Programme
from minsheng.reports.models import Round

BY_HAND = frozenset({"phone", "paper"})
"""Somebody calls or writes, and notes how it went."""
AT_ONCE = "system"
"""The row itself is the message: it is delivered when it is committed."""


class TooSoon(Conflict):
    """The unit was chased for this round a short while ago; ``earliest`` says from when on it may be again."""

    code, title = "chase-too-soon", "刚刚催过"


class NothingOwed(Conflict):
    """The unit has handed in everything of this round."""

    code, title = "nothing-owed", "已经报齐"


@dataclass(frozen=True)
class Limits:
    """What the installation allows.

    Attributes:
        cooldown: the least time between two chases of one unit in one round.
        ready: channels that are configured.
    """

    cooldown: timedelta
    ready: frozenset[str]


def words_of(each: silence.Silent, programme: Programme, text: str) -> str:
    """Fill a template in for one unit and round."""
    due = each.round.due_at.astimezone(clock.BEIJING)
    return fill(
        text,
        {
            "单位": each.unit.name,
            "计划": programme.name,
            "填报期": each.round.words,
            "截止": f"{due.month}月{due.day}日{due.hour}时",
            "未交": str(each.owed),
            "退回": str(each.returned),
            "逾期": over(each.days_over),
            "次数": str(len(each.chases) + 1),
        },
    )


def look(session: Session, round_id: UUID, unit_id: UUID) -> silence.Silent:
    """Return what a unit owes in a round.

    Raises:
        NotFound: the round or the unit is not visible.
        NothingOwed: it owes nothing, or the round has not begun.
    """
    round_ = rows.fetch(session, Round, round_id)
    unit = rows.fetch(session, Unit, unit_id)
    found = silence.silent(session, round_ids={round_.id}, unit_id=unit.id)
    if not found:
        message = f"“{unit.name}”{round_.words}没有要催的报告。"
        raise NothingOwed(message)
    return found[0]


def make(
    session: Session,
    each: silence.Silent,
    channel: str,
    text: str,
    limits: Limits,
    rule: ChaseRule | None = None,
) -> Chase:
    """Return a chase of what a unit owes; it is not added yet.

    Raises:
        Invalid: the channel is not configured.
        Forbidden: the caller does not sit above the unit.
        TooSoon: the unit was chased for this round within the cool-down.
    """
    if channel not in limits.ready:
        raise invalid("/channel", "not-configured", "这个渠道还没有配置，请联系管理员。")
    if session.access.why is None and not silence.chasable(session, each.unit):
        message = f"“{each.unit.name}”由它的上级催报。"
        raise Forbidden(message)
    last = each.chases[-1].created_at if each.chases else None
    again = earliest(last, limits.cooldown)
    if again is not None and clock.now() < again:
        local = again.astimezone(clock.BEIJING)
        message = (
            f"“{each.unit.name}”{each.round.words}刚催过第 {len(each.chases)} 次，"
            f"最早 {local.month}月{local.day}日 {local:%H:%M} 可以再催。"
        )
        raise TooSoon(message, extra={"earliest": again.isoformat().replace("+00:00", "Z")})
    programme = rows.fetch(session, Programme, each.round.programme_id)
    now = clock.now()
    return Chase(
        programme_id=programme.id,
        round_id=each.round.id,
        unit_id=each.unit.id,
        by_unit_id=rule.unit_id if rule else session.who.unit_id,
        by_id=session.caller.user_id if session.caller else None,
        rule_id=rule.id if rule else None,
        occurrence=clock.day_of(now) if rule else None,
        period=each.round.period,
        nth=len(each.chases) + 1,
        channel=channel,
        text=words_of(each, programme, text),
        owed=each.owed,
        returned=each.returned,
        try_at=None if channel in BY_HAND or channel == AT_ONCE else now,
    )


def ask(session: Session, body: ChaseIn, limits: Limits) -> Chase:
    """Return a chase that the caller asked for; see :func:`make`."""
    return make(session, look(session, body.round_id, body.unit_id), body.channel, body.text, limits)


# Guards and effects of the life cycle


def by_hand(session: Session, chase: Chase) -> None:
    """Let a person note the outcome only of what he did himself.

    Raises:
        Conflict: the program delivers it and notes what happened.
    """
    if session.access.why is None and chase.channel not in BY_HAND and chase.channel != AT_ONCE:
        message = "这个渠道由系统发送，结果由系统登记。"
        raise Conflict(message)


def note_delivery(_session: Session, chase: Chase, _body: object) -> None:
    """Note when it arrived."""
    chase.delivered_at, chase.failure, chase.try_at, chase.claimed_at = clock.now(), None, None, None


def note_failure(_session: Session, chase: Chase, body: ReasonIn) -> None:
    """Note what happened."""
    chase.failure, chase.try_at, chase.claimed_at = body.reason, None, None


def idle(_session: Session, chase: Chase) -> None:
    """Send at once only what failed before and is not being sent at this moment.

    Raises:
        Conflict: it waits for its first attempt, or an attempt is under way.
    """
    if chase.status != "queued":
        return
    if chase.claimed_at is not None or chase.failure is None or chase.channel in BY_HAND:
        message = "正在发送，稍后看结果。" if chase.claimed_at is not None else "还没有结果，不必再发。"
        raise Conflict(message)


def put_off(chase: Chase, failure: str) -> bool:
    """Note a failed attempt and when the next one is due; say whether there is a next one."""
    wait = again_after(chase.attempts)
    if wait is None:
        return False
    chase.failure, chase.try_at, chase.claimed_at = failure, clock.now() + wait, None
    return True


def try_again(_session: Session, chase: Chase, _body: object) -> None:
    """Put it back into the outbox for now; what is done by hand waits for the hand."""
    chase.try_at = None if chase.channel in BY_HAND else clock.now()


def note_reading(session: Session, chase: Chase, _body: object) -> None:
    """Note that the unit has read it."""
    chase.read_at, chase.read_by = clock.now(), session.who.user_id


# Rules


def create_rule(session: Session, body: ChaseRuleIn, ready: frozenset[str]) -> ChaseRule:
    """Set a rule for the units beneath one's own.

    Raises:
        Invalid: the channel is not configured, or needs a person.
    """
    rows.fetch(session, Unit, body.unit_id)
    if body.programme_id is not None:
        rows.fetch(session, Programme, body.programme_id)
    rule = ChaseRule(**body.model_dump())
    session.require(rule)
    _check_channel(rule, ready)
    session.add(rule)
    session.flush()
    return rule


def change_rule(session: Session, rule: ChaseRule, body: ChaseRulePatch, ready: frozenset[str]) -> None:
    """Change a rule; what it has sent stays as it was.

    Raises:
        Invalid: the channel is not configured, or needs a person.
    """
    for name in body.model_fields_set:
        if getattr(body, name) is not None:
            setattr(rule, name, getattr(body, name))
    _check_channel(rule, ready)
    session.add(rule)
    session.flush()


def _check_channel(rule: ChaseRule, ready: frozenset[str]) -> None:
    if rule.channel in BY_HAND:
        raise invalid("/channel", "by-hand", "电话和书面通知由人来办，不能自动发送。")
    if rule.channel not in ready:
        raise invalid("/channel", "not-configured", "这个渠道还没有配置，请联系管理员。")


def beneath(units: Sequence[Unit], top: UUID) -> frozenset[UUID]:
    """Return the units under a unit, without itself."""
    children: dict[UUID | None, list[UUID]] = {}
    for unit in units:
        children.setdefault(unit.parent_id, []).append(unit.id)
    found: set[UUID] = set()
    queue = [top]
    while queue:
        for child in children.get(queue.pop(), ()):
            if child not in found:
                found.add(child)
                queue.append(child)
    return frozenset(found)
