"""Every table says who may see it, and nothing goes round the door to it."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import aliased
from sqlmodel import SQLModel, col

from minsheng.identity.models import Grant, LoginSession, User
from minsheng.kernel import access, pages
from minsheng.kernel.access import Access, AccessError, Open, Private, Scoped, Session
from minsheng.kernel.db import Database
from minsheng.kernel.ids import new_id
from minsheng.org.models import Unit
from minsheng.programmes.models import Cadence, Item, Programme
from minsheng.reports.models import Report, ReportValue, Round
from minsheng.targets.models import Task
from tests.factories.world import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.contract.conftest import Prepared
    from tests.factories.world import World

DAY = date(2026, 1, 1)
SOURCE = Path(__file__).resolve().parents[2] / "backend" / "minsheng"

UNSCOPED = {
    "authority_epoch": "one number for the kernel's cache",
    "journal_entry": "read through the feed, by each row's own scope",
    "journal_order": "read through the feed, by each row's own scope",
    "journal_pending": "the sequencer's queue",
    "login_session": "credentials belong to the identity feature alone",
    "login_throttle": "the same",
    "token_family": "the same",
    "token_secret": "the same",
    "job": "slow work is its maker's alone",
    "job_file": "so are its files",
    "stored_answer": "answers to keyed requests, by caller and key",
    "national_day": "the State Council's days are everybody's, and nobody's to edit",
    "measure": "units of measure are a code table for everybody",
    "role": "names of roles are shown wherever rights are given",
    "role_permission": "what a role holds is no secret",
}
"""Tables that are Private or Open, each with its reason."""

SYSTEM = {
    ("kernel/door.py", "authenticate"): "who asks is found out before he has any access",
    ("kernel/workers.py", "jobs are run"): "a worker takes jobs as nobody, and works with the rights of their makers",
    ("identity/login.py", "own account"): "a person changes his own account, which no unit's right covers",
    ("identity/login.py", "<why>"): "log-in, token exchange and revocation: nobody is known yet; the callers name why",
    ("boards/service.py", "who is compared with whom"): "a place among others is the same whoever asks",
    ("boards/freezing.py", "lights of closed rounds are frozen"): "no caller asks for it, and nobody may rewrite it",
    ("chases/sending.py", "chases are sent"): "rules chase and the outbox delivers without anybody asking",
    ("cli.py", "<why>"): "the commands of the installation, on its own machine; each names why",
    (
        "checks/known.py",
        "figures are checked alike",
    ): "a figure is held up or not, whoever looks",
    ("disbursements/facts.py", "payments are capped alike"): "a payment is held up or not, whoever looks",
    ("sample/load.py", "demo accounts"): "lists the accounts of the sample data on the terminal",
    ("sample/load.py", "sample data"): "the loader fills an empty database",
    ("sample/load.py", "synthetic data"): "the same, for measurements",
}
"""Every place that takes the system's access, with its reason."""

