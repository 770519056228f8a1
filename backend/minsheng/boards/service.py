"""The picture behind every board: each target of a programme with its figure, its plan and its light.

Without a given day a target is judged at the end of the last round that fell due, or at the date of its own newest
figure when that is later: nobody turns yellow merely because this month's report is not yet due, and silence shows.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from uuid import UUID

from sqlmodel import col, select

from minsheng.boards import terms
from minsheng.boards.gathering import Entry, Gathered, gather
from minsheng.kernel.access import Access, Session
from minsheng.org.service import unit_names
from minsheng.plans import rules
from minsheng.plans.aimed import InForce
from minsheng.plans.lights import Judgement
from minsheng.plans.measures import Peers
from minsheng.plans.verdicts import Others, assess
from minsheng.programmes.models import Programme
from minsheng.reports import facts
from minsheng.reports.models import Report, Round
from minsheng.rule_sets import service as rule_sets
from minsheng.rule_sets.definition import RuleSet
from minsheng.targets.models import Target


@dataclass
class Line:
    """One target in the picture of one day under one rule set."""

    entry: Entry
    rule_set: RuleSet
    judged_on: date
    actual: Decimal | None
    figure_on: date | None
    missing: int
    others: Others | None = None

    @cached_property
    def judgement(self) -> Judgement:
        """Judge the line once."""
        case = self.entry.case
        if self.rule_set.accepted:
            case = replace(case, accepted=self.accepted)
        return assess(self.rule_set, case, self.judged_on, self.others, self.actual)

    @cached_property
    def in_force(self) -> InForce | None:
        """What holds on the day; None for a target that is one value to reach or keep under."""
        return self.entry.case.in_force(self.judged_on)

    @property
    def accepted(self) -> bool:
        """Whether the figure of the day, and of a sum each of its parts, comes from a report that is accepted."""
        until = self.entry.case.until(self.judged_on)
        for leaf in self.entry.leaves():
            newest = max((day for day, _ in leaf.reported if day <= until), default=None)
            if newest is None or newest in leaf.unaccepted:
                return False
        return True


@dataclass
class Picture:
    """All targets of one programme in the caller's scope, on one day and under one rule set."""

    programme: Programme
    rule_set: RuleSet
    on: date | None
    due_on: date | None
    lines: list[Line]

    @cached_property
    def direct(self) -> list[Line]:
        """Return the lines that are reported directly."""
        return [line for line in self.lines if line.entry.leaf]


def picture(session: Session, programme: Programme, on: date | None, rule_set: RuleSet | None = None) -> Picture:
    """Gather and judge every issued target of a programme."""
    rules_in_force = rule_set or rule_sets.in_force(session, programme.rule_set)
    gathered, visible = gathered_for(session, programme, [rules_in_force])
    return lit(gathered, rules_in_force, on, visible)


def gathered_for(
    session: Session, programme: Programme, wanted: Sequence[RuleSet]
) -> tuple[Gathered, frozenset[UUID] | None]:
    """Gather what some rule sets ask for; with it the targets to show, or None for all of them.

    A place among others must not hang on how many of them the reader may see, so a rule that compares is judged over
    the whole programme, and only the caller's own lines are shown.
    """
    reports = any(each.watches_reports for each in wanted)
    if session.access.why is not None or not any(each.compares for each in wanted):
        return gather(session, programme, reports=reports), None
    visible = session.exec(select(Target.id).where(Target.programme_id == programme.id)).all()
    with Session(session.connection(), access=Access.system("who is compared with whom"), write=False) as everybody:
        gathered = gather(everybody, programme, reports=reports)
        everybody.expunge_all()
    readable = _readable(session, gathered)
    for entry in gathered.entries:
        if entry.unit_id not in readable:
            entry.unit_name = ""
    return gathered, frozenset(visible)


def _readable(session: Session, gathered: Gathered) -> set[UUID]:
    return set(unit_names(session, {entry.unit_id for entry in gathered.entries}))


def lit(gathered: Gathered, rule_set: RuleSet, on: date | None, visible: frozenset[UUID] | None = None) -> Picture:
    """Judge what was gathered on a day under a rule set; nothing is read again."""
    programme = gathered.programme
    floor = on or gathered.due_on or programme.issued_on or programme.starts_on
    lines: list[Line] = []
    for entry in gathered.entries:
        actual, newest, missing = _figure(entry, on, floor)
        judged_on = on or (max(floor, newest) if newest else floor)
        lines.append(Line(entry, rule_set, judged_on, actual, newest, missing))
    if rule_set.compares:
        _compare(lines)
    if visible is not None:
        lines = [line for line in lines if line.entry.target_id in visible]
    return Picture(programme, rule_set, on, gathered.due_on, lines)


