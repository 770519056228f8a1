"""Reports, the entry sheet and the review desk over HTTP."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlalchemy import exists, not_, or_
from sqlmodel import col, func, select

from minsheng.calendars import periods
from minsheng.kernel import clock, rows
from minsheng.kernel.access import Access, Session, find
from minsheng.kernel.door import IfMatch, allow
from minsheng.kernel.errors import Conflict, FieldError, NotFound, Problem, Refusals
from minsheng.kernel.fields import Period
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.org.models import Unit
from minsheng.org.service import beneath, in_tree_order
from minsheng.permissions import P
from minsheng.programmes.models import Programme
from minsheng.programmes.service import in_catalogue_order
from minsheng.reports import rounds, service, versions
from minsheng.reports.disputes import disputed
from minsheng.reports.entries import FigureConflict
from minsheng.reports.facts import facts_of, rows_by_id
from minsheng.reports.models import Report, Round
from minsheng.reports.policy import REPORT
from minsheng.reports.present import brief, open_comments, present_reports
from minsheng.reports.rounds import reopened_now
from minsheng.reports.schemas import (
    BatchIn,
    BatchOut,
    BatchResult,
    ConflictOut,
    DeskCell,
    DeskCounts,
    DeskItem,
    DeskOut,
    DeskUnit,
    EntrySheet,
    OwedOut,
    ReportChange,
    ReportOut,
    ReportPatch,
    ReportRow,
    ReportStatus,
    WaitingOut,
    Workbench,
)
from minsheng.reports.settled import Settlement
from minsheng.rule_sets import service as rule_sets
from minsheng.rule_sets.definition import NONE
from minsheng.targets.models import Target

router = APIRouter(tags=["reports"], route_class=Route)

MOST_ROWS = 5000
"""A county with fifty townships and a hundred tasks each is the largest sheet there is."""

PeriodQuery = Annotated[Period, Query(description="填报期，如 2026-11")]


# Presenting


# Reports


@router.get("/reports", summary="报告列表", operation_id="listReports", response_model=Page[ReportRow])
def list_reports(
    page: Paging,
    session: Annotated[Session, allow(P.REPORT_READ)],
    period: Annotated[Period | None, Query(description="填报期，如 2026-11")] = None,
    programme_id: Annotated[UUID | None, Query(description="所属计划")] = None,
    item_id: Annotated[UUID | None, Query(description="所属项目")] = None,
    unit_id: Annotated[UUID | None, Query(description="填报单位")] = None,
    status: Annotated[ReportStatus | None, Query(description="状态")] = None,
    returned: Annotated[bool | None, Query(description="被退回的")] = None,
) -> Response:
    """Reports of the caller's area and lines, by month; the hot list of pulling clients goes straight to JSON."""
    names = tuple(ReportRow.model_fields)
    columns = [getattr(Report, name) for name in names]
    statement: Any = select(*columns)
    for column, value in (
        (Report.period, period),
        (Report.programme_id, programme_id),
        (Report.item_id, item_id),
        (Report.unit_id, unit_id),
        (Report.status, status),
        (Report.returned, returned),
    ):
        if value is not None:
            statement = statement.where(column == value)
    found: Sequence[Any] = session.exec(page.apply(statement, (Report.period, Report.id))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda row: (row.period, row.id))
    return rows.answer([dict(zip(names, row, strict=True)) for row in found], following)


@router.post("/reports:batch", summary="成批填报", operation_id="writeReports")
def write_reports(body: BatchIn, session: Annotated[Session, allow(P.REPORT_EDIT)]) -> BatchOut:
    """Write figures into many drafts: per-report result; a figure that somebody else changed is a conflict."""
    results = []
    refusals = Refusals()
    for index, change in enumerate(body.changes):
        try:
            with session.begin_nested():
                result = _write_one(session, change)
        except FigureConflict as conflict:
            result = _conflict(session, change, conflict)
        except Problem as problem:
            refusals.add(f"/changes/{index}", problem)
            result = _refused(session, change, problem)
        results.append(result)
    if body.mode == "atomic":
        refusals.refuse()
        conflicts = [result.model_dump(mode="json") for result in results if result.outcome == "conflict"]
        if conflicts:
            message = "有单元格已被他人修改，整批未保存。"
            raise Conflict(message, extra={"results": conflicts})
    if body.dry_run:
        session.rollback()
    return BatchOut(results=results)


