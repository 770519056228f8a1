"""A ledger as a file, written row by row as XLSX or CSV; what users wrote stays text whatever it begins with."""

import csv
import io
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import xlsxwriter

from minsheng.kernel import quantity
from minsheng.kernel.signing import Head
from minsheng.reports.exporting import stamp
from minsheng.reports.ledgers import Ledger

Format = Literal["xlsx", "csv"]

_RISKY = ("=", "+", "-", "@", "\t", "\r")


def write(ledger: Ledger, rows: Iterator[Sequence[Any]], form: Format, seal: Head | None = None) -> tuple[bytes, int]:
    """Return the file and how many rows it has; what can be printed carries the newest head of the sealed record."""
    return _csv(ledger, rows) if form == "csv" else _xlsx(ledger, rows, seal)


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


def _xlsx(ledger: Ledger, rows: Iterator[Sequence[Any]], seal: Head | None) -> tuple[bytes, int]:
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
    if seal:
        stamp(sheet, book.add_worksheet("说明"), 0, seal, head)
    book.close()
    return out.getvalue(), at - 1
