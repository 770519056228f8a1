"""Many rows of one table into the database at once, as each database does it fastest.

SQLite runs one prepared statement over all of them. PostgreSQL takes new rows by COPY, and changed ones as arrays that
it joins itself. Nothing here asks for rights: :mod:`minsheng.kernel.writing` does, and is the only door to it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Table, Uuid, insert
from sqlalchemy.dialects import postgresql

FEW = 50
"""Up to so many rows go the ordinary way."""

Values = Mapping[str, Any]


def put(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Insert rows that all name the same columns."""
    if len(rows) <= FEW:
        if rows:
            connection.execute(insert(table), rows)
        return
    names = list(rows[0])
    tuples = _bound(connection.dialect, table, names, rows)
    columns = ", ".join(f'"{name}"' for name in names)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        connection.exec_driver_sql(f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})', tuples)  # noqa: S608
        return
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
        for each in tuples:
            copy.write_row(each)


def replace(connection: Connection, table: Table, rows: Sequence[Values]) -> int:
    """Update rows, found by ``id`` and the ``old_version`` that was read; return how many there were.

    All rows name the same columns.
    """
    names = [name for name in rows[0] if name not in {"id", "old_version"}]
    order = [*names, "id", "old_version"]
    if connection.dialect.name == "sqlite":
        tuples = _bound(connection.dialect, table, order, rows)
        sets = ", ".join(f'"{name}" = ?' for name in names)
        made = connection.exec_driver_sql(f'UPDATE "{table.name}" SET {sets} WHERE id = ? AND version = ?', tuples)  # noqa: S608
        return int(made.rowcount)
    arrays = [list(column) for column in zip(*_bound(connection.dialect, table, order, rows), strict=True)]
    types = [_type(table, name).compile(dialect=postgresql.dialect()) for name in order]  # type: ignore[no-untyped-call]
    sets = ", ".join(f'"{name}" = given."{name}"' for name in names)
    columns = ", ".join(f'"{name}"' for name in order)
    marks = ", ".join(f"%s::{each}[]" for each in types)
    text = (
        f'UPDATE "{table.name}" SET {sets} FROM unnest({marks}) AS given({columns}) '  # noqa: S608 - names of our own tables
        f'WHERE "{table.name}".id = given.id AND "{table.name}".version = given.old_version'
    )
    return int(connection.exec_driver_sql(text, tuple(arrays)).rowcount)


def _type(table: Table, name: str) -> Any:  # noqa: ANN401 - any column type
    return table.columns["version" if name == "old_version" else name].type


def _bound(dialect: Dialect, table: Table, names: Sequence[str], rows: Sequence[Values]) -> list[tuple[Any, ...]]:
    """Return rows as the driver takes them, column by column."""
    columns = []
    for name in names:
        given = [row[name] for row in rows]
        kind = _type(table, name)
        if isinstance(kind, Uuid):
            columns.append(given if dialect.name == "postgresql" else [each and each.hex for each in given])
            continue
        bind = kind.dialect_impl(dialect).bind_processor(dialect)
        columns.append(given if bind is None else [None if each is None else bind(each) for each in given])
    return list(zip(*columns, strict=True))
