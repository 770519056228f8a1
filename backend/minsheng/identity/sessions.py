"""Who is calling, logging in and out, tokens of other clients."""

import base64
import hashlib
import hmac
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi import Request
from sqlalchemy import bindparam, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from minsheng.identity import credentials
from minsheng.identity.authority import Authority
from minsheng.identity.credentials import AccessToken, Tokens, fingerprint, new_secret
from minsheng.identity.models import (
    LoginSession,
    LoginThrottle,
    TokenFamily,
    TokenSecret,
    User,
)
from minsheng.kernel import clock, journal
from minsheng.kernel.access import Caller, Session
from minsheng.kernel.door import SAFE
from minsheng.kernel.errors import (
    BadRequest,
    Forbidden,
    TooManyAttempts,
    TwoCredentials,
    Unauthenticated,
    invalid,
)
from minsheng.kernel.ids import new_id
from minsheng.kernel.settings import Settings

SECURE_COOKIE = "__Host-minsheng"
PLAIN_COOKIE = "minsheng"
CLIENT_HEADER = "X-Minsheng-Client"
CODE_SECONDS = 60
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Cookie:
    """A session cookie as it came."""

    secret: str


class Authenticator:
    """Turns a cookie or an access token into a caller."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.tokens = Tokens(settings)
        self.authority = Authority()

    def credentials(self, request: Request) -> Cookie | AccessToken:
        """Read the one proof a request carries.

        Raises:
            TwoCredentials: a cookie and a token at once.
            Unauthenticated: neither, or a token that is not ours.
            Forbidden: a cookie on a writing request that our client did not send.
        """
        header = request.headers.get("authorization")
        cookie = request.cookies.get(SECURE_COOKIE) or request.cookies.get(PLAIN_COOKIE)
        if header is not None and cookie:
            message = "请只用 Cookie 或 Authorization 之一。"
            raise TwoCredentials(message)
        if header is not None:
            scheme, _, token = header.partition(" ")
            if scheme.lower() != "bearer" or not token:
                raise Unauthenticated
            return self.tokens.read(token.strip())
        if not cookie:
            raise Unauthenticated
        if request.method not in SAFE:
            refuse_foreign_origin(request)
        return Cookie(cookie)

    def caller(self, session: Session, credentials: object) -> Caller:
        """Look up who it is; a person who was disabled or logged out everywhere is unknown from that moment."""
        login_id: UUID | None = None
        if isinstance(credentials, Cookie):
            user = _by_cookie(session, credentials)
            login_id = user.proof_id
        else:
            assert isinstance(credentials, AccessToken)  # noqa: S101 - the only other proof
            user = _by_token(session, credentials)
        return Caller(
            user_id=user.id,
            unit_id=user.unit_id,
            username=user.username,
            name=user.name,
            access=self.authority.of(session, user.id, user.authority),
            login_id=login_id,
            must_change_password=user.must_change_password,
        )

    def person(self, session: Session, user_id: UUID) -> Caller:
        """Look up the maker of a job; a person who was disabled meanwhile is unknown from that moment."""
        statement = select(*_PERSON).where(User.id == user_id)  # type: ignore[call-overload]
        user: Any = session.exec(statement).one_or_none()
        if user is None or user.status != "active":
            raise Unauthenticated
        return Caller(
            user_id=user.id,
            unit_id=user.unit_id,
            username=user.username,
            name=user.name,
            access=self.authority.of(session, user.id, user.authority),
        )


def refuse_foreign_origin(request: Request) -> None:
    """Refuse a writing request with a cookie that another site could have caused.

    Raises:
        Forbidden: the client's own header is missing, or the Origin is another.
    """
    origin = request.headers.get("origin")
    host = request.headers.get("host", "")
    if not request.headers.get(CLIENT_HEADER) or (origin is not None and origin.partition("://")[2] != host):
        message = f"网页会话的写操作须由本系统的页面发出（缺少 {CLIENT_HEADER} 头或来源不符）。"
        raise Forbidden(message)


def cookie_name(request: Request, settings: Settings) -> str:
    """Return the cookie to set: the strict one wherever the browser will keep it.

    Raises:
        BadRequest: plain http beyond this machine, and the installation does not allow it.
    """
    if request.url.scheme == "https" or (request.url.hostname or "") in _LOOPBACK:
        return SECURE_COOKIE
    if settings.allow_plain_http:
        return PLAIN_COOKIE
    message = "请通过 https 访问；没有证书的内网须由管理员打开 MINSHENG_ALLOW_PLAIN_HTTP。"
    raise BadRequest(message)


# Columns, not rows, and one question: it is asked before every request, and what the system read about a person must
# not lie about in the session that becomes his.
_PERSON = (
    col(User.id),
    col(User.unit_id),
    col(User.username),
    col(User.name),
    col(User.must_change_password),
    col(User.status),
    col(User.epoch),
    journal.EPOCH.label("authority"),
)
_COOKIE = (
    select(  # type: ignore[call-overload]
        *_PERSON,
        col(LoginSession.id).label("proof_id"),
        col(LoginSession.ended_at),
        col(LoginSession.expires_at),
        col(LoginSession.epoch).label("proof_epoch"),
    )
    .join(User, col(User.id) == col(LoginSession.user_id))
    .where(LoginSession.token_hash == bindparam("hash"))
)
_TOKEN = (
    select(*_PERSON, col(TokenFamily.ended_at))  # type: ignore[call-overload]
    .join(TokenFamily, col(TokenFamily.user_id) == col(User.id))
    .where(TokenFamily.id == bindparam("family"), User.id == bindparam("user"))
)


def _by_cookie(session: Session, cookie: Cookie) -> Any:  # noqa: ANN401 - a row of the columns above
    user = session.exec(_COOKIE, params={"hash": fingerprint(cookie.secret)}).one_or_none()
    if user is None:
        raise Unauthenticated
    if user.ended_at or user.expires_at <= clock.now() or user.status != "active" or user.epoch != user.proof_epoch:
        message = "登录已失效，请重新登录。"
        raise Unauthenticated(message)
    return user


def _by_token(session: Session, token: AccessToken) -> Any:  # noqa: ANN401 - a row of the columns above
    user = session.exec(_TOKEN, params={"family": token.family_id, "user": token.user_id}).one_or_none()
    if user is None:
        raise Unauthenticated
    if user.ended_at or user.status != "active" or user.epoch != token.epoch:
        message = "令牌已被收回，请重新登录。"
        raise Unauthenticated(message)
    return user


# Logging in: three short steps, so that no transaction is open while argon2 works.


def reserve_attempt(session: Session, settings: Settings, username: str) -> User | None:
    """Count an attempt before it is judged, and return the account if there is one.

    Raises:
        TooManyAttempts: the name was tried too often; the same for names that do not exist.
    """
    key = fingerprint(username)
    now = clock.now()
    window = timedelta(minutes=settings.lockout_minutes)
    throttle = session.get(LoginThrottle, key, with_for_update=True)
    if throttle is None:
        # Two first attempts at once: the second waits for the first one's row and then counts on it.
        with suppress(IntegrityError), session.begin_nested():
            session.add(LoginThrottle(name_hash=key, attempts=0, since=now))
            session.flush()
        throttle = session.get_one(LoginThrottle, key, with_for_update=True, populate_existing=True)
    if now - throttle.since >= window:
        throttle.attempts, throttle.since = 0, now
    if throttle.attempts >= settings.lockout_attempts:
        wait = int((throttle.since + window - now).total_seconds()) + 1
        message = f"连续输错 {settings.lockout_attempts} 次，请 {wait // 60 + 1} 分钟后再试。"
        raise TooManyAttempts(message, headers={"Retry-After": str(wait)})
    throttle.attempts += 1
    session.add(throttle)
    return session.exec(select(User).where(User.username == username)).one_or_none()


def open_login(session: Session, settings: Settings, user_id: UUID, username: str) -> tuple[str, LoginSession, User]:
    """Start a browser session and forget the failed attempts; return the cookie's secret."""
    user = session.get_one(User, user_id)
    throttle = session.get(LoginThrottle, fingerprint(username))
    if throttle:
        throttle.attempts = 0
        session.add(throttle)
    secret = new_secret()
    now = clock.now()
    login = LoginSession(
        id=new_id(),
        token_hash=fingerprint(secret),
        user_id=user.id,
        epoch=user.epoch,
        created_at=now,
        expires_at=now + timedelta(hours=settings.session_hours),
    )
    session.add(login)
    session.flush()
    journal.record_login(session, "login", user.id, user.unit_id, {})
    return secret, login, user


