"""Letters: encoded once, addressed many times, signed so that a stranger's verifier agrees."""

import email
from email import policy
from email.message import EmailMessage

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import ConfigError
from aggregator.newsletter.letter import ID_PLACE, TOKEN_PLACE, Letter, Recipient
from aggregator.newsletter.signing import Signer
from aggregator.newsletter.tokens import Keys, Purpose
from tests.posted import DOCUMENT

KEYS = Keys([b"a key of sixteen"], "weekly")


def recipient(number: int = 7) -> Recipient:
    token = KEYS.token(Purpose.UNSUBSCRIBE, number)
    return Recipient("reader@a.example", token, KEYS.message_id("2026-W48", number))


def document(before: str) -> bytes:
    """A two-part message in quoted-printable whose token stands behind so many characters."""
    message = EmailMessage(policy=policy.SMTP)
    message["Subject"] = "Weekly"
    message["From"] = "digest@club.example"
    message["Message-ID"] = f"<{ID_PLACE}@club.example>"
    message["List-Unsubscribe"] = f"<https://club.example/u/{TOKEN_PLACE}>"
    message.set_content(f"{before}https://club.example/u/{TOKEN_PLACE}", cte="quoted-printable")
    page = f"<p>{before}<a href='https://club.example/u/{TOKEN_PLACE}'>Leave</a></p>"
    message.add_alternative(page, subtype="html", cte="quoted-printable")
    return message.as_bytes()


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=90))
def test_every_place_is_filled_wherever_lines_break(before: str) -> None:
    filled = Letter(document(before)).to(recipient()).octets
    message = email.message_from_bytes(filled, policy=policy.default)
    token = recipient().token
    assert message["To"] == "reader@a.example"
    assert message["Message-ID"] == f"<{recipient().message_id}@club.example>"
    for part in message.iter_parts():
        assert f"/u/{token}" in part.get_content()
    assert TOKEN_PLACE.encode() not in filled.replace(b"=\r\n", b"")
    assert max(len(line) for line in filled.split(b"\r\n")) <= 998


@pytest.mark.parametrize("lost", [b"List-Unsubscribe", b"Leave"])
def test_a_message_nobody_could_unsubscribe_from_is_refused(lost: bytes) -> None:
    lines = [line for line in DOCUMENT.split(b"\r\n") if not line.startswith(lost)]
    with pytest.raises(ValueError, match="no place for the unsubscribe token"):
        Letter(b"\r\n".join(lines))


def test_bare_line_feeds_are_refused() -> None:
    with pytest.raises(ValueError, match="CRLF"):
        Letter(DOCUMENT.replace(b"Hello.\r\n", b"Hello.\n"))


def keys() -> list[tuple[bytes, bytes]]:
    rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    ed_key = ed25519.Ed25519PrivateKey.generate()
    pem = (
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    rsa_public = rsa_key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    ed_public = ed_key.public_key().public_bytes(
        serialization.Encoding.Raw, serialization.PublicFormat.Raw
    )
    import base64

    return [
        (rsa_key.private_bytes(*pem), b"v=DKIM1; k=rsa; p=" + base64.b64encode(rsa_public)),
        (ed_key.private_bytes(*pem), b"v=DKIM1; k=ed25519; p=" + base64.b64encode(ed_public)),
    ]


@pytest.mark.parametrize("private,public", keys(), ids=["rsa", "ed25519"])
@pytest.mark.parametrize("before", ["", "Grüße, " * 40, "trailing blanks  \r\n\r\n\r\n"])
def test_another_program_verifies_our_signature(private: bytes, public: bytes, before: str) -> None:
    asked = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return public

    copy = Letter(document(before)).to(recipient())
    signed = Signer("club.example", "s1", private).header(copy) + copy.octets
    assert dkim.verify(signed, dnsfunc=dns)
    assert asked == [b"s1._domainkey.club.example."]
    assert not dkim.verify(signed.replace(b"Weekly", b"Weakly"), dnsfunc=dns)
    token = recipient().token.encode()
    assert not dkim.verify(signed.replace(token, token[::-1]), dnsfunc=dns)


def test_the_signature_covers_the_one_click_headers() -> None:
    private, _ = keys()[0]
    copy = Letter(document("")).to(recipient())
    assert b"list-unsubscribe" in Signer("club.example", "s1", private).header(copy)


@pytest.mark.parametrize(
    "key", [b"", b"-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----"]
)
def test_a_key_that_is_none_is_refused_with_a_cure(key: bytes) -> None:
    with pytest.raises(ConfigError, match="openssl genrsa"):
        Signer("club.example", "s1", key)
