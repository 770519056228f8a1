"""Writes about programmes, their catalogue and the rules they are judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.contract import oracle
from tests.contract.oracle import THINGS, sees
from tests.contract.scope.cases import Case, seated, span_of
from tests.factories import requests

if TYPE_CHECKING:
    from collections.abc import Iterator


def programme_writes() -> Iterator[Case]:
    for unit in ("city", "a", "b", "other"):
        body = {**span_of("新计划"), "unit_id": f"@{unit}"}
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


def rule_writes() -> Iterator[Case]:
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


def catalogue_writes() -> Iterator[Case]:
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
        "answerComment", "programme.edit", "comment", body=answered, must_cover=("comment",), allowed=seated("city")
    )
    yield Case("withdrawComment", "comment.edit", "comment", must_cover=("comment",), allowed=seated("a"))
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
