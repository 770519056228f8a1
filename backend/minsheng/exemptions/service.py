"""What is done with exemptions."""

from sqlmodel import col, select

from minsheng.exemptions.models import Exemption
from minsheng.exemptions.schemas import ExemptionIn
from minsheng.kernel import clock, rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Conflict, Duplicate, FieldError, OwnWork, WrongState, invalid
from minsheng.kernel.lifecycle import DecisionIn, ReasonIn
from minsheng.org.models import Unit
from minsheng.permissions import P
from minsheng.programmes.models import Programme
from minsheng.targets.models import Target


def ask(session: Session, body: ExemptionIn) -> Exemption:
    """Ask for an exemption of one target for some days.

    Raises:
        WrongState: the target is not handed down.
        Invalid: the days are out of order or outside the programme.
        Duplicate: another one covers some of the days.
    """
    target = rows.fetch(session, Target, body.target_id)
    row = Exemption(
        **body.model_dump(),
        programme_id=target.programme_id,
        item_id=target.item_id,
        unit_id=target.unit_id,
        giver_id=target.giver_id,
        asked_by=session.caller.user_id if session.caller else None,
    )
    session.require(row)
    if target.status != "issued":
        message = "任务下达后才能申请。"
        raise WrongState(message)
    programme = rows.fetch(session, Programme, target.programme_id)
    if body.ends_on < body.starts_on:
        raise invalid("/ends_on", "before-start", "结束日不能早于开始日")
    for name in ("starts_on", "ends_on"):
        if not programme.starts_on <= getattr(body, name) <= programme.ends_on:
            raise invalid(f"/{name}", "outside", "应在计划起止日期之内")
    other = session.exec(
        select(Exemption.id).where(
            Exemption.target_id == target.id,
            col(Exemption.status).in_(["asked", "approved"]),
            Exemption.starts_on <= body.ends_on,
            Exemption.ends_on >= body.starts_on,
        )
    ).first()
    if other is not None:
        message = "这些日子已有一份申请。"
        raise Duplicate(message, errors=[FieldError(pointer="/starts_on", code="duplicate", message=message)])
    session.add(row)
    session.flush()
    return row


def superior(session: Session, row: Exemption) -> None:
    """Let only the tier above decide: whoever gave the task, and for one's own promise the tier above its owner.

    Raises:
        Conflict: the caller holds the right only below.
    """
    giver = row.giver_id
    if giver == row.unit_id:
        unit = session.get(Unit, row.unit_id)
        giver = unit.parent_id if unit is not None and unit.parent_id else giver
    if not session.access.in_area(P.EXEMPTION_DECIDE, giver):
        message = "须由上一级批准。"
        raise Conflict(message)


def not_own(session: Session, row: Exemption) -> None:
    """Keep duties apart: who asks does not decide.

    Raises:
        OwnWork: it is the caller's own.
    """
    if session.caller and session.caller.user_id == row.asked_by:
        message = "本人提出的申请，须由他人批准。"
        raise OwnWork(message)


def decide(session: Session, row: Exemption, body: DecisionIn | ReasonIn | None) -> None:
    """Note who decided, when, and in which words."""
    row.decided_by = session.caller.user_id if session.caller else None
    row.decided_at = clock.now()
    row.decision = body.reason if isinstance(body, ReasonIn) else body.decision if body else None
