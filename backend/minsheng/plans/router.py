"""Plans over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from minsheng.kernel.access import Session
from minsheng.kernel.door import IfMatch, allow
from minsheng.kernel.errors import NotFound
from minsheng.kernel.http import Route
from minsheng.permissions import P
from minsheng.plans import service
from minsheng.plans.schemas import PlanIn, PlanOut
from minsheng.targets.models import Target, Task

router = APIRouter(tags=["plans"], route_class=Route)


def _target(session: Session, key: UUID) -> tuple[Target, Task]:
    found = service.target_with_task(session, key)
    if found is None:
        raise NotFound
    return found


@router.get("/targets/{id}/plan", summary="目标的进度计划", operation_id="getPlan")
def get_plan(id: UUID, response: Response, session: Annotated[Session, allow(P.TASK_READ)]) -> PlanOut:  # noqa: A002
    """Return the plan of a target; version 0 is the straight line from issue to deadline."""
    target, _ = _target(session, id)
    out = service.present(target, service.plan_of(session, target))
    response.headers["ETag"] = f'"{out.version}"'
    return out


@router.put("/targets/{id}/plan", summary="排进度计划", operation_id="savePlan")
def save_plan(
    id: UUID,  # noqa: A002
    body: PlanIn,
    version: IfMatch,
    response: Response,
    session: Annotated[Session, allow(P.PLAN_EDIT)],
) -> PlanOut:
    """Set the plan: a straight line, a vector by month or ten days that ends at the target, or the milestones."""
    target, task = _target(session, id)
    plan = service.save(session, target, task, body, version)
    out = service.present(target, plan)
    response.headers["ETag"] = f'"{out.version}"'
    return out
