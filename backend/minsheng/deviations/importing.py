"""Bulletins imported: every figure becomes what entering it by hand would have been, judged by the same rules."""

import difflib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from minsheng.deviations import cases, service, sheets
from minsheng.deviations.mapping import (
    Candidate,
    FigureUploadOut,
    MappingContentIn,
    Mode,
    UnknownName,
    UploadedFigure,
    ValueColumnIn,
)
from minsheng.deviations.models import ExternalFigure
from minsheng.deviations.policy import EXTERNAL_FIGURE
from minsheng.deviations.schemas import ExternalFigureIn
from minsheng.kernel.access import Session
from minsheng.kernel.errors import FieldError, Invalid, Problem, invalid
from minsheng.kernel.lifecycle import ReasonIn
from minsheng.kernel.workbook import Sheet, Value, place
from minsheng.org.models import Unit
from minsheng.permissions import P
from minsheng.programmes.models import Indicator, Item, Programme
from minsheng.targets.models import Target
from minsheng.targets.upload import figure_of

MAX_FIGURES = 2_000
"""Figures in one file: what is read while somebody waits."""

_SUFFIXES = ("街道", "自治县", "市", "县", "区", "镇", "乡", "旗")


@dataclass(frozen=True)
class Issue:
    """What holds for every figure of one file; ``figure`` lacks target, printed and factor."""

    programme: Programme
    content: MappingContentIn
    figure: ExternalFigureIn


def load(session: Session, issue: Issue, content: bytes, *, dry_run: bool, mode: Mode) -> FigureUploadOut:
    """Read a bulletin by its mapping; unless ``dry_run``, write what is new or changed.

    Raises:
        Invalid: the file cannot be read or does not fit the mapping, holds too many figures, or (when all or nothing is
            wanted) any figure is wrong; ``errors`` names row and cell.
    """
    found = sheets.read(content)
    name = issue.content.sheet
    if name is not None and name not in found:
        raise invalid("", "unknown-sheet", f"文件里没有工作表“{name}”")
    reader = _Reader(session, issue, found[name] if name is not None else next(iter(found.values())))
    reader.walk()
    wrong = [row for row in reader.rows if row.outcome == "wrong"]
    if wrong and not dry_run and mode == "all":
        message = f"{len(reader.rows)} 个数中有 {len(wrong)} 个有误，没有导入。"
        raise Invalid(message, errors=[each for row in wrong for each in row.errors][:500])
    beyond = reader.compare()
    if not dry_run:
        reader.write()
    tally = Counter(row.outcome for row in reader.rows)
    return FigureUploadOut(
        dry_run=dry_run,
        new=tally["new"],
        changed=tally["changed"],
        same=tally["same"],
        wrong=tally["wrong"],
        skipped=reader.skipped,
        beyond=beyond,
        rows=reader.rows,
        unknown_places=reader.places.unknown(),
        unknown_indicators=reader.indicators.unknown(),
    )


class _Named:
    """Names as they are printed, matched to ids; what matches nothing is listed with what comes near."""

    def __init__(self, known: Iterable[tuple[str, UUID]], said: dict[str, UUID | None], shown: dict[UUID, str]) -> None:
        self.known: dict[str, set[UUID]] = defaultdict(set)
        for name, key in known:
            self.known[sheets.plain(name)].add(key)
        self.said = {sheets.plain(name): key for name, key in said.items()}
        self.shown = shown
        self.missed: dict[str, list[int]] = defaultdict(list)

    def left_out(self, name: str) -> bool:
        """Say whether the mapping leaves a name out."""
        key = sheets.plain(name)
        return key in self.said and self.said[key] is None

    def find(self, name: str, row: int) -> UUID | None:
        """Return what a name means, or note that nobody knows."""
        key = sheets.plain(name)
        said = self.said.get(key)
        if said is not None and said in self.shown:
            return said
        keys = self.known.get(key, set())
        if len(keys) == 1:
            return next(iter(keys))
        self.missed[name].append(row + 1)
        return None

    def unknown(self) -> list[UnknownName]:
        """Return the names that matched nothing, or more than one thing."""
        return [
            UnknownName(
                name=name,
                rows=rows[:20],
                candidates=[Candidate(id=key, name=self.shown[key]) for key in self._near(sheets.plain(name))],
            )
            for name, rows in self.missed.items()
        ]

    def _near(self, name: str) -> list[UUID]:
        if name in self.known:
            return sorted(self.known[name])
        stem = _stem(name)
        close = set(difflib.get_close_matches(name, self.known, n=5, cutoff=0.6))
        names = [
            each
            for each in self.known
            if each in close or _stem(each) == stem or (stem and (stem in each or each in name))
        ]
        keys = dict.fromkeys(key for each in names for key in sorted(self.known[each]))
        return list(keys)[:5]


