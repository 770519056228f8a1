"""Exceptions of closed rounds over HTTP."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlmodel import col, select

from minsheng.kernel import clock, rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import allow
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.org.service import unit_names
from minsheng.permissions import P
from minsheng.programmes.models import Item
from minsheng.reports import settling
from minsheng.reports.account_policy import EXCEPTION
from minsheng.reports.account_schemas import ExceptionIn, ExceptionOut
from minsheng.reports.granted import RoundException
from minsheng.reports.models import Round
from minsheng.targets.models import Task

router = APIRouter(tags=["rounds"], route_class=Route)

Reads = Annotated[Session, allow(P.REPORT_READ)]
Edits = Annotated[Session, allow(P.ROUND_EDIT)]


def present_exceptions(session: Session, found: Sequence[RoundException]) -> list[ExceptionOut]:
    """Return exceptions with names and buttons."""
    names = unit_names(session, {row.unit_id for row in found})
    periods = dict(
        session.exec(select(Round.id, Round.period).where(col(Round.id).in_({row.round_id for row in found}))).all()
    )
    titles = dict(
        session.exec(
            select(Task.id, Item.title)
            .join(Item, col(Item.id) == col(Task.item_id))
            .where(col(Task.id).in_({row.task_id for row in found if row.task_id}))
        ).all()
    )
    now = clock.now()
    return [
        ExceptionOut(
            **row.model_dump(exclude={"created_at", "giver_id", "granted_by"}),
            granted_at=row.created_at,
            period=periods.get(row.round_id, ""),
            unit_name=names.get(row.unit_id, ""),
            item_title=titles.get(row.task_id) if row.task_id else None,
            running=row.status == "active" and row.until > now,
            actions=EXCEPTION.actions(session, row),
        )
        for row in found
    ]


@router.get("/round-exceptions", summary="例外放开", operation_id="listRoundExceptions")
def list_exceptions(
    page: Paging,
    session: Reads,
    round_id: Annotated[UUID | None, Query(description="填报期")] = None,
    programme_id: Annotated[UUID | None, Query(description="所属计划")] = None,
    unit_id: Annotated[UUID | None, Query(description="放开的单位")] = None,
) -> Page[ExceptionOut]:
    """Return which closed rounds were opened again for whom, by whom, why and until when."""
    statement = select(RoundException)
    for column, value in (
        (RoundException.round_id, round_id),
        (RoundException.programme_id, programme_id),
        (RoundException.unit_id, unit_id),
    ):
        if value is not None:
            statement = statement.where(column == value)
    found: Sequence[RoundException] = session.exec(page.apply(statement, (RoundException.id,))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda row: (row.id,))
    return Page(items=present_exceptions(session, found), next=following)


@router.post("/round-exceptions", status_code=201, summary="批准例外", operation_id="createRoundException")
def create_exception(body: ExceptionIn, response: Response, session: Edits) -> ExceptionOut:
    """Open a closed round again for one unit, or one task of it, until an instant; afterwards the lock is back."""
    row = settling.grant(session, body)
    rows.tag(response, row)
    return present_exceptions(session, [row])[0]


@router.get("/round-exceptions/{id}", summary="一个例外", operation_id="getRoundException")
def get_exception(id: UUID, response: Response, session: Reads) -> ExceptionOut:  # noqa: A002
    """Return one exception."""
    row = rows.fetch(session, RoundException, id)
    rows.tag(response, row)
    return present_exceptions(session, [row])[0]


EXCEPTION.mount(router, "/round-exceptions", "RoundException", ExceptionOut, present_exceptions)
