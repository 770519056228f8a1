"""Invitations and comments as they travel."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from minsheng.kernel.fields import Day, In, Moment, Out, Prose
from minsheng.kernel.lifecycle import Action

Outcome = Literal["adopted", "partly", "declined"]
CommentText = Annotated[Prose, Field(min_length=2, examples=["本县学校布局已调整，建议把目标调为 3 所。"])]


class InvitationOut(Out):
    """A unit that is asked, and whether it has answered."""

    id: UUID
    version: int = Field(examples=[1])
    programme_id: UUID
    unit_id: UUID
    unit_name: str | None = Field(examples=["乐清市"])
    until: Day
    comments: int = Field(description="已提几条意见", examples=[2])
    status: Literal["active", "ended"] = Field(examples=["active"])


class CommentIn(In):
    """An opinion about a draft that was sent round."""

    programme_id: UUID
    unit_id: UUID = Field(description="以哪个单位的名义")
    item_id: UUID | None = Field(default=None, description="针对哪个项目；null 为针对整个计划")
    text: CommentText


class AnswerIn(In):
    """What the owner makes of an opinion."""

    outcome: Outcome = Field(description="采纳 adopted、部分采纳 partly、不采纳 declined", examples=["adopted"])
    answer: Prose = Field(min_length=2, description="答复", examples=["已按意见调整。"])


class CommentOut(Out):
    """An opinion and its answer."""

    id: UUID
    version: int = Field(examples=[1])
    programme_id: UUID
    item_id: UUID | None
    item_code: str | None = Field(examples=["3.2"])
    item_title: str | None
    unit_id: UUID
    unit_name: str | None = Field(examples=["乐清市"])
    author_name: str = Field(examples=["林知远"])
    text: str
    made_at: Moment
    outcome: Outcome | None
    answer: str | None
    answered_at: Moment | None
    status: Literal["open", "answered", "void"] = Field(examples=["open"])
    actions: list[Action]
