"""Rounds, reports and their figures."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Index, UniqueConstraint, and_, column
from sqlmodel import Field

from minsheng.calendars import periods
from minsheng.kernel import clock
from minsheng.kernel.access import Scoped, Session
from minsheng.kernel.db import Figure, Instant, Row
from minsheng.kernel.errors import Problem, RoundClosed
from minsheng.permissions import P
from minsheng.reports.granted import running

COUNTED = ("reviewed", "accepted")
"""States in which a report's figures count (guide 5.3): somebody other than the clerk stands by them."""


FORECAST = "forecast"
"""The state of a figure that is expected: it is kept and shown, and never counts as done (R154)."""


class Round(Row, table=True):
    """A collection period of a programme (填报期); open, due and closed follow from the clock.

    ``content`` says whether figures are due or a text (R164), ``per`` whether each task or each unit answers; ``tier``
    whether only one tier reports. Rounds that have not opened are void once their cadence has ended.
    """

    __tablename__ = "report_round"
    __scope__ = Scoped(read=P.PROGRAMME_READ, header=("status", frozenset({"active"})))
    __table_args__ = (
        UniqueConstraint("cadence_id", "period"),
        Index("ix_report_round_unit_id", "unit_id"),
        Index("ix_report_round_programme_id_ends_on", "programme_id", "ends_on"),
    )

    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    cadence_id: UUID = Field(nullable=False, foreign_key="cadence.id")
    period: str = Field(nullable=False)
    content: str = Field(default="figures", nullable=False)
    per: str = Field(default="task", nullable=False)
    title: str | None = None
    tier: str | None = None
    starts_on: date = Field(nullable=False)
    ends_on: date = Field(nullable=False)
    opens_at: datetime = Field(sa_type=Instant, nullable=False)
    due_at: datetime = Field(sa_type=Instant, nullable=False)
    closes_at: datetime = Field(sa_type=Instant, nullable=False)
    status: str = Field(default="active", nullable=False)
    change_reason: str | None = None

    @property
    def words(self) -> str:
        """The period as people say it, with the name of the text that is due in it."""
        return periods.name(self.period) + (f"“{self.title}”" if self.title else "")

    def state(self, now: datetime) -> str:
        """Return scheduled, open, overdue or closed at an instant."""
        if now < self.opens_at:
            return "scheduled"
        if now < self.due_at:
            return "open"
        return "overdue" if now < self.closes_at else "closed"


def _round_open(session: Session, key: UUID) -> bool:
    """Say whether a round is open for everybody."""
    round_ = session.get(Round, key)
    return round_ is not None and round_.closes_at > clock.now()


def _locked_with_round(session: Session, row: Any) -> Problem | None:  # noqa: ANN401 - a report or figure, or its columns
    if _round_open(session, row.round_id):
        return None
    round_ = session.get(Round, row.round_id)
    granted = running(session, [round_.id]) if round_ is not None else []
    if not any(each.lets(row.unit_id, _task_of(session, row)) for each in granted):
        return RoundClosed(f"{round_.words if round_ else ''}填报期已关闭，不能再改。")
    return None


def _task_of(session: Session, row: Any) -> UUID | None:  # noqa: ANN401 - the same
    """Return the task a row is about; a text of a whole unit is about none."""
    report = row if hasattr(row, "task_id") else session.get(Report, row.report_id)
    return report.task_id if report and report.item_id else None


_OF_UNIT = and_(column("item_id").is_(None), column("status") != "void")


