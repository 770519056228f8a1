"""Figures in dispute: a later feature knows which; every place that shows a figure asks here."""

from collections.abc import Collection, Mapping
from typing import Protocol
from uuid import UUID

from minsheng.kernel.access import Session
from minsheng.plans.schemas import DisputeOut


class Finder(Protocol):
    """Tells which targets of some lists, or which of some targets, have a figure in dispute."""

    def __call__(
        self, session: Session, *, programmes: Collection[UUID], targets: Collection[UUID]
    ) -> Mapping[UUID, DisputeOut]:
        """Return the oldest dispute of each target."""


finders: list[Finder] = []


def disputed(
    session: Session, *, programmes: Collection[UUID] = (), targets: Collection[UUID] = ()
) -> dict[UUID, DisputeOut]:
    """Return what is in dispute, by target: of whole lists, which a board asks about, or of some targets."""
    found: dict[UUID, DisputeOut] = {}
    for finder in finders:
        found = {**finder(session, programmes=programmes, targets=targets), **found}
    return found
