"""Life cycle of exemptions."""

from minsheng.exemptions import service
from minsheng.exemptions.models import Exemption
from minsheng.kernel.lifecycle import DecisionIn, Lifecycle, Move, ReasonIn
from minsheng.permissions import P

_ASKED = frozenset({"asked"})

EXEMPTION = Lifecycle(
    Exemption,
    "asked",
    {
        "approve": Move(
            _ASKED,
            "approved",
            P.EXEMPTION_DECIDE,
            "批准",
            "批准豁免：从此按规则亮豁免的灯",
            takes=DecisionIn,
            guards=[service.superior, service.not_own],
            effects=[service.decide],
        ),
        "refuse": Move(
            _ASKED,
            "refused",
            P.EXEMPTION_DECIDE,
            "不批准",
            "不批准豁免",
            takes=ReasonIn,
            guards=[service.superior, service.not_own],
            effects=[service.decide],
        ),
        "withdraw": Move(_ASKED, "withdrawn", P.REPORT_EDIT, "撤回申请", "撤回还没有决定的申请"),
    },
    final=frozenset({"approved", "refused", "withdrawn"}),
)
