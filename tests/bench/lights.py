"""Bench lines of lights: a whole city's matrix for a date, and the same city judged again by a changed rule.

One request at a time, as one person waits for it; the figure is the middle of several. The baseline is the newest
figure of every target of the same city, as JSON that the database builds.
"""

from __future__ import annotations

import json
import time
from statistics import median
from typing import TYPE_CHECKING

from minsheng.sample import load
from tests.bench.asking import once

if TYPE_CHECKING:
    from collections.abc import Callable

TIMES = 3


def _seconds(ask: Callable[[], tuple[int, bytes]]) -> float:
    """Return the middle of several waits."""
    waits = []
    for _ in range(TIMES):
        started = time.perf_counter()
        status, text = ask()
        waits.append(time.perf_counter() - started)
        if status != 200:
            message = f"{status} {text[:200]!r}"
            raise SystemExit(message)
    return median(waits)


def measure(product: int, bare: int, city: dict[str, str], day: str) -> list[tuple[str, float, float]]:
    """Ask as somebody who covers the whole city: (name, seconds of the product, seconds of the baseline)."""
    programme = str(load.key(load.PROGRAMME, 1))
    whole = _seconds(lambda: once(bare, "GET", "/city", None, {}))
    matrix = f"/api/v1/boards/matrix?programme_id={programme}&on={day}"
    found = [("matrix of the city for a date", _seconds(lambda: once(product, "GET", matrix, None, city)), whole)]
    for rule_set in ("dazu-five", "cangnan-month", "guangyuan-second"):
        body = json.dumps({"programme_id": programme, "rule_set": rule_set, "dates": [day]})

        def again(body: str = body) -> tuple[int, bytes]:
            return once(product, "POST", "/api/v1/rule-sets:simulate", body, city)

        found.append((f"city judged again by {rule_set}", _seconds(again), whole))
    return found
