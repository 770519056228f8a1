"""How milestones stand today, and how many stand where: built, accepted and in use are three figures."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlmodel import col, select

from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.milestones.models import SETTLED, Milestone
from minsheng.milestones.schemas import MilestoneCounts
from minsheng.org.service import unit_names


def done_on(milestone: Milestone) -> date | None:
    """Return the day on which a milestone was reached; works are reached when built."""
    return milestone.built_on if milestone.kind == "works" else milestone.reached_on


def is_late(milestone: Milestone, today: date) -> bool:
    """Say whether the planned date has gone by without the milestone."""
    return milestone.status == "issued" and milestone.planned_on < today


def is_start_passed(milestone: Milestone, today: date) -> bool:
    """Say whether the latest start has gone by without a start."""
    start = milestone.start_on
    return bool(start and start < today and milestone.started_on is None and milestone.status in {"draft", "issued"})


def fixed_in(session: Session, programme_id: UUID) -> Sequence[Milestone]:
    """Return a programme's fixed milestones in the caller's scope, those of a task in their order."""
    return session.exec(
        select(Milestone)
        .where(Milestone.programme_id == programme_id, col(Milestone.status).in_(["issued", *SETTLED]))
        .order_by(col(Milestone.seq), col(Milestone.id))
    ).all()


def count(session: Session, fixed: Sequence[Milestone]) -> tuple[MilestoneCounts, list[MilestoneCounts]]:
    """Count milestones together and for each unit."""
    by_unit: dict[UUID, list[Milestone]] = defaultdict(list)
    for each in fixed:
        by_unit[each.unit_id].append(each)
    names = unit_names(session, set(by_unit))
    units = [_counts(group, unit, names.get(unit)) for unit, group in by_unit.items()]
    return _counts(fixed, None, None), sorted(units, key=lambda row: (row.unit_name or "", row.unit_id))


def _counts(group: Sequence[Milestone], unit_id: UUID | None, name: str | None) -> MilestoneCounts:
    today = clock.today()
    due = [each for each in group if each.planned_on <= today]
    works = [each for each in group if each.kind == "works"]
    on_time = [each for each in due if (day := done_on(each)) is not None and day <= each.planned_on]
    return MilestoneCounts(
        unit_id=unit_id,
        unit_name=name,
        fixed=len(group),
        due=len(due),
        on_time=len(on_time),
        late=sum(is_late(each, today) for each in group),
        done=sum(done_on(each) is not None for each in group),
        works=len(works),
        built=sum(each.built_on is not None for each in works),
        passed=sum(each.passed_on is not None for each in works),
        opened=sum(each.opened_on is not None for each in works),
        moved=sum(each.baseline_on is not None and each.baseline_on != each.planned_on for each in group),
    )
