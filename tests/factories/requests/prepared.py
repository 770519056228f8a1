"""Brings the world to the middle of a month, for the sweeps."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

from minsheng.kernel.files import FileStore
from tests.factories import money, payment_requests
from tests.factories import world as worlds
from tests.factories.requests.shape import (
    CAME,
    CHECK,
    HALF,
    HALF_HASH,
    QUARTERLY,
    RULES,
    WHOLE,
    WHOLE_HASH,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import httpx

    from tests.factories.world import World


def prepare(call: Callable[..., httpx.Response], world: World) -> None:  # noqa: C901 - one thing after the other
    """Bring the world to the middle of a month: reports in every state, drafts, a foreign list, a person disabled.

    ``call(username, method, path, body, version)`` sends one request that must succeed.
    """

    def written(unit: str, name: str, **figure: str) -> str:
        report = world[f"november:{name}"]
        body = {"values": [{"target_id": str(world[f"{name}:target"]), **figure}]}
        call(f"{unit}-clerk", "PATCH", f"/reports/{report}", body, 1)
        return f"/reports/{report}"

    written("a1", "schools:a1", value="4")
    for unit, name, figure in (("a2", "schools:a2", "6"), ("a1", "cover:a1", "96"), ("a2", "roads:a2", "30")):
        call(f"{unit}-clerk", "POST", f"{written(unit, name, value=figure)}/submit", None, 2)
    call("a-reviewer", "POST", f"/reports/{world['november:roads:a2']}/review", None, 3)

    def given(by: str, key: str, parent: str, unit: str, indicator: str, value: str) -> str:
        task = call(
            by,
            "POST",
            "/tasks",
            {
                "item_id": str(world[f"list.{indicator}"]),
                "parent_id": str(world[parent]),
                "unit_id": str(world[unit]),
                "deadline": "2026-12-31",
                "targets": [{"indicator_id": str(world[indicator]), "value": value}],
            },
            None,
        ).json()
        world.ids[key], world.ids[f"{key}:target"] = task["id"], task["targets"][0]["id"]
        return f"/tasks/{task['id']}"

    call("a-office", "POST", f"{given('a-office', 'roads:a_dept', 'roads:a', 'a_dept', 'roads', '5')}/issue", None, 1)
    given("office", "roads:city_dept", "roads:city", "city_dept", "roads", "7")
    call("office", "POST", f"{given('office', 'cover:void', 'cover:city', 'a', 'cover', '90')}/void", None, 1)

    _calendar_and_milestones(call, world)

    def asked(by: str, key: str, path: str, **body: str) -> str:
        made = call(by, "POST", path, {"reason": "用地批复未到", **body}, None).json()
        world.ids[key] = made["id"]
        return f"{path}/{made['id']}"

    adjusted = {"target_id": str(world["roads:a1:target"]), "new_value": "25", "effective_on": "2026-11-01"}
    asked("a1-clerk", "adjustment:roads:a1", "/adjustments", **adjusted)
    for by, name in (("a2-clerk", "roads:a2"), ("b1-clerk", "cover:b1")):
        held = {"task_id": str(world[name]), "kind": "suspended", "from_on": "2026-11-01"}
        path = asked(by, f"state:{name}", "/task-states", **held)
        if name == "cover:b1":
            call("office", "POST", f"{path}/approve", {}, 1)
    foreign = call(
        "outsider",
        "POST",
        "/programmes",
        {
            "unit_id": str(world["other"]),
            "year": 2026,
            "name": "台州市2026年民生实事",
            "starts_on": "2026-01-01",
            "ends_on": "2026-12-31",
        },
        None,
    ).json()
    world.ids["other_list"] = foreign["id"]
    _rules(call, world)
    role = call("admin", "POST", "/roles", {"code": "own", "name": "自定角色", "permissions": []}, None).json()
    world.ids["role:own"] = role["id"]
    person = call(
        "admin",
        "POST",
        "/users",
        {
            "username": "disabled",
            "name": "测试停用",
            "unit_id": str(world["a2"]),
            "password": worlds.PASSWORD,
        },
        None,
    ).json()
    world.ids["user:disabled"] = person["id"]
    call("admin", "POST", f"/users/{person['id']}/disable", None, 1)
    for owner, programme in (("office", "list"), ("a-office", "county_list")):
        for row in call(owner, "GET", f"/rounds?programme_id={world[programme]}&limit=100", None, None).json()["items"]:
            world.ids[f"round:{programme}:{row['period']}"] = row["id"]
        tasks = {str(key): name for name, key in world.ids.items()}
        for month, period in (("october", "2026-10"), ("november", "2026-11")):
            reports = call(
                owner, "GET", f"/reports?programme_id={world[programme]}&period={period}&limit=100", None, None
            )
            for row in reports.json()["items"]:
                world.ids.setdefault(f"{month}:{tasks[row['task_id']]}", row["id"])
    known = {str(key): name for name, key in world.ids.items()}
    for owner, programme in (("office", "list"), ("a-office", "county_list")):
        path = f"/acknowledgements?programme_id={world[programme]}&limit=100"
        for row in call(owner, "GET", path, None, None).json()["items"]:
            world.ids[f"receipt:{row['side']}:{known[row['task_id']]}"] = row["id"]
    _circulated(call, world)
    _chased(call, world)
    _closed(call, world)
    _official(call, world)
    money.prepare(call, world)
    payment_requests.prepare(call, world)


def lay_files(world: World, data_dir: Path) -> None:
    """Put the clerks' uploads and the attached content where an installation keeps them: files are in no database."""
    store = FileStore(data_dir / "files")
    shutil.rmtree(store.root, ignore_errors=True)
    note = {"media_type": "application/pdf"} | dict.fromkeys(("charset", "width", "height", "taken_at", "place"))
    kept = store.path(WHOLE_HASH)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(WHOLE)
    for user in ("a1-clerk", "b1-clerk"):
        owner = world[f"user:{user}"]
        for sha256, came, size, found in (
            (WHOLE_HASH, WHOLE, len(WHOLE), note),
            (HALF_HASH, HALF[:CAME], len(HALF), None),
        ):
            part = store.part(owner, sha256)
            part.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(came)
            part.with_suffix(".json").write_text(json.dumps({"size": size, "found": found}))


