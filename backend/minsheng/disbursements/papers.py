"""Papers of a payment or a batch: what whoever approves and pays it has to see; kept as attachments of reports are."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from sqlmodel import func, select

from minsheng.attachments import names
from minsheng.attachments import service as attachments
from minsheng.attachments.schemas import Sha256
from minsheng.disbursements.batch_models import PaymentPaper, SubsidyBatch
from minsheng.disbursements.models import Disbursement
from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Conflict, Locked
from minsheng.kernel.fields import In, Line, Moment, Out
from minsheng.kernel.lifecycle import Action, Lifecycle, Move
from minsheng.permissions import P

MOST_AT_ONE_PLACE = 30
PaperKind = Literal["contract", "invoice", "certificate", "acceptance", "posting", "other"]


class PaymentPaperIn(In):
    """Hang an uploaded file on a payment or a batch that is not handed in."""

    disbursement_id: UUID | None = Field(default=None, description="拨付；与批次二选一")
    batch_id: UUID | None = Field(default=None, description="发放批次")
    kind: PaperKind = Field(
        description="contract 合同；invoice 发票；certificate 计量支付证书；acceptance 验收；"
        "posting 公示照片；other 其他",
        examples=["certificate"],
    )
    name: Line = Field(description="文件名，只作文字保存", examples=["计量支付证书第3期.pdf"])
    sha256: Sha256 = Field(description="已上传的内容")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.disbursement_id is None) == (self.batch_id is None):
            raise PydanticCustomError("one-of", "拨付和批次须写一个，且只写一个")
        return self


class PaymentPaperOut(Out):
    """One paper of a payment or a batch."""

    id: UUID
    version: int = Field(examples=[1])
    disbursement_id: UUID | None
    batch_id: UUID | None
    unit_id: UUID
    kind: PaperKind
    name: str
    sha256: str
    size: Annotated[int, Field(examples=[204800])]
    media_type: str = Field(examples=["application/pdf"])
    status: Literal["active", "void"] = Field(examples=["active"])
    added_at: Moment
    actions: list[Action]


def _above(session: Session, row: PaymentPaper | PaymentPaperIn) -> Disbursement | SubsidyBatch:
    if row.disbursement_id is not None:
        return rows.fetch(session, Disbursement, row.disbursement_id)
    assert row.batch_id is not None  # noqa: S101 - the schema asks for one of the two
    return rows.fetch(session, SubsidyBatch, row.batch_id)


def still_open(session: Session, row: PaymentPaper) -> None:
    """Keep what was handed in as it was: papers come and go with the draft.

    Raises:
        Locked: it was handed in.
    """
    if _above(session, row).status not in {"draft", "returned"}:
        message = "申请已提交，材料不能再改；如需修改请先退回。"
        raise Locked(message)


def hang(session: Session, place: attachments.Place, body: PaymentPaperIn) -> PaymentPaper:
    """Hang an uploaded file on a payment or a batch.

    Raises:
        NotFound: it is not visible.
        Locked: it was handed in.
        NotUploaded: the content is not there.
        Conflict: too many hang there.
    """
    above = _above(session, body)
    row = PaymentPaper(
        **body.model_dump(),
        item_id=above.item_id,
        unit_id=above.unit_id,
        keeper_id=above.keeper_id,
        size=0,
        media_type="",
        added_by=session.who.user_id,
    )
    session.require(row)
    still_open(session, row)
    same = (
        PaymentPaper.disbursement_id == body.disbursement_id
        if body.disbursement_id
        else (PaymentPaper.batch_id == body.batch_id)
    )
    number = session.exec(select(func.count()).select_from(PaymentPaper).where(same, PaymentPaper.status == "active"))
    if number.one() >= MOST_AT_ONE_PLACE:
        message = f"这里已有 {MOST_AT_ONE_PLACE} 份材料，请先去掉不需要的。"
        raise Conflict(message)
    found, row.size = attachments.known(session, place, body.sha256)
    row.media_type = found["media_type"]
    row.name = names.clean(body.name, found["media_type"])
    session.add(row)
    session.flush()
    upload = place.store.upload(session.who.user_id, body.sha256)
    if upload is not None and upload.complete:
        place.store.keep(session.who.user_id, body.sha256)
    return row


PAYMENT_PAPER = Lifecycle(
    PaymentPaper,
    "active",
    {
        "void": Move(
            frozenset({"active"}),
            "void",
            P.DISBURSEMENT_ASK,
            "去掉",
            "去掉材料；内容与记录都留着",
            guards=[still_open],
        )
    },
    final=frozenset({"void"}),
)
