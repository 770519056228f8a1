"""Milestone templates over HTTP."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import IfMatch, allow
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.milestones import templates
from minsheng.milestones.models import MilestoneTemplate
from minsheng.milestones.policy import MILESTONE_TEMPLATE
from minsheng.milestones.schemas import TemplateIn, TemplateOut, TemplatePatch, TemplateStatus
from minsheng.org.service import unit_names
from minsheng.permissions import P
from minsheng.programmes.schemas import ItemKind

router = APIRouter(tags=["milestones"], route_class=Route)

Reader = Annotated[Session, allow(P.TASK_READ)]
Editor = Annotated[Session, allow(P.PROGRAMME_EDIT)]


def present(session: Session, found: Sequence[MilestoneTemplate]) -> list[TemplateOut]:
    """Return templates with their owners' names, their length and buttons."""
    names = unit_names(session, {row.unit_id for row in found if row.unit_id})
    return [
        TemplateOut(
            **row.model_dump(exclude={"created_at", "steps"}),
            steps=templates.steps_of(row),
            work_days=templates.length(templates.steps_of(row)),
            unit_name=names.get(row.unit_id) if row.unit_id else None,
            actions=MILESTONE_TEMPLATE.actions(session, row),
        )
        for row in found
    ]


@router.get("/milestone-templates", summary="节点模板", operation_id="listMilestoneTemplates")
def list_templates(
    page: Paging,
    session: Reader,
    kind: Annotated[ItemKind | None, Query(description="种类")] = None,
    status: Annotated[TemplateStatus | None, Query(description="状态")] = None,
) -> Page[TemplateOut]:
    """Return the shipped templates, those of the caller's area, and those of the places above."""
    return rows.page_of(session, page, MilestoneTemplate, present, kind=kind, status=status)


@router.post("/milestone-templates", status_code=201, summary="新建节点模板", operation_id="createMilestoneTemplate")
def create_template(body: TemplateIn, response: Response, session: Editor) -> TemplateOut:
    """Make a place's own template; the places beneath may use it too."""
    row = templates.create(session, body)
    rows.tag(response, row)
    return present(session, [row])[0]


@router.get("/milestone-templates/{id}", summary="一套节点模板", operation_id="getMilestoneTemplate")
def get_template(id: UUID, response: Response, session: Reader) -> TemplateOut:  # noqa: A002
    """Return one template."""
    row = rows.fetch(session, MilestoneTemplate, id)
    rows.tag(response, row)
    return present(session, [row])[0]


@router.patch("/milestone-templates/{id}", summary="修改节点模板", operation_id="changeMilestoneTemplate")
def change_template(
    id: UUID,  # noqa: A002
    body: TemplatePatch,
    version: IfMatch,
    response: Response,
    session: Editor,
) -> TemplateOut:
    """Change a place's own template; the shipped ones are copied instead."""
    row = rows.hold(session, MilestoneTemplate, id, version)
    templates.change(session, row, body)
    rows.tag(response, row)
    return present(session, [row])[0]


MILESTONE_TEMPLATE.mount(router, "/milestone-templates", "MilestoneTemplate", TemplateOut, present)
