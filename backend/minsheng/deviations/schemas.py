"""Official figures, cases and verifications as they travel."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from minsheng.kernel.fields import Day, In, Line, Moment, Out, Period, Quantity, Reason, Remark, Version
from minsheng.kernel.lifecycle import Action
from minsheng.reports.schemas import SourceBasis

FigureStatus = Literal["active", "void"]
Agreement = Literal["agreed", "beyond", "none"]
DeviationStatus = Literal["open", "answered", "settled", "void"]
DeviationCause = Literal["definition", "cutoff", "late", "typing", "base", "other"]
Outcome = Literal["ours", "theirs", "both"]
NoteKind = Literal["contact", "answer", "return", "settle", "reopen"]
Factor = Annotated[Quantity, Field(gt=0)]


class ReplacedFigureIn(In):
    """The figure that another one takes the place of, and why."""

    id: UUID
    version: Version
    reason: Reason = Field(description="改数的原因", examples=["省厅更正了通报"])


class ExternalFigureIn(In):
    """One official figure, entered by hand or by a machine."""

    target_id: UUID = Field(description="对应的目标（指标与单位）")
    period: Period = Field(description="所属期")
    as_of: Day | None = Field(default=None, description="截止日；省略为所属期末")
    printed: Line = Field(description="原文印的数，如 1.25", examples=["20.5"])
    printed_unit: Line | None = Field(default=None, description="原文的计量单位，如 万公里", examples=["公里"])
    factor: Factor = Field(description="原文单位折成本指标单位的倍数，由填报人写明：万 为 10000", examples=["1"])
    source_name: Line = Field(description="发布机构", examples=["浙江省统计局"])
    document: Remark = Field(default="", description="文件名或文号", examples=["民生实事进展通报第10期"])
    published_on: Day | None = Field(default=None, description="发布日期")
    source_basis: SourceBasis | None = Field(default=None, description="数据来源")
    replaces: ReplacedFigureIn | None = Field(
        default=None, description="改数：所取代的那一条随之撤下，留存", examples=[None]
    )


class ExternalFigurePatch(In):
    """Which of several figures is the official one."""

    official: bool = Field(description="同一指标同一期只有一个作为认定数，其余留存", examples=[True])


class OwnBesideOut(Out):
    """Our own figure beside theirs."""

    outcome: Agreement = Field(description="一致、超出容差、还没有可比的数", examples=["agreed"])
    own_value: Quantity | None
    own_on: Day | None = Field(description="我方数的期末")
    missing: int = Field(description="合计中还没有数的单位", examples=[0])
    difference: Quantity | None = Field(description="我方数减对方数")
    percent: str | None = Field(description="相差占对方数的百分比", examples=["-4.8"])
    allowed: str = Field(description="容差", examples=["相差不超过对方数的 2%"])


class ExternalFigureOut(Out):
    """An official figure and how ours compares with it now."""

    id: UUID
    version: int = Field(examples=[1])
    programme_id: UUID
    item_id: UUID
    item_code: str | None
    item_title: str | None
    indicator_id: UUID
    indicator_name: str | None
    measure_name: str | None
    target_id: UUID
    unit_id: UUID
    unit_name: str | None
    keeper_id: UUID
    keeper_name: str | None
    period: Period
    as_of: Day
    value: Quantity = Field(description="折成本指标单位的数：印的数 × 倍数")
    printed: str
    printed_unit: str | None
    factor: Quantity
    source_name: str
    document: str
    published_on: Day | None
    source_basis: SourceBasis | None
    basis: Literal["published", "generated"] = Field(description="generated 为样例生成的数")
    official: bool = Field(description="认定数")
    replaces_id: UUID | None = Field(description="同一来源改了数时，所取代的那一条")
    status: FigureStatus
    void_reason: str | None
    compared: OwnBesideOut
    deviation_id: UUID | None = Field(description="最近一次偏差")
    created_at: Moment = Field(description="登记时间")
    actions: list[Action]


class ToleranceIn(In):
    """How far our figures may lie from official ones."""

    programme_id: UUID
    indicator_id: UUID | None = Field(default=None, description="单独规定的指标；省略为整个计划")
    absolute: Annotated[Quantity, Field(ge=0)] | None = Field(default=None, description="相差不超过多少（按指标单位）")
    percent: Annotated[Quantity, Field(ge=0, le=1000)] | None = Field(
        default=None, description="相差不超过对方数的百分之几；两项都写的，符合一项即可；都不写的须相等"
    )
    answer_days: Annotated[int, Field(strict=True, ge=1, le=60)] = Field(default=5, description="几个工作日内答复")


class TolerancePatch(In):
    """What is changed of a tolerance."""

    absolute: Annotated[Quantity, Field(ge=0)] | None = None
    percent: Annotated[Quantity, Field(ge=0, le=1000)] | None = None
    answer_days: Annotated[int, Field(strict=True, ge=1, le=60)] = 5


class ToleranceOut(Out):
    """A tolerance in force."""

    id: UUID
    version: int = Field(examples=[1])
    programme_id: UUID
    indicator_id: UUID | None
    absolute: Quantity | None
    percent: Quantity | None
    answer_days: int
    words: str = Field(examples=["相差不超过对方数的 2%"])


class DeviationAnswerIn(In):
    """What the unit says to a difference."""

    cause_code: DeviationCause = Field(description="口径、时点、迟报、录入、基数、其他", examples=["cutoff"])
    explanation: Reason = Field(description="一句话说明", examples=["省厅按10月25日截止，我方按月末"])
    prevention: Reason = Field(description="今后怎样避免", examples=["以后按25日另列一数"])


class SettlementIn(In):
    """How a case ends."""

    outcome: Outcome = Field(description="以我方为准、以对方为准、两数各有口径", examples=["ours"])
    reason: Reason = Field(description="依据", examples=["经核对台账，我方数有验收材料"])


class DeviationOut(Out):
    """A case: both figures as they were, as they are now, what was answered and how it was settled."""

    id: UUID
    version: int = Field(examples=[1])
    external_figure_id: UUID
    programme_id: UUID
    item_id: UUID
    item_code: str | None
    item_title: str | None
    indicator_id: UUID
    indicator_name: str | None
    measure_name: str | None
    target_id: UUID
    unit_id: UUID
    unit_name: str | None
    keeper_id: UUID
    keeper_name: str | None
    period: Period
    as_of: Day
    source_name: str
    document: str
    published_on: Day | None
    own_value: Quantity = Field(description="立案时我方的数")
    own_on: Day
    their_value: Quantity = Field(description="对方的数")
    difference: Quantity
    percent: str | None
    allowed: str
    missing: int = Field(description="立案时合计中还没有数的单位")
    now: OwnBesideOut = Field(description="按现在计入的数再比")
    opened_on: Day
    due_on: Day | None = Field(description="答复期限；缺工作日历时为 null")
    overdue: bool = Field(description="到期还没有答复", examples=[False])
    recurrence: int = Field(description="同一指标同一单位此前的偏差数（不含撤销的）", examples=[0])
    cause_code: DeviationCause | None
    explanation: str | None
    prevention: str | None
    answered_at: Moment | None
    outcome: Outcome | None
    settlement: str | None
    settled_at: Moment | None
    report_id: UUID | None = Field(description="我方数所在的报告；下级合计的为 null")
    correction_id: UUID | None = Field(description="此后对那份报告的更正")
    corrected_on: Day | None = Field(description="以对方为准的，我方报告更正计入之日")
    scorable: bool = Field(description="这个数现在可否用于考核", examples=[False])
    status: DeviationStatus
    actions: list[Action]


class DeviationNoteIn(In):
    """A contact with the other side."""

    deviation_id: UUID
    happened_on: Day = Field(description="哪天")
    counterpart: Line = Field(description="与谁联系", examples=["省交通运输厅规划处"])
    text: Reason = Field(description="说了什么", examples=["对方答应下期通报一并更正"])


class DeviationNoteOut(Out):
    """One line of a case's log."""

    id: UUID
    version: int = Field(examples=[1])
    deviation_id: UUID
    unit_id: UUID
    kind: NoteKind = Field(examples=["contact"])
    happened_on: Day
    counterpart: str | None
    text: str
    author_name: str
    created_at: Moment


