"""The boards as they travel."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from minsheng.kernel.fields import Code, Day, In, Out, Quantity
from minsheng.plans.schemas import Attainment, DisputeOut, Light, Standing
from minsheng.rule_sets.schemas import DefinitionIn, LightMark, RuleSetOut
from minsheng.targets.schemas import AdjustedOut, Operator, StateKind


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
    waived: bool = Field(description="有正当理由并经批准", examples=[False])
    own: bool = Field(description="本单位直接填报；false 为下级合计")
    missing: int = Field(description="合计中还没有数的单位", examples=[0])
    value: Quantity | None = Field(description="判定日有效的目标值")
    original_value: Quantity | None = Field(description="下达时的目标值；与 value 不同即已调整")
    adjusted: AdjustedOut | None = Field(description="已调整的：下达时与判定日有效的", examples=[None])
    attainment: Attainment = Field(
        description="达到的程度：未达到、保底、目标、超额、力争、超出上限", examples=["short"]
    )
    state: StateKind | None = Field(description="特殊状态；不亮灯", examples=[None])
    dispute: DisputeOut | None = Field(description="与上级或统计口径不符、还没有了结的偏差", examples=[None])


class BoardTotals(Out):
    """Counts over the targets that are reported directly."""

    ahead: int
    on: int
    behind: int
    unjudged: int
    lights: dict[str, int] = Field(description="各种灯的个数，键为灯的代号", examples=[{"green": 9, "yellow": 2}])


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
    adjusted: AdjustedOut | None = Field(description="已调整的：下达时与判定日有效的", examples=[None])
    actual: Quantity | None
    numerator: Quantity | None
    denominator: Quantity | None
    levels: list[str]
    judged_on: Day
    light: Light
    progress_pct: str | None
    expected_pct: str | None
    gap_points: str | None
    waived: str | None = Field(description="已批准的正当理由", examples=[None])
    cause_code: str | None
    cause_note: str | None
    explanation: str
    dispute: DisputeOut | None = Field(description="与上级或统计口径不符、还没有了结的偏差", examples=[None])


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
    rule_set: RuleSetOut
    totals: BoardTotals
    met: int
    base: int
    left_out: int
    count_pct: str | None
    disputed: int = Field(description="与上级或统计口径不符、还没有了结的数", examples=[0])


class SummaryOut(Out):
    """Every issued programme the caller sees."""

    items: list[SummaryRow]


class MonthLight(Out):
    """The light of one target for one period."""

    period: str = Field(examples=["2026-10"])
    ends_on: Day
    light: Light = Field(examples=["red"])
    mark: LightMark
    frozen: bool = Field(description="填报期关闭后已定格；false 为按现在的数判定", examples=[True])
    made_up_on: Day | None = Field(description="以后哪一期的数补上了；定格的灯不改", examples=[None])
    made_up: LightMark | None = Field(description="补上以后按规则看作什么灯")
    explanation: str


class HistoryRow(Out):
    """The lights of one target, month by month."""

    target_id: UUID
    unit_id: UUID
    item_id: UUID
    months: list[MonthLight]


class HistoryOut(Out):
    """The lights of past periods."""

    programme_id: UUID
    rows: list[HistoryRow]


class SpreadOut(Out):
    """How evenly one indicator advances across units."""

    item_id: UUID
    item_code: str = Field(examples=["3.2"])
    item_title: str
    indicator_id: UUID
    indicator_name: str
    units: int = Field(description="比较的单位数", examples=[12])
    missing: int = Field(description="还没有数的单位", examples=[0])
    min_pct: str = Field(examples=["25"])
    min_unit: str = Field(examples=["灵溪镇"])
    min_target_id: UUID
    min_dispute: DisputeOut | None = Field(description="最低的数与上级或统计口径不符", examples=[None])
    median_pct: str = Field(examples=["66.7"])
    max_pct: str = Field(examples=["104"])
    max_unit: str = Field(examples=["虹桥镇"])
    max_target_id: UUID
    max_dispute: DisputeOut | None = Field(description="最高的数与上级或统计口径不符", examples=[None])
    spread_points: str = Field(description="最高与最低相差的百分点", examples=["79"])
    expected_pct: str | None = Field(description="最低单位的序时进度", examples=["81.5"])


class SpreadsOut(Out):
    """Dispersion across units, the most uneven first."""

    programme_id: UUID
    on: Day | None
    items: list[SpreadOut]


class SimulationIn(In):
    """A rule set to try on past data: one that exists by its code, or a content that is not kept."""

    programme_id: UUID
    rule_set: Code | None = Field(default=None, description="已有规则的代号，草稿也可以", examples=["cangnan-month"])
    definition: DefinitionIn | None = Field(default=None, description="还没有保存的内容", examples=[None])
    dates: Annotated[list[Day], Field(max_length=24, default_factory=list)] = Field(
        description="在哪些日子试；省略为每个已到截止的期末", examples=[["2026-10-31"]]
    )


class SimulatedDay(Out):
    """One day under both rule sets."""

    on: Day
    before: dict[str, int] = Field(examples=[{"green": 9, "yellow": 2}])
    after: dict[str, int] = Field(examples=[{"green": 10, "red": 1}])
    changed: int = Field(examples=[2])


class SimulatedChange(Out):
    """A target whose light would change."""

    on: Day
    target_id: UUID
    unit_id: UUID
    unit_name: str = Field(examples=["柳市镇"])
    item_id: UUID
    item_code: str
    item_title: str
    before: str = Field(examples=["yellow"])
    after: str = Field(examples=["red"])
    explanation: str


class SimulationOut(Out):
    """What a rule set would have shown; nothing was written."""

    before: RuleSetOut
    after: RuleSetOut
    days: list[SimulatedDay]
    changed: int = Field(description="各日合计有几处不同", examples=[4])
    changes: list[SimulatedChange] = Field(description="最多 500 处，新的日子在前")
