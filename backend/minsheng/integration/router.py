"""The change feed over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from minsheng.integration import service
from minsheng.integration.schemas import ChangesOut
from minsheng.kernel.access import Session
from minsheng.kernel.door import allow
from minsheng.kernel.errors import invalid
from minsheng.kernel.http import Route
from minsheng.kernel.pages import PageQuery
from minsheng.permissions import P

router = APIRouter(tags=["integration"], route_class=Route)


async def _settled(request: Request) -> None:
    """Order what was committed before this request, so that a client reads its own writes."""
    state = request.app.state
    state.authenticate.credentials(request)
    # Nearly always nothing waits: then nobody queues for the only writer.
    async with state.database.place(write=False):
        waiting = await run_in_threadpool(service.waiting, state.database.engine)
    if waiting:
        async with state.database.place(write=True):
            await run_in_threadpool(service.sequence, state.database.engine)


@router.get("/changes", summary="变更流", operation_id="listChanges", response_model=ChangesOut)
def list_changes(
    request: Request,
    _order: Annotated[None, Depends(_settled)],
    session: Annotated[Session, allow(P.JOURNAL_READ)],
    cursor: Annotated[str | None, Query(max_length=1000, description="上次给出的 next;省略从头读")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="最多几条")] = 200,
    types: Annotated[
        str | None, Query(max_length=300, pattern=r"^[a-z_]+(,[a-z_]+)*$", description="只要这些类型，逗号分隔")
    ] = None,
) -> Response:
    """Return committed changes in a gap-free order; a cursor is good for ever."""
    wanted = set(types.split(",")) if types else None
    unknown = (wanted or set()) - set(service.kinds())
    if unknown:
        raise invalid("types", "unknown-type", f"没有类型 {'、'.join(sorted(unknown))}")
    place = PageQuery(request, limit, cursor)
    after = int(place.after[0]) if place.after else 0
    found = service.page(session, after, limit + 1, wanted)
    more = len(found) > limit
    found = found[:limit]
    last = found[-1][0] if found else after
    # The entries were written as canonical JSON: they go to the wire as they are.
    items = ",".join(f'{{"seq":{seq},{body[1:]}' for seq, body in found)
    following = place.cursor([last])
    return Response(
        f'{{"items":[{items}],"next":"{following}","more":{"true" if more else "false"}}}',
        media_type="application/json",
    )
