"""Tasks and the split over HTTP."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlmodel import col, select

from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import IfMatch, allow
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.org.models import Unit
from minsheng.org.service import unit_names
from minsheng.permissions import P
from minsheng.programmes.models import Item, Programme
from minsheng.targets import service, states
from minsheng.targets.models import Task
from minsheng.targets.policy import TASK
from minsheng.targets.present import present_targets
from minsheng.targets.schemas import (
    SplitIn,
    SplitOut,
    SplitResults,
    StateBrief,
    TaskIn,
    TaskOut,
    TaskPatch,
    TaskStatus,
)

router = APIRouter(tags=["targets"], route_class=Route)


def present_tasks(session: Session, tasks: Sequence[Task]) -> list[TaskOut]:
    """Return tasks with their targets and names."""
    names = unit_names(session, {task.unit_id for task in tasks})
    titles = dict(
        session.exec(select(Item.id, Item.title).where(col(Item.id).in_({task.item_id for task in tasks}))).all()
    )
    targets = present_targets(session, [task.id for task in tasks])
    now = states.today(session, {task.id for task in tasks})
    return [
        TaskOut(
            **task.model_dump(exclude={"created_at"}),
            item_title=titles.get(task.item_id),
            unit_name=names.get(task.unit_id),
            targets=targets[task.id],
            state=StateBrief.model_validate(now[task.id]) if task.id in now else None,
            actions=TASK.actions(session, task),
        )
        for task in tasks
    ]


@router.get("/tasks", summary="任务列表", operation_id="listTasks")
def list_tasks(
    page: Paging,
    session: Annotated[Session, allow(P.TASK_READ)],
    programme_id: Annotated[UUID | None, Query(description="所属计划")] = None,
    item_id: Annotated[UUID | None, Query(description="所属项目")] = None,
    unit_id: Annotated[UUID | None, Query(description="承担单位")] = None,
    parent_id: Annotated[UUID | None, Query(description="从哪个任务分解而来")] = None,
    status: Annotated[TaskStatus | None, Query(description="状态")] = None,
) -> Page[TaskOut]:
    """Tasks of the caller's area and lines; drafts only for whoever gives them."""
    statement = select(Task)
    for column, value in (
        (Task.programme_id, programme_id),
        (Task.item_id, item_id),
        (Task.unit_id, unit_id),
        (Task.parent_id, parent_id),
        (Task.status, status),
    ):
        if value is not None:
            statement = statement.where(column == value)
    found: Sequence[Task] = session.exec(page.apply(statement, (Task.id,))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda task: (task.id,))
    return Page(items=present_tasks(session, found), next=following)


@router.post("/tasks", status_code=201, summary="新增任务草稿", operation_id="createTask")
def create_task(body: TaskIn, response: Response, session: Annotated[Session, allow(P.TASK_SPLIT)]) -> TaskOut:
    """Give an item, or a share of it, to a unit beneath; a draft until it is issued."""
    task = service.create(session, body)
    rows.tag(response, task)
    return present_tasks(session, [task])[0]


@router.post("/tasks:split", summary="保存分解表", operation_id="splitTasks")
def split_tasks(body: SplitIn, session: Annotated[Session, allow(P.TASK_SPLIT)]) -> SplitResults:
    """Save cells of the split grid (items × units); sums that do not add up are shown, not refused."""
    return service.save_split(session, body, lambda task: TASK.apply(session, task, "void"))


@router.get("/tasks/{id}", summary="一个任务", operation_id="getTask")
def get_task(id: UUID, response: Response, session: Annotated[Session, allow(P.TASK_READ)]) -> TaskOut:  # noqa: A002
    """Return one task."""
    task = rows.fetch(session, Task, id)
    rows.tag(response, task)
    return present_tasks(session, [task])[0]


@router.patch("/tasks/{id}", summary="修改任务草稿", operation_id="changeTask")
def change_task(
    id: UUID,  # noqa: A002
    body: TaskPatch,
    version: IfMatch,
    response: Response,
    session: Annotated[Session, allow(P.TASK_SPLIT)],
) -> TaskOut:
    """Change a draft; an issued task is locked."""
    task = rows.hold(session, Task, id, version)
    service.change(session, task, body)
    rows.tag(response, task)
    return present_tasks(session, [task])[0]


TASK.mount(router, "/tasks", "Task", TaskOut, present_tasks)


@router.get("/programmes/{id}/split", summary="任务分解表", operation_id="getSplit")
def get_split(
    id: UUID,  # noqa: A002
    session: Annotated[Session, allow(P.TASK_READ)],
    unit_id: Annotated[UUID | None, Query(description="由谁分解；省略为主办机构")] = None,
) -> SplitOut:
    """Return a unit's targets, the shares of the units beneath, and the balance of each row."""
    programme = rows.fetch(session, Programme, id)
    unit = rows.fetch(session, Unit, unit_id or programme.unit_id)
    return service.split_of(session, programme, unit)
