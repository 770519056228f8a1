"""Every operation, asked by everybody, about his own things, his neighbours' and strangers'.

What ought to come back is worked out by the oracle from the world's declarations alone. After each refused write every
table must be as it was; no answer may name anything that its reader may not see.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests.contract import money_cases, oracle, payment_cases
from tests.contract.oracle import THINGS, area, covers, hand, holds, sees, visible
from tests.contract.test_routes import PUBLIC
from tests.factories import requests
from tests.factories.probe import Probe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

    from tests.contract.conftest import Prepared

NOBODY = ""
WHO = (
    "office",
    "a-office",
    "lead",
    "a1-clerk",
    "a2-clerk",
    "a-reviewer",
    "auditor",
    "admin",
    "a-admin",
    "outsider",
    "outsider-clerk",
    NOBODY,
)
Outcome = "int | Callable[[str], int]"


@dataclass(frozen=True)
class Case:
    """One request about particular things.

    Attributes:
        operation: its id.
        permission: what the door asks; ``None`` for everybody who is logged in.
        path: the thing in the path.
        query: the query; names of things are written ``@name``.
        body: the whole body.
        must_see: further things that have to be visible, with the answer when they are not.
        must_cover: things that have to be covered by the permission.
        units: units in which the permission has to be held.
        allowed: the answer to whoever may, perhaps depending on who it is.
    """

    operation: str
    permission: str | None
    path: str | None = None
    query: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    text: str | None = None
    must_see: tuple[tuple[str, int], ...] = ()
    must_cover: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    allowed: Any = 200

    def expected(self, who: str) -> int:
        """Work out the answer."""
        if who == NOBODY:
            return 401
        if self.permission is not None and not holds(who, self.permission):
            return 403
        for name, status in ((self.path, 404), *self.must_see):
            if name is not None and not sees(who, name):
                return status
        permission = self.permission or ""
        if not all(covers(who, permission, name) for name in self.must_cover):
            return 403
        if not all(unit in area(who, permission) for unit in self.units):
            return 403
        found: int = self.allowed(who) if callable(self.allowed) else self.allowed
        return found


def _gets() -> Iterator[Case]:  # noqa: C901, PLR0912 - one case after the other
    """Reads of one thing by its id."""
    reports = [*STATES]
    targets = [
        f"{name}:target"
        for name in (
            "roads:city",
            "roads:a",
            "roads:a1",
            "roads:a2",
            "roads:b1",
            "roads:a_dept",
            "roads:city_dept",
            "schools:a1",
            "parks:a",
            "cover:void",
        )
    ]
    for operation, permission, names in (
        ("getUnit", "unit.read", ["city", "city_dept", "a", "a1", "b", "b1", "other", "other_town"]),
        (
            "getUser",
            "user.read",
            ["user:office", "user:a-office", "user:a1-clerk", "user:b1-clerk", "user:outsider", "user:disabled"],
        ),
        ("getGrant", "user.read", ["grant:office", "grant:a-office", "grant:a1-clerk", "grant:b1-clerk"]),
        ("getDayChange", "unit.read", ["day:city", "day:a", "day:b", "day:city:2027"]),
        ("getCalendarYear", "unit.read", ["year:city"]),
        ("getRole", "user.read", ["role:clerk", "role:own"]),
        ("getProgramme", "programme.read", ["list", "county_list", "draft_list", "other_list", "asked_list"]),
        ("getItem", "programme.read", ["list.roads", "county_list.schools", "draft_list.parks", "asked_list.trees"]),
        *(
            (operation, "task.read", ["pledge:a", "pledge:b", "pledge:a1"])
            for operation in ("getPledge", "getPledgeDocx", "getPledgePdf")
        ),
        ("getIndicator", "programme.read", ["roads", "schools", "parks"]),
        ("getRound", "programme.read", ["round:list:2026-11", "round:county_list:2026-10"]),
        ("getCadence", "programme.read", ["cadence:list", "cadence:county_list", "cadence:weekly"]),
        ("getRoundAccount", "report.read", ["round:list:2026-10", "round:county_list:2026-11"]),
        ("getRoundException", "report.read", ["granted:b1"]),
        *(
            (f"getSettlement{what}", "report.read", ["settlement:a"])
            for what in ("", "Totals", "Lines", "Table", "Workbook")
        ),
        ("getTask", "task.read", [name.removesuffix(":target") for name in targets]),
        ("getTaskPhases", "task.read", [name.removesuffix(":target") for name in targets]),
        ("getPlan", "task.read", targets),
        *(
            (operation, "report.read", reports)
            for operation in ("getReport", "getReportVersions", "getReportComparison")
        ),
        (
            "getMilestone",
            "task.read",
            ["step:roads:a1", "step:roads:b1", "built:roads:a2", "step:schools:a1", "step:parks:a"],
        ),
        ("getMilestoneMove", "task.read", ["move:roads:a1"]),
        ("getAdjustment", "task.read", ["adjustment:roads:a1"]),
        ("getExternalFigure", "report.read", ["official:b1"]),
        ("getDeviation", "report.read", ["deviation:b1"]),
        ("getVerification", "report.read", ["verification:b1"]),
        ("getTaskState", "task.read", ["state:roads:a2", "state:cover:b1"]),
        ("getMilestoneTemplate", "task.read", ["template:city", "template:a", "template:works"]),
        ("getRuleSet", "programme.read", ["rules:draft", "rules:active", "rules:county", "rules:points-10-30"]),
        ("getCheckRule", "programme.read", ["check:draft", "check:active", "check:county", "check:jump-current"]),
        ("getExemption", "task.read", ["exemption:a1", "exemption:b1"]),
        ("getChase", "report.read", ["chase:a1", "chase:b1"]),
        ("getChaseRule", "programme.read", ["chase_rule:city", "chase_rule:a"]),
        ("getAttachment", "report.read", ["attachment:roads:a1", "attachment:roads:b1"]),
        ("getAttachmentContent", "report.read", ["attachment:roads:a1", "attachment:roads:b1"]),
    ):
        for name in names:
            yield Case(operation, permission, name)
    for unit in (None, "a", "other"):
        for programme in ("list", "county_list", "draft_list", "other_list"):
            more = () if unit is None else ((unit, 404),)
            owner = ((THINGS[programme].unit, 404),) if unit is None else more
            yield Case("getSplit", "task.read", programme, _unit(unit), must_see=owner)
    for programme in ("list", "county_list", "draft_list", "other_list"):
        seen = ((programme, 404),)
        yield Case("getMatrix", "board.read", query={"programme_id": f"@{programme}"}, must_see=seen)
        yield Case("getLagList", "board.read", query={"programme_id": f"@{programme}"}, must_see=seen)
        yield Case("getRoundProgress", "report.read", query={"programme_id": f"@{programme}"}, must_see=seen)
        yield Case("getMilestoneCounts", "task.read", query={"programme_id": f"@{programme}"}, must_see=seen)
        yield Case("getDispersion", "board.read", query={"programme_id": f"@{programme}"}, must_see=seen)
        yield Case("getCheckHits", "report.read", query={"programme_id": f"@{programme}"}, must_see=seen)
        yield Case(
            "getReviewDesk",
            "report.read",
            query={"programme_id": f"@{programme}", "period": "2026-11"},
            must_see=seen,
        )
    for programme in ("list", "county_list", "draft_list", "other_list"):
        owner = ((THINGS[programme].unit, 404),)
        yield Case("getSplitWorkbook", "task.read", programme, must_see=owner)
        yield Case("getPledgeStates", "task.read", programme, must_see=owner)
        for against in ("list", "draft_list", "other_list"):
            yield Case("getDiff", "programme.read", programme, {"against": f"@{against}"}, must_see=((against, 404),))
    yield Case("getTally", "programme.read")
    span = {"from_on": "2026-01-01", "to_on": "2026-12-31"}
    yield Case("getVerificationFactors", "report.read", query=span)
    for target in targets[2:]:
        # What is not handed down has no light yet.
        for operation in ("getLight", "getCurve", "getTargetDetail"):
            yield Case(
                operation,
                "board.read",
                query={"target_id": f"@{target}"},
                must_see=((target, 404),),
                allowed=404 if THINGS[target].draft else 200,
            )
    for item in ("list.roads", "county_list.schools", "draft_list.parks"):
        yield Case("getTotal", "board.read", query={"item_id": f"@{item}"}, must_see=((item, 404),))
    # Rates are never added; who sees none of them sees an empty sum.

    def rated(who: str) -> int:
        seen = {each for each in visible(who, "target") if each.startswith("cover") and not THINGS[each].draft}
        return 422 if seen else 200

    yield Case(
        "getTotal", "board.read", query={"item_id": "@list.group"}, must_see=(("list.group", 404),), allowed=rated
    )
    for target in ("roads:city:target", "roads:a:target", "roads:a1:target", "roads:b1:target"):
        yield Case(
            "getLightHistory",
            "board.read",
            query={"programme_id": "@list", "target_id": f"@{target}"},
            must_see=(("list", 404), (target, 404)),
        )
    for unit in (None, "city", "a", "a1", "a2", "b1", "other"):
        yield Case("getEntrySheet", "report.read", query=_unit(unit), must_see=() if unit is None else ((unit, 404),))
        for operation in ("getCalendar", "getWorkday"):
            yield Case(operation, "unit.read", query=_unit(unit), must_see=() if unit is None else ((unit, 404),))
    for unit in ("city", "a", "a1", "a2", "b1", "other"):
        sheet = {"period": "2026-11", "unit_id": f"@{unit}"}
        yield Case("getEntryWorkbook", "report.read", query=sheet, must_see=((unit, 404),))
    for operation in ("getJob", "getJobFile"):
        yield Case(operation, None, "job:a1")
    yield Case("getReportUpload", "report.edit", "job:a1")
    for operation, permission in (
        ("getMe", None),
        ("getWorkbench", None),
        ("getSummary", "board.read"),
        ("getDiscrepancies", "board.read"),
        ("getLagList", "board.read"),
        ("getSilence", "report.read"),
        ("getRepeatedSilence", "report.read"),
        ("getReportingRates", "report.read"),
        ("listPermissions", "user.read"),
        ("listMilestoneTemplates", "task.read"),
        ("listChanges", "journal.read"),
    ):
        yield Case(operation, permission)

    for name in ("attachment:roads:a1", "attachment:roads:b1"):
        yield Case("getAttachmentThumbnail", "report.read", name, allowed=409)


def _unit(unit: str | None) -> dict[str, Any]:
    return {} if unit is None else {"unit_id": f"@{unit}"}


def _by_state(states: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from states.items()


def _accepts(name: str, state: str) -> Any:
    """Whoever accepts holds the right where the list belongs; the tier between comes first."""
    owner = "a" if ":schools" in name else "city"
    direct = owner in (THINGS[name].unit, oracle.PARENT[THINGS[name].unit])

    def status(who: str) -> int:
        ready = state == "reviewed" or (state == "submitted" and direct)
        return 200 if ready and oracle.SEAT[who] == owner else 409

    return status


STATES = {
    "november:roads:a1": "draft",
    "november:schools:a1": "ready",
    "november:cover:a1": "submitted",
    "november:schools:a2": "submitted",
    "november:roads:a2": "reviewed",
    "november:roads:b1": "draft",
    "november:roads:a_dept": "draft",
    "october:roads:a1": "accepted",
    "october:cover:b1": "accepted",
}
MOVES: dict[str, tuple[str, dict[str, Any] | None, Callable[[str, str], Any]]] = {
    "submit": ("report.edit", None, lambda _, state: 200 if state == "ready" else 409),
    "recall": ("report.edit", None, lambda _, state: 200 if state == "submitted" else 409),
    "review": ("report.review", None, lambda _, state: 200 if state == "submitted" else 409),
    "return": ("report.review", {"reason": "请核对"}, lambda _, state: 200 if state == "submitted" else 409),
    "accept": ("report.accept", None, _accepts),
    "sendBack": ("report.accept", {"reason": "请核对"}, _accepts),
    "withdraw": ("task.split", None, lambda *_: 409),
    "drop": ("report.edit", None, lambda *_: 409),
    "supersede": ("report.review", None, lambda *_: 409),
}


def _report_writes() -> Iterator[Case]:
    for name, state in STATES.items():
        for verb, (permission, body, outcome) in MOVES.items():
            yield Case(
                f"{verb}Report",
                permission,
                name,
                body=body,
                must_cover=(name,),
                allowed=outcome(name, state),
            )
        yield Case(
            "writeReport",
            "report.edit",
            name,
            body={"note": "进展"},
            must_cover=(name,),
            allowed=200 if state in {"draft", "ready"} else 409,
        )
        yield Case(
            "correctReport",
            "report.edit",
            name,
            body={"reason": "漏报一个村"},
            must_cover=(name,),
            # What is accepted lies in a month that has closed.
            allowed=409,
        )
        yield Case(
            "addReportComment",
            "report.comment",
            body={"report_id": f"@{name}", "text": "请核对"},
            must_see=((name, 404),),
            must_cover=(name,),
            allowed=201,
        )
    remark = "remark:cover:a1"
    yield Case("settleReportComment", "report.comment", remark, body={}, must_cover=(remark,))
    yield Case("reopenReportComment", "report.comment", remark, must_cover=(remark,), allowed=409)
    # A figure of somebody else's target in one's own report.
    for target in ("roads:a2:target", "roads:b1:target", "cover:a1:target"):
        yield Case(
            "writeReport",
            "report.edit",
            "november:roads:a1",
            body={"values": [{"target_id": f"@{target}", "current": "1"}]},
            must_cover=("november:roads:a1",),
            allowed=422,
        )


def _task_writes() -> Iterator[Case]:
    states = {
        "roads:city_dept": (200, 200, 200),
        "parks:a": (200, 409, 200),
        "parks:city": (422, 409, 200),
        "roads:a": (409, 409, 409),
        "roads:a1": (409, 409, 409),
        "roads:b1": (409, 409, 409),
        "schools:a1": (409, 409, 409),
        "cover:void": (409, 409, 409),
    }
    for name, outcomes in states.items():
        for operation, allowed in zip(("changeTask", "issueTask", "voidTask"), outcomes, strict=True):
            body = {"deadline": "2026-12-30"} if operation == "changeTask" else None
            yield Case(operation, "task.split", name, body=body, must_cover=(name,), allowed=allowed)
    for item, parent, unit, allowed in (
        ("county_list.schools", "schools:a", "a_dept", 201),
        ("county_list.schools", "schools:a", "a1", 409),
        ("county_list.schools", "schools:a", "b1", 422),
        ("list.roads", "roads:b", "b1", 409),
        ("list.roads", "roads:a", "other_town", 422),
        ("list.roads", "schools:a", "a1", 422),
        ("draft_list.parks", "parks:city", "b", 201),
    ):
        indicator = item.split(".")[1]
        yield Case(
            "createTask",
            "task.split",
            body={
                "item_id": f"@{item}",
                "parent_id": f"@{parent}",
                "unit_id": f"@{unit}",
                "deadline": "2026-12-31",
                "targets": [{"indicator_id": f"@{indicator}", "value": "1"}],
            },
            must_see=((item, 404), (parent, 404), (unit, 422)),
            units=(THINGS[parent].unit,) if allowed < 422 else (),
            allowed=allowed,
        )
    for target, allowed in (
        ("roads:a_dept:target", 200),
        ("roads:a1:target", 409),
        ("roads:b1:target", 409),
        ("schools:a2:target", 409),
        ("parks:a:target", 409),
    ):
        yield Case(
            "savePlan",
            "plan.edit",
            target,
            body={"kind": "straight", "points": []},
            units=(THINGS[target].unit,),
            allowed=allowed,
        )


def _changes() -> Iterator[Case]:
    """Adjustments and states: the unit asks for itself, a tier above decides."""

    def sitting(*units: str, done: int = 200) -> Any:
        return lambda who: done if oracle.SEAT[who] in units else 409

    for name, giver in (("roads:a2", "a"), ("roads:b1", "b"), ("schools:a2", "a")):
        unit = THINGS[name].unit
        target = {"target_id": f"@{name}:target", "new_value": "41", "effective_on": "2026-11-01", "reason": "核减"}
        yield Case(
            "createAdjustment",
            "change.ask",
            body=target,
            must_see=((f"{name}:target", 404),),
            units=(unit,),
            allowed=sitting(unit, done=201),
        )
        task = {"task_id": f"@{name}", "kind": "suspended", "from_on": "2025-01-01", "reason": "暂缓"}
        yield Case(
            "createTaskState",
            "change.ask",
            body={**task, "from_on": "2026-02-05", "until_on": "2026-02-06"},
            must_see=((name, 404),),
            units=(unit,),
            allowed=sitting(unit, giver, done=201),
        )
    asked = (("Adjustment", "adjustment:roads:a1", ("a1",)), ("TaskState", "state:roads:a2", ("a2", "a")))
    for noun, name, asking in asked:
        cover = {"must_cover": (name,)}
        yield Case(f"approve{noun}", "change.decide", name, body={}, **cover)  # type: ignore[arg-type]
        yield Case(f"refuse{noun}", "change.decide", name, body={"reason": "不减"}, **cover)  # type: ignore[arg-type]
        yield Case(f"withdraw{noun}", "change.ask", name, allowed=sitting(*asking), **cover)  # type: ignore[arg-type]
    body = {"until_on": "2026-11-25"}
    name = "state:cover:b1"
    # Beneath the city, which gave it, the county's office has no say in it.
    yield Case("endTaskState", "change.decide", name, body=body, must_cover=(name,), allowed=sitting("city"))


def _programme_writes() -> Iterator[Case]:
    for unit in ("city", "a", "b", "other"):
        body = {**_span("新计划"), "unit_id": f"@{unit}"}
        yield Case("createProgramme", "programme.edit", body=body, must_see=((unit, 404),), units=(unit,), allowed=201)
    for name, change, issue, close in (
        ("list", 409, 409, 200),
        ("county_list", 409, 409, 200),
        ("draft_list", 200, 200, 409),
        ("other_list", 200, 409, 409),
    ):
        cover = {"must_cover": (name,)}
        yield Case("changeProgramme", "programme.edit", name, body={"name": "新名"}, allowed=change, **cover)  # type: ignore[arg-type]
        yield Case(
            "issueProgramme",
            "programme.issue",
            name,
            body={"issued_on": "2026-11-20"},
            allowed=issue,
            **cover,  # type: ignore[arg-type]
        )
        yield Case("closeProgramme", "programme.issue", name, allowed=close, **cover)  # type: ignore[arg-type]
        yield Case(
            "changeRulesProgramme",
            "programme.issue",
            name,
            body={"rule_set": "dazu-five", "reason": "市政府常务会议决定"},
            allowed=close,
            **cover,  # type: ignore[arg-type]
        )
        yield Case(
            "simulateRuleSet",
            "board.read",
            body={"programme_id": f"@{name}", "rule_set": "dazu-five"},
            must_see=((name, 404),),
        )
        yield Case(
            "createItem",
            "programme.edit",
            body={"programme_id": f"@{name}", "code": "9", "title": "新项目"},
            must_see=((name, 404),),
            must_cover=(name,),
            allowed=201 if THINGS[name].draft else 409,
        )
    for lead in ("a1", "other"):
        yield Case(
            "createItem",
            "programme.edit",
            body={"programme_id": "@draft_list", "code": "9", "title": "新", "leads": [{"unit_id": f"@{lead}"}]},
            must_see=(("draft_list", 404), (lead, 422)),
            must_cover=("draft_list",),
            allowed=201,
        )
    for name, indicator in (("list.roads", "roads"), ("county_list.schools", "schools"), ("draft_list.parks", "parks")):
        done = 200 if THINGS[name].draft else 409
        yield Case("changeItem", "programme.edit", name, body={"title": "新"}, must_cover=(name,), allowed=done)
        yield Case("voidItem", "programme.edit", name, must_cover=(name,), allowed=done)
        yield Case(
            "changeIndicator", "programme.edit", indicator, body={"name": "新"}, must_cover=(indicator,), allowed=done
        )
        yield Case(
            "createIndicator",
            "programme.edit",
            body={"item_id": f"@{name}", "name": "新", "measure_id": "@个"},
            must_see=((name, 404),),
            must_cover=(name,),
            allowed=201 if THINGS[name].draft else 409,
        )
    yield Case("createMeasure", "programme.edit", body={"name": "公顷"}, allowed=201)
    for name in ("round:list:2026-11", "round:county_list:2026-11", "round:list:2026-10"):
        body = {"closes_at": "2026-12-20T00:00:00Z", "reason": "台风期间推迟"}
        yield Case("changeRound", "round.edit", name, body=body, must_cover=(name,))


def _round_writes() -> Iterator[Case]:
    for name, allowed in (("list", 201), ("county_list", 201), ("draft_list", 201), ("other_list", 201)):
        body = {**requests.QUARTERLY, "programme_id": f"@{name}"}
        seen = {"must_see": ((name, 404),)}
        yield Case("createCadence", "round.edit", body=body, must_cover=(name,), allowed=allowed, **seen)  # type: ignore[arg-type]
        yield Case("previewCadence", "programme.read", body=body, **seen)  # type: ignore[arg-type]
    for name, draft, begun in (
        ("cadence:list", 409, 200),
        ("cadence:county_list", 409, 200),
        ("cadence:weekly", 200, 409),
    ):
        cover = {"must_cover": (name,)}
        yield Case("changeCadence", "round.edit", name, body={"hour": 9}, allowed=draft, **cover)  # type: ignore[arg-type]
        yield Case("startCadence", "round.edit", name, allowed=draft, **cover)  # type: ignore[arg-type]
        yield Case("voidCadence", "round.edit", name, allowed=draft, **cover)  # type: ignore[arg-type]
        yield Case("completeCadence", "round.edit", name, allowed=409, **cover)  # type: ignore[arg-type]
        yield Case("endCadence", "round.edit", name, body={"reason": "改为周报"}, allowed=begun, **cover)  # type: ignore[arg-type]
    for name, allowed in (
        ("round:list:2026-10", 200),
        ("round:list:2026-11", 409),
        ("round:county_list:2026-10", 409),
    ):
        yield Case("settleRound", "round.edit", name, body={}, must_cover=(name,), allowed=allowed)
    for round_, unit, owner, allowed in (
        ("round:list:2026-10", "a1", "city", 201),
        ("round:list:2026-10", "b1", "city", 409),
        ("round:list:2026-11", "a1", "city", 409),
        ("round:county_list:2026-10", "a1", "a", 409),
        ("round:county_list:2026-09", "a1", "a", 201),
    ):
        body = {
            "round_id": f"@{round_}",
            "unit_id": f"@{unit}",
            "until": "2026-12-18T10:00:00Z",
            "reason": "台风停电",
        }
        yield Case(
            "createRoundException",
            "round.edit",
            body=body,
            must_see=((round_, 404), (unit, 404)),
            units=(owner,),
            allowed=allowed,
        )
    why = {"reason": "已补报"}
    yield Case("revokeRoundException", "round.edit", "granted:b1", body=why, must_cover=("granted:b1",))
    yield Case("reopenSettlement", "round.edit", "settlement:a", body=why, must_cover=("settlement:a",))


def _rule_writes() -> Iterator[Case]:
    yield Case("checkRuleSet", "programme.read", body={"definition": requests.RULES})
    for unit in ("city", "a", "b", "other"):
        body = {"unit_id": f"@{unit}", "code": "new", "name": "新", "source": "新", "definition": requests.RULES}
        yield Case("createRuleSet", "rule.edit", body=body, must_see=((unit, 404),), units=(unit,), allowed=201)
    for name, draft, active in (
        ("rules:draft", 200, 409),
        ("rules:active", 409, 200),
        ("rules:county", 200, 409),
        ("rules:points-10-30", 409, 200),
    ):
        cover = {"must_cover": (name,)}
        yield Case("changeRuleSet", "rule.edit", name, body={"name": "新名"}, allowed=draft, **cover)  # type: ignore[arg-type]
        yield Case("activateRuleSet", "rule.edit", name, allowed=draft, **cover)  # type: ignore[arg-type]
        yield Case("voidRuleSet", "rule.edit", name, allowed=draft, **cover)  # type: ignore[arg-type]
        yield Case("retireRuleSet", "rule.edit", name, allowed=active, **cover)  # type: ignore[arg-type]
    for unit in ("city", "a", "b", "other"):
        body = {"unit_id": f"@{unit}", "name": "新", "definition": {"kind": "range", "high": "9"}}
        yield Case("createCheckRule", "rule.edit", body=body, must_see=((unit, 404),), units=(unit,), allowed=201)
        yield Case("tryCheckRule", "report.read", body=body, must_see=((unit, 404),))
    for name, draft, active in (
        ("check:draft", 200, 409),
        ("check:active", 409, 200),
        ("check:county", 200, 409),
        ("check:jump-current", 200, 409),
    ):
        cover = {"must_cover": (name,)}
        yield Case("changeCheckRule", "rule.edit", name, body={"name": "新名"}, allowed=draft, **cover)  # type: ignore[arg-type]
        yield Case("activateCheckRule", "rule.edit", name, allowed=draft, **cover)  # type: ignore[arg-type]
        yield Case("voidCheckRule", "rule.edit", name, allowed=draft, **cover)  # type: ignore[arg-type]
        yield Case("retireCheckRule", "rule.edit", name, allowed=active, **cover)  # type: ignore[arg-type]
    span = {"starts_on": "2026-10-01", "ends_on": "2026-10-31", "reason": "台风停工"}
    for target, allowed in (
        ("cover:a1:target", 201),
        ("cover:b1:target", 201),
        ("roads:a1:target", 409),
        ("roads:a_dept:target", 201),
        ("roads:city_dept:target", 409),
    ):
        yield Case(
            "createExemption",
            "report.edit",
            body={**span, "target_id": f"@{target}"},
            must_see=((target, 404),),
            units=(THINGS[target].unit,),
            allowed=allowed,
        )
    for name in ("exemption:a1", "exemption:b1"):
        for operation, body in (
            ("approveExemption", {"decision": "情况属实"}),
            ("refuseExemption", {"reason": "不属实"}),
        ):
            yield Case(operation, "exemption.decide", name, body=body, must_cover=(name,))
        yield Case("withdrawExemption", "report.edit", name, must_cover=(name,))


def _span(name: str) -> dict[str, Any]:
    return {"year": 2026, "name": name, "starts_on": "2026-01-01", "ends_on": "2026-12-31"}


def _milestone_writes() -> Iterator[Case]:
    """Whoever holds the plan of a task: its giver while it is a draft, its unit afterwards."""
    steps = [{"key": "a", "name": "设计", "work_days": 5}]
    for task in ("roads:a1", "roads:b1", "schools:a1", "parks:a"):
        holder = THINGS[task].giver if THINGS[task].draft else THINGS[task].unit
        body = {"task_id": f"@{task}", "name": "设计", "planned_on": "2026-12-20"}
        seen = {"must_see": ((task, 404),)}
        cover = {**seen, "units": (holder,)}
        yield Case("createMilestone", "plan.edit", body=body, allowed=201, **cover)  # type: ignore[arg-type]
        batches = {"task_id": f"@{task}", "name": "分批", "batches": [{"planned_on": "2026-12-20", "count": "5"}]}
        yield Case("createMilestoneBatches", "plan.edit", body=batches, allowed=201, **cover)  # type: ignore[arg-type]
        asked = {"task_id": f"@{task}", "steps": steps}
        yield Case("computeSchedule", "task.read", body=asked, **seen)
        yield Case("applySchedule", "plan.edit", body=asked, **cover)  # type: ignore[arg-type]
    for task in ("roads:city_dept", "schools:a2"):
        holder = THINGS[task].giver if THINGS[task].draft else THINGS[task].unit
        body = {"task_id": f"@{task}", "template": "subsidy"}
        yield Case(
            "applyMilestoneTemplate",
            "plan.edit",
            body=body,
            must_see=((task, 404),),
            units=(holder or "",),
            allowed=201,
        )
    day, why = {"on": "2026-11-20"}, {"reason": "标错日期"}
    for verb, permission, body, outcomes in (
        ("issue", "plan.edit", None, (409, 409, 409, 200, 409)),
        ("void", "plan.edit", None, (409, 409, 409, 200, 200)),
        ("reach", "plan.edit", day, (200, 409, 409, 409, 409)),
        ("build", "plan.edit", day, (409, 200, 409, 409, 409)),
        ("pass", "report.review", day, (409, 409, 200, 409, 409)),
        ("open", "plan.edit", day, (409, 409, 409, 409, 409)),
        ("revert", "plan.edit", why, (409, 409, 200, 409, 409)),
    ):
        for name, allowed in zip(STEPS, outcomes, strict=True):
            yield Case(f"{verb}Milestone", permission, name, body=body, must_cover=(name,), allowed=allowed)
    for name in STEPS:
        yield Case("changeMilestone", "plan.edit", name, body={"note": "进展"}, must_cover=(name,))
    for name, allowed in zip(STEPS, (409, 201, 409, 409, 409), strict=True):
        body = {"milestone_id": f"@{name}", "to_on": "2026-12-28", "reason": "台风影响"}
        seen = {"must_see": ((name, 404),), "must_cover": (name,)}
        yield Case("createMilestoneMove", "plan.edit", body=body, allowed=allowed, **seen)  # type: ignore[arg-type]
    for verb, permission, extra in (
        ("approve", "task.split", {}),
        ("refuse", "task.split", {"reason": "不能再推"}),
        ("withdraw", "plan.edit", None),
    ):
        # The tier that gave the task decides, not the unit's own.
        units = () if verb == "withdraw" else ("a",)
        yield Case(
            f"{verb}MilestoneMove",
            permission,
            "move:roads:a1",
            body=extra,
            must_cover=("move:roads:a1",),
            units=units,
        )


STEPS = ("step:roads:a1", "step:roads:b1", "built:roads:a2", "step:schools:a1", "step:parks:a")


def _template_writes() -> Iterator[Case]:
    for unit in ("city", "a", "b", "other"):
        body = {
            "unit_id": f"@{unit}",
            "kind": "works",
            "name": "新",
            "steps": [{"key": "a", "name": "甲", "work_days": 5}],
        }
        seen = {"must_see": ((unit, 404),), "units": (unit,), "allowed": 201}
        yield Case("createMilestoneTemplate", "programme.edit", body=body, **seen)  # type: ignore[arg-type]
    for name in ("template:city", "template:a", "template:works"):
        cover = {"must_cover": (name,)}
        yield Case("changeMilestoneTemplate", "programme.edit", name, body={"name": "新名"}, **cover)  # type: ignore[arg-type]
        yield Case("retireMilestoneTemplate", "programme.edit", name, **cover)  # type: ignore[arg-type]
        yield Case("restoreMilestoneTemplate", "programme.edit", name, allowed=409, **cover)  # type: ignore[arg-type]


def _calendar_writes() -> Iterator[Case]:
    for unit in ("city", "a", "a1", "b", "other"):
        asked = {"unit_id": f"@{unit}"}
        day = {"day": "2026-11-24", "kind": "holiday", "name": "停工", "source": "台风"}
        cover = {"must_see": ((unit, 404),), "units": (unit,), "allowed": 201}
        yield Case("createDayChange", "calendar.edit", body={**asked, **day}, **cover)  # type: ignore[arg-type]
        year = {"year": 2028, "source": "通知", "days": [{**day, "day": "2028-01-03"}]}
        del year["days"][0]["source"]  # type: ignore[index]
        yield Case("createCalendarYear", "calendar.edit", body={**asked, **year}, **cover)  # type: ignore[arg-type]
    for name in ("day:city", "day:a", "day:b", "year:city"):
        operation = "voidDayChange" if name.startswith("day") else "voidCalendarYear"
        yield Case(operation, "calendar.edit", name, body={"reason": "录错"}, must_cover=(name,))


def _people_writes() -> Iterator[Case]:  # noqa: C901 - one case after the other
    for unit in ("city", "a", "b", "other"):
        body = {"parent_id": f"@{unit}", "name": "新镇", "kind": "government", "tier": "township"}
        yield Case("createUnit", "unit.edit", body=body, must_see=((unit, 404),), units=(unit,), allowed=201)
    for unit in ("city", "a", "a1", "b1", "other_town"):
        yield Case("changeUnit", "unit.edit", unit, body={"name": "新名"}, must_cover=(unit,))
    for parent in ("city", "a", "b", "other"):
        yield Case(
            "changeUnit",
            "unit.edit",
            "a1",
            body={"parent_id": f"@{parent}"},
            must_see=((parent, 404),),
            must_cover=("a1",),
            units=(parent,),
        )
    for code, parent in (("330300000000", "city"), ("330382000000", "a"), ("331000000000", "other")):

        def imported(who: str, parent: str = parent) -> int:
            return 200 if parent in area(who, "unit.edit") else 422

        yield Case(
            "importUnits",
            "unit.edit",
            text=f"name,parent_code,kind,tier\n新镇,{code},government,township\n",
            allowed=imported,
        )
    for unit in ("city", "a1", "b1", "other"):
        body = {"username": "new-person", "name": "新人", "unit_id": f"@{unit}", "password": "a-long-password"}
        yield Case("createUser", "user.edit", body=body, must_see=((unit, 404),), units=(unit,), allowed=201)
        yield Case(
            "changeUser",
            "user.edit",
            "user:a1-clerk",
            body={"unit_id": f"@{unit}"},
            must_see=((unit, 404),),
            must_cover=("user:a1-clerk",),
            units=(unit,),
        )
    for name in ("user:office", "user:a1-clerk", "user:b1-clerk", "user:outsider-clerk", "user:disabled"):
        cover = {"must_cover": (name,)}
        on = name != "user:disabled"
        yield Case("changeUser", "user.edit", name, body={"name": "新名"}, **cover)  # type: ignore[arg-type]
        yield Case("disableUser", "user.edit", name, allowed=200 if on else 409, **cover)  # type: ignore[arg-type]
        yield Case("enableUser", "user.edit", name, allowed=409 if on else 200, **cover)  # type: ignore[arg-type]
        yield Case(
            "resetPasswordUser",
            "user.edit",
            name,
            body={"password": "a-new-long-password"},
            allowed=200 if on else 409,
            **cover,  # type: ignore[arg-type]
        )
    for name in ("grant:office", "grant:a1-clerk", "grant:b1-clerk", "grant:outsider-clerk"):
        yield Case("revokeGrant", "grant.edit", name, must_cover=(name,))
    for user, unit in (("a1-clerk", "a1"), ("a1-clerk", "city"), ("a1-clerk", "b1"), ("b1-clerk", "a1")):
        for role in ("clerk", "administrator"):

            def granted(who: str, unit: str = unit) -> int:
                return 201 if unit in hand(who) else 403

            yield Case(
                "createGrant",
                "grant.edit",
                body={"user_id": f"@user:{user}", "role_id": f"@role:{role}", "unit_id": f"@{unit}"},
                must_see=((f"user:{user}", 404), (unit, 404)),
                allowed=granted,
            )
    held = [{"permission": "report.read", "axis": "area"}]
    yield Case("createRole", "role.edit", body={"code": "new", "name": "新", "permissions": held}, allowed=201)
    yield Case("changeRole", "role.edit", "role:own", body={"permissions": held})
    # A role that people elsewhere hold is not one administrator's to change: it would reach into their units.
    yield Case("changeRole", "role.edit", "role:clerk", body={"permissions": held}, allowed=403)


PLEDGES = {"pledge:a": "sent", "pledge:b": "draft", "pledge:a1": "signed"}
PLEDGE_MOVES = {
    # verb: state it starts from, permission, side that makes it
    "send": ("draft", "pledge.edit", "giver"),
    "void": ("draft", "pledge.edit", "giver"),
    "recall": ("sent", "pledge.edit", "giver"),
    "sign": ("sent", "pledge.sign", "unit"),
    "return": ("sent", "pledge.sign", "unit"),
    "countersign": ("signed", "pledge.sign", "giver"),
}


def _seated(unit: str | None, done: int = 200) -> Callable[[str], int]:
    """Let only whoever sits at a unit do what he could cover from above."""

    def status(who: str) -> int:
        return done if oracle.SEAT[who] == unit else 403

    return status


def _paper_writes() -> Iterator[Case]:
    for name, state in PLEDGES.items():
        for verb, (start, permission, side) in PLEDGE_MOVES.items():
            yield Case(
                f"{verb}Pledge",
                permission,
                name,
                body={"reason": "请核对"} if verb == "return" else None,
                must_cover=(name,),
                allowed=_seated(getattr(THINGS[name], side)) if state == start else 409,
            )
        giver = THINGS[name].giver
        yield Case("supplementPledge", "pledge.edit", name, must_cover=(name,), allowed=_seated(giver, 409))
    for giver, unit, done in (("city", "a1", 201), ("city", "a", 409), ("a", "a2", 201), ("other", "other_town", 409)):
        body = {"programme_id": "@list", "giver_id": f"@{giver}", "unit_id": f"@{unit}"}
        yield Case(
            "createPledge",
            "pledge.edit",
            body=body,
            must_see=(("list", 404), (giver, 404), (unit, 404)),
            allowed=_seated(giver, done),
        )
    for name in (
        "receipt:unit:roads:a1",
        "receipt:unit:roads:a_dept",
        "receipt:unit:cover:b1",
        "receipt:lead:roads:a",
        "receipt:lead:schools:a1",
    ):
        yield Case(
            "acknowledgeAcknowledgement",
            "task.acknowledge",
            name,
            must_cover=(name,),
            allowed=_seated(THINGS[name].by),
        )


def _catalogue_writes() -> Iterator[Case]:
    for name in ("list", "county_list", "draft_list", "other_list"):
        owner = THINGS[name].unit
        yield Case(
            "copyProgramme",
            "programme.edit",
            name,
            body={"year": 2027},
            must_see=((owner, 404),),
            units=(owner,),
            allowed=201,
        )
        yield Case(
            "consultProgramme",
            "programme.edit",
            name,
            body={"until": "2026-11-30", "unit_ids": ["@b"]},
            must_cover=(name,),
            allowed=200 if name == "draft_list" else 409,
        )
        yield Case(
            "createItemListing",
            "programme.edit",
            body={"programme_id": f"@{name}", "item_id": "@list.cover"},
            must_see=((name, 404), ("list.cover", 404)),
            must_cover=() if name in {"list", "county_list"} else (name,),
            allowed={"list": 422, "county_list": 409}.get(name, 201),
        )
    yield Case("reviseProgramme", "programme.edit", "asked_list", must_cover=("asked_list",))
    yield Case("endItemListing", "programme.edit", "listing", must_cover=("listing",))
    answered = {"outcome": "adopted", "answer": "已采纳"}
    yield Case(
        "answerComment", "programme.edit", "comment", body=answered, must_cover=("comment",), allowed=_seated("city")
    )
    yield Case("withdrawComment", "comment.edit", "comment", must_cover=("comment",), allowed=_seated("a"))
    for unit in ("a", "city", "b1"):

        def said(who: str, unit: str = unit) -> int:
            return 403 if oracle.SEAT[who] != unit else 201 if unit == "a" else 409

        body = {"programme_id": "@asked_list", "unit_id": f"@{unit}", "text": "意见"}
        yield Case(
            "createComment", "comment.edit", body=body, must_see=(("asked_list", 404), (unit, 404)), allowed=said
        )
    for unit in ("city", "a", "b1", "other"):
        body = {"unit_id": f"@{unit}", "kind": "户数", "year": 2025, "value": "7", "source": "公报"}
        yield Case("createBaseFigure", "figure.edit", body=body, must_see=((unit, 404),), units=(unit,), allowed=201)
    for parent, indicator, unit in (
        ("roads:city", "roads", "a"),
        ("schools:a", "schools", "a"),
        ("roads:b", "roads", "b"),
    ):

        def shared(who: str, unit: str = unit) -> int:
            return 200 if sees(who, f"figure:{unit}") else 409

        body = {
            "parent_id": f"@{parent}",
            "indicator_id": f"@{indicator}",
            "unit_ids": [f"@{unit}"],
            "kind": "常住人口",
        }
        yield Case("suggestSplit", "task.split", body=body, must_see=((parent, 404),), allowed=shared)
    for name in ("list", "draft_list", "other_list"):
        yield Case(
            "uploadSplit",
            "task.split",
            query={"programme_id": f"@{name}"},
            text="no workbook",
            must_see=((name, 404), (THINGS[name].unit, 404)),
            allowed=422,
        )


CHASED = (("a_dept", 201), ("a1", 409), ("b1", 409), ("a", 409))
"""Units that may be chased for November's round of the list, that were a moment ago, or owe nothing."""


