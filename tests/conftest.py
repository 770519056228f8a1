"""What every test of the API shares: a migrated copy of the world on either database, and callers with real cookies."""

from __future__ import annotations

import gc
import pickle
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import settings as hypothesis

from minsheng.app import create_app, furnish
from minsheng.kernel import clock, migrations
from minsheng.kernel.settings import Settings
from minsheng.tables import load
from tests.databases import Databases, PostgresUnavailableError
from tests.factories import world as worlds
from tests.missing import missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    import httpx
    from fastapi import FastAPI
    from sqlalchemy import Engine

    from tests.databases import Template

load()

# A busy machine is no fault of the rule under test.
hypothesis.register_profile("minsheng", deadline=None)
hypothesis.load_profile("minsheng")

ENGINES = [pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.postgresql)]
SECRET_KEYS = "test:" + "5a" * 32
ORIGIN = "http://127.0.0.1:8000"
Logins = dict[str, tuple[str, dict[str, Any]]]
"""User name → cookie and what /me said, of people whose log-in is part of every copy of the world."""


@pytest.fixture(scope="session", autouse=True)
def _little_garbage() -> None:
    # What a test's process holds for good need not be looked through again and again for garbage.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Give out database copies for the run."""
    with Databases() as found:
        yield found


@pytest.fixture(scope="session")
def _templates() -> dict[str, tuple[Template, bytes]]:
    return {}


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """Run the test on both databases."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def _ready(
    databases: Databases, _templates: dict[str, tuple[Template, bytes]], _built: FastAPI
) -> Callable[[str], tuple[Template, bytes]]:
    """Return what gives an engine's template with the world in it, made when it is first asked for."""

    def ready(engine_name: str) -> tuple[Template, bytes]:
        if engine_name in _templates:
            return _templates[engine_name]
        made: list[tuple[worlds.World, Logins]] = []

        def build(address: str) -> None:
            migrations.upgrade(address)
            world = worlds.build(address)
            furnish(_built, Settings(database_url=address, secret_keys=SECRET_KEYS))
            with TestClient(_built, base_url=ORIGIN) as client:
                callers = [Caller(client, username) for username, _, _ in worlds.PEOPLE]
            made.append((world, {caller.username: (caller.cookie, caller.me) for caller in callers}))

        try:
            template = databases.template(engine_name, "world", build)  # type: ignore[arg-type]
        except PostgresUnavailableError as error:
            missing(str(error))
        _templates[engine_name] = (template, pickle.dumps(made[0]))
        return _templates[engine_name]

    return ready


@pytest.fixture
def url(engine_name: str, _ready: Callable[[str], tuple[Template, bytes]]) -> Iterator[str]:
    """Return a fresh database with the world in it, where everybody of the world has logged in already."""
    with _ready(engine_name)[0].copy() as address:
        yield address


@pytest.fixture
def world(engine_name: str, url: str, _templates: dict[str, tuple[Template, bytes]]) -> worlds.World:
    """Return the ids of the world by name."""
    del url
    found: worlds.World = pickle.loads(_templates[engine_name][1])[0]  # noqa: S301 - our own bytes
    return found


@pytest.fixture
def _logins(engine_name: str, url: str, _templates: dict[str, tuple[Template, bytes]]) -> Logins:
    del url
    found: Logins = pickle.loads(_templates[engine_name][1])[1]  # noqa: S301 - our own bytes
    return found


@pytest.fixture(autouse=True)
def _stopped_clock() -> Iterator[None]:
    clock.fix(worlds.NOW)
    yield
    clock.fix(None)


@pytest.fixture
def settings(url: str, tmp_path: Path) -> Settings:
    """Return settings for the copy."""
    return Settings(database_url=url, secret_keys=SECRET_KEYS, data_dir=tmp_path, client_dir=tmp_path)