BESIDE = {
    ("kernel/door.py", "connection"): "begins the transaction",
    ("kernel/journal.py", "connection"): "writes entries in the transaction of the change",
    ("kernel/journal.py", "text"): "the sequencer's lock",
    ("kernel/jobs.py", "connection"): "queues a job in the transaction that makes it, and reads the caller's own",
    ("kernel/workers.py", "connection"): "ends a job in the transaction of its work",
    ("kernel/idempotency.py", "connection"): "keeps answers in the transaction that made them",
    ("kernel/idempotency.py", "text"): "the lock of a key",
    ("kernel/db.py", "engine"): "makes it",
    ("kernel/db.py", "exec_driver_sql"): "begins a transaction on SQLite",
    ("cli.py", "engine"): "asks before the start whether the database stands at the newest migration",
    ("kernel/db.py", "text"): "proves that the database answers",
    ("kernel/rows.py", "connection"): "reads a visible row's own journal for the 412",
    ("identity/authority.py", "connection"): "reads the authority epoch",
    ("identity/sessions.py", "connection"): "ends a session",
    ("identity/service.py", "connection"): "asks whether a user name is taken or a role is used anywhere",
    ("org/service.py", "connection"): "asks whether a division code is taken anywhere",
    ("rule_sets/service.py", "connection"): "asks whether a code is taken anywhere",
    (
        "boards/service.py",
        "connection",
    ): "reads the whole programme in the caller's transaction, for places",
    ("checks/known.py", "connection"): "reads rules and siblings in the caller's transaction",
    ("boards/freezing.py", "connection"): "freezes in the transaction that changes the rules",
    ("funds/ledger.py", "connection"): "guards a line's totals by a conditional update",
    ("funds/reasons.py", "connection"): "says what that update refused",
    ("funds/opening.py", "connection"): "opens a line's totals and marks its state on them",
    ("disbursements/facts.py", "connection"): "reads rules and earlier payments in the caller's transaction",
    ("integration/service.py", "connection"): "the feed reads the journal under the same criteria",
    ("calendars/service.py", "connection"): "puts the days of the product's own file into an installation",
    ("sample/bulk.py", "connection"): "writes a synthetic province by plain inserts, for measurements",
    ("sample/cast.py", "connection"): "the sample's persons act in the loader's transaction",
}
"""Files that reach a connection or text past the ORM, each with its reason."""

STATUS = {
    "programmes/service.py": "issuing takes items, leads and indicators along; a lead that is struck out ends",
    "targets/splitting.py": "an emptied cell of the draft split is void, a refilled one a draft again",
    "targets/service.py": "a task takes its targets along",
    "reports/rounds.py": "rounds that have not opened fall away with their cadence",
    "milestones/policy.py": "a task takes its milestones along",
    "consultation/service.py": "an invitation, which has no life cycle of its own, ends with the consultation",
    "kernel/lifecycle.py": "the life cycle itself",
    "org/service.py": "the state of a line of an imported file, which is no row",
}
"""Files that set ``.status``; what has a life cycle is refused at the flush anywhere else."""


def undeclared() -> list[str]:
    """Return the tables without a scope, and those that are unscoped without a reason here."""
    wrong = []
    for kind in access.tables():
        scope = getattr(kind, "__scope__", None)
        name = str(kind.__tablename__)
        if isinstance(scope, Scoped):
            names = {
                scope.area,
                scope.line,
                scope.giver,
                scope.header and scope.header[0],
                scope.draft and scope.draft[0],
                scope.asked and scope.asked[0],
            }
            wrong += [f"{name}: no column {each}" for each in names - {None} if each not in kind.__table__.columns]  # type: ignore[attr-defined]
        elif isinstance(scope, (Open, Private)):
            if name not in UNSCOPED:
                wrong.append(f"{name}: not on the list")
            if not scope.reason:
                wrong.append(f"{name}: no reason")
        else:
            wrong.append(f"{name}: no scope")
    return wrong


def trees(folder: Path = SOURCE) -> Iterator[tuple[str, ast.Module]]:
    """Return every source file, parsed."""
    for path in sorted(folder.rglob("*.py")):
        yield path.relative_to(folder).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def system_uses(files: Any) -> set[tuple[str, str]]:
    """Return every use of ``Access.system``: file and reason given."""
    found = set()
    for name, tree in files:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "system":
                why = node.args[0] if node.args else None
                found.add((name, str(why.value) if isinstance(why, ast.Constant) else "<why>"))
    return found


def detours(files: Any) -> set[tuple[str, str]]:
    """Return every use of a connection, of text or of bulk writes: file and what."""
    found = set()
    names = {
        "connection",
        "text",
        "exec_driver_sql",
        "bulk_save_objects",
        "bulk_insert_mappings",
        "bulk_update_mappings",
    }
    for name, tree in files:
        imported = {
            each.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("sqlalchemy")
            for each in node.names
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Attribute) and node.func.attr in names - {"text"}:
                found.add((name, node.func.attr))
            if isinstance(node.func, ast.Name) and node.func.id in {"text", "literal_column"} & imported:
                found.add((name, node.func.id))
            if isinstance(node.func, ast.Name) and node.func.id in {"make_engine", "create_engine"}:
                found.add((name, "engine"))
    return found


