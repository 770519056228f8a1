"""Contracts, rules and payments as they travel. Amounts are whole fen."""

from decimal import Decimal
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from minsheng.disbursements.caps import Effect, Kind
from minsheng.funds.models import MOST_FEN
from minsheng.funds.schemas import Fen
from minsheng.kernel.fields import Day, In, Line, Moment, Out, Quantity, Reason, Remark
from minsheng.kernel.lifecycle import Action

FenOrNothing = Annotated[int, Field(strict=True, ge=0, le=MOST_FEN, description="金额，单位：分", examples=[0])]
Stage = Literal["advance", "progress", "final", "other"]
DisbursementStatus = Literal[
    "draft", "submitted", "signing", "approved", "paid", "confirmed", "returned", "cancelled", "reversing", "reversed"
]
RuleStatus = Literal["draft", "active", "retired", "void"]
Voucher = Annotated[
    str, Field(pattern=r"^[0-9A-Za-z\u4e00-\u9fff()（）〔〕\[\]_./#-]{1,64}$", examples=["2026-付-0123"])
]
"""The number of a payment voucher, as it is printed."""


class ContractIn(In):
    """A contract of a task."""

    task_id: UUID = Field(description="所属任务")
    payee_id: UUID = Field(description="乙方，登记过的收款单位")
    number: Line = Field(description="合同编号", examples=["LQ-2026-017"])
    name: Line = Field(examples=["柳市镇农村公路提升工程施工合同"])
    amount_fen: Fen = Field(description="合同价，分", examples=[300_000_000])
    signed_on: Day = Field(description="签订日期", examples=["2026-03-01"])


class ContractPatch(In):
    """What is measured and settled of a contract."""

    work_fen: FenOrNothing | None = Field(default=None, description="累计已完工程量，分", examples=[180_000_000])
    work_on: Day | None = Field(default=None, description="计量截止日")
    work_paper: Remark | None = Field(default=None, description="计量支付证书编号", examples=["计量证书第 3 期"])
    settled_on: Day | None = Field(default=None, description="结算日期；结算后不再按工程量比例控制")


class ContractOut(Out):
    """A contract with the work measured so far and what was paid on it."""

    id: UUID
    version: int = Field(examples=[1])
    unit_id: UUID
    unit_name: str | None = Field(examples=["柳市镇"])
    programme_id: UUID
    item_id: UUID
    task_id: UUID
    payee_id: UUID
    payee_name: str | None
    number: str
    name: str
    amount_fen: int
    signed_on: Day
    work_fen: int
    work_on: Day | None
    work_paper: str | None
    settled_on: Day | None
    paid_fen: int = Field(description="已付（不含已冲销），分", examples=[90_000_000])


