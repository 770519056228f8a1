"""Rule sets as they travel."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from minsheng.kernel.fields import Code, In, Label, Line, Out, Prose, Quantity, Year
from minsheng.kernel.lifecycle import Action
from minsheng.rule_sets.definition import Base, Kind, Measure, Side


def _visible(value: str) -> str:
    if not value.isprintable() or not value.strip():
        raise PydanticCustomError("glyph", "应为看得见的符号")
    return value


LightKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,19}$", examples=["yellow"])]
"""A light by its key in the rule set; what it means is part of the rule."""

Hue = Literal["green", "yellow", "orange", "red", "blue", "grey", "done", "none"]
Lights = Annotated[list[LightKey], Field(min_length=1, max_length=12, examples=[["yellow"]])]
Flag = Annotated[bool, Field(strict=True)]
"""True or false and nothing that reads like it."""

Glyph = Annotated[str, Field(min_length=1, max_length=2, examples=["▲"]), AfterValidator(_visible)]
Count = Annotated[int, Field(strict=True, ge=1, le=100, examples=[3])]


class ColourIn(In):
    """A light: its key, name, mark and meaning, and whether it is good; never assume that red is bad."""

    key: LightKey
    name: Label = Field(examples=["黄灯"])
    glyph: Glyph
    meaning: Line = Field(examples=["落后序时进度10至30个百分点"])
    hue: Hue = Field(default="grey", description="只用于显示的颜色")
    good: Flag | None = Field(default=None, description="亮这种灯是好是坏；完成与不亮灯不分好坏", examples=[False])


class BandIn(In):
    """A light and the interval that lights it, from low to high; null is open to that side."""

    light: LightKey
    low: Quantity | None = None
    high: Quantity | None = None
    low_inclusive: Flag = False
    high_inclusive: Flag = False


class DimensionIn(In):
    """One question a light answers, and what the answer is compared with."""

    kind: Kind = Field(default="progress", description="开工、进度、资金、填报")
    base: Base = Field(default="plan", description="直线序时、本单位计划、节点、绝对进度、同类平均、同类名次")
    measure: Measure = Field(default="points", description="百分点、相对百分比、天数、完成率、名次、月数")
    span_months: Annotated[int | None, Field(strict=True, ge=1, le=60)] = Field(
        default=None, description="直线从下达次月起几个月", examples=[None]
    )
    bands: Annotated[list[BandIn], Field(min_length=1, max_length=12)]


class PlaceIn(In):
    """A light for the first or last few among those compared."""

    side: Side
    n: Count
    when: Lights
    to: LightKey


class RepeatIn(In):
    """A light for the n-th time on one target."""

    count: Lights
    times: Annotated[int, Field(strict=True, ge=2, le=60, examples=[2])]
    running: Flag = Field(default=False, description="连续几期；false 为累计几次")
    to: LightKey


class MadeUpIn(In):
    """How a closed month reads once it was made up."""

    when: Lights
    to: LightKey


class DefinitionIn(In):
    """A rule set's content. ``colours`` run from the best to the worst, then ``done`` and ``none``."""

    colours: Annotated[list[ColourIn], Field(min_length=3, max_length=12)]
    dimensions: Annotated[list[DimensionIn], Field(min_length=1, max_length=4)]
    places: Annotated[list[PlaceIn], Field(max_length=4, default_factory=list)]
    repeats: Annotated[list[RepeatIn], Field(max_length=4, default_factory=list)]
    made_up: MadeUpIn | None = Field(default=None, description="以后补上的月份改亮什么灯", examples=[None])
    waived: LightKey | None = Field(default=None, description="有正当理由并经批准的亮什么灯；空为没有豁免")
    accepted: Flag = Field(default=False, description="达到目标且报告经确认才算完成")


class RuleSetIn(In):
    """A new draft."""

    unit_id: UUID = Field(description="制定机构")
    code: Code = Field(examples=["wenzhou-2026"])
    name: Line = Field(examples=["温州市2026年亮灯规则"])
    year: Year | None = None
    source: Prose = Field(description="依据文件", examples=["温州市民生实事项目督办办法"])
    based_on: Code | None = Field(default=None, description="由哪一套复制而来", examples=["points-10-30"])
    definition: DefinitionIn


class RuleSetPatch(In):
    """What may change of a draft; ``definition`` is the whole content."""

    name: Line | None = None
    year: Year | None = None
    source: Prose | None = None
    definition: DefinitionIn | None = None


class CheckIn(In):
    """A content to look at."""

    definition: DefinitionIn


class FaultOut(Out):
    """One thing wrong, with its place."""

    pointer: str = Field(examples=["/definition/dimensions/0/bands/2/low"])
    code: str = Field(examples=["overlapping-bands"])
    message: str = Field(examples=["与上一档重叠"])


class CheckOut(Out):
    """What is wrong with a content; nothing when it may be saved."""

    faults: list[FaultOut]


class RuleSetRow(Out):
    """A rule set."""

    id: UUID
    version: int = Field(examples=[1])
    unit_id: UUID | None = Field(description="制定机构；空为系统自带，不能改", examples=[None])
    unit_name: str | None = Field(examples=[None])
    code: str = Field(examples=["points-10-30"])
    name: str = Field(examples=["序时进度10/30个百分点"])
    year: int | None = Field(examples=[None])
    source: str
    based_on: str | None = Field(examples=[None])
    status: Literal["draft", "active", "retired", "void"] = Field(examples=["active"])
    definition: DefinitionIn
    actions: list[Action]


class LightMark(Out):
    """How a light is shown where it stands alone."""

    name: str = Field(examples=["黄灯"])
    glyph: str = Field(examples=["▲"])
    hue: Hue = Field(examples=["yellow"])
    bad: bool = Field(description="亮这种灯是否表示落后", examples=[True])


class LightName(Out):
    """One light of the rule set: its name, mark and meaning; never assume that red is bad."""

    key: str = Field(examples=["yellow"])
    name: str = Field(examples=["黄灯"])
    glyph: str = Field(examples=["▲"])
    meaning: str
    hue: Hue = Field(examples=["yellow"])
    good: bool | None = Field(examples=[False])


class RuleSetOut(Out):
    """The rule set in force."""

    code: str = Field(examples=["points-10-30"])
    name: str
    source: str
    lights: list[LightName]