def _chases() -> Iterator[Case]:
    november = "round:list:2026-11"
    for unit, allowed in CHASED:
        body = {"round_id": f"@{november}", "unit_id": f"@{unit}"}
        yield Case("createChase", "report.chase", body=body, must_see=((november, 404), (unit, 404)), allowed=allowed)
    for name, outcomes in (("chase:a1", (409, 409, 409, 200)), ("chase:b1", (200, 200, 409, 409))):
        for verb, allowed in zip(("deliver", "fail", "retry", "read"), outcomes, strict=True):
            yield Case(
                f"{verb}Chase",
                "report.edit" if verb == "read" else "report.chase",
                name,
                body={"reason": "无人接听"} if verb == "fail" else None,
                must_cover=(name,),
                allowed=allowed,
            )
    for unit in ("city", "a", "b", "other"):
        body = {"unit_id": f"@{unit}", "kind": "every", "number": 3}
        yield Case("createChaseRule", "round.edit", body=body, must_see=((unit, 404),), units=(unit,), allowed=201)
    for name in ("chase_rule:city", "chase_rule:a"):
        cover = {"must_cover": (name,)}
        yield Case("changeChaseRule", "round.edit", name, body={"number": 2}, **cover)  # type: ignore[arg-type]
        yield Case("stopChaseRule", "round.edit", name, **cover)  # type: ignore[arg-type]
        yield Case("restoreChaseRule", "round.edit", name, allowed=409, **cover)  # type: ignore[arg-type]