def _write_one(session: Session, change: ReportChange) -> BatchResult:
    report = rows.hold(session, Report, change.report_id)
    fields = change.model_fields_set - {"report_id", "base_version"}
    _refuse_overwriting(session, report, change, fields)
    patch = ReportPatch.model_validate({name: getattr(change, name) for name in fields}, from_attributes=True)
    changed = service.write(session, report, patch)
    return BatchResult(
        report_id=report.id,
        outcome="applied" if changed else "unchanged",
        version=report.version,
        report=present_reports(session, [report])[0],
        code=None,
        detail=None,
        errors=[],
        conflicts=[],
    )


def _refuse_overwriting(session: Session, report: Report, change: ReportChange, fields: set[str]) -> None:
    """Keep words that somebody else wrote since the clerk looked; figures have their own comparison.

    Raises:
        Stale: the note or the cause would be overwritten unseen.
    """
    differing = {name for name in fields - {"values"} if getattr(report, name) != getattr(change, name)}
    if differing and change.base_version != report.version:
        problem = rows.stale(session, report, change.base_version)
        others = [each for each in (problem.extra or {})["changed"] if each["by"] != str(session.who.user_id)]
        if differing & {each["field"] for each in others}:
            raise problem


def _conflict(session: Session, change: ReportChange, conflict: FigureConflict) -> BatchResult:
    report = rows.fetch(session, Report, change.report_id)
    return BatchResult(
        report_id=report.id,
        outcome="conflict",
        version=report.version,
        report=present_reports(session, [report])[0],
        code="figure-conflict",
        detail="有数字已被他人修改，请核对。",
        errors=[],
        conflicts=[
            ConflictOut(
                target_id=each.row.target_id,
                field=each.field,  # type: ignore[arg-type]
                mine=each.mine,
                theirs=each.theirs,
                at=each.row.touched_at,
                by=each.row.touched_by,
            )
            for each in conflict.conflicts
        ],
    )


def _refused(session: Session, change: ReportChange, problem: Problem) -> BatchResult:
    now = None if isinstance(problem, NotFound) else find(session, Report, change.report_id)
    return BatchResult(
        report_id=change.report_id,
        outcome="refused",
        version=now.version if now else None,
        report=present_reports(session, [now])[0] if now else None,
        code=problem.code,
        detail=problem.detail or problem.title,
        errors=list(problem.errors)
        or [FieldError(pointer="", code=problem.code, message=problem.detail or problem.title)],
        conflicts=[],
    )


