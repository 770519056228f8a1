"""Writes a synthetic province by plain inserts, without journal: for measuring only."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import SQLModel, select

from minsheng.identity import credentials
from minsheng.identity.models import Grant, Role, User
from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.org.models import Unit
from minsheng.programmes.models import Cadence, Indicator, Item, Measure, Programme
from minsheng.reports.models import Report, ReportValue, Round
from minsheng.sample.people import PASSWORD
from minsheng.sample.synthetic import Synthetic
from minsheng.targets.models import Target, Task

BATCH = 5_000


def key(table: int, number: int) -> UUID:
    """Return the id of a synthetic row: table and number, shaped as a UUIDv7."""
    return UUID(int=(table << 80) | (0x7 << 76) | (0x8 << 60) | number)


UNIT, PROGRAMME, ITEM, MEASURE, INDICATOR, TASK, TARGET, ROUND, REPORT, VALUE, USER, GRANT, CADENCE = range(1, 14)


class Bulk:
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
        self._insert(
            Cadence,
            CADENCE,
            [
                {
                    "n": 1,
                    "programme_id": key(PROGRAMME, 1),
                    "unit_id": root,
                    "every": "month",
                    "cut_offs": [[1, 5]],
                    "made_until": self.data.round_span(self.data.rounds)[1],
                    "status": "active",
                }
            ],
        )
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
                        "cadence_id": key(CADENCE, 1),
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
