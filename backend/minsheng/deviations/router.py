"""Official figures, tolerances, cases and verifications over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from minsheng.deviations import cases, policy, service
from minsheng.deviations.models import Deviation, DeviationNote, ExternalFigure, Tolerance, Verification
from minsheng.deviations.policy import DEVIATION, EXTERNAL_FIGURE, VERIFICATION
from minsheng.deviations.present import (
    present_deviations,
    present_figures,
    present_tolerances,
    present_verifications,
)
from minsheng.deviations.schemas import (
    DeviationNoteIn,
    DeviationNoteOut,
    DeviationOut,
    DeviationStatus,
    ExternalFigureIn,
    ExternalFigureOut,
    ExternalFigurePatch,
    FigureStatus,
    ToleranceIn,
    ToleranceOut,
    TolerancePatch,
    VerificationFactors,
    VerificationIn,
    VerificationOut,
)
from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import IfMatch, allow
from minsheng.kernel.errors import invalid
from minsheng.kernel.fields import Day, Period
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.permissions import P

router = APIRouter(tags=["deviations"], route_class=Route)

Reading = Annotated[Session, allow(P.REPORT_READ)]
ProgrammeQuery = Annotated[UUID | None, Query(description="所属计划")]
TargetQuery = Annotated[UUID | None, Query(description="目标")]
UnitQuery = Annotated[UUID | None, Query(description="单位")]


@router.get("/external-figures", summary="上级与统计口径的数", operation_id="listExternalFigures")
def list_external_figures(
    page: Paging,
    session: Reading,
    programme_id: ProgrammeQuery = None,
    target_id: TargetQuery = None,
    unit_id: UnitQuery = None,
    period: Annotated[Period | None, Query(description="所属期")] = None,
    status: Annotated[FigureStatus | None, Query(description="状态")] = None,
) -> Page[ExternalFigureOut]:
    """Official figures of the caller's area and lines, each with ours beside it."""
    return rows.page_of(
        session,
        page,
        ExternalFigure,
        present_figures,
        programme_id=programme_id,
        target_id=target_id,
        unit_id=unit_id,
        period=period,
        status=status,
    )


@router.post("/external-figures", status_code=201, summary="登记一个上级口径的数", operation_id="createExternalFigure")
def create_external_figure(
    body: ExternalFigureIn, response: Response, session: Annotated[Session, allow(P.OFFICIAL_EDIT)]
) -> ExternalFigureOut:
    """Enter one official figure; where ours lies too far from it a case opens at once."""
    official = policy.strike_replaced(session, body)
    row = service.enter(session, body)
    if official:
        service.choose(session, row, official=True)
    rows.tag(response, row)
    return present_figures(session, [row])[0]


@router.get("/external-figures/{id}", summary="一个上级口径的数", operation_id="getExternalFigure")
def get_external_figure(id: UUID, response: Response, session: Reading) -> ExternalFigureOut:  # noqa: A002
    """Return one official figure."""
    row = rows.fetch(session, ExternalFigure, id)
    rows.tag(response, row)
    return present_figures(session, [row])[0]


@router.patch("/external-figures/{id}", summary="认定哪一个数", operation_id="changeExternalFigure")
def change_external_figure(
    id: UUID,  # noqa: A002
    body: ExternalFigurePatch,
    version: IfMatch,
    response: Response,
    session: Annotated[Session, allow(P.OFFICIAL_EDIT)],
) -> ExternalFigureOut:
    """Mark one of several figures as official for its target and period; the others are kept."""
    row = rows.hold(session, ExternalFigure, id, version)
    service.choose(session, row, official=body.official)
    rows.tag(response, row)
    return present_figures(session, [row])[0]


EXTERNAL_FIGURE.mount(router, "/external-figures", "ExternalFigure", ExternalFigureOut, present_figures)


@router.get("/tolerances", summary="偏差容差", operation_id="listTolerances")
def list_tolerances(
    page: Paging, session: Annotated[Session, allow(P.PROGRAMME_READ)], programme_id: ProgrammeQuery = None
) -> Page[ToleranceOut]:
    """How far figures may lie apart, by list and by indicator."""
    return rows.page_of(session, page, Tolerance, lambda _, found: present_tolerances(found), programme_id=programme_id)


@router.post("/tolerances", status_code=201, summary="规定容差", operation_id="createTolerance")
def create_tolerance(
    body: ToleranceIn, response: Response, session: Annotated[Session, allow(P.OFFICIAL_EDIT)]
) -> ToleranceOut:
    """Set the tolerance of a list, or of one of its indicators."""
    row = service.set_tolerance(session, body)
    rows.tag(response, row)
    return present_tolerances([row])[0]


