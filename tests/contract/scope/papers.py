"""Writes about pledges, official figures, deviations and verifications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.contract.oracle import THINGS
from tests.contract.scope.cases import Case, seated

if TYPE_CHECKING:
    from collections.abc import Iterator


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


def paper_writes() -> Iterator[Case]:
    for name, state in PLEDGES.items():
        for verb, (start, permission, side) in PLEDGE_MOVES.items():
            yield Case(
                f"{verb}Pledge",
                permission,
                name,
                body={"reason": "请核对"} if verb == "return" else None,
                must_cover=(name,),
                allowed=seated(getattr(THINGS[name], side)) if state == start else 409,
            )
        giver = THINGS[name].giver
        yield Case("supplementPledge", "pledge.edit", name, must_cover=(name,), allowed=seated(giver, 409))
    for giver, unit, done in (("city", "a1", 201), ("city", "a", 409), ("a", "a2", 201), ("other", "other_town", 409)):
        body = {"programme_id": "@list", "giver_id": f"@{giver}", "unit_id": f"@{unit}"}
        yield Case(
            "createPledge",
            "pledge.edit",
            body=body,
            must_see=(("list", 404), (giver, 404), (unit, 404)),
            allowed=seated(giver, done),
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
            allowed=seated(THINGS[name].by),
        )


def deviation_writes() -> Iterator[Case]:
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
        allowed=seated("b1"),
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
