"""Milestones: the dated steps of a task, and the moves of their dates that were asked for."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, inspect
from sqlalchemy.orm.attributes import get_history
from sqlmodel import Field

from minsheng.kernel.access import Scoped, Session
from minsheng.kernel.db import Figure, Instant, Row
from minsheng.kernel.errors import Locked, Problem
from minsheng.permissions import P

FACTS = frozenset({"forecast_on", "started_on", "checks", "actual_count", "note", "phase", "version"})
"""What is reported about a milestone after it was fixed; the plan itself changes only by a move.

A phase dates nothing: milestones are put together under its name when they are shown.
"""

SETTLED = frozenset({"reached", "built", "passed", "opened"})


class Milestone(Row, table=True):
    """A dated step of a task (节点).

    While the task is a draft its milestones lie with whoever gives it (``holder_id``); handed down, with the unit.
    ``planned_on`` is the latest day of the period that ``precision`` names; ``baseline_on`` keeps the date first fixed.
    """

    __scope__ = Scoped(
        read=P.TASK_READ, line="item_id", giver="holder_id", draft=("status", frozenset({"draft", "void"}))
    )
    __table_args__ = (
        Index("ix_milestone_task_id_seq", "task_id", "seq"),
        Index("ix_milestone_unit_id_planned_on", "unit_id", "planned_on"),
        Index("ix_milestone_programme_id", "programme_id"),
    )

    task_id: UUID = Field(nullable=False, foreign_key="task.id")
    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    item_id: UUID = Field(nullable=False, foreign_key="item.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    holder_id: UUID = Field(nullable=False, foreign_key="unit.id")
    seq: int = Field(default=0, nullable=False)
    name: str = Field(nullable=False)
    phase: str | None = None
    kind: str = Field(default="step", nullable=False)
    weight: int = Field(default=10, nullable=False)
    work_days: int | None = None
    after: list[str] = Field(default_factory=list, sa_type=JSON, nullable=False)
    start_on: date | None = None
    planned_on: date = Field(nullable=False)
    precision: str = Field(default="day", nullable=False)
    anchor: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    baseline_on: date | None = None
    baseline_precision: str | None = None
    forecast_on: date | None = None
    started_on: date | None = None
    reached_on: date | None = None
    built_on: date | None = None
    passed_on: date | None = None
    opened_on: date | None = None
    marked_by: UUID | None = None
    deliverable: str | None = None
    checks: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON, nullable=False)
    batch_no: int | None = None
    planned_count: Decimal | None = Field(default=None, sa_type=Figure)
    actual_count: Decimal | None = Field(default=None, sa_type=Figure)
    note: str | None = None
    status: str = Field(default="draft", nullable=False)

    @staticmethod
    def __lock__(session: Session, row: "Milestone") -> Problem | None:
        """Let only facts through once a milestone is fixed; its plan changes by a move that was approved."""
        before = (get_history(row, "status").deleted or [row.status])[0]
        if before == "draft" or row.id in session.moving:
            return None
        changed = {each.key for each in inspect(row).attrs if each.history.has_changes()}
        if before != "void" and changed <= FACTS:
            return None
        return Locked("节点已确定，不能直接修改；改日期须申请调整。")


class MilestoneMove(Row, table=True):
    """A move of a planned date that was asked for: both dates stay, whatever was decided."""

    __tablename__ = "milestone_move"
    __scope__ = Scoped(read=P.TASK_READ, line="item_id")
    __table_args__ = (
        Index("ix_milestone_move_milestone_id", "milestone_id"),
        Index("ix_milestone_move_task_id", "task_id"),
        Index("ix_milestone_move_unit_id", "unit_id"),
    )

    milestone_id: UUID = Field(nullable=False, foreign_key="milestone.id")
    task_id: UUID = Field(nullable=False, foreign_key="task.id")
    item_id: UUID = Field(nullable=False, foreign_key="item.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    giver_id: UUID = Field(nullable=False, foreign_key="unit.id")
    from_on: date = Field(nullable=False)
    from_precision: str = Field(nullable=False)
    to_on: date = Field(nullable=False)
    to_precision: str = Field(nullable=False)
    to_start_on: date | None = None
    to_anchor: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    reason: str = Field(nullable=False)
    document: str | None = None
    asked_by: UUID = Field(nullable=False)
    asked_at: datetime = Field(sa_type=Instant, nullable=False)
    decided_by: UUID | None = None
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    decision_note: str | None = None
    status: str = Field(default="asked", nullable=False)


class MilestoneTemplate(Row, table=True):
    """The usual steps of a kind of promise. Without a unit it was shipped: everybody uses it, nobody changes it."""

    __tablename__ = "milestone_template"
    __scope__ = Scoped(read=P.TASK_READ, header=("status", frozenset({"active", "retired"})), shared=True)
    __table_args__ = (Index("ix_milestone_template_unit_id_id", "unit_id", "id"),)

    unit_id: UUID | None = Field(default=None, foreign_key="unit.id")
    code: str = Field(nullable=False, unique=True)
    kind: str = Field(nullable=False)
    name: str = Field(nullable=False)
    steps: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON, nullable=False)
    status: str = Field(default="active", nullable=False)
