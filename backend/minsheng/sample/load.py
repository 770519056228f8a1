"""Puts the sample into a database: 温州市 as people see it, or a synthetic province for measuring."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, insert
from sqlmodel import SQLModel, col, select

from minsheng.calendars.service import ensure_days
from minsheng.identity import credentials
from minsheng.identity.models import Grant, Role, User
from minsheng.identity.service import ensure_roles
from minsheng.kernel import clock, quantity
from minsheng.kernel.access import Access, Session
from minsheng.kernel.db import Database
from minsheng.kernel.door import open_session
from minsheng.kernel.ids import new_id
from minsheng.org.models import Unit
from minsheng.permissions import ROLES
from minsheng.plans.models import Plan
from minsheng.programmes.models import Indicator, Item, ItemLead, Measure, Programme
from minsheng.reports.models import Report, ReportValue, Round
from minsheng.reports.service import rounds_of
from minsheng.rule_sets.service import ensure_presets
from minsheng.sample.generator import sample
from minsheng.sample.generator import synthetic as make_synthetic
from minsheng.sample.shapes import Sample
from minsheng.sample.synthetic import Synthetic
from minsheng.targets.models import Target, Task

PASSWORD = "minsheng-demo-2026"  # noqa: S105 - printed at every start, for sample data only
BATCH = 5_000


def accounts(engine: Engine) -> list[tuple[str, str, str]]:
    """Return (username, role, unit) of the demo accounts; empty in an installation without the sample."""
    with Session(engine, access=Access.system("demo accounts"), write=False) as session:
        rows = session.exec(
            select(User.username, User.demo_role, Unit.name)
            .join(Unit, col(Unit.id) == col(User.unit_id))
            .where(col(User.demo_role).is_not(None))
            .order_by(col(User.id))
        ).all()
    return [(username, role or "", unit) for username, role, unit in rows]


def wenzhou(url: str, *, if_empty: bool = False) -> bool:
    """Load the sample of 温州市 as it stands today; return whether anything was loaded.

    Raises:
        SystemExit: the database holds units already, and ``if_empty`` was not given.
    """
    database = Database(url)
    try:
        with open_session(database, Access.system("sample data"), write=True) as session:
            if session.exec(select(Unit.id).limit(1)).first():
                if if_empty:
                    return False
                message = "数据库里已有机构，不再装入样例。"
                raise SystemExit(message)
            ensure_roles(session)
            ensure_days(session)
            ensure_presets(session)
            _Loader(session, sample(clock.today())).run()
            session.commit()
        print("样例数据已装入：温州市及其县、乡镇。")  # noqa: T201 - a command's answer
        return True
    finally:
        database.dispose()


class _Loader:
    """Turns the sample's keys into ids, table by table in the order of their dependence."""

    def __init__(self, session: Session, data: Sample) -> None:
        self.session = session
        self.data = data
        self.ids: dict[str, UUID] = {}

    def run(self) -> None:
        """Insert everything."""
        self._people()
        self._programmes()
        self._tasks()
        self._reports()

    def _id(self, key: str) -> UUID:
        return self.ids.setdefault(key, new_id())

    def _person(self, key: str | None) -> UUID | None:
        return self.ids[key] if key else None

    def _add(self, rows: Iterable[SQLModel]) -> None:
        self.session.add_all(rows)
        self.session.flush()
        # What is written is not needed again; thousands of rows would make every later flush slow.
        self.session.expunge_all()

    def _people(self) -> None:
        self._add(
            Unit(
                id=self._id(unit.key),
                parent_id=self.ids[unit.parent_key] if unit.parent_key else None,
                code=unit.code,
                name=unit.name,
                kind=unit.kind,
                tier=unit.tier,
                sort=unit.sort,
            )
            for unit in self.data.units
        )
        roles = {role.code: role.id for role in self.session.exec(select(Role)).all()}
        password = credentials.hash_password(PASSWORD)
        first_role = {grant.person_key: ROLES[grant.role][0] for grant in reversed(self.data.grants)}
        self._add(
            User(
                id=self._id(person.key),
                username=person.username,
                name=person.name,
                unit_id=self.ids[person.unit_key],
                password_hash=password,
                must_change_password=False,
                demo_role=first_role.get(person.key) if person.demo else None,
            )
            for person in self.data.persons
        )
        self._add(
            Grant(
                user_id=self.ids[grant.person_key],
                role_id=roles[grant.role],
                unit_id=self.ids[grant.unit_key],
                valid_from=grant.valid_from,
                valid_to=grant.valid_to,
            )
            for grant in self.data.grants
        )

    def _programmes(self) -> None:
        data = self.data
        self._add(
            Measure(id=self._id(each.key), name=each.name, decimals=each.decimals, dimension=each.dimension)
            for each in data.measures
        )
        self.programmes = {
            each.key: Programme(
                id=self._id(each.key),
                unit_id=self.ids[each.unit_key],
                year=each.year,
                name=each.name,
                kind=each.kind,
                status=each.status,
                starts_on=each.starts_on,
                ends_on=each.ends_on,
                issued_on=each.issued_on,
                level_labels=list(each.level_labels),
                rule_set=each.rule_set,
                cut_off_day=each.cut_off_day,
                cut_off_hour=each.cut_off_hour,
                close_after_days=each.close_after_days,
                source=each.source,
            )
            for each in data.programmes
        }
        self._add(self.programmes.values())
        programme_of = {item.key: item.programme_key for item in data.items}
        owner = {each.key: self.ids[each.unit_key] for each in data.programmes}
        self._add(
            Item(
                id=self._id(item.key),
                programme_id=self.ids[item.programme_key],
                unit_id=owner[item.programme_key],
                parent_id=self.ids[item.parent_key] if item.parent_key else None,
                seq=item.seq,
                code=item.code,
                title=item.title,
                status="issued",
            )
            for item in data.items
        )
        self._add(
            ItemLead(
                programme_id=self.ids[programme_of[lead.item_key]],
                unit_id=owner[programme_of[lead.item_key]],
                item_id=self.ids[lead.item_key],
                department_id=self.ids[lead.unit_key],
                role=lead.role,
                status="issued",
            )
            for lead in data.leads
        )
        self._add(
            Indicator(
                id=self._id(each.key),
                programme_id=self.ids[programme_of[each.item_key]],
                unit_id=owner[programme_of[each.item_key]],
                item_id=self.ids[each.item_key],
                measure_id=self.ids[each.measure_key],
                name=each.name,
                accumulation=each.accumulation,
                aggregation=each.aggregation,
                status="issued",
            )
            for each in data.indicators
        )

    def _tasks(self) -> None:
        data = self.data
        issued = {each.key: each.issued_on for each in data.programmes}
        self.tasks = {task.key: task for task in data.tasks}
        self._add(
            Task(
                id=self._id(task.key),
                programme_id=self.ids[task.programme_key],
                item_id=self.ids[task.item_key],
                unit_id=self.ids[task.unit_key],
                giver_id=self.ids[task.giver_key],
                parent_id=self.ids[task.parent_key] if task.parent_key else None,
                deadline=task.deadline,
                issued_on=issued[task.programme_key] if task.status == "issued" else None,
                status=task.status,
            )
            for task in data.tasks
        )
        self.targets = {target.key: target for target in data.targets}
        self._add(
            Target(
                id=self._id(target.key),
                task_id=self.ids[target.task_key],
                indicator_id=self.ids[target.indicator_key],
                programme_id=self.ids[self.tasks[target.task_key].programme_key],
                item_id=self.ids[self.tasks[target.task_key].item_key],
                unit_id=self.ids[self.tasks[target.task_key].unit_key],
                giver_id=self.ids[self.tasks[target.task_key].giver_key],
                operator=target.operator,
                value=target.value,
                basis=target.basis,
                source_note=target.source_note or None,
                status=self.tasks[target.task_key].status,
            )
            for target in data.targets
        )
        self._add(
            Plan(
                target_id=self.ids[plan.target_key],
                unit_id=self.ids[self.tasks[self.targets[plan.target_key].task_key].unit_key],
                item_id=self.ids[self.tasks[self.targets[plan.target_key].task_key].item_key],
                kind=plan.kind,
                points=[[on.isoformat(), quantity.text(value)] for on, value in plan.points],
            )
            for plan in data.plans
        )

    def _reports(self) -> None:
        rounds = {
            (key, each.period): each for key, programme in self.programmes.items() for each in rounds_of(programme)
        }
        spans = {key: (each.id, each.ends_on, each.closes_at) for key, each in rounds.items()}
        self._add(rounds.values())
        reports, values = [], []
        for each in self.data.reports:
            task = self.tasks[each.task_key]
            round_id, ends_on, _ = spans[(task.programme_key, each.period)]
            reports.append(
                Report(
                    id=self._id(each.key),
                    programme_id=self.ids[task.programme_key],
                    round_id=round_id,
                    task_id=self.ids[each.task_key],
                    item_id=self.ids[task.item_key],
                    unit_id=self.ids[each.unit_key],
                    period=each.period,
                    status=each.status,
                    returned=each.returned,
                    return_reason=each.return_reason or None,
                    note=each.note or None,
                    cause_code=each.cause_code or None,
                    cause_note=each.cause_note or None,
                    submitted_by=self._person(each.submitted_by),
                    submitted_at=each.submitted_at,
                    reviewed_by=self._person(each.reviewed_by),
                    reviewed_at=each.reviewed_at,
                    accepted_by=self._person(each.accepted_by),
                    accepted_at=each.accepted_at,
                )
            )
            values += [
                ReportValue(
                    report_id=self.ids[each.key],
                    round_id=round_id,
                    target_id=self.ids[figure.target_key],
                    item_id=self.ids[task.item_key],
                    unit_id=self.ids[each.unit_key],
                    ends_on=ends_on,
                    previous=figure.previous,
                    current=figure.current,
                    value=figure.value,
                    basis=figure.basis,
                    source_note=figure.source_note or None,
                    fall_reason=figure.fall_reason or None,
                )
                for figure in each.values
                if figure.value is not None
            ]
        reports += self._still_to_come(spans)
        for chunk in _chunks(reports):
            self._add(chunk)
        for chunk in _chunks(values):
            self._add(chunk)

    def _still_to_come(self, spans: dict[tuple[str, str], tuple[UUID, date, datetime]]) -> list[Report]:
        """Expect the reports of the rounds ahead, as issuing would have done."""
        made = {(each.task_key, each.period) for each in self.data.reports}
        reporting = {each.task_key for each in self.data.reports}
        now = clock.now()
        return [
            Report(
                programme_id=self.ids[task.programme_key],
                round_id=round_id,
                task_id=self.ids[task.key],
                item_id=self.ids[task.item_key],
                unit_id=self.ids[task.unit_key],
                period=period,
            )
            for task in self.data.tasks
            if task.key in reporting
            for (programme, period), (round_id, _, closes_at) in spans.items()
            if programme == task.programme_key and closes_at > now and (task.key, period) not in made
        ]


