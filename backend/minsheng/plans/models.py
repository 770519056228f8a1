"""Plans: the expected cumulative progress of a target at a date."""

from uuid import UUID

from sqlalchemy import JSON
from sqlmodel import Field

from minsheng.kernel.access import Scoped
from minsheng.kernel.db import Row
from minsheng.permissions import P


class Plan(Row, table=True):
    """The plan of one target; a target without one is judged by the straight line.

    ``deadline_changes`` is how many changes of the task's deadline were decided when it was made: only later ones
    stretch or shrink it.
    """

    __scope__ = Scoped(read=P.TASK_READ, line="item_id")

    target_id: UUID = Field(nullable=False, foreign_key="target.id", unique=True)
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id", index=True)
    item_id: UUID = Field(nullable=False, foreign_key="item.id")
    kind: str = Field(default="straight", nullable=False)
    points: list[list[str]] = Field(default_factory=list, sa_type=JSON, nullable=False)
    deadline_changes: int = Field(default=0, nullable=False)
