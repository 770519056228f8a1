"""Log-in, log-out and tokens over HTTP: the public routes and those every person has for himself.

A browser gets a cookie session. Other clients get tokens by authorization code with PKCE; there is no password grant.
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request, Response
from sqlmodel import col, select
from starlette.concurrency import run_in_threadpool

from minsheng.identity import authority, credentials, sessions
from minsheng.identity.models import Role, User  # noqa: F401 - Role is needed for the mapper of roles_now
from minsheng.identity.schemas import (
    AuthorizeIn,
    CodeOut,
    DemoAccount,
    LoginIn,
    Me,
    MeGrant,
    MeUser,
    PasswordIn,
    TokenOut,
)
from minsheng.kernel import clock
from minsheng.kernel.access import Access, Session
from minsheng.kernel.db import Database
from minsheng.kernel.door import allow, open_session
from minsheng.kernel.errors import Problem, Unauthenticated
from minsheng.kernel.http import Route
from minsheng.kernel.settings import Settings
from minsheng.org.models import Unit
from minsheng.permissions import P

router = APIRouter(tags=["login"], route_class=Route)


class WrongPassword(Unauthenticated):
    """The same answer for an unknown name and a wrong password."""

    code, title = "wrong-password", "账号或密码不对"


class InvalidGrant(Problem):
    """The code or refresh token is not good (any more)."""

    code, title = "invalid-grant", "授权码或刷新令牌无效"


async def _system(request: Request, why: str, work: Any, *, write: bool = True) -> Any:  # noqa: ANN401
    """Run one short piece of work in its own transaction, with the system's access."""
    database: Database = request.app.state.database

    def run() -> Any:  # noqa: ANN401
        with open_session(database, Access.system(why), write=write) as session:
            session.request_id = request.state.request_id
            result = work(session)
            session.commit()
            return result

    async with database.place(write=write):
        return await run_in_threadpool(run)


def me_of(session: Session, user: User, access: Access, *, must_change: bool) -> Me:
    """Return what a person may know of himself; system session."""
    unit = session.get_one(Unit, user.unit_id)
    return Me(
        user=MeUser(
            id=user.id,
            username=user.username,
            name=user.name,
            unit_id=unit.id,
            unit_name=unit.name,
            tier=unit.tier,
        ),
        grants=[
            MeGrant(unit_id=unit_id, unit_name=unit_name, role_code=code, role_name=name)
            for unit_id, unit_name, code, name in authority.roles_now(session, user.id)
        ],
        permissions=sorted(permission for permission in P if access.holds(permission)),
        today=clock.today(),
        must_change_password=must_change,
    )


@router.post("/session", summary="登录", operation_id="logIn")
async def log_in(body: LoginIn, request: Request, response: Response) -> Me:
    """Log a browser in: sets the session cookie. Five wrong passwords in fifteen minutes lock the name."""
    settings: Settings = request.app.state.settings
    sessions.refuse_foreign_origin(request)
    name = sessions.cookie_name(request, settings)
    user: User | None = await _system(
        request, "log-in", lambda session: sessions.reserve_attempt(session, settings, body.username)
    )
    known = user.password_hash if user and user.status == "active" else None
    if not await run_in_threadpool(credentials.verify_password, known, body.password):
        await _system(request, "log-in", lambda session: sessions.note_failure(session, user))
        raise WrongPassword
    assert user is not None  # noqa: S101 - an unknown user never verifies
    user_id = user.id

    def enter(session: Session) -> tuple[str, Me]:
        secret, _, fresh = sessions.open_login(session, settings, user_id, body.username)
        access = request.app.state.authenticate.authority.of(session, user_id)
        return secret, me_of(session, fresh, access, must_change=fresh.must_change_password)

    secret, me = await _system(request, "log-in", enter)
    response.set_cookie(
        name,
        secret,
        max_age=settings.session_hours * 3600,
        path="/",
        secure=name == sessions.SECURE_COOKIE,
        httponly=True,
        samesite="strict",
    )
    return me  # type: ignore[no-any-return]


