"""A month's reports as a workbook: to be filled in without the network, and uploaded again.

Every row carries a hidden key: which target of which report it is, which version was downloaded and what its cells held
then. It stands on the row itself, so that sorting, filtering and deleting rows takes it along.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from minsheng.kernel import clock
from minsheng.kernel.lifecycle import STATE_NAMES
from minsheng.kernel.workbook import Value
from minsheng.reports import disputes, forms
from minsheng.reports.columns import HEADS, NAMES, REPORT_COLUMNS, SAID_COLUMNS, WORD_COLUMNS, in_cell, told
from minsheng.reports.entries import ABSENT
from minsheng.reports.facts import ReportFacts
from minsheng.reports.judged import Figure
from minsheng.reports.open_forms import OpenForm, OpenSlot
from minsheng.reports.workbook_sheet import Line
from minsheng.targets.workbook import written

Form = ReportFacts | OpenForm
Slot = Figure | OpenSlot

_FIGURES = ("current", "value", "numerator", "denominator")


def shown_print(cells: Iterable[Value]) -> str:
    """Return a short mark of what a row says it is, to notice cells that were moved under another key."""
    text = "\x1f".join([str(each).strip() for each in cells])
    return f"{zlib.crc32(text.encode()):08x}"


def words_print(words: Mapping[str, Any]) -> str:
    """Return a short mark of the words a row holds, to notice that somebody wrote others since."""
    text = "\x1f".join([told(name, words.get(name)) for name in WORD_COLUMNS])
    return f"{zlib.crc32(text.encode()):08x}"


def words_of(form: Form, slot: Slot) -> dict[str, Any]:
    """Return what is said of a figure as it stands; what a report says once stands in its first row."""
    row = slot.row
    found: dict[str, Any] = {name: getattr(row, name) if row is not None else ABSENT.get(name) for name in SAID_COLUMNS}
    if row is None:
        found["source_basis"] = slot.last_basis
    if form.figures[0] is slot:
        for name in REPORT_COLUMNS:
            found[name] = forms.shown(form, name) if name in forms.CARRIED else getattr(form.report, name)
    return found


def figures_of(slot: Slot) -> tuple[Decimal | None, ...]:
    """Return the four figures of a row as they stand."""
    row = slot.row
    return (row.current, row.value, row.numerator, row.denominator) if row is not None else (None, None, None, None)


def free_of(form: Form, slot: Slot) -> frozenset[str]:
    """Return the cells of a row that may be typed in: what a report says once is typed in its first row."""
    if form.report.status != "draft" or form.round.closes_at <= clock.now():
        return frozenset()
    names = {*SAID_COLUMNS} - {"fall_reason"}
    if slot.indicator.kind == "ratio":
        names |= {"numerator", "denominator"}
    elif slot.indicator.accumulation == "snapshot":
        names |= {"value"}
    else:
        names |= {"current", "value", "fall_reason"}
    if form.figures[0] is slot:
        names |= REPORT_COLUMNS.keys()
    return frozenset(names)


def shown(form: Form, slot: Slot) -> tuple[str, ...]:
    """Return the words that say what a row is."""
    return (form.unit.name, form.programme.name, form.item.code, form.item.title, slot.indicator.name)


def line_of(facts: ReportFacts, figure: Figure) -> Line:
    """Return the row of one figure as it stands now."""
    report = facts.report
    held, words = figures_of(figure), words_of(facts, figure)
    keys = (str(report.id), str(figure.target.id), str(report.version))
    figures = (*(written(each) for each in held), written(figure.previous))
    key = "|".join((*keys, *figures, words_print(words), shown_print(shown(facts, figure))))
    levels = figure.indicator.levels if figure.indicator.kind == "ordinal" else ()
    value: Any = levels[int(held[1]) - 1] if levels and held[1] else held[1]
    figures_now = dict(zip(_FIGURES, (held[0], value, held[2], held[3]), strict=True))
    facts_now = {
        **dict(enumerate(shown(facts, figure), start=1)),
        6: figure.measure.name,
        7: figure.value,
        8: figure.plan_value,
        9: figure.previous,
        18: _state(facts, figure),
    }
    cells = [
        facts_now[column]
        if column in facts_now
        else figures_now[name]
        if (name := NAMES[column]) in figures_now
        else in_cell(name, words.get(name))
        for column in range(1, len(HEADS))
    ]
    return framed(facts, figure, key, cells)


def _state(facts: ReportFacts, figure: Figure) -> str:
    """Return how a row stands: its report, and a figure that an official one contradicts."""
    report = facts.report
    said = f"已退回：{report.return_reason or ''}" if report.returned else STATE_NAMES[report.status]
    return f"{said}；{disputes.words(figure.dispute)}" if figure.dispute else said


def framed(form: Form, slot: Slot, key: str, cells: Sequence[Any]) -> Line:
    """Return the row of a figure with given cells: what may be typed in it does not hang on what stands there."""
    indicator = slot.indicator
    return Line(
        key=key,
        cells=cells,
        free=free_of(form, slot),
        whole=slot.measure.decimals == 0,
        levels=indicator.levels if indicator.kind == "ordinal" else (),
        sums=indicator.accumulation == "cumulative" and indicator.kind != "ratio",
    )


def lines_of(found: Iterable[ReportFacts]) -> Iterable[Line]:
    """Return the rows of reports, each figure its own."""
    for facts in found:
        for figure in facts.figures:
            yield line_of(facts, figure)
