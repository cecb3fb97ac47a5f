"""What a title says: artist, song, directors, year and hints at the kind.

Used on titles of posts, of players (``<iframe title>``) and of YouTube videos.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

from aggregator.models import Work
from aggregator.videos.names import fold
from aggregator.videos.tables import words
from aggregator.videos.titles import grammars
from aggregator.videos.titles.cues import Cue, find_cues
from aggregator.videos.titles.title_names import Reading
from aggregator.videos.titles.title_parts import LONGEST, take_apart, tidy

_CHANNEL_WORDS = ("official", "vevo", "music", "tv", "channel", "topic", "band", "records")


@dataclass(frozen=True, slots=True)
class TitleReading:
    """What was read from one title.

    Args:
        works: the music videos it names, without kinds; several for "A 'S1', 'S2' by D".
        grammar: name of the pattern that it followed, empty when none.
        cues: phrases that hint at a kind, in the title's order.
        confidence: 0 to 1, how sure the pattern is.
        core: the title out of its frame, for comparing it with other witnesses.
    """

    works: tuple[Work, ...] = ()
    grammar: str = ""
    cues: tuple[Cue, ...] = ()
    confidence: float = 0.0
    core: str = ""


def read_title(title: str, *, author: str = "", feed_title: str = "") -> TitleReading:
    """Read a title by the grammars of the field.

    Args:
        title: plain text; only its first 400 characters are read.
        author: who wrote the post, or the channel of a video; it tells ``S - A`` from ``A - S``.
        feed_title: the feed's title, the second witness for the same.

    Returns:
        The reading; it has no works when the title names no song.
    """
    text = tidy(title)
    return _read(text, channel_name(author), channel_name(feed_title)) if text else TitleReading()


@lru_cache(maxsize=64)
def _read(text: str, author: str, channel: str) -> TitleReading:
    """Read a tidied title; the judge, and then who looks for works, ask for the same ones."""
    parts = take_apart(text)
    cues = find_cues(text)
    reading = None
    for witness in dict.fromkeys((author, channel)):
        reading = grammars.read(parts, witness)
        if reading is None or reading.grammar != "artist-dash-song":
            break
    if reading is None:
        return TitleReading(cues=cues, core=parts.core)
    if reading.artist.casefold() in words("titles", "nobody"):
        reading = replace(reading, artist="")
    directors = parts.directors or reading.directors
    works = tuple(
        Work(artist=reading.artist, song=song, directors=directors, year=parts.year)
        for song in reading.songs
    )
    inside = tuple(cue for cue in cues if not _is_song(cue, reading, text))
    return TitleReading(works, reading.grammar, inside, reading.confidence, parts.core)


def _is_song(cue: Cue, reading: Reading, text: str) -> bool:
    """Tell whether a cue only stands in the song's or artist's name."""
    for name in (*reading.songs, reading.artist):
        place = text.find(name) if name else -1
        if 0 <= place <= cue.start < place + len(name):
            return True
    return False


@lru_cache(maxsize=512)
def channel_name(name: str) -> str:
    """Fold a channel's or feed's name, without words such as VEVO and Official."""
    if len(name) > LONGEST:
        return ""
    folded = fold(name)
    for word in _CHANNEL_WORDS:
        folded = folded.removesuffix(word)
    return folded if len(folded) > 2 else ""
