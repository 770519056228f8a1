"""What a request is, how its body is made from the contract, and what several requests share."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.factories import corpus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.factories.world import World

API = "/api/v1"
RULES = {
    "colours": [
        {"key": "green", "name": "绿灯", "glyph": "●", "meaning": "不落后", "hue": "green", "good": True},
        {"key": "red", "name": "红灯", "glyph": "■", "meaning": "落后10个百分点以上", "hue": "red", "good": False},
        {"key": "done", "name": "已完成", "glyph": "◆", "meaning": "已达到目标", "hue": "done"},
        {"key": "none", "name": "不亮灯", "glyph": "○", "meaning": "没有数", "hue": "none"},
    ],
    "dimensions": [{"bands": [{"light": "green", "high": "10"}, {"light": "red", "low": "10", "low_inclusive": True}]}],
}
"""The content of a small rule set."""
WHOLE, HALF = corpus.pdf(), b"a,b\n1,2\n"
"""What a clerk has uploaded, and what he has half uploaded."""
WHOLE_HASH, HALF_HASH = (hashlib.sha256(content).hexdigest() for content in (WHOLE, HALF))
CAME = 3
"""So many bytes of the half have come."""
QUARTERLY = {
    "every": "quarter",
    "content": "figures",
    "title": None,
    "tier": None,
    "cut_offs": [{"after": 1, "day": 8}],
    "holiday": "none",
    "from_on": None,
    "until_on": None,
}
"""The terms of a cadence."""
CHECK = {"kind": "range", "high": "1000000"}
"""A check that holds nobody up."""
VERIFIER = "v" * 43
"""The secret of the token exchange; its hash is the challenge."""
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@dataclass(frozen=True)
class Request:
    """One call of one operation.

    Attributes:
        by: who may make it.
        path: names of things in the world, or plain text, for the path's parameters.
        query: the query, ids as names.
        body: what is laid over the contract's example; ids are written ``"@name"``.
        form: a form instead of a JSON body.
        text: a CSV file instead of a JSON body.
        content: bytes instead of a JSON body, with the headers that go with them.
        headers: further headers.
        workbook: the list whose split is downloaded and sent back as the body.
        version: the ``If-Match`` version; left out, it is the present one of the thing in the path.
        status: what it is answered with.
    """

    by: str
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    form: Mapping[str, str] | None = None
    text: str | None = None
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    workbook: str | None = None
    version: int | None = None
    status: int = 200


def of(name: str) -> dict[str, str]:
    return {"id": f"@{name}"}


def these(*names: str) -> list[dict[str, Any]]:
    return [{"id": f"@{name}", "version": f"#{name}"} for name in names]


def fill(value: Any, world: World, versions: Mapping[str, int] | None = None) -> Any:
    """Replace ``@name`` by an id and ``#name`` by a version."""
    if isinstance(value, dict):
        return {key: fill(each, world, versions) for key, each in value.items()}
    if isinstance(value, list):
        return [fill(each, world, versions) for each in value]
    if isinstance(value, str) and value[:1] == "@":
        return str(world[value[1:]])
    if isinstance(value, str) and value[:1] == "#":
        return (versions or {}).get(value[1:], 1)
    return value


def operations(contract: Mapping[str, Any]) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Return every operation by its id: method, path, description."""
    return {
        operation["operationId"]: (method.upper(), path, operation)
        for path, methods in contract["paths"].items()
        for method, operation in methods.items()
    }


def example(contract: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    """Return a value from the examples of a schema: every required field that has one, and nothing else."""
    if "$ref" in schema:
        return example(contract, contract["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    given = [schema[word] for word in ("const", "default") if word in schema]
    given += [schema[word][0] for word in ("examples", "enum") if word in schema]
    if given or schema.get("type") != "object":
        return next(iter(given), None)
    found = {name: example(contract, schema["properties"][name]) for name in schema.get("required", ())}
    return {name: value for name, value in found.items() if value is not None}


def body_of(
    contract: Mapping[str, Any], operation: Mapping[str, Any], over: Any, world: World, versions: Mapping[str, int]
) -> Any:
    """Return a request body: the contract's example with the world's ids laid over it."""
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" not in content:
        return None
    base = example(contract, content["application/json"]["schema"])
    return {**(base or {}), **fill(over or {}, world, versions)}
