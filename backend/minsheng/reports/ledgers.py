"""The office's own ledger (台账, R160) of one list and month: task, owner, due day, state, last action, as XLSX or CSV.

Rows are read item by item in the order of the catalogue and written as they come, so that a city's month needs no more
memory than a county's. What users wrote stays text whatever it begins with: no table program runs it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import and_
from sqlmodel import col, select

from minsheng.calendars import periods
from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.kernel.lifecycle import STATE_NAMES
from minsheng.org.service import in_tree_order
from minsheng.plans import service as plans
from minsheng.programmes.models import Indicator, Item, Measure, Programme
from minsheng.programmes.service import in_catalogue_order
from minsheng.reports import entries, forms, versions
from minsheng.reports.columns import CAUSES, HEADS, INPUTS, in_cell
from minsheng.reports.disputes import disputed, words
from minsheng.reports.facts import facts_of
from minsheng.reports.models import Report, ReportValue, Round
from minsheng.targets.models import Target, Task

Layout = Literal["month", "county", "full"]
Step = Callable[[int, int, str], None]

MONTH = (
    ("序号", 6),
    ("编号", 8),
    ("项目内容", 30),
    ("指标", 22),
    ("计量单位", 9),
    ("目标值", 11),
    ("上期末", 11),
    ("本期", 11),
    ("本期末", 11),
    ("完成率(%)", 10),
    ("责任单位", 14),
    ("完成期限", 11),
    ("状态", 9),
    ("最后办理", 18),
    ("滞后原因", 12),
    ("滞后说明", 26),
    ("进展说明", 30),
    ("数据偏差", 30),
)
"""上期末 / 本期 / 本期末: the form of the housing month report."""

MORE = ("as_of", "source_basis", "state", "approx", "expected", *forms.CARRIED)
"""What the month report has no column for."""

COUNTY = (
    ("序号", 6),
    ("项目内容", 30),
    ("指标", 22),
    ("计量单位", 9),
    ("{span}计划进度", 12),
    ("实际进度", 12),
    ("完成率(%)", 10),
    ("亮灯", 8),
    ("责任单位", 14),
    ("落实情况", 40),
    ("状态", 9),
    ("数据偏差", 30),
)
"""计划进度 / 实际进度 / 完成率 / 责任单位: the county's month report."""

FULL = (*MONTH, *((HEADS[INPUTS[name]]) for name in MORE))
"""Everything the form asks for."""

CHUNK = 250
WIDE_CHUNK = 5_000
"""Reports that are read together: with all that a light hangs on, or by their columns alone."""


@dataclass(frozen=True)
class Ledger:
    """What is asked for; without ``units`` everything the reader may see."""

    programme: Programme
    period: str
    layout: Layout
    units: frozenset[UUID] | None = None

    @property
    def title(self) -> str:
        """Return the heading."""
        kinds = ("县报表", "台账") if not self._monthly else ("县月报", "月报台账")
        return f"{self.programme.name} {periods.name(self.period)} {kinds[self.layout != 'county']}"

    @property
    def _monthly(self) -> bool:
        return len(self.period) == 7 and self.period[5:].isdigit()

    @property
    def heads(self) -> list[tuple[str, int]]:
        """Return the columns and their widths."""
        # Of ten days, weeks and quarters no month is named.
        span = f"{int(self.period[5:])}月" if self._monthly else "本期"
        heads = {"month": MONTH, "county": COUNTY, "full": FULL}[self.layout]
        return [(text.format(span=span), width) for text, width in heads]


def rows_of(session: Session, ledger: Ledger, step: Step) -> Iterator[Sequence[Any]]:
    """Yield the rows in the order of catalogue and tree."""
    known = _in_order(session, ledger)
    number = 0
    read, most = (_county, CHUNK) if ledger.layout == "county" else (_month, WIDE_CHUNK)
    for begin in range(0, len(known.keys), most):
        step(begin, len(known.keys), "导出")
        for line in read(session, ledger, known, known.keys[begin : begin + most]):
            number += 1
            yield (number, *line)
    step(len(known.keys), len(known.keys), "导出")


@dataclass(frozen=True)
class Known:
    """Which reports a ledger has, in its order, and the items and units that they name."""

    keys: list[UUID]
    items: dict[UUID, Item]
    units: dict[UUID, str]
    doubts: dict[UUID, str]
    """Words for the targets whose figure an official one contradicts."""


def _in_order(session: Session, ledger: Ledger) -> Known:
    """Find the reports by their few columns first: their rows are then read in order, some thousand at a time."""
    columns: Any = [
        *(Report.id, Report.corrects_id, Report.status, Report.task_id, Report.item_id, Report.unit_id),
        Round.content,
    ]
    statement: Any = (
        select(*columns)
        .join(Round, col(Round.id) == col(Report.round_id))
        .where(Report.programme_id == ledger.programme.id, Report.period == ledger.period)
    )
    found: list[Any] = list(versions.newest(session.exec(statement).all()))
    # Of several rounds of a task in one period the one that asks for figures is shown.
    found.sort(key=lambda row: (row.content == "figures", row.id))
    newest = {row.task_id: row for row in found if ledger.units is None or row.unit_id in ledger.units}.values()
    items = in_catalogue_order(session, {row.item_id for row in newest if row.item_id})
    units = [unit for unit, _ in in_tree_order(session, {row.unit_id for row in newest})]
    places = ({each.id: at for at, each in enumerate(part)} for part in (items, units))
    by_item, by_unit = places
    kept = [row for row in newest if row.item_id in by_item and row.unit_id in by_unit]
    kept.sort(key=lambda row: (by_item[row.item_id], by_unit[row.unit_id]))
    return Known(
        [row.id for row in kept],
        {each.id: each for each in items},
        {each.id: each.name for each in units},
        {key: words(each) for key, each in disputed(session, programmes=[ledger.programme.id]).items()},
    )


