"""This year's list out of last year's (R002): a copy that remembers where each item came from; what became of it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from minsheng.kernel import clock, rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import invalid
from minsheng.kernel.ids import new_id
from minsheng.org.models import Unit
from minsheng.org.service import unit_names
from minsheng.programmes.models import Indicator, Item, ItemLead, Measure, Programme
from minsheng.programmes.schemas import CopyIn, Difference, DiffOut, DiffRow, LevelCount

Follower = Callable[[Session, Programme, Programme, CopyIn, Mapping[UUID, UUID]], None]

followers: list[Follower] = []
"""What later features copy along; each is given the ids of the old rows with those of the new ones."""

Words = Callable[[Session, Programme], Mapping[UUID, str]]

compared: list[tuple[str, str, Words]] = []
"""What later features say about each item of a list, to be compared where both lists say it: field, label, words."""

_OWN = {"id", "version", "created_at", "programme_id", "unit_id", "status"}
"""Columns that a copy does not take over."""


def shifted(day: date, years: int) -> date:
    """Return the same day of another year; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def copy(session: Session, source: Programme, body: CopyIn) -> Programme:
    """Make a draft of a whole list: tree, indicators and leads, with every date moved by the difference of the years.

    A copy for another owner is what that owner was given: its items are handed down and point to the items above.

    Raises:
        Invalid: the same owner would have two copies for one year, or the dates leave the calendar.
    """
    owner = rows.fetch(session, Unit, body.unit_id) if body.unit_id else rows.fetch(session, Unit, source.unit_id)
    years = body.year - source.year
    same_owner = owner.id == source.unit_id
    if years == 0 and same_owner:
        raise invalid("/year", "same-year", "新计划的年度应与原计划不同")
    try:
        span = (shifted(source.starts_on, years), shifted(source.ends_on, years))
    except (ValueError, OverflowError):
        raise invalid("/year", "outside", "平移后的日期超出范围") from None
    made = Programme(
        **source.model_dump(exclude={*_OWN, "year", "name", "starts_on", "ends_on", "issued_on", "predecessor_id"}),
        unit_id=owner.id,
        year=body.year,
        name=body.name or _renamed(source, owner, body.year, same_owner=same_owner),
        starts_on=span[0],
        ends_on=span[1],
        predecessor_id=source.id if same_owner else None,
    )
    session.add(made)
    session.flush()
    known = _copy_catalogue(session, source, made, same_owner=same_owner)
    session.flush()
    for follower in followers:
        follower(session, source, made, body, known)
    session.flush()
    return made


def _renamed(source: Programme, owner: Unit, year: int, *, same_owner: bool) -> str:
    name = source.name.replace(str(source.year), str(year)) if str(source.year) in source.name else source.name
    if name == source.name and year != source.year:
        name = f"{source.name}（{year}年）"
    return name[:200] if same_owner else f"{owner.name}{name}"[:200]


def _copy_catalogue(session: Session, source: Programme, made: Programme, *, same_owner: bool) -> dict[UUID, UUID]:
    """Copy items, indicators and leads; return the new id of every old row.

    A column of any feature that names another copied row, such as a parent, comes to name its copy.
    """
    items = session.exec(select(Item).where(Item.programme_id == source.id, Item.status != "void")).all()
    indicators = session.exec(select(Indicator).where(Indicator.programme_id == source.id)).all()
    leads = session.exec(
        select(ItemLead, Unit)
        .join(Unit, col(Unit.id) == col(ItemLead.department_id))
        .where(ItemLead.programme_id == source.id, ItemLead.status != "ended")
    ).all()
    taken = {item.id for item in _parents_first(items)}
    known = {row.id: new_id() for row in (*_parents_first(items), *indicators)}

    def fields(row: Item | Indicator | ItemLead) -> dict[str, Any]:
        kept = row.model_dump(exclude=_OWN)
        return {name: known.get(value, value) if isinstance(value, UUID) else value for name, value in kept.items()}

    shared = {"programme_id": made.id, "unit_id": made.unit_id}
    for level in _by_level(items):
        for item in level:
            origin = (
                {"predecessor_item_id": item.id}
                if same_owner
                else {"origin": "handed_down", "upper_item_id": item.id, "predecessor_item_id": None}
            )
            session.add(Item(**{**fields(item), **shared, **origin, "id": known[item.id]}))
        session.flush()
    for indicator in indicators:
        if indicator.item_id in taken:
            session.add(Indicator(**{**fields(indicator), **shared, "id": known[indicator.id]}))
    today = clock.today()
    for lead, department in leads:
        if lead.item_id in taken and not (department.valid_to and department.valid_to < today):
            session.add(ItemLead(**{**fields(lead), **shared}))
    return known


