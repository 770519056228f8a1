"""Places of the two grids that several journeys go to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


def line(page: Page, title: str) -> Locator:
    """Return one row of the entry grid."""
    return page.get_by_role("grid").get_by_role("row").filter(has_text=title)


def cell(page: Page, title: str, column: int) -> Locator:
    """Return the cell of 本期数 (0), 本期末累计 (1), 落后原因 (2) or 原因说明 (3)."""
    return line(page, title).locator(f"[data-col='{column}']")


def at_hand(page: Page) -> None:
    """Wait until the grid takes what is typed."""
    expect(page.locator(".park")).to_be_focused()


def desk_cell(page: Page, unit: str, column: int) -> Locator:
    """Return one cell of the desk's matrix of units and items."""
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=unit, exact=True))
    return row.get_by_role("gridcell").nth(column)
