"""Titles that quote the song: ``A – “S”``, ``Watch A's Video for “S”``, ``A「S」MV``."""

import re

from aggregator.videos.names import EDGE, clean, fold, persons, without_guests
from aggregator.videos.quoting import MARKS, Quoted
from aggregator.videos.tables import words
from aggregator.videos.titles.dashed_titles import dashed
from aggregator.videos.titles.headlines import artist_before, bare, subject, verb_forms
from aggregator.videos.titles.prose import runs
from aggregator.videos.titles.title_names import PIPE, SENTENCE, Reading, last_name, leading_name
from aggregator.videos.titles.title_parts import Parts
from aggregator.videos.titles.wide_prose import NUMBERED, wide_artist, wide_speech

_DASHES = frozenset("-–—,:|")
_PREPOSITIONS = frozenset(
    "de of by von van di from for to zu für pour para do du del the a".split()
)
_AFTER_SONG = re.compile(
    r"(?<![^\s,])(?:by|from|estrenar|von|van|de|di|av|af|od|par|por|by:)\s+(?:the band )?"
    r"|\bd[’'](?=\w)"
)
_SIDE_BAR = re.compile(r"\s[lI|]$")
_CLAUSE = re.compile(r"(?<=[^\W\d_A-Z]{3})[.!?]+\s+(?=[^\W\d_a-z])|:\s+")
_AND_MORE = re.compile(r"\s*(?:[,;/、・]|and|&|\+|y|et|und|e|i|og|och|と)?\s*", re.IGNORECASE)
_NEWS_PROSE = re.compile(
    r"[、。！：]|\d+(?:st|nd|rd|th) ?(?:Single|single|シングル|アルバム)?|シングル|アルバム|新曲"
    r"|楽曲"
)
_PROSE_KANA = re.compile(r"[がはをにで](?=[^ぁ-ん])|(?:[がはのをにでと]|から|より|まで)$")
_RELEASED = re.compile(
    r"([^「」『』、。]{2,30}?)(?:の?\d*(?:st|nd|rd|th)?)(?:アルバム|シングル|EP)[「『]"
)
_BY_DIRECTOR = re.compile(r"\W{0,3}by director ([^|:,]{2,60})$", re.IGNORECASE)
_FROM = re.compile(r"\s+(?:from|by|de|von) ")
_WIDE_OPEN = frozenset("「『【《〈")


def quoted(parts: Parts, witness: str) -> Reading | None:
    """Read titles that quote the song: ``A – “S”``, ``Watch A's Video for “S”``, ``A「S」MV``."""
    chosen = _song_spans(parts)
    if not chosen:
        return None
    songs = tuple(
        song for song in (clean(span.text.strip("«» \u00a0\u202f")) for span in chosen) if song
    )
    before = _SIDE_BAR.sub("", parts.core[: chosen[0].start].rstrip())
    after = parts.core[chosen[-1].end :]
    owned = _owned_quote(parts, chosen[0])
    if owned:
        return Reading("quote-of-quote", 0.7, songs[0], (clean(owned.text),))
    if chosen[0].mark in _WIDE_OPEN:
        return Reading("wide-quotes", 0.85, _wide_artist(before, after), songs)
    if not before.strip(EDGE):
        return _after_quote(after, songs)
    if before[-1] == ":" and re.match(r"\s+(?:by|von|par|de|di|av|van)\s", after):
        return _after_quote(after, songs)
    if before[-1] in EDGE:
        return _separated(before, songs)
    return _headline(parts, chosen[0], songs, before, after)


def _owned_quote(parts: Parts, artist: Quoted) -> Quoted | None:
    """Find the song in ``「A」の「S」``."""
    for span in parts.spans:
        if parts.core[artist.end : span.start].strip() == "の":
            return span
    return None


def _separated(before: str, songs: tuple[str, ...]) -> Reading:
    """Read ``A – “S”``; before the separator may stand a whole clause."""
    if before[-1] == ",":
        before = SENTENCE.split(before)[-1]
    name = last_name(before)
    if len(name.split()) > 3:
        told, whole = subject(name.split())
        name = name if whole else clean(told) or name
    return Reading("separated-quote", 0.95, name, songs)


def _headline(
    parts: Parts, song: Quoted, songs: tuple[str, ...], before: str, after: str
) -> Reading:
    """Read ``Watch A's Video for “S”``, ``A shares “S”`` and ``A 'S' by D``."""
    artist, how = artist_before(_last_clause(without_guests(before)))
    folded = artist.casefold().split()
    if (how == "adjacent" and folded[-1] in _PREPOSITIONS) or (
        artist.islower() and any(word in words("credits", "not-names") for word in folded)
    ):
        artist = how = ""
    told = any(bare(word) in verb_forms() for word in before.split())
    by_director = _BY_DIRECTOR.match(after)
    if by_director and artist:
        directors = persons(by_director.group(1))
        return Reading(f"headline-{how}", 0.75, clean(artist), songs, directors)
    if how == "subject" and not told and _FROM.match(after):
        behind = _after_quote(after, songs)
        if behind.grammar == "quote-by-artist" and behind.confidence > 0.8:
            return behind
    if how == "adjacent":
        return _adjacent(artist, songs, after)
    if not artist:
        inner = dashed(Parts(song.text), "") if " - " in song.text else None
        named = inner or _after_quote(after, songs)
        return named if named.artist else Reading("quote-alone", 0.4, "", songs)
    confidence = 0.85 if how == "possessive" else 0.75
    return Reading(f"headline-{how}", confidence, clean(artist), songs)


