"""What was reported in a round, as it stood: lines of canonical JSON cut by unit, their hashes, and sums over them.

One line a figure; a report without figures (missing, returned, a text) is one line too, so that silence is on record.
A figure is shown only if it was handed in: what stands in a draft was never reported.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlmodel import col, select

from minsheng.kernel import clock, quantity
from minsheng.kernel.access import Session
from minsheng.org.models import Unit
from minsheng.org.service import in_tree_order
from minsheng.programmes.models import Indicator, Item, Measure
from minsheng.programmes.service import in_catalogue_order
from minsheng.reports.disputes import disputed, words
from minsheng.reports.facts import papers
from minsheng.reports.granted import running
from minsheng.reports.models import COUNTED, Report, ReportValue, Round
from minsheng.reports.rounds import late
from minsheng.targets.models import Target

Line = dict[str, Any]

HANDED_IN = ("submitted", *COUNTED)
GONE = ("void", "superseded")
"""States of reports that nobody waits for: given up, or replaced by a correction that counts."""

_FIGURES = ("previous", "current", "value", "numerator", "denominator")
_WORDS = ("note", "cause_code", "cause_note")


def canonical(line: Line) -> str:
    """Return a line as it is hashed: keys sorted, no blanks, nothing escaped that need not be (RFC 8785)."""
    return orjson.dumps(line, option=orjson.OPT_SORT_KEYS).decode() + "\n"


def sha256(text: str) -> str:
    """Return the hash of a text's UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class Part:
    """What was reported in a round, how complete it is, and what stands open: by one unit, or about one item."""

    unit: Unit
    lines: list[Line] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)
    open_items: list[dict[str, Any]] = field(default_factory=list)

    def content(self) -> str:
        """Return the lines as they are hashed."""
        return "".join(canonical(line) for line in self.lines)


@dataclass
class Composed:
    """What stands in a round, cut twice: by unit, and by item and branch of the tree beneath the owner of the list.

    An item is what a department leads, whichever unit works on it; what units say as a whole is about no item.
    """

    parts: list[Part]
    sections: dict[UUID, list[Part]]


def compose(session: Session, round_: Round) -> Composed:
    """Return what stands in a round now in the order of tree and catalogue, over what the caller may see."""
    live, corrections = _live(session, round_)
    granted = running(session, [round_.id])
    units = {each.unit_id for each in live} | {each.unit_id for each in granted}
    order = in_tree_order(session, units)
    parts = {unit.id: Part(unit) for unit, _ in order}
    items = in_catalogue_order(session, {each.item_id for each in live if each.item_id})
    reading = _Reading(session, round_, order, items, {each.id for each in live})
    # What a unit says as a whole comes before what it says of its items.
    place: dict[UUID | None, int] = {None: -1} | {item.id: number for number, item in enumerate(items)}
    asked = {each.item_id for each in live}
    cut: dict[UUID, dict[UUID, Part]] = {item.id: {} for item in items if item.id in asked}
    tree = {unit.id: number for number, (unit, _) in enumerate(order)}
    for report in sorted(live, key=lambda each: (place[each.item_id], tree[each.unit_id], each.task_id)):
        part, lines, branch = parts[report.unit_id], reading.lines(report), reading.branch(report.unit_id)
        where = [part]
        if report.item_id:
            where.append(cut[report.item_id].setdefault(branch.id, Part(branch)))
        for piece in where:
            piece.lines += lines
            _count(piece, reading, report, late=late(round_, report.submitted_at))
        for key in reading.targets_of(report):
            if key in reading.disputes:
                said = _open("dispute", reading.subject(report), words(reading.disputes[key]))
                part.open_items.append(said)
                for piece in where[1:]:
                    piece.open_items.append(_named(said, branch, reading.units[report.unit_id]))
    for report in corrections:
        said = _open("correction", reading.subject(report), "更正正在办理")
        parts[report.unit_id].open_items.append(said)
        if report.item_id:
            branch = reading.branch(report.unit_id)
            cut[report.item_id][branch.id].open_items.append(_named(said, branch, reading.units[report.unit_id]))
    for each in granted:
        sentence = f"例外放开到{_beijing(each.until)}，{each.granted_name}批准：{each.reason}"
        parts[each.unit_id].open_items.append(_open("exception", None, sentence))
    found = [parts[unit.id] for unit, _ in order if unit.id in parts]
    return Composed(found, {key: list(branches.values()) for key, branches in cut.items()})


