"""Heads of the sealed record: what is signed, and the keys that sign (Ed25519)."""

import hashlib
from dataclasses import dataclass

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from minsheng.kernel.merkle import HashName

ALGORITHM = "ed25519"


@dataclass(frozen=True)
class Head:
    """What is said of the record at one moment: so many entries, and the root of their tree."""

    size: int
    root: str
    at: str
    hash: HashName
    key_id: str

    @property
    def text(self) -> bytes:
        """What is signed: canonical JSON (RFC 8785) of the five fields and a name, so that it is good for nothing else.

        The head is short and flat: sorted ASCII names, whole numbers and plain text need nothing more of the RFC.
        """
        said = {"type": "minsheng-head", "at": self.at, "hash": self.hash, "key_id": self.key_id}
        return orjson.dumps(said | {"root": self.root, "size": self.size}, option=orjson.OPT_SORT_KEYS)

    @property
    def printed(self) -> str:
        """Return the head as it stands on paper and in its QR code; the verifier takes it as it is."""
        return f"minsheng-head {self.size} {self.root} {self.at} {self.hash} {self.key_id}"


class Signer:
    """The installation's key."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw()
        self.key_id = key_id(self.public)

    def sign(self, head: Head) -> str:
        """Return the signature of a head."""
        return self._key.sign(head.text).hex()


def key_id(public: bytes) -> str:
    """Return the name of a key, which nobody can choose."""
    return hashlib.sha256(public).hexdigest()[:16]
