"""People who handle money, and what has to be there before a yuan can move."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import select

from minsheng.disbursements.codes import check_character
from minsheng.funds import ledger, opening
from minsheng.funds.accounts import Account, Kind
from minsheng.funds.models import FundLine, FundSource
from minsheng.identity.models import Grant, Role, User
from minsheng.kernel.access import Access
from minsheng.kernel.door import open_session
from minsheng.targets.models import Task
from tests.factories.world import password_hash

if TYPE_CHECKING:
    from minsheng.kernel.db import Database
    from tests.conftest import Callers
    from tests.factories.world import World

NUMBER = "1203282009200012345"

PEOPLE = (
    ("a-finance", "a", "finance"),
    ("a-second-finance", "a", "finance"),
    ("a-leader", "a", "leader"),
    ("a-payer", "a", "payer"),
    ("a-second-payer", "a", "payer"),
    ("b-finance", "b", "finance"),
)
"""The county's purse: user name, unit, role."""


def employ(database: Database, world: World, people: tuple[tuple[str, str, str], ...] = PEOPLE) -> None:
    """Give people accounts and grants; one name may be granted several roles."""
    with open_session(database, Access.system("test world"), write=True) as session:
        roles = {role.code: role.id for role in session.exec(select(Role)).all()}
        for username, unit, role in people:
            if f"user:{username}" not in world.ids:
                user = User(
                    username=username,
                    name=f"测试{username}",
                    unit_id=world[unit],
                    password_hash=password_hash(),
                    must_change_password=False,
                )
                session.add(user)
                session.flush()
                world.ids[f"user:{username}"] = user.id
            grant: dict[str, Any] = {
                "role_id": roles[role],
                "unit_id": world[unit],
                "valid_from": date(2020, 1, 1),
            }
            session.add(Grant(user_id=world[f"user:{username}"], **grant))
        session.commit()


def credit_code(number: int) -> str:
    """Return a right credit code, another for each number."""
    first = f"91330382MA{number:07d}"
    return first + check_character(first)


def payee(world: World, number: int = 1, **changed: Any) -> dict[str, Any]:
    """Return a new payee of the county."""
    return {
        "unit_id": str(world["a"]),
        "name": f"乐清市通达公路养护{number}公司",
        "credit_code": credit_code(number),
        "bank_name": "工商银行柳市支行",
        "number": f"62220212030{number:08d}",
        **changed,
    }


def account(world: World, **changed: Any) -> dict[str, Any]:
    """Return a new dedicated account of the county."""
    return {
        "unit_id": str(world["a"]),
        "name": "乐清市财政局民生实事资金专户",
        "bank_name": "农业银行乐清支行",
        "number": NUMBER,
        **changed,
    }


def open_line(
    database: Database,
    world: World,
    name: str,
    fen: int,
    *,
    keeper: str = "a",
    task: str = "roads:a1",
    **changed: Any,
) -> UUID:
    """Open a line of a task in the keeper's books with so many fen received, and return its id."""
    with open_session(database, Access.system("test world"), write=True) as session:
        wanted = session.get_one(Task, world[task])
        source = FundSource(
            programme_id=wanted.programme_id,
            unit_id=world[keeper],
            year=2026,
            kind="budget",
            tier="province",
            name=f"省级补助{name}",
            amount_fen=fen,
        )
        session.add(source)
        session.flush()
        given = {
            "unit_id": wanted.unit_id,
            "programme_id": wanted.programme_id,
            "item_id": wanted.item_id,
            "task_id": wanted.id,
            **changed,
        }
        line = FundLine(
            source_id=source.id,
            keeper_id=world[keeper],
            year=2026,
            code=name,
            name=name,
            purpose="农村公路提升",
            status="active",
            **given,
        )
        opening.open_line(session, line)
        if fen:
            ledger.post(
                session, line, Kind.RECEIPT, fen, dated_on=date(2026, 3, 1), paper="到位1", source=Account.DIRECT
            )
        session.commit()
        world.ids[f"line:{name}"] = line.id
        return line.id


def purse(people: Callers, world: World, database: Database, fen: int = 10_000_00) -> None:
    """Give the county people, an account, a payee and a line of money for a township's roads."""
    employ(database, world)
    finance = people["a-finance"]
    world.ids["account"] = UUID(finance.post("/bank-accounts", account(world), status=201)["id"])
    world.ids["payee"] = UUID(finance.post("/payees", payee(world), status=201)["id"])
    open_line(database, world, "L1", fen)


def request(world: World, *draws: tuple[str, int], **changed: Any) -> dict[str, Any]:
    """Return a request for a payment from lines by their names."""
    return {
        "task_id": str(world["roads:a1"]),
        "account_id": str(world["account"]),
        "payee_id": str(world["payee"]),
        "stage": "progress",
        "purpose": "第一期进度款",
        "lines": [{"line_id": str(world[f"line:{name}"]), "fen": fen} for name, fen in draws],
        **changed,
    }


def approved(people: Callers, world: World, *draws: tuple[str, int], **changed: Any) -> str:
    """Ask for a payment and have it approved; return its address."""
    made = people["a1-clerk"].post("/disbursements", request(world, *draws, **changed), status=201)
    path = f"/disbursements/{made['id']}"
    people["a1-clerk"].post(f"{path}/submit", version=1)
    people["a-finance"].post(f"{path}/approve", {}, version=2)
    return path


def books(database: Database) -> dict[str, tuple[int, int, int]]:
    """Return, by code of line: what is left, what the totals say was paid, and the sum of the ledger's payments."""
    with database.engine.connect() as connection:
        rows = connection.execute(
            sa.text(
                "SELECT l.code, b.cash, b.paid, coalesce((SELECT sum(e.fen) FROM ledger_entry e "
                "WHERE e.line_id = l.id AND e.kind = 'disbursement'), 0) "
                "FROM fund_line l JOIN fund_balance b ON b.line_id = l.id"
            )
        )
        return {code: (cash, paid, int(posted)) for code, cash, paid, posted in rows}


def freeze(database: Database, world: World, name: str) -> None:
    """Freeze a line, as a finding will."""
    with open_session(database, Access.system("test world"), write=True) as session:
        opening.freeze(session, session.get_one(FundLine, world[f"line:{name}"]), "审计发现")
        session.commit()
