"""Puts the sample into a database: 温州市 as people see it, or a synthetic province for measuring."""

from sqlalchemy import Engine
from sqlmodel import col, select

from minsheng.calendars.service import ensure_days
from minsheng.checks.service import ensure_patterns
from minsheng.identity.models import User
from minsheng.identity.service import ensure_roles
from minsheng.kernel import clock
from minsheng.kernel.access import Access, Session
from minsheng.kernel.db import Database
from minsheng.kernel.door import open_session
from minsheng.milestones.templates import ensure_templates
from minsheng.org.models import Unit
from minsheng.rule_sets.service import ensure_presets
from minsheng.sample import changing, chasing, checking, consulting, funding, official, papers, receipts, steps
from minsheng.sample.bulk import (
    GRANT,
    INDICATOR,
    ITEM,
    MEASURE,
    PROGRAMME,
    REPORT,
    ROUND,
    TARGET,
    TASK,
    UNIT,
    USER,
    VALUE,
    Bulk,
    key,
)
from minsheng.sample.cast import Cast
from minsheng.sample.generator import sample
from minsheng.sample.generator import synthetic as make_synthetic
from minsheng.sample.people import PASSWORD
from minsheng.sample.tables import Loader

__all__ = [
    "GRANT",
    "INDICATOR",
    "ITEM",
    "MEASURE",
    "PASSWORD",
    "PROGRAMME",
    "REPORT",
    "ROUND",
    "TARGET",
    "TASK",
    "UNIT",
    "USER",
    "VALUE",
    "accounts",
    "key",
    "synthetic",
    "wenzhou",
]
"""What the measurements need of a synthetic province is named here too: its tables' numbers and the key of a row."""


def accounts(engine: Engine) -> list[tuple[str, str, str]]:
    """Return (username, role, unit) of the demo accounts; empty in an installation without the sample."""
    with Session(engine, access=Access.system("demo accounts"), write=False) as session:
        rows = session.exec(
            select(User.username, User.demo_role, Unit.name)
            .join(Unit, col(Unit.id) == col(User.unit_id))
            .where(col(User.demo_role).is_not(None))
            .order_by(col(User.id))
        ).all()
    return [(username, role or "", unit) for username, role, unit in rows]


def wenzhou(url: str, *, if_empty: bool = False) -> bool:
    """Load the sample of 温州市 as it stands today; return whether anything was loaded.

    Raises:
        SystemExit: the database holds units already, and ``if_empty`` was not given.
    """
    database = Database(url)
    try:
        with open_session(database, Access.system("sample data"), write=True) as session:
            if session.exec(select(Unit.id).limit(1)).first():
                if if_empty:
                    return False
                message = "数据库里已有机构，不再装入样例。"
                raise SystemExit(message)
            _basics(session)
            Loader(session, sample(clock.today())).run()
            # What follows is done by the persons of the sample, as they would do it themselves.
            cast = Cast(session)
            for scene in (receipts, steps, papers, changing, consulting, chasing, checking, official, funding):
                scene.play(cast)
            session.commit()
        print("样例数据已装入：温州市及其县、乡镇。")  # noqa: T201 - a command's answer
        return True
    finally:
        database.dispose()


def synthetic(url: str, sizes: dict[str, int]) -> None:
    """Fill an empty database with a synthetic province by plain inserts, without journal: for measuring only."""
    database = Database(url)
    with open_session(database, Access.system("synthetic data"), write=True) as session:
        _basics(session)
        Bulk(session, make_synthetic(**sizes)).run()
        session.commit()
    database.dispose()


def _basics(session: Session) -> None:
    """Give the database what every installation starts with."""
    ensure_roles(session)
    ensure_days(session)
    ensure_presets(session)
    ensure_templates(session)
    ensure_patterns(session)
