"""Requests about oneself, units, people and the calendar."""

from __future__ import annotations

from tests.factories import world as worlds
from tests.factories.requests.shape import (
    CHALLENGE,
    VERIFIER,
    Request,
    of,
)

PLACES: dict[str, Request] = {
    # Oneself
    "logIn": Request("", body={"username": "a2-clerk", "password": worlds.PASSWORD}),
    "listDemoAccounts": Request(""),
    "logOut": Request("a1-clerk", status=204),
    "logOutEverywhere": Request("a1-clerk", status=204),
    "getMe": Request("a1-clerk"),
    "changeOwnPassword": Request("a1-clerk", body={"current": worlds.PASSWORD}, status=204),
    "authorize": Request("a1-clerk", body={"code_challenge": CHALLENGE}),
    "exchangeToken": Request(
        "", form={"grant_type": "authorization_code", "client_id": "cli", "code": "$code", "code_verifier": VERIFIER}
    ),
    "revokeToken": Request("", form={"token": "unknown"}, status=204),
    # Units
    "listUnits": Request("office"),
    "createUnit": Request("admin", body={"parent_id": "@a", "code": "330382103000"}, status=201),
    "importUnits": Request(
        "admin",
        text="code,name,parent_code,kind,tier\n330382104000,芙蓉镇,330382000000,government,township\n",
    ),
    "getUnit": Request("a1-clerk", of("a1")),
    "changeUnit": Request("admin", of("a1"), body={"name": "柳市街道"}),
    # People
    "listUsers": Request("admin"),
    "createUser": Request("admin", body={"unit_id": "@a1"}, status=201),
    "getUser": Request("admin", of("user:a1-clerk")),
    "changeUser": Request("admin", of("user:a1-clerk"), body={"name": "林知远"}),
    "disableUser": Request("admin", of("user:a1-second")),
    "enableUser": Request("admin", of("user:disabled")),
    "resetPasswordUser": Request("admin", of("user:a1-second")),
    "listRoles": Request("admin"),
    "createRole": Request("admin", body={"permissions": [{"permission": "report.read", "axis": "area"}]}, status=201),
    "getRole": Request("admin", of("role:clerk")),
    "changeRole": Request("admin", of("role:own"), body={"name": "驻村干部"}),
    "listPermissions": Request("admin"),
    "listGrants": Request("admin"),
    "createGrant": Request(
        "admin", body={"user_id": "@user:a1-clerk", "role_id": "@role:reviewer", "unit_id": "@a1"}, status=201
    ),
    "getGrant": Request("admin", of("grant:a1-clerk")),
    "revokeGrant": Request("admin", of("grant:a1-second")),
    # Calendar
    "getCalendar": Request("a1-clerk"),
    "getWorkday": Request("a1-clerk", query={"count": 5}),
    "listDayChanges": Request("office"),
    "createDayChange": Request(
        "a-office", body={"unit_id": "@a", "day": "2026-11-24", "kind": "holiday", "name": "台风停工"}, status=201
    ),
    "getDayChange": Request("a1-clerk", of("day:city")),
    "voidDayChange": Request("a-office", of("day:a")),
    "listCalendarYears": Request("office"),
    "createCalendarYear": Request(
        "a-office",
        body={"unit_id": "@a", "year": 2028, "days": [{"day": "2028-01-03", "kind": "holiday", "name": "元旦"}]},
        status=201,
    ),
    "getCalendarYear": Request("a1-clerk", of("year:city")),
    "voidCalendarYear": Request("office", of("year:city")),
}
