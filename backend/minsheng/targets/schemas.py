"""Tasks, targets and the split as they travel."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from minsheng.kernel.errors import FieldError
from minsheng.kernel.fields import Day, In, Label, Line, Moment, Out, Prose, Quantity, Reason, Year
from minsheng.kernel.lifecycle import Action

Operator = Literal["ge", "le", "eq", "range"]
Origin = Literal["own", "handed_down"]
Basis = Literal["entered", "published", "generated"]
TaskStatus = Literal["draft", "issued", "void"]
StateKind = Literal["not_applicable", "waiting_policy", "suspended", "not_handed_down"]
RequestStatus = Literal["asked", "approved", "refused", "withdrawn"]
StateStatus = Literal["asked", "approved", "refused", "withdrawn", "ended"]
Balance = Literal["balanced", "short", "over", "none"]


class SliceIn(In):
    """One year's part of a commitment over several years."""

    year: Year
    value: Quantity = Field(examples=["400"])


class StatedIn(In):
    """What a published source prints: kept beside what is computed, never instead of it (R010)."""

    actual: Quantity | None = Field(default=None, description="公布的完成数", examples=["6818"])
    rate: Quantity | None = Field(default=None, description="公布的完成率（百分数）", examples=["100"])
    on: Day | None = Field(default=None, description="公布数截至哪天")


class TargetIn(In):
    """A target of a task; ``value`` null is work without a yearly target (常态化)."""

    indicator_id: UUID
    operator: Operator | None = Field(
        default=None,
        description="ge 不少于，le 不超过，eq 等于，range 区间；省略时越低越好的指标为 le，其余为 ge",
        examples=["ge"],
    )
    value: Quantity | None = Field(description="目标值，区间的下限；常态化项目为 null", examples=["1200"])
    value_max: Quantity | None = Field(default=None, description="区间的上限")
    floor: Quantity | None = Field(default=None, description="保底值（确保）")
    stretch: Quantity | None = Field(default=None, description="力争值")
    baseline: Quantity | None = Field(default=None, description="基数：政策参数、压减类目标从哪里起算")
    approximate: bool = Field(default=False, description="约数（“余”“左右”）")
    origin: Origin | None = Field(default=None, description="own 自定，handed_down 上级下达；省略时分解的任务为下达")
    quota: Quantity | None = Field(default=None, description="上级下达数；目标高出的部分为加压")
    source_note: Prose | None = Field(default=None, description="出处")
    source_document: Line | None = Field(default=None, description="依据文件、文号", examples=["温政办〔2026〕12号"])
    slices: Annotated[list[SliceIn], Field(max_length=12)] = Field(
        default_factory=list, description="跨年任务的分年数，合计应等于目标"
    )
    rate_base: Line | None = Field(default=None, description="完成率的分母是什么", examples=["年度计划投资"])
    stated: StatedIn | None = Field(default=None, description="公布的完成数与完成率")


class TaskIn(In):
    """A new draft task: beneath a task, or the root (the owner's own promise) of an item."""

    item_id: UUID
    parent_id: UUID | None = Field(default=None, description="从哪个任务分解而来；主办单位自己的任务为 null")
    unit_id: UUID = Field(description="承担单位")
    deadline: Day
    targets: Annotated[list[TargetIn], Field(min_length=1, max_length=50)]


class TaskPatch(In):
    """What may change of a draft task; ``targets`` is the whole list."""

    deadline: Day | None = None
    targets: Annotated[list[TargetIn], Field(min_length=1, max_length=50)] | None = None


class SliceOut(Out):
    """One year's part of a commitment over several years."""

    year: int = Field(examples=[2026])
    value: Quantity


class StatedOut(Out):
    """What a published source prints."""

    actual: Quantity | None
    rate: Quantity | None
    on: Day | None


class AdjustmentBrief(Out):
    """An approved change of a target, for ever beside it."""

    id: UUID
    old_value: Quantity | None
    old_value_max: Quantity | None
    old_operator: Operator = Field(examples=["ge"])
    old_stretch: Quantity | None
    old_deadline: Day
    new_value: Quantity | None
    new_value_max: Quantity | None
    new_operator: Operator = Field(examples=["ge"])
    new_stretch: Quantity | None
    new_deadline: Day
    effective_on: Day
    reason: str
    document_number: str | None


