"""Which of its links leads to the page of an entry or feed, and which are something else."""

from collections.abc import Mapping, Sequence

from lxml import etree

from aggregator.feeds.fields import address_of
from aggregator.feeds.xml.texts import line_of

Children = Mapping[str, Sequence[etree._Element]]
_REGISTERED = "http://www.iana.org/assignments/relation/"
_PAGES = ("", "text/html", "application/xhtml+xml", "text/xhtml", "html", "xhtml")


def page(found: Children, url: str) -> str:
    """The address of the page: a link of RSS, else an alternate one of Atom, HTML first.

    Args:
        found: the children of an entry or feed by name.
        url: where the document came from.
    """
    others = ""
    for link in found.get("link", ()):
        if _relation(link) != "alternate" or not (address := _address(link, url)):
            continue
        if link.get("type", "").strip().lower() in _PAGES:
            return address
        others = others or address
    return others


def related(found: Children, relation: str, url: str) -> str:
    """The address of the first link with that relation, empty where there is none."""
    for link in found.get("link", ()):
        if _relation(link) == relation and (address := _address(link, url)):
            return address
    return ""


def enclosures(found: Children) -> list[etree._Element]:
    """Atom's links to files (RFC 4287, section 4.2.7.2)."""
    return [link for link in found.get("link", ()) if _relation(link) == "enclosure"]


def _relation(link: etree._Element) -> str:
    stated = link.get("rel")
    return stated.strip().lower().removeprefix(_REGISTERED) if stated else "alternate"


def _address(link: etree._Element, url: str) -> str:
    """A link's address; one that was escaped twice once less, or its parameters are lost."""
    stated = link.get("href") or line_of(link)
    return address_of(stated.replace("&amp;", "&"), url)
