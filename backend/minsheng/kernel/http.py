"""What every request passes: an id, a size limit, strict parameters, a log line, headers, a count."""

import logging
import re
import time
from collections import Counter as Tally
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from prometheus_client import Counter, Histogram
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from minsheng.kernel import idempotency
from minsheng.kernel.errors import BadRequest, FieldError, Invalid, TooLarge
from minsheng.kernel.ids import new_id

log = logging.getLogger("minsheng.request")

_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
_REQUESTS = Counter("minsheng_requests_total", "Requests by route and status", ["method", "route", "status"])
_SECONDS = Histogram("minsheng_request_seconds", "Time to answer", ["method", "route"])

_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
CONTENT_SECURITY = (
    b"default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self'; "
    b"connect-src 'self'; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)


def flatten(dependant: Dependant) -> list[Dependant]:
    """Return a dependant with all those beneath it."""
    return [dependant, *(each for inner in dependant.dependencies for each in flatten(inner))]


class Gate:
    """The outermost layer: request id, body limit, security headers, access log, metrics."""

    def __init__(self, app: ASGIApp, body_limit: int) -> None:
        self.app = app
        self.body_limit = body_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        headers = dict(scope["headers"])
        wanted = headers.get(b"x-request-id", b"").decode("latin-1")
        request_id = wanted if _REQUEST_ID.match(wanted) else str(new_id())
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        state["user_id"] = None
        status = 500
        seen = 0

        async def limited() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.body_limit:
                raise TooLarge
            return message

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = message.setdefault("headers", [])
                own.append((b"x-request-id", request_id.encode()))
                own.extend(_HEADERS)
                if scope["path"].startswith("/api/"):
                    if not any(name == b"cache-control" for name, _ in own):
                        own.append((b"cache-control", b"no-store"))
                elif not any(name == b"content-security-policy" for name, _ in own):
                    own.append((b"content-security-policy", CONTENT_SECURITY))
            await send(message)

        declared = headers.get(b"content-length", b"0")
        if declared.isdigit() and int(declared[:20]) > self.body_limit:
            # Told before a byte is read; the handler of the application writes the problem.
            state["too_large"] = True
        try:
            await self.app(scope, limited, answer)
        finally:
            route = getattr(scope.get("route"), "path", "-")
            took = time.perf_counter() - started
            _REQUESTS.labels(scope["method"], route, status).inc()
            _SECONDS.labels(scope["method"], route).observe(took)
            user: UUID | None = state.get("user_id")
            log.info(
                "request",
                extra={
                    "request_id": request_id,
                    "method": scope["method"],
                    "route": route,
                    "status": status,
                    "ms": round(took * 1000, 1),
                    "user": str(user) if user else None,
                },
            )


class Route(APIRoute):
    """A route that knows its query parameters and keeps the answers of keyed requests."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler."""
        handler = super().get_route_handler()
        known = {field.alias for each in flatten(self.dependant) for field in each.query_params}

        async def handle(request: Request) -> Response:
            if getattr(request.state, "too_large", False):
                raise TooLarge
            _refuse_parameters(request, known)
            await _refuse_other_encodings(request)
            response = await handler(request)
            keyed = getattr(request.state, "keyed", None)
            if keyed is not None:
                # The row, its journal entry and this answer are committed together, after this handler returns.
                session = request.state.session
                await run_in_threadpool(_keep, session, keyed, response)
            return response

        return handle


def _refuse_parameters(request: Request, known: set[str]) -> None:
    """Refuse query parameters that the operation does not have, or that are given twice: which one counts?"""
    given = Tally(name for name, _ in request.query_params.multi_items())
    errors = [
        FieldError(pointer=name[:100], code="unknown-parameter", message=f"没有参数 {name[:100]!r}")
        for name in given
        if name not in known
    ]
    errors += [
        FieldError(pointer=name, code="duplicate-parameter", message=f"参数 {name} 写了两次")
        for name, times in given.items()
        if name in known and times > 1
    ]
    if errors:
        raise Invalid(errors[0].message, errors=errors)


async def _refuse_other_encodings(request: Request) -> None:
    """Refuse JSON that is not UTF-8; Python's reader would guess UTF-16 and UTF-32 from their zero bytes."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return
    body = await request.body()
    try:
        readable = b"\0" not in body and body.decode("utf-8") is not None
    except UnicodeDecodeError:
        readable = False
    if not readable:
        message = "请求体须为 UTF-8 编码的 JSON。"
        raise BadRequest(message)


def _keep(session: Any, keyed: tuple[str, str], response: Response) -> None:  # noqa: ANN401
    session.flush()
    idempotency.store(session, keyed[0], keyed[1], response)
