"""When rules chase, how silence adds up, what the words of a chase become; against naive second implementations."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.chases.channels import public
from minsheng.chases.silence import in_a_row, percent
from minsheng.chases.texts import DEFAULT, PLACEHOLDERS, fill, over, unknown
from minsheng.chases.timing import earliest, fires_on

DUE = date(2026, 12, 5)
KINDS = st.sampled_from(["before", "after", "every", "repeated"])


@given(KINDS, st.integers(1, 60), st.integers(-90, 90))
def test_a_rule_fires_on_the_days_it_names(kind: str, number: int, away: int) -> None:
    days = {
        "before": [DUE - timedelta(days=number)],
        "after": [DUE + timedelta(days=number)],
        "every": [DUE + timedelta(days=number * nth) for nth in range(1, 91)],
        "repeated": [],
    }[kind]
    day = DUE + timedelta(days=away)
    assert fires_on(kind, number, DUE, day) == (day in days)


@given(st.lists(st.booleans(), max_size=30))
def test_rounds_in_a_row_are_counted_from_the_newest(owed: list[bool]) -> None:
    text = "".join("x" if each else "." for each in owed)
    assert in_a_row(owed) == len(text) - len(text.rstrip("x"))


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_rates_are_rounded_half_up(part: int, whole: int) -> None:
    tenths, rest = divmod(part * 1000, whole)
    assert percent(part, whole) == f"{(tenths + (2 * rest >= whole)) / 10:.1f}"
    assert percent(part, 0) == "0.0"


@given(st.text(), st.text())
def test_values_are_never_read_as_placeholders(name: str, programme: str) -> None:
    assert fill("{单位}／{计划}", {"单位": name, "计划": programme}) == f"{name}／{programme}"


def test_words_of_a_chase() -> None:
    assert unknown(DEFAULT) == []
    assert unknown("{单位}{phone}{}") == ["phone", ""]
    values = {name: name * 2 for name in PLACEHOLDERS}
    assert fill("{单位}欠{未交}份，{次数}", values) == "单位单位欠未交未交份，次数次数"
    assert (over(3), over(0), over(-2)) == ("已逾期 3 天", "今天截止", "还剩 2 天")
    now = datetime(2026, 12, 6, tzinfo=UTC)
    assert (earliest(None, timedelta(hours=24)), earliest(now, timedelta(hours=24))) == (None, now + timedelta(days=1))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - looked at, not bound
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fc00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "ff02::1",
        "not an address",
    ],
)
def test_no_address_inside_is_public(address: str) -> None:
    assert not public(address)


def test_addresses_outside_are_public() -> None:
    assert public("114.114.114.114")
    assert public("2400:3200::1")
