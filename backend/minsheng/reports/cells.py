"""Cells as clerks fill them in: full-width digits, grouped thousands, levels by name.

What could be meant twice is refused. A number with 万 or 亿, a percent sign or a percent format is never converted:
whether "1.2万" of a count means 12000 or was copied from another column, only the clerk knows (R057).
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from minsheng.kernel.errors import Invalid, invalid
from minsheng.kernel.workbook import Marks, Value, place
from minsheng.reports.judged import Figure
from minsheng.reports.workbook import CAUSES, FIGURE_COLUMNS, INPUTS
from minsheng.targets.upload import figure_of

_MAGNITUDE = re.compile(r"[-+]?[\d,]*\.?\d+\s*([十百千万亿]+)\D*")
_CODES = {name: code for code, name in CAUSES.items()}


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


class Given:
    """The cells of one row that may be typed in, each read when asked for."""

    def __init__(self, cells: Sequence[Value], at: int, marks: Marks, figure: Figure) -> None:
        self.at = at
        self.typed: frozenset[str] = frozenset()
        self._cells, self._marks, self._figure = cells, marks, figure

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
        raw, spot = self.raw(name), (self.at, FIGURE_COLUMNS[name])
        if self._marks.merged and self._marks.is_merged(*spot):
            raise self._wrong(name, "merged", "这一格与别的格合并了：请取消合并，每行各填各的")
        if spot in self._marks.uncomputed:
            raise self._wrong(name, "uncomputed", "公式没有算出结果：请在表格程序里打开、保存后再传，或直接填数")
        measure = self._figure.measure.name
        if spot in self._marks.percent and isinstance(raw, (int, float)):
            message = f"这一格是百分比格式，里面的数其实是 {text_in(raw)}：请改成常规格式，按“{measure}”填数字"
            raise self._wrong(name, "percent", message)
        levels = self._figure.indicator.levels if self._figure.indicator.kind == "ordinal" else []
        if name == "value" and text_in(raw) in levels:
            return Decimal(levels.index(text_in(raw)) + 1)
        try:
            return figure_in(raw, measure)
        except ValueError as error:
            code, message = error.args
            if levels:
                message = f"“{text_in(raw)[:30]}”不是等级，应为{'、'.join(levels)}之一"
            raise self._wrong(name, code, message) from None

    def words(self, name: str) -> str | None:
        """Return a text, or the code of a cause by its word.

        Raises:
            Invalid: there is no such cause.
        """
        text = text_in(self.raw(name)) or None
        if name != "cause_code" or text is None:
            return text
        if text not in _CODES:
            raise self._wrong(name, "cause", f"没有“{text[:20]}”这个原因，请从列表里选：{'、'.join(_CODES)}")
        return _CODES[text]

    def _wrong(self, name: str, code: str, message: str) -> Invalid:
        return invalid(self.where(name), code, message)
