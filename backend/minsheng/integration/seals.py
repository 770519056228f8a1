"""Heads of the sealed record and proofs from its kept nodes."""

from uuid import UUID

from sqlalchemy import Connection, Row, select

from minsheng.integration import service
from minsheng.integration.seal_schemas import ConsistencyOut, HeadOut, InclusionOut, SealKeyOut
from minsheng.kernel import merkle, sealing
from minsheng.kernel.access import Session
from minsheng.kernel.errors import NotFound, invalid
from minsheng.kernel.sealed import instant_text
from minsheng.kernel.sealing import SealKey, SignedHead

_HEADS = SignedHead.__table__  # type: ignore[attr-defined]
_KEYS = SealKey.__table__  # type: ignore[attr-defined]


def keys(session: Session) -> list[SealKeyOut]:
    """Return every public key that has signed heads, the newest first."""
    found = session.connection().execute(select(_KEYS).order_by(_KEYS.c.since.desc(), _KEYS.c.id))
    return [
        SealKeyOut(id=row.id, algorithm=row.algorithm, public=row.public, since=instant_text(row.since))
        for row in found
    ]


def head(session: Session, size: int | None) -> HeadOut:
    """Return the head of a size, or the newest.

    Raises:
        NotFound: there is none.
    """
    statement = select(_HEADS).order_by(_HEADS.c.size.desc()).limit(1)
    if size is not None:
        statement = statement.where(_HEADS.c.size == size)
    row = session.connection().execute(statement).first()
    if row is None:
        message = "还没有封存。" if size is None else f"没有大小为 {size} 的校验头。"
        raise NotFound(message)
    return _out(row)


def _out(row: Row[tuple[object, ...]]) -> HeadOut:
    said = sealing.head_of(row)
    return HeadOut(
        size=said.size,
        root=said.root,
        at=said.at,
        hash=said.hash,
        key_id=said.key_id,
        signature=row.signature,
        printed=said.printed,
    )


def inclusion(session: Session, entry_id: UUID, size: int | None) -> InclusionOut:
    """Return the proof that an entry the caller may read is in the tree of a head.

    Raises:
        NotFound: the caller may not read the entry, or there is no such head.
        Invalid: the head is older than the entry.
    """
    seq = service.place(session, entry_id)
    if seq is None:
        raise NotFound
    over = head(session, size)
    if over.size < seq:
        raise invalid("size", "not-covered", f"第 {seq} 条在大小为 {over.size} 的校验头之后，尚未包括在内。")
    connection = session.connection()
    ((_, rows),) = sealing.ordered(connection, seq - 1, 1)
    hash_ = merkle.hash_of(over.hash)

    def prove(at: merkle.NodeAt) -> list[bytes]:
        return merkle.inclusion(hash_, seq - 1, over.size, at)

    text = sealing.leaf_text(rows)
    return InclusionOut(
        seq=seq,
        leaf=text.decode(),
        leaf_hash=merkle.leaf(hash_, text).hex(),
        path=_path(connection, prove),
        head=over,
    )


def consistency(session: Session, old: int, new: int | None) -> ConsistencyOut:
    """Return the proof that a later head goes on from an earlier one.

    Raises:
        NotFound: there is no such head.
        Invalid: the later is the earlier.
    """
    first, second = head(session, old), head(session, new)
    if second.size < first.size:
        raise invalid("to", "earlier", f"大小为 {second.size} 的校验头早于 {first.size}。")
    hash_ = merkle.hash_of(second.hash)

    def prove(at: merkle.NodeAt) -> list[bytes]:
        return merkle.consistency(hash_, first.size, second.size, at)

    return ConsistencyOut(old=first, new=second, path=_path(session.connection(), prove))


def _path(connection: Connection, prove: merkle.Prove) -> list[str]:
    """Ask a proof twice: which nodes it needs, then with them, so that they are read at once."""
    wanted: list[tuple[int, int]] = []

    def note(level: int, number: int) -> bytes:
        wanted.append((level, number))
        return b""

    prove(note)
    kept = sealing.nodes_at(connection, wanted)
    return [each.hex() for each in prove(lambda level, number: kept[level, number])]
