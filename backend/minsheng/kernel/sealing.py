"""Seals the record: every ordered entry becomes a leaf of one Merkle tree, and signed heads say what the tree was.

Nothing of it happens in a request. A thread beside the server orders what was committed, hashes it while only reading,
and adds the hashes in a short transaction of its own. Heads are never further apart than a hundred entries or five
minutes, so a head that is kept elsewhere (on paper, by an auditor) binds everything older than that.
"""

import logging
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import BigInteger, Column, Connection, Engine, LargeBinary, func, insert, select, text
from sqlmodel import Field, SQLModel

from minsheng.kernel import clock, journal, merkle
from minsheng.kernel.access import Private
from minsheng.kernel.db import Instant, make_engine
from minsheng.kernel.journal import JournalEntry, JournalOrder, JournalPending
from minsheng.kernel.merkle import HashName
from minsheng.kernel.sealed import TABLES, Plain, Reader, instant_text
from minsheng.kernel.settings import Settings
from minsheng.kernel.signing import ALGORITHM, Head, Signer

log = logging.getLogger("minsheng.sealing")

APART = 100
"""Most entries between two heads."""
EVERY = timedelta(minutes=5)
"""Most time between a change and a head that covers it."""
LOOK_SECONDS = 5.0
BREATH_SECONDS = 0.05
BATCH = 2_000
"""Entries sealed at a time: some 20 ms of SQLite's only writer."""
_LOCK = 0x6D697365
"""Advisory lock number of the sealer on PostgreSQL."""


class SealedEntry(SQLModel, table=True):
    """The hashes of the subtrees that an entry completes in the tree, its own first."""

    __tablename__ = "sealed_entry"
    __scope__ = Private("只供校验与证明使用，不含业务内容")

    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    nodes: bytes = Field(sa_type=LargeBinary, nullable=False)


class SealKey(SQLModel, table=True):
    """A public key that has signed heads, kept for good."""

    __tablename__ = "seal_key"
    __scope__ = Private("经校验接口公布")

    id: str = Field(primary_key=True)
    algorithm: str = Field(nullable=False)
    public: str = Field(nullable=False)
    since: datetime = Field(sa_type=Instant, nullable=False)


class SignedHead(SQLModel, table=True):
    """What the record was at one moment, signed."""

    __tablename__ = "signed_head"
    __scope__ = Private("经校验接口公布")

    size: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    root: str = Field(nullable=False)
    at: datetime = Field(sa_type=Instant, nullable=False)
    hash: str = Field(nullable=False)
    key_id: str = Field(nullable=False, foreign_key="seal_key.id")
    signature: str = Field(nullable=False)


_ENTRIES = JournalEntry.__table__  # type: ignore[attr-defined]
_ORDER = JournalOrder.__table__  # type: ignore[attr-defined]
_PENDING = JournalPending.__table__  # type: ignore[attr-defined]
_SEALED = SealedEntry.__table__  # type: ignore[attr-defined]
_HEADS = SignedHead.__table__  # type: ignore[attr-defined]
_KEYS = SealKey.__table__  # type: ignore[attr-defined]


# Reading


def read_only(engine: Engine) -> Connection:
    """Return a connection that does not ask for SQLite's only writer."""
    return engine.connect().execution_options(minsheng_write=False)


def ordered(connection: Connection, after: int, most: int) -> Iterator[tuple[int, dict[str, Plain]]]:
    """Return entries behind a place, in order: the place, and the rows that are hashed by table."""
    order, entry = Reader(_ORDER), Reader(_ENTRIES)
    width = len(order.raw)
    statement = (
        select(_ORDER.c.seq, *order.raw, *entry.raw)
        .join_from(_ORDER, _ENTRIES, _ENTRIES.c.id == _ORDER.c.entry_id, isouter=True)
        .where(_ORDER.c.seq > after)
        .order_by(_ORDER.c.seq)
        .limit(most)
    )
    found = {
        row[0]: {order.name: order.plain(row[1 : width + 1]), entry.name: entry.plain(row[width + 1 :])}
        for row in connection.execute(statement)
    }
    for kind in {str(rows[entry.name].get("entity")) for rows in found.values()} & TABLES.keys():
        # The row that an entry speaks of stands beside it, where its table is sealed.
        table = TABLES[kind]
        reader = Reader(table)
        spoken = (
            select(_ORDER.c.seq, *reader.raw)
            .join_from(_ORDER, _ENTRIES, _ENTRIES.c.id == _ORDER.c.entry_id)
            .join(table, table.c.id == _ENTRIES.c.entity_id)
            .where(_ENTRIES.c.entity == kind, _ORDER.c.seq.between(after + 1, max(found)))
        )
        for row in connection.execute(spoken):
            found[row[0]][kind] = reader.plain(row[1:])
    yield from found.items()


def leaf_text(rows: dict[str, Plain]) -> bytes:
    """Return what is hashed of an entry: canonical JSON (RFC 8785).

    Names are ASCII, numbers whole and below 2**53; of such values orjson writes what the RFC asks.
    """
    return orjson.dumps(rows, option=orjson.OPT_SORT_KEYS)


def sealed_size(connection: Connection) -> int:
    """Return how many entries are sealed."""
    return int(connection.execute(select(func.coalesce(func.max(_SEALED.c.seq), 0))).scalar_one())


