"""Life cycle of tasks, and what issuing a programme does to them."""

from minsheng.kernel.access import Session
from minsheng.kernel.lifecycle import DecisionIn, Lifecycle, Move, ReasonIn
from minsheng.permissions import P
from minsheng.programmes import copies
from minsheng.programmes.models import Item, Programme
from minsheng.programmes.policy import ITEM, PROGRAMME
from minsheng.targets import acknowledgements, adjustments, duties, promises, service, states
from minsheng.targets.models import Acknowledgement, TargetAdjustment, Task, TaskState
from minsheng.targets.schemas import EndIn

TASK = Lifecycle(
    Task,
    "draft",
    {
        "issue": Move(
            frozenset({"draft"}),
            "issued",
            P.TASK_SPLIT,
            "下达",
            "把分解出的任务下达给承担单位",
            guards=[service.may_issue],
            effects=[service.stamp],
            bulk=True,
        ),
        "void": Move(
            frozenset({"draft"}), "void", P.TASK_SPLIT, "作废", "作废草稿任务", effects=[service.void_targets]
        ),
    },
    final=frozenset({"issued", "void"}),
)


_DECIDES = [duties.higher_tier, duties.not_asked_by_oneself]

ADJUSTMENT = Lifecycle(
    TargetAdjustment,
    "asked",
    {
        "approve": Move(
            frozenset({"asked"}),
            "approved",
            P.CHANGE_DECIDE,
            "批准",
            "批准目标调整：新值从生效日起计，原值永远保留",
            takes=DecisionIn,
            guards=[*_DECIDES, adjustments.still_stands],
            effects=[duties.stamp_decision, adjustments.apply],
        ),
        "refuse": Move(
            frozenset({"asked"}),
            "refused",
            P.CHANGE_DECIDE,
            "不批准",
            "带原因退回调整申请",
            takes=ReasonIn,
            guards=[*_DECIDES],
            effects=[duties.stamp_decision],
        ),
        "withdraw": Move(
            frozenset({"asked"}),
            "withdrawn",
            P.CHANGE_ASK,
            "撤回",
            "撤回还没有批的申请",
            guards=[duties.asks_oneself],
        ),
    },
    final=frozenset({"approved", "refused", "withdrawn"}),
)

STATE = Lifecycle(
    TaskState,
    "asked",
    {
        "approve": Move(
            frozenset({"asked"}),
            "approved",
            P.CHANGE_DECIDE,
            "批准",
            "批准任务的特殊状态：从起始日起不亮灯",
            takes=DecisionIn,
            guards=[*_DECIDES, states.no_overlap],
            effects=[duties.stamp_decision],
        ),
        "refuse": Move(
            frozenset({"asked"}),
            "refused",
            P.CHANGE_DECIDE,
            "不批准",
            "带原因退回申请",
            takes=ReasonIn,
            guards=[*_DECIDES],
            effects=[duties.stamp_decision],
        ),
        "withdraw": Move(
            frozenset({"asked"}),
            "withdrawn",
            P.CHANGE_ASK,
            "撤回",
            "撤回还没有批的申请",
            guards=[duties.asks_oneself],
        ),
        "end": Move(
            frozenset({"approved"}),
            "ended",
            P.CHANGE_DECIDE,
            "恢复",
            "从某天起恢复正常：重新计入、亮灯",
            takes=EndIn,
            guards=[duties.higher_tier],
            effects=[states.set_end],
        ),
    },
    final=frozenset({"refused", "withdrawn", "ended"}),
)


ACKNOWLEDGEMENT = Lifecycle(
    Acknowledgement,
    "pending",
    {
        "acknowledge": Move(
            frozenset({"pending"}),
            "acknowledged",
            P.TASK_ACKNOWLEDGE,
            "签收",
            "承担单位或牵头部门签收下达的任务",
            guards=[acknowledgements.own_side],
            effects=[acknowledgements.stamp],
            bulk=True,
        ),
    },
    final=frozenset({"acknowledged"}),
)


def issue_tasks(session: Session, programme: Programme, _body: object) -> None:
    """Hand down, with the list, every task its owner gave."""
    for task in service.draft_tasks(session, programme):
        TASK.follow(session, task, "issue")


def void_with_item(session: Session, item: Item, _body: object) -> None:
    """Void the draft tasks of an item that is struck from the list."""
    for task in service.drafts_of(session, item_id=item.id):
        # A share may have gone with the task above it.
        if task.id not in session.moving:
            TASK.follow(session, task, "void")


def void_shares(session: Session, task: Task, _body: object) -> None:
    """Void the draft shares of a task that is voided: nothing hangs on what is not there."""
    for share in service.drafts_of(session, parent_id=task.id):
        if share.id not in session.moving:
            TASK.follow(session, share, "void")


TASK.extend("issue", effect=acknowledgements.ask)
TASK.extend("void", effect=void_shares)
ITEM.extend("void", effect=void_with_item)
copies.followers.append(promises.copy_promises)
copies.compared.append(("target", "目标", promises.promised))
PROGRAMME.extend("issue", guard=promises.promises_complete, effect=issue_tasks)