def _last_clause(before: str) -> str:
    """Take what a headline says after its last full stop or colon ("Baby: Jo Doe ‘S’")."""
    clauses = [clause for clause in _CLAUSE.split(PIPE.split(before)[0]) if clause.strip(EDGE)]
    told = [clause for clause in clauses if not all(map(_is_call, clause.split()))]
    return told[-1] if told else before


def _is_call(word: str) -> bool:
    return bare(word) in words("titles", "imperative") or bare(word) in words("titles", "link")


def _adjacent(artist: str, songs: tuple[str, ...], after: str) -> Reading:
    """Read ``A 'S' by D``: beside an artist, "by" names the director."""
    pieces = [piece for piece in PIPE.split(artist) if piece.strip(EDGE)]
    first = pieces[-1] if len(pieces) > 1 and len(pieces[-1]) > 2 else pieces[0]
    if first > "\u1100":
        first = _without_wide_nouns(first.split(",")[0])
    found = re.match(r"\s*(?:\(?for [^|()]{1,60}\)? )?by\s+([^|:]{2,80})$", after)
    directors = persons(found.group(1)) if found else ()
    grammar = "artist-quote-by-director" if directors else "artist-quote"
    return Reading(grammar, 0.9, clean(last_name(first)), songs, directors)


def _without_wide_nouns(name: str) -> str:
    """Take words such as "new song" off a Korean name."""
    parts = name.split()
    while len(parts) > 1 and parts[-1] in words("titles", "wide-nouns"):
        parts.pop()
    return " ".join(parts)


def _after_quote(after: str, songs: tuple[str, ...]) -> Reading:
    """Read ``“S” by A``, ``„S“: Neues Video von A``, ``"S" Official Video A``."""
    apart = after.lstrip()[:1] in _DASHES
    for found in _AFTER_SONG.finditer(after):
        named = leading_name(after[found.end() :].split())
        if named and not (named[0].islower() and named.split()[0].casefold() != "the"):
            return Reading("quote-by-artist", 0.85, clean(named), songs)
    parts = after.rsplit(": ", maxsplit=1)[-1].strip(EDGE).split()
    while parts and bare(parts[0]) != "the" and _is_frame(parts[0]):
        parts = parts[1:]
    named = leading_name(parts)
    if named.islower() and named.split()[0] in words("credits", "not-names"):
        named = next(iter(runs(" ".join(parts))), "")
    if not named:
        return Reading("quote-alone", 0.4, "", songs)
    return Reading("quote-by-artist", 0.85 if apart else 0.5, clean(named), songs)


def _is_frame(word: str) -> bool:
    return bare(word) in words("titles", "noun") or bare(word) in words("titles", "trim")


def _wide_artist(before: str, after: str) -> str:
    """Find the artist beside 「」: what stands before, without news prose."""
    tail = re.match(r"\s*[Bb]y\s+", after)
    if tail and not before.strip(EDGE):
        return leading_name(after[tail.end() :].split())
    numbered = NUMBERED.findall(before)
    if numbered:
        return str(numbered[-1])
    released = _RELEASED.match(before)
    if released:
        return clean(released.group(1))
    pieces = [piece.strip(EDGE + "[]【】 ") for piece in _NEWS_PROSE.split(before)]
    pieces = [piece for piece in pieces if piece]
    for piece in [*pieces[-1:], *pieces[:1]]:
        if len(piece) <= 40 and _is_wide_name(piece):
            return clean(piece)
    return wide_artist(before)


def _is_wide_name(piece: str) -> bool:
    if piece in words("titles", "wide-nouns") or piece.casefold() in words("titles", "prefix"):
        return False
    if {"single", "album", "ep", "channel"} & set(piece.casefold().split()):
        return False
    if piece.endswith(("曲", "期生", "のMV")) or piece[0] in "のがはをにで、":
        return False
    return not _PROSE_KANA.search(piece) and not piece[:1].isdigit()


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
    if span.text[:1] > "\u2e80" and wide_speech(span.text, core[span.end : span.end + 8]):
        against += 3
    if size > 9 or (size > 2 and span.text[:1].islower()):
        against += 2.1 if size < 6 and core[: span.start].rstrip()[-1:] in EDGE else 2.5
    if fold(span.text) in words("titles", "not-songs") or core[span.start - 1 : span.start] == "(":
        against += 4
    if span.start == 0 and core[span.end : span.end + 1] == ":":
        against += 2 if size > 4 or len(span.text) < 5 else 0
    return against
