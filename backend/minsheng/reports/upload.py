"""A month's workbook that comes back: every row becomes what typing it would have been, judged by the same rules.

Rows go through :func:`service.write`, a few hundred reports at a time: what they hang on is gathered once for all of
them and they are flushed together. What is judged, refused and journalled is the same as for one.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import col, select

from minsheng.kernel import quantity, validation
from minsheng.kernel.access import Session, refuse_locked
from minsheng.kernel.errors import FieldError, Invalid, Problem, Stale, invalid
from minsheng.kernel.unpacking import Check
from minsheng.kernel.workbook import LARGE, Book, Marks, Value, place
from minsheng.reports import service, workbook
from minsheng.reports.cells import Given, text_in
from minsheng.reports.facts import ReportFacts, facts_of
from minsheng.reports.judged import Figure
from minsheng.reports.models import Report
from minsheng.reports.schemas import ReportPatch
from minsheng.reports.upload_schemas import UploadedChange, UploadedRow, UploadPreview
from minsheng.reports.workbook import FIGURE_COLUMNS, INPUTS, LABELS, TOP, WORD_COLUMNS, Line, Meta

CHUNK = 250
"""Reports that are gathered and flushed together."""
SHOWN_ROWS = 5_000
_ORDER = ("wrong", "changed", "new", "same")
_CELL = re.compile(r"([A-Z]+)[0-9]+")

Step = Callable[[int, int, str], None]


@dataclass
class Typed:
    """One row of the sheet with a key."""

    at: int
    report: UUID
    target: UUID
    base: tuple[Decimal | None, ...]
    previous: Decimal | None
    words: str
    moved: bool
    cells: list[Value]


@dataclass
class Upload:
    """A workbook that was read: whose it is, its rows, and those that are not ours."""

    meta: Meta
    rows: list[Typed] = field(default_factory=list)
    marks: Marks = field(default_factory=Marks)
    found: dict[int, UploadedRow] = field(default_factory=dict)
    lines: dict[int, Line] = field(default_factory=dict)
    tally: Counter[str] = field(default_factory=Counter)
    downloaded: int = 0

    def preview(self, *, committed: bool) -> UploadPreview:
        """Return what became of each row, the wrong ones first."""
        ranked = sorted(self.found.values(), key=lambda row: (_ORDER.index(row.outcome), row.row))
        return UploadPreview(
            committed=committed,
            period=self.meta.period,
            unit_name=self.meta.unit_name,
            new=self.tally["new"],
            changed=self.tally["changed"],
            same=self.tally["same"],
            wrong=self.tally["wrong"],
            absent=max(self.downloaded - len(self.rows), 0),
            hidden_rows=self.marks.hidden_rows,
            rows=ranked[:SHOWN_ROWS],
        )


def refuse_foreign(content: bytes) -> None:
    """Refuse at first sight what is no workbook at all.

    Raises:
        Invalid: it does not begin as one, or is too large.
    """
    if not content.startswith(b"PK") or len(content) > LARGE.megabytes * 1024 * 1024:
        Check(LARGE).file(content)


def read(content: bytes, meta: Meta) -> Upload:
    """Read a workbook.

    Raises:
        Invalid: no workbook, a hostile one, or one that was not downloaded for this month and unit.
    """
    book = Book(content, LARGE)
    if workbook.SHEET not in book.names or workbook.HIDDEN not in book.names:
        raise invalid("", "foreign-workbook", "这不是从这里下载的填报表：请先下载，填好后再上传")
    told = [str(row[0]) if row else "" for row in book.rows(workbook.HIDDEN)] + [""] * 5
    if told[0] != workbook.MARK:
        old = told[0].startswith(workbook.FAMILY)
        message = "这是旧版的填报表：请重新下载" if old else "这不是从这里下载的填报表：请先下载，填好后再上传"
        raise invalid("", "old-template" if old else "foreign-workbook", message)
    if told[1] != meta.period:
        raise invalid("", "other-period", f"这是 {told[1][:20]} 的填报表，现在要传的是 {meta.period}")
    if told[2] != str(meta.unit_id):
        raise invalid("", "other-unit", f"这张填报表不是 {meta.unit_name} 下载的")
    upload = Upload(replace(meta, beneath=told[3] == "beneath"), marks=book.marks.get(workbook.SHEET) or Marks())
    upload.downloaded = int(told[4]) if told[4].isdigit() else 0
    seen: set[tuple[UUID, UUID]] = set()
    for at, cells in enumerate(book.rows(workbook.SHEET)):
        if at < TOP:
            continue
        typed = _typed(at, cells)
        if typed is None:
            if any(text_in(each) for each in cells[1:]):
                _stray(upload, at, cells, "unknown-row", "这一行不是下载来的：请勿增加行，或把内容填到原来的行里")
        elif (typed.report, typed.target) in seen:
            _stray(upload, at, cells, "duplicate-row", "这一行与前面的一行重复：请勿复制行")
        else:
            seen.add((typed.report, typed.target))
            upload.rows.append(typed)
    return upload


def _typed(at: int, cells: list[Value]) -> Typed | None:
    parts = str(cells[0]).split("|") if cells else []
    try:
        report, target, _version, *held, words, shown = parts
        base = tuple(quantity.parse(each) if each else None for each in held)
        current, value, over, under, previous = base
        keys = UUID(report), UUID(target)
    except ValueError:
        return None
    moved = workbook.shown_print(cells[each] if each < len(cells) else "" for each in workbook.SHOWN) != shown
    return Typed(at, *keys, (current, value, over, under), previous, words, moved, cells)


def _stray(upload: Upload, at: int, cells: list[Value], code: str, message: str) -> None:
    names = [text_in(cells[each]) if each < len(cells) else "" for each in workbook.SHOWN]
    upload.tally["wrong"] += 1
    upload.found[at] = UploadedRow(
        row=at + 1,
        outcome="wrong",
        unit_name=names[0],
        item_code=names[2],
        item_title=names[3],
        indicator_name=names[4],
        changes=[],
        errors=[FieldError(pointer=place(at, 3), code=code, message=message)],
    )
    upload.lines[at] = Line("", _padded(cells), wrong={3: message})


def _padded(cells: list[Value]) -> list[Any]:
    found: list[Any] = [text_in(each) if not isinstance(each, (int, float)) else each for each in cells[1:]]
    return (found + [None] * len(workbook.HEADS))[: len(workbook.HEADS) - 1]


def judge(session: Session, upload: Upload, step: Step, *, write: bool, draw: bool = False) -> None:
    """Let the rules of typing judge every row, and write the good ones if asked to.

    A reading session keeps nothing of it. ``draw`` keeps every row as it has to look in a marked copy.
    """
    by_report: dict[UUID, list[Typed]] = defaultdict(list)
    for row in upload.rows:
        by_report[row.report].append(row)
    # In one order for everybody: two uploads of the same reports wait for each other and never for ever.
    keys = sorted(by_report)
    done = 0
    for begin in range(0, len(keys), CHUNK):
        part = keys[begin : begin + CHUNK]
        known = _known(session, part, write=write)
        for key in part:
            for row in by_report[key]:
                _judge(session, upload, row, known.get(key), draw=draw)
                done += 1
        if write:
            session.flush()
        # What is written is written: nothing of it need be kept in memory.
        session.expunge_all()
        # The facts of these reports were kept with the session.
        session.info.clear()
        step(done, len(upload.rows), "写入" if write else "核对")


def _known(session: Session, keys: Sequence[UUID], *, write: bool) -> dict[UUID, ReportFacts]:
    statement = select(Report).where(col(Report.id).in_(keys)).order_by(col(Report.id))
    if write:
        statement = statement.with_for_update()
    return facts_of(session, session.exec(statement).all())


def _judge(session: Session, upload: Upload, row: Typed, facts: ReportFacts | None, *, draw: bool) -> None:
    figure = facts.by_target.get(row.target) if facts else None
    if facts is None or figure is None or facts.round.period != upload.meta.period:
        _stray(upload, row.at, row.cells, "unknown-row", "这一行的任务不在您的权限内，或已经撤销")
        return
    given = Given(row.cells, row.at, upload.marks, figure)
    errors: dict[int, FieldError] = {}
    changes: list[UploadedChange] = []
    outcome = "same"
    try:
        if row.moved:
            raise invalid(place(row.at, 4), "moved-row", "这一行的事项与下载时不同：只能填白色格，请勿改动或移动其他格")
        body = _body(row, facts, figure, given, changes)
        if body is not None:
            outcome = "changed" if figure.row is not None and figure.row.value is not None else "new"
            if not _typed_in(session, facts, figure, body, row.at):
                # Somebody else has typed the same meanwhile, or this very file came in before.
                outcome, changes = "same", []
    except Problem as problem:
        outcome = "wrong"
        for each in problem.errors or [FieldError(pointer="", code=problem.code, message=problem.detail)]:
            at, error = _at(row.at, each, given)
            errors.setdefault(at, error)
    upload.tally[outcome] += 1
    if outcome != "same" or len(upload.found) < SHOWN_ROWS:
        unit, _, code, title, name = workbook.shown(facts, figure)
        upload.found[row.at] = UploadedRow(
            row=row.at + 1,
            outcome=outcome,  # type: ignore[arg-type]
            unit_name=unit,
            item_code=code,
            item_title=title,
            indicator_name=name,
            changes=changes,
            errors=list(errors.values()),
        )
    if draw:
        line = workbook.framed(facts, figure, str(row.cells[0]), _padded(row.cells))
        line.wrong = {at: each.message for at, each in errors.items()}
        upload.lines[row.at] = line


def _typed_in(session: Session, facts: ReportFacts, figure: Figure, body: ReportPatch, at: int) -> bool:
    """Do what typing does; return whether it changes anything.

    Raises:
        Problem: why it may not be, as typing would say it.
    """
    session.require(facts.report)
    refuse_locked(session, facts.report)
    before = figure.row
    try:
        return service.write(session, facts.report, body, flush=False)
    except service.FigureConflict as conflict:
        if before is not None:
            session.expire(before)
        raise _conflicts(at, conflict) from None


def _body(
    row: Typed, facts: ReportFacts, figure: Figure, given: Given, changes: list[UploadedChange]
) -> ReportPatch | None:
    """Return what typing this row would have sent, or nothing when it says what was downloaded.

    Raises:
        Invalid: names every cell that cannot be read.
    """
    figures, errors = _figures(row, figure, given)
    words: dict[str, str | None] = {}
    try:
        words = _words(row, facts, figure, given)
    except Problem as problem:
        errors += problem.errors
    if errors:
        raise Invalid(errors[0].message, errors=errors)
    held = dict(zip(FIGURE_COLUMNS, workbook.figures_of(figure), strict=True))
    told = workbook.words_of(facts, figure)
    for name, typed in figures.items():
        old, new = (None if each is None else quantity.text(each) for each in (held[name], typed))
        changes.append(UploadedChange(cell=given.where(name), field=name, label=LABELS[name], old=old, new=new))  # type: ignore[arg-type]
    for name, text in words.items():
        old, new = (workbook.CAUSES.get(each or "", each) for each in (told[name], text))
        changes.append(UploadedChange(cell=given.where(name), field=name, label=LABELS[name], old=old, new=new))  # type: ignore[arg-type]
    given.typed = frozenset(figures)
    if not figures and not words:
        return None
    body: dict[str, Any] = {name: text for name, text in words.items() if name != "fall_reason"}
    if figures or "fall_reason" in words:
        value: dict[str, Any] = {
            "target_id": row.target,
            "base": dict(zip(FIGURE_COLUMNS, row.base, strict=True)),
            **figures,
        }
        if "fall_reason" in words:
            value["fall_reason"] = words["fall_reason"]
        body["values"] = [value]
    try:
        return ReportPatch.model_validate(body)
    except ValidationError as error:
        raise validation.from_findings(error.errors()) from None


def _figures(row: Typed, figure: Figure, given: Given) -> tuple[dict[str, Decimal | None], list[FieldError]]:
    """Return the figures that differ from what was downloaded, and what cannot be read."""
    base = dict(zip(FIGURE_COLUMNS, row.base, strict=True))
    found: dict[str, Decimal | None] = {}
    errors: list[FieldError] = []
    sums = figure.indicator.accumulation == "cumulative" and figure.indicator.kind != "ratio"
    for name in FIGURE_COLUMNS:
        # A sum that no program has worked out yet says nothing.
        if sums and name == "value" and (given.uncomputed(name) or given.raw(name) == ""):
            continue
        try:
            typed = given.figure(name)
        except Problem as problem:
            errors += problem.errors
            continue
        now = found.get("current", base["current"])
        derived = sums and name == "value" and now is not None and typed == (row.previous or Decimal(0)) + now
        if typed != base[name] and not derived:
            found[name] = typed
    return found, errors


def _words(row: Typed, facts: ReportFacts, figure: Figure, given: Given) -> dict[str, str | None]:
    """Return the words that differ from those in the system, unless nobody but others changed them.

    Raises:
        Invalid: a cause that is none, or words in a row that has no place for them.
        Stale: the clerk and somebody else have both written since the download.
    """
    now = workbook.words_of(facts, figure)
    for name in WORD_COLUMNS.keys() - now.keys():
        if given.raw(name) not in ("", None):
            raise invalid(given.where(name), "not-first", "同一任务的原因和说明只写在它的第一行")
    typed = {name: given.words(name) for name in now}
    differing = {name: text for name, text in typed.items() if (text or None) != (now[name] or None)}
    if not differing or workbook.words_print(now) == row.words:
        return differing
    if workbook.words_print(typed) == row.words:
        return {}
    message = "下载之后别人改过，表里也改了：请核对"
    errors = [
        FieldError(
            pointer=given.where(name),
            code="stale-version",
            message=f"{message}（现在是“{(now[name] or '')[:60]}”，表里是“{(text or '')[:60]}”）",
        )
        for name, text in differing.items()
    ]
    raise Stale(message, errors=errors)


def _conflicts(at: int, conflict: service.FigureConflict) -> Problem:
    errors = []
    for _, name, mine, theirs in conflict.conflicts:
        now, typed = ("空" if each is None else quantity.text(each) for each in (theirs, mine))
        message = f"下载之后这一格已被改为 {now}，表里是 {typed}：请核对后改成一致，或重新下载"
        errors.append(FieldError(pointer=place(at, INPUTS[name]), code="figure-conflict", message=message))
    return Stale(errors[0].message, errors=errors)


def _at(at: int, error: FieldError, given: Given) -> tuple[int, FieldError]:
    """Return the column an error belongs to, and the error with its cell."""
    name = error.pointer.rpartition("/")[2]
    if name == "value" and "value" not in given.typed and "current" in given.typed:
        # What is wrong with a sum that nobody typed is wrong with what was typed.
        name = "current"
    column = INPUTS.get(name, 3)
    if found := _CELL.fullmatch(error.pointer):
        letters = found[1]
        column = ord(letters) - 65
    where = given.where(name) if name in INPUTS else place(at, column)
    return column, FieldError(pointer=where, code=error.code, message=error.message)
