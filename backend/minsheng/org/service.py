"""What is done with units."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import col, select

from minsheng.kernel import rows, validation
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Duplicate, FieldError, Invalid, Problem, invalid
from minsheng.org.models import Unit
from minsheng.org.schemas import ImportedRow, ImportOut, UnitIn, UnitPatch

COLUMNS = ("code", "name", "parent_code", "kind", "tier", "valid_from", "valid_to", "sort")
MAX_ROWS = 20_000


def unit_names(session: Session, keys: set[UUID]) -> dict[UUID, str]:
    """Return the names of the units among some ids that the caller may see."""
    return dict(session.exec(select(Unit.id, Unit.name).where(col(Unit.id).in_(keys))).all())


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


def _check_dates(unit: Unit) -> None:
    if unit.valid_from and unit.valid_to and unit.valid_to < unit.valid_from:
        raise invalid("/valid_to", "before-start", "失效日期早于生效日期")


def _check_code(session: Session, unit: Unit) -> None:
    if unit.code is None:
        return
    other = session.exec(select(Unit.id).where(Unit.code == unit.code, Unit.id != unit.id)).first()
    if other is not None:
        message = f"区划代码 {unit.code} 已被使用。"
        raise Duplicate(message, errors=[FieldError(pointer="/code", code="duplicate", message=message)])


@dataclass
class _Line:
    number: int
    data: dict[str, str]
    errors: list[FieldError] = field(default_factory=list)
    status: str = "wrong"


def load(session: Session, content: bytes, *, dry_run: bool) -> ImportOut:
    """Import units from CSV: all lines or none.

    A line is known by its code, else by its name beneath its parent. The parent stands earlier in the file or exists.

    Raises:
        Invalid: the file cannot be read, or (unless ``dry_run``) any line is wrong; ``errors`` names line and column.
    """
    lines = [_Line(number, data) for number, data in enumerate(_read(content), start=2)]
    units = list(session.exec(select(Unit)).all())
    by_code = {unit.code: unit for unit in units if unit.code}
    by_name = {(unit.parent_id, unit.name): unit for unit in units}
    for line in lines:
        _apply(session, line, by_code, by_name)
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


def _read(content: bytes) -> list[dict[str, str]]:
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
        reader = csv.DictReader(io.StringIO(text), strict=True)
        heading = [name.strip() for name in reader.fieldnames or ()]
        missing = [name for name in ("name", "parent_code", "kind", "tier") if name not in heading]
        unknown = [name for name in heading if name not in COLUMNS]
        if missing or unknown:
            errors = [FieldError(pointer="/rows/1", code="missing-column", message=f"缺少列 {n}") for n in missing]
            errors += [
                FieldError(pointer="/rows/1", code="unknown-column", message=f"没有列 {n[:50]}") for n in unknown
            ]
            raise Invalid(errors[0].message, errors=errors)
        reader.fieldnames = heading
        found = []
        for row in reader:
            if None in row or any(value is None for value in row.values()):
                raise invalid(f"/rows/{reader.line_num}", "cells", f"第 {reader.line_num} 行的列数与表头不符")
            found.append({name: value.strip() for name, value in row.items()})
    except csv.Error:
        raise invalid("", "csv", "不是规范的 CSV:请检查引号与分隔符") from None
    if not found:
        raise invalid("", "empty", "文件里没有数据行")
    if len(found) > MAX_ROWS:
        raise invalid("", "too-long", f"一次最多导入 {MAX_ROWS} 行")
    return found


def _apply(
    session: Session, line: _Line, by_code: dict[str, Unit], by_name: dict[tuple[UUID | None, str], Unit]
) -> None:
    """Check one line by the rules of a single write and stage it."""
    data = line.data
    parent = by_code.get(data["parent_code"])
    if parent is None:
        line.errors.append(
            FieldError(
                pointer=f"/rows/{line.number}/parent_code",
                code="unknown-parent",
                message=f"第 {line.number} 行：上级代码 {data['parent_code'][:20] or '(空)'} 不存在或不在您的权限内",
            )
        )
        return
    values: dict[str, Any] = {name: data[name] for name in COLUMNS if data.get(name) and name != "parent_code"}
    if "sort" in values and values["sort"].isascii() and values["sort"].isdigit():
        values["sort"] = int(values["sort"])
    try:
        body = UnitIn(parent_id=parent.id, **values)
    except ValidationError as error:
        for found in validation.from_findings(error.errors()).errors:
            line.errors.append(
                FieldError(
                    pointer=f"/rows/{line.number}{found.pointer or '/'}",
                    code=found.code,
                    message=f"第 {line.number} 行：{found.message}",
                )
            )
        return
    try:
        _stage_unit(session, line, body, by_code, by_name)
    except Problem as problem:
        line.status = "wrong"
        found_errors = list(problem.errors) or [
            FieldError(pointer="", code=problem.code, message=problem.detail or problem.title)
        ]
        for found in found_errors:
            line.errors.append(
                FieldError(
                    pointer=f"/rows/{line.number}{found.pointer}",
                    code=found.code,
                    message=f"第 {line.number} 行：{found.message}",
                )
            )


def _stage_unit(
    session: Session,
    line: _Line,
    body: UnitIn,
    by_code: dict[str, Unit],
    by_name: dict[tuple[UUID | None, str], Unit],
) -> None:
    """Make or change the unit of one line by the rules of a single write.

    Raises:
        Problem: the caller may not, or the dates are in the wrong order.
    """
    known = by_code.get(body.code) if body.code else by_name.get((body.parent_id, body.name))
    if known is None:
        unit = Unit(**body.model_dump())
        _check_dates(unit)
        session.require(unit)
        session.add(unit)
        session.access = session.access.grow(body.parent_id, unit.id)
        by_name[(body.parent_id, unit.name)] = unit
        if unit.code:
            by_code[unit.code] = unit
        line.status = "create"
        return
    session.require(known)
    line.status = "same"
    for name, value in body.model_dump().items():
        if getattr(known, name) != value and (name in line.data or name == "parent_id"):
            setattr(known, name, value)
            line.status = "change"
    _check_dates(known)
    session.require(known)
