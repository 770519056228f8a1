"""Units as they travel."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from minsheng.kernel.errors import FieldError
from minsheng.kernel.fields import Day, In, Label, Line, Out, Quantity, Whole, Year

UnitKind = Literal["government", "department", "township", "park", "vertical", "village", "grid"]
Tier = Literal["province", "city", "county", "township", "village", "grid"]
DivisionCode = Annotated[str, Field(pattern=r"^[1-9]\d{11}$", examples=["330382101000"])]


class UnitIn(In):
    """A new unit beneath an existing one."""

    parent_id: UUID = Field(description="上级机构")
    name: Line = Field(examples=["柳市镇"])
    kind: UnitKind = Field(examples=["government"])
    tier: Tier = Field(examples=["township"])
    code: DivisionCode | None = Field(default=None, description="12 位区划代码；园区等没有")
    valid_from: Day | None = None
    valid_to: Day | None = None
    sort: Whole = 0


class UnitPatch(In):
    """What may change of a unit (JSON Merge Patch)."""

    parent_id: UUID | None = Field(default=None, description="并入另一上级；两处都须有权")
    name: Line | None = None
    kind: UnitKind | None = None
    tier: Tier | None = None
    code: DivisionCode | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    sort: Whole | None = None


class UnitOut(Out):
    """A unit."""

    id: UUID
    version: int = Field(examples=[1])
    parent_id: UUID | None
    code: str | None = Field(examples=["330382101000"])
    name: str = Field(examples=["柳市镇"])
    kind: UnitKind = Field(examples=["government"])
    tier: Tier = Field(examples=["township"])
    valid_from: Day | None
    valid_to: Day | None
    sort: int = Field(examples=[10])


class ImportedRow(Out):
    """What became of one line of the file; line 1 is the heading."""

    row: int = Field(examples=[2])
    status: Literal["create", "change", "same", "wrong"] = Field(examples=["create"])
    name: str | None = Field(examples=["柳市镇"])
    errors: list[FieldError]


class ImportOut(Out):
    """What an import did, or would do."""

    dry_run: bool
    total: int = Field(examples=[3])
    created: int = Field(examples=[2])
    changed: int = Field(examples=[0])
    same: int = Field(examples=[1])
    wrong: int = Field(examples=[0])
    rows: list[ImportedRow]


class BaseFigureIn(In):
    """A figure of a unit; the same kind and year again replaces it."""

    unit_id: UUID
    kind: Label = Field(description="指标名称，如常住人口、户数", examples=["常住人口"])
    year: Year
    value: Quantity = Field(examples=["145.3"])
    source: Line = Field(description="出处：统计年鉴、公报……", examples=["2025年统计公报"])


class BaseFigureOut(Out):
    """A figure of a unit with its source."""

    id: UUID
    version: int = Field(examples=[1])
    unit_id: UUID
    unit_name: str | None = Field(examples=["乐清市"])
    kind: str = Field(examples=["常住人口"])
    year: int = Field(examples=[2025])
    value: Quantity
    source: str = Field(examples=["2025年统计公报"])
    basis: Literal["entered", "generated"] = Field(description="填入，或为演示生成", examples=["entered"])
