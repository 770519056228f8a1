"""Pledges of the sample: signed by both sides, by one, sent, handed back, or still drafts."""

from uuid import UUID

from minsheng.kernel.lifecycle import ReasonIn
from minsheng.permissions import P
from minsheng.pledges import service
from minsheng.pledges.models import Pledge
from minsheng.pledges.policy import PLEDGE
from minsheng.pledges.schemas import PledgeIn
from minsheng.sample.cast import Cast

IN_FORCE = ("send", "sign", "countersign")
CITY = {
    "乐清市": IN_FORCE,
    "苍南县": IN_FORCE,
    "鹿城区": ("send", "sign"),
    "瑞安市": ("send", "sign"),
    "瓯海区": ("send",),
    "永嘉县": ("send", "return"),
    "平阳县": (),
}
COUNTY = {
    "城东街道": IN_FORCE,
    "乐成街道": IN_FORCE,
    "城南街道": ("send", "sign"),
    "盐盆街道": ("send", "return"),
    "翁垟街道": (),
    "柳市镇": ("send",),
    "虹桥镇": IN_FORCE,
}
"""Unit -> how far its pledge has come."""


def play(cast: Cast) -> None:
    """Make the pledges of the city's list with counties, and of a county's list with townships."""
    _sign_all(cast, "温州市", CITY)
    _sign_all(cast, "乐清市", COUNTY)


def _sign_all(cast: Cast, owner: str, wanted: dict[str, tuple[str, ...]]) -> None:
    programme = cast.programme(owner)
    if programme is None:
        return
    giver = cast.units[owner]
    office, leader = (cast.username(giver, role) for role in ("office", "leader"))
    assert office  # noqa: S101 - the sample's own people
    assert leader  # noqa: S101
    made: dict[str, UUID] = {}
    with cast.acting(office, P.PLEDGE_EDIT, cast.since(programme, 14)) as session:
        for name, verbs in wanted.items():
            body = PledgeIn(programme_id=programme.id, giver_id=giver, unit_id=cast.units[name])
            pledge = service.create(session, body)
            made[name] = pledge.id
            if verbs:
                PLEDGE.apply(session, pledge, "send")
                session.add(pledge)
    for name, verbs in wanted.items():
        unit = cast.units[name]
        signer = cast.username(unit, "leader") or cast.username(unit, "office") or cast.username(unit, "clerk")
        for verb in verbs[1:]:
            who, days = (leader, 24) if verb == "countersign" else (signer, 19)
            if who is None:
                break
            with cast.acting(who, P.PLEDGE_SIGN, cast.since(programme, days)) as session:
                pledge = session.get_one(Pledge, made[name])
                back = (
                    ReasonIn(reason="第2项的完成期限与县里的安排不一致，请核对后再送。") if verb == "return" else None
                )
                PLEDGE.apply(session, pledge, verb, back)
                session.add(pledge)
