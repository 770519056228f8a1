"""Money as it travels: amounts are whole fen."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from minsheng.funds.models import MOST_FEN
from minsheng.kernel.fields import Code, Day, In, Line, Moment, Out, Prose, Quantity, Reason, Remark, Year
from minsheng.kernel.lifecycle import Action


def _whole(value: Any) -> Any:  # noqa: ANN401 - a validator sees whatever was sent
    if isinstance(value, float) or (isinstance(value, str) and value.strip()):
        raise PydanticCustomError("fen", "金额以分为单位，写成整数：12.50 元写 1250")
    return value


Fen = Annotated[
    int,
    Field(strict=True, ge=1, le=MOST_FEN, description="金额，单位：分", examples=[120_000_000]),
    BeforeValidator(_whole),
]
"""An amount in fen: a whole number that every reader of JSON reads exactly."""
SomeFen = Annotated[
    int,
    Field(strict=True, ge=0, le=MOST_FEN, description="金额，单位：分", examples=[120_000_000]),
    BeforeValidator(_whole),
]
"""An amount that may be nothing."""
AnyFen = Annotated[int, Field(description="金额，单位：分", examples=[120_000_000])]
"""A sum, on whichever side."""

SourceKind = Literal["fiscal", "self_raised", "donation", "loan", "bond", "lottery", "other"]
FundTier = Literal["central", "provincial", "city", "county", "township"]
Usage = Literal["project", "admin"]
SourceStatus = Literal["active", "void"]
LineStatus = Literal["unconfirmed", "active", "closed", "void"]
EntryKind = Literal[
    "plan",
    "notice",
    "receipt",
    "disbursement",
    "expenditure",
    "bounce",
    "recovery",
    "return",
    "investment",
]
Entered = Literal["plan", "notice", "receipt", "expenditure", "recovery", "return", "investment"]
AccountName = Literal[
    "budget",
    "planned",
    "allotted",
    "due",
    "direct",
    "cash",
    "advanced",
    "spent",
    "returned",
    "works",
    "invested",
]
Paper = Annotated[Line, Field(examples=["财建〔2026〕21号"])]
"""The number of a document or a voucher."""


class FundSourceIn(In):
    """One paper that promises money to a list."""

    programme_id: UUID
    unit_id: UUID = Field(description="管账的单位：由它编制明细、登记到位与支出")
    kind: SourceKind = Field(examples=["fiscal"])
    tier: FundTier | None = Field(default=None, description="财政资金的级次；其他来源省略", examples=["provincial"])
    name: Line = Field(examples=["省级农村公路建设补助"])
    document_number: Paper | None = Field(default=None, description="文号")
    document_on: Day | None = Field(default=None, description="文件日期")
    amount_fen: SomeFen
    approximate: bool = Field(default=False, description="约数")
    note: Remark | None = None


class FundSourcePatch(In):
    """What may be changed of a source."""

    name: Line | None = None
    document_number: Paper | None = None
    document_on: Day | None = None
    amount_fen: SomeFen | None = None
    approximate: bool | None = None
    note: Remark | None = None


class FundSourceOut(Out):
    """A source, with how much of it lines were given."""

    id: UUID
    version: int = Field(examples=[1])
    programme_id: UUID
    unit_id: UUID
    unit_name: str | None
    year: int
    kind: SourceKind
    tier: FundTier | None
    name: str
    document_number: str | None
    document_on: Day | None
    amount_fen: AnyFen
    approximate: bool
    note: str | None
    allocated_fen: AnyFen = Field(description="可见的明细计划数之和")
    status: SourceStatus
    actions: list[Action]


class FundLineIn(In):
    """A part of a source for one purpose of one unit."""

    source_id: UUID
    item_id: UUID | None = Field(default=None, description="用于哪个项目；省略为整个计划")
    task_id: UUID | None = Field(default=None, description="用于哪个任务；给出时项目与单位随任务")
    unit_id: UUID = Field(description="用款单位")
    obligation_id: UUID | None = Field(default=None, description="履行哪项配套")
    code: Code = Field(description="同一来源内不重复", examples=["A01"])
    name: Line = Field(examples=["柳市镇农村公路补助"])
    purpose: Line = Field(description="专款专用的用途", examples=["农村公路路面改造"])
    usage: Usage = Field(default="project", description="project 项目支出；admin 工作经费")
    planned_fen: SomeFen
    dated_on: Day | None = Field(default=None, description="计划文件的日期；省略为今天")
    document_number: Paper | None = Field(default=None, description="指标文号")
    functional_code: Code | None = Field(default=None, description="支出功能分类", examples=["2140104"])
    economic_code: Code | None = Field(default=None, description="经济分类", examples=["503"])
    confirmed: bool = Field(default=True, description="false 为资金尚未明确")
    expected_on: Day | None = Field(default=None, description="预计明确的日期")
    pressing_id: UUID | None = Field(default=None, description="负责催办的部门")
    rules: Prose | None = Field(default=None, description="使用范围、报账条件")
    stated_percent: Annotated[Quantity, Field(ge=0, le=100_000)] | None = Field(
        default=None, description="原文印的比率，如 88.3；系统算的另列"
    )
    stated_source: Remark | None = Field(default=None, description="原文出处")


class FundLinePatch(In):
    """What may be changed of a line; its amounts change by entries alone."""

    name: Line | None = None
    purpose: Line | None = Field(default=None, description="登记下达或到位后不能再改")
    usage: Usage | None = None
    document_number: Paper | None = None
    functional_code: Code | None = None
    economic_code: Code | None = None
    expected_on: Day | None = None
    pressing_id: UUID | None = None
    obligation_id: UUID | None = None
    rules: Prose | None = None


class ConfirmIn(In):
    """The paper that makes money certain."""

    document_number: Paper = Field(description="指标文号")


class FundRateOut(Out):
    """A rate that names what it is of; of what was noticed, only what came by a notice is counted."""

    name: Literal[
        "noticed_of_planned",
        "received_of_noticed",
        "received_of_planned",
        "paid_of_received",
        "paid_of_planned",
        "spent_of_paid",
        "invested_of_planned",
    ]
    label: str = Field(examples=["拨付 ÷ 到位"])
    numerator_fen: AnyFen
    denominator_fen: AnyFen
    percent: str | None = Field(description="百分比，四舍五入到两位；分母为零时没有", examples=["88.29"])


class FactsOut(Out):
    """What is known of money, each figure the balance of the ledger."""

    planned_fen: AnyFen = Field(description="计划投入")
    noticed_fen: AnyFen = Field(description="已下达")
    received_fen: AnyFen = Field(description="已到位")
    due_fen: AnyFen = Field(description="已下达未到位")
    paid_fen: AnyFen = Field(description="已拨付：扣除退票、冲销与清退")
    recovered_fen: AnyFen = Field(description="清退")
    spent_fen: AnyFen = Field(description="已支出")
    advanced_fen: AnyFen = Field(description="已拨付未支出")
    returned_fen: AnyFen = Field(description="已缴回来源")
    cash_fen: AnyFen = Field(description="结存：到位未拨付")
    invested_fen: AnyFen = Field(description="完成投资，可以超过到位")


class StatedRateOut(Out):
    """A printed rate beside ours."""

    percent: Quantity = Field(examples=["88.3"])
    source: str | None
    agrees: list[str] = Field(description="与哪些算法一致；空的是都不一致", examples=[["拨付 ÷ 到位"]])


class FundLineOut(Out):
    """A line with its money."""

    id: UUID
    version: int = Field(examples=[1])
    source_id: UUID
    source_name: str | None
    source_kind: SourceKind | None
    tier: FundTier | None
    programme_id: UUID
    item_id: UUID | None
    item_code: str | None
    item_title: str | None
    task_id: UUID | None
    unit_id: UUID
    unit_name: str | None
    keeper_id: UUID
    keeper_name: str | None
    obligation_id: UUID | None
    pressing_id: UUID | None
    year: int
    code: str
    name: str
    purpose: str
    usage: Usage
    document_number: str | None
    functional_code: str | None
    economic_code: str | None
    expected_on: Day | None
    rules: str | None
    reason: str | None
    status: LineStatus
    frozen: bool = Field(description="有未解除的冻结")
    shared_fen: AnyFen = Field(description="捆绑到项目的份额")
    facts: FactsOut
    rates: list[FundRateOut]
    stated: StatedRateOut | None
    actions: list[Action]


class LedgerEntryIn(In):
    """One event of money, with its paper."""

    line_id: UUID
    kind: Entered = Field(
        description="plan 计划增减 · notice 下达 · receipt 到位 · expenditure 支出 · recovery 清退 · return 缴回 · "
        "investment 完成投资；拨付走拨付申请",
        examples=["notice"],
    )
    fen: Annotated[
        int,
        Field(strict=True, ge=-MOST_FEN, le=MOST_FEN, description="金额，单位：分；只有计划调减可为负", examples=[100]),
        BeforeValidator(_whole),
    ]
    dated_on: Day = Field(description="文件、回单或凭证的日期")
    paper: Paper = Field(description="文号或凭证号；同一明细同一事项不重复")
    against_id: UUID | None = Field(default=None, description="到位所对应的下达；清退、支出所对应的拨付")
    into: Literal["cash", "returned"] | None = Field(
        default=None, description="清退的钱：cash 留在本明细再用；returned 缴回来源"
    )
    out_of: Literal["advanced", "spent"] | None = Field(
        default=None, description="清退的是：advanced 已拨未支；spent 已支出"
    )
    due_on: Day | None = Field(default=None, description="下达时规定的到位期限")
    project_id: UUID | None = Field(default=None, description="支出、完成投资所属的捆绑项目")
    note: Remark | None = None


class LedgerReversalIn(In):
    """Which entry is taken back, and why."""

    entry_id: UUID
    dated_on: Day
    paper: Paper = Field(description="冲销凭证号")
    reason: Reason = Field(examples=["录错金额"])


class PostingOut(Out):
    """One side of an entry."""

    account: AccountName
    label: str = Field(examples=["结存"])
    fen: AnyFen


class LedgerEntryOut(Out):
    """One entry with its sides, which add up to nothing."""

    id: UUID
    line_id: UUID
    line_name: str | None
    programme_id: UUID
    item_id: UUID | None
    unit_id: UUID
    number: int = Field(description="明细内连续编号", examples=[1])
    kind: EntryKind
    label: str = Field(examples=["到位"])
    fen: AnyFen
    dated_on: Day
    paper: str
    due_on: Day | None
    note: str | None
    reversal_of: UUID | None
    reversed_by: UUID | None
    against_id: UUID | None
    project_id: UUID | None
    subject_kind: str | None
    subject_id: UUID | None
    author_name: str
    created_at: Moment
    postings: list[PostingOut]


class FundObligationIn(In):
    """What a place must add from its own money."""

    programme_id: UUID
    item_id: UUID | None = None
    unit_id: UUID = Field(description="承担配套的单位")
    keeper_id: UUID = Field(description="下达配套要求的单位")
    tier: FundTier = Field(examples=["county"])
    amount_fen: Fen
    basis: Remark | None = Field(default=None, description="依据，如 按项目投资的 30%")
    document_number: Paper | None = None
    due_on: Day | None = None


class FundObligationOut(Out):
    """An obligation with what was paid in and what is missing."""

    id: UUID
    version: int = Field(examples=[1])
    programme_id: UUID
    item_id: UUID | None
    unit_id: UUID
    unit_name: str | None
    keeper_id: UUID
    tier: FundTier
    amount_fen: AnyFen
    received_fen: AnyFen = Field(description="履行它的明细已到位之和")
    missing_fen: AnyFen
    basis: str | None
    document_number: str | None
    due_on: Day | None
    overdue: bool = Field(description="过了期限仍有缺口")
    status: SourceStatus
    actions: list[Action]


class FundProjectIn(In):
    """A piece of work that several lines pay for."""

    programme_id: UUID
    item_id: UUID | None = None
    task_id: UUID | None = None
    unit_id: UUID = Field(description="实施单位")
    keeper_id: UUID = Field(description="管账的单位")
    code: Code = Field(examples=["P01"])
    name: Line = Field(examples=["柳黄公路改造"])


class FundShareIn(In):
    """What one line gives to a project."""

    project_id: UUID
    line_id: UUID
    amount_fen: Fen


class FundSharePatch(In):
    """Another amount of a share; nothing takes it back."""

    amount_fen: SomeFen


class FundShareOut(Out):
    """A share, traceable to its line and its source."""

    id: UUID
    version: int = Field(examples=[1])
    project_id: UUID
    line_id: UUID
    line_name: str | None
    source_name: str | None
    tier: FundTier | None
    unit_id: UUID
    amount_fen: AnyFen
    paid_fen: AnyFen = Field(description="由本明细为该项目拨付")
    left_fen: AnyFen


class FundProjectOut(Out):
    """A project with the shares of its lines."""

    id: UUID
    version: int = Field(examples=[1])
    programme_id: UUID
    item_id: UUID | None
    task_id: UUID | None
    unit_id: UUID
    unit_name: str | None
    keeper_id: UUID
    code: str
    name: str
    amount_fen: AnyFen = Field(description="各份额之和")
    paid_fen: AnyFen
    shares: list[FundShareOut]


class FundFreezeIn(In):
    """Why a line is frozen."""

    line_id: UUID
    reason: Reason = Field(examples=["审计发现票据与工程量不符"])


class FundFreezeOut(Out):
    """A freeze, and how it ended."""

    id: UUID
    version: int = Field(examples=[1])
    line_id: UUID
    unit_id: UUID
    reason: str
    subject_kind: str | None
    subject_id: UUID | None
    author_name: str
    created_at: Moment
    lifted_reason: str | None
    lifted_name: str | None
    lifted_at: Moment | None
    status: Literal["frozen", "lifted"]
    actions: list[Action]


class FundYearIn(In):
    """Which year's books are closed."""

    unit_id: UUID = Field(description="管账的单位")
    year: Year
    note: Remark | None = None


