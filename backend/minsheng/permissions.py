"""The permission list: the one place that says what may be done at all.

A role is a row that picks from this list; a grant gives a role at a unit. An axis says how a role holds a permission:

* ``area`` (块): in the unit of the grant and everything beneath it;
* ``line`` (条): for the items that the grant's unit leads, in every unit under its government;
* ``hand``: may grant it to others in the area without exercising it. An administrator needs no more.
"""

from enum import StrEnum


class Axis(StrEnum):
    """How a role holds a permission."""

    AREA = "area"
    LINE = "line"
    HAND = "hand"


class P(StrEnum):
    """What may be done."""

    UNIT_READ = "unit.read"
    UNIT_EDIT = "unit.edit"
    USER_READ = "user.read"
    USER_EDIT = "user.edit"
    ROLE_EDIT = "role.edit"
    GRANT_EDIT = "grant.edit"
    PROGRAMME_READ = "programme.read"
    PROGRAMME_EDIT = "programme.edit"
    PROGRAMME_ISSUE = "programme.issue"
    COMMENT_EDIT = "comment.edit"
    FIGURE_EDIT = "figure.edit"
    TASK_READ = "task.read"
    TASK_SPLIT = "task.split"
    CHANGE_ASK = "change.ask"
    CHANGE_DECIDE = "change.decide"
    TASK_ACKNOWLEDGE = "task.acknowledge"
    PLEDGE_EDIT = "pledge.edit"
    PLEDGE_SIGN = "pledge.sign"
    PLAN_EDIT = "plan.edit"
    RULE_EDIT = "rule.edit"
    EXEMPTION_DECIDE = "exemption.decide"
    ROUND_EDIT = "round.edit"
    REPORT_READ = "report.read"
    REPORT_EDIT = "report.edit"
    REPORT_REVIEW = "report.review"
    REPORT_ACCEPT = "report.accept"
    REPORT_COMMENT = "report.comment"
    REPORT_CHASE = "report.chase"
    OFFICIAL_EDIT = "official.edit"
    DEVIATION_ANSWER = "deviation.answer"
    DEVIATION_SETTLE = "deviation.settle"
    VERIFICATION_EDIT = "verification.edit"
    FUND_READ = "fund.read"
    FUND_EDIT = "fund.edit"
    FUND_POST = "fund.post"
    FUND_FREEZE = "fund.freeze"
    FUND_CLOSE = "fund.close"
    BOARD_READ = "board.read"
    JOURNAL_READ = "journal.read"
    CALENDAR_EDIT = "calendar.edit"
    DISBURSEMENT_ASK = "disbursement.ask"
    DISBURSEMENT_APPROVE = "disbursement.approve"
    DISBURSEMENT_SIGN = "disbursement.sign"
    DISBURSEMENT_PAY = "disbursement.pay"
    DISBURSEMENT_CONFIRM = "disbursement.confirm"
    PAYEE_EDIT = "payee.edit"
    ACCOUNT_REVEAL = "account.reveal"
    PAYMENT_RULE_EDIT = "payment_rule.edit"


LABELS: dict[P, str] = {
    P.UNIT_READ: "查看机构",
    P.UNIT_EDIT: "维护机构",
    P.USER_READ: "查看人员",
    P.USER_EDIT: "维护人员",
    P.ROLE_EDIT: "定义角色",
    P.GRANT_EDIT: "授权与收回",
    P.PROGRAMME_READ: "查看计划",
    P.PROGRAMME_EDIT: "编制计划",
    P.PROGRAMME_ISSUE: "下达与办结计划",
    P.TASK_READ: "查看任务",
    P.TASK_SPLIT: "分解任务",
    P.CHANGE_ASK: "申请调整目标、改变任务状态",
    P.CHANGE_DECIDE: "批准调整与任务状态",
    P.TASK_ACKNOWLEDGE: "签收任务",
    P.PLEDGE_EDIT: "制发目标责任书",
    P.PLEDGE_SIGN: "签订目标责任书",
    P.COMMENT_EDIT: "提意见",
    P.FIGURE_EDIT: "维护基础数据",
    P.PLAN_EDIT: "排进度计划",
    P.RULE_EDIT: "维护亮灯规则",
    P.EXEMPTION_DECIDE: "批准亮灯豁免",
    P.ROUND_EDIT: "调整填报期",
    P.REPORT_READ: "查看报告",
    P.REPORT_EDIT: "填报",
    P.REPORT_REVIEW: "审核",
    P.REPORT_ACCEPT: "确认",
    P.REPORT_COMMENT: "批注报告",
    P.REPORT_CHASE: "催报",
    P.OFFICIAL_EDIT: "维护上级与统计口径的数字",
    P.DEVIATION_ANSWER: "答复数据偏差",
    P.DEVIATION_SETTLE: "裁定数据偏差",
    P.VERIFICATION_EDIT: "记录核实结果",
    P.FUND_READ: "查看资金",
    P.FUND_EDIT: "编制资金来源与明细",
    P.FUND_POST: "登记下达、到位、支出与清退",
    P.FUND_FREEZE: "冻结与解冻资金",
    P.FUND_CLOSE: "年度结账",
    P.BOARD_READ: "查看驾驶舱",
    P.JOURNAL_READ: "查看变更记录",
    P.CALENDAR_EDIT: "维护工作日历",
    P.DISBURSEMENT_ASK: "申请拨付",
    P.DISBURSEMENT_APPROVE: "审批拨付",
    P.DISBURSEMENT_SIGN: "签批大额拨付",
    P.DISBURSEMENT_PAY: "办理支付",
    P.DISBURSEMENT_CONFIRM: "确认收款",
    P.PAYEE_EDIT: "登记账户与收款单位",
    P.ACCOUNT_REVEAL: "查看完整账号",
    P.PAYMENT_RULE_EDIT: "维护支付规则",
}

