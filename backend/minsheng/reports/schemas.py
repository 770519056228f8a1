"""Rounds, reports and the entry sheet as they travel."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from minsheng.kernel.errors import FieldError
from minsheng.kernel.fields import Day, In, Moment, Out, Prose, Quantity, Reason, Remark, Version
from minsheng.kernel.lifecycle import Action, ReasonIn
from minsheng.plans.schemas import DisputeOut, Light
from minsheng.programmes.cadence_schemas import CadenceTier, Content, Per
from minsheng.programmes.schemas import IndicatorKind
from minsheng.rule_sets.schemas import LightMark
from minsheng.targets.schemas import AdjustedOut, Operator

CauseCode = Literal["funds", "upper_money", "land", "approval", "weather", "staff", "coordination", "unwilling"]
RoundState = Literal["scheduled", "open", "overdue", "closed"]
ReportStatus = Literal["draft", "submitted", "reviewed", "accepted", "superseded", "void"]
FigureBasis = Literal["reported", "published", "generated"]
SourceBasis = Literal["projected", "survey", "registered", "administrative", "estimate"]
FigureState = Literal["forecast", "preliminary", "final"]
Fen = Annotated[int, Field(strict=True, ge=0, le=10**15)]


class RoundOut(Out):
    """A collection period."""

    id: UUID
    version: int = Field(examples=[1])
    programme_id: UUID
    cadence_id: UUID
    period: str = Field(examples=["2026-11"])
    content: Content = Field(description="报数字，或报材料", examples=["figures"])
    per: Per = Field(description="每项任务一份，或每单位一份", examples=["task"])
    title: str | None = Field(description="材料的名称", examples=[None])
    tier: CadenceTier | None = Field(description="只由某一层级填报", examples=[None])
    starts_on: Day
    ends_on: Day
    opens_at: Moment
    due_at: Moment
    closes_at: Moment
    state: RoundState = Field(examples=["open"])
    change_reason: str | None


class RoundPatch(In):
    """Move the cut-off or the lock of a round; the reason stays with it."""

    due_at: Moment | None = None
    closes_at: Moment | None = None
    reason: Reason = Field(examples=["台风期间推迟三天"])


class ValueIn(In):
    """One figure as the clerk means it.

    Of a cumulative indicator ``current`` or ``value`` may be left out and is worked out; given both, they must agree
    with the previous one. ``base`` is what the clerk saw: a figure somebody else changed meanwhile is a conflict.
    """

    target_id: UUID
    current: Quantity | None = Field(default=None, description="本期数", examples=["12"])
    value: Quantity | None = Field(default=None, description="累计数；时点指标为当前数，等级为第几级", examples=["37"])
    numerator: Quantity | None = Field(default=None, description="比率的分子；比率由此算出，不直接填")
    denominator: Quantity | None = Field(default=None, description="比率的分母")
    base: "BaseIn | None" = Field(default=None, description="填报人看到的原数")
    fall_reason: Remark | None = Field(default=None, description="数字下降的原因")
    explanation: Remark | None = Field(
        default=None, description="核对规则有疑问而情况属实的原因；数字再改动后须重新说明", examples=[None]
    )
    as_of: Day | None = Field(default=None, description="截至日期；不填为期末")
    source_basis: SourceBasis | None = Field(
        default=None, description="数据来源：推算、调查、登记、行政记录、估算", examples=["registered"]
    )
    state: FigureState | None = Field(
        default=None, description="预计、初步、最终；预计数不计入完成", examples=["final"]
    )
    approx: bool | None = Field(default=None, strict=True, description="约数")
    expected: Quantity | None = Field(default=None, description="年底预计达到的数")


class BaseIn(In):
    """What the clerk saw before typing."""

    current: Quantity | None = None
    value: Quantity | None = None
    numerator: Quantity | None = None
    denominator: Quantity | None = None


class ReportPatch(In):
    """What may change of a draft report."""

    values: Annotated[list[ValueIn], Field(max_length=50, default_factory=list)]
    note: Prose | None = Field(default=None, description="进展说明")
    cause_code: CauseCode | None = Field(default=None, description="滞后原因", examples=["land"])
    cause_note: Prose | None = Field(default=None, description="滞后说明一句话")
    physical_note: Remark | None = Field(default=None, description="形象进度", examples=["主体三层封顶"])
    physical_pct: Quantity | None = Field(default=None, description="形象进度百分比，0 至 100", examples=["65"])
    invested_fen: Fen | None = Field(default=None, description="完成投资，分", examples=[128000000])
    expected_on: Day | None = Field(default=None, description="预计完成日期")


class ReportChange(ReportPatch):
    """One report's change in a batch."""

    report_id: UUID
    base_version: Version


