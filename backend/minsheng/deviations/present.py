"""Official figures, cases and verifications as they are shown."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from minsheng.deviations import cases, pending
from minsheng.deviations.comparing import Allowance, percent_apart
from minsheng.deviations.models import Deviation, ExternalFigure, Tolerance, Verification
from minsheng.deviations.policy import DEVIATION, EXTERNAL_FIGURE, VERIFICATION
from minsheng.deviations.schemas import (
    DeviationOut,
    ExternalFigureOut,
    OwnBesideOut,
    ToleranceOut,
    VerificationOut,
)
from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.org.service import unit_names
from minsheng.programmes.models import Indicator, Item, Measure
from minsheng.targets.models import Target


class _Names:
    """Names of what rows hang on, in three queries for any number of rows."""

    def __init__(self, session: Session, items: set[UUID], indicators: set[UUID], units: set[UUID]) -> None:
        self.items = {row.id: row for row in session.exec(select(Item).where(col(Item.id).in_(items))).all()}
        self.indicators = {
            key: (name, measure)
            for key, name, measure in session.exec(
                select(Indicator.id, Indicator.name, Measure.name)
                .join(Measure, col(Measure.id) == col(Indicator.measure_id))
                .where(col(Indicator.id).in_(indicators))
            ).all()
        }
        self.units = unit_names(session, units)

    def called(self, item_id: UUID, indicator_id: UUID | None) -> dict[str, Any]:
        item = self.items.get(item_id)
        name, measure = self.indicators.get(indicator_id, (None, None)) if indicator_id else (None, None)
        return {
            "item_code": item.code if item else None,
            "item_title": item.title if item else None,
            "indicator_name": name,
            "measure_name": measure,
        }

    def of(self, row: ExternalFigure | Deviation) -> dict[str, Any]:
        return {
            **self.called(row.item_id, row.indicator_id),
            "unit_name": self.units.get(row.unit_id),
            "keeper_name": self.units.get(row.keeper_id),
        }


def _names(session: Session, found: Sequence[ExternalFigure] | Sequence[Deviation]) -> _Names:
    return _Names(
        session,
        {row.item_id for row in found},
        {row.indicator_id for row in found},
        {row.unit_id for row in found} | {row.keeper_id for row in found},
    )


def _beside(figure: ExternalFigure, comparison: cases.Comparison) -> OwnBesideOut:
    own = comparison.own
    return OwnBesideOut(
        outcome=comparison.outcome,  # type: ignore[arg-type]
        own_value=own.value if own else None,
        own_on=own.on if own else None,
        missing=own.missing if own else 0,
        difference=own.value - figure.value if own else None,
        percent=percent_apart(own.value, figure.value) if own else None,
        allowed=comparison.allowance.words(),
    )


def present_figures(session: Session, found: Sequence[ExternalFigure]) -> list[ExternalFigureOut]:
    """Return official figures with ours beside them."""
    names, comparisons = _names(session, found), cases.compared(session, found)
    opened = dict(
        session.exec(
            select(Deviation.external_figure_id, Deviation.id)
            .where(col(Deviation.external_figure_id).in_([row.id for row in found]))
            .order_by(col(Deviation.id))
        ).all()
    )
    return [
        ExternalFigureOut(
            **row.model_dump(),
            **names.of(row),
            compared=_beside(row, comparisons[row.id]),
            deviation_id=opened.get(row.id),
            actions=EXTERNAL_FIGURE.actions(session, row),
        )
        for row in found
    ]


def present_deviations(session: Session, found: Sequence[Deviation]) -> list[DeviationOut]:
    """Return cases with both figures as they were and as they are."""
    figures = {
        row.id: row
        for row in session.exec(
            select(ExternalFigure).where(col(ExternalFigure.id).in_({case.external_figure_id for case in found}))
        ).all()
    }
    names, comparisons = _names(session, found), cases.compared(session, list(figures.values()))
    before, corrected = pending.recurrences(session, found), pending.corrections(session, found)
    hidden = {"created_at", "answered_by", "settled_by"}
    shown = []
    for case in found:
        figure = figures[case.external_figure_id]
        shown.append(
            DeviationOut(
                **case.model_dump(exclude=hidden),
                **names.of(case),
                as_of=figure.as_of,
                source_name=figure.source_name,
                document=figure.document,
                published_on=figure.published_on,
                difference=case.own_value - case.their_value,
                percent=percent_apart(case.own_value, case.their_value),
                now=_beside(figure, comparisons[figure.id]),
                opened_on=clock.day_of(case.created_at),
                overdue=case.status == "open" and case.due_on is not None and clock.today() > case.due_on,
                recurrence=before[case.id],
                correction_id=corrected.get(case.id),
                scorable=not pending.is_pending(case),
                actions=DEVIATION.actions(session, case),
            )
        )
    return shown


def present_tolerances(found: Sequence[Tolerance]) -> list[ToleranceOut]:
    """Return tolerances with their rule in words."""
    return [
        ToleranceOut(
            **row.model_dump(exclude={"created_at", "unit_id", "status"}),
            words=Allowance(row.absolute, row.percent).words(),
        )
        for row in found
    ]


def present_verifications(session: Session, found: Sequence[Verification]) -> list[VerificationOut]:
    """Return checks with names and buttons."""
    indicators = dict(
        session.exec(
            select(Target.id, Target.indicator_id).where(col(Target.id).in_({row.target_id for row in found}))
        ).all()
    )
    names = _Names(session, {row.item_id for row in found}, set(indicators.values()), {row.unit_id for row in found})
    return [
        VerificationOut(
            **row.model_dump(exclude={"checker_id"}),
            **names.called(row.item_id, indicators.get(row.target_id)),
            unit_name=names.units.get(row.unit_id),
            actions=VERIFICATION.actions(session, row),
        )
        for row in found
    ]
