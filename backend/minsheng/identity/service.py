"""Logging in and out, tokens, people, roles and grants."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from fastapi import Request
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from minsheng.identity import credentials
from minsheng.identity.authority import Authority
from minsheng.identity.credentials import AccessToken, Tokens, fingerprint, new_secret
from minsheng.identity.models import (
    Grant,
    LoginSession,
    LoginThrottle,
    Role,
    RolePermission,
    TokenFamily,
    TokenSecret,
    User,
)
from minsheng.identity.schemas import GrantIn, RoleIn, RolePatch, RolePermissionIn, UserIn, UserPatch
from minsheng.kernel import clock, journal, rows
from minsheng.kernel.access import Caller, Session
from minsheng.kernel.door import SAFE
from minsheng.kernel.errors import (
    BadRequest,
    Duplicate,
    FieldError,
    Forbidden,
    TooManyAttempts,
    TwoCredentials,
    Unauthenticated,
    invalid,
)
from minsheng.kernel.ids import new_id
from minsheng.kernel.settings import Settings
from minsheng.org.models import Unit
from minsheng.permissions import ROLES, Axis, P

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
        login: LoginSession | None = None
        if isinstance(credentials, Cookie):
            login, user = _by_cookie(session, credentials)
        else:
            assert isinstance(credentials, AccessToken)  # noqa: S101 - the only other proof
            user = _by_token(session, credentials)
        return Caller(
            user_id=user.id,
            unit_id=user.unit_id,
            username=user.username,
            name=user.name,
            access=self.authority.of(session, user.id),
            login_id=login.id if login else None,
            must_change_password=user.must_change_password,
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


def _by_cookie(session: Session, cookie: Cookie) -> tuple[LoginSession, User]:
    found = session.exec(
        select(LoginSession, User)
        .join(User, col(User.id) == col(LoginSession.user_id))
        .where(LoginSession.token_hash == fingerprint(cookie.secret))
    ).one_or_none()
    if found is None:
        raise Unauthenticated
    login, user = found
    if login.ended_at or login.expires_at <= clock.now() or user.status != "active" or user.epoch != login.epoch:
        message = "登录已失效，请重新登录。"
        raise Unauthenticated(message)
    return login, user


def _by_token(session: Session, token: AccessToken) -> User:
    found = session.exec(
        select(User, TokenFamily)
        .join(TokenFamily, col(TokenFamily.user_id) == col(User.id))
        .where(TokenFamily.id == token.family_id, User.id == token.user_id)
    ).one_or_none()
    if found is None:
        raise Unauthenticated
    user, family = found
    if family.ended_at or user.status != "active" or user.epoch != token.epoch:
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


# People, roles, grants.


def create_user(session: Session, body: UserIn) -> User:
    """Add a person, who must change the first password.

    Raises:
        Duplicate: the user name is taken.
        NotFound: the unit is not visible.
    """
    rows.fetch(session, Unit, body.unit_id)
    user = User(
        username=body.username,
        name=body.name,
        unit_id=body.unit_id,
        password_hash=credentials.hash_password(body.password),
    )
    session.require(user)
    taken = session.connection().execute(select(User.id).where(User.username == body.username))
    if taken.first():
        message = f"账号 {body.username} 已存在。"
        raise Duplicate(message, errors=[FieldError(pointer="/username", code="duplicate", message=message)])
    session.add(user)
    session.flush()
    return user


def change_user(session: Session, user: User, body: UserPatch) -> None:
    """Rename a person or move him to another unit in the caller's area."""
    fields = body.model_dump(exclude_unset=True)
    for name, value in fields.items():
        if value is None:
            raise invalid(f"/{name}", "null", "不能为空")
        setattr(user, name, value)
    if "unit_id" in fields:
        rows.fetch(session, Unit, user.unit_id)
    session.flush()


def within_reach(session: Session, user: User) -> None:
    """Let only who keeps people wherever somebody holds a role shut him out or set his password.

    Raises:
        Forbidden: he holds a role beyond the caller's area; his password would open what the caller never held.
    """
    units = session.connection().execute(
        select(Grant.unit_id).where(Grant.user_id == user.id, Grant.status == "active").distinct()
    )
    if not all(session.access.in_area(P.USER_EDIT, unit) for unit in units.scalars()):
        message = "此人在您的范围以外还有角色，须由上级管理员处理。"
        raise Forbidden(message)


def reset_password(session: Session, user: User, password: str) -> None:
    """Set a new first password; every session and token of the person ends."""
    user.password_hash = credentials.hash_password(password)
    user.must_change_password = True
    user.epoch += 1
    session.flush()


def _no_more_than_held(session: Session, permissions: Sequence[str], unit: UUID) -> None:
    lacking = [name for name in permissions if not session.access.may_hand(name, unit)]
    if lacking:
        message = f"不能授出自己没有的权限：{'、'.join(sorted(set(lacking)))}。"
        raise Forbidden(message)


