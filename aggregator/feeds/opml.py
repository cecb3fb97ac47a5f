"""Lists of feeds as OPML 2.0 (http://opml.org/spec2.opml), in and out."""

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import quoteattr

from lxml import etree

from aggregator.errors import ParseError
from aggregator.feeds.fields import address_of, legal_text, name_of
from aggregator.models import Subscription

MOST_BYTES = 20_000_000
_MOST_FEEDS = 100_000


def read_opml(document: bytes) -> list[Subscription]:
    """The feeds that an OPML document names, in its order, each once.

    Args:
        document: its bytes.

    Raises:
        ParseError: it is no OPML, or has a DOCTYPE, which could read files of this machine
            or grow without end and which no program writes into OPML.
    """
    if len(document) > MOST_BYTES:
        raise ParseError("too-large", f"the list is larger than {MOST_BYTES / 1e6:.0f} MB")
    if b"<!DOCTYPE" in document.replace(b"\0", b""):  # in UTF-16 too
        raise _doctype()
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise ParseError("not-opml", f"the list is no OPML: {error.msg}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _doctype()
    if etree.QName(root).localname.lower() != "opml":
        raise ParseError("not-opml", f"the list is no OPML; it begins with <{root.tag}>")
    found: dict[str, Subscription] = {}
    for feed in _outlines(root):
        found.setdefault(feed.url, feed)
    return [*found.values()]


def write_opml(title: str, feeds: Iterable[Subscription]) -> str:
    """An OPML document of feeds; addresses as the configuration has them, without secrets."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        f"<head><title>{_escaped(title)}</title></head>",
        "<body>",
        *(_outline(feed) for feed in feeds),
        "</body>",
        "</opml>",
    ]
    return "\n".join(lines) + "\n"


def _doctype() -> ParseError:
    return ParseError("doctype", "the list has a DOCTYPE, which is not read; remove that line")


def _outlines(root: etree._Element) -> Iterator[Subscription]:
    for number, outline in enumerate(root.iter("{*}outline")):
        if number >= _MOST_FEEDS:
            return
        said = {str(name).lower(): str(value) for name, value in outline.attrib.items()}
        if url := address_of(said.get("xmlurl"), ""):
            title = name_of(said.get("title") or said.get("text", ""))
            yield Subscription(url, title, name_of(said.get("language", "")))


def _outline(feed: Subscription) -> str:
    said = {
        "type": "rss",
        "text": feed.title or feed.url,
        "title": feed.title,
        "xmlUrl": feed.url,
        "language": feed.language,
    }
    pairs = (f"{name}={quoteattr(legal_text(value))}" for name, value in said.items() if value)
    return f"<outline {' '.join(pairs)}/>"


def _escaped(text: str) -> str:
    return quoteattr(legal_text(text))[1:-1]
