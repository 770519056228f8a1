"""One request for every operation of the contract, in the world as it stands in the middle of a month.

Bodies come from the contract's own examples; the table adds the ids that exist in the world. An operation without an
entry fails the sweeps, so a new route is swept the day it is written.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from minsheng.kernel.files import FileStore
from tests.factories import corpus, money, payment_requests
from tests.factories import world as worlds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import httpx

    from tests.factories.world import World

API = "/api/v1"
RULES = {
    "colours": [
        {"key": "green", "name": "绿灯", "glyph": "●", "meaning": "不落后", "hue": "green", "good": True},
        {"key": "red", "name": "红灯", "glyph": "■", "meaning": "落后10个百分点以上", "hue": "red", "good": False},
        {"key": "done", "name": "已完成", "glyph": "◆", "meaning": "已达到目标", "hue": "done"},
        {"key": "none", "name": "不亮灯", "glyph": "○", "meaning": "没有数", "hue": "none"},
    ],
    "dimensions": [{"bands": [{"light": "green", "high": "10"}, {"light": "red", "low": "10", "low_inclusive": True}]}],
}
"""The content of a small rule set."""
WHOLE, HALF = corpus.pdf(), b"a,b\n1,2\n"
"""What a clerk has uploaded, and what he has half uploaded."""
WHOLE_HASH, HALF_HASH = (hashlib.sha256(content).hexdigest() for content in (WHOLE, HALF))
CAME = 3
"""So many bytes of the half have come."""
QUARTERLY = {
    "every": "quarter",
    "content": "figures",
    "title": None,
    "tier": None,
    "cut_offs": [{"after": 1, "day": 8}],
    "holiday": "none",
    "from_on": None,
    "until_on": None,
}
"""The terms of a cadence."""
CHECK = {"kind": "range", "high": "1000000"}
"""A check that holds nobody up."""
VERIFIER = "v" * 43
"""The secret of the token exchange; its hash is the challenge."""
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@dataclass(frozen=True)
class Request:
    """One call of one operation.

    Attributes:
        by: who may make it.
        path: names of things in the world, or plain text, for the path's parameters.
        query: the query, ids as names.
        body: what is laid over the contract's example; ids are written ``"@name"``.
        form: a form instead of a JSON body.
        text: a CSV file instead of a JSON body.
        content: bytes instead of a JSON body, with the headers that go with them.
        headers: further headers.
        workbook: the list whose split is downloaded and sent back as the body.
        version: the ``If-Match`` version; left out, it is the present one of the thing in the path.
        status: what it is answered with.
    """

    by: str
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    form: Mapping[str, str] | None = None
    text: str | None = None
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    workbook: str | None = None
    version: int | None = None
    status: int = 200


def _id(name: str) -> dict[str, str]:
    return {"id": f"@{name}"}


def _rows(*names: str) -> list[dict[str, Any]]:
    return [{"id": f"@{name}", "version": f"#{name}"} for name in names]


REQUESTS: dict[str, Request] = {
    # Oneself
    "logIn": Request("", body={"username": "a2-clerk", "password": worlds.PASSWORD}),
    "listDemoAccounts": Request(""),
    "logOut": Request("a1-clerk", status=204),
    "logOutEverywhere": Request("a1-clerk", status=204),
    "getMe": Request("a1-clerk"),
    "changeOwnPassword": Request("a1-clerk", body={"current": worlds.PASSWORD}, status=204),
    "authorize": Request("a1-clerk", body={"code_challenge": CHALLENGE}),
    "exchangeToken": Request(
        "", form={"grant_type": "authorization_code", "client_id": "cli", "code": "$code", "code_verifier": VERIFIER}
    ),
    "revokeToken": Request("", form={"token": "unknown"}, status=204),
    # Units
    "listUnits": Request("office"),
    "createUnit": Request("admin", body={"parent_id": "@a", "code": "330382103000"}, status=201),
    "importUnits": Request(
        "admin",
        text="code,name,parent_code,kind,tier\n330382104000,芙蓉镇,330382000000,government,township\n",
    ),
    "getUnit": Request("a1-clerk", _id("a1")),
    "changeUnit": Request("admin", _id("a1"), body={"name": "柳市街道"}),
    # People
    "listUsers": Request("admin"),
    "createUser": Request("admin", body={"unit_id": "@a1"}, status=201),
    "getUser": Request("admin", _id("user:a1-clerk")),
    "changeUser": Request("admin", _id("user:a1-clerk"), body={"name": "林知远"}),
    "disableUser": Request("admin", _id("user:a1-second")),
    "enableUser": Request("admin", _id("user:disabled")),
    "resetPasswordUser": Request("admin", _id("user:a1-second")),
    "listRoles": Request("admin"),
    "createRole": Request("admin", body={"permissions": [{"permission": "report.read", "axis": "area"}]}, status=201),
    "getRole": Request("admin", _id("role:clerk")),
    "changeRole": Request("admin", _id("role:own"), body={"name": "驻村干部"}),
    "listPermissions": Request("admin"),
    "listGrants": Request("admin"),
    "createGrant": Request(
        "admin", body={"user_id": "@user:a1-clerk", "role_id": "@role:reviewer", "unit_id": "@a1"}, status=201
    ),
    "getGrant": Request("admin", _id("grant:a1-clerk")),
    "revokeGrant": Request("admin", _id("grant:a1-second")),
    # Calendar
    "getCalendar": Request("a1-clerk"),
    "getWorkday": Request("a1-clerk", query={"count": 5}),
    "listDayChanges": Request("office"),
    "createDayChange": Request(
        "a-office", body={"unit_id": "@a", "day": "2026-11-24", "kind": "holiday", "name": "台风停工"}, status=201
    ),
    "getDayChange": Request("a1-clerk", _id("day:city")),
    "voidDayChange": Request("a-office", _id("day:a")),
    "listCalendarYears": Request("office"),
    "createCalendarYear": Request(
        "a-office",
        body={"unit_id": "@a", "year": 2028, "days": [{"day": "2028-01-03", "kind": "holiday", "name": "元旦"}]},
        status=201,
    ),
    "getCalendarYear": Request("a1-clerk", _id("year:city")),
    "voidCalendarYear": Request("office", _id("year:city")),
    # Programmes
    "listProgrammes": Request("office"),
    "createProgramme": Request(
        "office", body={"unit_id": "@city", "starts_on": "2026-01-01", "ends_on": "2026-12-31"}, status=201
    ),
    "getProgramme": Request("a1-clerk", _id("list")),
    "changeProgramme": Request("office", _id("draft_list"), body={"name": "温州市2027年民生实事"}),
    "issueProgramme": Request("office", _id("draft_list"), body={"issued_on": "2026-11-20"}),
    "closeProgramme": Request("office", _id("list")),
    "changeRulesProgramme": Request("office", _id("list"), body={"rule_set": "dazu-five"}),
    # Light rules
    "listRuleSets": Request("office"),
    "createRuleSet": Request("office", body={"unit_id": "@city", "code": "new-rules", "definition": RULES}, status=201),
    "checkRuleSet": Request("office", body={"definition": RULES}),
    "getRuleSet": Request("a1-clerk", _id("rules:active")),
    "changeRuleSet": Request("office", _id("rules:draft"), body={"name": "从严亮灯"}),
    "activateRuleSet": Request("office", _id("rules:draft")),
    "retireRuleSet": Request("office", _id("rules:active")),
    "voidRuleSet": Request("office", _id("rules:draft")),
    "simulateRuleSet": Request(
        "office", body={"programme_id": "@list", "rule_set": "dazu-five", "definition": None, "dates": ["2026-10-31"]}
    ),
    # Checks
    "listCheckRules": Request("office"),
    "createCheckRule": Request("office", body={"unit_id": "@city", "definition": CHECK}, status=201),
    "tryCheckRule": Request("office", body={"unit_id": "@city", "programme_id": "@list", "definition": CHECK}),
    "getCheckHits": Request("office", query={"programme_id": "@list"}),
    "getCheckRule": Request("a1-clerk", _id("check:active")),
    "changeCheckRule": Request("office", _id("check:draft"), body={"name": "突增", "definition": CHECK}),
    "activateCheckRule": Request("office", _id("check:draft")),
    "retireCheckRule": Request("office", _id("check:active")),
    "voidCheckRule": Request("office", _id("check:draft")),
    "listExemptions": Request("office"),
    "createExemption": Request(
        "a1-clerk",
        body={"target_id": "@cover:a1:target", "starts_on": "2026-10-01", "ends_on": "2026-10-31"},
        status=201,
    ),
    "getExemption": Request("a1-clerk", _id("exemption:a1")),
    "approveExemption": Request("a-office", _id("exemption:a1")),
    "refuseExemption": Request("a-office", _id("exemption:a1")),
    "withdrawExemption": Request("a1-clerk", _id("exemption:a1")),
    "listItems": Request("office"),
    "createItem": Request("office", body={"programme_id": "@draft_list"}, status=201),
    "getItem": Request("a1-clerk", _id("list.roads")),
    "changeItem": Request("office", _id("draft_list.parks"), body={"title": "口袋公园建设"}),
    "voidItem": Request("office", _id("draft_list.parks")),
    "createIndicator": Request("office", body={"item_id": "@draft_list.parks", "measure_id": "@个"}, status=201),
    "getIndicator": Request("a1-clerk", _id("roads")),
    "changeIndicator": Request("office", _id("parks"), body={"name": "公园"}),
    "listMeasures": Request("office"),
    "createMeasure": Request("office", body={"name": "公顷"}, status=201),
    "copyProgramme": Request("office", _id("list"), body={"year": 2027}, status=201),
    "getDiff": Request("office", _id("draft_list"), query={"against": "@list"}),
    "getTally": Request("office"),
    "listItemListings": Request("office"),
    "createItemListing": Request("office", body={"programme_id": "@draft_list", "item_id": "@list.cover"}, status=201),
    "endItemListing": Request("office", _id("listing")),
    "consultProgramme": Request("office", _id("draft_list"), body={"until": "2026-11-30", "unit_ids": ["@b"]}),
    "reviseProgramme": Request("office", _id("asked_list")),
    "listInvitations": Request("a-office"),
    "listComments": Request("office"),
    "createComment": Request("a-office", body={"programme_id": "@asked_list", "unit_id": "@a"}, status=201),
    "answerComment": Request("office", _id("comment")),
    "withdrawComment": Request("a-office", _id("comment")),
    "listBaseFigures": Request("office"),
    "createBaseFigure": Request("office", body={"unit_id": "@a1"}, status=201),
    # Tasks and plans
    "suggestSplit": Request(
        "office", body={"parent_id": "@roads:city", "indicator_id": "@roads", "unit_ids": ["@a", "@b"]}
    ),
    "getSplitWorkbook": Request("office", _id("draft_list")),
    "uploadSplit": Request("office", query={"programme_id": "@draft_list"}, workbook="draft_list"),
    "listAcknowledgements": Request("office"),
    "acknowledgeAcknowledgement": Request("a1-clerk", _id("receipt:unit:roads:a1")),
    "acknowledgeAcknowledgements": Request("a1-clerk", body={"rows": _rows("receipt:unit:roads:a1")}),
    # Pledges
    "listPledges": Request("office"),
    "createPledge": Request(
        "office", body={"programme_id": "@list", "giver_id": "@city", "unit_id": "@a1"}, status=201
    ),
    "getPledge": Request("a-office", _id("pledge:a")),
    "getPledgeDocx": Request("a-office", _id("pledge:a")),
    "getPledgePdf": Request("a-office", _id("pledge:a")),
    "getPledgeStates": Request("office", _id("list")),
    "sendPledge": Request("office", _id("pledge:b")),
    "recallPledge": Request("office", _id("pledge:a")),
    "signPledge": Request("a-office", _id("pledge:a")),
    "returnPledge": Request("a-office", _id("pledge:a")),
    "countersignPledge": Request("a-office", _id("pledge:a1")),
    "voidPledge": Request("office", _id("pledge:b")),
    # A supplement lists what an adjustment changed; before that there is nothing to list.
    "supplementPledge": Request("office", _id("pledge:a"), status=409),
    "listTasks": Request("office"),
    "createTask": Request(
        "office",
        body={
            "item_id": "@draft_list.parks",
            "parent_id": "@parks:city",
            "unit_id": "@b",
            "deadline": "2026-12-31",
            "targets": [{"indicator_id": "@parks", "value": "12"}],
        },
        status=201,
    ),
    "splitTasks": Request(
        "office",
        body={"cells": [{"parent_id": "@parks:city", "unit_id": "@b", "indicator_id": "@parks", "value": "12"}]},
    ),
    "getTask": Request("a1-clerk", _id("roads:a1")),
    "changeTask": Request("office", _id("parks:a"), body={"deadline": "2026-12-30"}),
    "issueTask": Request("office", _id("roads:city_dept")),
    "voidTask": Request("office", _id("roads:city_dept")),
    "issueTasks": Request("office", body={"rows": _rows("roads:city_dept")}),
    "getSplit": Request("office", _id("list")),
    "getTaskPhases": Request("a1-clerk", _id("roads:a1")),
    "getPlan": Request("a1-clerk", _id("roads:a1:target")),
    "savePlan": Request("a-office", _id("roads:a_dept:target"), body={"kind": "straight", "points": []}, version=0),
    # Milestones
    "listMilestoneTemplates": Request("a1-clerk"),
    "createMilestoneTemplate": Request("office", body={"unit_id": "@city"}, status=201),
    "getMilestoneTemplate": Request("a1-clerk", _id("template:city")),
    "changeMilestoneTemplate": Request("office", _id("template:city"), body={"name": "校舍改造"}),
    "retireMilestoneTemplate": Request("office", _id("template:city")),
    # It is in use: the refusal is the usual answer.
    "restoreMilestoneTemplate": Request("office", _id("template:city"), status=409),
    "getMilestoneCounts": Request("office", query={"programme_id": "@list"}),
    "listMilestones": Request("office"),
    "createMilestone": Request(
        "a1-clerk", body={"task_id": "@roads:a1", "planned_on": "2026-12-20", "checks": []}, status=201
    ),
    "createMilestoneBatches": Request("a1-clerk", body={"task_id": "@roads:a1"}, status=201),
    "applyMilestoneTemplate": Request("a2-clerk", body={"task_id": "@schools:a2", "template": "subsidy"}, status=201),
    "computeSchedule": Request(
        "a1-clerk", body={"task_id": "@roads:a1", "steps": [{"key": "a", "name": "设计", "work_days": 5}]}
    ),
    "applySchedule": Request(
        "a1-clerk", body={"task_id": "@roads:a1", "steps": [{"key": "a", "name": "设计", "work_days": 5}]}
    ),
    "getMilestone": Request("a1-clerk", _id("step:roads:a1")),
    "changeMilestone": Request("a1-clerk", _id("step:roads:a1"), body={"note": "设计单位已进场"}),
    "issueMilestone": Request("a1-clerk", _id("step:schools:a1")),
    "voidMilestone": Request("a1-clerk", _id("step:schools:a1")),
    "issueMilestones": Request("a1-clerk", body={"rows": _rows("step:schools:a1")}),
    "voidMilestones": Request("a1-clerk", body={"rows": _rows("step:schools:a1")}),
    "reachMilestone": Request("a1-clerk", _id("step:roads:a1"), body={"on": "2026-11-20"}),
    "buildMilestone": Request("b1-clerk", _id("step:roads:b1"), body={"on": "2026-11-20"}),
    "passMilestone": Request("a-reviewer", _id("built:roads:a2"), body={"on": "2026-11-20"}),
    # Works are in use only after they were accepted: the refusal is the usual answer.
    "openMilestone": Request("a2-clerk", _id("built:roads:a2"), body={"on": "2026-11-20"}, status=409),
    "revertMilestone": Request("a2-clerk", _id("built:roads:a2")),
    "listMilestoneMoves": Request("office"),
    "createMilestoneMove": Request(
        "b1-clerk", body={"milestone_id": "@step:roads:b1", "to_on": "2026-12-28", "precision": "day"}, status=201
    ),
    "getMilestoneMove": Request("a1-clerk", _id("move:roads:a1")),
    "approveMilestoneMove": Request("a-office", _id("move:roads:a1")),
    "refuseMilestoneMove": Request("a-office", _id("move:roads:a1")),
    "withdrawMilestoneMove": Request("a1-clerk", _id("move:roads:a1")),
    # Changes of what was issued
    "listAdjustments": Request("office"),
    "createAdjustment": Request(
        "a2-clerk", body={"target_id": "@roads:a2:target", "new_value": "31", "effective_on": "2026-11-01"}, status=201
    ),
    "getAdjustment": Request("a1-clerk", _id("adjustment:roads:a1")),
    "approveAdjustment": Request("a-office", _id("adjustment:roads:a1"), body={"decision": "同意"}),
    "refuseAdjustment": Request("a-office", _id("adjustment:roads:a1")),
    "withdrawAdjustment": Request("a1-clerk", _id("adjustment:roads:a1")),
    "listTaskStates": Request("office"),
    "createTaskState": Request("a1-clerk", body={"task_id": "@roads:a1", "from_on": "2026-11-01"}, status=201),
    "getTaskState": Request("a2-clerk", _id("state:roads:a2")),
    "approveTaskState": Request("a-office", _id("state:roads:a2"), body={"decision": "同意"}),
    "refuseTaskState": Request("a-office", _id("state:roads:a2")),
    "withdrawTaskState": Request("a2-clerk", _id("state:roads:a2")),
    "endTaskState": Request("office", _id("state:cover:b1"), body={"until_on": "2026-11-25"}),
    # Cadences, rounds and reports
    "listCadences": Request("office"),
    "createCadence": Request("office", body={"programme_id": "@list", **QUARTERLY}, status=201),
    "previewCadence": Request("office", body={"programme_id": "@list", **QUARTERLY}),
    "getCadence": Request("a1-clerk", _id("cadence:list")),
    "changeCadence": Request("office", _id("cadence:weekly"), body={"hour": 12}),
    "startCadence": Request("office", _id("cadence:weekly")),
    # Its rounds reach to the end of the list: the refusal is the usual answer.
    "completeCadence": Request("office", _id("cadence:list"), status=409),
    "endCadence": Request("office", _id("cadence:list")),
    "voidCadence": Request("office", _id("cadence:weekly")),
    "getRoundProgress": Request("office", query={"programme_id": "@list"}),
    "getRoundAccount": Request("office", _id("round:list:2026-10")),
    "settleRound": Request("office", _id("round:list:2026-10")),
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
    "getRoundException": Request("office", _id("granted:b1")),
    "revokeRoundException": Request("office", _id("granted:b1")),
    "listSettlements": Request("a-office"),
    "getSettlement": Request("a-office", _id("settlement:a")),
    "getSettlementTotals": Request("a-office", _id("settlement:a")),
    "getSettlementLines": Request("a-office", _id("settlement:a")),
    "getSettlementTable": Request("a-office", _id("settlement:a")),
    "getSettlementWorkbook": Request("a-office", _id("settlement:a")),
    "reopenSettlement": Request("a-office", _id("settlement:a")),
    "listRounds": Request("office"),
    "getRound": Request("a1-clerk", _id("round:list:2026-11")),
    "changeRound": Request("office", _id("round:list:2026-11"), body={"due_at": "2026-12-06T10:00:00Z"}),
    "listReports": Request("office"),
    "getReport": Request("a1-clerk", _id("november:roads:a1")),
    "writeReport": Request(
        "a1-clerk",
        _id("november:roads:a1"),
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
    "submitReport": Request("a1-clerk", _id("november:schools:a1")),
    "recallReport": Request("a1-clerk", _id("november:cover:a1")),
    "reviewReport": Request("a-reviewer", _id("november:cover:a1")),
    "acceptReport": Request("office", _id("november:roads:a2")),
    "returnReport": Request("a-reviewer", _id("november:cover:a1")),
    "sendBackReport": Request("office", _id("november:roads:a2")),
    # A report is withdrawn only after its task was split while it was under review: the refusal is the usual answer.
    "withdrawReport": Request("a-office", _id("november:roads:a1"), status=409),
    # Only a correction may be given up, and only review lets one take the place of what it corrects.
    "dropReport": Request("a1-clerk", _id("november:roads:a1"), status=409),
    "supersedeReport": Request("a-reviewer", _id("october:roads:a1"), status=409),
    "correctReport": Request("a1-clerk", _id("october:roads:a1"), status=409),
    "getReportVersions": Request("a1-clerk", _id("october:roads:a1")),
    "getReportComparison": Request("a1-clerk", _id("november:roads:a1")),
    "listReportComments": Request("a1-clerk"),
    "addReportComment": Request("a1-clerk", body={"report_id": "@november:cover:a1"}, status=201),
    "settleReportComment": Request("a1-clerk", _id("remark:cover:a1")),
    "reopenReportComment": Request("a-reviewer", _id("remark:cover:a1"), status=409),
    "submitReports": Request("a1-clerk", body={"rows": _rows("november:schools:a1")}),
    "recallReports": Request("a1-clerk", body={"rows": _rows("november:cover:a1")}),
    "reviewReports": Request("a-reviewer", body={"rows": _rows("november:cover:a1")}),
    "acceptReports": Request("office", body={"rows": _rows("november:roads:a2")}),
    "returnReports": Request("a-reviewer", body={"rows": _rows("november:cover:a1")}),
    "sendBackReports": Request("office", body={"rows": _rows("november:roads:a2")}),
    "getReviewDesk": Request("office", query={"programme_id": "@list", "period": "2026-11"}),
    "getEntrySheet": Request("a1-clerk"),
    "getEntryWorkbook": Request("a1-clerk", query={"period": "2026-11", "unit_id": "@a1"}),
    "uploadReports": Request("a1-clerk", query={"period": "2026-11", "unit_id": "@a1"}, text="PK", status=202),
    "commitReportUpload": Request("a1-clerk", body={"id": "@job:a1"}, status=202),
    "getReportUpload": Request("a1-clerk", _id("job:a1")),
    "createLedger": Request("office", body={"programme_id": "@list", "period": "2026-11"}, status=202),
    # Slow work
    "getJob": Request("a1-clerk", _id("job:a1")),
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
    "getChase": Request("a1-clerk", _id("chase:a1")),
    "deliverChase": Request("b-office", _id("chase:b1")),
    "failChase": Request("b-office", _id("chase:b1")),
    # Only what did not arrive is sent again: the refusal is the usual answer.
    "retryChase": Request("b-office", _id("chase:b1"), status=409),
    "readChase": Request("a1-clerk", _id("chase:a1")),
    "listChaseRules": Request("office"),
    "createChaseRule": Request("office", body={"unit_id": "@city"}, status=201),
    "getChaseRule": Request("office", _id("chase_rule:city")),
    "changeChaseRule": Request("office", _id("chase_rule:city"), body={"number": 2}),
    "stopChaseRule": Request("office", _id("chase_rule:city")),
    # It is on: the refusal is the usual answer.
    "restoreChaseRule": Request("office", _id("chase_rule:city"), status=409),
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
    "getAttachment": Request("a-office", _id("attachment:roads:a1")),
    "getAttachmentContent": Request("a-office", _id("attachment:roads:a1")),
    # It is no picture: the refusal is the usual answer.
    "getAttachmentThumbnail": Request("a-office", _id("attachment:roads:a1"), status=409),
    "voidAttachment": Request("a1-clerk", _id("attachment:roads:a1")),
    # Official figures and deviations
    "listExternalFigures": Request("office"),
    "createExternalFigure": Request("office", body={"target_id": "@roads:a2:target"}, status=201),
    "getExternalFigure": Request("b1-clerk", _id("official:b1")),
    "changeExternalFigure": Request("office", _id("official:b1")),
    "voidExternalFigure": Request("office", _id("official:b1")),
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
    "changeFigureMapping": Request("office", _id("mapping"), body={"name": "统计局月报"}),
    "listTolerances": Request("office"),
    "createTolerance": Request("office", body={"programme_id": "@list", "percent": "2"}, status=201),
    "changeTolerance": Request("a-office", _id("tolerance"), body={"percent": "3"}),
    "listDeviations": Request("office"),
    "getDeviation": Request("b1-clerk", _id("deviation:b1")),
    "answerDeviation": Request("b1-clerk", _id("deviation:b1")),
    # Nobody has answered yet, and nothing was struck or settled: the refusal is the usual answer.
    "returnDeviation": Request("office", _id("deviation:b1"), status=409),
    "settleDeviation": Request("office", _id("deviation:b1"), status=409),
    "reopenDeviation": Request("office", _id("deviation:b1"), status=409),
    "voidDeviation": Request("office", _id("deviation:b1"), status=409),
    "listDeviationNotes": Request("office"),
    "createDeviationNote": Request("b-office", body={"deviation_id": "@deviation:b1"}, status=201),
    "listVerifications": Request("office"),
    "createVerification": Request(
        "office", body={"target_id": "@roads:a1:target", "checked_on": "2026-11-20", "verified_value": "20"}, status=201
    ),
    "getVerification": Request("b1-clerk", _id("verification:b1")),
    "voidVerification": Request("office", _id("verification:b1")),
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
}


def prepare(call: Callable[..., httpx.Response], world: World) -> None:  # noqa: C901 - one thing after the other
    """Bring the world to the middle of a month: reports in every state, drafts, a foreign list, a person disabled.

    ``call(username, method, path, body, version)`` sends one request that must succeed.
    """

    def written(unit: str, name: str, **figure: str) -> str:
        report = world[f"november:{name}"]
        body = {"values": [{"target_id": str(world[f"{name}:target"]), **figure}]}
        call(f"{unit}-clerk", "PATCH", f"/reports/{report}", body, 1)
        return f"/reports/{report}"

    written("a1", "schools:a1", value="4")
    for unit, name, figure in (("a2", "schools:a2", "6"), ("a1", "cover:a1", "96"), ("a2", "roads:a2", "30")):
        call(f"{unit}-clerk", "POST", f"{written(unit, name, value=figure)}/submit", None, 2)
    call("a-reviewer", "POST", f"/reports/{world['november:roads:a2']}/review", None, 3)

    def given(by: str, key: str, parent: str, unit: str, indicator: str, value: str) -> str:
        task = call(
            by,
            "POST",
            "/tasks",
            {
                "item_id": str(world[f"list.{indicator}"]),
                "parent_id": str(world[parent]),
                "unit_id": str(world[unit]),
                "deadline": "2026-12-31",
                "targets": [{"indicator_id": str(world[indicator]), "value": value}],
            },
            None,
        ).json()
        world.ids[key], world.ids[f"{key}:target"] = task["id"], task["targets"][0]["id"]
        return f"/tasks/{task['id']}"

    call("a-office", "POST", f"{given('a-office', 'roads:a_dept', 'roads:a', 'a_dept', 'roads', '5')}/issue", None, 1)
    given("office", "roads:city_dept", "roads:city", "city_dept", "roads", "7")
    call("office", "POST", f"{given('office', 'cover:void', 'cover:city', 'a', 'cover', '90')}/void", None, 1)

    _calendar_and_milestones(call, world)

    def asked(by: str, key: str, path: str, **body: str) -> str:
        made = call(by, "POST", path, {"reason": "用地批复未到", **body}, None).json()
        world.ids[key] = made["id"]
        return f"{path}/{made['id']}"

    adjusted = {"target_id": str(world["roads:a1:target"]), "new_value": "25", "effective_on": "2026-11-01"}
    asked("a1-clerk", "adjustment:roads:a1", "/adjustments", **adjusted)
    for by, name in (("a2-clerk", "roads:a2"), ("b1-clerk", "cover:b1")):
        held = {"task_id": str(world[name]), "kind": "suspended", "from_on": "2026-11-01"}
        path = asked(by, f"state:{name}", "/task-states", **held)
        if name == "cover:b1":
            call("office", "POST", f"{path}/approve", {}, 1)
    foreign = call(
        "outsider",
        "POST",
        "/programmes",
        {
            "unit_id": str(world["other"]),
            "year": 2026,
            "name": "台州市2026年民生实事",
            "starts_on": "2026-01-01",
            "ends_on": "2026-12-31",
        },
        None,
    ).json()
    world.ids["other_list"] = foreign["id"]
    _rules(call, world)
    role = call("admin", "POST", "/roles", {"code": "own", "name": "自定角色", "permissions": []}, None).json()
    world.ids["role:own"] = role["id"]
    person = call(
        "admin",
        "POST",
        "/users",
        {
            "username": "disabled",
            "name": "测试停用",
            "unit_id": str(world["a2"]),
            "password": worlds.PASSWORD,
        },
        None,
    ).json()
    world.ids["user:disabled"] = person["id"]
    call("admin", "POST", f"/users/{person['id']}/disable", None, 1)
    for owner, programme in (("office", "list"), ("a-office", "county_list")):
        for row in call(owner, "GET", f"/rounds?programme_id={world[programme]}&limit=100", None, None).json()["items"]:
            world.ids[f"round:{programme}:{row['period']}"] = row["id"]
        tasks = {str(key): name for name, key in world.ids.items()}
        for month, period in (("october", "2026-10"), ("november", "2026-11")):
            reports = call(
                owner, "GET", f"/reports?programme_id={world[programme]}&period={period}&limit=100", None, None
            )
            for row in reports.json()["items"]:
                world.ids.setdefault(f"{month}:{tasks[row['task_id']]}", row["id"])
    known = {str(key): name for name, key in world.ids.items()}
    for owner, programme in (("office", "list"), ("a-office", "county_list")):
        path = f"/acknowledgements?programme_id={world[programme]}&limit=100"
        for row in call(owner, "GET", path, None, None).json()["items"]:
            world.ids[f"receipt:{row['side']}:{known[row['task_id']]}"] = row["id"]
    _circulated(call, world)
    _chased(call, world)
    _closed(call, world)
    _official(call, world)
    money.prepare(call, world)
    payment_requests.prepare(call, world)


def lay_files(world: World, data_dir: Path) -> None:
    """Put the clerks' uploads and the attached content where an installation keeps them: files are in no database."""
    store = FileStore(data_dir / "files")
    shutil.rmtree(store.root, ignore_errors=True)
    note = {"media_type": "application/pdf"} | dict.fromkeys(("charset", "width", "height", "taken_at", "place"))
    kept = store.path(WHOLE_HASH)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(WHOLE)
    for user in ("a1-clerk", "b1-clerk"):
        owner = world[f"user:{user}"]
        for sha256, came, size, found in (
            (WHOLE_HASH, WHOLE, len(WHOLE), note),
            (HALF_HASH, HALF[:CAME], len(HALF), None),
        ):
            part = store.part(owner, sha256)
            part.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(came)
            part.with_suffix(".json").write_text(json.dumps({"size": size, "found": found}))