def nodes_at(connection: Connection, wanted: list[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    """Return kept nodes by level and number: node (k, i) was completed by the leaf at place (i + 1) · 2^k."""
    places = {(level, number): (number + 1) << level for level, number in wanted}
    rows = connection.execute(select(_SEALED.c.seq, _SEALED.c.nodes).where(_SEALED.c.seq.in_(set(places.values()))))
    kept: dict[int, bytes] = {row.seq: row.nodes for row in rows}
    return {(level, number): kept[place][32 * level : 32 * level + 32] for (level, number), place in places.items()}


def head_of(row: Any) -> Head:  # noqa: ANN401 - a row of signed_head
    """Return the head that a row keeps."""
    return Head(row.size, row.root, instant_text(row.at), row.hash, row.key_id)


def latest(connection: Connection) -> Head | None:
    """Return the newest head, if anything was sealed yet."""
    row = connection.execute(select(_HEADS).order_by(_HEADS.c.size.desc()).limit(1)).first()
    return head_of(row) if row else None


def covering(connection: Connection, row_id: UUID) -> Head | None:
    """Return the first head that covers everything done to a row so far; none until that is sealed."""
    seq = (
        select(func.max(_ORDER.c.seq))
        .join(_ENTRIES, _ENTRIES.c.id == _ORDER.c.entry_id)
        .where(_ENTRIES.c.entity_id == row_id)
        .scalar_subquery()
    )
    row = connection.execute(select(_HEADS).where(_HEADS.c.size >= seq).order_by(_HEADS.c.size).limit(1)).first()
    return head_of(row) if row else None


# Sealing


def seal(engine: Engine, signer: Signer, hash_name: HashName = "sha256", stop: threading.Event | None = None) -> int:
    """Order and seal everything that was committed until now; return how many entries were sealed.

    ``stop`` belongs to a thread beside requests: it ends the work between two batches, and lets requests go first.
    """
    total = 0
    while stop is None or not stop.wait(BREATH_SECONDS):
        with read_only(engine) as connection:
            pending = connection.execute(select(_PENDING.c.entry_id).limit(1)).first() is not None
        if pending:
            with engine.begin() as connection:
                journal.sequence(connection, BATCH, once=True)
        done = _seal_batch(engine, signer, hash_name)
        if not (done or pending):
            break
        total += done
    return total


def _seal_batch(engine: Engine, signer: Signer, hash_name: HashName) -> int:
    """Seal the next entries: hash them while reading, then add the hashes in one short transaction."""
    with read_only(engine) as connection:
        last = latest(connection)
        # One tree has one hash: another setting counts for the next installation.
        name: HashName = last.hash if last else hash_name
        hash_ = merkle.hash_of(name)
        start = size = sealed_size(connection)
        wanted = merkle.peaks_at(size)
        kept = nodes_at(connection, wanted)
        peaks = [kept[each] for each in wanted]
        leaves: list[dict[str, Any]] = []
        heads: list[dict[str, Any]] = []
        # A clock that was set back must not make a later head look older.
        at = max(clock.now(), datetime.fromisoformat(last.at)) if last else clock.now()

        def sign() -> None:
            head = Head(size, merkle.root(hash_, peaks).hex(), instant_text(at), name, signer.key_id)
            told = {"size": size, "root": head.root, "at": at, "hash": name, "key_id": head.key_id}
            heads.append(told | {"signature": signer.sign(head)})

        for seq, rows in ordered(connection, size, BATCH):
            completed = merkle.grow(hash_, size, peaks, merkle.leaf(hash_, leaf_text(rows)))
            size += 1
            if seq != size:
                raise RuntimeError(f"the order has a gap before {seq}")
            leaves.append({"seq": seq, "nodes": b"".join(completed)})
            if size % APART == 0:
                sign()
        if not leaves:
            return 0
        if size % APART:
            sign()
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
        if sealed_size(connection) != start:
            # Another process was faster; what it left is found by the next turn.
            return 0
        if connection.execute(select(_KEYS.c.id).where(_KEYS.c.id == signer.key_id)).first() is None:
            key = {"id": signer.key_id, "algorithm": ALGORITHM, "public": signer.public.hex(), "since": at}
            connection.execute(insert(_KEYS), [key])
        connection.execute(insert(_SEALED), leaves)
        connection.execute(insert(_HEADS), heads)
    return len(leaves)


def due(engine: Engine) -> bool:
    """Say whether it is time for the next head."""
    with read_only(engine) as connection:
        size = sealed_size(connection)
        newest = connection.execute(select(func.coalesce(func.max(_ORDER.c.seq), 0))).scalar_one()
        waiting = select(_PENDING.c.entry_id).limit(APART).subquery()
        fresh = newest - size + connection.execute(select(func.count()).select_from(waiting)).scalar_one()
        last = connection.execute(select(func.max(_HEADS.c.at))).scalar_one()
    # A look before its time is up, not after.
    old = last is None or clock.now() - last >= EVERY - 2 * timedelta(seconds=LOOK_SECONDS)
    return bool(fresh >= APART or (fresh and old))


def keep_sealing(settings: Settings, stop: threading.Event) -> None:
    """Seal what is due, until told to stop: the work of a thread beside the server."""
    if settings.sealing_seed is None:
        log.error("there is no sealing key: run minsheng init; nothing is sealed until then")
        return
    signer = Signer(settings.sealing_seed)
    # A connection of its own: it must never take the place of a request.
    engine = make_engine(settings.url, pool_size=1)
    while not stop.is_set():
        try:
            if due(engine):
                seal(engine, signer, settings.seal_hash, stop)
        except Exception:
            log.exception("sealing failed; it will be tried again")
        stop.wait(LOOK_SECONDS)
    engine.dispose()
