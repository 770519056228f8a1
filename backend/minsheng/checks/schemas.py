"""Check rules as they travel and as they are kept."""

from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from minsheng.kernel.fields import In, Label, Line, Moment, Out, Period, Quantity, Remark
from minsheng.kernel.lifecycle import Action
from minsheng.plans.schemas import DisputeOut
from minsheng.reports.schemas import CheckedFigure, ReportStatus

Severity = Literal["stop", "warn"]
CheckStatus = Literal["draft", "active", "retired", "void"]
Field_ = Literal["value", "current"]
Positive = Annotated[Quantity, Field(gt=0)]
Multiple = Annotated[Quantity, Field(ge=0)]

_ZERO, _TENTH, _TEN, _WAN, _YI = (Decimal(each) for each in ("0", "0.1", "10", "10000", "100000000"))

LOW = "下限；不填则不限"
HIGH = "上限；不填则不限"
FIGURE = "看累计数还是本期数"
BASE = "基础数据的种类，如常住人口"


def _fault(code: str, message: str) -> PydanticCustomError:
    return PydanticCustomError(code, "{said}", {"said": message})


class _Banded(In):
    """A check with a lower and an upper bound."""

    def _ordered(self, low: Any, high: Any, *more: Any) -> None:  # noqa: ANN401 - quantities or nothing
        if all(each is None for each in (low, high, *more)):
            raise _fault("no-bound", "请至少填一个界限")
        if low is not None and high is not None and low > high:
            raise _fault("order", "下限不能大于上限")


class RangeCheck(_Banded):
    """A figure lies within bounds: fixed ones, or multiples of the target or of a base figure of the unit."""

    kind: Literal["range"]
    figure: Field_ = Field(default="value", description=FIGURE)
    relative_to: Literal["none", "target", "base"] = Field(default="none", description="界限是固定数，还是某数的倍数")
    base_kind: Label | None = Field(default=None, description=BASE, examples=["常住人口"])
    low: Quantity | None = Field(default=None, description=LOW)
    high: Quantity | None = Field(default=None, description=HIGH, examples=["1.5"])

    @model_validator(mode="after")
    def _sound(self) -> Self:
        self._ordered(self.low, self.high)
        if (self.relative_to == "base") != (self.base_kind is not None):
            raise _fault("base-kind", "与基础数据比较时，请填种类；否则不填")
        return self


class JumpCheck(_Banded):
    """A figure against the last one: as multiples of it, or by how much it differs."""

    kind: Literal["jump"]
    figure: Field_ = Field(default="current", description=FIGURE)
    low: Multiple | None = Field(default=None, description="不低于上期的几倍")
    high: Multiple | None = Field(default=None, description="不超过上期的几倍", examples=["5"])
    difference: Multiple | None = Field(default=None, description="与上期相差不超过多少")

    @model_validator(mode="after")
    def _sound(self) -> Self:
        self._ordered(self.low, self.high, self.difference)
        return self


class SumCheck(In):
    """A figure equals the sum of others (7栏=1栏+4栏); without a total, each whole against its of-which lines."""

    kind: Literal["sum"]
    figure: Field_ = Field(default="value", description=FIGURE)
    total: UUID | None = Field(default=None, description="合计指标；不填则核对每个指标与它的其中项")
    parts: Annotated[list[UUID], Field(max_length=30, default_factory=list, description="各分项指标")]
    operator: Literal["eq", "le", "ge"] = Field(default="eq", description="合计 =、≤、≥ 分项之和")
    tolerance: Multiple = Field(default_factory=lambda: _ZERO, description="容许相差", examples=["0"])

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if (self.total is None) == bool(self.parts):
            raise _fault("parts", "请填合计和分项；核对其中项时两样都不填")
        if len({self.total, *self.parts}) < len(self.parts) + (self.total is not None):
            raise _fault("duplicate", "同一指标写了两次")
        return self


class RatioCheck(_Banded):
    """One figure divided by another lies within bounds: money for a kilometre, persons for a household."""

    kind: Literal["ratio"]
    figure: Field_ = Field(default="value", description=FIGURE)
    over: UUID = Field(description="被除的指标")
    under: UUID = Field(description="除以的指标")
    low: Quantity | None = Field(default=None, description=LOW)
    high: Quantity | None = Field(default=None, description=HIGH, examples=["2"])

    @model_validator(mode="after")
    def _sound(self) -> Self:
        self._ordered(self.low, self.high)
        if self.over == self.under:
            raise _fault("duplicate", "同一指标写了两次")
        return self


class SlipCheck(_Banded):
    """A figure in a wrong unit of measure: ten thousand times too large or too small against something known."""

    kind: Literal["slip"]
    figure: Field_ = Field(default="value", description=FIGURE)
    against: Literal["target", "last", "base"] = Field(default="target", description="与目标值、上期数、基础数据比")
    base_kind: Label | None = Field(default=None, description=BASE)
    low: Positive = Field(default_factory=lambda: _TENTH, description="通常不低于它的几倍", examples=["0.1"])
    high: Positive = Field(default_factory=lambda: _TEN, description="通常不超过它的几倍", examples=["10"])
    factors: Annotated[
        list[Annotated[Quantity, Field(gt=1)]],
        Field(min_length=1, max_length=6, default_factory=lambda: [_WAN, _YI], description="差错倍数"),
    ]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        self._ordered(self.low, self.high)
        if (self.against == "base") != (self.base_kind is not None):
            raise _fault("base-kind", "与基础数据比较时，请填种类；否则不填")
        return self


