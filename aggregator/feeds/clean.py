"""Making foreign HTML and text safe to publish: one pass of nh3, an allow-list of ours."""

import re
from html import unescape
from urllib.parse import urlsplit

import nh3

_TAGS = frozenset(
    """
    a abbr b blockquote br caption cite code dd del div dl dt em figcaption figure h2 h3 h4 h5 h6
    hr i iframe img ins kbd li mark ol p pre q rp rt ruby s samp small span strike strong sub sup
    table tbody td tfoot th thead time tr tt u ul var wbr
    """.split()
)
_DROPPED_WITH_CONTENT = frozenset(
    """
    script style svg math form noscript object template textarea title xmp noembed
    """.split()
)
_ATTRIBUTES = {
    "*": {"lang", "dir", "title"},
    "a": {"href", "hreflang"},
    "iframe": {"src", "width", "height", "allowfullscreen"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start", "reversed"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
_PLAYER = re.compile(
    r"https://(?:www\.youtube-nocookie\.com/embed/|player\.vimeo\.com/video/"
    r"|www\.dailymotion\.com/embed/video/)[A-Za-z0-9_-]{1,64}(?:[?#][\w=&;%.,:/+~#?-]{0,500})?"
)
_TRACKERS = ("feeds.feedburner.com/~", "pixel.wp.com", "stats.wordpress.com", "doubleclick.net")
_IMAGE = re.compile(r"<img\b[^<>]{0,3000}>", re.IGNORECASE)
_PIXEL = re.compile(r"\b(width|height)\s?=\s?[\"']?([01])(?:px)?(?![\d.%])", re.IGNORECASE)
# A frame, or any tag, as nh3 writes it: quotes in values are escaped, so that reading from
# the left can't mistake a value for a tag.
_ATTRIBUTE_LIST = r"(?: [a-z]++=\"[^\"]*+\")*+"
_WRITTEN = re.compile(
    rf"<iframe({_ATTRIBUTE_LIST})>.*?</iframe>|<[a-z0-9/]++{_ATTRIBUTE_LIST}>", re.DOTALL
)
# Fewer tags can nest no deeper than nh3, whose time grows with the square of it, bears well.
_FEW_TAGS = 256
_BLOCK_END = re.compile(
    r"</(?:p|div|h[1-6]|li|ul|ol|blockquote|figure|figcaption|tr|table|dd|dt)>|<(?:br|hr)[ />]",
    re.IGNORECASE,
)
_ILLEGAL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")
_LONGEST = 1_000_000


def clean_html(html: str, base: str) -> str:
    """Clean HTML for publishing.

    Args:
        html: foreign HTML; what stands beyond a million characters is left out.
        base: http(s) address that relative addresses are resolved against.

    Returns:
        HTML of an allow-list of tags, every address absolute and http(s) (links may be
        mailto too), no styles, no scripts, no tracking pixels; a player only of the
        privacy-friendly domains of YouTube, Vimeo and Dailymotion.
    """
    absolute = urlsplit(base).scheme in ("http", "https")
    cleaned = nh3.clean(
        _without_pixels(_nested_soundly(legal_text(html[:_LONGEST]))),
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED_WITH_CONTENT),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_allowed,
        url_schemes={"http", "https", "mailto"},
        url_relative=("rewrite_with_base", base) if absolute else "deny",
        link_rel="noopener noreferrer nofollow",
    )
    return _WRITTEN.sub(_unless_empty, cleaned).strip()


def _nested_soundly(html: str) -> str:
    """HTML with many tags rebuilt by libxml2, which cuts deep nesting off.

    nh3 takes 80 s for 100,000 nested elements, and misnested ``<b>`` make it write a
    hundred times what it read.
    """
    if html.count("<") - html.count("</") < _FEW_TAGS:
        return html
    from lxml import etree  # noqa: PLC0415 - slow to import

    root = etree.fromstring(html.encode("utf-8", "replace"), etree.HTMLParser(encoding="utf-8"))
    return "" if root is None else str(etree.tostring(root, method="html", encoding="unicode"))


def _unless_empty(written: re.Match[str]) -> str:
    tag = written.group()
    if tag.startswith("<iframe"):
        return f"<iframe{written[1]}></iframe>" if ' src="' in tag else ""
    return "" if tag.startswith("<img") and ' src="' not in tag else tag


def _allowed(tag: str, attribute: str, value: str) -> str | None:
    if tag == "iframe" and attribute == "src":
        return value if _PLAYER.fullmatch(value) else None
    if tag == "img" and attribute == "src":
        return None if any(tracker in value for tracker in _TRACKERS) else value
    return value


def _without_pixels(html: str) -> str:
    """Take out pictures of one pixel or less: they only count readers."""

    def keep(image: re.Match[str]) -> str:
        tiny = {name.lower() for name, _ in _PIXEL.findall(image.group())}
        return "" if tiny >= {"width", "height"} else image.group()

    return _IMAGE.sub(keep, html)


def plain_text(html: str) -> str:
    """The words of HTML for a person to read.

    Args:
        html: clean or foreign HTML.

    Returns:
        Plain text, one line a block, white space folded.
    """
    marked = _BLOCK_END.sub("\n\\g<0>", _nested_soundly(legal_text(html[:_LONGEST])))
    bare = nh3.clean(marked, tags=set(), clean_content_tags=set(_DROPPED_WITH_CONTENT))
    lines = (" ".join(line.split()) for line in unescape(bare).splitlines())
    return legal_text("\n".join(line for line in lines if line))


def legal_text(text: str) -> str:
    """A text without what XML 1.0 forbids: control characters and lone surrogates."""
    return _ILLEGAL.sub("", text)
