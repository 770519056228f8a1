"""Who has taken note of a task that was handed down: the unit that carries it, and the departments that lead it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Forbidden
from minsheng.org.service import unit_names
from minsheng.permissions import P
from minsheng.programmes.models import ItemLead, Programme
from minsheng.targets.models import Acknowledgement, Task

NOT_YOURS = "由应签收的单位自己签收。"


@dataclass(frozen=True)
class Receipt:
    """When both sides took note."""

    unit: datetime | None = None
    lead: datetime | None = None


def ask(session: Session, task: Task, _body: object) -> None:
    """Ask the unit for a receipt, and the leading departments for one of what the owner itself gave.

    What a tier hands on below is its own business with its units: no department is asked for two hundred townships.
    """
    asked = [] if task.unit_id == task.giver_id else [(task.unit_id, "unit")]
    programme = session.get(Programme, task.programme_id)
    if programme is not None and task.giver_id == programme.unit_id:
        asked += [(each, "lead") for each in _leads(session, task.item_id) if each != task.unit_id]
    for by, side in asked:
        session.add(
            Acknowledgement(
                task_id=task.id,
                programme_id=task.programme_id,
                item_id=task.item_id,
                unit_id=task.unit_id,
                by_id=by,
                side=side,
            )
        )


def _leads(session: Session, item: UUID) -> list[UUID]:
    """Return who leads an item, asked once a transaction: a list is issued in some thousand tasks."""
    known: dict[UUID, list[UUID]] = session.info.setdefault("leads of items", {})
    if item not in known:
        known[item] = list(
            session.exec(
                select(ItemLead.department_id).where(
                    ItemLead.item_id == item, ItemLead.role == "lead", ItemLead.status != "ended"
                )
            ).all()
        )
    return known[item]


def own_side(session: Session, row: Acknowledgement) -> None:
    """Let each side sign for itself alone.

    Raises:
        Forbidden: the caller sits elsewhere.
    """
    if not session.access.sits(P.TASK_ACKNOWLEDGE, row.by_id):
        raise Forbidden(NOT_YOURS)


def stamp(session: Session, row: Acknowledgement, _body: object) -> None:
    """Note who took note, and when."""
    row.person_name, row.acknowledged_at = session.who.name, clock.now()


def of_tasks(session: Session, tasks: set[UUID]) -> list[tuple[Acknowledgement, str | None]]:
    """Return the receipts of tasks with the names of who is to give them."""
    found = session.exec(
        select(Acknowledgement).where(col(Acknowledgement.task_id).in_(tasks)).order_by(col(Acknowledgement.id))
    ).all()
    names = unit_names(session, {each.by_id for each in found})
    return [(each, names.get(each.by_id)) for each in found]


def receipts(session: Session, tasks: set[UUID]) -> dict[UUID, Receipt]:
    """Return when both sides took note; the lead's side counts once every department has."""
    found: dict[UUID, list[Acknowledgement]] = defaultdict(list)
    for each in session.exec(select(Acknowledgement).where(col(Acknowledgement.task_id).in_(tasks))).all():
        found[each.task_id].append(each)
    return defaultdict(
        Receipt,
        {
            task: Receipt(_last([e for e in asked if e.side == "unit"]), _last([e for e in asked if e.side == "lead"]))
            for task, asked in found.items()
        },
    )


def _last(asked: list[Acknowledgement]) -> datetime | None:
    moments = [each.acknowledged_at for each in asked]
    return max((each for each in moments if each), default=None) if None not in moments else None
