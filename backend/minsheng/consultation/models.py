"""A draft sent round (征求意见, R034): who is asked, and what each unit says to each item."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from minsheng.kernel.access import Scoped
from minsheng.kernel.db import Instant, Row
from minsheng.permissions import P


class Invitation(Row, table=True):
    """A unit that is asked for its opinion of a draft; while it is open the unit reads the draft."""

    __tablename__ = "programme_invitation"
    __scope__ = Scoped(read=P.PROGRAMME_READ)
    __authority__ = True
    __table_args__ = (
        Index("ix_programme_invitation_unit_id_programme_id", "unit_id", "programme_id"),
        Index("ix_programme_invitation_programme_id", "programme_id"),
    )

    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    until: date = Field(nullable=False)
    status: str = Field(default="active", nullable=False)


class Comment(Row, table=True):
    """What a unit says to a draft, or to one item of it, and what the owner answers."""

    __tablename__ = "programme_comment"
    __scope__ = Scoped(read=P.PROGRAMME_READ)
    __table_args__ = (
        Index("ix_programme_comment_unit_id_programme_id", "unit_id", "programme_id"),
        Index("ix_programme_comment_programme_id", "programme_id"),
    )

    programme_id: UUID = Field(nullable=False, foreign_key="programme.id")
    item_id: UUID | None = Field(default=None, foreign_key="item.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    text: str = Field(nullable=False)
    author_name: str = Field(nullable=False)
    outcome: str | None = None
    answer: str | None = None
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
    status: str = Field(default="open", nullable=False)
