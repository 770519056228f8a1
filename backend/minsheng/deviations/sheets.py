"""Bulletins as files: a workbook or CSV text, read without trusting it, as sheets of cells."""

import csv
import io
import re
import unicodedata

from minsheng.kernel import workbook
from minsheng.kernel.errors import invalid
from minsheng.kernel.workbook import Sheet, Value

_SPACE = re.compile(r"\s+")


def read(content: bytes) -> dict[str, Sheet]:
    """Return the sheets of a bulletin by name; CSV text has one, without a name.

    Raises:
        Invalid: neither, damaged or hostile, or too large.
    """
    if content[:2] == b"PK" or content[:4] == b"\xd0\xcf\x11\xe0":
        return workbook.read(content)
    if len(content) > workbook.MAX_BYTES:
        raise invalid("", "too-large", f"文件超过 {workbook.MAX_BYTES // 1024 // 1024} MB")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise invalid("", "encoding", "文件编码无法识别，请存为 .xlsx，或 UTF-8、GB18030 的 CSV")
    if "\x00" in text:
        raise invalid("", "control-character", "文件含有控制字符，不是 .xlsx，也不是 CSV 文本")
    found: Sheet = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), strict=True):
            if len(found) >= workbook.USUAL.rows or len(row) > workbook.USUAL.columns:
                limits = f"{workbook.USUAL.rows} 行或 {workbook.USUAL.columns} 列"
                raise invalid("", "too-many-rows", f"文件超过 {limits}")
            found.append(list(row))
    except csv.Error:
        raise invalid("", "csv", "不是规范的 CSV：请检查引号与分隔符") from None
    if not any(any(cell.strip() for cell in row if isinstance(cell, str)) for row in found):
        raise invalid("", "empty", "文件里没有内容")
    return {"": found}


def at(sheet: Sheet, row: int, column: int) -> Value:
    """Return a cell counted from zero; beyond the edge there is nothing."""
    return sheet[row][column] if row < len(sheet) and column < len(sheet[row]) else ""


def text(value: Value) -> str:
    """Return a cell as people read it: whole numbers without the point that the format puts there."""
    if isinstance(value, float):
        return format(value, ".15g")
    return str(value).strip()[:200]


def plain(value: Value) -> str:
    """Return a name as it is compared: full-width characters and spaces make no difference."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text(value)))


def index(letters: str) -> int:
    """Return the number of a column, counted from zero."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