class BatchIn(In):
    """Changes of many reports by the rules of one."""

    mode: Literal["each", "atomic"] = "each"
    dry_run: bool = False
    changes: Annotated[list[ReportChange], Field(min_length=1, max_length=500)]


class CellOut(Out):
    """One figure with everything a clerk needs beside it."""

    target_id: UUID
    indicator_name: str = Field(examples=["线路"])
    measure_name: str = Field(examples=["条"])
    decimals: int = Field(examples=[0])
    accumulation: Literal["cumulative", "snapshot"] = Field(examples=["cumulative"])
    operator: Operator = Field(examples=["ge"])
    kind: IndicatorKind = Field(examples=["count"])
    levels: list[str] = Field(description="等级，从差到好", examples=[[]])
    numerator_name: str | None = Field(examples=[None])
    denominator_name: str | None = Field(examples=[None])
    per: int = Field(description="比率的基数：100 为百分率", examples=[100])
    part_of: UUID | None = Field(description="其中项：所属目标")
    target_value: Quantity | None = Field(description="期末有效的目标值，区间的下限")
    target_max: Quantity | None = Field(description="区间的上限")
    original_value: Quantity | None = Field(description="下达时的目标值")
    adjusted: AdjustedOut | None = Field(description="已调整的：下达时与期末有效的", examples=[None])
    plan_value: Quantity | None = Field(description="期末序时应达的累计数")
    previous: Quantity | None = Field(description="上期累计")
    current: Quantity | None = Field(description="本期数")
    value: Quantity | None = Field(description="累计数")
    numerator: Quantity | None = Field(description="比率的分子")
    denominator: Quantity | None = Field(description="比率的分母")
    basis: FigureBasis = Field(examples=["reported"])
    source_note: str | None
    fall_reason: str | None
    as_of: Day = Field(description="截至日期；没有另填的为期末")
    source_basis: SourceBasis | None
    state: FigureState = Field(examples=["final"])
    approx: bool = Field(description="约数，显示为 ≈", examples=[False])
    expected: Quantity | None = Field(description="年底预计达到的数")
    prefilled: list[str] = Field(description="不用填的栏", examples=[["previous", "as_of", "value"]])
    progress_pct: str | None = Field(examples=["61.9"])
    light: Light = Field(examples=["green"])
    mark: LightMark = Field(description="灯的名称与符号，随亮灯规则而定")
    explanation: str
    dispute: DisputeOut | None = Field(description="与上级或统计口径不符、还没有了结的偏差", examples=[None])


class RoundBrief(Out):
    """The round a report belongs to."""

    id: UUID
    period: str = Field(examples=["2026-11"])
    content: Content = Field(description="报数字，或报材料", examples=["figures"])
    per: Per = Field(description="每项任务一份，或每单位一份", examples=["task"])
    title: str | None = Field(description="材料的名称", examples=[None])
    state: RoundState = Field(examples=["open"])
    due_at: Moment
    closes_at: Moment


class Prefill(Out):
    """How much of a form was filled in by the system."""

    words: list[str] = Field(description="表上已带出的文字栏", examples=[["physical_note"]])
    filled: int = Field(description="已带出的栏数", examples=[4])
    total: int = Field(description="全部栏数", examples=[5])


class FieldChangeOut(Out):
    """One field that differs between two versions."""

    target_id: UUID | None = Field(description="哪个数；整份报告的文字栏为空")
    indicator_name: str | None = Field(examples=["线路"])
    field: str = Field(examples=["value"])
    label: str = Field(examples=["累计数"])
    old: str | None = Field(examples=["37"])
    new: str | None = Field(examples=["35"])


