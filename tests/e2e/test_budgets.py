"""How long a clerk on a slow office PC waits: measured and printed; ratios, requests and lost keys are held.

Times of one machine say little about another, so they are only printed beside their budget. What is held is the ratio
to a bare Vue table that shows the same sheet of the same server in the same run, and that no key is ever lost.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.month import world as months
from tests.e2e.screens import at_hand, cell

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Page

    from tests.e2e.conftest import Site
    from tests.e2e.people import Visitor

CLERK, LONG_SHEET = "a1-clerk", "a2-clerk"
#: Lines of the countryside: kilobits a second, milliseconds there and back.
LINES = {"4 Mbit/s": (4_000, 40), "1.6 Mbit/s": (1_600, 150), "400 kbit/s": (400, 400)}
RATIO = 3.0
TRIES = 3
REQUESTS = 8
#: What a screen waits for; the picture in the browser's tab it does not.
NEEDED = ("document", "script", "stylesheet")
LONG = 180_000
#: The screen takes keys; the first value is kept on this machine.
READY = "() => document.activeElement?.matches('.park') && document.querySelector('[data-active]') !== null"
KEPT = "() => document.querySelector('td.c-in.waiting, td.c-in.saved') !== null"
BARE_READY = "() => document.activeElement?.matches('td input') ?? false"
BARE_KEPT = "() => document.querySelector('td.kept') !== null"


Record = Callable[[str, object], None]


@dataclass
class First:
    """How a screen came up: seconds to the first figure kept and to its first words, and the files it waited for."""

    seconds: float
    painted: float
    files: list[str]


def tell(record: Record, what: str, found: float, budget: float, unit: str = "s") -> None:
    """Write down one measurement beside its budget; all are printed when the run is over."""
    record("budget", f"{what:<58} {found:8.2f} {unit:<3} (budget {budget:g})")


def slow(visitor: Visitor, *, factor: int, line: str | None = None) -> CDPSession:
    """Make a browser's machine slower, and its line."""
    session = visitor.context.new_cdp_session(visitor.page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": factor})
    if line:
        kilobits, there_and_back = LINES[line]
        speed = {"downloadThroughput": kilobits * 125, "uploadThroughput": kilobits * 125, "latency": there_and_back}
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", {"offline": False, **speed})
    return session


def first_value(visitor: Visitor, line: str, path: str = "/reports", ready: str = READY, kept: str = KEPT) -> First:
    """Ask for a screen and type into it as soon as it takes keys."""
    slow(visitor, factor=4, line=line)
    page = visitor.page
    before = len(visitor.requests)
    began = time.monotonic()
    page.goto(visitor.origin + path, wait_until="commit")
    page.wait_for_function(ready, timeout=LONG)
    files = [each.url for each in visitor.requests[before:] if each.resource_type in NEEDED]
    page.keyboard.type("6")
    page.keyboard.press("Enter")
    page.wait_for_function(kept, timeout=LONG)
    seconds = time.monotonic() - began
    painted = page.evaluate("() => performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000")
    # Nobody takes time from whoever is measured next.
    page.close(run_before_unload=False)
    return First(seconds, painted, files)


def test_first_figure_is_kept_soon_and_within_three_bare_tables(
    month_site: Site, bare_site: Site, record_property: Record
) -> None:
    ours: list[float] = []
    bare: list[float] = []
    # A machine that was busy with something else gets another chance, both tables alike.
    while not ours or (len(ours) < TRIES and min(ours) / min(bare) > RATIO):
        bare.append(first_value(bare_site.visit(LONG_SHEET), "4 Mbit/s", "/", BARE_READY, BARE_KEPT).seconds)
        ours.append(first_value(month_site.visit(LONG_SHEET), "4 Mbit/s").seconds)
    ratio = min(ours) / min(bare)
    tell(record_property, "first typed value kept, 252 rows, cold, 4 Mbit/s, 4x CPU", min(ours), 3.0)
    tell(record_property, "... a bare Vue table over the same sheet", min(bare), 3.0)
    tell(record_property, "... ratio (held)", ratio, RATIO, "")

    rural = first_value(month_site.visit(CLERK), "1.6 Mbit/s")
    tell(record_property, "first typed value kept, 7 rows, cold, 1.6 Mbit/s", rural.seconds, 3.5)
    tell(record_property, "... first contentful paint", rural.painted, 1.0)
    tell(record_property, "... files before the first entry (held)", len(rural.files), REQUESTS, "")
    again = month_site.visit(CLERK, offline=True)
    tell(record_property, "... cold, 400 kbit/s", first_value(again, "400 kbit/s").seconds, 6.0)
    page = again.reopen("/reports")
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    tell(record_property, "... warm, service worker, 4 Mbit/s", first_value(again, "4 Mbit/s").seconds, 2.0)
    assert ratio <= RATIO
    assert len(rural.files) <= REQUESTS, rural.files


def test_no_key_is_lost_and_a_thousand_cells_are_pasted_at_once(month_site: Site, record_property: Record) -> None:
    clerk = month_site.visit(LONG_SHEET)
    page = clerk.go("/reports")
    at_hand(page)
    first = months.TITLES[0]
    began = leave_with(page, first, "3")
    expect(cell(page, first, 0)).to_contain_text("已保存")
    tell(record_property, "cell saved after leaving it, LAN", time.monotonic() - began, 0.5)

    session = slow(clerk, factor=4)
    titles = months.TITLES[1:11]
    cell(page, titles[0], 0).click()
    began = time.monotonic()
    for digit in "1234567891":
        page.keyboard.type(digit)
        page.keyboard.press("Enter")
    drawn(page, titles[-1], "1")
    tell(record_property, "10 x (digit, Enter), 4x CPU", time.monotonic() - began, 2.0)
    assert shown(page, titles) == list("1234567891")

    # Keys that come faster than the machine draws: straight into the browser, nobody waits for any.
    session.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    titles = months.TITLES[20:25]
    cell(page, titles[0], 0).click()
    began = time.monotonic()
    for key in "12\n34\n56\n78\n":
        kind = {"key": "Enter", "code": "Enter", "text": "\r"} if key == "\n" else {"key": key, "text": key}
        session.send("Input.dispatchKeyEvent", {"type": "keyDown", **kind})
        session.send("Input.dispatchKeyEvent", {"type": "keyUp", "key": kind["key"]})
    drawn(page, titles[3], "78")
    tell(record_property, "burst of 8 digits and 4 Enter, 6x CPU, none lost (held)", time.monotonic() - began, 2.0)
    assert shown(page, titles) == ["12", "34", "56", "78", ""]
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    expect(cell(page, titles[3], 0)).to_contain_text("已保存")
    rows = month_site.api(LONG_SHEET).rows()
    assert [rows[title]["cells"][0]["current"] for title in titles] == ["12", "34", "56", "78", None]

    figures = [str(number % 7 + 4) for number in range(250)]
    clerk.copy("".join(f"{figure}\t{figure}\t用地\t正在办理\r\n" for figure in figures))
    cell(page, first, 0).click()
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    began = time.monotonic()
    page.keyboard.press("Control+v")
    drawn(page, months.TITLES[-1], figures[-1])
    tell(record_property, "paste of 1,000 cells, 4x CPU", time.monotonic() - began, 1.2)
    assert shown(page, months.TITLES) == figures
    # What is not sent yet goes when the page is left; nobody waits for it here.
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})


def leave_with(page: Page, title: str, figure: str) -> float:
    """Type a figure into a cell and return when it was left."""
    cell(page, title, 0).click()
    page.keyboard.type(figure)
    page.keyboard.press("Enter")
    return time.monotonic()


FIGURES = """titles => {
  const rows = [...document.querySelectorAll('tr[data-line]')]
  const named = new Map(rows.map(row => [row.querySelector('.name').textContent, row]))
  return titles.map(title => named.get(title).querySelector("[data-col='0'] .v").textContent.trim())
}"""


def shown(page: Page, titles: tuple[str, ...]) -> list[str]:
    """Return the figures on the screen."""
    found: list[str] = page.evaluate(FIGURES, list(titles))
    return found


def drawn(page: Page, title: str, figure: str) -> None:
    """Wait for a figure to be on the screen."""
    page.wait_for_function(
        f"([title, figure]) => ({FIGURES})([title])[0] === figure", arg=[title, figure], timeout=LONG
    )
