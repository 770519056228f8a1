"""Life cycles of milestones and of the moves of their dates, and what issuing a task does to them."""

from minsheng.kernel.access import Session
from minsheng.kernel.lifecycle import DecisionIn, Lifecycle, Move, ReasonIn
from minsheng.milestones import marks, moves, service
from minsheng.milestones.models import Milestone, MilestoneMove, MilestoneTemplate
from minsheng.milestones.schemas import DoneIn
from minsheng.permissions import P
from minsheng.plans import service as plans
from minsheng.targets import adjustments
from minsheng.targets.models import Task
from minsheng.targets.policy import TASK

MILESTONE = Lifecycle(
    Milestone,
    "draft",
    {
        "issue": Move(
            frozenset({"draft"}),
            "issued",
            P.PLAN_EDIT,
            "确定",
            "确定节点：计划日期从此锁定，改期须申请",
            guards=[service.task_issued],
            effects=[service.fix, service.tell_plans],
            bulk=True,
        ),
        "void": Move(frozenset({"draft"}), "void", P.PLAN_EDIT, "作废", "作废草稿节点", bulk=True),
        "reach": Move(
            frozenset({"issued"}),
            "reached",
            P.PLAN_EDIT,
            "完成",
            "标记节点完成",
            takes=DoneIn,
            guards=[marks.is_no_works, marks.checks_met, marks.counted],
            effects=[marks.mark("reached_on")],
        ),
        "build": Move(
            frozenset({"issued"}),
            "built",
            P.PLAN_EDIT,
            "完工",
            "标记工程完工；完工不等于验收",
            takes=DoneIn,
            guards=[marks.is_works, marks.checks_met],
            effects=[marks.mark("built_on")],
        ),
        "pass": Move(
            frozenset({"built"}),
            "passed",
            P.REPORT_REVIEW,
            "验收",
            "记录工程通过验收；由标记完工以外的人办理",
            takes=DoneIn,
            guards=[marks.not_own_mark],
            effects=[marks.mark("passed_on", "built_on")],
        ),
        "open": Move(
            frozenset({"passed"}),
            "opened",
            P.PLAN_EDIT,
            "投用",
            "标记工程投入使用",
            takes=DoneIn,
            effects=[marks.mark("opened_on", "passed_on")],
        ),
        "revert": Move(
            frozenset({"reached", "built"}),
            "issued",
            P.PLAN_EDIT,
            "撤回标记",
            "撤回标错的完成或完工，须写原因",
            takes=ReasonIn,
            effects=[marks.unmark],
        ),
    },
    final=frozenset({"opened", "void"}),
)

MILESTONE_MOVE = Lifecycle(
    MilestoneMove,
    "asked",
    {
        "approve": Move(
            frozenset({"asked"}),
            "approved",
            P.TASK_SPLIT,
            "批准",
            "批准改期：新日期即日生效，原日期永远保留",
            takes=DecisionIn,
            guards=[moves.giver_decides, moves.not_own_request, moves.still_open],
            effects=[moves.note_decision, moves.carry_out],
        ),
        "refuse": Move(
            frozenset({"asked"}),
            "refused",
            P.TASK_SPLIT,
            "不批准",
            "不批准改期，须写原因",
            takes=ReasonIn,
            guards=[moves.giver_decides, moves.not_own_request],
            effects=[moves.note_decision],
        ),
        "withdraw": Move(frozenset({"asked"}), "withdrawn", P.PLAN_EDIT, "撤回", "撤回还没有批复的改期申请"),
    },
    final=frozenset({"approved", "refused", "withdrawn"}),
)

MILESTONE_TEMPLATE = Lifecycle(
    MilestoneTemplate,
    "active",
    {
        "retire": Move(
            frozenset({"active"}),
            "retired",
            P.PROGRAMME_EDIT,
            "停止使用",
            "停止使用模板：不再供选用，已排的节点照旧",
        ),
        "restore": Move(frozenset({"retired"}), "active", P.PROGRAMME_EDIT, "恢复使用", "恢复使用停下的模板"),
    },
    final=frozenset(),
)


def issue_with_task(session: Session, task: Task, _body: object) -> None:
    """Fix a task's milestones as it is handed down."""
    for milestone in service.drafts_of(session, task):
        session.moving[milestone.id] = "issue"
        service.fix(session, milestone, None)
        milestone.status = "issued"
        session.add(milestone)


def void_with_task(session: Session, task: Task, _body: object) -> None:
    """Void the draft milestones of a task that is voided."""
    for milestone in service.drafts_of(session, task):
        MILESTONE.follow(session, milestone, "void")
        session.add(milestone)


TASK.extend("issue", guard=service.dates_fit, effect=issue_with_task)
TASK.extend("void", effect=void_with_task)
plans.step_sources.append(service.steps)
adjustments.deadline_doubts.append(service.beyond)
