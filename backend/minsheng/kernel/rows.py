"""Single rows: found or 404, stale or 412, tagged with their version."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

import orjson
import sqlmodel
from fastapi import Response
from sqlalchemy import select

from minsheng.kernel.access import Session, find
from minsheng.kernel.db import Row
from minsheng.kernel.errors import NotFound, Stale
from minsheng.kernel.journal import JournalEntry
from minsheng.kernel.pages import Page, PageQuery

T = TypeVar("T", bound=Row)
Shown = TypeVar("Shown")
_ENTRIES = JournalEntry.__table__  # type: ignore[attr-defined]


def fetch(session: Session, kind: type[T], key: UUID) -> T:
    """Return a visible row to read.

    Raises:
        NotFound: there is none, or the caller may not see it; the two look the same.
    """
    row = find(session, kind, key)
    if row is None:
        raise NotFound
    return row


def page_of(
    session: Session,
    page: PageQuery,
    kind: type[T],
    present: Callable[[Session, Sequence[T]], list[Shown]],
    /,
    **wanted: object,
) -> Page[Shown]:
    """Return a page of a table in the order of its ids: the rows whose columns hold what is wanted, where it is."""
    conditions = (getattr(kind, name) == value for name, value in wanted.items() if value is not None)
    statement = sqlmodel.select(kind).where(*conditions)
    found: Sequence[T] = session.exec(page.apply(statement, (kind.id,))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda row: (row.id,))
    return Page(items=present(session, found), next=following)


def hold(session: Session, kind: type[T], key: UUID, version: int | None = None) -> T:
    """Return a row to change, held until the transaction ends.

    Raises:
        NotFound: not visible.
        Forbidden: visible, but the named permission does not cover it.
        Stale: somebody changed it since ``version``.
    """
    row = find(session, kind, key, lock=True)
    if row is None:
        raise NotFound
    session.require(row)
    if version is not None and row.version != version:
        raise stale(session, row, version)
    return row


def stale(session: Session, row: Row, version: int) -> Stale:
    """Return the 412 with both versions and the fields that changed in between."""
    bodies = session.connection().execute(select(_ENTRIES.c.body).where(_ENTRIES.c.entity_id == row.id))
    changed: list[dict[str, Any]] = []
    for (text,) in bodies:
        entry = orjson.loads(text)
        if entry["version"] > version:
            changed += [
                {"field": name, "old": old, "new": new, "at": entry["at"], "by": entry["actor_id"]}
                for name, (old, new) in sorted(entry["changes"].items())
            ]
    message = f"您看到的是第 {version} 版，现在已是第 {row.version} 版，请核对后重试。"
    return Stale(message, extra={"your_version": version, "current_version": row.version, "changed": changed})


def tag(response: Response, row: Row) -> None:
    """Set the ETag of a row on the answer."""
    response.headers["ETag"] = f'"{row.version}"'


def answer(items: list[dict[str, Any]], following: str | None) -> Response:
    """Return one page of plain rows as bytes, without building and validating a model for each.

    Figures must be turned into text before: JSON has no exact decimal.
    """
    return Response(orjson.dumps({"items": items, "next": following}, option=_OPTIONS), media_type="application/json")


_OPTIONS = orjson.OPT_UTC_Z
