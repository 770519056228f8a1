"""The whole verdict: every dimension of a rule set, places, repeats and approved reasons over one target's history.

Pure: one function judges any target at any date from what was known about it.
"""

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import EllipsisType

from minsheng.plans import aims, rules
from minsheng.plans.aimed import InForce, judge_in_force, noted
from minsheng.plans.lights import Judgement, Steps, judge
from minsheng.plans.measures import Peers
from minsheng.plans.rules import DatedWeight, Plan, StraightLine, expected_share, milestone_steps, weight_reached
from minsheng.plans.terms import Terms
from minsheng.rule_sets.definition import DONE, NONE, Dimension, RuleSet

PARTS = {"start": "开工", "progress": "进度", "money": "资金", "reporting": "填报"}
"""What the dimensions are called."""


@dataclass(frozen=True, slots=True)
class Due:
    """A report that was due: the period's end, the last day to send it, the day it came in, the last day looked at."""

    ends_on: date
    due_on: date
    sent_on: date | None
    seen_on: date

    @property
    def late(self) -> int:
        """Days late; while it has not come in, until the day looked at."""
        return max(0, ((self.sent_on or self.seen_on) - self.due_on).days)


@dataclass(frozen=True, slots=True)
class Waiver:
    """A justified reason that was approved, and the periods it stands for, both ends included."""

    starts_on: date
    ends_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Case:
    """Everything the light of one target may hang on.

    ``figures`` are the counted ones by the end of their period, rising; ``ends`` the ends of the programme's periods;
    ``line`` the straight line from issue to deadline; ``accepted`` whether the newest figure's report is accepted.
    ``terms`` belong to a target that is more than one value to reach or keep under; ``pairs`` are the numerators and
    denominators of a rate by the end of their period; ``milestones`` the fixed ones of its task; ``bounds`` the days
    that end a period within a month, where there are any.
    """

    operator: str
    accumulation: str
    target: Decimal | None
    plan: Plan
    line: StraightLine
    deadline: date
    figures: tuple[tuple[date, Decimal], ...] = ()
    accepted: bool = True
    dues: tuple[Due, ...] = ()
    ends: tuple[date, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    own: str = ""
    terms: Terms | None = None
    pairs: tuple[tuple[date, Decimal, Decimal], ...] = ()
    milestones: tuple[DatedWeight, ...] = ()
    bounds: tuple[date, ...] = ()

    def in_force(self, on: date) -> InForce | None:
        """Return what holds on a day, None for a plain target."""
        if self.terms is None:
            return None
        found = self.terms.on(on, self.line.start, self.deadline)
        until = self.until(on)
        pair = next((each for each in reversed(self.pairs) if each[0] <= until), None)
        return found if pair is None else replace(found, numerator=pair[1], denominator=pair[2])

    def asked(self, on: date) -> tuple[Decimal | None, Plan]:
        """Return what is to be reached in all, as it stands on a day, and the plan that goes with it.

        None for what elapsed time says nothing about: ceilings, ways down, levels, parameters, tasks out of work.
        """
        found = self.in_force(on)
        if found is None:
            return (None if self.operator == "le" else self.target), self.plan
        aim = found.aim
        if aim.operator == "le" or aim.at_once or found.state is not None:
            return None, self.plan
        return aim.whole, aims.fit(self.planned(on), aim, self.terms.slices if self.terms else ())

    def planned(self, on: date) -> Plan:
        """Return the plan by the deadline in force on a day."""
        return self.plan if self.terms is None else self.terms.plan(self.plan, on, self.deadline)

    def share(self, figure: Decimal | None, on: date) -> Fraction | None:
        """Return the share of what is in force on a day that a figure reaches."""
        found = self.in_force(on)
        if found is None:
            return rules.progress(self.operator, self.target, figure)
        return aims.progress(found.aim, figure)

    def figure(self, on: date) -> Decimal | None:
        """Return the newest figure of the period of a day or before it."""
        at = bisect_right(self.figures, self.until(on), key=lambda each: each[0])
        return self.figures[at - 1][1] if at else None

    def until(self, on: date) -> date:
        """Return the last day whose figures a day is judged by: the end of its period, or of its month if nearer.

        A month's figures are dated by its end, so that a day in the middle of it is judged by them.
        """
        at = bisect_left(self.bounds, on)
        return min(self.bounds[at], _month_end(on)) if at < len(self.bounds) else _month_end(on)


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


Others = Callable[[date], Peers | None]
"""Whom a target is compared with on a day."""


def assess(
    rule_set: RuleSet,
    case: Case,
    on: date,
    others: Others | None = None,
    actual: Decimal | EllipsisType | None = ...,
) -> Judgement:
    """Judge one target at the end of a day by everything its rule set asks.

    1. Each dimension gives a light; the worst counts, one without data is passed over, and a target that is done is
       done.
    2. A place among those compared, then the n-th time of some light, may change it. Times are counted over the lights
       that the dimensions alone gave at the ends of earlier periods.
    3. An approved justified reason gives its own light instead of a bad one. It changes no distance and no standing.

    ``actual`` is the figure of the day itself where the caller knows better than the dates: a sum whose parts were
    reported up to different days.
    """
    peers = others(on) if others else None
    judged = _dimensions(rule_set, case, on, peers, case.figure(on) if actual is ... else actual)
    if rule_set.places and peers is not None:
        judged = _by_place(rule_set, judged, peers, case, on)
    if rule_set.repeats:
        judged = _by_repeat(rule_set, case, on, judged, others)
    if rule_set.waived is not None and judged.bad:
        for waiver in case.waivers:
            if waiver.starts_on <= on <= waiver.ends_on:
                return _waived(rule_set, judged, waiver)
    return judged


NO_MILESTONES = "任务没有带权重的节点，按进度计划比较"


def _progress(rule_set: RuleSet, case: Case, on: date, peers: Peers | None, actual: Decimal | None) -> Judgement:
    """Judge the progress dimension: by the task's milestones where the rule says so and it has any with a weight."""
    found = case.in_force(on)
    reached = weight_reached(case.milestones, on) if rule_set.progress.base == "milestone" else None
    due = milestone_steps(case.milestones) if reached is not None else None
    if found is None:
        judged = judge(
            rule_set,
            case.operator,
            case.accumulation,
            case.target,
            actual,
            due or case.plan,
            on,
            deadline=case.deadline,
            line=case.line,
            reached=reached,
            accepted=case.accepted,
            peers=peers,
            own=case.own,
        )
    else:
        plan = aims.fit(case.planned(on), found.aim, case.terms.slices if case.terms else ())
        deadline = found.deadline or case.deadline
        line = StraightLine(case.line.start, deadline)
        judged = judge_in_force(
            rule_set,
            found,
            actual,
            due or plan,
            on,
            deadline,
            reached=reached,
            # What the aim itself spreads over the time (counts per period, yearly parts) is no straight line any more.
            line=line if isinstance(plan, StraightLine) or not isinstance(case.plan, StraightLine) else None,
            accepted=case.accepted,
            peers=peers,
            own=case.own,
        )
    if rule_set.progress.base == "milestone" and due is None and judged.expected is not None:
        return noted(judged, [("节点", NO_MILESTONES)])
    return judged


def _dimensions(rule_set: RuleSet, case: Case, on: date, peers: Peers | None, actual: Decimal | None) -> Judgement:
    found = case.in_force(on)
    progress = _progress(rule_set, case, on, peers, actual)
    if not rule_set.others or (found is not None and found.state is not None):
        return progress
    parts = [("progress", progress.light, "")]
    parts += [(each.kind, *_other(each, case, on, actual)) for each in rule_set.others]
    light = progress.light
    words = ""
    for _, other, why in parts[1:]:
        if light != DONE and rule_set.order[other] > rule_set.order[light]:
            light, words = other, why
    shown = tuple((kind, lit) for kind, lit, _ in parts)
    lines = tuple(
        (PARTS[kind], f"{rule_set.names[lit]}：{why}" if why else rule_set.names[lit]) for kind, lit, why in parts
    )
    if light == progress.light:

        def tell() -> tuple[str, Steps]:
            return progress.explanation, (*progress.steps[:-1], *lines, *progress.steps[-1:])

        return replace(progress, parts=shown, _tell=tell)
    return _changed(replace(progress, parts=shown), rule_set, light, words, lines)


def _other(dimension: Dimension, case: Case, on: date, actual: Decimal | None) -> tuple[str, str]:
    """Return the light of a dimension beside progress, and why."""
    if dimension.kind == "start":
        months = months_unstarted(case, on, actual)
        if months is None:
            return NONE, "没有年度目标，不判开工"
        said = f"计划开工月以来已有{months}个月没有开工" if months else "已按计划开工，或未到计划开工月"
        return dimension.light_at(Fraction(months)), said
    if dimension.kind == "reporting":
        due = next((each for each in reversed(case.dues) if each.ends_on <= on), None)
        if due is None or due.seen_on <= due.due_on:
            return NONE, "未到报送截止日"
        late = due.late
        came = f"{due.sent_on:%Y-%m-%d}报送" if due.sent_on else "至今没有报送"
        said = f"{due.due_on:%Y-%m-%d}截止，{came}" + (f"，迟{late}天" if late else "，按时")
        return dimension.light_at(Fraction(late)), said
    # The figures of money come with their own feature; until then the question is open, not answered well.
    return NONE, "无数据"


def months_unstarted(case: Case, on: date, actual: Decimal | None) -> int | None:
    """Count the month ends since the plan first expected something, while nothing had been done; 0 once it has.

    None without a target, and for ceilings and snapshots, which do not start.
    """
    target, plan = case.asked(on)
    if target is None or case.accumulation == "snapshot":
        return None
    if actual is not None and actual > 0:
        return 0
    return len({(end.year, end.month) for end in case.ends if end <= on and expected_share(plan, target, end) > 0})


def _by_place(rule_set: RuleSet, judged: Judgement, peers: Peers, case: Case, on: date) -> Judgement:
    share = judged.progress
    if share is None or judged.expected is None:
        return judged
    if rule_set.progress.base == "milestone":
        # Those compared stand by their figures, whatever lit their lights.
        share = case.share(case.figure(on), on) or Fraction(0)
    for place in rule_set.places:
        if judged.light in place.when and peers.place(share, place.side) <= place.n:
            words = peers.words(share, place.side, case.own)
            judged = _changed(judged, rule_set, place.to, words, (("名次", words),))
    return judged


def _by_repeat(rule_set: RuleSet, case: Case, on: date, judged: Judgement, others: Others | None) -> Judgement:
    counted = frozenset().union(*(each.count for each in rule_set.repeats))
    if judged.light not in counted:
        return judged
    earlier = [
        _dimensions(rule_set, case, end, others(end) if others and rule_set.compares else None, case.figure(end)).light
        for end in case.ends
        if end < on and (case.line.start < end)
    ]
    base = judged.light
    for repeat in rule_set.repeats:
        if base not in repeat.count:
            continue
        times = 1 + (_running(earlier, repeat.count) if repeat.running else sum(x in repeat.count for x in earlier))
        if times >= repeat.times:
            name = rule_set.names[base]
            words = f"连续第{times}期{name}" if repeat.running else f"累计第{times}次{name}"
            judged = _changed(judged, rule_set, repeat.to, words, (("次数", words),))
    return judged


def _running(lights: list[str], wanted: frozenset[str]) -> int:
    times = 0
    for light in reversed(lights):
        if light not in wanted:
            break
        times += 1
    return times


def _changed(judged: Judgement, rule_set: RuleSet, light: str, why: str, lines: Steps) -> Judgement:
    """Return the judgement with another light, its reason at the end of the sentence and in the arithmetic."""

    def tell() -> tuple[str, Steps]:
        name = rule_set.names[light]
        steps = tuple(step for step in judged.steps if step[0] != "结论")
        conclusion = ("结论", f"{name}：{rule_set.meanings[light]}")
        sentence = f"{judged.explanation.removesuffix('。')}；{why}，改亮{name}（{rule_set.meanings[light]}）。"
        return sentence, (*steps, *lines, conclusion)

    bad = rule_set.bad(light)
    standing = judged.standing
    if standing == "on" and bad:
        standing = "behind"
    return replace(judged, light=light, bad=bad, standing=standing, _tell=tell)


def _waived(rule_set: RuleSet, judged: Judgement, waiver: Waiver) -> Judgement:
    light = rule_set.waived or judged.light
    name = rule_set.names[light]

    def tell() -> tuple[str, Steps]:
        was = rule_set.names[judged.light]
        excused = f"有正当理由并经批准（{waiver.reason}），由{was}改亮{name}"
        sentence = f"{judged.explanation.removesuffix('。')}；{excused}。"
        steps = tuple(step for step in judged.steps if step[0] != "结论")
        span = f"{waiver.starts_on:%Y-%m-%d}至{waiver.ends_on:%Y-%m-%d}"
        return sentence, (
            *steps,
            ("正当理由", f"{waiver.reason}（{span}）"),
            ("结论", f"{name}：已批准豁免，原为{was}"),
        )

    return replace(judged, light=light, bad=rule_set.bad(light), waived=waiver.reason, _tell=tell)


def made_up_on(rule_set: RuleSet, case: Case, missed: date, light: str, until: date) -> date | None:
    """Return the end of the first later period whose figure reached what the plan asked for at the missed one.

    None while it has not, when the rule knows no making up, or for a light that is not made up.
    """
    target, plan = case.asked(missed)
    if target is None or light == DONE:
        return None
    if rule_set.made_up is not None and light not in rule_set.made_up.when:
        return None
    if rule_set.made_up is None and not rule_set.bad(light):
        return None
    if rule_set.progress.base == "milestone" and weight_reached(case.milestones, missed) is not None:
        due = expected_share(milestone_steps(case.milestones), target, missed)
        later = (end for end in case.ends if missed < end <= until)
        return next((end for end in later if (weight_reached(case.milestones, end) or 0) >= due), None)
    asked = expected_share(plan, target, missed)
    for on, figure in case.figures:
        if missed < on <= until and target > 0 and Fraction(figure) / Fraction(target) >= asked:
            return on
    return None
