"""The split grid as a workbook: to be filled in without the network, and uploaded again."""

import io
from datetime import date
from decimal import Decimal

import xlsxwriter

from minsheng.kernel import clock, quantity
from minsheng.targets.schemas import SplitCell, SplitOut, SplitRow

MARK = "minsheng-split-1"
SHARES, DEADLINES, HIDDEN = "任务分解", "期限", "_minsheng"
HEADS = ("编号", "事项", "指标", "计量单位", "目标值", "期限", "已分", "差额")
TOP = 3
"""Rows above the first share, counted from zero: title, hint, headings."""
LEFT = len(HEADS)
"""Columns left of the first unit."""

_HINT = "白色格可填，清空即取消；灰色格已下达，改动须走目标调整。请勿增删行列。填好后在“任务分解”页上传。"
_WIDE = 15
"""Digits Excel keeps of a number; a longer one is written as text so that none is lost."""


def written(value: Decimal | None) -> str:
    """Return a figure as the hidden sheet keeps it."""
    return "" if value is None else quantity.text(value)


def write(grid: SplitOut) -> bytes:
    """Return the grid as .xlsx. Every word of a user is written as text, whatever it starts with."""
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": grid.programme_name, "created": clock.now().replace(tzinfo=None)})
    _Book(book, grid).fill()
    book.close()
    return out.getvalue()


class _Book:
    """One workbook while it is written."""

    def __init__(self, book: xlsxwriter.Workbook, grid: SplitOut) -> None:
        self.grid = grid
        self.shares = book.add_worksheet(SHARES)
        self.deadlines = book.add_worksheet(DEADLINES)
        self.hidden = book.add_worksheet(HIDDEN)
        line = {"border": 1, "border_color": "#c9d1db", "valign": "vcenter"}
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.hint = book.add_format({"font_color": "#5b6673"})
        self.head = book.add_format({**line, "bold": True, "bg_color": "#e8eef6", "text_wrap": True, "align": "center"})
        self.fact = book.add_format({**line, "bg_color": "#f3f5f8", "text_wrap": True})
        self.number = book.add_format({**line, "bg_color": "#f3f5f8", "num_format": "#,##0.######"})
        self.free = book.add_format({**line, "locked": False, "num_format": "General"})
        self.day = book.add_format({**line, "locked": False, "num_format": "yyyy-mm-dd"})
        self.shut = book.add_format({**line, "bg_color": "#e3e6ea"})
        self.shut_day = book.add_format({**line, "bg_color": "#e3e6ea", "num_format": "yyyy-mm-dd"})

    def fill(self) -> None:
        """Write every sheet."""
        for sheet, heads in ((self.shares, HEADS), (self.deadlines, HEADS[:6])):
            sheet.write_string(
                0, 0, f"{self.grid.programme_name} {sheet.get_name()}（{self.grid.unit_name}）", self.title
            )
            sheet.write_string(1, 0, _HINT, self.hint)
            for index, text in enumerate((*heads, *([""] * (LEFT - len(heads))))):
                sheet.write_string(TOP - 1, index, text, self.head)
            for index, unit in enumerate(self.grid.units):
                sheet.write_string(TOP - 1, LEFT + index, unit.name, self.head)
            sheet.set_row(TOP - 1, 32)
            sheet.set_column(0, 0, 8)
            sheet.set_column(1, 2, 26)
            sheet.set_column(3, LEFT - 1, 11)
            sheet.set_column(LEFT, LEFT + max(len(self.grid.units), 1) - 1, 12)
            sheet.freeze_panes(TOP, 3)
            sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})
        for number, row in enumerate(self.grid.rows):
            self._row(TOP + number, row)
        self._ids()

    def _row(self, at: int, row: SplitRow) -> None:
        cells = {cell.unit_id: cell for cell in row.cells}
        for sheet in (self.shares, self.deadlines):
            for index, text in enumerate((row.item_code, row.item_title, row.indicator_name, row.measure_name)):
                sheet.write_string(at, index, text, self.fact)
            _figure(sheet, at, 4, row.value, self.number)
            sheet.write_datetime(at, 5, row.deadline, self.shut_day)
        last = max(len(self.grid.units), 1) - 1
        first, end = (xlsxwriter.utility.xl_rowcol_to_cell(at, LEFT + each) for each in (0, last))
        if row.balance != "none":
            added = float(row.sum) if row.sum is not None else 0
            self.shares.write_formula(at, 6, f"=SUM({first}:{end})", self.number, added)
            self.shares.write_formula(at, 7, f"=G{at + 1}-E{at + 1}", self.number, float(row.difference or 0))
        for index, unit in enumerate(self.grid.units):
            self._cell(at, LEFT + index, row, cells.get(unit.id))

    def _cell(self, at: int, column: int, row: SplitRow, cell: SplitCell | None) -> None:
        shut = cell is not None and cell.status != "draft"
        _figure(self.shares, at, column, cell.value if cell else None, self.shut if shut else self.free)
        day = self.shut_day if shut else self.day
        if cell is None or cell.deadline == row.deadline:
            self.deadlines.write_blank(at, column, None, day)
        else:
            self.deadlines.write_datetime(at, column, cell.deadline, day)
        if shut:
            return
        whole = row.decimals == 0
        self.shares.data_validation(
            at,
            column,
            at,
            column,
            {
                "validate": "integer" if whole else "decimal",
                "criteria": ">=",
                "value": 0,
                "error_title": "目标值",
                "error_message": f"请填不小于 0 的数字，{'不带小数' if whole else f'最多 {row.decimals} 位小数'}。",
            },
        )
        self.deadlines.data_validation(
            at,
            column,
            at,
            column,
            {
                "validate": "date",
                "criteria": "<=",
                "value": row.deadline,
                "error_title": "期限",
                "error_message": f"请填不晚于 {row.deadline} 的日期；不填即与上级相同。",
            },
        )

    def _ids(self) -> None:
        """Write what the reader needs: which row and column is what, and what every cell held at the download."""
        sheet, grid = self.hidden, self.grid
        for at, text in enumerate((MARK, str(grid.programme_id), str(grid.unit_id))):
            sheet.write_string(at, 0, text)
        for index, unit in enumerate(grid.units):
            sheet.write_string(TOP - 1, LEFT + index, str(unit.id))
        for number, row in enumerate(grid.rows):
            at = TOP + number
            for column, key in enumerate((row.task_id, row.indicator_id)):
                sheet.write_string(at, 1 + column, str(key))
            cells = {cell.unit_id: cell for cell in row.cells}
            for index, unit in enumerate(grid.units):
                cell = cells.get(unit.id)
                if cell is not None:
                    held = f"{written(cell.value)}|{cell.deadline.isoformat()}|{cell.task_version}"
                    sheet.write_string(at, LEFT + index, held)
        sheet.very_hidden()


def _figure(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, value: Decimal | None, form: object) -> None:
    if value is None:
        sheet.write_blank(row, column, None, form)
    elif len(quantity.text(value).replace(".", "").lstrip("-0")) > _WIDE:
        sheet.write_string(row, column, quantity.text(value), form)
    else:
        sheet.write_number(row, column, float(value), form)


def day_of(serial: float) -> date:
    """Return the day of an Excel serial number.

    Raises:
        ValueError: no day of this century.
    """
    if not 30_000 < serial < 110_000 or serial != int(serial):
        message = f"no day: {serial}"
        raise ValueError(message)
    return date.fromordinal(date(1899, 12, 30).toordinal() + int(serial))
