"""People, roles as rows, and grants at a unit with their dates."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from minsheng.identity.service import ensure_roles
from minsheng.kernel.access import Access
from minsheng.kernel.db import Database
from minsheng.kernel.door import open_session
from tests.conftest import Caller, at
from tests.factories.problems import places, problem
from tests.factories.world import NOW, PASSWORD

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from tests.conftest import Callers
    from tests.factories.world import World

TODAY, TOMORROW, YESTERDAY = "2026-11-22", "2026-11-23", "2026-11-21"


def user_in(world: World, **changed: Any) -> dict[str, Any]:
    """Return a new person of a township."""
    return {
        "username": "new-clerk",
        "name": "林知远",
        "unit_id": str(world["a1"]),
        "password": "change-me-at-once",
        **changed,
    }


def grant_in(world: World, user: str, role: str, unit: str, **dates: str) -> dict[str, str]:
    """Return a grant for somebody of the world."""
    return {
        "user_id": str(world[f"user:{user}"]),
        "role_id": str(world[f"role:{role}"]),
        "unit_id": str(world[unit]),
        **dates,
    }


# People


def test_a_person_is_added_renamed_and_moved(people: Callers, world: World) -> None:
    admin = people["a-admin"]
    made = admin.post("/users", user_in(world), status=201)
    assert {**made, "id": None, "actions": [action["verb"] for action in made["actions"]]} == {
        "id": None,
        "version": 1,
        "username": "new-clerk",
        "name": "林知远",
        "unit_id": str(world["a1"]),
        "unit_name": "柳市镇",
        "status": "active",
        "actions": ["disable", "reset-password"],
    }
    path = f"/users/{made['id']}"
    renamed = admin.patch(path, {"name": "林𠮷远"}, version=1)
    assert (renamed["name"], renamed["version"]) == ("林𠮷远", 2)
    moved = admin.patch(path, {"unit_id": str(world["a2"])}, version=2)
    assert (moved["unit_name"], moved["version"]) == ("虹桥镇", 3)
    problem(admin.call("PATCH", path, json={"name": "x"}, version=2), 412, "stale-version")
    assert places(admin.call("PATCH", path, json={"name": None}, version=3)) == [("/name", "null")]
    problem(admin.call("PATCH", path, json={"unit_id": str(world["b1"])}, version=3), 404, "not-found")
    assert admin.get(path) == moved


WRONG_PERSON_NAMES_THE_FIELD: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"username": "ab"}, ("/username", "string-pattern-mismatch")),
    ({"username": "New-Clerk"}, ("/username", "string-pattern-mismatch")),
    ({"username": "new clerk"}, ("/username", "string-pattern-mismatch")),
    ({"username": "a" * 51}, ("/username", "string-pattern-mismatch")),
    ({"username": "new-clerk\n"}, ("/username", "string-pattern-mismatch")),
    ({"password": "eleven-char"}, ("/password", "string-too-short")),
    ({"password": "x" * 129}, ("/password", "string-too-long")),
    ({"password": "twelve-chars\x00"}, ("/password", "string-pattern-mismatch")),
    ({"name": ""}, ("/name", "string-too-short")),
    ({"status": "active"}, ("/status", "extra-forbidden")),
    ({"version": 9}, ("/version", "extra-forbidden")),
]


def test_a_wrong_person_names_the_field(people: Callers, world: World) -> None:
    for changed, place in WRONG_PERSON_NAMES_THE_FIELD:
        assert places(people["a-admin"].call("POST", "/users", json=user_in(world, **changed))) == [place]


def test_a_name_is_taken_once_in_the_whole_installation(people: Callers, world: World) -> None:
    admin = people["a-admin"]
    for taken in ("a2-clerk", "outsider-clerk"):
        answer = admin.call("POST", "/users", json=user_in(world, username=taken))
        assert places(answer, 409, "duplicate") == [("/username", "duplicate")]


def test_people_are_seen_and_kept_in_ones_area_only(people: Callers, world: World) -> None:
    admin = people["a-admin"]
    listed = [user["username"] for user in admin.get("/users")["items"]]
    assert listed == ["a-admin", "a-lead", "a-office", "a-reviewer", "a1-clerk", "a1-second", "a2-clerk"]
    assert [user["username"] for user in admin.get("/users", unit_id=str(world["a2"]))["items"]] == ["a2-clerk"]
    for foreign in ("admin", "b1-clerk", "outsider"):
        path = f"/users/{world[f'user:{foreign}']}"
        problem(admin.call("GET", path), 404, "not-found")
        problem(admin.call("PATCH", path, json={"name": "x"}, version=1), 404, "not-found")
        problem(admin.call("POST", f"{path}/disable", version=1), 404, "not-found")
    problem(admin.call("POST", "/users", json=user_in(world, unit_id=str(world["city"]))), 403, "forbidden")
    problem(admin.call("POST", "/users", json=user_in(world, unit_id=str(world["b"]))), 404, "not-found")
    problem(people["a1-clerk"].call("GET", "/users"), 403, "forbidden")
    problem(people["a-office"].call("POST", "/users", json=user_in(world)), 403, "forbidden")


def test_nothing_shows_a_password(people: Callers, world: World) -> None:
    answer = people["admin"].call("GET", f"/users/{world['user:a1-clerk']}")
    assert "argon2" not in answer.text
    assert "password_hash" not in answer.text
    people["admin"].post(f"/users/{world['user:a1-clerk']}/reset-password", {"password": "given-by-admin-1"}, version=1)
    feed = people["auditor"].call("GET", "/changes", params={"types": "user_account", "limit": 1000}).text
    assert "argon2" not in feed
    assert "given-by-admin-1" not in feed
    assert '"password_hash":["***","***"]' in feed.replace(" ", "")


def test_disabling_shuts_the_door_at_once_and_enabling_opens_it(
    client: TestClient, people: Callers, world: World
) -> None:
    admin, clerk = people["a-admin"], people["a1-clerk"]
    path = f"/users/{world['user:a1-clerk']}"
    assert clerk.call("GET", "/entry-sheet").status_code == 200
    off = admin.post(f"{path}/disable", version=1)
    assert (off["status"], [action["verb"] for action in off["actions"]]) == ("disabled", ["enable"])
    problem(clerk.call("GET", "/entry-sheet"), 401, "unauthenticated")
    problem(admin.call("POST", f"{path}/disable", version=off["version"]), 409, "wrong-state")
    on = admin.post(f"{path}/enable", version=off["version"])
    problem(clerk.call("GET", "/entry-sheet"), 401, "unauthenticated")
    assert Caller(client, "a1-clerk").call("GET", "/entry-sheet").status_code == 200
    assert on["status"] == "active"


def test_nobody_disables_himself(people: Callers, world: World) -> None:
    answer = people["admin"].call("POST", f"/users/{world['user:admin']}/disable", version=1)
    assert problem(answer, 409, "conflict")["detail"] == "不能停用自己的账号。"


# Roles


def test_a_role_of_ones_own_is_picked_from_the_list(people: Callers, world: World) -> None:
    admin = people["admin"]
    codes = [entry["code"] for entry in admin.get("/permissions")]
    assert len(codes) == len(set(codes)) == 48
    wanted = [{"permission": "report.edit", "axis": "area"}, {"permission": "report.read", "axis": "line"}]
    made = admin.post("/roles", {"code": "village", "name": "村文书", "permissions": wanted}, status=201)
    assert made["permissions"] == wanted
    listed = {role["code"]: role for role in admin.get("/roles")["items"]}
    assert listed["village"] == made
    assert sorted(listed) == [
        "administrator",
        "assessor",
        "auditor",
        "clerk",
        "finance",
        "inspector",
        "integration",
        "lead_department",
        "leader",
        "office",
        "payer",
        "reviewer",
        "village",
    ]
    changed = admin.patch(f"/roles/{made['id']}", {"permissions": wanted[:1]}, version=1)
    assert (changed["permissions"], changed["version"]) == (wanted[:1], 2)
    problem(admin.call("PATCH", f"/roles/{made['id']}", json={"name": "x"}, version=1), 412, "stale-version")
    again = admin.patch(f"/roles/{made['id']}", {"permissions": wanted}, version=2)
    assert again["permissions"] == wanted


WRONG_ROLE_NAMES_THE_FIELD: list[tuple[dict[str, Any], int, str, list[tuple[str, str]]]] = [
    ({"code": "clerk"}, 409, "duplicate", [("/code", "duplicate")]),
    ({"code": "a b"}, 422, "invalid", [("/code", "string-pattern-mismatch")]),
    ({"permissions": [{"permission": "root"}]}, 422, "invalid", [("/permissions/0/permission", "enum")]),
    (
        {"permissions": [{"permission": "report.read", "axis": "up"}]},
        422,
        "invalid",
        [("/permissions/0/axis", "enum")],
    ),
    ({"permissions": None}, 422, "invalid", [("/permissions", "list-type")]),
]


def test_a_wrong_role_names_the_field(people: Callers) -> None:
    for changed, status, code, named in WRONG_ROLE_NAMES_THE_FIELD:
        body = {"code": "village", "name": "村文书", "permissions": [], **changed}
        assert places(people["admin"].call("POST", "/roles", json=body), status, code) == named


def test_a_changed_role_counts_at_once_for_everybody_who_has_it(people: Callers, world: World) -> None:
    admin, leader = people["admin"], people["leader"]
    role = admin.get(f"/roles/{world['role:leader']}")
    assert leader.call("GET", "/boards/summary").status_code == 200
    kept = [entry for entry in role["permissions"] if entry["permission"] != "board.read"]
    admin.patch(f"/roles/{role['id']}", {"permissions": kept}, version=1)
    problem(leader.call("GET", "/boards/summary"), 403, "forbidden")


def test_a_role_that_others_hold_elsewhere_is_not_ones_own_to_change(people: Callers, world: World) -> None:
    """A county's administrator would otherwise hand rights to, or take them from, a foreign city."""
    county, path = people["a-admin"], f"/roles/{world['role:clerk']}"
    role = county.get(path)
    more = [*role["permissions"], {"permission": "programme.edit", "axis": "area"}]
    problem(county.call("PATCH", path, json={"permissions": more}, version=1), 403, "forbidden")
    problem(county.call("PATCH", path, json={"permissions": []}, version=1), 403, "forbidden")
    problem(county.call("PATCH", path, json={"name": "文书"}, version=1), 403, "forbidden")
    assert county.get(path) == role
    own = county.post("/roles", {"code": "village", "name": "村文书", "permissions": []}, status=201)
    assert county.patch(f"/roles/{own['id']}", {"name": "网格员"}, version=1)["name"] == "网格员"


