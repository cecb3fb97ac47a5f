"""Foreign XML made well-formed and bounded before feedparser reads it.

feedparser reads ill-formed documents with a parser of regular expressions, and some of
its loops are quadratic (attributes of an element, categories of an entry, its search for
an e-mail address in an author). So libxml2 reads every document first: what it mends or
thins out here is all that feedparser gets to see.
"""

import re
from collections import Counter
from collections.abc import Iterator
from html.entities import html5
from urllib.parse import urljoin
from xml.parsers import expat

from lxml import etree

from aggregator.errors import ParseError
from aggregator.feeds.fields import MOST_CHARACTERS, MOST_ENTRIES

_MOST_ATTRIBUTES = 64
_MOST_OF_A_KIND = 200
_LONGEST_FIELD = 4_000
_LONGEST_NAME = 200
_ENTRIES = frozenset(("item", "entry"))
_TEXTS = frozenset("description summary content encoded body div".split())
_NAMES = frozenset(
    "author contributor creator credit email managingeditor name owner publisher webmaster".split()
)
_XHTML = "{http://www.w3.org/1999/xhtml}"
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
# What Media RSS and iTunes say of an entry only fills a blank that its own elements leave.
_FILLERS = ("itunes.com/dtds/podcast", "search.yahoo.com/mrss")
_FILLED_BY = {
    "summary": _TEXTS,
    "description": _TEXTS,
    "title": frozenset(("title",)),
    "author": frozenset(("author", "creator")),
    "credit": frozenset(("author", "creator")),
    "keywords": frozenset(("category", "subject")),
    "category": frozenset(("category", "subject")),
}
_NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "yt": "http://www.youtube.com/xml/schemas/2015",
}
_REFERENCE = re.compile(r"&(?:(#\d{1,8}|#[xX][0-9a-fA-F]{1,8}|[a-zA-Z][a-zA-Z0-9]{1,31});)?")
_BOUNDARY = re.compile(r"<(/?)((?:[a-z]{1,20}:)?(?:item|entry))(?=[\s>])", re.IGNORECASE)
_TEXT_TAG = re.compile(
    r"(<(/?)((?:[a-z]{1,20}:)?(?:description|summary|encoded|title))(?:\s[^<>]{0,300})?(?<!/)>)",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"(?:</?|\s)([A-Za-z_][A-Za-z0-9_.-]{0,30}):[A-Za-z_]")
_DECLARED = re.compile(r"\sxmlns:([A-Za-z_][A-Za-z0-9_.-]{0,30})\s?=")
_MEANING = re.compile(r"(?<=\sxmlns)(:[\w.-]{1,31})?=(?:\"[^\"<>]{0,300}\"|'[^'<>]{0,300}')")
_OPENING = re.compile(r"<[^\s/>]{1,60}")
_XML_NAMES = frozenset(("amp", "lt", "gt", "quot", "apos"))
_MOST_PREFIXES = 50


def mended(text: str, url: str) -> tuple[bytes, list[str]]:
    """Make XML well-formed and bounded.

    Args:
        text: the document from its root element on, without control characters.
        url: where it came from; what has an ``xml:base`` is resolved against it.

    Returns:
        The document in UTF-8, and what was wrong with it in words.

    Raises:
        ParseError: nothing can be made of it.
    """
    problems: list[str] = []
    try:
        root = _read(text, recover=False)
    except etree.XMLSyntaxError as error:
        problems.append(f"is not well-formed: {error}"[:300])
        root = _salvaged(text)
    if "xml:base" in text:
        _resolve_bases(root, url)
    _own_words_first(root)
    problems += _thin_out(root)
    return etree.tostring(root, encoding="utf-8"), problems


def _read(text: str, *, recover: bool) -> etree._Element:
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )
    return etree.fromstring(text.encode("utf-8", "replace"), parser)


def _salvaged(text: str) -> etree._Element:
    """What libxml2 can recover, proven to be well-formed for the parser that feedparser uses."""
    try:
        root = _read(_with_prefixes(_repaired(text)), recover=True)
        if root is None:
            raise ParseError("not-a-feed", "nothing in the document can be read")
        expat.ParserCreate(namespace_separator=" ").Parse(etree.tostring(root), True)
    except (etree.LxmlError, expat.ExpatError) as error:
        raise ParseError("not-a-feed", f"the document can't be read: {error}"[:300]) from None
    return root


def _repaired(text: str) -> str:
    """Mend what libxml2 would lose: references, and entries that are never closed."""
    first, *others = text.split("<![CDATA[")
    open_tag = ""

    def close_the_last(tag: re.Match[str]) -> str:
        nonlocal open_tag
        missing = f"</{open_tag}>" if open_tag and not tag[1] else ""
        open_tag = "" if tag[1] else tag[2]
        return missing + tag.group()

    def mend(marked: str) -> str:
        marked = _MEANING.sub(lambda found: "".join(found.group().split()), marked)
        return _BOUNDARY.sub(close_the_last, _REFERENCE.sub(_reference, _escaped(marked)))

    pieces = [mend(first)]
    for part in others:
        data, closed, rest = part.partition("]]>")
        pieces.append(f"<![CDATA[{data}]]>{mend(rest)}" if closed else mend(part))
    return "".join(pieces)