def status_sets(files: Any) -> set[str]:
    """Return the files that assign ``.status`` of anything."""
    found = set()
    for name, tree in files:
        for node in ast.walk(tree):
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            if any(isinstance(each, ast.Attribute) and each.attr == "status" for each in targets):
                found.add(name)
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "setattr":
                found |= {name for each in node.args[1:2] if getattr(each, "value", "") == "status"}
    return found


def test_every_table_declares_its_scope() -> None:
    assert undeclared() == []
    assert set(UNSCOPED) == {
        str(kind.__tablename__) for kind in access.tables() if not isinstance(access.scope_of(kind), Scoped)
    }


def test_system_access_is_taken_only_where_listed() -> None:
    assert system_uses(trees()) == SYSTEM.keys()


def test_nothing_goes_round_the_orm_but_what_is_listed() -> None:
    assert detours(trees()) == BESIDE.keys()


def test_status_is_set_by_life_cycles_alone() -> None:
    assert status_sets(trees()) == STATUS.keys()


# What a caller's session refuses, and what it narrows

REPORTS = Report.__table__  # type: ignore[attr-defined]
USERS = User.__table__  # type: ignore[attr-defined]
LOGINS = LoginSession.__table__  # type: ignore[attr-defined]
UNITS = Unit.__table__  # type: ignore[attr-defined]
OTHER = aliased(Report)

