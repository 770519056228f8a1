"""Templates: the usual steps of each kind of promise, as rows; the shipped ones come from a file."""

import json
from functools import cache
from importlib import resources
from typing import Any

from sqlmodel import col, select

from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import FieldError, invalid
from minsheng.kernel.ids import new_id
from minsheng.milestones import schedule, service
from minsheng.milestones.models import MilestoneTemplate
from minsheng.milestones.schemas import TemplateIn, TemplatePatch, TemplateStep
from minsheng.org.models import Unit

CHECK = "前置条件写了两次"


@cache
def shipped() -> dict[str, dict[str, Any]]:
    """Return the templates that come with the product, by code; the code of each is its kind."""
    text = resources.files("minsheng.milestones").joinpath("data/templates.json").read_text(encoding="utf-8")
    return {
        entry["code"]: {"name": entry["name"], "steps": stored([TemplateStep(**step) for step in entry["steps"]])}
        for entry in json.loads(text)
    }


def ensure_templates(session: Session) -> None:
    """Give an installation the shipped templates as this version has them; nobody else can change those."""
    known = {
        row.code: row
        for row in session.exec(select(MilestoneTemplate).where(col(MilestoneTemplate.unit_id).is_(None))).all()
    }
    for code, entry in shipped().items():
        row = known.get(code) or MilestoneTemplate(code=code, kind=code, name=entry["name"])
        if (row.name, row.steps) != (entry["name"], entry["steps"]):
            row.name, row.steps = entry["name"], entry["steps"]
        session.add(row)
    session.flush()


def stored(steps: list[TemplateStep]) -> list[dict[str, Any]]:
    """Return steps as they are kept."""
    return [step.model_dump(mode="json") for step in steps]


def steps_of(row: MilestoneTemplate) -> list[TemplateStep]:
    """Return a template's steps."""
    return [TemplateStep.model_validate(step) for step in row.steps]


def pure(steps: list[TemplateStep]) -> list[schedule.Step]:
    """Return steps as they are scheduled, without the days that a year gives them."""
    return [schedule.Step(each.key, each.work_days, tuple(each.after)) for each in steps]


def length(steps: list[TemplateStep]) -> int:
    """Return the working days along the longest chain of steps."""
    found: dict[str, int] = {}
    for step in schedule.order(pure(steps)):
        found[step.key] = step.work_days + max((found[each] for each in step.after), default=0)
    return max(found.values(), default=0)


def create(session: Session, body: TemplateIn) -> MilestoneTemplate:
    """Make a template of a unit.

    Raises:
        NotFound: the unit is not visible.
        Invalid: names every step that is repeated, waits for an unknown one or stands in a circle.
    """
    rows.fetch(session, Unit, body.unit_id)
    key = new_id()
    row = MilestoneTemplate(
        id=key, unit_id=body.unit_id, code=key.hex, kind=body.kind, name=body.name, steps=stored(body.steps)
    )
    session.require(row)
    _refuse_faults(body.steps)
    session.add(row)
    session.flush()
    return row


def change(session: Session, row: MilestoneTemplate, body: TemplatePatch) -> None:
    """Change a unit's template; milestones that were made from it stay as they are."""
    session.require(row)
    for name in body.model_fields_set:
        value = getattr(body, name)
        if value is None:
            raise invalid(f"/{name}", "null", "不能为空")
        if name == "steps":
            _refuse_faults(value)
            value = stored(value)
        setattr(row, name, value)
    session.add(row)
    session.flush()


def _refuse_faults(steps: list[TemplateStep]) -> None:
    errors = [
        FieldError(pointer=f"/steps/{each.index}", code=each.code, message=each.message)
        for each in schedule.faults(pure(steps))
    ]
    errors += [
        FieldError(pointer=f"/steps/{index}/checks", code="duplicate", message=CHECK)
        for index, step in enumerate(steps)
        if len(set(step.checks)) < len(step.checks)
    ]
    service.all_or_invalid(errors)


def in_use(session: Session, code: str) -> MilestoneTemplate:
    """Return a template that may be used.

    Raises:
        Invalid: there is none by this code, or it was retired.
    """
    row = session.exec(select(MilestoneTemplate).where(MilestoneTemplate.code == code)).one_or_none()
    if row is None:
        raise invalid("/template", "unknown-template", "没有这套节点模板")
    if row.status != "active":
        raise invalid("/template", "template-retired", f"模板“{row.name}”已停止使用")
    return row
