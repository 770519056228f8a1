"""The accounts of a line and the events that move money between them: a table, no code.

Each event takes an amount from one account and puts it on another, so that every entry adds up to nothing.
Accounts on the side money comes from run below zero; the others never do.

| event | from | to |
| --- | --- | --- |
| plan | budget | planned |
| notice | allotted | due |
| receipt | due (of a notice) or direct | cash |
| disbursement | cash | advanced |
| expenditure | advanced | spent |
| bounce | advanced | cash |
| recovery | advanced or spent | cash or returned |
| return | cash | returned |
| investment | works | invested |

What came in is what is left, out, spent or handed back: -allotted - due - direct = cash + advanced + spent + returned.
"""

from collections.abc import Mapping
from enum import StrEnum


class Account(StrEnum):
    """What a line's money can be at."""

    BUDGET = "budget"
    PLANNED = "planned"
    ALLOTTED = "allotted"
    DUE = "due"
    DIRECT = "direct"
    CASH = "cash"
    ADVANCED = "advanced"
    SPENT = "spent"
    RETURNED = "returned"
    WORKS = "works"
    INVESTED = "invested"

    @property
    def never_negative(self) -> bool:
        """Whether there can never be less than nothing on it."""
        return self not in _ORIGINS


_ORIGINS = frozenset({Account.BUDGET, Account.ALLOTTED, Account.DIRECT, Account.WORKS})


class Kind(StrEnum):
    """What happened to money."""

    PLAN = "plan"
    NOTICE = "notice"
    RECEIPT = "receipt"
    DISBURSEMENT = "disbursement"
    EXPENDITURE = "expenditure"
    BOUNCE = "bounce"
    RECOVERY = "recovery"
    RETURN = "return"
    INVESTMENT = "investment"


ROUTES: Mapping[Kind, tuple[tuple[Account, ...], tuple[Account, ...]]] = {
    Kind.PLAN: ((Account.BUDGET,), (Account.PLANNED,)),
    Kind.NOTICE: ((Account.ALLOTTED,), (Account.DUE,)),
    Kind.RECEIPT: ((Account.DUE, Account.DIRECT), (Account.CASH,)),
    Kind.DISBURSEMENT: ((Account.CASH,), (Account.ADVANCED,)),
    Kind.EXPENDITURE: ((Account.ADVANCED,), (Account.SPENT,)),
    Kind.BOUNCE: ((Account.ADVANCED,), (Account.CASH,)),
    Kind.RECOVERY: ((Account.ADVANCED, Account.SPENT), (Account.CASH, Account.RETURNED)),
    Kind.RETURN: ((Account.CASH,), (Account.RETURNED,)),
    Kind.INVESTMENT: ((Account.WORKS,), (Account.INVESTED,)),
}
"""Where each event takes money from and where it puts it; the first is meant when none is named."""

HELD_BY_FREEZE = frozenset({Kind.DISBURSEMENT, Kind.EXPENDITURE})
"""What a frozen line refuses: money that leaves. What comes in, comes back or is put right is still noted."""

ACCOUNT_NAMES: Mapping[Account, str] = {
    Account.BUDGET: "预算来源",
    Account.PLANNED: "计划投入",
    Account.ALLOTTED: "下达指标",
    Account.DUE: "应到未到",
    Account.DIRECT: "直接到位",
    Account.CASH: "结存",
    Account.ADVANCED: "已拨未支",
    Account.SPENT: "已支出",
    Account.RETURNED: "已缴回",
    Account.WORKS: "工程量来源",
    Account.INVESTED: "完成投资",
}

KIND_NAMES: Mapping[Kind, str] = {
    Kind.PLAN: "计划",
    Kind.NOTICE: "下达",
    Kind.RECEIPT: "到位",
    Kind.DISBURSEMENT: "拨付",
    Kind.EXPENDITURE: "支出",
    Kind.BOUNCE: "退票",
    Kind.RECOVERY: "清退",
    Kind.RETURN: "缴回",
    Kind.INVESTMENT: "完成投资",
}
