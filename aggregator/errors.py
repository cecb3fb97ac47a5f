"""What can go wrong, as one small tree.

::

    AggregatorError
    ├── ConfigError            feeds.yaml or a command's argument is wrong (exit 2)
    ├── FeedError              one feed failed; the others go on
    │   ├── FetchError         the network or the server said no
    │   │   ├── FeedGone       410: the publisher took the feed away
    │   │   ├── HostRests      nothing was sent: the host asked to be left alone
    │   │   └── AddressRefused the address is not a public one
    │   └── ParseError         what came is no feed
    ├── NothingToDo            there is nothing to work on (exit 1)
    ├── StoreError             the database can't be used
    └── DeliveryError          a message was not accepted

A 304 is a value, not an error. A foreign library's exceptions are translated at
the one room that uses it.
"""

from pathlib import Path


class AggregatorError(Exception):
    """Base of every error this program raises on purpose."""


class ConfigError(AggregatorError):
    """The configuration is wrong; nothing was touched.

    Args:
        message: what is wrong.
        path: the file, if it comes from one.
        line: 1-based line in that file.
        key: dotted name of the setting, such as ``feeds.2.url``.
        cure: what to do about it.
    """

    def __init__(
        self,
        message: str,
        *,
        path: Path | None = None,
        line: int | None = None,
        key: str | None = None,
        cure: str | None = None,
    ) -> None:
        self.message, self.path, self.line, self.key, self.cure = message, path, line, key, cure
        place = ":".join(str(part) for part in (path, line) if part is not None)
        named = f"{key}: {message}" if key else message
        text = f"{place}: {named}" if place else named
        super().__init__(f"{text} ({cure})" if cure else text)


class NothingToDo(AggregatorError):
    """There is nothing to work on, such as no feed to poll or no post to publish."""


class FeedError(AggregatorError):
    """One feed could not be read."""


class FetchError(FeedError):
    """The network or the server said no.

    Args:
        reason: a short stable code, such as ``timeout``, ``dns``, ``http-404``, ``too-large``.
        message: the same in words, with what to do where there is something to do.
        status: the HTTP status, if an answer came.
        retry_after: seconds the server asked to wait, if it did.

    Attributes:
        resting_host: the host that is to be left alone for so long, empty when it is only
            about this feed.
    """

    def __init__(
        self,
        reason: str,
        message: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.reason, self.status, self.retry_after = reason, status, retry_after
        self.resting_host = ""
        super().__init__(message)


class FeedGone(FetchError):
    """The server answered 410: the publisher took the feed away on purpose."""


class HostRests(FetchError):
    """Nothing was sent, because the host had asked to be left alone; no fault of the feed's."""


class AddressRefused(FetchError):
    """The name leads to an address that is not on the public internet."""


class ParseError(FeedError):
    """What came is no feed.

    Args:
        reason: a short stable code, such as ``html``, ``empty``, ``not-a-feed``.
        message: the same in words.
    """

    def __init__(self, reason: str, message: str) -> None:
        self.reason = reason
        super().__init__(message)


class StoreError(AggregatorError):
    """The database can't be used as it is."""


class DeliveryError(AggregatorError):
    """A message was not accepted.

    Args:
        message: what the server said.
        permanent: True for a 5xx answer, False where trying again may help.
    """

    def __init__(self, message: str, *, permanent: bool) -> None:
        self.permanent = permanent
        super().__init__(message)
