"""Rubbish thrown at every operation of the contract: always a declared refusal, never half a write.

The requests are those of the sweeps; each is spoilt in one place at a time.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from minsheng.kernel.ids import new_id
from tests.factories.probe import Probe
from tests.factories.problems import places, problem
from tests.factories.requests import API, REQUESTS, Request, body_of, fill, lay_files, operations, prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    from minsheng.kernel.settings import Settings
    from tests.conftest import Callers
    from tests.factories.world import World

NOISE = frozenset({"login_session", "login_throttle"})
"""Tables that change by merely asking."""

LONG = "长" * 5_000
NOWHERE = "00000000-0000-7000-8000-000000000000"

# Written as JSON text, because some of it cannot be made by a JSON library. None of it is right in any field.
RUBBISH: dict[str, str] = {
    "2**63": str(2**63),
    "a number of 400 digits": "9" * 400,
    "negative": "-1",
    "fraction": "1.5",
    "1e400": "1e400",
    "NaN": "NaN",
    "-Infinity": "-Infinity",
    "NUL": r'"\u0000"',
    "NUL in words": r'"好\u0000的"',
    "lone surrogate": r'"\ud800"',
    "reversed surrogates": r'"\udc00\ud800"',
    "escape": r'"\u001b[31m\u0007"',
    "overlong": json.dumps(LONG),
    "object": '{"a": {"b": [1]}}',
    "list of lists": "[[[[]]]]",
}
DATES = ("0001-01-01", "9999-12-31", "9999-12-31T23:59:59-12:00", "2026-02-30", "20260101", "1767225600", "", "明天")
NO_IDS = ("", "x", "1", NOWHERE + "0", "{", "'; drop table unit; --")

BODIES: dict[str, bytes] = {
    "empty": b"",
    "null": b"null",
    "a list": b"[]",
    "a word": b'"x"',
    "a number": b"1",
    "cut off": b'{"a": ',
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "deep and whole": b"[" * 5_000 + b"]" * 5_000,
    "a number of 5000 digits": b'{"a": ' + b"9" * 5_000 + b"}",
    "invalid UTF-8": b'{"name": "\xff\xfe"}',
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "UTF-16 without a mark": '{"name": "x"}'.encode("utf-16-le"),
    "UTF-32": '{"name": "x"}'.encode("utf-32"),
    "a surrogate as a key": rb'{"\ud800": 1}',
    "a NUL as a key": rb'{"\u0000": 1}',
    "unknown fields": b'{"__proto__": {}, "constructor": 1, "id": 1}',
    "GB18030": '{"name": "温州"}'.encode("gb18030"),
}


class Thrower:
    """Sends the request of one operation, whole or spoilt, and knows whether anything was written."""

    def __init__(self, app: FastAPI, people: Callers, world: World, url: str) -> None:
        self.people = people
        self.world = world
        self.contract = app.openapi()
        self.operations = operations(self.contract)
        self.probe = Probe(url, free=NOISE)

    def state(self) -> str:
        """Return a digest of everything that is stored."""
        return self.probe.fingerprint()

    def body(self, name: str) -> Any:
        """Return the whole body of an operation."""
        return body_of(self.contract, self.operations[name][2], REQUESTS[name].body, self.world, {})

    def send(
        self, name: str, content: bytes | None = None, *, path: dict[str, str] | None = None, **headers: str
    ) -> httpx.Response:
        """Send one request as whoever may make it."""
        request: Request = REQUESTS[name]
        method, address, operation = self.operations[name]
        for key, value in {**fill(dict(request.path), self.world), **(path or {})}.items():
            address = address.replace(f"{{{key}}}", str(self.world.ids.get(value, value)))
        given = {"Content-Type": "application/json", "X-Minsheng-Client": "test", **headers}
        if any(each["name"] == "If-Match" for each in operation.get("parameters", ())):
            given.setdefault("If-Match", '"1"')
        if request.by:
            given["Cookie"] = self.people[request.by].cookie
        if request.text is not None:
            given["Content-Type"] = headers.get("Content-Type", "text/csv")
        return self.people.client.request(method, address, content=content, headers=given)

    def judge(self, name: str, how: str, answer: httpx.Response) -> str | None:
        """Return what is wrong with an answer to rubbish, or nothing."""
        declared = self.operations[name][2]["responses"]
        where = f"{name}: {how}: {answer.status_code} {answer.text[:200]}"
        if answer.status_code == 200 and all(
            each["outcome"] in {"refused", "conflict"} for each in answer.json().get("results", [{"outcome": ""}])
        ):
            return None
        if not 400 <= answer.status_code < 500 or str(answer.status_code) not in declared:
            return where
        try:
            problem(answer, answer.status_code, answer.json()["code"])
        except (AssertionError, KeyError, ValueError):
            return f"no proper problem: {where}"
        return None


@pytest.fixture
def thrower(app: FastAPI, people: Callers, world: World, settings: Settings) -> Iterator[Thrower]:
    """Return a thrower in the prepared world."""

    def call(name: str, method: str, path: str, body: Any, version: int | None) -> httpx.Response:
        answer = people[name].call(method, path, json=body, version=version)
        assert answer.status_code < 300, answer.text
        return answer

    lay_files(world, settings.data_dir)
    prepare(call, world)
    # What is thrown never gets as far as a job or an entry of the record.
    world.ids["job:a1"] = world.ids["entry:roads:a1"] = new_id()
    found = Thrower(app, people, world, settings.url)
    yield found
    found.probe.close()


def writing(thrower: Thrower, kind: str) -> list[str]:
    """Return the operations that write and take a body of a kind."""
    return [
        name
        for name, (method, _, operation) in thrower.operations.items()
        if method != "GET" and kind in operation.get("requestBody", {}).get("content", {})
    ]


def spoilt(body: Any, path: str = "") -> Iterator[tuple[str, Callable[[str], str]]]:
    """Yield every place of a body with a function that puts JSON text there."""
    mark = "\u0001here\u0001"

    def put(at: list[Any], rest: Any) -> Callable[[str], str]:
        def write(rubbish: str) -> str:
            copy = json.loads(json.dumps(rest))
            inner = copy
            for step in at[:-1]:
                inner = inner[step]
            inner[at[-1]] = mark
            return json.dumps(copy, ensure_ascii=False).replace(json.dumps(mark), rubbish)

        return write

    def walk(value: Any, at: list[Any]) -> Iterator[list[Any]]:
        pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, each in pairs:
            yield [*at, key]
            yield from walk(each, [*at, key])

    for at in walk(body, []):
        yield f"{path}/{'/'.join(map(str, at))}", put(at, body)


def test_every_field_of_every_body_refuses_rubbish(thrower: Thrower, engine_name: str) -> None:
    names = writing(thrower, "application/json")
    assert len(names) == 173
    before, wrong, count = thrower.state(), [], 0
    for name in names:
        for where, put in spoilt(thrower.body(name)):
            cases = dict(RUBBISH)
            last = where.rpartition("/")[2]
            if last in {"deadline", "on"} or last.endswith(("_on", "_at", "_from", "_to")):
                cases |= {f"date {day!r}": json.dumps(day) for day in DATES}
            if last == "id" or last.endswith("_id"):
                cases |= {f"id {key!r}": json.dumps(key) for key in NO_IDS if last != "client_id" or key != "x"}
                cases |= {"id of nothing": json.dumps(NOWHERE)}
            # A third of it, another for each field, is enough where the database is asked over a socket.
            thrown = list(cases.items())[count % 3 :: 3] if engine_name == "postgresql" else list(cases.items())
            for how, rubbish in thrown:
                answer = thrower.send(name, put(rubbish).encode())
                wrong.append(thrower.judge(name, f"{where} = {how}", answer))
                count += 1
        # A refused log-in is itself worth a record.
        if thrower.state() != before and name != "logIn":
            wrong.append(f"{name}: something was written")
        before = thrower.state()
    print(f"{count} requests")
    found = [each for each in wrong if each]
    assert not found, "\n".join(found[:50])


def test_every_body_that_is_none_is_refused(thrower: Thrower) -> None:
    before, wrong = thrower.state(), []
    for name in writing(thrower, "application/json"):
        for how, content in BODIES.items():
            wrong.append(thrower.judge(name, how, thrower.send(name, content)))
        whole = json.dumps(thrower.body(name)).encode()
        extra = json.dumps({**thrower.body(name), "surplus": 1}).encode()
        wrong.append(thrower.judge(name, "a surplus field", thrower.send(name, extra)))
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "image/png", "x"):
            answer = thrower.send(name, whole, **{"Content-Type": kind})
            wrong.append(thrower.judge(name, kind, answer))
        if thrower.state() != before:
            wrong.append(f"{name}: something was written")
            before = thrower.state()
    found = [each for each in wrong if each]
    assert not found, "\n".join(found[:50])


def broken(name: str, address: str, known: set[str], *, keyed: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every broken header and path of one operation."""
    if "If-Match" in known:
        for tag in ("*", "abc", '"-1"', '"1.0"', 'W/"1"', '"' + "9" * 40 + '"', "", "１", '"1", "2"', "x" * 500):
            yield f"If-Match {tag[:20]}", {"If-Match": tag.encode()}
    if keyed:
        for key in ("", "short", "has spaces in it", "x" * 101, "键键键键键键键键", "semi;colon;semi"):
            yield f"Idempotency-Key {key[:20]}", {"Idempotency-Key": key.encode()}
    if "{id}" in address:
        for key in ("x", "1", NOWHERE, NOWHERE.replace("0", "g"), "%00", "%ff", "..%2f..", "role:clerk"):
            if key != "role:clerk" or not name.endswith("Role"):
                yield f"path {key}", {"path": {"id": key}}


