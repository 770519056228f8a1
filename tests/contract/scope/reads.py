"""Every read of the contract, pointed at things of every owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.contract.oracle import THINGS, visible
from tests.contract.scope.cases import STATES, Case, of_unit

if TYPE_CHECKING:
    from collections.abc import Iterator


def gets() -> Iterator[Case]:  # noqa: C901, PLR0912 - one case after the other
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
            yield Case("getSplit", "task.read", programme, of_unit(unit), must_see=owner)
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
        yield Case("getEntrySheet", "report.read", query=of_unit(unit), must_see=() if unit is None else ((unit, 404),))
        for operation in ("getCalendar", "getWorkday"):
            yield Case(operation, "unit.read", query=of_unit(unit), must_see=() if unit is None else ((unit, 404),))
    for unit in ("city", "a", "a1", "a2", "b1", "other"):
        sheet = {"period": "2026-11", "unit_id": f"@{unit}"}
        yield Case("getEntryWorkbook", "report.read", query=sheet, must_see=((unit, 404),))
    for operation in ("getJob", "getJobFile"):
        yield Case(operation, None, "job:a1")
    yield Case("getReportUpload", "report.edit", "job:a1")
    for operation, permission in (
        ("getMe", None),
        ("getWorkbench", None),
        ("listJobs", None),
        ("getSummary", "board.read"),
        ("getDiscrepancies", "board.read"),
        ("getLagList", "board.read"),
        ("getSilence", "report.read"),
        ("getRepeatedSilence", "report.read"),
        ("getReportingRates", "report.read"),
        ("listPermissions", "user.read"),
        ("listMilestoneTemplates", "task.read"),
        ("listChanges", "journal.read"),
        ("listSealKeys", None),
        ("getLatestHead", None),
        ("getHead", None),
        ("getConsistency", None),
    ):
        yield Case(operation, permission)
    yield Case("getInclusion", "journal.read", "entry:roads:a1")

    for name in ("attachment:roads:a1", "attachment:roads:b1"):
        yield Case("getAttachmentThumbnail", "report.read", name, allowed=409)
