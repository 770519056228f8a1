"""Accounts and payees: the credit code is checked, numbers are sealed, and few see them whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from minsheng.disbursements.accounts import reseal
from minsheng.kernel.access import Access
from minsheng.kernel.ciphers import Cipher
from minsheng.kernel.door import open_session
from tests.factories import payments, problems
from tests.factories.payments import NUMBER

if TYPE_CHECKING:
    import pytest
    from fastapi import FastAPI

    from tests.conftest import Callers
    from tests.factories.world import World


def test_numbers_are_sealed_masked_and_seen_whole_by_payers_alone(
    people: Callers, world: World, app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    payments.employ(app.state.database, world)
    finance, payer, clerk = people["a-finance"], people["a-payer"], people["a1-clerk"]
    paths = []
    for path, body in (
        ("/bank-accounts", payments.account(world)),
        ("/payees", {**payments.payee(world), "number": NUMBER}),
    ):
        assert clerk.call("POST", path, json=body).status_code == 403
        made = finance.post(path, body, status=201)
        assert made["number_masked"] == "****2345"
        assert "number" not in made
        again = finance.call("POST", path, json={**body, "number": f"{NUMBER[:4]} {NUMBER[4:]}"})
        assert (again.status_code, again.json()["code"]) == (409, "duplicate")
        assert again.json()["errors"][0]["pointer"] == "/number"
        paths.append(f"{path}/{made['id']}")
        for who, whole, masked in (
            ("a-payer", 200, 200),
            ("a-finance", 403, 200),
            ("a1-clerk", 403, 200),
            ("auditor", 403, 200),
            ("b-finance", 403, 404),
            ("outsider", 403, 404),
        ):
            assert people[who].call("GET", f"{paths[-1]}/number").status_code == whole, (who, path)
            assert people[who].call("GET", paths[-1]).status_code == masked, (who, path)
        assert payer.get(f"{paths[-1]}/number")["number"] == NUMBER
        assert [row["number_masked"] for row in clerk.get(path)["items"]] == ["****2345"]
        assert payer.call("PATCH", paths[-1], version=1, json={"name": "改名"}).status_code == 403
        finance.patch(paths[-1], {"bank_name": "建设银行"}, version=1)
        finance.post(f"{paths[-1]}/disable", version=2)
        finance.post(f"{paths[-1]}/enable", version=3)
    changed = finance.patch(paths[1], {"number": "6222021203000000789"}, version=4)
    assert changed["number_masked"] == "****0789"
    # Nowhere in the database, the journal or the logs does a whole number stand.
    engine = app.state.database.engine
    with engine.connect() as connection:
        for table in sa.inspect(engine).get_table_names():
            for row in connection.execute(sa.text(f'SELECT * FROM "{table}"')):
                assert NUMBER not in str(tuple(row)), table
                assert "6222021203000000789" not in str(tuple(row)), table
    assert NUMBER not in caplog.text
    # A new key takes over, the old one may go.
    keys = app.state.settings.keys
    newer = {"newer": b"n" * 32, **keys}
    with open_session(app.state.database, Access.system("test"), write=True) as session:
        assert (reseal(session, Cipher(newer)), reseal(session, Cipher(newer))) == (2, 0)
        session.commit()
    refused = payer.call("GET", f"{paths[0]}/number")
    assert (refused.status_code, refused.json()["code"]) == (409, "number-unreadable")
    app.state.cipher = Cipher({"newer": b"n" * 32})
    assert payer.get(f"{paths[0]}/number")["number"] == NUMBER


def test_a_payee_is_refused_with_the_place_that_is_wrong(people: Callers, world: World, app: FastAPI) -> None:
    payments.employ(app.state.database, world)
    finance = people["a-finance"]
    right = payments.payee(world)
    for changed, pointer, code in (
        ({"credit_code": right["credit_code"][:-1] + "0"}, "/credit_code", "credit-code"),
        ({"credit_code": "91330382"}, "/credit_code", "credit-code"),
        ({"number": "6222 abc"}, "/number", "account-number"),
        ({"number": 6222021203}, "/number", "string-type"),
        ({"number": "1" * 33}, "/number", "account-number"),
        ({"name": " "}, "/name", "blank"),
    ):
        assert problems.places(finance.call("POST", "/payees", json={**right, **changed})) == [(pointer, code)]
    foreign = finance.call("POST", "/payees", json={**right, "unit_id": str(world["b"])})
    assert foreign.status_code == 404
    above = finance.call("POST", "/payees", json={**right, "unit_id": str(world["city"])})
    assert above.status_code in {403, 404}
