"""The one place where exceptions of httpx become ours."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from aggregator.errors import FetchError

# The first class that fits gives the reason; every exception of the library has one.
FAULTS: tuple[tuple[type[Exception], str, str], ...] = (
    (TimeoutError, "timeout", "did not answer in time"),
    (httpx.TimeoutException, "timeout", "did not answer in time"),
    (httpx.ConnectError, "connect", "can't be reached"),
    (httpx.NetworkError, "connection", "broke the connection off"),
    (httpx.ProtocolError, "protocol", "does not speak HTTP as it should"),
    (httpx.UnsupportedProtocol, "scheme", "is not an http(s) address"),
    (httpx.InvalidURL, "url", "is not an address"),
    (httpx.HTTPError, "http", "failed"),
    (httpx.StreamError, "http", "failed while it was read"),
    (httpx.CookieConflict, "http", "failed"),
)


@contextmanager
def translated(url: str) -> Iterator[None]:
    """Turn what httpx raises into `FetchError`s that name the address."""
    try:
        yield
    except FetchError:
        raise
    except tuple(kind for kind, _, _ in FAULTS) as error:
        reason, words = next((r, w) for kind, r, w in FAULTS if isinstance(error, kind))
        if isinstance(error.__cause__, ssl.SSLError):
            reason, words = "tls", "has a certificate or TLS that can't be trusted"
        detail = f": {error}" if str(error) else ""
        raise FetchError(reason, f"{url} {words}{detail}") from error
    except UnicodeError as error:
        raise FetchError("url", f"{url} is not an address: {error}") from error