def _chased(call: Callable[..., httpx.Response], world: World) -> None:
    """Chase two townships, set rules at two tiers, and hang evidence on two reports."""
    november = str(world["round:list:2026-11"])
    for by, unit, channel in (("a-office", "a1", "system"), ("b-office", "b1", "phone")):
        body = {"round_id": november, "unit_id": str(world[unit]), "channel": channel}
        world.ids[f"chase:{unit}"] = call(by, "POST", "/chases", body, None).json()["id"]
    for by, unit in (("office", "city"), ("a-office", "a")):
        rule: dict[str, Any] = {"unit_id": str(world[unit]), "kind": "after", "number": 1}
        world.ids[f"chase_rule:{unit}"] = call(by, "POST", "/chase-rules", rule, None).json()["id"]
    for unit in ("a1", "b1"):
        body = {"report_id": str(world[f"november:roads:{unit}"]), "name": "证明.pdf", "sha256": WHOLE_HASH}
        world.ids[f"attachment:roads:{unit}"] = call(f"{unit}-clerk", "POST", "/attachments", body, None).json()["id"]


def _closed(call: Callable[..., httpx.Response], world: World) -> None:
    """Name the cadences, leave a draft of one, open a closed round again for one unit, and settle another."""
    owners = {"list": "office", "county_list": "a-office", "asked_list": "office", "other_list": "outsider"}
    for programme, owner in owners.items():
        path = f"/cadences?programme_id={world[programme]}"
        world.ids[f"cadence:{programme}"] = call(owner, "GET", path, None, None).json()["items"][0]["id"]
    weekly = {"programme_id": str(world["list"]), **QUARTERLY, "every": "week", "cut_offs": [{"after": 0, "day": 5}]}
    world.ids["cadence:weekly"] = call("office", "POST", "/cadences", weekly, None).json()["id"]
    granted = {
        "round_id": str(world["round:list:2026-10"]),
        "unit_id": str(world["b1"]),
        "until": "2026-12-18T10:00:00Z",
        "reason": "台风停电",
    }
    world.ids["granted:b1"] = call("office", "POST", "/round-exceptions", granted, None).json()["id"]
    path = f"/rounds/{world['round:county_list:2026-10']}/settle"
    world.ids["settlement:a"] = call("a-office", "POST", path, {}, 1).json()["id"]


