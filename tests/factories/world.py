"""The small world every API test starts in: two cities, three tiers, people in every role, two issued lists.

The clock stands at 22 November 2026. The city's list was issued on 5 February and split to counties and townships; in
October everybody's report was accepted. November is open and empty.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from minsheng.calendars import periods
from minsheng.calendars.service import ensure_days
from minsheng.checks import policy as _checks  # noqa: F401 - what reports are judged by
from minsheng.checks.service import ensure_patterns
from minsheng.identity import credentials
from minsheng.identity.models import Grant, Role, User
from minsheng.identity.service import ensure_roles
from minsheng.kernel import clock
from minsheng.kernel.access import Access, Session
from minsheng.kernel.db import Database
from minsheng.kernel.door import open_session
from minsheng.milestones.templates import ensure_templates
from minsheng.org.models import Unit
from minsheng.programmes.models import Indicator, Item, ItemLead, Measure, Programme
from minsheng.programmes.policy import PROGRAMME
from minsheng.programmes.schemas import IssueIn
from minsheng.reports import policy as _reports  # noqa: F401 - what issuing means for reports
from minsheng.reports.models import Report, ReportValue
from minsheng.rule_sets.service import ensure_presets
from minsheng.targets.models import Target, Task

if TYPE_CHECKING:
    from uuid import UUID

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
ISSUED = datetime(2026, 2, 5, 2, tzinfo=UTC)
PASSWORD = "a-long-test-password"

UNITS: tuple[tuple[str, str | None, str, str, str, str | None], ...] = (
    # key, parent, name, kind, tier, code
    ("city", None, "温州市", "government", "city", "330300000000"),
    ("city_dept", "city", "温州市交通运输局", "department", "city", None),
    ("a", "city", "乐清市", "government", "county", "330382000000"),
    ("a_dept", "a", "乐清市教育局", "department", "county", None),
    ("a1", "a", "柳市镇", "government", "township", "330382101000"),
    ("a2", "a", "虹桥镇", "government", "township", "330382102000"),
    ("b", "city", "苍南县", "government", "county", "330327000000"),
    ("b1", "b", "灵溪镇", "government", "township", "330327100000"),
    ("other", None, "台州市", "government", "city", "331000000000"),
    ("other_county", "other", "温岭市", "government", "county", "331081000000"),
    ("other_town", "other_county", "泽国镇", "government", "township", "331081100000"),
)

PEOPLE: tuple[tuple[str, str, str], ...] = (
    # user name, unit, role
    ("admin", "city", "administrator"),
    ("office", "city", "office"),
    ("reviewer", "city", "reviewer"),
    ("leader", "city", "leader"),
    ("auditor", "city", "auditor"),
    ("finance", "city", "finance"),
    ("payer", "city", "payer"),
    ("machine", "city", "integration"),
    ("lead", "city_dept", "lead_department"),
    ("a-admin", "a", "administrator"),
    ("a-office", "a", "office"),
    ("a-reviewer", "a", "reviewer"),
    ("a-lead", "a_dept", "lead_department"),
    ("a1-clerk", "a1", "clerk"),
    ("a1-second", "a1", "clerk"),
    ("a2-clerk", "a2", "clerk"),
    ("b-office", "b", "office"),
    ("b-reviewer", "b", "reviewer"),
    ("b1-clerk", "b1", "clerk"),
    ("outsider", "other", "office"),
    ("outsider-clerk", "other_town", "clerk"),
)

ROADS_OCTOBER = {"a1": 20, "a2": 28, "b1": 10}
"""Kilometres accepted up to October: a1 is 13 points behind, a2 ahead, b1 far behind."""


@dataclass
class World:
    """The ids of everything by name."""

    ids: dict[str, UUID] = field(default_factory=dict)

    def __getitem__(self, name: str) -> UUID:
        """Return the id of one thing."""
        return self.ids[name]


@cache
def password_hash() -> str:
    """Return the hash of everybody's password, made once."""
    return credentials.hash_password(PASSWORD)


