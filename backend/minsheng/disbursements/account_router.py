"""Bank accounts and payees over HTTP."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from minsheng.disbursements import accounts
from minsheng.disbursements.account_policy import BANK_ACCOUNT, PAYEE
from minsheng.disbursements.account_schemas import (
    AccountStatus,
    BankAccountIn,
    BankAccountOut,
    BankAccountPatch,
    PayeeIn,
    PayeeOut,
    PayeePatch,
    WholeNumber,
)
from minsheng.disbursements.models import BankAccount, Payee
from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.ciphers import Cipher
from minsheng.kernel.door import IfMatch, allow
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.org.service import unit_names
from minsheng.permissions import P

router = APIRouter(tags=["disbursements"], route_class=Route)

Reading = Annotated[Session, allow(P.FUND_READ)]
Keeping = Annotated[Session, allow(P.PAYEE_EDIT)]
Revealing = Annotated[Session, allow(P.ACCOUNT_REVEAL)]
UnitQuery = Annotated[UUID | None, Query(description="单位")]
StatusQuery = Annotated[AccountStatus | None, Query(description="状态")]
_HIDDEN = {"created_at", "number_sealed", "number_tail"}


def _cipher(request: Request) -> Cipher:
    cipher: Cipher = request.app.state.cipher
    return cipher


def present_accounts(session: Session, found: Sequence[BankAccount]) -> list[BankAccountOut]:
    """Return accounts with masked numbers."""
    names = unit_names(session, {row.unit_id for row in found})
    return [
        BankAccountOut(
            **row.model_dump(exclude=_HIDDEN),
            unit_name=names.get(row.unit_id),
            number_masked=accounts.masked(row),
            actions=BANK_ACCOUNT.actions(session, row),
        )
        for row in found
    ]


def present_payees(session: Session, found: Sequence[Payee]) -> list[PayeeOut]:
    """Return payees with masked numbers."""
    names = unit_names(session, {row.unit_id for row in found})
    return [
        PayeeOut(
            **row.model_dump(exclude=_HIDDEN),
            unit_name=names.get(row.unit_id),
            number_masked=accounts.masked(row),
            actions=PAYEE.actions(session, row),
        )
        for row in found
    ]


@router.get("/bank-accounts", summary="资金账户（专户）", operation_id="listBankAccounts")
def list_bank_accounts(
    page: Paging, session: Reading, unit_id: UnitQuery = None, status: StatusQuery = None
) -> Page[BankAccountOut]:
    """The register of accounts that money is paid from, numbers masked."""
    return rows.page_of(session, page, BankAccount, present_accounts, unit_id=unit_id, status=status)


@router.post("/bank-accounts", status_code=201, summary="登记资金账户", operation_id="createBankAccount")
def create_bank_account(body: BankAccountIn, request: Request, response: Response, session: Keeping) -> BankAccountOut:
    """Enter an account; its number is sealed before it is kept and shown masked from then on."""
    row = accounts.open_account(session, _cipher(request), body)
    rows.tag(response, row)
    return present_accounts(session, [row])[0]


@router.get("/bank-accounts/{id}", summary="一个资金账户", operation_id="getBankAccount")
def get_bank_account(id: UUID, response: Response, session: Reading) -> BankAccountOut:  # noqa: A002
    """Return one account, its number masked."""
    row = rows.fetch(session, BankAccount, id)
    rows.tag(response, row)
    return present_accounts(session, [row])[0]


@router.get("/bank-accounts/{id}/number", summary="完整账号", operation_id="getBankAccountNumber")
def get_bank_account_number(id: UUID, request: Request, session: Revealing) -> WholeNumber:  # noqa: A002
    """Return the whole number, for those whose permission covers the account."""
    row = rows.fetch(session, BankAccount, id)
    session.require(row)
    return WholeNumber(id=row.id, number=accounts.whole(_cipher(request), row))


@router.patch("/bank-accounts/{id}", summary="修改资金账户", operation_id="changeBankAccount")
def change_bank_account(
    id: UUID,  # noqa: A002
    body: BankAccountPatch,
    version: IfMatch,
    response: Response,
    session: Keeping,
) -> BankAccountOut:
    """Change what an account is called; another number is another account."""
    row = rows.hold(session, BankAccount, id, version)
    accounts.change_account(session, row, body)
    rows.tag(response, row)
    return present_accounts(session, [row])[0]


BANK_ACCOUNT.mount(router, "/bank-accounts", "BankAccount", BankAccountOut, present_accounts)


@router.get("/payees", summary="收款单位", operation_id="listPayees")
def list_payees(
    page: Paging,
    session: Reading,
    unit_id: UnitQuery = None,
    credit_code: Annotated[str | None, Query(pattern=r"^[0-9A-Z]{1,18}$", description="统一社会信用代码")] = None,
    status: StatusQuery = None,
) -> Page[PayeeOut]:
    """Organisations that money may be paid to, numbers masked."""
    return rows.page_of(session, page, Payee, present_payees, unit_id=unit_id, credit_code=credit_code, status=status)


@router.post("/payees", status_code=201, summary="登记收款单位", operation_id="createPayee")
def create_payee(body: PayeeIn, request: Request, response: Response, session: Keeping) -> PayeeOut:
    """Enter a payee; the credit code's check character must be right, the number is sealed."""
    row = accounts.enter_payee(session, _cipher(request), body)
    rows.tag(response, row)
    return present_payees(session, [row])[0]


@router.get("/payees/{id}", summary="一个收款单位", operation_id="getPayee")
def get_payee(id: UUID, response: Response, session: Reading) -> PayeeOut:  # noqa: A002
    """Return one payee, its number masked."""
    row = rows.fetch(session, Payee, id)
    rows.tag(response, row)
    return present_payees(session, [row])[0]


@router.get("/payees/{id}/number", summary="收款单位的完整账号", operation_id="getPayeeNumber")
def get_payee_number(id: UUID, request: Request, session: Revealing) -> WholeNumber:  # noqa: A002
    """Return the whole number, for those whose permission covers the payee."""
    row = rows.fetch(session, Payee, id)
    session.require(row)
    return WholeNumber(id=row.id, number=accounts.whole(_cipher(request), row))


@router.patch("/payees/{id}", summary="修改收款单位", operation_id="changePayee")
def change_payee(
    id: UUID,  # noqa: A002
    body: PayeePatch,
    version: IfMatch,
    request: Request,
    response: Response,
    session: Keeping,
) -> PayeeOut:
    """Change a payee; payments that were made are not touched."""
    row = rows.hold(session, Payee, id, version)
    accounts.change_payee(session, _cipher(request), row, body)
    rows.tag(response, row)
    return present_payees(session, [row])[0]


PAYEE.mount(router, "/payees", "Payee", PayeeOut, present_payees)
