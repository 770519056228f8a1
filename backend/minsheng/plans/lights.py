"""Lights (亮灯): the judgement of an actual figure against plan and target under a rule set.

Guide 4.4 and practice 1.1: rule sets are data, explain themselves, and never assume that red is bad. All
comparisons are made on exact fractions; rounding happens only in the words.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import Literal

from minsheng.kernel import quantity
from minsheng.kernel.quantity import text
from minsheng.plans.rules import (
    MilestoneSteps,
    MonthlyVector,
    Plan,
    StraightLine,
    expected_share,
    meets,
    percent,
    percent_clear_of,
    planned_value,
    progress,
)

DONE = "done"
NONE = "none"

Standing = Literal["ahead", "on", "behind"]
Steps = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Band:
    """A light and the distance behind plan, in percentage points, from which it is lit.

    ``from_points`` None means any distance, also ahead. ``inclusive`` says whether the bound itself belongs to it.
    """

    light: str
    from_points: Decimal | None
    inclusive: bool

    def holds(self, gap_points: Fraction) -> bool:
        """Whether a distance of ``gap_points`` behind plan (negative: ahead) reaches this band."""
        if self.from_points is None:
            return True
        return gap_points > self.from_points or (self.inclusive and gap_points == self.from_points)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One published way of giving lights, as data.

    ``bands`` run from the furthest behind to the last, which has no bound; the first that holds is lit. "done"
    and "none" stand outside the bands. ``names``, ``glyphs`` and ``meanings`` are keyed by light, so a place
    may call its lights as it likes. Raises ``ValueError`` when the bands leave a hole or a light has no words.
    """

    code: str
    name: str
    source: str
    bands: tuple[Band, ...]
    names: Mapping[str, str]
    glyphs: Mapping[str, str]
    meanings: Mapping[str, str]

    def __post_init__(self) -> None:
        """Refuse a rule set under which some figure would get no light or a light nobody can read."""
        bounds = [band.from_points for band in self.bands[:-1]]
        given = [bound for bound in bounds if bound is not None]
        falling = all(higher > lower for higher, lower in pairwise(given))
        if not self.bands or self.bands[-1].from_points is not None or len(given) != len(bounds) or not falling:
            raise ValueError(f"rule set {self.code}: bounds must fall, and only the last band has none")
        for light in self.lights:
            if not (self.names.get(light) and self.glyphs.get(light) and self.meanings.get(light)):
                raise ValueError(f"rule set {self.code}: light {light!r} lacks name, glyph or meaning")

    @property
    def lights(self) -> tuple[str, ...]:
        """Every light of the rule set, from the best to the worst, then done and none."""
        return (*(band.light for band in reversed(self.bands)), DONE, NONE)

    @property
    def best(self) -> str:
        """The light of whoever is on plan."""
        return self.bands[-1].light

    @property
    def worst(self) -> str:
        """The light of the furthest behind."""
        return self.bands[0].light

    @property
    def bounds(self) -> tuple[Fraction, ...]:
        """Bounds of the bands as shares, for writing a distance without touching them."""
        return tuple(Fraction(band.from_points) / 100 for band in self.bands if band.from_points is not None)

    def light_at(self, gap_points: Fraction) -> str:
        """Light for a distance behind plan in percentage points; compared exactly."""
        return next(band.light for band in self.bands if band.holds(gap_points))