class SiblingsCheck(_Banded):
    """A figure against the median of the units that were given a share of the same task."""

    kind: Literal["siblings"]
    figure: Field_ = Field(default="value", description=FIGURE)
    base_kind: Label | None = Field(default=None, description="按它平均后再比，如常住人口；不填则直接比")
    low: Multiple | None = Field(default=None, description="不低于中位数的几倍", examples=["0.1"])
    high: Multiple | None = Field(default=None, description="不超过中位数的几倍", examples=["10"])
    least: int = Field(default=3, strict=True, ge=1, le=100, description="至少有几个单位报了才比")

    @model_validator(mode="after")
    def _sound(self) -> Self:
        self._ordered(self.low, self.high)
        return self


Definition = Annotated[
    RangeCheck | JumpCheck | SumCheck | RatioCheck | SlipCheck | SiblingsCheck, Field(discriminator="kind")
]
Kind = Literal["range", "jump", "sum", "ratio", "slip", "siblings"]


class Applies(In):
    """Which figures a check concerns; an empty list is no limit."""

    indicators: Annotated[list[UUID], Field(max_length=200, default_factory=list, description="只管这些指标")]
    items: Annotated[list[UUID], Field(max_length=200, default_factory=list, description="只管这些项目及其下级")]
    units: Annotated[list[UUID], Field(max_length=200, default_factory=list, description="只管这些单位及其下级")]
    measures: Annotated[list[Label], Field(max_length=50, default_factory=list, description="只管这些计量单位")]


class CheckRuleIn(In):
    """A new draft of a check."""

    unit_id: UUID = Field(description="制定机构；管它与它的下级")
    programme_id: UUID | None = Field(default=None, description="只管这个计划")
    name: Line = Field(examples=["本期数突增"])
    severity: Severity = Field(default="warn", description="stop 不能提交；warn 写明原因后可以提交")
    definition: Definition = Field(examples=[{"kind": "jump", "figure": "current", "high": "5"}])
    applies: Applies = Field(default_factory=lambda: Applies.model_validate({}))
    message: Remark | None = Field(default=None, description="提示的话；不填则由规则自己说", examples=["请与台账核对"])
    based_on: UUID | None = Field(default=None, description="由哪一条复制而来")


class CheckRulePatch(In):
    """What may change of a draft."""

    programme_id: UUID | None = None
    name: Line | None = Field(default=None, examples=["本期数突增"])
    severity: Severity | None = None
    definition: Definition | None = Field(default=None, examples=[{"kind": "jump", "figure": "current", "high": "6"}])
    applies: Applies | None = None
    message: Remark | None = None


class CheckRuleOut(Out):
    """A check with what it says in a sentence."""

    id: UUID
    version: int = Field(examples=[1])
    unit_id: UUID | None = Field(description="空为系统自带")
    unit_name: str | None
    programme_id: UUID | None
    programme_name: str | None
    code: str | None = Field(description="系统自带的代号")
    name: str = Field(examples=["本期数突增"])
    kind: Kind = Field(examples=["jump"])
    severity: Severity = Field(examples=["warn"])
    definition: Definition = Field(examples=[{"kind": "jump", "figure": "current", "high": "5"}])
    applies: Applies
    message: str | None
    based_on: UUID | None
    status: CheckStatus = Field(examples=["draft"])
    sentence: str = Field(description="规则用一句话说", examples=["本期数不超过上期的 5 倍"])
    actions: list[Action]


class TrialIn(CheckRuleIn):
    """A check to be tried on what was handed in before it is switched on."""

    rounds: int = Field(default=3, strict=True, ge=1, le=12, description="试最近几期", examples=[3])


class CheckHit(Out):
    """One figure that a check stops or asks about."""

    report_id: UUID
    programme_id: UUID
    rule_id: UUID | None
    rule_name: str
    severity: Severity
    period: Period
    unit_name: str = Field(examples=["柳市镇"])
    item_code: str = Field(examples=["3.2"])
    item_title: str
    indicator_name: str
    target_id: UUID
    status: ReportStatus
    message: str
    figures: list[CheckedFigure]
    dispute: DisputeOut | None = Field(description="与上级或统计口径不符、还没有了结的偏差", examples=[None])
    explanation: str | None = Field(description="填报单位写明的原因")
    author_name: str | None
    explained_at: Moment | None


class TrialPeriod(Out):
    """How many reports of one period were looked at and how many a check would have held up."""

    period: Period
    reports: int = Field(examples=[24])
    held: int = Field(description="会被拦下或须说明的报告", examples=[2])


class TrialOut(Out):
    """What a check would have done."""

    reports: int = Field(description="试过的报告", examples=[72])
    held: int = Field(description="会被拦下或须说明的报告", examples=[3])
    cut: bool = Field(description="报告太多，只试了最近的一部分", examples=[False])
    periods: list[TrialPeriod]
    hits: list[CheckHit] = Field(description="最多 500 处")


class RuleCount(Out):
    """How often an active check held in one period."""

    rule_id: UUID
    rule_name: str
    severity: Severity
    hits: int = Field(examples=[4])
    explained: int = Field(examples=[3])


class HitsOut(Out):
    """What the active checks found in one programme and period."""

    programme_id: UUID
    period: Period
    rules: list[RuleCount]
    hits: list[CheckHit] = Field(description="最多 500 处")