def _parents_first(items: Sequence[Item]) -> Iterable[Item]:
    for level in _by_level(items):
        yield from level


def _by_level(items: Sequence[Item]) -> list[list[Item]]:
    """Return the tree level by level, siblings by number."""
    beneath: dict[UUID | None, list[Item]] = defaultdict(list)
    for item in sorted(items, key=lambda each: (each.seq, each.id)):
        beneath[item.parent_id].append(item)
    found: list[list[Item]] = []
    level = beneath[None]
    while level:
        found.append(level)
        level = [child for item in level for child in beneath[item.id]]
    return found


# What became of last year's items

_LABELS = {
    "code": "编号",
    "title": "名称",
    "parent": "上级",
    "kind": "类型",
    "origin": "来源",
    "standard": "内容与标准",
    "source_document": "来源文件",
    "leads": "责任部门",
    "indicators": "指标",
}
_KINDS = {
    "works": "工程",
    "subsidy": "补助",
    "insurance": "参保",
    "training": "培训",
    "service": "服务",
    "policy": "政策",
    "ongoing": "常态化",
}
_ORIGINS = {"own": "本级自定", "handed_down": "上级下达"}
_ROLES = {"lead": "牵头", "cooperate": "配合"}
_COUNTING = {"cumulative": "累计", "snapshot": "时点"}


class _Side:
    """One catalogue, ready to be compared."""

    def __init__(self, session: Session, programme: Programme) -> None:
        items = session.exec(select(Item).where(Item.programme_id == programme.id, Item.status != "void")).all()
        self.items = {item.id: item for item in items}
        self.level = {item.id: number for number, level in enumerate(_by_level(items), start=1) for item in level}
        self.ordered = _in_order(items)
        self._leads: dict[UUID, list[str]] = defaultdict(list)
        leads = session.exec(
            select(ItemLead).where(ItemLead.programme_id == programme.id, ItemLead.status != "ended")
        ).all()
        names = unit_names(session, {lead.department_id for lead in leads})
        for lead in leads:
            self._leads[lead.item_id].append(f"{names.get(lead.department_id, '')}({_ROLES.get(lead.role, lead.role)})")
        self._counted: dict[UUID, list[str]] = defaultdict(list)
        for indicator, measure in session.exec(
            select(Indicator, Measure)
            .join(Measure, col(Measure.id) == col(Indicator.measure_id))
            .where(Indicator.programme_id == programme.id)
        ).all():
            way = _COUNTING.get(indicator.accumulation, indicator.accumulation)
            self._counted[indicator.item_id].append(f"{indicator.name}({measure.name},{way})")
        self.said = {field: words(session, programme) for field, _, words in compared}

    def facts(self, item: Item) -> dict[str, str | None]:
        """Return what is compared, as words."""
        return {
            "code": item.code,
            "title": item.title,
            "kind": _KINDS.get(item.kind or "", item.kind),
            "origin": _ORIGINS.get(item.origin, item.origin),
            "standard": item.standard,
            "source_document": item.source_document,
            "leads": "、".join(sorted(self._leads[item.id])) or None,
            "indicators": "、".join(sorted(self._counted[item.id])) or None,
        }


