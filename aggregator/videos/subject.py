"""What a post's own words are about: concepts, in any language, and where they stand.

``lead:`` is the opening, ``word:`` anywhere, ``share:`` how many of the paragraphs,
``dense:`` how often; ``focus:`` tells whether the post stays with one song, where its
video stands, and how much of it describes pictures.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from aggregator.videos.body import Block, Role
from aggregator.videos.concepts import WORD, find_concepts
from aggregator.videos.reading import Reading

Signal = tuple[str, float, str]

_READ_WORDS = 700
_LEAD_WORDS = 60
_PICTURES = frozenset({"musicvideo", "video", "direct", "shoot", "behind"})
_QUOTED = re.compile(r"[“„«「『\"]([^“”„«»「」『』\"\n]{2,60})[”“»」』\"]")
_RATING = re.compile(
    r"\b\d{1,2}(?:[.,]\d)?\s?/\s?(?:5|10|20|100)\b|★|☆|\bout of (?:ten|10|five|5)\b"
)
_PRICE = re.compile(r"[$€£¥₩]\s?\d|\d\s?(?:[$€£¥₩]|円|원|EUR|USD|zł|kr\b)")
_CLOCK = re.compile(r"\b\d{1,2}[.:]\d\d\b")


@dataclass(slots=True)
class _Tally:
    """What was counted in the paragraphs read so far."""

    words: int = 0
    pictures: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    paragraphs: Counter[str] = field(default_factory=Counter)
    samples: dict[str, str] = field(default_factory=dict)
    lead: dict[str, str] = field(default_factory=dict)

    def add(self, text: str) -> None:
        folded = text[:6000].casefold()
        words = WORD.findall(folded)
        in_lead = self.words < _LEAD_WORDS
        self.words += max(1, len(words) or len(folded) // 3)
        found: dict[str, str] = {}
        for hit in find_concepts(words, folded):
            self.counts[hit.concept] += 1
            found.setdefault(hit.concept, hit.words)
        self.paragraphs.update(found.keys())
        self.pictures += not _PICTURES.isdisjoint(found)
        for concept, words_found in found.items():
            self.samples.setdefault(concept, words_found)
            if in_lead:
                self.lead.setdefault(concept, words_found)


def subject_signals(reading: Reading) -> Iterator[Signal]:
    """Find what a post's own words are about.

    Yields:
        The signal's name, its value, and the words it rests on.
    """
    blocks = [block for block in reading.body.own if block.text and block.role is not Role.CODE]
    if not blocks:
        yield "has:no-body", 1.0, ""
        return
    tally, read = _Tally(), 0
    for block in blocks:
        tally.add(block.text)
        read += 1
        if tally.words > _READ_WORDS:
            break
    yield from _concepts(tally, read)
    yield from _focus(reading, blocks[:read])
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


def _focus(reading: Reading, blocks: Sequence[Block]) -> Iterator[Signal]:
    texts = [block.text[:6000] for block in blocks]
    folded = [text.casefold() for text in texts]
    works = reading.title.works
    for name in ("song", "artist"):
        known = getattr(works[0], name).casefold() if works else ""
        if len(known) > 1:
            share = sum(known in text for text in folded) / len(folded)
            yield f"focus:{name}", share, known
    whole = "\n".join(texts)
    quotes = {quote.casefold() for quote in _QUOTED.findall(whole[:8000])}
    yield f"focus:quotes-{_few(len(quotes))}", 1.0, ", ".join(sorted(quotes)[:3])
    for name, pattern in (("rating", _RATING), ("price", _PRICE), ("clock", _CLOCK)):
        if found := pattern.search(whole[:8000]):
            yield f"focus:{name}", 1.0, found.group()
    yield from _places(reading)


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
