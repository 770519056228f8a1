"""Bulletins as files: what a mapping reads, what is listed instead of guessed, and what is refused."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from minsheng.deviations import sheets
from minsheng.kernel import workbook
from minsheng.kernel.errors import Invalid
from tests.factories.problems import places

if TYPE_CHECKING:
    import httpx

    from tests.conftest import Callers
    from tests.factories.world import World

ISSUE = {
    "period": "2026-10",
    "source_name": "浙江省交通运输厅",
    "document": "通报第10期",
    "published_on": "2026-11-10",
}
ROWS: tuple[tuple[Any, ...], ...] = (
    ("全省", 900, "20"),
    ("乐清", 10, 4.8),
    ("柳 市 镇", 3, "２.０"),
    ("虹桥镇", 4, "—"),
    ("灵溪镇", 3, 1.2),
    (330327, 3, "约5"),
    ("火星县", None, 3),
    ("", None, ""),
)


def book(rows: tuple[tuple[Any, ...], ...] = ROWS, heading: str = "累计完成") -> bytes:
    """Return a bulletin as an office prints it: a title over all columns, then the heading."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        made.add_worksheet("封面").write(0, 0, "通报")
        sheet = made.add_worksheet("附表")
        sheet.merge_range(0, 0, 0, 2, "民生实事进展（单位：十公里）")
        for row, cells in enumerate((("地区", "目标", heading), *rows), 1):
            for column, cell in enumerate(cells):
                if cell is not None:
                    sheet.write(row, column, cell)
        sheet.set_row(4, None, None, {"hidden": True})
    return out.getvalue()


