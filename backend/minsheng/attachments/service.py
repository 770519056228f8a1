"""What is done with attachments: looked at, hung on a report or a milestone, voided."""

import shlex
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import col, func, select

from minsheng.attachments import inspection, names, photos
from minsheng.attachments.models import Attachment
from minsheng.attachments.refusals import refused
from minsheng.attachments.schemas import AttachmentIn
from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Conflict, Locked, TooLarge, Unavailable
from minsheng.kernel.files import FileStore, Upload
from minsheng.kernel.settings import Settings
from minsheng.milestones.models import Milestone
from minsheng.reports.models import Report

MOST_AT_ONE_PLACE = 50

_one_picture_at_a_time = threading.Lock()


class NotUploaded(Conflict):
    """The content is not there yet, or not whole: upload it first."""

    code, title = "not-uploaded", "文件还没有上传"


class NoThumbnail(Conflict):
    """There is no small picture of this file."""

    code, title = "no-thumbnail", "没有缩略图"


@dataclass(frozen=True)
class Place:
    """Where the files of this installation lie, and what it takes."""

    store: FileStore
    settings: Settings

    @classmethod
    def of(cls, settings: Settings) -> "Place":
        """Return the place of an installation."""
        return cls(FileStore(settings.data_dir / "files"), settings)

    @property
    def limits(self) -> inspection.Limits:
        """What is asked of a content."""
        return inspection.Limits(self.settings.image_pixels, self.settings.file_unpacked_bytes)


def begin(place: Place, owner: UUID, sha256: str, size: int) -> Upload:
    """Begin an upload or return how far it has come.

    Raises:
        TooLarge: more than the installation takes.
    """
    if size > place.settings.file_bytes:
        raise TooLarge(f"附件不能超过 {place.settings.file_bytes / 1024**2:g} MiB。")
    return place.store.begin(owner, sha256, size)


def append(place: Place, owner: UUID, sha256: str, offset: int, piece: bytes) -> Upload:
    """Add a piece; after the last one the content is looked at, and a hostile file is gone before the answer.

    Raises:
        FileRefused: the content is not let in.
    """
    store = place.store
    now = store.append(owner, sha256, offset, piece)
    if now.offset < now.size or now.found is not None:
        return now
    path = store.part(owner, sha256)
    try:
        found = inspection.inspect(path, place.limits)
        scan(path, place.settings)
    except BaseException:
        store.drop(owner, sha256)
        raise
    return store.note(owner, sha256, found.as_note())


