"""Milestones, moves, templates and schedules as they travel."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from minsheng.calendars import named
from minsheng.calendars.named import NamedDay, Side
from minsheng.kernel.fields import Code, Day, In, Label, Line, Moment, Out, Quantity, Reason, Remark
from minsheng.kernel.lifecycle import Action
from minsheng.milestones.dates import Precision
from minsheng.programmes.schemas import ItemKind

MilestoneKind = Literal["step", "deliverable", "works", "inspection", "batch"]
MilestoneStatus = Literal["draft", "issued", "reached", "built", "passed", "opened", "void"]
MoveStatus = Literal["asked", "approved", "refused", "withdrawn"]
CheckKind = Literal["project", "funds", "land", "tender"]
CheckState = Literal["open", "met", "waived"]
TemplateStatus = Literal["active", "retired"]
PhaseState = Literal["done", "current", "late", "ahead"]
Direction = Literal["backward", "forward"]
Weight = Annotated[int, Field(strict=True, ge=0, le=1000, examples=[20])]
WorkDays = Annotated[int, Field(strict=True, ge=1, le=1000, examples=[15])]
KIND = "step 普通；deliverable 交付物；works 工程（完工、验收、投用分开记）；inspection 迎检；batch 批次"
PHASE = "所属阶段，同名的归在一起"
Before = Annotated[list[UUID], Field(max_length=20)]
MonthDay = Annotated[
    str,
    Field(pattern=r"^((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|1\d|2[0-8]))$"),
]
"""Month and day of every year; the 29th of February is not in every year."""


class Check(In):
    """One thing that must be in place before the milestone: 立项, 资金, 用地, 招标."""

    kind: CheckKind = Field(examples=["land"])
    state: CheckState = Field(default="open", description="open 未具备；met 已具备；waived 不需要", examples=["met"])
    note: Remark | None = Field(default=None, description="文号或说明", examples=["温自规〔2026〕12号"])


Checks = Annotated[list[Check], Field(max_length=4)]


class Anchor(In):
    """A date relative to a named day: the last working day before 春节, the fifth after 国庆 (R132)."""

    day: NamedDay = Field(
        description="new_year 元旦；spring_festival 春节；lantern 元宵；qingming 清明；labour_day 劳动节；"
        "dragon_boat 端午；mid_autumn 中秋；national_day 国庆；date 本地每年固定的月日，如汛期",
        examples=["spring_festival"],
    )
    side: Side = Field(description="before 之前；after 之后", examples=["before"])
    work_days: Annotated[int, Field(strict=True, ge=1, le=250)] = Field(
        default=1, description="第几个工作日；节日当天和假期不计", examples=[1]
    )
    month_day: MonthDay | None = Field(default=None, description="day 为 date 时必填", examples=[None])
    name: Label | None = Field(default=None, description="day 为 date 时的叫法，如汛期", examples=[None])

    @model_validator(mode="after")
    def _own_day(self) -> Self:
        if (self.day == "date") != (self.month_day is not None):
            raise PydanticCustomError("month-day", "固定月日只在 day 为 date 时填，也必须填")
        return self

    def pure(self) -> named.Anchor:
        """Return what the calendar counts with."""
        return named.Anchor(**self.model_dump())


class MilestoneIn(In):
    """A new milestone of a task, a draft until it is fixed."""

    task_id: UUID
    name: Line = Field(examples=["施工图设计"])
    phase: Label | None = Field(default=None, description=PHASE, examples=["前期工作"])
    kind: MilestoneKind = Field(default="step", description=KIND, examples=["step"])
    weight: Weight = Field(default=10, description="权重，按节点排计划时用")
    planned_on: Day | None = Field(
        default=None, description="计划日期；精度不到日的，以该旬、月、季的最后一天为准；与 anchor 二者填一"
    )
    anchor: Anchor | None = Field(default=None, description="按节日定计划日期", examples=[None])
    precision: Precision = Field(default="day", description="日期精度", examples=["ten_days"])
    start_on: Day | None = Field(default=None, description="计划开始日")
    work_days: WorkDays | None = Field(default=None, description="工期（工作日）")
    after: Before = Field(default=[], description="前置节点", examples=[[]])
    deliverable: Remark | None = Field(default=None, examples=["审查合格的施工图"])
    checks: Checks = Field(default=[], examples=[[{"kind": "land", "state": "open"}]])
    planned_count: Quantity | None = Field(default=None, description="本批计划数")


class MilestoneBatchIn(In):
    """One batch of a repeating milestone."""

    planned_on: Day
    precision: Precision = Field(default="day", examples=["month"])
    count: Quantity = Field(description="计划数", examples=["120"])


class BatchesIn(In):
    """A repeating milestone: one for each batch (R125)."""

    task_id: UUID
    name: Line = Field(examples=["白内障手术"])
    phase: Label | None = Field(default=None, description=PHASE, examples=["集中救治"])
    weight: Weight = Field(default=10, description="每批的权重")
    batches: Annotated[list[MilestoneBatchIn], Field(min_length=1, max_length=60)] = Field(
        examples=[[{"planned_on": "2026-12-10", "precision": "day", "count": "120"}]]
    )


class MilestonePatch(In):
    """What may change: a draft in everything, a fixed milestone in its facts alone."""

    name: Line | None = None
    phase: Label | None = Field(default=None, description=PHASE + "；确定后也可改", examples=["施工"])
    kind: MilestoneKind | None = None
    weight: Weight | None = None
    seq: Annotated[int, Field(strict=True, ge=0, le=10_000)] | None = None
    planned_on: Day | None = None
    anchor: Anchor | None = Field(default=None, description="按节日定计划日期；与 planned_on 二者填一")
    precision: Precision | None = None
    start_on: Day | None = None
    work_days: WorkDays | None = None
    after: Before | None = None
    deliverable: Remark | None = None
    planned_count: Quantity | None = None
    forecast_on: Day | None = Field(default=None, description="预计日期；确定后也可改")
    started_on: Day | None = Field(default=None, description="实际开始日；确定后也可改")
    checks: Checks | None = Field(default=None, description="前置条件；确定后也可改")
    actual_count: Quantity | None = Field(default=None, description="本批实际数；确定后也可改")
    note: Remark | None = Field(default=None, description="说明；确定后也可改", examples=["设计单位已进场"])


class DoneIn(In):
    """The day something was done; never in the future."""

    on: Day = Field(examples=["2026-11-20"])
    note: Remark | None = Field(default=None, examples=["验收意见书 2026-17"])


class MoveBrief(Out):
    """A move of the date as it is shown with its milestone."""

    id: UUID
    from_on: Day
    from_text: str = Field(examples=["2026年11月20日"])
    to_on: Day
    to_text: str = Field(examples=["2026年12月中旬"])
    reason: str
    status: MoveStatus


class MilestoneOut(Out):
    """A milestone with everything that is planned, forecast and done."""

    id: UUID
    version: int = Field(examples=[1])
    task_id: UUID
    programme_id: UUID
    item_id: UUID
    item_title: str | None
    unit_id: UUID
    unit_name: str | None
    seq: int
    name: str
    phase: str | None = Field(description=PHASE, examples=["前期工作"])
    kind: MilestoneKind
    weight: int
    work_days: int | None
    after: list[UUID]
    start_on: Day | None
    planned_on: Day = Field(description="计划的最后一天")
    precision: Precision
    planned_text: str = Field(description="按原精度写的日期", examples=["2026年11月中旬"])
    anchor: Anchor | None = Field(description="计划日期按哪个节日定；null 为直接定的日期")
    anchor_text: str | None = Field(examples=["春节前"])
    baseline_on: Day | None = Field(description="最初确定的日期，永远保留")
    baseline_text: str | None
    forecast_on: Day | None
    started_on: Day | None
    reached_on: Day | None
    built_on: Day | None = Field(description="完工")
    passed_on: Day | None = Field(description="验收")
    opened_on: Day | None = Field(description="投用")
    deliverable: str | None
    checks: list[Check]
    batch_no: int | None
    planned_count: Quantity | None
    actual_count: Quantity | None
    note: str | None
    status: MilestoneStatus
    late: bool = Field(description="计划日期已过而没有完成")
    start_passed: bool = Field(description="最迟开工日已过而没有开工")
    days_left: int | None = Field(description="还剩几天，负数为已过", examples=[12])
    workdays_left: int | None = Field(description="还剩几个工作日；缺那一年的日历时为 null", examples=[9])
    moves: list[MoveBrief]
    actions: list[Action]


class MilestonesOut(Out):
    """Several milestones."""

    items: list[MilestoneOut]


class MoveIn(In):
    """Asks for another date of a fixed milestone."""

    milestone_id: UUID
    to_on: Day | None = Field(default=None, description="改到哪天；精度不到日的，以最后一天为准；与 anchor 二者填一")
    anchor: Anchor | None = Field(default=None, description="按节日定新日期", examples=[None])
    precision: Precision = Field(default="day", examples=["day"])
    reason: Reason = Field(examples=["台风影响，工期顺延"])
    document: Remark | None = Field(default=None, description="依据文件")


class MoveOut(Out):
    """A move that was asked for, with both dates."""

    id: UUID
    version: int = Field(examples=[1])
    milestone_id: UUID
    milestone_name: str | None
    task_id: UUID
    item_id: UUID
    item_title: str | None
    unit_id: UUID
    unit_name: str | None
    giver_id: UUID
    from_on: Day
    from_precision: Precision
    from_text: str = Field(examples=["2026年11月20日"])
    to_on: Day
    to_precision: Precision
    to_text: str = Field(examples=["2026年12月中旬"])
    to_anchor: Anchor | None = Field(description="新日期按哪个节日定；null 为直接定的日期")
    to_anchor_text: str | None = Field(examples=["春节前"])
    days: int = Field(description="推后几天，负数为提前", examples=[30])
    reason: str
    document: str | None
    asked_by: UUID
    asked_at: Moment
    decided_by: UUID | None
    decided_at: Moment | None
    decision_note: str | None
    status: MoveStatus
    actions: list[Action]


class TemplateStep(In):
    """One step of a template."""

    key: Code = Field(examples=["design"])
    name: Line = Field(examples=["施工图设计"])
    phase: Label | None = Field(default=None, description=PHASE, examples=["前期工作"])
    kind: MilestoneKind = Field(default="step", description=KIND, examples=["deliverable"])
    weight: Weight = Field(default=10, description="权重，按节点排计划时用")
    work_days: WorkDays = Field(description="工期（工作日）")
    after: Annotated[list[Code], Field(max_length=20)] = Field(
        default=[], description="前置步骤；空表为可随时开始", examples=[["approval"]]
    )
    deliverable: Remark | None = Field(default=None, examples=["审查合格的施工图"])
    checks: Annotated[list[CheckKind], Field(max_length=4)] = Field(
        default=[], description="前置条件", examples=[["project"]]
    )
    anchor: Anchor | None = Field(default=None, description="最迟在哪个节日前后完成", examples=[None])


TemplateSteps = Annotated[list[TemplateStep], Field(min_length=1, max_length=60)]


class TemplateIn(In):
    """A place's own template; everything beneath it may use it."""

    unit_id: UUID
    kind: ItemKind = Field(examples=["works"])
    name: Line = Field(examples=["校舍改造（暑期施工）"])
    steps: TemplateSteps = Field(
        examples=[
            [
                {"key": "design", "name": "施工图设计", "phase": "前期工作", "work_days": 20},
                {
                    "key": "works",
                    "name": "完工",
                    "phase": "施工",
                    "kind": "works",
                    "work_days": 40,
                    "after": ["design"],
                },
            ]
        ]
    )


