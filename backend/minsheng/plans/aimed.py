"""Lights of the aims that are neither a plain floor nor a plain ceiling, and of tasks in a state of their own.

Each is brought down to ``lights.judge`` where elapsed time can say anything; the sentence then tells what was adjusted,
which stretch was reached and why there is no light.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from minsheng.kernel import quantity
from minsheng.kernel.quantity import text
from minsheng.plans import aims
from minsheng.plans.aims import Aim
from minsheng.plans.lights import Judgement, Standing, Steps, judge
from minsheng.plans.measures import Peers
from minsheng.plans.rules import Plan, StraightLine
from minsheng.rule_sets.definition import DONE, NONE, RuleSet
from minsheng.targets.adjusted import Version, told
from minsheng.targets.schemas import AdjustedOut
from minsheng.targets.states import OUTSIDE
from minsheng.targets.states import Standing as State


@dataclass(frozen=True, slots=True)
class InForce:
    """What is in force on the day of judgement: the aim, what it was before, and the state of the task.

    ``deadline`` is the one in force where the caller named the task's; ``moved`` the day from which it holds and the
    deadline first issued. ``numerator`` and ``denominator`` are the two figures of a rate, ``None`` of anything else.
    """

    aim: Aim
    original: Version = field(default_factory=Version)
    adjusted_on: date | None = None
    state: State | None = None
    deadline: date | None = None
    moved: tuple[date, date] | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None

    def told(self, deadline: date) -> AdjustedOut | None:
        """Return both versions where the target is adjusted on this day; ``deadline`` is the one decided last."""
        if self.adjusted_on is None and self.moved is None:
            return None
        aim, now = self.aim, self.deadline or deadline
        version = Version(aim.operator, aim.value, aim.value_max, aim.stretch)
        return told(self.original, self.moved[1] if self.moved else now, version, now)


Plain = Callable[[str, str, Decimal | None, Decimal | None], Judgement]
"""Judges (operator, accumulation, target, figure) against the plan as any plain target."""


def judge_in_force(
    rule_set: RuleSet,
    found: InForce,
    actual: Decimal | None,
    plan: Plan,
    on: date,
    deadline: date,
    *,
    line: StraightLine | None = None,
    accepted: bool = True,
    peers: Peers | None = None,
    own: str = "",
    reached: Fraction | None = None,
) -> Judgement:
    """Judge a target with everything that belongs to it at the end of a day; what is compared is as for ``judge``."""
    if found.state is not None:
        return _in_state(found.state)

    def plain(operator: str, accumulation: str, target: Decimal | None, figure: Decimal | None) -> Judgement:
        return judge(
            rule_set,
            operator,
            accumulation,
            target,
            figure,
            plan,
            on,
            deadline=deadline,
            line=line,
            accepted=accepted,
            peers=peers,
            own=own,
            reached=reached,
        )

    aim = found.aim
    if aim.value is not None and actual is not None and aim.at_once:
        judged = _at_once(rule_set, aim, actual, on, deadline)
    elif aim.operator == "range" and aim.value_max is not None and actual is not None and actual > aim.value_max:
        judged = _beyond(rule_set, aim, aim.value_max, actual, on)
    elif aim.reduces:
        judged = _reduction(plain, aim, actual)
    else:
        judged = plain("ge" if aim.operator == "range" else aim.operator, aim.accumulation, aim.whole, actual)
    return noted(judged, _notes(found, actual))


def _in_state(state: State) -> Judgement:
    counted = "不计入应计数" if state.kind in OUTSIDE else "仍计入应计数"
    until = f"至{state.until_on}" if state.until_on else "起"
    steps: Steps = (
        ("状态", f"{state.name}，自{state.from_on}{until}"),
        ("原因", state.reason),
        *((("文号", state.document_number),) if state.document_number else ()),
        ("应计数", counted),
        ("结论", "不亮灯"),
    )
    words = f"{state.name}（自{state.from_on}{until}：{state.reason}），不亮灯，{counted}。"
    return Judgement(NONE, None, None, None, None, lambda: (words, steps))


def _at_once(rule_set: RuleSet, aim: Aim, actual: Decimal, on: date, deadline: date) -> Judgement:
    """Judge what changes in one step: done when reached, late when its deadline has passed without."""
    assert aim.value is not None  # noqa: S101 - the caller asked
    met = bool(aims.meets(aim, actual))
    late = not met and on >= deadline
    share = aims.progress(aim, actual)
    light = DONE if met else rule_set.worst if late else rule_set.best
    standing: Standing = "behind" if late else "on"
    start = f"由{aim.words(aim.baseline)}" if aim.baseline is not None else ""
    goal = f"{start}到{aim.words(aim.value)}"
    ending = (
        "已达到" if met else f"期限{deadline}已过，尚未达到" if late else f"尚未达到，期限{deadline}，不按时间进度判定"
    )
    words = f"截至{on}，目标{goal}，现为{aim.words(actual)}，{ending}，{rule_set.names[light]}。"
    steps: Steps = (
        ("目标", goal),
        ("当前值", aim.words(actual)),
        ("期限", deadline.isoformat()),
        ("结论", f"{rule_set.names[light]}：{rule_set.meanings[light]}"),
    )
    gap = (1 - share) * 100 if late and share is not None else None
    return Judgement(
        light, standing, share, Fraction(1) if late else None, gap, lambda: (words, steps), rule_set.bad(light)
    )


def _beyond(rule_set: RuleSet, aim: Aim, bound: Decimal, actual: Decimal, on: date) -> Judgement:
    share = aims.progress(aim, actual)
    excess = quantity.total((actual, bound.copy_negate()))
    light = rule_set.worst
    points = (Fraction(actual) / Fraction(bound) - 1) * 100 if bound > 0 else None
    words = f"截至{on}，实际{text(actual)}，超出区间上限{text(bound)}共{text(excess)}，亮{rule_set.names[light]}。"
    steps: Steps = (
        ("实际", text(actual)),
        ("超出", f"{text(actual)} − {text(bound)} = {text(excess)}"),
        ("结论", f"{rule_set.names[light]}：超出区间上限"),
    )
    return Judgement(light, "behind", share, None, points, lambda: (words, steps), rule_set.bad(light))


def _reduction(plain: Plain, aim: Aim, actual: Decimal | None) -> Judgement:
    """Judge a way down from a baseline by how much of it is gone, as any floor is."""
    assert aim.value is not None  # noqa: S101 - a reduction has both
    assert aim.baseline is not None  # noqa: S101
    way = quantity.total((aim.baseline, aim.value.copy_negate()))
    gone = None if actual is None else quantity.total((aim.baseline, actual.copy_negate()))
    found = plain("ge", "snapshot", way, gone)
    if actual is None or gone is None:
        return found
    note = f"由{text(aim.baseline)}降到{text(aim.value)}，应降{text(way)}，现为{text(actual)}，已降{text(gone)}"
    return noted(found, [("压减", note)])


def _notes(case: InForce, actual: Decimal | None) -> list[tuple[str, str]]:
    aim = case.aim
    found = []
    if case.numerator is not None and case.denominator is not None:
        found.append(("分子、分母", f"{text(case.numerator)} ÷ {text(case.denominator)}"))
    if aim.operator == "range" and aim.value is not None and aim.value_max is not None:
        found.append(("区间", f"目标区间{text(aim.value)}至{text(aim.value_max)}"))
    if aim.kind == "frequency" and aim.value is not None:
        word = {"month": "每月", "quarter": "每季", "year": "每年"}[aim.per_period or "month"]
        found.append(("频次", f"{word}{text(aim.value)}次，共{aim.periods}期"))
    if aim.approximate and aim.value is not None:
        found.append(("约数", f"目标为约{aim.words(aim.value)}"))
    if case.adjusted_on is not None:
        found.append(("调整", _adjusted(case, case.adjusted_on)))
    if case.moved is not None and case.deadline is not None and case.deadline != case.moved[1]:
        found.append(("改期", f"期限自{case.moved[0]}起由{case.moved[1]}调整为{case.deadline}"))
    reached = aims.attainment(aim, actual)
    if reached in {"stretch", "floor"}:
        bound = aim.stretch if reached == "stretch" else aim.floor
        found.append(
            (
                "力争" if reached == "stretch" else "保底",
                f"{aims.ATTAINMENTS[reached]}值{aim.words(bound or Decimal(0))}",
            )
        )
    return found


def _adjusted(case: InForce, since: date) -> str:
    old, aim = case.original, case.aim
    was, now = aim.asked(old.operator, old.value, old.value_max), aim.asked(aim.operator, aim.value, aim.value_max)
    if old.operator == aim.operator != "range":
        was, now = (aim.worded(value) for value in (old.value, aim.value))
    said = [f"目标自{since}起由{was}调整为{now}"] if was != now else []
    if old.stretch != aim.stretch:
        names = ["不设" if each is None else aim.words(each) for each in (old.stretch, aim.stretch)]
        said.append(f"力争值{'' if said else f'自{since}起'}由{names[0]}调整为{names[1]}")
    return "，".join(said) or f"目标曾经调整，自{since}起恢复为{now}"


def noted(found: Judgement, notes: Sequence[tuple[str, str]]) -> Judgement:
    """Return a judgement that also tells something about its target."""
    if not notes:
        return found

    def tell() -> tuple[str, Steps]:
        said = "；".join(words for _, words in notes)
        return f"{found.explanation}{said}。", (*found.steps[:-1], *notes, *found.steps[-1:])

    return replace(found, _tell=tell)