def _month(session: Session, ledger: Ledger, known: Known, keys: Sequence[UUID]) -> Iterator[Sequence[Any]]:
    columns: list[Any] = [
        Report.id,
        Report.item_id,
        Report.unit_id,
        Report.status,
        Report.returned,
        Report.touched_at,
        Report.submitted_at,
        Report.reviewed_at,
        Report.accepted_at,
        Report.cause_code,
        Report.cause_note,
        Report.note,
        Task.deadline,
        col(Target.id).label("target_id"),
        col(Target.value).label("target"),
        Indicator.name,
        col(Measure.name).label("measure"),
        ReportValue.previous,
        ReportValue.current,
        ReportValue.value,
    ]
    if ledger.layout == "full":
        columns += [getattr(Report, name) for name in forms.CARRIED]
        columns += [getattr(ReportValue, name) for name in entries.ATTRIBUTES]
    found: Sequence[Any] = session.exec(
        select(*columns)
        .join(Task, col(Task.id) == col(Report.task_id))
        .join(Target, and_(col(Target.task_id) == col(Report.task_id), col(Target.status) != "void"))
        .join(Indicator, col(Indicator.id) == col(Target.indicator_id))
        .join(Measure, col(Measure.id) == col(Indicator.measure_id))
        .join(
            ReportValue,
            and_(col(ReportValue.report_id) == col(Report.id), col(ReportValue.target_id) == col(Target.id)),
            isouter=True,
        )
        .where(col(Report.id).in_(keys))
    ).all()
    before = _before(session, ledger.period, [row.target_id for row in found if row.previous is None])
    place = {key: at for at, key in enumerate(keys)}
    for row in sorted(found, key=lambda row: (place[row.id], row.target_id)):
        item = known.items[row.item_id]
        line = (
            item.code,
            item.title,
            row.name,
            row.measure,
            row.target,
            row.previous if row.previous is not None else before.get(row.target_id),
            row.current,
            row.value,
            _share(row.value, row.target),
            known.units[row.unit_id],
            row.deadline,
            "已退回" if row.returned and row.status == "draft" else STATE_NAMES[row.status],
            _last(row),
            CAUSES.get(row.cause_code or ""),
            row.cause_note,
            row.note,
            known.doubts.get(row.target_id),
        )
        yield line if ledger.layout == "month" else (*line, *(in_cell(name, getattr(row, name)) for name in MORE))


def _before(session: Session, period: str, targets: list[UUID]) -> dict[UUID, Decimal]:
    """Return the last figure that was handed in before a month, of targets that have none in it yet."""
    if not targets:
        return {}
    found = session.exec(
        select(ReportValue.target_id, ReportValue.value)  # type: ignore[type-var]
        .join(Report, col(Report.id) == col(ReportValue.report_id))
        .where(
            col(ReportValue.target_id).in_(targets),
            Report.period < period,
            col(Report.status).not_in(["draft", "void", "superseded"]),
            col(ReportValue.value).is_not(None),
        )
        .order_by(col(ReportValue.ends_on), col(Report.id))
    ).all()
    return {key: value for key, value in found if value is not None}


def _county(session: Session, _ledger: Ledger, known: Known, keys: Sequence[UUID]) -> Iterator[Sequence[Any]]:
    rows = {row.id: row for row in session.exec(select(Report).where(col(Report.id).in_(keys))).all()}
    gathered = facts_of(session, [rows[key] for key in keys if key in rows])
    for facts in gathered.values():
        report = facts.report
        said = "；".join(each for each in (report.note, report.cause_note) if each)
        for figure in facts.figures:
            judged = figure.judgement
            share = plans.progress_text(judged)
            yield (
                f"{facts.item.code} {facts.item.title}",
                figure.indicator.name,
                figure.measure.name,
                figure.plan_value,
                figure.row.value if figure.row else None,
                None if share is None else Decimal(share),
                facts.rule_set.colour(judged.light).name,
                facts.unit.name,
                said,
                "已退回" if report.returned and report.status == "draft" else STATE_NAMES[report.status],
                known.doubts.get(figure.target.id),
            )
    session.expunge_all()
    session.info.clear()


def _share(value: Decimal | None, target: Decimal | None) -> Decimal | None:
    """Return the completion in percent, never clipped; nothing where there is no target to divide by."""
    if value is None or not target or target < 0:
        return None
    return (value * 100 / target).quantize(Decimal("0.1"))


def _last(row: Any) -> str | None:  # noqa: ANN401 - a row of columns
    """Return the last thing that was done, and when."""
    steps = (("确认", row.accepted_at), ("审核", row.reviewed_at), ("提交", row.submitted_at), ("填写", row.touched_at))
    done = [(at, verb) for verb, at in steps if at is not None]
    if not done:
        return None
    at, verb = max(done, key=lambda each: each[0])
    return f"{clock.day_of(at):%Y-%m-%d} {verb}"
