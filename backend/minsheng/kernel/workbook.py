"""Workbooks from outside, read without trusting them.

A file is unpacked under limits, every part is parsed by the strict reader of the standard library, and only what passed
is packed again for the fast reader: no macro, no external part, no bomb and no cell at the far end of an endless sheet
reaches it. Formulas are never run; what Excel last computed for them is read as a value.
"""

import io
import re
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from xml.parsers import expat

import python_calamine

from minsheng.kernel.errors import Invalid, invalid

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 40 * 1024 * 1024
MAX_RATIO = 200
MAX_PARTS = 200
MAX_ROWS = 5_000
MAX_COLUMNS = 500
MAX_CELLS = 400_000

Value = str | int | float | bool | date | datetime | time | timedelta
Sheet = list[list[Value]]

_PLACE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


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


def read(content: bytes) -> dict[str, Sheet]:
    """Return the sheets of an .xlsx file by name, rows of cells from the first cell on.

    Raises:
        Invalid: no workbook, a damaged or hostile one, or one that is too large.
    """
    clean = _cleaned(content)
    try:
        book = python_calamine.load_workbook(io.BytesIO(clean))
        return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except BaseException as error:
        # The reader is compiled: on a damaged file it may panic, which is no Exception.
        if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
            raise
        raise _refused("damaged", "文件已损坏，或不是 .xlsx 工作簿") from None


def _refused(code: str, message: str) -> Invalid:
    return invalid("", code, message)


def _cleaned(content: bytes) -> bytes:
    if len(content) > MAX_BYTES:
        raise _refused("too-large", f"文件超过 {MAX_BYTES // 1024 // 1024} MB")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = _parts(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError):
        # RuntimeError is what an encrypted part says.
        raise _refused("no-workbook", "不是 .xlsx 工作簿（加密的文件请先去掉密码）") from None
    if "xl/workbook.xml" not in parts:
        raise _refused("no-workbook", "不是 .xlsx 工作簿")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    return out.getvalue()


def _parts(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """Return the parts that are harmless XML; pictures and printer settings are left behind."""
    listed = archive.infolist()
    if len(listed) > MAX_PARTS:
        raise _refused("too-many-parts", "工作簿的部件太多")
    if any(each.filename.lower().endswith(("vbaproject.bin", ".vbs", ".exe", ".dll")) for each in listed):
        raise _refused("macro", "工作簿含有宏，请另存为 .xlsx 后再上传")
    found: dict[str, bytes] = {}
    total = 0
    for each in listed:
        if each.is_dir() or each.filename in found:
            continue
        # What the archive says of itself is not believed: never more than the limit is unpacked.
        with archive.open(each) as part:
            data = part.read(MAX_UNPACKED - total + 1)
        total += len(data)
        if total > MAX_UNPACKED or len(data) > MAX_RATIO * max(each.compress_size, 1) + 4096:
            raise _refused("bomb", "工作簿解压后过大")
        if _harmless(data):
            found[each.filename] = data
    return found


def _harmless(data: bytes) -> bool:
    """Say whether a part is XML; refuse what is meant to do harm.

    Raises:
        Invalid: it declares entities, or its cells reach further than any sheet of ours.
    """
    parser = expat.ParserCreate()
    counted = 0

    def doctype(*_: object) -> None:
        raise _refused("doctype", "工作簿含有不允许的声明")

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal counted
        kind = name.rpartition(":")[2]
        if kind == "row":
            counted += 1
            if not attributes.get("r", "1").isdigit() or int(attributes.get("r", "1")[:9]) > MAX_ROWS:
                raise _refused("too-many-rows", f"工作表超过 {MAX_ROWS} 行")
        elif kind == "c" and "r" in attributes:
            counted += 1
            at = _PLACE.fullmatch(attributes["r"])
            if at is None or int(at[2]) > MAX_ROWS or _number(at[1]) > MAX_COLUMNS:
                raise _refused("too-wide", f"工作表超过 {MAX_ROWS} 行或 {MAX_COLUMNS} 列")
        elif kind == "c":
            counted += 1
        if counted > MAX_CELLS:
            raise _refused("too-many-cells", "工作表的单元格太多")

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = start
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        return False
    return True


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
