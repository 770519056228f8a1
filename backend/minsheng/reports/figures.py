"""What a clerk types for one target, by the kind of its indicator: counts, rates of two figures, levels."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from minsheng.kernel.errors import invalid
from minsheng.plans import aims, rules
from minsheng.programmes.models import Measure
from minsheng.reports.schemas import ValueIn

if TYPE_CHECKING:
    from minsheng.reports.entries import Slot

FIGURES = ("current", "value", "numerator", "denominator")
"""The figures of one target in a report."""

Figures = dict[str, Decimal | None]


def figures(fact: "Slot", each: ValueIn, before: Mapping[str, Decimal | None], where: str) -> Figures:
    """Work out all figures of a target from what was typed.

    Raises:
        Invalid: names the figure that is wrong.
    """
    if fact.indicator.kind == "ratio":
        return _rate(fact, each, before, where)
    for name in ("numerator", "denominator"):
        if getattr(each, name) is not None:
            raise invalid(f"{where}/{name}", "not-a-rate", "只有比率指标才填分子、分母")
    if fact.indicator.kind == "ordinal":
        _check_level(fact, each, where)
    else:
        _check_decimals(fact.measure, each, where)
    current, value = _count(fact, each, where)
    return {"current": current, "value": value, "numerator": None, "denominator": None}


def _rate(fact: "Slot", each: ValueIn, before: Mapping[str, Decimal | None], where: str) -> Figures:
    """Take numerator and denominator, each by itself if need be; the rate follows and is never typed (R010, R015)."""
    for name in ("current", "value"):
        if getattr(each, name) is not None:
            raise invalid(f"{where}/{name}", "rate-typed", "比率由分子、分母算出，请填这两个数")
    taken = {
        name: getattr(each, name) if name in each.model_fields_set else before[name]
        for name in ("numerator", "denominator")
    }
    over, under = taken["numerator"], taken["denominator"]
    if over is not None and over < 0:
        raise invalid(f"{where}/numerator", "negative", "分子不能为负数")
    if under is not None and under <= 0:
        raise invalid(f"{where}/denominator", "not-positive", "分母应大于 0")
    value = None
    if over is not None and under is not None:
        value = aims.rate(over, under, fact.indicator.per, fact.target.operator)
        if value >= 10**12:
            raise invalid(f"{where}/numerator", "quantity", "算出的比率超过 12 位，请核对分母")
    return {"current": None, "value": value, "numerator": over, "denominator": under}


def _check_level(fact: "Slot", each: ValueIn, where: str) -> None:
    levels = fact.indicator.levels
    if each.value is not None and (each.value % 1 or not 1 <= each.value <= len(levels)):
        message = f"等级应为 1 至 {len(levels)}，依次是{'、'.join(levels)}"
        raise invalid(f"{where}/value", "level", message)


def _check_decimals(measure: Measure, each: ValueIn, where: str) -> None:
    for name in ("current", "value"):
        figure: Decimal | None = getattr(each, name)
        exponent = figure.normalize().as_tuple().exponent if figure is not None else 0
        if isinstance(exponent, int) and -exponent > measure.decimals:
            raise invalid(f"{where}/{name}", "decimals", f"“{measure.name}”最多 {measure.decimals} 位小数")


def _count(fact: "Slot", each: ValueIn, where: str) -> tuple[Decimal | None, Decimal | None]:
    if fact.indicator.accumulation == "snapshot":
        if each.current is not None:
            raise invalid(f"{where}/current", "snapshot", "时点指标只填当前数，没有本期数")
        if each.value is not None and each.value < 0:
            raise invalid(f"{where}/value", "negative", "不能为负数")
        return None, each.value
    if each.current is None and each.value is None:
        return None, None
    previous = fact.previous
    try:
        current, value = rules.completed(previous, each.current, each.value)
    except rules.SumMismatchError as mismatch:
        total = (previous or Decimal(0)) + mismatch.current
        message = f"上期累计 {previous or 0} + 本期 {mismatch.current} = {total}，与填的累计 {mismatch.value} 不符"
        raise invalid(f"{where}/value", "sum-mismatch", message) from None
    if value < 0:
        raise invalid(f"{where}/value", "negative", "累计数不能为负数")
    if value >= 10**12:
        raise invalid(f"{where}/value", "quantity", "累计数超过 12 位")
    return current, value
