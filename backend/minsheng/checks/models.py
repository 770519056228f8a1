"""Check rules as rows, and what was said about figures they asked about."""

from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index
from sqlalchemy.orm.attributes import get_history
from sqlmodel import Field

from minsheng.kernel.access import Scoped, Session
from minsheng.kernel.db import Row
from minsheng.kernel.errors import Locked, Problem
from minsheng.permissions import P
from minsheng.reports.models import Report


class CheckRule(Row, table=True):
    """One check of reported figures (核对规则): it binds the unit's own reports and all beneath it.

    Without a unit it was shipped: a pattern that everybody may copy and that is never in force itself.
    """

    __tablename__ = "check_rule"
    __scope__ = Scoped(read=P.PROGRAMME_READ, header=("status", frozenset({"active", "retired"})), shared=True)
    __table_args__ = (Index("ix_check_rule_unit_id_id", "unit_id", "id"),)

    unit_id: UUID | None = Field(default=None, foreign_key="unit.id")
    programme_id: UUID | None = Field(default=None, foreign_key="programme.id")
    code: str | None = Field(default=None, unique=True)
    name: str = Field(nullable=False)
    kind: str = Field(nullable=False)
    severity: str = Field(default="warn", nullable=False)
    definition: dict[str, Any] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    applies: dict[str, Any] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    message: str | None = None
    based_on: UUID | None = None
    status: str = Field(default="draft", nullable=False)

    @staticmethod
    def __lock__(session: Session, row: "CheckRule") -> Problem | None:
        """Refuse a change of a rule that figures were held up by."""
        before = get_history(row, "status").deleted or [row.status]
        if before[0] == "draft" or row.id in session.moving:
            return None
        return Locked("规则启用后不能再改：请复制成新的草稿。")


class FigureExplanation(Row, table=True):
    """Why a figure is right although a check asked about it: who said so, when, and about which numbers.

    It belongs to the target and the round rather than to one report, so that it holds for a correction which repeats
    the figure. The database refuses to change or delete it.
    """

    __tablename__ = "figure_explanation"
    __scope__ = Scoped(read=P.REPORT_READ, line="item_id")
    __lock__ = staticmethod(Report.__lock__)
    __table_args__ = (
        Index("ix_figure_explanation_target_id_round_id", "target_id", "round_id"),
        Index("ix_figure_explanation_unit_id", "unit_id"),
    )

    report_id: UUID = Field(nullable=False, foreign_key="report.id")
    round_id: UUID = Field(nullable=False, foreign_key="report_round.id")
    target_id: UUID = Field(nullable=False, foreign_key="target.id")
    rule_id: UUID = Field(nullable=False, foreign_key="check_rule.id")
    item_id: UUID = Field(nullable=False, foreign_key="item.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    rule_name: str = Field(nullable=False)
    message: str = Field(nullable=False)
    figures: list[dict[str, Any]] = Field(sa_type=JSON, nullable=False)
    text: str = Field(nullable=False)
    author_id: UUID | None = None
    author_name: str | None = None
