"""The sample, as `make run` serves it: every reading operation answers every demo account by its contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from minsheng.app import create_app
from minsheng.kernel import migrations
from minsheng.kernel.settings import Settings
from minsheng.sample import load
from tests.conftest import SECRET_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCOUNTS = (
    "wz-office",
    "wz-admin",
    "wz-audit",
    "wz-jiaotong",
    "yq-office",
    "yq-review",
    "liushi-clerk",
    "shanfu-clerk",
)
LISTS = (
    "/units",
    "/users",
    "/roles",
    "/grants",
    "/programmes",
    "/items",
    "/measures",
    "/tasks",
    "/rounds",
    "/reports",
    "/changes",
)
HEADERS = {"X-Minsheng-Client": "test"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Serve a fresh copy of the sample."""
    folder = tmp_path_factory.mktemp("sample")
    settings = Settings(data_dir=folder, client_dir=folder, secret_keys=SECRET_KEYS, demo_accounts=True)
    migrations.upgrade(settings.url)
    assert load.wenzhou(settings.url) is True
    with TestClient(create_app(settings), base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(autouse=True)
def _running_clock(_stopped_clock: None) -> None:
    from minsheng.kernel import clock  # noqa: PLC0415 - the sample stands on today

    clock.fix(None)


def _log_in(client: TestClient, username: str) -> dict[str, str]:
    body = {"username": username, "password": load.PASSWORD}
    answer = client.post("/api/v1/session", json=body, headers=HEADERS)
    assert answer.status_code == 200, answer.text
    client.cookies.clear()
    return {**HEADERS, "Cookie": answer.headers["set-cookie"].partition(";")[0]}


def _get(client: TestClient, headers: dict[str, str], path: str, allowed: tuple[int, ...] = (200,)) -> Any:
    answer = client.get(f"/api/v1{path}", headers=headers)
    assert answer.status_code in allowed, f"{path}: {answer.text[:500]}"
    return answer.json()


@pytest.mark.parametrize("username", ACCOUNTS)
def test_everything_the_sample_holds_is_served(served: TestClient, username: str) -> None:
    headers = _log_in(served, username)
    me = _get(served, headers, "/me")
    for path in LISTS:
        _get(served, headers, f"{path}?limit=1000", (200, 403))
    for path in ("/workbench", "/entry-sheet"):
        _get(served, headers, path, (200, 403))
    if "board.read" not in me["permissions"]:
        return
    _get(served, headers, "/boards/summary")
    _get(served, headers, "/boards/lag")
    for programme in _get(served, headers, "/programmes")["items"]:
        matrix = _get(served, headers, f"/boards/matrix?programme_id={programme['id']}")
        _get(served, headers, f"/programmes/{programme['id']}/split?unit_id={me['user']['unit_id']}")
        for cell in matrix["cells"][:3]:
            _get(served, headers, f"/boards/light?target_id={cell['target_id']}")
            _get(served, headers, f"/boards/curve?target_id={cell['target_id']}")
            _get(served, headers, f"/targets/{cell['target_id']}/plan")
        for period in ("2026-10", "2026-11"):
            _get(served, headers, f"/reports/desk?programme_id={programme['id']}&period={period}")


def test_demo_accounts_are_listed(served: TestClient) -> None:
    accounts = served.get("/api/v1/session/demo-accounts").json()
    assert len(accounts) == 37
    assert {"username": "liushi-clerk", "unit_name": "柳市镇", "role_name": "填报员"}.items() <= next(
        each for each in accounts if each["username"] == "liushi-clerk"
    ).items()


def test_a_second_seed_changes_nothing(served: TestClient) -> None:
    url = served.app.state.settings.url  # type: ignore[attr-defined]
    assert load.wenzhou(url, if_empty=True) is False
