"""Exceptions, settlements and what was reported, as they travel."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from minsheng.kernel.fields import Day, In, Moment, Out, Quantity, Reason, Remark
from minsheng.kernel.lifecycle import Action
from minsheng.programmes.cadence_schemas import CadenceTier, Content, Per
from minsheng.reports.schemas import RoundState

OpenKind = Literal["missing", "submitted", "returned", "late", "exception", "correction", "dispute"]
SettlementStatus = Literal["settled", "reopened"]


class ExceptionIn(In):
    """A closed round opened again for one unit, or one task of it."""

    round_id: UUID
    unit_id: UUID = Field(description="只放开这一个单位")
    task_id: UUID | None = Field(default=None, description="只放开一项任务；省略为该单位在这一期的全部任务")
    until: Moment = Field(description="放开到何时", examples=["2026-12-18T10:00:00Z"])
    reason: Reason = Field(examples=["台风期间停电两天，补报11月数据"])


class ExceptionOut(Out):
    """An exception and whether it still runs."""

    id: UUID
    version: int = Field(examples=[1])
    round_id: UUID
    period: str = Field(examples=["2026-11"])
    programme_id: UUID
    unit_id: UUID
    unit_name: str = Field(examples=["柳市镇"])
    task_id: UUID | None
    item_title: str | None = Field(description="只放开的那项任务", examples=[None])
    until: Moment
    reason: str
    granted_name: str = Field(description="批准人", examples=["陈知远"])
    granted_at: Moment
    revoke_reason: str | None
    revoked_at: Moment | None
    status: Literal["active", "revoked"]
    running: bool = Field(description="现在还放开着", examples=[True])
    actions: list[Action]


class Tally(Out):
    """How complete a round is, over what the reader may see."""

    expected: int = Field(description="应报", examples=[40])
    reported: int = Field(description="已报", examples=[38])
    on_time: int = Field(description="按时", examples=[36])
    late: int = Field(description="迟报", examples=[2])
    missing: int = Field(description="未报（含退回未再报）", examples=[2])
    counted: int = Field(description="已审核或已确认，数字计入", examples=[37])


class OpenItem(Out):
    """Something that stands open in a round."""

    kind: OpenKind = Field(examples=["missing"])
    unit_id: UUID
    unit_name: str = Field(examples=["柳市镇"])
    item_code: str | None = Field(examples=["3.2"])
    item_title: str | None = Field(examples=["新增（优化）城乡公交线路"])
    words: str = Field(examples=["没有报送"])


class RoundProgress(Out):
    """A round with its completeness, its exceptions and its newest settlement."""

    id: UUID
    version: int = Field(examples=[1])
    cadence_id: UUID
    period: str = Field(examples=["2026-11"])
    content: Content
    per: Per
    title: str | None
    tier: CadenceTier | None
    starts_on: Day
    ends_on: Day
    opens_at: Moment
    due_at: Moment
    closes_at: Moment
    state: RoundState = Field(examples=["open"])
    change_reason: str | None
    tally: Tally
    exceptions: int = Field(description="正在放开的例外", examples=[0])
    settlement_id: UUID | None = Field(description="最近一次结账")
    settlement_version: int | None
    settlement_status: SettlementStatus | None
    edition: int | None = Field(examples=[None])
    signed_name: str | None
    signed_at: Moment | None


class RoundsProgress(Out):
    """Every round of a list."""

    programme_id: UUID
    rounds: list[RoundProgress]


class AccountOut(Out):
    """What a settlement would find: completeness and what stands open."""

    round_id: UUID
    period: str = Field(examples=["2026-11"])
    tally: Tally
    missing_units: list[str] = Field(description="有未报的单位", examples=[["柳市镇"]])
    open_items: list[OpenItem]


class RoundSettleIn(In):
    """The office signs a closed round."""

    remark: Remark | None = Field(default=None, description="结账说明", examples=["柳市镇因台风未报，已电话核实"])


class PartHash(Out):
    """The hash of one part in order; ``unit_id`` where the reader sees the part."""

    seq: int = Field(examples=[1])
    sha256: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
    rows: int = Field(examples=[12])
    unit_id: UUID | None
    unit_name: str | None


class BranchHash(Out):
    """The hash of what one branch of the tree reported about an item; named where the reader sees it."""

    sha256: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
    unit_id: UUID | None
    unit_name: str | None


class SectionHash(Out):
    """The hash of one item: of its branches' hashes, one a line, which are told to whoever leads it."""

    seq: int = Field(examples=[1])
    sha256: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
    rows: int = Field(examples=[12])
    item_id: UUID | None
    item_code: str | None = Field(examples=["3.2"])
    item_title: str | None
    branches: list[BranchHash]


class SettlementRow(Out):
    """A settlement as a row of a list."""

    id: UUID
    version: int = Field(examples=[1])
    round_id: UUID
    programme_id: UUID
    unit_id: UUID
    period: str = Field(examples=["2026-11"])
    edition: int = Field(description="第几版", examples=[1])
    sha256: str = Field(
        description="全部内容（NDJSON 字节）的 SHA-256",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )
    size: int = Field(description="字节数", examples=[51234])
    remark: str | None
    signed_name: str = Field(description="签字人", examples=["陈知远"])
    signed_at: Moment
    reopen_reason: str | None
    reopened_name: str | None
    reopened_at: Moment | None
    status: SettlementStatus
    whole: bool = Field(description="读者看得到全部内容", examples=[True])
    tally: Tally = Field(description="读者看得到的范围内")
    actions: list[Action]


class SettlementOut(SettlementRow):
    """A settlement with everything a reader needs to check it."""

    programme_name: str = Field(examples=["温州市2026年民生实事"])
    parts_sha256: str = Field(
        description="各部分哈希（每行一个，按序）的 SHA-256：只看得到部分内容的读者据此核对",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )
    parts: list[PartHash]
    sections_sha256: str | None = Field(
        description="各事项哈希（每行一个，按序）的 SHA-256：牵头部门据此核对所牵头的事项；早于此功能的结账为空"
    )
    sections: list[SectionHash]
    missing_units: list[str] = Field(examples=[["柳市镇"]])
    open_items: list[OpenItem]


class TotalRow(Out):
    """The sum of one indicator over one unit and everything beneath it, as it was reported."""

    unit_id: UUID
    unit_name: str = Field(examples=["乐清市"])
    depth: int = Field(examples=[1])
    indicator_id: UUID
    indicator: str = Field(examples=["线路"])
    measure: str = Field(examples=["条"])
    value: Quantity | None = Field(description="计入的累计数之和；没有一个计入时为空")
    expected: int = Field(description="应报的数字", examples=[5])
    counted: int = Field(description="计入的数字", examples=[4])
    missing_units: list[str] = Field(description="没有计入的单位", examples=[["柳市镇"]])


class TotalsOut(Out):
    """Sums up the tree over a snapshot."""

    settlement_id: UUID
    period: str = Field(examples=["2026-11"])
    rows: list[TotalRow]