def _attachments() -> Iterator[Case]:
    for report, allowed in (("november:schools:a1", 201), ("november:cover:a1", 409), ("november:roads:b1", 201)):
        body = {"report_id": f"@{report}", "name": "证明.pdf", "sha256": requests.WHOLE_HASH}
        cover = {"must_see": ((report, 404),), "must_cover": (report,)}
        yield Case("createAttachment", "report.edit", body=body, allowed=allowed, **cover)  # type: ignore[arg-type]
    for name in ("attachment:roads:a1", "attachment:roads:b1"):
        yield Case("voidAttachment", "report.edit", name, must_cover=(name,))


def _deviation_writes() -> Iterator[Case]:
    """Official figures are entered, cases answered by the unit and settled by whoever keeps the figure."""
    for target, done in (
        ("roads:a1:target", 201),
        ("roads:b1:target", 201),
        ("schools:a1:target", 201),
        ("parks:a:target", 409),
    ):
        body = {"target_id": f"@{target}", "period": "2026-10", "printed": "9", "factor": "1", "source_name": "某局"}
        yield Case(
            "createExternalFigure",
            "official.edit",
            body=body,
            must_see=((target, 404),),
            units=(THINGS[target].unit,),
            allowed=done,
        )
        check = {"target_id": f"@{target}", "checked_on": "2026-11-20", "verified_value": "9", "method": "现场抽查"}
        yield Case(
            "createVerification",
            "verification.edit",
            body=check,
            must_see=((target, 404),),
            units=(THINGS[target].unit,),
            allowed=done,
        )
    figure, case = {"must_cover": ("official:b1",)}, {"must_cover": ("deviation:b1",)}
    reason = {"reason": "录错了"}
    yield Case("changeExternalFigure", "official.edit", "official:b1", body={"official": True}, **figure)  # type: ignore[arg-type]
    yield Case("voidExternalFigure", "official.edit", "official:b1", body=reason, **figure)  # type: ignore[arg-type]
    yield Case("inspectExternalFigures", "official.edit", text="地区,数\n柳市镇,20\n")
    issue = {"mapping_id": "@mapping", "period": "2026-10", "source_name": "某局", "dry_run": "false"}
    yield Case(
        "uploadExternalFigures",
        "official.edit",
        query=issue,
        text="地区,数\n柳市镇,20\n",
        must_see=(("mapping", 404), ("list", 404)),
    )
    content = {"header_row": 1, "place": {"column": "A"}, "indicator": {"column": "C"}}
    values = [{"column": "B", "factor": "1"}]
    for name in ("list", "county_list", "other_list"):
        body = {"programme_id": f"@{name}", "name": "新映射", "content": {**content, "values": values}}
        yield Case("createFigureMapping", "official.edit", body=body, must_see=((name, 404),), allowed=201)
        body = {"programme_id": f"@{name}", "percent": "1"}
        yield Case(
            "createTolerance",
            "official.edit",
            body=body,
            must_see=((name, 404),),
            must_cover=(name,),
            allowed=409 if name == "county_list" else 201,
        )
    yield Case("changeFigureMapping", "official.edit", "mapping", body={"name": "新名"}, must_cover=("mapping",))
    yield Case("changeTolerance", "official.edit", "tolerance", body={"percent": "1"}, must_cover=("tolerance",))
    answer = {"cause_code": "typing", "explanation": "录错一行", "prevention": "双人核对"}
    yield Case(
        "answerDeviation",
        "deviation.answer",
        "deviation:b1",
        body=answer,
        allowed=_seated("b1"),
        **case,  # type: ignore[arg-type]
    )
    settled = {"outcome": "ours", "reason": "台账齐全"}
    for verb, permission, extra in (
        ("return", "deviation.settle", reason),
        ("settle", "deviation.settle", settled),
        ("reopen", "deviation.settle", reason),
        ("void", "official.edit", None),
    ):
        yield Case(f"{verb}Deviation", permission, "deviation:b1", body=extra, allowed=409, **case)  # type: ignore[arg-type]
    note = {"deviation_id": "@deviation:b1", "happened_on": "2026-11-20", "counterpart": "某局", "text": "已去电"}
    yield Case(
        "createDeviationNote",
        "deviation.answer",
        body=note,
        must_see=(("deviation:b1", 404),),
        allowed=201,
        **case,  # type: ignore[arg-type]
    )
    yield Case("voidVerification", "verification.edit", "verification:b1", body=reason, must_cover=("verification:b1",))