def _chased(call: Callable[..., httpx.Response], world: World) -> None:
    """Chase two townships, set rules at two tiers, and hang evidence on two reports."""
    november = str(world["round:list:2026-11"])
    for by, unit, channel in (("a-office", "a1", "system"), ("b-office", "b1", "phone")):
        body = {"round_id": november, "unit_id": str(world[unit]), "channel": channel}
        world.ids[f"chase:{unit}"] = call(by, "POST", "/chases", body, None).json()["id"]
    for by, unit in (("office", "city"), ("a-office", "a")):
        rule: dict[str, Any] = {"unit_id": str(world[unit]), "kind": "after", "number": 1}
        world.ids[f"chase_rule:{unit}"] = call(by, "POST", "/chase-rules", rule, None).json()["id"]
    for unit in ("a1", "b1"):
        body = {"report_id": str(world[f"november:roads:{unit}"]), "name": "证明.pdf", "sha256": WHOLE_HASH}
        world.ids[f"attachment:roads:{unit}"] = call(f"{unit}-clerk", "POST", "/attachments", body, None).json()["id"]


def _closed(call: Callable[..., httpx.Response], world: World) -> None:
    """Name the cadences, leave a draft of one, open a closed round again for one unit, and settle another."""
    owners = {"list": "office", "county_list": "a-office", "asked_list": "office", "other_list": "outsider"}
    for programme, owner in owners.items():
        path = f"/cadences?programme_id={world[programme]}"
        world.ids[f"cadence:{programme}"] = call(owner, "GET", path, None, None).json()["items"][0]["id"]
    weekly = {"programme_id": str(world["list"]), **QUARTERLY, "every": "week", "cut_offs": [{"after": 0, "day": 5}]}
    world.ids["cadence:weekly"] = call("office", "POST", "/cadences", weekly, None).json()["id"]
    granted = {
        "round_id": str(world["round:list:2026-10"]),
        "unit_id": str(world["b1"]),
        "until": "2026-12-18T10:00:00Z",
        "reason": "台风停电",
    }
    world.ids["granted:b1"] = call("office", "POST", "/round-exceptions", granted, None).json()["id"]
    path = f"/rounds/{world['round:county_list:2026-10']}/settle"
    world.ids["settlement:a"] = call("a-office", "POST", path, {}, 1).json()["id"]


