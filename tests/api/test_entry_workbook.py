"""A month's reports as a workbook: downloaded, filled in elsewhere, tried, committed as a whole or the good rows."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson
import pytest
import sqlalchemy as sa

from minsheng.kernel.clock import held
from minsheng.kernel.errors import Invalid
from minsheng.kernel.unpacking import MAX_BYTES
from minsheng.kernel.workbook import USUAL, Book
from minsheng.kernel.workers import Worker
from tests.factories.lists import PromiseList
from tests.factories.problems import places, problem
from tests.factories.workbooks import edited, saved, tables_of
from tests.factories.world import NOW as TODAY

if TYPE_CHECKING:
    from fastapi import FastAPI

    from minsheng.kernel.settings import Settings
    from tests.conftest import Caller, Callers
    from tests.factories.world import World

SHEET = "填报"
NOW, SUM, OVER, UNDER, FALL, CAUSE, WHY, NOTE = range(10, 18)
"""Columns that may be typed in."""
DAY, SOURCE, STATE, ABOUT, YEAR_END, WORK, SHARE, MONEY, DONE_ON = range(19, 28)
"""Columns that are rarely needed."""
COLUMNS = {
    "current": NOW,
    "value": SUM,
    "numerator": OVER,
    "denominator": UNDER,
    "note": NOTE,
    "cause_note": WHY,
    "cause_code": CAUSE,
    "as_of": DAY,
    "source_basis": SOURCE,
    "state": STATE,
    "approx": ABOUT,
    "expected": YEAR_END,
    "physical_note": WORK,
    "physical_pct": SHARE,
    "invested_fen": MONEY,
    "expected_on": DONE_ON,
}
OF_FIGURE = ("current", "value", "numerator", "denominator", "as_of", "source_basis", "state", "approx", "expected")
WORDS: dict[Any, Any] = {"weather": "天气", "preliminary": "初步", "forecast": "预计数", "survey": "调查", True: "是"}
"""How a clerk writes what travels as a code."""
KINDS: dict[str, dict[str, Any]] = {
    "个": {},
    "公里": {},
    "户": {"accumulation": "snapshot"},
    "%": {"kind": "ratio", "numerator_name": "已通户数", "denominator_name": "总户数"},
    "类": {"kind": "ordinal", "levels": ["差", "中", "好"]},
}


class Desk:
    """A clerk with his list of every kind of indicator, and the worker that runs his jobs."""

    def __init__(self, app: FastAPI, people: Callers, world: World, unit: str = "a1") -> None:
        self.clerk: Caller = people[f"{unit}-clerk"]
        self.unit = str(world[unit])
        self.worker = Worker(app.state.database, app.state.authenticate)
        self.office = people["a-office"]
        self.world = world

    def make_list(self, name: str) -> None:
        """Issue a list with one task of each kind for the unit."""
        made = PromiseList(self.office, self.world["a"], name=name)
        for number, (measure, body) in enumerate(KINDS.items(), start=1):
            item = made.item(str(number), f"=事项{number}")["id"]
            fields = {
                "item_id": item,
                "name": f"{name}{measure}",
                "measure_id": made.measure(measure, 3 * (number == 2)),
            }
            indicator = self.office.post("/indicators", {**fields, **body}, status=201)
            value = "2" if measure == "类" else "90"
            root = made.task(indicator, value)
            made.task(indicator, value, self.unit, root["id"])
        made.issue("2026-11-02")

    def download(self) -> bytes:
        """Return the month's workbook."""
        answer = self.clerk.call("GET", "/entry-sheet.xlsx", params={"period": "2026-11", "unit_id": self.unit})
        assert answer.status_code == 200, answer.text
        return answer.content

    def rows(self, content: bytes) -> dict[str, int]:
        """Return the row of each indicator, counted from zero."""
        return {row[5]: at for at, row in enumerate(tables_of(content)[SHEET]) if at > 2}

    def job(self, answer: Any) -> dict[str, Any]:
        """Run what was accepted; return how it ended."""
        assert answer.status_code == 202, answer.text
        assert answer.headers["Location"] == f"/api/v1/jobs/{answer.json()['id']}"
        self.worker.run_due()
        found: dict[str, Any] = self.clerk.get(f"/jobs/{answer.json()['id']}")
        return found

    def attempt(self, content: bytes) -> dict[str, Any]:
        """Upload a workbook and look at what it would do."""
        params = {"period": "2026-11", "unit_id": self.unit}
        job = self.job(self.clerk.call("POST", "/report-uploads", params=params, content=content))
        assert job["state"] == "done", job
        return {"id": job["id"], "job": job, **self.clerk.get(f"/report-uploads/{job['id']}")}

    def commit(self, tried: dict[str, Any], mode: str = "all") -> dict[str, Any]:
        """Write what was tried."""
        body = {"id": tried["id"], "mode": mode}
        return self.job(self.clerk.call("POST", "/report-uploads:commit", json=body))

    def cells(self) -> dict[str, dict[str, Any]]:
        """Return every figure of the month as it stands."""
        sheet = self.clerk.get("/entry-sheet", period="2026-11", unit_id=self.unit)
        names = (*OF_FIGURE, "fall_reason")
        words = ("note", "cause_code", "cause_note", "version")
        words += ("physical_note", "physical_pct", "invested_fen", "expected_on")
        return {
            cell["indicator_name"]: {each: cell[each] for each in names} | {each: row[each] for each in words}
            for row in sheet["rows"]
            for cell in row["cells"]
        }


