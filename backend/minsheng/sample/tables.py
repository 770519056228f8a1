"""Writes the sample's rows, table by table; what was published and what grows from it is made by the generator."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import SQLModel, select

from minsheng.identity import credentials
from minsheng.identity.models import Grant, Role, User
from minsheng.kernel import clock, quantity
from minsheng.kernel.access import Session
from minsheng.kernel.ids import new_id
from minsheng.org.models import Unit
from minsheng.permissions import ROLES
from minsheng.plans.models import Plan
from minsheng.programmes.models import Cadence, Indicator, Item, ItemLead, Measure, Programme
from minsheng.reports.models import Report, ReportValue, Round
from minsheng.reports.rounds import rounds_of
from minsheng.sample.people import PASSWORD
from minsheng.sample.shapes import Sample
from minsheng.targets.models import Target, Task

BATCH = 5_000


class Loader:
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
                kind=item.kind,
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
        rounds: dict[tuple[str, str], Round] = {}
        cadences = []
        for given in self.data.programmes:
            programme = self.programmes[given.key]
            cadence = Cadence(
                programme_id=programme.id,
                unit_id=programme.unit_id,
                every="month",
                cut_offs=[[1, given.cut_off_day]],
                hour=given.cut_off_hour,
                close_after_days=given.close_after_days,
                status="active" if programme.status == "issued" else "draft",
            )
            made = rounds_of(programme, cadence)
            cadence.made_until = made[-1].ends_on
            cadences.append(cadence)
            rounds |= {(given.key, each.period): each for each in made}
        self._add(cadences)
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
