"""The generated sample: sums, published totals, honesty about what is made up."""

import ast
import hashlib
import os
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

import minsheng.sample
from minsheng.sample.generator import sample
from minsheng.sample.people import GIVEN_NAMES, SURNAMES
from minsheng.sample.shapes import Report, Sample

TODAY = date(2026, 11, 22)
ROLES = {
    "office", "lead_department", "clerk", "reviewer", "finance", "payer",
    "inspector", "assessor", "leader", "auditor", "administrator",
}  # fmt: skip


@cache
def made(today: date = TODAY) -> Sample:
    return sample(today)


def walk(thing: object) -> list[object]:
    """Every value in a tree of dataclasses, lists and tuples."""
    if is_dataclass(thing):
        return [leaf for one in fields(thing) for leaf in walk(getattr(thing, one.name))]
    if isinstance(thing, list | tuple):
        return [leaf for one in thing for leaf in walk(one)]
    return [thing]


def digest(rows: Sample) -> str:
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def test_counts() -> None:
    rows = made()
    counts = {one.name: len(getattr(rows, one.name)) for one in fields(rows)}
    assert counts == {
        "units": 224,
        "persons": 138,
        "grants": 138,
        "measures": 19,
        "programmes": 4,
        "items": 75,
        "leads": 48,
        "indicators": 48,
        "tasks": 770,
        "targets": 770,
        "plans": 767,
        "reports": 7000,
        "published": 25,
        "split_notes": 5,
    }


def test_the_same_day_and_seed_give_the_same_rows() -> None:
    assert digest(sample(TODAY)) == digest(made())
    assert digest(sample(TODAY, seed=7)) != digest(made())


def test_another_process_gives_the_same_rows() -> None:
    code = (
        "import hashlib, datetime; from minsheng.sample.generator import sample;"
        "print(hashlib.sha256(repr(sample(datetime.date(2026, 11, 22))).encode()).hexdigest())"
    )
    # Another hash seed: an order that hangs on a set would show.
    environment = os.environ | {"PYTHONHASHSEED": "4711"}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert run.stdout.strip() == digest(made())


def test_no_float_anywhere() -> None:
    assert {type(value).__name__ for value in walk(made())} == {
        "str", "int", "bool", "NoneType", "Decimal", "date", "datetime",
    }  # fmt: skip
    for source in Path(minsheng.sample.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), source
            assert not (isinstance(node, ast.Name) and node.id == "float"), source


def test_keys_are_unique_and_lead_to_rows_made_before() -> None:
    known: set[str] = set()
    rows = made()
    for group in fields(rows):
        for row in getattr(rows, group.name):
            for name in type(row).__dataclass_fields__:
                value = getattr(row, name)
                if name.endswith("_key") and value is not None:
                    assert value in known, (group.name, name, value)
            key = getattr(row, "key", None)
            if key is not None:
                assert key not in known
                known.add(key)


def test_people_are_invented_and_hold_one_role_each() -> None:
    rows = made()
    assert all(person.name[0] in SURNAMES and person.name[1:] in GIVEN_NAMES for person in rows.persons)
    assert len({person.name for person in rows.persons}) == len({person.username for person in rows.persons}) == 138
    assert all(person.username.isascii() for person in rows.persons)
    assert Counter(grant.person_key for grant in rows.grants).most_common(1)[0][1] == 1


def test_every_role_can_be_tried_at_city_and_county() -> None:
    rows = made()
    tiers = {unit.key: unit.tier for unit in rows.units}
    shown = {person.key for person in rows.persons if person.demo}
    found = defaultdict(set)
    for grant in rows.grants:
        if grant.person_key in shown:
            found[tiers[grant.unit_key]].add(grant.role)
    assert found["city"] == found["county"] == ROLES
    assert found["township"] == {"office", "clerk", "finance", "payer", "leader"}


