"""What a server's reply means for one delivery: a pure decision.

RFC 5321 section 4.2.1: 2xx done, 4xx try again, 5xx never; RFC 3463 says which of the
5xx speak of a mailbox rather than of us or of one message.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=4)
MOST_ATTEMPTS = 12
"""With `FIRST_WAIT` doubled up to `LONGEST_WAIT` about a day and a quarter, then it failed."""

_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_NOT_THE_MAILBOX = ("2.2", "3.4", "4.6", "4.7", "6", "7")
"""Enhanced codes, without class, that speak of no bad mailbox: full, too large, policy."""


class Delivery(StrEnum):
    """Where one (issue, subscriber) stands in the ledger.

    ``pending`` waits for its turn; ``claimed`` is in a sender's hands and nothing of it can
    have been delivered; ``data``: all but the final dot is out, or the dot too, and the
    reply is not noted; ``sent``: the server took it; ``failed``: it never will;
    ``withheld``: the subscriber left after the freeze; ``uncertain``: a sender was lost in
    ``data``, so that nobody can know.
    """

    PENDING = "pending"
    CLAIMED = "claimed"
    DATA = "data"
    SENT = "sent"
    FAILED = "failed"
    WITHHELD = "withheld"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Settlement:
    """What is to be written of one try.

    Args:
        state: the new state.
        note: what the server said, one line.
        wait: how long until the next try, for ``pending``.
        bad_mailbox: whether the address itself was refused for good.
    """

    state: Delivery
    note: str
    wait: timedelta = timedelta()
    bad_mailbox: bool = False


def settle(code: int, message: str, attempt: int) -> Settlement:
    """Decide what a reply means.

    Args:
        code: SMTP reply code of the command that decided, 0 when the connection was lost
            before the final dot.
        message: the reply's text.
        attempt: how many tries there have been, this one counted.
    """
    note = f"{code or 'lost'} {' '.join(message.split())}"[:300]
    if 200 <= code < 300:
        return Settlement(Delivery.SENT, note)
    if 500 <= code < 600:
        return Settlement(Delivery.FAILED, note, bad_mailbox=_speaks_of_mailbox(code, message))
    if attempt >= MOST_ATTEMPTS:
        return Settlement(Delivery.FAILED, f"{note} (given up after {attempt} tries)")
    return Settlement(Delivery.PENDING, note, wait=wait_after(attempt))


def wait_after(attempt: int) -> timedelta:
    """How long to wait after so many tries."""
    doublings: int = 2 ** min(attempt - 1, 20)
    return min(FIRST_WAIT * doublings, LONGEST_WAIT)


def is_bad_mailbox(status: str) -> bool:
    """Whether an enhanced status such as ``5.1.1`` says that the mailbox is bad for good."""
    found = _STATUS.fullmatch(status.strip())
    if not found or found[1] != "5":
        return False
    detail = f"{found[2]}.{found[3]}"
    return not any(detail == known or found[2] == known for known in _NOT_THE_MAILBOX)


def _speaks_of_mailbox(code: int, message: str) -> bool:
    found = _STATUS.search(message)
    return is_bad_mailbox(found.group()) if found else code in (550, 551, 553)