REFUSED: dict[str, Any] = {
    "text": sa.text("SELECT id FROM report"),
    "text as entities": sa.select(Report).from_statement(sa.text("SELECT * FROM report")),
    "text as a subquery": sa.select(sa.text("SELECT id FROM report").columns(REPORTS.c.id).subquery().c.id),
    "text in a condition": sa.select(Unit.id).where(sa.text("1 = 1")),
    "text in the order": sa.select(Unit.id).order_by(sa.text("(SELECT password_hash FROM user_account LIMIT 1)")),
    "literal column": sa.select(Unit.id, sa.literal_column("(SELECT count(*) FROM report)")),
    "nothing but a literal column": sa.select(sa.literal_column("(SELECT count(*) FROM report)")),
    "table": sa.select(REPORTS),
    "column": sa.select(REPORTS.c.id),
    "labelled column": sa.select(REPORTS.c.note.label("x")),
    "column in a function": sa.select(sa.func.count(REPORTS.c.id)),
    "column in a function beside an entity": sa.select(Unit.id, sa.func.max(USERS.c.password_hash)),
    "column in a case": sa.select(sa.case((REPORTS.c.id.is_not(None), REPORTS.c.id))),
    "column in a cast": sa.select(sa.cast(REPORTS.c.id, sa.String)),
    "column in a condition": sa.select(Unit.id).where(REPORTS.c.unit_id == Unit.id),
    "column in a having": sa.select(Report.status).group_by(Report.status).having(sa.func.count(USERS.c.id) > 0),
    "column in the order": sa.select(Unit.id).order_by(USERS.c.password_hash),
    "table by its name": sa.select(sa.func.count()).select_from(sa.table("report")),
    "select_from": sa.select(sa.func.count()).select_from(REPORTS),
    "select_from beside an entity": sa.select(Unit.id).select_from(REPORTS),
    "table sample": sa.select(sa.func.count()).select_from(REPORTS.tablesample(100)),
    "join of an entity with a table": sa.select(Unit.id).join(REPORTS, REPORTS.c.unit_id == Unit.id),
    "join on nothing": sa.select(Unit.id).join(REPORTS, sa.true()),
    "join of tables": sa.select(sa.func.count()).select_from(sa.join(REPORTS, UNITS, REPORTS.c.unit_id == UNITS.c.id)),
    "join() of an entity with a table": sa.select(sa.func.count()).select_from(sa.join(Unit, REPORTS, sa.true())),
    "outer join": sa.select(Unit.id).outerjoin(REPORTS, REPORTS.c.unit_id == Unit.id),
    "alias of a table": sa.select(REPORTS.alias().c.id),
    "alias of an entity": sa.select(OTHER.id),
    "exists": sa.select(Unit.id).where(sa.exists(sa.select(REPORTS.c.id))),
    "exists without a select": sa.select(Unit.id).where(sa.exists().where(REPORTS.c.id.is_not(None))),
    "in a subquery": sa.select(Unit.id).where(Unit.id.in_(sa.select(REPORTS.c.unit_id))),
    "scalar subquery": sa.select(Unit.id, sa.select(sa.func.count(REPORTS.c.id)).scalar_subquery()),
    "scalar subquery alone": sa.select(sa.select(sa.func.count(REPORTS.c.id)).scalar_subquery()),
    "nested twice": sa.select(Unit.id).where(
        Unit.id.in_(sa.select(Report.unit_id).where(Report.id.in_(sa.select(REPORTS.c.id))))
    ),
    "scalar subquery in the order": sa.select(Unit.id).order_by(sa.select(REPORTS.c.id).limit(1).scalar_subquery()),
    "window without an entity": sa.select(sa.func.row_number().over(order_by=Report.id)),
    "common table": sa.select(sa.select(REPORTS.c.id).cte().c.id),
    "lateral": sa.select(sa.select(REPORTS.c.id).lateral().c.id),
    "union": sa.union(sa.select(Report.id), sa.select(Report.id)),
    "union as a subquery": sa.select(sa.union(sa.select(REPORTS.c.id), sa.select(REPORTS.c.id)).subquery().c.id),
    "delete": sa.delete(Report),
    "update": sa.update(Report).values(note="x"),
    "insert": sa.insert(Report),
    "delete of a table": sa.delete(REPORTS),
    "private entity": sa.select(LoginSession),
    "private column": sa.select(LoginSession.id),
    "private in a function": sa.select(sa.func.max(LoginSession.token_hash)),
    "private in a join": sa.select(Unit.id).join(LoginSession, LoginSession.user_id == Unit.id),
    "private in a join on nothing": sa.select(Unit.id).join(LoginSession, sa.true()),
    "private under an alias": sa.select(Unit.id).join(aliased(LoginSession), sa.true()),
    "private in a condition": sa.select(Unit.id).where(LoginSession.user_id == Unit.id),
    "private in an exists": sa.select(Unit.id).where(sa.exists(sa.select(LoginSession.id))),
    "private as a table": sa.select(LOGINS.c.token_hash),
}
NARROWED: dict[str, Any] = {
    "entity": sa.select(Report),
    "column": sa.select(Report.id),
    "labelled column": sa.select(Report.note.label("y")),
    "expression": sa.select(Report.version + 1),
    "function over a column": sa.select(sa.func.count(Report.id)).having(sa.func.count(Report.id) > 0),
    "count of an entity": sa.select(sa.func.count()).select_from(Report).having(sa.func.count() > 0),
    "count by a condition": sa.select(sa.func.count()).where(Report.id.is_not(None)).having(sa.func.count() > 0),
    "case": sa.select(sa.case((Report.note.is_(None), Report.id))),
    "groups": sa.select(Report.status, sa.func.count()).group_by(Report.status),
    "distinct": sa.select(Report.unit_id).distinct(),
    "join": sa.select(Report.id).join(Round, col(Round.id) == col(Report.round_id)),
    "inner side of a join": sa.select(ReportValue.value).join(Report, col(Report.id) == col(ReportValue.report_id)),
    "outer join": sa.select(Report.id).outerjoin(Unit, col(Unit.id) == col(Report.unit_id)),
    "exists": sa.select(Unit.id).where(sa.exists(sa.select(Report.id))),
    "in a subquery": sa.select(Unit.id).where(Unit.id.in_(sa.select(Report.unit_id))),
}


@pytest.fixture
def stranger(prepared: Prepared) -> Iterator[Session]:
    """A session of somebody who holds every right in a unit that does not exist."""
    every = {
        name: frozenset({new_id()}) for name in ("unit.read", "report.read", "task.read", "user.read", "programme.read")
    }
    with Session(prepared.app.state.database.engine, access=Access(areas=every), write=True) as session:
        yield session


