"""Writes about units, people, roles and grants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.contract.oracle import area, hand
from tests.contract.scope.cases import Case

if TYPE_CHECKING:
    from collections.abc import Iterator


def people_writes() -> Iterator[Case]:  # noqa: C901 - one case after the other
    for unit in ("city", "a", "b", "other"):
        body = {"parent_id": f"@{unit}", "name": "新镇", "kind": "government", "tier": "township"}
        yield Case("createUnit", "unit.edit", body=body, must_see=((unit, 404),), units=(unit,), allowed=201)
    for unit in ("city", "a", "a1", "b1", "other_town"):
        yield Case("changeUnit", "unit.edit", unit, body={"name": "新名"}, must_cover=(unit,))
    for parent in ("city", "a", "b", "other"):
        yield Case(
            "changeUnit",
            "unit.edit",
            "a1",
            body={"parent_id": f"@{parent}"},
            must_see=((parent, 404),),
            must_cover=("a1",),
            units=(parent,),
        )
    for code, parent in (("330300000000", "city"), ("330382000000", "a"), ("331000000000", "other")):

        def imported(who: str, parent: str = parent) -> int:
            return 200 if parent in area(who, "unit.edit") else 422

        yield Case(
            "importUnits",
            "unit.edit",
            text=f"name,parent_code,kind,tier\n新镇,{code},government,township\n",
            allowed=imported,
        )
    for unit in ("city", "a1", "b1", "other"):
        body = {"username": "new-person", "name": "新人", "unit_id": f"@{unit}", "password": "a-long-password"}
        yield Case("createUser", "user.edit", body=body, must_see=((unit, 404),), units=(unit,), allowed=201)
        yield Case(
            "changeUser",
            "user.edit",
            "user:a1-clerk",
            body={"unit_id": f"@{unit}"},
            must_see=((unit, 404),),
            must_cover=("user:a1-clerk",),
            units=(unit,),
        )
    for name in ("user:office", "user:a1-clerk", "user:b1-clerk", "user:outsider-clerk", "user:disabled"):
        cover = {"must_cover": (name,)}
        on = name != "user:disabled"
        yield Case("changeUser", "user.edit", name, body={"name": "新名"}, **cover)  # type: ignore[arg-type]
        yield Case("disableUser", "user.edit", name, allowed=200 if on else 409, **cover)  # type: ignore[arg-type]
        yield Case("enableUser", "user.edit", name, allowed=409 if on else 200, **cover)  # type: ignore[arg-type]
        yield Case(
            "resetPasswordUser",
            "user.edit",
            name,
            body={"password": "a-new-long-password"},
            allowed=200 if on else 409,
            **cover,  # type: ignore[arg-type]
        )
    for name in ("grant:office", "grant:a1-clerk", "grant:b1-clerk", "grant:outsider-clerk"):
        yield Case("revokeGrant", "grant.edit", name, must_cover=(name,))
    for user, unit in (("a1-clerk", "a1"), ("a1-clerk", "city"), ("a1-clerk", "b1"), ("b1-clerk", "a1")):
        for role in ("clerk", "administrator"):

            def granted(who: str, unit: str = unit) -> int:
                return 201 if unit in hand(who) else 403

            yield Case(
                "createGrant",
                "grant.edit",
                body={"user_id": f"@user:{user}", "role_id": f"@role:{role}", "unit_id": f"@{unit}"},
                must_see=((f"user:{user}", 404), (unit, 404)),
                allowed=granted,
            )
    held = [{"permission": "report.read", "axis": "area"}]
    yield Case("createRole", "role.edit", body={"code": "new", "name": "新", "permissions": held}, allowed=201)
    yield Case("changeRole", "role.edit", "role:own", body={"permissions": held})
    # A role that people elsewhere hold is not one administrator's to change: it would reach into their units.
    yield Case("changeRole", "role.edit", "role:clerk", body={"permissions": held}, allowed=403)


def own_writes() -> Iterator[Case]:
    job = {"id": "@job:a1"}
    yield Case("cancelJob", None, body=job, must_see=(("job:a1", 404),))
    yield Case("commitReportUpload", "report.edit", body=job, must_see=(("job:a1", 404),), allowed=202)
    for name in ("list", "county_list", "draft_list", "other_list"):
        ledger = {"programme_id": f"@{name}", "period": "2026-11", "layout": "county", "format": "csv"}
        yield Case("createLedger", "report.read", body=ledger, must_see=((name, 404),), allowed=202)
    for unit in ("a1", "a2", "b1", "other"):
        sheet = {"period": "2026-11", "unit_id": f"@{unit}"}
        yield Case("uploadReports", "report.edit", query=sheet, text="PK", must_see=((unit, 404),), allowed=202)
    yield Case("logOut", None, allowed=204)
    yield Case("logOutEverywhere", None, allowed=204)
    yield Case("authorize", None, body={"client_id": "cli", "code_challenge": "A" * 43})
    yield Case("changeOwnPassword", None, body={"current": "wrong-password", "new": "another-long-one"}, allowed=422)
