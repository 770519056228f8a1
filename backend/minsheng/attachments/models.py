"""Attachments: evidence at a report or a milestone, a file known by its content."""

from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from minsheng.kernel.access import Scoped, Session, refuse_locked
from minsheng.kernel.db import Row
from minsheng.kernel.errors import Problem
from minsheng.permissions import P
from minsheng.reports.models import Report


def _locked_with_report(session: Session, row: Any) -> Problem | None:  # noqa: ANN401 - the lock of any table
    """Ask the report's own lock: what it hangs on is closed with its round, by the same rule and exceptions."""
    report = session.get(Report, row.report_id) if row.report_id else None
    if report is not None:
        try:
            refuse_locked(session, report)
        except Problem as problem:
            return problem
    return None


class Attachment(Row, table=True):
    """One file of evidence. The content lies in the file store under its hash, once, however often it is attached.

    Attributes:
        name: what its sender called it, cleaned; a text and never a path.
        media_type: what the content is, whatever the name says.
        taken_at: when and
        place: where a photo says it was taken, if it says so; neither is ever asked for (guide 9).
    """

    __scope__ = Scoped(read=P.REPORT_READ, line="item_id")
    __lock__ = staticmethod(_locked_with_report)
    __table_args__ = (
        Index("ix_attachment_unit_id_id", "unit_id", "id"),
        Index("ix_attachment_report_id", "report_id"),
        Index("ix_attachment_milestone_id", "milestone_id"),
        Index("ix_attachment_sha256", "sha256"),
    )

    report_id: UUID | None = Field(default=None, foreign_key="report.id")
    milestone_id: UUID | None = Field(default=None, foreign_key="milestone.id")
    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    item_id: UUID | None = Field(default=None, foreign_key="item.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    name: str = Field(nullable=False)
    sha256: str = Field(nullable=False)
    size: int = Field(nullable=False)
    media_type: str = Field(nullable=False)
    width: int | None = None
    height: int | None = None
    taken_at: str | None = None
    place: str | None = None
    status: str = Field(default="active", nullable=False)
    added_by: UUID | None = None
