"""What is done with units."""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import col, select

from minsheng.kernel import rows, validation
from minsheng.kernel.access import Session, find
from minsheng.kernel.errors import Duplicate, FieldError, Invalid, Problem, invalid
from minsheng.org.models import BaseFigure, Unit
from minsheng.org.schemas import BaseFigureIn, ImportedRow, ImportOut, UnitIn, UnitPatch

COLUMNS = ("code", "name", "parent_code", "kind", "tier", "valid_from", "valid_to", "sort")
MAX_ROWS = 20_000


def unit_names(session: Session, keys: set[UUID]) -> dict[UUID, str]:
    """Return the names of the units among some ids that the caller may see."""
    return dict(session.exec(select(Unit.id, Unit.name).where(col(Unit.id).in_(keys))).all())


def subtree(session: Session, top: UUID) -> list[UUID]:
    """Return a unit and the visible ones beneath it, each after the one above it."""
    beneath: dict[UUID | None, list[UUID]] = defaultdict(list)
    for key, parent in session.exec(select(Unit.id, Unit.parent_id)).all():
        beneath[parent].append(key)
    found = [top]
    for at in found:
        found += beneath[at]
    return found


def in_tree_order(session: Session, keys: set[UUID]) -> list[tuple[Unit, int]]:
    """Return the visible units among some ids in the order of the tree, each with its depth among those returned."""
    units = session.exec(select(Unit).order_by(col(Unit.sort), col(Unit.id))).all()
    known = {unit.id for unit in units}
    beneath: dict[UUID | None, list[Unit]] = defaultdict(list)
    for unit in units:
        beneath[unit.parent_id if unit.parent_id in known else None].append(unit)
    found: list[tuple[Unit, int]] = []

    def walk(parent: UUID | None, depth: int) -> None:
        for unit in beneath[parent]:
            if unit.id in keys:
                found.append((unit, depth))
            walk(unit.id, depth + (unit.id in keys))

    walk(None, 0)
    return found


def beneath(session: Session, top: Unit) -> dict[UUID, int]:
    """Return a unit and all visible units beneath it, each with its place in the order of the tree."""
    children: dict[UUID | None, list[UUID]] = defaultdict(list)
    for key, parent in session.exec(select(Unit.id, Unit.parent_id).order_by(col(Unit.sort), col(Unit.id))).all():
        children[parent].append(key)
    order: dict[UUID, int] = {}
    waiting = [top.id]
    while waiting:
        at = waiting.pop()
        order[at] = len(order)
        waiting += reversed(children[at])
    return order


def note_figure(session: Session, body: BaseFigureIn) -> BaseFigure:
    """Note a base figure, or correct the one of the same kind and year.

    Raises:
        Invalid: a negative figure.
    """
    rows.fetch(session, Unit, body.unit_id)
    if body.value < 0:
        raise invalid("/value", "negative", "基础数据不能为负数")
    figure = session.exec(
        select(BaseFigure).where(
            BaseFigure.unit_id == body.unit_id, BaseFigure.kind == body.kind, BaseFigure.year == body.year
        )
    ).one_or_none() or BaseFigure(**body.model_dump())
    figure.value, figure.source, figure.basis = body.value, body.source, "entered"
    session.add(figure)
    session.flush()
    return figure


def create(session: Session, body: UnitIn) -> Unit:
    """Add a unit.

    Raises:
        NotFound: the parent is not visible.
        Duplicate: the division code is taken.
    """
    parent = rows.fetch(session, Unit, body.parent_id)
    unit = Unit(**body.model_dump())
    _check_dates(unit)
    _check_code(session, unit)
    session.add(unit)
    session.flush()
    session.access = session.access.grow(parent.id, unit.id)
    return unit


def change(session: Session, unit: Unit, body: UnitPatch) -> None:
    """Change a unit; a move must stay a tree.

    Raises:
        Invalid: a field that cannot be empty is null, or the move makes a circle.
        Duplicate: the division code is taken.
    """
    fields = body.model_dump(exclude_unset=True)
    for name in ("name", "kind", "tier", "sort", "parent_id"):
        if name in fields and fields[name] is None:
            raise invalid(f"/{name}", "null", "不能为空")
    if "parent_id" in fields:
        rows.fetch(session, Unit, fields["parent_id"])
        _one_move_at_a_time(session, unit)
        if unit.id in set(_up(session, fields["parent_id"])):
            raise invalid("/parent_id", "cycle", "不能移到自己的下级之下")
    for name, value in fields.items():
        setattr(unit, name, value)
    _check_dates(unit)
    if "code" in fields:
        _check_code(session, unit)
    session.flush()


