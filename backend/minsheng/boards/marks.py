"""A milestone may be marked for a day of a month that has closed: its lights are frozen before they could change."""

from minsheng.boards.freezing import freeze_first
from minsheng.kernel.access import Session
from minsheng.milestones.models import Milestone
from minsheng.milestones.policy import MILESTONE
from minsheng.programmes.models import Programme


def freeze_marked_first(session: Session, milestone: Milestone, _body: object = None) -> None:
    """Freeze the list of a milestone that is being marked."""
    programme = session.get(Programme, milestone.programme_id)
    if programme is not None:
        freeze_first(session, programme)


for verb in ("reach", "build", "revert"):
    MILESTONE.moves[verb].effects.insert(0, freeze_marked_first)
