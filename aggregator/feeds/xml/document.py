"""A tree of RSS, RDF or Atom, extracted: the feed's head and its entries."""

import re
from collections.abc import Sequence

from lxml import etree

from aggregator.feeds.fields import MOST_ENTRIES, joined, legal_text
from aggregator.feeds.xml.entry import Surroundings, read_entry
from aggregator.feeds.xml.gate import IllFormed
from aggregator.feeds.xml.head import read_head
from aggregator.feeds.xml.names import children_by_name, known_as, namespace_of
from aggregator.feeds.xml.people import author_of
from aggregator.models import ParsedFeed, Problem

# Control characters that XML allows but no reader wants, in UTF-8 or as references.
_CONTROLS = (
    re.compile(b"\x7f"),
    re.compile(rb"\xc2[\x80-\x9f]"),
    re.compile(rb"&#(?:0*1[2-5]\d|[xX]0*[789])"),
)
_WINDOWS = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
_ROOTS = ("rss", "feed", "rdf:rdf", "rdf")


def read_document(root: etree._Element, document: bytes, url: str) -> ParsedFeed:
    """Extract a feed.

    Args:
        root: the document's root element; the tree may be changed.
        document: the bytes that it was read from, in UTF-8.
        url: where it came from; relative addresses are resolved against it.

    Raises:
        IllFormed: it is no RSS, RDF or Atom.
    """
    if known_as(root.tag) not in _ROOTS:
        _forget_namespace(root)
    if known_as(root.tag) not in _ROOTS:
        raise IllFormed("is no RSS, RDF or Atom")
    if any(found.search(document) for found in _CONTROLS):
        _drop_controls(root)
    has_bases = b"xml:base" in document
    if has_bases:
        _resolve_links(root, url)
    top = children_by_name(root)
    channels = top.get("channel", ())
    head = channels[0] if channels else root
    found = {**top, **children_by_name(head)} if channels else top
    info = read_head(root, head, found, url)
    author = author_of(found, {}) if known_as(root.tag) == "feed" else ""
    has_languages = b"xml:lang" in document or b":language" in document
    around = Surroundings(info, author, url, has_bases, has_languages)
    problems: list[Problem] = []
    items = _items(root, head)
    if len(items) > MOST_ENTRIES:
        what = f"has {len(items):,} entries; the first {MOST_ENTRIES:,} are read"
        problems.append(Problem(what))
    entries = tuple(read_entry(item, around, problems.append) for item in items[:MOST_ENTRIES])
    return ParsedFeed(info, entries, tuple(problems))


def _items(root: etree._Element, head: etree._Element) -> Sequence[etree._Element]:
    """The entries, in the channel or, as in RSS 1.0, beside it."""
    holders = [head] if head is root else [*(c for c in root if known_as(c.tag) == "channel"), root]
    found = [
        child for holder in holders for child in holder if known_as(child.tag) in ("item", "entry")
    ]
    if found:
        return found
    return [
        child
        for box in (*head, *root)
        if known_as(box.tag) in ("items", "entries")
        for child in box
        if known_as(child.tag) in ("item", "entry")
    ]


def _drop_controls(root: etree._Element) -> None:
    """Drop control characters; those beyond ASCII mean what they do in HTML (Windows-1252)."""
    for element in root.iter():
        for part in ("text", "tail"):
            if text := getattr(element, part):
                setattr(element, part, legal_text(text.translate(_WINDOWS)))


def _resolve_links(root: etree._Element, url: str) -> None:
    """Resolve links against ``xml:base``; ids are left alone."""
    for link in root.iter("{*}link"):
        base = joined(url, link.base or "")
        if link.get("href"):
            link.set("href", joined(base, link.get("href", "")))
        elif link.text:
            link.text = joined(base, link.text.strip())


def _forget_namespace(root: etree._Element) -> None:
    """Take a namespace that nobody knows, given to the whole document, for none."""
    stranger = namespace_of(root)
    for element in root.iter():
        if namespace_of(element) == stranger:
            element.tag = str(element.tag).rpartition("}")[2]
