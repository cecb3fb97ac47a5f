"""The grammars that titles of music-video posts follow, most telling first.

Each takes the title out of its frame and gives a reading, or None when the title does
not follow it. Quotes are tried before dashes, dashes before prepositions.
"""

import re
from collections.abc import Callable

from aggregator.videos.names import EDGE, QUOTES, clean, fold
from aggregator.videos.tables import words
from aggregator.videos.titles.dashed_titles import colon, dashed, piped
from aggregator.videos.titles.headlines import (
    artist_before,
    bare,
    is_possessive,
    name_ending,
    owner_of,
)
from aggregator.videos.titles.quoted_titles import quoted
from aggregator.videos.titles.title_names import (
    BY,
    Reading,
    dashed_apart,
    leading_name,
    song_at_start,
)
from aggregator.videos.titles.title_parts import Parts

_VIDEO_FOR = re.compile(
    r"\b(?:video|clip|mv|vid|visuali[sz]er|videoclip|teledysk|musikvideo)s?\s+"
    r"(?:for|to|of|zu|für|till|til|pour|para|per|voor|do)\s+",
    re.IGNORECASE,
)
_LISTING = re.compile(
    r"\b(?:top|best)\s+\d+|\b\d+\s+(?:\w+\s+){0,2}(?:videos|clips)\b|\bvideos? (?:of|der|del|du) ",
    re.I,
)
_DIGIT = re.compile(r"\d")
_MAKING_OF = re.compile(r"(?:the )?making of (?:the )?(.{3,60})", re.IGNORECASE)
_NAMED_VIDEO = re.compile(
    r"[tfio’'](?:(?<=\bt)he|(?<=\bf)rom|(?<=\bi)n|(?<=\bo)f|(?<=[’'])s) "
    r"((?:[A-Z0-9][\w’']*)(?: (?:[A-Z0-9][\w’']*|of|the|to|in|a|on|and)){0,6})"
    r"(?: (?:music |official |lyric )?[Vv]ideo\b|$)"
)
_LEADING = ("the ", "from ", "in ", "of ", "’s ", "'s ")
_VIDEO_NOUNS = ("vid", "clip", "mv", "visuali", "teledysk")
_NOUNS = frozenset(("video", "clip", "mv"))
_SCRIPTS = re.compile(r"([A-Z][\x20-\x7e]{1,30}?) ([\uac00-\ud7af][^A-Za-z]*)")
_LENTICULAR = re.compile(r"([^【】]{0,60})【([^【】]{1,80})】([^【】]{0,60})")


def read(parts: Parts, witness: str) -> Reading | None:
    """Read a title by the first grammar that it follows.

    Args:
        parts: the title out of its frame.
        witness: a name that may be the artist's, such as a channel's; else empty.
    """
    if not parts.core:
        return None
    for grammar in _GRAMMARS:
        reading = grammar(parts, witness)
        if reading is not None:
            return reading
    return None


def video_for(parts: Parts, witness: str) -> Reading | None:
    """Read ``A's new video for S`` and ``the video for A's S``."""
    found = _VIDEO_FOR.search(parts.core) if _may_say_video(parts.core) else None
    if not found:
        return None
    before, song = parts.core[: found.start()], parts.core[found.end() :]
    artist, how = artist_before(before)
    inner = song.split()
    for index, word in enumerate(inner[:5]):
        if is_possessive(word) and index + 1 < len(inner) and how != "possessive":
            artist = " ".join([*inner[:index], owner_of(word)])
            song = " ".join(inner[index + 1 :])
            break
    song, by, credited = song.partition(" by ")
    if by:
        artist = leading_name(credited.split())
    song = song_at_start(song.strip())
    if not song or len(song.split()) > 9:
        return None
    return Reading("video-for", 0.7, clean(artist), (song,))


def _may_say_video(text: str) -> bool:
    """A quick look that spares most titles the search for the words of `_VIDEO_FOR`."""
    lowered = text.lower()
    return not text.isascii() or any([noun in lowered for noun in _VIDEO_NOUNS])


