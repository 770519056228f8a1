"""A live server over a fresh copy of the world, and Chromium in front of it."""

from __future__ import annotations

import json
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, expect, sync_playwright

from minsheng.app import furnish
from minsheng.kernel import migrations
from minsheng.kernel.settings import Settings
from tests.browser import launch_options
from tests.conftest import SECRET_KEYS, Caller
from tests.e2e import world as worlds
from tests.e2e.month import world as months
from tests.e2e.people import PATIENCE, ROOT, Api, Visitor, log_in
from tests.factories.world import PEOPLE, World
from tests.missing import missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from fastapi import FastAPI

    from tests.databases import Databases, Template

CLIENT = ROOT / "frontend" / "dist"
VUE = ROOT / "frontend" / "node_modules" / "vue" / "dist" / "vue.runtime.esm-browser.prod.js"
SIZE = {"width": 1366, "height": 768}

expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder drives a browser."""
    for item in items:
        if item.path.parent.name == "e2e":
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium once."""
    if not (CLIENT / "index.html").exists():
        missing("The client is not built, so the browser tests are skipped: deploy/setup.sh client")
    try:
        options = launch_options()
    except LookupError as error:
        missing(str(error))
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(**options)  # type: ignore[arg-type]
        yield found
        found.close()


@dataclass
class Start:
    """What a server of this folder begins with: a database to copy, the ids in it by name, and everybody's log-in."""

    template: Template
    world: bytes
    cookies: dict[str, str]


def _prepare(
    databases: Databases, app: FastAPI, name: str, build: Callable[[str], World], people: Iterable[str]
) -> Start:
    made: list[tuple[World, dict[str, str]]] = []

    def fill(address: str) -> None:
        migrations.upgrade(address)
        world = build(address)
        furnish(app, Settings(database_url=address, secret_keys=SECRET_KEYS))
        with TestClient(app, base_url="http://127.0.0.1") as client:
            made.append((world, {username: Caller(client, username).cookie for username in people}))

    template = databases.template("sqlite", name, fill)
    return Start(template, pickle.dumps(made[0][0]), made[0][1])


@pytest.fixture(scope="session")
def _start(databases: Databases, _built: FastAPI) -> Start:
    return _prepare(databases, _built, "e2e-world", worlds.build, [name for name, _, _ in (*PEOPLE, *worlds.MONEY)])


@pytest.fixture(scope="session")
def _month(databases: Databases, _built: FastAPI) -> Start:
    return _prepare(databases, _built, "e2e-month", months.build, months.PEOPLE)


@pytest.fixture
def world(_start: Start) -> World:
    """Return the ids of the world by name."""
    found: World = pickle.loads(_start.world)  # noqa: S301 - our own bytes
    return found


class Site:
    """One running server and everybody who visits it."""

    def __init__(
        self, origin: str, browser: Browser, cookies: dict[str, str], process: int = 0, folder: Path = ROOT
    ) -> None:
        self.origin = origin
        self.browser = browser
        self.cookies = dict(cookies)
        self.process = process
        self.folder = folder
        self.visitors: list[Visitor] = []
        self.apis: dict[str, Api] = {}

    def api(self, username: str) -> Api:
        """Return one person outside the browser."""
        if username not in self.apis:
            self.apis[username] = Api(self.origin, self.cookies[username])
        return self.apis[username]

    def stranger(self, *, offline: bool = False) -> Visitor:
        """Open a browser in which nobody is logged in; one that shall work offline stores every file of the client."""
        context = self.browser.new_context(
            viewport=SIZE,  # type: ignore[arg-type]
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            # Half-way through a change of colour every contrast is wrong.
            reduced_motion="reduce",
            service_workers="allow" if offline else "block",
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=self.origin)
        context.set_default_timeout(PATIENCE)
        visitor = Visitor(self.origin, context, context.new_page())
        visitor.watch()
        self.visitors.append(visitor)
        return visitor

    def visit(self, username: str, *, offline: bool = False) -> Visitor:
        """Open a browser with somebody's session cookie in it."""
        visitor = self.stranger(offline=offline)
        visitor.username = username
        self._let_in(visitor)
        return visitor

    def _let_in(self, visitor: Visitor) -> None:
        name, _, value = self.cookies[visitor.username].partition("=")
        # A browser keeps what is secure for plain http on this machine too, once it has it.
        cookie = {"name": name, "value": value, "url": "https://127.0.0.1", "httpOnly": True, "secure": True}
        visitor.context.add_cookies([cookie])  # type: ignore[list-item]

    def turn_to(self, instant: datetime) -> None:
        """Turn the server's clock; who is here logs in anew where the session would have run out."""
        told = self.folder / "clock"
        told.write_text(instant.isoformat(), encoding="utf-8")
        os.kill(self.process, signal.SIGUSR1)
        until = time.monotonic() + PATIENCE / 1000
        while told.exists():
            assert time.monotonic() < until, "the server does not look at its clock"
            time.sleep(0.01)
        for username in {visitor.username for visitor in self.visitors if visitor.username} | self.apis.keys():
            self.cookies[username] = log_in(self.origin, username)
        for visitor in self.visitors:
            if visitor.username:
                self._let_in(visitor)
        for api in self.apis.values():
            api.client.close()
        self.apis.clear()

    def leave(self) -> None:
        """Everybody goes home; nobody may have complained or asked elsewhere."""
        visitors, self.visitors = self.visitors, []
        try:
            for visitor in visitors:
                visitor.check()
        finally:
            for visitor in visitors:
                visitor.context.close()


