"""Reading a feed document: RSS, RDF, Atom through feedparser, JSON Feed by ourselves.

feedparser is given a file object, never bytes or text: of those it would open a path
or fetch an address it finds in them. It neither sanitises nor resolves addresses here;
`aggregator.feeds.clean` does, where something is published.
"""

import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from html import unescape
from typing import Any

from aggregator.errors import ParseError
from aggregator.feeds import jsonfeed
from aggregator.feeds.clean import legal_text, plain_text
from aggregator.feeds.dates import moment, odd_date, read_date
from aggregator.feeds.decoding import decode, start_of_root, undoubled
from aggregator.feeds.fields import (
    LONGEST_NAME,
    MOST_CHARACTERS,
    MOST_ENTRIES,
    address_of,
    name_of,
    rebased,
    skipped_days,
    skipped_hours,
    whole_number,
)
from aggregator.models import Entry, FeedInfo, Media, ParsedFeed, Problem

_ROOTS = re.compile(r"<(?:[a-z0-9_-]{1,20}:)?(?:rss|feed|rdf|channel)(?=[\s>])", re.IGNORECASE)
_HTML = re.compile(r"<!doctype html|<html(?=[\s>])", re.IGNORECASE)
_ALTERNATE = re.compile(
    r"<link\s(?=[^<>]{0,1000}application/(?:rss\+xml|atom\+xml|feed\+json))[^<>]{0,1000}>", re.I
)
_HREF = re.compile(r"\shref\s?=\s?[\"']([^\"'<>]{1,1000})", re.I)
_LOOKED_AT = 20_000
_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,2000}>")
_ENTITY = re.compile(r"&(?:amp;)?(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,10});")
_PERIODS = {"hourly": 60, "daily": 1440, "weekly": 10080, "monthly": 43200, "yearly": 525600}
_VERSIONS = {"rss": "rss20"}


def parse_feed(body: bytes, *, url: str = "", content_type: str = "") -> ParsedFeed:
    """Read a feed document.

    Args:
        body: the document as it came, decompressed.
        url: where it came from; relative links are resolved against it.
        content_type: the Content-Type header.

    Returns:
        The feed and its entries in document order, each id once; oddities as problems.

    Raises:
        ParseError: it is empty, HTML, or no feed.
    """
    charset = content_type.partition("charset=")[2].partition(";")[0]
    text, problem = decode(body, charset)
    text = undoubled(legal_text(text.lstrip("\ufeff \t\r\n\x00")))
    problems = [Problem(problem)] if problem else []
    if text.startswith("{"):
        return _settled(jsonfeed.read(text, url), problems)
    return _settled(_read_xml(text[_start_of_feed(text, url) :], url), problems)


def _start_of_feed(text: str, url: str) -> int:
    """Where the feed's root element starts, be it behind junk such as a PHP warning."""
    if not text.strip():
        raise ParseError("empty", "the document is empty")
    root = start_of_root(text)
    if _ROOTS.match(text, root):
        return root
    start = text[root : root + _LOOKED_AT]
    feed, page = _ROOTS.search(start), _HTML.search(text[:_LOOKED_AT])
    if page:
        hint = _feed_named_in(text, url)
        raise ParseError("html", f"this is a web page, not a feed{hint}")
    if feed:
        return root + feed.start()
    raise ParseError("not-a-feed", f"this is no feed; it begins with {text[:40]!r}")


def _feed_named_in(page: str, url: str) -> str:
    for link in _ALTERNATE.findall(page[:200_000]):
        if address := _HREF.search(link):
            return f"; the page names its feed: {address_of(unescape(address[1]), url)}"
    return ""


