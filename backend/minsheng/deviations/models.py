"""Official figures, the cases that differences open, and what was verified on the spot."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field

from minsheng.kernel.access import Scoped
from minsheng.kernel.db import Figure, Instant, Row
from minsheng.permissions import P

UNSETTLED = ("open", "answered")
"""States of a case in which its figure cannot be scored."""


class ExternalFigure(Row, table=True):
    """A higher tier's or a statistics office's number for one of our targets (口径), beside what was printed."""

    __tablename__ = "external_figure"
    __scope__ = Scoped(read=P.REPORT_READ, line="item_id")
    __table_args__ = (
        Index("ix_external_figure_unit_id_id", "unit_id", "id"),
        Index("ix_external_figure_programme_id_status", "programme_id", "status"),
        Index("ix_external_figure_target_id_period", "target_id", "period"),
    )

    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    item_id: UUID = Field(nullable=False, foreign_key="item.id")
    indicator_id: UUID = Field(nullable=False, foreign_key="indicator.id")
    target_id: UUID = Field(nullable=False, foreign_key="target.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    # Whose office keeps it: that office, or one above, settles what it opens.
    keeper_id: UUID = Field(nullable=False, foreign_key="unit.id")
    period: str = Field(nullable=False)
    as_of: date = Field(nullable=False)
    value: Decimal = Field(sa_type=Figure, nullable=False)
    printed: str = Field(nullable=False)
    printed_unit: str | None = None
    factor: Decimal = Field(sa_type=Figure, nullable=False)
    source_name: str = Field(nullable=False)
    document: str = Field(default="", nullable=False)
    published_on: date | None = None
    source_basis: str | None = None
    basis: str = Field(default="published", nullable=False)
    official: bool = Field(default=False, nullable=False)
    replaces_id: UUID | None = Field(default=None, foreign_key="external_figure.id")
    status: str = Field(default="active", nullable=False)
    void_reason: str | None = None


class FigureMapping(Row, table=True):
    """How one kind of bulletin is read: which column is what, kept under a name for the next issue."""

    __tablename__ = "figure_mapping"
    __scope__ = Scoped(read=P.OFFICIAL_EDIT)
    __table_args__ = (UniqueConstraint("unit_id", "name"),)

    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    name: str = Field(nullable=False)
    content: dict[str, Any] = Field(sa_type=JSON, nullable=False)


class Tolerance(Row, table=True):
    """How far two figures may lie apart: for a list, or for one indicator of it."""

    __tablename__ = "deviation_tolerance"
    __scope__ = Scoped(read=P.PROGRAMME_READ, header=("status", frozenset({"active"})))
    __table_args__ = (
        Index("ix_deviation_tolerance_programme_id", "programme_id"),
        UniqueConstraint("programme_id", "indicator_id"),
    )

    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id", index=True)
    indicator_id: UUID | None = Field(default=None, foreign_key="indicator.id")
    absolute: Decimal | None = Field(default=None, sa_type=Figure)
    percent: Decimal | None = Field(default=None, sa_type=Figure)
    answer_days: int = Field(default=5, nullable=False)
    status: str = Field(default="active", nullable=False)


class Deviation(Row, table=True):
    """A case about a difference (数据偏差): opened by itself, answered by the unit, settled by the keeper's office.

    ``own_value`` and ``their_value`` are what differed when it was opened; what is known now is shown beside them.
    """

    __scope__ = Scoped(read=P.REPORT_READ, line="item_id")
    __table_args__ = (
        Index("ix_deviation_unit_id_id", "unit_id", "id"),
        Index("ix_deviation_programme_id_status", "programme_id", "status"),
        Index("ix_deviation_target_id_status", "target_id", "status"),
        Index("ix_deviation_external_figure_id", "external_figure_id"),
        Index("ix_deviation_indicator_id_unit_id", "indicator_id", "unit_id"),
    )

    external_figure_id: UUID = Field(nullable=False, foreign_key="external_figure.id")
    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    item_id: UUID = Field(nullable=False, foreign_key="item.id")
    indicator_id: UUID = Field(nullable=False, foreign_key="indicator.id")
    target_id: UUID = Field(nullable=False, foreign_key="target.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    keeper_id: UUID = Field(nullable=False, foreign_key="unit.id")
    report_id: UUID | None = Field(default=None, foreign_key="report.id")
    period: str = Field(nullable=False)
    own_value: Decimal = Field(sa_type=Figure, nullable=False)
    own_on: date = Field(nullable=False)
    their_value: Decimal = Field(sa_type=Figure, nullable=False)
    missing: int = Field(default=0, nullable=False)
    allowed: str = Field(nullable=False)
    due_on: date | None = None
    cause_code: str | None = None
    explanation: str | None = None
    prevention: str | None = None
    answered_by: UUID | None = None
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
    outcome: str | None = None
    settlement: str | None = None
    settled_by: UUID | None = None
    settled_at: datetime | None = Field(default=None, sa_type=Instant)
    # Theirs stands: until our report is corrected the figure still cannot be scored.
    corrected_on: date | None = None
    status: str = Field(default="open", nullable=False)


class DeviationNote(Row, table=True):
    """What happened in a case, in order: who was asked upwards, what was answered, why it was sent back or settled."""

    __tablename__ = "deviation_note"
    __scope__ = Scoped(read=P.REPORT_READ, line="item_id")
    __table_args__ = (
        Index("ix_deviation_note_deviation_id", "deviation_id"),
        Index("ix_deviation_note_unit_id", "unit_id"),
    )

    deviation_id: UUID = Field(nullable=False, foreign_key="deviation.id")
    item_id: UUID = Field(nullable=False, foreign_key="item.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    kind: str = Field(nullable=False)
    happened_on: date = Field(nullable=False)
    counterpart: str | None = None
    text: str = Field(nullable=False)
    author_id: UUID | None = None
    author_name: str = Field(nullable=False)


class Verification(Row, table=True):
    """A reported figure that somebody went and checked: what was found beside what was reported (核实)."""

    __scope__ = Scoped(read=P.REPORT_READ, line="item_id")
    __table_args__ = (
        Index("ix_verification_unit_id_id", "unit_id", "id"),
        Index("ix_verification_target_id", "target_id"),
    )

    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    item_id: UUID = Field(nullable=False, foreign_key="item.id")
    target_id: UUID = Field(nullable=False, foreign_key="target.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    checked_on: date = Field(nullable=False)
    reported_on: date = Field(nullable=False)
    reported_value: Decimal = Field(sa_type=Figure, nullable=False)
    verified_value: Decimal = Field(sa_type=Figure, nullable=False)
    confirmed: bool = Field(nullable=False)
    method: str = Field(nullable=False)
    checker_id: UUID | None = None
    checker_name: str = Field(nullable=False)
    status: str = Field(default="active", nullable=False)
    void_reason: str | None = None
