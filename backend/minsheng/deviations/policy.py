"""Life cycles of official figures, cases and verifications; a report that counts is compared again."""

from sqlmodel import col, select

from minsheng.deviations import cases, marks, service
from minsheng.deviations.models import UNSETTLED, Deviation, ExternalFigure, Verification
from minsheng.deviations.schemas import DeviationAnswerIn, ExternalFigureIn, SettlementIn
from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import invalid
from minsheng.kernel.lifecycle import Lifecycle, Move, ReasonIn
from minsheng.permissions import P
from minsheng.reports import disputes
from minsheng.reports.policy import REPORT

_ACTIVE = frozenset({"active"})

DEVIATION = Lifecycle(
    Deviation,
    "open",
    {
        "answer": Move(
            frozenset({"open"}),
            "answered",
            P.DEVIATION_ANSWER,
            "答复",
            "单位答复偏差：原因、说明、今后怎样避免",
            takes=DeviationAnswerIn,
            guards=[cases.answers_itself],
            effects=[cases.take_answer],
            quiet=True,
        ),
        "return": Move(
            frozenset({"answered"}),
            "open",
            P.DEVIATION_SETTLE,
            "退回",
            "答复说不清，退回重新答复，期限重新起算",
            takes=ReasonIn,
            guards=[cases.keeps_it, cases.not_own_answer],
            effects=[cases.ask_again],
            quiet=True,
        ),
        "settle": Move(
            frozenset({"open", "answered"}),
            "settled",
            P.DEVIATION_SETTLE,
            "裁定",
            "裁定以谁为准；以对方为准的，由单位更正报告",
            takes=SettlementIn,
            guards=[cases.keeps_it, cases.not_own_answer, cases.answered_or_overdue],
            effects=[cases.settle],
            quiet=True,
        ),
        "reopen": Move(
            frozenset({"settled"}),
            "open",
            P.DEVIATION_SETTLE,
            "重新打开",
            "有了新的依据，重新答复和裁定",
            takes=ReasonIn,
            guards=[cases.keeps_it],
            effects=[cases.ask_again],
            quiet=True,
        ),
        "void": Move(
            frozenset(UNSETTLED),
            "void",
            P.OFFICIAL_EDIT,
            "撤销",
            "对方的数撤下，偏差随之撤销",
            guards=[cases.figure_is_void],
            quiet=True,
        ),
    },
    final=frozenset({"void"}),
)


def void_cases(session: Session, figure: ExternalFigure, _body: object) -> None:
    """Strike the case that an official figure opened, if it is not settled."""
    for case in session.exec(
        select(Deviation).where(Deviation.external_figure_id == figure.id, col(Deviation.status).in_(UNSETTLED))
    ).all():
        DEVIATION.follow(session, case, "void")


EXTERNAL_FIGURE = Lifecycle(
    ExternalFigure,
    "active",
    {
        "void": Move(
            _ACTIVE,
            "void",
            P.OFFICIAL_EDIT,
            "撤下",
            "登记有误或来源改了数，撤下；没有裁定的偏差随之撤销",
            takes=ReasonIn,
            guards=[service.keeps_figure],
            effects=[service.strike, void_cases],
            quiet=True,
        )
    },
    final=frozenset({"void"}),
)


def strike_replaced(session: Session, body: ExternalFigureIn) -> bool:
    """Strike the figure that another takes the place of, before it is entered: a source says one thing at a time.

    Returns whether it was the official one, which its successor then is.

    Raises:
        NotFound: it is not visible.
        Invalid: it is about another target or period.
        Forbidden: another office keeps it.
        WrongState: it was struck before.
    """
    if body.replaces is None:
        return False
    before = rows.hold(session, ExternalFigure, body.replaces.id, body.replaces.version)
    if (before.target_id, before.period) != (body.target_id, body.period):
        raise invalid("/replaces/id", "foreign-figure", "只能改同一目标、同一期的数")
    official = before.official
    EXTERNAL_FIGURE.apply(session, before, "void", ReasonIn(reason=body.replaces.reason))
    session.flush()
    return official


VERIFICATION = Lifecycle(
    Verification,
    "active",
    {
        "void": Move(
            _ACTIVE,
            "void",
            P.VERIFICATION_EDIT,
            "撤下",
            "核实记录有误，撤下，不再计入核实系数",
            takes=ReasonIn,
            effects=[service.strike],
        )
    },
    final=frozenset({"void"}),
)

disputes.finders.append(marks.disputes)
REPORT.extend("review", effect=cases.look_again)
REPORT.extend("accept", effect=cases.look_again)
REPORT.extend("reinstate", effect=cases.look_back)