def _stem(name: str) -> str:
    return next((name[: -len(each)] for each in _SUFFIXES if name.endswith(each) and len(name) > len(each)), name)


class _Reader:
    """One import while it is read."""

    def __init__(self, session: Session, issue: Issue, sheet: Sheet) -> None:
        self.session, self.issue, self.sheet = session, issue, sheet
        self.content = issue.content
        units = _units(session, issue.programme)
        self.units = {unit.id: unit.name for unit in units}
        codes = [(code, unit.id) for unit in units if unit.code for code in _codes(unit.code)]
        self.places = _Named([*((unit.name, unit.id) for unit in units), *codes], self.content.places, self.units)
        found = session.exec(
            select(Indicator, Item)
            .join(Item, col(Item.id) == col(Indicator.item_id))
            .where(Indicator.programme_id == issue.programme.id, Indicator.status != "void")
            .order_by(col(Indicator.id))
        ).all()
        self.names = {indicator.id: indicator.name for indicator, _ in found}
        known = [(name, indicator.id) for indicator, item in found for name in (item.code, item.title, indicator.name)]
        self.indicators = _Named(known, self.content.indicators, self.names)
        self.targets = {
            (target.indicator_id, target.unit_id): target
            for target in session.exec(
                select(Target)
                .where(Target.programme_id == issue.programme.id, Target.status == "issued")
                .order_by(col(Target.id).desc())
            ).all()
        }
        self.standing = {
            row.target_id: row
            for row in session.exec(
                select(ExternalFigure).where(
                    ExternalFigure.programme_id == issue.programme.id,
                    ExternalFigure.period == issue.figure.period,
                    ExternalFigure.source_name == issue.figure.source_name,
                    ExternalFigure.document == issue.figure.document,
                    ExternalFigure.status == "active",
                )
            ).all()
        }
        self.rows: list[UploadedFigure] = []
        self.made: list[tuple[ExternalFigure, UploadedFigure]] = []
        self.skipped = 0
        self.seen: dict[UUID, str] = {}

    def walk(self) -> None:
        """Go through the sheet row by row."""
        self._check_headings()
        above = ""
        for row in range(self.content.header_row, len(self.sheet)):
            here = sheets.text(sheets.at(self.sheet, row, sheets.index(self.content.place.column)))
            name = here or (above if self.content.fill_down else "")
            above = here or above
            for column in self.content.values:
                raw = sheets.at(self.sheet, row, sheets.index(column.column))
                if not sheets.text(raw):
                    continue
                if len(self.rows) >= MAX_FIGURES:
                    raise invalid("", "too-long", f"一次最多导入 {MAX_FIGURES} 个数，请拆成几个文件")
                self._cell(row, name, column, raw)

    def _check_headings(self) -> None:
        columns = [self.content.place, *([self.content.indicator] if self.content.indicator else [])]
        errors = []
        for each in (*columns, *self.content.values):
            now = sheets.text(sheets.at(self.sheet, self.content.header_row - 1, sheets.index(each.column)))
            if each.heading is not None and sheets.plain(now) != sheets.plain(each.heading):
                where = f"{each.column}{self.content.header_row}"
                message = f"{where} 的表头是“{now[:30]}”，映射里记的是“{each.heading[:30]}”，请核对映射"
                errors.append(FieldError(pointer=where, code="heading", message=message))
        if errors:
            raise Invalid(errors[0].message, errors=errors)

    def _cell(self, row: int, name: str, column: ValueColumnIn, raw: Value) -> None:
        said = (
            sheets.text(sheets.at(self.sheet, row, sheets.index(self.content.indicator.column)))
            if (self.content.indicator)
            else ""
        )
        if self.places.left_out(name) or (said and self.indicators.left_out(said)) or _nothing(raw):
            self.skipped += 1
            return
        shown = UploadedFigure(
            row=row + 1,
            cell=place(row, sheets.index(column.column)),
            place=name,
            unit_id=None,
            unit_name=None,
            indicator_name=None,
            printed=sheets.text(raw),
            value=None,
            outcome="wrong",
            compared=None,
            own_value=None,
            errors=[],
        )
        self.rows.append(shown)
        target = self._target(shown, row, said, column)
        try:
            # What is wrong with the number is said beside what is wrong with the names: all at once.
            shown.value = service.convert(raw if isinstance(raw, (str, int, float)) else str(raw), column.factor)
        except ValueError as error:
            self._blame(shown, "figure", str(error))
        if target is not None and not shown.errors:
            self._judge(shown, target, column)

    def _target(self, shown: UploadedFigure, row: int, said: str, column: ValueColumnIn) -> Target | None:
        """Return what a cell is about, or note why nobody knows."""
        unit = self.places.find(shown.place, row) if shown.place else None
        if unit is None:
            text = f"没有叫“{shown.place[:30]}”的承担单位，请在映射里指明" if shown.place else "这一行没有地区"
            self._blame(shown, "unknown-place", text)
        indicator = self.indicators.find(said, row) if self.content.indicator else column.indicator_id
        if indicator is None or indicator not in self.names:
            text = f"没有叫“{said[:30]}”的指标或事项，请在映射里指明"
            self._blame(shown, "unknown-indicator", text)
            indicator = None
        shown.unit_id, shown.unit_name = unit, self.units[unit] if unit else None
        shown.indicator_name = self.names[indicator] if indicator else None
        if unit is None or indicator is None:
            return None
        target = self.targets.get((indicator, unit))
        if target is None:
            self._blame(shown, "no-target", f"{shown.unit_name}没有“{shown.indicator_name}”的任务")
        elif not self.session.access.in_area(P.OFFICIAL_EDIT, unit):
            self._blame(shown, "not-covered", f"{shown.unit_name}不在您的权限内")
        elif target.id in self.seen:
            self._blame(shown, "twice", f"与 {self.seen[target.id]} 重复")
        else:
            self.seen[target.id] = shown.cell
            return target
        return None

    def _judge(self, shown: UploadedFigure, target: Target, column: ValueColumnIn) -> None:
        body = self.issue.figure.model_copy(
            update={
                "target_id": target.id,
                "printed": shown.printed,
                "printed_unit": column.printed_unit,
                "factor": column.factor,
            }
        )
        try:
            figure = service.built(self.session, target, body)
        except Problem as problem:
            self._blame(shown, "figure", problem.detail or problem.title)
            return
        before = self.standing.get(target.id)
        if before is not None and (before.value, before.as_of) == (figure.value, figure.as_of):
            shown.outcome = "same"
            return
        if before is not None and not self.session.access.in_area(P.OFFICIAL_EDIT, before.keeper_id):
            self._blame(shown, "not-kept", "上级机构已经登记了这个数，不能由这里改")
            return
        shown.outcome = "changed" if before else "new"
        figure.replaces_id = before.id if before else None
        self.made.append((figure, shown))

    def _blame(self, shown: UploadedFigure, code: str, message: str) -> None:
        shown.errors.append(FieldError(pointer=shown.cell, code=code, message=f"{shown.cell}：{message}"))

    def compare(self) -> int:
        """Show beside each figure what we count, and return how many lie too far off."""
        compared = cases.compared(self.session, [figure for figure, _ in self.made])
        for figure, shown in self.made:
            comparison = compared[figure.id]
            shown.compared = comparison.outcome  # type: ignore[assignment]
            shown.own_value = comparison.own.value if comparison.own else None
        return sum(shown.compared == "beyond" for _, shown in self.made)

    def write(self) -> None:
        """Write what is new; what the source has changed takes the place of what it said before."""
        for figure, _ in self.made:
            before = self.standing.get(figure.target_id)
            if before is not None:
                EXTERNAL_FIGURE.apply(self.session, before, "void", ReasonIn(reason="同一来源改了数"))
        self.session.flush()
        self.session.add_all(figure for figure, _ in self.made)
        self.session.flush()
        cases.open_where_apart(self.session, [figure for figure, _ in self.made])
        self.session.flush()


def _units(session: Session, programme: Programme) -> list[Unit]:
    """Return the units that have tasks of a list: only their figures can be compared."""
    keys = select(Target.unit_id).where(Target.programme_id == programme.id, Target.status == "issued")
    held = set(session.exec(keys).all())
    return list(session.exec(select(Unit).where(col(Unit.id).in_(held)).order_by(col(Unit.id))).all())


def _codes(code: str) -> list[str]:
    """Return a division code and its short forms: six digits for a county, nine for a township."""
    return [code, *(code[:length] for length in (6, 9) if code.endswith("0" * (12 - length)))]


def _nothing(raw: Value) -> bool:
    try:
        return isinstance(raw, str) and figure_of(raw) is None
    except ValueError:
        return False
