"""Checks of the sample: the city switches two shipped patterns on, and a county tries a stricter one as a draft."""

from collections.abc import Iterable
from datetime import date

from sqlmodel import col, select

from minsheng.checks import known, service
from minsheng.checks.models import CheckRule
from minsheng.checks.policy import CHECK_RULE
from minsheng.checks.schemas import CheckRuleIn
from minsheng.permissions import P
from minsheng.sample.cast import Cast

CITY, COUNTY = "温州市", "乐清市"


def play(cast: Cast) -> None:
    """Let both offices copy patterns, as they would on the screen."""
    programme = cast.programme(CITY)
    if programme is None:
        return
    on = cast.since(programme, 15)
    for row in _copied(cast, CITY, "wz-office", ("slip-target", "over-target"), on):
        with cast.acting("wz-office", P.RULE_EDIT, on) as own:
            held = own.get_one(CheckRule, row.id)
            CHECK_RULE.apply(own, held, "activate")
            own.add(held)
    _copied(cast, COUNTY, "yq-office", ("jump-current",), on)


def _copied(cast: Cast, place: str, who: str, codes: Iterable[str], on: date) -> list[CheckRule]:
    made = []
    with cast.acting(who, P.RULE_EDIT, on) as own:
        for pattern in own.exec(select(CheckRule).where(col(CheckRule.code).in_(codes))).all():
            definition, applies = known.content(pattern.definition, pattern.applies)
            body = CheckRuleIn(
                unit_id=cast.units[place],
                name=pattern.name,
                severity=pattern.severity,  # type: ignore[arg-type]
                definition=definition,
                applies=applies,
                based_on=pattern.id,
            )
            made.append(service.create(own, body))
    return made
