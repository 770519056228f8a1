"""The change feed as it travels."""

from typing import Any
from uuid import UUID

from pydantic import Field

from minsheng.kernel.fields import Out


class ChangeOut(Out):
    """One committed change."""

    seq: int = Field(description="无间断的序号", examples=[1024])
    id: UUID
    at: str = Field(examples=["2026-11-22T08:00:00Z"])
    entity: str = Field(examples=["report"])
    entity_id: UUID
    version: int = Field(examples=[3])
    action: str = Field(description="create、change 或生命周期的动词", examples=["submit"])
    unit_id: UUID | None
    actor_id: UUID | None
    actor_unit_id: UUID | None
    why: str | None = Field(description="系统自身的改动写明缘由")
    request_id: str | None
    changes: dict[str, list[Any]] = Field(description="字段 → [旧值, 新值]")


class ChangesOut(Out):
    """One page of the feed."""

    items: list[ChangeOut]
    next: str = Field(description="下次从这里读起；没有新变更时与来时相同的位置")
    more: bool = Field(description="后面还有，可立即再读")
