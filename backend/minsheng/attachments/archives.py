"""Packed documents (DOCX, XLSX): looked through before they are kept, by what they say and by what they are."""

import re
import zipfile
import zlib
from pathlib import Path
from typing import Literal

from minsheng.attachments.refusals import refused

MOST_PARTS = 5000
MOST_RATIO = 200
"""No part of an honest document is packed tighter than this."""
SMALL = 1024 * 1024
"""Below it a high ratio does no harm."""
PIECE = 256 * 1024

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
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _names(parts)
            _sizes(parts, unpacked)
            kind = _kind({part.filename for part in parts})
            _contents(archive, parts, unpacked)
    except (
        zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError,
        ValueError,
    ) as error:  # fmt: skip
        raise refused("broken", "文档不完整、加了密或已损坏。") from error
    return kind


def _names(parts: list[zipfile.ZipInfo]) -> None:
    names = [part.filename for part in parts]
    if len(names) > MOST_PARTS:
        raise refused("archive", f"文档里有 {len(names)} 个部件，太多了。")
    if len(set(names)) < len(names):
        raise refused("archive", "文档里有同名的部件。")
    for part in parts:
        name = part.orig_filename
        steps = name.replace("\\", "/").split("/")
        if ".." in steps or name.startswith(("/", "\\")) or ":" in name or "\0" in name or "\\" in name:
            raise refused("path", "文档里的部件名指向别处。")
        if part.external_attr >> 16 & 0o170000 == 0o120000:
            raise refused("path", "文档里有指向别处的链接。")


def _sizes(parts: list[zipfile.ZipInfo], unpacked: int) -> None:
    if sum(part.file_size for part in parts) > unpacked:
        raise refused("bomb", f"文档展开后超过 {unpacked // 1024**2} MiB。")
    for part in parts:
        if part.file_size > SMALL and part.file_size > MOST_RATIO * max(part.compress_size, 1):
            raise refused("bomb", "文档的压缩比不正常。")


def _kind(names: set[str]) -> Literal["word", "excel"]:
    if "[Content_Types].xml" in names:
        if any(name.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js", ".vbs")) for name in names):
            raise refused("active", "文档里有宏或程序，请另存为不带宏的文档再传。")
        if "word/document.xml" in names:
            return "word"
        if "xl/workbook.xml" in names:
            return "excel"
    raise refused("kind", "压缩包不能作为附件，请解开后分别上传。")


def _contents(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], unpacked: int) -> None:
    """Unpack everything, keeping nothing: sizes and checksums must agree, and no XML may define entities."""
    total = 0
    for part in parts:
        markup = part.filename.lower().endswith((".xml", ".rels", ".vml"))
        tail = b""
        with archive.open(part) as stream:
            while piece := stream.read(PIECE):
                total += len(piece)
                if total > unpacked:
                    raise refused("bomb", f"文档展开后超过 {unpacked // 1024**2} MiB。")
                if markup and (_ENTITY.search(tail + piece) or _ENTITY_WIDE.search(tail + piece)):
                    raise refused("entity", "文档里的 XML 定义了实体，可能展开成巨大的内容。")
                tail = piece[-64:]