def _own() -> Iterator[Case]:
    job = {"id": "@job:a1"}
    yield Case("cancelJob", None, body=job, must_see=(("job:a1", 404),))
    yield Case("commitReportUpload", "report.edit", body=job, must_see=(("job:a1", 404),), allowed=202)
    for name in ("list", "county_list", "draft_list", "other_list"):
        ledger = {"programme_id": f"@{name}", "period": "2026-11", "layout": "county", "format": "csv"}
        yield Case("createLedger", "report.read", body=ledger, must_see=((name, 404),), allowed=202)
    for unit in ("a1", "a2", "b1", "other"):
        sheet = {"period": "2026-11", "unit_id": f"@{unit}"}
        yield Case("uploadReports", "report.edit", query=sheet, text="PK", must_see=((unit, 404),), allowed=202)
    yield Case("logOut", None, allowed=204)
    yield Case("logOutEverywhere", None, allowed=204)
    yield Case("authorize", None, body={"client_id": "cli", "code_challenge": "A" * 43})
    yield Case("changeOwnPassword", None, body={"current": "wrong-password", "new": "another-long-one"}, allowed=422)


PAYMENTS = [Case(**given) for given in (*payment_cases.reads(), *payment_cases.writes())]
READS = [*_gets(), *(Case(**given) for given in money_cases.reads())]
WRITES = [
    *_report_writes(),
    *_task_writes(),
    *_changes(),
    *_programme_writes(),
    *_rule_writes(),
    *_round_writes(),
    *_calendar_writes(),
    *_milestone_writes(),
    *_template_writes(),
    *_people_writes(),
    *_paper_writes(),
    *_catalogue_writes(),
    *_chases(),
    *_attachments(),
    *_deviation_writes(),
    *(Case(**given) for given in money_cases.writes()),
    *_own(),
]
LISTED = {
    "listUnits": ("unit.read", "unit", "/units"),
    "listDayChanges": ("unit.read", "day_change", "/day-changes"),
    "listCalendarYears": ("unit.read", "calendar_year", "/calendar-years"),
    "listUsers": ("user.read", "user", "/users"),
    "listGrants": ("user.read", "grant", "/grants"),
    "listRoles": ("user.read", "role", "/roles"),
    "listProgrammes": ("programme.read", "programme", "/programmes"),
    "listItems": ("programme.read", "item", "/items"),
    "listMeasures": ("programme.read", "measure", "/measures"),
    "listTasks": ("task.read", "task", "/tasks"),
    "listMilestones": ("task.read", "milestone", "/milestones"),
    "listMilestoneTemplates": ("task.read", "template", "/milestone-templates"),
    "listMilestoneMoves": ("task.read", "milestone_move", "/milestone-moves"),
    "listRounds": ("programme.read", "round", "/rounds"),
    "listReports": ("report.read", "report", "/reports"),
    "listReportComments": ("report.read", "report_comment", "/report-comments"),
    "listAdjustments": ("task.read", "adjustment", "/adjustments"),
    "listTaskStates": ("task.read", "state", "/task-states"),
    "listRuleSets": ("programme.read", "rule_set", "/rule-sets"),
    "listCadences": ("programme.read", "cadence", "/cadences"),
    "listRoundExceptions": ("report.read", "granted", "/round-exceptions"),
    "listSettlements": ("report.read", "settlement", "/settlements"),
    "listCheckRules": ("programme.read", "check_rule", "/check-rules"),
    "listExemptions": ("task.read", "exemption", "/exemptions"),
    "listItemListings": ("programme.read", "listing", "/item-listings"),
    "listInvitations": ("programme.read", "invitation", "/invitations"),
    "listComments": ("programme.read", "comment", "/comments"),
    "listBaseFigures": ("unit.read", "figure", "/base-figures"),
    "listAcknowledgements": ("task.read", "acknowledgement", "/acknowledgements"),
    "listPledges": ("task.read", "pledge", "/pledges"),
    "listChases": ("report.read", "chase", "/chases"),
    "listChaseRules": ("programme.read", "chase_rule", "/chase-rules"),
    "listAttachments": ("report.read", "attachment", "/attachments"),
    "listExternalFigures": ("report.read", "official", "/external-figures"),
    "listDeviations": ("report.read", "deviation", "/deviations"),
    "listDeviationNotes": ("report.read", "contact", "/deviation-notes"),
    "listVerifications": ("report.read", "verification", "/verifications"),
    "listFigureMappings": ("official.edit", "mapping", "/figure-mappings"),
    "listTolerances": ("programme.read", "tolerance", "/tolerances"),
    **money_cases.LISTED,
    **payment_cases.LISTED,
}
BULK = {f"{verb}Reports": verb for verb in MOVES if verb not in {"withdraw", "drop", "supersede"}}
IN_BULK = {
    "acknowledgeAcknowledgements",
    "splitTasks",
    "issueTasks",
    "issueMilestones",
    "voidMilestones",
    "writeReports",
    "sendChases",
    "createUpload",
    "getUpload",
    "appendUpload",
    "uploadAttachment",
    *(f"{verb}Disbursements" for verb in payment_cases.BULK),
}

