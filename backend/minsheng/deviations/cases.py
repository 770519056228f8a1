"""Cases: opened where a difference is too large, answered by the unit, settled by whoever keeps the official figure."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import col, select

from minsheng.calendars.rules import CalendarMissing
from minsheng.calendars.service import calendar_of
from minsheng.deviations.comparing import Allowance
from minsheng.deviations.models import UNSETTLED, Deviation, DeviationNote, ExternalFigure, Tolerance
from minsheng.deviations.own import Own, own_figures
from minsheng.deviations.schemas import DeviationAnswerIn, SettlementIn
from minsheng.kernel import clock
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Conflict, Forbidden, OwnWork
from minsheng.kernel.lifecycle import ReasonIn
from minsheng.permissions import P
from minsheng.reports.models import Report, Round
from minsheng.targets.models import Target, Task

ANSWER_DAYS = 5
"""Working days to answer where a list says nothing else."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Our figure beside theirs: agreed, beyond the tolerance, or none of ours to compare with."""

    own: Own | None
    allowance: Allowance
    answer_days: int
    outcome: str


class Tolerances:
    """The tolerances of some lists; an indicator's own goes before its list's."""

    def __init__(self, session: Session, programmes: Collection[UUID]) -> None:
        found = session.exec(select(Tolerance).where(col(Tolerance.programme_id).in_(set(programmes)))).all()
        self._rows = {(row.programme_id, row.indicator_id): row for row in found}

    def of(self, programme: UUID, indicator: UUID) -> tuple[Allowance, int]:
        """Return what is allowed, and the working days to answer."""
        row = self._rows.get((programme, indicator)) or self._rows.get((programme, None))
        return (Allowance(row.absolute, row.percent), row.answer_days) if row else (Allowance(), ANSWER_DAYS)


def compared(
    session: Session, figures: Sequence[ExternalFigure], pending: Collection[UUID] = ()
) -> dict[UUID, Comparison]:
    """Compare official figures with what we count for the same target up to the same day."""
    own = own_figures(session, ((each.target_id, each.as_of) for each in figures), pending)
    tolerances = Tolerances(session, {each.programme_id for each in figures})
    found = {}
    for each in figures:
        ours = own.get((each.target_id, each.as_of))
        allowance, days = tolerances.of(each.programme_id, each.indicator_id)
        outcome = "none" if ours is None else "agreed" if allowance.agrees(ours.value, each.value) else "beyond"
        found[each.id] = Comparison(ours, allowance, days, outcome)
    return found


def open_where_apart(
    session: Session, figures: Sequence[ExternalFigure], pending: Collection[UUID] = ()
) -> list[Deviation]:
    """Open a case for each figure beyond the tolerance, unless one is open or this very pair of figures was settled.

    What was settled for theirs is noted as corrected once ours has changed. A case that the session's permission does
    not cover is left to whoever accepts above.
    """
    earlier: dict[UUID, list[Deviation]] = defaultdict(list)
    for case in session.exec(
        select(Deviation).where(
            col(Deviation.external_figure_id).in_([each.id for each in figures]), Deviation.status != "void"
        )
    ).all():
        earlier[case.external_figure_id].append(case)
    comparisons = compared(session, figures, pending)
    made = []
    for figure in figures:
        comparison = comparisons[figure.id]
        own = comparison.own
        if own is None:
            continue
        for case in earlier[figure.id]:
            yields = case.status == "settled" and case.outcome == "theirs"
            corrected = case.own_value != own.value
            if yields and corrected != (case.corrected_on is not None) and session.may(session.permission, case):
                # A correction that was sent back counts no longer: the case waits for it again.
                case.corrected_on = clock.today() if corrected else None
                session.add(case)
        if comparison.outcome != "beyond" or any(
            each.status in UNSETTLED or (each.own_value, each.their_value) == (own.value, figure.value)
            for each in earlier[figure.id]
        ):
            continue
        case = Deviation(
            external_figure_id=figure.id,
            **{name: getattr(figure, name) for name in _SHARED},
            report_id=own.report_id,
            own_value=own.value,
            own_on=own.on,
            their_value=figure.value,
            missing=own.missing,
            allowed=comparison.allowance.words(),
            due_on=due(session, figure.unit_id, comparison.answer_days),
        )
        if session.may(session.permission, case):
            session.add(case)
            made.append(case)
    return made


_SHARED = ("programme_id", "item_id", "indicator_id", "target_id", "unit_id", "keeper_id", "period")


def due(session: Session, unit: UUID, days: int) -> date | None:
    """Return the day by which a unit has to answer; None in a year whose working days nobody has entered.

    A review must not fail because next year's calendar is not published yet.
    """
    try:
        return calendar_of(session, unit).add_workdays(clock.today(), days)
    except CalendarMissing:
        return None


