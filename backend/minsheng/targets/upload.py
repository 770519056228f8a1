"""A split workbook that comes back: every cell becomes what typing it would have been, judged by the same rules."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from minsheng.kernel import quantity
from minsheng.kernel.errors import FieldError, invalid
from minsheng.kernel.workbook import Sheet, Value, place, read
from minsheng.targets.schemas import (
    SplitCell,
    SplitCellIn,
    SplitIn,
    SplitOut,
    SplitResults,
    SplitRow,
    UploadedCell,
    UploadOut,
)
from minsheng.targets.workbook import DEADLINES, HIDDEN, LEFT, MARK, SHARES, TOP, day_of, written

_NOTHING = {"", "/", "-", "—", "——", "无"}
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_DAY = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?")

Save = Callable[[SplitIn], SplitResults]


def load(grid: SplitOut, content: bytes, save: Save, *, dry_run: bool) -> UploadOut:
    """Read a workbook against the grid as it stands, and save what is new or changed unless ``dry_run``.

    Raises:
        Invalid: no workbook, a hostile one, or one that was not downloaded for this programme and unit.
    """
    sheets = read(content)
    hidden = sheets.get(HIDDEN, [])
    if SHARES not in sheets or DEADLINES not in sheets or _at(hidden, 0, 0) != MARK:
        raise invalid("", "foreign-workbook", "这不是从这里下载的分解表：请先下载，填好后再上传")
    if (_at(hidden, 1, 0), _at(hidden, 2, 0)) != (str(grid.programme_id), str(grid.unit_id)):
        raise invalid("", "foreign-workbook", "这张分解表属于另一个计划或另一个单位")
    reader = _Reader(grid, sheets)
    reader.walk()
    reader.judge(save, dry_run=dry_run)
    tally = Counter(cell.outcome for cell in reader.found)
    return UploadOut(
        dry_run=dry_run,
        new=tally["new"],
        changed=tally["changed"],
        same=reader.same,
        wrong=tally["wrong"],
        cells=sorted(reader.found, key=lambda cell: (cell.row, len(cell.cell), cell.cell)),
    )


class _Reader:
    """One upload while it is read."""

    def __init__(self, grid: SplitOut, sheets: dict[str, Sheet]) -> None:
        self.grid = grid
        self.shares, self.deadlines, self.hidden = sheets[SHARES], sheets[DEADLINES], sheets[HIDDEN]
        self.rows = {(row.task_id, row.indicator_id): row for row in grid.rows}
        self.units = {str(unit.id): unit for unit in grid.units}
        self.found: list[UploadedCell] = []
        self.same = 0
        self.wanted: list[tuple[SplitCellIn, UploadedCell]] = []

    def walk(self) -> None:
        """Go through the sheet row by row."""
        width = max((len(row) for row in self.shares), default=0)
        for at in range(TOP, max(len(self.shares), len(self.hidden))):
            keys = _uuid(_at(self.hidden, at, 1)), _uuid(_at(self.hidden, at, 2))
            row = self.rows.get(keys) if keys[0] and keys[1] else None  # type: ignore[arg-type]
            shown = tuple(_text(_at(self.shares, at, column)) for column in range(3))
            if row is None:
                if any(_text(_at(self.shares, at, column)) for column in range(width)):
                    self._wrong(at, 0, None, None, "unknown-row", "这一行不在分解表里，或已不在您的权限内")
                continue
            if shown != (row.item_code, row.item_title, row.indicator_name):
                self._wrong(at, 1, row, None, "moved-row", "这一行的事项与下载时不同：请勿增删或移动行")
                continue
            for column in range(LEFT, max(width, LEFT + len(self.units))):
                self._cell(at, column, row)

    def _cell(self, at: int, column: int, row: SplitRow) -> None:
        unit = self.units.get(str(_at(self.hidden, TOP - 1, column)))
        raw = _at(self.shares, at, column)
        if unit is None or _text(_at(self.shares, TOP - 1, column)) != unit.name:
            if _text(raw):
                self._wrong(at, column, row, None, "unknown-column", "这一列的单位与下载时不同：请勿增删或移动列")
            return
        now = next((cell for cell in row.cells if cell.unit_id == unit.id), None)
        held = str(_at(self.hidden, at, column)).split("|")
        base_value, base_day = held[0], held[1] if len(held) > 1 else ""
        try:
            value = figure_of(raw)
        except ValueError as error:
            self._wrong(at, column, row, now, "figure", str(error), unit.name)
            return
        sheet = self.deadlines
        moved = _text(_at(sheet, TOP - 1, column)) != unit.name or _text(_at(sheet, at, 0)) != row.item_code
        try:
            day = None if moved else day_value(_at(sheet, at, column))
        except ValueError as error:
            self._wrong(at, column, row, now, "date", str(error), unit.name, sheet=DEADLINES)
            return
        deadline = day or (row.deadline if base_day and not moved else None)
        new = written(value)
        if new == base_value and (deadline is None or not base_day or deadline.isoformat() == base_day):
            if day and value is None:
                text = "没有目标值，不能只填期限"
                self._wrong(at, column, row, now, "no-value", text, unit.name, sheet=DEADLINES)
            else:
                self.same += 1
            return
        current = written(now.value) if now else ""
        if current not in {base_value, new}:
            text = f"下载之后这一格已被改为 {current or '空'}，请重新下载"
            self._wrong(at, column, row, now, "stale", text, unit.name)
            return
        cell = self._shown(at, column, row, now, unit.name, "changed" if now else "new")
        body = SplitCellIn(
            parent_id=row.task_id, unit_id=unit.id, indicator_id=row.indicator_id, value=value, deadline=deadline
        )
        self.wanted.append((body, cell))

    def judge(self, save: Save, *, dry_run: bool) -> None:
        """Let the rules of typing judge what is wanted."""
        if not self.wanted:
            return
        body = SplitIn.model_construct(mode="each", dry_run=dry_run, cells=[cell for cell, _ in self.wanted])
        for result, (_, cell) in zip(save(body).results, self.wanted, strict=True):
            if result.outcome == "unchanged":
                self.same += 1
                continue
            if result.outcome == "refused":
                cell.outcome = "wrong"
                cell.errors = [
                    FieldError(pointer=f"{cell.sheet}!{cell.cell}", code=each.code, message=each.message)
                    for each in result.errors
                ]
            self.found.append(cell)

    def _shown(
        self, at: int, column: int, row: SplitRow | None, now: SplitCell | None, unit: str | None, outcome: str
    ) -> UploadedCell:
        return UploadedCell(
            sheet=SHARES,
            row=at + 1,
            cell=place(at, column),
            item_code=row.item_code if row else None,
            item_title=row.item_title if row else None,
            indicator_name=row.indicator_name if row else None,
            unit_name=unit,
            old=(written(now.value) or None) if now else None,
            new=_text(_at(self.shares, at, column)) or None,
            outcome=outcome,  # type: ignore[arg-type]
            errors=[],
        )

    def _wrong(
        self,
        at: int,
        column: int,
        row: SplitRow | None,
        now: SplitCell | None,
        code: str,
        message: str,
        unit: str | None = None,
        sheet: str = SHARES,
    ) -> None:
        cell = self._shown(at, column, row, now, unit, "wrong")
        cell.sheet = sheet
        if sheet == DEADLINES:
            cell.new = _text(_at(self.deadlines, at, column)) or None
        cell.errors = [FieldError(pointer=f"{sheet}!{cell.cell}", code=code, message=message)]
        self.found.append(cell)


def _at(sheet: Sheet, row: int, column: int) -> Value | str:
    return sheet[row][column] if row < len(sheet) and column < len(sheet[row]) else ""


def _text(value: Value) -> str:
    """Return a cell as it is shown; whole numbers without the point that the format puts there."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        return format(value, ".15g")
    if isinstance(value, datetime):
        return value.date().isoformat()
    return str(value).strip()[:200]


