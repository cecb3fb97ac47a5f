"""Tokens in links that act for one subscriber: who may unsubscribe whom, told by an HMAC.

A token is 32 characters of URL-safe Base64: eight octets of the subscriber's number and
sixteen of an HMAC-SHA256 over purpose, list and number. Nothing is stored for it, and every
token has the same length, so that a message is encoded once and the token spliced in.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from enum import StrEnum

TOKEN_LENGTH = 32
_NUMBER, _MAC = 8, 16


class Purpose(StrEnum):
    """What a token allows; one for unsubscribing does not confirm."""

    UNSUBSCRIBE = "unsubscribe"
    CONFIRM = "confirm"
    BOUNCE = "bounce"


class Keys:
    """The secrets behind the tokens.

    Args:
        keys: the newest first; it signs, all of them verify, so that a key can be
            exchanged while links signed with the old one are still in mailboxes.
        newsletter: the list's name; a token of one list says nothing in another.
    """

    def __init__(self, keys: Sequence[bytes], newsletter: str) -> None:
        if not keys or any(len(key) < 16 for key in keys):
            raise ValueError("a key needs sixteen octets or more")
        self._keys, self._newsletter = tuple(keys), newsletter

    def token(self, purpose: Purpose, number: int) -> str:
        """The token that allows this for one subscriber."""
        plain = number.to_bytes(_NUMBER, "big")
        mac = self._mac(self._keys[0], purpose, plain)[:_MAC]
        return base64.urlsafe_b64encode(plain + mac).decode()

    def number(self, purpose: Purpose, token: str) -> int | None:
        """The subscriber whom a token is for; None for one that we did not make.

        Compares in constant time, whatever is wrong with the token.
        """
        try:
            raw = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
        except (UnicodeEncodeError, binascii.Error):
            raw = b""
        plain, mac = raw[:_NUMBER].rjust(_NUMBER, b"\0"), raw[_NUMBER:].rjust(_MAC, b"\0")
        right = [
            hmac.compare_digest(self._mac(key, purpose, plain)[:_MAC], mac) for key in self._keys
        ]
        return int.from_bytes(plain, "big") if any(right) and len(raw) == _NUMBER + _MAC else None

    def message_id(self, issue: str, number: int) -> str:
        """The Message-ID's part before the @, the same at every try of an issue to a subscriber."""
        mac = self._mac(self._keys[-1], "message-id", f"{issue}\0{number}".encode())
        return mac.hex()[:TOKEN_LENGTH]

    def digest(self, folded: str) -> str:
        """What the suppression list keeps of an address: enough to know it again, no more."""
        return self._mac(self._keys[-1], "address", folded.encode()).hex()

    def _mac(self, key: bytes, purpose: str, plain: bytes) -> bytes:
        said = f"{purpose}\0{self._newsletter}\0".encode() + plain
        return hmac.new(key, said, hashlib.sha256).digest()
