"""The words of a chase: a template with a few placeholders, filled in by plain replacement."""

import re
from collections.abc import Mapping

PLACEHOLDERS: dict[str, str] = {
    "单位": "填报单位",
    "计划": "计划名称",
    "填报期": "哪一期",
    "截止": "截止时间",
    "未交": "未交份数",
    "退回": "被退回份数",
    "逾期": "逾期几天或还剩几天",
    "次数": "第几次催报",
}
"""Placeholders and what they become: in Chinese, because clerks write the words."""
DEFAULT = "{单位}：{计划}{填报期}还有 {未交} 份报告没有提交，{截止}截止，{逾期}。请尽快报送。"

_PLACE = re.compile(r"\{([^{}]*)\}")


def unknown(text: str) -> list[str]:
    """Return the placeholders of a text that nobody fills in."""
    return [name for name in _PLACE.findall(text) if name not in PLACEHOLDERS]


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put the values in; what a value itself contains is never read as a placeholder."""
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), text)


def over(days: int) -> str:
    """Say how far behind or ahead of the cut-off a day is."""
    if days > 0:
        return f"已逾期 {days} 天"
    return "今天截止" if days == 0 else f"还剩 {-days} 天"