# Grants


def test_nobody_grants_more_than_he_holds_nor_beyond_his_area(people: Callers, world: World) -> None:
    admin = people["a-admin"]
    made = admin.post("/grants", grant_in(world, "a1-clerk", "reviewer", "a"), status=201)
    assert (made["role_name"], made["unit_name"], made["user_name"]) == ("审核员", "乐清市", "测试a1-clerk")
    for body, status, code in (
        (grant_in(world, "a1-clerk", "reviewer", "city"), 403, "forbidden"),
        (grant_in(world, "a1-clerk", "reviewer", "b"), 404, "not-found"),
        (grant_in(world, "b1-clerk", "reviewer", "a"), 404, "not-found"),
    ):
        problem(admin.call("POST", "/grants", json=body), status, code)
    problem(
        people["a-office"].call("POST", "/grants", json=grant_in(world, "a1-clerk", "leader", "a")), 403, "forbidden"
    )


def test_the_hand_axis_hands_on_without_exercising(people: Callers, world: World) -> None:
    """An administrator may give rights that he cannot use; a keeper of grants without the hand gives what he holds."""
    admin = people["admin"]
    problem(admin.call("GET", "/reports"), 403, "forbidden")
    problem(admin.call("GET", "/boards/summary"), 403, "forbidden")
    keeper = admin.post(
        "/roles",
        {
            "code": "keeper",
            "name": "授权员",
            "permissions": [{"permission": name} for name in ("grant.edit", "user.read", "unit.read", "report.read")],
        },
        status=201,
    )
    world.ids["role:keeper"] = keeper["id"]
    admin.post("/grants", grant_in(world, "a1-second", "keeper", "a"), status=201)
    reader = admin.post(
        "/roles", {"code": "reader", "name": "查看", "permissions": [{"permission": "report.read"}]}, status=201
    )
    world.ids["role:reader"] = reader["id"]
    second = people["a1-second"]
    assert second.post("/grants", grant_in(world, "a2-clerk", "reader", "a2"), status=201)["status"] == "active"
    refused = second.call("POST", "/grants", json=grant_in(world, "a2-clerk", "reviewer", "a2"))
    body = problem(refused, 403, "forbidden")
    head, missing = body["detail"].rstrip("。").split("：")
    assert head == "不能授出自己没有的权限"
    assert missing.split("、") == [
        "board.read",
        "programme.read",
        "report.chase",
        "report.comment",
        "report.review",
        "task.read",
    ]


