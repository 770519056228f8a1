"""Judges reports by the checks that concern them; what it finds follows what is typed, without another query."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from minsheng.checks import rules, wording
from minsheng.checks.known import Known, Rule
from minsheng.checks.models import FigureExplanation
from minsheng.checks.schemas import JumpCheck, RangeCheck, RatioCheck, SiblingsCheck, SlipCheck, SumCheck
from minsheng.checks.wording import FIGURE, number, too
from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.kernel.db import Row
from minsheng.reports.checking import WARN, Finding, Said, Shown, plain
from minsheng.reports.facts import ReportFacts
from minsheng.reports.judged import Figure

Hit = tuple[str, list[Shown]]
"""The message about a figure and the numbers it is about, the report's own first."""


class Checker:
    """Judges the reports that something is known for."""

    def __init__(self, known: Known) -> None:
        self.known = known

    def findings(self, facts: ReportFacts) -> list[Finding]:
        """Return what the checks find in a report, in the order of its figures."""
        found = [each for rule in self.known.rules if self._concerns(rule, facts) for each in self._ask(rule, facts)]
        order = {target: place for place, target in enumerate(facts.by_target)}
        return sorted(found, key=lambda each: order[each.target_id])

    def said(self, facts: ReportFacts) -> list[Said]:
        """Return every explanation of a report's figures, and which of them count for what is found now."""
        holding = {each.said.id for each in self.findings(facts) if each.said}
        return [
            _said(row, counts=row.id in holding)
            for target in facts.by_target
            for row in self.known.said.get((target, facts.round.id), ())
        ]

    def explain(self, session: Session, facts: ReportFacts, texts: Mapping[UUID, str]) -> list[Row]:
        """Return the rows that keep what is said about figures that are asked about now and were not explained so."""
        made: list[Row] = []
        for each in self.findings(facts):
            text = texts.get(each.target_id, "").strip()
            if each.severity != WARN or not text or (each.said and each.said.text == text):
                continue
            row = FigureExplanation(
                report_id=facts.report.id,
                round_id=facts.round.id,
                target_id=each.target_id,
                rule_id=each.rule_id,
                item_id=facts.item.id,
                unit_id=facts.unit.id,
                rule_name=each.rule_name,
                message=each.message,
                figures=plain(each.figures),
                text=text,
                author_id=session.caller.user_id if session.caller else None,
                author_name=session.caller.name if session.caller else None,
                created_at=clock.now(),
            )
            made.append(row)
            self.known.said[each.target_id, facts.round.id].append(row)  # type: ignore[attr-defined]
        return made

    def _concerns(self, rule: Rule, facts: ReportFacts) -> bool:
        chain = self.known.above.get(facts.unit.id, frozenset())
        return (
            rule.unit_id in chain
            and rule.programme_id in {None, facts.programme.id}
            and (not rule.applies.units or not chain.isdisjoint(rule.applies.units))
            and (
                not rule.applies.items
                or not self.known.over.get(facts.item.id, frozenset()).isdisjoint(rule.applies.items)
            )
        )

    def _ask(self, rule: Rule, facts: ReportFacts) -> Iterator[Finding]:
        definition = rule.definition
        if isinstance(definition, RatioCheck) or (isinstance(definition, SumCheck) and definition.total is not None):
            yield from self._between(rule, facts)
            return
        for figure in facts.figures:
            row = figure.row
            value = getattr(row, definition.figure) if row is not None else None
            if value is None or figure.indicator.kind == "ordinal" or not _meant(rule, figure):
                continue
            hit = self._hit(rule, facts, figure, value)
            if hit is not None:
                yield self._finding(rule, facts, figure, hit)

    def _hit(self, rule: Rule, facts: ReportFacts, figure: Figure, value: Decimal) -> Hit | None:
        match rule.definition:
            case RangeCheck() as check:
                return self._range(check, facts, figure, value)
            case JumpCheck() as check:
                return _jump(check, figure, value)
            case SlipCheck() as check:
                return self._slip(check, facts, figure, value)
            case SiblingsCheck() as check:
                return self._siblings(check, facts, figure, value)
            case SumCheck() as check:
                return _parts(check, facts, figure, value)
        return None

    def _range(self, check: RangeCheck, facts: ReportFacts, figure: Figure, value: Decimal) -> Hit | None:
        own = Shown(_label(figure, check.figure), number(value), own=True)
        name = f"“{figure.indicator.name}”{_word(figure, check.figure)} {number(value)}"
        if check.relative_to == "none":
            side = rules.outside(value, check.low, check.high)
            bound = check.low if side == "low" else check.high
            return None if side is None or bound is None else (f"{name} {too(side)} {number(bound)}", [own])
        if check.relative_to == "target":
            base, of = figure.value, "目标值"
        else:
            of = check.base_kind or ""
            base = self.known.base(facts.unit.id, of, facts.round.ends_on.year)
        side = rules.outside(value, check.low, check.high, base) if base is not None else None
        bound = check.low if side == "low" else check.high
        if side is None or bound is None or base is None:
            return None
        shown = Shown(of, number(base), own=False)
        return f"{name} {too(side)}{of} {number(base)} 的 {number(bound)} 倍", [own, shown]

    def _slip(self, check: SlipCheck, facts: ReportFacts, figure: Figure, value: Decimal) -> Hit | None:
        of = check.base_kind or wording.AGAINST[check.against]
        if check.against == "base":
            base = self.known.base(facts.unit.id, of, facts.round.ends_on.year)
        else:
            base = figure.value if check.against == "target" else last(figure, check.figure)
        slip = rules.slipped(value, base, check.low, check.high, check.factors)
        if slip is None or base is None:
            return None
        side, factor = slip
        figures = [Shown(_label(figure, check.figure), number(value), own=True), Shown(of, number(base), own=False)]
        way = "大" if side == "high" else "小"
        name = f"“{figure.indicator.name}”{_word(figure, check.figure)} {number(value)}"
        message = f"{name} 像是{way}了{wording.times(factor)}倍"
        return f"{message}（{of} {number(base)}），请核对计量单位“{figure.measure.name}”", figures

    def _siblings(self, check: SiblingsCheck, facts: ReportFacts, figure: Figure, value: Decimal) -> Hit | None:
        group = self.known.siblings.get(
            (facts.task.parent_id, figure.indicator.id, facts.round.period)  # a promise has no siblings
        )
        if not group or facts.task.parent_id is None:
            return None
        year = facts.round.ends_on.year

        def share(unit: UUID, said: Decimal | None) -> Fraction | None:
            if said is None or check.base_kind is None:
                return None if said is None else Fraction(said)
            heads = self.known.base(unit, check.base_kind, year)
            return Fraction(said) / Fraction(heads) if heads else None

        mine = share(facts.unit.id, value)
        others = [
            share(unit, total if check.figure == "value" else month)
            for task, (unit, total, month) in group.items()
            if task != facts.task.id
        ]
        beside = [each for each in others if each is not None]
        found = rules.apart(mine, beside, check.low, check.high, check.least) if mine is not None else None
        bound = check.low if found and found[0] == "low" else check.high
        if found is None or mine is None or bound is None:
            return None
        side, middle = found
        each = f"按{check.base_kind}平均为 {number(mine)}，" if check.base_kind else ""
        message = f"“{figure.indicator.name}”{_word(figure, check.figure)} {number(value)}，{each}"
        return (
            f"{message}{too(side)} {len(beside)} 个同级单位中位数 {number(middle)} 的 {number(bound)} 倍",
            [
                Shown(_label(figure, check.figure), number(value), own=True),
                Shown("同级单位中位数", number(middle), own=False),
            ],
        )

    def _between(self, rule: Rule, facts: ReportFacts) -> Iterator[Finding]:
        """Ask about figures of several indicators, in this report and the unit's others; all of them must be there."""
        definition = rule.definition
        assert isinstance(definition, RatioCheck | SumCheck)  # noqa: S101 - the caller chose them
        own = {figure.indicator.id: figure for figure in facts.figures}
        here = [own[key] for key in rule.named if key in own]
        values = {key: self._figure(facts, own.get(key), key, definition.figure) for key in rule.named}
        taken = {key: value for key, value in values.items() if value is not None}
        if not here or len(taken) < len(rule.named):
            return
        words = {key: own[key].indicator.name if key in own else self.known.names.get(key, "…") for key in taken}
        shown = [Shown(words[key], number(value), own=key in own) for key, value in taken.items()]
        first, *rest = (f"“{words[key]}”{number(taken[key])}" for key in rule.named)
        if isinstance(definition, SumCheck):
            total, *parts = (taken[key] for key in rule.named)
            gap = rules.unbalanced(total, parts, definition.operator, definition.tolerance)
            if gap is not None:
                whole = number(Fraction(total) - gap)
                message = f"{first} 应 {wording.OPERATOR[definition.operator]} {' + '.join(rest)} = {whole}"
                yield self._finding(rule, facts, here[0], (f"{message}，相差 {number(abs(gap))}", shown))
            return
        side = rules.quotient(taken[definition.over], taken[definition.under], definition.low, definition.high)
        if side is None:
            return
        message = f"{first} ÷ {rest[0]}"
        if side == "zero":
            message += "：除数为 0"
        else:
            bound = definition.low if side == "low" else definition.high
            share = Fraction(taken[definition.over]) / Fraction(taken[definition.under])
            message += f" = {number(share)}，{too(side)} {number(bound or Decimal(0))}"
        yield self._finding(rule, facts, here[0], (message, shown))

    def _figure(self, facts: ReportFacts, figure: Figure | None, key: UUID, column: str) -> Decimal | None:
        """Return one figure: as it stands in this report, else the sum over the unit's other tasks."""
        if figure is not None:
            return getattr(figure.row, column) if figure.row is not None else None
        found = self.known.others.get((facts.unit.id, facts.round.period, key), {})
        said = [total if column == "value" else month for total, month in found.values()]
        known = [each for each in said if each is not None]
        return sum(known, Decimal(0)) if known else None

    def _finding(self, rule: Rule, facts: ReportFacts, figure: Figure, hit: Hit) -> Finding:
        message, figures = hit
        target = figure.target.id
        own = [each for each in figures if each.own]
        rows = self.known.said.get((target, facts.round.id), ())
        said = next(
            (row for row in reversed(rows) if row.rule_id == rule.id and [e for e in _shown(row) if e.own] == own), None
        )
        return Finding(
            rule_id=rule.id,
            rule_name=rule.name,
            kind=rule.definition.kind,
            severity=rule.severity,
            target_id=target,
            field=rule.definition.figure,
            message=f"{rule.message}（{message}）" if rule.message else message,
            figures=tuple(figures),
            said=_said(said, counts=True) if said else None,
        )