def _official(call: Callable[..., httpx.Response], world: World) -> None:
    """An official figure that ours does not meet, a mapping, a tolerance, a contact and a check."""

    def made(by: str, path: str, key: str, **body: Any) -> None:
        world.ids[key] = call(by, "POST", path, body, None).json()["id"]

    content = {"header_row": 1, "place": {"column": "A"}}
    values = [{"column": "B", "indicator_id": str(world["roads"]), "factor": "1"}]
    made("office", "/figure-mappings", "mapping", programme_id=str(world["list"]), name="通报",
         content={**content, "values": values})  # fmt: skip
    made("a-office", "/tolerances", "tolerance", programme_id=str(world["county_list"]), percent="2")
    target = str(world["roads:b1:target"])
    made("office", "/external-figures", "official:b1", target_id=target, period="2026-10", printed="12", factor="1",
         source_name="统计局")  # fmt: skip
    (case,) = call("office", "GET", "/deviations", None, None).json()["items"]
    world.ids["deviation:b1"] = case["id"]
    made("b-office", "/deviation-notes", "contact:b1", deviation_id=case["id"], happened_on="2026-11-20",
         counterpart="统计局", text="对方答应核对")  # fmt: skip
    made("office", "/verifications", "verification:b1", target_id=target, checked_on="2026-11-20", verified_value="10",
         method="现场抽查")  # fmt: skip


def _circulated(call: Callable[..., httpx.Response], world: World) -> None:
    """Send a list round, note figures, let an item count twice, make pledges in three states."""

    def made(by: str, path: str, body: Any, name: str) -> str:
        found = call(by, "POST", path, body, None).json()["id"]
        world.ids[name] = found
        return str(found)

    span = {"starts_on": "2026-01-01", "ends_on": "2026-12-31"}
    asked = {"unit_id": str(world["city"]), "year": 2026, "name": "温州市2028年民生实事(征求意见)", **span}
    key = made("office", "/programmes", asked, "asked_list")
    made("office", "/items", {"programme_id": key, "code": "1", "title": "行道树"}, "asked_list.trees")
    body = {"until": "2026-11-30", "unit_ids": [str(world["a"])]}
    call("office", "POST", f"/programmes/{key}/consult", body, 1)
    row = call("office", "GET", f"/invitations?programme_id={key}", None, None).json()["items"][0]
    world.ids["invitation"] = row["id"]
    said = {"programme_id": key, "unit_id": str(world["a"]), "item_id": None, "text": "建议多种树"}
    made("a-office", "/comments", said, "comment")
    said = {"report_id": str(world["november:cover:a1"]), "text": "与台账差两个百分点"}
    made("a-reviewer", "/report-comments", said, "remark:cover:a1")
    listing = {"programme_id": str(world["draft_list"]), "item_id": str(world["list.roads"])}
    made("office", "/item-listings", listing, "listing")
    for unit in ("a", "b"):
        figure = {"unit_id": str(world[unit]), "kind": "常住人口", "year": 2025, "value": "80", "source": "公报"}
        made("office", "/base-figures", figure, f"figure:{unit}")

    def pledge(by: str, giver: str, unit: str) -> str:
        body = {"programme_id": str(world["list"]), "giver_id": str(world[giver]), "unit_id": str(world[unit])}
        return f"/pledges/{made(by, '/pledges', body, f'pledge:{unit}')}"

    call("office", "POST", f"{pledge('office', 'city', 'a')}/send", None, 1)
    pledge("office", "city", "b")
    town = pledge("a-office", "a", "a1")
    call("a-office", "POST", f"{town}/send", None, 1)
    call("a1-clerk", "POST", f"{town}/sign", None, 2)