class TemplatePatch(In):
    """What may change in a place's own template; milestones made from it before stay as they are."""

    kind: ItemKind | None = None
    name: Line | None = Field(default=None, examples=["校舍改造（暑期施工）"])
    steps: TemplateSteps | None = None


class TemplateOut(Out):
    """The usual steps of one kind of promise."""

    id: UUID
    version: int = Field(examples=[1])
    unit_id: UUID | None = Field(description="哪个机构的模板；null 为系统自带")
    unit_name: str | None
    code: str = Field(description="代号；自定的由系统给", examples=["works"])
    kind: ItemKind = Field(examples=["works"])
    name: str = Field(examples=["工程建设"])
    work_days: int = Field(description="首尾相接共几个工作日", examples=[150])
    steps: list[TemplateStep]
    status: TemplateStatus
    actions: list[Action]


class ApplyIn(In):
    """Puts a template's steps under a task, scheduled backwards from a day."""

    task_id: UUID
    template: Code = Field(description="模板的代号", examples=["works"])
    deadline: Day | None = Field(default=None, description="倒排的终点；省略为任务期限", examples=[None])


class StepIn(In):
    """One step to schedule."""

    key: Code = Field(examples=["design"])
    name: Line = Field(examples=["施工图设计"])
    work_days: WorkDays
    after: Annotated[list[Code], Field(max_length=20)] | None = Field(
        default=None, description="前置步骤；省略为接在上一步之后，空表为可随时开始", examples=[None]
    )
    anchor: Anchor | None = Field(default=None, description="最迟在哪个节日前后完成", examples=[None])
    milestone_id: UUID | None = Field(default=None, description="已有的节点", examples=[None])