@pytest.fixture
def desk(app: FastAPI, people: Callers, world: World) -> Desk:
    """Return the clerk."""
    return Desk(app, people, world)


def test_the_download_locks_hides_and_validates(desk: Desk) -> None:
    desk.make_list("甲")
    content = desk.download()
    table = tables_of(content)[SHEET]
    everything = {*(f"甲{each}" for each in KINDS), "农村公路提升", "公交覆盖率", "新建幼儿园"}
    assert {row[5] for row in table[3:]} == everything
    at = desk.rows(content)
    assert table[at["农村公路提升"]][7:12] == [30, 27.174, 20, "", ""]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        main = archive.read("xl/worksheets/sheet1.xml").decode()
        names = archive.read("xl/workbook.xml").decode()
        styles = archive.read("xl/styles.xml").decode()
    assert '<sheetProtection sheet="1"' in main
    assert 'state="veryHidden"' in names
    assert re.search(r'<col min="1" max="1" [^>]*hidden="1"', main)
    assert 'state="frozen"' in main
    kinds = re.findall(r'<dataValidation type="(\w+)"', main)
    # One rule for all rows of a kind: whole or decimal this month's and sums, parts of rates, levels, causes, texts;
    # then what is rarely said: days, sources, states, estimates, the work as it stands, money.
    assert sorted(kinds) == [*["date"] * 2, *["decimal"] * (4 + 3), *["list"] * (2 + 3), *["textLength"] * 4, "whole"]
    assert '"资金,上级资金未下达,用地,审批,天气,人员力量,协调,群众意愿"' in main
    assert '"差,中,好"' in main
    # Only our own sums are formulas; what a user wrote never is.
    assert {found for found in re.findall(r"<f>(.)", main)} == {"I"}  # noqa: C416
    assert main.count("<f>") == 4
    # What may be typed is unlocked, and nothing else.
    unlocked = {
        str(n)
        for n, each in enumerate(re.findall(r"<xf [^>]*?(?:/>|(?<!/)>.*?</xf>)", styles.partition("<cellXfs")[2]))
        if 'locked="0"' in each
    }
    typed = re.findall(r'<c r="([A-Z]+)\d+" s="(\d+)"', main)
    assert {column for column, style in typed if style in unlocked} == set("KLMNOPQR")
    # Of the rarely used columns the cells are not even there: the columns say that they may be typed in.
    columns = re.findall(r'<col min="(\d+)" max="(\d+)" [^>]*style="(\d+)"', main)
    white = {n for first, last, style in columns if style in unlocked for n in range(int(first), int(last) + 1)}
    assert white == set(range(20, 29))
    assert desk.attempt(content)["same"] == 8


