"""Who asks for a change of what was issued, and who decides: the unit's own tier asks, a higher one answers (R019)."""

from uuid import UUID

from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Conflict, OwnWork
from minsheng.org.models import Unit
from minsheng.permissions import P
from minsheng.targets.models import TargetAdjustment, TaskState

Asked = TargetAdjustment | TaskState


def may_ask(session: Session, unit_id: UUID, giver_id: UUID | None = None) -> None:
    """Let only somebody who sits in the unit ask, or in the one that gave the task when ``giver_id`` is named.

    Raises:
        Conflict: the caller sits elsewhere.
    """
    if not any(session.access.sits(P.CHANGE_ASK, unit) for unit in {unit_id, giver_id or unit_id}):
        message = "须由承担单位自己申请。"
        raise Conflict(message)


def answering(session: Session, row: Asked) -> UUID:
    """Return the unit whose tier answers: the giver; for a unit's own promise the one above, or itself at the top."""
    if row.giver_id != row.unit_id:
        return row.giver_id
    unit = session.get(Unit, row.unit_id)
    return unit.parent_id if unit is not None and unit.parent_id is not None else row.unit_id


def higher_tier(session: Session, row: Asked) -> None:
    """Let only the tier above decide.

    Raises:
        Conflict: the caller's right ends below it.
    """
    if not session.access.in_area(P.CHANGE_DECIDE, answering(session, row)):
        message = "须由下达任务的上级批准。"
        raise Conflict(message)


def not_asked_by_oneself(session: Session, row: Asked) -> None:
    """Keep duties apart: who asks does not approve (guide 2.4).

    Raises:
        OwnWork: the caller asked.
    """
    if session.caller and session.caller.user_id == row.asked_by:
        message = "本人提出的申请，须由他人批准。"
        raise OwnWork(message)


def asks_oneself(session: Session, row: Asked) -> None:
    """Let only the unit that asked take its question back.

    Raises:
        Conflict: the caller sits elsewhere.
    """
    may_ask(session, row.unit_id, row.giver_id if isinstance(row, TaskState) else None)


def stamp_decision(session: Session, row: Asked, body: object) -> None:
    """Note who decided, for which unit, when and with what words."""
    row.decided_by = session.caller.user_id if session.caller else None
    row.decided_unit_id = session.caller.unit_id if session.caller else None
    row.decided_at = clock.now()
    row.decision = getattr(body, "decision", None) or getattr(body, "reason", None)
