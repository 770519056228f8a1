"""Completeness and settlements of rounds over HTTP, and what was reported as files."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse
from sqlmodel import col, select

from minsheng.calendars import periods
from minsheng.kernel import clock, rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import IfMatch, allow
from minsheng.kernel.errors import NotFound
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.org.models import Unit
from minsheng.org.service import in_tree_order, unit_names
from minsheng.permissions import P
from minsheng.programmes.models import Item, Programme
from minsheng.reports import as_reported, exporting, settling
from minsheng.reports.account_policy import SETTLEMENT
from minsheng.reports.account_schemas import (
    AccountOut,
    BranchHash,
    OpenItem,
    PartHash,
    RoundProgress,
    RoundSettleIn,
    RoundsProgress,
    SectionHash,
    SettlementOut,
    SettlementRow,
    Tally,
    TotalRow,
    TotalsOut,
)
from minsheng.reports.facts import rows_by_id
from minsheng.reports.granted import running
from minsheng.reports.models import Round
from minsheng.reports.settled import Piece, SettledPart, SettledSection, Settlement

router = APIRouter(tags=["rounds"], route_class=Route)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NDJSON = "application/x-ndjson"
CSV = "text/csv"
Reads = Annotated[Session, allow(P.REPORT_READ)]
Edits = Annotated[Session, allow(P.ROUND_EDIT)]
NoneMatch = Annotated[
    str | None, Header(alias="If-None-Match", max_length=200, description="上次读到的 ETag；没有变化答 304")
]

_TALLY = tuple(Tally.model_fields)


def tally(found: Counter[str]) -> Tally:
    """Return counts with their zeros."""
    return Tally(**{name: found[name] for name in _TALLY})


# Completeness


@router.get("/round-progress", summary="各填报期的进展", operation_id="getRoundProgress")
def round_progress(session: Reads, programme_id: Annotated[UUID, Query(description="计划")]) -> RoundsProgress:
    """Return every round of a list with its completeness, its running exceptions and its last settlement."""
    programme = rows.fetch(session, Programme, programme_id)
    rounds, tallies = settling.progress(session, programme)
    now = clock.now()
    granted = Counter(each.round_id for each in running(session, {each.id for each in rounds}))
    last = {
        each.round_id: each
        for each in session.exec(
            select(Settlement).where(Settlement.programme_id == programme.id).order_by(col(Settlement.edition))
        ).all()
    }
    found = []
    for each in rounds:
        signed = last.get(each.id)
        found.append(
            RoundProgress(
                **each.model_dump(exclude={"created_at", "unit_id", "programme_id", "status"}),
                state=each.state(now),  # type: ignore[arg-type]
                tally=tally(tallies[each.id]),
                exceptions=granted[each.id],
                settlement_id=signed.id if signed else None,
                settlement_version=signed.version if signed else None,
                settlement_status=signed.status if signed else None,  # type: ignore[arg-type]
                edition=signed.edition if signed else None,
                signed_name=signed.signed_name if signed else None,
                signed_at=signed.signed_at if signed else None,
            )
        )
    return RoundsProgress(programme_id=programme.id, rounds=found)


@router.get("/rounds/{id}/account", summary="结账前的清单", operation_id="getRoundAccount")
def round_account(id: UUID, session: Reads) -> AccountOut:  # noqa: A002
    """Return what a settlement would find now: completeness, and everything that stands open, by unit."""
    round_ = rows.fetch(session, Round, id)
    parts = as_reported.compose(session, round_).parts
    return AccountOut(
        round_id=round_.id,
        period=round_.period,
        tally=tally(_sum(part.tally for part in parts)),
        missing_units=[part.unit.name for part in parts if part.tally["missing"]],
        open_items=[_open_item(each, part.unit.id, part.unit.name) for part in parts for each in part.open_items],
    )


def _sum(tallies: Iterator[Counter[str]] | Sequence[Any] | Any) -> Counter[str]:  # noqa: ANN401
    found: Counter[str] = Counter()
    for each in tallies:
        found.update(each)
    return found


def _open_item(each: dict[str, Any], unit_id: UUID, name: str) -> OpenItem:
    own = {"unit_id": UUID(each["unit_id"])} if "unit_id" in each else {}
    said: dict[str, Any] = {"unit_id": unit_id, "unit_name": name} | each | own
    return OpenItem(**said)


# Settlements


def _rows(session: Session, found: Sequence[Settlement], parts: dict[UUID, list[Piece]]) -> list[dict[str, Any]]:
    hidden = {"created_at", "signed_by", "parts", "parts_sha256", "sections", "sections_sha256"}
    return [
        {
            **row.model_dump(exclude=hidden),
            "whole": _whole(row, parts[row.id]),
            "tally": tally(_sum(part.tally for part in parts[row.id])),
            "actions": SETTLEMENT.actions(session, row),
        }
        for row in found
    ]


def _whole(row: Settlement, seen: Sequence[Piece]) -> bool:
    return sum(isinstance(each, SettledPart) for each in seen) == len(row.parts)


def _sections(session: Session, row: Settlement, pieces: Sequence[Piece], names: dict[UUID, str]) -> list[SectionHash]:
    """Return the hashes by item; of what the reader leads, with those of the branches he may or may not see."""
    seen: dict[int, list[SettledSection]] = defaultdict(list)
    for each in pieces:
        if isinstance(each, SettledSection):
            seen[each.seq].append(each)
    items = rows_by_id(session, Item, {each.item_id for found in seen.values() for each in found})
    made = []
    for seq, (sha256, lines) in enumerate(row.sections, start=1):
        known = {each.place: each for each in seen[seq]}
        item = items.get(seen[seq][0].item_id) if seen[seq] else None
        made.append(
            SectionHash(
                seq=seq,
                sha256=sha256,
                rows=lines,
                item_id=item.id if item else None,
                item_code=item.code if item else None,
                item_title=item.title if item else None,
                branches=[
                    BranchHash(
                        sha256=hash_,
                        unit_id=known[place].unit_id if place in known else None,
                        unit_name=names.get(known[place].unit_id) if place in known else None,
                    )
                    for place, hash_ in enumerate(seen[seq][0].beside if seen[seq] else (), start=1)
                ],
            )
        )
    return made


def present_settlements(session: Session, found: Sequence[Settlement]) -> list[SettlementOut]:
    """Return settlements with all hashes; units are named only where the reader may see what they reported."""
    parts = settling.parts_of(session, [row.id for row in found], heavy=False)
    names = unit_names(session, {part.unit_id for each in parts.values() for part in each})
    programmes = dict(
        session.exec(
            select(Programme.id, Programme.name).where(col(Programme.id).in_({row.programme_id for row in found}))
        ).all()
    )
    made = []
    for row, shared in zip(found, _rows(session, found, parts), strict=True):
        pieces = parts[row.id]
        seen = {part.seq: part for part in pieces if isinstance(part, SettledPart)}
        # A branch holds many units: which of them stands open is said by each item itself.
        opened = [
            _open_item(each, piece.unit_id, names.get(piece.unit_id, ""))
            for piece in pieces
            for each in piece.open_items
        ]
        made.append(
            SettlementOut(
                **shared,
                programme_name=programmes.get(row.programme_id, ""),
                parts_sha256=row.parts_sha256,
                parts=[
                    PartHash(
                        seq=seq,
                        sha256=sha256,
                        rows=lines,
                        unit_id=seen[seq].unit_id if seq in seen else None,
                        unit_name=names.get(seen[seq].unit_id) if seq in seen else None,
                    )
                    for seq, (sha256, lines) in enumerate(row.parts, start=1)
                ],
                sections_sha256=row.sections_sha256,
                sections=_sections(session, row, pieces, names),
                missing_units=list(
                    dict.fromkeys(each.unit_name for each in opened if each.kind in {"missing", "returned"})
                ),
                open_items=opened,
            )
        )
    return made


@router.post("/rounds/{id}/settle", summary="结账", operation_id="settleRound")
def settle_round(id: UUID, body: RoundSettleIn, version: IfMatch, response: Response, session: Edits) -> SettlementOut:  # noqa: A002
    """Settle a closed round: what was reported is frozen and hashed, open items are listed, the caller signs."""
    round_ = rows.hold(session, Round, id, version)
    row = settling.settle(session, round_, body)
    rows.tag(response, row)
    return present_settlements(session, [row])[0]


@router.get("/settlements", summary="结账与报送快照", operation_id="listSettlements")
def list_settlements(
    page: Paging,
    session: Reads,
    programme_id: Annotated[UUID | None, Query(description="所属计划")] = None,
    round_id: Annotated[UUID | None, Query(description="填报期")] = None,
) -> Page[SettlementRow]:
    """Return every edition of every settled round, with its hash and its completeness."""
    statement = select(Settlement)
    if programme_id:
        statement = statement.where(Settlement.programme_id == programme_id)
    if round_id:
        statement = statement.where(Settlement.round_id == round_id)
    found: Sequence[Settlement] = session.exec(page.apply(statement, (Settlement.id,))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda row: (row.id,))
    parts = settling.parts_of(session, [row.id for row in found], heavy=False)
    return Page(items=[SettlementRow(**each) for each in _rows(session, found, parts)], next=following)


@router.get("/settlements/{id}", summary="一次结账", operation_id="getSettlement")
def get_settlement(id: UUID, response: Response, session: Reads) -> SettlementOut:  # noqa: A002
    """Return one edition with the hashes of all its parts.

    Whoever sees every part finds in ``rows.ndjson`` the bytes of ``sha256``. Whoever sees some finds each of his parts'
    bytes, the lines of one unit, under that part's hash, and all part hashes, one a line, under ``parts_sha256``.
    A department that leads items sees their lines in whatever unit: the lines of one item in one branch hash to the
    branch's entry, the branches of an item, one a line, to the item's, and all items to ``sections_sha256``.
    """
    row = rows.fetch(session, Settlement, id)
    rows.tag(response, row)
    return present_settlements(session, [row])[0]


@router.get("/settlements/{id}/totals", summary="快照汇总", operation_id="getSettlementTotals")
def get_totals(id: UUID, session: Reads) -> TotalsOut:  # noqa: A002
    """Return the sums up the tree over a snapshot, and who is missing in each; rates are never added."""
    row = rows.fetch(session, Settlement, id)
    parts = settling.parts_of(session, [row.id])[row.id]
    sums = as_reported.totals(settling.lines_of(parts))
    # A sum over what the reader sees of a place whose other parts he may not see would be a wrong figure.
    covered = {
        (unit, indicator)
        for (unit, indicator), each in sums.items()
        if session.access.covers(P.REPORT_READ, UUID(unit), UUID(each.item))
    }
    found = []
    for unit, depth in in_tree_order(session, {UUID(place) for place, _ in covered}):
        for (key, indicator), each in sums.items():
            if key == str(unit.id) and (key, indicator) in covered:
                found.append(_total(unit, depth, indicator, each))
    return TotalsOut(settlement_id=row.id, period=row.period, rows=found)


def _total(unit: Unit, depth: int, indicator: str, each: as_reported.Total) -> TotalRow:
    return TotalRow(
        unit_id=unit.id,
        unit_name=unit.name,
        depth=depth,
        indicator_id=UUID(indicator),
        indicator=each.indicator,
        measure=each.measure,
        value=each.value,
        expected=each.expected,
        counted=each.counted,
        missing_units=each.missing,
    )


def _binary(kind: str) -> dict[int | str, dict[str, Any]]:
    return {
        200: {"content": {kind: {"schema": {"type": "string", "format": "binary"}}}},
        304: {"description": "没有变化"},
    }


def _sent(session: Session, key: UUID, asked: str | None, kind: str, ending: str) -> Response:
    row = rows.fetch(session, Settlement, key)
    parts = settling.parts_of(session, [row.id])[row.id]
    if not parts:
        raise NotFound
    whole = _whole(row, parts)
    hash_ = row.sha256 if whole else as_reported.sha256("".join(settling.content_of(parts)))
    programme = session.get(Programme, row.programme_id)
    period = periods.name(row.period)
    name = f"{programme.name if programme else ''} {period} 第{row.edition}版{'' if whole else '（部分）'}"
    headers = {
        "ETag": f'"{hash_}"',
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}.{ending}",
        "Cache-Control": "private, no-cache",
        "X-Minsheng-Edition": str(row.edition),
    }
    if asked and f'"{hash_}"' in asked:
        return Response(status_code=304, headers={"ETag": headers["ETag"]})
    make = {
        "ndjson": lambda: exporting.ndjson(parts),
        "csv": lambda: exporting.table(parts),
        "xlsx": lambda: exporting.workbook(row, name, parts, settling.seal_of(session, row)),
    }
    # Read before the session closes: what is sent afterwards needs no database.
    return StreamingResponse(make[ending](), media_type=kind, headers=headers)


@router.get(
    "/settlements/{id}/rows.ndjson",
    summary="报送快照 NDJSON",
    operation_id="getSettlementLines",
    response_class=StreamingResponse,
    responses=_binary(NDJSON),
)
def get_lines(id: UUID, session: Reads, asked: NoneMatch = None) -> Response:  # noqa: A002
    """Return the lines that were hashed, of the units the reader may see; the ETag is the hash of these bytes."""
    return _sent(session, id, asked, NDJSON, "ndjson")


@router.get(
    "/settlements/{id}/rows.csv",
    summary="报送快照 CSV",
    operation_id="getSettlementTable",
    response_class=StreamingResponse,
    responses=_binary(CSV),
)
def get_table(id: UUID, session: Reads, asked: NoneMatch = None) -> Response:  # noqa: A002
    """Return the same as a table in UTF-8 with a byte order mark; the ETag is the hash of the lines."""
    return _sent(session, id, asked, CSV, "csv")


@router.get(
    "/settlements/{id}/rows.xlsx",
    summary="报送快照 .xlsx",
    operation_id="getSettlementWorkbook",
    response_class=StreamingResponse,
    responses=_binary(XLSX),
)
def get_workbook(id: UUID, session: Reads, asked: NoneMatch = None) -> Response:  # noqa: A002
    """Return the same as a workbook in which every word is text; the ETag is the hash of the lines."""
    return _sent(session, id, asked, XLSX, "xlsx")


SETTLEMENT.mount(router, "/settlements", "Settlement", SettlementOut, present_settlements)
