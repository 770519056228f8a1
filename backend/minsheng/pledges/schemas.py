"""Pledges as they travel."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from minsheng.kernel.fields import Day, In, Moment, Out, Quantity
from minsheng.kernel.lifecycle import Action

PledgeStatus = Literal["draft", "sent", "signed", "in_force", "void"]
NumberPattern = Annotated[
    str,
    Field(
        min_length=3, max_length=40, pattern=r"^[^\x00-\x1f<>&{}]*(\{year\})?[^\x00-\x1f<>&{}]*\{n\}[^\x00-\x1f<>&{}]*$"
    ),
]


class PledgeIn(In):
    """A new pledge of a unit under a programme, made from what it was given and issued."""

    programme_id: UUID
    giver_id: UUID | None = Field(default=None, description="下达单位；省略为计划的主办机构")
    unit_id: UUID = Field(description="责任单位")
    number_pattern: NumberPattern = Field(
        default="民实责〔{year}〕{n}号", description="编号样式：{year} 为年度，{n} 为下达单位当年的顺序号"
    )


class PledgedTarget(Out):
    """A target as it was frozen."""

    target_id: UUID
    indicator: str = Field(examples=["线路"])
    measure: str = Field(examples=["条"])
    operator: str = Field(examples=["ge"])
    value: Quantity | None
    value_max: Quantity | None = Field(default=None, description="区间的上限")
    stretch: Quantity | None = Field(default=None, description="力争值")
    effective_on: Day | None = Field(default=None, description="提前批准的调整从哪天起生效")


class PledgedTask(Out):
    """A task as it was frozen."""

    task_id: UUID
    item_id: UUID
    code: str = Field(examples=["3.2"])
    title: str = Field(examples=["新增（优化）城乡公交线路"])
    path: list[str] = Field(description="上级项目的名称，从大到小", examples=[["交通"]])
    standard: str | None
    deadline: Day
    leads: list[str] = Field(examples=[["温州市交通运输局"]])
    helpers: list[str]
    targets: list[PledgedTarget]


class PledgeChange(Out):
    """One line of a supplement: what was pledged before, and what now."""

    kind: Literal["changed", "new", "dropped"] = Field(examples=["changed"])
    target_id: UUID
    code: str = Field(examples=["3.2"])
    title: str
    indicator: str
    measure: str
    old_operator: str | None
    old_value: Quantity | None
    old_value_max: Quantity | None = Field(default=None, description="区间的上限")
    old_stretch: Quantity | None = Field(default=None, description="力争值")
    old_deadline: Day | None
    new_operator: str | None
    new_value: Quantity | None
    new_value_max: Quantity | None = Field(default=None, description="区间的上限")
    new_stretch: Quantity | None = Field(default=None, description="力争值")
    new_deadline: Day | None
    effective_on: Day | None = Field(default=None, description="提前批准的调整从哪天起生效")


class PledgeOut(Out):
    """A pledge: its frozen content, and how far its signing has come."""

    id: UUID
    version: int = Field(examples=[1])
    programme_id: UUID
    programme_name: str = Field(examples=["温州市2026年民生实事"])
    giver_id: UUID
    giver_name: str = Field(examples=["温州市"])
    unit_id: UUID
    unit_name: str = Field(examples=["乐清市"])
    base_id: UUID | None = Field(description="补充的是哪份责任书")
    base_number: str | None = Field(examples=[None])
    against_number: str | None = Field(description="补充责任书与哪一份比较：上一份已生效的", examples=[None])
    supplement: int = Field(description="0 为责任书本身，之后为补充责任书的序号", examples=[0])
    year: int = Field(examples=[2026])
    number: str = Field(examples=["民实责〔2026〕1号"])
    title: str = Field(examples=["温州市2026年民生实事目标责任书"])
    made_on: Day
    tasks: list[PledgedTask]
    changes: list[PledgeChange] = Field(description="补充责任书列出的调整")
    sha256: str = Field(description="冻结内容（规范 JSON）的 SHA-256")
    intact: bool = Field(description="内容与校验值相符", examples=[True])
    sent_at: Moment | None
    returned_reason: str | None
    unit_signer_name: str | None
    unit_signed_at: Moment | None
    giver_signer_name: str | None
    giver_signed_at: Moment | None
    status: PledgeStatus = Field(examples=["in_force"])
    actions: list[Action]


class PledgeBrief(Out):
    """A pledge in a list."""

    id: UUID
    version: int = Field(examples=[1])
    programme_id: UUID
    giver_id: UUID
    giver_name: str = Field(examples=["温州市"])
    unit_id: UUID
    unit_name: str = Field(examples=["乐清市"])
    base_id: UUID | None
    supplement: int = Field(examples=[0])
    number: str = Field(examples=["民实责〔2026〕1号"])
    title: str = Field(examples=["温州市2026年民生实事目标责任书"])
    sent_at: Moment | None
    unit_signed_at: Moment | None
    giver_signed_at: Moment | None
    status: PledgeStatus = Field(examples=["in_force"])


class PledgeState(Out):
    """How far one unit's pledge has come."""

    unit_id: UUID
    unit_name: str = Field(examples=["乐清市"])
    tasks: int = Field(description="已下达的任务数", examples=[12])
    state: Literal["none", "draft", "sent", "signed", "in_force"] = Field(
        description="none 还没有制作；其余为最近一份的状态", examples=["sent"]
    )
    outdated: bool = Field(description="签订后任务有变动，需要补充责任书", examples=[False])
    pledge_id: UUID | None = Field(description="最近一份")
    pledge_version: int | None = Field(examples=[2])
    number: str | None = Field(examples=["民实责〔2026〕1号"])
    supplements: int = Field(examples=[0])


class PledgeStates(Out):
    """Who has signed and who has not (R059, R060)."""

    programme_id: UUID
    programme_name: str
    giver_id: UUID
    giver_name: str = Field(examples=["温州市"])
    rows: list[PledgeState]
