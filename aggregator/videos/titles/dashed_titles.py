"""Titles with a separator: ``A - S``, ``A | S``, ``A: S``."""

import re

from aggregator.videos.names import EDGE, clean, fold
from aggregator.videos.quoting import MARKS
from aggregator.videos.tables import words
from aggregator.videos.titles.cues import words_of
from aggregator.videos.titles.title_names import Reading, dashed_apart, name_at_end, song_at_start
from aggregator.videos.titles.title_parts import Parts


def dashed(parts: Parts, witness: str) -> Reading | None:
    """Read ``A - S``, ``A – S Feat. B`` and, where a witness says so, ``S - A``."""
    segments = [segment for segment in dashed_apart(parts.core, 4) if segment.strip(EDGE)]
    segments = _without_frame(segments)
    if len(segments) < 2:
        return None
    left, right = name_at_end(segments[0]), song_at_start(segments[1])
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
    while len(segments) > 2 and known.issuperset(words_of(segments[0])):
        segments = segments[1:]
    return segments


def piped(parts: Parts, witness: str) -> Reading | None:
    """Read ``A | S`` and ``A _ S``."""
    if not any(sign in parts.core for sign in ("|", "｜", "_", " // ")):
        return None
    segments = [
        s
        for s in re.split(r"\s*[|｜]\s*|\s+//\s+|\s+_\s+|_", parts.core, maxsplit=5)
        if s.strip(EDGE)
    ]
    known = words("titles", "prefix") | words("titles", "noun")
    segments = [s for s in segments if not known.issuperset(words_of(s))]
    if len(segments) < 2 or len(segments[0].split()) > 6:
        return None
    return Reading("artist-pipe-song", 0.6, clean(segments[0]), (clean(segments[1]),))


def colon(parts: Parts, witness: str) -> Reading | None:
    """Read ``A: S``, as credit sheets write it."""
    left, found, right = parts.core.partition(": ")
    if (
        not found
        or len(left.split()) > 5
        or MARKS.search(left)
        or not (parts.framed or parts.directors)
    ):
        return None
    return Reading("artist-colon-song", 0.65, clean(left), (song_at_start(right),))
