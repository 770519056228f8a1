"""Files that should be let in, and files that should not: each made here, byte by byte, so that none lies about."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

TYPES = b'<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
PART = b'<?xml version="1.0" encoding="UTF-8"?><a/>'
BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;</a>'


def image(kind: str = "JPEG", size: tuple[int, int] = (64, 48), **kwargs: Any) -> bytes:
    """Return a small picture."""
    out = io.BytesIO()
    Image.new("RGB", size, (30, 90, 160)).save(out, kind, **kwargs)
    return out.getvalue()


def photo() -> bytes:
    """Return a picture that says when and where it was taken."""
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2026:11:05 10:20:30"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (27.0, 59.0, 39.372)
    gps[3], gps[4] = "E", (120.0, 41.0, 57.732)
    return image(exif=exif)


def packed(more: dict[str, bytes] | None = None, main: str = "word/document.xml") -> bytes:
    """Return a document with the given further parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {"[Content_Types].xml": TYPES, main: PART, **(more or {})}.items():
            archive.writestr(name, content)
    return out.getvalue()


def pdf(extra: bytes = b"") -> bytes:
    """Return a small PDF."""
    return b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog " + extra + b" >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def huge_png() -> bytes:
    """Return a PNG of a few kilobytes that would decode to ten gigabytes."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(bytes(1_000_000)))
        + _chunk(b"IEND", b"")
    )


def lying() -> bytes:
    """Return a document of which a part says it has ten bytes, and has a million."""
    whole = bytearray(packed({"word/more.xml": b"<a>" + b"x" * 1_000_000 + b"</a>"}))
    real = struct.pack("<I", 1_000_007)
    at = whole.find(real)
    while at >= 0:
        whole[at : at + 4] = struct.pack("<I", 10)
        at = whole.find(real, at + 4)
    return bytes(whole)


def linked() -> bytes:
    """Return a document with a symbolic link in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("[Content_Types].xml", "word/document.xml"):
            archive.writestr(name, PART)
        link = zipfile.ZipInfo("word/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return out.getvalue()


def doubled() -> bytes:
    """Return a document with two parts of one name."""
    raw = bytearray(packed({"word/documenx.xml": PART}))
    at = raw.find(b"word/documenx.xml")
    while at >= 0:
        raw[at : at + 17] = b"word/document.xml"
        at = raw.find(b"word/documenx.xml")
    return bytes(raw)


GOOD: dict[str, tuple[Callable[[], bytes], str, str]] = {
    # what: content, name given, kind found
    "jpeg": (image, "现场.jpg", "image/jpeg"),
    "photo": (photo, "IMG_1.JPG", "image/jpeg"),
    "two pictures in one": (lambda: image() + image(), "双镜头.jpg", "image/jpeg"),
    "png": (lambda: image("PNG"), "图.png", "image/png"),
    "webp": (lambda: image("WEBP"), "图.webp", "image/webp"),
    "pdf": (pdf, "通知.pdf", "application/pdf"),
    "docx": (packed, "说明.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": (
        lambda: packed(main="xl/workbook.xml"),
        "台账.xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "text": ("路面已浇筑 3 公里。\n".encode, "记录.txt", "text/plain"),
    "text of an old PC": (lambda: "路面已浇筑三公里。\n".encode("gb18030"), "记录.txt", "text/plain"),
    "csv": ("村,户数\n东村,12\n西村,30\n".encode, "户数.csv", "text/csv"),
}
"""The control: a good file of each kind."""

HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    # what: content, why it is refused
    "nothing": (lambda: b"", "empty"),
    "zip bomb": (lambda: packed({"word/more.xml": bytes(120_000_000)}), "bomb"),
    "tight zip": (lambda: packed({"word/more.bin": bytes(50_000_000)}), "bomb"),
    "zip in zip": (lambda: packed({"inner2.zip": packed()}, "inner.zip"), "kind"),
    "lying size": (lying, "broken"),
    "entity bomb": (lambda: packed({"xl/sharedStrings.xml": BOMB}, "xl/workbook.xml"), "entity"),
    "entity bomb in UTF-16": (lambda: packed({"word/x.xml": BOMB.decode().encode("utf-16")}), "entity"),
    "image bomb": (huge_png, "pixels"),
    "cut image": (lambda: image("PNG")[:-20], "broken"),
    "cut photo": (lambda: photo()[:-2], "broken"),
    "picture and archive": (lambda: image() + packed(), "polyglot"),
    "picture and page": (lambda: image("PNG") + b"<html><script>alert(1)</script>", "polyglot"),
    "picture and PDF": (lambda: image("WEBP") + pdf(), "polyglot"),
    "PDF and archive": (lambda: pdf() + packed() + b"%%EOF", "polyglot"),
    "PDF with a script": (lambda: pdf(b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"), "active"),
    "PDF that starts a program": (lambda: pdf(b"/OpenAction << /S /Launch /F (cmd.exe) >>"), "active"),
    "half a PDF": (lambda: pdf()[:40], "broken"),
    "macros": (lambda: packed({"word/vbaProject.bin": b"x"}), "active"),
    "path names": (lambda: packed({"../../etc/cron.d/x": PART}), "path"),
    "absolute path": (lambda: packed({"/etc/passwd": PART}), "path"),
    "path of Windows": (lambda: packed({"C:\\Windows\\x": PART}), "path"),
    "link": (linked, "path"),
    "one name twice": (doubled, "archive"),
    "many parts": (lambda: packed({f"word/{number}.xml": b"" for number in range(5001)}), "archive"),
    "half a document": (lambda: packed()[:-30], "broken"),
    "SVG": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "markup"),
    "page": (lambda: b"hello\n<!doctype html><script>1</script>", "markup"),
    "program": (lambda: b"MZ\x90\x00\x03", "kind"),
    "old Word": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "kind"),
    "HEIC": (lambda: b"\0\0\0\x18ftypheic" + bytes(64), "kind"),
    "GIF": (lambda: image("GIF"), "kind"),
    "noise": (lambda: bytes(range(256)) * 40, "kind"),
    "wide text": (lambda: "文".encode("utf-16"), "kind"),
}
"""What is refused, and by which reason."""
