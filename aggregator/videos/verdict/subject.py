"""What a post's own words are about: concepts, in any language, and where they stand.

``lead:`` is the opening, ``word:`` anywhere, ``share:`` how many of the paragraphs,
``dense:`` how often; ``focus:`` tells whether the post stays with one song, where its
video stands, and how much of it describes pictures.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from aggregator.models import Work
from aggregator.videos.page.blocks import Role
from aggregator.videos.verdict.concepts import find_concepts, words_in
from aggregator.videos.verdict.sentences import (
    ELSEWHERE,
    marks_of,
    named_director,
    part_sentences,
    sentence_signals,
)
from aggregator.videos.works.reading import Reading

Signal = tuple[str, float, str]

_READ_WORDS = 700
_LEAD_WORDS = 60
_LONGEST_BLOCK = 6000
_LOOKED_AT = 8000
_PICTURES = frozenset({"musicvideo", "video", "direct", "shoot", "behind"})
_QUOTED = re.compile(r"[“„«「『\"]([^“”„«»「」『』\"\n]{2,60})[”“»」』\"]")
# Each begins with a set of signs, so that a search leaps to those; what they are is asked then.
_RATING = re.compile(
    r"[\d★☆o](?:(?<=[★☆])|(?<=\b\d)\d?(?:[.,]\d)?\s?/\s?(?:5|10|20|100)\b"
    r"|(?<=\bo)ut of (?:ten|10|five|5)\b)"
)
_PRICE = re.compile(r"[\d$€£¥₩](?:(?<=\d)\s?(?:[$€£¥₩]|円|원|EUR|USD|zł|kr\b)|(?<=[$€£¥₩])\s?\d)")
_CLOCK = re.compile(r"\d(?<=\b\d)\d?[.:]\d\d\b")

# What numbers state: name, signs without which a search is in vain, pattern.
_FIGURES = (
    ("rating", ("/", "★", "☆", "out of"), _RATING),
    ("price", (*"$€£¥₩円원", "EUR", "USD", "zł", "kr"), _PRICE),
    ("clock", (".", ":"), _CLOCK),
)


@dataclass(slots=True)
class _Tally:
    """What was counted in the paragraphs read so far."""

    words: int = 0
    pictures: int = 0
    folded: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    paragraphs: dict[str, int] = field(default_factory=dict)
    samples: dict[str, str] = field(default_factory=dict)
    lead: dict[str, str] = field(default_factory=dict)
    director: str = ""
    sentences: list[frozenset[str]] = field(default_factory=list)
    parts: list[int] = field(default_factory=list)

    def add(self, text: str, language: str, names: Sequence[str]) -> None:
        self.folded.append(text.casefold())
        in_lead = self.words < _LEAD_WORDS
        found: dict[str, str] = {}
        for sentence in part_sentences(text):
            folded = sentence.casefold()
            words = words_in(folded)
            self.words += max(1, len(words) or len(folded) // 3)
            here: set[str] = set()
            for concept, said in find_concepts(words, folded, language):
                self.counts[concept] = self.counts.get(concept, 0) + 1
                found.setdefault(concept, said)
                here.add(concept)
            if "credit" in here and here.isdisjoint(ELSEWHERE) and not self.director:
                self.director = named_director(sentence)
            self.sentences.append(frozenset(here.union(marks_of(sentence, folded, names))))
            self.parts.append(len(self.folded) - 1)
        self.pictures += not _PICTURES.isdisjoint(found)
        for concept, said in found.items():
            self.paragraphs[concept] = self.paragraphs.get(concept, 0) + 1
            self.samples.setdefault(concept, said)
            if in_lead:
                self.lead.setdefault(concept, said)


def subject_signals(reading: Reading) -> Iterator[Signal]:
    """Find what a post's own words are about.

    Yields:
        The signal's name, its value, and the words it rests on.
    """
    blocks = [block for block in reading.body.own if block.text and block.role is not Role.CODE]
    if not blocks:
        yield "has:no-body", 1.0, ""
        return
    tally = _Tally()
    works = reading.title.works
    names = [n.casefold() for n in (works[0].song, works[0].artist) if len(n) > 1] if works else []
    for block in blocks:
        tally.add(block.text[:_LONGEST_BLOCK], reading.language, names)
        if tally.words > _READ_WORDS:
            break
    read = len(tally.folded)
    yield from _concepts(tally, read)
    yield from _focus(reading.title.works, tally.folded)
    yield from _figures(
        "\n".join(block.text[:_LONGEST_BLOCK] for block in blocks[:read])[:_LOOKED_AT]
    )
    yield from _places(reading)
    yield from sentence_signals(tally.sentences, tally.parts)
    if tally.director:
        yield "focus:director", 1.0, tally.director
    yield "focus:pictures", tally.pictures / read, f"{tally.pictures} of {read} paragraphs"
    yield f"has:length-{_length(tally.words)}", 1.0, f"{tally.words} words"
    yield "has:body", 1.0, ""


def _concepts(tally: _Tally, read: int) -> Iterator[Signal]:
    for concept, words in tally.lead.items():
        yield f"lead:{concept}", 1.0, words
    for concept, count in tally.counts.items():
        dense = min(1.5, math.log1p(100 * count / max(tally.words, 25)) / 2)
        words = tally.samples[concept]
        evidence = f"{words} ×{count}" if count > 1 else words
        yield f"dense:{concept}", dense, evidence
        yield f"share:{concept}", tally.paragraphs[concept] / read, evidence
        yield f"word:{concept}", 1.0, evidence


def _focus(works: Sequence[Work], folded: Sequence[str]) -> Iterator[Signal]:
    """How many of the paragraphs speak of the song and the artist that the title names."""
    for name in ("song", "artist"):
        known = getattr(works[0], name).casefold() if works else ""
        if len(known) > 1:
            share = sum(known in text for text in folded) / len(folded)
            yield f"focus:{name}", share, known


def _figures(text: str) -> Iterator[Signal]:
    """Titles in quotes, and numbers that reviews, shops and listings state."""
    quotes = {quote.casefold() for quote in _QUOTED.findall(text)}
    yield f"focus:quotes-{_few(len(quotes))}", 1.0, ", ".join(sorted(quotes)[:3])
    for name, signs, pattern in _FIGURES:
        if any(sign in text for sign in signs) and (found := pattern.search(text)):
            yield f"focus:{name}", 1.0, found.group()


def _places(reading: Reading) -> Iterator[Signal]:
    """Where the players stand between the words."""
    own = list(reading.body.own)
    spots = [place for place, block in enumerate(own) if block.players]
    if not spots:
        return
    worded = [place for place, block in enumerate(own) if block.text]
    first, last = (worded[0], worded[-1]) if worded else (0, 0)
    if spots[0] < first:
        yield "focus:player-first", 1.0, ""
    if spots[-1] > last:
        yield "focus:player-last", 1.0, ""
    if any(first < spot < last for spot in spots):
        yield "focus:player-between", 1.0, ""


def _few(count: int) -> str:
    return str(count) if count < 3 else "3+" if count < 6 else "6+"


def _length(words: int) -> str:
    return str(words // 40) if words < 120 else "3+" if words < 240 else "6+"
