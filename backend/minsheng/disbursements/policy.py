"""Life cycles of payments and of the rules on them."""

from minsheng.disbursements import moves
from minsheng.disbursements.duties import apart, keeps_books
from minsheng.disbursements.models import Disbursement, PaymentRule
from minsheng.disbursements.schemas import PaidIn, ReceivedIn, ReversedIn
from minsheng.kernel.lifecycle import DecisionIn, Lifecycle, Move, ReasonIn
from minsheng.permissions import P

_SUBMITTED, _SIGNING, _APPROVED = frozenset({"submitted"}), frozenset({"signing"}), frozenset({"approved"})
_OUT = frozenset({"paid", "confirmed"})
_REVERSING = frozenset({"reversing"})

DISBURSEMENT = Lifecycle(
    Disbursement,
    "draft",
    {
        "submit": Move(
            frozenset({"draft", "returned"}),
            "submitted",
            P.DISBURSEMENT_ASK,
            "提交",
            "提交拨付申请：逐条核对支付规则，从此不能再改",
            guards=[moves.in_use],
            effects=[moves.hand_in, moves.by("asked"), moves.step],
        ),
        "approve": Move(
            _SUBMITTED,
            "approved",
            P.DISBURSEMENT_APPROVE,
            "同意",
            "同意支付；按规则须领导签批的不能由此通过",
            takes=DecisionIn,
            guards=[keeps_books(P.DISBURSEMENT_APPROVE), apart("hands"), moves.in_use, moves.no_leader],
            effects=[moves.approve, moves.by("approved"), moves.keep_decision, moves.step],
            bulk=True,
        ),
        "forward": Move(
            _SUBMITTED,
            "signing",
            P.DISBURSEMENT_APPROVE,
            "报领导签批",
            "审核同意，报领导签批",
            takes=DecisionIn,
            guards=[keeps_books(P.DISBURSEMENT_APPROVE), apart("hands"), moves.in_use],
            effects=[moves.by("approved"), moves.keep_decision, moves.step],
        ),
        "sign": Move(
            _SIGNING,
            "approved",
            P.DISBURSEMENT_SIGN,
            "签批",
            "领导签批同意支付",
            takes=DecisionIn,
            guards=[keeps_books(P.DISBURSEMENT_SIGN), apart("hands", "approved_by"), moves.in_use],
            effects=[moves.by("signed"), moves.approve, moves.keep_decision, moves.step],
        ),
        "return": Move(
            _SUBMITTED,
            "returned",
            P.DISBURSEMENT_APPROVE,
            "退回",
            "退回申请单位修改，须写原因",
            takes=ReasonIn,
            guards=[keeps_books(P.DISBURSEMENT_APPROVE), apart("hands")],
            effects=[moves.step],
            bulk=True,
        ),
        "refuse": Move(
            _SIGNING,
            "returned",
            P.DISBURSEMENT_SIGN,
            "不同意",
            "领导不同意，退回申请单位，须写原因",
            takes=ReasonIn,
            guards=[keeps_books(P.DISBURSEMENT_SIGN), apart("hands", "approved_by")],
            effects=[moves.step],
        ),
        "send-back": Move(
            _APPROVED,
            "returned",
            P.DISBURSEMENT_PAY,
            "付前退回",
            "付款前发现不妥，退回申请单位重新报批，须写原因",
            takes=ReasonIn,
            guards=[keeps_books(P.DISBURSEMENT_PAY), apart("hands", "approved_by", "signed_by")],
            effects=[moves.step],
        ),
        "cancel": Move(
            frozenset({"draft", "returned", "submitted", "signing", "approved"}),
            "cancelled",
            P.DISBURSEMENT_ASK,
            "取消",
            "付款前取消申请，须写原因",
            takes=ReasonIn,
            guards=[apart("approved_by", "signed_by")],
            effects=[moves.step],
        ),
        "pay": Move(
            _APPROVED,
            "paid",
            P.DISBURSEMENT_PAY,
            "支付",
            "登记支付：凭证号一号一付，同时记入资金账",
            takes=PaidIn,
            guards=[keeps_books(P.DISBURSEMENT_PAY), apart("hands", "approved_by", "signed_by"), moves.in_use],
            effects=[moves.by("paid"), moves.pay, moves.step],
        ),
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
