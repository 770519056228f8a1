"""Units: one tree of governments, departments, parks and villages."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from minsheng.kernel.access import Scoped
from minsheng.kernel.db import Figure, Row
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


class BaseFigure(Row, table=True):
    """A figure of a unit that shares are worked out from (R056): population, households, whatever a place counts."""

    __tablename__ = "base_figure"
    __scope__ = Scoped(read=P.UNIT_READ)
    __table_args__ = (Index("ix_base_figure_unit_id_kind_year", "unit_id", "kind", "year", unique=True),)

    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    kind: str = Field(nullable=False)
    year: int = Field(nullable=False)
    value: Decimal = Field(sa_type=Figure, nullable=False)
    source: str = Field(nullable=False)
    basis: str = Field(default="entered", nullable=False)
