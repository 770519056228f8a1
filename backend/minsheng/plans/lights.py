"""Lights (亮灯): the judgement of an actual figure against plan and target under a rule set.

Guide 4.4 and practice 1.1: rule sets are data, explain themselves, and never assume that red is bad. All
comparisons are made on exact fractions; rounding happens only in the words.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal

from minsheng.kernel import quantity
from minsheng.kernel.quantity import text
from minsheng.plans.measures import Peers, line_of, measured, reading
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
from minsheng.rule_sets.definition import DONE, NONE, RuleSet

Standing = Literal["ahead", "on", "behind"]
Steps = tuple[tuple[str, str], ...]


Tell = Callable[[], tuple[str, Steps]]


@dataclass(frozen=True)
class Judgement:
    """One light with its whole reasoning.

    ``bad`` says that the light means behind, by the rule set's own word; ``parts`` are the lights of each dimension
    where there are several; ``waived`` is the reason of an approved exemption.

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
    bad: bool = False
    parts: tuple[tuple[str, str], ...] = ()
    waived: str | None = None

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
    line: StraightLine | None = None,
    accepted: bool = True,
    peers: Peers | None = None,
    own: str = "",
    reached: Fraction | None = None,
) -> Judgement:
    """Judge the progress of one target at the end of the day ``on`` (guide 4.4, 3.6; practice 1.1; R053, R106, R131).

    The rule set's progress dimension says with what the figure is compared. ``line`` is the straight line from issue to
    deadline, ``accepted`` whether the figure's report is accepted, ``peers`` whom it is compared with; a rule that
    compares gives no light without them. Where milestones are compared, ``reached`` is the share of their weight that
    was reached and stands for the figure's share; the plan is then the weight that is due.

    ``target`` and ``actual`` are in the indicator's unit, ``actual`` being the last counted figure, cumulative
    or not as ``accumulation`` ("cumulative", "snapshot") says. ``deadline`` is the task's; without it the plan
    ends where its line or its last point ends.

    - No target: none. A snapshot without a figure: none. A cumulative without a figure is judged as 0 and says
      so, but silence never earns done: where 0 would be done the light is none.
    - A floor ("ge") or exact count ("eq") that is reached is done on any day, an excess included and named, unless the
      rule set asks for acceptance too; otherwise the measured value picks the band.
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
    finished = met and (accepted or not rule_set.accepted)
    case = _Case(
        rule_set, operator, accumulation, target, figure, on, met, finished, peers, own, reached, silent=actual is None
    )
    if operator == "le":
        return case.against_ceiling(ends)
    if rule_set.progress.base == "line" and line is not None:
        plan = line_of(rule_set.progress, line)
    return case.against_plan(plan)


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
    finished: bool
    peers: Peers | None
    own: str
    reached: Fraction | None
    silent: bool

    def against_ceiling(self, ends: date) -> Judgement:
        """Judge a ceiling, whose only question is whether the figure is above it."""
        share = progress(self.operator, self.target, self.figure)
        if self.met:
            light = DONE if self.on >= ends else self.rule_set.best
            return Judgement(light, "on", share, None, None, lambda: self._within(light, share, ends))
        excess = None if share is None else (share - 1) * 100
        worst = self.rule_set.worst
        bad = self.rule_set.bad(worst)
        return Judgement(worst, "behind", share, None, excess, lambda: self._above(worst, share), bad)

    def against_plan(self, plan: Plan) -> Judgement:
        """Judge a floor or an exact count by what the rule set measures."""
        share = self.reached
        if share is None:
            share = progress(self.operator, self.target, self.figure) or Fraction(0)
        expected = expected_share(plan, self.target, self.on)
        gap = expected - share
        value = measured(
            self.rule_set,
            share=share,
            expected=expected,
            plan=plan,
            target=self.target,
            on=self.on,
            peers=self.peers,
        )
        light = NONE if value is None else self.rule_set.progress.light_at(value)
        if self.finished:
            light = DONE
        bad = self.rule_set.bad(light)
        behind = bad or (light == NONE and gap > 0)
        return Judgement(
            light,
            "ahead" if gap < 0 else "behind" if behind else "on",
            share,
            expected,
            gap * 100,
            lambda: self._progress(light, share, expected, plan, value),
            bad,
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

    def _progress(
        self, light: str, share: Fraction, expected: Fraction, plan: Plan, value: Fraction | None
    ) -> tuple[str, Steps]:
        gap = expected - share
        name, done = "完成率", self._division(progress(self.operator, self.target, self.figure) or Fraction(0))
        if self.reached is not None:
            name, done = "节点完成", f"已完成节点的权重 ÷ 全部权重 {_equals(share)}"
        elif self.target <= 0:
            done = "目标不大于0，只分达到（100%）与未达到（0%）"
        read = None
        if value is not None:
            read = reading(self.rule_set, value, share=share, peers=self.peers, own=self.own)
        ending = self._ending(light, expected, gap, read.sentence if read else None)
        return self._told(
            light,
            f"{name}{percent_clear_of(share, self.rule_set.share_bounds)}%，{ending}",
            (name, done),
            *self._plan_steps(plan, expected),
            ("落后", f"{percent(expected, 2)}% − {percent(share, 2)}% {_equals(gap, ' 个百分点', self._bounds())}"),
            *((read.step,) if read and read.step else ()),
            ("比较方式", "按分数精确比较，不先四舍五入"),
        )

    def _told(self, light: str, words: str, *steps: tuple[str, str]) -> tuple[str, Steps]:
        name = "累计完成" if self.accumulation == "cumulative" else "当前值"
        counted = text(self.figure) + ("（尚无审核通过的数，按0计）" if self.silent else "")
        aim = _aim(self.operator, self.target)
        opening = f"截至{_day(self.on)}，目标{aim}，{name}{counted}"
        conclusion = ("结论", f"{self.rule_set.names[light]}：{self.rule_set.meanings[light]}")
        return f"{opening}，{words}。", (("目标", aim), (name, counted), *steps, conclusion)

    def _ending(self, light: str, expected: Fraction, gap: Fraction, read: str | None) -> str:
        if light == DONE:
            excess = f"，{'超出' if self.operator == 'eq' else '超额'}{self._beyond()}"
            return self.rule_set.names[DONE] + (excess if self.figure > self.target else "")
        points = percent_clear_of(abs(gap), self._bounds())
        distance = f"落后{points}个百分点" if gap > 0 else f"快于序时进度{points}个百分点"
        lit = f"亮{self.rule_set.names[light]}（{self.rule_set.meanings[light]}）"
        if light == NONE:
            lit = "没有同类单位可比，不亮灯"
        waiting = "已达到目标，报告尚未确认，" if self.met else ""
        words = f"{read}，" if read else ""
        return f"序时进度{percent(expected)}%，{distance if gap else '与序时进度持平'}，{waiting}{words}{lit}"

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
