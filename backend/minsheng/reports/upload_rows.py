"""A workbook that comes back, as it was read: rows with their keys, and rows that are none of ours."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from minsheng.calendars import periods
from minsheng.kernel import quantity
from minsheng.kernel.errors import FieldError, invalid
from minsheng.kernel.unpacking import Check
from minsheng.kernel.workbook import LARGE, Book, Marks, Value, place
from minsheng.reports import workbook, workbook_sheet
from minsheng.reports.cells import text_in
from minsheng.reports.columns import HEADS, INPUTS, LABELS, SHOWN, TOP, worded
from minsheng.reports.upload_schemas import UploadedChange, UploadedRow, UploadPreview
from minsheng.reports.workbook_sheet import Line, Meta

SHOWN_ROWS = 5_000
MOST_DRAWN = 20_000
"""Rows of a marked copy; a larger workbook is told its faults in the preview alone."""
_NOTHING = ("",) * 4
_ORDER = ("wrong", "changed", "new", "same")

Told = tuple[str, Any, Any]
"""A field that differs, what it holds and what the row says."""


@dataclass(slots=True)
class Typed:
    """One row of the sheet with a key."""

    at: int
    report: UUID
    target: UUID
    base: tuple[Decimal | None, ...]
    previous: Decimal | None
    words: str
    moved: bool
    cells: list[Value]


@dataclass(slots=True)
class Judged:
    """What a row does, or why not."""

    at: int
    outcome: str
    shown: tuple[str, ...]
    changes: list[Told]
    errors: list[FieldError]

    def out(self) -> UploadedRow:
        """Return the row as it travels."""
        unit, _, code, title, name = self.shown
        return UploadedRow(
            row=self.at + 1,
            outcome=self.outcome,  # type: ignore[arg-type]
            unit_name=unit,
            item_code=code,
            item_title=title,
            indicator_name=name,
            changes=[
                UploadedChange(
                    cell=place(self.at, INPUTS[field]),
                    field=field,  # type: ignore[arg-type]
                    label=LABELS[field],
                    old=worded(field, old),
                    new=worded(field, new),
                )
                for field, old, new in self.changes
            ],
            errors=self.errors,
        )


@dataclass
class Upload:
    """A workbook that was read: whose it is, its rows, and those that are not ours."""

    meta: Meta
    rows: list[Typed] = field(default_factory=list)
    marks: Marks = field(default_factory=Marks)
    found: dict[str, list[Judged]] = field(default_factory=lambda: defaultdict(list))
    lines: dict[int, Line] = field(default_factory=dict)
    tally: Counter[str] = field(default_factory=Counter)
    downloaded: int = 0

    @property
    def drawn(self) -> bool:
        """Say whether a marked copy of it is made."""
        return max(len(self.rows), self.downloaded) <= MOST_DRAWN

    def preview(self, *, committed: bool) -> UploadPreview:
        """Return what became of each row, the wrong ones first."""
        ranked = [row for outcome in _ORDER for row in self.first(outcome)]
        return UploadPreview(
            committed=committed,
            period=self.meta.period,
            unit_name=self.meta.unit_name,
            new=self.tally["new"],
            changed=self.tally["changed"],
            same=self.tally["same"],
            wrong=self.tally["wrong"],
            absent=max(self.downloaded - len(self.rows), 0),
            hidden_rows=self.marks.hidden_rows,
            rows=[row.out() for row in ranked[:SHOWN_ROWS]],
        )

    def stray(self, at: int, cells: list[Value], code: str, message: str) -> None:
        """Take down a row that is none of ours."""
        names = tuple(text_in(cells[each]) if each < len(cells) else "" for each in SHOWN)
        self.take(Judged(at, "wrong", names, [], [FieldError(pointer=place(at, 3), code=code, message=message)]))
        self.lines[at] = Line("", padded(cells), wrong={3: message})

    def unknown(self, row: Typed) -> None:
        """Take down a row whose task is not there for the caller."""
        self.stray(row.at, row.cells, "unknown-row", "这一行的任务不在您的权限内，或已经撤销")

    def take(self, judged: Judged) -> None:
        """Count a row, and keep it as long as it may be among the first of its kind."""
        self.tally[judged.outcome] += 1
        kept = self.found[judged.outcome]
        kept.append(judged)
        if len(kept) > 2 * SHOWN_ROWS:
            self.found[judged.outcome] = self.first(judged.outcome)

    def first(self, outcome: str) -> list[Judged]:
        """Return the first rows of the sheet of which one thing is said."""
        return sorted(self.found[outcome], key=lambda row: row.at)[:SHOWN_ROWS]


def refuse_foreign(content: bytes) -> None:
    """Refuse at first sight what is no workbook at all.

    Raises:
        Invalid: it does not begin as one, or is too large.
    """
    if not content.startswith(b"PK") or len(content) > LARGE.megabytes * 1024 * 1024:
        Check(LARGE).file(content)


def read(content: bytes, meta: Meta) -> Upload:
    """Read a workbook.

    Raises:
        Invalid: no workbook, a hostile one, or one that was not downloaded for this period and unit.
    """
    book = Book(content, LARGE)
    if workbook_sheet.SHEET not in book.names or workbook_sheet.HIDDEN not in book.names:
        raise invalid("", "foreign-workbook", "这不是从这里下载的填报表：请先下载，填好后再上传")
    told = [str(row[0]) if row else "" for row in book.rows(workbook_sheet.HIDDEN)] + [""] * 5
    if told[0] != workbook_sheet.MARK:
        old = told[0].startswith(workbook_sheet.FAMILY)
        message = "这是旧版的填报表：请重新下载" if old else "这不是从这里下载的填报表：请先下载，填好后再上传"
        raise invalid("", "old-template" if old else "foreign-workbook", message)
    if told[1] != meta.period:
        message = f"这是{_period_name(told[1])}的填报表，现在要传的是{periods.name(meta.period)}的"
        raise invalid("", "other-period", message)
    if told[2] != str(meta.unit_id):
        raise invalid("", "other-unit", f"这张填报表不是{meta.unit_name}下载的")
    upload = Upload(replace(meta, beneath=told[3] == "beneath"), marks=book.marks.get(workbook_sheet.SHEET) or Marks())
    upload.downloaded = int(told[4]) if told[4].isdigit() else 0
    _take_rows(upload, book)
    return upload


def _take_rows(upload: Upload, book: Book) -> None:
    seen: set[str] = set()
    names: dict[Value, Value] = {}
    lean = upload.downloaded > MOST_DRAWN
    for at, cells in enumerate(book.rows(workbook_sheet.SHEET)):
        if at < TOP:
            continue
        typed = _typed(at, cells)
        if typed is None:
            if any(text_in(each) for each in cells[1:]):
                upload.stray(at, cells, "unknown-row", "这一行不是下载来的：请勿增加行，或把内容填到原来的行里")
        elif (key := f"{typed.report.hex}{typed.target.hex}") in seen:
            upload.stray(at, cells, "duplicate-row", "这一行与前面的一行重复：请勿复制行")
        else:
            seen.add(key)
            upload.rows.append(typed)
            # The same few names in every row need be kept once, and what nobody will draw not at all.
            cells[1:6] = [names.setdefault(each, each) for each in cells[1:6]]
            if lean:
                cells[0], cells[6:10] = "", _NOTHING


def _period_name(key: str) -> str:
    """Return the period that a file names; the file may hold anything."""
    try:
        return periods.name(key)
    except (ValueError, IndexError):
        return f"“{key[:20]}”"


def _typed(at: int, cells: list[Value]) -> Typed | None:
    parts = str(cells[0]).split("|") if cells else []
    try:
        report, target, _version, *held, words, shown = parts
        current, value, over, under, previous = [quantity.parse(each) if each else None for each in held]
        keys = UUID(report), UUID(target)
    except ValueError:
        return None
    moved = workbook.shown_print(cells[1:6] if len(cells) > 5 else (cells[1:] + [""] * 5)[:5]) != shown
    return Typed(at, *keys, (current, value, over, under), previous, words, moved, cells)


def padded(cells: list[Value]) -> list[Any]:
    """Return the cells of a row as a copy of it shows them."""
    found: list[Any] = [text_in(each) if not isinstance(each, (int, float)) else each for each in cells[1:]]
    return (found + [None] * len(HEADS))[: len(HEADS) - 1]
