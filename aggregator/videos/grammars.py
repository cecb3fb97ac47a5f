"""The grammars that titles of music-video posts follow, most telling first.

Each takes the title out of its frame and gives a reading, or None when the title does
not follow it. Quotes are tried before dashes, dashes before prepositions.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from aggregator.videos.cues import tokens
from aggregator.videos.headlines import artist_before, bare, is_possessive, name_ending
from aggregator.videos.names import EDGE, QUOTES, clean, fold, persons
from aggregator.videos.quoting import MARKS, Quoted
from aggregator.videos.tables import words
from aggregator.videos.title_parts import Parts, without_suffix


@dataclass(frozen=True, slots=True)
class Reading:
    """What one grammar made of a title.

    Args:
        grammar: the grammar's name.
        confidence: 0 to 1.
        artist: as written, empty when not named.
        songs: as written.
        directors: only those the grammar itself found.
    """

    grammar: str
    confidence: float
    artist: str = ""
    songs: tuple[str, ...] = ()
    directors: tuple[str, ...] = ()


_DASH = re.compile(r"\s+[-–—―−~～]+>?\s+|\s?(?:--|——|––|>>)\s?|[-–—]\s+|\s+[-–—](?=\S)")
_PIPE = re.compile(r"\s*[|｜]{1,2}\s*|\s+[lI]\s+(?=['‘\"“])")
_BY = re.compile(r"\s+[Bb](?:y|Y):?\s+")
_AFTER_SONG = re.compile(
    r"(?:^|[\s,])(?:by|from|von|van|de|di|av|af|od|par|por|by:)\s+(?:the band )?|\bd[’'](?=\w)|^\s*[-–—,:|]\s*"
)
_VIDEO_FOR = re.compile(
    r"\b(?:video|clip|mv|vid|visuali[sz]er|videoclip|teledysk|musikvideo)s?\s+"
    r"(?:for|to|of|zu|für|till|til|pour|para|per|voor|do)\s+",
    re.IGNORECASE,
)
_CHAT_END = re.compile(r"[.;!?]+\s+|\s*[;,]\s+|\s\(|\s\*|\s\"\s")
_SENTENCE = re.compile(r"[.!?:;]+\s+|\|\|\s*")
_AND_MORE = re.compile(r"\s*(?:[,;/、・]|and|&|\+|y|et|und|e|i|og|och|と)?\s*", re.IGNORECASE)
_LISTING = re.compile(
    r"\b(?:top|best)\s+\d+|\b\d+\s+(?:\w+\s+){0,2}(?:videos|clips)\b|\bvideos? (?:of|der|del|du) ",
    re.I,
)
_WIDE_OPEN = frozenset("「『【《〈")


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


def quoted(parts: Parts, witness: str) -> Reading | None:
    """Read titles that quote the song: ``A – “S”``, ``Watch A's Video for “S”``, ``A「S」MV``."""
    chosen = _song_spans(parts.core, parts.spans)
    if not chosen:
        return None
    songs = tuple(song for song in (clean(span.text) for span in chosen) if song)
    before = parts.core[: chosen[0].start].rstrip()
    after = parts.core[chosen[-1].end :]
    if chosen[0].mark in _WIDE_OPEN:
        return Reading("wide-quotes", 0.85, _wide_artist(before, after), songs)
    if not before.strip(EDGE):
        return _after_quote(after, songs)
    if before[-1] in EDGE:
        return Reading("separated-quote", 0.95, _last_name(before), songs)
    artist, how = artist_before(before)
    if how == "adjacent":
        return _adjacent(artist, songs, after)
    confidence = 0.85 if how == "possessive" else 0.75
    if not artist:
        named = _after_quote(after, songs)
        return named if named.artist else Reading("quote-alone", 0.4, "", songs)
    return Reading(f"headline-{how}", confidence, clean(artist), songs)


def _adjacent(artist: str, songs: tuple[str, ...], after: str) -> Reading:
    """Read ``A 'S' by D``: beside an artist, "by" names the director."""
    first = _PIPE.split(artist)[0]
    found = re.match(r"\s*(?:for [^|]{1,60} )?by\s+([^|:]{2,80})$", after)
    directors = persons(found.group(1)) if found else ()
    grammar = "artist-quote-by-director" if directors else "artist-quote"
    return Reading(grammar, 0.9, clean(_last_name(first, colon=True)), songs, directors)


