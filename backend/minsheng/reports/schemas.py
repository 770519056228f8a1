"""Rounds, reports and the entry sheet as they travel."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from minsheng.kernel.errors import FieldError
from minsheng.kernel.fields import Day, In, Moment, Out, Prose, Quantity, Reason, Remark, Version
from minsheng.kernel.lifecycle import Action
from minsheng.plans.schemas import Light
from minsheng.programmes.cadence_schemas import CadenceTier, Content
from minsheng.programmes.schemas import IndicatorKind
from minsheng.rule_sets.schemas import LightMark
from minsheng.targets.schemas import AdjustedOut, Operator

CauseCode = Literal["funds", "upper_money", "land", "approval", "weather", "staff", "coordination", "unwilling"]
RoundState = Literal["scheduled", "open", "overdue", "closed"]
ReportStatus = Literal["draft", "submitted", "reviewed", "accepted", "void"]
FigureBasis = Literal["reported", "published", "generated"]


class RoundOut(Out):
    """A collection period."""

    id: UUID
    version: int = Field(examples=[1])
    programme_id: UUID
    cadence_id: UUID
    period: str = Field(examples=["2026-11"])
    content: Content = Field(description="报数字，或报材料", examples=["figures"])
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
    progress_pct: str | None = Field(examples=["61.9"])
    light: Light = Field(examples=["green"])
    mark: LightMark = Field(description="灯的名称与符号，随亮灯规则而定")
    explanation: str


class RoundBrief(Out):
    """The round a report belongs to."""

    id: UUID
    period: str = Field(examples=["2026-11"])
    content: Content = Field(description="报数字，或报材料", examples=["figures"])
    title: str | None = Field(description="材料的名称", examples=[None])
    state: RoundState = Field(examples=["open"])
    due_at: Moment
    closes_at: Moment


class ReportOut(Out):
    """A report with its figures, what is wrong with them, and what may be done."""

    id: UUID
    version: int = Field(examples=[1])
    programme_id: UUID
    programme_name: str = Field(examples=["温州市2026年民生实事"])
    item_id: UUID
    item_code: str = Field(examples=["3.2"])
    item_title: str = Field(examples=["新增（优化）城乡公交线路"])
    task_id: UUID
    unit_id: UUID
    unit_name: str = Field(examples=["柳市镇"])
    deadline: Day
    round: RoundBrief
    status: ReportStatus = Field(examples=["draft"])
    returned: bool = Field(examples=[False])
    return_reason: str | None
    excused: bool = Field(description="任务处于特殊状态，不必填报", examples=[False])
    late: bool = Field(description="截止后才报送", examples=[False])
    reopened_until: Moment | None = Field(description="填报期关闭后，例外开放到何时", examples=[None])
    note: str | None
    cause_code: CauseCode | None
    cause_note: str | None
    submitted_at: Moment | None
    reviewed_at: Moment | None
    accepted_at: Moment | None
    cells: list[CellOut]
    behind: bool = Field(description="落后序时，须填原因", examples=[False])
    problems: list[FieldError] = Field(description="提交前须解决")
    warnings: list[FieldError] = Field(description="请核对")
    actions: list[Action]


class ReportRow(Out):
    """A report as a row of a list."""

    id: UUID
    version: int = Field(examples=[1])
    programme_id: UUID
    round_id: UUID
    task_id: UUID
    item_id: UUID
    unit_id: UUID
    period: str = Field(examples=["2026-11"])
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
    periods: list[str] = Field(description="有填报任务的月份", examples=[["2026-10", "2026-11"]])
    rows: list[ReportOut]


class DeskUnit(Out):
    """A row of the review desk."""

    id: UUID
    parent_id: UUID | None
    name: str = Field(examples=["柳市镇"])
    depth: int = Field(examples=[0])


class DeskItem(Out):
    """A column of the review desk."""

    id: UUID
    code: str = Field(examples=["3.2"])
    title: str


class DeskCell(Out):
    """One report on the desk."""

    unit_id: UUID
    item_id: UUID
    report_id: UUID
    version: int = Field(examples=[1])
    status: ReportStatus = Field(examples=["submitted"])
    returned: bool
    overdue: bool
    light: Light = Field(examples=["green"])
    mark: LightMark
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
    days_left: int = Field(description="距截止的天数，负数为已超期", examples=[13])


class WaitingOut(Out):
    """Reports that wait for somebody's step."""

    period: str = Field(examples=["2026-11"])
    programme_id: UUID
    programme_name: str
    count: int = Field(examples=[7])


class Workbench(Out):
    """What the caller owes and what waits for him."""

    today: Day
    owed: list[OwedOut]
    to_review: list[WaitingOut]
    to_accept: list[WaitingOut]
    missing: list[OwedOut] = Field(description="下级逾期未报")
