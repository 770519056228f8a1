"""Works out what a person may do: grants → roles → permissions → units and lines."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from uuid import UUID

from sqlmodel import col, or_, select

from minsheng.identity.models import Grant, Role, RolePermission
from minsheng.kernel import clock, journal
from minsheng.kernel.access import Access, LineRight, Session
from minsheng.org.models import Unit
from minsheng.permissions import Axis, P

SubjectSource = Callable[[Session, frozenset[UUID]], set[UUID]]

subject_sources: list[SubjectSource] = []
"""Ask which subjects a department leads; the features that know register here."""

guest_sources: list[SubjectSource] = []
"""Ask to which subjects units were asked for a while: a list that is out for comment."""

_CACHE_SIZE = 2_000


class Tree:
    """The whole unit tree in memory: a few hundred units for a city, some thousands for a province."""

    def __init__(self, rows: Iterable[tuple[UUID, UUID | None, str]]) -> None:
        self.parent: dict[UUID, UUID | None] = {}
        self.kind: dict[UUID, str] = {}
        self.children: dict[UUID | None, list[UUID]] = defaultdict(list)
        for key, parent, kind in rows:
            self.parent[key] = parent
            self.kind[key] = kind
            self.children[parent].append(key)

    def beneath(self, unit: UUID) -> frozenset[UUID]:
        """Return a unit and everything under it."""
        found: list[UUID] = [unit]
        for at in found:
            found.extend(self.children.get(at, ()))
        return frozenset(found)

    def above(self, unit: UUID) -> list[UUID]:
        """Return the units over a unit, nearest first."""
        found = []
        at = self.parent.get(unit)
        while at is not None:
            found.append(at)
            at = self.parent.get(at)
        return found

    def government(self, unit: UUID) -> UUID:
        """Return the government a unit belongs to: itself, or the nearest above."""
        for at in (unit, *self.above(unit)):
            if self.kind.get(at) == "government":
                return at
        return unit


class Authority:
    """Answers what a person may do; cached until the authority epoch moves, so a revoked grant is gone at once."""

    def __init__(self) -> None:
        self._tree: tuple[int, Tree] | None = None
        self._known: dict[tuple[UUID, int, date], Access] = {}

    def tree(self, session: Session) -> Tree:
        """Return the unit tree of the present epoch."""
        epoch = journal.epoch(session.connection())
        if self._tree is None or self._tree[0] != epoch:
            rows = session.exec(select(Unit.id, Unit.parent_id, Unit.kind)).all()
            self._tree = (epoch, Tree(rows))
        return self._tree[1]

    def of(self, session: Session, user_id: UUID, epoch: int | None = None) -> Access:
        """Return a person's access today; the session must be the system's, and ``epoch`` what it read just now."""
        key = (user_id, journal.epoch(session.connection()) if epoch is None else epoch, clock.today())
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _CACHE_SIZE:
                self._known.clear()
            known = self._known[key] = self._build(session, user_id)
        return known

    def _build(self, session: Session, user_id: UUID) -> Access:
        today = clock.today()
        rows = session.exec(
            select(Grant.unit_id, RolePermission.permission, RolePermission.axis)
            .join(RolePermission, col(RolePermission.role_id) == col(Grant.role_id))
            .where(
                Grant.user_id == user_id,
                Grant.status == "active",
                col(RolePermission.active),
                Grant.valid_from <= today,
                or_(col(Grant.valid_to).is_(None), col(Grant.valid_to) >= today),
            )
        ).all()
        tree = self.tree(session)
        beneath = {unit: tree.beneath(unit) for unit, _, _ in rows}
        areas: dict[str, frozenset[UUID]] = defaultdict(frozenset)
        hands: dict[str, frozenset[UUID]] = defaultdict(frozenset)
        seats: dict[str, frozenset[UUID]] = defaultdict(frozenset)
        lines: dict[str, list[LineRight]] = defaultdict(list)
        for unit, permission, axis in rows:
            if axis == Axis.AREA:
                areas[permission] |= beneath[unit]
                seats[permission] |= {unit}
            elif axis == Axis.HAND:
                hands[permission] |= beneath[unit]
            elif axis == Axis.LINE:
                government = tree.beneath(tree.government(unit))
                # Whoever leads a line reads the names of the units it runs through.
                areas[P.UNIT_READ] |= government
                subjects = frozenset().union(*(source(session, beneath[unit]) for source in subject_sources))
                if subjects:
                    lines[permission].append(LineRight(subjects, government))
        above = frozenset(up for unit in beneath for up in tree.above(unit))
        covered = frozenset().union(*beneath.values())
        guests = frozenset().union(*(source(session, covered) for source in guest_sources if covered))
        return Access(
            areas=dict(areas),
            hands=dict(hands),
            seats=dict(seats),
            lines={permission: tuple(rights) for permission, rights in lines.items()},
            above=above,
            guests=guests,
        )


def roles_now(session: Session, user_id: UUID) -> list[tuple[UUID, str, str, str]]:
    """Return (unit id, unit name, role code, role name) of the grants in force today; system session."""
    today = clock.today()
    return list(
        session.exec(
            select(Grant.unit_id, Unit.name, Role.code, Role.name)
            .join(Unit, col(Unit.id) == col(Grant.unit_id))
            .join(Role, col(Role.id) == col(Grant.role_id))
            .where(
                Grant.user_id == user_id,
                Grant.status == "active",
                Grant.valid_from <= today,
                or_(col(Grant.valid_to).is_(None), col(Grant.valid_to) >= today),
            )
            .order_by(col(Grant.id))
        ).all()
    )