REFERENCES = {
    "parent_id",
    "giver_id",
    "actor_id",
    "actor_unit_id",
    "by",
    "asked_by",
    "decided_by",
    "touched_by",
    "submitted_by",
    "reviewed_by",
    "accepted_by",
    "department_id",
    "unit_id",
    "user_id",
    "role_id",
    "programme_id",
    "task_id",
    "item_id",
    "milestone_id",
    "by_id",
    "against_id",
    "base_id",
    "owner_programme_id",
    "pledge_id",
    "predecessor_id",
    "predecessor_item_id",
    "upper_item_id",
}
"""Fields that may carry the id of something else; its content they do not carry."""


class Sweep:
    """Sends requests and keeps what was wrong."""

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self.operations = requests.operations(prepared.contract)
        self.names = {str(key): name for name, key in prepared.world.ids.items() if name in THINGS}
        self.count = 0
        self.faults: list[str] = []
        self.probe = Probe(prepared.url)
        self.state = self.probe.fingerprint()

    def renew(self) -> None:
        """Go on with a fresh copy."""
        self.probe.close()
        self.prepared.renew()
        # A copy of the same template is what the first one was.
        self.probe = Probe(self.prepared.url, self.state)

    def send(self, case: Case, who: str) -> httpx.Response:
        """Send one request."""
        prepared = self.prepared
        method, path, operation = self.operations[case.operation]
        self.count += 1
        fill = lambda value: requests.fill(value, prepared.world, prepared.versions)  # noqa: E731
        arguments: dict[str, Any] = {"params": fill(case.query)}
        if case.text is not None:
            arguments |= {"content": case.text.encode(), "headers": {"Content-Type": "text/csv"}}
        elif case.body is not None:
            arguments["json"] = fill(case.body)
        version = None
        if any(each["name"] == "If-Match" for each in operation.get("parameters", ())):
            version = 0 if case.operation == "savePlan" else prepared.versions[case.path or ""]
        if case.path is not None:
            path = path.replace("{id}", str(prepared.world[case.path])).replace("{name}", "preview")
        return prepared.send(who, method, path.removeprefix(requests.API), version=version, **arguments)

    def check(self, case: Case, who: str) -> httpx.Response:
        """Send one request and compare it with what the oracle says."""
        answer = self.send(case, who)
        wanted = case.expected(who)
        where = f"{case.operation} {case.path or ''} {case.query or ''} {case.body or case.text or ''} by {who or '-'}"
        if answer.status_code != wanted:
            self.faults.append(f"{where}: {answer.status_code} instead of {wanted} {answer.content[:200]!r}")
        self.leaks(where, case, who, answer)
        if self.operations[case.operation][0] != "GET":
            if answer.status_code < 300:
                self.renew()
            elif self.probe.fingerprint() != self.state:
                self.faults.append(f"{where}: refused with {answer.status_code}, yet something was written")
                self.renew()
        return answer

    def leaks(self, where: str, case: Case, who: str, answer: httpx.Response) -> None:
        """Find what an answer names although its reader may not see it."""
        asked = json.dumps([case.path and f"@{case.path}", case.query, case.body, case.text], ensure_ascii=False)
        # Papers and workbooks are packed; their tests open them, here their bytes name nothing.
        content = answer.content.decode("utf-8", "replace")
        if who == NOBODY:
            if any(key in content for key in self.names if f'"@{self.names[key]}"' not in asked):
                self.faults.append(f"{where}: names something to nobody")
            return
        if case.operation == "getMe":
            return
        hidden = [NAMES[name] for name in NAMES if not sees(who, name) and NAMES[name] not in asked]
        if case.operation in SIGNED:
            hidden = [name for name in hidden if name not in SIGNATURES]
        self.faults += [f"{where}: tells {name}" for name in hidden if name in content]
        if answer.content and answer.headers.get("content-type") == "application/json":
            for key, value in _walk(answer.json()):
                name = self.names.get(value)
                if name and key not in REFERENCES and f"@{name}" not in asked and not sees(who, name):
                    self.faults.append(f"{where}: shows {name} in {key}")


