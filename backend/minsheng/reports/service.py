"""What is done with reports."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlmodel import col, select

from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.kernel.db import Row
from minsheng.kernel.errors import Conflict, FieldError, Invalid, Locked, OwnWork, Problem, invalid
from minsheng.org.models import Unit
from minsheng.permissions import P
from minsheng.programmes.models import Programme
from minsheng.reports import forms
from minsheng.reports.contents import WORDS
from minsheng.reports.facts import ReportFacts, facts_of, keep
from minsheng.reports.figures import FIGURES, figures
from minsheng.reports.judged import Figure
from minsheng.reports.models import Report, ReportValue, Round
from minsheng.reports.schemas import ReportPatch, ValueIn
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


ATTRIBUTES = ("as_of", "source_basis", "state", "approx", "expected")
"""What a figure rests on."""

ABSENT = {"state": "final", "approx": False}
"""What an attribute is where nothing was said; the others are empty then."""


class FigureConflict(Exception):  # noqa: N818 - not an error but an answer
    """Somebody else changed figures since the clerk saw them."""

    def __init__(self, conflicts: list[tuple[ReportValue, str, Decimal | None, Decimal | None]]) -> None:
        self.conflicts = conflicts


def write(session: Session, report: Report, body: ReportPatch, *, flush: bool = True) -> bool:
    """Write what the clerk typed into a draft; return whether anything changed.

    Whoever writes many reports may flush them together: ``flush`` leaves it to him.

    Raises:
        Locked: the report has been submitted.
        Invalid: names every figure that is wrong.
        FigureConflict: a figure was changed by somebody else.
    """
    if report.status != "draft":
        message = "报告已提交，不能再改；如需修改请先撤回或由审核人退回。"
        raise Locked(message)
    facts = facts_of(session, [report])[report.id]
    staged = _staged(report, facts, body)
    changed = _take_words(facts, body) or bool(staged)
    for row in staged:
        facts.by_target[row.target_id].put(row)
    explained = _explain(session, facts, body)
    changed = changed or bool(explained)
    if changed:
        forms.carry(facts, body.model_fields_set)
        report.touched_at = clock.now()
        report.touched_by = session.caller.user_id if session.caller else None
        for row in staged:
            row.touched_at, row.touched_by = report.touched_at, report.touched_by
        session.add_all([report, *staged, *explained])
        if flush:
            session.flush()
        keep(session, facts)
    return changed


def _staged(report: Report, facts: ReportFacts, body: ReportPatch) -> list[ReportValue]:
    """Work out all figures that were typed; return the rows to write."""
    errors: list[FieldError] = []
    conflicts: list[tuple[ReportValue, str, Decimal | None, Decimal | None]] = []
    staged: list[ReportValue] = []
    for index, each in enumerate(body.values):
        where = f"/values/{index}"
        try:
            if each.target_id in {earlier.target_id for earlier in body.values[:index]}:
                raise invalid(f"{where}/target_id", "duplicate", "同一目标写了两次")
            staged += _stage(report, facts, each, where, conflicts)
        except Problem as problem:
            errors += problem.errors
    if errors:
        raise Invalid(errors[0].message, errors=errors)
    if conflicts:
        raise FigureConflict(conflicts)
    return staged


def _explain(session: Session, facts: ReportFacts, body: ReportPatch) -> list[Row]:
    """Return what the clerk says about figures that a check asks about, as they stand after this writing."""
    texts = {each.target_id: text for each in body.values if (text := (each.explanation or "").strip())}
    if not texts:
        return []
    return [row for inspector in facts.inspectors for row in inspector.explain(session, facts, texts)]


def _take_words(facts: ReportFacts, body: ReportPatch) -> bool:
    """Take over what is said of the report as a whole; return whether any of it is not what the form shows.

    Raises:
        Invalid: a percentage beyond the whole, or a day of completion before the task began.
    """
    changed = False
    if body.physical_pct is not None and not 0 <= body.physical_pct <= 100:
        raise invalid("/physical_pct", "range", "形象进度百分比应在 0 至 100 之间")
    for name in body.model_fields_set & set(WORDS):
        said = getattr(body, name)
        said = None if said == "" else said
        before = forms.shown(facts, name) if name in forms.CARRIED else getattr(facts.report, name)
        if before != said:
            setattr(facts.report, name, said)
            changed = True
    return changed


def _stage(
    report: Report,
    facts: ReportFacts,
    each: ValueIn,
    where: str,
    conflicts: list[tuple[ReportValue, str, Decimal | None, Decimal | None]],
) -> list[ReportValue]:
    """Work out one figure; return the row to write, or nothing when it is already so."""
    fact = facts.by_target.get(each.target_id)
    if fact is None:
        raise invalid(f"{where}/target_id", "foreign-target", "这个目标不属于这份报告")
    given = each.model_fields_set
    if fact.row is None and given <= {"target_id", "explanation", "base"}:
        return []
    row = fact.row or ReportValue(
        report_id=report.id,
        round_id=report.round_id,
        target_id=each.target_id,
        item_id=facts.item.id,
        unit_id=report.unit_id,
        ends_on=facts.round.ends_on,
    )
    before = {name: getattr(row, name) for name in FIGURES}
    after = dict(before)
    if given & set(FIGURES):
        after |= figures(fact, each, before, where)
    if fact.row is not None and each.base is not None:
        conflicts += [
            (row, name, after[name], before[name])
            for name in FIGURES
            if name in given and before[name] not in (getattr(each.base, name), after[name])
        ]
    reason = each.fall_reason if "fall_reason" in given else row.fall_reason
    attributes = _attributes(fact, each, facts.round, where)
    same = all(getattr(row, name) == value for name, value in attributes.items())
    if fact.row is not None and same and (before, row.fall_reason) == (after, reason):
        return []
    row.previous, row.fall_reason = fact.previous, reason or None
    for name, value in attributes.items():
        setattr(row, name, value)
    for name, figure in after.items():
        setattr(row, name, figure)
    row.basis, row.source_note = "reported", None
    return [row]


def _attributes(fact: Figure, each: ValueIn, round_: Round, where: str) -> dict[str, Any]:
    """Return what the clerk says a figure rests on; of a new one the last report's source holds until he says another.

    Raises:
        Invalid: a day that has not come, or lies a year back.
    """
    given = each.model_fields_set
    found = {name: getattr(each, name) for name in ATTRIBUTES if name in given}
    found = {name: ABSENT.get(name) if value is None else value for name, value in found.items()}
    if fact.row is None:
        found.setdefault("source_basis", fact.last_basis)
    day = found.get("as_of")
    if day is not None and not round_.starts_on - timedelta(days=366) <= day <= max(round_.ends_on, clock.today()):
        raise invalid(f"{where}/as_of", "range", "截至日期不能晚于期末，也不能早于一年前")
    if found.get("as_of") == round_.ends_on:
        found["as_of"] = None
    return found


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
