"""Who wrote an entry, from the many elements that say so."""

import re
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

from aggregator.feeds.xml.names import children_by_name
from aggregator.feeds.xml.texts import line_of

LONGEST_AUTHOR = 200
_MOST_AUTHORS = 10
_OWN = ("author", "dc:creator", "dc:author")
# An RSS author is an e-mail address with the name in brackets (RSS 2.0, element author);
# others write it the other way round. Bounded: it once was quadratic elsewhere.
_MAIL = re.compile(r"[^\s<>()\"',;:]{1,64}@[^\s<>()\"',;:]{1,100}")
_BRACKETS = re.compile(r"[(<\[]\s*[)>\]]")


Children = Mapping[str, Sequence[etree._Element]]


def author_of(found: Children, media: Children) -> str:
    """The author's name, several joined by commas; an e-mail address only for want of a name.

    Args:
        found: the children of an entry, by name.
        media: its Media RSS elements, see `aggregator.feeds.xml.media.opened`.
    """
    own = _first_named(found, _OWN)
    return own or _first_named(found, ("itunes:author",)) or _first_named(media, ("media:credit",))


def _first_named(found: Children, names: Sequence[str]) -> str:
    """The people of the first kind of element that names any: the others repeat them."""
    address = ""
    for name in names:
        if name not in found:
            continue
        people = list(_people(found[name], name))
        if named := [person for person in people if "@" not in person]:
            return ", ".join(dict.fromkeys(named))[:LONGEST_AUTHOR].strip()
        address = address or ", ".join(dict.fromkeys(people))[:LONGEST_AUTHOR].strip()
    return address


def _people(elements: Sequence[etree._Element], name: str) -> Iterator[str]:
    for element in elements[:_MOST_AUTHORS]:
        if name == "media:credit" and element.get("role", "author").lower() not in ("author", ""):
            continue
        person = _structured(element) if len(element) else _name_in(line_of(element))
        if person:
            yield person[:LONGEST_AUTHOR]


def _structured(element: etree._Element) -> str:
    parts = children_by_name(element)
    for key in ("name", "email", "uri", "url"):
        for part in parts.get(key, ()):
            if said := line_of(part):
                return said
    return _name_in(line_of(element))


def _name_in(said: str) -> str:
    """The name in ``a@b.example (Name)``, ``Name <a@b.example>`` or plain; else the address."""
    said = said[:LONGEST_AUTHOR]
    if "@" not in said:
        return said
    rest = _BRACKETS.sub(" ", _MAIL.sub("", said)).strip(" ,;:\"'")
    if rest.startswith("(") and rest.endswith(")"):
        rest = rest[1:-1]
    return " ".join(rest.split()) or said