def build(url: str) -> World:
    """Fill a migrated database and return its names."""
    database = Database(url)
    world = World()
    clock.fix(ISSUED)
    try:
        with open_session(database, Access.system("test world"), write=True) as session:
            ensure_roles(session)
            ensure_days(session)
            ensure_presets(session)
            ensure_templates(session)
            ensure_patterns(session)
            _people(session, world)
            _city_list(session, world)
            _county_list(session, world)
            _draft_list(session, world)
            _october(session, world)
            session.commit()
    finally:
        clock.fix(NOW)
        database.dispose()
    return world


def _add(session: Session, world: World, name: str, row: Any) -> Any:
    session.add(row)
    session.flush()
    world.ids[name] = row.id
    return row


def _people(session: Session, world: World) -> None:
    for number, (key, parent, name, kind, tier, code) in enumerate(UNITS):
        _add(
            session,
            world,
            key,
            Unit(parent_id=world[parent] if parent else None, name=name, kind=kind, tier=tier, code=code, sort=number),
        )
    roles = {role.code: role.id for role in session.exec(select(Role)).all()}
    world.ids |= {f"role:{code}": key for code, key in roles.items()}
    for username, unit, role in PEOPLE:
        user = _add(
            session,
            world,
            f"user:{username}",
            User(
                username=username,
                name=f"测试{username}",
                unit_id=world[unit],
                password_hash=password_hash(),
                must_change_password=False,
            ),
        )
        _add(
            session,
            world,
            f"grant:{username}",
            Grant(user_id=user.id, role_id=roles[role], unit_id=world[unit], valid_from=date(2026, 1, 1)),
        )


def _programme(session: Session, world: World, key: str, unit: str, name: str) -> Programme:
    programme: Programme = _add(
        session,
        world,
        key,
        Programme(
            unit_id=world[unit],
            year=2026,
            name=name,
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 12, 31),
            level_labels=["大项", "小项"],
        ),
    )
    return programme


def _item(session: Session, world: World, key: str, programme: Programme, code: str, title: str, lead: str) -> Item:
    parent = world.ids.get(f"{key.split('.', maxsplit=1)[0]}.group")
    item: Item = _add(
        session,
        world,
        key,
        Item(
            programme_id=programme.id,
            unit_id=programme.unit_id,
            parent_id=parent,
            seq=int(code.replace(".", "")),
            code=code,
            title=title,
        ),
    )
    session.add(
        ItemLead(
            programme_id=programme.id,
            unit_id=programme.unit_id,
            item_id=item.id,
            department_id=world[lead],
            role="lead",
        )
    )
    return item


def _indicator(session: Session, world: World, key: str, item: Item, measure: str, kind: str) -> Indicator:
    if measure not in world.ids:
        _add(session, world, measure, Measure(name=measure, decimals=3 if measure == "公里" else 2, dimension="other"))
    indicator: Indicator = _add(
        session,
        world,
        key,
        Indicator(
            programme_id=item.programme_id,
            unit_id=item.unit_id,
            item_id=item.id,
            measure_id=world[measure],
            name=item.title,
            accumulation=kind,
            aggregation="sum" if kind == "cumulative" else "none",
        ),
    )
    return indicator


def give(
    session: Session,
    world: World,
    key: str,
    indicator: Indicator,
    unit: str,
    value: str | None,
    parent: str | None = None,
    operator: str = "ge",
    deadline: date = date(2026, 12, 31),
) -> Task:
    """Give an item to a unit as a draft, with one target."""
    giver = session.get_one(Task, world[parent]).unit_id if parent else world[unit]
    task: Task = _add(
        session,
        world,
        key,
        Task(
            programme_id=indicator.programme_id,
            item_id=indicator.item_id,
            unit_id=world[unit],
            giver_id=giver,
            parent_id=world[parent] if parent else None,
            deadline=deadline,
        ),
    )
    _add(
        session,
        world,
        f"{key}:target",
        Target(
            task_id=task.id,
            indicator_id=indicator.id,
            programme_id=task.programme_id,
            item_id=task.item_id,
            unit_id=task.unit_id,
            giver_id=task.giver_id,
            operator=operator,
            value=Decimal(value) if value is not None else None,
        ),
    )
    return task


