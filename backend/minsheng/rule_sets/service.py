"""What is done with rule sets: drafts, the shipped ones, and the one a programme names."""

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import col, select

from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Conflict, Duplicate, FieldError, Invalid, invalid
from minsheng.org.models import Unit
from minsheng.rule_sets import definition as rules
from minsheng.rule_sets.models import RuleSet
from minsheng.rule_sets.schemas import DefinitionIn, LightMark, LightName, RuleSetIn, RuleSetOut, RuleSetPatch

T = TypeVar("T")


def compiled(code: str, name: str, source: str, content: Mapping[str, Any]) -> rules.RuleSet:
    """Return the pure rule set behind a stored content; the same content is put together once."""
    return _compiled(code, name, source, json.dumps(content, sort_keys=True))


@lru_cache(maxsize=256)
def _compiled(code: str, name: str, source: str, text: str) -> rules.RuleSet:
    content = json.loads(text)

    def bound(value: str | None) -> Decimal | None:
        return None if value is None else Decimal(value)

    made_up = content.get("made_up")
    return rules.RuleSet(
        code=code,
        name=name,
        source=source,
        colours=tuple(rules.Colour(**each) for each in content["colours"]),
        dimensions=tuple(
            rules.Dimension(
                kind=each["kind"],
                base=each["base"],
                measure=each["measure"],
                span_months=each["span_months"],
                bands=tuple(
                    rules.Band(
                        band["light"],
                        bound(band["low"]),
                        bound(band["high"]),
                        band["low_inclusive"],
                        band["high_inclusive"],
                    )
                    for band in each["bands"]
                ),
            )
            for each in content["dimensions"]
        ),
        places=tuple(
            rules.Place(each["side"], each["n"], frozenset(each["when"]), each["to"]) for each in content["places"]
        ),
        repeats=tuple(
            rules.Repeat(frozenset(each["count"]), each["times"], each["running"], each["to"])
            for each in content["repeats"]
        ),
        made_up=rules.MadeUp(frozenset(made_up["when"]), made_up["to"]) if made_up else None,
        waived=content["waived"],
        accepted=content["accepted"],
    )


def stored(body: DefinitionIn) -> dict[str, Any]:
    """Return a content as it is kept: exact decimals as text."""
    return body.model_dump(mode="json")


def check(body: DefinitionIn, prefix: str = "/definition") -> list[FieldError]:
    """Return what is wrong with a content."""
    found = rules.faults(compiled("draft", "draft", "draft", stored(body)))
    return [FieldError(pointer=f"{prefix}{each.pointer}", code=each.code, message=each.message) for each in found]


def _refuse_faults(body: DefinitionIn) -> None:
    errors = check(body)
    if errors:
        raise Invalid(errors[0].message, errors=errors)


# Rows


def create(session: Session, body: RuleSetIn) -> RuleSet:
    """Start a draft of a unit.

    Raises:
        Duplicate: the code is taken.
        Invalid: names every fault of the content.
    """
    rows.fetch(session, Unit, body.unit_id)
    _refuse_faults(body.definition)
    if taken(session, body.code):
        message = f"代号“{body.code}”已被使用。"
        raise Duplicate(message, errors=[FieldError(pointer="/code", code="duplicate", message=message)])
    row = RuleSet(**body.model_dump(exclude={"definition"}), definition=stored(body.definition))
    session.add(row)
    session.flush()
    return row


def taken(session: Session, code: str) -> bool:
    """Say whether a code is used, also where the caller may not look: codes are unique in an installation."""
    table = RuleSet.__table__  # type: ignore[attr-defined]
    return session.connection().execute(table.select().where(table.c.code == code)).first() is not None


def change(session: Session, row: RuleSet, body: RuleSetPatch) -> None:
    """Change a draft."""
    for name in body.model_fields_set:
        value = getattr(body, name)
        if value is None and name != "year":
            raise invalid(f"/{name}", "null", "不能为空")
        if name == "definition":
            _refuse_faults(value)
            value = stored(value)
        setattr(row, name, value)
    session.add(row)
    session.flush()


