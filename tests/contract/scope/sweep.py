"""Sends requests and keeps what was wrong with the answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.contract import oracle, payment_cases
from tests.contract.oracle import THINGS, sees
from tests.contract.scope.cases import NOBODY, Case
from tests.factories import requests
from tests.factories.probe import Probe

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from tests.contract.conftest import Prepared

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
        """Start over."""
        if self.prepared.renew():
            # What was put back has other transaction numbers.
            self.state = self.probe.fingerprint()
            return
        self.probe.close()
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
        path = path.replace("{size}", "100")
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
