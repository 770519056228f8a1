"""A month's reports as a workbook: to be filled in without the network, and uploaded again.

Every row carries a hidden key: which target of which report it is, which version was downloaded and what its cells held
then. It stands on the row itself, so that sorting, filtering and deleting rows takes it along.
"""

import io
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

import xlsxwriter

from minsheng.kernel import clock, quantity
from minsheng.kernel.lifecycle import STATE_NAMES
from minsheng.kernel.workbook import Value
from minsheng.reports import disputes
from minsheng.reports.facts import ReportFacts
from minsheng.reports.judged import Figure
from minsheng.targets.workbook import written

MARK = "minsheng-entry-1"
FAMILY = "minsheng-entry-"
SHEET, HIDDEN = "填报", "_minsheng"
TOP = 3
"""Rows above the first figure, counted from zero: title, hint, headings."""

HEADS = (
    ("", 4),
    ("单位", 12),
    ("计划", 18),
    ("编号", 7),
    ("事项", 26),
    ("指标", 20),
    ("计量单位", 8),
    ("目标值", 10),
    ("本期末计划", 11),
    ("上期末", 10),
    ("本期", 11),
    ("本期末", 11),
    ("分子", 10),
    ("分母", 10),
    ("下降原因", 18),
    ("滞后原因", 13),
    ("滞后说明", 24),
    ("进展说明", 30),
    ("状态", 14),
)
KEY, SHOWN, PREVIOUS = 0, range(1, 6), 9
FIGURE_COLUMNS = {"current": 10, "value": 11, "numerator": 12, "denominator": 13}
WORD_COLUMNS = {"fall_reason": 14, "cause_code": 15, "cause_note": 16, "note": 17}
INPUTS = {**FIGURE_COLUMNS, **WORD_COLUMNS}
LABELS = {name: HEADS[column][0] for name, column in INPUTS.items()}
STATUS = 18

CAUSES = {
    "funds": "资金",
    "upper_money": "上级资金未下达",
    "land": "用地",
    "approval": "审批",
    "weather": "天气",
    "staff": "人员力量",
    "coordination": "协调",
    "unwilling": "群众意愿",
}
"""The words of the cause codes, as the entry grid shows them."""

_HINT = "白色格可填，灰色格不要改；填“本期”，“本期末”自动算出。可以排序、筛选，请勿增加行。填好后在“月度填报”页上传。"
_WIDE = 15
"""Digits Excel keeps of a number; a longer one is written as text so that none is lost."""


@dataclass(frozen=True)
class Meta:
    """What a workbook was made for."""

    period: str
    unit_id: UUID
    unit_name: str
    beneath: bool


@dataclass
class Line:
    """One row to write: its key, its cells from the second column on, what may be typed, and what is wrong."""

    key: str
    cells: Sequence[Any]
    free: frozenset[str] = frozenset()
    whole: bool = False
    levels: Sequence[str] = ()
    sums: bool = False
    wrong: dict[int, str] = field(default_factory=dict)


def period_words(period: str) -> str:
    """Return a period as a heading says it: a month in words, everything else as it is written."""
    return f"{period[:4]}年{int(period[5:])}月" if len(period) == 7 and period[5:].isdigit() else period


def shown_print(cells: Iterable[Value]) -> str:
    """Return a short mark of what a row says it is, to notice cells that were moved under another key."""
    text = "\x1f".join(str(each).strip() for each in cells)
    return f"{zlib.crc32(text.encode()):08x}"


def words_print(words: Mapping[str, str | None]) -> str:
    """Return a short mark of the words a row holds, to notice that somebody wrote others since."""
    text = "\x1f".join(words.get(name) or "" for name in WORD_COLUMNS)
    return f"{zlib.crc32(text.encode()):08x}"


def words_of(facts: ReportFacts, figure: Figure) -> dict[str, str | None]:
    """Return the words of a row as they stand; what a report says once stands in its first row."""
    found = {"fall_reason": figure.row.fall_reason if figure.row else None}
    if facts.figures[0] is figure:
        report = facts.report
        found |= {"cause_code": report.cause_code, "cause_note": report.cause_note, "note": report.note}
    return found


def figures_of(figure: Figure) -> tuple[Decimal | None, ...]:
    """Return the four figures of a row as they stand."""
    row = figure.row
    return (row.current, row.value, row.numerator, row.denominator) if row else (None, None, None, None)


def free_of(facts: ReportFacts, figure: Figure) -> frozenset[str]:
    """Return the cells of a row that may be typed in: what a report says once is typed in its first row."""
    if facts.report.status != "draft" or facts.round.closes_at <= clock.now():
        return frozenset()
    if figure.indicator.kind == "ratio":
        names = {"numerator", "denominator"}
    elif figure.indicator.accumulation == "snapshot":
        names = {"value"}
    else:
        names = {"current", "value", "fall_reason"}
    if facts.figures[0] is figure:
        names |= {"cause_code", "cause_note", "note"}
    return frozenset(names)


