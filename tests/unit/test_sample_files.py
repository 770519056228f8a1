"""The kept files: counts, codes, and that the conversion can be repeated."""

import csv
import hashlib
from collections import Counter
from pathlib import Path

import pytest

from minsheng.sample import files
from minsheng.sample.convert import CONVERTED, convert, promises, published, read, traps
from minsheng.sample.sources import UNNAMED

PROJECT = Path(__file__).parents[2]
SHARED = PROJECT.parent / "shared" / "data"

TOWNSHIPS = {
    "鹿城区": 14, "龙湾区": 10, "瓯海区": 13, "洞头区": 8, "永嘉县": 25, "平阳县": 17,
    "苍南县": 18, "文成县": 17, "泰顺县": 20, "瑞安市": 23, "乐清市": 25, "龙港市": 1,
}  # fmt: skip


def rows(name: str) -> list[dict[str, str]]:
    with (files.DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_tree_has_every_county_and_township() -> None:
    units = {unit.key: unit for unit in files.units()}
    assert Counter(unit.tier for unit in units.values() if unit.code) == {"city": 1, "county": 12, "township": 191}
    assert Counter(unit.kind for unit in units.values()) == {"government": 198, "park": 6, "department": 20}
    beneath = Counter(units[unit.parent_key or ""].name for unit in units.values() if unit.tier == "township")
    assert beneath == TOWNSHIPS


def test_codes_are_whole_unique_and_begin_with_their_parents() -> None:
    units = {unit.key: unit for unit in files.units()}
    codes = [unit.code for unit in units.values() if unit.code]
    assert len(set(codes)) == len(codes) == 204
    for unit in units.values():
        if unit.code is None:
            assert unit.kind == "department"
            continue
        assert len(unit.code) == 12
        assert unit.code.isdigit()
        if unit.parent_key:
            assert unit.code.startswith(unit.parent_key[: {"county": 4, "township": 6}[unit.tier]])


def test_parents_come_before_children() -> None:
    seen: set[str | None] = {None}
    for unit in files.units():
        assert unit.parent_key in seen
        seen.add(unit.key)


def test_the_import_columns_are_first() -> None:
    assert list(rows("wenzhou_units.csv")[0]) == [
        "code", "name", "parent_code", "kind", "tier", "valid_from", "valid_to", "sort", "key",
    ]  # fmt: skip


def test_the_published_lists_are_complete() -> None:
    counted = Counter((line.unit_key, line.kind) for line in files.promises())
    assert counted == {
        ("330300000000", "item"): 10,
        ("330300000000", "summary"): 1,
        ("330382000000", "item"): 10,
        ("330382000000", "summary"): 4,
        ("330327000000", "item"): 13,
        ("330327000000", "other_list"): 1,
        ("330302105000", "item"): 15,
    }
    assert all(line.source_title and line.source_url for line in files.promises())


def test_every_item_has_a_lead_that_is_a_unit() -> None:
    keys = {unit.key for unit in files.units()}
    assert {line.lead_key for line in files.promises() if line.kind == "item"} <= keys


def test_rates_are_snapshots_and_all_floors_are_ge() -> None:
    lines = {line.item: line for line in files.promises()}
    assert lines["城镇生活垃圾资源化利用率"].accumulation == "snapshot"
    assert lines["下山异地搬迁生态搬迁"].accumulation == "cumulative"
    assert {line.operator for line in lines.values()} == {"ge"}


def test_printed_and_computed_percentages_stay_apart() -> None:
    line = next(row for row in rows("wenzhou_promises.csv") if row["item"] == "教共体组建与活动")
    assert (line["target"], line["actual"], line["printed_pct"], line["computed_pct"]) == ("70", "81", "72", "115.7")


@pytest.mark.parametrize(
    "trap, item, expected",
    [
        ("ceiling", "失业登记人数控制", ("le", "snapshot", "732", "", "")),
        ("over_100", "农村危房改造", ("ge", "cumulative", "40000", "113423", "283.6")),
        ("printed_differs", "12项民生工程", ("ge", "cumulative", "73.6", "46.3", "67.1")),
        ("snapshot_may_fall", "30户以上自然村寨垃圾收运设施覆盖率", ("ge", "snapshot", "95", "97.5", "")),
        ("no_target", "市区公交车移动支付全覆盖", ("ge", "snapshot", "", "", "")),
    ],
)
def test_traps_are_kept_as_printed(trap: str, item: str, expected: tuple[str, ...]) -> None:
    line = next(row for row in rows("published_traps.csv") if (row["trap"], row["item"]) == (trap, item))
    found = tuple(line[name] for name in ("operator", "accumulation", "target", "actual", "printed_pct"))
    assert found == expected
    assert line["source_title"]


def test_the_files_are_as_they_were_converted() -> None:
    kept = (files.DATA / "SHA256SUMS").read_text(encoding="utf-8").split()
    sums = {name: hashlib.sha256((files.DATA / name).read_bytes()).hexdigest() for name in CONVERTED}
    assert dict(zip(kept[1::2], kept[::2], strict=True)) == sums


def test_converting_again_gives_the_same(tmp_path: Path) -> None:
    """The file of all published lines holds what the source said, but for the money: it is converted once more."""
    money = {"funds_planned_yuan": "", "funds_disbursed_yuan": ""}
    lines = [
        line
        | money
        | {
            "unit": "" if line["unit"] == UNNAMED else line["unit"],
            "completion_pct": line["computed_pct"] or line["printed_pct"],
        }
        for line in read(files.DATA / "published_targets.csv")
    ]
    for name, made in (
        ("wenzhou_promises.csv", promises(lines)),
        ("published_traps.csv", traps(lines)),
        ("published_targets.csv", published(lines)),
    ):
        kept = [row | {key: "" for key in money if key in row} for row in rows(name)]
        assert [{key: line[key] for key in kept[0]} for line in made] == kept, name
    if SHARED.exists():
        convert(SHARED, tmp_path)
        for name in (*CONVERTED, "SHA256SUMS"):
            assert (tmp_path / name).read_bytes() == (files.DATA / name).read_bytes(), name


def test_what_the_readme_calls_missing_is_missing() -> None:
    sources = [files.DATA / "published_targets.csv"]
    sources += [SHARED / name for name in ("real_targets.csv", "seed_figures.csv") if SHARED.exists()]
    text = "".join(source.read_text(encoding="utf-8") for source in sources)
    assert [word for word in ("登记失业率", "3.57", "961.7", "泰顺") if word in text] == []
