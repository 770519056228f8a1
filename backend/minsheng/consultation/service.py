"""What is done with a draft that is sent round."""

from collections import Counter
from uuid import UUID

from sqlmodel import col, select

from minsheng.consultation.models import Comment, Invitation
from minsheng.consultation.schemas import AnswerIn, CommentIn
from minsheng.kernel import clock, rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Conflict, Forbidden, WrongState, invalid
from minsheng.org.models import Unit
from minsheng.permissions import P
from minsheng.programmes.models import Item, Programme
from minsheng.programmes.schemas import ConsultIn


def invite(session: Session, programme: Programme, body: ConsultIn) -> None:
    """Ask units beneath the owner.

    Raises:
        Invalid: a day that has passed, a unit twice, or one that is not beneath the owner.
    """
    if body.until < clock.today():
        raise invalid("/until", "past", "意见截止日不能早于今天")
    seen: set[UUID] = set()
    for index, key in enumerate(body.unit_ids):
        where = f"/unit_ids/{index}"
        if key in seen:
            raise invalid(where, "duplicate", "同一单位写了两次")
        seen.add(key)
        unit = session.get(Unit, key)
        if unit is None:
            raise invalid(where, "unknown-unit", "没有这个单位，或不在您的权限内")
        if not _beneath(session, unit, programme.unit_id):
            raise invalid(where, "not-beneath", f"“{unit.name}”不是主办机构的下级")
        session.add(Invitation(programme_id=programme.id, unit_id=key, until=body.until))
    session.flush()


def _beneath(session: Session, unit: Unit, above: UUID) -> bool:
    at = unit.parent_id
    while at is not None:
        if at == above:
            return True
        parent = session.get(Unit, at)
        at = parent.parent_id if parent else None
    return False


def uninvite(session: Session, programme: Programme, _body: object) -> None:
    """End what units were asked, so that they no longer read the draft."""
    for invitation in session.exec(
        select(Invitation).where(Invitation.programme_id == programme.id, Invitation.status == "active")
    ).all():
        invitation.status = "ended"
        session.add(invitation)


def guests(session: Session, units: frozenset[UUID]) -> set[UUID]:
    """Return the programmes whose drafts units are asked about."""
    return set(
        session.exec(
            select(Invitation.programme_id).where(col(Invitation.unit_id).in_(units), Invitation.status == "active")
        ).all()
    )


def comment(session: Session, body: CommentIn) -> Comment:
    """Say something to a draft in the name of one's own unit.

    Raises:
        NotFound: the draft is not visible.
        Conflict: it is not out for comment, the unit was not asked, or the time is over.
        Invalid: the item is not one of the list.
        Forbidden: the caller does not speak for the unit.
    """
    programme = rows.fetch(session, Programme, body.programme_id)
    rows.fetch(session, Unit, body.unit_id)
    if not session.access.sits(P.COMMENT_EDIT, body.unit_id):
        message = "只能以本单位的名义提意见。"
        raise Forbidden(message)
    if programme.status != "consultation":
        message = "这个计划现在不在征求意见。"
        raise WrongState(message)
    asked = session.exec(
        select(Invitation).where(
            Invitation.programme_id == programme.id,
            Invitation.unit_id == body.unit_id,
            Invitation.status == "active",
        )
    ).first()
    if asked is None:
        message = "没有向这个单位征求意见。"
        raise Conflict(message)
    if asked.until < clock.today():
        message = f"征求意见已于 {asked.until} 截止。"
        raise Conflict(message)
    if body.item_id is not None:
        item = session.get(Item, body.item_id)
        if item is None or item.programme_id != programme.id or item.status == "void":
            raise invalid("/item_id", "foreign-item", "项目不在这个计划里")
    made = Comment(**body.model_dump(), author_name=session.who.name)
    session.add(made)
    session.flush()
    return made


def owners_answer(session: Session, row: Comment) -> None:
    """Let the list's owner answer, and nobody between.

    Raises:
        Forbidden: the caller does not write the list.
    """
    programme = session.get(Programme, row.programme_id)
    if programme is None or not session.access.in_area(P.PROGRAMME_EDIT, programme.unit_id):
        message = "由计划的主办机构答复。"
        raise Forbidden(message)


def own_comment(session: Session, row: Comment) -> None:
    """Let a unit take back only what it said itself.

    Raises:
        Forbidden: another unit said it.
    """
    if not session.access.sits(P.COMMENT_EDIT, row.unit_id):
        message = "只能撤回本单位的意见。"
        raise Forbidden(message)


def answer(_session: Session, row: Comment, body: AnswerIn) -> None:
    """Note what the owner made of it."""
    row.outcome, row.answer, row.answered_at = body.outcome, body.answer, clock.now()


def counts(session: Session, programmes: set[UUID]) -> Counter[tuple[UUID, UUID]]:
    """Return how many comments stand, by programme and unit."""
    return Counter(
        session.exec(
            select(Comment.programme_id, Comment.unit_id).where(
                col(Comment.programme_id).in_(programmes), Comment.status != "void"
            )
        ).all()
    )
