"""One request of the sweep with what the oracle says of it, and what several parts of the table share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.contract import oracle
from tests.contract.oracle import THINGS, area, covers, holds, sees

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


NOBODY = ""
WHO = (
    "office",
    "a-office",
    "lead",
    "a1-clerk",
    "a2-clerk",
    "a-reviewer",
    "auditor",
    "admin",
    "a-admin",
    "outsider",
    "outsider-clerk",
    NOBODY,
)


@dataclass(frozen=True)
class Case:
    """One request about particular things.

    Attributes:
        operation: its id.
        permission: what the door asks; ``None`` for everybody who is logged in.
        path: the thing in the path.
        query: the query; names of things are written ``@name``.
        body: the whole body.
        must_see: further things that have to be visible, with the answer when they are not.
        must_cover: things that have to be covered by the permission.
        units: units in which the permission has to be held.
        allowed: the answer to whoever may, perhaps depending on who it is.
    """

    operation: str
    permission: str | None
    path: str | None = None
    query: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    text: str | None = None
    must_see: tuple[tuple[str, int], ...] = ()
    must_cover: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    allowed: Any = 200

    def expected(self, who: str) -> int:
        """Work out the answer."""
        if who == NOBODY:
            return 401
        if self.permission is not None and not holds(who, self.permission):
            return 403
        for name, status in ((self.path, 404), *self.must_see):
            if name is not None and not sees(who, name):
                return status
        permission = self.permission or ""
        if not all(covers(who, permission, name) for name in self.must_cover):
            return 403
        if not all(unit in area(who, permission) for unit in self.units):
            return 403
        found: int = self.allowed(who) if callable(self.allowed) else self.allowed
        return found


def of_unit(unit: str | None) -> dict[str, Any]:
    return {} if unit is None else {"unit_id": f"@{unit}"}


def _by_state(states: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from states.items()


def _accepts(name: str, state: str) -> Any:
    """Whoever accepts holds the right where the list belongs; the tier between comes first."""
    owner = "a" if ":schools" in name else "city"
    direct = owner in (THINGS[name].unit, oracle.PARENT[THINGS[name].unit])

    def status(who: str) -> int:
        ready = state == "reviewed" or (state == "submitted" and direct)
        return 200 if ready and oracle.SEAT[who] == owner else 409

    return status


STATES = {
    "november:roads:a1": "draft",
    "november:schools:a1": "ready",
    "november:cover:a1": "submitted",
    "november:schools:a2": "submitted",
    "november:roads:a2": "reviewed",
    "november:roads:b1": "draft",
    "november:roads:a_dept": "draft",
    "october:roads:a1": "accepted",
    "october:cover:b1": "accepted",
}
MOVES: dict[str, tuple[str, dict[str, Any] | None, Callable[[str, str], Any]]] = {
    "submit": ("report.edit", None, lambda _, state: 200 if state == "ready" else 409),
    "recall": ("report.edit", None, lambda _, state: 200 if state == "submitted" else 409),
    "review": ("report.review", None, lambda _, state: 200 if state == "submitted" else 409),
    "return": ("report.review", {"reason": "请核对"}, lambda _, state: 200 if state == "submitted" else 409),
    "accept": ("report.accept", None, _accepts),
    "sendBack": ("report.accept", {"reason": "请核对"}, _accepts),
    "withdraw": ("task.split", None, lambda *_: 409),
    "drop": ("report.edit", None, lambda *_: 409),
    "supersede": ("report.review", None, lambda *_: 409),
    "reinstate": ("report.accept", None, lambda *_: 409),
}


def span_of(name: str) -> dict[str, Any]:
    return {"year": 2026, "name": name, "starts_on": "2026-01-01", "ends_on": "2026-12-31"}


def seated(unit: str | None, done: int = 200) -> Callable[[str], int]:
    """Let only whoever sits at a unit do what he could cover from above."""

    def status(who: str) -> int:
        return done if oracle.SEAT[who] == unit else 403

    return status