class ReportCommentOut(Out):
    """What was said about a report, or about one figure of it."""

    id: UUID
    version: int = Field(examples=[1])
    report_id: UUID
    target_id: UUID | None = Field(description="说的是哪个数；空为整份报告")
    text: str = Field(examples=["与台账差 2 公里，请核对"])
    author_name: str
    created_at: Moment
    status: Literal["open", "settled"] = Field(examples=["open"])
    answer: str | None = Field(description="怎么处理的")
    settled_name: str | None
    settled_at: Moment | None
    actions: list[Action]


class CheckedFigure(Out):
    """One number a check looked at."""

    label: str = Field(examples=["线路本期数"])
    value: str = Field(examples=["300"])
    own: bool = Field(description="是本报告的数：改动后原来的说明不再算数", examples=[True])


class ExplanationOut(Out):
    """What somebody wrote about figures that a check asked about; it stays for ever with the figures it was about."""

    id: UUID
    rule_id: UUID
    rule_name: str = Field(examples=["本期数突增"])
    target_id: UUID
    message: str = Field(description="当时的疑问")
    figures: list[CheckedFigure] = Field(description="说明时的数")
    text: str = Field(examples=["上月漏报两个村，本月一并补报"])
    author_name: str | None
    at: Moment
    counts: bool = Field(description="数字没有再改，说明仍然算数", examples=[True])


class FindingOut(Out):
    """One figure that a check stops or asks about."""

    rule_id: UUID
    rule_name: str = Field(examples=["本期数突增"])
    kind: Literal["range", "jump", "sum", "ratio", "slip", "siblings"] = Field(examples=["jump"])
    severity: Literal["stop", "warn"] = Field(description="stop 不能提交；warn 写明原因后可以", examples=["warn"])
    target_id: UUID
    field: Literal["value", "current"] = Field(examples=["current"])
    message: str
    figures: list[CheckedFigure]
    explanation: ExplanationOut | None = Field(description="算数的说明")


class ReportOut(Out):
    """A report with its figures, what is wrong with them, and what may be done."""

    id: UUID
    version: int = Field(examples=[1])
    programme_id: UUID
    programme_name: str = Field(examples=["温州市2026年民生实事"])
    item_id: UUID | None = Field(description="每单位一份的材料没有事项，标题是材料的名称")
    item_code: str = Field(examples=["3.2"])
    item_title: str = Field(examples=["新增（优化）城乡公交线路"])
    task_id: UUID | None
    unit_id: UUID
    unit_name: str = Field(examples=["柳市镇"])
    deadline: Day
    round: RoundBrief
    revision: int = Field(description="第几版；更正一次加一", examples=[1])
    corrects_id: UUID | None = Field(description="更正的是哪一份")
    correction_reason: str | None = Field(description="为什么更正", examples=[None])
    status: ReportStatus = Field(examples=["draft"])
    returned: bool = Field(examples=[False])
    return_reason: str | None
    excused: bool = Field(description="任务处于特殊状态，不必填报", examples=[False])
    late: bool = Field(description="截止后才报送", examples=[False])
    reopened_until: Moment | None = Field(description="填报期关闭后，例外开放到何时", examples=[None])
    note: str | None
    cause_code: CauseCode | None
    cause_note: str | None
    physical_note: str | None = Field(description="形象进度；还没动过的草稿带出上期的")
    physical_pct: Quantity | None
    invested_fen: int | None = Field(description="完成投资，分")
    expected_on: Day | None = Field(description="预计完成日期")
    submitted_at: Moment | None
    reviewed_at: Moment | None
    accepted_at: Moment | None
    corrected_by: UUID | None = Field(description="正在更正或已取代它的报告")
    changed_since: Literal["review", "accept", "correction"] | None = Field(
        description="与什么相比：退回前审核、确认的数，或所更正的报告", examples=[None]
    )
    changes: list[FieldChangeOut] = Field(description="自审核或确认后改动的各项")
    comments: list[ReportCommentOut]
    open_comments: int = Field(description="还没处理的批注", examples=[0])
    proposals: list[str] = Field(
        description="可写进进展说明的句子：本期到达的节点", examples=[["11月12日“主体封顶”完成。"]]
    )
    prefill: Prefill
    cells: list[CellOut]
    behind: bool = Field(description="落后序时，须填原因", examples=[False])
    problems: list[FieldError] = Field(description="提交前须解决")
    warnings: list[FieldError] = Field(description="请核对")
    findings: list[FindingOut] = Field(description="核对规则发现的，已说明的也在内")
    explanations: list[ExplanationOut] = Field(description="对各数写过的全部说明，先写的在前")
    actions: list[Action]


