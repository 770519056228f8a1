"""What is asked for: written by the using unit, checked against task, lines, account and payee until handed in."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from minsheng.disbursements.duties import Payment
from minsheng.disbursements.models import BankAccount, Contract, Disbursement, DisbursementLine, Payee
from minsheng.disbursements.refusals import NotInUse, UnitMismatch
from minsheng.disbursements.schemas import DisbursementIn, DisbursementPatch, DrawIn
from minsheng.funds import purpose
from minsheng.funds.models import MOST_FEN, FundLine, FundProject
from minsheng.funds.refusals import WrongPurpose
from minsheng.kernel import rows
from minsheng.kernel.access import Session, refuse_locked
from minsheng.kernel.errors import FieldError, Problem, WrongState, invalid
from minsheng.milestones.models import Milestone
from minsheng.org.service import subtree
from minsheng.targets.models import Task

_NEEDED = frozenset({"account_id", "payee_id", "stage", "purpose", "urgent", "lines"})


def at(pointer: str, kind: type[Problem], message: str) -> Problem:
    """Return a refusal that names the field."""
    code = kind.code
    return kind(message, errors=[FieldError(pointer=pointer, code=code, message=message)])


def ask(session: Session, body: DisbursementIn) -> Disbursement:
    """Write a request as a draft.

    Raises:
        NotFound: task, line, account, payee, contract, milestone or project is not visible.
        Problem: they do not belong together.
    """
    task = rows.fetch(session, Task, body.task_id)
    lines = [rows.fetch(session, FundLine, draw.line_id) for draw in body.lines]
    row = Disbursement(
        **{name: getattr(body, name) for name in type(body).model_fields if name != "lines"},
        unit_id=task.unit_id,
        keeper_id=lines[0].keeper_id,
        programme_id=task.programme_id,
        item_id=task.item_id,
        amount_fen=_total(body.lines),
        hands=[str(session.who.user_id)],
    )
    session.require(row)
    if task.status != "issued":
        message = "任务下达后才能申请拨付。"
        raise WrongState(message)
    check(session, row, lines)
    session.add(row)
    session.flush()
    session.add_all(_draw(row, line, draw.fen) for line, draw in zip(lines, body.lines, strict=True))
    session.flush()
    return row


def change(session: Session, row: Disbursement, body: DisbursementPatch) -> None:
    """Change a request that is not handed in.

    Raises:
        Locked: it is.
        Problem: what it names does not belong together.
    """
    refuse_locked(session, row)
    for name in body.model_fields_set - {"lines"}:
        value = getattr(body, name)
        if value is None and name in _NEEDED:
            raise invalid(f"/{name}", "required", "不能为空")
        setattr(row, name, value)
    standing = draws_of(session, row)
    draws: Sequence[DrawIn | DisbursementLine] = standing
    if "lines" in body.model_fields_set:
        if body.lines is None:
            raise invalid("/lines", "required", "不能为空")
        draws = body.lines
    lines = [rows.fetch(session, FundLine, draw.line_id) for draw in draws]
    row.keeper_id = lines[0].keeper_id
    row.amount_fen = _total(draws)
    if (who := str(session.who.user_id)) not in row.hands:
        row.hands = [*row.hands, who]
    check(session, row, lines)
    session.add(row)
    if body.lines is not None:
        _replace(session, row, lines, body.lines)
    session.flush()


def _replace(session: Session, row: Disbursement, lines: Sequence[FundLine], draws: Sequence[DrawIn]) -> None:
    """Put new lines in the place of the old ones; what falls away stays with nothing on it."""
    found = session.exec(select(DisbursementLine).where(DisbursementLine.disbursement_id == row.id)).all()
    known = {each.line_id: each for each in found}
    wanted = {draw.line_id: draw.fen for draw in draws}
    for key, draw in known.items():
        draw.fen = wanted.get(key, 0)
        draw.keeper_id = row.keeper_id
        session.add(draw)
    session.add_all(_draw(row, line, wanted[line.id]) for line in lines if line.id not in known)


def _draw(row: Disbursement, line: FundLine, fen: int) -> DisbursementLine:
    return DisbursementLine(
        disbursement_id=row.id,
        line_id=line.id,
        item_id=row.item_id,
        unit_id=row.unit_id,
        keeper_id=row.keeper_id,
        fen=fen,
    )


def draws_of(session: Session, row: Disbursement) -> Sequence[DisbursementLine]:
    """Return what a payment draws on, in the order in which the ledger locks lines."""
    return session.exec(
        select(DisbursementLine)
        .where(DisbursementLine.disbursement_id == row.id, DisbursementLine.fen > 0)
        .order_by(col(DisbursementLine.line_id))
    ).all()


def _total(draws: Sequence[DrawIn | DisbursementLine]) -> int:
    seen: set[UUID] = set()
    for index, draw in enumerate(draws):
        if draw.line_id in seen:
            raise invalid(f"/lines/{index}/line_id", "duplicate", "同一资金明细只写一次")
        seen.add(draw.line_id)
    total = sum(draw.fen for draw in draws)
    if total > MOST_FEN:
        raise invalid("/lines", "amount-range", f"合计超过{MOST_FEN}分")
    return total


def check(session: Session, row: Disbursement, lines: Sequence[FundLine]) -> None:
    """Ask whether everything a request names belongs together: when it is written, handed in and paid.

    Raises:
        UnitMismatch: another unit's line, account or contract, or lines in different books.
        WrongPurpose: a line, an account or a project for something else.
        NotInUse: the account or the payee is out of use.
    """
    for index, line in enumerate(lines):
        fits(session, f"/lines/{index}/line_id", row, line)
    account = rows.fetch(session, BankAccount, row.account_id)
    payee = rows.fetch(session, Payee, row.payee_id)
    if account.unit_id != row.keeper_id:
        raise at("/account_id", UnitMismatch, "付款账户不是资金管理单位的账户。")
    if account.programme_id not in {None, row.programme_id}:
        raise at("/account_id", WrongPurpose, "这个专户只用于另一计划。")
    for pointer, found in (("/account_id", account), ("/payee_id", payee)):
        if found.status != "active":
            raise at(pointer, NotInUse, f"“{found.name}”已停用。")
    _works(session, row)


def _works(session: Session, row: Disbursement) -> None:
    """Ask whether contract, milestone and project are those of the task."""
    if row.contract_id:
        contract = rows.fetch(session, Contract, row.contract_id)
        if contract.task_id != row.task_id:
            raise at("/contract_id", UnitMismatch, "合同属于另一任务。")
        if contract.payee_id != row.payee_id:
            raise at("/payee_id", UnitMismatch, "收款单位不是合同乙方。")
    if row.milestone_id and rows.fetch(session, Milestone, row.milestone_id).task_id != row.task_id:
        raise at("/milestone_id", UnitMismatch, "节点属于另一任务。")
    if row.project_id and rows.fetch(session, FundProject, row.project_id).unit_id != row.unit_id:
        raise at("/project_id", UnitMismatch, "捆绑项目属于另一单位。")


def fits(session: Session, pointer: str, row: Payment, line: FundLine) -> None:
    """Ask whether a line's money may go there.

    Raises:
        UnitMismatch: it is another unit's, or in other books.
        WrongPurpose: it is earmarked for something else.
    """
    if line.keeper_id != row.keeper_id:
        raise at(pointer, UnitMismatch, "几条资金明细由不同单位管理，请分开申请。")
    if line.unit_id != row.unit_id and row.unit_id not in subtree(session, line.unit_id):
        raise at(pointer, UnitMismatch, f"资金明细“{line.name}”不是给本单位的资金。")
    try:
        purpose.fits(
            session,
            line,
            programme_id=row.programme_id,
            item_id=row.item_id,
            task_id=row.task_id,
            unit_id=row.unit_id,
        )
    except WrongPurpose as problem:
        raise at(pointer, WrongPurpose, problem.detail) from None