@pytest.fixture(scope="session")
def _built(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    folder = tmp_path_factory.mktemp("served")
    unused = f"sqlite:///{folder / 'never-opened.db'}"
    return create_app(Settings(database_url=unused, secret_keys=SECRET_KEYS, data_dir=folder, client_dir=folder))


@pytest.fixture(scope="session")
def _engines() -> dict[str, Engine]:
    return {}


@pytest.fixture
def app(_built: FastAPI, settings: Settings, _engines: dict[str, Engine]) -> FastAPI:
    """Return the application as it is served, on the test's own database.

    Its routes are built once a worker, and the engine of an address is kept: an eighth of a test was compiling the
    same statements again.
    """
    furnish(_built, settings)
    _built.state.database.engine = _engines.setdefault(settings.url, _built.state.database.engine)
    return _built


class Caller:
    """A person with a session cookie, as the browser would send it; logs in, unless that was done before."""

    def __init__(self, client: TestClient, username: str, login: tuple[str, dict[str, Any]] | None = None) -> None:
        self.client = client
        self.username = username
        if login:
            self.cookie, self.me = login
            return
        answer = client.post(
            "/api/v1/session",
            json={"username": username, "password": worlds.PASSWORD},
            headers={"X-Minsheng-Client": "test"},
        )
        assert answer.status_code == 200, answer.text
        self.me = answer.json()
        self.cookie = answer.headers["set-cookie"].partition(";")[0]
        client.cookies.clear()

    def call(self, method: str, path: str, *, version: int | None = None, **kwargs: Any) -> httpx.Response:
        """Send one request under /api/v1."""
        headers = {"Cookie": self.cookie, "X-Minsheng-Client": "test", **kwargs.pop("headers", {})}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        answer: httpx.Response = self.client.request(method, f"/api/v1{path}", headers=headers, **kwargs)
        return answer

    def get(self, path: str, **params: Any) -> Any:
        """Return the body of a read that must succeed."""
        answer = self.call("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None, *, version: int | None = None, status: int = 200) -> Any:
        """Send a POST that must answer with a status; return its body."""
        answer = self.call("POST", path, json=body, version=version)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def patch(self, path: str, body: Any, *, version: int, status: int = 200) -> Any:
        """Send a PATCH that must answer with a status; return its body."""
        answer = self.call("PATCH", path, json=body, version=version)
        assert answer.status_code == status, answer.text
        return answer.json()


class Callers:
    """People of the world; who is not of it logs in when first asked for."""

    def __init__(self, client: TestClient, logins: Logins) -> None:
        self.client = client
        self._logins = logins
        self._known: dict[str, Caller] = {}

    def log_in_anew(self) -> None:
        """Forget every log-in: the clock was moved, and they have run out."""
        self._logins = {}
        self._known.clear()

    def __getitem__(self, username: str) -> Caller:
        """Return one person."""
        if username not in self._known:
            self._known[username] = Caller(self.client, username, self._logins.get(username))
        return self._known[username]


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """Return a client without identity, on loopback as the embedded server is."""
    with TestClient(app, base_url=ORIGIN, raise_server_exceptions=False) as found:
        yield found


@pytest.fixture
def people(client: TestClient, _logins: Logins) -> Callers:
    """Return the people of the world."""
    return Callers(client, _logins)


@pytest.fixture
def opened(
    _ready: Callable[[str], tuple[Template, bytes]], _built: FastAPI, _engines: dict[str, Engine], tmp_path: Path
) -> Callable[[str], AbstractContextManager[tuple[Callers, worlds.World]]]:
    """Return what opens a fresh world on a named database, for a test that compares both."""

    @contextmanager
    def open_(engine_name: str) -> Iterator[tuple[Callers, worlds.World]]:
        template, kept = _ready(engine_name)
        found: tuple[worlds.World, Logins] = pickle.loads(kept)  # noqa: S301 - our own bytes
        with template.copy() as address:
            furnish(
                _built,
                Settings(database_url=address, secret_keys=SECRET_KEYS, data_dir=tmp_path, client_dir=tmp_path),
            )
            _built.state.database.engine = _engines.setdefault(address, _built.state.database.engine)
            with TestClient(_built, base_url=ORIGIN, raise_server_exceptions=False) as client:
                yield Callers(client, found[1]), found[0]

    return open_


@contextmanager
def at(moment: Any) -> Iterator[None]:
    """Stop the clock elsewhere for a while."""
    clock.fix(moment)
    try:
        yield
    finally:
        clock.fix(worlds.NOW)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the tests measured, whichever worker ran them."""
    reports = [each for kind in ("passed", "failed") for each in terminalreporter.getreports(kind)]
    lines = [value for report in reports for name, value in report.user_properties if name == "budget"]
    if lines:
        terminalreporter.section("budgets of the client")
        for line in dict.fromkeys(lines):
            terminalreporter.write_line(str(line))
