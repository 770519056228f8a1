"""Life cycles of sources, lines, obligations, freezes and years."""

from minsheng.funds import lines, opening
from minsheng.funds.models import FundFreeze, FundLine, FundObligation, FundSource, FundYear
from minsheng.funds.schemas import ConfirmIn
from minsheng.kernel.access import Session
from minsheng.kernel.lifecycle import Lifecycle, Move, ReasonIn
from minsheng.permissions import P


def _lifted(session: Session, row: FundFreeze, body: ReasonIn) -> None:
    opening.lift(session, row, body.reason)


def _closed(session: Session, row: FundYear, _body: object) -> None:
    opening.close_books(session, row)


def _reopened(session: Session, row: FundYear, body: ReasonIn) -> None:
    row.note = body.reason
    opening.reopen_books(session, row)


FUND_SOURCE = Lifecycle(
    FundSource,
    "active",
    {"void": Move(frozenset({"active"}), "void", P.FUND_EDIT, "作废", "作废资金来源", guards=[lines.unused])},
    final=frozenset({"void"}),
)

FUND_LINE = Lifecycle(
    FundLine,
    "unconfirmed",
    {
        "confirm": Move(
            frozenset({"unconfirmed"}),
            "active",
            P.FUND_EDIT,
            "确认资金",
            "资金已明确：写明指标文号，从此可以登记下达与到位",
            takes=ConfirmIn,
            effects=[lines.confirm],
        ),
        "close": Move(
            frozenset({"active"}), "closed", P.FUND_EDIT, "办结", "办结：资金已用完或缴回", effects=[lines.close_line]
        ),
        "reopen": Move(
            frozenset({"closed"}),
            "active",
            P.FUND_EDIT,
            "恢复",
            "恢复已办结的明细",
            takes=ReasonIn,
            effects=[lines.reopen_line],
        ),
        "void": Move(
            frozenset({"unconfirmed", "active"}),
            "void",
            P.FUND_EDIT,
            "作废",
            "作废没有登记过资金的明细",
            takes=ReasonIn,
            effects=[lines.void_line],
        ),
    },
    final=frozenset({"void"}),
)

FUND_OBLIGATION = Lifecycle(
    FundObligation,
    "active",
    {"void": Move(frozenset({"active"}), "void", P.FUND_EDIT, "作废", "作废配套要求")},
    final=frozenset({"void"}),
)

FUND_FREEZE = Lifecycle(
    FundFreeze,
    "frozen",
    {
        "lift": Move(
            frozenset({"frozen"}),
            "lifted",
            P.FUND_FREEZE,
            "解冻",
            "解除这一项冻结",
            takes=ReasonIn,
            effects=[_lifted],
        )
    },
    final=frozenset({"lifted"}),
)

FUND_YEAR = Lifecycle(
    FundYear,
    "closed",
    {
        "reopen": Move(
            frozenset({"closed"}),
            "reopened",
            P.FUND_CLOSE,
            "反结账",
            "反结账：写明原因，该年度可以再登记",
            takes=ReasonIn,
            effects=[_reopened],
        ),
        "close": Move(frozenset({"reopened"}), "closed", P.FUND_CLOSE, "再结账", "再次结账", effects=[_closed]),
    },
    final=frozenset(),
)
