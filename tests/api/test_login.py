"""Who is asking: log-in, lock-out, log-out, tokens, and every way to be refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from minsheng.kernel import clock
from tests.conftest import SECRET_KEYS, Caller, at
from tests.factories.problems import places, problem
from tests.factories.world import NOW, PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx
    from fastapi.testclient import TestClient

    from tests.conftest import Callers
    from tests.factories.world import World

WEB = {"X-Minsheng-Client": "web"}
NEW_PASSWORD = "another-long-password"


def log_in(client: TestClient, username: str, password: str = PASSWORD, **headers: str) -> httpx.Response:
    """Try to log in, as a browser that has no cookie."""
    answer = client.post(
        "/api/v1/session", json={"username": username, "password": password}, headers={**WEB, **headers}
    )
    client.cookies.clear()
    return answer


# Cookies


def test_cookie_is_strict_and_says_who_came(client: TestClient, world: World) -> None:
    answer = log_in(client, "a1-clerk")
    name, _, rest = answer.headers["set-cookie"].partition("=")
    value, *flags = rest.split("; ")
    assert name == "__Host-minsheng"
    assert len(value) == 43
    assert sorted(flags) == ["HttpOnly", "Max-Age=43200", "Path=/", "SameSite=strict", "Secure"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {
        "user": {
            "id": str(world["user:a1-clerk"]),
            "username": "a1-clerk",
            "name": "测试a1-clerk",
            "unit_id": str(world["a1"]),
            "unit_name": "柳市镇",
            "tier": "township",
        },
        "grants": [
            {"unit_id": str(world["a1"]), "unit_name": "柳市镇", "role_code": "clerk", "role_name": "填报员"},
        ],
        "permissions": [
            "board.read",
            "change.ask",
            "comment.edit",
            "deviation.answer",
            "disbursement.ask",
            "disbursement.confirm",
            "fund.read",
            "plan.edit",
            "pledge.sign",
            "programme.read",
            "report.comment",
            "report.edit",
            "report.read",
            "task.acknowledge",
            "task.read",
            "unit.read",
        ],
        "today": "2026-11-22",
        "must_change_password": False,
    }


def test_wrong_password_unknown_name_and_disabled_account_look_the_same(
    client: TestClient, people: Callers, world: World
) -> None:
    admin = people["admin"]
    admin.post(f"/users/{world['user:a2-clerk']}/disable", version=1)
    bodies = {
        log_in(client, name, password).text
        for name, password in (("a1-clerk", "wrong"), ("nobody", "wrong"), ("nobody", PASSWORD), ("a2-clerk", PASSWORD))
    }
    assert len(bodies) == 1
    body = problem(log_in(client, "a1-clerk", "wrong"), 401, "wrong-password")
    assert body["detail"] == "账号或密码不对"


def test_cookie_ends_after_twelve_hours(people: Callers) -> None:
    clerk = people["a1-clerk"]
    with at(NOW + timedelta(hours=12) - timedelta(seconds=1)):
        assert clerk.call("GET", "/me").status_code == 200
    with at(NOW + timedelta(hours=12)):
        problem(clerk.call("GET", "/me"), 401, "unauthenticated")


INVENTED_COOKIE_IS_NOBODY: list[str] = ["", "x", "A" * 43, "é" * 10, "A" * 5000]


def test_invented_cookie_is_nobody(client: TestClient) -> None:
    for cookie in INVENTED_COOKIE_IS_NOBODY:
        answer = client.get("/api/v1/me", headers={"Cookie": f"__Host-minsheng={cookie}".encode()})
        assert problem(answer, 401, "unauthenticated")
        assert answer.headers["www-authenticate"] == 'Bearer realm="minsheng"'


def test_plain_http_beyond_this_machine_is_refused(client: TestClient) -> None:
    problem(log_in(client, "a1-clerk", Host="minsheng.example"), 400, "bad-request")


# Lock-out


def test_five_wrong_passwords_lock_the_name_until_the_window_ends(client: TestClient) -> None:
    for name in ("a1-clerk", "nobody"):
        for _ in range(5):
            problem(log_in(client, name, "wrong"), 401, "wrong-password")
        body = problem(log_in(client, name, "wrong"), 429, "too-many-attempts")
        assert body["detail"] == "连续输错 5 次，请 16 分钟后再试。"
        answer = log_in(client, name)
        problem(answer, 429, "too-many-attempts")
        assert answer.headers["retry-after"] == "901"
    assert log_in(client, "a2-clerk").status_code == 200
    with at(NOW + timedelta(minutes=15) - timedelta(seconds=1)):
        problem(log_in(client, "a1-clerk"), 429, "too-many-attempts")
    with at(NOW + timedelta(minutes=15)):
        assert log_in(client, "a1-clerk").status_code == 200
        problem(log_in(client, "nobody"), 401, "wrong-password")


def test_a_right_password_forgets_the_wrong_ones(client: TestClient) -> None:
    for _ in range(2):
        for _ in range(4):
            problem(log_in(client, "a1-clerk", "wrong"), 401, "wrong-password")
        assert log_in(client, "a1-clerk").status_code == 200


def test_parallel_guesses_are_counted_one_by_one(client: TestClient) -> None:
    def guess(number: int) -> int:
        answer = client.post("/api/v1/session", json={"username": "a1-clerk", "password": f"g{number}"}, headers=WEB)
        return answer.status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(16)))
    assert sorted(answers) == [401] * 5 + [429] * 11


# Log-out


def test_log_out_ends_this_browser_only(client: TestClient) -> None:
    here, there = Caller(client, "a1-clerk"), Caller(client, "a1-clerk")
    answer = here.call("DELETE", "/session")
    assert answer.status_code == 204
    assert "Max-Age=0" in answer.headers["set-cookie"]
    problem(here.call("GET", "/me"), 401, "unauthenticated")
    assert there.get("/me")["user"]["username"] == "a1-clerk"


def test_log_out_everywhere_ends_cookies_and_tokens_at_once(client: TestClient) -> None:
    here, there, other = Caller(client, "a1-clerk"), Caller(client, "a1-clerk"), Caller(client, "a2-clerk")
    tokens = grant(client, here)
    waiting = here.post("/oauth/authorize", challenge("v" * 43))["code"]
    assert bearer(client, tokens["access_token"]).status_code == 200
    assert here.call("POST", "/session/revoke-all").status_code == 204
    for caller in (here, there):
        problem(caller.call("GET", "/me"), 401, "unauthenticated")
    problem(bearer(client, tokens["access_token"]), 401, "unauthenticated")
    problem(refresh(client, tokens["refresh_token"]), 400, "invalid-grant")
    problem(exchange(client, waiting, "v" * 43), 400, "invalid-grant")
    assert other.get("/me")["user"]["username"] == "a2-clerk"
    assert log_in(client, "a1-clerk").status_code == 200


# Passwords


def test_a_first_password_must_be_changed_before_anything_else(
    client: TestClient, people: Callers, world: World
) -> None:
    admin = people["admin"]
    body = {"username": "new-clerk", "name": "新人", "unit_id": str(world["a1"]), "password": "first-password-1"}
    user = admin.post("/users", body, status=201)
    admin.post(
        "/grants",
        {"user_id": user["id"], "role_id": str(world["role:clerk"]), "unit_id": str(world["a1"])},
        status=201,
    )
    answer = log_in(client, "new-clerk", "first-password-1")
    assert answer.json()["must_change_password"] is True
    headers = {"Cookie": answer.headers["set-cookie"].partition(";")[0], **WEB}
    for path in ("/entry-sheet", "/units", "/workbench"):
        body = problem(client.get(f"/api/v1{path}", headers=headers), 403, "forbidden")
        assert body["detail"] == "首次登录请先修改密码。"
    assert client.get("/api/v1/me", headers=headers).json()["must_change_password"] is True
    asked = client.post("/api/v1/oauth/authorize", json=challenge("v" * 43), headers=headers)
    problem(asked, 403, "forbidden")

    def change(current: str, new: str) -> httpx.Response:
        return client.post("/api/v1/me/password", json={"current": current, "new": new}, headers=headers)

    assert places(change("wrong", NEW_PASSWORD)) == [("/current", "wrong-password")]
    assert places(change("first-password-1", "first-password-1")) == [("/new", "weak-password")]
    assert places(change("first-password-1", "my-new-clerk-pass")) == [("/new", "weak-password")]
    assert places(change("first-password-1", "short")) == [("/new", "string-too-short")]
    assert change("first-password-1", NEW_PASSWORD).status_code == 204
    problem(client.get("/api/v1/me", headers=headers), 401, "unauthenticated")
    problem(log_in(client, "new-clerk", "first-password-1"), 401, "wrong-password")
    again = log_in(client, "new-clerk", NEW_PASSWORD)
    assert again.json()["must_change_password"] is False
    headers = {"Cookie": again.headers["set-cookie"].partition(";")[0], **WEB}
    assert client.get("/api/v1/entry-sheet", headers=headers).status_code == 200


def test_a_reset_ends_every_session_and_token(client: TestClient, people: Callers, world: World) -> None:
    clerk = people["a1-clerk"]
    tokens = grant(client, clerk)
    people["admin"].post(f"/users/{world['user:a1-clerk']}/reset-password", {"password": "given-by-admin-1"}, version=1)
    problem(clerk.call("GET", "/me"), 401, "unauthenticated")
    problem(bearer(client, tokens["access_token"]), 401, "unauthenticated")
    problem(refresh(client, tokens["refresh_token"]), 400, "invalid-grant")
    problem(log_in(client, "a1-clerk"), 401, "wrong-password")
    assert log_in(client, "a1-clerk", "given-by-admin-1").json()["must_change_password"] is True


# Requests another site could cause


FOREIGN_ORIGIN_OR_MISSING_HEADER_IS_REFUSED: list[dict[str, str]] = [
    {},
    {"X-Minsheng-Client": ""},
    {**WEB, "Origin": "https://evil.example"},
    {**WEB, "Origin": "null"},
    {**WEB, "Origin": "http://127.0.0.1:8001"},
    {**WEB, "Origin": "http://127.0.0.1"},
]


def test_foreign_origin_or_missing_header_is_refused(client: TestClient, people: Callers) -> None:
    for headers in FOREIGN_ORIGIN_OR_MISSING_HEADER_IS_REFUSED:
        cookie = people["a1-clerk"].cookie
        for answer in (
            client.post("/api/v1/session/revoke-all", headers={"Cookie": cookie, **headers}),
            client.delete("/api/v1/session", headers={"Cookie": cookie, **headers}),
            client.post("/api/v1/session", json={"username": "a1-clerk", "password": PASSWORD}, headers=headers),
        ):
            problem(answer, 403, "forbidden")
            assert "set-cookie" not in answer.headers
        client.cookies.clear()
        assert client.get("/api/v1/me", headers={"Cookie": cookie, **headers}).status_code == 200


def test_own_origin_is_let_in(client: TestClient, people: Callers) -> None:
    cookie = people["a1-clerk"].cookie
    headers = {"Cookie": cookie, **WEB, "Origin": "http://127.0.0.1:8000"}
    assert client.delete("/api/v1/session", headers=headers).status_code == 204


def test_two_credentials_are_refused(client: TestClient, people: Callers) -> None:
    clerk = people["a1-clerk"]
    token = grant(client, clerk)["access_token"]
    answer = client.get("/api/v1/me", headers={"Cookie": clerk.cookie, "Authorization": f"Bearer {token}"})
    problem(answer, 400, "two-credentials")


# Tokens


def challenge(verifier: str, client_id: str = "cli") -> dict[str, str]:
    """Return the body that asks for a code, with the real hash of a verifier (RFC 7636)."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return {"client_id": client_id, "code_challenge": digest, "code_challenge_method": "S256"}


