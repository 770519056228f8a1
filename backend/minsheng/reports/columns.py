"""The columns of the entry workbook: which field stands where, and how what it holds is written and named."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from minsheng.kernel import quantity

HEADS = (
    ("", 4),
    ("单位", 12),
    ("计划", 18),
    ("编号", 7),
    ("事项", 26),
    ("指标", 20),
    ("计量单位", 8),
    ("目标值", 10),
    ("本期末计划", 11),
    ("上期末", 10),
    ("本期", 11),
    ("本期末", 11),
    ("分子", 10),
    ("分母", 10),
    ("下降原因", 18),
    ("滞后原因", 13),
    ("滞后说明", 24),
    ("进展说明", 30),
    ("状态", 14),
    ("截至日期", 12),
    ("数据来源", 10),
    ("数据性质", 10),
    ("约数", 6),
    ("年底预计", 11),
    ("形象进度", 22),
    ("形象进度(%)", 9),
    ("完成投资(万元)", 12),
    ("预计完成日期", 12),
)
KEY, SHOWN, PREVIOUS, STATUS = 0, range(1, 6), 9, 18
TOP = 3
"""Rows above the first figure, counted from zero: title, hint, headings."""

FIGURE_COLUMNS = {"current": 10, "value": 11, "numerator": 12, "denominator": 13}
SAID_COLUMNS = {"fall_reason": 14, "as_of": 19, "source_basis": 20, "state": 21, "approx": 22, "expected": 23}
"""What is said of each figure."""

REPORT_COLUMNS = {
    "cause_code": 15,
    "cause_note": 16,
    "note": 17,
    "physical_note": 24,
    "physical_pct": 25,
    "invested_fen": 26,
    "expected_on": 27,
}
"""What is said once of a report, in its first row."""

WORD_COLUMNS = {**SAID_COLUMNS, **REPORT_COLUMNS}
INPUTS = {**FIGURE_COLUMNS, **WORD_COLUMNS}
NAMES = {column: name for name, column in INPUTS.items()}
LABELS = {name: HEADS[column][0] for name, column in INPUTS.items()}

NUMBERS = ("expected", "physical_pct", "invested_fen")
DAYS = ("as_of", "expected_on")
TEXTS = {"fall_reason": 500, "cause_note": 2000, "note": 2000, "physical_note": 500}
"""Plain words and how many letters they may have."""

CAUSES = {
    "funds": "资金",
    "upper_money": "上级资金未下达",
    "land": "用地",
    "approval": "审批",
    "weather": "天气",
    "staff": "人员力量",
    "coordination": "协调",
    "unwilling": "群众意愿",
}
"""The words of the cause codes, as the entry grid shows them."""

SOURCES = {
    "registered": "登记",
    "administrative": "行政记录",
    "survey": "调查",
    "projected": "推算",
    "estimate": "估算",
}
STATES = {"final": "最终数", "preliminary": "初步数", "forecast": "预计数"}
YES, NO = "是", "否"
LISTS: Mapping[str, Mapping[Any, str]] = {
    "cause_code": CAUSES,
    "source_basis": SOURCES,
    "state": STATES,
    "approx": {True: YES, False: NO},
}
"""What is chosen from a list: the words of each choice."""

FEN = 1_000_000
"""Fen in ten thousand yuan, in which money is told."""


def wan(fen: int | None) -> Decimal | None:
    """Return money in ten thousand yuan, exactly."""
    return None if fen is None else quantity.from_scaled(fen)


def told(name: str, value: Any) -> str:  # noqa: ANN401 - any field's value
    """Return what a field holds in one form, to compare and to print."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return quantity.text(value)
    if name == "invested_fen":
        return quantity.text(quantity.from_scaled(value))
    return value.isoformat() if isinstance(value, date) else str(value)


def worded(name: str, value: Any) -> str | None:  # noqa: ANN401 - any field's value
    """Return what a field holds as people read it; nothing where it says nothing."""
    if value is None or value == "":
        return None
    if name in LISTS:
        return LISTS[name].get(value, str(value))
    return told(name, value)


def in_cell(name: str, value: Any) -> Any:  # noqa: ANN401 - what a cell holds
    """Return what a field's cell holds: a final and exact figure needs no word for it."""
    if (name, value) in {("state", "final"), ("approx", False)}:
        return None
    if name in LISTS:
        return worded(name, value)
    return wan(value) if name == "invested_fen" else value