def _official(call: Callable[..., httpx.Response], world: World) -> None:
    """An official figure that ours does not meet, a mapping, a tolerance, a contact and a check."""

    def made(by: str, path: str, key: str, **body: Any) -> None:
        world.ids[key] = call(by, "POST", path, body, None).json()["id"]

    content = {"header_row": 1, "place": {"column": "A"}}
    values = [{"column": "B", "indicator_id": str(world["roads"]), "factor": "1"}]
    made("office", "/figure-mappings", "mapping", programme_id=str(world["list"]), name="通报",
         content={**content, "values": values})  # fmt: skip
    made("a-office", "/tolerances", "tolerance", programme_id=str(world["county_list"]), percent="2")
    target = str(world["roads:b1:target"])
    made("office", "/external-figures", "official:b1", target_id=target, period="2026-10", printed="12", factor="1",
         source_name="统计局")  # fmt: skip
    (case,) = call("office", "GET", "/deviations", None, None).json()["items"]
    world.ids["deviation:b1"] = case["id"]
    made("b-office", "/deviation-notes", "contact:b1", deviation_id=case["id"], happened_on="2026-11-20",
         counterpart="统计局", text="对方答应核对")  # fmt: skip
    made("office", "/verifications", "verification:b1", target_id=target, checked_on="2026-11-20", verified_value="10",
         method="现场抽查")  # fmt: skip


