"""The split as a workbook: what is downloaded, what an upload would do and does, and what is refused."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
import python_calamine
import xlsxwriter

from minsheng.kernel import workbook
from minsheng.kernel.errors import Invalid
from minsheng.targets.upload import day_value, figure_of
from tests.factories.lists import PromiseList
from tests.factories.problems import places, problem

if TYPE_CHECKING:
    import httpx

    from tests.conftest import Callers
    from tests.factories.world import World

Edit = "Callable[[dict[str, list[list[Any]]]], None]"


class Book:
    """A list with three items, downloaded, edited in a program for tables, uploaded."""

    def __init__(self, people: Callers, world: World) -> None:
        self.office, self.world = people["office"], world
        self.list = PromiseList(self.office, world["city"])
        self.indicators = []
        self.roots = []
        for code, title, value in (("1", "公路", "100"), ("2", "=1+1", "30"), ("3", "@园区", None)):
            item = self.list.item(code, title)
            self.indicators.append(self.list.indicator(item["id"], f"{title}数", "公里", 3))
            self.roots.append(self.list.task(self.indicators[-1], value))
        self.split(0, "a", "60")

    def split(self, row: int, unit: str, value: str | None) -> None:
        """Type one share."""
        cell = {
            "parent_id": self.roots[row]["id"],
            "unit_id": str(self.world[unit]),
            "indicator_id": self.indicators[row]["id"],
            "value": value,
        }
        self.office.post("/tasks:split", {"cells": [cell]})

    def grid(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Return the shares as they stand: item and unit → value and deadline."""
        grid = self.office.get(f"/programmes/{self.list.id}/split")
        names = {unit["id"]: unit["name"] for unit in grid["units"]}
        return {
            (row["item_title"], names[cell["unit_id"]]): (cell["value"], cell["deadline"])
            for row in grid["rows"]
            for cell in row["cells"]
        }

    def download(self) -> bytes:
        """Return the file."""
        answer = self.office.call("GET", f"/programmes/{self.list.id}/split.xlsx")
        assert answer.status_code == 200, answer.text
        return answer.content

    def upload(self, content: bytes, *, dry_run: bool = True, **query: Any) -> httpx.Response:
        """Send a file."""
        params = {"programme_id": self.list.id, "dry_run": str(dry_run).lower(), **query}
        return self.office.call("POST", "/tasks:upload", params=params, content=content)


