"""Cursors that nobody outside can read, change or hand to somebody else; and orders that tell nothing.

AES-GCM under a key derived from SECRET_KEY; what a cursor is bound to goes in as associated data. An order goes by a
keyed hash, under another key derived from it.
"""

import base64
import binascii
import hashlib
import os
from collections.abc import Iterable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.core.errors import InvalidCursor

NONCE = 12


class Sealer:
    """Seals and opens small payloads."""

    def __init__(self, secret: str) -> None:
        """`secret` may have any length; the key is derived from it."""
        self._marks = hashlib.blake2b(secret.encode(), digest_size=32, person=b"qi survey").digest()
        self._box = AESGCM(
            hashlib.blake2b(secret.encode(), digest_size=32, person=b"qi cursor").digest()
        )
        self._order = hashlib.blake2b(secret.encode(), digest_size=32, person=b"qi order").digest()

    def shuffled(self, names: Iterable[str], within: str) -> list[str]:
        """In an order that is always the same `within` one context, and that nobody outside can work out."""

        def place(name: str) -> bytes:
            return hashlib.blake2b(f"{within} {name}".encode(), key=self._order).digest()

        return sorted(names, key=place)

    def seal(self, payload: bytes, bound_to: str) -> str:
        """Base64url without padding, as long as the payload and 28 bytes."""
        nonce = os.urandom(NONCE)
        sealed = nonce + self._box.encrypt(nonce, payload, bound_to.encode())
        return _text(sealed)

    def mark(self, text: str) -> str:
        """16 characters, the same for the same text under the same secret; nobody without it can try texts out."""
        found = hashlib.blake2b(text.encode(), digest_size=12, key=self._marks, person=b"qi mark")
        return _text(found.digest())

    def open(self, text: str, bound_to: str) -> bytes:
        """The payload. Errors: `InvalidCursor` for anything that `seal` did not make for the same `bound_to`."""
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            if _text(raw) != text:  # the last character has bits that say nothing
                raise InvalidCursor
            return self._box.decrypt(raw[:NONCE], raw[NONCE:], bound_to.encode())
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise InvalidCursor from error


def _text(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()
