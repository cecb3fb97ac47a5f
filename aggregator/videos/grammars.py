"""The grammars that titles of music-video posts follow, most telling first.

Each takes the title out of its frame and gives a reading, or None when the title does
not follow it. Quotes are tried before dashes, dashes before prepositions.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from aggregator.videos.cues import tokens
from aggregator.videos.headlines import (
    artist_before,
    bare,
    is_possessive,
    name_ending,
    owner_of,
    verb_forms,
)
from aggregator.videos.names import EDGE, QUOTES, clean, fold, persons, without_guests
from aggregator.videos.quoting import MARKS, Quoted
from aggregator.videos.tables import words
from aggregator.videos.title_parts import Parts, without_suffix
from aggregator.videos.wide_prose import wide_artist


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
_DASHES = frozenset("-–—,:|")
_PREPOSITIONS = frozenset("de of by von van di from for to zu für pour para do du del the a".split())
_VIDEO_OF = re.compile(
    r"\b(?:video|vídeo|vidéo|clip|videoclip|clipe|single|sencillo|titre)\s(?:de|von|by|di|van|av|af)\s"
    r"(?:los |las |les )?([^\W_].{1,60})$",
    re.IGNORECASE,
)
_PIPE = re.compile(r"\s*[|｜]{1,2}\s*|\s+[lI]\s+(?=['‘\"“])")
_BY = re.compile(r"\s+[Bb](?:y|Y):?\s+")
_AFTER_SONG = re.compile(
    r"(?<![^\s,])(?:by|from|estrenar|von|van|de|di|av|af|od|par|por|by:)\s+(?:the band )?|\bd[’'](?=\w)"
)
_VIDEO_FOR = re.compile(
    r"\b(?:video|clip|mv|vid|visuali[sz]er|videoclip|teledysk|musikvideo)s?\s+"
    r"(?:for|to|of|zu|für|till|til|pour|para|per|voor|do)\s+",
    re.IGNORECASE,
)
_CHAT_END = re.compile(r"[.;!?]+\s+|\s*[;,]\s+|\s\(|\s\*|\s\"\s")
_SIDE_BAR = re.compile(r"\s[lI|]$")
_CLAUSE = re.compile(r"(?<=[^\W\d_A-Z]{3})[.!?]+\s+(?=[^\W\d_a-z])|:\s+")
_SENTENCE = re.compile(r"(?<!\b[A-ZÀ-Þ])(?<!\b[SMD][tr])[.!?:;]+\s+|\|\|\s*")
_AND_MORE = re.compile(r"\s*(?:[,;/、・]|and|&|\+|y|et|und|e|i|og|och|と)?\s*", re.IGNORECASE)
_LISTING = re.compile(
    r"\b(?:top|best)\s+\d+|\b\d+\s+(?:\w+\s+){0,2}(?:videos|clips)\b|\bvideos? (?:of|der|del|du) ",
    re.I,
)
_NEWS_PROSE = re.compile(
    r"[、。！：]|\d+(?:st|nd|rd|th) ?(?:Single|single|シングル|アルバム)?|シングル|アルバム|新曲|楽曲"
)
_PROSE_KANA = re.compile(r"[がはをにで](?=[^ぁ-ん])|(?:[がはのをにでと]|から|より|まで)$")
_LENTICULAR = re.compile(r"([^【】]{0,60})【([^【】]{1,80})】([^【】]{0,60})")
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
    chosen = _song_spans(parts)
    if not chosen:
        return None
    songs = tuple(song for song in (clean(span.text) for span in chosen) if song)
    before = _SIDE_BAR.sub("", parts.core[: chosen[0].start].rstrip())
    after = parts.core[chosen[-1].end :]
    if chosen[0].mark in _WIDE_OPEN:
        return Reading("wide-quotes", 0.85, _wide_artist(before, after), songs)
    if not before.strip(EDGE):
        return _after_quote(after, songs)
    if before[-1] == ":" and re.match(r"\s+(?:by|von|par|de|di|av|van)\s", after):
        return _after_quote(after, songs)
    if before[-1] in EDGE:
        return Reading("separated-quote", 0.95, _last_name(before), songs)
    artist, how = artist_before(_last_clause(without_guests(before)))
    if how == "adjacent" and artist.split()[-1].casefold() in _PREPOSITIONS:
        artist = how = ""
    if how == "adjacent":
        return _adjacent(artist, songs, after)
    confidence = 0.85 if how == "possessive" else 0.75
    if not artist or how == "":
        inner = dashed(Parts(chosen[0].text), "") if " - " in chosen[0].text else None
        named = inner or _after_quote(after, songs)
        return named if named.artist else Reading("quote-alone", 0.4, "", songs)
    return Reading(f"headline-{how}", confidence, clean(artist), songs)


def _last_clause(before: str) -> str:
    """Take what a headline says after its last full stop or colon ("Baby: Jo Doe ‘S’")."""
    clauses = [clause for clause in _CLAUSE.split(_PIPE.split(before)[0]) if clause.strip(EDGE)]
    return clauses[-1] if clauses else before


def _adjacent(artist: str, songs: tuple[str, ...], after: str) -> Reading:
    """Read ``A 'S' by D``: beside an artist, "by" names the director."""
    first = _PIPE.split(artist)[0]
    found = re.match(r"\s*(?:\(?for [^|()]{1,60}\)? )?by\s+([^|:]{2,80})$", after)
    directors = persons(found.group(1)) if found else ()
    grammar = "artist-quote-by-director" if directors else "artist-quote"
    return Reading(grammar, 0.9, clean(_last_name(first)), songs, directors)


def _after_quote(after: str, songs: tuple[str, ...]) -> Reading:
    """Read ``“S” by A``, ``„S“: Neues Video von A``, ``"S" Official Video A``."""
    apart = after.lstrip()[:1] in _DASHES
    for found in _AFTER_SONG.finditer(after):
        named = _leading_name(after[found.end() :].split())
        if named and not (named[0].islower() and named.split()[0].casefold() != "the"):
            return Reading("quote-by-artist", 0.85, clean(named), songs)
    parts = after.strip(EDGE).split()
    while parts and bare(parts[0]) != "the" and _is_frame(parts[0]):
        parts = parts[1:]
    named = _leading_name(parts)
    if not named:
        return Reading("quote-alone", 0.4, "", songs)
    return Reading("quote-by-artist", 0.85 if apart else 0.5, clean(named), songs)


def _ends_name(folded: str) -> bool:
    return folded in words("titles", "stop") or folded in verb_forms()


def _is_frame(word: str) -> bool:
    return bare(word) in words("titles", "noun") or bare(word) in words("titles", "trim")


def _leading_name(parts: list[str]) -> str:
    """Take the name that a run of words starts with."""
    kept: list[str] = []
    for word in parts[:9]:
        folded = bare(word)
        if (kept and _ends_name(folded)) or word in ("-", "–", "—", "|"):
            break
        if folded in words("titles", "noun") and not kept:
            break
        owned = is_possessive(word)
        kept.append(word[:-2] if owned else word)
        if owned or (word[-1:] in ".,;:!?" and len(word) > 3 and len(parts) > len(kept)):
            break
    while kept and kept[-1].casefold() in ("and", "&", "the", "is", "of"):
        kept.pop()
    if len(kept) > 1 and kept[0].casefold() in words("titles", "descriptor"):
        kept = kept[1:]
    return " ".join(kept).strip(EDGE + QUOTES + ".")


def _wide_artist(before: str, after: str) -> str:
    """Find the artist beside 「」: what stands before, without news prose."""
    tail = re.match(r"\s*[Bb]y\s+", after)
    if tail and not before.strip(EDGE):
        return _leading_name(after[tail.end() :].split())
    pieces = [piece.strip(EDGE + "[]【】 ") for piece in _NEWS_PROSE.split(before)]
    pieces = [piece for piece in pieces if piece]
    for piece in [*pieces[-1:], *pieces[:1]]:
        if len(piece) <= 40 and _is_wide_name(piece):
            return clean(piece)
    return wide_artist(before)


def _is_wide_name(piece: str) -> bool:
    if piece in words("titles", "wide-nouns") or piece.casefold() in words("titles", "prefix"):
        return False
    if piece.endswith(("曲", "期生", "のMV")) or piece[0] in "のがはをにで、":
        return False
    return not _PROSE_KANA.search(piece) and not piece[:1].isdigit()


def _last_name(before: str) -> str:
    """Take the name that stands last before a separator."""
    text = before.rstrip(EDGE)
    pieces = [piece for piece in _PIPE.split(text) if piece.strip(EDGE)]
    text = pieces[-1] if pieces else text
    if before.rstrip()[-1:] in ",:":
        text = _DASH.split(text)[-1]
    owned_by = _VIDEO_OF.search(text)
    if owned_by:
        return clean(owned_by.group(1))
    return clean(_SENTENCE.split(text)[-1] if len(text.split()) > 4 or ":" in text else text)


def _song_spans(parts: Parts) -> list[Quoted]:
    """Choose the quoted span that is the song, and those listed with it."""
    core, spans = parts.core, parts.spans
    scored = [(_song_score(parts, span) - 0.3 * at, at) for at, span in enumerate(spans)]
    scored = [(score, at) for score, at in scored if score > -2]
    if not scored:
        return []
    score, at = max(scored)
    chosen = [spans[at]]
    for span in spans[at + 1 : at + 8]:
        if not _AND_MORE.fullmatch(core[chosen[-1].end : span.start]):
            break
        chosen.append(span)
    for span in reversed(spans[:at]):
        if not _AND_MORE.fullmatch(core[span.end : chosen[0].start]) or score > 2.5:
            break
        chosen.insert(0, span)
    return chosen


def _song_score(parts: Parts, span: Quoted) -> float:
    """Weigh how a quoted span stands in its title; under -2 it is no song."""
    core = parts.core
    before = [bare(word) for word in core[max(0, span.start - 40) : span.start].split()[-3:]]
    after = [bare(word) for word in core[span.end : span.end + 40].split()[:3]]
    score = 0.0
    if any(word in words("titles", "noun") for word in after) or (
        parts.trailing and span.end >= len(core) - 1
    ):
        score += 2
    if any(word in words("titles", "song-before") for word in before):
        score += 2
    if before and before[-1] in words("titles", "other-before"):
        score -= 1.5 if score > 0 else 2.6
    if before and before[-1] in words("titles", "weak-before"):
        score -= 1
    if after and after[0] in words("titles", "other-after"):
        score -= 2.6
    if after[:1] == ["song"] and MARKS.search(core, span.end, span.end + 12):
        score -= 2.6
    return score - _unlikeness(core, span)


def _unlikeness(core: str, span: Quoted) -> float:
    """Weigh what makes quoted words speech or a show's name."""
    size = len(span.text.split())
    against = 0.0
    if size > 9 or (size > 2 and span.text[:1].islower()):
        against += 2.1 if size < 6 and core[: span.start].rstrip()[-1:] in EDGE else 2.5
    if fold(span.text) in words("titles", "not-songs") or core[span.start - 1 : span.start] == "(":
        against += 4
    if span.start == 0 and core[span.end : span.end + 1] == ":":
        against += 2 if size > 4 or len(span.text) < 5 else 0
    return against


