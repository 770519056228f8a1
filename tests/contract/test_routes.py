"""Every route of the contract keeps its promises the day it is written."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from minsheng.kernel import contract
from minsheng.kernel.errors import all_problems
from minsheng.permissions import P
from tests.factories import requests

if TYPE_CHECKING:
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    from tests.contract.conftest import Prepared

ROOT = Path(__file__).resolve().parents[2]

PUBLIC = {
    "logIn": "nobody is known before he logs in",
    "listDemoAccounts": "the log-in page shows them, and only where sample data are shown",
    "exchangeToken": "the code or refresh token in the form is the proof",
    "revokeToken": "whoever holds a token may end it (RFC 7009)",
}
"""Routes without a door, each with its reason."""

OWN = {
    "logOut": "one's own session",
    "logOutEverywhere": "one's own sessions",
    "getMe": "what a person may know of himself",
    "changeOwnPassword": "one's own password",
    "authorize": "consent to a client in one's own name",
    "listJobs": "everybody's own jobs",
    "getJob": "a job is its maker's alone",
    "getJobFile": "so are its files",
    "cancelJob": "and so is stopping it",
    "listSealKeys": "public keys are public",
    "getLatestHead": "a count, a time and a hash: the more people keep it, the less can be taken back",
    "getHead": "the same",
    "getConsistency": "hashes that join two heads",
    "getWorkbench": "everybody's start page; it asks for each part what the caller holds",
}
"""Routes behind the door that name no permission, because they touch only the caller himself."""

LISTS = sorted(name for name in requests.REQUESTS if name.startswith("list"))


def doorless(app: FastAPI) -> list[str]:
    """Return the operations that pass no door and stand on no list, or pass more than one."""
    wrong = []
    for _, route in contract.api_routes(app):
        doors = contract.doors(route.dependant)
        name = route.operation_id or route.name
        if doors == [None]:
            if name not in OWN:
                wrong.append(name)
        elif len(doors) == 1:
            if doors[0] not in set(P):
                wrong.append(name)
        elif doors or name not in PUBLIC:
            wrong.append(name)
    return wrong


def undocumented(document: dict[str, Any]) -> list[str]:
    """Return what operations lack: a name, a sentence, a permission, a description, examples of what they take."""
    wrong = []
    groups = {each["name"]: each for each in document.get("tags", ())}
    named = {name: f"{each.get('x-displayName', '')}{each.get('description', '')}" for name, each in groups.items()}
    wrong += [f"tag {name}: no Chinese name" for name, text in named.items() if not re.match(r"[\u4e00-\u9fff]", text)]
    for name, (method, _, operation) in requests.operations(document).items():
        wrong += [f"{name}: tag {each} is not described" for each in operation.get("tags", ()) if each not in groups]
        wrong += [f"{name}: {key}" for key in ("summary", "description", "tags") if not operation.get(key)]
        if not re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", name):
            wrong.append(f"{name}: not a name")
        if operation.get("x-permission") not in {*P, "login", "public"}:
            wrong.append(f"{name}: x-permission")
        guarded = operation["x-permission"] != "public"
        headers = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "header"}
        if method == "POST" and guarded and "Idempotency-Key" not in headers:
            wrong.append(f"{name}: Idempotency-Key")
        if (method in {"PATCH", "PUT"} or re.search(r"\}/", requests.operations(document)[name][1])) and (
            method != "GET" and not headers & {"If-Match", "Upload-Offset"}
        ):
            wrong.append(f"{name}: If-Match")
        wrong += [f"{name}: {place} has no example" for place in _bare(operation)]
        if not any(status.startswith("2") for status in operation["responses"]):
            wrong.append(f"{name}: no success")
    return wrong


def _bare(operation: dict[str, Any]) -> list[str]:
    """Return the bodies of an operation that show nobody what to send."""
    content = operation.get("requestBody", {}).get("content", {})
    return [kind for kind, media in content.items() if not media.get("example") and "form" not in kind]


def test_every_route_passes_the_door_or_stands_on_a_list(served: tuple[FastAPI, TestClient, Any]) -> None:
    app, _, document = served
    assert doorless(app) == []
    assert set(requests.operations(document)) >= PUBLIC.keys() | OWN.keys()


def test_every_operation_is_documented(served: tuple[FastAPI, TestClient, Any]) -> None:
    assert undocumented(served[2]) == []


def test_every_operation_has_a_request(served: tuple[FastAPI, TestClient, Any]) -> None:
    assert set(requests.operations(served[2])) == set(requests.REQUESTS)


def test_contract_is_fresh(served: tuple[FastAPI, TestClient, Any]) -> None:
    committed = json.loads((ROOT / "openapi" / "openapi.json").read_text(encoding="utf-8"))
    assert committed == json.loads(json.dumps(served[2]))


@pytest.mark.parametrize("page", ["/docs", "/redoc"])
def test_documentation_asks_no_other_host(served: tuple[FastAPI, TestClient, Any], page: str) -> None:
    answer = served[1].get(page)
    assert answer.status_code == 200
    assert re.findall(r"""(?:https?:)?//[^\s"'<>]+""", answer.text) == []
    assert len(re.findall(r"""(?:src|href)=["']/""", answer.text)) >= 2