def _circulated(call: Callable[..., httpx.Response], world: World) -> None:
    """Send a list round, note figures, let an item count twice, make pledges in three states."""

    def made(by: str, path: str, body: Any, name: str) -> str:
        found = call(by, "POST", path, body, None).json()["id"]
        world.ids[name] = found
        return str(found)

    span = {"starts_on": "2026-01-01", "ends_on": "2026-12-31"}
    asked = {"unit_id": str(world["city"]), "year": 2026, "name": "温州市2028年民生实事(征求意见)", **span}
    key = made("office", "/programmes", asked, "asked_list")
    made("office", "/items", {"programme_id": key, "code": "1", "title": "行道树"}, "asked_list.trees")
    body = {"until": "2026-11-30", "unit_ids": [str(world["a"])]}
    call("office", "POST", f"/programmes/{key}/consult", body, 1)
    row = call("office", "GET", f"/invitations?programme_id={key}", None, None).json()["items"][0]
    world.ids["invitation"] = row["id"]
    said = {"programme_id": key, "unit_id": str(world["a"]), "item_id": None, "text": "建议多种树"}
    made("a-office", "/comments", said, "comment")
    said = {"report_id": str(world["november:cover:a1"]), "text": "与台账差两个百分点"}
    made("a-reviewer", "/report-comments", said, "remark:cover:a1")
    listing = {"programme_id": str(world["draft_list"]), "item_id": str(world["list.roads"])}
    made("office", "/item-listings", listing, "listing")
    for unit in ("a", "b"):
        figure = {"unit_id": str(world[unit]), "kind": "常住人口", "year": 2025, "value": "80", "source": "公报"}
        made("office", "/base-figures", figure, f"figure:{unit}")

    def pledge(by: str, giver: str, unit: str) -> str:
        body = {"programme_id": str(world["list"]), "giver_id": str(world[giver]), "unit_id": str(world[unit])}
        return f"/pledges/{made(by, '/pledges', body, f'pledge:{unit}')}"

    call("office", "POST", f"{pledge('office', 'city', 'a')}/send", None, 1)
    pledge("office", "city", "b")
    town = pledge("a-office", "a", "a1")
    call("a-office", "POST", f"{town}/send", None, 1)
    call("a1-clerk", "POST", f"{town}/sign", None, 2)


