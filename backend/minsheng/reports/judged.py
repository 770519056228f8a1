"""One figure of a report with all its light hangs on: judged as every board judges it, its own words included."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from minsheng.plans import aims, rules
from minsheng.plans.aimed import InForce
from minsheng.plans.lights import Judgement
from minsheng.plans.measures import Peers
from minsheng.plans.schemas import DisputeOut
from minsheng.plans.terms import Terms
from minsheng.plans.verdicts import Case, Others, assess
from minsheng.programmes.models import Indicator, Measure
from minsheng.reports.models import COUNTED, FORECAST, ReportValue
from minsheng.rule_sets.definition import RuleSet
from minsheng.targets.models import Target

Figures = list[tuple[date, Decimal, Decimal | None, Decimal | None, str]]
"""What was handed in for a target: end of the period, figure, numerator, denominator, status of the report."""


@dataclass
class Figure:
    """One target of a report with the row that carries its figure, if there is one yet.

    ``past`` is what was handed in for the target in any period; ``case`` what its light hangs on beside that.
    """

    target: Target
    indicator: Indicator
    measure: Measure
    rule_set: RuleSet
    on: date
    status: str
    row: ReportValue | None
    previous: Decimal | None
    known: Case
    past: Figures = field(default_factory=list)
    last_basis: str | None = None
    others: Others | None = None
    dispute: DisputeOut | None = None

    @property
    def terms(self) -> Terms:
        """Return the terms of the target."""
        assert self.known.terms is not None  # noqa: S101 - gathered with them
        return self.known.terms

    @cached_property
    def case(self) -> Case:
        """What the light is judged by: what counts, and what this report says where it does not count yet."""
        rows = [each for each in self.past if each[4] in COUNTED and each[0] != self.on]
        row = self.row
        # What is only expected is not done, whatever becomes of the report (R154).
        if row is not None and row.value is not None and row.state != FORECAST:
            rows.append((self.on, row.value, row.numerator, row.denominator, self.status))
        rows.sort(key=lambda each: each[0])
        newest = next((status for day, *_, status in reversed(rows) if day <= self.on), "draft")
        return replace(
            self.known,
            # What a later part of the same month says is not this period's.
            bounds=(self.on,),
            figures=tuple((day, value) for day, value, *_ in rows),
            pairs=tuple(
                (day, over, under) for day, _, over, under, _ in rows if over is not None and under is not None
            ),
            accepted=newest == "accepted",
        )

    @cached_property
    def in_force(self) -> InForce:
        """Return what is in force at the end of the period."""
        found = self.case.in_force(self.on)
        assert found is not None  # noqa: S101 - gathered with terms
        return found

    @property
    def value(self) -> Decimal | None:
        """Return the target's value in force at the end of the period."""
        return self.in_force.aim.value

    @cached_property
    def judgement(self) -> Judgement:
        """Judge the figure at the end of its period, as every board does."""
        return assess(self.rule_set, self.case, self.on, self._compared if self.others else None)

    def _compared(self, day: date) -> Peers | None:
        """Return whom the target is compared with, itself standing where this report puts it."""
        peers = self.others(day) if self.others else None
        if peers is None or day != self.on:
            return peers
        counted = [value for end, value, _, _, status in self.past if status in COUNTED and end <= day]
        zero = Decimal(0) if self.indicator.accumulation == "cumulative" else None
        before, now = (
            self.case.share(zero if figure is None else figure, day)
            for figure in (counted[-1] if counted else None, self.case.figure(day))
        )
        return peers.instead(before, now, self.known.own)

    def put(self, row: ReportValue) -> None:
        """Take the row that was just written, and judge anew when next asked."""
        self.row = row
        for kept in ("judgement", "in_force", "case"):
            self.__dict__.pop(kept, None)

    @property
    def plan_value(self) -> Decimal | None:
        """Return the cumulative figure due at the end of the period."""
        return self.plan_on(self.on)

    def plan_on(self, day: date) -> Decimal | None:
        """Return the cumulative figure due on a day, cut to the measure's decimals upwards."""
        found = self.case.in_force(day)
        assert found is not None  # noqa: S101 - gathered with terms
        aim = found.aim
        if aim.whole is None or aim.operator == "le" or aim.at_once:
            return None
        plan = aims.fit(self.case.planned(day), aim, self.terms.slices)
        exact = rules.expected_value(plan, aim.whole, day)
        scale: int = 10**self.measure.decimals
        upwards = -((-exact.numerator * scale) // exact.denominator)
        return Decimal(upwards) / Decimal(scale)
