"""The city office reads the board: a light that changed, who lags, and the rows behind a figure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.people import says

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.e2e.conftest import Site
    from tests.factories.world import World

ROADS = "农村公路提升"


def light(page: Page, unit: str, column: int) -> Locator:
    """Return one cell of the light matrix."""
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile(f"{unit}$")))
    return row.get_by_role("gridcell").nth(column)


def test_city_reads_the_light_change_the_lag_list_and_the_rows_behind_a_figure(site: Site, world: World) -> None:
    office = site.visit("office")
    page = office.go(f"/dash?programme={world['list']}")
    expect(page.get_by_role("heading", level=1)).to_have_text("驾驶舱")
    page.get_by_role("button", name="展开乡镇").click()
    says(light(page, "柳市镇", 0), "▲66.7")
    says(light(page, "灵溪镇", 0), "■25")
    lag = page.locator("#lag")
    says(lag.get_by_role("heading"), "滞后清单2项")
    says(
        lag.locator("tbody tr"),
        f"灵溪镇1.1{ROADS}{ROADS}■红灯10/40公里25%81.5%56.5用地",
        f"柳市镇1.1{ROADS}{ROADS}▲黄灯20/30公里66.7%81.5%14.8用地",
    )
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
    says(light(page, "柳市镇", 0), "●93.3")
    says(light(page, "灵溪镇", 0), "■25")
    office.picture("dashboard")
    assert office.faults() == []

    page.get_by_role("columnheader", name=ROADS).click()
    panel = page.get_by_role("complementary")
    expect(panel.get_by_role("heading", level=2)).to_have_text(f"1.1 {ROADS}")
    says(
        panel.locator(".lp-rows button"),
        "■红灯灵溪镇25%56.5",
        "●绿灯柳市镇93.3%−2.8",
        "●绿灯虹桥镇93.3%−11.9",
    )
    panel.get_by_role("button").filter(has_text="灵溪镇").click()
    expect(panel).to_contain_text("按分数精确比较，不先四舍五入")
    expect(panel).to_contain_text(
        "截至2026年10月31日，目标不低于40，累计完成10，完成率25%，序时进度81.5%，落后56.5个百分点"
    )
    expect(panel.get_by_text("逐月报告")).to_be_visible()
    office.settle()
    office.picture("dashboard-panel")
    assert office.faults() == []
    says(lag.locator("tbody tr"), f"灵溪镇1.1{ROADS}{ROADS}■红灯10/40公里25%81.5%56.5用地")
