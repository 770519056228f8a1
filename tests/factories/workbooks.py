"""Workbooks as people send them back: edited in another program, which keeps values and little else."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import python_calamine
import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Callable

Tables = dict[str, list[list[Any]]]


def tables_of(content: bytes) -> Tables:
    """Read a workbook with the plain reader."""
    book = python_calamine.load_workbook(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def saved(tables: Tables, touch: Callable[[Any, Any], None] | None = None, name: str = "") -> bytes:
    """Return tables as a workbook; ``touch`` may do to one sheet what a clerk does: formats, formulas, merged cells."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    for each, table in tables.items():
        sheet = book.add_worksheet(each)
        for at, line in enumerate(table):
            for column, value in enumerate(line):
                if isinstance(value, str) and value:
                    sheet.write_string(at, column, value)
                elif not isinstance(value, str):
                    sheet.write(at, column, value)
        if touch and each == name:
            touch(book, sheet)
    book.close()
    return out.getvalue()


def edited(content: bytes, sheet: str, cells: dict[tuple[int, int], Any]) -> bytes:
    """Return a workbook with other values in some cells of one sheet."""
    tables = tables_of(content)
    table = tables[sheet]
    for (row, column), value in cells.items():
        while len(table) <= row:
            table.append([])
        while len(table[row]) <= column:
            table[row].append("")
        table[row][column] = value
    return saved(tables)
