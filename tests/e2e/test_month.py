"""A month of three townships and their county, from the opening of the round to the signed account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.month.county import (
    the_account_is_signed,
    the_county_accepts_the_rest,
    the_county_returns_one,
    the_ledger_goes_out,
    the_round_opens,
)
from tests.e2e.month.figures import a_correction_goes_the_same_way, the_city_counts_otherwise
from tests.e2e.month.story import Month
from tests.e2e.month.townships import (
    nobody_writes_any_more,
    the_clerk_mends_it,
    the_first_types_without_a_network,
    the_second_pastes_a_thousand_cells,
    the_third_sends_a_workbook,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Site
    from tests.factories.world import World


def test_a_month_of_three_townships_and_their_county(month_site: Site, month: World, tmp_path: Path) -> None:
    site = month_site
    clerks = [site.visit("a1-clerk", offline=True), site.visit("a2-clerk"), site.visit("a3-clerk")]
    story = Month(site, *clerks, site.visit("a-office"), {name: str(key) for name, key in month.ids.items()}, tmp_path)
    the_round_opens(story)
    the_first_types_without_a_network(story)
    the_second_pastes_a_thousand_cells(story)
    the_third_sends_a_workbook(story)
    the_county_returns_one(story)
    the_clerk_mends_it(story)
    the_county_accepts_the_rest(story)
    a_correction_goes_the_same_way(story)
    the_ledger_goes_out(story)
    the_city_counts_otherwise(story)
    the_account_is_signed(story)
    nobody_writes_any_more(story)