@router.get("/reports/desk", summary="审核台", operation_id="getReviewDesk")
def review_desk(
    session: Annotated[Session, allow(P.REPORT_READ)],
    programme_id: Annotated[UUID, Query(description="计划")],
    period: PeriodQuery,
    round_id: Annotated[UUID | None, Query(description="某一填报期，如报材料的；省略为报数字的")] = None,
) -> DeskOut:
    """Return one programme and month as units × items, with the state of each report and what may be done to it."""
    programme = rows.fetch(session, Programme, programme_id)
    shown = rounds.of_period(session, programme.id, period, round_id)
    reports = versions.newest(
        session.exec(select(Report).where(col(Report.round_id).in_({each.id for each in shown}))).all()
    )
    known = facts_of(session, reports)
    now = clock.now()
    locked = rounds.lock_of(session, [facts.round for facts in known.values()])
    cells = []
    counts: Counter[str] = Counter()
    for facts in known.values():
        report = facts.report
        closed = locked(report)
        overdue = report.status == "draft" and facts.round.due_at <= now and not (report.excused or report.corrects_id)
        rule_set = facts.rule_set
        light = max((each.judgement.light for each in facts.figures), key=rule_set.order.__getitem__, default=NONE)
        findings = facts.findings()
        counts.update([report.status, *(["overdue"] if overdue else []), *(["returned"] if report.returned else [])])
        cells.append(
            DeskCell(
                unit_id=report.unit_id,
                item_id=report.item_id,
                report_id=report.id,
                version=report.version,
                status=report.status,  # type: ignore[arg-type]
                returned=report.returned,
                overdue=overdue,
                light=light,
                mark=rule_sets.mark(rule_set, light),
                revision=report.revision,
                changes=len(facts.changes()),
                open_comments=open_comments(facts),
                findings=len(findings),
                explained=sum(each.said is not None for each in findings),
                dispute=next((each.dispute for each in facts.figures if each.dispute), None),
                verbs=[] if closed else [action.verb for action in REPORT.actions(session, report) if action.enabled],
            )
        )
    units = in_tree_order(session, {cell.unit_id for cell in cells})
    items = in_catalogue_order(session, {cell.item_id for cell in cells if cell.item_id})
    texts = any(cell.item_id is None for cell in cells)
    round_ = shown[-1] if shown else None
    return DeskOut(
        programme_id=programme.id,
        programme_name=programme.name,
        period=period,
        round=brief(round_, now) if round_ else None,
        units=[DeskUnit(id=unit.id, parent_id=unit.parent_id, name=unit.name, depth=depth) for unit, depth in units],
        items=[
            *([DeskItem(id=None, code="", title=(round_ and round_.title) or "")] if texts else []),
            *(DeskItem(id=item.id, code=item.code, title=item.title) for item in items),
        ],
        cells=cells,
        counts=DeskCounts(
            total=len(cells),
            draft=counts["draft"],
            submitted=counts["submitted"],
            reviewed=counts["reviewed"],
            accepted=counts["accepted"],
            returned=counts["returned"],
            overdue=counts["overdue"],
        ),
    )


@router.get("/reports/{id}", summary="一份报告", operation_id="getReport")
def get_report(id: UUID, response: Response, session: Annotated[Session, allow(P.REPORT_READ)]) -> ReportOut:  # noqa: A002
    """Return one report with its figures."""
    report = rows.fetch(session, Report, id)
    rows.tag(response, report)
    return present_reports(session, [report])[0]


@router.patch("/reports/{id}", summary="填报", operation_id="writeReport")
def write_report(
    id: UUID,  # noqa: A002
    body: ReportPatch,
    version: IfMatch,
    response: Response,
    session: Annotated[Session, allow(P.REPORT_EDIT)],
) -> ReportOut:
    """Write figures, cause and note into a draft."""
    report = rows.hold(session, Report, id, version)
    try:
        service.write(session, report, body)
    except FigureConflict:
        raise rows.stale(session, report, version) from None
    rows.tag(response, report)
    return present_reports(session, [report])[0]


REPORT.mount(router, "/reports", "Report", ReportOut, present_reports)


@router.get("/entry-sheet", summary="月度填报表", operation_id="getEntrySheet", response_model=EntrySheet)
def entry_sheet(
    session: Annotated[Session, allow(P.REPORT_READ)],
    period: Annotated[Period | None, Query(description="填报期；省略为最近一个")] = None,
    unit_id: Annotated[UUID | None, Query(description="填报单位；省略为本单位")] = None,
    below: Annotated[bool, Query(description="含下级各单位：一张表填全县")] = False,  # noqa: FBT002
) -> Response:
    """Return everything one unit, or a whole county, reports for one month over all programmes, pre-filled."""
    sheet = _sheet(session, period, unit_id, below=below)
    # Two thousand reports are put into words once, not once more by the framework.
    return Response(sheet.model_dump_json(), media_type="application/json")