class ReportRow(Out):
    """A report as a row of a list."""

    id: UUID
    version: int = Field(examples=[1])
    programme_id: UUID
    round_id: UUID
    task_id: UUID = Field(description="每单位一份的材料为最初带来它的任务")
    item_id: UUID | None = Field(description="每单位一份的材料没有事项")
    unit_id: UUID
    period: str = Field(examples=["2026-11"])
    revision: int = Field(examples=[1])
    corrects_id: UUID | None
    status: ReportStatus = Field(examples=["submitted"])
    returned: bool
    note: str | None
    cause_code: CauseCode | None
    cause_note: str | None
    submitted_at: Moment | None
    reviewed_at: Moment | None
    accepted_at: Moment | None


class ConflictOut(Out):
    """A figure that somebody else changed since the clerk saw it."""

    target_id: UUID
    field: Literal["current", "value", "numerator", "denominator"]
    mine: Quantity | None
    theirs: Quantity | None
    at: Moment | None
    by: UUID | None


class BatchResult(Out):
    """What became of one report of a batch."""

    report_id: UUID
    outcome: Literal["applied", "unchanged", "conflict", "refused"] = Field(examples=["applied"])
    version: int | None
    report: ReportOut | None
    code: str | None = Field(description="拒绝时的错误代码")
    detail: str | None
    errors: list[FieldError]
    conflicts: list[ConflictOut]


class BatchOut(Out):
    """What became of each report."""

    results: list[BatchResult]


class EntrySheet(Out):
    """Everything one unit reports for one month, over all programmes."""

    period: str = Field(examples=["2026-11"])
    unit_id: UUID
    unit_name: str = Field(examples=["柳市镇"])
    below: bool = Field(description="含下级各单位", examples=[False])
    periods: list[str] = Field(description="有填报任务的月份", examples=[["2026-10", "2026-11"]])
    prefilled: int = Field(description="全表已带出的栏数", examples=[40])
    fields: int = Field(description="全表栏数", examples=[50])
    open_comments: int = Field(description="全表还没处理的批注", examples=[0])
    rows: list[ReportOut]


class DeskUnit(Out):
    """A row of the review desk."""

    id: UUID
    parent_id: UUID | None
    name: str = Field(examples=["柳市镇"])
    depth: int = Field(examples=[0])


class DeskItem(Out):
    """A column of the review desk: an item, or the text that each unit owes once."""

    id: UUID | None = Field(description="每单位一份的材料为空")
    code: str = Field(examples=["3.2"])
    title: str


class DeskCell(Out):
    """One report on the desk."""

    unit_id: UUID
    item_id: UUID | None = Field(description="每单位一份的材料没有事项")
    report_id: UUID
    version: int = Field(examples=[1])
    status: ReportStatus = Field(examples=["submitted"])
    returned: bool
    overdue: bool
    light: Light = Field(examples=["green"])
    mark: LightMark
    revision: int = Field(description="大于 1 的是更正", examples=[1])
    changes: int = Field(description="自确认后改动的项数", examples=[0])
    open_comments: int = Field(description="还没处理的批注", examples=[0])
    findings: int = Field(description="核对规则发现的处数", examples=[1])
    explained: int = Field(description="其中已说明的", examples=[1])
    dispute: DisputeOut | None = Field(description="与上级或统计口径不符、还没有了结的偏差", examples=[None])
    verbs: list[str] = Field(description="可对它做的步骤", examples=[["review", "return"]])


class DeskCounts(Out):
    """How many reports stand where."""

    total: int
    draft: int
    submitted: int
    reviewed: int
    accepted: int
    returned: int
    overdue: int


class DeskOut(Out):
    """The review desk of one programme and month: units × items."""

    programme_id: UUID
    programme_name: str
    period: str = Field(examples=["2026-11"])
    round: RoundBrief | None
    units: list[DeskUnit]
    items: list[DeskItem]
    cells: list[DeskCell]
    counts: DeskCounts


