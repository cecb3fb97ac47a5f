"""What the words of a text are about, in whatever language: concepts instead of words.

A concept such as ``direct`` stands for *directed by*, *Regie*, *réalisé*, *監督* alike,
so that what is learned from one language holds in all of them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from aggregator.videos.tables import table

WORD = re.compile(r"[^\W_\u2e80-\u9fff\uac00-\ud7af]+(?:['’/&.-][^\W\d_\u2e80-\ud7af]+)*")
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af]")
_SHORTEST_STEM = 3


@dataclass(frozen=True, slots=True)
class Hit:
    """A concept found in a text, with the words that stand for it."""

    concept: str
    words: str


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """The table turned around: from words to concepts.

    Args:
        exact: concepts of single words.
        stems: concepts of words that begin so.
        phrases: by first word, the words that follow and the concept, longest first.
        wide: one pattern for all words of scripts that write without spaces.
        wide_concepts: concepts of those words.
    """

    exact: dict[str, tuple[str, ...]]
    stems: dict[str, tuple[str, ...]]
    phrases: dict[str, tuple[tuple[tuple[str, ...], str], ...]]
    wide: re.Pattern[str]
    wide_concepts: dict[str, tuple[str, ...]]


def find_concepts(words: list[str], text: str) -> Iterator[Hit]:
    """Find the concepts of a text.

    Args:
        words: its words, case-folded, as `WORD` finds them.
        text: the text itself, case-folded; read for scripts without spaces.
    """
    lexicon = _lexicon()
    for place, word in enumerate(words):
        for concept in _of_word(word):
            yield Hit(concept, word)
        for rest, concept in lexicon.phrases.get(word, ()):
            if tuple(words[place + 1 : place + 1 + len(rest)]) == rest:
                yield Hit(concept, " ".join((word, *rest)))
    if _WIDE.search(text):
        for found in lexicon.wide.findall(text):
            for concept in lexicon.wide_concepts[found]:
                yield Hit(concept, found)


@cache
def all_concepts() -> tuple[str, ...]:
    """Names of all concepts, in the table's order."""
    return tuple(table("concepts"))


@lru_cache(maxsize=50_000)
def _of_word(word: str) -> tuple[str, ...]:
    lexicon = _lexicon()
    found = list(lexicon.exact.get(word, ()))
    for end in range(_SHORTEST_STEM, len(word) + 1):
        found += lexicon.stems.get(word[:end], ())
    return tuple(dict.fromkeys(found))


@cache
def _lexicon() -> _Lexicon:
    exact: dict[str, list[str]] = {}
    stems: dict[str, list[str]] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    wide: dict[str, list[str]] = {}
    for concept, written in _entries():
        folded = written.casefold()
        words = WORD.findall(folded)
        if _WIDE.search(folded):
            wide.setdefault(folded, []).append(concept)
        elif len(words) > 1:
            phrases.setdefault(words[0], []).append((tuple(words[1:]), concept))
        elif words:
            place = stems if folded.endswith("*") else exact
            place.setdefault(words[0], []).append(concept)
    longest_first = sorted(wide, key=len, reverse=True)
    return _Lexicon(
        _frozen(exact),
        _frozen(stems),
        {word: tuple(rest) for word, rest in phrases.items()},
        re.compile("|".join(map(re.escape, longest_first))),
        _frozen(wide),
    )


def _entries() -> Iterator[tuple[str, str]]:
    for concept, by_language in table("concepts").items():
        for written in dict.fromkeys(word for words in by_language.values() for word in words):
            yield concept, written


def _frozen(index: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {word: tuple(dict.fromkeys(concepts)) for word, concepts in index.items()}