def _sheet(session: Session, period: str | None, unit_id: UUID | None, *, below: bool) -> EntrySheet:
    unit = rows.fetch(session, Unit, unit_id or session.who.unit_id)
    units = beneath(session, unit) if below else {unit.id: 0}
    mine = col(Report.unit_id).in_(units)
    known = session.exec(select(Report.period).where(mine, Report.status != "void").group_by(Report.period)).all()
    offered = periods.in_order(known)
    today = clock.today()
    started = [each for each in offered if periods.read(each).starts_on <= today]
    chosen = period or (started[-1] if started else f"{today:%Y-%m}")
    reports = versions.newest(
        session.exec(
            select(Report)
            .where(mine, Report.period == chosen, Report.status != "void")
            .order_by(col(Report.id))
            .limit(MOST_ROWS)
        ).all()
    )
    items = in_catalogue_order(session, {each.item_id for each in reports if each.item_id})
    order: dict[UUID | None, int] = {item.id: place for place, item in enumerate(items, start=1)}
    reports = sorted(reports, key=lambda each: (units[each.unit_id], each.programme_id, order.get(each.item_id, 0)))
    found = present_reports(session, reports)
    return EntrySheet(
        period=chosen,
        unit_id=unit.id,
        unit_name=unit.name,
        below=below,
        periods=offered,
        prefilled=sum(each.prefill.filled for each in found),
        fields=sum(each.prefill.total for each in found),
        open_comments=sum(each.open_comments for each in found),
        rows=found,
    )


# The workbench


@router.get("/workbench", summary="工作台", operation_id="getWorkbench")
def workbench(session: Annotated[Session, allow(None)]) -> Workbench:
    """Return what the caller's unit owes, what waits for his review or acceptance, and who below is silent."""
    now = clock.now()
    access = session.access
    counted = session.exec(
        select(  # type: ignore[call-overload]
            Report.programme_id,
            Report.round_id,
            Report.unit_id,
            Report.status,
            Report.returned,
            Report.corrects_id.is_(None),  # type: ignore[union-attr]
            func.count(),
        )
        .join(Round, col(Round.id) == col(Report.round_id))
        .where(
            Report.status != "void",
            # What nobody has to report is not owed; what was handed in all the same is looked at.
            or_(col(Report.excused).is_(False), col(Report.status) != "draft"),
            Round.opens_at <= now,
            or_(col(Round.closes_at) > now, reopened_now(now)),
        )
        .group_by(
            Report.programme_id,
            Report.round_id,
            Report.unit_id,
            Report.status,
            Report.returned,
            Report.corrects_id.is_(None),  # type: ignore[union-attr]
        )
    ).all()
    rounds = rows_by_id(session, Round, {row[1] for row in counted})
    programmes = rows_by_id(session, Programme, {row[0] for row in counted})
    units = rows_by_id(session, Unit, {row[2] for row in counted})
    owing: dict[tuple[UUID, UUID], Counter[str]] = defaultdict(Counter)
    review: Tally = defaultdict(Counter)
    accept: Tally = defaultdict(Counter)
    doubted = _doubted(session, rounds)
    for programme_id, round_id, unit_id, status, returned, first, number in counted:
        tally = owing[(round_id, unit_id)]
        doubts = doubted[(round_id, unit_id, status, returned, first)]
        tally.update({status: number, "returned": number * (returned is True), f"disputed {status}": doubts})
        # A correction is work for whoever began it, but nobody is silent who has reported once.
        tally.update({"total": number, f"first {status}": number} if first else {})
        programme, unit = programmes.get(programme_id), units.get(unit_id)
        if programme is None or unit is None:
            continue
        if _reviews(access, unit) and status == "submitted":
            review[round_id].update(count=number, disputed=doubts)
        if _accepts(access, programme, unit, status):
            accept[round_id].update(count=number, disputed=doubts)
    owed, missing = [], []
    for (round_id, unit_id), tally in owing.items():
        round_, unit = rounds[round_id], units.get(unit_id)
        programme = programmes.get(round_.programme_id)
        if not tally["draft"] or unit is None or programme is None:
            continue
        entry = OwedOut(
            period=round_.period,
            title=round_.title,
            programme_id=programme.id,
            programme_name=programme.name,
            unit_id=unit_id,
            unit_name=unit.name,
            due_at=round_.due_at,
            closes_at=round_.closes_at,
            state=round_.state(now),  # type: ignore[arg-type]
            total=tally["total"],
            draft=tally["draft"],
            returned=tally["returned"],
            disputed=tally["disputed draft"],
            days_left=(clock.day_of(round_.due_at) - clock.today()).days,
        )
        if unit_id == session.who.unit_id and access.in_area(P.REPORT_EDIT, unit_id):
            owed.append(entry)
        elif round_.due_at <= now and tally["first draft"]:
            missing.append(entry)
    return Workbench(
        today=clock.today(),
        owed=sorted(owed, key=lambda each: (each.due_at, each.programme_name)),
        to_review=_waiting(review, rounds, programmes),
        to_accept=_waiting(accept, rounds, programmes),
        unreviewed=_unreviewed(session),
        missing=sorted(missing, key=lambda each: (each.due_at, each.unit_name, each.programme_name))[:500],
    )


