"""Lines are opened, frozen and closed: what the ledger's guard asks is set here, in the transaction of the change."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlmodel import col

from minsheng.funds.accounts import Account
from minsheng.funds.ledger import Subject
from minsheng.funds.models import FundBalance, FundFreeze, FundLine, FundYear
from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.kernel.ids import new_id

TOTALS = FundBalance.__table__.c  # type: ignore[attr-defined]
_AMOUNTS = (*Account, "paid", "recovered", "shared")


def open_line(session: Session, line: FundLine) -> None:
    """Add a line with its totals, which begin at nothing."""
    session.add(line)
    session.flush()
    session.connection().execute(
        insert(FundBalance).values(
            id=new_id(),
            version=1,
            created_at=clock.now(),
            line_id=line.id,
            item_id=line.item_id,
            unit_id=line.unit_id,
            keeper_id=line.keeper_id,
            state=line.status,
            freezes=0,
            closed_through=_closed_through(session, line.keeper_id),
            entries=0,
            **dict.fromkeys(_AMOUNTS, 0),
        )
    )


def mark(session: Session, line_id: UUID, *conditions: ColumnElement[bool], **values: Any) -> bool:  # noqa: ANN401
    """Set what the guard asks of one line, if its totals allow it; hold the line until the transaction ends."""
    changed = session.connection().execute(
        update(FundBalance).where(TOTALS.line_id == line_id, *conditions).values(**values)
    )
    return changed.rowcount == 1


def freeze(session: Session, line: FundLine, reason: str, subject: Subject | None = None) -> FundFreeze:
    """Keep money from leaving a line until this freeze is lifted; a finding names itself as the subject."""
    who = session.caller
    found = FundFreeze(
        line_id=line.id,
        item_id=line.item_id,
        unit_id=line.unit_id,
        keeper_id=line.keeper_id,
        reason=reason,
        subject_kind=subject.kind if subject else None,
        subject_id=subject.id if subject else None,
        author_id=who.user_id if who else None,
        author_name=who.name if who else "系统",
    )
    session.add(found)
    session.flush()
    mark(session, line.id, freezes=TOTALS.freezes + 1)
    return found


def lift(session: Session, frozen: FundFreeze, reason: str) -> None:
    """Note who lifts a freeze and why; the line is free when it was the last one."""
    who = session.caller
    frozen.lifted_reason, frozen.lifted_at = reason, clock.now()
    frozen.lifted_by, frozen.lifted_name = (who.user_id, who.name) if who else (None, "系统")
    mark(session, frozen.line_id, freezes=TOTALS.freezes - 1)


def close_books(session: Session, year: FundYear) -> None:
    """Let nothing more be dated in a year, on any line of the unit's books."""
    session.connection().execute(
        update(FundBalance)
        .where(TOTALS.keeper_id == year.unit_id, TOTALS.closed_through < year.year)
        .values(closed_through=year.year)
    )


def reopen_books(session: Session, year: FundYear) -> None:
    """Let a year's books be written again, down to the last year that stays closed."""
    session.flush()
    last = _closed_through(session, year.unit_id)
    session.connection().execute(
        update(FundBalance)
        .where(TOTALS.keeper_id == year.unit_id, TOTALS.closed_through > last)
        .values(closed_through=last)
    )


def _closed_through(session: Session, keeper: UUID) -> int:
    found = session.execute(
        select(func.max(col(FundYear.year))).where(col(FundYear.unit_id) == keeper, col(FundYear.status) == "closed")
    ).scalar_one()
    return int(found or 0)
