"""Reading the change feed."""

from uuid import UUID

from sqlalchemy import ColumnElement, Engine, or_, select
from sqlmodel import SQLModel

from minsheng.kernel import journal
from minsheng.kernel.access import Access, Open, Scoped, Session, scope_of, tables
from minsheng.kernel.journal import JournalEntry, JournalOrder, JournalPending

_ORDER = JournalOrder.__table__  # type: ignore[attr-defined]
_ENTRIES = JournalEntry.__table__  # type: ignore[attr-defined]
_PENDING = JournalPending.__table__  # type: ignore[attr-defined]


def kinds() -> dict[str, type[SQLModel]]:
    """Return the tables whose changes are fed, by their names."""
    return {str(kind.__tablename__): kind for kind in tables() if isinstance(scope_of(kind), (Scoped, Open))}


def readable(access: Access, wanted: set[str] | None) -> ColumnElement[bool]:
    """Return the condition for entries about rows the caller may read, by each table's own scope."""
    ways: list[ColumnElement[bool]] = []
    by_read: dict[str, list[str]] = {}
    for name, kind in kinds().items():
        if wanted is not None and name not in wanted:
            continue
        scope = scope_of(kind)
        if isinstance(scope, Open):
            ways.append(_ORDER.c.entity == name)
        elif isinstance(scope, Scoped):
            by_read.setdefault(scope.read, []).append(name)
    for read, names in by_read.items():
        criteria = access.criteria(read, _ORDER.c.unit_id, _ORDER.c.subject_id, _ORDER.c.header)
        ways.append(_ORDER.c.entity.in_(names) & criteria)
    return or_(*ways) if ways else _ORDER.c.seq < 0


def _readable(access: Access, wanted: set[str] | None) -> ColumnElement[bool]:
    key = ("feed", frozenset(wanted) if wanted is not None else None)
    return access.kept(key, lambda: readable(access, wanted))


def page(session: Session, after: int, limit: int, wanted: set[str] | None) -> list[tuple[int, str]]:
    """Return (number, entry as JSON) behind a number, in order; the caller's scope applies."""
    connection = session.connection()
    statement = (
        select(_ORDER.c.seq, _ENTRIES.c.body)
        .join(_ENTRIES, _ENTRIES.c.id == _ORDER.c.entry_id)
        .where(_ORDER.c.seq > after, _readable(session.access, wanted))
        .order_by(_ORDER.c.seq)
        .limit(limit)
    )
    # Fetched in one piece: row by row the driver is asked a thousand times a page.
    return [(seq, body) for seq, body in connection.execute(statement).all()]


def place(session: Session, entry_id: UUID) -> int | None:
    """Return the number of an entry that the caller may read."""
    statement = select(_ORDER.c.seq).where(_ORDER.c.entry_id == entry_id, _readable(session.access, None))
    found: int | None = session.connection().execute(statement).scalar()
    return found


def waiting(engine: Engine) -> bool:
    """Say whether committed changes have no place in the order yet."""
    with engine.connect() as connection:
        read = connection.execution_options(minsheng_write=False)
        return read.execute(select(_PENDING.c.entry_id).limit(1)).first() is not None


def sequence(engine: Engine) -> int:
    """Order what was committed since, in a transaction of its own; return how many entries there were."""
    with engine.connect().execution_options(minsheng_write=True) as connection, connection.begin():
        return journal.sequence(connection)
