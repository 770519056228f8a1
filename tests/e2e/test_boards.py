"""The city office reads the board: a light that changed, who lags, and the rows behind a figure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.e2e.conftest import Site
    from tests.factories.world import World

ROADS = "农村公路提升"


def light(page: Page, unit: str, column: int) -> Locator:
    """Return one cell of the light matrix."""
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile(f"{unit}$")))
    return row.get_by_role("gridcell").nth(column)


def words(place: Locator) -> str:
    """Return the text without any white space."""
    return re.sub(r"\s+", "", place.inner_text())


def test_city_reads_the_light_change_the_lag_list_and_the_rows_behind_a_figure(site: Site, world: World) -> None:
    office = site.visit("office")
    page = office.go(f"/dash?programme={world['list']}")
    expect(page.get_by_role("heading", level=1)).to_have_text("驾驶舱")
    page.get_by_role("button", name="展开乡镇").click()
    assert words(light(page, "柳市镇", 0)) == "▲66.7"
    assert words(light(page, "灵溪镇", 0)) == "■25"
    lag = page.locator("#lag")
    print([re.sub(r"\s+", "", row) for row in lag.locator("tbody tr").all_inner_texts()])
    office.picture("dashboard-before")
    clerk, reviewer, city = site.api("a1-clerk"), site.api("a-reviewer"), site.api("office")
    clerk.write(ROADS, current="8")
    clerk.submit(ROADS)
    row = clerk.rows()[ROADS]
    reviewer.post(f"/reports/{row['id']}/review", version=row["version"])
    row = clerk.rows()[ROADS]
    city.post(f"/reports/{row['id']}/accept", version=row["version"])

    office.go(f"/dash?programme={world['list']}")
    page.get_by_role("button", name="展开乡镇").click()
    assert words(light(page, "柳市镇", 0)) == "●93.3"
    assert words(light(page, "灵溪镇", 0)) == "■25"
    office.picture("dashboard")
    assert office.faults() == []

    page.get_by_role("columnheader", name=ROADS).click()
    panel = page.get_by_role("complementary")
    expect(panel.get_by_role("heading", level=2)).to_have_text(f"1.1 {ROADS}")
    print([re.sub(r"\s+", " ", each).strip() for each in panel.get_by_role("listitem").all_inner_texts()])
    panel.get_by_role("button").filter(has_text="灵溪镇").click()
    expect(panel.get_by_role("heading", level=2)).to_have_text(f"1.1 {ROADS}")
    office.settle()
    print(panel.inner_text())
    office.picture("dashboard-panel")
    print(office.faults())
    lag.locator("tbody tr").first.get_by_role("button").click()
    print([re.sub(r"\s+", "", row) for row in lag.locator("tbody tr").all_inner_texts()])
