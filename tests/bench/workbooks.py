"""Bench lines of workbooks: 100,000 rows in and out, in the process of a worker, against bare files of the same size.

Import is upload, trial and commit of an XLSX with every check; its baseline is one typed figure after the other, from a
hundred of them, and for the trial the fast reader alone. Export is the month ledger; its baseline is as many cells
written without asking anybody.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import time
from itertools import islice
from typing import TYPE_CHECKING, Any

import python_calamine
import sqlalchemy as sa
import xlsxwriter
from fastapi.testclient import TestClient

from minsheng.app import create_app
from minsheng.kernel import migrations
from minsheng.kernel.settings import Settings
from minsheng.kernel.workers import Worker
from minsheng.reports import workbook, workbook_sheet
from minsheng.reports.facts import facts_of
from minsheng.reports.models import Report
from minsheng.reports.workbook_sheet import Meta
from minsheng.sample import load

if TYPE_CHECKING:
    from collections.abc import Iterator

TYPED = 100
PERIOD = "2020-01"
HEADERS = {"X-Minsheng-Client": "bench"}


def build(url: str, rows: int) -> None:
    """Fill one county whose clerk owes all reports of one month."""
    migrations.upgrade(url)
    load.synthetic(url, {"counties": 1, "townships": rows // 100, "targets": 100, "rounds": 1})
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM report_value"))
        connection.execute(sa.text("UPDATE report SET status = 'draft'"))
        role = "(SELECT id FROM role WHERE code = 'clerk')"
        user = "(SELECT id FROM user_account WHERE username = 'bench-county')"
        connection.execute(sa.text(f"UPDATE role_grant SET role_id = {role} WHERE user_id = {user}"))
    engine.dispose()


class Bench:
    """The product in this process, with a clerk and a worker."""

    def __init__(self, client: TestClient, worker: Worker) -> None:
        self.client, self.worker = client, worker
        body = {"username": "bench-county", "password": load.PASSWORD}
        answer = client.post("/api/v1/session", json=body, headers=HEADERS)
        cookie = answer.headers["set-cookie"].partition(";")[0]
        client.cookies.clear()
        self.headers = {**HEADERS, "Cookie": cookie}

    def ask(self, method: str, path: str, **given: Any) -> Any:
        """Send one request that must succeed."""
        answer = self.client.request(method, f"/api/v1{path}", headers=self.headers, **given)
        if answer.status_code >= 300:
            raise SystemExit(answer.text[:500])
        return answer

    def job(self, path: str, **given: Any) -> tuple[str, float]:
        """Have a job made and run; return it and its seconds."""
        key: str = self.ask("POST", path, **given).json()["id"]
        started = time.perf_counter()
        self.worker.run_due()
        took = time.perf_counter() - started
        found = self.ask("GET", f"/jobs/{key}").json()
        if found["state"] != "done":
            raise SystemExit(json.dumps(found, ensure_ascii=False)[:500])
        return key, took


def lines(bench: Bench, unit: str) -> Iterator[workbook_sheet.Line]:
    """Yield the rows of the county's workbook with a figure typed in each; a download of this size is refused."""
    from minsheng.kernel.access import Access  # noqa: PLC0415
    from minsheng.kernel.door import open_session  # noqa: PLC0415 - only here

    with open_session(bench.worker.database, Access.system("bench"), write=False) as session:
        reports = iter(session.exec(sa.select(Report)).scalars().all())
        while chunk := list(islice(reports, 500)):
            for facts in facts_of(session, chunk).values():
                for figure in facts.figures:
                    line = workbook.line_of(facts, figure)
                    line.cells = (*line.cells[:9], 7, *line.cells[10:])
                    line.sums = False
                    yield line
            session.info.clear()
    del unit