def test_splits_add_up_but_for_the_noted_ones() -> None:
    rows = made()
    targets = {target.task_key: target for target in rows.targets}
    summed = {indicator.key for indicator in rows.indicators if indicator.aggregation == "sum"}
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for task in rows.tasks:
        if task.parent_key and targets[task.key].indicator_key in summed:
            sums[task.parent_key] += targets[task.key].value or 0
    differences = {key: total - (targets[key].value or 0) for key, total in sums.items()}
    noted = {note.parent_task_key: note.difference for note in rows.split_notes}
    assert {key: gap for key, gap in differences.items() if gap} == noted
    assert sorted(noted.values()) == [-100, -60, Decimal("-0.4"), 35, 600]
    # 市级 7 项各分三次（市、乐清、鹿城）加泰顺的草稿，乐清 9 项，苍南 12 项。
    assert len(sums) == 7 * 3 + 1 + 9 + 12


def test_whole_things_stay_whole() -> None:
    rows = made()
    decimals = {measure.key: measure.decimals for measure in rows.measures}
    places = {indicator.key: decimals[indicator.measure_key] for indicator in rows.indicators}
    by_target = {target.key: places[target.indicator_key] for target in rows.targets}
    figures = [(target.key, target.value) for target in rows.targets]
    figures += [(plan.target_key, value) for plan in rows.plans for _, value in plan.points]
    for report in rows.reports:
        for value in report.values:
            figures += [(value.target_key, part) for part in (value.previous, value.current, value.value)]
    for key, figure in figures:
        if figure is not None:
            assert figure == round(figure, by_target[key])


def test_published_totals_are_kept_in_their_month() -> None:
    rows = made()
    indicator_of = {target.key: target.indicator_key for target in rows.targets}
    how = {indicator.key: indicator.aggregation for indicator in rows.indicators}
    checked = []
    for figure in rows.published:
        if figure.value is None:
            continue
        values = [
            value.value
            for report in rows.reports
            if report.period == figure.period and report.status == "accepted"
            for value in report.values
            if indicator_of[value.target_key] == figure.indicator_key and value.value is not None
        ]
        total = sum(values, Decimal(0))
        assert total == figure.value * (1 if how[figure.indicator_key] == "sum" else len(values))
        checked.append((figure.period, str(figure.value)))
    assert sorted(checked) == [
        ("2026-06", "100"), ("2026-06", "11.05"), ("2026-06", "2.464"), ("2026-06", "20612"), ("2026-06", "37"),
        ("2026-06", "5.009"), ("2026-06", "6232"), ("2026-06", "67290"), ("2026-06", "92"),
        ("2026-08", "190"), ("2026-08", "60"), ("2026-08", "81"),
    ]  # fmt: skip


def test_only_what_was_printed_is_called_published() -> None:
    rows = made()
    units = {unit.key: unit.name for unit in rows.units}
    printed = [
        (report.period, units[report.unit_key], value.value)
        for report in rows.reports
        for value in report.values
        if value.basis == "published"
    ]
    assert printed == [("2026-08", "乐清市", Decimal(190)), ("2026-10", "苍南县", Decimal(22))]
    roots = {task.key for task in rows.tasks if task.parent_key is None}
    assert {target.basis for target in rows.targets if target.task_key in roots} == {"published"}
    assert {target.basis for target in rows.targets if target.task_key not in roots} == {"generated"}


def test_figures_continue_from_month_to_month() -> None:
    last: dict[str, Decimal] = {}
    for report in made().reports:
        for value in report.values:
            if value.previous is None:
                continue
            assert value.previous == last.get(value.target_key, 0)
            if value.value is not None:
                assert value.current is not None
                assert value.previous + value.current == value.value
                assert value.current >= 0
                last[value.target_key] = value.value


def test_a_rate_that_falls_says_why() -> None:
    last: dict[str, Decimal] = {}
    falls = []
    for report in made().reports:
        for value in report.values:
            if value.previous is None and value.value is not None:
                if value.value < last.get(value.target_key, Decimal(0)):
                    falls.append(bool(value.fall_reason))
                last[value.target_key] = value.value
    assert falls == [True, True]


def shares(reports: list[Report]) -> Counter[str]:
    return Counter("returned" if report.returned else report.status for report in reports)