def _chunks(rows: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def synthetic(url: str, sizes: dict[str, int]) -> None:
    """Fill an empty database with a synthetic province by plain inserts, without journal: for measuring only."""
    database = Database(url)
    with open_session(database, Access.system("synthetic data"), write=True) as session:
        ensure_roles(session)
        ensure_days(session)
        ensure_presets(session)
        _Bulk(session, make_synthetic(**sizes)).run()
        session.commit()
    database.dispose()


def key(table: int, number: int) -> UUID:
    """Return the id of a synthetic row: table and number, shaped as a UUIDv7."""
    return UUID(int=(table << 80) | (0x7 << 76) | (0x8 << 60) | number)


UNIT, PROGRAMME, ITEM, MEASURE, INDICATOR, TASK, TARGET, ROUND, REPORT, VALUE, USER, GRANT = range(1, 13)


class _Bulk:
    """Writes a synthetic province table by table."""

    def __init__(self, session: Session, data: Synthetic) -> None:
        self.session = session
        self.connection = session.connection()
        self.data = data
        self.now = datetime(2020, 1, 1, tzinfo=UTC)

    def _insert(self, kind: type[SQLModel], table: int, rows: Iterable[dict[str, Any]]) -> None:
        base = {"version": 1, "created_at": self.now}
        made = ({**base, "id": key(table, row.pop("n")), **row} for row in rows)
        while chunk := list(islice(made, BATCH)):
            self.connection.execute(insert(kind.__table__), chunk)  # type: ignore[attr-defined]

    def run(self) -> None:
        """Insert everything."""
        data = self.data
        root = key(UNIT, data.provinces)
        self._insert(
            Unit,
            UNIT,
            (
                {
                    "n": n,
                    "parent_id": key(UNIT, parent) if parent else None,
                    "code": code,
                    "name": name,
                    "kind": "government",
                    "tier": tier,
                    "status": "active",
                    "sort": n,
                }
                for n, parent, code, name, tier in data.units()
            ),
        )
        self._insert(Measure, MEASURE, [{"n": 1, "name": "个", "decimals": 0, "dimension": "count"}])
        last = data.round_span(data.rounds)[1] - timedelta(days=1)
        first = data.round_span(1)[0]
        self._insert(
            Programme,
            PROGRAMME,
            [
                {
                    "n": 1,
                    "unit_id": root,
                    "year": first.year,
                    "name": "测试计划",
                    "kind": "livelihood",
                    "status": "issued",
                    "starts_on": first,
                    "ends_on": last,
                    "issued_on": first,
                    "level_labels": ["项目"],
                    "rule_set": "points-10-30",
                    "cut_off_day": 5,
                    "cut_off_hour": 18,
                    "close_after_days": 5,
                }
            ],
        )
        shared = {"programme_id": key(PROGRAMME, 1), "unit_id": root, "status": "issued"}
        self._insert(
            Item,
            ITEM,
            ({"n": n, **shared, "seq": n, "code": str(n), "title": title} for n, title in data.items()),
        )
        self._insert(
            Indicator,
            INDICATOR,
            (
                {
                    "n": n,
                    **shared,
                    "item_id": key(ITEM, n),
                    "measure_id": key(MEASURE, 1),
                    "name": "数量",
                    "accumulation": "cumulative",
                    "aggregation": "sum",
                }
                for n, _ in data.items()
            ),
        )
        self._tasks(root, last, first)
        self._rounds(root)
        self._reports()
        self._accounts()

    def _tasks(self, root: UUID, last: date, first: date) -> None:
        item_of = {}

        def tasks() -> Iterator[dict[str, Any]]:
            for n, item, unit in self.data.tasks():
                item_of[n] = (item, unit)
                yield {
                    "n": n,
                    "programme_id": key(PROGRAMME, 1),
                    "item_id": key(ITEM, item),
                    "unit_id": key(UNIT, unit),
                    "giver_id": root,
                    "deadline": last,
                    "issued_on": first,
                    "status": "issued",
                }

        self._insert(Task, TASK, tasks())
        self._insert(
            Target,
            TARGET,
            (
                {
                    "n": n,
                    "task_id": key(TASK, task),
                    "indicator_id": key(INDICATOR, indicator),
                    "programme_id": key(PROGRAMME, 1),
                    "item_id": key(ITEM, item_of[task][0]),
                    "unit_id": key(UNIT, item_of[task][1]),
                    "giver_id": root,
                    "operator": operator,
                    "value": value,
                    "basis": "generated",
                    "status": "issued",
                }
                for n, task, indicator, operator, value in self.data.target_rows()
            ),
        )
        self.item_of = item_of

    def _rounds(self, root: UUID) -> None:
        self.spans = {}
        for n, period in self.data.round_rows():
            start, end = self.data.round_span(n)
            self.spans[n] = (period, end - timedelta(days=1))
            open_end = n == self.data.rounds
            due = clock.at(end + timedelta(days=4), 18)
            self._insert(
                Round,
                ROUND,
                [
                    {
                        "n": n,
                        "programme_id": key(PROGRAMME, 1),
                        "unit_id": root,
                        "period": period,
                        "starts_on": start,
                        "ends_on": end - timedelta(days=1),
                        "opens_at": clock.at(start, 0),
                        "due_at": due,
                        # The last round stays open, so that writes can be measured.
                        "closes_at": datetime(2199, 1, 1, tzinfo=UTC) if open_end else due + timedelta(days=5),
                        "status": "active",
                    }
                ],
            )

    def _reports(self) -> None:
        values: list[tuple[int, int, int, int, int, Decimal, Decimal, Decimal]] = []

        def reports() -> Iterator[dict[str, Any]]:
            for n, task, turn, unit, status, target, previous, current, value in self.data.reports():
                if status != "draft":
                    values.append((n, turn, target, task, unit, previous, current, value))
                yield {
                    "n": n,
                    "programme_id": key(PROGRAMME, 1),
                    "round_id": key(ROUND, turn),
                    "task_id": key(TASK, task),
                    "item_id": key(ITEM, self.item_of[task][0]),
                    "unit_id": key(UNIT, unit),
                    "period": self.spans[turn][0],
                    "status": status,
                    "returned": False,
                }

        made = reports()
        while chunk := list(islice(made, BATCH)):
            self._insert(Report, REPORT, chunk)
            self._insert(
                ReportValue,
                VALUE,
                (
                    {
                        "n": n,
                        "report_id": key(REPORT, n),
                        "round_id": key(ROUND, turn),
                        "target_id": key(TARGET, target),
                        "item_id": key(ITEM, self.item_of[task][0]),
                        "unit_id": key(UNIT, unit),
                        "ends_on": self.spans[turn][1],
                        "previous": previous,
                        "current": current,
                        "value": value,
                        "basis": "generated",
                    }
                    for n, turn, target, task, unit, previous, current, value in values
                ),
            )
            values.clear()

    def _accounts(self) -> None:
        """One office and one clerk: at the first city, the first county and the first township."""
        data = self.data
        places = {
            "bench-city": data.provinces + 1,
            "bench-county": data.provinces + data.cities + 1,
            "bench-township": data.first_township,
        }
        roles = dict(self.session.exec(select(Role.code, Role.id)).all())
        password = credentials.hash_password(PASSWORD)
        for number, (username, unit) in enumerate(places.items(), start=1):
            role = "clerk" if username == "bench-township" else "office"
            self._insert(
                User,
                USER,
                [
                    {
                        "n": number,
                        "username": username,
                        "name": username,
                        "unit_id": key(UNIT, unit),
                        "status": "active",
                        "password_hash": password,
                        "must_change_password": False,
                        "epoch": 1,
                    }
                ],
            )
            self._insert(
                Grant,
                GRANT,
                [
                    {
                        "n": number,
                        "user_id": key(USER, number),
                        "role_id": roles[role],
                        "unit_id": key(UNIT, unit),
                        "valid_from": date(2020, 1, 1),
                        "status": "active",
                    }
                ],
            )