def sound(_session: Session, row: RuleSet) -> None:
    """Refuse to switch on rules under which some figure would get no light.

    Raises:
        Conflict: names every fault.
    """
    errors = check(DefinitionIn.model_validate(row.definition))
    if errors:
        message = f"规则还有 {len(errors)} 处不完整，不能启用。"
        raise Conflict(message, errors=errors)


# The shipped ones


@lru_cache(maxsize=1)
def presets() -> Mapping[str, dict[str, Any]]:
    """Return the shipped rule sets by code, as their files say."""
    found = {}
    for path in sorted(resources.files("minsheng.rule_sets").joinpath("presets").iterdir(), key=lambda each: each.name):
        if path.name.endswith(".json"):
            content = json.loads(path.read_text(encoding="utf-8"))
            found[content["code"]] = {
                **content,
                "definition": stored(DefinitionIn.model_validate(content["definition"])),
            }
    return found


def preset(code: str) -> rules.RuleSet:
    """Return one shipped rule set."""
    content = presets()[code]
    return compiled(code, content["name"], content["source"], content["definition"])


def ensure_presets(session: Session) -> None:
    """Give an installation the shipped rule sets it does not have yet; one that was shipped is never rewritten."""
    known = set(session.exec(select(RuleSet.code).where(col(RuleSet.unit_id).is_(None))).all())
    session.add_all(
        RuleSet(
            code=code,
            name=content["name"],
            source=content["source"],
            definition=content["definition"],
            status="active",
        )
        for code, content in presets().items()
        if code not in known
    )
    session.flush()


# The one in force


def in_force(session: Session, code: str) -> rules.RuleSet:
    """Return the rule set that a programme names."""
    row = session.exec(select(RuleSet).where(RuleSet.code == code)).one_or_none()
    return pure(row) if row is not None else preset(code)


def all_in_force(session: Session, codes: set[str]) -> dict[str, rules.RuleSet]:
    """Return several rule sets by code with one query."""
    found = {row.code: pure(row) for row in session.exec(select(RuleSet).where(col(RuleSet.code).in_(codes))).all()}
    return {code: found[code] if code in found else preset(code) for code in codes}


def pure(row: RuleSet) -> rules.RuleSet:
    """Return the pure rule set of a row."""
    return compiled(row.code, row.name, row.source, row.definition)


def usable(session: Session, code: str, unit_id: UUID, pointer: str = "/rule_set") -> None:
    """Refuse a rule set that a unit's programme may not name.

    Raises:
        Invalid: unknown, not switched on, or of a unit that is not above the programme's.
    """
    row = session.exec(select(RuleSet).where(RuleSet.code == code)).one_or_none()
    if row is None:
        raise invalid(pointer, "unknown-rule-set", f"没有亮灯规则“{code}”")
    if row.status != "active":
        raise invalid(pointer, "rule-set-not-active", f"“{row.name}”没有启用")
    at: UUID | None = unit_id
    while row.unit_id is not None and at != row.unit_id:
        unit = session.get(Unit, at) if at else None
        if unit is None:
            raise invalid(pointer, "foreign-rule-set", f"“{row.name}”不是本级或上级的规则")
        at = unit.parent_id


def mark(rule_set: rules.RuleSet, light: str) -> LightMark:
    """Return how one light is shown."""
    colour = rule_set.colour(light)
    return LightMark(name=colour.name, glyph=colour.glyph, hue=colour.hue, bad=colour.good is False)  # type: ignore[arg-type]


def present(rule_set: rules.RuleSet) -> RuleSetOut:
    """Return the names a board needs."""
    return RuleSetOut(
        code=rule_set.code,
        name=rule_set.name,
        source=rule_set.source,
        lights=[LightName.model_validate(colour) for colour in rule_set.colours],
    )
