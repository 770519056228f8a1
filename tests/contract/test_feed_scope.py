"""The change feed shows everybody what he may see of it, by the oracle, and the line shows no draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.contract import oracle

if TYPE_CHECKING:
    from tests.contract.conftest import Prepared

FOLLOWED = {"unit", "user", "grant", "programme", "task", "report", "round", "role", "measure"}


def read(prepared: Prepared, who: str, **params: Any) -> list[dict[str, Any]]:
    """Read the feed to its end."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = prepared.send(who, "GET", "/changes", params={"limit": 1000, **cursor, **params})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["items"]
        cursor = {"cursor": page["next"]}
        if not page["more"]:
            return found


def test_everybody_hears_of_what_he_may_see_and_of_nothing_else(prepared: Prepared) -> None:
    names = {str(key): name for name, key in prepared.world.ids.items() if name in oracle.THINGS}
    everything: set[str] = set()
    for who in ("office", "a-office", "b-office", "auditor", "machine", "outsider"):
        seen = {names[entry["entity_id"]] for entry in read(prepared, who) if entry["entity_id"] in names}
        visible = {name for name, thing in oracle.THINGS.items() if thing.kind in FOLLOWED and oracle.hears(who, name)}
        assert ({name for name in seen if not oracle.sees(who, name)}, visible - seen) == (set(), set()), who
        everything |= seen
    assert len(everything) > 100
    for who, status in (("a1-clerk", 403), ("lead", 403), ("admin", 403), ("", 401)):
        assert prepared.send(who, "GET", "/changes").status_code == status


def test_the_line_does_not_tell_of_drafts(prepared: Prepared) -> None:
    """Whoever leads an item and reads the record hears of a share when it is handed down, not before."""
    grant = {name: str(prepared.world[key]) for name, key in (("user_id", "user:a-lead"), ("unit_id", "a_dept"))}
    grant["role_id"] = str(prepared.world["role:integration"])
    assert prepared.send("admin", "POST", "/grants", json=grant).status_code == 201
    made = prepared.send(
        "a-office",
        "POST",
        "/tasks",
        json={
            "item_id": str(prepared.world["county_list.schools"]),
            "parent_id": str(prepared.world["schools:a"]),
            "unit_id": str(prepared.world["a_dept"]),
            "deadline": "2026-12-31",
            "targets": [{"indicator_id": str(prepared.world["schools"]), "value": "1"}],
        },
    )
    assert made.status_code == 201, made.text
    draft, target = made.json()["id"], made.json()["targets"][0]["id"]
    assert prepared.send("a-lead", "GET", f"/tasks/{draft}").status_code == 404
    heard = {entry["entity_id"] for entry in read(prepared, "a-lead")}
    assert heard & {draft, target} == set()
    assert str(prepared.world["schools:a1"]) in heard
    assert prepared.send("a-office", "POST", f"/tasks/{draft}/issue", version=1).status_code == 200
    heard = {entry["entity_id"] for entry in read(prepared, "a-lead")}
    assert heard >= {draft, target}
    assert prepared.send("a-lead", "GET", f"/tasks/{draft}").status_code == 200


def test_a_unit_added_beneath_is_heard_of_by_whoever_covers_it(prepared: Prepared) -> None:
    assert prepared.request("createUnit").status_code == 201
    assert read(prepared, "a-office", types="unit")[-1]["changes"]["code"] == [None, "330382103000"]
    assert [entry for entry in read(prepared, "b-office", types="unit") if "330382103000" in str(entry)] == []
