"""What is done with programmes, items and indicators."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from minsheng.kernel import clock, rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Conflict, Duplicate, FieldError, WrongState, invalid
from minsheng.org.models import Unit
from minsheng.programmes.models import Indicator, Item, ItemLead, ItemListing, Measure, Programme
from minsheng.programmes.schemas import (
    IssueIn,
    ItemIn,
    ItemPatch,
    LeadIn,
    MeasureIn,
    ProgrammeIn,
    ProgrammePatch,
    RuleChangeIn,
)
from minsheng.rule_sets import service as rule_sets
from minsheng.rule_sets.models import RuleSet

MAX_DEPTH = 8

Beginning = Callable[[Session, Programme, ProgrammeIn], None]

beginnings: list[Beginning] = []
"""What a new list is given beside itself."""


def create(session: Session, body: ProgrammeIn) -> Programme:
    """Start a promise list as a draft."""
    rows.fetch(session, Unit, body.unit_id)
    programme = Programme(**body.model_dump(exclude={"cut_off_day", "cut_off_hour", "close_after_days"}))
    _check_span(programme)
    rule_sets.usable(session, programme.rule_set, programme.unit_id)
    session.add(programme)
    session.flush()
    for follow in beginnings:
        follow(session, programme, body)
    session.flush()
    return programme


def change(session: Session, programme: Programme, body: ProgrammePatch) -> None:
    """Change a draft."""
    for name, value in body.model_dump(exclude_unset=True).items():
        if value is None and name != "source":
            raise invalid(f"/{name}", "null", "不能为空")
        setattr(programme, name, value)
    _check_span(programme)
    if body.rule_set is not None:
        rule_sets.usable(session, programme.rule_set, programme.unit_id)
    session.flush()


def change_rules(session: Session, programme: Programme, body: RuleChangeIn) -> None:
    """Name another rule set for a list in force, with the reason.

    Raises:
        Invalid: it is the same one, not switched on, or of a unit that is not above.
    """
    if body.rule_set == programme.rule_set:
        raise invalid("/rule_set", "unchanged", "已经在用这套规则")
    rule_sets.usable(session, body.rule_set, programme.unit_id)
    programme.rule_set, programme.rule_reason = body.rule_set, body.reason


def rules_unused(session: Session, rule_set: RuleSet) -> None:
    """Refuse to stop rules that a list in force is judged by.

    Raises:
        Conflict: names how many lists use them.
    """
    used = session.exec(
        select(Programme.id).where(Programme.rule_set == rule_set.code, Programme.status != "closed")
    ).all()
    if used:
        message = f"还有 {len(used)} 个计划在用这套规则，请先更换。"
        raise Conflict(message)


def _check_span(programme: Programme) -> None:
    if programme.ends_on <= programme.starts_on:
        raise invalid("/ends_on", "before-start", "结束日应晚于开始日")
    if (programme.ends_on - programme.starts_on).days > 366 * 6:
        raise invalid("/ends_on", "too-long", "一个计划最长六年")
    if not programme.starts_on.year <= programme.year <= programme.ends_on.year:
        raise invalid("/year", "outside", "年度应在起止日期之内")


def issue(session: Session, programme: Programme, body: IssueIn | None) -> None:
    """Set the day of issue and take the catalogue along.

    Raises:
        Invalid: the day lies outside the programme or in the future.
    """
    day = (body.issued_on if body else None) or clock.today()
    if day > clock.today():
        raise invalid("/issued_on", "future", "下达日不能晚于今天")
    if not programme.starts_on <= day < programme.ends_on:
        raise invalid("/issued_on", "outside", "下达日应在计划起止日期之内")
    programme.issued_on = day
    for kind in (Item, ItemLead, ItemListing, Indicator):
        drafts: Any = select(kind).where(kind.programme_id == programme.id, kind.status == "draft")
        for row in session.exec(drafts).all():
            session.moving[row.id] = "issue"
            row.status = "issued"
            session.add(row)


def has_items(session: Session, programme: Programme) -> None:
    """Refuse to send round an empty list.

    Raises:
        Conflict: it has no item.
    """
    if not session.exec(select(Item.id).where(Item.programme_id == programme.id, Item.status == "draft")).first():
        message = "计划里还没有项目。"
        raise Conflict(message)


def items_ready(session: Session, programme: Programme) -> None:
    """Refuse to issue a list in which a leaf item counts nothing (R007).

    Raises:
        Conflict: the list is empty, or names every leaf without an indicator.
    """
    items = session.exec(select(Item).where(Item.programme_id == programme.id, Item.status == "draft")).all()
    if not items:
        message = "计划里还没有项目，不能下达。"
        raise Conflict(message)
    counted = set(
        session.exec(
            select(Indicator.item_id).where(Indicator.programme_id == programme.id, Indicator.status == "draft")
        ).all()
    )
    parents = {item.parent_id for item in items}
    empty = [item for item in items if item.id not in parents and item.id not in counted]
    if empty:
        errors = [
            FieldError(pointer=f"/items/{item.id}", code="no-indicator", message=f"“{item.title}”还没有指标")
            for item in empty[:100]
        ]
        message = f"有 {len(empty)} 个项目没有指标，不能下达。"
        raise Conflict(message, errors=errors)


# Items


def create_item(session: Session, body: ItemIn) -> Item:
    """Add a node to a draft list."""
    programme = rows.fetch(session, Programme, body.programme_id)
    item = Item(**body.model_dump(exclude={"leads"}), unit_id=programme.unit_id)
    _check_parent(session, item)
    _check_origin(session, item)
    session.add(item)
    session.flush()
    set_leads(session, item, body.leads)
    return item


def not_void(item: Item) -> None:
    if item.status == "void":
        message = "这个项目已作废。"
        raise WrongState(message)


def change_item(session: Session, item: Item, body: ItemPatch) -> None:
    """Change a node of a draft list."""
    not_void(item)
    fields = body.model_dump(exclude_unset=True, exclude={"leads"})
    for name, value in fields.items():
        if value is None and name not in _MAY_BE_EMPTY:
            raise invalid(f"/{name}", "null", "不能为空")
        setattr(item, name, value)
    if fields.keys() & {"origin", "upper_item_id"}:
        _check_origin(session, item)
    if "parent_id" in fields:
        _check_parent(session, item)
    if body.leads is not None:
        item.version += 0 if session.is_modified(item) else 1
        set_leads(session, item, body.leads)
    session.flush()


_MAY_BE_EMPTY = {"parent_id", "kind", "upper_item_id", "standard", "source_document"}


def _check_origin(session: Session, item: Item) -> None:
    """Keep the link to the tier above honest (R020, R049).

    Raises:
        Invalid: the item above is not visible, belongs to the same owner, or the item is the place's own.
    """
    if item.upper_item_id is None:
        return
    upper = session.get(Item, item.upper_item_id)
    if upper is None or upper.unit_id == item.unit_id or upper.status == "void":
        raise invalid("/upper_item_id", "unknown-item", "没有这个上级项目，或不在您的权限内")
    if item.origin != "handed_down":
        raise invalid("/origin", "origin", "本级自定的项目没有对应的上级项目")


def _check_parent(session: Session, item: Item) -> None:
    """Keep the catalogue a tree of its own programme.

    Raises:
        Invalid: another programme's item, a circle, or a tree too deep to read.
    """
    at = item.parent_id
    depth = _height(session, item)
    while at is not None:
        parent = session.get(Item, at)
        if parent is None or parent.programme_id != item.programme_id or parent.status == "void":
            raise invalid("/parent_id", "foreign-parent", "上级项目不在这个计划里")
        if parent.id == item.id:
            raise invalid("/parent_id", "cycle", "不能移到自己的下级之下")
        depth += 1
        if depth > MAX_DEPTH:
            raise invalid("/parent_id", "too-deep", f"最多 {MAX_DEPTH} 层")
        at = parent.parent_id


def _height(session: Session, item: Item) -> int:
    """Return how many levels an item and everything beneath it take; never more than are looked for."""
    level = {item.id}
    for height in range(1, MAX_DEPTH + 1):
        found = session.exec(select(Item.id).where(col(Item.parent_id).in_(level), Item.status != "void")).all()
        level = set(found)
        if not level:
            return height
    return MAX_DEPTH


def set_leads(session: Session, item: Item, wanted: Sequence[LeadIn]) -> None:
    """Make exactly these departments lead or help."""
    targets: dict[UUID, str] = {}
    for index, lead in enumerate(wanted):
        if lead.unit_id in targets:
            raise invalid(f"/leads/{index}/unit_id", "duplicate", "同一部门写了两次")
        if session.get(Unit, lead.unit_id) is None:
            raise invalid(f"/leads/{index}/unit_id", "unknown-unit", "没有这个部门")
        targets[lead.unit_id] = lead.role
    known = session.exec(select(ItemLead).where(ItemLead.item_id == item.id, ItemLead.status != "ended")).all()
    for lead_row in known:
        role = targets.pop(lead_row.department_id, None)
        if role is None:
            lead_row.status = "ended"
        elif role != lead_row.role:
            lead_row.role = role
        session.add(lead_row)
    session.add_all(
        ItemLead(programme_id=item.programme_id, unit_id=item.unit_id, item_id=item.id, department_id=key, role=role)
        for key, role in targets.items()
    )
    session.flush()


def in_catalogue_order(session: Session, keys: set[UUID]) -> list[Item]:
    """Return the visible items among some ids in the order of their catalogues: siblings by number, tree by tree."""
    programmes = select(Item.programme_id).where(col(Item.id).in_(keys))
    items = session.exec(
        select(Item).where(col(Item.programme_id).in_(programmes)).order_by(col(Item.seq), col(Item.id))
    ).all()
    beneath: dict[UUID | None, list[Item]] = defaultdict(list)
    for item in items:
        beneath[item.parent_id].append(item)
    found: list[Item] = []
    queue = list(reversed(beneath[None]))
    while queue:
        item = queue.pop()
        found.append(item)
        queue.extend(reversed(beneath[item.id]))
    return [item for item in found if item.id in keys]


def no_children(session: Session, item: Item) -> None:
    """Refuse to void a node that still has others beneath it.

    Raises:
        Conflict: it has.
    """
    child = session.exec(select(Item.id).where(Item.parent_id == item.id, Item.status != "void")).first()
    if child is not None:
        message = "请先作废它下面的项目。"
        raise Conflict(message)


def subjects_led(session: Session, departments: frozenset[UUID]) -> set[UUID]:
    """Return the items that departments lead or help with: the line axis of their authority."""
    return set(
        session.exec(
            select(ItemLead.item_id).where(col(ItemLead.department_id).in_(departments), ItemLead.status == "issued")
        ).all()
    )


# Measures


def create_measure(session: Session, body: MeasureIn) -> Measure:
    """Add a unit of measure.

    Raises:
        Duplicate: the name is taken.
    """
    if session.exec(select(Measure.id).where(Measure.name == body.name)).first():
        message = f"计量单位“{body.name}”已存在。"
        raise Duplicate(message, errors=[FieldError(pointer="/name", code="duplicate", message=message)])
    measure = Measure(**body.model_dump())
    session.add(measure)
    session.flush()
    return measure