def exchange(client: TestClient, code: str, verifier: str | None, client_id: str = "cli") -> httpx.Response:
    """Trade a code for tokens."""
    form = {"grant_type": "authorization_code", "client_id": client_id, "code": code}
    return client.post("/api/v1/oauth/token", data=form | ({"code_verifier": verifier} if verifier else {}))


def refresh(client: TestClient, token: str, client_id: str = "cli") -> httpx.Response:
    """Trade a refresh token for the next pair."""
    form = {"grant_type": "refresh_token", "client_id": client_id, "refresh_token": token}
    return client.post("/api/v1/oauth/token", data=form)


def bearer(client: TestClient, token: str) -> httpx.Response:
    """Ask who one is by an access token."""
    return client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})


def grant(client: TestClient, caller: Caller) -> dict[str, Any]:
    """Return a pair of tokens for somebody who is logged in."""
    verifier = secrets.token_urlsafe(32)
    code = caller.post("/oauth/authorize", challenge(verifier))["code"]
    answer = exchange(client, code, verifier)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_example_of_rfc_7636(client: TestClient, people: Callers) -> None:
    body = {
        "client_id": "mobile",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
    }
    given = people["a1-clerk"].post("/oauth/authorize", body)
    assert given["expires_in"] == 60
    answer = exchange(client, given["code"], "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "mobile")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    tokens = answer.json()
    assert {name: tokens[name] for name in ("token_type", "expires_in")} == {"token_type": "Bearer", "expires_in": 900}
    assert bearer(client, tokens["access_token"]).json()["user"]["username"] == "a1-clerk"


def test_a_token_needs_no_browser_header_to_write(client: TestClient, people: Callers) -> None:
    token = grant(client, people["a1-clerk"])["access_token"]
    answer = client.post("/api/v1/session/revoke-all", headers={"Authorization": f"bearer {token}"})
    assert answer.status_code == 204
    problem(bearer(client, token), 401, "unauthenticated")


CODE_NEEDS_ITS_VERIFIER_AND_CLIENT: list[tuple[str | None, str]] = [
    ("w" * 43, "cli"),
    (None, "cli"),
    ("v" * 43, "mobile"),
]


def test_a_code_needs_its_verifier_and_client(client: TestClient, people: Callers) -> None:
    for verifier, client_id in CODE_NEEDS_ITS_VERIFIER_AND_CLIENT:
        code = people["a1-clerk"].post("/oauth/authorize", challenge("v" * 43))["code"]
        problem(exchange(client, code, verifier, client_id), 400, "invalid-grant")


def test_a_code_is_good_once_and_a_second_use_ends_what_grew_from_it(client: TestClient, people: Callers) -> None:
    code = people["a1-clerk"].post("/oauth/authorize", challenge("v" * 43))["code"]
    tokens = exchange(client, code, "v" * 43).json()
    problem(exchange(client, code, "v" * 43), 400, "invalid-grant")
    problem(bearer(client, tokens["access_token"]), 401, "unauthenticated")
    problem(refresh(client, tokens["refresh_token"]), 400, "invalid-grant")


def test_a_code_ends_after_a_minute(client: TestClient, people: Callers) -> None:
    code = people["a1-clerk"].post("/oauth/authorize", challenge("v" * 43))["code"]
    with at(NOW + timedelta(seconds=60)):
        problem(exchange(client, code, "v" * 43), 400, "invalid-grant")


def test_refresh_rotates_and_reuse_ends_the_family(client: TestClient, people: Callers) -> None:
    clerk = people["a1-clerk"]
    other = grant(client, clerk)
    first = grant(client, clerk)
    second = refresh(client, first["refresh_token"]).json()
    third = refresh(client, second["refresh_token"]).json()
    assert len({first["refresh_token"], second["refresh_token"], third["refresh_token"]}) == 3
    assert bearer(client, third["access_token"]).status_code == 200
    problem(refresh(client, second["refresh_token"]), 400, "invalid-grant")
    for pair in (first, second, third):
        problem(bearer(client, pair["access_token"]), 401, "unauthenticated")
    problem(refresh(client, third["refresh_token"]), 400, "invalid-grant")
    assert bearer(client, other["access_token"]).status_code == 200
    assert clerk.get("/me")["user"]["username"] == "a1-clerk"


def test_a_refresh_token_is_bound_to_its_client_and_its_kind(client: TestClient, people: Callers) -> None:
    clerk = people["a1-clerk"]
    tokens = grant(client, clerk)
    problem(refresh(client, tokens["refresh_token"], "mobile"), 400, "invalid-grant")
    problem(exchange(client, tokens["refresh_token"], "v" * 43), 400, "invalid-grant")
    problem(refresh(client, tokens["access_token"][:200]), 400, "invalid-grant")
    code = clerk.post("/oauth/authorize", challenge("v" * 43))["code"]
    problem(refresh(client, code), 400, "invalid-grant")
    assert refresh(client, tokens["refresh_token"]).status_code == 200


def test_a_refresh_token_ends_after_thirty_days(client: TestClient, people: Callers) -> None:
    tokens = grant(client, people["a1-clerk"])
    with at(NOW + timedelta(days=30)):
        problem(refresh(client, tokens["refresh_token"]), 400, "invalid-grant")


def test_revoking_a_token_ends_its_family_and_an_unknown_one_is_no_error(client: TestClient, people: Callers) -> None:
    tokens = grant(client, people["a1-clerk"])
    assert client.post("/api/v1/oauth/revoke", data={"token": "unknown"}).status_code == 204
    assert client.post("/api/v1/oauth/revoke", data={"token": tokens["refresh_token"]}).status_code == 204
    problem(bearer(client, tokens["access_token"]), 401, "unauthenticated")
    problem(refresh(client, tokens["refresh_token"]), 400, "invalid-grant")


def test_parallel_use_of_one_refresh_token_yields_at_most_one_pair(client: TestClient, people: Callers) -> None:
    tokens = grant(client, people["a1-clerk"])
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: refresh(client, tokens["refresh_token"]), range(6)))
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400, 400, 400]
    pair = next(answer.json() for answer in answers if answer.status_code == 200)
    problem(bearer(client, pair["access_token"]), 401, "unauthenticated")


