"""Passwords, cookies and tokens: the one module that touches secrets and python-jose."""

import hashlib
import secrets
import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from jose import JWTError, jwt

from minsheng.kernel import clock
from minsheng.kernel.errors import Unauthenticated
from minsheng.kernel.ids import new_id
from minsheng.kernel.settings import Settings

ALGORITHM: Final = "HS256"
ISSUER: Final = "minsheng"
AUDIENCE: Final = "minsheng-api"
TOKEN_TYPE: Final = "at+jwt"  # noqa: S105 - a media type

# OWASP's smallest profile; the library's default of 64 MiB times 32 log-ins took two gigabytes.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_AT_ONCE = threading.Semaphore(4)
_NOBODY = _HASHER.hash(secrets.token_hex(16))


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def verify_password(known: str | None, password: str) -> bool:
    """Say whether a password fits; an unknown user costs the same time as a known one."""
    with _AT_ONCE:
        try:
            _HASHER.verify(known or _NOBODY, password)
        except (VerificationError, InvalidHashError):
            return False
        return known is not None


def new_secret() -> str:
    """Return 256 random bits for a cookie, code or refresh token."""
    return secrets.token_urlsafe(32)


def fingerprint(secret: str) -> str:
    """Return what is kept of a secret: enough to know it again, not enough to use it."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True)
class AccessToken:
    """What an access token says."""

    user_id: UUID
    family_id: UUID
    epoch: int


class Tokens:
    """Makes and checks access tokens."""

    def __init__(self, settings: Settings) -> None:
        self._keys = settings.keys
        self.lifetime = timedelta(minutes=settings.access_token_minutes)

    def issue(self, token: AccessToken) -> str:
        """Return a signed token."""
        kid, key = next(iter(self._keys.items()))
        now = int(clock.now().timestamp())
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(token.user_id),
            "iat": now,
            "nbf": now,
            "exp": now + int(self.lifetime.total_seconds()),
            "jti": str(new_id()),
            "fam": str(token.family_id),
            "epo": token.epoch,
        }
        return str(jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": kid, "typ": TOKEN_TYPE}))

    def read(self, text: str) -> AccessToken:
        """Check a token.

        Raises:
            Unauthenticated: anything about it is not exactly as we issue it.
        """
        try:
            header = jwt.get_unverified_header(text)
            if (
                header.get("typ") != TOKEN_TYPE
                or header.get("alg") != ALGORITHM
                or set(header) != {"alg", "kid", "typ"}
            ):
                raise Unauthenticated
            claims = jwt.decode(
                text,
                self._keys[header["kid"]],
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                # For times the library would ask the machine's clock; the product has one of its own.
                options={f"require_{name}": True for name in ("aud", "iss", "sub", "jti")}
                | {f"verify_{name}": False for name in ("exp", "nbf", "iat")},
            )
            self._check(claims)
            return AccessToken(UUID(claims["sub"]), UUID(claims["fam"]), claims["epo"])
        except (JWTError, KeyError, ValueError, TypeError, AttributeError, RecursionError, OverflowError):
            message = "令牌无效或已过期，请重新获取。"
            raise Unauthenticated(message) from None

    def _check(self, claims: dict[str, Any]) -> None:
        """Check the types and times of signed claims: exactly what :meth:`issue` writes.

        Raises:
            Unauthenticated: a claim is of another type, or the token is not good now.
        """
        if any(type(claims[name]) is not str for name in ("iss", "aud", "sub", "jti", "fam")):
            raise Unauthenticated
        # A boolean counts as a number in Python: True would be the first epoch of everybody.
        if any(type(claims[name]) is not int for name in ("iat", "nbf", "exp", "epo")):
            raise Unauthenticated
        now = clock.now().timestamp()
        if not claims["iat"] <= claims["nbf"] <= now < claims["exp"]:
            raise Unauthenticated
        if claims["exp"] - claims["iat"] > self.lifetime.total_seconds():
            raise Unauthenticated