class VerificationIn(In):
    """What was found when a reported figure was checked."""

    target_id: UUID
    checked_on: Day = Field(description="核实之日；与当日已计入的数比")
    verified_value: Quantity = Field(description="核实的数")
    method: Reason = Field(description="怎样核实的", examples=["现场抽查12处，对照验收单"])


class VerificationOut(Out):
    """A check: verified beside reported."""

    id: UUID
    version: int = Field(examples=[1])
    programme_id: UUID
    item_id: UUID
    item_code: str | None
    item_title: str | None
    indicator_name: str | None
    measure_name: str | None
    target_id: UUID
    unit_id: UUID
    unit_name: str | None
    checked_on: Day
    reported_on: Day
    reported_value: Quantity
    verified_value: Quantity
    confirmed: bool = Field(description="相差在容差之内", examples=[True])
    method: str
    checker_name: str
    status: FigureStatus
    void_reason: str | None
    created_at: Moment = Field(description="记录时间")
    actions: list[Action]


class VerificationFactor(Out):
    """How far a unit's figures held when they were looked at (核实系数)."""

    unit_id: UUID
    unit_name: str
    checks: int = Field(description="核实的数", examples=[8])
    checks_confirmed: int = Field(description="其中相差在容差之内", examples=[7])
    cases: int = Field(description="裁定的偏差", examples=[2])
    cases_confirmed: int = Field(description="其中以我方为准或两数各有口径", examples=[1])
    base: int = Field(description="分母：核实的数 + 裁定的偏差", examples=[10])
    confirmed: int = Field(description="分子", examples=[8])
    factor: str | None = Field(description="核实系数 = 分子 ÷ 分母；没有核实过的为 null", examples=["0.8"])


class VerificationFactors(Out):
    """Factors of some units for a span."""

    from_on: Day
    to_on: Day
    rule: str
    items: list[VerificationFactor]
