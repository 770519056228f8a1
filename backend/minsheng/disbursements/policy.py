"""Life cycles of payments and of the rules on them."""

from minsheng.disbursements import moves
from minsheng.disbursements.duties import apart, keeps_books
from minsheng.disbursements.models import Disbursement, PaymentRule
from minsheng.disbursements.passing import through_hands
from minsheng.disbursements.schemas import ReceivedIn, ReversedIn
from minsheng.kernel.lifecycle import Lifecycle, Move, ReasonIn
from minsheng.permissions import P

_OUT = frozenset({"paid", "confirmed"})
_REVERSING = frozenset({"reversing"})

DISBURSEMENT = Lifecycle(
    Disbursement,
    "draft",
    {
        **through_hands("支付", "提交拨付申请：逐条核对支付规则，从此不能再改", moves.hand_in, moves.pay, bulk=True),
        "confirm": Move(
            frozenset({"paid"}),
            "confirmed",
            P.DISBURSEMENT_CONFIRM,
            "确认到账",
            "收款一方确认款项已到账",
            takes=ReceivedIn,
            guards=[apart("approved_by", "signed_by", "paid_by")],
            effects=[moves.receive, moves.by("confirmed"), moves.step],
        ),
        "ask-reversal": Move(
            _OUT,
            "reversing",
            P.DISBURSEMENT_PAY,
            "申请冲销",
            "款项退回或付错，申请冲销，须写原因",
            takes=ReasonIn,
            guards=[keeps_books(P.DISBURSEMENT_PAY), apart("hands", "approved_by", "signed_by", "confirmed_by")],
            effects=[moves.ask_reversal, moves.by("reversal_asked"), moves.step],
        ),
        "reverse": Move(
            _REVERSING,
            "reversed",
            P.DISBURSEMENT_APPROVE,
            "同意冲销",
            "同意冲销：以相反的记录冲回，原记录永远保留",
            takes=ReversedIn,
            guards=[
                keeps_books(P.DISBURSEMENT_APPROVE),
                apart("hands", "paid_by", "confirmed_by", "reversal_asked_by"),
            ],
            effects=[moves.by("reversed"), moves.reverse, moves.step],
        ),
        "keep": Move(
            _REVERSING,
            "paid",
            P.DISBURSEMENT_APPROVE,
            "不予冲销",
            "不予冲销，付款照旧，到账重新确认，须写原因",
            takes=ReasonIn,
            guards=[
                keeps_books(P.DISBURSEMENT_APPROVE),
                apart("hands", "paid_by", "confirmed_by", "reversal_asked_by"),
            ],
            effects=[moves.keep_payment, moves.step],
        ),
    },
    final=frozenset({"cancelled", "reversed"}),
)

PAYMENT_RULE = Lifecycle(
    PaymentRule,
    "draft",
    {
        "activate": Move(
            frozenset({"draft"}), "active", P.PAYMENT_RULE_EDIT, "启用", "启用支付规则：从此不能再改，新的支付按它核对"
        ),
        "retire": Move(
            frozenset({"active"}), "retired", P.PAYMENT_RULE_EDIT, "停止使用", "停止使用支付规则：已付的照旧"
        ),
        "void": Move(frozenset({"draft"}), "void", P.PAYMENT_RULE_EDIT, "作废", "作废草稿"),
    },
    final=frozenset({"retired", "void"}),
)
