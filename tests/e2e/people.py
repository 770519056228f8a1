"""People of the world at a real browser, and what the API says beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from tests.factories.world import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = Path(__file__).parent / "pictures"
#: WCAG 2.0 to 2.2, levels A and AA.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]


class Api:
    """A person with a session cookie outside the browser: what the server says, not what the screen says."""

    def __init__(self, origin: str, username: str, password: str = PASSWORD) -> None:
        self.client = httpx.Client(base_url=f"{origin}/api/v1", headers={"X-Minsheng-Client": "test"})
        answer = self.client.post("/session", json={"username": username, "password": password})
        assert answer.status_code == 200, answer.text
        self.client.headers["Cookie"] = answer.headers["set-cookie"].partition(";")[0]

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


@dataclass
class Visitor:
    """One browser of one person: everything it asked for and everything it complained about is kept."""

    origin: str
    context: BrowserContext
    page: Page
    requests: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    #: What a test provokes on purpose, as patterns over `text url` of a console message.
    provoked: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Start to write down."""
        self.context.on("request", lambda request: self.requests.append(request))  # noqa: PLW0108 - must be a function
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.context.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.text} {message.location['url']}")

    def go(self, path: str) -> Page:
        """Open one screen and wait until it has read what it shows."""
        self.page.goto(self.origin + path)
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until nothing is asked for any more; screens say so themselves with their headings."""
        self.page.wait_for_load_state("networkidle")

    def copy(self, text: str) -> None:
        """Put text on the real clipboard, as another program would."""
        self.page.evaluate("text => navigator.clipboard.writeText(text)", text)

    def picture(self, name: str) -> None:
        """Keep a picture of the screen for the eyes."""
        PICTURES.mkdir(exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png")

    def batches(self) -> list[Any]:
        """Return the bodies of the writes of figures that this browser sent."""
        return [request.post_data_json for request in self.requests if request.url.endswith("/reports:batch")]

    def faults(self) -> list[str]:
        """Let axe look at what is on the screen now; return one line a fault."""
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        # Half-way through a change of colour every contrast is wrong; what never ends does not count.
        self.page.evaluate(
            "() => Promise.allSettled(document.getAnimations()"
            ".filter(a => Number.isFinite(a.effect.getComputedTiming().endTime)).map(a => a.finished))"
        )
        found = self.page.evaluate(
            "async values => (await axe.run({ runOnly: { type: 'tag', values }, resultTypes: ['violations'] }))"
            ".violations.flatMap(v => v.nodes.map("
            "n => `${v.id}: ${n.target} ${n.html.slice(0, 160)} ${n.failureSummary}`))",
            TAGS,
        )
        lines: list[str] = found
        return lines

    def check(self) -> None:
        """Nothing may have left the origin, and the console holds only what the test provoked."""
        foreign = [r.url for r in self.requests if r.url.startswith("http") and not _ours(self.origin, r.url)]
        assert foreign == [], foreign
        # Before log-in the client asks who is here; that nobody is, is an answer and not a fault.
        expected = [r"401 .*/api/v1/me$", *self.provoked]
        unexpected = [said for said in self.complaints if not any(re.search(each, said) for each in expected)]
        assert unexpected == [], unexpected


def _ours(origin: str, url: str) -> bool:
    return urlsplit(url)[:2] == urlsplit(origin)[:2]
