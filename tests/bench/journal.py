"""Journal entries in bulk, shaped as the product writes them, so that the feed has something to page through."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
from sqlalchemy import insert

from minsheng.kernel import journal
from minsheng.kernel.db import make_engine
from minsheng.kernel.ids import new_id
from minsheng.kernel.journal import JournalEntry, JournalPending
from minsheng.sample import load


def fill(url: str, count: int) -> None:
    """Append entries about reports of the first county's townships and give them their order."""
    engine = make_engine(url)
    at = datetime(2020, 12, 1, tzinfo=UTC)
    rows = []
    for number in range(count):
        entry, report, unit = new_id(), load.key(load.REPORT, number + 1), load.key(load.UNIT, 15 + number % 12)
        body = {
            "id": str(entry),
            "at": "2020-12-01T00:00:00Z",
            "entity": "report",
            "entity_id": str(report),
            "version": 2,
            "action": "submit",
            "unit_id": str(unit),
            "actor_id": str(load.key(load.USER, 3)),
            "actor_unit_id": str(unit),
            "why": None,
            "request_id": "bench",
            "changes": {"status": ["draft", "submitted"], "submitted_at": [None, "2020-12-01T00:00:00Z"]},
        }
        rows.append(
            {
                "id": entry,
                "at": at,
                "entity": "report",
                "entity_id": report,
                "unit_id": unit,
                "subject_id": load.key(load.ITEM, 1 + number % 100),
                "header": False,
                "body": orjson.dumps(body, option=orjson.OPT_SORT_KEYS).decode(),
            }
        )
    with engine.connect() as connection, connection.begin():
        connection.execute(insert(JournalEntry.__table__), rows)  # type: ignore[attr-defined]
        connection.execute(insert(JournalPending.__table__), [{"entry_id": row["id"]} for row in rows])  # type: ignore[attr-defined]
        journal.sequence(connection)
    engine.dispose()