POINTS_10_30 = RuleSet(
    code="points-10-30",
    name="序时进度10/30个百分点",
    source="银川市红黄绿灯管理（2025）：落后序时进度10至30个百分点（含）为黄灯，超过30个百分点为红灯",
    bands=(
        Band("red", Decimal(30), inclusive=False),
        Band("yellow", Decimal(10), inclusive=True),
        Band("green", None, inclusive=True),
    ),
    names=MappingProxyType(
        {"green": "绿灯", "yellow": "黄灯", "red": "红灯", DONE: "已完成", NONE: "不亮灯"},
    ),
    glyphs=MappingProxyType({"green": "●", "yellow": "▲", "red": "■", DONE: "◆", NONE: "○"}),
    meanings=MappingProxyType(
        {
            "green": "不落后于序时进度，或落后不足10个百分点",
            "yellow": "落后序时进度10至30个百分点，含10和30",
            "red": "落后序时进度超过30个百分点，或超出控制目标",
            DONE: "已达到目标",
            NONE: "不设年度目标，或尚无审核通过的数",
        },
    ),
)

RULE_SETS: Mapping[str, RuleSet] = MappingProxyType({POINTS_10_30.code: POINTS_10_30})
"""The presets by code."""


Tell = Callable[[], tuple[str, Steps]]


@dataclass(frozen=True)
class Judgement:
    """One light with its whole reasoning.

    ``progress`` and ``expected`` are shares (1 is the whole, not clipped); ``gap_points`` is expected minus
    progress in percentage points, negative when ahead. For a ceiling ``progress`` is the share used up,
    ``expected`` is always None and ``gap_points`` is the excess, None while within. ``standing`` is None where
    there is nothing to compare. ``explanation`` is one Chinese sentence, ``steps`` its arithmetic line by line;
    both are put into words only when asked for, since a board judges thousands and explains a few.
    """

    light: str
    standing: Standing | None
    progress: Fraction | None
    expected: Fraction | None
    gap_points: Fraction | None
    _tell: Tell = field(repr=False, compare=False)

    @cached_property
    def _told(self) -> tuple[str, Steps]:
        return self._tell()

    @property
    def explanation(self) -> str:
        """Why it is this light, in one sentence."""
        return self._told[0]

    @property
    def steps(self) -> Steps:
        """The arithmetic, line by line: (label, value)."""
        return self._told[1]


@dataclass(frozen=True, slots=True)
class Standings:
    """How many stand ahead of plan, on it, behind it; ``unjudged`` are in none of the three (R106, R133)."""

    ahead: int
    on: int
    behind: int
    unjudged: int


def count_standings(judgements: Iterable[Judgement]) -> Standings:
    """Count 提前, 按序时 and 滞后 separately (R106, R133, practice 1.2).

    - ahead (提前): progress is above what the plan expects, by however little;
    - on (按序时): exactly on plan, or behind it by less than the rule set's first bound (10 points), or done
      without being ahead, or within a ceiling;
    - behind (滞后): behind by that bound or more, so never green, or above a ceiling.
    """
    standings = [judgement.standing for judgement in judgements]
    return Standings(standings.count("ahead"), standings.count("on"), standings.count("behind"), standings.count(None))


def judge(
    rule_set: RuleSet,
    operator: str,
    accumulation: str,
    target: Decimal | None,
    actual: Decimal | None,
    plan: Plan,
    on: date,
    *,
    deadline: date | None = None,
) -> Judgement:
    """Judge one target at the end of the day ``on`` (guide 4.4, 3.6; practice 1.1 银川; R053, R106, R131).

    ``target`` and ``actual`` are in the indicator's unit, ``actual`` being the last counted figure, cumulative
    or not as ``accumulation`` ("cumulative", "snapshot") says. ``deadline`` is the task's; without it the plan
    ends where its line or its last point ends.

    - No target: none. A snapshot without a figure: none. A cumulative without a figure is judged as 0 and says
      so, but silence never earns done: where 0 would be done the light is none.
    - A floor ("ge") or exact count ("eq") that is reached is done on any day, an excess included and named;
      otherwise the distance behind plan picks the band.
    - A ceiling ("le") is never judged against elapsed time: within it the best light until the deadline and
      done from then on, above it the worst light on any day.

    Raises ``ValueError`` for an unknown operator or accumulation.
    """
    if accumulation not in {"cumulative", "snapshot"}:
        raise ValueError(f"unknown accumulation: {accumulation!r}")
    figure = Decimal(0) if actual is None else actual
    met = meets(operator, target, figure)
    if target is None or met is None:
        return _unjudged(lambda: ("常态化任务，不设年度目标，不亮灯。", (("目标", "常态化，不设年度目标"),)))
    ends = deadline or _end(plan)
    done = met and (operator != "le" or on >= ends)
    if actual is None and (accumulation == "snapshot" or done):
        silent = "尚无审核通过的数"
        return _unjudged(lambda: (f"{silent}，不亮灯。", (("目标", _aim(operator, target)), ("实际", silent))))
    case = _Case(rule_set, operator, accumulation, target, figure, on, met, silent=actual is None)
    return case.against_ceiling(ends) if operator == "le" else case.against_plan(plan)


