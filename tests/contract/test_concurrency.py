"""Many at once, over a real server: one wins, the others hear why, and nothing is written twice."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn

from minsheng.app import create_app
from minsheng.kernel.settings import Settings
from tests.conftest import SECRET_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi import FastAPI

    from tests.contract.conftest import Prepared

AT_ONCE = 50


@contextmanager
def listening(app: FastAPI) -> Iterator[str]:
    """Serve an application on a free port of this machine."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        found.listen(256)
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", log_config=None))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [found]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{found.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def address(prepared: Prepared, tmp_path: Path) -> Iterator[str]:
    """Serve the prepared world to real connections, with a pool smaller than the crowd."""
    settings = Settings(
        database_url=prepared.url,
        secret_keys=SECRET_KEYS,
        data_dir=tmp_path,
        client_dir=tmp_path,
        pool_size=4,
        admission_seconds=30,
    )
    with listening(create_app(settings)) as found:
        yield found


def at_once(send: Any, count: int = AT_ONCE) -> list[httpx.Response]:
    """Send from as many threads, all let loose together."""
    gate = threading.Barrier(count)

    def run(number: int) -> httpx.Response:
        gate.wait()
        answer: httpx.Response = send(number)
        return answer

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def headers(prepared: Prepared, who: str, **more: str) -> dict[str, str]:
    return {"Cookie": prepared.cookies[who], "X-Minsheng-Client": "test", **more}


def test_one_version_is_changed_once(prepared: Prepared, address: str) -> None:
    path = f"{address}/api/v1/reports/{prepared.world['november:roads:a1']}"
    with httpx.Client(timeout=60, limits=httpx.Limits(max_connections=AT_ONCE)) as client:
        mine = headers(prepared, "a1-clerk", **{"If-Match": '"1"'})
        answers = at_once(lambda number: client.patch(path, json={"note": f"第 {number} 次"}, headers=mine))
        assert Counter(answer.status_code for answer in answers) == {200: 1, 412: AT_ONCE - 1}
        won = next(answer.json() for answer in answers if answer.status_code == 200)
        assert client.get(path, headers=mine).json()["note"] == won["note"]
        stale = next(answer.json() for answer in answers if answer.status_code == 412)
        assert (stale["your_version"], stale["current_version"]) == (1, 2)
        assert [(each["field"], each["new"]) for each in stale["changed"] if each["field"] == "note"] == [
            ("note", won["note"])
        ]
        bare = client.patch(path, json={"note": "x"}, headers=headers(prepared, "a1-clerk"))
        assert (bare.status_code, bare.json()["code"]) == (428, "precondition-required")


def test_one_key_makes_one_row(prepared: Prepared, address: str) -> None:
    path = f"{address}/api/v1/measures"
    keyed = headers(prepared, "office", **{"Idempotency-Key": "once-and-only-once"})
    with httpx.Client(timeout=60, limits=httpx.Limits(max_connections=AT_ONCE)) as client:

        def send(_number: int) -> httpx.Response:
            while True:
                answer = client.post(path, json={"name": "公顷"}, headers=keyed)
                if answer.status_code != 409:
                    return answer
                assert answer.json()["code"] == "still-running", answer.text
                time.sleep(0.02)

        answers = at_once(send)
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.content for answer in answers}) == 1
        assert len({answer.headers["etag"] for answer in answers}) == 1
        assert Counter(answer.headers.get("idempotency-replayed") for answer in answers) == {
            None: 1,
            "true": AT_ONCE - 1,
        }
        rows = client.get(path, params={"limit": 1000}, headers=keyed).json()["items"]
        assert [row["name"] for row in rows].count("公顷") == 1
        other = client.post(path, json={"name": "平方米"}, headers=keyed)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
        elsewhere = client.post(f"{address}/api/v1/programmes", json={"name": "公顷"}, headers=keyed)
        assert elsewhere.json()["code"] == "idempotency-key-reused"
        # The key belongs to its caller: another's is another.
        foreign = {**keyed, "Cookie": prepared.cookies["outsider"]}
        assert client.post(path, json={"name": "亩"}, headers=foreign).status_code == 201


def test_a_refused_request_leaves_its_key_free(prepared: Prepared, address: str) -> None:
    keyed = headers(prepared, "office", **{"Idempotency-Key": "refused-at-first"})
    with httpx.Client(timeout=60) as client:
        first = client.post(f"{address}/api/v1/measures", json={"name": "个"}, headers=keyed)
        assert first.status_code == 409
        again = client.post(f"{address}/api/v1/measures", json={"name": "公顷"}, headers=keyed)
        assert again.status_code == 201


def test_a_full_pool_says_so_at_once_and_the_process_stays_alive(prepared: Prepared, tmp_path: Path) -> None:
    settings = Settings(
        database_url=prepared.url,
        secret_keys=SECRET_KEYS,
        data_dir=tmp_path,
        client_dir=tmp_path,
        pool_size=2,
        admission_seconds=1.0,
    )
    app = create_app(settings)
    with listening(app) as address, httpx.Client(timeout=30) as client:
        mine = headers(prepared, "office")
        # All connections stand before the clock runs: what is timed is the wait for a place, not the way there.
        alive = at_once(lambda _: client.get(f"{address}/livez"), 8)
        assert {answer.status_code for answer in alive} == {200}
        assert client.get(f"{address}/api/v1/me", headers=mine).status_code == 200
        held = [app.state.database._places for _ in range(2)]
        for places in held:
            places.acquire_nowait()
        try:
            started = time.perf_counter()
            answers = at_once(lambda _: client.get(f"{address}/api/v1/me", headers=mine), 8)
            took = time.perf_counter() - started
            for answer in answers:
                assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
                assert answer.headers["retry-after"] == "1"
            assert took > 0.9
            slowest = max(answer.elapsed.total_seconds() for answer in answers)
            assert slowest < 1.2
            started = time.perf_counter()
            assert client.get(f"{address}/livez").status_code == 200
            assert time.perf_counter() - started < 1.2
        finally:
            for places in held:
                places.release()
        assert client.get(f"{address}/api/v1/me", headers=mine).status_code == 200
