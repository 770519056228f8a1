"""The calendar as it travels."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from minsheng.calendars.rules import Kind
from minsheng.kernel.fields import Day, In, Line, Out, Reason, Year
from minsheng.kernel.lifecycle import Action

DayKind = Literal["workday", "weekend", "holiday", "makeup"]
Status = Literal["active", "void"]


class CalendarDayOut(Out):
    """One day with the answer that holds for the unit."""

    on: Day
    working: bool = Field(description="是否工作日", examples=[False])
    kind: DayKind = Field(
        description="workday 平日；weekend 周末；holiday 节假日；makeup 周末上班", examples=["holiday"]
    )
    name: str | None = Field(description="节日或事由", examples=["国庆节"])
    source: str | None = Field(description="依据", examples=["国务院办公厅2026年节假日安排"])
    unit_id: UUID | None = Field(description="由哪个机构另定；null 为国务院安排或平常的星期")
    change_id: UUID | None = Field(description="另定的记录")


class CalendarOut(Out):
    """A year of one unit."""

    year: int = Field(examples=[2026])
    unit_id: UUID
    unit_name: str
    origin: Literal["national", "unit"] = Field(description="这一年由国务院安排录入，还是由机构补录")
    workdays: int = Field(description="全年工作日", examples=[248])
    editable: bool = Field(description="本人能否为这个机构另定日期")
    days: list[CalendarDayOut]


class WorkdayOut(Out):
    """Counting in working days from a day."""

    on: Day
    unit_id: UUID
    working: bool = Field(examples=[True])
    name: str | None = Field(examples=["国庆节"])
    previous: Day | None = Field(description="之前最近的工作日；那一年没有日历时为 null")
    next: Day | None = Field(description="之后最近的工作日；那一年没有日历时为 null")
    count: int = Field(description="往后数几个工作日，负数往前", examples=[5])
    day: Day = Field(description="数到的日期；当天不计")
    until: Day | None
    between: int | None = Field(description="至 until 有几个工作日，当天不计", examples=[20])


class DayChangeIn(In):
    """A day that a unit sets otherwise."""

    unit_id: UUID = Field(description="哪个机构；对它和下级都有效，离得最近的机构为准")
    day: Day
    kind: Kind = Field(description="holiday 放假；workday 上班", examples=["holiday"])
    name: Line = Field(examples=["台风停工"])
    source: Reason = Field(description="原因或文号", examples=["市防指第3号令"])


class DayChangeOut(Out):
    """A day that a unit set otherwise."""

    id: UUID
    version: int = Field(examples=[1])
    unit_id: UUID
    unit_name: str | None
    day: Day
    kind: Kind
    name: str
    source: str
    void_reason: str | None
    status: Status
    actions: list[Action]


class YearDayIn(In):
    """One special day of a year that is entered by hand."""

    day: Day
    kind: Kind = Field(examples=["holiday"])
    name: Line = Field(examples=["元旦"])


class CalendarYearIn(In):
    """A whole year that the product does not know yet, from the State Council's notice."""

    unit_id: UUID
    year: Year = Field(examples=[2027])
    source: Reason = Field(description="依据文件", examples=["国务院办公厅关于2027年部分节假日安排的通知"])
    days: Annotated[list[YearDayIn], Field(min_length=1, max_length=120)] = Field(
        description="全部放假日与调休上班日", examples=[[{"day": "2027-01-01", "kind": "holiday", "name": "元旦"}]]
    )


class CalendarYearOut(Out):
    """A year that a unit entered."""

    id: UUID
    version: int = Field(examples=[1])
    unit_id: UUID
    unit_name: str | None
    year: int = Field(examples=[2027])
    source: str
    void_reason: str | None
    status: Status
    actions: list[Action]