def _calendar_and_milestones(call: Callable[..., httpx.Response], world: World) -> None:
    """Days that units set, a year, milestones in every state, and a move that waits for its approval."""

    def off(by: str, unit: str, day: str) -> None:
        body = {"unit_id": str(world[unit]), "day": day, "kind": "holiday", "name": "停工", "source": "台风"}
        world.ids[f"day:{unit}"] = call(by, "POST", "/day-changes", body, None).json()["id"]

    off("office", "city", "2026-12-01")
    off("a-office", "a", "2026-12-02")
    off("b-office", "b", "2026-12-03")
    holiday = {"day": "2027-01-01", "kind": "holiday", "name": "元旦"}
    year = {"unit_id": str(world["city"]), "year": 2027, "source": "通知", "days": [holiday]}
    world.ids["year:city"] = call("office", "POST", "/calendar-years", year, None).json()["id"]
    (entered,) = (
        row for row in call("office", "GET", "/day-changes", None, None).json()["items"] if row["day"] == "2027-01-01"
    )
    world.ids["day:city:2027"] = entered["id"]

    def planned(by: str, key: str, task: str, kind: str = "step", *, fixed: bool = True) -> str:
        body = {"task_id": str(world[task]), "name": "主体完成", "kind": kind, "planned_on": "2026-12-20"}
        world.ids[key] = call(by, "POST", "/milestones", body, None).json()["id"]
        if fixed:
            call(by, "POST", f"/milestones/{world[key]}/issue", None, 1)
        return f"/milestones/{world[key]}"

    for by, unit in (("office", "city"), ("a-office", "a")):
        template = {"unit_id": str(world[unit]), "kind": "works", "name": "校舍改造"}
        steps = [{"key": "works", "name": "完工", "work_days": 5}]
        row = call(by, "POST", "/milestone-templates", {**template, "steps": steps}, None).json()
        world.ids[f"template:{unit}"] = row["id"]
    for row in call("office", "GET", "/milestone-templates", None, None).json()["items"]:
        if row["unit_id"] is None:
            world.ids[f"template:{row['code']}"] = row["id"]
    planned("a1-clerk", "step:roads:a1", "roads:a1")
    planned("b1-clerk", "step:roads:b1", "roads:b1", "works")
    planned("a1-clerk", "step:schools:a1", "schools:a1", fixed=False)
    planned("office", "step:parks:a", "parks:a", fixed=False)
    built = planned("a2-clerk", "built:roads:a2", "roads:a2", "works")
    call("a2-clerk", "POST", f"{built}/build", {"on": "2026-11-10"}, 2)
    moved = {"milestone_id": str(world["step:roads:a1"]), "to_on": "2026-12-28", "reason": "台风影响"}
    world.ids["move:roads:a1"] = call("a1-clerk", "POST", "/milestone-moves", moved, None).json()["id"]


