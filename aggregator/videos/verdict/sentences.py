"""What single sentences say: where song and picture meet in one, a music video is the subject.

A review mentions a video, a tour diary a director, a shop a clip. What tells a post about a
music video is how many of its sentences join the two, and where: a title in quotes beside
*video*, the artist beside *directed by*, the chorus beside a camera.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

Signal = tuple[str, float, str]

_PARTED = re.compile(r"(?<=[.!?…])[\"”’»)\]]*\s+|[。！？\n]+")
_QUOTED = re.compile(
    r"[“„«「『\"][^“”„«»「」『』\"\n]{2,60}[”“»」』\"]|(?<!\w)[‘'][^‘’'\n]{2,60}[’'](?!\w)"
)
_DIRECTOR = re.compile(
    r"(?:[Dd]irected (?:and \w{1,20} )?by|\b[Dd]ir(?:ector)?\b[.:]?|\b[Rr]egie(?: führte)?:?"
    r"|\b[Rr]egia di|\b[Rr]éalisée? par|\b[Dd]irigid[oa] por|\b[Dd]ireção de|\b[Rr]eżyseri[ai]:?"
    r"|\b[Rr]egi:?)\s(?:[A-ZÀ-Þ][\w’'.-]{1,30}\s){1,2}?[A-ZÀ-Þ]\w{1,30}"
)
_QUOTE, _NAME = "quote", "name"
_SONG = frozenset({_QUOTE, _NAME, "song", "part"})
_PICTURE = frozenset(
    ("musicvideo", "thevideo", "video", "direct", "shoot", "scene", "station", "behind")
)
_WORK = frozenset({"musicvideo", "thevideo", "direct"})
_STATED = frozenset({_QUOTE, _NAME, "musicvideo", "thevideo"})
_CREDIT = "credit"
ELSEWHERE = frozenset("screen art advert game office live".split())
"""Concepts beside which a director is one of something else."""
_LATE, _EARLY, _LONGEST_RUN = 0.6, 2, 8


def part_sentences(text: str) -> list[str]:
    """Cut a paragraph into sentences, roughly: a dot after *dir* ends one too."""
    return [sentence for sentence in _PARTED.split(text) if sentence]


def marks_of(sentence: str, folded: str, names: Iterable[str]) -> Iterator[str]:
    """What tells that a sentence speaks of a song without a word for it.

    Args:
        sentence: the sentence.
        folded: the same, case-folded.
        names: the song and the artist that the title names, case-folded.

    Yields:
        ``quote`` where it quotes what may be a title, ``name`` where it has one of the names.
    """
    if _QUOTED.search(sentence):
        yield _QUOTE
    if any(name in folded for name in names):
        yield _NAME


def named_director(sentence: str) -> str:
    """The words of a sentence that credit somebody by name as director, or nothing."""
    found = _DIRECTOR.search(sentence)
    return found.group() if found else ""


def sentence_signals(
    sentences: Sequence[frozenset[str]], paragraphs: Sequence[int]
) -> Iterator[Signal]:
    """Find how the sentences of a post join song and picture.

    Args:
        sentences: concepts and marks of each.
        paragraphs: the number of the paragraph of each, from 0.

    Yields:
        ``about:joined``, ``about:work`` and ``about:credited``, the share of sentences that
        join a song to pictures, to the video or its director, and that credit somebody
        beside it, and where they stand.
    """
    joined = [
        place
        for place, found in enumerate(sentences)
        if not (found.isdisjoint(_SONG) or found.isdisjoint(_PICTURE))
    ]
    work = [place for place in joined if not sentences[place].isdisjoint(_WORK)]
    credited = [
        place
        for place, found in enumerate(sentences)
        if _CREDIT in found and not found.isdisjoint(_STATED)
    ]
    for name, places in (("joined", joined), ("work", work), ("credited", credited)):
        yield from _standing(f"about:{name}", places, paragraphs)


def _standing(name: str, places: Sequence[int], paragraphs: Sequence[int]) -> Iterator[Signal]:
    """How many sentences of a kind there are, and where they stand."""
    read = len(paragraphs)
    told = f"{len(places)} of {read} sentences"
    if not places:
        yield f"{name}-none", 1.0, told
        return
    yield name, len(places) / read, told
    yield f"{name}-first", 1 - places[0] / read, f"from sentence {places[0] + 1} of {read}"
    spread = len({paragraphs[place] for place in places}) / (paragraphs[-1] + 1)
    yield f"{name}-paragraphs", spread, told
    yield f"{name}-run", _run(places) / _LONGEST_RUN, told
    if places[0] < _EARLY:
        yield f"{name}-early", 1.0, ""
    if places[0] >= read * _LATE:
        yield f"{name}-late", 1.0, f"only from sentence {places[0] + 1} of {read}"


def _run(places: Sequence[int]) -> int:
    """How many sentences in a row, at most eight."""
    longest = length = 0
    last = -1
    for place in places:
        length = length + 1 if place == last + 1 else 1
        longest, last = max(longest, length), place
    return min(longest, _LONGEST_RUN)
