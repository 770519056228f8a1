"""Monthly reports of one line: the figures, their words and how far they got on their way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from random import Random

from minsheng.sample.catalogue import Line
from minsheng.sample.causes import CAUSES, FALLS, ON_PLAN, RETURNS
from minsheng.sample.figures import Leaf, cumulative, month_end, rates, scaled, unscaled, without_target
from minsheng.sample.shapes import (
    GENERATED,
    PUBLISHED,
    PublishedFigure,
    Report,
    ReportValue,
    Sample,
    Task,
    Unit,
)

BEIJING = timezone(timedelta(hours=8))
# Behind by this share of the target a report owes a cause: where the yellow light begins.
OWES_CAUSE = Fraction(1, 10)
CEILING_PCT = Decimal(100)
NOBODY = (None, None)

# Of a hundred leaf tasks: how many, and by how many thousandths of the plan they lag.
WAYS = ((67, (-40, 50)), (15, (130, 280)), (13, (420, 650)), (4, (-500, -150)), (1, (-2400, -1800)))


@dataclass(frozen=True, slots=True)
class Clock:
    """What the day means for a month's round."""

    today: date

    def due(self, month: int) -> bool:
        """Whether the round of the month has fallen due (day 5 of the next, 18:00)."""
        return self.today > month_end(self.today.year, month) + timedelta(days=5)

    def newest_due(self, month: int) -> bool:
        """Whether it is the last one that has: the one people are being chased for."""
        return self.due(month) and (month + 1 > self.today.month - 1 or not self.due(month + 1))


