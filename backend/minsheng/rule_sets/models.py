"""Rule sets: how lights are given, as rows that a place may copy, change and switch on."""

from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index
from sqlalchemy.orm.attributes import get_history
from sqlmodel import Field

from minsheng.kernel.access import Scoped, Session
from minsheng.kernel.db import Row
from minsheng.kernel.errors import Locked, Problem
from minsheng.permissions import P


class RuleSet(Row, table=True):
    """One set of light rules (亮灯规则). Without a unit it was shipped: everybody reads it, nobody changes it."""

    __tablename__ = "rule_set"
    __scope__ = Scoped(read=P.PROGRAMME_READ, header=("status", frozenset({"active", "retired"})), shared=True)
    __table_args__ = (Index("ix_rule_set_unit_id_code", "unit_id", "code"),)

    unit_id: UUID | None = Field(default=None, foreign_key="unit.id")
    code: str = Field(nullable=False, unique=True)
    name: str = Field(nullable=False)
    year: int | None = None
    source: str = Field(nullable=False)
    based_on: str | None = None
    definition: dict[str, Any] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    status: str = Field(default="draft", nullable=False)

    @staticmethod
    def __lock__(session: Session, row: "RuleSet") -> Problem | None:
        """Refuse a change of rules that lights have been given by."""
        before = get_history(row, "status").deleted or [row.status]
        if before[0] == "draft" or row.id in session.moving:
            return None
        return Locked("规则启用后不能再改：请复制成新的草稿。")
