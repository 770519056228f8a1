"""The boards as they travel."""

from uuid import UUID

from pydantic import Field

from minsheng.kernel.fields import Day, Out, Quantity
from minsheng.plans.schemas import Attainment, Light, Standing
from minsheng.targets.schemas import Operator, StateKind


class LightName(Out):
    """One light of the rule set: its name, mark and meaning; never assume that red is bad."""

    key: Light = Field(examples=["yellow"])
    name: str = Field(examples=["黄灯"])
    glyph: str = Field(examples=["▲"])
    meaning: str


class RuleSetOut(Out):
    """The rule set in force."""

    code: str = Field(examples=["points-10-30"])
    name: str
    source: str
    lights: list[LightName]


class BoardItem(Out):
    """A column of the matrix, with the two rates and the base they stand on."""

    id: UUID
    code: str = Field(examples=["3.2"])
    title: str
    met: int = Field(description="达标单位数", examples=[9])
    base: int = Field(description="应计单位数", examples=[12])
    left_out: int = Field(description="不计入的单位数（无年度目标、不适用、尚未下达）", examples=[0])
    count_pct: str | None = Field(description="达标率：达标单位 ÷ 应计单位", examples=["75"])
    value_pct: str | None = Field(description="完成率：累计数 ÷ 目标数；不可相加时为 null", examples=["96.1"])
    value_actual: Quantity | None = Field(description="完成率的分子：各单位累计数之和")
    value_base: Quantity | None = Field(description="完成率的分母：各单位目标之和")
    short: int | None = Field(description="低于各自目标的单位数，不因别处超额而隐去")
    shortfall: Quantity | None = Field(description="这些单位共差多少")
    measure_name: str | None = Field(description="相加所用的计量单位", examples=["公里"])
    states: dict[str, int] = Field(description="特殊状态的单位数", examples=[{"suspended": 1}])


class BoardUnit(Out):
    """A row of the matrix."""

    id: UUID
    parent_id: UUID | None
    name: str = Field(examples=["乐清市"])
    tier: str = Field(examples=["county"])
    depth: int = Field(examples=[1])


class BoardCell(Out):
    """A unit's light for an item: its worst indicator."""

    unit_id: UUID
    item_id: UUID
    target_id: UUID
    light: Light = Field(examples=["yellow"])
    progress_pct: str | None = Field(examples=["61.9"])
    expected_pct: str | None = Field(examples=["74.1"])
    gap_points: str | None = Field(examples=["12.2"])
    standing: Standing | None = Field(description="快于序时、按序时、落后", examples=["behind"])
    own: bool = Field(description="本单位直接填报；false 为下级合计")
    missing: int = Field(description="合计中还没有数的单位", examples=[0])
    value: Quantity | None = Field(description="判定日有效的目标值")
    original_value: Quantity | None = Field(description="下达时的目标值；与 value 不同即已调整")
    attainment: Attainment = Field(
        description="达到的程度：未达到、保底、目标、超额、力争、超出上限", examples=["short"]
    )
    state: StateKind | None = Field(description="特殊状态；不亮灯", examples=[None])


class BoardTotals(Out):
    """Counts over the targets that are reported directly."""

    ahead: int
    on: int
    behind: int
    unjudged: int
    green: int
    yellow: int
    red: int
    done: int
    none: int


class MatrixOut(Out):
    """The light matrix of a programme."""

    programme_id: UUID
    programme_name: str
    on: Day | None = Field(description="给定的判定日；null 为各按最近应报期")
    due_on: Day | None = Field(description="最近一个已到截止的填报期末")
    rule_set: RuleSetOut
    items: list[BoardItem]
    units: list[BoardUnit]
    cells: list[BoardCell]
    totals: BoardTotals


class LagRow(Out):
    """A target that is behind, with its gap and cause."""

    target_id: UUID
    programme_id: UUID
    programme_name: str
    unit_id: UUID
    unit_name: str = Field(examples=["柳市镇"])
    item_id: UUID
    item_code: str
    item_title: str
    indicator_name: str
    measure_name: str
    operator: Operator
    value: Quantity | None = Field(description="判定日有效的目标值，区间的下限")
    value_max: Quantity | None
    original_value: Quantity | None = Field(description="下达时的目标值")
    actual: Quantity | None
    numerator: Quantity | None
    denominator: Quantity | None
    levels: list[str]
    judged_on: Day
    light: Light
    progress_pct: str | None
    expected_pct: str | None
    gap_points: str | None
    cause_code: str | None
    cause_note: str | None
    explanation: str


class LagOut(Out):
    """The lag list, furthest behind first."""

    total: int = Field(description="落后的目标数", examples=[14])
    items: list[LagRow]


class SummaryRow(Out):
    """One programme at a glance."""

    programme_id: UUID
    programme_name: str
    unit_id: UUID
    unit_name: str
    year: int
    totals: BoardTotals
    met: int
    base: int
    left_out: int
    count_pct: str | None


class SummaryOut(Out):
    """Every issued programme the caller sees."""

    items: list[SummaryRow]
