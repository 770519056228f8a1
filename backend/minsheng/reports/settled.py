"""Settlements: a closed round that was settled and signed, and what had been reported in it, for ever (R148, R191)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, UniqueConstraint, inspect
from sqlalchemy.orm.attributes import get_history
from sqlmodel import Field

from minsheng.kernel.access import Scoped, Session
from minsheng.kernel.db import Instant, Row
from minsheng.kernel.errors import Locked, Problem
from minsheng.permissions import P


class Settlement(Row, table=True):
    """One settlement of a round (结账): who signed it when, and the hash of what had been reported.

    A round that is reopened and settled again gets the next edition; the earlier one stays with its signature.
    ``parts`` are hash and number of rows of each part in order, so that whoever sees only some of them can check these
    against ``parts_sha256``; ``sections`` and ``sections_sha256`` are the same cut by item.
    """

    __scope__ = Scoped(read=P.REPORT_READ, header=("status", frozenset({"settled", "reopened"})))
    __table_args__ = (
        UniqueConstraint("round_id", "edition"),
        Index("ix_settlement_unit_id_id", "unit_id", "id"),
        Index("ix_settlement_programme_id", "programme_id"),
    )

    round_id: UUID = Field(nullable=False, foreign_key="report_round.id")
    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    period: str = Field(nullable=False)
    edition: int = Field(nullable=False)
    sha256: str = Field(nullable=False)
    parts_sha256: str = Field(nullable=False)
    parts: list[list[Any]] = Field(sa_type=JSON, nullable=False)
    sections: list[list[Any]] = Field(default_factory=list, sa_type=JSON, nullable=False)
    sections_sha256: str | None = None
    size: int = Field(nullable=False)
    remark: str | None = None
    signed_by: UUID | None = None
    signed_name: str = Field(nullable=False)
    signed_at: datetime = Field(sa_type=Instant, nullable=False)
    reopen_reason: str | None = None
    reopened_name: str | None = None
    reopened_at: datetime | None = Field(default=None, sa_type=Instant)
    status: str = Field(default="settled", nullable=False)

    @staticmethod
    def __lock__(session: Session, row: "Settlement") -> Problem | None:
        """Refuse every change but the move that reopens; that one touches nothing that was signed."""
        if not inspect(row).persistent:
            return None
        signed = (
            *("sha256", "parts_sha256", "parts", "sections_sha256", "sections", "size", "edition"),
            *("signed_by", "signed_name", "signed_at"),
        )
        touched = any(get_history(row, name).has_changes() for name in signed)
        return Locked("结账内容不能修改。") if touched or row.id not in session.moving else None


class SettledPart(Row, table=True):
    """What one unit had reported in a settled round: its lines as they were hashed. The database refuses to change it.

    Cut by unit, so that the door shows a county its own subtree's and nothing else.
    """

    __tablename__ = "settled_part"
    __scope__ = Scoped(read=P.REPORT_READ)
    __secret__ = frozenset({"content"})
    """The journal names it by its hash and does not hold it twice."""
    __table_args__ = (
        UniqueConstraint("settlement_id", "seq"),
        Index("ix_settled_part_unit_id_settlement_id", "unit_id", "settlement_id"),
    )

    settlement_id: UUID = Field(nullable=False, foreign_key="settlement.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    seq: int = Field(nullable=False)
    sha256: str = Field(nullable=False)
    content: str = Field(nullable=False)
    tally: dict[str, int] = Field(sa_type=JSON, nullable=False)
    open_items: list[dict[str, Any]] = Field(sa_type=JSON, nullable=False)

    @staticmethod
    def __lock__(_session: Session, row: "SettledPart") -> Problem | None:
        """Refuse every change."""
        return Locked("结账内容不能修改。") if inspect(row).persistent else None


class SettledSection(Row, table=True):
    """What one branch of the tree had reported about one item: the same lines as in the parts, cut the other way.

    Departments that lead an item see it in whatever unit (条), and a part by unit would show them the other items too.
    A branch is a unit beneath the owner of the list with all beneath it. ``beside`` are the hashes of all sections of
    the item, whose own hash stands in :attr:`Settlement.sections` at ``seq``. The database refuses to change it.
    """

    __tablename__ = "settled_section"
    __scope__ = Scoped(read=P.REPORT_READ, line="item_id")
    __secret__ = frozenset({"content"})
    """The journal names it by its hash and does not hold it twice."""
    __table_args__ = (
        UniqueConstraint("settlement_id", "seq", "place"),
        Index("ix_settled_section_unit_id_settlement_id", "unit_id", "settlement_id"),
    )

    settlement_id: UUID = Field(nullable=False, foreign_key="settlement.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    item_id: UUID = Field(nullable=False, foreign_key="item.id")
    seq: int = Field(nullable=False)
    place: int = Field(nullable=False)
    sha256: str = Field(nullable=False)
    beside: list[str] = Field(sa_type=JSON, nullable=False)
    content: str = Field(nullable=False)
    tally: dict[str, int] = Field(sa_type=JSON, nullable=False)
    open_items: list[dict[str, Any]] = Field(sa_type=JSON, nullable=False)

    @staticmethod
    def __lock__(_session: Session, row: "SettledSection") -> Problem | None:
        """Refuse every change."""
        return Locked("结账内容不能修改。") if inspect(row).persistent else None


Piece = SettledPart | SettledSection
"""What a reader sees of a settlement: parts by unit, or sections by item and branch."""
