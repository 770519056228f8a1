"""Field types of requests and answers: each has one JSON form, strict on the way in.

FastAPI validates parsed JSON in Python mode, where pydantic's lax rules would take 1 for a date and "1" for a number;
these types refuse that.
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from minsheng.kernel import quantity

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ufffe\uffff]")


class In(BaseModel):
    """A request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Out(BaseModel):
    """An answer: built from attributes, never has an unknown field."""

    model_config = ConfigDict(from_attributes=True)


def _text(value: str) -> str:
    if _CONTROL.search(value):
        raise PydanticCustomError("control-character", "不能含控制字符")
    return value


def _one_line(value: str) -> str:
    if "\n" in value or "\r" in value:
        raise PydanticCustomError("line-break", "只能写一行")
    return value


def _not_blank(value: str) -> str:
    if value and not value.strip():
        raise PydanticCustomError("blank", "不能只有空格")
    return value


def _written(form: re.Pattern[str], example: str) -> BeforeValidator:
    """Let only the documented form through: the library would read a number of seconds as a date too."""

    def check(value: Any) -> Any:  # noqa: ANN401 - a validator sees whatever was sent
        if isinstance(value, date):
            return value
        if not isinstance(value, str):
            raise PydanticCustomError("string-type", "应为文本")
        if not form.fullmatch(value):
            raise PydanticCustomError("date-form", "应写成 {example}", {"example": example})
        return value

    return BeforeValidator(check)


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})?"
)


def _utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise PydanticCustomError("timezone", "时间应带时区，如 2026-11-05T10:00:00Z")
    # The year comes first: at the edges of the calendar another zone's day does not exist.
    _sane_year(value)
    return value.astimezone(UTC)


def _sane_year(value: date) -> date:
    if not 1949 <= value.year <= 2200:
        raise PydanticCustomError("year-range", "年份应在 1949 至 2200 之间")
    return value


def _quantity(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("string-type", '数量应写成文本，如 "961.7"')
    try:
        return quantity.parse(value)
    except ValueError:
        raise PydanticCustomError("quantity", "应为数字，整数不超过 12 位，小数不超过 6 位") from None


Line = Annotated[
    str,
    # The lengths come first: behind a validator pydantic would speak of items and the contract lose them.
    Field(min_length=1, max_length=200),
    AfterValidator(_text),
    AfterValidator(_one_line),
    AfterValidator(_not_blank),
]
"""One line of text: a name, a title."""

Label = Annotated[
    str,
    Field(min_length=1, max_length=20),
    AfterValidator(_text),
    AfterValidator(_one_line),
    AfterValidator(_not_blank),
]
"""A word or two on a heading."""

Remark = Annotated[str, Field(max_length=500), AfterValidator(_text)]
"""A sentence or two, perhaps none."""

Prose = Annotated[str, Field(max_length=2000), AfterValidator(_text)]
"""A paragraph."""

Reason = Annotated[str, Field(min_length=2, max_length=500), AfterValidator(_text), AfterValidator(_not_blank)]
"""Why somebody did something; never empty."""

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
"""A short stable key."""

Period = Annotated[
    str,
    Field(
        pattern=r"^(19|20|21)\d\d-((0[1-9]|1[0-2])(-[123])?|W(0[1-9]|[1-4]\d|5[0-3])|Q[1-4]|H[12])$",
        description="2026-11 月 · 2026-11-1 上旬（2 中旬、3 下旬） · 2026-W47 周 · 2026-Q4 季 · 2026-H2 半年",
        examples=["2026-11"],
    ),
]
"""A period of collection: month, ten days (旬), ISO week, quarter or half-year."""

Whole = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
"""A small count."""

Version = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)]

Year = Annotated[int, Field(strict=True, ge=1990, le=2200, examples=[2026])]

Day = Annotated[
    date,
    _written(_DAY, "2026-11-05"),
    AfterValidator(_sane_year),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-11-05"]}),
]
"""A day, ISO 8601."""

Moment = Annotated[
    datetime,
    _written(_MOMENT, "2026-11-05T10:00:00Z"),
    AfterValidator(_utc),
    PlainSerializer(lambda value: value.astimezone(UTC).isoformat().replace("+00:00", "Z"), return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-05T10:00:00Z"]}),
]
"""An instant, RFC 3339 in UTC."""

Quantity = Annotated[
    Decimal,
    BeforeValidator(_quantity),
    PlainSerializer(quantity.text, return_type=str),
    WithJsonSchema(
        {"type": "string", "pattern": r"^-?\d{1,12}(\.\d{1,6})?$", "examples": ["961.7"], "x-decimal": True}
    ),
]
"""An exact decimal; one JSON form both ways, a string."""

Id = UUID
