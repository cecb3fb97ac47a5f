"""The mailing list's side of the store, on connections that wait for the disk."""

from typing import Self

from aggregator.newsletter.tokens import Keys
from aggregator.store.engine import open_engine
from aggregator.store.ledger import Ledger
from aggregator.store.subscribers import SubscriberTable


class MailStore:
    """Who reads the digest, and what was sent to whom.

    Attributes:
        subscribers: the list.
        ledger: the mailings.
    """

    def __init__(self, url: str, keys: Keys) -> None:
        self._engine = open_engine(url, durable=True)
        self.subscribers = SubscriberTable(self._engine, keys.digest)
        self.ledger = Ledger(self._engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()