def _figure(entry: Entry, on: date | None, floor: date) -> tuple[Decimal | None, date | None, int]:
    """Return the figure of a day (or the newest), the day up to which all of it was reported, and how many lack one."""
    until = entry.case.until(on) if on else date.max

    def newest(leaf: Entry) -> tuple[date, Decimal] | None:
        at = bisect_right(leaf.reported, until, key=lambda each: each[0])
        return leaf.reported[at - 1] if at else None

    if entry.leaf:
        found = newest(entry)
        return (found[1], found[0], 0) if found else (None, None, 1)
    leaves = list(entry.leaves())
    if entry.aggregation == "none":
        return None, None, len(leaves)
    figures = [(leaf, newest(leaf)) for leaf in leaves]
    known = [found for _, found in figures if found]
    missing = sum(found is None and not terms.outside(leaf, floor) for leaf, found in figures)
    if entry.aggregation == "ratio":
        total = entry.case.figure(until) if entry.figures else None
    else:
        total = rules.sum_actuals(value for _, value in known).total
    return total, (min(day for day, _ in known) if known and len(known) == len(leaves) else None), missing


def _compare(lines: list[Line]) -> None:
    """Let each line know those with the same indicator at the same depth: counties with counties, towns with towns."""
    groups: dict[tuple[UUID, int], list[Line]] = defaultdict(list)
    for line in lines:
        if terms.whole(line) is not None and line.entry.operator != "le":
            groups[(line.entry.indicator_id, line.entry.depth)].append(line)
    for group in groups.values():
        known: dict[date, Peers | None] = {}

        def others(day: date, group: list[Line] = group, known: dict[date, Peers | None] = known) -> Peers | None:
            if day not in known:
                known[day] = _peers(group, day)
            return known[day]

        for line in group:
            line.others = others


def _peers(group: list[Line], day: date) -> Peers | None:
    names: dict[Fraction, list[str]] = defaultdict(list)
    for line in group:
        entry = line.entry
        figure = line.actual if line.judged_on == day else entry.case.figure(day)
        if figure is None and entry.accumulation == "cumulative":
            figure = Decimal(0)
        share = entry.case.share(figure, day)
        if share is not None:
            names[share].append(entry.unit_name)
    if not names:
        return None
    shares = sorted(share for share, each in names.items() for _ in each)
    return Peers(tuple(shares), {share: tuple(filter(None, each)) for share, each in names.items()})


def worst(lines: Sequence[Line], rule_set: RuleSet) -> Line:
    """Return the line whose light is furthest down the rule set; the first among equals."""
    return max(lines, key=lambda line: rule_set.order[line.judgement.light])


def lags(line: Line) -> bool:
    """Whether a line belongs on the lag list: behind plan, or under a light that the rule calls bad."""
    return line.judgement.standing == "behind" or line.judgement.bad


def totals(lines: Iterable[Line]) -> Counter[str]:
    """Count standings, and lights as ``light <key>``."""
    tally: Counter[str] = Counter()
    for line in lines:
        tally[f"light {line.judgement.light}"] += 1
        tally[line.judgement.standing or "unjudged"] += 1
    return tally


def rates(lines: Sequence[Line]) -> tuple[rules.CountRate, rules.ValueRate | None]:
    """Return the count rate and the value rate of one item's direct lines; no surplus hides a gap."""
    met = [terms.met(line) for line in lines]
    wholes = [line for line in lines if terms.counts(line)]
    entries = [line.entry for line in wholes]
    summable = {entry.indicator_id for entry in entries if entry.aggregation == "sum" and entry.operator != "le"}
    value = None
    if len(summable) == 1 and len({entry.indicator_id for entry in entries}) == 1:
        value = rules.value_rate((terms.whole(line), line.actual) for line in wholes)
    return rules.count_rate(met), value


def causes(session: Session, programme: Programme, tasks: set[UUID]) -> dict[UUID, tuple[str | None, str | None]]:
    """Return the newest cause that was reported for each task."""
    found: dict[UUID, tuple[str | None, str | None]] = {}
    for task, code, note in session.exec(
        select(Report.task_id, Report.cause_code, Report.cause_note)
        .join(Round, col(Round.id) == col(Report.round_id))
        .where(
            Report.programme_id == programme.id,
            col(Report.task_id).in_(tasks),
            col(Report.cause_code).is_not(None),
            col(Report.status).not_in(["draft", "superseded", "void"]),
        )
        .order_by(col(Round.ends_on), col(Round.starts_on).desc(), col(Report.revision))
    ).all():
        found[task] = (code, note)
    return found


def by_item(lines: Iterable[Line]) -> dict[UUID, list[Line]]:
    """Group lines by item."""
    found: dict[UUID, list[Line]] = defaultdict(list)
    for line in lines:
        found[line.entry.item_id].append(line)
    return found


def decimal_of(share: Fraction | None, value: Decimal | None, decimals: int) -> Decimal | None:
    """Return a share of a target as a figure, rounded half up to the measure's decimals."""
    if share is None or value is None:
        return None
    scale: int = 10**decimals
    exact = share * Fraction(value) * scale
    return Decimal((2 * exact.numerator + exact.denominator) // (2 * exact.denominator)) / Decimal(scale)


def compared(session: Session, programme: Programme, on: date) -> dict[UUID, Others]:
    """Return whom the rules in force compare each visible target of a list with at the end of a day."""
    rule_set = rule_sets.in_force(session, programme.rule_set)
    gathered, visible = gathered_for(session, programme, [rule_set])
    return {line.entry.target_id: line.others for line in lit(gathered, rule_set, on, visible).lines if line.others}


facts.comparisons.append(compared)
