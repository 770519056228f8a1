"""Starting servers on loopback and asking them."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from minsheng.sample import load

if TYPE_CHECKING:
    from collections.abc import Iterator


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def server(arguments: list[str], environment: dict[str, str], probe: str) -> Iterator[int]:
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env={**os.environ, **environment, "MINSHENG_PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(200):
            try:
                once(port, "GET", probe, None, {})
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def once(port: int, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()


def log_in(port: int, username: str) -> dict[str, str]:
    """Return the headers of a person who is logged in."""
    headers = {"X-Minsheng-Client": "bench", "Content-Type": "application/json"}
    body = json.dumps({"username": username, "password": load.PASSWORD})
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("POST", "/api/v1/session", body=body, headers=headers)
        answer = connection.getresponse()
        text = answer.read()
        cookie = answer.getheader("Set-Cookie")
    if cookie is None:
        message = f"{username} is not let in: {answer.status} {text[:200]!r}"
        raise SystemExit(message)
    return {**headers, "Cookie": cookie.partition(";")[0]}
