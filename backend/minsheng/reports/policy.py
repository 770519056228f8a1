"""Life cycle of reports, and what issuing means for them."""

from minsheng.kernel.access import Session
from minsheng.kernel.lifecycle import Lifecycle, Move
from minsheng.permissions import P
from minsheng.plans import service as plans
from minsheng.programmes import cadences
from minsheng.programmes.models import Cadence, Programme
from minsheng.programmes.policy import CADENCE, PROGRAMME
from minsheng.reports import comments, counted, documents, rounds, service, versions
from minsheng.reports.models import Report, ReportComment
from minsheng.reports.schemas import CommentSettleIn, ReturnIn
from minsheng.targets import adjustments
from minsheng.targets.models import Task
from minsheng.targets.policy import STATE, TASK, issue_tasks


def supersede_earlier(session: Session, report: Report, _body: object) -> None:
    """Let a correction take the place of what it corrects, from the moment it counts."""
    earlier = session.get(Report, report.corrects_id) if report.corrects_id else None
    if earlier is not None and earlier.status == "accepted":
        REPORT.follow(session, earlier, "supersede")


def reinstate_earlier(session: Session, report: Report, _body: object) -> None:
    """Let what a correction corrects count again, once the correction does not: until it is reviewed once more."""
    earlier = session.get(Report, report.corrects_id) if report.corrects_id else None
    if earlier is not None and earlier.status == "superseded":
        REPORT.follow(session, earlier, "reinstate")


REPORT = Lifecycle(
    Report,
    "draft",
    {
        "submit": Move(
            frozenset({"draft"}),
            "submitted",
            P.REPORT_EDIT,
            "提交",
            "提交报告",
            guards=[service.ready_to_submit],
            effects=[service.freeze_previous, service.stamp("submitted"), service.clear_return],  # type: ignore[list-item]
            bulk=True,
        ),
        "recall": Move(frozenset({"submitted"}), "draft", P.REPORT_EDIT, "撤回", "撤回还没有人审核的报告", bulk=True),
        "review": Move(
            frozenset({"submitted"}),
            "reviewed",
            P.REPORT_REVIEW,
            "审核通过",
            "审核通过，数字从此计入",
            guards=[service.superior, service.not_own_work],
            effects=[service.stamp("reviewed"), versions.keep_approved("review"), supersede_earlier],  # type: ignore[list-item]
            bulk=True,
        ),
        "accept": Move(
            frozenset({"submitted", "reviewed"}),
            "accepted",
            P.REPORT_ACCEPT,
            "确认",
            "主办机构确认报告",
            guards=[service.owner_accepts, service.not_own_work],
            effects=[service.stamp("accepted"), versions.keep_approved("accept"), supersede_earlier],  # type: ignore[list-item]
            bulk=True,
        ),
        "return": Move(
            frozenset({"submitted"}),
            "draft",
            P.REPORT_REVIEW,
            "退回",
            "带原因退回填报单位",
            takes=ReturnIn,
            guards=[service.superior, service.not_own_work],
            effects=[service.mark_returned, comments.add_with_return],
            bulk=True,
        ),
        "send-back": Move(
            frozenset({"submitted", "reviewed"}),
            "draft",
            P.REPORT_ACCEPT,
            "退回重报",
            "主办机构带原因退回，已审核的重新走一遍",
            takes=ReturnIn,
            guards=[service.owner_accepts, service.not_own_work],
            effects=[service.mark_returned, comments.add_with_return, reinstate_earlier],
            bulk=True,
        ),
        "withdraw": Move(
            frozenset({"draft"}),
            "void",
            P.TASK_SPLIT,
            "不再填报",
            "任务已分解给下级，本单位不再填报",
            guards=[service.is_split],
        ),
        "drop": Move(
            frozenset({"draft"}),
            "void",
            P.REPORT_EDIT,
            "放弃更正",
            "不再更正，原来的报告照旧有效",
            guards=[versions.is_correction],
            quiet=True,
        ),
        "supersede": Move(
            frozenset({"accepted"}),
            "superseded",
            P.REPORT_REVIEW,
            "由更正取代",
            "更正审核通过后，原报告由它取代，数字留存",
            guards=[versions.newer_counts],
            quiet=True,
        ),
        "reinstate": Move(
            frozenset({"superseded"}),
            "accepted",
            P.REPORT_ACCEPT,
            "恢复计入",
            "更正审核后又被退回，原报告恢复有效，直到更正再次审核通过",
            guards=[versions.newer_is_back],
            quiet=True,
        ),
    },
    final=frozenset({"void"}),
)

COMMENT = Lifecycle(
    ReportComment,
    "open",
    {
        "settle": Move(
            frozenset({"open"}),
            "settled",
            P.REPORT_COMMENT,
            "已处理",
            "批注处理完毕，可写怎么处理的",
            takes=CommentSettleIn,
            effects=[comments.settle],
        ),
        "reopen": Move(
            frozenset({"settled"}),
            "open",
            P.REPORT_COMMENT,
            "重新打开",
            "批注还没有处理好",
            effects=[comments.reopen],
        ),
    },
    final=frozenset(),
)


def withdraw_from_parent(session: Session, task: Task, _body: object) -> None:
    """Once its shares are handed down, the unit above no longer reports the task itself."""
    if task.parent_id is None:
        return
    for report in rounds.open_drafts(session, task.parent_id):
        if report.id not in session.moving:
            REPORT.follow(session, report, "withdraw")
    parent = session.get(Task, task.parent_id)
    for report in documents.review(session, parent.programme_id, parent.unit_id) if parent else ():
        if report.id not in session.moving:
            REPORT.follow(session, report, "withdraw")


def start_cadences(session: Session, programme: Programme, _body: object) -> None:
    """With a list its cadences start; a list that has none is reported on every month."""
    drafts = [each for each in cadences.of_programmes(session, [programme.id]) if each.status == "draft"]
    for cadence in drafts or [cadences.usual(programme)]:
        session.add(cadence)
        CADENCE.follow(session, cadence, "start")


def cancel_rounds(session: Session, cadence: Cadence, _body: object) -> None:
    """What had not begun when a cadence ends is expected no longer."""
    for report in rounds.cancel(session, cadence):
        REPORT.follow(session, report, "withdraw")


# The rounds must stand before the tasks are issued: each task then expects its reports in them.
PROGRAMME.extend("issue", effect=start_cadences, before=issue_tasks)
CADENCE.extend("start", effect=rounds.make)
CADENCE.extend("complete", effect=rounds.make)
CADENCE.extend("end", effect=cancel_rounds)
TASK.extend("issue", effect=rounds.expect_reports)
TASK.extend("issue", effect=withdraw_from_parent)
plans.guards.append(service.plan_unused)
adjustments.done_sources.append(counted.done)
STATE.extend("approve", effect=counted.excuse)
STATE.extend("end", effect=counted.excuse)
