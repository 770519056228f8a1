"""Papers of payments over HTTP."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from minsheng.attachments import names
from minsheng.attachments.service import Place
from minsheng.disbursements import papers
from minsheng.disbursements.batch_models import PaymentPaper
from minsheng.disbursements.papers import PAYMENT_PAPER, PaymentPaperIn, PaymentPaperOut
from minsheng.kernel import files, rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import allow
from minsheng.kernel.errors import NotFound
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.permissions import P

router = APIRouter(tags=["disbursements"], route_class=Route)

Reading = Annotated[Session, allow(P.FUND_READ)]


def _place(request: Request) -> Place:
    return Place.of(request.app.state.settings)


def present_papers(session: Session, found: Sequence[PaymentPaper]) -> list[PaymentPaperOut]:
    """Return papers with their buttons."""
    return [
        PaymentPaperOut(
            **row.model_dump(exclude={"created_at", "added_by", "item_id", "keeper_id"}),
            added_at=row.created_at,
            actions=PAYMENT_PAPER.actions(session, row),
        )
        for row in found
    ]


@router.get("/payment-papers", summary="拨付材料", operation_id="listPaymentPapers")
def list_payment_papers(
    page: Paging,
    session: Reading,
    disbursement_id: Annotated[UUID | None, Query(description="哪笔拨付")] = None,
    batch_id: Annotated[UUID | None, Query(description="哪个发放批次")] = None,
) -> Page[PaymentPaperOut]:
    """Papers by what they hang on; whoever may read the payment may read them."""
    return rows.page_of(
        session, page, PaymentPaper, present_papers, status="active", disbursement_id=disbursement_id, batch_id=batch_id
    )


@router.post("/payment-papers", status_code=201, summary="挂上拨付材料", operation_id="createPaymentPaper")
def create_payment_paper(
    body: PaymentPaperIn,
    request: Request,
    response: Response,
    session: Annotated[Session, allow(P.DISBURSEMENT_ASK)],
) -> PaymentPaperOut:
    """Hang a file that was uploaded by way of /uploads on a payment or a batch that is not handed in."""
    row = papers.hang(session, _place(request), body)
    rows.tag(response, row)
    return present_papers(session, [row])[0]


@router.get(
    "/payment-papers/{id}/content",
    summary="下载拨付材料",
    operation_id="getPaymentPaperContent",
    response_class=Response,
    responses={
        200: {
            "description": "文件",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        },
        206: {"description": "文件的一段"},
        304: {"description": "读者已有"},
        416: {"description": "范围超出文件"},
    },
)
def get_payment_paper_content(id: UUID, request: Request, session: Reading) -> Response:  # noqa: A002
    """Return the content, or a range of it; images are shown, everything else is saved."""
    row = rows.fetch(session, PaymentPaper, id)
    path = _place(request).store.path(row.sha256)
    if not path.exists():
        raise NotFound("文件不在服务器上，请联系管理员从备份恢复。")
    shown = names.disposition(row.name, shown=row.media_type.startswith("image/"))
    return files.serve(request, path, row.sha256, row.media_type, shown)


PAYMENT_PAPER.mount(router, "/payment-papers", "PaymentPaper", PaymentPaperOut, present_papers)
