"""Players in a post: the shapes in which a video is put into HTML or text.

Frames, Flash objects, lazy loaders, custom elements, JSON in data attributes,
short codes that a feed left unexpanded, and players that were escaped or taken out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from aggregator.videos.page.providers import may_be_video

if TYPE_CHECKING:
    from lxml.etree import _Element


@dataclass(frozen=True, slots=True)
class Player:
    """A player, or a still of a video, in a post.

    Args:
        url: its address as written, whoever's it is.
        title: the title it states, empty when none.
        how: the shape it was found in: ``iframe``, ``embed``, ``data``, ``shortcode``,
            ``script``, ``escaped``, ``lazy``, ``social``, or ``thumbnail`` for a still.
    """

    url: str
    title: str = ""
    how: str = "iframe"


CLOSED = frozenset({"iframe", "script", "embed", "img"})

_TEMPLATES = {
    "youtube": "https://www.youtube.com/watch?v={}",
    "vimeo": "https://vimeo.com/{}",
    "dailymotion": "https://www.dailymotion.com/video/{}",
}
_SOURCES = (
    *("src", "data-src", "data-lazy-src", "data-litespeed-src", "data-src-cmplz", "data-lazy"),
    *("data-cookieblock-src", "data-cmp-src", "data-cookie-src", "data-original", "data-url"),
)
_ELEMENTS: dict[str, tuple[str, ...]] = {
    "iframe": _SOURCES,
    "frame": _SOURCES,
    "embed": _SOURCES,
    "amp-iframe": _SOURCES,
    "video": _SOURCES,
    "source": _SOURCES,
    "youtube-video": _SOURCES,
    "vimeo-video": _SOURCES,
    "object": ("data",),
    "param": ("value",),
    "meta": ("content",),
    "link": ("href",),
}
_CUSTOM = {
    "lite-youtube": "youtube",
    "amp-youtube": "youtube",
    "youtube-embed": "youtube",
    "lite-vimeo": "vimeo",
    "amp-vimeo": "vimeo",
    "amp-dailymotion": "dailymotion",
    "lite-dailymotion": "dailymotion",
}
TAGS = frozenset((*_ELEMENTS, *_CUSTOM, "img", "script", "a", "blockquote"))
_STILL = re.compile(r"ytimg\.com/|img\.youtube\.com/|vumbnail\.com/|dailymotion\.com/thumbnail/")


def states_in_attributes(html: str) -> bool:
    """Whether a document may state videos in attributes of elements that are no players."""
    return "data-" in html or "WYL_" in html or "lyte_" in html


def in_element(tag: str, element: "_Element") -> Iterator[Player]:
    """The players that one element states, by its own name, link or attributes.

    Args:
        tag: the element's name.
        element: the element.

    Yields:
        Players; an audio player's frame is one too.
    """
    if names := _ELEMENTS.get(tag):
        yield from _in_source(tag, names, element)
    elif tag == "img":
        yield from _in_picture(element)
    elif tag == "script":
        yield from _in_script(element.text or "")
    elif tag == "a":
        yield from _in_link(element)
    else:
        yield from _in_attributes(tag, element)


def _in_source(tag: str, names: tuple[str, ...], element: "_Element") -> Iterator[Player]:
    """Frames, objects and media: the first address that leads somewhere."""
    title = element.get("title") or element.get("aria-label") or element.get("data-title") or ""
    for name in names:
        url = (element.get(name) or "").strip()
        if url and not url.startswith(("about:", "data:", "javascript:")):
            if tag in ("iframe", "amp-iframe", "frame") or may_be_video(url):
                yield Player(url, title.strip(), "iframe" if "frame" in tag else "embed")
            return


def _in_picture(element: "_Element") -> Iterator[Player]:
    """Stills at the providers' image hosts."""
    for name in ("src", "data-src", "data-lazy-src"):
        url = element.get(name) or ""
        if url and _STILL.search(url):
            yield Player(url, (element.get("alt") or "").strip(), "thumbnail")
            return


def _in_script(code: str) -> Iterator[Player]:
    """SWFObject calls, YouTube's player API and linked data."""
    if not may_be_video(code):
        return
    code = code.replace("\\/", "/")
    for found in _SCRIPT_URL.finditer(code):
        if may_be_video(found[0]) and not found[0].endswith(("_api", "api.js", ".js")):
            yield Player(found[0], how="script")
    for found in _SCRIPT_ID.finditer(code):
        yield Player(_TEMPLATES["youtube"].format(found[1]), how="script")