def shown(facts: ReportFacts, figure: Figure) -> tuple[str, ...]:
    """Return the words that say what a row is."""
    return (facts.unit.name, facts.programme.name, facts.item.code, facts.item.title, figure.indicator.name)


def line_of(facts: ReportFacts, figure: Figure) -> Line:
    """Return the row of one figure as it stands now."""
    report = facts.report
    held, words = figures_of(figure), words_of(facts, figure)
    keys = (str(report.id), str(figure.target.id), str(report.version))
    figures = (*(written(each) for each in held), written(figure.previous))
    key = "|".join((*keys, *figures, words_print(words), shown_print(shown(facts, figure))))
    levels = figure.indicator.levels if figure.indicator.kind == "ordinal" else ()
    value: Any = levels[int(held[1]) - 1] if levels and held[1] else held[1]
    cells = (
        *shown(facts, figure),
        figure.measure.name,
        figure.value,
        figure.plan_value,
        figure.previous,
        held[0],
        value,
        held[2],
        held[3],
        words["fall_reason"],
        CAUSES.get(words.get("cause_code") or ""),
        words.get("cause_note"),
        words.get("note"),
        _state(facts, figure),
    )
    return framed(facts, figure, key, cells)


def _state(facts: ReportFacts, figure: Figure) -> str:
    """Return how a row stands: its report, and a figure that an official one contradicts."""
    report = facts.report
    said = f"已退回：{report.return_reason or ''}" if report.returned else STATE_NAMES[report.status]
    return f"{said}；{disputes.words(figure.dispute)}" if figure.dispute else said


def framed(facts: ReportFacts, figure: Figure, key: str, cells: Sequence[Any]) -> Line:
    """Return the row of a figure with given cells: what may be typed in it does not hang on what stands there."""
    indicator = figure.indicator
    return Line(
        key=key,
        cells=cells,
        free=free_of(facts, figure),
        whole=figure.measure.decimals == 0,
        levels=indicator.levels if indicator.kind == "ordinal" else (),
        sums=indicator.accumulation == "cumulative" and indicator.kind != "ratio",
    )


def lines_of(found: Iterable[ReportFacts]) -> Iterable[Line]:
    """Return the rows of reports, each figure its own."""
    for facts in found:
        for figure in facts.figures:
            yield line_of(facts, figure)


def write(meta: Meta, lines: Iterable[Line], title: str = "填报表") -> bytes:
    """Return a workbook. Every word of a user is written as text, whatever it starts with."""
    out = io.BytesIO()
    # Row by row into a file beside it: a city's month needs no more memory than a township's.
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": f"{meta.unit_name}{meta.period}{title}", "created": clock.now().replace(tzinfo=None)})
    _Writer(book, meta, title).fill(lines)
    book.close()
    return out.getvalue()


