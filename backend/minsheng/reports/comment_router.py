"""Comments on reports over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlmodel import col, select

from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import allow
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.permissions import P
from minsheng.reports import comments
from minsheng.reports.models import Report, ReportComment
from minsheng.reports.policy import COMMENT
from minsheng.reports.present import present_comments
from minsheng.reports.schemas import ReportCommentOnIn, ReportCommentOut

router = APIRouter(tags=["reports"], route_class=Route)


@router.get("/report-comments", summary="批注列表", operation_id="listReportComments")
def list_comments(
    page: Paging,
    session: Annotated[Session, allow(P.REPORT_READ)],
    report_id: Annotated[UUID | None, Query(description="哪份报告")] = None,
    unit_id: Annotated[UUID | None, Query(description="填报单位")] = None,
    status: Annotated[
        str | None, Query(description="open 还没处理，settled 已处理", pattern="^(open|settled)$")
    ] = None,
) -> Page[ReportCommentOut]:
    """Comments on the reports of the caller's area and lines, the oldest first."""
    statement = select(ReportComment)
    for column, value in (
        (col(ReportComment.report_id), report_id),
        (col(ReportComment.unit_id), unit_id),
        (col(ReportComment.status), status),
    ):
        if value is not None:
            statement = statement.where(column == value)
    found = session.exec(page.apply(statement, (ReportComment.unit_id, ReportComment.id))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda each: (each.unit_id, each.id))
    return Page(items=present_comments(session, found), next=following)


@router.post("/report-comments", summary="写批注", operation_id="addReportComment", status_code=201)
def add_comment(
    body: ReportCommentOnIn, response: Response, session: Annotated[Session, allow(P.REPORT_COMMENT)]
) -> ReportCommentOut:
    """Say something about a report or one figure of it; what is said of a closed month changes no figure."""
    report = rows.fetch(session, Report, body.report_id)
    session.require(report)
    made = comments.add(session, report, body)
    session.flush()
    rows.tag(response, made)
    return present_comments(session, [made])[0]


COMMENT.mount(router, "/report-comments", "ReportComment", ReportCommentOut, present_comments)
