"""Reading a feed document in stages, the cheapest first.

1. A strict gate: what is well-formed UTF-8 goes straight to the extractor.
2. Repairs of charset and markup, each bounded, each asked of the gate again.
3. Our own extractor, for RSS, RDF and Atom; JSON Feed has a reader of its own.
4. feedparser, in a process that may be killed, for what remains.

Nothing is cleaned here: `aggregator.feeds.clean` does that for what is new or changed.
The stage before these is the pipeline's: a body that it has seen is not read at all.
"""

import re
from html import unescape

from aggregator.errors import ParseError
from aggregator.feeds import jsonfeed
from aggregator.feeds.decoding import (
    decode,
    is_straight,
    start_of_root,
    undoubled,
)
from aggregator.feeds.fields import address_of, legal_text
from aggregator.feeds.identity import settled
from aggregator.feeds.lenient import read_leniently
from aggregator.feeds.xml.document import read_document
from aggregator.feeds.xml.gate import IllFormed, read_strictly
from aggregator.feeds.xml.repairs import repaired
from aggregator.models import ParsedFeed, Problem

_ROOTS = re.compile(r"<(?:[a-z0-9_-]{1,20}:)?(?:rss|feed|rdf|channel)(?=[\s>])", re.IGNORECASE)
_HTML = re.compile(r"<!doctype html|<html(?=[\s>])", re.IGNORECASE)
_ALTERNATE = re.compile(
    r"<link\s(?=[^<>]{0,1000}application/(?:rss\+xml|atom\+xml|feed\+json))[^<>]{0,1000}>", re.I
)
_HREF = re.compile(r"\shref\s?=\s?[\"']([^\"'<>]{1,1000})", re.I)
_LOOKED_AT = 20_000


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
    problems: list[Problem] = []
    if is_straight(body, charset):
        try:
            return settled(read_document(read_strictly(body), body, url), problems)
        except IllFormed as error:
            _give_up_on(error, "size")
    text, problem = decode(body, charset)
    text = undoubled(text.lstrip("\ufeff \t\r\n\x00"))
    if problem:
        problems.append(Problem(problem))
    if text.startswith("{"):
        return settled(jsonfeed.read(text, url), problems)
    return settled(_mended(text[_start_of_feed(text, url) :], url, problems), problems)


def _mended(text: str, url: str, problems: list[Problem]) -> ParsedFeed:
    """Read a document as it is, else repaired, else by feedparser."""
    document = text.encode("utf-8", "replace")
    try:
        return read_document(read_strictly(document), document, url)
    except IllFormed as error:
        _give_up_on(error, "size")
        fault = error
    problems.append(Problem(f"is not well-formed: {fault}"))
    text = legal_text(text)
    for attempt in repaired(text):
        document = attempt.encode("utf-8", "replace")
        try:
            return read_document(read_strictly(document), document, url)
        except IllFormed as error:
            fault = error
    _give_up_on(fault, "depth", "size")
    return read_leniently(text.encode("utf-8", "replace"), url)


def _give_up_on(fault: IllFormed, *limits: str) -> None:
    """Refuse a document that is built to exhaust whoever reads it."""
    if fault.limit in limits:
        raise ParseError("not-a-feed", f"the document can't be read: {fault}")


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
