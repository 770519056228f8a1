"""People of the world at a real browser, and what the API says beside them."""

from __future__ import annotations

import json
import os
import re
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import expect

from tests.factories.world import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request

ROOT = Path(__file__).resolve().parents[2]
PICTURES = Path(__file__).parent / "pictures"
#: Milliseconds that a journey waits for what it expects.
PATIENCE = 8_000
#: Set to keep pictures of the screens for the eyes; without it only what fails is kept.
WANTED = os.environ.get("MINSHENG_TEST_PICTURES") == "1"
#: WCAG 2.0 to 2.2, levels A and AA.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]


class Api:
    """A person with a session cookie outside the browser: what the server says, not what the screen says."""

    def __init__(self, origin: str, cookie: str) -> None:
        headers = {"X-Minsheng-Client": "test", "Cookie": cookie}
        self.client = httpx.Client(base_url=f"{origin}/api/v1", headers=headers, timeout=60)

    def get(self, path: str, **params: Any) -> Any:
        """Return the body of a read that must succeed."""
        answer = self.client.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None, *, version: int | None = None) -> Any:
        """Return the body of a write that must succeed."""
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        answer = self.client.post(path, json=body, headers=headers)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    def end_every_session(self) -> None:
        """Log out everywhere, this one included."""
        assert self.client.post("/session/revoke-all").status_code == 204

    def rows(self, period: str = "2026-11") -> dict[str, Any]:
        """Return the entry sheet of this person's unit by item title."""
        return {row["item_title"]: row for row in self.get("/entry-sheet", period=period)["rows"]}

    def write(self, title: str, **words: Any) -> dict[str, Any]:
        """Fill in one row as a clerk would, without a browser."""
        row = self.rows()[title]
        figures = {name: words.pop(name) for name in ("current", "value") if name in words}
        change = {
            "report_id": row["id"],
            "base_version": row["version"],
            "values": [{"target_id": row["cells"][0]["target_id"], **figures}],
            **words,
        }
        [result] = self.post("/reports:batch", {"changes": [change]})["results"]
        assert result["outcome"] == "applied", result
        report: dict[str, Any] = result["report"]
        return report

    def submit(self, *titles: str) -> None:
        """Submit rows that are filled in."""
        rows = self.rows()
        refs = [{"id": rows[title]["id"], "version": rows[title]["version"]} for title in titles]
        results = self.post("/reports:submit", {"rows": refs})["results"]
        assert [result["outcome"] for result in results] == ["moved"] * len(titles), results


def log_in(origin: str, username: str) -> str:
    """Return the cookie of a new session."""
    answer = httpx.post(
        f"{origin}/api/v1/session",
        json={"username": username, "password": PASSWORD},
        headers={"X-Minsheng-Client": "test"},
        timeout=60,
    )
    assert answer.status_code == 200, answer.text
    return answer.headers["set-cookie"].partition(";")[0]