class TermsOut(Out):
    """What a target asks for."""

    operator: Operator = Field(examples=["ge"])
    value: Quantity | None
    value_max: Quantity | None
    stretch: Quantity | None = Field(description="力争值")
    deadline: Day


class AdjustedOut(Out):
    """An adjusted target on a day: what it was issued with, and what is in force."""

    issued: TermsOut
    now: TermsOut


class TargetOut(Out):
    """A target; ``value``, ``operator`` and ``stretch`` are in force today, the originals what it was issued with."""

    id: UUID
    indicator_id: UUID
    operator: Operator = Field(examples=["ge"])
    value: Quantity | None
    value_max: Quantity | None
    original_value: Quantity | None = Field(description="下达时的目标值")
    original_value_max: Quantity | None = Field(description="下达时的区间上限")
    original_operator: Operator = Field(examples=["ge"])
    original_stretch: Quantity | None = Field(description="下达时的力争值")
    floor: Quantity | None
    stretch: Quantity | None
    baseline: Quantity | None
    approximate: bool
    origin: Origin = Field(examples=["own"])
    quota: Quantity | None = Field(description="上级下达数")
    pressure: Quantity | None = Field(description="加压：目标高出上级下达数的部分，负数为不足")
    basis: Basis = Field(description="填入、公布或生成", examples=["published"])
    source_note: str | None
    source_document: str | None
    slices: list[SliceOut]
    rate_base: str | None
    stated: StatedOut | None
    adjustments: list[AdjustmentBrief] = Field(description="已批准的调整，按生效日")


class AcknowledgedOut(Out):
    """One side's receipt of a task."""

    id: UUID
    version: int = Field(examples=[1])
    side: Literal["unit", "lead"] = Field(description="承担单位 unit，或牵头部门 lead", examples=["unit"])
    by_id: UUID
    by_name: str | None = Field(examples=["乐清市"])
    person_name: str | None = Field(examples=["林知远"])
    acknowledged_at: Moment | None
    status: Literal["pending", "acknowledged"] = Field(examples=["acknowledged"])


class AcknowledgementOut(AcknowledgedOut):
    """One side's receipt of a task, in a list."""

    programme_id: UUID
    task_id: UUID
    item_id: UUID
    item_code: str | None = Field(examples=["3.2"])
    item_title: str | None
    unit_id: UUID
    unit_name: str | None = Field(examples=["乐清市"])
    actions: list[Action]


class TaskOut(Out):
    """A task with its targets."""

    id: UUID
    version: int = Field(examples=[1])
    programme_id: UUID
    item_id: UUID
    item_title: str | None = Field(examples=["新增（优化）城乡公交线路"])
    unit_id: UUID
    unit_name: str | None = Field(examples=["乐清市"])
    giver_id: UUID
    parent_id: UUID | None
    deadline: Day = Field(description="今天有效的期限")
    original_deadline: Day = Field(description="下达时的期限")
    issued_on: Day | None
    status: TaskStatus = Field(examples=["issued"])
    targets: list[TargetOut]
    state: "StateBrief | None" = Field(description="今天所处的特殊状态")
    acknowledgements: list[AcknowledgedOut] = Field(description="承担单位与牵头部门的签收")
    actions: list[Action]


class StateBrief(Out):
    """A state of a task beside its life cycle."""

    id: UUID
    kind: "StateKind" = Field(examples=["suspended"])
    from_on: Day
    until_on: Day | None
    reason: str


class SplitCellIn(In):
    """One cell of the split grid: a unit's share of one target."""

    parent_id: UUID = Field(description="被分解的任务")
    unit_id: UUID
    indicator_id: UUID
    value: Quantity | None = Field(description="目标值；null 为取消这一格")
    deadline: Day | None = Field(default=None, description="省略则用上级任务的期限")


