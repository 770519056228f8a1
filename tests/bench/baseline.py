"""The bare baseline: Starlette routes whose JSON the database builds, over the same data, with no rights and no rules.

It is what the machine and the database can do at best; the product is measured as a share of it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import uvicorn
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from minsheng.kernel.db import make_engine

if TYPE_CHECKING:
    from starlette.requests import Request

URL = os.environ["MINSHENG_DATABASE_URL"]
SQLITE = URL.startswith("sqlite")
ENGINE = make_engine(URL)
COUNTY = os.environ["BENCH_COUNTY"]
REPORT = os.environ["BENCH_REPORT"]

_FIELDS = [
    *("id", "version", "programme_id", "round_id", "task_id", "item_id", "unit_id", "period", "status", "returned"),
    *("note", "cause_code", "cause_note", "submitted_at", "reviewed_at", "accepted_at"),
]


def _object(fields: list[str]) -> str:
    pairs = ", ".join(f"'{name}', {name}" for name in fields)
    return f"json_object({pairs})" if SQLITE else f"json_build_object({pairs})"


_AGG = "json_group_array(json(x.o))" if SQLITE else "json_agg(x.o)"
_BENEATH = "(SELECT id FROM unit WHERE parent_id = :county)"

LIST = (  # the parts come from this file alone
    f"SELECT {_AGG} FROM (SELECT {_object(_FIELDS)} AS o FROM report WHERE unit_id IN {_BENEATH} "
    "AND period = :period ORDER BY period, id LIMIT 50) AS x"
)
BOARD = (
    f"SELECT {_AGG} FROM (SELECT "
    + _object(["unit_id", "item_id", "value"])
    + " AS o FROM (SELECT v.unit_id, v.item_id, max(v.value) AS value FROM report_value v "
    "JOIN report r ON r.id = v.report_id WHERE r.status IN ('reviewed', 'accepted') "
    f"AND v.unit_id IN {_BENEATH} GROUP BY v.unit_id, v.item_id) AS g) AS x"
)
CITY = (
    f"SELECT {_AGG} FROM (SELECT "
    + _object(["unit_id", "item_id", "value"])
    + " AS o FROM (SELECT v.unit_id, v.item_id, max(v.value) AS value FROM report_value v "
    "JOIN report r ON r.id = v.report_id WHERE r.status IN ('reviewed', 'accepted') "
    "GROUP BY v.unit_id, v.item_id) AS g) AS x"
)
FEED = (
    "SELECT '[' || group_concat(body, ',') || ']' FROM "
    if SQLITE
    else "SELECT '[' || string_agg(body, ',') || ']' FROM "
) + (
    "(SELECT e.body FROM journal_order o JOIN journal_entry e ON e.id = o.entry_id WHERE o.seq > :after "
    "ORDER BY o.seq LIMIT 1000) AS x"
)
WRITE = "UPDATE report SET note = :note WHERE id = :report"


def _key(value: str) -> str:
    return value.replace("-", "") if SQLITE else value


def _read(sql: str, **values: object) -> str:
    with ENGINE.connect().execution_options(minsheng_write=False) as connection:
        return str(connection.execute(text(sql), values).scalar_one())


async def lists(request: Request) -> Response:
    """Answer fifty reports of a county."""
    period = request.query_params["period"]
    return Response(await run_in_threadpool(_read, LIST, county=_key(COUNTY), period=period))


async def board(_request: Request) -> Response:
    """Answer the newest figure of every target of a county."""
    return Response(await run_in_threadpool(_read, BOARD, county=_key(COUNTY)))


async def city(_request: Request) -> Response:
    """Answer the newest figure of every target there is."""
    return Response(await run_in_threadpool(_read, CITY))


async def feed(request: Request) -> Response:
    """Answer a thousand journal entries."""
    return Response(await run_in_threadpool(_read, FEED, after=int(request.query_params["after"])))


async def write(request: Request) -> Response:
    """Write one note."""
    note = (await request.body()).decode()

    def run() -> None:
        with ENGINE.connect() as connection, connection.begin():
            connection.execute(text(WRITE), {"note": note, "report": _key(REPORT)})

    await run_in_threadpool(run)
    return Response("{}")


app = Starlette(
    routes=[
        Route("/list", lists),
        Route("/board", board),
        Route("/city", city),
        Route("/feed", feed),
        Route("/write", write, methods=["POST"]),
    ]
)

if __name__ == "__main__":
    uvicorn.run(app, port=int(os.environ["MINSHENG_PORT"]), log_level="warning")
