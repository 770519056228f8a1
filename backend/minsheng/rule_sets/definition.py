"""Light rules as data: colours, dimensions with their bands, and what happens after (guide 4.4, practice 1.1).

Pure: nothing here knows a table or a request. A rule set never assumes that red is bad; whether a colour is good, and
which is worse, is part of the rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal

DONE = "done"
NONE = "none"

Kind = Literal["start", "progress", "money", "reporting"]
Base = Literal["line", "plan", "milestone", "absolute", "peers", "rank"]
Measure = Literal["points", "relative", "days", "percent", "place", "months"]
Side = Literal["top", "bottom"]

MEASURES: Mapping[str, tuple[Measure, ...]] = {
    "line": ("points", "relative", "days"),
    "plan": ("points", "relative", "days"),
    "milestone": ("days", "points"),
    "absolute": ("percent",),
    "peers": ("points",),
    "rank": ("place",),
}
"""What may be measured against each comparison base of the progress dimension, the usual one first."""

FIXED: Mapping[str, Measure] = {"start": "months", "reporting": "days", "money": "percent"}
"""What the other dimensions are measured in."""

RISING = frozenset({"percent", "place"})
"""Measures of which more is better; of the others more is further behind."""


@dataclass(frozen=True, slots=True)
class Colour:
    """A light that may be lit; ``good`` is None for lights that judge nothing. ``hue`` is only paint."""

    key: str
    name: str
    glyph: str
    meaning: str
    hue: str
    good: bool | None


@dataclass(frozen=True, slots=True)
class Band:
    """A light and the interval of the measured value that lights it; None is open to that side."""

    light: str
    low: Decimal | None
    high: Decimal | None
    low_inclusive: bool = False
    high_inclusive: bool = False

    def holds(self, value: Fraction) -> bool:
        """Whether a value lies in the interval; compared exactly."""
        above = self.low is None or value > self.low or (self.low_inclusive and value == self.low)
        return above and (self.high is None or value < self.high or (self.high_inclusive and value == self.high))


@dataclass(frozen=True)
class Dimension:
    """One question a light answers: has it started, how far is it, is the money spent, was it reported."""

    kind: Kind
    bands: tuple[Band, ...]
    base: Base = "plan"
    measure: Measure = "points"
    span_months: int | None = None

    @property
    def bounds(self) -> tuple[Decimal, ...]:
        """Every bound of the bands once, in rising order."""
        return tuple(sorted({each for band in self.bands for each in (band.low, band.high) if each is not None}))

    def light_at(self, value: Fraction) -> str:
        """Light for a measured value; compared in whole numbers, since a board asks thousands of times."""
        over, under = value.numerator, value.denominator
        for light, bound, inclusive in self._ends:
            if bound is None:
                return light
            side = over * bound.denominator - bound.numerator * under
            if side < 0 or (inclusive and side == 0):
                return light
        message = f"no band for {value}"
        raise LookupError(message)

    @cached_property
    def _ends(self) -> tuple[tuple[str, Fraction | None, bool], ...]:
        """Each band's light with its upper end: they follow each other without hole, so the first not passed is it."""
        return tuple(
            (band.light, None if band.high is None else Fraction(band.high), band.high_inclusive) for band in self.bands
        )


@dataclass(frozen=True, slots=True)
class Place:
    """A light for the first or last ``n`` among those compared, ties included, if its light is one of ``when``."""

    side: Side
    n: int
    when: frozenset[str]
    to: str


@dataclass(frozen=True, slots=True)
class Repeat:
    """A light for the ``times``-th of some lights on one target: in consecutive periods if ``running``, else in all."""

    count: frozenset[str]
    times: int
    running: bool
    to: str


@dataclass(frozen=True, slots=True)
class MadeUp:
    """How a closed month's light reads once a later figure has reached what that month's plan asked for."""

    when: frozenset[str]
    to: str