def sheets_of(content: bytes) -> dict[str, list[list[Any]]]:
    """Read a workbook with the plain reader."""
    book = python_calamine.load_workbook(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def edited(content: bytes, *cells: tuple[str, int, int, Any]) -> bytes:
    """Return a workbook with other values in some cells, written anew as another program would."""
    sheets = sheets_of(content)
    for name, row, column, value in cells:
        table = sheets[name]
        while len(table) <= row:
            table.append([])
        while len(table[row]) <= column:
            table[row].append("")
        table[row][column] = value
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    for name, table in sheets.items():
        sheet = book.add_worksheet(name)
        for at, line in enumerate(table):
            for column, value in enumerate(line):
                if isinstance(value, str) and value:
                    sheet.write_string(at, column, value)
                elif not isinstance(value, str):
                    sheet.write(at, column, value)
    book.close()
    return out.getvalue()


@pytest.fixture
def book(people: Callers, world: World) -> Book:
    """Return the list."""
    return Book(people, world)


A, B, DEPARTMENT = 8, 9, 10
"""Columns of the two counties and the department."""


def test_the_download_is_text_and_numbers_locked_frozen_and_validated(book: Book) -> None:
    content = book.download()
    sheets = sheets_of(content)
    assert list(sheets) == ["任务分解", "期限", "_minsheng"]
    table = sheets["任务分解"]
    assert table[2][:8] == ["编号", "事项", "指标", "计量单位", "目标值", "期限", "已分", "差额"]
    assert table[2][8:] == ["乐清市", "苍南县", "温州市交通运输局"]
    assert [row[1] for row in table[3:]] == ["公路", "=1+1", "@园区"]
    assert [row[4] for row in table[3:]] == [100.0, 30.0, ""]
    assert (table[3][A], table[3][B], table[3][6], table[3][7]) == (60.0, "", 60.0, -40.0)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        main = archive.read("xl/worksheets/sheet1.xml").decode()
        names = archive.read("xl/workbook.xml").decode()
    assert "<sheetProtection" in main
    assert 'state="frozen"' in main
    assert main.count("<dataValidation ") == 9
    # Only our own sums are formulas; what a user wrote never is.
    assert main.count("<f>") == 4
    assert 'state="veryHidden"' in names


def test_the_preview_names_every_cell_and_saving_does_the_same(book: Book) -> None:
    content = edited(
        book.download(),
        ("任务分解", 3, A, 55),
        ("任务分解", 3, B, "４５．５"),
        ("任务分解", 4, A, "1,2oo"),
        ("任务分解", 4, B, 0.12345),
        ("任务分解", 5, A, "/"),
        ("任务分解", 5, B, 7),
        ("期限", 3, B, "2026年9月30日"),
        ("期限", 5, B, "明年"),
        ("任务分解", 4, DEPARTMENT, datetime(2026, 3, 1)),  # noqa: DTZ001 - as a workbook holds it
    )
    before = book.grid()
    seen = book.upload(content)
    assert seen.status_code == 200, seen.text
    found = seen.json()
    assert [
        (each["sheet"], each["row"], each["cell"], each["unit_name"], each["old"], each["new"], each["outcome"])
        for each in found["cells"]
    ] == [
        ("任务分解", 4, "I4", "乐清市", "60", "55", "changed"),
        ("任务分解", 4, "J4", "苍南县", None, "４５．５", "new"),
        ("任务分解", 5, "I5", "乐清市", None, "1,2oo", "wrong"),
        ("任务分解", 5, "J5", "苍南县", None, "0.12345", "wrong"),
        ("任务分解", 5, "K5", "温州市交通运输局", None, "2026-03-01", "wrong"),
        ("期限", 6, "J6", "苍南县", None, "明年", "wrong"),
    ]
    assert [(each["pointer"], each["code"]) for cell in found["cells"] for each in cell["errors"]] == [
        ("任务分解!I5", "figure"),
        ("任务分解!J5", "decimals"),
        ("任务分解!K5", "figure"),
        ("期限!J6", "date"),
    ]
    assert {key: found[key] for key in ("dry_run", "new", "changed", "same", "wrong")} == {
        "dry_run": True,
        "new": 1,
        "changed": 1,
        "same": 3,
        "wrong": 4,
    }
    assert book.grid() == before
    done = book.upload(content, dry_run=False).json()
    assert done == {**found, "dry_run": False}
    assert book.grid() == {
        ("公路", "乐清市"): ("55", "2026-12-31"),
        ("公路", "苍南县"): ("45.5", "2026-09-30"),
    }
    # Sent once more, the file finds its own values and changes nothing.
    again = book.upload(content, dry_run=False).json()
    assert (again["new"], again["changed"], again["wrong"]) == (0, 0, 4)


def test_an_upload_does_what_typing_does(people: Callers, world: World) -> None:
    """The same figures, typed into one list and uploaded into its twin, leave the same shares and the same refusals."""
    typed, loaded = Book(people, world), Book(people, world)
    figures = {(0, A): "12.5", (0, B): "0", (1, A): "0.0001", (1, B): "-3", (2, A): "4", (0, DEPARTMENT): "1"}
    units = {A: "a", B: "b", DEPARTMENT: "city_dept"}
    cells = [
        {
            "parent_id": typed.roots[row]["id"],
            "unit_id": str(world[units[column]]),
            "indicator_id": typed.indicators[row]["id"],
            "value": value,
        }
        for (row, column), value in sorted(figures.items())
    ]
    results = typed.office.post("/tasks:split", {"cells": cells})["results"]
    content = edited(
        loaded.download(), *(("任务分解", 3 + row, column, value) for (row, column), value in sorted(figures.items()))
    )
    answer = loaded.upload(content, dry_run=False).json()
    assert typed.grid() == loaded.grid()
    refused = [error["code"] for result in results for error in result["errors"]]
    assert refused == ["decimals", "negative"]
    assert [error["code"] for cell in answer["cells"] for error in cell["errors"]] == refused


def test_what_changed_meanwhile_is_never_overwritten(book: Book, people: Callers, world: World) -> None:
    content = edited(book.download(), ("任务分解", 3, A, 55), ("任务分解", 3, B, 40))
    book.split(0, "a", "58")
    book.split(0, "b", "41")
    found = book.upload(content, dry_run=False).json()
    assert [(each["cell"], each["outcome"], each["errors"][0]["code"]) for each in found["cells"]] == [
        ("I4", "wrong", "stale"),
        ("J4", "wrong", "stale"),
    ]
    assert book.grid()["公路", "乐清市"][0] == "58"
    # What nobody touched in the file stays as others have changed it.
    untouched = book.upload(edited(book.download()), dry_run=False).json()
    assert (untouched["same"], untouched["cells"]) == (9, [])
    book.list.issue()
    locked = book.upload(edited(book.download(), ("任务分解", 3, A, 1)), dry_run=False).json()
    assert [each["code"] for each in locked["cells"][0]["errors"]] == ["locked"]
    moved = book.upload(edited(book.download(), ("任务分解", 3, 1, "别的事项"), ("任务分解", 9, 1, "新增一行"))).json()
    assert [(each["cell"], each["errors"][0]["code"]) for each in moved["cells"]] == [
        ("B4", "moved-row"),
        ("A10", "unknown-row"),
    ]
    params = {"programme_id": book.list.id}
    answer = people["a1-clerk"].call("POST", "/tasks:upload", params=params, content=content)
    problem(answer, 403, "forbidden")
    problem(
        people["b-office"].call("POST", "/tasks:upload", params={**params, "unit_id": str(world["a"])}),
        404,
        "not-found",
    )


def packed(**parts: bytes | str) -> bytes:
    """Return a zip of parts; ``__`` in a name is a folder, ``_`` a dot."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), data)
    return out.getvalue()


def test_foreign_and_hostile_files_are_refused(book: Book, people: Callers, world: World) -> None:
    other = Book(people, world)
    foreign = io.BytesIO()
    plain = xlsxwriter.Workbook(foreign, {"in_memory": True})
    plain.add_worksheet("任务分解").write(0, 0, "自己做的表")
    plain.close()
    far = "<worksheet><sheetData><row r='1'><c r='XFD1048576'><v>1</v></c></row></sheetData></worksheet>"
    deep = "<worksheet><sheetData><row r='1048576'><c><v>1</v></c></row></sheetData></worksheet>"
    entity = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><workbook>&a;</workbook>'
    for content, code in (
        (b"", "no-workbook"),
        (b"PK\x03\x04 broken", "no-workbook"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 600, "no-workbook"),
        ("编号,事项\n1,公路\n".encode(), "no-workbook"),
        (packed(readme_txt="no workbook"), "no-workbook"),
        (packed(xl__workbook_xml="<workbook/>"), "damaged"),
        (packed(xl__workbook_xml=b"<w>" + b" " * 30_000_000 + b"</w>"), "bomb"),
        (packed(xl__workbook_xml="<workbook/>", xl__vbaProject_bin=b"x"), "macro"),
        (packed(xl__workbook_xml=entity), "doctype"),
        (packed(xl__workbook_xml="<workbook/>", xl__worksheets__sheet1_xml=far), "too-wide"),
        (packed(xl__workbook_xml="<workbook/>", xl__worksheets__sheet1_xml=deep), "too-many-rows"),
        (packed(**{f"p{number}": b"<a/>" for number in range(201)}), "too-many-parts"),
        (b"0" * (workbook.MAX_BYTES + 1), "too-large"),
        (foreign.getvalue(), "foreign-workbook"),
        (other.download(), "foreign-workbook"),
    ):
        assert [found for _, found in places(book.upload(content))] == [code], code
    assert book.upload(b"x" * (11 * 1024 * 1024)).status_code == 413


def test_cells_are_read_as_people_write_them() -> None:
    for raw, value in (
        ("", None),
        ("  ", None),
        ("/", None),
        ("—", None),
        ("无", None),
        (0, "0"),
        (12.0, "12"),
        (0.1 + 0.2, "0.3"),
        ("１２．５", "12.5"),
        ("1,234.5", "1234.5"),
        (" 7 ", "7"),
        ("007", "7"),
        (999999999999.0, "999999999999"),
    ):
        found = figure_of(raw)
        assert (None if found is None else format(found, "f")) == value, raw
    for wrong in ("12公里", "1,2", "1e5", "--3", True, datetime(2026, 1, 1), 1e15, 0.1234567, "２月"):  # noqa: DTZ001
        with pytest.raises(ValueError, match="应为数字"):
            figure_of(wrong)
    for raw, day in (
        ("", None),
        (46295.0, "2026-09-30"),
        ("2026-9-30", "2026-09-30"),
        ("2026.9.30", "2026-09-30"),
        ("2026年9月30日", "2026-09-30"),
        (datetime(2026, 9, 30, 0, 0), "2026-09-30"),  # noqa: DTZ001
    ):
        found_day = day_value(raw)
        assert (found_day and found_day.isoformat()) == day, raw
    for wrong in ("2026.3", "9月", "2026-02-30", 2026, True):
        with pytest.raises(ValueError, match="不是日期"):
            day_value(wrong)
    with pytest.raises(Invalid):
        workbook.read(b"")
