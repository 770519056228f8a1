"""Which tables are sealed beside the journal, and the exact form in which a row is hashed.

A sealed table's rows are only ever added, through the session: the place of a row's journal entry is the row's own.
What is hashed is what the database keeps, not what a type makes of it: two spellings of one value are two values.
NULL is left out, so that a later migration may add a column that may be empty.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    String,
    Table,
    Uuid,
    type_coerce,
)
from sqlalchemy.types import NullType, TypeDecorator
from sqlmodel import SQLModel

T = TypeVar("T", bound=type[SQLModel])
Plain = dict[str, Any]
"""A row as it is hashed: JSON values by column."""

_EXACT = 2**53
TABLES: dict[str, Table] = {}
"""The sealed tables by name."""


def sealed(kind: T) -> T:
    """Let the rows of a table be sealed together with their journal entries.

    Raises:
        TypeError: a column has no single written form, or must not be shown.
    """
    table: Table = kind.__table__  # type: ignore[attr-defined]
    if getattr(kind, "__secret__", None):
        raise TypeError(f"{table.name} keeps secrets: evidence would hand them out")
    for column in table.columns:
        _form(column)
    TABLES[str(table.name)] = table
    return kind


class Reader:
    """Reads rows of one table in the form in which they are hashed."""

    def __init__(self, table: Table) -> None:
        self.name = str(table.name)
        self._names = [str(column.name) for column in table.columns]
        self._plain = [_form(column) for column in table.columns]
        # Without the type's own reading, which would let an upper-case identifier pass for the lower-case one.
        self.raw: list[ColumnElement[Any]] = [
            type_coerce(column, NullType()).label(f"{table.name}_{column.name}") for column in table.columns
        ]

    def plain(self, values: Sequence[Any]) -> Plain:
        """Return one row, from the values of :attr:`raw`."""
        return {
            name: plain(value)
            for name, plain, value in zip(self._names, self._plain, values, strict=True)
            if value is not None
        }


def _form(column: Column[Any]) -> Callable[[Any], Any]:
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    for types, form in _FORMS:
        if isinstance(kind, types):
            return form
    raise TypeError(f"{column} cannot be sealed: {column.type!r} has more than one written form")


def _odd(value: Any) -> str:  # noqa: ANN401 - whatever somebody put there
    """Return what cannot have been written by the product, so that it hashes to something else."""
    return f"?{value!r}"


def _uuid(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, str) and len(value) == 32:
        return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"
    return _odd(value)


def _instant(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, datetime) and value.tzinfo is not None:
        return instant_text(value)
    if isinstance(value, str) and len(value) == 26 and value[10] == " ":
        return f"{value[:10]}T{value[11:]}Z"
    return _odd(value)


def instant_text(value: datetime) -> str:
    """Return an instant as it is hashed: in UTC, with all six places."""
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _day(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, str) and len(value) == 10 else _odd(value)


def _truth(value: Any) -> bool | str:  # noqa: ANN401
    return bool(value) if value in (0, 1) and isinstance(value, int) else _odd(value)


def _whole(value: Any) -> int | str:  # noqa: ANN401
    # RFC 8785 knows only what a double holds exactly; larger numbers travel as text.
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) <= _EXACT else str(value)
    return _odd(value)


def _text(value: Any) -> str:  # noqa: ANN401
    return value if isinstance(value, str) else _odd(value)


def _bytes(value: Any) -> str:  # noqa: ANN401
    return bytes(value).hex() if isinstance(value, (bytes, memoryview)) else _odd(value)


_FORMS: tuple[tuple[type[Any], Callable[[Any], Any]], ...] = (
    (Uuid, _uuid),
    (DateTime, _instant),
    (Date, _day),
    (Boolean, _truth),
    (Integer, _whole),
    (String, _text),
    (LargeBinary, _bytes),
)
