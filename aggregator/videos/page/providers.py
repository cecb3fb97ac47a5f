"""Which video an address means: YouTube, Vimeo and Dailymotion in every spelling.

An address is taken apart once (`_split`), its host picks the reader, the reader's
table of patterns finds the id. Redirectors and players of third parties are
unwrapped first, and only those we know, so that a foreign page with a video's
address in its query is never taken for the video.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote

_LONGEST = 4096
_WRAPPED_AT_MOST = 4


@dataclass(frozen=True, slots=True)
class VideoRef:
    """One video at its provider.

    Args:
        provider: ``youtube``, ``vimeo`` or ``dailymotion``.
        id: the provider's id.
        hash: key of an unlisted Vimeo video, which can't be watched without it.
        start: seconds into the video to begin at, None for its beginning.
        event: True for a Vimeo live event, whose numbers are not those of clips.
    """

    provider: str
    id: str
    hash: str = ""
    start: int | None = None
    event: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Provider and id: what makes two references the same video."""
        return self.provider, self.id

    @property
    def watch_url(self) -> str:
        """The canonical https address to watch it at, without tracking and start."""
        if self.provider == "youtube":
            return f"https://www.youtube.com/watch?v={self.id}"
        if self.provider == "dailymotion":
            return f"https://www.dailymotion.com/video/{self.id}"
        path = "event/" if self.event else ""
        return f"https://vimeo.com/{path}{self.id}" + (f"/{self.hash}" if self.hash else "")

    @property
    def embed_url(self) -> str:
        """The https address of a player that sets as few cookies as the provider allows."""
        if self.provider == "youtube":
            start = f"?start={self.start}" if self.start else ""
            return f"https://www.youtube-nocookie.com/embed/{self.id}{start}"
        if self.provider == "dailymotion":
            start = f"&startTime={self.start}" if self.start else ""
            return f"https://geo.dailymotion.com/player.html?video={self.id}{start}"
        if self.event:
            return f"https://vimeo.com/event/{self.id}/embed?dnt=1"
        key = f"h={self.hash}&" if self.hash else ""
        start = f"#t={self.start}s" if self.start else ""
        return f"https://player.vimeo.com/video/{self.id}?{key}dnt=1{start}"

    @property
    def thumbnail_url(self) -> str:
        """The https address of a still, empty for Vimeo, which states none by rule."""
        if self.provider == "youtube":
            return f"https://i.ytimg.com/vi/{self.id}/hqdefault.jpg"
        if self.provider == "dailymotion":
            return f"https://www.dailymotion.com/thumbnail/video/{self.id}"
        return ""


@dataclass(frozen=True, slots=True)
class _Url:
    """An address in its parts; `query` maps each name to its first value, decoded."""

    host: str
    path: str
    query: dict[str, str]
    fragment: str


def identify(url: str, base: str = "") -> VideoRef | None:
    """The video that an address means.

    Args:
        url: an address as found in a post: with or without scheme, entities and
            percent-escapes in it, or a redirector's or player's around the real one.
        base: address that a relative one is relative to, such as the post's link.

    Returns:
        The video, or None for anything else; playlists, channels, users and
        ``videoseries`` or ``live_stream`` players are not videos.
    """
    if not may_be_video(url[:_LONGEST]) and not may_be_video(base[:_LONGEST]):
        return None
    for _ in range(_WRAPPED_AT_MOST):
        if not (parts := _split(url, base)):
            return None
        if wrapped := _unwrap(parts):
            url, base = wrapped, "https://" + parts.host
            continue
        reader = _reader(parts.host)
        return reader(parts) if reader else None
    return None


def from_thumbnail(url: str) -> VideoRef | None:
    """The video whose still an image's address shows: a last resort for its id.

    Args:
        url: address of an image, also behind an image proxy.

    Returns:
        The video, or None when the address carries no id.
    """
    if not (found := _THUMBNAIL.search(url[:_LONGEST])):
        return None
    if found["youtube"]:
        return _youtube_ref(found["youtube"])
    if found["vimeo"]:
        return VideoRef("vimeo", found["vimeo"])
    return VideoRef("dailymotion", found["dailymotion"])


def may_be_video(text: str) -> bool:
    """Whether a text names a provider: a quick look before `identify` takes it apart."""
    text = text.lower()
    return "youtu" in text or "vimeo" in text or "daily" in text or "dai.ly" in text