@router.get("/session/demo-accounts", summary="演示账号", operation_id="listDemoAccounts")
async def demo_accounts(request: Request) -> list[DemoAccount]:
    """Return the accounts of the sample data; empty wherever the sample data is not shown."""
    settings: Settings = request.app.state.settings
    if not settings.demo_accounts:
        return []

    def read(session: Session) -> list[DemoAccount]:
        found = session.exec(
            select(User, Unit.name)
            .join(Unit, col(Unit.id) == col(User.unit_id))
            .where(col(User.demo_role).is_not(None), User.status == "active")
            .order_by(col(User.id))
        ).all()
        return [
            DemoAccount(username=user.username, name=user.name, unit_name=unit, role_name=user.demo_role or "")
            for user, unit in found
        ]

    return await _system(request, "demo accounts", read, write=False)  # type: ignore[no-any-return]


@router.delete("/session", status_code=204, summary="退出", operation_id="logOut")
def log_out(response: Response, session: Annotated[Session, allow(None, first_password=True)]) -> None:
    """End this browser session."""
    if session.who.login_id:
        sessions.close_login(session, session.who.login_id)
    for name in (sessions.SECURE_COOKIE, sessions.PLAIN_COOKIE):
        response.delete_cookie(name, path="/", secure=name == sessions.SECURE_COOKIE, httponly=True)


def _as_self(session: Session) -> Session:
    """Let a person change his own account, which no unit's right covers."""
    session.access = Access.system("own account")
    return session


@router.post("/session/revoke-all", status_code=204, summary="在所有设备上退出", operation_id="logOutEverywhere")
def log_out_everywhere(session: Annotated[Session, allow(None, first_password=True)]) -> None:
    """End every session and token of the caller, this one too."""
    sessions.log_out_everywhere(_as_self(session), session.who.user_id)


@router.get("/me", summary="我是谁", operation_id="getMe")
def get_me(session: Annotated[Session, allow(None, first_password=True)]) -> Me:
    """Return the caller, his roles today and the permissions he holds anywhere."""
    who = session.who
    access = session.access
    system = _as_self(session)
    user = system.get_one(User, who.user_id)
    return me_of(system, user, access, must_change=who.must_change_password)


@router.post("/me/password", status_code=204, summary="修改自己的密码", operation_id="changeOwnPassword")
def change_own_password(body: PasswordIn, session: Annotated[Session, allow(None, first_password=True)]) -> None:
    """Change one's own password; every session and token ends, this one too."""
    sessions.change_password(_as_self(session), session.who.user_id, body.current, body.new)


@router.post("/oauth/authorize", summary="给其他客户端授权码", operation_id="authorize")
def authorize(body: AuthorizeIn, session: Annotated[Session, allow(None)]) -> CodeOut:
    """Consent to a client with PKCE: returns a code that is good once, for a minute."""
    who = session.who
    code = sessions.authorize(_as_self(session), who.user_id, body.client_id, body.code_challenge)
    return CodeOut(code=code, expires_in=sessions.CODE_SECONDS)


@router.post("/oauth/token", summary="换取令牌", operation_id="exchangeToken")
async def token(
    request: Request,
    grant_type: Annotated[Literal["authorization_code", "refresh_token"], Form(description="授权方式")],
    client_id: Annotated[str, Form(pattern=r"^[a-z]{1,20}$", description="客户端")],
    code: Annotated[str | None, Form(max_length=200, description="授权码")] = None,
    code_verifier: Annotated[str | None, Form(pattern=r"^[A-Za-z0-9._~-]{43,128}$", description="PKCE 原文")] = None,
    refresh_token: Annotated[str | None, Form(max_length=200, description="刷新令牌")] = None,
) -> TokenOut:
    """Exchange a code or refresh token (RFC 6749). A refresh token is good once; a second use ends its family."""
    authenticator = request.app.state.authenticate
    kind, secret = ("code", code) if grant_type == "authorization_code" else ("refresh", refresh_token)
    pair = secret and await _system(
        request,
        "token exchange",
        lambda session: sessions.exchange(session, authenticator, kind, secret, client_id, code_verifier),
    )
    if not pair:
        raise InvalidGrant
    seconds = int(authenticator.tokens.lifetime.total_seconds())
    return TokenOut(access_token=pair[0], token_type="Bearer", expires_in=seconds, refresh_token=pair[1])  # noqa: S106


@router.post("/oauth/revoke", status_code=204, summary="吊销令牌", operation_id="revokeToken")
async def revoke(
    request: Request, token: Annotated[str, Form(min_length=1, max_length=200, description="刷新令牌")]
) -> None:
    """Revoke a refresh token and all that grew with it (RFC 7009)."""
    await _system(request, "token revocation", lambda session: sessions.end_family(session, token))
