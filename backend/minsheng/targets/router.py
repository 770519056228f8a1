"""Tasks and the split over HTTP."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import col, select
from starlette.concurrency import run_in_threadpool

from minsheng.kernel import clock, rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import IfMatch, allow
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.org.models import Unit
from minsheng.org.service import unit_names
from minsheng.permissions import P
from minsheng.programmes.models import Item, Programme
from minsheng.targets import acknowledgements, service, splitting, states, upload, workbook
from minsheng.targets.adjusted import approved, in_force
from minsheng.targets.models import Acknowledgement, Task
from minsheng.targets.policy import ACKNOWLEDGEMENT, TASK
from minsheng.targets.present import present_targets
from minsheng.targets.schemas import (
    AcknowledgedOut,
    AcknowledgementOut,
    SplitIn,
    SplitOut,
    SplitResults,
    StateBrief,
    SuggestIn,
    Suggestion,
    TaskIn,
    TaskOut,
    TaskPatch,
    TaskStatus,
    UploadOut,
)

router = APIRouter(tags=["targets"], route_class=Route)


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_XLSX_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}, "example": "（.xlsx 文件）"}
        },
    }
}


class XlsxResponse(Response):
    media_type = XLSX


def present_tasks(session: Session, tasks: Sequence[Task]) -> list[TaskOut]:
    """Return tasks with their targets and names."""
    names = unit_names(session, {task.unit_id for task in tasks})
    titles = dict(
        session.exec(select(Item.id, Item.title).where(col(Item.id).in_({task.item_id for task in tasks}))).all()
    )
    changes = approved(session, tasks=[task.id for task in tasks])
    targets = present_targets(session, [task.id for task in tasks], changes)
    now = states.today(session, {task.id for task in tasks})
    receipts: dict[UUID, list[AcknowledgedOut]] = defaultdict(list)
    for receipt, by_name in acknowledgements.of_tasks(session, {task.id for task in tasks}):
        receipts[receipt.task_id].append(
            AcknowledgedOut(**receipt.model_dump(include=set(AcknowledgedOut.model_fields)), by_name=by_name)
        )
    return [
        TaskOut(
            **task.model_dump(exclude={"created_at", "deadline"}),
            deadline=in_force(task.deadline, changes.moved(task.id), clock.today()),
            original_deadline=changes.first_deadline(task.id, task.deadline),
            item_title=titles.get(task.item_id),
            unit_name=names.get(task.unit_id),
            targets=targets[task.id],
            state=StateBrief.model_validate(now[task.id]) if task.id in now else None,
            acknowledgements=receipts[task.id],
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
    return splitting.save_split(session, body, lambda task: TASK.apply(session, task, "void"))


@router.post("/tasks:suggest", summary="按基础数据建议分解", operation_id="suggestSplit")
def suggest_split(body: SuggestIn, session: Annotated[Session, allow(P.TASK_SPLIT)]) -> Suggestion:
    """Share one target out by population, households or any other base figure; adds up exactly, saves nothing."""
    return splitting.suggest(session, body)


@router.post("/tasks:upload", summary="上传分解表", operation_id="uploadSplit", openapi_extra=_XLSX_BODY)
async def upload_split(
    request: Request,
    session: Annotated[Session, allow(P.TASK_SPLIT)],
    programme_id: Annotated[UUID, Query(description="所属计划")],
    unit_id: Annotated[UUID | None, Query(description="由谁分解；省略为主办机构")] = None,
    dry_run: Annotated[bool, Query(description="只检查，不写入")] = True,  # noqa: FBT002 - a query parameter
) -> UploadOut:
    """Read a split workbook that was downloaded here: first a preview cell by cell, then, asked again, the same saved.

    Every cell is judged by the rules of typing; wrong cells are named by sheet, row and cell, the others are saved.
    """
    content = await request.body()
    return await run_in_threadpool(_upload, session, programme_id, unit_id, content, dry_run)


def _upload(
    session: Session,
    programme_id: UUID,
    unit_id: UUID | None,
    content: bytes,
    dry_run: bool,  # noqa: FBT001
) -> UploadOut:
    programme = rows.fetch(session, Programme, programme_id)
    unit = rows.fetch(session, Unit, unit_id or programme.unit_id)
    grid = splitting.split_of(session, programme, unit)

    def void(task: Task) -> None:
        TASK.apply(session, task, "void")

    def save(body: SplitIn) -> SplitResults:
        return splitting.save_split(session, body, void)

    return upload.load(grid, content, save, dry_run=dry_run)


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


def present_acknowledgements(session: Session, found: Sequence[Acknowledgement]) -> list[AcknowledgementOut]:
    """Return receipts with the names around them; another's button is not shown."""
    names = unit_names(session, {each.unit_id for each in found} | {each.by_id for each in found})
    items = {
        item.id: item
        for item in session.exec(select(Item).where(col(Item.id).in_({each.item_id for each in found}))).all()
    }
    return [
        AcknowledgementOut(
            **each.model_dump(exclude={"created_at"}),
            by_name=names.get(each.by_id),
            unit_name=names.get(each.unit_id),
            item_code=items[each.item_id].code if each.item_id in items else None,
            item_title=items[each.item_id].title if each.item_id in items else None,
            actions=[
                action
                for action in ACKNOWLEDGEMENT.actions(session, each)
                if action.reason != acknowledgements.NOT_YOURS
            ],
        )
        for each in found
    ]


@router.get("/acknowledgements", summary="任务签收", operation_id="listAcknowledgements")
def list_acknowledgements(
    page: Paging,
    session: Annotated[Session, allow(P.TASK_READ)],
    programme_id: Annotated[UUID | None, Query(description="所属计划")] = None,
    unit_id: Annotated[UUID | None, Query(description="承担单位")] = None,
    by_id: Annotated[UUID | None, Query(description="应由谁签收")] = None,
    status: Annotated[Literal["pending", "acknowledged"] | None, Query(description="状态")] = None,
) -> Page[AcknowledgementOut]:
    """Receipts of tasks handed down: who has taken note and who has not."""
    statement = select(Acknowledgement)
    for column, value in (
        (Acknowledgement.programme_id, programme_id),
        (Acknowledgement.unit_id, unit_id),
        (Acknowledgement.by_id, by_id),
        (Acknowledgement.status, status),
    ):
        if value is not None:
            statement = statement.where(column == value)
    found: Sequence[Acknowledgement] = session.exec(page.apply(statement, (Acknowledgement.id,))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda each: (each.id,))
    return Page(items=present_acknowledgements(session, found), next=following)


ACKNOWLEDGEMENT.mount(router, "/acknowledgements", "Acknowledgement", AcknowledgementOut, present_acknowledgements)
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
    return splitting.split_of(session, programme, unit)


@router.get(
    "/programmes/{id}/split.xlsx",
    summary="下载分解表",
    operation_id="getSplitWorkbook",
    response_class=XlsxResponse,
    responses={200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}},
)
def get_split_workbook(
    id: UUID,  # noqa: A002
    session: Annotated[Session, allow(P.TASK_READ)],
    unit_id: Annotated[UUID | None, Query(description="由谁分解；省略为主办机构")] = None,
) -> XlsxResponse:
    """Return the split as a workbook to fill in and upload again: issued cells locked, ids and versions hidden."""
    programme = rows.fetch(session, Programme, id)
    unit = rows.fetch(session, Unit, unit_id or programme.unit_id)
    made = workbook.write(splitting.split_of(session, programme, unit))
    name = quote(f"{programme.name}任务分解-{unit.name}.xlsx")
    return XlsxResponse(made, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"})