_READ = (P.UNIT_READ, P.PROGRAMME_READ, P.TASK_READ, P.REPORT_READ, P.BOARD_READ)
_UNIT_SIDE = (P.COMMENT_EDIT, P.TASK_ACKNOWLEDGE, P.PLEDGE_SIGN, P.DEVIATION_ANSWER)
"""What a unit answers in its own name to whoever gives it tasks."""
_HEADERS = (P.UNIT_READ, P.PROGRAMME_READ)
_ASKS = (P.DISBURSEMENT_ASK, P.DISBURSEMENT_CONFIRM)
"""What the unit that spends money does: it asks, and says that the money has come. It never approves or pays."""
_APPROVES = (P.DISBURSEMENT_APPROVE, P.PAYEE_EDIT, P.PAYMENT_RULE_EDIT)
_PAYS = (P.DISBURSEMENT_PAY, P.ACCOUNT_REVEAL)

ROLES: dict[str, tuple[str, dict[Axis, tuple[P, ...]]]] = {
    "administrator": (
        "系统管理员",
        {
            Axis.AREA: (
                P.UNIT_READ,
                P.UNIT_EDIT,
                P.USER_READ,
                P.USER_EDIT,
                P.ROLE_EDIT,
                P.GRANT_EDIT,
                P.PROGRAMME_READ,
                P.CALENDAR_EDIT,
                P.FIGURE_EDIT,
            ),
            Axis.HAND: tuple(P),
        },
    ),
    "office": (
        "民生办",
        {
            Axis.AREA: (
                *_READ,
                P.USER_READ,
                P.PROGRAMME_EDIT,
                P.PROGRAMME_ISSUE,
                P.COMMENT_EDIT,
                P.FIGURE_EDIT,
                P.TASK_SPLIT,
                P.CHANGE_ASK,
                P.CHANGE_DECIDE,
                P.TASK_ACKNOWLEDGE,
                P.PLEDGE_EDIT,
                P.PLEDGE_SIGN,
                P.PLAN_EDIT,
                P.RULE_EDIT,
                P.EXEMPTION_DECIDE,
                P.ROUND_EDIT,
                P.REPORT_ACCEPT,
                P.REPORT_COMMENT,
                P.REPORT_CHASE,
                P.OFFICIAL_EDIT,
                P.DEVIATION_ANSWER,
                P.DEVIATION_SETTLE,
                P.VERIFICATION_EDIT,
                P.FUND_READ,
                P.FUND_FREEZE,
                P.JOURNAL_READ,
                P.CALENDAR_EDIT,
            )
        },
    ),
    "lead_department": (
        "牵头部门",
        {
            Axis.AREA: (
                *_READ,
                *_UNIT_SIDE,
                *_ASKS,
                P.FUND_READ,
                P.REPORT_EDIT,
                P.REPORT_COMMENT,
                P.PLAN_EDIT,
                P.CHANGE_ASK,
            ),
            Axis.LINE: (P.TASK_READ, P.TASK_ACKNOWLEDGE, P.FUND_READ, P.REPORT_READ, P.BOARD_READ),
        },
    ),
    "clerk": (
        "填报员",
        {
            Axis.AREA: (
                *_READ,
                *_UNIT_SIDE,
                *_ASKS,
                P.FUND_READ,
                P.REPORT_EDIT,
                P.REPORT_COMMENT,
                P.PLAN_EDIT,
                P.CHANGE_ASK,
            )
        },
    ),
    "reviewer": ("审核员", {Axis.AREA: (*_READ, P.REPORT_REVIEW, P.REPORT_COMMENT, P.REPORT_CHASE)}),
    "leader": ("领导", {Axis.AREA: (*_READ, P.FUND_READ, P.PLEDGE_SIGN, P.DISBURSEMENT_SIGN)}),
    "finance": (
        "财务",
        {Axis.AREA: (*_READ, P.FUND_READ, P.FUND_EDIT, P.FUND_POST, P.FUND_CLOSE, *_APPROVES)},
    ),
    "payer": ("拨款员", {Axis.AREA: (*_HEADERS, P.FUND_READ, *_PAYS)}),
    "inspector": ("督查组", {Axis.AREA: (*_READ, P.VERIFICATION_EDIT)}),
    "assessor": ("考核组", {Axis.AREA: _READ}),
    "auditor": ("审计", {Axis.AREA: (*_READ, P.FUND_READ, P.FUND_FREEZE, P.USER_READ, P.JOURNAL_READ)}),
    "integration": ("接口账号", {Axis.AREA: (*_READ, P.FUND_READ, P.JOURNAL_READ)}),
}
"""The roles every installation starts with: code → label and permissions by axis. Places add their own."""
