"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1)."""

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from aggregator.errors import ParseError
from aggregator.feeds.clean import legal_text
from aggregator.feeds.dates import read_date
from aggregator.feeds.fields import address_of, name_of
from aggregator.models import Entry, FeedInfo, Media, ParsedFeed

_VERSION = "https://jsonfeed.org/version/1"
_MOST_ENTRIES = 2_000
_MOST_CHARACTERS = 500_000


def read(text: str, url: str) -> ParsedFeed:
    """Read a JSON Feed.

    Args:
        text: the document.
        url: where it came from; relative links are resolved against it.

    Raises:
        ParseError: it is no JSON, or no JSON Feed.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ParseError("not-a-feed", f"the JSON can't be read: {error}") from None
    if not isinstance(document, dict) or not str(document.get("version", "")).startswith(_VERSION):
        raise ParseError("not-a-feed", "this JSON is no JSON Feed: it has no version of one")
    items = document.get("items")
    hubs = document.get("hubs")
    hub = hubs[0] if isinstance(hubs, list) and hubs and isinstance(hubs[0], dict) else {}
    info = FeedInfo(
        title=name_of(document.get("title")),
        link=address_of(document.get("home_page_url"), url),
        format="json11" if str(document["version"]).endswith("1.1") else "json10",
        language=name_of(document.get("language")),
        hub=address_of(hub.get("url"), url),
        own_address=address_of(document.get("feed_url"), url),
    )
    found = items[:_MOST_ENTRIES] if isinstance(items, list) else []
    entries = (_entry(item, info, url) for item in found if isinstance(item, dict))
    return ParsedFeed(info, tuple(entries))


def _entry(item: Mapping[str, Any], info: FeedInfo, url: str) -> Entry:
    text = str(item.get("content_text") or "")[:_MOST_CHARACTERS]
    html = str(item.get("content_html") or "")[:_MOST_CHARACTERS]
    tags = item.get("tags")
    return Entry(
        id=name_of(item.get("id")),
        title=name_of(item.get("title")),
        link=address_of(item.get("url") or item.get("external_url"), url),
        html=legal_text(html or _paragraphs(text)),
        text=legal_text(text),
        summary=legal_text(escape(str(item.get("summary") or ""))),
        author=_author(item),
        tags=tuple(filter(None, map(name_of, tags[:200]))) if isinstance(tags, list) else (),
        language=name_of(item.get("language")) or info.language,
        published=read_date(str(item.get("date_published") or "")),
        updated=read_date(str(item.get("date_modified") or "")),
        media=tuple(_media(item, url)),
    )


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n") if part.strip())


def _author(item: Mapping[str, Any]) -> str:
    authors = item.get("authors")
    first = authors[0] if isinstance(authors, list) and authors else item.get("author")
    return name_of(first.get("name")) if isinstance(first, dict) else ""


def _media(item: Mapping[str, Any], url: str) -> Iterator[Media]:
    image = address_of(item.get("image"), url)
    attachments = item.get("attachments")
    for attachment in attachments[:50] if isinstance(attachments, list) else []:
        if isinstance(attachment, dict) and (address := address_of(attachment.get("url"), url)):
            seconds = attachment.get("duration_in_seconds")
            yield Media(
                address,
                name_of(attachment.get("mime_type")),
                name_of(attachment.get("title")),
                image,
                int(seconds) if isinstance(seconds, int | float) and 0 <= seconds < 1e6 else None,
            )
    if image and not attachments:
        yield Media("", thumbnail=image)