def test_what_people_do_to_cells_is_understood_or_refused_by_name(desk: Desk) -> None:
    desk.make_list("甲")
    content = desk.download()
    at = desk.rows(content)
    count, length, stock, rate, level = (at[f"甲{each}"] for each in KINDS)
    tables = tables_of(content)
    table = tables[SHEET]
    width = len(table[0])

    def put(row: int, column: int, value: Any) -> None:
        table[row][column] = value

    put(count, NOW, "１，２３４")
    put(length, NOW, " 1.5 ")
    put(level, SUM, "好")
    put(stock, SUM, "/")
    put(rate, OVER, "80")
    put(rate, UNDER, "1e2")
    seen = desk.attempt(saved(tables))
    found = {row["indicator_name"]: row for row in seen["rows"]}
    assert {name: row["outcome"] for name, row in found.items() if row["outcome"] != "same"} == {
        "甲个": "new",
        "甲公里": "new",
        "甲%": "wrong",
        "甲类": "new",
    }
    assert found["甲个"]["changes"] == [
        {"cell": f"K{count + 1}", "field": "current", "label": "本期", "old": None, "new": "1234"}
    ]
    assert found["甲类"]["changes"][0]["new"] == "3"
    for value, code in (
        ("1.2万", "magnitude"),
        ("3亿元", "magnitude"),
        ("50%", "percent"),
        ("十二", "figure"),
        ("12个", "figure"),
        (datetime(2026, 11, 5), "figure"),  # noqa: DTZ001 - as a workbook holds it
        (True, "figure"),
        (0.125, "decimals"),
        (-3, "negative"),
        (1e13, "figure"),
    ):
        put(count, NOW, value)
        row = desk.attempt(saved(tables))["rows"][0]
        assert (row["outcome"], row["errors"][0]["code"], row["errors"][0]["pointer"]) == (
            "wrong",
            code,
            f"K{count + 1}",
        ), value
    put(count, NOW, "")
    put(level, SUM, "特好")
    assert {each["code"] for row in desk.attempt(saved(tables))["rows"] for each in row["errors"]} == {"figure"}
    put(level, SUM, "")
    put(rate, UNDER, "")
    put(rate, OVER, "")

    def touch(book: Any, sheet: Any) -> None:
        sheet.write_number(count, NOW, 0.5, book.add_format({"num_format": "0%"}))
        sheet.merge_range(length, NOW, length + 0, NOW + 1, 7)
        sheet.write_formula(stock, SUM, "=6*7", None, 42)
        sheet.set_row(stock, None, None, {"hidden": True})

    got = desk.attempt(saved(tables, touch, SHEET))
    assert {
        row["indicator_name"]: [e["code"] for e in row["errors"]] or row["changes"][0]["new"]
        for row in got["rows"]
        if row["outcome"] != "same"
    } == {
        "甲个": ["percent"],
        "甲公里": ["merged"],
        "甲户": "42",
    }
    assert got["hidden_rows"] == 1
    # Rows that were sorted, deleted, copied, added, and one whose words were moved under another key.
    tables = tables_of(content)
    table = tables[SHEET]
    table[count][NOW], table[stock][SUM] = 5, 6
    table[length][4] = "别的事项"
    table[length][NOW] = 1
    body = table[3:]
    stray = [""] * width
    stray[4], stray[NOW] = "我加的一行", 9
    tables[SHEET] = [*table[:3], *reversed([row for row in body if row[5] != "甲类"]), list(table[count]), stray]
    got = desk.attempt(saved(tables))
    assert sorted(
        (row["indicator_name"], row["outcome"], *(e["code"] for e in row["errors"]))
        for row in got["rows"]
        if row["outcome"] != "same"
    ) == [
        ("", "wrong", "unknown-row"),
        ("甲个", "new"),
        ("甲个", "wrong", "duplicate-row"),
        ("甲公里", "wrong", "moved-row"),
        ("甲户", "new"),
    ]
    assert got["absent"] == 1
    assert desk.cells()["甲个"]["value"] is None


