"""Tasks, targets and the split as they travel."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from minsheng.kernel.errors import FieldError
from minsheng.kernel.fields import Day, In, Out, Prose, Quantity
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
