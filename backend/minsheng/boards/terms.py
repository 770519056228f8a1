"""What the targets of a picture ask for on the day: adjusted values, rates of two figures, states of their tasks."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlmodel import col, select

from minsheng.kernel.access import Session
from minsheng.plans import aims, rules
from minsheng.plans.terms import Terms, uncommon
from minsheng.programmes.models import Indicator, Programme
from minsheng.reports.models import COUNTED, Report, ReportValue
from minsheng.targets.models import Target
from minsheng.targets.states import OUTSIDE, standings

if TYPE_CHECKING:
    from minsheng.boards.service import Line


def gather(session: Session, programme: Programme) -> dict[UUID, Terms]:
    """Return the terms of the targets that are more than one value, by target."""
    return uncommon(session, programme, standings(session, programme=programme.id))


def take_rates(
    session: Session, programme: Programme, lines: Sequence["Line"], until: date | None, known: Mapping[UUID, Terms]
) -> None:
    """Give the lines of rates their newest counted numerator and denominator."""
    rated = {
        line.target_id: line for line in lines if line.target_id in known and known[line.target_id].aim.kind == "ratio"
    }
    for key, line in rated.items():
        line.terms = known[key]
    if not rated:
        return
    statement = (
        select(ReportValue.target_id, ReportValue.numerator, ReportValue.denominator)  # type: ignore[type-var]
        .join(Report, col(Report.id) == col(ReportValue.report_id))
        .join(Target, col(Target.id) == col(ReportValue.target_id))
        .join(Indicator, col(Indicator.id) == col(Target.indicator_id))
        .where(
            Report.programme_id == programme.id,
            Indicator.kind == "ratio",
            col(Report.status).in_(COUNTED),
            col(ReportValue.denominator).is_not(None),
        )
        .order_by(col(ReportValue.ends_on))
    )
    if until:
        statement = statement.where(ReportValue.ends_on <= until)
    for target, numerator, denominator in session.exec(statement).all():
        if target in rated:
            rated[target].numerator, rated[target].denominator = numerator, denominator


def roll_rates(line: "Line", leaves: Sequence["Line"]) -> None:
    """Roll a rate up as Σ numerators over Σ denominators; percentages are never averaged (R015)."""
    pairs = [
        None if leaf.numerator is None or leaf.denominator is None else (leaf.numerator, leaf.denominator)
        for leaf in leaves
    ]
    line.missing = sum(pair is None for pair in pairs)
    rolled = aims.rolled_rate(pairs, line.terms.per if line.terms else 100, line.operator)
    line.numerator, line.denominator, line.actual = rolled or (None, None, None)
    dates = [leaf.figure_on for leaf in leaves]
    known = [each for each in dates if each is not None]
    line.figure_on = min(known) if known and len(known) == len(dates) else None


def dress(programme: Programme, lines: Sequence["Line"], known: Mapping[UUID, Terms]) -> None:
    """Put in force on each line what holds on the day it is judged."""
    for line in lines:
        found = known.get(line.target_id)
        if found is None:
            continue
        line.terms = found
        start = line.plan.start if isinstance(line.plan, rules.StraightLine) else programme.issued_on
        case = found.on(line.judged_on, start or programme.starts_on, line.deadline)
        if line.numerator is not None:
            case = replace(case, numerator=line.numerator, denominator=line.denominator)
        line.case, line.value = case, case.aim.value
        line.plan = aims.fit(line.plan, case.aim, found.slices)
    for line in lines:
        if not line.leaf and line.aggregation in {"sum", "ratio"}:
            line.missing = sum(leaf.missing for leaf in line.leaves() if not _outside(leaf))


def _outside(line: "Line") -> bool:
    return line.case is not None and line.case.state is not None and line.case.state.kind in OUTSIDE


def met(line: "Line") -> bool | None:
    """Say whether a line counts as done; None leaves the denominator (R009)."""
    if line.value is None or _outside(line):
        return None
    if line.case is None:
        return bool(rules.meets(line.operator, line.value, line.actual))
    return bool(aims.meets(line.case.aim, line.actual))


def counts(line: "Line") -> bool:
    """Say whether a line's figures go into a sum: an of-which line never does, its whole has them already."""
    return not _outside(line) and not is_part(line)


def is_part(line: "Line") -> bool:
    """Say whether a line is part of another one of its item (其中)."""
    return line.terms is not None and line.terms.part_of is not None


def whole(line: "Line") -> Decimal | None:
    """Return all that a line has to reach."""
    return line.case.aim.whole if line.case else line.value


def attainment(line: "Line") -> aims.Attainment:
    """Return the word for how far a line's figure goes."""
    aim = line.case.aim if line.case else aims.Aim(line.operator, line.value, accumulation=line.accumulation)
    return aims.attainment(aim, line.actual)


def original(line: "Line") -> Decimal | None:
    """Return the value a line's target was issued with."""
    return line.terms.original if line.terms else line.value


def aim_on(line: "Line", day: date) -> aims.Aim:
    """Return what a line's target asked for on a day: before an adjustment, the value it replaced."""
    if line.terms is None or line.case is None:
        return aims.Aim(line.operator, line.value, accumulation=line.accumulation)
    present = line.terms.on(day).aim
    return replace(line.case.aim, value=present.value, value_max=present.value_max)


def expected_on(line: "Line", day: date) -> tuple[Fraction | None, Decimal | None]:
    """Return the share that is expected on a day and the value it is a share of."""
    aim = aim_on(line, day)
    if not aim.whole or aim.operator == "le" or aim.at_once:
        return None, aim.whole
    return rules.expected_share(aims.fit(line.plan, aim), aim.whole, day), aim.whole


def progress_on(line: "Line", day: date, figure: Decimal) -> Fraction | None:
    """Return the share of what was in force on a day that a figure reaches."""
    return aims.progress(aim_on(line, day), figure)


# What the boards say about it


def item_facts(lines: Sequence["Line"], value: rules.ValueRate | None) -> dict[str, Any]:
    """Return the base of an item's value rate and how many units stand apart in a state of their own."""
    states = Counter(line.case.state.kind for line in lines if line.case is not None and line.case.state is not None)
    return {
        "value_actual": value.actual if value else None,
        "value_base": value.base if value else None,
        "short": value.short if value else None,
        "shortfall": value.shortfall if value else None,
        "measure_name": lines[0].measure_name if value and lines else None,
        "states": dict(states),
    }


def cell_facts(line: "Line") -> dict[str, Any]:
    """Return both values of a target, the word for how far it got, and the state of its task."""
    return {
        "value": line.value,
        "original_value": original(line),
        "attainment": attainment(line),
        "state": line.case.state.kind if line.case and line.case.state else None,
    }


def lag_facts(line: "Line") -> dict[str, Any]:
    """Return what the lag list says about a target beside its value in force."""
    aim = line.case.aim if line.case else None
    return {
        "value_max": aim.value_max if aim else None,
        "original_value": original(line),
        "numerator": line.numerator,
        "denominator": line.denominator,
        "levels": list(aim.levels) if aim else [],
    }


def light_facts(line: "Line") -> dict[str, Any]:
    """Return both values and the word for how far a target got."""
    word = attainment(line)
    return {
        "value": line.value,
        "original_value": original(line),
        "attainment": word,
        "attainment_name": aims.ATTAINMENTS[word],
    }