NAMES = {
    **oracle.NAME,
    **{f"user:{name}": f"测试{name}" for name in ("a-office", "a1-clerk", "a2-clerk", "b1-clerk", "outsider-clerk")},
    "county_list": "乐清市2026年民生实事",
    "draft_list": "温州市2027年民生实事",
    "asked_list": "温州市2028年民生实事",
    "asked_list.trees": "行道树",
    "comment": "建议多种树",
    "other_list": "台州市2026年民生实事",
    "county_list.schools": "新建幼儿园",
    "draft_list.parks": "口袋公园",
}
"""Words that give a thing away."""


SIGNED = {
    "getSettlement",
    "reopenSettlement",
    "listSettlements",
    "getRoundProgress",
    "getRoundAccount",
    "getRoundException",
    "listRoundExceptions",
    "getPledge",
    "sendPledge",
    "recallPledge",
    "signPledge",
    "returnPledge",
    "countersignPledge",
    "voidPledge",
    "listComments",
    "listReportComments",
    "addReportComment",
    "settleReportComment",
    "listAcknowledgements",
    "acknowledgeAcknowledgement",
    *payment_cases.SIGNED,
}
"""Papers that say by name who signed or spoke, and which department leads: both sides must be able to read that."""
SIGNATURES = {name for key, name in NAMES.items() if key.startswith("user:") or oracle.KIND.get(key) == "department"}