def _rules(call: Callable[..., httpx.Response], world: World) -> None:
    """Leave a draft, a rule set in use and a county's, and two justified reasons that wait for a decision."""
    for by, name, unit in (("office", "draft", "city"), ("office", "active", "city"), ("a-office", "county", "a")):
        body = {
            "unit_id": str(world[unit]),
            "code": f"rules-{name}",
            "name": "测试规则",
            "source": "测试",
            "definition": RULES,
        }
        world.ids[f"rules:{name}"] = call(by, "POST", "/rule-sets", body, None).json()["id"]
    call("office", "POST", f"/rule-sets/{world['rules:active']}/activate", None, 1)
    for row in call("office", "GET", "/rule-sets?limit=100", None, None).json()["items"]:
        if row["unit_id"] is None:
            world.ids[f"rules:{row['code']}"] = row["id"]
    for by, name, unit in (("office", "draft", "city"), ("office", "active", "city"), ("a-office", "county", "a")):
        made = {"unit_id": str(world[unit]), "name": "测试核对", "definition": CHECK}
        world.ids[f"check:{name}"] = call(by, "POST", "/check-rules", made, None).json()["id"]
    call("office", "POST", f"/check-rules/{world['check:active']}/activate", None, 1)
    for row in call("office", "GET", "/check-rules?limit=100", None, None).json()["items"]:
        if row["unit_id"] is None:
            world.ids[f"check:{row['code']}"] = row["id"]
    for unit in ("a1", "b1"):
        body = {
            "target_id": str(world[f"roads:{unit}:target"]),
            "starts_on": "2026-10-01",
            "ends_on": "2026-10-31",
            "reason": "台风停工",
        }
        world.ids[f"exemption:{unit}"] = call(f"{unit}-clerk", "POST", "/exemptions", body, None).json()["id"]


