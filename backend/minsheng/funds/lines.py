"""What is done with sources, lines, obligations and years."""

from typing import Any
from uuid import UUID

from sqlmodel import col, select

from minsheng.funds import ledger, opening
from minsheng.funds.accounts import Kind
from minsheng.funds.models import FundBalance, FundLine, FundObligation, FundSource, FundYear
from minsheng.funds.refusals import InUse
from minsheng.funds.schemas import (
    ConfirmIn,
    FundLineIn,
    FundLinePatch,
    FundObligationIn,
    FundSourceIn,
    FundSourcePatch,
    FundYearIn,
)
from minsheng.kernel import clock, rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Duplicate, FieldError, Locked, WrongState, invalid
from minsheng.kernel.fields import In
from minsheng.kernel.lifecycle import ReasonIn
from minsheng.org.models import Unit
from minsheng.org.service import subtree
from minsheng.programmes.models import Item, Programme
from minsheng.targets.models import Task


def _given(body: In, *left_out: str) -> dict[str, Any]:
    return {name: getattr(body, name) for name in type(body).model_fields if name not in left_out}


def create_source(session: Session, body: FundSourceIn) -> FundSource:
    """Enter a source of a list.

    Raises:
        NotFound: the list or the unit is not visible.
        Invalid: a tier without public money, or public money without one.
    """
    programme = rows.fetch(session, Programme, body.programme_id)
    rows.fetch(session, Unit, body.unit_id)
    source = FundSource(**_given(body), year=programme.year)
    session.require(source)
    if (body.kind == "fiscal") != (body.tier is not None):
        raise invalid("/tier", "tier", "财政资金须写明级次，其他来源不写级次。")
    session.add(source)
    session.flush()
    return source


def change_source(session: Session, source: FundSource, body: FundSourcePatch) -> None:
    """Change what was sent of a source.

    Raises:
        Locked: it is void.
        Invalid: a name or an amount is taken away.
    """
    if source.status != "active":
        raise Locked("资金来源已作废。")
    _lay(source, body, required={"name", "amount_fen", "approximate"})
    session.flush()


def _lay(row: Any, body: In, required: set[str]) -> None:  # noqa: ANN401 - a table class
    for name in body.model_fields_set:
        value = getattr(body, name)
        if value is None and name in required:
            raise invalid(f"/{name}", "none-required", "不能为空。")
        setattr(row, name, value)


def unused(session: Session, source: FundSource) -> None:
    """Refuse to void a source that lines were made from.

    Raises:
        InUse: it has lines that are not void.
    """
    taken = select(FundLine.id).where(FundLine.source_id == source.id, FundLine.status != "void").limit(1)
    if session.exec(taken).first():
        raise InUse("已有资金明细，请先作废明细。")


def create_line(session: Session, body: FundLineIn) -> FundLine:
    """Make a line from a source and note what is planned for it.

    Raises:
        NotFound: what it names is not visible.
        Duplicate: the source has a line of this code.
        Problem: what it names does not fit together.
    """
    source = rows.fetch(session, FundSource, body.source_id)
    line = FundLine(
        **_given(body, "planned_fen", "dated_on", "confirmed"),
        programme_id=source.programme_id,
        keeper_id=source.unit_id,
        year=source.year,
        status="active" if body.confirmed else "unconfirmed",
    )
    session.require(line)
    if source.status != "active":
        raise WrongState("资金来源已作废。")
    _place(session, line)
    same = select(FundLine.id).where(FundLine.source_id == source.id, FundLine.code == line.code).limit(1)
    if session.exec(same).first():
        message = f"这个来源已有编号“{line.code}”的明细。"
        raise Duplicate(message, errors=[FieldError(pointer="/code", code="duplicate", message=message)])
    opening.open_line(session, line)
    if body.planned_fen:
        paper = line.document_number or source.document_number or "年初计划"
        ledger.post(session, line, Kind.PLAN, body.planned_fen, dated_on=body.dated_on or clock.today(), paper=paper)
    return line


def _place(session: Session, line: FundLine) -> None:
    """See that task, item, unit and obligation of a line belong together.

    Raises:
        Invalid: one of them does not.
    """
    if line.task_id is not None:
        task = rows.fetch(session, Task, line.task_id)
        if task.programme_id != line.programme_id:
            raise invalid("/task_id", "foreign", "任务不属于这个计划。")
        if line.item_id not in {None, task.item_id}:
            raise invalid("/item_id", "foreign", "项目与任务的项目不同。")
        line.item_id = task.item_id
        if line.unit_id != task.unit_id:
            raise invalid("/unit_id", "foreign", "用款单位应是任务的单位。")
    elif line.item_id is not None and rows.fetch(session, Item, line.item_id).programme_id != line.programme_id:
        raise invalid("/item_id", "foreign", "项目不属于这个计划。")
    rows.fetch(session, Unit, line.unit_id)
    if line.unit_id not in subtree(session, line.keeper_id):
        raise invalid("/unit_id", "foreign", "用款单位不在管账单位之下。")
    if line.obligation_id is not None:
        _fulfils(session, line)