def test_all_or_the_good_rows_and_a_marked_copy_back(  # noqa: PLR0915 - one month from end to end
    desk: Desk, people: Callers
) -> None:
    desk.make_list("甲")
    content = desk.download()
    at = desk.rows(content)
    cells = {
        (at["甲个"], NOW): "7万",
        (at["甲户"], SUM): 40,
        (at["农村公路提升"], NOW): 2.5,
        (at["农村公路提升"], CAUSE): "用地",
        (at["农村公路提升"], WHY): "两处点位未签约",
        (at["新建幼儿园"], NOW): -1,
        (at["新建幼儿园"], FALL): "核减一所",
        (at["公交覆盖率"], SUM): 96,
    }
    tried = desk.attempt(edited(content, SHEET, cells))
    assert (tried["new"], tried["changed"], tried["same"], tried["wrong"]) == (4, 0, 3, 1)
    assert [row["outcome"] for row in tried["rows"]] == ["wrong", *["new"] * 4, *["same"] * 3]
    before = desk.cells()
    refused = desk.commit(tried)
    assert (refused["state"], refused["problem"]["code"]) == ("failed", "invalid")
    assert [(e["pointer"], e["code"]) for e in refused["problem"]["errors"]] == [(f"K{at['甲个'] + 1}", "magnitude")]
    assert desk.cells() == before
    done = desk.commit(tried, "good")
    assert (done["state"], {key: done["result"][key] for key in ("committed", "new", "wrong")}) == (
        "done",
        {"committed": True, "new": 4, "wrong": 1},
    )
    now = desk.cells()
    assert (now["农村公路提升"]["value"], now["农村公路提升"]["cause_code"]) == ("22.5", "land")
    assert (now["新建幼儿园"]["value"], now["新建幼儿园"]["fall_reason"]) == ("3", "核减一所")
    assert (now["甲户"]["value"], now["甲个"]["value"]) == ("40", None)
    marked = next(file for file in tried["job"]["files"] if file["name"] == "marked")
    copy = desk.clerk.call("GET", marked["href"].removeprefix("/api/v1")).content
    assert tables_of(copy)[SHEET][at["甲个"]][NOW] == "7万"
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        assert "请换算成" in archive.read("xl/comments1.xml").decode()
        assert 'rgb="FFF9D7D5"' in archive.read("xl/styles.xml").decode()
    # The marked copy, put right, goes in; what went in before is the same by now.
    mended = desk.attempt(edited(copy, SHEET, {(at["甲个"], NOW): 7}))
    assert (mended["new"], mended["same"], mended["wrong"]) == (1, 7, 0), mended
    # Somebody else typed meanwhile: never overwritten, both figures are named.
    content = desk.download()
    row = desk.clerk.get("/entry-sheet", period="2026-11", unit_id=desk.unit)["rows"]
    roads = next(each for each in row if each["item_title"] == "农村公路提升")
    body = {"values": [{"target_id": roads["cells"][0]["target_id"], "current": "9"}], "note": "改了"}
    people["a1-second"].patch(f"/reports/{roads['id']}", body, version=roads["version"])
    clash = desk.attempt(edited(content, SHEET, {(at["农村公路提升"], NOW): 3, (at["农村公路提升"], NOTE): "我也改了"}))
    errors = clash["rows"][0]["errors"]
    assert [each["code"] for each in errors] == ["stale-version"]
    clash = desk.attempt(edited(content, SHEET, {(at["农村公路提升"], NOW): 3}))
    assert [each["code"] for each in clash["rows"][0]["errors"]] == ["figure-conflict"]
    assert "已被改为 9" in clash["rows"][0]["errors"][0]["message"]
    untouched = desk.attempt(content)
    assert (untouched["same"], untouched["wrong"]) == (8, 0)
    # Enqueued while the month was open, run after it closed: refused like everything else.
    more = desk.attempt(edited(desk.download(), SHEET, {(at["甲户"], SUM): 41}))
    assert more["changed"] == 1
    key = desk.clerk.call("POST", "/report-uploads:commit", json={"id": more["id"], "mode": "good"}).json()["id"]
    before = desk.cells()
    with held(TODAY + timedelta(days=60)):
        desk.worker.run_due()
    late = desk.clerk.get(f"/report-uploads/{key}")
    assert [each["code"] for row in late["rows"] for each in row["errors"]] == ["round-closed"]
    assert desk.cells() == before
    # What was handed in is locked, in the file and here.
    rows = desk.clerk.get("/entry-sheet", period="2026-11", unit_id=desk.unit)["rows"]
    cover = next(each for each in rows if each["item_title"] == "公交覆盖率")
    desk.clerk.post("/reports:submit", {"rows": [{"id": cover["id"], "version": cover["version"]}]})
    late = desk.attempt(edited(content, SHEET, {(at["公交覆盖率"], SUM): 95}))
    assert [each["code"] for each in late["rows"][0]["errors"]] == ["locked"]


