"""Lines are opened, frozen and moved: what the ledger's guard asks is set here, in the transaction of the change."""

from typing import Any
from uuid import UUID

from sqlalchemy import insert, update

from minsheng.funds.accounts import Account
from minsheng.funds.ledger import Subject
from minsheng.funds.models import FundBalance, FundFreeze, FundLine
from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.kernel.ids import new_id

_BALANCES = FundBalance.__table__  # type: ignore[attr-defined]
_AMOUNTS = (*Account, "paid", "recovered", "shared")


def open_line(session: Session, line: FundLine, *, closed_through: int = 0) -> None:
    """Add a line with its totals, which begin at nothing."""
    session.add(line)
    session.flush()
    session.connection().execute(
        insert(_BALANCES).values(
            id=new_id(),
            version=1,
            created_at=clock.now(),
            line_id=line.id,
            item_id=line.item_id,
            unit_id=line.unit_id,
            keeper_id=line.keeper_id,
            state=line.status,
            freezes=0,
            closed_through=closed_through,
            entries=0,
            **dict.fromkeys(_AMOUNTS, 0),
        )
    )


def mark(session: Session, line_id: UUID, **values: Any) -> None:  # noqa: ANN401 - columns of the totals
    """Set what the guard asks of one line; it holds the line's row until the transaction ends."""
    session.connection().execute(update(_BALANCES).where(_BALANCES.c.line_id == line_id).values(**values))


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
    mark(session, line.id, freezes=_BALANCES.c.freezes + 1)
    return found
