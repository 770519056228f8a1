"""What tells that nothing was written has to tell when something was."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, text

from tests.factories.probe import Probe

if TYPE_CHECKING:
    from tests.contract.conftest import Prepared


def test_every_write_is_seen_and_a_refusal_is_none(prepared: Prepared) -> None:
    probe = Probe(prepared.url)
    seen = [probe.fingerprint()]
    assert prepared.send("office", "POST", "/measures", json={"name": "公里", "decimals": -1}).status_code == 422
    assert probe.fingerprint() == seen[0]
    assert prepared.send("office", "POST", "/measures", json={"name": "公顷", "decimals": 0}).status_code == 201
    seen.append(probe.fingerprint())
    engine = create_engine(prepared.url)
    for statement in (
        "UPDATE measure SET decimals = 1 WHERE name = '公顷'",
        "UPDATE measure SET decimals = 0 WHERE name = '公顷'",
        "DELETE FROM measure WHERE name = '公顷'",
    ):
        with engine.begin() as connection:
            assert connection.execute(text(statement)).rowcount == 1
        seen.append(probe.fingerprint())
    engine.dispose()
    probe.close()
    assert all(earlier != later for earlier, later in pairwise(seen))