def note_failure(session: Session, user: User | None) -> None:
    """Record a refused log-in of a known account."""
    if user:
        journal.record_login(session, "login-refused", user.id, user.unit_id, {})


def close_login(session: Session, login_id: UUID) -> None:
    """End one browser session."""
    session.connection().execute(
        update(LoginSession.__table__)  # type: ignore[attr-defined]
        .where(col(LoginSession.id) == login_id)
        .values(ended_at=clock.now())
    )


def log_out_everywhere(session: Session, user_id: UUID) -> None:
    """End every session and token of a person: what was issued under the old epoch is void."""
    user = session.get_one(User, user_id, with_for_update=True)
    user.epoch += 1
    session.add(user)
    session.flush()


def change_password(session: Session, user_id: UUID, current: str, new: str) -> None:
    """Change one's own password and log out everywhere else.

    Raises:
        Invalid: the current password is wrong, or the new one is the old one or names the account.
    """
    user = session.get_one(User, user_id, with_for_update=True)
    if not credentials.verify_password(user.password_hash, current):
        raise invalid("/current", "wrong-password", "当前密码不对")
    if new == current or user.username in new.lower():
        raise invalid("/new", "weak-password", "新密码不能与旧密码相同，也不能含账号名")
    user.password_hash = credentials.hash_password(new)
    user.must_change_password = False
    user.epoch += 1
    session.add(user)
    session.flush()


