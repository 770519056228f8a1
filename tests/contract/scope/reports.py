"""Writes about rounds, reports, chases and files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.contract.scope.cases import MOVES, STATES, Case
from tests.factories import requests

if TYPE_CHECKING:
    from collections.abc import Iterator


def report_writes() -> Iterator[Case]:
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


def round_writes() -> Iterator[Case]:
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


CHASED = (("a_dept", 201), ("a1", 409), ("b1", 409), ("a", 409))
"""Units that may be chased for November's round of the list, that were a moment ago, or owe nothing."""


def chase_writes() -> Iterator[Case]:
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


def attachment_writes() -> Iterator[Case]:
    for report, allowed in (("november:schools:a1", 201), ("november:cover:a1", 409), ("november:roads:b1", 201)):
        body = {"report_id": f"@{report}", "name": "证明.pdf", "sha256": requests.WHOLE_HASH}
        cover = {"must_see": ((report, 404),), "must_cover": (report,)}
        yield Case("createAttachment", "report.edit", body=body, allowed=allowed, **cover)  # type: ignore[arg-type]
    for name in ("attachment:roads:a1", "attachment:roads:b1"):
        yield Case("voidAttachment", "report.edit", name, must_cover=(name,))
