"""What a target may say: its figures checked against the indicator and against one another (R016 to R020, R028)."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from minsheng.kernel import quantity, rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import FieldError, Invalid, invalid
from minsheng.programmes.models import Indicator, Measure
from minsheng.targets.models import Target, Task
from minsheng.targets.schemas import TargetIn

FIGURES = ("value", "value_max", "floor", "stretch", "baseline", "quota")


def check_indicator(session: Session, item_id: UUID, indicator_id: UUID, where: str) -> Indicator:
    """Return an indicator of the item.

    Raises:
        Invalid: it belongs to another item.
    """
    indicator = session.get(Indicator, indicator_id)
    if indicator is None or indicator.item_id != item_id:
        raise invalid(f"{where}/indicator_id", "foreign-indicator", "指标不属于这个项目")
    return indicator


def check_figure(session: Session, indicator: Indicator, value: Decimal | None, where: str) -> None:
    """Refuse a figure that the indicator cannot have.

    Raises:
        Invalid: negative, too many decimals, or no such level.
    """
    if value is None:
        return
    if value < 0:
        raise invalid(where, "negative", "目标值不能为负数")
    if indicator.kind == "ordinal":
        if value % 1 or not 1 <= value <= len(indicator.levels):
            message = f"等级应为 1 至 {len(indicator.levels)}，依次是{'、'.join(indicator.levels)}"
            raise invalid(where, "level", message)
        return
    measure = rows.fetch(session, Measure, indicator.measure_id)
    if value * 10**measure.decimals % 1:
        raise invalid(where, "decimals", f"“{measure.name}”最多 {measure.decimals} 位小数")


def operator_of(indicator: Indicator, each: TargetIn) -> str:
    """Return the operator of a target; left out, it follows from which way is better."""
    return each.operator or ("le" if indicator.better == "lower" else "ge")


def check_terms(session: Session, indicator: Indicator, each: TargetIn, task: Task, where: str) -> None:
    """Refuse a target whose parts contradict each other, naming every field.

    Raises:
        Invalid: it does.
    """
    for name in FIGURES:
        check_figure(session, indicator, getattr(each, name), f"{where}/{name}")
    found = [
        FieldError(pointer=f"{where}/{name}", code=code, message=message)
        for name, code, message in (*_bounds(indicator, each), *_slices(each, task))
    ]
    if found:
        raise Invalid(found[0].message, errors=found)


def _bounds(indicator: Indicator, each: TargetIn) -> Iterable[tuple[str, str, str]]:
    operator = operator_of(indicator, each)
    yield from _range(operator, each)
    if indicator.better == "lower" and operator == "ge":
        yield "operator", "direction", "这个指标越低越好，目标不能是“不少于”"
    if indicator.kind in {"ordinal", "policy", "frequency"} and operator in {"range", "eq"}:
        yield "operator", "kind", "等级、政策参数、频次的目标只用“不少于”或“不超过”"
    if indicator.kind == "policy" and each.value is not None and each.baseline is None:
        yield "baseline", "missing", "政策参数要写明由多少起"
    if each.baseline is not None and each.baseline == each.value:
        yield "baseline", "order", "基数与目标相同，没有要做的事"
    yield from _ladder(operator, each)


def _range(operator: str, each: TargetIn) -> Iterable[tuple[str, str, str]]:
    if operator != "range":
        if each.value_max is not None:
            yield "value_max", "kind", "只有区间目标才有上限"
    elif each.value is None or each.value_max is None:
        yield "value_max", "missing", "区间目标要有下限和上限"
    elif each.value_max <= each.value:
        yield "value_max", "order", "区间的上限应大于下限"


def _ladder(operator: str, each: TargetIn) -> Iterable[tuple[str, str, str]]:
    """From what must be reached to what is hoped for; downwards for a ceiling."""
    ladder = [figure for figure in (each.floor, each.value, each.stretch) if figure is not None]
    if operator == "le":
        ladder.reverse()
    if any(higher < lower for lower, higher in pairwise(ladder)):
        yield "stretch" if each.stretch is not None else "floor", "order", "应为：保底 ≤ 目标 ≤ 力争（控制类相反）"
    if each.value is None and (each.stretch is not None or each.floor is not None or each.slices):
        yield "value", "missing", "没有年度目标，就没有保底、力争和分年数"


def _slices(each: TargetIn, task: Task) -> Iterable[tuple[str, str, str]]:
    years = [part.year for part in each.slices]
    if not years:
        return
    if years != sorted(set(years)):
        yield "slices", "unordered", "分年数按年度先后排列，每年一行"
    if years[-1] > task.deadline.year:
        yield "slices", "beyond-deadline", f"{years[-1]} 年在任务期限 {task.deadline} 之后"
    if any(part.value < 0 for part in each.slices):
        yield "slices", "negative", "分年数不能为负数"
    added = quantity.total(part.value for part in each.slices)
    if each.value is not None and added != each.value:
        message = f"分年数合计 {quantity.text(added)}，与目标 {quantity.text(each.value)} 不符"
        yield "slices", "slices-differ", message


def take_terms(target: Target, indicator: Indicator, each: TargetIn, *, share: bool) -> None:
    """Write what was given into a draft target."""
    target.operator = operator_of(indicator, each)
    for name in (*FIGURES, "approximate", "source_note", "source_document", "rate_base"):
        setattr(target, name, getattr(each, name))
    target.origin = each.origin or ("handed_down" if share else "own")
    target.slices = [[str(part.year), quantity.text(part.value)] for part in each.slices]
    stated = each.stated
    target.stated_actual = stated.actual if stated else None
    target.stated_rate = stated.rate if stated else None
    target.stated_on = stated.on if stated else None
