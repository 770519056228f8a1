"""What a check says, made from the rule and its numbers: the sentence of the rule, and the message about a figure."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from minsheng.checks.schemas import (
    Definition,
    JumpCheck,
    RangeCheck,
    RatioCheck,
    SiblingsCheck,
    SlipCheck,
    SumCheck,
)
from minsheng.kernel import quantity

FIGURE = {"value": "累计数", "current": "本期数"}
AGAINST = {"target": "目标值", "last": "上期数"}
OPERATOR = {"eq": "=", "le": "≤", "ge": "≥"}
TIMES = {Decimal(10000): "一万", Decimal(100000000): "一亿", Decimal(1000): "一千", Decimal(100): "一百"}

Name = Callable[[UUID], str]


def number(value: Decimal | Fraction) -> str:
    """Write a number; what has no exact decimal form is cut to four significant places."""
    if isinstance(value, Decimal):
        return quantity.text(value)
    places = 2
    while places < 6 and value and abs(value) * 10**places < 100:
        places += 1
    scaled = round(value * 10**places)
    return quantity.text(Decimal(scaled).scaleb(-places))


def times(factor: Decimal) -> str:
    """Return how a factor is called."""
    return TIMES.get(factor, number(factor))


def _bounds(low: Decimal | None, high: Decimal | None, of: str = "") -> str:
    def bound(value: Decimal) -> str:
        return f"{of}的 {number(value)} 倍" if of else f" {number(value)}"

    parts = [f"不低于{bound(low)}"] if low is not None else []
    parts += [f"不超过{bound(high)}"] if high is not None else []
    return "、".join(parts)


def sentence(  # noqa: PLR0911 - one for each kind
    rule: Definition, names: Mapping[UUID, str]
) -> str:
    """Say in a sentence what a rule asks."""

    def name(key: UUID) -> str:
        return f"“{names.get(key, '…')}”"

    match rule:
        case RangeCheck():
            of = {"none": "", "target": "目标值", "base": rule.base_kind or ""}[rule.relative_to]
            return FIGURE[rule.figure] + _bounds(rule.low, rule.high, of)
        case JumpCheck():
            said = [_bounds(rule.low, rule.high, "上期")] if rule.low is not None or rule.high is not None else []
            said += [f"与上期相差不超过 {number(rule.difference)}"] if rule.difference is not None else []
            return FIGURE[rule.figure] + "、".join(said)
        case SumCheck():
            near = f"，容许相差 {number(rule.tolerance)}" if rule.tolerance else ""
            sign = OPERATOR[rule.operator]
            if rule.total is None:
                return f"合计 {sign} 各其中项之和（{FIGURE[rule.figure]}）{near}"
            parts = " + ".join(name(each) for each in rule.parts)
            return f"{name(rule.total)} {sign} {parts}（{FIGURE[rule.figure]}）{near}"
        case RatioCheck():
            return f"{name(rule.over)} ÷ {name(rule.under)}（{FIGURE[rule.figure]}）{_bounds(rule.low, rule.high)}"
        case SlipCheck():
            of = rule.base_kind or AGAINST.get(rule.against, "")
            factors = "、".join(times(each) for each in sorted(rule.factors))
            usual = f"通常是{of}的 {number(rule.low)} 至 {number(rule.high)} 倍"
            return f"{FIGURE[rule.figure]}不应相差{factors}倍（{usual}）"
        case SiblingsCheck():
            of = f"按{rule.base_kind}平均后，" if rule.base_kind else ""
            bounds = _bounds(rule.low, rule.high, "同级单位中位数")
            return f"{FIGURE[rule.figure]}{of}{bounds}（至少 {rule.least} 个单位已报）"


def too(side: str) -> str:
    """Say on which side something lies."""
    return "低于" if side == "low" else "超过"
