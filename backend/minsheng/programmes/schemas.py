"""Programmes, items and indicators as they travel."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from minsheng.kernel.fields import Code, Day, In, Label, Line, Out, Prose, Reason, Remark, Whole, Year
from minsheng.kernel.lifecycle import Action

ProgrammeKind = Literal["livelihood", "campaign", "evaluation", "key_projects", "line_department"]
Accumulation = Literal["cumulative", "snapshot"]
Aggregation = Literal["sum", "ratio", "none"]
IndicatorKind = Literal["count", "ratio", "ordinal", "frequency", "policy"]
Better = Literal["higher", "lower"]
Counting = Literal["gross", "net"]
Survey = Literal["census", "sample"]
PerPeriod = Literal["month", "quarter", "year"]
Per = Annotated[int, Field(strict=True, ge=1, le=1_000_000, examples=[100])]
Levels = Annotated[list[Label], Field(max_length=20)]
ProgrammeStatus = Literal["draft", "consultation", "issued", "closed"]
ItemKind = Literal["works", "subsidy", "insurance", "training", "service", "policy", "ongoing"]
Origin = Literal["handed_down", "own"]
LeadRole = Literal["lead", "cooperate"]
Dimension = Literal["count", "length", "area", "volume", "mass", "money", "power", "time", "rate", "other"]
CutOffDay = Annotated[int, Field(strict=True, ge=1, le=28, examples=[5])]
CutOffHour = Annotated[int, Field(strict=True, ge=1, le=24, examples=[18])]
CloseAfter = Annotated[int, Field(strict=True, ge=0, le=60, examples=[5])]
ItemCode = Annotated[str, Field(pattern=r"^[0-9A-Za-z.()-]{1,20}$", examples=["3.2"])]
Labels = Annotated[list[Label], Field(max_length=8)]


class ProgrammeIn(In):
    """A new promise list."""

    unit_id: UUID = Field(description="主办机构（市或县）")
    year: Year
    name: Line = Field(examples=["温州市2026年民生实事"])
    kind: ProgrammeKind = "livelihood"
    starts_on: Day
    ends_on: Day
    level_labels: Labels = Field(default=["大项", "小项"], description="各层的叫法")
    rule_set: Code = Field(default="points-10-30", description="亮灯规则的代号", examples=["points-10-30"])
    cut_off_day: CutOffDay = Field(default=5, description="随计划设一个月报：次月几日截止；其他周期另设")
    cut_off_hour: CutOffHour = Field(default=18, description="月报的截止钟点（北京时间）")
    close_after_days: CloseAfter = Field(default=5, description="月报截止后几天锁定")
    source: Prose | None = Field(default=None, description="依据文件")


class ProgrammePatch(In):
    """What may change while the list is a draft."""

    name: Line | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    level_labels: Labels | None = None
    rule_set: Code | None = None
    source: Prose | None = None


class IssueIn(In):
    """The day of issue, from which the straight line runs (R121)."""

    issued_on: Day | None = Field(default=None, description="下达日；省略为今天", examples=["2026-03-20"])


class RuleChangeIn(In):
    """Another rule set for a list that is in force."""

    rule_set: Code = Field(description="启用中的亮灯规则", examples=["cangnan-month"])
    reason: Reason = Field(description="更换的原因，留在变更记录里", examples=["市政府第12次常务会议决定"])


class ConsultIn(In):
    """Who is asked for an opinion, and until when."""

    until: Day = Field(description="意见截止日", examples=["2026-12-05"])
    unit_ids: Annotated[list[UUID], Field(min_length=1, max_length=500)] = Field(description="征求哪些下级单位的意见")


class ProgrammeOut(Out):
    """A promise list."""

    id: UUID
    version: int = Field(examples=[1])
    unit_id: UUID
    unit_name: str | None = Field(examples=["温州市"])
    year: int = Field(examples=[2026])
    name: str = Field(examples=["温州市2026年民生实事"])
    kind: ProgrammeKind = Field(examples=["livelihood"])
    status: ProgrammeStatus = Field(examples=["issued"])
    starts_on: Day
    ends_on: Day
    issued_on: Day | None
    level_labels: list[str] = Field(examples=[["大项", "小项"]])
    rule_set: str = Field(examples=["points-10-30"])
    rule_reason: str | None = Field(description="最近一次更换亮灯规则的原因", examples=[None])
    reporting: list[str] = Field(description="填报周期", examples=[["每月，次月5日18时截止"]])
    source: str | None
    predecessor_id: UUID | None = Field(description="从哪个计划复制而来")
    actions: list[Action]


class LeadIn(In):
    """A department and its part."""

    unit_id: UUID
    role: LeadRole = "lead"


class ItemIn(In):
    """A new node of the catalogue."""

    programme_id: UUID
    parent_id: UUID | None = None
    seq: Whole = 0
    code: ItemCode
    title: Line = Field(examples=["新增（优化）城乡公交线路"])
    kind: ItemKind | None = Field(
        default=None,
        description=(
            "类型：工程 works、补助 subsidy、参保 insurance、培训 training、服务 service、政策 policy、常态化 ongoing"
        ),
    )
    origin: Origin = Field(default="own", description="上级下达 handed_down，或本级自定 own")
    upper_item_id: UUID | None = Field(default=None, description="对应的上级项目")
    standard: Prose | None = Field(default=None, description="具体内容与标准")
    source_document: Remark | None = Field(default=None, description="来源文件：类别、题名、条款")
    leads: Annotated[list[LeadIn], Field(max_length=20, default_factory=list)]


class ItemPatch(In):
    """What may change of a node while the list is a draft; ``leads`` is the whole list."""

    parent_id: UUID | None = None
    seq: Whole | None = None
    code: ItemCode | None = None
    title: Line | None = None
    kind: ItemKind | None = None
    origin: Origin | None = None
    upper_item_id: UUID | None = None
    standard: Prose | None = None
    source_document: Remark | None = None
    leads: Annotated[list[LeadIn], Field(max_length=20)] | None = None


class LeadOut(Out):
    """A department and its part."""

    unit_id: UUID
    unit_name: str | None = Field(examples=["温州市交通运输局"])
    role: LeadRole = Field(examples=["lead"])


class IndicatorOut(Out):
    """What is counted."""

    id: UUID
    version: int = Field(examples=[1])
    item_id: UUID
    name: str = Field(examples=["线路"])
    measure_id: UUID
    measure_name: str = Field(examples=["条"])
    decimals: int = Field(examples=[0])
    accumulation: Accumulation = Field(examples=["cumulative"])
    aggregation: Aggregation = Field(examples=["sum"])
    kind: IndicatorKind = Field(examples=["count"])
    better: Better = Field(description="数字越高越好，还是越低越好", examples=["higher"])
    counting: Counting | None = Field(description="总量还是净增", examples=[None])
    survey: Survey = Field(description="全面统计还是抽样", examples=["census"])
    numerator_name: str | None = Field(examples=[None])
    denominator_name: str | None = Field(examples=[None])
    per: int = Field(description="比率的基数：100 为百分率", examples=[100])
    levels: list[str] = Field(description="等级，从差到好", examples=[[]])
    per_period: PerPeriod | None = Field(examples=[None])
    part_of: UUID | None = Field(description="其中项：属于哪个指标")


class ItemOut(Out):
    """A node of the catalogue with its leads and indicators."""

    id: UUID
    version: int = Field(examples=[1])
    programme_id: UUID
    parent_id: UUID | None
    seq: int = Field(examples=[3])
    code: str = Field(examples=["3.2"])
    title: str = Field(examples=["新增（优化）城乡公交线路"])
    status: Literal["draft", "issued", "closed", "void"] = Field(examples=["issued"])
    kind: ItemKind | None = Field(examples=["works"])
    origin: Origin = Field(examples=["own"])
    upper_item_id: UUID | None = Field(description="对应的上级项目")
    predecessor_item_id: UUID | None = Field(description="上年度的同一项目")
    standard: str | None
    source_document: str | None = Field(examples=["2026年政府工作报告 第三部分第（二）条"])
    leads: list[LeadOut]
    indicators: list[IndicatorOut]
    actions: list[Action]


class IndicatorIn(In):
    """A new indicator of a leaf item."""

    item_id: UUID
    name: Line = Field(examples=["线路"])
    measure_id: UUID
    kind: IndicatorKind = Field(
        default="count",
        description="count 数量；ratio 比率（填分子、分母）；ordinal 等级；frequency 每期几次；policy 政策参数",
    )
    accumulation: Accumulation | None = Field(
        default=None, description="累计或时点；省略时数量、频次为累计，其余为时点", examples=["cumulative"]
    )
    aggregation: Aggregation | None = Field(
        default=None,
        description="上级合计：sum 相加，ratio 分子之和比分母之和，none 不可相加；省略时由种类和计量单位定",
        examples=["sum"],
    )
    better: Better = Field(default="higher", description="数字越高越好，还是越低越好")
    counting: Counting | None = Field(default=None, description="总量（gross）还是净增（net）")
    survey: Survey = Field(default="census", description="全面统计（census）还是抽样（sample）")
    numerator_name: Line | None = Field(default=None, description="比率的分子", examples=["已通自来水户数"])
    denominator_name: Line | None = Field(default=None, description="比率的分母", examples=["农村总户数"])
    per: Per = Field(default=100, description="比率的基数：100 为百分率，1000 为千分率，1 为人均等")
    levels: Levels = Field(default_factory=list, description="等级，从差到好", examples=[["劣Ⅴ", "Ⅴ", "Ⅳ", "Ⅲ"]])
    per_period: PerPeriod | None = Field(default=None, description="频次按月、季还是年计")
    part_of: UUID | None = Field(default=None, description="其中项：属于同一项目的哪个指标")


class IndicatorPatch(In):
    """What may change of an indicator while the list is a draft."""

    name: Line | None = None
    measure_id: UUID | None = None
    kind: IndicatorKind | None = None
    accumulation: Accumulation | None = None
    aggregation: Aggregation | None = None
    better: Better | None = None
    counting: Counting | None = None
    survey: Survey | None = None
    numerator_name: Line | None = None
    denominator_name: Line | None = None
    per: Per | None = None
    levels: Levels | None = None
    per_period: PerPeriod | None = None
    part_of: UUID | None = None


class MeasureIn(In):
    """A new unit of measure."""

    name: Annotated[str, Field(min_length=1, max_length=20, pattern=r"^[^\s\x00-\x1f]+$")] = Field(examples=["公里"])
    decimals: Annotated[int, Field(strict=True, ge=0, le=6)] = Field(default=0, description="小数位数")
    dimension: Dimension = "count"


class MeasureOut(Out):
    """A unit of measure."""

    id: UUID
    version: int = Field(examples=[1])
    name: str = Field(examples=["公里"])
    decimals: int = Field(examples=[3])
    dimension: Dimension = Field(examples=["length"])


class CopyIn(In):
    """A new draft made of an earlier list; dates move by the difference of the years."""

    year: Year
    unit_id: UUID | None = Field(default=None, description="新计划的主办机构；省略则与原计划相同")
    name: Line | None = Field(default=None, description="省略则把原名称里的年份换成新年度")
    targets: bool = Field(default=False, strict=True, description="把主办机构的目标与期限也带过来，作为初稿")


class Difference(Out):
    """One property that is not as it was."""

    field: str = Field(examples=["title"])
    label: str = Field(examples=["名称"])
    old: str | None = Field(examples=["新增公交线路"])
    new: str | None = Field(examples=["新增（优化）城乡公交线路"])


class DiffRow(Out):
    """An item beside its predecessor."""

    outcome: Literal["kept", "changed", "new", "dropped"] = Field(examples=["kept"])
    level: int = Field(description="第几层，从 1 起", examples=[2])
    item_id: UUID | None
    code: str | None = Field(examples=["3.2"])
    title: str | None = Field(examples=["新增（优化）城乡公交线路"])
    against_item_id: UUID | None
    against_code: str | None = Field(examples=["3.1"])
    against_title: str | None = Field(examples=["新增公交线路"])
    changes: list[Difference]


class LevelCount(Out):
    """How one level of the catalogue grew or shrank (R002)."""

    level: int = Field(examples=[1])
    label: str = Field(examples=["大项"])
    total: int = Field(examples=[10])
    against_total: int = Field(examples=[9])
    new: int = Field(examples=[1])
    dropped: int = Field(examples=[0])
    changed: int = Field(examples=[2])
    kept: int = Field(examples=[7])


class DiffOut(Out):
    """A catalogue against an earlier one, in catalogue order; dropped items at the end."""

    programme_id: UUID
    programme_name: str
    year: int = Field(examples=[2027])
    against_id: UUID
    against_name: str
    against_year: int = Field(examples=[2026])
    levels: list[LevelCount]
    rows: list[DiffRow]


class ListingIn(In):
    """An item that is to count in another list too."""

    programme_id: UUID = Field(description="列入哪个计划")
    item_id: UUID = Field(description="别的计划里的项目")


class ListingOut(Out):
    """An item that counts in another list too."""

    id: UUID
    version: int = Field(examples=[1])
    programme_id: UUID
    programme_name: str | None
    item_id: UUID
    item_code: str | None = Field(examples=["3.2"])
    item_title: str | None
    owner_programme_id: UUID | None = Field(description="项目本来属于的计划")
    owner_programme_name: str | None
    status: Literal["draft", "issued", "ended"] = Field(examples=["issued"])
    actions: list[Action]


class TallyRow(Out):
    """How many leaf items one list holds."""

    programme_id: UUID
    programme_name: str
    status: ProgrammeStatus = Field(examples=["issued"])
    own: int = Field(description="自己的末级项目", examples=[76])
    shared: int = Field(description="从别的计划列入的", examples=[4])


class TallyOut(Out):
    """Leaf items of several lists, each counted once."""

    rows: list[TallyRow]
    listed: int = Field(description="各计划项目数之和", examples=[90])
    distinct: int = Field(description="不重复的项目数", examples=[86])