class FundYearOut(Out):
    """A closed year."""

    id: UUID
    version: int = Field(examples=[1])
    unit_id: UUID
    unit_name: str | None
    year: int
    author_name: str
    note: str | None
    created_at: Moment
    status: Literal["closed", "reopened"]
    actions: list[Action]


class RateRowOut(Out):
    """One group with its facts and rates."""

    key: str | None = Field(description="来源、项目或单位的编号，级次或类别的代码，或月份")
    label: str | None = Field(description="名称；级次与类别由界面翻译", examples=["柳市镇"])
    facts: FactsOut
    rates: list[FundRateOut]
    ahead_points: str | None = Field(description="拨付 ÷ 计划 比序时进度快几个百分点，负数为慢", examples=["-12.5"])


class FundRatesOut(Out):
    """The rates of a list, each with its base, against elapsed time."""

    programme_id: UUID
    on: Day
    by: Literal["source", "tier", "kind", "item", "unit", "usage", "month"]
    elapsed_percent: str = Field(description="序时进度", examples=["89.32"])
    promised_fen: AnyFen = Field(description="资金来源文件所列金额之和")
    unconfirmed_fen: AnyFen = Field(description="尚未明确的计划数")
    unconfirmed_percent: str | None = Field(description="尚未明确 ÷ 计划", examples=["12.5"])
    admin_fen: AnyFen = Field(description="工作经费拨付")
    admin_percent: str | None = Field(description="工作经费拨付 ÷ 全部拨付", examples=["2.1"])
    total: RateRowOut
    rows: list[RateRowOut]


