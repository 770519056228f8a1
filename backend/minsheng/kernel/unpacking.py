"""Looking through a workbook from outside before the fast reader sees it.

Every part is unpacked under limits and parsed by the strict reader of the standard library: no macro, no external part,
no bomb and no cell at the far end of an endless sheet passes. What values alone do not tell is noted on the way.
"""

import io
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from minsheng.kernel.archives import Bounds, Fault, Packed, opened
from minsheng.kernel.errors import Invalid, invalid


@dataclass(frozen=True)
class Limits:
    """How large a workbook may be."""

    megabytes: int = 5
    unpacked: int = 40 * 1024 * 1024
    rows: int = 5_000
    columns: int = 500
    cells: int = 400_000


USUAL = Limits()
LARGE = Limits(megabytes=20, unpacked=320 * 1024 * 1024, rows=100_100, columns=60, cells=2_500_000)
"""A whole city's month; the size of a request has its own limit."""

MAX_BYTES = USUAL.megabytes * 1024 * 1024
MAX_PARTS = 200
SMALL = 4096

_OLD = "这是旧版 .xls 或加了密的文件：请另存为不加密的 .xlsx"
_DAMAGED = "文件已损坏，或不是 .xlsx 工作簿"
_OTHER = "不是 .xlsx 工作簿；改扩展名不行，请在表格程序里另存为 .xlsx"

Place = tuple[int, int]
Attributes = dict[str, str]

_PLACE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


@dataclass
class Marks:
    """What the values of one sheet do not tell; places are row and column counted from zero."""

    percent: set[Place] = field(default_factory=set)
    uncomputed: set[Place] = field(default_factory=set)
    merged: list[tuple[Place, Place]] = field(default_factory=list)
    hidden_rows: int = 0

    def is_merged(self, row: int, column: int) -> bool:
        """Say whether a cell is part of merged ones."""
        return any(top <= row <= bottom and left <= column <= right for (top, left), (bottom, right) in self.merged)


def refused(code: str, message: str) -> Invalid:
    """Return the refusal of a whole file."""
    return invalid("", code, message)


