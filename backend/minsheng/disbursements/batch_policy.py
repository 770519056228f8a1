"""Life cycle of batches of subsidies: the same separate hands as single payments."""

from minsheng.disbursements import batches, moves
from minsheng.disbursements.batch_models import SubsidyBatch
from minsheng.disbursements.duties import apart, keeps_books
from minsheng.disbursements.schemas import PaidIn
from minsheng.kernel.lifecycle import DecisionIn, Lifecycle, Move, ReasonIn
from minsheng.permissions import P

_SUBMITTED, _SIGNING, _APPROVED = frozenset({"submitted"}), frozenset({"signing"}), frozenset({"approved"})

SUBSIDY_BATCH = Lifecycle(
    SubsidyBatch,
    "draft",
    {
        "submit": Move(
            frozenset({"draft", "returned"}),
            "submitted",
            P.DISBURSEMENT_ASK,
            "提交",
            "提交发放批次：名单已公示，人数金额从此不能再改",
            guards=[moves.in_use],
            effects=[batches.hand_in, moves.by("asked"), moves.step],
        ),
        "approve": Move(
            _SUBMITTED,
            "approved",
            P.DISBURSEMENT_APPROVE,
            "同意",
            "公示期满，同意发放；按规则须领导签批的不能由此通过",
            takes=DecisionIn,
            guards=[
                keeps_books(P.DISBURSEMENT_APPROVE),
                apart("hands"),
                moves.in_use,
                batches.posting_over,
                moves.no_leader,
            ],
            effects=[moves.approve, moves.by("approved"), moves.keep_decision, moves.step],
        ),
        "forward": Move(
            _SUBMITTED,
            "signing",
            P.DISBURSEMENT_APPROVE,
            "报领导签批",
            "公示期满，审核同意，报领导签批",
            takes=DecisionIn,
            guards=[keeps_books(P.DISBURSEMENT_APPROVE), apart("hands"), moves.in_use, batches.posting_over],
            effects=[moves.by("approved"), moves.keep_decision, moves.step],
        ),
        "sign": Move(
            _SIGNING,
            "approved",
            P.DISBURSEMENT_SIGN,
            "签批",
            "领导签批同意发放",
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
            "发放前发现不妥，退回申请单位重新报批，须写原因",
            takes=ReasonIn,
            guards=[keeps_books(P.DISBURSEMENT_PAY), apart("hands", "approved_by", "signed_by")],
            effects=[moves.step],
        ),
        "cancel": Move(
            frozenset({"draft", "returned", "submitted", "signing", "approved"}),
            "cancelled",
            P.DISBURSEMENT_ASK,
            "取消",
            "发放前取消批次，须写原因",
            takes=ReasonIn,
            guards=[apart("approved_by", "signed_by")],
            effects=[moves.step],
        ),
        "pay": Move(
            _APPROVED,
            "paid",
            P.DISBURSEMENT_PAY,
            "发放",
            "登记发放：凭证号一号一付，同时记入资金账",
            takes=PaidIn,
            guards=[keeps_books(P.DISBURSEMENT_PAY), apart("hands", "approved_by", "signed_by"), moves.in_use],
            effects=[moves.by("paid"), batches.pay, moves.step],
        ),
    },
    final=frozenset({"cancelled", "paid"}),
)
