"""The guarded HTTP client that everything which needs the network goes through.

It keeps its promises towards us (nothing private is reached, nothing is read without
bound, nothing hangs) and towards publishers (one connection a host, pauses, an honest
name).
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpx

from aggregator.errors import FeedGone, FetchError, HostRests
from aggregator.web.addresses import networks
from aggregator.web.bodies import read_body
from aggregator.web.crowd import Crowd
from aggregator.web.faults import translated
from aggregator.web.guard import Guard
from aggregator.web.hints import NO_HINTS, Hints, read_hints, retry_after
from aggregator.web.transport import CurlTransport

_REDIRECTS = {301: True, 302: False, 303: False, 307: False, 308: True}
_HEADER_LIMIT = 1_000
# Hosts with a known rate of their own: seconds between two requests.
_STRICT_HOSTS = {"reddit.com": 60.0}
# Seconds to leave a host alone that says "too many" without saying for how long.
_USUAL_REST = 600.0
_LONGEST_REST = 2 * 86_400.0
_CONDITIONS = frozenset(("if-none-match", "if-modified-since"))
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WebSettings:
    """How the client behaves.

    Args:
        user_agent: who asks, with a contact.
        allow_networks: networks in CIDR notation that may be reached though not public.
        connect_timeout: seconds to connect.
        deadline: seconds for one whole request, redirects included.
        max_bytes: largest body, decoded; and, before that, as sent.
        concurrency: hosts asked at once.
        host_pause: seconds between two requests to one host.
        max_redirects: hops at the most.
    """

    user_agent: str
    allow_networks: tuple[str, ...] = ()
    connect_timeout: float = 5.0
    deadline: float = 20.0
    max_bytes: int = 10_000_000
    concurrency: int = 64
    host_pause: float = 1.0
    max_redirects: int = 5


@dataclass(frozen=True, slots=True)
class Request:
    """One address to fetch; `key` is the caller's handle for it."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    key: str = ""


@dataclass(frozen=True, slots=True)
class Download:
    """An answer: 200 with its body, or 304 without.

    Args:
        url: what was asked for.
        final_url: where the answer came from.
        permanent_url: where permanent redirects (301, 308) led, before any temporary one.
        downgraded: whether a redirect led from https to http.
        status: 200 or 304.
        body: decoded; empty for a 304.
        content_type: the header, verbatim.
        etag, last_modified: the validators, verbatim, empty when there are none.
        hints: what the answer says about asking again.
    """

    url: str
    final_url: str
    permanent_url: str
    status: int
    downgraded: bool = False
    body: bytes = b""
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    hints: Hints = NO_HINTS


