"""Units: one tree of governments, departments, parks and villages."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from minsheng.kernel.access import Scoped
from minsheng.kernel.db import Row
from minsheng.permissions import P


class Unit(Row, table=True):
    """A node of the tree. Its id is its own; the division code (GB/T 2260) is a key that parks do not have."""

    __scope__ = Scoped(
        read=P.UNIT_READ, area="id", giver="parent_id", header=("status", frozenset({"active", "closed"}))
    )
    __authority__ = True
    __table_args__ = (Index("ix_unit_parent_id_sort", "parent_id", "sort"),)

    parent_id: UUID | None = Field(default=None, foreign_key="unit.id")
    code: str | None = Field(default=None, unique=True)
    name: str = Field(nullable=False)
    kind: str = Field(nullable=False)
    tier: str = Field(nullable=False)
    status: str = Field(default="active", nullable=False)
    valid_from: date | None = None
    valid_to: date | None = None
    sort: int = Field(default=0, nullable=False)
