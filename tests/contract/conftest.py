"""The world in the middle of a month, with everybody logged in, for the sweeps over the whole contract."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, select
from sqlmodel import SQLModel, col

from minsheng.app import create_app
from minsheng.identity.sessions import Authenticator
from minsheng.kernel import clock, contract, migrations, sealing
from minsheng.kernel.db import Database
from minsheng.kernel.journal import JournalEntry
from minsheng.kernel.settings import Settings
from minsheng.kernel.signing import Signer
from minsheng.kernel.workers import Worker
from tests.conftest import SECRET_KEYS
from tests.databases import PostgresUnavailableError
from tests.factories import requests
from tests.factories import world as worlds
from tests.missing import missing
from tests.undo import Undo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    import httpx
    from fastapi import FastAPI
    from sqlalchemy import Engine

    from tests.databases import Databases, Template
    from tests.factories.world import World

PEOPLE = tuple(username for username, _, _ in worlds.PEOPLE)


@dataclass
class Prepared:
    """A copy of the prepared world, served, with a cookie for everybody; ``renew`` starts over on a fresh copy."""

    template: Template
    app: FastAPI
    client: TestClient
    world: World
    cookies: dict[str, str]
    versions: dict[str, int]
    contract: dict[str, Any]
    engines: dict[str, Engine]
    _copy: AbstractContextManager[str] | None = None
    _undo: Undo | None = None
    url: str = ""

    def renew(self) -> bool:
        """Let the next request meet what the first one met; return whether it is in the same database."""
        if self._undo:
            # Rights are remembered by their epoch, which was just set back if it had moved.
            if "authority_epoch" in self._undo.restore():
                self.app.state.authenticate = Authenticator(self.app.state.settings)
            requests.lay_files(self.world, self.app.state.settings.data_dir)
            return True
        again = self._copy is not None
        self._serve_a_copy()
        if again and self.url.startswith("postgresql"):
            self._undo = Undo(self.url)
        return False

    def _serve_a_copy(self) -> None:
        self.close()
        self._copy = self.template.copy()
        self.url = self._copy.__enter__()
        settings: Settings = self.app.state.settings
        database = Database(self.url, settings.pool_size, settings.admission_seconds)
        # The next copy has the address of the last one: what the engine has compiled is good for it too.
        database.engine = self.engines.setdefault(self.url, database.engine)
        self.app.state.database = database
        self.app.state.authenticate = Authenticator(settings)
        requests.lay_files(self.world, settings.data_dir)

    def close(self) -> None:
        """Drop the copy that is served."""
        if self._undo:
            self._undo.close()
            self._undo = None
        if self._copy is not None:
            self.app.state.database.dispose()
            self._copy.__exit__(None, None, None)
            self._copy = None

    def send(self, who: str, method: str, path: str, *, version: int | None = None, **kwargs: Any) -> httpx.Response:
        """Send one request under /api/v1 as somebody, or as nobody."""
        headers = {"X-Minsheng-Client": "test", **kwargs.pop("headers", {})}
        if who:
            headers["Cookie"] = self.cookies[who]
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return self.client.request(method, f"{requests.API}{path}", headers=headers, **kwargs)

    def request(self, operation_id: str, who: str | None = None, **changes: Any) -> httpx.Response:
        """Send the table's request for one operation."""
        method, path, operation = requests.operations(self.contract)[operation_id]
        wanted = requests.REQUESTS[operation_id]
        path = path.removeprefix(requests.API).format(**requests.fill(dict(wanted.path), self.world))
        arguments: dict[str, Any] = {"params": requests.fill(dict(wanted.query), self.world)}
        if wanted.form:
            arguments["data"] = {k: self.code() if v == "$code" else v for k, v in wanted.form.items()}
        elif wanted.content is not None:
            binary = {"Content-Type": next(iter(operation["requestBody"]["content"]))}
            arguments |= {"content": wanted.content, "headers": {**binary, **wanted.headers}}
        elif wanted.text:
            arguments |= {"content": wanted.text.encode(), "headers": {"Content-Type": "text/csv"}}
        elif wanted.workbook:
            found = self.send(wanted.by, "GET", f"/programmes/{self.world[wanted.workbook]}/split.xlsx")
            arguments |= {"content": found.content, "headers": {"Content-Type": "application/octet-stream"}}
        elif operation.get("requestBody"):
            arguments["json"] = requests.body_of(self.contract, operation, wanted.body, self.world, self.versions)
        if any(each["name"] == "If-Match" for each in operation.get("parameters", ())):
            known = self.versions.get(next(iter(wanted.path.values()))[1:], 1)
            arguments["version"] = known if wanted.version is None else wanted.version
        return self.send(wanted.by if who is None else who, method, path, **(arguments | changes))

    def code(self) -> str:
        """Return a fresh authorization code."""
        body = {"client_id": "cli", "code_challenge": requests.CHALLENGE, "code_challenge_method": "S256"}
        found: str = self.send("a1-clerk", "POST", "/oauth/authorize", json=body).json()["code"]
        return found