def test_broken_headers_and_paths_are_refused(thrower: Thrower) -> None:
    before, wrong = thrower.state(), []
    for name, (method, address, operation) in thrower.operations.items():
        writes = method != "GET"
        content = (REQUESTS[name].text or json.dumps(thrower.body(name))).encode() if writes else None
        known = {each["name"] for each in operation.get("parameters", ())}
        for how, spoil in broken(name, address, known, keyed="Idempotency-Key" in known and method == "POST"):
            wrong.append(thrower.judge(name, how, thrower.send(name, content, **spoil)))
        if thrower.state() != before:
            wrong.append(f"{name}: something was written")
            before = thrower.state()
    found = [each for each in wrong if each]
    assert not found, "\n".join(found[:50])


def test_broken_queries_are_refused_by_name(thrower: Thrower, people: Callers) -> None:
    bad = {
        "limit": ("0", "-1", "1001", str(2**63), "x", "1.5", "", "１"),
        "cursor": ("", "x", "AAAA", "%00", "é", "A" * 1001, "AAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        "period": ("2026-13", "2026", "1899-01", "2026-11-01", "%00", ""),
        "year": ("0", "99999", "x", str(2**63)),
        "on": DATES,
        "status": ("x", "%00", ""),
        "returned": ("maybe", "2"),
        "dry_run": ("maybe", ""),
        "types": ("unit;drop", "nothing", "%00", "A" * 301),
        "q": ("%00", "x" * 51, "%1b"),
        "tier": ("x", ""),
        "kind": ("%00", "x" * 21, "%1b"),
        "against": NO_IDS,
        "until": DATES,
        "count": ("-1301", "1301", str(2**63), "x", "1.5", ""),
        **dict.fromkeys(("as_of", "ends_on", "from_on", "published_on", "starts_on", "to_on"), DATES),
        **dict.fromkeys(("due_from", "due_to", "since"), DATES),
        **dict.fromkeys(("below", "frozen", "unread"), ("maybe", "")),
        **dict.fromkeys(("by", "mode", "source_basis", "state", "usage"), ("x", "%00", "")),
        "idle_after": ("-1", "3651", str(2**63), "x", "1.5", ""),
        "credit_code": ("%00", "A" * 19, "91-", "%1b", "９１"),
        "name": ("%00", "x" * 201, ""),
        "document": ("%00", "x" * 501, "%1b"),
        "source_name": ("%00", "x" * 201, "%1b", ""),
        "to": ("0", "-1", str(2**53), "x", "1.5", ""),
        "size": ("0", "-1", str(2**53), "x", "1.5", ""),
    }
    wrong = []
    for name, (method, address, operation) in thrower.operations.items():
        request = REQUESTS[name]
        if not request.by:
            continue
        caller = people[request.by]
        for key, value in fill(dict(request.path), thrower.world).items():
            address = address.replace(f"{{{key}}}", str(thrower.world.ids.get(value, value)))  # noqa: PLW2901
        base = "&".join(f"{key}={value}" for key, value in fill(dict(request.query), thrower.world).items())
        path = address.removeprefix(API)
        spoil = {"surplus": ("1",), "unit_id[]": ("1",)}
        for each in operation.get("parameters", ()):
            if each["in"] == "query":
                values = (
                    NO_IDS if each["name"].endswith("_id") or each["name"] == "under" else bad.get(each["name"], ())
                )
                assert values, f"{name} has a parameter {each['name']} without rubbish"
                spoil[each["name"]] = tuple(values)
                spoil[f"{each['name']}=1&{each['name']}"] = ("1",)
        for key, values in spoil.items():
            for value in values:
                kept = "&".join(part for part in base.split("&") if part and part.partition("=")[0] != key)
                query = f"{kept}&{key}={value.replace(' ', '+').replace(';', '%3B')}"
                body = None if method == "GET" else REQUESTS[name].text or json.dumps(thrower.body(name))
                version = None if method == "GET" else 1
                answer = caller.call(method, f"{path}?{query}", content=body, version=version)
                wrong.append(thrower.judge(name, query, answer))
    found = [each for each in wrong if each]
    assert not found, "\n".join(found[:50])


def test_a_cursor_belongs_to_its_list_and_filters(people: Callers, world: World) -> None:
    office = people["office"]
    cursor = office.get("/reports", limit=2)["next"]
    assert office.call("GET", "/reports", params={"limit": 3, "cursor": cursor}).status_code == 200
    for path, params in (
        ("/tasks", {}),
        ("/reports", {"period": "2026-11"}),
        ("/reports", {"returned": "false"}),
        ("/changes", {}),
    ):
        problem(office.call("GET", path, params={**params, "cursor": cursor}), 400, "bad-cursor")
    for spoil in (cursor[:-1], cursor[:-2] + "AA", "A" + cursor[1:], cursor + "A"):
        problem(office.call("GET", "/reports", params={"cursor": spoil}), 400, "bad-cursor")


def test_forms_refuse_rubbish(client: TestClient) -> None:
    good = {"grant_type": "authorization_code", "client_id": "cli", "code": "x", "code_verifier": "v" * 43}
    for field, value, named in (
        ("grant_type", "implicit", "literal-error"),
        ("client_id", "CLI", "string-pattern-mismatch"),
        ("client_id", "cli\x00", "string-pattern-mismatch"),
        ("code", LONG, "string-too-long"),
        ("code_verifier", "short", "string-pattern-mismatch"),
        ("refresh_token", LONG, "string-too-long"),
    ):
        answer = client.post(f"{API}/oauth/token", data={**good, field: value})
        assert places(answer) == [(f"/{field}", named)]
    for content in (b"", b"\xff\xfe=\xff", b"grant_type=%ff&client_id=%00", b"=&=&=", b"&" * 10_000):
        answer = client.post(
            f"{API}/oauth/token", content=content, headers={"Content-Type": "application/x-www-form-urlencoded"}
        )
        problem(answer, 422, "invalid")
    answer = client.post(f"{API}/oauth/token", json=good)
    problem(answer, 422, "invalid")
    for content in (b"", b"--x\r\n", b'--x\r\nContent-Disposition: form-data; name="token"\r\n\r\n' + b"A" * 300):
        answer = client.post(
            f"{API}/oauth/revoke", content=content, headers={"Content-Type": "multipart/form-data; boundary=x"}
        )
        assert answer.status_code in {400, 422}
        problem(answer, answer.status_code, answer.json()["code"])


def test_a_body_over_ten_mebibytes_is_refused_told_or_not(people: Callers, world: World) -> None:
    limit = 10 * 1024 * 1024
    clerk, admin = people["a1-clerk"], people["a-admin"]
    path = f"/reports/{world['november:roads:a1']}"
    over = b'{"note": "' + b"x" * limit + b'"}'

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(over), 65_536):
            yield over[start : start + 65_536]

    json_type = {"Content-Type": "application/json"}
    for content in (over, pieces()):
        answer = clerk.call("PATCH", path, content=content, version=1, headers=json_type)
        problem(answer, 413, "too-large")
    keyed = {**json_type, "Idempotency-Key": "too-large-1"}
    answer = clerk.call("POST", "/reports:batch", content=pieces(), headers=keyed)
    problem(answer, 413, "too-large")
    for content in (over, pieces()):
        answer = admin.call("POST", "/units/import", content=content, headers={"Content-Type": "text/csv"})
        problem(answer, 413, "too-large")
    under = b'{"note": "' + b"x" * (limit - 100) + b'"}'
    answer = clerk.call("PATCH", path, content=under, version=1, headers=json_type)
    assert places(answer) == [("/note", "string-too-long")]


