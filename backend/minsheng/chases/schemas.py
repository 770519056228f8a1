"""Silence and chases as they travel."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from minsheng.chases.texts import DEFAULT, PLACEHOLDERS, unknown
from minsheng.kernel.errors import FieldError
from minsheng.kernel.fields import Day, In, Moment, Out, Remark
from minsheng.kernel.lifecycle import Action

Channel = Literal["system", "http", "log", "phone", "paper"]
SilenceState = Literal["due", "late", "missing", "returned"]
ChaseStatus = Literal["queued", "delivered", "failed", "read"]
RuleKind = Literal["before", "after", "every", "repeated"]
RuleStatus = Literal["active", "retired"]
Tier = Literal["province", "city", "county", "township", "village"]


def _placeholders(value: str) -> str:
    if names := unknown(value):
        known = "、".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise PydanticCustomError(
            "placeholder", "没有占位符 {wrong}；可用的有 {known}", {"wrong": f"{{{names[0]}}}", "known": known}
        )
    return value


Wording = Annotated[Remark, Field(min_length=2, max_length=500), AfterValidator(_placeholders)]
"""The words of a chase; ``{单位}`` and the like are filled in when it is sent."""


class SilentOut(Out):
    """What one unit has not reported in one round."""

    programme_id: UUID
    programme_name: str = Field(examples=["温州市2026年民生实事"])
    round_id: UUID
    period: str = Field(examples=["2026-11"])
    title: str | None = Field(description="材料的名称；报数字的为空", examples=[None])
    due_at: Moment
    closes_at: Moment
    unit_id: UUID
    unit_name: str = Field(examples=["柳市镇"])
    tier: str = Field(examples=["township"])
    state: SilenceState = Field(
        description="due 待报、late 逾期、missing 关闭仍未报、returned 被退回", examples=["late"]
    )
    owed: int = Field(description="没有交的报告数", examples=[5])
    returned: int = Field(description="其中被退回的", examples=[1])
    days_over: int = Field(description="逾期天数；负数为距截止的天数", examples=[3])
    chases: int = Field(description="已催几次", examples=[2])
    chased_at: Moment | None = Field(description="最近一次催报")
    chased_by: str | None = Field(description="最近一次的渠道", examples=["system"])
    read: bool = Field(description="最近一次催报是否已阅", examples=[False])
    answered: bool = Field(description="最近一次催报以后又交过报告", examples=[False])
    chasable: bool = Field(description="由本人所在机构催报", examples=[True])


class ChannelOut(Out):
    """One way a chase can go."""

    key: Channel
    name: str = Field(examples=["系统内消息"])
    ready: bool = Field(description="已配置，可以使用")
    by_hand: bool = Field(description="由人打电话、发通知，再回来登记结果")


class SilenceOut(Out):
    """Who is silent, and what chases can be made of."""

    items: list[SilentOut]
    counts: dict[str, dict[str, int]] = Field(description="按层级与状态的单位数", examples=[{"township": {"late": 3}}])
    cut: bool = Field(description="条目超过上限，请缩小范围", examples=[False])
    channels: list[ChannelOut]
    template: str = Field(description="催报文字的默认模板", examples=[DEFAULT])
    placeholders: dict[str, str] = Field(description="占位符与含义", examples=[PLACEHOLDERS])
    cooldown_hours: int = Field(description="同一单位同一填报期两次催报的最短间隔（小时）", examples=[24])


class ChaseTarget(In):
    """Who is chased for what."""

    round_id: UUID
    unit_id: UUID


class ChaseWords(In):
    """How it is said."""

    channel: Channel = Field(default="system", examples=["system"])
    text: Wording = Field(default=DEFAULT, examples=[DEFAULT])


class ChaseIn(ChaseWords, ChaseTarget):
    """One chase."""


class ChasesIn(ChaseWords):
    """Many chases with the same words."""

    targets: Annotated[list[ChaseTarget], Field(min_length=1, max_length=500)]
    dry_run: bool = Field(default=False, description="只看文字与能否催，不发")


class ChaseOut(Out):
    """A chase and what became of it."""

    id: UUID
    version: int = Field(examples=[1])
    programme_id: UUID
    programme_name: str | None = Field(examples=["温州市2026年民生实事"])
    round_id: UUID
    period: str = Field(examples=["2026-11"])
    unit_id: UUID
    unit_name: str | None = Field(examples=["柳市镇"])
    by_unit_id: UUID
    by_unit_name: str | None = Field(examples=["乐清市"])
    scheduled: bool = Field(description="按规则自动催的", examples=[False])
    nth: int = Field(description="第几次催", examples=[2])
    channel: Channel = Field(examples=["system"])
    text: str = Field(examples=["柳市镇：请尽快报送。"])
    owed: int = Field(examples=[5])
    returned: int = Field(examples=[1])
    status: ChaseStatus = Field(examples=["delivered"])
    attempts: int = Field(description="发过几次", examples=[1])
    again_at: Moment | None = Field(description="没有送达的，什么时候自动再发；空为不再自动发", examples=[None])
    failure: str | None = Field(description="没有送达的原因", examples=[None])
    sent_at: Moment
    delivered_at: Moment | None
    read_at: Moment | None
    actions: list[Action]


class ChaseResult(Out):
    """What became of one chase of many."""

    round_id: UUID
    unit_id: UUID
    outcome: Literal["sent", "ready", "refused"] = Field(examples=["sent"])
    chase_id: UUID | None
    text: str | None
    code: str | None = Field(examples=[None])
    detail: str | None = Field(examples=[None])
    errors: list[FieldError]


class ChaseResults(Out):
    """What became of each."""

    results: list[ChaseResult]


class ChaseRuleIn(In):
    """A rule that chases by itself."""

    unit_id: UUID = Field(description="谁催：其下级受这条规则管")
    programme_id: UUID | None = Field(default=None, description="只对这个计划；省略为全部")
    kind: RuleKind = Field(examples=["after"])
    number: int = Field(strict=True, ge=1, le=60, description="天数；repeated 为连续几期", examples=[1])
    hour: int = Field(default=9, strict=True, ge=0, le=23, description="几点以后", examples=[9])
    channel: Channel = Field(default="system", examples=["system"])
    text: Wording = Field(default=DEFAULT, examples=[DEFAULT])


class ChaseRulePatch(In):
    """What may change of a rule."""

    number: int | None = Field(default=None, strict=True, ge=1, le=60, examples=[1])
    hour: int | None = Field(default=None, strict=True, ge=0, le=23, examples=[9])
    channel: Channel | None = Field(default=None, examples=["system"])
    text: Wording | None = Field(default=None, examples=[DEFAULT])


class ChaseRuleOut(Out):
    """A rule as it stands."""

    id: UUID
    version: int = Field(examples=[1])
    unit_id: UUID
    unit_name: str | None = Field(examples=["乐清市"])
    programme_id: UUID | None
    programme_name: str | None
    kind: RuleKind = Field(examples=["after"])
    number: int = Field(examples=[1])
    hour: int = Field(examples=[9])
    channel: Channel = Field(examples=["system"])
    text: str = Field(examples=[DEFAULT])
    status: RuleStatus = Field(examples=["active"])
    actions: list[Action]


class RepeatedOut(Out):
    """A unit that has been silent in several rounds in a row."""

    programme_id: UUID
    programme_name: str = Field(examples=["温州市2026年民生实事"])
    unit_id: UUID
    unit_name: str = Field(examples=["柳市镇"])
    tier: str = Field(examples=["township"])
    rounds: int = Field(description="连续几期没有报齐", examples=[3])
    since: str = Field(description="从哪一期起", examples=["2026-08"])
    chases: int = Field(description="这些期里共催了几次", examples=[4])


class RepeatedList(Out):
    """Repeated silence beneath the caller."""

    rounds: int = Field(description="连续几期起列出；规则没有规定时为默认值", examples=[3])
    items: list[RepeatedOut]


class RateOut(Out):
    """How one unit reported in one programme over a span."""

    programme_id: UUID
    programme_name: str = Field(examples=["温州市2026年民生实事"])
    unit_id: UUID
    unit_name: str = Field(examples=["柳市镇"])
    tier: str = Field(examples=["township"])
    expected: int = Field(description="基数：期间已到截止时间的应报报告数", examples=[24])
    on_time: int = Field(description="其中按时提交的", examples=[20])
    complete: int = Field(description="其中现在已提交的", examples=[22])
    on_time_pct: str = Field(examples=["83.3"])
    complete_pct: str = Field(examples=["91.7"])


class RatesOut(Out):
    """On-time and completeness rates with the base they use."""

    starts_on: Day
    ends_on: Day
    base: str = Field(description="基数与口径", examples=["基数为……"])
    items: list[RateOut]
