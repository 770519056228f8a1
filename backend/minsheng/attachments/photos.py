"""Images: where their content ends, what they say about time and place, and small pictures of them."""

import mmap
import re
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image, ImageOps

SIDE = 320
"""The longer side of a thumbnail, in pixels."""
DECODED_PIXELS = 24_000_000
"""Of formats that cannot be decoded small, images up to here get a thumbnail."""

_TAKEN = re.compile(r"\d{4}:\d{2}:\d{2} \d{2}:\d{2}:\d{2}")


def end_of(content: mmap.mmap) -> int | None:
    """Return where the image in a file ends, by its own structure; nothing when it does not."""
    if content[:2] == b"\xff\xd8":
        return _end_of_jpeg(content)
    if content[:4] == b"RIFF":
        end = 8 + int.from_bytes(content[4:8], "little")
        return end if end <= len(content) else None
    return _end_of_png(content)


def _end_of_jpeg(content: mmap.mmap) -> int | None:
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker == 0xD9:
            return at + 2
        elif marker == 0xDA:
            # In the coded data a marker byte is followed by zero, so the first end that is found is the end.
            end = content.find(b"\xff\xd9", at)
            return end + 2 if end >= 0 else None
        elif 0xD0 <= marker <= 0xD8 or marker == 0x01:
            at += 2
        else:
            at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return None


def _end_of_png(content: mmap.mmap) -> int | None:
    at = 8
    while at + 12 <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        name = content[at + 4 : at + 8]
        at += 12 + length
        if name == b"IEND":
            return at if at <= len(content) else None
    return None


def said(image: Image.Image) -> tuple[str | None, str | None]:
    """Return when and where a photo says it was taken, as text; neither is ever asked for."""
    taken = place = None
    # What a camera writes is often half wrong; a photo is no worse for it.
    with suppress(Exception):
        exif = image.getexif()
        details = exif.get_ifd(ExifTags.IFD.Exif)
        written = str(details.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime) or "")
        if _TAKEN.fullmatch(written):
            taken = written.replace(":", "-", 2)
        place = _place(exif.get_ifd(ExifTags.IFD.GPSInfo))
    return taken, place


def _place(gps: dict[int, Any]) -> str | None:
    """Return latitude and longitude in degrees, as "27.994270, 120.699370"."""

    def degrees(at: int, side: str) -> float | None:
        parts = gps.get(at)
        if not parts:
            return None
        whole = sum((float(part) / 60.0**power for power, part in enumerate(parts[:3])), 0.0)
        return -whole if gps.get(at - 1) == side else whole

    latitude = degrees(ExifTags.GPS.GPSLatitude, "S")
    longitude = degrees(ExifTags.GPS.GPSLongitude, "W")
    if latitude is None or longitude is None or not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return None
    return f"{latitude:.6f}, {longitude:.6f}"


def thumbnail(path: Path) -> bytes | None:
    """Return a small JPEG of an image, turned upright and without anything the photo says; nothing if it is too big."""
    with Image.open(path, formats=["JPEG", "PNG", "WEBP"]) as image:
        # A JPEG is decoded small, unless it is progressive.
        small = image.format in {"JPEG", "MPO"} and not image.info.get("progressive")
        if not small and image.size[0] * image.size[1] > DECODED_PIXELS:
            return None
        image.draft("RGB", (SIDE * 2, SIDE * 2))
        image.thumbnail((SIDE, SIDE))
        upright = ImageOps.exif_transpose(image)
        flat = Image.new("RGB", upright.size, "white")
        rich = upright.convert("RGBA")
        flat.paste(rich, mask=rich.getchannel("A"))
        out = BytesIO()
        flat.save(out, "JPEG", quality=80)
        return out.getvalue()
