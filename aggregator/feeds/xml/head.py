"""What a feed says of itself: title, addresses, language, and how often it wants to be polled."""

from collections.abc import Mapping, Sequence

from lxml import etree

from aggregator.feeds.fields import (
    address_of,
    name_of,
    skipped_days,
    skipped_hours,
    whole_number,
)
from aggregator.feeds.xml import links
from aggregator.feeds.xml.names import ATOM_1, RSS_09, RSS_1, children_by_name, namespace_of
from aggregator.feeds.xml.texts import line_of, words_of
from aggregator.models import FeedInfo

Children = Mapping[str, Sequence[etree._Element]]
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_PERIODS = {"hourly": 60, "daily": 1440, "weekly": 10080, "monthly": 43200, "yearly": 525600}
_RSS = {"0.90": "rss090", "0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_ATOM = {"0.1": "atom01", "0.2": "atom02", "0.3": "atom03"}


def read_head(root: etree._Element, head: etree._Element, found: Children, url: str) -> FeedInfo:
    """What the document says of the feed.

    Args:
        root: its root element.
        head: the element that holds the feed's own data: ``channel`` or ``feed``.
        found: the children of `head` by name.
        url: where it came from; relative addresses are resolved against it.
    """
    return FeedInfo(
        title=_first(found, "title", "dc:title", "itunes:title"),
        link=links.page(found, url),
        format=format_of(root),
        language=_language(root, head, found),
        hub=links.related(found, "hub", url),
        own_address=links.related(found, "self", url),
        ttl=_ttl(found),
        skip_hours=skipped_hours(_inner(found, "skiphours", "hour")),
        skip_days=skipped_days(_inner(found, "skipdays", "day")),
        image=_image(found, url),
    )


def format_of(root: etree._Element) -> str:
    """The format by its usual short name, such as ``rss20``, ``rss10``, ``atom10``."""
    local = str(root.tag).rpartition("}")[2].lower()
    version = root.get("version", "").strip()
    if local == "rdf":
        spaces = {namespace_of(child) for child in root}
        return "rss10" if RSS_1 in spaces else "rss090" if spaces & set(RSS_09) else "rss10"
    if local == "feed":
        return "atom10" if namespace_of(root) == ATOM_1 else _ATOM.get(version, "atom03")
    return _RSS.get(version, "rss20")


def _first(found: Children, *names: str) -> str:
    for name in names:
        for element in found.get(name, ()):
            if words := words_of(element):
                return words
    return ""


def _language(root: etree._Element, head: etree._Element, found: Children) -> str:
    for name in ("language", "dc:language"):
        for element in found.get(name, ()):
            if said := line_of(element):
                return said.replace("_", "-")
    return name_of(head.get(_LANGUAGE) or root.get(_LANGUAGE)).replace("_", "-")


def _ttl(found: Children) -> int | None:
    """Minutes between two polls: ``ttl``, else ``sy:updatePeriod`` by its frequency."""
    stated = (whole_number(line_of(e), 9_999_999) for e in found.get("ttl", ()))
    if (minutes := next((number for number in stated if number is not None), None)) is not None:
        return minutes
    period = _PERIODS.get(_line(found, "sy:updateperiod").lower())
    frequency = whole_number(_line(found, "sy:updatefrequency") or "1", 9_999)
    return max(1, period // frequency) if period and frequency else None


def _line(found: Children, name: str) -> str:
    return next((line_of(element) for element in found.get(name, ())), "")


def _inner(found: Children, box: str, name: str) -> list[str]:
    return [line_of(e) for b in found.get(box, ()) for e in children_by_name(b).get(name, ())]


def _image(found: Children, url: str) -> str:
    """The feed's picture: RSS ``image``, Atom ``logo``, iTunes, Atom ``icon``."""
    inner = [
        element
        for box in found.get("image", ())
        for element in (*children_by_name(box).get("url", ()), box)
    ]
    for element in (*inner, *(found.get("logo", ()))):
        if whole := address_of(element.text, url):
            return whole
    for element in found.get("itunes:image", ()):
        if whole := address_of(element.get("href"), url):
            return whole
    return next((a for e in found.get("icon", ()) if (a := address_of(e.text, url))), "")