@pytest.mark.parametrize(
    "words", ["𬭎", "𠮷野家的𰻝𰻝面", "👩‍👩‍👧‍👦🇨🇳", "\u200b零宽\ufeff", "مرحبا", "e\u0301 é", "=1+1", "<b>&amp;</b>"]
)
def test_real_characters_are_kept_exactly(people: Callers, world: World, words: str) -> None:
    clerk, path = people["a1-clerk"], f"/reports/{world['november:roads:a1']}"
    body = {"note": words, "cause_code": "land", "cause_note": words}
    written = clerk.patch(path, body, version=1)
    assert (written["note"], written["cause_note"]) == (words, words)
    assert (clerk.get(path)["note"], clerk.get(path)["cause_note"]) == (words, words)
    feed = people["auditor"].get("/changes", types="report", limit=1000)["items"]
    assert feed[-1]["changes"]["note"] == [None, words]


def test_an_unknown_address_or_method_is_a_problem_too(client: TestClient, people: Callers) -> None:
    problem(client.get(f"{API}/nothing"), 404, "not-found")
    problem(client.get(f"{API}/units/"), 404, "not-found")
    problem(client.request("TRACE", f"{API}/units"), 405, "method-not-allowed")
    problem(client.put(f"{API}/units"), 405, "method-not-allowed")
    problem(client.post(f"{API}/me"), 405, "method-not-allowed")
    problem(people["a1-clerk"].call("GET", "/units/%00"), 422, "invalid")
