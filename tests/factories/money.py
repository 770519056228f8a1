"""Money in the prepared world: one request for every operation, and the rows they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.factories.world import World

SOURCE = {"programme_id": "@list", "unit_id": "@city", "kind": "fiscal", "tier": "provincial"}
LINE = {"source_id": "@source:city", "unit_id": "@a1", "item_id": "@list.roads", "code": "A09"}
OBLIGATION = {"programme_id": "@list", "unit_id": "@a", "keeper_id": "@city", "tier": "county"}
PROJECT = {"programme_id": "@list", "unit_id": "@a1", "keeper_id": "@city", "item_id": "@list.roads"}
RETURN = {"line_id": "@line:a1", "kind": "return", "fen": 100, "dated_on": "2026-11-01", "paper": "缴1"}


def _id(name: str) -> dict[str, str]:
    return {"id": f"@{name}"}


REQUESTS: dict[str, dict[str, Any]] = {
    "listFundSources": {"by": "office"},
    "createFundSource": {"by": "finance", "body": SOURCE, "status": 201},
    "getFundSource": {"by": "office", "path": _id("source:city")},
    "changeFundSource": {"by": "finance", "path": _id("source:city"), "body": {"name": "公路补助"}},
    "voidFundSource": {"by": "finance", "path": _id("source:unused")},
    "listFundLines": {"by": "office"},
    "createFundLine": {"by": "finance", "body": LINE, "status": 201},
    "getFundLine": {"by": "office", "path": _id("line:a1")},
    "changeFundLine": {"by": "finance", "path": _id("line:a1"), "body": {"name": "公路补助"}},
    "confirmFundLine": {"by": "finance", "path": _id("line:b1")},
    "closeFundLine": {"by": "finance", "path": _id("line:second")},
    # It is open, as lines mostly are: the refusal is the usual answer.
    "reopenFundLine": {"by": "finance", "path": _id("line:a1"), "status": 409},
    "voidFundLine": {"by": "finance", "path": _id("line:b1")},
    "listLedgerEntries": {"by": "auditor"},
    "createLedgerEntry": {"by": "finance", "body": RETURN, "status": 201},
    "getLedgerEntry": {"by": "auditor", "path": _id("entry:a1:receipt")},
    "createLedgerReversal": {
        "by": "finance",
        "body": {"entry_id": "@entry:a1:receipt", "dated_on": "2026-11-02", "paper": "冲1"},
        "status": 201,
    },
    "listFundObligations": {"by": "office"},
    "createFundObligation": {"by": "finance", "body": OBLIGATION, "status": 201},
    "voidFundObligation": {"by": "finance", "path": _id("obligation:a")},
    "listFundProjects": {"by": "office"},
    "createFundProject": {"by": "finance", "body": PROJECT | {"code": "P09"}, "status": 201},
    "getFundProject": {"by": "office", "path": _id("project:a1")},
    "listFundShares": {"by": "office"},
    "createFundShare": {
        "by": "finance",
        "body": {"project_id": "@project:a1", "line_id": "@line:second", "amount_fen": 100},
        "status": 201,
    },
    "changeFundShare": {"by": "finance", "path": _id("share:a1"), "body": {"amount_fen": 200}},
    "listFundFreezes": {"by": "auditor"},
    "createFundFreeze": {"by": "auditor", "body": {"line_id": "@line:a1"}, "status": 201},
    "liftFundFreeze": {"by": "office", "path": _id("freeze:a1")},
    "listFundYears": {"by": "finance"},
    "createFundYear": {"by": "finance", "body": {"unit_id": "@city", "year": 2023}, "status": 201},
    "reopenFundYear": {"by": "finance", "path": _id("fund_year:city")},
    # It is closed: the refusal is the usual answer.
    "closeFundYear": {"by": "finance", "path": _id("fund_year:city"), "status": 409},
    "getFundRates": {"by": "office", "query": {"programme_id": "@list"}},
    "getFundDelays": {"by": "office", "query": {"programme_id": "@list"}},
    "getFundProof": {"by": "auditor", "query": {"programme_id": "@list"}},
}


def prepare(call: Callable[..., Any], world: World) -> None:
    """Let the city's finance office keep books of three lines, and the auditor freeze one for a while."""

    def made(by: str, path: str, key: str, body: dict[str, Any]) -> None:
        filled = {name: str(world[value[1:]]) if str(value)[:1] == "@" else value for name, value in body.items()}
        world.ids[key] = call(by, "POST", path, filled, None).json()["id"]

    named = {"name": "农村公路补助", "amount_fen": 1_000_000}
    made("finance", "/fund-sources", "source:city", SOURCE | named)
    made("finance", "/fund-sources", "source:unused", SOURCE | named)
    purpose = {"name": "公路", "purpose": "农村公路改造"}
    made("finance", "/fund-lines", "line:a1", LINE | purpose | {"code": "A01", "planned_fen": 900_000})
    made("finance", "/fund-lines", "line:second", LINE | purpose | {"code": "A02", "planned_fen": 500})
    cover = {"code": "A03", "planned_fen": 0, "confirmed": False, "unit_id": "@b1", "item_id": "@list.cover"}
    made("finance", "/fund-lines", "line:b1", LINE | purpose | cover)
    came = {"line_id": "@line:a1", "kind": "receipt", "fen": 500_000, "dated_on": "2026-03-01", "paper": "收1"}
    made("finance", "/ledger-entries", "entry:a1:receipt", came)
    for row in call("finance", "GET", "/ledger-entries?kind=plan", None, None).json()["items"]:
        name = "a1" if row["fen"] == 900_000 else "second"
        world.ids[f"entry:{name}:plan"] = row["id"]
    made("finance", "/fund-obligations", "obligation:a", OBLIGATION | {"amount_fen": 100_000})
    made("finance", "/fund-projects", "project:a1", PROJECT | {"code": "P01", "name": "柳黄公路"})
    share = {"project_id": "@project:a1", "line_id": "@line:a1", "amount_fen": 300}
    made("finance", "/fund-shares", "share:a1", share)
    made("auditor", "/fund-freezes", "freeze:a1", {"line_id": "@line:a1", "reason": "票据不符"})
    made("finance", "/fund-years", "fund_year:city", {"unit_id": "@city", "year": 2024})
