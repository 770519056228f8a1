"""The tree is RFC 6962's: known roots, and every proof of small trees checked as RFC 9162 2.1 says, written anew."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import orjson
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from minsheng.integration import verifier
from minsheng.kernel import merkle, stamps
from minsheng.kernel.signing import Head, Signer
from minsheng.pledges import pdf, word
from minsheng.pledges.paper import Paper, Signature
from minsheng.reports.exporting import stamp

if TYPE_CHECKING:
    from collections.abc import Sequence

SHA = merkle.hash_of("sha256")
LEAVES = [bytes.fromhex(each) for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                                           "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""The vectors that Certificate Transparency's own implementations are tested with."""


class Kept:
    """A tree grown as the sealer grows it, with its kept nodes."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.roots = [merkle.root(SHA, [])]
        peaks: list[bytes] = []
        for size, each in enumerate(leaves):
            for level, node in enumerate(merkle.grow(SHA, size, peaks, merkle.leaf(SHA, each))):
                self.nodes[level, ((size + 1) >> level) - 1] = node
            assert peaks == [self.nodes[at] for at in merkle.peaks_at(size + 1)]
            self.roots.append(merkle.root(SHA, peaks))

    def at(self, level: int, number: int) -> bytes:
        return self.nodes[level, number]


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162 2.1.3.2, word for word."""
    if index >= size:
        return False
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = hashlib.sha256(b"\1" + p + r).digest()
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = hashlib.sha256(b"\1" + r + p).digest()
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def goes_on(old: int, size: int, path: Sequence[bytes], old_root: bytes, root: bytes) -> bool:
    """RFC 9162 2.1.4.2, word for word."""
    if old == size:
        return not path and old_root == root
    if not path:
        return False
    path = [old_root, *path] if old & (old - 1) == 0 else list(path)
    fn, sn = old - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = hashlib.sha256(b"\1" + c + fr).digest(), hashlib.sha256(b"\1" + c + sr).digest()
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = hashlib.sha256(b"\1" + sr + c).digest()
        fn, sn = fn >> 1, sn >> 1
    return fr == old_root and sr == root and sn == 0


def test_roots_are_those_everybody_knows() -> None:
    assert [root.hex() for root in Kept(LEAVES).roots] == ROOTS
    script = verifier.Tree("sha256")
    for each, root in zip(LEAVES, ROOTS[1:], strict=True):
        script.add(merkle.leaf(SHA, each))
        assert script.root() == root


def test_every_proof_of_small_trees_holds_and_no_other_does() -> None:
    leaves = [str(number).encode() for number in range(40)]
    tree = Kept(leaves)
    for size in range(1, len(leaves) + 1):
        for index in range(size):
            path = merkle.inclusion(SHA, index, size, tree.at)
            leaf = merkle.leaf(SHA, leaves[index])
            assert included(leaf, index, size, path, tree.roots[size])
            assert not included(merkle.leaf(SHA, b"x"), index, size, path, tree.roots[size])
            old = index + 1
            path = merkle.consistency(SHA, old, size, tree.at)
            assert goes_on(old, size, path, tree.roots[old], tree.roots[size])
            assert not goes_on(old, size, path, tree.roots[old - 1], tree.roots[size])


def test_sm3_is_the_standards() -> None:
    """GB/T 32905, appendix A."""
    sm3 = merkle.hash_of("sm3")
    assert sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sm3(b"abcd" * 16).hex() == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"


PLAIN = st.dictionaries(
    st.text("abc_", min_size=1), st.text() | st.booleans() | st.integers(-(2**53), 2**53), max_size=5
)


@given(st.dictionaries(st.text("xyz", min_size=1), PLAIN, max_size=3))
def test_both_write_the_same_canonical_text(rows: dict[str, dict[str, object]]) -> None:
    assert orjson.dumps(rows, option=orjson.OPT_SORT_KEYS) == verifier.canonical(rows)


def test_a_printed_head_reads_back() -> None:
    head = Head(7, "ab" * 32, "2026-11-22T08:00:00.000000Z", "sm3", Signer(bytes(32)).key_id)
    for text in (head.printed, stamps.line(head), f"  {stamps.line(head)}\n".replace(" ", "\n")):
        assert verifier.parse_head(text) == vars(head)
    for text in ("", "minsheng-head", head.printed + " x", head.printed.replace("7", "seven", 1)):
        with pytest.raises(ValueError, match=r"substring|values to unpack|invalid literal"):
            verifier.parse_head(text)


def test_the_head_stands_on_paper() -> None:
    """As text and as a code, in the PDF's markup, in the .docx and in workbooks; without a head nothing of it."""
    head = Head(7, "ab" * 32, "2026-11-22T08:00:00.000000Z", "sm3", Signer(bytes(32)).key_id)
    sides = (Signature("甲方", "温州市", None, None), Signature("乙方", "乐清市", None, None))
    paper = Paper("1号", "责任书", ["责任书"], None, [], [], sides, "校验", date(2026, 11, 22))
    sealed = replace(paper, seal=head)
    assert (head.printed in pdf.markup(sealed), "<svg" in pdf.markup(sealed)) == (True, True)
    assert "minsheng-head" not in pdf.markup(paper)
    for made, images in ((word.render(sealed), 1), (word.render(paper), 0)):
        with zipfile.ZipFile(io.BytesIO(made)) as file:
            found = [file.read(name) for name in file.namelist() if name.endswith(".png")]
            assert found == [stamps.png(head).getvalue()] * images
            assert (head.printed in file.read("word/document.xml").decode()) == bool(images)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    stamp(book.add_worksheet("台账"), book.add_worksheet("说明"), 0, head, None)
    book.close()
    with zipfile.ZipFile(out) as file:
        assert head.printed in file.read("xl/worksheets/sheet1.xml").decode()
        assert file.read("xl/media/image1.png") == stamps.png(head).getvalue()
