"""Benchmark rows: exact counts, a proper tree, and no list of everything in memory."""

from collections import Counter
from decimal import Decimal
from itertools import islice

from minsheng.sample.generator import synthetic


def test_counts_of_the_default_world() -> None:
    world = synthetic()
    assert sum(1 for _ in world.reports()) == 150 * 111 * 12 == 199_800
    assert Counter(row[4] for row in world.units()) == {"province": 1, "city": 1, "county": 12, "township": 150}


def test_children_are_dealt_out_over_the_tier_above() -> None:
    units = {row[0]: row for row in synthetic(provinces=2, cities=4, counties=8, townships=24).units()}
    above = {"city": "province", "county": "city", "township": "county"}
    for _, parent, _, _, tier in units.values():
        if tier == "province":
            assert parent is None
        else:
            assert units[parent or 0][4] == above[tier]
    beneath = Counter(row[1] for row in units.values() if row[4] == "township")
    assert set(beneath.values()) == {3}
    assert len(beneath) == 8


def test_reports_continue_and_point_at_existing_rows() -> None:
    world = synthetic(counties=2, townships=3, targets=4, rounds=5, seed=9)
    tasks = {row[0]: row for row in world.tasks()}
    units = {row[0] for row in world.units()}
    last = dict.fromkeys(tasks, Decimal(0))
    for number, (key, task, turn, unit, _, target, previous, current, value) in enumerate(world.reports(), 1):
        assert (key, target) == (number, task)
        assert tasks[task][2] == unit
        assert unit in units
        assert 1 <= turn <= 5
        assert previous == last[task]
        assert previous + current == value
        last[task] = value
    assert [row[1] for row in world.round_rows()] == ["2020-01", "2020-02", "2020-03", "2020-04", "2020-05"]


def test_the_same_seed_gives_the_same_rows() -> None:
    small = {"counties": 2, "townships": 3, "targets": 4, "rounds": 2}
    assert list(synthetic(**small, seed=3).reports()) == list(synthetic(**small, seed=3).reports())
    assert list(synthetic(**small, seed=3).reports()) != list(synthetic(**small, seed=4).reports())


def test_rows_of_a_large_world_come_at_once() -> None:
    world = synthetic(townships=40_000, targets=1_000, rounds=120)
    assert len(list(islice(world.reports(), 1_000))) == 1_000