@pytest.fixture(scope="session")
def _starter(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen[str]]:
    log = tmp_path_factory.mktemp("server") / "log"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "backend")}
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.server"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        yield process
        assert process.stdin
        process.stdin.close()


@contextmanager
def _serve(
    browser: Browser, starter: subprocess.Popen[str], start: Start, folder: Path, client: Path = CLIENT
) -> Iterator[Site]:
    """Start the real server as its own process, on a fresh copy; the browser does not mind which database it is."""
    assert starter.stdin
    assert starter.stdout
    with start.template.copy() as url:
        settings = {
            "database_url": url,
            "data_dir": str(folder),
            "client_dir": str(client),
            "secret_keys": SECRET_KEYS,
        }
        starter.stdin.write(json.dumps(settings) + "\n")
        starter.stdin.flush()
        server = json.loads(starter.stdout.readline())
        found = Site(f"http://127.0.0.1:{server['port']}", browser, start.cookies, server["pid"], folder)
        try:
            # The socket listens already, so this waits in its queue until the application answers.
            assert httpx.get(f"{found.origin}/readyz", timeout=60).status_code == 200
            yield found
        finally:
            for api in found.apis.values():
                api.client.close()
            os.kill(server["pid"], signal.SIGTERM)


@pytest.fixture
def site(
    request: pytest.FixtureRequest, browser: Browser, _starter: subprocess.Popen[str], _start: Start, tmp_path: Path
) -> Iterator[Site]:
    """Return a server of one's own."""
    with _serve(browser, _starter, _start, tmp_path) as found:
        yield from _visited(request, found)


@pytest.fixture
def month_site(
    request: pytest.FixtureRequest, browser: Browser, _starter: subprocess.Popen[str], _month: Start, tmp_path: Path
) -> Iterator[Site]:
    """Return a server of one's own with the county's long list."""
    with _serve(browser, _starter, _month, tmp_path) as found:
        yield from _visited(request, found)


@pytest.fixture
def bare_site(
    request: pytest.FixtureRequest, browser: Browser, _starter: subprocess.Popen[str], _month: Start, tmp_path: Path
) -> Iterator[Site]:
    """Return the same server with a page that is nothing but a table: no build, Vue as it is published."""
    client = tmp_path / "bare"
    shutil.copytree(Path(__file__).parent / "bare", client)
    shutil.copyfile(VUE, client / "vue.js")
    with _serve(browser, _starter, _month, tmp_path / "bare-data", client) as found:
        yield from _visited(request, found)


@pytest.fixture
def month(_month: Start) -> World:
    """Return the ids of the month's world by name."""
    found: World = pickle.loads(_month.world)  # noqa: S301 - our own bytes
    return found


@pytest.fixture(scope="session")
def _library(
    browser: Browser, _starter: subprocess.Popen[str], _start: Start, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    with _serve(browser, _starter, _start, tmp_path_factory.mktemp("library")) as found:
        yield found


@pytest.fixture
def library(request: pytest.FixtureRequest, _library: Site) -> Iterator[Site]:
    """Return the server that is shared by all who only read."""
    yield from _visited(request, _library)


def _visited(request: pytest.FixtureRequest, site: Site) -> Iterator[Site]:
    """Give the site to the test; when it has failed, keep a picture of every screen."""
    failed = request.session.testsfailed
    try:
        yield site
        if request.session.testsfailed > failed:
            for number, visitor in enumerate(site.visitors):
                visitor.picture(f"failed-{re.sub(r'[^a-z0-9]+', '-', request.node.name)}-{number}", always=True)
    finally:
        site.leave()