def test_there_is_no_password_grant(client: TestClient) -> None:
    form = {"grant_type": "password", "client_id": "cli", "username": "a1-clerk", "password": PASSWORD}
    assert places(client.post("/api/v1/oauth/token", data=form)) == [("/grant_type", "literal-error")]


def test_an_access_token_ends_after_fifteen_minutes(client: TestClient, people: Callers) -> None:
    token = grant(client, people["a1-clerk"])["access_token"]
    with at(NOW + timedelta(minutes=15) - timedelta(seconds=1)):
        assert bearer(client, token).status_code == 200
    with at(NOW + timedelta(minutes=15)):
        problem(bearer(client, token), 401, "unauthenticated")
    with at(NOW - timedelta(seconds=1)):
        problem(bearer(client, token), 401, "unauthenticated")


# Forged tokens


def _part(value: dict[str, Any]) -> bytes:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")


def _signed(header: dict[str, Any], claims: dict[str, Any], key: bytes, algorithm: str = "sha256") -> str:
    body = _part(header) + b"." + _part(claims)
    return (body + b"." + base64.urlsafe_b64encode(hmac.digest(key, body, algorithm)).rstrip(b"=")).decode()


KID, KEY = SECRET_KEYS.partition(":")[0], bytes.fromhex(SECRET_KEYS.partition(":")[2])
Parts = tuple[dict[str, Any], dict[str, Any]]


