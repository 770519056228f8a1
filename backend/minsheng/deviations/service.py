"""What is done with official figures, tolerances and verifications."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from minsheng.calendars import periods
from minsheng.deviations import cases
from minsheng.deviations.comparing import factor
from minsheng.deviations.models import Deviation, ExternalFigure, Tolerance, Verification
from minsheng.deviations.own import own_figures
from minsheng.deviations.schemas import (
    ExternalFigureIn,
    ToleranceIn,
    TolerancePatch,
    VerificationFactor,
    VerificationFactors,
    VerificationIn,
)
from minsheng.kernel import clock, quantity, rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Conflict, Duplicate, FieldError, Forbidden, WrongState, invalid
from minsheng.kernel.fields import In
from minsheng.kernel.lifecycle import ReasonIn
from minsheng.org.service import in_tree_order
from minsheng.permissions import P
from minsheng.programmes.models import Indicator, Programme
from minsheng.targets.models import Target
from minsheng.targets.upload import figure_of

RULE = "核实系数 =（核实中相差在容差之内的 + 裁定以我方为准或两数各有口径的）÷（核实的 + 裁定的）；按核实日与裁定日计入"


def convert(printed: str | float, times: Decimal) -> Decimal:
    """Return a printed figure in our own unit of measure, exactly.

    Raises:
        ValueError: it is no number, or does not fit, with the reason in words for the clerk.
    """
    read = figure_of(printed)
    if read is None:
        message = "没有数"
        raise ValueError(message)
    try:
        return quantity.from_scaled(quantity.to_scaled(read * times))
    except ValueError:
        message = f"{quantity.text(read)} × {quantity.text(times)} 超过 12 位整数或 6 位小数"
        raise ValueError(message) from None


def _given(body: In, *left_out: str) -> dict[str, Any]:
    """Return a body's fields as they are: dumped, a figure would be text."""
    return {name: getattr(body, name) for name in type(body).model_fields if name not in left_out}


def keeper_of(session: Session, unit: UUID) -> UUID:
    """Return whose office keeps a figure: the caller's own where it covers the unit, else the unit."""
    who = session.caller
    covers = who is not None and session.access.in_area(P.OFFICIAL_EDIT, who.unit_id)
    return who.unit_id if who is not None and covers else unit


def enter(session: Session, body: ExternalFigureIn) -> ExternalFigure:
    """Enter one official figure and compare it at once.

    Raises:
        NotFound: the target is not visible.
        WrongState: it is not handed down.
        Invalid: the figure is no number.
        Duplicate: the same source has given this figure for the period.
    """
    target = rows.fetch(session, Target, body.target_id)
    figure = built(session, target, body)
    session.require(figure)
    if target.status != "issued":
        message = "任务下达后才能登记上级口径的数。"
        raise WrongState(message)
    same = session.exec(
        select(ExternalFigure.id).where(
            ExternalFigure.target_id == target.id,
            ExternalFigure.period == figure.period,
            ExternalFigure.source_name == figure.source_name,
            ExternalFigure.document == figure.document,
            ExternalFigure.status == "active",
        )
    ).first()
    if same is not None:
        message = "这个来源这一期的数已经登记；改了数的，先撤下原来的。"
        raise Duplicate(message, errors=[FieldError(pointer="/source_name", code="duplicate", message=message)])
    session.add(figure)
    session.flush()
    cases.open_where_apart(session, [figure])
    session.flush()
    return figure


def built(session: Session, target: Target, body: ExternalFigureIn) -> ExternalFigure:
    """Return the row for a figure, not yet added.

    Raises:
        Invalid: the figure is no number, or does not fit.
    """
    try:
        value = convert(body.printed, body.factor)
    except ValueError as error:
        raise invalid("/printed", "figure", str(error)) from None
    return ExternalFigure(
        **_given(body, "as_of", "replaces"),
        replaces_id=body.replaces.id if body.replaces else None,
        as_of=body.as_of or periods.read(body.period).ends_on,
        value=value,
        programme_id=target.programme_id,
        item_id=target.item_id,
        indicator_id=target.indicator_id,
        unit_id=target.unit_id,
        keeper_id=keeper_of(session, target.unit_id),
    )


def choose(session: Session, figure: ExternalFigure, *, official: bool) -> None:
    """Mark a figure as the one that is official for its target and period, or take the mark back (R142).

    Without a mark our own counted figure is the official one.

    Raises:
        WrongState: it was struck.
    """
    if figure.status != "active":
        message = "已撤下的数不能作为认定数。"
        raise WrongState(message)
    if official:
        for other in session.exec(
            select(ExternalFigure).where(
                ExternalFigure.target_id == figure.target_id,
                ExternalFigure.period == figure.period,
                col(ExternalFigure.official).is_(True),
                ExternalFigure.id != figure.id,
            )
        ).all():
            other.official = False
            session.add(other)
    figure.official = official
    session.add(figure)
    session.flush()


