"""An item in several programmes, counted once (R006)."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Duplicate, FieldError, Locked, invalid
from minsheng.programmes.models import Item, ItemListing, Programme
from minsheng.programmes.schemas import ListingIn, TallyOut, TallyRow


def create(session: Session, body: ListingIn) -> ItemListing:
    """Let an item of another list count in a draft too.

    Raises:
        Invalid: the item belongs to the list already, or was struck out.
        Duplicate: it counts there already.
        Locked: the list is no draft.
    """
    programme = rows.fetch(session, Programme, body.programme_id)
    item = rows.fetch(session, Item, body.item_id)
    if item.programme_id == programme.id:
        raise invalid("/item_id", "own-item", "这个项目本来就在这个计划里")
    if item.status == "void":
        raise invalid("/item_id", "void-item", "这个项目已作废")
    if programme.status != "draft":
        raise Locked
    twin = select(ItemListing.id).where(
        ItemListing.programme_id == programme.id, ItemListing.item_id == item.id, ItemListing.status != "ended"
    )
    if session.exec(twin).first():
        message = "这个项目已列入该计划。"
        raise Duplicate(message, errors=[FieldError(pointer="/item_id", code="duplicate", message=message)])
    listing = ItemListing(programme_id=programme.id, unit_id=programme.unit_id, item_id=item.id)
    session.add(listing)
    session.flush()
    return listing


def tally(session: Session, programmes: Sequence[Programme]) -> TallyOut:
    """Count the leaf items of lists: each list by itself, and all of them together without counting any twice."""
    keys = [programme.id for programme in programmes]
    items = session.exec(select(Item).where(col(Item.programme_id).in_(keys), Item.status != "void")).all()
    parents = {item.parent_id for item in items}
    own = [item for item in items if item.id not in parents]
    per_list = Counter(item.programme_id for item in own)
    shared: dict[UUID, set[UUID]] = {key: set() for key in keys}
    for listing in session.exec(
        select(ItemListing).where(col(ItemListing.programme_id).in_(keys), ItemListing.status != "ended")
    ).all():
        shared[listing.programme_id].add(listing.item_id)
    found = [
        TallyRow(
            programme_id=programme.id,
            programme_name=programme.name,
            status=programme.status,  # type: ignore[arg-type]
            own=per_list[programme.id],
            shared=len(shared[programme.id]),
        )
        for programme in programmes
    ]
    distinct = {item.id for item in own}.union(*shared.values())
    return TallyOut(rows=found, listed=sum(row.own + row.shared for row in found), distinct=len(distinct))
