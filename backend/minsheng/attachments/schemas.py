"""Attachments and uploads as they travel."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from minsheng.kernel.fields import In, Line, Moment, Out
from minsheng.kernel.lifecycle import Action

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", examples=["9f86d081" * 8])]
"""The SHA-256 of a content, in small hexadecimal letters."""

AttachmentStatus = Literal["active", "void"]


class UploadStart(In):
    """What is going to be sent."""

    sha256: Sha256 = Field(description="整个文件的 SHA-256")
    size: int = Field(strict=True, ge=1, le=2**40, description="字节数", examples=[204800])


class UploadState(Out):
    """How far an upload has come."""

    sha256: str
    size: int = Field(examples=[204800])
    offset: int = Field(description="已收到的字节数，从这里继续", examples=[102400])
    complete: bool = Field(description="收齐、哈希相符、内容检查通过", examples=[False])


class AttachmentIn(In):
    """Hang an uploaded file on a report or a milestone."""

    report_id: UUID | None = Field(default=None, description="报告；与节点二选一")
    milestone_id: UUID | None = Field(default=None, description="节点")
    name: Line = Field(description="文件名，只作文字保存", examples=["施工现场.jpg"])
    sha256: Sha256 = Field(description="已上传的内容")

    @model_validator(mode="after")
    def _one(self) -> "AttachmentIn":
        if (self.report_id is None) == (self.milestone_id is None):
            raise PydanticCustomError("one-of", "报告和节点须写一个，且只写一个")
        return self


class AttachmentOut(Out):
    """One file of evidence."""

    id: UUID
    version: int = Field(examples=[1])
    report_id: UUID | None
    milestone_id: UUID | None
    programme_id: UUID
    item_id: UUID | None = Field(description="每单位一份的材料没有事项")
    unit_id: UUID
    name: str = Field(examples=["施工现场.jpg"])
    sha256: str
    size: int = Field(examples=[204800])
    media_type: str = Field(examples=["image/jpeg"])
    width: int | None = Field(examples=[4000])
    height: int | None = Field(examples=[3000])
    taken_at: str | None = Field(description="照片自带的拍摄时间，没有也可以", examples=["2026-11-05 10:20:30"])
    place: str | None = Field(description="照片自带的经纬度，没有也可以", examples=["27.994270, 120.699370"])
    status: AttachmentStatus = Field(examples=["active"])
    added_at: Moment
    actions: list[Action]