@dataclass(frozen=True, slots=True)
class _Case:
    """The facts of one judgement once it is clear that there is something to judge."""

    rule_set: RuleSet
    operator: str
    accumulation: str
    target: Decimal
    figure: Decimal
    on: date
    met: bool
    silent: bool

    def against_ceiling(self, ends: date) -> Judgement:
        """Judge a ceiling, whose only question is whether the figure is above it."""
        share = progress(self.operator, self.target, self.figure)
        if self.met:
            light = DONE if self.on >= ends else self.rule_set.best
            return Judgement(light, "on", share, None, None, lambda: self._within(light, share, ends))
        excess = None if share is None else (share - 1) * 100
        worst = self.rule_set.worst
        return Judgement(worst, "behind", share, None, excess, lambda: self._above(worst, share))

    def against_plan(self, plan: Plan) -> Judgement:
        """Judge a floor or an exact count by its distance behind plan."""
        share = progress(self.operator, self.target, self.figure) or Fraction(0)
        expected = expected_share(plan, self.target, self.on)
        gap = expected - share
        light = DONE if self.met else self.rule_set.light_at(gap * 100)
        standing: Standing = "on" if light in {DONE, self.rule_set.best} else "behind"
        return Judgement(
            light,
            "ahead" if gap < 0 else standing,
            share,
            expected,
            gap * 100,
            lambda: self._progress(light, share, expected, plan),
        )

    def _within(self, light: str, share: Fraction | None, ends: date) -> tuple[str, Steps]:
        room = text(quantity.total((self.target, self.figure.copy_negate())))
        words = f"未超出控制目标，余量{room}，不按时间进度判定，亮{self.rule_set.names[light]}"
        if light == DONE:
            words = f"已到期限，未超出控制目标，{self.rule_set.names[DONE]}"
        left = f"{text(self.target)} − {text(self.figure)} = {room}"
        return self._told(light, words, *self._used_up(share), ("余量", left), ("期限", ends.isoformat()))

    def _above(self, light: str, share: Fraction | None) -> tuple[str, Steps]:
        beyond = self._beyond()
        steps: Steps = (("超出", f"{text(self.figure)} − {text(self.target)} = {beyond}"),)
        words = f"超出控制目标{beyond}"
        if share is not None:
            steps += (("超出百分点", f"{percent(share, 2)}% − 100% {_equals(share - 1, ' 个百分点')}"),)
            words += f"（{percent_clear_of(share - 1, (Fraction(0),))}个百分点）"
        return self._told(light, f"{words}，亮{self.rule_set.names[light]}", *self._used_up(share), *steps)

    def _used_up(self, share: Fraction | None) -> Steps:
        return () if share is None else (("占控制目标", self._division(share)),)

    def _progress(self, light: str, share: Fraction, expected: Fraction, plan: Plan) -> tuple[str, Steps]:
        gap = expected - share
        done = self._division(share) if self.target > 0 else "目标不大于0，只分达到（100%）与未达到（0%）"
        return self._told(
            light,
            f"完成率{percent_clear_of(share, (Fraction(1),))}%，{self._ending(light, expected, gap)}",
            ("完成率", done),
            *self._plan_steps(plan, expected),
            ("落后", f"{percent(expected, 2)}% − {percent(share, 2)}% {_equals(gap, ' 个百分点', self._bounds())}"),
            ("比较方式", "按分数精确比较，不先四舍五入"),
        )

    def _told(self, light: str, words: str, *steps: tuple[str, str]) -> tuple[str, Steps]:
        name = "累计完成" if self.accumulation == "cumulative" else "当前值"
        counted = text(self.figure) + ("（尚无审核通过的数，按0计）" if self.silent else "")
        aim = _aim(self.operator, self.target)
        opening = f"截至{_day(self.on)}，目标{aim}，{name}{counted}"
        conclusion = ("结论", f"{self.rule_set.names[light]}：{self.rule_set.meanings[light]}")
        return f"{opening}，{words}。", (("目标", aim), (name, counted), *steps, conclusion)

    def _ending(self, light: str, expected: Fraction, gap: Fraction) -> str:
        if light == DONE:
            excess = f"，{'超出' if self.operator == 'eq' else '超额'}{self._beyond()}"
            return self.rule_set.names[DONE] + (excess if self.figure > self.target else "")
        points = percent_clear_of(abs(gap), self._bounds())
        distance = f"落后{points}个百分点" if gap > 0 else f"快于序时进度{points}个百分点"
        lit = f"{self.rule_set.names[light]}（{self.rule_set.meanings[light]}）"
        return f"序时进度{percent(expected)}%，{distance if gap else '与序时进度持平'}，亮{lit}"

    def _plan_steps(self, plan: Plan, expected: Fraction) -> Steps:
        if isinstance(plan, MonthlyVector):
            planned = text(planned_value(plan, self.on))
            division = f"{planned} ÷ {text(self.target)} " if self.target > 0 else ""
            return (("计划累计", planned), ("序时进度", division + _equals(expected)))
        if isinstance(plan, MilestoneSteps):
            return (("序时进度", f"到期节点的权重 ÷ 全部权重 {_equals(expected)}"),)
        if self.on >= plan.deadline:
            return (("序时进度", f"已到期限{plan.deadline}，按100%计"),)
        if self.on <= plan.start:
            return (("序时进度", f"自{plan.start}起算，尚未经过一天，按0计"),)
        elapsed, whole = (self.on - plan.start).days, (plan.deadline - plan.start).days
        return (("序时进度", f"自{plan.start}已过{elapsed}天 ÷ 至{plan.deadline}共{whole}天 {_equals(expected)}"),)

    def _beyond(self) -> str:
        return text(quantity.total((self.figure, self.target.copy_negate())))

    def _bounds(self) -> tuple[Fraction, ...]:
        return (*self.rule_set.bounds, Fraction(0))

    def _division(self, share: Fraction) -> str:
        return f"{text(self.figure)} ÷ {text(self.target)} {_equals(share)}"


def _unjudged(tell: Tell) -> Judgement:
    def with_conclusion() -> tuple[str, Steps]:
        explanation, steps = tell()
        return explanation, (*steps, ("结论", "不亮灯"))

    return Judgement(NONE, None, None, None, None, with_conclusion)


def _end(plan: Plan) -> date:
    if isinstance(plan, StraightLine):
        return plan.deadline
    # A vector without points plans nothing and so never ends; only the caller's deadline could.
    return plan.points[-1][0] if plan.points else date.max


def _aim(operator: str, target: Decimal) -> str:
    return {"ge": "不低于", "le": "不超过", "eq": "等于"}[operator] + text(target)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _equals(share: Fraction, unit: str = "%", bounds: tuple[Fraction, ...] = ()) -> str:
    """Say "=" only where the written figure is the exact one."""
    written = percent_clear_of(share, bounds, 2)
    return f"{'=' if Fraction(written) == share * 100 else '≈'} {written}{unit}"
