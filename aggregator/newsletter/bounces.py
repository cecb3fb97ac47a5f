"""Bounces and complaints: what a report says of whom (RFC 3464, RFC 5965, RFC 3834).

The address a report came back to tells issue and subscriber (VERP); what is inside tells
whether the mailbox is gone, or only full, or whether somebody called the mail spam.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from enum import StrEnum

from aggregator.newsletter.replies import is_bad_mailbox
from aggregator.newsletter.tokens import Keys, Purpose

MOST_OCTETS = 2_000_000
_RETURN_PATH = re.compile(r"\+([0-9A-Za-z-]{1,40})\.([A-Za-z0-9_-]{32})@")
_MBOX_LINE = re.compile(rb"^From [^\n]*\n", re.MULTILINE)
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_WHERE = ("Delivered-To", "X-Original-To", "Envelope-To", "To")


class Report(StrEnum):
    """What came back.

    ``hard``: the mailbox is bad for good; ``soft``: not now, or not this message;
    ``complaint``: the reader called it spam; ``other``: an answer of a person or a machine.
    """

    HARD = "hard"
    SOFT = "soft"
    COMPLAINT = "complaint"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Returned:
    """One report about one subscriber.

    Args:
        number: the subscriber.
        issue: the issue it speaks of.
        report: what it says.
        note: status and diagnosis, one line.
    """

    number: int
    issue: str
    report: Report
    note: str = ""


def messages_of(octets: bytes) -> list[bytes]:
    """The messages of a mailbox file (RFC 4155), or the one message that a file is."""
    if not octets.startswith(b"From "):
        return [octets] if octets.strip() else []
    parts = _MBOX_LINE.split(octets)[1:]
    return [_QUOTED_FROM.sub(rb"\1", part) for part in parts]


def read_report(octets: bytes, keys: Keys, recipient: str = "") -> Returned | None:
    """Read what came back to a variable return path.

    Args:
        octets: the message, RFC 5322.
        keys: those that made the return paths.
        recipient: the envelope's recipient where it is known; else headers are asked.

    Returns:
        None when it is addressed to no return path of ours. Nothing is raised,
        whatever the octets are.
    """
    try:
        message = message_from_bytes(octets[:MOST_OCTETS], policy=policy.default)
        paths = [recipient, *(str(value) for name in _WHERE for value in message.get_all(name, ()))]
        whom = _whom(paths, keys) or _whom([octets[:MOST_OCTETS].decode("latin-1")], keys)
        if whom is None or not isinstance(message, EmailMessage):
            return None
        report, note = _verdict(message)
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, IndexError):
        # The standard library's parser raises these and more on what is no mail.
        return None
    return Returned(*whom, report, note[:300])


def _whom(paths: list[str], keys: Keys) -> tuple[int, str] | None:
    for path in paths:
        for found in _RETURN_PATH.finditer(path):
            number = keys.number(Purpose.BOUNCE, found[2])
            if number is not None:
                return number, found[1]
    return None


def _verdict(message: EmailMessage) -> tuple[Report, str]:
    if message.get_content_type() != "multipart/report":
        return Report.OTHER, "no report"
    for block in _blocks(message, "message/feedback-report"):
        return Report.COMPLAINT, block.get("feedback-type", "abuse")
    told = Report.OTHER, "no delivery failed"
    for block in _blocks(message, "message/delivery-status"):
        if block.get("action", "").lower() != "failed":
            continue
        status = block.get("status", "").split(" ", maxsplit=1)[0]
        note = f"{status} {block.get('diagnostic-code', '')}".strip()
        if is_bad_mailbox(status):
            return Report.HARD, note
        told = Report.SOFT, note
    return told


def _blocks(message: EmailMessage, content_type: str) -> Iterator[dict[str, str]]:
    """The groups of fields in a report's machine-readable part: of the message, of each recipient.

    The standard library's parser reads each group as a message that has only a head.
    """
    for part in message.walk():
        if part.get_content_type() == content_type and part.is_multipart():
            for block in part.iter_parts():
                yield {name.lower(): " ".join(str(value).split()) for name, value in block.items()}
