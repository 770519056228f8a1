"""Load every published line through the public interface, and report printed rates that differ from the computed ones.

    python -m minsheng.sample.published http://127.0.0.1:8000 wz-office

asks for the password and writes one draft list a year into the unit of that account: an item a published item, an
indicator and a target a line. Nothing but the public interface is used, so that it can be run against any installation.
"""

import csv
import getpass
import json
import sys
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data" / "published_targets.csv"

Call = Callable[[str, str, Mapping[str, Any] | None], Any]
"""Sends one request that must succeed: method, path under /api/v1, body; returns the answer's body."""

Row = dict[str, str]

_RATE_UNITS = ("%", "/")


@dataclass
class Loaded:
    """What was loaded: the programmes by year, and each line's target as the server answered it."""

    programmes: dict[int, str] = field(default_factory=dict)
    targets: dict[int, dict[str, Any]] = field(default_factory=dict)
    indicators: dict[int, dict[str, Any]] = field(default_factory=dict)


def lines(path: Path = DATA) -> list[Row]:
    """Return the published lines in the order of their source."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load(call: Call, unit_id: str, rows: Sequence[Row] | None = None) -> Loaded:
    """Load lines as drafts of a unit, a list a year."""
    found = Loaded()
    rows = lines() if rows is None else rows
    measures = _measures(call, rows)
    for year, of_year in groupby(sorted(rows, key=lambda row: int(row["year"])), key=lambda row: int(row["year"])):
        group = list(of_year)
        ends = max([f"{year}-12-31", *(row["deadline"] for row in group)])
        body = {
            "unit_id": unit_id,
            "year": year,
            "name": f"{year}年各地公布的目标汇编",
            "starts_on": f"{year}-01-01",
            "ends_on": ends,
        }
        programme = call("POST", "/programmes", body)
        found.programmes[year] = programme["id"]
        items = groupby(sorted(group, key=_item_key), key=_item_key)
        for seq, (_, of_item) in enumerate(items, 1):
            _load_item(call, programme, seq, list(of_item), measures, found)
    return found


def _item_key(row: Row) -> tuple[str, ...]:
    return row["region"], row["source_title"], row["category"], row["item"]


def _measures(call: Call, rows: Sequence[Row]) -> dict[str, str]:
    known = {each["name"]: each["id"] for each in call("GET", "/measures?limit=1000", None)["items"]}
    for row in rows:
        name = row["unit"]
        if name not in known:
            dimension = "rate" if any(mark in name for mark in _RATE_UNITS) else "other"
            body = {"name": name, "decimals": int(row["decimals"]), "dimension": dimension}
            known[name] = call("POST", "/measures", body)["id"]
    return known


def _load_item(
    call: Call, programme: Mapping[str, Any], seq: int, rows: list[Row], measures: Mapping[str, str], found: Loaded
) -> None:
    first = rows[0]
    title = f"{first['region']}：{first['item'] or first['category']}"
    body = {"programme_id": programme["id"], "seq": seq, "code": str(seq), "title": title}
    item = call("POST", "/items", body)
    targets = []
    for row in rows:
        indicator = {
            "item_id": item["id"],
            "name": row["indicator"] or row["item"],
            "measure_id": measures[row["unit"]],
            **{name: row[name] for name in ("kind", "accumulation", "aggregation")},
        }
        made = call("POST", "/indicators", indicator)
        found.indicators[int(row["line"])] = made
        targets.append(target_of(row, made["id"]))
    task = {
        "item_id": item["id"],
        "unit_id": programme["unit_id"],
        "parent_id": None,
        "deadline": max(row["deadline"] for row in rows) or f"{first['year']}-12-31",
        "targets": targets,
    }
    answers = {each["indicator_id"]: each for each in call("POST", "/tasks", task)["targets"]}
    for row in rows:
        number = int(row["line"])
        found.targets[number] = answers[found.indicators[number]["id"]]


def target_of(row: Row, indicator_id: str) -> dict[str, Any]:
    """Return a line as a target: what was promised, and beside it what the source prints about it."""
    return {
        "indicator_id": indicator_id,
        "operator": row["operator"],
        "value": row["target"] or None,
        "baseline": (row["baseline"] or None) if row["target"] else None,
        "approximate": bool(row["approximate"]),
        "source_document": row["source_title"] or None,
        "source_note": f"{row['source_url']} {row['note']}".strip() or None,
        "rate_base": row["rate_base"] or None,
        "stated": {
            "actual": row["actual"] or None,
            "rate": row["printed_pct"] or None,
            "on": row["as_of"] or None,
        },
    }


def report(call: Call, loaded: Loaded) -> list[dict[str, Any]]:
    """Return the lines whose printed rate is not the one their own figures give, in the order of the source."""
    numbers = {target["id"]: number for number, target in loaded.targets.items()}
    rows = [
        {"line": numbers[each["target_id"]], **each}
        for programme in loaded.programmes.values()
        for each in call("GET", f"/boards/discrepancies?programme_id={programme}", None)["items"]
    ]
    return sorted(rows, key=lambda row: row["line"])


def _over_http(address: str, username: str, password: str) -> tuple[Call, str]:
    headers = {"Content-Type": "application/json", "X-Minsheng-Client": "published", "Origin": address}

    def call(method: str, path: str, body: Mapping[str, Any] | None) -> Any:  # noqa: ANN401 - any JSON
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{address}/api/v1{path}", data, headers, method=method)  # noqa: S310 - given by the person who runs it
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            if cookie := answer.headers.get("Set-Cookie"):
                headers["Cookie"] = cookie.partition(";")[0]
            return json.load(answer)

    me = call("POST", "/session", {"username": username, "password": password})
    return call, me["user"]["unit_id"]


def main(arguments: list[str]) -> None:
    """Load over HTTP and print the report."""
    if len(arguments) != 2:
        sys.exit("usage: python -m minsheng.sample.published ADDRESS USERNAME")
    call, unit_id = _over_http(arguments[0].rstrip("/"), arguments[1], getpass.getpass("密码："))
    loaded = load(call, unit_id)
    print(f"装入 {len(loaded.targets)} 行，{len(loaded.programmes)} 个年度。公布的完成率与按其数字算出的不符：")
    for row in report(call, loaded):
        print(
            f"  第{row['line']}行 {row['item_title']} {row['indicator_name']}：公布 {row['stated_rate']}%，"
            f"算出 {row['computed_pct']}%（{row['stated_actual']} ÷ {row['value']} {row['measure_name']}，"
            f"基数：{row['rate_base']}）"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