def test_what_would_be_read_past_the_door_is_refused(stranger: Session) -> None:
    let_through = []
    for name, statement in REFUSED.items():
        try:
            stranger.execute(statement)
            let_through.append(name)
        except AccessError:
            continue
    assert let_through == []


def test_what_is_read_through_the_door_is_narrowed(stranger: Session) -> None:
    shown = {}
    for name, statement in NARROWED.items():
        if rows := stranger.execute(statement).all():
            shown[name] = rows
    assert shown == {}
    assert stranger.get(Report, new_id()) is None


def test_what_is_narrowed_is_there_for_whoever_may_see_it(prepared: Prepared) -> None:
    with Session(prepared.app.state.database.engine, access=Access.system("control"), write=False) as session:
        empty = [name for name, statement in NARROWED.items() if not session.execute(statement).all()]
    assert empty == []


def test_nothing_is_deleted_and_a_reading_session_writes_nothing(prepared: Prepared) -> None:
    engine = prepared.app.state.database.engine
    with Session(engine, access=Access.system("control"), write=True) as session:
        session.delete(session.get_one(Unit, prepared.world["a1"]))
        with pytest.raises(AccessError, match="nothing is deleted"):
            session.flush()
    with Session(engine, access=Access.system("control"), write=False) as session:
        session.get_one(Unit, prepared.world["a1"]).name = "新名"
        with pytest.raises(AccessError, match="reading session"):
            session.flush()
    with Session(engine, access=Access.system("control"), write=True) as session:
        session.get_one(Report, prepared.world["november:roads:a1"]).status = "accepted"
        with pytest.raises(AccessError, match="outside its life cycle"):
            session.flush()


@pytest.mark.parametrize("table", ["journal_entry", "journal_order"])
def test_the_record_cannot_be_rewritten(prepared: Prepared, table: str) -> None:
    engine = prepared.app.state.database.engine
    prepared.send("auditor", "GET", "/changes")
    with engine.begin() as connection:
        before = connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one()
        assert before > 0
    for statement in (f"UPDATE {table} SET entity = 'x'", f"DELETE FROM {table}", f"DELETE FROM {table} WHERE 1 = 0"):
        with engine.connect() as connection:
            if statement.endswith("1 = 0") and engine.dialect.name == "sqlite":
                continue
            with pytest.raises(DatabaseError):
                connection.execute(sa.text(statement))
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection, pytest.raises(DatabaseError):
            connection.execute(sa.text(f"TRUNCATE {table} CASCADE"))
    with engine.connect() as connection:
        after = connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one()
    assert after == before


# Every hot list is served by an index that starts with its scope

ROWS = 4_000