def _city_list(session: Session, world: World) -> None:
    """Roads (100 km, cumulative) to three townships; coverage (95 %, a snapshot) to two; both led by transport."""
    programme = _programme(session, world, "list", "city", "温州市2026年民生实事")
    _item(session, world, "list.group", programme, "1", "交通", "city_dept")
    roads = _item(session, world, "list.roads", programme, "1.1", "农村公路提升", "city_dept")
    cover = _item(session, world, "list.cover", programme, "1.2", "公交覆盖率", "city_dept")
    kilometres = _indicator(session, world, "roads", roads, "公里", "cumulative")
    rate = _indicator(session, world, "cover", cover, "%", "snapshot")
    give(session, world, "roads:city", kilometres, "city", "100")
    give(session, world, "roads:a", kilometres, "a", "60", "roads:city")
    give(session, world, "roads:b", kilometres, "b", "40", "roads:city")
    give(session, world, "roads:a1", kilometres, "a1", "30", "roads:a")
    give(session, world, "roads:a2", kilometres, "a2", "30", "roads:a")
    give(session, world, "roads:b1", kilometres, "b1", "40", "roads:b")
    give(session, world, "cover:city", rate, "city", "95")
    give(session, world, "cover:a1", rate, "a1", "95", "cover:city")
    give(session, world, "cover:b1", rate, "b1", "95", "cover:city")
    _issue(session, programme)


def _county_list(session: Session, world: World) -> None:
    """Kindergartens (10) of the county to its two townships, led by education."""
    programme = _programme(session, world, "county_list", "a", "乐清市2026年民生实事")
    schools = _item(session, world, "county_list.schools", programme, "1", "新建幼儿园", "a_dept")
    count = _indicator(session, world, "schools", schools, "所", "cumulative")
    give(session, world, "schools:a", count, "a", "10")
    give(session, world, "schools:a1", count, "a1", "4", "schools:a")
    give(session, world, "schools:a2", count, "a2", "6", "schools:a")
    _issue(session, programme)


def _draft_list(session: Session, world: World) -> None:
    """A list of the city that is still being written."""
    programme = _programme(session, world, "draft_list", "city", "温州市2027年民生实事(草稿)")
    item = _item(session, world, "draft_list.parks", programme, "1", "口袋公园", "city_dept")
    count = _indicator(session, world, "parks", item, "个", "cumulative")
    give(session, world, "parks:city", count, "city", "30")
    give(session, world, "parks:a", count, "a", "18", "parks:city")


def _issue(session: Session, programme: Programme) -> None:
    """Issue a list and, tier by tier, what was split further."""
    session.flush()
    PROGRAMME.follow(session, programme, "issue", IssueIn(issued_on=date(2026, 2, 5)))
    session.flush()
    from minsheng.targets.policy import TASK  # noqa: PLC0415 - registered by the reports' import above

    while drafts := session.exec(select(Task).where(Task.programme_id == programme.id, Task.status == "draft")).all():
        for task in drafts:
            TASK.follow(session, task, "issue")
        session.flush()
    session.moving.clear()


def _october(session: Session, world: World) -> None:
    """Accept one report of October for every task that reports."""
    figures = {f"roads:{unit}": value for unit, value in ROADS_OCTOBER.items()}
    figures |= {"cover:a1": 96, "cover:b1": 80, "schools:a1": 4, "schools:a2": 3}
    for report in session.exec(select(Report).where(Report.period == "2026-10", col(Report.status) == "draft")).all():
        name = next(key for key, value in world.ids.items() if value == report.task_id)
        world.ids[f"october:{name}"] = report.id
        value = Decimal(figures[name])
        session.connection().execute(
            Report.__table__.update()  # type: ignore[attr-defined]
            .where(col(Report.id) == report.id)
            .values(status="accepted", submitted_at=clock.now(), accepted_at=clock.now(), cause_code="land")
        )
        snapshot = name.startswith("cover")
        session.add(
            ReportValue(
                report_id=report.id,
                round_id=report.round_id,
                target_id=world[f"{name}:target"],
                item_id=report.item_id,
                unit_id=report.unit_id,
                ends_on=periods.read("2026-10").ends_on,
                previous=None if snapshot else Decimal(0),
                current=None if snapshot else value,
                value=value,
            )
        )
    session.flush()
    session.expire_all()
    for report in session.exec(select(Report).where(Report.period == "2026-11", Report.status == "draft")).all():
        name = next(key for key, value in world.ids.items() if value == report.task_id)
        world.ids[f"november:{name}"] = report.id