def is_audio_player(url: str) -> bool:
    """Whether an address is a player for sound only, such as Bandcamp's or Spotify's."""
    lowered = url[:_LONGEST].lower()
    if not any(name in lowered for name in _AUDIO_NAMES):
        return False
    parts = _split(url, "")
    return bool(parts and _AUDIO.match(f"{parts.host}{parts.path}"))


_THUMBNAIL = re.compile(
    r"(?:(?:i\d?\.ytimg|img\.youtube|i\.youtube)\.com/(?:vi|vi_webp|an_webp)/"
    r"(?P<youtube>[\w-]{11})(?=/)"
    r"|vumbnail\.com/(?P<vimeo>\d{1,12})(?=[._])"
    r"|dailymotion\.com/thumbnail/(?:\d{1,4}x\d{1,4}/)?video/(?P<dailymotion>[0-9A-Za-z]{4,24}))",
    re.ASCII,
)
_AUDIO = re.compile(
    r"(?:[\w-]+\.)?(?:bandcamp\.com/embeddedplayer|spotify\.com/embed|open\.spotify\.com/"
    r"|w\.soundcloud\.com/|player\.soundcloud\.com/|soundcloud\.com/|mixcloud\.com/widget"
    r"|player-widget\.mixcloud\.com/|mixcloud\.com/|embed\.music\.apple\.com/"
    r"|music\.apple\.com/|embed\.podcasts\.apple\.com/|widget\.deezer\.com/|deezer\.com/"
    r"|embed\.tidal\.com/(?:tracks|albums|playlists)|audiomack\.com/embed)",
    re.ASCII | re.IGNORECASE,
)

_AUDIO_NAMES = (
    *("bandcamp", "spotify", "soundcloud", "mixcloud", "apple.com", "deezer", "tidal", "audiomack"),
)
_ARCHIVED = re.compile(r"(?:https?:)?//web\.archive\.org/web/[^/]{1,30}/", re.IGNORECASE | re.ASCII)
_URL = re.compile(
    r"(?:[a-z][a-z0-9+.-]{0,19}:)?//(?P<host>[^/?#]{1,255})(?P<rest>.*)",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)
_BARE_HOST = re.compile(
    r"(?:[\w-]{1,30}\.){0,3}(?:youtube\.com|youtube-nocookie\.com|youtu\.be|vimeo\.com"
    r"|dailymotion\.com|dai\.ly|googleapis\.com)(?=[/?#])",
    re.ASCII | re.IGNORECASE,
)
_SCHEMES = ("http:", "https:", "//", "httpv:", "httpvh:", "httpvhd:", "httpvp:", "feed:")


def _split(url: str, base: str) -> _Url | None:
    """Take an address apart; None for what is no web address."""
    url = _plain(url)
    if not url.lower().startswith(_SCHEMES):
        url = _absolute(url, base)
    if not (found := _URL.match(url)):
        return None
    host = found["host"].rpartition("@")[2].partition(":")[0].lower().rstrip(".")
    rest, _, fragment = found["rest"].partition("#")
    path, _, query = rest.partition("?")
    if "%" in path:
        path = unquote(path)
        path, more, hidden = path.partition("?")
        query = f"{hidden}&{query}" if more else query
    path, _, flash = path.partition("&")
    return _Url(host, path or "/", _parameters(f"{query}&{flash}"), fragment)


def _plain(url: str) -> str:
    """Undo what HTML, JSON and copying do to an address."""
    url = url[:_LONGEST].strip(" \t\r\n\f\v\u00a0\"'<>")
    if "&" in url:
        url = unescape(unescape(url))
    if "\\" in url:
        url = url.replace("\\u0026", "&").replace("\\u003d", "=").replace("\\", "")
    if "\n" in url or "\t" in url or "\r" in url:
        url = "".join(url.split())
    if url[:12].lower().startswith(("http%3a", "https%3a", "%2f%2f")):
        url = unquote(url)
    if found := _ARCHIVED.match(url):
        url = url[found.end() :]
    return url