class ScheduleIn(In):
    """Steps with durations in working days, and the day they are scheduled from."""

    task_id: UUID
    direction: Direction = Field(default="backward", description="backward 从期限倒排；forward 从开工顺排")
    anchor: Day | None = Field(
        default=None, description="倒排的期限或顺排的开工日；省略为任务期限或今天", examples=[None]
    )
    steps: Annotated[list[StepIn], Field(min_length=1, max_length=100)]


class ScheduleApplyIn(ScheduleIn):
    """A schedule to be written to milestones."""

    reason: Reason | None = Field(
        default=None, description="改动已确定的节点时必填，随申请送批", examples=["按倒排工期重排"]
    )


class ScheduledStep(Out):
    """When a step begins and ends at the latest (backward) or the earliest (forward)."""

    key: str
    name: str
    work_days: int
    start_on: Day = Field(description="倒排为最迟开始，顺排为最早开始")
    finish_on: Day
    due_on: Day | None = Field(description="按节日定的最迟完成日")
    due_text: str | None = Field(examples=["春节前"])
    start_passed: bool = Field(description="开始日已过")
    days_left: int = Field(description="离开始还有几天，负数为已过", examples=[-3])
    workdays_left: int | None = Field(description="离开始还有几个工作日", examples=[-2])


class ScheduleOut(Out):
    """A schedule; nothing was written."""

    task_id: UUID
    direction: Direction
    anchor: Day
    start_on: Day
    finish_on: Day
    work_days: int = Field(description="首尾共几个工作日", examples=[150])
    passed: list[str] = Field(description="开始日已过、今天就该点名的步骤")
    steps: list[ScheduledStep]