def _build(url: str, folder: Path) -> tuple[World, dict[str, str], dict[str, int]]:
    migrations.upgrade(url)
    world = worlds.build(url)
    settings = Settings(database_url=url, secret_keys=SECRET_KEYS, data_dir=folder, client_dir=folder)
    cookies: dict[str, str] = {}
    with TestClient(create_app(settings), base_url="http://127.0.0.1:8000") as client:
        for username in PEOPLE:
            answer = client.post(
                "/api/v1/session",
                json={"username": username, "password": worlds.PASSWORD},
                headers={"X-Minsheng-Client": "test"},
            )
            assert answer.status_code == 200, answer.text
            cookies[username] = answer.headers["set-cookie"].partition(";")[0]
            client.cookies.clear()

        def call(username: str, method: str, path: str, body: Any, version: int | None) -> httpx.Response:
            headers = {"Cookie": cookies[username], "X-Minsheng-Client": "test"}
            if version is not None:
                headers["If-Match"] = f'"{version}"'
            answer = client.request(method, f"/api/v1{path}", json=body, headers=headers)
            assert answer.status_code < 300, (username, method, path, answer.text)
            return answer

        requests.lay_files(world, folder)
        requests.prepare(call, world)
        world.ids["job:a1"] = _upload(client, cookies["a1-clerk"], world)
        engine = client.app.state.database.engine  # type: ignore[attr-defined]
        sealing.seal(engine, Signer(bytes(32)))
        with sealing.read_only(engine) as connection:
            of_report = select(JournalEntry.id).where(col(JournalEntry.entity_id) == world["november:roads:a1"])
            world.ids["entry:roads:a1"] = connection.execute(of_report.limit(1)).scalar_one()
    return world, cookies, _versions(url, world)


def _upload(client: TestClient, cookie: str, world: World) -> UUID:
    """Let a clerk upload his month, and run the job."""
    headers = {"Cookie": cookie, "X-Minsheng-Client": "test"}
    query = {"period": "2026-11", "unit_id": str(world["a1"])}
    content = client.get("/api/v1/entry-sheet.xlsx", params=query, headers=headers).content
    answer = client.post("/api/v1/report-uploads", params=query, content=content, headers=headers)
    assert answer.status_code == 202, answer.text
    state = client.app.state  # type: ignore[attr-defined]
    assert Worker(state.database, state.authenticate).run_due() == 1
    return UUID(answer.json()["id"])


def _versions(url: str, world: World) -> dict[str, int]:
    """Return the present version of everything that has a name."""
    engine = create_engine(url)
    known: dict[UUID, int] = {}
    with engine.connect() as connection:
        for table in SQLModel.metadata.tables.values():
            if "version" in table.c:
                known |= {row.id: row.version for row in connection.execute(select(table.c.id, table.c.version))}
    engine.dispose()
    # A job has none: nobody but its worker changes it.
    return {name: known.get(UUID(str(key)), 1) for name, key in world.ids.items()}


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FastAPI, TestClient, dict[str, Any]]]:
    """Return the application as it is served, a client of it and its contract; each test gives it a database."""
    folder = tmp_path_factory.mktemp("served")
    settings = Settings(
        database_url=f"sqlite:///{folder}/unused.db", secret_keys=SECRET_KEYS, data_dir=folder, client_dir=folder
    )
    app = create_app(settings)
    with TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as client:
        yield app, client, contract.build(app)


@pytest.fixture
def prepared(
    engine_name: str,
    databases: Databases,
    _templates: dict[str, tuple[Template, bytes]],
    served: tuple[FastAPI, TestClient, dict[str, Any]],
    tmp_path: Path,
    _engines: dict[str, Engine],
) -> Iterator[Prepared]:
    """Serve the prepared world."""
    key = f"prepared:{engine_name}"
    if key not in _templates:
        made: list[Any] = []
        try:
            template = databases.template(
                engine_name,  # type: ignore[arg-type]
                "prepared",
                lambda url: made.append(_build(url, tmp_path)),
            )
        except PostgresUnavailableError as error:
            missing(str(error))
        _templates[key] = (template, pickle.dumps(made[0]))
    template, kept = _templates[key]
    clock.fix(worlds.NOW)
    app, client, document = served
    found = Prepared(template, app, client, *pickle.loads(kept), document, _engines)  # noqa: S301 - our own bytes
    found.renew()
    yield found
    found.close()
