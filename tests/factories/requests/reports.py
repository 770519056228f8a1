"""Requests about rounds, reports, chases and files."""

from __future__ import annotations

from tests.factories.requests.shape import (
    CAME,
    HALF,
    HALF_HASH,
    QUARTERLY,
    WHOLE_HASH,
    Request,
    of,
    these,
)

REPORTS: dict[str, Request] = {
    # Cadences, rounds and reports
    "listCadences": Request("office"),
    "createCadence": Request("office", body={"programme_id": "@list", **QUARTERLY}, status=201),
    "previewCadence": Request("office", body={"programme_id": "@list", **QUARTERLY}),
    "getCadence": Request("a1-clerk", of("cadence:list")),
    "changeCadence": Request("office", of("cadence:weekly"), body={"hour": 12}),
    "startCadence": Request("office", of("cadence:weekly")),
    # Its rounds reach to the end of the list: the refusal is the usual answer.
    "completeCadence": Request("office", of("cadence:list"), status=409),
    "endCadence": Request("office", of("cadence:list")),
    "voidCadence": Request("office", of("cadence:weekly")),
    "getRoundProgress": Request("office", query={"programme_id": "@list"}),
    "getRoundAccount": Request("office", of("round:list:2026-10")),
    "settleRound": Request("office", of("round:list:2026-10")),
    "listRoundExceptions": Request("office"),
    "createRoundException": Request(
        "office",
        body={
            "round_id": "@round:list:2026-10",
            "unit_id": "@a1",
            "task_id": "@roads:a1",
            "until": "2026-12-18T10:00:00Z",
        },
        status=201,
    ),
    "getRoundException": Request("office", of("granted:b1")),
    "revokeRoundException": Request("office", of("granted:b1")),
    "listSettlements": Request("a-office"),
    "getSettlement": Request("a-office", of("settlement:a")),
    "getSettlementTotals": Request("a-office", of("settlement:a")),
    "getSettlementLines": Request("a-office", of("settlement:a")),
    "getSettlementTable": Request("a-office", of("settlement:a")),
    "getSettlementWorkbook": Request("a-office", of("settlement:a")),
    "reopenSettlement": Request("a-office", of("settlement:a")),
    "listRounds": Request("office"),
    "getRound": Request("a1-clerk", of("round:list:2026-11")),
    "changeRound": Request("office", of("round:list:2026-11"), body={"due_at": "2026-12-06T10:00:00Z"}),
    "listReports": Request("office"),
    "getReport": Request("a1-clerk", of("november:roads:a1")),
    "writeReport": Request(
        "a1-clerk",
        of("november:roads:a1"),
        body={"values": [{"target_id": "@roads:a1:target", "current": "3.5"}]},
    ),
    "writeReports": Request(
        "a1-clerk",
        body={
            "changes": [
                {
                    "report_id": "@november:roads:a1",
                    "base_version": 1,
                    "values": [{"target_id": "@roads:a1:target", "current": "3.5"}],
                }
            ]
        },
    ),
    "submitReport": Request("a1-clerk", of("november:schools:a1")),
    "recallReport": Request("a1-clerk", of("november:cover:a1")),
    "reviewReport": Request("a-reviewer", of("november:cover:a1")),
    "acceptReport": Request("office", of("november:roads:a2")),
    "returnReport": Request("a-reviewer", of("november:cover:a1")),
    "sendBackReport": Request("office", of("november:roads:a2")),
    # A report is withdrawn only after its task was split while it was under review: the refusal is the usual answer.
    "withdrawReport": Request("a-office", of("november:roads:a1"), status=409),
    # Only a correction may be given up, and only review lets one take the place of what it corrects.
    "dropReport": Request("a1-clerk", of("november:roads:a1"), status=409),
    "supersedeReport": Request("a-reviewer", of("october:roads:a1"), status=409),
    "reinstateReport": Request("office", of("october:roads:a1"), status=409),
    "correctReport": Request("a1-clerk", of("october:roads:a1"), status=409),
    "getReportVersions": Request("a1-clerk", of("october:roads:a1")),
    "getReportComparison": Request("a1-clerk", of("november:roads:a1")),
    "listReportComments": Request("a1-clerk"),
    "addReportComment": Request("a1-clerk", body={"report_id": "@november:cover:a1"}, status=201),
    "settleReportComment": Request("a1-clerk", of("remark:cover:a1")),
    "reopenReportComment": Request("a-reviewer", of("remark:cover:a1"), status=409),
    "submitReports": Request("a1-clerk", body={"rows": these("november:schools:a1")}),
    "recallReports": Request("a1-clerk", body={"rows": these("november:cover:a1")}),
    "reviewReports": Request("a-reviewer", body={"rows": these("november:cover:a1")}),
    "acceptReports": Request("office", body={"rows": these("november:roads:a2")}),
    "returnReports": Request("a-reviewer", body={"rows": these("november:cover:a1")}),
    "sendBackReports": Request("office", body={"rows": these("november:roads:a2")}),
    "getReviewDesk": Request("office", query={"programme_id": "@list", "period": "2026-11"}),
    "getEntrySheet": Request("a1-clerk"),
    "getEntryWorkbook": Request("a1-clerk", query={"period": "2026-11", "unit_id": "@a1"}),
    "uploadReports": Request("a1-clerk", query={"period": "2026-11", "unit_id": "@a1"}, text="PK", status=202),
    "commitReportUpload": Request("a1-clerk", body={"id": "@job:a1"}, status=202),
    "getReportUpload": Request("a1-clerk", of("job:a1")),
    "createLedger": Request("office", body={"programme_id": "@list", "period": "2026-11"}, status=202),
    # Slow work
    "listJobs": Request("a1-clerk"),
    "getJob": Request("a1-clerk", of("job:a1")),
    "getJobFile": Request("a1-clerk", {"id": "@job:a1", "name": "workbook"}),
    "cancelJob": Request("a1-clerk", body={"id": "@job:a1"}),
    "getWorkbench": Request("a1-clerk"),
    # Silence and chases
    "getSilence": Request("a-office"),
    "getRepeatedSilence": Request("leader"),
    "getReportingRates": Request("office"),
    "listChases": Request("office"),
    "createChase": Request("a-office", body={"round_id": "@round:list:2026-11", "unit_id": "@a_dept"}, status=201),
    "sendChases": Request("a-office", body={"targets": [{"round_id": "@round:list:2026-11", "unit_id": "@a_dept"}]}),
    "getChase": Request("a1-clerk", of("chase:a1")),
    "deliverChase": Request("b-office", of("chase:b1")),
    "failChase": Request("b-office", of("chase:b1")),
    # Only what did not arrive is sent again: the refusal is the usual answer.
    "retryChase": Request("b-office", of("chase:b1"), status=409),
    "readChase": Request("a1-clerk", of("chase:a1")),
    "listChaseRules": Request("office"),
    "createChaseRule": Request("office", body={"unit_id": "@city"}, status=201),
    "getChaseRule": Request("office", of("chase_rule:city")),
    "changeChaseRule": Request("office", of("chase_rule:city"), body={"number": 2}),
    "stopChaseRule": Request("office", of("chase_rule:city")),
    # It is on: the refusal is the usual answer.
    "restoreChaseRule": Request("office", of("chase_rule:city"), status=409),
    # Attachments
    "createUpload": Request("a1-clerk", body={"sha256": HALF_HASH, "size": len(HALF)}, status=201),
    "getUpload": Request("a1-clerk", {"sha256": HALF_HASH}),
    "appendUpload": Request(
        "a1-clerk", {"sha256": HALF_HASH}, content=HALF[CAME:], headers={"Upload-Offset": str(CAME)}
    ),
    "listAttachments": Request("office"),
    "createAttachment": Request(
        "a1-clerk", body={"report_id": "@november:schools:a1", "sha256": WHOLE_HASH}, status=201
    ),
    "uploadAttachment": Request(
        "a1-clerk",
        query={"report_id": "@november:roads:a1", "name": "记录.txt"},
        content="已开工".encode(),
        status=201,
    ),
    "getAttachment": Request("a-office", of("attachment:roads:a1")),
    "getAttachmentContent": Request("a-office", of("attachment:roads:a1")),
    # It is no picture: the refusal is the usual answer.
    "getAttachmentThumbnail": Request("a-office", of("attachment:roads:a1"), status=409),
    "voidAttachment": Request("a1-clerk", of("attachment:roads:a1")),
}
