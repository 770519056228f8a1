"""Mappings and imports as they travel."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from minsheng.deviations.schemas import Agreement, Factor
from minsheng.kernel.errors import FieldError
from minsheng.kernel.fields import In, Line, Out, Quantity, Remark

Letters = Annotated[str, Field(pattern=r"^[A-Z]{1,2}$", examples=["C"])]
Mode = Literal["all", "good"]
Printed = Annotated[str, Field(min_length=1, max_length=200)]


class ColumnIn(In):
    """A column by its letters; its heading, if given, must still be the same next time."""

    column: Letters = Field(description="列的字母", examples=["A"])
    heading: Remark | None = Field(default=None, description="表头；以后的文件表头不同即报错", examples=["地区"])


class ValueColumnIn(ColumnIn):
    """A column of figures, with what its unit of measure is worth in ours."""

    indicator_id: UUID | None = Field(default=None, description="这一列是哪项指标；指标另有一列的不填")
    factor: Factor = Field(description="倍数，由填报人写明：万 为 10000", examples=["1"])
    printed_unit: Line | None = Field(default=None, description="原文的计量单位", examples=["公里"])


class MappingContentIn(In):
    """Which column is what."""

    sheet: Line | None = Field(default=None, description="工作表；省略为第一张")
    header_row: Annotated[int, Field(strict=True, ge=1, le=50)] = Field(
        description="表头在第几行（多层表头写最下一行）", examples=[1]
    )
    place: ColumnIn = Field(description="地区在哪一列")
    indicator: ColumnIn | None = Field(default=None, description="指标或事项编号在哪一列；每列一项指标的不填")
    values: Annotated[list[ValueColumnIn], Field(min_length=1, max_length=20)] = Field(description="数在哪几列")
    fill_down: bool = Field(default=False, description="地区是合并单元格：空的与上一行同")
    places: Annotated[dict[Printed, UUID | None], Field(max_length=500)] = Field(
        default_factory=dict, description="原文地名对应的单位；null 为不取这一行"
    )
    indicators: Annotated[dict[Printed, UUID | None], Field(max_length=500)] = Field(
        default_factory=dict, description="原文指标名对应的指标；null 为不取"
    )


class FigureMappingIn(In):
    """A mapping under a name."""

    programme_id: UUID
    name: Line = Field(examples=["省厅月度通报"])
    content: MappingContentIn


class FigureMappingPatch(In):
    """What is changed of a mapping."""

    name: Line | None = None
    content: MappingContentIn | None = None


class FigureMappingOut(Out):
    """A mapping that is kept for the next issue."""

    id: UUID
    version: int = Field(examples=[1])
    unit_id: UUID
    programme_id: UUID
    name: str
    content: MappingContentIn


class SheetOut(Out):
    """The beginning of a sheet, to point at columns."""

    name: str
    rows: int
    columns: int
    head: list[list[str]] = Field(description="前 15 行、30 列")


class InspectionOut(Out):
    """What a file holds."""

    sheets: list[SheetOut]


class Candidate(Out):
    """Something a name may have meant."""

    id: UUID
    name: str


class UnknownName(Out):
    """A name that matches nothing, with what comes near: the person decides, nothing is guessed."""

    name: str
    rows: list[int]
    candidates: list[Candidate]


class UploadedFigure(Out):
    """One cell of the file."""

    row: int
    cell: str = Field(examples=["C5"])
    place: str
    unit_id: UUID | None
    unit_name: str | None
    indicator_name: str | None
    printed: str
    value: Quantity | None = Field(description="折成本指标单位的数")
    outcome: Literal["new", "changed", "same", "wrong"] = Field(examples=["new"])
    compared: Agreement | None
    own_value: Quantity | None
    errors: list[FieldError]


class FigureUploadOut(Out):
    """What an import would do, or did."""

    dry_run: bool
    new: int
    changed: int
    same: int
    wrong: int
    skipped: int = Field(description="按映射不取的，和没有数的格")
    beyond: int = Field(description="新的和改了的当中，超出容差、将立案的")
    rows: list[UploadedFigure]
    unknown_places: list[UnknownName]
    unknown_indicators: list[UnknownName]
