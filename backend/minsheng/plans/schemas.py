"""Plans and judgements as they travel."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from minsheng.kernel.fields import Day, In, Out, Quantity
from minsheng.targets.schemas import AdjustedOut

PlanKind = Literal["straight", "monthly", "ten_day", "milestones"]
Light = str
"""A light by its key in the rule set in force."""

Standing = Literal["ahead", "on", "behind"]


Attainment = Literal["none", "short", "floor", "met", "over", "stretch", "beyond"]


class PlanPoint(In):
    """The cumulative figure planned from a day on."""

    on: Day
    value: Quantity


class PlanIn(In):
    """A straight line, a cumulative vector by month or ten days that ends at the target, or the task's milestones.

    Months and ten-day periods may be zero: the figure is then repeated, or left out.
    """

    kind: PlanKind = Field(examples=["monthly"])
    points: Annotated[list[PlanPoint], Field(max_length=120, default_factory=list)]


class PlanStep(Out):
    """The share expected from a day on."""

    on: Day
    expected_pct: str = Field(examples=["40"])


class PlanOut(Out):
    """The plan of a target; version 0 is the straight line nobody has changed yet."""

    target_id: UUID
    version: int = Field(examples=[1])
    kind: PlanKind = Field(examples=["monthly"])
    points: list[PlanPoint]
    steps: list[PlanStep] = Field(description="按节点判定时：从哪天起应完成百分之几；节点改期后可能回落")


class Step(Out):
    """One line of the arithmetic."""

    label: str = Field(examples=["时间进度"])
    value: str = Field(examples=["212 ÷ 286 天 = 74.1%"])


class PartOut(Out):
    """The light of one dimension."""

    kind: Literal["start", "progress", "money", "reporting"] = Field(examples=["progress"])
    name: str = Field(examples=["进度"])
    light: Light = Field(examples=["yellow"])
    light_name: str = Field(examples=["黄灯"])


class JudgementOut(Out):
    """A light with everything it was worked out from."""

    target_id: UUID
    on: Day
    rule_set: str = Field(examples=["points-10-30"])
    light: Light = Field(examples=["yellow"])
    light_name: str = Field(examples=["黄灯"])
    standing: Standing | None
    progress_pct: str | None = Field(examples=["61.9"])
    expected_pct: str | None = Field(examples=["74.1"])
    gap_points: str | None = Field(description="落后序时的百分点，负数为超前", examples=["12.2"])
    bad: bool = Field(description="按规则，亮这种灯是否表示落后", examples=[True])
    waived: str | None = Field(description="已批准的正当理由", examples=[None])
    parts: list[PartOut] = Field(description="规则分几项判定时，各项的灯")
    value: Quantity | None = Field(description="判定日有效的目标值")
    original_value: Quantity | None = Field(description="下达时的目标值")
    adjusted: AdjustedOut | None = Field(description="已调整的：下达时与判定日有效的", examples=[None])
    attainment: Attainment = Field(examples=["short"])
    attainment_name: str = Field(examples=["未达到"])
    explanation: str = Field(description="一句话说明")
    steps: list[Step]


class DisputeOut(Out):
    """A figure that differs from an official one, in a case that is not over: it cannot be scored."""

    deviation_id: UUID
    period: str = Field(description="对方数的所属期", examples=["2026-10"])
    as_of: Day = Field(description="对方数截至哪天")
    state: Literal["open", "answered", "uncorrected"] = Field(
        description="待答复、已答复、以对方为准而我方还没有更正", examples=["open"]
    )
    due_on: Day | None = Field(description="答复期限")
    source_name: str = Field(examples=["浙江省统计局"])
    their_value: Quantity


class CurvePoint(Out):
    """Plan and actual at a day."""

    on: Day
    expected_value: Quantity | None
    expected_pct: str | None = Field(examples=["74.1"])
    actual_value: Quantity | None
    actual_pct: str | None = Field(examples=["61.9"])


class CurveOut(Out):
    """The S-curve of a target."""

    target_id: UUID
    unit_name: str | None
    item_title: str | None
    indicator_name: str | None
    measure_name: str | None
    value: Quantity | None
    points: list[CurvePoint]
    dispute: DisputeOut | None = Field(description="与上级或统计口径不符、还没有了结的偏差", examples=[None])