def _fulfils(session: Session, line: FundLine) -> None:
    found = rows.fetch(session, FundObligation, line.obligation_id)  # type: ignore[arg-type]
    if found.status != "active" or found.programme_id != line.programme_id:
        raise invalid("/obligation_id", "foreign", "配套要求不属于这个计划或已作废。")


def change_line(session: Session, line: FundLine, body: FundLinePatch) -> None:
    """Change what was sent of a line.

    Raises:
        Locked: it is closed, or its purpose was fixed by money that was noticed or came in.
        Invalid: a name is taken away, or an obligation does not fit.
    """
    if line.status not in {"unconfirmed", "active"}:
        raise Locked("资金明细已办结或作废。")
    moved = select(FundBalance.id).where(
        FundBalance.line_id == line.id, (col(FundBalance.allotted) != 0) | (col(FundBalance.direct) != 0)
    )
    if "purpose" in body.model_fields_set and body.purpose != line.purpose and session.exec(moved).first():
        raise Locked("已登记下达或到位，用途不能再改。")
    _lay(line, body, required={"name", "purpose", "usage"})
    if line.pressing_id is not None and "pressing_id" in body.model_fields_set:
        rows.fetch(session, Unit, line.pressing_id)
    if line.obligation_id is not None and "obligation_id" in body.model_fields_set:
        _fulfils(session, line)
    session.flush()


def confirm(session: Session, line: FundLine, body: ConfirmIn) -> None:
    """Note the paper that makes a line's money certain."""
    line.document_number, line.expected_on = body.document_number, None
    opening.mark(session, line.id, state="active")


def close_line(session: Session, line: FundLine, _body: object) -> None:
    """Close a line that holds no money any more.

    Raises:
        InUse: money is left on it or still to come.
    """
    at = opening.TOTALS
    if not opening.mark(session, line.id, at.cash == 0, at.due == 0, at.advanced == 0, state="closed"):
        raise InUse("还有结存、应到未到或已拨未支的资金，不能办结：请先支出、缴回或冲销。")


def reopen_line(session: Session, line: FundLine, body: ReasonIn) -> None:
    """Open a closed line again, and say why."""
    line.reason = body.reason
    opening.mark(session, line.id, state="active")


def void_line(session: Session, line: FundLine, body: ReasonIn) -> None:
    """Void a line on which nothing but its plan was noted.

    Raises:
        InUse: money was noticed, came in, or was promised to a project.
    """
    at = opening.TOTALS
    line.reason = body.reason
    nothing = (at.allotted == 0, at.direct == 0, at.works == 0, at.shared == 0)
    if not opening.mark(session, line.id, *nothing, state="void"):
        raise InUse("已有下达、到位、完成投资或捆绑份额，不能作废：请先冲销。")


def create_obligation(session: Session, body: FundObligationIn) -> FundObligation:
    """Enter what a place must add.

    Raises:
        NotFound: the list, the item or a unit is not visible.
        Invalid: the item is of another list.
    """
    rows.fetch(session, Programme, body.programme_id)
    rows.fetch(session, Unit, body.unit_id)
    rows.fetch(session, Unit, body.keeper_id)
    row = FundObligation(**_given(body))
    session.require(row)
    if body.item_id is not None and rows.fetch(session, Item, body.item_id).programme_id != body.programme_id:
        raise invalid("/item_id", "foreign", "项目不属于这个计划。")
    if body.unit_id not in subtree(session, body.keeper_id):
        raise invalid("/unit_id", "foreign", "承担配套的单位不在下达单位之下。")
    session.add(row)
    session.flush()
    return row


def close_year(session: Session, body: FundYearIn) -> FundYear:
    """Close a year in a unit's books.

    Raises:
        NotFound: the unit is not visible.
        Invalid: the year has not begun.
        Duplicate: it was closed before.
    """
    rows.fetch(session, Unit, body.unit_id)
    who = session.caller
    row = FundYear(**_given(body), author_name=who.name if who else "系统")
    session.require(row)
    if body.year > clock.today().year:
        raise invalid("/year", "future-date", "年度还没有开始。")
    if session.exec(select(FundYear.id).where(FundYear.unit_id == body.unit_id, FundYear.year == body.year)).first():
        message = f"{body.year}年度已有结账记录：反结账后请在原记录上再结账。"
        raise Duplicate(message, errors=[FieldError(pointer="/year", code="duplicate", message=message)])
    session.add(row)
    session.flush()
    opening.close_books(session, row)
    return row


def keeps(session: Session, unit: UUID) -> bool:
    """Say whether the caller may write in a unit's books by the permission he named."""
    return session.access.in_area(session.permission, unit)
