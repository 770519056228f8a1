"""Bench lines of lights: a whole city's matrix for a date, and the same city judged again by a changed rule.

    python -m tests.bench.lights [--engine sqlite]

One request at a time, as one person waits for it; the figure is the middle of several.
"""

from __future__ import annotations

import argparse
import json
import time
from statistics import median
from typing import TYPE_CHECKING

from minsheng.kernel import migrations
from minsheng.sample import load
from tests.bench.__main__ import KEYS, _log_in, _once, _server
from tests.databases import Databases

if TYPE_CHECKING:
    from collections.abc import Callable

TIMES = 5


def _seconds(work: Callable[[], tuple[int, bytes]]) -> tuple[float, int]:
    """Return the middle of several waits, and the bytes of the answer."""
    waits = []
    size = 0
    for _ in range(TIMES):
        started = time.perf_counter()
        status, text = work()
        waits.append(time.perf_counter() - started)
        size = len(text)
        if status != 200:
            message = f"{status} {text[:200]!r}"
            raise SystemExit(message)
    return median(waits), size


def measure(url: str, day: str) -> list[tuple[str, float, int]]:
    """Ask the real server as somebody who covers the whole city."""
    programme = str(load.key(load.PROGRAMME, 1))
    environment = {"MINSHENG_DATABASE_URL": url, "MINSHENG_SECRET_KEYS": KEYS}
    found = []
    with _server(["-m", "tests.bench.served"], environment, "/livez") as port:
        city = _log_in(port, "bench-city")

        def matrix() -> tuple[int, bytes]:
            return _once(port, "GET", f"/api/v1/boards/matrix?programme_id={programme}&on={day}", None, city)

        found.append(("matrix for a date", *_seconds(matrix)))
        for rule_set in ("dazu-five", "cangnan-month", "guangyuan-second"):
            body = json.dumps({"programme_id": programme, "rule_set": rule_set, "dates": [day]})

            def again(body: str = body) -> tuple[int, bytes]:
                return _once(port, "POST", "/api/v1/rule-sets:simulate", body, city)

            found.append((f"judged by two rules: {rule_set}", *_seconds(again)))
    return found


def main() -> None:
    """Print one line per operation and database."""
    parser = argparse.ArgumentParser(prog="bench lights")
    parser.add_argument("--townships", type=int, default=150)
    parser.add_argument("--items", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--engine", choices=["sqlite", "postgresql", "both"], default="both")
    chosen = parser.parse_args()
    sizes = {"counties": 12, "townships": chosen.townships, "targets": chosen.items, "rounds": chosen.rounds}
    day = f"2020-{chosen.rounds:02d}-28"
    with Databases() as databases:
        for engine in ("sqlite", "postgresql") if chosen.engine == "both" else (chosen.engine,):

            def build(url: str) -> None:
                migrations.upgrade(url)
                load.synthetic(url, sizes)

            with databases.template(engine, "bench-lights", build).copy() as url:
                print(
                    f"{engine}: {chosen.townships} townships x {chosen.items} items, figures of {chosen.rounds} months"
                )
                for name, seconds, size in measure(url, day):
                    print(f"  {name:<42}{seconds:>8.2f} s{size / 1024:>10.0f} KB", flush=True)


if __name__ == "__main__":
    main()
