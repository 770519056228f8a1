"""Read the kept files: units, published lists and account names."""

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from minsheng.sample.shapes import Unit

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Promise:
    """One line of a published list; figures as printed, None where the source is silent."""

    unit_key: str
    kind: str
    seq: int
    category: str
    item: str
    indicator: str
    unit: str
    decimals: int
    operator: str
    accumulation: str
    target: Decimal | None
    actual: Decimal | None
    printed_pct: Decimal | None
    as_of: date
    lead_dept: str
    lead_key: str
    source_title: str
    source_url: str
    note: str


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def units(data: Path = DATA) -> list[Unit]:
    """Parents before children, departments last."""
    return [
        Unit(
            key=row["key"],
            parent_key=row["parent_code"] or None,
            code=row["code"] or None,
            name=row["name"],
            kind=row["kind"],
            tier=row["tier"],
            sort=int(row["sort"]),
        )
        for row in _rows(data / "wenzhou_units.csv")
    ]


def promises(data: Path = DATA) -> list[Promise]:
    """All lines, summaries included; `kind` "item" marks those that become items."""
    return [
        Promise(
            unit_key=row["unit_code"],
            kind=row["kind"],
            seq=int(row["seq"] or 0),
            category=row["category"],
            item=row["item"],
            indicator=row["indicator"],
            unit=row["unit"],
            decimals=int(row["decimals"]),
            operator=row["operator"],
            accumulation=row["accumulation"],
            target=_number(row["target"]),
            actual=_number(row["actual"]),
            printed_pct=_number(row["printed_pct"]),
            as_of=date.fromisoformat(row["as_of"]),
            lead_dept=row["lead_dept"],
            lead_key=row["lead_key"],
            source_title=row["source_title"],
            source_url=row["source_url"],
            note=row["note"],
        )
        for row in _rows(data / "wenzhou_promises.csv")
    ]


def slugs(data: Path = DATA) -> dict[str, str]:
    """Unit key -> the ascii word its accounts begin with."""
    return {row["key"]: row["slug"] for row in _rows(data / "account_names.csv")}