def _genuine(token: str) -> Parts:
    return tuple(json.loads(base64.urlsafe_b64decode(part + "==")) for part in token.split(".")[:2])  # type: ignore[return-value]


def _without(name: str) -> Callable[[Parts], str]:
    return lambda parts: _signed(parts[0], {k: v for k, v in parts[1].items() if k != name}, KEY)


def _claiming(**changed: Any) -> Callable[[Parts], str]:
    return lambda parts: _signed(parts[0], parts[1] | changed, KEY)


def _headed(**changed: Any) -> Callable[[Parts], str]:
    return lambda parts: _signed(
        {name: value for name, value in (parts[0] | changed).items() if value is not None}, parts[1], KEY
    )


STAMP = int(NOW.timestamp())
FORGED: dict[str, Callable[[Parts], str]] = {
    "alg none": lambda parts: (_part(parts[0] | {"alg": "none"}) + b"." + _part(parts[1]) + b".").decode(),
    "alg None": lambda parts: (_part(parts[0] | {"alg": "None"}) + b"." + _part(parts[1]) + b".").decode(),
    "no signature": lambda parts: (_part(parts[0]) + b"." + _part(parts[1]) + b".").decode(),
    "HS384": lambda parts: _signed(parts[0] | {"alg": "HS384"}, parts[1], KEY, "sha384"),
    "HS512": lambda parts: _signed(parts[0] | {"alg": "HS512"}, parts[1], KEY, "sha512"),
    "RS256 with our key": _headed(alg="RS256"),
    "other key": lambda parts: _signed(*parts, b"\x5b" * 32),
    "empty key": lambda parts: _signed(*parts, b""),
    "unknown kid": _headed(kid="other"),
    "no kid": _headed(kid=None),
    "kid a list": _headed(kid=["test"]),
    "kid a path": _headed(kid="../../dev/null"),
    "wrong typ": _headed(typ="JWT"),
    "no typ": _headed(typ=None),
    "jku": _headed(jku="https://evil.example/keys"),
    "crit": _headed(crit=["exp"]),
    "embedded key": _headed(jwk={"kty": "oct", "k": "AAAA"}),
    **{f"no {name}": _without(name) for name in ("iss", "aud", "sub", "iat", "nbf", "exp", "jti", "fam", "epo")},
    "other iss": _claiming(iss="other"),
    "iss a list": _claiming(iss=["minsheng"]),
    "other aud": _claiming(aud="other"),
    "aud a list": _claiming(aud=["minsheng-api"]),
    "expired": _claiming(exp=STAMP),
    "exp long ago": _claiming(exp=0),
    "exp a word": _claiming(exp="never"),
    "exp true": _claiming(exp=True),
    "exp null": _claiming(exp=None),
    "exp a string": _claiming(exp=str(STAMP + 900)),
    "future nbf": _claiming(nbf=STAMP + 60),
    "nbf null": _claiming(nbf=None),
    "iat in the future": _claiming(iat=STAMP + 60),
    "lives too long": _claiming(exp=STAMP + 365 * 86400),
    "sub a number": _claiming(sub=1),
    "sub no id": _claiming(sub="admin"),
    "sub unknown": _claiming(sub="00000000-0000-7000-8000-000000000000"),
    "fam unknown": _claiming(fam="00000000-0000-7000-8000-000000000000"),
    "fam a list": _claiming(fam=[]),
    "jti a number": _claiming(jti=1),
    "epoch true": _claiming(epo=True),
    "epoch a string": _claiming(epo="1"),
    "epoch a float": _claiming(epo=1.0),
    "epoch old": _claiming(epo=0),
    "claims a list": lambda parts: _signed(parts[0], [], KEY),  # type: ignore[arg-type]
    "two parts": lambda parts: ".".join(_signed(*parts, KEY).split(".")[:2]),
    "four parts": lambda parts: _signed(*parts, KEY) + ".x",
    "tampered": lambda parts: _signed(*parts, KEY)[:-2] + "AA",
    "garbage": lambda _: "garbage",
    "dots": lambda _: "..",
    "long": lambda _: "A" * 7000,
    "deep": lambda parts: _signed(parts[0], {"a": _nested(900)}, KEY),
}


