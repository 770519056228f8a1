"""Cells as clerks fill them in: full-width digits, grouped thousands, levels, choices and days by name.

What could be meant twice is refused. A number with 万 or 亿, a percent sign or a percent format is never converted:
whether "1.2万" of a count means 12000 or was copied from another column, only the clerk knows (R057). Nor is 2026.3
a day: March, or the third?
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from minsheng.kernel import quantity
from minsheng.kernel.errors import Invalid, invalid
from minsheng.kernel.workbook import Marks, Value, place
from minsheng.reports.columns import DAYS, INPUTS, LABELS, LISTS, NUMBERS
from minsheng.reports.entries import Slot
from minsheng.targets.upload import day_value, figure_of

_MAGNITUDE = re.compile(r"[-+]?[\d,]*\.?\d+\s*([十百千万亿]+)\D*")
_CODES: dict[str, dict[str, Any]] = {
    name: {word: code for code, word in choices.items()} for name, choices in LISTS.items()
}
_CODES["state"] |= {word.removesuffix("数"): code for word, code in list(_CODES["state"].items())}
_CODES["approx"] |= {"√": True, "✓": True, "约": True}
_MEASURES = {"physical_pct": "百分数", "invested_fen": "万元"}
_SERIALS = range(33_239, 73_415)
"""Days of Excel from 1991 to 2100; a number beyond them is a year with a month, or nothing of the kind."""


def text_in(raw: Value) -> str:
    """Return a cell as it is shown; whole numbers without the point that the format puts there."""
    if isinstance(raw, str):
        return raw.strip()
    if isinstance(raw, float):
        return format(raw, ".15g")
    if isinstance(raw, datetime):
        return raw.date().isoformat()
    return raw.isoformat() if isinstance(raw, date) else str(raw)


def figure_in(raw: Value, measure: str) -> Decimal | None:
    """Read one figure.

    Raises:
        ValueError: it is none, or could mean two things; two arguments: code and words for the clerk.
    """
    if type(raw) is float and raw.is_integer() and -1e12 < raw < 1e12:
        # Nearly every one.
        return Decimal(int(raw))
    if isinstance(raw, str):
        text = unicodedata.normalize("NFKC", raw).strip()
        if "%" in text or "‰" in text:
            code, message = "percent", f"“{text[:30]}”带百分号：请按“{measure}”填数字"
            raise ValueError(code, message)
        if found := _MAGNITUDE.fullmatch(text):
            message = f"“{text[:30]}”带“{found[1]}”：请换算成“{measure}”后填数字，系统不替您换算"
            code = "magnitude"
            raise ValueError(code, message)
    try:
        return figure_of(raw)
    except ValueError as error:
        code = "figure"
        raise ValueError(code, str(error)) from None


def day_in(raw: Value) -> date | None:
    """Read a day.

    Raises:
        ValueError: it is none, or could mean two things.
    """
    if isinstance(raw, (int, float)) and int(raw) not in _SERIALS:
        message = f"“{text_in(raw)}”不是日期：只写年、月分不清是哪一天，请写成 2026-03-31"
        raise ValueError(message)
    return day_value(raw)


class Given:
    """The cells of one row that may be typed in, each read when asked for."""

    def __init__(self, cells: Sequence[Value], at: int, marks: Marks, slot: Slot) -> None:
        self.at = at
        self.typed: frozenset[str] = frozenset()
        self._cells, self._marks, self._slot = cells, marks, slot
        self._plain = not (marks.merged or marks.uncomputed or marks.percent)

    def raw(self, name: str) -> Value:
        """Return the cell of an input as it was read."""
        column = INPUTS[name]
        return self._cells[column] if column < len(self._cells) else ""

    def where(self, name: str) -> str:
        """Return the address of an input's cell."""
        return place(self.at, INPUTS[name])

    def uncomputed(self, name: str) -> bool:
        """Say whether the cell holds a formula that no program has computed yet."""
        return (self.at, INPUTS[name]) in self._marks.uncomputed

    def figure(self, name: str) -> Decimal | None:
        """Return a figure.

        Raises:
            Invalid: names the cell and what is wrong with it.
        """
        raw = self.raw(name)
        measure = _MEASURES.get(name) or self._slot.measure.name
        if not self._plain:
            self._refuse_marked(name, raw, measure)
        if raw == "":
            return None
        levels = self._slot.indicator.levels if self._slot.indicator.kind == "ordinal" and name == "value" else []
        if levels and text_in(raw) in levels:
            return Decimal(levels.index(text_in(raw)) + 1)
        try:
            return figure_in(raw, measure)
        except ValueError as error:
            code, message = error.args
            if levels:
                message = f"“{text_in(raw)[:30]}”不是等级，应为{'、'.join(levels)}之一"
            raise self._wrong(name, code, message) from None

    def _refuse_marked(self, name: str, raw: Value, measure: str) -> None:
        spot = (self.at, INPUTS[name])
        if self._marks.merged and self._marks.is_merged(*spot):
            raise self._wrong(name, "merged", "这一格与别的格合并了：请取消合并，每行各填各的")
        if spot in self._marks.uncomputed:
            raise self._wrong(name, "uncomputed", "公式没有算出结果：请在表格程序里打开、保存后再传，或直接填数")
        if spot in self._marks.percent and isinstance(raw, (int, float)):
            message = f"这一格是百分比格式，里面的数其实是 {text_in(raw)}：请改成常规格式，按“{measure}”填数字"
            raise self._wrong(name, "percent", message)

    def said(self, name: str) -> Any:  # noqa: ANN401 - any field's value
        """Return what is said beside the figures: a text, a choice by its word, a day, a number.

        Raises:
            Invalid: names the cell and what is wrong with it.
        """
        raw = self.raw(name)
        if raw == "":
            return None
        if name in NUMBERS:
            return self._number(name)
        if name in DAYS:
            try:
                return day_in(raw)
            except ValueError as error:
                raise self._wrong(name, "date", str(error)) from None
        text = text_in(raw) or None
        if name not in LISTS or text is None:
            return text
        text = unicodedata.normalize("NFKC", text)
        if text in {"/", "-", "—", "——"}:
            return None
        if text not in _CODES[name]:
            what = "原因" if name == "cause_code" else LABELS[name]
            code = "cause" if name == "cause_code" else "choice"
            words = "、".join(LISTS[name].values())
            raise self._wrong(name, code, f"没有“{text[:20]}”这个{what}，请从列表里选：{words}")
        return _CODES[name][text]

    def _number(self, name: str) -> Any:  # noqa: ANN401 - money is whole fen
        figure = self.figure(name)
        if name != "invested_fen" or figure is None:
            return figure
        if figure < 0:
            raise self._wrong(name, "negative", "完成投资不能为负数")
        # Six decimals of ten thousand yuan are fen.
        return quantity.to_scaled(figure)

    def _wrong(self, name: str, code: str, message: str) -> Invalid:
        return invalid(self.where(name), code, message)