def lags(tasks: Sequence[Task], seed: str) -> dict[str, int]:
    """A way of working per task, in fixed proportions and random order."""
    rng = Random(f"{seed}:ways")  # noqa: S311 - a sample
    ways: list[tuple[int, int]] = []
    for share, way in WAYS:
        ways += [way] * (len(tasks) * share // 100)
    ways += [WAYS[0][1]] * (len(tasks) - len(ways))
    rng.shuffle(ways)
    return {task.key: rng.randint(*way) for task, way in zip(tasks, ways, strict=True)}


DEMO_CLERKS = frozenset({"liushi", "shanfu"})
EARLY_FROM = 10  # day of the month from which early reports lie there


class Reporting:
    """Writes the reports of lines into a sample."""

    def __init__(self, sample: Sample, today: date, seed: int, slugs: Mapping[str, str]) -> None:
        self.sample = sample
        self.clock = Clock(today)
        self.today = today
        self.seed = seed
        self.slugs = slugs
        self.units: Mapping[str, Unit] = {unit.key: unit for unit in sample.units}

    def add(self, line: Line, lag: Mapping[str, int]) -> None:
        """All rounds of one line from its issue up to the current month, whose are drafts."""
        if line.programme.status != "issued":
            return
        paths = self._paths(line, lag)
        self._published(line)
        for task in line.leaves:
            plan, known = line.plan(task), 0
            for month in range(line.programme.starts_on.month, self.today.month + 1):
                report = self._report(line, task, month, (known, paths[task.key][month]), plan)
                # After a missing report the next one continues from the last figure that was given.
                filled = report.values[0].value is not None
                known = paths[task.key][month] if filled else known
                self.sample.reports.append(report)

    # --- figures

    def _total(self, line: Line) -> int | None:
        """The known total in steps, from a printed actual or from a printed percentage."""
        promise = line.promise
        if promise.actual is not None:
            return scaled(promise.actual, line.decimals)
        if promise.printed_pct is not None and promise.target is not None:
            share = Fraction(promise.printed_pct) / 100
            return int(scaled(promise.target, line.decimals) * share)
        return None

    def _paths(self, line: Line, lag: Mapping[str, int]) -> dict[str, dict[int, int]]:
        promise, seed = line.promise, f"{self.seed}:{line.indicator.key}"
        span, anchor = range(line.programme.starts_on.month, 13), line.anchor.month
        first = line.leaves[0].key
        if promise.accumulation == "snapshot":
            if promise.target is None:
                return {first: self._lone_snapshot(line, span)}
            level = scaled(promise.actual or promise.target, line.decimals)
            keys = [task.key for task in line.leaves]
            return rates(keys, span, level, scaled(CEILING_PCT, line.decimals), anchor, seed)
        total = self._total(line)
        if promise.target is None:
            return {first: without_target(span, total or 0, anchor)}
        leaves = [
            Leaf(
                task.key,
                scaled(line.targets[task.key].value or Decimal(0), line.decimals),
                line.plan(task),
                lag[task.key],
            )
            for task in line.leaves
        ]
        return cumulative(leaves, total, anchor if total is not None else None, seed)

    def _lone_snapshot(self, line: Line, span: range) -> dict[int, int]:
        pct, anchor = line.promise.printed_pct, line.anchor.month
        if pct is None:  # printed as 已完成: one thing, done from that month on
            return {month: int(month >= anchor) for month in span}
        return without_target(span, scaled(pct, line.decimals), anchor)

    def _is_anchor(self, line: Line, month: int) -> bool:
        promise = line.promise
        return month == line.anchor.month and (promise.actual is not None or promise.printed_pct is not None)

    def _published(self, line: Line) -> None:
        promise = line.promise
        if month_end(self.today.year, line.anchor.month) >= self.today:
            return
        if promise.actual is None and promise.printed_pct is None:
            return
        self.sample.published.append(
            PublishedFigure(
                line.programme.key,
                line.indicator.key,
                f"{line.anchor:%Y-%m}",
                promise.as_of,
                promise.actual,
                promise.printed_pct,
                promise.source_title,
                promise.source_url,
                PUBLISHED,
            )
        )

    def _basis(self, line: Line, task: Task, month: int) -> tuple[str, str]:
        """A number is published only for the unit it was printed for; shares of it are made up."""
        if not self._is_anchor(line, month):
            return GENERATED, ""
        promise = line.promise
        when = f"{promise.source_title}（截至{promise.as_of.isoformat()}）"
        lone = task.parent_key is None
        own_pct = promise.accumulation == "snapshot" and promise.printed_pct is not None
        if lone and (promise.actual is not None or own_pct):
            return PUBLISHED, when
        if promise.actual is None:
            return GENERATED, f"按{when}印出的完成率{promise.printed_pct}%推算后分摊"
        how = "各单位平均数等于" if promise.accumulation == "snapshot" else "各单位合计等于"
        return GENERATED, f"{how}{when}公布数{promise.actual}{promise.unit}"

    # --- one report

    def _report(
        self,
        line: Line,
        task: Task,
        month: int,
        figures: tuple[int, int],
        plan: Mapping[int, Fraction],
    ) -> Report:
        period = f"{self.today.year}-{month:02d}"
        rng = Random(f"{self.seed}:{task.key}:{period}")  # noqa: S311 - a sample
        way = self._way(line, task, month, rng)
        snapshot = line.promise.accumulation == "snapshot"
        before, now = figures
        basis, source = self._basis(line, task, month)
        target = line.targets[task.key]
        filled = way not in {"missing", "empty"}
        fell = filled and snapshot and now < before
        value = ReportValue(
            target_key=target.key,
            previous=None if snapshot else unscaled(before, line.decimals),
            current=unscaled(now - before, line.decimals) if filled and not snapshot else None,
            value=unscaled(now, line.decimals) if filled else None,
            basis=basis,
            source_note=source if filled else "",
            fall_reason=FALLS[rng.randrange(len(FALLS))] if fell and way != "partly" else "",
        )
        cause, sentence, note = self._words(line, task, month, now, plan, rng, way)
        trail = self._trail(line, task, month, rng, way)
        return Report(
            key=f"{task.key}~{period}",
            task_key=task.key,
            period=period,
            unit_key=task.unit_key,
            returned=way == "returned",
            return_reason=RETURNS[rng.randrange(len(RETURNS))] if way == "returned" else "",
            note=note,
            cause_code=cause,
            cause_note=sentence,
            values=(value,),
            status="draft" if way == "returned" or not trail else list(trail)[-1],
            submitted_by=trail.get("submitted", NOBODY)[0],
            submitted_at=trail.get("submitted", NOBODY)[1],
            reviewed_by=trail.get("reviewed", NOBODY)[0],
            reviewed_at=trail.get("reviewed", NOBODY)[1],
            accepted_by=trail.get("accepted", NOBODY)[0],
            accepted_at=trail.get("accepted", NOBODY)[1],
        )

    def _way(self, line: Line, task: Task, month: int, rng: Random) -> str:
        """How far this report got: missing, empty, partly, returned, submitted, reviewed, accepted."""
        dice = rng.randrange(100)
        steps: tuple[tuple[int, str], ...]
        if month == self.today.month:
            # Some are early, so that a reviewer has something to do; the demo clerks have it all before them.
            early = self.slugs[task.unit_key] not in DEMO_CLERKS and self.today.day > EARLY_FROM
            steps = ((12, "partly"), (30 if early else 12, "submitted"), (100, "empty"))
            return next(way for limit, way in steps if dice < limit)
        if self._is_anchor(line, month) and line.promise.actual is not None:
            return "accepted"  # a total that was printed is made of figures that counted
        if not self.clock.due(month):
            steps = ((40, "empty"), (55, "partly"), (100, "submitted"))
        elif self.clock.newest_due(month):
            steps = ((4, "missing"), (8, "returned"), (20, "submitted"), (32, "reviewed"), (100, "accepted"))
        else:
            steps = ((100, "accepted"),)
        return next(way for limit, way in steps if dice < limit)

    def _words(
        self,
        line: Line,
        task: Task,
        month: int,
        now: int,
        plan: Mapping[int, Fraction],
        rng: Random,
        way: str,
    ) -> tuple[str, str, str]:
        """Cause code, its sentence, and the note; a draft that is not finished has none yet."""
        if way in {"missing", "empty", "partly"}:
            return "", "", ""
        target = line.targets[task.key].value
        steps = scaled(target, line.decimals) if target else 0
        if steps and plan[month] - Fraction(now, steps) >= OWES_CAUSE:
            code = list(CAUSES)[rng.randrange(len(CAUSES))]
            sentences = CAUSES[code][1]
            return code, sentences[rng.randrange(len(sentences))], ""
        if line.promise.unit == "" and line.promise.printed_pct is None and now:
            return "", "", "已完成。"
        return "", "", ON_PLAN[rng.randrange(len(ON_PLAN))]

    def _trail(
        self,
        line: Line,
        task: Task,
        month: int,
        rng: Random,
        way: str,
    ) -> dict[str, tuple[str, datetime]]:
        """Step -> who and when; a step that would lie in the future has not happened."""
        owner, unit = line.programme.unit_key, self.units[task.unit_key]
        by = {"submitted": f"{self.slugs[unit.key]}-clerk"}
        if unit.tier == "township" and self.units[owner].tier == "city":
            by["reviewed"] = f"{self.slugs[unit.parent_key or '']}-review"
        by["accepted"] = f"{self.slugs[owner]}-office"
        steps = list(by)
        if way in {"submitted", "returned"}:
            steps = steps[:1]
        elif way == "reviewed" and "reviewed" in by:
            steps = steps[:2]  # without a tier in between it is accepted at once
        elif way not in {"reviewed", "accepted"}:
            steps = []
        day = month_end(self.today.year, month) + timedelta(days=rng.randint(-3, 5))
        if day >= self.today:
            day = month_end(self.today.year, month)
        if month == self.today.month:
            day = self.today - timedelta(days=rng.randint(1, 3))
        trail: dict[str, tuple[str, datetime]] = {}
        for step in steps:
            if day >= self.today:
                break
            trail[step] = f"person:{by[step]}", self._at(day, rng)
            day += timedelta(days=rng.randint(1, 2))
        return trail

    def _at(self, day: date, rng: Random) -> datetime:
        hour, minute = rng.randint(8, 17), rng.randrange(60)
        local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=BEIJING)
        return local.astimezone(UTC)