@router.patch("/tolerances/{id}", summary="修改容差", operation_id="changeTolerance")
def change_tolerance(
    id: UUID,  # noqa: A002
    body: TolerancePatch,
    version: IfMatch,
    response: Response,
    session: Annotated[Session, allow(P.OFFICIAL_EDIT)],
) -> ToleranceOut:
    """Change a tolerance; what was opened by the earlier one stays open."""
    row = rows.hold(session, Tolerance, id, version)
    service.change_tolerance(session, row, body)
    rows.tag(response, row)
    return present_tolerances([row])[0]


@router.get("/deviations", summary="数据偏差", operation_id="listDeviations")
def list_deviations(
    page: Paging,
    session: Reading,
    programme_id: ProgrammeQuery = None,
    target_id: TargetQuery = None,
    unit_id: UnitQuery = None,
    status: Annotated[DeviationStatus | None, Query(description="状态")] = None,
) -> Page[DeviationOut]:
    """Cases of the caller's area and lines."""
    return rows.page_of(
        session,
        page,
        Deviation,
        present_deviations,
        programme_id=programme_id,
        target_id=target_id,
        unit_id=unit_id,
        status=status,
    )


@router.get("/deviations/{id}", summary="一次偏差", operation_id="getDeviation")
def get_deviation(id: UUID, response: Response, session: Reading) -> DeviationOut:  # noqa: A002
    """Return one case."""
    row = rows.fetch(session, Deviation, id)
    rows.tag(response, row)
    return present_deviations(session, [row])[0]


DEVIATION.mount(router, "/deviations", "Deviation", DeviationOut, present_deviations)


@router.get("/deviation-notes", summary="偏差的经过", operation_id="listDeviationNotes")
def list_deviation_notes(
    page: Paging, session: Reading, deviation_id: Annotated[UUID | None, Query(description="哪次偏差")] = None
) -> Page[DeviationNoteOut]:
    """What happened in a case, in order: contacts upwards, answers, what was sent back, the settlement."""
    return rows.page_of(
        session,
        page,
        DeviationNote,
        lambda _, found: [DeviationNoteOut.model_validate(row) for row in found],
        deviation_id=deviation_id,
    )


@router.post("/deviation-notes", status_code=201, summary="记一次对上联系", operation_id="createDeviationNote")
def create_deviation_note(
    body: DeviationNoteIn, response: Response, session: Annotated[Session, allow(P.DEVIATION_ANSWER)]
) -> DeviationNoteOut:
    """Log a contact with whoever published the other figure."""
    case = rows.fetch(session, Deviation, body.deviation_id)
    row = cases.note(session, case, "contact", body.text, body.happened_on, body.counterpart)
    session.flush()
    rows.tag(response, row)
    return DeviationNoteOut.model_validate(row)


@router.get("/verifications", summary="核实记录", operation_id="listVerifications")
def list_verifications(
    page: Paging, session: Reading, programme_id: ProgrammeQuery = None, unit_id: UnitQuery = None
) -> Page[VerificationOut]:
    """Figures that were checked, verified beside reported."""
    return rows.page_of(session, page, Verification, present_verifications, programme_id=programme_id, unit_id=unit_id)


@router.post("/verifications", status_code=201, summary="记录核实结果", operation_id="createVerification")
def create_verification(
    body: VerificationIn, response: Response, session: Annotated[Session, allow(P.VERIFICATION_EDIT)]
) -> VerificationOut:
    """Keep a verified figure beside the one that was counted on that day."""
    row = service.verify(session, body)
    rows.tag(response, row)
    return present_verifications(session, [row])[0]


@router.get("/verifications/{id}", summary="一条核实记录", operation_id="getVerification")
def get_verification(id: UUID, response: Response, session: Reading) -> VerificationOut:  # noqa: A002
    """Return one check."""
    row = rows.fetch(session, Verification, id)
    rows.tag(response, row)
    return present_verifications(session, [row])[0]


VERIFICATION.mount(router, "/verifications", "Verification", VerificationOut, present_verifications)


@router.get("/verification-factors", summary="核实系数", operation_id="getVerificationFactors")
def verification_factors(
    session: Reading,
    from_on: Annotated[Day, Query(description="从哪天起")],
    to_on: Annotated[Day, Query(description="到哪天止（含）")],
    programme_id: ProgrammeQuery = None,
) -> VerificationFactors:
    """Return, unit by unit, the share of what was looked at that held, with its base."""
    if to_on < from_on:
        raise invalid("to_on", "before-start", "止日不能早于起日")
    return service.factors(session, from_on, to_on, programme_id)
