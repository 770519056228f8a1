"""Published heads of the sealed record, the keys, and proofs, over HTTP.

Heads and keys are for everybody who is logged in: they say a count, a time and a hash, and the more people keep one,
the less anybody can take back. A proof shows its entry and asks for the right to read it.
"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query, Response

from minsheng.integration import seals
from minsheng.integration.seal_schemas import ConsistencyOut, HeadOut, InclusionOut, SealKeysOut
from minsheng.kernel.access import Session
from minsheng.kernel.door import allow
from minsheng.kernel.http import Route
from minsheng.permissions import P

router = APIRouter(tags=["integration"], route_class=Route)

Everybody = Annotated[Session, allow(None)]
Reader = Annotated[Session, allow(P.JOURNAL_READ)]
Size = Annotated[int, Path(ge=1, le=2**53 - 1, description="已封存的条数")]
NoneMatch = Annotated[
    str | None, Header(alias="If-None-Match", max_length=200, description="上次读到的 ETag；没有变化答 304")
]
_UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "没有变化"}}
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def _tagged(found: HeadOut, asked: str | None, response: Response, caching: str) -> HeadOut | Response:
    headers = {"ETag": f'"{found.size}-{found.root[:16]}"', "Cache-Control": caching}
    if asked and headers["ETag"] in asked:
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return found


@router.get("/seal-keys", summary="封存公钥", operation_id="listSealKeys")
def list_keys(session: Everybody) -> SealKeysOut:
    """Return every public key that has signed heads, retired ones too: old heads stay good."""
    return SealKeysOut(items=seals.keys(session))


@router.get(
    "/heads/latest",
    summary="最新校验头",
    operation_id="getLatestHead",
    response_model=HeadOut,
    responses={**_UNCHANGED, 404: {"description": "还没有封存", "content": _PROBLEM}},
)
def get_latest(response: Response, session: Everybody, asked: NoneMatch = None) -> HeadOut | Response:
    """Return the newest signed head: at most five minutes or a hundred entries old."""
    return _tagged(seals.head(session, None), asked, response, "private, no-cache")


@router.get(
    "/heads/{size}",
    summary="某一校验头",
    operation_id="getHead",
    response_model=HeadOut,
    responses=_UNCHANGED,
)
def get_head(size: Size, response: Response, session: Everybody, asked: NoneMatch = None) -> HeadOut | Response:
    """Return the head that was signed at a size; there is one at least every hundred entries, and it never changes."""
    return _tagged(seals.head(session, size), asked, response, "private, max-age=31536000, immutable")


@router.get("/heads/{size}/consistency", summary="一致性证明", operation_id="getConsistency")
def get_consistency(
    size: Size,
    session: Everybody,
    to: Annotated[int | None, Query(ge=1, le=2**53 - 1, description="较新的校验头；省略为最新")] = None,
) -> ConsistencyOut:
    """Prove that a later head goes on from this one: nothing before it was changed, removed or put in."""
    return seals.consistency(session, size, to)


@router.get("/changes/{id}/inclusion", summary="存在证明", operation_id="getInclusion")
def get_inclusion(
    id: UUID,  # noqa: A002
    session: Reader,
    size: Annotated[int | None, Query(ge=1, le=2**53 - 1, description="校验头的大小；省略为最新")] = None,
) -> InclusionOut:
    """Prove that an entry of the feed is sealed: its exact text, and the nodes that lead from it to a head's root."""
    return seals.inclusion(session, id, size)