_SCRIPT_URL = re.compile(r"(?:https?:)?//[^\s\"'<>\\]{8,500}")
_SCRIPT_ID = re.compile(
    r"[\"']?(?:youtube_?id|video_?id)[\"']?\s{0,5}[:=]\s{0,5}[\"']([\w-]{11})[\"']",
    re.ASCII | re.IGNORECASE,
)
_LAZY = re.compile(r"youtube|vimeo|dailymotion|lyte|lazy-load|lightbox|popup-video|fancybox")


def _in_link(element: "_Element") -> Iterator[Player]:
    """Links that a script turns into players."""
    names, url = element.get("class"), element.get("href")
    if names and url and may_be_video(url) and _LAZY.search(names):
        yield Player(url, (element.get("title") or "").strip(), "lazy")


def _in_attributes(tag: str, element: "_Element") -> Iterator[Player]:
    """Custom elements, and any element with a video's address or id in its attributes."""
    provider = _CUSTOM.get(tag, "")
    for name, value in _attributes(element):
        if name == "id" and value.startswith(("WYL_", "lyte_")):
            yield Player(_TEMPLATES["youtube"].format(value.partition("_")[2]), how="lazy")
        elif not name.startswith("data-") and not (provider and name in _ID_NAMES):
            continue
        elif url := _from_attribute(name, value, provider, element):
            yield Player(url, _stated_title(element), "data")
            return
    if tag == "blockquote" or "fb-video" in (element.get("class") or ""):
        yield from _social(element)


def _attributes(element: "_Element") -> list[tuple[str, str]]:
    """An element's attributes as text."""
    return [(str(name), str(value)) for name, value in element.attrib.items()]


_ID_NAMES = frozenset(
    (
        "videoid",
        "video-id",
        "data-videoid",
        "data-video-id",
        "data-id",
        "data-embed",
        "data-code",
        "data-embed-id",
        "data-plyr-embed-id",
        "data-ytid",
        "data-yt-id",
        "data-youtube",
        "data-youtube-id",
        "data-yt",
        "data-vimeo",
        "data-vimeo-id",
        "data-dailymotion-id",
        "data-video",
        "data-youtubeid",
        "data-vimeoid",
        "data-clip-id",
        "data-media-id",
        "data-youtube-video-id",
    )
)
_ID = {
    "youtube": re.compile(r"[\w-]{11}\Z", re.ASCII),
    "vimeo": re.compile(r"\d{5,12}\Z", re.ASCII),
    "dailymotion": re.compile(r"[xk][0-9A-Za-z]{4,23}\Z", re.ASCII),
}
_JSON_ID = re.compile(
    r"[\"'](?:video_?id|youtube_?id)[\"']\s{0,5}:\s{0,5}[\"']([\w-]{5,24})[\"']", re.I
)
_JSON_URL = re.compile(
    r"[\"'](?:url|src|embedurl|href)[\"']\s{0,5}:\s{0,5}[\"']([^\"'\s]{8,500})", re.I
)


def _from_attribute(name: str, value: str, provider: str, element: "_Element") -> str:
    """The address that a data attribute means, empty when it means no video."""
    value = value.strip()
    if value.startswith(("{", "[")):
        return _from_json(value, provider or _provider(name, element))
    if "/" in value:
        return value if may_be_video(value) and not _STILL.search(value) else ""
    if name not in _ID_NAMES:
        return ""
    provider = provider or _provider(name, element)
    shape = _ID.get(provider)
    return _TEMPLATES[provider].format(value) if shape and shape.match(value) else ""


def _from_json(value: str, provider: str) -> str:
    """The address in an attribute that holds JSON, such as Substack's ``data-attrs``."""
    value = value[:4000].replace("\\/", "/")
    if (found := _JSON_ID.search(value)) and provider:
        return _TEMPLATES[provider].format(found[1])
    found = _JSON_URL.search(value)
    return found[1] if found and may_be_video(found[1]) else ""


def _provider(name: str, element: "_Element") -> str:
    """The provider that an element's attributes speak of."""
    said = " ".join((name, *map(str, element.attrib.values())))[:2000].lower()
    if "data-yt" in said or "rll-youtube" in said:
        return "youtube"
    return next((provider for provider in _TEMPLATES if provider in said), "")


def _stated_title(element: "_Element") -> str:
    """The title that a lazy player states."""
    names = ("title", "data-title", "playlabel", "aria-label", "data-alt", "data-video-title")
    return next((title.strip() for name in names if (title := element.get(name))), "")


def _social(element: "_Element") -> Iterator[Player]:
    """Quotes of posts elsewhere: their address, which only their page makes a video."""
    url = element.get("cite") or element.get("data-instgrm-permalink") or element.get("data-href")
    names = element.get("class") or ""
    if url and any(word in names for word in ("tiktok", "instagram", "twitter", "fb-video")):
        yield Player(url, how="social")


