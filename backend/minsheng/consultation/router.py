"""Invitations and comments over HTTP."""

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlmodel import col, select

from minsheng.consultation import service
from minsheng.consultation.models import Comment, Invitation
from minsheng.consultation.policy import COMMENT
from minsheng.consultation.schemas import CommentIn, CommentOut, InvitationOut
from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import allow
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.org.service import unit_names
from minsheng.permissions import P
from minsheng.programmes.models import Item

router = APIRouter(tags=["consultation"], route_class=Route)

ProgrammeQuery = Annotated[UUID | None, Query(description="哪个计划")]


def present_comments(session: Session, comments: Sequence[Comment]) -> list[CommentOut]:
    """Return comments with the names around them."""
    names = unit_names(session, {each.unit_id for each in comments})
    items = {
        item.id: item
        for item in session.exec(
            select(Item).where(col(Item.id).in_({each.item_id for each in comments if each.item_id}))
        ).all()
    }
    shown = []
    for each in comments:
        item = items.get(each.item_id) if each.item_id else None
        shown.append(
            CommentOut(
                **each.model_dump(exclude={"created_at"}),
                item_code=item.code if item else None,
                item_title=item.title if item else None,
                unit_name=names.get(each.unit_id),
                made_at=each.created_at,
                actions=COMMENT.actions(session, each),
            )
        )
    return shown


@router.get("/invitations", summary="征求意见的单位", operation_id="listInvitations")
def list_invitations(
    page: Paging,
    session: Annotated[Session, allow(P.PROGRAMME_READ)],
    programme_id: ProgrammeQuery = None,
) -> Page[InvitationOut]:
    """Units that are asked, with how much each has said; a unit sees its own invitations."""
    statement = select(Invitation)
    if programme_id:
        statement = statement.where(Invitation.programme_id == programme_id)
    found: Sequence[Invitation] = session.exec(page.apply(statement, (Invitation.id,))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda each: (each.id,))
    names = unit_names(session, {each.unit_id for each in found})
    said = service.counts(session, {each.programme_id for each in found})
    return Page(
        items=[
            InvitationOut(
                **each.model_dump(exclude={"created_at"}),
                unit_name=names.get(each.unit_id),
                comments=said[each.programme_id, each.unit_id],
            )
            for each in found
        ],
        next=following,
    )


@router.get("/comments", summary="意见", operation_id="listComments")
def list_comments(
    page: Paging,
    session: Annotated[Session, allow(P.PROGRAMME_READ)],
    programme_id: ProgrammeQuery = None,
    item_id: Annotated[UUID | None, Query(description="针对哪个项目")] = None,
    status: Annotated[Literal["open", "answered", "void"] | None, Query(description="状态")] = None,
) -> Page[CommentOut]:
    """Opinions of the caller's area, oldest first: the owner reads everybody's, a unit its own."""
    statement = select(Comment)
    for column, value in (
        (Comment.programme_id, programme_id),
        (Comment.item_id, item_id),
        (Comment.status, status),
    ):
        if value is not None:
            statement = statement.where(column == value)
    found: Sequence[Comment] = session.exec(page.apply(statement, (Comment.id,))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda each: (each.id,))
    return Page(items=present_comments(session, found), next=following)


@router.post("/comments", status_code=201, summary="提意见", operation_id="createComment")
def create_comment(
    body: CommentIn, response: Response, session: Annotated[Session, allow(P.COMMENT_EDIT)]
) -> CommentOut:
    """Say something to a draft, or to one item of it, in the name of one's own unit."""
    made = service.comment(session, body)
    rows.tag(response, made)
    return present_comments(session, [made])[0]


COMMENT.mount(router, "/comments", "Comment", CommentOut, present_comments)
