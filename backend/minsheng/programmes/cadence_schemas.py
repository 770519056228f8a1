"""Cadences as they travel."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from minsheng.calendars.periods import Every, Holiday
from minsheng.kernel.fields import Day, In, Line, Moment, Out
from minsheng.kernel.lifecycle import Action

Content = Literal["figures", "document"]
Per = Literal["task", "unit"]
CadenceTier = Literal["city", "county", "township"]
CadenceStatus = Literal["draft", "active", "ended", "void"]
Hour = Annotated[int, Field(strict=True, ge=1, le=24, examples=[18])]
Days = Annotated[int, Field(strict=True, ge=0, le=60)]
LaterBy = Annotated[int, Field(strict=True, ge=1, le=10, examples=[2])]


class CutOffIn(In):
    """A day relative to the period: of a week the weekday, else the day of the month, some weeks or months later."""

    after: Annotated[int, Field(strict=True, ge=0, le=6)] = Field(
        description="0 为本周、当月（季、半年为末月），1 为下周、次月", examples=[1]
    )
    day: Annotated[int, Field(strict=True, ge=1, le=31)] = Field(
        description="周报为星期几（1—7），其他为几日；没有那一日的月份取月末", examples=[5]
    )


CutOffs = Annotated[list[CutOffIn], Field(min_length=1, max_length=3)]


class CadenceTerms(In):
    """What a cadence says; the default is the usual monthly report."""

    every: Every = Field(default="month", description="旬、周、月、季、半年")
    content: Content = Field(default="figures", description="报数字，或报材料")
    per: Per | None = Field(
        default=None,
        description="每项任务一份，或每单位一份；报数字总是每项任务，报材料省略为每单位",
        examples=["unit"],
    )
    title: Line | None = Field(default=None, description="材料的名称；报材料时必填", examples=["实施方案"])
    tier: CadenceTier | None = Field(default=None, description="只由某一层级填报；省略为全部", examples=["township"])
    cut_offs: CutOffs = Field(
        default=[CutOffIn(after=1, day=5)],
        description="截止日；旬报三个，其他一个",
        validate_default=False,
        examples=[[{"after": 1, "day": 5}]],
    )
    hour: Hour = Field(default=18, description="截止钟点（北京时间）")
    holiday: Holiday = Field(default="none", description="截止日不是工作日时：提前、顺延、不变")
    later_by: LaterBy = Field(default=1, description="顺延到节后第几个工作日")
    open_after_days: Days = Field(default=0, description="期初几天后开始填报", examples=[0])
    close_after_days: Days = Field(default=5, description="截止后几天锁定；其间报送记为迟报", examples=[5])
    from_on: Day | None = Field(default=None, description="从哪天起", examples=[None])
    until_on: Day | None = Field(default=None, description="到哪天止", examples=[None])


class CadenceIn(CadenceTerms):
    """A cadence of a list; it asks for nothing until it is started."""

    programme_id: UUID


class CadencePatch(In):
    """What may change while a cadence is not started."""

    every: Every | None = None
    content: Content | None = None
    per: Per | None = None
    title: Line | None = None
    tier: CadenceTier | None = None
    cut_offs: CutOffs | None = None
    hour: Hour | None = None
    holiday: Holiday | None = None
    later_by: LaterBy | None = None
    open_after_days: Days | None = None
    close_after_days: Days | None = None
    from_on: Day | None = None
    until_on: Day | None = None


class CutOffOut(Out):
    """A day relative to the period."""

    after: int = Field(examples=[1])
    day: int = Field(examples=[5])


class CadenceOut(Out):
    """A cadence of a list."""

    id: UUID
    version: int = Field(examples=[1])
    programme_id: UUID
    every: Every
    content: Content
    per: Per
    title: str | None
    tier: CadenceTier | None
    cut_offs: list[CutOffOut]
    hour: int = Field(examples=[18])
    holiday: Holiday
    later_by: int = Field(examples=[1])
    open_after_days: int = Field(examples=[0])
    close_after_days: int = Field(examples=[5])
    from_on: Day | None
    until_on: Day | None
    made_until: Day | None = Field(description="填报期已生成到哪天；早于计划结束日说明其后的工作日历还没有")
    end_reason: str | None
    status: CadenceStatus
    words: str = Field(examples=["每月，次月5日18时截止"])
    actions: list[Action]


class PreviewRow(Out):
    """One period of a cadence: its cut-off as named, and as it is after the holiday policy."""

    period: str = Field(examples=["2026-11"])
    starts_on: Day
    ends_on: Day
    named_on: Day = Field(description="规定的截止日")
    due_on: Day | None = Field(description="按节假日调整后的截止日；工作日历缺这一年时为空")
    opens_at: Moment | None
    due_at: Moment | None
    closes_at: Moment | None
    moved: bool = Field(description="因节假日调整过", examples=[False])
    why: str | None = Field(description="规定的那天是什么日子，或为什么算不出", examples=["国庆节"])


class PreviewOut(Out):
    """The periods that a cadence gives over a list's whole span."""

    words: str = Field(examples=["每月，次月5日18时截止"])
    rows: list[PreviewRow]
