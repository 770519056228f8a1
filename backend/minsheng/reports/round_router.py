"""Rounds over HTTP."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlmodel import select

from minsheng.kernel import clock, rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import IfMatch, allow
from minsheng.kernel.fields import Period
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.permissions import P
from minsheng.reports import rounds, settling
from minsheng.reports.models import Round
from minsheng.reports.schemas import RoundOut, RoundPatch

router = APIRouter(tags=["rounds"], route_class=Route)


def present_rounds(rounds: Sequence[Round], now: datetime) -> list[RoundOut]:
    """Return rounds with the state the clock gives them."""
    return [
        RoundOut(**each.model_dump(exclude={"created_at", "unit_id", "status"}), state=each.state(now))  # type: ignore[arg-type]
        for each in rounds
    ]


@router.get("/rounds", summary="填报期列表", operation_id="listRounds")
def list_rounds(
    page: Paging,
    session: Annotated[Session, allow(P.PROGRAMME_READ)],
    programme_id: Annotated[UUID | None, Query(description="所属计划")] = None,
    period: Annotated[Period | None, Query(description="期间")] = None,
) -> Page[RoundOut]:
    """Collection periods; readable by every unit beneath the owner."""
    statement = select(Round).where(Round.status == "active")
    if programme_id:
        statement = statement.where(Round.programme_id == programme_id)
    if period:
        statement = statement.where(Round.period == period)
    found: Sequence[Round] = session.exec(page.apply(statement, (Round.period, Round.id))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda each: (each.period, each.id))
    return Page(items=present_rounds(found, clock.now()), next=following)


@router.get("/rounds/{id}", summary="一个填报期", operation_id="getRound")
def get_round(id: UUID, response: Response, session: Annotated[Session, allow(P.PROGRAMME_READ)]) -> RoundOut:  # noqa: A002
    """Return one round."""
    round_ = rows.fetch(session, Round, id)
    rows.tag(response, round_)
    return present_rounds([round_], clock.now())[0]


@router.patch("/rounds/{id}", summary="调整填报期", operation_id="changeRound")
def change_round(
    id: UUID,  # noqa: A002
    body: RoundPatch,
    version: IfMatch,
    response: Response,
    session: Annotated[Session, allow(P.ROUND_EDIT)],
) -> RoundOut:
    """Move the cut-off or the lock of a round, with a reason."""
    round_ = rows.hold(session, Round, id, version)
    settling.refuse_settled(session, round_)
    rounds.change_round(session, round_, body)
    rows.tag(response, round_)
    return present_rounds([round_], clock.now())[0]
