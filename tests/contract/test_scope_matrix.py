"""Every operation, asked by everybody, about his own things, his neighbours' and strangers'.

What ought to come back is worked out by the oracle from the world's declarations alone. After each refused write every
table must be as it was; no answer may name anything that its reader may not see.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.contract import money_cases, oracle, payment_cases
from tests.contract.oracle import THINGS, holds, visible
from tests.contract.scope.cases import MOVES, NOBODY, WHO, Case
from tests.contract.scope.milestones import calendar_writes, milestone_writes, template_writes
from tests.contract.scope.papers import deviation_writes, paper_writes
from tests.contract.scope.people import own_writes, people_writes
from tests.contract.scope.programmes import catalogue_writes, programme_writes, rule_writes
from tests.contract.scope.reads import gets
from tests.contract.scope.reports import attachment_writes, chase_writes, report_writes, round_writes
from tests.contract.scope.sweep import Sweep
from tests.contract.scope.tasks import change_writes, task_writes
from tests.contract.test_routes import PUBLIC
from tests.factories import requests

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.conftest import Prepared
Outcome = "int | Callable[[str], int]"


PAYMENTS = [Case(**given) for given in (*payment_cases.reads(), *payment_cases.writes())]
READS = [*gets(), *(Case(**given) for given in money_cases.reads())]
WRITES = [
    *report_writes(),
    *task_writes(),
    *change_writes(),
    *programme_writes(),
    *rule_writes(),
    *round_writes(),
    *calendar_writes(),
    *milestone_writes(),
    *template_writes(),
    *people_writes(),
    *paper_writes(),
    *catalogue_writes(),
    *chase_writes(),
    *attachment_writes(),
    *deviation_writes(),
    *(Case(**given) for given in money_cases.writes()),
    *own_writes(),
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
BULK = {f"{verb}Reports": verb for verb in MOVES if verb not in {"withdraw", "drop", "supersede", "reinstate"}}
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
