"""The message around an issue: its headers, as mailbox providers and RFCs ask for them."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime

from aggregator.errors import DeliveryError
from aggregator.newsletter.letter import ID_PLACE, TOKEN_PLACE
from aggregator.settings import Settings

HEADERS = (
    "Subject",
    "From",
    "Date",
    "Message-ID",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Help",
    "List-Archive",
    "List-Subscribe",
    "List-Post",
    "Feedback-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
)
"""All that a message has before To is added: RFC 5322, 2369, 2919, 3834 and 8058."""

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_PLAIN = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Heads:
    """What the headers say of an issue.

    Args:
        subject: foreign words and all.
        issue: its id.
        date: fixed, so that a second try sends the same octets.
        archive: where it stands on the web.
    """

    subject: str
    issue: str
    date: datetime
    archive: str


def compose(heads: Heads, settings: Settings, html: str, text: str) -> bytes:
    """Build the message: text first, HTML last, both UTF-8 in quoted-printable.

    Args:
        heads: what the headers say.
        settings: who sends it.
        html: the HTML part.
        text: the text part.

    Returns:
        RFC 5322 octets without To, with the places of `aggregator.newsletter.letter`.

    Raises:
        DeliveryError: the finished message does not read back as it was meant.
    """
    name = settings.digest.title or settings.site.title
    mark = hashlib.sha256(f"{settings.site.url}\0{heads.issue}".encode()).hexdigest()[:24]
    message = EmailMessage(policy=policy.SMTP)
    message["Subject"] = safe_header(heads.subject)
    message["From"] = f'"{_quoted(name)}" <{settings.digest.sender}>'
    message["Date"] = format_datetime(heads.date)
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_{mark}")
    head, _, body = message.as_bytes().partition(b"\r\n\r\n")
    listed = b"".join(_list_headers(heads, settings))
    document = head + b"\r\n" + listed + b"\r\n" + body
    _refuse_foreign_headers(document)
    return document


def compose_confirmation(settings: Settings, address: str, text: str, now: datetime) -> bytes:
    """Build the mail that asks an address's owner to agree; it belongs to no list.

    Args:
        settings: who asks.
        address: whom, as SMTP carries it.
        text: with the link.
        now: for Date.
    """
    name = settings.digest.title or settings.site.title
    sender = settings.mail.confirmations or settings.digest.sender
    mark = hashlib.sha256(f"{address}\0{text}\0{now}".encode()).hexdigest()[:32]
    message = EmailMessage(policy=policy.SMTP)
    message["Subject"] = safe_header(f"{name}: please confirm")
    message["From"] = f'"{_quoted(name)}" <{sender}>'
    message["To"] = address
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{mark}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message.set_content(text, cte="quoted-printable")
    return message.as_bytes()


def _quoted(name: str) -> str:
    return safe_header(name).translate({34: 39, 92: 47})


def safe_header(text: str) -> str:
    """A foreign string made fit for a header.

    Control characters go, and ``=?`` is broken up: Python before 3.11.10 decodes such a
    word into new header lines (CVE-2024-6923).
    """
    return _CONTROLS.sub(" ", text).replace("=?", "= ?")[:200].strip()


def _list_headers(heads: Heads, settings: Settings) -> Iterator[bytes]:
    """The headers whose addresses the library would fold or encode, written by hand."""
    sender, pages = settings.digest.sender, settings.list_pages
    host = sender.rpartition("@")[2]
    values = {
        "Message-ID": [f"<{ID_PLACE}@{host}>"],
        "List-Id": [f"<digest.{host}>"],
        "List-Unsubscribe": [f"<{pages}/leave/{TOKEN_PLACE}>"],
        "List-Unsubscribe-Post": ["List-Unsubscribe=One-Click"],
        "List-Help": [f"<mailto:{sender}?subject=help>"],
        "List-Archive": [f"<{heads.archive}>"],
        "List-Subscribe": [f"<{pages}/join>"],
        "List-Post": ["NO"],
        "Feedback-ID": [f"{heads.issue}:digest:{host}"],
        "Auto-Submitted": ["auto-generated"],
        "X-Auto-Response-Suppress": ["OOF,", "AutoReply"],
    }
    for name, words in values.items():
        for word in words:
            if not _PLAIN.fullmatch(word):
                raise DeliveryError(
                    f"{name} would hold {word!r}: addresses in headers are plain ASCII; "
                    "mend site.url, mail.pages or digest.sender",
                    permanent=True,
                )
        yield f"{name}: {' '.join(words)}\r\n".encode("ascii")


def _refuse_foreign_headers(document: bytes) -> None:
    found = message_from_bytes(document, policy=policy.default).keys()
    if sorted(found) != sorted(HEADERS):
        raise DeliveryError(
            f"the message came out with headers {', '.join(found)}; nothing was written",
            permanent=True,
        )
