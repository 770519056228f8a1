"""What everybody is answered about money, as the arguments of the sweep's cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.factories.money import LINE, OBLIGATION, PROJECT, RETURN, SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator

THINGS: dict[str, tuple[str, str, str | None]] = {
    # name: kind, unit, item
    "source:city": ("fund_source", "city", None),
    "source:unused": ("fund_source", "city", None),
    "line:a1": ("fund_line", "a1", "list.roads"),
    "line:second": ("fund_line", "a1", "list.roads"),
    "line:b1": ("fund_line", "b1", "list.cover"),
    "entry:a1:plan": ("ledger_entry", "a1", "list.roads"),
    "entry:second:plan": ("ledger_entry", "a1", "list.roads"),
    "entry:a1:receipt": ("ledger_entry", "a1", "list.roads"),
    "obligation:a": ("fund_obligation", "a", None),
    "project:a1": ("fund_project", "a1", "list.roads"),
    "share:a1": ("fund_share", "a1", "list.roads"),
    "freeze:a1": ("fund_freeze", "a1", "list.roads"),
    "fund_year:city": ("fund_year", "city", None),
}
"""All of them are the city's to change."""
KINDS = frozenset(kind for kind, _, _ in THINGS.values())
HEADERS = frozenset({"fund_source", "fund_year"})
"""Read from beneath too."""
READERS = frozenset({"office", "lead_department", "leader", "auditor", "integration", "finance", "payer"})
FREEZERS = frozenset({"office", "auditor"})
KEEPER = frozenset({"fund.edit", "fund.post", "fund.close"})
LISTED = {
    "listFundSources": ("fund.read", "fund_source", "/fund-sources"),
    "listFundLines": ("fund.read", "fund_line", "/fund-lines"),
    "listLedgerEntries": ("fund.read", "ledger_entry", "/ledger-entries"),
    "listFundObligations": ("fund.read", "fund_obligation", "/fund-obligations"),
    "listFundProjects": ("fund.read", "fund_project", "/fund-projects"),
    "listFundShares": ("fund.read", "fund_share", "/fund-shares"),
    "listFundFreezes": ("fund.read", "fund_freeze", "/fund-freezes"),
    "listFundYears": ("fund.read", "fund_year", "/fund-years"),
}


def reads() -> Iterator[dict[str, Any]]:
    """Return reads of one thing, and of a list's rates."""
    for operation, names in (
        ("getFundSource", ("source:city",)),
        ("getFundLine", ("line:a1", "line:b1")),
        ("getLedgerEntry", ("entry:a1:receipt",)),
        ("getFundProject", ("project:a1",)),
    ):
        for name in names:
            yield {"operation": operation, "permission": "fund.read", "path": name}
    for operation in ("getFundRates", "getFundDelays", "getFundProof"):
        for programme in ("list", "county_list"):
            query = {"programme_id": f"@{programme}"}
            yield {
                "operation": operation,
                "permission": "fund.read",
                "query": query,
                "must_see": ((programme, 404),),
            }


def writes() -> Iterator[dict[str, Any]]:
    """Return writes: the city's books are kept by the city, and frozen by whoever may."""

    def edit(operation: str, path: str, body: Any = None, allowed: int = 200, by: str = "fund.edit") -> dict[str, Any]:
        return {"operation": operation, "permission": by, "path": path, "body": body, "must_cover": (path,),
                "allowed": allowed}  # fmt: skip

    def made(operation: str, by: str, body: Any, *seen: str, allowed: int = 201) -> dict[str, Any]:
        return {"operation": operation, "permission": by, "body": body, "units": ("city",), "allowed": allowed,
                "must_see": tuple((name, 404) for name in seen)}  # fmt: skip

    named = {"name": "补助", "amount_fen": 100}
    yield made("createFundSource", "fund.edit", SOURCE | named, "list", "city")
    yield made("createFundSource", "fund.edit", SOURCE | named | {"unit_id": "@other"}, "list", "other")
    line = LINE | {"name": "公路", "purpose": "公路改造", "planned_fen": 1}
    yield made("createFundLine", "fund.edit", line, "source:city")
    yield made("createFundObligation", "fund.edit", OBLIGATION | {"amount_fen": 100}, "list", "a", "city")
    yield made("createFundProject", "fund.edit", PROJECT | {"code": "P09", "name": "公路"}, "list", "a1", "city")
    share = {"project_id": "@project:a1", "line_id": "@line:second", "amount_fen": 100}
    yield made("createFundShare", "fund.edit", share, "project:a1", "line:second")
    yield made("createLedgerEntry", "fund.post", RETURN, "line:a1")
    back = {"entry_id": "@entry:a1:receipt", "dated_on": "2026-11-02", "paper": "冲1", "reason": "录错了"}
    yield made("createLedgerReversal", "fund.post", back, "entry:a1:receipt")
    for name in ("line:a1", "line:b1"):
        yield made("createFundFreeze", "fund.freeze", {"line_id": f"@{name}", "reason": "票据不符"}, name)
    yield made("createFundYear", "fund.close", {"unit_id": "@city", "year": 2023}, "city")
    reason = {"reason": "录错了"}
    yield edit("changeFundSource", "source:city", {"name": "新名"})
    yield edit("voidFundSource", "source:unused")
    yield edit("changeFundLine", "line:a1", {"name": "新名"})
    yield edit("confirmFundLine", "line:b1", {"document_number": "号1"})
    yield edit("closeFundLine", "line:a1", allowed=409)
    yield edit("reopenFundLine", "line:a1", reason, allowed=409)
    yield edit("voidFundLine", "line:b1", reason)
    yield edit("voidFundObligation", "obligation:a")
    yield edit("changeFundShare", "share:a1", {"amount_fen": 200})
    yield edit("liftFundFreeze", "freeze:a1", reason, by="fund.freeze")
    yield edit("reopenFundYear", "fund_year:city", reason, by="fund.close")
    yield edit("closeFundYear", "fund_year:city", allowed=409, by="fund.close")
