"""The one journal: audit log, change feed and webhook source are the same append-only record.

Every flushed change writes one entry in its own transaction. Entries get their place in the order only after commit,
by :func:`sequence`: a transaction that commits late gets a later number, so a reader who has seen number *n* has seen
everything up to *n*. Neither table is ever updated, and the database refuses to.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import BigInteger, Column, Connection, Index, delete, event, func, insert, inspect, select, text
from sqlalchemy.orm import UOWTransaction
from sqlalchemy.orm.base import PASSIVE_NO_INITIALIZE
from sqlmodel import Field, SQLModel

from minsheng.kernel import clock, quantity
from minsheng.kernel.access import AccessError, Private, Scoped, Session, scope_of
from minsheng.kernel.db import Instant
from minsheng.kernel.ids import new_id
from minsheng.kernel.rowsets import put

_SEQUENCER_LOCK = 0x6D696E73
"""Advisory lock number of the sequencer on PostgreSQL."""


class JournalEntry(SQLModel, table=True):
    """One change of one row, as it was committed."""

    __tablename__ = "journal_entry"
    __scope__ = Private("读取走变更接口，按行所属的单位与条线判断")

    id: UUID = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant, nullable=False)
    entity: str = Field(nullable=False)
    entity_id: UUID = Field(nullable=False, index=True)
    unit_id: UUID | None = None
    subject_id: UUID | None = None
    header: bool = Field(default=False, nullable=False)
    body: str = Field(nullable=False)


class JournalOrder(SQLModel, table=True):
    """The place of an entry in the order, with what a reader's scope is checked against."""

    __tablename__ = "journal_order"
    __scope__ = Private("读取走变更接口，按行所属的单位与条线判断")

    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    entry_id: UUID = Field(nullable=False, unique=True, foreign_key="journal_entry.id")
    entity: str = Field(nullable=False)
    unit_id: UUID | None = None
    subject_id: UUID | None = None
    header: bool = Field(default=False, nullable=False)

    __table_args__ = (Index("ix_journal_order_unit_id_seq", "unit_id", "seq"),)


class JournalPending(SQLModel, table=True):
    """Entries that wait for their place: a queue, so that the sequencer never searches the whole record."""

    __tablename__ = "journal_pending"
    __scope__ = Private("只供排序程序使用")

    entry_id: UUID = Field(primary_key=True, foreign_key="journal_entry.id")


class AuthorityEpoch(SQLModel, table=True):
    """One number that grows whenever grants, roles, units or leads change: cached authority hangs on it."""

    __tablename__ = "authority_epoch"
    __scope__ = Private("只供内核判断缓存的权限是否还有效")

    id: int = Field(primary_key=True)
    value: int = Field(nullable=False)


_ENTRIES = JournalEntry.__table__  # type: ignore[attr-defined]
_ORDER = JournalOrder.__table__  # type: ignore[attr-defined]
_PENDING = JournalPending.__table__  # type: ignore[attr-defined]
_EPOCH = AuthorityEpoch.__table__  # type: ignore[attr-defined]
EPOCH = select(_EPOCH.c.value).scalar_subquery()
"""The authority epoch as a column of another question."""


def plain(value: Any) -> Any:  # noqa: ANN401 - any column value
    """Return a column's value as the record tells it."""
    if isinstance(value, Decimal):
        return quantity.text(value)
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, (UUID, date)):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    return value


UNTOLD = frozenset({"id", "version", "created_at"})


def _changes(row: Any, *, created: bool) -> dict[str, list[Any]]:  # noqa: ANN401
    """Return field → [old, new]; secrets are named but never shown."""
    secret: frozenset[str] = getattr(type(row), "__secret__", frozenset())
    state = inspect(row)
    if created:
        return {
            name: [None, "***" if name in secret else plain(value)]
            for name, value in state.dict.items()
            if value is not None and name in state.mapper.attrs and name not in UNTOLD
        }
    found: dict[str, list[Any]] = {}
    # What was set since it was loaded; of the other columns no history needs to be made.
    for name in state.committed_state.keys() - UNTOLD:
        # ``state.attrs`` would make an object for each of the row's columns first.
        history = state.get_history(name, PASSIVE_NO_INITIALIZE)
        if history.has_changes():
            old = history.deleted[0] if history.deleted else None
            new = history.added[0] if history.added else None
            found[name] = ["***", "***"] if name in secret else [plain(old), plain(new)]
    return found


@event.listens_for(Session, "after_flush")
def _write(session: Session, _context: UOWTransaction) -> None:
    """Write one entry per flushed change, in the transaction of the change."""
    entries: list[dict[str, Any]] = []
    authority = False
    at = clock.now()
    # Table classes compare by value and have no hash; identity is what counts here.
    created = {id(row) for row in session.new}
    for row in (*session.new, *(r for r in session.dirty if session.is_modified(r))):
        kind = type(row)
        authority = authority or getattr(kind, "__authority__", False)
        scope = scope_of(kind)
        if isinstance(scope, Private) and not getattr(kind, "__journal__", False):
            continue
        action = session.moving.get(row.id) or ("create" if id(row) in created else "change")
        changes = _changes(row, created=id(row) in created)
        entries.append(entry_of(session, kind, row, at, (row.version, action, changes)))
    connection = session.connection()
    if entries:
        append(connection, entries)
    if authority:
        connection.execute(_EPOCH.update().values(value=_EPOCH.c.value + 1))


