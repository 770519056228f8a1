"""The usual steps of each kind of promise, kept as data beside the program."""

import json
from functools import cache
from importlib import resources

from minsheng.milestones import schedule
from minsheng.milestones.schemas import TemplateOut


@cache
def templates() -> dict[str, TemplateOut]:
    """Return the templates by code, each with its length in working days along the longest chain."""
    text = resources.files("minsheng.milestones").joinpath("data/templates.json").read_text(encoding="utf-8")
    found = {}
    for entry in json.loads(text):
        length: dict[str, int] = {}
        for step in schedule.order(steps_of(entry["steps"])):
            length[step.key] = step.work_days + max((length[each] for each in step.after), default=0)
        found[entry["code"]] = TemplateOut.model_validate({**entry, "work_days": max(length.values())})
    return found


def steps_of(entries: list[dict[str, object]]) -> list[schedule.Step]:
    """Return the pure steps of a template's entries."""
    return [
        schedule.Step(str(each["key"]), int(str(each["work_days"])), tuple(map(str, each["after"])))  # type: ignore[call-overload]
        for each in entries
    ]
