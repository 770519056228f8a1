"""Where checks of a later feature come in: reports ask them, and know nothing of their rules.

Checks come after reports, because they judge a report with its figures, history and siblings; whatever writes or
submits a report (grid, batch, workbook, API) goes through :mod:`minsheng.reports.facts` and so asks them too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from minsheng.kernel.access import Session
from minsheng.kernel.db import Row
from minsheng.kernel.errors import FieldError

if TYPE_CHECKING:
    from minsheng.reports.facts import ReportFacts

STOP, WARN = "stop", "warn"


@dataclass(frozen=True)
class Shown:
    """One number a check looked at; ``own`` are the report's: when they change, what explained them counts no more."""

    label: str
    value: str
    own: bool


@dataclass(frozen=True)
class Said:
    """What somebody wrote about figures that a check asked about; kept for ever with the figures it was about."""

    id: UUID
    rule_id: UUID
    rule_name: str
    target_id: UUID
    message: str
    figures: tuple[Shown, ...]
    text: str
    author_name: str | None
    at: datetime
    counts: bool


@dataclass(frozen=True)
class Finding:
    """One figure that a check stops or asks about."""

    rule_id: UUID
    rule_name: str
    kind: str
    severity: str
    target_id: UUID
    field: str
    message: str
    figures: tuple[Shown, ...]
    said: Said | None = None

    @property
    def pointer(self) -> str:
        """Return where the figure stands on the form."""
        return f"/cells/{self.target_id}/{self.field}"


class Inspector(Protocol):
    """Judges the reports it was made for, as they stand in memory."""

    def findings(self, facts: ReportFacts) -> Sequence[Finding]:
        """Return what the active checks find in a report."""

    def said(self, facts: ReportFacts) -> Sequence[Said]:
        """Return every explanation there is of a report's figures, the oldest first."""

    def explain(self, session: Session, facts: ReportFacts, texts: Mapping[UUID, str]) -> list[Row]:
        """Return the rows that keep what is said about figures, for those that a check asks about now."""


inspections: list[Callable[[Session, Collection[ReportFacts]], Inspector]] = []
"""Gathers what checks need for any number of reports; the checks add themselves."""


def refusals(findings: Sequence[Finding]) -> list[FieldError]:
    """Return what keeps a report from going in: what is stopped, and what nobody has explained."""
    found = []
    for each in findings:
        if each.severity == STOP:
            found.append(FieldError(pointer=each.pointer, code=f"check-{each.kind}", message=each.message))
        elif each.said is None:
            where = f"/cells/{each.target_id}/explanation"
            message = f"{each.message}：请改正，情况属实的请写明原因"
            found.append(FieldError(pointer=where, code="explanation-missing", message=message))
    return found


def doubts(findings: Sequence[Finding]) -> list[FieldError]:
    """Return what a check asks about and nobody has explained."""
    return [
        FieldError(pointer=each.pointer, code=f"check-{each.kind}", message=each.message)
        for each in findings
        if each.severity == WARN and each.said is None
    ]


def plain(figures: Sequence[Shown]) -> list[dict[str, Any]]:
    """Return numbers as they are kept and travel."""
    return [{"label": each.label, "value": each.value, "own": each.own} for each in figures]
