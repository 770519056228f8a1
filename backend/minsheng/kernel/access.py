"""One door to the data.

A session is obtained only by naming a permission. It returns only rows in which the caller holds the table's read
right, and flushes only rows in which he holds the permission that was named. Features never filter by unit or role.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnClause,
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Select,
    TableClause,
    TextClause,
    and_,
    event,
    false,
    or_,
    true,
)
from sqlalchemy.orm import ORMExecuteState, UOWTransaction, with_loader_criteria
from sqlalchemy.orm.attributes import get_history
from sqlalchemy.sql import visitors
from sqlmodel import Session as SQLModelSession
from sqlmodel import SQLModel

from minsheng.kernel.db import Row
from minsheng.kernel.errors import Forbidden, Problem

Made = TypeVar("Made")


class AccessError(RuntimeError):
    """A feature tried to reach the data by another door: a programming error, never shown to a caller."""


@dataclass(frozen=True)
class Scoped:
    """Where a row lies on the two axes of authority.

    Attributes:
        read: the permission that makes the row visible.
        area: column with the unit in whose area the row lies (块).
        line: column with the subject the row hangs on (条), if it has one.
        giver: column with the unit that may change the row, when that is not the unit it lies in.
        header: a column and its values under which the row is readable from beneath ``area``.
        draft: a column and its values under which the row is the giver's alone: what is not handed down is not seen.
        shared: rows without an area are nobody's: whoever holds the read permission sees them, no caller changes them.
        both: whether the unit a row lies in may change it as well as its giver: a paper that both sides sign. The moves
            of its life cycle then say which side does what.
        guest: column with the subject to which units beneath may be asked for a while (:attr:`Access.guests`).
        asked: column with that subject and the draft status in which guests read what lies in their own area.
    """

    read: str
    area: str = "unit_id"
    line: str | None = None
    giver: str | None = None
    header: tuple[str, frozenset[str]] | None = None
    draft: tuple[str, frozenset[str]] | None = None
    shared: bool = False
    both: bool = False
    guest: str | None = None
    asked: tuple[str, str] | None = None

    def area_of(self, row: Any) -> UUID | None:  # noqa: ANN401 - any table class
        """Return the unit in whose area a row lies now; a draft lies with its giver."""
        with_giver = self.draft and self.giver and getattr(row, self.draft[0]) in self.draft[1]
        unit: UUID | None = getattr(row, (with_giver and self.giver) or self.area)
        return unit

    def subject_of(self, row: Any) -> UUID | None:  # noqa: ANN401
        """Return the subject a row hangs on; a draft lies on no line yet, it is its giver's alone."""
        if self.line is None or (self.draft and getattr(row, self.draft[0]) in self.draft[1]):
            return None
        subject: UUID | None = getattr(row, self.line)
        return subject

    def is_header(self, row: Any) -> bool:  # noqa: ANN401
        """Say whether a row is readable from beneath its area."""
        return self.header is not None and getattr(row, self.header[0]) in self.header[1]


@dataclass(frozen=True)
class Open:
    """A table that everybody who is logged in may read, with the reason; writing still needs ``edit``."""

    reason: str
    edit: str | None = None


@dataclass(frozen=True)
class Private:
    """A table that no caller's session ever sees, with the reason."""

    reason: str


Scope = Scoped | Open | Private


@dataclass(frozen=True)
class LineRight:
    """Subjects led, and the units of the government under which they are led."""

    subjects: frozenset[UUID]
    units: frozenset[UUID]


