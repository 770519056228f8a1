"""Credit codes by GB 32100-2015, and texts that the database must not tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.disbursements import codes
from minsheng.kernel.ciphers import Cipher, SealBrokenError

LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
PRINTED = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
"""The weights as the standard prints them."""

first_seventeen = st.text(LETTERS, min_size=17, max_size=17)


def naive(first: str) -> str:
    """Find the character that makes the whole sum divisible, as the standard states it."""
    total = sum(LETTERS.index(letter) * weight for letter, weight in zip(first, PRINTED, strict=True))
    (found,) = [letter for value, letter in enumerate(LETTERS) if (total + value) % 31 == 0]
    return found


def test_the_printed_sample() -> None:
    assert codes.check_character("91350100M000100Y4") == "3"
    assert codes.fault("91350100M000100Y43") is None


@given(first_seventeen)
def test_the_check_character_is_that_of_the_standard(first: str) -> None:
    assert codes.check_character(first) == naive(first)
    assert codes.fault(first + naive(first)) is None


@given(first_seventeen, st.integers(0, 17), st.sampled_from(LETTERS))
def test_one_wrong_character_is_always_found(first: str, place: int, letter: str) -> None:
    right = first + codes.check_character(first)
    wrong = right[:place] + letter + right[place + 1 :]
    assert (codes.fault(wrong) is None) == (wrong == right)


@pytest.mark.parametrize("code", ["", "91350100M000100Y4", "91350100M000100Y433", "91350100m000100Y43"] + [
    f"91350100{letter}000100Y43" for letter in "IOSVZ"
])  # fmt: skip
def test_what_is_no_code(code: str) -> None:
    assert codes.fault(code)


OLD, NEW = ("old", b"o" * 32), ("new", b"n" * 32)


@given(st.text(max_size=40))
def test_a_sealed_text_opens_for_its_row_alone_and_survives_a_new_key(text: str) -> None:
    before, both, after = Cipher(dict([OLD])), Cipher(dict([NEW, OLD])), Cipher(dict([NEW]))
    sealed = before.seal(text, "row")
    assert len(text) < 8 or text not in sealed
    assert sealed != before.seal(text, "row")
    assert both.open(sealed, "row") == text
    renewed = both.renew(sealed, "row")
    assert after.open(renewed, "row") == text
    assert both.renew(renewed, "row") == renewed
    for cipher, what, about in ((after, sealed, "row"), (before, sealed, "other"), (before, sealed[:-2], "row")):
        with pytest.raises(SealBrokenError):
            cipher.open(what, about)