def _meant(rule: Rule, figure: Figure) -> bool:
    limits = rule.applies
    return (not limits.indicators or figure.indicator.id in limits.indicators) and (
        not limits.measures or figure.measure.name in limits.measures
    )


def _word(figure: Figure, column: str) -> str:
    """Return what the form calls a figure: a snapshot adds nothing up."""
    return FIGURE[column] if figure.indicator.accumulation == "cumulative" else "期末数"


def _label(figure: Figure, column: str) -> str:
    return f"{figure.indicator.name}{_word(figure, column)}"


def last(figure: Figure, column: str) -> Decimal | None:
    """Return the last figure: the cumulative one, or what the last period added to it."""
    if column == "value":
        return figure.previous
    # Of a corrected month both figures are known, the newer one last.
    past = {day: value for day, value, *_ in figure.past if day < figure.on}
    if not past or figure.indicator.accumulation != "cumulative":
        return None
    newest, *earlier = (past[day] for day in sorted(past, reverse=True))
    return newest - (earlier[0] if earlier else Decimal(0))


def _jump(check: JumpCheck, figure: Figure, value: Decimal) -> Hit | None:
    before = last(figure, check.figure)
    side = rules.jumped(value, before, check.low, check.high, check.difference)
    if side is None or before is None:
        return None
    word = _word(figure, check.figure)
    message = f"“{figure.indicator.name}”{word} {number(value)}"
    if side == "difference":
        gap = abs(value - before)
        message += f"，与上期 {number(before)} 相差 {number(gap)}，超过 {number(check.difference or Decimal(0))}"
    else:
        bound = check.low if side == "low" else check.high
        message += f" {too(side)}上期 {number(before)} 的 {number(bound or Decimal(0))} 倍"
    return message, [
        Shown(_label(figure, check.figure), number(value), own=True),
        Shown(f"上期{word}", number(before), own=False),
    ]