def _walk(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _walk(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from _walk(each, key)
    elif isinstance(value, str):
        yield key, value


def _reads(sweep: Sweep) -> None:
    for case in READS:
        for who in WHO:
            answer = sweep.check(case, who)
            if answer.status_code == 200 and answer.headers["content-type"] == "application/json":
                compose(sweep, case, who, answer.json())


def _lists(sweep: Sweep) -> None:
    for operation, (permission, kind, _) in LISTED.items():
        for who in WHO:
            listed(sweep, operation, permission, kind, who)


def _writes(half: int) -> Callable[[Sweep], None]:
    def run(sweep: Sweep) -> None:
        for case in WRITES[half::2]:
            for who in (*WHO, "finance") if str(case.permission).startswith("fund.") else WHO:
                sweep.check(case, who)

    return run


def _bulks(sweep: Sweep) -> None:
    for who in WHO:
        for operation, verb in BULK.items():
            bulk(sweep, operation, f"{verb}Report", who)
        bulk(sweep, "issueTasks", "issueTask", who)
        bulk(sweep, "issueMilestones", "issueMilestone", who)
        bulk(sweep, "voidMilestones", "voidMilestone", who)
        bulk(sweep, "acknowledgeAcknowledgements", "acknowledgeAcknowledgement", who)
        batch(sweep, who)
        split(sweep, who)
        chase(sweep, who)
        upload(sweep, who)


def _payments(sweep: Sweep) -> None:
    for who in payment_cases.WHO:
        for case in PAYMENTS:
            sweep.check(case, who)
        for verb in payment_cases.BULK:
            bulk(sweep, f"{verb}Disbursements", f"{verb}Disbursement", who)


PARTS: dict[str, Callable[[Sweep], None]] = {
    "payments": _payments,
    "reads": _reads,
    "lists": _lists,
    "writes, first half": _writes(0),
    "writes, second half": _writes(1),
    "bulk": _bulks,
}


def test_every_operation_is_swept(served: tuple[Any, Any, dict[str, Any]]) -> None:
    swept = {case.operation for case in (*READS, *WRITES, *PAYMENTS)} | LISTED.keys() | BULK.keys() | IN_BULK
    assert set(requests.operations(served[2])) - swept == PUBLIC.keys()


@pytest.mark.parametrize("part", PARTS)
def test_nobody_reads_or_writes_what_is_not_his(
    prepared: Prepared, engine_name: str, part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sweep = Sweep(prepared)
    PARTS[part](sweep)
    sweep.probe.close()
    with capsys.disabled():
        print(
            f"\nscope matrix on {engine_name}, {part}: {sweep.count} requests, {len(sweep.faults)} faults",
            file=sys.stderr,
        )
    assert not sweep.faults, "\n".join(sweep.faults)


def listed(sweep: Sweep, operation: str, permission: str, kind: str, who: str) -> None:
    """Compare a whole list with what the oracle says is visible, and its filters by strangers' ids."""
    months: tuple[dict[str, Any], ...] = ({"period": "2026-10"}, {"period": "2026-11"}) if kind == "report" else ({},)
    seen: list[str] = []
    for query in months:
        answer = sweep.check(Case(operation, permission, query={**query, "limit": 1000}), who)
        if answer.status_code == 200:
            seen += [row["id"] for row in answer.json()["items"]]
    if who == NOBODY or not holds(who, permission):
        return
    wanted = sorted(visible(who, kind))
    found = sorted(sweep.names.get(key, key) for key in seen)
    if found != wanted:
        lost, extra = set(wanted) - set(found), set(found) - set(wanted)
        sweep.faults.append(f"{operation} by {who}: lost {sorted(lost)}, shows {sorted(extra)}")
    parameters = {each["name"] for each in sweep.operations[operation][2]["parameters"]}
    fields = {
        "unit_id": lambda thing: thing.unit,
        "programme_id": lambda thing: thing.item.split(".")[0] if thing.item else None,
        "item_id": lambda thing: thing.item,
    }
    for name, owner in fields.items():
        for stranger in (
            ("b1", "other_town") if name == "unit_id" else ("county_list",) if name == "programme_id" else ()
        ):
            if name not in parameters or (name == "programme_id" and kind not in {"task", "report"}):
                continue
            query = {**months[-1], name: f"@{stranger}", "limit": 1000}
            answer = sweep.check(Case(operation, permission, query=query), who)
            found = sorted(sweep.names.get(row["id"], row["id"]) for row in answer.json()["items"])
            wanted = sorted(
                each
                for each in visible(who, kind)
                if owner(THINGS[each]) == stranger and (kind != "report" or each.startswith("november"))
            )
            if found != wanted:
                sweep.faults.append(f"{operation} {query} by {who}: {found} instead of {wanted}")


def compose(sweep: Sweep, case: Case, who: str, body: Any) -> None:
    """Compare what boards, desk, sheet and split are made of with what the oracle says is visible."""
    name = str(case.query.get("programme_id", case.path or ""))[1:] if case.query.get("programme_id") else case.path
    of_list = lambda kind: {  # noqa: E731
        each for each in visible(who, kind) if THINGS[each].item and str(THINGS[each].item).split(".")[0] == name
    }
    known = sweep.names
    if case.operation == "getMatrix":
        wanted = {each for each in of_list("target") if not THINGS[each].draft}
        found = {known.get(cell["target_id"], "?") for cell in body["cells"]}
    elif case.operation == "getReviewDesk":
        wanted = {each for each in of_list("report") if each.startswith("november")} - oracle.WITHDRAWN
        found = {known.get(cell["report_id"], "?") for cell in body["cells"]}
    elif case.operation == "getEntrySheet":
        unit = str(case.query["unit_id"])[1:] if case.query else oracle.SEAT[who]
        wanted = {
            each for each in visible(who, "report") if each.startswith("november") and THINGS[each].unit == unit
        } - oracle.WITHDRAWN
        found = {known.get(row["id"], "?") for row in body["rows"]}
        if body["period"] != "2026-11":
            wanted = set()
    elif case.operation == "getSplit":
        unit = str(case.query["unit_id"])[1:] if case.query else THINGS[name or ""].unit
        rows = {each for each in of_list("target") if THINGS[each].unit == unit and "void" not in each}
        shares = {
            each
            for each in of_list("target")
            if THINGS[each].giver == unit and f"{each.split(':')[0]}:{unit}:target" in rows
        }
        wanted = rows | {each for each in shares if "void" not in each and each not in rows}
        found = {known.get(row["target_id"], "?") for row in body["rows"]}
        found |= {known.get(cell["target_id"], "?") for row in body["rows"] for cell in row["cells"]}
    elif case.operation == "getSummary":
        wanted = {
            each
            for each in visible(who, "programme")
            if any(str(THINGS[t].item).startswith(f"{each}.") and not THINGS[t].draft for t in visible(who, "target"))
        }
        found = {known.get(row["programme_id"], "?") for row in body["items"]}
    else:
        return
    if found != wanted:
        sweep.faults.append(
            f"{case.operation} {case.query} {case.path} by {who}: lost {wanted - found}, shows {found - wanted}"
        )


CODES = {
    403: {"forbidden"},
    404: {"not-found"},
    409: {"conflict", "wrong-state", "locked", "round-closed", "own-work", "chase-too-soon", "nothing-owed"},
}


def bulk(sweep: Sweep, operation: str, single: str, who: str) -> None:
    """Let a bulk move judge each row as the single move would."""
    cases = {case.path: case for case in (*WRITES, *PAYMENTS) if case.operation == single and case.path}
    extra = next((case.body for case in cases.values() if case.body), {})
    body = {**extra, "rows": [{"id": f"@{name}", "version": f"#{name}"} for name in cases]}
    permission = next(iter(cases.values())).permission
    expected = [case.expected(who) for case in cases.values()]
    _each(sweep, Case(operation, permission, body=body), who, expected, "moved")


def batch(sweep: Sweep, who: str) -> None:
    """Let a batch of figures judge each report as a single write would."""
    cases = {case.path: case for case in WRITES if case.operation == "writeReport" and case.body == {"note": "进展"}}
    changes = [{"report_id": f"@{name}", "base_version": f"#{name}", "note": "进展"} for name in cases]
    expected = [case.expected(who) for case in cases.values()]
    _each(sweep, Case("writeReports", "report.edit", body={"changes": changes}), who, expected, "applied")


def split(sweep: Sweep, who: str) -> None:
    """Let the split grid judge each cell by itself."""
    cells = (
        ("parks:city", "b", "parks", 201),
        ("schools:a", "a_dept", "schools", 201),
        ("schools:a", "b1", "schools", 422),
        ("roads:b", "b1", "roads", 409),
        ("roads:a", "other_town", "roads", 422),
    )
    expected = []
    for parent, unit, _, allowed in cells:
        units = (THINGS[parent].unit,) if allowed < 422 else ()
        must_see = ((parent, 404), (unit, 422))
        expected.append(Case("splitTasks", "task.split", must_see=must_see, units=units, allowed=allowed).expected(who))
    body = {
        "cells": [
            {"parent_id": f"@{parent}", "unit_id": f"@{unit}", "indicator_id": f"@{indicator}", "value": "1"}
            for parent, unit, indicator, _ in cells
        ]
    }
    _each(sweep, Case("splitTasks", "task.split", body=body), who, expected, "created")


def chase(sweep: Sweep, who: str) -> None:
    """Let a batch of chases judge each unit as a single chase would."""
    cases = [case for case in WRITES if case.operation == "createChase"]
    body = {"targets": [case.body for case in cases]}
    expected = [case.expected(who) for case in cases]
    _each(sweep, Case("sendChases", "report.chase", body=body), who, expected, "sent")


def upload(sweep: Sweep, who: str) -> None:
    """Let everybody see and continue his own uploads alone, and hang a file only where he may report."""
    known = {"a1-clerk"}
    for operation in ("createUpload", "getUpload", "appendUpload", "uploadAttachment"):
        sweep.prepared.renew()
        answer = sweep.prepared.request(operation, who)
        report = Case(
            operation, "report.edit", must_see=(("november:roads:a1", 404),), must_cover=("november:roads:a1",)
        )
        case = report if operation == "uploadAttachment" else Case(operation, "report.edit")
        wanted = case.expected(who)
        if wanted == 200 and operation in {"getUpload", "appendUpload"} and who not in known:
            wanted = 404
        elif wanted == 200 and operation in {"createUpload", "uploadAttachment"}:
            wanted = 201
        sweep.count += 1
        if answer.status_code != wanted:
            sweep.faults.append(f"{operation} by {who or '-'}: {answer.status_code} instead of {wanted} {answer.text}")
    sweep.renew()


def _each(sweep: Sweep, case: Case, who: str, expected: list[int], done: str) -> None:
    answer = sweep.send(case, who)
    where = f"{case.operation} by {who or '-'}"
    wanted = case.expected(who)
    sweep.leaks(where, case, who, answer)
    if answer.status_code != wanted:
        sweep.faults.append(f"{where}: {answer.status_code} instead of {wanted} {answer.text[:200]}")
    if answer.status_code == 200:
        for row, status in zip(answer.json()["results"], expected, strict=True):
            good = row["outcome"] == done if status < 300 else row["outcome"] == "refused"
            code = row.get("code") or (row["errors"][0]["code"] if row["errors"] else None)
            if status in CODES and code not in CODES[status]:
                good = False
            if not good:
                sweep.faults.append(f"{where}: {row['outcome']} {code} instead of {status}: {row}")
    if answer.status_code == 200 and any(status < 300 for status in expected):
        sweep.renew()
    elif sweep.probe.fingerprint() != sweep.state:
        sweep.faults.append(f"{where}: refused, yet something was written")
        sweep.renew()
