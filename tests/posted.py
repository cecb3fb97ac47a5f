"""Small makers of a mailing list, a letter and a post office."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aggregator.mailing import Pace, PostOffice
from aggregator.newsletter.letter import ID_PLACE, TOKEN_PLACE
from aggregator.newsletter.subscribers import Subscriber
from aggregator.newsletter.tokens import Keys
from aggregator.smtp.lane import Relay
from aggregator.store.engine import open_engine
from aggregator.store.ledger import Ledger
from aggregator.store.mail import MailStore

NOW = datetime(2026, 11, 27, 17, tzinfo=UTC)
KEYS = Keys([b"0123456789abcdef"], "weekly")
ISSUE = "2026-W48"
DOCUMENT = (
    "From: <digest@club.example>\r\n"
    "Subject: Weekly\r\n"
    "Date: Fri, 27 Nov 2026 17:00:00 +0000\r\n"
    f"Message-ID: <{ID_PLACE}@club.example>\r\n"
    f"List-Unsubscribe: <https://club.example/u/{TOKEN_PLACE}>\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "\r\n"
    f"Hello.\r\n.\r\nLeave: https://club.example/u/{TOKEN_PLACE}\r\n"
).encode()


def mail_store(folder: Path, people: Iterable[str] = ()) -> MailStore:
    """A store with active subscribers."""
    store = MailStore(f"sqlite:///{folder / 'mail.db'}", KEYS)
    store.subscribers.add((Subscriber(address, added_at=NOW) for address in people), NOW)
    return store


def office(store: MailStore, port: int, worker: str = "w1", **more: Any) -> PostOffice:
    """A post office that speaks to a loopback server."""
    return PostOffice(
        ledger=more.pop("ledger", store.ledger),
        subscribers=store.subscribers,
        relay=Relay("127.0.0.1", port, "none", timeout=10, hello="us.example"),
        keys=KEYS,
        sender="bounce@club.example",
        clock=lambda: NOW,
        worker=worker,
        pace=more.pop("pace", Pace(connections=2)),
        **more,
    )


def hasty_ledger(folder: Path) -> Ledger:
    """A ledger whose leases are over at once."""
    return Ledger(open_engine(f"sqlite:///{folder / 'mail.db'}"), timedelta(seconds=-5))
