"""Workbooks as people send them back: edited in another program, which keeps values and little else."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import python_calamine
import xlsxwriter

from minsheng.kernel.workers import Worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

    from tests.conftest import Caller

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


def entry_workbook(caller: Caller, period: str, unit: str) -> bytes:
    """Return a period's reports as their workbook."""
    answer = caller.call("GET", "/entry-sheet.xlsx", params={"period": period, "unit_id": unit})
    assert answer.status_code == 200, answer.text
    return answer.content


def brought_in(app: FastAPI, caller: Caller, period: str, unit: str, content: bytes) -> list[dict[str, Any]]:
    """Try a workbook and write its good rows; return what became of those that say anything new."""
    worker = Worker(app.state.database, app.state.authenticate)
    answer = caller.call("POST", "/report-uploads", params={"period": period, "unit_id": unit}, content=content)
    assert answer.status_code == 202, answer.text
    tried = answer.json()["id"]
    worker.run_due()
    answer = caller.call("POST", "/report-uploads:commit", json={"id": tried, "mode": "good"})
    assert answer.status_code == 202, answer.text
    worker.run_due()
    done = caller.get(f"/report-uploads/{answer.json()['id']}")
    assert done["committed"] is True
    return [row for row in done["rows"] if row["outcome"] != "same"]