def _nested(depth: int) -> Any:
    found: Any = 1
    for _ in range(depth):
        found = [found]
    return found


def test_a_genuine_token_made_by_hand_is_good(client: TestClient, people: Callers) -> None:
    """The forging tools work: without a fault the same tools make a token that is let in."""
    parts = _genuine(grant(client, people["a1-clerk"])["access_token"])
    assert parts[0] == {"alg": "HS256", "kid": KID, "typ": "at+jwt"}
    assert sorted(parts[1]) == ["aud", "epo", "exp", "fam", "iat", "iss", "jti", "nbf", "sub"]
    assert bearer(client, _signed(*parts, KEY)).status_code == 200


def test_every_forged_token_is_refused(client: TestClient, people: Callers) -> None:
    parts = _genuine(grant(client, people["a1-clerk"])["access_token"])
    let_in = [name for name, forge in FORGED.items() if bearer(client, forge(parts)).status_code != 401]
    assert let_in == []
    for forge in FORGED.values():
        problem(bearer(client, forge(parts)), 401, "unauthenticated")


MALFORMED_AUTHORIZATION_HEADER_IS_NOBODY: list[str] = [
    "",
    "Bearer",
    "Bearer ",
    "Basic YTpi",
    "Token x",
    "bearer  ",
    "Bearer x y",
]


def test_a_malformed_authorization_header_is_nobody(client: TestClient) -> None:
    for header in MALFORMED_AUTHORIZATION_HEADER_IS_NOBODY:
        problem(client.get("/api/v1/me", headers={"Authorization": header}), 401, "unauthenticated")


def test_the_clock_of_tokens_is_the_one_clock() -> None:
    """Guard for the tests above: they stand on a clock that stands still."""
    assert clock.now() == NOW
