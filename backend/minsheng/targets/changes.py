"""Adjustments and states over HTTP: what may change of what was issued."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import allow
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.permissions import P
from minsheng.targets import adjustments, states
from minsheng.targets.models import TargetAdjustment, TaskState
from minsheng.targets.policy import ADJUSTMENT, STATE
from minsheng.targets.present import present_adjustments, present_states
from minsheng.targets.schemas import (
    AdjustmentIn,
    AdjustmentOut,
    RequestStatus,
    StateIn,
    StateOut,
    StateStatus,
)

router = APIRouter(tags=["targets"], route_class=Route)

Reading = Annotated[Session, allow(P.TASK_READ)]
Asking = Annotated[Session, allow(P.CHANGE_ASK)]
ProgrammeQuery = Annotated[UUID | None, Query(description="所属计划")]
UnitQuery = Annotated[UUID | None, Query(description="承担单位")]


@router.get("/adjustments", summary="目标调整列表", operation_id="listAdjustments")
def list_adjustments(
    page: Paging,
    session: Reading,
    programme_id: ProgrammeQuery = None,
    unit_id: UnitQuery = None,
    target_id: Annotated[UUID | None, Query(description="哪个目标")] = None,
    status: Annotated[RequestStatus | None, Query(description="状态")] = None,
) -> Page[AdjustmentOut]:
    """Changes of issued targets in the caller's area and lines, with both values."""
    return rows.page_of(
        session,
        page,
        TargetAdjustment,
        present_adjustments,
        programme_id=programme_id,
        unit_id=unit_id,
        target_id=target_id,
        status=status,
    )


@router.post("/adjustments", status_code=201, summary="申请调整目标", operation_id="createAdjustment")
def create_adjustment(body: AdjustmentIn, response: Response, session: Asking) -> AdjustmentOut:
    """Ask for another value of an issued target; a value below what is done needs the word ``below-done``."""
    row = adjustments.ask(session, body)
    rows.tag(response, row)
    return present_adjustments(session, [row])[0]


@router.get("/adjustments/{id}", summary="一份目标调整", operation_id="getAdjustment")
def get_adjustment(id: UUID, response: Response, session: Reading) -> AdjustmentOut:  # noqa: A002
    """Return one adjustment."""
    row = rows.fetch(session, TargetAdjustment, id)
    rows.tag(response, row)
    return present_adjustments(session, [row])[0]


ADJUSTMENT.mount(router, "/adjustments", "Adjustment", AdjustmentOut, present_adjustments)


@router.get("/task-states", summary="任务特殊状态列表", operation_id="listTaskStates")
def list_task_states(
    page: Paging,
    session: Reading,
    programme_id: ProgrammeQuery = None,
    unit_id: UnitQuery = None,
    task_id: Annotated[UUID | None, Query(description="哪个任务")] = None,
    status: Annotated[StateStatus | None, Query(description="状态")] = None,
) -> Page[StateOut]:
    """States of tasks beside their life cycle: not applicable, waiting for policy, suspended, not handed down."""
    return rows.page_of(
        session,
        page,
        TaskState,
        present_states,
        programme_id=programme_id,
        unit_id=unit_id,
        task_id=task_id,
        status=status,
    )


@router.post("/task-states", status_code=201, summary="申请任务特殊状态", operation_id="createTaskState")
def create_task_state(body: StateIn, response: Response, session: Asking) -> StateOut:
    """Ask for a state of an issued task, with its reason; the tier that gave the task decides."""
    row = states.ask(session, body)
    rows.tag(response, row)
    return present_states(session, [row])[0]


@router.get("/task-states/{id}", summary="一个任务特殊状态", operation_id="getTaskState")
def get_task_state(id: UUID, response: Response, session: Reading) -> StateOut:  # noqa: A002
    """Return one state."""
    row = rows.fetch(session, TaskState, id)
    rows.tag(response, row)
    return present_states(session, [row])[0]


STATE.mount(router, "/task-states", "TaskState", StateOut, present_states)