def _after_quote(after: str, songs: tuple[str, ...]) -> Reading:
    """Read ``“S” by A``, ``„S“: Neues Video von A``, ``"S" Official Video A``."""
    found = _AFTER_SONG.search(after)
    tail = after[found.end() :] if found else after
    again = _AFTER_SONG.search(tail) if found and not found.group().strip(EDGE) else None
    tail = tail[again.end() :] if again else tail
    parts = tail.split()
    while parts and (bare(parts[0]) in words("titles", "noun") | words("titles", "trim")):
        parts = parts[1:]
    named = _leading_name(parts)
    if not named:
        return Reading("quote-alone", 0.4, "", songs)
    return Reading("quote-by-artist", 0.85 if found else 0.5, clean(named), songs)


def _leading_name(parts: list[str]) -> str:
    """Take the name that a run of words starts with."""
    kept: list[str] = []
    for word in parts[:9]:
        folded = bare(word)
        if kept and (folded in words("titles", "stop") or word in ("-", "–", "—", "|", "&amp;")):
            break
        if folded in words("titles", "noun") and not kept:
            break
        owned = is_possessive(word)
        kept.append(word[:-2] if owned else word)
        if owned or (word[-1:] in ".,;:!?" and len(word) > 3 and len(parts) > len(kept)):
            break
    while kept and kept[-1].casefold() in ("and", "&", "the", "is", "of"):
        kept.pop()
    return " ".join(kept).strip(EDGE + QUOTES + ".")


def _wide_artist(before: str, after: str) -> str:
    """Find the artist beside 「」: what stands before, without news prose."""
    name = re.split(r"[、。！!：:]|が|の新曲|の|新曲|アルバム|シングル|\d+(?:st|nd|rd|th)", before)[
        0
    ]
    name = name.strip(EDGE + "[]【】 ")
    tail = _BY.match(after) or re.match(r"\s*by\s+", after)
    if not name and tail:
        return _leading_name(after[tail.end() :].split())
    return clean(name) if len(name) <= 60 else ""


def _last_name(before: str, *, colon: bool = False) -> str:
    """Take the name that stands last before a separator."""
    text = before.rstrip(EDGE)
    pieces = [piece for piece in _PIPE.split(text) if piece.strip(EDGE)]
    text = pieces[-1] if pieces else text
    if len(text.split()) > 4 or colon:
        text = _SENTENCE.split(text)[-1]
    return clean(text)


def _song_spans(core: str, spans: tuple[Quoted, ...]) -> list[Quoted]:
    """Choose the quoted span that is the song, and those listed with it."""
    scored = [(_song_score(core, span) - 0.3 * at, at) for at, span in enumerate(spans)]
    scored = [(score, at) for score, at in scored if score > -2]
    if not scored:
        return []
    score, at = max(scored)
    chosen = [spans[at]]
    for span in spans[at + 1 : at + 8]:
        between = core[chosen[-1].end : span.start]
        if not _AND_MORE.fullmatch(between):
            break
        chosen.append(span)
    for span in reversed(spans[:at]):
        if not _AND_MORE.fullmatch(core[span.end : chosen[0].start]) or score > 2.5:
            break
        chosen.insert(0, span)
    return chosen


def _song_score(core: str, span: Quoted) -> float:
    before = [bare(word) for word in core[max(0, span.start - 40) : span.start].split()[-3:]]
    after = [bare(word) for word in core[span.end : span.end + 40].split()[:3]]
    score = 0.0
    if any(word in words("titles", "noun") for word in after):
        score += 2
    if any(word in words("titles", "song-before") for word in before):
        score += 2
    if before and before[-1] in words("titles", "other-before"):
        score -= 1.5 if score > 0 else 2.6
    if after and after[0] in words("titles", "other-after"):
        score -= 2.6
    size = len(span.text.split())
    if size > 9 or (size > 5 and span.text[:1].islower()):
        score -= 2.5
    if span.start == 0 and core[span.end : span.end + 1] == ":":
        score -= 2 if size > 4 or len(span.text) < 5 else 0
    return score


def dashed(parts: Parts, witness: str) -> Reading | None:
    """Read ``A - S``, ``A – S Feat. B`` and, where a witness says so, ``S - A``."""
    segments = [segment for segment in _DASH.split(parts.core, maxsplit=4) if segment.strip(EDGE)]
    segments = _without_frame(segments)
    if len(segments) < 2:
        return None
    left, right = _name_at_end(segments[0]), _song_at_start(segments[1])
    if not left or not right:
        return None
    if witness and witness in fold(right) and witness not in fold(left):
        return Reading("song-dash-artist", 0.8, clean(right), (clean(left),))
    sure = 0.9 if parts.framed else 0.6
    return Reading("artist-dash-song", sure, left, (right,))


