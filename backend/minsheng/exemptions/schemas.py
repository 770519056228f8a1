"""Exemptions as they travel."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from minsheng.kernel.fields import Day, In, Moment, Out, Reason
from minsheng.kernel.lifecycle import Action

ExemptionStatus = Literal["asked", "approved", "refused", "withdrawn"]


class ExemptionIn(In):
    """A justified reason, asked for."""

    target_id: UUID
    starts_on: Day = Field(description="从哪天起")
    ends_on: Day = Field(description="到哪天止（含）")
    reason: Reason = Field(description="正当理由", examples=["台风“海燕”期间停工，防汛指挥部通知"])


class ExemptionOut(Out):
    """A justified reason and what became of it."""

    id: UUID
    version: int = Field(examples=[1])
    target_id: UUID
    programme_id: UUID
    item_id: UUID
    item_title: str | None = Field(examples=["农村公路提升"])
    unit_id: UUID
    unit_name: str | None = Field(examples=["柳市镇"])
    starts_on: Day
    ends_on: Day
    reason: str
    status: ExemptionStatus = Field(examples=["asked"])
    decision: str | None
    decided_at: Moment | None
    actions: list[Action]