class Report(Row, table=True):
    """What one unit reports for one task in one round.

    A correction after acceptance is another row of the same task and round with the next ``revision``: it names its
    reason and goes the whole way again. The earlier row counts until the new one does; then it is superseded, and
    stays with its figures. Should the new one be sent back, the earlier counts again. ``versions.newest`` picks the one
    that is worked on.

    A text that a unit owes once for the whole list has no item: it lies on no department's line. Its task is the one it
    was first asked with, so that rows are still told apart by task and round.
    """

    __scope__ = Scoped(read=P.REPORT_READ, line="item_id")
    __lock__ = staticmethod(_locked_with_round)
    __lock_open__ = ("round_id", _round_open)
    __table_args__ = (
        UniqueConstraint("task_id", "round_id", "revision", name="uq_report_task_id_round_id_revision"),
        Index("ix_report_corrects_id", "corrects_id"),
        Index("ix_report_unit_id_period_id", "unit_id", "period", "id"),
        Index("ix_report_round_id_unit_id", "round_id", "unit_id"),
        Index(
            "uq_report_one_a_unit",
            "round_id",
            "unit_id",
            "revision",
            unique=True,
            sqlite_where=_OF_UNIT,
            postgresql_where=_OF_UNIT,
        ),
    )

    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    round_id: UUID = Field(nullable=False, foreign_key="report_round.id")
    task_id: UUID = Field(nullable=False, foreign_key="task.id")
    item_id: UUID | None = Field(default=None, foreign_key="item.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    period: str = Field(nullable=False)
    revision: int = Field(default=1, nullable=False)
    corrects_id: UUID | None = Field(default=None, foreign_key="report.id")
    correction_reason: str | None = None
    status: str = Field(default="draft", nullable=False)
    returned: bool = Field(default=False, nullable=False)
    return_reason: str | None = None
    excused: bool = Field(default=False, nullable=False)
    note: str | None = None
    cause_code: str | None = None
    cause_note: str | None = None
    physical_note: str | None = None
    physical_pct: Decimal | None = Field(default=None, sa_type=Figure)
    invested_fen: int | None = Field(default=None, sa_type=BigInteger)
    expected_on: date | None = None
    touched_at: datetime | None = Field(default=None, sa_type=Instant)
    touched_by: UUID | None = None
    submitted_at: datetime | None = Field(default=None, sa_type=Instant)
    submitted_by: UUID | None = None
    reviewed_at: datetime | None = Field(default=None, sa_type=Instant)
    reviewed_by: UUID | None = None
    accepted_at: datetime | None = Field(default=None, sa_type=Instant)
    accepted_by: UUID | None = None


class ReportValue(Row, table=True):
    """One figure of a report: previous cumulative + this period = new cumulative; a snapshot has only the new one."""

    __tablename__ = "report_value"
    __scope__ = Scoped(read=P.REPORT_READ, line="item_id")
    __lock__ = staticmethod(_locked_with_round)
    __lock_open__ = ("round_id", _round_open)
    __table_args__ = (
        UniqueConstraint("report_id", "target_id"),
        Index("ix_report_value_target_id_ends_on", "target_id", "ends_on"),
    )

    report_id: UUID = Field(nullable=False, foreign_key="report.id")
    round_id: UUID = Field(nullable=False, foreign_key="report_round.id")
    target_id: UUID = Field(nullable=False, foreign_key="target.id")
    item_id: UUID = Field(nullable=False, foreign_key="item.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    ends_on: date = Field(nullable=False)
    previous: Decimal | None = Field(default=None, sa_type=Figure)
    current: Decimal | None = Field(default=None, sa_type=Figure)
    value: Decimal | None = Field(default=None, sa_type=Figure)
    numerator: Decimal | None = Field(default=None, sa_type=Figure)
    denominator: Decimal | None = Field(default=None, sa_type=Figure)
    basis: str = Field(default="reported", nullable=False)
    source_note: str | None = None
    fall_reason: str | None = None
    as_of: date | None = None
    source_basis: str | None = None
    state: str = Field(default="final", nullable=False)
    approx: bool = Field(default=False, nullable=False)
    expected: Decimal | None = Field(default=None, sa_type=Figure)
    touched_at: datetime | None = Field(default=None, sa_type=Instant)
    touched_by: UUID | None = None


class ReportApproval(Row, table=True):
    """What a review or acceptance approved, word for word: whatever becomes of the report, this stays (guide 5.3).

    ``words`` and ``figures`` are as :mod:`minsheng.reports.contents` takes them.
    """

    __tablename__ = "report_approval"
    __scope__ = Scoped(read=P.REPORT_READ, line="item_id")
    __table_args__ = (
        Index("ix_report_approval_report_id", "report_id"),
        Index("ix_report_approval_unit_id", "unit_id"),
    )

    report_id: UUID = Field(nullable=False, foreign_key="report.id")
    item_id: UUID | None = Field(default=None, foreign_key="item.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    verb: str = Field(nullable=False)
    approver_id: UUID | None = None
    approver_name: str | None = None
    approved_at: datetime = Field(sa_type=Instant, nullable=False)
    words: dict[str, Any] = Field(sa_type=JSON, nullable=False)
    figures: dict[str, Any] = Field(sa_type=JSON, nullable=False)


class ReportComment(Row, table=True):
    """What is said about a report, or about one figure of it; open until somebody says how it was settled."""

    __tablename__ = "report_comment"
    __scope__ = Scoped(read=P.REPORT_READ, line="item_id")
    __table_args__ = (
        Index("ix_report_comment_report_id", "report_id"),
        Index("ix_report_comment_unit_id_id", "unit_id", "id"),
    )

    report_id: UUID = Field(nullable=False, foreign_key="report.id")
    target_id: UUID | None = Field(default=None, foreign_key="target.id")
    item_id: UUID | None = Field(default=None, foreign_key="item.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    text: str = Field(nullable=False)
    author_id: UUID | None = None
    author_name: str = Field(nullable=False)
    status: str = Field(default="open", nullable=False)
    answer: str | None = None
    settled_name: str | None = None
    settled_at: datetime | None = Field(default=None, sa_type=Instant)
