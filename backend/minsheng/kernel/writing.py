"""Many rows of one kind written as sets, under the same guard and with the same record as a flush.

A flush asks row by row, and every row is an object first: a tenth of a millisecond each, which is long for a hundred
thousand. Here rows are columns. What may not be written is refused as the flush refuses it: right, lock, life cycle and
version; what was written is in the journal as the flush would have put it. ``tests/contract`` lists who calls this.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from minsheng.kernel import clock
from minsheng.kernel.access import AccessError, Scoped, Session, refuse_locked, scope_of
from minsheng.kernel.db import Row
from minsheng.kernel.errors import Forbidden, Stale
from minsheng.kernel.ids import new_id
from minsheng.kernel.journal import UNTOLD, append, entries_of
from minsheng.kernel.rowsets import put, replace

Values = Mapping[str, Any]
Change = tuple[Any, Values]
"""A row as it was read, its id, version and what scope and lock hang on among it; and what it says from now on."""


def create_many(session: Session, kind: type[Row], rows: Sequence[Values]) -> None:
    """Write new rows; columns that are not named get what an object of the kind would have.

    Raises:
        Forbidden: the session's permission does not cover one of them.
        Problem: one of them is locked.
    """
    if not rows:
        return
    at, secret = clock.now(), _secret(kind)
    defaults = {**_defaults(kind), "created_at": at}
    full = [{**defaults, "id": new_id(), **row} for row in rows]
    made = [SimpleNamespace(**row) for row in full]
    _guard(session, kind, made)
    put(session.connection(), kind.__table__, full)  # type: ignore[attr-defined]
    told = ((row, 1, _created(values, secret)) for row, values in zip(made, full, strict=True))
    append(session.connection(), entries_of(session, kind, at, "create", told))


def change_many(session: Session, kind: type[Row], changes: Iterable[Change]) -> None:
    """Write what rows say from now on, each one version later; what is as it was is left out.

    Raises:
        Forbidden: the session's permission does not cover one of them.
        Problem: one of them is locked.
        Stale: somebody changed one of them since it was read.
    """
    by_columns: dict[tuple[str, ...], list[tuple[Any, dict[str, Any]]]] = defaultdict(list)
    for row, values in changes:
        new = {name: value for name, value in values.items() if getattr(row, name) != value}
        if new:
            by_columns[tuple(sorted(new))].append((row, new))
    fixed = _fixed(kind)
    at, secret = clock.now(), _secret(kind)
    for names, part in by_columns.items():
        if fixed & set(names):
            message = f"{kind.__name__}: {', '.join(sorted(fixed & set(names)))} is not changed by sets"
            raise AccessError(message)
        _guard(session, kind, [row for row, _ in part])
        written = replace(
            session.connection(),
            kind.__table__,  # type: ignore[attr-defined]
            [{**new, "version": row.version + 1, "id": row.id, "old_version": row.version} for row, new in part],
        )
        if written != len(part):
            message = "有的内容刚被他人修改，请核对后重试。"
            raise Stale(message)
        told = ((row, row.version + 1, _changed(row, new, secret)) for row, new in part)
        append(session.connection(), entries_of(session, kind, at, "change", told))


class Gate:
    """Asks of mere columns of rows what a flush asks of objects: the session's permission, and the lock.

    What holds for a whole unit and line, or a whole part that is not locked (``__lock_open__``), is asked once.
    """

    def __init__(self, session: Session, kind: type[Row]) -> None:
        scope = scope_of(kind)
        if not isinstance(scope, Scoped) or scope.both or scope.draft or getattr(kind, "__authority__", False):
            message = f"{kind.__name__} is not written by sets"
            raise AccessError(message)
        self._session, self._kind = session, kind
        self._area, self._line = scope.giver or scope.area, scope.line
        self._covered: set[tuple[Any, Any]] = set()
        self._part: str | None = None
        if hasattr(kind, "__lock_open__"):
            self._part, self._is_open = kind.__lock_open__
        self._open: dict[Any, bool] = {}

    def require(self, row: Any) -> None:  # noqa: ANN401 - columns of a row
        """Refuse a row that the session's permission does not cover.

        Raises:
            Forbidden: it does not.
        """
        at = (getattr(row, self._area), getattr(row, self._line) if self._line else None)
        if at not in self._covered:
            access = self._session.access
            if access.why is None and not access.covers(self._session.permission, *at):
                raise Forbidden
            self._covered.add(at)

    def refuse_locked(self, row: Any) -> None:  # noqa: ANN401
        """Refuse a row that may not be written now.

        Raises:
            Problem: its lock says why.
        """
        if self._part is not None:
            key = getattr(row, self._part)
            if key not in self._open:
                self._open[key] = self._is_open(self._session, key)
            if self._open[key]:
                return
        refuse_locked(self._session, row, self._kind)


def _guard(session: Session, kind: type[Row], rows: Sequence[Any]) -> None:
    """Ask of many rows what the flush asks of each."""
    if not session.write:
        message = "a write on a reading session"
        raise AccessError(message)
    gate = Gate(session, kind)
    for row in rows:
        gate.require(row)
        gate.refuse_locked(row)


def _fixed(kind: type[Row]) -> set[str]:
    """Return the columns that decide over a row: they are changed one by one, or by a life cycle."""
    scope = scope_of(kind)
    found = {"id", "version", "created_at", *_secret(kind)}
    if isinstance(scope, Scoped):
        found |= {each for each in (scope.area, scope.line, scope.giver, scope.guest) if each}
        found |= {each[0] for each in (scope.header, scope.draft, scope.asked) if each}
    if getattr(kind, "__lifecycle__", False):
        found.add("status")
    if hasattr(kind, "__lock_open__"):
        found.add(kind.__lock_open__[0])
    return found


def _defaults(kind: type[Row]) -> dict[str, Any]:
    """Return the plain defaults of a kind's columns."""
    fields = kind.model_fields
    return {
        column.name: None if fields[column.name].is_required() else fields[column.name].get_default()
        for column in kind.__table__.columns  # type: ignore[attr-defined]
    }


def _secret(kind: type[Row]) -> frozenset[str]:
    found: frozenset[str] = getattr(kind, "__secret__", frozenset())
    return found


def _created(values: Values, secret: frozenset[str]) -> dict[str, list[Any]]:
    return {
        name: [None, "***" if name in secret else value]
        for name, value in values.items()
        if value is not None and name not in UNTOLD
    }


def _changed(row: Any, new: Values, secret: frozenset[str]) -> dict[str, list[Any]]:  # noqa: ANN401 - columns of a row
    return {name: ["***", "***"] if name in secret else [getattr(row, name), value] for name, value in new.items()}
