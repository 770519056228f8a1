"""Life cycle of tasks, and what issuing a programme does to them."""

from minsheng.kernel.access import Session
from minsheng.kernel.lifecycle import Lifecycle, Move
from minsheng.permissions import P
from minsheng.programmes.models import Programme
from minsheng.programmes.policy import PROGRAMME
from minsheng.targets import service
from minsheng.targets.models import Task

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


def issue_tasks(session: Session, programme: Programme, _body: object) -> None:
    """Hand down, with the list, every task its owner gave."""
    for task in service.draft_tasks(session, programme):
        TASK.follow(session, task, "issue")


PROGRAMME.extend("issue", guard=service.promises_complete, effect=issue_tasks)
