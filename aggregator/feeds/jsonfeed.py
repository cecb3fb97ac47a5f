"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1)."""

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from aggregator.errors import ParseError
from aggregator.feeds.dates import read_date
from aggregator.feeds.fields import MOST_CHARACTERS, MOST_ENTRIES, address_of, legal_text, name_of
from aggregator.models import Entry, FeedInfo, Media, ParsedFeed

_VERSION = "https://jsonfeed.org/version/1"


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
        title=name_of(_text(document, "title")),
        link=address_of(_text(document, "home_page_url"), url),
        format="json11" if str(document["version"]).endswith("1.1") else "json10",
        language=name_of(_text(document, "language")),
        hub=address_of(_text(hub, "url"), url),
        own_address=address_of(_text(document, "feed_url"), url),
    )
    found = items[:MOST_ENTRIES] if isinstance(items, list) else []
    entries = (_entry(item, info, url) for item in found if isinstance(item, dict))
    return ParsedFeed(info, tuple(entries))


def _entry(item: Mapping[str, Any], info: FeedInfo, url: str) -> Entry:
    text = _text(item, "content_text")
    html = _text(item, "content_html")
    tags = item.get("tags")
    return Entry(
        id=name_of(_text(item, "id")),
        title=name_of(_text(item, "title")),
        link=address_of(_text(item, "url") or _text(item, "external_url"), url),
        html=legal_text(html or _paragraphs(text)),
        text=legal_text(text),
        summary=legal_text(escape(_text(item, "summary"))),
        author=_author(item),
        tags=tuple(name_of(tag) for tag in tags[:200] if isinstance(tag, str) and tag.strip())
        if isinstance(tags, list)
        else (),
        language=name_of(_text(item, "language")) or info.language,
        published=read_date(_text(item, "date_published")),
        updated=read_date(_text(item, "date_modified")),
        media=tuple(_media(item, url)),
    )


def _text(value: Mapping[str, Any], key: str) -> str:
    """A string, or a number as one: ids may be numbers (JSON Feed 1.1, section Items)."""
    found = value.get(key)
    sound = isinstance(found, str | int | float) and not isinstance(found, bool)
    return str(found)[:MOST_CHARACTERS] if sound else ""


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n") if part.strip())


def _author(item: Mapping[str, Any]) -> str:
    authors = item.get("authors")
    first = authors[0] if isinstance(authors, list) and authors else item.get("author")
    return name_of(_text(first, "name")) if isinstance(first, dict) else ""


def _media(item: Mapping[str, Any], url: str) -> Iterator[Media]:
    image = address_of(_text(item, "image"), url)
    attachments = item.get("attachments")
    for attachment in attachments[:50] if isinstance(attachments, list) else []:
        if isinstance(attachment, dict) and (address := address_of(_text(attachment, "url"), url)):
            seconds = attachment.get("duration_in_seconds")
            yield Media(
                address,
                name_of(_text(attachment, "mime_type")),
                name_of(_text(attachment, "title")),
                image,
                int(seconds) if isinstance(seconds, int | float) and 0 <= seconds < 1e6 else None,
            )
    if image and not attachments:
        yield Media("", thumbnail=image)
