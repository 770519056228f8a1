"""What a report says, taken down as text: for approvals, for corrections, and for what differs between two of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from minsheng.kernel import quantity
from minsheng.kernel.access import Session
from minsheng.reports.models import Report, ReportApproval, ReportValue

WORDS = {
    "note": "进展说明",
    "cause_code": "滞后原因",
    "cause_note": "滞后说明",
    "physical_note": "形象进度",
    "physical_pct": "形象进度百分比",
    "invested_fen": "完成投资",
    "expected_on": "预计完成日期",
}
"""What a report says beside its figures, with the names of the form."""

FIGURES = {
    "current": "本期数",
    "value": "累计数",
    "numerator": "分子",
    "denominator": "分母",
    "fall_reason": "下降原因",
    "as_of": "截至日期",
    "source_basis": "数据来源",
    "state": "数据性质",
    "approx": "约数",
    "expected": "年底预计",
}
"""What a report says of one target, with the names of the form."""

Plain = Mapping[str, str | None]


@dataclass(frozen=True)
class Snapshot:
    """Words and figures at one moment; figures by target."""

    words: Plain
    figures: Mapping[str, Plain]


@dataclass(frozen=True)
class Difference:
    """One field that differs; of a word of the report itself ``target`` is empty."""

    target: UUID | None
    field: str
    old: str | None
    new: str | None

    @property
    def label(self) -> str:
        """Return the name of the field on the form."""
        return (FIGURES if self.target else WORDS)[self.field]


@dataclass(frozen=True)
class Baseline:
    """What a report is compared with, and why: an approval that was taken back, or the report that it corrects."""

    kind: str
    snapshot: Snapshot


def _plain(value: Any) -> str | None:  # noqa: ANN401 - any column value
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return quantity.text(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def taken(report: Report, rows: Iterable[ReportValue]) -> Snapshot:
    """Take down what a report says now."""
    return Snapshot(
        words={name: _plain(getattr(report, name)) for name in WORDS},
        figures={str(row.target_id): {name: _plain(getattr(row, name)) for name in FIGURES} for row in rows},
    )


_NEW = {name: "final" if name == "state" else "false" if name == "approx" else None for name in FIGURES}
"""A figure that nobody has written yet."""


def differences(old: Snapshot, new: Snapshot) -> list[Difference]:
    """Return what differs, words first; a figure that follows from another that differs is not named beside it."""
    found = [
        Difference(None, name, old.words.get(name), new.words.get(name))
        for name in WORDS
        if old.words.get(name) != new.words.get(name)
    ]
    for target in sorted({*old.figures, *new.figures}):
        before, after = old.figures.get(target, _NEW), new.figures.get(target, _NEW)
        names = [name for name in FIGURES if before.get(name, _NEW[name]) != after.get(name, _NEW[name])]
        follows = set()
        if "numerator" in names or "denominator" in names:
            follows.add("value")
        elif "value" in names:
            follows.add("current")
        found += [
            Difference(UUID(target), name, before.get(name), after.get(name)) for name in names if name not in follows
        ]
    return found


def rows_of(session: Session, reports: Collection[UUID]) -> dict[UUID, list[ReportValue]]:
    """Return the figures of reports."""
    found: dict[UUID, list[ReportValue]] = defaultdict(list)
    if reports:
        for row in session.exec(select(ReportValue).where(col(ReportValue.report_id).in_(reports))).all():
            found[row.report_id].append(row)
    return found


def approvals(session: Session, reports: Collection[UUID]) -> dict[UUID, list[ReportApproval]]:
    """Return what was approved of reports, the oldest first."""
    found: dict[UUID, list[ReportApproval]] = defaultdict(list)
    if reports:
        for row in session.exec(
            select(ReportApproval)
            .where(col(ReportApproval.report_id).in_(reports))
            .order_by(col(ReportApproval.approved_at), col(ReportApproval.id))
        ).all():
            found[row.report_id].append(row)
    return found


def approved(row: ReportApproval) -> Snapshot:
    """Return what an approval approved."""
    return Snapshot(words=row.words, figures=row.figures)


def baselines(session: Session, reports: Collection[Report]) -> dict[UUID, Baseline]:
    """Return what reports are compared with: what they correct, else the newest approval that was taken back."""
    undone = {each.id for each in reports if each.status in {"draft", "submitted"} and not each.corrects_id}
    found = {key: Baseline(rows[-1].verb, approved(rows[-1])) for key, rows in approvals(session, undone).items()}
    corrects = {each.corrects_id: each.id for each in reports if each.corrects_id}
    if corrects:
        earlier = session.exec(select(Report).where(col(Report.id).in_(corrects))).all()
        rows = rows_of(session, {each.id for each in earlier})
        found |= {corrects[each.id]: Baseline("correction", taken(each, rows[each.id])) for each in earlier}
    return found