@dataclass(frozen=True)
class Access:
    """What one caller may do, worked out once from his grants."""

    areas: Mapping[str, frozenset[UUID]] = field(default_factory=dict)
    lines: Mapping[str, tuple[LineRight, ...]] = field(default_factory=dict)
    hands: Mapping[str, frozenset[UUID]] = field(default_factory=dict)
    seats: Mapping[str, frozenset[UUID]] = field(default_factory=dict)
    above: frozenset[UUID] = frozenset()
    guests: frozenset[UUID] = frozenset()
    why: str | None = None
    _kept: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)

    system_uses: ClassVar[set[str]] = set()

    @classmethod
    def system(cls, why: str) -> Self:
        """Return access without limits, for work that no caller asked for; a test lists every ``why``."""
        cls.system_uses.add(why)
        return cls(why=why)

    def holds(self, permission: str) -> bool:
        """Say whether the caller holds a permission anywhere."""
        return self.why is not None or bool(self.areas.get(permission)) or bool(self.lines.get(permission))

    def in_area(self, permission: str, unit: UUID | None) -> bool:
        """Say whether a unit lies in the area where the caller holds a permission."""
        return self.why is not None or unit in self.areas.get(permission, frozenset())

    def sits(self, permission: str, unit: UUID) -> bool:
        """Say whether a permission was granted at this very unit, not merely somewhere above it."""
        return self.why is not None or unit in self.seats.get(permission, frozenset())

    def may_hand(self, permission: str, unit: UUID) -> bool:
        """Say whether the caller may grant a permission at a unit: nobody grants more than he holds."""
        return self.in_area(permission, unit) or unit in self.hands.get(permission, frozenset())

    def covers(self, permission: str, unit: UUID | None, subject: UUID | None = None) -> bool:
        """Say whether a permission is held for a unit, by area or by line."""
        return self.in_area(permission, unit) or any(
            subject in right.subjects and unit in right.units for right in self.lines.get(permission, ())
        )

    def grow(self, parent: UUID, *children: UUID) -> "Access":
        """Return this access with new units beneath one it covers, for the rest of the transaction."""
        if self.why is not None:
            return self

        def more(sets: Mapping[str, frozenset[UUID]]) -> dict[str, frozenset[UUID]]:
            return {name: units.union(children) if parent in units else units for name, units in sets.items()}

        return replace(self, areas=more(self.areas), hands=more(self.hands), _kept={})

    def criteria(
        self,
        permission: str,
        unit: ColumnElement[Any],
        subject: ColumnElement[Any] | None = None,
        header: ColumnElement[bool] | None = None,
        guest: ColumnElement[Any] | None = None,
    ) -> ColumnElement[bool]:
        """Return the condition under which rows are visible, over whichever columns carry the two axes."""
        if self.why is not None:
            return true()
        ways: list[ColumnElement[bool]] = []
        if area := self.areas.get(permission):
            ways.append(unit.in_(area))
        if subject is not None:
            ways += [
                and_(subject.in_(right.subjects), unit.in_(right.units)) for right in self.lines.get(permission, ())
            ]
        if header is not None and self.above and self.holds(permission):
            ways.append(and_(header, unit.in_(self.above)))
        if guest is not None and self.guests and self.holds(permission):
            ways.append(guest.in_(self.guests))
        return or_(*ways) if ways else false()

    def option(self, kind: type[SQLModel]) -> Any:  # noqa: ANN401 - SQLAlchemy's option type is private
        """Return the loader criteria of one scoped table, made once per access."""
        return self.kept(kind, lambda: self._option(kind))

    def kept(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what was made for this access before, or make it: conditions cost more to build than to run."""
        if key not in self._kept:
            self._kept[key] = make()
        found: Made = self._kept[key]
        return found

    def _option(self, kind: type[SQLModel]) -> Any:  # noqa: ANN401 - SQLAlchemy's option type is private
        scope = scope_of(kind)
        assert isinstance(scope, Scoped)  # noqa: S101 - the caller chose scoped tables only
        columns = kind.__table__.columns  # type: ignore[attr-defined]

        def at(name: str) -> Any:  # noqa: ANN401 - a mapped attribute
            return getattr(kind, name)

        condition = self.criteria(
            scope.read,
            at(scope.area),
            at(scope.line) if scope.line else None,
            at(scope.header[0]).in_(scope.header[1]) if scope.header else None,
            at(scope.guest) if scope.guest else None,
        )
        if scope.shared and self.why is None and self.holds(scope.read):
            condition = or_(condition, at(scope.area).is_(None))
        if scope.draft and scope.giver and self.why is None:
            handed_down = at(scope.draft[0]).not_in(scope.draft[1])
            drafts = [at(scope.giver).in_(self.areas.get(scope.read, frozenset()))]
            if scope.asked and self.guests:
                column, status = scope.asked
                drafts.append(and_(at(column).in_(self.guests), at(scope.draft[0]) == status))
            condition = and_(condition, or_(handed_down, *drafts))
        assert scope.area in columns  # noqa: S101 - a scope that names no column would guard nothing
        return with_loader_criteria(kind, condition, include_aliases=True)


@dataclass(frozen=True)
class Caller:
    """Who is asking."""

    user_id: UUID
    unit_id: UUID
    username: str
    name: str
    access: Access
    login_id: UUID | None = None
    must_change_password: bool = False


def scope_of(kind: type[Any]) -> Scope:
    """Return a table's scope.

    Raises:
        AccessError: the table declares none.
    """
    scope = getattr(kind, "__scope__", None)
    if not isinstance(scope, (Scoped, Open, Private)):
        message = f"{kind.__name__} declares no __scope__"
        raise AccessError(message)
    return scope


def tables() -> Iterable[type[SQLModel]]:
    """Return every table class of the product."""
    return [mapper.class_ for mapper in SQLModel._sa_registry.mappers]  # noqa: SLF001 - SQLModel has no public list


T = TypeVar("T", bound=SQLModel)
Lock = Callable[["Session", Any], Problem | None]


class Session(SQLModelSession):
    """A database session that knows its caller.

    Attributes:
        permission: what the caller named at the door; every flushed row must be covered by it.
        moving: rows in the middle of a move, with its verb: for the journal, and so that nothing else moves them.
    """

    def __init__(
        self,
        bind: Engine | Connection,
        *,
        access: Access,
        permission: str = "",
        caller: Caller | None = None,
        write: bool = True,
    ) -> None:
        # Without autoflush a change leaves in one piece: one version, one journal entry.
        super().__init__(bind, expire_on_commit=False, autoflush=False)
        self.access = access
        self.permission = permission
        self.caller = caller
        self.write = write
        self.request_id: str | None = None
        self.moving: dict[UUID, str] = {}

    @property
    def who(self) -> Caller:
        """The caller; system sessions have none."""
        if self.caller is None:
            message = "this session has no caller"
            raise AccessError(message)
        return self.caller

    def require(self, row: SQLModel) -> None:
        """Refuse now what the flush would refuse later.

        Raises:
            Forbidden: the named permission does not cover the row.
        """
        if not self.may(self.permission, row):
            raise Forbidden

    def may(self, permission: str, row: Any) -> bool:  # noqa: ANN401 - any table class
        """Say whether the caller may change a row by a permission, before and after the change."""
        if self.access.why is not None:
            return True
        scope = scope_of(type(row))
        if isinstance(scope, Private):
            return False
        if isinstance(scope, Open):
            return scope.edit is not None and scope.edit == permission and self.access.holds(permission)
        subject = getattr(row, scope.line) if scope.line else None

        def covered(column: str) -> bool:
            units = {getattr(row, column), *get_history(row, column).deleted}
            return all(self.access.covers(permission, unit, subject) for unit in units)

        return covered(scope.giver or scope.area) or (scope.both and covered(scope.area))


@event.listens_for(Session, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    """Add the caller's scope to everything that is read, and refuse what would go round it."""
    session = state.session
    assert isinstance(session, Session)  # noqa: S101 - the listener is bound to this class
    if session.access.why is not None or state.is_column_load or state.is_relationship_load:
        return
    if not state.is_select or not state.is_orm_statement or not isinstance(state.statement, Select):
        message = "only ORM selects are allowed on a caller's session"
        raise AccessError(message)
    for kind in _kinds_in(state.statement):
        scope = scope_of(kind)
        if isinstance(scope, Private):
            message = f"{kind.__name__} is private: {scope.reason}"
            raise AccessError(message)
        if isinstance(scope, Scoped):
            state.statement = state.statement.options(session.access.option(kind))


def _kinds_in(statement: Select[Any]) -> set[type[SQLModel]]:
    """Return the tables a statement reads through the ORM.

    Raises:
        AccessError: a part of it names a table, a column or text directly, where no criteria would be added.
    """
    kinds: set[type[SQLModel]] = set()
    keys = _key_columns(statement)
    for element in visitors.iterate(statement):
        parent = element._annotations.get("parententity")  # noqa: SLF001 - the only mark of what the ORM put there
        if parent is not None:
            kinds.add(parent.mapper.class_)
            continue
        named: list[Any] = []
        if isinstance(element, Select):
            # A select that the ORM does not compile gets no criteria, whatever its options say.
            if element._propagate_attrs.get("compile_state_plugin") != "orm":  # noqa: SLF001 - the mark of the ORM
                named = [element]
            else:
                # Its other children are tables that follow from its columns, which are looked at themselves.
                joined = [each for join in element._setup_joins for each in (join[0], join[2])]  # noqa: SLF001
                named = [*element._raw_columns, *element._from_obj, *joined]  # noqa: SLF001 - before any compilation
                named = [each for each in named if isinstance(each, TableClause)]
        elif isinstance(element, FromClause):
            named = [each for each in element.get_children() if isinstance(each, TableClause)]
        elif isinstance(element, TextClause) or (isinstance(element, ColumnClause) and id(element) not in keys):
            # ``count(*)`` is a literal column too.
            named = [] if getattr(element, "name", "") == "*" else [element]
        if direct := [each for each in named if "parententity" not in each._annotations]:  # noqa: SLF001
            message = f"{direct[0]} is read past the door"
            raise AccessError(message)
    return kinds


def _key_columns(statement: Select[Any]) -> set[int]:
    """Return the bare columns that ``Session.get`` compares, of the very table that its select reads."""
    own = [
        each._annotations["parententity"].mapper.local_table  # noqa: SLF001 - see _kinds_in
        for each in statement._raw_columns  # noqa: SLF001 - what is selected, before any compilation
        if "parententity" in each._annotations  # noqa: SLF001
    ]
    found: set[int] = set()
    for criterion in statement._where_criteria:  # noqa: SLF001
        left = getattr(criterion, "left", None)
        if isinstance(left, Column) and any(left.table is table for table in own):
            found.add(id(left))  # clause elements compare into SQL, so it is this very object that is meant
    return found


def refuse_locked(session: Session, row: Any, kind: type[Any] | None = None) -> None:  # noqa: ANN401 - any table class
    """Ask a row's own lock: an issued list, a closed round; of mere columns of a row ``kind`` says what they are.

    Raises:
        Problem: the row may not be written now.
    """
    lock: Lock | None = getattr(kind or type(row), "__lock__", None)
    if lock is not None and session.access.why is None and (problem := lock(session, row)):
        raise problem


@event.listens_for(Session, "before_flush")
def _guard(session: Session, _context: UOWTransaction, _instances: object) -> None:
    """Check every row that is about to be written: the right, the lock, the life cycle; then count its version."""
    changed = [row for row in session.dirty if session.is_modified(row)]
    if session.deleted:
        message = "nothing is deleted: void by a move"
        raise AccessError(message)
    if (session.new or changed) and not session.write:
        message = "a write on a reading session"
        raise AccessError(message)
    for row in (*session.new, *changed):
        session.require(row)
        refuse_locked(session, row)
    for row in changed:
        moved = getattr(type(row), "__lifecycle__", False) and get_history(row, "status").has_changes()
        if moved and row.id not in session.moving:
            message = f"{type(row).__name__}.status was set outside its life cycle"
            raise AccessError(message)
        if isinstance(row, Row) and not get_history(row, "version").has_changes():
            row.version += 1


def find(session: Session, kind: type[T], key: UUID, *, lock: bool = False) -> T | None:
    """Return one visible row or nothing; ``lock`` holds it until the transaction ends."""
    return session.get(kind, key, with_for_update=True if lock else None, populate_existing=lock)