def test_closed_rounds_counted_the_last_one_has_gaps_the_current_is_begun() -> None:
    reports = made().reports
    earlier = shares([report for report in reports if report.period < "2026-10"])
    latest = shares([report for report in reports if report.period == "2026-10"])
    current = shares([report for report in reports if report.period == "2026-11"])
    assert set(earlier) == {"accepted"}
    assert latest == {"accepted": 518, "submitted": 101, "reviewed": 31, "returned": 32, "draft": 21}
    assert current == {"draft": 591, "submitted": 112}


def test_nobody_accepts_or_reviews_what_he_submitted() -> None:
    for report in made().reports:
        hands = [hand for hand in (report.submitted_by, report.reviewed_by, report.accepted_by) if hand]
        assert len(set(hands)) == len(hands)
        steps = [at for at in (report.submitted_at, report.reviewed_at, report.accepted_at) if at]
        assert steps == sorted(steps)
        assert all(at.date() < TODAY for at in steps)


def expected(rows: Sample, report: Report, on: date) -> Fraction:
    """The plan's share on a day, worked out from the rows alone."""
    task = next(task for task in rows.tasks if task.key == report.task_key)
    plan = next(plan for plan in rows.plans if plan.target_key == report.values[0].target_key)
    start = next(one.issued_on for one in rows.programmes if one.key == task.programme_key)
    target = next(one.value for one in rows.targets if one.task_key == task.key)
    assert target is not None
    if on >= task.deadline:
        return Fraction(1)
    if plan.kind == "straight":
        return Fraction((on - start).days, (task.deadline - start).days)
    return max((Fraction(value) for day, value in plan.points if day <= on), default=Fraction(0)) / Fraction(target)


def test_those_behind_and_only_they_name_a_cause() -> None:
    rows = made()
    targets = {target.key: target.value for target in rows.targets}
    lights: Counter[str] = Counter()
    for report in rows.reports:
        value, target = report.values[0], targets[report.values[0].target_key]
        if report.period != "2026-10" or value.value is None or not target:
            continue
        share = Fraction(value.value) / Fraction(target)
        gap = 100 * (expected(rows, report, date(2026, 10, 31)) - share)
        light = "done" if share >= 1 else "green" if gap < 10 else "yellow" if gap <= 30 else "red"
        lights[light] += 1
        assert bool(report.cause_code) == bool(report.cause_note) == (light in {"yellow", "red"})
    # 多数跟上计划，少数落后，都不是零，灯色才看得出差别。
    assert lights == {"done": 342, "green": 225, "yellow": 67, "red": 45}


def test_plans_end_at_the_target_and_some_months_stand_still() -> None:
    rows = made()
    targets = {target.key: target.value for target in rows.targets}
    still = 0
    for plan in rows.plans:
        if plan.kind == "straight":
            assert plan.points == ()
            continue
        values = [value for _, value in plan.points]
        assert values == sorted(values)
        assert values[-1] == targets[plan.target_key]
        still += any(one == two for one, two in pairwise(values))
    assert Counter(plan.kind for plan in rows.plans) == {"monthly": 430, "straight": 337}
    assert still > 0


def test_deadlines_grow_stricter_downwards() -> None:
    tasks = {task.key: task for task in made().tasks}
    for task in tasks.values():
        if task.parent_key:
            assert task.deadline <= tasks[task.parent_key].deadline


@pytest.mark.parametrize("day", [date(2026, 1, 3), date(2026, 3, 1), date(2026, 7, 3), date(2028, 2, 29)])
def test_any_day_of_any_year_works(day: date) -> None:
    rows = made(day)
    assert all(report.period <= f"{day:%Y-%m}" for report in rows.reports)
    issued = {programme.key for programme in rows.programmes if programme.issued_on <= day}
    assert {programme.key for programme in rows.programmes if programme.status == "issued"} == issued
    assert {task.programme_key for task in rows.tasks if task.status == "issued"} == issued
    assert all(figure.period < f"{day:%Y-%m}" for figure in rows.published)
