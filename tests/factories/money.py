"""People who handle money, and what has to be there before a yuan can move."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlmodel import select

from minsheng.disbursements.codes import check_character
from minsheng.identity.models import Grant, Role, User
from minsheng.kernel.access import Access
from minsheng.kernel.door import open_session
from tests.factories.world import password_hash

if TYPE_CHECKING:
    from minsheng.kernel.db import Database
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
            grant = {"role_id": roles[role], "unit_id": world[unit], "valid_from": date(2026, 1, 1)}
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
