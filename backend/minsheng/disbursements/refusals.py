"""Why a payment does not go on its way."""

from minsheng.kernel.errors import Conflict, Duplicate


class UnitMismatch(Conflict):
    """The line, the task, the account or the contract belongs to another unit or another keeper of books."""

    code, title = "unit-mismatch", "单位不一致"


class CapExceeded(Conflict):
    """A rule on payments forbids it; ``errors`` names every rule."""

    code, title = "payment-rule", "违反支付规则"


class LeaderNeeded(Conflict):
    """A rule asks for a leader's signature."""

    code, title = "leader-needed", "须领导签批"


class DuplicateVoucher(Duplicate):
    """The voucher number was used for another payment: one voucher pays once."""

    code, title = "duplicate-voucher", "凭证号已用过"


class NotInUse(Conflict):
    """The account or the payee was taken out of use."""

    code, title = "not-in-use", "账户或收款单位已停用"


class PostingTooShort(Conflict):
    """The list of a subsidy has not been posted long enough, or still hangs."""

    code, title = "posting-too-short", "公示时间不够"


class BatchBalance(Conflict):
    """More persons or money than the batch has at that place."""

    code, title = "batch-balance", "超过批次余数"