def _parts(check: SumCheck, facts: ReportFacts, figure: Figure, value: Decimal) -> Hit | None:
    """Compare a whole with its of-which lines, as soon as each of them has a figure."""
    parts = [each for each in facts.figures if each.indicator.part_of == figure.indicator.id]
    rows = [each.row for each in parts if each.row is not None]
    said: list[Decimal] = [part for row in rows if (part := getattr(row, check.figure)) is not None]
    if not parts or len(said) < len(parts):
        return None
    gap = rules.unbalanced(value, said, check.operator, check.tolerance)
    if gap is None:
        return None
    sum_ = " + ".join(f"“{each.indicator.name}”{number(part)}" for each, part in zip(parts, said, strict=True))
    whole = number(Fraction(value) - gap)
    message = f"“{figure.indicator.name}”{number(value)} 应 {wording.OPERATOR[check.operator]} 其中项 {sum_} = {whole}"
    shown = [Shown(_label(each, check.figure), number(part), own=True) for each, part in zip(parts, said, strict=True)]
    return f"{message}，相差 {number(abs(gap))}", [Shown(_label(figure, check.figure), number(value), own=True), *shown]


def _shown(row: FigureExplanation) -> Sequence[Shown]:
    return [Shown(**each) for each in row.figures]


def _said(row: FigureExplanation, *, counts: bool) -> Said:
    return Said(
        id=row.id,
        rule_id=row.rule_id,
        rule_name=row.rule_name,
        target_id=row.target_id,
        message=row.message,
        figures=tuple(_shown(row)),
        text=row.text,
        author_name=row.author_name,
        at=row.created_at,
        counts=counts,
    )
