"""Life cycles of bank accounts and payees."""

from minsheng.disbursements.models import BankAccount, Payee
from minsheng.kernel.lifecycle import Lifecycle, Move
from minsheng.permissions import P

_ACTIVE, _DISABLED = frozenset({"active"}), frozenset({"disabled"})

BANK_ACCOUNT = Lifecycle(
    BankAccount,
    "active",
    {
        "disable": Move(_ACTIVE, "disabled", P.PAYEE_EDIT, "停用", "停用账户：不再用来付款，已付的照旧"),
        "enable": Move(_DISABLED, "active", P.PAYEE_EDIT, "启用", "恢复使用账户"),
    },
    final=frozenset(),
)

PAYEE = Lifecycle(
    Payee,
    "active",
    {
        "disable": Move(_ACTIVE, "disabled", P.PAYEE_EDIT, "停用", "停用收款单位：不再向它付款，已付的照旧"),
        "enable": Move(_DISABLED, "active", P.PAYEE_EDIT, "启用", "恢复使用收款单位"),
    },
    final=frozenset(),
)