Tally = dict[UUID, Counter[str]]
"""Reports that wait, and those of them with a figure in dispute, by round."""


def _doubted(session: Session, rounds: Mapping[UUID, Round]) -> Counter[tuple[UUID, UUID, str, bool, bool]]:
    """Count the reports of some rounds with a figure in dispute, as the workbench groups them."""
    targets = disputed(session, programmes={each.programme_id for each in rounds.values()})
    if not targets:
        return Counter()
    first = col(Report.corrects_id).is_(None)
    found = session.exec(
        select(Report.id, Report.round_id, Report.unit_id, Report.status, Report.returned, first)  # type: ignore[call-overload]
        .join(Target, col(Target.task_id) == col(Report.task_id))
        .where(col(Report.round_id).in_(rounds), col(Target.id).in_(targets))
        .distinct()
    ).all()
    return Counter(
        (round_id, unit, status, returned, bool(alone)) for _, round_id, unit, status, returned, alone in found
    )


def _reviews(access: Access, unit: Unit) -> bool:
    return unit.parent_id is not None and access.in_area(P.REPORT_REVIEW, unit.parent_id)


def _accepts(access: Access, programme: Programme, unit: Unit, status: str) -> bool:
    direct = programme.unit_id in (unit.id, unit.parent_id)
    waits = status == "reviewed" or (status == "submitted" and direct)
    return waits and access.sits(P.REPORT_ACCEPT, programme.unit_id)


def _unreviewed(session: Session) -> list[WaitingOut]:
    """Return what the caller was to look at before its round closed, until the round is settled."""
    now = clock.now()
    settled = exists(
        select(Settlement.id).where(Settlement.round_id == Report.round_id, Settlement.status == "settled")
    )
    found = session.exec(
        select(Report.programme_id, Report.round_id, Report.unit_id, func.count())
        .join(Round, col(Round.id) == col(Report.round_id))
        .where(Report.status == "submitted", Round.closes_at <= now, not_(reopened_now(now)), not_(settled))
        .group_by(col(Report.programme_id), col(Report.round_id), col(Report.unit_id))
    ).all()
    rounds = rows_by_id(session, Round, {row[1] for row in found})
    programmes = rows_by_id(session, Programme, {row[0] for row in found})
    units = rows_by_id(session, Unit, {row[2] for row in found})
    tally: Tally = defaultdict(Counter)
    for programme_id, round_id, unit_id, number in found:
        programme, unit = programmes.get(programme_id), units.get(unit_id)
        if programme is None or unit is None:
            continue
        if _reviews(session.access, unit) or session.access.sits(P.REPORT_ACCEPT, programme.unit_id):
            tally[round_id].update(count=number)
    return _waiting(tally, rounds, programmes)


def _waiting(tally: Tally, rounds: Mapping[UUID, Round], programmes: Mapping[UUID, Programme]) -> list[WaitingOut]:
    """Return what waits, by the desk it waits on: the figures of a period and list together, each text alone."""
    desks: dict[tuple[str, UUID, UUID | None], list[tuple[Round, Counter[str]]]] = defaultdict(list)
    for key, counts in tally.items():
        each = rounds[key]
        desks[(each.period, each.programme_id, key if each.content == "document" else None)].append((each, counts))
    return [
        WaitingOut(
            period=period,
            programme_id=programme,
            programme_name=programmes[programme].name,
            round_id=key,
            title=found[0][0].title,
            closes_at=min(each.closes_at for each, _ in found),
            count=sum(counts["count"] for _, counts in found),
            disputed=sum(counts["disputed"] for _, counts in found),
        )
        for (period, programme, key), found in sorted(desks.items(), key=lambda entry: (entry[0][0], str(entry[0])))
    ]