def video_named(parts: Parts, witness: str) -> Reading | None:
    """Read ``the S video`` and ``the making of A's S``, the song known by its capitals only."""
    making = _MAKING_OF.match(parts.core) if parts.framed else None
    if making:
        artist, song = _apart(making.group(1).split())
        return Reading("making-of", 0.6, artist, (song,)) if song else None
    led = any([word in parts.core for word in _LEADING])
    found = _NAMED_VIDEO.search(parts.core) if led else None
    if found and not parts.trailing and found.end() == len(parts.core) == found.end(1):
        return None
    song = clean(found.group(1)) if found else ""
    if not song or any(bare(word) in words("titles", "no-start") for word in song.split()[:1]):
        return None
    if all(bare(w) in words("titles", "link") | words("titles", "noun") for w in song.split()):
        return None
    owner, owned_song = _apart(song.split())
    if owner and owned_song:
        return Reading("song-video", 0.5, owner, (owned_song,))
    artist, how = artist_before(parts.core[: found.start(1)] if found else "")
    return Reading("song-video", 0.5, clean(artist) if how == "possessive" else "", (song,))


def _apart(split: list[str]) -> tuple[str, str]:
    """Part "A's S" into its two; the artist is empty where nobody owns."""
    for index, word in enumerate(split[:6]):
        if is_possessive(word):
            return name_ending(split, index), clean(" ".join(split[index + 1 :]))
    return "", clean(" ".join(split))


def song_by(parts: Parts, witness: str) -> Reading | None:
    """Read ``S by A``, when the title is short or its frame speaks of a video."""
    pieces = BY.split(parts.core, maxsplit=1) if "by" in parts.core.lower() else []
    if len(pieces) != 2 or len(pieces[0].split()) > 9:
        return None
    after = _VIDEO_FOR.search(pieces[0])
    song = pieces[0][after.end() :] if after else pieces[0]
    artist = leading_name(re.split(r"\s[-–—|]\s|[.,;!]\s", pieces[1])[0].split())
    if not artist or not song.strip() or (len(artist.split()) > 6):
        return None
    sure = 0.85 if parts.framed or parts.directors or after else 0.45
    return Reading("song-by-artist", sure, clean(artist), (clean(song).strip(QUOTES),))


def owned(parts: Parts, witness: str) -> Reading | None:
    """Read ``A's S`` before a suffix that spoke of a video ("Katy Stone's new E.T. video")."""
    if not parts.framed:
        return None
    split = parts.core.split()
    for index, word in enumerate(split[:6]):
        if is_possessive(word) and index + 1 < len(split):
            song = split[index + 1 :]
            while song and bare(song[0]) in words("titles", "link"):
                song = song[1:]
            nouns = [at for at, said in enumerate(song) if at and bare(said) in _NOUNS]
            song = song[: nouns[0]] if nouns else song
            if song and len(song) <= 7:
                return Reading(
                    "possessive-song", 0.5, name_ending(split, index), (clean(" ".join(song)),)
                )
    return None


def unseparated(parts: Parts, witness: str) -> Reading | None:
    """Read ``A S Official MV``: capitals or another script end where the song begins."""
    split = parts.core.split()
    if not parts.framed or not 2 <= len(split) <= 9:
        return None
    for index in range(len(split) - 1, 0, -1):
        if witness and fold(" ".join(split[:index])) == witness:
            return Reading("artist-song", 0.8, " ".join(split[:index]), (" ".join(split[index:]),))
    capitals = 0
    while capitals < len(split) and split[capitals].isupper() and len(split[capitals]) > 1:
        capitals += 1
    scripts = _SCRIPTS.fullmatch(parts.core)
    if scripts and len(split) < 6:
        return Reading("script-song", 0.5, scripts.group(1), (scripts.group(2),))
    if 0 < capitals < len(split):
        artist, song = " ".join(split[:capitals]), " ".join(split[capitals:])
        return Reading("capitals-song", 0.55, artist, (song,))
    return None


def lenticular(parts: Parts, witness: str) -> Reading | None:
    """Read ``A【S】`` and ``【A】S``."""
    found = _LENTICULAR.fullmatch(parts.core) if "【" in parts.core else None
    if not found:
        return None
    before, inner, after = (piece.strip(EDGE) for piece in found.groups())
    if bool(before) == bool(after):
        return None
    artist, song = (before, inner) if before else (inner, after)
    return Reading("lenticular", 0.7, clean(artist), (clean(song),))


def listing(parts: Parts, witness: str) -> Reading | None:
    """Read list titles, which name no single work."""
    core = parts.core
    counted = "deo" in core.lower() or _DIGIT.search(core)
    if not counted or any(span.mark for span in parts.spans) or len(dashed_apart(core, 1)) > 1:
        return None
    return Reading("list", 0.8) if _LISTING.search(core) else None


_GRAMMARS: tuple[Callable[[Parts, str], Reading | None], ...] = (
    listing,
    lenticular,
    quoted,
    dashed,
    video_for,
    song_by,
    piped,
    colon,
    owned,
    unseparated,
    video_named,
)
