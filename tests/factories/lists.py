"""A promise list made over HTTP, step by step, as an office makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uuid import UUID

    from tests.conftest import Caller

DEADLINE = "2026-12-31"


def programme_in(unit: UUID | str, **changed: Any) -> dict[str, Any]:
    """Return a new list of a unit for the year."""
    return {
        "unit_id": str(unit),
        "year": 2026,
        "name": "温州市2026年十件实事",
        "starts_on": "2026-01-01",
        "ends_on": DEADLINE,
        **changed,
    }


class PromiseList:
    """A draft in somebody's hands; each step returns what the server answered."""

    def __init__(self, office: Caller, unit: UUID | str, **changed: Any) -> None:
        self.office = office
        self.unit = str(unit)
        self.programme: dict[str, Any] = office.post("/programmes", programme_in(unit, **changed), status=201)

    @property
    def id(self) -> str:
        """The list's id."""
        found: str = self.programme["id"]
        return found

    def measure(self, name: str, decimals: int = 0) -> str:
        """Return the id of a unit of measure, made if nobody has."""
        known = {each["name"]: each["id"] for each in self.office.get("/measures", limit=1000)["items"]}
        if name not in known:
            known[name] = self.office.post("/measures", {"name": name, "decimals": decimals}, status=201)["id"]
        found: str = known[name]
        return found

    def item(self, code: str, title: str, parent: str | None = None, leads: tuple[UUID, ...] = ()) -> dict[str, Any]:
        """Add a node to the catalogue."""
        body = {
            "programme_id": self.id,
            "parent_id": parent,
            "seq": int("".join(filter(str.isdigit, code))[:6]),
            "code": code,
            "title": title,
            "leads": [{"unit_id": str(unit), "role": "lead"} for unit in leads],
        }
        found: dict[str, Any] = self.office.post("/items", body, status=201)
        return found

    def indicator(
        self, item: str, name: str, measure: str = "公里", decimals: int = 3, kind: str = "cumulative"
    ) -> dict[str, Any]:
        """Add what is counted."""
        body = {
            "item_id": item,
            "name": name,
            "measure_id": self.measure(measure, decimals),
            "accumulation": kind,
            "aggregation": "sum" if kind == "cumulative" else "none",
        }
        found: dict[str, Any] = self.office.post("/indicators", body, status=201)
        return found

    def task(
        self,
        indicator: dict[str, Any],
        value: str | None,
        unit: UUID | str | None = None,
        parent: str | None = None,
        operator: str = "ge",
        deadline: str = DEADLINE,
        by: Caller | None = None,
    ) -> dict[str, Any]:
        """Give an item with one target to a unit, the owner's own promise if none is named."""
        body = {
            "item_id": indicator["item_id"],
            "parent_id": parent,
            "unit_id": str(unit or self.unit),
            "deadline": deadline,
            "targets": [{"indicator_id": indicator["id"], "operator": operator, "value": value}],
        }
        found: dict[str, Any] = (by or self.office).post("/tasks", body, status=201)
        return found

    def issue(self, on: str | None = None) -> dict[str, Any]:
        """Issue the list."""
        now = self.office.get(f"/programmes/{self.id}")
        body = {"issued_on": on} if on else {}
        found: dict[str, Any] = self.office.post(f"/programmes/{self.id}/issue", body, version=now["version"])
        return found
