"""Reports as they are shown: figures, problems, what was changed and said, and what may be done."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.kernel.lifecycle import Action
from minsheng.permissions import P
from minsheng.plans import service as plans
from minsheng.reports import forms, rounds
from minsheng.reports.checking import Finding, Said
from minsheng.reports.contents import Difference
from minsheng.reports.facts import ReportFacts, facts_of
from minsheng.reports.judged import Figure
from minsheng.reports.models import Report, ReportComment, Round
from minsheng.reports.policy import COMMENT, REPORT
from minsheng.reports.schemas import (
    CellOut,
    CheckedFigure,
    ExplanationOut,
    FieldChangeOut,
    FindingOut,
    ReportCommentOut,
    ReportOut,
    RoundBrief,
)
from minsheng.rule_sets import service as rule_sets


def brief(round_: Round, now: datetime) -> RoundBrief:
    """Return the round of a report."""
    return RoundBrief(
        id=round_.id,
        period=round_.period,
        content=round_.content,  # type: ignore[arg-type]
        per=round_.per,  # type: ignore[arg-type]
        title=round_.title,
        state=round_.state(now),  # type: ignore[arg-type]
        due_at=round_.due_at,
        closes_at=round_.closes_at,
    )


def _cell(figure: Figure) -> CellOut:
    row = figure.row
    judged = figure.judgement
    return CellOut(
        target_id=figure.target.id,
        indicator_name=figure.indicator.name,
        measure_name=figure.measure.name,
        decimals=figure.measure.decimals,
        accumulation=figure.indicator.accumulation,  # type: ignore[arg-type]
        operator=figure.target.operator,  # type: ignore[arg-type]
        kind=figure.indicator.kind,  # type: ignore[arg-type]
        levels=figure.indicator.levels,
        numerator_name=figure.indicator.numerator_name,
        denominator_name=figure.indicator.denominator_name,
        per=figure.indicator.per,
        part_of=figure.indicator.part_of,
        target_value=figure.value,
        target_max=figure.in_force.aim.value_max,
        original_value=figure.terms.original,
        adjusted=figure.in_force.told(figure.known.deadline),
        plan_value=figure.plan_value,
        previous=figure.previous,
        current=row.current if row else None,
        value=row.value if row else None,
        numerator=row.numerator if row else None,
        denominator=row.denominator if row else None,
        basis=row.basis if row else "reported",  # type: ignore[arg-type]
        source_note=row.source_note if row else None,
        fall_reason=row.fall_reason if row else None,
        as_of=(row.as_of if row else None) or figure.on,
        source_basis=row.source_basis if row else figure.last_basis,  # type: ignore[arg-type]
        state=row.state if row else "final",  # type: ignore[arg-type]
        approx=row.approx if row else False,
        expected=row.expected if row else None,
        prefilled=forms.prefilled(figure),
        progress_pct=plans.progress_text(judged),
        light=judged.light,
        mark=rule_sets.mark(figure.rule_set, judged.light),
        explanation=judged.explanation,
        dispute=figure.dispute,
    )


def present_reports(session: Session, reports: Sequence[Report]) -> list[ReportOut]:
    """Return reports with their figures, problems and buttons."""
    known = facts_of(session, reports)
    now = clock.now()
    locked = rounds.lock_of(session, [facts.round for facts in known.values()])
    return [_report(session, known[report.id], now, locked) for report in reports if report.id in known]


def _report(session: Session, facts: ReportFacts, now: datetime, locked: rounds.Lock) -> ReportOut:
    report = facts.report
    draft = report.status == "draft"
    return ReportOut(
        id=report.id,
        version=report.version,
        programme_id=facts.programme.id,
        programme_name=facts.programme.name,
        item_id=report.item_id,
        item_code=facts.item.code if report.item_id else "",
        item_title=facts.item.title if report.item_id else facts.round.title or "",
        task_id=facts.task.id if report.item_id else None,
        unit_id=report.unit_id,
        unit_name=facts.unit.name,
        deadline=next((each.in_force.deadline for each in facts.figures), None) or facts.task.deadline,
        round=brief(facts.round, now),
        revision=report.revision,
        corrects_id=report.corrects_id,
        correction_reason=report.correction_reason,
        status=report.status,  # type: ignore[arg-type]
        returned=report.returned,
        return_reason=report.return_reason,
        excused=report.excused,
        late=rounds.late(facts.round, report.submitted_at),
        reopened_until=locked.reopened_until(report),
        note=report.note,
        cause_code=report.cause_code,  # type: ignore[arg-type]
        cause_note=report.cause_note,
        **{name: forms.shown(facts, name) for name in forms.CARRIED},
        submitted_at=report.submitted_at,
        reviewed_at=report.reviewed_at,
        accepted_at=report.accepted_at,
        corrected_by=facts.later.id if facts.later else None,
        changed_since=facts.baseline.kind if facts.baseline else None,  # type: ignore[arg-type]
        changes=present_changes(facts.changes(), {each.target.id: each.indicator.name for each in facts.figures}),
        comments=present_comments(session, facts.comments),
        open_comments=open_comments(facts),
        proposals=[text for text in facts.known.sentences if text not in (report.note or "")] if draft else [],
        prefill=forms.prefill(facts),
        cells=[_cell(figure) for figure in facts.figures],
        behind=facts.behind,
        problems=facts.problems() if draft else [],
        warnings=facts.warnings(),
        findings=[present_finding(each) for each in facts.findings()],
        explanations=[present_said(each) for inspector in facts.inspectors for each in inspector.said(facts)],
        actions=[] if locked(report) else [*REPORT.actions(session, report), *_correcting(session, facts)],
    )


def _correcting(session: Session, facts: ReportFacts) -> list[Action]:
    """Return the button that opens a correction: no move, since the report itself stays as it was accepted."""
    if facts.report.status != "accepted" or facts.later or not session.may(P.REPORT_EDIT, facts.report):
        return []
    return [Action(verb="correct", label="更正", enabled=True, reason=None)]


def present_finding(finding: Finding) -> FindingOut:
    """Return what a check found, with the explanation that counts."""
    return FindingOut(
        **{name: getattr(finding, name) for name in _FINDING},
        figures=[CheckedFigure.model_validate(each) for each in finding.figures],
        explanation=present_said(finding.said) if finding.said else None,
    )


_FINDING = ("rule_id", "rule_name", "kind", "severity", "target_id", "field", "message")


def present_said(said: Said) -> ExplanationOut:
    """Return what was said about a figure."""
    return ExplanationOut.model_validate(said)


def open_comments(facts: ReportFacts) -> int:
    """Return how many comments nobody has settled."""
    return sum(each.status == "open" for each in facts.comments)


def present_comments(session: Session, comments: Iterable[ReportComment]) -> list[ReportCommentOut]:
    """Return comments with their buttons."""
    return [
        ReportCommentOut.model_validate({**each.model_dump(), "actions": COMMENT.actions(session, each)})
        for each in comments
    ]


def present_changes(changes: Iterable[Difference], names: Mapping[UUID, str]) -> list[FieldChangeOut]:
    """Return differences with the names of what they are about."""
    return [
        FieldChangeOut(
            target_id=each.target,
            indicator_name=names.get(each.target) if each.target else None,
            field=each.field,
            label=each.label,
            old=each.old,
            new=each.new,
        )
        for each in changes
    ]
