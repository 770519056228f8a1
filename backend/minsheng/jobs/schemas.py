"""Jobs as they travel."""

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from minsheng.kernel.errors import ProblemOut
from minsheng.kernel.fields import In, Moment, Out

JobState = Literal["queued", "running", "done", "failed", "cancelled"]


class JobFileOut(Out):
    """A file that a job was given or has made."""

    name: str = Field(examples=["marked"])
    filename: str = Field(examples=["柳市镇2026年11月填报表（标注）.xlsx"])
    media_type: str
    href: str = Field(description="下载地址", examples=["/api/v1/jobs/0192…/files/marked"])


class JobOut(Out):
    """A piece of slow work: how far it is, what came of it."""

    id: UUID
    kind: str = Field(description="任务种类", examples=["reports.try"])
    title: str = Field(examples=["核对 柳市镇 2026-11 填报表"])
    state: JobState = Field(examples=["running"])
    done: int = Field(description="已完成的份数", examples=[1200])
    total: int = Field(description="总份数；0 为还不知道", examples=[3000])
    note: str = Field(description="正在做什么", examples=["核对"])
    created_at: Moment
    started_at: Moment | None
    finished_at: Moment | None
    problem: ProblemOut | None = Field(description="失败的原因")
    result: dict[str, Any] | None = Field(description="结果，随种类而定", examples=[{"new": 3, "changed": 12}])
    files: list[JobFileOut]


class JobRef(In):
    """A job by its id."""

    id: UUID
