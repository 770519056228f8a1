"""Uploads and attachments over HTTP."""

import hashlib
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query, Request, Response
from sqlmodel import select
from starlette.concurrency import run_in_threadpool

from minsheng.attachments import names, service
from minsheng.attachments.models import Attachment
from minsheng.attachments.policy import ATTACHMENT
from minsheng.attachments.schemas import (
    AttachmentIn,
    AttachmentOut,
    AttachmentStatus,
    Sha256,
    UploadStart,
    UploadState,
)
from minsheng.kernel import files, rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import allow
from minsheng.kernel.errors import NotFound, TooLarge, invalid
from minsheng.kernel.fields import Line
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.permissions import P

router = APIRouter(tags=["attachments"], route_class=Route)

SMALL_BYTES = 1024 * 1024
"""What may be sent in one request; anything larger comes in pieces that can be resumed."""
PIECE_TYPE = "application/octet-stream"


def _body(kind: str, words: str) -> dict[str, Any]:
    content = {"schema": {"type": "string", "format": "binary"}, "example": words}
    return {"requestBody": {"required": True, "content": {kind: content}}}


def _place(request: Request) -> service.Place:
    return service.Place.of(request.app.state.settings)


def _out(upload: files.Upload, response: Response) -> UploadState:
    response.headers["Upload-Offset"] = str(upload.offset)
    response.headers["Upload-Length"] = str(upload.size)
    return UploadState(sha256=upload.sha256, size=upload.size, offset=upload.offset, complete=upload.complete)


HashInPath = Annotated[Sha256, Path(description="文件的 SHA-256")]


# Uploads: files that are on their way; no row is written before one is attached.


@router.post("/uploads", status_code=201, summary="开始或继续上传", operation_id="createUpload")
def create_upload(
    body: UploadStart,
    request: Request,
    response: Response,
    session: Annotated[Session, allow(P.REPORT_EDIT, rows_only_read=True)],
) -> UploadState:
    """Declare hash and size, and learn where to begin: at 0, or where an earlier attempt stopped.

    Asking again changes nothing. Uploads are one's own, and forgotten after two days without a piece.
    """
    return _out(service.begin(_place(request), session.who.user_id, body.sha256, body.size), response)


@router.get("/uploads/{sha256}", summary="上传到了哪里", operation_id="getUpload")
def get_upload(
    sha256: HashInPath,
    request: Request,
    response: Response,
    session: Annotated[Session, allow(P.REPORT_EDIT)],
) -> UploadState:
    """Return how far one's own upload has come; HEAD answers with the headers alone."""
    upload = _place(request).store.upload(session.who.user_id, sha256)
    if upload is None:
        raise NotFound("没有这个上传，请重新开始。")
    return _out(upload, response)


router.add_api_route("/uploads/{sha256}", get_upload, methods=["HEAD"], include_in_schema=False)


@router.patch(
    "/uploads/{sha256}",
    summary="续传一段",
    operation_id="appendUpload",
    openapi_extra=_body(PIECE_TYPE, "文件的一段"),
)
async def append_upload(
    sha256: HashInPath,
    request: Request,
    response: Response,
    session: Annotated[Session, allow(P.REPORT_EDIT, rows_only_read=True)],
    upload_offset: Annotated[
        int, Header(alias="Upload-Offset", ge=0, le=2**40, description="这一段从哪个字节开始", examples=[0])
    ],
) -> UploadState:
    """Add a piece where the upload stands; elsewhere it is refused with the place (409 ``wrong-offset``).

    After the last piece the hash must agree and the content is looked at: what is not let in is gone at once (422).
    """
    piece = await request.body()
    owner = session.who.user_id
    done = await run_in_threadpool(service.append, _place(request), owner, sha256, upload_offset, piece)
    return _out(done, response)


# Attachments


def present_attachments(session: Session, found: Sequence[Attachment]) -> list[AttachmentOut]:
    """Return attachments with their buttons; behind a closed round there are none."""
    return [
        AttachmentOut(
            **row.model_dump(exclude={"created_at", "added_by"}),
            added_at=row.created_at,
            actions=ATTACHMENT.actions(session, row),
        )
        for row in found
    ]


@router.get("/attachments", summary="附件列表", operation_id="listAttachments")
def list_attachments(
    page: Paging,
    session: Annotated[Session, allow(P.REPORT_READ)],
    report_id: Annotated[UUID | None, Query(description="报告")] = None,
    milestone_id: Annotated[UUID | None, Query(description="节点")] = None,
    unit_id: Annotated[UUID | None, Query(description="单位")] = None,
    status: Annotated[AttachmentStatus, Query(description="状态")] = "active",
) -> Page[AttachmentOut]:
    """Return evidence, by what it hangs on; whoever may read the report may read its evidence."""
    statement = select(Attachment).where(Attachment.status == status)
    for column, value in (
        (Attachment.report_id, report_id),
        (Attachment.milestone_id, milestone_id),
        (Attachment.unit_id, unit_id),
    ):
        if value is not None:
            statement = statement.where(column == value)
    found: Sequence[Attachment] = session.exec(page.apply(statement, (Attachment.id,))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda row: (row.id,))
    return Page(items=present_attachments(session, found), next=following)


