"""Batches of subsidies as they travel: persons are counts."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from minsheng.disbursements.schemas import PaymentFindingOut, Voucher
from minsheng.funds.schemas import Fen
from minsheng.kernel.fields import Day, In, Label, Line, Moment, Out, Reason
from minsheng.kernel.lifecycle import Action

Persons = Annotated[int, Field(strict=True, ge=1, le=100_000_000, description="人数", examples=[120])]
BatchStatus = Literal["draft", "submitted", "signing", "approved", "paid", "returned", "cancelled"]
EventKind = Literal["bounce", "repay", "recover"]


class GroupIn(In):
    """So many persons of one kind, and what they get together."""

    name: Label = Field(description="哪一类人，不写姓名", examples=["低保户"])
    persons: Persons
    fen: Fen


Groups = Annotated[list[GroupIn], Field(min_length=1, max_length=50)]
PostingDays = Annotated[int, Field(strict=True, ge=7, le=60)]


class SubsidyBatchIn(In):
    """A round of paying a subsidy."""

    task_id: UUID = Field(description="所属任务")
    line_id: UUID = Field(description="资金明细")
    account_id: UUID = Field(description="付款账户")
    name: Line = Field(examples=["2026年11月残疾人两项补贴"])
    standard: Line = Field(description="发放标准", examples=["每人每月 100 元"])
    groups: Groups = Field(description="按人员类别的人数和金额；不收姓名、证件号")
    posted_from: Day = Field(description="名单公示从哪天起", examples=["2026-11-02"])
    posted_to: Day = Field(description="公示到哪天止（含）", examples=["2026-11-12"])
    posting_workdays: PostingDays = Field(default=7, description="至少公示几个工作日")
    due_on: Day | None = Field(default=None, description="应发放日期", examples=["2026-11-25"])


class SubsidyBatchPatch(In):
    """What is changed of a batch that is not handed in."""

    name: Line | None = None
    standard: Line | None = None
    groups: Groups | None = None
    posted_from: Day | None = None
    posted_to: Day | None = None
    posting_workdays: PostingDays | None = None
    due_on: Day | None = None


class GroupOut(Out):
    """So many persons of one kind."""

    name: str
    persons: int
    fen: int


class SubsidyBatchOut(Out):
    """A batch, what is due, and what became of it."""

    id: UUID
    version: int = Field(examples=[1])
    unit_id: UUID
    unit_name: str | None = Field(examples=["柳市镇"])
    keeper_id: UUID
    programme_id: UUID
    item_id: UUID
    task_id: UUID
    line_id: UUID
    account_id: UUID
    name: str
    standard: str
    groups: list[GroupOut]
    persons: int = Field(description="应发人数", examples=[120])
    amount_fen: int = Field(description="应发金额，分", examples=[1_200_000])
    posted_from: Day
    posted_to: Day
    posting_workdays: int
    due_on: Day | None
    findings: list[PaymentFindingOut]
    leader_needed: bool
    asked_at: Moment | None
    approved_at: Moment | None
    signed_at: Moment | None
    decision: str | None
    voucher: str | None
    paid_on: Day | None
    paid_at: Moment | None
    entry_id: UUID | None
    bounced_persons: int = Field(description="退票人次")
    bounced_fen: int
    repaid_persons: int = Field(description="补发人次")
    repaid_fen: int
    recovered_persons: int = Field(description="追回人次")
    recovered_fen: int
    credited_persons: int = Field(description="实际到卡人次：已发 - 退票 + 补发", examples=[118])
    credited_fen: int = Field(description="实际到卡金额，分")
    in_full_and_on_time: bool | None = Field(description="是否足额、按时；还没有发的为 null", examples=[None])
    status: BatchStatus = Field(examples=["draft"])
    actions: list[Action]


class SubsidyEventIn(In):
    """What became of a paid batch."""

    batch_id: UUID = Field(description="哪个批次")
    kind: EventKind = Field(description="bounce 银行退票；repay 更正后补发；recover 错发追回", examples=["bounce"])
    persons: Persons
    fen: Fen
    happened_on: Day = Field(description="日期", examples=["2026-11-21"])
    voucher: Voucher = Field(description="凭证号", examples=["退-0001"])
    reason: Reason = Field(examples=["账号已销户"])


class SubsidyEventOut(Out):
    """What became of a paid batch."""

    id: UUID
    version: int = Field(examples=[1])
    batch_id: UUID
    unit_id: UUID
    kind: EventKind
    persons: int
    fen: int
    happened_on: Day
    voucher: str
    reason: str
    entry_id: UUID
    author_name: str
