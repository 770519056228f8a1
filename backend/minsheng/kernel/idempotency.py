"""``Idempotency-Key``: the same key and body answers again with the first answer (IETF draft).

The answer is stored in the transaction of the write, so that either both exist or neither. A refused request leaves
nothing behind: a repeat is judged afresh.
"""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from fastapi import Response
from sqlalchemy import Index, LargeBinary, delete, insert, select, text
from sqlmodel import Field, SQLModel

from minsheng.kernel import clock
from minsheng.kernel.access import Private, Session
from minsheng.kernel.db import Instant
from minsheng.kernel.errors import KeyReused, StillRunning

KEPT = timedelta(hours=48)
HEADER = "Idempotency-Key"


class StoredAnswer(SQLModel, table=True):
    """The first answer to a keyed request of one caller."""

    __tablename__ = "stored_answer"
    __scope__ = Private("只用于重放同一请求的答复")
    __table_args__ = (Index("ix_stored_answer_created_at", "created_at"),)

    caller_id: UUID = Field(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: str = Field(nullable=False)
    status: int = Field(nullable=False)
    headers: str = Field(nullable=False)
    body: bytes = Field(sa_type=LargeBinary, nullable=False)
    created_at: datetime = Field(sa_type=Instant, nullable=False)


_ANSWERS = StoredAnswer.__table__  # type: ignore[attr-defined]
_REPLAYED = ("etag", "location", "content-type")


def fingerprint(method: str, path: str, query: str, body: bytes, if_match: str) -> str:
    """Return what makes two requests the same."""
    digest = hashlib.sha256()
    for part in (method.encode(), path.encode(), query.encode(), if_match.encode(), body):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def recall(session: Session, key: str, print_: str) -> Response | None:
    """Return the stored answer of an earlier identical request, or claim the key for this one.

    Raises:
        KeyReused: the key belongs to another request.
        StillRunning: the first request has not finished.
    """
    caller = session.who.user_id
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        # Held until the transaction ends: a second request with the key learns at once that the first is running.
        number = int.from_bytes(hashlib.sha256(caller.bytes + key.encode()).digest()[:8], "big", signed=True)
        if not connection.execute(text("SELECT pg_try_advisory_xact_lock(:n)"), {"n": number}).scalar_one():
            raise StillRunning
    row = connection.execute(
        select(_ANSWERS).where(_ANSWERS.c.caller_id == caller, _ANSWERS.c.key == key)
    ).one_or_none()
    if row is None:
        return None
    if row.fingerprint != print_:
        message = "这个 Idempotency-Key 已用于内容不同的请求，请换一个新的键。"
        raise KeyReused(message)
    headers = dict(line.split(": ", 1) for line in row.headers.splitlines())
    return Response(row.body, row.status, {**headers, "Idempotency-Replayed": "true"})


def store(session: Session, key: str, print_: str, response: Response) -> None:
    """Keep the answer in the transaction that made it."""
    kept = "\n".join(f"{name}: {response.headers[name]}" for name in _REPLAYED if name in response.headers)
    session.connection().execute(
        insert(_ANSWERS),
        {
            "caller_id": session.who.user_id,
            "key": key,
            "fingerprint": print_,
            "status": response.status_code,
            "headers": kept,
            "body": bytes(response.body),
            "created_at": clock.now(),
        },
    )


def forget_old(session: Session) -> int:
    """Drop answers past their time; return how many."""
    result = session.connection().execute(delete(_ANSWERS).where(_ANSWERS.c.created_at < clock.now() - KEPT))
    return int(result.rowcount)
