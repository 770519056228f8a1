"""What every refusal looks like, whichever route gave it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Return the body of a refusal, after checking all that each one promises."""
    assert (answer.status_code, answer.headers.get("content-type")) == (status, "application/problem+json"), answer.text
    body: dict[str, Any] = answer.json()
    assert (body["status"], body["code"], body["type"]) == (status, code, f"/problems/{code}"), body
    for sentence in (body["title"], body["detail"], *(error["message"] for error in body["errors"])):
        assert _CHINESE.search(sentence), sentence
    return body


def places(answer: httpx.Response, status: int = 422, code: str = "invalid") -> list[tuple[str, str]]:
    """Return (pointer, code) of everything a refusal names."""
    return [(error["pointer"], error["code"]) for error in problem(answer, status, code)["errors"]]