class SplitIn(In):
    """Cells of the split grid, saved together or one by one."""

    mode: Literal["each", "atomic"] = "each"
    dry_run: bool = False
    cells: Annotated[list[SplitCellIn], Field(min_length=1, max_length=2000)]


class SplitResult(Out):
    """What became of one cell."""

    index: int = Field(examples=[0])
    outcome: Literal["created", "changed", "unchanged", "refused"] = Field(examples=["created"])
    task_id: UUID | None
    errors: list[FieldError]


class SplitResults(Out):
    """What became of each cell."""

    results: list[SplitResult]


class SplitUnit(Out):
    """A column of the split grid."""

    id: UUID
    name: str = Field(examples=["乐清市"])


class SplitCell(Out):
    """A unit's share."""

    unit_id: UUID
    task_id: UUID
    task_version: int = Field(examples=[1])
    target_id: UUID
    value: Quantity | None = Field(description="最近批准的目标值")
    original_value: Quantity | None = Field(description="下达时的目标值")
    deadline: Day
    adjusted: AdjustedOut | None = Field(description="已调整的：下达时与最近批准的", examples=[None])
    status: TaskStatus = Field(examples=["draft"])
    unit_acknowledged_at: Moment | None = Field(description="承担单位签收的时间")
    lead_acknowledged_at: Moment | None = Field(description="牵头部门全部签收的时间；没有牵头部门或未签收为 null")


class SplitRow(Out):
    """A target of the unit that splits, with the shares and how they add up."""

    task_id: UUID
    item_id: UUID
    item_code: str = Field(examples=["3.2"])
    item_title: str
    target_id: UUID
    indicator_id: UUID
    indicator_name: str = Field(examples=["线路"])
    measure_name: str = Field(examples=["条"])
    decimals: int = Field(examples=[0])
    operator: Operator = Field(examples=["ge"])
    value: Quantity | None = Field(description="最近批准的目标值")
    original_value: Quantity | None = Field(description="下达时的目标值")
    deadline: Day
    adjusted: AdjustedOut | None = Field(description="已调整的：下达时与最近批准的", examples=[None])
    status: TaskStatus = Field(examples=["issued"])
    sum: Quantity | None = Field(description="各单位之和；不可相加时为 null")
    difference: Quantity | None = Field(description="之和减目标")
    balance: Balance = Field(description="平衡、不足、超出（加压）,或不可相加", examples=["balanced"])
    balance_reason: str | None
    cells: list[SplitCell]


class SplitOut(Out):
    """The split of a programme at one unit."""

    programme_id: UUID
    programme_name: str
    unit_id: UUID
    unit_name: str = Field(examples=["温州市"])
    units: list[SplitUnit]
    rows: list[SplitRow]


class AdjustmentIn(In):
    """A change of an issued target, asked by the unit that carries it; what is left out or null stays as it is."""

    target_id: UUID
    new_value: Quantity | None = Field(default=None, description="新目标值，区间的下限", examples=["25"])
    new_value_max: Quantity | None = Field(default=None, description="区间的新上限", examples=[None])
    new_operator: Operator | None = Field(default=None, description="新的目标方式", examples=[None])
    new_stretch: Quantity | None = Field(default=None, description="新的力争值", examples=[None])
    new_deadline: Day | None = Field(
        default=None, description="任务的新期限，这个任务的各项目标都随之改变", examples=["2026-11-30"]
    )
    effective_on: Day = Field(description="从哪天起按新目标判定；可以早于生效日批准")
    reason: Reason = Field(examples=["省里核减建设任务"])
    document_number: Line | None = Field(default=None, description="文号", examples=["温政办〔2026〕12号"])
    confirmed: Literal["below-done"] | None = Field(
        default=None, description="新目标低于已完成数时须写 below-done", examples=["below-done"]
    )


class EndIn(In):
    """The day from which a state no longer holds."""

    until_on: Day = Field(description="从哪天起恢复")


