"""Texts that the database must not tell: sealed with AES-256-GCM under a key of the installation.

A sealed text names its key, so that keys can change: what was sealed under an older one opens as long as that key is
still among the settings' keys, and :meth:`Cipher.renew` seals it under the newest.
"""

import base64
import binascii
import secrets
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12


class SealBrokenError(ValueError):
    """A sealed text that no key of the installation opens, or that belongs to another row."""


class Cipher:
    """Seals and opens texts; ``about`` (the row's id) is bound in, so that one row's text is nothing in another."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        # A key of its own from each signing key: what signs tokens never seals texts.
        self._keys = {
            kid: AESGCM(HKDF(SHA256(), 32, salt=None, info=b"minsheng sealed text").derive(key))
            for kid, key in keys.items()
        }
        self.newest = next(iter(self._keys))

    def seal(self, text: str, about: str) -> str:
        """Return a text as it may lie in the database."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._keys[self.newest].encrypt(nonce, text.encode(), about.encode())
        return f"{self.newest}.{base64.urlsafe_b64encode(nonce + sealed).decode('ascii')}"

    def open(self, sealed: str, about: str) -> str:
        """Return the text.

        Raises:
            SealBrokenError: the key is gone, the text was tampered with or belongs elsewhere.
        """
        kid, _, rest = sealed.partition(".")
        key = self._keys.get(kid)
        if key is None:
            message = f"the key {kid} is not among the installation's keys"
            raise SealBrokenError(message)
        try:
            raw = base64.b64decode(rest, altchars=b"-_", validate=True)
            return key.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], about.encode()).decode()
        except (InvalidTag, binascii.Error, ValueError) as error:
            message = "the sealed text does not open"
            raise SealBrokenError(message) from error

    def renew(self, sealed: str, about: str) -> str:
        """Return the text sealed under the newest key; what is sealed so already comes back as it is.

        Raises:
            SealBrokenError: it does not open.
        """
        return sealed if sealed.startswith(f"{self.newest}.") else self.seal(self.open(sealed, about), about)