@dataclass(frozen=True)
class RuleSet:
    """One published way of giving lights.

    ``colours`` run from the best to the worst, then "done" and "none". ``accepted`` says that a target is done only
    once the report of its figure is accepted (完工并验收). ``waived`` is the light of an approved justified
    reason; None when the rule knows no exemption.
    """

    code: str
    name: str
    source: str
    colours: tuple[Colour, ...]
    dimensions: tuple[Dimension, ...]
    places: tuple[Place, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    made_up: MadeUp | None = None
    waived: str | None = None
    accepted: bool = False
    _by_key: dict[str, Colour] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Know the colours by key."""
        self._by_key.update((colour.key, colour) for colour in self.colours)

    def colour(self, key: str) -> Colour:
        """Return one colour."""
        return self._by_key[key]

    @cached_property
    def names(self) -> dict[str, str]:
        """Names by light."""
        return {colour.key: colour.name for colour in self.colours}

    @cached_property
    def meanings(self) -> dict[str, str]:
        """Meanings by light."""
        return {colour.key: colour.meaning for colour in self.colours}

    @cached_property
    def order(self) -> dict[str, int]:
        """Rank of each light: the higher the worse; done and none are the least urgent."""
        judging = [colour.key for colour in self.colours if colour.key not in {DONE, NONE}]
        return {NONE: -2, DONE: -1, **{key: rank for rank, key in enumerate(judging)}}

    @property
    def lights(self) -> tuple[str, ...]:
        """Every light, from the best to the worst, then done and none."""
        return tuple(colour.key for colour in self.colours)

    def bad(self, light: str) -> bool:
        """Whether a light says that something is behind."""
        return self._by_key[light].good is False

    @cached_property
    def progress(self) -> Dimension:
        """The dimension every rule set has."""
        return next(each for each in self.dimensions if each.kind == "progress")

    @cached_property
    def others(self) -> tuple[Dimension, ...]:
        """The dimensions beside progress."""
        return tuple(each for each in self.dimensions if each.kind != "progress")

    @cached_property
    def best(self) -> str:
        """The light of whoever keeps within a ceiling: that of the best band."""
        bands = self.progress.bands
        return bands[-1 if self.progress.measure in RISING else 0].light

    @cached_property
    def worst(self) -> str:
        """The light of whoever is above a ceiling: the worst colour that is bad."""
        bad = [colour.key for colour in self.colours if colour.good is False]
        return max(bad, key=self.order.__getitem__) if bad else self.best

    @cached_property
    def bounds(self) -> tuple[Fraction, ...]:
        """Bounds of a distance behind plan as shares, for writing one without touching them."""
        if self.progress.measure != "points" or self.progress.base == "peers":
            return ()
        return tuple(Fraction(bound) / 100 for bound in self.progress.bounds)

    @cached_property
    def share_bounds(self) -> tuple[Fraction, ...]:
        """Bounds of a share done, the whole among them."""
        own = self.progress.bounds if self.progress.measure == "percent" else ()
        return (Fraction(1), *(Fraction(bound) / 100 for bound in own))

    @property
    def compares(self) -> bool:
        """Whether a light hangs on what others have done."""
        return bool(self.places) or self.progress.base in {"peers", "rank"}

    @property
    def remembers(self) -> bool:
        """Whether a light hangs on earlier periods."""
        return bool(self.repeats) or any(each.kind == "start" for each in self.dimensions)

    @property
    def watches_reports(self) -> bool:
        """Whether a light hangs on when reports came in."""
        return any(each.kind == "reporting" for each in self.dimensions)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a rule set, with the place of it as a JSON Pointer into the definition."""

    pointer: str
    code: str
    message: str


def faults(rules: RuleSet) -> list[Fault]:
    """Everything under which some figure would get no light, two lights, or a light nobody can read."""
    found = _colour_faults(rules)
    known = set(rules.names)
    kinds = [each.kind for each in rules.dimensions]
    if "progress" not in kinds:
        found.append(Fault("/dimensions", "no-progress", "缺少“进度”一项，每套规则都要有"))
    for number, dimension in enumerate(rules.dimensions):
        where = f"/dimensions/{number}"
        if dimension.kind in kinds[:number]:
            found.append(Fault(f"{where}/kind", "duplicate", "同一项写了两次"))
        allowed = MEASURES[dimension.base] if dimension.kind == "progress" else (FIXED[dimension.kind],)
        if dimension.measure not in allowed:
            found.append(Fault(f"{where}/measure", "unknown-measure", "这种比较方式不能用这个尺度"))
        if dimension.span_months is not None and (dimension.kind, dimension.base) != ("progress", "line"):
            found.append(Fault(f"{where}/span_months", "not-for-base", "只有直线进度可以规定月数"))
        found += band_faults(dimension.bands, known, f"{where}/bands")
    for number, place in enumerate(rules.places):
        found += _unknown(known, f"/places/{number}", {"when": place.when, "to": {place.to}})
    for number, repeat in enumerate(rules.repeats):
        found += _unknown(known, f"/repeats/{number}", {"count": repeat.count, "to": {repeat.to}})
    if rules.made_up:
        found += _unknown(known, "/made_up", {"when": rules.made_up.when, "to": {rules.made_up.to}})
    if rules.waived is not None:
        found += _unknown(known, "", {"waived": {rules.waived}})
    return found


def _unknown(known: set[str], where: str, words: Mapping[str, set[str] | frozenset[str]]) -> list[Fault]:
    # What is done keeps its light, except in a ranking, where the first may well be done.
    return [
        Fault(f"{where}/{name}", "unknown-colour", f"没有“{light}”这种灯")
        for name, lights in words.items()
        for light in sorted(lights)
        if light not in known or (light == DONE and (name != "when" or where == "/made_up"))
    ]


def _colour_faults(rules: RuleSet) -> list[Fault]:
    found: list[Fault] = []
    keys: set[str] = set()
    names: set[str] = set()
    glyphs: set[str] = set()
    for number, colour in enumerate(rules.colours):
        where = f"/colours/{number}"
        for value, seen, part, word in (
            (colour.key, keys, "key", "代号"),
            (colour.name, names, "name", "名称"),
            (colour.glyph, glyphs, "glyph", "符号"),
        ):
            if not value.strip():
                found.append(Fault(f"{where}/{part}", "empty", f"灯的{word}不能为空"))
            elif value in seen:
                found.append(Fault(f"{where}/{part}", "duplicate", f"{word}“{value}”用了两次，黑白打印时分不清"))
            seen.add(value)
        if not colour.meaning.strip():
            found.append(Fault(f"{where}/meaning", "empty", "写明这种灯是什么意思"))
        if (colour.key in {DONE, NONE}) != (colour.good is None):
            message = "“完成”“不亮灯”不分好坏" if colour.good is not None else "写明亮这种灯是好是坏"
            found.append(Fault(f"{where}/good", "good-or-bad", message))
    found += [
        Fault("/colours", "missing-colour", f"缺少“{word}”一种（{key}）")
        for key, word in ((DONE, "完成"), (NONE, "不亮灯"))
        if key not in keys
    ]
    if len(keys - {DONE, NONE}) < 1:
        found.append(Fault("/colours", "missing-colour", "至少要有一种灯"))
    return found


def band_faults(bands: tuple[Band, ...], known: set[str], where: str) -> list[Fault]:
    """Say where bands overlap, leave a hole, are empty or light an unknown colour; they run from low to high."""
    found: list[Fault] = []
    if not bands:
        return [Fault(where, "empty", "至少要有一档")]
    for number, band in enumerate(bands):
        place = f"{where}/{number}"
        if band.light not in known or band.light == DONE:
            found.append(Fault(f"{place}/light", "unknown-colour", f"没有“{band.light}”这种灯"))
        if band.low is not None and band.high is not None:
            point = band.low == band.high and band.low_inclusive and band.high_inclusive
            if band.low >= band.high and not point:
                found.append(Fault(f"{place}/high", "empty-band", f"这一档是空的：{_range(band)}"))
        if number == 0:
            if band.low is not None:
                found.append(Fault(f"{place}/low", "missing-band", f"缺少低于{_plain(band.low)}的一档"))
            continue
        found += _seam(bands[number - 1], band, place)
    last = bands[-1]
    if last.high is not None:
        found.append(Fault(f"{where}/{len(bands) - 1}/high", "missing-band", f"缺少高于{_plain(last.high)}的一档"))
    return found


def _seam(below: Band, above: Band, place: str) -> list[Fault]:
    """Judge where one band ends and the next begins."""
    if below.high is None or above.low is None or above.low < below.high:
        return [Fault(f"{place}/low", "overlapping-bands", f"与上一档重叠：{_range(below)}与{_range(above)}")]
    if above.low > below.high:
        message = f"{_plain(below.high)}与{_plain(above.low)}之间没有档"
        return [Fault(f"{place}/low", "missing-band", message)]
    if above.low_inclusive and below.high_inclusive:
        return [Fault(f"{place}/low_inclusive", "overlapping-bands", f"{_plain(above.low)}同时属于两档")]
    if not above.low_inclusive and not below.high_inclusive:
        return [Fault(f"{place}/low_inclusive", "missing-band", f"{_plain(above.low)}不属于任何一档")]
    return []


def _plain(value: Decimal) -> str:
    written = format(value, "f")
    return written.rstrip("0").rstrip(".") if "." in written else written


def _range(band: Band) -> str:
    low = "−∞" if band.low is None else _plain(band.low)
    high = "+∞" if band.high is None else _plain(band.high)
    left = "[" if band.low is not None and band.low_inclusive else "("
    right = "]" if band.high is not None and band.high_inclusive else ")"
    return f"{left}{low}，{high}{right}"
