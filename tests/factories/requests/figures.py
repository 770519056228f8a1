"""Requests about official figures, deviations, money and boards."""

from __future__ import annotations

from tests.factories import money, payment_requests
from tests.factories.requests.shape import (
    Request,
    of,
)

FIGURES: dict[str, Request] = {
    # Official figures and deviations
    "listExternalFigures": Request("office"),
    "createExternalFigure": Request("office", body={"target_id": "@roads:a2:target"}, status=201),
    "getExternalFigure": Request("b1-clerk", of("official:b1")),
    "changeExternalFigure": Request("office", of("official:b1")),
    "voidExternalFigure": Request("office", of("official:b1")),
    "inspectExternalFigures": Request("office", text="地区,数\n柳市镇,20\n"),
    "uploadExternalFigures": Request(
        "office",
        query={"mapping_id": "@mapping", "period": "2026-10", "source_name": "统计局"},
        text="地区,数\n柳市镇,20\n",
    ),
    "listFigureMappings": Request("office"),
    "createFigureMapping": Request(
        "office",
        body={
            "programme_id": "@list",
            "content": {
                "header_row": 1,
                "place": {"column": "A"},
                "values": [{"column": "B", "indicator_id": "@roads", "factor": "1"}],
            },
        },
        status=201,
    ),
    "changeFigureMapping": Request("office", of("mapping"), body={"name": "统计局月报"}),
    "listTolerances": Request("office"),
    "createTolerance": Request("office", body={"programme_id": "@list", "percent": "2"}, status=201),
    "changeTolerance": Request("a-office", of("tolerance"), body={"percent": "3"}),
    "listDeviations": Request("office"),
    "getDeviation": Request("b1-clerk", of("deviation:b1")),
    "answerDeviation": Request("b1-clerk", of("deviation:b1")),
    # Nobody has answered yet, and nothing was struck or settled: the refusal is the usual answer.
    "returnDeviation": Request("office", of("deviation:b1"), status=409),
    "settleDeviation": Request("office", of("deviation:b1"), status=409),
    "reopenDeviation": Request("office", of("deviation:b1"), status=409),
    "voidDeviation": Request("office", of("deviation:b1"), status=409),
    "listDeviationNotes": Request("office"),
    "createDeviationNote": Request("b-office", body={"deviation_id": "@deviation:b1"}, status=201),
    "listVerifications": Request("office"),
    "createVerification": Request(
        "office", body={"target_id": "@roads:a1:target", "checked_on": "2026-11-20", "verified_value": "20"}, status=201
    ),
    "getVerification": Request("b1-clerk", of("verification:b1")),
    "voidVerification": Request("office", of("verification:b1")),
    "getVerificationFactors": Request("office", query={"from_on": "2026-01-01", "to_on": "2026-12-31"}),
    **{name: Request(**given) for name, given in (money.REQUESTS | payment_requests.REQUESTS).items()},
    # Boards and feed
    "getMatrix": Request("office", query={"programme_id": "@list"}),
    "getLagList": Request("office"),
    "getLight": Request("office", query={"target_id": "@roads:a1:target"}),
    "getCurve": Request("office", query={"target_id": "@roads:a1:target"}),
    "getSummary": Request("office"),
    "getTargetDetail": Request("office", query={"target_id": "@roads:a1:target"}),
    "getTotal": Request("office", query={"item_id": "@list.roads"}),
    "getDiscrepancies": Request("office"),
    "getLightHistory": Request("office", query={"programme_id": "@list", "target_id": "@roads:a1:target"}),
    "getDispersion": Request("office", query={"programme_id": "@list"}),
    "listChanges": Request("auditor"),
    "listSealKeys": Request("a1-clerk"),
    "getLatestHead": Request("a1-clerk"),
    "getHead": Request("a1-clerk", {"size": "100"}),
    "getConsistency": Request("a1-clerk", {"size": "100"}),
    "getInclusion": Request("auditor", of("entry:roads:a1")),
}
