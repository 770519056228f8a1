"""The sample, as `make run` serves it: every reading operation answers every demo account by its contract."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from minsheng.app import create_app
from minsheng.kernel import clock, migrations
from minsheng.kernel.settings import Settings
from minsheng.sample import load
from tests.conftest import SECRET_KEYS
from tests.factories.world import NOW

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
    "/milestones",
    "/milestone-moves",
    "/milestone-templates",
    "/pledges",
    "/adjustments",
    "/task-states",
    "/acknowledgements",
    "/invitations",
    "/comments",
)
HEADERS = {"X-Minsheng-Client": "test"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Serve a fresh copy of the sample."""
    folder = tmp_path_factory.mktemp("sample")
    clock.fix(NOW)
    settings = Settings(data_dir=folder, client_dir=folder, secret_keys=SECRET_KEYS, demo_accounts=True)
    migrations.upgrade(settings.url)
    assert load.wenzhou(settings.url) is True
    with TestClient(create_app(settings), base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as client:
        yield client


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


def test_the_sample_as_it_is_served(served: TestClient) -> None:
    """One test, since loading the sample takes longer than looking through it."""
    for username in ACCOUNTS:
        _all_of_it(served, username)
    _something_to_show(served)


def _all_of_it(served: TestClient, username: str) -> None:
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


def _something_to_show(served: TestClient) -> None:
    """Check that every screen has something, made by the sample's persons; a later day has more of it done."""
    headers = _log_in(served, "wz-office")

    def found(path: str) -> dict[str, int]:
        items = _get(served, headers, f"{path}?limit=1000")["items"]
        return dict(sorted(Counter(each["status"] for each in items).items()))

    assert found("/pledges") == {"draft": 4, "in_force": 5, "sent": 3, "signed": 3}
    assert found("/adjustments") == {"approved": 2, "asked": 1}
    assert found("/task-states") == {"approved": 2, "asked": 1}
    assert found("/comments") == {"answered": 2, "open": 2}
    assert found("/milestone-moves") == {"approved": 1, "asked": 2, "refused": 1}
    assert found("/milestones") == {"draft": 2, "issued": 14, "opened": 8, "passed": 3, "reached": 87}
    milestones = _get(served, headers, "/milestones?limit=1000")["items"]
    assert sum(each["late"] for each in milestones) == 7
    assert sum(each["baseline_on"] not in {None, each["planned_on"]} for each in milestones) == 1
    assert len(_get(served, headers, "/acknowledgements?status=pending&limit=1000")["items"]) == 40
    (supplement,) = (each for each in _get(served, headers, "/pledges?limit=1000")["items"] if each["base_id"])
    assert (supplement["unit_name"], supplement["status"]) == ("乐清市", "sent")


def test_demo_accounts_are_listed(served: TestClient) -> None:
    accounts = served.get("/api/v1/session/demo-accounts").json()
    assert len(accounts) == 37
    assert {"username": "liushi-clerk", "unit_name": "柳市镇", "role_name": "填报员"}.items() <= next(
        each for each in accounts if each["username"] == "liushi-clerk"
    ).items()


def test_a_second_seed_changes_nothing(served: TestClient) -> None:
    url = served.app.state.settings.url  # type: ignore[attr-defined]
    assert load.wenzhou(url, if_empty=True) is False