def _uuid(value: Value) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None


def figure_of(raw: Value) -> Decimal | None:
    """Read a share as people write them: full-width digits, grouped thousands, "/" or "—" for none.

    Raises:
        ValueError: it is no number, with the reason in words for the clerk.
    """
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float)):
        message = "应为数字，不是日期或是非"
        raise ValueError(message)  # noqa: TRY004 - the caller knows one kind of refusal
    # Fifteen digits are what Excel keeps; what a formula left beyond them is not the user's.
    text = unicodedata.normalize("NFKC", raw if isinstance(raw, str) else format(raw, ".15g")).strip()
    if text in _NOTHING:
        return None
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    try:
        value = Decimal(text) if isinstance(raw, float) else quantity.parse(text)
        return quantity.parse(quantity.text(value))
    except (ValueError, ArithmeticError):
        message = f"“{text[:30]}”应为数字，整数不超过 12 位，小数不超过 6 位"
        raise ValueError(message) from None


def day_value(raw: Value) -> date | None:
    """Read a deadline: a date of Excel, 2026-09-30, 2026.9.30 or 2026年9月30日.

    Raises:
        ValueError: it is no day, with the reason in words for the clerk.
    """
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    try:
        if isinstance(raw, (int, float)) and not isinstance(raw, bool):
            return day_of(float(raw))
        text = unicodedata.normalize("NFKC", str(raw)).strip()
        if text in _NOTHING:
            return None
        if found := _DAY.fullmatch(text):
            return date(*(int(part) for part in found.groups()))
    except ValueError:
        pass
    message = f"“{str(raw)[:30]}”不是日期，应写成 2026-09-30"
    raise ValueError(message)
