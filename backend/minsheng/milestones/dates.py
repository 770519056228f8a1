"""Dates as offices give them: a day, a ten-day period (旬), a month or a quarter; its latest day binds (R111)."""

from calendar import monthrange
from datetime import date
from typing import Literal

Precision = Literal["day", "ten_days", "month", "quarter"]

_PARTS = ("上旬", "中旬", "下旬")
_QUARTERS = "一二三四"


def latest(day: date, precision: str) -> date:
    """Return the latest day of the period that holds a day."""
    month_end = monthrange(day.year, day.month)[1]
    match precision:
        case "ten_days":
            return day.replace(day=10 if day.day <= 10 else 20 if day.day <= 20 else month_end)
        case "month":
            return day.replace(day=month_end)
        case "quarter":
            month = (day.month + 2) // 3 * 3
            return date(day.year, month, monthrange(day.year, month)[1])
        case _:
            return day


def text(day: date, precision: str) -> str:
    """Write a date as precisely as it was given."""
    match precision:
        case "ten_days":
            return f"{day.year}年{day.month}月{_PARTS[min(2, (day.day - 1) // 10)]}"
        case "month":
            return f"{day.year}年{day.month}月"
        case "quarter":
            return f"{day.year}年第{_QUARTERS[(day.month - 1) // 3]}季度"
        case _:
            return f"{day.year}年{day.month}月{day.day}日"
