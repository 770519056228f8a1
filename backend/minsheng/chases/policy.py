"""Life cycles of chases and of the rules that send them."""

from minsheng.chases import service
from minsheng.chases.models import Chase, ChaseRule
from minsheng.kernel.access import Session
from minsheng.kernel.lifecycle import Lifecycle, Move, ReasonIn
from minsheng.permissions import P

_QUEUED = frozenset({"queued"})

CHASE = Lifecycle(
    Chase,
    "queued",
    {
        "deliver": Move(
            _QUEUED,
            "delivered",
            P.REPORT_CHASE,
            "已告知",
            "登记电话或书面通知已经送到",
            guards=[service.by_hand],
            effects=[service.note_delivery],
        ),
        "fail": Move(
            _QUEUED,
            "failed",
            P.REPORT_CHASE,
            "没有联系上",
            "登记电话或书面通知没有送到",
            takes=ReasonIn,
            guards=[service.by_hand],
            effects=[service.note_failure],
        ),
        "retry": Move(
            frozenset({"failed", "queued"}),
            "queued",
            P.REPORT_CHASE,
            "再发一次",
            "没有送达的马上再发一次，不等自动重发",
            guards=[service.idle],
            quiet=True,
            effects=[service.try_again],
        ),
        "read": Move(
            frozenset({"delivered", "failed"}),
            "read",
            P.REPORT_EDIT,
            "知道了",
            "填报单位已阅",
            effects=[service.note_reading],
        ),
    },
    final=frozenset({"read"}),
)

CHASE_RULE = Lifecycle(
    ChaseRule,
    "active",
    {
        "stop": Move(frozenset({"active"}), "retired", P.ROUND_EDIT, "停用", "停用催报规则"),
        "restore": Move(frozenset({"retired"}), "active", P.ROUND_EDIT, "启用", "重新启用催报规则"),
    },
    final=frozenset(),
)


def send(session: Session, row: Chase) -> None:
    """Write a chase into the log, which is the outbox too; what goes by the system alone has arrived with it."""
    session.add(row)
    session.flush()
    if row.channel == service.AT_ONCE:
        CHASE.follow(session, row, "deliver")
        session.flush()
