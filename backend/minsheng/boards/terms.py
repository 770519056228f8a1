"""What the targets of a picture ask for on the day: adjusted values, rates of two figures, states of their tasks."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlmodel import col, select

from minsheng.kernel.access import Session
from minsheng.plans import aims, rules
from minsheng.plans.terms import uncommon
from minsheng.programmes.models import Indicator, Programme
from minsheng.reports.models import COUNTED, FORECAST, Report, ReportValue, Round
from minsheng.targets.models import Target
from minsheng.targets.schemas import AdjustedOut
from minsheng.targets.states import OUTSIDE, standing_on, standings

if TYPE_CHECKING:
    from minsheng.boards.gathering import Entry
    from minsheng.boards.service import Line

Pair = tuple[date, Decimal, Decimal]
"""Numerator and denominator of a rate by the end of a period."""


def add_terms(session: Session, programme: Programme, entries: Sequence["Entry"]) -> None:
    """Give the targets that are more than one value their terms, and rates their two figures."""
    known = uncommon(session, programme, standings(session, programme=programme.id))
    rated: dict[UUID, Entry] = {}
    for entry in entries:
        entry.terms = known.get(entry.target_id)
        if entry.terms is not None and entry.terms.aim.kind == "ratio":
            rated[entry.target_id] = entry
    if not rated:
        return
    for target, ends_on, numerator, denominator in session.exec(
        select(ReportValue.target_id, ReportValue.ends_on, ReportValue.numerator, ReportValue.denominator)  # type: ignore[call-overload]
        .join(Report, col(Report.id) == col(ReportValue.report_id))
        .join(Target, col(Target.id) == col(ReportValue.target_id))
        .join(Indicator, col(Indicator.id) == col(Target.indicator_id))
        .join(Round, col(Round.id) == col(Report.round_id))
        .where(
            Report.programme_id == programme.id,
            Indicator.kind == "ratio",
            col(Report.status).in_(COUNTED),
            col(ReportValue.denominator).is_not(None),
            ReportValue.state != FORECAST,
        )
        .order_by(col(ReportValue.ends_on), col(Round.starts_on).desc())
    ).all():
        if target in rated:
            known_pairs = rated[target].rated
            if known_pairs and known_pairs[-1][0] == ends_on:
                known_pairs.pop()
            known_pairs.append((ends_on, numerator, denominator))


def rolled(entry: "Entry") -> list[tuple[date, Decimal, Decimal, Decimal]]:
    """Roll a rate up as Σ numerators over Σ denominators, one for every day a part was reported (R015).

    Percentages are never averaged.
    """
    per = entry.terms.per if entry.terms else 100
    newest: dict[UUID, tuple[Decimal, Decimal]] = {}
    days: dict[date, tuple[Decimal, Decimal, Decimal]] = {}
    parts = [(day, leaf.target_id, over, under) for leaf in entry.leaves() for day, over, under in leaf.rated]
    for day, key, over, under in sorted(parts):
        newest[key] = (over, under)
        found = aims.rolled_rate(list(newest.values()), per, entry.operator)
        if found is not None:
            days[day] = found
    return [(day, *found) for day, found in days.items()]


def outside(entry: "Entry", day: date) -> bool:
    """Say whether a target is in no denominator on a day, because its task is not applicable or not handed down."""
    state = standing_on(entry.terms.states, day) if entry.terms else None
    return state is not None and state.kind in OUTSIDE


def value(line: "Line") -> Decimal | None:
    """Return the value in force on the day a line is judged."""
    return line.in_force.aim.value if line.in_force else line.entry.value


def met(line: "Line") -> bool | None:
    """Say whether a line counts as done; None leaves the denominator (R009)."""
    if value(line) is None or outside(line.entry, line.judged_on):
        return None
    if line.in_force is None:
        return bool(rules.meets(line.entry.operator, line.entry.value, line.actual))
    return bool(aims.meets(line.in_force.aim, line.actual))


def counts(line: "Line") -> bool:
    """Say whether a line's figures go into a sum: an of-which line never does, its whole has them already."""
    return not outside(line.entry, line.judged_on) and not is_part(line)


def is_part(line: "Line") -> bool:
    """Say whether a line is part of another one of its item (其中)."""
    return line.entry.terms is not None and line.entry.terms.part_of is not None


def whole(line: "Line") -> Decimal | None:
    """Return all that a line has to reach."""
    return line.in_force.aim.whole if line.in_force else line.entry.value


def attainment(line: "Line") -> aims.Attainment:
    """Return the word for how far a line's figure goes."""
    return aims.attainment(aim(line), line.actual)


def aim(line: "Line") -> aims.Aim:
    """Return what a line's target asks for on the day it is judged."""
    entry = line.entry
    plain = aims.Aim(entry.operator, entry.value, accumulation=entry.accumulation)
    return line.in_force.aim if line.in_force else plain


def original(line: "Line") -> Decimal | None:
    """Return the value a line's target was issued with."""
    return line.entry.terms.original if line.entry.terms else line.entry.value


def deadline(line: "Line") -> date:
    """Return the deadline in force on the day a line is judged."""
    return (line.in_force.deadline if line.in_force else None) or line.entry.deadline


def adjusted(line: "Line") -> AdjustedOut | None:
    """Return both versions of a target that is adjusted on the day it is judged."""
    return line.in_force.told(line.entry.deadline) if line.in_force else None


def expected_on(line: "Line", day: date) -> tuple[Fraction | None, Decimal | None]:
    """Return the share that is expected on a day and the value in force that it is a share of."""
    target, plan = line.entry.case.asked(day)
    if not target:
        found = line.entry.case.in_force(day)
        return None, found.aim.whole if found else line.entry.value
    return rules.expected_share(plan, target, day), target


# What the boards say about it


def item_facts(lines: Sequence["Line"], value: rules.ValueRate | None) -> dict[str, Any]:
    """Return the base of an item's value rate and how many units stand apart in a state of their own."""
    states = Counter(line.in_force.state.kind for line in lines if line.in_force and line.in_force.state)
    return {
        "value_actual": value.actual if value else None,
        "value_base": value.base if value else None,
        "short": value.short if value else None,
        "shortfall": value.shortfall if value else None,
        "measure_name": lines[0].entry.measure_name if value and lines else None,
        "states": dict(states),
    }


def cell_facts(line: "Line") -> dict[str, Any]:
    """Return both values of a target, the word for how far it got, and the state of its task."""
    return {
        "value": value(line),
        "original_value": original(line),
        "adjusted": adjusted(line),
        "attainment": attainment(line),
        "state": line.in_force.state.kind if line.in_force and line.in_force.state else None,
    }


def lag_facts(line: "Line") -> dict[str, Any]:
    """Return the values of a target and what its figure is made of, for the lag list."""
    found = line.in_force
    return {
        "value": value(line),
        "value_max": found.aim.value_max if found else None,
        "original_value": original(line),
        "adjusted": adjusted(line),
        "numerator": found.numerator if found else None,
        "denominator": found.denominator if found else None,
        "levels": list(found.aim.levels) if found else [],
    }


def light_facts(line: "Line") -> dict[str, Any]:
    """Return both values and the word for how far a target got."""
    word = attainment(line)
    return {
        "value": value(line),
        "original_value": original(line),
        "adjusted": adjusted(line),
        "attainment": word,
        "attainment_name": aims.ATTAINMENTS[word],
    }