def _many(engine: sa.Engine, world: World) -> list[Any]:
    """Fill the tables of the hot lists with rows of very many units, of which the caller holds three."""
    units = [new_id() for _ in range(200)]
    programme = new_id()
    row = lambda: {"id": new_id(), "version": 1, "created_at": NOW}  # noqa: E731
    with engine.begin() as connection:
        add = lambda kind, rows: connection.execute(sa.insert(kind.__table__), rows)  # noqa: E731
        add(
            Unit,
            [
                {**row(), "id": key, "parent_id": world["other"], "name": f"单位{number}", "kind": "government",
                 "tier": "township", "status": "active", "sort": number}
                for number, key in enumerate(units)
            ],
        )  # fmt: skip
        span = {"starts_on": DAY, "ends_on": date(2027, 12, 31)}
        add(
            Programme,
            [
                {**row(), "id": programme if number == 0 else new_id(), "unit_id": units[number % 200], "year": 2026,
                 "name": "计划", "kind": "livelihood", "status": "issued", "level_labels": [],
                 "rule_set": "points-10-30", **span}
                for number in range(ROWS)
            ],
        )  # fmt: skip
        items = [
            {**row(), "programme_id": programme, "unit_id": units[number % 200], "seq": number, "code": "1",
             "title": "项目", "status": "issued"}
            for number in range(ROWS)
        ]  # fmt: skip
        add(Item, items)
        cadence = {**row(), "programme_id": programme, "unit_id": units[0], "every": "month", "cut_offs": [[1, 5]]}
        add(Cadence, [cadence])
        rounds = [
            {**row(), "cadence_id": cadence["id"], "programme_id": programme, "unit_id": units[number % 200],
             "period": f"r{number}",
             "starts_on": DAY, "ends_on": DAY, "opens_at": NOW, "due_at": NOW, "closes_at": NOW, "status": "active"}
            for number in range(ROWS)
        ]  # fmt: skip
        add(Round, rounds)
        tasks = [
            {**row(), "programme_id": programme, "item_id": items[0]["id"], "unit_id": units[number % 200],
             "giver_id": units[number % 200], "deadline": DAY, "status": "issued"}
            for number in range(ROWS)
        ]  # fmt: skip
        add(Task, tasks)
        add(
            Report,
            [
                {**row(), "programme_id": programme, "round_id": rounds[0]["id"], "task_id": task["id"],
                 "item_id": items[0]["id"], "unit_id": task["unit_id"], "period": "2026-11", "status": "draft",
                 "returned": False}
                for task in tasks
            ],
        )  # fmt: skip
        people = [
            {**row(), "username": f"many-{number}", "name": "人", "unit_id": units[number % 200], "status": "active",
             "password_hash": "x", "must_change_password": False, "epoch": 1}
            for number in range(ROWS)
        ]  # fmt: skip
        add(User, people)
        add(
            Grant,
            [
                {**row(), "user_id": each["id"], "role_id": world["role:clerk"], "unit_id": each["unit_id"],
                 "valid_from": DAY, "status": "active"}
                for each in people
            ],
        )  # fmt: skip
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE"))
    return units[:3]


HOT: dict[str, tuple[type[SQLModel], Sequence[Any]]] = {
    "users": (User, (User.username, User.id)),
    "grants": (Grant, (Grant.id,)),
    "programmes": (Programme, (Programme.year, Programme.id)),
    "items": (Item, (Item.seq, Item.id)),
    "tasks": (Task, (Task.id,)),
    "rounds": (Round, (Round.period, Round.id)),
    "reports": (Report, (Report.period, Report.id)),
}
"""The lists that grow with the installation, with the columns they are sorted by."""


def plan_of(engine: sa.Engine, session: Session, statement: Any) -> str:
    """Return how the database would run a statement of a caller's session."""
    seen: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, text: str, parameters: Any, *_: Any) -> None:
        seen.append((text, parameters))

    sa.event.listen(engine, "before_cursor_execute", note)
    session.execute(statement).all()
    sa.event.remove(engine, "before_cursor_execute", note)
    text, parameters = seen[-1]
    explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
    rows = session.connection().exec_driver_sql(explain + text, parameters).all()
    return "\n".join(str(row) for row in rows)


def scans(plan: str, table: str) -> bool:
    """Say whether a plan reads a whole table, or an index that does not start with the scope."""
    if "SCAN" in plan or "Seq Scan" in plan:
        return True
    return f"ix_{table}_unit_id" not in plan


def test_every_hot_list_is_served_by_an_index_that_starts_with_its_scope(prepared: Prepared) -> None:
    database: Database = prepared.app.state.database
    engine = database.engine
    units = frozenset(_many(engine, prepared.world))
    every = dict.fromkeys(("user.read", "programme.read", "task.read", "report.read"), units)
    slow = {}
    with Session(engine, access=Access(areas=every), write=False) as session:
        for name, (kind, columns) in HOT.items():
            statement = sa.select(kind)
            plan = plan_of(engine, session, statement.order_by(*columns).limit(51))
            if scans(plan, str(kind.__tablename__)):
                slow[name] = plan
        after = sa.select(Report).where(pages.behind((Report.period, Report.id), ("2026-10", str(new_id()))))
        plan = plan_of(engine, session, after.order_by(Report.period, Report.id).limit(51))
        if scans(plan, "report"):
            slow["reports, next page"] = plan
    assert slow == {}
