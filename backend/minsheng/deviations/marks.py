"""The mark of a figure whose case is not settled, wherever the figure is shown."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlmodel import col, select

from minsheng.deviations.models import ExternalFigure
from minsheng.deviations.pending import pending_cases
from minsheng.kernel.access import Session
from minsheng.plans.schemas import DisputeOut


def disputes(session: Session, *, programmes: Collection[UUID], targets: Collection[UUID]) -> Mapping[UUID, DisputeOut]:
    """Return the oldest case that is not settled, or not yet corrected for, of each target."""
    cases = pending_cases(session, programmes=programmes, targets=targets)
    if not cases:
        return {}
    # A case is seen by whoever sees its figure: both stand at the same unit and item.
    figures = {
        row.id: row
        for row in session.exec(
            select(ExternalFigure).where(col(ExternalFigure.id).in_({case.external_figure_id for case in cases}))
        ).all()
    }
    return {
        case.target_id: DisputeOut(
            deviation_id=case.id,
            period=case.period,
            state="uncorrected" if case.status == "settled" else case.status,  # type: ignore[arg-type]
            due_on=case.due_on if case.status == "open" else None,
            source_name=figures[case.external_figure_id].source_name,
            as_of=figures[case.external_figure_id].as_of,
            their_value=case.their_value,
        )
        # The newest first, so that the oldest stays.
        for case in reversed(cases)
    }