def journal(settings: Settings, name: str) -> list[tuple[Any, ...]]:
    """Return what the record says of the figures and reports of one list, without ids and instants."""
    engine = sa.create_engine(settings.url)
    with engine.connect() as connection:
        bodies = [orjson.loads(text) for (text,) in connection.execute(sa.text("SELECT body FROM journal_entry"))]
        targets = {
            str(key).replace("-", ""): indicator
            for key, indicator in connection.execute(
                sa.text("SELECT t.id, i.name FROM target t JOIN indicator i ON i.id = t.indicator_id")
            )
        }
        reports = {
            str(key).replace("-", ""): indicator
            for key, indicator in connection.execute(
                sa.text("SELECT r.id, i.name FROM report r JOIN indicator i ON i.item_id = r.item_id")
            )
        }
        values = {
            str(key).replace("-", ""): str(report)
            for key, report in connection.execute(sa.text("SELECT id, report_id FROM report_value"))
        }
    engine.dispose()
    found = []
    for body in bodies:
        kind, key = body["entity"], body["entity_id"]
        if kind == "report_value":
            key = values[key.replace("-", "")]
        label = {**reports, **targets}.get(key.replace("-", ""), "")
        if (
            kind in {"report", "report_value"}
            and label.startswith(name)
            and (kind, body["action"]) != ("report", "create")
        ):
            ids = {"report_id", "round_id", "target_id", "item_id", "unit_id", "programme_id", "task_id"}
            changes = {field: pair for field, pair in body["changes"].items() if field not in ids}
            found.append((kind, label.removeprefix(name), body["action"], body["version"], sorted(changes.items())))
    return sorted(found, key=str)


