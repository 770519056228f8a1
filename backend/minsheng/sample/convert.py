"""Turn the shared data folder into the files this package keeps.

Run once and whenever the shared folder changes:

    python -m minsheng.sample.convert ../shared/data

The outcome depends on the input alone, so a second run gives the same bytes.
Published texts stay as they were printed; what is derived from them (operator,
accumulation, decimals, the department's full name) gets a column of its own.
"""

import csv
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from minsheng.sample.sources import DECIMALS, DEPARTMENTS, LISTS, OTHER_LISTS, RATE_BASES, TRAPS, UNNAMED

DATA = Path(__file__).parent / "data"

CONVERTED = ("published_targets.csv", "published_traps.csv", "wenzhou_promises.csv", "wenzhou_units.csv")
CITY = "3303"
UNIT_COLUMNS = (
    "code",
    "name",
    "parent_code",
    "kind",
    "tier",
    "valid_from",
    "valid_to",
    "sort",
    "key",
)
PROMISE_COLUMNS = (
    "unit_code",
    "list_year",
    "line",
    "kind",
    "seq",
    "category",
    "item",
    "indicator",
    "unit",
    "decimals",
    "operator",
    "accumulation",
    "target",
    "actual",
    "printed_pct",
    "computed_pct",
    "as_of",
    "deadline",
    "funds_planned_yuan",
    "funds_disbursed_yuan",
    "lead_dept",
    "lead_key",
    "source_title",
    "source_url",
    "note",
)
TRAP_COLUMNS = (
    "trap",
    "region",
    "tier",
    "year",
    "category",
    "item",
    "indicator",
    "unit",
    "decimals",
    "operator",
    "accumulation",
    "target",
    "actual",
    "printed_pct",
    "computed_pct",
    "as_of",
    "deadline",
    "lead_dept",
    "source_title",
    "source_url",
    "note",
)

PUBLISHED_COLUMNS = (
    "line",
    "region",
    "tier",
    "year",
    "as_of",
    "category",
    "item",
    "indicator",
    "unit",
    "decimals",
    "kind",
    "operator",
    "accumulation",
    "aggregation",
    "baseline",
    "approximate",
    "target",
    "actual",
    "printed_pct",
    "computed_pct",
    "rate_base",
    "funds_planned_yuan",
    "funds_disbursed_yuan",
    "deadline",
    "lead_dept",
    "source_title",
    "source_url",
    "note",
)

CEILING = re.compile("ceiling|低于|控制在|不超过|≤")
# A stock, not a flow: the figure of a day, which may fall again.
SNAPSHOT = re.compile("snapshot|dynamic|失业登记人数")
RAISED = re.compile(r"^from (\d+)")
ITEM_PCT = re.compile(r"source prints (?:完成率)?(\d+(?:\.\d+)?)%|printed pct (\d+(?:\.\d+)?)")

Row = dict[str, str]


def read(path: Path) -> list[Row]:
    """All rows of a CSV file, with or without a byte order mark."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    """Write UTF-8 with line feeds on every system, so that the bytes are comparable."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, columns, lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


def unit_row(code: str, name: str, parent: str, kind: str, tier: str, sort: int) -> Row:
    """One line of the units import; dates stay open because the source gives none."""
    return {
        "code": code,
        "name": name,
        "parent_code": parent,
        "kind": kind,
        "tier": tier,
        "valid_from": "",
        "valid_to": "",
        "sort": str(sort),
        "key": code,
    }


def units(divisions: Path) -> list[Row]:
    """The city, its counties, their townships and the departments named in the lists."""
    city = next(row for row in read(divisions / "cities.csv") if row["code"] == CITY)
    root = CITY.ljust(12, "0")
    rows = [unit_row(root, city["name"], "", "government", "city", 10)]
    counties = [row for row in read(divisions / "areas.csv") if row["cityCode"] == CITY]
    for place, row in enumerate(counties, 1):
        code = row["code"].ljust(12, "0")
        rows.append(unit_row(code, row["name"], root, "government", "county", place * 10))
    streets = [row for row in read(divisions / "streets.csv") if row["cityCode"] == CITY]
    for place, row in enumerate(streets, 1):
        # Farms, zones, a reserve and a statistical stand-in have a township's code and no government.
        kind = "government" if row["name"].endswith(("街道", "镇", "乡")) else "park"
        rows.append(
            unit_row(
                row["code"].ljust(12, "0"),
                row["name"],
                row["areaCode"].ljust(12, "0"),
                kind,
                "township",
                place * 10,
            )
        )
    for place, ((owner, _), (slug, name)) in enumerate(DEPARTMENTS.items(), 1):
        tier = "city" if owner == root else "county"
        row = unit_row("", name, owner, "department", tier, 9000 + place * 10)
        rows.append(row | {"key": f"dept:{owner}:{slug}"})
    return rows


