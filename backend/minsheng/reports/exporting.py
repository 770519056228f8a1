"""A snapshot as files: the very bytes that were hashed, a table for Excel by double click, a workbook.

The table and the workbook say the same as the lines. Whatever a user wrote stays text: no cell is ever a formula.
"""

import csv
import io
import tempfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import orjson
import xlsxwriter

from minsheng.calendars import periods
from minsheng.kernel import stamps
from minsheng.kernel.signing import Head
from minsheng.reports.as_reported import Line
from minsheng.reports.settled import Piece, Settlement
from minsheng.reports.settling import content_of

CHUNK = 64 * 1024
_WIDE = 15
"""Digits Excel keeps of a number; a longer one is written as text so that none is lost."""

COLUMNS: tuple[tuple[str, str], ...] = (
    ("unit_code", "单位代码"),
    ("unit_name", "填报单位"),
    ("item_code", "编号"),
    ("item_title", "事项"),
    ("indicator", "指标"),
    ("measure", "计量单位"),
    ("status", "状态"),
    ("counted", "计入"),
    ("late", "迟报"),
    ("previous", "上期累计"),
    ("current", "本期数"),
    ("value", "累计数"),
    ("numerator", "分子"),
    ("denominator", "分母"),
    ("ends_on", "截至"),
    ("submitted_at", "报送时间"),
    ("reviewed_at", "审核时间"),
    ("accepted_at", "确认时间"),
    ("cause_code", "滞后原因"),
    ("cause_note", "滞后说明"),
    ("fall_reason", "下降原因"),
    ("note", "进展说明"),
    ("files", "附件"),
    ("dispute", "数据偏差"),
    ("period", "填报期"),
    ("title", "材料"),
    ("basis", "数据来源"),
    ("report_id", "报告"),
    ("task_id", "任务"),
    ("target_id", "目标"),
)
FIGURES = frozenset({"previous", "current", "value", "numerator", "denominator"})
STATES = {
    "missing": "未报",
    "returned": "退回未再报",
    "excused": "不必报",
    "submitted": "待审核",
    "reviewed": "已审核",
    "accepted": "已确认",
}
_RISKY = ("=", "+", "-", "@", "\t", "\r")


def ndjson(parts: Sequence[Piece]) -> Iterator[bytes]:
    """Yield the lines as they were hashed; of the whole, the bytes are those of the published hash."""
    for text in content_of(parts):
        yield text.encode()


def table(parts: Sequence[Piece]) -> Iterator[bytes]:
    """Yield the lines as CSV in UTF-8 with the mark that Excel looks for.

    A text that Excel would take for a formula is led by an apostrophe; figures are never touched.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([name for _, name in COLUMNS])
    yield b"\xef\xbb\xbf"
    for text in content_of(parts):
        for line in text.splitlines():
            read = orjson.loads(line)
            writer.writerow([_csv_cell(key, read) for key, _ in COLUMNS])
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()


def _csv_cell(key: str, line: Line) -> str:
    text = cell(key, line)
    return f"'{text}" if key not in FIGURES and text.startswith(_RISKY) else text


def cell(key: str, line: Line) -> str:
    """Return one cell in words."""
    # What was settled before a column came says nothing about it.
    value = line.get(key)
    if value is None:
        return ""
    if isinstance(value, list):
        return "、".join(each["name"] for each in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    return STATES[value] if key == "status" else str(value)


def workbook(settlement: Settlement, name: str, parts: Sequence[Piece], seal: Head | None = None) -> Iterator[bytes]:
    """Yield the lines as .xlsx, with the head that covers them: written row by row into a file, sent in pieces."""
    out = tempfile.TemporaryFile()  # noqa: SIM115 - it is closed when the last piece has been sent
    book = xlsxwriter.Workbook(
        out,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    # The time of the signature: the same snapshot gives the same file.
    book.set_properties({"title": name, "created": settlement.signed_at.replace(tzinfo=None)})
    head = book.add_format({"bold": True, "bg_color": "#e8eef6", "border": 1, "border_color": "#c9d1db"})
    number = book.add_format({"num_format": "#,##0.######"})
    sheet = book.add_worksheet("报送数据")
    sheet.freeze_panes(1, 2)
    for index, (key, title) in enumerate(COLUMNS):
        sheet.set_column(index, index, 36 if key.endswith(("note", "reason", "title")) else 14)
        sheet.write_string(0, index, title, head)
    row = 1
    for content in content_of(parts):
        for line in map(orjson.loads, content.splitlines()):
            for index, (key, _) in enumerate(COLUMNS):
                text = cell(key, line)
                if not text:
                    continue
                if key in FIGURES and len(text.strip("-").replace(".", "")) <= _WIDE:
                    sheet.write_number(row, index, Decimal(text), number)
                else:
                    sheet.write_string(row, index, text)
            row += 1
    facts = book.add_worksheet("说明")
    facts.set_column(0, 0, 16)
    facts.set_column(1, 1, 80)
    for at, (title, text) in enumerate(
        (
            ("名称", name),
            ("填报期", periods.name(settlement.period)),
            ("版次", f"第{settlement.edition}版"),
            ("签字人", settlement.signed_name),
            ("签字时间", settlement.signed_at.isoformat()),
            ("全部内容 SHA-256", settlement.sha256),
        )
    ):
        facts.write_string(at, 0, title, head)
        facts.write_string(at, 1, text)
    if seal:
        stamp(sheet, facts, 6, seal, head)
    book.close()
    return _pieces(out)


def stamp(sheet: Any, facts: Any, row: int, seal: Head, style: Any) -> None:  # noqa: ANN401 - xlsxwriter ships no types
    """Put a head under every printed page of a sheet, and with its QR code onto the sheet of facts."""
    sheet.set_footer(f"&L&7{seal.printed}&R&8&P / &N")
    facts.write_string(row, 0, "记录校验头", style)
    facts.write_string(row, 1, seal.printed)
    facts.insert_image(row + 1, 1, "seal.png", {"image_data": stamps.png(seal), "x_scale": 0.5, "y_scale": 0.5})


def _pieces(out: "tempfile._TemporaryFileWrapper[bytes] | io.BufferedRandom") -> Iterator[bytes]:
    with out:
        out.seek(0)
        while piece := out.read(CHUNK):
            yield piece
