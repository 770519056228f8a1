"""Life cycle of pledges: both sides acknowledge, each with its own person."""

from minsheng.kernel.lifecycle import Lifecycle, Move, ReasonIn
from minsheng.permissions import P
from minsheng.pledges import service
from minsheng.pledges.models import Pledge

PLEDGE = Lifecycle(
    Pledge,
    "draft",
    {
        "send": Move(
            frozenset({"draft"}),
            "sent",
            P.PLEDGE_EDIT,
            "送签",
            "把责任书送责任单位签订",
            guards=[service.giver_side, service.still_true],
            effects=[service.send],
        ),
        "recall": Move(
            frozenset({"sent"}), "draft", P.PLEDGE_EDIT, "收回", "收回还没有签订的责任书", guards=[service.giver_side]
        ),
        "sign": Move(
            frozenset({"sent"}),
            "signed",
            P.PLEDGE_SIGN,
            "签订",
            "责任单位签订责任书",
            guards=[service.unit_side],
            effects=[service.sign],
        ),
        "return": Move(
            frozenset({"sent"}),
            "draft",
            P.PLEDGE_SIGN,
            "退回",
            "责任单位带原因退回责任书",
            takes=ReasonIn,
            guards=[service.unit_side],
            effects=[service.hand_back],
        ),
        "countersign": Move(
            frozenset({"signed"}),
            "in_force",
            P.PLEDGE_SIGN,
            "会签生效",
            "下达单位会签，责任书从此生效",
            guards=[service.giver_signs, service.another_person],
            effects=[service.countersign],
        ),
        "void": Move(
            frozenset({"draft"}), "void", P.PLEDGE_EDIT, "作废", "作废责任书草稿", guards=[service.giver_side]
        ),
    },
    final=frozenset({"in_force", "void"}),
)