def dashed(parts: Parts, witness: str) -> Reading | None:
    """Read ``A - S``, ``A – S Feat. B`` and, where a witness says so, ``S - A``."""
    segments = [segment for segment in _DASH.split(parts.core, maxsplit=4) if segment.strip(EDGE)]
    segments = _without_frame(segments)
    if len(segments) < 2:
        return None
    left, right = _name_at_end(segments[0]), _song_at_start(segments[1])
    if not left or not right:
        return None
    if parts.early:
        return Reading("song-frame-artist", 0.8, clean(segments[1]), (left,))
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
    text = without_guests(_PIPE.split(text)[-1])
    if text.count("(") > text.count(")"):
        text = text[text.rindex("(") + 1 :]
    if len(text.split()) > 5 or any(t.word in words("titles", "noun") for t in tokens(text)):
        text = _SENTENCE.split(text)[-1]
        if len(text.split()) > 8 and not _is_titled(text):
            text = ""
    return clean(text).strip(QUOTES)


def _is_titled(text: str) -> bool:
    """Tell a long name, its words capitalised, from a remark."""
    parts = text.split()
    return len(parts) < 13 and sum(part.lstrip("….(")[:1].isupper() for part in parts) > len(parts) / 2


def _song_at_start(text: str) -> str:
    """Take the song that a chatty right side starts with."""
    text = without_guests(_PIPE.split(text)[0])
    for found in _CHAT_END.finditer(text):
        rest = text[found.end() :]
        chatty = any(token.word in words("titles", "chat") for token in tokens(rest))
        aside = found.group()[0] == "," and rest[:1].islower() and len(rest.split()) > 2
        if chatty or aside or (len(rest.split()) > 3 and found.group()[0] in ".;!"):
            keep = found.start() + (1 if text[found.start()] in "!?" else 0)
            text = text[:keep]
            break
    text, _ = without_suffix(text)
    return clean(text).strip('"“”„«»`').strip()


def piped(parts: Parts, witness: str) -> Reading | None:
    """Read ``A | S`` and ``A _ S``."""
    if not any(sign in parts.core for sign in "|｜_"):
        return None
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
            artist = " ".join([*inner[:index], owner_of(word)])
            song = " ".join(inner[index + 1 :])
            break
    song, by, credited = song.partition(" by ")
    if by and not artist:
        artist = _leading_name(credited.split())
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


def lenticular(parts: Parts, witness: str) -> Reading | None:
    """Read ``A【S】`` and ``【A】S``."""
    found = _LENTICULAR.fullmatch(parts.core)
    if not found:
        return None
    before, inner, after = (piece.strip(EDGE) for piece in found.groups())
    if bool(before) == bool(after):
        return None
    artist, song = (before, inner) if before else (inner, after)
    return Reading("lenticular", 0.7, clean(artist), (clean(song),))


def listing(parts: Parts, witness: str) -> Reading | None:
    """Read list titles, which name no single work."""
    named = any(span.mark for span in parts.spans) or _DASH.search(parts.core)
    return Reading("list", 0.8) if not named and _LISTING.search(parts.core) else None


def unread(text: str) -> bool:
    """Tell whether a text holds quotes at all."""
    return MARKS.search(text) is not None


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
)