def packed(**parts: bytes | str) -> bytes:
    """Return an archive of parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), data)
    return out.getvalue()


class Desk:
    """An office with a mapping of its own."""

    def __init__(self, people: Callers, world: World) -> None:
        self.office, self.world = people["office"], world
        self.content: dict[str, Any] = {
            "sheet": "附表",
            "header_row": 2,
            "place": {"column": "A", "heading": "地区"},
            "values": [
                {"column": "C", "heading": "累计完成", "indicator_id": str(world["roads"]), "factor": "10"},
            ],
        }
        body = {"programme_id": str(world["list"]), "name": "省厅月度通报", "content": self.content}
        self.mapping = self.office.post("/figure-mappings", body, status=201)
        assert self.office.post("/figure-mappings", body, status=409)["code"] == "duplicate"

    def remap(self, **changed: Any) -> None:
        """Change the mapping."""
        self.content |= changed
        path, version = f"/figure-mappings/{self.mapping['id']}", self.mapping["version"]
        self.mapping = self.office.patch(path, {"content": self.content}, version=version)

    def send(self, content: bytes, **query: Any) -> httpx.Response:
        """Send a file."""
        params = {"mapping_id": self.mapping["id"], **ISSUE, **query}
        return self.office.call("POST", "/external-figures:upload", params=params, content=content)

    def upload(self, content: bytes, **query: Any) -> Any:
        """Send a file that is read."""
        answer = self.send(content, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()


def told(answer: Any) -> list[tuple[Any, ...]]:
    """Return what an import says of each cell."""
    return [
        (row["cell"], row["unit_name"], row["value"], row["outcome"], row["compared"], row["own_value"])
        for row in answer["rows"]
    ]


def test_a_bulletin_is_read_by_its_mapping_and_nothing_is_guessed(people: Callers, world: World) -> None:
    desk = Desk(people, world)
    found = desk.office.call("POST", "/external-figures:inspect", content=book()).json()["sheets"]
    assert [(each["name"], each["rows"], each["columns"]) for each in found] == [("封面", 1, 1), ("附表", 9, 3)]
    assert found[1]["head"][1] == ["地区", "目标", "累计完成"]

    seen = desk.upload(book())
    assert told(seen) == [
        ("C3", None, "200", "wrong", None, None),
        ("C4", None, "48", "wrong", None, None),
        ("C5", "柳市镇", "20", "new", "agreed", "20"),
        ("C7", "灵溪镇", "12", "new", "beyond", "10"),
        ("C8", "苍南县", None, "wrong", None, None),
        ("C9", None, "30", "wrong", None, None),
    ]
    assert [(each["name"], [near["name"] for near in each["candidates"]]) for each in seen["unknown_places"]] == [
        ("全省", []),
        ("乐清", ["乐清市"]),
        ("火星县", []),
    ]
    assert seen["rows"][4]["errors"][0]["message"] == "C8：“约5”应为数字，整数不超过 12 位，小数不超过 6 位"
    assert (seen["beyond"], seen["skipped"], seen["wrong"]) == (1, 1, 4)

    # A person says what a name means, or that its row is none of ours; that is kept for the next issue.
    desk.remap(places={"全省": None, "乐清": str(world["a"])})
    assert [code for _, code in places(desk.send(book(), dry_run="false"))] == ["figure", "unknown-place"]
    assert desk.office.get("/external-figures")["items"] == []
    done = desk.upload(book(), dry_run="false", mode="good")
    assert (done["new"], done["wrong"], done["skipped"], done["beyond"]) == (3, 2, 2, 1)
    kept = desk.office.get("/external-figures")["items"]
    assert [(each["unit_name"], each["value"], each["printed"], each["factor"]) for each in kept] == [
        ("乐清市", "48", "4.8", "10"),
        ("柳市镇", "20", "２.０", "10"),
        ("灵溪镇", "12", "1.2", "10"),
    ]
    (case,) = desk.office.get("/deviations")["items"]
    assert (case["unit_name"], case["document"], case["published_on"]) == ("灵溪镇", "通报第10期", "2026-11-10")

    # The same file again changes nothing; another figure of the same source takes the place of the first.
    before = desk.office.get("/changes", limit=1000)["items"]
    again = desk.upload(book(), dry_run="false", mode="good")
    assert (again["new"], again["changed"], again["same"], again["wrong"]) == (0, 0, 3, 2)
    assert desk.office.get("/changes", limit=1000)["items"] == before
    right = tuple((name, goal, 1.0 if name == "灵溪镇" else value) for name, goal, value in ROWS)
    changed = desk.upload(book(right), dry_run="false", mode="good")
    assert (changed["changed"], changed["same"], changed["beyond"]) == (1, 2, 0)
    held = desk.office.get("/external-figures", target_id=str(world["roads:b1:target"]))["items"]
    assert [(each["value"], each["status"], each["replaces_id"]) for each in held] == [
        ("12", "void", None),
        ("10", "active", held[0]["id"]),
    ]
    assert desk.office.get(f"/deviations/{case['id']}")["status"] == "void"

    # Importing and entering by hand give the same row.
    entered = desk.office.post(
        "/external-figures",
        {**ISSUE, "target_id": str(world["roads:a2:target"]), "printed": "2.8", "factor": "10"},
        status=201,
    )
    shown = {"id", "version", "target_id", "unit_id", "unit_name", "value", "printed", "compared"}
    imported, typed = ({k: v for k, v in each.items() if k not in shown} for each in (kept[1], entered))
    assert imported == typed


def test_long_tables_and_text_files(people: Callers, world: World) -> None:
    desk = Desk(people, world)
    (roads,) = [
        each
        for each in desk.office.get("/items", programme_id=str(world["list"]), limit=100)["items"]
        if each["id"] == str(world["list.roads"])
    ]
    desk.remap(
        sheet=None,
        header_row=1,
        place={"column": "A"},
        indicator={"column": "B"},
        values=[{"column": "C", "factor": "1"}],
        fill_down=True,
        indicators={"道路": str(world["roads"]), "绿化": None},
    )
    lines = ["地区,事项,数", f"柳市镇,{roads['code']},20", ",绿化,5", "灵溪镇,道路,10", ",桥梁,3", "灵溪镇,道路,11"]
    for encoding in ("utf-8-sig", "gb18030"):
        seen = desk.upload("\r\n".join(lines).encode(encoding))
        assert told(seen) == [
            ("C2", "柳市镇", "20", "new", "agreed", "20"),
            ("C4", "灵溪镇", "10", "new", "agreed", "10"),
            ("C5", "灵溪镇", "3", "wrong", None, None),
            ("C6", "灵溪镇", "11", "wrong", None, None),
        ]
        assert [(each["name"], each["rows"]) for each in seen["unknown_indicators"]] == [("桥梁", [5])]
        assert [row["errors"][0]["code"] for row in seen["rows"][2:]] == ["unknown-indicator", "twice"]
    # A county's office imports for its own area alone.
    body = {"programme_id": str(world["list"]), "name": "县通报", "content": desk.content}
    desk.office = people["a-office"]
    desk.mapping = desk.office.post("/figure-mappings", body, status=201)
    assert [row[3] for row in told(desk.upload("\n".join(lines).encode()))] == ["new", "wrong", "wrong", "wrong"]
    for wrong, code in (
        ({"indicator": None}, "missing"),
        ({"values": [{"column": "C", "factor": "1", "indicator_id": str(world["roads"])}]}, "twice"),
    ):
        refused = desk.office.post("/figure-mappings", {**body, "content": {**desk.content, **wrong}}, status=422)
        assert refused["errors"][0]["code"] == code


def test_what_does_not_fit_and_hostile_files_are_refused(people: Callers, world: World) -> None:
    desk = Desk(people, world)
    far = "<worksheet><sheetData><row r='1'><c r='XFD1048576'><v>1</v></c></row></sheetData></worksheet>"
    entity = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><workbook>&a;</workbook>'
    many = "地区,目标,累计完成\n" + "柳市镇,1,2\n" * 2_001
    for content, code in (
        (b"", "empty"),
        (b" \n ,\n", "empty"),
        (b"PK\x03\x04 broken", "no-workbook"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 600, "no-workbook"),
        (packed(xl__workbook_xml="<workbook/>"), "damaged"),
        (packed(xl__workbook_xml=b"<w>" + b" " * 30_000_000 + b"</w>"), "bomb"),
        (packed(xl__workbook_xml="<workbook/>", xl__vbaProject_bin=b"x"), "macro"),
        (packed(xl__workbook_xml=entity), "doctype"),
        (packed(xl__workbook_xml="<workbook/>", xl__worksheets__sheet1_xml=far), "too-wide"),
        (b"0" * (workbook.MAX_BYTES + 1), "too-large"),
        (b"a\x00b", "control-character"),
        (b"\xff\xff\xff", "encoding"),
        (b'a,"b', "csv"),
        (b"a\n" * 5_001, "too-many-rows"),
        (b"," * 600, "too-many-rows"),
        ("地区,数\n柳市镇,1\n".encode(), "unknown-sheet"),
        (book(heading="完成数"), "heading"),
    ):
        assert [found for _, found in places(desk.send(content))] == [code], (content[:20], code)
    desk.remap(sheet=None, header_row=1)
    assert [found for _, found in places(desk.send(many.encode()))] == ["too-long"]
    assert desk.send(b"x" * (11 * 1024 * 1024)).status_code == 413
    assert [found for _, found in places(desk.send(book(), period="2026-13"))] == ["string-pattern-mismatch"]
    assert desk.office.get("/external-figures")["items"] == []


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_file_is_an_error_of_ours(content: bytes) -> None:
    try:
        found = sheets.read(content)
    except Invalid:
        return
    assert all(isinstance(cell, str) for sheet in found.values() for row in sheet for cell in row)


@pytest.mark.parametrize(("letters", "number"), [("A", 0), ("Z", 25), ("AA", 26), ("ZZ", 701)])
def test_columns_by_their_letters(letters: str, number: int) -> None:
    assert (sheets.index(letters), workbook.column_name(number)) == (number, letters)