class AdjustmentOut(Out):
    """A change of a target with both values."""

    id: UUID
    version: int = Field(examples=[1])
    target_id: UUID
    programme_id: UUID
    item_id: UUID
    item_title: str | None
    indicator_name: str | None
    measure_name: str | None
    task_id: UUID
    unit_id: UUID
    unit_name: str | None = Field(examples=["柳市镇"])
    giver_id: UUID
    old_value: Quantity | None
    old_value_max: Quantity | None
    old_operator: Operator = Field(examples=["ge"])
    old_stretch: Quantity | None
    old_deadline: Day
    new_value: Quantity | None
    new_value_max: Quantity | None
    new_operator: Operator = Field(examples=["ge"])
    new_stretch: Quantity | None
    new_deadline: Day
    effective_on: Day
    below_done: bool = Field(description="新目标低于申请时的已完成数，已确认")
    reason: str
    document_number: str | None
    asked_by: UUID | None
    asked_at: Moment
    decided_by: UUID | None
    decided_unit_name: str | None
    decided_at: Moment | None
    decision: str | None
    status: RequestStatus = Field(examples=["asked"])
    actions: list[Action]


class StateIn(In):
    """A state of an issued task, asked with its reason."""

    task_id: UUID
    kind: StateKind = Field(
        description="not_applicable 不适用，waiting_policy 等待政策，suspended 暂缓实施，not_handed_down 尚未下达",
        examples=["suspended"],
    )
    from_on: Day = Field(description="从哪天起")
    until_on: Day | None = Field(default=None, description="到哪天恢复；不知道就不填")
    reason: Reason = Field(examples=["用地批复未到"])
    document_number: Line | None = Field(default=None, description="文号")


class StateOut(Out):
    """A state of a task with who asked and who decided."""

    id: UUID
    version: int = Field(examples=[1])
    task_id: UUID
    programme_id: UUID
    item_id: UUID
    item_title: str | None
    unit_id: UUID
    unit_name: str | None = Field(examples=["柳市镇"])
    giver_id: UUID
    kind: StateKind = Field(examples=["suspended"])
    from_on: Day
    until_on: Day | None
    reason: str
    document_number: str | None
    asked_by: UUID | None
    asked_at: Moment
    decided_by: UUID | None
    decided_unit_name: str | None
    decided_at: Moment | None
    decision: str | None
    status: StateStatus = Field(examples=["asked"])
    actions: list[Action]


class SuggestIn(In):
    """Which target is to be shared out among which units, by which base figure (R056)."""

    parent_id: UUID = Field(description="被分解的任务")
    indicator_id: UUID
    unit_ids: Annotated[list[UUID], Field(min_length=1, max_length=500)]
    kind: Label = Field(description="哪种基础数据", examples=["常住人口"])
    year: Year | None = Field(default=None, description="哪一年的；省略为各单位最近一年")


class SuggestedShare(Out):
    """A unit's share with the figure it was worked out from."""

    unit_id: UUID
    unit_name: str = Field(examples=["乐清市"])
    figure: Quantity
    year: int = Field(examples=[2025])
    source: str = Field(examples=["2025年统计公报"])
    generated: bool = Field(description="这个基础数据是为演示生成的", examples=[False])
    value: Quantity = Field(description="建议的目标值，各单位之和恰好等于被分解的目标")


class Suggestion(Out):
    """A first draft of a split; nothing is saved."""

    total: Quantity
    shares: list[SuggestedShare]


class UploadedCell(Out):
    """One cell of an uploaded split workbook that is not as it was."""

    sheet: str = Field(examples=["任务分解"])
    row: int = Field(examples=[5])
    cell: str = Field(examples=["I5"])
    item_code: str | None = Field(examples=["3.2"])
    item_title: str | None
    indicator_name: str | None = Field(examples=["线路"])
    unit_name: str | None = Field(examples=["乐清市"])
    old: str | None = Field(description="现在的值", examples=["12"])
    new: str | None = Field(description="表里的值，照原样", examples=["15"])
    outcome: Literal["new", "changed", "wrong"] = Field(examples=["changed"])
    errors: list[FieldError]


class UploadOut(Out):
    """What an upload did, or would do."""

    dry_run: bool
    new: int = Field(examples=[3])
    changed: int = Field(examples=[1])
    same: int = Field(examples=[20])
    wrong: int = Field(examples=[1])
    cells: list[UploadedCell]