@router.post("/attachments", status_code=201, summary="挂上附件", operation_id="createAttachment")
def create_attachment(
    body: AttachmentIn,
    request: Request,
    response: Response,
    session: Annotated[Session, allow(P.REPORT_EDIT)],
) -> AttachmentOut:
    """Hang an uploaded file on a report or a milestone; asked twice, it hangs there once.

    A content that one may see elsewhere need not be uploaded again.
    """
    row = service.attach(session, _place(request), body)
    rows.tag(response, row)
    return present_attachments(session, [row])[0]


@router.post(
    "/attachments:upload",
    status_code=201,
    summary="一次上传一个小文件",
    operation_id="uploadAttachment",
    openapi_extra=_body("application/octet-stream", "文件内容"),
)
async def upload_attachment(
    request: Request,
    response: Response,
    session: Annotated[Session, allow(P.REPORT_EDIT)],
    name: Annotated[Line, Query(description="文件名，只作文字保存", examples=["签到表.pdf"])],
    report_id: Annotated[UUID | None, Query(description="报告；与节点二选一")] = None,
    milestone_id: Annotated[UUID | None, Query(description="节点")] = None,
) -> AttachmentOut:
    """Send a file of at most 1 MiB and hang it on a report or a milestone in one request."""
    content = await request.body()
    if len(content) > SMALL_BYTES:
        raise TooLarge("超过 1 MiB 的文件请分段上传。")
    if not content:
        raise invalid("", "empty", "文件是空的。")
    if (report_id is None) == (milestone_id is None):
        raise invalid("report_id", "one-of", "报告和节点须写一个，且只写一个")

    def work() -> AttachmentOut:
        place, owner = _place(request), session.who.user_id
        sha256 = hashlib.sha256(content).hexdigest()
        begun = service.begin(place, owner, sha256, len(content))
        if not begun.complete:
            service.append(place, owner, sha256, begun.offset, content[begun.offset :])
        body = AttachmentIn(report_id=report_id, milestone_id=milestone_id, name=name, sha256=sha256)
        try:
            row = service.attach(session, place, body)
        finally:
            # Refused or linked: nothing is left on its way.
            place.store.drop(owner, sha256)
        rows.tag(response, row)
        return present_attachments(session, [row])[0]

    return await run_in_threadpool(work)


@router.get("/attachments/{id}", summary="一个附件", operation_id="getAttachment")
def get_attachment(
    id: UUID,  # noqa: A002
    response: Response,
    session: Annotated[Session, allow(P.REPORT_READ)],
) -> AttachmentOut:
    """Return what is known about one file."""
    row = rows.fetch(session, Attachment, id)
    rows.tag(response, row)
    return present_attachments(session, [row])[0]


def _file(words: str, *kinds: str) -> dict[int | str, dict[str, Any]]:
    content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in kinds}
    return {200: {"description": words, "content": content}}


@router.get(
    "/attachments/{id}/content",
    summary="下载附件",
    operation_id="getAttachmentContent",
    response_class=Response,
    responses={
        **_file("文件", "application/octet-stream"),
        206: {"description": "文件的一段"},
        304: {"description": "读者已有"},
        416: {"description": "范围超出文件"},
    },
)
def get_content(
    id: UUID,  # noqa: A002
    request: Request,
    session: Annotated[Session, allow(P.REPORT_READ)],
) -> Response:
    """Return the content, or a range of it; its ETag is its hash. Images are shown, everything else is saved."""
    row = rows.fetch(session, Attachment, id)
    path = _place(request).store.path(row.sha256)
    if not path.exists():
        raise NotFound("文件不在服务器上，请联系管理员从备份恢复。")
    shown = names.disposition(row.name, shown=row.media_type.startswith("image/"))
    return files.serve(request, path, row.sha256, row.media_type, shown)


@router.get(
    "/attachments/{id}/thumbnail",
    summary="附件缩略图",
    operation_id="getAttachmentThumbnail",
    response_class=Response,
    responses={
        **_file("缩略图", "image/jpeg"),
        304: {"description": "读者已有"},
        409: {"description": "没有缩略图"},
    },
)
def get_thumbnail(
    id: UUID,  # noqa: A002
    request: Request,
    session: Annotated[Session, allow(P.REPORT_READ)],
) -> Response:
    """Return a small picture of an image, without the time and place that the photo itself may carry."""
    row = rows.fetch(session, Attachment, id)
    path = service.thumbnail(_place(request), row)
    return files.serve(request, path, f"{row.sha256}-small", "image/jpeg", "inline")


ATTACHMENT.mount(router, "/attachments", "Attachment", AttachmentOut, present_attachments)
