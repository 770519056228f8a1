"""What is done with bank accounts and payees; their numbers are sealed before they are rows."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlmodel import select

from minsheng.disbursements.account_schemas import BankAccountIn, BankAccountPatch, PayeeIn, PayeePatch
from minsheng.disbursements.models import BankAccount, Payee
from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.ciphers import Cipher, SealBrokenError
from minsheng.kernel.errors import Conflict, Duplicate, FieldError, invalid
from minsheng.kernel.fields import In
from minsheng.org.models import Unit
from minsheng.programmes.models import Programme

Kept = TypeVar("Kept", BankAccount, Payee)

TAIL = 4
"""So many digits of a number are shown in lists."""


class NumberUnreadable(Conflict):
    """The installation no longer has the key that the number was sealed under."""

    code, title = "number-unreadable", "账号无法解密"


def masked(row: BankAccount | Payee) -> str:
    """Return a number as lists show it."""
    return f"****{row.number_tail}"


def whole(cipher: Cipher, row: BankAccount | Payee) -> str:
    """Return the whole number.

    Raises:
        NumberUnreadable: its key is gone.
    """
    try:
        return cipher.open(row.number_sealed, str(row.id))
    except SealBrokenError:
        raise NumberUnreadable("账号是用已撤下的密钥加密的，请管理员恢复该密钥，或重新登记账号。") from None


def _seal(cipher: Cipher, row: BankAccount | Payee, number: str) -> None:
    row.number_sealed = cipher.seal(number, str(row.id))
    row.number_tail = number[-TAIL:]


def _taken(cipher: Cipher, standing: Sequence[BankAccount | Payee], number: str) -> bool:
    same = [row for row in standing if row.number_tail == number[-TAIL:] and row.status == "active"]
    return any(whole(cipher, row) == number for row in same)


def _duplicate(pointer: str, message: str) -> Duplicate:
    return Duplicate(message, errors=[FieldError(pointer=pointer, code="duplicate", message=message)])


def open_account(session: Session, cipher: Cipher, body: BankAccountIn) -> BankAccount:
    """Enter an account in the register.

    Raises:
        NotFound: unit or programme is not visible.
        Duplicate: the unit has this number already.
    """
    row = BankAccount(**_given(body, "number"), number_sealed="", number_tail="")
    rows.fetch(session, Unit, body.unit_id)
    session.require(row)
    if body.programme_id:
        rows.fetch(session, Programme, body.programme_id)
    standing = session.exec(select(BankAccount).where(BankAccount.unit_id == body.unit_id)).all()
    if _taken(cipher, standing, body.number):
        raise _duplicate("/number", "这个账号已经登记。")
    _seal(cipher, row, body.number)
    session.add(row)
    session.flush()
    return row


def change_account(session: Session, row: BankAccount, body: BankAccountPatch) -> None:
    """Change what an account is called, never its number."""
    _take(row, body)
    session.add(row)
    session.flush()


def enter_payee(session: Session, cipher: Cipher, body: PayeeIn) -> Payee:
    """Enter a payee; one organisation may have several accounts, each entered once.

    Raises:
        NotFound: the unit is not visible.
        Duplicate: this account of this organisation is there.
    """
    row = Payee(**_given(body, "number"), number_sealed="", number_tail="")
    rows.fetch(session, Unit, body.unit_id)
    session.require(row)
    _payee_is_new(session, cipher, row, body.number)
    _seal(cipher, row, body.number)
    session.add(row)
    session.flush()
    return row


def change_payee(session: Session, cipher: Cipher, row: Payee, body: PayeePatch) -> None:
    """Change a payee; what was paid keeps the account it was paid to (the payment notes its tail).

    Raises:
        Duplicate: the new account is another entry's.
    """
    if body.number is not None:
        _payee_is_new(session, cipher, row, body.number)
        _seal(cipher, row, body.number)
    _take(row, body, "number")
    session.add(row)
    session.flush()


def _payee_is_new(session: Session, cipher: Cipher, row: Payee, number: str) -> None:
    standing = session.exec(
        select(Payee).where(Payee.unit_id == row.unit_id, Payee.credit_code == row.credit_code, Payee.id != row.id)
    ).all()
    if _taken(cipher, standing, number):
        raise _duplicate("/number", "这家单位的这个账号已经登记。")


def _given(body: In, *left_out: str) -> dict[str, Any]:
    return {name: getattr(body, name) for name in type(body).model_fields if name not in left_out}


def _take(row: BankAccount | Payee, body: In, *left_out: str) -> None:
    """Take over what was sent; what a row cannot do without may be changed, not emptied.

    Raises:
        Invalid: a field that is needed was sent empty.
    """
    for name in body.model_fields_set - set(left_out):
        value = getattr(body, name)
        if value is None and name != "purpose":
            raise invalid(f"/{name}", "required", "不能为空")
        setattr(row, name, value)


def reseal(session: Session, cipher: Cipher) -> int:
    """Seal every number under the newest key, before an old one is withdrawn; return how many changed."""
    changed = 0
    found: list[BankAccount | Payee] = [*session.exec(select(BankAccount)).all(), *session.exec(select(Payee)).all()]
    for row in found:
        renewed = cipher.renew(row.number_sealed, str(row.id))
        if renewed != row.number_sealed:
            row.number_sealed = renewed
            session.add(row)
            changed += 1
    session.flush()
    return changed
