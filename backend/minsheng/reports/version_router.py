"""Versions of a report, what differs between them, and what was reported before, over HTTP."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from sqlmodel import col, select

from minsheng.kernel import quantity, rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import IfMatch, allow
from minsheng.kernel.errors import NotFound
from minsheng.kernel.http import Route
from minsheng.kernel.lifecycle import ReasonIn
from minsheng.permissions import P
from minsheng.plans import rules
from minsheng.programmes.models import Indicator, Item
from minsheng.reports import contents, versions
from minsheng.reports.facts import ReportFacts, facts_of
from minsheng.reports.forms import UNSAID
from minsheng.reports.judged import Figure
from minsheng.reports.models import COUNTED, Report, ReportValue
from minsheng.reports.present import present_changes, present_reports
from minsheng.reports.schemas import (
    ApprovalOut,
    ComparedOut,
    ComparisonOut,
    PastFigure,
    ReportOut,
    VersionOut,
    VersionsOut,
)
from minsheng.targets.models import Target

router = APIRouter(tags=["reports"], route_class=Route)

Reading = Annotated[Session, allow(P.REPORT_READ)]


@router.post("/reports/{id}/corrections", summary="更正", operation_id="correctReport", status_code=201)
def correct(
    id: UUID,  # noqa: A002
    body: ReasonIn,
    version: IfMatch,
    response: Response,
    session: Annotated[Session, allow(P.REPORT_EDIT)],
) -> ReportOut:
    """Begin the next version of an accepted report; the accepted one counts until the new one is reviewed."""
    made = versions.open_correction(session, rows.hold(session, Report, id, version), body.reason)
    rows.tag(response, made)
    return present_reports(session, [made])[0]


@router.get("/reports/{id}/versions", summary="各版与改动", operation_id="getReportVersions")
def list_versions(id: UUID, session: Reading) -> VersionsOut:  # noqa: A002
    """Return every version of a report with what differs from the one before, and what was approved of each."""
    found = versions.every(session, rows.fetch(session, Report, id))
    figures = contents.rows_of(session, {each.id for each in found})
    approvals = contents.approvals(session, {each.id for each in found})
    names = _names(session, {row.target_id for group in figures.values() for row in group})
    before: contents.Snapshot | None = None
    items = []
    for each in found:
        now = contents.taken(each, figures[each.id])
        changes = contents.differences(before, now) if before else []
        before = now
        items.append(
            VersionOut(
                report_id=each.id,
                revision=each.revision,
                status=each.status,  # type: ignore[arg-type]
                counts=each.status in COUNTED,
                reason=each.correction_reason,
                touched_at=each.touched_at,
                submitted_at=each.submitted_at,
                reviewed_at=each.reviewed_at,
                accepted_at=each.accepted_at,
                approvals=[
                    ApprovalOut(
                        verb=row.verb,  # type: ignore[arg-type]
                        approver_name=row.approver_name,
                        approved_at=row.approved_at,
                        changes=present_changes(contents.differences(contents.approved(row), now), names),
                    )
                    for row in approvals[each.id]
                ],
                changes=present_changes(changes, names),
            )
        )
    return VersionsOut(items=items)


def _names(session: Session, targets: set[UUID]) -> dict[UUID, str]:
    return dict(
        session.exec(
            select(Target.id, Indicator.name)
            .join(Indicator, col(Indicator.id) == col(Target.indicator_id))
            .where(col(Target.id).in_(targets))
        ).all()
    )


@router.get("/reports/{id}/comparison", summary="与上期、去年同月相比", operation_id="getReportComparison")
def compare(id: UUID, session: Reading) -> ComparisonOut:  # noqa: A002
    """Return each figure beside the last one handed in before it and the one of the same month of last year."""
    report = rows.fetch(session, Report, id)
    facts = facts_of(session, [report]).get(report.id)
    if facts is None:
        raise NotFound
    last = _last(session, facts)
    year = _last_year(session, facts)
    return ComparisonOut(
        report_id=report.id,
        period=report.period,
        items=[_compared(each, last.get(each.target.id), year.get(each.target.id)) for each in facts.figures],
    )


_PAST = (
    ReportValue.ends_on,
    Report.period,
    ReportValue.current,
    ReportValue.value,
    ReportValue.numerator,
    ReportValue.denominator,
)


def _past(row: Sequence[Any], figure: Figure | None = None) -> PastFigure:
    """Return a figure of another period, beside the plan of that day where it is one of the same target."""
    ends_on, *said = row
    names = ("period", "current", "value", "numerator", "denominator")
    told = dict(zip(names, said, strict=True))
    share = figure.case.share(told["value"], ends_on) if figure else None
    return PastFigure(
        **told,
        plan_value=figure.plan_on(ends_on) if figure else None,
        progress_pct=None if share is None else rules.percent_clear_of(share, [Fraction(1)]),
    )


def _last(session: Session, facts: ReportFacts) -> dict[UUID, PastFigure]:
    found = session.exec(
        select(ReportValue.target_id, *_PAST)  # type: ignore[call-overload]
        .join(Report, col(Report.id) == col(ReportValue.report_id))
        .where(
            col(ReportValue.target_id).in_(facts.by_target),
            ReportValue.ends_on < facts.round.ends_on,
            col(ReportValue.value).is_not(None),
            col(Report.status).not_in(UNSAID),
        )
        .order_by(col(ReportValue.ends_on), col(Report.revision))
    ).all()
    # In the order of their days, so that the last one of each target stays.
    return {target: _past(row, facts.by_target[target]) for target, row in {key: row for key, *row in found}.items()}


def _last_year(session: Session, facts: ReportFacts) -> dict[UUID, PastFigure]:
    """Look for the same month of last year: of the same target, or of the item this year's was copied from."""
    year, rest = facts.round.period[:4], facts.round.period[4:]
    items = {facts.item.id, facts.item.predecessor_item_id} - {None}
    found = session.exec(
        select(Target.id, Indicator.name, Indicator.measure_id, *_PAST)  # type: ignore[call-overload]
        .join(Report, col(Report.id) == col(ReportValue.report_id))
        .join(Target, col(Target.id) == col(ReportValue.target_id))
        .join(Indicator, col(Indicator.id) == col(Target.indicator_id))
        .join(Item, col(Item.id) == col(Report.item_id))
        .where(
            col(Report.item_id).in_(items),
            Report.unit_id == facts.unit.id,
            Report.period == f"{int(year) - 1}{rest}",
            col(Report.status).in_(COUNTED),
        )
    ).all()
    then = {}
    for target, name, measure, *row in found:
        for each in facts.figures:
            same = (each.indicator.name, each.indicator.measure_id) == (name, measure)
            if each.target.id == target or same:
                then[each.target.id] = _past(row)
    return then


def _compared(figure: Figure, last: PastFigure | None, year: PastFigure | None) -> ComparedOut:
    row = figure.row
    current, value = (row.current, row.value) if row else (None, None)
    return ComparedOut(
        target_id=figure.target.id,
        indicator_name=figure.indicator.name,
        measure_name=figure.measure.name,
        current=current,
        value=value,
        plan_value=figure.plan_value,
        last=last,
        last_year=year,
        current_change=_less(current, last.current if last else None),
        value_change=_less(value, last.value if last else None),
        plan_change=_less(figure.plan_value, last.plan_value if last else None),
        value_change_year=_less(value, year.value if year else None),
    )


def _less(now: Decimal | None, then: Decimal | None) -> Decimal | None:
    return None if now is None or then is None else quantity.total((now, then.copy_negate()))
