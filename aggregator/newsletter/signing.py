"""DKIM signatures (RFC 6376), by default the relay's business, on request ours.

Canonicalisation is relaxed for the head and simple for the body: relays refold header lines,
a quoted-printable body they leave alone, and the simple way costs one hash over it.
"""

import base64
import hashlib
import re

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from aggregator.errors import ConfigError
from aggregator.newsletter.letter import Copy

SIGNED = (
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "mime-version",
    "content-type",
)
"""Headers that a signature covers, with List-Unsubscribe and its Post as RFC 8058 asks."""

_FOLDED = re.compile(rb"\r\n[ \t]+")
_BLANKS = re.compile(rb"[ \t]+")
_SMALLEST_RSA = 1024


class Signer:
    """Signs messages for one domain.

    Args:
        domain: ``d=``, to align with From.
        selector: ``s=``, under which the public key stands in the DNS.
        key: private key in PEM, RSA of 1,024 bits or more, or Ed25519 (RFC 8463).

    Raises:
        ConfigError: the key can't be used.
    """

    def __init__(self, domain: str, selector: str, key: bytes) -> None:
        try:
            loaded = serialization.load_pem_private_key(key, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise ConfigError(
                f"the DKIM key can't be read: {error}",
                cure="write it with `openssl genrsa -out dkim.pem 2048`",
            ) from None
        if isinstance(loaded, rsa.RSAPrivateKey) and loaded.key_size >= _SMALLEST_RSA:
            self._algorithm = b"rsa-sha256"
        elif isinstance(loaded, ed25519.Ed25519PrivateKey):
            self._algorithm = b"ed25519-sha256"
        else:
            raise ConfigError(
                "the DKIM key is neither RSA of 1,024 bits or more nor Ed25519",
                cure="write one with `openssl genrsa -out dkim.pem 2048`",
            )
        self._key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey = loaded
        self._domain = domain.encode("idna")
        self._selector = selector.encode("ascii")

    def header(self, copy: Copy) -> bytes:
        """The DKIM-Signature header line of a message, to stand before the others."""
        lines = _header_lines(copy.head)
        names = [name for name in SIGNED if name in lines]
        body = copy.body.rstrip(b"\r\n") + b"\r\n"
        body_hash = base64.b64encode(hashlib.sha256(body).digest())
        unsigned = (
            b"DKIM-Signature: v=1; a=%s; c=relaxed/simple; d=%s; s=%s;\r\n h=%s;\r\n bh=%s;\r\n b="
        ) % (
            self._algorithm,
            self._domain,
            self._selector,
            b":".join(name.encode() for name in names),
            body_hash,
        )
        signed = b"".join(lines[name] + b"\r\n" for name in names) + _relaxed(unsigned)
        mark = base64.b64encode(self._sign(signed))
        folded = b"\r\n ".join(mark[at : at + 72] for at in range(0, len(mark), 72))
        return unsigned + folded + b"\r\n"

    def _sign(self, octets: bytes) -> bytes:
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(octets, padding.PKCS1v15(), hashes.SHA256())
        return self._key.sign(hashlib.sha256(octets).digest())


def _header_lines(head: bytes) -> dict[str, bytes]:
    """The header lines in their relaxed form by name in lower case; of twins the last."""
    lines = _FOLDED.sub(b" ", head).split(b"\r\n")
    relaxed = (_relaxed(line) for line in lines if line)
    return {line.partition(b":")[0].decode("ascii"): line for line in relaxed}


def _relaxed(line: bytes) -> bytes:
    """RFC 6376, section 3.4.2."""
    name, _, value = _FOLDED.sub(b" ", line).partition(b":")
    return name.strip().lower() + b":" + _BLANKS.sub(b" ", value).strip(b" \t")
