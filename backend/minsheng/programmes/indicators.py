"""What is counted in an item: the kinds of indicators and which arithmetic each of them bears (R013 to R017)."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import select

from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import FieldError, Invalid, invalid
from minsheng.programmes.models import Indicator, Item, Measure
from minsheng.programmes.schemas import IndicatorIn, IndicatorPatch
from minsheng.programmes.service import not_void

NULLABLE = {"counting", "numerator_name", "denominator_name", "per_period", "part_of"}
"""What a change may empty."""

_ACCUMULATION = {"count": "cumulative", "frequency": "cumulative"}
_AGGREGATION = {"ratio": "ratio", "ordinal": "none", "policy": "none"}

MAX_PARTS_DEEP = 5


def create(session: Session, body: IndicatorIn) -> Indicator:
    """Add what is counted to an item of a draft list.

    Raises:
        Invalid: names everything that does not fit the kind.
    """
    item = rows.fetch(session, Item, body.item_id)
    not_void(item)
    measure = rows.fetch(session, Measure, body.measure_id)
    given = body.model_dump()
    given["accumulation"] = body.accumulation or _ACCUMULATION.get(body.kind, "snapshot")
    given["aggregation"] = body.aggregation or _AGGREGATION.get(body.kind) or ("none" if standard(measure) else "sum")
    indicator = Indicator(**given, programme_id=item.programme_id, unit_id=item.unit_id)
    check(session, indicator, measure)
    session.add(indicator)
    session.flush()
    return indicator


def change(session: Session, indicator: Indicator, body: IndicatorPatch) -> None:
    """Change what is counted while the list is a draft."""
    for name, value in body.model_dump(exclude_unset=True).items():
        if value is None and name not in NULLABLE:
            raise invalid(f"/{name}", "null", "不能为空")
        setattr(indicator, name, value)
    check(session, indicator, rows.fetch(session, Measure, indicator.measure_id))
    session.flush()


def standard(measure: Measure) -> bool:
    """Say whether a unit of measure is a standard or a rate, such as 元/人·月 or %: never added up (R014, R015)."""
    return measure.dimension == "rate" or "/" in measure.name or measure.name in {"%", "‰", "％"}


def check(session: Session, indicator: Indicator, measure: Measure) -> None:
    """Refuse an indicator whose parts contradict each other, naming every field.

    Raises:
        Invalid: it does.
    """
    errors = [
        FieldError(pointer=f"/{where}", code=code, message=message) for where, code, message in _faults(indicator)
    ]
    if indicator.aggregation == "sum" and standard(measure):
        message = f"“{measure.name}”是标准或比率，不能相加"
        errors.append(FieldError(pointer="/aggregation", code="not-summable", message=message))
    errors += _part_faults(session, indicator, measure)
    if errors:
        raise Invalid(errors[0].message, errors=errors)


_OWN = (
    # field, kind it belongs to, what to say when it is missing, what to say when it is out of place
    ("numerator_name", "ratio", "比率指标要写明分子是什么", "只有比率指标才有分子"),
    ("denominator_name", "ratio", "比率指标要写明分母是什么", "只有比率指标才有分母"),
    ("levels", "ordinal", "等级指标要写明各级，从差到好", "只有等级指标才有等级"),
    ("per_period", "frequency", "频次指标要写明按月、季还是年计", "只有频次指标才按期计次"),
)
_BEARS = {
    "count": {"sum", "none"},
    "frequency": {"sum", "none"},
    "ratio": {"ratio", "none"},
    "ordinal": {"none"},
    "policy": {"none"},
}
"""Which roll-up each kind bears: a rate by its two figures, a level or a parameter by none."""


def _faults(indicator: Indicator) -> Iterable[tuple[str, str, str]]:
    kind = indicator.kind
    for name, owner, missing, misplaced in _OWN:
        if (kind == owner) != bool(getattr(indicator, name)):
            yield (name, "missing", missing) if kind == owner else (name, "kind", misplaced)
    if kind == "ordinal" and indicator.levels and len(set(indicator.levels)) != max(2, len(indicator.levels)):
        yield "levels", "levels", "等级至少两级，从差到好排列，不能重复"
    if indicator.aggregation not in _BEARS[kind]:
        yield "aggregation", "kind", "这种指标不能这样合计：比率按分子、分母，等级和政策参数不合计，其余相加"
    wanted = {"count": indicator.accumulation, "frequency": "cumulative"}.get(kind, "snapshot")
    if indicator.accumulation != wanted:
        yield "accumulation", "kind", f"这种指标是{'累计' if wanted == 'cumulative' else '时点'}指标"


def _part_faults(session: Session, indicator: Indicator, measure: Measure) -> list[FieldError]:
    """Return what is wrong with an of-which line (其中): a part is counted as its whole is."""
    found: list[FieldError] = []
    at: UUID | None = indicator.part_of
    for _ in range(MAX_PARTS_DEEP):
        if at is None:
            break
        whole = session.get(Indicator, at)
        if whole is None or whole.item_id != indicator.item_id:
            return [_part("foreign-indicator", "其中项须属于同一项目的指标")]
        if whole.id == indicator.id:
            return [_part("cycle", "指标不能是自己的其中项")]
        if at == indicator.part_of:
            found += _unlike(session, whole, indicator, measure)
        at = whole.part_of
    if at is not None:
        return [_part("too-deep", f"其中项最多 {MAX_PARTS_DEEP} 层")]
    for part in parts_of(session, indicator):
        found += _unlike(session, indicator, part, rows.fetch(session, Measure, part.measure_id), measure)
    return found


def _unlike(
    session: Session, whole: Indicator, part: Indicator, measure: Measure, of_whole: Measure | None = None
) -> list[FieldError]:
    above = of_whole or rows.fetch(session, Measure, whole.measure_id)
    if above.id != measure.id:
        message = f"“{part.name}”以“{measure.name}”计，“{whole.name}”以“{above.name}”计，不能合计"
        return [_part("mixed-measures", message)]
    if (whole.kind, whole.accumulation) != (part.kind, part.accumulation):
        return [_part("kind", f"其中项“{part.name}”须与“{whole.name}”同一种类")]
    return []


def _part(code: str, message: str) -> FieldError:
    return FieldError(pointer="/part_of", code=code, message=message)


def parts_of(session: Session, indicator: Indicator) -> Sequence[Indicator]:
    """Return the of-which lines directly under an indicator."""
    statement: Any = select(Indicator).where(Indicator.part_of == indicator.id)
    found: Sequence[Indicator] = session.exec(statement).all()
    return found