def derived(row: Row) -> Row:
    """What the text says about arithmetic, in columns a machine can read."""
    note, pct = row["note"], row["completion_pct"]
    rate = row["unit"] in {"%", ""} or bool(SNAPSHOT.search(note + row["item"]))
    own = ITEM_PCT.search(note)
    computed = "pct computed" in note
    printed = next(filter(None, own.groups())) if own else ("" if computed else pct)
    places = DECIMALS.get(row["unit"], 0)
    for figure in (row["target"], row["actual"]):
        if figure and -int(Decimal(figure).as_tuple().exponent) > places:
            places = -int(Decimal(figure).as_tuple().exponent)
    return {
        "decimals": str(places),
        "operator": "le" if CEILING.search(note) else "ge",
        "accumulation": "snapshot" if rate else "cumulative",
        "printed_pct": printed,
        "computed_pct": pct if computed else "",
    }


def promises(lines: list[Row]) -> list[Row]:
    """The lines of the published lists, in the order of the source."""
    rows: list[Row] = []
    counters: dict[str, int] = {}
    for number, line in enumerate(lines, 2):
        owner = LISTS.get((line["region"], line["year"]))
        if owner is None:
            continue
        kind, seq = "item", ""
        if line["category"] == "汇总":
            kind = "summary"
        elif line["source_title"] in OTHER_LISTS:
            kind = "other_list"
        else:
            counters[owner] = counters.get(owner, 0) + 1
            seq = str(counters[owner])
        department = DEPARTMENTS.get((owner, line["lead_dept"]))
        # The township's own government leads its own list.
        lead = owner if line["lead_dept"] == "镇人民政府" else ""
        if department:
            lead = f"dept:{owner}:{department[0]}"
        rows.append(
            {
                **{name: line[name] for name in line if name in PROMISE_COLUMNS},
                **derived(line),
                "unit_code": owner,
                "list_year": line["year"],
                "line": str(number),
                "kind": kind,
                "seq": seq,
                "lead_key": lead,
            }
        )
    return rows


def traps(lines: list[Row]) -> list[Row]:
    """The lines later tests must get right, each with the reason it is here."""
    rows: list[Row] = []
    for trap, region, year, item, indicator in TRAPS:
        line = next(
            (
                row
                for row in lines
                if row["region"] == region
                and row["item"] == item
                and year in {"", row["year"]}
                and indicator in {"", row["indicator"]}
            ),
            None,
        )
        if line is None:
            message = f"not in the source: {region} {year} {item} {indicator}"
            raise LookupError(message)
        rows.append(
            {
                **{name: line[name] for name in line if name in TRAP_COLUMNS},
                **derived(line),
                "trap": trap,
            }
        )
    return rows


def published(lines: list[Row]) -> list[Row]:
    """Every line of the source, with its arithmetic spelt out: which comparison, which unit, a share of what."""
    rows: list[Row] = []
    places: dict[str, int] = {}
    for number, line in enumerate(lines, 2):
        found = derived(line)
        unit = line["unit"] or UNNAMED
        raised = RAISED.search(line["note"])
        standard = unit == "%" or "/" in unit or unit == UNNAMED
        places[unit] = max(places.get(unit, 0), int(found["decimals"]))
        rows.append(
            {
                **{name: line[name] for name in line if name in PUBLISHED_COLUMNS},
                **found,
                "line": str(number),
                "unit": unit,
                "kind": "policy" if raised else "count",
                "accumulation": "snapshot" if standard or raised else found["accumulation"],
                "aggregation": "none" if standard or raised else "sum",
                "baseline": raised.group(1) if raised else "",
                "approximate": "1" if line["note"].strip() == "about" else "",
                "rate_base": rate_base(line),
            }
        )
    # A unit of measure has one number of decimals, wherever it stands.
    return [row | {"decimals": str(places[row["unit"]])} for row in rows]


def rate_base(line: Row) -> str:
    """What the printed rate is a share of: named by the note, else the target, else unknown (R010)."""
    if not line["completion_pct"]:
        return ""
    named = next((base for word, base in RATE_BASES if word in line["note"]), None)
    if named:
        return named
    if not line["target"]:
        return "未公布"
    return "年度计划投资" if "completed investment" in line["note"] else "年度目标"


def convert(source: Path, target: Path = DATA) -> None:
    """Write the files from the shared folder `source` into `target`."""
    lines = read(source / "real_targets.csv")
    target.mkdir(parents=True, exist_ok=True)
    write(target / "wenzhou_units.csv", UNIT_COLUMNS, units(source / "divisions"))
    write(target / "wenzhou_promises.csv", PROMISE_COLUMNS, promises(lines))
    write(target / "published_traps.csv", TRAP_COLUMNS, traps(lines))
    write(target / "published_targets.csv", PUBLISHED_COLUMNS, published(lines))
    sums = (f"{sha256((target / name).read_bytes()).hexdigest()}  {name}\n" for name in CONVERTED)
    (target / "SHA256SUMS").write_text("".join(sums), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m minsheng.sample.convert SHARED_DATA_FOLDER")
    convert(Path(sys.argv[1]))
