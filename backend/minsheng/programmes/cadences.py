"""What is done with cadences: how often and by when a list is reported on."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import col, select

from minsheng.calendars import periods
from minsheng.calendars.periods import CutOff, Rule
from minsheng.calendars.rules import Calendar, CalendarMissing
from minsheng.calendars.service import calendar_of
from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Conflict, Duplicate, FieldError, WrongState, invalid
from minsheng.kernel.lifecycle import ReasonIn
from minsheng.programmes.cadence_schemas import CadenceIn, CadencePatch, CadenceTerms, Per, PreviewOut, PreviewRow
from minsheng.programmes.copies import followers, shifted
from minsheng.programmes.models import Cadence, Programme
from minsheng.programmes.schemas import CopyIn, ProgrammeIn
from minsheng.programmes.service import beginnings

EMPTY = Calendar(frozenset(), {})
"""The calendar of whoever asks for no working day."""

_TERMS = tuple(CadenceTerms.model_fields)
_MAY_BE_EMPTY = {"title", "tier", "from_on", "until_on"}
_WEEK_DAYS = 7


def rule_of(row: Cadence | CadenceTerms) -> Rule:
    """Return the pure rule a cadence stands for."""
    given: Sequence[Any] = row.cut_offs
    pairs = [each if isinstance(each, list) else (each.after, each.day) for each in given]
    return Rule(
        row.every,  # type: ignore[arg-type]
        tuple(CutOff(after, day) for after, day in pairs),
        row.hour,
        row.holiday,  # type: ignore[arg-type]
        row.later_by,
        row.open_after_days,
        row.close_after_days,
    )


def calendar_for(session: Session, rule: Rule, programme: Programme) -> Calendar:
    """Return the working days of a list's owner, if the rule asks for any."""
    return EMPTY if rule.holiday == "none" else calendar_of(session, programme.unit_id)


def usual(programme: Programme, body: ProgrammeIn | None = None) -> Cadence:
    """Return the monthly cadence a list starts with: the terms given with the list, or those everybody has."""
    return Cadence(
        programme_id=programme.id,
        unit_id=programme.unit_id,
        every="month",
        cut_offs=[[1, body.cut_off_day if body else 5]],
        hour=body.cut_off_hour if body else 18,
        close_after_days=body.close_after_days if body else 5,
    )


def of_programmes(session: Session, keys: Sequence[Any]) -> list[Cadence]:
    """Return the cadences of lists that are not void, oldest first."""
    return list(
        session.exec(
            select(Cadence)
            .where(col(Cadence.programme_id).in_(keys), Cadence.status != "void")
            .order_by(col(Cadence.id))
        ).all()
    )


def create(session: Session, body: CadenceIn) -> Cadence:
    """Add a cadence to a list, as a draft.

    Raises:
        WrongState: the list is closed.
        Invalid: the terms do not go together.
        Duplicate: the same units report the same thing in the same form already.
    """
    programme = rows.fetch(session, Programme, body.programme_id)
    terms = body.model_dump(exclude={"cut_offs", "per"}) | {"per": per_of(body)}
    cadence = Cadence(**terms, unit_id=programme.unit_id, cut_offs=_pairs(body))
    session.require(cadence)
    if programme.status == "closed":
        message = "计划已办结，不再填报。"
        raise WrongState(message)
    _check(session, cadence, body)
    session.add(cadence)
    session.flush()
    return cadence


def change(session: Session, cadence: Cadence, body: CadencePatch) -> None:
    """Change a cadence that is not started.

    Raises:
        Invalid: the terms do not go together.
        Duplicate: the same units report the same thing in the same form already.
    """
    for name, value in body.model_dump(exclude_unset=True, exclude={"cut_offs", "per"}).items():
        if value is None and name not in _MAY_BE_EMPTY:
            raise invalid(f"/{name}", "null", "不能为空")
        setattr(cadence, name, value)
    if "cut_offs" in body.model_fields_set:
        if body.cut_offs is None:
            raise invalid("/cut_offs", "null", "不能为空")
        cadence.cut_offs = _pairs(body)
    if body.per is not None or "content" in body.model_fields_set:
        terms = CadenceTerms.model_validate(terms_of(cadence) | {"per": body.per})
        check_terms(terms)
        cadence.per = per_of(terms)
    _check(session, cadence, CadenceTerms.model_validate(terms_of(cadence)))
    session.flush()


def terms_of(cadence: Cadence) -> dict[str, Any]:
    """Return the terms of a cadence as they travel."""
    terms = {name: getattr(cadence, name) for name in _TERMS}
    return {**terms, "cut_offs": [{"after": after, "day": day} for after, day in cadence.cut_offs]}


def _pairs(body: CadenceIn | CadencePatch) -> list[list[int]]:
    return [[each.after, each.day] for each in body.cut_offs or ()]


def per_of(terms: CadenceTerms) -> Per:
    """Return who answers: each task with its figures, each unit with a text unless the terms say otherwise."""
    return terms.per or ("unit" if terms.content == "document" else "task")


