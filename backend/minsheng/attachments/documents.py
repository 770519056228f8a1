"""Packed documents (DOCX, XLSX) as evidence: what they are, and that no XML in them grows when it is read."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from minsheng.attachments.refusals import FileRefused, refused
from minsheng.kernel.archives import Bounds, Fault, Packed, opened

MOST_PARTS = 5000
SMALL = 1024 * 1024
"""Below it a high ratio does no harm."""

_ENTITY = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENTITY_WIDE = re.compile(
    b"<\0!\0(?:D\0O\0C\0T\0Y\0P\0E|E\0N\0T\0I\0T\0Y)|\0<\0!(?:\0D\0O\0C\0T\0Y\0P\0E|\0E\0N\0T\0I\0T\0Y)", re.IGNORECASE
)


def kind_of(path: Path, unpacked: int) -> Literal["word", "excel"]:
    """Return which document a packed file is.

    Raises:
        FileRefused: it is another archive, carries programs, has names that lead elsewhere, says it is smaller than it
            is, or unpacks to more than ``unpacked`` bytes.
    """

    def refuse(fault: Fault) -> FileRefused:
        return {
            "broken": refused("broken", "文档不完整、加了密或已损坏。"),
            "many": refused("archive", f"文档里的部件超过 {MOST_PARTS} 个，太多了。"),
            "twins": refused("archive", "文档里有同名的部件。"),
            "path": refused("path", "文档里的部件名或链接指向别处。"),
            "size": refused("bomb", f"文档展开后超过 {unpacked // 1024**2} MiB。"),
            "ratio": refused("bomb", "文档的压缩比不正常。"),
        }[fault]

    with opened(path, Bounds(MOST_PARTS, unpacked, SMALL), refuse) as packed:
        kind = _kind(packed)
        _contents(packed)
    return kind


def _kind(packed: Packed) -> Literal["word", "excel"]:
    if "[Content_Types].xml" in packed.names:
        if packed.programs:
            raise refused("active", "文档里有宏或程序，请另存为不带宏的文档再传。")
        if "word/document.xml" in packed.names:
            return "word"
        if "xl/workbook.xml" in packed.names:
            return "excel"
    raise refused("kind", "压缩包不能作为附件，请解开后分别上传。")


def _contents(packed: Packed) -> None:
    """Unpack everything, keeping nothing; no XML may define entities."""

    def reader(name: str) -> Callable[[bytes], None]:
        markup = name.lower().endswith((".xml", ".rels", ".vml"))
        tail = b""

        def feed(piece: bytes) -> None:
            nonlocal tail
            if markup and (_ENTITY.search(tail + piece) or _ENTITY_WIDE.search(tail + piece)):
                raise refused("entity", "文档里的 XML 定义了实体，可能展开成巨大的内容。")
            tail = piece[-64:]

        return feed

    packed.unpack(reader)