def _up(session: Session, start: UUID) -> Iterator[UUID]:
    at: UUID | None = start
    while at is not None:
        yield at
        at = session.exec(select(Unit.parent_id).where(Unit.id == at)).one_or_none()


def _one_move_at_a_time(session: Session, unit: Unit) -> None:
    """Hold the root of the tree: two moves at once could each be right and together make a circle."""
    *_, root = _up(session, unit.id)
    find(session, Unit, root, lock=True)


def _check_dates(unit: Unit) -> None:
    if unit.valid_from and unit.valid_to and unit.valid_to < unit.valid_from:
        raise invalid("/valid_to", "before-start", "失效日期早于生效日期")


def _check_code(session: Session, unit: Unit) -> None:
    if unit.code is None:
        return
    # Also among the units that the caller does not see: the code is the nation's.
    other = session.connection().execute(select(Unit.id).where(Unit.code == unit.code, Unit.id != unit.id))
    if other.first() is not None:
        message = f"区划代码 {unit.code} 已被使用。"
        raise Duplicate(message, errors=[FieldError(pointer="/code", code="duplicate", message=message)])


@dataclass
class _Line:
    number: int
    data: dict[str, str]
    errors: list[FieldError] = field(default_factory=list)
    status: str = "wrong"

    def blame(self, found: FieldError) -> None:
        """Note what is wrong, at its line and column."""
        where = f"/rows/{self.number}/{found.pointer.lstrip('/')}".rstrip("/")
        message = f"第 {self.number} 行：{found.message}"
        self.errors.append(FieldError(pointer=where, code=found.code, message=message))


class _Import:
    """The units a file speaks of, as they would stand after each line."""

    def __init__(self, session: Session, lines: list[_Line]) -> None:
        units = list(session.exec(select(Unit)).all())
        self.session = session
        self.by_id = {unit.id: unit for unit in units}
        self.by_code = {unit.code: unit for unit in units if unit.code}
        self.by_name = {(unit.parent_id, unit.name): unit for unit in units}
        self.lines_of: dict[UUID, int] = {}
        self.covered_by: dict[UUID, UUID] = {}
        self.foreign_codes = self._foreign({line.data.get("code", "") for line in lines} - self.by_code.keys())

    def _foreign(self, codes: set[str]) -> set[str]:
        """Return the codes that units beyond the caller's sight have: a code belongs to one unit in the nation."""
        found: set[str] = set()
        listed = sorted(codes)
        for start in range(0, len(listed), 500):
            taken = select(Unit.code).where(col(Unit.code).in_(listed[start : start + 500]))
            found |= set(self.session.connection().execute(taken).scalars())
        return found

    def stage(self, line: _Line, body: UnitIn) -> None:
        """Make or change the unit of one line by the rules of a single write.

        Raises:
            Problem: the caller may not, the line repeats another, or the dates are in the wrong order.
        """
        known = self.by_code.get(body.code) if body.code else self.by_name.get((body.parent_id, body.name))
        if known is None:
            if body.code in self.foreign_codes:
                raise invalid("/code", "duplicate", f"区划代码 {body.code} 已被使用")
            known = self._make(body)
            line.status = "create"
        elif known.id in self.lines_of:
            place = "/code" if body.code else "/name"
            raise invalid(place, "duplicate", f"与第 {self.lines_of[known.id]} 行重复")
        else:
            line.status = "change" if self._change(known, body, line.data.keys()) else "same"
        self.lines_of[known.id] = line.number

    def _make(self, body: UnitIn) -> Unit:
        unit = Unit(**body.model_dump())
        _check_dates(unit)
        if body.parent_id not in self.covered_by:
            self.session.require(unit)
        self.session.add(unit)
        self.covered_by[unit.id] = self.covered_by.get(body.parent_id, body.parent_id)
        self.by_id[unit.id] = unit
        self.by_name[(body.parent_id, unit.name)] = unit
        if unit.code:
            self.by_code[unit.code] = unit
        return unit

    def _change(self, unit: Unit, body: UnitIn, columns: Iterable[str]) -> bool:
        given = {*columns, "parent_id"} - ({"code"} if body.code is None else set())
        wanted = {name: value for name, value in body.model_dump().items() if name in given}
        changes = {name: value for name, value in wanted.items() if getattr(unit, name) != value}
        if "parent_id" in changes and unit.id in self._up(body.parent_id):
            raise invalid("/parent_code", "cycle", "不能移到自己的下级之下")
        for name, value in changes.items():
            setattr(unit, name, value)
        _check_dates(unit)
        if changes:
            self.session.require(unit)
        return bool(changes)

    def _up(self, start: UUID) -> Iterator[UUID]:
        at: UUID | None = start
        while at is not None:
            yield at
            at = self.by_id[at].parent_id if at in self.by_id else None

    def cover(self) -> None:
        """Let the caller's rights reach the new units, in one step: each step copies every set of units."""
        beneath: dict[UUID, list[UUID]] = defaultdict(list)
        for unit, above in self.covered_by.items():
            beneath[above].append(unit)
        for above, units in beneath.items():
            self.session.access = self.session.access.grow(above, *units)