def _absolute(url: str, base: str) -> str:
    """Give an address without scheme a host: its own, or that of the base."""
    if _BARE_HOST.match(url):
        return "//" + url
    if url.startswith("/") and (found := _URL.match(base[:_LONGEST].strip())):
        return f"//{found['host']}{url}"
    return ""


def _parameters(query: str) -> dict[str, str]:
    """A query's names with their first values, decoded once."""
    found: dict[str, str] = {}
    for part in query.split("&", 64)[:64]:
        name, given, value = part.partition("=")
        if given:
            found.setdefault(name.lower(), unquote(value) if "%" in value else value)
    return found


_WRAPPERS = (
    (("cdn.embedly.com", "i.embedly.com", "api.embed.ly"), ("src", "url")),
    (("l.facebook.com", "lm.facebook.com", "facebook.com", "l.instagram.com"), ("u",)),
    (("google.com", "google.de", "google.co.uk", "google.fr", "google.es"), ("q", "url")),
    (("accounts.google.com", "consent.youtube.com", "consent.google.com"), ("continue",)),
    (("t.umblr.com", "href.li", "tumblr.com"), ("z",)),
    (("out.reddit.com", "exit.sc", "slack-redir.net", "noembed.com"), ("url",)),
    (("vk.com", "away.vk.com"), ("to",)),
    (("steamcommunity.com",), ("url", "u")),
    (("youtube.com", "m.youtube.com"), ("next_url", "continue", "next", "u", "q", "url")),
    (("vimeo.com", "dailymotion.com", "geo.dailymotion.com"), ("redirect", "url", "urlback")),
)
_WRAPPED_IN = {host: names for hosts, names in _WRAPPERS for host in hosts}
_YOUTUBE_WRAPS = re.compile(
    r"/(?:attribution_link|verify_age|verify_controversy|signin|redirect|oembed|das_captcha"
    r"|results|login|index|m|ml)\b",
    re.ASCII,
)


def _unwrap(url: _Url) -> str:
    """The address inside a redirector's or third-party player's; empty when there is none."""
    host = url.host.removeprefix("www.")
    names = _WRAPPED_IN.get(host)
    if not names or (host.endswith("youtube.com") and not _wraps_on_youtube(url)):
        return ""
    values = (url.query.get(name, "") for name in names)
    return next((value for value in values if value.startswith(("/", "http", "www."))), "")


def _wraps_on_youtube(url: _Url) -> bool:
    """Whether an address at YouTube leads on to another instead of showing a video."""
    return bool(_YOUTUBE_WRAPS.match(url.path)) or url.host == "consent.youtube.com"


_Reader = Callable[[_Url], VideoRef | None]


def _reader(host: str) -> _Reader | None:
    """Who reads addresses of a host."""
    for suffix, reader in _READERS:
        if host == suffix or host.endswith("." + suffix):
            return reader
    return None


_YOUTUBE_ID = re.compile(r"[0-9A-Za-z_-]{11}(?![0-9A-Za-z_-])", re.ASCII)
_YOUTUBE_PATH = re.compile(
    r"/+(?:embed|v|e|shorts|live|watch|w|clip_embed)/+([^/?#&]{11,})", re.ASCII
)
_YOUTUBE_FRAGMENT = re.compile(
    r"(?:!?/?(?:watch)?\??(?:[\w]{1,20}=[^&]{0,200}&){0,8}v=|p/(?:[a-z]/)*\d{0,3}/?(?:[a-z0-9]/)*"
    r"(?:\d{1,5}/)?)([\w-]{11})(?![\w-])",
    re.ASCII,
)
_NOT_IDS = frozenset({"videoseries", "live_stream"})


def _youtube(url: _Url) -> VideoRef | None:
    """Read an address at youtube.com, youtube-nocookie.com or youtube.googleapis.com."""
    if found := _YOUTUBE_PATH.match(url.path) or _YOUTUBE_FRAGMENT.match(url.fragment):
        id = found[1]
    else:
        query = url.query
        id = query.get("v") or query.get("vi") or query.get("video_id") or ""
    return _youtube_ref(id, _start(url))


def _short_youtube(url: _Url) -> VideoRef | None:
    """Read an address at youtu.be."""
    path = url.path.lstrip("/")
    nested = found[1] if (found := _YOUTUBE_PATH.match("/" + path)) else ""
    return _youtube_ref(nested or path.partition("/")[0] or url.query.get("v", ""), _start(url))


