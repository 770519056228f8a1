"""The entry workbook as a file: hidden keys, locked cells, what may be typed where, and remarks at what is wrong."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

import xlsxwriter

from minsheng.calendars import periods
from minsheng.kernel import clock, quantity
from minsheng.reports.columns import (
    DAYS,
    FIGURE_COLUMNS,
    HEADS,
    INPUTS,
    KEY,
    LABELS,
    LISTS,
    NAMES,
    NUMBERS,
    PREVIOUS,
    STATUS,
    TEXTS,
    TOP,
)

MARK = "minsheng-entry-2"
FAMILY = "minsheng-entry-"
SHEET, HIDDEN = "填报", "_minsheng"

_HINT = (
    "白色格可填，灰色格不要改；填“本期”，“本期末”自动算出；“状态”右边的各栏用到才填，空着就是期末、最终数。"
    "可以排序、筛选，请勿增加行。填好后在“月度填报”页上传。"
)
_WIDE = 15
"""Digits Excel keeps of a number; a longer one is written as text so that none is lost."""
_RARE = STATUS + 1
"""From this column on cells are white by their column: most stay empty, and an empty cell need not be written."""


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


def write(meta: Meta, lines: Iterable[Line], title: str = "填报表") -> bytes:
    """Return a workbook. Every word of a user is written as text, whatever it starts with."""
    out = io.BytesIO()
    # Row by row into a file beside it: a city's month needs no more memory than a township's.
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties(
        {"title": f"{meta.unit_name}{periods.name(meta.period)}{title}", "created": clock.now().replace(tzinfo=None)}
    )
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
        self.day = book.add_format({**line, "locked": False, "num_format": "yyyy-mm-dd"})
        self.grey_day = book.add_format({**grey, "num_format": "yyyy-mm-dd"})
        self.wrong = book.add_format({**line, "locked": False, "bg_color": "#f9d7d5", "text_wrap": True})
        self.rules: dict[tuple[Any, ...], list[int]] = {}
        self.ratios = False

    def fill(self, lines: Iterable[Line]) -> None:
        """Write every row, then what holds for whole columns."""
        sheet, meta = self.sheet, self.meta
        sheet.write_string(0, 0, MARK)
        sheet.write_string(0, 1, f"{meta.unit_name} {periods.name(meta.period)}{self.title}", self.big)
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
            form = (self._form(column, None, free=True)) if column >= _RARE else None
            sheet.set_column(column, column, width, form, {"hidden": column == KEY or no_ratio or alone})
        for rule, rows in self.rules.items():
            self._validate(rule, rows)
        sheet.freeze_panes(TOP, 6)
        if at > TOP:
            sheet.autofilter(TOP - 1, 1, at - 1, len(HEADS) - 1)
        allowed = ("format_columns", "format_rows", "autofilter", "sort")
        sheet.protect("", dict.fromkeys(allowed, True))
        for row, text in enumerate((MARK, meta.period, str(meta.unit_id), "beneath" if meta.beneath else "alone")):
            self.hidden.write_string(row, 0, text)
        self.hidden.write_string(4, 0, str(at - TOP))
        self.hidden.protect("")
        self.hidden.very_hidden()

    def _form(self, column: int, raw: Any, *, free: bool) -> Any:  # noqa: ANN401 - formats have no public type
        """Return how a cell looks and whether it is locked."""
        name = NAMES.get(column)
        if name in DAYS:
            return self.day if free else self.grey_day
        if free:
            return self.free if name in FIGURE_COLUMNS or name in NUMBERS else self.words
        return self.number if isinstance(raw, (Decimal, float)) else self.fact

    def _row(self, at: int, line: Line) -> None:
        self.sheet.write_string(at, KEY, line.key)
        for column, raw in enumerate(line.cells, start=1):
            name = NAMES.get(column)
            open_ = name in line.free
            wrong = column in line.wrong
            if column >= _RARE and open_ and not wrong and raw in (None, ""):
                continue
            form = self.wrong if wrong else self._form(column, raw, free=open_)
            if line.sums and name == "value" and open_ and not wrong:
                before, now = (xlsxwriter.utility.xl_rowcol_to_cell(at, each) for each in (PREVIOUS, 10))
                held = float(raw) if isinstance(raw, (Decimal, float, int)) else raw or ""
                self.sheet.write_formula(at, column, f'=IF({now}="","",N({before})+{now})', form, held)
            else:
                _put(self.sheet, at, column, raw, form)
        for column, message in line.wrong.items():
            self.sheet.write_comment(at, column, message, {"x_scale": 2, "visible": False})
        self.ratios = self.ratios or "numerator" in line.free or line.cells[11] not in (None, "")
        for name in line.free:
            self.rules.setdefault(_rule(name, line), []).append(at)

    def _validate(self, rule: tuple[Any, ...], rows: list[int]) -> None:
        """Say once for all rows of a kind what may be typed in a column."""
        name, kind, *rest = rule
        column = INPUTS[name]
        options: dict[str, Any] = {"error_title": LABELS[name]}
        if kind == "list":
            options |= {"validate": "list", "source": rest, "error_message": "请从列表里选。"}
        elif kind == "length":
            most = TEXTS[name]
            options |= {"validate": "length", "criteria": "<=", "value": most, "error_message": f"最多 {most} 字。"}
        elif kind == "date":
            since, until = date(1949, 1, 1), date(2200, 12, 31)
            options |= {"validate": "date", "criteria": "between", "minimum": since, "maximum": until}
            options["error_message"] = "请填日期，如 2026-11-05。"
        else:
            least, most = (0, 100) if name == "physical_pct" else (-999_999_999_999, 999_999_999_999)
            unit = {"physical_pct": "0 至 100", "invested_fen": "万元"}.get(name, "计量单位")
            options |= {
                "validate": kind,
                "criteria": "between",
                "minimum": least,
                "maximum": most,
                "error_message": f"请按{unit}填数字{'，不带小数' if kind == 'integer' else ''}，不要写万、亿或百分号。",
            }
        runs = _runs(rows)
        first, last = runs[0]
        options["other_cells"] = [[a, column, b, column] for a, b in runs[1:]]
        self.sheet.data_validation(first, column, last, column, options)


def _rule(name: str, line: Line) -> tuple[Any, ...]:
    """Return what may be typed in a cell."""
    if name == "value" and line.levels:
        return (name, "list", *line.levels)
    if name in LISTS:
        return (name, "list", *LISTS[name].values())
    if name in DAYS:
        return (name, "date")
    if name in TEXTS:
        return (name, "length")
    return (name, "integer" if line.whole and name in {"current", "value"} else "decimal")


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    """Return rows in ascending order as runs of neighbours."""
    breaks = [0, *(at + 1 for at, (a, b) in enumerate(pairwise(rows)) if b != a + 1), len(rows)]
    return [(rows[a], rows[b - 1]) for a, b in pairwise(breaks)]


def _put(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, raw: Any, form: object) -> None:  # noqa: ANN401
    if raw is None or raw == "":
        sheet.write_blank(row, column, None, form)
    elif isinstance(raw, date):
        sheet.write_datetime(row, column, raw, form)
    elif isinstance(raw, Decimal) and len(quantity.text(raw).replace(".", "").lstrip("-0")) <= _WIDE:
        sheet.write_number(row, column, float(raw), form)
    elif isinstance(raw, (int, float)) and not isinstance(raw, bool):
        sheet.write_number(row, column, raw, form)
    else:
        sheet.write_string(row, column, quantity.text(raw) if isinstance(raw, Decimal) else str(raw), form)
