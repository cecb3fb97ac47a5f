"""Text constructs: what an element says, as HTML or as words.

RSS says nothing of the kind of a text, which is HTML by use; Atom says ``type`` (RFC 4287,
section 3.1), Atom 0.3 ``mode`` too. Elements that stand unescaped in a text are taken as
HTML, whatever the type.
"""

import base64
import binascii
import re
from html import escape, unescape

from lxml import etree

from aggregator.feeds.clean import HTML_NAMES, plain_text
from aggregator.feeds.fields import (
    LONGEST_NAME,
    MOST_CHARACTERS,
    joined,
    legal_text,
    name_of,
    rebased,
)

_TAG_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9:-]{0,30})")
_SIGN = re.compile(
    r"</[a-zA-Z]|<(?:br|hr|img|p)(?=[\s/>])|&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,9});"
)
_ENTITY = re.compile(r"&(?:amp;)?(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,10});")
_PLAIN = frozenset(("text", "plain", "text/plain"))
_WRAPPER = re.compile(r"\s*<div(?:\s[^<>]*)?>(.*)</div>\s*", re.DOTALL | re.IGNORECASE)


def html_of(element: etree._Element, default: str, url: str = "") -> str:
    """What an element says as HTML, raw.

    Args:
        element: a text construct.
        default: ``html`` or ``text``: what it is where it doesn't say.
        url: where the document came from; given where ``xml:base`` is in it, so that
            relative addresses are resolved.
    """
    kind, value = _read(element, default)
    if kind == "text" and value:
        value = value if looks_marked(value) else paragraphs(value)
    if url and value and element.base:
        value = rebased(value, joined(url, element.base))
    return value


def words_of(element: etree._Element, default: str = "text") -> str:
    """What an element says as plain text on one line."""
    kind, value = _read(element, default)
    return plain_words(value, marked=kind == "html")


def plain_words(value: str, *, marked: bool = False) -> str:
    """A title as plain text on one line; double escaping is undone.

    Args:
        value: the characters that a document states.
        marked: whether they are HTML; otherwise tags go only where they look like it.
    """
    value = value[:LONGEST_NAME]
    if "<" in value:
        value = plain_text(value) if marked or looks_marked(value) else value
    elif "&" in value:
        value = unescape(value)
    if "&" in value and _ENTITY.search(value):
        value = plain_text(value)
    return name_of(value)


def line_of(element: etree._Element) -> str:
    """The characters of an element on one line, taken as they are."""
    return name_of("".join(map(str, element.itertext())) if len(element) else element.text)


def looks_marked(text: str) -> bool:
    """Whether a text that calls itself plain is HTML.

    It is where it holds an end tag, a reference or a break, and no tag that HTML lacks.
    """
    if _SIGN.search(text) is None:
        return False
    return all(name.lower() in HTML_NAMES for name in _TAG_NAME.findall(text[:20_000]))


def paragraphs(text: str) -> str:
    """Plain text as HTML: empty lines part paragraphs, others break."""
    parts = (part.strip() for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n")))
    return "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in parts if part)


def _read(element: etree._Element, default: str) -> tuple[str, str]:
    """The kind, ``html`` or ``text``, and the characters."""
    stated = element.get("type")
    if len(element):
        return "html", _inner(element, unwrap="xhtml" in (stated or ""))
    value = (element.text or "").strip()[:MOST_CHARACTERS]
    if not value or not (stated or element.get("mode")):
        return default, value
    stated = (stated or default).partition(";")[0].strip().lower()
    if element.get("mode") == "base64" or _is_binary(stated):
        return "html", _decoded(value)
    if stated in _PLAIN or "xhtml" in stated:
        return "text", value
    if "html" in stated:
        return "html", value
    return "text", value


def _inner(element: etree._Element, *, unwrap: bool) -> str:
    """The content of an element as HTML; XHTML loses the ``div`` that Atom demands."""
    element.attrib.clear()
    for inner in element.iter():
        if inner is not element:
            inner.tag = inner.tag.rpartition("}")[2]
    etree.cleanup_namespaces(element)
    written = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    value = written[written.find(">") + 1 : written.rfind("</")].strip()
    if unwrap and len(element) == 1 and (found := _WRAPPER.fullmatch(value)):
        value = found[1].strip()
    return value[:MOST_CHARACTERS]


def _is_binary(stated: str) -> bool:
    """Whether the content must be in Base64 (RFC 4287, section 4.1.3.3)."""
    return (
        "/" in stated and not stated.startswith("text/") and not stated.endswith(("/xml", "+xml"))
    )


def _decoded(value: str) -> str:
    try:
        return legal_text(base64.b64decode(value).decode("utf-8", "replace"))
    except (binascii.Error, ValueError):
        return ""