_SHORTCODE = re.compile(
    r"(?P<open>[\[{])(?P<name>embed|embedyt|youtube|yt|youtube_sc|su_youtube|su_vimeo|vimeo|lyte"
    r"|dailymotion|video|fve|arve|ot-video|vc_video|fusion_youtube|fusion_vimeo|avada_youtube"
    r"|tube|et_pb_video|bbvideo|media|plyr|jwplayer|mp4|sc_embed|iframe|presto_player)"
    r"(?P<given>(?:[\s=:][^\[\]{}]{0,600})?)[\]}]"
    r"(?:(?P<inner>[^\[\]{}<>]{1,300})[\[{]/(?P=name)[\]}])?",
    re.IGNORECASE | re.ASCII,
)
_ESCAPED = re.compile(
    r"<(?:iframe|embed|object|param|video|source|amp-|lite-)[^<>]{0,2000}>?", re.I
)
_MARKUP = re.compile(r"</?[a-zA-Z!][^<>]{0,2000}>")
_CODE_URL = re.compile(r"(?:https?:)?//[^\s\"'<>\]\[|\\]{6,500}|www\.[^\s\"'<>\]\[|]{6,500}", re.I)
_CODE_ID = re.compile(r"(?<![\w-])([\w-]{5,24})(?![\w-])", re.ASCII)


def may_hold(text: str) -> bool:
    """Whether it is worth looking for players and addresses in a text."""
    signs = "://" in text or "[" in text or "{" in text or "<" in text
    return signs or "youtu" in text or "vimeo.com" in text or "dai" in text


def in_text(text: str) -> tuple[str, list[Player]]:
    """Find players that stand in running text as short codes or escaped HTML.

    Args:
        text: words of one block.

    Returns:
        The words without them, and the players in order.
    """
    found: list[Player] = []
    if "[" in text or "{" in text:
        text = _SHORTCODE.sub(lambda code: _coded(code, found), text)
    if "<" in text:
        for tag in _ESCAPED.finditer(text):
            if (url := _CODE_URL.search(tag[0])) and may_be_video(url[0]):
                found.append(Player(url[0], how="escaped"))
        text = _MARKUP.sub(" ", text)
    return (text.strip() if found else text), found


def _coded(code: re.Match[str], found: list[Player]) -> str:
    """Note the player of one short code; what is none stays as it is."""
    said = " ".join(part for part in (code["given"], code["inner"]) if part)
    if url := _CODE_URL.search(said):
        address = url[0].rstrip(",;")
    else:
        address = _short_id(code["name"].lower(), said)
    if not address or not may_be_video(address):
        return code[0]
    found.append(Player(address, how="shortcode"))
    return " "


def _short_id(name: str, said: str) -> str:
    """The address for a short code that states only an id."""
    named = {"yt": "youtube", "lyte": "youtube", "embedyt": "youtube"}.get(name, name)
    provider = next((p for p in _TEMPLATES if p in named or p in said.lower()), "")
    if not provider:
        return ""
    ids = (part[1] for part in _CODE_ID.finditer(said) if _ID[provider].match(part[1]))
    return next((_TEMPLATES[provider].format(id) for id in ids), "")


_ADDRESS = re.compile(
    r"(?:https?|httpv[hp]?d?)://[^\s<>\"'()\[\]{}|\\^`]{4,500}"
    r"|(?<![\w./@-])(?:(?:www|m)\.)?(?:youtube\.com/|youtu\.be/|vimeo\.com/\d|dai\.ly/"
    r"|dailymotion\.com/video)[^\s<>\"'()\[\]{}|\\^`]{0,500}",
    re.IGNORECASE | re.ASCII,
)


def addresses(text: str) -> list[str]:
    """The web addresses written out in a text, without the sentence's punctuation."""
    found = islice(_ADDRESS.finditer(text), _MOST_ADDRESSES)
    return [address[0].rstrip(".,;:!?…") for address in found]


_MOST_ADDRESSES = 500


def is_address(text: str) -> bool:
    """Whether a line is nothing but a web address."""
    return " " not in text and bool(_ADDRESS.fullmatch(text))


_RESIDUE = (
    "código embebido",
    "[embedded content]",
    "embedded content",
    "view this video on",
    "this video is not available in",
    "video unavailable",
    "to see this content you need to",
    "please enable javascript",
    "bitte aktiviere",
    "inhalt kann nicht angezeigt werden",
    "contenu intégré",
    "contenido incrustado",
    "conteúdo incorporado",
)


def is_residue(text: str) -> bool:
    """Whether a text is what is left where a feed took a player out."""
    if len(text) > 200:
        return False
    words = text.casefold()
    return any([said in words for said in _RESIDUE])
