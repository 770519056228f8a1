"""``allow(P.X)``: the only dependency that yields a session to an endpoint.

The transaction ends before the answer leaves: the dependency's scope is the endpoint, not the response, so that a
failed commit is never a 200.
"""

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any, Protocol
from uuid import UUID

import anyio
from fastapi import Depends, Header, Request, Response
from starlette.concurrency import run_in_threadpool

from minsheng.kernel import idempotency
from minsheng.kernel.access import Access, Caller, Session
from minsheng.kernel.db import Database
from minsheng.kernel.errors import BadRequest, FieldError, Forbidden, PreconditionRequired, Unauthenticated

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Authenticate(Protocol):
    """Turns what a request carries into a caller; the identity feature gives it to the application."""

    def credentials(self, request: Request) -> object:
        """Read what the request carries, without the database.

        Raises:
            Unauthenticated: nothing usable is there.
        """

    def caller(self, session: Session, credentials: object) -> Caller:
        """Look the caller up.

        Raises:
            Unauthenticated: unknown, expired, locked out or revoked.
        """

    def person(self, session: Session, user_id: UUID) -> Caller:
        """Look up somebody who is not asking now: the maker of a job.

        Raises:
            Unauthenticated: there is no such account any more.
        """


class Replay(Exception):  # noqa: N818 - not an error: the answer is already known
    """Carries a stored answer past the endpoint."""

    def __init__(self, response: Response) -> None:
        self.response = response


def allow(permission: str | None, *, first_password: bool = False, rows_only_read: bool = False) -> Any:  # noqa: ANN401 - what Depends returns
    """Return the dependency that yields a session for one permission; ``None`` is everybody who is logged in.

    ``first_password`` lets in also who has yet to change the password he was given: for doing just that, and leaving.
    ``rows_only_read`` is for requests that change files and no row: they must not make other writers wait.
    """

    async def door(
        request: Request,
        _key: Annotated[
            str | None,
            Header(
                alias=idempotency.HEADER,
                pattern=r"^[A-Za-z0-9_-]{8,100}$",
                description="重试用的幂等键：同键同内容返回首次的答复（POST 有效）",
            ),
        ] = None,
    ) -> AsyncIterator[Session]:
        state = request.app.state
        authenticate: Authenticate = state.authenticate
        database: Database = state.database
        carried = authenticate.credentials(request)
        sends = request.method not in SAFE
        write = sends and not rows_only_read
        # Read before a place is taken: a slow sender must not hold a connection, least of all SQLite's only writer.
        body = await request.body() if sends else b""

        def enter() -> Session:
            session = open_session(database, Access.system("authenticate"), write=write)
            try:
                _admit(session, request, authenticate, carried, permission, first_password=first_password)
                if _key and write and request.method == "POST":
                    _recall(session, request, _key, body)
            except BaseException:
                session.close()
                raise
            return session

        async with database.place(write=write):
            session = await run_in_threadpool(enter)
            request.state.session = session
            try:
                yield session
            except BaseException:
                with anyio.CancelScope(shield=True):
                    await run_in_threadpool(session.close)
                raise
            # A commit that is under way is never cancelled: half an answer would be a lie.
            with anyio.CancelScope(shield=True):
                await run_in_threadpool(_finish, session, write=write)

    door.permission = permission  # type: ignore[attr-defined]
    return Depends(door, scope="function")


def _admit(
    session: Session,
    request: Request,
    authenticate: Authenticate,
    carried: object,
    permission: str | None,
    *,
    first_password: bool,
) -> None:
    """Give the session its caller and his access.

    Raises:
        Unauthenticated: the caller is unknown.
        Forbidden: he holds the permission nowhere, or must change his password first.
    """
    session.caller = authenticate.caller(session, carried)
    session.access = session.caller.access
    session.permission = permission or ""
    session.request_id = request.state.request_id
    request.state.user_id = session.caller.user_id
    if permission is not None and not session.access.holds(permission):
        raise Forbidden
    if session.caller.must_change_password and not first_password:
        message = "首次登录请先修改密码。"
        raise Forbidden(message)


def _recall(session: Session, request: Request, key: str, body: bytes) -> None:
    """Answer a repeat with the first answer, or claim the key.

    Raises:
        Replay: the answer is known.
    """
    if_match = request.headers.get("if-match", "")
    print_ = idempotency.fingerprint(request.method, request.url.path, request.url.query, body, if_match)
    answer = idempotency.recall(session, key, print_)
    if answer is not None:
        raise Replay(answer)
    request.state.keyed = (key, print_)


def open_session(database: Database, access: Access, *, write: bool) -> Session:
    """Begin a transaction with the given access."""
    session = Session(database.engine, access=access, write=write)
    session.connection(execution_options={"minsheng_write": write})
    return session


def _finish(session: Session, *, write: bool) -> None:
    try:
        if write:
            session.commit()
    finally:
        session.close()


def permission_of(dependency: Callable[..., Any]) -> str | None:
    """Return the permission a door was made for.

    Raises:
        AttributeError: the dependency is no door.
    """
    found: str | None = dependency.permission  # type: ignore[attr-defined]
    return found


def _if_match(
    value: Annotated[
        str | None, Header(alias="If-Match", max_length=100, description='读到的版本，如 "3"', examples=['"3"'])
    ] = None,
) -> int:
    if value is None:
        message = "修改已有内容需要 If-Match 头，值为读到的 ETag。"
        raise PreconditionRequired(message)
    number = value.strip().strip('"')
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        message = 'If-Match 应为读到的 ETag，如 "3"。'
        raise BadRequest(message, errors=[FieldError(pointer="If-Match", code="format", message=message)])
    return int(number)


IfMatch = Annotated[int, Depends(_if_match)]
"""The version the caller read; 428 without."""

__all__ = ["SAFE", "Authenticate", "IfMatch", "Replay", "Unauthenticated", "allow", "open_session", "permission_of"]
