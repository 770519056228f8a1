"""``make bench``: builds 200,000 reports on each database, starts product and baseline, prints ratios.

Rounds of product and baseline alternate, so that a noisy neighbour hits both. Every request goes to loopback and every
round ends by itself. The thread that freezes lights does not run beside (``tests.bench.served``).
"""

from __future__ import annotations

import argparse
import http.client
import json
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from minsheng.kernel import migrations
from minsheng.kernel.db import make_engine
from minsheng.sample import load
from tests.bench import lights, workbooks
from tests.bench.asking import log_in, once, server
from tests.bench.journal import fill
from tests.databases import Databases

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 3
SECONDS = 3.0
CONNECTIONS = 8
GRID = 2_000
"""Reports of the county whose entry grid is opened: 20 townships with 100 tasks each."""
KEYS = "bench:" + "5a" * 32


@dataclass(frozen=True)
class Line:
    """One operation: how the product is asked, how the baseline is."""

    name: str
    product: Callable[[int], tuple[str, str, str | None]]
    baseline: Callable[[int], tuple[str, str, str | None]]


def _rate(port: int, make: Callable[[int], tuple[str, str, str | None]], headers: dict[str, str]) -> float:
    """Return requests per second over one round of several connections."""
    until = time.perf_counter() + SECONDS
    counts = [0] * CONNECTIONS
    wrong: list[str] = []

    def work(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while time.perf_counter() < until and not wrong:
            method, path, body = make(number * 1_000_000 + counts[number])
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 200:
                wrong.append(f"{answer.status} {text[:200]!r}")
            counts[number] += 1
        connection.close()

    started = time.perf_counter()
    threads = [threading.Thread(target=work, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        message = f"an answer that is not 200: {wrong[0]}"
        raise SystemExit(message)
    return sum(counts) / (time.perf_counter() - started)


def _measure(url: str, sizes: dict[str, int]) -> None:
    """Print one line per operation."""
    county = str(load.key(load.UNIT, 3))
    programme = load.key(load.PROGRAMME, 1)
    drafts = _drafts(url)
    environment = {
        "MINSHENG_DATABASE_URL": url,
        "MINSHENG_SECRET_KEYS": KEYS,
        "BENCH_COUNTY": county,
        "BENCH_REPORT": drafts[0][0],
    }
    period = f"2020-{sizes['rounds']:02d}"
    cursors: list[str] = []

    def one_write(number: int) -> tuple[str, str, str | None]:
        report, target = drafts[number % len(drafts)]
        value = {"target_id": target, "current": str(number % 997)}
        change = {"report_id": report, "base_version": 1, "values": [value]}
        return "POST", "/api/v1/reports:batch", json.dumps({"changes": [change]})

    lines = [
        Line(
            "list of 50 reports in scope",
            lambda _: ("GET", f"/api/v1/reports?period={period}&limit=50", None),
            lambda _: ("GET", f"/list?period={period}", None),
        ),
        Line("one write, journal included", one_write, lambda n: ("POST", "/write", f"note {n}")),
        Line(
            "dashboard of a county",
            lambda _: ("GET", f"/api/v1/boards/matrix?programme_id={programme}", None),
            lambda _: ("GET", "/board", None),
        ),
        Line(
            "feed page of 1,000",
            lambda _: ("GET", f"/api/v1/changes?limit=1000&cursor={cursors[0]}", None),
            lambda _: ("GET", "/feed?after=1000", None),
        ),
    ]
    with (
        server(["-m", "tests.bench.served"], environment, "/livez") as product,
        server(["-m", "tests.bench.baseline"], environment, "/feed?after=0") as bare,
    ):
        office, clerk, city = (log_in(product, f"bench-{place}") for place in ("county", "township", "city"))
        status, text = once(product, "GET", "/api/v1/changes?limit=1000", None, office)
        if status != 200:
            message = f"{status} {text[:200]!r}"
            raise SystemExit(message)
        cursors.append(json.loads(text)["next"])
        print(f"  {'operation, ' + str(CONNECTIONS) + ' at once':<36}{'product/s':>11}{'baseline/s':>12}{'share':>9}")
        for line in lines:
            headers = clerk if "write" in line.name else office
            rates: tuple[list[float], list[float]] = ([], [])
            for _ in range(ROUNDS):
                rates[0].append(_rate(product, line.product, headers))
                rates[1].append(_rate(bare, line.baseline, {}))
            mine, least = median(rates[0]), median(rates[1])
            print(f"  {line.name:<36}{mine:>11.1f}{least:>12.1f}{mine / least:>8.0%}", flush=True)
        print(f"  {'operation, one at a time':<36}{'product s':>11}{'baseline s':>12}{'times':>9}")
        for name, mine, least in lights.measure(product, bare, city, f"{period}-28"):
            print(f"  {name:<36}{mine:>11.2f}{least:>12.2f}{mine / least:>9.1f}", flush=True)


def _drafts(url: str) -> list[tuple[str, str]]:
    """Return (report, target) of the open drafts of the first township, to write into."""
    from sqlalchemy import select  # noqa: PLC0415 - only here

    from minsheng.reports.models import Report  # noqa: PLC0415
    from minsheng.targets.models import Target  # noqa: PLC0415

    engine = make_engine(url)
    unit = load.key(load.UNIT, 3 + _counties(engine))
    with engine.connect() as connection:
        rows = connection.execute(
            select(Report.id, Target.id)  # type: ignore[call-overload]
            .join(Target, Target.task_id == Report.task_id)
            .where(Report.unit_id == unit, Report.status == "draft")
        ).all()
    engine.dispose()
    return [(str(report), str(target)) for report, target in rows]


def _counties(engine: object) -> int:
    from sqlalchemy import func, select  # noqa: PLC0415

    from minsheng.org.models import Unit  # noqa: PLC0415

    with engine.connect() as connection:  # type: ignore[attr-defined]
        return int(connection.execute(select(func.count()).where(Unit.tier == "county")).scalar_one())


def _workbooks(databases: Databases, engine: str, rows: int) -> None:
    """Print the lines of workbooks, measured in a process of their own."""
    for name, size, measured in (("workbooks", rows, rows), ("grid", GRID, 0)):
        with databases.template(engine, name, lambda url, size=size: workbooks.build(url, size)).copy() as url:  # type: ignore[arg-type,misc]
            arguments = [sys.executable, "-m", "tests.bench.workbooks", url, KEYS, str(measured)]
            made = json.loads(subprocess.run(arguments, check=True, stdout=subprocess.PIPE).stdout)
        print(
            f"  {'one worker, peak ' + str(made['peak_mb']) + ' MB':<36}{'seconds':>11}{'baseline s':>12}{'times':>9}"
        )
        for line, mine, least, what in made["lines"]:
            print(f"  {line:<36}{mine:>11.2f}{least:>12.2f}{mine / least:>9.2f}  {what}", flush=True)


def main() -> None:
    """Print one line per operation and database."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--townships", type=int, default=150)
    parser.add_argument("--targets", type=int, default=111)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--rows", type=int, default=100_000, help="rows of workbooks in and out; 0 leaves them out")
    parser.add_argument("--engine", choices=["sqlite", "postgresql", "both"], default="both")
    chosen = parser.parse_args()
    sizes = {"counties": 12, "townships": chosen.townships, "targets": chosen.targets, "rounds": chosen.rounds}
    count = chosen.townships * chosen.targets * chosen.rounds
    with Databases() as databases:
        for engine in ("sqlite", "postgresql") if chosen.engine == "both" else (chosen.engine,):

            def build(url: str) -> None:
                migrations.upgrade(url)
                load.synthetic(url, sizes)
                fill(url, 20_000)

            started = time.perf_counter()
            with databases.template(engine, "bench", build).copy() as url:
                print(f"{engine}: {count:,} reports built in {time.perf_counter() - started:.0f} s")
                _measure(url, sizes)
            if chosen.rows:
                _workbooks(databases, engine, chosen.rows)


if __name__ == "__main__":
    main()
