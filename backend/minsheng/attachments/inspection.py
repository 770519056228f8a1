"""What a file is, found in its content: the few kinds that are let in, and why everything else is not.

A file is refused within a second: sizes are asked before anything is unpacked, and unpacking stops at the limit.
Whatever a file is called, and whatever its sender says it is, counts for nothing.
"""

import mmap
import re
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from minsheng.attachments import documents, photos
from minsheng.attachments.refusals import refused

# Our own limit is asked of the header before anything is decoded; Pillow's warns instead of refusing.
Image.MAX_IMAGE_PIXELS = None

JPEG, PNG, WEBP, PDF = "image/jpeg", "image/png", "image/webp", "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT, CSV = "text/plain", "text/csv"
ENDINGS = {
    JPEG: (".jpg", ".jpeg"),
    PNG: (".png",),
    WEBP: (".webp",),
    PDF: (".pdf",),
    DOCX: (".docx",),
    XLSX: (".xlsx",),
    TEXT: (".txt", ".md", ".log"),
    CSV: (".csv",),
}
"""Every kind that is let in, with the endings its name may have; the first is given to a name with another."""
ALLOWED = "JPEG、PNG、WebP 图片，PDF，Word（.docx），Excel（.xlsx），纯文本和 CSV"

KNOWN = (
    (b"GIF8", "GIF 图片"),
    (b"BM", "BMP 图片"),
    (b"\xd0\xcf\x11\xe0", "旧版 Office 文件，请另存为 .docx 或 .xlsx"),
    (b"{\\rtf", "RTF 文件"),
    (b"MZ", "程序文件"),
    (b"\x7fELF", "程序文件"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"),
)
"""Beginnings that are recognised only to say what came instead."""

_MARKUP = re.compile(
    rb"<\s*(?:!doctype|!entity|html|head|body|script|iframe|object|embed|svg|img|\?xml|\?php)", re.IGNORECASE
)
# Phones append a second picture or a few seconds of film; only words too long to come about by chance are looked for.
_APPENDED = re.compile(rb"%PDF-|<(?:!doctype|html|script|iframe|\?xml|\?php)", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_PDF_ACTIVE = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFile|RichMedia)")


@dataclass(frozen=True)
class Limits:
    """What the installation takes.

    Attributes:
        pixels: the most an image may have.
        unpacked: bytes that a packed document may unpack to.
    """

    pixels: int
    unpacked: int


@dataclass(frozen=True)
class Found:
    """What a file turned out to be."""

    media_type: str
    charset: str | None = None
    width: int | None = None
    height: int | None = None
    taken_at: str | None = None
    place: str | None = None

    def as_note(self) -> dict[str, Any]:
        """Return it as it is written beside an upload."""
        return asdict(self)


def inspect(path: Path, limits: Limits) -> Found:
    """Return what a file is.

    Raises:
        FileRefused: it is empty, of no kind that is let in, two things at once, or more than it seems.
    """
    if path.stat().st_size == 0:
        raise refused("empty", "文件是空的。")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        looks: tuple[tuple[bytes, Callable[[Path, mmap.mmap, Limits], Found]], ...] = (
            (b"\xff\xd8\xff", _image),
            (b"\x89PNG\r\n\x1a\n", _image),
            (b"%PDF-", _pdf),
            (b"PK\x03\x04", _office),
        )
        for beginning, look in looks:
            if content[: len(beginning)] == beginning:
                return look(path, content, limits)
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            return _image(path, content, limits)
        if content[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc"}:
            raise refused("kind", "HEIC 照片暂不支持，请在手机上选“兼容性最佳”或转成 JPEG 再传。")
        for beginning, name in KNOWN:
            if content[: len(beginning)] == beginning:
                raise refused("kind", f"这是{name}；可以上传的有：{ALLOWED}。")
        return _text(content)


def _image(path: Path, content: mmap.mmap, limits: Limits) -> Found:
    end = photos.end_of(content)
    if end is None:
        raise refused("broken", "图片不完整或已损坏。")
    if zipfile.is_zipfile(path) or _APPENDED.search(content, end):
        raise refused("polyglot", "图片后面还藏着别的文件。")
    try:
        with Image.open(path, formats=["JPEG", "PNG", "WEBP"]) as image:
            width, height = image.size
            if width * height > limits.pixels:
                raise refused("pixels", f"图片有 {width}×{height} 像素，上限为 {limits.pixels // 10_000} 万像素。")
            kind = {"JPEG": JPEG, "MPO": JPEG, "PNG": PNG, "WEBP": WEBP}[str(image.format)]
            taken_at, place = photos.said(image)
    except (OSError, ValueError, SyntaxError, KeyError, OverflowError) as error:
        raise refused("broken", "图片不完整或已损坏。") from error
    return Found(kind, None, width, height, taken_at, place)


def _pdf(path: Path, content: mmap.mmap, _limits: Limits) -> Found:
    if content.rfind(b"%%EOF", max(0, len(content) - 2048)) < 0:
        raise refused("broken", "PDF 不完整或已损坏。")
    if zipfile.is_zipfile(path):
        raise refused("polyglot", "PDF 里还藏着一个压缩包。")
    if _PDF_ACTIVE.search(content):
        raise refused("active", "PDF 里有脚本、可执行动作或内嵌文件，请另存为普通 PDF 再传。")
    return Found(PDF)


def _office(path: Path, _content: mmap.mmap, limits: Limits) -> Found:
    return Found({"word": DOCX, "excel": XLSX}[documents.kind_of(path, limits.unpacked)])


def _text(content: mmap.mmap) -> Found:
    """Return plain text; whether it is a table is said by its lines."""
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"} or _CONTROL.search(content):
        raise refused("kind", f"认不出这个文件；可以上传的有：{ALLOWED}。")
    if _MARKUP.search(content):
        raise refused("markup", "网页、SVG 或带标记的文本不能作为附件。")
    whole = content[:]
    for charset in ("utf-8", "gb18030"):
        try:
            text = whole.decode(charset)
        except UnicodeDecodeError:
            continue
        lines = [line for line in text[:4000].splitlines()[:5] if line.strip()]
        commas = {line.count(",") for line in lines}
        table = len(lines) > 1 and len(commas) == 1 and commas != {0}
        return Found(CSV if table else TEXT, charset)
    raise refused("kind", f"认不出这个文件；可以上传的有：{ALLOWED}。")
