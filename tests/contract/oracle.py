"""What everybody may see and do in the prepared world, worked out naively from the world's declarations.

Nothing of the product is asked here: the tree is walked, grants are read, roles are written out once more. Where this
and the product disagree, one of them is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.contract import money_cases as money
from tests.contract import payment_cases as payments
from tests.factories import world as worlds

PARENT = {key: parent for key, parent, *_ in worlds.UNITS}
NAME = {key: name for key, _, name, *_ in worlds.UNITS}
KIND = {key: kind for key, _, _, kind, *_ in worlds.UNITS}
SEAT = {username: unit for username, unit, _ in worlds.PEOPLE}
ROLE = {username: role for username, _, role in worlds.PEOPLE}

_SEE = {"unit.read", "programme.read", "task.read", "report.read", "board.read"}
_ALL = _SEE | {
    "unit.edit",
    "user.read",
    "user.edit",
    "role.edit",
    "grant.edit",
    "programme.edit",
    "programme.issue",
    "task.split",
    "change.ask",
    "change.decide",
    "plan.edit",
    "rule.edit",
    "exemption.decide",
    "round.edit",
    "report.edit",
    "report.review",
    "report.accept",
    "report.comment",
    "report.chase",
    "official.edit",
    "deviation.answer",
    "deviation.settle",
    "verification.edit",
    "journal.read",
    "calendar.edit",
    "comment.edit",
    "figure.edit",
    "task.acknowledge",
    "pledge.edit",
    "pledge.sign",
}
_UNIT_SIDE = {"comment.edit", "task.acknowledge", "pledge.sign", "deviation.answer"}
AREA = {
    "administrator": {
        "unit.read",
        "unit.edit",
        "user.read",
        "user.edit",
        "role.edit",
        "grant.edit",
        "programme.read",
        "calendar.edit",
        "figure.edit",
    },
    "office": _SEE
    | _UNIT_SIDE
    | {
        "figure.edit",
        "pledge.edit",
        "user.read",
        "programme.edit",
        "programme.issue",
        "task.split",
        "change.ask",
        "change.decide",
        "plan.edit",
        "rule.edit",
        "exemption.decide",
        "round.edit",
        "report.accept",
        "report.comment",
        "report.chase",
        "official.edit",
        "deviation.settle",
        "verification.edit",
        "journal.read",
        "calendar.edit",
    },
    "lead_department": _SEE | _UNIT_SIDE | {"report.edit", "report.comment", "plan.edit", "change.ask"},
    "clerk": _SEE | _UNIT_SIDE | {"report.edit", "report.comment", "plan.edit", "change.ask"},
    "reviewer": _SEE | {"report.review", "report.comment", "report.chase"},
    "leader": _SEE | {"pledge.sign"},
    "auditor": _SEE | {"user.read", "journal.read"},
    "integration": _SEE | {"journal.read"},
}
AREA["finance"] = _SEE | money.KEEPER
for _role in money.READERS & AREA.keys():
    AREA[_role] = AREA[_role] | {"fund.read"} | ({"fund.freeze"} if _role in money.FREEZERS else set())
for _role, _more in payments.ROLES.items():
    AREA[_role] = AREA.get(_role, set()) | _more
HAND = {"administrator": _ALL.union(*payments.ROLES.values()) | money.KEEPER | {"fund.read", "fund.freeze"}}
LINE = {"lead_department": {"task.read", "task.acknowledge", "fund.read", "report.read", "board.read"}}

LEADS = {
    "city_dept": {"list.group", "list.roads", "list.cover"},
    "a_dept": {"county_list.schools"},
}
"""Items led, of issued lists only."""


@dataclass(frozen=True)
class Thing:
    """One row of the world: its kind, where it lies, who gave it, what line it hangs on, whether it is a draft.

    ``asked`` is the unit that a draft was sent to for comment, ``by`` who is to acknowledge a task.
    """

    kind: str
    unit: str
    giver: str | None = None
    item: str | None = None
    draft: bool = False
    asked: str | None = None
    by: str | None = None


WITHDRAWN = {f"{month}:roads:{unit}" for month in ("october", "november") for unit in ("a", "b")}
"""Reports of units that handed their task on: void, and on no sheet or desk."""


PATTERNS = (
    "over-target",
    "jump-current",
    "fall-snapshot",
    "slip-target",
    "slip-last",
    "over-population",
    "parts-equal",
    "parts-within",
    "beside-siblings",
    "beside-siblings-per-head",
)
"""The checks that come with the product."""

SHIPPED = (
    "cangnan-month",
    "days-7-15",
    "dazu-five",
    "guangyuan-second",
    "hengyang-honour",
    "ouhai-made-up",
    "points-10-30",
    "sanming-escalation",
    "tianjin-bond",
    "yinchuan-2025",
)
"""Rule sets that belong to nobody."""


def _things() -> dict[str, Thing]:  # noqa: C901, PLR0912, PLR0915 - one declaration after the other
    found = {unit: Thing("unit", unit, giver=parent) for unit, parent in PARENT.items()}
    for username, unit in SEAT.items():
        found[f"user:{username}"] = Thing("user", unit)
        found[f"grant:{username}"] = Thing("grant", unit)
    found["user:disabled"] = Thing("user", "a2")
    for key, unit, draft in (
        ("list", "city", False),
        ("county_list", "a", False),
        ("draft_list", "city", True),
        ("other_list", "other", True),
    ):
        found[key] = Thing("programme", unit, draft=draft)
    for key, unit, draft in (
        ("list.group", "city", False),
        ("list.roads", "city", False),
        ("list.cover", "city", False),
        ("county_list.schools", "a", False),
        ("draft_list.parks", "city", True),
    ):
        found[key] = Thing("item", unit, draft=draft)
    for key, unit, draft in (
        ("roads", "city", False),
        ("cover", "city", False),
        ("schools", "a", False),
        ("parks", "city", True),
    ):
        found[key] = Thing("indicator", unit, draft=draft)
    items = {name: key for key in found if "." in key for name in [key.split(".")[1]]}
    for name, parent, draft in (
        ("roads:city", None, False),
        ("roads:a", "city", False),
        ("roads:b", "city", False),
        ("roads:a1", "a", False),
        ("roads:a2", "a", False),
        ("roads:b1", "b", False),
        ("roads:a_dept", "a", False),
        ("roads:city_dept", "city", True),
        ("cover:city", None, False),
        ("cover:a1", "city", False),
        ("cover:b1", "city", False),
        ("cover:void", "city", True),
        ("schools:a", None, False),
        ("schools:a1", "a", False),
        ("schools:a2", "a", False),
        ("parks:city", None, True),
        ("parks:a", "city", True),
    ):
        indicator, unit = name.split(":")
        unit = "a" if unit == "void" else unit
        found[name] = Thing("task", unit, giver=parent or unit, item=items[indicator], draft=draft)
        found[f"{name}:target"] = Thing("target", unit, giver=parent or unit, item=items[indicator], draft=draft)
    for name in ("roads:a1", "roads:a2", "roads:b1", "cover:a1", "cover:b1", "schools:a1", "schools:a2"):
        for month in ("october", "november"):
            found[f"{month}:{name}"] = Thing("report", found[name].unit, item=found[name].item)
    for name in WITHDRAWN:
        found[name] = Thing("report", name[-1], item="list.roads")
    found["november:roads:a_dept"] = Thing("report", "a_dept", item="list.roads")
    found["remark:cover:a1"] = Thing("report_comment", "a1", item="list.cover")
    found["adjustment:roads:a1"] = Thing("adjustment", "a1", item="list.roads")
    found["state:roads:a2"] = Thing("state", "a2", item="list.roads")
    found["state:cover:b1"] = Thing("state", "b1", item="list.cover")
    for programme, unit in (("list", "city"), ("county_list", "a")):
        for month in range(2, 13):
            found[f"round:{programme}:2026-{month:02}"] = Thing("round", unit)
    for name, unit, draft in (
        ("cadence:list", "city", False),
        ("cadence:county_list", "a", False),
        ("cadence:weekly", "city", True),
        ("cadence:asked_list", "city", True),
        ("cadence:other_list", "other", True),
    ):
        found[name] = Thing("cadence", unit, draft=draft)
    found["granted:b1"] = Thing("granted", "b1", giver="city")
    found["settlement:a"] = Thing("settlement", "a")
    for key, task, draft, holder in (
        ("step:roads:a1", "roads:a1", False, None),
        ("step:roads:b1", "roads:b1", False, None),
        ("built:roads:a2", "roads:a2", False, None),
        ("step:schools:a1", "schools:a1", True, "a1"),
        ("step:parks:a", "parks:a", True, "city"),
    ):
        given = found[task]
        found[key] = Thing("milestone", given.unit, giver=holder or given.unit, item=given.item, draft=draft)
    found["move:roads:a1"] = Thing("milestone_move", "a1", item="list.roads")
    for unit in ("city", "a", "b"):
        found[f"day:{unit}"] = Thing("day_change", unit)
    found["day:city:2027"] = Thing("day_change", "city")
    found["year:city"] = Thing("calendar_year", "city")
    for name, unit, draft in (("draft", "city", True), ("active", "city", False), ("county", "a", True)):
        found[f"rules:{name}"] = Thing("rule_set", unit, draft=draft)
    for code in SHIPPED:
        found[f"rules:{code}"] = Thing("rule_set", "")
    for name, unit, draft in (("draft", "city", True), ("active", "city", False), ("county", "a", True)):
        found[f"check:{name}"] = Thing("check_rule", unit, draft=draft)
    for code in PATTERNS:
        found[f"check:{code}"] = Thing("check_rule", "")
    for unit in ("city", "a"):
        found[f"template:{unit}"] = Thing("template", unit)
    for code in ("works", "subsidy", "insurance", "training", "service", "policy", "ongoing"):
        found[f"template:{code}"] = Thing("template", "")
    for unit in ("a1", "b1"):
        found[f"exemption:{unit}"] = Thing("exemption", unit, item="list.roads")
    for kind in ("official", "deviation", "contact", "verification"):
        found[f"{kind}:b1"] = Thing(kind, "b1", item="list.roads")
    found["mapping"] = Thing("mapping", "city")
    found["tolerance"] = Thing("tolerance", "a")
    found["asked_list"] = Thing("programme", "city", draft=True, asked="a")
    found["asked_list.trees"] = Thing("item", "city", draft=True, asked="a")
    found["listing"] = Thing("listing", "city", draft=True)
    for name in ("invitation", "comment"):
        found[name] = Thing(name, "a")
    for unit in ("a", "b"):
        found[f"figure:{unit}"] = Thing("figure", unit)
    found["chase:a1"], found["chase:b1"] = Thing("chase", "a1"), Thing("chase", "b1")
    for unit in ("city", "a"):
        found[f"chase_rule:{unit}"] = Thing("chase_rule", unit)
    for unit in ("a1", "b1"):
        found[f"attachment:roads:{unit}"] = Thing("attachment", unit, item="list.roads")
    found["pledge:a"] = Thing("pledge", "a", giver="city")
    found["pledge:b"] = Thing("pledge", "b", giver="city", draft=True)
    found["pledge:a1"] = Thing("pledge", "a1", giver="a")
    for name in ("roads:a", "roads:b", "roads:a1", "roads:a2", "roads:b1", "roads:a_dept", "cover:a1", "cover:b1",
                 "schools:a1", "schools:a2"):  # fmt: skip
        task = found[name]
        found[f"receipt:unit:{name}"] = Thing("acknowledgement", task.unit, item=task.item, by=task.unit)
    for name in ("roads:city", "roads:a", "roads:b", "cover:city", "cover:a1", "cover:b1"):
        task = found[name]
        found[f"receipt:lead:{name}"] = Thing("acknowledgement", task.unit, item=task.item, by="city_dept")
    for name in ("schools:a", "schools:a1", "schools:a2"):
        task = found[name]
        found[f"receipt:lead:{name}"] = Thing("acknowledgement", task.unit, item=task.item, by="a_dept")
    found |= {name: Thing(kind, unit, giver="city", item=item) for name, (kind, unit, item) in money.THINGS.items()}
    found |= {
        name: Thing(kind, unit, giver="city", item=item, draft=draft)
        for name, (kind, unit, item, draft) in payments.THINGS.items()
    }
    found["job:a1"] = Thing("job", "a1", by="a1-clerk")
    for role in ("role:own", *(f"role:{name}" for name in _ROLES)):
        found[role] = Thing("role", "")
    for measure in ("公里", "%", "所", "个"):
        found[measure] = Thing("measure", "")
    return found


_ROLES = (
    "administrator",
    "office",
    "lead_department",
    "clerk",
    "reviewer",
    "leader",
    "finance",
    "payer",
    "inspector",
    "assessor",
    "auditor",
    "integration",
)
READ = {
    "unit": "unit.read",
    "day_change": "unit.read",
    "calendar_year": "unit.read",
    "user": "user.read",
    "grant": "user.read",
    "programme": "programme.read",
    "item": "programme.read",
    "indicator": "programme.read",
    "round": "programme.read",
    "task": "task.read",
    "target": "task.read",
    "milestone": "task.read",
    "milestone_move": "task.read",
    "report": "report.read",
    "report_comment": "report.read",
    "adjustment": "task.read",
    "state": "task.read",
    "rule_set": "programme.read",
    "check_rule": "programme.read",
    "template": "task.read",
    "exemption": "task.read",
    "listing": "programme.read",
    "invitation": "programme.read",
    "comment": "programme.read",
    "figure": "unit.read",
    "pledge": "task.read",
    "chase": "report.read",
    "chase_rule": "programme.read",
    "attachment": "report.read",
    "acknowledgement": "task.read",
    "cadence": "programme.read",
    "granted": "report.read",
    "settlement": "report.read",
    "official": "report.read",
    "deviation": "report.read",
    "contact": "report.read",
    "verification": "report.read",
    "mapping": "official.edit",
    "tolerance": "programme.read",
    **dict.fromkeys(money.KINDS | payments.KINDS, "fund.read"),
}
HEADERS = {
    *money.HEADERS,
    *payments.HEADERS,
    "tolerance",
    "unit",
    "day_change",
    "calendar_year",
    "programme",
    "item",
    "indicator",
    "round",
    "rule_set",
    "check_rule",
    "template",
    "cadence",
    "settlement",
}
THINGS = _things()


def above(unit: str) -> set[str]:
    """Return the units over a unit."""
    found = set()
    at = PARENT[unit]
    while at is not None:
        found.add(at)
        at = PARENT[at]
    return found


def beneath(unit: str) -> set[str]:
    """Return a unit and everything under it."""
    return {each for each in PARENT if each == unit or unit in above(each)}


def government(unit: str) -> set[str]:
    """Return everything under the government that a unit belongs to."""
    at = unit
    while KIND[at] != "government":
        at = PARENT[at] or at
    return beneath(at)


def area(who: str, permission: str) -> set[str]:
    """Return the units in which somebody holds a permission by place."""
    role = ROLE[who]
    if permission == "unit.read" and role in LINE:
        return government(SEAT[who])
    return beneath(SEAT[who]) if permission in AREA[role] else set()


def hand(who: str) -> set[str]:
    """Return the units at which somebody may hand on any permission."""
    return beneath(SEAT[who]) if ROLE[who] in HAND else set()


def on_line(who: str, permission: str, thing: Thing) -> bool:
    """Say whether somebody holds a permission over a thing by subject."""
    return (
        permission in LINE.get(ROLE[who], set())
        and thing.item in LEADS.get(SEAT[who], set())
        and thing.unit in government(SEAT[who])
    )


def holds(who: str, permission: str) -> bool:
    """Say whether somebody holds a permission anywhere."""
    return permission in AREA[ROLE[who]] or (permission in LINE.get(ROLE[who], set()) and bool(LEADS.get(SEAT[who])))


def sees(who: str, name: str) -> bool:
    """Say whether somebody may see a thing."""
    thing = THINGS[name]
    if thing.kind in {"role", "measure"}:
        return True
    if thing.kind == "job":
        return who == thing.by
    permission = READ[thing.kind]
    if thing.kind in {"rule_set", "check_rule", "template"} and not thing.unit:
        return holds(who, permission)
    inside = thing.unit in area(who, permission) or on_line(who, permission, thing)
    if thing.kind in {"task", "target", "milestone", "pledge"}:
        return inside and (not thing.draft or thing.giver in area(who, permission))
    over = thing.kind in HEADERS and not thing.draft and thing.unit in above(SEAT[who]) and holds(who, permission)
    return inside or over or (thing.asked is not None and thing.asked in area(who, permission))


def hears(who: str, name: str) -> bool:
    """Say whether the feed tells somebody of a thing: of a draft that others are only asked about it does not."""
    return sees(who, name) and (THINGS[name].asked is None or THINGS[name].unit in area(who, READ[THINGS[name].kind]))


def covers(who: str, permission: str, name: str) -> bool:
    """Say whether somebody may change a thing by a permission."""
    thing = THINGS[name]
    if thing.kind == "role":
        return holds(who, permission)
    if thing.kind in {"pledge", *payments.BOTH}:
        return bool({thing.giver, thing.unit} & area(who, permission))
    given = {"unit", "task", "target", "milestone", "granted", *money.KINDS}
    owner = thing.giver if thing.kind in given else thing.unit
    return owner in area(who, permission) or on_line(who, permission, thing)


def visible(who: str, kind: str) -> set[str]:
    """Return everything of a kind that somebody may see."""
    return {name for name, thing in THINGS.items() if thing.kind == kind and sees(who, name)}