def run(url: str, keys: str, rows: int) -> list[tuple[str, float, float, str]]:
    """Measure: (line, seconds of the product, seconds of the baseline, what the baseline is)."""
    app = create_app(Settings(database_url=url, secret_keys=keys, body_limit_bytes=64 * 1024 * 1024))
    unit = str(load.key(load.UNIT, 3))
    found = []
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        bench = Bench(client, Worker(app.state.database, app.state.authenticate))
        typed = _typing(bench)
        content = workbook_sheet.write(
            Meta(PERIOD, load.key(load.UNIT, 3), "测试县1", beneath=True), lines(bench, unit)
        )
        started = time.perf_counter()
        sheet = python_calamine.load_workbook(io.BytesIO(content)).get_sheet_by_name("填报")
        count = sum(1 for _ in sheet.iter_rows()) - 3
        bare = time.perf_counter() - started
        query = f"period={PERIOD}&unit_id={unit}"
        key, tried = bench.job(f"/report-uploads?{query}", content=content)
        found.append((f"trial of {count:,} rows (XLSX)", tried, bare, "fast reader alone"))
        _, written = bench.job("/report-uploads:commit", json={"id": key, "mode": "good"})
        found.append((f"import of {count:,} rows (XLSX)", written, typed * count, f"typed, from {TYPED}"))
        asked = {"programme_id": str(load.key(load.PROGRAMME, 1)), "period": PERIOD}
        for form in ("csv", "xlsx"):
            key, took = bench.job("/ledgers", json={**asked, "format": form})
            found.append((f"export of {rows:,} rows ({form.upper()})", took, _bare_sheet(rows), "bare XLSX writer"))
    app.state.database.dispose()
    return found


def grid(url: str, keys: str) -> list[tuple[str, float, float, str]]:
    """Measure opening the entry grid of a whole county; the baseline is the same answer put into words alone."""
    app = create_app(Settings(database_url=url, secret_keys=keys))
    query = {"period": PERIOD, "unit_id": str(load.key(load.UNIT, 3)), "below": True}
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        bench = Bench(client, Worker(app.state.database, app.state.authenticate))
        taken, bare = [], []
        for _ in range(3):
            started = time.perf_counter()
            sheet = bench.ask("GET", "/entry-sheet", params=query)
            taken.append(time.perf_counter() - started)
            told = sheet.json()
            started = time.perf_counter()
            json.dumps(told, ensure_ascii=False)
            bare.append(time.perf_counter() - started)
    app.state.database.dispose()
    return [(f"entry grid of {len(told['rows']):,} reports", min(taken), min(bare), "its JSON alone")]


def _typing(bench: Bench) -> float:
    """Return the seconds of one figure typed by itself."""
    reports = bench.ask("GET", "/reports", params={"period": PERIOD, "limit": TYPED}).json()["items"]
    targets = {}
    for report in reports:
        shown = bench.ask("GET", f"/reports/{report['id']}").json()
        targets[report["id"]] = shown["cells"][0]["target_id"]
    started = time.perf_counter()
    for report in reports:
        body = {"values": [{"target_id": targets[report["id"]], "current": "7"}]}
        headers = {**bench.headers, "If-Match": f'"{report["version"]}"'}
        bench.client.patch(f"/api/v1/reports/{report['id']}", json=body, headers=headers)
    return (time.perf_counter() - started) / len(reports)


def _bare_sheet(rows: int) -> float:
    """Return the seconds in which as many cells are written without asking anybody."""
    started = time.perf_counter()
    book = xlsxwriter.Workbook(io.BytesIO(), {"constant_memory": True})
    sheet = book.add_worksheet()
    for at in range(rows):
        for column in range(17):
            if column % 2:
                sheet.write_string(at, column, "测试事项")
            else:
                sheet.write_number(at, column, at)
    book.close()
    return time.perf_counter() - started


def main() -> None:
    """Measure one database in a process of its own, so that its memory is its own; without rows the entry grid."""
    url, keys, rows = sys.argv[1], sys.argv[2], int(sys.argv[3])
    found = run(url, keys, rows) if rows else grid(url, keys)
    # Linux tells kilobytes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"lines": found, "peak_mb": peak}))


if __name__ == "__main__":
    main()