def load(session: Session, content: bytes, *, dry_run: bool) -> ImportOut:
    """Import units from CSV: all lines or none.

    A line is known by its code, else by its name beneath its parent. The parent stands earlier in the file or exists.

    Raises:
        Invalid: the file cannot be read, or (unless ``dry_run``) any line is wrong; ``errors`` names line and column.
    """
    lines = [_Line(number, data) for number, data in _read(content)]
    staged = _Import(session, lines)
    for unit in list(staged.by_id.values())[:1]:
        _one_move_at_a_time(session, unit)
    for line in lines:
        _apply(staged, line)
    staged.cover()
    wrong = [line for line in lines if line.errors]
    if wrong and not dry_run:
        errors = [error for line in wrong for error in line.errors][:200]
        message = f"{len(lines)} 行中有 {len(wrong)} 行有误，未导入任何一行。"
        raise Invalid(message, errors=errors)
    if dry_run:
        session.rollback()
    else:
        session.flush()
    count = Counter(line.status for line in lines)
    return ImportOut(
        dry_run=dry_run,
        total=len(lines),
        created=count["create"],
        changed=count["change"],
        same=count["same"],
        wrong=len(wrong),
        rows=[
            ImportedRow(
                row=line.number,
                status=line.status,  # type: ignore[arg-type]
                name=line.data.get("name") or None,
                errors=line.errors,
            )
            for line in lines
        ],
    )


def _read(content: bytes) -> list[tuple[int, dict[str, str]]]:
    """Return each record with the line of the file on which it begins."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise invalid("", "encoding", "文件编码无法识别，请存为 UTF-8 或 GB18030 的 CSV")
    if "\x00" in text:
        raise invalid("", "control-character", "文件含有控制字符，不是 CSV 文本")
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        reader.fieldnames = _heading(reader.fieldnames or ())
        found = []
        for row in reader:
            number = reader.line_num - sum(value.count("\n") for value in row.values() if isinstance(value, str))
            if None in row or any(value is None for value in row.values()):
                raise invalid(f"/rows/{number}", "cells", f"第 {number} 行的列数与表头不符")
            found.append((number, {name: value.strip() for name, value in row.items()}))
    except csv.Error:
        raise invalid("", "csv", "不是规范的 CSV：请检查引号与分隔符") from None
    if not found:
        raise invalid("", "empty", "文件里没有数据行")
    if len(found) > MAX_ROWS:
        raise invalid("", "too-long", f"一次最多导入 {MAX_ROWS} 行")
    return found


def _heading(names: Sequence[str]) -> list[str]:
    heading = [name.strip() for name in names]
    missing = [name for name in ("name", "parent_code", "kind", "tier") if name not in heading]
    unknown = [name for name in heading if name not in COLUMNS]
    twice = sorted({name for name in heading if name in COLUMNS and heading.count(name) > 1})
    errors = [
        FieldError(pointer="/rows/1", code=code, message=f"{words} {name[:50]}")
        for code, words, names in (
            ("missing-column", "缺少列", missing),
            ("unknown-column", "没有列", unknown),
            ("duplicate-column", "列写了两次：", twice),
        )
        for name in names
    ]
    if errors:
        raise Invalid(errors[0].message, errors=errors)
    return heading


def _apply(staged: _Import, line: _Line) -> None:
    """Check one line and stage it, or note everything that is wrong with it."""
    data = line.data
    parent = staged.by_code.get(data["parent_code"])
    if parent is None:
        message = f"上级代码 {data['parent_code'][:20] or '(空)'} 不存在或不在您的权限内"
        line.blame(FieldError(pointer="/parent_code", code="unknown-parent", message=message))
        return
    values: dict[str, Any] = {name: data[name] for name in COLUMNS if data.get(name) and name != "parent_code"}
    if "sort" in values and values["sort"].isascii() and values["sort"].isdigit():
        values["sort"] = int(values["sort"][:20])
    try:
        staged.stage(line, UnitIn(parent_id=parent.id, **values))
    except ValidationError as error:
        for found in validation.from_findings(error.errors()).errors:
            line.blame(found)
    except Problem as problem:
        for found in problem.errors or [
            FieldError(pointer="", code=problem.code, message=problem.detail or problem.title)
        ]:
            line.blame(found)
