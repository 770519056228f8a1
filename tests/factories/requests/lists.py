"""Requests about programmes, rules, tasks, pledges, milestones and changes."""

from __future__ import annotations

from tests.factories.requests.shape import (
    CHECK,
    RULES,
    Request,
    of,
    these,
)

LISTS: dict[str, Request] = {
    # Programmes
    "listProgrammes": Request("office"),
    "createProgramme": Request(
        "office", body={"unit_id": "@city", "starts_on": "2026-01-01", "ends_on": "2026-12-31"}, status=201
    ),
    "getProgramme": Request("a1-clerk", of("list")),
    "changeProgramme": Request("office", of("draft_list"), body={"name": "温州市2027年民生实事"}),
    "issueProgramme": Request("office", of("draft_list"), body={"issued_on": "2026-11-20"}),
    "closeProgramme": Request("office", of("list")),
    "changeRulesProgramme": Request("office", of("list"), body={"rule_set": "dazu-five"}),
    # Light rules
    "listRuleSets": Request("office"),
    "createRuleSet": Request("office", body={"unit_id": "@city", "code": "new-rules", "definition": RULES}, status=201),
    "checkRuleSet": Request("office", body={"definition": RULES}),
    "getRuleSet": Request("a1-clerk", of("rules:active")),
    "changeRuleSet": Request("office", of("rules:draft"), body={"name": "从严亮灯"}),
    "activateRuleSet": Request("office", of("rules:draft")),
    "retireRuleSet": Request("office", of("rules:active")),
    "voidRuleSet": Request("office", of("rules:draft")),
    "simulateRuleSet": Request(
        "office", body={"programme_id": "@list", "rule_set": "dazu-five", "definition": None, "dates": ["2026-10-31"]}
    ),
    # Checks
    "listCheckRules": Request("office"),
    "createCheckRule": Request("office", body={"unit_id": "@city", "definition": CHECK}, status=201),
    "tryCheckRule": Request("office", body={"unit_id": "@city", "programme_id": "@list", "definition": CHECK}),
    "getCheckHits": Request("office", query={"programme_id": "@list"}),
    "getCheckRule": Request("a1-clerk", of("check:active")),
    "changeCheckRule": Request("office", of("check:draft"), body={"name": "突增", "definition": CHECK}),
    "activateCheckRule": Request("office", of("check:draft")),
    "retireCheckRule": Request("office", of("check:active")),
    "voidCheckRule": Request("office", of("check:draft")),
    "listExemptions": Request("office"),
    "createExemption": Request(
        "a1-clerk",
        body={"target_id": "@cover:a1:target", "starts_on": "2026-10-01", "ends_on": "2026-10-31"},
        status=201,
    ),
    "getExemption": Request("a1-clerk", of("exemption:a1")),
    "approveExemption": Request("a-office", of("exemption:a1")),
    "refuseExemption": Request("a-office", of("exemption:a1")),
    "withdrawExemption": Request("a1-clerk", of("exemption:a1")),
    "listItems": Request("office"),
    "createItem": Request("office", body={"programme_id": "@draft_list"}, status=201),
    "getItem": Request("a1-clerk", of("list.roads")),
    "changeItem": Request("office", of("draft_list.parks"), body={"title": "口袋公园建设"}),
    "voidItem": Request("office", of("draft_list.parks")),
    "createIndicator": Request("office", body={"item_id": "@draft_list.parks", "measure_id": "@个"}, status=201),
    "getIndicator": Request("a1-clerk", of("roads")),
    "changeIndicator": Request("office", of("parks"), body={"name": "公园"}),
    "listMeasures": Request("office"),
    "createMeasure": Request("office", body={"name": "公顷"}, status=201),
    "copyProgramme": Request("office", of("list"), body={"year": 2027}, status=201),
    "getDiff": Request("office", of("draft_list"), query={"against": "@list"}),
    "getTally": Request("office"),
    "listItemListings": Request("office"),
    "createItemListing": Request("office", body={"programme_id": "@draft_list", "item_id": "@list.cover"}, status=201),
    "endItemListing": Request("office", of("listing")),
    "consultProgramme": Request("office", of("draft_list"), body={"until": "2026-11-30", "unit_ids": ["@b"]}),
    "reviseProgramme": Request("office", of("asked_list")),
    "listInvitations": Request("a-office"),
    "listComments": Request("office"),
    "createComment": Request("a-office", body={"programme_id": "@asked_list", "unit_id": "@a"}, status=201),
    "answerComment": Request("office", of("comment")),
    "withdrawComment": Request("a-office", of("comment")),
    "listBaseFigures": Request("office"),
    "createBaseFigure": Request("office", body={"unit_id": "@a1"}, status=201),
    # Tasks and plans
    "suggestSplit": Request(
        "office", body={"parent_id": "@roads:city", "indicator_id": "@roads", "unit_ids": ["@a", "@b"]}
    ),
    "getSplitWorkbook": Request("office", of("draft_list")),
    "uploadSplit": Request("office", query={"programme_id": "@draft_list"}, workbook="draft_list"),
    "listAcknowledgements": Request("office"),
    "acknowledgeAcknowledgement": Request("a1-clerk", of("receipt:unit:roads:a1")),
    "acknowledgeAcknowledgements": Request("a1-clerk", body={"rows": these("receipt:unit:roads:a1")}),
    # Pledges
    "listPledges": Request("office"),
    "createPledge": Request(
        "office", body={"programme_id": "@list", "giver_id": "@city", "unit_id": "@a1"}, status=201
    ),
    "getPledge": Request("a-office", of("pledge:a")),
    "getPledgeDocx": Request("a-office", of("pledge:a")),
    "getPledgePdf": Request("a-office", of("pledge:a")),
    "getPledgeStates": Request("office", of("list")),
    "sendPledge": Request("office", of("pledge:b")),
    "recallPledge": Request("office", of("pledge:a")),
    "signPledge": Request("a-office", of("pledge:a")),
    "returnPledge": Request("a-office", of("pledge:a")),
    "countersignPledge": Request("a-office", of("pledge:a1")),
    "voidPledge": Request("office", of("pledge:b")),
    # A supplement lists what an adjustment changed; before that there is nothing to list.
    "supplementPledge": Request("office", of("pledge:a"), status=409),
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
    "getTask": Request("a1-clerk", of("roads:a1")),
    "changeTask": Request("office", of("parks:a"), body={"deadline": "2026-12-30"}),
    "issueTask": Request("office", of("roads:city_dept")),
    "voidTask": Request("office", of("roads:city_dept")),
    "issueTasks": Request("office", body={"rows": these("roads:city_dept")}),
    "getSplit": Request("office", of("list")),
    "getTaskPhases": Request("a1-clerk", of("roads:a1")),
    "getPlan": Request("a1-clerk", of("roads:a1:target")),
    "savePlan": Request("a-office", of("roads:a_dept:target"), body={"kind": "straight", "points": []}, version=0),
    # Milestones
    "listMilestoneTemplates": Request("a1-clerk"),
    "createMilestoneTemplate": Request("office", body={"unit_id": "@city"}, status=201),
    "getMilestoneTemplate": Request("a1-clerk", of("template:city")),
    "changeMilestoneTemplate": Request("office", of("template:city"), body={"name": "校舍改造"}),
    "retireMilestoneTemplate": Request("office", of("template:city")),
    # It is in use: the refusal is the usual answer.
    "restoreMilestoneTemplate": Request("office", of("template:city"), status=409),
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
    "getMilestone": Request("a1-clerk", of("step:roads:a1")),
    "changeMilestone": Request("a1-clerk", of("step:roads:a1"), body={"note": "设计单位已进场"}),
    "issueMilestone": Request("a1-clerk", of("step:schools:a1")),
    "voidMilestone": Request("a1-clerk", of("step:schools:a1")),
    "issueMilestones": Request("a1-clerk", body={"rows": these("step:schools:a1")}),
    "voidMilestones": Request("a1-clerk", body={"rows": these("step:schools:a1")}),
    "reachMilestone": Request("a1-clerk", of("step:roads:a1"), body={"on": "2026-11-20"}),
    "buildMilestone": Request("b1-clerk", of("step:roads:b1"), body={"on": "2026-11-20"}),
    "passMilestone": Request("a-reviewer", of("built:roads:a2"), body={"on": "2026-11-20"}),
    # Works are in use only after they were accepted: the refusal is the usual answer.
    "openMilestone": Request("a2-clerk", of("built:roads:a2"), body={"on": "2026-11-20"}, status=409),
    "revertMilestone": Request("a2-clerk", of("built:roads:a2")),
    "listMilestoneMoves": Request("office"),
    "createMilestoneMove": Request(
        "b1-clerk", body={"milestone_id": "@step:roads:b1", "to_on": "2026-12-28", "precision": "day"}, status=201
    ),
    "getMilestoneMove": Request("a1-clerk", of("move:roads:a1")),
    "approveMilestoneMove": Request("a-office", of("move:roads:a1")),
    "refuseMilestoneMove": Request("a-office", of("move:roads:a1")),
    "withdrawMilestoneMove": Request("a1-clerk", of("move:roads:a1")),
    # Changes of what was issued
    "listAdjustments": Request("office"),
    "createAdjustment": Request(
        "a2-clerk", body={"target_id": "@roads:a2:target", "new_value": "31", "effective_on": "2026-11-01"}, status=201
    ),
    "getAdjustment": Request("a1-clerk", of("adjustment:roads:a1")),
    "approveAdjustment": Request("a-office", of("adjustment:roads:a1"), body={"decision": "同意"}),
    "refuseAdjustment": Request("a-office", of("adjustment:roads:a1")),
    "withdrawAdjustment": Request("a1-clerk", of("adjustment:roads:a1")),
    "listTaskStates": Request("office"),
    "createTaskState": Request("a1-clerk", body={"task_id": "@roads:a1", "from_on": "2026-11-01"}, status=201),
    "getTaskState": Request("a2-clerk", of("state:roads:a2")),
    "approveTaskState": Request("a-office", of("state:roads:a2"), body={"decision": "同意"}),
    "refuseTaskState": Request("a-office", of("state:roads:a2")),
    "withdrawTaskState": Request("a2-clerk", of("state:roads:a2")),
    "endTaskState": Request("office", of("state:cover:b1"), body={"until_on": "2026-11-25"}),
}
