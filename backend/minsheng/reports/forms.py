"""Forms ask only for what changed: what a report starts with, and how much of it nobody has to type.

A draft that nobody has touched shows what its last report said; the first write takes it over, and from then on it is
the clerk's own, to change or to clear.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import col, select

from minsheng.kernel.access import Session
from minsheng.milestones.models import SETTLED, Milestone
from minsheng.reports.models import Report
from minsheng.reports.schemas import Prefill

if TYPE_CHECKING:
    from minsheng.reports.entries import Form
    from minsheng.reports.facts import ReportFacts
    from minsheng.reports.judged import Figure

CARRIED = ("physical_note", "physical_pct", "invested_fen", "expected_on")
"""What is said of a report as a whole and holds until something new is said."""

UNSAID = ("draft", "superseded", "void")
"""States in which a report says nothing that others go by."""

STEPS = {"reached_on": "完成", "built_on": "完工", "passed_on": "通过验收", "opened_on": "投入使用"}
"""What happened to a milestone on a day."""


def last_words(
    session: Session, tasks: Collection[UUID], units: Collection[UUID] = ()
) -> dict[UUID, list[tuple[str, Mapping[str, Any]]]]:
    """Return what handed-in reports of tasks, all of some units, said as a whole, by period, the oldest first."""
    columns = [col(getattr(Report, name)) for name in CARRIED]
    found: dict[UUID, list[tuple[str, Mapping[str, Any]]]] = defaultdict(list)
    statement: Any = (
        select(Report.task_id, Report.period, *columns)
        .where(
            col(Report.task_id).in_(tasks),
            col(Report.status).not_in(UNSAID),
            or_(*(column.is_not(None) for column in columns)),
        )
        .order_by(col(Report.period), col(Report.revision))
    )
    if units:
        statement = statement.where(col(Report.unit_id).in_(units))
    for task, period, *values in session.exec(statement).all():
        found[task].append((period, dict(zip(CARRIED, values, strict=True))))
    return found


def reached(session: Session, tasks: Collection[UUID]) -> dict[UUID, list[tuple[date, str]]]:
    """Return a sentence for everything that happened to the milestones of tasks, with its day."""
    found: dict[UUID, list[tuple[date, str]]] = defaultdict(list)
    for row in session.exec(
        select(Milestone)
        .where(col(Milestone.task_id).in_(tasks), col(Milestone.status).in_(SETTLED))
        .order_by(col(Milestone.seq), col(Milestone.id))
    ).all():
        for name, word in STEPS.items():
            day: date | None = getattr(row, name)
            if day is not None:
                found[row.task_id].append((day, f"{day.month}月{day.day}日“{row.name}”{word}。"))
    return found


@dataclass
class Known:
    """What the system knows before anybody types: the words of the last report, and sentences for the note."""

    words: Mapping[str, Any]
    sentences: Sequence[str]


def shown(facts: "Form", name: str) -> Any:  # noqa: ANN401 - any of the carried columns
    """Return a carried word as the form shows it: the last report's while nobody has touched the draft."""
    untouched = facts.report.status == "draft" and facts.report.touched_at is None
    return facts.known.words.get(name) if untouched else getattr(facts.report, name)


def carry(facts: "ReportFacts") -> None:
    """Take over what the last report said, on the first write."""
    if facts.report.touched_at is None:
        for name in CARRIED:
            setattr(facts.report, name, facts.known.words.get(name))


def _of_figure(figure: "Figure") -> Iterator[tuple[str, bool]]:
    """Yield the fields of one target and whether the form fills them."""
    row = figure.row
    yield "previous", True
    yield "as_of", row is None or row.as_of is None
    if figure.indicator.kind == "ratio":
        yield from (("numerator", False), ("denominator", False), ("value", True))
    elif figure.indicator.accumulation == "cumulative":
        yield from (("current", False), ("value", True))
    else:
        yield "value", False
    basis = row.source_basis if row else figure.last_basis
    if basis is not None:
        yield "source_basis", basis == figure.last_basis


def prefilled(figure: "Figure") -> list[str]:
    """Return the fields of one target that nobody had to type."""
    return [name for name, known in _of_figure(figure) if known]


def _of_report(facts: "ReportFacts") -> Iterator[tuple[str, bool]]:
    """Yield the words of a report and whether the form filled them."""
    report = facts.report
    for name in CARRIED:
        value = shown(facts, name)
        if value is not None:
            yield name, value == facts.known.words.get(name)
    if report.note:
        rest = report.note
        for sentence in facts.known.sentences:
            rest = rest.replace(sentence, "")
        yield "note", not rest.strip()
    if facts.behind or report.cause_code:
        yield from (("cause_code", False), ("cause_note", False))


def prefill(facts: "ReportFacts") -> Prefill:
    """Return which words of a report were filled in by the form, and how many of all its fields."""
    words = list(_of_report(facts))
    fields = words + [field for figure in facts.figures for field in _of_figure(figure)]
    return Prefill(
        words=[name for name, known in words if known],
        filled=sum(known for _, known in fields),
        total=len(fields),
    )
