"""Tasks and targets: one item given to one unit, and the number it must reach."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import JSON, Index
from sqlalchemy.orm.attributes import get_history
from sqlmodel import Field

from minsheng.kernel.access import Scoped, Session
from minsheng.kernel.db import Figure, Instant, Row
from minsheng.kernel.errors import Locked, Problem
from minsheng.permissions import P

# Only drafts are voided: what was struck out before it was handed down is still the giver's alone.
# A unit that is asked about a list reads what is planned for it, and for nobody else.
_HANDED = Scoped(
    read=P.TASK_READ,
    line="item_id",
    giver="giver_id",
    draft=("status", frozenset({"draft", "void"})),
    asked=("programme_id", "draft"),
)


def _locked_when_issued(session: Session, row: "Task | Target") -> Problem | None:
    before = get_history(row, "status").deleted or [row.status]
    if before[0] == "draft" or row.id in session.moving:
        return None
    return Locked("任务下达后不能直接修改，须走目标调整。")


class Task(Row, table=True):
    """One item given to one unit (任务). The promise itself is the root: the owner's own task."""

    __scope__ = _HANDED
    __lock__ = staticmethod(_locked_when_issued)
    __table_args__ = (
        Index("ix_task_unit_id_id", "unit_id", "id"),
        Index("ix_task_programme_id_item_id", "programme_id", "item_id"),
        Index("ix_task_parent_id", "parent_id"),
    )

    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    item_id: UUID = Field(nullable=False, foreign_key="item.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    giver_id: UUID = Field(nullable=False, foreign_key="unit.id")
    parent_id: UUID | None = Field(default=None, foreign_key="task.id")
    deadline: date = Field(nullable=False)
    issued_on: date | None = None
    status: str = Field(default="draft", nullable=False)


class Target(Row, table=True):
    """The number a task must reach for an indicator (目标值); none for work without a yearly target."""

    __scope__ = _HANDED
    __lock__ = staticmethod(_locked_when_issued)
    __table_args__ = (Index("ix_target_task_id", "task_id"), Index("ix_target_indicator_id", "indicator_id"))

    task_id: UUID = Field(nullable=False, foreign_key="task.id")
    indicator_id: UUID = Field(nullable=False, foreign_key="indicator.id")
    programme_id: UUID = Field(nullable=False, foreign_key="programme.id", index=True)
    item_id: UUID = Field(nullable=False, foreign_key="item.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id", index=True)
    giver_id: UUID = Field(nullable=False, foreign_key="unit.id")
    operator: str = Field(default="ge", nullable=False)
    value: Decimal | None = Field(default=None, sa_type=Figure)
    value_max: Decimal | None = Field(default=None, sa_type=Figure)
    floor: Decimal | None = Field(default=None, sa_type=Figure)
    stretch: Decimal | None = Field(default=None, sa_type=Figure)
    baseline: Decimal | None = Field(default=None, sa_type=Figure)
    approximate: bool = Field(default=False, nullable=False)
    origin: str = Field(default="own", nullable=False)
    quota: Decimal | None = Field(default=None, sa_type=Figure)
    basis: str = Field(default="entered", nullable=False)
    source_note: str | None = None
    source_document: str | None = None
    slices: list[list[str]] = Field(default_factory=list, sa_type=JSON, nullable=False)
    rate_base: str | None = None
    stated_actual: Decimal | None = Field(default=None, sa_type=Figure)
    stated_rate: Decimal | None = Field(default=None, sa_type=Figure)
    stated_on: date | None = None
    status: str = Field(default="draft", nullable=False)


_ASKED = Scoped(read=P.TASK_READ, line="item_id")


class TargetAdjustment(Row, table=True):
    """A change of an issued target (目标调整): both versions stay, and each day is judged by the one in force on it.

    Old and new are whole versions, so that what was left as it was reads the same on both sides. The deadline is the
    task's: it changes for all of its targets.
    """

    __tablename__ = "target_adjustment"
    __scope__ = _ASKED
    __table_args__ = (
        Index("ix_target_adjustment_target_id", "target_id"),
        Index("ix_target_adjustment_task_id", "task_id"),
        Index("ix_target_adjustment_programme_id", "programme_id"),
        Index("ix_target_adjustment_unit_id_id", "unit_id", "id"),
    )

    target_id: UUID = Field(nullable=False, foreign_key="target.id")
    task_id: UUID = Field(nullable=False, foreign_key="task.id")
    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    item_id: UUID = Field(nullable=False, foreign_key="item.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    giver_id: UUID = Field(nullable=False, foreign_key="unit.id")
    old_value: Decimal | None = Field(default=None, sa_type=Figure)
    old_value_max: Decimal | None = Field(default=None, sa_type=Figure)
    old_operator: str = Field(nullable=False)
    old_stretch: Decimal | None = Field(default=None, sa_type=Figure)
    old_deadline: date = Field(nullable=False)
    new_value: Decimal | None = Field(default=None, sa_type=Figure)
    new_value_max: Decimal | None = Field(default=None, sa_type=Figure)
    new_operator: str = Field(nullable=False)
    new_stretch: Decimal | None = Field(default=None, sa_type=Figure)
    new_deadline: date = Field(nullable=False)
    effective_on: date = Field(nullable=False)
    below_done: bool = Field(default=False, nullable=False)
    reason: str = Field(nullable=False)
    document_number: str | None = None
    asked_by: UUID | None = None
    decided_by: UUID | None = None
    decided_unit_id: UUID | None = Field(default=None, foreign_key="unit.id")
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    decision: str | None = None
    status: str = Field(default="asked", nullable=False)


class TaskState(Row, table=True):
    """A task that is not applicable, waits for a policy, is suspended or not handed down yet: beside its life cycle."""

    __tablename__ = "task_state"
    __scope__ = _ASKED
    __table_args__ = (
        Index("ix_task_state_task_id", "task_id"),
        Index("ix_task_state_programme_id", "programme_id"),
        Index("ix_task_state_unit_id_id", "unit_id", "id"),
    )

    task_id: UUID = Field(nullable=False, foreign_key="task.id")
    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    item_id: UUID = Field(nullable=False, foreign_key="item.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    giver_id: UUID = Field(nullable=False, foreign_key="unit.id")
    kind: str = Field(nullable=False)
    from_on: date = Field(nullable=False)
    until_on: date | None = None
    reason: str = Field(nullable=False)
    document_number: str | None = None
    asked_by: UUID | None = None
    decided_by: UUID | None = None
    decided_unit_id: UUID | None = Field(default=None, foreign_key="unit.id")
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    decision: str | None = None
    status: str = Field(default="asked", nullable=False)


class Acknowledgement(Row, table=True):
    """One side's receipt of a task that was handed down: the unit that carries it, or a department that leads it.

    It lies where the task lies and on its line, so that either side may move it; a guard keeps each to its own row.
    """

    __scope__ = Scoped(read=P.TASK_READ, line="item_id")
    __table_args__ = (
        Index("ix_acknowledgement_unit_id_id", "unit_id", "id"),
        Index("ix_acknowledgement_task_id", "task_id"),
        Index("ix_acknowledgement_by_id_status", "by_id", "status"),
    )

    task_id: UUID = Field(nullable=False, foreign_key="task.id")
    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    item_id: UUID = Field(nullable=False, foreign_key="item.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    by_id: UUID = Field(nullable=False, foreign_key="unit.id")
    side: str = Field(nullable=False)
    person_name: str | None = None
    acknowledged_at: datetime | None = Field(default=None, sa_type=Instant)
    status: str = Field(default="pending", nullable=False)