def _escaped(marked: str) -> str:
    """Escape HTML that stands unescaped in a text: its open tags would swallow what follows."""
    first, *rest = _TEXT_TAG.split(marked)
    tags = [tuple(rest[at : at + 4]) for at in range(0, len(rest), 4)]
    pieces = [first]
    for (tag, ends, name, text), following in zip(tags, [*tags[1:], ("",) * 4], strict=False):
        is_whole = not ends and following[1] and following[2] == name and "xhtml" not in tag
        pieces += (tag, text.replace("<", "&lt;") if is_whole else text)
    return "".join(pieces)


def _reference(found: re.Match[str]) -> str:
    name = found[1]
    if name is None:
        return "&amp;"
    if name.startswith("#"):
        return found.group() if _is_legal(name) else ""
    if name in _XML_NAMES:
        return found.group()
    characters = html5.get(f"{name};")
    if characters is None:
        return f"&amp;{name};"
    return "".join(f"&#{ord(character)};" for character in characters)


def _is_legal(reference: str) -> bool:
    """Whether XML 1.0 allows the character (section 2.2)."""
    digits = reference[1:]
    code = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    in_range = 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    return in_range or code in (9, 10, 13)


def _with_prefixes(text: str) -> str:
    """Declare the prefixes that the document uses without saying what they mean."""
    used = set(_PREFIX.findall(text)) - set(_DECLARED.findall(text)) - {"xml", "xmlns"}
    opening = _OPENING.match(text)
    if not used or opening is None:
        return text
    declared = "".join(
        f' xmlns:{prefix}="{_NAMESPACES.get(prefix.lower(), f"urn:undeclared:{prefix}")}"'
        for prefix in sorted(used, key=lambda p: (p not in _NAMESPACES, p))[:_MOST_PREFIXES]
    )
    return opening.group() + declared + text[opening.end() :]


def _resolve_bases(root: etree._Element, url: str) -> None:
    """Resolve links against ``xml:base``; only texts keep one, so that ids are left alone."""
    placed = [(e, e.base or "") for e in root.iter("{*}link", *(f"{{*}}{n}" for n in _TEXTS))]
    for element in root.iter(etree.Element):
        if _BASE in element.attrib:
            del element.attrib[_BASE]
    for element, base in placed:
        if not base:
            continue
        whole = _joined(url, base)
        if _local(element) != "link":
            element.set(_BASE, whole)
        elif element.get("href"):
            element.set("href", _joined(whole, element.get("href", "")))
        elif element.text:
            element.text = _joined(whole, element.text.strip())


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return ""


def _own_words_first(root: etree._Element) -> None:
    """Take Media RSS and iTunes elements out where the entry has words of its own."""
    for container in (root, *root.iterchildren("{*}channel")):
        for entry in container:
            if _local(entry) in _ENTRIES:
                _fill_blanks_only(entry)


def _fill_blanks_only(entry: etree._Element) -> None:
    own = {
        _local(child)
        for child in entry
        if not _is_filler(child) and (len(child) or (child.text or "").strip())
    }
    surplus = []
    for element in entry.iterdescendants(etree.Element):
        if _is_filler(element):
            name = _local(element)
            if own & _FILLED_BY.get(name, frozenset()):
                surplus.append(element)
            elif name in ("description", "summary", "title"):
                own.add(name)
    _remove(surplus)


def _is_filler(element: etree._Element) -> bool:
    namespace = str(element.tag).rpartition("}")[0].lower()
    return any(known in namespace for known in _FILLERS)


def _thin_out(root: etree._Element) -> Iterator[str]:
    """Bound entries, elements of a kind in each, attributes and lengths."""
    entries, kinds, surplus = 0, Counter[str](), []
    for element in root.iter(etree.Element):
        name, tag = _local(element), str(element.tag)
        if len(element.attrib) > _MOST_ATTRIBUTES:
            element.attrib.clear()
        if tag.startswith(_XHTML):
            continue
        if name in _ENTRIES:
            entries, kinds = entries + 1, Counter()
        kinds[tag] += 1
        if entries > MOST_ENTRIES or kinds[tag] > _MOST_OF_A_KIND:
            surplus.append(element)
        else:
            _shorten(element, name)
    _remove(surplus)
    if entries > MOST_ENTRIES:
        yield f"has {entries:,} entries; the first {MOST_ENTRIES:,} are read"


def _shorten(element: etree._Element, name: str) -> None:
    longest = MOST_CHARACTERS if name in _TEXTS else _LONGEST_FIELD
    longest = _LONGEST_NAME if name in _NAMES else longest
    if element.text is not None and len(element.text) > longest:
        element.text = element.text[:longest]
    for key, value in element.attrib.items():
        if len(value) > _LONGEST_FIELD:
            del element.attrib[key]


def _remove(elements: list[etree._Element]) -> None:
    for element in elements:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()
