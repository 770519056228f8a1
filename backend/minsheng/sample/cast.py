"""The persons of the sample, each acting with his own rights, in the loader's transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import col, select

from minsheng.identity.authority import Authority
from minsheng.identity.models import User
from minsheng.kernel import clock
from minsheng.kernel.access import Caller, Session
from minsheng.org.models import Unit
from minsheng.permissions import P
from minsheng.programmes.models import Programme

MADE_UP = "样例生成"
"""Stands wherever a paper would be named that does not exist."""


class Cast:
    """Lets persons act: by the same services, rights and guards as over HTTP, on a day of the past."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.today = clock.today()
        self.people = {
            username: (key, unit, name)
            for key, unit, username, name in session.exec(select(User.id, User.unit_id, User.username, User.name)).all()
        }
        self.units = {
            name: key
            for key, name in session.exec(
                select(Unit.id, Unit.name).where(Unit.kind == "government").order_by(col(Unit.sort), col(Unit.id))
            ).all()
        }

    @contextmanager
    def acting(self, username: str, permission: P, on: date) -> Iterator[Session]:
        """Open a session of a person who named a permission, at ten o'clock of a day."""
        key, unit, name = self.people[username]
        with clock.held(clock.at(min(on, self.today), 10)):
            access = Authority().of(self.session, key)
            caller = Caller(user_id=key, unit_id=unit, username=username, name=name, access=access)
            # It joins the loader's transaction: closing it ends nothing.
            connection = self.session.connection()
            with Session(connection, access=access, permission=permission, caller=caller) as session:
                yield session
                session.flush()

    def username(self, unit: UUID, role: str) -> str | None:
        """Return who holds a role at a unit, by the ending of his name."""
        return next(
            (name for name, (_, at, _) in self.people.items() if at == unit and name.endswith(f"-{role}")), None
        )

    def programme(self, owner: str) -> Programme | None:
        """Return the list that a place has handed down this year; none before its day."""
        return self.session.exec(
            select(Programme).where(
                Programme.unit_id == self.units[owner],
                Programme.status == "issued",
                Programme.year == self.today.year,
            )
        ).one_or_none()

    def since(self, programme: Programme, days: int) -> date:
        """Return so many days after a list was handed down, no later than today."""
        return min((programme.issued_on or programme.starts_on) + timedelta(days=days), self.today)
