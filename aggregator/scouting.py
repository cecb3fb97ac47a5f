"""The story of finding feeds: ask an address, and tell what is there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.errors import FeedError, FetchError
from aggregator.feeds.decoding import decode
from aggregator.feeds.discovery import named_feeds, usual_places
from aggregator.feeds.parse import parse_feed
from aggregator.web.client import Download, Request, WebClient, WebSettings, host_of


@dataclass(frozen=True, slots=True)
class Found:
    """What is at an address.

    Args:
        url: the address.
        title, format: of the feed; empty when there is none.
        entries: how many it holds.
        newest: when its latest entry was published.
        problems: its oddities.
        error: why it can't be read, empty when it can.
    """

    url: str
    title: str = ""
    format: str = ""
    entries: int = 0
    newest: datetime | None = None
    problems: tuple[str, ...] = ()
    error: str = ""


async def discover(settings: WebSettings, url: str) -> list[Found]:
    """Find the feeds of a page: the address itself, else those it names, else the first one
    where feeds usually are.

    Raises:
        FetchError: the page can't be had.
    """
    async with WebClient(settings) as web:
        page = await web.get(url)
        itself = _read(url, page)
        if not itself.error:
            return [itself]
        text, _ = decode(page.body, page.content_type.partition("charset=")[2])
        named = [await _examine(web, at) for at in named_feeds(text, page.final_url)]
        if found := [item for item in named if not item.error]:
            return found
        for at in usual_places(page.final_url):
            if not (found_there := await _examine(web, at)).error:
                return [found_there]
        return []


async def examine_all(
    settings: WebSettings, addresses: Mapping[str, str], step: Callable[[str], None]
) -> list[Found]:
    """Tell what is at many addresses, in their order.

    Args:
        settings: how to ask.
        addresses: where to ask, by the address to tell.
        step: called after each.
    """
    by_host: dict[str, list[Request]] = {}
    for url, address in addresses.items():
        by_host.setdefault(host_of(address), []).append(Request(address, key=url))
    found: dict[str, Found] = {}
    async with WebClient(settings) as web:
        async for batch in web.get_all(by_host.values()):
            for request, answer in batch:
                told = _read(request.key, answer)
                found[request.key] = _without(told, request.url)
                step(request.key)
    return [found[url] for url in addresses]


async def _examine(web: WebClient, url: str) -> Found:
    try:
        return _read(url, await web.get(url))
    except FetchError as error:
        return Found(url, error=str(error))


def _read(url: str, answer: Download | FetchError) -> Found:
    try:
        if isinstance(answer, FetchError):
            raise answer
        parsed = parse_feed(answer.body, url=answer.final_url, content_type=answer.content_type)
    except FeedError as error:
        return Found(url, error=str(error))
    dates = [entry.published for entry in parsed.entries if entry.published]
    return Found(
        url,
        parsed.feed.title,
        parsed.feed.format,
        len(parsed.entries),
        max(dates, default=None),
        tuple(f"{p.where}: {p.what}".lstrip(": ") for p in parsed.problems),
    )


def _without(found: Found, secret: str) -> Found:
    """What is told never names an address with a secret in it."""
    if secret == found.url:
        return found
    return replace(found, error=found.error.replace(secret, found.url))
