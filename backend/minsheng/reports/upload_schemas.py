"""An uploaded month of reports as it travels: what each row of the workbook would do, did, or why not."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from minsheng.kernel.errors import FieldError
from minsheng.kernel.fields import In, Out, Period

Outcome = Literal["new", "changed", "same", "wrong"]
InputName = Literal[
    "current",
    "value",
    "numerator",
    "denominator",
    "fall_reason",
    "as_of",
    "source_basis",
    "state",
    "approx",
    "expected",
    "cause_code",
    "cause_note",
    "note",
    "physical_note",
    "physical_pct",
    "invested_fen",
    "expected_on",
]


class UploadedChange(Out):
    """One cell that differs from what the system holds."""

    cell: str = Field(examples=["K7"])
    field: InputName = Field(examples=["current"])
    label: str = Field(examples=["本期"])
    old: str | None = Field(examples=["3"])
    new: str | None = Field(examples=["5"])


class UploadedRow(Out):
    """One row of the workbook."""

    row: int = Field(description="表里的行号", examples=[7])
    outcome: Outcome = Field(examples=["changed"])
    unit_name: str = Field(examples=["柳市镇"])
    item_code: str = Field(examples=["3.2"])
    item_title: str = Field(examples=["新增（优化）城乡公交线路"])
    indicator_name: str = Field(examples=["线路"])
    changes: list[UploadedChange]
    errors: list[FieldError] = Field(description="pointer 为单元格")


class UploadPreview(Out):
    """What a workbook would do, or has done."""

    committed: bool = Field(description="已写入；否则只是核对", examples=[False])
    period: str = Field(examples=["2026-11"])
    unit_name: str = Field(examples=["柳市镇"])
    new: int = Field(examples=[3])
    changed: int = Field(examples=[12])
    same: int = Field(examples=[40])
    wrong: int = Field(examples=[1])
    absent: int = Field(description="下载后从表里删去的行，系统里不动", examples=[0])
    hidden_rows: int = Field(description="表里隐藏的行，同样读取", examples=[0])
    rows: list[UploadedRow] = Field(description="先错误，再变更、新增、未变；至多 5000 行")


class LedgerIn(In):
    """Which ledger is wanted."""

    programme_id: UUID
    period: Period
    unit_id: UUID | None = Field(default=None, description="单位，含下级；省略为看得到的全部", examples=[None])
    layout: Literal["month", "county", "full"] = Field(
        default="month",
        description="month 月报台账：上期末、本期、本期末；county 县月报：计划、实际、完成率；full 加表单各栏",
    )
    format: Literal["xlsx", "csv"] = Field(default="xlsx", examples=["xlsx"])


class UploadCommit(In):
    """Write what was looked at before."""

    id: UUID = Field(description="核对任务的编号")
    mode: Literal["all", "good"] = Field(default="all", description="all 有一行错就都不写；good 只写没有错的行")
