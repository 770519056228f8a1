"""Why money is not moved."""

from minsheng.kernel.errors import Conflict


class Overdraft(Conflict):
    """More than there is: paying more than came in, spending more than was paid, handing back what is gone."""

    code, title = "overdraft", "余额不足"


class WrongPurpose(Conflict):
    """The line's money is earmarked for something else (专款专用)."""

    code, title = "wrong-purpose", "不符合资金用途"


class YearClosed(Conflict):
    code, title = "year-closed", "该年度已结账"


class LineFrozen(Conflict):
    code, title = "line-frozen", "资金已冻结"


class LineUnconfirmed(Conflict):
    code, title = "line-unconfirmed", "资金尚未明确"


class LineClosed(Conflict):
    code, title = "line-closed", "资金明细已办结或作废"


class DuplicatePaper(Conflict):
    """The same paper was entered before: a fact is noted once."""

    code, title = "duplicate-paper", "文号或凭证号已登记过"


class AlreadyReversed(Conflict):
    code, title = "already-reversed", "已经冲销过"


class InUse(Conflict):
    """Later entries rest on it: they have to be reversed first."""

    code, title = "entry-in-use", "已有后续记录"
