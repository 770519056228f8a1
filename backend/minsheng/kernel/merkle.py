"""The Merkle tree of RFC 6962: hashes of leaves and nodes, growing it leaf by leaf, proofs from the kept nodes.

A tree of any size is a row of perfect subtrees, the peaks, as its size is a sum of powers of two. The leaf that is
added completes one subtree for each of the ones at the end of the old size; their hashes, kept with the leaf, are all
that any later head or proof needs.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Literal

HashName = Literal["sha256", "sm3"]
Hash = Callable[[bytes], bytes]
NodeAt = Callable[[int, int], bytes]
"""Gives the hash of a perfect subtree by its level (0 is a leaf) and its number on that level, from 0."""

Prove = Callable[[NodeAt], list[bytes]]
"""Makes a proof from nodes."""


def hash_of(name: HashName) -> Hash:
    """Return a hash function.

    Raises:
        ValueError: the machine's OpenSSL has no SM3.
    """
    hashlib.new(name)
    return lambda data: hashlib.new(name, data).digest()


def leaf(hash_: Hash, data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hash_(b"\0" + data)


def node(hash_: Hash, left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees."""
    return hash_(b"\1" + left + right)


def grow(hash_: Hash, size: int, peaks: list[bytes], added: bytes) -> list[bytes]:
    """Add a leaf's hash to a tree of ``size`` leaves; return the subtrees it completes, the leaf first."""
    completed = [added]
    while size & 1:
        completed.append(node(hash_, peaks.pop(), completed[-1]))
        size >>= 1
    peaks.append(completed[-1])
    return completed


def root(hash_: Hash, peaks: Sequence[bytes]) -> bytes:
    """Return the root of a tree by its peaks."""
    if not peaks:
        return hash_(b"")
    found = peaks[-1]
    for peak in reversed(peaks[:-1]):
        found = node(hash_, peak, found)
    return found


def peaks_at(size: int) -> list[tuple[int, int]]:
    """Return level and number of each peak of a tree, the largest first."""
    found, start = [], 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            found.append((level, start >> level))
            start += 1 << level
    return found


def _split(count: int) -> int:
    """Return the largest power of two below a count of leaves: where RFC 6962 divides them."""
    return 1 << (count - 1).bit_length() - 1


def _subtree(hash_: Hash, low: int, high: int, at: NodeAt) -> bytes:
    count = high - low
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return at(level, low >> level)
    middle = low + _split(count)
    return node(hash_, _subtree(hash_, low, middle, at), _subtree(hash_, middle, high, at))


def inclusion(hash_: Hash, index: int, size: int, at: NodeAt) -> list[bytes]:
    """Return the proof that the leaf at ``index`` (from 0) is in the tree of ``size`` leaves (RFC 6962 2.1.1)."""
    low, high, path = 0, size, []
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_subtree(hash_, middle, high, at))
            high = middle
        else:
            path.append(_subtree(hash_, low, middle, at))
            low = middle
    return path[::-1]


def consistency(hash_: Hash, old: int, size: int, at: NodeAt) -> list[bytes]:
    """Return the proof that the tree of ``size`` leaves goes on from the one of ``old`` leaves (RFC 6962 2.1.2)."""
    low, high, whole, path = 0, size, True, []
    while old != high:
        middle = low + _split(high - low)
        if old <= middle:
            path.append(_subtree(hash_, middle, high, at))
            high = middle
        else:
            path.append(_subtree(hash_, low, middle, at))
            low, whole = middle, False
    return ([] if whole else [_subtree(hash_, low, high, at)]) + path[::-1]