def entry_of(
    session: Session,
    kind: type[Any],
    row: Any,  # noqa: ANN401 - a row or its columns
    at: datetime,
    told: tuple[int, str, dict[str, list[Any]]],
) -> dict[str, Any]:
    """Return the entry of one change: its version, what was done, and field by field what it changed."""
    version, action, changes = told
    scope = scope_of(kind)
    area = scope.area_of(row) if isinstance(scope, Scoped) else None
    subject = scope.subject_of(row) if isinstance(scope, Scoped) else None
    header = isinstance(scope, Scoped) and scope.is_header(row)
    entry_id = new_id()
    caller = session.caller
    body = {
        "id": str(entry_id),
        "at": plain(at),
        "entity": kind.__tablename__,
        "entity_id": str(row.id),
        "version": version,
        "action": action,
        "unit_id": plain(area),
        "actor_id": str(caller.user_id) if caller else None,
        "actor_unit_id": str(caller.unit_id) if caller else None,
        "why": session.access.why,
        "request_id": session.request_id,
        "changes": changes,
    }
    return {
        "id": entry_id,
        "at": at,
        "entity": kind.__tablename__,
        "entity_id": row.id,
        "unit_id": area,
        "subject_id": subject,
        "header": header,
        "body": orjson.dumps(body, option=orjson.OPT_SORT_KEYS).decode(),
    }


def entries_of(
    session: Session, kind: type[Any], at: datetime, action: str, told: Iterable[tuple[Any, int, dict[str, list[Any]]]]
) -> list[dict[str, Any]]:
    """Return the entries of many changes of one kind: each row, its version, and what changed field by field.

    Says word for word what :func:`entry_of` says; days, instants and ids are written by the serialiser itself.
    """
    scope = scope_of(kind)
    scoped = scope if isinstance(scope, Scoped) else None
    table, caller = kind.__tablename__, session.caller
    body = {
        "at": at,
        "entity": table,
        "action": action,
        "actor_id": caller.user_id if caller else None,
        "actor_unit_id": caller.unit_id if caller else None,
        "why": session.access.why,
        "request_id": session.request_id,
    }
    found = []
    for row, version, changes in told:
        entry_id = new_id()
        area = scoped.area_of(row) if scoped else None
        body["id"], body["entity_id"], body["version"] = entry_id, row.id, version
        body["unit_id"], body["changes"] = area, changes
        found.append(
            {
                "id": entry_id,
                "at": at,
                "entity": table,
                "entity_id": row.id,
                "unit_id": area,
                "subject_id": scoped.subject_of(row) if scoped else None,
                "header": scoped is not None and scoped.is_header(row),
                "body": orjson.dumps(body, default=plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z).decode(),
            }
        )
    return found


def append(connection: Connection, entries: list[dict[str, Any]]) -> None:
    """Add entries to the record and to the queue of those that wait for their place."""
    put(connection, _ENTRIES, entries)
    put(connection, _PENDING, [{"entry_id": entry["id"]} for entry in entries])


def sequence(connection: Connection, batch: int = 10_000, *, once: bool = False) -> int:
    """Give every committed entry that has none yet its place in the order; return how many there were.

    ``once`` stops after one batch: whoever has time does not keep SQLite's only writer waiting.

    Runs in the caller's transaction, alone: on PostgreSQL under an advisory lock that ends with the transaction, on
    SQLite because there is one writer. Entries are taken in the order of their ids, which grow with time.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _SEQUENCER_LOCK})
    fresh = (
        select(_ENTRIES.c.id, _ENTRIES.c.entity, _ENTRIES.c.unit_id, _ENTRIES.c.subject_id, _ENTRIES.c.header)
        .join(_PENDING, _PENDING.c.entry_id == _ENTRIES.c.id)
        .order_by(_ENTRIES.c.id)
        .limit(batch)
    )
    total = 0
    while True:
        last = connection.execute(select(func.coalesce(func.max(_ORDER.c.seq), 0))).scalar_one()
        rows = connection.execute(fresh).all()
        if not rows:
            return total
        connection.execute(
            insert(_ORDER),
            [
                {
                    "seq": last + number,
                    "entry_id": row.id,
                    "entity": row.entity,
                    "unit_id": row.unit_id,
                    "subject_id": row.subject_id,
                    "header": row.header,
                }
                for number, row in enumerate(rows, start=1)
            ],
        )
        connection.execute(delete(_PENDING).where(_PENDING.c.entry_id.in_([row.id for row in rows])))
        total += len(rows)
        if once:
            return total


def record_login(session: Session, action: str, user_id: UUID, unit_id: UUID, note: dict[str, Any]) -> None:
    """Write an entry for something that changes no row but belongs in the record: a log-in, a refused log-in."""
    if session.access.why is None:
        message = "log-ins are recorded by the system"
        raise AccessError(message)
    entry_id = new_id()
    at = clock.now()
    body = {
        "id": str(entry_id),
        "at": plain(at),
        "entity": "login",
        "entity_id": str(user_id),
        "version": 1,
        "action": action,
        "unit_id": str(unit_id),
        "actor_id": str(user_id),
        "actor_unit_id": str(unit_id),
        "why": None,
        "request_id": session.request_id,
        "changes": note,
    }
    entry = {
        "id": entry_id,
        "at": at,
        "entity": "login",
        "entity_id": user_id,
        "unit_id": unit_id,
        "subject_id": None,
        "header": False,
        "body": orjson.dumps(body, option=orjson.OPT_SORT_KEYS).decode(),
    }
    append(session.connection(), [entry])


def epoch(connection: Connection) -> int:
    """Return the authority epoch."""
    return int(connection.execute(select(_EPOCH.c.value)).scalar_one())