def test_a_right_along_a_line_is_handed_on_by_who_holds_the_whole_government(people: Callers, world: World) -> None:
    """The line runs through every unit under the government: the department's own keeper does not hold that."""
    admin = people["admin"]
    names = (
        "grant.edit",
        "user.read",
        "unit.read",
        "report.read",
        "report.edit",
        "task.read",
        "board.read",
        "plan.edit",
        "programme.read",
    )
    keeper = admin.post(
        "/roles",
        {"code": "keeper", "name": "授权员", "permissions": [{"permission": name} for name in names]},
        status=201,
    )
    world.ids["role:keeper"] = keeper["id"]
    admin.post("/grants", grant_in(world, "a-lead", "keeper", "a_dept"), status=201)
    answer = people["a-lead"].call("POST", "/grants", json=grant_in(world, "a-lead", "lead_department", "a_dept"))
    problem(answer, 403, "forbidden")
    made = people["a-admin"].post("/grants", grant_in(world, "a-lead", "lead_department", "a_dept"), status=201)
    assert made["role_name"] == "牵头部门"


def test_a_grant_counts_from_its_first_to_its_last_day(client: TestClient, people: Callers, world: World) -> None:
    admin, clerk = people["a-admin"], people["a1-clerk"]
    assert places(
        admin.call(
            "POST", "/grants", json=grant_in(world, "a1-clerk", "office", "a1", valid_from=TOMORROW, valid_to=TODAY)
        )
    ) == [("/valid_to", "before-start")]
    later = admin.post("/grants", grant_in(world, "a1-clerk", "office", "a1", valid_from=TOMORROW), status=201)
    problem(clerk.call("GET", "/users"), 403, "forbidden")
    with at(NOW + timedelta(hours=13, minutes=59)):  # 23:59 in Beijing
        late = Caller(client, "a1-clerk")
        problem(late.call("GET", "/users"), 403, "forbidden")
    with at(NOW + timedelta(hours=14)):  # midnight in Beijing
        assert late.call("GET", "/users").status_code == 200
    admin.post(f"/grants/{later['id']}/revoke", version=1)
    past = grant_in(world, "a1-clerk", "office", "a1", valid_from="2026-01-01", valid_to=YESTERDAY)
    admin.post("/grants", past, status=201)
    problem(clerk.call("GET", "/users"), 403, "forbidden")
    today = grant_in(world, "a1-clerk", "office", "a1", valid_from=TODAY, valid_to=TODAY)
    admin.post("/grants", today, status=201)
    assert [user["username"] for user in clerk.get("/users")["items"]] == ["a1-clerk", "a1-second"]
    assert [grant["role_code"] for grant in clerk.get("/me")["grants"]] == ["clerk", "office"]


