"""What is done with reports."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import col, select

from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.kernel.db import Row
from minsheng.kernel.errors import Conflict, Locked, OwnWork
from minsheng.org.models import Unit
from minsheng.permissions import P
from minsheng.programmes.models import Programme
from minsheng.reports import forms
from minsheng.reports.entries import work_out
from minsheng.reports.facts import ReportFacts, facts_of, keep
from minsheng.reports.judged import Figure
from minsheng.reports.models import Report, ReportValue, Round
from minsheng.reports.schemas import ReportPatch
from minsheng.targets.models import Target


def is_split(session: Session, report: Report) -> None:
    """Let a unit stop reporting only what it has handed down.

    Raises:
        Conflict: it has not.
    """
    round_ = session.get(Round, report.round_id)
    if round_ is not None and round_.status == "void":
        return
    facts = facts_of(session, [report]).get(report.id)
    if not (facts and facts.split) and not any(verb == "issue" for verb in session.moving.values()):
        message = "任务没有分解给下级，仍须填报。"
        raise Conflict(message)


# Writing figures


def write(session: Session, report: Report, body: ReportPatch) -> bool:
    """Write what the clerk typed into a draft; return whether anything changed.

    Raises:
        Locked: the report has been submitted.
        Invalid: names every figure that is wrong.
        FigureConflict: a figure was changed by somebody else.
    """
    facts = facts_of(session, [report])[report.id]
    entry = work_out(facts, body)
    for name, said in {**entry.carried, **entry.words}.items():
        setattr(report, name, said)
    staged = [_staged(report, facts, figure, columns) for figure, columns in entry.figures]
    explained = _explain(session, facts, body)
    changed = bool(entry) or bool(explained)
    if changed:
        if not entry:
            forms.carry(facts)
        report.touched_at = clock.now()
        report.touched_by = session.caller.user_id if session.caller else None
        for row in staged:
            row.touched_at, row.touched_by = report.touched_at, report.touched_by
        session.add_all([report, *staged, *explained])
        session.flush()
        keep(session, facts)
    return changed


def _staged(report: Report, facts: ReportFacts, figure: Figure, columns: Mapping[str, Any]) -> ReportValue:
    row = figure.row or ReportValue(
        report_id=report.id,
        round_id=report.round_id,
        target_id=figure.target.id,
        item_id=facts.item.id,
        unit_id=report.unit_id,
        ends_on=facts.round.ends_on,
    )
    for name, value in columns.items():
        setattr(row, name, value)
    figure.put(row)
    return row


def _explain(session: Session, facts: ReportFacts, body: ReportPatch) -> list[Row]:
    """Return what the clerk says about figures that a check asks about, as they stand after this writing."""
    texts = {each.target_id: text for each in body.values if (text := (each.explanation or "").strip())}
    if not texts:
        return []
    return [row for inspector in facts.inspectors for row in inspector.explain(session, facts, texts)]


# Guards and effects of the life cycle


def ready_to_submit(session: Session, report: Report) -> None:
    """Refuse a report that is not complete (guide 5.2).

    Raises:
        Conflict: the month has not begun; or names every missing figure, unexplained fall and missing cause.
    """
    facts = facts_of(session, [report])[report.id]
    if clock.now() < facts.round.opens_at:
        message = f"{facts.round.words}填报期还没有开始，可以先填，到期再提交。"
        raise Conflict(message)
    problems = facts.problems()
    if problems:
        message = f"还有 {len(problems)} 处须补充：{problems[0].message}"
        raise Conflict(message, errors=problems)


def superior(session: Session, report: Report) -> None:
    """Let only somebody above the reporting unit review it.

    Raises:
        Conflict: the caller holds the right only in the reporting unit itself.
    """
    unit = session.get(Unit, report.unit_id)
    if unit is None or unit.parent_id is None or not session.access.in_area(P.REPORT_REVIEW, unit.parent_id):
        message = "须由填报单位的上级审核。"
        raise Conflict(message)


def owner_accepts(session: Session, report: Report) -> None:
    """Let only the office of the programme's owner accept, and only after the tier between has reviewed.

    The tier above the owner reads the owner's list but does not answer for it.

    Raises:
        Conflict: the caller is not the owner's office, or the tier between has not reviewed yet.
    """
    programme = session.get(Programme, report.programme_id)
    if programme is None or not session.access.sits(P.REPORT_ACCEPT, programme.unit_id):
        message = "须由计划的主办机构确认。"
        raise Conflict(message)
    unit = session.get(Unit, report.unit_id)
    direct = unit is not None and programme.unit_id in (unit.id, unit.parent_id)
    if report.status == "submitted" and not direct:
        message = "中间一级还没有审核。"
        raise Conflict(message)


def not_own_work(session: Session, report: Report) -> None:
    """Keep duties apart: who filed a report does not judge it (guide 2.4).

    Raises:
        OwnWork: it is the caller's own.
    """
    if session.caller and session.caller.user_id == report.submitted_by:
        message = "本人提交的报告，须由他人处理。"
        raise OwnWork(message)


def stamp(verb: str) -> object:
    """Return the effect that notes who made a move and when."""

    def effect(session: Session, report: Report, _body: object) -> None:
        setattr(report, f"{verb}_at", clock.now())
        setattr(report, f"{verb}_by", session.caller.user_id if session.caller else None)

    return effect


def freeze_previous(session: Session, report: Report, _body: object) -> None:
    """Keep the previous cumulative that the figures were reported against."""
    for fact in facts_of(session, [report])[report.id].figures:
        if fact.row is not None and fact.row.previous != fact.previous:
            fact.row.previous = fact.previous
            session.add(fact.row)


def clear_return(_session: Session, report: Report, _body: object) -> None:
    """Take the mark of a return off a report that comes in again."""
    report.returned = False


def mark_returned(_session: Session, report: Report, body: object) -> None:
    """Note why a report goes back."""
    report.returned = True
    report.return_reason = getattr(body, "reason", None)
    report.reviewed_at = report.reviewed_by = None


def plan_unused(session: Session, target: Target) -> None:
    """Lock a plan once figures were submitted against it.

    Raises:
        Locked: they were.
    """
    used = session.exec(
        select(Report.id)
        .join(Round, col(Round.id) == col(Report.round_id))
        .where(
            Report.task_id == target.task_id,
            Round.content == "figures",
            col(Report.status).not_in(["draft", "void"]),
        )
    ).first()
    if used is not None:
        message = "已有报告按这个计划提交，计划不能再改。"
        raise Locked(message)
