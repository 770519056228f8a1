"""What an entry does to a report, worked out before anything is written.

A clerk's typing and a workbook's row are the same entry: both ask here which columns it sets, and differ only in how
those are written, one report through the ORM or a hundred thousand by sets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from minsheng.kernel import clock
from minsheng.kernel.errors import FieldError, Invalid, Locked, Problem, invalid
from minsheng.programmes.models import Indicator, Measure
from minsheng.reports import forms
from minsheng.reports.contents import WORDS
from minsheng.reports.figures import FIGURES, figures
from minsheng.reports.models import Round
from minsheng.reports.schemas import ReportPatch, ValueIn

ATTRIBUTES = ("as_of", "source_basis", "state", "approx", "expected")
"""What a figure rests on."""

ABSENT: dict[str, Any] = {"state": "final", "approx": False}
"""What an attribute is where nothing was said; the others are empty then."""


class Slot(Protocol):
    """One target of a report: what it asks for, and the row that carries its figure, if there is one yet."""

    @property
    def target(self) -> Any: ...  # noqa: ANN401 - a target, or its columns

    @property
    def indicator(self) -> Indicator: ...

    @property
    def measure(self) -> Measure: ...

    @property
    def row(self) -> Any: ...  # noqa: ANN401 - a row of figures, or its columns

    @property
    def previous(self) -> Decimal | None: ...

    @property
    def last_basis(self) -> str | None: ...


class Form(Protocol):
    """A report as far as writing into it asks."""

    @property
    def report(self) -> Any: ...  # noqa: ANN401 - a report, or its columns

    @property
    def round(self) -> Round: ...

    @property
    def known(self) -> forms.Known: ...

    @property
    def by_target(self) -> Mapping[UUID, Any]: ...


@dataclass(frozen=True, slots=True)
class Clash:
    """One figure that somebody else changed since the clerk saw it."""

    row: Any
    field: str
    mine: Decimal | None
    theirs: Decimal | None


class FigureConflict(Exception):  # noqa: N818 - not an error but an answer
    """Somebody else changed figures since the clerk saw them."""

    def __init__(self, conflicts: Sequence[Clash]) -> None:
        self.conflicts = conflicts


@dataclass(slots=True)
class Entry:
    """What one entry sets: columns of the report, and of the figures of some targets all that carry a figure.

    ``carried`` is what the first write takes over from the last report where the clerk says nothing else.
    """

    words: dict[str, Any] = field(default_factory=dict)
    carried: dict[str, Any] = field(default_factory=dict)
    figures: list[tuple[Any, dict[str, Any]]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.words or self.figures)


def work_out(form: Form, body: ReportPatch) -> Entry:
    """Return what an entry does to a draft; nothing of it is written yet.

    Raises:
        Locked: the report has been submitted.
        Invalid: names every figure that is wrong.
        FigureConflict: a figure was changed by somebody else.
    """
    if form.report.status != "draft":
        message = "报告已提交，不能再改；如需修改请先撤回或由审核人退回。"
        raise Locked(message)
    staged = _figures(form, body.values) if body.values else []
    found = Entry(words=_words(form, body), figures=staged)
    if found and form.report.touched_at is None:
        found.carried = {name: form.known.words.get(name) for name in forms.CARRIED}
    return found


def _figures(form: Form, values: Sequence[ValueIn]) -> list[tuple[Any, dict[str, Any]]]:
    errors: list[FieldError] = []
    conflicts: list[Clash] = []
    staged: list[tuple[Any, dict[str, Any]]] = []
    seen: set[UUID] = set()
    for index, each in enumerate(values):
        where = f"/values/{index}"
        try:
            if each.target_id in seen:
                raise invalid(f"{where}/target_id", "duplicate", "同一目标写了两次")
            seen.add(each.target_id)
            slot = form.by_target.get(each.target_id)
            if slot is None:
                raise invalid(f"{where}/target_id", "foreign-target", "这个目标不属于这份报告")
            columns = _figure(form, slot, each, where, conflicts)
            if columns is not None:
                staged.append((slot, columns))
        except Problem as problem:
            errors += problem.errors
    if errors:
        raise Invalid(errors[0].message, errors=errors)
    if conflicts:
        raise FigureConflict(conflicts)
    return staged


def _words(form: Form, body: ReportPatch) -> dict[str, Any]:
    """Return what is said of the report as a whole, as far as it is not what the form shows.

    Raises:
        Invalid: a percentage beyond the whole.
    """
    found: dict[str, Any] = {}
    if body.physical_pct is not None and not 0 <= body.physical_pct <= 100:
        raise invalid("/physical_pct", "range", "形象进度百分比应在 0 至 100 之间")
    for name in body.model_fields_set:
        if name in WORDS:
            said = getattr(body, name)
            said = None if said == "" else said
            before = forms.shown(form, name) if name in forms.CARRIED else getattr(form.report, name)
            if before != said:
                found[name] = said
    return found


def _figure(form: Form, slot: Slot, each: ValueIn, where: str, conflicts: list[Clash]) -> dict[str, Any] | None:
    """Work out one figure; return the columns to set, or nothing when it is already so."""
    given, row = each.model_fields_set, slot.row
    if row is None and given <= {"target_id", "explanation", "base"}:
        return None
    before: dict[str, Decimal | None] = {name: getattr(row, name) if row is not None else None for name in FIGURES}
    after = before
    if not given.isdisjoint(FIGURES):
        after = before | figures(slot, each, before, where)
    if row is not None and each.base is not None:
        conflicts += [
            Clash(row, name, after[name], before[name])
            for name in FIGURES
            if name in given and before[name] not in (getattr(each.base, name), after[name])
        ]
    held = row.fall_reason if row is not None else None
    reason = each.fall_reason if "fall_reason" in given else held
    attributes = _attributes(slot, each, form.round, where)
    same = row is not None and (before, held) == (after, reason)
    if same and all(getattr(row, name) == value for name, value in attributes.items()):
        return None
    return {
        **after,
        **attributes,
        "previous": slot.previous,
        "fall_reason": reason or None,
        "basis": "reported",
        "source_note": None,
    }


def _attributes(slot: Slot, each: ValueIn, round_: Round, where: str) -> dict[str, Any]:
    """Return what the clerk says a figure rests on; of a new one the last report's source holds until he says another.

    Raises:
        Invalid: a day that has not come, or lies a year back.
    """
    given = each.model_fields_set
    found = {name: getattr(each, name) for name in ATTRIBUTES if name in given}
    found = {name: ABSENT.get(name) if value is None else value for name, value in found.items()}
    if slot.row is None:
        found.setdefault("source_basis", slot.last_basis)
    day: date | None = found.get("as_of")
    if day is not None and not round_.starts_on - timedelta(days=366) <= day <= max(round_.ends_on, clock.today()):
        raise invalid(f"{where}/as_of", "range", "截至日期不能晚于期末，也不能早于一年前")
    if found.get("as_of") == round_.ends_on:
        found["as_of"] = None
    return found
