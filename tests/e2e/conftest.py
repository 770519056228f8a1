"""A live server over a fresh copy of the world, and Chromium in front of it."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from minsheng.kernel import migrations
from tests.browser import launch_options
from tests.e2e import world as worlds
from tests.e2e.people import ROOT, Api, Visitor
from tests.factories.world import PASSWORD, World
from tests.missing import missing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.databases import Databases, Template

CLIENT = ROOT / "frontend" / "dist"
SECRET_KEYS = "browser:" + "5a" * 32
SIZE = {"width": 1366, "height": 768}

expect.set_options(timeout=8000)


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


@pytest.fixture(scope="session")
def _e2e_template(databases: Databases) -> tuple[Template, bytes]:
    made: list[World] = []

    def build(address: str) -> None:
        migrations.upgrade(address)
        made.append(worlds.build(address))

    template = databases.template("sqlite", "e2e-world", build)
    return template, pickle.dumps(made[0])


@pytest.fixture
def url(_e2e_template: tuple[Template, bytes]) -> Iterator[str]:
    """Return a fresh database with the world in it; the browser does not mind which one it is."""
    with _e2e_template[0].copy() as address:
        yield address


@pytest.fixture
def world(_e2e_template: tuple[Template, bytes]) -> World:
    """Return the ids of the world by name."""
    found: World = pickle.loads(_e2e_template[1])  # noqa: S301 - our own bytes
    return found


class Site:
    """One running server and everybody who visits it."""

    def __init__(self, origin: str, browser: Browser) -> None:
        self.origin = origin
        self.browser = browser
        self.visitors: list[Visitor] = []
        self.apis: dict[str, Api] = {}

    def api(self, username: str) -> Api:
        """Return one person outside the browser."""
        if username not in self.apis:
            self.apis[username] = Api(self.origin, username)
        return self.apis[username]

    def stranger(self, *, font: int = 100, contrast: str = "normal") -> Visitor:
        """Open a browser in which nobody is logged in."""
        context = self.browser.new_context(viewport=SIZE, locale="zh-CN", timezone_id="Asia/Shanghai")  # type: ignore[arg-type]
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=self.origin)
        if font != 100 or contrast != "normal":
            nav = "narrow" if font == 150 else "open"
            look = f'{{"font":{font},"contrast":"{contrast}","language":"zh-CN","nav":"{nav}"}}'
            context.add_init_script(f"localStorage.setItem('minsheng.settings', '{look}')")
        context.set_default_timeout(8000)
        visitor = Visitor(self.origin, context, context.new_page())
        visitor.watch()
        self.visitors.append(visitor)
        return visitor

    def visit(self, username: str, *, password: str = PASSWORD, font: int = 100, contrast: str = "normal") -> Visitor:
        """Open a browser with somebody's session cookie in it."""
        visitor = self.stranger(font=font, contrast=contrast)
        answer = visitor.context.request.post(
            f"{self.origin}/api/v1/session",
            data={"username": username, "password": password},
            headers={"X-Minsheng-Client": "web"},
        )
        assert answer.ok, answer.text()
        return visitor


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


@pytest.fixture
def site(browser: Browser, _starter: subprocess.Popen[str], url: str, tmp_path: Path) -> Iterator[Site]:
    """Start the real server as its own process; at the end nobody may have complained or asked elsewhere."""
    settings = {
        "database_url": url,
        "data_dir": str(tmp_path),
        "client_dir": str(CLIENT),
        "secret_keys": SECRET_KEYS,
    }
    assert _starter.stdin
    assert _starter.stdout
    _starter.stdin.write(json.dumps(settings) + "\n")
    _starter.stdin.flush()
    server = json.loads(_starter.stdout.readline())
    found = Site(f"http://127.0.0.1:{server['port']}", browser)
    try:
        # The socket listens already, so this waits in its queue until the application answers.
        assert httpx.get(f"{found.origin}/readyz", timeout=60).status_code == 200
        yield found
        for visitor in found.visitors:
            visitor.check()
    finally:
        for visitor in found.visitors:
            visitor.context.close()
        for api in found.apis.values():
            api.client.close()
        os.kill(server["pid"], signal.SIGTERM)