def _live(session: Session, round_: Round) -> tuple[list[Report], list[Report]]:
    """Return the one report of each task that speaks for it, and the corrections that do not count yet."""
    by_task: dict[UUID, list[Report]] = defaultdict(list)
    for report in session.exec(
        select(Report)
        .where(Report.round_id == round_.id, col(Report.status).not_in(GONE))
        .order_by(col(Report.created_at), col(Report.id))
    ).all():
        by_task[report.task_id].append(report)
    live, corrections = [], []
    for found in by_task.values():
        speaking = next((each for each in reversed(found) if each.status in COUNTED), found[-1])
        live.append(speaking)
        corrections += [each for each in found if each is not speaking]
    return live, corrections


class _Reading:
    """The rows that the lines of a round are made from, read once."""

    def __init__(
        self,
        session: Session,
        round_: Round,
        order: Sequence[tuple[Unit, int]],
        items: Sequence[Item],
        reports: Collection[UUID],
    ) -> None:
        self.round = round_
        self._session = session
        self._items = {item.id: item for item in items}
        self.units = {unit.id: unit for unit, _ in order}
        self._paths = _paths(session, order)
        # What an official figure of a later day says is no matter of this round.
        self.disputes = {
            key: each
            for key, each in disputed(session, programmes=[round_.programme_id]).items()
            if each.as_of <= round_.ends_on
        }
        self._values: dict[tuple[UUID, UUID], ReportValue] = {
            (row.report_id, row.target_id): row
            for row in session.exec(select(ReportValue).where(ReportValue.round_id == round_.id)).all()
        }
        self._papers = papers(session, reports if round_.content == "document" else ())
        self._targets: dict[UUID, list[tuple[Target, Indicator, Measure]]] = defaultdict(list)
        for target, indicator, measure in session.exec(
            select(Target, Indicator, Measure)
            .join(Indicator, col(Indicator.id) == col(Target.indicator_id))
            .join(Measure, col(Measure.id) == col(Indicator.measure_id))
            .where(Target.programme_id == round_.programme_id, Target.status == "issued")
            .order_by(col(Indicator.id))
        ).all():
            self._targets[target.task_id].append((target, indicator, measure))

    def branch(self, unit: UUID) -> Unit:
        """Return the unit beneath the owner of the list that another lies in; the owner is a branch of its own."""
        path = self._paths[unit]
        at = path.index(str(self.round.unit_id)) + 1 if str(self.round.unit_id) in path else len(path) - 1
        return self._session.get_one(Unit, UUID(path[min(at, len(path) - 1)]))

    def judge(self, unit: UUID) -> str:
        """Return who was to look at a report of a unit, where the reader may know."""
        above = self.units[unit].parent_id
        named = self._session.get(Unit, above or unit)
        return named.name if named else "上级"

    def subject(self, report: Report) -> tuple[str | None, str | None]:
        """Return code and title of what a report is about: its item, or the text that its unit owes as a whole."""
        item = self._items.get(report.item_id) if report.item_id else None
        return (item.code, item.title) if item else (None, self.round.title)

    def targets_of(self, report: Report) -> list[UUID]:
        """Return the targets a report has figures of."""
        return [target.id for target, _, _ in self._targets[report.task_id]] if self.round.content == "figures" else []

    def lines(self, report: Report) -> list[Line]:
        """Return the lines of one report: one for each target of its task, or one without."""
        unit = self.units[report.unit_id]
        code, title = self.subject(report)
        handed = report.status in HANDED_IN
        head: Line = {
            "report_id": str(report.id),
            "programme_id": str(report.programme_id),
            "period": self.round.period,
            "content": self.round.content,
            "title": self.round.title,
            "ends_on": self.round.ends_on.isoformat(),
            "unit_id": str(unit.id),
            "unit_code": unit.code,
            "unit_name": unit.name,
            "unit_path": self._paths[unit.id],
            "item_id": str(report.item_id) if report.item_id else None,
            "item_code": code,
            "item_title": title,
            "task_id": str(report.task_id) if report.item_id else None,
            "status": standing(report),
            "counted": report.status in COUNTED,
            "late": handed and late(self.round, report.submitted_at),
            **{name: _instant(getattr(report, name)) for name in ("submitted_at", "reviewed_at", "accepted_at")},
            **{name: getattr(report, name) if handed else None for name in _WORDS},
        }
        if self.round.content == "document":
            head["files"] = self._papers.get(report.id, []) if handed else []
        figures = self._targets[report.task_id] if self.round.content == "figures" else ()
        return [self._figure(head, report, *each) for each in figures] or [
            {**head, **dict.fromkeys(("target_id", "indicator_id", "indicator", "measure", "aggregation", *_REST))}
        ]

    def _figure(self, head: Line, report: Report, target: Target, indicator: Indicator, measure: Measure) -> Line:
        row = self._values.get((report.id, target.id)) if report.status in HANDED_IN else None
        return {
            **head,
            "target_id": str(target.id),
            "indicator_id": str(indicator.id),
            "indicator": indicator.name,
            "measure": measure.name,
            "aggregation": indicator.aggregation,
            **{name: _text(getattr(row, name)) if row else None for name in _FIGURES},
            "basis": row.basis if row else None,
            "fall_reason": row.fall_reason if row else None,
            "dispute": words(self.disputes[target.id]) if target.id in self.disputes else None,
        }


