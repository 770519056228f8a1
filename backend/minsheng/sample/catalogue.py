"""Programmes, items, tasks, targets and plans made from the published lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random

from minsheng.sample.figures import expected, month_end, months, plan_points, scaled, shares, unscaled
from minsheng.sample.files import Promise
from minsheng.sample.people import SHANFU
from minsheng.sample.shapes import (
    GENERATED,
    PUBLISHED,
    Indicator,
    Item,
    ItemLead,
    Measure,
    Plan,
    Programme,
    Sample,
    SplitNote,
    Target,
    Task,
    Unit,
)
from minsheng.sample.wenzhou import (
    COUNTY_WEIGHTS,
    DIMENSIONS,
    DRAFTS,
    ISSUED,
    KINDS,
    LAST_DAYS,
    MOUNTAIN_WEIGHTS,
    PLACES,
    SPLIT_FURTHER,
    TERM_TIME,
    UNBALANCED,
    UPHILL,
)


@dataclass(slots=True)
class Line:
    """A published line with what was made of it; the reports are written from these."""

    promise: Promise
    programme: Programme
    indicator: Indicator
    decimals: int
    anchor: date  # the day the source spoke of, carried to this year
    leaves: list[Task] = field(default_factory=list)
    targets: dict[str, Target] = field(default_factory=dict)  # by task
    points: dict[str, list[tuple[date, int]] | None] = field(default_factory=dict)  # by task

    def plan(self, task: Task) -> dict[int, Fraction]:
        """The expected share per month end, from issue to the end of the year."""
        value = self.targets[task.key].value
        start = self.programme.issued_on
        steps = scaled(value, self.decimals) if value is not None else 1
        return {
            month: expected(
                self.points[task.key],
                steps,
                start,
                task.deadline,
                month_end(start.year, month),
            )
            for month in months(start, self.programme.ends_on)
        }


class Catalogue:
    """Builds the rows of one year into a sample and remembers the lines."""

    def __init__(self, sample: Sample, today: date, seed: int) -> None:
        self.sample = sample
        self.today = today
        self.seed = seed
        self.lines: list[Line] = []
        self.units: Mapping[str, Unit] = {unit.key: unit for unit in sample.units}
        self.measures: dict[str, Measure] = {}

    def add_list(self, owner: str, promises: Sequence[Promise]) -> None:
        """One published list becomes one programme of the current year."""
        programme = self._programme(owner, promises[0])
        categories: dict[str, Item] = {}
        within: dict[str, int] = {}
        for promise in promises:
            parent = categories.get(promise.category)
            if parent is None:
                number = len(categories) + 1
                parent = Item(
                    f"{programme.key}/{number}",
                    programme.key,
                    None,
                    number,
                    str(number),
                    promise.category,
                    promise.source_title,
                    PUBLISHED,
                )
                categories[promise.category] = parent
                self.sample.items.append(parent)
            within[parent.code] = seq = within.get(parent.code, 0) + 1
            self._line(programme, parent, seq, promise)

    def _programme(self, owner: str, first: Promise) -> Programme:
        year, unit = self.today.year, self.units[owner]
        issued = date(year, *ISSUED[owner])
        programme = Programme(
            key=f"programme:{owner}:{year}",
            unit_key=owner,
            year=year,
            name=f"{unit.name}{year}年民生实事",
            kind="livelihood",
            status="issued" if issued <= self.today else "draft",
            issued_on=issued,
            starts_on=issued,
            ends_on=date(year, 12, 31),
            level_labels=("大项", "小项"),
            rule_set="points-10-30",
            cut_off_day=5,
            cut_off_hour=18,
            close_after_days=5,
            source=f"{first.as_of.year}年公布的民生实事清单",
            basis=GENERATED,
        )
        self.sample.programmes.append(programme)
        return programme

    def _line(self, programme: Programme, parent: Item, seq: int, promise: Promise) -> None:
        code = f"{parent.code}.{seq}"
        source = f"{promise.source_title} {promise.source_url}".strip()
        item = Item(
            f"{programme.key}/{code}",
            programme.key,
            parent.key,
            seq,
            code,
            promise.item,
            source,
            PUBLISHED,
            # A rate is held, not built: no steps lead to it.
            KINDS.get(promise.category) if promise.accumulation == "cumulative" else None,
        )
        self.sample.items.append(item)
        if promise.lead_key:
            self.sample.leads.append(
                ItemLead(
                    f"{item.key}!{promise.lead_key}",
                    item.key,
                    promise.lead_key,
                    "lead",
                    promise.lead_dept,
                )
            )
        measure = self._measure(promise)
        summed = promise.accumulation == "cumulative"
        indicator = Indicator(
            f"{item.key}#1",
            item.key,
            promise.indicator,
            measure.key,
            promise.accumulation,
            "sum" if summed else "none",
        )
        self.sample.indicators.append(indicator)
        anchor = promise.as_of.replace(year=programme.year)
        line = Line(promise, programme, indicator, measure.decimals, anchor)
        self.lines.append(line)
        root = self._task(line, self.units[programme.unit_key], None, promise.target)
        if promise.target is not None and programme.unit_key != SHANFU:
            self._split(line, root)

    def _measure(self, promise: Promise) -> Measure:
        name = promise.unit or ("%" if promise.indicator == "形象进度" else "项")
        if name not in self.measures:
            decimals = 2 if name == "%" else promise.decimals
            measure = Measure(f"measure:{name}", name, decimals, DIMENSIONS.get(name, "count"))
            self.measures[name] = measure
            self.sample.measures.append(measure)
        return self.measures[name]

    def _task(
        self,
        line: Line,
        unit: Unit,
        parent: Task | None,
        value: Decimal | None,
        *,
        draft: bool = False,
    ) -> Task:
        programme = line.programme
        month, day = LAST_DAYS[programme.unit_key, unit.tier]
        if line.promise.item in TERM_TIME and parent is not None:
            month, day = 10, 31
        task = Task(
            key=f"{line.indicator.item_key}@{unit.key}",
            programme_key=programme.key,
            item_key=line.indicator.item_key,
            unit_key=unit.key,
            giver_key=parent.unit_key if parent else unit.key,
            parent_key=parent.key if parent else None,
            deadline=date(programme.year, month, day),
            status="draft" if draft else programme.status,
            is_leaf=not draft,
        )
        published = parent is None
        target = Target(
            f"{task.key}#1",
            task.key,
            line.indicator.key,
            line.promise.operator,
            value,
            PUBLISHED if published else GENERATED,
            self._target_note(line) if published else "按样例权重分解",
        )
        points = None
        if value is not None:
            points = self._plan(line, task, target, value)
        line.targets[task.key] = target
        line.points[task.key] = points
        if not draft:
            line.leaves.append(task)
        self.sample.tasks.append(task)
        self.sample.targets.append(target)
        return task

    def _target_note(self, line: Line) -> str:
        promise = line.promise
        said = "公布目标" if promise.target is not None else "公布时未列年度目标"
        return f"{promise.as_of.year}年{said},{promise.source_title}"

    def _plan(
        self,
        line: Line,
        task: Task,
        target: Target,
        value: Decimal,
    ) -> list[tuple[date, int]] | None:
        start, steps = line.programme.issued_on, scaled(value, line.decimals)
        points: list[tuple[date, int]] | None
        if line.promise.accumulation == "snapshot":
            # A rate is to be held in every month, not to be grown into.
            days = [month_end(start.year, m) for m in months(start, task.deadline)]
            points = [(min(day, task.deadline), steps) for day in days]
        else:
            season = "口腔" if line.promise.item in TERM_TIME else line.promise.category
            points = plan_points(season, steps, line.decimals, start, task.deadline)
        self.sample.plans.append(
            Plan(
                target.key,
                "straight" if points is None else "monthly",
                tuple((day, unscaled(reached, line.decimals)) for day, reached in points or ()),
            )
        )
        return points

    def _split(self, line: Line, parent: Task) -> None:
        """Give the parent's target to the governments beneath it, as far down as this sample goes."""
        item, owner = line.promise.item, line.programme.unit_key
        children = [
            unit
            for unit in self.sample.units
            if unit.parent_key == parent.unit_key
            and unit.kind == "government"
            and unit.name in PLACES.get(item, (unit.name,))
        ]
        value = line.targets[parent.key].value
        if value is None or not children:
            return
        draft = (parent.unit_key, item) in DRAFTS
        if line.promise.accumulation == "snapshot":
            parts = [value] * len(children)
        else:
            difference, text = UNBALANCED.get((owner, parent.unit_key, item), (Decimal(0), ""))
            if text:
                self.sample.split_notes.append(
                    SplitNote(parent.key, line.indicator.key, difference, text),
                )
            steps = shares(
                scaled(value + difference, line.decimals),
                [self._weight(line, unit) for unit in children],
            )
            parts = [unscaled(step, line.decimals) for step in steps]
        if not draft:
            line.leaves.remove(parent)
            place = self.sample.tasks.index(parent)
            self.sample.tasks[place] = replace(parent, is_leaf=False)
        for unit, part in zip(children, parts, strict=True):
            if part == 0:
                continue
            task = self._task(line, unit, parent, part, draft=draft)
            if unit.key in SPLIT_FURTHER or (unit.key, item) in DRAFTS:
                self._split(line, task)

    def _weight(self, line: Line, unit: Unit) -> int:
        if unit.tier == "county":
            weights = MOUNTAIN_WEIGHTS if line.promise.item in UPHILL else COUNTY_WEIGHTS
            return weights[unit.name]
        least = 2 if unit.name.endswith("乡") else 5
        rng = Random(f"{self.seed}:{line.indicator.key}:{unit.key}")  # noqa: S311 - a sample
        return rng.randint(least, least * 3)