class PaymentRuleTerms(In):
    """What a rule asks."""

    kind: Kind = Field(
        description="amount 单笔金额；first_payment 首次付款；work_share 不超过已完工程量的比例；"
        "contract_share 若干月内不超过合同价的比例；milestone 按节点付款；contract 须有合同；"
        "dedicated_account 须用专户",
        examples=["amount"],
    )
    effect: Effect = Field(description="stop 不得支付；leader 须领导签批；warn 只提示", examples=["leader"])
    above_fen: FenOrNothing | None = Field(
        default=None, description="超过多少才管，分；amount、first_payment、contract 用", examples=[200_000_000]
    )
    percent: Quantity | None = Field(
        default=None, description="比例上限，%；work_share、contract_share 用", examples=[None]
    )
    months: Annotated[int, Field(strict=True, ge=1, le=120)] | None = Field(
        default=None, description="几个月内；contract_share 用", examples=[None]
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        needed = {
            "above_fen": self.kind in {"amount", "first_payment", "contract"},
            "percent": self.kind in {"work_share", "contract_share"},
            "months": self.kind == "contract_share",
        }
        for name, wanted in needed.items():
            if wanted != (getattr(self, name) is not None):
                raise PydanticCustomError(
                    "rule-terms",
                    "{kind} 规则{wanted}{name}",
                    {"kind": self.kind, "wanted": "须填 " if wanted else "不填 ", "name": name},
                )
        if self.percent is not None and not Decimal(0) < self.percent <= Decimal(1000):
            raise PydanticCustomError("percent-range", "比例应在 0 与 1000 之间")
        return self


class PaymentRuleIn(PaymentRuleTerms):
    """A rule on payments of a unit and all beneath it."""

    unit_id: UUID = Field(description="对哪个单位及其下级有效")
    programme_id: UUID | None = Field(default=None, description="只管哪个计划；省略为不限")
    name: Line = Field(examples=["大额首付须上会"])
    source: Line = Field(description="依据", examples=["晋城市城区政府投资项目资金拨付办法"])


class PaymentRuleOut(Out):
    """A rule on payments."""

    id: UUID
    version: int = Field(examples=[1])
    unit_id: UUID
    unit_name: str | None = Field(examples=["乐清市"])
    programme_id: UUID | None
    name: str
    kind: Kind
    kind_name: str = Field(examples=["首次付款"])
    effect: Effect
    above_fen: int | None
    percent: Quantity | None
    months: int | None
    source: str
    status: RuleStatus = Field(examples=["active"])
    actions: list[Action]


class DrawIn(In):
    """What one budget line gives."""

    line_id: UUID = Field(description="资金明细")
    fen: Fen


Draws = Annotated[list[DrawIn], Field(min_length=1, max_length=20)]


class DisbursementIn(In):
    """A payment that is asked for."""

    task_id: UUID = Field(description="所属任务")
    milestone_id: UUID | None = Field(default=None, description="为哪个节点付款")
    project_id: UUID | None = Field(default=None, description="捆绑项目")
    contract_id: UUID | None = Field(default=None, description="合同")
    account_id: UUID = Field(description="付款账户")
    payee_id: UUID = Field(description="收款单位")
    stage: Stage = Field(description="advance 预付；progress 进度款；final 尾款；other 其他", examples=["progress"])
    purpose: Line = Field(description="用途", examples=["第三期进度款"])
    due_on: Day | None = Field(default=None, description="应付日期", examples=["2026-11-30"])
    urgent: bool = Field(default=False, description="优先拨付")
    note: Remark | None = Field(default=None)
    lines: Draws = Field(description="从哪些资金明细支付，各多少")


class DisbursementPatch(In):
    """What is changed of a request that is not handed in; lines are replaced as a whole."""

    milestone_id: UUID | None = None
    project_id: UUID | None = None
    contract_id: UUID | None = None
    account_id: UUID | None = None
    payee_id: UUID | None = None
    stage: Stage | None = None
    purpose: Line | None = None
    due_on: Day | None = None
    urgent: bool | None = None
    note: Remark | None = None
    lines: Draws | None = None


class PaidIn(In):
    """What the payer enters."""

    voucher: Voucher = Field(description="支付凭证号，一号一付")
    paid_on: Day = Field(description="银行付款日期", examples=["2026-11-20"])


class ReceivedIn(In):
    """What the receiver's side enters."""

    received_on: Day = Field(description="到账日期", examples=["2026-11-21"])
    note: Remark | None = Field(default=None, description="说明")


class ReversedIn(In):
    """What whoever approves a reversal enters."""

    voucher: Voucher = Field(description="冲销凭证号", examples=["2026-冲-0001"])
    reversed_on: Day = Field(description="款项退回日期", examples=["2026-11-22"])
    reason: Reason = Field(description="批复意见", examples=["银行已退票，同意冲销"])


class PaymentFindingOut(Out):
    """What a rule said."""

    kind: Kind
    effect: Effect
    message: str = Field(examples=["大额首付须上会：首次付款，总额 3,000,000.00 元，超过 2,000,000.00 元"])


class DrawOut(Out):
    """What one budget line gives or gave."""

    line_id: UUID
    line_code: str | None = Field(examples=["2026-01"])
    line_name: str | None = Field(examples=["农村公路提升省补"])
    fen: int = Field(examples=[45_000_000])
    entry_id: UUID | None = Field(description="账上的记录")
    reversal_id: UUID | None = Field(description="冲销的记录")


class DisbursementOut(Out):
    """A payment on its way."""

    id: UUID
    version: int = Field(examples=[1])
    unit_id: UUID
    unit_name: str | None = Field(examples=["柳市镇"])
    keeper_id: UUID
    keeper_name: str | None = Field(examples=["乐清市"])
    programme_id: UUID
    item_id: UUID
    item_title: str | None = Field(examples=["农村公路提升"])
    task_id: UUID
    milestone_id: UUID | None
    project_id: UUID | None
    contract_id: UUID | None
    account_id: UUID
    account_name: str | None
    payee_id: UUID
    payee_name: str | None
    payee_number: str | None = Field(description="遮住的账号", examples=["****2345"])
    stage: Stage
    purpose: str
    amount_fen: int = Field(examples=[45_000_000])
    due_on: Day | None
    urgent: bool
    note: str | None
    leader_needed: bool = Field(description="须领导签批")
    findings: list[PaymentFindingOut] = Field(description="提交时规则的提示")
    asked_at: Moment | None
    approved_at: Moment | None
    signed_at: Moment | None
    decision: str | None
    voucher: str | None
    paid_on: Day | None
    paid_at: Moment | None
    paid_name: str | None
    paid_tail: str | None
    late_days: int | None = Field(description="比应付日期晚几天；没有应付日期或没有晚为 null", examples=[None])
    received_on: Day | None
    confirmed_at: Moment | None
    reversal_reason: str | None
    reversal_voucher: str | None
    reversed_on: Day | None
    reversed_at: Moment | None
    status: DisbursementStatus = Field(examples=["draft"])
    lines: list[DrawOut]
    actions: list[Action]


class DisbursementStepOut(Out):
    """One step of a payment on its way."""

    id: UUID
    disbursement_id: UUID | None
    batch_id: UUID | None
    verb: str = Field(examples=["approve"])
    label: str = Field(examples=["同意"])
    text: str | None
    author_name: str
    at: Moment
