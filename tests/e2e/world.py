"""The test world with one more list, and with people who handle the county's money.

The list has enough rows for a clerk to type down a column without looking.
"""

from __future__ import annotations

from minsheng.kernel import clock
from minsheng.kernel.access import Access
from minsheng.kernel.db import Database
from minsheng.kernel.door import open_session
from tests.factories import payments
from tests.factories import world as worlds

ROWS = 6
MONEY = (("a-finance", "a", "finance"), ("a-payer", "a", "payer"))
"""Who keeps the county's books and who pays."""


def build(url: str) -> worlds.World:
    """Fill a migrated database: the shared world, and six small items of the county for one township."""
    world = worlds.build(url)
    database = Database(url)
    clock.fix(worlds.ISSUED)
    try:
        with open_session(database, Access.system("test world"), write=True) as session:
            programme = worlds._programme(session, world, "small", "a", "柳市镇2026年小微实事")
            for number in range(1, ROWS + 1):
                item = worlds._item(
                    session, world, f"small.{number}", programme, f"{number}", f"小微实事{number}", "a_dept"
                )
                count = worlds._indicator(session, world, f"small{number}", item, "处", "cumulative")
                worlds.give(session, world, f"small{number}:a", count, "a", "100")
                worlds.give(session, world, f"small{number}:a1", count, "a1", "100", f"small{number}:a")
            worlds._issue(session, programme)
            session.commit()
        payments.employ(database, world, MONEY)
    finally:
        clock.fix(worlds.NOW)
        database.dispose()
    return world
