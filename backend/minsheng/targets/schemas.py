"""Tasks, targets and the split as they travel."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from minsheng.kernel.errors import FieldError
from minsheng.kernel.fields import Day, In, Label, Moment, Out, Prose, Quantity, Year
from minsheng.kernel.lifecycle import Action

Operator = Literal["ge", "le", "eq"]
Basis = Literal["entered", "published", "generated"]
TaskStatus = Literal["draft", "issued", "void"]
Balance = Literal["balanced", "short", "over", "none"]


class TargetIn(In):
    """A target of a task; ``value`` null is work without a yearly target (常态化)."""

    indicator_id: UUID
    operator: Operator = Field(default="ge", description="ge 不少于，le 不超过，eq 等于")
    value: Quantity | None = Field(description="目标值；常态化项目为 null", examples=["1200"])
    source_note: Prose | None = Field(default=None, description="出处")


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


class TargetOut(Out):
    """A target."""

    id: UUID
    indicator_id: UUID
    operator: Operator = Field(examples=["ge"])
    value: Quantity | None
    basis: Basis = Field(description="填入、公布或生成", examples=["published"])
    source_note: str | None


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
    deadline: Day
    issued_on: Day | None
    status: TaskStatus = Field(examples=["issued"])
    targets: list[TargetOut]
    acknowledgements: list[AcknowledgedOut] = Field(description="承担单位与牵头部门的签收")
    actions: list[Action]


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
    value: Quantity | None
    deadline: Day
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
    value: Quantity | None
    deadline: Day
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
