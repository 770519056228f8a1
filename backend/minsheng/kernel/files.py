"""Files by content: what has one SHA-256 is kept once, under that name and no other.

An upload is a growing file of one person until its hash agrees; only then may it be kept. Nothing here trusts a name,
a size or a hash that somebody declared.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from starlette.responses import StreamingResponse

from minsheng.kernel import clock
from minsheng.kernel.errors import Conflict, NotFound, Problem, invalid

STALE = timedelta(hours=48)
"""An upload that nobody has continued for so long is dropped."""
MOST_UPLOADS = 20
"""So many uploads may one person have under way; beginning another gives up the one that rested longest."""
PIECE = 256 * 1024

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class WrongOffset(Conflict):
    """The upload stands elsewhere; ``offset`` says where to go on."""

    code, title = "wrong-offset", "续传位置不对"


class RangeNotSatisfiable(Problem):
    """The range lies behind the end of the file."""

    status, code, title = 416, "range-not-satisfiable", "请求的范围超出文件"


@dataclass(frozen=True)
class Upload:
    """How far an upload has come.

    Attributes:
        found: what was found out about the content once it was whole; the feature that looked at it says what.
    """

    sha256: str
    size: int
    offset: int
    found: dict[str, Any] | None

    @property
    def complete(self) -> bool:
        """Whether all of it is there and was looked at."""
        return self.offset == self.size and self.found is not None


class FileStore:
    """The folder of an installation's files."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        """Return where a content lies or would lie."""
        return self.root / "content" / sha256[:2] / sha256

    def derived(self, sha256: str, ending: str) -> Path:
        """Return where something made from a content is kept, which may be made again at any time."""
        return self.root / "derived" / sha256[:2] / f"{sha256}{ending}"

    # Uploads

    def part(self, owner: UUID, sha256: str) -> Path:
        """Return the growing file of an upload."""
        return self.root / "uploads" / str(owner) / f"{sha256}.part"

    def _note(self, owner: UUID, sha256: str) -> Path:
        return self.part(owner, sha256).with_suffix(".json")

    def begin(self, owner: UUID, sha256: str, size: int) -> Upload:
        """Begin an upload, or return how far an earlier one has come.

        Raises:
            Invalid: the earlier one declared another size.
        """
        self.sweep()
        known = self.upload(owner, sha256)
        if known is not None:
            if known.size != size:
                raise invalid("/size", "other-size", f"同一文件先前声明为 {known.size} 字节。")
            return known
        folder = self.part(owner, sha256).parent
        folder.mkdir(parents=True, exist_ok=True)
        resting = sorted(folder.glob("*.part"), key=lambda each: each.stat().st_mtime)
        for each in resting[: max(0, len(resting) + 1 - MOST_UPLOADS)]:
            self.drop(owner, each.stem)
        self._write_note(owner, sha256, {"size": size, "found": None})
        self.part(owner, sha256).touch(mode=0o600)
        return Upload(sha256, size, 0, None)

    def upload(self, owner: UUID, sha256: str) -> Upload | None:
        """Return how far a person's upload has come, if there is one."""
        try:
            note = json.loads(self._note(owner, sha256).read_text(encoding="utf-8"))
            offset = self.part(owner, sha256).stat().st_size
        except FileNotFoundError:
            return None
        return Upload(sha256, note["size"], offset, note["found"])

    def append(self, owner: UUID, sha256: str, offset: int, piece: bytes) -> Upload:
        """Add a piece at the place where the upload stands; the last one is followed by the hash.

        Raises:
            NotFound: it was not begun, or dropped.
            WrongOffset: it stands elsewhere.
            Invalid: more came than was declared, or the hash disagrees; the upload is dropped.
        """
        now = self.upload(owner, sha256)
        if now is None:
            raise NotFound("没有这个上传，请重新开始。")
        if offset != now.offset:
            raise WrongOffset(f"已收到 {now.offset} 字节，请从那里继续。", extra={"offset": now.offset})
        if offset + len(piece) > now.size:
            self.drop(owner, sha256)
            raise invalid("Upload-Offset", "longer-than-declared", f"内容超过声明的 {now.size} 字节。")
        with self.part(owner, sha256).open("r+b") as file:
            file.seek(offset)
            file.write(piece)
        reached = offset + len(piece)
        if reached == now.size and digest(self.part(owner, sha256)) != sha256:
            self.drop(owner, sha256)
            raise invalid("sha256", "hash-mismatch", "内容与声明的 SHA-256 不符，请重新上传。")
        return Upload(sha256, now.size, reached, now.found)

    def note(self, owner: UUID, sha256: str, found: dict[str, Any]) -> Upload:
        """Write down what was found out about a whole upload."""
        size = self.part(owner, sha256).stat().st_size
        self._write_note(owner, sha256, {"size": size, "found": found})
        return Upload(sha256, size, size, found)

    def _write_note(self, owner: UUID, sha256: str, note: dict[str, Any]) -> None:
        target = self._note(owner, sha256)
        part = target.with_suffix(".tmp")
        part.write_text(json.dumps(note), encoding="utf-8")
        part.replace(target)

    def drop(self, owner: UUID, sha256: str) -> None:
        """Forget an upload and what came of it."""
        self.part(owner, sha256).unlink(missing_ok=True)
        self._note(owner, sha256).unlink(missing_ok=True)

    def keep(self, owner: UUID, sha256: str) -> None:
        """Move a whole upload among the contents; one that is there already stays."""
        source, target = self.part(owner, sha256), self.path(sha256)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            with source.open("rb") as file:
                os.fsync(file.fileno())
            source.chmod(0o600)
            source.replace(target)
            _sync(target.parent)
        self.drop(owner, sha256)

    def sweep(self) -> None:
        """Drop uploads that nobody has continued for long."""
        before = (clock.now() - STALE).timestamp()
        for each in (self.root / "uploads").glob("*/*"):
            if each.stat().st_mtime < before:
                each.unlink(missing_ok=True)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def serve(request: Request, path: Path, etag: str, media_type: str, disposition: str) -> Response:
    """Answer with a file, or a range of it, or that the reader has it already.

    The content is somebody else's, so it is never let to run: its type is what was found in it, browsers may not guess
    another, and a page that opens it gives it nothing.

    Raises:
        RangeNotSatisfiable: the range lies behind the end.
    """
    tag = f'"{etag}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "private, no-cache",
        "Accept-Ranges": "bytes",
        "Content-Disposition": disposition,
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    }
    if tag in [each.strip() for each in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    size = path.stat().st_size
    start, stop, status = 0, size, 200
    wanted = _RANGE.fullmatch(request.headers.get("range", "").strip())
    if wanted and wanted[0] != "bytes=-" and request.headers.get("if-range", tag) == tag:
        first, last = wanted.groups()
        start = int(first) if first else max(0, size - int(last))
        stop = min(size, int(last) + 1) if first and last else size
        if start >= stop:
            raise RangeNotSatisfiable(f"文件共 {size} 字节。", headers={"Content-Range": f"bytes */{size}"})
        status = 206
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    headers["Content-Length"] = str(stop - start)
    return StreamingResponse(_pieces(path, start, stop), status, headers, media_type)


def _pieces(path: Path, start: int, stop: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while start < stop:
            piece = file.read(min(PIECE, stop - start))
            if not piece:
                break
            start += len(piece)
            yield piece