def test_a_grant_of_one_day_is_over_the_next(client: TestClient, people: Callers, world: World) -> None:
    today = grant_in(world, "a1-clerk", "office", "a1", valid_from=TODAY, valid_to=TODAY)
    people["a-admin"].post("/grants", today, status=201)
    with at(NOW + timedelta(hours=13)):
        clerk = Caller(client, "a1-clerk")
        assert clerk.call("GET", "/users").status_code == 200
    with at(NOW + timedelta(hours=14)):
        assert clerk.get("/me")["today"] == TOMORROW
        problem(clerk.call("GET", "/users"), 403, "forbidden")


def test_revoking_counts_at_once_and_cannot_be_taken_back(people: Callers, world: World) -> None:
    admin, clerk = people["a-admin"], people["a1-clerk"]
    path = f"/grants/{world['grant:a1-clerk']}"
    assert clerk.call("GET", "/entry-sheet").status_code == 200
    gone = admin.post(f"{path}/revoke", version=1)
    assert (gone["status"], gone["actions"]) == ("revoked", [])
    problem(clerk.call("GET", "/entry-sheet"), 403, "forbidden")
    assert clerk.get("/me")["permissions"] == []
    assert clerk.get("/me")["grants"] == []
    problem(admin.call("POST", f"{path}/revoke", version=2), 409, "wrong-state")
    problem(admin.call("PUT", path, json={"status": "active"}, version=2), 405, "method-not-allowed")