def _calendar_and_milestones(call: Callable[..., httpx.Response], world: World) -> None:
    """Days that units set, a year, milestones in every state, and a move that waits for its approval."""

    def off(by: str, unit: str, day: str) -> None:
        body = {"unit_id": str(world[unit]), "day": day, "kind": "holiday", "name": "停工", "source": "台风"}
        world.ids[f"day:{unit}"] = call(by, "POST", "/day-changes", body, None).json()["id"]

    off("office", "city", "2026-12-01")
    off("a-office", "a", "2026-12-02")
    off("b-office", "b", "2026-12-03")
    holiday = {"day": "2027-01-01", "kind": "holiday", "name": "元旦"}
    year = {"unit_id": str(world["city"]), "year": 2027, "source": "通知", "days": [holiday]}
    world.ids["year:city"] = call("office", "POST", "/calendar-years", year, None).json()["id"]
    (entered,) = (
        row for row in call("office", "GET", "/day-changes", None, None).json()["items"] if row["day"] == "2027-01-01"
    )
    world.ids["day:city:2027"] = entered["id"]

    def planned(by: str, key: str, task: str, kind: str = "step", *, fixed: bool = True) -> str:
        body = {"task_id": str(world[task]), "name": "主体完成", "kind": kind, "planned_on": "2026-12-20"}
        world.ids[key] = call(by, "POST", "/milestones", body, None).json()["id"]
        if fixed:
            call(by, "POST", f"/milestones/{world[key]}/issue", None, 1)
        return f"/milestones/{world[key]}"

    for by, unit in (("office", "city"), ("a-office", "a")):
        template = {"unit_id": str(world[unit]), "kind": "works", "name": "校舍改造"}
        steps = [{"key": "works", "name": "完工", "work_days": 5}]
        row = call(by, "POST", "/milestone-templates", {**template, "steps": steps}, None).json()
        world.ids[f"template:{unit}"] = row["id"]
    for row in call("office", "GET", "/milestone-templates", None, None).json()["items"]:
        if row["unit_id"] is None:
            world.ids[f"template:{row['code']}"] = row["id"]
    planned("a1-clerk", "step:roads:a1", "roads:a1")
    planned("b1-clerk", "step:roads:b1", "roads:b1", "works")
    planned("a1-clerk", "step:schools:a1", "schools:a1", fixed=False)
    planned("office", "step:parks:a", "parks:a", fixed=False)
    built = planned("a2-clerk", "built:roads:a2", "roads:a2", "works")
    call("a2-clerk", "POST", f"{built}/build", {"on": "2026-11-10"}, 2)
    moved = {"milestone_id": str(world["step:roads:a1"]), "to_on": "2026-12-28", "reason": "台风影响"}
    world.ids["move:roads:a1"] = call("a1-clerk", "POST", "/milestone-moves", moved, None).json()["id"]


def _rules(call: Callable[..., httpx.Response], world: World) -> None:
    """Leave a draft, a rule set in use and a county's, and two justified reasons that wait for a decision."""
    for by, name, unit in (("office", "draft", "city"), ("office", "active", "city"), ("a-office", "county", "a")):
        body = {
            "unit_id": str(world[unit]),
            "code": f"rules-{name}",
            "name": "测试规则",
            "source": "测试",
            "definition": RULES,
        }
        world.ids[f"rules:{name}"] = call(by, "POST", "/rule-sets", body, None).json()["id"]
    call("office", "POST", f"/rule-sets/{world['rules:active']}/activate", None, 1)
    for row in call("office", "GET", "/rule-sets?limit=100", None, None).json()["items"]:
        if row["unit_id"] is None:
            world.ids[f"rules:{row['code']}"] = row["id"]
    for by, name, unit in (("office", "draft", "city"), ("office", "active", "city"), ("a-office", "county", "a")):
        made = {"unit_id": str(world[unit]), "name": "测试核对", "definition": CHECK}
        world.ids[f"check:{name}"] = call(by, "POST", "/check-rules", made, None).json()["id"]
    call("office", "POST", f"/check-rules/{world['check:active']}/activate", None, 1)
    for row in call("office", "GET", "/check-rules?limit=100", None, None).json()["items"]:
        if row["unit_id"] is None:
            world.ids[f"check:{row['code']}"] = row["id"]
    for unit in ("a1", "b1"):
        body = {
            "target_id": str(world[f"roads:{unit}:target"]),
            "starts_on": "2026-10-01",
            "ends_on": "2026-10-31",
            "reason": "台风停工",
        }
        world.ids[f"exemption:{unit}"] = call(f"{unit}-clerk", "POST", "/exemptions", body, None).json()["id"]