def look_again(session: Session, report: Report, _body: object) -> None:
    """Compare again once a report counts: its own targets and the sums above it, as far as the caller sees them."""
    tasks: list[UUID] = []
    task = session.get(Task, report.task_id)
    round_ = session.get(Round, report.round_id)
    while task is not None:
        tasks.append(task.id)
        task = session.get(Task, task.parent_id) if task.parent_id else None
    figures = session.exec(
        select(ExternalFigure)
        .join(Target, col(Target.id) == col(ExternalFigure.target_id))
        .where(
            col(Target.task_id).in_(tasks),
            ExternalFigure.status == "active",
            # What a period says changes nothing up to an earlier day.
            ExternalFigure.as_of >= (round_.ends_on if round_ else date.max),
        )
    ).all()
    if figures:
        # Not yet flushed as counting: it is named to the comparison.
        open_where_apart(session, figures, [report.id])


def look_back(session: Session, report: Report, body: object) -> None:
    """Compare again once what had been corrected counts again: the correction must have left first."""
    session.flush()
    look_again(session, report, body)


# Conditions of the moves


def answers_itself(session: Session, case: Deviation) -> None:
    """Let only the unit itself answer.

    Raises:
        Forbidden: the caller sits elsewhere.
    """
    if not session.access.sits(P.DEVIATION_ANSWER, case.unit_id):
        message = "由出现偏差的单位自己答复。"
        raise Forbidden(message)


def keeps_it(session: Session, case: Deviation) -> None:
    """Let only the office that keeps the official figure, or one above, judge.

    Raises:
        Forbidden: the caller holds the right only below.
    """
    if not session.access.in_area(P.DEVIATION_SETTLE, case.keeper_id):
        message = "由提出偏差的机构或其上级裁定。"
        raise Forbidden(message)


def not_own_answer(session: Session, case: Deviation) -> None:
    """Keep duties apart: who answered does not judge the answer.

    Raises:
        OwnWork: the caller answered.
    """
    if session.caller and case.status == "answered" and session.caller.user_id == case.answered_by:
        message = "本人所作的答复，须由他人裁定。"
        raise OwnWork(message)


def answered_or_overdue(_session: Session, case: Deviation) -> None:
    """Let silence be settled only when its time is over.

    Raises:
        Conflict: the unit may still answer.
    """
    if case.status == "open" and (case.due_on is None or clock.today() <= case.due_on):
        message = "还没有答复，也没有到答复期限。"
        raise Conflict(message)


def figure_is_void(session: Session, case: Deviation) -> None:
    """Let a case be struck only with its official figure.

    Raises:
        Conflict: the figure stands.
    """
    figure = session.get(ExternalFigure, case.external_figure_id)
    if figure is None or figure.status != "void":
        message = "撤下对方的数，偏差随之撤销。"
        raise Conflict(message)


# Consequences of the moves


def note(
    session: Session,
    case: Deviation,
    kind: str,
    text: str,
    happened_on: date | None = None,
    counterpart: str | None = None,
) -> DeviationNote:
    """Write a line into the log of a case."""
    line = DeviationNote(
        deviation_id=case.id,
        item_id=case.item_id,
        unit_id=case.unit_id,
        kind=kind,
        happened_on=happened_on or clock.today(),
        counterpart=counterpart,
        text=text,
        author_id=session.caller.user_id if session.caller else None,
        author_name=session.caller.name if session.caller else "系统",
    )
    session.add(line)
    return line


def take_answer(session: Session, case: Deviation, body: DeviationAnswerIn) -> None:
    """Keep what the unit answered."""
    case.cause_code, case.explanation, case.prevention = body.cause_code, body.explanation, body.prevention
    case.answered_by = session.caller.user_id if session.caller else None
    case.answered_at = clock.now()
    note(session, case, "answer", body.explanation)


def ask_again(session: Session, case: Deviation, body: ReasonIn) -> None:
    """Send the answer back: the time to answer begins anew."""
    days = Tolerances(session, {case.programme_id}).of(case.programme_id, case.indicator_id)[1]
    case.due_on = due(session, case.unit_id, days)
    note(session, case, "return" if case.outcome is None else "reopen", body.reason)
    case.outcome = case.settlement = case.settled_by = case.settled_at = case.corrected_on = None


def settle(session: Session, case: Deviation, body: SettlementIn) -> None:
    """Keep how the case ended; where theirs stands, our report is corrected by its unit, never from here."""
    case.outcome, case.settlement = body.outcome, body.reason
    case.settled_by = session.caller.user_id if session.caller else None
    case.settled_at = clock.now()
    note(session, case, "settle", body.reason)