@dataclass
class Visitor:
    """One browser of one person: everything it asked for and everything it complained about is kept."""

    origin: str
    context: BrowserContext
    page: Page
    #: Whose session the browser began with; empty where somebody logs in by hand.
    username: str = ""
    requests: list[Request] = field(default_factory=list)
    #: What the page has asked for and not been told yet.
    waiting: set[Request] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)
    #: What a test provokes on purpose, as patterns over `text url` of a console message.
    provoked: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Start to write down."""
        # A built-in cannot be listened with, so each is wrapped in a function.
        self.context.on("request", lambda request: self.requests.append(request))  # noqa: PLW0108 - the same
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.context.on("console", self._hear)
        self._follow()

    def _follow(self) -> None:
        self.page.on("request", lambda request: self.waiting.add(request))  # noqa: PLW0108 - the same
        self.page.on("requestfinished", lambda request: self.waiting.discard(request))  # noqa: PLW0108 - the same
        self.page.on("requestfailed", lambda request: self.waiting.discard(request))  # noqa: PLW0108 - the same

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.text} {message.location['url']}")

    def go(self, path: str) -> Page:
        """Open one screen and wait until it has read what it shows."""
        self.page.goto(self.origin + path)
        self.settle()
        return self.page

    def reopen(self, path: str) -> Page:
        """Close the browser's window without being asked anything, and open a screen in a new one."""
        self.page.close(run_before_unload=False)
        self.waiting.clear()
        self.page = self.context.new_page()
        self._follow()
        return self.go(path)

    def settle(self, patience: float = PATIENCE) -> None:
        """Wait until nothing is asked for and everything that was answered is drawn, for so many milliseconds."""
        quiet = 0
        until = time.monotonic() + patience / 1000
        # What was answered is drawn in the next frame, and may ask for more.
        while quiet < 2:
            assert time.monotonic() < until, [request.url for request in self.waiting]
            self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
            quiet = 0 if self.waiting else quiet + 1

    def wear(self, **look: object) -> None:
        """Change the size, colours and so on of what is on the screen, as another tab of the same person would."""
        self.page.evaluate(
            "look => { localStorage.setItem('minsheng.settings', look);"
            " dispatchEvent(new StorageEvent('storage', { key: 'minsheng.settings' })) }",
            json.dumps({"font": 100, "contrast": "normal", "language": "zh-CN", "nav": "open", **look}),
        )

    def copy(self, text: str) -> None:
        """Put text on the real clipboard, as another program would."""
        self.page.evaluate("text => navigator.clipboard.writeText(text)", text)

    def picture(self, name: str, *, always: bool = False) -> None:
        """Keep a picture of the screen for the eyes, if somebody wants to look."""
        if WANTED or always:
            PICTURES.mkdir(exist_ok=True)
            self.page.screenshot(path=PICTURES / f"{name}.png")

    def batches(self) -> list[Any]:
        """Return the bodies of the writes of figures that this browser sent."""
        return [request.post_data_json for request in self.requests if request.url.endswith("/reports:batch")]

    def faults(self, *, colours: bool = True, others: bool = True) -> list[str]:
        """Let axe look at what is on the screen now; return one line a fault."""
        self.settle()
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(_axe())
        what = {"type": "tag", "values": TAGS} if others else {"type": "rule", "values": ["color-contrast"]}
        rules = {"color-contrast": {"enabled": colours}} if others else {}
        found = self.page.evaluate(
            "async options => (await axe.run(options)).violations.flatMap(v => v.nodes.map("
            "n => `${v.id}: ${n.target} ${n.html.slice(0, 160)} ${n.failureSummary}`))",
            # Preloading is for sound and film, of which there is none.
            {"runOnly": what, "rules": rules, "resultTypes": ["violations"], "preload": False},
        )
        lines: list[str] = found
        return lines

    def check(self) -> None:
        """Nothing may have left the origin, and the console holds only what the test provoked."""
        foreign = [r.url for r in self.requests if r.url.startswith("http") and not _ours(self.origin, r.url)]
        assert foreign == [], foreign
        # Before log-in the client asks who is here; that nobody is, is an answer and not a fault.
        expected = [r"401 .*/api/v1/me$", "^Service Worker registration blocked by Playwright ", *self.provoked]
        unexpected = [said for said in self.complaints if not any(re.search(each, said) for each in expected)]
        assert unexpected == [], unexpected


@cache
def _axe() -> str:
    return (ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def _ours(origin: str, url: str) -> bool:
    return urlsplit(url)[:2] == urlsplit(origin)[:2]


def says(places: Locator, *texts: str) -> None:
    """Wait until there are exactly these places and each says exactly this, white space apart."""
    expect(places).to_have_text([re.compile(rf"^\s*{_loose(text)}\s*$") for text in texts], use_inner_text=True)


def starts(place: Locator, text: str) -> None:
    """Wait until the text begins with this, white space apart."""
    expect(place).to_have_text(re.compile(rf"^\s*{_loose(text)}"), use_inner_text=True)


def _loose(text: str) -> str:
    return r"\s*".join(re.escape(character) for character in text if not character.isspace())
