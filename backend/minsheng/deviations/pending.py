"""What others ask about cases: which figures cannot be scored, how often they come back, what corrects them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlmodel import and_, col, or_, select

from minsheng.deviations.models import UNSETTLED, Deviation
from minsheng.kernel.access import Session
from minsheng.reports.models import Report


def unscorable(session: Session, programme: UUID) -> dict[UUID, frozenset[str]]:
    """Return, by target, the periods whose figure cannot be scored: for whoever scores.

    A figure cannot be scored while its case is open or answered, nor after a settlement for theirs until our report is
    corrected. Periods are those of the official figures; a cumulative figure carries a difference on, so whoever scores
    a later period asks about the earlier ones as well.
    """
    found: dict[UUID, set[str]] = defaultdict(set)
    for case in pending_cases(session, programmes=[programme]):
        found[case.target_id].add(case.period)
    return {target: frozenset(periods) for target, periods in found.items()}


def pending_cases(
    session: Session, *, programmes: Iterable[UUID] = (), targets: Iterable[UUID] = ()
) -> Sequence[Deviation]:
    """Return the cases under which a figure is marked, of lists or of targets, the oldest first."""
    column, keys = (Deviation.programme_id, programmes) if programmes else (Deviation.target_id, targets)
    return session.exec(
        select(Deviation)
        .where(
            col(column).in_(set(keys)),
            or_(
                col(Deviation.status).in_(UNSETTLED),
                and_(
                    Deviation.status == "settled",
                    Deviation.outcome == "theirs",
                    col(Deviation.corrected_on).is_(None),
                ),
            ),
        )
        .order_by(col(Deviation.id))
    ).all()


def is_pending(case: Deviation) -> bool:
    """Say the same of one case."""
    return case.status in UNSETTLED or (
        case.status == "settled" and case.outcome == "theirs" and case.corrected_on is None
    )


def recurrences(session: Session, cases: Sequence[Deviation]) -> Mapping[UUID, int]:
    """Count, for each case, the earlier ones of the same indicator and unit; struck ones are none (R139)."""
    known: dict[tuple[UUID, UUID], list[UUID]] = defaultdict(list)
    for indicator, unit, key in session.exec(
        select(Deviation.indicator_id, Deviation.unit_id, Deviation.id).where(
            col(Deviation.indicator_id).in_({each.indicator_id for each in cases}),
            col(Deviation.unit_id).in_({each.unit_id for each in cases}),
            Deviation.status != "void",
        )
    ).all():
        known[(indicator, unit)].append(key)
    return {each.id: sum(key < each.id for key in known[(each.indicator_id, each.unit_id)]) for each in cases}


def corrections(session: Session, cases: Sequence[Deviation]) -> Mapping[UUID, UUID]:
    """Return the newest correction of the report that each case is about, by case."""
    reports = {each.report_id: each.id for each in cases if each.report_id}
    found: dict[UUID, UUID] = {}
    level: dict[UUID, UUID] = {report: report for report in reports}
    while level:
        rows = session.exec(
            select(Report.corrects_id, Report.id).where(col(Report.corrects_id).in_(level), Report.status != "void")
        ).all()
        level = {later: level[before] for before, later in rows if before is not None}
        found |= {first: later for later, first in level.items()}
    return {each.id: found[each.report_id] for each in cases if each.report_id in found}
