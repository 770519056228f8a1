"""Money for one purpose only (专款专用): whether a line may pay for a piece of work."""

from uuid import UUID

from minsheng.funds.models import FundLine
from minsheng.funds.refusals import WrongPurpose
from minsheng.kernel.access import Session
from minsheng.org.service import subtree
from minsheng.programmes.models import Item
from minsheng.targets.models import Task


def check(session: Session, line: FundLine, task: Task) -> None:
    """Refuse a task that a line's money is not for.

    Raises:
        WrongPurpose: another list, item, task or unit is named on the line.
    """
    fits(session, line, programme_id=task.programme_id, item_id=task.item_id, task_id=task.id, unit_id=task.unit_id)


def fits(
    session: Session,
    line: FundLine,
    *,
    programme_id: UUID,
    item_id: UUID | None,
    task_id: UUID | None,
    unit_id: UUID,
) -> None:
    """Refuse a piece of work that a line's money is not for; a line for a whole list or unit is for all in it.

    Raises:
        WrongPurpose: another list, item, task or unit is named on the line.
    """
    what = None
    if line.programme_id != programme_id:
        what = "计划"
    elif line.task_id is not None and line.task_id != task_id:
        what = "任务"
    elif line.item_id is not None and line.item_id not in _up(session, item_id):
        what = "项目"
    elif line.unit_id != unit_id and unit_id not in subtree(session, line.unit_id):
        what = "单位"
    if what:
        message = f"“{line.name}”的用途是“{line.purpose}”，不用于这个{what}。"
        raise WrongPurpose(message)


def _up(session: Session, item: UUID | None) -> set[UUID]:
    """Return an item and those above it in the catalogue."""
    found: set[UUID] = set()
    while item is not None and item not in found:
        found.add(item)
        row = session.get(Item, item)
        item = row.parent_id if row else None
    return found