def _in_order(items: Sequence[Item]) -> list[Item]:
    beneath: dict[UUID | None, list[Item]] = defaultdict(list)
    for item in sorted(items, key=lambda each: (each.seq, each.id), reverse=True):
        beneath[item.parent_id].append(item)
    found = []
    queue = beneath[None]
    while queue:
        item = queue.pop()
        found.append(item)
        queue = queue + beneath[item.id]
    return found


def diff(session: Session, programme: Programme, against: Programme) -> DiffOut:
    """Compare two catalogues item by item: by the link that a copy keeps, else by a title that each has once."""
    new, old = _Side(session, programme), _Side(session, against)
    pairs = _pairs(new, old)
    found = []
    for item in new.ordered:
        before = old.items.get(pairs.get(item.id, item.id))
        changes = [] if before is None else _changes(new, old, item, before, pairs)
        outcome = "new" if before is None else "changed" if changes else "kept"
        found.append(_row(outcome, new.level[item.id], item, before, changes))
    met = set(pairs.values())
    found += [_row("dropped", old.level[item.id], None, item, []) for item in old.ordered if item.id not in met]
    return DiffOut(
        programme_id=programme.id,
        programme_name=programme.name,
        year=programme.year,
        against_id=against.id,
        against_name=against.name,
        against_year=against.year,
        levels=_levels(programme, new, old, found),
        rows=found,
    )


def _pairs(new: _Side, old: _Side) -> dict[UUID, UUID]:
    """Return the predecessor of every item that has one in the other catalogue."""
    pairs: dict[UUID, UUID] = {}
    met: set[UUID] = set()
    for item in new.ordered:
        for link in (item.predecessor_item_id, item.upper_item_id):
            if link in old.items and link not in met:
                pairs[item.id] = link
                met.add(link)
                break
    titles = [Counter(item.title for item in side.ordered) for side in (new, old)]
    by_title = {item.title: item for item in old.ordered if item.id not in met and titles[1][item.title] == 1}
    for item in new.ordered:
        if item.id not in pairs and titles[0][item.title] == 1 and item.title in by_title:
            pairs[item.id] = by_title[item.title].id
    return pairs


def _changes(new: _Side, old: _Side, item: Item, before: Item, pairs: Mapping[UUID, UUID]) -> list[Difference]:
    was, now = old.facts(before), new.facts(item)
    above = pairs.get(item.parent_id) if item.parent_id else None
    if above != before.parent_id:
        was["parent"] = old.items[before.parent_id].title if before.parent_id in old.items else None
        now["parent"] = new.items[item.parent_id].title if item.parent_id in new.items else None
    return [
        Difference(field=name, label=_LABELS[name], old=was[name], new=now[name])
        for name in _LABELS
        if name in now and (was[name] != now[name] or name == "parent")
    ] + [
        Difference(field=field, label=label, old=said, new=says)
        for field, label, _ in compared
        if (said := old.said[field].get(before.id)) and (says := new.said[field].get(item.id)) and said != says
    ]


def _row(outcome: str, level: int, item: Item | None, before: Item | None, changes: list[Difference]) -> DiffRow:
    return DiffRow(
        outcome=outcome,  # type: ignore[arg-type]
        level=level,
        item_id=item.id if item else None,
        code=item.code if item else None,
        title=item.title if item else None,
        against_item_id=before.id if before else None,
        against_code=before.code if before else None,
        against_title=before.title if before else None,
        changes=changes,
    )


def _levels(programme: Programme, new: _Side, old: _Side, found: Sequence[DiffRow]) -> list[LevelCount]:
    tally = Counter((row.level, row.outcome) for row in found)
    totals = [Counter(side.level.values()) for side in (new, old)]
    depth = max((*totals[0], *totals[1]), default=0)
    labels = programme.level_labels
    return [
        LevelCount(
            level=level,
            label=labels[level - 1] if level <= len(labels) else f"第{level}层",
            total=totals[0][level],
            against_total=totals[1][level],
            new=tally[level, "new"],
            dropped=tally[level, "dropped"],
            changed=tally[level, "changed"],
            kept=tally[level, "kept"],
        )
        for level in range(1, depth + 1)
    ]
