"""The evidence: the whole sealed record, for somebody who checks it on his own machine, and the same check here."""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, Table, exists, select

from minsheng.integration import verifier
from minsheng.kernel.journal import JournalEntry, JournalOrder, JournalPending
from minsheng.kernel.sealed import TABLES, Plain, Reader
from minsheng.kernel.sealing import BATCH, SealedEntry, SealKey, SignedHead, latest, ordered, read_only, sealed_size

_ENTRIES = JournalEntry.__table__  # type: ignore[attr-defined]
_ORDER = JournalOrder.__table__  # type: ignore[attr-defined]
_PENDING = JournalPending.__table__  # type: ignore[attr-defined]
_SEALED = SealedEntry.__table__  # type: ignore[attr-defined]
_HEADS = SignedHead.__table__  # type: ignore[attr-defined]
_KEYS = SealKey.__table__  # type: ignore[attr-defined]

Line = dict[str, Any]


def _snapshot(engine: Engine) -> Connection:
    """Return a connection that sees one moment, whatever is sealed meanwhile."""
    connection = read_only(engine)
    if connection.dialect.name == "postgresql":
        return connection.execution_options(isolation_level="REPEATABLE READ")
    return connection


def entries(connection: Connection) -> Iterator[Line]:
    """Return what is sealed, in order, then every row that no sealed entry speaks of."""
    size, after = sealed_size(connection), 0
    while after < size:
        statement = select(_SEALED.c.seq, _SEALED.c.nodes).where(_SEALED.c.seq.between(after + 1, after + BATCH))
        kept: dict[int, bytes] = {row.seq: row.nodes for row in connection.execute(statement)}
        found = list(ordered(connection, after, BATCH))
        for seq, rows in found:
            if seq <= size:
                yield {"nodes": kept.get(seq, b"").hex(), "rows": rows}
        after = found[-1][0] if found else size
    yield from _strays(connection)


def _strays(connection: Connection) -> Iterator[Line]:
    """Return rows that somebody put in past the product: in no order, or in the journal of nobody."""
    journal = Reader(_ENTRIES)
    waiting = exists().where(_PENDING.c.entry_id == _ENTRIES.c.id)
    placed = exists().where(_ORDER.c.entry_id == _ENTRIES.c.id)
    for row in connection.execute(select(*journal.raw).where(~placed, ~waiting).order_by(_ENTRIES.c.id)):
        yield {"nodes": None, "rows": {journal.name: journal.plain(row)}}
    for name, table in TABLES.items():
        reader = Reader(table)
        told = exists().where(_ENTRIES.c.entity_id == table.c.id, _ENTRIES.c.entity == name)
        for row in connection.execute(select(*reader.raw).where(~told).order_by(table.c.id)):
            yield {"nodes": None, "rows": {name: reader.plain(row)}}


def _all(connection: Connection, table: Table, order: str) -> list[Plain]:
    reader = Reader(table)
    return [reader.plain(row) for row in connection.execute(select(*reader.raw).order_by(table.c[order]))]


def heads(connection: Connection) -> list[Plain]:
    """Return every head."""
    return _all(connection, _HEADS, "size")


def keys(connection: Connection) -> list[Plain]:
    """Return every public key."""
    return _all(connection, _KEYS, "since")


def findings(connection: Connection, published: Iterable[str] = ()) -> Iterator[str]:
    """Return what is wrong with the record in the database, the first thing first.

    Raises:
        ValueError: a head that was given is none.
    """
    kept = [verifier.parse_head(text) for text in published]
    return verifier.check(entries(connection), heads(connection), keys(connection), kept)


def check(engine: Engine, published: Iterable[str] = ()) -> list[str]:
    """Return the same, of one moment.

    Raises:
        ValueError: a head that was given is none.
    """
    with _snapshot(engine) as connection:
        return list(findings(connection, published))


def newest(engine: Engine) -> str:
    """Return the newest head as it is printed."""
    with read_only(engine) as connection:
        head = latest(connection)
    return head.printed if head else "无"


def export(engine: Engine, folder: Path) -> int:
    """Write the evidence and the program that checks it into an empty folder; return how many lines there are.

    Raises:
        FileExistsError: something is in the folder already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(folder)
    with _snapshot(engine) as connection:
        for name, found in (("heads", heads(connection)), ("keys", keys(connection))):
            _write(folder / f"{name}.ndjson", found)
        count = _write(folder / "journal.ndjson", entries(connection))
    shutil.copyfile(verifier.__file__, folder / "verify.py")
    return count


def _write(path: Path, found: Iterable[Line]) -> int:
    count = 0
    with path.open("wb") as file:
        for count, line in enumerate(found, start=1):  # noqa: B007 - the last number is how many there were
            file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_SORT_KEYS))
    return count
