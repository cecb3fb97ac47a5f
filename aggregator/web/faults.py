"""The one place where exceptions of httpx and httpcore become ours."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import httpcore
import httpx

from aggregator.errors import FetchError

# The first class that fits gives the reason; every exception of both libraries has one.
FAULTS: tuple[tuple[type[Exception], str, str], ...] = (
    (TimeoutError, "timeout", "did not answer in time"),
    (httpcore.TimeoutException, "timeout", "did not answer in time"),
    (httpx.TimeoutException, "timeout", "did not answer in time"),
    (httpcore.ConnectError, "connect", "can't be reached"),
    (httpx.ConnectError, "connect", "can't be reached"),
    (httpcore.NetworkError, "connection", "broke the connection off"),
    (httpx.NetworkError, "connection", "broke the connection off"),
    (httpcore.ProtocolError, "protocol", "does not speak HTTP as it should"),
    (httpx.ProtocolError, "protocol", "does not speak HTTP as it should"),
    (httpcore.UnsupportedProtocol, "scheme", "is not an http(s) address"),
    (httpx.UnsupportedProtocol, "scheme", "is not an http(s) address"),
    (httpx.InvalidURL, "url", "is not an address"),
    (httpcore.ProxyError, "proxy", "failed behind a proxy"),
    (httpcore.ConnectionNotAvailable, "connection", "had no connection left"),
    (httpx.HTTPError, "http", "failed"),
    (httpx.StreamError, "http", "failed while it was read"),
    (httpx.CookieConflict, "http", "failed"),
)


@contextmanager
def translated(url: str) -> Iterator[None]:
    """Turn what httpx and httpcore raise into `FetchError`s that name the address."""
    try:
        yield
    except FetchError:
        raise
    except tuple(kind for kind, _, _ in FAULTS) as error:
        reason, words = next((r, w) for kind, r, w in FAULTS if isinstance(error, kind))
        if isinstance(error.__context__, ssl.SSLError) or isinstance(error, ssl.SSLError):
            reason, words = "tls", "has a certificate or TLS that can't be trusted"
        detail = f": {error}" if str(error) else ""
        raise FetchError(reason, f"{url} {words}{detail}") from error
    except UnicodeError as error:
        raise FetchError("url", f"{url} is not an address: {error}") from error
