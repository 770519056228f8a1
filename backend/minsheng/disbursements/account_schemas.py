"""Bank accounts and payees as they travel."""

import re
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from minsheng.disbursements import codes
from minsheng.kernel.fields import Day, In, Line, Out, Remark
from minsheng.kernel.lifecycle import Action

_SEPARATORS = re.compile(r"[ -]")


def _digits(value: Any) -> Any:  # noqa: ANN401 - a validator sees whatever was sent
    if not isinstance(value, str):
        raise PydanticCustomError("string-type", "应为文本")
    if not re.fullmatch(r"[0-9]{8,32}", plain := _SEPARATORS.sub("", value)):
        raise PydanticCustomError("account-number", "账号应为 8 至 32 位数字")
    return plain


def _credit_code(value: str) -> str:
    wrong = codes.fault(value)
    if wrong:
        raise PydanticCustomError("credit-code", "{wrong}", {"wrong": wrong})
    return value


AccountNumber = Annotated[
    str,
    BeforeValidator(_digits),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{8,32}$", "examples": ["1203282009200012345"]}),
]
"""The whole number of a bank account; it travels inwards only, and outwards to who may see it."""

CreditCode = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_credit_code)]
"""A unified social credit code whose check character is right."""

AccountStatus = Literal["active", "disabled"]


class BankAccountIn(In):
    """An account that a unit pays from."""

    unit_id: UUID = Field(description="开户单位")
    programme_id: UUID | None = Field(default=None, description="只用于哪个计划；省略为不限")
    name: Line = Field(description="户名", examples=["乐清市财政局民生实事资金专户"])
    bank_name: Line = Field(description="开户银行", examples=["农业银行乐清支行"])
    number: AccountNumber = Field(description="账号，加密保存")
    dedicated: bool = Field(default=True, description="是否专户")
    purpose: Remark | None = Field(default=None, description="用途", examples=["农村公路提升"])
    opened_on: Day | None = Field(default=None, description="开户日期")


class BankAccountPatch(In):
    """What is changed of an account; a new number means another account."""

    name: Line | None = None
    bank_name: Line | None = None
    purpose: Remark | None = None


class BankAccountOut(Out):
    """An account, its number masked."""

    id: UUID
    version: int = Field(examples=[1])
    unit_id: UUID
    unit_name: str | None = Field(examples=["乐清市"])
    programme_id: UUID | None
    name: str
    bank_name: str
    number_masked: str = Field(examples=["****2345"])
    dedicated: bool
    purpose: str | None
    opened_on: Day | None
    status: AccountStatus = Field(examples=["active"])
    actions: list[Action]


class PayeeIn(In):
    """An organisation that money may be paid to."""

    unit_id: UUID = Field(description="由哪个单位登记")
    name: Line = Field(description="收款单位名称，与营业执照一致", examples=["乐清市通达公路养护有限公司"])
    credit_code: CreditCode = Field(description="统一社会信用代码，核对校验位", examples=["91350100M000100Y43"])
    bank_name: Line = Field(description="开户银行", examples=["工商银行柳市支行"])
    number: AccountNumber = Field(description="账号，加密保存")


class PayeePatch(In):
    """What is changed of a payee; payments that were made keep what they were made with."""

    name: Line | None = None
    bank_name: Line | None = None
    number: AccountNumber | None = None


class PayeeOut(Out):
    """A payee, its account number masked."""

    id: UUID
    version: int = Field(examples=[1])
    unit_id: UUID
    unit_name: str | None = Field(examples=["乐清市"])
    name: str
    credit_code: str = Field(examples=["91350100M000100Y43"])
    bank_name: str
    number_masked: str = Field(examples=["****2345"])
    status: AccountStatus = Field(examples=["active"])
    actions: list[Action]


class WholeNumber(Out):
    """A whole account number, for those who pay."""

    id: UUID
    number: str = Field(examples=["1203282009200012345"])
