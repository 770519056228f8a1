"""Bands of any rule set: whatever number is measured, exactly one of sound bands holds; faulty ones are named."""

import itertools
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from minsheng.rule_sets.definition import Band, Dimension, band_faults
from minsheng.rule_sets.service import presets

LIGHTS = ("green", "yellow", "orange", "red")
BOUNDS = st.lists(st.decimals(-100, 100, places=2), unique=True, max_size=3).map(sorted)


def bands(bounds: list[Decimal], own: list[bool]) -> tuple[Band, ...]:
    """Return bands between bounds; each bound belongs to the band below it if ``own`` says so."""
    ends = [None, *bounds, None]
    return tuple(
        Band(LIGHTS[n], low, high, n > 0 and not own[n - 1], n < len(bounds) and own[n])
        for n, (low, high) in enumerate(itertools.pairwise(ends))
    )


@given(BOUNDS, st.lists(st.booleans(), min_size=3, max_size=3), st.fractions(-120, 120, max_denominator=300))
def test_exactly_one_band_holds_and_is_lit(bounds: list[Decimal], own: list[bool], value: Fraction) -> None:
    made = bands(bounds, own)
    assert band_faults(made, set(LIGHTS), "") == []
    for asked in (value, *map(Fraction, bounds)):
        (held,) = [band.light for band in made if band.holds(asked)]
        assert Dimension("progress", made).light_at(asked) == held


@given(BOUNDS, st.lists(st.booleans(), min_size=3, max_size=3), st.data())
def test_a_bound_that_is_moved_leaves_a_hole_or_an_overlap(
    bounds: list[Decimal], own: list[bool], data: st.DataObject
) -> None:
    assume(bounds)
    made = list(bands(bounds, own))
    number = data.draw(st.integers(1, len(bounds)))
    moved = data.draw(st.decimals(-120, 120, places=2).filter(lambda value: value != bounds[number - 1]))
    made[number] = replace(made[number], low=moved)
    found = {fault.code for fault in band_faults(tuple(made), set(LIGHTS), "") if fault.pointer.endswith("/low")}
    assert found == {"overlapping-bands" if moved < bounds[number - 1] else "missing-band"}


def test_the_shipped_files_are_complete() -> None:
    assert all(content["definition"]["dimensions"] for content in presets().values())