def test_an_upload_does_what_typing_does(desk: Desk, settings: Settings) -> None:
    """The same rows typed into one list and uploaded into its twin: same figures, same refusals, same record."""
    desk.make_list("甲")
    desk.make_list("乙")
    rounds = [
        {
            "个": {"current": "5"},
            "公里": {"value": "12.125"},
            "户": {"value": "40"},
            "%": {"numerator": "8", "denominator": "9"},
            "类": {"value": "2"},
        },
        {
            "个": {"current": "0.5"},
            "公里": {"current": "1.2345"},
            "户": {"value": "-1"},
            "%": {"denominator": "0"},
            "类": {"value": "7"},
        },
        {
            "个": {"current": "3", "value": "99"},
            "公里": {"current": "-20"},
            "户": {"current": "4"},
            "%": {"value": "50"},
            "类": {"value": None},
        },
        {
            "个": {"current": None},
            "公里": {"value": "0"},
            "户": {"value": "41"},
            "%": {"numerator": None},
            "类": {"value": "3"},
        },
        {
            "个": {"note": "雨\n天", "cause_code": "weather", "cause_note": "x" * 2001},
            "公里": {"note": "=1+1"},
            "户": {"cause_note": "好"},
        },
        {
            "个": {
                "current": "6",
                "as_of": "2026-11-20",
                "source_basis": "survey",
                "state": "preliminary",
                "approx": True,
                "expected": "88",
                "physical_note": "主体三层\n封顶",
                "physical_pct": "65.5",
                "invested_fen": 128_500_000,
                "expected_on": "2026-12-20",
            },
            "公里": {"physical_pct": "101", "note": "不会写进去"},
            "户": {"as_of": "2024-01-01"},
            "类": {"state": "forecast", "expected_on": "1900-01-01"},
            "%": {"state": "forecast"},
        },
        {
            "个": {"state": None, "approx": None, "physical_note": None, "invested_fen": None, "expected": "90"},
            "类": {"state": "forecast", "invested_fen": 1},
        },
    ]
    for given in rounds:
        content = desk.download()
        at = desk.rows(content)
        sheet = desk.clerk.get("/entry-sheet", period="2026-11", unit_id=desk.unit)["rows"]
        by_name = {row["cells"][0]["indicator_name"]: row for row in sheet}
        changes = []
        cells: dict[tuple[int, int], Any] = {}
        for measure, fields in given.items():
            row = by_name[f"甲{measure}"]
            figures = {name: value for name, value in fields.items() if name in OF_FIGURE}
            words = {name: value for name, value in fields.items() if name not in figures}
            values = [{"target_id": row["cells"][0]["target_id"], **figures}] if figures else []
            changes.append({"report_id": row["id"], "base_version": row["version"], "values": values, **words})
            for name, value in fields.items():
                word = value / 1_000_000 if name == "invested_fen" and value else WORDS.get(value, value)
                cells[(at[f"乙{measure}"], COLUMNS[name])] = "" if word is None else word
        typed: dict[str, list[str]] = {}
        for (measure, _), change in zip(given.items(), changes, strict=True):
            answer = desk.clerk.call("POST", "/reports:batch", json={"changes": [change]})
            errors = answer.json()["results"][0]["errors"] if answer.status_code == 200 else answer.json()["errors"]
            if errors:
                typed[measure] = sorted({each["code"] for each in errors})
        tried = desk.attempt(edited(content, SHEET, cells))
        refused = {
            row["indicator_name"][1:]: sorted({each["code"] for each in row["errors"]})
            for row in tried["rows"]
            if row["errors"]
        }
        assert refused == typed, given
        assert desk.commit(tried, "good")["state"] == "done"
        now = desk.cells()
        assert [now[f"甲{each}"] for each in KINDS] == [now[f"乙{each}"] for each in KINDS], given
    typing, loading = journal(settings, "甲"), journal(settings, "乙")
    assert len(typing) == 26
    assert loading == typing


def test_what_is_rarely_said_is_read_as_people_write_it(desk: Desk) -> None:
    desk.make_list("甲")
    content = desk.download()
    count = desk.rows(content)["甲个"]
    tables = tables_of(content)
    row = tables[SHEET][count]
    row += [""] * (DONE_ON + 1 - len(row))
    traps: tuple[tuple[int, Any, str], ...] = (
        (DAY, 2026.3, "!date"),
        (DAY, "2026.11", "!date"),
        (DAY, "十一月五日", "!date"),
        (DAY, True, "!date"),
        (DAY, 20261105, "!date"),
        (DAY, "2027-01-01", "!range"),
        (DAY, " ２０２６年１１月５日 ", "2026-11-05"),
        (DAY, "2026/11/5", "2026-11-05"),
        (DAY, 46331, "2026-11-05"),
        (DAY, datetime(2026, 11, 5), "2026-11-05"),  # noqa: DTZ001 - as a workbook holds it
        (SOURCE, "听说", "!choice"),
        (SOURCE, " 登记 ", "登记"),
        (STATE, "预计", "预计数"),
        (STATE, "终", "!choice"),
        (ABOUT, "√", "是"),
        (ABOUT, "大概", "!choice"),
        (YEAR_END, "０８８", "88"),
        (YEAR_END, "1.2万", "!magnitude"),
        (SHARE, "65%", "!percent"),
        (SHARE, 65.5, "65.5"),
        (SHARE, 165, "!range"),
        (MONEY, "1.2亿", "!magnitude"),
        (MONEY, "1,280.5", "1280.5"),
        (MONEY, -1, "!negative"),
        (MONEY, "0.0000001", "!figure"),
        (DONE_ON, "2026年12月", "!date"),
        (WORK, "＝三层", "＝三层"),
    )
    for column, value, expected in traps:
        row[column] = value
        seen = desk.attempt(saved(tables))["rows"][0]
        cell = f"{['T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'AA', 'AB'][column - DAY]}{count + 1}"
        if expected[0] == "!":
            assert [(each["pointer"], each["code"]) for each in seen["errors"]] == [(cell, expected[1:])], value
        else:
            assert [(each["cell"], each["new"]) for each in seen["changes"]] == [(cell, expected)], value
        row[column] = ""
    # None is as good as nothing; what is said stands in the next download as people read it, and is nothing new.
    row[DAY] = row[SOURCE] = "—"
    assert desk.attempt(saved(tables))["same"] == 8
    row[DAY], row[SOURCE], row[STATE], row[ABOUT], row[MONEY], row[NOW] = "2026-11-05", "登记", "初步数", "是", 128.5, 4
    assert desk.commit(desk.attempt(saved(tables)))["state"] == "done"
    content = desk.download()
    again = tables_of(content)[SHEET][count]
    assert [again[each] for each in (SOURCE, STATE, ABOUT, MONEY)] == ["登记", "初步数", "是", 128.5]
    assert str(again[DAY]) == "2026-11-05"
    assert desk.attempt(content)["same"] == 8
    # A row with a fault comes back marked, with what was typed.
    broken = desk.attempt(edited(content, SHEET, {(count, DAY): "2026.3", (count, WORK): "主体封顶"}))
    marked = next(file for file in broken["job"]["files"] if file["name"] == "marked")
    copy = tables_of(desk.clerk.call("GET", marked["href"].removeprefix("/api/v1")).content)[SHEET][count]
    assert (copy[DAY], copy[WORK], copy[SOURCE]) == ("2026.3", "主体封顶", "登记")


