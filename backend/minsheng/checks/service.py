"""What is done with check rules: drafts, shipped patterns, and what a rule would have held up."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from functools import cache
from importlib import resources
from typing import Any
from uuid import UUID

from sqlmodel import col, or_, select

from minsheng.checks import known as gathering
from minsheng.checks.judging import Checker
from minsheng.checks.known import Rule
from minsheng.checks.models import CheckRule
from minsheng.checks.schemas import (
    Applies,
    CheckHit,
    CheckRuleIn,
    CheckRulePatch,
    Definition,
    HitsOut,
    RuleCount,
    TrialIn,
    TrialOut,
    TrialPeriod,
)
from minsheng.kernel import clock, rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Conflict, FieldError, Invalid, invalid
from minsheng.kernel.ids import new_id
from minsheng.org.models import Unit
from minsheng.org.service import beneath
from minsheng.programmes.models import Indicator, Item, Programme
from minsheng.reports import versions
from minsheng.reports.checking import Finding
from minsheng.reports.facts import ReportFacts, facts_of
from minsheng.reports.models import Report, Round
from minsheng.reports.present import present_finding

MOST_HITS = 500
MOST_REPORTS = 3000
"""A trial looks at the newest of so many reports, and says so."""

HANDED_IN = ("submitted", "reviewed", "accepted")


@cache
def shipped() -> dict[str, dict[str, Any]]:
    """Return the patterns that come with the product, by code."""
    text = resources.files("minsheng.checks").joinpath("data/patterns.json").read_text(encoding="utf-8")
    found = {}
    for entry in json.loads(text):
        definition, applies = gathering.content(entry["definition"], entry["applies"])
        found[entry["code"]] = {**entry, "definition": stored(definition), "applies": stored(applies)}
    return found


def ensure_patterns(session: Session) -> None:
    """Give an installation the shipped patterns it does not have yet; one that was shipped is never rewritten."""
    kept = set(session.exec(select(CheckRule.code).where(col(CheckRule.unit_id).is_(None))).all())
    session.add_all(
        CheckRule(kind=entry["definition"]["kind"], **entry) for code, entry in shipped().items() if code not in kept
    )
    session.flush()


def stored(body: Definition | Applies) -> dict[str, Any]:
    """Return a content as it is kept: exact decimals as text."""
    return body.model_dump(mode="json")


# Drafts


def create(session: Session, body: CheckRuleIn) -> CheckRule:
    """Start a draft of a unit.

    Raises:
        NotFound: the unit is not visible.
        Invalid: names every programme, indicator, item and unit that is not there.
    """
    row = CheckRule(id=new_id(), unit_id=body.unit_id, based_on=body.based_on, **_columns(body))
    rows.fetch(session, Unit, body.unit_id)
    session.require(row)
    _refuse_unknown(session, body)
    session.add(row)
    session.flush()
    return row


def _columns(body: CheckRuleIn) -> dict[str, Any]:
    return {
        "programme_id": body.programme_id,
        "name": body.name,
        "kind": body.definition.kind,
        "severity": body.severity,
        "definition": stored(body.definition),
        "applies": stored(body.applies),
        "message": body.message or None,
    }


def as_in(row: CheckRule, **changed: Any) -> CheckRuleIn:  # noqa: ANN401 - fields of the schema
    """Return a row as it was sent, with changes."""
    names = ("programme_id", "name", "severity", "message", "based_on")
    definition, applies = gathering.content(row.definition, row.applies)
    kept = {name: getattr(row, name) for name in names}
    return CheckRuleIn.model_construct(
        **{"unit_id": row.unit_id, "definition": definition, "applies": applies, **kept, **changed}
    )


def change(session: Session, row: CheckRule, body: CheckRulePatch) -> None:
    """Change a draft."""
    session.require(row)
    for name in body.model_fields_set - {"programme_id", "message"}:
        if getattr(body, name) is None:
            raise invalid(f"/{name}", "null", "不能为空")
    made = as_in(row, **{name: getattr(body, name) for name in body.model_fields_set})
    _refuse_unknown(session, made)
    for name, value in _columns(made).items():
        setattr(row, name, value)
    session.add(row)
    session.flush()


def _refuse_unknown(session: Session, body: CheckRuleIn) -> None:
    errors = _unknown(session, body)
    if errors:
        raise Invalid(errors[0].message, errors=errors)


def _unknown(session: Session, body: CheckRuleIn) -> list[FieldError]:
    """Return what a rule names that is not there, not visible, or not of its programme."""
    errors = []
    if body.programme_id is not None and session.get(Programme, body.programme_id) is None:
        errors.append(FieldError(pointer="/programme_id", code="unknown-programme", message="没有这个计划"))
    definition = body.definition
    places: list[tuple[str, UUID]] = [
        (f"/applies/indicators/{index}", key) for index, key in enumerate(body.applies.indicators)
    ]
    if definition.kind == "sum":
        places += [("/definition/total", definition.total)] if definition.total else []
        places += [(f"/definition/parts/{index}", key) for index, key in enumerate(definition.parts)]
    elif definition.kind == "ratio":
        places += [("/definition/over", definition.over), ("/definition/under", definition.under)]
    of = dict(
        session.exec(
            select(Indicator.id, Indicator.programme_id).where(col(Indicator.id).in_({key for _, key in places}))
        ).all()
    )
    for pointer, key in places:
        if key not in of:
            errors.append(FieldError(pointer=pointer, code="unknown-indicator", message="没有这个指标"))
        elif body.programme_id not in {None, of[key]}:
            errors.append(FieldError(pointer=pointer, code="foreign-indicator", message="这个指标不属于所选计划"))
    kinds: tuple[tuple[str, Any, str], ...] = (("items", Item, "没有这个项目"), ("units", Unit, "没有这个单位"))
    for name, kind, message in kinds:
        keys: Sequence[UUID] = getattr(body.applies, name)
        there = set(session.exec(select(kind.id).where(kind.id.in_(keys))).all()) if keys else set()
        errors += [
            FieldError(pointer=f"/applies/{name}/{index}", code=f"unknown-{name[:-1]}", message=message)
            for index, key in enumerate(keys)
            if key not in there
        ]
    return errors


def sound(session: Session, row: CheckRule) -> None:
    """Refuse to switch on a rule that names what is not there.

    Raises:
        Conflict: names every place.
    """
    errors = _unknown(session, as_in(row))
    if errors:
        message = f"规则里有 {len(errors)} 处不存在，不能启用：{errors[0].message}"
        raise Conflict(message, errors=errors)


# What a rule would have done, and what the active ones found


def hits_of(facts: ReportFacts, findings: Collection[Finding], *, named: bool = True) -> list[CheckHit]:
    """Return findings with the places they stand at."""
    names = {each.target.id: each.indicator.name for each in facts.figures}
    disputes = {each.target.id: each.dispute for each in facts.figures}
    return [
        CheckHit(
            report_id=facts.report.id,
            programme_id=facts.programme.id,
            rule_id=each.rule_id if named else None,
            rule_name=each.rule_name,
            severity=each.severity,  # type: ignore[arg-type]
            period=facts.round.period,
            unit_name=facts.unit.name,
            item_code=facts.item.code,
            item_title=facts.item.title,
            indicator_name=names[each.target_id],
            target_id=each.target_id,
            status=facts.report.status,  # type: ignore[arg-type]
            message=each.message,
            figures=present_finding(each).figures,
            dispute=disputes[each.target_id],
            explanation=each.said.text if each.said else None,
            author_name=each.said.author_name if each.said else None,
            explained_at=each.said.at if each.said else None,
        )
        for each in findings
    ]


def attempt(session: Session, body: TrialIn) -> TrialOut:
    """Try a check on the last rounds: which reports that were handed in would have been stopped or asked about.

    Raises:
        NotFound: the unit is not visible.
        Invalid: the rule names what is not there.
    """
    unit = rows.fetch(session, Unit, body.unit_id)
    _refuse_unknown(session, body)
    where: list[Any] = [col(Report.unit_id).in_(beneath(session, unit)), col(Report.status).in_(HANDED_IN)]
    if body.programme_id:
        where.append(col(Report.programme_id) == body.programme_id)
    last: Any = (
        select(Round.ends_on, Report.period)  # type: ignore[call-overload]
        .join(Round, col(Round.id) == col(Report.round_id))
        .where(*where)
        .group_by(Round.ends_on, Report.period)
        .order_by(col(Round.ends_on).desc())
        .limit(body.rounds)
    )
    periods = [period for _, period in session.exec(last).all()]
    found = session.exec(
        select(Report)
        .where(*where, col(Report.period).in_(periods))
        .order_by(col(Report.period).desc(), col(Report.id))
        .limit(MOST_REPORTS + 1)
    ).all()
    cut = len(found) > MOST_REPORTS
    reports = versions.newest(found[:MOST_REPORTS])
    known = facts_of(session, reports)
    rule = Rule(
        new_id(),
        body.name,
        body.severity,
        body.unit_id,
        body.programme_id,
        body.definition,
        body.applies,
        body.message or None,
    )
    checker = Checker(gathering.gather(session, known.values(), trial=rule))
    seen: Counter[str] = Counter(facts.round.period for facts in known.values())
    held: Counter[str] = Counter()
    hits: list[CheckHit] = []
    for facts in known.values():
        findings = checker.findings(facts)
        held.update([facts.round.period] if findings else [])
        hits += hits_of(facts, findings, named=False)
    hits.sort(key=lambda each: (each.unit_name, each.item_code))
    return TrialOut(
        reports=seen.total(),
        held=held.total(),
        cut=cut,
        periods=[TrialPeriod(period=each, reports=seen[each], held=held[each]) for each in periods if seen[each]],
        hits=sorted(hits, key=lambda each: periods.index(each.period))[:MOST_HITS],
    )


def found_in(session: Session, programme: Programme, period: str | None) -> HitsOut:
    """Return what the active checks find in the reports of one period; without one, of the last that has begun."""
    if period is None:
        begun = session.exec(
            select(Round.period)
            .where(Round.programme_id == programme.id, Round.opens_at <= clock.now())
            .order_by(col(Round.ends_on).desc())
        ).first()
        period = begun or f"{clock.today():%Y-%m}"
    reports = versions.newest(
        session.exec(select(Report).where(Report.programme_id == programme.id, Report.period == period)).all()
    )
    hits: list[CheckHit] = []
    # An active check that found nothing is named too: a rule that never holds is worth a second look.
    rules = {
        row.id: (row.name, row.severity)
        for row in session.exec(
            select(CheckRule)
            .where(
                CheckRule.status == "active",
                col(CheckRule.unit_id).is_not(None),
                or_(col(CheckRule.programme_id).is_(None), col(CheckRule.programme_id) == programme.id),
            )
            .order_by(col(CheckRule.id))
        ).all()
    }
    tally: dict[UUID, Counter[str]] = defaultdict(Counter)
    for facts in facts_of(session, reports).values():
        findings = facts.findings()
        hits += hits_of(facts, findings)
        for each in findings:
            rules.setdefault(each.rule_id, (each.rule_name, each.severity))
            tally[each.rule_id].update(hits=1, explained=each.said is not None)
    return HitsOut(
        programme_id=programme.id,
        period=period,
        rules=[
            RuleCount(
                rule_id=key,
                rule_name=name,
                severity=severity,  # type: ignore[arg-type]
                hits=tally[key]["hits"],
                explained=tally[key]["explained"],
            )
            for key, (name, severity) in rules.items()
        ],
        hits=sorted(hits, key=lambda each: (each.explanation is not None, each.unit_name, each.item_code))[:MOST_HITS],
    )
