"""Chases of the sample: a county's office chases whoever did not report, by message and telephone; some have read."""

from datetime import timedelta

from minsheng.chases import service, silence
from minsheng.chases.policy import CHASE, send
from minsheng.chases.schemas import ChaseRuleIn, RuleKind
from minsheng.chases.texts import DEFAULT
from minsheng.kernel import clock
from minsheng.kernel.lifecycle import ReasonIn
from minsheng.permissions import P
from minsheng.sample.cast import Cast

OWNER = "乐清市"
LIMITS = service.Limits(timedelta(hours=24), frozenset({"system", "phone"}))
MOST = 8


def play(cast: Cast) -> None:
    """Chase the units of one county that stayed silent, the day after each cut-off; set the rules of its office."""
    programme = cast.programme(OWNER)
    giver = cast.units[OWNER]
    office = cast.username(giver, "office")
    if programme is None or office is None:
        return
    with cast.acting(office, P.ROUND_EDIT, cast.since(programme, 20)) as session:
        rules: tuple[tuple[RuleKind, int], ...] = (("after", 1), ("every", 3), ("repeated", 3))
        for kind, number in rules:
            rule = ChaseRuleIn(unit_id=giver, programme_id=programme.id, kind=kind, number=number)
            service.create_rule(session, rule, LIMITS.ready)
    with cast.acting(office, P.REPORT_CHASE, cast.today) as session:
        listed = silence.silent(session, programme_id=programme.id)
        late = [each for each in listed if each.round.due_at < clock.now() and silence.chasable(session, each.unit)]
    for index, each in enumerate(late[:MOST]):
        day = clock.day_of(each.round.due_at) + timedelta(days=1)
        with cast.acting(office, P.REPORT_CHASE, day) as session:
            by_phone = index % 3 == 2
            found = service.look(session, each.round.id, each.unit.id)
            chase = service.make(session, found, "phone" if by_phone else "system", DEFAULT, LIMITS)
            send(session, chase)
            session.moving.clear()
            if by_phone:
                CHASE.apply(session, chase, "fail", ReasonIn(reason="无人接听"))
                session.flush()
        clerk = cast.username(each.unit.id, "clerk")
        if clerk and index % 2 == 0:
            with cast.acting(clerk, P.REPORT_EDIT, day + timedelta(days=1)) as session:
                CHASE.apply(session, session.get_one(type(chase), chase.id), "read")
