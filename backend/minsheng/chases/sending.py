"""The thread beside the server that makes the chases of rules and delivers what waits in the outbox.

Nothing is sent inside a request: a chase is a row first. Each attempt is claimed in a transaction of its own, sent
without any transaction, and its outcome noted in another. What plainly failed is tried again by itself at growing
intervals and given up in the end. What may have arrived (no answer, or a process that died in between) is left to a
person: nobody gets a chase twice by itself.
"""

import logging
import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import col, select

from minsheng.chases import channels, service, silence
from minsheng.chases.models import Chase, ChaseRule
from minsheng.chases.policy import CHASE, send
from minsheng.chases.timing import fires_on
from minsheng.kernel import clock, rows
from minsheng.kernel.access import Access, Session
from minsheng.kernel.db import Database
from minsheng.kernel.door import open_session
from minsheng.kernel.errors import Problem
from minsheng.kernel.lifecycle import ReasonIn
from minsheng.kernel.settings import Settings
from minsheng.org.models import Unit
from minsheng.reports.models import Round

EVERY_SECONDS = 10.0
RULES_EVERY_SECONDS = 300.0
CLAIM = timedelta(minutes=2)
"""So long an attempt may take; afterwards its process is taken for dead."""

log = logging.getLogger("minsheng")


def chase_by_rules(database: Database, settings: Settings) -> int:
    """Chase whoever a rule says is to be chased today, once a rule and day; return how many were chased."""
    limits = service.Limits(timedelta(hours=settings.chase_cooldown_hours), channels.ready(settings))
    made = 0
    with _opened(database, write=False) as session:
        rules = session.exec(select(ChaseRule).where(ChaseRule.status == "active", ChaseRule.kind != "repeated")).all()
        due = [(rule.id, each.round.id, each.unit.id) for rule in rules for each in _due(session, rule)]
    for rule_id, round_id, unit_id in due:
        with _opened(database, write=True) as session:
            try:
                rule = rows.hold(session, ChaseRule, rule_id)
                if rule.status != "active":
                    continue
                each = service.look(session, round_id, unit_id)
                row = service.make(session, each, rule.channel, rule.text, limits, rule)
                send(session, row)
                session.commit()
                made += 1
            except (Problem, IntegrityError, OperationalError) as error:
                # Chased by hand a moment ago, or handed in, or by another process: nothing to do today.
                log.info("a rule's chase is left out: %s", error)
    return made


def _due(session: Session, rule: ChaseRule) -> list[silence.Silent]:
    """Return whom a rule is to chase now: the silent units beneath its unit that it has not chased today."""
    now, today = clock.now(), clock.today()
    if now < clock.at(today, rule.hour):
        return []
    rounds = select(Round).where(Round.opens_at <= now, Round.closes_at > now)
    if rule.programme_id is not None:
        rounds = rounds.where(Round.programme_id == rule.programme_id)
    firing = {
        each.id
        for each in session.exec(rounds).all()
        if fires_on(rule.kind, rule.number, clock.day_of(each.due_at), today)
    }
    if not firing:
        return []
    under = service.beneath(session.exec(select(Unit)).all(), rule.unit_id)
    return [
        each
        for each in silence.silent(session, round_ids=firing)
        if each.unit.id in under
        and not any(chase.rule_id == rule.id and chase.occurrence == today for chase in each.chases)
    ]


def deliver(database: Database, settings: Settings, stop: threading.Event | None = None) -> int:
    """Try everything that waits in the outbox once; return how many arrived."""
    carriers = channels.adapters(settings)
    with _opened(database, write=False) as session:
        waiting = session.exec(
            select(Chase.id)
            .where(Chase.status == "queued", col(Chase.try_at) <= clock.now())
            .order_by(col(Chase.try_at))
            .limit(100)
        ).all()
    arrived = 0
    for key in waiting:
        if stop is not None and stop.is_set():
            break
        message = _claim(database, key)
        if message is None:
            continue
        carrier = carriers.get(message.pop("channel"))
        failure = None
        if carrier is None:
            failure = channels.DeliveryError("这个渠道现在没有配置")
        else:
            try:
                carrier.send(message)
            except channels.DeliveryError as error:
                failure = error
        _note(database, key, failure)
        arrived += failure is None
    return arrived


def _note(database: Database, key: UUID, failure: channels.DeliveryError | None) -> None:
    """Write down how an attempt went."""
    with _opened(database, write=True) as session:
        row = rows.hold(session, Chase, key)
        if row.status != "queued":
            return
        if failure is None:
            CHASE.follow(session, row, "deliver")
        elif failure.unsure or not service.put_off(row, str(failure)):
            CHASE.follow(session, row, "fail", ReasonIn(reason=str(failure)))
        session.add(row)
        session.commit()


def _claim(database: Database, key: UUID) -> dict[str, Any] | None:
    """Take one attempt and return what is to be said, or nothing when another process has taken it."""
    with _opened(database, write=True) as session:
        row = rows.hold(session, Chase, key)
        if row.status != "queued" or row.try_at is None or row.try_at > clock.now():
            return None
        if row.claimed_at is not None:
            CHASE.follow(session, row, "fail", ReasonIn(reason="发送中断，可能已经送达；请核实后再发。"))
            session.add(row)
            session.commit()
            return None
        if row.attempts and not silence.silent(session, round_ids={row.round_id}, unit_id=row.unit_id):
            CHASE.follow(session, row, "fail", ReasonIn(reason="单位已经报齐，不再发。"))
            session.add(row)
            session.commit()
            return None
        row.attempts += 1
        row.claimed_at, row.try_at = clock.now(), clock.now() + CLAIM
        unit = session.get_one(Unit, row.unit_id)
        message = {
            "id": str(row.id),
            "channel": row.channel,
            "unit_id": str(unit.id),
            "unit_code": unit.code,
            "unit_name": unit.name,
            "period": row.period,
            "nth": row.nth,
            "text": row.text,
        }
        session.add(row)
        session.commit()
        return message


def _opened(database: Database, *, write: bool) -> Session:
    return open_session(database, Access.system("chases are sent"), write=write)


def keep_sending(database: Database, settings: Settings, stop: threading.Event) -> None:
    """Look into the outbox every ten seconds and at the rules every five minutes, until told to stop."""
    turns = round(RULES_EVERY_SECONDS / EVERY_SECONDS)
    turn = 0
    while not stop.is_set():
        try:
            if turn % turns == 0:
                chase_by_rules(database, settings)
            deliver(database, settings, stop)
        except Exception:
            log.exception("sending chases failed; it will be tried again")
        turn += 1
        stop.wait(EVERY_SECONDS)
