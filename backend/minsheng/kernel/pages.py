"""Keyset pages: opaque signed cursors, stable while others write."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import orjson
from fastapi import Depends, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Select, and_, or_

from minsheng.kernel.errors import BadCursor

TOTAL_CAP = 1001
"""Counts stop here: an exact count of a large list costs more than the page itself."""

_SIGNATURE_BYTES = 12
T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """One page of a list."""

    items: list[T]
    next: str | None = Field(description="下一页的标记；没有下一页时为 null", examples=[None])


class PageQuery:
    """Where a reader stands in a list, bound to the list and its filters."""

    def __init__(self, request: Request, limit: int, cursor: str | None) -> None:
        self.limit = limit
        self._key: bytes = request.app.state.cursor_key
        filters = sorted((k, v) for k, v in request.query_params.multi_items() if k not in {"cursor", "limit"})
        self._context = orjson.dumps([request.url.path, filters])
        self.after: list[Any] | None = self._open(cursor) if cursor is not None else None

    def _seal(self, payload: bytes) -> bytes:
        return hmac.digest(self._key, self._context + b"\0" + payload, hashlib.sha256)[:_SIGNATURE_BYTES]

    def _open(self, cursor: str) -> list[Any]:
        try:
            raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        except (binascii.Error, UnicodeEncodeError, ValueError):
            raise BadCursor from None
        signature, payload = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._seal(payload)):
            message = "翻页标记不属于这个列表或已损坏，请从第一页重新读取。"
            raise BadCursor(message)
        values: list[Any] = orjson.loads(payload)
        return values

    def cursor(self, values: Sequence[Any]) -> str:
        """Return the mark behind a row with these sort values."""
        payload = orjson.dumps(list(values), default=str)
        return base64.urlsafe_b64encode(self._seal(payload) + payload).rstrip(b"=").decode("ascii")

    def apply(self, statement: Select[Any], columns: Sequence[Any]) -> Select[Any]:
        """Order a select by columns (all ascending, the last unique) and start behind the cursor, one row over."""
        if self.after is not None:
            statement = statement.where(behind(columns, self.after))
        return statement.order_by(*columns).limit(self.limit + 1)

    def cut(self, rows: Sequence[T], values: Callable[[T], Sequence[Any]]) -> tuple[Sequence[T], str | None]:
        """Drop the row over and return the cursor that leads on, if there is more."""
        if len(rows) <= self.limit:
            return rows, None
        kept = rows[: self.limit]
        return kept, self.cursor(values(kept[-1]))


def behind(columns: Sequence[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """Return the condition for rows that sort after the given values."""
    typed = [_typed(column, value) for column, value in zip(columns, values, strict=True)]
    ways = []
    for index, (column, value) in enumerate(zip(columns, typed, strict=True)):
        same = [c == v for c, v in zip(columns[:index], typed[:index], strict=True)]
        ways.append(and_(*same, column > value))
    return or_(*ways)


def _typed(column: Any, value: Any) -> Any:  # noqa: ANN401
    kind = column.type.python_type
    if kind is UUID:
        return UUID(value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    if kind is date:
        return date.fromisoformat(value)
    return value


def _page_query(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=1000, description="每页行数")] = 50,
    cursor: Annotated[str | None, Query(max_length=1000, description="上一页给出的 next")] = None,
) -> PageQuery:
    return PageQuery(request, limit, cursor)


Paging = Annotated[PageQuery, Depends(_page_query)]
