"""One entry out of its element: which of its many children say what.

Where an element is repeated, the first that says something counts. Media RSS and iTunes
only fill a blank that the feed format's own elements leave.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from aggregator.feeds.dates import read_date_and_zone
from aggregator.feeds.fields import MOST_OF_A_KIND, address_of, joined, name_of
from aggregator.feeds.xml import links
from aggregator.feeds.xml.media import MEDIA_NAMES, media_of, opened
from aggregator.feeds.xml.names import MODULES, children_by_name
from aggregator.feeds.xml.people import author_of
from aggregator.feeds.xml.texts import html_of, line_of, plain_words, words_of
from aggregator.models import Entry, FeedInfo, Problem

Children = Mapping[str, Sequence[etree._Element]]
_ABOUT = f"{{{MODULES['rdf']}}}about"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_BODIES = {
    "content:encoded": "html",
    "content": "text",
    "xhtml:body": "html",
    "body": "html",
    "fullitem": "html",
}
_SUMMARIES = {
    "description": "html",
    "summary": "text",
    "abstract": "text",
    "dc:description": "text",
}
_FILLERS = {
    "media:description": "text",
    "itunes:summary": "text",
    "itunes:subtitle": "text",
    "media:text": "text",
}
_PUBLISHED = ("pubdate", "published", "issued", "dc:date", "dcterms:issued", "dcterms:date")
_CREATED = ("created", "dcterms:created", "dc:created")
_UPDATED = ("updated", "modified", "dcterms:modified", "dc:modified")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an entry inherits from its document.

    Args:
        info: what the feed says of itself.
        author: the feed's author, who wrote what names nobody else (RFC 4287, 4.2.1).
        url: where the document came from.
        has_bases: whether ``xml:base`` is anywhere in it.
        has_languages: whether any entry may state a language.
    """

    info: FeedInfo
    author: str
    url: str
    has_bases: bool
    has_languages: bool


def read_entry(
    item: etree._Element, around: Surroundings, report: Callable[[Problem], None]
) -> Entry:
    """Read one entry.

    Args:
        item: its element.
        around: what it inherits.
        report: takes the oddities that are met.
    """
    found = children_by_name(item, MOST_OF_A_KIND)
    url = _base(item, around)
    media = opened(found) if not MEDIA_NAMES.isdisjoint(found) else {}
    html, summary = _texts(found, media, url if around.has_bases else "")
    title = _title(found, media)
    published, updated = _dates(found, title, report)
    files = links.enclosures(found)
    return Entry(
        id=_id(item, found),
        title=title,
        link=_link(found, url),
        html=html,
        summary=summary,
        author=author_of(found, media) or _source_author(found) or around.author,
        tags=_tags(found, media),
        language=(around.has_languages and _language(item, found)) or around.info.language,
        published=published,
        updated=updated,
        media=media_of(found, media, files, url) if media or files or "enclosure" in found else (),
    )


def _base(item: etree._Element, around: Surroundings) -> str:
    base = item.base if around.has_bases else None
    return joined(around.url, base) if base else around.url


def _id(item: etree._Element, found: Children) -> str:
    """As it is written: an id is compared, never resolved (RFC 4287, section 4.2.6)."""
    for name in ("guid", "id"):
        for element in found.get(name, ()):
            if said := line_of(element):
                return said
    about = name_of(item.get(_ABOUT))
    return about or next((line_of(e) for e in found.get("dc:identifier", ())), "")


def _link(found: Children, url: str) -> str:
    """The entry's page; an id is one only where it is an address (RSS 2.0, guid)."""
    for element in found.get("feedburner:origlink", ()):
        if whole := address_of(line_of(element), url):
            return whole
    if address := links.page(found, url):
        return address
    for name in ("guid", "id"):
        for element in found.get(name, ()):
            if element.get("isPermaLink", element.get("ispermalink", "true")).lower() != "false":
                return address_of(line_of(element), "")
    return ""


def _title(found: Children, media: Children) -> str:
    for name in ("title", "dc:title", "media:title", "itunes:title"):
        for element in (media if name[:6] == "media:" else found).get(name, ()):
            if words := words_of(element):
                return words
    return ""


def _texts(found: Children, media: Children, url: str) -> tuple[str, str]:
    """Body and summary: the longest text stated as content, and the first as description."""
    bodies = _all_of(found, _BODIES, url)
    summaries = _all_of(found, _SUMMARIES, url)
    if not bodies and not summaries:
        summaries = _all_of(media, _FILLERS, url) or _all_of(found, _FILLERS, url)
    if not bodies:
        return (summaries[0], "") if summaries else ("", "")
    html = max(bodies, key=len)
    summary = summaries[0] if summaries else ""
    return html, summary if summary != html else ""


def _all_of(found: Children, kinds: Mapping[str, str], url: str) -> list[str]:
    texts = []
    for name, default in kinds.items():
        if name in found:
            texts += [html_of(element, default, url) for element in found[name]]
    return [text for text in texts if text]


def _dates(
    found: Children, title: str, report: Callable[[Problem], None]
) -> tuple[datetime | None, datetime | None]:
    updated = _date(found, _UPDATED)
    published = _date(found, _PUBLISHED) or _date(found, _CREATED) or updated
    if (published and not published[1]) or (updated and not updated[1]):
        report(Problem("has a date without a time zone, taken as UTC", title[:60]))
    return published and published[0], updated and updated[0]


def _date(found: Children, names: Sequence[str]) -> tuple[datetime, bool] | None:
    for name in names:
        if name not in found:
            continue
        for element in found[name]:
            if dated := read_date_and_zone(line_of(element)):
                return dated
    return None


def _source_author(found: Children) -> str:
    """Of an entry that was taken over from another feed (RFC 4287, section 4.2.11)."""
    for source in found.get("source", ()):
        if len(source) and (name := author_of(children_by_name(source), {})):
            return name
    return ""


def _language(item: etree._Element, found: Children) -> str:
    if said := name_of(item.get(_LANGUAGE)):
        return said
    for name in ("content:encoded", "content", "description", "summary", "dc:language", "language"):
        for element in found.get(name, ()):
            own = line_of(element) if name.endswith("language") else element.get(_LANGUAGE)
            if said := name_of(own):
                return said
    return ""


def _tags(found: Children, media: Children) -> tuple[str, ...]:
    names = list(_categories(found, ("category", "dc:subject")))
    if not names:
        names = list(_categories(media, ("media:category",)))
        for element in (*media.get("media:keywords", ()), *found.get("itunes:keywords", ())):
            names += (name_of(word) for word in line_of(element).split(","))
        names += _categories(found, ("itunes:category",))
    return tuple(dict.fromkeys(name for name in names if name))[:MOST_OF_A_KIND]


def _categories(found: Children, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        for element in found.get(name, ()):
            said = plain_words(element.text) if element.text else ""
            label = element.get("label") or (not said and element.get("term", element.get("text")))
            yield name_of(label) if label else said
