"""A check that cannot go red is worth nothing: each fault is planted, and the sweep that should find it finds it."""

from __future__ import annotations

import ast
import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import pytest
import sqlalchemy as sa
from fastapi import APIRouter, FastAPI

from minsheng.kernel import access, contract
from minsheng.kernel.access import Access, Open, Scoped, Session
from minsheng.kernel.door import allow
from minsheng.kernel.http import Route
from minsheng.permissions import P
from minsheng.programmes.models import Item, Programme
from minsheng.reports.models import Report, ReportValue
from minsheng.reports.policy import REPORT
from minsheng.targets.models import Target, Task
from tests.contract import test_feed_scope, test_lifecycles, test_routes, test_scope_matrix, test_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.contract.conftest import Prepared


@pytest.fixture
def engine_name() -> str:
    """One database is enough to show that a check can go red."""
    return "sqlite"


WHO = ("office", "a-office", "lead", "a1-clerk", "a-admin", "outsider")
"""Enough of everybody to see the faults that are planted here."""


def swept(prepared: Prepared, *operations: str) -> list[str]:
    """Return what the scope matrix finds wrong about some operations."""
    sweep = test_scope_matrix.Sweep(prepared)
    for case in (*test_scope_matrix.READS, *test_scope_matrix.WRITES):
        if case.operation in operations:
            for who in WHO:
                answer = sweep.check(case, who)
                if answer.status_code == 200:
                    test_scope_matrix.compose(sweep, case, who, answer.json())
    for operation, (permission, kind, _) in test_scope_matrix.LISTED.items():
        if operation in operations:
            for who in WHO:
                test_scope_matrix.listed(sweep, operation, permission, kind, who)
    sweep.probe.close()
    return sweep.faults


def any_of(found: Iterable[str], *words: str) -> bool:
    """Say whether one line has all the words."""
    return any(all(word in line for word in words) for line in found)


def test_the_sweeps_are_green_without_a_fault(prepared: Prepared) -> None:
    assert swept(prepared, "getTask", "listTasks", "getProgramme", "listReports", "changeItem", "createUnit") == []


# Tables


def test_a_table_without_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(Report, "__scope__")
    assert test_tables.undeclared() == ["report: no scope"]


def test_a_table_opened_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Report, "__scope__", Open(""))
    assert test_tables.undeclared() == ["report: not on the list", "report: no reason"]


def test_a_scope_that_names_no_column(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Report, "__scope__", replace(Report.__scope__, area="place_id"))
    assert test_tables.undeclared() == ["report: no column place_id"]


def test_a_report_seen_everywhere(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Report, "__scope__", Open("planted"))
    found = swept(prepared, "getReport", "listReports")
    assert any_of(found, "getReport november:roads:a2", "by a1-clerk", "instead of 404")
    assert any_of(found, "listReports by outsider", "november:roads:a1")