class Check:
    """One file while it is looked through."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.cells = 0
        self.marks: dict[str, Marks] = {}
        self.sheets: list[tuple[str, str]] = []
        self.targets: dict[str, str] = {}
        self.percent: set[str] = set()

    def by_name(self) -> dict[str, Marks]:
        """Return the marks by the names of the sheets."""
        found = {}
        for name, key in self.sheets:
            path = posixpath.normpath(posixpath.join("/xl", self.targets.get(key, ""))).lstrip("/")
            found[name] = self.marks.get(path) or Marks()
        return found

    def file(self, content: bytes) -> None:
        """Look through every part.

        Raises:
            Invalid: it is no workbook, or one that is meant to do harm.
        """
        if len(content) > self.limits.megabytes * 1024 * 1024:
            raise refused("too-large", f"文件超过 {self.limits.megabytes} MB")
        old = content.startswith(b"\xd0\xcf\x11\xe0")

        def refuse(fault: Fault) -> Invalid:
            return {
                "broken": refused("no-workbook", _OLD if old else _OTHER),
                "many": refused("too-many-parts", "工作簿的部件太多"),
                "twins": refused("damaged", _DAMAGED),
                "path": refused("damaged", _DAMAGED),
                "size": refused("bomb", "工作簿解压后过大"),
                "ratio": refused("bomb", "工作簿解压后过大"),
            }[fault]

        bounds = Bounds(MAX_PARTS, self.limits.unpacked, SMALL)
        with opened(io.BytesIO(content), bounds, refuse) as packed:
            self._parts(packed)
        # The fast reader goes where the relations lead: only what was looked through may be there.
        if any(not self.targets.get(key, "x.xml").lower().endswith(".xml") for _, key in self.sheets):
            raise refused("damaged", _DAMAGED)

    def _parts(self, packed: Packed) -> None:
        if packed.programs:
            raise refused("macro", "工作簿含有宏，请另存为 .xlsx 后再上传")
        if "xl/workbook.xml" not in packed.names:
            raise refused("no-workbook", "不是 .xlsx 工作簿")

        def reader(name: str) -> Callable[[bytes], None]:
            # Pictures and printer settings are only counted.
            parser = self._parser(name) if name.lower().endswith((".xml", ".rels")) else None
            return lambda data: self._feed(parser, data, last=not data)

        # Styles come first: which cell shows percent is known by the number of its style.
        packed.unpack(reader, first="xl/styles.xml")

    def _feed(self, parser: "expat.XMLParserType | None", data: bytes, *, last: bool) -> None:
        if parser is None:
            return
        try:
            parser.Parse(data, last)
        except expat.ExpatError:
            raise refused("damaged", _DAMAGED) from None

    def _parser(self, name: str) -> "expat.XMLParserType":
        parser = expat.ParserCreate()
        parser.buffer_text = True

        def doctype(*_: object) -> None:
            raise refused("doctype", "工作簿含有不允许的声明")

        parser.StartDoctypeDeclHandler = doctype
        if name == "xl/workbook.xml":
            parser.StartElementHandler = self._workbook
        elif name == "xl/_rels/workbook.xml.rels":
            parser.StartElementHandler = self._relations
        elif name == "xl/styles.xml":
            parser.StartElementHandler = self._styles()
        else:
            self._sheet(parser, self.marks.setdefault(name, Marks()))
        return parser

    def _workbook(self, name: str, attributes: Attributes) -> None:
        if name.rpartition(":")[2] == "sheet":
            key = next((value for each, value in attributes.items() if each.endswith(":id")), "")
            self.sheets.append((attributes.get("name", ""), key))

    def _relations(self, _name: str, attributes: Attributes) -> None:
        if "Id" in attributes:
            self.targets[attributes["Id"]] = attributes.get("Target", "")

    def _styles(self) -> Callable[[str, Attributes], None]:
        formats = {"9", "10"}
        inside = False
        count = 0

        def start(name: str, attributes: Attributes) -> None:
            nonlocal inside, count
            kind = name.rpartition(":")[2]
            if kind == "numFmt" and "%" in attributes.get("formatCode", ""):
                formats.add(attributes.get("numFmtId", ""))
            elif kind in {"cellXfs", "cellStyles"}:
                inside = kind == "cellXfs"
            elif kind == "xf" and inside:
                if attributes.get("numFmtId") in formats:
                    self.percent.add(str(count))
                count += 1

        return start

    def _sheet(self, parser: "expat.XMLParserType", marks: Marks) -> None:  # noqa: C901 - one handler a kind
        """Count cells and note marks; called for each of a sheet's millions of elements, so each does little."""
        limits, percent = self.limits, self.percent
        # So short an address, after one letter, cannot lie beyond the last row.
        near = len(str(limits.rows))
        at = ""
        pending = False
        rows = 0

        def formula(_: Attributes) -> None:
            nonlocal pending
            if at:
                pending = True
                marks.uncomputed.add(_at(at))

        def row(attributes: Attributes) -> None:
            nonlocal rows
            rows += 1
            number = attributes.get("r", "1")
            if rows > limits.rows or not number.isdigit() or int(number[:9]) > limits.rows:
                raise refused("too-many-rows", f"工作表超过 {limits.rows} 行")
            marks.hidden_rows += attributes.get("hidden") in {"1", "true"}

        def merged(attributes: Attributes) -> None:
            first, _, last = attributes.get("ref", "").partition(":")
            if _PLACE.fullmatch(first) and _PLACE.fullmatch(last) and len(marks.merged) < MAX_PARTS:
                marks.merged.append((_at(first), _at(last)))

        kinds = {"f": formula, "row": row, "mergeCell": merged}
        most = limits.cells

        def start(name: str, attributes: Attributes) -> None:
            nonlocal at, pending
            if ":" in name:
                name = name.rpartition(":")[2]
            if name == "c":
                self.cells += 1
                if self.cells > most:
                    raise refused("too-many-cells", "工作表的单元格太多")
                pending = False
                at = attributes.get("r", "")
                if at and not (len(at) <= near and at[1:].isdigit() and "A" <= at[0] <= "Z"):
                    self._within(at)
                if percent and at and attributes.get("s") in percent:
                    marks.percent.add(_at(at))
            elif name == "v":
                if pending:
                    marks.uncomputed.discard(_at(at))
            elif (do := kinds.get(name)) is not None:
                do(attributes)

        parser.StartElementHandler = start

    def _within(self, at: str) -> None:
        found = _PLACE.fullmatch(at)
        if found is None or int(found[2]) > self.limits.rows or _number(found[1]) > self.limits.columns:
            message = f"工作表超过 {self.limits.rows} 行或 {self.limits.columns} 列"
            raise refused("too-wide", message)


def _at(name: str) -> Place:
    found = _PLACE.fullmatch(name)
    return (int(found[2]) - 1, _number(found[1]) - 1) if found else (-1, -1)


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
