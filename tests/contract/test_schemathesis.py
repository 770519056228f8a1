"""Schemathesis over the whole contract: whatever is sent, no server error and no answer that is not documented."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

if TYPE_CHECKING:
    from fastapi import FastAPI

    from tests.conftest import Caller, Callers
    from tests.factories.world import World

IDENTITIES = ["office", "a1-clerk", "admin"]
EXAMPLES = {GenerationMode.POSITIVE: 6, GenerationMode.NEGATIVE: 5}
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
REAL = {
    "units": "a1",
    "users": "user:a2-clerk",
    "roles": "role:clerk",
    "grants": "grant:b1-clerk",
    "programmes": "draft_list",
    "items": "draft_list.parks",
    "indicators": "parks",
    "tasks": "parks:a",
    "targets": "roads:a1:target",
    "reports": "november:roads:a1",
}


@pytest.fixture
def engine_name() -> str:
    """Run on PostgreSQL alone: it is the stricter of the two."""
    return "postgresql"


@pytest.mark.postgresql
@pytest.mark.parametrize("half", [0, 1])
def test_whole_contract(
    half: int, app: FastAPI, people: Callers, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Send every case as every identity: making one up takes longer than all three answers."""
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    callers = [people[identity] for identity in IDENTITIES]
    tallies: dict[str, Counter[int]] = {identity: Counter() for identity in IDENTITIES}
    for result in list(schema.get_all_operations())[half::2]:
        operation = result.ok()
        if operation.definition.raw["operationId"] in {"logOut", "logOutEverywhere", "changeOwnPassword"}:
            continue  # they would end the session that the other operations need; tested by name elsewhere
        for mode, examples in EXAMPLES.items():
            _try(operation, mode, examples, callers, world, tallies)
    with capsys.disabled():
        for identity, tally in tallies.items():
            print(f"\n{identity}: {tally.total()} requests, {dict(sorted(tally.items()))}")
    for tally in tallies.values():
        assert tally.total() > 500
        assert not {401, 500} & tally.keys()


def _try(
    operation: Any,
    mode: GenerationMode,
    examples: int,
    callers: list[Caller],
    world: World,
    tallies: dict[str, Counter[int]],
) -> None:
    @seed(20261122)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=False,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=operation.as_strategy(generation_mode=mode), real=st.booleans())
    def run(*, case: Any, real: bool) -> None:
        _aim(case, world, real=real)
        for caller in callers:
            answer = case.call(headers={"Cookie": caller.cookie, "X-Minsheng-Client": "test"})
            tallies[caller.username][answer.status_code] += 1
            case.validate_response(answer, checks=list(CHECKS))

    # An operation that takes nothing cannot be asked wrongly.
    with suppress(Unsatisfiable):
        run()


def _aim(case: Any, world: World, *, real: bool) -> None:
    """Point half of the requests at rows that exist, so that they get past the door."""
    name = case.operation.path.split("/")[3].partition(":")[0]
    if real and "id" in (case.path_parameters or {}) and name in REAL:
        case.path_parameters["id"] = str(world[REAL[name]])
    # The identity is given below; what the contract's security schemes would add beside it is refused as a second one.
    case.cookies = {}
    case.headers = {key: value for key, value in (case.headers or {}).items() if key.lower() != "authorization"}
    if real and any(each.name == "If-Match" for each in case.operation.headers):
        case.headers["If-Match"] = '"1"'
    if real and isinstance(case.body, dict):
        for field, row in (("unit_id", "a1"), ("programme_id", "draft_list"), ("item_id", "draft_list.parks")):
            if isinstance(case.body.get(field), (str, UUID)):
                case.body[field] = str(world[row])


def test_the_checks_can_go_red(app: FastAPI, people: Callers) -> None:
    """A status that the contract does not name is found."""
    document = app.openapi()
    broken = {**document, "paths": {"/api/v1/units": {"get": {**document["paths"]["/api/v1/units"]["get"]}}}}
    broken["paths"]["/api/v1/units"]["get"]["responses"] = {"204": {"description": "never"}}
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    schema.raw_schema["paths"] = broken["paths"]
    operation = schema["/api/v1/units"]["get"]
    case = operation.Case()
    answer = case.call(headers={"Cookie": people["office"].cookie})
    with pytest.raises(schemathesis.core.failures.FailureGroup):
        case.validate_response(answer, checks=[status_code_conformance])