def _read_xml(text: str, url: str) -> ParsedFeed:
    import feedparser  # noqa: PLC0415 - slow to import

    from aggregator.feeds.mending import mended  # noqa: PLC0415 - so is lxml

    sound, faults = mended(text, url)
    try:
        parsed = feedparser.parse(
            io.BytesIO(sound),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # feedparser lets many kinds through on hostile input
        raise ParseError("not-a-feed", f"the document can't be read: {error}") from error
    if not parsed.get("version") and not parsed.entries:
        raise ParseError("not-a-feed", "this XML is no feed")
    info = replace(
        _info(parsed, url), skip_hours=_skipped(text, "hour"), skip_days=_skipped(text, "day")
    )
    if parsed.get("bozo"):
        faults.append(f"is odd: {parsed.get('bozo_exception')}"[:300])
    entries = tuple(_entry(item, info, url) for item in parsed.entries[:MOST_ENTRIES])
    return ParsedFeed(info, entries, tuple(Problem(fault) for fault in faults))


def _info(parsed: Any, url: str) -> FeedInfo:
    feed = parsed.feed
    links = feed.get("links", [])
    return FeedInfo(
        title=_plain(feed.get("title_detail")),
        link=address_of(feed.get("link"), url),
        format=_VERSIONS.get(parsed.version, parsed.version),
        language=name_of(feed.get("language", "")),
        hub=address_of(_link(links, "hub"), url),
        own_address=address_of(_link(links, "self"), url),
        ttl=_ttl(feed),
    )


def _ttl(feed: Any) -> int | None:
    if (stated := whole_number(str(feed.get("ttl", "")), 9_999_999)) is not None:
        return stated
    period = _PERIODS.get(str(feed.get("sy_updateperiod", "")).strip().lower())
    frequency = whole_number(str(feed.get("sy_updatefrequency", "1")), 9_999)
    return max(1, int(period) // frequency) if period and frequency else None


def _skipped(text: str, unit: str) -> tuple[int, ...]:
    """Hours or days in which RSS asks not to be polled; 24 is midnight in RSS 0.91."""
    block = re.search(rf"<skip{unit}s>(.{{0,3000}}?)</skip{unit}s>", text, re.DOTALL | re.I)
    said = re.findall(rf"<{unit}>\s*(\w{{1,9}})\s*</{unit}>", block[1] if block else "", re.I)
    return skipped_hours(said) if unit == "hour" else skipped_days(said)


def _link(links: Iterable[Any], rel: str) -> str:
    return next((str(link.get("href", "")) for link in links if link.get("rel") == rel), "")


def _entry(item: Any, info: FeedInfo, url: str) -> Entry:
    contents = [part for part in item.get("content", []) if part.get("value")]
    html = max((_markup(part) for part in contents), key=len, default="")
    summary = _markup({**item.get("summary_detail", {}), "value": item.get("summary", "")})
    if not html:
        html, summary = summary, ""
    link = _own_link(item, url)
    return Entry(
        id=name_of(item.get("id", "")),
        title=_plain(item.get("title_detail")) or name_of(item.get("itunes_title")),
        link=link,
        html=html,
        summary=summary if summary != html else "",
        author=name_of(item.get("author", "")),
        tags=_tags(item),
        language=name_of((contents[0].get("language") if contents else "") or info.language or ""),
        published=_when(item, "published", "created", "updated"),
        updated=_when(item, "updated"),
        media=tuple(dict.fromkeys(_media(item, url))),
    )


def _tags(item: Any) -> tuple[str, ...]:
    names = (
        name_of(tag.get("label") or tag.get("term") or "") for tag in item.get("tags", [])[:200]
    )
    return tuple(dict.fromkeys(name for name in names if name))


def _markup(detail: Mapping[str, Any]) -> str:
    value = legal_text(str(detail.get("value") or "")[:MOST_CHARACTERS])
    if detail.get("type") == "text/plain":
        return value
    base = str(detail.get("base") or "")
    return rebased(value, base) if base else value


def _own_link(item: Any, url: str) -> str:
    """The entry's page; an id is one only where it is an address (RSS 2.0, guid)."""
    stated = str(item.get("feedburner_origlink") or item.get("link") or "")
    is_id = bool(item.get("guidislink")) and stated == item.get("id")
    return address_of(stated, "" if is_id else url)


def _when(item: Any, *fields: str) -> datetime | None:
    """The first of the fields that is a date: feedparser makes `updated` up where it is missing."""
    for field in fields:
        if field not in item:
            continue
        if found := read_date(str(item[field])) or moment(item.get(f"{field}_parsed")):
            return found
    return None


def _media(item: Any, url: str) -> Iterator[Media]:
    thumbnails = [str(still.get("url", "")) for still in item.get("media_thumbnail", [])]
    still = address_of(thumbnails[0], url) if thumbnails else ""
    player = item.get("media_player") or {}
    players = [player] if isinstance(player, dict) else list(player)
    stated = [
        *((p.get("url"), "text/html", "") for p in players),
        *((m.get("url"), m.get("type"), m.get("duration")) for m in item.get("media_content", [])),
        *((e.get("href"), e.get("type"), "") for e in item.get("enclosures", [])),
    ]
    found = [
        Media(whole, name_of(kind or ""), "", still, whole_number(str(duration or ""), 999_999))
        for address, kind, duration in stated[:50]
        if (whole := address_of(address, url))
    ]
    yield from found
    if still and not found:
        yield Media("", thumbnail=still)


def _settled(feed: ParsedFeed, problems: list[Problem]) -> ParsedFeed:
    """Give every entry an id of its own, saying so where the feed gave none."""
    seen: dict[str, Entry] = {}
    for stated in feed.entries:
        entry = _identified(stated, seen, problems)
        if entry.id not in seen:
            problems += _blanks(entry)
            seen[entry.id] = entry
    return ParsedFeed(feed.feed, tuple(seen.values()), (*feed.problems, *problems))


def _identified(entry: Entry, seen: Mapping[str, Entry], problems: list[Problem]) -> Entry:
    name = entry.title[:60] or entry.link or "an entry without title"
    if not entry.id:
        problems.append(Problem("has no id; its link or content stands in", name))
        entry = replace(entry, id=entry.link or _derived(entry))
    earlier = seen.get(entry.id)
    if earlier is None or earlier == entry:
        return entry
    problems.append(Problem(f"has the id of another entry: {entry.id[:80]}", name))
    return replace(entry, id=_derived(entry))


def _blanks(entry: Entry) -> Iterator[Problem]:
    name = entry.title[:60] or entry.id[:60]
    for what, value in (("title", entry.title), ("link", entry.link), ("date", entry.published)):
        if not value:
            yield Problem(f"has no {what}", name)
    if entry.published is not None and odd_date(entry.published):
        yield Problem(f"has an odd date: {entry.published:%Y-%m-%d}", name)


def _derived(entry: Entry) -> str:
    said = "\0".join((entry.id, entry.link, entry.title, entry.html[:2000], entry.summary[:2000]))
    return f"derived:{hashlib.sha256(said.encode('utf-8', 'replace')).hexdigest()[:32]}"


def _plain(detail: Any) -> str:
    """A title as plain text, whatever its type says: tags go, double escaping is undone."""
    if not detail:
        return ""
    value = str(detail.get("value", ""))[:LONGEST_NAME]
    marked = bool(_TAG.search(value) or _ENTITY.search(value))
    text = plain_text(value) if marked else value
    if _ENTITY.search(text):
        text = plain_text(text)
    return name_of(text)