# Tokens for other clients: authorization code with PKCE, rotating refresh tokens.


def authorize(session: Session, user_id: UUID, client_id: str, challenge: str) -> str:
    """Return an authorization code for the person who is logged in."""
    user = session.get_one(User, user_id)
    family = TokenFamily(id=new_id(), user_id=user.id, client_id=client_id, epoch=user.epoch, created_at=clock.now())
    session.add(family)
    session.flush()
    return _secret(session, family.id, "code", timedelta(seconds=CODE_SECONDS), challenge)


def _secret(session: Session, family_id: UUID, kind: str, lifetime: timedelta, challenge: str | None = None) -> str:
    secret = new_secret()
    session.add(
        TokenSecret(
            secret_hash=fingerprint(secret),
            family_id=family_id,
            kind=kind,
            challenge=challenge,
            expires_at=clock.now() + lifetime,
        )
    )
    session.flush()
    return secret


def exchange(
    session: Session, authenticator: Authenticator, kind: str, secret: str, client_id: str, verifier: str | None
) -> tuple[str, str] | None:
    """Turn a code or refresh token into a pair of tokens; ``None`` when it is not good (any more).

    A secret that is shown a second time was stolen or replayed: its whole family ends.
    """
    row = session.get(TokenSecret, fingerprint(secret), with_for_update=True)
    if row is None or row.kind != kind:
        return None
    family = session.get_one(TokenFamily, row.family_id, with_for_update=True)
    user = session.get_one(User, family.user_id)
    now = clock.now()
    if row.used_at is not None:
        family.ended_at = family.ended_at or now
        session.add(family)
        return None
    if family.ended_at or row.expires_at <= now or family.client_id != client_id:
        return None
    if user.status != "active" or user.epoch != family.epoch:
        return None
    if kind == "code" and not _proves(verifier, row.challenge):
        return None
    row.used_at = now
    session.add(row)
    days = timedelta(days=authenticator.settings.refresh_token_days)
    refresh = _secret(session, family.id, "refresh", days)
    if kind == "code":
        journal.record_login(session, "token", user.id, user.unit_id, {"client": [None, client_id]})
    return authenticator.tokens.issue(AccessToken(user.id, family.id, family.epoch)), refresh


def _proves(verifier: str | None, challenge: str | None) -> bool:
    if not verifier or not challenge:
        return False
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return hmac.compare_digest(digest, challenge)


def end_family(session: Session, secret: str) -> None:
    """Revoke a refresh token and all that grew with it (RFC 7009); an unknown token is no error."""
    row = session.get(TokenSecret, fingerprint(secret))
    if row is not None:
        family = session.get_one(TokenFamily, row.family_id, with_for_update=True)
        family.ended_at = family.ended_at or clock.now()
        session.add(family)
