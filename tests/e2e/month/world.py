"""The world of the month's journey: one winter list of a county in three townships, one of which has a long sheet."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlmodel import select

from minsheng.identity.models import Grant, Role, User
from minsheng.kernel import clock
from minsheng.kernel.access import Access
from minsheng.kernel.db import Database
from minsheng.kernel.door import open_session
from minsheng.org.models import Unit
from minsheng.programmes import cadences
from minsheng.programmes.models import Indicator, Item, Measure, Programme
from minsheng.programmes.policy import PROGRAMME
from minsheng.programmes.schemas import IssueIn
from minsheng.targets.models import Target, Task
from minsheng.targets.policy import TASK
from tests.factories import world as worlds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from minsheng.kernel.access import Session

NAME = "乐清市2026年冬修清单"
#: What all three townships do: title, unit of measure, target of each.
SHARED = (
    ("水毁道路修复", "公里", "20"),
    ("危桥改造", "座", "8"),
    ("路灯安装", "盏", "300"),
    ("河道清淤", "公里", "12"),
)
#: What the second township does beside it; with four columns of the grid a month of it is a thousand cells.
LONG = 246
TITLES = (*(title for title, _, _ in SHARED), *(f"村道养护{number:03}" for number in range(1, LONG + 1)))
#: Who takes part.
PEOPLE = ("a1-clerk", "a2-clerk", "a3-clerk", "a-office", "a-reviewer", "office")
TOWNS = ("a1", "a2", "a3")
ISSUED = datetime(2026, 11, 2, 2, tzinfo=UTC)
#: Before the month's round opens, while it is open, and after it closed.
BEFORE = datetime(2026, 11, 20, 2, tzinfo=UTC)
NOW = worlds.NOW
AFTER = datetime(2026, 12, 14, 2, tzinfo=UTC)


def build(url: str) -> worlds.World:
    """Fill a migrated database: the shared world, a third township with its clerk, and the list."""
    world = worlds.build(url)
    database = Database(url)
    clock.fix(ISSUED)
    try:
        with open_session(database, Access.system("test world"), write=True) as session:
            _third_township(session, world)
            _list(session, world)
            session.commit()
    finally:
        clock.fix(worlds.NOW)
        database.dispose()
    return world


def _third_township(session: Session, world: worlds.World) -> None:
    unit = Unit(
        parent_id=world["a"],
        name="北白象镇",
        kind="government",
        tier="township",
        code="330382103000",
        sort=len(worlds.UNITS),
    )
    worlds._add(session, world, "a3", unit)
    user = User(
        username="a3-clerk",
        name="测试a3-clerk",
        unit_id=world["a3"],
        password_hash=worlds.password_hash(),
        must_change_password=False,
    )
    worlds._add(session, world, "user:a3-clerk", user)
    role = session.exec(select(Role).where(Role.code == "clerk")).one()
    session.add(Grant(user_id=user.id, role_id=role.id, unit_id=world["a3"], valid_from=date(2026, 1, 1)))


def _list(session: Session, world: worlds.World) -> None:
    programme: Programme = worlds._add(
        session,
        world,
        "winter",
        Programme(
            unit_id=world["a"],
            year=2026,
            name=NAME,
            starts_on=date(2026, 11, 1),
            ends_on=date(2026, 12, 31),
            level_labels=["大项"],
        ),
    )
    usual = cadences.usual(programme)
    # Asked for when three weeks of the month are over.
    usual.open_after_days = 21 - 1
    session.add(usual)
    _promises(session, world, programme)
    session.flush()
    PROGRAMME.follow(session, programme, "issue", IssueIn(issued_on=clock.today()))
    session.flush()
    for tasks in _by_tier(session, programme):
        for task in tasks:
            TASK.follow(session, task, "issue")
        session.flush()
    session.moving.clear()


def _by_tier(session: Session, programme: Programme) -> Iterator[Sequence[Task]]:
    """Yield the drafts that may be issued now, until there are none."""
    while drafts := session.exec(select(Task).where(Task.programme_id == programme.id, Task.status == "draft")).all():
        yield drafts


def _promises(session: Session, world: worlds.World, programme: Programme) -> None:
    """Add items, what they count, the county's tasks and the townships': a kind of rows at a time, which is quick."""
    for name in {measure for _, measure, _ in SHARED} - world.ids.keys():
        worlds._add(session, world, name, Measure(name=name, decimals=0))
    items, indicators, tasks, targets = [], [], [], []
    within = {"programme_id": programme.id, "unit_id": programme.unit_id}
    for number, title in enumerate(TITLES, 1):
        shared = SHARED[number - 1] if number <= len(SHARED) else None
        item = Item(**within, seq=number, code=f"{number}", title=title)
        indicator = Indicator(
            **within,
            item_id=item.id,
            measure_id=world[shared[1] if shared else "公里"],
            name=title,
            accumulation="cumulative",
            aggregation="sum",
        )
        items.append(item)
        indicators.append(indicator)
        whole = _task(world, item, "a", None)
        parts = [_task(world, item, town, whole) for town in (TOWNS if shared else ("a2",))]
        value = Decimal(shared[2] if shared else "10")
        tasks.append((whole, parts))
        targets.append(_target(whole, indicator, value * len(parts)))
        own = [_target(part, indicator, value) for part in parts]
        targets += own
        if shared:
            world.ids |= {f"{title}:{town}:target": each.id for town, each in zip(TOWNS, own, strict=True)}
    for rows in (
        items,
        indicators,
        [whole for whole, _ in tasks],
        [part for _, parts in tasks for part in parts],
        targets,
    ):
        session.add_all(rows)
        session.flush()


def _task(world: worlds.World, item: Item, unit: str, parent: Task | None) -> Task:
    return Task(
        programme_id=item.programme_id,
        item_id=item.id,
        unit_id=world[unit],
        giver_id=item.unit_id,
        parent_id=parent.id if parent else None,
        deadline=date(2026, 12, 31),
    )


def _target(task: Task, indicator: Indicator, value: Decimal) -> Target:
    return Target(
        task_id=task.id,
        indicator_id=indicator.id,
        programme_id=task.programme_id,
        item_id=task.item_id,
        unit_id=task.unit_id,
        giver_id=task.giver_id,
        operator="ge",
        value=value,
    )
