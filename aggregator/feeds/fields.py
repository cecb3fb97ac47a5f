"""Single fields of an entry, made sound: names on one line, titles as text, absolute addresses."""

import re
from html import unescape
from html.entities import html5
from urllib.parse import urljoin, urlsplit

from aggregator.feeds.clean import legal_text, plain_text

LONGEST_NAME = 2_000
_SPELT_TAG = re.compile(r"<(?:!--|/?[a-zA-Z][^<>]*>)")
_WORD_IN_BRACKETS = re.compile(r"<(?=([a-zA-Z][\w-]*)>)")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|([a-zA-Z][a-zA-Z0-9]{1,30}));")
_MOJIBAKE = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u0178\u02c6\u02dc\u2013-\u2122]")
_C1_AS_CP1252 = {
    point: bytes((point,)).decode("cp1252")
    for point in range(0x80, 0xA0)
    if point not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
# Tags that stand in titles as markup; another word in brackets may be a band's name.
_HTML_TAGS = frozenset(
    """
    a abbr acronym address article aside audio b base big blink blockquote body br button canvas
    caption center cite code col dd del details dfn div dl dt em embed fieldset figcaption figure
    font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins
    kbd label legend li link main map mark marquee math meta nav nobr noscript object ol option p
    param picture plaintext pre q s samp script section select small source span strike strong
    style sub sup svg table tbody td template textarea tfoot th thead title tr tt u ul var video
    wbr xmp
    """.split()
)


def name_of(value: object) -> str:
    """A short text on one line without control characters; None is empty."""
    return "" if value is None else " ".join(legal_text(str(value)[:LONGEST_NAME]).split())


def title_text(raw: str) -> str:
    """A title as plain text: tags gone, entities decoded, double escaping undone.

    Args:
        raw: what the document says, its XML decoded.
    """
    text = mended(raw[: 2 * LONGEST_NAME])
    for _ in range(3):  # as often as sloppy software escapes
        if not (_has_tag(text) or _has_entity(text)):
            break
        text = _decoded(text)
    return name_of(text)


def _decoded(text: str) -> str:
    kept = _WORD_IN_BRACKETS.sub(lambda tag: "<" if tag[1].lower() in _HTML_TAGS else "&lt;", text)
    return plain_text(kept) if _has_tag(kept) else unescape(kept)


def _has_tag(text: str) -> bool:
    """Whether there is markup, other than a plain word in angle brackets."""
    return any(
        not (word := _WORD_IN_BRACKETS.match(text, tag.start())) or word[1].lower() in _HTML_TAGS
        for tag in _SPELT_TAG.finditer(text)
    )


def _has_entity(text: str) -> bool:
    return any(
        not entity[1] or f"{entity[1]};" in html5 for entity in _ENTITY.finditer(text)
    )


def mended(text: str) -> str:
    """A text with UTF-8 that was encoded twice undone, and Windows' control characters named.

    A text is only changed where all of it fits: sound text rarely reads as UTF-8 again.
    """
    if _MOJIBAKE.search(text):
        for charset in ("cp1252", "latin-1"):
            try:
                return text.encode(charset).decode("utf-8")
            except UnicodeError:
                continue
    return text if text.isascii() else text.translate(_C1_AS_CP1252)


def address_of(value: object, base: str) -> str:
    """An absolute http(s) address, or an empty string.

    Args:
        value: what the document says, absolute or relative.
        base: where the document came from.
    """
    try:
        joined = urljoin(base, str(value).strip()[:LONGEST_NAME]) if value else ""
        sound = urlsplit(joined).scheme in ("http", "https") and urlsplit(joined).hostname
    except ValueError:
        return ""
    return legal_text(joined) if sound else ""
