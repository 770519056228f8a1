"""Rows written as sets are refused what a flush is refused, and the record tells of them what it tells of a flush."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import orjson
import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from minsheng.identity.models import User
from minsheng.kernel import rowsets
from minsheng.kernel.access import Access, AccessError, Session
from minsheng.kernel.errors import Forbidden, RoundClosed, Stale
from minsheng.kernel.writing import change_many, create_many
from minsheng.org.models import Unit
from minsheng.permissions import P
from minsheng.reports.models import Report, ReportValue

if TYPE_CHECKING:
    from uuid import UUID

    from tests.contract.conftest import Prepared

COLUMNS = ("id", "version", "unit_id", "item_id", "round_id", "task_id", "status", "note", "touched_by")
KEYS = ("id", "version", "report_id", "round_id", "target_id", "item_id", "unit_id", "ends_on", "value")


def opened(prepared: Prepared, username: str, *, write: bool = True) -> Session:
    """Return a session of a person, as his request would have it."""
    engine = prepared.app.state.database.engine
    session = Session(engine, access=Access.system("control"), write=write, permission=P.REPORT_EDIT)
    session.connection(execution_options={"minsheng_write": write})
    key = session.exec(select(User.id).where(User.username == username)).one()
    session.caller = prepared.app.state.authenticate.person(session, key)
    session.access = session.caller.access
    session.request_id = "sets"
    return session


def columns_of(session: Session, kind: Any, names: tuple[str, ...], *where: Any) -> Any:
    """Return columns of one row."""
    return session.exec(select(*(getattr(kind, name) for name in names)).where(*where)).first()


def record(session: Session, key: UUID) -> list[dict[str, Any]]:
    """Return what the transaction has written about a row, without what differs from time to time."""
    table = sa.table("journal_entry", sa.column("body"), sa.column("entity_id", sa.Uuid()), sa.column("id", sa.Uuid()))
    found = session.connection().execute(sa.select(table.c.body).where(table.c.entity_id == key).order_by(table.c.id))
    return [{**orjson.loads(text), "id": None, "at": None} for (text,) in found]


def test_a_set_is_refused_what_a_flush_is_refused(prepared: Prepared) -> None:
    prepared.renew()
    draft, closed = (prepared.world[f"{month}:roads:a1"] for month in ("november", "october"))
    with opened(prepared, "a1-clerk") as session:
        row = columns_of(session, Report, COLUMNS, Report.id == draft)
        late = columns_of(session, Report, COLUMNS, Report.id == closed)
        with pytest.raises(RoundClosed):
            change_many(session, Report, [(row, {"note": "一"}), (late, {"note": "二"})])
        for name, value in (
            ("status", "accepted"),
            ("unit_id", row.item_id),
            ("round_id", late.round_id),
            ("id", None),
        ):
            with pytest.raises(AccessError, match="not changed by sets"):
                change_many(session, Report, [(row, {name: value})])
        stale = SimpleNamespace(**{**row._mapping, "version": row.version - 1})
        with pytest.raises(Stale):
            change_many(session, Report, [(stale, {"note": "三"})])
        with pytest.raises(AccessError, match="not written by sets"):
            change_many(session, Unit, [(session.get_one(Unit, row.unit_id), {"name": "新名"})])
        figure = {"report_id": closed, "round_id": late.round_id, "target_id": prepared.world["roads:a1:target"]}
        figure |= {"item_id": row.item_id, "unit_id": row.unit_id}
        with pytest.raises(RoundClosed):
            create_many(session, ReportValue, [figure])
    for username, write, error in (
        ("a2-clerk", True, Forbidden),
        ("a-reviewer", True, Forbidden),
        ("a1-clerk", False, AccessError),
    ):
        with opened(prepared, username, write=write) as session, pytest.raises(error):
            change_many(session, Report, [(row, {"note": "四"})])
    with opened(prepared, "a1-clerk") as session:
        assert columns_of(session, Report, COLUMNS, Report.id == draft).note == row.note


def test_a_set_leaves_what_a_flush_leaves(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same change made both ways, each in a transaction that is taken back: same rows, same record."""
    # However few they are, they go the way of many.
    monkeypatch.setattr(rowsets, "FEW", 0)
    draft = prepared.world["november:roads:a1"]
    left = []
    for by_sets in (True, False):
        with opened(prepared, "a1-clerk") as session:
            row = columns_of(session, Report, COLUMNS, Report.id == draft)
            target = prepared.world["roads:a1:target"]
            new = {"note": "路基“完成”\n百分之五", "touched_by": session.who.user_id}
            figure: dict[str, Any] = {"report_id": draft, "target_id": target}
            figure |= {name: getattr(row, name) for name in ("round_id", "item_id", "unit_id")}
            figure |= {"ends_on": date(2026, 11, 30), "current": Decimal("2.5"), "value": Decimal(-3)}
            held = columns_of(session, ReportValue, KEYS, col(ReportValue.report_id) == draft)
            if by_sets:
                session.expunge_all()
                change_many(session, Report, [(row, new)])
                if held is None:
                    create_many(session, ReportValue, [figure])
            else:
                report = session.get_one(Report, draft)
                for name, value in new.items():
                    setattr(report, name, value)
                if held is None:
                    session.add(ReportValue(**figure))
                session.flush()
            made = session.exec(select(ReportValue).where(ReportValue.report_id == draft)).one()
            now = session.exec(select(Report).where(Report.id == draft).execution_options(populate_existing=True)).one()
            values = made.model_dump(exclude={"id", "created_at"})
            entries = [*record(session, draft), *record(session, made.id)]
            told = [{**each, "entity_id": None} for each in entries]
            left.append((now.model_dump(), values, told))
            session.rollback()
    assert left[0] == left[1]
    assert left[0][0]["version"] == row.version + 1
    assert [each["action"] for each in left[0][2][-2:]] == ["change", "create"]