def fill(value: Any, world: World, versions: Mapping[str, int] | None = None) -> Any:
    """Replace ``@name`` by an id and ``#name`` by a version."""
    if isinstance(value, dict):
        return {key: fill(each, world, versions) for key, each in value.items()}
    if isinstance(value, list):
        return [fill(each, world, versions) for each in value]
    if isinstance(value, str) and value[:1] == "@":
        return str(world[value[1:]])
    if isinstance(value, str) and value[:1] == "#":
        return (versions or {}).get(value[1:], 1)
    return value


def operations(contract: Mapping[str, Any]) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Return every operation by its id: method, path, description."""
    return {
        operation["operationId"]: (method.upper(), path, operation)
        for path, methods in contract["paths"].items()
        for method, operation in methods.items()
    }


def example(contract: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    """Return a value from the examples of a schema: every required field that has one, and nothing else."""
    if "$ref" in schema:
        return example(contract, contract["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    given = [schema[word] for word in ("const", "default") if word in schema]
    given += [schema[word][0] for word in ("examples", "enum") if word in schema]
    if given or schema.get("type") != "object":
        return next(iter(given), None)
    found = {name: example(contract, schema["properties"][name]) for name in schema.get("required", ())}
    return {name: value for name, value in found.items() if value is not None}


def body_of(
    contract: Mapping[str, Any], operation: Mapping[str, Any], over: Any, world: World, versions: Mapping[str, int]
) -> Any:
    """Return a request body: the contract's example with the world's ids laid over it."""
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" not in content:
        return None
    base = example(contract, content["application/json"]["schema"])
    return {**(base or {}), **fill(over or {}, world, versions)}
