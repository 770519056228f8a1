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


def _string_only(value: Any) -> Any:  # noqa: ANN401 - a validator sees whatever was sent
    if isinstance(value, (str, date)):
        return value
    raise PydanticCustomError("string-type", "应为文本")


def _utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise PydanticCustomError("timezone", "时间应带时区，如 2026-11-05T10:00:00Z")
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


Line = Annotated[str, AfterValidator(_text), Field(min_length=1, max_length=200)]
"""One line of text: a name, a title."""

Prose = Annotated[str, AfterValidator(_text), Field(max_length=2000)]
"""A paragraph."""

Reason = Annotated[str, AfterValidator(_text), Field(min_length=2, max_length=500)]
"""Why somebody did something; never empty."""

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
"""A short stable key."""

Period = Annotated[str, Field(pattern=r"^(19|20|21)\d\d-(0[1-9]|1[0-2])$", examples=["2026-11"])]
"""A month."""

Whole = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
"""A small count."""

Version = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)]

Year = Annotated[int, Field(strict=True, ge=1990, le=2200, examples=[2026])]

Day = Annotated[
    date,
    BeforeValidator(_string_only),
    AfterValidator(_sane_year),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-11-05"]}),
]
"""A day, ISO 8601."""

Moment = Annotated[
    datetime,
    BeforeValidator(_string_only),
    AfterValidator(_utc),
    AfterValidator(_sane_year),
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