def scan(path: Path, settings: Settings) -> None:
    """Ask the installation's virus scanner, if it has one.

    Raises:
        FileRefused: it found something.
        Unavailable: it did not answer; nothing is let in unseen.
    """
    if not settings.scan_command:
        return
    try:
        done = subprocess.run(  # noqa: S603 - the command is the installation's own, the path is ours
            [*shlex.split(settings.scan_command), str(path)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=settings.scan_seconds,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable("查毒程序没有答复，文件没有保存，请稍后再传。") from error
    if done.returncode == 1:
        raise refused("virus", "查毒程序认为文件有害。")
    if done.returncode != 0:
        raise Unavailable("查毒程序出错，文件没有保存，请稍后再传。")


def attach(session: Session, place: Place, body: AttachmentIn) -> Attachment:
    """Hang an uploaded file on a report or a milestone; what hangs there already is returned as it is.

    Raises:
        NotFound: report or milestone is not visible.
        Locked: the report was handed in, or the milestone is not fixed.
        Conflict: too many hang there.
        NotUploaded: the content is not there.
    """
    above = _above(session, body)
    where = Attachment.report_id == body.report_id if body.report_id else Attachment.milestone_id == body.milestone_id
    standing = session.exec(
        select(Attachment).where(where, Attachment.sha256 == body.sha256, Attachment.status == "active")
    ).first()
    if standing is not None:
        session.require(standing)
        return standing
    owner = session.who.user_id
    upload = place.store.upload(owner, body.sha256)
    found = upload.found if upload is not None and upload.complete else _seen(session, place, body.sha256)
    row = Attachment(
        report_id=body.report_id,
        milestone_id=body.milestone_id,
        programme_id=above.programme_id,
        item_id=above.item_id,
        unit_id=above.unit_id,
        name=body.name,
        sha256=body.sha256,
        size=0,
        media_type="",
        added_by=owner,
    )
    session.require(row)
    if isinstance(above, Report):
        ready_for_change(session, row)
    if session.exec(select(func.count()).select_from(Attachment).where(where, Attachment.status == "active")).one() >= (
        MOST_AT_ONE_PLACE
    ):
        raise Conflict(f"这里已有 {MOST_AT_ONE_PLACE} 个附件，请先去掉不需要的。")
    if found is None:
        raise NotUploaded("服务器上还没有这个文件，请先上传。")
    size = upload.size if upload is not None and upload.complete else place.store.path(body.sha256).stat().st_size
    row.size = size
    for name in ("media_type", "width", "height", "taken_at", "place"):
        setattr(row, name, found[name])
    if found["charset"]:
        row.media_type = f"{row.media_type}; charset={found['charset']}"
    row.name = names.clean(body.name, found["media_type"])
    session.add(row)
    # The lock of the closed round speaks here, before a file is moved.
    session.flush()
    if upload is not None and upload.complete:
        place.store.keep(owner, body.sha256)
    return row


def _above(session: Session, body: AttachmentIn) -> Report | Milestone:
    """Return what the file is to hang on.

    Raises:
        Locked: a milestone that is a draft or void.
    """
    if body.report_id is not None:
        return rows.fetch(session, Report, body.report_id)
    assert body.milestone_id is not None  # noqa: S101 - the schema asks for one of the two
    milestone = rows.fetch(session, Milestone, body.milestone_id)
    if milestone.status in {"draft", "void"}:
        message = "节点确定以后才能传附件。"
        raise Locked(message)
    return milestone


def _seen(session: Session, place: Place, sha256: str) -> dict[str, Any] | None:
    """Return what is known of a content that the caller may see elsewhere: knowing its hash alone opens nothing."""
    row = session.exec(
        select(Attachment).where(Attachment.sha256 == sha256).order_by(col(Attachment.id)).limit(1)
    ).first()
    if row is None or not place.store.path(sha256).exists():
        return None
    kind, _, charset = row.media_type.partition("; charset=")
    return {
        "media_type": kind,
        "charset": charset or None,
        **{name: getattr(row, name) for name in ("width", "height", "taken_at", "place")},
    }


def known(session: Session, place: Place, sha256: str) -> tuple[dict[str, Any], int]:
    """Return what is known of a content that the caller has uploaded or may see elsewhere, and its size.

    Raises:
        NotUploaded: neither.
    """
    upload = place.store.upload(session.who.user_id, sha256)
    if upload is not None and upload.found is not None and upload.complete:
        return upload.found, upload.size
    found = _seen(session, place, sha256)
    if found is None:
        raise NotUploaded("服务器上还没有这个文件，请先上传。")
    return found, place.store.path(sha256).stat().st_size


def ready_for_change(session: Session, row: Attachment) -> None:
    """Keep what was handed in as it was: evidence comes and goes with the draft.

    Raises:
        Locked: the report is no draft.
    """
    report = session.get(Report, row.report_id) if row.report_id else None
    if report is not None and report.status != "draft":
        message = "报告已提交，附件不能再改；如需修改请先撤回或由审核人退回。"
        raise Locked(message)


def thumbnail(place: Place, row: Attachment) -> Path:
    """Return the small picture of an image, made when first asked for.

    Raises:
        NoThumbnail: it is no image, or too big to be decoded safely.
    """
    if not row.media_type.startswith("image/"):
        raise NoThumbnail("只有图片有缩略图。")
    target = place.store.derived(row.sha256, ".jpg")
    if not target.exists():
        # One at a time: a few large pictures decoded at once would take the memory of the whole service.
        with _one_picture_at_a_time:
            made = photos.thumbnail(place.store.path(row.sha256))
        if made is None:
            raise NoThumbnail("图片太大，没有缩略图，请直接打开。")
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(f".{threading.get_ident()}.tmp")
        part.write_bytes(made)
        part.replace(target)
    return target
