"""Life cycles of exceptions and settlements."""

from minsheng.kernel.lifecycle import Lifecycle, Move, ReasonIn
from minsheng.permissions import P
from minsheng.reports import settling
from minsheng.reports.granted import RoundException
from minsheng.reports.settled import Settlement

EXCEPTION = Lifecycle(
    RoundException,
    "active",
    {
        "revoke": Move(
            frozenset({"active"}),
            "revoked",
            P.ROUND_EDIT,
            "收回",
            "提前收回例外：该单位在这一期恢复锁定",
            takes=ReasonIn,
            guards=[settling.not_over],
            effects=[settling.keep_revoked],
        )
    },
    final=frozenset({"revoked"}),
)

SETTLEMENT = Lifecycle(
    Settlement,
    "settled",
    {
        "reopen": Move(
            frozenset({"settled"}),
            "reopened",
            P.ROUND_EDIT,
            "反结账",
            "反结账：原签字与原内容保留，再次结账生成新的一版",
            takes=ReasonIn,
            guards=[settling.is_newest],
            effects=[settling.keep_reopened],
        )
    },
    final=frozenset({"reopened"}),
)
