"""Making foreign HTML and text safe to publish: one pass of nh3, an allow-list of ours."""

import re
from contextvars import ContextVar
from html import unescape

import nh3

from aggregator.feeds.fields import address_of, legal_text

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
# The elements that HTML has or had, by which text that hides HTML is told from other text.
HTML_NAMES = (_TAGS | _DROPPED_WITH_CONTENT) | frozenset(
    """
    acronym address article aside audio b base basefont bdi bdo big body button center col
    colgroup dir dfn dialog embed fieldset font footer form frame frameset h1 head header html
    input label legend link main map area menu meta nav nobr optgroup option output param picture
    progress section select source summary details track tt video i u s input applet
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
_MARKUP = re.compile("[<>&]")
# What relative addresses are resolved against in the text that is being cleaned.
_base: ContextVar[str] = ContextVar("base", default="")
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
    html = legal_text(html[:_LONGEST])
    if not _MARKUP.search(html):
        return html.strip()
    _base.set(base)
    cleaned = _PUBLISHABLE.clean(_without_pixels(_nested_soundly(html)))
    return _WRITTEN.sub(_unless_empty, cleaned).strip() if "<i" in cleaned else cleaned.strip()


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
    """The value to write, None for none; nh3 has refused foreign schemes before it asks."""
    if attribute not in ("href", "src"):
        return value
    if tag == "a" and value[:7].lower() == "mailto:":
        return value
    address = address_of(value, _base.get())
    if tag == "iframe" and not _PLAYER.fullmatch(address):
        return None
    if tag == "img" and any(tracker in address for tracker in _TRACKERS):
        return None
    return address or None


_PUBLISHABLE = nh3.Cleaner(
    tags=set(_TAGS),
    clean_content_tags=set(_DROPPED_WITH_CONTENT),
    attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
    attribute_filter=_allowed,
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer nofollow",
)
_WORDS = nh3.Cleaner(tags=set(), clean_content_tags=set(_DROPPED_WITH_CONTENT))


def _without_pixels(html: str) -> str:
    """Take out pictures of one pixel or less: they only count readers."""
    if "<img" not in html and "<IMG" not in html.upper():
        return html

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
    bare = _WORDS.clean(marked)
    lines = (" ".join(line.split()) for line in unescape(bare).splitlines())
    return legal_text("\n".join(line for line in lines if line))
