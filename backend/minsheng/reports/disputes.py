"""Figures in dispute: a later feature knows which; every place that shows a figure asks here."""

from collections.abc import Collection, Mapping
from typing import Protocol
from uuid import UUID

from minsheng.calendars import periods
from minsheng.kernel import quantity
from minsheng.kernel.access import Session
from minsheng.plans.schemas import DisputeOut


class Finder(Protocol):
    """Tells which targets of some lists, or which of some targets, have a figure in dispute."""

    def __call__(
        self, session: Session, *, programmes: Collection[UUID], targets: Collection[UUID]
    ) -> Mapping[UUID, DisputeOut]:
        """Return the oldest dispute of each target."""


finders: list[Finder] = []

_STATES = {"open": "待答复", "answered": "待裁定", "uncorrected": "以对方为准，待更正"}


def disputed(
    session: Session, *, programmes: Collection[UUID] = (), targets: Collection[UUID] = ()
) -> dict[UUID, DisputeOut]:
    """Return what is in dispute, by target: of whole lists, which a board asks about, or of some targets."""
    found: dict[UUID, DisputeOut] = {}
    for finder in finders:
        found = {**finder(session, programmes=programmes, targets=targets), **found}
    return found


def words(dispute: DisputeOut) -> str:
    """Return the mark in words, for tables and files that leave the product."""
    named = f"{dispute.source_name}{periods.name(dispute.period)}的数 {quantity.text(dispute.their_value)}"
    return f"≠ 与{named} 不符，{_STATES[dispute.state]}"