_REST = (*_FIGURES, "basis", "fall_reason", "dispute")


def standing(report: Report) -> str:
    """Return how a report stands for whoever waits for it."""
    if report.status != "draft":
        return report.status
    if report.returned:
        return "returned"
    return "excused" if report.excused else "missing"


def _count(part: Part, reading: _Reading, report: Report, *, late: bool) -> None:
    about, how = reading.subject(report), standing(report)
    part.tally.update(tally_of(report.status, excused=report.excused, late=late))
    found = []
    if how == "missing":
        found.append(_open("missing", about, "没有报送"))
    elif how == "returned":
        found.append(_open("returned", about, f"退回后没有再报：{report.return_reason or ''}"))
    elif how == "submitted":
        found.append(_open("submitted", about, f"已报送，{reading.judge(report.unit_id)}还没有审核"))
    if how in HANDED_IN and late and report.submitted_at:
        found.append(_open("late", about, f"迟报，{_beijing(report.submitted_at)}报送"))
    part.open_items += [_named(each, part.unit, reading.units[report.unit_id]) for each in found]


def _named(said: dict[str, Any], part: Unit, unit: Unit) -> dict[str, Any]:
    """Name the unit that is meant, where the part is a whole branch."""
    return said if part.id == unit.id else {**said, "unit_id": str(unit.id), "unit_name": unit.name}


def tally_of(status: str, *, excused: bool, late: bool) -> dict[str, int]:
    """Return what one report adds to the completeness of its round; nobody waits for one that is excused."""
    if status in HANDED_IN:
        return {"expected": 1, "reported": 1, "late" if late else "on_time": 1, "counted": int(status in COUNTED)}
    return {} if excused else {"expected": 1, "missing": 1}


def _open(kind: str, about: tuple[str | None, str | None] | None, words: str) -> dict[str, Any]:
    code, title = about or (None, None)
    return {"kind": kind, "item_code": code, "item_title": title, "words": words}


def _paths(session: Session, order: Sequence[tuple[Unit, int]]) -> dict[UUID, list[str]]:
    """Return for each unit the ids from the top of the tree down to it, as the tree stands now."""
    found: dict[UUID, list[str]] = {}
    for unit, _ in order:
        chain, at = [str(unit.id)], unit.parent_id
        while at is not None:
            chain.append(str(at))
            above = session.get(Unit, at)
            at = above.parent_id if above else None
        found[unit.id] = chain[::-1]
    return found


def _text(value: Decimal | None) -> str | None:
    return None if value is None else quantity.text(value)


def _instant(value: datetime | None) -> str | None:
    return value.isoformat().replace("+00:00", "Z") if value else None


def _beijing(value: datetime) -> str:
    return f"{value.astimezone(clock.BEIJING):%m-%d %H:%M}"


# Sums up the tree


@dataclass
class Total:
    """The sum of an indicator over a unit and everything beneath it."""

    indicator: str
    measure: str
    item: str
    value: Decimal | None = None
    expected: int = 0
    counted: int = 0
    missing: list[str] = field(default_factory=list)


def totals(lines: Iterable[Line]) -> Mapping[tuple[str, str], Total]:
    """Return the sums of counted figures by unit and indicator, over what every unit and all beneath it reported.

    Rates and levels are never added. Nobody waits for what is excused; who did not report is named.
    """
    found: dict[tuple[str, str], Total] = {}
    for line in lines:
        if line["indicator_id"] is None or line["aggregation"] != "sum":
            continue
        for unit in line["unit_path"]:
            total = found.setdefault(
                (unit, line["indicator_id"]), Total(line["indicator"], line["measure"], line["item_id"])
            )
            if line["status"] == "excused":
                continue
            total.expected += 1
            if line["counted"] and line["value"] is not None:
                total.counted += 1
                total.value = quantity.total([total.value or Decimal(0), Decimal(line["value"])])
            elif line["unit_name"] not in total.missing:
                total.missing.append(line["unit_name"])
    return found
