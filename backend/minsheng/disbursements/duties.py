"""Who may not, whatever roles he holds: one person never has two hands in one payment (guide 2.4, 6.4)."""

from collections.abc import Callable

from minsheng.disbursements.batch_models import SubsidyBatch
from minsheng.disbursements.models import Disbursement
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Forbidden, OwnWork
from minsheng.permissions import P

DUTIES = {
    "hands": "申请",
    "approved_by": "审批",
    "signed_by": "签批",
    "paid_by": "支付",
    "confirmed_by": "确认收款",
    "reversal_asked_by": "申请冲销",
}
"""What a person can have done on a payment, by the column that keeps him."""

Payment = Disbursement | SubsidyBatch
Guard = Callable[[Session, Payment], None]


def apart(*duties: str) -> Guard:
    """Return the guard that keeps everybody out who did one of these on the payment."""

    def check(session: Session, row: Payment) -> None:
        if session.caller is None:
            return
        me = session.caller.user_id
        for duty in duties:
            done = getattr(row, duty, None)
            if me == done or (isinstance(done, list) and str(me) in done):
                message = f"本笔由您{DUTIES[duty]}，这一步须由他人办理。"
                raise OwnWork(message)

    return check


def keeps_books(permission: P) -> Guard:
    """Return the guard that leaves a step to whoever keeps the books of the money, or is above it."""

    def check(session: Session, row: Payment) -> None:
        if not session.access.in_area(permission, row.keeper_id):
            message = "由管理这笔资金的单位办理。"
            raise Forbidden(message)

    return check