class WebClient:
    """Fetches politely and safely; use it as an async context manager."""

    def __init__(self, settings: WebSettings) -> None:
        self._settings = settings
        self._client = _Forgetful(
            transport=CurlTransport(
                Guard(networks(settings.allow_networks)),
                connections=settings.concurrency,
                connect_timeout=settings.connect_timeout,
                max_bytes=settings.max_bytes,
            ),
            headers={"User-Agent": settings.user_agent, "Accept-Encoding": "gzip"},
            timeout=httpx.Timeout(settings.deadline, connect=settings.connect_timeout),
            follow_redirects=False,
            event_hooks={"response": [_take_location]},
            trust_env=False,
        )
        self._turns: dict[str, _Turn] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def get(self, url: str, headers: Mapping[str, str] | None = None) -> Download:
        """Fetch one address.

        Args:
            url: http or https.
            headers: conditions to send along.

        Returns:
            The answer: 200 with its body, or 304.

        Raises:
            FetchError: anything else, with a stable reason and words for people.
            FeedGone: the answer was 410.
            AddressRefused: the address is none that may be reached.
        """
        asked, permanent, still_permanent, left = url, url, True, self._settings.deadline
        downgraded = False
        sent = _sound(headers or {})
        seen = {url}
        for _ in range(self._settings.max_redirects + 1):
            answer, left = await self._exchange(asked, sent, left)
            if isinstance(answer, Download):
                return replace(answer, url=url, permanent_url=permanent, downgraded=downgraded)
            status, target = answer
            still_permanent = still_permanent and _REDIRECTS[status]
            permanent = target if still_permanent else permanent
            downgraded = downgraded or (asked[:6], target[:5]) == ("https:", "http:")
            if target in seen:
                raise FetchError("redirect-loop", f"{url} redirects in a circle", status=status)
            seen.add(target)
            if _origin(target) != _origin(asked):
                sent = {name: text for name, text in sent.items() if name.lower() in _CONDITIONS}
            asked = target
        raise FetchError(
            "redirects", f"{url} redirects more than {self._settings.max_redirects} times"
        )

    async def get_all(
        self, groups: Iterable[Sequence[Request]]
    ) -> AsyncGenerator[Sequence[tuple[Request, Download | FetchError]], None]:
        """Fetch many addresses, `WebSettings.concurrency` groups at once.

        Args:
            groups: requests to one host each; taken when there is room for them.

        Yields:
            Requests with their answers or errors, in batches as they come. Once a host has
            asked to wait (429, 503 with Retry-After), its other requests are not sent but
            get `HostRests`.
        """
        crowd = Crowd(groups, self._answer, self._settings.concurrency)
        async with aclosing(crowd.batches()) as batches:
            async for batch in batches:
                yield batch

    async def _answer(self, request: Request) -> Download | FetchError:
        try:
            return await self.get(request.url, request.headers)
        except FetchError as error:
            return error

    async def _exchange(
        self, url: str, headers: Mapping[str, str], left: float
    ) -> tuple[Download | tuple[int, str], float]:
        """One request; gives the answer or a redirect's status and target, and the time left."""
        clock, host = asyncio.get_running_loop(), host_of(url)
        async with self._turn(host) as turn:
            if turn.closed_until > clock.time():
                raise _closed(url, turn, turn.closed_until - clock.time())
            started = clock.time()
            try:
                with translated(url):
                    async with asyncio.timeout(left):
                        answer = await self._send(url, headers)
            except FetchError as error:
                if (wait := _asked_to_wait(error, host)) is not None:
                    error.resting_host, error.retry_after = host, wait
                    turn.closed_by, turn.closed_until = error, clock.time() + wait
                raise
            return answer, left - (clock.time() - started)

    async def _send(self, url: str, headers: Mapping[str, str]) -> Download | tuple[int, str]:
        request = self._client.build_request("GET", url, headers=headers)
        if request.url.scheme not in ("http", "https"):
            raise FetchError("scheme", f"{url} is not an http(s) address")
        answer = await self._client.send(request, stream=True)
        try:
            _log.debug("%s from %s", answer.status_code, request.url.host)
            if answer.status_code in _REDIRECTS:
                return answer.status_code, _target(url, answer)
            if answer.status_code == 304 and not _CONDITIONS.isdisjoint(request.headers):
                return _download(url, answer, b"")
            if answer.status_code != 200:
                raise _refusal(url, answer)
            return _download(url, answer, await read_body(answer, self._settings.max_bytes))
        finally:
            await answer.aclose()

    @asynccontextmanager
    async def _turn(self, host: str) -> AsyncIterator["_Turn"]:
        """Wait until it's our turn at a host: one connection, and a pause in between."""
        turn = self._turns.setdefault(host, _Turn())
        pause = max(self._settings.host_pause, own_pause(host))
        clock = asyncio.get_running_loop()
        async with turn.lock:
            closed = turn.closed_until > clock.time()
            if (
                not closed
                and turn.ended is not None
                and (rest := turn.ended + pause - clock.time()) > 0
            ):
                await asyncio.sleep(rest)
            try:
                yield turn
            finally:
                turn.ended = clock.time()


class _NoCookies(httpx.Cookies):
    def extract_cookies(self, response: httpx.Response) -> None:
        """Look for none; looking costs a sixth of a poll."""


