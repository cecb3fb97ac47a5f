"""A message that is encoded once and addressed many times.

Encoding and inlining a mail costs milliseconds, changing three fixed-length places in it
microseconds. The document carries placeholders for the unsubscribe token and the Message-ID;
`Letter` finds them in the finished octets, also where quoted-printable broke one over two
lines, and splices a recipient's own in.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from aggregator.newsletter.tokens import TOKEN_LENGTH

TOKEN_PLACE = "UnsubscribeTokenOfThisSubscriber"  # noqa: S105 - no secret, its place
"""Stands in templates and headers for the token; as long as one, no character needs coding."""
ID_PLACE = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
"""Stands in the Message-ID for its part before the @."""

_SOFT_BREAK = b"=\r\n"
_HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom one copy goes to.

    Args:
        address: as SMTP carries it.
        token: what allows this subscriber to unsubscribe.
        message_id: part of the Message-ID before the @.
    """

    address: str
    token: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Copy:
    """One recipient's message: its header lines, and the body behind the blank line."""

    head: bytes
    body: bytes

    @property
    def octets(self) -> bytes:
        """The whole message."""
        return self.head + b"\r\n" + self.body


class Letter:
    """A message with places to fill.

    Args:
        document: RFC 5322 octets with CRLF line ends and without a To header.

    Raises:
        ValueError: the document has no place for the token in head and body: nobody could
            unsubscribe, so nobody is written to.
    """

    def __init__(self, document: bytes) -> None:
        head, end, body = document.partition(_HEAD_END)
        if not end or b"\n" in document.replace(b"\r\n", b""):
            raise ValueError("the document needs CRLF line ends and a blank line behind its head")
        self._head = list(_cut(head + b"\r\n"))
        self._body = list(_cut(body))
        for part, name in ((self._head, "head"), (self._body, "body")):
            if not any(piece.slot == TOKEN_PLACE for piece in part):
                raise ValueError(f"the message's {name} has no place for the unsubscribe token")

    def to(self, recipient: Recipient) -> Copy:
        """The copy for one recipient."""
        head = b"To: <%s>\r\n" % recipient.address.encode("ascii")
        return Copy(
            head + b"".join(piece.filled(recipient) for piece in self._head),
            b"".join(piece.filled(recipient) for piece in self._body),
        )


@dataclass(frozen=True, slots=True)
class _Piece:
    """Octets as they are, then, but for the last piece, a place and where lines break in it."""

    literal: bytes
    slot: str = ""
    breaks: tuple[int, ...] = ()

    def filled(self, recipient: Recipient) -> bytes:
        if not self.slot:
            return self.literal
        value = _FILLERS[self.slot](recipient)
        if len(value) != TOKEN_LENGTH:
            raise ValueError(f"what is spliced in must have {TOKEN_LENGTH} characters")
        octets = value.encode("ascii")
        ends = (*self.breaks, len(octets))
        begins = (0, *self.breaks)
        return self.literal + _SOFT_BREAK.join(
            octets[begin:end] for begin, end in zip(begins, ends, strict=True)
        )


_FILLERS: dict[str, Callable[[Recipient], str]] = {
    TOKEN_PLACE: lambda recipient: recipient.token,
    ID_PLACE: lambda recipient: recipient.message_id,
}
_MAY_BREAK = "(?:=\r\n)?"
_PLACES = re.compile("|".join(f"({_MAY_BREAK.join(place)})" for place in _FILLERS).encode())


def _cut(octets: bytes) -> Iterator[_Piece]:
    done = 0
    slots = tuple(_FILLERS)
    for found in _PLACES.finditer(octets):
        lines = found.group().split(_SOFT_BREAK)
        breaks, passed = [], 0
        for line in lines[:-1]:
            passed += len(line)
            breaks.append(passed)
        slot = slots[int(found.lastindex or 1) - 1]
        yield _Piece(octets[done : found.start()], slot, tuple(breaks))
        done = found.end()
    yield _Piece(octets[done:])
