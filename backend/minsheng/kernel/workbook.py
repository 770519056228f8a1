"""Workbooks from outside, read without trusting them.

A file is looked through (:mod:`minsheng.kernel.unpacking`) before the fast reader sees it. Formulas are never run; what
Excel last computed for them is read as a value.
"""

import io
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import TypeVar

import python_calamine

from minsheng.kernel.unpacking import LARGE, MAX_BYTES, USUAL, Check, Limits, Marks, refused

T = TypeVar("T")
Value = str | int | float | bool | date | datetime | time | timedelta
Sheet = list[list[Value]]


def column_name(index: int) -> str:
    """Return the letters of a column counted from zero."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def place(row: int, column: int) -> str:
    """Return the address of a cell counted from zero, as Excel shows it."""
    return f"{column_name(column)}{row + 1}"


class Book:
    """A workbook that passed: values by sheet, row by row, and what they do not tell."""

    def __init__(self, content: bytes, limits: Limits = USUAL) -> None:
        """Check and open an .xlsx file.

        Raises:
            Invalid: no workbook, a damaged or hostile one, or one that is too large.
        """
        check = Check(limits)
        check.file(content)
        self.marks = check.by_name()
        self._book = _open(content)
        self.names: list[str] = list(self._book.sheet_names)

    def rows(self, name: str) -> Iterator[list[Value]]:
        """Yield the rows of a sheet from the very first on."""
        sheet = _guarded(lambda: self._book.get_sheet_by_name(name))
        top, left = sheet.start or (0, 0)
        for _ in range(top):
            yield []
        before: list[Value] = [""] * left
        for row in sheet.iter_rows():
            yield before + row if left else row


def read(content: bytes) -> dict[str, Sheet]:
    """Return the sheets of an .xlsx file by name, rows of cells from the first cell on.

    Raises:
        Invalid: no workbook, a damaged or hostile one, or one that is too large.
    """
    book = Book(content)
    return {name: list(book.rows(name)) for name in book.names}


def _open(content: bytes) -> python_calamine.CalamineWorkbook:
    return _guarded(lambda: python_calamine.load_workbook(io.BytesIO(content)))


def _guarded(do: Callable[[], T]) -> T:
    try:
        return do()
    except BaseException as error:
        # The reader is compiled: on a damaged file it may panic, which is no Exception.
        if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
            raise
        raise refused("damaged", "文件已损坏，或不是 .xlsx 工作簿") from None


__all__ = ["LARGE", "MAX_BYTES", "USUAL", "Book", "Limits", "Marks", "Sheet", "Value", "column_name", "place", "read"]