def test_grants_are_listed_by_person_and_unit(people: Callers, world: World) -> None:
    admin = people["a-admin"]
    of_unit = admin.get("/grants", unit_id=str(world["a1"]))["items"]
    assert [(grant["user_name"], grant["role_name"]) for grant in of_unit] == [
        ("测试a1-clerk", "填报员"),
        ("测试a1-second", "填报员"),
    ]
    of_person = admin.get("/grants", user_id=str(world["user:a-office"]))["items"]
    assert [grant["unit_name"] for grant in of_person] == ["乐清市"]
    assert admin.get("/grants", user_id=str(world["user:b-office"]))["items"] == []
    problem(admin.call("POST", f"/grants/{world['grant:b-office']}/revoke", version=1), 404, "not-found")


def test_who_keeps_people_of_a_county_does_not_reset_those_with_rights_above(people: Callers, world: World) -> None:
    """The new password would open what its setter never held."""
    people["admin"].post("/grants", grant_in(world, "a1-second", "office", "city"), status=201)
    path = f"/users/{world['user:a1-second']}"
    answer = people["a-admin"].call("POST", f"{path}/reset-password", json={"password": PASSWORD}, version=1)
    problem(answer, 403, "forbidden")
    answer = people["admin"].call("POST", f"{path}/reset-password", json={"password": PASSWORD}, version=1)
    assert answer.status_code == 200


def test_a_newer_version_gives_built_in_roles_what_is_new_and_nothing_back(people: Callers, url: str) -> None:
    """As on an installation from before a permission existed: it has no row; one that was struck out has."""
    admin = people["admin"]
    roles = {row["code"]: row for row in admin.get("/roles")["items"]}
    clerk = roles["clerk"]["permissions"]
    fewer = [each for each in clerk if each["permission"] != "plan.edit"]
    database = Database(url)
    try:
        with database.engine.connect() as connection, connection.begin():
            connection.execute(text("DELETE FROM role_permission WHERE permission = 'pledge.sign'"))
            struck = "UPDATE role_permission SET active = false WHERE permission = 'plan.edit' AND role_id = "
            connection.execute(text(f"{struck}(SELECT id FROM role WHERE code = 'clerk')"))
        for _ in range(2):
            with open_session(database, Access.system("built-in roles"), write=True) as session:
                ensure_roles(session)
                session.commit()
    finally:
        database.dispose()
    now = {row["code"]: row["permissions"] for row in admin.get("/roles")["items"]}
    assert sorted(map(str, now["clerk"])) == sorted(map(str, fewer))
    assert {code for code, held in now.items() if {"permission": "pledge.sign", "axis": "area"} in held} == {
        "clerk",
        "lead_department",
        "leader",
        "office",
    }