class OwedOut(Out):
    """Reports one unit owes in one round."""

    period: str = Field(examples=["2026-11"])
    title: str | None = Field(description="材料的名称；报数字的为空", examples=[None])
    programme_id: UUID
    programme_name: str
    unit_id: UUID
    unit_name: str
    due_at: Moment
    closes_at: Moment
    state: RoundState
    total: int = Field(examples=[12])
    draft: int = Field(description="还没交", examples=[5])
    returned: int = Field(examples=[1])
    disputed: int = Field(description="其中有数与上级或统计口径不符的份数", examples=[0])
    days_left: int = Field(description="距截止的天数，负数为已超期", examples=[13])


class WaitingOut(Out):
    """Reports that wait for somebody's step."""

    period: str = Field(examples=["2026-11"])
    round_id: UUID | None = Field(description="报材料的填报期；报数字的为空")
    title: str | None = Field(description="材料的名称；报数字的为空", examples=[None])
    closes_at: Moment = Field(description="何时锁定：其后只有经批准的例外才能办理")
    programme_id: UUID
    programme_name: str
    count: int = Field(examples=[7])
    disputed: int = Field(description="其中有数与上级或统计口径不符的份数", examples=[0])


class Workbench(Out):
    """What the caller owes and what waits for him."""

    today: Day
    owed: list[OwedOut]
    to_review: list[WaitingOut]
    to_accept: list[WaitingOut]
    unreviewed: list[WaitingOut] = Field(description="锁定时还没有审核或确认、填报期也没有结账的")
    missing: list[OwedOut] = Field(description="下级逾期未报")


class ReportCommentIn(In):
    """What to say about a report, or about one figure of it."""

    target_id: UUID | None = Field(default=None, description="说的是哪个数；不填为整份报告")
    text: Remark = Field(min_length=1, description="批注", examples=["与台账差 2 公里，请核对"])


class ReportCommentOnIn(ReportCommentIn):
    """A comment with the report it is about."""

    report_id: UUID


class CommentSettleIn(In):
    """How a comment was settled."""

    answer: Remark | None = Field(default=None, description="怎么处理的", examples=["已按台账改正"])


class ReturnIn(ReasonIn):
    """A return, with comments at the figures it is about."""

    comments: Annotated[
        list[ReportCommentIn], Field(max_length=50, default_factory=list, description="写在数字上的批注")
    ]


class ApprovalOut(Out):
    """What was approved, and what the report has changed since."""

    verb: Literal["review", "accept"] = Field(examples=["review"])
    approver_name: str | None
    approved_at: Moment
    changes: list[FieldChangeOut] = Field(description="此后改动的各项")


class VersionOut(Out):
    """One version of a report."""

    report_id: UUID
    revision: int = Field(examples=[2])
    status: ReportStatus = Field(examples=["reviewed"])
    counts: bool = Field(description="现在计入的是这一版", examples=[True])
    reason: str | None = Field(description="更正的原因", examples=["漏报一个村"])
    touched_at: Moment | None
    submitted_at: Moment | None
    reviewed_at: Moment | None
    accepted_at: Moment | None
    approvals: list[ApprovalOut]
    changes: list[FieldChangeOut] = Field(description="比上一版改动的各项")


class VersionsOut(Out):
    """Every version of what was reported for one task in one round, the first one first."""

    items: list[VersionOut]


class PastFigure(Out):
    """A figure of another period."""

    period: str = Field(examples=["2026-10"])
    current: Quantity | None
    value: Quantity | None
    numerator: Quantity | None
    denominator: Quantity | None
    plan_value: Quantity | None = Field(description="那一期末序时应达的累计数；去年的不算")
    progress_pct: str | None = Field(description="那一期的完成率；去年的不算", examples=["61.9"])


class ComparedOut(Out):
    """One figure beside those of last period and of the same month of last year."""

    target_id: UUID
    indicator_name: str = Field(examples=["线路"])
    measure_name: str = Field(examples=["条"])
    current: Quantity | None
    value: Quantity | None
    plan_value: Quantity | None = Field(description="期末序时应达的累计数")
    last: PastFigure | None
    last_year: PastFigure | None
    current_change: Quantity | None = Field(description="本期数比上期")
    value_change: Quantity | None = Field(description="累计数比上期")
    plan_change: Quantity | None = Field(description="计划比上期")
    value_change_year: Quantity | None = Field(description="累计数比去年同月")


class ComparisonOut(Out):
    """A report beside what was reported before."""

    report_id: UUID
    period: str = Field(examples=["2026-11"])
    items: list[ComparedOut]
