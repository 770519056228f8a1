"""The office's own ledger (台账, R160) of one list and month: task, owner, due day, state, last action, as XLSX or CSV.

Rows are read item by item in the order of the catalogue and written as they come, so that a city's month needs no more
memory than a county's. What users wrote stays text whatever it begins with: no table program runs it.
"""

import csv
import io
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import xlsxwriter
from sqlalchemy import and_
from sqlmodel import col, select

from minsheng.kernel import clock, quantity
from minsheng.kernel.access import Session
from minsheng.kernel.lifecycle import STATE_NAMES
from minsheng.org.service import in_tree_order
from minsheng.plans import service as plans
from minsheng.programmes.models import Indicator, Item, Measure, Programme
from minsheng.programmes.service import in_catalogue_order
from minsheng.reports.columns import CAUSES
from minsheng.reports.facts import facts_of
from minsheng.reports.models import Report, ReportValue
from minsheng.targets.models import Target, Task

Layout = Literal["month", "county"]
Format = Literal["xlsx", "csv"]
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
)
"""上期末 / 本期 / 本期末: the form of the housing month report."""

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
)
"""计划进度 / 实际进度 / 完成率 / 责任单位: the county's month report."""

CHUNK = 250
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_SHOWN = col(Report.status).not_in(["void", "superseded"])


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
        return f"{self.programme.name} {self.period} {'县月报' if self.layout == 'county' else '月报台账'}"

    @property
    def heads(self) -> list[tuple[str, int]]:
        """Return the columns and their widths."""
        # Of ten days, weeks and quarters no month is named.
        span = f"{int(self.period[5:])}月" if len(self.period) == 7 and self.period[5:].isdigit() else "本期"
        return [(text.format(span=span), width) for text, width in (MONTH if self.layout == "month" else COUNTY)]


def rows_of(session: Session, ledger: Ledger, step: Step) -> Iterator[Sequence[Any]]:
    """Yield the rows in the order of catalogue and tree."""
    asked = (Report.programme_id == ledger.programme.id, Report.period == ledger.period, _SHOWN)
    keys = set(session.exec(select(Report.item_id).where(*asked).distinct()).all())
    items = in_catalogue_order(session, keys)
    reporting = set(session.exec(select(Report.unit_id).where(*asked).distinct()).all())
    wanted = reporting & ledger.units if ledger.units is not None else reporting
    place = {unit.id: (number, unit.name) for number, (unit, _) in enumerate(in_tree_order(session, wanted))}
    number = 0
    for done, item in enumerate(items):
        step(done, len(items), "导出")
        lines = (_month if ledger.layout == "month" else _county)(session, ledger, item, place)
        for line in lines:
            number += 1
            yield (number, *line)
    step(len(items), len(items), "导出")


Place = dict[UUID, tuple[int, str]]


def _month(session: Session, ledger: Ledger, item: Item, place: Place) -> Iterator[Sequence[Any]]:
    columns: list[Any] = [
        Report.id,
        Report.task_id,
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
        ReportValue.ends_on,
        ReportValue.previous,
        ReportValue.current,
        ReportValue.value,
    ]
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
        .where(Report.item_id == item.id, Report.period == ledger.period, _SHOWN)
        .order_by(col(Report.id))
    ).all()
    newest = {(row.task_id, row.target_id): row for row in found}
    rows = [
        row for row in newest.values() if row.unit_id in place and (not ledger.units or row.unit_id in ledger.units)
    ]
    before = _before(session, ledger.period, [row.target_id for row in rows if row.previous is None])
    for row in sorted(rows, key=lambda row: (place[row.unit_id][0], str(row.target_id))):
        yield (
            item.code,
            item.title,
            row.name,
            row.measure,
            row.target,
            row.previous if row.previous is not None else before.get(row.target_id),
            row.current,
            row.value,
            _share(row.value, row.target),
            place[row.unit_id][1],
            row.deadline,
            "已退回" if row.returned and row.status == "draft" else STATE_NAMES[row.status],
            _last(row),
            CAUSES.get(row.cause_code or ""),
            row.cause_note,
            row.note,
        )


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


def _county(session: Session, ledger: Ledger, item: Item, place: Place) -> Iterator[Sequence[Any]]:
    asked = (Report.item_id == item.id, Report.period == ledger.period, _SHOWN)
    found = session.exec(select(Report).where(*asked).order_by(col(Report.id))).all()
    newest = {row.task_id: row for row in found}
    rows = [
        row for row in newest.values() if row.unit_id in place and (not ledger.units or row.unit_id in ledger.units)
    ]
    rows.sort(key=lambda row: place[row.unit_id][0])
    for begin in range(0, len(rows), CHUNK):
        known = facts_of(session, rows[begin : begin + CHUNK])
        for facts in known.values():
            report = facts.report
            said = "；".join(each for each in (report.note, report.cause_note) if each)
            for figure in facts.figures:
                judged = figure.judgement
                share = plans.progress_text(judged)
                yield (
                    f"{item.code} {item.title}",
                    figure.indicator.name,
                    figure.measure.name,
                    figure.plan_value,
                    figure.row.value if figure.row else None,
                    None if share is None else Decimal(share),
                    facts.rule_set.colour(judged.light).name,
                    facts.unit.name,
                    said,
                    "已退回" if report.returned and report.status == "draft" else STATE_NAMES[report.status],
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


# Writing


def write(ledger: Ledger, rows: Iterator[Sequence[Any]], form: Format) -> tuple[bytes, int]:
    """Return the file and how many rows it has."""
    return _csv(ledger, rows) if form == "csv" else _xlsx(ledger, rows)


def _csv(ledger: Ledger, rows: Iterator[Sequence[Any]]) -> tuple[bytes, int]:
    count = 0
    with tempfile.TemporaryFile("w+", encoding="utf-8-sig", newline="") as file:
        made = csv.writer(file)
        made.writerow([text for text, _ in ledger.heads])
        for row in rows:
            made.writerow([_plain(each) for each in row])
            count += 1
        file.flush()
        return _bytes(file.buffer), count


def _bytes(file: Any) -> bytes:  # noqa: ANN401 - a binary file
    file.seek(0)
    content: bytes = file.read()
    return content


def _plain(value: Any) -> str:  # noqa: ANN401 - any cell
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return quantity.text(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    text = str(value)
    # A figure may be negative; whatever else begins so is run by table programs.
    return f"'{text}" if isinstance(value, str) and text.startswith(_RISKY) else text


def _xlsx(ledger: Ledger, rows: Iterator[Sequence[Any]]) -> tuple[bytes, int]:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("台账")
    head = book.add_format({"bold": True, "border": 1, "bg_color": "#e8eef6", "text_wrap": True, "align": "center"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    figure = book.add_format({"num_format": "#,##0.######"})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, 1)
    sheet.write_string(0, 0, ledger.title, book.add_format({"bold": True, "font_size": 14}))
    for column, (text, width) in enumerate(ledger.heads):
        sheet.set_column(column, column, width)
        sheet.write_string(1, column, text, head)
    sheet.freeze_panes(2, 3)
    at = 1
    for row in rows:
        at += 1
        for column, value in enumerate(row):
            if value is None:
                continue
            if isinstance(value, str):
                sheet.write_string(at, column, value)
            elif isinstance(value, date):
                sheet.write_datetime(at, column, value, day)
            elif isinstance(value, Decimal):
                sheet.write_number(at, column, float(value), figure)
            else:
                sheet.write_number(at, column, value)
    sheet.autofilter(1, 0, max(at, 2), len(ledger.heads) - 1)
    book.close()
    return out.getvalue(), at - 1