def keeps_figure(session: Session, figure: ExternalFigure) -> None:
    """Let only the office that keeps a figure, or one above, strike it.

    Raises:
        Forbidden: the caller holds the right only below.
    """
    if not session.access.in_area(P.OFFICIAL_EDIT, figure.keeper_id):
        message = "由登记的机构或其上级撤下。"
        raise Forbidden(message)


def strike(_session: Session, row: ExternalFigure | Verification, body: ReasonIn) -> None:
    """Keep why a row was struck."""
    row.void_reason = body.reason
    if isinstance(row, ExternalFigure):
        row.official = False


def set_tolerance(session: Session, body: ToleranceIn) -> Tolerance:
    """Set how far figures of a list, or of one indicator, may lie apart.

    Raises:
        Invalid: the indicator belongs to another list.
        Duplicate: there is one already.
    """
    programme = rows.fetch(session, Programme, body.programme_id)
    row = Tolerance(**_given(body), unit_id=programme.unit_id)
    session.require(row)
    if body.indicator_id:
        indicator = session.get(Indicator, body.indicator_id)
        if indicator is None or indicator.programme_id != programme.id:
            raise invalid("/indicator_id", "unknown", "这个计划里没有这项指标")
    same = select(Tolerance.id).where(
        Tolerance.programme_id == programme.id,
        Tolerance.indicator_id == body.indicator_id if body.indicator_id else col(Tolerance.indicator_id).is_(None),
    )
    if session.exec(same).first() is not None:
        message = "已有容差，请修改原来的。"
        raise Duplicate(message, errors=[FieldError(pointer="/indicator_id", code="duplicate", message=message)])
    session.add(row)
    session.flush()
    return row


def change_tolerance(session: Session, row: Tolerance, body: TolerancePatch) -> None:
    """Change a tolerance; cases that are open stay open, figures are compared by the new one from now on."""
    for name in body.model_fields_set:
        setattr(row, name, getattr(body, name))
    session.add(row)
    session.flush()


def verify(session: Session, body: VerificationIn) -> Verification:
    """Keep what was found when a figure was checked, beside what was counted on that day.

    Raises:
        Conflict: nothing was counted by then.
        Invalid: the day lies ahead.
    """
    target = rows.fetch(session, Target, body.target_id)
    own = own_figures(session, [(target.id, body.checked_on)]).get((target.id, body.checked_on))
    allowance, _ = cases.Tolerances(session, {target.programme_id}).of(target.programme_id, target.indicator_id)
    row = Verification(
        **_given(body),
        programme_id=target.programme_id,
        item_id=target.item_id,
        unit_id=target.unit_id,
        reported_on=own.on if own else body.checked_on,
        reported_value=own.value if own else Decimal(0),
        confirmed=own is not None and allowance.agrees(own.value, body.verified_value),
        checker_id=session.caller.user_id if session.caller else None,
        checker_name=session.caller.name if session.caller else "系统",
    )
    session.require(row)
    if body.checked_on > clock.today():
        raise invalid("/checked_on", "future", "核实之日不能晚于今天")
    if own is None:
        message = "到那天还没有已计入的数可核实。"
        raise Conflict(message)
    session.add(row)
    session.flush()
    return row


def factors(session: Session, from_on: date, to_on: date, programme: UUID | None) -> VerificationFactors:
    """Count, unit by unit, what was looked at in a span of days and what of it held."""
    looked: dict[UUID, list[bool]] = {}
    settled: dict[UUID, list[bool]] = {}
    checks = select(Verification).where(
        Verification.status == "active", Verification.checked_on >= from_on, Verification.checked_on <= to_on
    )
    ended = select(Deviation).where(
        Deviation.status == "settled",
        col(Deviation.settled_at) >= clock.at(from_on, 0),
        col(Deviation.settled_at) < clock.at(to_on, 24),
    )
    if programme:
        checks, ended = (
            checks.where(Verification.programme_id == programme),
            ended.where(Deviation.programme_id == programme),
        )
    for check in session.exec(checks).all():
        looked.setdefault(check.unit_id, []).append(check.confirmed)
    for case in session.exec(ended).all():
        settled.setdefault(case.unit_id, []).append(case.outcome in {"ours", "both"})
    return VerificationFactors(
        from_on=from_on,
        to_on=to_on,
        rule=RULE,
        items=[
            _factor(unit.id, unit.name, looked.get(unit.id, ()), settled.get(unit.id, ()))
            for unit, _ in in_tree_order(session, {*looked, *settled})
        ],
    )


def _factor(unit: UUID, name: str, looked: Sequence[bool], settled: Sequence[bool]) -> VerificationFactor:
    confirmed, base = sum(looked) + sum(settled), len(looked) + len(settled)
    return VerificationFactor(
        unit_id=unit,
        unit_name=name,
        checks=len(looked),
        checks_confirmed=sum(looked),
        cases=len(settled),
        cases_confirmed=sum(settled),
        base=base,
        confirmed=confirmed,
        factor=factor(confirmed, base),
    )