class _Writer:
    """One workbook while it is written."""

    def __init__(self, book: xlsxwriter.Workbook, meta: Meta, title: str) -> None:
        self.meta, self.title = meta, title
        self.sheet = book.add_worksheet(SHEET)
        self.hidden = book.add_worksheet(HIDDEN)
        line = {"border": 1, "border_color": "#c9d1db", "valign": "vcenter"}
        grey = {**line, "bg_color": "#f0f2f5"}
        self.big = book.add_format({"bold": True, "font_size": 14})
        self.hint = book.add_format({"font_color": "#5b6673"})
        self.head = book.add_format({**line, "bold": True, "bg_color": "#e8eef6", "text_wrap": True, "align": "center"})
        self.fact = book.add_format({**grey, "text_wrap": True})
        self.number = book.add_format({**grey, "num_format": "#,##0.######"})
        # General, never a number format of ours: it would show 0.5 as 1 and hide what was typed.
        self.free = book.add_format({**line, "locked": False})
        self.words = book.add_format({**line, "locked": False, "text_wrap": True})
        self.wrong = book.add_format({**line, "locked": False, "bg_color": "#f9d7d5", "text_wrap": True})
        self.rules: dict[tuple[Any, ...], list[int]] = {}
        self.ratios = False

    def fill(self, lines: Iterable[Line]) -> None:
        """Write every row, then what holds for whole columns."""
        sheet, meta = self.sheet, self.meta
        sheet.write_string(0, 0, MARK)
        sheet.write_string(0, 1, f"{meta.unit_name} {period_words(meta.period)}{self.title}", self.big)
        sheet.set_row(1, 18)
        sheet.write_string(1, 1, _HINT, self.hint)
        sheet.set_row(TOP - 1, 32)
        for column, (text, _) in enumerate(HEADS):
            sheet.write_string(TOP - 1, column, text, self.head)
        at = TOP
        for line in lines:
            self._row(at, line)
            at += 1
        for column, (_, width) in enumerate(HEADS):
            no_ratio = column in {12, 13} and not self.ratios
            alone = column == 1 and not meta.beneath
            sheet.set_column(column, column, width, None, {"hidden": column == KEY or no_ratio or alone})
        for rule, rows in self.rules.items():
            self._validate(rule, rows)
        sheet.freeze_panes(TOP, 6)
        if at > TOP:
            sheet.autofilter(TOP - 1, 1, at - 1, STATUS)
        allowed = ("format_columns", "format_rows", "autofilter", "sort")
        sheet.protect("", dict.fromkeys(allowed, True))
        for row, text in enumerate((MARK, meta.period, str(meta.unit_id), "beneath" if meta.beneath else "alone")):
            self.hidden.write_string(row, 0, text)
        self.hidden.write_string(4, 0, str(at - TOP))
        self.hidden.protect("")
        self.hidden.very_hidden()

    def _row(self, at: int, line: Line) -> None:
        self.sheet.write_string(at, KEY, line.key)
        names = {column: name for name, column in INPUTS.items()}
        for column, raw in enumerate(line.cells, start=1):
            name = names.get(column)
            open_ = name in line.free
            form = self.fact
            if column in line.wrong:
                form = self.wrong
            elif open_:
                form = self.free if name in FIGURE_COLUMNS else self.words
            elif isinstance(raw, (Decimal, float)):
                form = self.number
            if line.sums and name == "value" and open_ and column not in line.wrong:
                before, now = (xlsxwriter.utility.xl_rowcol_to_cell(at, each) for each in (PREVIOUS, 10))
                held = float(raw) if isinstance(raw, (Decimal, float, int)) else raw or ""
                self.sheet.write_formula(at, column, f'=IF({now}="","",N({before})+{now})', form, held)
            else:
                _put(self.sheet, at, column, raw, form)
        for column, message in line.wrong.items():
            self.sheet.write_comment(at, column, message, {"x_scale": 2, "visible": False})
        self.ratios = self.ratios or "numerator" in line.free or line.cells[11] not in (None, "")
        self._rules(at, line)

    def _rules(self, at: int, line: Line) -> None:
        for name in line.free:
            if name in FIGURE_COLUMNS:
                words = line.levels if name == "value" else ()
                rule: tuple[Any, ...] = (
                    (name, "list", *words)
                    if words
                    else (name, "whole" if line.whole and name in {"current", "value"} else "decimal")
                )
            elif name == "cause_code":
                rule = (name, "list", *CAUSES.values())
            else:
                rule = (name, "length")
            self.rules.setdefault(rule, []).append(at)

    def _validate(self, rule: tuple[Any, ...], rows: list[int]) -> None:
        """Say once for all rows of a kind what may be typed in a column."""
        column = INPUTS[rule[0]]
        options: dict[str, Any] = {"error_title": LABELS[rule[0]]}
        if rule[1] == "list":
            options |= {"validate": "list", "source": list(rule[2:]), "error_message": "请从列表里选。"}
        elif rule[1] == "length":
            most = 500 if rule[0] == "fall_reason" else 2000
            options |= {"validate": "length", "criteria": "<=", "value": most, "error_message": f"最多 {most} 字。"}
        else:
            whole = rule[1] == "whole"
            options |= {
                "validate": "integer" if whole else "decimal",
                "criteria": "between",
                "minimum": -999_999_999_999,
                "maximum": 999_999_999_999,
                "error_message": f"请按计量单位填数字{'，不带小数' if whole else ''}，不要写万、亿或百分号。",
            }
        runs = _runs(rows)
        first, last = runs[0]
        options["other_cells"] = [[a, column, b, column] for a, b in runs[1:]]
        self.sheet.data_validation(first, column, last, column, options)


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    """Return rows in ascending order as runs of neighbours."""
    breaks = [0, *(at + 1 for at, (a, b) in enumerate(pairwise(rows)) if b != a + 1), len(rows)]
    return [(rows[a], rows[b - 1]) for a, b in pairwise(breaks)]


def _put(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, raw: Any, form: object) -> None:  # noqa: ANN401
    if raw is None or raw == "":
        sheet.write_blank(row, column, None, form)
    elif isinstance(raw, Decimal) and len(quantity.text(raw).replace(".", "").lstrip("-0")) <= _WIDE:
        sheet.write_number(row, column, float(raw), form)
    elif isinstance(raw, (int, float)) and not isinstance(raw, bool):
        sheet.write_number(row, column, raw, form)
    else:
        sheet.write_string(row, column, quantity.text(raw) if isinstance(raw, Decimal) else str(raw), form)
