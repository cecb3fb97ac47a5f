"""Which feeds a web page has: those it names, and the places where feeds usually are."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

from aggregator.feeds.fields import address_of

# What `<link rel="alternate">` calls a feed (RSS Autodiscovery; JSON Feed 1.1, Discovery).
_TYPES = frozenset(
    (
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "application/json",
        "application/xml",
        "text/xml",
    )
)
_SOUGHT = (
    "feed",
    "feed/",
    "rss",
    "rss.xml",
    "atom.xml",
    "feed.xml",
    "index.xml",
    "feed.json",
    "feeds/posts/default",
)
_CHANNEL = re.compile(r"youtube\.com/channel/(UC[\w-]{22})(?:[/?#]|$)")
_CHANNEL_IN_PAGE = re.compile(r'"(?:externalId|channelId)":"(UC[\w-]{22})"')
_LOOKED_AT = 1_000_000
_MOST = 20


def named_feeds(page: str, url: str) -> list[str]:
    """Addresses of the feeds that a page names, in its order, each once.

    Args:
        page: its HTML.
        url: where it came from.
    """
    found = [*_channel(page, url), *_alternates(page[:_LOOKED_AT], url)]
    comments = [address for address in found if "comment" in address.lower()]
    # WordPress names the feed of comments too, which nobody wants first.
    return list(dict.fromkeys([*(a for a in found if a not in comments), *comments]))[:_MOST]


def usual_places(url: str) -> list[str]:
    """Where the feed of a page that names none usually is: below it, then below its site."""
    parts = urlsplit(url)
    folder = url.partition("?")[0].partition("#")[0]
    below = folder if folder.endswith("/") else f"{folder}/"
    site = f"{parts.scheme}://{parts.netloc}/"
    return list(dict.fromkeys(urljoin(base, path) for base in (below, site) for path in _SOUGHT))


def _alternates(page: str, url: str) -> Iterator[str]:
    try:
        tree = html.document_fromstring(page.encode("utf-8", "replace"), _parser())
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return
    bases = [address for base in tree.iter("base") if (address := base.get("href"))]
    where = address_of(bases[0], url) or url if bases else url
    for link in tree.iter("link"):
        rels = (link.get("rel") or "").lower().split()
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        if "alternate" in rels and kind in _TYPES and (at := address_of(link.get("href"), where)):
            yield at


def _parser() -> html.HTMLParser:
    return html.HTMLParser(encoding="utf-8", no_network=True)


def _channel(page: str, url: str) -> Iterator[str]:
    """The feed of a YouTube channel, which its page does not always name."""
    host = _host(url)
    if host.removeprefix("www.").removeprefix("m.") != "youtube.com":
        return
    found = _CHANNEL.search(url) or _CHANNEL_IN_PAGE.search(page)
    if found:
        yield f"https://www.youtube.com/feeds/videos.xml?channel_id={found[1]}"


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
