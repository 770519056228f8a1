"""Who takes part in the month's journey, and what they work on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.month.world import SHARED, TITLES
from tests.e2e.screens import desk_cell

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.e2e.conftest import Site
    from tests.e2e.people import Visitor

ROADS, COVER = "农村公路提升", "公交覆盖率"
REPAIR, BRIDGES, LAMPS, RIVERS = (title for title, _, _ in SHARED)
LAST = TITLES[-1]
#: Milliseconds for what moves hundreds of rows at once, on a slow machine too.
LONG = 180_000


@dataclass
class Month:
    """Who takes part, and the list they work on."""

    site: Site
    first: Visitor
    second: Visitor
    third: Visitor
    office: Visitor
    #: Ids of the world as the API writes them.
    ids: dict[str, str]
    folder: Path

    @property
    def programme(self) -> str:
        """The county's list."""
        return self.ids["winter"]

    def desk(self) -> Page:
        """Open the county's desk on the list."""
        page = self.office.go(f"/review?programme={self.programme}&period=2026-11")
        expect(desk_cell(page, "柳市镇", 0)).to_be_visible()
        return page