def _without_frame(segments: list[str]) -> list[str]:
    """Drop leading segments that are only words such as "Video Premiere"."""
    known = words("titles", "prefix")
    while len(segments) > 2 and all(token.word in known for token in tokens(segments[0])):
        segments = segments[1:]
    return segments


def _name_at_end(text: str) -> str:
    """Take the artist that a chatty left side ends with."""
    text = _PIPE.split(text)[-1]
    if len(text.split()) > 5 or any(t.word in words("titles", "noun") for t in tokens(text)):
        text = _SENTENCE.split(text)[-1]
        if len(text.split()) > 8:
            text = ""
    return clean(text).strip(QUOTES)


def _song_at_start(text: str) -> str:
    """Take the song that a chatty right side starts with."""
    text = _PIPE.split(text)[0]
    for found in _CHAT_END.finditer(text):
        rest = text[found.end() :]
        chatty = any(token.word in words("titles", "chat") for token in tokens(rest))
        if chatty or (len(rest.split()) > 3 and found.group()[0] in ".;!"):
            keep = found.start() + (1 if text[found.start()] in "!?" else 0)
            text = text[:keep]
            break
    text, _ = without_suffix(text)
    return clean(text).strip('"“”„«»`').strip()


def piped(parts: Parts, witness: str) -> Reading | None:
    """Read ``A | S`` and ``A _ S``."""
    segments = [
        s for s in re.split(r"\s*[|｜]\s*|\s+_\s+|_", parts.core, maxsplit=5) if s.strip(EDGE)
    ]
    known = words("titles", "prefix") | words("titles", "noun")
    segments = [s for s in segments if not all(token.word in known for token in tokens(s))]
    if len(segments) < 2 or len(segments[0].split()) > 6:
        return None
    return Reading("artist-pipe-song", 0.6, clean(segments[0]), (clean(segments[1]),))


def song_by(parts: Parts, witness: str) -> Reading | None:
    """Read ``S by A``, when the title is short or its frame speaks of a video."""
    pieces = _BY.split(parts.core, maxsplit=1)
    if len(pieces) != 2 or len(pieces[0].split()) > 9:
        return None
    after = _VIDEO_FOR.search(pieces[0])
    song = pieces[0][after.end() :] if after else pieces[0]
    artist = _leading_name(re.split(r"\s[-–—|]\s|[.,;!]\s", pieces[1])[0].split())
    if not artist or not song.strip() or (len(artist.split()) > 6):
        return None
    sure = 0.85 if parts.framed or parts.directors or after else 0.45
    return Reading("song-by-artist", sure, clean(artist), (clean(song).strip(QUOTES),))


def video_for(parts: Parts, witness: str) -> Reading | None:
    """Read ``A's new video for S`` and ``the video for A's S``."""
    found = _VIDEO_FOR.search(parts.core)
    if not found:
        return None
    before, song = parts.core[: found.start()], parts.core[found.end() :]
    artist, how = artist_before(before)
    inner = song.split()
    for index, word in enumerate(inner[:5]):
        if is_possessive(word) and index + 1 < len(inner) and how != "possessive":
            artist, song = name_ending(inner, index), " ".join(inner[index + 1 :])
            break
    song = _song_at_start(song.strip())
    if not song or len(song.split()) > 9:
        return None
    return Reading("video-for", 0.7, clean(artist), (song,))


def colon(parts: Parts, witness: str) -> Reading | None:
    """Read ``A: S``, as credit sheets write it."""
    left, found, right = parts.core.partition(": ")
    if not found or len(left.split()) > 5 or not (parts.framed or parts.directors):
        return None
    return Reading("artist-colon-song", 0.65, clean(left), (_song_at_start(right),))


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
    if 0 < capitals < len(split):
        artist, song = " ".join(split[:capitals]), " ".join(split[capitals:])
        return Reading("capitals-song", 0.55, artist, (song,))
    return None


def listing(parts: Parts, witness: str) -> Reading | None:
    """Read list titles, which name no single work."""
    named = any(span.mark for span in parts.spans) or _DASH.search(parts.core)
    return Reading("list", 0.8) if not named and _LISTING.search(parts.core) else None


def unread(text: str) -> bool:
    """Tell whether a text holds quotes at all."""
    return MARKS.search(text) is not None


_GRAMMARS: tuple[Callable[[Parts, str], Reading | None], ...] = (
    listing,
    quoted,
    dashed,
    video_for,
    song_by,
    piped,
    colon,
    owned,
    unseparated,
)