def _youtube_ref(text: str, start: int | None = None) -> VideoRef | None:
    """The reference for an id that stands at the start of a text."""
    found = _YOUTUBE_ID.match(text)
    if not found or found[0] in _NOT_IDS:
        return None
    return VideoRef("youtube", found[0], start=start)


_VIMEO_PATH = re.compile(
    r"/+(?:channels/[^/]{1,80}/|groups/[^/]{1,80}/videos/|(?:album|showcase)/\d{1,12}/videos?/"
    r"|ondemand/[^/]{1,80}/|m/|review/|videos?/|event/\d{1,12}/videos/|manage/videos/"
    r"|external/|staffpicks/)?([1-9]\d{0,11})(?:/([0-9a-f]{8,12}))?(?![\w-])",
    re.ASCII,
)
_VIMEO_EVENT = re.compile(r"/+event/([1-9]\d{0,11})(?:/([0-9a-f]{8,12}))?(?![\w-])", re.ASCII)
_VIMEO_ID = re.compile(r"(?:/|!/)?([1-9]\d{0,11})(?![\w-])", re.ASCII)
_VIMEO_HASH = re.compile(r"[0-9a-f]{8,12}\Z", re.ASCII)


def _vimeo(url: _Url) -> VideoRef | None:
    """Read an address at vimeo.com or player.vimeo.com."""
    key = url.query.get("h", "")
    key = key if _VIMEO_HASH.match(key) else ""
    if found := _VIMEO_PATH.match(url.path):
        in_path = "" if url.path.startswith("/review") else found[2] or ""
        return VideoRef("vimeo", found[1], hash=key or in_path, start=_start(url))
    if found := _VIMEO_EVENT.match(url.path):
        return VideoRef("vimeo", found[1], hash=found[2] or "", start=_start(url), event=True)
    for text in (url.query.get("clip_id", ""), url.fragment):
        if found := _VIMEO_ID.match(text):
            return VideoRef("vimeo", found[1], hash=key, start=_start(url))
    return None


_DAILYMOTION_ID = re.compile(r"[0-9A-Za-z]{4,24}(?![0-9A-Za-z])", re.ASCII)
_DAILYMOTION_PATH = re.compile(
    r"/+(?:[a-z]{2}(?:-[a-z]{2})?/)?(?:(?:embed|swf)/+)?video/+([0-9A-Za-z]{4,24})"
    r"(?![0-9A-Za-z])|/+swf/+(x[0-9a-z]{3,23})(?![0-9A-Za-z])",
    re.ASCII,
)


def _dailymotion(url: _Url) -> VideoRef | None:
    """Read an address at dailymotion.com."""
    if found := _DAILYMOTION_PATH.match(url.path):
        return VideoRef("dailymotion", found[1] or found[2], start=_start(url))
    id = url.query.get("video", "")
    if not id and "video=" in url.fragment:
        id = _parameters(url.fragment).get("video", "")
    found = _DAILYMOTION_ID.match(id)
    return VideoRef("dailymotion", found[0], start=_start(url)) if found else None


def _short_dailymotion(url: _Url) -> VideoRef | None:
    """Read an address at dai.ly."""
    found = _DAILYMOTION_ID.match(url.path.strip("/"))
    return VideoRef("dailymotion", found[0], start=_start(url)) if found else None


_READERS: tuple[tuple[str, _Reader], ...] = (
    ("youtube.com", _youtube),
    ("youtube-nocookie.com", _youtube),
    ("youtube.googleapis.com", _youtube),
    ("youtu.be", _short_youtube),
    ("vimeo.com", _vimeo),
    ("dailymotion.com", _dailymotion),
    ("dai.ly", _short_dailymotion),
)

_CLOCK = re.compile(r"(?:(\d{1,2})h)?(?:(\d{1,3})m)?(?:(\d{1,5})s?)?\Z", re.ASCII)


def _start(url: _Url) -> int | None:
    """The second an address begins at: ``t``, ``start`` or ``#t``, as 90, 90s or 1m30s."""
    query = url.query
    said = query.get("t") or query.get("start") or query.get("time_continue")
    said = said or query.get("starttime") or _parameters(url.fragment).get("t", "")
    found = _CLOCK.match(said)
    if not found:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds or None
