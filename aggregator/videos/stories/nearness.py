"""Which names, written differently, may name the same: pure comparisons of keys.

Keys come from `aggregator.videos.stories.naming`. Distances count insertions, deletions,
substitutions and swaps of neighbours (optimal string alignment, by rapidfuzz).
"""

import re
from enum import IntEnum

from rapidfuzz.distance import OSA

from aggregator.videos.stories.naming import names_of, recording_of

_DIGITS = re.compile(r"\d+")
_CONTAINED = 5
EDGE = 4
"""Letters at either end of a name by which misspelt ones are looked up."""


class Likeness(IntEnum):
    """How two keys compare, the least alike first."""

    DIFFERENT = 0
    UNSAID = 1
    OTHER_SCRIPT = 2
    CONTAINED = 3
    NEAR = 4
    SAME = 5


def artists_alike(one: str, other: str) -> Likeness:
    """Compare two keys of artists."""
    return _alike(one, other, shortest=6, longer=13)


def songs_alike(one: str, other: str) -> Likeness:
    """Compare two keys of songs; other recordings and parts are different."""
    if one and other and recording_of(one) != recording_of(other):
        return Likeness.DIFFERENT
    return _alike(one, other, shortest=8, longer=16)


def ends_of(key: str) -> tuple[str, ...]:
    """Both ends of a key long enough to be misspelt: one slip leaves one of them whole."""
    return (f"{key[:EDGE]}-", f"-{key[-EDGE:]}") if len(key) >= 6 else ()


def same_without_proof(one: str, other: str) -> bool:
    """Whether two nodes with artist and song are one work, only by how they are written."""
    (artist, song), (artist_2, song_2) = names_of(one), names_of(other)
    if song == song_2:
        return artists_alike(artist, artist_2) >= Likeness.NEAR
    return artist == artist_2 and songs_alike(song, song_2) >= Likeness.NEAR


def same_with_video(one: str, other: str) -> bool:
    """Whether two nodes that share a video are one work; either may lack a name.

    A song that is the same outweighs an artist who isn't: what stands in an artist's place
    is often misread, and a video belongs to one work. A song that differs is never outweighed.
    """
    (artist, song), (artist_2, song_2) = names_of(one), names_of(other)
    songs, artists = songs_alike(song, song_2), artists_alike(artist, artist_2)
    if songs is Likeness.SAME:
        return True
    if songs in (Likeness.NEAR, Likeness.CONTAINED, Likeness.UNSAID, Likeness.OTHER_SCRIPT):
        return artists is not Likeness.DIFFERENT
    return False


def same_with_link(one: str, other: str) -> bool:
    """Whether two nodes of which one's post links to the other's are one work."""
    (artist, song), (artist_2, song_2) = names_of(one), names_of(other)
    songs, artists = songs_alike(song, song_2), artists_alike(artist, artist_2)
    return songs >= Likeness.CONTAINED and artists is not Likeness.DIFFERENT


def _alike(one: str, other: str, *, shortest: int, longer: int) -> Likeness:
    if not one or not other:
        return Likeness.UNSAID
    if one == other:
        return Likeness.SAME
    if _near(one, other, shortest, longer):
        return Likeness.NEAR
    short, long = sorted((one, other), key=len)
    if len(short) >= _CONTAINED and short in long:
        return Likeness.CONTAINED
    return Likeness.DIFFERENT if one.isascii() == other.isascii() else Likeness.OTHER_SCRIPT


def _near(one: str, other: str, shortest: int, longer: int) -> bool:
    least = min(len(one), len(other))
    if least < shortest or abs(len(one) - len(other)) > 2:
        return False
    limit = 2 if least >= longer else 1
    if OSA.distance(one, other, score_cutoff=limit) > limit:
        return False
    return _DIGITS.findall(one) == _DIGITS.findall(other)