class ScheduleApplied(Out):
    """What became of a schedule: drafts are dated, fixed milestones get a request each."""

    milestones: list[MilestoneOut]
    asked: list[MoveOut]


class MilestoneCounts(Out):
    """How many milestones stand where; built is not accepted, accepted is not in use."""

    unit_id: UUID | None = Field(description="null 为合计")
    unit_name: str | None
    fixed: int = Field(description="已确定的节点", examples=[12])
    due: int = Field(description="计划日期已到", examples=[7])
    on_time: int = Field(description="到期且按期完成", examples=[5])
    late: int = Field(description="到期没有完成", examples=[1])
    done: int = Field(description="已完成（含完工）", examples=[6])
    works: int = Field(description="其中工程", examples=[2])
    built: int = Field(description="已完工的工程", examples=[2])
    passed: int = Field(description="已验收的工程", examples=[1])
    opened: int = Field(description="已投用的工程", examples=[1])
    moved: int = Field(description="改过期的节点", examples=[1])


class PhaseCount(Out):
    """How many tasks of one kind stand in one phase."""

    kind: ItemKind | None = Field(description="实事的种类；没有写明的为 null", examples=["works"])
    phase: str | None = Field(description="正在进行的阶段；null 为各阶段都已完成", examples=["施工"])
    tasks: int = Field(examples=[7])


class CountsOut(Out):
    """Counts of a programme in the caller's scope."""

    programme_id: UUID
    on: Day
    total: MilestoneCounts
    units: list[MilestoneCounts]
    phases: list[PhaseCount] = Field(description="任务各处在哪个阶段，按种类与先后")


class PhaseOut(Out):
    """A phase of a task: its milestones together, with their dates planned and real (R113)."""

    name: str = Field(examples=["前期工作"])
    state: PhaseState = Field(
        description="done 已完成；current 进行中；late 有节点逾期；ahead 未到", examples=["current"]
    )
    starts_on: Day | None = Field(description="计划开始，节点里最早的")
    ends_on: Day = Field(description="计划完成，节点里最晚的")
    started_on: Day | None = Field(description="实际开始")
    finished_on: Day | None = Field(description="实际完成；还有节点没完成时为 null")
    total: int = Field(description="节点数", examples=[4])
    done: int = Field(description="已完成的节点", examples=[2])


class PhasesOut(Out):
    """A task's phases in their order."""

    task_id: UUID
    current: str | None = Field(description="正在进行的阶段；全部完成或没有分阶段时为 null", examples=["招标采购"])
    phases: list[PhaseOut]
