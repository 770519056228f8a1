"""The way of money through separate hands, the same for single payments and for batches of subsidies."""

from collections.abc import Callable, Sequence
from typing import Any

from minsheng.disbursements import moves
from minsheng.disbursements.duties import apart, keeps_books
from minsheng.disbursements.schemas import PaidIn
from minsheng.kernel.lifecycle import DecisionIn, Move, ReasonIn
from minsheng.permissions import P

Effect = Callable[..., Any]

_SUBMITTED, _SIGNING, _APPROVED = frozenset({"submitted"}), frozenset({"signing"}), frozenset({"approved"})


def through_hands(
    word: str,
    submitting: str,
    hand_in: Effect,
    pay: Effect,
    *,
    first: str = "",
    waits: Sequence[Effect] = (),
    bulk: bool,
) -> dict[str, Move]:
    """Return the moves from the request to the payment; each step keeps out who had a hand in an earlier one.

    Args:
        word: what is done at the end, 支付 or 发放.
        submitting: what handing in says.
        hand_in: what handing in does.
        pay: what paying does.
        first: what must be over before approval, in words; ``waits`` are the guards that ask for it.
        waits: see ``first``.
        bulk: whether several are approved or returned at once.
    """
    return {
        "submit": Move(
            frozenset({"draft", "returned"}),
            "submitted",
            P.DISBURSEMENT_ASK,
            "提交",
            submitting,
            guards=[moves.in_use],
            effects=[hand_in, moves.by("asked"), moves.step],
        ),
        "approve": Move(
            _SUBMITTED,
            "approved",
            P.DISBURSEMENT_APPROVE,
            "同意",
            f"{first}同意{word}；按规则须领导签批的不能由此通过",
            takes=DecisionIn,
            guards=[keeps_books(P.DISBURSEMENT_APPROVE), apart("hands"), moves.in_use, *waits, moves.no_leader],
            effects=[moves.approve, moves.by("approved"), moves.keep_decision, moves.step],
            bulk=bulk,
        ),
        "forward": Move(
            _SUBMITTED,
            "signing",
            P.DISBURSEMENT_APPROVE,
            "报领导签批",
            f"{first}审核同意，报领导签批",
            takes=DecisionIn,
            guards=[keeps_books(P.DISBURSEMENT_APPROVE), apart("hands"), moves.in_use, *waits],
            effects=[moves.by("approved"), moves.keep_decision, moves.step],
        ),
        "sign": Move(
            _SIGNING,
            "approved",
            P.DISBURSEMENT_SIGN,
            "签批",
            f"领导签批同意{word}",
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
            bulk=bulk,
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
            f"{word}前发现不妥，退回申请单位重新报批，须写原因",
            takes=ReasonIn,
            guards=[keeps_books(P.DISBURSEMENT_PAY), apart("hands", "approved_by", "signed_by")],
            effects=[moves.step],
        ),
        "cancel": Move(
            frozenset({"draft", "returned", "submitted", "signing", "approved"}),
            "cancelled",
            P.DISBURSEMENT_ASK,
            "取消",
            f"{word}前取消，须写原因",
            takes=ReasonIn,
            guards=[apart("approved_by", "signed_by")],
            effects=[moves.step],
        ),
        "pay": Move(
            _APPROVED,
            "paid",
            P.DISBURSEMENT_PAY,
            word,
            f"登记{word}：凭证号一号一付，同时记入资金账",
            takes=PaidIn,
            guards=[keeps_books(P.DISBURSEMENT_PAY), apart("hands", "approved_by", "signed_by"), moves.in_use],
            effects=[moves.by("paid"), pay, moves.step],
        ),
    }