def check_terms(terms: CadenceTerms) -> None:
    """Refuse terms that do not go together.

    Raises:
        Invalid: names the field.
    """
    wanted = 3 if terms.every == "ten_days" else 1
    if len(terms.cut_offs) != wanted:
        raise invalid("/cut_offs", "count", "旬报须写上、中、下旬三个截止日" if wanted > 1 else "只能有一个截止日")
    for index, each in enumerate(terms.cut_offs):
        if terms.every == "week" and each.day > _WEEK_DAYS:
            raise invalid(f"/cut_offs/{index}/day", "weekday", "周报的截止日是星期一至星期日（1—7）")
    if terms.content == "figures" and terms.per == "unit":
        raise invalid("/per", "per-task", "数字按任务填报，只有材料可以每单位一份")
    if terms.content == "document" and not terms.title:
        raise invalid("/title", "missing", "报材料须写材料名称")
    if terms.from_on and terms.until_on and terms.until_on < terms.from_on:
        raise invalid("/until_on", "before-start", "结束日不能早于开始日")


def _check(session: Session, cadence: Cadence, terms: CadenceTerms) -> None:
    check_terms(terms)
    for other in of_programmes(session, [cadence.programme_id]):
        if other.id == cadence.id or other.status == "ended":
            continue
        same = (other.every, other.content) == (cadence.every, cadence.content)
        tiers = other.tier is None or cadence.tier is None or other.tier == cadence.tier
        if same and tiers and (cadence.content == "figures" or other.title == cadence.title):
            message = "这些单位已有同样的填报周期。"
            raise Duplicate(message, errors=[FieldError(pointer="/every", code="duplicate", message=message)])


def preview(session: Session, body: CadenceIn) -> PreviewOut:
    """Return the periods that terms would give over a list's span, with each cut-off before and after the policy.

    A year whose holidays are not known is said in its row, so that the others can be read.
    """
    programme = rows.fetch(session, Programme, body.programme_id)
    check_terms(body)
    rule = rule_of(body)
    calendar = calendar_for(session, rule, programme)
    first = max(programme.starts_on, body.from_on or programme.starts_on)
    last = min(programme.ends_on, body.until_on or programme.ends_on)
    found = []
    for period in periods.periods(rule.every, first, last):
        named = periods.named_on(rule, period)
        special = calendar.special.get(named)
        row: dict[str, Any] = {
            "period": period.key,
            "starts_on": period.starts_on,
            "ends_on": period.ends_on,
            "named_on": named,
        }
        try:
            dates = periods.dates(rule, period, calendar)
        except CalendarMissing as problem:
            row |= dict.fromkeys(("due_on", "opens_at", "due_at", "closes_at"))
            found.append(PreviewRow(**row, moved=False, why=problem.detail))
            continue
        moved = dates.due_on != named
        found.append(
            PreviewRow(
                **row,
                due_on=dates.due_on,
                opens_at=dates.opens_at,
                due_at=dates.due_at,
                closes_at=dates.closes_at,
                moved=moved,
                why=(special.name if special else "周末") if moved else None,
            )
        )
    return PreviewOut(words=periods.words(rule), rows=found)


# Guards and effects of the life cycle


def list_issued(session: Session, cadence: Cadence) -> None:
    """Start a cadence only in a list that is issued; with a draft list it starts by itself.

    Raises:
        Conflict: it is a draft, or closed.
    """
    programme = session.get(Programme, cadence.programme_id)
    if programme is None or programme.status != "issued":
        message = "计划下达时填报周期随之启用。" if programme and programme.status != "closed" else "计划已办结。"
        raise Conflict(message)


def incomplete(session: Session, cadence: Cadence) -> None:
    """Ask for more rounds only where some are missing.

    Raises:
        Conflict: they reach to the end.
    """
    programme = session.get(Programme, cadence.programme_id)
    if programme is None or (
        cadence.made_until is not None
        and cadence.made_until >= min(programme.ends_on, cadence.until_on or programme.ends_on)
    ):
        message = "填报期已全部生成。"
        raise Conflict(message)


def keep_reason(_session: Session, cadence: Cadence, body: ReasonIn) -> None:
    """Keep why a cadence ended."""
    cadence.end_reason = body.reason


def _follow(session: Session, source: Programme, made: Programme, body: CopyIn, _known: object) -> None:
    """Copy the cadences of a list with its catalogue, their own days moved with the year."""
    years = body.year - source.year
    for each in of_programmes(session, [source.id]):
        if each.status == "ended":
            continue
        terms = {name: getattr(each, name) for name in _TERMS}
        for name in ("from_on", "until_on"):
            terms[name] = shifted(terms[name], years) if terms[name] else None
        session.add(Cadence(**terms, programme_id=made.id, unit_id=made.unit_id))


def _begin(session: Session, programme: Programme, body: ProgrammeIn) -> None:
    session.add(usual(programme, body))


followers.append(_follow)
beginnings.append(_begin)