def packed(**parts: bytes | str) -> bytes:
    """Return a zip of parts; ``__`` in a name is a folder, ``_`` a dot."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), data)
    return out.getvalue()


def test_other_files_are_refused_at_once_or_by_the_job(desk: Desk, people: Callers, world: World) -> None:
    content = desk.download()
    params = {"period": "2026-11", "unit_id": desk.unit}
    for wrong in (b"", b"\xd0\xcf\x11\xe0" + b"0" * 600, "编号,事项\n1,公路\n".encode()):
        answer = desk.clerk.call("POST", "/report-uploads", params=params, content=wrong)
        assert places(answer) == [("", "no-workbook")]
    tables = tables_of(content)
    hidden = tables["_minsheng"]
    for wrong, code in (
        (packed(xl__workbook_xml="<workbook/>", xl__vbaProject_bin=b"x"), "macro"),
        (packed(xl__workbook_xml=b"<w>" + b" " * 30_000_000 + b"</w>"), "bomb"),
        (saved({"Sheet1": [["自己做的表"]]}), "foreign-workbook"),
        (saved({**tables, "_minsheng": [["minsheng-entry-0"], *hidden[1:]]}), "old-template"),
        (saved({**tables, "_minsheng": [hidden[0], ["2026-10"], *hidden[2:]]}), "other-period"),
        (saved({**tables, "_minsheng": [*hidden[:2], [str(world["a2"])], *hidden[3:]]}), "other-unit"),
    ):
        job = desk.job(desk.clerk.call("POST", "/report-uploads", params=params, content=wrong))
        assert (job["state"], [e["code"] for e in job["problem"]["errors"]]) == ("failed", [code])
        answer = desk.clerk.call("POST", "/report-uploads:commit", json={"id": job["id"]})
        problem(answer, 409, "conflict")
    # A file with the keys of somebody else's reports finds nothing there.
    stranger = Desk.__new__(Desk)
    stranger.clerk, stranger.unit, stranger.worker = people["a2-clerk"], str(world["a2"]), desk.worker
    foreign = saved({**tables, "_minsheng": [*hidden[:2], [stranger.unit], *hidden[3:]]})
    assert {e["code"] for row in stranger.attempt(foreign)["rows"] for e in row["errors"]} == {"unknown-row"}
    with pytest.raises(Invalid):
        Book(b"0" * (MAX_BYTES + 1), USUAL)
