"""A workbook's rows become what typing them would have been: judged by the same rules, written by sets.

What a row does is worked out by :mod:`minsheng.reports.entries`, as for a clerk at the form. Some thousand reports at a
time are gathered, judged and written, so that a city's month needs no more memory than a county's; the transaction is
one all the same.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from minsheng.kernel import clock, quantity, validation
from minsheng.kernel.access import Session
from minsheng.kernel.errors import FieldError, Invalid, Problem, Stale, invalid
from minsheng.kernel.workbook import column_name, place
from minsheng.kernel.writing import Gate, change_many, create_many
from minsheng.reports import workbook
from minsheng.reports.cells import Given
from minsheng.reports.columns import FIGURE_COLUMNS, INPUTS, REPORT_COLUMNS, SAID_COLUMNS, WORD_COLUMNS, worded
from minsheng.reports.entries import Clash, Entry, FigureConflict, work_out
from minsheng.reports.models import Report, ReportValue
from minsheng.reports.open_forms import CHUNK, Around, OpenForm, OpenSlot, by_unit, open_forms
from minsheng.reports.schemas import ReportPatch
from minsheng.reports.upload_rows import Judged, Told, Typed, Upload, padded

_COLUMNS = {column_name(column): column for column in INPUTS.values()}

Step = Callable[[int, int, str], None]


def judge(session: Session, upload: Upload, step: Step, *, write: bool, draw: bool = False) -> None:
    """Let the rules of typing judge every row, and write the good ones if asked to.

    A reading session keeps nothing of it. ``draw`` keeps every row as it has to look in a marked copy.
    """
    by_report: dict[UUID, list[Typed]] = defaultdict(list)
    for row in upload.rows:
        by_report[row.report].append(row)
    around, gate = Around(), Gate(session, Report)
    keys = by_unit(session, by_report, hold=write)
    done = 0
    for key in by_report.keys() - set(keys):
        for row in by_report[key]:
            done += 1
            upload.unknown(row)
    for part in _parts(keys):
        known = open_forms(session, part, around)
        pending: dict[UUID, Entry] = {}
        for key in part:
            for row in by_report[key]:
                entry = _judge(upload, row, known.get(key), gate, draw=draw)
                if entry:
                    _take(pending.setdefault(key, Entry()), entry)
                done += 1
        if write and pending:
            _write(session, [(known[key], entry) for key, entry in pending.items()])
        # What is written is written: nothing of it need be kept in memory.
        session.expunge_all()
        step(done, len(upload.rows), "写入" if write else "核对")


def _parts(keys: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    """Yield what is done together: few at first, so that progress is seen at once, then ever more."""
    begin, size = 0, CHUNK // 8
    while begin < len(keys):
        yield keys[begin : begin + size]
        begin, size = begin + size, min(size * 2, CHUNK)


def _take(pending: Entry, entry: Entry) -> None:
    """Add what another row of a report does."""
    pending.words |= entry.words
    pending.carried |= entry.carried
    pending.figures += entry.figures


def _write(session: Session, entries: Iterable[tuple[OpenForm, Entry]]) -> None:
    """Write what the rows of many reports do, each report and figure one version later."""
    touched = {"touched_at": clock.now(), "touched_by": session.who.user_id}
    reports, figures, created = [], [], []
    for form, entry in entries:
        report = form.report
        reports.append((report, {**entry.carried, **entry.words, **touched}))
        for slot, columns in entry.figures:
            if slot.row is not None:
                figures.append((slot.row, {**columns, **touched}))
                continue
            created.append(
                {
                    "report_id": report.id,
                    "round_id": report.round_id,
                    "target_id": slot.target.id,
                    "item_id": report.item_id,
                    "unit_id": report.unit_id,
                    "ends_on": form.round.ends_on,
                    **columns,
                    **touched,
                }
            )
    change_many(session, Report, reports)
    change_many(session, ReportValue, figures)
    create_many(session, ReportValue, created)
    session.flush()


def _judge(upload: Upload, row: Typed, form: OpenForm | None, gate: Gate, *, draw: bool) -> Entry | None:
    slot = form.by_target.get(row.target) if form else None
    if form is None or slot is None or form.round.period != upload.meta.period:
        upload.unknown(row)
        return None
    given = Given(row.cells, row.at, upload.marks, slot)
    errors: dict[int, FieldError] = {}
    changes: list[Told] = []
    outcome, entry = "same", None
    try:
        if row.moved:
            raise invalid(place(row.at, 4), "moved-row", "这一行的事项与下载时不同：只能填白色格，请勿改动或移动其他格")
        body = _body(row, form, slot, given, changes)
        if body is not None:
            outcome = "changed" if slot.row is not None and slot.row.value is not None else "new"
            entry = _typed_in(form, body, gate, row.at)
            if not entry:
                # Somebody else has typed the same meanwhile, or this very file came in before.
                outcome, changes = "same", []
    except Problem as problem:
        outcome, entry = "wrong", None
        for each in problem.errors or [FieldError(pointer="", code=problem.code, message=problem.detail)]:
            at, error = _at(row.at, each, given)
            errors.setdefault(at, error)
    upload.take(Judged(row.at, outcome, workbook.shown(form, slot), changes, list(errors.values())))
    if draw:
        line = workbook.framed(form, slot, str(row.cells[0]), padded(row.cells))
        line.wrong = {at: each.message for at, each in errors.items()}
        upload.lines[row.at] = line
    return entry


def _typed_in(form: OpenForm, body: ReportPatch, gate: Gate, at: int) -> Entry:
    """Return what typing this would do.

    Raises:
        Problem: why it may not be, as typing would say it.
    """
    gate.require(form.report)
    gate.refuse_locked(form.report)
    try:
        return work_out(form, body)
    except FigureConflict as conflict:
        raise _conflicts(at, conflict.conflicts) from None


def _body(row: Typed, form: OpenForm, slot: OpenSlot, given: Given, changes: list[Told]) -> ReportPatch | None:
    """Return what typing this row would have sent, or nothing when it says what was downloaded.

    Raises:
        Invalid: names every cell that cannot be read.
    """
    figures, errors = _figures(row, slot, given)
    words: dict[str, Any] = {}
    now = workbook.words_of(form, slot)
    try:
        words = _words(row, now, given)
    except Problem as problem:
        errors += problem.errors
    if errors:
        raise Invalid(errors[0].message, errors=errors)
    if not figures and not words:
        return None
    held = dict(zip(FIGURE_COLUMNS, workbook.figures_of(slot), strict=True))
    changes += [(name, held[name], typed) for name, typed in figures.items()]
    changes += [(name, now[name], said) for name, said in words.items()]
    given.typed = frozenset(figures)
    body: dict[str, Any] = {name: said for name, said in words.items() if name in REPORT_COLUMNS}
    said = {name: said for name, said in words.items() if name in SAID_COLUMNS}
    if figures or said:
        base = dict(zip(FIGURE_COLUMNS, row.base, strict=True))
        body["values"] = [{"target_id": row.target, "base": base, **figures, **said}]
    try:
        return ReportPatch.model_validate(body)
    except ValidationError as error:
        raise validation.from_findings(error.errors()) from None


def _figures(row: Typed, slot: OpenSlot, given: Given) -> tuple[dict[str, Decimal | None], list[FieldError]]:
    """Return the figures that differ from what was downloaded, and what cannot be read."""
    found: dict[str, Decimal | None] = {}
    errors: list[FieldError] = []
    sums = slot.indicator.accumulation == "cumulative" and slot.indicator.kind != "ratio"
    for name, base in zip(FIGURE_COLUMNS, row.base, strict=True):
        # A sum that no program has worked out yet says nothing.
        if sums and name == "value" and (given.raw(name) == "" or given.uncomputed(name)):
            continue
        try:
            typed = given.figure(name)
        except Problem as problem:
            errors += problem.errors
            continue
        if typed == base:
            continue
        if sums and name == "value":
            now = found.get("current", row.base[0])
            if now is not None and typed == (row.previous or Decimal(0)) + now:
                continue
        found[name] = typed
    return found, errors


def _words(row: Typed, now: dict[str, Any], given: Given) -> dict[str, Any]:
    """Return what is said otherwise than in the system, unless nobody but others changed it.

    Raises:
        Invalid: what cannot be read, or words in a row that has no place for them.
        Stale: the clerk and somebody else have both written since the download.
    """
    typed: dict[str, Any] = {}
    errors: list[FieldError] = []
    for name in WORD_COLUMNS:
        if name not in now:
            if given.raw(name) not in ("", None):
                error = FieldError(
                    pointer=given.where(name), code="not-first", message="同一任务的原因和说明只写在它的第一行"
                )
                errors.append(error)
            continue
        try:
            typed[name] = given.said(name)
        except Problem as problem:
            errors += problem.errors
    if errors:
        raise Invalid(errors[0].message, errors=errors)
    for name, absent in _SAID_BY_SILENCE.items():
        if typed[name] is None:
            typed[name] = absent
    differing = {name: said for name, said in typed.items() if (said or None) != (now[name] or None)}
    if not differing or workbook.words_print(now) == row.words:
        return differing
    if workbook.words_print(typed) == row.words:
        return {}
    message = "下载之后别人改过，表里也改了：请核对"
    errors = [
        FieldError(
            pointer=given.where(name),
            code="stale-version",
            message=f"{message}（现在是“{_short(name, now[name])}”，表里是“{_short(name, said)}”）",
        )
        for name, said in differing.items()
    ]
    raise Stale(message, errors=errors)


_SAID_BY_SILENCE = {"state": "final", "approx": False}
"""What an empty cell says of a figure."""


def _short(name: str, value: Any) -> str:  # noqa: ANN401 - any field's value
    return (worded(name, value) or "")[:60]


def _conflicts(at: int, conflicts: Sequence[Clash]) -> Problem:
    errors = []
    for each in conflicts:
        now, typed = ("空" if side is None else quantity.text(side) for side in (each.theirs, each.mine))
        message = f"下载之后这一格已被改为 {now}，表里是 {typed}：请核对后改成一致，或重新下载"
        errors.append(FieldError(pointer=place(at, INPUTS[each.field]), code="figure-conflict", message=message))
    return Stale(errors[0].message, errors=errors)


def _at(at: int, error: FieldError, given: Given) -> tuple[int, FieldError]:
    """Return the column an error belongs to, and the error with its cell."""
    name = error.pointer.rpartition("/")[2]
    if name == "value" and "value" not in given.typed and "current" in given.typed:
        # What is wrong with a sum that nobody typed is wrong with what was typed.
        name = "current"
    column = INPUTS.get(name, 3)
    letters = error.pointer.rstrip("0123456789")
    if letters != error.pointer and letters in _COLUMNS:
        column = _COLUMNS[letters]
    where = given.where(name) if name in INPUTS else place(at, column)
    return column, FieldError(pointer=where, code=error.code, message=error.message)
