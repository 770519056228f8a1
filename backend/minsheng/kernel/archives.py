"""Packed files from outside (workbooks, documents): looked through by what they say and by what they are.

The one place that unpacks what nobody trusts. Names, count and sizes are asked before anything is unpacked; unpacking
keeps nothing, stops at the limit whatever the archive says of itself, and is over when its reader says so. What the
parts hold is for the reader to judge.
"""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

MOST_RATIO = 200
"""No part of an honest file is packed tighter than this."""
PIECE = 256 * 1024
PROGRAMS = ("vbaproject.bin", ".exe", ".dll", ".js", ".vbs")

Fault = Literal["broken", "many", "twins", "path", "size", "ratio"]

_BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError,
    ValueError,
)  # fmt: skip
"""What the standard library says of damage; RuntimeError is what an encrypted part says."""


class HarmfulError(Exception):
    """An archive that is damaged or meant to do harm; whoever asked says so in his own words."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault: Fault = fault


@dataclass(frozen=True)
class Bounds:
    """How much an archive may be.

    Attributes:
        parts: the most parts.
        unpacked: the most bytes of all parts together.
        small: so many bytes a part may have however tightly it is packed.
    """

    parts: int
    unpacked: int
    small: int


class Packed:
    """An archive whose names and sizes were looked at."""

    def __init__(self, archive: zipfile.ZipFile, bounds: Bounds) -> None:
        self._archive = archive
        self._bounds = bounds
        self.parts = archive.infolist()
        self.names = {part.filename for part in self.parts}

    @property
    def programs(self) -> bool:
        """Say whether it carries macros or programs."""
        return any(name.lower().endswith(PROGRAMS) for name in self.names)

    def look(self) -> None:
        """Look at what the archive says of its parts.

        Raises:
            HarmfulError: names that lead elsewhere or come twice, or more than is let in.
        """
        if len(self.parts) > self._bounds.parts:
            raise HarmfulError("many")
        if len(self.names) < len(self.parts):
            raise HarmfulError("twins")
        for part in self.parts:
            name = part.orig_filename
            steps = name.replace("\\", "/").split("/")
            link = part.external_attr >> 16 & 0o170000 == 0o120000
            if link or ".." in steps or name.startswith("/") or any(mark in name for mark in "\\:\0"):
                raise HarmfulError("path")
            if part.file_size > self._most(part):
                raise HarmfulError("ratio")
        if sum(part.file_size for part in self.parts) > self._bounds.unpacked:
            raise HarmfulError("size")

    def _most(self, part: zipfile.ZipInfo) -> int:
        return self._bounds.small + MOST_RATIO * max(part.compress_size, 1)

    def unpack(self, reader: Callable[[str], Callable[[bytes], None]], *, first: str | None = None) -> None:
        """Feed each part piece by piece to the reader made for it, and nothing at its end.

        Sizes and checksums must agree. The part of the name ``first`` comes before all others.

        Raises:
            HarmfulError: there is more than the archive says or than is let in.
        """
        total = 0
        for part in sorted(self.parts, key=lambda each: each.filename != first):
            if part.is_dir():
                continue
            feed, size = reader(part.filename), 0
            with self._archive.open(part) as stream:
                while piece := stream.read(PIECE):
                    size += len(piece)
                    total += len(piece)
                    if total > self._bounds.unpacked:
                        raise HarmfulError("size")
                    if size > self._most(part):
                        raise HarmfulError("ratio")
                    feed(piece)
            feed(b"")


@contextmanager
def opened(source: Path | IO[bytes], bounds: Bounds, refuse: Callable[[Fault], Exception]) -> Iterator[Packed]:
    """Open an archive to look through; its faults become the refusals of whoever asks.

    Whatever the block itself raises of its own goes through, unless it is what the standard library says of damage.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            packed = Packed(archive, bounds)
            packed.look()
            yield packed
    except HarmfulError as fault:
        raise refuse(fault.fault) from None
    except _BROKEN as error:
        raise refuse("broken") from error