def test_drafts_seen_by_their_receivers(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in (Task, Target):
        monkeypatch.setattr(kind, "__scope__", replace(kind.__scope__, draft=None))
    found = swept(prepared, "getTask", "getPlan", "listTasks")
    assert any_of(found, "getTask parks:a", "by a-office", "200 instead of 404")
    assert any_of(found, "listTasks by a-office", "shows", "parks:a")


def test_headers_seen_while_still_drafts(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    scope = Scoped(read=P.PROGRAMME_READ, header=("status", frozenset({"draft", "issued", "closed"})))
    monkeypatch.setattr(Programme, "__scope__", scope)
    assert any_of(swept(prepared, "getProgramme"), "getProgramme draft_list", "by a1-clerk", "200 instead of 404")


def test_headers_not_seen_at_all(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Programme, "__scope__", Scoped(read=P.PROGRAMME_READ))
    assert any_of(swept(prepared, "getProgramme"), "getProgramme list ", "by a1-clerk", "404 instead of 200")


def test_the_line_cut(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Report, "__scope__", replace(Report.__scope__, line=None))
    assert any_of(swept(prepared, "listReports"), "listReports by lead: lost", "november:roads:b1")


def test_a_receiver_who_may_change_what_he_was_given(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Task, "__scope__", replace(Task.__scope__, giver=None, draft=None))
    assert any_of(swept(prepared, "changeTask"), "changeTask roads:a ", "by a-office", "instead of 403")


# The door


def _with_route(*, dependency: Any) -> FastAPI:
    app, router = FastAPI(), APIRouter(route_class=Route)

    def endpoint(session: Any) -> None:
        del session

    endpoint.__annotations__ = {"session": Annotated[Session, dependency] if dependency else str, "return": None}
    router.add_api_route("/api/v1/planted", endpoint, operation_id="planted")
    app.include_router(router)
    return app


def test_a_route_without_a_door() -> None:
    assert test_routes.doorless(_with_route(dependency=None)) == ["planted"]


def test_a_door_without_a_permission() -> None:
    assert test_routes.doorless(_with_route(dependency=allow(None))) == ["planted"]


def test_a_door_with_an_unknown_permission() -> None:
    assert test_routes.doorless(_with_route(dependency=allow("planted"))) == ["planted"]
    assert test_routes.doorless(_with_route(dependency=allow(P.UNIT_READ))) == []


def test_a_permission_taken_from_a_real_door(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    route = next(each for _, each in contract.api_routes(prepared.app) if each.operation_id == "listUsers")
    doors = [each for each in contract.flatten(route.dependant) if hasattr(each.call, "permission")]
    monkeypatch.setattr(doors[0].call, "permission", None)
    assert test_routes.doorless(prepared.app) == ["listUsers"]


def test_an_undescribed_operation(prepared: Prepared) -> None:
    path = "/api/v1/measures"
    operation = copy.deepcopy(prepared.contract["paths"][path]["post"])
    operation |= {"summary": "", "x-permission": "", "parameters": []}
    found = test_routes.undocumented({"paths": {path: {"post": operation}}, "tags": prepared.contract["tags"]})
    assert found == ["createMeasure: summary", "createMeasure: x-permission", "createMeasure: Idempotency-Key"]


def test_a_door_that_lets_everybody_in(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Access, "holds", lambda *_: True)
    assert any_of(swept(prepared, "listUsers"), "listUsers", "by a1-clerk", "200 instead of 403")


def test_a_flush_that_asks_nothing(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "require", lambda *_: None)
    assert any_of(swept(prepared, "createUnit"), "createUnit", "@city", "by a-admin", "201 instead of 403")


def test_a_session_that_looks_at_no_statement(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "_kinds_in", lambda _: set())
    with Session(prepared.app.state.database.engine, access=Access(), write=True) as session:
        # SQLAlchemy itself warns of what joins on nothing.
        with pytest.raises((AssertionError, sa.exc.SAWarning)):
            test_tables.test_what_would_be_read_past_the_door_is_refused(session)
        with pytest.raises(AssertionError):
            test_tables.test_what_is_read_through_the_door_is_narrowed(session)


def test_ways_round_the_door_in_the_source() -> None:
    planted = """
from sqlalchemy import text
def detour(session, row):
    session.connection()
    text("SELECT 1")
    Access.system("because")
    row.status = "accepted"
    setattr(row, "status", "accepted")
"""
    files = [("reports/planted.py", ast.parse(planted))]
    assert test_tables.system_uses(files) == {("reports/planted.py", "because")}
    assert test_tables.detours(files) == {("reports/planted.py", "connection"), ("reports/planted.py", "text")}
    assert test_tables.status_sets(files) == {"reports/planted.py"}


# Locks, life cycles, indexes, the feed


def test_an_issued_list_unlocked(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(Item, "__lock__")
    assert any_of(swept(prepared, "changeItem"), "changeItem list.roads", "by office", "200 instead of 409")


def test_a_closed_round_unlocked(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in (Report, ReportValue):
        monkeypatch.delattr(kind, "__lock__")
    with pytest.raises(AssertionError):
        test_lifecycles.test_a_closed_round_refuses_every_write(prepared)


def _without(*verbs: str) -> Any:
    cycle = copy.copy(REPORT)
    cycle.moves = {verb: move for verb, move in REPORT.moves.items() if verb not in verbs}
    return cycle


@pytest.mark.parametrize(
    "plant, word",
    [
        (lambda: _without("accept", "send-back"), "report: reviewed is a dead end"),
        (lambda: _without("submit"), "report: submitted is never reached"),
    ],
)
def test_an_unsound_life_cycle(prepared: Prepared, plant: Callable[[], Any], word: str) -> None:
    assert word in test_lifecycles.faults(plant(), test_lifecycles.HELD, set(prepared.contract["paths"]))


def test_a_move_nobody_may_make_and_one_without_an_address(prepared: Prepared) -> None:
    paths = {path for path in prepared.contract["paths"] if not path.endswith("/recall")}
    found = test_lifecycles.faults(REPORT, test_lifecycles.HELD - {P.REPORT_REVIEW}, paths)
    assert found == [
        "report: recall has no address",
        "report: nobody may review",
        "report: nobody may return",
        "report: nobody may supersede",
    ]


def test_a_list_without_its_index(prepared: Prepared) -> None:
    with prepared.app.state.database.engine.begin() as connection:
        connection.execute(sa.text("DROP INDEX ix_report_unit_id_period_id"))
    with pytest.raises(AssertionError):
        test_tables.test_every_hot_list_is_served_by_an_index_that_starts_with_its_scope(prepared)


def test_a_feed_that_hangs_drafts_on_the_line(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scoped, "subject_of", lambda scope, row: getattr(row, scope.line) if scope.line else None)
    with pytest.raises(AssertionError):
        test_feed_scope.test_the_line_does_not_tell_of_drafts(prepared)


def test_a_feed_without_the_scope_of_its_rows(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Access, "criteria", lambda *_: sa.true())
    with pytest.raises(AssertionError):
        test_feed_scope.test_everybody_hears_of_what_he_may_see_and_of_nothing_else(prepared)


def test_a_record_that_can_be_rewritten(prepared: Prepared) -> None:
    with prepared.app.state.database.engine.begin() as connection:
        triggers = connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        for name in triggers.scalars().all():
            connection.execute(sa.text(f"DROP TRIGGER {name}"))
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        test_tables.test_the_record_cannot_be_rewritten(prepared, "journal_entry")