class DelayOut(Out):
    """How long the money of a line takes, and what lies still."""

    line_id: UUID
    line_name: str | None
    unit_id: UUID | None
    unit_name: str | None
    arrival_days: str | None = Field(description="下达到到位，按金额加权的平均天数", examples=["12.4"])
    payment_days: str | None = Field(description="到位到拨付，按金额加权的平均天数", examples=["30"])
    overdue_fen: AnyFen = Field(description="过了到位期限还没有到的")
    overdue_days: int = Field(description="最长超期天数", examples=[0])
    idle_fen: AnyFen = Field(description="到位后闲置超过所问天数的")
    idle_days: int = Field(description="结存资金最长已放天数", examples=[45])


class FundDelaysOut(Out):
    """Late and idle money of a list, the worst first."""

    programme_id: UUID
    on: Day
    idle_after: int = Field(examples=[90])
    arrival_days: str | None = Field(examples=["12.4"])
    payment_days: str | None = Field(examples=["30"])
    overdue_fen: AnyFen
    idle_fen: AnyFen
    rows: list[DelayOut]


class FundProofOut(Out):
    """Whether the totals are what the postings add up to."""

    programme_id: UUID
    lines: int = Field(examples=[12])
    entries: int = Field(examples=[40])
    postings: int = Field(examples=[80])
    sound: bool = Field(examples=[True])
    faults: list[str] = Field(description="对不上的地方；没有就是空的")