def test_every_problem_has_its_page(served: tuple[FastAPI, TestClient, Any]) -> None:
    kinds = all_problems()
    assert len({kind.code for kind in kinds}) == len(kinds)
    for kind in kinds:
        answer = served[1].get(kind().body()["type"])
        assert (answer.status_code, kind.title in answer.text) == (200, True), kind.code
    assert served[1].get("/problems/no-such-code").status_code == 404


@pytest.mark.parametrize("operation_id", requests.REQUESTS)
def test_the_tables_request_is_answered(prepared: Prepared, operation_id: str) -> None:
    answer = prepared.request(operation_id)
    assert answer.status_code == requests.REQUESTS[operation_id].status, answer.text
    if answer.content:
        assert answer.headers["content-type"].startswith(("application/", "text/csv"))


def test_lists_refuse_what_they_do_not_know(prepared: Prepared) -> None:
    operations = requests.operations(prepared.contract)
    paged = [name for name in LISTS if any(p["name"] == "cursor" for p in operations[name][2].get("parameters", ()))]
    assert len(paged) == 58
    for name in LISTS:
        answer = prepared.request(name, params={"nonsense": "1"})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), name
        assert answer.json()["errors"][0]["code"] == "unknown-parameter"
    units = prepared.send("admin", "GET", "/units", params={"limit": 1}).json()["next"]
    for name in paged:
        for cursor in ("x", "!!!", "", "A" * 40, "é", units[:-1] + ("A" if units[-1] != "A" else "B")):
            answer = prepared.request(name, params={"cursor": cursor})
            assert (answer.status_code, answer.json()["code"]) == (400, "bad-cursor"), (name, cursor)
        if name != "listUnits":
            assert prepared.request(name, params={"cursor": units}).status_code == 400, name
        for limit in ("0", "-1", "1001", "x", str(2**63)):
            assert prepared.request(name, params={"limit": limit}).status_code == 422, (name, limit)
    # A cursor belongs to its filters too.
    assert prepared.send("admin", "GET", "/units", params={"cursor": units, "tier": "county"}).status_code == 400


def test_pages_stay_stable_while_another_writes(prepared: Prepared) -> None:
    """Whoever turns pages one row at a time sees every row that was there, once, while others are added."""
    creators = {
        "/units": ("admin", {"parent_id": "@b", "name": "新镇", "kind": "government", "tier": "township"}),
        "/users": ("admin", {"username": "page-{n}", "name": "新人", "unit_id": "@b", "password": "a-long-password"}),
        "/roles": ("admin", {"code": "page-{n}", "name": "新角色", "permissions": []}),
        "/grants": ("admin", {"user_id": "@user:b1-clerk", "role_id": "@role:own", "unit_id": "@b1"}),
        "/measures": ("office", {"name": "新单位{n}"}),
        "/programmes": (
            "office",
            {"unit_id": "@city", "year": 2026, "name": "新", "starts_on": "2026-01-01", "ends_on": "2026-12-31"},
        ),
        "/items": ("office", {"programme_id": "@draft_list", "code": "9", "title": "新"}),
    }
    for path in ("/tasks", "/rounds", "/reports", *creators):
        who, body = creators.get(path, ("office", None))
        before = [row["id"] for row in prepared.send(who, "GET", path, params={"limit": 1000}).json()["items"]]
        seen: list[str] = []
        cursor: str | None = None
        for number in range(500):
            page = prepared.send(who, "GET", path, params={"limit": 3, **({"cursor": cursor} if cursor else {})}).json()
            seen += [row["id"] for row in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
            if body is not None and number < 3:
                text = json.dumps(requests.fill(body, prepared.world)).replace("{n}", str(number))
                assert prepared.send(who, "POST", path, json=json.loads(text)).status_code == 201, path
        assert len(seen) == len(set(seen)), path
        assert [key for key in seen if key in set(before)] == before, path