def set_permissions(session: Session, role: Role, wanted: Sequence[RolePermissionIn]) -> None:
    """Make a role hold exactly these permissions.

    Raises:
        Forbidden: a permission that the caller does not hold anywhere himself.
    """
    lacking = [
        entry.permission
        for entry in wanted
        if not (session.access.holds(entry.permission) or session.access.hands.get(entry.permission))
        and session.access.why is None
    ]
    if lacking:
        message = f"不能放入自己没有的权限：{'、'.join(sorted(set(lacking)))}。"
        raise Forbidden(message)
    keys = {(str(entry.permission), str(entry.axis)) for entry in wanted}
    for row in session.exec(select(RolePermission).where(RolePermission.role_id == role.id)).all():
        keep = (row.permission, row.axis) in keys
        keys.discard((row.permission, row.axis))
        if row.active != keep:
            row.active = keep
            session.add(row)
    session.add_all(
        RolePermission(role_id=role.id, permission=permission, axis=axis) for permission, axis in sorted(keys)
    )
    session.flush()


def ensure_roles(session: Session) -> None:
    """Give an installation the roles it starts with; a role the place has changed since is left as it is."""
    known = set(session.exec(select(Role.code)).all())
    for code, (name, axes) in ROLES.items():
        if code not in known:
            role = Role(code=code, name=name)
            session.add(role)
            session.flush()
            session.add_all(
                RolePermission(role_id=role.id, permission=str(permission), axis=str(axis))
                for axis, permissions in axes.items()
                for permission in permissions
            )
    session.flush()


def found(session: Session, unit_name: str, tier: str, code: str | None, username: str, name: str) -> str:
    """Set up a real installation: the root unit and its first administrator; return his one-time password.

    Raises:
        Duplicate: there is a root unit already.
    """
    if session.exec(select(Unit.id).where(col(Unit.parent_id).is_(None))).first():
        message = "已有根机构。"
        raise Duplicate(message)
    ensure_roles(session)
    unit = Unit(name=unit_name, tier=tier, kind="government", code=code)
    password = credentials.new_secret()[:16]
    session.add(unit)
    session.flush()
    user = User(username=username, name=name, unit_id=unit.id, password_hash=credentials.hash_password(password))
    session.add(user)
    role = session.exec(select(Role).where(Role.code == "administrator")).one()
    session.flush()
    session.add(Grant(user_id=user.id, role_id=role.id, unit_id=unit.id, valid_from=clock.today()))
    session.flush()
    return password


def create_role(session: Session, body: RoleIn) -> Role:
    """Define a role of the place's own.

    Raises:
        Duplicate: the code is taken.
    """
    if session.exec(select(Role.id).where(Role.code == body.code)).first():
        message = f"角色代码 {body.code} 已存在。"
        raise Duplicate(message, errors=[FieldError(pointer="/code", code="duplicate", message=message)])
    role = Role(code=body.code, name=body.name)
    session.add(role)
    session.flush()
    set_permissions(session, role, body.permissions)
    return role


def change_role(session: Session, role: Role, body: RolePatch) -> None:
    """Rename a role or replace its permissions.

    Raises:
        Forbidden: somebody holds the role where the caller does not keep roles, or may not hand on what is added.
    """
    units = session.connection().execute(
        select(Grant.unit_id).where(Grant.role_id == role.id, Grant.status == "active").distinct()
    )
    for unit in units.scalars():
        if not session.access.in_area(P.ROLE_EDIT, unit):
            message = "您的范围以外也有人持有这个角色，不能修改；请另建一个角色。"
            raise Forbidden(message)
        _no_more_than_held(session, [entry.permission for entry in body.permissions or ()], unit)
    if body.name is not None:
        role.name = body.name
    # The version counts a change of the list too, so that two editors cannot overwrite each other unseen.
    role.version += 1
    session.flush()
    if body.permissions is not None:
        set_permissions(session, role, body.permissions)


def permissions_of(session: Session, roles: Sequence[Role]) -> dict[UUID, list[RolePermissionIn]]:
    """Return the permissions in force of some roles."""
    found: dict[UUID, list[RolePermissionIn]] = {role.id: [] for role in roles}
    entries = session.exec(
        select(RolePermission)
        .where(col(RolePermission.role_id).in_(found), col(RolePermission.active))
        .order_by(RolePermission.permission, RolePermission.axis)
    ).all()
    for entry in entries:
        found[entry.role_id].append(RolePermissionIn(permission=entry.permission, axis=Axis(entry.axis)))  # type: ignore[arg-type]
    return found


def _government(session: Session, unit: Unit) -> UUID:
    """Return the government a unit belongs to: itself, or the nearest above."""
    at: Unit | None = unit
    while at is not None and at.kind != "government":
        at = session.get(Unit, at.parent_id) if at.parent_id else None
    return at.id if at else unit.id


def create_grant(session: Session, body: GrantIn) -> Grant:
    """Give a role to a person at a unit.

    Raises:
        Forbidden: the role holds something the caller may not hand on there.
        Invalid: the dates are in the wrong order.
        NotFound: person, role or unit is not visible.
    """
    user = rows.fetch(session, User, body.user_id)
    role = rows.fetch(session, Role, body.role_id)
    unit = rows.fetch(session, Unit, body.unit_id)
    start = body.valid_from or clock.today()
    if body.valid_to and body.valid_to < start:
        raise invalid("/valid_to", "before-start", "到期日早于生效日")
    held = permissions_of(session, [role])[role.id]
    _no_more_than_held(session, [entry.permission for entry in held], unit.id)
    # A line runs through every unit under the government: that is what must be held to hand it on.
    _no_more_than_held(
        session, [entry.permission for entry in held if entry.axis == Axis.LINE], _government(session, unit)
    )
    grant = Grant(user_id=user.id, role_id=role.id, unit_id=unit.id, valid_from=start, valid_to=body.valid_to)
    session.add(grant)
    session.flush()
    return grant
