"""Nothing issued changes except through an adjustment: every writing operation of the contract is tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from tests.factories import requests

if TYPE_CHECKING:
    from tests.contract.conftest import Prepared

LOCKED = {
    "target": {"version", "status"},
    "task": {"version", "status"},
    "indicator": {"version", "status"},
    "item": {"version", "status"},
}
"""Tables of what is issued, with the columns that a life cycle may move."""

THROUGH = {"approveAdjustment": "target"}
"""The one operation that changes the value of an issued target."""


def issued(url: str) -> dict[str, dict[Any, tuple[Any, ...]]]:
    """Return every issued row of the locked tables, without what a life cycle may move."""
    engine = sa.create_engine(url)
    found: dict[str, dict[Any, tuple[Any, ...]]] = {}
    with engine.connect() as connection:
        for name, free in LOCKED.items():
            table = SQLModel.metadata.tables[name]
            columns = [column for column in table.c if column.name not in free]
            rows = connection.execute(sa.select(table.c.id, *columns).where(table.c.status == "issued")).all()
            found[name] = {row[0]: tuple(str(value) for value in row[1:]) for row in rows}
    engine.dispose()
    return found


def test_no_operation_but_an_approved_adjustment_changes_what_is_issued(prepared: Prepared) -> None:
    operations = requests.operations(prepared.contract)
    before = issued(prepared.url)
    assert all(before.values())
    changed = {}
    for name, (method, _, _) in operations.items():
        if method == "GET" or name in {"logOut", "logOutEverywhere", "changeOwnPassword"}:
            continue
        answer = prepared.request(name)
        if answer.status_code >= 300:
            continue
        after = issued(prepared.url)
        for table, rows in before.items():
            if any(after[table].get(key, row) != row for key, row in rows.items()):
                changed[name] = table
        prepared.renew()
    assert changed == THROUGH
