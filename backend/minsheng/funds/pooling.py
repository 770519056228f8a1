"""Several lines pay for one project (捆绑): what each gives is taken from its plan, and stays traceable."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from minsheng.funds import opening, purpose
from minsheng.funds.accounts import Kind
from minsheng.funds.models import FundLine, FundProject, FundShare, LedgerEntry
from minsheng.funds.reasons import PLANNING, yuan
from minsheng.funds.refusals import LineClosed, Overdraft
from minsheng.funds.schemas import FundProjectIn, FundShareIn
from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Duplicate, FieldError, invalid
from minsheng.org.models import Unit
from minsheng.org.service import subtree
from minsheng.programmes.models import Item, Programme
from minsheng.targets.models import Task


def create_project(session: Session, body: FundProjectIn) -> FundProject:
    """Enter a project that lines are going to pay for.

    Raises:
        NotFound: what it names is not visible.
        Invalid: what it names does not belong together.
        Duplicate: the books have a project of this code.
    """
    rows.fetch(session, Programme, body.programme_id)
    rows.fetch(session, Unit, body.unit_id)
    rows.fetch(session, Unit, body.keeper_id)
    project = FundProject(**{name: getattr(body, name) for name in type(body).model_fields})
    session.require(project)
    if body.task_id is not None:
        task = rows.fetch(session, Task, body.task_id)
        if task.programme_id != body.programme_id or body.item_id not in {None, task.item_id}:
            raise invalid("/task_id", "foreign", "任务不属于这个计划或项目。")
        project.item_id = task.item_id
    elif body.item_id is not None and rows.fetch(session, Item, body.item_id).programme_id != body.programme_id:
        raise invalid("/item_id", "foreign", "项目不属于这个计划。")
    if body.unit_id not in subtree(session, body.keeper_id):
        raise invalid("/unit_id", "foreign", "实施单位不在管账单位之下。")
    same = select(FundProject.id).where(FundProject.keeper_id == body.keeper_id, FundProject.code == body.code)
    if session.exec(same).first():
        raise _taken("/code", f"已有编号“{body.code}”的项目。")
    session.add(project)
    session.flush()
    return project


def _taken(pointer: str, message: str) -> Duplicate:
    return Duplicate(message, errors=[FieldError(pointer=pointer, code="duplicate", message=message)])


def create_share(session: Session, body: FundShareIn) -> FundShare:
    """Promise a part of a line's plan to a project.

    Raises:
        NotFound: the project or the line is not visible.
        WrongPurpose: the line's money is not for it.
        Duplicate: the line gives to it already.
        Overdraft: the line has not so much left in its plan.
    """
    project = rows.fetch(session, FundProject, body.project_id)
    line = rows.fetch(session, FundLine, body.line_id)
    share = FundShare(
        project_id=project.id,
        line_id=line.id,
        item_id=line.item_id,
        unit_id=line.unit_id,
        keeper_id=line.keeper_id,
        amount_fen=body.amount_fen,
    )
    session.require(share)
    purpose.fits(
        session,
        line,
        programme_id=project.programme_id,
        item_id=project.item_id,
        task_id=project.task_id,
        unit_id=project.unit_id,
    )
    _promise(session, line, body.amount_fen)
    same = select(FundShare.id).where(FundShare.project_id == project.id, FundShare.line_id == line.id)
    if session.exec(same).first():
        raise _taken("/line_id", "这项资金已捆绑到该项目，请修改份额。")
    session.add(share)
    session.flush()
    return share


def change_share(session: Session, share: FundShare, amount: int) -> None:
    """Give another amount to a project.

    Raises:
        Overdraft: the line has not so much left in its plan, or more was paid for the project already.
    """
    line = rows.fetch(session, FundLine, share.line_id)
    _promise(session, line, amount - share.amount_fen)
    paid = paid_for(session, [share.project_id]).get((share.project_id, share.line_id), 0)
    if amount < paid:
        message = f"已为该项目拨付{yuan(paid)}元，份额不能少于此数。"
        raise Overdraft(message, extra={"available_fen": paid, "asked_fen": amount})
    share.amount_fen = amount
    session.flush()


def _promise(session: Session, line: FundLine, fen: int) -> None:
    """Take so much of a line's plan for projects; it holds the line until the transaction ends."""
    at = opening.TOTALS
    after = at.shared + fen
    if opening.mark(session, line.id, at.state.in_(PLANNING), after >= 0, after <= at.planned, shared=after):
        return
    if line.status not in PLANNING:
        raise LineClosed("资金明细已办结或作废，不能捆绑。")
    raise Overdraft("计划投入扣除已捆绑的份额后不够。")


def paid_for(session: Session, projects: Collection[UUID]) -> dict[tuple[UUID, UUID], int]:
    """Return what was paid from each line for each project."""
    paid: dict[tuple[UUID, UUID], int] = {}
    statement = (
        select(LedgerEntry.project_id, LedgerEntry.line_id, LedgerEntry.kind, func.sum(LedgerEntry.fen))
        .where(
            col(LedgerEntry.project_id).in_(projects),
            col(LedgerEntry.kind).in_([Kind.DISBURSEMENT, Kind.BOUNCE]),
        )
        .group_by(col(LedgerEntry.project_id), col(LedgerEntry.line_id), col(LedgerEntry.kind))
    )
    for project, line, kind, fen in session.exec(statement).all():
        assert project is not None  # noqa: S101 - asked for by its id
        paid[project, line] = paid.get((project, line), 0) + (int(fen) if kind == Kind.DISBURSEMENT else -int(fen))
    return paid
