"""What an element is, by its namespace and name, however a document spells either.

RSS 0.9x and 2.0 have no namespace, RSS 0.9/1.0 and Atom have several by history; their
elements share names and are known by the bare one. Modules are known by their usual
prefix: ``dc:creator``, whatever prefix the document binds to the namespace.
"""

from functools import lru_cache

from lxml import etree

MODULES = {
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
    "xhtml": "http://www.w3.org/1999/xhtml",
    "yt": "http://www.youtube.com/xml/schemas/2015",
}
ATOM_1 = MODULES["atom"].lower()
RSS_1 = "http://purl.org/rss/1.0"
RSS_09 = ("http://my.netscape.com/rdf/simple/0.9", "http://channel.netscape.com/rdf/simple/0.9")
# Namespaces whose elements are the feed formats' own, without the slash at their end.
_CORE = frozenset(
    (
        "",
        ATOM_1,
        "http://purl.org/atom/ns#",
        RSS_1,
        *RSS_09,
        "http://purl.org/rss/1.0/modules/rss091#",
        "http://purl.org/net/rss1.1#",
        "http://blogs.law.harvard.edu/tech/rss",
        "http://cyber.law.harvard.edu/rss/rss.html",
    )
)
_CORE_STARTS = ("http://backend.userland.com/rss", "http://purl.org/atom/ns", "http://purl.org/pie")
_PREFIXES = {uri.lower().rstrip("/"): prefix for prefix, uri in MODULES.items()} | {
    "https://search.yahoo.com/mrss": "media",
    "http://www.rssboard.org/media-rss": "media",
    "http://purl.org/dc/elements/1.0": "dc",
    "http://purl.org/rss/1.0/modules/dcterms": "dcterms",
    "http://www.itunes.com/dtds/podcast-1.0": "itunes",
    "https://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://www.w3.org/2005/atom#": "atom",
}


@lru_cache(4096)
def known_as(tag: str) -> str:
    """The name that an element goes by here.

    Args:
        tag: in Clark notation, such as ``{http://purl.org/dc/elements/1.1/}creator``.

    Returns:
        ``creator`` of a feed format, ``dc:creator`` of a known module, in small letters;
        empty for what no known vocabulary holds.
    """
    namespace, _, local = tag.rpartition("}")
    uri = namespace[1:].strip().lower().rstrip("/")
    if uri in _CORE or uri.startswith(_CORE_STARTS):
        return local.lower()
    prefix = _PREFIXES.get(uri)
    return f"{prefix}:{local.lower()}" if prefix else ""


def namespace_of(element: etree._Element) -> str:
    """The namespace of an element in small letters, without a slash at its end."""
    return str(element.tag).rpartition("}")[0][1:].strip().lower().rstrip("/")


def children_by_name(element: etree._Element, most: int = 200) -> dict[str, list[etree._Element]]:
    """The known children of an element, in document order, so many of each name at most."""
    found: dict[str, list[etree._Element]] = {}
    for child in element:
        name = known_as(child.tag)
        if not name:
            continue
        alike = found.get(name)
        if alike is None:
            found[name] = [child]
        elif len(alike) < most:
            alike.append(child)
    return found