class _Forgetful(httpx.AsyncClient):
    """Keeps no cookies."""

    @property
    def cookies(self) -> httpx.Cookies:
        """None, whatever servers set."""
        return _NoCookies()

    @cookies.setter
    def cookies(self, cookies: object) -> None:
        """Refuse: there is nothing to keep them for."""
        raise AttributeError("this client keeps no cookies")


@dataclass(slots=True)
class _Turn:
    """Whose turn it is at one host, when the last one ended, and until when it wants none."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    ended: float | None = None
    closed_until: float = 0.0
    closed_by: FetchError | None = None


def own_pause(host: str) -> float:
    """Seconds that a host with a known rate of its own wants between two requests, else 0."""
    return _STRICT_HOSTS.get(host, 0.0)


@lru_cache(10_000)
def host_of(url: str) -> str:
    """Whom a request is addressed to; all names of a strict host are one."""
    try:
        name = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""
    return next((h for h in _STRICT_HOSTS if name == h or name.endswith(f".{h}")), name)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.rpartition("@")[2].lower()


def _asked_to_wait(error: FetchError, host: str) -> float | None:
    """Seconds that a host is left alone after an error, None when it may be asked on."""
    wait = error.retry_after if error.status in (429, 503) else None
    if error.status == 429 or (error.status == 403 and host in _STRICT_HOSTS):
        wait = wait or _USUAL_REST
    return None if wait is None else min(wait, _LONGEST_REST)


def _closed(url: str, turn: _Turn, rest: float) -> HostRests:
    error = turn.closed_by
    status = error.status if error else None
    return HostRests(
        error.reason if error else "http-429",
        f"{url} was not asked: its host answered {status} and wants to be left alone",
        status=status,
        retry_after=rest,
    )


def _sound(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers without those a stored value could break out of."""
    return {
        name: value
        for name, value in headers.items()
        if value.isprintable() and value.isascii() and len(value) < _HEADER_LIMIT
    }


async def _take_location(answer: httpx.Response) -> None:
    """Keep where a redirect leads from httpx, which reads it even if it is not to follow."""
    answer.extensions["location"] = answer.headers.pop("location", "")


def _target(url: str, answer: httpx.Response) -> str:
    location = str(answer.extensions["location"])
    try:
        target = urljoin(url, location).partition("#")[0]
        sound = urlsplit(target).scheme in ("http", "https") and urlsplit(target).hostname
    except ValueError:
        sound = None
    if not location or not sound:
        raise FetchError(
            "redirect", f"{url} redirects to {location[:200]!r}", status=answer.status_code
        )
    return target


def _refusal(url: str, answer: httpx.Response) -> FetchError:
    status = answer.status_code
    message = f"{url} answers {status} {answer.reason_phrase}".rstrip()
    if status == 410:
        return FeedGone("http-410", f"{message}: the publisher took it away", status=status)
    wait = retry_after(answer.headers.get("retry-after", "")) if status in (429, 503) else None
    if status == 304:
        message = f"{url} says nothing changed since a copy that we don't have (304)"
    return FetchError(f"http-{status}", message, status=status, retry_after=wait)


def _plain(answer: httpx.Response) -> dict[str, str]:
    """The headers by name in small letters; httpx's own map is searched from end to end."""
    return {
        name.decode("latin-1").lower(): text.decode("latin-1") for name, text in answer.headers.raw
    }


def _download(url: str, answer: httpx.Response, body: bytes) -> Download:
    headers = _plain(answer)
    return Download(
        url=url,
        final_url=url,
        permanent_url=url,
        status=answer.status_code,
        body=body,
        content_type=headers.get("content-type", "")[:_HEADER_LIMIT],
        etag=headers.get("etag", "")[:_HEADER_LIMIT],
        last_modified=headers.get("last-modified", "")[:_HEADER_LIMIT],
        hints=read_hints(headers),
    )
